"""Stacked and ranked bars."""

from __future__ import annotations

from collections.abc import Callable

from pptx.chart.data import CategoryChartData
from pptx.enum.chart import XL_CHART_TYPE, XL_LABEL_POSITION
from pptx.enum.shapes import MSO_SHAPE
from pptx.enum.text import MSO_ANCHOR, PP_ALIGN
from pptx.util import Pt

from diagnostic import french, story
from diagnostic.exports import alt
from diagnostic.exports.picture.names import brief
from diagnostic.exports.pptx.charts import (
    DECIMAL,
    THOUSANDS,
    add_chart,
    category_axis,
    fill,
    hide_label,
    label_point,
    label_values,
    plot_at,
    value_axis,
)
from diagnostic.exports.pptx.page import CM, Box, Canvas, height_of, wide
from diagnostic.story.scale import nice_ceiling, nice_step

WIDEST_NAMES = 0.48
"""Share of a ranking that its names may take."""
APART = 1.55
"""Heights of a name from one to the next."""


def draw_stacked(on: Canvas, block: story.Stacked, box: Box) -> None:
    x, y, w, h = box
    data = CategoryChartData(number_format=DECIMAL)
    data.categories = [french.office(label) for label, _, _ in block.rows]
    for i, series in enumerate(block.series):
        data.add_series(french.office(series), [values[i] for _, values, _ in block.rows])
    totals = [
        total if total is not None else sum(v for v in values if v is not None)
        for _, values, total in block.rows
    ]
    top = nice_ceiling(max(totals) * 1.1)
    on.text(Box(x, y, w, 0.7), [(block.caption, 13, True, "muted")])
    layout = (0.235, 0.02, 0.69, 0.96)
    over = 1.6 + _legend(on, block, x, y + 0.85, w)
    y, h = y + over, min(h - over, 2.4 * len(block.rows) + 0.6)
    frame = add_chart(on, XL_CHART_TYPE.BAR_STACKED, data, Box(x, y, w, h), alt.said(block))
    plot = frame.chart.plots[0]
    plot.gap_width, plot.overlap, plot.vary_by_categories = 45, 100, False
    value_axis(on, frame.chart, (0, top), hidden=True)
    category_axis(on, frame.chart, on.page.points(13))
    for series, role in zip(plot.series, block.roles, strict=True):
        fill(on, series, role)
        labels = series.data_labels
        label_values(labels, DECIMAL, on.points(13), on.ink_on(role), XL_LABEL_POSITION.CENTER)
        small = [i for i, v in enumerate(series.values) if v is not None and v / top < 0.045]
        for i in small:
            hide_label(series, i)
    plot_at(frame.chart, layout)
    row = h * layout[3] / len(block.rows)
    for i, total in enumerate(totals):
        if block.rows[i][2] is None:
            continue
        end = x + w * (layout[0] + layout[2] * total / top) + 0.2
        on.text(
            Box(end, y + h * layout[1] + row * (i + 0.5) - 0.45, 2.4, 0.9),
            [(french.number(total, 1), 16, True, "territory" if block.own and i == 0 else "ink")],
            anchor=MSO_ANCHOR.MIDDLE,
        )


def draw_clustered(on: Canvas, block: story.Clustered, box: Box) -> None:
    """One row a subject, one bar a series, each with its value; merged series share one line and an axis."""
    x, y, w, h = box
    number = DECIMAL if block.decimals else THOUSANDS
    data = CategoryChartData(number_format=number)
    data.categories = [french.office(label) for label, _ in block.rows]
    for i, series in enumerate(block.series):
        data.add_series(french.office(series), [values[i] for _, values in block.rows])
    shown = [value for _, values in block.rows for value in values if value is not None]
    whole = [sum(value or 0.0 for value in values) for _, values in block.rows] if block.merged else shown
    top = nice_ceiling(max(whole) * (1.02 if block.merged else 1.12))
    on.text(Box(x, y, w, 0.7), [(block.caption, 13, True, "muted")])
    over = 1.6 + _legend(on, block, x, y + 0.85, w)
    y, h = y + over, h - over
    if not block.merged:
        h = min(h, (0.95 * len(block.series) + 0.55) * len(block.rows) + 0.4)
    longest = max(len(label) for label, _ in block.rows)
    left = min(0.42, max(0.1, longest * 0.25 * on.page.type / w))
    layout = (left, 0.01, 0.985 - left, 0.9 if block.merged else 0.98)
    kind = XL_CHART_TYPE.BAR_STACKED if block.merged else XL_CHART_TYPE.BAR_CLUSTERED
    frame = add_chart(on, kind, data, Box(x, y, w, h), alt.said(block))
    plot = frame.chart.plots[0]
    plot.gap_width, plot.overlap, plot.vary_by_categories = (
        (22, 100, False) if block.merged else (40, -5, False)
    )
    value_axis(on, frame.chart, (0, top), hidden=not block.merged, number=number, step=nice_step(top))
    category_axis(on, frame.chart, on.page.drawn(11) if block.merged else on.page.points(13))
    for series, role in zip(plot.series, block.roles, strict=True):
        fill(on, series, role)
        if not block.merged:
            label_values(
                series.data_labels,
                number,
                on.points(13),
                on.rgb("territory" if role == "territory" else "ink"),
                XL_LABEL_POSITION.OUTSIDE_END,
                bold=role == "territory",
            )
    plot_at(frame.chart, layout)


def _legend(on: Canvas, block: story.Stacked | story.Clustered, x: float, y: float, w: float) -> float:
    """Squares and names, on as many rows as they need; the height of the rows after the first comes back. A series alone
    needs none: nothing stands beside it."""
    if len(block.series) == 1:
        return -0.8
    points = on.page.points(12)
    widths = [wide(series, points) + 1.0 for series in block.series]
    at = start = x + (0.235 * w if sum(widths) <= 0.76 * w else 0.0)
    down = 0.0
    for series, role, width in zip(block.series, block.roles, widths, strict=True):
        if at + width > x + w and at > start:
            at, down = start, down + 0.65
        on.block(MSO_SHAPE.RECTANGLE, Box(at, y + down + 0.13, 0.4, 0.4), role)
        on.text(Box(at + 0.5, y + down, width, 0.65), [(series, 12, False, "ink")])
        at += width
    return down


def draw_ranked(on: Canvas, block: story.Ranked, box: Box) -> None:
    x, y, w, h = box
    number = DECIMAL if block.decimals else THOUSANDS
    data = CategoryChartData(number_format=number)
    data.categories = [french.office(brief(name)) for name, _, _ in block.rows]
    data.add_series(french.office(block.caption), [value for _, value, _ in block.rows])
    every = [value for _, value, _ in block.rows] + [value for _, value, _ in block.references]
    top = nice_ceiling(max(*every, block.top) * 1.02)
    head = height_of(block.caption, w, on.page.points(12), bold=True)
    on.text(Box(x, y, w, head), [(block.caption, 12, True, "muted")])
    over = head + (1.4 if len(block.references) > 1 else 0.95 if block.references else 0.3)
    chart_y, chart_h = y + over, min(h - over, max(3.0, 0.95 * len(block.rows)))
    longest = max((brief(name) for name, _, _ in block.rows), key=lambda name: wide(name, 12))
    # A name on two lines would hide the next one, and a program skips each second one where they are close.
    sizes = [
        s
        for s in (on.page.points(12), on.page.drawn(12), on.page.drawn(11))
        if s * CM * APART <= chart_h / len(block.rows)
    ]
    least = on.page.drawn(11)
    size = next((s for s in sizes if wide(longest, s) + 0.25 <= WIDEST_NAMES * w), least)
    left = min(WIDEST_NAMES, max(0.14, (wide(longest, size) + 0.25) / w))
    layout = (left, 0.01, 0.985 - left, 0.98)
    frame = add_chart(on, XL_CHART_TYPE.BAR_CLUSTERED, data, Box(x, chart_y, w, chart_h), alt.said(block))
    plot = frame.chart.plots[0]
    plot.gap_width, plot.vary_by_categories = 38, False
    value_axis(on, frame.chart, (0, top), hidden=True)
    category_axis(on, frame.chart, size)
    series, inside = plot.series[0], size if size > 12 else least
    fill(on, series, "other")
    label_values(
        series.data_labels,
        number,
        Pt(inside),
        on.ink_on("other"),
        XL_LABEL_POSITION.INSIDE_BASE,
        bold=True,
    )
    for i, (name, _, alert) in enumerate(block.rows):
        role = "territory" if name == block.own else "attention" if alert else ""
        if role:
            point = series.points[i]
            point.format.fill.solid()
            point.format.fill.fore_color.rgb = on.rgb(role)
            point.data_label.font.color.rgb = on.ink_on(role)
            point.data_label.font.size, point.data_label.font.bold = Pt(inside), True
            label_point(point, number)
    plot_at(frame.chart, layout)

    def across(value: float) -> float:
        return x + w * (layout[0] + layout[2] * value / top)

    _reference_lines(on, block, frame, Box(x, chart_y, w, chart_h), across)


def _reference_lines(
    on: Canvas, block: story.Ranked, frame, box: Box, across: Callable[[float], float]
) -> None:
    """Dashed lines on the fixed axis, grouped with the chart so that they scale with it; `across` places a value."""
    x, y, w, h = box
    shapes, placed = [], []
    for label, value, alert in block.references:
        at = across(value)
        role = "attention" if alert else "ink"
        line = on.rule((at, y), (at, y + h), role, 1.5, dash=True)
        text = f"{label} {french.number(value, block.decimals)}"
        width = wide(text, on.page.points(11), bold=True) + 0.2
        placed.append((at, width, text, role))
        shapes.append(line)
    placed.sort()
    for i, (at, width, text, role) in enumerate(placed):
        before = (i == 0 and len(placed) > 1) or (len(placed) == 1 and at + width > x + w)
        left = at - width if before else at
        left = max(x, min(left + (0 if before else 0.08), x + w + 0.7 - width))
        shapes.append(
            on.text(
                Box(left, y - (1.2 if before and len(placed) > 1 else 0.7), width, 0.6),
                [(text, 11, True, role)],
                align=PP_ALIGN.RIGHT if before else PP_ALIGN.LEFT,
            )
        )
    if shapes:
        group = on.slide.shapes.add_group_shape()
        group.name = "Graphique et références"
        for element in (frame._element, *(shape._element for shape in shapes)):
            group._element.append(element)
        group._element.recalculate_extents()

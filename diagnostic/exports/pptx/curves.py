"""Yearly series."""

from __future__ import annotations

from collections.abc import Callable

from pptx.chart.data import XyChartData
from pptx.enum.chart import XL_CHART_TYPE, XL_TICK_MARK
from pptx.enum.dml import MSO_LINE
from pptx.enum.text import MSO_ANCHOR
from pptx.util import Pt

from diagnostic import french, story
from diagnostic.exports import alt
from diagnostic.exports.pptx.charts import DECIMAL, THOUSANDS, add_chart, plot_at, value_axis
from diagnostic.exports.pptx.page import Box, Canvas, Tint, height_of
from diagnostic.exports.pptx.shapes import polygon
from diagnostic.story.scale import nice_range, spread


def draw_lines(on: Canvas, block: story.Lines, box: Box) -> None:
    x, y, w, h = box
    on.text(x, y, w, 1.2, [(block.caption, 15, True, "ink")])
    number = DECIMAL if block.decimals else THOUSANDS
    data = XyChartData(number_format=number)
    for line in block.series:
        series = data.add_series(french.office(line.name or block.caption))
        for year, value in line.points:
            series.add_data_point(year, value)
    frame = add_chart(
        on, XL_CHART_TYPE.XY_SCATTER_LINES_NO_MARKERS, data, x, y + 1.2, w, h - 1.2, alt.said(block)
    )
    chart = frame.chart
    values = [v for line in block.series for _, v in line.points]
    values += [bound for _, low, high in block.band for bound in (low, high)]
    years = [t for line in block.series for t, _ in line.points]
    low, high, step = nice_range(min(values) * (0.9 if block.band else 0.82), max(values))
    low = max(0.0, low)
    value_axis(on, chart, low, high, hidden=False, step=step, number=number)
    axis = chart.category_axis
    axis.minimum_scale, axis.maximum_scale = min(years), max(years)
    axis.major_unit = 5 if max(years) - min(years) > 12 else 2 if max(years) - min(years) > 5 else 1
    axis.has_major_gridlines, axis.major_tick_mark = False, XL_TICK_MARK.NONE
    axis.tick_labels.font.size = on.points(12)
    axis.tick_labels.font.color.rgb = on.rgb("muted")
    axis.tick_labels.number_format, axis.tick_labels.number_format_is_linked = "0", False
    axis.format.line.color.rgb = on.rgb("muted")
    layout = (0.13, 0.02, 0.6, 0.86)
    # Names on two lines or more ask for as much room above one another.
    tallest = max(height_of(_ending(line, block), w * 0.27, on.page.points(12)) for line in block.series)
    apart = tallest / ((h - 1.2) * layout[3]) * (high - low)
    spots = spread([line.points[-1][1] for line in block.series], max(apart, (high - low) * 0.075))
    for series, line in zip(chart.plots[0].series, block.series, strict=True):
        series.format.line.width = Pt(2.75)
        series.format.line.color.rgb = on.rgb(line.role)
        series.smooth = False
        if line.dash:
            series.format.line.dash_style = MSO_LINE.DASH
    plot_at(chart, layout)

    def at(year: float, value: float) -> tuple[float, float]:
        across = (year - min(years)) / max(1, max(years) - min(years))
        return (
            x + w * (layout[0] + layout[2] * across),
            y + 1.2 + (h - 1.2) * (layout[1] + layout[3] * (1 - (value - low) / (high - low))),
        )

    if block.band:
        _band(on, frame, block, at)
    for line, spot in zip(block.series, spots, strict=True):
        year = line.points[-1][0]
        at_x, at_y = at(year, spot)
        if block.band and year != max(years):
            # The last year known stands above the curve that leaves from it.
            on.text(at_x + 0.15, at_y - 0.95, 4.2, 0.7, [(_ending(line, block), 13, True, line.role)])
            first, value = line.points[0]
            under = at(first, value)
            begun = f"{french.number(french.about(value) or value)} en {first}"
            # On the side that the curve leaves.
            off = -0.95 if line.points[-1][1] < value else 0.2
            on.text(under[0] + 0.15, under[1] + off, 4.2, 0.7, [(begun, 12, False, "muted")])
            continue
        if line.name and not line.dash and len(block.series) > 1 and year != max(years):
            continue
        on.text(
            at_x + 0.1,
            at_y - 0.4,
            w * 0.28,
            0.8,
            [(_ending(line, block), 12, True, line.role)],
            anchor=MSO_ANCHOR.MIDDLE,
        )


def _band(on: Canvas, frame, block: story.Lines, at: Callable[[float, float], tuple[float, float]]) -> None:
    """The margin behind the curves, at the places of its axes, grouped with the chart; its ends are written."""
    upper = [at(year, high) for year, _, high in block.band]
    lower = [at(year, low) for year, low, _ in block.band]
    ring = [*upper, *reversed(lower)]
    shape = polygon(on, [ring], "Marge d’erreur", Tint("territory", saturation=45, light=30, added=65))
    group = on.slide.shapes.add_group_shape()
    group.name = "Courbe et marge"
    for element in (shape, frame._element):
        group._element.append(element)
    group._element.recalculate_extents()
    for value, spot in ((block.band[-1][2], upper[-1]), (block.band[-1][1], lower[-1])):
        said = french.number(french.about(value))
        on.text(spot[0] + 0.1, spot[1] - 0.35, 4, 0.7, [(said, 12, False, "muted")], anchor=MSO_ANCHOR.MIDDLE)


def _ending(line: story.Line, block: story.Lines) -> str:
    """What stands at the last point of a line: its name, then its value or what is written in its place."""
    return f"{line.name} {line.end or french.number(line.points[-1][1], block.decimals)}".strip()

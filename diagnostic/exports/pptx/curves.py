"""Yearly series."""

from __future__ import annotations

from pptx.chart.data import XyChartData
from pptx.enum.chart import XL_CHART_TYPE
from pptx.enum.dml import MSO_LINE
from pptx.enum.text import MSO_ANCHOR
from pptx.util import Pt

from diagnostic import design, french, story
from diagnostic.exports import alt
from diagnostic.exports.pptx.charts import (
    DECIMAL,
    THOUSANDS,
    Axes,
    add_chart,
    plot_at,
    value_axis,
    years_axis,
)
from diagnostic.exports.pptx.page import Box, Canvas, Run, Tint, height_of, wide
from diagnostic.exports.pptx.shapes import polygon
from diagnostic.story.scale import spread, years_below

LAYOUT = (0.13, 0.02, 0.6, 0.86)
"""Where the curves stand in their chart: the names of the lines are written at the right of it."""

LABEL = 0.7
"""Centimetres of what is written of one point."""
YEAR = 1.4
"""Centimetres that a year takes under the curves, and what parts it from the next."""
ASIDE = '"\u00a0\u00a0\u00a0\u00a0"'
"""After each number of the upright axis: the lowest would stand on the first year."""


def draw_lines(on: Canvas, block: story.Lines, box: Box) -> None:
    low, high, step = block.heights
    said: list[Run] = [
        (block.caption, 15, True, "ink"),
        *([(design.NOT_FROM_ZERO, 11, False, "muted")] if low else []),
    ]
    head = max(
        1.2,
        height_of(block.caption, box.w, on.page.points(15), bold=True)
        + (height_of(design.NOT_FROM_ZERO, box.w, on.page.points(11)) + 0.45 if low else 0.0),
    )
    on.text(Box(box.x, box.y, box.w, head), said)
    number = DECIMAL if block.decimals else THOUSANDS
    data = XyChartData(number_format=number)
    for line in block.series:
        series = data.add_series(french.office(line.name or block.caption))
        for year, value in line.points:
            series.add_data_point(year, value)
    place = Box(box.x, box.y + head, box.w, box.h - head)
    frame = add_chart(on, XL_CHART_TYPE.XY_SCATTER_LINES_NO_MARKERS, data, place, alt.said(block))
    chart = frame.chart
    years = [t for line in block.series for t, _ in line.points]
    written = years_below(min(years), max(years), int(LAYOUT[2] * place.w / YEAR))
    axes = Axes(place, LAYOUT, (written[0], written[-1]), (low, high))
    value_axis(on, chart, axes.up, hidden=False, step=step, number=number.replace(";", f"{ASIDE};") + ASIDE)
    years_axis(on, chart, written)
    for series, line in zip(chart.plots[0].series, block.series, strict=True):
        series.format.line.width = Pt(2.75)
        series.format.line.color.rgb = on.rgb(line.role)
        series.smooth = False
        if line.dash:
            series.format.line.dash_style = MSO_LINE.DASH
    plot_at(chart, LAYOUT)
    if block.band:
        _band(on, frame, block, axes)
    _name_lines(on, block, axes)


def _name_lines(on: Canvas, block: story.Lines, axes: Axes) -> None:
    """Each line is named at its last point, apart from the others."""
    w, h = axes.box.w, axes.box.h
    low, high = axes.up
    # Names on two lines or more ask for as much room above one another.
    tallest = max(height_of(_ending(line, block), w * 0.27, on.page.points(12)) for line in block.series)
    apart = tallest / (h * LAYOUT[3]) * (high - low)
    spots = spread([line.points[-1][1] for line in block.series], max(apart, (high - low) * 0.075))
    if block.band:
        spots = _beside_the_margin(on, block, axes)[2:]
    for line, spot in zip(block.series, spots, strict=True):
        year = line.points[-1][0]
        at_x, at_y = axes.at(year, spot)
        if block.band and year != axes.across[1]:
            said = _ending(line, block)
            on.text(
                _clear_of(block, axes, (year, line.points[-1][1]), wide(said, on.page.points(13), bold=True)),
                [(said, 13, True, line.role)],
            )
            first, value = line.points[0]
            begun = f"{french.number(french.two_figures(value))} en {first}"
            on.text(
                _clear_of(block, axes, (first, value), wide(begun, on.page.points(12))),
                [(begun, 12, False, "muted")],
            )
            continue
        if line.name and not line.dash and len(block.series) > 1 and year != axes.across[1]:
            continue
        on.text(
            Box(at_x + 0.1, at_y - 0.4, w * 0.28, 0.8),
            [(_ending(line, block), 12, True, _read(line.role))],
            anchor=MSO_ANCHOR.MIDDLE,
        )


def _clear_of(block: story.Lines, axes: Axes, point: tuple[int, float], across: float) -> Box:
    """Where what is said of a point stands, the nearest to it that neither a curve nor the margin crosses: above or below,
    from it to the right or up to it."""
    drawn = [axes.at(year, value) for line in block.series for year, value in line.points]
    drawn += [axes.at(year, side) for year, *sides in block.band for side in sides]
    x, y = axes.at(*point)
    start, end = (axes.at(edge, point[1])[0] for edge in axes.across)
    places = []
    for left in (x + 0.15, x - 0.15 - across):
        if left < start - 0.2 or left + across > end + 0.2:
            continue
        # A year on either side: what is drawn between two points crosses too.
        year = (end - start) / max(1, axes.across[1] - axes.across[0])
        heights = [high for right, high in drawn if left - year < right < left + across + year]
        places.append((y - min(heights), left, min(heights) - 0.15 - LABEL))
        places.append((max(heights) - y, left, max(heights) + 0.15))
    _, left, top = min(places, key=lambda place: round(place[0], 1), default=(0.0, x + 0.15, y - 0.95))
    return Box(left, top, across + 0.3, LABEL)


def _band(on: Canvas, frame, block: story.Lines, axes: Axes) -> None:
    """The margin behind the curves, at the places of its axes, grouped with the chart; its ends are written."""
    upper = [axes.at(year, high) for year, _, high in block.band]
    lower = [axes.at(year, low) for year, low, _ in block.band]
    ring = [*upper, *reversed(lower)]
    shape = polygon(on, [ring], "Marge d’erreur", Tint("territory", saturation=45, light=30, added=65))
    group = on.slide.shapes.add_group_shape()
    group.name = "Courbe et marge"
    for element in (shape, frame._element):
        group._element.append(element)
    group._element.recalculate_extents()
    (year, *sides), ends = block.band[-1], _beside_the_margin(on, block, axes)[:2]
    for value, spot in zip(sides, ends, strict=True):
        right, down = axes.at(year, spot)
        said = french.number(french.two_figures(value))
        on.text(Box(right + 0.1, down - 0.35, 4, 0.7), [(said, 12, False, "muted")], anchor=MSO_ANCHOR.MIDDLE)


def _beside_the_margin(on: Canvas, block: story.Lines, axes: Axes) -> list[float]:
    """Where both ends of the margin, then the last point of each line, are written: apart, where they end together."""
    end, *sides = block.band[-1]
    lasts = [line.points[-1] for line in block.series]
    low, high = axes.up
    tall = 1.15 * height_of("0", axes.box.w, on.page.points(12)) / (axes.box.h * LAYOUT[3]) * (high - low)
    together = iter(spread([*sides, *(value for year, value in lasts if year == end)], tall))
    return [
        next(together),
        next(together),
        *(next(together) if year == end else value for year, value in lasts),
    ]


def _read(role: str) -> str:
    """The colour of what is written of a line: a pale line has darker words."""
    return "muted" if role == "other" else role


def _ending(line: story.Line, block: story.Lines) -> str:
    """What stands at the last point of a line: its name, then its value or what is written in its place."""
    return f"{line.name} {line.end or french.number(line.points[-1][1], block.decimals)}".strip()

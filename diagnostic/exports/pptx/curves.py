"""Yearly series."""

from __future__ import annotations

from pptx.chart.data import XyChartData
from pptx.enum.chart import XL_CHART_TYPE
from pptx.enum.dml import MSO_LINE
from pptx.enum.text import MSO_ANCHOR
from pptx.util import Pt

from diagnostic import french, story
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
from diagnostic.exports.pptx.page import Box, Canvas, Tint, height_of
from diagnostic.exports.pptx.shapes import polygon
from diagnostic.story.scale import nice_range, spread

LAYOUT = (0.13, 0.02, 0.6, 0.86)
"""Where the curves stand in their chart: the names of the lines are written at the right of it."""


ASIDE = '"\u00a0\u00a0\u00a0\u00a0"'
"""After each number of the upright axis: the lowest would stand on the first year."""


def draw_lines(on: Canvas, block: story.Lines, box: Box) -> None:
    on.text(Box(box.x, box.y, box.w, 1.2), [(block.caption, 15, True, "ink")])
    number = DECIMAL if block.decimals else THOUSANDS
    data = XyChartData(number_format=number)
    for line in block.series:
        series = data.add_series(french.office(line.name or block.caption))
        for year, value in line.points:
            series.add_data_point(year, value)
    place = Box(box.x, box.y + 1.2, box.w, box.h - 1.2)
    frame = add_chart(on, XL_CHART_TYPE.XY_SCATTER_LINES_NO_MARKERS, data, place, alt.said(block))
    chart = frame.chart
    values = [v for line in block.series for _, v in line.points]
    values += [bound for _, low, high in block.band for bound in (low, high)]
    years = [t for line in block.series for t, _ in line.points]
    low, high, step = nice_range(min(values) * (0.9 if block.band else 0.82), max(values))
    axes = Axes(place, LAYOUT, (min(years), max(years)), (max(0.0, low), high))
    value_axis(on, chart, axes.up, hidden=False, step=step, number=number.replace(";", f"{ASIDE};") + ASIDE)
    years_axis(on, chart, min(years), max(years))
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
    for line, spot in zip(block.series, spots, strict=True):
        year = line.points[-1][0]
        at_x, at_y = axes.at(year, spot)
        if block.band and year != axes.across[1]:
            # The last year known stands on the side that the curve to come leaves.
            ahead = block.series[-1].points[-1][1]
            aside = -0.95 if ahead < line.points[-1][1] else 0.25
            on.text(Box(at_x + 0.15, at_y + aside, 4.2, 0.7), [(_ending(line, block), 13, True, line.role)])
            first, value = line.points[0]
            under = axes.at(first, value)
            begun = f"{french.number(french.two_figures(value))} en {first}"
            # On the side that the curve leaves.
            off = -0.95 if line.points[-1][1] < value else 0.2
            on.text(Box(under[0] + 0.15, under[1] + off, 4.2, 0.7), [(begun, 12, False, "muted")])
            continue
        if line.name and not line.dash and len(block.series) > 1 and year != axes.across[1]:
            continue
        on.text(
            Box(at_x + 0.1, at_y - 0.4, w * 0.28, 0.8),
            [(_ending(line, block), 12, True, line.role)],
            anchor=MSO_ANCHOR.MIDDLE,
        )


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
    for value, spot in ((block.band[-1][2], upper[-1]), (block.band[-1][1], lower[-1])):
        said = french.number(french.two_figures(value))
        on.text(
            Box(spot[0] + 0.1, spot[1] - 0.35, 4, 0.7), [(said, 12, False, "muted")], anchor=MSO_ANCHOR.MIDDLE
        )


def _ending(line: story.Line, block: story.Lines) -> str:
    """What stands at the last point of a line: its name, then its value or what is written in its place."""
    return f"{line.name} {line.end or french.number(line.points[-1][1], block.decimals)}".strip()

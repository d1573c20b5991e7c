"""Strips of dots and scatters."""

from __future__ import annotations

from pptx.chart.data import XyChartData
from pptx.enum.chart import XL_CHART_TYPE, XL_MARKER_STYLE, XL_TICK_MARK
from pptx.enum.text import MSO_ANCHOR, PP_ALIGN

from diagnostic import french, story
from diagnostic.exports import alt
from diagnostic.exports.pptx.charts import DECIMAL, THOUSANDS, Axes, add_chart, mark, plot_at, value_axis
from diagnostic.exports.pptx.page import Box, Canvas, Spot, wide
from diagnostic.story.scale import nice_range


def draw_strips(on: Canvas, block: story.Strips, box: Box) -> None:
    x, y, w, h = box
    # On a part of the slide, labels are narrower and stand on more lines.
    across = max(0.62, w / on.page.content) * on.page.across
    narrow = w < 0.8 * on.page.content
    left, right = (7.4 if narrow else 9.0) * across, (7.8 if narrow else 6.4) * across
    ranked = right - 3.3 * across
    own, others = f"●  {french.capitalised(block.own)}", f"●  {block.others}"
    tick = [(f"◆  {block.reference}", "attention")] if block.reference else []
    for said in (others, "●  les autres"):
        keys = [(own, "territory"), (said, "muted"), *tick]
        size = 12 if sum(len(text) for text, _ in keys) < 58 else 11
        widths = [0.0195 * on.page.points(size) * len(text) + 0.4 for text, _ in keys]
        if sum(widths) + 0.1 * len(widths) <= w - (0 if narrow else right):
            break
    # Long names begin further left: the heading of the values is at their right.
    at = x if narrow else max(x, min(x + left, x + w - right - sum(widths) - 0.1 * len(widths)))
    for (text, role), width in zip(keys, widths, strict=True):
        on.text(Box(at, y, width, 0.7), [(text, size, True, role)])
        at += width + 0.1
    if narrow:
        # The headings have a line of their own under the names.
        y, h = y + 0.6, h - 0.6
    on.text(Box(x + w - right, y, 3.2 * across, 0.7), [("Valeur", 12, False, "muted")], align=PP_ALIGN.RIGHT)
    on.text(Box(x + w - ranked, y, ranked, 0.7), [("Rang", 12, False, "muted")], align=PP_ALIGN.RIGHT)
    rows = block.rows[:4] if narrow else block.rows
    tall = min(2.9 if narrow else 2.32, (h - 0.8) / len(rows))
    for i, strip in enumerate(rows):
        top = y + 0.85 + i * tall
        on.rule((x, top), (x + w, top))
        on.text(
            Box(x, top + 0.1, left - 0.3, tall - 0.2),
            [
                (strip.label, 13 if narrow else 15, True, "ink"),
                (strip.unit.partition(", ")[0] if narrow else strip.unit, 11, False, "muted"),
            ],
            anchor=MSO_ANCHOR.MIDDLE,
        )
        _strip_chart(on, strip, Box(x + left - 0.4, top + 0.15, w - left - right + 0.6, tall - 0.2))
        own = french.number(strip.own, strip.decimals)
        sizes = (s for s in (20, 18, 16, 14) if wide(own, on.page.points(s), bold=True) <= 3.2 * across)
        size = next(sizes, 12)
        on.text(
            Box(x + w - right, top, 3.2 * across, tall),
            [(own, size, True, "territory")],
            anchor=MSO_ANCHOR.MIDDLE,
            align=PP_ALIGN.RIGHT,
        )
        on.text(
            Box(x + w - ranked, top, ranked, tall),
            [(strip.rank, 15 if len(strip.rank) < 12 and not narrow else 12, True, "muted")],
            anchor=MSO_ANCHOR.MIDDLE,
            align=PP_ALIGN.RIGHT,
        )


def _strip_chart(on: Canvas, strip: story.Strip, box: Box) -> None:
    number = DECIMAL if strip.decimals else THOUSANDS
    data = XyChartData(number_format=number)
    series = [("Autres", strip.others, "other", XL_MARKER_STYLE.CIRCLE, 7)]
    if strip.reference is not None:
        series.append(("Référence", (strip.reference,), "attention", XL_MARKER_STYLE.DIAMOND, 9))
    series.append(("Territoire", (strip.own,), "territory", XL_MARKER_STYLE.CIRCLE, 14))
    for name, values, *_ in series:
        one = data.add_series(name)
        for value in values:
            # Above the others: a median is the value of one of them.
            one.add_data_point(value, 1.7 if name == "Référence" else 1)
    low, high, step = strip.axis
    frame = add_chart(on, XL_CHART_TYPE.XY_SCATTER, data, box, alt.strip(strip))
    chart = frame.chart
    for one, (_, _, role, marker, size) in zip(chart.plots[0].series, series, strict=True):
        mark(on, one, role, marker, size)
    axis = chart.category_axis
    axis.minimum_scale, axis.maximum_scale, axis.major_unit = low, high, step
    axis.has_major_gridlines = False
    axis.major_tick_mark = XL_TICK_MARK.NONE
    axis.tick_labels.font.size = on.points(11)
    axis.tick_labels.font.color.rgb = on.rgb("muted")
    axis.tick_labels.number_format, axis.tick_labels.number_format_is_linked = (
        (DECIMAL if step < 1 else THOUSANDS),
        False,
    )
    axis.format.line.color.rgb = on.rgb("muted")
    value_axis(on, chart, (0, 2), hidden=True)
    plot_at(chart, (0.03, 0.02, 0.93, 0.6))


def draw_scatter(on: Canvas, block: story.Scatter, box: Box) -> None:
    x, y, w, h = box
    on.text(Box(x, y, w, 1.2), [(block.caption, 13, True, "muted")])
    groups = [
        ("Communes", [p for p in block.points if not p[3]], "other"),
        ("Communes avec quartier prioritaire", [p for p in block.points if p[3]], "qpv"),
    ]
    groups = sorted((g for g in groups if g[1]), key=lambda g: -len(g[1]))
    data = XyChartData(number_format=DECIMAL)
    for name, points, _ in groups:
        series = data.add_series(name)
        for _, px, py, _ in points:
            series.add_data_point(px, py)
    frame = add_chart(on, XL_CHART_TYPE.XY_SCATTER, data, Box(x, y + 1.2, w, h - 1.2), alt.said(block))
    chart = frame.chart
    for series, (_, _, role) in zip(chart.plots[0].series, groups, strict=True):
        mark(on, series, role, XL_MARKER_STYLE.CIRCLE, 9)
    xs, ys = [p[1] for p in block.points], [p[2] for p in block.points]
    ys += [block.reference[1]] if block.reference else []
    low, high, step = _off_the_axis(xs)
    *ends, up_step = _off_the_axis(ys)
    place = Box(x, y + 1.2, w, h - 1.2)
    axes = Axes(place, (0.09, 0.07, 0.86, 0.74), (low, high), (ends[0], ends[1]))
    value_axis(on, chart, axes.up, hidden=False, step=up_step, number=THOUSANDS)
    axis = chart.category_axis
    axis.minimum_scale, axis.maximum_scale, axis.major_unit = low, high, step
    axis.has_major_gridlines, axis.major_tick_mark = False, XL_TICK_MARK.NONE
    axis.tick_labels.font.size = on.points(11)
    axis.tick_labels.number_format, axis.tick_labels.number_format_is_linked = "0", False
    plot_at(chart, axes.layout)
    on.text(Box(x, place.y - 0.35, w, 0.6), [(block.y_title, 11, False, "muted")])
    on.text(
        Box(x + w * 0.4, place.y + place.h - 0.9, w * 0.58, 0.7),
        [(block.x_title, 11, False, "muted")],
        align=PP_ALIGN.RIGHT,
    )
    _scatter_lines(on, block, axes)
    _scatter_names(on, block, axes)


def _off_the_axis(values: list[float]) -> tuple[float, float, float]:
    """A round axis that begins under the lowest value: its mark and its name would stand on the other axis."""
    low, high, step = nice_range(min(values), max(values))
    close = min(values) - low < OFF * (high - low)
    return (low - step if close and low >= step else low), high, step


ABOVE = 0.35
"""Centimetres that a name may stand above the highest line of a scatter."""
OFF = 0.06
"""Share of an axis that the lowest value is from its beginning."""


def _scatter_lines(on: Canvas, block: story.Scatter, axes: Axes) -> None:
    """The reference, named at its right end, and the two medians."""
    if block.reference:
        left, right = (axes.at(end, block.reference[1]) for end in axes.across)
        on.rule(left, right, "attention", 1.25, dash=True)
        said = f"{block.reference[0]} {french.number(block.reference[1], 1)}"
        across = wide(said, on.page.points(11), bold=True) + 0.2
        on.text(
            Box(right[0] - across, right[1] - 0.6, across, 0.55),
            [(said, 11, True, "attention")],
            align=PP_ALIGN.RIGHT,
        )
    for (median, ends), at in zip(_medians(block, axes), _medians_named(block, axes), strict=True):
        on.rule(ends[0], ends[1], "other", 0.75)
        on.text(at, [(_median_said(median), 11, False, "muted")])


def _medians(block: story.Scatter, axes: Axes) -> list[tuple[float, tuple[Spot, Spot]]]:
    """The median poverty, upright, and the median rate, level, unless it would pass for the reference."""
    if block.medians is None:
        return []
    across, up = block.medians
    found = [(across, (axes.at(across, axes.up[0]), axes.at(across, axes.up[1])))]
    level = (axes.at(axes.across[0], up), axes.at(axes.across[1], up))
    beside = axes.at(axes.across[0], block.reference[1])[1] if block.reference else None
    if beside is None or abs(level[0][1] - beside) > 0.7:
        found.append((up, level))
    return found


def _medians_named(block: story.Scatter, axes: Axes) -> list[Box]:
    """Where each median is named: at the top of one, at the left of the other."""
    places = [
        Box(start[0] + 0.1, min(start[1], end[1]) - 0.05, 2.8, 0.5)
        for _, (start, end) in _medians(block, axes)
    ]
    return [*places[:1], *(Box(one.x, one.y - 0.5, 2.8, 0.5) for one in places[1:])]


def _median_said(value: float) -> str:
    return f"médiane {french.number(value, 1)}"


def _scatter_names(on: Canvas, block: story.Scatter, axes: Axes) -> None:
    """Greedy: most extreme commune first, eight positions, across no line where one of them is free; no free place, no
    label."""
    x, y, w, h = axes.box
    (start, foot), (end, head) = (axes.at(*ends) for ends in zip(axes.across, axes.up, strict=True))
    spots = [axes.at(p[1], p[2]) for p in block.points]
    taken = [Box(sx - 0.2, sy - 0.2, 0.4, 0.4) for sx, sy in spots]
    lines = [
        Box(min(a[0], b[0]), min(a[1], b[1]), abs(a[0] - b[0]), abs(a[1] - b[1]))
        for _, (a, b) in _medians(block, axes)
    ]
    if block.reference:
        _, ry = axes.at(block.points[0][1], block.reference[1])
        taken.append(Box(x + w - 6, ry - 0.65, 6, 0.75))
        lines.append(Box(start, ry, end - start, 0))
    taken += _medians_named(block, axes)
    order = sorted(
        range(len(spots)), key=lambda i: (block.points[i][0] not in block.named, -block.points[i][1])
    )
    for i in order[: len(block.named) or 14]:
        (sx, sy), name = spots[i], block.points[i][0]
        across, tall = wide(name, on.page.points(11), bold=name in block.named) + 0.2, 0.5
        places = [
            Box(left, top, across, tall)
            for left, top in (
                (sx + 0.25, sy - tall / 2),
                (sx - across - 0.25, sy - tall / 2),
                *(
                    (sx + shift, sy + down)
                    for shift in (-across / 2, -0.2, 0.2 - across)
                    for down in (-tall - 0.2, 0.2)
                ),
            )
            if start <= left and left + across <= x + w and head - ABOVE <= top and top + tall <= foot
        ]
        free = [one for one in places if not any(_meet(one, other) for other in taken)]
        free.sort(key=lambda one: any(_meet(one, line) for line in lines))
        if free:
            taken.append(free[0])
            on.text(free[0], [(name, 11, name in block.named, "ink")], anchor=MSO_ANCHOR.MIDDLE)


TOUCH = 0.001
"""Centimetres under which two places only touch."""


def _meet(one: Box, other: Box) -> bool:
    return (
        one.x < other.x + other.w - TOUCH
        and other.x < one.x + one.w - TOUCH
        and one.y < other.y + other.h - TOUCH
        and other.y < one.y + one.h - TOUCH
    )

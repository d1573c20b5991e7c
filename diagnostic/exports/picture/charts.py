"""Charts as pictures, with the same marks as the deck: those of the documents, of the note, of the archive."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from diagnostic import design, french, story
from diagnostic.exports.letters import NARROWER
from diagnostic.exports.letters import width as width_of
from diagnostic.exports.picture.canvas import CM, FONT, figure_of, write
from diagnostic.exports.picture.frame import sheet
from diagnostic.exports.picture.names import brief, short
from diagnostic.exports.style import COLOURS, ink_on
from diagnostic.story.scale import nice_ceiling, nice_range, spread, years_below

YEAR = 1.1
"""Centimetres that a year takes under a curve, and what parts it from the next."""
NAMES, LONG_NAMES = 4.4, 5.2
"""Centimetres that the names of bars take at their left, of a whole page: of modes, of territories."""
HALF_PAGE = 10.0
"""Centimetres under which what is written keeps to a narrower margin."""


def draw_chart(block: story.Chart, width: float = 17.0, tall: float = 1.0) -> Figure:
    """A chart of a block as a picture `width` centimetres wide, with the same marks as the deck; what is drawn has `tall`
    of its usual height."""
    return CHARTS[type(block)](block, Sheet(width, tall))


class Sheet:
    """A picture `width` centimetres wide: its axes, and the size of what is written on it."""

    def __init__(self, width: float, tall: float = 1.0) -> None:
        self.width, self.tall = width, tall
        self.size = 9.0

    def axes(
        self, height: float, left: float, right: float = 0.6, top: float = 0.9, bottom: float = 0.7
    ) -> tuple[Figure, Axes]:
        """A figure `height` high and its axes, margins in centimetres; the left one leaves room for the marks."""
        left, width = min(left, 0.4 * self.width), self.width
        height = top + bottom + self.tall * (height - top - bottom)
        figure = figure_of(width, height)
        axes = figure.add_axes(
            (left / width, bottom / height, (width - left - right) / width, (height - top - bottom) / height)
        )
        for side in ("top", "right", "left"):
            axes.spines[side].set_visible(False)
        axes.spines["bottom"].set_color(f"#{COLOURS['rule']}")
        axes.tick_params(length=0, labelsize=self.size, labelfontfamily=FONT, colors=f"#{COLOURS['muted']}")
        return figure, axes

    def write(self, axes: Axes, x: float, y: float, text: str, role: str = "ink", **more: Any) -> None:
        look: dict[str, Any] = {
            "fontsize": self.size,
            "family": FONT,
            "color": f"#{COLOURS.get(role, role)}",
        } | more
        write(axes, x, y, french.office(text), **look)

    def across(self, text: str, *, bold: bool = False) -> float:
        """The centimetres that a text takes."""
        return NARROWER * width_of(french.office(text), bold) * self.size / (72 * CM)

    def named(self, name: str, left: float, *, bold: bool = False) -> str:
        """A name as a left margin of so many centimetres has room for it: whole, shorter, else on two lines."""
        room = min(left, 0.4 * self.width) - 0.2
        held = (said for said in (name, brief(name)) if self.across(said, bold=bold) <= room)
        return next(held, "\n".join(short(name)))

    def heads(self, names: tuple[str, ...]) -> int:
        """The lines that the names of the series take above the bars."""
        marks = 0.75 if self.width < HALF_PAGE else 1.3
        return 1 if sum(self.across(name) + marks for name in names) <= self.width else 2

    @staticmethod
    def bar(axes: Axes, line: float, tall: float, ends: tuple[float, float], role: str) -> None:
        """A bar around a line, a thin white edge between it and the next: one by one, the library's own take as long as
        all the words of a drawing."""
        start, end = ends
        look: dict[str, Any] = {"facecolor": f"#{COLOURS[role]}", "edgecolor": "white", "linewidth": 0.6}
        axes.add_patch(Rectangle((start, line - tall / 2), end - start, tall, **look))

    def legend(self, figure: Figure, roles: tuple[str, ...], names: tuple[str, ...]) -> None:
        figure.legend(
            [Rectangle((0, 0), 1, 1, facecolor=f"#{COLOURS[role]}") for role in roles],
            [french.office(name) for name in names],
            loc="upper left",
            # Of the figure itself: a picture that grows to hold its title would take them up to it.
            bbox_to_anchor=(0, 1),
            bbox_transform=figure.transFigure,
            ncols=math.ceil(len(names) / self.heads(names)),
            frameon=False,
            prop={"family": FONT, "size": self.size},
            handlelength=0.9,
            handleheight=0.9,
            columnspacing=0.7 if self.width < HALF_PAGE else 2.0,
            handletextpad=0.4 if self.width < HALF_PAGE else 0.8,
            borderpad=0,
        )


def _stacked(block: story.Stacked, on: Sheet) -> Figure:
    above = 0.25 + 0.45 * on.heads(block.series)
    figure, axes = on.axes(above + 0.1 + 0.72 * len(block.rows), NAMES, 1.3, above, 0.1)
    top = max(t if t is not None else sum(v for v in values if v is not None) for _, values, t in block.rows)
    for r, (label, values, total) in enumerate(block.rows):
        at = 0.0
        for value, role in zip(values, block.roles, strict=True):
            if value is None:
                continue
            on.bar(axes, r, 0.7, (at, at + value), role)
            if value / top > (0.12 if on.width < HALF_PAGE else 0.05):
                ink = "paper" if ink_on(role) == "FFFFFF" else "ink"
                on.write(
                    axes, at + value / 2, r, french.number(value, 1), ink, ha="center", va="center_baseline"
                )
            at += value
        strong = {"fontweight": "bold"} if block.own and r == 0 else {}
        if total is not None:
            on.write(
                axes, at + top * 0.01, r, french.number(total, 1), fontweight="bold", va="center_baseline"
            )
        label = on.named(label, NAMES, bold=bool(strong))
        on.write(axes, -top * 0.015, r, label, ha="right", va="center", **strong)
    axes.set(xlim=(0, top * 1.02), ylim=(len(block.rows) - 0.5, -0.5), xticks=[], yticks=[])
    axes.spines["bottom"].set_visible(False)
    on.legend(figure, block.roles, block.series)
    return figure


def _clustered(block: story.Clustered, on: Sheet) -> Figure:
    tall = 0.6 if block.merged else 0.5 * len(block.series) + 0.35
    above = 0.25 + 0.45 * on.heads(block.series)
    figure, axes = on.axes(above + 0.1 + tall * len(block.rows), NAMES, 1.3, above, 0.1)
    slot = 0.8 / (1 if block.merged else len(block.series))
    whole = [sum(v for v in values if v is not None) for _, values in block.rows]
    single = [v for _, values in block.rows for v in values if v is not None]
    top = max(whole if block.merged else single)
    for r, (label, values) in enumerate(block.rows):
        at = 0.0
        for i, (value, role) in enumerate(zip(values, block.roles, strict=True)):
            if value is None:
                continue
            line = r if block.merged else r - 0.4 + slot * (i + 0.5)
            on.bar(axes, line, 0.9 * slot, (at, at + value), role)
            at += value if block.merged else 0.0
            said = "" if block.merged else french.number(value, block.decimals)
            weight = "bold" if role == "territory" else "normal"
            on.write(axes, value + top * 0.01, line, said, fontweight=weight, va="center_baseline")
        if block.merged:
            on.write(axes, at + top * 0.01, r, french.number(at, block.decimals), va="center_baseline")
        on.write(axes, -top * 0.015, r, on.named(label, NAMES), ha="right", va="center")
    axes.set(xlim=(0, top * 1.02), ylim=(len(block.rows) - 0.5, -0.5), xticks=[], yticks=[])
    axes.spines["bottom"].set_visible(False)
    on.legend(figure, block.roles, block.series)
    return figure


def _ranked(block: story.Ranked, on: Sheet) -> Figure:
    above = 0.15 + 0.42 * len(block.references)
    figure, axes = on.axes(above + 0.1 + 0.47 * len(block.rows), LONG_NAMES, 0.4, above, 0.1)
    every = [v for _, v, _ in block.rows] + [v for _, v, _ in block.references]
    top = nice_ceiling(max(*every, block.top) * 1.02)
    for r, (name, value, alert) in enumerate(block.rows):
        on.bar(axes, r, 0.8, (0, value), "attention" if alert else "other")
        ink = "paper" if alert and value / top > 0.1 else "ink"
        said = french.number(value, block.decimals)
        on.write(axes, top * 0.008, r, said, ink, va="center_baseline", fontweight="bold")
        on.write(axes, -top * 0.012, r, on.named(name, LONG_NAMES), ha="right", va="center")
    for i, (label, value, alert) in enumerate(sorted(block.references, key=lambda ref: ref[1])):
        role = "attention" if alert else "ink"
        # Two references may stand close together: each has its own line.
        line = -0.62 - 0.9 * (len(block.references) - 1 - i)
        axes.plot(
            [value] * 2,
            [line, len(block.rows) - 0.5],
            color=f"#{COLOURS[role]}",
            linewidth=1,
            linestyle=(0, (4, 3)),
            clip_on=False,
        )
        before = i == 0 and len(block.references) > 1 or value > 0.8 * top
        on.write(
            axes,
            value + (-0.006 if before else 0.006) * top,
            line,
            f"{label} {french.number(value, block.decimals)}",
            role,
            fontweight="bold",
            ha="right" if before else "left",
            va="bottom",
        )
    axes.set(xlim=(0, top), ylim=(len(block.rows) - 0.5, -0.5), xticks=[], yticks=[])
    axes.spines["bottom"].set_visible(False)
    return figure


def _strips(block: story.Strips, on: Sheet) -> Figure:
    width, head, tall = on.width, 0.6, 1.0
    height = head + tall * len(block.rows)
    figure = figure_of(width, height)
    # One sheet in centimetres: axes of their own for each row take half the time of the drawing.
    axes = sheet(figure, width, height)
    left, right = 6.2, width - 5.4

    def write(x: float, y: float, text: str, role: str, size: float, weight: str = "normal", **more) -> None:
        look: dict[str, Any] = {
            "fontsize": size,
            "family": FONT,
            "fontweight": weight,
            "color": f"#{COLOURS[role]}",
        }
        figure.text(x / width, 1 - y / height, french.office(text), va="center_baseline", **look, **more)

    def across(value: float, low: float, high: float) -> float:
        return left + (right - left) * (value - low) / (high - low)

    write(left, 0.25, f"• {french.capitalised(block.own)}", "territory", 8.5, "bold")
    if block.reference:
        write(left + 5.0, 0.25, f"| {block.reference}", "attention", 8.5, "bold")
    for r, strip in enumerate(block.rows):
        top = head + tall * r
        low, high, _ = strip.axis
        line = height - top - 0.45
        axes.plot([left, right], [line] * 2, color=f"#{COLOURS['rule']}", linewidth=0.6)
        dots = [across(value, low, high) for value in strip.others]
        axes.plot(dots, [line] * len(dots), "o", ms=4, color=f"#{COLOURS['other']}", mew=0)
        if strip.reference is not None:
            at = across(strip.reference, low, high)
            axes.plot([at] * 2, [line - 0.21, line + 0.21], color=f"#{COLOURS['attention']}", linewidth=1.6)
        axes.plot([across(strip.own, low, high)], [line], "o", ms=7.5, color=f"#{COLOURS['territory']}")
        write(0, top + 0.32, strip.label, "ink", 9.5, "bold")
        write(0, top + 0.75, strip.unit, "muted", 7.5)
        write(left, top + 0.88, french.number(low), "muted", 7, ha="center")
        write(right, top + 0.88, french.number(high), "muted", 7, ha="center")
        write(
            width - 3.5,
            top + 0.45,
            french.number(strip.own, strip.decimals),
            "territory",
            10.5,
            "bold",
            ha="right",
        )
        write(width, top + 0.45, strip.rank, "muted", 9, ha="right")
    return figure


def _lines(block: story.Lines, on: Sheet) -> Figure:
    years = [y for line in block.series for y, _ in line.points]
    low, high, step = block.heights
    ends = [_end(line, block.decimals, on) for line in block.series]
    left = max(on.across(french.number(high)) + 0.3, 1.3)
    right = max(1.0, *(on.across(one, bold=True) + 0.5 for one in ends))
    figure, axes = on.axes(5.3, left, min(right, 0.4 * on.width), 0.5)
    if low:
        figure.text(
            0,
            0.995,
            design.NOT_FROM_ZERO,
            fontsize=on.size,
            family=FONT,
            color=f"#{COLOURS['muted']}",
            va="top",
        )
    spots = spread([line.points[-1][1] for line in block.series], (high - low) * 0.09)
    if band := block.band:
        when, bottom, top = zip(*band, strict=True)
        axes.fill_between(when, bottom, top, color=f"#{COLOURS['other']}", alpha=0.18, lw=0)
    for line, spot, said in zip(block.series, spots, ends, strict=True):
        colour = f"#{COLOURS[line.role]}"
        axes.plot(
            *zip(*line.points, strict=True),
            color=colour,
            lw=1.6,
            ls="--" if line.dash else "-",
        )
        year, _ = line.points[-1]
        if year == max(years):
            across = year + (max(years) - min(years)) * 0.015
            on.write(axes, across, spot, said, line.role, fontweight="bold", va="center_baseline")
    written = years_below(min(years), max(years), int(0.65 * on.width / YEAR))
    axes.set(ylim=(low, high), xlim=(written[0], written[-1]), xticks=written)
    axes.tick_params(axis="x", pad=7)
    axes.grid(axis="y", color=f"#{COLOURS['rule']}", linewidth=0.6)
    axes.set_axisbelow(True)
    axes.yaxis.set_major_formatter(lambda v, _: french.office(french.number(v, 0 if step >= 1 else 1)))
    return figure


def _end(line: story.Line, decimals: int, on: Sheet) -> str:
    """What stands at the end of a curve: its name and its last value, the name shorter where it has no room."""
    value = line.end or french.number(line.points[-1][1], decimals)
    whole = f"{line.name} {value}".strip()
    room = 0.4 * on.width - 0.5
    return whole if on.across(whole, bold=True) <= room else f"{brief(line.name)} {value}".strip()


def _scatter(block: story.Scatter, on: Sheet) -> Figure:
    figure, axes = on.axes(7.4, 1.1, 0.5, 0.6, 1.2)
    xlow, xhigh, _ = nice_range(min(p[1] for p in block.points), max(p[1] for p in block.points))
    ys = [p[2] for p in block.points] + ([block.reference[1]] if block.reference else [])
    ylow, yhigh, ystep = nice_range(min(ys), max(ys))
    for _, x, y, qpv in block.points:
        axes.plot([x], [y], "o", ms=5.5, color=f"#{COLOURS['qpv' if qpv else 'other']}", mec="white", mew=0.5)
    for i, left in _apart(block, xhigh - xlow, yhigh - ylow):
        name, x, y, _ = block.points[i]
        across, side = (-0.01, "right") if left else (0.01, "left")
        on.write(axes, x + (xhigh - xlow) * across, y, name, fontsize=7.5, va="center_baseline", ha=side)
    axes.set(xlim=(xlow, xhigh), ylim=(ylow, yhigh))
    axes.grid(axis="y", color=f"#{COLOURS['rule']}", linewidth=0.6)
    axes.set_axisbelow(True)
    if block.reference:
        label, value = block.reference
        axes.axhline(value, color=f"#{COLOURS['attention']}", linewidth=1, linestyle="--")
        on.write(
            axes, xhigh, value, f"{label} {french.number(value, 1)}", "attention", ha="right", va="bottom"
        )
    axes.yaxis.set_major_formatter(lambda v, _: french.office(french.number(v, 0 if ystep >= 1 else 1)))
    axes.set_xlabel(french.office(block.x_title), fontsize=on.size, family=FONT, loc="right")
    # Above the axis and read level.
    figure.text(0, 0.995, french.office(block.y_title), fontsize=on.size, family=FONT, va="top")
    return figure


def _apart(block: story.Scatter, width: float, height: float) -> list[tuple[int, bool]]:
    """Points whose name has room, at the right, else at the left where True: those that the message names first, then the
    poorest."""
    chosen: list[tuple[int, bool]] = []
    taken: list[tuple[float, float, float]] = []
    start = min(point[1] for point in block.points)
    dots = [((x - start) / width, y / height) for _, x, y, _ in block.points]
    order = sorted(
        range(len(dots)), key=lambda i: (block.points[i][0] not in block.named, -block.points[i][1])
    )
    for i in order:
        x, y = dots[i]
        long = 0.011 * len(block.points[i][0]) + 0.02
        for left in (False, True):
            low, high = (x - long, x - 0.005) if left else (x + 0.005, x + long)
            near = [at for number, (at, line) in enumerate(dots) if number != i and abs(line - y) < 0.035]
            over = any(abs(line - y) < 0.05 and a < high and low < b for a, b, line in taken)
            if low > 0 and high < 0.98 and not over and not any(low <= at <= high for at in near):
                chosen.append((i, left))
                taken.append((low, high, y))
                break
    return chosen


CHARTS: dict[type, Callable[[Any, Sheet], Figure]] = {
    story.Stacked: _stacked,
    story.Clustered: _clustered,
    story.Ranked: _ranked,
    story.Strips: _strips,
    story.Lines: _lines,
    story.Scatter: _scatter,
}

"""Charts as pictures, with the same marks as the deck."""

from __future__ import annotations

from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from diagnostic import french, story
from diagnostic.exports.picture.canvas import FONT, figure_of
from diagnostic.exports.style import COLOURS, ink_on
from diagnostic.story.scale import nice_ceiling, nice_range, spread


def draw_chart(block: story.Block, width: float = 17.0) -> Figure:
    """A chart of a block as a picture `width` centimetres wide, with the same marks as the deck."""
    return CHARTS[type(block)](block, width)


def _axes(
    width: float, height: float, left: float, right: float = 0.6, top: float = 0.9, bottom: float = 0.7
):
    figure = figure_of(width, height)
    axes = figure.add_axes(
        (left / width, bottom / height, (width - left - right) / width, (height - top - bottom) / height)
    )
    for side in ("top", "right", "left"):
        axes.spines[side].set_visible(False)
    axes.tick_params(length=0, labelsize=8.5, labelfontfamily=FONT, colors=f"#{COLOURS['ink']}")
    return figure, axes


def _write(axes, x, y, text, role="ink", **more) -> None:
    axes.text(
        x, y, french.office(text), fontsize=8.5, family=FONT, color=f"#{COLOURS.get(role, role)}", **more
    )


def _stacked(block: story.Stacked, width: float) -> Figure:
    figure, axes = _axes(width, 1.8 + 0.95 * len(block.rows), 4.4, 1.6, 1.0, 0.2)
    top = max(t if t is not None else sum(v for v in values if v is not None) for _, values, t in block.rows)
    for r, (label, values, total) in enumerate(block.rows):
        at = 0.0
        for value, role in zip(values, block.roles, strict=True):
            if value is None:
                continue
            axes.barh(
                r, value, left=at, height=0.66, color=f"#{COLOURS[role]}", edgecolor="white", linewidth=0.6
            )
            if value / top > 0.05:
                _write(
                    axes,
                    at + value / 2,
                    r,
                    french.number(value, 1),
                    "paper" if ink_on(role) == "FFFFFF" else "ink",
                    ha="center",
                    va="center",
                )
            at += value
        if total is not None:
            _write(axes, at + top * 0.01, r, french.number(total, 1), fontweight="bold", va="center")
        _write(
            axes, -top * 0.015, r, label, ha="right", va="center", fontweight="bold" if r == 0 else "normal"
        )
    axes.set(xlim=(0, top * 1.02), ylim=(len(block.rows) - 0.5, -0.5), xticks=[], yticks=[])
    axes.spines["bottom"].set_visible(False)
    handles = [Rectangle((0, 0), 1, 1, facecolor=f"#{COLOURS[role]}") for role in block.roles]
    figure.legend(
        handles,
        [french.office(s) for s in block.series],
        loc="upper left",
        ncols=len(handles),
        frameon=False,
        prop={"family": FONT, "size": 8.5},
        handlelength=0.9,
        handleheight=0.9,
    )
    return figure


def _ranked(block: story.Ranked, width: float) -> Figure:
    figure, axes = _axes(width, 1.5 + 0.47 * len(block.rows), 5.2, 0.8, 1.0, 0.2)
    top = nice_ceiling(max([v for _, v, _ in block.rows] + [v for _, v, _ in block.references]) * 1.02)
    for r, (name, value, alert) in enumerate(block.rows):
        axes.barh(r, value, height=0.74, color=f"#{COLOURS['attention' if alert else 'other']}")
        white = alert and value / top > 0.1
        _write(
            axes,
            top * 0.008,
            r,
            french.number(value, block.decimals),
            "paper" if white else "ink",
            va="center",
            fontweight="bold",
        )
        _write(axes, -top * 0.012, r, name, ha="right", va="center")
    for i, (label, value, alert) in enumerate(sorted(block.references, key=lambda ref: ref[1])):
        role = "attention" if alert else "ink"
        axes.axvline(value, color=f"#{COLOURS[role]}", linewidth=1, linestyle=(0, (4, 3)))
        before = i == 0 and len(block.references) > 1
        _write(
            axes,
            value + (-0.006 if before or value > 0.8 * top else 0.006) * top,
            -0.75 - 0.85 * (len(block.references) - 1 - i),
            f"{label} {french.number(value, block.decimals)}",
            role,
            fontweight="bold",
            ha="right" if before or value > 0.8 * top else "left",
            va="bottom",
        )
    axes.set(xlim=(0, top), ylim=(len(block.rows) - 0.5, -0.7), xticks=[], yticks=[])
    axes.spines["bottom"].set_visible(False)
    return figure


def _strips(block: story.Strips, width: float) -> Figure:
    figure = figure_of(width, 0.4 + 1.25 * len(block.rows))
    height = 0.4 + 1.25 * len(block.rows)
    for r, strip in enumerate(block.rows):
        axes = figure.add_axes(
            (5.4 / width, 1 - (1.25 * r + 1.0) / height, (width - 9.2) / width, 0.7 / height)
        )
        axes.plot(strip.others, [0] * len(strip.others), "o", ms=4, color=f"#{COLOURS['other']}")
        if strip.reference is not None:
            axes.plot([strip.reference] * 2, [-0.6, 0.6], color=f"#{COLOURS['attention']}", linewidth=2)
        axes.plot([strip.own], [0], "o", ms=9, color=f"#{COLOURS['territory']}")
        for side in ("top", "right", "left"):
            axes.spines[side].set_visible(False)
        axes.set(yticks=[], ylim=(-1, 1))
        axes.locator_params(axis="x", nbins=4)
        axes.xaxis.set_major_formatter(
            lambda v, _: french.office(french.number(v, 0 if float(v).is_integer() else 1))
        )
        axes.tick_params(length=0, labelsize=7.5, labelfontfamily=FONT, colors=f"#{COLOURS['muted']}")
        for x, text, role, weight in (
            (0.0, strip.label, "ink", "bold"),
            (1 - 3.4 / width, french.number(strip.own, strip.decimals), "territory", "bold"),
            (1 - 1.9 / width, strip.rank, "muted", "normal"),
        ):
            figure.text(
                x,
                1 - (1.25 * r + 0.62) / height,
                french.office(text),
                fontsize=9,
                family=FONT,
                fontweight=weight,
                color=f"#{COLOURS[role]}",
                va="center",
            )
    return figure


def _lines(block: story.Lines, width: float) -> Figure:
    figure, axes = _axes(width, 6.6, 1.6, 3.6, 0.3)
    values = [v for line in block.series for _, v in line.points]
    years = [y for line in block.series for y, _ in line.points]
    low, high, step = nice_range(max(0.0, min(values) * 0.82), max(values))
    spots = spread([line.points[-1][1] for line in block.series], (high - low) * 0.08)
    for line, spot in zip(block.series, spots, strict=True):
        axes.plot(
            *zip(*line.points, strict=True),
            color=f"#{COLOURS[line.role]}",
            linewidth=2,
            linestyle="--" if line.dash else "-",
        )
        year, value = line.points[-1]
        if year == max(years):
            _write(
                axes,
                year + (max(years) - min(years)) * 0.015,
                spot,
                f"{line.name} {french.number(value, block.decimals)}".strip(),
                line.role,
                fontweight="bold",
                va="center",
            )
    axes.set(ylim=(low, high), xlim=(min(years), max(years)))
    axes.grid(axis="y", color=f"#{COLOURS['rule']}", linewidth=0.6)
    axes.set_axisbelow(True)
    every = 5 if max(years) - min(years) > 12 else 2 if max(years) - min(years) > 5 else 1
    axes.set_xticks(range(min(years), max(years) + 1, every))
    axes.yaxis.set_major_formatter(lambda v, _: french.office(french.number(v, 0 if step >= 1 else 1)))
    return figure


def _scatter(block: story.Scatter, width: float) -> Figure:
    figure, axes = _axes(width, 9.0, 1.6, 0.8, 0.5, 1.2)
    for _, x, y, qpv in block.points:
        axes.plot([x], [y], "o", ms=5.5, color=f"#{COLOURS['qpv' if qpv else 'other']}", mec="white", mew=0.5)
    for name, x, y, _ in sorted(block.points, key=lambda p: -p[1])[:5]:
        axes.annotate(
            french.office(name), (x, y), (4, 4), textcoords="offset points", fontsize=7.5, family=FONT
        )
    if block.reference:
        axes.axhline(block.reference[1], color=f"#{COLOURS['attention']}", linewidth=1, linestyle="--")
    axes.set_xlabel(french.office(block.x_title), fontsize=8.5, family=FONT, loc="right")
    axes.set_ylabel(french.office(block.y_title), fontsize=8.5, family=FONT)
    return figure


CHARTS = {
    story.Stacked: _stacked,
    story.Ranked: _ranked,
    story.Strips: _strips,
    story.Lines: _lines,
    story.Scatter: _scatter,
}

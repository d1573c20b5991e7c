"""The maps of a report: ratio to the reference, facilities."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from diagnostic import french, story
from diagnostic.exports.picture.canvas import FONT, figure_of
from diagnostic.exports.picture.frame import Frame, Room, bounds_of, scale_bar, sheet
from diagnostic.exports.picture.inset import crowded
from diagnostic.exports.picture.locator import Situation, draw_locator, situated
from diagnostic.exports.picture.names import write_names
from diagnostic.exports.picture.shapes import Shape, patch, places_of, projection_of, shapes
from diagnostic.exports.style import COLOURS, RATIO
from diagnostic.model import RATIO_CUTS, ratio_class
from diagnostic.report import Report
from diagnostic.warehouse import Database, nearby

LEGEND_CM = 4.3
SMALLEST_INSET, ENLARGED = 2.2, 1.5
"""Side of an inset in centimetres, and how many times larger than the map it must be."""


@dataclass(frozen=True)
class Maps:
    """Draws the maps of a report: as pictures, or as the layers that a file of shapes draws itself."""

    report: Report
    db: Database

    def __call__(
        self, block: story.Map, width: float, height: float, scale: float, *, legend: bool = True
    ) -> Figure | None:
        """A map of a width and a height in centimetres, its words at a scale; None when nothing is known."""
        return draw_map(block, self.report, self.db, (width, height), scale, legend=legend)

    def layers(self, block: story.Map) -> Layers | None:
        """What the map shows, in kilometres; None when no polygon is known."""
        if block.kind == "locator":
            where = situated(self.report, self.db, block.at)
            return Layers(block, where.found, NO_QUARTERS, (), where) if where.found else None
        found = shapes(self.report, self.db, block.level)
        if not found:
            return None
        quarters = _quarters(self.report, found, self.db) if not block.level else NO_QUARTERS
        return Layers(block, found, quarters, _places(block, self.report, self.db))


def maps_of(report: Report, db: Database | None) -> Maps | None:
    """What draws the maps of a report; None without a database."""
    return None if db is None else Maps(report, db)


def draw_map(
    block: story.Map,
    report: Report,
    db: Database,
    size: tuple[float, float] = (17.6, 12.4),
    scale: float = 1.0,
    *,
    legend: bool = True,
) -> Figure | None:
    """The map of a block on a `size` in centimetres, or None when no polygon is known; `scale` sizes the words (1: 8 points).
    Without `legend`, what stands beside the map says it, and the map has the whole width."""
    width, height = size
    drawn = Maps(report, db).layers(block)
    if drawn is None:
        return None
    layers, found = drawn, drawn.found
    figure = figure_of(width, height)
    if block.kind == "locator":
        draw_locator(figure, layers.where, width, height)
        return figure
    beside = LEGEND_CM * scale if legend else 0.0
    axes = sheet(figure, width, height)
    frame = Frame(axes, Room(0, 0, width - beside - 0.3, height), bounds_of(found), scale)
    layers.draw(frame)
    if not legend:
        write_names(frame, found, block)
        return figure
    left = width - beside + 0.1
    below = _legend(axes, Room(left, 0, beside, height), scale, block.caption, layers.legend())
    window = crowded(found, frame)
    room = _inset_room(Room(left, 0.8, beside - 0.2, below - 0.8), window, frame, scale)
    apart: frozenset[str] = frozenset()
    if room is not None and window is not None:
        inset = Frame(axes, room, window, scale, clipped=True)
        axes.add_artist(Rectangle(room[:2], room.w, room.h, facecolor="white", edgecolor="none", zorder=1))
        layers.draw(inset)
        apart = write_names(inset, found, block)
        _outline(axes, room)
        _outline(axes, Room(*frame.at(*window[:2]), *(side / frame.per_cm for side in _sides(window))))
    write_names(frame, found, block, without=apart)
    scale_bar(frame, left)
    return figure


def _inset_room(free: Room, window, frame: Frame, scale: float) -> Room | None:
    """A square under the legend, when there is room for one that enlarges enough."""
    side = min(free.w, free.h)
    if window is None or side < SMALLEST_INSET * scale:
        return None
    enlarged = frame.per_cm * side / max(_sides(window))
    return Room(free.x, free.y, side, side) if enlarged >= ENLARGED else None


def _sides(window) -> tuple[float, float]:
    return window[2] - window[0], window[3] - window[1]


def _outline(axes: Axes, room: Room) -> None:
    """The edge of the inset, and where it lies."""
    colour = f"#{COLOURS['muted']}"
    axes.add_artist(
        Rectangle(room[:2], room.w, room.h, facecolor="none", edgecolor=colour, linewidth=0.8, zorder=7)
    )


@dataclass(frozen=True)
class Quarters:
    """Perimeters of priority districts in kilometres, and the communes whose perimeter is not known."""

    perimeters: tuple[shapely.Geometry, ...]
    communes: frozenset[str]


NO_QUARTERS = Quarters((), frozenset())


@dataclass(frozen=True)
class Layers:
    """What a map shows, drawn alike in the frame and in the inset; `where` is what a locator lies in."""

    block: story.Map
    found: Sequence[Shape]
    quarters: Quarters
    places: Sequence[tuple[float, float]]
    where: Situation = Situation([], [])

    @property
    def around(self) -> Sequence[Shape]:
        return self.where.around

    def draw(self, frame: Frame) -> None:
        dots = self.block.kind == "dots"
        _fill(frame, self.found, None if dots else self.block)
        for perimeter in self.quarters.perimeters:
            style = {"facecolor": f"#{COLOURS['qpv']}", "alpha": 0.55, "linewidth": 0.3, "edgecolor": "white"}
            frame.add(patch(frame.place(perimeter), zorder=4, **style))
        if not dots:
            lifted = 0.32 * frame.per_cm
            middles = [
                shape.geometry.representative_point()
                for shape in self.found
                if shape.code in self.quarters.communes
            ]
            points = [(point.x, point.y + lifted) for point in middles]
            frame.dots(points, "D", 3.6, f"#{COLOURS['qpv']}", 6)
        frame.dots(self.places, "o", 3.2 * frame.scale, f"#{COLOURS['territory']}", 5)

    def legend(self) -> list[tuple[str, dict]]:
        """Rows `(text, mark)`; the reference has no mark."""
        if self.block.kind == "dots":
            named = french.quantity(len(self.places), "lieu situé", "lieux situés")
            rows: list[tuple[str, dict[str, object]]] = [
                (named, {"marker": "o", "color": f"#{COLOURS['territory']}"})
            ]
        else:
            rows = _ratio_legend(self.block)
        if self.quarters.perimeters:
            style = {"facecolor": f"#{COLOURS['qpv']}", "alpha": 0.55, "edgecolor": "none"}
            rows.append(("quartier prioritaire 2024", style))
        if self.quarters.communes and self.block.kind != "dots":
            rows.append(
                (
                    "commune avec quartier prioritaire 2024",
                    {"marker": "D", "color": f"#{COLOURS['qpv']}"},
                )
            )
        return rows


def _quarters(report: Report, found: Sequence[Shape], db: Database) -> Quarters:
    """Perimeters where the file is loaded; else the commune is marked, once whatever its districts."""
    rows = db.rows(
        "select c.commune, c.qpv, g.wkb from qpv_commune c left join qpv_geometry g on g.code = c.qpv "
        "where list_contains(?, c.commune) order by c.commune, c.qpv",
        [shape.code for shape in found],
    )
    project = projection_of(report, db)
    known = {code: shapely.from_wkb(bytes(wkb)) for _, code, wkb in rows if wkb is not None}
    return Quarters(
        tuple(shapely.transform(geometry, project) for geometry in known.values()),
        frozenset(commune for commune, _, wkb in rows if wkb is None),
    )


def _places(block: story.Map, report: Report, db: Database) -> list[tuple[float, float]]:
    """Where the facilities of a map of dots lie, in kilometres."""
    if block.kind != "dots":
        return []
    level, codes = places_of(report)
    rows = db.rows(
        # The facilities of a city stand under its arrondissements.
        f"select lon, lat from ({nearby.FACILITIES}) as made where stat = ? and made.lon is not null and exists (select 1 from "
        "membership m where m.level = ? and list_contains(?, m.code) and m.commune in (made.commune, city)) order by lon, lat",
        block.stat,
        level,
        codes,
    )
    if not rows:
        return []
    return [tuple(point) for point in projection_of(report, db)(np.array(rows, dtype=float)).tolist()]


def _fill(frame: Frame, found: Sequence[Shape], block: story.Map | None) -> None:
    """Colour the places by their class, where there is one to draw; what is compared with nothing stays white, what is
    unknown is hatched."""
    values = block.values if block is not None else {}
    reference = block.reference[1] if block is not None and block.reference else None
    for shape in found:
        rank = ratio_class(block.coloured(shape.code), reference) if block is not None else None
        if rank is not None:
            style = {"facecolor": f"#{RATIO[rank]}"}
        elif block is not None and shape.code in block.apart:
            style = {"facecolor": "white"}
        elif values and values.get(shape.code) is None:
            style = {"facecolor": "white", "hatch": "////"}
        else:
            style = {"facecolor": f"#{COLOURS['ground']}"}
        grey = style["facecolor"] == "white"
        edge = "#8A959D" if grey else ("#FFFFFF" if values else f"#{COLOURS['other']}")
        frame.add(patch(frame.place(shape.geometry), edgecolor=edge, linewidth=0.5, zorder=2, **style))
    outline = shapely.union_all([shapely.buffer(s.geometry, 0.01) for s in found])
    frame.add(
        patch(frame.place(outline), facecolor="none", edgecolor=f"#{COLOURS['ink']}", linewidth=0.9, zorder=3)
    )


def classes(reference: float) -> tuple[str, ...]:
    """What each class holds, from the lowest: "moins de 39,7", "39,7 à 56,3", …"""
    bounds = [french.number(cut * reference, 1, thin=french.NBSP) for cut in RATIO_CUTS]
    return (
        f"moins de {bounds[0]}",
        f"{bounds[0]} à {bounds[1]}",
        f"{bounds[1]} à {bounds[2]}",
        f"{bounds[2]} à {bounds[3]}",
        f"plus de {bounds[3]}",
    )


def _ratio_legend(block: story.Map) -> list[tuple[str, dict]]:
    rows: list[tuple[str, dict]] = []
    if block.reference:
        texts = classes(block.reference[1])
        rows = [
            (text, {"facecolor": f"#{colour}", "edgecolor": "none"})
            for text, colour in zip(reversed(texts), reversed(RATIO), strict=True)
        ]
        rows.append((f"{block.reference[0]} : {french.number(block.reference[1], 1)}", {}))
    if block.apart:
        rows.append(("non comparée", {"facecolor": "white", "edgecolor": "#8A959D"}))
    if any(value is None for value in block.values.values()):
        rows.append(("valeur inconnue", {"facecolor": "white", "edgecolor": "#8A959D", "hatch": "////"}))
    return rows


def _legend(axes: Axes, room: Room, k: float, caption: str, rows) -> float:
    """Write the legend from the top of its room; the height at which it ends comes back."""
    x, y = room.x, room.h - 0.5 * k

    def write(text: str, at: float, weight: str = "normal") -> None:
        axes.text(
            at,
            y,
            french.office(text),
            fontsize=8 * k,
            fontweight=weight,
            color=f"#{COLOURS['ink']}",
            va="center",
            family=FONT,
        )

    for line in textwrap.wrap(caption, 28, break_long_words=False):
        write(line, x, "bold")
        y -= 0.4 * k
    y -= 0.25 * k
    for text, style in rows:
        if "marker" in style:
            axes.plot([x + 0.35 * k], [y], style["marker"], ms=5 * k, color=style["color"])
        elif style:
            axes.add_artist(Rectangle((x, y - 0.19 * k), 0.7 * k, 0.38 * k, linewidth=0.5, **style))
        for line in textwrap.wrap(text, 23, break_long_words=False):
            write(line, x + 0.95 * k)
            y -= 0.36 * k
        y -= 0.13 * k
    return y

"""Where the territory lies."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
import shapely
from matplotlib.figure import Figure

from diagnostic import french, story, territories
from diagnostic.exports.picture.canvas import FONT
from diagnostic.exports.picture.frame import Frame, Room, bounds_of, sheet
from diagnostic.exports.picture.names import POINTS, write_names
from diagnostic.exports.picture.shapes import Shape, asked, patch, places_of, polygons, projection, shapes
from diagnostic.exports.style import COLOURS
from diagnostic.model import Level
from diagnostic.report import Report
from diagnostic.warehouse import Database, nearby

NEAR_KM = 0.3
"""Between two outlines that touch: those of files are generalised."""
SERVICES = (
    ("eaje", "o", "crèche"),
    ("rpe", "^", "relais petite enfance"),
    ("alsh", "s", "accueil de loisirs"),
    ("france_services", "D", "France services"),
)
"""What the map of a commune places: facility, mark, name."""
ALL = 0.97
"""Share of an outline from which a territory is the whole of it."""
KEY_CM = 0.42
"""Centimetres of a line of what the marks mean."""
Points = tuple[tuple[float, float], ...]


class Situation(NamedTuple):
    """Where a territory lies: what is around, its own places, and `(facility, points)` of what a commune and its
    neighbours have, in the same kilometres."""

    around: list[Shape]
    found: list[Shape]
    services: tuple[tuple[str, Points], ...] = ()


def situated(report: Report, db: Database, member: str = "") -> Situation:
    """The département or the région that the territory is a part of, and its own places; a member by its code and those that
    touch it, with their services."""
    if member and (near := _among_neighbours(report, db, member)) is not None:
        return near
    level, codes = places_of(report)
    found = polygons(db, level, tuple(codes))
    own = sum(one.geometry.area for one in found)
    outlines = (
        polygons(db, str(parent.level), (parent.code,))
        for parent in report.context.parents
        if parent.level in (Level.DEPARTEMENT, Level.REGION)
    )
    # Paris fills its département: it lies in its région.
    around = next((one for one in outlines if one and own < ALL * one[0].geometry.area), None)
    if around is None:
        return Situation([], shapes(report, db))
    if not found:
        return Situation([], [])
    project = projection([one.geometry for one in (*around, *found)])

    def placed(those):
        return [Shape(one.code, one.name, shapely.transform(one.geometry, project), 0) for one in those]

    return Situation(placed(around), placed(found))


def _among_neighbours(report: Report, db: Database, member: str) -> Situation | None:
    """The member between those that it touches, of the territory or else of its EPCI; None where it is not known."""
    level, codes = asked(report, db)
    if len(report.members) < 2 and report.epci is not None:
        level, codes = "commune", territories.communes(db, report.epci.territory)
    every = polygons(db, level, codes)
    own = next((one for one in every if one.code == member), None)
    if own is None or len(every) < 2:
        return None
    project = projection([own.geometry])
    there = shapely.transform(own.geometry, project)
    found, around = [Shape(own.code, own.name, there, own.population)], []
    for one in every:
        if one is not own:
            shape = shapely.transform(one.geometry, project)
            if shapely.dwithin(shape, there, NEAR_KM):
                around.append(Shape(one.code, one.name, shape, one.population))
    if level != "commune":
        return Situation(around, found)
    return Situation(around, found, _services(db, [one.code for one in (*found, *around)], project))


def _services(
    db: Database, codes: list[str], project: Callable[[np.ndarray], np.ndarray]
) -> tuple[tuple[str, Points], ...]:
    rows = db.rows(
        f"select stat, lon, lat from ({nearby.FACILITIES}) as made where lon is not null "
        "and (list_contains($1, made.commune) or list_contains($1, city)) order by stat, lon, lat",
        codes,
    )
    found = {
        stat: np.array([(lon, lat) for own, lon, lat in rows if own == stat], dtype=float)
        for stat, _, _ in SERVICES
    }
    return tuple(
        (stat, tuple((float(x), float(y)) for x, y in project(points)))
        for stat, points in found.items()
        if len(points)
    )


def draw_locator(figure: Figure, where: Situation, width: float, height: float) -> None:
    """The territory in its département (in its région for a département), without names; a member among its neighbours,
    with its name and those of the ones that it touches, its services and theirs."""
    around, found = where.around, where.found
    axes = sheet(figure, width, height)
    lines = -(-len(where.services) // 2)
    below = KEY_CM * lines
    frame = Frame(axes, Room(0, below, width - 0.3, height - below), bounds_of([*around, *found]), 1.0)
    for shape in around:
        edge = "#FFFFFF" if len(around) > 1 else "none"
        frame.add(patch(frame.place(shape.geometry), facecolor="#DDE3E7", edgecolor=edge, linewidth=0.5))
    pale = bool(where.services) or len(around) > 1
    for shape in found:
        colour = f"#{COLOURS['territory']}"
        face = PALE if pale else colour
        frame.add(
            patch(
                frame.place(shape.geometry), facecolor=face, edgecolor=colour, linewidth=0.9 if pale else 0.4
            )
        )
    for number, (stat, mark, name) in enumerate(one for one in SERVICES if one[0] in dict(where.services)):
        points, role = dict(where.services)[stat], ROLES[stat]
        frame.dots(points, mark, 4.0, f"#{COLOURS[role]}", 5)
        x, y = (number % 2) * width * 0.42, KEY_CM * (lines - 0.5 - number // 2)
        axes.plot([x + 0.15], [y], mark, ms=4.5, color=f"#{COLOURS[role]}", mec="white", mew=0.4)
        axes.text(
            x + 0.35,
            y,
            french.office(name),
            fontsize=POINTS,
            family=FONT,
            va="center_baseline",
            color=f"#{COLOURS['ink']}",
        )
    if len(around) > 1:
        write_names(frame, [*found, *around], story.Map("", "locator", "", at=found[0].code))


PALE = "#B9D2E2"
"""Under the marks and the name of a commune."""
ROLES = {"eaje": "territory", "rpe": "attention", "alsh": "ink", "france_services": "qpv"}

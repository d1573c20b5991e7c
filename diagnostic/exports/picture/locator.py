"""Where the territory lies."""

from __future__ import annotations

from collections.abc import Sequence

import shapely
from matplotlib.figure import Figure

from diagnostic import story
from diagnostic.exports.picture.frame import Frame, Room, bounds_of, sheet
from diagnostic.exports.picture.names import write_names
from diagnostic.exports.picture.shapes import Shape, patch, places_of, polygons, projection, shapes
from diagnostic.exports.style import COLOURS
from diagnostic.model import Level
from diagnostic.report import Report
from diagnostic.warehouse import Database

NEAR_KM = 0.3
"""Between two outlines that touch: those of files are generalised."""


def situated(report: Report, db: Database, member: str = "") -> tuple[list[Shape], list[Shape]]:
    """The département or the région that the territory lies in, and its own places, in the same kilometres; a member by
    its code and those that touch it."""
    if member and len(report.members) > 1:
        every = shapes(report, db)
        own = [one for one in every if one.code == member]
        others = [one for one in every if one.code != member]
        return [one for one in others if own and shapely.dwithin(one.geometry, own[0].geometry, NEAR_KM)], own
    parent = next((p for p in report.context.parents if p.level in (Level.DEPARTEMENT, Level.REGION)), None)
    if parent is None:
        return [], shapes(report, db)
    level, codes = places_of(report)
    found = polygons(db, level, tuple(codes))
    around = polygons(db, str(parent.level), (parent.code,))
    if not found:
        return [], []
    project = projection([one.geometry for one in (*around, *found)])

    def placed(those):
        return [Shape(one.code, one.name, shapely.transform(one.geometry, project), 0) for one in those]

    return placed(around), placed(found)


def draw_locator(
    figure: Figure, around: Sequence[Shape], found: Sequence[Shape], width: float, height: float
) -> None:
    """The territory in its département (in France for a département and above), without names; a member among its
    neighbours, with the names of those that it touches."""
    axes = sheet(figure, width, height)
    frame = Frame(axes, Room(0, 0, width - 0.3, height), bounds_of([*around, *found]), 1.0)
    for shape in around:
        edge = "#FFFFFF" if len(around) > 1 else "none"
        frame.add(patch(frame.place(shape.geometry), facecolor="#DDE3E7", edgecolor=edge, linewidth=0.5))
    for shape in found:
        colour = f"#{COLOURS['territory']}"
        frame.add(patch(frame.place(shape.geometry), facecolor=colour, edgecolor=colour, linewidth=0.4))
    if len(around) > 1:
        write_names(frame, around, story.Map("", "locator", ""))

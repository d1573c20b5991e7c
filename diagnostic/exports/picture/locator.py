"""Where the territory lies."""

from __future__ import annotations

import shapely
from matplotlib.figure import Figure

from diagnostic.exports.picture.frame import Frame, Room, bounds_of, sheet
from diagnostic.exports.picture.shapes import Shape, patch, places_of, polygons, projection
from diagnostic.exports.style import COLOURS
from diagnostic.model import Level
from diagnostic.report import Report
from diagnostic.warehouse import Database


def draw_locator(figure: Figure, report: Report, db: Database, width: float, height: float) -> Figure | None:
    """The territory in its département (in France for a département and above), without names."""
    parent = next((p for p in report.context.parents if p.level in (Level.DEPARTEMENT, Level.REGION)), None)
    level, codes = places_of(report)
    raw = [one.geometry for one in polygons(db, level, tuple(codes))]
    if not raw:
        return None
    around = []
    if parent is not None:
        around = [one.geometry for one in polygons(db, str(parent.level), (parent.code,))]
    project = projection(around + raw)
    every = [Shape("", "", shapely.transform(g, project), 0) for g in around + raw]
    axes = sheet(figure, width, height)
    frame = Frame(axes, Room(0, 0, width - 0.3, height), bounds_of(every), 1.0)
    for shape in every[: len(around)]:
        frame.add(patch(frame.place(shape.geometry), facecolor="#DDE3E7", edgecolor="none"))
    for shape in every[len(around) :]:
        colour = f"#{COLOURS['territory']}"
        frame.add(patch(frame.place(shape.geometry), facecolor=colour, edgecolor=colour, linewidth=0.4))
    return figure

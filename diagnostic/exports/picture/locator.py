"""Where the territory lies."""

from __future__ import annotations

import shapely
from matplotlib.figure import Figure

from diagnostic.exports.picture.frame import Frame
from diagnostic.exports.picture.shapes import Shape, patch, places_of, projection, shapes
from diagnostic.exports.style import COLOURS
from diagnostic.model import Level
from diagnostic.report import Report
from diagnostic.warehouse import Database


def draw_locator(figure: Figure, report: Report, db: Database, width: float, height: float) -> Figure | None:
    """The territory in its département (in France for a département and above), without names."""
    parent = next((p for p in report.context.parents if p.level in (Level.DEPARTEMENT, Level.REGION)), None)
    own = shapes(report, db)
    around: list[shapely.Geometry] = []
    rows = []
    if parent is not None:
        rows = db.rows(
            "select wkb from geometry where level = ? and code = ?", str(parent.level), parent.code
        )
    if rows and rows[0][0] is not None:
        around = [shapely.from_wkb(bytes(rows[0][0]))]
    level, codes = places_of(report)
    raw = [
        shapely.from_wkb(bytes(r[0]))
        for r in db.rows("select wkb from geometry where level = ? and list_contains(?, code)", level, codes)
        if r[0] is not None
    ]
    project = projection(around + raw)
    every = [Shape("", "", shapely.transform(g, project), 0) for g in around + raw]
    frame = Frame(figure, width, height, 0, every, 1.0)
    for shape in every[: len(around)]:
        frame.axes.add_patch(patch(frame.place(shape.geometry), facecolor="#DDE3E7", edgecolor="none"))
    for shape in every[len(around) :]:
        colour = f"#{COLOURS['territory']}"
        frame.axes.add_patch(
            patch(frame.place(shape.geometry), facecolor=colour, edgecolor=colour, linewidth=0.4)
        )
    return figure if own else None

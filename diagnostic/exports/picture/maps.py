"""The maps of a report: ratio to the reference, facilities."""

from __future__ import annotations

import math
import textwrap
from collections.abc import Callable

import shapely
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from diagnostic import french
from diagnostic.exports import content
from diagnostic.exports.picture.canvas import FONT, figure_of
from diagnostic.exports.picture.frame import Frame, scale_bar
from diagnostic.exports.picture.locator import draw_locator
from diagnostic.exports.picture.names import write_names
from diagnostic.exports.picture.shapes import Shape, patch, places_of, shapes
from diagnostic.exports.style import COLOURS, RATIO
from diagnostic.model import RATIO_CUTS, ratio_class
from diagnostic.report import Report
from diagnostic.warehouse import Database

LEGEND_CM = 4.3


Maps = Callable[[content.Map, float, float, float], Figure | None]
"""Draws a map of a width and a height in centimetres, its words at a scale; None when nothing is known."""


def maps_of(report: Report, db: Database | None) -> Maps | None:
    """What draws the maps of a report; None without a database."""
    if db is None:
        return None
    return lambda block, width, height, scale: draw_map(block, report, db, width, height, scale)


def draw_map(
    block: content.Map,
    report: Report,
    db: Database,
    width: float = 17.6,
    height: float = 12.4,
    scale: float = 1.0,
) -> Figure | None:
    """The map of a block, or None when no polygon is known; `scale` sizes the words (1: 8 points)."""
    found = shapes(report, db)
    if not found:
        return None
    figure = figure_of(width, height)
    if block.kind == "locator":
        return draw_locator(figure, report, db, width, height)
    frame = Frame(figure, width, height, LEGEND_CM * scale, found, scale)
    if block.kind == "dots":
        _fill(frame, found, {}, None)
        legend = _dots(frame, found, report, db, block)
    else:
        _fill(frame, found, block.values, block.reference)
        legend = _ratio_legend(block)
    qpv = _quarters(frame, found, db) if block.kind == "ratio" else []
    write_names(frame, found, block)
    _legend(frame, height, block, legend + qpv)
    scale_bar(frame)
    return figure


def _fill(frame: Frame, found: list[Shape], values, reference) -> None:
    for shape in found:
        rank = ratio_class(values.get(shape.code), reference[1] if reference else None)
        if rank is not None:
            style = {"facecolor": f"#{RATIO[rank]}"}
        elif values and values.get(shape.code) is None:
            style = {"facecolor": "white", "hatch": "////"}
        else:
            style = {"facecolor": f"#{COLOURS['ground']}"}
        edge = "#8A959D" if "hatch" in style else ("#FFFFFF" if values else f"#{COLOURS['other']}")
        frame.axes.add_artist(
            patch(frame.place(shape.geometry), edgecolor=edge, linewidth=0.5, zorder=2, **style)
        )
    outline = shapely.union_all([shapely.buffer(s.geometry, 0.01) for s in found])
    frame.axes.add_artist(
        patch(frame.place(outline), facecolor="none", edgecolor=f"#{COLOURS['ink']}", linewidth=0.9, zorder=3)
    )


def _ratio_legend(block: content.Map) -> list[tuple[str, dict]]:
    rows: list[tuple[str, dict]] = []
    if block.reference:
        bounds = [french.number(cut * block.reference[1], 1, thin=french.NBSP) for cut in RATIO_CUTS]
        texts = (
            f"moins de {bounds[0]}",
            f"{bounds[0]} à {bounds[1]}",
            f"{bounds[1]} à {bounds[2]}",
            f"{bounds[2]} à {bounds[3]}",
            f"plus de {bounds[3]}",
        )
        rows = [
            (text, {"facecolor": f"#{colour}", "edgecolor": "none"})
            for text, colour in zip(reversed(texts), reversed(RATIO), strict=True)
        ]
        rows.append((f"{block.reference[0]} : {french.number(block.reference[1], 1)}", {}))
    if any(value is None for value in block.values.values()):
        rows.append(("valeur inconnue", {"facecolor": "white", "edgecolor": "#8A959D", "hatch": "////"}))
    return rows


def _dots(frame: Frame, found: list[Shape], report: Report, db: Database, block: content.Map):
    level, codes = places_of(report)
    rows = db.rows(
        "select f.lon, f.lat from facility f join membership m on m.commune = f.commune "
        "where m.level = ? and list_contains(?, m.code) and f.stat = ? and f.lon is not null order by f.lon, f.lat",
        level,
        codes,
        block.stat,
    )
    place = _lonlat(frame, report, db)
    spots = [place(lon, lat) for lon, lat in rows]
    frame.axes.plot(
        [x for x, _ in spots],
        [y for _, y in spots],
        "o",
        ms=3.2 * frame.scale,
        color=f"#{COLOURS['territory']}",
        mec="white",
        mew=0.4,
        zorder=5,
    )
    return [
        (
            french.quantity(len(rows), "lieu situé", "lieux situés"),
            {"marker": "o", "color": f"#{COLOURS['territory']}"},
        )
    ]


def _lonlat(frame: Frame, report: Report, db: Database):
    level, codes = places_of(report)
    west, south, east, north = db.rows(
        "select min(st.w), min(st.s), max(st.e), max(st.n) from (select west w, south s, east e, north n "
        "from geometry where level = ? and list_contains(?, code)) st",
        level,
        codes,
    )[0]
    lon0, lat0 = (west + east) / 2, (south + north) / 2
    kx, ky = 111.32 * math.cos(math.radians(lat0)), 110.57

    def place(lon: float, lat: float) -> tuple[float, float]:
        return (
            (lon - lon0) * kx / frame.per_cm + frame.shift[0],
            (lat - lat0) * ky / frame.per_cm + frame.shift[1],
        )

    return place


def _quarters(frame: Frame, found: list[Shape], db: Database) -> list[tuple[str, dict]]:
    """A diamond on each commune that has a district: the legend says so, never "QPV"."""
    codes = [shape.code for shape in found]
    have = {
        row[0]
        for row in db.rows("select distinct commune from qpv_commune where list_contains(?, commune)", codes)
    }
    for shape in found:
        if shape.code in have:
            point = frame.place(shape.geometry).representative_point()
            frame.axes.plot(
                [point.x],
                [point.y + 0.32],
                "D",
                ms=3.6,
                color=f"#{COLOURS['qpv']}",
                mec="white",
                mew=0.5,
                zorder=6,
            )
    return (
        [("commune avec quartier prioritaire 2024", {"marker": "D", "color": f"#{COLOURS['qpv']}"})]
        if have
        else []
    )


def _legend(frame: Frame, height: float, block: content.Map, rows) -> None:
    k = frame.scale
    x, y = frame.left, height - 0.5 * k

    def write(text: str, at: float, weight: str = "normal") -> None:
        frame.axes.text(
            at,
            y,
            french.office(text),
            fontsize=8 * k,
            fontweight=weight,
            color=f"#{COLOURS['ink']}",
            va="center",
            family=FONT,
        )

    for line in textwrap.wrap(block.caption, 28, break_long_words=False):
        write(line, x, "bold")
        y -= 0.4 * k
    y -= 0.25 * k
    for text, style in rows:
        if "marker" in style:
            frame.axes.plot([x + 0.35 * k], [y], style["marker"], ms=5 * k, color=style["color"])
        elif style:
            frame.axes.add_artist(Rectangle((x, y - 0.19 * k), 0.7 * k, 0.38 * k, linewidth=0.5, **style))
        for line in textwrap.wrap(text, 23, break_long_words=False):
            write(line, x + 0.95 * k)
            y -= 0.36 * k
        y -= 0.24 * k

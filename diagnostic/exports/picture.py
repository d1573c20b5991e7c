"""Static maps and charts as PNG or SVG bytes, by matplotlib without pyplot: no global state, many threads.

A map is placed in centimetres: legend, names and scale bar keep their size whatever the territory.
"""

from __future__ import annotations

import io
import math
import textwrap
import threading
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path as FilePath

import font_source_sans_pro
import numpy as np
import shapely
from matplotlib import rc_context
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure
from matplotlib.font_manager import fontManager
from matplotlib.patches import PathPatch, Rectangle
from matplotlib.path import Path
from matplotlib.patheffects import withStroke

from diagnostic import french
from diagnostic.exports import content
from diagnostic.exports.style import COLOURS, RATIO, ink_on, nice_ceiling, nice_range, spread
from diagnostic.model import RATIO_CUTS, Level
from diagnostic.report import Report
from diagnostic.warehouse import Database

CM = 1 / 2.54
# Settings of matplotlib are global: one picture at a time is written under ours.
_SETTINGS = threading.Lock()
LEGEND_CM = 4.3
MOST_NAMES, MOST_NAMES_CROWDED, CROWDED = 24, 12, 60
FONT = "Source Sans Pro"
for _weight in ("Regular", "Bold"):
    fontManager.addfont(
        FilePath(font_source_sans_pro.__file__).parent / "files" / f"SourceSansPro-{_weight}.ttf"
    )


@dataclass(frozen=True)
class Shape:
    """A polygon in local kilometres, with the name and the code of its territory."""

    code: str
    name: str
    geometry: shapely.Geometry
    population: float


def shapes(report: Report, db: Database) -> list[Shape]:
    """Polygons of the members (or of the territory itself), in kilometres east and north of their middle."""
    level, codes = _places(report)
    rows = db.rows(
        "select g.code, t.name, g.wkb, coalesce(p.value, 0) from geometry g "
        "join territory t on t.level = g.level and t.code = g.code "
        "left join figure p on p.level = g.level and p.code = g.code and p.indicator = 'population' "
        "and p.year = (select max(year) from figure where indicator = 'population') "
        "where g.level = ? and list_contains(?, g.code) order by g.code",
        level,
        codes,
    )
    found = [
        (code, name, shapely.from_wkb(bytes(wkb)), size) for code, name, wkb, size in rows if wkb is not None
    ]
    if not found:
        return []
    project = _projection([geometry for _, _, geometry, _ in found])
    return [
        Shape(code, french.typographic(name), shapely.transform(geometry, project), size)
        for code, name, geometry, size in found
    ]


def _places(report: Report) -> tuple[str, list[str]]:
    if len(report.members) > 1:
        return str(report.member_level), [member.territory.code for member in report.members]
    if report.territory.communes:
        return "commune", list(report.territory.communes)
    return str(report.territory.level), [report.territory.code]


def _projection(geometries: Sequence[shapely.Geometry]):
    """Equirectangular kilometres around the middle: right within a département, overseas as in métropole."""
    west, south, east, north = shapely.total_bounds(np.array(geometries))
    lon, lat = (west + east) / 2, (south + north) / 2
    scale = np.array([111.32 * math.cos(math.radians(lat)), 110.57])

    def project(points: np.ndarray) -> np.ndarray:
        return (points - np.array([lon, lat])) * scale

    return project


def _patch(geometry: shapely.Geometry, **style) -> PathPatch:
    rings = []
    for polygon in getattr(geometry, "geoms", [geometry]):
        if polygon.geom_type == "Polygon":
            rings += [polygon.exterior, *polygon.interiors]
    paths = [Path(shapely.get_coordinates(ring)[:, :2], closed=True) for ring in rings]
    return PathPatch(Path.make_compound_path(*paths), **style)


def _figure(width_cm: float, height_cm: float) -> Figure:
    figure = Figure(figsize=(width_cm * CM, height_cm * CM))
    figure.patch.set_alpha(0)
    return figure


def rendered(figure: Figure, kind: str, dpi: int = 200, *, tight: bool = False) -> bytes:
    """The figure as "png" or "svg" bytes; `tight` grows the picture to hold what stands outside."""
    buffer = io.BytesIO()
    (FigureCanvasSVG if kind == "svg" else FigureCanvasAgg)(figure)
    settings = {"svg.fonttype": "none", "svg.hashsalt": "diagnostic", "hatch.linewidth": 0.4}
    more = {"bbox_inches": "tight", "facecolor": "white"} if tight else {}
    metadata = {"Date": None} if kind == "svg" else None
    speed = {} if kind == "svg" else {"pil_kwargs": {"compress_level": 4}}
    with _SETTINGS, rc_context(settings):
        figure.savefig(buffer, format=kind, dpi=dpi, metadata=metadata, **more, **speed)
    return buffer.getvalue()


class _Frame:
    """Axes over the whole picture, in centimetres from the bottom left, and the kilometres inside."""

    def __init__(
        self, figure: Figure, width: float, height: float, legend: float, shapes_: list[Shape], scale: float
    ) -> None:
        self.scale, self.left = scale, width - legend + 0.1
        self.axes = figure.add_axes((0, 0, 1, 1))
        self.axes.set_axis_off()
        self.axes.set_xlim(0, width)
        self.axes.set_ylim(0, height)
        self.width, self.height = width - legend - 0.3, height
        west, south, east, north = shapely.total_bounds(np.array([s.geometry for s in shapes_]))
        self.per_cm = max((east - west) / (self.width - 0.2), (north - south) / (height - 0.2))
        self.shift = (
            self.width / 2 - (west + east) / 2 / self.per_cm,
            height / 2 - (south + north) / 2 / self.per_cm,
        )

    def place(self, geometry: shapely.Geometry) -> shapely.Geometry:
        return shapely.transform(geometry, lambda xy: xy / self.per_cm + np.array(self.shift))


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
    figure = _figure(width, height)
    if block.kind == "locator":
        return _locator(figure, report, db, width, height)
    frame = _Frame(figure, width, height, LEGEND_CM * scale, found, scale)
    if block.kind == "dots":
        _fill(frame, found, {}, None)
        legend = _dots(frame, found, report, db, block)
    else:
        _fill(frame, found, block.values, block.reference)
        legend = _ratio_legend(block)
    qpv = _quarters(frame, found, db) if block.kind == "ratio" else []
    _names(frame, found, block)
    _legend(frame, height, block, legend + qpv)
    _scale_bar(frame)
    return figure


def ratio_class(value: float | None, reference: float | None) -> int | None:
    """0 (very far below) to 4, as `reading.ratio_word` cuts; None when either is unknown."""
    if value is None or not reference:
        return None
    ratio = value / reference
    cuts = RATIO_CUTS
    return sum((ratio >= cuts[0], ratio >= cuts[1], ratio > cuts[2], ratio > cuts[3]))


def _fill(frame: _Frame, found: list[Shape], values, reference) -> None:
    for shape in found:
        rank = ratio_class(values.get(shape.code), reference[1] if reference else None)
        if rank is not None:
            style = {"facecolor": f"#{RATIO[rank]}"}
        elif values and values.get(shape.code) is None:
            style = {"facecolor": "white", "hatch": "////"}
        else:
            style = {"facecolor": f"#{COLOURS['ground']}"}
        edge = "#8A959D" if "hatch" in style else ("#FFFFFF" if values else f"#{COLOURS['other']}")
        frame.axes.add_patch(
            _patch(frame.place(shape.geometry), edgecolor=edge, linewidth=0.5, zorder=2, **style)
        )
    outline = shapely.union_all([shapely.buffer(s.geometry, 0.01) for s in found])
    frame.axes.add_patch(
        _patch(
            frame.place(outline), facecolor="none", edgecolor=f"#{COLOURS['ink']}", linewidth=0.9, zorder=3
        )
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


def _dots(frame: _Frame, found: list[Shape], report: Report, db: Database, block: content.Map):
    level, codes = _places(report)
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


def _lonlat(frame: _Frame, report: Report, db: Database):
    level, codes = _places(report)
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


def _quarters(frame: _Frame, found: list[Shape], db: Database) -> list[tuple[str, dict]]:
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


def _names(frame: _Frame, found: list[Shape], block: content.Map) -> None:
    """Greedy: members below the reference first, then by population; no free place, no name."""
    most = MOST_NAMES if len(found) <= CROWDED else MOST_NAMES_CROWDED
    reference = block.reference[1] if block.reference else None

    def order(shape: Shape):
        rank = ratio_class(block.values.get(shape.code), reference)
        return (0 if rank is not None and rank < 2 else 1, -(shape.population or 0))

    taken: list[tuple[float, float, float, float]] = []
    drawn = 0
    for shape in sorted(found, key=order):
        if drawn == most:
            break
        value = block.values.get(shape.code)
        text = _short(shape.name) + (f"\n{french.number(value, 1)}" if value is not None else "")
        placed = frame.place(shape.geometry)
        point = placed.representative_point()
        w, h = (
            0.145 * frame.scale * max(map(len, text.split("\n"))),
            0.33 * frame.scale * (text.count("\n") + 1),
        )
        box = next((b for b in _offsets(point.x, point.y, w, h) if _free(b, taken, frame)), None)
        if box is None or (value is None and box[2] - box[0] > 1.6 * math.sqrt(placed.area)):
            continue
        taken.append(box)
        drawn += 1
        rank = ratio_class(value, reference)
        inside = placed.contains(shapely.box(*box))
        white = rank in (0, 4) and inside
        frame.axes.text(
            (box[0] + box[2]) / 2,
            (box[1] + box[3]) / 2,
            french.office(text),
            ha="center",
            va="center",
            fontsize=7.5 * frame.scale,
            linespacing=1.0,
            color="white" if white else f"#{COLOURS['ink']}",
            zorder=8,
            family=FONT,
            path_effects=[] if inside else [withStroke(linewidth=1.8, foreground="white")],
        )


def _short(name: str) -> str:
    text = name.replace("Saint-", "St-").replace("Sainte-", "Ste-")
    return text if len(text) <= 24 else f"{text[:23]}…"


def _offsets(x: float, y: float, w: float, h: float):
    for dx, dy in ((0, 0), (0, 0.35), (0, -0.4), (0.5, 0), (-0.5, 0), (0.6, 0.4), (-0.6, -0.4)):
        yield (x + dx - w / 2, y + dy - h / 2, x + dx + w / 2, y + dy + h / 2)


def _free(box, taken, frame: _Frame) -> bool:
    if box[0] < 0.05 or box[2] > frame.width + 0.2 or box[1] < 0.05 or box[3] > frame.height - 0.05:
        return False
    return all(box[2] < t[0] or box[0] > t[2] or box[3] < t[1] or box[1] > t[3] for t in taken)


def _legend(frame: _Frame, height: float, block: content.Map, rows) -> None:
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
            frame.axes.add_patch(Rectangle((x, y - 0.19 * k), 0.7 * k, 0.38 * k, linewidth=0.5, **style))
        for line in textwrap.wrap(text, 23, break_long_words=False):
            write(line, x + 0.95 * k)
            y -= 0.36 * k
        y -= 0.24 * k


def _scale_bar(frame: _Frame) -> None:
    km = next((km for km in (50, 20, 10, 5, 2, 1) if km / frame.per_cm <= 2.8 * frame.scale), 1)
    x, y = frame.left, 0.35
    frame.axes.plot([x, x + km / frame.per_cm], [y, y], color=f"#{COLOURS['muted']}", linewidth=1)
    end = x + km / frame.per_cm + 0.15
    colour = f"#{COLOURS['muted']}"
    frame.axes.text(end, y, f"{km} km", fontsize=8 * frame.scale, color=colour, va="center", family=FONT)


def _locator(figure: Figure, report: Report, db: Database, width: float, height: float) -> Figure | None:
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
    level, codes = _places(report)
    raw = [
        shapely.from_wkb(bytes(r[0]))
        for r in db.rows("select wkb from geometry where level = ? and list_contains(?, code)", level, codes)
        if r[0] is not None
    ]
    project = _projection(around + raw)
    every = [Shape("", "", shapely.transform(g, project), 0) for g in around + raw]
    frame = _Frame(figure, width, height, 0, every, 1.0)
    for shape in every[: len(around)]:
        frame.axes.add_patch(_patch(frame.place(shape.geometry), facecolor="#DDE3E7", edgecolor="none"))
    for shape in every[len(around) :]:
        colour = f"#{COLOURS['territory']}"
        frame.axes.add_patch(
            _patch(frame.place(shape.geometry), facecolor=colour, edgecolor=colour, linewidth=0.4)
        )
    return figure if own else None


# --- Charts ----------------------------------------------------------------------------------------


def draw_chart(block: content.Block, width: float = 17.0) -> Figure:
    """A chart of a block as a picture `width` centimetres wide, with the same marks as the deck."""
    return CHARTS[type(block)](block, width)


def _axes(
    width: float, height: float, left: float, right: float = 0.6, top: float = 0.9, bottom: float = 0.7
):
    figure = _figure(width, height)
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


def _stacked(block: content.Stacked, width: float) -> Figure:
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


def _ranked(block: content.Ranked, width: float) -> Figure:
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
            value,
            -0.75,
            f"{label} {french.number(value, block.decimals)}",
            role,
            fontweight="bold",
            ha="right" if before or value > 0.8 * top else "left",
            va="bottom",
        )
    axes.set(xlim=(0, top), ylim=(len(block.rows) - 0.5, -0.7), xticks=[], yticks=[])
    axes.spines["bottom"].set_visible(False)
    return figure


def _strips(block: content.Strips, width: float) -> Figure:
    figure = _figure(width, 0.4 + 1.25 * len(block.rows))
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


def _lines(block: content.Lines, width: float) -> Figure:
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


def _scatter(block: content.Scatter, width: float) -> Figure:
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
    content.Stacked: _stacked,
    content.Ranked: _ranked,
    content.Strips: _strips,
    content.Lines: _lines,
    content.Scatter: _scatter,
}


def as_table(
    block: content.Block,
) -> tuple[tuple[str, ...], list[tuple[str, ...]], tuple[float, ...], tuple[int, ...]]:
    """Header, rows, widths and numeric columns of the numbers behind a chart."""
    if isinstance(block, content.Stacked):
        header = ("Territoire", *block.series, "Ensemble")
        rows = [
            (label, *(french.number(v, 1) for v in values), french.number(total, 1))
            for label, values, total in block.rows
        ]
    elif isinstance(block, content.Ranked):
        header = ("Territoire", "Valeur")
        rows = [(name, french.number(value, block.decimals)) for name, value, _ in block.rows]
    elif isinstance(block, content.Strips):
        header = ("Indicateur", "Valeur", block.reference or "Référence", "Rang")
        rows = [
            (s.label, french.number(s.own, s.decimals), french.number(s.reference, s.decimals), s.rank)
            for s in block.rows
        ]
    elif isinstance(block, content.Lines):
        header = ("Année", *(line.name or "Nombre" for line in block.series))
        years = sorted({year for line in block.series for year, _ in line.points})
        rows = [
            (str(y), *(french.number(dict(line.points).get(y), block.decimals) for line in block.series))
            for y in years
        ]
    else:
        header = ("Commune", block.x_title, block.y_title)
        rows = [(name, french.number(x, 1), french.number(y, 1)) for name, x, y, _ in block.points]
    share = 0.6 / (len(header) - 1)
    return header, rows, (0.4, *([share] * (len(header) - 1))), tuple(range(1, len(header)))


def framed(figure: Figure, report: Report, title: str, source: str) -> Figure:
    """The picture with what makes it citable: title above, source, vintage and date below."""
    figure.text(0.005, 0.995, french.office(title), fontsize=10, fontweight="bold", family=FONT, va="bottom")
    mark = f"{content.FICTIONAL} " if report.context.fictional else ""
    line = f"{mark}{french.name(report.territory)} · {source} · géographie : {report.context.geography} · {report.context.date}"
    figure.text(0.005, -0.01, french.office(textwrap.fill(line, 130)), fontsize=7, family=FONT, va="top")
    return figure


def pictures(report: Report, db: Database | None, kind: str = "png") -> dict[str, bytes]:
    """Every chart and map of the report: file name without extension -> bytes, 300 dpi for a PNG."""
    found: dict[str, bytes] = {}
    for section in content.sections(report):
        for i, block in enumerate(section.blocks):
            figure = None
            if type(block) in CHARTS:
                figure = draw_chart(block)
            elif isinstance(block, content.Map) and db is not None:
                figure = draw_map(block, report, db)
            if figure is not None:
                framed(figure, report, block.caption, section.source)
                found[f"{section.id}-{i + 1}"] = rendered(figure, kind, 300, tight=True)
    return found


def archive(report: Report, db: Database | None = None) -> bytes:
    """Every chart and map of the report as PNG and SVG, in a zip."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as target:
        for kind in ("png", "svg"):
            for name, data in pictures(report, db, kind).items():
                target.writestr(f"{kind}/{name}.{kind}", data)
    return buffer.getvalue()

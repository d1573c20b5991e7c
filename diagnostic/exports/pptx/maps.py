"""Maps as shapes that can be recoloured, each with the name of its commune; as pictures where there are too many."""

from __future__ import annotations

import io

import numpy as np
import shapely
from pptx.util import Cm

from diagnostic import french, story
from diagnostic.exports import picture
from diagnostic.exports.picture.frame import Frame, Room, bounds_of, round_length
from diagnostic.exports.picture.locator import ROLES, SERVICES
from diagnostic.exports.picture.names import labels
from diagnostic.exports.picture.shapes import Shape
from diagnostic.exports.pptx.page import Box, Canvas, Tint, height_of, wide
from diagnostic.exports.pptx.shapes import (
    NO_LINE,
    freeform,
    group,
    hatched,
    line,
    mark,
    next_id,
    rings_of,
    solid,
    words,
)
from diagnostic.exports.style import COLOURS, contrast
from diagnostic.model import ratio_class

READABLE = 4.5
MOST_SHAPES = 200
"""Units beyond which a map is a picture."""
MOST_MARKS, MANY = 1500, 300
"""Dots beyond which a map is a picture, and beyond which each is small."""
ROOMY = 13.0
"""Centimetres from which a name has its value under it."""
DETAIL_CM = 0.025
"""What two points of an outline may be apart before one is left out."""
CLASSES = (
    Tint("attention", light=88),
    Tint("attention", saturation=68, light=52, added=47),
    Tint("ground", light=95),
    Tint("territory", saturation=47, light=50, added=53),
    Tint("territory", saturation=75, light=115),
)
"""From far below the reference to far above: the colours of the theme, paler or darker."""
SCALE = 0.55
"""Centimetres of the scale, under the polygons."""
CROWDED = 60
"""Marks beyond which each is small."""
WORDS = 1.6
"""Scale of the words: 12 points."""
LIGHT_INK = (0, 4)
"""Classes on which words are white."""


FORMS = {"o": "ellipse", "^": "triangle", "s": "rect", "D": "diamond"}
"""Mark of a picture -> shape of a slide."""


def draw_map(on: Canvas, block: story.Map, box: Box) -> None:
    layers = on.maps.layers(block) if on.maps is not None else None
    if layers is None:
        return
    if len(layers.found) < MOST_SHAPES and len(layers.places) <= MOST_MARKS:
        _as_shapes(on, layers, box)
    else:
        _as_picture(on, block, box)


def _as_picture(on: Canvas, block: story.Map, box: Box) -> None:
    x, y, w, h = box
    figure = on.maps(block, w, h, WORDS * on.page.type) if on.maps is not None else None
    if figure is None:
        return
    if contrast(COLOURS["ink"], on.page.colours["paper"]) < READABLE:
        # The words of a map are dark: on a dark slide it needs its own paper.
        figure.patch.set(facecolor="white", alpha=1.0)
    image = picture.rendered(figure, "png", 200)
    shape = on.slide.shapes.add_picture(io.BytesIO(image), Cm(x), Cm(y), Cm(w), Cm(h))
    shape._element.nvPicPr.cNvPr.set("descr", french.office(block.alt))
    shape.name = "Carte"


def _as_shapes(on: Canvas, layers: picture.Layers, box: Box) -> None:
    """Title, polygons, names, legend, one under another: nothing stands over anything else."""
    block = layers.block
    x, y, w, h = box
    if block.caption:
        tall = height_of(block.caption, w, on.page.points(13), bold=True) + 0.2
        on.text(Box(x, y, w, tall), [(block.caption, 13, True, "muted")])
        y, h = y + tall, h - tall
    rows = _legend(layers)
    below = _legend_height(on, rows, w) if rows else 0.0
    scale = SCALE if block.kind != "locator" else 0.0
    room = h - below - scale - (0.2 if rows else 0.0)
    frame = Frame(None, Room(0, 0, w, room), bounds_of([*layers.around, *layers.found]), WORDS * on.page.type)

    def placed(geometry: shapely.Geometry) -> list[list[tuple[float, float]]]:
        """Rings in centimetres of the slide, whose heights go down."""
        return [[(x + px, y + room - py) for px, py in ring] for ring in rings_of(frame.place(geometry))]

    first = next_id(on)
    shapes: list[str] = []
    for shape, geometry in _simpler([*layers.around, *layers.found], frame.per_cm):
        rings = placed(geometry)
        if rings:
            around = shape in layers.around
            shapes.append(_unit(on, block, shape, rings, first + len(shapes), around=around))
    if block.kind != "locator":
        outline = shapely.union_all([shapely.buffer(s.geometry, 0.01) for s in layers.found])
        thin = shapely.simplify(outline, DETAIL_CM * frame.per_cm)
        edge = line(on, Tint("ink"), 0.9)
        shapes.append(freeform(first + len(shapes), "Contour", "", placed(thin), "<a:noFill/>", edge))
    violet = solid(on, Tint("qpv", alpha=55))
    for perimeter in layers.quarters.perimeters:
        rings = placed(perimeter)
        if rings:
            shapes.append(freeform(first + len(shapes), "Quartier prioritaire", "", rings, violet, NO_LINE))
    shapes += _marks(on, layers, frame, (x, y + room), first + len(shapes))
    if block.kind != "locator" or block.at:
        shapes += _names(on, layers, frame, (x, y + room), first + len(shapes))
    group(on, "Carte", block.alt, shapes)
    if scale:
        _scale(on, frame, x, y + room + scale)
    if rows:
        _write_legend(on, rows, x, y + room + scale + 0.2, w)


def _simpler(found: list[Shape], per_cm: float) -> list[tuple[Shape, shapely.Geometry]]:
    """The polygons with no more points than the eye sees, neighbours keeping the same border."""
    geometries = np.array([shape.geometry for shape in found])
    try:
        thin = shapely.coverage_simplify(geometries, DETAIL_CM * per_cm)
    except shapely.errors.GEOSException:
        thin = shapely.simplify(geometries, DETAIL_CM * per_cm)
    return list(zip(found, thin.tolist(), strict=True))


def _unit(on: Canvas, block: story.Map, shape: Shape, rings, number: int, *, around: bool) -> str:
    """One polygon: its class of the ratio, hatched where unknown, plain where the map only situates."""
    if block.kind == "locator":
        # Under the marks of its services, a commune is pale.
        own = Tint("territory", saturation=47, light=50, added=53) if block.at else Tint("territory")
        fill = solid(on, Tint("rule") if around else own)
        if around and block.at:
            return freeform(number, shape.name, shape.name, rings, fill, line(on, Tint("paper"), 0.6))
        return freeform(number, shape.name or "Alentours", shape.name, rings, fill, NO_LINE)
    value = block.values.get(shape.code)
    rank = ratio_class(block.coloured(shape.code), block.reference[1] if block.reference else None)
    dots = block.kind == "dots"
    if rank is not None and not dots:
        fill = solid(on, CLASSES[rank])
    elif block.values and value is None and not dots:
        fill = hatched(on)
    elif shape.code in block.apart:
        fill = solid(on, Tint("paper"))
    else:
        fill = solid(on, Tint("ground"))
    said = (
        shape.name
        if dots
        else f"{shape.name} : {french.number(value, 1) if value is not None else 'inconnu'}"
    )
    edge = line(on, Tint("other" if dots or rank is None else "paper"), 0.6)
    return freeform(number, shape.name, said, rings, fill, edge)


def _marks(on: Canvas, layers: picture.Layers, frame: Frame, corner, number: int) -> list[str]:
    """Facilities as dots, those of a commune and its neighbours by sort; a diamond on each commune whose priority district
    has no known perimeter."""
    x, y = corner
    white = line(on, Tint("paper"), 0.5)
    blue, violet = solid(on, Tint("territory")), solid(on, Tint("qpv"))
    drawn: list[str] = []
    side = 0.15 if len(layers.places) > MANY else 0.22
    for east, north in layers.places:
        px, py = frame.at(east, north)
        drawn.append(mark(number + len(drawn), "ellipse", (x + px, y - py), side, blue, white))
    found = dict(layers.where.services)
    side = 0.18 if sum(map(len, found.values())) > CROWDED else 0.3
    # The most of a sort lie under the rarest: a crèche is seen where a leisure centre is.
    for stat, form, _ in sorted(SERVICES, key=lambda one: -len(found.get(one[0], ()))):
        fill = solid(on, Tint(ROLES[stat]))
        for east, north in found.get(stat, ()):
            px, py = frame.at(east, north)
            drawn.append(mark(number + len(drawn), FORMS[form], (x + px, y - py), side, fill, white))
    if layers.block.kind == "ratio":
        for shape in layers.found:
            if shape.code in layers.quarters.communes:
                point = shape.geometry.representative_point()
                px, py = frame.at(point.x, point.y)
                drawn.append(
                    mark(number + len(drawn), "diamond", (x + px, y - py - 0.5), 0.28, violet, white)
                )
    return drawn


def _names(on: Canvas, layers: picture.Layers, frame: Frame, corner, number: int) -> list[str]:
    x, y = corner
    dots = layers.block.kind == "dots"
    drawn: list[str] = []
    # On a small map the values stand in the bars beside it.
    valued = frame.room.w >= ROOMY
    named = [*layers.found, *layers.around] if layers.block.at else layers.found
    for one in labels(frame, named, layers.block, valued=valued):
        west, south, east, north = one.box
        role = "paper" if one.rank in LIGHT_INK and one.inside and not dots else "ink"
        lines = [
            (text, valued and at == len(one.lines) - 1 and one.rank is not None)
            for at, text in enumerate(one.lines)
        ]
        at = (x + west, y - north, east - west, north - south)
        plate = dots or bool(layers.block.at) or (not one.inside and layers.block.kind == "ratio")
        drawn.append(words(on, number + len(drawn), at, lines, role, points=on.page.drawn(12), plate=plate))
    return drawn


def _scale(on: Canvas, frame: Frame, x: float, y: float) -> None:
    km = round_length(frame, 1.8)
    on.rule((x, y - 0.15), (x + km / frame.per_cm, y - 0.15), "muted", 1)
    on.text(Box(x + km / frame.per_cm + 0.15, y - 0.5, 2.5, 0.55), [(f"{km} km", 12, False, "muted")])


# The legend

Row = tuple[str, str, Tint | None]
"""What stands in the legend: text, its mark ("square", "plain", "hatch", "dot", "diamond", that of a service, ""), colour."""


def _legend(layers: picture.Layers) -> list[Row]:
    block = layers.block
    if block.kind == "locator":
        placed = dict(layers.where.services)
        return [(name, form, Tint(ROLES[stat])) for stat, form, name in SERVICES if stat in placed]
    rows: list[Row] = []
    if block.kind == "dots":
        said = french.quantity(len(layers.places), "lieu situé", "lieux situés")
        rows.append((said, "dot", Tint("territory")))
    elif block.reference:
        present = {ratio_class(block.coloured(code), block.reference[1]) for code in block.values}
        for rank, text in enumerate(picture.classes(block.reference[1])):
            if rank in present:
                rows.append((text, "square", CLASSES[rank]))
        rows.append((f"{block.reference[0]} : {french.number(block.reference[1], 1)}", "", None))
    if block.apart:
        rows.append(("non comparée", "plain", Tint("paper")))
    if block.kind != "dots" and any(value is None for value in block.values.values()):
        rows.append(("inconnu", "hatch", None))
    if layers.quarters.perimeters:
        rows.append(("quartier prioritaire", "square", Tint("qpv", alpha=55)))
    if layers.quarters.communes and block.kind == "ratio":
        rows.append(("commune avec quartier prioritaire", "diamond", Tint("qpv")))
    return rows


def _laid(on: Canvas, rows: list[Row], w: float) -> list[tuple[float, float, Row]]:
    """Each row of the legend with its place, on as many lines as they need."""
    found, x, y = [], 0.0, 0.0
    for row in rows:
        own = wide(row[0], on.page.points(12), bold=not row[1]) + (0.85 if row[1] else 0.3)
        if x + own > w and x > 0:
            x, y = 0.0, y + 0.62
        found.append((x, y, row))
        x += own
    return found


def _legend_height(on: Canvas, rows: list[Row], w: float) -> float:
    return max(y for _, y, _ in _laid(on, rows, w)) + 0.62


def _write_legend(on: Canvas, rows: list[Row], x: float, y: float, w: float) -> None:
    first = next_id(on)
    marks: list[str] = []
    for dx, dy, (_, kind, tint) in _laid(on, rows, w):
        if kind == "hatch":
            fill, edge = hatched(on), line(on, Tint("other"), 0.6)
        elif kind and tint is not None:
            fill = solid(on, tint)
            edge = line(on, Tint("other"), 0.6) if kind == "plain" else NO_LINE
        else:
            continue
        at = x + dx + 0.2, y + dy + 0.31
        names = {"dot": ("ellipse", 0.28), "diamond": ("diamond", 0.34)}
        names |= {of: (form, 0.34) for of, form in FORMS.items()}
        form, side = names.get(kind, ("rect", 0.36))
        marks.append(mark(first + len(marks), form, at, side, fill, edge))
    for dx, dy, (text, kind, _) in _laid(on, rows, w):
        box = (
            x + dx + (0.48 if kind else 0.0),
            y + dy,
            wide(text, on.page.points(12), bold=not kind) + 0.1,
            0.6,
        )
        marks.append(
            words(
                on, first + len(marks), box, [(text, not kind)], "ink", points=on.page.points(12), align="l"
            )
        )
    group(on, "Légende", "Légende de la carte", marks)

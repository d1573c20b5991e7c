"""Freeforms: polygons that whoever edits the slide may move, recolour and read the name of."""

from __future__ import annotations

import re
from collections.abc import Sequence
from xml.sax.saxutils import escape, quoteattr

import shapely
from pptx.oxml import parse_xml
from pptx.util import Cm

from diagnostic import french
from diagnostic.exports.pptx.page import A, Canvas, Spot, Tint

P = "http://schemas.openxmlformats.org/presentationml/2006/main"
Ring = Sequence[tuple[float, float]]
PLACED = re.compile(r'<a:off x="(-?\d+)" y="(-?\d+)"/><a:ext cx="(\d+)" cy="(\d+)"/>')
NO_LINE = "<a:ln><a:noFill/></a:ln>"


def rings_of(geometry: shapely.Geometry) -> list[list[tuple[float, float]]]:
    """The outlines and the holes of a polygon or of several."""
    found = []
    for part in shapely.get_parts(geometry):
        if part.geom_type == "Polygon":
            for ring in (part.exterior, *part.interiors):
                found.append([(x, y) for x, y in shapely.get_coordinates(ring).tolist()])
    return found


def solid(on: Canvas, tint: Tint) -> str:
    return f"<a:solidFill>{tint.xml(on.page)}</a:solidFill>"


def hatched(on: Canvas) -> str:
    """What is unknown: never a colour of the scale."""
    front, back = Tint("other").xml(on.page), Tint("paper").xml(on.page)
    return f'<a:pattFill prst="wdUpDiag"><a:fgClr>{front}</a:fgClr><a:bgClr>{back}</a:bgClr></a:pattFill>'


def line(on: Canvas, tint: Tint, points: float) -> str:
    return f'<a:ln w="{int(points * 12700)}">{solid(on, tint)}<a:round/></a:ln>'


def freeform(number: int, name: str, said: str, rings: Sequence[Ring], fill: str, edge: str) -> str:
    """The XML of one freeform whose rings are in centimetres of the slide; holes are rings of the same path."""
    xs, ys = [x for ring in rings for x, _ in ring], [y for ring in rings for _, y in ring]
    left, top = int(Cm(min(xs))), int(Cm(min(ys)))
    wide, tall = max(1, int(Cm(max(xs))) - left), max(1, int(Cm(max(ys))) - top)
    drawn = []
    for ring in rings:
        spots = [f'<a:pt x="{int(Cm(x)) - left}" y="{int(Cm(y)) - top}"/>' for x, y in ring]
        drawn.append(f"<a:moveTo>{spots[0]}</a:moveTo>")
        drawn += [f"<a:lnTo>{spot}</a:lnTo>" for spot in spots[1:]]
        drawn.append("<a:close/>")
    described = f" descr={quoteattr(french.office(said))}" if said else ""
    return (
        f'<p:sp><p:nvSpPr><p:cNvPr id="{number}" name={quoteattr(french.office(name))}{described}/><p:cNvSpPr/><p:nvPr/>'
        f'</p:nvSpPr><p:spPr><a:xfrm><a:off x="{left}" y="{top}"/><a:ext cx="{wide}" cy="{tall}"/></a:xfrm><a:custGeom>'
        '<a:avLst/><a:gdLst/><a:ahLst/><a:cxnLst/><a:rect l="0" t="0" r="r" b="b"/><a:pathLst>'
        f'<a:path w="{wide}" h="{tall}">{"".join(drawn)}</a:path></a:pathLst></a:custGeom>{fill}{edge}</p:spPr></p:sp>'
    )


def mark(number: int, kind: str, at: Spot, side: float, fill: str, edge: str) -> str:
    """The XML of a small mark ("ellipse", "diamond") around a point."""
    (x, y), half = at, side / 2
    return (
        f'<p:sp><p:nvSpPr><p:cNvPr id="{number}" name="Repère {number}"/><p:cNvSpPr/><p:nvPr/></p:nvSpPr><p:spPr><a:xfrm>'
        f'<a:off x="{int(Cm(x - half))}" y="{int(Cm(y - half))}"/><a:ext cx="{int(Cm(side))}" cy="{int(Cm(side))}"/>'
        f'</a:xfrm><a:prstGeom prst="{kind}"><a:avLst/></a:prstGeom>{fill}{edge}</p:spPr></p:sp>'
    )


def words(
    on: Canvas, number: int, at: tuple[float, float, float, float], lines: Sequence[tuple[str, bool]], role: str,
    *, points: float, align: str = "ctr", plate: bool = False,
) -> str:  # fmt: skip
    """The XML of a text of a map of that many `points`: x, y, width, height in centimetres, then `(text, bold)` a line; on a pale `plate` where it
    stands over several colours."""
    x, y, w, h = (int(Cm(side)) for side in at)
    size = int(points * 100)
    said = "".join(
        f'<a:p><a:pPr algn="{align}"><a:lnSpc><a:spcPct val="85000"/></a:lnSpc></a:pPr><a:r><a:rPr lang="fr-FR" sz="{size}" '
        f'b="{int(bold)}">{solid(on, Tint(role))}</a:rPr><a:t>{escape(french.office(text))}</a:t></a:r></a:p>'
        for text, bold in lines
    )
    return (
        f'<p:sp><p:nvSpPr><p:cNvPr id="{number}" name="Texte {number}"/><p:cNvSpPr txBox="1"/><p:nvPr/></p:nvSpPr><p:spPr>'
        f'<a:xfrm><a:off x="{x}" y="{y}"/><a:ext cx="{w}" cy="{h}"/></a:xfrm><a:prstGeom prst="rect"><a:avLst/></a:prstGeom>'
        f'{solid(on, Tint("paper", alpha=65)) if plate else "<a:noFill/>"}</p:spPr><p:txBody><a:bodyPr wrap="none" lIns="0" tIns="0" rIns="0" bIns="0" anchor="ctr"/><a:lstStyle/>'
        f"{said}</p:txBody></p:sp>"
    )


def group(on: Canvas, name: str, said: str, shapes: Sequence[str]):
    """The shapes in one group of the slide, added at the top of those already there."""
    number, drawn = next_id(on) + len(shapes) + 1, "".join(shapes)
    boxes = [tuple(map(int, found)) for found in PLACED.findall(drawn)]
    left, top = min(x for x, *_ in boxes), min(y for _, y, *_ in boxes)
    wide, tall = max(x + w for x, _, w, _ in boxes) - left, max(y + h for _, y, _, h in boxes) - top
    where = (
        f'<a:off x="{left}" y="{top}"/><a:ext cx="{wide}" cy="{tall}"/><a:chOff x="{left}" y="{top}"/>'
        f'<a:chExt cx="{wide}" cy="{tall}"/>'
    )
    element = parse_xml(
        f'<p:grpSp xmlns:p="{P}" xmlns:a="{A}"><p:nvGrpSpPr><p:cNvPr id="{number}" name={quoteattr(name)} '
        f"descr={quoteattr(french.office(said))}/><p:cNvGrpSpPr/><p:nvPr/></p:nvGrpSpPr><p:grpSpPr><a:xfrm>{where}</a:xfrm>"
        f"</p:grpSpPr>{drawn}</p:grpSp>"
    )
    on.slide.shapes._spTree.append(element)
    return element


def polygon(on: Canvas, rings: Sequence[Ring], name: str, tint: Tint):
    """One freeform on the slide, without an edge."""
    xml = freeform(next_id(on), name, "", rings, solid(on, tint), NO_LINE)
    element = parse_xml(xml.replace("<p:sp>", f'<p:sp xmlns:p="{P}" xmlns:a="{A}">', 1))
    on.slide.shapes._spTree.append(element)
    return element


def next_id(on: Canvas) -> int:
    """A number that no shape of the slide has."""
    used = (int(number) for number in on.slide.shapes._spTree.xpath("//@id") if number.isdigit())
    return max(used, default=1) + 1

"""Our master: four layouts named in French, whose places are placeholders, so that outline and reading order work."""

from __future__ import annotations

from lxml import etree
from pptx.enum.shapes import PP_PLACEHOLDER
from pptx.oxml import parse_xml
from pptx.oxml.ns import qn
from pptx.util import Cm

from diagnostic.exports.pptx.page import A, Box, Page

P = "http://schemas.openxmlformats.org/presentationml/2006/main"
TITLE, SECTION, MESSAGE, ANNEX = "Titre", "Section", "Message", "Annexe"
KICKER, SOURCE, OCCASION, FACTS, LOGOS = 13, 14, 15, 16, (17, 18)
"""Numbers of the placeholders, the same in every layout that has them."""
_FROM = {TITLE: 0, SECTION: 2, MESSAGE: 5, ANNEX: 1}
_TITLES = (PP_PLACEHOLDER.TITLE, PP_PLACEHOLDER.CENTER_TITLE)
_SMALL = (PP_PLACEHOLDER.FOOTER, PP_PLACEHOLDER.SLIDE_NUMBER)


def layouts(file, page: Page) -> dict[str, object]:
    """The four layouts by name, from those of an empty presentation; the others are removed."""
    every = list(file.slide_layouts)
    found = {name: every[number] for name, number in _FROM.items()}
    for layout in every:
        if layout not in found.values():
            file.slide_layouts.remove(layout)
    for style in file.slide_master._element.iter(qn("p:titleStyle")):
        for level in style.iter(qn("a:lvl1pPr")):
            level.set("algn", "l")
    for name, layout in found.items():
        layout.name = name
        _clear(layout)
    wide = 0.652 * page.content
    title = found[TITLE]
    _title(title, Box(page.left, 3.2, wide, 6.4), 4400, "b")
    for shape in title.placeholders:
        if shape.placeholder_format.type == PP_PLACEHOLDER.SUBTITLE:
            _body(shape, Box(page.left, 9.9, wide, 2.3), _level(2200, "tx2"))
    _add(title, KICKER, "Rubrique", (page.left, 2.2, wide, 0.9), _level(1600, "accent1", bold=True), "b")
    _add(title, OCCASION, "Instance et date", (page.left, 12.4, wide, 2.3), _level(1800, "tx2"))
    _add(title, FACTS, "Repères", (page.left, 15.2, wide, 2.6), _level(1300, "tx2"), "b")
    for idx, x in zip(LOGOS, (page.left, 7.6), strict=True):
        _add(title, idx, "Logo", (x, 1.2, 5.4, 2.2), _level(1000, "tx2"))
    _band(title, page)
    section = found[SECTION]
    _title(section, Box(page.left, 5.5, page.content, 4), 3600, "b")
    for shape in section.placeholders:
        if shape.placeholder_format.type == PP_PLACEHOLDER.BODY:
            _body(shape, Box(page.left, 10, page.content, 3), _level(2000, "tx2"))
    for layout, size in ((found[MESSAGE], 2600), (found[ANNEX], 2000)):
        _title(layout, Box(page.left, 1.55, page.content, 2.35), size, "t")
        _add(
            layout,
            KICKER,
            "Rubrique",
            (page.left, 0.8, page.content, 0.65),
            _level(1200, "accent1", bold=True),
        )
        _add(layout, SOURCE, "Source", (page.left, 16.95, page.content, 0.8), _level(1000, "tx2"), "b")
        for shape in layout.placeholders:
            kind = shape.placeholder_format.type
            if kind == PP_PLACEHOLDER.FOOTER:
                _body(shape, Box(page.left, 17.85, 24, 0.7), _level(1000, "tx2"), "ctr")
            elif kind == PP_PLACEHOLDER.SLIDE_NUMBER:
                place = page.left + page.content - 3
                _body(shape, Box(place, 17.85, 3, 0.7), _level(1000, "tx2", align="r"), "ctr")
    return found


def place(shape, x, y, w, h) -> None:
    shape.left, shape.top, shape.width, shape.height = Cm(x), Cm(y), Cm(w), Cm(h)


def _clear(layout) -> None:
    """Keep the title, the subtitle or the sentence, the footer and the number where the layout has a use for them."""
    kept = {
        TITLE: (*_TITLES, PP_PLACEHOLDER.SUBTITLE),
        SECTION: (*_TITLES, PP_PLACEHOLDER.BODY),
    }.get(layout.name, (*_TITLES, *_SMALL))
    for shape in list(layout.placeholders):
        if shape.placeholder_format.type not in kept:
            shape._element.getparent().remove(shape._element)


def _title(layout, box: Box, size: int, anchor: str) -> None:
    for shape in layout.placeholders:
        if shape.placeholder_format.type in _TITLES:
            _body(shape, box, _level(size, "tx1", bold=True), anchor)


def _body(shape, box: Box, level, anchor: str = "t") -> None:
    """A placeholder at a place, its text without margins, at one size that does not shrink."""
    place(shape, *box)
    text = shape._element.find(qn("p:txBody"))
    properties = text.find(qn("a:bodyPr"))
    for child in list(properties):
        properties.remove(child)
    properties.attrib.clear()
    properties.attrib.update({"lIns": "0", "rIns": "0", "tIns": "0", "bIns": "0", "anchor": anchor})
    style = text.find(qn("a:lstStyle"))
    for child in list(style):
        style.remove(child)
    style.append(level)


def _level(size: int, colour: str, *, bold: bool = False, align: str = "l"):
    return etree.fromstring(
        f'<a:lvl1pPr xmlns:a="{A}" marL="0" indent="0" algn="{align}"><a:spcBef><a:spcPts val="0"/></a:spcBef>'
        f'<a:buNone/><a:defRPr lang="fr-FR" sz="{size}" b="{int(bold)}"><a:solidFill><a:schemeClr val="{colour}"/>'
        "</a:solidFill></a:defRPr></a:lvl1pPr>"
    )


def _add(layout, idx: int, name: str, at, level, anchor: str = "t") -> None:
    kind = "pic" if idx in LOGOS else "body"
    x, y, w, h = (Cm(side) for side in at)
    xml = (
        f'<p:sp xmlns:p="{P}" xmlns:a="{A}"><p:nvSpPr><p:cNvPr id="{100 + idx}" name="{name} {idx}"/><p:cNvSpPr>'
        f'<a:spLocks noGrp="1"/></p:cNvSpPr><p:nvPr><p:ph type="{kind}" sz="quarter" idx="{idx}"/></p:nvPr></p:nvSpPr>'
        f'<p:spPr><a:xfrm><a:off x="{x}" y="{y}"/><a:ext cx="{w}" cy="{h}"/></a:xfrm></p:spPr>'
        f'<p:txBody><a:bodyPr lIns="0" tIns="0" rIns="0" bIns="0" anchor="{anchor}"/><a:lstStyle/><a:p><a:r>'
        f'<a:rPr lang="fr-FR"/><a:t>{name}</a:t></a:r></a:p></p:txBody></p:sp>'
    )
    element = parse_xml(xml)
    element.find(qn("p:txBody")).find(qn("a:lstStyle")).append(level)
    layout.placeholders._element.append(element)


def _band(layout, page: Page) -> None:
    """The band at the left of the first slide: it belongs to the layout, and follows its theme."""
    xml = (
        f'<p:sp xmlns:p="{P}" xmlns:a="{A}"><p:nvSpPr><p:cNvPr id="150" name="Bande"/><p:cNvSpPr/><p:nvPr userDrawn="1"/>'
        f'</p:nvSpPr><p:spPr><a:xfrm><a:off x="0" y="0"/><a:ext cx="{Cm(0.5)}" cy="{Cm(page.height)}"/></a:xfrm>'
        f'<a:prstGeom prst="rect"><a:avLst/></a:prstGeom><a:solidFill><a:schemeClr val="accent1"/></a:solidFill>'
        f"<a:ln><a:noFill/></a:ln></p:spPr></p:sp>"
    )
    layout.placeholders._element.append(parse_xml(xml))

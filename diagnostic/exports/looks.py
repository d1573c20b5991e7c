"""The styles of a Word document: Arial, French, our colours, and spaces that every program lays out alike."""

from __future__ import annotations

import copy
import io
from functools import cache

import docx
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.text import WD_LINE_SPACING, WD_TAB_ALIGNMENT, WD_TAB_LEADER
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Pt, RGBColor

from diagnostic.exports.style import COLOURS

WIDTH, CELL = 17.0, 9.0
"""Centimetres between the margins; points of a cell of a table."""


Spaces = dict[str, tuple[float, float, float]]
Looks = dict[str, tuple[float, bool, str]]
SPACES: Spaces = {
    "Normal": (0, 6, 14),
    "Title": (0, 6, 32),
    "Subtitle": (0, 8, 17),
    "Heading 1": (14, 8, 20),
    "Heading 2": (8, 5, 16),
    "Caption": (4, 4, 12),
    "Source": (2, 12, 11),
    "Message": (0, 6, 15),
    "Rubrique": (2, 3, 14),
    "Alerte": (0, 6, 16),
    "Sommaire": (14, 4, 16),
    "Précision": (0, 4, 12),
    "Cellule": (0.5, 0.5, 10.5),
    "Image": (0, 4, 0),
    "Logos": (0, 10, 0),
    "Entre": (0, 0, 6),
    "List Bullet": (0, 2, 14),
    "toc 1": (4, 1, 12.5),
    "toc 2": (0, 1, 11),
}
"""Style -> points before, after, and of a line at least, so that every program lays out the same lines; 0: a single one."""
CLOSER: Spaces = {
    "Title": (0, 4, 28),
    "Subtitle": (0, 4, 15),
    "Alerte": (0, 4, 14),
    "Normal": (0, 4, 12.5),
    "Heading 1": (6, 3, 17),
    "Heading 2": (4, 2, 14),
    "Caption": (2, 2, 11),
    "Source": (1, 4, 10),
    "Sommaire": (4, 1, 14),
    "List Bullet": (0, 0, 12.5),
    "Rubrique": (1, 1, 12.5),
    "Précision": (0, 2, 11),
    "Entre": (0, 0, 4),
    "toc 1": (0.5, 0, 10.5),
}
"""The same in the report of a commune, six pages long at most."""
SMALLER: Looks = {
    "Title": (24, True, "ink"),
    "Normal": (10, False, "ink"),
    "List Bullet": (10, False, "ink"),
    "Heading 1": (14.5, True, "territory"),
    "Source": (8, False, "muted"),
    "toc 1": (9, True, "ink"),
}
"""Its type where it differs."""


@cache
def blank(short: bool) -> bytes:
    """An empty document with our styles, made once; those of a `short` one keep closer."""
    file = docx.Document()
    _styles(file, SPACES | CLOSER if short else SPACES, SMALLER if short else {})
    _drop_old_styles(file)
    buffer = io.BytesIO()
    file.save(buffer)
    return buffer.getvalue()


def _drop_old_styles(file) -> None:
    """The library's template keeps a second list of styles, for Word 2007: it knows none of ours, so it goes."""
    for key, relation in list(file.part.rels.items()):
        if relation.reltype.endswith("/stylesWithEffects"):
            file.part.drop_rel(key)


LOOKS: Looks = {
    "Normal": (10.5, False, "ink"),
    "Title": (26, True, "ink"),
    "Subtitle": (13, False, "muted"),
    "Heading 1": (16, True, "territory"),
    "Heading 2": (12.5, True, "ink"),
    "Caption": (9.5, True, "ink"),
    "List Bullet": (10.5, False, "ink"),
}
"""Points, bold and colour of the styles that the library has."""

OURS: Looks = {
    "Source": (8.5, False, "muted"),
    "Message": (12, True, "ink"),
    "Rubrique": (10.5, True, "muted"),
    "Alerte": (12, True, "attention"),
    "Sommaire": (12.5, True, "territory"),
    "Précision": (9, False, "muted"),
    "Cellule": (CELL, False, "ink"),
    "Image": (9, False, "ink"),
    "Logos": (9, False, "ink"),
    "Entre": (4, False, "ink"),
    "toc 1": (10, True, "ink"),
    "toc 2": (9, False, "ink"),
}
"""Those of the paragraphs that it lacks."""

FIGURE = (15, True, "territory")
"""A key figure inside a paragraph."""


def _styles(file, spaces: Spaces, smaller: Looks) -> None:
    """Arial everywhere, French, our colours, and the styles that the document uses."""
    defaults = file.styles.element.find(qn("w:docDefaults"))
    for language in defaults.iter(qn("w:lang")):
        language.set(qn("w:val"), "fr-FR")
    for fonts in file.styles.element.iter(qn("w:rFonts")):
        for name in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):
            fonts.attrib.pop(qn(f"w:{name}"), None)
        fonts.set(qn("w:ascii"), "Arial")
        fonts.set(qn("w:hAnsi"), "Arial")
    for name in OURS:
        file.styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH).base_style = file.styles["Normal"]
    file.styles.add_style("Chiffre", WD_STYLE_TYPE.CHARACTER)
    for name, (size, bold, role) in (LOOKS | OURS | smaller | {"Chiffre": FIGURE}).items():
        font = file.styles[name].font
        font.name, font.size, font.bold, font.italic = "Arial", Pt(size), bold, False
        font.color.rgb = RGBColor.from_string(COLOURS[role])
    for spacing in file.styles["Subtitle"].element.iter(qn("w:spacing")):
        spacing.attrib.pop(qn("w:val"), None)
    for border in list(file.styles["Title"].element.iter(qn("w:pBdr"))):
        border.getparent().remove(border)
    for name in ("Caption", "Message", "Rubrique", "Sommaire", "Image"):
        file.styles[name].paragraph_format.keep_with_next = True
    for name, (before, after, line) in spaces.items():
        form = file.styles[name].paragraph_format
        form.space_before, form.space_after, form.keep_together = Pt(before), Pt(after), True
        form.line_spacing_rule = WD_LINE_SPACING.AT_LEAST if line else WD_LINE_SPACING.SINGLE
        if line:
            form.line_spacing = Pt(line)
    for level, left in ((1, 0.0), (2, 0.6)):
        form = file.styles[f"toc {level}"].paragraph_format
        form.left_indent, form.right_indent = Cm(left), Cm(1)
        form.tab_stops.add_tab_stop(Cm(WIDTH), WD_TAB_ALIGNMENT.RIGHT, WD_TAB_LEADER.DOTS)
    _table_style(file)


def _table_style(file) -> None:
    style = file.styles.add_style("Diagnostic", WD_STYLE_TYPE.TABLE)
    rule, ink = COLOURS["rule"], COLOURS["ink"]
    borders = OxmlElement("w:tblBorders")
    for side in ("bottom", "insideH"):
        node = OxmlElement(f"w:{side}")
        for key, value in (("val", "single"), ("sz", "4"), ("space", "0"), ("color", rule)):
            node.set(qn(f"w:{key}"), value)
        borders.append(node)
    properties = OxmlElement("w:tblPr")
    properties.append(borders)
    style.element.append(properties)
    first = OxmlElement("w:tblStylePr")
    first.set(qn("w:type"), "firstRow")
    run = OxmlElement("w:rPr")
    run.append(OxmlElement("w:b"))
    first.append(run)
    cell, edges = OxmlElement("w:tcPr"), OxmlElement("w:tcBorders")
    line = copy.deepcopy(borders[0])
    line.set(qn("w:color"), ink)
    line.set(qn("w:sz"), "8")
    edges.append(line)
    cell.append(edges)
    first.append(cell)
    style.element.append(first)

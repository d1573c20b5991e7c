"""A slide to draw on: lengths in centimetres, type in points, colours by role."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Any, NamedTuple

from lxml import etree
from pptx.dml.color import RGBColor
from pptx.enum.dml import MSO_LINE
from pptx.enum.shapes import MSO_CONNECTOR
from pptx.enum.text import MSO_ANCHOR
from pptx.oxml.ns import qn
from pptx.util import Cm, Pt

from diagnostic import french
from diagnostic.exports.letters import width
from diagnostic.exports.picture import Maps
from diagnostic.exports.style import COLOURS, ink_over

A = "http://schemas.openxmlformats.org/drawingml/2006/main"
BETWEEN = 0.22
"""Centimetres that a row of a table keeps around its lines."""
FILLED = 0.95
"""Share of its room that a table may take: programs do not all set its lines alike."""
CLOSER = 0.12
"""The same where a short meeting has all of a table on one slide."""
CLOSE = 0.07
"""The same in an annex, whose rows are of one line."""
ANNEX_TITLE = 20
"""Points of the title of an annex."""
SMALLEST = 9.0
"""Points under which no text of a slide goes."""
SOURCE_POINTS = 10
"""Points of a source, and of what stands at the foot."""

Run = tuple[str, float, bool, str]
"""A paragraph: text, points, bold, role of its colour."""

Spot = tuple[float, float]
"""A point of the slide, in centimetres from its top left."""


class Box(NamedTuple):
    """A place on the slide, in centimetres from its top left."""

    x: float
    y: float
    w: float
    h: float


@dataclass(frozen=True)
class Page:
    """The slide's size, where its content stands, how its type is scaled, its colours by role; `least` are the points
    under which a text goes on to a next slide or to the notes, `between` what the rows of a table keep around their
    lines."""

    width: float = 33.867
    height: float = 19.05
    left: float = 1.6
    content: float = 30.67
    top: float = 4.3
    tall: float = 12.4
    type: float = 1.0
    colours: Mapping[str, str] = field(default_factory=lambda: COLOURS)
    least: float = 11.0
    between: float = BETWEEN

    @property
    def across(self) -> float:
        """The width of the content against that of our own page."""
        return self.content / 30.67

    def under(self, title: str, points: float, between: float) -> Page:
        """This page for a table that has it whole: it begins under the title, higher where that takes one line, and its
        rows keep `between` around their lines."""
        end = 1.55 + height_of(title, self.content, points, bold=True) + 0.35
        # The titles of a template stand where it has them.
        top = min(end, self.top) if self.top == Page.top else self.top
        tall = self.tall + self.top - top
        # Lines of an annex are each one line: nothing is left to what programs make of longer ones.
        return replace(self, top=top, tall=tall / FILLED if between == CLOSE else tall, between=between)

    def down(self, y: float) -> float:
        """A height of our own page on this one."""
        return y * self.height / 19.05

    def points(self, size: float) -> float:
        """The size of a text on this page: only a source is under the least that is read on it."""
        return self.drawn(size if size <= SOURCE_POINTS else max(size, self.least))

    def drawn(self, size: float) -> float:
        """The size of what a chart writes beside its marks, which may be smaller than a text."""
        return max(SMALLEST, size * self.type) if self.type < 1 else size


@dataclass(frozen=True)
class Canvas:
    """One slide being drawn; `maps` draws the maps, None leaves them out."""

    slide: Any
    page: Page
    maps: Maps | None = None
    left: list[str] = field(default_factory=list)
    """What has no room on the slide in the type of its page, for its notes."""

    def rgb(self, role: str) -> RGBColor:
        return RGBColor.from_string(self.page.colours[role])

    def ink_on(self, role: str) -> RGBColor:
        """The colour of a label inside a mark of this role."""
        return RGBColor.from_string(ink_over(self.page.colours[role]))

    def points(self, size: float) -> Pt:
        return Pt(self.page.points(size))

    def write(self, frame, lines: Sequence[Run], align=None) -> None:
        """Paragraphs in a text frame without margins; an empty one is left out."""
        frame.margin_left = frame.margin_right = frame.margin_top = frame.margin_bottom = 0
        frame.word_wrap = True if frame.word_wrap is None else frame.word_wrap
        for i, (text, size, bold, role) in enumerate(line for line in lines if line[0]):
            paragraph = frame.paragraphs[0] if i == 0 else frame.add_paragraph()
            run = paragraph.add_run()
            run.text = french.office(text)
            run.font.size, run.font.bold = self.points(size), bold
            run.font.color.rgb = self.rgb(role)
            if align is not None:
                paragraph.alignment = align
            if i:
                paragraph.space_before = Pt(3)

    def text(self, box: Box, lines: Sequence[Run], *, anchor=MSO_ANCHOR.TOP, align=None):
        """A text box that does not grow."""
        shape = self.slide.shapes.add_textbox(Cm(box.x), Cm(box.y), Cm(max(box.w, 0.5)), Cm(max(box.h, 0.3)))
        shape.text_frame.word_wrap = True
        shape.text_frame.vertical_anchor = anchor
        self.write(shape.text_frame, lines, align)
        return shape

    def rule(self, start: Spot, end: Spot, role="rule", points=0.75, dash=False):
        """A straight line that a screen reader passes over."""
        line = self.slide.shapes.add_connector(MSO_CONNECTOR.STRAIGHT, *map(Cm, (*start, *end)))
        style = line._element.find(qn("p:style"))
        if style is not None:
            line._element.remove(style)
        line.line.color.rgb, line.line.width = self.rgb(role), Pt(points)
        if dash:
            line.line.dash_style = MSO_LINE.DASH
        decorative(line)
        return line

    def block(self, kind: int, box: Box, role: str):
        """A filled shape without outline that a screen reader passes over."""
        shape = self.slide.shapes.add_shape(kind, *map(Cm, box))
        # The shadow of the theme comes with its style.
        shape._element.remove(shape._element.find(qn("p:style")))
        shape.fill.solid()
        shape.fill.fore_color.rgb = self.rgb(role)
        shape.line.fill.background()
        decorative(shape)
        return shape


class Tint(NamedTuple):
    """A role of the theme, paler or darker: shares of its saturation and of its light, then light added, in percent."""

    role: str
    saturation: int = 100
    light: int = 100
    added: int = 0
    alpha: int = 100

    def xml(self, page: Page) -> str:
        """The colour as the file holds it: it follows the theme like the role it comes from."""
        changes = "".join(
            f'<a:{tag} val="{share * 1000}"/>'
            for tag, share, whole in (
                ("satMod", self.saturation, 100),
                ("lumMod", self.light, 100),
                ("lumOff", self.added, 0),
                ("alpha", self.alpha, 100),
            )
            if share != whole
        )
        return f'<a:srgbClr val="{page.colours[self.role]}">{changes}</a:srgbClr>'


def whole_sentences(text: str, most: int) -> str:
    """The text, or as many of its sentences as hold, or of its clauses, never half of one; says what is missing."""
    if len(text) <= most:
        return text
    more = " Suite dans les notes."
    room = text[: most - len(more)]
    ends = [room.rfind(mark) + len(mark.rstrip(" ;")) for mark in (". ", " ; ", "\u00a0; ", "\u202f; ")]
    end = max(ends) if max(ends) > most / 2 else room.rfind(", ")
    return f"{room[:end].rstrip(' ;.,').rstrip()}.{more}" if end > 0 else more.strip()


CM = 0.0353
"""Centimetres of a point."""
LOOSE = 1.03
"""Programs do not all set letters as closely."""
_BREAKABLE = re.compile(r"[^ -]*-|[^ -]+| ")


def wide(text: str, points: float, *, bold: bool = False) -> float:
    """The width in centimetres of a text on one line."""
    return LOOSE * CM * points * width(text, bold)


@lru_cache(maxsize=16384)
def lines_of(text: str, across: float, points: float, *, bold: bool = False) -> int:
    """Lines of a text in Arial, broken at spaces and after hyphens; a word longer than the line is cut."""
    lines, used = 1, 0.0
    for word in _BREAKABLE.findall(text):
        own = wide(word, points, bold=bold)
        if used and word != " " and used + own > across:
            lines, used = lines + 1, 0.0
        used += own
        while used > across > 0 and word != " ":
            lines, used = lines + 1, used - across
    return lines


def height_of(text: str, across: float, points: float, *, bold: bool = False) -> float:
    """The height in centimetres of a text set in a width."""
    return lines_of(text, across, points, bold=bold) * points * CM * 1.2 if text else 0.0


def decorative(shape) -> None:
    """Mark a shape that says nothing by itself."""
    properties = shape._element.xpath(".//p:cNvPr")[0]
    xml = (
        f'<a:extLst xmlns:a="{A}"><a:ext uri="{{C183D7F6-B498-43B3-948B-1728B52AA6E4}}"><adec:decorative '
        'xmlns:adec="http://schemas.microsoft.com/office/drawing/2017/decorative" val="1"/></a:ext></a:extLst>'
    )
    properties.append(etree.fromstring(xml))

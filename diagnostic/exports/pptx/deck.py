"""A presentation being written, slide after slide."""

from __future__ import annotations

import copy
import io
from collections.abc import Callable, Sequence
from pathlib import Path

from lxml import etree
from pptx.enum.shapes import MSO_SHAPE, PP_PLACEHOLDER
from pptx.enum.text import MSO_ANCHOR, PP_ALIGN
from pptx.oxml.ns import qn
from pptx.util import Cm

from diagnostic import french, story
from diagnostic.exports import picture
from diagnostic.exports.pptx.bars import draw_ranked, draw_stacked
from diagnostic.exports.pptx.charts import speak_french
from diagnostic.exports.pptx.curves import draw_lines
from diagnostic.exports.pptx.dots import draw_scatter, draw_strips
from diagnostic.exports.pptx.maps import draw_map
from diagnostic.exports.pptx.page import Box, Canvas, cut, height_of
from diagnostic.exports.pptx.prose import draw_cards, draw_text
from diagnostic.exports.pptx.tables import draw_table
from diagnostic.exports.pptx.template import OUR_LAYOUT, Template, follow_theme, place
from diagnostic.story import Cover, Section

DRAW: dict[type, Callable[[Canvas, story.Block, Box], None]] = {
    story.Cards: draw_cards,
    story.Table: draw_table,
    story.Stacked: draw_stacked,
    story.Ranked: draw_ranked,
    story.Strips: draw_strips,
    story.Lines: draw_lines,
    story.Scatter: draw_scatter,
    story.Map: draw_map,
    story.Text: draw_text,
}
GUTTER = 0.8
LONGEST_SOURCE = 330
"""Characters of a source on the two lines that a slide has for it."""
SUBTITLES = (PP_PLACEHOLDER.SUBTITLE, PP_PLACEHOLDER.BODY)


class Deck:
    """Slides are added in order: `open`, then `add` for each section, then `bytes`."""

    def __init__(self, cover: Cover, maps: picture.Maps | None = None, template: Path | None = None) -> None:
        self.cover, self.maps = cover, maps
        self.template = Template.own() if template is None else Template.of(template)
        self.file, self.page = self.template.file, self.template.page
        properties = self.file.core_properties
        properties.title = french.office(cover.document)
        properties.language, properties.author = "fr-FR", "Diagnostic territorial CTG"
        properties.subject = french.office(" · ".join(f"{k} : {v}" for k, v in cover.facts))[:250]
        properties.keywords = "territoire fictif" if cover.notice else ""

    def bytes(self) -> bytes:
        for slide in self.file.slides:
            self._finish(slide._element)
            for relation in slide.part.rels.values():
                if relation.reltype.endswith("/chart"):
                    self._finish(relation.target_part._element)
            if slide.has_notes_slide:
                speak_french(slide.notes_slide._element)
        buffer = io.BytesIO()
        self.file.save(buffer)
        return buffer.getvalue()

    def _finish(self, root) -> None:
        speak_french(root)
        follow_theme(root, self.template.slots)

    def _canvas(self, layout=None) -> Canvas:
        slide = self.file.slides.add_slide(layout if layout is not None else self.template.layout)
        return Canvas(slide, self.page, self.maps)

    def open(self) -> None:
        """The title slide."""
        cover = self.cover
        if self.template.opening is not None:
            self._open_in_a_template()
            return
        on, page = self._canvas(), self.page
        _keep_title_only(on.slide)
        on.block(MSO_SHAPE.RECTANGLE, 0, 0, 0.5, page.height, "territory")
        wide = 0.652 * page.content
        title = on.slide.shapes.title
        place(title, page.left, page.down(3.2), wide, page.down(6.4))
        title.text_frame.vertical_anchor = MSO_ANCHOR.BOTTOM
        size = 40 if len(cover.title) <= 45 else 32
        on.write(title.text_frame, [(cover.title, size, True, "ink")], PP_ALIGN.LEFT)
        lines = [(line, 18, False, "muted") for line in cover.lines]
        if cover.notice:
            lines.append((cover.notice, 18, True, "attention"))
        on.text(page.left, page.down(9.9), wide, page.down(3), lines)
        small = [(line, 13, False, "muted") for line in cover.small]
        on.text(page.left, page.down(15.2), wide, page.down(2.6), small)
        if self.maps is not None and cover.situation is not None:
            side = 0.31 * page.content
            x = page.left + page.content - side - 0.27
            draw_map(on, cover.situation, Box(x, page.down(4.2), side, side))
        self._notes(on.slide, tuple(f"{label} : {text}" for label, text in cover.facts))

    def _open_in_a_template(self) -> None:
        """The collectivity's own title slide: its placeholders are filled, its colours are left alone."""
        on, cover = self._canvas(self.template.opening), self.cover
        on.slide.shapes.title.text_frame.text = french.office(cover.title)
        lines = [line for line in (*cover.lines, cover.notice, *cover.small[:1]) if line]
        others = [p for p in on.slide.placeholders if p.placeholder_format.idx != 0]
        filled = next((p for p in others if p.placeholder_format.type in SUBTITLES), None)
        for placeholder in others:
            if placeholder is not filled:
                placeholder._element.getparent().remove(placeholder._element)
        if filled is not None:
            filled.text_frame.text = french.office("\n".join(lines))
            for paragraph in filled.text_frame.paragraphs:
                for run in paragraph.runs:
                    run.font.size = on.points(16)
        self._notes(on.slide, tuple(f"{label} : {text}" for label, text in cover.facts))

    def add(self, section: Section) -> None:
        """One slide: kicker, sentence, blocks side by side, source, footer, notes."""
        on = self._canvas()
        size = 26 if len(section.title) <= 112 else 20 if len(section.title) <= 190 else 16
        kicker = (section.kicker, 12, True, "territory")
        source = self._source(section.below)
        if self.template.layout.name == OUR_LAYOUT:
            on.write(on.slide.shapes.title.text_frame, [(section.title, size, True, "ink")])
            by_idx = {p.placeholder_format.idx: p for p in on.slide.placeholders}
            on.write(by_idx[13].text_frame, [kicker])
            on.write(by_idx[14].text_frame, [source])
        else:
            self._in_a_template(on, section.title, kicker, source)
        self._footer(on.slide)
        self._place(on, section.columns)
        self._notes(on.slide, section.notes)

    def _source(self, text: str) -> tuple[str, float, bool, str]:
        """The source on two lines: smaller when it is long, cut when it is longer still."""
        room = {
            size: int(LONGEST_SOURCE * self.page.across * 10 / self.page.points(size)) for size in (10, 9)
        }
        size = 10 if len(text) <= room[10] else 9
        return cut(text, room[size]), size, False, "muted"

    def _in_a_template(self, on: Canvas, sentence: str, kicker, source) -> None:
        """The title where the template has it, in its own colour; kicker and source in boxes of ours; the other
        placeholders would stay empty."""
        _keep_title_only(on.slide)
        page, title = self.page, on.slide.shapes.title
        if title.top is None or title.height < Cm(1) or title.top + title.height > Cm(page.top + 0.2):
            room = page.top - page.down(1.55)
            place(title, page.left, page.down(1.55), page.content, room)
        width, height = title.width / Cm(1) - 0.5, title.height / Cm(1) - 0.2
        size = next(
            (s for s in (26, 22, 20, 18, 16) if height_of(sentence, width, 1.08 * page.points(s)) <= height),
            14,
        )
        frame = title.text_frame
        frame.text = french.office(sentence)
        frame.paragraphs[0].runs[0].font.size = on.points(size)
        if title.top >= Cm(1.0):
            on.text(title.left / Cm(1), title.top / Cm(1) - 0.7, page.content, 0.65, [kicker])
        below = page.top + page.tall + 0.05
        on.text(page.left, below, page.content, page.down(0.8), [source], anchor=MSO_ANCHOR.BOTTOM)

    def _place(self, on: Canvas, columns) -> None:
        drawn = [
            (share, [b for b in blocks if self.maps is not None or not isinstance(b, story.Map)])
            for share, blocks in columns
        ]
        drawn = [(share, blocks) for share, blocks in drawn if blocks]
        page = self.page
        whole, x = sum(share for share, _ in drawn), page.left
        room = page.content - GUTTER * (len(drawn) - 1)
        for share, blocks in drawn:
            width, y = room * share / whole, page.top
            for i, block in enumerate(blocks):
                height = (page.tall - (y - page.top)) / (len(blocks) - i)
                DRAW[type(block)](on, block, Box(x, y, width, height))
                y += height
            x += width + GUTTER

    def _notes(self, slide, notes: Sequence[str]) -> None:
        said = [french.office(note) for note in notes if note]
        slide.notes_slide.notes_text_frame.text = "\n".join(said) or "Sans chiffre."

    def _footer(self, slide) -> None:
        """`add_slide` copies neither footer nor slide number: cloned from the layout."""
        for shape in self.template.layout.placeholders:
            kind = shape.placeholder_format.type
            if kind not in (PP_PLACEHOLDER.FOOTER, PP_PLACEHOLDER.SLIDE_NUMBER):
                continue
            clone = copy.deepcopy(shape._element)
            slide.shapes._spTree.append(clone)
            clone.find(qn("p:nvSpPr")).find(qn("p:cNvPr")).set("id", str(900 + kind))
            if kind == PP_PLACEHOLDER.FOOTER:
                body = clone.find(qn("p:txBody"))
                for node in body.findall(qn("a:p")):
                    body.remove(node)
                run = etree.SubElement(etree.SubElement(body, qn("a:p")), qn("a:r"))
                style = etree.SubElement(run, qn("a:rPr"), lang="fr-FR", sz="1000")
                fill = etree.SubElement(style, qn("a:solidFill"))
                etree.SubElement(fill, qn("a:srgbClr"), val=self.page.colours["muted"])
                etree.SubElement(run, qn("a:t")).text = french.office(cut(self.cover.footer, 120))


def _keep_title_only(slide) -> None:
    for placeholder in list(slide.placeholders):
        if placeholder.placeholder_format.idx != 0:
            placeholder._element.getparent().remove(placeholder._element)

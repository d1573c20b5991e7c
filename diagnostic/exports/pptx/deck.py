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

from diagnostic import french
from diagnostic.exports import content, picture
from diagnostic.exports.content import Cover, Section
from diagnostic.exports.pptx.bars import draw_ranked, draw_stacked
from diagnostic.exports.pptx.charts import speak_french
from diagnostic.exports.pptx.curves import draw_lines
from diagnostic.exports.pptx.dots import draw_scatter, draw_strips
from diagnostic.exports.pptx.maps import draw_map
from diagnostic.exports.pptx.page import Box, Canvas, cut
from diagnostic.exports.pptx.prose import draw_cards, draw_text
from diagnostic.exports.pptx.tables import draw_table
from diagnostic.exports.pptx.template import OUR_LAYOUT, Template, follow_theme, place

DRAW: dict[type, Callable[[Canvas, content.Block, Box], None]] = {
    content.Cards: draw_cards,
    content.Table: draw_table,
    content.Stacked: draw_stacked,
    content.Ranked: draw_ranked,
    content.Strips: draw_strips,
    content.Lines: draw_lines,
    content.Scatter: draw_scatter,
    content.Map: draw_map,
    content.Text: draw_text,
}
GUTTER = 0.8


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

    def _canvas(self) -> Canvas:
        slide = self.file.slides.add_slide(self.template.layout)
        return Canvas(slide, self.page, self.maps)

    def open(self) -> None:
        """The title slide."""
        on, cover, page = self._canvas(), self.cover, self.page
        _keep_title_only(on.slide)
        on.block(MSO_SHAPE.RECTANGLE, 0, 0, 0.5, page.height, "territory")
        wide = 0.652 * page.content
        title = on.slide.shapes.title
        place(title, page.left, 3.2, wide, 6.4)
        title.text_frame.vertical_anchor = MSO_ANCHOR.BOTTOM
        on.write(
            title.text_frame,
            [(cover.title, 40 if len(cover.title) <= 45 else 32, True, "ink")],
            PP_ALIGN.LEFT,
        )
        lines = [(line, 18, False, "muted") for line in cover.lines]
        if cover.notice:
            lines.append((cover.notice, 18, True, "attention"))
        on.text(page.left, 9.9, wide, 3, lines)
        on.text(page.left, 15.2, wide, 2.6, [(line, 13, False, "muted") for line in cover.small])
        if self.maps is not None and cover.situation is not None:
            side = 0.31 * page.content
            draw_map(on, cover.situation, Box(page.left + page.content - side - 0.27, 4.2, side, side))
        self._notes(on.slide, tuple(f"{label} : {text}" for label, text in cover.facts))

    def add(self, section: Section) -> None:
        """One slide: kicker, sentence, blocks side by side, source, footer, notes."""
        on = self._canvas()
        size = 26 if len(section.title) <= 112 else 20 if len(section.title) <= 190 else 16
        on.write(on.slide.shapes.title.text_frame, [(section.title, size, True, "ink")])
        kicker = (section.kicker, 12, True, "territory")
        source = (cut(section.source, 270), 10, False, "muted")
        if self.template.layout.name == OUR_LAYOUT:
            by_idx = {p.placeholder_format.idx: p for p in on.slide.placeholders}
            on.write(by_idx[13].text_frame, [kicker])
            on.write(by_idx[14].text_frame, [source])
        else:
            self._in_a_template(on, kicker, source)
        self._footer(on.slide)
        self._place(on, section.columns)
        self._notes(on.slide, section.notes)

    def _in_a_template(self, on: Canvas, kicker, source) -> None:
        """A stranger's layout has no place for them: boxes of ours; its other placeholders would stay empty."""
        _keep_title_only(on.slide)
        page, title = self.page, on.slide.shapes.title
        if title.top is None or title.top < Cm(1.45) or title.top + title.height > Cm(page.top):
            place(title, page.left, 1.55, page.content, 2.35)
            title.text_frame.vertical_anchor = MSO_ANCHOR.TOP
            title.text_frame.paragraphs[0].alignment = PP_ALIGN.LEFT
        on.text(page.left, 0.8, page.content, 0.65, [kicker])
        on.text(page.left, 16.95, page.content, 0.8, [source], anchor=MSO_ANCHOR.BOTTOM)

    def _place(self, on: Canvas, columns) -> None:
        drawn = [
            (share, [b for b in blocks if self.maps is not None or not isinstance(b, content.Map)])
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

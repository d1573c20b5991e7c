"""A presentation being written, slide after slide."""

from __future__ import annotations

import copy
import io
import uuid
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from lxml import etree
from pptx.enum.shapes import PP_PLACEHOLDER
from pptx.enum.text import MSO_ANCHOR, PP_ALIGN
from pptx.oxml.ns import qn
from pptx.util import Cm

from diagnostic import french, story
from diagnostic.exports import picture
from diagnostic.exports.pptx.bars import draw_clustered, draw_ranked, draw_stacked
from diagnostic.exports.pptx.charts import number_axes, speak_french
from diagnostic.exports.pptx.curves import draw_lines
from diagnostic.exports.pptx.dots import draw_scatter, draw_strips
from diagnostic.exports.pptx.fitting import (
    ADDED,
    LARGEST,
    alone_in,
    glued,
    page_for,
    page_of,
    pieces,
    placed,
    size_of,
    taken,
    whole_source,
)
from diagnostic.exports.pptx.maps import draw_map
from diagnostic.exports.pptx.master import FACTS, KICKER, LOGOS, OCCASION, SOURCE, place
from diagnostic.exports.pptx.order import PARTS, is_annex, part_of
from diagnostic.exports.pptx.page import (
    ANNEX_TITLE,
    SOURCE_POINTS,
    Box,
    Canvas,
    Page,
    height_of,
)
from diagnostic.exports.pptx.placing import places_of
from diagnostic.exports.pptx.prose import (
    draw_cards,
    draw_steps,
    draw_text,
    text_size,
)
from diagnostic.exports.pptx.tables import draw_table, size_in
from diagnostic.exports.pptx.template import Template, follow_theme
from diagnostic.plan.documents import Committee
from diagnostic.story import Cover, Section

DRAW: dict[type, Callable[[Canvas, Any, Box], None]] = {
    story.Cards: draw_cards,
    story.Stacked: draw_stacked,
    story.Clustered: draw_clustered,
    story.Ranked: draw_ranked,
    story.Strips: draw_strips,
    story.Lines: draw_lines,
    story.Scatter: draw_scatter,
    story.Map: draw_map,
    story.Steps: draw_steps,
}
SECTIONS_URI = "{521415D9-36F7-43E2-AB2F-B90AF26B5E84}"
"""Under which PowerPoint keeps its sections."""
SUBTITLES = (PP_PLACEHOLDER.SUBTITLE, PP_PLACEHOLDER.BODY)


class Deck:
    """Slides are added in order: `open`, then `add` for each section, then `bytes`."""

    def __init__(
        self,
        cover: Cover,
        maps: picture.Maps | None = None,
        template: Path | None = None,
        committee: Committee | None = None,
    ) -> None:
        self.cover, self.maps, self.committee = cover, maps, committee or Committee()
        self.asked = committee is not None
        self.parts: list[tuple[str, list[int]]] = []
        self.annexes = 0
        self.template = Template.own() if template is None else Template.of(template)
        self.file, self.page = self.template.file, page_of(self.template.page, self.committee)
        properties = self.file.core_properties
        properties.title = french.office(cover.document)
        properties.language = "fr-FR"
        properties.author = self.committee.authors or "Diagnostic territorial CTG"
        properties.subject = french.office(" · ".join(f"{k} : {v}" for k, v in cover.facts))[:250]
        properties.keywords = "territoire fictif" if cover.notice else ""

    def bytes(self) -> bytes:
        for slide in self.file.slides:
            self._finish(slide._element)
            for relation in slide.part.rels.values():
                if relation.reltype.endswith("/chart"):
                    self._finish(relation.target_part._element)
                    number_axes(relation.target_part._element)
            if slide.has_notes_slide:
                speak_french(slide.notes_slide._element)
        self._write_parts()
        buffer = io.BytesIO()
        self.file.save(buffer)
        return buffer.getvalue()

    def _finish(self, root) -> None:
        speak_french(root)
        follow_theme(root, self.template.slots)

    def _canvas(self, layout=None, page: Page | None = None) -> Canvas:
        slide = self.file.slides.add_slide(layout if layout is not None else self.template.layout)
        return Canvas(slide, page or self.page, self.maps)

    def open(self) -> None:
        """The title slide."""
        cover = self.cover
        if not self.template.ours:
            if self.template.opening is not None:
                self._open_in_a_template()
            else:
                self._open_on_a_message()
            return
        on, page = self._canvas(self.template.opening), self.page
        size = 44 if len(cover.title) <= 40 else 32
        name = on.slide.shapes.title
        on.write(name.text_frame, [(cover.title, size, True, "ink")], PP_ALIGN.LEFT)
        told = self.committee
        period = [(f"Période de la convention : {told.period}", 18, False, "muted")] if told.period else []
        subtitle, *dated = cover.lines
        when = [told.occasion] if told.occasion else dated
        notice = [(cover.notice, 18, True, "attention")] if cover.notice else []
        authors = [(told.authors, 13, False, "muted")] if told.authors else []
        texts = {
            KICKER: [(cover.kicker, 16, True, "territory")],
            1: [(subtitle, 22, False, "muted")],
            OCCASION: [*((line, 18, False, "muted") for line in when), *period, *notice],
            FACTS: [*((line, 13, False, "muted") for line in cover.small), *authors],
        }
        logos = dict(zip(LOGOS, told.logos, strict=False))
        for placeholder in list(on.slide.placeholders):
            idx = placeholder.placeholder_format.idx
            if idx in texts and any(line[0] for line in texts[idx]):
                on.write(placeholder.text_frame, texts[idx])
                if idx == KICKER:
                    _above(placeholder, name, cover.title, size)
            elif idx in logos:
                placeholder._element.getparent().remove(placeholder._element)
                _logo(on.slide, logos[idx], page.left if idx == LOGOS[0] else 7.6)
            elif idx:
                placeholder._element.getparent().remove(placeholder._element)
        if self.maps is not None and cover.situation is not None:
            side = 0.31 * page.content
            x = page.left + page.content - side - 0.27
            draw_map(on, cover.situation, Box(x, page.down(4.2), side, side))
        self._open_notes(on.slide)

    def _open_notes(self, slide) -> None:
        notes = [f"{label} : {text}" for label, text in self.cover.facts]
        if self.asked and self.committee.empty:
            notes.append(f"Non renseigné : {', '.join(self.committee.empty)}.")
        self._notes(slide, notes)
        self._belongs(PARTS[0][0], slide)

    def _open_on_a_message(self) -> None:
        """A template without a title slide: its one layout, the name in its title."""
        on, page, cover = self._canvas(), self.page, self.cover
        _keep_title_only(on.slide)
        title = on.slide.shapes.title
        wide = 0.652 * page.content
        place(title, page.left, page.down(3.2), wide, page.down(6.4))
        title.text_frame.vertical_anchor = MSO_ANCHOR.BOTTOM
        on.write(title.text_frame, [(cover.title, 32, True, "ink")], PP_ALIGN.LEFT)
        told = self.committee
        lines = [line for line in (cover.about, *cover.lines[1:], told.occasion, told.authors) if line]
        written = [(line, 18, False, "muted") for line in lines]
        if cover.notice:
            written.append((cover.notice, 18, True, "attention"))
        on.text(Box(page.left, page.down(9.9), wide, page.down(3)), written)
        self._open_notes(on.slide)

    def _open_in_a_template(self) -> None:
        """The collectivity's own title slide: its placeholders are filled, its colours are left alone."""
        on, cover = self._canvas(self.template.opening), self.cover
        on.slide.shapes.title.text_frame.text = french.office(cover.title)
        told = self.committee
        lines = [
            line
            for line in (
                cover.about,
                *cover.lines[1:],
                told.occasion,
                told.authors,
                cover.notice,
                *cover.small[:1],
            )
            if line
        ]
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
        self._open_notes(on.slide)

    def tell(self, sections: Sequence[Section]) -> None:
        """Kicker, sentence, blocks side by side, source, footer, notes: one slide a section, more where a table is long."""
        for section in placed(sections, self.page):
            parts = pieces(section, self.page)
            like = (
                min((alone_in(part, self.page) for part in parts), default=LARGEST) if parts[1:] else LARGEST
            )
            for piece in parts:
                self._slide(piece, like)

    def _slide(self, section: Section, like: float) -> None:
        """`like` is the size of a table that goes on from one slide to the next."""
        annex = is_annex(section)
        on = self._canvas(self.template.annex if annex else None, page_for(section, self.page))
        self._belongs(part_of(section), on.slide)
        size = ANNEX_TITLE if annex else size_of(section.title, self.page)
        kicker = (section.kicker, 12, True, "territory")
        shown, rest = whole_source(section.below, self.page)
        source = (shown, SOURCE_POINTS, False, "muted")
        if self.template.ours:
            on.write(on.slide.shapes.title.text_frame, [(glued(section.title), size, True, "ink")])
            by_idx = {p.placeholder_format.idx: p for p in on.slide.placeholders}
            on.write(by_idx[KICKER].text_frame, [kicker])
            on.write(by_idx[SOURCE].text_frame, [source])
        else:
            self._in_a_template(on, section.title, kicker, source)
        self._place(on, section.on_slide or section.columns, self._add(on, section.added), like)
        if self.template.ours:
            below = by_idx[SOURCE]._element
            if source[0]:
                # Read after what it is the source of.
                on.slide.shapes._spTree.append(below)
            else:
                below.getparent().remove(below)
        self.annexes += annex
        self._footer(on.slide, f"A{self.annexes}" if annex else "")
        self._notes(on.slide, (*section.notes, rest, *on.left))

    def _belongs(self, part: str, slide) -> None:
        """A part of PowerPoint holds slides that follow one another: in another order it opens again."""
        if not self.parts or self.parts[-1][0] != part:
            self.parts.append((part, []))
        self.parts[-1][1].append(slide.slide_id)

    def _write_parts(self) -> None:
        """The parts of the deck as sections of PowerPoint."""
        p14 = "http://schemas.microsoft.com/office/powerpoint/2010/main"
        root = self.file.part._element
        held = root.find(qn("p:extLst"))
        if held is None:
            held = etree.SubElement(root, qn("p:extLst"))
        for old in held.findall(qn("p:ext")):
            if old.get("uri") == SECTIONS_URI:
                held.remove(old)
        ext = etree.SubElement(held, qn("p:ext"), uri=SECTIONS_URI)
        listed = etree.SubElement(ext, f"{{{p14}}}sectionLst", nsmap={"p14": p14})
        for number, (name, ids) in enumerate(self.parts):
            own = str(uuid.uuid5(uuid.NAMESPACE_OID, f"{name} {number}")).upper()
            section = etree.SubElement(listed, f"{{{p14}}}section", name=name, id=f"{{{own}}}")
            slides = etree.SubElement(section, f"{{{p14}}}sldIdLst")
            for slide in ids:
                etree.SubElement(slides, f"{{{p14}}}sldId", id=str(slide))

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
            on.text(Box(title.left / Cm(1), title.top / Cm(1) - 0.7, page.content, 0.65), [kicker])
        below = page.top + page.tall + 0.05
        on.text(Box(page.left, below, page.content, page.down(0.8)), [source], anchor=MSO_ANCHOR.BOTTOM)

    def _add(self, on: Canvas, added: str) -> float:
        """Write a paragraph of people's own above the blocks; the height that it takes."""
        used, page = taken(added, on.page), on.page
        if added:
            on.text(
                Box(page.left, page.top, page.content, used - 0.2),
                [(added, ADDED, False, "ink")],
            )
        return used

    def _place(self, on: Canvas, columns, used: float, like: float) -> None:
        places = places_of(on, columns, used)
        # What stands side by side is of one size.
        tables = [size_in(on, block, box) for block, box in places if isinstance(block, story.Table)]
        texts = [
            text_size(on, block, box)
            for block, box in places
            if isinstance(block, story.Text) and not block.framed
        ]
        for block, box in places:
            if isinstance(block, story.Table):
                draw_table(on, block, box, min(like, *tables))
            elif isinstance(block, story.Text):
                draw_text(on, block, box, text_size(on, block, box) if block.framed else min(texts))
            else:
                DRAW[type(block)](on, block, box)

    def _notes(self, slide, notes: Sequence[str]) -> None:
        said = [french.office(note) for note in notes if note]
        slide.notes_slide.notes_text_frame.text = "\n".join(said) or "Sans chiffre."

    def _footer(self, slide, number: str) -> None:
        """`add_slide` copies neither footer nor slide number: cloned from the layout; an annex has a `number` of its own."""
        for shape in self.template.layout.placeholders:
            kind = shape.placeholder_format.type
            if kind not in (PP_PLACEHOLDER.FOOTER, PP_PLACEHOLDER.SLIDE_NUMBER):
                continue
            clone = copy.deepcopy(shape._element)
            slide.shapes._spTree.append(clone)
            clone.find(qn("p:nvSpPr")).find(qn("p:cNvPr")).set("id", str(900 + kind))
            text = self.cover.footer if kind == PP_PLACEHOLDER.FOOTER else number
            if text:
                body = clone.find(qn("p:txBody"))
                for node in body.findall(qn("a:p")):
                    body.remove(node)
                run = etree.SubElement(etree.SubElement(body, qn("a:p")), qn("a:r"))
                style = etree.SubElement(run, qn("a:rPr"), lang="fr-FR", sz="1000")
                fill = etree.SubElement(style, qn("a:solidFill"))
                etree.SubElement(fill, qn("a:srgbClr"), val=self.page.colours["muted"])
                etree.SubElement(run, qn("a:t")).text = french.office(text)


def _above(kicker, title, said: str, points: float) -> None:
    """A kicker right above a title that stands at the bottom of its place."""
    left, foot, wide = (length / Cm(1) for length in (title.left, title.top + title.height, title.width))
    tall = height_of(said, wide, points, bold=True) + 0.2
    place(title, left, foot - tall, wide, tall)
    place(kicker, left, foot - tall - 1.0, wide, 0.9)


def _logo(slide, image: bytes, x: float) -> None:
    """A logo in its place of the first slide, as large as it can be, not stretched."""
    picture_ = slide.shapes.add_picture(io.BytesIO(image), Cm(x), Cm(1.2))
    ratio = min(Cm(5.4) / picture_.width, Cm(2.2) / picture_.height)
    picture_.width, picture_.height = int(picture_.width * ratio), int(picture_.height * ratio)
    picture_._element.nvPicPr.cNvPr.set("descr", "Logo")
    picture_.name = "Logo"


def _keep_title_only(slide) -> None:
    for placeholder in list(slide.placeholders):
        if placeholder.placeholder_format.idx != 0:
            placeholder._element.getparent().remove(placeholder._element)

"""The deck: one sentence a slide, native charts and tables that a collectivity can edit, notes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from diagnostic import story
from diagnostic.exports import picture
from diagnostic.exports.pptx.deck import Deck
from diagnostic.exports.pptx.order import told_to
from diagnostic.exports.pptx.template import Template
from diagnostic.plan.documents import Committee, Documents
from diagnostic.report import Report
from diagnostic.story import Cover, Section
from diagnostic.warehouse import Database


def remarks(template: Path) -> tuple[str, ...]:
    """What to say, once, of a collectivity's template; raises DiagnosticError when it cannot serve."""
    return Template.of(template).remarks


def build(
    report: Report,
    db: Database | None = None,
    *,
    template: Path | None = None,
    extra: Sequence[Section] = (),
    documents: Documents | None = None,
) -> bytes:
    """The diagnosis as the bytes of a .pptx file. Maps need `db`; without it their place goes to the table.

    `documents` is what people chose; what they did not say of the meeting takes no place, and is listed in the notes.
    """
    maps = picture.maps_of(report, db)
    told = told_to(report, story.sections(report, extra, db), documents)
    committee = (documents or Documents()).meeting
    return compose(story.cover(report), told, maps, template=template, committee=committee)


def compose(
    cover: Cover,
    sections: Iterable[Section],
    maps: picture.Maps | None = None,
    *,
    template: Path | None = None,
    committee: Committee | None = None,
) -> bytes:
    """Any sections as the bytes of a .pptx file: a title slide, then one slide a section, more for a long table."""
    deck = Deck(cover, maps, template, committee)
    deck.open()
    deck.tell([section for section in sections if section.on_slides])
    return deck.bytes()

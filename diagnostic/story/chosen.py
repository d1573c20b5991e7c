"""The chapters as people composed them: which, in what order, under which title, with what they add."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from diagnostic import french
from diagnostic.plan.documents import EVERYWHERE, IN_REPORTS, NOWHERE, ON_SLIDES, Documents
from diagnostic.story.blocks import Section

FIXED = "sources"
"""The chapter that every document keeps, at its place: the licences of the producers ask for it."""


def compose(
    sections: Sequence[Section], documents: Documents | None, *, slides: bool = False
) -> tuple[Section, ...]:
    """What a medium tells of its own sections once people have chosen: on slides, else in written documents.

    A title of theirs stands while the diagnosis still says what it was written over. A chapter that the order does
    not name follows the one that it followed.
    """
    if documents is None:
        return tuple(sections)
    stay = [(section, documents.chapter(section.id)) for section in sections]
    made = [
        section if section.id == FIXED else _written(section, documents, slides)
        for section, chapter in stay
        if section.id == FIXED or _stands(chapter.where, slides)
    ]
    return ordered(made, documents.order)


def asked(section: Section, documents: Documents, *, slides: bool) -> bool:
    """Whether people asked for a chapter in this medium, whatever the diagnosis would do of it."""
    return documents.chapter(section.id).where in (EVERYWHERE, ON_SLIDES if slides else IN_REPORTS)


def outdated(sections: Sequence[Section], documents: Documents) -> tuple[Section, ...]:
    """Chapters whose title people wrote over another figure: theirs is not used until they read it again."""
    return tuple(
        section
        for section in sections
        if (chapter := documents.chapter(section.id)).title and chapter.said != section.title
    )


def ordered(sections: Sequence[Section], order: Sequence[str]) -> tuple[Section, ...]:
    """The sections in an order that may not name them all."""
    rank = {id: place for place, id in enumerate(order) if id != FIXED}
    made = sorted((one for one in sections if one.id in rank), key=lambda one: rank[one.id])
    if not made:
        return tuple(sections)
    before: Section | None = None
    for section in sections:
        if section.id not in rank:
            made.insert(made.index(before) + 1 if before is not None else 0, section)
        before = section
    fixed = [one for one in made if one.id == FIXED]
    return (*(one for one in made if one.id != FIXED), *fixed)


def _stands(where: str, slides: bool) -> bool:
    return where != NOWHERE and where != (IN_REPORTS if slides else ON_SLIDES)


def _written(section: Section, documents: Documents, slides: bool) -> Section:
    chapter = documents.chapter(section.id)
    shown = section.on_slides or (slides and asked(section, documents, slides=True))
    section = replace(section, added=chapter.paragraph, on_slides=shown)
    if not chapter.title or chapter.said != section.title:
        return section
    notes = (
        *section.notes,
        french.typographic(f"Titre rédigé pour ce document ; le diagnostic dit : {section.title}."),
    )
    return replace(section, title=chapter.title, notes=notes)

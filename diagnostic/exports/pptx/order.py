"""Which slides, in which order, in which part of the deck."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from diagnostic import story
from diagnostic.plan.documents import Documents
from diagnostic.report import Report
from diagnostic.story import Section
from diagnostic.story.chosen import asked as is_asked
from diagnostic.story.chosen import compose, ordered
from diagnostic.story.committee import (
    annex_section,
    calendar_section,
    glossary_section,
    where_section,
    workshop_section,
)

PARTS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("L’essentiel", ("etape", "ordre_du_jour", "essentiel", "portrait", "themes")),
    (
        "Accueil des moins de 3 ans",
        (
            "position",
            "offre",
            "besoin",
            "semblables",
            "communes",
            "ecart",
            "services_autour",
            "structures",
            "estimations",
            "acces",
        ),
    ),
    (
        "Autres services",
        (
            "pauvrete",
            "quartiers",
            "manques_quartiers",
            "alsh",
            "alsh_sans",
            "jeunes",
            "familles",
            "menages",
            "droits",
            "eloignes",
        ),
    ),
    ("Perspectives", ("naissances", "perspectives")),
    ("Décider", ("obligations", "priorites", "enjeux", "inconnu", "leviers", "atelier", "calendrier_ctg")),
    ("Annexes", ("glossaire", "sources", "annexe_membres")),
)
"""Part -> its chapters, as a committee hears them; a chapter named nowhere stands before the annexes."""
SHORT = (
    "essentiel", "offre", "ecart", "communes", "services_autour", "perspectives", "obligations", "enjeux", "leviers",
)  # fmt: skip
"""The chapters of a deck of eight slides; of a commune, what stands around it is told in the place of its members."""
ANNEX = ("sources", "annexe_membres", "fiche_")
"""How the names of chapters on the layout of annexes begin."""
INSTEAD = {
    "enjeux": ("priorites",),
    "ecart": ("communes",),
    "perspectives": ("naissances",),
    "pauvrete": ("quartiers",),
    "position": ("semblables",),
}
"""Chapter -> those that a deck leaves out when it has it: one slide tells what documents tell in several."""
_RANK = {name: rank for rank, name in enumerate(name for _, names in PARTS for name in names)}
_BEFORE_ANNEXES = _RANK["glossaire"] - 0.5


def part_of(section: Section) -> str:
    """The part of the deck that a chapter belongs to."""
    if is_annex(section):
        return PARTS[-1][0]
    return next((part for part, names in PARTS if section.id in names), "Décider")


def told_to(
    report: Report, sections: Sequence[Section], documents: Documents | None = None
) -> tuple[Section, ...]:
    """The chapters of a deck in its order, with those of a meeting, as people composed them; the eight of a short
    one where it asks, and those that people ask for."""
    shown = _ranked(proposed(report, sections, documents or Documents()))
    return tuple(one for one in compose(shown, documents, slides=True) if one.on_slides)


def proposed(report: Report, sections: Sequence[Section], documents: Documents) -> tuple[Section, ...]:
    """The chapters that a deck may tell, before people choose their order and their words."""
    committee = documents.meeting
    asked = {one.id for one in sections if is_asked(one, documents, slides=True)}
    sections = _told_once(sections, asked)
    if committee.short:
        there = {one.id for one in sections}
        sections = [one for one in sections if one.id != "communes" or "ecart" not in there]
        return tuple(one for one in sections if one.id in SHORT or one.id in asked)
    meeting = (
        where_section(committee),
        workshop_section(report, committee),
        calendar_section(committee),
        glossary_section(committee),
        annex_section(report),
        *(story.sheet_sections(report) if committee.sheets else ()),
    )
    shown = [
        replace(one, on_slides=True) if one.id == "inconnu" and report.unknown else one for one in sections
    ]
    return (*shown, *(one for one in meeting if one is not None))


def every(report: Report, sections: Sequence[Section], documents: Documents) -> tuple[Section, ...]:
    """All the chapters that people may place, those of documents and those of a deck, as the diagnosis has them; in the
    order in which people put them, else in that of a deck."""
    whole = replace(documents, meeting=replace(documents.meeting, short=False, sheets=False))
    deck = _ranked(proposed(report, sections, whole))
    known = {one.id for one in sections}
    both = (*sections, *(one for one in deck if one.id not in known))
    return ordered(ordered(both, [one.id for one in deck]), documents.order)


def _ranked(sections: Sequence[Section]) -> tuple[Section, ...]:
    return tuple(sorted(sections, key=_rank))


def _told_once(sections: Sequence[Section], asked: set[str]) -> tuple[Section, ...]:
    """The chapters without those that another one tells on its slide, but those that people ask for."""
    there = {one.id for one in sections if one.on_slides and one.on_slide}
    left = {name for one in there for name in INSTEAD.get(one, ())} - asked
    return tuple(one for one in sections if one.id not in left)


def is_annex(section: Section) -> bool:
    """Whether a chapter stands on the layout of annexes."""
    return section.id.startswith(ANNEX)


def _rank(section: Section) -> float:
    if is_annex(section):
        # In the order in which they were made, after everything else.
        return len(_RANK)
    return _RANK.get(section.id, _BEFORE_ANNEXES)

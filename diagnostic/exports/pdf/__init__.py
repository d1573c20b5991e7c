"""The A4 report and the one-page note: typst, from memory, tagged (PDF/UA-1), in French.

No text goes through markup: it enters as JSON, so that `#`, `*` or `$` in a name are harmless.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from functools import cache
from pathlib import Path

import font_source_sans_pro
import typst

from diagnostic import french, reading, story
from diagnostic.exports import logos, picture
from diagnostic.exports.pdf.blocks import Drawing, card_data
from diagnostic.exports.style import COLOURS
from diagnostic.model import DiagnosticError, Level
from diagnostic.plan.documents import Committee, Documents
from diagnostic.report import Report
from diagnostic.report.synthesis import NOBODY, TO_LOAD
from diagnostic.story import Cover, Section
from diagnostic.story.figures import sources_together
from diagnostic.story.written import Part, Written, document, is_short
from diagnostic.warehouse import Database

FONTS = str(Path(font_source_sans_pro.__file__).parent / "files")
MOST_SENTENCE, MOST_HEADER, MOST_FOOTER = 120, 60, 110
LEAD = "essentiel"
DRAWN = ("offre", "ecart")
MOST_ASKED, MOST_UNKNOWN = 3, 4
MOST_SHORT = 4
"""Members that lack places, named in a note."""
SHEET_MAPS = (5.4, 4.2, 3.0, 0.0)
"""Centimetres of the maps of the pages on communes: the highest with which each holds on its page; 0 for none."""


@cache
def _template() -> bytes:
    return Path(__file__).with_name("report.typ").read_bytes()


def build(
    report: Report,
    db: Database | None = None,
    *,
    extra: Sequence[Section] = (),
    documents: Documents | None = None,
) -> bytes:
    """The report as the bytes of a PDF."""
    return _compile(*_whole(report, db, extra, documents), pdf_standards=["ua-1"])


def pages(
    report: Report,
    db: Database | None = None,
    *,
    extra: Sequence[Section] = (),
    documents: Documents | None = None,
    ppi: float = 64,
) -> list[bytes]:
    """The pages of the same report as PNG pictures, for a preview."""
    made = _compile(*_whole(report, db, extra, documents), format="png", ppi=ppi)
    return made if isinstance(made, list) else [made]


def _whole(
    report: Report, db: Database | None, extra: Sequence[Section], documents: Documents | None
) -> tuple[dict, dict[str, bytes]]:
    """What the template reads of a report, and the pictures beside it."""
    drawing = Drawing(picture.maps_of(report, db))
    parts = document(report, story.sections(report, extra, db), documents)
    meeting = (documents or Documents()).meeting
    data = _data(report, parts, drawing, story.cover(report, meeting)) | _logos(meeting, drawing)
    return data, drawing.files


def _logos(meeting: Committee, drawing: Drawing) -> dict[str, list[str]]:
    """The files of the logos, as the template calls them."""
    files = logos.drawn(meeting.logos)
    drawing.files.update(files)
    return {"logos": [*files]}


def sheets(report: Report, db: Database | None = None) -> bytes:
    """A page on each member of the territory; DiagnosticError where they are too many."""
    told = story.sheets(report)
    for tall in SHEET_MAPS:
        made = _sheets(report, db, told, tall)
        if len(re.findall(rb"/Type\s*/Page\b", made)) == len(told):
            break
    return made


def _sheets(
    report: Report, db: Database | None, told: Sequence[tuple[Section, tuple[str, ...]]], tall: float
) -> bytes:
    """The pages with maps `tall` centimetres high; without any at 0."""
    drawing = Drawing(picture.maps_of(report, db) if tall else None, sheet=tall)
    data = _common(story.cover(report), None) | {
        "kind": "sheets",
        "pages": [
            _section(Written(section, section.spoken, "", section.below), drawing)
            | {"blocks": drawing.beside(section.blocks), "asked": list(asked)}
            for section, asked in told
        ],
    }
    return _compile(data, drawing.files, pdf_standards=["ua-1"])


def _data(report: Report, parts: Sequence[Part], drawing: Drawing, cover: Cover) -> dict:
    short = is_short(report)
    every = [one for part in parts for one in part.sections]
    lead = next((one.section for one in every if one.section.id == LEAD), None)
    situation = None if short else cover.situation
    return _common(cover, lead) | {
        "kind": "report",
        "chapters_only": short,
        "situation": drawing.block(situation) if situation is not None else None,
        "parts": [
            {"title": part.title, "sections": [_section(one, drawing) for one in part.sections]}
            for part in parts
        ],
        "stated": list(story.last_words(report)),
    }


def _section(told: Written, drawing: Drawing) -> dict:
    section = told.section
    return {
        "title": section.title,
        "brief": told.brief,
        "about": section.subtitle,
        "paragraphs": [text for text in (told.told, section.added) if text],
        "closing": told.closing,
        "source": told.below,
        "blocks": [made for block in section.blocks if (made := drawing.block(block)) is not None],
    }


def brief(
    report: Report,
    db: Database | None = None,
    *,
    extra: Sequence[Section] = (),
    documents: Documents | None = None,
) -> bytes:
    """The note: one page, for a mayor or a council. What to decide are the stakes that people retained, where `extra`
    has their agenda, else those that the figures propose; where all does not hold on the page, a drawing leaves it."""
    drawing = Drawing(picture.maps_of(report, db), small=True)
    sections = {section.id: section for section in story.sections(report, (), db)}
    left, right = _drawn(report, sections)
    agenda = next((section for section in extra if section.id == story.AGENDA), None)
    shown = [sections[name] for name in (LEAD, *DRAWN) if name in sections]
    meeting = (documents or Documents()).meeting
    kind = "Note au maire" if report.territory.level is Level.COMMUNE else "Note de synthèse"
    said = (kind, "convention territoriale globale", meeting.occasion, meeting.period)
    data = _common(story.cover(report, meeting), sections.get(LEAD)) | _logos(meeting, drawing)
    data |= {
        "kind": "note",
        "kicker": " · ".join(filter(None, said)),
        "left": [made for block in left if (made := drawing.block(block)) is not None],
        "right": [made for block in right if (made := drawing.block(_shortened(block))) is not None],
        "ahead": sections["perspectives"].title if "perspectives" in sections else "",
        "decide": _asked(report, agenda),
        "unknown": unknown(report),
        "sources": " ".join(sources_together(report, [one.source for one in shown if one.source])),
    }
    data["cards"] = data["cards"][:4]
    while True:
        made = _compile(data, drawing.files, pdf_standards=["ua-1"])
        fuller = max((data["right"], data["left"]), key=len)
        if not fuller or len(re.findall(rb"/Type\s*/Page\b", made)) == 1:
            return made
        fuller.pop()


def _drawn(report: Report, sections: dict[str, Section]) -> tuple[list[story.Printed], list[story.Printed]]:
    """What stands on either side of a note: the offer by mode, then where places or services are."""
    left = list(sections["offre"].blocks[:1]) if "offre" in sections else []
    if "services_autour" in sections:
        return left, list(sections["services_autour"].blocks[:1])
    gap = sections["ecart"].blocks if "ecart" in sections else ()
    maps = [block for block in gap if isinstance(block, story.Map) and _tells(block)]
    name = story.of_places(report)
    lacking = story.said_places(report, name, MOST_SHORT) if name is not None else None
    right: list[story.Printed] = [*maps, *([lacking] if lacking is not None else [])]
    if not right and "portrait" in sections:
        right = list(sections["portrait"].blocks)
    return left, right


def _tells(drawn: story.Map) -> bool:
    """Whether half of a map has values: one of « valeur inconnue » takes the place of what is known."""
    known = sum(value is not None for value in drawn.values.values())
    return known > 1 and 2 * known >= len(drawn.values)


def _asked(report: Report, agenda: Section | None) -> list[dict]:
    """Decisions to take: the stakes retained with their figures, or those proposed, each to be ticked."""
    if agenda is not None:
        return [
            {"title": french.typographic(_first(said)), "figure": ""} for said in agenda.notes[:MOST_ASKED]
        ]
    return [
        {
            "title": french.typographic(f"{one.title} : en faire un enjeu de la Ctg ?"),
            "figure": french.typographic(f"{french.capitalised(one.figure)}."),
        }
        for one in story.stakes(report)[:MOST_ASKED]
    ]


def unknown(report: Report) -> list[str]:
    """What is not known, under whom to ask, what people hold before what files would say; never empty of sense."""
    held = sorted(report.unknown, key=lambda item: (item.whom == NOBODY, TO_LOAD in item.whom))
    asked: dict[str, list[str]] = {}
    for item in held[:MOST_UNKNOWN]:
        whom = item.whom.removesuffix(TO_LOAD) or item.reason
        asked.setdefault(whom, []).append(french.uncapitalised(item.label))
    said = [french.typographic(f"{whom} : {' ; '.join(labels)}.") for whom, labels in asked.items()]
    return said or ["La Caf : places des accueils de loisirs, fréquentation, listes d’attente."]


def _shortened(block: story.Printed) -> story.Printed:
    """A table for half a page: three columns when there are more than four."""
    if not isinstance(block, story.Table):
        return block
    rows, header, widths, numeric = block.rows, block.header, block.widths, block.numeric
    if len(header) > 4:
        rows = tuple(row[:3] for row in rows if row[1] != french.UNKNOWN)
        header, widths, numeric = header[:3], (0.5, 0.25, 0.25), (1, 2)
    return story.Table(block.caption, header, rows, widths, numeric, block.total)


def _first(sentence: str) -> str:
    return sentence if len(sentence) <= 2 * MOST_SENTENCE else f"{reading.title(sentence)}."


def _common(cover: Cover, lead: Section | None) -> dict:
    cards = (
        [card for block in lead.blocks if isinstance(block, story.Cards) for card in block.items]
        if lead
        else []
    )
    return {
        "title": cover.document,
        "name": cover.title,
        "about": cover.about,
        "short": cover.title if len(cover.title) <= MOST_HEADER else f"{cover.title[: MOST_HEADER - 1]}…",
        "subtitle": [line for line in (*cover.lines[1:], *cover.small) if line],
        "headline": lead.title if lead else "",
        "fictional": cover.notice,
        "footer": story.shortened(cover.footer, MOST_FOOTER),
        "cards": [card_data(card) for card in cards],
        "colours": {role: f"#{value}" for role, value in COLOURS.items()},
    }


def _compile(data: dict, files: dict[str, bytes], **options):
    try:
        return typst.compile(
            {
                "main": _template(),
                "d.json": json.dumps(data, ensure_ascii=False, allow_nan=False).encode(),
                **files,
            },
            font_paths=[FONTS],
            ignore_system_fonts=True,
            **options,
        )
    except typst.TypstError as error:
        raise DiagnosticError(
            f"Le PDF n’a pas pu être composé : {error}. Signalez-le avec le nom du territoire."
        ) from error

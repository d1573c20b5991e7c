"""The A4 report and the one-page note: typst, from memory, tagged (PDF/UA-1), in French.

No text goes through markup: it enters as JSON, so that `#`, `*` or `$` in a name are harmless.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import cache
from pathlib import Path

import font_source_sans_pro
import typst

from diagnostic import french, reading, story
from diagnostic.exports import picture
from diagnostic.exports.pdf.blocks import Drawing, card_data
from diagnostic.exports.style import COLOURS
from diagnostic.model import DiagnosticError
from diagnostic.report import Report
from diagnostic.story import Cover, Documents, Section
from diagnostic.warehouse import Database

FONTS = str(Path(font_source_sans_pro.__file__).parent / "files")
MOST_SENTENCE, MOST_HEADER, MOST_FOOTER = 120, 60, 110
LEAD = "essentiel"


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
    maps = picture.maps_of(report, db)
    return compose(story.cover(report), story.compose(story.sections(report, extra, db), documents), maps)


def pages(
    report: Report,
    db: Database | None = None,
    *,
    extra: Sequence[Section] = (),
    documents: Documents | None = None,
    ppi: float = 64,
) -> list[bytes]:
    """The pages of the same report as PNG pictures, for a preview."""
    maps = picture.maps_of(report, db)
    drawing = Drawing(maps)
    told = story.compose(story.sections(report, extra, db), documents)
    data = _report_data(story.cover(report), told, drawing)
    made = _compile(data, drawing.files, format="png", ppi=ppi)
    return made if isinstance(made, list) else [made]


def compose(cover: Cover, sections: Sequence[Section], maps: picture.Maps | None = None) -> bytes:
    """Any sections as the bytes of an A4 PDF: key messages (where a section `essentiel` has them) and contents on
    the first page, then a chapter a section, then what the document states of itself."""
    drawing = Drawing(maps)
    data = _report_data(cover, sections, drawing)
    return _compile(data, drawing.files, pdf_standards=["ua-1"])


def _report_data(cover: Cover, sections: Sequence[Section], drawing: Drawing) -> dict:
    lead = next((section for section in sections if section.id == LEAD), None)
    return _common(cover, lead) | {
        "kind": "report",
        "sections": [
            {
                "kicker": section.kicker,
                "title": section.title,
                "added": section.added,
                "source": section.below,
                "blocks": [made for block in section.blocks if (made := drawing.block(block)) is not None],
            }
            for section in sections
            if section is not lead
        ],
        "facts": [list(row) for row in cover.facts],
    }


def brief(report: Report, db: Database | None = None, *, extra: Sequence[Section] = ()) -> bytes:
    """The note for a mayor: one page, what to decide and what is not known included. What to decide are the first
    stakes that people retained, where `extra` has their agenda, else the first gaps."""
    drawing = Drawing(picture.maps_of(report, db), small=True)
    by_id = {section.id: section for section in story.sections(report)}
    left = [by_id[name].blocks[at] for name, at in (("offre", 0), ("perspectives", -1)) if name in by_id]
    right: list[story.Printed] = (
        [b for b in by_id["ecart"].blocks if isinstance(b, story.Map)] if "ecart" in by_id else []
    )
    lacking = story.missing_table(report, db, most=4)
    right += [lacking] if lacking is not None else []
    if not right and "portrait" in by_id:
        right = list(by_id["portrait"].blocks)
    agenda = next((section for section in extra if section.id == story.AGENDA), None)
    asked = agenda.notes if agenda is not None else [one.sentence for one in report.priorities]
    data = _common(story.cover(report), by_id.get(LEAD)) | {
        "kind": "note",
        "left": [made for block in left if (made := drawing.block(block)) is not None],
        "right": [made for block in right if (made := drawing.block(_shortened(block))) is not None],
        "decide": [french.typographic(_first(said)) for said in asked[:3]],
        "unknown": unknown(report)[:4],
    }
    data["cards"] = data["cards"][:4]
    return _compile(data, drawing.files, pdf_standards=["ua-1"])


def unknown(report: Report) -> list[str]:
    """What is not known and whom to ask, in one line each; never empty of sense."""
    said = [
        french.typographic(story.shortened(f"{item['label']} : {item['whom'] or item['reason']}", 120))
        for item in report.unknown
    ]
    return said or ["Places des accueils de loisirs, fréquentation, listes d’attente : à demander à la Caf."]


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
        "about": cover.lines[0],
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

"""What the law asks of the authority that organises the care of under-threes."""

from __future__ import annotations

import datetime
from collections.abc import Sequence

from diagnostic import french, reading
from diagnostic.model import Level
from diagnostic.report import DutyHere, Report
from diagnostic.story.blocks import Block, Section, Table, Text
from diagnostic.story.once import once

MOST_ROWS = 3
"""Rows of duties that leave room for those of larger places on their slide."""
PROVED_BY, SHOWN_BY = "Article du CASF", "Ce qui peut le montrer"
"""Head of the last column: the law, where it is read; what a committee may ask for."""
PROOF = {
    True: "Oui, d’après les données",
    False: "Rien dans les données : à vérifier",
    None: "À vérifier localement",
}


@once
def duties_section(report: Report) -> Section | None:
    """One row a duty, those that bind first; nothing for a level that no duty addresses."""
    if not report.duties:
        return None
    order = {True: 0, None: 1, False: 2}
    duties = sorted(report.duties, key=lambda duty: order[duty.binds])
    return Section(
        "obligations",
        "Petite enfance · ce que demande la loi",
        _title(duties),
        ((1.0, _in_a_table(report, duties, PROVED_BY, [duty.article for duty in duties])),),
        report.duties_reading,
        tuple(duty.sentence for duty in duties),
        on_screen=_sentences(duties),
        # The notes of a slide have the articles.
        on_slide=((1.0, _in_a_table(report, duties, SHOWN_BY, [duty.proof for duty in duties])),),
    )


def _in_a_table(
    report: Report, duties: Sequence[DutyHere], head: str, last: Sequence[str]
) -> tuple[Table | Text, ...]:
    """What is owed, by whom, since when, whether it is done, and what `last` says of each; a duty that binds nobody here is
    left out, and named below where there is room."""
    named = list(zip(duties, last, strict=True))
    shown = [one for one in named if one[0].binds is not False] or named
    table = Table(
        "Service public de la petite enfance",
        (
            "Obligation",
            "Qui, ou l’intercommunalité si la compétence est transférée",
            "Depuis quand",
            "Fait ?",
            head,
        ),
        tuple(
            (
                duty.duty,
                _who(report, duty),
                _since(duty),
                PROOF[duty.met] if duty.binds else french.UNKNOWN,
                said,
            )
            for duty, said in shown
        ),
        (0.23, 0.22, 0.13, 0.17, 0.25) if head == SHOWN_BY else (0.27, 0.25, 0.14, 0.18, 0.16),
    )
    others = _others(duties)
    if not others or len(table.rows) > MOST_ROWS or all(duty.binds is False for duty in duties):
        return (table,)
    return table, Text((("Ce que la loi ne demande pas ici", others, False),))


def _who(report: Report, duty: DutyHere) -> str:
    """Whom the law names; the heading says to whom it may be transferred."""
    if duty.threshold is None:
        return "La commune" if report.territory.level is Level.COMMUNE else "Toutes les communes"
    return french.typographic(f"Les communes de plus de {french.number(duty.threshold)} habitants")


def _since(duty: DutyHere) -> str:
    if duty.binds is None:
        return "Population incomplète"
    day = datetime.date.fromisoformat(duty.in_force_on)
    return french.date_long(day)


def _title(duties: Sequence[DutyHere]) -> str:
    """How many bind today, and how many the data do not show done."""
    binding = [duty for duty in duties if duty.binds is True and duty.in_force]
    if not binding:
        return "Aucune obligation propre à ce territoire n’est établie pour l’accueil du jeune enfant"
    left = sum(duty.met is not True for duty in binding)
    count = french.in_words(len(binding), feminine=True, capital=True)
    noun = french.plural(len(binding), "obligation légale", "obligations légales")
    verb = french.verb(left, "reste", "restent")
    check = f" ; {french.in_words(left, feminine=True)} {verb} à vérifier" if left else ""
    if left == len(binding):
        check = " ; toutes restent à vérifier" if left > 1 else " ; elle reste à vérifier"
    said, here = f"{count} {noun}", ", si la compétence est exercée ici"
    return reading.held(
        map(french.typographic, (f"{said} pour le jeune enfant{here}{check}", f"{said}{here}{check}"))
    )


def _sentences(duties: Sequence[DutyHere]) -> tuple[Block, ...]:
    """A sentence for each that binds or may bind, then the names of the others."""
    told = tuple(("", french.typographic(duty.sentence), False) for duty in duties if duty.binds is not False)
    others = _others(duties)
    return (Text((*told, ("", others, False)) if others else told),)


def _others(duties: Sequence[DutyHere]) -> str:
    """The names of the duties that bind larger places only; empty where all bind."""
    names = [f"« {duty.duty} »" for duty in duties if duty.binds is False]
    return (
        french.typographic(f"Sous le seuil de la loi, sans obligation ici : {french.listing(names)}.")
        if names
        else ""
    )

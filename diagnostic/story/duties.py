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
    table = Table(
        "Service public de la petite enfance",
        ("Obligation", "Communes visées", "S’applique ici", "Fait ?", "Article du CASF"),
        tuple(
            (
                duty.duty,
                _threshold(duty.threshold),
                _binds(duty),
                PROOF[duty.met] if duty.binds else french.UNKNOWN,
                duty.article,
            )
            for duty in duties
        ),
        (0.28, 0.17, 0.17, 0.21, 0.17),
    )
    return Section(
        "obligations",
        "Petite enfance · ce que demande la loi",
        _title(duties),
        ((1.0, (table,)),),
        report.duties_reading,
        tuple(duty.sentence for duty in duties),
        on_screen=_sentences(duties),
        on_slide=((1.0, _of_a_slide(report, duties)),),
    )


def _of_a_slide(report: Report, duties: Sequence[DutyHere]) -> tuple[Table | Text, ...]:
    """What binds, then, where there is room, what binds larger places only."""
    table, others = _who_and_when(report, duties), _others(duties)
    binding = any(duty.binds is not False for duty in duties) and len(table.rows) <= MOST_ROWS
    return (
        (table, Text((("Ce que la loi ne demande pas ici", others, False),)))
        if others and binding
        else (table,)
    )


def _who_and_when(report: Report, duties: Sequence[DutyHere]) -> Table:
    """On a slide: what is owed, by whom, since when, whether it is done, and what proves it. A duty that binds nobody
    here is left out."""
    rows = [duty for duty in duties if duty.binds is not False] or list(duties)
    return Table(
        "Service public de la petite enfance",
        (
            "Obligation",
            "Qui, ou l’intercommunalité si la compétence est transférée",
            "Depuis quand",
            "Fait ?",
            "Article du CASF",
        ),
        tuple(
            (
                duty.duty,
                _who(report, duty),
                _since(duty),
                PROOF[duty.met] if duty.binds else french.UNKNOWN,
                duty.article,
            )
            for duty in rows
        ),
        (0.27, 0.25, 0.14, 0.18, 0.16),
    )


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
    """How many bind today, and of how many nothing is found in the data."""
    binding = [duty for duty in duties if duty.binds is True and duty.in_force]
    if not binding:
        return "Aucune obligation propre à ce territoire n’est établie pour l’accueil du jeune enfant"
    unmet = sum(duty.met is False for duty in binding)
    count = french.in_words(len(binding), feminine=True, capital=True)
    noun = french.plural(len(binding), "obligation légale", "obligations légales")
    trace = f", dont {unmet} sans trace dans les données" if unmet else ""
    said = f"{count} {noun} pour l’accueil du jeune enfant"
    return reading.held((f"{said}, si la compétence est exercée ici{trace}", f"{said}{trace}"))


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


def _threshold(over: int | None) -> str:
    return "Toutes" if over is None else french.typographic(f"Plus de {french.number(over)} habitants")


def _binds(duty: DutyHere) -> str:
    if duty.binds is None:
        return "Population incomplète"
    if not duty.binds:
        return "Non"
    return (
        f"Oui, depuis {duty.in_force_on[:4]}" if duty.in_force else f"Oui, à partir de {duty.in_force_on[:4]}"
    )

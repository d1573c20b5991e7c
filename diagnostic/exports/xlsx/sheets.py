"""What stands in each sheet of the workbook: columns and rows, from a Report.

A sheet of a subject stands under the title and the source of its section: it says nothing of its own but how its cells
are read.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date

from diagnostic import levers, story
from diagnostic.exports.xlsx import figures, subjects
from diagnostic.exports.xlsx.book import Sheet
from diagnostic.exports.xlsx.columns import Cell, Column
from diagnostic.indicators import BY_ID, INDICATORS
from diagnostic.report import Report
from diagnostic.story import Section
from diagnostic.warehouse import Database


def before(report: Report, db: Database | None, told: Mapping[str, Section]) -> list[Sheet]:
    """The sheets before those that others add, without those that would be empty; `told` are the sections by id."""
    found = [
        _findings(told.values()),
        figures.summary(report, told.get("essentiel")),
        *([figures.members(report)] if len(report.members) > 1 else []),
        subjects.modes(report),
        *(subjects.structures(report, db) if db is not None else ()),
        subjects.births(report),
        subjects.outlook(report),
        subjects.estimates(report),
        subjects.districts(report),
        *subjects.below(told),
        subjects.peers(report, db),
        _duties(report),
        _priorities(report),
        _levers(report),
        _unknown(report),
    ]
    return [sheet.under(told) for sheet in found if sheet.rows]


def after(report: Report, told: Mapping[str, Section]) -> list[Sheet]:
    """Every value with its parts, the sources, the dictionary."""
    return [figures.values(report), _sources(report).under(told), _dictionary()]


# What is said


def _findings(told: Iterable[Section]) -> Sheet:
    """One row a chapter: the sentence that every medium says, its unit, its source, its reserve."""
    columns = (
        Column("Chapitre", 30, "strong"),
        Column("Constat", 55),
        Column("Lecture", 40),
        Column("Source", 60),
        Column("À savoir", 50),
    )
    rows: list[list[Cell]] = [[one.kicker, one.title, one.subtitle, one.source, one.caution] for one in told]
    note = (
        "Les mêmes phrases et les mêmes sources qu’à l’écran, dans le diaporama, le PDF et le document Word."
    )
    return Sheet("Constats", "Ce que dit le diagnostic, chapitre par chapitre", note, columns, rows)


def _duties(report: Report) -> Sheet:
    columns = (
        Column("Obligation", 60, "strong"),
        Column("Article", 34),
        Column("Au-dessus de (habitants)", 30),
        Column("S’applique ici", 16),
        Column("Ce qu’il en est", 90),
    )
    rows: list[list[Cell]] = [
        [
            duty.duty,
            duty.article,
            str(duty.threshold or ""),
            {True: "oui", False: "non", None: "à vérifier"}[duty.binds],
            duty.sentence,
        ]
        for duty in report.duties
    ]
    return Sheet("Obligations", "Obligations", "", columns, rows, of="obligations")


# What follows


def _priorities(report: Report) -> Sheet:
    columns = (
        Column("Ordre", 8, 0),
        Column("Sujet", 40, "strong"),
        Column("Constat", 90),
        Column("Pourquoi ici", 60),
        Column("Enfants concernés", 14, 0),
    )
    rows: list[list[Cell]] = [
        [
            one.order,
            BY_ID[one.indicator].label if one.indicator in BY_ID else one.indicator,
            one.sentence,
            one.reason,
            story.known(one.children),
        ]
        for one in report.priorities
    ]
    note = "L’ordre est proposé ; il se discute."
    return Sheet("Enjeux", "Écarts à débattre", note, columns, rows, of="priorites")


def _levers(report: Report) -> Sheet:
    columns = (
        Column("Dispositif", 50, "strong"),
        Column("Pourquoi ici", 60),
        Column("Aide", 44),
        Column("Montant bas", 14, 2),
        Column("Montant haut", 14, 2),
        Column("Unité", 24),
        Column("Année du barème", 10, "year"),
        Column("Source", 44),
        Column("À qui demander", 34),
    )
    year = _year(report)
    rows: list[list[Cell]] = []
    for lever in report.levers:
        if lever.need not in ("gap", "question"):
            continue
        scales = levers.amounts_in_force(lever.id, year=year)
        for amount in scales or (None,):
            rows.append(
                [
                    lever.dispositif,
                    lever.reason,
                    amount.label if amount else "",
                    float(amount.minimum) if amount and amount.minimum is not None else None,
                    float(amount.maximum) if amount and amount.maximum is not None else None,
                    amount.unit if amount else "",
                    amount.year if amount else None,
                    amount.source if amount else lever.source,
                    lever.contact,
                ]
            )
    return Sheet("Leviers", "Aides qui répondent aux écarts", "", columns, rows, of="leviers")


def _year(report: Report) -> int:
    found = story.day(report.context.date)
    return (found or date.today()).year


def _unknown(report: Report) -> Sheet:
    columns = (
        Column("Ce qui n’est pas connu", 50, "strong"),
        Column("Pourquoi", 90),
        Column("À qui demander", 44),
    )
    rows: list[list[Cell]] = [[row.label, row.reason, row.whom] for row in report.unknown]
    title = "Ce que les données ouvertes ne disent pas ici"
    return Sheet("À savoir", title, "", columns, rows, of="inconnu")


def _sources(report: Report) -> Sheet:
    columns = (
        Column("Source", 60, "strong"),
        Column("Producteur", 24),
        Column("Millésime", 16),
        Column("Géographie", 18),
        Column("Licence", 24),
        Column("Page", 60),
    )
    rows: list[list[Cell]] = [
        [one.title, one.producer, one.vintage, one.geography, one.licence, one.page] for one in report.sources
    ]
    notes = [_note(note, len(columns)) for note in _unique(report.notes)]
    beneath = ("Avant de citer un chiffre", notes)
    return Sheet("Sources et secret", "", "", columns, rows, beneath=beneath, of="sources")


def _note(text: str, width: int) -> list[Cell]:
    return [text, *[""] * (width - 1)]


def _unique(texts: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(texts))


def _dictionary() -> Sheet:
    columns = (
        Column("Indicateur", 50, "strong"),
        Column("Identifiant", 26),
        Column("Unité", 38),
        Column("Numérateur", 40),
        Column("Dénominateur", 34),
        Column("Définition", 70),
        Column("Limite", 70),
    )
    rows: list[list[Cell]] = [
        [i.label, i.id, i.unit, i.numerator_label, i.denominator_label, i.definition, i.caveat]
        for i in INDICATORS
    ]
    return Sheet(
        "Dictionnaire",
        "Dictionnaire des indicateurs",
        "Chaque indicateur, ses deux parts, sa définition et sa limite.",
        columns,
        rows,
    )

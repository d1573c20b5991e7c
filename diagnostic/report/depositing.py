"""What the page Mes données needs: a file read, mapped, judged, then its figures shown under secrecy.

Nothing here keeps anything: the page holds the `LocalData` in the user's own session.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace

import pandas as pd

from diagnostic import french, gazetteer, territories
from diagnostic.directory import REPAIRED
from diagnostic.local.mapping import Mapping, known_names, years_of
from diagnostic.local.plan import Cell, Plan
from diagnostic.local.reading import Table, open_table, refuse_size
from diagnostic.local.recognition import (
    Part,
    Recognised,
    anonymous,
    as_template,
    of_period,
    recognise,
    without_contacts,
)
from diagnostic.local.store import Deposit, labels
from diagnostic.local.templates import TEMPLATES
from diagnostic.local.validation import Issue, Validation
from diagnostic.local.worker.limits import clean
from diagnostic.model import DiagnosticError, Level, Status, Territory
from diagnostic.report.local import OPEN, latest
from diagnostic.warehouse import Database

ISSUES_SHOWN = 200
LONGEST_NAME = 100

MOST_COMMUNES = 5_200
"""Communes whose counts can be protected together while a person waits: the largest région has 5,100."""


@dataclass(frozen=True, slots=True, repr=False)
class Upload:
    """A file of the session on its way in: its table, what it was recognised as, and its parts as they stand.

    `sent` names this sending, `sheets` are those of a workbook, the fullest first. `year` chooses between columns
    of several years, `chosen` is the template that a person chose for the whole file.
    """

    name: str
    sent: str
    table: Table
    found: Recognised
    parts: tuple[Part, ...]
    sheets: tuple[str, ...] = ()
    year: int | None = None
    chosen: str | None = None

    @property
    def digest(self) -> str:
        """What tells this table from another sending and from another sheet."""
        return f"{self.sent}_{self.table.sheet}"

    @property
    def certain(self) -> bool:
        """Whether nothing was recognised in words only."""
        return all(part.mapping.certain for part in self.parts)

    @property
    def lacking(self) -> tuple[str, ...]:
        """What must be said before the file can be judged."""
        return tuple(dict.fromkeys(label for part in self.parts for label in part.mapping.missing()))


def read(
    name: str, data: bytes, sent: str, sheet: str | None = None, tick: Callable[[], None] = lambda: None
) -> Upload:
    """Open a file and recognise its templates and columns; DiagnosticError when it cannot be read.

    `sent` names this sending: the same file sent twice is judged afresh. `sheet`: else the fullest one. Names of
    persons are gone from what is returned, and telephones, mails and addresses with them.
    """
    refuse_size(len(data))
    # The name is written in every export: no control character, no endless name.
    said = clean(name)[:LONGEST_NAME] or "fichier sans nom"
    year = year_of(said, None)
    opened = open_table(data, known=known_names(), sheet=sheet, year=year, tick=tick)
    table = without_contacts(anonymous(opened))
    if len(opened.others) > 0 or year is None:
        # A sheet « 2023 », a table « au 31/12/2024 » say their year better than the file.
        year = year_of(table.sheet, year_of(said, year_of(table.title, None)))
    found = recognise(table, year=year)
    sheets = tuple(filter(None, (table.sheet, *table.others)))
    return Upload(said, sent, table, found, found.parts, sheets, year)


def year_of(name: str, otherwise: int | None) -> int | None:
    """The year that a file name gives, "caf_2024.xlsx"; `otherwise` when it gives none, or two."""
    found = set(re.findall(r"(?<!\d)20\d\d(?!\d)", name))
    return int(found.pop()) if len(found) == 1 else otherwise


def with_template(upload: Upload, template: str | None) -> Upload:
    """The whole file read as one template, its columns recognised again; None goes back to what was recognised."""
    if template is None:
        return replace(upload, parts=upload.found.parts, chosen=None)
    table = of_period(upload.table, upload.found.period)
    part = as_template(table, template, year=upload.year)
    return replace(upload, parts=(part,), chosen=template)


def with_year(upload: Upload, year: int) -> Upload:
    """The same file, of this year where columns differ by it."""
    return _again(replace(upload, year=year), upload.found.period)


def with_period(upload: Upload, period: str) -> Upload:
    """The same file, its rows of one year kept."""
    year = year_of(period, upload.year)
    return _again(replace(upload, year=year), period)


def _again(upload: Upload, period: str | None) -> Upload:
    found = recognise(upload.table, year=upload.year, period=period)
    upload = replace(upload, found=found, parts=found.parts)
    return upload if upload.chosen is None else with_template(upload, upload.chosen)


def with_mapping(upload: Upload, mapping: Mapping, rank: int = 0) -> Upload:
    """The same file, one of its parts under another mapping."""
    parts = list(upload.parts)
    parts[rank] = replace(parts[rank], mapping=mapping)
    return replace(upload, parts=tuple(parts))


def everywhere(upload: Upload, code: str | None) -> Upload:
    """The same file, every row of it in one commune."""
    parts = tuple(replace(part, mapping=replace(part.mapping, everywhere=code)) for part in upload.parts)
    return replace(upload, parts=parts)


def column_years(upload: Upload) -> list[int]:
    """The years between which a person must choose: those of columns that differ by nothing else."""
    return years_of(
        [header for part in upload.parts for tied in part.mapping.ties.values() for header in tied]
    )


def issues_table(validation: Validation) -> pd.DataFrame:
    """What to mend, line by line."""
    return _listed([issue for issue in validation.issues if issue.outcome != REPAIRED])


def repairs_table(validation: Validation) -> pd.DataFrame:
    """What was read otherwise than it was typed, the same repair once with its first line."""
    seen: dict[tuple[str, str, str], Issue] = {}
    for issue in validation.issues:
        if issue.outcome == REPAIRED:
            seen.setdefault((issue.column, issue.value, issue.mend), issue)
    return _listed(list(seen.values()))


def repairs_title(validation: Validation) -> str:
    """ "21 lignes réparées : voir comment elles ont été lues" """
    lines = french.quantity(validation.repaired, "ligne réparée", "lignes réparées")
    return f"{lines} : voir comment elles ont été lues" if validation.repaired else "Voir ce qui a été réparé"


def _listed(issues: Sequence[Issue]) -> pd.DataFrame:
    return pd.DataFrame(
        [
            {
                "Ligne": issue.line,
                "Colonne": f"{issue.column} ({issue.letter})" if issue.letter else issue.column,
                "Valeur lue": issue.value,
                "Attendu": issue.expected,
                "Que faire": issue.mend,
            }
            for issue in sorted(issues, key=lambda issue: issue.line)[:ISSUES_SHOWN]
        ]
    ).rename(columns={"Que faire": "Ce qui a été fait"} if issues and issues[0].outcome == REPAIRED else {})


def questions(validation: Validation, db: Database) -> list[tuple[str, str, dict[str, str]]]:
    """Typed name, why it is unsettled, and the communes it may mean (code -> name with its département)."""
    known = gazetteer.index(db)
    answer = []
    for question in validation.questions:
        names = {}
        for code in question.candidates:
            place = known.find(Level.COMMUNE, code)
            names[code] = f"{french.name(place)} ({code})" if place else code
        answer.append((question.typed, question.why, names))
    return answer


@dataclass(frozen=True, slots=True)
class Shown:
    """The figures of one deposit on one territory, those that secrecy hides left out, and why."""

    badge: str
    title: str
    totals: pd.DataFrame
    by_commune: pd.DataFrame
    note: str


def shown(db: Database, settled: Plan, territory: Territory) -> Shown:
    """The local figures of the territory beside the open ones; small counts hidden, none to be recovered."""
    inside = territories.communes(db, territory)
    title = TEMPLATES[settled.deposit.template].title
    by_commune = _by_commune(db, settled, inside)
    return Shown(
        settled.deposit.badge, title, _totals(db, settled, territory, inside), by_commune, settled.note
    )


def held(
    speaking: Sequence[Deposit], mine: Sequence[Deposit], owners: dict[tuple[str, int], str]
) -> pd.DataFrame:
    """One row a file that speaks; `mine` are those of this session, some of them from the private folder: of
    `owners`, by template and year. The others came with the database."""
    own = {(one.template, one.year) for one in mine}

    def origin(deposit: Deposit) -> str:
        key = (deposit.template, deposit.year)
        if key in owners:
            return f"partagé par {owners[key]}"
        return "déposé ici" if key in own else "fourni avec la base"

    return pd.DataFrame(
        [
            {
                "Fichier": deposit.origin,
                "Modèle": TEMPLATES[deposit.template].title,
                "Année": str(deposit.year),
                "Reçu le": french.date_long(deposit.received),
                "Communes connues": deposit.facts["commune"].nunique(),
                "Origine": origin(deposit),
            }
            for deposit in speaking
        ]
    )


def _totals(db: Database, settled: Plan, territory: Territory, inside: Sequence[str]) -> pd.DataFrame:
    names = labels()
    rows = []
    for stat in settled.free:
        cell = settled.cell(stat, territory.level, territory.code, inside)
        counted, year = latest(db, territory, OPEN.get(stat))
        rows.append(
            {
                "Donnée": names.get(stat, stat),
                "Donnée locale": _text(cell),
                "Donnée ouverte": "" if counted is None else f"{french.number(counted)} ({year})",
                "Communes connues": f"{french.number(cell.known)} sur {french.number(cell.communes)}",
            }
        )
    if not any(settled.covers(code) for code in inside):
        return pd.DataFrame()
    frame = pd.DataFrame(rows)
    return frame if (frame["Donnée ouverte"] != "").any() else frame.drop(columns="Donnée ouverte")


def _by_commune(db: Database, settled: Plan, inside: Sequence[str]) -> pd.DataFrame:
    names = labels()
    known = gazetteer.index(db)
    rows = []
    for code in sorted(filter(settled.covers, inside)):
        place = known.find(Level.COMMUNE, code)
        row = {"Commune": french.name(place) if place else "", "Code": code}
        for stat in settled.free:
            row[names.get(stat, stat)] = _text(settled.cell(stat, Level.COMMUNE, code, (code,)))
        rows.append(row)
    return pd.DataFrame(rows)


def _text(cell: Cell) -> str:
    if cell.status is Status.SECRET:
        return "secret statistique"
    if cell.value is None or (cell.least and not cell.value):
        return "inconnu"
    return f"{'au moins ' if cell.least else ''}{french.number(cell.value)}"


def of_the_region(db: Database, deposit: Deposit, territory: Territory) -> Deposit:
    """The deposit, cut to the région of the territory when it counts people in too many communes.

    DiagnosticError when the territory lies in no région.
    """
    count = deposit.facts["commune"].nunique()
    if deposit.rule is None or count <= MOST_COMMUNES:
        return deposit
    region = territory.code if territory.level is Level.REGION else territory.region
    if not region:
        raise DiagnosticError(
            f"Ce fichier couvre {french.number(count)} communes : choisissez d’abord un territoire, dont la région "
            "sera gardée."
        )
    kept = set(gazetteer.index(db).communes[Level.REGION, region])
    return replace(
        deposit,
        facts=deposit.facts[deposit.facts["commune"].isin(kept)].reset_index(drop=True),
        structures=tuple(one for one in deposit.structures if one.commune in kept),
    )


def merge_answers(mapping: Mapping, answers: dict[str, str]) -> Mapping:
    """The mapping with the communes chosen by the user, typed name -> code."""
    for typed, code in answers.items():
        mapping = mapping.with_answer(typed, code)
    return mapping


def within(db: Database, territory: Territory) -> Collection[str]:
    """The communes that settle an ambiguous name."""
    return territories.communes(db, territory)

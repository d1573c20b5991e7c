"""Each row of a file accepted, repaired, refused or asked about, with what to do about it.

Nothing is taken in half: `Validation.rows` holds whole rows only, and the caller decides with the
list of refusals before it stores them.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from diagnostic.directory import OK, QUESTION, REFUSED, REPAIRED, Directory, Match, Resolver, plain
from diagnostic.french import number, quantity
from diagnostic.local.aside import aside
from diagnostic.local.cells import Cell, read_cell
from diagnostic.local.kinds import kind_of
from diagnostic.local.mapping import Mapping
from diagnostic.local.reading import Table
from diagnostic.local.templates import Kind, Template
from diagnostic.model import DiagnosticError

LEFT = "laissé de côté"
"""Outcome of a row that stands for people of no commune, or for a closed structure: told, and counted nowhere."""
COMMENTED = 2_000
STEP = 2_000


@dataclass(frozen=True, slots=True)
class Issue:
    """What a person must know of one cell: where it is, what it holds, what was expected, how to mend it."""

    line: int
    column: str
    letter: str
    value: str
    outcome: str
    expected: str
    mend: str


@dataclass(frozen=True, slots=True)
class Question:
    """A commune that the file does not settle: `typed` as in the file, the possible codes, the lines."""

    typed: str
    why: str
    candidates: tuple[str, ...]
    lines: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Validation:
    """The judgement of a whole file. Each line is in exactly one of the five counts; those `left` aside are people
    of no commune, structures that are closed, rows repeated.

    `rows`: the usable rows, index = line of the file, `commune` then one column per mapped column.
    `hidden`: same shape, True where the producer masked the number. `threshold` as in the mapping.
    `doubtful`: the communes that the rows refused or asked about may speak of, None for an unknown one.
    """

    template: Template
    rows: pd.DataFrame
    hidden: pd.DataFrame
    issues: tuple[Issue, ...]
    questions: tuple[Question, ...]
    accepted: int
    repaired: int
    refused: int
    asked: int
    notes: tuple[str, ...] = ()
    threshold: float | None = None
    doubtful: frozenset[str | None] = frozenset()
    left: int = 0

    @property
    def complete(self) -> bool:
        """True when every line can be used as it stands: nothing refused, nothing left to ask."""
        return not self.refused and not self.asked

    @property
    def summary(self) -> str:
        """One French sentence with the counts."""
        parts = [quantity(self.accepted, "ligne acceptée", "lignes acceptées")]
        if self.repaired:
            parts.append(f"{number(self.repaired)} réparée" + ("s" if self.repaired > 1 else ""))
        if self.asked:
            parts.append(f"{number(self.asked)} à préciser")
        if self.refused:
            parts.append(f"{number(self.refused)} refusée" + ("s" if self.refused > 1 else ""))
        return ", ".join(parts) + "."


RANK = {OK: 0, REPAIRED: 1, QUESTION: 2, REFUSED: 3, LEFT: 4}


def validate(
    table: Table,
    mapping: Mapping,
    directory: Directory,
    *,
    within: Collection[str] = (),
    tick: Callable[[], None] = lambda: None,
    year: int | None = None,
) -> Validation:
    """Judge every row of `table` against the template of `mapping`; a structure closed at the end of `year` is left aside.

    `directory`: the names and codes of the communes. `within`: communes of the user's territory,
    which settle ambiguous names. `tick` is called as it goes: what it raises stops it. DiagnosticError when the mapping lacks a column the template needs.
    """
    _agrees(table, mapping, directory)
    template = mapping.chosen
    lines = table.rows.index.to_numpy()
    sheet = _Sheet(table, mapping, template, np.full(len(lines), 0, dtype=np.int8), tick)
    resolver = Resolver(directory, within, mapping.answers, postal=sheet.postal(directory))
    matches = sheet.communes(resolver)
    values, hidden = sheet.cells()
    rows = pd.DataFrame({"commune": [m.commune for m in matches], **values}, index=table.rows.index)
    if mapping.persons:
        rows["assistantes"] = 1.0
        hidden["assistantes"] = np.zeros(len(rows), bool)
    elif template.one_row_per_commune:
        sheet.refuse_repeats(rows["commune"], matches)
    gone, told = np.zeros(len(lines), bool), list[str]()
    if mapping.persons or not template.one_row_per_commune:
        gone, told = aside(table.rows, mapping.columns.get("nom"), year)
    nowhere = int((sheet.worst[~gone] == RANK[LEFT]).sum())
    sheet.worst[gone] = RANK[LEFT]
    kept = sheet.worst <= 1
    counts = np.bincount(sheet.worst, minlength=5)
    accepted, repaired, refused, asked = (int(count) for count in counts[[0, 1, 3, 2]])
    whole = zip(matches, kept | gone, strict=True)
    doubtful = frozenset(code for match, used in whole if not used for code in _meant(match))
    return Validation(
        template,
        rows[kept],
        pd.DataFrame(hidden, index=table.rows.index)[kept],
        tuple(sorted(sheet.issues, key=lambda issue: (issue.line, issue.column))),
        sheet.questions(matches),
        accepted,
        repaired,
        refused,
        asked,
        (*_notes(sheet, matches, nowhere), *told, *_partial(matches, directory, template)),
        mapping.threshold,
        doubtful,
        int(counts[4]),
    )


def _agrees(table: Table, mapping: Mapping, directory: Directory) -> None:
    """DiagnosticError where the mapping lacks a column, or is that of another file."""
    if lacking := mapping.missing():
        raise DiagnosticError(
            f"Indiquez d’abord à quelle colonne du fichier correspond : {', '.join(lacking)}."
        )
    absent = [header for header in mapping.columns.values() if header not in table.rows]
    if absent:
        raise DiagnosticError(
            f"Ces correspondances ne vont pas avec ce fichier, qui n’a pas de colonne « {absent[0]} » : refaites-les."
        )
    template = mapping.chosen
    for header in () if template.one_row_per_commune or "nom" in mapping.columns else table.rows:
        words = set(plain(header).split())
        if kind_of(header) == template.id and words & {"nombre", "nb", "nbre"} and _whole(table.rows[header]):
            raise DiagnosticError(
                f"La colonne « {header} » compte les structures de chaque commune, et ce modèle attend une ligne par structure : "
                "chaque commune en aurait une seule. Déposez la liste des structures."
            )
    if mapping.everywhere is not None and mapping.everywhere not in directory.name:
        raise DiagnosticError(f"La commune {mapping.everywhere} n’existe pas dans les données chargées.")


def _whole(values: pd.Series) -> bool:
    """Whether all that a column says are whole numbers."""
    return all(text.isdecimal() for text in values if text) and any(values)


def _notes(sheet: _Sheet, matches: Sequence[Match], nowhere: int) -> tuple[str, ...]:
    """What the file holds and nothing reads: its own notes, columns, and the lines of people of no commune."""
    unused = [header for header in sheet.table.rows if header not in sheet.mapping.columns.values()]
    notes = [*sheet.table.notes]
    if unused:
        shown = ", ".join(f"« {header} »" for header in unused[:6]) + ("…" if len(unused) > 6 else "")
        notes.append(f"{quantity(len(unused), 'colonne non reprise', 'colonnes non reprises')} : {shown}.")
    if nowhere:
        said = sorted({text for text, match in zip(sheet.said(), matches, strict=True) if match.nowhere})
        shown = ", ".join(f"« {text} »" if text else "vide" for text in said[:4])
        notes.append(
            f"{quantity(nowhere, 'ligne sans commune', 'lignes sans commune')} ({shown}) : laissée{'s' if nowhere > 1 else ''} de côté."
        )
    return tuple(notes)


def _partial(matches: Sequence[Match], directory: Directory, template: Template) -> list[str]:
    """The communes that stand by some of their Iris or arrondissements: what is added up is not the whole commune."""
    if not template.one_row_per_commune:
        return []
    given: dict[str, set[str]] = {}
    for match in matches:
        if match.commune and match.part:
            given.setdefault(match.commune, set()).add(match.part)
    told = []
    for commune, parts in given.items():
        # A part by its name, or of another year, cannot be told from those that lack.
        whole = {code for code in directory.parts.get(commune, ()) if len(code) == len(next(iter(parts)))}
        if parts < whole:
            told.append(f"{directory.shown(commune)}, {len(parts)} sur {len(whole)}")
    if not told:
        return []
    shown = " ; ".join(told[:4]) + ("…" if len(told) > 4 else "")
    return [
        f"Iris ou arrondissements absents du fichier : {shown}. Ce qui est additionné n’est pas toute la commune : complétez le "
        "fichier avant d’en lire un total."
    ]


def _meant(match: Match) -> frozenset[str | None]:
    """The communes that a row may speak of, None when nothing tells."""
    return frozenset(match.candidates or (match.commune,))


class _Sheet:
    """The running judgement of one file: the worst outcome of each row and the issues found."""

    def __init__(
        self, table: Table, mapping: Mapping, template: Template, worst: np.ndarray, tick: Callable[[], None]
    ) -> None:
        self.table, self.mapping, self.template, self.worst = table, mapping, template, worst
        self.tick = tick
        self.lines = table.rows.index.to_list()
        self.letter = dict(zip(table.rows.columns, table.letters, strict=True))
        self.issues: list[Issue] = []

    def report(self, place: int, header: str, typed: str, read: Cell, expected: str) -> None:
        self.worst[place] = max(self.worst[place], RANK[read.outcome])
        letter = self.letter.get(header, "")
        self.issues.append(Issue(self.lines[place], header, letter, typed, read.outcome, expected, read.mend))

    def typed(self, id: str) -> list[str]:
        header = self.mapping.columns.get(id)
        return self.table.rows[header].to_list() if header else [""] * len(self.lines)

    def communes(self, resolver: Resolver) -> list[Match]:
        if self.mapping.everywhere is not None:
            return [Match(OK, self.mapping.everywhere)] * len(self.lines)
        seen: dict[tuple[str, str, str], Match] = {}
        matches = []
        header = self.mapping.columns.get("code_commune", self.mapping.columns.get("commune", ""))
        expected = (
            Kind.COMMUNE_CODE.expected
            if "code_commune" in self.mapping.columns
            else Kind.COMMUNE_NAME.expected
        )
        for place, pair in enumerate(self.places()):
            if place % STEP == 0:
                self.tick()
            match = seen.get(pair)
            if match is None:
                match = seen[pair] = resolver.match(*pair)
            matches.append(match)
            if match.nowhere and self.template.one_row_per_commune:
                self.worst[place] = RANK[LEFT]
                continue
            exact = (
                match.outcome == REPAIRED
                and not pair[0]
                and resolver.directory.name.get(match.commune) == pair[1]
            )
            if match.outcome != OK and not exact:
                self.report(
                    place, header, pair[0] or pair[1], Cell(None, match.outcome, mend=match.why), expected
                )
        return matches

    def postal(self, directory: Directory) -> bool:
        """Whether the column of names holds a postcode that is no code of a commune: the others may be postcodes too."""
        told = set(self.typed("commune")) if "code_commune" not in self.mapping.columns else set()
        return any(text in directory.postcodes and text not in directory.name for text in told)

    def places(self) -> Iterator[tuple[str, str, str]]:
        """Code, name and postcode of each row."""
        return zip(self.typed("code_commune"), self.typed("commune"), self.typed("code_postal"), strict=True)

    def said(self) -> list[str]:
        """What each row says of where it is."""
        return [code or name for code, name, _ in self.places()]

    def questions(self, matches: list[Match]) -> tuple[Question, ...]:
        asked: dict[tuple[str, Match], list[int]] = {}
        if self.mapping.everywhere is not None:
            return ()
        for place, ((code, name, postcode), match) in enumerate(zip(self.places(), matches, strict=True)):
            if match.outcome == QUESTION:
                asked.setdefault((name or code or postcode, match), []).append(self.lines[place])
        return tuple(
            Question(typed, m.why, m.candidates, tuple(lines)) for (typed, m), lines in asked.items()
        )

    def cells(self) -> tuple[dict[str, Any], dict[str, np.ndarray]]:
        """Values and masks of the mapped columns, the commune's own aside; each distinct text read once."""
        values: dict[str, Any] = {}
        hidden: dict[str, np.ndarray] = {}
        for column in self.template.columns:
            header = self.mapping.columns.get(column.id)
            if header is None or column.kind.place:
                continue
            self.tick()
            typed = self.table.rows[header].to_list()
            read = {text: read_cell(text, column) for text in dict.fromkeys(typed)}
            cells = [read[text] for text in typed]
            hidden[column.id] = np.fromiter((cell.hidden for cell in cells), bool, len(cells))
            told = [cell.value for cell in cells]
            numeric = column.kind.numeric or column.kind is Kind.YEAR
            values[column.id] = np.array(told, dtype=float) if numeric else told
            for place, cell in enumerate(cells):
                if cell.outcome != OK:
                    self.report(place, header, typed[place], cell, column.kind.expected)
        return values, hidden

    def refuse_repeats(self, commune: pd.Series, matches: Sequence[Match]) -> None:
        """A commune that stands twice is refused on each of its lines: nobody knows which one is right.

        Its parts (Iris, arrondissements, old communes) are added up, each once; not beside the commune whole.
        """
        part = pd.Series([match.part for match in matches], index=commune.index)
        whole = set(commune[commune.notna() & (part == "")])
        twice = pd.DataFrame({"commune": commune, "part": part}).duplicated(keep=False)
        mixed = (part != "") & commune.isin(whole)
        twice = (commune.notna() & (twice | mixed | (commune.isin(commune[mixed])))).to_numpy()
        header = self.mapping.columns.get("code_commune", self.mapping.columns.get("commune", ""))
        first: dict[str, int] = {}
        for place in np.flatnonzero(twice).tolist():
            code = commune.iloc[place]
            other = first.setdefault(code, self.lines[place])
            where = "plus bas" if other == self.lines[place] else f"ligne {other}"
            mend = f"La commune {code} est aussi donnée {where} : gardez une seule ligne."
            self.report(
                place, header, str(code), Cell(None, REFUSED, mend=mend), "une seule ligne par commune"
            )


def annotated(table: Table, validation: Validation) -> bytes:
    """The file as read, with a comment on each cell to mend and a column that says it all, as xlsx.

    Every cell is written as text: what looked like a formula stays text. Made in memory.
    """
    import xlsxwriter

    target = io.BytesIO()
    book = xlsxwriter.Workbook(
        target,
        {
            "in_memory": True,
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "strings_to_numbers": False,
        },
    )
    colours = {REFUSED: "#F6C7C3", QUESTION: "#FBE3B5", REPAIRED: "#DDEBD3"}
    formats = {outcome: book.add_format({"bg_color": colour}) for outcome, colour in colours.items()}
    sheet = book.add_worksheet("À corriger")
    head = book.add_format({"bold": True, "bottom": 1, "text_wrap": True})
    headers = ["Ligne", *table.rows.columns, "Remarques"]
    for place, header in enumerate(headers):
        sheet.write_string(0, place, header, head)
    place_of = {header: place + 1 for place, header in enumerate(table.rows.columns)}
    remarks: dict[int, list[Issue]] = {}
    for issue in validation.issues:
        remarks.setdefault(issue.line, []).append(issue)
    comments = 0
    for row, (line, cells) in enumerate(zip(table.rows.index, table.rows.to_numpy(), strict=True), start=1):
        sheet.write_number(row, 0, line)
        for place, cell in enumerate(cells, start=1):
            if cell:
                sheet.write_string(row, place, cell)
        for issue in remarks.get(line, ()):
            place = place_of.get(issue.column, 0)
            sheet.write_string(row, place, issue.value, formats[issue.outcome])
            if comments < COMMENTED:
                sheet.write_comment(
                    row, place, f"{issue.outcome.capitalize()}. {issue.mend} Attendu : {issue.expected}."
                )
                comments += 1
        if line in remarks:
            text = " ".join(f"{issue.column} : {issue.mend}" for issue in remarks[line])
            sheet.write_string(row, len(headers) - 1, text)
    sheet.freeze_panes(1, 1)
    book.close()
    return target.getvalue()

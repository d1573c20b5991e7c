"""The small committed tables of `data/reference/`: levers, dated amounts, figures, duties.

Read once, validated whole, handed out as frozen rows. A broken table raises a `DiagnosticError`
that names the file, the line and the cure. Money is `Decimal`; an empty cell is `None`, never zero.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from functools import lru_cache
from pathlib import Path
from typing import Any

from diagnostic import REFERENCE, french
from diagnostic.indicators import BY_ID
from diagnostic.model import THEMES, DiagnosticError
from diagnostic.reference.errors import (
    ChildrenError,
    EstimateError,
    OutlookError,
    children_errors,
    estimate_errors,
    outlook_errors,
)
from diagnostic.reference.table import decimal, one_of, read, typeset

CONFIRM = "à confirmer avec votre conseiller Caf"
GOUVERNANCE = "gouvernance"
LEVER_THEMES: dict[str, str] = {
    theme: THEMES[theme]
    for theme in (
        "petite_enfance",
        "enfance_jeunesse",
        "parentalite",
        "vie_sociale",
        "acces_droits",
        "logement",
        "handicap",
    )
} | {GOUVERNANCE: "Gouvernance"}
TO_READ = ("threshold_minimum", "threshold_unit")
"""Columns of the amounts for those who revise the table."""


class Fact(StrEnum):
    """What a figure must show for a rule to call its lever, in the words of the table.

    BELOW and ABOVE read the ratio to the chosen reference, BELOW_FRANCE to the rate of France of the same year, with
    the threshold of the priorities; ABSENT a known denominator of zero; NONE and SOME a known value of zero, or above.
    """

    BELOW = "en dessous de la référence"
    BELOW_FRANCE = "en dessous de la France"
    ABOVE = "au-dessus de la référence"
    ABSENT = "sans équipement"
    NONE = "nul"
    SOME = "non nul"


@dataclass(frozen=True, slots=True)
class Trigger:
    """One fact on one indicator."""

    indicator: str
    fact: Fact


@dataclass(frozen=True, slots=True)
class Rule:
    """When a lever is shown, as the columns `regle`, `question` and `cadre` of its row say.

    `regle` reads « indicator fact ou indicator fact si indicator fact et indicator fact »: any one of `triggers` calls
    the lever, provided that all of `only_if` hold. `question` is asked when none does and one is unknown, or when
    there is none. `frame`: the standing reason of a lever that accompanies every convention.
    """

    triggers: tuple[Trigger, ...] = ()
    only_if: tuple[Trigger, ...] = ()
    question: str = ""
    frame: str = ""


@dataclass(frozen=True, slots=True)
class Lever:
    """A dispositif of the vademecum (2022), in our own words, with what has changed since."""

    id: str
    dispositif: str
    theme: str
    other_themes: tuple[str, ...]
    description: str
    beneficiaires: str
    condition: str
    besoin: str
    evolution: str
    evolution_source: str
    evolution_certitude: str
    contact: str
    source: str
    rule: Rule = Rule()

    @property
    def change(self) -> str:
        """What has changed since the vademecum, with a reservation where it is not sure."""
        if not self.evolution or self.evolution_certitude == "sûr":
            return self.evolution
        return french.typographic(f"{self.evolution.rstrip('.')} ({CONFIRM}).")


@dataclass(frozen=True, slots=True)
class Amount:
    """One dated row of an aid scale, in `unit`; `None` means that no source read gives it.

    `scale` groups the rows of one quantity over the years; `until` is its last year where it has ended
    without a successor. A row that depends on
    a threshold holds up to `threshold_maximum`, included.
    """

    id: str
    scale: str
    lever: str
    label: str
    minimum: Decimal | None
    maximum: Decimal | None
    unit: str
    basis: str
    threshold_maximum: Decimal | None
    year: int
    until: int | None
    source: str
    certainty: str
    note: str

    @property
    def caption(self) -> str:
        """What stands beside the amount wherever it is shown: its year and the reservation."""
        return f"barème {self.year}, {CONFIRM}"


@dataclass(frozen=True, slots=True)
class ReferenceValue:
    """A national value to compare with; `derived` when it is our arithmetic, given in `note`."""

    id: str
    label: str
    value: Decimal
    unit: str
    year: int
    source: str
    derived: bool
    indicator: str
    certainty: str
    note: str


@dataclass(frozen=True, slots=True)
class Duty:
    """A legal duty of the service public de la petite enfance.

    It binds above `population_over` inhabitants, strictly; `None` binds every commune. `proof` is what may show it done:
    usual documents, which the law does not list.
    """

    id: str
    duty: str
    summary: str
    population_over: int | None
    in_force: dt.date
    article: str
    source: str
    certainty: str
    evidence: str
    note: str
    proof: str


@dataclass(frozen=True, slots=True)
class SchemaItem:
    """An item of article D. 214-10-1 CASF, with the indicators and the plan's part that fill it."""

    id: str
    rank: str
    item: str
    group: str
    findings: tuple[str, ...]
    plan: str
    hint: str
    source: str


@lru_cache
def levers() -> tuple[Lever, ...]:
    """The 45 dispositifs, in the order of the table."""
    return read_levers(REFERENCE / "levers.csv")


@lru_cache
def amounts() -> tuple[Amount, ...]:
    """Every dated amount, in the order of the table."""
    return read_amounts(REFERENCE / "amounts.csv", {lever.id for lever in levers()})


@lru_cache
def references() -> tuple[ReferenceValue, ...]:
    """National reference values."""
    return read(REFERENCE / "references.csv", _reference_value)


@lru_cache
def duties() -> tuple[Duty, ...]:
    """Legal duties of the service public de la petite enfance, from the widest to the narrowest."""
    return read(REFERENCE / "duties.csv", _duty)


@lru_cache
def schema_items() -> tuple[SchemaItem, ...]:
    """The items of article D. 214-10-1 CASF, in its order."""
    return read(REFERENCE / "schema_d214_10_1.csv", _schema_item)


def lever(identifier: str) -> Lever:
    """The dispositif of that id; DiagnosticError when there is none."""
    for row in levers():
        if row.id == identifier:
            return row
    raise DiagnosticError(f"« {identifier} » n’est pas dans levers.csv. Ajoutez la ligne ou corrigez le nom.")


def amounts_of(lever_id: str) -> tuple[Amount, ...]:
    """The amounts of a dispositif, oldest first."""
    return tuple(sorted((row for row in amounts() if row.lever == lever_id), key=lambda row: row.year))


def scale(name: str, year: int) -> tuple[Amount, ...]:
    """The rows of a scale that were in force in `year`: those of its latest year not after it.

    An empty tuple when the scale starts later or has ended. DiagnosticError when no scale has that name.
    """
    rows = [row for row in amounts() if row.scale == name]
    if not rows:
        raise DiagnosticError(
            f"Aucun barème ne s’appelle « {name} ». Ajoutez-le à data/reference/amounts.csv."
        )
    past = [row for row in rows if row.year <= year and (row.until is None or year <= row.until)]
    latest = max((row.year for row in past), default=None)
    return tuple(row for row in past if row.year == latest)


def scale_years() -> tuple[int, ...]:
    """The years for which a whole scale can be shown, oldest first: the vademecum's and the later ones."""
    return tuple(sorted({row.year for row in amounts() if row.year >= 2022 and row.certainty != "douteux"}))


def read_levers(path: Path) -> tuple[Lever, ...]:
    """Read and check a table of dispositifs."""
    return read(path, _lever)


def read_amounts(path: Path, known_levers: set[str]) -> tuple[Amount, ...]:
    """Read and check a table of amounts: known lever, minimum ≤ maximum, a year and a source."""
    return read(path, lambda row: _amount(row, known_levers))


def _lever(row: Mapping[str, str]) -> Lever:
    themes = tuple(filter(None, row["other_themes"].split("|")))
    for theme in (row["theme"], *themes):
        if theme not in LEVER_THEMES:
            raise ValueError(f"le thème « {theme} » n’existe pas")
    if bool(row["evolution"]) != bool(row["evolution_source"]):
        raise ValueError("une évolution va avec sa source")
    if row["evolution"]:
        one_of(row, "evolution_certitude")
    texts: dict[str, Any] = {
        column: typeset(text)
        for column, text in row.items()
        if column not in ("id", "theme", "regle", "question", "cadre")
    }
    return Lever(
        **{"id": row["id"], "theme": row["theme"], **texts, "other_themes": themes, "rule": _rule(row)}
    )


def _rule(row: Mapping[str, str]) -> Rule:
    """The rule of a row; ValueError when it is not written as `Rule` says, or names what is not declared."""
    if row["cadre"] and (row["regle"] or row["question"]):
        raise ValueError("un levier de cadre n’a ni règle ni question")
    calls, asked, conditions = row["regle"].partition(" si ")
    return Rule(
        tuple(map(_trigger, calls.split(" ou "))) if row["regle"] else (),
        tuple(map(_trigger, conditions.split(" et "))) if asked else (),
        typeset(row["question"]),
        typeset(row["cadre"]),
    )


def _trigger(text: str) -> Trigger:
    indicator, _, fact = text.strip().partition(" ")
    if indicator not in BY_ID:
        raise ValueError(f"l’indicateur « {indicator} » n’existe pas")
    if fact not in list(Fact):
        known = " ; ".join(Fact)
        raise ValueError(f"« {fact} » ne se lit pas, écrivez l’un de : {known}")
    return Trigger(indicator, Fact(fact))


def _amount(row: Mapping[str, str], known_levers: set[str]) -> Amount:
    if row["lever"] not in known_levers:
        raise ValueError(f"le dispositif « {row['lever']} » n’existe pas")
    if not row["source"]:
        raise ValueError("la source manque")
    money = {
        column: decimal(row[column])
        for column in ("minimum", "maximum", "threshold_minimum", "threshold_maximum")
    }
    for low, high in (("minimum", "maximum"), ("threshold_minimum", "threshold_maximum")):
        least, most = money[low], money[high]
        if least is not None and most is not None and least > most:
            raise ValueError("le minimum dépasse le maximum")
    years: dict[str, Any] = {"year": int(row["year"]), "until": int(row["until"]) if row["until"] else None}
    read = {**row, **money, **years, "certainty": one_of(row, "certainty")}
    # The lower threshold is that of the row above; the unit is for those who read the table.
    return Amount(**{name: value for name, value in read.items() if name not in TO_READ})


def _reference_value(row: Mapping[str, str]) -> ReferenceValue:
    if row["derived"] not in ("oui", "non"):
        raise ValueError("la colonne derived attend oui ou non")
    typed: dict[str, Any] = {
        "value": Decimal(row["value"]),
        "year": int(row["year"]),
        "derived": row["derived"] == "oui",
    }
    return ReferenceValue(**{**row, **typed, "certainty": one_of(row, "certainty")})


def _duty(row: Mapping[str, str]) -> Duty:
    over = int(row["population_over"]) if row["population_over"] else None
    typed: dict[str, Any] = {
        "population_over": over,
        "in_force": dt.date.fromisoformat(row["in_force"]),
        "certainty": one_of(row, "certainty"),
    }
    return Duty(**{**row, **typed})


def _schema_item(row: Mapping[str, str]) -> SchemaItem:
    typed: dict[str, Any] = {"findings": tuple(filter(None, row["findings"].split("|")))}
    return SchemaItem(**{**row, **typed})

"""The action plan of a convention: axes, fiches action, budget, results, governance.

Everything is frozen: an operation returns a new plan and leaves the one it was given. Ids (`A1`,
`F2`) are never used twice in a plan, so that a screen may hold on to them. Money is `Decimal`.
"""

from __future__ import annotations

import datetime
import math
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from diagnostic.local.contributions import Quadrant
from diagnostic.model import DiagnosticError
from diagnostic.plan.documents import Documents
from diagnostic.reference import LEVER_THEMES

INVESTMENT = "investissement"
RUNNING = "fonctionnement"
NATURES = (INVESTMENT, RUNNING)
FUNDERS = ("Caf", "Collectivité", "Familles", "État", "Département", "MSA", "Autre")
CTG_YEARS = (4, 5)
LARGEST = Decimal(10) ** 12
"""Above a thousand billion euros a budget line is a typing error."""


class State(StrEnum):
    """How far an action has gone."""

    PLANNED = "à engager"
    STARTED = "en cours"
    DONE = "réalisée"
    DROPPED = "abandonnée"


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure quoted in a constat, as it stood when it was written; `value` None is unknown."""

    indicator: str
    territory: str
    value: float | None
    unit: str
    year: int | None

    def __post_init__(self) -> None:
        _finite(self.value)
        _past(self.year)


@dataclass(frozen=True, slots=True)
class Step:
    """What is done in one year."""

    year: int
    action: str

    def __post_init__(self) -> None:
        _year(self.year)


@dataclass(frozen=True, slots=True)
class BudgetLine:
    """What a funder brings in a year, in euros. `amount_id` is the row of amounts.csv it comes from, or "".

    The scale of an aid is a range: `amount` is what the line comes to with aids at their low end, `at_best` with
    aids at their high end, more for an aid, less for what remains to be found; None where there is one amount.
    """

    label: str
    funder: str
    year: int
    amount: Decimal
    nature: str = RUNNING
    amount_id: str = ""
    at_best: Decimal | None = None

    def __post_init__(self) -> None:
        _year(self.year)
        if not (_euros(self.amount) and (self.at_best is None or _euros(self.at_best))):
            raise DiagnosticError(
                f"Le montant de « {self.label} » n’est pas une somme en euros et centimes. Corrigez-le."
            )
        if self.nature not in NATURES:
            raise DiagnosticError(
                f"« {self.nature} » n’est ni un investissement ni un fonctionnement. Corrigez-le."
            )

    @property
    def best(self) -> Decimal:
        """What it comes to with aids at their high end."""
        return self.amount if self.at_best is None else self.at_best

    @property
    def aid(self) -> bool:
        """Whether it is an aid of a scale, which says nothing of what the project costs."""
        return bool(self.amount_id) or self.best > self.amount


@dataclass(frozen=True, slots=True)
class Reading:
    """A value of a year, typed by `author` on `day` ("2026-11-25"); of two for one year the last one stands."""

    year: int
    value: float
    day: str
    author: str

    def __post_init__(self) -> None:
        _year(self.year)
        _day(self.day)
        _finite(self.value)
        _signed(self.author)


@dataclass(frozen=True, slots=True)
class Engaged:
    """Euros engaged in a year, typed by `author` on `day`; of two for one year the last one stands."""

    year: int
    amount: Decimal
    day: str
    author: str

    def __post_init__(self) -> None:
        _year(self.year)
        _day(self.day)
        _signed(self.author)
        if not _euros(self.amount):
            raise DiagnosticError("Le montant engagé n’est pas une somme en euros et centimes. Corrigez-le.")


@dataclass(frozen=True, slots=True)
class Passage:
    """The day on which an action came to a state."""

    day: str
    state: State

    def __post_init__(self) -> None:
        _day(self.day)


@dataclass(frozen=True, slots=True)
class Result:
    """A result indicator: where it starts, where it should be. `indicator` is ours, or "" when typed: its
    `readings` are then the territory's own. `formula` is how ours was reckoned when it was written down. `signed` is
    the start of the signature, once people have taken the start again as it reads today."""

    label: str
    unit: str = ""
    start: float | None = None
    start_year: int | None = None
    target: float | None = None
    target_year: int | None = None
    indicator: str = ""
    territory: str = ""
    readings: tuple[Reading, ...] = ()
    formula: str = ""
    signed: float | None = None

    def __post_init__(self) -> None:
        for value in (self.start, self.target, self.signed):
            _finite(value)
        _past(self.start_year)
        _past(self.target_year)


@dataclass(frozen=True, slots=True)
class Fiche:
    """A fiche action. `schema` lists the items of article D. 214-10-1 it answers, `communes` INSEE codes.

    `passages` are the states that it came to, each on its day, since they are noted.
    """

    id: str
    title: str
    theme: str = "petite_enfance"
    constat: str = ""
    figures: tuple[Figure, ...] = ()
    objective: str = ""
    public: str = ""
    territory: str = ""
    communes: tuple[str, ...] = ()
    actions: tuple[str, ...] = ()
    elected_lead: str = ""
    technical_lead: str = ""
    partners: tuple[str, ...] = ()
    steps: tuple[Step, ...] = ()
    means: str = ""
    budget: tuple[BudgetLine, ...] = ()
    results: tuple[Result, ...] = ()
    state: State = State.PLANNED
    levers: tuple[str, ...] = ()
    schema: tuple[str, ...] = ()
    passages: tuple[Passage, ...] = ()
    engaged: tuple[Engaged, ...] = ()

    def __post_init__(self) -> None:
        _theme(self.theme)


@dataclass(frozen=True, slots=True)
class Axe:
    """A strategic axis and its fiches, in order."""

    id: str
    title: str
    stake: str = ""
    fiches: tuple[Fiche, ...] = ()


@dataclass(frozen=True, slots=True)
class Governance:
    """Who steers (COPIL), who prepares (COTECH), how often, and how the plan is evaluated."""

    copil: tuple[str, ...] = ()
    copil_rhythm: str = ""
    cotech: tuple[str, ...] = ()
    cotech_rhythm: str = ""
    coordination: str = ""
    evaluation: str = ""


@dataclass(frozen=True, slots=True)
class Contribution:
    """What an organisation says of a theme, as it wrote it, received on `day`. `wording` is what people made of it to
    show it, "" when it is shown as it is; one that is not `kept` stays here and is shown nowhere."""

    theme: str
    quadrant: Quadrant
    text: str
    origin: str
    day: str
    wording: str = ""
    kept: bool = True

    def __post_init__(self) -> None:
        _theme(self.theme)
        _day(self.day)
        _signed(self.origin)

    @property
    def shown(self) -> str:
        return self.wording or self.text


@dataclass(frozen=True, slots=True)
class Stake:
    """An enjeu: why it stands there, and what it is tied to: indicators (the first one is its map), levers, fiches."""

    id: str
    title: str
    theme: str
    reason: str = ""
    indicators: tuple[str, ...] = ()
    levers: tuple[str, ...] = ()
    fiches: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        _theme(self.theme)


@dataclass(frozen=True, slots=True)
class Plan:
    """The plan of a territory (`territory` is its key, `epci:200000001`) over whole years.

    `perimeter` are the communes it was made of when it was begun, empty in a plan that did not note them. `aside` are
    the indicators whose proposed line people took out of the AFOM. `documents` is what they chose for their files.
    """

    title: str
    territory: str
    territory_name: str
    first_year: int
    last_year: int
    axes: tuple[Axe, ...] = ()
    governance: Governance = Governance()
    serial: int = 0
    perimeter: tuple[str, ...] = ()
    contributions: tuple[Contribution, ...] = ()
    stakes: tuple[Stake, ...] = ()
    aside: tuple[str, ...] = ()
    documents: Documents = Documents()

    def __post_init__(self) -> None:
        _year(self.first_year)
        _year(self.last_year)
        if self.last_year < self.first_year:
            raise DiagnosticError("Le plan finit avant de commencer. Corrigez ses années.")
        ids = [axe.id for axe in self.axes] + [fiche.id for fiche in self.fiches]
        ids += [stake.id for stake in self.stakes]
        if len(set(ids)) != len(ids):
            raise DiagnosticError(
                "Deux axes, deux fiches ou deux enjeux du plan portent le même identifiant."
            )
        if any(int(identifier[1:]) > self.serial for identifier in ids if identifier[1:].isdecimal()):
            raise DiagnosticError("Le compteur d’identifiants du plan est en retard sur ses fiches.")

    @property
    def fiches(self) -> tuple[Fiche, ...]:
        """Every fiche, in the order of the axes."""
        return tuple(fiche for axe in self.axes for fiche in axe.fiches)

    @property
    def empty(self) -> bool:
        """Whether it has nothing to tell yet, whatever was chosen for the documents."""
        return not (self.fiches or self.stakes or self.contributions)

    @property
    def years(self) -> tuple[int, ...]:
        return tuple(range(self.first_year, self.last_year + 1))

    def axe(self, axe_id: str) -> Axe:
        """The axis of that id; DiagnosticError when there is none."""
        for axe in self.axes:
            if axe.id == axe_id:
                return axe
        raise DiagnosticError(f"L’axe {axe_id} n’est plus dans le plan. Rechargez la page.")

    def fiche(self, fiche_id: str) -> Fiche:
        """The fiche of that id; DiagnosticError when there is none."""
        return next(fiche for fiche in self.axe_of(fiche_id).fiches if fiche.id == fiche_id)

    def axe_of(self, fiche_id: str) -> Axe:
        """The axis that holds a fiche; DiagnosticError when none does."""
        for axe in self.axes:
            if any(fiche.id == fiche_id for fiche in axe.fiches):
                return axe
        raise DiagnosticError(f"La fiche {fiche_id} n’est plus dans le plan. Rechargez la page.")


def _year(year: int, first: int = 2000) -> None:
    if isinstance(year, bool) or not isinstance(year, int) or not first <= year <= 2100:
        raise DiagnosticError(f"« {year} » n’est pas une année. Saisissez par exemple 2027.")


def _past(year: int | None) -> None:
    """The year of a figure, which may be older than any plan, or unknown."""
    if year is not None:
        _year(year, 1950)


def _theme(theme: str) -> None:
    if theme not in LEVER_THEMES:
        raise DiagnosticError(f"Le thème « {theme} » n’existe pas. Choisissez-en un de la liste.")


def _day(day: str) -> None:
    try:
        read = datetime.date.fromisoformat(day)
        known = read.isoformat() == day and 2000 <= read.year <= 2100
    except ValueError:
        known = False
    if not known:
        raise DiagnosticError(f"« {day} » n’est pas une date. Écrivez par exemple 2027-03-15.")


def _signed(author: str) -> None:
    if not author.strip():
        raise DiagnosticError("Une valeur saisie est signée : indiquez qui la donne.")


def _euros(amount: object) -> bool:
    if not isinstance(amount, Decimal) or not amount.is_finite():
        return False
    return 0 <= amount <= LARGEST and amount == round(amount, 2)


def _finite(value: float | None) -> None:
    if value is not None and not math.isfinite(value):
        raise DiagnosticError("Une valeur du plan n’est pas un nombre. Laissez-la vide si elle est inconnue.")

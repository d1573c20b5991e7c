"""The nouns of the project: levels, territories, sources, indicators, statuses, findings.

Nothing here reads a file or computes a figure. Every dataclass is frozen; every text that a
user may read is French.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from diagnostic.model.declared import Catalogue, Column, Source, Vintage
from diagnostic.model.places import FRANCE, Below, DiagnosticError, Level, Territory, is_fictional, parse_key


class Status(StrEnum):
    """What a value is worth. Every value has one; unknown is never zero."""

    OK = "ok"
    ESTIMATED = "estimated"
    ROUNDED = "rounded"
    BOUNDED = "bounded"
    SECRET = "secret"
    NOT_PUBLISHED = "not_published"
    MISSING = "missing"
    NOT_LOADED = "not_loaded"
    NOT_APPLICABLE = "not_applicable"

    @property
    def known(self) -> bool:
        """True when a number stands behind the status."""
        return self in (Status.OK, Status.ESTIMATED, Status.ROUNDED, Status.BOUNDED)


class Direction(StrEnum):
    """Whether a higher value is good news, bad news, or neither."""

    MORE_IS_BETTER = "more"
    LESS_IS_BETTER = "less"
    NEUTRAL = "neutral"


@dataclass(frozen=True, slots=True)
class Indicator:
    """One number that we publish, declared once; pages and exports iterate over the declarations.

    `numerator` and `denominator` name stats (see `indicators.STATS`); value = numerator ÷
    denominator × per. Without a denominator the value is the numerator itself.
    `published` indicators are read at each level as the producer gives them, never computed.
    `offset` is what to add to the year of the part that dates the figure (`dated_by`) to find the
    best year of the other part. `lag` is the largest difference of years between numerator and denominator that needs no caution.
    `theme` is one of THEMES. `decimals` is how many the reader sees. `noun` is how a sentence names it, with its
    article: "le taux de couverture". `kind` is the word above a message about it; `asks` what a gap asks for, and the
    chapter of the story that shows it. `fact` is, of a share that one commune has whole or not at all, what is said of
    it with, without, and of the people of the reference.
    """

    id: str
    label: str
    short: str
    theme: str
    unit: str
    numerator: str
    noun: str = ""
    denominator: str | None = None
    per: float = 1.0
    direction: Direction = Direction.NEUTRAL
    decimals: int = 1
    published: bool = False
    lag: int = 2
    offset: int = 0
    dated_by: str = "numerator"
    numerator_label: str = ""
    denominator_label: str = ""
    missing_noun: tuple[str, str] | None = None
    definition: str = ""
    caveat: str = ""
    sources: tuple[str, ...] = ()
    kind: str = ""
    asks: tuple[str, str] = ("", "")
    fact: tuple[str, str, str] | None = None


THEMES: dict[str, str] = {
    "portrait": "Portrait",
    "petite_enfance": "Petite enfance",
    "enfance_jeunesse": "Enfance et jeunesse",
    "parentalite": "Parentalité",
    "vie_sociale": "Animation de la vie sociale",
    "acces_droits": "Accès aux droits et inclusion numérique",
    "logement": "Logement et cadre de vie",
    "handicap": "Handicap",
    "quartiers": "Quartiers prioritaires",
}


@dataclass(frozen=True, slots=True)
class Comparator:
    """The value of a reference territory (or of a target), beside the value compared."""

    key: str
    name: str
    value: float | None
    year: int | None
    status: Status


class ReferenceKind(StrEnum):
    """What a figure is compared with: a territory, the median of peers, a goal that was typed."""

    TERRITORY = "territory"
    PEERS = "peers"
    GOAL = "goal"


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """What is compared with, as sentences name it.

    `key` is that of the address (`departement:33`, `pairs`, `objectif:70`). `name` stands in a label
    ("Gironde", "Objectif"); `the` has its article ("la Gironde"), `of`, `at` and `than` their preposition:
    "de la Gironde", "66,2 en Gironde", "que la Gironde". `territory` is None for peers and goals.
    """

    kind: ReferenceKind
    key: str
    name: str
    the: str
    of: str
    at: str
    than: str
    territory: Territory | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Against(Named):
    """The reference as one indicator meets it. `value` is None when unknown; a goal has no `year`."""

    value: float | None
    year: int | None
    status: Status

    def when(self, year: int | None) -> str:
        """ " (2019)" beside a value of another year, else an empty text: no value stands under a year that is
        not its own."""
        return "" if self.year is None or self.value is None or self.year == year else f" ({self.year})"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reference(Named):
    """What a report is compared with: its value for each indicator that it measures.

    `otherwise` speaks, under its own name, for the indicators that a goal or the peers do not measure.
    """

    values: Mapping[str, Comparator] = field(default_factory=dict)
    otherwise: Reference | None = None

    def against(self, indicator: str) -> Against | None:
        """The reference of one indicator, named, with its value, year and status; None when nothing measures it."""
        if indicator not in self.values and self.kind is not ReferenceKind.TERRITORY:
            return None if self.otherwise is None else self.otherwise.against(indicator)
        found = self.values.get(indicator)
        known = found is not None and found.status.known
        return Against(
            kind=self.kind,
            key=self.key,
            name=self.name,
            the=self.the,
            of=self.of,
            at=self.at,
            than=self.than,
            territory=self.territory,
            value=found.value if found is not None and known else None,
            year=found.year if found is not None else None,
            status=found.status if found is not None else Status.MISSING,
        )


@dataclass(frozen=True, slots=True)
class Position:
    """Where a value stands among the siblings: `rank` 1 is the highest value of `of` known ones."""

    rank: int
    of: int
    minimum: float
    minimum_name: str
    median: float
    maximum: float
    maximum_name: str
    values: tuple[float, ...] = ()


RATIO_HIDDEN_BELOW = 20
"""A ratio over fewer people than that is hidden, whatever its source."""

ENOUGH_PEOPLE = 100
"""Fewest people of a commune that is ranked by a rate or named for it: one more would move it by a point."""


class Apart(StrEnum):
    """Why a known value is held against nothing: of too few people; on children told by births, or a count
    rounded by its producer, whose error turns the gap over; the published rate speaks alone; a place stands in the commune, which the distance from its centre does not say."""

    FEW = "few"
    BIRTHS = "births"
    ROUNDED = "rounded"
    COMPOSED = "composed"
    HERE = "here"


@dataclass(frozen=True, slots=True)
class Finding:
    """A figure of a territory with everything that is needed to audit it and to say it.

    `gap` = value − chosen reference, in the indicator's unit, on the vintage `gap_year`.
    `missing` = units of the numerator to add to reach the reference (0 when reached, None when
    unknown or when the indicator has nothing to add).
    `low` and `high` are a 95 % interval, `grade` the reliability from A to D, for estimates only;
    without a value, one of the two is what a list that is not said complete tells: a least or a most.
    `covered` is the share (0 to 1) of the territory that the parts cover.
    `word` is one of the ratio words, None when there is no comparison; `apart` says why where `stands_apart`.
    `people` is of how many people a share or a rate is, None of a plain number.
    """

    indicator: str
    territory: str
    value: float | None
    status: Status
    year: int | None = None
    numerator: float | None = None
    denominator: float | None = None
    numerator_year: int | None = None
    denominator_year: int | None = None
    sources: tuple[str, ...] = ()
    covered: float | None = None
    comparators: tuple[Comparator, ...] = ()
    reference: str | None = None
    gap: float | None = None
    gap_year: int | None = None
    missing: float | None = None
    word: str | None = None
    position: Position | None = None
    low: float | None = None
    high: float | None = None
    grade: str | None = None
    reason: str = ""
    caution: str = ""
    reading: str = ""
    apart: Apart | None = None
    people: float | None = None

    @property
    def rounding(self) -> float:
        """What the value may be off by, either way, for its count is rounded by its producer."""
        return rounding_of(self.value, self.numerator, self.status)

    @property
    def of_few_people(self) -> bool:
        """Whether it is a rate of a commune of so few people that it is neither ranked nor named as an end of a range."""
        commune = self.territory.startswith(f"{Level.COMMUNE}:")
        return commune and self.people is not None and self.people < ENOUGH_PEOPLE

    @property
    def beside(self) -> Comparator | None:
        """The comparator that the finding is held against."""
        return next((one for one in self.comparators if one.key == self.reference), None)

    @property
    def national(self) -> float | None:
        """The value of France of the same year; None where the figure is held against nothing."""
        france = next((one for one in self.comparators if one.key == FRANCE.key), None)
        if self.apart is not None or france is None or france.year != self.year:
            return None
        return france.value

    @property
    def of_too_few(self) -> bool:
        """Whether nothing is compared because the figure is of too few people."""
        return self.cause is Apart.FEW

    @property
    def cause(self) -> Apart | None:
        """Why nothing is compared although both values of one year are known; None where it is compared."""
        return (self.apart or Apart.FEW) if self.stands_apart else None

    @property
    def stands_apart(self) -> bool:
        """Whether nothing is compared although both values of one year are known."""
        beside = self.beside
        if self.value is None or self.gap is not None or beside is None or beside.value is None:
            return False
        return beside.status.known and beside.year in (None, self.year)


ROUNDING = 2.5
"""Households that a count rounded to five may have more or less."""


def rounding_of(value: float | None, count: float | None, status: str) -> float:
    """What a rate may be off by, either way, for its `count` is rounded by its producer; 0.0 of one that is exact."""
    return value * ROUNDING / count if status == Status.ROUNDED and value and count else 0.0


def fact_of(finding: Finding, indicator: Indicator) -> str:
    """ "aucun accueil de loisirs n’est recensé en 2024": a share that is all or nothing, of the one commune that it is of, is
    no percentage of its children; "" of any other."""
    whole = {0.0: 1, 100.0: 0}.get(
        finding.value if finding.value is not None and finding.status.known else -1.0
    )
    if indicator.fact is None or whole is None or not finding.territory.startswith(f"{Level.COMMUNE}:"):
        return ""
    return indicator.fact[whole] + (f" en {finding.year}" if finding.year else "")


TIMES_FROM = 3.0
"""Times the reference from which a percentage no longer speaks."""
RATIO_CUTS: tuple[float, ...] = (0.60, 0.85, 1.15, 1.40)
RATIO_WORDS: tuple[str, ...] = (
    "très en dessous",
    "en dessous",
    "proche",
    "au-dessus",
    "très au-dessus",
)


def ratio_class(value: float | None, reference: float | None) -> int | None:
    """The place of value ÷ reference among `RATIO_WORDS`: under 0.60, under 0.85, up to 1.15, up to 1.40, over.

    None when either is unknown or when the reference is not positive. A ratio equal to a cut falls
    on the side of "proche": 0.85 and 1.15 are "proche", 0.60 is "en dessous", 1.40 "au-dessus".
    """
    if value is None or reference is None or not math.isfinite(value) or not 0 < reference < math.inf:
        return None
    ratio = round(value / reference, 9)
    lowest, low, high, highest = RATIO_CUTS
    return (ratio >= lowest) + (ratio >= low) + (ratio > high) + (ratio > highest)


def ratio_word(value: float | None, reference: float | None, error: float = 0.0) -> str | None:
    """The word for value ÷ reference, as `ratio_class` cuts; of a value that may be off by `error` either way, the one that
    holds wherever it is: None where it may be near and may be not."""
    if value is None or not error:
        found = ratio_class(value, reference)
        return None if found is None else RATIO_WORDS[found]
    ends = ratio_class(value - error, reference), ratio_class(value + error, reference)
    low, high = (len(RATIO_WORDS) if end is None else end for end in ends)
    near = RATIO_WORDS.index("proche")
    if None in ends or low < near <= high or low <= near < high:
        return None
    return RATIO_WORDS[high if high < near else low]

"""Indicators × territories: value, numerator, denominator, status, comparators, gap and missing units.

Reads the table `figure`, where the build divides once (sql/measure.sql). A perimeter of one's own goes
through the same query. Nothing is computed here but differences.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from diagnostic import territories
from diagnostic.indicators import BY_ID, COMPUTED, DISTRICT_COUNT, MODES, OF_QPV, OFFICIAL
from diagnostic.measure.gap import (
    NEAR,
    Gap,
    between_ends,
    births_error,
    error_that_turns,
    gap_between,
    gap_to,
    missing_in,
)
from diagnostic.measure.lacking import (
    FEW,
    at_home,
    children_near,
    is_count,
    people,
    rated,
    shortage,
    want_rates,
)
from diagnostic.measure.rows import Figure, History, equipped, history, in_years, newest, of_year
from diagnostic.measure.unknown import (
    SMALL_COMMUNE,
    TWO_DATES,
    absent,
    caution,
    none_counted,
    reason_of,
    spoken,
)
from diagnostic.model import (
    Apart,
    Comparator,
    DiagnosticError,
    Finding,
    Indicator,
    Level,
    Status,
    Territory,
    ratio_word,
    rounding_of,
)
from diagnostic.warehouse.database import Database


def measure(
    db: Database,
    places: Sequence[Territory],
    indicator_ids: Iterable[str] | None = None,
    *,
    reference: Territory | None = None,
    targets: Mapping[str, Comparator] | None = None,
    known: Mapping[str, History] | None = None,
) -> dict[str, Mapping[str, Finding]]:
    """Findings by territory key and indicator id, for the newest year that says something, each made when it is read.

    Comparators are the territories that contain each one and more, on its own vintage where they have it, else
    their newest. `reference` is the territory to compare with (default: `default_reference`); it sets gap,
    word and missing units. `targets` take its place for some indicators (a typed goal, the median of peers).
    `known` holds what `history` already gave for some of the territories, with every indicator asked for.
    Raises DiagnosticError (code 2) for an unknown indicator.
    """
    ids = tuple(indicator_ids) if indicator_ids is not None else tuple(BY_ID)
    for one in ids:
        if one not in BY_ID:
            raise DiagnosticError(
                f"L’indicateur « {one} » n’existe pas. Choisissez parmi : {', '.join(BY_ID)}.", code=2
            )
    above = {place.key: territories.larger(db, place) for place in places}
    asked = {place.key: place for place in places}
    for group in above.values():
        asked.update({place.key: place for place in group})
    if reference is not None:
        asked[reference.key] = reference
    given = known if known is not None else {}
    rest = [place for key, place in asked.items() if key not in given]
    figures = _Figures(db, {**given, **history(db, rest)}, {}, {})
    want_rates(db, asked.values())
    found: dict[str, Mapping[str, Finding]] = {}
    for place in places:
        against = reference if reference is not None else default_reference(db, place)
        compared = {item.key: item for item in above[place.key]}
        if against is not None:
            compared.setdefault(against.key, against)
        beside = _Beside(
            compared, tuple(compared), against.key if against is not None else None, targets or {}
        )
        found[place.key] = _Findings(figures, place, beside, ids)
    return found


def sources(db: Database, places: Sequence[Territory]) -> set[str]:
    """The sources of the newest known values of the territories."""
    found: set[str] = set()
    for rows in history(db, places).values():
        without_qpv = _no_qpv(rows)
        for indicator, figures in rows.items():
            row = newest(figures)
            if row is None or row.value is None or (without_qpv and indicator in OF_QPV):
                continue
            if Status(row.status).known:
                found.update(filter(None, (row.sources or "").split(",")))
    return found


def default_reference(db: Database, territory: Territory) -> Territory | None:
    """The département of a commune, EPCI or perimeter, the région of a département, France of a région.

    One level further where both hold the same communes (Paris, a région of one département), and where the
    département holds less than half of the people (Métropole du Grand Paris), or where no file gives the rate of the
    région: nothing would say whether a département is short.
    """
    above = {place.level: place for place in territories.larger(db, territory)}
    if territory.level is Level.PERIMETRE and Level.DEPARTEMENT not in above and territory.departement:
        held = {place.level for place in territories.parents(db, territory)}
        if Level.DEPARTEMENT not in held:
            above[Level.DEPARTEMENT] = territories.get(db, f"departement:{territory.departement}")
    if territory.level is Level.EPCI and next(iter(territories.spans(db, territory).values()), 1.0) < 0.5:
        above.pop(Level.DEPARTEMENT, None)
    region = above.get(Level.REGION)
    if (
        territory.level is Level.DEPARTEMENT
        and region is not None
        and region.code not in rated(db, Level.REGION.value)
    ):
        above.pop(Level.REGION)
    return next(
        (above[level] for level in (Level.DEPARTEMENT, Level.REGION, Level.FRANCE) if level in above), None
    )


class _Figures(NamedTuple):
    """What findings are read from: the figures of every territory by key, and what was read of them so far for one of the
    members of a territory, which all have the same comparators: those of a year, and the known values by year."""

    db: Database
    histories: Mapping[str, History]
    seen: dict[tuple, tuple[Comparator, ...]]
    valued: dict[tuple[str, str], dict[int | None, float]]

    def comparators(self, beside: _Beside, indicator: str, year: int | None) -> tuple[Comparator, ...]:
        known = (beside.keys, indicator, year)
        if known not in self.seen:
            self.seen[known] = tuple(
                comparator(other, self.histories[key].get(indicator, []), year)
                for key, other in beside.compared.items()
            )
        return self.seen[known]

    def values(self, key: str, indicator: str) -> dict[int | None, float]:
        """The known values of a territory by year."""
        known = (key, indicator)
        if known not in self.valued:
            rows = self.histories[key].get(indicator, [])
            self.valued[known] = {row.year: row.value for row in rows if row.value is not None}
        return self.valued[known]


class _Beside(NamedTuple):
    """What a place is compared with: territories by key, which of them is the reference, what takes its place."""

    compared: Mapping[str, Territory]
    keys: tuple[str, ...]
    against: str | None
    targets: Mapping[str, Comparator]


class _Findings(Mapping[str, Finding]):
    """The findings of a place by indicator, each made when first read: of the members of a territory a page reads few."""

    def __init__(self, figures: _Figures, place: Territory, beside: _Beside, ids: Sequence[str]) -> None:
        self._figures, self._place, self._beside = figures, place, beside
        self._made: dict[str, Finding | None] = dict.fromkeys(ids)

    def __getitem__(self, indicator: str) -> Finding:
        made = self._made[indicator]
        if made is None:
            made = _finding(self._figures, self._place, BY_ID[indicator], self._beside)
            self._made[indicator] = made
        return made

    def __contains__(self, indicator: object) -> bool:
        return indicator in self._made

    def __iter__(self) -> Iterator[str]:
        return iter(self._made)

    def __len__(self) -> int:
        return len(self._made)


def _compared(
    figures: _Figures, rows: Sequence[Figure], row: Figure | None, indicator: Indicator, beside: _Beside
) -> tuple[tuple[Comparator, ...], Comparator | None, Gap]:
    """The comparators, the reference among them, and the gap with it."""
    comparators = figures.comparators(beside, indicator.id, row.year if row else None)
    target = beside.targets.get(indicator.id)
    if target is not None:
        return (*comparators, target), target, gap_to(row, target, indicator)
    if beside.against is None:
        return comparators, None, Gap()
    base = comparators[beside.keys.index(beside.against)]
    return comparators, base, gap_between(rows, figures.values(beside.against, indicator.id), row, indicator)


def _level(base: Comparator | None, year: int | None) -> float | None:
    """The level to reach: nothing is missing against a value of another year."""
    return base.value if base is not None and base.status.known and base.year in (None, year) else None


def _finding(figures: _Figures, place: Territory, indicator: Indicator, beside: _Beside) -> Finding:
    db, histories = figures.db, figures.histories
    rows = histories[place.key].get(indicator.id, [])
    row = newest(rows)
    count = people(db, indicator, row) if row is not None else None
    comparators, base, gap = _compared(figures, rows, row, indicator, beside)
    apart = (
        Apart.FEW if count is not None and count < FEW else _apart(figures, place, indicator, row, gap.value)
    )
    if apart is not None:
        gap = Gap()
    chosen = base.key if base is not None else None
    if row is None:
        status, reason = absent(db, indicator, place)
        return Finding(
            indicator.id, place.key, None, status, comparators=comparators, reference=chosen, reason=reason
        )
    status = Status(row.status)
    if row.value is None and status.known:
        status = Status.MISSING
    without_qpv = indicator.id in OF_QPV and _no_qpv(histories[place.key])
    if without_qpv:
        status = Status.NOT_APPLICABLE
    value = row.value if status.known else None
    if value is None:
        gap = Gap()
    low, high = between_ends(place, indicator, row, status)
    reached = value - gap.value if value is not None and gap.value is not None else _level(base, row.year)
    return Finding(
        indicator=indicator.id,
        territory=place.key,
        value=value,
        status=status,
        year=row.year,
        low=low,
        high=high,
        numerator=row.numerator if status is not Status.SECRET else None,
        denominator=row.denominator,
        numerator_year=row.numerator_year,
        denominator_year=row.denominator_year,
        sources=tuple(filter(None, (row.sources or "").split(","))),
        covered=row.covered,
        comparators=comparators,
        reference=chosen,
        gap=gap.value,
        gap_year=gap.year,
        missing=missing_in(db, place, indicator, row, gap, reached),
        word=None
        if gap.value is None or value is None
        else ratio_word(value, value - gap.value, rounding_of(value, row.numerator, status)),
        reason=""
        if value is not None
        else "Il n’y a ici aucun quartier prioritaire."
        if without_qpv
        else reason_of(db, indicator, row, status),
        caution=caution(indicator, row, apart),
        apart=apart,
        people=count,
    )


def _apart(
    figures: _Figures, place: Territory, indicator: Indicator, row: Figure | None, gap: float | None
) -> Apart | None:
    """Why the value of people enough is set beside no other; None where it may be."""
    # The published rate speaks alone: what the supply is made of is no second verdict.
    if indicator.id in (COMPUTED, *MODES) and _rated(figures.db, place, figures.histories):
        return Apart.COMPOSED
    farther = gap is not None and gap > 0 and place.level is Level.COMMUNE and indicator.unit == "km"
    if farther and place.code in equipped(figures.db, indicator.id.removeprefix("distance_")):
        return Apart.HERE
    return error_that_turns(place, indicator, row, gap)


def _no_qpv(rows: History) -> bool:
    found = newest(rows.get(DISTRICT_COUNT, []))
    return found is not None and found.value == 0


def _rated(db: Database, place: Territory, histories: Mapping[str, History]) -> bool:
    """Whether the published rate answers for the territory, or for each commune of a perimeter, each département of a
    région."""
    row = newest(histories[place.key].get(OFFICIAL, []))
    if row is not None and row.value is not None:
        return True
    parts: Sequence[Territory] = ()
    if place.level is Level.PERIMETRE:
        parts = [territories.get(db, f"commune:{code}") for code in place.communes]
    elif place.level is Level.REGION:
        parts = territories.members(db, place)
    rows = [newest(one.get(OFFICIAL, [])) for one in history(db, parts).values()]
    return bool(rows) and all(row is not None and row.value is not None for row in rows)


def comparator(other: Territory, rows: Sequence[Figure], year: int | None) -> Comparator:
    """The value of a territory to compare with: of that year where known, else its newest."""
    row = of_year(rows, year) or newest(rows)
    if row is None:
        return Comparator(other.key, other.name, None, None, Status.MISSING)
    status = Status(row.status)
    if row.value is None and status.known:
        status = Status.MISSING
    return Comparator(other.key, other.name, row.value if status.known else None, row.year, status)

"""Indicators × territories: value, numerator, denominator, status, comparators, gap and missing units.

Reads the table `figure`, where the build divides once (sql/measure.sql). A perimeter of one's own goes
through the same query. Nothing is computed here but differences.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from diagnostic import french, gaps, reference, sources, territories
from diagnostic.indicators import (
    BY_ID,
    BY_IRIS,
    CHILDREN,
    COMPUTED,
    DISTRICT_COUNT,
    FACILITY_LABELS,
    FROM_DEPARTEMENT,
    MODES,
    OF_QPV,
    OFFICIAL,
    OLDER_CHILDREN,
    PUBLISHED_PLACES,
)
from diagnostic.model import (
    RATIO_WORDS,
    Apart,
    Comparator,
    DiagnosticError,
    Direction,
    Finding,
    Indicator,
    Level,
    Status,
    Territory,
    ratio_word,
)
from diagnostic.warehouse.database import Database
from diagnostic.warehouse.declaration import declare
from diagnostic.warehouse.memory import shared

_MEASURE = Path(__file__).with_name("sql") / "measure.sql"

OLDER_ERROR = (-27.0, 30.0)
"""What to add, in %, to the children of 3 to 11 counted by births to hold those of the census, over 25 towns: births
are 23 % too few to 37 % too many. The Cnaf publishes nothing of that age to measure it on more."""

SMALL_COMMUNE = 10_000
"""Inhabitants up to which the Cnaf leaves a commune out of its files by mode."""


MEMBERS_KNOWN = 0.8
"""Share of the children whose member has a published rate from which the sum over the members speaks for the whole."""

FEW = 20
"""Under so many people, one more or one less turns the comparison round: none is made."""

WORTH_ONE = 0.5
"""Of a facility: a territory whose people would fill less than that, at the reference, lacks none of its own."""

NEAR = RATIO_WORDS[2]

_COLUMNS = (
    "level, code, indicator, year, value, numerator, denominator, numerator_year, denominator_year, status, "
    "sources, covered, note"
)


class Figure(NamedTuple):
    """One row of the table `figure`."""

    level: str
    code: str
    indicator: str
    year: int | None
    value: float | None
    numerator: float | None
    denominator: float | None
    numerator_year: int | None
    denominator_year: int | None
    status: str
    sources: str | None
    covered: float | None
    note: str | None

    @property
    def speaks(self) -> bool:
        """Whether the row says something: a value, or that there is nothing to divide by."""
        return self.value is not None or self.status == Status.NOT_APPLICABLE


History = dict[str, list[Figure]]


def measure(
    db: Database,
    places: Sequence[Territory],
    indicator_ids: Iterable[str] | None = None,
    *,
    reference: Territory | None = None,
    targets: Mapping[str, Comparator] | None = None,
    known: Mapping[str, History] | None = None,
) -> dict[str, dict[str, Finding]]:
    """Findings by territory key and indicator id, for the newest year that says something.

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
    figures = _Figures(db, {**given, **history(db, rest)}, {})
    found = {}
    for place in places:
        against = reference if reference is not None else default_reference(db, place)
        compared = [*above[place.key]]
        if against is not None and against.key not in {item.key for item in compared}:
            compared.append(against)
        found[place.key] = {
            one: _finding(figures, place, BY_ID[one], _Beside(compared, against, (targets or {}).get(one)))
            for one in ids
        }
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


# Rows


def history(db: Database, places: Iterable[Territory]) -> dict[str, History]:
    """Every figure of the territories by key and indicator, newest first; kept for those who ask again."""
    wanted: dict[str, list[str]] = defaultdict(list)
    found: dict[str, History] = {}
    for place in places:
        if place.level is Level.PERIMETRE:
            found[place.key] = _by_indicator(perimeter_figures(db, place))
        elif (kept := db.shelf.get(place.key)) is not None:
            found[place.key] = kept
        else:
            wanted[place.level.value].append(place.code)
    for level, codes in wanted.items():
        rows: dict[str, list[Figure]] = defaultdict(list)
        for row in db.rows(
            f"select {_COLUMNS} from figure where level = ? and code in (select unnest(?::varchar[])) "
            "order by year desc nulls last",
            level,
            codes,
        ):
            rows[row[1]].append(Figure(*row))
        for code in codes:
            key = "france" if level == Level.FRANCE else f"{level}:{code}"
            found[key] = db.shelf.keep(key, _by_indicator(rows[code]))
    return found


def _by_indicator(rows: Iterable[Figure]) -> History:
    found: History = defaultdict(list)
    for row in rows:
        found[row.indicator].append(row)
    return dict(found)


def perimeter_figures(db: Database, place: Territory) -> tuple[Figure, ...]:
    """The figures of a perimeter of one's own, by the query that the build uses for every level.

    Published places add up where every commune has them; published rates and medians never do.
    """
    return _perimeter_figures(db, place.communes, place.code)


@lru_cache(maxsize=32)
def _perimeter_figures(db: Database, communes: tuple[str, ...], code: str) -> tuple[Figure, ...]:
    cursor = db.cursor()
    cursor.execute(
        "create temp table own_membership as select 'perimetre' as level, ? as code, unnest(?::varchar[]) as commune",
        [code, list(communes)],
    )
    cursor.execute(
        "create temp table own_stat as select * from stat where commune in (select commune from own_membership)"
    )
    cursor.execute(
        "create temp table own_published as select 'perimetre' as level, ? as code, stat, year, "
        "sum(value) as value, coalesce(max(status) filter (where status <> 'ok'), 'ok') as status, "
        "any_value(source) as source, '' as note "
        "from total where level = 'commune' and code in (select commune from own_membership) "
        "and starts_with(stat, 'places_') group by stat, year having count(value) = ?",
        [code, len(communes)],
    )
    declare(cursor)
    names = {name: f"own_{name}" for name in ("membership", "stat", "published", "total", "figure")}
    cursor.execute(_MEASURE.read_text("utf-8").format(temporary="temp", **names))
    rows = cursor.execute(f"select {_COLUMNS} from own_figure order by year desc nulls last").fetchall()
    return tuple(Figure(*row) for row in rows)


def newest(rows: Sequence[Figure]) -> Figure | None:
    """The newest row that says something, else the newest, from rows in falling order of years."""
    return next((row for row in rows if row.speaks), rows[0] if rows else None)


def _of_year(rows: Sequence[Figure], year: int | None) -> Figure | None:
    return next((row for row in rows if row.year == year and row.value is not None), None)


# Findings


class Gap(NamedTuple):
    """Difference with a reference, and the year in which both are known; None where there is none."""

    value: float | None = None
    year: int | None = None


class _Figures(NamedTuple):
    """What findings are read from: the figures of every territory by key, and the comparators made so far, which the
    members of one territory share."""

    db: Database
    histories: Mapping[str, History]
    seen: dict[tuple, Comparator]

    def comparator(self, other: Territory, indicator: str, year: int | None) -> Comparator:
        known = (other.key, indicator, year)
        if known not in self.seen:
            self.seen[known] = comparator(other, self.histories[other.key].get(indicator, []), year)
        return self.seen[known]


class _Beside(NamedTuple):
    """What a place is compared with: territories, the one of them that is the reference, what takes its place."""

    compared: Sequence[Territory]
    against: Territory | None
    target: Comparator | None


def _compared(
    figures: _Figures, rows: Sequence[Figure], row: Figure | None, indicator: Indicator, beside: _Beside
) -> tuple[tuple[Comparator, ...], Comparator | None, Gap]:
    """The comparators, the reference among them, and the gap with it."""
    year = row.year if row else None
    comparators = tuple(figures.comparator(other, indicator.id, year) for other in beside.compared)
    if beside.target is not None:
        return (*comparators, beside.target), beside.target, _gap_to(row, beside.target, indicator)
    if beside.against is None:
        return comparators, None, Gap()
    key = beside.against.key
    base = next(item for item in comparators if item.key == key)
    return comparators, base, _gap(rows, figures.histories[key].get(indicator.id, []), row, indicator)


def _finding(figures: _Figures, place: Territory, indicator: Indicator, beside: _Beside) -> Finding:
    db, histories = figures.db, figures.histories
    rows = histories[place.key].get(indicator.id, [])
    row = newest(rows)
    comparators, base, gap = _compared(figures, rows, row, indicator, beside)
    apart = _apart(figures, place, indicator, row, gap.value)
    if apart is not None:
        gap = Gap()
    chosen = base.key if base is not None else None
    if row is None:
        status, reason = _absent(db, indicator, place)
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
    # Nothing is missing against a value of another year.
    same_year = base is not None and base.status.known and base.year in (None, row.year)
    reached = base.value if base is not None and same_year else None
    low, high = _between(place, indicator, row, status)
    if value is not None and gap.value is not None:
        reached = value - gap.value
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
        missing=_missing(db, place, indicator, row, gap, reached),
        word=None if gap.value is None or value is None else ratio_word(value, value - gap.value),
        reason=""
        if value is not None
        else "Il n’y a ici aucun quartier prioritaire."
        if without_qpv
        else _reason(db, indicator, row, status),
        caution=_caution(db, indicator, row),
        apart=apart,
    )


def _apart(
    figures: _Figures, place: Territory, indicator: Indicator, row: Figure | None, gap: float | None
) -> Apart | None:
    """Why the value is set beside no other; None where it may be."""
    if _few(figures.db, indicator, row):
        return Apart.FEW
    # The published rate speaks alone: what the supply is made of is no second verdict.
    if indicator.id in (COMPUTED, *MODES) and _rated(figures.db, place, figures.histories):
        return Apart.COMPOSED
    return Apart.BIRTHS if _may_turn_over(place, indicator, row, gap) else None


def _no_qpv(rows: History) -> bool:
    found = newest(rows.get(DISTRICT_COUNT, []))
    return found is not None and found.value == 0


def _few(db: Database, indicator: Indicator, row: Figure | None) -> bool:
    """Whether the figure is a share or a rate of fewer than `FEW` people."""
    if row is None:
        return False
    found = people(db, indicator, row)
    return found is not None and found < FEW


def people(db: Database, indicator: Indicator, row: Figure) -> float | None:
    """Of how many people a share or a rate is; None of a plain number, and where it is unknown."""
    if is_count(indicator):
        return None
    if indicator.id.startswith(OFFICIAL) or indicator.numerator == OFFICIAL:
        found = rated(db, row.level).get(row.code, {}).get(row.year)
        return found.children if found is not None else None
    return row.numerator if indicator.denominator in FACILITY_LABELS else row.denominator


def _rated(db: Database, place: Territory, histories: Mapping[str, History]) -> bool:
    """Whether the published rate answers for the territory, or for each commune of a perimeter."""
    if place.level is not Level.PERIMETRE:
        row = newest(histories[place.key].get(OFFICIAL, []))
        return row is not None and row.value is not None
    communes = [territories.get(db, f"commune:{code}") for code in place.communes]
    rows = [newest(one.get(OFFICIAL, [])) for one in history(db, communes).values()]
    return all(row is not None and row.value is not None for row in rows)


def _gap_to(row: Figure | None, target: Comparator, indicator: Indicator) -> Gap:
    """Difference with a target, which has no year, or with a value of the same year."""
    if row is None or row.value is None or target.value is None or is_count(indicator):
        return Gap()
    return Gap(row.value - target.value, row.year) if target.year in (None, row.year) else Gap()


def comparator(other: Territory, rows: Sequence[Figure], year: int | None) -> Comparator:
    """The value of a territory to compare with: of that year where known, else its newest."""
    row = _of_year(rows, year) or newest(rows)
    if row is None:
        return Comparator(other.key, other.name, None, None, Status.MISSING)
    status = Status(row.status)
    if row.value is None and status.known:
        status = Status.MISSING
    return Comparator(other.key, other.name, row.value if status.known else None, row.year, status)


def _gap(rows: Sequence[Figure], theirs: Sequence[Figure], row: Figure | None, indicator: Indicator) -> Gap:
    """Difference on the newest vintage that both have, at most `lag` years before the value shown."""
    # A number of people or births says nothing against that of a larger territory.
    if row is None or row.value is None or is_count(indicator):
        return Gap()
    known = {item.year: item.value for item in theirs if item.value is not None}
    if row.year is None:
        return Gap(row.value - known[None]) if None in known else Gap()
    for own in rows:
        if own.value is None or own.year is None or row.year - own.year > indicator.lag:
            continue
        if own.year in known:
            return Gap(own.value - known[own.year], own.year)
    return Gap()


def is_count(indicator: Indicator) -> bool:
    """Whether the indicator is a plain number, which grows with the territory."""
    return indicator.denominator is None and not indicator.published


def _missing(
    db: Database,
    place: Territory,
    indicator: Indicator,
    row: Figure,
    gap: Gap,
    reached: float | None,
) -> float | None:
    """Units to add to reach the reference; None when unknown or when there is nothing to add.

    Places are missing of the whole supply only, not of a mode nor within reach.
    """
    if indicator.missing_noun is None:
        return None
    if indicator.direction is Direction.LESS_IS_BETTER:
        few = row.numerator is not None and row.numerator < FEW
        if few or reached is None or reached <= 0 or row.numerator is None or row.denominator is None:
            return None
        needed = row.numerator / reached * indicator.per
        if needed < WORTH_ONE:
            return None
        # Rounded first: a facility is not missing for the last bit of a division.
        return max(0.0, math.ceil(round(needed - row.denominator, 6)))
    if gap.value is None or row.value is None or reached is None:
        return None
    if indicator.id == OFFICIAL:
        found = shortage(db, place, reached, gap.year if gap.year is not None else row.year)
        return found.total if found is not None else None
    if indicator.missing_noun[0] == "place" and indicator.id != COMPUTED:
        return None
    return None if row.denominator is None else max(0.0, -gap.value / indicator.per * row.denominator)


def _may_turn_over(place: Territory, indicator: Indicator, row: Figure | None, gap: float | None) -> bool:
    """Whether the error of the children counted by births may turn over a gap of the computed supply that is more than
    near: nothing is said above or below then."""
    if indicator.id not in (COMPUTED, *MODES) or row is None or row.status != Status.ESTIMATED:
        return False
    if gap is None or row.value is None or ratio_word(row.value, row.value - gap) == NEAR:
        return False
    low, high = births_error(place.level, CHILDREN, row.denominator or 0.0)
    return row.value / (1 + high / 100) < row.value - gap <= row.value / (1 + low / 100)


def births_error(level: Level, indicator: str, count: float) -> tuple[float, float]:
    """What to add to a number of children counted by births, in %: the least and the most, as measured on territories
    of that level and size; those of a département beyond it."""
    if indicator != CHILDREN:
        return OLDER_ERROR
    name = {Level.COMMUNE: Level.COMMUNE, Level.EPCI: Level.EPCI, Level.PERIMETRE: Level.EPCI}
    rows = [
        row
        for row in reference.children_errors()
        if row.level == name.get(level, Level.DEPARTEMENT).value and row.children_from <= count
    ]
    best = max(rows, key=lambda row: row.children_from)
    return best.low, best.high


def _between(
    place: Territory, indicator: Indicator, row: Figure, status: Status
) -> tuple[float | None, float | None]:
    """Between which numbers the children counted by births lie; nothing of another figure."""
    if indicator.id not in (CHILDREN, OLDER_CHILDREN) or status is not Status.ESTIMATED or row.value is None:
        return None, None
    low, high = births_error(place.level, indicator.id, row.value)
    return row.value * (1 + low / 100), row.value * (1 + high / 100)


class Rated(NamedTuple):
    """A published rate, and the children under 3 on whom its places are counted."""

    rate: float
    children: float | None
    children_year: int | None


class Short(NamedTuple):
    """A territory clearly below the reference: its rate, its children, the places that it lacks."""

    level: str
    code: str
    rate: float
    children: float
    missing: float


class Shortage(NamedTuple):
    """The places that a territory lacks, exact, and what they are the sum of.

    `below` are the members clearly below the reference, from the most to the least; empty where the territory is
    held against the reference by its own rate. `known` members of `members` have a rate.
    """

    total: float
    reference: float
    year: int | None
    children_year: int | None
    below: tuple[Short, ...]
    known: int
    members: int


def shortage(db: Database, place: Territory, reference: float, year: int | None) -> Shortage | None:
    """The missing places of a territory, the one number that is said of them (`french.about` rounds it).

    A commune lacks its own gap on the published rate. A larger territory lacks the sum of what its members clearly
    below the reference lack, each counted in the same way down to the communes, where the members that have a rate
    hold nearly all the children; else its own gap. The line of an EPCI on the page of its département is thus the
    number of its own page. Children are those that rate and places of one year imply, else those of the 1 January after the rate's year. None when
    the rate or the children are unknown, or fewer than `FEW`.
    """
    own = rated(db, place.level).get(place.code, {}).get(year)
    if place.level is not Level.COMMUNE:
        members = [item for item in territories.members(db, place) if at_home(item, place)]
        level = members[0].level.value if members else Level.COMMUNE.value
        rates = rated(db, level)
        found = [(item, rates.get(item.code, {}).get(year)) for item in members]
        known = [(item, one) for item, one in found if one is not None and one.children is not None]
        everyone = _children_of(db, place, year, own)
        if known and everyone and sum(one.children for _, one in known) >= MEMBERS_KNOWN * everyone:
            below = [
                Short(item.level.value, item.code, one.rate, one.children, lacking.total)
                for item, one in known
                if one.children >= FEW
                and gaps.clearly_below(one.rate, reference)
                and (lacking := shortage(db, item, reference, year)) is not None
            ]
            below.sort(key=lambda short: (-short.missing, short.code))
            years = {one.children_year for _, one in known}
            total = sum(short.missing for short in below)
            counted = years.pop() if len(years) == 1 else None
            return Shortage(total, reference, year, counted, tuple(below), len(known), len(members))
    if own is None or own.children is None or own.children < FEW:
        return None
    total = float(gaps.missing_units(own.rate, reference, own.children))
    return Shortage(total, reference, year, own.children_year, (), 1, 1)


def at_home(member: Territory, place: Territory) -> bool:
    """An EPCI that reaches into several départements counts in the one where most of its people live."""
    return place.level is not Level.DEPARTEMENT or member.departement == place.code


def _children_of(db: Database, place: Territory, year: int | None, own: Rated | None) -> float | None:
    if own is not None and own.children is not None:
        return own.children
    return children_near(history(db, [place])[place.key].get(CHILDREN, []), year)


@shared(8)
def rated(db: Database, level: str) -> dict[str, dict[int, Rated]]:
    """The published rates of every territory of a level, by code and year, with their children."""
    rows = db.rows(
        f"""
        select
            rate.code,
            rate.year,
            rate.value,
            any_value(places.value) / rate.value * 100,
            arg_min(children.value, abs(children.year - rate.year - 1) * 1000 - children.year / 1000),
            arg_min(children.year, abs(children.year - rate.year - 1) * 1000 - children.year / 1000)
        from figure as rate
        left join figure as children
            on children.level = rate.level and children.code = rate.code and children.indicator = '{CHILDREN}'
            and children.value is not null
        left join total as places
            on places.level = rate.level and places.code = rate.code and places.stat = 'places_total'
            and places.year = rate.year and places.value > 0 and rate.value > 0
        where rate.indicator = '{OFFICIAL}' and rate.level = ? and rate.value is not null
        group by rate.code, rate.year, rate.value
        """,
        level,
    )
    found: dict[str, dict[int, Rated]] = defaultdict(dict)
    for code, year, rate, implied, counted, counted_year in rows:
        children = (
            Rated(rate, implied, year + 1) if implied is not None else Rated(rate, counted, counted_year)
        )
        found[code][year] = children
    return dict(found)


def children_near(rows: Sequence[Figure], year: int | None) -> float | None:
    """Children under 3 on the 1 January after `year`, or the nearest year known."""
    known = [(row.year, row.value) for row in rows if row.value is not None and row.year is not None]
    if not known or year is None:
        return None
    return min(known, key=lambda row: (abs(row[0] - year - 1), -row[0]))[1]


# Words for what is not known


@shared(4)
def spoken(db: Database) -> dict[str, frozenset[str]]:
    """Levels at which each indicator has a known value somewhere."""
    rows = db.rows("select distinct indicator, level from figure where value is not null")
    found: dict[str, set[str]] = defaultdict(set)
    for indicator, level in rows:
        found[indicator].add(level)
    return {indicator: frozenset(levels) for indicator, levels in found.items()}


@shared(4)
def silenced(db: Database) -> dict[str, str]:
    """Why an indicator has no value anywhere, as the build says it."""
    return dict(db.rows("select indicator, reason from silenced"))


_SMALL_COMMUNES = (
    "Les fichiers chargés donnent le taux des communes de plus de 10\u202f000 habitants ; celui des autres est dans le "
    "fichier TAUXCOUV de la Cnaf, qui n’est pas chargé."
)


def _holds(db: Database, source: str) -> bool:
    return source in _loaded(db)


def _absent(db: Database, indicator: Indicator, place: Territory) -> tuple[Status, str]:
    """Why the table `figure` has no row for a territory."""
    level = place.level
    levels = spoken(db).get(indicator.id, frozenset())
    if not levels:
        absent = Status.NOT_LOADED if set(indicator.sources) - _loaded(db) else Status.MISSING
        return absent, silenced(db).get(indicator.id) or _never(db, indicator)
    of_cnaf = indicator.numerator in PUBLISHED_PLACES or indicator.id.startswith(OFFICIAL)
    if of_cnaf and level is Level.COMMUNE and level not in levels and not _is_small(db, place):
        return Status.NOT_LOADED, "Le fichier des communes de la Cnaf n’est pas chargé."
    if indicator.numerator in PUBLISHED_PLACES and level in (Level.COMMUNE, Level.PERIMETRE):
        who = _unpublished(db, place) if level is Level.COMMUNE else "de toutes ces communes"
        return Status.NOT_PUBLISHED, f"La Cnaf ne publie pas les places {who}."
    if indicator.numerator == "enfants_aeeh" and level is Level.COMMUNE:
        return Status.NOT_PUBLISHED, "La Cnaf ne publie pas l’AEEH par commune."
    if indicator.numerator in BY_IRIS and level is Level.COMMUNE:
        return (
            Status.NOT_PUBLISHED,
            "Publié par Iris : seules les communes qui en ont, les plus grandes, ont cette valeur.",
        )
    if indicator.id in FROM_DEPARTEMENT and level not in levels:
        return Status.NOT_PUBLISHED, "Cette valeur est publiée pour les départements et au-dessus."
    if not indicator.published:
        return Status.MISSING, "Les données chargées ne couvrent pas ce territoire."
    if level is Level.PERIMETRE:
        told = "Cette valeur est publiée pour des territoires administratifs, pas pour un périmètre choisi."
        return Status.NOT_PUBLISHED, told
    if level == Level.COMMUNE and indicator.id.startswith(OFFICIAL):
        if indicator.id != OFFICIAL:
            return (
                Status.NOT_PUBLISHED,
                f"La Cnaf ne publie pas le taux par mode d’accueil {_unpublished(db, place)}.",
            )
        if _is_small(db, place) and not _holds(db, "tauxcouv"):
            return Status.NOT_LOADED, _SMALL_COMMUNES
        by_district = place.code in territories.index(db).city.values()
        return Status.NOT_PUBLISHED, (
            "La Cnaf ne publie pas le taux de la ville, mais par arrondissement." if by_district else ""
        )
    if level not in levels:
        plural = f"les {level.label}s" if level is not Level.FRANCE else "la France"
        return Status.NOT_LOADED, f"Les fichiers chargés ne donnent pas cette valeur pour {plural}."
    return Status.NOT_PUBLISHED, "Le producteur ne publie pas cette valeur pour ce territoire."


def _is_small(db: Database, place: Territory) -> bool:
    """Whether the Cnaf leaves the commune out of the files that it calls those of communes."""
    return (territories.population(db, place)[0] or 0.0) <= SMALL_COMMUNE


def _unpublished(db: Database, place: Territory) -> str:
    """The communes that the Cnaf leaves out, as the place is one: small, a city of arrondissements, or this one."""
    if place.code in territories.index(db).city.values():
        return "de la ville, mais par arrondissement"
    if territories.population(db, place)[0] is not None and _is_small(db, place):
        return "des communes de 10\u202f000 habitants ou moins"
    return french.of(place)


@shared(4)
def _loaded(db: Database) -> frozenset[str]:
    return frozenset(name for (name,) in db.rows("select distinct id from source"))


def _never(db: Database, indicator: Indicator) -> str:
    """No territory has a value: the file is not there, or does not hold it."""
    loaded = _loaded(db)
    titles = [sources.BY_ID[one].title for one in indicator.sources if one in sources.BY_ID]
    if loaded & set(indicator.sources) or not titles:
        return "Les fichiers chargés n’en donnent aucune valeur."
    return f"Source non chargée : {titles[0]}."


def _reason(db: Database, indicator: Indicator, row: Figure, status: Status) -> str:
    if row.denominator == 0 and indicator.denominator:
        return none_counted(indicator)
    if row.note and status is Status.MISSING:
        return row.note if row.note.endswith(".") else f"{row.note}."
    if row.covered == 0 and status is Status.MISSING:
        return silenced(db).get(indicator.id) or "Aucune commune du territoire n’a de valeur connue."
    if row.covered is not None and row.covered < 1 and status is Status.MISSING:
        share = french.percent(math.floor(row.covered * 100))
        return f"Les données ne couvrent que {share} du territoire."
    if status is Status.MISSING and not row.note and indicator.published:
        return "Les fichiers chargés ne donnent pas cette valeur pour ce territoire."
    return row.note if row.note else ""


def none_counted(indicator: Indicator) -> str:
    """ "Aucun relais petite enfance recensé.", "Aucune famille avec enfants recensée." """
    stat = indicator.denominator or ""
    if stat in FACILITY_LABELS:
        return french.typographic(f"Aucun {FACILITY_LABELS[stat][0]} recensé.")
    label = indicator.denominator_label.split(" (")[0]
    first, _, rest = label.partition(" ")
    singular = f"{first.removesuffix('s')} {rest.replace('principales', 'principale')}".strip()
    feminine = first.startswith(("famille", "femme", "classe", "résidence"))
    return french.typographic(
        f"{french.in_words(0, feminine=feminine, capital=True)} {singular} recensé{'e' * feminine}."
    )


def _caution(db: Database, indicator: Indicator, row: Figure) -> str:
    told = []
    if _few(db, indicator, row):
        told.append(f"Moins de {FEW} personnes : une de plus ou de moins change tout, rien n’est comparé.")
    if row.numerator_year is not None and row.denominator_year is not None and indicator.denominator:
        dated, other = row.numerator_year, row.denominator_year
        if indicator.dated_by == "denominator":
            dated, other = other, dated
        if abs(dated + indicator.offset - other) > indicator.lag:
            told.append(
                f"Les deux parties du calcul n’ont pas la même date : {indicator.numerator_label} en "
                f"{row.numerator_year}, {indicator.denominator_label} en {row.denominator_year}."
            )
    if row.note:
        told.append(row.note if row.note.endswith(".") else f"{row.note}.")
    elif row.covered is not None and row.covered < 1 and row.value is not None:
        told.append(f"Couvre {french.percent(math.floor(row.covered * 1000) / 10, 1)} du territoire.")
    return french.typographic(french.capitalised(" ".join(told))) if told else ""

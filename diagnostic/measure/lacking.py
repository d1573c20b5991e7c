"""Of how many people a figure is, and the places that a territory lacks: exact, with what they are the sum of."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from functools import partial
from typing import NamedTuple

from diagnostic import gaps, territories
from diagnostic.indicators import CHILDREN, FACILITY_LABELS, OFFICIAL
from diagnostic.measure.rows import Figure, history
from diagnostic.model import Indicator, Level, Territory
from diagnostic.warehouse.database import Database
from diagnostic.warehouse.memory import Asked, shared

MEMBERS_KNOWN = 0.8
"""Share of the children whose member has a published rate from which the sum over the members speaks for the whole."""

FEW = 20
"""Under so many people, one more or one less turns the comparison round: none is made, and a map has no colour. From twenty,
what is « en dessous » (15 % under a reference of 60 to 70 places for 100) lacks two places, which is what a word asks for;
with thirty, 98 % of the communes of 500 to 700 inhabitants would be compared with nothing (77 % are), and colours alone would
differ from the words and from the places counted. What a title names asks for more: 30 on a map, `ENOUGH_PEOPLE` in a ranking."""


def people(db: Database, indicator: Indicator, row: Figure) -> float | None:
    """Of how many people a share or a rate is; None of a plain number, and where it is unknown."""
    if is_count(indicator):
        return None
    if indicator.id.startswith(OFFICIAL) or indicator.numerator == OFFICIAL:
        found = rated(db, row.level).get(row.code, {}).get(row.year)
        return found.children if found is not None else None
    return row.numerator if indicator.denominator in FACILITY_LABELS else row.denominator


def is_count(indicator: Indicator) -> bool:
    """Whether the indicator is a plain number, which grows with the territory."""
    return indicator.denominator is None and not indicator.published


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
    hold nearly all the children. It never lacks less than its own gap: were every member counted, they would lack at
    least as much, and what the sum falls short of it by lies in members too small, too near or unknown. The line of an
    EPCI on the page of its département is thus the number of its own page. Children are those that rate and places of
    one year imply, else those of the 1 January after the rate's year. None when the rate or the children are unknown,
    or fewer than `FEW`.
    """
    own = rated(db, place.level).get(place.code, {}).get(year)
    gap = None
    if own is not None and own.children is not None and own.children >= FEW:
        gap = Shortage(
            float(gaps.missing_units(own.rate, reference, own.children)),
            reference,
            year,
            own.children_year,
            (),
            1,
            1,
        )
    if place.level is not Level.COMMUNE:
        members = [item for item in territories.members(db, place) if at_home(item, place)]
        level = members[0].level.value if members else Level.COMMUNE.value
        rates = rated(db, level)
        rates.want(item.code for item in members)
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
            if gap is None or total >= gap.total:
                return Shortage(total, reference, year, counted, tuple(below), len(known), len(members))
    return gap


def at_home(member: Territory, place: Territory) -> bool:
    """An EPCI that reaches into several départements counts in the one where most of its people live."""
    return place.level is not Level.DEPARTEMENT or member.departement == place.code


def _children_of(db: Database, place: Territory, year: int | None, own: Rated | None) -> float | None:
    if own is not None and own.children is not None:
        return own.children
    return children_near(history(db, [place])[place.key].get(CHILDREN, []), year)


@shared(8)
def rated(db: Database, level: str) -> Asked[str, dict[int, Rated]]:
    """The published rates of every territory of a level, by code and year, with their children."""
    return Asked(partial(_rated, db, level), partial(_rated, db, level))


def _rated(db: Database, level: str, codes: Sequence[str] | None = None) -> dict[str, dict[int, Rated]]:
    some = "" if codes is None else "and rate.code in (select unnest(?::varchar[]))"
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
        where rate.indicator = '{OFFICIAL}' and rate.level = ? and rate.value is not null {some}
        group by rate.code, rate.year, rate.value
        """,
        level,
        *([] if codes is None else [list(codes)]),
    )
    found: dict[str, dict[int, Rated]] = defaultdict(dict)
    for code, year, rate, implied, counted, counted_year in rows:
        children = (
            Rated(rate, implied, year + 1) if implied is not None else Rated(rate, counted, counted_year)
        )
        found[code][year] = children
    return dict(found)


def want_rates(db: Database, places: Iterable[Territory]) -> None:
    """Ask at once for the rates of territories that will be spoken of."""
    wanted: dict[str, list[str]] = defaultdict(list)
    for place in places:
        wanted[place.level.value].append(place.code)
    for level, codes in wanted.items():
        rated(db, level).want(codes)


def children_near(rows: Sequence[Figure], year: int | None) -> float | None:
    """Children under 3 on the 1 January after `year`, or the nearest year known."""
    known = [(row.year, row.value) for row in rows if row.value is not None and row.year is not None]
    if not known or year is None:
        return None
    return min(known, key=lambda row: (abs(row[0] - year - 1), -row[0]))[1]

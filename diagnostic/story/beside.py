"""Territories side by side: one vintage for all, who ranks, what is crossed, and what is said of it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

import pandas as pd

from diagnostic import french, measure, reading
from diagnostic.indicators import BY_ID, INDICATORS, LEISURE, rounded_children
from diagnostic.measure import Figure, History
from diagnostic.model import Finding, Indicator, Level, Status, Territory, rounding_of
from diagnostic.warehouse.memory import Shelf

T = TypeVar("T")
MOST = 60
"""Territories compared at once: beyond, a table is no longer read."""


@dataclass(frozen=True, slots=True)
class Compared:
    """A value of one territory, its status, whether it is the territory of the page, and of how many people a rate is."""

    key: str
    name: str
    own: bool
    value: float | None
    status: Status
    people: float | None = None
    rounding: float = 0.0
    """What the value may be off by, either way, where its producer rounds the count."""

    def finding(self, indicator: Indicator) -> Finding:
        """The same as a finding, whose rules of printing and of ranking are those of every page."""
        return Finding(indicator.id, self.key, self.value, self.status, people=self.people)


MOST_MADE = 150
"""What is kept of a choice: its figures and its table, and the charts of some of its pairs of indicators."""


@dataclass(frozen=True, slots=True)
class Choice:
    """The territories compared, the territory of the page first, and their figures; the keys that name no territory,
    and how many communes there is no room for; `people` tells of how many people a figure is."""

    places: tuple[Territory, ...]
    histories: Mapping[str, History]
    ignored: tuple[str, ...] = ()
    left_out: int = 0
    people: Callable[[Indicator, Figure], float | None] = lambda indicator, row: None
    _made: Shelf = field(default_factory=lambda: Shelf(MOST_MADE), repr=False, compare=False)

    def once(self, what: str, make: Callable[[], T]) -> T:
        """What `make` gives, kept under the name `what` for whoever compares the same territories."""
        found = self._made.get(what)
        return found if found is not None else self._made.keep(what, make())

    def compared(self, indicator: Indicator) -> tuple[Compared, ...]:
        """The value of each territory in the year that most of them share."""
        return self.once(
            f"compared {indicator.id}", lambda: values(self, indicator, shared_year(self, indicator))
        )

    @property
    def own(self) -> str:
        return self.places[0].key

    @property
    def names(self) -> Mapping[str, str]:
        """What each is called: a homonym of one before it says its département, which two of one name would else hide."""
        return self.once("names", lambda: _apart(self.places))


def _apart(places: Sequence[Territory]) -> dict[str, str]:
    names: dict[str, str] = {}
    for place in places:
        name = french.name(place)
        names[place.key] = f"{name} ({place.departement or place.code})" if name in names.values() else name
    return names


def left_out_sentence(choice: Choice) -> str:
    """Which territories are not compared although they were asked; empty when all are."""
    said = []
    if choice.ignored:
        named = french.listing([f"« {key} »" for key in choice.ignored])
        said.append(
            f"Aucun territoire ne porte {french.plural(len(choice.ignored), 'ce code', 'ces codes')} : {named}."
        )
    if choice.left_out:
        noun = french.quantity(choice.left_out, "territoire", "territoires")
        verb = french.verb(choice.left_out, "n’est pas montré", "ne sont pas montrés")
        said.append(f"{noun} {verb} : au plus {MOST} territoires à la fois, les plus peuplés d’abord.")
    return french.typographic(" ".join(said))


def shared_year(choice: Choice, indicator: Indicator) -> int | None:
    """The year in which most of the territories have a value, the latest at equality; None without any."""
    years = Counter(
        row.year
        for history in choice.histories.values()
        for row in history.get(indicator.id, [])
        if row.value is not None and row.year is not None
    )
    return max(years, key=lambda year: (years[year], year), default=None)


def values(choice: Choice, indicator: Indicator, year: int | None) -> tuple[Compared, ...]:
    """The value of each territory in `year`, as it is printed; unknown, with its status, where there is none."""
    found = []
    for place in choice.places:
        rows = choice.histories[place.key].get(indicator.id, [])
        row = next((row for row in rows if row.year == year), None)
        status = Status(row.status) if row is not None else Status.MISSING
        known = row if row is not None and status.known else None
        value = rounded_children(known.value, status, indicator) if known is not None else None
        people = choice.people(indicator, known) if known is not None else None
        error = rounding_of(known.value, known.numerator, known.status) if known is not None else 0.0
        found.append(
            Compared(
                place.key, choice.names[place.key], place.key == choice.own, value, status, people, error
            )
        )
    return tuple(found)


def table(choice: Choice, indicators: Sequence[Indicator]) -> pd.DataFrame:
    """One row per territory, one column per indicator known somewhere, with its year; what is unknown says so."""
    columns: dict[str, list[str]] = {"Territoire": list(choice.names.values())}
    for indicator in indicators:
        year = shared_year(choice, indicator)
        if year is None:
            continue
        unit = short_unit(indicator)
        title = f"{indicator.short} ({', '.join(filter(None, (unit, str(year) if year else '')))})"
        columns[title] = [printed_text(one, indicator) for one in values(choice, indicator, year)]
    return pd.DataFrame(columns)


def short_unit(indicator: Indicator) -> str:
    """The unit without whom it counts, for the head of a column or an axis: « places pour 100 enfants », « % »."""
    return re.split(r" (?:de|des|du|et|dont) ", indicator.unit)[0]


def absent(choice: Choice, points: pd.DataFrame) -> str:
    """That the territory of the page is not among the points, for want of one of the two values; "" when it is."""
    own = next((place for place in choice.places if place.key == choice.own), None)
    if own is None or points["own"].any():
        return ""
    return french.typographic(
        f"{french.capitalised(french.the(own))} n’y est pas : une des deux valeurs manque."
    )


def speaking(choice: Choice, indicators: Sequence[Indicator]) -> tuple[Indicator, ...]:
    """The indicators that more than two of the territories have, on one year."""
    return tuple(
        indicator
        for indicator in indicators
        if sum(one.value is not None for one in choice.compared(indicator)) > 2
    )


def silent(choice: Choice, indicators: Sequence[Indicator]) -> tuple[str, str]:
    """How many indicators are left out of the table, and which; "" twice when none is."""
    kept = {indicator.id for indicator in speaking(choice, indicators)}
    names = [indicator.short for indicator in indicators if indicator.id not in kept]
    if not names:
        return "", ""
    count = french.quantity(len(names), "indicateur", "indicateurs")
    return f"{count} sans valeur pour assez de territoires", f"{french.listing(names)}."


def series(choice: Choice, indicator: Indicator) -> dict[str, list[tuple[int, float]]]:
    """Known values by year, oldest first, for each territory that has some; name -> points."""
    found = {}
    for place in choice.places:
        rows = choice.histories[place.key].get(indicator.id, [])
        points = sorted(
            (row.year, value)
            for row in rows
            if row.year is not None
            and Status(row.status).known
            and (value := rounded_children(row.value, Status(row.status), indicator)) is not None
        )
        if points:
            found[choice.names[place.key]] = points
    return found


def printed_text(one: Compared, indicator: Indicator) -> str:
    if one.value is None:
        return reading.status_word(one.finding(indicator), indicator)
    if is_yes_or_no(one, indicator):
        return "oui" if one.value else "non"
    decimals = reading.decimals_of(one.value, one.status, indicator)
    # Beside « oui » and « non », a share bears its sign.
    return (french.percent if indicator.id in LEISURE else french.number)(one.value, decimals)


def all_indicators() -> tuple[Indicator, ...]:
    """The declared indicators that compare across territories: rates and medians, not counts."""
    return tuple(i for i in INDICATORS if not measure.is_count(i))


EVERY_NAME = 8
"""Points of a scatter that all bear their name."""
FEWEST = 3
"""Territories with a value under which there is nothing to rank nor to cross."""


def indicator_options(choice: Choice) -> dict[str, str]:
    """Id and label of what these territories can be compared on: what three of them, and a third of them, have in one
    year at least, those that the territory of the page has first. All of them where none is."""
    known = {indicator.id: _known(choice, indicator) for indicator in all_indicators()}
    enough_of_them = max(FEWEST, len(choice.places) / 3)
    spoken = [i for i in all_indicators() if len(known[i.id]) >= enough_of_them]
    spoken.sort(key=lambda i: choice.own not in known[i.id])
    return {indicator.id: indicator.label for indicator in spoken or all_indicators()}


def _known(choice: Choice, indicator: Indicator) -> set[str]:
    return {one.key for one in choice.compared(indicator) if rate(one, indicator) is not None}


def rate(one: Compared, indicator: Indicator) -> float | None:
    """The value as one that ranks and crosses: a share that is all or nothing of one commune is none."""
    return None if is_yes_or_no(one, indicator) else one.value


def level_of(one: Compared) -> Level:
    return Level(one.key.partition(":")[0])


def is_yes_or_no(one: Compared, indicator: Indicator) -> bool:
    """Whether an indicator only says of one commune that it has, or not: of all its children, or of none."""
    return indicator.id in LEISURE and level_of(one) is Level.COMMUNE


def asked(id: str, options: Mapping[str, str]) -> Indicator:
    """The indicator of the address, the first one when it cannot be compared."""
    return BY_ID[id if id in options else next(iter(options))]


def named(points: pd.DataFrame) -> list[str]:
    """Whose names a drawing has room for, the own one first: the extremes of each axis, of those whose rates are of enough
    people; all of them when they are few."""
    rows = points
    if len(points) > EVERY_NAME:
        sure = points[~points["few"]] if not points["few"].all() else points
        ends = {sure[axis].idxmin() for axis in ("x", "y")} | {sure[axis].idxmax() for axis in ("x", "y")}
        rows = points.loc[sorted(ends | set(points.index[points["own"]]))]
    return list(rows.sort_values("own", ascending=False, kind="stable")["name"])

"""What the page Comparer draws: one vintage for all, so that territories can be set side by side."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from diagnostic import french, measure, reading, territories
from diagnostic.measure import History
from diagnostic.model import DiagnosticError, Finding, Indicator, Level, Status, Territory
from diagnostic.report import Report
from diagnostic.warehouse import Database

MOST = 40
"""Territories compared at once: beyond, a table is no longer read."""


@dataclass(frozen=True, slots=True)
class Compared:
    """A value of one territory, its status, and whether it is the territory of the page."""

    key: str
    name: str
    own: bool
    value: float | None
    status: Status


@dataclass(frozen=True, slots=True)
class Choice:
    """The territories compared, the territory of the page first, and their figures."""

    places: tuple[Territory, ...]
    histories: Mapping[str, History]
    ignored: tuple[str, ...] = ()

    @property
    def own(self) -> str:
        return self.places[0].key


def candidates(db: Database, report: Report) -> dict[str, str]:
    """Key and name of what can be added: siblings, members and parents."""
    own = report.territory
    found = (
        *territories.siblings(db, own),
        *(territories.members(db, own) if own.level is not Level.COMMUNE else ()),
        *territories.parents(db, own),
        *(peer.territory for peer in report.peers),
    )
    return {place.key: french.name(place) for place in found if place.key != own.key}


def choose(
    db: Database, report: Report, indicators: Sequence[Indicator], *, peers: bool, added: Sequence[str]
) -> Choice:
    """The territory, its reference, its peers if asked, and what the user adds; unknown keys are named."""
    places = [report.territory]
    if report.reference is not None:
        places.append(report.reference)
    if peers:
        places += [peer.territory for peer in report.peers]
    ignored = []
    for key in added:
        try:
            places.append(territories.get(db, key))
        except DiagnosticError:
            ignored.append(key)
    places = list({place.key: place for place in places}.values())[:MOST]
    histories = measure.history(db, places, [indicator.id for indicator in indicators])
    return Choice(tuple(places), histories, tuple(ignored))


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
    """The value of each territory in `year`; unknown, with its status, where there is none."""
    found = []
    for place in choice.places:
        rows = choice.histories[place.key].get(indicator.id, [])
        row = next((row for row in rows if row.year == year), None)
        status = Status(row.status) if row is not None else Status.MISSING
        value = row.value if row is not None and status.known else None
        found.append(Compared(place.key, french.name(place), place.key == choice.own, value, status))
    return tuple(found)


def table(choice: Choice, indicators: Sequence[Indicator]) -> pd.DataFrame:
    """One row per territory, one column per indicator with its year; what is unknown says its status."""
    columns: dict[str, list[str]] = {"Territoire": [french.name(place) for place in choice.places]}
    for indicator in indicators:
        year = shared_year(choice, indicator)
        title = f"{indicator.short} ({year})" if year else indicator.short
        columns[title] = [_text(one, indicator) for one in values(choice, indicator, year)]
    return pd.DataFrame(columns)


def ranked(compared: Sequence[Compared]) -> list[Compared]:
    """The known ones, highest first."""
    return sorted((one for one in compared if one.value is not None), key=lambda one: -one.value)


def unknown(compared: Sequence[Compared]) -> list[str]:
    """Names of those without a value."""
    return [one.name for one in compared if one.value is None]


def pairs(across: Sequence[Compared], up: Sequence[Compared]) -> pd.DataFrame:
    """Territories whose two values are known: name, x, y, own."""
    rows = [
        (one.name, one.value, other.value, one.own)
        for one, other in zip(across, up, strict=True)
        if one.value is not None and other.value is not None
    ]
    return pd.DataFrame(rows, columns=["name", "x", "y", "own"])


def series(choice: Choice, indicator: Indicator) -> dict[str, list[tuple[int, float]]]:
    """Known values by year, oldest first, for each territory that has some; name -> points."""
    found = {}
    for place in choice.places:
        rows = choice.histories[place.key].get(indicator.id, [])
        points = sorted(
            (row.year, row.value)
            for row in rows
            if row.value is not None and row.year is not None and Status(row.status).known
        )
        if points:
            found[french.name(place)] = points
    return found


def message(compared: Sequence[Compared], indicator: Indicator) -> str:
    """What the ranking says of the territory of the page, as a title."""
    order = ranked(compared)
    own = next((rank for rank, one in enumerate(order, 1) if one.own), None)
    if not order:
        return f"{indicator.short} : aucune valeur connue parmi ces territoires"
    if own is None:
        missing = next((one.name for one in compared if one.own), "Le territoire")
        return f"{missing} n’a pas de valeur publiée ; {order[0].name} a la plus haute"
    place = french.ordinal(own)
    return f"{order[own - 1].name} : {place} valeur sur {french.number(len(order))} territoires"


def why(report: Report) -> pd.DataFrame:
    """The peers and what makes them alike."""
    rows = [
        {
            "Territoire": french.name(p.territory),
            "Distance": french.number(p.distance, 2),
            "Ce qui les rapproche": p.why,
        }
        for p in report.peers
    ]
    return pd.DataFrame(rows)


def _text(one: Compared, indicator: Indicator) -> str:
    if one.value is None:
        return reading.status_word(Finding(indicator.id, one.key, None, one.status), indicator)
    return french.number(one.value, indicator.decimals)

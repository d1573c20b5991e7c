"""Territories side by side: one vintage for all, who ranks, what is crossed, and what is said of it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

import pandas as pd

from diagnostic import french, measure, reading
from diagnostic.indicators import BY_ID, INCOME, INDICATORS, LEISURE, rounded_children
from diagnostic.measure import Figure, History
from diagnostic.model import ENOUGH_PEOPLE, Finding, Indicator, Level, Status, Territory
from diagnostic.report import Report
from diagnostic.story.blocks import Line, Lines, Ranked
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
        found.append(
            Compared(place.key, choice.names[place.key], place.key == choice.own, value, status, people)
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
        columns[title] = [_text(one, indicator) for one in values(choice, indicator, year)]
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


def enough(compared: Sequence[Compared]) -> bool:
    """Whether there is something to rank: one bar says nothing."""
    return sum(one.value is not None for one in compared) > 1


def ranked(compared: Sequence[Compared]) -> list[Compared]:
    """The known ones, highest first."""
    rows = sorted(((one.value, one) for one in compared if one.value is not None), key=lambda row: -row[0])
    return [one for _, one in rows]


def of_few(compared: Sequence[Compared], indicator: Indicator) -> list[Compared]:
    """The communes whose rate is of so few people that it is drawn without a rank."""
    return [one for one in ranked(compared) if one.finding(indicator).of_few_people]


def unknown(compared: Sequence[Compared]) -> list[str]:
    """Names of those without a value."""
    return [one.name for one in compared if one.value is None]


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


def message(compared: Sequence[Compared], indicator: Indicator) -> str:
    """What the ranking says of the territory of the page among those of its own level, as a title."""
    page = next((one for one in compared if one.own), None)
    few = of_few(compared, indicator)
    order = [
        one for one in ranked(compared) if one not in few and (page is None or _level(one) == _level(page))
    ]
    if page is None or not ranked(compared):
        return f"{indicator.short} : aucune valeur connue parmi ces territoires"
    if page.value is None:
        first = (order or ranked(compared))[0]
        return f"{page.name} n’a pas de valeur publiée ; {first.name} a la plus haute"
    if page in few and page.people is not None:
        noun = "enfants" if "enfant" in indicator.unit else "personnes"
        people = french.quantity(page.people, noun[:-1], noun)
        return f"{page.name} : {_text(page, indicator)}, sur {people} : trop peu pour un rang"
    if len(order) < 2:
        others = [one for one in ranked(compared) if one is not page and one not in few]
        if len(others) < FEWEST:
            return f"{page.name} : {_text(page, indicator)}, sans autre territoire de son échelle ici"
        low, high = (f"{_text(one, indicator)} ({one.name})" for one in (others[-1], others[0]))
        return french.typographic(f"{page.name} : {_text(page, indicator)} ; de {low} à {high}")
    level = _level(page)
    place = french.ordinal(order.index(page) + 1, feminine=level.feminine)
    return f"{page.name} : {place} sur {french.number(len(order))} {level.plural}"


def _level(one: Compared) -> Level:
    return Level(one.key.partition(":")[0])


def rank_note(compared: Sequence[Compared], indicator: Indicator) -> str:
    """Which territories are drawn and not ranked: those of another level, and the communes of few people."""
    said = []
    page = next((one for one in compared if one.own), None)
    if page is not None and any(_level(one) != _level(page) for one in ranked(compared)):
        said.append("Les territoires d’une autre échelle sont dessinés comme repères, hors classement.")
    few = of_few(compared, indicator)
    if few:
        noun = french.quantity(len(few), "commune", "communes")
        verb = french.verb(len(few), "est dessinée", "sont dessinées")
        who, one = ("enfants", "un enfant") if "enfant" in indicator.unit else ("personnes", "une personne")
        ranks = f"{noun} de moins de {ENOUGH_PEOPLE}{french.NBSP}{who} {verb} sans rang"
        why = f" : {one} de plus ou de moins y déplace le taux d’un point ou plus"
        said.append(f"{ranks}{why if indicator.per == 100 else ''}.")
    return french.typographic(" ".join(said))


def why(report: Report) -> pd.DataFrame:
    """The peers and what makes them alike."""
    rows = [
        {
            "Territoire": french.name(p.territory)
            + (f" ({p.territory.departement})" if p.territory.level is Level.COMMUNE else ""),
            "Écart (sans unité)": french.number(p.distance, 2),
            "Ce qui les rapproche": p.why,
        }
        for p in report.peers
    ]
    return pd.DataFrame(rows)


def _text(one: Compared, indicator: Indicator) -> str:
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
NAME = 0.05
"""Height of a name, as a share of the axis: on a telephone one is as wide as the chart."""
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
    return {one.key for one in choice.compared(indicator) if _rate(one, indicator) is not None}


def _rate(one: Compared, indicator: Indicator) -> float | None:
    """The value as one that ranks and crosses: a share that is all or nothing of one commune is none."""
    return None if is_yes_or_no(one, indicator) else one.value


def is_yes_or_no(one: Compared, indicator: Indicator) -> bool:
    """Whether an indicator only says of one commune that it has, or not: of all its children, or of none."""
    return indicator.id in LEISURE and _level(one) is Level.COMMUNE


def asked(id: str, options: Mapping[str, str]) -> Indicator:
    """The indicator of the address, the first one when it cannot be compared."""
    return BY_ID[id if id in options else next(iter(options))]


def other_options(choice: Choice, one: Indicator) -> dict[str, str]:
    """What `one` can be crossed with: another indicator that three territories have beside it, income first."""
    found = [i for i in all_indicators() if i.id != one.id and _crosses(choice, one, i)]
    found.sort(key=lambda i: i.id != INCOME)
    return {indicator.id: indicator.label for indicator in found}


def _crosses(choice: Choice, one: Indicator, other: Indicator) -> bool:
    """Whether enough territories have both values, and not all the same one."""
    both = [
        (x, y)
        for across, up in zip(choice.compared(one), choice.compared(other), strict=True)
        if (x := _rate(across, one)) is not None and (y := _rate(up, other)) is not None
    ]
    return len(both) >= FEWEST and all(len(set(axis)) > 1 for axis in zip(*both, strict=True))


def crossed_with(options: Mapping[str, str], id: str) -> Indicator:
    """The indicator of the address when it can be crossed, else the first that can."""
    return BY_ID[id if id in options else next(iter(options), "population")]


def peers_message(report: Report) -> str:
    """How many peers, as a title."""
    return french.quantity(len(report.peers), "territoire semblable", "territoires semblables")


def peers_sentence(report: Report) -> str:
    """By which variables they are alike."""
    variables = french.listing([_lower(variable) for variable in report.peers_variables])
    return f"De même échelle, proches par : {variables}, de la dernière année connue de chacun. L’écart les réunit, ramenées à la même échelle : 0 pour deux territoires identiques"


def _lower(variable: str) -> str:
    label = BY_ID[variable].short if variable in BY_ID else variable.removesuffix(" (logarithme)")
    return french.uncapitalised(label)


def subtitle(indicator: Indicator, year: int | None) -> str:
    """What is ranked, unit and year."""
    return f"{indicator.label}, {indicator.unit}" + (f", {year}" if year else "")


def bars(compared: Sequence[Compared], report: Report, indicator: Indicator) -> Ranked:
    """The known values, highest first; in whole numbers where their producer rounds some."""
    order = ranked(compared)
    rows = tuple((one.name, one.value, False) for one in order if one.value is not None)
    return Ranked(
        "",
        rows,
        (),
        min((reading.decimals_of(one.value, one.status, indicator) for one in order), default=0),
        unit=indicator.unit,
        own=own_name(report),
        beside=reference_name(report),
    )


def compared_table(compared: Sequence[Compared], indicator: Indicator) -> pd.DataFrame:
    """The ranking as a table, the unknown ones last with their status."""
    order = [*ranked(compared), *(one for one in compared if one.value is None)]
    return pd.DataFrame(
        [
            {"Territoire": one.name, indicator.short: one.value, "Statut": _word(one, indicator)}
            for one in order
        ],
        columns=["Territoire", indicator.short, "Statut"],
    )


def statuses(compared: Sequence[Compared], indicator: Indicator) -> list[str]:
    """The words of the statuses met among the known values; where none is known, those of the unknown ones."""
    known = {_word(one, indicator) for one in compared if one.value is not None}
    return sorted(known or {_word(one, indicator) for one in compared}) or ["inconnu"]


def unknown_sentence(compared: Sequence[Compared]) -> str:
    """Who has no value, in a sentence."""
    names = unknown(compared)
    if not names:
        return ""
    shown = names if len(names) <= 4 else [*names[:3], f"{french.number(len(names) - 3)} autres"]
    return f"Sans valeur cette année-là : {french.listing(shown)}."


def cross(choice: Choice, one: Indicator, other: Indicator) -> pd.DataFrame:
    """Points of the scatter, each indicator on its own shared year: name, x, y, own, and whether one of the two is of few
    people."""
    rows = [
        (x.name, x.value, y.value, x.own, x.finding(one).of_few_people or y.finding(other).of_few_people)
        for x, y in zip(choice.compared(one), choice.compared(other), strict=True)
        if x.value is not None and y.value is not None
    ]
    return pd.DataFrame(rows, columns=["name", "x", "y", "own", "few"])


def cross_message(points: pd.DataFrame, one: Indicator, other: Indicator) -> str:
    """What the scatter shows, without claiming a cause."""
    if points.empty:
        return f"{one.short} et {french.uncapitalised(other.short)} : aucun territoire n’a les deux valeurs"
    count = french.quantity(len(points), "territoire", "territoires")
    return f"{one.short} et {french.uncapitalised(other.short)} : {count} avec les deux valeurs"


def cross_subtitle(choice: Choice, one: Indicator, other: Indicator) -> str:
    """Years of the two axes, and that being together is not being caused."""
    years = [
        f"{french.uncapitalised(i.short)} {year}" for i in (one, other) if (year := shared_year(choice, i))
    ]
    return f"{french.capitalised(' ; '.join(years))}. Deux valeurs qui vont ensemble ne disent pas laquelle explique l’autre."


def cross_table(points: pd.DataFrame, one: Indicator, other: Indicator) -> pd.DataFrame:
    """The points as a table."""
    second = other.short if other.short != one.short else f"{other.short} (2)"
    return points.rename(columns={"name": "Territoire", "x": one.short, "y": second}).drop(
        columns=["own", "few"]
    )


def named(points: pd.DataFrame) -> list[str]:
    """The extremes of each axis get their name, of those whose rates are of enough people; all of them when they are few.
    One that would be written over another has none."""
    rows = points
    if len(points) > EVERY_NAME:
        sure = points[~points["few"]] if not points["few"].all() else points
        ends = {sure[axis].idxmin() for axis in ("x", "y")} | {sure[axis].idxmax() for axis in ("x", "y")}
        rows = points.loc[sorted(ends | set(points.index[points["own"]]))]
    high = float(points["y"].max() - points["y"].min()) or 1.0
    kept: dict[str, float] = {}
    for one in rows.sort_values("own", ascending=False).itertuples(index=False):
        if all(abs(one.y - other) >= NAME * high for other in kept.values()):
            kept[one.name] = one.y
    return list(kept)


def own_name(report: Report) -> str:
    """The name of the territory of the page, as the series know it."""
    return french.name(report.territory)


def reference_name(report: Report) -> str:
    """The name of the territory beside it, as the series know it; empty when there is none."""
    return french.name(report.beside) if report.beside is not None else ""


def long_enough(found: Mapping[str, Sequence[tuple[int, float]]]) -> bool:
    """Whether there is a series: two years at least somewhere."""
    return any(len(points) > 1 for points in found.values())


def series_message(
    found: Mapping[str, Sequence[tuple[int, float]]], report: Report, indicator: Indicator
) -> str:
    """From the first year to the last one of the territory, as a title."""
    points = found.get(own_name(report), [])
    if len(points) < 2:
        return f"{indicator.short} : pas de série pour {own_name(report)}"
    (first, start), (last, end) = points[0], points[-1]
    numbers = french.number(start, indicator.decimals), french.number(end, indicator.decimals)
    return f"{indicator.short} : {numbers[0]} en {first}, {numbers[1]} en {last}"


def curves(found: Mapping[str, Sequence[tuple[int, float]]], report: Report, indicator: Indicator) -> Lines:
    """A line a territory, that of the page drawn last."""
    roles = {reference_name(report): "ink", own_name(report): "territory"}
    order = sorted(found, key=lambda name: list(roles).index(name) if name in roles else -1)
    drawn = (Line(name, tuple(found[name]), roles.get(name, "other")) for name in order)
    return Lines("", tuple(drawn), indicator.decimals)


def series_table(found: Mapping[str, Sequence[tuple[int, float]]]) -> pd.DataFrame:
    """One row per year, one column per territory."""
    frame = pd.DataFrame({name: dict(points) for name, points in found.items()}).sort_index()
    return frame.rename_axis("Année").reset_index().astype({"Année": str})


def _word(one: Compared, indicator: Indicator) -> str:
    return reading.status_word(one.finding(indicator), indicator)

"""One indicator of territories set side by side: their ranks, bars and curves, and what is said of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd

from diagnostic import french, reading
from diagnostic.indicators import BY_ID
from diagnostic.model import ENOUGH_PEOPLE, Indicator, Level
from diagnostic.report import Report
from diagnostic.story.beside import FEWEST, Choice, Compared, level_of, printed_text, shared_year
from diagnostic.story.blocks import Line, Lines, Ranked
from diagnostic.story.missing import unknown_of


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


def message(compared: Sequence[Compared], indicator: Indicator, *, whole: bool = True) -> str:
    """What the ranking says of the territory of the page among those of its own level, as a title; not `whole` where they
    are those that someone picked, or that there was room for."""
    page = next((one for one in compared if one.own), None)
    few = of_few(compared, indicator)
    order = [
        one
        for one in ranked(compared)
        if one not in few and (page is None or level_of(one) == level_of(page))
    ]
    if page is None or not ranked(compared):
        return f"{indicator.short} : aucune valeur connue parmi ces territoires"
    if page.value is None:
        known = order or ranked(compared)
        highest = f" ; {known[0].name} a la plus haute" if _sure(known[0], known) else ""
        return f"{page.name} n’a pas de valeur publiée{highest}"
    if page in few and page.people is not None:
        noun, _ = _whom(indicator)
        people = french.quantity(page.people, noun[:-1], noun)
        return f"{page.name} : {printed_text(page, indicator)}, sur {people} : trop peu pour un rang"
    if len(order) < 2:
        others = [one for one in ranked(compared) if one is not page and one not in few]
        if len(others) < FEWEST:
            return f"{page.name} : {printed_text(page, indicator)}, sans autre territoire de son échelle ici"
        low, high = (
            printed_text(one, indicator) + (f" ({one.name})" if _sure(one, others) else "")
            for one in (others[-1], others[0])
        )
        return french.typographic(f"{page.name} : {printed_text(page, indicator)} ; de {low} à {high}")
    level = level_of(page)
    place = _place(page, order)
    shown = "" if whole else f" montré{'e' * level.feminine}s"
    many = f" d’au moins {ENOUGH_PEOPLE}{french.NBSP}{_whom(indicator)[0]}" if few else ""
    return f"{page.name} : {place} sur {french.number(len(order))} {level.plural}{many}{shown}"


def _place(page: Compared, order: Sequence[Compared]) -> str:
    """ "3ᵉ", "entre le 3ᵉ et le 9ᵉ rang" where counts rounded by their producer may stand in another order."""
    if not any(one.rounding for one in order):
        return french.ordinal(order.index(page) + 1, feminine=level_of(page).feminine)
    least, most = _ends(page)
    first = 1 + sum(_ends(one)[0] > most for one in order if one is not page)
    last = len(order) - sum(_ends(one)[1] < least for one in order if one is not page)
    if first == last:
        return french.ordinal(first, feminine=level_of(page).feminine)
    return f"entre le {french.ordinal(first)} et le {french.ordinal(last)} rang"


def _ends(one: Compared) -> tuple[float, float]:
    """Between what the exact value stands."""
    value = one.value if one.value is not None else 0.0
    return value - one.rounding, value + one.rounding


def _sure(one: Compared, others: Sequence[Compared]) -> bool:
    """Whether no rounding may put another before it, or after it, at an end of the ranking."""
    rest = [_ends(other) for other in others if other is not one]
    least, most = _ends(one)
    exact = not any(other.rounding for other in others)
    return exact or all(high < least for _, high in rest) or all(low > most for low, _ in rest)


def _whom(indicator: Indicator) -> tuple[str, str]:
    """Whom a rate is of: several, and one."""
    return ("enfants", "un enfant") if "enfant" in indicator.unit else ("personnes", "une personne")


def rank_note(compared: Sequence[Compared], indicator: Indicator) -> str:
    """Which territories are drawn and not ranked, those of another level and the communes of few people; that an order may
    be another one."""
    said = []
    page = next((one for one in compared if one.own), None)
    if page is not None and any(level_of(one) != level_of(page) for one in ranked(compared)):
        said.append("Les territoires d’une autre échelle sont dessinés comme repères, hors classement.")
    if page is not None and any(one.rounding for one in ranked(compared)):
        said.append("Comptes arrondis à cinq : les barres proches peuvent être dans un autre ordre.")
    few = of_few(compared, indicator)
    if few:
        noun = french.opening(len(few), "commune", "communes", feminine=True)
        verb = french.verb(len(few), "est dessinée", "sont dessinées")
        who, one = _whom(indicator)
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


def without(choice: Choice, indicator: Indicator) -> tuple[str, str]:
    """How many territories have no value on the shared year, then which, by reason; "" twice where all have one."""
    places = {place.key: place for place in choice.places}
    found = [(places[one.key], one.finding(indicator)) for one in choice.compared(indicator)]
    when = " cette année-là" if shared_year(choice, indicator) else ""
    return unknown_of(found, indicator, "territoire", "territoires", when=when)


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

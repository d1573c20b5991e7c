"""Whether care is rarest where poverty is highest: the communes one by one."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import correlation, median
from typing import NamedTuple

from diagnostic import french, reading
from diagnostic.indicators import BY_ID, CHILDREN, DISTRICT_COUNT, OFFICIAL, POVERTY
from diagnostic.model import ENOUGH_PEOPLE, Territory
from diagnostic.report import Report
from diagnostic.story.blocks import Printed, Scatter, Section, Table, Text
from diagnostic.story.figures import compared, exact_of, source_line, statuses, value_of
from diagnostic.story.once import once

RATE = OFFICIAL
FEWEST_POINTS = 5
TOGETHER = 0.5
"""Correlation of ranks from which places go with poverty, more or fewer."""
MOST_ROWS = 8


class Point(NamedTuple):
    """A member: its poverty, its places for a hundred children, its districts, whether it is large enough to be named."""

    place: Territory
    poverty: float
    rate: float
    districts: float
    named: bool


def points(report: Report) -> tuple[Point, ...]:
    """The members whose poverty and coverage are both known, and not only bounded."""
    found = []
    for member in report.members:
        poverty, rate = (exact_of(member.findings.get(name)) for name in (POVERTY, RATE))
        if poverty is None or rate is None:
            continue
        children = value_of(member.findings.get(CHILDREN))
        districts = value_of(member.findings.get(DISTRICT_COUNT)) or 0.0
        found.append(
            Point(
                member.territory,
                poverty,
                rate,
                districts,
                children is not None and children >= ENOUGH_PEOPLE,
            )
        )
    return tuple(found)


@once
def poverty_section(report: Report) -> Section | None:
    """The scatter titled by what it shows; None under five points."""
    found = points(report)
    if len(found) < FEWEST_POINTS:
        return None
    named = _corners(found)
    beside = [(name, value) for name, value in compared(report.findings[RATE], report) if value is not None]
    chart = Scatter(
        "Chaque point est une commune ; en violet, celles qui ont un quartier prioritaire",
        "Taux de pauvreté (%)",
        "Places pour 100 enfants de moins de 3 ans",
        tuple((french.name(one.place), one.poverty, one.rate, one.districts > 0) for one in found),
        beside[0] if beside else None,
        named=tuple(french.name(one.place) for one in named),
        medians=(median(one.poverty for one in found), median(one.rate for one in found)),
    )
    hidden = len(report.members) - len(found)
    noun = french.quantity(hidden, "commune", "communes")
    return Section(
        "pauvrete",
        "Pauvreté et accueil des jeunes enfants",
        _title(found),
        ((1.0, (chart,)),),
        source_line(report, (POVERTY, RATE, DISTRICT_COUNT), members=True),
        (
            "Traits gris : les médianes des communes montrées.",
            *(
                f"{french.name(one.place)} : {french.number(one.poverty, 1)} % de pauvreté, {french.number(one.rate, 1)} places"
                for one in found
            ),
        ),
        subtitle="Taux de pauvreté et places d’accueil, par commune",
        caution=(
            f"{noun} sans les deux valeurs {french.verb(hidden, 'n’est pas montrée', 'ne sont pas montrées')}."
            if hidden
            else ""
        ),
        statuses=statuses(report, POVERTY, members=True),
        indicators=(POVERTY, RATE),
        on_slide=((0.66, (chart,)), (0.34, (_beside(report),))),
    )


def _beside(report: Report) -> Printed:
    """The communes with priority districts, or how to read the drawing."""
    rows = sorted(
        (
            (count, french.name(member.territory))
            for member in report.members
            if (count := value_of(member.findings.get(DISTRICT_COUNT)))
        ),
        key=lambda row: (-row[0], row[1]),
    )
    if not rows:
        read = "Plus un point est à droite, plus la pauvreté est forte ; plus il est bas, plus les places sont rares."
        return Text((("Lecture", read, False),))
    lines = [(name, french.number(count)) for count, name in rows[:MOST_ROWS]]
    rest = rows[MOST_ROWS - 1 :] if len(rows) > MOST_ROWS else []
    if rest:
        lines = lines[: MOST_ROWS - 1]
        least, most = (french.number(count) for count, _ in (rest[-1], rest[0]))
        each = f"{least} chacune" if least == most else f"{least} à {most}"
        lines.append((french.quantity(len(rest), "autre commune", "autres communes"), each))
    return Table(
        "Quartiers prioritaires, par commune",
        ("Commune", "Quartiers"),
        tuple(lines),
        (0.62, 0.38),
        (1,),
        left=len(rest),
    )


def _corners(found: Sequence[Point]) -> tuple[Point, ...]:
    """The points that the title names, then the ends of both axes."""
    large = [one for one in found if one.named] or list(found)
    poorest, least = sorted(large, key=lambda one: -one.poverty), sorted(large, key=lambda one: one.rate)
    picked = [*poorest[:2], *least[:2], poorest[-1], least[-1]]
    pair = _pair(found)
    return tuple(dict.fromkeys((*(pair or ()), *picked)))


def _pair(found: Sequence[Point]) -> tuple[Point, Point] | None:
    """A poor commune better served than a richer one: the poorest such, beside the least served of the richer ones."""
    large = sorted((one for one in found if one.named), key=lambda one: -one.poverty)
    for one in large[: max(2, len(large) // 3)]:
        lower = [other for other in large if other.poverty < one.poverty and other.rate < one.rate]
        if lower:
            return one, min(lower, key=lambda other: other.rate)
    return None


def _goes_with(large: Sequence[Point]) -> bool:
    """Whether ranks by poverty and by places go together, one way or the other: two communes that do not are then an
    exception. Nothing is known of a handful."""
    if len(large) < FEWEST_POINTS:
        return True
    axes = [[one.poverty for one in large], [one.rate for one in large]]
    ranks = [
        [sum(other < value for other in axis) + axis.count(value) / 2 for value in axis] for axis in axes
    ]
    return any(len(set(axis)) == 1 for axis in ranks) or abs(correlation(*ranks)) >= TOGETHER


def _title(found: Sequence[Point]) -> str:
    """The two poorest are the two least covered, or two communes that show the contrary, or the ranges."""
    large = [one for one in found if one.named]
    poorest = sorted(large, key=lambda one: -one.poverty)[:2]
    least = sorted(large, key=lambda one: one.rate)[:2]
    if len(large) >= FEWEST_POINTS - 1 and set(poorest) == set(least):
        names = french.listing([french.name(one.place) for one in poorest])
        return f"{names}, les plus pauvres, sont aussi les moins couvertes"
    low, high = min(one.poverty for one in found), max(one.poverty for one in found)
    few, many = min(one.rate for one in found), max(one.rate for one in found)
    ranges = (
        f"De {french.number(low)} à {french.percent(high)} de pauvreté, de {french.number(few, 1)} à "
        f"{french.number(many, 1)} places pour 100 enfants selon la commune"
    )
    pair = _pair(found)
    if pair is not None and not _goes_with(large):
        poor, rich = pair
        decimals = BY_ID[RATE].decimals
        said = (
            f"L’accueil ne suit pas la pauvreté : {french.name(poor.place)} ({french.percent(poor.poverty)}) a "
            f"{french.number(poor.rate, decimals)} places, {french.name(rich.place)} ({french.percent(rich.poverty)}) "
            f"{french.number(rich.rate, decimals)}"
        )
        return reading.held((said, ranges))
    return ranges

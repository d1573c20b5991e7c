"""Two indicators of territories set side by side, crossed, and what is said of them."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from diagnostic import french
from diagnostic.indicators import BY_ID, INCOME
from diagnostic.model import Indicator
from diagnostic.story.beside import FEWEST, Choice, all_indicators, rate, shared_year


def other_options(choice: Choice, one: Indicator) -> dict[str, str]:
    """What `one` can be crossed with: another indicator that three territories have beside it, and half as many as have the
    one most known, income first."""
    counts = {i: _crosses(choice, one, i) for i in all_indicators() if i.id != one.id}
    most = max(counts.values(), default=0)
    found = [i for i, count in counts.items() if count and 2 * count >= most]
    found.sort(key=lambda i: i.id != INCOME)
    return {indicator.id: indicator.label for indicator in found}


def _crosses(choice: Choice, one: Indicator, other: Indicator) -> int:
    """How many territories have both values; 0 where too few have, or all the same one."""
    both = [
        (x, y)
        for across, up in zip(choice.compared(one), choice.compared(other), strict=True)
        if (x := rate(across, one)) is not None and (y := rate(up, other)) is not None
    ]
    told = len(both) >= FEWEST and all(len(set(axis)) > 1 for axis in zip(*both, strict=True))
    return len(both) if told else 0


def crossed_with(options: Mapping[str, str], id: str) -> Indicator:
    """The indicator of the address when it can be crossed, else the first that can."""
    return BY_ID[id if id in options else next(iter(options), "population")]


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

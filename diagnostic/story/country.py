"""Where places are missing in the country, by département: most régions publish no rate."""

from __future__ import annotations

from dataclasses import replace

from diagnostic import french, reading
from diagnostic.gaps import CLEARLY_BELOW
from diagnostic.indicators import BY_ID
from diagnostic.model import Level
from diagnostic.report import Report, data
from diagnostic.story.blocks import Map, Printed, Ranked
from diagnostic.story.figures import value_of
from diagnostic.warehouse import Database

HIGHEST, LOWEST, MOST_SHORT = 6, 8, 7
"""Bars at each end of a slide, and members of its table."""


def by_departement(
    report: Report, name: str, year: int | None, db: Database | None
) -> dict[str, tuple[str, float]]:
    """For the country, the départements where most régions have no value; empty elsewhere."""
    if db is None or report.territory.level is not Level.FRANCE:
        return {}
    return data.values_of(db, "departement", name, year)


def said_of_the_country(report: Report, name: str, found: dict[str, tuple[str, float]]) -> str:
    """How many départements are clearly below the country, and the lowest."""
    own = value_of(report.findings.get(name)) or 0.0
    below = sorted((value, place) for place, value in found.values() if value < CLEARLY_BELOW * own)
    if not below:
        return french.typographic(
            f"Aucun des {len(found)} départements connus n’est nettement sous le niveau {french.of(report.territory)}"
        )
    count = french.in_words(len(below), capital=True)
    noun = french.plural(len(below), "département", "départements")
    verb = french.verb(len(below), "est", "sont")
    value, place = below[0]
    said = f"{count} {noun} sur {len(found)} {verb} nettement en dessous {french.of(report.territory)}"
    low = french.number(value, BY_ID[name].decimals)
    return reading.held(
        french.typographic(f"{said} ; le plus bas : {place}, {lowest}")
        for lowest in (f"{low} places pour 100 enfants", low)
    )


def of_the_country(
    report: Report, name: str, chart: Map, found: dict[str, tuple[str, float]]
) -> tuple[tuple[float, tuple[Printed, ...]], ...]:
    """The départements at both ends and their map against the country."""
    indicator, own = BY_ID[name], value_of(report.findings.get(name))
    if own is None:
        return ()
    line = ((french.name(report.territory), own, True),)
    rows = sorted(
        ((french.typographic(place), value, value < CLEARLY_BELOW * own) for place, value in found.values()),
        key=lambda row: row[1],
    )
    rows = [*rows[:LOWEST], *rows[-HIGHEST:]] if len(rows) > HIGHEST + LOWEST else rows
    bars = Ranked(
        f"Départements : les {french.in_words(LOWEST)} plus bas, les {french.in_words(HIGHEST)} plus hauts",
        tuple(rows),
        line,
        indicator.decimals,
        unit=indicator.unit,
    )
    values: dict[str, float | None] = {code: value for code, (_, value) in found.items()}
    drawn = replace(
        chart,
        level="departement",
        apart=frozenset(),
        reference=line[0][:2],
        values=values,
        alt=(
            f"Carte : {indicator.label} par département, {len(values)} valeurs, de {french.number(rows[0][1], 1)} "
            f"({rows[0][0]}) à {french.number(rows[-1][1], 1)} ({rows[-1][0]})."
        ),
    )
    return ((0.4, (bars,)), (0.6, (drawn,)))

"""Below the commune: where the children of a town live, by IRIS, as the census counts them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from diagnostic import french
from diagnostic.model import Level
from diagnostic.report import Report
from diagnostic.story.below import iris_names, iris_rows
from diagnostic.story.blocks import MOST_ROWS, Data, Section, Table
from diagnostic.story.once import once
from diagnostic.story.words import known, percent_of, whole
from diagnostic.warehouse import Database

_WIDTHS = (0.34, 0.14, 0.12, 0.12, 0.13, 0.15)
_NEARLY_ALL = 0.8
"""Share of the legal population below which the IRIS of a file are a part of those of the commune: the two differ by some
years and by those who count in two places."""


@dataclass(frozen=True)
class People:
    """Residents of one IRIS, by age."""

    code: str
    under_3: float | None
    everyone: float | None
    from_3_to_5: float | None
    from_6_to_10: float | None
    from_11_to_17: float | None


def people_of(report: Report, db: Database) -> tuple[tuple[People, ...], int | None]:
    """The IRIS of a commune that is cut, those of most children under 3 first, and the year of the census."""
    if report.territory.level is not Level.COMMUNE:
        return (), None
    columns = "code, under_3, population, from_3_to_5, from_6_to_10, from_11_to_17"
    rows = iris_rows(db, "iris_people", columns, report)
    if len(rows) < 2:
        return (), None
    return tuple(People(code, *map(known, counts)) for code, *counts, _ in rows), rows[0][-1]


@once
def iris_people_section(report: Report, db: Database | None = None) -> Section | None:
    """Children by IRIS; None where the commune is not cut, or the file is not loaded."""
    people, year = people_of(report, db) if db is not None else ((), None)
    if db is None or not people:
        return None
    names = iris_names(db, (one.code for one in people))
    census = f"{year}" if year else ""
    table = _table(people, names, census)
    return Section(
        "iris_enfants",
        "Les enfants, quartier par quartier",
        _title(report, people),
        ((1.0, (_table(people[:MOST_ROWS], names, census),)),),
        f"Source : Insee, recensement de la population {census}, base infracommunale (IRIS).",
        (),
        more=(table,) if len(people) > MOST_ROWS else (),
        on_slides=False,
        subtitle="Habitants par âge et par IRIS",
        caution=_caution(report, people),
        statuses=("officiel",),
        data=Data(
            ("IRIS", "Nom", "Moins de 3 ans", "3 à 5 ans", "6 à 10 ans", "11 à 17 ans", "Habitants"),
            tuple(
                (one.code, names[one.code], *map(whole, _counts(one)))
                for one in people
            ),
        ),
        on_screen=(table,),
    )  # fmt: skip


def _whole(report: Report, people: tuple[People, ...]) -> bool:
    """Whether the file holds the commune whole: an extract has some of its IRIS, whose inhabitants are far from all."""
    everyone = report.context.population
    return everyone is None or sum(one.everyone for one in people if one.everyone) >= _NEARLY_ALL * everyone


def _caution(report: Report, people: tuple[People, ...]) -> str:
    said = "Le recensement s’étale sur cinq ans : à cette échelle, quelques dizaines d’enfants sont un ordre de grandeur."
    return (
        said if _whole(report, people) else f"{said} Le fichier chargé ne tient qu’une partie de la commune."
    )


def _title(report: Report, people: tuple[People, ...]) -> str:
    """In how many IRIS half of the children under 3 live, and how many of a hundred that is; nothing counted in a part."""
    where, told = french.at(report.territory), [one.under_3 for one in people if one.under_3 is not None]
    if len(told) < len(people) or not sum(told) or not _whole(report, people):
        return f"Les enfants {where}, par quartier statistique"
    first = _half(told)
    share = percent_of(sum(told[:first]), sum(told))
    verb = french.verb(first, "réunit", "réunissent")
    return (
        f"{french.capitalised(where)}, {french.number(first)} des {french.number(len(people))} quartiers statistiques {verb} "
        f"{french.percent(share)} des enfants de moins de 3 ans"
    )


def _counts(one: People) -> tuple[float | None, ...]:
    return one.under_3, one.from_3_to_5, one.from_6_to_10, one.from_11_to_17, one.everyone


def _half(counts: Sequence[float]) -> int:
    """How many of them, the largest first, make half of the whole."""
    reached = 0.0
    for number, count in enumerate(counts, 1):
        reached += count
        if 2 * reached >= sum(counts):
            return number
    return len(counts)


def _table(people: tuple[People, ...], names: Mapping[str, str], census: str) -> Table:
    return Table(
        f"Par IRIS, {census}" if census else "Par IRIS",
        ("IRIS", "Moins de 3 ans", "3 à 5 ans", "6 à 10 ans", "11 à 17 ans", "Habitants"),
        tuple(
            (
                names[one.code],
                *map(french.number, _counts(one)),
            )
            for one in people
        ),
        _WIDTHS,
        (1, 2, 3, 4, 5),
    )  # fmt: skip

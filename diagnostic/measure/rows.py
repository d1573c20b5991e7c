"""The rows of the table `figure` of a territory; those of a perimeter of one's own go through the same query."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from diagnostic.model import Level, Status, Territory
from diagnostic.warehouse.database import Database
from diagnostic.warehouse.declaration import declare
from diagnostic.warehouse.memory import shared

_MEASURE = Path(__file__).parents[1] / "sql" / "measure.sql"

_COLUMNS = (
    "level, code, indicator, year, value, numerator, denominator, numerator_year, denominator_year, status, "
    "sources, covered, note"
)


@shared(8)
def equipped(db: Database, stat: str) -> frozenset[str]:
    """Communes where a place of that type stands; a city has those of its arrondissements."""
    return frozenset(
        code
        for (code,) in db.rows(
            """
            select commune from facility where stat = ?
            union
            select territory.parent from facility
            join territory on territory.level = 'commune' and territory.code = facility.commune
            where stat = ? and territory.parent <> ''
            """,
            stat,
            stat,
        )
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
            rows[row[1]].append(Figure._make(row))
        for code in codes:
            key = "france" if level == Level.FRANCE else f"{level}:{code}"
            found[key] = db.shelf.keep(key, _by_indicator(rows[code]))
    return found


def in_years(
    db: Database, places: Sequence[Territory], years: Mapping[str, int | None]
) -> dict[str, dict[str, Figure]]:
    """By indicator and key, the row of the year given for it, of territories of one level of the country: their whole
    histories would be forty times as much."""
    found: dict[str, dict[str, Figure]] = {name: {} for name in years}
    if not places:
        return found
    level = places[0].level.value
    for row in db.rows(
        f"select {_COLUMNS} from figure where level = ? and indicator in (select unnest(?::varchar[])) "
        "and code in (select unnest(?::varchar[]))",
        level,
        list(years),
        [place.code for place in places],
    ):
        figure = Figure._make(row)
        if figure.year == years[figure.indicator]:
            found[figure.indicator][f"{level}:{figure.code}"] = figure
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
    return tuple(map(Figure._make, rows))


def newest(rows: Sequence[Figure]) -> Figure | None:
    """The newest row that says something, else the newest, from rows in falling order of years."""
    for row in rows:
        if row.speaks:
            return row
    return rows[0] if rows else None


def of_year(rows: Sequence[Figure], year: int | None) -> Figure | None:
    return next((row for row in rows if row.year == year and row.value is not None), None)

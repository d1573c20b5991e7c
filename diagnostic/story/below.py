"""Below the commune: recipients and children by IRIS, masks kept."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from diagnostic import french
from diagnostic.model import Level
from diagnostic.report import Report
from diagnostic.story.blocks import MOST_ROWS, Data, Section, Table
from diagnostic.story.once import once
from diagnostic.story.words import known, percent_of
from diagnostic.warehouse import Database

SMALLEST = 10_000
"""Inhabitants under which the recipients of a commune are told whole."""
_WIDTHS = (0.28, 0.12, 0.12, 0.12, 0.12, 0.12, 0.12)


@dataclass(frozen=True)
class Iris:
    """One IRIS: its counts, all None where the producer masks them (`note` is not 0)."""

    code: str
    households: float | None
    note: str
    people: float | None
    under_3: float | None
    from_3_to_5: float | None
    lone: float | None
    rsa: float | None

    @property
    def in_hundred(self) -> float | None:
        """Recipients of the RSA among a hundred."""
        return percent_of(known(self.rsa), known(self.households))


def short_names(codes: Iterable[str]) -> dict[str, str]:
    """What each IRIS is called by: its number within its commune, its whole code where two communes made one."""
    codes = tuple(codes)
    alone = len({code[:5] for code in codes}) == 1
    return {code: code[5:] if alone else code for code in codes}


def iris_names(db: Database, codes: Iterable[str]) -> dict[str, str]:
    """What each IRIS is called by on paper: its name and its number, "Centre (0101)"; its number where no outline names it."""
    numbers = short_names(codes)
    named = dict(
        db.rows(
            "select code, name from iris_place where code in (select unnest(?::varchar[]))", list(numbers)
        )
    )
    return {
        code: f"{named[code]} ({number})" if named.get(code) else number for code, number in numbers.items()
    }


def iris_rows(db: Database, table: str, columns: str, report: Report) -> list[tuple]:
    """The IRIS of a commune, or of the arrondissements of a city, in the newest year of a table: `columns`, then the year; by the
    second column, which they are known for, the most first."""
    code = report.territory.code
    return db.rows(
        f"select {columns}, year from {table} where year is not distinct from (select max(year) from {table}) "
        "and (commune = ? or commune in (select code from territory where level = 'commune' and parent = ?)) "
        "order by 2 desc nulls last, 1",
        code,
        code,
    )


def iris_of(report: Report, db: Database) -> tuple[tuple[Iris, ...], int | None]:
    """The IRIS of a large commune, the most recipients first, and the year of the file."""
    if report.territory.level is not Level.COMMUNE or (report.context.population or 0) < SMALLEST:
        return (), None
    columns = "code, allocataires, note, personnes, enfants_0_2, enfants_3_5, monoparents, rsa"
    rows = iris_rows(db, "iris", columns, report)
    return tuple(Iris(*row[:-1]) for row in rows), rows[0][-1] if rows else None


@once
def below_section(report: Report, db: Database | None = None) -> Section | None:
    """The table of the IRIS; None for a small commune, or where no file tells any."""
    if db is None:
        return None
    iris, year = iris_of(report, db)
    if not iris:
        return None
    told = [one for one in iris if one.households is not None]
    hidden = len(iris) - len(told)
    where = french.at(report.territory)
    title = f"{french.quantity(len(iris), 'quartier statistique', 'quartiers statistiques')} {where}"
    names = iris_names(db, (one.code for one in iris))
    shares = {one.code: share for one in told if (share := one.in_hundred) is not None}
    if shares:
        poorest = max(shares, key=lambda code: shares[code])
        title += (
            f" : dans l’IRIS {names[poorest]}, {french.percent(shares[poorest])} des allocataires ont le RSA"
        )
    caution = "Allocataires de la Caf seulement, sans la MSA."
    if hidden:
        caution += f" {french.quantity(hidden, 'IRIS masqué', 'IRIS masqués')} par le producteur : « — » n’est pas zéro."
    if not db.rows("select 1 from iris_place limit 1"):
        caution += " La carte les dessine quand le fichier « Contours… IRIS » est chargé (page Données)."
    table = _iris_table(iris, names, year)
    return Section(
        "iris",
        "Sous la commune",
        title,
        ((1.0, (_iris_table(iris[:MOST_ROWS], names, year),)),),
        (
            f"Source : Insee et Cnaf, Allocataires des Caf par IRIS {year}." if year
            else "Source : Insee et Cnaf, Allocataires des Caf par IRIS."
        ),
        (),
        more=(table,) if len(iris) > MOST_ROWS else (),
        on_slides=False,
        subtitle="Allocataires, enfants et bas revenus, par IRIS",
        caution=caution,
        statuses=("officiel",),
        data=Data(
            ("IRIS", "Nom", "Allocataires", "Personnes couvertes", "Enfants de 0 à 2 ans", "Enfants de 3 à 5 ans",
             "Familles monoparentales", "Allocataires du RSA", "Note du producteur"),
            tuple(
                (one.code, names[one.code], one.households, one.people, one.under_3, one.from_3_to_5, one.lone, one.rsa, one.note)
                for one in iris
            ),
        ),
        on_screen=(table,),
    )  # fmt: skip


def _iris_table(iris: tuple[Iris, ...], names: Mapping[str, str], year: int | None) -> Table:
    return Table(
        f"Par IRIS, {year}" if year else "Par IRIS",
        ("IRIS", "Allocataires", "Personnes", "0 à 2 ans", "3 à 5 ans", "Monoparents", "RSA"),
        tuple(
            (
                names[one.code] if one.note == "0" else f"{names[one.code]} (masqué)",
                *(
                    french.number(known(value))
                    for value in (one.households, one.people, one.under_3, one.from_3_to_5, one.lone, one.rsa)
                ),
            )
            for one in iris
        ),
        _WIDTHS,
        (1, 2, 3, 4, 5, 6),
    )

"""Who receives the Caf's benefits in each quartier prioritaire: recipients, children, low quotients, masks kept."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from diagnostic import french, territories
from diagnostic.model import Level
from diagnostic.report import Report
from diagnostic.story.blocks import MOST_ROWS, Data, Section, Table
from diagnostic.story.once import once
from diagnostic.story.words import known, percent_of
from diagnostic.warehouse import Database

_LEVELS = (Level.COMMUNE, Level.EPCI, Level.PERIMETRE, Level.DEPARTEMENT)
_HEADER = (
    "Quartier", "Habitants", "Allocataires", "0 à 2 ans", "3 à 5 ans", "Parents seuls", "RSA", "Quotient sous 800 €",
)  # fmt: skip


@dataclass(frozen=True)
class Quarter:
    """One quartier prioritaire: its counts, all None where the producer masks them; `poor` of its `households` have a quotient
    under 800 euros. Its inhabitants and its quotients come from other files, of other years."""

    code: str
    name: str
    people: float | None
    recipients: float | None
    under_3: float | None
    from_3_to_5: float | None
    lone: float | None
    rsa: float | None
    poor: float | None
    households: float | None
    masked: bool
    people_year: int | None = None
    low_year: int | None = None

    @property
    def low(self) -> float | None:
        """Households of a hundred whose quotient is under 800 euros."""
        return percent_of(self.poor, self.households)

    @property
    def told(self) -> bool:
        return self.recipients is not None or self.low is not None


def quarters_of(report: Report, db: Database) -> tuple[tuple[Quarter, ...], int | None]:
    """The quartiers of a territory, those of most children under 3 first, and the year of the recipients."""
    if report.territory.level not in _LEVELS:
        return (), None
    rows = db.rows(
        """
        with inside as (
            select distinct qpv from qpv_commune where commune in (select unnest(?::varchar[]))
        ),

        quotients as (
            -- A quartier over two communes is the sum of both, unknown where one hides it.
            select qpv, sum(foyers) as households, case when count(bas) = count(*) then sum(bas) end as low,
                max(year) as low_year
            from qpv_quotient
            group by qpv
        ),

        recipients as (
            select * from qpv_recipient
            where year is not distinct from (select max(year) from qpv_recipient)
        )

        select qpv.code, qpv.name, qpv.population, allocataires, enfants_0_2, enfants_3_5, monoparents, rsa, quotients.low,
            quotients.households, note, qpv.population_year, quotients.low_year, recipients.year
        from inside
        join qpv on qpv.code = inside.qpv
        left join recipients on recipients.qpv = qpv.code
        left join quotients on quotients.qpv = qpv.code
        order by enfants_0_2 desc nulls last, qpv.name, qpv.code
        """,
        list(territories.communes(db, report.territory)),
    )
    made = tuple(
        Quarter(
            code, name, known(people), known(recipients), known(under_3), known(from_3_to_5), known(lone), known(rsa),
            known(low), known(households), note not in (None, "0"), people_year, low_year,
        )
        for (
            code, name, people, recipients, under_3, from_3_to_5, lone, rsa, low, households, note, people_year, low_year, _
        ) in rows
    )  # fmt: skip
    return made, next((row[-1] for row in rows if row[-1] is not None), None)


@once
def quarters_section(report: Report, db: Database | None = None) -> Section | None:
    """The quartiers one by one; None where no file tells who receives what in any of them."""
    quarters, year = quarters_of(report, db) if db is not None else ((), None)
    told = [one for one in quarters if one.told]
    if not told:
        return None
    table = _table(quarters)
    masked = sum(one.masked for one in quarters)
    hidden = (
        f" {french.quantity(masked, 'quartier masqué', 'quartiers masqués')} par le producteur : « — » n’est pas zéro."
        if masked
        else ""
    )
    return Section(
        "quartiers_allocataires",
        "Allocataires des quartiers prioritaires",
        _title(report, quarters, year),
        ((1.0, (_table(quarters[:MOST_ROWS]),)),),
        (
            f"Sources : Insee et Cnaf, Allocataires des Caf par quartier prioritaire{_when(year)} ; Cnaf, Foyers allocataires par "
            f"quotient familial, quartiers prioritaires{_when(*(one.low_year for one in quarters))}{_counted(quarters)}."
        ),
        (),
        more=(table,) if len(quarters) > MOST_ROWS else (),
        on_slides=False,
        subtitle="Allocataires, enfants et bas revenus, quartier par quartier",
        caution=f"Allocataires de la Caf seulement, sans la MSA : des enfants n’y sont pas comptés.{hidden}",
        statuses=("officiel",),
        data=Data(
            ("Code", *_HEADER[:-1], f"{_HEADER[-1]} (%)"),
            tuple(
                (one.code, one.name, one.people, one.recipients, one.under_3, one.from_3_to_5, one.lone, one.rsa, one.low)
                for one in quarters
            ),
        ),
        on_screen=(table,),
    )  # fmt: skip


def _when(*years: int | None) -> str:
    told = sorted({year for year in years if year})
    return f", {french.span(told[0], told[-1])}" if told else ""


def _counted(quarters: Sequence[Quarter]) -> str:
    """Who counted the inhabitants, where some are told."""
    years = [one.people_year for one in quarters if one.people is not None]
    return f" ; Insee, Population de chaque quartier prioritaire{_when(*years)}" if years else ""


def _title(report: Report, quarters: Sequence[Quarter], year: int | None) -> str:
    """Where the young children are; else where quotients are lowest."""
    where = french.at(report.territory)
    young = [one for one in quarters if one.under_3 is not None]
    if young:
        first = young[0]
        count = french.quantity(first.under_3 or 0.0, "enfant", "enfants")
        return f"{first.name} : {count} de moins de 3 ans chez les allocataires de la Caf{f' en {year}' if year else ''}"
    poorest = max(
        (one for one in quarters if one.low is not None), key=lambda one: one.low or 0.0, default=None
    )
    if poorest is None:
        return f"{french.quantity(len(quarters), 'quartier prioritaire', 'quartiers prioritaires')} {where}"
    return (
        f"{poorest.name} : {french.percent(poorest.low)} des foyers allocataires ont un quotient sous 800 €"
    )


def _table(quarters: Sequence[Quarter]) -> Table:
    return Table(
        "Par quartier prioritaire",
        _HEADER,
        tuple(
            (
                french.typographic(one.name) + (" (masqué)" if one.masked else ""),
                *(
                    french.number(value)
                    for value in (one.people, one.recipients, one.under_3, one.from_3_to_5, one.lone, one.rsa)
                ),
                french.UNKNOWN if one.low is None else french.percent(one.low),
            )
            for one in quarters
        ),
        (0.25, 0.1, 0.12, 0.1, 0.1, 0.11, 0.09, 0.13),
        tuple(range(1, len(_HEADER))),
    )

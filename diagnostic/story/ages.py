"""Who lives here: ages, types of families, what has changed, incomes from the lowest tenth to the highest."""

from __future__ import annotations

from diagnostic import french, territories
from diagnostic.indicators import BIRTHS, BY_ID, CHILDREN, INCOME
from diagnostic.model import Level
from diagnostic.report import Report
from diagnostic.story.blocks import Data, Printed, Ranked, Section, Table
from diagnostic.story.figures import figures_table, source_line, value_of
from diagnostic.story.once import once
from diagnostic.story.words import percent_of, whole
from diagnostic.warehouse import Database

BAND, OLDEST, ADULT = 5, 95, 18
KNOWN = 0.99
"""Share of the communes whose ages must be known for those of the territory to be said."""
FAMILIES = {
    "rp_familles_couples": "Couples avec enfants",
    "rp_familles_meres": "Mères seules avec enfants",
    "rp_familles_peres": "Pères seuls avec enfants",
    "rp_familles_sans_enfant": "Couples sans enfant",
}
OF_WHICH = {
    "rp_familles_recomposees": "dont familles recomposées",
    "rp_familles_3_enfants": "dont familles de trois enfants ou plus",
}
INCOMES = ("niveau_vie_d1", INCOME, "niveau_vie_d9", "potentiel_financier")
SINCE = (BIRTHS, "part_monoparentales", "part_logements_vacants", "taux_emploi_femmes")


def people_by_age(report: Report, db: Database) -> tuple[dict[int, float], int | None]:
    """Residents by single age of the newest census that counts nearly all the communes; empty without one."""
    return next(((ages, year) for year, ages in censuses(report, db).items()), ({}, None))


def censuses(report: Report, db: Database) -> dict[int, dict[int, float]]:
    """Residents by single age of each census that counts nearly all the communes, the newest first."""
    codes = list(territories.communes(db, report.territory))
    rows = db.rows(
        "select year, age, sum(value), count(*) from population_age "
        "where commune in (select unnest(?::varchar[])) group by year, age order by year desc, age",
        codes,
    )
    found: dict[int, dict[int, float]] = {}
    for year in dict.fromkeys(row[0] for row in rows):
        counted = max(communes for when, _, _, communes in rows if when == year)
        if counted >= KNOWN * len(codes):
            found[year] = {age: value for when, age, value, _ in rows if when == year}
    return found


def bands(ages: dict[int, float]) -> list[tuple[str, float]]:
    """Five-year bands, the oldest first; the last is open."""
    found = []
    for first in range(OLDEST, -1, -BAND):
        last = first + BAND - 1
        value = sum(v for age, v in ages.items() if age >= first and (first == OLDEST or age <= last))
        found.append((f"{first} ans ou plus" if first == OLDEST else f"{first} à {last} ans", value))
    return found


def families(report: Report, db: Database) -> tuple[dict[str, float], int | None]:
    """Families by type of the newest census; empty where a type is unknown."""
    place = report.territory
    if place.level is Level.PERIMETRE:
        return {}, None
    names = [*FAMILIES, *OF_WHICH]
    rows = db.rows(
        "select year, stat, value from total where level = ? and code = ? and value is not null "
        "and stat in (select unnest(?::varchar[])) order by year desc",
        place.level.value,
        place.code,
        names,
    )
    for year in dict.fromkeys(row[0] for row in rows):
        found = {stat: value for when, stat, value in rows if when == year}
        if set(FAMILIES) <= set(found):
            return found, year
    return {}, None


@once
def ages_section(report: Report, db: Database | None = None) -> Section | None:
    """The pyramid in five-year bands, single years under 18, families by type, the change since, incomes."""
    if db is None:
        return None
    ages, year = people_by_age(report, db)
    types, when = families(report, db)
    if not ages and not types:
        return None
    blocks: list[tuple[float, tuple[Printed, ...]]] = []
    if ages:
        blocks.append((0.5, (_pyramid(ages, year),)))
    if types:
        blocks.append((0.5 if ages else 1.0, (_types(types, when),)))
    if len(blocks) == 1:
        blocks = [(1.0, blocks[0][1])]
    more: list[Printed] = []
    if ages:
        more.append(_young(ages, year))
    since = _since(report, db)
    if since is not None:
        more.append(since)
    incomes = [name for name in INCOMES if value_of(report.findings.get(name)) is not None]
    if incomes:
        more.append(figures_table(report, incomes, "Revenus des habitants, et ressources de la commune"))
    sources = source_line(report, [CHILDREN, "part_monoparentales", *incomes])
    return Section(
        "ages",
        "Portrait · âges et familles",
        _title(report, ages, types),
        tuple(blocks),
        sources,
        (),
        more=tuple(more),
        on_slides=False,
        subtitle="Habitants par âge, familles par type, évolution et revenus",
        caution="Recensement : cinq années d’enquête ; les types de famille viennent d’un sondage.",
        statuses=("officiel",),
        data=Data(("Âge", "Habitants"), tuple((str(age), whole(ages[age])) for age in sorted(ages)))
        if ages
        else None,
        on_screen=(*(block for _, held in blocks for block in held), *more),
    )


def _title(report: Report, ages: dict[int, float], types: dict[str, float]) -> str:
    where = french.capitalised(french.at(report.territory))
    said = []
    if ages:
        everyone = sum(ages.values())
        young = sum(value for age, value in ages.items() if age < ADULT)
        if (share := percent_of(young, everyone)) is not None:
            said.append(f"{french.percent(share)} des habitants ont moins de 18 ans")
    if types:
        parents = sum(
            types[name] for name in ("rp_familles_couples", "rp_familles_meres", "rp_familles_peres")
        )
        alone = types["rp_familles_meres"] + types["rp_familles_peres"]
        if (share := percent_of(alone, parents)) is not None:
            said.append(f"{french.percent(share)} des familles avec enfants ont un seul parent")
    return f"{where}, {' et '.join(said)}" if said else f"{where}, habitants et familles"


def _pyramid(ages: dict[int, float], year: int | None) -> Ranked:
    rows = tuple((label, value, False) for label, value in bands(ages))
    return Ranked(f"Habitants par âge, {year}", rows, (), 0, unit="habitants")


def _young(ages: dict[int, float], year: int | None) -> Ranked:
    rows = tuple((french.quantity(age, "an", "ans"), ages.get(age, 0.0), False) for age in range(ADULT))
    return Ranked(f"Habitants de moins de 18 ans, âge par âge, {year}", rows, (), 0, unit="habitants")


def _types(types: dict[str, float], year: int | None) -> Table:
    total = sum(types[name] for name in FAMILIES)
    rows = []
    for name, label in {**FAMILIES, **OF_WHICH}.items():
        if name in types:
            share = percent_of(types[name], total)
            told = french.UNKNOWN if share is None else french.percent(share)
            rows.append((label, french.number(types[name]), told))
    return Table(
        f"Familles par type, {year}", ("Type", "Familles", "Part"), tuple(rows), (0.6, 0.2, 0.2), (1, 2)
    )


def _since(report: Report, db: Database) -> Table | None:
    """The first and the last known value of each figure whose years are far enough apart."""
    from diagnostic.measure import history

    rows = []
    found = history(db, [report.territory])[report.territory.key]
    for name in SINCE:
        known = sorted(
            (row.year, row.value)
            for row in found.get(name, [])
            if row.value is not None and row.year is not None
        )
        if len(known) < 2 or known[-1][0] - known[0][0] < 5:
            continue
        indicator, (first, start), (last, end) = BY_ID[name], known[0], known[-1]
        rows.append(
            (
                f"{indicator.short} ({indicator.unit.partition(' ')[0]})",
                f"{french.number(start, indicator.decimals)} en {first}",
                f"{french.number(end, indicator.decimals)} en {last}",
                french.signed(end - start, indicator.decimals),
            )
        )
    if not rows:
        return None
    header = ("Repère", "Au début", "Au plus récent", "Écart")
    return Table("Évolution", header, tuple(rows), (0.4, 0.22, 0.22, 0.16), (1, 2, 3))

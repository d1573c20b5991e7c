"""The structures one by one, of the open lists and of the session's own: type, name, commune, capacity, address when it is
public."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from typing import NamedTuple

from diagnostic import french, gazetteer, territories
from diagnostic.directory.folding import fold
from diagnostic.indicators import FACILITY_LABELS
from diagnostic.model import Level, Territory
from diagnostic.report import Report, data
from diagnostic.story.blocks import Data, Section, Table
from diagnostic.story.once import once
from diagnostic.story.words import known
from diagnostic.warehouse import Database

BY_THEME = {
    "petite_enfance": ("eaje", "rpe"),
    "enfance_jeunesse": ("alsh", "jeunesse", "clas", "ecoles", "colleges", "lycees"),
    "familles": ("laep", "mediation_familiale", "centres_sociaux", "evs"),
    "acces_droits": ("france_services",),
    "handicap": ("services_handicap", "etablissements_handicap"),
}
FAMILIES = (
    "eaje",
    "rpe",
    "alsh",
    "laep",
    "mediation_familiale",
    "centres_sociaux",
    "evs",
    "jeunesse",
    "clas",
    "france_services",
    "services_handicap",
    "etablissements_handicap",
)
"""Types of the list of a document: schools are too many."""
SCHOOLS = ("ecoles", "colleges", "lycees")
ONE_BY_ONE = (Level.COMMUNE, Level.EPCI, Level.PERIMETRE, Level.DEPARTEMENT)
"""Levels whose structures are listed one by one: beyond, a page or a file would hold a country's, and they are counted."""
EQUIPMENTS = "Insee, Base permanente des équipements"
NATIONAL_LISTS = {"France services": "ANCT, Liste des structures France services"}
"""Type -> the open list that names it, where it is not that of the equipments."""
LISTED_FROM = 0.99
"""Share of the communes that a list must speak of: one of a few départements tells nothing of a country."""
PLACES, ADDRESS = "Places", "Adresse"
TOLD = {"Type": "Type", "Nom": "nom", "Commune": "commune", PLACES: "capacité", ADDRESS: "adresse"}
NAMELESS = "sans nom publié"
OWN = "selon votre fichier"
LABELS = {
    **FACILITY_LABELS,
    "jeunesse": ("structure pour les jeunes", "structures pour les jeunes"),
    "clas": ("accompagnement à la scolarité", "accompagnements à la scolarité"),
}
"""What each type is called; the last two are in nobody's open list."""
MOST_LISTED = 30
"""Rows beyond which the workbook alone has the list."""


class Structure(NamedTuple):
    """One place that a list names; what the list does not tell of it is None. `origin` is the file of the session that tells its
    `capacity`, of that `year`, empty where none does; `listed` says whether an open list names it, `edition` is the year of
    that list. `code` is that of the commune, `qpv` that of the district."""

    type: str
    name: str
    commune: str
    capacity: float | None
    address: str | None
    year: int | None
    origin: str = ""
    listed: bool = True
    edition: int | None = None
    code: str = ""
    lon: float | None = None
    lat: float | None = None
    qpv: str | None = None


def structures(report: Report, db: Database, stats: Sequence[str] = FAMILIES) -> tuple[Structure, ...]:
    """Those of the territory, by type in the order asked, then by commune and name; no type whose list leaves communes out.
    One that the session's own file names too stands once, with what that file says of its places."""
    found = _structures(db, report.territory, tuple(stats))
    own = [one for one in report.local_structures if one.template in stats]
    if not own:
        return found
    index = gazetteer.index(db).territories
    left = {_same(one): at for at, one in enumerate(found) if one.name != NAMELESS}
    merged = list(found)
    for one in own:
        made = Structure(
            french.capitalised(LABELS[one.template][0]), one.name or NAMELESS,
            french.name(index[Level.COMMUNE, one.commune]), one.places, None, one.year, one.badge, False,
            code=one.commune,
        )  # fmt: skip
        at = left.pop(_same(made), None)
        if at is None:
            merged.append(made)
        elif made.capacity is not None:
            merged[at] = merged[at]._replace(capacity=made.capacity, origin=made.origin, year=made.year)
    return _in_order(merged, stats)


def _same(one: Structure) -> tuple[str, str, str]:
    return one.type, one.commune, fold(one.name)


def _in_order(found: Sequence[Structure], stats: Sequence[str]) -> tuple[Structure, ...]:
    order = {french.capitalised(LABELS[stat][0]): at for at, stat in enumerate(stats)}
    return tuple(sorted(found, key=lambda one: (order[one.type], fold(one.commune), one.name)))


@lru_cache(maxsize=64)
def _structures(db: Database, territory: Territory, stats: tuple[str, ...]) -> tuple[Structure, ...]:
    """Kept for every rerun of a page that lists them."""
    index, codes = gazetteer.index(db).territories, list(territories.communes(db, territory))
    whole, asked, found = _whole(db, codes, stats), set(codes), []
    fields = ("commune", "city", "stat", "name", "capacity", "address", "year", "lon", "lat", "qpv")
    for commune, city, stat, name, capacity, address, edition, lon, lat, district in data.facilities_of(
        db, codes
    ).rows(*fields):
        if stat not in whole:
            continue
        code = city if city in asked else commune
        year = int(edition) if known(edition) is not None else None
        found.append(
            Structure(
                french.capitalised(FACILITY_LABELS[stat][0]),
                french.typographic(french.structure_name(name)) if name else NAMELESS,
                french.name(index[Level.COMMUNE, code]),
                known(capacity),
                french.typographic(_unshouted(address)) if address else None,
                year,
                edition=year,
                code=code,
                lon=known(lon),
                lat=known(lat),
                qpv=district,
            )  # fmt: skip
        )
    return _in_order(found, stats)


def _unshouted(address: str) -> str:
    way, comma, town = address.partition(",")
    return f"{french.structure_name(way)}{comma}{town}"


def _whole(db: Database, communes: list[str], stats: tuple[str, ...]) -> set[str]:
    """The types whose list speaks of these communes, were it to say that they have none."""
    least = LISTED_FROM * len(communes)
    counts = data.told(db, stats, communes)
    return {stat for stat, count in counts.items() if count and count >= least}


@once
def listing_section(
    report: Report, db: Database | None = None, stats: Sequence[str] = FAMILIES
) -> Section | None:
    """The list of the structures of these types; None where no list names any. Of a région or of the country, how many each
    part has."""
    if db is not None and report.territory.level not in ONE_BY_ONE and not report.local_structures:
        return _by_part(report, db, tuple(stats))
    found = structures(report, db, stats) if db is not None else ()
    if not found:
        return None
    named = [one for one in found if one.listed] or found
    told, said = _counted(Counter(one.type for one in named), stats)
    cited = sources_of_list(found)
    own = any(one.origin for one in found)
    nameless = all(map(_bare, found))
    if nameless:
        table = _counts(found)
        printed: Table | None = table
        caution = "La liste ne dit ni le nom, ni la capacité, ni l’adresse."
    else:
        table, printed = _table(_together(found)), _without_its_commune(_table(found))
        caution = _silent(found)
    caution += " Une liste n’est pas complète : la Caf fait foi."
    alone = sum(not one.listed for one in found)
    if alone and len(named) < len(found):
        # A structure may stand in both under two names: the two are never added up.
        said += f" ; {french.quantity(alone, 'autre nom', 'autres noms')} dans votre fichier"
        caution += " Une structure peut porter un nom dans une liste et un autre dans votre fichier."
    caution += _nameless_deposits(report, stats)
    if len(table.rows if nameless else found) > MOST_LISTED and report.territory.level in ONE_BY_ONE:
        # The first ones of a long list would all be crèches.
        printed, caution = None, f"{caution} Le classeur les donne une par une."
    return Section(
        "liste_structures",
        "Structures recensées",
        f"{french.capitalised(french.at(report.territory))}{told} : {said}",
        ((1.0, (printed,)),) if printed is not None else (),
        f"{'Sources' if len(cited) > 1 else 'Source'} : {' ; '.join(cited)}.",
        (),
        on_slides=False,
        subtitle="Nombre par commune"
        if nameless
        else f"{french.listing([TOLD[head] for head in table.header])} publiés",
        caution=caution,
        statuses=(
            *(["officiel"] if any(one.listed for one in found) else []),
            *(["donnée locale"] if own else []),
        ),
        data=Data(
            ("Type", "Nom", "Commune", "Places", "Adresse", "Année", *(("Origine",) if own else ())),
            tuple(
                (one.type, one.name, one.commune, one.capacity, one.address, one.year)
                + ((one.origin or "liste ouverte",) if own else ())
                for one in found
            ),
        ),
        on_screen=(table,),
    )


def _silent(found: Sequence[Structure]) -> str:
    """What the list does not tell, of all of them or where a dash stands."""
    return " ".join(
        f"La liste ne dit pas {noun}{'' if count == len(found) else ' là où il y a « — »'}."
        for noun, known_of in (("la capacité", "capacity"), ("l’adresse", "address"))
        if (count := sum(getattr(one, known_of) is None for one in found))
    )


def _by_part(report: Report, db: Database, stats: tuple[str, ...]) -> Section | None:
    """How many structures of each type each région of the country has, or each département of a région."""
    region = report.territory.code if report.territory.level is Level.REGION else None
    level = Level.DEPARTEMENT if region else Level.REGION
    whole = _whole(db, list(territories.communes(db, report.territory)), stats)
    rows = data.facility_counts(db, level, region, sorted(whole))
    if not rows:
        return None
    parts = territories.members(db, report.territory)
    heads = {
        stat: french.capitalised(LABELS[stat][1]) for stat in stats if any(row[1] == stat for row in rows)
    }
    counts: Counter[tuple[str, str]] = Counter()
    for code, stat, _, count in rows:
        counts[code, stat] += count
    speaks = {one.code: _whole(db, list(territories.communes(db, one)), tuple(heads)) for one in parts}
    own = {
        one: [counts[one.code, stat] if stat in speaks[one.code] else None for stat in heads] for one in parts
    }
    totals = {stat: sum(count for (_, of), count in counts.items() if of == stat) for stat in heads}
    singular = {stat: french.capitalised(LABELS[stat][0]) for stat in heads}
    told, said = _counted({singular[stat]: count for stat, count in totals.items()}, stats)
    cited = sources_of_list(
        [Structure(singular[stat], "", "", None, None, year, edition=year) for _, stat, year, _ in rows]
    )
    part = "Département" if region else "Région"
    every = tuple((heads[stat], french.number(count)) for stat, count in totals.items())
    lines = tuple((french.name(one), *map(french.number, of)) for one, of in own.items())
    widths = (0.3, *(0.7 / len(heads),) * len(heads))
    return Section(
        "liste_structures",
        "Structures recensées",
        f"{french.capitalised(french.at(report.territory))}{told} : {said}",
        ((1.0, (Table("", ("Type", "Nombre"), every, (0.7, 0.3), (1,)),)),),
        f"{'Sources' if len(cited) > 1 else 'Source'} : {' ; '.join(cited)}.",
        (),
        on_slides=False,
        subtitle=f"Nombre par {part.lower()} ; un département les liste une par une",
        caution="Une liste n’est pas complète : la Caf fait foi.",
        statuses=("officiel",),
        data=Data((part, *heads.values()), tuple((french.name(one), *of) for one, of in own.items())),
        on_screen=(Table("", (part, *heads.values()), lines, widths, tuple(range(1, len(heads) + 1))),),
    )


def _counted(by_type: Mapping[str, int], stats: Sequence[str]) -> tuple[str, str]:
    """How many in all, said after the place, and how many of each type."""
    labels = {french.capitalised(LABELS[stat][0]): LABELS[stat] for stat in stats}
    parts = [french.quantity(count, *labels[kind]) for kind, count in by_type.items()]
    said = french.listing([*parts[:3], *(["d’autres structures"] if len(parts) > 3 else [])])
    # One type alone is its own total.
    whole = french.quantity(sum(by_type.values()), "structure recensée", "structures recensées")
    return f", {whole}" if len(by_type) > 1 else "", said


def _nameless_deposits(report: Report, stats: Sequence[str]) -> str:
    """What is said of structures of the session's files that have no name; nothing where all have one."""
    unnamed = sum(not one.name for one in report.local_structures if one.template in stats)
    if not unnamed:
        return ""
    verb = french.verb(unnamed, "reste sans nom", "restent sans nom")
    return (
        f" {french.quantity(unnamed, 'structure', 'structures')} de vos fichiers {verb} : celui d’une personne n’est jamais "
        "gardé, ni celui qui pourrait l’être."
    )


def sources_of_list(found: Sequence[Structure]) -> list[str]:
    """The lists that name these structures, then the files of the session, each with the years of what it tells of them."""
    years: dict[str, set[int | None]] = {}
    for one in found:
        if one.listed:
            years.setdefault(NATIONAL_LISTS.get(one.type, EQUIPMENTS), set()).add(one.edition)
    own: dict[str, set[int | None]] = {}
    for one in found:
        if one.origin:
            own.setdefault(one.origin, set()).add(one.year)
    said = [*years.items(), *sorted(own.items())]
    told = [(name, [str(year) for year in sorted(filter(None, dates))]) for name, dates in said]
    return [f"{name} ({french.listing(dates)})" if dates else name for name, dates in told]


def _together(found: Sequence[Structure]) -> list[Structure]:
    """Those of which nothing is published but where they are: counted, one row a type and commune."""
    counts = Counter((one.type, one.code) for one in found if _bare(one))
    rows = []
    for one in found:
        count = counts.pop((one.type, one.code), 0) if _bare(one) else 1
        if count:
            rows.append(one if count == 1 else one._replace(name=f"{french.number(count)} {NAMELESS}"))
    return rows


def _bare(one: Structure) -> bool:
    return one.name == NAMELESS and one.capacity is None and one.address is None and not one.origin


def _counts(found: Sequence[Structure]) -> Table:
    """Where structures are that no list names: how many, by commune, and of what where they are not all of one type."""
    counts = Counter((one.type, french.typographic(one.commune)) for one in found)
    if len({one.type for one in found}) == 1:
        alone = tuple((commune, french.number(count)) for (_, commune), count in counts.items())
        return Table("", ("Commune", "Nombre"), alone, (0.7, 0.3), (1,))
    rows = tuple((*where, french.number(count)) for where, count in counts.items())
    return Table("", ("Type", "Commune", "Nombre"), rows, (0.4, 0.4, 0.2), (2,))


def _without_its_commune(table: Table) -> Table:
    """The list of one commune does not name it on each line, nor after each address."""
    at = table.header.index("Commune")
    if len({row[at] for row in table.rows}) > 1:
        return table
    if table.header[-1] == ADDRESS:
        towns = {row[-1].partition(", ")[2] for row in table.rows} - {""}

        def near(address: str) -> str:
            way, _, town = address.partition(", ")
            return way if len(towns) == 1 or not town else f"{way}, {town.partition(' ')[0]}"

        table = replace(table, rows=tuple((*row[:-1], near(row[-1])) for row in table.rows))
    return _without(table, "Commune")


def _without(table: Table, name: str) -> Table:
    """The table without the column of that head."""
    at = table.header.index(name)
    header, *rows = ((*row[:at], *row[at + 1 :]) for row in (table.header, *table.rows))
    widths = (*table.widths[:at], *table.widths[at + 1 :])
    numeric = tuple(one - (one > at) for one in table.numeric if one != at)
    return replace(table, header=header, rows=tuple(rows), widths=widths, numeric=numeric)


def _table(found: Sequence[Structure]) -> Table:
    """One row a structure; what the list tells of none has no column."""
    table = Table(
        "",
        ("Type", "Nom", "Commune", PLACES, ADDRESS),
        tuple(
            (
                one.type,
                one.name,
                one.commune,
                french.number(one.capacity),
                one.address if one.address else OWN if one.origin else french.UNKNOWN,
            )
            for one in found
        ),
        (0.2, 0.28, 0.18, 0.08, 0.26),
        (3,),
    )
    if all(one.capacity is None for one in found):
        table = _without(table, PLACES)
    return _without(table, ADDRESS) if all(not one.address and not one.origin for one in found) else table

"""Compose the report of one territory: ask, compute, say. Holds no figure of its own."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Mapping, Sequence
from dataclasses import fields, is_dataclass, replace
from enum import Enum

import numpy as np

from diagnostic import french, gaps, gazetteer, peers, reading, territories
from diagnostic.indicators import (
    BY_ID,
    CHILDMINDERS,
    DISTRICT_COUNT,
    INCOME,
    INDICATORS,
    OFFICIAL,
)
from diagnostic.measure import Figure, history, measure, people, want_rates
from diagnostic.model import ENOUGH_PEOPLE, DiagnosticError, Level, Territory
from diagnostic.report import data
from diagnostic.report.childcare import coverage
from diagnostic.report.duties import duties
from diagnostic.report.headline import headline
from diagnostic.report.leisure import alsh
from diagnostic.report.messages import messages
from diagnostic.report.outlook import outlook
from diagnostic.report.quarters import qpv
from diagnostic.report.reach import accessibility
from diagnostic.report.references import COMPARED, Asked, ask
from diagnostic.report.services import services
from diagnostic.report.shape import Context, Member, Peer, Report, Series
from diagnostic.report.subject import Subject
from diagnostic.report.synthesis import lever_rows, national_floor, notes, priorities, sources, unknown
from diagnostic.warehouse.columns import Columns
from diagnostic.warehouse.database import Database
from diagnostic.warehouse.memory import shared

MEMBERS = tuple(item.id for item in INDICATORS)

# Stated on screen; a skewed size is compared by its logarithm.
PEER_VARIABLES: dict[str, str] = {
    "log_population": "population (logarithme)",
    "part_moins_3": "part des moins de 3 ans (%)",
    "niveau_vie_median": "niveau de vie médian (€)",
    "part_monoparentales": "familles monoparentales (%)",
    "places_am_100": "places chez les assistantes maternelles pour 100 enfants",
}


def build(
    db: Database,
    territory_key: str,
    *,
    reference: str | None = None,
    radius_km: float = 5.0,
    reach_km: float = data.REACH_KM,
    peers_add: Sequence[str] = (),
    peers_drop: Sequence[str] = (),
    on: dt.date | None = None,
    name: str = "",
) -> Report:
    """Everything that is said of a territory against one reference.

    `reference` is the key of a territory, `pairs` (the median of its peers) or `objectif:70` (a coverage to reach), as
    `references.ask` reads it. `radius_km` is that of leisure centres, `reach_km` the catchment of crèches. `peers_add`
    and `peers_drop` are codes. `on` dates the duties and the report (default: today). `name` is that of a perimeter
    of one's own. Raises DiagnosticError for an unknown territory or reference.
    """
    day = on or dt.date.today()
    territory = _territory(db, territory_key, name)
    near = _peers(db, territory, peers_add, peers_drop)
    alike = _alike(db, territory, near) if near is not None else []
    asked = ask(db, territory, reference, alike)
    subject = _subject(db, territory, asked)
    report = _composed(subject, asked, near, day, radius_km, reach_km)
    return replace(
        report,
        asked=(
            *_compared(subject),
            *(f"{number:g}" for number in (radius_km, reach_km)),
            ",".join(peers_add),
            ",".join(peers_drop),
            day.isoformat(),
        ),
    )


def _composed(
    subject: Subject,
    asked: Asked,
    near: peers.Peers | None,
    day: dt.date,
    radius_km: float,
    reach_km: float,
) -> Report:
    """Every part of the report, each where what it rests on is known."""
    db, territory = subject.db, subject.territory
    first = priorities(subject)
    ahead = outlook(subject)
    cover = coverage(subject)
    owed, owed_reading = duties(subject, day)
    members = territories.members(db, territory)
    rows = _members(db, members, subject, asked)
    epci = _epci(db, subject, asked)
    districts, access = qpv(subject), accessibility(subject, reach_km)
    told = messages(subject, first, cover, districts, access.nearest, rows, epci)
    return Report(
        territory=territory,
        reference=subject.reference,
        context=_context(db, subject, day),
        findings=subject.findings,
        headline=headline(subject, told, rows, epci, national_floor(subject.findings[OFFICIAL])),
        messages=told,
        members=rows,
        epci=epci,
        member_level=members[0].level.value if members else "",
        siblings_label=_siblings_label(db, territory),
        coverage=cover,
        births=_births(subject),
        alsh=alsh(subject, radius_km),
        qpv=districts,
        access=access,
        outlook=ahead,
        peers=_peer_rows(db, territory, near),
        peers_variables=(() if near is None else tuple(PEER_VARIABLES[name] for name in near.variables)),
        duties=owed,
        duties_reading=owed_reading,
        services=services(subject),
        priorities=first,
        levers=lever_rows(subject, first, day.year),
        sources=sources(subject, rows),
        notes=notes(subject),
        unknown=unknown(subject),
    )


def _territory(db: Database, key: str, name: str) -> Territory:
    """The territory of that key; a perimeter of one's own bears the name that it was given."""
    found = territories.get(db, key)
    return replace(found, name=name) if name and found.level is Level.PERIMETRE else found


def _compared(subject: Subject) -> tuple[str, str, str]:
    """Key and name of the territory, key of its reference."""
    place, against = subject.territory, subject.reference
    return place.key, place.name, against.key if against is not None else ""


def _subject(db: Database, territory: Territory, asked: Asked) -> Subject:
    above = territories.parents(db, territory)
    beside = (asked.territory,) if asked.territory is not None else ()
    histories = history(db, dict.fromkeys((territory, *above, *beside)))
    findings = measure(db, [territory], reference=asked.territory, targets=asked.targets, known=histories)[
        territory.key
    ]
    subject = Subject(
        db=db,
        territory=territory,
        parents=above,
        reference=asked.measured(findings),
        findings=findings,
        histories=histories,
        codes=territories.communes(db, territory),
    )
    positions = _positions(subject)
    findings = {name: replace(item, position=positions.get(name)) for name, item in findings.items()}
    said = {
        name: replace(item, reading=reading.sentence(item, BY_ID[name], territory, subject.against(name)))
        for name, item in findings.items()
    }
    return replace(subject, findings=said)


# Peers


def _peers(db: Database, territory: Territory, add: Sequence[str], drop: Sequence[str]) -> peers.Peers | None:
    if territory.level in (Level.PERIMETRE, Level.FRANCE):
        return None
    compared = _compared_by(db, territory.level.value)
    if territory.code not in compared["code"]:
        return None
    known = [name for name in PEER_VARIABLES if (~np.isnan(compared[name])).mean() >= 0.5]
    try:
        return peers.nearest_peers(compared.held, territory.code, known, add=add, drop=drop)
    except DiagnosticError:
        if add or drop:
            raise
        return None


@shared(8)
def _compared_by(db: Database, level: str) -> Columns:
    """The `PEER_VARIABLES` of the territories of a level; cities as a whole, not their arrondissements."""
    figures = db.columns("select * from peer_figures where level = ? order by code", level)
    cities = gazetteer.index(db).city if level == Level.COMMUNE else {}
    if cities:
        figures = figures.take(np.array([code not in cities for code in figures["code"].tolist()]))
    people = figures["population"].astype(float)
    population = np.where(people > 0, people, np.nan)
    return Columns(
        {
            "code": figures["code"],
            "log_population": np.log10(population),
            "part_moins_3": gaps.ratio(figures["enfants_moins_3"], population, 100.0),
            **{name: figures[name].astype(float) for name in (INCOME, "part_monoparentales", CHILDMINDERS)},
        }
    )


def _alike(db: Database, territory: Territory, near: peers.Peers) -> list[Territory]:
    known = gazetteer.index(db).territories
    known.want((territory.level, code) for code in near.codes)
    return [known[territory.level, code] for code in near.codes]


def _peer_rows(db: Database, territory: Territory, near: peers.Peers | None) -> tuple[Peer, ...]:
    if near is None:
        return ()
    return tuple(
        Peer(place, peer.distance, _why(peer.why), peer.added)
        for place, peer in zip(_alike(db, territory, near), near.peers, strict=True)
    )


def _why(reasons: Sequence[Mapping]) -> str:
    """ "population : 12 300 habitants, contre 11 900 ici ; …" """
    told = []
    for item in reasons:
        name, own, peer = item["variable"], item["own"], item["peer"]
        if name == "log_population":
            told.append(f"population : {french.number(10**peer)} contre {french.number(10**own)} ici")
        else:
            decimals = 0 if name == INCOME else 1
            told.append(
                f"{PEER_VARIABLES[name]} : {french.number(peer, decimals)} contre {french.number(own, decimals)} ici"
            )
    return french.typographic(" ; ".join(told))


# Who stands beside


def _positions(subject: Subject) -> dict:
    """Where the territory stands among its siblings, on the year of its own value; a rate of a commune of few people,
    which one place moves by more than a point, is no mark for another."""
    db, territory = subject.db, subject.territory
    others = territories.siblings(db, territory)
    if len(others) < 2 or territory.level is Level.PERIMETRE:
        return {}
    which = next((number for number, item in enumerate(others) if item.key == territory.key), None)
    if which is None:
        return {}
    found = history(db, others)
    want_rates(db, others)
    names = [item.name for item in others]
    positions = {}
    for name in COMPARED:
        finding = subject.findings[name]
        if finding.value is None:
            continue
        values = [_mark(db, name, found[item.key].get(name, []), finding.year) for item in others]
        values[which] = finding.value
        positions[name] = gaps.position(np.array(values, dtype=float), names, which)
    return positions


def _mark(db: Database, name: str, rows: Sequence[Figure], year: int | None) -> float:
    """The value of a sibling in that year; not a number where it is unknown, or of a commune of too few people."""
    row = next((row for row in rows if row.year == year and row.value is not None), None)
    if row is None or row.value is None:
        return math.nan
    count = people(db, BY_ID[name], row) if row.level == Level.COMMUNE else None
    return math.nan if count is not None and count < ENOUGH_PEOPLE else row.value


def _members(
    db: Database,
    members: tuple[Territory, ...],
    subject: Subject,
    asked: Asked,
) -> tuple[Member, ...]:
    if members == (subject.territory,):
        return (Member(subject.territory, subject.findings),)
    found = measure(
        db, members, MEMBERS, reference=asked.territory, targets=asked.targets, known=subject.histories
    )
    return tuple(Member(item, found[item.key]) for item in members)


def _epci(db: Database, subject: Subject, asked: Asked) -> Member | None:
    """The EPCI of a commune with its own figures and its place among those of the département: what a small commune
    reads where nothing is published of it."""
    holder = subject.epci
    if subject.territory.level is not Level.COMMUNE or holder is None:
        return None
    return Member(holder, _subject(db, holder, asked).findings)


def _siblings_label(db: Database, territory: Territory) -> str:
    above = {item.level: item for item in territories.parents(db, territory)}
    if territory.level is Level.COMMUNE:
        if territory.code in gazetteer.index(db).city:
            return f"arrondissements {french.of(territories.parents(db, territory)[0])}"
        holder = above.get(Level.EPCI) or above.get(Level.DEPARTEMENT)
        return f"communes {french.of(holder)}" if holder else "communes"
    if territory.level in (Level.EPCI, Level.PERIMETRE):
        holder = above.get(Level.DEPARTEMENT)
        return f"intercommunalités {french.of(holder)}" if holder else "intercommunalités"
    if territory.level is Level.DEPARTEMENT:
        return f"départements {french.of(above[Level.REGION])}" if Level.REGION in above else "départements"
    return "régions" if territory.level is Level.REGION else ""


def _births(subject: Subject) -> tuple[Series, ...]:
    found = []
    for place in subject.beside:
        born = data.births(subject.db, place)
        if born:
            found.append(Series(place.key, french.typographic(place.name), tuple(born), tuple(born.values())))
    return tuple(found)


def _context(db: Database, subject: Subject, day: dt.date) -> Context:
    people, year = territories.population(db, subject.territory)
    known = gazetteer.index(db)
    count = subject.findings[DISTRICT_COUNT].value
    return Context(
        parents=subject.parents,
        within=_within(db, subject),
        communes=len(subject.codes),
        population=people,
        population_year=year,
        density=known.density.get((subject.territory.level, subject.territory.code), ""),
        qpv=int(count) if count is not None else None,
        geography=f"communes au 1er janvier {db.meta('geography')}" if db.meta("geography") else "",
        fictional=db.fictional,
        date=french.date_long(day),
        database=db.path.name,
    )


def _within(db: Database, subject: Subject) -> tuple[str, ...]:
    known = gazetteer.index(db).territories
    names = {
        parent.level: french.name(parent) for parent in subject.parents if parent.level is not Level.FRANCE
    }
    if subject.territory.level is Level.EPCI and Level.DEPARTEMENT in names:
        reached = [known[Level.DEPARTEMENT, code] for code in territories.spans(db, subject.territory)]
        names[Level.DEPARTEMENT] = french.listing([french.name(one) for one in reached])
    return tuple(names.values())


# Plain data


def as_dict(report: Report) -> dict:
    """The report as dictionaries, lists, texts and numbers; unknown is None, never NaN."""
    return _plain(report)


def _plain(value):
    if is_dataclass(value) and not isinstance(value, type):
        return {field.name: _plain(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple | set | frozenset | np.ndarray):
        return [_plain(item) for item in value]
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, bool | np.bool_):
        return bool(value)
    if isinstance(value, int | np.integer):
        return int(value)
    if isinstance(value, float | np.floating):
        return float(value) if math.isfinite(value) else None
    if gaps.missing(value):
        return None
    return str(value)

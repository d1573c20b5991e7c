"""Leisure centres, quartiers prioritaires, services to families, and the duties of the law."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from diagnostic import duties as law
from diagnostic import french, gaps, reference, territories
from diagnostic.access import QPV_NEAR_METRES, children_within, distance_to_shapes
from diagnostic.indicators import (
    BY_ID,
    DISTRICT_COUNT,
    FACILITY_LABELS,
    LEISURE_IN_COMMUNE,
    OLDER_CHILDREN,
    QPV_FACILITIES,
)
from diagnostic.model import Level, Status
from diagnostic.report import data
from diagnostic.report.childcare import facility_label
from diagnostic.report.shape import (
    Alsh,
    DutyHere,
    LeisurePlaces,
    Qpv,
    Quarter,
    SchoolsAlone,
    Service,
    WithoutLeisure,
)
from diagnostic.report.subject import Subject

MOST_LISTED = 300
"""Communes listed by name, those with most children first; `Alsh` counts all of them."""

SERVICE_THEMES: dict[str, tuple[str, str | None]] = {
    "rpe": ("petite_enfance", "enfants_par_rpe"),
    "laep": ("parentalite", "enfants_par_laep"),
    "mediation_familiale": ("parentalite", None),
    "centres_sociaux": ("vie_sociale", "habitants_par_centre_social"),
    "evs": ("vie_sociale", None),
    "france_services": ("acces_droits", "distance_france_services"),
    "services_handicap": ("handicap", None),
}
_BOX_DEGREES = 0.02
PEOPLE_KNOWN = 0.99
"""Share of the people whose communes must be known for a sum to speak, at every level."""


# Leisure centres


def alsh(subject: Subject, radius_km: float) -> Alsh:
    """Children 3 to 11 with a leisure centre in their commune or within the radius, and the communes without."""
    frame = subject.communes
    located = data.near(subject.db, "alsh")
    rows = data.communes(subject.db).index.get_indexer(list(subject.codes))
    km = located.km[rows] if located is not None else np.full(len(rows), np.nan)
    nearest = located.commune[rows] if located is not None else np.full(len(rows), None)
    children, count = frame["enfants_3_11"], frame["alsh"]
    own = (count > 0).to_numpy()
    reading = subject.findings[LEISURE_IN_COMMUNE].reading
    if count.isna().all() or children.isna().all():
        return Alsh(radius_km, _sum(children), None, None, (), (), None, reading)
    covered = count.notna().to_numpy()
    here = children_within(children, own, covered)
    around = children_within(children, own | (km <= radius_km), covered & ~np.isnan(km))
    names = data.communes(subject.db)["name"].reindex(pd.Index(nearest, dtype=object))
    table = pd.DataFrame(
        {
            "code": frame.index,
            "name": frame["name"].to_numpy(),
            "children": children.to_numpy(),
            "schools": frame["ecoles"].to_numpy(),
            "nearest_km": km,
            "nearest": [name if isinstance(name, str) else None for name in names.tolist()],
        }
    )[covered & ~own].sort_values(["children", "name"], ascending=[False, True])
    far = (table["nearest_km"] > radius_km).astype(object).where(table["nearest_km"].notna(), None)
    with_school = table[table["schools"] > 0]
    known = here.communes_unknown == 0
    return Alsh(
        radius_km=radius_km,
        children=_sum(children),
        with_access=here.within if known else None,
        within_radius=around.within if around.communes_unknown == 0 else None,
        without=tuple(
            WithoutLeisure(**row)
            for row in _rows(table.drop(columns="schools").assign(beyond=far).head(MOST_LISTED))
        ),
        schools_without=tuple(
            SchoolsAlone(**row)
            for row in _rows(with_school[["code", "name", "schools", "children"]].head(MOST_LISTED))
        ),
        places=_alsh_places(subject),
        reading=_alsh_reading(subject, table, reading),
        communes_without=len(table),
        children_without=_sum(table["children"]) if len(table) else 0.0,
        communes_with_school=len(with_school),
        schools_alone=float(with_school["schools"].sum()),
    )


def _alsh_places(subject: Subject) -> LeisurePlaces | None:
    found = data.facilities(subject.db)
    found = found[(found["stat"] == "alsh") & _of(found, subject.codes)]
    children = _sum(subject.communes["enfants_3_11"])
    if found.empty or found["capacity"].isna().any() or children is None:
        return None
    places = float(found["capacity"].sum())
    return LeisurePlaces(
        places=places,
        children=children,
        value=_known(gaps.ratio(places, children, 100.0)),
        year=data.years(subject.db).get("alsh"),
    )


def _of(facilities: pd.DataFrame, codes) -> pd.Series:
    """Whether each facility lies in one of the communes; one known by arrondissement lies in its city."""
    return facilities["commune"].isin(codes) | facilities["city"].isin(codes)


def _alsh_reading(subject: Subject, table: pd.DataFrame, reading: str) -> str:
    with_children = table[table["children"] > 0]
    if with_children.empty or subject.territory.level is Level.COMMUNE:
        return reading
    exact = subject.findings[OLDER_CHILDREN].status is not Status.ESTIMATED
    total = french.reckoned(float(with_children["children"].sum()), "enfant", "enfants", exact=exact)
    count = french.in_words(len(with_children), feminine=True, capital=True)
    noun = french.plural(len(with_children), "commune", "communes")
    verb = french.verb(len(with_children), "n’a", "n’ont")
    first = french.typographic(with_children["name"].iat[0])
    more = (
        f"{count} {noun} {verb} pas d’accueil de loisirs : {total} de 3 à 11 ans y vivent, d’abord à {first}."
    )
    return french.typographic(f"{reading} {more}")


# Quartiers prioritaires


@dataclass(frozen=True)
class Placed:
    """Where the facilities around the districts stand: how many of a type inside (True) or near each outline, by its
    number; by commune and type, the district that the producer gives each; the communes and types of the others."""

    around: dict[tuple[int, str, bool], int]
    told: dict[tuple[str, str], list[str | None] | None]
    nowhere: frozenset[tuple[str, str]]


def qpv(subject: Subject) -> Qpv:
    """Each district with the facilities inside and within 500 m, by its outline or by the producer's word."""
    inside = set(subject.codes)
    found = [item for item in data.districts(subject.db).values() if inside & set(item.communes)]
    reading = subject.findings[DISTRICT_COUNT].reading
    if not found:
        return Qpv((), "", {}, {}, reading)
    facilities = _facilities_around(subject, found)
    near = distance_to_shapes(facilities["lon"], facilities["lat"], [item.shape for item in found])
    lost = facilities[facilities["lon"].isna()]
    placed = Placed(
        _counted(near, facilities),
        _told_by_producer(facilities),
        frozenset(zip(lost["city"], lost["stat"], strict=True)),
    )
    names = data.communes(subject.db)["name"]
    rows = [_district(subject, item, number, placed, names) for number, item in enumerate(found)]
    missing = {stat: _count_missing(rows, stat) for stat in QPV_FACILITIES}
    by = {row.located_by for row in rows}
    located_by = next(word for word in ("polygon", "producer", "communes") if word in by)
    return Qpv(
        tuple(rows),
        located_by,
        missing,
        _outside(subject, facilities, near, rows),
        _qpv_reading(subject, rows, missing, reading),
    )


def _facilities_around(subject: Subject, found: list[data.District]) -> pd.DataFrame:
    """Facilities for families in the communes of the districts, or near an outline."""
    frame = data.facilities(subject.db)
    communes = {code for item in found for code in item.communes} | set(subject.codes)
    frame = frame[frame["stat"].isin(QPV_FACILITIES)]
    keep = _of(frame, communes).to_numpy(copy=True)
    lon, lat = frame["lon"].to_numpy(float), frame["lat"].to_numpy(float)
    # The whole country is kept already: no outline adds to it.
    for item in () if keep.all() else found:
        if item.shape is not None:
            west, south, east, north = item.shape.bounds
            beside = (lon >= west - _BOX_DEGREES) & (lon <= east + _BOX_DEGREES)
            keep |= beside & (lat >= south - _BOX_DEGREES) & (lat <= north + _BOX_DEGREES)
    # The centre of a commune says nothing of where in it a facility stands.
    return (
        frame[keep]
        .reset_index(drop=True)
        .assign(
            lon=lambda kept: kept["lon"].mask(kept["at_centre"]),
            lat=lambda kept: kept["lat"].mask(kept["at_centre"]),
        )
    )


def _counted(near: pd.DataFrame, facilities: pd.DataFrame) -> dict[tuple[int, str, bool], int]:
    """How many facilities of a type are inside (True) or near (False) each outline, by its number."""
    stats = facilities["stat"].to_numpy()[near["point"]]
    inside = near["metres"].to_numpy() == 0
    return dict(Counter(zip(near["shape"].tolist(), stats.tolist(), inside.tolist(), strict=True)))


def _told_by_producer(facilities: pd.DataFrame) -> dict[tuple[str, str], list[str | None] | None]:
    """By commune and type, the district that the producer gives each facility; None when it gives none."""
    found: dict[tuple[str, str], list[str | None] | None] = {}
    columns = (facilities[name].tolist() for name in ("city", "stat", "qpv", "qpv_by"))
    for commune, stat, qpv_code, by in zip(*columns, strict=True):
        given = found.setdefault((commune, stat), [])
        if given is None or not isinstance(by, str):
            found[commune, stat] = None
        else:
            given.append(qpv_code)
    return found


def _district(
    subject: Subject,
    item: data.District,
    number: int,
    placed: Placed,
    names: pd.Series,
) -> Quarter:
    """What is in and near one district; none is unknown where a facility of its communes that nobody placed may be there."""
    inside: dict[str, int | None] = dict.fromkeys(QPV_FACILITIES)
    near: dict[str, int | None] = dict.fromkeys(QPV_FACILITIES)
    for stat in QPV_FACILITIES:
        if not _covered(subject, item.communes, stat):
            continue
        # The list lacks the crèches of the commune: none inside is not known.
        if stat == "eaje" and data.unlisted_creches(subject.db).intersection(item.communes):
            continue
        if item.shape is not None:
            none = None if any((code, stat) in placed.nowhere for code in item.communes) else 0
            inside[stat] = placed.around.get((number, stat, True), none)
            near[stat] = placed.around.get((number, stat, False), none)
        else:
            given = [placed.told.get((code, stat), []) for code in item.communes]
            counted = [codes.count(item.code) for codes in given if codes is not None]
            if len(counted) == len(given):
                inside[stat] = sum(counted)
    known = any(count is not None for count in inside.values())
    return Quarter(
        code=item.code,
        name=item.name,
        communes=tuple(names[code] for code in item.communes if code in names.index),
        population=item.population,
        population_year=item.population_year,
        located=item.shape is not None,
        located_by="polygon" if item.shape is not None else "producer" if known else "communes",
        inside=inside,
        near=near,
        missing=tuple(stat for stat in QPV_FACILITIES if inside[stat] == 0 and near[stat] in (0, None)),
    )


def _covered(subject: Subject, communes: tuple[str, ...], stat: str) -> bool:
    """Whether a loaded file counts that type in every département of the district."""
    known = territories.index(subject.db).territories
    homes = {
        known[Level.COMMUNE, code].departement for code in communes if (Level.COMMUNE, code) in known
    } - {None}
    return bool(homes) and all((one, stat) in data.coverage(subject.db) for one in homes)


def _count_missing(rows: list[Quarter], stat: str) -> int | None:
    known = [row for row in rows if row.inside[stat] is not None]
    return sum(stat in row.missing for row in known) if known else None


def _outside(
    subject: Subject, facilities: pd.DataFrame, near: pd.DataFrame, rows: list[Quarter]
) -> dict[str, int | None]:
    """Facilities of the territory neither inside a district nor within 500 m of one."""
    if not all(row.located for row in rows):
        return dict.fromkeys(QPV_FACILITIES)
    own = facilities[_of(facilities, subject.codes)]
    far = own[~own.index.isin(near["point"])]
    known = {stat for row in rows for stat in QPV_FACILITIES if row.inside[stat] is not None}
    known -= set(own["stat"][own["lon"].isna()])
    return {stat: int((far["stat"] == stat).sum()) if stat in known else None for stat in QPV_FACILITIES}


def _qpv_reading(subject: Subject, rows: list[Quarter], missing: dict[str, int | None], reading: str) -> str:
    lacking = [(count, stat) for stat, count in missing.items() if count]
    told = [reading]
    if lacking:
        count, stat = max(lacking)
        unsaid = sum(row.inside[stat] is None for row in rows)
        one, feminine = FACILITY_LABELS[stat][0], stat == "eaje"
        near = f", et jusqu’à {french.number(QPV_NEAR_METRES)} m autour" * all(row.located for row in rows)
        told.append(
            f"{'Dans au moins' if unsaid else 'Dans'} {french.in_words(count)} "
            f"{french.plural(count, 'quartier prioritaire', 'quartiers prioritaires')} sur {len(rows)}{near}, "
            f"{french.in_words(0, feminine=feminine)} {one} n’est recensé{'e' * feminine}"
            f"{f' ; pour {french.number(unsaid)}, les données ne le disent pas' if unsaid else ''}."
        )
    return french.typographic(" ".join(told))


# Services


def services(subject: Subject) -> tuple[Service, ...]:
    """Families, social life and access to rights: count, ratio, communes without; unknown said."""
    frame = subject.communes
    covered = data.coverage(subject.db)
    homes = set(frame["departement"].dropna())
    rows = []
    for stat, (theme, name) in SERVICE_THEMES.items():
        finding = subject.findings.get(name) if name else None
        count = _summed(subject, stat)
        base = subject.against(name) if name else None
        near = data.near(subject.db, stat)
        where = data.communes(subject.db).index.get_indexer(list(subject.codes))
        rows.append(
            Service(
                stat=stat,
                label=facility_label(stat),
                theme=theme,
                count=count,
                year=data.years(subject.db).get(stat),
                status="ok" if count is not None else "missing",
                ratio=finding.value if finding else None,
                ratio_unit=_unit(name),
                indicator=name,
                reference=base.value if base else None,
                missing=finding.missing if finding else None,
                members_without=int((frame[stat] == 0).sum()) if count is not None else None,
                nearest_km=_mean_km(near, where, frame) if near is not None else None,
                reason="" if count is not None else _why_unknown(stat, homes, covered),
                reading=finding.reading if finding else _count_reading(subject, stat, count),
            )
        )
    return tuple(rows)


def _unit(name: str | None) -> str:
    return BY_ID[name].unit if name else ""


def _mean_km(near: data.Near, where: np.ndarray, frame: pd.DataFrame) -> float | None:
    """Kilometres to the nearest one, mean of the inhabitants."""
    km, people = near.km[where], frame["population"].to_numpy(float)
    usable = ~np.isnan(km + people)
    return _known(gaps.ratio((km * people)[usable].sum(), people[usable].sum())) if usable.any() else None


def _why_unknown(stat: str, homes: set[str], covered: frozenset[tuple[str, str]]) -> str:
    noun = FACILITY_LABELS[stat][1]
    if not any(kind == stat for _, kind in covered):
        return french.typographic(f"Aucun fichier chargé ne compte les {noun}.")
    if not all((home, stat) in covered for home in homes):
        return french.typographic(f"Les fichiers chargés ne comptent pas tous les {noun} d’ici.")
    return "Nombre inconnu dans une partie des communes."


def _count_reading(subject: Subject, stat: str, count: float | None) -> str:
    if count is None:
        return ""
    one, many = FACILITY_LABELS[stat]
    said = french.quantity(count, one, many) if count else french.in_words(0) + " " + one
    verb = "on ne compte" if count == 0 else "on compte"
    return french.typographic(f"{french.capitalised(french.at(subject.territory))}, {verb} {said}.")


# Duties


def duties(subject: Subject, on: dt.date) -> tuple[tuple[DutyHere, ...], str]:
    """The duties of the service public de la petite enfance, and the sentence that says on whom they fall."""
    if subject.territory.level not in (Level.COMMUNE, Level.EPCI, Level.PERIMETRE):
        return (
            (),
            "Les obligations du service public de la petite enfance pèsent sur les communes ou leur intercommunalité.",
        )
    if not subject.communes["city"].eq(True).all():
        return (
            (),
            "Les obligations du service public de la petite enfance pèsent sur la ville, non sur ses arrondissements.",
        )
    frame = subject.communes
    people = {code: _known(value) for code, value in frame["population"].items()}
    relay = _sum(frame["rpe"])
    limit = next(duty.population_over for duty in reference.duties() if duty.evidence == "rpe")
    large = {
        code for code, count in people.items() if count is not None and limit is not None and count > limit
    }
    without = [
        name
        for code, name, count in zip(frame.index, frame["name"], frame["rpe"], strict=True)
        if count == 0 and code in large
    ]
    # A relay somewhere does not say that each large commune has its own, or shares it.
    unsure = relay is None or (relay > 0 and bool(without))
    found = law.legal_duties(people, on=on, rpe_present=None if unsure or relay is None else relay > 0)
    rows = tuple(
        DutyHere(
            id=status.duty.id,
            duty=status.duty.duty,
            summary=status.duty.summary,
            article=status.duty.article,
            source=status.duty.source,
            threshold=status.duty.population_over,
            in_force_on=status.duty.in_force.isoformat(),
            binds=status.binds,
            in_force=status.in_force,
            met=status.met,
            sentence=status.sentence,
        )
        for status in found
    )
    reading = _duties_reading(subject, people)
    if len(people) > 1 and without:
        reading = french.typographic(
            f"{reading} Plus de {french.number(limit)} habitants et aucun relais petite enfance recensé : "
            f"{french.listing(without)}. À vérifier, un relais peut être partagé."
        )
    return rows, reading


def _duties_reading(subject: Subject, people: dict[str, float | None]) -> str:
    known = [value for value in people.values() if value is not None]
    if subject.territory.level is Level.COMMUNE:
        if not known:
            return (
                "La population légale n’est pas chargée : les seuils de la loi ne peuvent pas être vérifiés."
            )
        said = french.quantity(known[0], "habitant", "habitants")
        return french.typographic(
            f"{french.subject(subject.territory)} compte {said} (population légale) : la commune est l’autorité "
            "organisatrice, sauf si elle a transféré la compétence à son intercommunalité."
        )
    over, most = (sum(value > limit for value in known) for limit in (3_500, 10_000))
    return french.typographic(
        f"Si la compétence est transférée, les obligations se lisent sur la population de toutes les communes. Sinon, "
        f"{_over(over, 'commune')} 3\u202f500 habitants et {_over(most, '')} 10\u202f000."
    )


def _over(count: int, noun: str) -> str:
    """ "aucune commune ne dépasse", "une commune dépasse", "12 communes dépassent"."""
    who = f"{french.in_words(count, feminine=True)} {french.plural(count, noun, noun and f'{noun}s')}".strip()
    return f"{who} ne dépasse" if not count else f"{who} {french.verb(count, 'dépasse', 'dépassent')}"


def _rows(frame: pd.DataFrame) -> tuple[dict[str, Any], ...]:
    return tuple(
        {
            name: None if value is None or (isinstance(value, float) and np.isnan(value)) else value
            for name, value in row.items()
        }
        for row in frame.to_dict("records")
    )


def _summed(subject: Subject, stat: str) -> float | None:
    """The sum over the communes, as sql/measure.sql has it: those unknown may hold a hundredth of the people, or of
    the communes where a population lacks; one counted with another hides nothing."""
    frame = subject.communes
    counted = frame[stat].notna()
    known = counted | frame.index.isin(data.elsewhere(subject.db).get(stat, frozenset()))
    people = frame["population"]
    weighed = people.notna().all() and people.sum() > 0
    covered = people[known].sum() / people.sum() if weighed else known.mean()
    return float(frame[stat].sum()) if counted.any() and covered >= PEOPLE_KNOWN else None


def _sum(values: pd.Series) -> float | None:
    """The sum, unknown as soon as a part is."""
    return float(values.sum()) if len(values) and values.notna().all() else None


def _known(value) -> float | None:
    number = float(value)
    return number if np.isfinite(number) else None

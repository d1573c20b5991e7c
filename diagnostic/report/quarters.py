"""Quartiers prioritaires: the facilities inside and within 500 m of each, and what they lack."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

import numpy as np

from diagnostic import french, gazetteer
from diagnostic.access import QPV_NEAR_METRES, Beside, distance_to_shapes
from diagnostic.indicators import (
    DISTRICT_COUNT,
    FACILITY_LABELS,
    FEMININE,
    QPV_FACILITIES,
)
from diagnostic.model import Level
from diagnostic.report import data
from diagnostic.report.shape import (
    Qpv,
    Quarter,
)
from diagnostic.report.subject import Subject
from diagnostic.warehouse.columns import Columns

_BOX_DEGREES = 0.02


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
    lost = facilities.take(np.isnan(facilities["lon"]))
    placed = Placed(
        _counted(near, facilities),
        _told_by_producer(facilities),
        frozenset(lost.rows("city", "stat")),
    )
    gazetteer.index(subject.db).territories.want(
        (Level.COMMUNE, code) for item in found for code in item.communes
    )
    rows = [_district(subject, item, number, placed) for number, item in enumerate(found)]
    missing = {stat: _count_missing(rows, stat) for stat in QPV_FACILITIES}
    by = {row.located_by for row in rows}
    located_by = next(word for word in ("polygon", "producer", "communes") if word in by)
    return Qpv(
        tuple(rows),
        located_by,
        missing,
        _outside(subject, facilities, near, rows),
        _qpv_reading(rows, missing, reading),
    )


def _facilities_around(subject: Subject, found: list[data.District]) -> Columns:
    """Facilities for families in the communes of the districts, or near an outline."""
    communes = {code for item in found for code in item.communes} | set(subject.codes)
    bounds = np.array([item.shape.bounds for item in found if item.shape is not None]).reshape(-1, 4)
    bounds += np.array([-1, -1, 1, 1]) * _BOX_DEGREES
    around = (*bounds[:, :2].min(axis=0), *bounds[:, 2:].max(axis=0)) if len(bounds) else None
    frame = data.facilities_around(subject.db, QPV_FACILITIES, sorted(communes), around)
    lon, lat = frame["lon"].astype(float), frame["lat"].astype(float)
    keep = data.within(frame, communes)
    # The whole country is kept already: no outline adds to it.
    for west, south, east, north in () if keep.all() else bounds:
        keep |= (lon >= west) & (lon <= east) & (lat >= south) & (lat <= north)
    # The centre of a commune says nothing of where in it a facility stands.
    nowhere = frame["at_centre"].astype(bool)
    placed = {"lon": np.where(nowhere, np.nan, lon), "lat": np.where(nowhere, np.nan, lat)}
    return Columns({**frame.held, **placed}).take(keep)


def _counted(near: Beside, facilities: Columns) -> dict[tuple[int, str, bool], int]:
    """How many facilities of a type are inside (True) or near (False) each outline, by its number."""
    stats = facilities["stat"][near.point]
    inside = near.metres == 0
    return dict(Counter(zip(near.shape.tolist(), stats.tolist(), inside.tolist(), strict=True)))


def _told_by_producer(facilities: Columns) -> dict[tuple[str, str], list[str | None] | None]:
    """By commune and type, the district that the producer gives each facility; None when it gives none."""
    found: dict[tuple[str, str], list[str | None] | None] = {}
    for commune, stat, qpv_code, by in facilities.rows("city", "stat", "qpv", "qpv_by"):
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
    known_as = gazetteer.index(subject.db).territories
    return Quarter(
        code=item.code,
        name=item.name,
        communes=tuple(
            known_as[Level.COMMUNE, code].name for code in item.communes if (Level.COMMUNE, code) in known_as
        ),
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
    known = gazetteer.index(subject.db).territories
    homes = {
        known[Level.COMMUNE, code].departement for code in communes if (Level.COMMUNE, code) in known
    } - {None}
    return bool(homes) and all((one, stat) in data.coverage(subject.db) for one in homes)


def _count_missing(rows: list[Quarter], stat: str) -> int | None:
    known = [row for row in rows if row.inside[stat] is not None]
    return sum(stat in row.missing for row in known) if known else None


def _outside(
    subject: Subject, facilities: Columns, near: Beside, rows: list[Quarter]
) -> dict[str, int | None]:
    """Facilities of the territory neither inside a district nor within 500 m of one."""
    if not all(row.located for row in rows):
        return dict.fromkeys(QPV_FACILITIES)
    own = data.within(facilities, set(subject.codes))
    far = own.copy()
    far[near.point] = False
    known = {stat for row in rows for stat in QPV_FACILITIES if row.inside[stat] is not None}
    known -= set(facilities["stat"][own & np.isnan(facilities["lon"])])
    counts = Counter(facilities["stat"][far].tolist())
    return {stat: counts[stat] if stat in known else None for stat in QPV_FACILITIES}


def _qpv_reading(rows: list[Quarter], missing: dict[str, int | None], reading: str) -> str:
    lacking = [(count, stat) for stat, count in missing.items() if count]
    told = [reading]
    if lacking:
        count, stat = max(lacking)
        unsaid = sum(row.inside[stat] is None for row in rows)
        one, feminine = FACILITY_LABELS[stat][0], stat in FEMININE
        near = f", et jusqu’à {french.number(QPV_NEAR_METRES)} m autour" * all(row.located for row in rows)
        told.append(
            f"{_in_districts(count, len(rows), unsaid)}{near}, "
            f"{french.in_words(0, feminine=feminine)} {one} n’est recensé{'e' * feminine}"
            f"{f' ; pour {french.number(unsaid)}, les données ne le disent pas' if unsaid else ''}."
        )
    return french.typographic(" ".join(told))


def _in_districts(count: int, of: int, unsaid: int) -> str:
    """ "Dans au moins 43 quartiers prioritaires sur 175", "Dans les trois quartiers prioritaires"."""
    if count == of:
        return (
            "Dans le quartier prioritaire"
            if of == 1
            else f"Dans les {french.in_words(of)} quartiers prioritaires"
        )
    said = (
        f"{french.in_words(count)} {french.plural(count, 'quartier prioritaire', 'quartiers prioritaires')}"
    )
    return f"Dans {'au moins ' * bool(unsaid)}{said} sur {french.number(of)}"

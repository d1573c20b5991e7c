"""Quartiers prioritaires: the facilities inside and within 500 m of each, and what they lack."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

import pandas as pd

from diagnostic import french, territories
from diagnostic.access import QPV_NEAR_METRES, distance_to_shapes
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
from diagnostic.warehouse.database import Database
from diagnostic.warehouse.memory import shared

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
        _qpv_reading(rows, missing, reading),
    )


@shared(3)
def _for_families(db: Database) -> pd.DataFrame:
    frame = data.facilities(db)
    return frame[frame["stat"].isin(QPV_FACILITIES)]


def _facilities_around(subject: Subject, found: list[data.District]) -> pd.DataFrame:
    """Facilities for families in the communes of the districts, or near an outline."""
    frame = _for_families(subject.db)
    communes = {code for item in found for code in item.communes} | set(subject.codes)
    keep = data.within(frame, communes).to_numpy(copy=True)
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
    own = facilities[data.within(facilities, subject.codes)]
    far = own[~own.index.isin(near["point"])]
    known = {stat for row in rows for stat in QPV_FACILITIES if row.inside[stat] is not None}
    known -= set(own["stat"][own["lon"].isna()])
    return {stat: int((far["stat"] == stat).sum()) if stat in known else None for stat in QPV_FACILITIES}


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

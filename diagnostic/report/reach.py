"""Places within reach of each commune, who serves it, and the nearest facility of each type."""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np

from diagnostic import french, gaps, gazetteer
from diagnostic.access import dependence
from diagnostic.indicators import FACILITY_LABELS, REACH
from diagnostic.model import Level, Territory
from diagnostic.report import data
from diagnostic.report.shape import (
    Accessibility,
    Nearest,
    NearestPlace,
    Reach,
)
from diagnostic.report.subject import Subject
from diagnostic.warehouse.wide import SERVICES

MOST_COMMUNES = 600
"""Communes of the largest département with a margin; beyond, tables by commune are not drawn up."""


def accessibility(subject: Subject, reach_km: float = data.REACH_KM) -> Accessibility:
    """Places within `reach_km` of each commune, who serves it, and the nearest facility of each type."""
    few = len(subject.codes) <= MOST_COMMUNES
    found = data.reach(subject.db, subject.codes, reach_km) if few else None
    near = _nearest(subject)
    bands = found.result.bands if found is not None else ()
    if found is None:
        return Accessibility(bands, (), near, subject.findings[REACH].reading)
    asked = [found.rows[code] for code in subject.codes if code in found.rows]
    if not asked:
        return Accessibility(bands, (), near, subject.findings[REACH].reading)
    depends = dependence(found.result, found.children, found.links, asked).communes
    inside = set(subject.codes)
    local = subject.communes.of(found.codes[depends.commune].tolist())
    raw = gaps.ratio(local["eaje_places"], local["enfants_moins_3"], 100.0)
    facts = local.rows("name", "enfants_moins_3", "eaje_places")
    rows = []
    shares = zip(*(column.tolist() for column in depends), strict=True)
    for one, (name, children, places), rate in zip(shares, facts, raw, strict=True):
        number, own_share, main, main_share, kept_share = one
        value = data.known(found.result.value[number] * 100)
        supplier = str(found.codes[main]) if main >= 0 else None
        rows.append(
            Reach(
                code=str(found.codes[number]),
                name=name,
                children=data.known(children),
                places=data.known(places),
                raw=data.known(rate),
                value=value,
                access=value,
                floor=data.known(found.result.floor[number] * 100),
                covered=data.known(found.result.covered[number]),
                own_share=data.known(own_share),
                main_supplier=supplier,
                main_supplier_name=found.names[main] if supplier else None,
                main_share=data.known(main_share),
                supplier_outside=supplier is not None and supplier not in inside,
                kept_share=data.known(kept_share),
            )
        )
    rows.sort(key=lambda item: (item.value is None, item.value if item.value is not None else 0, item.name))
    return Accessibility(bands, tuple(rows), near, _access_reading(subject, rows, reach_km))


def _access_reading(subject: Subject, rows: list[Reach], reach_km: float) -> str:
    # The finding is declared at the usual distance: it says nothing of another one.
    told = [subject.findings[REACH].reading] if reach_km == data.REACH_KM else []
    shares = [row.own_share for row in rows if row.own_share is not None]
    depend = [share for share in shares if share < 0.5]
    if len(shares) > 1 and depend:
        count = french.in_words(len(depend), feminine=True, capital=True)
        told.append(
            f"{count} {french.plural(len(depend), 'commune', 'communes')} sur {len(shares)} "
            f"{french.verb(len(depend), 'tire', 'tirent')} plus de la moitié de ses places accessibles de communes voisines."
            if len(depend) == 1
            else f"{count} communes sur {len(shares)} tirent plus de la moitié de leurs places accessibles de communes voisines."
        )
    unlisted = sorted(
        (row for row in rows if row.code in data.unlisted_creches(subject.db)),
        key=lambda row: -(row.places or 0),
    )
    for row in unlisted[:1]:
        places = french.quantity(row.places, "place", "places") if row.places else "des places"
        here = ", comptées ici" if row.places else ""
        others = french.quantity(len(unlisted) - 1, "autre commune", "autres communes")
        more = f" ; {others} dans ce cas" if len(unlisted) > 1 else ""
        told.append(f"{row.name} : aucune crèche recensée, {places} selon la Cnaf{here} ; à vérifier{more}.")
    return french.typographic(" ".join(filter(None, told)))


def _nearest(subject: Subject) -> tuple[Nearest, ...]:
    if len(subject.codes) > MOST_COMMUNES:
        return ()
    frame = subject.communes
    names, weights = frame["name"].tolist(), frame["population"].astype(float)
    known, said = gazetteer.index(subject.db).territories, dict[object, str]()
    rows = []
    for stat in SERVICES:
        found = data.near(subject.db, stat, subject.codes)
        if found is None:
            continue
        # A facility of the commune itself is near, wherever the centre of the commune lies.
        counts = frame[stat].astype(float)
        unlisted = data.unlisted_creches(subject.db) if stat == "eaje" else frozenset()
        km = np.where((counts > 0) & np.isnan(found.km), 0.0, found.km)
        # Some crèche is nearer than the nearest of the list, no one knows where.
        km[[code in unlisted for code in subject.codes]] = np.nan
        usable = ~np.isnan(km + weights)
        mean = (
            data.known(gaps.ratio((km * weights)[usable].sum(), weights[usable].sum()))
            if usable.any()
            else None
        )
        said |= {one: _at(known, one) for one in dict.fromkeys(found.commune) if one not in said}
        columns = (subject.codes, names, km.tolist(), found.name, found.commune, counts.tolist())
        by_commune = tuple(
            NearestPlace(
                code=code,
                name=name,
                km=None if math.isnan(distance) else distance,
                place=place,
                commune=commune,
                where=said[commune],
                count=None if math.isnan(count) else int(count),
            )
            for code, name, distance, place, commune, count in zip(*columns, strict=True)
        )
        distances = [(row.km, row.name) for row in by_commune if row.km is not None]
        last_km, last = max(distances, key=lambda one: one[0], default=(None, None))
        rows.append(Nearest(stat, facility_label(stat), mean, last, last_km, by_commune))
    return tuple(rows)


def _at(known: Mapping[tuple[Level, str], Territory], commune: object) -> str:
    """ "à Sauveterre-de-Guyenne"; empty for a facility whose commune is not known."""
    found = known.get((Level.COMMUNE, str(commune)))
    return french.at(found) if found is not None else ""


def facility_label(stat: str) -> str:
    """ "Relais petite enfance", "Crèches": the plural with a capital."""
    return french.capitalised(FACILITY_LABELS[stat][1])

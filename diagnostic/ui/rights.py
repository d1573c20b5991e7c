"""What the page Accès aux droits says: how far the nearest France services is, and from whom."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from diagnostic import french, territories
from diagnostic.report import Report, data
from diagnostic.warehouse import Database

STAT = "france_services"
FAR_KM = (5, 10, 20)
"""Distances beyond which the inhabitants are counted, as the crow flies."""
MOST_NAMED = 2_000
"""Communes beyond which the farthest one says nothing of the territory: in a country, an island."""


@dataclass(frozen=True, slots=True)
class Near:
    """The nearest place of one type: what each commune's centre is from it."""

    mean_km: float | None
    farthest: str
    farthest_km: float | None
    by_commune: tuple[dict, ...]


def nearest(db: Database, report: Report, stat: str = STAT) -> Near | None:
    """The row of the report for that type, or the same for a territory too large for the report to list its
    communes; None when no file locates any."""
    row = next((row for row in report.access.nearest if row["stat"] == stat), None)
    if row is not None and row["by_commune"]:
        return Near(row["mean_km"], row["farthest"] or "", row["farthest_km"], tuple(row["by_commune"]))
    return _of_communes(db, report, stat)


def _of_communes(db: Database, report: Report, stat: str) -> Near | None:
    found, codes = data.near(db, stat), territories.communes(db, report.territory)
    if found is None or not codes:
        return None
    frame = data.communes(db)
    where = frame.index.get_indexer(list(codes))
    km = found.km[where]
    # A facility of the commune itself is near, wherever the centre of the commune lies.
    km = np.where((frame[stat].to_numpy(float)[where] > 0) & np.isnan(km), 0.0, km)
    if np.isnan(km).all():
        return None
    names = frame["name"].to_numpy()[where]
    rows = tuple(
        {"code": code, "name": name, "km": None if np.isnan(far) else far, "place": place}
        for code, name, far, place in zip(codes, names, km.tolist(), found.name[where], strict=True)
    )
    last = int(np.nanargmax(km))
    finding = report.findings.get("distance_france_services")
    return Near(finding.value if finding else None, names[last], float(km[last]), rows)


def population(db: Database, near: Near | None) -> Mapping[str, float]:
    """Inhabitants of each commune measured, by code; a commune whose number is unknown is left out."""
    if near is None:
        return {}
    people = data.communes(db)["population"].reindex([row["code"] for row in near.by_commune])
    return people.dropna().to_dict()


def beyond(near: Near, people: Mapping[str, float]) -> list[tuple[int, float | None, int]]:
    """For each distance: inhabitants beyond it (None when a commune's are unknown) and communes."""
    answer = []
    for limit in FAR_KM:
        far = [row["code"] for row in near.by_commune if row["km"] is not None and row["km"] > limit]
        known = [people[code] for code in far if code in people]
        answer.append((limit, sum(known) if len(known) == len(far) else None, len(far)))
    return answer


def beyond_facts(near: Near, people: Mapping[str, float]) -> list[tuple[str, str, str]]:
    """The same as small figures."""
    return [
        (
            f"À plus de {limit} km",
            "inconnu" if number is None else french.quantity(number, "habitant", "habitants"),
            "calculé" if number is not None else "non publié",
        )
        for limit, number, _ in beyond(near, people)
    ]


def unmeasured(near: Near) -> str:
    """How many communes are left out of the counts for want of a distance; empty when none is."""
    count = sum(row["km"] is None for row in near.by_commune)
    if not count:
        return ""
    noun = french.quantity(count, "commune", "communes")
    verb = french.verb(count, "n’est pas comptée", "ne sont pas comptées")
    return (
        f"{noun} {verb} ici : leur distance est inconnue."
        if count > 1
        else f"{noun} {verb} ici : sa distance est inconnue."
    )


def message(report: Report, near: Near) -> str:
    """The farthest commune, as a title."""
    if near.farthest_km is None:
        return "Distance à la structure France services la plus proche"
    km = french.quantity(near.farthest_km, "kilomètre", "kilomètres", 1)
    if len(near.by_commune) == 1:
        return f"La structure France services la plus proche est à {km} du centre de la commune"
    if len(near.by_commune) > MOST_NAMED and near.mean_km is not None:
        mean = french.quantity(near.mean_km, "kilomètre", "kilomètres", 1)
        return f"La structure France services la plus proche est en moyenne à {mean}"
    return (
        f"{french.typographic(near.farthest)} est la commune la plus éloignée : {km} jusqu’à France services"
    )


def table(near: Near, people: Mapping[str, float]) -> pd.DataFrame:
    """Communes, the farthest first."""
    rows = sorted(near.by_commune, key=lambda row: -1.0 if row["km"] is None else row["km"], reverse=True)
    return pd.DataFrame(
        [
            {
                "Commune": row["name"],
                "Distance (km)": row["km"],
                "Structure la plus proche": row.get("place") or "inconnue",
                "Habitants": people.get(row["code"]),
            }
            for row in rows
        ],
        columns=["Commune", "Distance (km)", "Structure la plus proche", "Habitants"],
    )


def bars(near: Near) -> list[tuple[str, float, str]]:
    """The farthest communes for the chart."""
    rows = [(row["name"], row["km"], "other") for row in near.by_commune if row["km"] is not None]
    return sorted(rows, key=lambda row: -row[1])[:15]

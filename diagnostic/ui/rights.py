"""What the page Accès aux droits says: how far the nearest France services is, and from whom."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from diagnostic import french
from diagnostic.model import Finding
from diagnostic.report import Report

STAT = "france_services"
FAR_KM = (5, 10, 20)
"""Distances beyond which the inhabitants are counted, as the crow flies."""


@dataclass(frozen=True, slots=True)
class Near:
    """The nearest place of one type: what each commune's centre is from it."""

    mean_km: float | None
    farthest: str
    farthest_km: float | None
    by_commune: tuple[dict, ...]


def nearest(report: Report, stat: str = STAT) -> Near | None:
    """The row of the report for that type; None when it says nothing."""
    row = next((row for row in report.access.nearest if row["stat"] == stat), None)
    if row is None or not row["by_commune"]:
        return None
    return Near(row["mean_km"], row["farthest"] or "", row["farthest_km"], tuple(row["by_commune"]))


def population(report: Report) -> Mapping[str, float]:
    """Inhabitants of each commune of the report that is a member, by code."""
    found = {}
    for member in report.members:
        finding: Finding | None = member.findings.get("population")
        if finding is not None and finding.value is not None:
            found[member.territory.code] = finding.value
    return found


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


def message(report: Report, near: Near) -> str:
    """The farthest commune, as a title."""
    if near.farthest_km is None:
        return "Distance à la structure France services la plus proche"
    km = french.quantity(near.farthest_km, "kilomètre", "kilomètres", 1)
    if len(near.by_commune) == 1:
        return f"La structure France services la plus proche est à {km} du centre de la commune"
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

"""What the page Enfance et jeunesse says: who has a leisure centre near, who has none, which schools."""

from __future__ import annotations

import pandas as pd

from diagnostic import french, reading
from diagnostic.model import Status
from diagnostic.report import Report
from diagnostic.ui.services import rows_of

INDICATORS = ("acces_alsh", "acces_alsh_5km", "enfants_3_11", "jeunes_12_25")


def known(report: Report) -> bool:
    """Whether access to leisure centres can be said at all."""
    return report.alsh.children is not None and report.alsh.with_access is not None


def message(report: Report) -> str:
    """The reading of access as a title."""
    return reading.title(report.alsh.reading) if report.alsh.reading else "Accès aux accueils de loisirs"


def facts(report: Report) -> list[tuple[str, str, str]]:
    """Children aged 3 to 11: all, in a commune with a centre, within the radius, beyond."""
    alsh = report.alsh
    finding = report.findings.get("enfants_3_11")
    word = "estimé" if finding and finding.status is Status.ESTIMATED else "calculé"
    near = f"À moins de {french.number(alsh.radius_km)} km d’un accueil"
    beyond = None
    if alsh.children is not None and alsh.within_radius is not None:
        beyond = max(0.0, alsh.children - alsh.within_radius)
    pairs = [
        ("Enfants de 3 à 11 ans", alsh.children),
        ("Leur commune a un accueil", alsh.with_access),
        (near, alsh.within_radius),
        ("Au-delà", beyond),
    ]
    return [
        (
            label,
            french.number(value) if value is not None else "inconnu",
            word if value is not None else "non publié",
        )
        for label, value in pairs
    ]


def without_table(report: Report) -> pd.DataFrame:
    """Communes beyond the radius, the most children first."""
    rows = sorted(report.alsh.without, key=lambda row: -_size(row["children"]))
    return pd.DataFrame(
        [
            {
                "Commune": row["name"],
                "Enfants de 3 à 11 ans": row["children"],
                "Accueil le plus proche": row.get("nearest") or "inconnu",
                "Distance (km)": row.get("nearest_km"),
            }
            for row in rows
        ],
        columns=["Commune", "Enfants de 3 à 11 ans", "Accueil le plus proche", "Distance (km)"],
    )


def without_bars(report: Report) -> list[tuple[str, float, str]]:
    """Rows of the chart of communes beyond the radius."""
    rows = [
        (row["name"], row["children"], "attention")
        for row in report.alsh.without
        if row["children"] is not None
    ]
    return sorted(rows, key=lambda row: -row[1])


def without_message(report: Report) -> str:
    """How many communes are beyond the radius and how many children live there."""
    rows = report.alsh.without
    if not rows:
        return f"Aucune commune n’est à plus de {french.number(report.alsh.radius_km)} km d’un accueil de loisirs"
    known_rows = [row["children"] for row in rows if row["children"] is not None]
    children = french.quantity(sum(known_rows), "enfant", "enfants")
    count = french.quantity(len(rows), "commune", "communes")
    return f"{children} de 3 à 11 ans dans {count} sans accueil de loisirs à moins de {french.number(report.alsh.radius_km)} km"


def schools_table(report: Report) -> pd.DataFrame:
    """Communes with a school and no leisure centre."""
    return pd.DataFrame(
        [
            {"Commune": row["name"], "Écoles": row["schools"], "Enfants de 3 à 11 ans": row["children"]}
            for row in report.alsh.schools_without
        ],
        columns=["Commune", "Écoles", "Enfants de 3 à 11 ans"],
    )


def schools_message(report: Report) -> str:
    """How many communes have a school and no leisure centre."""
    rows = report.alsh.schools_without
    if not rows:
        return "Aucune commune ayant une école n’est connue sans accueil de loisirs"
    schools = sum(row["schools"] for row in rows)
    count = french.quantity(len(rows), "commune a", "communes ont")
    return f"{count} une école sans accueil de loisirs, soit {french.quantity(schools, 'école', 'écoles')}"


def schools_known(report: Report) -> bool:
    """Whether schools are loaded for the territory."""
    return any(row["stat"] == "ecoles" and row["count"] is not None for row in rows_of(report))


def _size(value: float | None) -> float:
    return -1.0 if value is None else value

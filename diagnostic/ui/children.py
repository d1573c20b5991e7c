"""What the page Enfance et jeunesse says: who has a leisure centre near, who has none, which schools."""

from __future__ import annotations

import pandas as pd

from diagnostic import french, reading
from diagnostic.model import Status
from diagnostic.report import Report

INDICATORS = ("acces_alsh", "acces_alsh_5km")
COUNTS = ("enfants_3_11", "jeunes_12_25")


def known(report: Report) -> bool:
    """Whether access to leisure centres can be said at all."""
    return report.alsh.children is not None and report.alsh.with_access is not None


def message(report: Report) -> str:
    """The share of children whose commune has a leisure centre, as a title."""
    finding = report.findings.get("acces_alsh")
    value = reading.known_value(finding) if finding else None
    if value is None:
        return "L’accès aux accueils de loisirs n’est pas connu sur ce territoire"
    share = french.percent(value, 0)
    return f"{share} des enfants de 3 à 11 ans vivent dans une commune qui a un accueil de loisirs"


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


_COLUMNS = ["Commune", "Enfants de 3 à 11 ans", "Accueil le plus proche", "Distance (km)", "Au-delà du rayon"]


def without_table(report: Report) -> pd.DataFrame:
    """Communes without a centre of their own, the most children first."""
    rows = sorted(report.alsh.without, key=lambda row: -_size(row["children"]))
    return pd.DataFrame(
        [
            {
                "Commune": row["name"],
                "Enfants de 3 à 11 ans": french.number(row["children"])
                if row["children"] is not None
                else "inconnu",
                "Accueil le plus proche": row.get("nearest") or "inconnu",
                "Distance (km)": row.get("nearest_km"),
                "Au-delà du rayon": _yes(row.get("beyond")),
            }
            for row in rows
        ],
        columns=_COLUMNS,
    )


def without_bars(report: Report) -> list[tuple[str, float, str]]:
    """Rows of the chart: brown where the nearest centre is beyond the radius, grey where it is near."""
    rows = [
        (row["name"], row["children"], "attention" if row.get("beyond") else "other")
        for row in report.alsh.without
        if row["children"] is not None
    ]
    return sorted(rows, key=lambda row: -row[1])


def without_message(report: Report) -> str:
    """How many children live in communes without a centre, and how many of those are beyond the radius."""
    rows = report.alsh.without
    if not rows:
        return "Toutes les communes ont un accueil de loisirs"
    sizes = [row["children"] for row in rows if row["children"] is not None]
    children = french.quantity(sum(sizes), "enfant vit", "enfants vivent")
    return f"{children} dans {french.quantity(len(rows), 'commune', 'communes')} sans accueil de loisirs"


def without_subtitle(report: Report) -> str:
    """What the chart draws and what its two colours mean."""
    if not report.alsh.without:
        return ""
    km = french.number(report.alsh.radius_km)
    beyond = [row["name"] for row in report.alsh.without if row.get("beyond")]
    said = (
        f"aucune n’est à plus de {km} km d’un accueil"
        if not beyond
        else f"en brun, celles qui sont à plus de {km} km d’un accueil"
    )
    return f"Enfants de 3 à 11 ans des communes sans accueil ; {said}"


def _yes(value: bool | None) -> str:
    return "inconnu" if value is None else "oui" if value else "non"


def schools_table(report: Report) -> pd.DataFrame:
    """Communes with a school and no leisure centre."""
    return pd.DataFrame(
        [
            {
                "Commune": row["name"],
                "Écoles": row["schools"],
                "Enfants de 3 à 11 ans": french.number(row["children"])
                if row["children"] is not None
                else "inconnu",
            }
            for row in report.alsh.schools_without
        ],
        columns=["Commune", "Écoles", "Enfants de 3 à 11 ans"],
    )


def schools_message(report: Report) -> str:
    """How many communes have a school and no leisure centre."""
    rows = report.alsh.schools_without
    if not rows:
        return "Aucune commune ayant une école n’est sans accueil de loisirs"
    schools = sum(row["schools"] for row in rows)
    count = french.quantity(len(rows), "commune a", "communes ont")
    return f"{count} une école mais pas d’accueil de loisirs : {french.quantity(schools, 'école', 'écoles')} en tout"


def _size(value: float | None) -> float:
    return -1.0 if value is None else value


EQUIPMENT = ("alsh", "ecoles", "colleges", "lycees")

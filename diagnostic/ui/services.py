"""Facilities counted by the report, as the theme pages list them: what is known, and what nobody publishes."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from diagnostic import french, reading
from diagnostic.indicators import BY_ID, FACILITY_LABELS
from diagnostic.model import Territory
from diagnostic.report import Report
from diagnostic.report.local import latest
from diagnostic.warehouse import Database

# No open file counts them by commune: whom to ask, and the template of « Mes données » that takes the answer.
NOT_PUBLISHED = (
    ("Clas", "Accompagnement à la scolarité : aucun fichier ouvert ne le compte par commune.", "Demandez la liste des porteurs à la Caf."),
    ("Espaces de vie sociale", "Ils manquent souvent dans la Base permanente des équipements.", "Demandez la liste des agréments à la Caf."),
    ("Réaap", "Actions d’appui aux parents : financées par appel à projets, sans liste ouverte.", "Demandez les projets retenus à la Caf."),
)  # fmt: skip


def rows_of(report: Report, stats: Sequence[str] | None = None) -> list[dict]:
    """The rows of the services asked for, in that order; all of them without `stats`."""
    if stats is None:
        return list(report.services)
    found = {row["stat"]: row for row in report.services}
    return [found[stat] for stat in stats if stat in found]


def facts(report: Report, stats: Sequence[str]) -> list[tuple[str, str, str]]:
    """Label, count and status of each service; unknown is said, never zero."""
    return [
        (
            _label(row),
            french.number(row["count"]) if row["count"] is not None else "inconnu",
            _word(row),
        )
        for row in rows_of(report, stats)
    ]


def counted(db: Database, territory: Territory, stats: Sequence[str]) -> list[tuple[str, str, str]]:
    """Label, count and status of facilities that are listed, straight from the lists."""
    found = []
    for stat in stats:
        value, year = latest(db, territory, stat)
        label = french.capitalised(FACILITY_LABELS[stat][1])
        known = value is not None
        found.append(
            (
                f"{label} ({year})" if known else label,
                french.number(value) if known else "inconnu",
                "officiel" if known else "non publié",
            )
        )
    return found


def figures(report: Report, ids: Sequence[str]) -> list[tuple[str, str, str]]:
    """Plain counts of the report, which compare with no other territory: label with its year, figure, status."""
    found = []
    for id in ids:
        finding, indicator = report.findings.get(id), BY_ID[id]
        value = reading.known_value(finding) if finding else None
        word = reading.status_word(finding, indicator) if finding else "non publié"
        year = f" ({finding.year})" if finding and finding.year and value is not None else ""
        found.append(
            (f"{indicator.short}{year}", french.number(value) if value is not None else "inconnu", word)
        )
    return found


def table(report: Report, stats: Sequence[str]) -> pd.DataFrame:
    """Each service: how many, for how many people, what is missing, how many communes without, the reason."""
    columns = ["Service", "Nombre", "Repère", "À ajouter", "Communes sans", "À savoir"]
    rows = []
    for row in rows_of(report, stats):
        ratio = row.get("ratio")
        rows.append(
            {
                "Service": _label(row),
                "Nombre": french.number(row["count"]) if row["count"] is not None else "inconnu",
                "Repère": f"{french.number(ratio)} {row.get('ratio_unit') or ''}".strip()
                if ratio is not None
                else "",
                "À ajouter": _whole(row.get("missing")),
                "Communes sans": _whole(row.get("members_without")),
                "À savoir": row.get("reason") or "",
            }
        )
    return pd.DataFrame(rows, columns=columns)


def unknown_table(report: Report, themes: Sequence[str]) -> pd.DataFrame:
    """What is not known in these themes, why, and whom to ask."""
    rows = [
        (row["label"], row["reason"], row["whom"])
        for row in report.unknown
        if row["indicator"] in BY_ID and BY_ID[row["indicator"]].theme in themes
    ]
    if {"parentalite", "vie_sociale"} & set(themes):
        rows += NOT_PUBLISHED
    return pd.DataFrame(rows, columns=["Information", "Pourquoi elle manque", "À qui la demander"])


def _label(row: dict) -> str:
    return french.capitalised(row["label"])


def _word(row: dict) -> str:
    status = row.get("status")
    if row["count"] is None:
        return "non publié"
    return "estimé" if status == "estimated" else "officiel"


def _whole(value: float | None) -> str:
    return "" if value is None else french.number(value)

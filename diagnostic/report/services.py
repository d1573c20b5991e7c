"""Families, social life and access to rights: what is counted, for how many people, and where none is."""

from __future__ import annotations

import numpy as np

from diagnostic import french, gaps
from diagnostic.indicators import (
    BY_ID,
    FACILITY_LABELS,
)
from diagnostic.report import data
from diagnostic.report.reach import facility_label
from diagnostic.report.shape import (
    Service,
)
from diagnostic.report.subject import Subject
from diagnostic.warehouse.columns import Columns

SERVICE_THEMES: dict[str, tuple[str, str | None]] = {
    "rpe": ("petite_enfance", "enfants_par_rpe"),
    "laep": ("parentalite", "enfants_par_laep"),
    "mediation_familiale": ("parentalite", None),
    "centres_sociaux": ("vie_sociale", "habitants_par_centre_social"),
    "evs": ("vie_sociale", None),
    "france_services": ("acces_droits", "distance_france_services"),
    "services_handicap": ("handicap", None),
}
PEOPLE_KNOWN = 0.99
"""Share of the people whose communes must be known for a sum to speak, at every level."""


def services(subject: Subject) -> tuple[Service, ...]:
    """Families, social life and access to rights: count, ratio, communes without; unknown said."""
    frame = subject.communes
    covered = data.coverage(subject.db)
    homes = set(filter(None, frame["departement"].tolist()))
    rows = []
    for stat, (theme, name) in SERVICE_THEMES.items():
        finding = subject.findings.get(name) if name else None
        count = _summed(subject, stat)
        base = subject.against(name) if name else None
        near = data.near(subject.db, stat, subject.codes)
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
                nearest_km=_mean_km(near, frame) if near is not None else None,
                reason="" if count is not None else _why_unknown(stat, homes, covered),
                reading=finding.reading if finding else _count_reading(subject, stat, count),
            )
        )
    return tuple(rows)


def _unit(name: str | None) -> str:
    return BY_ID[name].unit if name else ""


def _mean_km(near: data.Near, frame: Columns) -> float | None:
    """Kilometres to the nearest one, mean of the inhabitants."""
    km, people = near.km, frame["population"].astype(float)
    usable = ~np.isnan(km + people)
    return data.known(gaps.ratio((km * people)[usable].sum(), people[usable].sum())) if usable.any() else None


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


def _summed(subject: Subject, stat: str) -> float | None:
    """The sum over the communes, as sql/measure.sql has it: those unknown may hold a hundredth of the people, or of
    the communes where a population lacks; one counted with another hides nothing."""
    frame = subject.communes
    values, people = (frame[name].astype(float) for name in (stat, "population"))
    counted = ~np.isnan(values)
    if not counted.any():
        return None
    apart = data.elsewhere(subject.db).get(stat, frozenset())
    known = counted | np.array([code in apart for code in subject.codes], dtype=bool)
    weighed = not np.isnan(people).any() and people.sum() > 0
    covered = people[known].sum() / people.sum() if weighed else known.mean()
    return float(values[counted].sum()) if covered >= PEOPLE_KNOWN else None

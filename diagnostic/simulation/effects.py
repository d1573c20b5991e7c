"""What projects do to coverage, gap, accessibility and services of each commune.

Frames hold one row per commune, indexed by code (text). NaN is unknown, and a sum with an unknown
part is unknown. Places of all modes and children under 3; coverage per 100 children, never clamped.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from diagnostic import gaps
from diagnostic.indicators import LEISURE_IN_COMMUNE, RELAYS, YOUTH
from diagnostic.model import DiagnosticError
from diagnostic.simulation.funding import Balance, Funding, fund_all
from diagnostic.simulation.projects import AlshProject, CrecheProject, Project, RpeProject, YouthProject

# Crèche places and children by commune in, accessible places per 100 children out: `access` closed over
# the communes around.
Accessibility = Callable[[pd.Series, pd.Series], pd.Series]


@dataclass(frozen=True, slots=True)
class Total:
    """A territory before and after: sums first, one division. NaN when a commune's part is unknown.

    `missing_*` are the missing places as `measure.shortage` counts them, NaN where it cannot, the territory's own gap
    where nobody asked it; `shortfall_*` is
    the sum of the gaps of all communes, those near the target included. `unknown` names the communes
    whose children or places are unknown. `access_*` is the mean of what the children reach, NaN without
    accessibility.
    """

    children: float
    added: int
    places_before: float
    places_after: float
    coverage_before: float
    coverage_after: float
    missing_before: float
    missing_after: float
    shortfall_after: float
    unknown: tuple[str, ...]
    access_before: float = float("nan")
    access_after: float = float("nan")


@dataclass(frozen=True, slots=True)
class ServiceEffect:
    """A ratio of the territory that a project moves, before and after; NaN when unknown or without object."""

    indicator: str
    label: str
    before: float
    after: float


@dataclass(frozen=True, slots=True)
class Simulation:
    """The answer to a list of projects: by commune, for the territory, for services, in money."""

    communes: pd.DataFrame
    total: Total
    services: tuple[ServiceEffect, ...]
    fundings: tuple[Funding, ...]
    investment: Balance
    running: Balance


@dataclass(frozen=True, slots=True)
class Whole:
    """What is known of a territory as a whole before any project.

    `places` are published for it: they stand for the sum that unknown communes would break. `missing` are the places
    that it lacks to reach the target (`measure.shortage`). `accessibility` is what a child reaches with given places.
    """

    places: float | None = None
    missing: float | None = None
    accessibility: Accessibility | None = None


UNKNOWN = Whole()
"""A territory of which nothing is published: its communes alone tell."""


def simulate(
    communes: pd.DataFrame,
    projects: Sequence[Project],
    *,
    target: float,
    year: int,
    whole: Whole = UNKNOWN,
) -> Simulation:
    """Add up the projects of a territory.

    `communes`: index code; columns `name`, `children` (under 3), `places` (all modes); and, when known,
    `creche_places` (needed where `whole` tells the accessibility), `children_3_11`, `alsh`, `rpe`, `youth_12_25`.
    `target` is in places per 100 children; `year` chooses the scales. Raises
    DiagnosticError when a project stands in a commune that the frame does not hold.
    """
    effects = by_commune(communes, projects, target=target, accessibility=whole.accessibility)
    fundings, investment, running = fund_all(projects, year=year)
    sums = total(effects, target, whole.places, whole.missing)
    return Simulation(effects, sums, services(communes, projects), fundings, investment, running)


def by_commune(
    communes: pd.DataFrame,
    projects: Sequence[Project],
    *,
    target: float,
    accessibility: Accessibility | None = None,
) -> pd.DataFrame:
    """One row per commune: name, children, added, places, coverage, missing (and access) before and after.

    `gain` is the rise of coverage in points, known even where the places of the commune are not.
    """
    added = added_places(communes, projects)
    children = gaps.floats(communes["children"])
    effects = pd.DataFrame({"name": communes["name"], "children": children, "added": added})
    effects["gain"] = gaps.ratio(added, children, 100)
    before = gaps.floats(communes["places"])
    for when, places in (("before", before), ("after", before + added.to_numpy())):
        effects[f"places_{when}"] = places
        effects[f"coverage_{when}"] = gaps.ratio(places, children, 100)
        effects[f"missing_{when}"] = missing_places(children, places, target)
    if accessibility is not None:
        supply = communes["creche_places"].astype(float)
        effects["access_before"] = accessibility(supply, communes["children"])
        effects["access_after"] = accessibility(supply + added, communes["children"])
    return effects


def missing_places(children: np.ndarray, places: np.ndarray, target: float) -> np.ndarray:
    """max(0, target ÷ 100 × children − places): `gaps.missing_units` without its division, so that a
    commune without any child misses none."""
    return np.maximum(0.0, target / 100 * children - places)


def added_places(communes: pd.DataFrame, projects: Sequence[Project]) -> pd.Series:
    """Places that the projects add, one whole number per commune of the frame; only crèches add places."""
    added = dict.fromkeys(communes.index, 0)
    for project in projects:
        if project.commune not in added:
            raise DiagnosticError(
                f"Le projet « {project.name} » est dans la commune {project.commune}, hors du territoire. "
                "Choisissez une commune du territoire."
            )
        if isinstance(project, CrecheProject):
            added[project.commune] += project.places
    return pd.Series(added, index=communes.index, name="added", dtype="int64")


def total(
    effects: pd.DataFrame,
    target: float,
    whole_places: float | None = None,
    whole_missing: float | None = None,
) -> Total:
    """The territory of `by_commune`'s rows; its places are `whole_places` when those are published, its missing places
    before any project `whole_missing` when they are counted."""
    parts = effects[["children", "places_before", "places_after", "missing_before", "missing_after"]]
    sums = parts.sum(skipna=False).astype(float)
    children, added = sums["children"], int(effects["added"].sum())
    if whole_places is not None:
        sums["places_before"], sums["places_after"] = whole_places, whole_places + added
    coverage = {
        when: float(gaps.ratio(sums[f"places_{when}"], children, 100)) for when in ("before", "after")
    }
    missing = _missing(effects, target, sums, whole_missing)
    unknown = effects.index[parts.isna().any(axis=1)]
    reached = {when: _mean(effects, f"access_{when}") for when in ("before", "after")}
    return Total(
        float(children),
        added,
        float(sums["places_before"]),
        float(sums["places_after"]),
        coverage["before"],
        coverage["after"],
        missing["before"],
        missing["after"],
        float(sums["missing_after"]),
        tuple(effects.loc[unknown, "name"]),
        reached["before"],
        reached["after"],
    )


def _missing(
    effects: pd.DataFrame, target: float, sums: pd.Series, whole_missing: float | None
) -> dict[str, float]:
    """Missing places before and after: a place counts in a commune clearly below the target, as far as it lacks some,
    and where the places of the commune are unknown."""
    if whole_missing is None:
        children = np.array(sums["children"])
        return {
            when: float(missing_places(children, np.array(sums[f"places_{when}"]), target))
            for when in ("before", "after")
        }
    filled = (effects["missing_before"] - effects["missing_after"]).where(
        gaps.clearly_below(effects["coverage_before"], target), 0.0
    )
    useful = filled.where(effects["places_before"].notna(), effects["added"]).sum()
    return {"before": whole_missing, "after": float(np.maximum(0.0, whole_missing - float(useful)))}


def _mean(effects: pd.DataFrame, column: str) -> float:
    """What a child of the territory reaches on average: places reached by all ÷ children, NaN when a part is unknown."""
    if column not in effects:
        return float("nan")
    children, reached = gaps.floats(effects["children"]), gaps.floats(effects[column])
    some = children > 0
    if np.isnan(children).any() or np.isnan(reached[some]).any():
        return float("nan")
    return float(gaps.ratio((children[some] * reached[some]).sum(), children.sum()))


def services(communes: pd.DataFrame, projects: Sequence[Project]) -> tuple[ServiceEffect, ...]:
    """Ratios moved by the relais, accueils de loisirs and youth workers among the projects."""
    found = []
    relais = sum(isinstance(project, RpeProject) for project in projects)
    if relais and "rpe" in communes:
        children, count = _sum(communes, "children"), _sum(communes, "rpe")
        label = "Enfants de moins de 3 ans par relais petite enfance"
        before, after = gaps.ratio(children, count), gaps.ratio(children, count + relais)
        found.append(ServiceEffect(RELAYS, label, float(before), float(after)))
    opened = {p.commune for p in projects if isinstance(p, AlshProject) and p.opens}
    if opened and {"alsh", "children_3_11"} <= set(communes):
        found.append(_alsh_access(communes, opened))
    posts = sum(project.posts for project in projects if isinstance(project, YouthProject))
    if posts and "youth_12_25" in communes:
        after = gaps.ratio(_sum(communes, "youth_12_25"), posts)
        label = "Jeunes de 12 à 25 ans par poste d’animateur ajouté"
        found.append(ServiceEffect(YOUTH, label, float("nan"), float(after)))
    return tuple(found)


def _alsh_access(communes: pd.DataFrame, opened: set[str]) -> ServiceEffect:
    alsh = communes["alsh"].astype(float)
    children = communes["children_3_11"].astype(float)
    shares = []
    for count in (alsh, alsh.where(~communes.index.isin(opened), alsh.fillna(0) + 1)):
        served = children.where(count > 0, 0.0).where(count.notna())
        shares.append(float(gaps.ratio(served.sum(skipna=False), children.sum(skipna=False), 100)))
    label = "Enfants de 3 à 11 ans dont la commune a un accueil de loisirs (%)"
    return ServiceEffect(LEISURE_IN_COMMUNE, label, *shares)


def _sum(communes: pd.DataFrame, column: str) -> float:
    return float(communes[column].astype(float).sum(skipna=False))


def compare(
    communes: pd.DataFrame,
    scenarios: Mapping[str, Sequence[Project]],
    *,
    target: float,
    year: int,
    births: Mapping[str, pd.Series] | None = None,
    whole: Whole = UNKNOWN,
) -> pd.DataFrame:
    """One row per scenario and birth scenario: children, places, coverage, gap, access, cost, aids, remainder.

    `births` gives the children under 3 of each commune under each birth scenario (same index); without
    it the children of `communes` stand alone, named « aujourd’hui ». Money stays `Decimal` or None: `investment_*` once, `running_*` a year.
    """
    variants = births if births is not None else {"aujourd’hui": communes["children"]}
    rows = []
    for name, projects in scenarios.items():
        _, investment, running = fund_all(projects, year=year)
        today = total(by_commune(communes, projects, target=target), target, whole.places, whole.missing)
        for variant, children in variants.items():
            assumed = communes.assign(children=children.reindex(communes.index))
            effects = by_commune(assumed, projects, target=target)
            if whole.accessibility is not None:
                supply = communes["creche_places"].astype(float) + effects["added"]
                effects["access_after"] = whole.accessibility(supply, assumed["children"])
            result = total(effects, target, whole.places)
            rows.append(
                {
                    "scenario": name,
                    "births": variant,
                    "children": result.children,
                    "added": result.added,
                    "places": result.places_after,
                    "coverage": result.coverage_after,
                    "missing": gaps.missing_later(
                        today.missing_after, target, today.coverage_after, today.children, result.children
                    ),
                    "shortfall": result.shortfall_after,
                    "access": result.access_after,
                    **_money("investment", investment),
                    **_money("running", running),
                }
            )
    return pd.DataFrame(rows)


def _money(nature: str, balance: Balance) -> dict[str, object]:
    return {
        f"{nature}_cost": balance.cost,
        f"{nature}_low": balance.aid_low,
        f"{nature}_high": balance.aid_high,
        f"{nature}_left_low": balance.remainder_low,
        f"{nature}_left_high": balance.remainder_high,
        f"{nature}_complete": balance.complete,
    }

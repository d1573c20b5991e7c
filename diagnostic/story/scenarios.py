"""What the comparison of scenarios says: sets of projects side by side under each birth scenario."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd
import plotly.graph_objects as go

from diagnostic import french
from diagnostic.charts.spans import Span, spans
from diagnostic.model import DiagnosticError
from diagnostic.report import YOUNG, Report
from diagnostic.simulation import Project, compare, range_text
from diagnostic.simulation.ground import Ground
from diagnostic.story.outcomes import aids_said, missing_said

MOST = 4
"""Scenarios kept beside « today » and the one under way: more columns would not be read."""
TODAY = "Sans projet"
UNDER_WAY = "Projets en cours"
NOW = "aujourd’hui"
# Scenarios of births as the projection names them -> words; the lowest first.
BIRTHS = {"low": "naissances basses", "trend": "naissances en tendance", "constant": "naissances stables"}
_MARKS = {"low": "triangle-down", "trend": "circle", "constant": "triangle-up"}
_ROW = 46


def named(kept: Mapping[str, tuple[Project, ...]], name: str, projects: Sequence[Project]) -> dict:
    """The scenarios with one more, or one replaced under its own name; DiagnosticError when it cannot be."""
    title = " ".join(name.split())
    if not title or title.casefold() in (TODAY.casefold(), UNDER_WAY.casefold()):
        raise DiagnosticError("Donnez un nom à ce scénario, par exemple « Une crèche au centre ».")
    if title not in kept and len(kept) >= MOST:
        raise DiagnosticError(f"{MOST} scénarios au plus se comparent : retirez-en un.")
    return {**kept, title: tuple(projects)}


def all_of(kept: Mapping[str, tuple[Project, ...]], under_way: Sequence[Project]) -> dict:
    """What is compared: today, the kept scenarios, then the projects under way unless they are one of them."""
    found = {TODAY: (), **kept}
    if under_way and tuple(under_way) not in kept.values():
        found[UNDER_WAY] = tuple(under_way)
    return found


def horizons(report: Report) -> list[int]:
    """Years for which children under 3 are projected, the latest first; none where they are not."""
    curves = report.outlook.curves(YOUNG).values()
    return sorted({year for points in curves for year, _ in points}, reverse=True)


def births(ground: Ground, report: Report, year: int | None) -> dict[str, pd.Series]:
    """Children under 3 of each commune under each birth scenario of that year.

    The communes share the children projected for the territory as they share today's: a commune alone has
    too few births for a projection of its own.
    """
    children = ground.communes["children"].astype(float)
    total = float(children.sum(skipna=False))
    curves = report.outlook.curves(YOUNG)
    ahead = {name: dict(points)[year] for name, points in curves.items() if year in dict(points)}
    found = {name: children * (ahead[name] / total) for name in BIRTHS if name in ahead and total > 0}
    return found or {NOW: children}


def compared(
    ground: Ground,
    scenarios: Mapping[str, Sequence[Project]],
    report: Report,
    *,
    target: float,
    scale_year: int,
    horizon: int | None,
) -> pd.DataFrame:
    """`simulation.compare` on this ground: one row per scenario and birth scenario."""
    return compare(
        ground.communes,
        scenarios,
        target=target,
        year=scale_year,
        births=births(ground, report, horizon),
        whole=ground.whole(target),
    )


def table(found: pd.DataFrame) -> pd.DataFrame:
    """Scenarios as columns: effects under each birth scenario, then the money, which does not depend on it."""
    variants = list(dict.fromkeys(found["births"]))
    rows: list[tuple[str, ...]] = []
    for label, column, places in (
        ("Places pour 100 enfants, environ", "coverage", 1),
        ("Places manquantes, environ", "missing", 0),
        ("Places de crèche accessibles pour 100 enfants, environ", "access", 1),
    ):
        if found[column].isna().all():
            continue
        for variant in variants:
            when = BIRTHS.get(variant, variant)
            part = found[found["births"] == variant]
            rows.append((f"{label}, {when}", *(_said(value, places) for value in part[column])))
    once = found.drop_duplicates("scenario").to_dict("records")
    rows.append(("Places ajoutées", *(french.number(row["added"]) for row in once)))
    for label, nature in (("Travaux", "investment"), ("Par an", "running")):
        rows.append((f"{label} : coût", *(_cost(row, nature) for row in once)))
        rows.append((f"{label} : aides de la Caf", *(_aids(row, nature) for row in once)))
        rows.append((f"{label} : reste à financer", *(_left(row, nature) for row in once)))
    return pd.DataFrame(rows, columns=["Effet", *(row["scenario"] for row in once)])


def _said(value: float, places: int) -> str:
    if pd.isna(value):
        return "inconnu"
    return french.number(value, places) if places else missing_said(value)


def _none(row: Mapping) -> bool:
    return row["scenario"] == TODAY


def _cost(row: Mapping, nature: str) -> str:
    if _none(row):
        return "aucun"
    cost = row[f"{nature}_cost"]
    return "non saisi" if cost is None else french.euros(cost)


def _aids(row: Mapping, nature: str) -> str:
    if _none(row):
        return "aucune"
    return aids_said(row[f"{nature}_low"], row[f"{nature}_high"], row[f"{nature}_complete"])


def _left(row: Mapping, nature: str) -> str:
    if _none(row):
        return "aucun"
    low, high = row[f"{nature}_left_low"], row[f"{nature}_left_high"]
    if high is None:
        return "coût non saisi"
    return f"au plus {french.euros(high)}" if low is None else range_text(low, high)


def message(found: pd.DataFrame, horizon: int | None) -> str:
    """What the best scenario reaches against doing nothing, as a title."""
    when = f" en {horizon}" if horizon is not None and NOW not in set(found["births"]) else ""
    bounds = found.groupby("scenario", sort=False)["coverage"].agg(["min", "max"])
    if len(bounds) < 2 or bounds.isna().any(axis=None):
        return f"Les scénarios côte à côte{when}"
    best = bounds.drop(index=TODAY)["max"].idxmax()
    return f"{french.capitalised(best)} : {_span(bounds.loc[best])} places pour 100 enfants{when}"


def against(found: pd.DataFrame, target: float) -> str:
    """The sub-title: without any project, and the target."""
    none = found[found["scenario"] == TODAY]["coverage"]
    goal = f"objectif : {french.number(target, 1)}"
    if none.isna().any():
        return french.capitalised(goal)
    said = _span(pd.Series({"min": none.min(), "max": none.max()}))
    on = ", selon les naissances" if said.startswith("de ") else ""
    return f"{TODAY} : {said}{on} ; {goal}"


def kept_sentence(report: Report) -> str:
    """Under how many scenarios of births the projects are compared, and how many sets of projects are kept."""
    under = "Chacun sous chaque scénario de naissances ; " if horizons(report) else ""
    return french.capitalised(f"{under}quatre se gardent, aussi longtemps que le plan")


def _span(bounds: pd.Series) -> str:
    low, high = (french.number(bounds[end], 1) for end in ("min", "max"))
    return low if low == high else f"de {low} à {high}"


def chart(found: pd.DataFrame, target: float, theme: str) -> go.Figure | None:
    """Coverage of each scenario under each birth scenario, as marks on a line; None when it is unknown."""
    rows = found[found["coverage"].notna()]
    if rows.empty:
        return None
    drawn = []
    for name in dict.fromkeys(rows["scenario"]):
        part = rows[rows["scenario"] == name].sort_values("coverage")
        said = tuple(
            f"{name}, {BIRTHS.get(births, births)} : {french.number(value, 1)}"
            for births, value in zip(part["births"], part["coverage"], strict=True)
        )
        marks = tuple(_MARKS.get(one, "circle") for one in part["births"])
        role = "other" if name == TODAY else "territory"
        drawn.append(Span(name, tuple(part["coverage"]), marks, said, role))
    return spans(drawn, theme, row=_ROW, target=(f"objectif {french.number(target, 1)}", target))


def legend(found: pd.DataFrame) -> str:
    """What the marks mean, in words."""
    words = {"low": "▼ naissances basses", "trend": "● en tendance", "constant": "▲ stables"}
    shown = [words[one] for one in BIRTHS if one in set(found["births"])]
    return f"Chaque trait va d’un scénario de naissances à l’autre : {', '.join(shown)}." if shown else ""


# --- Accessibility, commune by commune -----------------------------------------------------------------


def reached(effects: pd.DataFrame, most: int = 12) -> pd.DataFrame:
    """The communes whose children reach more places once the projects stand, the largest gain first."""
    if "access_after" not in effects:
        return effects.iloc[:0]
    gain = effects["access_after"] - effects["access_before"]
    found = effects.assign(access_gain=gain)[gain > 0.05]
    return found.sort_values("access_gain", ascending=False).head(most)


def reached_message(effects: pd.DataFrame) -> str:
    """How many communes gain places within reach, as a title."""
    count = len(reached(effects, most=len(effects)))
    if not count:
        return "Aucune commune ne gagne de places accessibles"
    noun = french.quantity(count, "commune gagne", "communes gagnent")
    return f"{noun} des places de crèche accessibles"


def reached_table(effects: pd.DataFrame) -> pd.DataFrame:
    """Before, after and gain of every commune that gains, in places per 100 children."""
    rows = reached(effects, most=len(effects))
    return pd.DataFrame(
        {
            "Commune": rows["name"].map(french.typographic),
            "Places accessibles avant": rows["access_before"].round(1),
            "Places accessibles après": rows["access_after"].round(1),
            "Gain": rows["access_gain"].round(1) if len(rows) else [],
            "Places ajoutées ici": rows["added"],
        }
    )


def reached_chart(effects: pd.DataFrame, theme: str) -> go.Figure:
    """A line from before to after for each commune that gains most."""
    drawn = []
    for one in reached(effects).itertuples():
        before, after = (french.number(value, 1) for value in (one.access_before, one.access_after))
        said = f"{one.name} : {before} → {after} places pour 100 enfants"
        ends = (one.access_before, one.access_after)
        drawn.append(Span(one.name, ends, ("circle-open", "circle"), (said, said)))
    return spans(drawn, theme)

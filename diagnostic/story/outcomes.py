"""What is said of the effects of projects: before and after, their sums, their funding."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import Decimal

import pandas as pd

from diagnostic import french
from diagnostic.indicators import LEISURE_IN_COMMUNE
from diagnostic.measure import FEW
from diagnostic.simulation import INVESTMENT, RUNNING, Funding, Project, ServiceEffect, range_text


def effects_table(communes: pd.DataFrame, access_known: bool) -> pd.DataFrame:
    """The effects of the simulation as a table to read: communes with a project first, then by gap."""
    rows = communes.sort_values(["added", "missing_before"], ascending=False, na_position="last")
    columns = {
        "Commune": rows["name"].map(french.typographic),
        "Enfants de moins de 3 ans, environ": rows["children"].map(french.two_figures).round(),
        "Places ajoutées": rows["added"],
        "Places avant": rows["places_before"].round(),
        "Places après": rows["places_after"].round(),
        "Pour 100 enfants, avant": rows["coverage_before"].round(1),
        "Pour 100 enfants, après": rows["coverage_after"].round(1),
        # Of so few children nothing is said to be missing, here as on the map and of the whole.
        "Manque avant, environ": rows["missing_before"].where(rows["children"] >= FEW).map(_lacked),
        "Manque après, environ": rows["missing_after"].where(rows["children"] >= FEW).map(_lacked),
    }
    if access_known and "access_before" in rows:
        columns["Places accessibles, avant"] = rows["access_before"].round(1)
        columns["Places accessibles, après"] = rows["access_after"].round(1)
    return pd.DataFrame(columns)


def _lacked(count: float) -> float | None:
    """The missing places of a line: as they are said of a territory, to the unit under twenty."""
    said = french.about(count)
    return said if said is not None else None if pd.isna(count) else float(french.rounded(count) or 0)


def total_facts(total) -> list[tuple[str, str, str]]:
    """Before and after for the whole territory: coverage, places, missing. All are reckoned: « environ »."""

    def both(before: float, after: float, said: Callable[[float], str]) -> tuple[str, str]:
        if pd.isna(before) or pd.isna(after):
            return "inconnu", "inconnu"
        return about(said(before), said(after)), "estimé"

    rows: list[tuple[str, float, float, Callable[[float], str]]] = [
        ("Places pour 100 enfants", total.coverage_before, total.coverage_after, _one_decimal),
        ("Places", total.places_before, total.places_after, french.number),
        ("Places manquantes", total.missing_before, total.missing_after, missing_said),
    ]
    if not pd.isna(total.access_before):
        label = "Places de crèche accessibles pour 100 enfants"
        rows.append((label, total.access_before, total.access_after, _one_decimal))
    return [(label, *both(before, after, said)) for label, before, after, said in rows]


def service_facts(effects: Sequence[ServiceEffect]) -> list[tuple[str, str, str]]:
    """Before and after of what projects change for services; children told by births are rounded."""

    def said(value: float, decimals: int) -> str:
        if pd.isna(value):
            return "sans objet"
        return french.number(value if decimals else french.two_figures(value), decimals)

    rows = []
    for one in effects:
        # A share is of all the children at most: it keeps its decimal.
        decimals = 1 if one.indicator == LEISURE_IN_COMMUNE else 0
        rows.append((one.label, about(said(one.before, decimals), said(one.after, decimals)), "estimé"))
    return rows


def about(before: str, after: str) -> str:
    """ "environ 680 → 650"; nothing is about none, nor about all."""
    hedged = before[:1].isdigit() and before not in _SURE
    return f"{'environ ' * hedged}{before} → {after}"


_SURE = frozenset({"0", "0,0", "100,0"})


def _one_decimal(value: float) -> str:
    return french.number(value, 1)


def missing_said(count: float) -> str:
    """ "680", "moins de 20", "0": missing places before or after, as they are said everywhere."""
    if not french.rounded(count):
        return "0"
    said = french.about(count)
    return f"moins de{french.NBSP}20" if said is None else french.number(said)


def funding_table(funding: Funding) -> pd.DataFrame:
    """Each financing line of a project: aid, range, rule with the year of its scale."""
    often = {INVESTMENT: "une fois", RUNNING: "par an"}
    rows = [
        {
            "Aide": f"{line.label} ({often[line.nature]})",
            "Montant": range_text(line.low, line.high),
            "Règle et barème": line.rule + (f" ; barème {line.year}" if line.year else ""),
        }
        for line in funding.lines
    ]
    return pd.DataFrame(rows, columns=["Aide", "Montant", "Règle et barème"])


def aids_said(low: Decimal | None, high: Decimal | None, complete: bool) -> str:
    """ "de 26 000 à 60 000 €"; "au moins 26 000 à 60 000 €" where the amount of one aid is unknown."""
    said = range_text(low, high)
    return said if complete else f"au moins {said.removeprefix('de ')}"


def balance_facts(investment, running) -> list[tuple[str, str, str]]:
    """Aids and remainder of the works and of a year."""
    rows = []
    for label, balance in (("Investissement", investment), ("Fonctionnement, par an", running)):
        aids = aids_said(balance.aid_low, balance.aid_high, balance.complete)
        rows.append((f"{label} : aides", aids, "estimé"))
        cost = (
            "coût non saisi"
            if balance.cost is None
            else range_text(balance.remainder_low, balance.remainder_high)
        )
        if balance.cost is not None and balance.remainder_low is None and balance.remainder_high is not None:
            cost = f"au plus {french.euros(balance.remainder_high)}"
        rows.append(
            (f"{label} : reste à financer", cost, "estimé" if balance.cost is not None else "à saisir")
        )
    return rows


def message(simulation, projects: Sequence[Project]) -> str:
    """What the projects change, as a title."""
    total = simulation.total
    count = french.quantity(len(projects), "projet", "projets")
    if pd.isna(total.coverage_before):
        return f"{count}, {french.quantity(total.added, 'place ajoutée', 'places ajoutées')}"
    before, after = (french.number(value, 1) for value in (total.coverage_before, total.coverage_after))
    return f"{count} : de {before} à environ {after} places pour 100 enfants"

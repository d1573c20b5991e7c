"""What a visit asks for: the base that serves, the report of its choices, and what each of them offers."""

from __future__ import annotations

import streamlit as st

from diagnostic import french, indicators, measure, report, territories
from diagnostic.access import REACHES_KM
from diagnostic.indicators import CHILDREN, COMPUTED, OFFICIAL, REACH
from diagnostic.model import DiagnosticError, Level
from diagnostic.report import Report
from diagnostic.ui import components, local_data, state
from diagnostic.warehouse.database import Database, open_database

GOALS = (60, 70, 80)
METHODS = {
    "quantiles": "Effectifs égaux",
    "seuils_naturels": "Seuils naturels",
    "amplitudes_egales": "Amplitudes égales",
    "bornes": "Vos bornes",
}
REACHES = {f"{km:.0f}": f"{km:.0f}{french.NBSP}km" for km in REACHES_KM}


def database() -> Database:
    """The database that serves; DiagnosticError when there is none or an old one."""
    return open_database()


def database_if_any() -> Database | None:
    """The database that serves; None after saying in French what is wrong with it."""
    try:
        return database()
    except DiagnosticError as error:
        components.state("Aucune donnée à montrer pour l’instant", str(error))
        return None


def radius() -> int:
    """The chosen radius in km."""
    text = state.get("rayon")
    return int(text) if text.isdecimal() and 1 <= int(text) <= 30 else int(state.PARAMETERS["rayon"])


def current_report() -> Report:
    """The report of the chosen territory, reference and radius, kept for every session that asks the same; with
    the figures of this session's own files, on a copy."""
    return local_data.joined(report_of(state.get("territoire")), database())


def report_of(key: str) -> Report:
    """The report of another territory against the chosen reference and radius."""
    name = state.get("nom") if key.startswith("perimetre:") else ""
    return report_kept(
        database().key, key, name, state.get("reference"), radius(), float(state.get("portee"))
    )


def report_of_epci(found: Report) -> Report | None:
    """Of a commune, the report of its EPCI against the same reference; None for another territory."""
    if found.territory.level is not Level.COMMUNE or found.epci is None:
        return None
    try:
        return report_of(found.epci.territory.key)
    except DiagnosticError:
        return None


@st.cache_resource(max_entries=300, show_spinner=False)
def report_kept(version: str, key: str, name: str, reference: str, radius_km: int, reach_km: float) -> Report:
    """A report of the base of that `version`, built once for all visits."""
    return report.build(
        database(), key, reference=reference or None, radius_km=float(radius_km), reach_km=reach_km, name=name
    )


def reference_options(found: Report) -> dict[str, str]:
    """What the territory can be compared with: value of the parameter `reference` -> words."""
    default = measure.default_reference(database(), found.territory)
    first = [default] if default is not None else []
    larger = territories.larger(database(), found.territory)
    options = {item.key: french.name(item) for item in dict.fromkeys([*first, *larger])}
    if found.peers:
        options["pairs"] = "Territoires semblables"
    if found.territory.level is not Level.FRANCE:
        options |= {f"objectif:{goal}": f"Objectif : {goal} places pour 100" for goal in GOALS}
    wanted = state.get("reference")
    held = found.reference
    if wanted and wanted not in options and held is not None and held.key == wanted:
        options[wanted] = held.name
    return options or {"": "Aucune référence"}


def indicator_options() -> dict[str, str]:
    """Indicators that have a value somewhere: id -> label."""
    spoken = measure.spoken(database())
    return {item.id: item.label for item in indicators.INDICATORS if spoken.get(item.id)}


def map_indicator(found: Report) -> str:
    """The indicator of the small map: the coverage rate where a member has it, else children under 3."""
    for id in (OFFICIAL, COMPUTED, REACH):
        known = [member.findings.get(id) for member in found.members]
        if any(item is not None and item.value is not None for item in known):
            return id
    return CHILDREN

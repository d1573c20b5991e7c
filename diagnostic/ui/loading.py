"""Load a département from the page Données, when the operator allows it."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from diagnostic import fetch, french
from diagnostic.fetch import State
from diagnostic.model import DiagnosticError
from diagnostic.sources import SOURCES
from diagnostic.ui import components, loaded
from diagnostic.warehouse import build
from diagnostic.warehouse.database import ROOT, default_path

RAW = ROOT / "data" / "raw"


def panel() -> None:
    """The form, or how to have it."""
    if not loaded.loading_allowed():
        components.state(
            "Le chargement depuis l’écran est désactivé",
            "Sur votre propre machine, démarrez l’outil avec DIAGNOSTIC_CHARGEMENT=1, ou lancez dans un terminal : "
            "python -m diagnostic fetch --departement 33, puis python -m diagnostic build.",
            action=False,
        )
        return
    components.note(
        "L’outil télécharge les fichiers ouverts de l’Insee, de la Cnaf et de l’ANCT, puis reconstruit la base. "
        "Comptez plusieurs minutes et plusieurs centaines de mégaoctets ; l’ancienne base sert jusqu’à la fin."
    )
    with st.form("chargement", border=False, width=480):
        code = st.text_input(
            "Département", placeholder="33, 2A, 974…", key="departement_a_charger", max_chars=3
        )
        asked = st.form_submit_button("Télécharger et construire")
    if asked:
        _load(code.strip().upper(), RAW, default_path())


def _load(departement: str, raw: Path, target: Path) -> None:
    with st.status("Téléchargement…", expanded=True) as status:
        step = st.empty()
        try:
            outcomes = fetch.fetch(
                SOURCES, raw, departements=[departement], progress=lambda *told: step.text(arrived(*told))
            )
            refused = [outcome for outcome in outcomes if outcome.state is State.REFUSED]
            for outcome in refused:
                components.note(outcome.reason)
            status.update(label="Construction de la base…")
            report = build([raw], target, progress=lambda told: step.text(str(told)))
            step.empty()
        except DiagnosticError as error:
            status.update(label="Le chargement n’a pas abouti", state="error")
            components.state("Le chargement n’a pas abouti", str(error))
            return
        done = french.quantity(len(report.loaded), "fichier chargé", "fichiers chargés")
        status.update(label=f"Base construite, {done}", state="complete")
    components.state(
        "La base est prête", "La page Synthèse et toutes les autres la lisent dès maintenant.", action=False
    )
    components.page_links(["synthese"])


_MEGA = 1_000_000


def arrived(name: str, got: int, total: int | None) -> str:
    """How much of a file has come: « nais.csv, 3,2 Mo sur 18,0 »."""
    of = f" sur {french.number(total / _MEGA, 1)}" if total else ""
    return f"{name}, {french.number(got / _MEGA, 1)}{french.NBSP}Mo{of}"

"""Load the open data of the country from the page Données: one load for the whole server, which every visitor follows."""

from __future__ import annotations

import os
import threading
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import streamlit as st

from diagnostic import ROOT, french
from diagnostic.model import DiagnosticError, Source
from diagnostic.sources import SOURCES
from diagnostic.supply import Brought, Built, supply
from diagnostic.ui import components
from diagnostic.warehouse.database import own_path

LOADING = "DIAGNOSTIC_CHARGEMENT"
RAW = ROOT / "data" / "raw"
START = "Télécharger et construire"
_HERE = frozenset({"localhost", "127.0.0.1", "::1"})


def loading_allowed() -> bool:
    """Whether this visitor may load data from the screen: what DIAGNOSTIC_CHARGEMENT says, 1 for all and 0 for none,
    else whoever sits at the machine."""
    said = os.environ.get(LOADING)
    if said:
        return said == "1"
    return at_the_machine(str(st.get_option("server.address") or ""), dict(st.context.headers))


def at_the_machine(listens: str, headers: dict[str, str]) -> bool:
    """True when the server listens on the machine alone and the visitor came to it straight, from a browser on it.

    A proxy on the same machine also comes from there: it is known by the address that the browser shows, which it
    cannot hide (`Origin`), and by what proxies add.
    """
    told = {name.lower(): value for name, value in headers.items()}
    if any(name == "forwarded" or name.startswith("x-forwarded") or name == "x-real-ip" for name in told):
        return False
    places = [told.get("host", ""), urlsplit(told.get("origin", "")).netloc]
    return listens in _HERE and all(urlsplit(f"//{place}").hostname in _HERE for place in places)


@dataclass
class Load:
    """A load and how far it has come; it goes on when the visitor who started it leaves."""

    line: str = ""
    steps: list[Brought | Built] = field(default_factory=list)
    trouble: str = ""
    thread: threading.Thread | None = None

    @property
    def running(self) -> bool:
        return self.thread is not None and self.thread.is_alive()

    @property
    def over(self) -> bool:
        return self.thread is not None and not self.thread.is_alive()

    def start(self, raw: Path, db: Path, sources: Sequence[Source]) -> None:
        """Begin anew; a load that runs goes on alone."""
        if self.running:
            return
        self.line, self.trouble, self.steps = "Téléchargement…", "", []
        self.thread = threading.Thread(
            target=self._run, args=(raw, db, sources), name="chargement", daemon=True
        )
        self.thread.start()

    def _run(self, raw: Path, db: Path, sources: Sequence[Source]) -> None:
        try:
            for step in supply(raw, db, sources=sources, tell=self._tell):
                self.steps.append(step)
        except DiagnosticError as error:
            self.trouble = str(error)
        except Exception:
            # A thread has no reader: what it cannot finish must still be told on the page.
            self.trouble = (
                "Le chargement s’est arrêté sur une erreur inattendue ; le journal du serveur la donne."
            )
            raise

    def _tell(self, line: str) -> None:
        self.line = line


LOAD = Load()


def panel() -> None:
    """The button and how far the load has come, or how to have it."""
    if not loading_allowed():
        components.state(
            "Le chargement depuis l’écran est désactivé",
            "Il s’ouvre de lui-même sur la machine où l’outil est démarré ; sur un serveur, l’exploitant l’ouvre avec "
            "DIAGNOSTIC_CHARGEMENT=1. Dans un terminal : make data.",
            action=False,
        )
        return
    components.note(
        "L’outil télécharge les fichiers ouverts de l’Insee, de la Cnaf et de l’ANCT pour la France entière. Les fichiers "
        "légers viennent d’abord : une première base sert en quelques minutes. Puis viennent les fichiers lourds "
        "(équipements, âges), plusieurs centaines de mégaoctets ; l’ancienne base sert jusqu’à la fin."
    )
    if st.button(START, disabled=LOAD.running, key="charger"):
        LOAD.start(RAW, own_path(), SOURCES)
    st.fragment(follow, run_every=1.0 if LOAD.running else None)()


def follow() -> None:
    """What has come, what is coming; the whole page is drawn anew with each new database."""
    for step in LOAD.steps:
        _step(step)
    if LOAD.trouble:
        components.state("Le chargement n’a pas abouti", LOAD.trouble)
    elif LOAD.running:
        components.note(LOAD.line)
    elif LOAD.over:
        components.state(
            "La base est prête",
            "La page Synthèse et toutes les autres la lisent dès maintenant.",
            action=False,
        )
        components.page_links(["synthese"])
    built = sum(isinstance(step, Built) for step in LOAD.steps)
    if (built, LOAD.over) != st.session_state.setdefault("chargement_vu", (0, LOAD.over)):
        st.session_state["chargement_vu"] = (built, LOAD.over)
        if LOAD.thread is not None:
            st.rerun()


def _step(step: Brought | Built) -> None:
    size = "lourds" if step.heavy else "légers"
    if isinstance(step, Built):
        done = french.quantity(len(step.report.loaded), "fichier chargé", "fichiers chargés")
        which = "Base complète" if step.heavy else "Première base"
        components.note(f"{which} construite, {done} : elle sert dès maintenant.")
        return
    came = len(step.outcomes) - len(step.refused)
    components.note(f"Fichiers {size} : {came} sur {len(step.outcomes)}.")
    for outcome in step.refused:
        components.note(outcome.reason)

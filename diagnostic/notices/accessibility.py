"""The statement of accessibility: what an audit against the RGAA 4.1 found, criterion by criterion, and whom to tell."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import lru_cache

import pandas as pd

from diagnostic import REFERENCE, french
from diagnostic.model import DiagnosticError
from diagnostic.notices import legal

AUDITED = "26 novembre 2026"
STATES = {"C": "conforme", "NC": "non conforme", "NA": "non applicable"}


@dataclass(frozen=True, slots=True)
class Criterion:
    """A criterion of the RGAA, its state (a key of `STATES`) and what was seen."""

    number: str
    subject: str
    state: str
    seen: str


@lru_cache
def criteria() -> tuple[Criterion, ...]:
    """The 106 criteria of `data/reference/rgaa.csv`; DiagnosticError when a line is broken."""
    with (REFERENCE / "rgaa.csv").open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    for line, row in enumerate(rows, 2):
        if None in row or row["etat"] not in STATES or (row["etat"] == "NC" and not row["constat"]):
            raise DiagnosticError(f"rgaa.csv, ligne {line} : état ou constat manquant. Corrigez cette ligne.")
    return tuple(Criterion(row["critere"], row["sujet"], row["etat"], row["constat"]) for row in rows)


def share() -> float:
    """Share of the criteria that apply which are met, in %."""
    met, applied = (sum(one.state in states for one in criteria()) for states in (("C",), ("C", "NC")))
    return met / applied * 100


def degree() -> str:
    """« totalement », « partiellement » or « non » conforme, as the law words it."""
    if share() == 100:
        return "totalement conforme"
    return "partiellement conforme" if share() >= 50 else "non conforme"


def link_label() -> str:
    """What the link at the foot of every page says; without the degree when a line of the audit is broken: the page itself
    then names the line, the others stand."""
    try:
        return f"Accessibilité : {degree()}"
    except DiagnosticError:
        return "Accessibilité"


def message() -> str:
    """The state of conformity, as a title."""
    applied = sum(one.state != "NA" for one in criteria())
    met = sum(one.state == "C" for one in criteria())
    return (
        f"Diagnostic CTG est {degree()} au RGAA 4.1 : {met} critères respectés sur {applied} applicables, soit "
        f"{french.percent(share())}"
    )


def failing() -> pd.DataFrame:
    """What fails, and what stands in for it."""
    return _table([one for one in criteria() if one.state == "NC"]).drop(columns="État")


def everything() -> pd.DataFrame:
    """Every criterion with its state."""
    return _table(criteria())


def _table(found) -> pd.DataFrame:
    return pd.DataFrame(
        {"Critère": one.number, "Sujet": one.subject, "État": STATES[one.state], "Constat": one.seen}
        for one in found
    )


def audit(pages: int) -> legal.Pairs:
    """How the audit of so many pages was made."""
    return [
        ("Date", f"Audit et déclaration du {AUDITED}."),
        (
            "Fait par",
            "L’éditeur lui-même, sans organisme extérieur ni personne handicapée parmi les testeurs.",
        ),
        (
            "Pages",
            f"Les {pages} pages de l’outil, et leurs panneaux, dialogues et états d’erreur.",
        ),
        (
            "Outils",
            "axe-core 4.12 sur chaque page, thèmes clair et sombre ; mesures du contraste des anneaux de focus, de "
            "l’affichage à 320 pixels, de l’espacement du texte et des couleurs imposées ; parcours au clavier seul ; "
            "lecture du code pour le reste.",
        ),
        (
            "Navigateurs",
            "Chromium et Firefox, sous Linux. Aucun lecteur d’écran n’a été employé : c’est la limite de cet audit.",
        ),
        (
            "Technologies",
            "HTML5, CSS, JavaScript, WAI-ARIA, SVG ; bibliothèques Streamlit, Plotly et Leaflet.",
        ),
        ("Dérogations", "Aucune. Le fond de carte en ligne, éteint d’abord, est celui d’un tiers."),
    ]


def recourse() -> legal.Pairs:
    """Whom to tell, and what to do when nothing comes of it."""
    return [
        (
            "Signaler un défaut",
            f"Écrivez à l’exploitant pour être orienté vers une autre forme du contenu. Contact : {legal.contact()}.",
        ),
        (
            "Voie de recours",
            "Sans réponse satisfaisante, saisissez le Défenseur des droits : formulaire de defenseurdesdroits.fr, délégué "
            "de votre département, 09 69 39 00 00, ou Défenseur des droits, Libre réponse 71120, 75342 Paris Cedex 07.",
        ),
    ]

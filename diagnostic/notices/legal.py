"""What the law asks to be said: who publishes the tool, what it knows of its visitors, for how long, and their rights."""

from __future__ import annotations

import os

from diagnostic import drafts, french
from diagnostic.local import private
from diagnostic.model import DiagnosticError

CONTROLLER, CONTACT, HOST, OFFICER = (
    "DIAGNOSTIC_RESPONSABLE",
    "DIAGNOSTIC_CONTACT",
    "DIAGNOSTIC_HEBERGEUR",
    "DIAGNOSTIC_DPO",
)
"""Who answers for the tool and its data; where to write to them; who hosts it; their data protection officer."""

Pairs = list[tuple[str, str]]


def _said(name: str) -> str:
    """What the operator set; the name of a setting says nothing to a visitor."""
    return os.environ.get(name, "").strip() or "non indiqué par l’exploitant de cette installation"


def contact() -> str:
    """Where to write to who answers for the tool."""
    return _said(CONTACT)


def complete() -> bool:
    """Whether the operator has said who they are and where to write to them."""
    return all(os.environ.get(name, "").strip() for name in (CONTROLLER, CONTACT))


def notices() -> Pairs:
    """The legal notices."""
    return [
        ("Éditeur et responsable", _said(CONTROLLER)),
        ("Contact", contact()),
        ("Hébergeur", _said(HOST)),
        (
            "Données montrées",
            "Données ouvertes, sous Licence Ouverte 2.0 (Urssaf : licence ODbL 1.0) ; les producteurs sont nommés au pied de "
            "chaque page et sous chaque chiffre.",
        ),
        (
            "Ce que valent les chiffres",
            "Des repères pour une convention, chacun avec sa source, son année et ses réserves. Ils n’engagent ni la Caf ni les "
            "producteurs.",
        ),
    ]


def held(*, by_name: bool) -> Pairs:
    """What is kept of a visitor, why and for how long, as this installation is set; `by_name`: visitors can log in."""
    days = french.quantity(drafts.days(), "jour", "jours")
    pairs = [
        (
            "Brouillons",
            "Ce qui est saisi dans Convention, Suivi et Agir, les contributions reprises de formulaires (au nom d’organisations, sans "
            f"téléphone ni courriel) et l’état des Ctg, pour les retrouver. Gardé {days} après la dernière saisie, sous un cookie "
            "au hasard (ctg_brouillon) que ce navigateur seul connaît.",
        ),
        (
            "Fichiers déposés",
            "En mémoire, pour calculer vos chiffres. Les colonnes qui nomment ou joignent une personne (noms, téléphones, adresses, "
            "courriels) sont effacées dès la lecture ; les noms des structures d’une liste restent, sauf ceux qui peuvent être d’une personne. « Tout oublier » les efface aussitôt ; la fin de la visite, dans les trois minutes.",
        ),
    ]
    if by_name and _keeps():
        pairs += [
            (
                "Dépôts partagés",
                "Des effectifs par commune et les structures d’une liste (nom, places), sans personne nommée, avec le courriel de qui les a déposés, jusqu’à leur effacement ; "
                f"un dépôt remplacé ou effacé reste {french.quantity(private.days(), 'jour', 'jours')} de côté.",
            ),
            (
                "Journal des dépôts",
                "Courriel, rôle, date, et ce qui a été déposé, exporté ou effacé : pour répondre de l’usage de données protégées. "
                "L’exploitant en fixe la durée.",
            ),
        ]
    if by_name:
        pairs.append(
            (
                "Connexion",
                "Le courriel que donne votre fournisseur d’identité, dans un cookie signé (_streamlit_user), trente jours ou "
                "jusqu’à « Se déconnecter ».",
            )
        )
    pairs += [
        (
            "Cookies",
            "Ceux que cette page nomme, et un contre les envois frauduleux (_streamlit_xsrf) : strictement nécessaires. Aucune mesure d’audience, "
            "aucun traceur.",
        ),
        (
            "Journal technique",
            "La page, le temps de réponse, les incidents : ni adresse IP, ni territoire, ni texte saisi.",
        ),
        (
            "Fond de carte",
            "Éteint d’abord. Si vous l’allumez, votre navigateur demande ses images à l’IGN ou à OpenStreetMap, qui voient votre "
            "adresse IP.",
        ),
    ]
    return pairs


def _keeps() -> bool:
    try:
        return private.folder() is not None
    except DiagnosticError:
        return False


def your_rights() -> Pairs:
    """Who answers, on what ground, and what a person may ask."""
    return [
        ("Responsable du traitement", _said(CONTROLLER)),
        ("Délégué à la protection des données", _said(OFFICER)),
        (
            "Fondement",
            "Mission d’intérêt public : préparer et suivre la convention territoriale globale (RGPD, article 6, 1, e).",
        ),
        (
            "Vos droits",
            f"Accès, rectification, effacement, limitation et opposition. Contact : {contact()}.",
        ),
        ("Réclamation", "Commission nationale de l’informatique et des libertés (Cnil), www.cnil.fr."),
    ]

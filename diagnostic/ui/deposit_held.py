"""The files that speak on the page Mes données: what each is, who may forget it, and its figures on the territory."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from diagnostic import french
from diagnostic.local import private
from diagnostic.local.store import Deposit
from diagnostic.model import DiagnosticError
from diagnostic.report import Report, depositing
from diagnostic.ui import blocks, components, deposit_judging, identity, local_data, tables, takeaway, uploads
from diagnostic.warehouse import Database


def held(db: Database) -> None:
    """What speaks, where it comes from, and the way to forget it."""
    blocks.told()
    speaking = [settled.deposit for settled in local_data.plans(db)]
    if not speaking:
        components.note("Aucun fichier déposé dans cette session.")
        return
    mine, owners = local_data.local().deposits, local_data.owners()
    tables.table(depositing.held(speaking, mine, owners))
    if any((one.template, one.year) not in owners for one in mine):
        st.button("Tout oublier", key="tout_oublier", icon=":material/delete:", on_click=_forget)
    for rank, kept in enumerate(local_data.erasable()):
        label = f"Effacer « {kept.deposit.origin} »"
        with st.popover(blocks.as_label(label), icon=":material/delete:", key=f"effacer_{rank}"):
            components.note(
                f"{private.said(kept)} ne sera plus montré à personne. Il reste "
                f"{french.quantity(private.days(), 'jour', 'jours')} de côté ; l’effacement est noté au journal."
            )
            st.button("Effacer pour tous", key=f"effacer_oui_{rank}", on_click=_erase, args=(kept.deposit,))


def _forget() -> None:
    local_data.forget()
    deposit_judging.another_file()
    uploads.free()
    blocks.tell("Données oubliées.")


def _erase(gone: Deposit) -> None:
    try:
        local_data.erase(gone)
    except DiagnosticError as error:
        blocks.tell(str(error))
        return
    blocks.tell(f"« {gone.origin} » est effacé du dossier partagé.")


def account() -> None:
    """Who is logged in, the way in and out; nothing without a provider of identities."""
    if not identity.configured():
        return
    address, who = identity.email(), identity.person()
    if not address:
        components.note(
            "Les fichiers partagés se voient une fois connecté ; les données ouvertes, sans connexion."
        )
        st.button("Se connecter", key="se_connecter", icon=":material/login:", on_click=st.login)
        return
    role = f"{who.role}" if who else "sans rôle ici : demandez à l’exploitant de vous en donner un"
    components.note(f"Connecté : {address}, {role}.")
    st.button("Se déconnecter", key="se_deconnecter", type="tertiary", on_click=st.logout)
    lines = local_data.journal()
    if lines:
        with st.expander("Journal des dépôts", key="journal_depots"):
            words = {"quand": "Quand", "qui": "Qui", "role": "Rôle", "quoi": "Quoi", "objet": "Objet"}
            tables.table(pd.DataFrame(lines[:200]).rename(columns=words), limit=60)


def figures_message(db: Database) -> str:
    """How many files speak, as a title."""
    count = len(local_data.plans(db))
    if not count:
        return "Vos chiffres apparaîtront ici"
    return f"{french.quantity(count, 'fichier', 'fichiers')} à côté des données ouvertes"


def figures(report: Report, db: Database) -> None:
    """The figures of each file on this territory, under secrecy."""
    for rank, settled in enumerate(local_data.plans(db)):
        found = depositing.shown(db, settled, report.territory)
        components.block("Donnée locale", found.title, found.badge.removeprefix("Donnée locale · "))
        if found.totals.empty and found.by_commune.empty:
            components.note("Ce fichier ne dit rien des communes de ce territoire.")
            continue
        tables.table(found.totals)
        components.note(found.note)
        with st.expander("Par commune", key=f"par_commune_{rank}"):
            tables.table(found.by_commune, limit=60)
        takeaway.actions(
            f"local_{settled.deposit.template}_{settled.deposit.year}",
            found.by_commune,
            takeaway.Around(found.title, found.note, f"{found.badge}."),
            report=report,
        )

"""The way in of the page Mes données: a template to fill in, a file sent. What is read here stays in the session of the one who brought it."""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd
import streamlit as st

from diagnostic.local.blank import as_csv, as_xlsx
from diagnostic.local.reading import refuse_size
from diagnostic.local.schema import as_json
from diagnostic.local.templates import TEMPLATES
from diagnostic.report import Report, depositing
from diagnostic.ui import blocks, components, deposit_columns, deposit_judging, tables
from diagnostic.warehouse import Database


def templates() -> None:
    """Choose a template and download it empty."""
    id = blocks.pick("Modèle", deposit_columns.TITLES, "modele_a_remplir")
    with st.container(horizontal=True, key="actions_modele"):
        for label, make, suffix in (("Excel", as_xlsx, "xlsx"), ("CSV", as_csv, "csv")):
            empty, name = make(TEMPLATES[id]), f"modele_{id}.{suffix}"
            blocks.download(f"Télécharger le modèle ({label})", empty, name, f"modele_{suffix}", quiet=True)
        advice = "Pour vérifier un fichier avant de le déposer, avec Validata ou frictionless."
        schema, name = as_json(TEMPLATES[id]), f"schema_{id}.json"
        blocks.download("Schéma (Table Schema)", schema, name, "modele_schema", quiet=True, advice=advice)
    columns = [
        {
            "Colonne": column.label,
            "Obligatoire": column.required,
            "Attendu": column.kind.expected,
            "Précision": column.help,
        }
        for column in TEMPLATES[id].columns
    ]
    with st.expander("Colonnes de ce modèle", key="colonnes_modele"):
        tables.table(pd.DataFrame(columns))


def upload(report: Report, db: Database) -> None:
    """Send a file, say which column is which, mend or accept, use it."""
    turn = st.session_state.get(deposit_judging.TURN, 0)
    sent = blocks.uploader("Votre fichier", f"fichier_depose_{turn}")
    if sent is None:
        st.session_state.pop(deposit_judging.UPLOAD, None)
        st.session_state.pop(deposit_judging.JUDGED, None)
        return
    held_upload = st.session_state.get(deposit_judging.UPLOAD)
    if held_upload is None or held_upload.sent != sent.file_id:

        def brought(tick: Callable[[], None]) -> depositing.Upload:
            refuse_size(sent.size)
            return depositing.read(sent.name, sent.getvalue(), sent.file_id, tick=tick)

        read = blocks.attempt(
            lambda: deposit_judging.waiting("Lecture du fichier…", brought), "Ce fichier est refusé"
        )
        if not read:
            return
        st.session_state[deposit_judging.UPLOAD] = read
    chosen = _sheet(st.session_state[deposit_judging.UPLOAD], sent)
    if chosen is None:
        return
    current = deposit_columns.recognised(chosen)
    st.session_state[deposit_judging.UPLOAD] = current
    if current is None or not deposit_columns.settled(current):
        return
    current = deposit_columns.columns(deposit_columns.place(current, db))
    st.session_state[deposit_judging.UPLOAD] = current
    if current.lacking:
        components.state("Indiquez encore une colonne", f"Il manque : {', '.join(current.lacking)}.")
        return
    judged = deposit_judging.validated(current, report, db)
    if judged is not None:
        deposit_judging.judge(current, judged, report, db)


def _sheet(current: depositing.Upload, sent) -> depositing.Upload | None:
    """The sheet to read, when the workbook has several; None when the chosen one holds no table."""
    if len(current.sheets) < 2:
        return current
    names_ = sorted(current.sheets)
    chosen = st.selectbox(
        "Feuille", names_, index=names_.index(current.sheets[0]), key=f"feuille_{current.sent}"
    )
    if chosen == current.table.sheet:
        return current
    return blocks.attempt(
        lambda: depositing.read(sent.name, sent.getvalue(), sent.file_id, chosen), "Cette feuille est refusée"
    )

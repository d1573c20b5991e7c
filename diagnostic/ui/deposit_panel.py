"""The controls of the page Mes données. What is read here stays in the session of the one who brought it."""

from __future__ import annotations

import datetime
from dataclasses import replace

import pandas as pd
import streamlit as st

from diagnostic import french
from diagnostic.local import mapping as mappings
from diagnostic.local.reading import refuse_size
from diagnostic.local.store import deposit
from diagnostic.local.templates import TEMPLATES, as_csv, as_xlsx
from diagnostic.local.validation import Validation, annotated, validate
from diagnostic.report import Report
from diagnostic.secrecy import RULES
from diagnostic.ui import blocks, components, depositing, local_data
from diagnostic.warehouse import Database, names

_UPLOAD, _TURN = "fichier_en_cours", "depots_faits"
NONE = "Aucune colonne"
_TITLES = {id: template.title for id, template in TEMPLATES.items()}


def _forget() -> None:
    local_data.forget()
    _another_file()
    blocks.tell("Données oubliées.")


def _another_file() -> None:
    """Empty the place of the next file: a new key is the only way to empty an uploader."""
    st.session_state.pop(_UPLOAD, None)
    st.session_state[_TURN] = st.session_state.get(_TURN, 0) + 1


def held(report: Report, db: Database) -> None:
    """What speaks, where it comes from, and the way to forget it."""
    blocks.told()
    speaking = [settled.deposit for settled in local_data.plans(db)]
    if not speaking:
        components.note("Aucun fichier déposé dans cette session.")
        return
    components.table(depositing.held(speaking, local_data.local().deposits))
    if local_data.local().deposits:
        st.button("Tout oublier", key="tout_oublier", icon=":material/delete:", on_click=_forget)


def templates() -> None:
    """Choose a template and download it empty."""
    id = st.selectbox("Modèle", list(_TITLES), format_func=_TITLES.get, key="modele_a_remplir")
    with st.container(horizontal=True, key="actions_modele"):
        for label, make, suffix in (("Excel", as_xlsx, "xlsx"), ("CSV", as_csv, "csv")):
            st.download_button(
                f"Télécharger le modèle ({label})",
                data=make(TEMPLATES[id]),
                file_name=f"modele_{id}.{suffix}",
                on_click="ignore",
                icon=":material/download:",
                type="tertiary",
                key=f"modele_{suffix}",
            )
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
        components.table(pd.DataFrame(columns))


def upload(report: Report, db: Database) -> None:
    """Send a file, say which column is which, mend or accept, use it."""
    turn = st.session_state.get(_TURN, 0)
    sent = blocks.uploader("Votre fichier", ["csv", "txt", "xlsx"], f"fichier_depose_{turn}")
    if sent is None:
        st.session_state.pop(_UPLOAD, None)
        return
    held_upload = st.session_state.get(_UPLOAD)
    if held_upload is None or held_upload.sent != sent.file_id:
        refused = blocks.attempt(lambda: refuse_size(sent.size) or True, "Ce fichier est refusé")
        read = refused and blocks.attempt(
            lambda: depositing.read(sent.name, sent.getvalue(), sent.file_id), "Ce fichier est refusé"
        )
        if not read:
            return
        st.session_state[_UPLOAD] = read
    chosen = _sheet(st.session_state[_UPLOAD], sent)
    if chosen is None:
        return
    current: depositing.Upload = _columns(chosen)
    st.session_state[_UPLOAD] = current
    lacking = current.mapping.missing()
    if lacking:
        components.state("Indiquez encore une colonne", f"Il manque : {', '.join(lacking)}.")
        return
    within = depositing.within(db, report.territory)
    validation = blocks.attempt(
        lambda: validate(current.table, current.mapping, names.directory(db), within=within),
        "Ce fichier ne peut pas être lu ainsi",
    )
    if validation is not None:
        _judged(current, validation, report, db)


def _sheet(current: depositing.Upload, sent) -> depositing.Upload | None:
    """The sheet to read, when the workbook has several; None when the chosen one holds no table."""
    if len(current.sheets) < 2:
        return current
    names = sorted(current.sheets)
    chosen = st.selectbox(
        "Feuille", names, index=names.index(current.sheets[0]), key=f"feuille_{current.sent}"
    )
    if chosen == current.table.sheet:
        return current
    return blocks.attempt(
        lambda: depositing.read(sent.name, sent.getvalue(), sent.file_id, chosen), "Cette feuille est refusée"
    )


def _columns(current: depositing.Upload) -> depositing.Upload:
    """Template and columns as guessed, corrected by hand; a mapping kept from another day can be reused."""
    ids = list(_TITLES)
    template = st.selectbox(
        "Ce fichier est",
        ids,
        index=ids.index(current.mapping.template),
        format_func=_TITLES.get,
        key=f"modele_de_{current.digest}",
    )
    if template != current.mapping.template:
        current = depositing.with_template(current, template)
    with st.expander(
        "Correspondance des colonnes", expanded=bool(current.mapping.missing()), key="correspondance"
    ):
        current = _reuse(current)
        headers = [NONE, *current.table.rows.columns]
        for column in TEMPLATES[template].columns:
            now = current.mapping.columns.get(column.id, NONE)
            chosen = st.selectbox(
                f"{column.label}{' (obligatoire)' if column.required else ''}",
                headers,
                index=headers.index(now) if now in headers else 0,
                key=f"colonne_{current.digest}_{template}_{column.id}",
                help=column.help or None,
            )
            if chosen != now:
                header = None if chosen == NONE else chosen
                current = depositing.with_mapping(current, current.mapping.with_column(column.id, header))
        st.download_button(
            "Garder cette correspondance",
            data=current.mapping.to_json(),
            file_name=f"correspondance_{template}.json",
            on_click="ignore",
            type="tertiary",
            key="garder_correspondance",
        )
    return current


def _reuse(current: depositing.Upload) -> depositing.Upload:
    kept = blocks.uploader("Reprendre une correspondance gardée", ["json"], "correspondance_deposee")
    if kept is None or st.session_state.get("correspondance_reprise") == kept.file_id:
        return current
    found = blocks.attempt(lambda: mappings.from_json(kept.getvalue()), "Cette correspondance est refusée")
    if found is None:
        return current
    st.session_state["correspondance_reprise"] = kept.file_id
    return depositing.with_mapping(current, found)


def _judged(current: depositing.Upload, validation: Validation, report: Report, db: Database) -> None:
    components.state(validation.summary, " ".join(validation.notes), action=not validation.complete)
    _questions(current, validation, db)
    if validation.issues:
        grave, mended = depositing.issues_table(validation), depositing.repairs_table(validation)
        if len(grave):
            components.table(grave, limit=60)
        if len(mended):
            with st.expander(depositing.repairs_title(validation), key="reparations"):
                components.table(mended, limit=60)
        st.download_button(
            "Télécharger le fichier annoté",
            data=lambda: annotated(current.table, validation),
            file_name="a_corriger.xlsx",
            on_click="ignore",
            icon=":material/download:",
            type="tertiary",
            key="fichier_annote",
        )
    year = st.number_input(
        "Année des données",
        2000,
        2100,
        depositing.year_of(current.name, datetime.date.today().year - 1),
        key=f"annee_{current.digest}",
    )
    threshold = _threshold(current, validation)
    whole = not validation.template.one_row_per_commune and st.checkbox(
        "La liste est complète : une commune du territoire absente de la liste n’en a pas",
        key="liste_complete",
        help="Sans cette case, chaque valeur se dit « au moins » et n’est ni classée ni comparée.",
    )
    partial = not validation.complete and st.checkbox(
        "Laisser de côté les lignes refusées ou à préciser", key="laisser_lignes"
    )
    if st.button("Utiliser ces données", key="utiliser"):
        brought = blocks.attempt(
            lambda: depositing.of_the_region(
                db,
                deposit(
                    replace(validation, threshold=threshold),
                    origin=current.name,
                    year=int(year),
                    received=datetime.date.today(),
                    complete_within=depositing.within(db, report.territory) if whole else (),
                    partial=bool(partial),
                    perimeter=report.territory.communes,
                ),
                report.territory,
            ),
            "Ces données ne sont pas encore utilisables",
        )
        if brought is not None:
            blocks.attempt(lambda: local_data.add(brought) or True, "Le dossier privé n’a pas pu être écrit")
            _another_file()
            blocks.tell(f"« {current.name} » est pris en compte, ici et dans les pages de thème.")
            st.rerun()


def _threshold(current: depositing.Upload, validation: Validation) -> float | None:
    """The number under which a count is hidden, where the file counts people: its agreement may set another."""
    rule = RULES.get(validation.template.rule or "")
    if rule is None:
        return None
    return float(
        st.number_input(
            f"Seuil de secret du fichier ({rule.units})",
            int(rule.threshold),
            100,
            int(
                max(rule.threshold, rule.threshold if validation.threshold is None else validation.threshold)
            ),
            key=f"seuil_{current.digest}_{validation.template.id}",
            help=f"Règle : {rule.origin}. Relevez le seuil si la convention de transmission en fixe un plus haut.",
        )
    )


def _questions(current: depositing.Upload, validation: Validation, db: Database) -> None:
    """Communes that the file does not settle: one choice each."""
    answers = {}
    for rank, (typed, why, candidates) in enumerate(depositing.questions(validation, db)[:20]):
        chosen = st.selectbox(
            f"« {typed} » : {why}",
            list(candidates),
            index=None,
            format_func=candidates.get,
            placeholder="Choisir la commune",
            key=f"commune_{current.digest}_{rank}_{typed[:40]}",
        )
        if chosen:
            answers[typed] = chosen
    if answers:
        mapping = depositing.merge_answers(current.mapping, answers)
        if mapping != current.mapping:
            st.session_state[_UPLOAD] = depositing.with_mapping(current, mapping)
            st.rerun()


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
        components.block(found.badge, found.title)
        if found.totals.empty and found.by_commune.empty:
            components.note("Ce fichier ne dit rien des communes de ce territoire.")
            continue
        components.table(found.totals)
        components.note(found.note)
        with st.expander("Par commune", key=f"par_commune_{rank}"):
            components.table(found.by_commune, limit=60)
        components.actions(
            f"local_{settled.deposit.template}_{settled.deposit.year}", found.by_commune, report=report
        )

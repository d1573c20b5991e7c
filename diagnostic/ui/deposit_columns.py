"""What a file on its way in is: its template, its years, its commune, which column is which; recognised, else asked."""

from __future__ import annotations

import streamlit as st

from diagnostic.directory import resolve
from diagnostic.local import mapping as mappings
from diagnostic.local import recognition
from diagnostic.local.templates import TEMPLATES
from diagnostic.report import depositing
from diagnostic.ui import blocks, components, tables
from diagnostic.warehouse import Database, names

NONE = "Aucune colonne"
MIXED = "Plusieurs modèles, d’après le type de chaque ligne"
TITLES = {id: template.title for id, template in TEMPLATES.items()}


def recognised(current: depositing.Upload) -> depositing.Upload:
    """Which template it is, which year of the rows and of the columns: recognised, else asked."""
    if current.found.periods:
        period = st.selectbox(
            "Ce fichier dit plusieurs années : laquelle reprendre ?",
            current.found.periods,
            index=None,
            placeholder="Choisir l’année",
            key=f"periode_{current.digest}",
        )
        if period is not None and period != current.found.period:
            current = depositing.with_period(current, period)
    for note in current.table.notes:
        if note.startswith(recognition.PERSONAL):
            components.state(
                "Ce fichier contient des données personnelles",
                f"{note.removeprefix(recognition.PERSONAL)} Aucun chiffre n’en a besoin : déposez-le sans elles la prochaine fois.",
            )
    by_rows = len(current.found.parts) > 1
    known = current.found.parts[0].mapping.template
    likely = [*current.found.likely, *(id for id in TEMPLATES if id not in current.found.likely)]
    options = [MIXED, *likely] if by_rows else likely
    if not by_rows and known is None:
        components.state(
            recognition.NO_TEMPLATE, "Choisissez celui qui lui convient, ou partez d’un modèle à remplir."
        )
    for note in current.found.notes:
        components.note(note)
    chosen = blocks.pick(
        "Ce fichier est",
        {id: TITLES.get(id, MIXED) for id in options},
        f"modele_de_{current.digest}_{current.found.period}",
        index=0 if by_rows else None if known is None else options.index(known),
        placeholder="Choisir le modèle",
    )
    wanted = None if chosen in (MIXED, known) else chosen
    if wanted != current.chosen:
        current = depositing.with_template(current, wanted)
    if years := depositing.column_years(current):
        year = st.selectbox(
            "Des colonnes ne diffèrent que par leur année : laquelle reprendre ?",
            years,
            index=None,
            placeholder="Choisir l’année",
            key=f"annee_colonnes_{current.digest}_{chosen}",
        )
        if year is not None and year != current.year:
            current = depositing.with_year(current, year)
    return current


def settled(current: depositing.Upload) -> bool:
    """Whether the template and the year are known."""
    if current.found.periods and current.found.period is None:
        return False
    return all(part.mapping.template is not None for part in current.parts)


def place(current: depositing.Upload, db: Database) -> depositing.Upload:
    """The commune of all the rows, asked once when no column says it."""
    placed = [{"code_commune", "commune"} & part.mapping.columns.keys() for part in current.parts]
    if all(placed):
        return depositing.everywhere(current, None)
    typed = st.text_input(
        "Toutes les lignes sont à… (nom ou code Insee de la commune)",
        key=f"partout_{current.digest}",
        help="Ce fichier n’a pas de colonne de commune, ou elle n’est pas reconnue : indiquez-la plus bas.",
    )
    if not typed.strip():
        return depositing.everywhere(current, None)
    [(_, found)] = resolve(names.directory(db), [typed])
    components.note(found.why or names.directory(db).shown(found.commune))
    return depositing.everywhere(current, found.commune)


def columns(current: depositing.Upload) -> depositing.Upload:
    """Columns as recognised, corrected by hand; a mapping kept from another day can be reused."""
    for rank, part in enumerate(current.parts):
        template = part.mapping.chosen.id
        if len(current.parts) > 1:
            components.block("D’après le type de chaque ligne", TITLES[template])
        with st.expander(
            f"Correspondance des colonnes : {TITLES[template]}",
            expanded=bool(part.mapping.missing()) or not part.mapping.certain,
            key=f"correspondance_{rank}",
        ):
            if len(current.parts) == 1:
                current = _reuse(current)
            current = _matched(current, rank)
        components.block("Ce que nous avons compris", "Premières valeurs de chaque colonne")
        tables.table(recognition.understood(current.parts[rank]))
    return current


def _matched(current: depositing.Upload, rank: int) -> depositing.Upload:
    part = current.parts[rank]
    template = part.mapping.chosen.id
    headers = [NONE, *part.table.rows.columns]
    for column in TEMPLATES[template].columns:
        mapping = current.parts[rank].mapping
        now = mapping.columns.get(column.id, NONE)
        doubt = " : à vérifier" if column.id in mapping.doubts else ""
        if column.id in mapping.ties:
            doubt = " : plusieurs colonnes possibles, choisissez"
        chosen = st.selectbox(
            f"{column.label}{' (obligatoire)' if column.required else ''}{doubt}",
            headers,
            index=headers.index(now) if now in headers else 0,
            key=f"colonne_{current.digest}_{template}_{column.id}_{current.year}",
            help=column.help or None,
        )
        if chosen != now:
            header = None if chosen == NONE else chosen
            current = depositing.with_mapping(current, mapping.with_column(column.id, header), rank)
    kept, name = current.parts[rank].mapping.to_json(), f"correspondance_{template}.json"
    blocks.download("Garder cette correspondance", kept, name, f"garder_correspondance_{rank}", quiet=True)
    return current


def _reuse(current: depositing.Upload) -> depositing.Upload:
    kept = blocks.uploader("Reprendre une correspondance gardée", "correspondance_deposee")
    if kept is None or st.session_state.get("correspondance_reprise") == kept.file_id:
        return current
    found = blocks.attempt(lambda: mappings.from_json(kept.getvalue()), "Cette correspondance est refusée")
    if found is None:
        return current
    st.session_state["correspondance_reprise"] = kept.file_id
    return depositing.with_mapping(current, found)

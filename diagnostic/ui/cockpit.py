"""The controls of the page Mon département: sort, bring the conventions, pick some to compare or to take away."""

from __future__ import annotations

import datetime
from collections.abc import Sequence

import pandas as pd
import streamlit as st

from diagnostic import drafts, exports, french, story
from diagnostic.exports import exporting
from diagnostic.indicators import OFFICIAL
from diagnostic.local import conventions as deposits
from diagnostic.local.blank import as_csv, as_xlsx
from diagnostic.local.conventions import Convention, Conventions
from diagnostic.local.schema import as_json
from diagnostic.local.templates import CTG_UNDERWAY
from diagnostic.model import Territory
from diagnostic.report import Report, cockpit
from diagnostic.story.cockpit import Line
from diagnostic.story.figures import sources_of
from diagnostic.ui import asked, blocks, components, keeping, state, tables, takeaway
from diagnostic.warehouse import Database

_TURN, _DECKS = "conventions_deposees", "diaporamas_departement"


def page(report: Report, db: Database) -> None:
    """The table of the département of the territory, or how to reach one."""
    place = cockpit.departement_of(db, report.territory)
    if place is None:
        components.state(
            "Choisissez un département",
            "Cette page réunit les intercommunalités d’un département : ouvrez un département, une intercommunalité ou une "
            "commune.",
        )
        return
    held = keeping.get(drafts.CONVENTIONS, place.key) or ()
    every = story.cockpit_lines(
        cockpit.rows(db, place), {one.epci: one for one in held}, datetime.date.today()
    )
    components.section(
        f"Mon département · {french.name(place)}",
        story.cockpit_title(every, bool(held)),
        "Taux, manque, besoin et convention de chaque intercommunalité dont le siège est ici",
    )
    blocks.told()
    if not every:
        components.note("Aucune intercommunalité de ce département n’est dans les données chargées.")
        return
    _bring(place, every)
    own = report.epci.territory if report.epci is not None else report.territory
    # On a telephone the choice of the order stands for the heads of the table, which would say it twice.
    with st.container(key="departement"):
        by = blocks.pick("Trier par", story.cockpit_orders(), "tri_departement")
        frame_ = pd.DataFrame(story.cockpit_table(story.cockpit_sorted(every, by)))
        tables.table(frame_, own=french.name(own))
    source = sources_of(report, cockpit.COLUMNS)
    components.source_line((), source, story.COCKPIT_RULE)
    around = takeaway.Around(story.cockpit_title(every, bool(held)), story.COCKPIT_RULE, source)
    takeaway.actions("mon_departement", frame_, around, report=report)
    _picked(report, db, place, every)


def _bring(place: Territory, every: Sequence[Line]) -> None:
    """The state of the conventions, from a file of the adviser; kept for this visitor as a plan is."""
    with st.popover("Déposer l’état des Ctg", icon=":material/upload:", key="deposer_ctg"):
        with st.container(horizontal=True, key="modele_ctg"):
            for label, data, name in (
                ("Modèle (Excel)", as_xlsx(CTG_UNDERWAY), "modele_ctg_en_cours.xlsx"),
                ("Modèle (CSV)", as_csv(CTG_UNDERWAY), "modele_ctg_en_cours.csv"),
                ("Schéma (Table Schema)", as_json(CTG_UNDERWAY), "schema_ctg_en_cours.json"),
            ):
                blocks.download(label, data, name, f"telecharger_{name}", quiet=True)
        sent = blocks.uploader("État des Ctg", f"ctg_{place.code}_{st.session_state.get(_TURN, 0)}")
        names = {one.key.partition(":")[2]: one.name for one in every}
        found = (
            blocks.attempt(lambda: deposits.read(sent.getvalue(), names), "Ce fichier est refusé")
            if sent
            else None
        )
        if isinstance(found, Conventions):
            components.note(f"{french.quantity(len(found.rows), 'convention lue', 'conventions lues')}.")
            blocks.items(found.left)
            st.button(
                "Utiliser ces lignes",
                key="garder_ctg",
                type="primary",
                on_click=_keep,
                args=(place, found.rows),
            )


def _keep(place: Territory, rows: tuple[Convention, ...]) -> None:
    keeping.update(drafts.CONVENTIONS, place.key, lambda _: rows)
    st.session_state[_TURN] = st.session_state.get(_TURN, 0) + 1
    blocks.tell("État des conventions repris.")


def _picked(report: Report, db: Database, place: Territory, every: Sequence[Line]) -> None:
    """Some of them: side by side, on the map, or a deck each."""
    names = {one.key: one.name for one in every}
    components.section("Choisir", "Quelques intercommunalités, à comparer ou à emporter", "")
    chosen = st.multiselect(
        "Intercommunalités",
        list(names),
        format_func=names.__getitem__,
        max_selections=exporting.MOST,
        placeholder="Choisir",
        key=f"choix_departement_{place.code}",
    )
    with st.container(horizontal=True, vertical_alignment="bottom", key="suites_departement"):
        if st.button("La carte du département", key="carte_departement"):
            state.leave("carte", territoire=place.key, nom="", indicateur=OFFICIAL, echelle="")
        if len(chosen) > 1 and st.button("Les comparer", key="comparer_departement"):
            state.leave("comparer", territoire=chosen[0], nom="", avec=state.SEPARATOR.join(chosen[1:]))
        asked = bool(chosen) and st.button(
            f"Préparer {french.quantity(len(chosen), 'diaporama', 'diaporamas')}", key="preparer_diaporamas"
        )
    if asked:
        _prepare(db, tuple(chosen))
    kept = st.session_state.get(_DECKS)
    if kept and kept[0] == (db.key, tuple(chosen)):
        for name, reason in kept[1].failed:
            components.state(f"{name} : non préparé", reason)
        name = f"{takeaway.file_name('diaporamas', report)}.zip"
        blocks.download("Télécharger (zip)", kept[1].data, name, "telecharger_diaporamas")


def _prepare(db: Database, chosen: tuple[str, ...]) -> None:
    with st.status("Préparation des diaporamas…", expanded=True) as status:
        bar = st.progress(0.0)
        prepared = exporting.prepare(
            asked.report_of(chosen[0]),
            ["pptx"],
            db,
            progress=lambda share, name: bar.progress(share, blocks.as_label(name) or "Terminé"),
            maker=exporting.Maker(
                lambda told, name, base: exports.export(told, name, base),
                lambda told, name, base: exports.digest(told, base, name),
            ),
            others=exporting.Others(chosen[1:], asked.report_of),
        )
        label = "Diaporamas prêts" if not prepared.failed else "Certains diaporamas manquent"
        status.update(label=label, state="complete" if prepared.made else "error", expanded=False)
    st.session_state[_DECKS] = ((db.key, chosen), prepared)

"""The controls of the page Exports."""

from __future__ import annotations

import streamlit as st

from diagnostic import exports
from diagnostic.exports import convention
from diagnostic.exports.content import Section
from diagnostic.report import Report
from diagnostic.ui import components, exporting, plan_panel
from diagnostic.warehouse import Database


def panel(report: Report, db: Database) -> None:
    """Formats, the plan under way or not, a button that prepares them, the zip."""
    formats = st.pills(
        "Documents",
        list(exporting.LABELS),
        format_func=exporting.LABELS.get,
        selection_mode="multi",
        default=[name for name in exporting.DEFAULT if name in exporting.LABELS],
        key="formats",
    )
    extra = _plan(report, db)
    asked = st.button("Préparer les documents", disabled=not formats, key="preparer")
    if not formats:
        components.note("Choisissez au moins un document.")
        return
    signature = (*exporting.signature(report, formats, db), extra)
    if asked:
        _prepare(report, formats, db, signature, extra)
    kept = st.session_state.get("documents")
    if not kept or kept[0] != signature:
        return
    prepared: exporting.Prepared = kept[1]
    for name, reason in prepared.failed:
        components.state(f"{name} : non préparé", reason)
    if prepared.made:
        st.download_button(
            "Télécharger (zip)",
            data=prepared.data,
            file_name=exporting.zip_name(report),
            mime="application/zip",
            on_click="ignore",
            icon=":material/download:",
            key="telecharger_documents",
        )


def _plan(report: Report, db: Database) -> tuple[Section, ...]:
    """The chapters of the plan under way, when there is one and the visitor joins it."""
    plan = plan_panel.current(report)
    if not plan.fiches or not st.toggle("Joindre le plan d’actions", True, key="joindre_plan"):
        return ()
    return convention.sections(convention.dossier(plan, report, db))


def _prepare(
    report: Report, formats: list[str], db: Database, signature: tuple, extra: tuple[Section, ...]
) -> None:
    with st.status("Préparation des documents…", expanded=True) as status:
        bar = st.progress(0.0)
        prepared = exporting.prepare(
            report,
            formats,
            db,
            progress=lambda share, name: bar.progress(share, name or "Terminé"),
            export=lambda told, name, base: exports.export(told, name, base, extra=extra),
        )
        label = "Documents prêts" if not prepared.failed else "Certains documents manquent"
        status.update(label=label, state="complete" if prepared.made else "error", expanded=False)
    st.session_state["documents"] = (signature, prepared)

"""The controls of the page Exports."""

from __future__ import annotations

import streamlit as st

from diagnostic import exports
from diagnostic.report import Report
from diagnostic.ui import components, exporting
from diagnostic.warehouse import Database


def panel(report: Report, db: Database) -> None:
    """Formats, a button that prepares them, the zip."""
    formats = st.pills(
        "Documents",
        list(exporting.LABELS),
        format_func=exporting.LABELS.get,
        selection_mode="multi",
        default=[name for name in exporting.DEFAULT if name in exporting.LABELS],
        key="formats",
    )
    asked = st.button("Préparer les documents", disabled=not formats, key="preparer")
    if not formats:
        components.note("Choisissez au moins un document.")
        return
    signature = exporting.signature(report, formats, db)
    if asked:
        _prepare(report, formats, db, signature)
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


def _prepare(report: Report, formats: list[str], db: Database, signature: tuple) -> None:
    with st.status("Préparation des documents…", expanded=True) as status:
        bar = st.progress(0.0)
        prepared = exporting.prepare(
            report,
            formats,
            db,
            progress=lambda share, name: bar.progress(share, name or "Terminé"),
            export=exports.export,
        )
        label = "Documents prêts" if not prepared.failed else "Certains documents manquent"
        status.update(label=label, state="complete" if prepared.made else "error", expanded=False)
    st.session_state["documents"] = (signature, prepared)

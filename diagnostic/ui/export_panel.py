"""The controls of the page Exports."""

from __future__ import annotations

import tempfile
from pathlib import Path

import streamlit as st

from diagnostic import exports, story
from diagnostic.exports import convention, exporting, pdf, pptx
from diagnostic.model import DiagnosticError
from diagnostic.report import Report
from diagnostic.story import Section
from diagnostic.ui import blocks, comparing, components, frame, local_data, plan_panel
from diagnostic.warehouse import Database

SHOWN = 3
"""Pages of the report shown before anything is downloaded."""


def panel(report: Report, db: Database) -> None:
    """Formats, other territories, template, plan; what the files will say; a button; the zip."""
    formats = st.pills(
        "Documents",
        list(exporting.LABELS),
        format_func=exporting.LABELS.__getitem__,
        selection_mode="multi",
        default=[name for name in exporting.DEFAULT if name in exporting.LABELS],
        key="formats",
    )
    others = _others(report, db)
    template = _template() if "pptx" in formats else None
    extra = _plan(report, db)
    _contents(report, db, extra)
    asked = st.button("Préparer les documents", type="primary", disabled=not formats, key="preparer")
    if not formats:
        components.note("Choisissez au moins un document.")
        return
    digest = exports.digest(report, db, template=template or b"", extra=extra)
    signature = (digest, tuple(formats), others)
    if asked:
        local_data.exported(report.territory.key)
        _prepare(report, formats, db, signature, extra, others, template)
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
            file_name=exporting.zip_name(report, digest),
            mime="application/zip",
            on_click="ignore",
            icon=":material/download:",
            key="telecharger_documents",
        )


def _others(report: Report, db: Database) -> tuple[str, ...]:
    """Keys of the other territories wanted in the same zip."""
    names = comparing.candidates(db, report)
    chosen = st.multiselect(
        "Autres territoires dans le même dossier",
        list(names),
        format_func=names.__getitem__,
        max_selections=exporting.MOST,
        placeholder="Aucun",
        key="autres_territoires",
    )
    return tuple(chosen)


def _template() -> bytes | None:
    """The collectivity's own .pptx, once it is known to serve; what it costs is said once."""
    given = st.file_uploader("Modèle PowerPoint de la collectivité (facultatif)", type=["pptx"], key="modele")
    if given is None:
        return None
    data = given.getvalue()
    try:
        with _written(data, given.name) as path:
            remarks = pptx.remarks(path)
    except DiagnosticError as error:
        components.state("Ce modèle ne peut pas servir", str(error))
        return None
    for remark in remarks:
        components.note(remark)
    return data


class _written:
    """The octets of a template as a file, for as long as it is read."""

    def __init__(self, data: bytes, name: str = "modele.pptx") -> None:
        self.data, self.name = data, Path(name).name

    def __enter__(self) -> Path:
        self.folder = tempfile.TemporaryDirectory()
        path = Path(self.folder.name) / self.name
        path.write_bytes(self.data)
        return path

    def __exit__(self, *_: object) -> None:
        self.folder.cleanup()


def _plan(report: Report, db: Database) -> tuple[Section, ...]:
    """The chapters of the plan under way, when there is one and the visitor joins it."""
    plan = plan_panel.current(report)
    if not (plan.fiches or plan.stakes or plan.contributions) or not st.toggle(
        "Joindre le plan d’actions", True, key="joindre_plan"
    ):
        return ()
    return convention.sections(convention.dossier(plan, report, db))


def _contents(report: Report, db: Database, extra: tuple[Section, ...]) -> None:
    """What the documents say, chapter by chapter, and on demand their first pages."""
    sections = story.sections(report, extra, db)
    slides = 1 + sum(section.on_slides for section in sections)
    with st.expander(f"Ce que diront les documents : {slides} diapositives, {len(sections)} chapitres"):
        st.markdown(
            "\n".join(
                f"{i}. **{blocks.as_label(section.kicker)}** : {blocks.as_label(section.title)}"
                + ("" if section.on_slides else " *(rapport seulement)*")
                for i, section in enumerate(sections, 1)
            )
        )
    if st.toggle("Aperçu des premières pages", key="apercu"):
        key = exports.digest(report, db, extra=extra)
        kept = st.session_state.get("apercu_pages")
        if not kept or kept[0] != key:
            kept = (key, pdf.pages(report, db, extra=extra)[:SHOWN])
            st.session_state["apercu_pages"] = kept
        for i, (column, page) in enumerate(zip(st.columns(SHOWN), kept[1], strict=False), 1):
            column.image(page, caption=f"Rapport, page {i}", width="stretch")


def _prepare(
    report: Report,
    formats: list[str],
    db: Database,
    signature: tuple,
    extra: tuple[Section, ...],
    others: tuple[str, ...],
    template: bytes | None,
) -> None:
    own = report.territory.key
    with st.status("Préparation des documents…", expanded=True) as status, _written(template or b"") as path:
        bar = st.progress(0.0)
        prepared = exporting.prepare(
            report,
            formats,
            db,
            progress=lambda share, name: bar.progress(share, blocks.as_label(name) or "Terminé"),
            export=lambda told, name, base: exports.export(
                told,
                name,
                base,
                template=path if template else None,
                extra=extra if told.territory.key == own else (),
            ),
            others=exporting.Others(others, frame.report_of),
        )
        label = "Documents prêts" if not prepared.failed else "Certains documents manquent"
        status.update(label=label, state="complete" if prepared.made else "error", expanded=False)
    st.session_state["documents"] = (signature, prepared)

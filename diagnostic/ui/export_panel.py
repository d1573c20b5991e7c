"""The controls of the page Exports."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import streamlit as st

from diagnostic import exports, story
from diagnostic.exports import convention, exporting, pdf, pptx
from diagnostic.model import DiagnosticError
from diagnostic.plan.documents import Documents
from diagnostic.report import Report
from diagnostic.story import Section
from diagnostic.ui import asked, blocks, comparing, components, composer, local_data, plan_keeping
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
    composer.meeting(report)
    documents = composer.documents_of(report)
    _contents(report, db, extra, documents)
    asked = st.button("Préparer les documents", type="primary", disabled=not formats, key="preparer")
    if not formats:
        components.note("Choisissez au moins un document.")
        return
    digest = exports.digest(report, db, template=template or b"", extra=extra, documents=documents)
    signature = (digest, tuple(formats), others)
    if asked:
        local_data.exported(report.territory.key)
        _prepare(report, formats, db, signature, Chosen(extra, others, template, documents))
    kept = st.session_state.get("documents")
    if not kept or kept[0] != signature:
        return
    prepared: exporting.Prepared = kept[1]
    for name, reason in prepared.failed:
        components.state(f"{name} : non préparé", reason)
    if prepared.made:
        name = exporting.zip_name(report, digest)
        blocks.download("Télécharger (zip)", prepared.data, name, "telecharger_documents")


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
    given = blocks.uploader("Modèle PowerPoint de la collectivité (.pptx, facultatif)", "modele")
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


@contextmanager
def _written(data: bytes, name: str = "modele.pptx") -> Iterator[Path]:
    """The octets of a template as a file, for as long as it is read."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / Path(name).name
        path.write_bytes(data)
        yield path


def _plan(report: Report, db: Database) -> tuple[Section, ...]:
    """The chapters of the plan under way, when there is one and the visitor joins it."""
    plan = plan_keeping.current(report)
    if plan.empty or not st.toggle("Joindre le plan d’actions", True, key="joindre_plan"):
        return ()
    return convention.sections(convention.dossier(plan, report, db))


def _contents(report: Report, db: Database, extra: tuple[Section, ...], documents: Documents) -> None:
    """What the documents say, chapter by chapter, and on demand their slides and first pages."""
    made = story.sections(report, extra, db)
    composer.chapters(report, db, made)
    if st.toggle("Voir les diapositives", key="voir_diapositives"):
        composer.slides(report, db, made)
    if st.toggle("Aperçu des premières pages", key="apercu"):
        key = exports.digest(report, db, "pdf", extra=extra, documents=documents)
        kept = st.session_state.get("apercu_pages")
        if not kept or kept[0] != key:
            kept = (key, pdf.pages(report, db, extra=extra, documents=documents)[:SHOWN])
            st.session_state["apercu_pages"] = kept
        for i, (column, page) in enumerate(zip(st.columns(SHOWN), kept[1], strict=False), 1):
            words = f"Rapport, page {i}"
            column.image(page, caption=words, width="stretch", alt=words)


@dataclass(frozen=True)
class Chosen:
    """What the files are made of beside the diagnosis: chapters of the plan, other territories, template, documents."""

    extra: tuple[Section, ...]
    others: tuple[str, ...]
    template: bytes | None
    documents: Documents

    def of(self, report: Report, own: str) -> dict[str, Any]:
        """What the files of a territory are told: of another than `own`, the meeting alone."""
        if report.territory.key == own:
            return {"extra": self.extra, "documents": self.documents}
        return {"extra": (), "documents": Documents(self.documents.meeting)}


def _prepare(report: Report, formats: list[str], db: Database, signature: tuple, chosen: Chosen) -> None:
    own, template = report.territory.key, chosen.template
    with st.status("Préparation des documents…", expanded=True) as status, _written(template or b"") as path:
        bar = st.progress(0.0)
        prepared = exporting.prepare(
            report,
            formats,
            db,
            progress=lambda share, name: bar.progress(share, blocks.as_label(name) or "Terminé"),
            maker=exporting.Maker(
                lambda told, name, base: exports.export(
                    told, name, base, template=path if template else None, **chosen.of(told, own)
                ),
                lambda told, name, base: exports.digest(
                    told, base, name, template=template or b"", **chosen.of(told, own)
                ),
            ),
            others=exporting.Others(chosen.others, asked.report_of),
        )
        label = "Documents prêts" if not prepared.failed else "Certains documents manquent"
        status.update(label=label, state="complete" if prepared.made else "error", expanded=False)
    st.session_state["documents"] = (signature, prepared)

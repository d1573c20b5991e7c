"""Documents prepared on a click, one zip at the end; a format that fails does not stop the others."""

from __future__ import annotations

import io
import logging
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from diagnostic.exports import FORMATS, filename
from diagnostic.model import DiagnosticError
from diagnostic.report import Report
from diagnostic.warehouse import Database

_log = logging.getLogger(__name__)

LABELS = {name: label for name, (label, _, _) in FORMATS.items()}
DEFAULT = ("pptx", "pdf", "docx", "xlsx")


@dataclass(frozen=True, slots=True)
class Prepared:
    """A zip ready to download, and the formats that could not be made, with the reason."""

    data: bytes
    made: tuple[str, ...]
    failed: tuple[tuple[str, str], ...]


def prepare(
    report: Report,
    formats: Sequence[str],
    db: Database,
    *,
    progress: Callable[[float, str], object],
    export: Callable[[Report, str, Database], bytes],
) -> Prepared:
    """Make each format in turn with `export` and put them in one zip; `progress` hears share done and name."""
    made, failed = [], []
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for done, name in enumerate(formats):
            progress(done / len(formats), LABELS[name])
            try:
                archive.writestr(filename(report, _view(name), name), export(report, name, db))
                made.append(name)
            except DiagnosticError as error:
                failed.append((LABELS[name], str(error)))
            except Exception:
                # One broken document must not cost the user the three others.
                _log.exception("export %s", name)
                failed.append(
                    (LABELS[name], "Ce document n’a pas pu être préparé ; l’incident est noté au journal.")
                )
    progress(1.0, "")
    return Prepared(target.getvalue(), tuple(made), tuple(failed))


def zip_name(report: Report) -> str:
    """The name of the zip: territory and date."""
    return f"{filename(report, 'diagnostic', 'csv')}"


def _view(format: str) -> str:
    return "note" if format == "note" else "donnees" if format in ("csv", "geojson") else "diagnostic"


def signature(report: Report, formats: Sequence[str], db: Database) -> tuple:
    """What a prepared zip answers: it is offered only while this does not change."""
    reference = report.reference.key if report.reference else ""
    return report.territory.key, reference, report.alsh.radius_km, tuple(formats), db.key

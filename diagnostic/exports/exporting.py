"""Documents prepared on a click, one zip at the end; one that fails does not stop the others."""

from __future__ import annotations

import io
import logging
import zipfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from diagnostic import french
from diagnostic.exports import FORMATS, batch, filename
from diagnostic.model import DiagnosticError
from diagnostic.report import Report
from diagnostic.warehouse import Database

_log = logging.getLogger(__name__)

LABELS = {name: label for name, (label, _, _) in FORMATS.items()}
DEFAULT = ("pptx", "pdf", "docx", "xlsx")
MOST = 12
"""Territories prepared at once on the page: beyond, the command line does it."""


@dataclass(frozen=True, slots=True)
class Prepared:
    """A zip ready to download, and what could not be made, with the reason."""

    data: bytes
    made: tuple[str, ...]
    failed: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Others:
    """More territories: their keys, and what gives the report of one."""

    keys: tuple[str, ...] = ()
    report: Callable[[str], Report] | None = None


@dataclass(frozen=True, slots=True)
class Maker:
    """What gives the bytes of a document, and what tells it from another of the same name."""

    export: Callable[[Report, str, Database], bytes]
    digest: Callable[[Report, str, Database], str]


def prepare(
    report: Report,
    formats: Sequence[str],
    db: Database,
    *,
    progress: Callable[[float, str], object],
    maker: Maker,
    others: Others | None = None,
) -> Prepared:
    """Make each format of each territory in turn with `maker` and put them in one zip.

    `progress` hears the share done and what is being made.
    """
    others = others if others is not None else Others()
    made, failed = [], []
    target = io.BytesIO()
    steps, done = len(formats) * (1 + len(others.keys)), 0
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for key, one in _reports(report, others):
            several = (
                f"{key if isinstance(one, str) else french.name(one.territory)}, " if others.keys else ""
            )
            if isinstance(one, str):
                failed.append((key, one))
                done += len(formats)
                continue
            for name in formats:
                progress(done / steps, several + LABELS[name])
                done += 1
                reason = _put(archive, one, name, db, maker, apart=bool(others.keys))
                if reason:
                    failed.append((several + LABELS[name], reason))
                else:
                    made.append(name)
    progress(1.0, "")
    return Prepared(target.getvalue(), tuple(made), tuple(failed))


def _reports(report: Report, others: Others) -> Iterator[tuple[str, Report | str]]:
    """Each territory with its report, or with the sentence that says why there is none."""
    yield report.territory.key, report
    make = others.report
    if make is None:
        return
    for key in others.keys:
        try:
            yield key, make(key)
        except DiagnosticError as error:
            yield key, str(error)


def _put(archive, report: Report, name: str, db: Database, maker: Maker, *, apart: bool) -> str:
    """Write one document in the zip; why it could not be made, else an empty text."""
    file = (
        batch.filename(report, name, maker.digest(report, name, db))
        if apart
        else filename(report, batch.view(name), name)
    )
    try:
        archive.writestr(file, maker.export(report, name, db))
    except DiagnosticError as error:
        return str(error)
    except Exception:
        # One broken document must not cost the user the three others.
        _log.exception("export %s", name)
        return "Ce document n’a pas pu être préparé ; l’incident est noté au journal."
    return ""


def zip_name(report: Report, digest: str) -> str:
    """The name of the zip: territory, date, and the digest of what it is made of."""
    start, _, extension = filename(report, "diagnostic", "csv").rpartition(".")
    return f"{start}_{digest}.{extension}"

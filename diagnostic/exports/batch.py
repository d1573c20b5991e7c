"""Files of many territories: parallel processes, what is done is kept, one failure stops nobody."""

from __future__ import annotations

import logging
import multiprocessing
import os
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from diagnostic import exports, french, story
from diagnostic.model import DiagnosticError
from diagnostic.plan import Plan
from diagnostic.plan.documents import Documents
from diagnostic.report import Report, build
from diagnostic.report.local import with_built
from diagnostic.story import Section
from diagnostic.story.chosen import outdated
from diagnostic.warehouse import Database, open_database

_log = logging.getLogger(__name__)

VIEWS = {
    "note": "note",
    "fiches": "fiches",
    "fiches_word": "fiches",
    "csv": "donnees",
    "geojson": "contours",
    "images": "images",
}
MOST_START, MOST_CODE = 44, 20
"""Characters of a name that come from the territory: a whole name has less than a hundred."""
RENEWED_AFTER = 60
"""Processes are replaced after so many territories each: what libraries keep for themselves is given back."""


@dataclass(frozen=True)
class Job:
    """One territory: the formats wanted, the folder, the database file, a template for the deck, a reference, what
    people chose for the documents, the plan that joins them where it is that of the territory."""

    key: str
    formats: tuple[str, ...]
    out: Path
    db: Path
    template: Path | None = None
    reference: str | None = None
    documents: Documents | None = None
    plan: Plan | None = None


@dataclass(frozen=True)
class Done:
    """What became of a job: names written, names kept from before, `reason` when something failed (the data, or the call
    where `code` is 2), `remarks` on what was made."""

    key: str
    written: tuple[str, ...] = ()
    kept: tuple[str, ...] = ()
    reason: str = ""
    remarks: tuple[str, ...] = ()
    code: int = 1


def view(format: str) -> str:
    """The first word of the file name: "diagnostic", "note", "donnees"…"""
    return VIEWS.get(format, "diagnostic")


def run(jobs: Sequence[Job], workers: int | None = None) -> Iterator[Done]:
    """Do the jobs, each result as soon as it is there, in the order in which they end.

    A file made of the same things (`exports.digest`) that exists already is kept. One job, or one worker, runs in
    this process.
    """
    workers = min(workers or os.cpu_count() or 1, len(jobs))
    if workers <= 1:
        yield from map(one, jobs)
        return
    context = multiprocessing.get_context("spawn")
    # Not `max_tasks_per_child`: in Python 3.11 a pool whose workers all reach their last task waits for ever.
    batch = RENEWED_AFTER * workers
    for start in range(0, len(jobs), batch):
        with ProcessPoolExecutor(workers, mp_context=context) as pool:
            waiting = {pool.submit(one, job): job for job in jobs[start : start + batch]}
            for future in as_completed(waiting):
                try:
                    yield future.result()
                except BrokenProcessPool:
                    reason = "Le calcul s’est arrêté brutalement : relancez la commande."
                    yield Done(waiting[future].key, reason=reason)


def one(job: Job) -> Done:
    """Write the files of one territory; never raises for a territory that fails."""
    written: list[str] = []
    kept: list[str] = []
    remarks: tuple[str, ...] = ()
    try:
        db = open_database(job.db)
        report = with_built(build(db, job.key, reference=job.reference), db)
        job.out.mkdir(parents=True, exist_ok=True)
        extra = _chapters(job.plan, report, db)
        if job.documents is not None and job.documents.chapters:
            remarks = left_aside(story.sections(report, extra, db), job.documents)
        chosen: dict[str, Any] = {"extra": extra, "documents": job.documents}
        template = job.template.read_bytes() if job.template is not None else b""
        for format in job.formats:
            made_of = exports.digest(report, db, format, template=template, **chosen)
            name = filename(report, format, made_of)
            if (job.out / name).exists():
                kept.append(name)
                continue
            write(job.out / name, exports.export(report, format, db, template=job.template, **chosen))
            written.append(name)
    except DiagnosticError as error:
        return Done(job.key, tuple(written), tuple(kept), str(error), code=error.code)
    except OSError as error:
        reason = f"L’écriture a échoué, {french.because(error)} : libérez de la place ou choisissez un autre dossier."
        return Done(job.key, tuple(written), tuple(kept), reason)
    except Exception:
        # One territory that breaks must not cost the others: the log keeps the trace.
        _log.exception("export %s", job.key)
        reason = "Les documents n’ont pas pu être préparés ; l’incident est noté au journal."
        return Done(job.key, tuple(written), tuple(kept), reason)
    return Done(job.key, tuple(written), tuple(kept), remarks=remarks)


def _chapters(plan: Plan | None, report: Report, db: Database) -> tuple[Section, ...]:
    """Those that the plan of the territory adds to its diagnosis."""
    if plan is None or plan.territory != report.territory.key or plan.empty:
        return ()
    # Loaded for those who join a plan only.
    from diagnostic.exports import convention

    return convention.sections(convention.dossier(plan, report, db))


def left_aside(sections: Sequence[Section], documents: Documents) -> tuple[str, ...]:
    """A sentence for each title that people wrote over a figure that the diagnosis no longer says."""
    return tuple(
        french.typographic(
            f"{section.kicker} : votre titre « {documents.chapter(section.id).title} » n’est pas repris, le diagnostic "
            f"dit maintenant « {section.title} »."
        )
        for section in outdated(sections, documents)
    )


def filename(report: Report, format: str, digest: str) -> str:
    """As `exports.filename`, with the code, since two territories may share a name in one folder, and the digest of
    what the file is made of: under another reference it is another file."""
    name = exports.filename(report, view(format), format)
    start, _, end = name.rpartition("_")
    day, _, extension = end.partition(".")
    code = report.territory.code.lower().replace("+", "-")[:MOST_CODE].rstrip("-")
    return f"{start[:MOST_START].rstrip('-')}-{code}_{day}_{digest}.{extension}"


def write(path: Path, data: bytes) -> None:
    """All or nothing: a file that exists is whole."""
    partial = path.with_name(f"{path.name}.{os.getpid()}.part")
    try:
        partial.write_bytes(data)
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)


def summary(results: Sequence[Done]) -> str:
    """ "27 territoires, 27 documents écrits, 0 gardé, 1 échec" for the end of a run."""
    written, kept = (sum(len(getattr(done, name)) for done in results) for name in ("written", "kept"))
    failed = sum(bool(done.reason) for done in results)
    return ", ".join(
        (
            french.quantity(len(results), "territoire", "territoires"),
            french.quantity(written, "document écrit", "documents écrits"),
            french.quantity(kept, "document gardé", "documents gardés"),
            french.quantity(failed, "échec", "échecs"),
        )
    )

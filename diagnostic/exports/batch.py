"""Documents of many territories: in parallel, one bad territory not stopping the others, resumed where it stopped."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path

from diagnostic.model import DiagnosticError


@dataclass(frozen=True)
class Job:
    """One territory to write in `formats` into the folder `out`, from the database `db`."""

    key: str
    formats: tuple[str, ...]
    out: Path
    db: Path
    template: Path | None = None

    def path(self, format: str) -> Path:
        return self.out / f"diagnostic_{self.key.replace(':', '-').replace('+', '-')[:120]}.{format}"


@dataclass(frozen=True)
class Done:
    """What became of a job: files `written` and `kept` from a run before, and why the rest is missing."""

    key: str
    written: tuple[Path, ...] = ()
    kept: tuple[Path, ...] = ()
    reason: str = ""


def run(jobs: Sequence[Job]) -> Iterator[Done]:
    """Do the jobs, as many at once as there are processors, and yield what became of each in order."""
    workers = min(len(jobs), os.cpu_count() or 1)
    if workers < 2:
        yield from map(do, jobs)
        return
    # A forked copy of an open database would share its locks.
    with ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as pool:
        futures = [pool.submit(do, job) for job in jobs]
        for job, future in zip(jobs, futures, strict=True):
            try:
                yield future.result()
            except BrokenProcessPool:
                yield Done(
                    job.key, reason="Le calcul s’est interrompu, sans doute faute de mémoire : relancez."
                )


def do(job: Job) -> Done:
    """Write the formats that are not there yet; a file newer than its database and template is kept."""
    kept = tuple(job.path(name) for name in job.formats if _fresh(job, job.path(name)))
    wanted = [name for name in job.formats if job.path(name) not in kept]
    if not wanted:
        return Done(job.key, kept=kept)
    written: list[Path] = []
    try:
        from diagnostic import exports, report
        from diagnostic.warehouse import open_database

        db = open_database(job.db)
        found = report.build(db, job.key)
        for name in wanted:
            options = {"template": job.template} if job.template and name == "pptx" else {}
            _write(job.path(name), exports.export(found, name, db, **options))
            written.append(job.path(name))
    except DiagnosticError as refusal:
        return Done(job.key, tuple(written), kept, str(refusal))
    except OSError as error:
        return Done(job.key, tuple(written), kept, f"L’écriture a échoué ({error.strerror or error}).")
    return Done(job.key, tuple(written), kept)


def _fresh(job: Job, path: Path) -> bool:
    try:
        made = path.stat().st_mtime_ns
        parts = [job.db, *([job.template] if job.template else [])]
        return all(made > part.stat().st_mtime_ns for part in parts)
    except OSError:
        return False


def _write(path: Path, content: bytes) -> None:
    """Into a file beside, then swapped in: a run that is killed leaves no half document."""
    part = path.with_name(f"{path.name}.{os.getpid()}.part")
    try:
        part.write_bytes(content)
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)

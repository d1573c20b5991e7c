"""How long each file of one intercommunalité takes, the Report being there, and what a batch costs."""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from openxml_audit import OpenXmlValidator
from pdfua import validate

from benchmarks.harness import Result, milliseconds
from diagnostic import exports
from diagnostic.exports import batch
from diagnostic.report import Report, build
from diagnostic.story.sheets import MOST_SHEETS
from diagnostic.warehouse import Database, open_database

TARGETS = {"pptx": 1500, "pdf": 2000, "docx": 1500, "xlsx": 1000}
ALLOWED = 15 * 60 * 2 / 1255
"""Seconds of processor that a deck may cost where 1,255 take 15 minutes on two cores."""
WARM = 24
"""Decks made one after another in the same process."""
BATCH = 60
"""EPCI of the sample, those that a hash of their codes puts first."""


KINDS = (
    "epci:243300316",
    "epci:200069599",
    "epci:200040715",
    "commune:33249",
    "commune:33066",
    "commune:75056",
    "commune:97411",
    "commune:13055",
    "departement:33",
    "region:04",
    "france",
    "perimetre:33249+33119+33039",
    "commune:13201",
    "epci:200070985",
    "commune:27676",
)
"""Kinds of territory: metropolis, rural and mountain EPCI, town, village, the three levels of Paris's kind, overseas,
département, région, country, perimeter of one's own, arrondissement, EPCI over two départements, commune most of which is
unknown."""


def audited() -> Iterator[str]:
    """What validators of Open XML and of PDF/UA find in the files of the twelve kinds: `python -m benchmarks.bench_exports`."""
    db = open_database()
    with tempfile.TemporaryDirectory() as folder:
        for key in KINDS:
            report = build(db, key)
            for format in ("pptx", "docx", "xlsx"):
                path = Path(folder) / f"file.{format}"
                path.write_bytes(exports.export(report, format, db))
                found = OpenXmlValidator().validate(path).errors
                yield f"{key} {format}: {len(found)} findings"
                yield from (f"  {error.part_uri} {error.description}" for error in found[:5])
            for format in ("pdf", "note", "fiches"):
                path = Path(folder) / "file.pdf"
                path.write_bytes(exports.export(report, format, db))
                tags = validate(str(path)).findings
                yield f"{key} {format}: {len(tags)} findings"
                yield from (f"  {one.rule_id} {one.message}" for one in tags[:5])


def _files(report: Report, db: Database) -> Iterator[Result]:
    """How long each file of a report takes by the clock, and by that of the processor, which other work changes less."""
    for format in exports.FORMATS:
        if format.startswith("fiches") and len(report.members) > MOST_SHEETS:
            continue
        took = milliseconds(lambda format=format: exports.export(report, format, db), repeat=3)
        start = time.process_time()
        size = len(exports.export(report, format, db)) / 1000
        spent = 1000 * (time.process_time() - start)
        target = f"< {TARGETS[format]} ms" if format in TARGETS else ""
        note = f"{size:.0f} kB, {spent:,.0f} ms of processor"
        yield Result(f"{format}, {report.context.communes} communes", took, "ms", target, note)


def results() -> Iterator[Result]:
    db = open_database()
    keys = [
        f"epci:{code}"
        for (code,) in db.rows(
            f"select code from territory where level = 'epci' order by md5(code) limit {BATCH}"
        )
    ]
    largest = db.rows("select code from territory where level = 'epci' order by communes desc limit 1")[0][0]
    ordinary = [key for key in KINDS[:1] if db.rows("select 1 from territory where code = ?", key[5:])]
    for key in (*ordinary, f"epci:{largest}"):
        yield from _files(build(db, key), db)
    with tempfile.TemporaryDirectory() as folder:
        apart = [batch.Job(key, ("pptx",), Path(folder), db.path) for key in keys[:WARM]]
        # Processor, not clock: what else runs counts little.
        start = time.process_time()
        failed = sum(bool(batch.one(job).reason) for job in apart)
        spent = (time.process_time() - start) / len(apart)
        note = f"{len(apart)} decks in one process, {failed} failed"
        yield Result("processor of a deck, report included", spent, "s", f"< {ALLOWED:.2f} s", note)
    with tempfile.TemporaryDirectory() as folder:
        jobs = [batch.Job(key, ("pptx",), Path(folder), db.path) for key in keys]
        start = time.perf_counter()
        done = list(batch.run(jobs))
        took = time.perf_counter() - start
        failed = sum(bool(one.reason) for one in done)
        note = f"{os.cpu_count()} cores, {failed} failed, {took / len(jobs) * 1255 / 60:.1f} min for 1,255"
        yield Result(f"batch of {len(jobs)} EPCI in PPTX, report included", took, "s", "", note)


if __name__ == "__main__":
    for line in audited():
        print(line)

"""Our reader of workbooks and python-calamine side by side, each in a process under the same limits."""

from __future__ import annotations

import io
import json
import subprocess
import sys
import time
import zipfile
from collections.abc import Iterator
from pathlib import Path

import xlsxwriter

from benchmarks.bench_local import as_xlsx, directory, extract
from benchmarks.harness import Result
from diagnostic.local import worker

CALAMINE = """
import io, json, sys
sys.path.insert(0, sys.argv[1])
sys.path.append(sys.argv[2])
import worker
import python_calamine
worker.confine()
book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(sys.stdin.buffer.read()))
rows = [
    {"rows": [[str(cell) for cell in row] for row in book.get_sheet_by_name(sheet.name).iter_rows()]}
    for sheet in book.sheets_metadata
    if sheet.visible == python_calamine.SheetVisibleEnum.Visible
]
sys.stdout.write(json.dumps({"sheets": rows}))
"""
NAMES = "http://schemas.openxmlformats.org"
TYPES = (
    f"<Types xmlns='{NAMES}/package/2006/content-types'><Override PartName='/xl/workbook.xml' "
    "ContentType='application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml'/></Types>"
)
BOOK = f"<workbook xmlns='{NAMES}/spreadsheetml/2006/main' xmlns:r='{NAMES}/officeDocument/2006/relationships'><sheets><sheet name='a' sheetId='1' r:id='x'/></sheets></workbook>"
LINKS = f"<Relationships xmlns='{NAMES}/package/2006/relationships'><Relationship Id='x' Type='{NAMES}/officeDocument/2006/relationships/worksheet' Target='worksheets/sheet1.xml'/></Relationships>"


def archive(sheet: str) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as file:
        for name, content in (
            ("[Content_Types].xml", TYPES),
            ("xl/workbook.xml", BOOK),
            ("xl/_rels/workbook.xml.rels", LINKS),
            ("xl/worksheets/sheet1.xml", sheet),
        ):
            file.writestr(name, content)
    return target.getvalue()


def percent() -> bytes:
    target = io.BytesIO()
    book = xlsxwriter.Workbook(target, {"in_memory": True})
    book.add_worksheet().write(0, 0, 0.12, book.add_format({"num_format": "0 %"}))
    book.close()
    return target.getvalue()


def files() -> dict[str, bytes]:
    entities = "".join(f"<!ENTITY e{n} '{f'&e{n - 1};' * 10 if n else 'x'}'>" for n in range(9))
    cell = "<c r='A1' t='inlineStr'><is><t>&e8;</t></is></c>"
    far = "<row r='1'><c r='A1'><v>1</v></c></row><row r='1048576'><c r='XFD1048576'><v>1</v></c></row>"
    calendar = (
        Path(__file__).resolve().parents[2]
        / "shared"
        / "cases"
        / "files"
        / "ctg_classeur_calendrier_1904.xlsx"
    )
    found = {
        "extract of 35,000 rows": as_xlsx(extract(directory())),
        "a cell that shows 12 %": percent(),
        "a cell in the last row and column": archive(f"<worksheet><sheetData>{far}</sheetData></worksheet>"),
        "entities within entities": archive(
            f"<!DOCTYPE w [{entities}]><worksheet><sheetData><row r='1'>{cell}</row></sheetData></worksheet>"
        ),
        "1.1 million rows of one cell": archive(
            "<worksheet><sheetData>"
            + "<row><c r='A1'><v>1</v></c></row>" * 1_100_000
            + "</sheetData></worksheet>"
        ),
        "a gigabyte of zeros": archive("<worksheet>" + " " * 1_000_000_000),
    }
    if calendar.exists():
        found["the calendar of 1904"] = calendar.read_bytes()
    return found


def outcome(program: str, data: bytes) -> tuple[float, str]:
    """Seconds of the clock, and what came out: rows, the refusal, or how the process died."""
    packages = str(Path(xlsxwriter.__file__).parents[1])
    command = [sys.executable, "-I", "-S", "-B", "-c", program, worker.HOME, packages]
    start = time.perf_counter()
    try:
        done = subprocess.run(command, input=data, capture_output=True, timeout=30, check=False)
    except subprocess.TimeoutExpired:
        return time.perf_counter() - start, "not finished"
    spent = time.perf_counter() - start
    if done.returncode:
        last = done.stderr.decode(errors="replace").strip().splitlines()[-1:] or [
            f"signal {-done.returncode}"
        ]
        return spent, f"died: {last[0][:80]}"
    answer = json.loads(done.stdout)
    if "error" in answer:
        return spent, f"refused: {answer['error'][:60]}"
    rows = answer["sheets"][0]["rows"]
    return spent, f"{len(rows):,} rows, last cell {rows[-1][-1]!r}"


def results() -> Iterator[Result]:
    for name, data in files().items():
        for reader, program in (("ours", worker.START), ("calamine", CALAMINE)):
            spent, told = outcome(program, data)
            yield Result(f"{name}, {reader}", spent, "s", "", told)

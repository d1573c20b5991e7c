"""How long a file of the territory takes to be judged, and what the worst file costs the server."""

from __future__ import annotations

import io
import subprocess
import sys
import time
import zipfile
from collections.abc import Iterator

import numpy as np
import pandas as pd
import xlsxwriter

from benchmarks.harness import Result, milliseconds
from diagnostic.directory import Directory
from diagnostic.local import worker
from diagnostic.local.mapping import guess, known_names
from diagnostic.local.reading import open_table
from diagnostic.local.templates import TEMPLATES
from diagnostic.local.validation import Validation, validate
from diagnostic.model import DiagnosticError

COMMUNES = 35_000


def directory() -> pd.DataFrame:
    """Invented communes, a tenth of them in départements 01 to 09, several of the same name."""
    place = np.arange(COMMUNES)
    codes = [f"{1 + n // 370:02d}{1 + n % 370:03d}" for n in place]
    names = [f"Saint-Exemple-{n % 30_000}-sur-Rivière" for n in place]
    return pd.DataFrame({"code": codes, "name": names, "departement": [code[:2] for code in codes]})


def extract(communes: pd.DataFrame) -> list[list[str]]:
    """An extract of the Caf for all of them, leading zeros lost, small counts masked."""
    random = np.random.default_rng(3)
    columns = [c for c in TEMPLATES["caf"].columns if c.kind.numeric]
    counts = random.integers(0, 2_000, (len(communes), len(columns)))
    rows = [["Code Insee", "Nom de la commune", *(column.label for column in columns)]]
    for code, name, values in zip(communes["code"], communes["name"], counts, strict=True):
        rows.append([code.lstrip("0"), name, *(str(v) if v > 4 else "s" for v in values)])
    for row in rows[1:]:
        row[2] = row[2].replace("s", "12")
    return rows


def as_csv(rows: list[list[str]]) -> bytes:
    return "\r\n".join(";".join(row) for row in rows).encode("cp1252")


def as_xlsx(rows: list[list[str]]) -> bytes:
    target = io.BytesIO()
    book = xlsxwriter.Workbook(target, {"in_memory": True, "strings_to_numbers": True})
    sheet = book.add_worksheet()
    for place, row in enumerate(rows):
        sheet.write_row(place, 0, row)
    book.close()
    return target.getvalue()


def judge(data: bytes, communes: pd.DataFrame) -> Validation:
    table = open_table(data, known=known_names())
    return validate(table, guess(list(table.rows.columns)), Directory(communes))


def bomb() -> bytes:
    """A workbook just under every declared limit: the most work an upload can ask for."""
    row = "<row>" + "".join(f"<c r='{letter}1'><v>1</v></c>" for letter in "ABCDEFGHIJ") + "</row>"
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("[Content_Types].xml", "<Types/>")
        file.writestr(
            "xl/workbook.xml",
            "<workbook xmlns:r='r'><sheets><sheet name='a' sheetId='1' r:id='x'/></sheets></workbook>",
        )
        file.writestr(
            "xl/_rels/workbook.xml.rels",
            "<Relationships><Relationship Id='x' Target='worksheets/sheet1.xml'/></Relationships>",
        )
        noise = np.random.default_rng(1).bytes(2_000_000).hex()
        body = row * 900_000
        file.writestr(
            "xl/worksheets/sheet1.xml", f"<worksheet><!--{noise}--><sheetData>{body}</sheetData></worksheet>"
        )
    return target.getvalue()


def peak_memory(data: bytes) -> float:
    """Most resident memory of a reading process on these bytes, in MB (Linux)."""
    probe = (
        "import sys; sys.path.insert(0, sys.argv[1]); import worker; worker.main(); "
        "sys.stderr.write(next(line for line in open('/proc/self/status') if line.startswith('VmHWM')))"
    )
    command = [sys.executable, "-I", "-S", "-c", probe, worker.HOME]
    done = subprocess.run(command, input=data, capture_output=True, check=True)
    return int(done.stderr.split()[1]) / 1024


def results() -> Iterator[Result]:
    communes = directory()
    rows = extract(communes)
    for name, data in (("CSV", as_csv(rows)), ("Excel", as_xlsx(rows))):
        result = judge(data, communes)
        note = f"{len(rows[0])} columns, {result.summary} opening, guess and validation"
        yield Result(
            f"extract of {COMMUNES:,} rows, {name}",
            milliseconds(lambda data=data: judge(data, communes), repeat=3),
            "ms",
            "< 2000",
            note,
        )
    table = open_table(as_csv(rows), known=known_names())
    mapping, known = guess(list(table.rows.columns)), Directory(communes)
    yield Result(
        "validation alone", milliseconds(lambda: validate(table, mapping, known), repeat=3), "ms", "< 2000"
    )
    worst = bomb()
    start = time.perf_counter()
    try:
        open_table(worst)
        outcome = "read"
    except DiagnosticError as refusal:
        outcome = str(refusal)
    yield Result("workbook just under the limits", time.perf_counter() - start, "s", "< 5", outcome)
    for name, data in (
        ("the extract, Excel", as_xlsx(rows)),
        ("1.4 million cells, CSV", b"12345678;Creon;1;2;3;4;5\n" * 200_000),
    ):
        yield Result(f"memory to read {name}", peak_memory(data), "MB", "< 500")

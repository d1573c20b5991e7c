"""A CSV file: its encoding, its separator, its rows."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter

from .limits import BINARY, CONTROL, MAX_COLUMNS, MAX_ROWS, SAVE_AS, TOO_LONG, TOO_WIDE, Budget, Refused

ODD_BYTES = "Des caractères d’un autre codage (Windows) ont été lus sur leur ligne seule ; à relire, ligne"
TITLE_LINES = 3
DECLARED = re.compile(rb"""<\?xml[^>]*encoding=["'](?!utf-?8["'])""", re.IGNORECASE)


def read_csv(data: bytes) -> dict:
    text, encoding, notes = decode(data)
    if text.lstrip()[:200].lower().startswith(("<!doctype", "<html", "<?xml", "<table", "<script")):
        raise Refused(f"Ce fichier est une page web, pas un tableau. {SAVE_AS}")
    csv.field_size_limit(1_000_000)
    if text[:4].lower() == "sep=" and len(text) > 4:
        separator, text = text[4], text.split("\n", 1)[-1]
    else:
        separator = sniff(text)
    budget = Budget()
    rows: list[list[str]] = []
    try:
        for row in csv.reader(io.StringIO(text, newline=""), delimiter=separator):
            while row and not row[-1].strip():
                row.pop()
            if len(row) > MAX_COLUMNS:
                raise Refused(TOO_WIDE)
            rows.append(budget.row(row))
            if len(rows) > MAX_ROWS:
                raise Refused(TOO_LONG)
            if any("\n" in cell and swallows(cell, separator, rows) for cell in row):
                raise csv.Error
    except csv.Error:
        raise Refused(
            f"La ligne {max(len(rows), 1)} de ce fichier ne se lit pas : un guillemet n’est sans doute pas refermé. "
            "Corrigez-la puis déposez le fichier de nouveau."
        ) from None
    sheet = {"name": "", "rows": rows, "merged": []}
    return {"sheets": [sheet], "notes": notes, "encoding": encoding, "separator": separator}


def swallows(cell: str, separator: str, rows: list[list[str]]) -> bool:
    """Whether a cell of several lines holds a whole row: its quotation mark was closed by that of another line, or by none."""
    width = max(map(len, rows[:TITLE_LINES]))
    return width > 1 and cell.count(separator) >= width - 1


def decode(data: bytes) -> tuple[str, str, list[str]]:
    """Text, encoding name, and what to say of it. UTF-16 is seen by its mark or by its zero bytes.

    A few bytes of Windows in a file of UTF-8 are read as such, on their lines alone, and the lines are told.
    """
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        candidates = ["utf-16"]
    elif b"\x00" in data:
        head = data[:4000]
        half = max(len(head) // 2, 1)
        odd, even = head[1::2].count(0) / half, head[0::2].count(0) / half
        candidates = ["utf-16-le"] if odd > 0.6 > even else ["utf-16-be"] if even > 0.6 > odd else []
    else:
        candidates = ["utf-8-sig", "cp1252", "latin-1"]
        try:
            data.decode("utf-8")
        except UnicodeDecodeError:
            if found := mixed(data):
                text, at = found
                shown = ", ".join(map(str, at[:5])) + ("…" if len(at) > 5 else "")
                return text, "utf-8", [f"{ODD_BYTES} {shown}."]
    for encoding in candidates:
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        sample = text[:20_000]
        if "\x00" in text or len(CONTROL.findall(sample)) > len(sample) / 50:
            break
        return text, encoding, []
    raise Refused(BINARY)


def mixed(data: bytes) -> tuple[str, list[int]] | None:
    """The text of a file of UTF-8 with some lines of Windows, and these lines; None when it is no such file."""
    lines, odd, accented = [], [], 0
    for number, line in enumerate(data.removeprefix(b"\xef\xbb\xbf").split(b"\n"), start=1):
        try:
            lines.append(line.decode("utf-8"))
            accented += not line.isascii()
        except UnicodeDecodeError:
            lines.append(line.decode("cp1252", "replace"))
            odd.append(number)
    return ("\n".join(lines), odd) if accented > len(odd) else None


def sniff(text: str) -> str:
    """The separator that cuts most lines into the same number of fields, but for a few of title above them."""
    lines = [line for line in text[:200_000].splitlines() if line.strip()][:60]
    best, best_score = ";", (0.0, 0)
    for separator in ";\t,|":
        found = [len(row) for row in csv.reader(lines, delimiter=separator)]
        widths = Counter(width for width in found if width > 1)
        if widths:
            width, count = max(widths.items(), key=lambda item: (item[1], item[0]))
            above = min(found.index(width), TITLE_LINES, len(found) // 2)
            score = (round(count / (len(found) - above), 1), width)
            if score > best_score:
                best, best_score = separator, score
    return best

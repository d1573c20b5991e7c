"""From the bytes of a file to a table with one header, whole rows and the line each came from.

The bytes are read in a separate process with hard limits (`worker`); here are only texts.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

import pandas as pd

from diagnostic.directory import plain
from diagnostic.french import number, quantity
from diagnostic.local import worker
from diagnostic.local.worker.limits import MAX_BYTES, MAX_COLUMNS, TOO_BIG
from diagnostic.model import DiagnosticError

SECONDS = 9.0
TICK = 0.25
"""Seconds between two calls of `tick`."""
HEADER_WITHIN = 40
WIDE = 4
"""Columns from which a row that fills only the first one is a heading or a note, not a row."""
TOO_SLOW = (
    "Ce fichier n’a pas pu être lu en dix secondes : il demande trop de travail, ou le serveur est très occupé. Réessayez, ou "
    "enregistrez-en une copie au format CSV, avec les seules colonnes utiles."
)
NO_TABLE = "Aucun tableau n’a été trouvé dans ce fichier. Donnez une ligne de titres de colonnes, puis une ligne par commune ou par structure."

_NUMBER_SIGNS = frozenset("0123456789.,'’/%€:-+ \t\u00a0\u202f")
_TOTAL = re.compile(
    r"(sous )?tota(l|ux)( .*)?|somme|moyenne|ensemble( (du|de la|de l|des|de) .*)?"
    r"|grand total|cumul"
)
_SUBTOTAL = re.compile(r"(sous )?tota(l|ux) .+|sous total")
"""In another cell than the first, a total says of what it is one: « Total Bordeaux »."""
_CLASS = re.compile(r"\d+[-–]\d+€?")


@dataclass(frozen=True, slots=True)
class Table:
    """A file as read: `rows` has one text column per header and the file's line number as index.

    Empty cells are "". `letters` gives each column's place in the file (A, B, …), `notes` what was
    left out or read in a particular way, one French sentence each. `others` are the other sheets, `title` what stands
    above the table.
    """

    rows: pd.DataFrame
    letters: tuple[str, ...]
    sheet: str = ""
    others: tuple[str, ...] = ()
    encoding: str = ""
    separator: str = ""
    notes: tuple[str, ...] = ()
    title: str = ""


def refuse_size(size: int) -> None:
    """Refuse a file by its size alone, before a byte of it is read; DiagnosticError when too big."""
    if size > MAX_BYTES:
        raise DiagnosticError(TOO_BIG)


def open_table(
    data: bytes,
    *,
    known: Iterable[str] = (),
    sheet: str | None = None,
    year: int | None = None,
    tick: Callable[[], None] = lambda: None,
) -> Table:
    """The table held by the bytes of a CSV or xlsx file.

    `known` are column names that help to find the header. `sheet` picks a sheet by name; otherwise
    the one with the most rows, among those that bear the `year` of the file if some do. Anything else is refused with one sentence within `SECONDS` seconds:
    DiagnosticError. Nothing is written to disk. `tick` is called while the reading goes on: what it raises
    stops it.
    """
    refuse_size(len(data))
    answer = _work(data, tick)
    sheets = [found for found in answer["sheets"] if any(any(row) for row in found["rows"])]
    if sheet is not None:
        sheets = [found for found in sheets if found["name"] == sheet]
    if not sheets:
        raise DiagnosticError(NO_TABLE)
    chosen = max(sheets, key=lambda found: (str(year) in found["name"], len(found["rows"])))
    table = shape(chosen["rows"], chosen["merged"], known=frozenset(map(plain, known)))
    others = tuple(found["name"] for found in answer["sheets"] if found is not chosen and found["name"])
    return replace(
        table,
        sheet=chosen["name"],
        others=others,
        encoding=answer["encoding"],
        separator=answer["separator"],
        notes=(*answer["notes"], *table.notes),
    )


def cells(
    data: bytes, *, word: bool = False, tick: Callable[[], None] = lambda: None
) -> list[list[list[str]]]:
    """The cells of a file, a list of rows a sheet, without looking for a header; refused as by `open_table`.

    With `word`, a Word document is one sheet: its paragraphs and the rows of its tables.
    """
    refuse_size(len(data))
    return [sheet["rows"] for sheet in _work(data, tick, word=word)["sheets"]]


def _work(data: bytes, tick: Callable[[], None], *, word: bool = False) -> dict:
    """Run the worker on these bytes; its death, whatever the reason, is a refusal."""
    command = [sys.executable, "-I", "-S", "-B", "-c", worker.START, worker.HOME, *(["word"] if word else [])]
    needed = {name: os.environ[name] for name in ("LD_LIBRARY_PATH", "SYSTEMROOT") if name in os.environ}
    try:
        answer = json.loads(_answered(command, data, needed, tick))
    except ValueError:
        raise DiagnosticError(TOO_SLOW) from None
    if "error" in answer:
        raise DiagnosticError(answer["error"])
    return answer


def _answered(command: Sequence[str], data: bytes, env: dict[str, str], tick: Callable[[], None]) -> bytes:
    """What the worker writes; it never outlives this call."""
    pipe, answer = subprocess.PIPE, []
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=subprocess.DEVNULL, env=env) as process:
        talk = threading.Thread(target=lambda: answer.append(process.communicate(data)[0]), daemon=True)
        talk.start()
        try:
            start = time.monotonic()
            talk.join(TICK)
            while talk.is_alive() and time.monotonic() - start < SECONDS:
                tick()
                talk.join(TICK)
        finally:
            process.kill()
            talk.join()
    return answer[0] if answer else b""


def shape(
    rows: Sequence[Sequence[str]],
    merged: Sequence[Sequence[int]] = (),
    *,
    known: frozenset[str] = frozenset(),
) -> Table:
    """Find the header, drop titles, blanks, totals and repeated headers; say what was dropped."""
    head, last = _header(rows, merged, known)
    width = max(len(row) for row in rows)
    names = _names(rows, merged, head, last, width)
    used = [
        place
        for place in range(width)
        if names[place] or any(place < len(r) and r[place] for r in rows[last + 1 :])
    ]
    labels = _unique([names[place] or f"Colonne {letter(place)}" for place in used])
    kept, lines, totals, headings, repeated = [], [], [], [], 0
    full = len(used) >= WIDE
    first_header = [plain(label) for label in labels]
    for line, row in enumerate(rows[last + 1 :], start=last + 2):
        filled = [row[place] if place < len(row) else "" for place in used]
        first = next((cell for cell in filled if cell), "")
        if not first:
            continue
        if _is_total(first) or any(map(_is_subtotal, filled)):
            totals.append(line)
        elif full and sum(map(bool, filled)) == 1 and filled[0]:
            headings.append(line)
        elif _other_header(filled, first_header, known):
            raise DiagnosticError(
                f"La ligne {line} commence un autre tableau, dont les colonnes ne sont pas les mêmes : déposez chaque tableau dans "
                "un fichier à lui."
            )
        elif _repeats(filled, first_header) or (line == last + 2 and _is_codes(filled)):
            repeated += 1
        else:
            kept.append(filled)
            lines.append(line)
    if not kept:
        raise DiagnosticError(NO_TABLE)
    notes = _notes(rows, head, last, totals, headings, repeated)
    frame = pd.DataFrame(kept, columns=labels, index=pd.Index(lines, name="line"), dtype=object)
    title = " ".join(cell for row in rows[:head] for cell in row if cell)
    return Table(frame, tuple(letter(place) for place in used), notes=tuple(notes), title=title)


def _notes(
    rows: Sequence[Sequence[str]],
    head: int,
    last: int,
    totals: list[int],
    headings: list[int],
    repeated: int,
) -> list[str]:
    notes = []
    above = sum(any(row) for row in rows[:head])
    if above:
        notes.append(
            "La ligne de titre au-dessus du tableau a été laissée de côté."
            if above == 1
            else f"Les {number(above)} lignes de titre au-dessus du tableau ont été laissées de côté."
        )
    if last > head:
        notes.append(f"Les titres de colonnes tiennent sur {last - head + 1} lignes : ils ont été réunis.")
    if len(totals) == 1:
        notes.append(f"La ligne {totals[0]} est un total : elle n’est pas reprise.")
    elif totals:
        shown = ", ".join(map(str, totals[:5])) + ("…" if len(totals) > 5 else "")
        notes.append(f"{number(len(totals))} lignes de total ne sont pas reprises (lignes {shown}).")
    if headings:
        shown = ", ".join(map(str, headings[:5])) + ("…" if len(headings) > 5 else "")
        notes.append(
            f"{quantity(len(headings), 'ligne qui ne porte', 'lignes qui ne portent')} qu’un intertitre ou une note : "
            f"non reprise{'s' if len(headings) > 1 else ''} (ligne{'s' if len(headings) > 1 else ''} {shown})."
        )
    if repeated:
        notes.append("Une deuxième ligne de titres de colonnes n’a pas été reprise.")
    return notes


def _is_total(first: str) -> bool:
    return (
        first[:1].lower() in "tsemgc"
        and _TOTAL.fullmatch(plain(first)) is not None
        and not (plain(first).startswith("ensemble scolaire"))
    )


def _is_subtotal(cell: str) -> bool:
    return cell[:1] in "TtSs" and len(cell) < 60 and _SUBTOTAL.fullmatch(plain(cell)) is not None


def _repeats(filled: Sequence[str], header: Sequence[str]) -> bool:
    return plain(filled[0]) == header[0] and [plain(cell) for cell in filled] == header


def _other_header(filled: Sequence[str], header: Sequence[str], known: frozenset[str]) -> bool:
    """True for a line of titles of columns below the first, in another order or of other columns."""
    said = [cell for cell in filled if cell]
    # Nearly every row holds a number, or a word twice, or begins with what is no title: it costs nothing then.
    if any(map(_is_number, said)) or len(set(said)) < len(said) or plain(said[0]) not in known:
        return False
    told = [plain(cell) for cell in said]
    names = [cell for cell in told if cell in known]
    if len(set(names)) < 2 or 2 * len(names) < len(told):
        return False
    return any(cell and plain(cell) != title for cell, title in zip(filled, header, strict=True))


def _is_codes(filled: Sequence[str]) -> bool:
    """True for the line of variable names that INSEE puts under its titles: CODGEO, LIBGEO, …"""
    cells = [cell for cell in filled if cell]
    return len(cells) > 1 and all(re.fullmatch(r"[A-Z][A-Z0-9_]*", cell) for cell in cells)


def _header(
    rows: Sequence[Sequence[str]], merged: Sequence[Sequence[int]], known: frozenset[str]
) -> tuple[int, int]:
    """First and last line of the header: the line with most known names, else the first full one."""
    top = [_spread(rows, merged, line) for line in range(min(HEADER_WITHIN, len(rows)))]
    counts = [sum(1 for cell in row if cell) for row in rows[:200]]
    typical = (
        sorted(count for count in counts if count)[len([c for c in counts if c]) // 2] if any(counts) else 0
    )
    if not typical:
        raise DiagnosticError(NO_TABLE)
    hits = [sum(plain(cell) in known for cell in row if cell) for row in top]
    if max(hits) >= 2:
        main = hits.index(max(hits))
    else:
        need = min(typical, 2)
        wordy = [
            line for line, row in enumerate(top) if len(set(filter(None, row))) >= need and _is_wordy(row)
        ]
        full = [line for line in wordy if sum(map(bool, top[line])) >= 0.6 * typical]
        if not wordy:
            raise DiagnosticError(NO_TABLE)
        main = (full or wordy)[0]
    head = main
    names = [plain(cell) for cell in top[main] if cell]
    # Names that all are columns' own need no group: what fills cells above them is a title cut at the separators.
    whole = len(set(names)) == len(names) and known.issuperset(names)
    if whole and not any(first <= main - 1 <= end for first, _, end, _ in merged):
        return main, main
    while head > 0 and _is_wordy(top[head - 1]) and _groups(top[head - 1], merged, head - 1):
        head -= 1
    last = main
    while last + 1 < len(top) and _is_wordy(top[last + 1]) and _continues(rows, merged, last):
        last += 1
    return head, last


def _spread(rows: Sequence[Sequence[str]], merged: Sequence[Sequence[int]], line: int) -> list[str]:
    """The line with the text of merged cells repeated over the columns they cover."""
    row = list(rows[line])
    for top, left, bottom, right in merged:
        if top <= line <= bottom and right > left and right < MAX_COLUMNS and top < len(rows):
            text = rows[top][left] if left < len(rows[top]) else ""
            row.extend([""] * (right + 1 - len(row)))
            row[left : right + 1] = [text] * (right + 1 - left)
    return row


def _is_wordy(row: Sequence[str]) -> bool:
    """True when no filled cell is a number or a date: a header, not data. Years and classes ("400 - 799 €")
    are allowed."""
    filled = [cell for cell in row if cell]
    return bool(filled) and not any(
        _is_number(cell)
        and not re.fullmatch(r"(19|20)\d\d", cell)
        and not _CLASS.fullmatch("".join(cell.split()))
        for cell in filled
    )


def _is_number(cell: str) -> bool:
    """Figures and their signs alone: read once, however long."""
    return _NUMBER_SIGNS.issuperset(cell) and any(map(str.isdecimal, cell))


def _groups(spread: Sequence[str], merged: Sequence[Sequence[int]], line: int) -> bool:
    """True for a line above the header that names groups of columns, not for a title."""
    distinct = {cell for cell in spread if cell}
    across = any(top <= line <= bottom and right > left for top, left, bottom, right in merged)
    return len(distinct) >= 2 or (across and sum(map(bool, spread)) < len(spread))


def _continues(rows: Sequence[Sequence[str]], merged: Sequence[Sequence[int]], line: int) -> bool:
    """True when the line under this header line still belongs to it: it fills the gaps that merges left."""
    if any(top == line and (right > left or bottom > top) for top, left, bottom, right in merged):
        return True
    row, below = rows[line], rows[line + 1]
    joined = {
        place
        for top, left, bottom, right in merged
        if top < line <= bottom
        for place in range(left, min(right, MAX_COLUMNS) + 1)
    }
    gaps = [
        place
        for place in range(max(len(row), len(below)))
        if (place >= len(row) or not row[place]) and place not in joined
    ]
    filled = [place for place in range(len(below)) if below[place]]
    return bool(gaps) and bool(filled) and set(filled) <= set(gaps) | {p - 1 for p in gaps}


def _names(
    rows: Sequence[Sequence[str]], merged: Sequence[Sequence[int]], head: int, last: int, width: int
) -> list[str]:
    """One name per column; several header lines are joined with a dash, groups carried to the right."""
    parts: list[list[str]] = [[] for _ in range(width)]
    for line in range(head, last + 1):
        row = _spread(rows, merged, line)
        carried = ""
        for place in range(width):
            cell = row[place] if place < len(row) else ""
            carried = cell or carried
            below = line < last and any(
                place < len(rows[other]) and rows[other][place] for other in range(line + 1, last + 1)
            )
            text = cell or (carried if below else "")
            if text and text not in parts[place]:
                parts[place].append(" ".join(text.split()))
    return [" – ".join(part) for part in parts]


def _unique(labels: Sequence[str]) -> list[str]:
    seen: dict[str, int] = {}
    result = []
    for label in labels:
        seen[label] = seen.get(label, 0) + 1
        result.append(label if seen[label] == 1 else f"{label} ({seen[label]})")
    return (
        result if len(set(result)) == len(result) else [f"{n + 1}. {label}" for n, label in enumerate(labels)]
    )


def letter(place: int) -> str:
    """Name of a column as a spreadsheet shows it: 0 is A, 26 is AA."""
    text = ""
    place += 1
    while place:
        place, rest = divmod(place - 1, 26)
        text = chr(65 + rest) + text
    return text

"""One sheet of a workbook: its rows as a spreadsheet shows them."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Callable
from datetime import date, timedelta

from .archive import CHUNK, inflate, local, parse, parse_bytes
from .limits import (
    DAMAGED,
    MAX_CELLS,
    MAX_COLUMNS,
    MAX_ROWS,
    MAX_TEXT,
    TOO_LONG,
    TOO_WIDE,
    Budget,
    Refused,
    clean,
)
from .lines import DECLARED

PLAIN_BYTES = 80_000_000
CELL = re.compile(r'<c r="([A-Z]{1,4})(\d{1,7})"((?: [^>]*?)?)(?:/>|>(.*?)</c>)', re.DOTALL)
VALUE = re.compile(r"<(?:v|t)(?: [^>]*)?>([^<]*)</(?:v|t)>")
ATTRIBUTE = re.compile(r'(\w+)="([^"]*)"')
MERGED = re.compile(r'<mergeCell ref="([^"]*)"')
ENTITY = re.compile(r"&(?:#x([0-9a-fA-F]{1,6})|#(\d{1,7})|(amp|lt|gt|quot|apos));")
ENTITIES = {"amp": "&", "lt": "<", "gt": ">", "quot": '"', "apos": "'"}
REFERENCE = re.compile(r"([A-Z]{1,4})(\d+)")
Styles = dict[str, str]
"""What a cell style shows, by its number: a date or a share; absent when it shows the number itself."""
DATE, SHARE = "date", "part"


class Sheet:
    """Rows of text of one sheet. Empty cells cost nothing, however many columns they claim."""

    def __init__(
        self, strings: list[str], styles: Styles, budget: Budget, first_day: date = date(1899, 12, 30)
    ) -> None:
        self.strings, self.styles, self.budget, self.first_day = strings, styles, budget, first_day
        self.rows: list[list[str]] = []
        self.merged: list[list[int]] = []
        self.formulas = self.uncached = 0
        self.row = self.column = -1
        self.cell: dict[str, str] = {}
        self.parts: list[str] = []
        self.inside = self.formula = False
        self.letters: dict[str, int] = {}

    def read(self, archive: zipfile.ZipFile, name: str) -> None:
        """Read the sheet: at a run where it is written as spreadsheets write it, else tag by tag."""
        if archive.getinfo(name).file_size > PLAIN_BYTES:
            parse(archive, name, self.budget, self.handlers())
            return
        data = b"".join(inflate(archive, name, self.budget))
        parse_bytes([data], {})
        if not self.run(data):
            self.rows, self.merged = [], []
            self.formulas = self.uncached = 0
            parse_bytes([data], self.handlers())

    def run(self, data: bytes) -> bool:
        """Read well-formed XML by one pattern; False when it holds anything that the pattern does not cover.

        No comment, no section, no instruction but the first: then "<" opens a tag and nothing else.
        """
        body = data.find(b"<sheetData>")
        foot = data.find(b"</sheetData>", body)
        marks = data.count(b"<?") - data.startswith(b"<?xml")
        if body < 0 or foot < 0 or marks or b"<!" in data or DECLARED.match(data):
            return False
        self.attributes: dict[str, tuple[str, str]] = {}
        place = body
        while place < foot:
            end = data.rfind(b"</row>", place, min(place + CHUNK * 16, foot))
            end = end + 6 if end >= 0 else data.find(b"</row>", place, foot) + 6
            if end < place + 6:
                end = foot
            piece = data[place:end].decode("utf-8")
            found = CELL.findall(piece)
            if len(found) != piece.count("<c ") + piece.count("<c>"):
                return False
            self.cells(found)
            place = end
        for reference in MERGED.findall(data[foot:].decode("utf-8")):
            self.merge(reference)
        return True

    def cells(self, found: list[tuple[str, str, str, str]]) -> None:
        """Place the cells of some rows: letters, line, attributes, content of each."""
        letters, budget = self.letters, self.budget
        known, at = self.attributes, ""
        row: list[str] = []
        for name, line, attributes, content in found:
            if not content:
                continue
            kind, style = known.get(attributes) or self.learn(attributes)
            text = content[3:-4]
            if "<" in text or not content.startswith("<v>"):
                text = self.content(content)
            if "&" in text:
                text = unescaped(text)
            if not text:
                continue
            if kind == "s":
                text = self.shared(text)
            else:
                budget.cells += 1
                budget.text += len(text)
                if not text.isdecimal() or kind != "n" or style:
                    text = self.typed(clean(text), kind, style)
            if not text:
                continue
            column = letters.get(name)
            if column is None:
                column = letters[name] = column_of(name)
            if column >= MAX_COLUMNS:
                raise Refused(TOO_WIDE)
            if line != at:
                row, at = self.row_at(int(line) - 1), line
            if len(row) < column:
                row.extend([""] * (column - len(row)))
            if len(row) == column:
                row.append(text)
            else:
                row[column] = text
        if budget.cells > MAX_CELLS or budget.text > MAX_TEXT:
            raise Refused(TOO_LONG)

    def row_at(self, place: int) -> list[str]:
        if not 0 <= place < MAX_ROWS:
            raise Refused(TOO_LONG)
        while len(self.rows) <= place:
            self.rows.append([])
        return self.rows[place]

    def learn(self, attributes: str) -> tuple[str, str]:
        """Type of cells with these attributes, and what their style shows; few differ in a sheet."""
        held = dict(ATTRIBUTE.findall(attributes))
        found = self.attributes[attributes] = held.get("t", "n"), self.styles.get(held.get("s", ""), "")
        return found

    def content(self, inner: str) -> str:
        """The value inside a cell that holds more than a value."""
        text = "".join(VALUE.findall(inner))
        if "<f" in inner:
            self.formulas += 1
            self.uncached += not text
        return text

    def shared(self, text: str) -> str:
        place = int(text) if text.isdecimal() else -1
        if not 0 <= place < len(self.strings):
            raise Refused(DAMAGED)
        self.budget.cells += 1
        return self.strings[place]

    def handlers(self) -> dict[str, Callable]:
        return {
            "StartElementHandler": self.start,
            "EndElementHandler": self.end,
            "CharacterDataHandler": self.data,
        }

    def start(self, tag: str, attributes: dict) -> None:
        if tag == "c":
            self.cell = attributes
            self.parts, self.formula = [], False
            self.inside = False
            if "r" not in attributes:
                self.column += 1
        elif tag == "v" or tag == "t":
            self.inside = True
        elif tag == "row":
            number = attributes.get("r", "")
            self.row = int(number) - 1 if number.isdecimal() and len(number) < 8 else self.row + 1
            self.column = -1
        elif tag == "f":
            self.formula = True
        elif tag == "mergeCell":
            self.merge(attributes.get("ref", ""))
        elif ":" in tag:
            self.start(local(tag), attributes)

    def end(self, tag: str) -> None:
        if tag == "c":
            self.close()
        elif tag == "v" or tag == "t":
            self.inside = False
        elif ":" in tag:
            self.end(local(tag))

    def data(self, text: str) -> None:
        if self.inside:
            self.parts.append(text)

    def place(self, reference: str) -> None:
        name = reference.rstrip("0123456789")
        column = self.letters.get(name)
        if column is None:
            if not re.fullmatch("[A-Z]{1,4}", name):
                self.column += 1
                return
            column = self.letters[name] = column_of(name)
        self.column = column

    def close(self) -> None:
        if self.formula:
            self.formulas += 1
            self.uncached += not self.parts
        if not self.parts:
            return
        reference = self.cell.get("r")
        if reference is not None:
            self.place(reference)
        text = self.value(self.parts[0] if len(self.parts) == 1 else "".join(self.parts))
        if not text:
            return
        if self.column >= MAX_COLUMNS:
            raise Refused(TOO_WIDE)
        if self.row >= MAX_ROWS:
            raise Refused(TOO_LONG)
        while len(self.rows) <= self.row:
            self.rows.append([])
        row = self.rows[self.row]
        if len(row) < self.column:
            row.extend([""] * (self.column - len(row)))
        if len(row) == self.column:
            row.append(text)
        else:
            row[self.column] = text

    def value(self, text: str) -> str:
        kind = self.cell.get("t", "n")
        if kind == "s":
            if self.budget.cells >= MAX_CELLS:
                raise Refused(TOO_LONG)
            return self.shared(text)
        return self.typed(self.budget.cell(text), kind, self.styles.get(self.cell.get("s", ""), ""))

    def typed(self, text: str, kind: str, style: str) -> str:
        """The text of a value as the person sees it: a boolean in words, a date, a share, a plain number."""
        if kind == "b":
            return "oui" if text == "1" else "non"
        if kind == "e":
            return ""
        if kind == "n":
            if style == DATE:
                return as_date(text, self.first_day)
            return as_share(text) if style == SHARE else as_number(text)
        return text

    def merge(self, reference: str) -> None:
        corners = [found for corner in reference.split(":") if (found := REFERENCE.fullmatch(corner))]
        if len(corners) == 2 == reference.count(":") + 1 and len(self.merged) < 10_000:
            (a, b), (c, d) = corners[0].groups(), corners[1].groups()
            self.merged.append([int(b) - 1, column_of(a), int(d) - 1, column_of(c)])


def unescaped(text: str) -> str:
    """The text that XML writes with entities; the parser has checked that they are sound."""

    def letter(match: re.Match[str]) -> str:
        hexadecimal, decimal, name = match.groups()
        if name:
            return ENTITIES[name]
        return chr(int(hexadecimal, 16) if hexadecimal else int(decimal))

    return ENTITY.sub(letter, text)


def column_of(letters: str) -> int:
    place = 0
    for letter in letters:
        place = place * 26 + ord(letter) - 64
    return place - 1


def as_number(text: str) -> str:
    """Excel stores 0.1 + 0.2 with 17 digits and 12 as 12.0: what the person typed is wanted, and 45.125 of a number is no
    forty-five thousand: decimals have a comma."""
    if text.isdecimal():
        return text
    try:
        number = float(text)
    except ValueError:
        return text
    return (
        str(int(number)) if number.is_integer() and abs(number) < 1e15 else f"{number:.15g}".replace(".", ",")
    )


def as_share(text: str) -> str:
    """0.12 in a cell that shows a percentage is read « 12 % », as the person sees it."""
    try:
        return f"{as_number(repr(round(float(text) * 100, 10)))} %"
    except ValueError:
        return text


def as_date(text: str, first_day: date) -> str:
    try:
        return (first_day + timedelta(days=int(float(text)))).isoformat()
    except (ValueError, OverflowError):
        return text

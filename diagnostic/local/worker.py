"""Turn the bytes of an unknown file into cells of text, in a process that can do no harm.

Started by `reading.py` with the file on standard input, with `word` where a Word document is welcome too; answers one JSON object on standard output:
`{"sheets": [{"name", "rows", "merged"}], "notes": […]}` or `{"error": sentence}`. Limits of memory,
processor time and file size are set before the first byte is read: a bomb kills this process and
nothing else. Standard library only, so that it starts in a few hundredths of a second; it writes
nothing to disk, follows no link, runs no formula. `rows` hold text, `merged` zero-based ranges.
"""

from __future__ import annotations

import csv
import gc
import io
import json
import re
import sys
import zipfile
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from datetime import date, timedelta
from xml.parsers import expat

MAX_BYTES = 30_000_000
MAX_INFLATED = 250_000_000
MAX_RATIO = 200
RATIO_FROM = 5_000_000
MAX_MEMBERS = 2_000
MAX_COLUMNS = 300
MAX_ROWS = 200_000
MAX_CELLS = 1_500_000
MAX_TEXT = 60_000_000
MAX_CELL_TEXT = 2_000
MAX_SHEETS = 20
MEMORY_BYTES = 480_000_000
CPU_SECONDS = 7
CHUNK = 1 << 16
PLAIN_BYTES = 80_000_000

SAVE_AS = "Ouvrez-le dans votre tableur puis enregistrez-le au format CSV ou Excel (.xlsx)."
BOMB = "Ce classeur se déploie en un volume anormal : il n’a pas été ouvert. Enregistrez-en une copie propre au format CSV."
DAMAGED = f"Ce classeur Excel est abîmé et ne peut pas être lu. {SAVE_AS}"
MACROS = "Ce classeur contient des macros : il n’a pas été ouvert. Enregistrez-le au format Excel sans macro (.xlsx)."
TRICK = "Cette archive contient des chemins de fichiers interdits : elle n’a pas été ouverte. Enregistrez une copie du classeur."
TOO_WIDE = f"Ce fichier a plus de {MAX_COLUMNS} colonnes remplies. Ne gardez que les colonnes utiles puis déposez-le de nouveau."
TOO_LONG = (
    "Ce fichier a trop de lignes ou de cellules. Ne gardez que votre territoire puis déposez-le de nouveau."
)
BINARY = f"Ce fichier n’est ni un CSV ni un classeur Excel. {SAVE_AS}"
EMPTY = "Ce fichier est vide. Choisissez un fichier qui contient un tableau."
TOO_BIG = (
    "Ce fichier dépasse 30 Mo. Ne gardez que les lignes et les colonnes utiles puis déposez-le de nouveau."
)

ODD_BYTES = "Des caractères d’un autre codage (Windows) ont été lus sur leur ligne seule ; à relire, ligne"

CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
PROTECTED = re.compile(r'^=\s*"(?P<text>[^"]*)"$')
CELL = re.compile(r'<c r="([A-Z]{1,4})(\d{1,7})"((?: [^>]*?)?)(?:/>|>(.*?)</c>)', re.DOTALL)
VALUE = re.compile(r"<(?:v|t)(?: [^>]*)?>([^<]*)</(?:v|t)>")
ATTRIBUTE = re.compile(r'(\w+)="([^"]*)"')
MERGED = re.compile(r'<mergeCell ref="([^"]*)"')
ENTITY = re.compile(r"&(?:#x([0-9a-fA-F]{1,6})|#(\d{1,7})|(amp|lt|gt|quot|apos));")
ENTITIES = {"amp": "&", "lt": "<", "gt": ">", "quot": '"', "apos": "'"}
DECLARED = re.compile(rb"""<\?xml[^>]*encoding=["'](?!utf-?8["'])""", re.IGNORECASE)
REFERENCE = re.compile(r"([A-Z]{1,4})(\d+)")
MAGIC = {
    b"%PDF": f"Ce fichier est un PDF. {SAVE_AS}",
    b"\xd0\xcf\x11\xe0": f"Ce fichier est un ancien classeur Excel (.xls) ou un classeur protégé par un mot de passe. {SAVE_AS}",
    b"\x1f\x8b": "Ce fichier est compressé. Décompressez-le puis déposez le tableau lui-même.",
    b"\x89PNG": BINARY,
    b"\xff\xd8\xff": BINARY,
    b"GIF8": BINARY,
    b"Rar!": "Ce fichier est une archive. Décompressez-la puis déposez le tableau lui-même.",
    b"7z\xbc\xaf": "Ce fichier est une archive. Décompressez-la puis déposez le tableau lui-même.",
    b"\x7fELF": BINARY,
    b"MZ": BINARY,
}


Styles = dict[str, str]
"""What a cell style shows, by its number: a date or a share; absent when it shows the number itself."""
DATE, SHARE = "date", "part"


class Refused(Exception):
    """A French sentence for the person who brought the file."""


class Budget:
    """Counts cells and characters over the whole file, and refuses what goes beyond."""

    def __init__(self) -> None:
        self.cells = 0
        self.text = 0
        self.inflated = 0

    def cell(self, text: str) -> str:
        self.cells += 1
        self.text += len(text)
        if self.cells > MAX_CELLS or self.text > MAX_TEXT:
            raise Refused(TOO_LONG)
        return clean(text)

    def row(self, cells: list[str]) -> list[str]:
        """A whole row at once; one without control, escape or overlong text needs no look at each cell."""
        whole = "".join(cells)
        self.cells += len(cells)
        self.text += len(whole)
        if self.cells > MAX_CELLS or self.text > MAX_TEXT:
            raise Refused(TOO_LONG)
        if whole.isprintable() and "=" not in whole and len(whole) <= MAX_CELL_TEXT:
            return [cell.strip() for cell in cells]
        return [clean(cell) for cell in cells]


def clean(text: str) -> str:
    """Plain text of a cell: no control character, no Excel protection, no padding."""
    if not text.isprintable():
        text = CONTROL.sub("", text)
    text = text.strip()
    if text.startswith("=") and (match := PROTECTED.match(text)):
        text = match["text"].strip()
    return text[:MAX_CELL_TEXT]


def read(data: bytes, *, word: bool = False) -> dict:
    """Cells of a CSV or xlsx file, of a docx where `word` allows one: the content decides, whatever the name says."""
    if not data.strip():
        raise Refused(EMPTY)
    if len(data) > MAX_BYTES:
        raise Refused(TOO_BIG)
    for start, sentence in MAGIC.items():
        if data.startswith(start) and not (start == b"MZ" and b"\x00" not in data[:4096]):
            raise Refused(sentence)
    if data.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        archive = open_archive(data)
        if word and "word/document.xml" in archive.namelist():
            return read_document(archive)
        return read_workbook(archive)
    return read_csv(data)


# --- CSV


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
    except csv.Error:
        raise Refused(
            f"La ligne {len(rows) + 1} de ce fichier ne se lit pas : un guillemet n’est sans doute pas refermé. "
            "Corrigez-la puis déposez le fichier de nouveau."
        ) from None
    sheet = {"name": "", "rows": rows, "merged": []}
    return {"sheets": [sheet], "notes": notes, "encoding": encoding, "separator": separator}


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
    """The separator that cuts most lines into the same number of fields."""
    lines = [line for line in text[:200_000].splitlines() if line.strip()][:60]
    best, best_score = ";", (0.0, 0)
    for separator in ";\t,|":
        widths = Counter(len(row) for row in csv.reader(lines, delimiter=separator) if len(row) > 1)
        if widths:
            width, count = max(widths.items(), key=lambda item: (item[1], item[0]))
            score = (round(count / len(lines), 1), width)
            if score > best_score:
                best, best_score = separator, score
    return best


# --- Excel


def read_workbook(archive: zipfile.ZipFile) -> dict:
    names = set(archive.namelist())
    budget = Budget()
    if any(name.lower().endswith("vbaproject.bin") for name in names):
        raise Refused(MACROS)
    if "[Content_Types].xml" not in names or not any(name.startswith("xl/") for name in names):
        kind = (
            "Ce fichier est un classeur OpenDocument."
            if "mimetype" in names
            else "Ce fichier est une archive, pas un tableau."
        )
        raise Refused(f"{kind} {SAVE_AS}")
    if "xl/workbook.bin" in names:
        raise Refused(f"Ce fichier est un classeur Excel binaire (.xlsb). {SAVE_AS}")
    if b"macroenabled" in b"".join(inflate(archive, "[Content_Types].xml", budget)).lower():
        raise Refused(MACROS)
    notes = []
    if any(name.startswith("xl/externalLinks/") for name in names):
        notes.append(
            "Les liens vers d’autres classeurs ont été ignorés : seules les valeurs enregistrées sont lues."
        )
    strings = SharedStrings(budget).read(archive) if "xl/sharedStrings.xml" in names else []
    shown = cell_styles(archive, names, budget)
    first_day = date(1904, 1, 1) if counts_from_1904(archive, names, budget) else date(1899, 12, 30)
    sheets, formulas, empty = [], 0, 0
    for name, member in visible_sheets(archive, names, budget):
        sheet = Sheet(strings, shown, budget, first_day)
        sheet.read(archive, member)
        formulas += sheet.formulas
        empty += sheet.uncached
        sheets.append({"name": name, "rows": sheet.rows, "merged": sheet.merged})
    if formulas:
        notes.append("Les formules n’ont pas été recalculées : la dernière valeur enregistrée est lue.")
    if empty:
        notes.append(
            f"{empty} formules sans valeur enregistrée sont lues comme vides : enregistrez le classeur dans votre tableur."
        )
    if not sheets:
        raise Refused(DAMAGED)
    return {"sheets": sheets, "notes": notes, "encoding": "", "separator": ""}


def open_archive(data: bytes) -> zipfile.ZipFile:
    """The archive, once its directory shows no bomb, no trick and no password."""
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError):
        raise Refused(DAMAGED) from None
    members = archive.infolist()
    names = [member.filename for member in members]
    if len(members) > MAX_MEMBERS or len(set(names)) != len(names):
        raise Refused(BOMB)
    for member in members:
        name = member.orig_filename
        if name.startswith(("/", "\\")) or ".." in re.split(r"[/\\]", name) or "\x00" in name or ":" in name:
            raise Refused(TRICK)
        if member.flag_bits & 1:
            raise Refused(MAGIC[b"\xd0\xcf\x11\xe0"])
        if member.file_size > RATIO_FROM and member.file_size > MAX_RATIO * max(member.compress_size, 1):
            raise Refused(BOMB)
        if name.lower().endswith((".zip", ".xlsx", ".gz")) and not name.startswith("xl/embeddings/"):
            raise Refused(BINARY if not any(n.startswith("xl/") for n in names) else BOMB)
    if sum(member.file_size for member in members) > MAX_INFLATED:
        raise Refused(BOMB)
    if sum(member.compress_size for member in members) > len(data):
        raise Refused(BOMB)
    return archive


def inflate(archive: zipfile.ZipFile, name: str, budget: Budget) -> Iterator[bytes]:
    """The member piece by piece; stops as soon as the whole file has given too much."""
    try:
        with archive.open(name) as member:
            while piece := member.read(CHUNK):
                budget.inflated += len(piece)
                if budget.inflated > MAX_INFLATED:
                    raise Refused(BOMB)
                yield piece
    except (zipfile.BadZipFile, EOFError, OSError, ValueError, NotImplementedError, KeyError, RuntimeError):
        raise Refused(DAMAGED) from None
    except Exception as error:
        if type(error).__module__ == "zlib":
            raise Refused(DAMAGED) from None
        raise


def parse(archive: zipfile.ZipFile, name: str, budget: Budget, handlers: dict[str, Callable]) -> None:
    """Run the handlers over an XML member."""
    parse_bytes(inflate(archive, name, budget), handlers)


def parse_bytes(pieces: Iterable[bytes], handlers: dict[str, Callable]) -> None:
    """Run the handlers over XML, or only check it. A document type is refused: it is how entity bombs start."""
    parser = expat.ParserCreate()
    parser.buffer_text = True

    def forbidden(*_: object) -> None:
        raise Refused(BOMB)

    parser.StartDoctypeDeclHandler = forbidden
    parser.EntityDeclHandler = forbidden
    for event, handler in handlers.items():
        setattr(parser, event, handler)
    try:
        for piece in pieces:
            parser.Parse(piece, False)
        parser.Parse(b"", True)
    except expat.ExpatError:
        raise Refused(DAMAGED) from None


def local(tag: str) -> str:
    return tag.rsplit(":", 1)[-1]


class SharedStrings:
    """The table of texts of a workbook; reading aids for Japanese (`rPh`) are not part of a text."""

    def __init__(self, budget: Budget) -> None:
        self.budget = budget
        self.texts: list[str] = []
        self.parts: list[str] = []
        self.inside = False
        self.phonetic = False

    def read(self, archive: zipfile.ZipFile) -> list[str]:
        handlers: dict[str, Callable] = {
            "StartElementHandler": self.start,
            "EndElementHandler": self.end,
            "CharacterDataHandler": self.data,
        }
        parse(archive, "xl/sharedStrings.xml", self.budget, handlers)
        return self.texts

    def start(self, tag: str, _: dict) -> None:
        tag = local(tag)
        if tag == "si":
            self.parts = []
        self.phonetic = self.phonetic or tag == "rPh"
        self.inside = tag == "t" and not self.phonetic

    def end(self, tag: str) -> None:
        tag = local(tag)
        self.inside = False
        if tag == "rPh":
            self.phonetic = False
        elif tag == "si":
            self.texts.append(self.budget.cell("".join(self.parts)))

    def data(self, text: str) -> None:
        if self.inside:
            self.parts.append(text)


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
    """Excel stores 0.1 + 0.2 with 17 digits and 12 as 12.0: what the person typed is wanted."""
    if text.isdecimal():
        return text
    try:
        number = float(text)
    except ValueError:
        return text
    return str(int(number)) if number.is_integer() and abs(number) < 1e15 else f"{number:.15g}"


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


class Body:
    """The paragraphs and the rows of the tables of a Word document, in their order.

    A paragraph outside any table is a row of one cell. In a row, the first cell keeps its paragraphs together and each
    paragraph of the others is a cell of its own: a workshop writes several lines in one. What is deleted and what is a
    field's code is not text; the second wording of a drawing is left out.
    """

    def __init__(self, budget: Budget) -> None:
        self.budget = budget
        self.rows: list[list[str]] = []
        self.row: list[list[str]] = []
        self.parts: list[str] = []
        self.tables = self.fallback = 0
        self.inside = False

    def handlers(self) -> dict[str, Callable]:
        return {
            "StartElementHandler": self.start,
            "EndElementHandler": self.end,
            "CharacterDataHandler": self.data,
        }

    def start(self, tag: str, _: dict) -> None:
        tag = local(tag)
        if tag == "Fallback":
            self.fallback += 1
        elif tag == "tbl":
            self.tables += 1
        elif tag == "tr" and self.tables == 1:
            self.row = []
        elif tag == "tc" and self.tables == 1:
            self.row.append([])
        elif tag == "p":
            self.parts = []
        elif tag in ("tab", "br", "cr"):
            self.parts.append(" ")
        self.inside = tag == "t" and not self.fallback

    def end(self, tag: str) -> None:
        tag = local(tag)
        self.inside = False
        if tag == "Fallback":
            self.fallback -= 1
        elif tag == "tbl":
            self.tables -= 1
        elif tag == "p" and not self.fallback:
            self.paragraph()
        elif tag == "tr" and self.tables == 1 and self.row:
            first, *others = self.row
            self.keep(["\n".join(first), *(text for cell in others for text in cell)])

    def paragraph(self) -> None:
        text = self.budget.cell("".join(self.parts))
        self.parts = []
        if not text:
            return
        if not self.tables:
            self.keep([text])
        elif self.row:
            self.row[-1].append(text)

    def keep(self, cells: list[str]) -> None:
        if len(cells) > MAX_COLUMNS:
            raise Refused(TOO_WIDE)
        self.rows.append(cells)
        if len(self.rows) > MAX_ROWS:
            raise Refused(TOO_LONG)

    def data(self, text: str) -> None:
        if self.inside:
            self.parts.append(text)


def read_document(archive: zipfile.ZipFile) -> dict:
    """The rows of a Word document; macros are refused, links and pictures are not looked at."""
    budget = Budget()
    if any(name.lower().endswith("vbaproject.bin") for name in archive.namelist()):
        raise Refused(MACROS)
    body = Body(budget)
    parse(archive, "word/document.xml", budget, body.handlers())
    return {
        "sheets": [{"name": "", "rows": body.rows, "merged": []}],
        "notes": [],
        "encoding": "",
        "separator": "",
    }


def visible_sheets(archive: zipfile.ZipFile, names: set[str], budget: Budget) -> list[tuple[str, str]]:
    """Name and member of each visible sheet; a link to the outside is never followed."""
    sheets: list[tuple[str, str]] = []
    targets: dict[str, str] = {}

    def sheet(tag: str, attributes: dict) -> None:
        if local(tag) == "sheet" and attributes.get("state", "visible") == "visible":
            link = next((value for key, value in attributes.items() if local(key) == "id" and ":" in key), "")
            sheets.append((clean(attributes.get("name", "")), link))

    def relation(tag: str, attributes: dict) -> None:
        if local(tag) == "Relationship" and attributes.get("TargetMode") != "External":
            targets[attributes.get("Id", "")] = attributes.get("Target", "")

    if not {"xl/workbook.xml", "xl/_rels/workbook.xml.rels"} <= names:
        raise Refused(DAMAGED)
    parse(archive, "xl/workbook.xml", budget, {"StartElementHandler": sheet})
    parse(archive, "xl/_rels/workbook.xml.rels", budget, {"StartElementHandler": relation})
    found = []
    for name, link in sheets[:MAX_SHEETS]:
        target = targets.get(link, "")
        member = target.lstrip("/") if target.startswith("/") else f"xl/{target}"
        if "worksheets/" in member and member in names:
            found.append((name, member))
    return found


def counts_from_1904(archive: zipfile.ZipFile, names: set[str], budget: Budget) -> bool:
    """Whether the days of the workbook are counted from 1904, as the first Macintosh did."""
    found = []

    def start(tag: str, attributes: dict) -> None:
        if local(tag) == "workbookPr":
            found.append(attributes.get("date1904", "0") in ("1", "true"))

    if "xl/workbook.xml" in names:
        parse(archive, "xl/workbook.xml", budget, {"StartElementHandler": start})
    return any(found)


def cell_styles(archive: zipfile.ZipFile, names: set[str], budget: Budget) -> Styles:
    """Cell styles that show a date or a share. A broken stylesheet costs these, not the table."""
    formats: dict[str, str] = {}
    styles: list[str] = []
    where: list[str] = []

    def start(tag: str, attributes: dict) -> None:
        tag = local(tag)
        where.append(tag)
        if tag == "numFmt":
            formats[attributes.get("numFmtId", "")] = attributes.get("formatCode", "")
        elif tag == "xf" and "cellXfs" in where:
            styles.append(attributes.get("numFmtId", "0"))

    def end(_: str) -> None:
        where.pop()

    if "xl/styles.xml" not in names:
        return {}
    try:
        parse(archive, "xl/styles.xml", budget, {"StartElementHandler": start, "EndElementHandler": end})
    except Refused as refusal:
        if str(refusal) == BOMB:
            raise
        return {}
    builtin = {str(number) for number in (*range(14, 18), 22)}
    shows_day = {
        key
        for key, code in formats.items()
        if re.search(r"y|d", re.sub(r'"[^"]*"|\[[^\]]*\]|\\.', "", code.lower()))
    }
    shares = {"9", "10", *(key for key, code in formats.items() if "%" in code)}
    found = {str(place): DATE for place, style in enumerate(styles) if style in builtin | shows_day}
    return found | {str(place): SHARE for place, style in enumerate(styles) if style in shares}


def confine() -> None:
    """Memory, processor time, no file larger than nothing: set before anything is read."""
    try:
        import resource
    except ImportError:
        return
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS + 1))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def main() -> None:
    gc.disable()
    confine()
    try:
        answer = read(sys.stdin.buffer.read(MAX_BYTES + 1), word="word" in sys.argv[1:])
    except Refused as refusal:
        answer = {"error": str(refusal)}
    except MemoryError:
        answer = {"error": BOMB}
    sys.stdout.buffer.write(json.dumps(answer, ensure_ascii=False).encode("utf-8", "replace"))


if __name__ == "__main__":
    main()

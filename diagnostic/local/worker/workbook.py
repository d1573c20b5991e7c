"""An Excel workbook: its texts, its styles, its visible sheets."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Callable
from datetime import date

from .archive import inflate, local, parse
from .limits import BOMB, DAMAGED, MACROS, MAX_SHEETS, SAVE_AS, TEXT, Budget, Refused, clean
from .sheet import DATE, SHARE, Sheet, Styles


def _other_kind(archive: zipfile.ZipFile, names: set[str], budget: Budget) -> str:
    """What an archive that is no Excel workbook is, and what to do with it."""
    told = b"".join(inflate(archive, "mimetype", budget)) if "mimetype" in names else b""
    if "word/document.xml" in names or b"opendocument.text" in told:
        return TEXT
    if told:
        return f"Ce fichier est un classeur OpenDocument. {SAVE_AS}"
    if any(name.endswith(".iwa") for name in names):
        return "Ce fichier est un document Numbers. Dans Numbers, exportez-le au format CSV ou Excel (.xlsx)."
    return "Ce fichier est une archive, pas un tableau. Décompressez-la puis déposez le tableau lui-même."


def read_workbook(archive: zipfile.ZipFile) -> dict:
    names = set(archive.namelist())
    budget = Budget()
    if any(name.lower().endswith("vbaproject.bin") for name in names):
        raise Refused(MACROS)
    if "[Content_Types].xml" not in names or not any(name.startswith("xl/") for name in names):
        raise Refused(_other_kind(archive, names, budget))
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
            "Une formule sans valeur enregistrée est lue comme vide : enregistrez le classeur dans votre tableur."
            if empty == 1
            else f"{empty} formules sans valeur enregistrée sont lues comme vides : enregistrez le classeur dans votre tableur."
        )
    if not sheets:
        raise Refused(DAMAGED)
    return {"sheets": sheets, "notes": notes, "encoding": "", "separator": ""}


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

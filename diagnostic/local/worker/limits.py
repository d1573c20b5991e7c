"""What a file may cost, the sentences of those that are not read, and the text of a cell."""

from __future__ import annotations

import re

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
SAVE_AS = "Ouvrez-le dans votre tableur puis enregistrez-le au format CSV ou Excel (.xlsx)."
BOMB = "Ce classeur se déploie en un volume anormal : il n’a pas été ouvert. Enregistrez-en une copie propre au format CSV."
DAMAGED = f"Ce classeur Excel est abîmé et ne peut pas être lu. {SAVE_AS}"
MACROS = "Ce classeur contient des macros : il n’a pas été ouvert. Enregistrez-le au format Excel sans macro (.xlsx)."
TRICK = "Cette archive contient des chemins de fichiers interdits : elle n’a pas été ouverte. Enregistrez une copie du classeur."
TOO_WIDE = f"Ce fichier a plus de {MAX_COLUMNS} colonnes remplies. Ne gardez que les colonnes utiles puis déposez-le de nouveau."
TOO_LONG = (
    "Ce fichier a trop de lignes ou de cellules. Ne gardez que votre territoire puis déposez-le de nouveau."
)
TEXT = (
    "Ce fichier est un document de traitement de texte. Copiez son tableau dans votre tableur, puis enregistrez-le au "
    "format CSV ou Excel (.xlsx)."
)
BINARY = f"Ce fichier n’est ni un CSV ni un classeur Excel. {SAVE_AS}"
EMPTY = "Ce fichier est vide. Choisissez un fichier qui contient un tableau."
TOO_BIG = (
    "Ce fichier dépasse 30 Mo. Ne gardez que les lignes et les colonnes utiles puis déposez-le de nouveau."
)
CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
PROTECTED = re.compile(r'^=\s*"(?P<text>[^"]*)"$')
MAGIC = {
    b"%PDF": "Ce fichier est un PDF : un tableau ne s’y lit pas. Demandez à qui vous l’a donné le tableau d’origine, au format "
    "CSV ou Excel.",
    b"{\\rtf": TEXT,
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

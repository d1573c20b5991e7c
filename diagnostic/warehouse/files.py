"""Find the raw files and read what they hold, member by member, without unpacking a whole archive."""

from __future__ import annotations

import codecs
import contextlib
import gzip
import shutil
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, cast

TABULAR = (".csv", ".txt", ".tsv")
MAPS = (".json", ".geojson")
WORKBOOKS = (".xlsx", ".xls", ".ods")
READ = (*TABULAR, *WORKBOOKS, *MAPS)
OTHER_WORKBOOKS = (".xlsb", ".xlsm", ".numbers")
_IGNORED = (".part", ".provenance.json", ".duckdb", ".md")
# An archive member that inflates beyond this, or more than this many members, is not one of ours.
MAX_MEMBER_BYTES = 4 * 1024**3
MAX_MEMBERS = 200
# How bytes that are no UTF-8 are decoded.
AS_WINDOWS = "as-windows"
# What reading a packed file may raise when it was cut off or damaged on its way.
DAMAGE = (OSError, EOFError, zlib.error, zipfile.BadZipFile, NotImplementedError, RuntimeError)


class Unreadable(Exception):
    """A file that cannot be used, with the French reason."""


@dataclass(frozen=True)
class Candidate:
    """A file that may hold data: `label` is what the user knows it by, `origin` the file on disk.

    `member` is its name inside a zip archive; a `.gz` file is its own only member.
    """

    label: str
    origin: Path
    member: str = ""

    @property
    def name(self) -> str:
        """The name that tells what is inside, without the `.gz` of a packed file."""
        if self.member:
            return Path(self.member).name
        return self.origin.stem if self.packed else self.origin.name

    @property
    def suffix(self) -> str:
        """`.csv`, `.xlsx`, `.geojson`…, in small letters."""
        return Path(self.name).suffix.lower()

    @property
    def packed(self) -> bool:
        """Whether the bytes must be inflated to be read."""
        return bool(self.member) or self.origin.suffix.lower() == ".gz"

    @contextlib.contextmanager
    def open(self) -> Iterator[IO[bytes]]:
        """The bytes, inflated as they are read; Unreadable when the archive is damaged."""
        try:
            if self.member:
                with zipfile.ZipFile(self.origin) as archive, archive.open(self.member) as stream:
                    yield stream
            elif self.packed:
                with gzip.open(self.origin) as inflated:
                    yield cast("IO[bytes]", inflated)
            else:
                with self.origin.open("rb") as stream:
                    yield stream
        except DAMAGE as error:
            if not self.packed:
                raise
            kind = "zip" if self.member else "gzip"
            raise Unreadable(f"archive {kind} illisible ({error}). Téléchargez-la de nouveau.") from error

    @contextlib.contextmanager
    def plain(self, workspace: Path) -> Iterator[Path]:
        """A path of the inflated file, removed afterwards when it was made for that."""
        if not self.packed:
            yield self.origin
            return
        target = workspace / f"plain-{self.name}"
        try:
            with self.open() as packed, target.open("wb") as made:
                shutil.copyfileobj(packed, made, 1 << 20)
            yield target
        finally:
            target.unlink(missing_ok=True)


def _as_windows(error: UnicodeError) -> tuple[str, int]:
    """What is no UTF-8 is read as Windows wrote it, byte by byte: one such byte says nothing of the others."""
    if not isinstance(error, UnicodeDecodeError):
        raise error
    return error.object[error.start : error.end].decode("cp1252", "replace"), error.end


codecs.register_error(AS_WINDOWS, _as_windows)


def as_text(cell: object) -> str:
    """A cell as a CSV would hold it: whole floats without decimals, dates as ISO."""
    if isinstance(cell, str):
        return cell.strip()
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return "" if cell is None else str(cell).strip()


def find(folders: list[Path]) -> list[Path]:
    """Every file below `folders` that may hold data, sorted by path; hidden and partial ones left out."""
    found: list[Path] = []
    for folder in folders:
        paths = [folder] if folder.is_file() else sorted(folder.rglob("*"))
        found += [
            path
            for path in paths
            if path.is_file() and not path.name.startswith(".") and not path.name.endswith(_IGNORED)
        ]
    return found


def candidates(path: Path) -> list[Candidate]:
    """What `path` holds that may be read: itself, or the members of an archive. Nothing is unpacked.

    Raise Unreadable when the archive cannot be opened or is none of an official producer.
    """
    suffix = path.suffix.lower()
    if suffix == ".zip":
        return _members(path)
    found = Candidate(path.name, path)
    if found.suffix in OTHER_WORKBOOKS:
        raise Unreadable(
            f"un classeur « {found.suffix} » ne se lit pas ici. Ouvrez-le dans votre tableur et enregistrez-le en .xlsx ou "
            "en .csv."
        )
    return [found] if found.suffix in READ else []


def _members(path: Path) -> list[Candidate]:
    try:
        with zipfile.ZipFile(path) as archive:
            members = [member for member in archive.infolist() if not member.is_dir()]
    except DAMAGE as error:
        raise Unreadable(f"archive zip illisible ({error}). Téléchargez-la de nouveau.") from error
    if len(members) > MAX_MEMBERS:
        raise Unreadable(f"l’archive contient {len(members)} fichiers : ce n’est pas un fichier officiel.")
    found = []
    for member in members:
        name = Path(member.filename).name
        # A Mac leaves shadows of the files it packs.
        if Path(name).suffix.lower() not in READ or name.startswith("."):
            continue
        if member.file_size > MAX_MEMBER_BYTES:
            raise Unreadable(f"« {name} » dépasse la taille admise une fois décompressé.")
        found.append(Candidate(f"{path.name} › {name}", path, member.filename))
    return found

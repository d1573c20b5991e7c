"""The archive that an office file is: refused on its directory, inflated piece by piece, parsed without entities."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable, Iterable, Iterator
from xml.parsers import expat

from .limits import (
    BINARY,
    BOMB,
    DAMAGED,
    MAGIC,
    MAX_INFLATED,
    MAX_MEMBERS,
    MAX_RATIO,
    RATIO_FROM,
    TRICK,
    Budget,
    Refused,
)

CHUNK = 1 << 16


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

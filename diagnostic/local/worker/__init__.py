"""Turn the bytes of an unknown file into cells of text, in a process that can do no harm.

Started by `reading.py` with the file on standard input, with `word` where a Word document is welcome too; answers one
JSON object on standard output:
`{"sheets": [{"name", "rows", "merged"}], "notes": […]}` or `{"error": sentence}`. Limits of memory,
processor time and file size are set before the first byte is read: a bomb kills this process and
nothing else. Standard library only, so that it starts in a few hundredths of a second; it writes
nothing to disk, follows no link, runs no formula. `rows` hold text, `merged` zero-based ranges.

A package of its own there, without the rest of the project: its modules name one another by `.`.
"""

from __future__ import annotations

import gc
import json
import sys
from pathlib import Path

from .archive import open_archive
from .document import read_document
from .limits import BOMB, CPU_SECONDS, EMPTY, MAGIC, MAX_BYTES, MEMORY_BYTES, TOO_BIG, Refused
from .lines import read_csv
from .workbook import read_workbook

HOME = str(Path(__file__).parents[1])
START = "import sys; sys.path.append(sys.argv[1]); import worker; worker.main()"
"""What a fresh interpreter runs, given HOME."""


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
        answer = read(sys.stdin.buffer.read(MAX_BYTES + 1), word="word" in sys.argv[2:])
    except Refused as refusal:
        answer = {"error": str(refusal)}
    except MemoryError:
        answer = {"error": BOMB}
    sys.stdout.buffer.write(json.dumps(answer, ensure_ascii=False).encode("utf-8", "replace"))

"""Download the declared files into a folder, politely, and say what became of each.

`pooch` gives the digests; it cannot resume a partial file, so that the transfer itself streams through
`requests`, pooch's own dependency, into a `.part` file which takes its final name only once it is whole
and of the declared kind. Beside each file, `<name>.provenance.json` keeps its address, date, size and
digest. A process killed at any moment leaves `.part` files only, which the next run resumes.
"""

from __future__ import annotations

import email.utils
import errno
import fcntl
import json
import os
import re
import shutil
import time
import zipfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import BinaryIO

import pooch
import requests
from urllib3.exceptions import HTTPError

from diagnostic import catalogue, network
from diagnostic.model import DiagnosticError, Source, Vintage
from diagnostic.network import PASSING, Passing

Progress = Callable[[str, int, int | None], None]
"""Called with the file's name, the bytes on disk so far, and the bytes expected (None: unknown)."""

PART = ".part"
PROVENANCE = ".provenance.json"
CHUNK = 64 * 1024
ATTEMPTS = 5
FIRST_PAUSE = 1.0
LONGEST_PAUSE = 120.0
# A server that cuts every 50 MB still serves a 650 MB file: an attempt that brought this much starts the count anew.
WORTH_AN_ATTEMPT = 1 << 20

_PLACEHOLDER = "{departement}"
_DEPARTEMENT = re.compile(r"0[1-9]|1\d|2[1-9AB]|[3-8]\d|9[0-5]|97[1-8]")
_SIGNATURES = {".zip": b"PK", ".xlsx": b"PK", ".gz": b"\x1f\x8b", ".parquet": b"PAR1"}


class State(StrEnum):
    """What became of a declared file."""

    KEPT = "kept"
    DOWNLOADED = "downloaded"
    RESUMED = "resumed"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one declared file; `reason` is a French sentence, empty unless refused.

    `size` is in bytes, None when no file stands at `path`. `remark` is a French sentence about the catalogue of
    the producer, empty when there is nothing to say.
    """

    source: str
    year: int
    url: str
    path: Path
    state: State
    reason: str = ""
    size: int | None = None
    remark: str = ""


def fetch(
    sources: Iterable[Source],
    out: Path,
    *,
    departements: Sequence[str] = (),
    only: Sequence[str] = (),
    progress: Progress | None = None,
    wait: Callable[[float], object] = time.sleep,
    clock: Callable[[], float] = time.monotonic,
) -> list[Outcome]:
    """Bring the newest file of every vintage of `sources` into `out`; one outcome per file, in the order declared.

    `only` keeps the sources with these ids; `departements` fills `{departement}` in the addresses. The newest is
    what the producer's catalogue says, else the declared address. A file already there and intact is kept, without
    a request where there is no catalogue. One file's failure never stops the others.
    `wait` receives the seconds to pause before a new attempt. Raises DiagnosticError for an unknown id
    or département (code 2) and for a folder that cannot be written.
    """
    chosen = _chosen(list(sources), only)
    codes = [_departement(code) for code in departements]
    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise DiagnosticError(
            f"Le dossier « {out} » ne peut pas être créé ({error.strerror}) : choisissez-en un autre avec --out."
        ) from error
    with network.open_line(wait, clock) as line:
        run = _Run(line, progress or (lambda *_: None))
        return [_settle(item, run) for item in _items(chosen, out, codes)]


@dataclass(frozen=True, slots=True)
class _Item:
    """One file to have: its declaration, with the département filled in."""

    source: Source
    vintage: Vintage
    url: str
    path: Path
    declared: str = ""
    published: str = ""
    remark: str = ""

    @property
    def name(self) -> str:
        return f"{self.source.title} ({self.vintage.year})"

    @property
    def by_hand(self) -> str:
        return f"téléchargez le fichier depuis {self.source.page} et déposez-le dans « {self.path.parent} »"

    @property
    def part(self) -> Path:
        return self.path.with_name(self.path.name + PART)

    @property
    def provenance(self) -> Path:
        return self.path.with_name(self.path.name + PROVENANCE)

    def outcome(self, state: State, reason: str = "") -> Outcome:
        size = self.path.stat().st_size if self.path.is_file() else None
        return Outcome(
            self.source.id, self.vintage.year, self.url, self.path, state, reason, size, self.remark
        )


@dataclass(frozen=True, slots=True)
class _Run:
    """What the downloads of one run share."""

    line: network.Line
    progress: Progress


class _Refused(Exception):
    """The file cannot be had now; the message is the sentence for the user."""


def _chosen(sources: list[Source], only: Sequence[str]) -> list[Source]:
    known = [source.id for source in sources]
    for wanted in only:
        if wanted not in known:
            raise DiagnosticError(
                f"« {wanted} » n’est pas une source : choisissez parmi {', '.join(known)}.", code=2
            )
    return [source for source in sources if not only or source.id in only]


def _departement(code: str) -> str:
    if not _DEPARTEMENT.fullmatch(code.upper()):
        raise DiagnosticError(
            f"« {code} » n’est pas un code de département : écrivez par exemple 01, 33, 2A ou 974.", code=2
        )
    return code.upper()


def _items(sources: list[Source], out: Path, departements: list[str]) -> Iterator[_Item]:
    for source in sources:
        for vintage in source.vintages:
            if _PLACEHOLDER not in vintage.url or not departements:
                yield _Item(source, vintage, vintage.url, out / vintage.filename)
                continue
            for code in departements:
                # Without the code in their names, two départements would share one file.
                own = (
                    vintage.filename
                    if _PLACEHOLDER in vintage.filename
                    else f"{_PLACEHOLDER}_{vintage.filename}"
                )
                yield _Item(
                    source,
                    vintage,
                    vintage.url.replace(_PLACEHOLDER, code),
                    out / own.replace(_PLACEHOLDER, code),
                )


def _settle(item: _Item, run: _Run) -> Outcome:
    try:
        if _PLACEHOLDER in item.url:
            raise _Refused(
                f"{item.name} est publié par département : précisez le vôtre, par exemple --departement 33."
            )
        if item.vintage.catalogue is not None:
            item = _newest(item, run.line)
        if _intact(item):
            return item.outcome(State.KEPT)
        item.path.parent.mkdir(parents=True, exist_ok=True)
        return item.outcome(_download(item, run))
    except _Refused as refusal:
        return item.outcome(State.REFUSED, str(refusal))
    except OSError as error:
        return item.outcome(State.REFUSED, _disk_sentence(item, error))


def _newest(item: _Item, line: network.Line) -> _Item:
    """The item with the address, the year and the date of the newest file, as the catalogue tells them.

    Without an answer, what an earlier answer brought stays in place of the declared file.
    """
    declared = item.vintage
    try:
        edition = catalogue.newest(line, declared)
    except catalogue.Unanswered as cause:
        return _held(item) or replace(
            item, remark=f"{item.name} : {cause} ; l’adresse déclarée est utilisée."
        )
    if edition.url == declared.url:
        return replace(item, published=edition.published)
    year = edition.year or declared.year
    vintage = replace(declared, year=year, url=edition.url, sha256=None, size=None)
    # Two years stand side by side; one edition replaces another under a name without a year.
    path = item.path.with_name(item.path.name.replace(str(declared.year), str(year)))
    return replace(
        item, vintage=vintage, url=edition.url, path=path, declared=declared.url, published=edition.published
    )


def _held(item: _Item) -> _Item | None:
    """The file that an earlier answer of the catalogue brought for this declaration, None without one."""
    newest: tuple[int, _Item] | None = None
    for provenance in item.path.parent.glob(f"*{PROVENANCE}"):
        kept = _told(provenance)
        if kept.get("declared") != item.vintage.url or kept.get("url") == item.vintage.url:
            continue
        year, url = kept.get("year"), kept.get("url")
        path = provenance.with_name(provenance.name.removesuffix(PROVENANCE))
        if path.is_file() and isinstance(year, int) and isinstance(url, str):
            vintage = replace(item.vintage, year=year, url=url, sha256=None, size=None)
            held = replace(item, vintage=vintage, url=url, path=path, declared=item.vintage.url)
            newest = max(newest or (year, held), (year, held), key=lambda pair: pair[0])
    return newest[1] if newest else None


def _told(provenance: Path) -> dict:
    """What was written beside a file when it came; nothing when it cannot be read."""
    try:
        kept = json.loads(provenance.read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    return kept if isinstance(kept, dict) else {}


def _disk_sentence(item: _Item, error: OSError) -> str:
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return (
            f"{item.name} : le disque est plein ; libérez de la place sur « {item.path.parent} », puis relancez "
            "la commande, qui reprendra où elle s’est arrêtée."
        )
    return (
        f"{item.name} : l’écriture de « {item.path} » a échoué ({error.strerror or error}) ; vérifiez les droits "
        "sur ce dossier ou choisissez-en un autre avec --out."
    )


# --- what is already there ----------------------------------------------------------------------


def _intact(item: _Item) -> bool:
    """True when the file on disk is the declared one, as far as its provenance or declaration tells.

    A file without provenance was put there by hand: it is kept when it is of the declared kind.
    """
    if not item.path.is_file():
        return False
    digest, size = item.vintage.sha256, item.vintage.size
    if item.provenance.is_file():
        kept = _told(item.provenance)
        if kept.get("url") != item.url:
            return False
        if item.published and (kept.get("published") or item.published) != item.published:
            # Republished at one address.
            return False
        digest, size = digest or kept.get("sha256"), kept.get("size")
    if size is not None and item.path.stat().st_size != size:
        return False
    if digest is not None:
        return pooch.file_hash(str(item.path), alg="sha256") == digest
    return _wrong_kind(item.path, item.path.name) is None


def _wrong_kind(path: Path, name: str) -> str | None:
    """What the content is instead of what `name` announces, as a French noun; None when it agrees."""
    with path.open("rb") as file:
        start = file.read(1024)
    suffix = Path(name).suffix.lower()
    text = start.removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    if not text:
        return "un fichier vide"
    if b"<html" in text or text.startswith(b"<!doctype html"):
        return "une page web"
    if suffix in _SIGNATURES:
        if not start.startswith(_SIGNATURES[suffix]):
            return f"un contenu qui n’est pas au format {suffix}"
        return _broken_zip(path) if _SIGNATURES[suffix] == b"PK" else None
    if suffix in (".json", ".geojson"):
        return None if text[:1] in (b"{", b"[") else "un contenu qui n’est pas du JSON"
    if text[:1] == b"{":
        return "un message d’erreur"
    if text[:1] == b"<" or b"\x00" in start or start.startswith((b"PK\x03\x04", b"\x1f\x8b")):
        return "un contenu qui n’est pas un tableau en texte"
    return None


def _broken_zip(path: Path) -> str | None:
    try:
        with zipfile.ZipFile(path) as archive:
            return None if archive.testzip() is None else "une archive abîmée"
    except (zipfile.BadZipFile, EOFError, ValueError, NotImplementedError, OSError):
        return "une archive incomplète"


# --- the transfer -------------------------------------------------------------------------------


def _download(item: _Item, run: _Run) -> State:
    """Bring the file whole, in as many attempts as are polite; DOWNLOADED or RESUMED."""
    if cause := run.line.why_silent(item.url):
        raise _Refused(_unanswered(item, cause))
    with item.part.open("ab", buffering=0) as part:
        _own(item, part)
        try:
            return _attempts(item, run, part)
        finally:
            if item.part.exists() and _length(part) == 0:
                # A refused or unanswered file leaves no debris.
                item.part.unlink()


def _own(item: _Item, part: BinaryIO) -> None:
    """Hold the partial file for this process alone, or refuse: two writers would mix their bytes."""
    try:
        fcntl.flock(part, fcntl.LOCK_EX | fcntl.LOCK_NB)
        # The other writer may have just given its file the final name, which ours then still points to.
        mine = item.part.exists() and os.path.samestat(os.fstat(part.fileno()), item.part.stat())
    except BlockingIOError:
        mine = False
    if not mine:
        raise _Refused(
            f"{item.name} est déjà en cours de téléchargement par une autre commande : attendez sa fin."
        )


def _attempts(item: _Item, run: _Run, part: BinaryIO) -> State:
    failures, etag = 0, None
    while True:
        before = _length(part)
        try:
            with _answer(item, run.line, before) as response:
                resumed = _join(item, response, part, etag)
                etag = response.headers.get("ETag")
                _write(item, run, response, part)
            fault = _fault(item)
            if fault is None:
                _publish(item, response)
                return State.RESUMED if resumed else State.DOWNLOADED
            part.truncate(0)
            if not resumed:
                raise _Refused(fault)
            raise Passing(fault, pause=0)
        except Passing as passing:
            failures = 1 if _length(part) - before >= WORTH_AN_ATTEMPT else failures + 1
            _pause(item, run.line, passing, failures)


def _length(part: BinaryIO) -> int:
    return os.fstat(part.fileno()).st_size


def _pause(item: _Item, line: network.Line, passing: Passing, failures: int) -> None:
    """Wait before the next attempt, or refuse when there were enough, or when the wait is too long."""
    if failures >= ATTEMPTS:
        if passing.silence:
            line.hush(item.url, passing.silence)
        raise _Refused(str(passing)) from passing
    pause = FIRST_PAUSE * 2 ** (failures - 1) if passing.pause is None else passing.pause
    if pause > LONGEST_PAUSE:
        raise _Refused(
            f"{item.name} : le serveur demande d’attendre {pause / 60:.0f} minutes ; relancez la commande plus tard."
        ) from passing
    line.wait(pause)


def _unanswered(item: _Item, silence: str) -> str:
    return f"{item.name} : {silence}, puis relancez la commande, ou {item.by_hand}."


def _answer(item: _Item, line: network.Line, offset: int) -> requests.Response:
    """Ask for the bytes from `offset` on; the response is one to read (200 or 206)."""
    try:
        response = line.ask(item.url, {"Range": f"bytes={offset}-"} if offset else None)
    except network.Refused as refusal:
        raise _Refused(f"{item.name} : {refusal} ; {item.by_hand}.") from refusal
    except Passing as passing:
        raise Passing(_unanswered(item, passing.silence), silence=passing.silence) from passing
    if response.status_code in (200, 206, 416):
        return response
    response.close()
    code = response.status_code
    if code in PASSING:
        raise Passing(
            f"{item.name} : le serveur est indisponible (réponse {code}) ; relancez la commande plus tard, "
            f"ou {item.by_hand}.",
            pause=network.retry_after(response),
        )
    if code in (404, 410):
        raise _Refused(f"{item.name} : l’adresse {item.url} n’existe plus (réponse {code}) ; {item.by_hand}.")
    if code == 403:
        raise _Refused(
            f"{item.name} : le serveur refuse l’adresse {item.url} (réponse 403), même demandée comme un navigateur ; "
            f"donnez un autre nom dans la variable {network.AGENT}, ou {item.by_hand}."
        )
    raise _Refused(f"{item.name} : le serveur refuse l’adresse {item.url} (réponse {code}) ; {item.by_hand}.")


def _join(item: _Item, response: requests.Response, part: BinaryIO, etag: str | None) -> bool:
    """Set the partial file ready for this response; True when the response continues it."""
    offset = _length(part)
    if response.status_code == 200:
        if offset:
            part.truncate(0)
        return False
    start = response.headers.get("Content-Range", "").startswith(f"bytes {offset}-")
    if response.status_code == 206 and start and _same_edition(item, response, part, etag):
        return True
    part.truncate(0)
    raise Passing(
        f"{item.name} : le serveur ne sait pas reprendre ce téléchargement ; {item.by_hand}.", pause=0
    )


def _same_edition(item: _Item, response: requests.Response, part: BinaryIO, etag: str | None) -> bool:
    """True when the bytes on disk come from the edition now served: producers republish at one address.

    A known digest, or the check sums inside an archive, judge at the end; else the entity tag of this
    run, else the date of publication, which must not follow the last byte written. Without any of
    them, nothing proves it.
    """
    if item.vintage.sha256 is not None or _SIGNATURES.get(item.path.suffix.lower()) == b"PK":
        return True
    if etag is not None:
        return response.headers.get("ETag") == etag
    try:
        published = email.utils.parsedate_to_datetime(response.headers.get("Last-Modified", ""))
    except ValueError:
        return False
    return published.timestamp() <= os.fstat(part.fileno()).st_mtime


def _write(item: _Item, run: _Run, response: requests.Response, part: BinaryIO) -> None:
    """Stream the response to the disk; a stream shorter than announced is a failure to resume from."""
    if response.headers.get("Content-Type", "").startswith("text/html"):
        raise _Refused(_not_the_file(item, "une page web"))
    # A `.gz` that the server labels as an encoding is the file itself: it stays compressed.
    encoded = response.headers.get("Content-Encoding", "identity") != "identity" and item.path.suffix != ".gz"
    total = None if encoded else _announced(response, _length(part))
    _check_room(item, total, _length(part))
    run.progress(item.path.name, _length(part), total)
    cut = f"{item.name} : le transfert s’interrompt ; relancez la commande, qui reprendra où elle s’est arrêtée."
    try:
        for chunk in response.raw.stream(CHUNK, decode_content=encoded):
            rest = memoryview(chunk)
            while rest:
                rest = rest[part.write(rest) :]
            run.progress(item.path.name, _length(part), total)
    except HTTPError as error:
        if encoded:
            # Offsets count encoded bytes: what is on disk could not be continued.
            part.truncate(0)
        raise Passing(cut) from error
    if total is not None and _length(part) < total:
        raise Passing(cut)


def _announced(response: requests.Response, offset: int) -> int | None:
    """Bytes of the whole file as the server announces them; None when it does not."""
    length = response.headers.get("Content-Length", "")
    return offset + int(length) if length.isdigit() else None


def _check_room(item: _Item, total: int | None, offset: int) -> None:
    if total is not None and total - offset > shutil.disk_usage(item.path.parent).free:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def _fault(item: _Item) -> str | None:
    """The sentence for a whole file which is not the declared one; None when it is."""
    wrong = _wrong_kind(item.part, item.path.name)
    if wrong is not None:
        return _not_the_file(item, wrong)
    size, expected = item.part.stat().st_size, item.vintage.size
    again = f"le producteur l’a peut-être republié : vérifiez {item.source.page}, puis relancez la commande"
    if expected is not None and size != expected:
        return f"{item.name} : le fichier reçu fait {size} octets au lieu de {expected} ; {again}."
    digest = item.vintage.sha256
    if digest is not None and pooch.file_hash(str(item.part), alg="sha256") != digest:
        return f"{item.name} : l’empreinte du fichier reçu n’est pas celle qui est déclarée ; {again}."
    return None


def _not_the_file(item: _Item, wrong: str) -> str:
    return f"{item.name} : {item.url} a servi {wrong} au lieu du fichier ; {item.by_hand}."


def _publish(item: _Item, response: requests.Response) -> None:
    """Give the file its final name and write its provenance beside it."""
    provenance = {
        "source": item.source.id,
        "title": item.source.title,
        "producer": item.source.producer,
        "page": item.source.page,
        "licence": item.source.licence,
        "year": item.vintage.year,
        "url": item.url,
        "declared": item.declared or item.url,
        "published": item.published,
        "served_by": response.url,
        "last_modified": response.headers.get("Last-Modified"),
        "downloaded_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "size": item.part.stat().st_size,
        "sha256": pooch.file_hash(str(item.part), alg="sha256"),
    }
    item.provenance.unlink(missing_ok=True)
    item.part.replace(item.path)
    draft = item.provenance.with_name(item.provenance.name + PART)
    draft.write_text(json.dumps(provenance, ensure_ascii=False, indent=2) + "\n", "utf-8")
    draft.replace(item.provenance)

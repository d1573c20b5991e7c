"""Bring one file whole, in as many attempts as are polite."""

from __future__ import annotations

import email.utils
import errno
import fcntl
import json
import os
import shutil
from datetime import UTC, datetime
from typing import BinaryIO

import pooch
import requests
from urllib3.exceptions import HTTPError

from diagnostic import network
from diagnostic.fetch.items import PART, Item, Refused, Run, State
from diagnostic.fetch.kinds import SIGNATURES, wrong_kind
from diagnostic.network import PASSING, Passing

CHUNK = 64 * 1024
ATTEMPTS = 5
FIRST_PAUSE = 1.0
LONGEST_PAUSE = 120.0
# A server that cuts every 50 MB still serves a 650 MB file: an attempt that brought this much starts the count anew.
WORTH_AN_ATTEMPT = 1 << 20


def download(item: Item, run: Run) -> State:
    """Bring the file whole, in as many attempts as are polite; DOWNLOADED or RESUMED."""
    if cause := run.line.why_silent(item.url):
        raise Refused(_unanswered(item, cause))
    with item.part.open("ab", buffering=0) as part:
        _own(item, part)
        try:
            return _attempts(item, run, part)
        finally:
            if item.part.exists() and _length(part) == 0:
                # A refused or unanswered file leaves no debris.
                item.part.unlink()


def _own(item: Item, part: BinaryIO) -> None:
    """Hold the partial file for this process alone, or refuse: two writers would mix their bytes."""
    try:
        fcntl.flock(part, fcntl.LOCK_EX | fcntl.LOCK_NB)
        # The other writer may have just given its file the final name, which ours then still points to.
        mine = item.part.exists() and os.path.samestat(os.fstat(part.fileno()), item.part.stat())
    except BlockingIOError:
        mine = False
    if not mine:
        raise Refused(
            f"{item.name} est déjà en cours de téléchargement par une autre commande : attendez sa fin."
        )


def _attempts(item: Item, run: Run, part: BinaryIO) -> State:
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
                raise Refused(fault)
            raise Passing(fault, pause=0)
        except Passing as passing:
            failures = 1 if _length(part) - before >= WORTH_AN_ATTEMPT else failures + 1
            _pause(item, run.line, passing, failures)


def _length(part: BinaryIO) -> int:
    return os.fstat(part.fileno()).st_size


def _pause(item: Item, line: network.Line, passing: Passing, failures: int) -> None:
    """Wait before the next attempt, or refuse when there were enough, or when the wait is too long."""
    if failures >= ATTEMPTS:
        if passing.silence:
            line.hush(item.url, passing.silence)
        raise Refused(str(passing)) from passing
    pause = FIRST_PAUSE * 2 ** (failures - 1) if passing.pause is None else passing.pause
    if pause > LONGEST_PAUSE:
        raise Refused(
            f"{item.name} : le serveur demande d’attendre {pause / 60:.0f} minutes ; relancez la commande plus tard."
        ) from passing
    line.wait(pause)


def _unanswered(item: Item, silence: str) -> str:
    return f"{item.name} : {silence}, puis relancez la commande, ou {item.by_hand}."


def _answer(item: Item, line: network.Line, offset: int) -> requests.Response:
    """Ask for the bytes from `offset` on; the response is one to read (200 or 206)."""
    try:
        response = line.ask(item.url, {"Range": f"bytes={offset}-"} if offset else None)
    except network.Refused as refusal:
        raise Refused(f"{item.name} : {refusal} ; {item.by_hand}.") from refusal
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
        raise Refused(f"{item.name} : l’adresse {item.url} n’existe plus (réponse {code}) ; {item.by_hand}.")
    if code == 403:
        raise Refused(
            f"{item.name} : le serveur refuse l’adresse {item.url} (réponse 403), même demandée comme un navigateur ; "
            f"donnez un autre nom dans la variable {network.AGENT}, ou {item.by_hand}."
        )
    raise Refused(f"{item.name} : le serveur refuse l’adresse {item.url} (réponse {code}) ; {item.by_hand}.")


def _join(item: Item, response: requests.Response, part: BinaryIO, etag: str | None) -> bool:
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


def _same_edition(item: Item, response: requests.Response, part: BinaryIO, etag: str | None) -> bool:
    """True when the bytes on disk come from the edition now served: producers republish at one address.

    The check sums inside an archive judge at the end; else the entity tag of this
    run, else the date of publication, which must not follow the last byte written. Without any of
    them, nothing proves it.
    """
    if SIGNATURES.get(item.path.suffix.lower()) == b"PK":
        return True
    if etag is not None:
        return response.headers.get("ETag") == etag
    try:
        published = email.utils.parsedate_to_datetime(response.headers.get("Last-Modified", ""))
    except ValueError:
        return False
    return published.timestamp() <= os.fstat(part.fileno()).st_mtime


def _write(item: Item, run: Run, response: requests.Response, part: BinaryIO) -> None:
    """Stream the response to the disk; a stream shorter than announced is a failure to resume from."""
    if response.headers.get("Content-Type", "").startswith("text/html"):
        raise Refused(_not_the_file(item, "une page web"))
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


def _check_room(item: Item, total: int | None, offset: int) -> None:
    if total is not None and total - offset > shutil.disk_usage(item.path.parent).free:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def _fault(item: Item) -> str | None:
    """The sentence for a whole file which is not the declared one; None when it is."""
    wrong = wrong_kind(item.part, item.path.name)
    return None if wrong is None else _not_the_file(item, wrong)


def _not_the_file(item: Item, wrong: str) -> str:
    return f"{item.name} : {item.url} a servi {wrong} au lieu du fichier ; {item.by_hand}."


def _publish(item: Item, response: requests.Response) -> None:
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

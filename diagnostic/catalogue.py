"""Ask a producer's own catalogue which of its files is the newest."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import requests

from diagnostic.model import Catalogue, Vintage
from diagnostic.network import PASSING, Line, Passing, Refused, retry_after

ATTEMPTS = 3
MOST_BYTES = 20_000_000


class Unanswered(Exception):
    """The catalogue tells nothing of use; the message is a French cause."""


@dataclass(frozen=True, slots=True)
class Edition:
    """A file that a catalogue lists: `year` in its name, None when it has none; `published` as the catalogue writes it.

    `columns` are those of the file where the catalogue names them, else empty.
    """

    url: str
    year: int | None = None
    published: str = ""
    size: int | None = None
    columns: tuple[str, ...] = ()


def newest(line: Line, vintage: Vintage) -> Edition:
    """The newest edition of a vintage that has a catalogue; raise Unanswered when it tells none."""
    assert vintage.catalogue is not None
    document = _document(line, vintage.catalogue.url)
    try:
        found = list(_READERS[vintage.catalogue.kind](vintage.catalogue, vintage, document))
    except (KeyError, TypeError, AttributeError) as error:
        raise Unanswered("le catalogue du producteur a changé de forme") from error
    if not found:
        raise Unanswered("le catalogue du producteur ne cite plus ce fichier")
    return max(found, key=lambda edition: (edition.year or 0, edition.published))


def _document(line: Line, url: str) -> Any:
    """The JSON at `url`, asked a few times when the server is only busy."""
    for attempt in range(1, ATTEMPTS + 1):
        if cause := line.why_silent(url):
            raise Unanswered(cause)
        try:
            with line.ask(url) as response:
                if response.status_code == 200:
                    return _json(response)
                if response.status_code not in PASSING:
                    raise Unanswered(
                        f"le catalogue du producteur ne répond pas (réponse {response.status_code})"
                    )
                raise Passing(
                    f"le catalogue du producteur est indisponible (réponse {response.status_code})",
                    pause=retry_after(response),
                )
        except Refused as refusal:
            raise Unanswered(str(refusal)) from refusal
        except Passing as passing:
            if attempt == ATTEMPTS or (passing.pause or 0) > 120:
                if passing.silence:
                    line.hush(url, passing.silence)
                raise Unanswered(str(passing)) from passing
            line.wait(float(attempt) if passing.pause is None else passing.pause)
    raise AssertionError("unreachable")


def _json(response: requests.Response) -> Any:
    body = b""
    try:
        for chunk in response.iter_content(1 << 16):
            body += chunk
            if len(body) > MOST_BYTES:
                raise Unanswered("le catalogue du producteur a changé de forme")
        return json.loads(body)
    except requests.RequestException as error:
        raise Passing("le catalogue du producteur s’interrompt") from error
    except ValueError as error:
        raise Unanswered("le catalogue du producteur a changé de forme") from error


def _melodi(catalogue: Catalogue, vintage: Vintage, document: Any) -> Iterator[Edition]:
    for product in document["product"]:
        url = product.get("accessURL") or ""
        if match := re.search(catalogue.file, url):
            yield Edition(
                url,
                _year(match),
                product.get("modified") or document.get("modified") or "",
                product.get("byteSize"),
            )


def _data_gouv(catalogue: Catalogue, vintage: Vintage, document: Any) -> Iterator[Edition]:
    for resource in document["resources"]:
        url = resource.get("url") or ""
        for text in (url, resource.get("latest") or "", resource.get("title") or ""):
            if match := re.search(catalogue.file, text, re.IGNORECASE):
                yield Edition(
                    url, _year(match), resource.get("last_modified") or "", resource.get("filesize")
                )
                break


def _opendatasoft(catalogue: Catalogue, vintage: Vintage, document: Any) -> Iterator[Edition]:
    described = document["metas"]["default"]
    columns = tuple(field["name"] for field in document.get("fields") or ())
    published = described.get("data_processed") or described.get("modified") or ""
    yield Edition(vintage.url, None, published, None, columns)


_READERS = {"melodi": _melodi, "data.gouv": _data_gouv, "opendatasoft": _opendatasoft}


def _year(match: re.Match[str]) -> int | None:
    year = match.groupdict().get("yyyy")
    return int(year) if year else None

"""What is new at the producers: newer editions of what is loaded, and changes that would break the next download."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from diagnostic import catalogue, indicators, network
from diagnostic.catalogue import Edition, Unanswered
from diagnostic.fetch import PROVENANCE
from diagnostic.model import Source, Vintage
from diagnostic.network import Line
from diagnostic.warehouse import Database


@dataclass(frozen=True, slots=True)
class News:
    """What one declared file gives to say, in French.

    `newer` tells a newer edition than the loaded one, `trouble` what has changed or does not answer; both empty:
    nothing new. `breaks` is what nobody would know any more if the file could not be had or read again.
    """

    source: Source
    file: str
    newer: str = ""
    trouble: str = ""
    breaks: tuple[str, ...] = ()


def news(
    db: Database,
    raw: Path,
    sources: Sequence[Source],
    *,
    wait: Callable[[float], object] = time.sleep,
    clock: Callable[[], float] = time.monotonic,
    tell: Callable[[str], None] = lambda _: None,
) -> list[News]:
    """Ask the catalogue or the declared address of every file of `sources`; nothing is downloaded."""
    loaded: dict[str, list[tuple[str, str]]] = {}
    for source, file, vintage in db.rows("select id, file, vintage from source"):
        loaded.setdefault(source, []).append((file, vintage or ""))
    found = []
    with network.open_line(wait, clock) as line:
        for source in sources:
            for vintage in source.vintages:
                tell(f"{source.title}, {vintage.filename}")
                newer, trouble = _look(line, source, vintage, loaded.get(source.id, []), raw)
                breaks = tuple(_only_from(source, sources, set(loaded))) if trouble else ()
                found.append(News(source, vintage.filename, newer, trouble, breaks))
    return found


def _look(
    line: Line, source: Source, vintage: Vintage, loaded: list[tuple[str, str]], raw: Path
) -> tuple[str, str]:
    """(what is newer, what is wrong) about one declared file, each empty when there is nothing to say."""
    if vintage.catalogue is None:
        return "", _address(line, vintage.url)
    try:
        edition = catalogue.newest(line, vintage)
    except Unanswered as cause:
        return "", str(cause)
    return _newer(edition, vintage, loaded, raw), _layout(edition, source) or _address(line, edition.url)


def _newer(edition: Edition, vintage: Vintage, loaded: list[tuple[str, str]], raw: Path) -> str:
    if not loaded:
        return ""
    if edition.year:
        # The name of the file dates the edition; its rows may end a year before.
        named = [int(year) for file, _ in loaded for year in re.findall(r"(?<!\d)20\d\d(?!\d)", file)]
        dated = named or [int(year) for _, told in loaded for year in re.findall(r"20\d\d", told)]
        if dated and edition.year > max(dated):
            return f"millésime {edition.year} paru, {max(dated)} chargé"
    known = _published(raw / vintage.filename)
    if known and edition.published and edition.published[:10] > known[:10]:
        return f"fichier republié le {edition.published[:10]}, celui du {known[:10]} est chargé"
    return ""


def _published(file: Path) -> str:
    """The date of the edition on disk: the catalogue's, else that of the download; empty when unknown."""
    try:
        kept = json.loads(file.with_name(file.name + PROVENANCE).read_text("utf-8"))
        return str(kept.get("published") or kept.get("downloaded_at") or "")
    except (OSError, ValueError, AttributeError):
        return ""


def _layout(edition: Edition, source: Source) -> str:
    """The columns that the catalogue no longer names, where it names columns."""
    if not edition.columns:
        return ""
    lost = [
        column.name
        for column in source.columns
        if column.required
        and not any(
            re.fullmatch(pattern, name, re.IGNORECASE)
            for pattern in column.patterns
            for name in edition.columns
        )
    ]
    return f"colonnes disparues du fichier : {', '.join(lost)}" if lost else ""


def _address(line: Line, url: str) -> str:
    """What is wrong with an address, asked without reading its file; empty when it serves one."""
    if cause := line.why_silent(url):
        return cause
    try:
        with line.ask(url) as response:
            if response.status_code in (404, 410):
                return f"l’adresse {url} n’existe plus (réponse {response.status_code})"
            if response.status_code != 200:
                return f"l’adresse {url} ne sert pas le fichier (réponse {response.status_code})"
            if response.headers.get("Content-Type", "").startswith("text/html"):
                return f"l’adresse {url} sert une page web au lieu du fichier"
            return ""
    except network.Refused as refusal:
        return str(refusal)
    except network.Passing as passing:
        line.hush(url, passing.silence)
        return str(passing)


def _only_from(source: Source, sources: Sequence[Source], loaded: set[str]) -> Iterator[str]:
    """What only this source gives among those loaded."""
    if source.stage == 1:
        yield "les territoires eux-mêmes"
    if source.stage == 3:
        yield "les cartes et les distances"
    others = {one for other in sources if other.id in loaded - {source.id} for one in other.serves}
    for served in source.serves:
        if served not in others and served in indicators.BY_ID:
            yield indicators.BY_ID[served].label

"""The files to have: what is declared, what the catalogue says is newer, what is already there."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path

from diagnostic import catalogue, network
from diagnostic.model import DiagnosticError, Source, Vintage

Progress = Callable[[str, int, int | None], None]
"""Called with the file's name, the bytes on disk so far, and the bytes expected (None: unknown)."""

PART = ".part"
PROVENANCE = ".provenance.json"


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


@dataclass(frozen=True, slots=True)
class Item:
    """One file to have: its declaration, and where it goes."""

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
class Run:
    """What the downloads of one run share."""

    line: network.Line
    progress: Progress


class Refused(Exception):
    """The file cannot be had now; the message is the sentence for the user."""


def chosen(sources: list[Source], only: Sequence[str]) -> list[Source]:
    known = [source.id for source in sources]
    for wanted in only:
        if wanted not in known:
            raise DiagnosticError(
                f"« {wanted} » n’est pas une source : choisissez parmi {', '.join(known)}.", code=2
            )
    return [source for source in sources if not only or source.id in only]


def newest(item: Item, line: network.Line) -> Item:
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
    vintage = replace(declared, year=year, url=edition.url)
    # Two years stand side by side; one edition replaces another under a name without a year.
    path = item.path.with_name(item.path.name.replace(str(declared.year), str(year)))
    return replace(
        item, vintage=vintage, url=edition.url, path=path, declared=declared.url, published=edition.published
    )


def _held(item: Item) -> Item | None:
    """The file that an earlier answer of the catalogue brought for this declaration, None without one."""
    newest: tuple[int, Item] | None = None
    for provenance in item.path.parent.glob(f"*{PROVENANCE}"):
        kept = told(provenance)
        if kept.get("declared") != item.vintage.url or kept.get("url") == item.vintage.url:
            continue
        year, url = kept.get("year"), kept.get("url")
        path = provenance.with_name(provenance.name.removesuffix(PROVENANCE))
        if path.is_file() and isinstance(year, int) and isinstance(url, str):
            vintage = replace(item.vintage, year=year, url=url)
            held = replace(item, vintage=vintage, url=url, path=path, declared=item.vintage.url)
            newest = max(newest or (year, held), (year, held), key=lambda pair: pair[0])
    return newest[1] if newest else None


def told(provenance: Path) -> dict:
    """What was written beside a file when it came; nothing when it cannot be read."""
    try:
        kept = json.loads(provenance.read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    return kept if isinstance(kept, dict) else {}

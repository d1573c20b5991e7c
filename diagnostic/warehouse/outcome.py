"""What a build did: files read, left aside, and what is to be known of them."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Loaded:
    """A file that was read: source, name, vintages it holds, rows read."""

    source: str
    file: str
    vintage: str
    rows: int
    seconds: float


@dataclass(frozen=True)
class Refused:
    """A file that was left aside, and why, in French."""

    file: str
    reason: str


@dataclass(frozen=True)
class Remark:
    """What a reader should know of a file that was read: rows left out, members left aside, positions mended."""

    file: str
    sentence: str


@dataclass(frozen=True)
class BuildReport:
    """What a build did. `silenced` names the indicators that no loaded source feeds."""

    loaded: tuple[Loaded, ...]
    refused: tuple[Refused, ...]
    remarks: tuple[Remark, ...]
    silenced: tuple[tuple[str, str], ...]
    seconds: float
    steps: tuple[tuple[str, float], ...]

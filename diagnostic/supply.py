"""From nothing to a diagnosis: the light files, a database that serves, then the heavy files and a fuller one."""

from __future__ import annotations

import fcntl
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from diagnostic import french
from diagnostic.fetch import Outcome, State, fetch
from diagnostic.model import DiagnosticError, Source
from diagnostic.sources import SOURCES
from diagnostic.warehouse import BuildReport, build

LOCK = ".supply.lock"
_MEGA = 1_000_000


@dataclass(frozen=True, slots=True)
class Brought:
    """The files of one pass: the `heavy` ones or the others."""

    heavy: bool
    outcomes: tuple[Outcome, ...]

    @property
    def refused(self) -> tuple[Outcome, ...]:
        return tuple(outcome for outcome in self.outcomes if outcome.state is State.REFUSED)


@dataclass(frozen=True, slots=True)
class Built:
    """A database put in the place of the one before; the server reads it at the next question."""

    heavy: bool
    report: BuildReport


def supply(
    raw: Path,
    db: Path,
    *,
    sources: Sequence[Source] = SOURCES,
    tell: Callable[[str], None] = lambda _: None,
    wait: Callable[[float], object] = time.sleep,
) -> Iterator[Brought | Built]:
    """Download and build in two passes, and yield what became of each step as it ends.

    `tell` receives one French line at a time: the file that arrives with its size and the time left, or the step of
    the build. The second build takes place only when a heavy file came. Raise DiagnosticError when another run
    holds the folder, or when no database can be built.
    """
    with _alone(raw):
        for heavy in (False, True):
            passing = [source for source in sources if source.heavy is heavy and source.vintages]
            if not passing:
                continue
            arrival = Arrival(tell)
            brought = Brought(heavy, tuple(fetch(passing, raw, progress=arrival, wait=wait)))
            yield brought
            came = any(o.state in (State.DOWNLOADED, State.RESUMED) for o in brought.outcomes)
            if came or not heavy:
                yield Built(heavy, build([raw], db, progress=tell))


@contextmanager
def _alone(raw: Path) -> Iterator[None]:
    """Hold the folder of downloads for one run: two would wait for each other's files, then build twice."""
    try:
        raw.mkdir(parents=True, exist_ok=True)
        lock = (raw / LOCK).open("w")
    except OSError as error:
        raise DiagnosticError(
            f"Le dossier « {raw} » ne peut pas être écrit ({french.because(error)}) : vérifiez ses droits."
        ) from error
    with lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise DiagnosticError("Un chargement est déjà en cours : attendez sa fin.") from error
        yield


class Arrival:
    """Says how much of a file has come and how long the rest will take: the progress of `fetch`."""

    def __init__(self, tell: Callable[[str], None], clock: Callable[[], float] = time.monotonic) -> None:
        self.tell, self.clock = tell, clock
        self.name, self.began, self.first = "", 0.0, 0

    def __call__(self, name: str, got: int, total: int | None) -> None:
        """« nais.csv, 3,2 Mo sur 18,0, encore 12 s »."""
        if name != self.name:
            self.name, self.began, self.first = name, self.clock(), got
        of = f" sur {french.number(total / _MEGA, 1)}" if total else ""
        self.tell(f"{name}, {french.number(got / _MEGA, 1)}{french.NBSP}Mo{of}{self._left(got, total)}")

    def _left(self, got: int, total: int | None) -> str:
        """The time left at the pace of this file so far; nothing in its first second."""
        spent, came = self.clock() - self.began, got - self.first
        if not total or spent < 1 or came <= 0 or got >= total:
            return ""
        seconds = (total - got) * spent / came
        if seconds < 60:
            return f", encore {max(1, round(seconds))}{french.NBSP}s"
        return f", encore {french.number(round(seconds / 60))}{french.NBSP}min"

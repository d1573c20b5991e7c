"""What a long command says while it works."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

SECONDS_BETWEEN_LINES = 5.0
SECONDS_BETWEEN_REDRAWS = 0.2


class ProgressLine:
    """One line on standard error: redrawn in a terminal, else repeated every few seconds."""

    def __init__(self) -> None:
        self.terminal = sys.stderr.isatty()
        self.pause = SECONDS_BETWEEN_REDRAWS if self.terminal else SECONDS_BETWEEN_LINES
        self.last = time.monotonic()
        self.drawn = False

    def __call__(self, text: str) -> None:
        now = time.monotonic()
        if now - self.last < self.pause:
            return
        self.last = now
        self.drawn = self.terminal
        print(
            f"\r\033[K{text[:100]}" if self.terminal else text,
            end="" if self.terminal else "\n",
            file=sys.stderr,
            flush=True,
        )

    def clear(self) -> None:
        """Leave the line free for what is said for good."""
        if self.drawn:
            self.drawn = False
            print("\r\033[K", end="", file=sys.stderr, flush=True)


@contextmanager
def progress_line() -> Iterator[ProgressLine]:
    line = ProgressLine()
    try:
        yield line
    finally:
        line.clear()

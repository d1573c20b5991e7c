"""Text made ready for HTML: French typography, nothing that a browser could take for a tag."""

from __future__ import annotations

import re
from html import escape

from diagnostic import french


def text(value: str) -> str:
    """Text from data, ready for HTML: typographic, escaped."""
    return escape(french.typographic(value))


_ARTICLE = re.compile(r"\b[LRD]\.[ \u00a0\u202f]?\d+(?:-\d+)+")
_LONG_WORD = re.compile(r"[^\s<>&;]{24,}")


def prose(value: str) -> str:
    """`text` between tags: the number of an article of law stays on one line, the name of a file may be cut after its
    signs."""
    said = _ARTICLE.sub(lambda found: f'<span class="uni">{found[0]}</span>', text(value))
    return _LONG_WORD.sub(lambda found: re.sub(r"(?<=[_./-])(?=\w)", "<wbr>", found[0]), said)

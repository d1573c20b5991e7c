"""What leaves a slide where all cannot be read from afar: whole rows, whole clauses, told in its notes and counted."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import accumulate

from diagnostic import french, story

NOTED = "dans les notes"
CLAUSE = re.compile(r"(?: · |[\u00a0\u202f ]; |(?<=\w\.) )")
"""What parts the clauses of a text."""
SLIDE = re.compile(r" \(diapo\u00a0\d+\)$")
"""The slide that tells more of a card."""

Item = tuple[str, str, bool]
"""A paragraph: heading, text, whether it deserves attention."""


def rows_that_hold(block: story.Table, holds: Callable[[story.Table], bool]) -> tuple[story.Table, list[str]]:
    """The table without the last rows of its longest groups, whose number its last row says, and what left: a heading keeps
    its first row as long as one can be spared elsewhere."""
    kept, shown = list(range(len(block.rows))), block
    while len(kept) > 1 and not holds(shown):
        del kept[_spared([block.rows[at] for at in kept])]
        shown = _counted(block, [block.rows[at] for at in kept])
    gone = (row for at, row in enumerate(block.rows) if at not in kept)
    return shown, [" · ".join(filter(None, row)) for row in gone]


def _spared(rows: Sequence[tuple[str, ...]]) -> int:
    """The last row of the longest group of rows under one heading, of the last such group."""
    groups = list(accumulate(bool(row[0]) for row in rows))
    longest = max(groups, key=lambda one: (groups.count(one), one))
    return max(at for at, one in enumerate(groups) if one == longest)


def _counted(block: story.Table, rows: Sequence[tuple[str, ...]]) -> story.Table:
    gone = len(block.rows) - len(rows)
    column = 0 if all(row[0] for row in block.rows) else 1
    noun = block.header[column].lower()
    plural = f"{noun}{'x' if noun.endswith('eu') else 's'}"
    left = f"Et {french.quantity(gone, f'autre {noun}', f'autres {plural}')}, {NOTED}"
    last = tuple(left if at == column else "" for at in range(len(block.header)))
    return replace(block, rows=(*rows, last))


def items_that_hold(
    items: Sequence[Item], holds: Callable[[tuple[Item, ...]], bool]
) -> tuple[tuple[Item, ...], list[str]]:
    """The paragraphs without the last ones, or the first one without its last clauses, and what left. Lines of one list say
    how many more there are."""
    for count in range(len(items), 0, -1):
        kept, gone = tuple(items[:count]), [text for _, text, _ in items[count:]]
        listed = gone and not any(heading for heading, *_ in items[1:])
        shown = (*kept, ("", f"{_more(len(gone))}.", False)) if listed else kept
        if holds(shown):
            return shown, gone
    heading, text, alert = items[0]
    said, rest = clauses_that_hold(text, lambda one: holds(((heading, one, alert),)))
    return ((heading, said, alert),), [*filter(None, (rest,)), *(text for _, text, _ in items[1:])]


def _more(count: int) -> str:
    return f"Et {french.in_words(count, feminine=True)} {french.plural(count, 'autre', 'autres')}, {NOTED}"


def clauses_that_hold(text: str, holds: Callable[[str], bool]) -> tuple[str, str]:
    """The text without its last clauses, never without the slide that it names, and those that left."""
    slide = SLIDE.search(text)
    named = slide.group() if slide else ""
    bare = text.removesuffix(named)
    ends = [match.span() for match in CLAUSE.finditer(bare)]
    for end, after in [(len(bare), len(bare)), *reversed(ends), (0, 0)]:
        if end and holds(bare[:end] + named):
            return bare[:end] + named, bare[after:]
    return named.strip(), bare

"""Blocks of the story drawn large, in HTML: sizes in rem and shares of the window, for a projector."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import replace

from diagnostic import french, story
from diagnostic.directory.folding import fold
from diagnostic.markup import prose, text
from diagnostic.screens import plotted
from diagnostic.screens.plotted import caption
from diagnostic.story import Block

ROWS = 8
"""Most bars or lines on a screen: a room reads no more."""
ITEMS = 4


def drawn(block: Block, theme: str, share: float = 1.0, room: float = 1.0) -> str:
    """The HTML of a block in its share of the width and of the height; an empty text for one that only a map or a page
    can show. The theme is "light" or "dark"."""
    if isinstance(block, story.Cards):
        return _cards(block)
    if isinstance(block, story.Ranked):
        return _ranked(block)
    if isinstance(block, story.Stacked):
        return _by_mode(block)
    if isinstance(block, story.Lines):
        return plotted.lines(block, theme)
    if isinstance(block, story.Table):
        return _table(block, share, room)
    if isinstance(block, story.Text):
        return _texts(block, share, room)
    if isinstance(block, story.Scatter):
        return plotted.scatter(block)
    return ""


SAME = 0.6
"""Share of the words of a caption from which it says again what stands above it."""


def said_already(words: str, above: str) -> bool:
    """Whether `words` say no more than `above`, which a room has just read."""
    told = [word for word in re.findall(r"\w+", fold(words)) if len(word) > 3]
    return bool(told) and sum(word in fold(above) for word in told) >= SAME * len(told)


def _cards(block: story.Cards) -> str:
    # What is unknown is told elsewhere: a dash in large type says nothing to a room.
    known = [card for card in block.items if card.figure != french.UNKNOWN][:ITEMS]
    cells = "".join(
        f'<article><p class="num">{text(card.figure)}</p><p class="unit">{text(card.unit)}</p>'
        f'<p class="said">{text(card.sentence)}</p><p class="when">{text(_when(card.detail))}</p></article>'
        for card in known
    )
    return f'<div class="grands{" peu" if len(known) < ITEMS else ""}">{cells}</div>' if known else ""


STATUSES = frozenset(("officiel", "calculé", "estimé", "arrondi", "au plus"))


def _when(detail: str) -> str:
    """The end of what is said under a figure, its year and how sure it is; "" where that is not what it says."""
    *_, when, status = ["", *detail.split(" · ")]
    return f"{when} · {status}" if status in STATUSES and when else ""


def _ranked(block: story.Ranked) -> str:
    """Bars from zero, the reference across; the own one and the reference in their colours."""
    rows = block.rows
    asides = block.asides or ("",) * len(rows)
    if len(rows) > ROWS:
        # What deserves a look stands first; the own one is never left out.
        own = [number for number, row in enumerate(rows) if row[0] == block.own]
        kept = sorted({*own, *range(ROWS - any(number >= ROWS for number in own))})
        rows, asides = tuple(rows[at] for at in kept), tuple(asides[at] for at in kept)
    references = [one for one in block.references if one[1] is not None]
    top = max([value for _, value, _ in rows] + [value for _, value, _ in references] + [0.0]) * 1.02 or 1.0
    lines = "".join(
        f'<i class="ref" style="left:{value / top * 100:.2f}%"></i>' for _, value, _ in references[:1]
    )
    roles = {name: "ink" for name, _, _ in references} | {block.own: "own"}
    bars = "".join(
        f'<li class="{"mine" if name == block.own else ""}"><span class="name">{text(name)}</span><span class="bar">'
        f'<i class="{"bad" if marked else roles.get(name, "")}" '
        f'style="width:{max(value, 0) / top * 100:.2f}%"></i>{lines}</span>'
        f'<span class="val">{french.number(value, block.decimals)}{f" <small>{text(aside)}</small>" if aside else ""}</span></li>'
        for (name, value, marked), aside in zip(rows, asides, strict=True)
    )
    named = [f"Trait : {name} {french.number(value, block.decimals)}" for name, value, _ in references[:1]]
    above = caption(" · ".join(filter(None, (block.caption, *named))))
    return f'{above}<ul class="barres{"" if any(asides) else " seules"}">{bars}</ul>'


def gaps(heading: str, rows: Sequence[tuple[str, float]]) -> str:
    """Differences on both sides of a line in the middle, each under its name."""
    most = max((abs(value) for _, value in rows), default=0.0) or 1.0
    cells = "".join(
        f'<li><span class="name">{text(name)}</span><span class="val{" bad" if value < 0 else ""}">{french.signed(value, 1)}</span>'
        f'<span class="bar"><i class="{"bad" if value < 0 else "own"}" style="{"right" if value < 0 else "left"}:50%;'
        f'width:{abs(value) / most * 48:.2f}%"></i><i class="zero"></i></span></li>'
        for name, value in rows
    )
    return f'{caption(heading)}<ul class="ecarts">{cells}</ul>'


def pairs(rows: Sequence[tuple[str, str]]) -> str:
    """Names and what is said of each, one below the other, large."""
    cells = "".join(f"<div><dt>{text(name)}</dt><dd>{text(said)}</dd></div>" for name, said in rows)
    return f'<dl class="paires">{cells}</dl>'


def _by_mode(block: story.Stacked) -> str:
    """Each part of each bar from a line of its own, all on one scale: a room compares what begins at the same place."""
    if len(block.rows) == 1:
        # Alone, its parts are held against each other.
        [(_, values, _)] = block.rows
        alone = [
            (name, value, False)
            for name, value in zip(block.series, values, strict=True)
            if value is not None
        ]
        return _ranked(story.Ranked(block.caption, tuple(sorted(alone, key=lambda one: -one[1])), (), 1))
    most = max((value for _, values, _ in block.rows for value in values if value is not None), default=0.0)
    heads = "".join(f"<span>{text(name)}</span>" for name in block.series)
    rows = "".join(
        f'<li class="{"mine" if block.own and number == 0 else ""}"><span class="name">{text(name)}'
        f"{f' <b>{french.number(total, 1)}</b>' if total is not None else ''}</span>"
        + "".join(_part(*part, most or 1.0) for part in zip(block.series, values, strict=True))
        + "</li>"
        for number, (name, values, total) in enumerate(block.rows[:ROWS])
    )
    return (
        f'{caption(block.caption)}<ul class="modes" style="--modes:{len(block.series)}">'
        f'<li class="tetes" aria-hidden="true">{heads}</li>{rows}</ul>'
    )


def _part(name: str, value: float | None, most: float) -> str:
    """One part: its figure over its bar; its name for who does not see the heads."""
    said = french.UNKNOWN if value is None else french.number(value, 1)
    width = 0.0 if value is None else value / most * 100
    return (
        f'<span class="mode"><small>{text(name)}</small><b class="val">{said}</b>'
        f'<span class="bar"><i style="width:{width:.2f}%"></i></span></span>'
    )


WIDE, HIGH = 62.0, 20.25
"""Room of a screen for its columns, in rem: below a title of two lines and a line that says what is counted."""
TITLE_LINE, UNDER_LINE = 2.15, 1.75
"""Height of a line of the title and of the line under it, in rem."""
LETTER, LINE = 0.45, 1.32
"""Width of a letter and height of a line, in ems."""
WORD_LETTER = 0.5
"""Width of a letter of one word, in ems: of few letters none makes up for a wide one."""
_WORDS = re.compile("[ -]")
"""Where a line may be broken: a no-break space is none."""
SIZES = (2.875, 2.5, 2.0, 1.625, 1.375, 1.25, 1.125, 1.0)
"""Type in which words may stand, in rem, the largest that holds them first."""
MORE = 2.25
"""Height of the line that counts what is left, in rem."""
SHORT_HEAD = 22
"""Letters of a head that may stand before each of its cells."""
MOST_LINES = 4
"""Lines of a cell, of which a longer text is cut."""


def room(*, lines: int, under: bool) -> float:
    """What a title of so many `lines` leaves to the columns, with a line under it or not, in shares of `HIGH`."""
    return (HIGH + (2 - lines) * TITLE_LINE + (not under) * UNDER_LINE) / HIGH


MOST_SHEETS = 3
"""Screens that one table may take."""


def sheets(block: story.Table, room: float) -> tuple[story.Table, ...]:
    """A table that one screen cannot hold as those that hold it, each with its heads; itself alone where it holds."""
    if block.left or not block.rows:
        return (block,)
    for count in range(1, MOST_SHEETS + 1):
        size = -(-len(block.rows) // count)
        cut = [list(block.rows[at : at + size]) for at in range(0, len(block.rows), size)]
        for before, rows in zip(cut, cut[1:], strict=False):
            # The head of a group stands in its first row alone.
            head = next((row[0] for row in reversed(before) if row[0]), "")
            rows[0] = (rows[0][0] or head, *rows[0][1:])
        made = tuple(replace(block, rows=tuple(rows)) for rows in cut)
        if all(len(_kept(one, 1.0, room)[0]) == len(one.rows) for one in made):
            break
    return made


def _lines_of(said: str, wide: float, size: float) -> int:
    """Lines that a text takes in `wide` rem."""
    return max(1, math.ceil(len(said) * LETTER * size / wide))


def _kept(
    block: story.Table, share: float, room: float
) -> tuple[Sequence[Sequence[str]], float, Sequence[float]]:
    """The rows of a table that have room, in the largest type that holds them all; that type, and the width of the columns."""
    keep = range(min(4, len(block.header)))
    named = block.rows[:-1] if block.left else block.rows
    wides = [
        WIDE * share * block.widths[number] / sum(block.widths[at] for at in keep) - 0.75 for number in keep
    ]

    def lines(row: Sequence[str], size: float) -> int:
        return max(_lines_of(row[number], wide, size) for number, wide in zip(keep, wides, strict=True))

    def unbroken(row: Sequence[str], size: float) -> bool:
        """Whether each word and number stands whole in its column, which would cut it."""
        words = (
            (len(word), wide)
            for number, wide in zip(keep, wides, strict=True)
            for word in _WORDS.split(row[number])
        )
        return all(letters * WORD_LETTER * size <= wide for letters, wide in words)

    def high(row: Sequence[str], size: float) -> float:
        return min(lines(row, size), MOST_LINES) * LINE * size + 0.625

    free = HIGH * room - lines(block.header, 1.0) * 1.3 - 0.5 - (1.5 if block.caption else 0.0)

    def holds(size: float) -> bool:
        whole = all(lines(row, size) <= MOST_LINES and unbroken(row, size) for row in named)
        return whole and sum(high(row, size) for row in named) <= free - MORE * bool(block.left)

    large = SIZES[2 if len(named) < 3 else 3 :]
    size = next((size for size in large if holds(size)), SIZES[-1])
    count, crowded = 0, block.left or sum(high(row, size) for row in named) > free
    free -= MORE * bool(crowded)
    while count < len(named) and free >= (needed := high(named[count], size)):
        count, free = count + 1, free - needed
    return named[:count], size, wides


def _table(block: story.Table, share: float, room: float) -> str:
    """The first columns of as many rows as have room, and how many are left."""
    kept, size, wides = _kept(block, share, room)
    keep = range(len(wides))
    heads = "".join(f"<th scope='col'>{text(block.header[number])}</th>" for number in keep)
    most = [int(MOST_LINES * wide / size / LETTER) for wide in wides]
    rows = "".join(
        "<tr>"
        + "".join(
            f"<td{_head_of(block.header[number])}><span>{prose(story.shortened(row[number], letters))}</span></td>"
            for number, letters in zip(keep, most, strict=True)
        )
        + "</tr>"
        for row in kept
    )
    left = len(block.rows) - bool(block.left) - len(kept) + block.left
    more = (
        f'<p class="then">Et {french.number(left)} de plus, dans les pages du diagnostic.</p>' if left else ""
    )
    columns = "".join(f'<col style="width:{wide / sum(wides) * 100:.1f}%">' for wide in wides)
    return (
        f'{caption(block.caption)}<table class="grand" style="font-size:{size}rem"><colgroup>{columns}</colgroup>'
        f"<thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table>{more}"
    )


def _head_of(head: str) -> str:
    """The head of a cell for a telephone, where cells stand one below the other; a long one says its column once, above."""
    return f' data-tete="{text(head)}"' if len(head) <= SHORT_HEAD else ""


def _texts(block: story.Text, share: float, room: float) -> str:
    """Paragraphs in the largest type that holds them; cut at a sentence where none does."""
    items = block.items[:ITEMS]
    wide, free = WIDE * share - 1.5, HIGH * room - 1.25 * len(items)

    def holds(size: float) -> bool:
        # A heading is bold: its letters are wider.
        lines = sum(
            _lines_of(said, wide, size) + (_lines_of(heading, wide * 0.92, size) if heading else 0)
            for heading, said, _ in items
        )
        return lines * LINE * size <= free

    size = next((size for size in SIZES if holds(size)), SIZES[-2])
    most = int(max(1, free / size / LINE / max(1, len(items)) - 1) * wide / size / LETTER)
    cells = "".join(
        f'<p class="dit{" warn" if warn else ""}">{f"<b>{text(heading)}</b> " if heading else ""}{prose(_whole(french.unbroken(said), most))}</p>'
        for heading, said, warn in items
    )
    return f'<div class="dits" style="font-size:{size}rem">{cells}</div>'


def _whole(said: str, most: int) -> str:
    """The sentences that `most` letters hold; the first one is cut where it is longer alone."""
    kept = ""
    for sentence in re.split(r"(?<=[.!?]) ", said):
        if len(kept) + len(sentence) + 1 > most:
            break
        kept = f"{kept} {sentence}".strip()
    return kept or story.shortened(said, most)

"""What a screen reader says of a drawing: its values, not its shape."""

from __future__ import annotations

from functools import singledispatch

from diagnostic import french, story

MOST = 30
"""Values read aloud: beyond, those of both ends."""


@singledispatch
def said(block) -> str:
    """The caption and the values of a block; the caption alone where the drawing says them by itself."""
    return getattr(block, "caption", "")


@said.register
def _(block: story.Ranked) -> str:
    rows = [f"{name} {french.number(value, block.decimals)}" for name, value, _ in block.rows]
    lines = [f"{label} {french.number(value, block.decimals)}" for label, value, _ in block.references]
    beside = f" Références : {' ; '.join(lines)}." if lines else ""
    return f"{block.caption}. {_held(rows)}.{beside}"


@said.register
def _(block: story.Stacked) -> str:
    rows = []
    for name, values, total in block.rows:
        parts = [
            f"{series} {french.number(value, 1)}"
            for series, value in zip(block.series, values, strict=True)
            if value is not None
        ]
        whole = f", ensemble {french.number(total, 1)}" if total is not None else ""
        rows.append(f"{name} : {', '.join(parts)}{whole}")
    return f"{block.caption}. {_held(rows)}."


@said.register
def _(block: story.Clustered) -> str:
    rows = []
    for name, values in block.rows:
        parts = [
            f"{series} {french.number(value, block.decimals)}"
            for series, value in zip(block.series, values, strict=True)
            if value is not None
        ]
        rows.append(f"{name} : {', '.join(parts)}")
    return f"{block.caption}. {_held(rows)}."


@said.register
def _(block: story.Lines) -> str:
    rows = []
    for line in block.series:
        (first, start), (last, end) = line.points[0], line.points[-1]
        # What is estimated is said as it is written on the drawing.
        before = french.number(french.two_figures(start) if line.end else start, block.decimals)
        after = line.end or french.number(end, block.decimals)
        after += "" if after.endswith(f" en {last}") else f" en {last}"
        rows.append(f"{line.name} {before} en {first}, {after}".strip())
    if block.band:
        year, low, high = block.band[-1]
        between = " et ".join(french.number(french.two_figures(value)) for value in (low, high))
        rows.append(f"entre {between} en {year}")
    return f"{block.caption}. {_held(rows)}."


@said.register
def _(block: story.Scatter) -> str:
    rows = [
        f"{name} {french.number(x, 1)} et {french.number(y, 1)}"
        for name, x, y, _ in sorted(block.points, key=lambda point: -point[1])
    ]
    return f"{block.caption}. {block.x_title}, puis {block.y_title} : {_held(rows)}."


@said.register
def _(block: story.Strips) -> str:
    return f"{block.caption}. {_held([strip(row) for row in block.rows])}."


def strip(row: story.Strip) -> str:
    """One line of dots: the value, the rank, the range of the others."""
    values = [french.number(value, row.decimals) for value in (row.own, *_ends(row))]
    others = f" ; les autres de {values[1]} à {values[2]}" if len(values) > 1 else ""
    return f"{row.label} : {values[0]}, {row.rank}{others}"


def _ends(row: story.Strip) -> tuple[float, ...]:
    return (min(row.others), max(row.others)) if row.others else ()


def _held(rows: list[str]) -> str:
    if len(rows) <= MOST:
        return " ; ".join(rows)
    half = MOST // 2
    between = len(rows) - 2 * half
    return " ; ".join((*rows[:half], f"{between} autres entre les deux", *rows[-half:]))

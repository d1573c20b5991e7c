"""Names on a map: greedy, none over another."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from typing import NamedTuple

import shapely
from matplotlib.patheffects import withStroke

from diagnostic import french, story
from diagnostic.exports import letters
from diagnostic.exports.picture.canvas import FONT
from diagnostic.exports.picture.frame import Frame
from diagnostic.exports.picture.shapes import Shape
from diagnostic.exports.style import COLOURS
from diagnostic.model import ratio_class

MOST_NAMES, MOST_NAMES_CROWDED, CROWDED = 24, 12, 60
LONGEST = 18
"""Letters of one line."""
UNKNOWN_WIDER, WIDER, MOST_WIDER = 1.6, 2.0, 2.8
"""How many times wider than the side of its polygon a name may be: of an unknown one, of another one, of one that lacks
places."""
POINTS, LEADING, CM_OF_A_POINT = 7.5, 1.25, 0.0353
"""Of the names of a map at scale 1: their size and the height of a line over it; what a point takes."""
LONG, LONGER, INITIALS = 24, 30, 9
"""Letters beyond which a name is shortened, and is said by its first part; of initials at most."""


class Label(NamedTuple):
    """A name where there is room for it: its lines, its box (west, south, east, north, in centimetres of the sheet),
    whether it stands wholly inside its polygon, and the class of the value under it."""

    code: str
    lines: tuple[str, ...]
    box: tuple[float, float, float, float]
    inside: bool
    rank: int | None


def labels(
    frame: Frame,
    found: Sequence[Shape],
    block: story.Map,
    without: frozenset[str] = frozenset(),
    *,
    valued: bool = True,
) -> list[Label]:
    """Greedy: the one that the map is about, members below the reference, then by population; no free place, no name.

    `without` are codes named elsewhere; a name has its value under it unless `valued` is False or it is
    compared with nothing.
    """
    most = MOST_NAMES if len(found) <= CROWDED else MOST_NAMES_CROWDED
    reference = block.reference[1] if block.reference else None

    def matters(shape: Shape) -> bool:
        rank = ratio_class(block.coloured(shape.code), reference)
        return rank is not None and rank < 2

    def order(shape: Shape):
        return (shape.code != block.at, not matters(shape), -(shape.population or 0))

    placed: list[Label] = []
    for shape in sorted((one for one in found if one.code not in without), key=order):
        if len(placed) == most:
            break
        value = block.values.get(shape.code)
        told = block.coloured(shape.code) if valued else None
        lines = (*short(shape.name), *((french.number(told, 1),) if told is not None else ()))
        drawn = frame.place(shape.geometry)
        point = drawn.representative_point()
        size = POINTS * frame.scale * CM_OF_A_POINT
        w = max(letters.width(line, bold=True) for line in map(french.office, lines)) * size
        h = LEADING * size * len(lines)
        taken = [one.box for one in placed]
        beside = (
            b
            for b in _further(point.x, point.y, w, h)
            if drawn.contains(shapely.Point((b[0] + b[2]) / 2, (b[1] + b[3]) / 2))
        )
        box = next((b for b in (*_offsets(point.x, point.y, w, h), *beside) if _free(b, taken, frame)), None)
        # An unknown one, or one that its name would hide, is not named, unless it is what the map is about.
        side = math.sqrt(drawn.area)
        too_wide = w > (UNKNOWN_WIDER if value is None else WIDER) * side
        about = shape.code == block.at
        if box is None or (too_wide and not about and not (matters(shape) and w <= MOST_WIDER * side)):
            continue
        inside = drawn.contains(shapely.box(*box))
        placed.append(
            Label(shape.code, lines, box, bool(inside), ratio_class(block.coloured(shape.code), reference))
        )
    return placed


def write_names(
    frame: Frame, found: Sequence[Shape], block: story.Map, without: frozenset[str] = frozenset()
) -> frozenset[str]:
    """Write the names that have room; their codes come back."""
    placed = labels(frame, found, block, without)
    for one in placed:
        box = one.box
        frame.sheet.text(
            (box[0] + box[2]) / 2,
            (box[1] + box[3]) / 2,
            french.office("\n".join(one.lines)),
            ha="center",
            va="center",
            fontsize=POINTS * frame.scale,
            linespacing=1.0,
            color="white" if one.rank in (0, 4) and one.inside else f"#{COLOURS['ink']}",
            zorder=8,
            family=FONT,
            path_effects=[] if one.inside else [withStroke(linewidth=1.8, foreground="white")],
        )
    return frozenset(one.code for one in placed)


def brief(name: str) -> str:
    """A name as a drawing has room for it, never cut: a long one gives its initials where it says them, else what stands
    before its parenthesis, the longest the first of the places that they join, and writes « St » for « Saint »."""
    if len(name) <= LONG:
        return name
    if told := re.fullmatch(r"(.+?) \(([^)]+)\)", name):
        name = told[2] if told[2].isupper() and len(told[2]) <= INITIALS else told[1]
    if len(name) > LONGER:
        # The first of the places that it joins.
        name = re.split(r" et |, | - ", name)[0]
    return name if len(name) <= LONG else name.replace("Saint-", "St-").replace("Sainte-", "Ste-")


def short(name: str) -> tuple[str, ...]:
    """The name on one line, or on two of about the same length, never cut."""
    text = brief(name).replace("Saint-", "St-").replace("Sainte-", "Ste-")
    if len(text) <= LONGEST:
        return (text,)
    breaks = [at + 1 for at, letter in enumerate(text) if letter in "- "]
    at = min(breaks, key=lambda one: abs(one - len(text) / 2), default=len(text))
    return tuple(part.strip() for part in (text[:at], text[at:]) if part.strip())


def _offsets(x: float, y: float, w: float, h: float):
    for dx, dy in ((0, 0), (0, 0.35), (0, -0.4), (0.5, 0), (-0.5, 0), (0.6, 0.4), (-0.6, -0.4)):
        yield (x + dx - w / 2, y + dy - h / 2, x + dx + w / 2, y + dy + h / 2)


def _further(x: float, y: float, w: float, h: float):
    """Places further from the middle, for a polygon that reaches as far."""
    for far in (0.7, 1.0, 1.4):
        for dx, dy in (
            (-far, 0),
            (far, 0),
            (0, -far),
            (0, far),
            (-far, far),
            (-far, -far),
            (far, far),
            (far, -far),
        ):
            yield (x + dx - w / 2, y + dy - h / 2, x + dx + w / 2, y + dy + h / 2)


def _free(box, taken, frame: Frame) -> bool:
    room = frame.room
    if box[0] < room.x + 0.05 or box[2] > room.x + room.w + (0.2 if frame.clip is None else -0.05):
        return False
    if box[1] < room.y + 0.05 or box[3] > room.y + room.h - 0.05:
        return False
    return all(box[2] < t[0] or box[0] > t[2] or box[3] < t[1] or box[1] > t[3] for t in taken)

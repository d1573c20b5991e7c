"""Names on a map: greedy, none over another."""

from __future__ import annotations

import math
from collections.abc import Sequence

import shapely
from matplotlib.patheffects import withStroke

from diagnostic import french, story
from diagnostic.exports.picture.canvas import FONT
from diagnostic.exports.picture.frame import Frame
from diagnostic.exports.picture.shapes import Shape
from diagnostic.exports.style import COLOURS
from diagnostic.model import ratio_class

MOST_NAMES, MOST_NAMES_CROWDED, CROWDED = 24, 12, 60


def write_names(
    frame: Frame, found: Sequence[Shape], block: story.Map, without: frozenset[str] = frozenset()
) -> frozenset[str]:
    """Greedy: members below the reference first, then by population; no free place, no name.

    `without` are codes named elsewhere. The codes named here come back.
    """
    most = MOST_NAMES if len(found) <= CROWDED else MOST_NAMES_CROWDED
    reference = block.reference[1] if block.reference else None

    def order(shape: Shape):
        rank = ratio_class(block.values.get(shape.code), reference)
        return (0 if rank is not None and rank < 2 else 1, -(shape.population or 0))

    taken: list[tuple[float, float, float, float]] = []
    drawn: set[str] = set()
    for shape in sorted((one for one in found if one.code not in without), key=order):
        if len(drawn) == most:
            break
        value = block.values.get(shape.code)
        text = _short(shape.name) + (f"\n{french.number(value, 1)}" if value is not None else "")
        placed = frame.place(shape.geometry)
        point = placed.representative_point()
        w, h = (
            0.145 * frame.scale * max(map(len, text.split("\n"))),
            0.33 * frame.scale * (text.count("\n") + 1),
        )
        box = next((b for b in _offsets(point.x, point.y, w, h) if _free(b, taken, frame)), None)
        if box is None or (value is None and box[2] - box[0] > 1.6 * math.sqrt(placed.area)):
            continue
        taken.append(box)
        drawn.add(shape.code)
        rank = ratio_class(value, reference)
        inside = placed.contains(shapely.box(*box))
        white = rank in (0, 4) and inside
        frame.axes.text(
            (box[0] + box[2]) / 2,
            (box[1] + box[3]) / 2,
            french.office(text),
            ha="center",
            va="center",
            fontsize=7.5 * frame.scale,
            linespacing=1.0,
            color="white" if white else f"#{COLOURS['ink']}",
            zorder=8,
            family=FONT,
            path_effects=[] if inside else [withStroke(linewidth=1.8, foreground="white")],
        )
    return frozenset(drawn)


def _short(name: str) -> str:
    text = name.replace("Saint-", "St-").replace("Sainte-", "Ste-")
    return text if len(text) <= 24 else f"{text[:23]}…"


def _offsets(x: float, y: float, w: float, h: float):
    for dx, dy in ((0, 0), (0, 0.35), (0, -0.4), (0.5, 0), (-0.5, 0), (0.6, 0.4), (-0.6, -0.4)):
        yield (x + dx - w / 2, y + dy - h / 2, x + dx + w / 2, y + dy + h / 2)


def _free(box, taken, frame: Frame) -> bool:
    room = frame.room
    if box[0] < room.x + 0.05 or box[2] > room.x + room.w + (0.2 if frame.clip is None else -0.05):
        return False
    if box[1] < room.y + 0.05 or box[3] > room.y + room.h - 0.05:
        return False
    return all(box[2] < t[0] or box[0] > t[2] or box[3] < t[1] or box[1] > t[3] for t in taken)

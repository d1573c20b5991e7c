"""A map placed in centimetres: legend, names and scale bar keep their size whatever the territory."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import shapely
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from diagnostic.exports.picture.canvas import FONT
from diagnostic.exports.picture.shapes import Shape
from diagnostic.exports.style import COLOURS


class Room(NamedTuple):
    """A place on the sheet, in centimetres from its bottom left."""

    x: float
    y: float
    w: float
    h: float


def sheet(figure: Figure, width: float, height: float) -> Axes:
    """Axes over the whole picture, in centimetres."""
    axes = figure.add_axes((0, 0, 1, 1))
    axes.set_axis_off()
    axes.set_xlim(0, width)
    axes.set_ylim(0, height)
    return axes


class Frame:
    """Kilometres (`bounds`: west, south, east, north) laid in a room of the sheet; `clipped` cuts at its edges.
    Without `axes` it only places."""

    def __init__(
        self, axes: Axes | None, room: Room, bounds: Sequence[float], scale: float, *, clipped: bool = False
    ) -> None:
        self.axes, self.room, self.scale = axes, room, scale
        west, south, east, north = bounds
        self.per_cm = max((east - west) / (room.w - 0.2), (north - south) / (room.h - 0.2))
        self.shift = (
            room.x + room.w / 2 - (west + east) / 2 / self.per_cm,
            room.y + room.h / 2 - (south + north) / 2 / self.per_cm,
        )
        self.clip = (
            Rectangle(room[:2], room.w, room.h, transform=axes.transData)
            if clipped and axes is not None
            else None
        )

    @property
    def sheet(self) -> Axes:
        """The axes that it draws on."""
        if self.axes is None:
            raise ValueError("a frame without axes only places")
        return self.axes

    def place(self, geometry: shapely.Geometry) -> shapely.Geometry:
        return shapely.transform(geometry, lambda xy: xy / self.per_cm + np.array(self.shift))

    def at(self, x: float, y: float) -> tuple[float, float]:
        """A point in kilometres on the sheet."""
        return x / self.per_cm + self.shift[0], y / self.per_cm + self.shift[1]

    def add(self, artist) -> None:
        self.sheet.add_artist(artist)
        if self.clip is not None:
            artist.set_clip_path(self.clip)

    def dots(
        self, points: Sequence[tuple[float, float]], marker: str, size: float, colour: str, zorder: int
    ) -> None:
        """Marks at points in kilometres, edged in white."""
        spots = [self.at(x, y) for x, y in points]
        (line,) = self.sheet.plot(
            [x for x, _ in spots],
            [y for _, y in spots],
            marker,
            ms=size,
            color=colour,
            mec="white",
            mew=0.4,
            zorder=zorder,
        )
        if self.clip is not None:
            line.set_clip_path(self.clip)


def bounds_of(found: Sequence[Shape]) -> tuple[float, float, float, float]:
    return tuple(shapely.total_bounds(np.array([shape.geometry for shape in found])))


def round_length(frame: Frame, longest: float = 2.8) -> int:
    """The longest round number of kilometres that holds in `longest` centimetres."""
    lengths = (500, 200, 100, 50, 20, 10, 5, 2, 1)
    return next((km for km in lengths if km / frame.per_cm <= longest * frame.scale), 1)


def scale_bar(frame: Frame, x: float) -> None:
    km, y = round_length(frame), 0.35
    colour = f"#{COLOURS['muted']}"
    frame.sheet.plot([x, x + km / frame.per_cm], [y, y], color=colour, linewidth=1, zorder=9)
    end = x + km / frame.per_cm + 0.15
    frame.sheet.text(
        end, y, f"{km} km", fontsize=8 * frame.scale, color=colour, va="center", family=FONT, zorder=9
    )

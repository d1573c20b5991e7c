"""A map placed in centimetres: legend, names and scale bar keep their size whatever the territory."""

from __future__ import annotations

import numpy as np
import shapely
from matplotlib.figure import Figure

from diagnostic.exports.picture.canvas import FONT
from diagnostic.exports.picture.shapes import Shape
from diagnostic.exports.style import COLOURS


class Frame:
    """Axes over the whole picture, in centimetres from the bottom left, and the kilometres inside."""

    def __init__(
        self, figure: Figure, width: float, height: float, legend: float, shapes_: list[Shape], scale: float
    ) -> None:
        self.scale, self.left = scale, width - legend + 0.1
        self.axes = figure.add_axes((0, 0, 1, 1))
        self.axes.set_axis_off()
        self.axes.set_xlim(0, width)
        self.axes.set_ylim(0, height)
        self.width, self.height = width - legend - 0.3, height
        west, south, east, north = shapely.total_bounds(np.array([s.geometry for s in shapes_]))
        self.per_cm = max((east - west) / (self.width - 0.2), (north - south) / (height - 0.2))
        self.shift = (
            self.width / 2 - (west + east) / 2 / self.per_cm,
            height / 2 - (south + north) / 2 / self.per_cm,
        )

    def place(self, geometry: shapely.Geometry) -> shapely.Geometry:
        return shapely.transform(geometry, lambda xy: xy / self.per_cm + np.array(self.shift))


def scale_bar(frame: Frame) -> None:
    km = next((km for km in (50, 20, 10, 5, 2, 1) if km / frame.per_cm <= 2.8 * frame.scale), 1)
    x, y = frame.left, 0.35
    frame.axes.plot([x, x + km / frame.per_cm], [y, y], color=f"#{COLOURS['muted']}", linewidth=1)
    end = x + km / frame.per_cm + 0.15
    colour = f"#{COLOURS['muted']}"
    frame.axes.text(end, y, f"{km} km", fontsize=8 * frame.scale, color=colour, va="center", family=FONT)

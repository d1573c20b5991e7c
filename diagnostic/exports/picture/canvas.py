"""A sheet to draw on and its bytes, by matplotlib without pyplot: no global state, many threads."""

from __future__ import annotations

import io
import threading
from pathlib import Path
from typing import Any

import font_source_sans_pro
import numpy as np
from matplotlib import rc_context
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure
from matplotlib.font_manager import fontManager
from PIL import Image

CM = 1 / 2.54
MOST_COLOURS = 128
"""Of a picture of a document."""
# Settings of matplotlib are global: one picture at a time is written under ours.
_SETTINGS = threading.Lock()
FONT = "Source Sans Pro"
for _weight in ("Regular", "Bold"):
    fontManager.addfont(Path(font_source_sans_pro.__file__).parent / "files" / f"SourceSansPro-{_weight}.ttf")


def figure_of(width_cm: float, height_cm: float) -> Figure:
    figure = Figure(figsize=(width_cm * CM, height_cm * CM))
    figure.patch.set_alpha(0)
    return figure


def write(axes: Axes, x: float, y: float, text: str, **look: Any) -> None:
    """A text at a point of the axes, cut at no edge: cutting costs as much as writing."""
    figure: Any = axes.get_figure(root=True)
    figure.text(x, y, text, transform=axes.transData, **look)


def painted(figure: Figure, dpi: int) -> bytes:
    """The figure as a PNG on white paper, in no more colours than a drawing has: a quarter of the octets, and quicker."""
    figure.set_dpi(dpi)
    figure.patch.set(facecolor="white", alpha=1.0)
    canvas = FigureCanvasAgg(figure)
    with _SETTINGS, rc_context({"hatch.linewidth": 0.4, "text.hinting": "none"}):
        canvas.draw()
    pixels = np.ascontiguousarray(np.asarray(canvas.buffer_rgba())[:, :, :3])
    buffer = io.BytesIO()
    drawn = Image.fromarray(pixels).quantize(MOST_COLOURS, method=Image.Quantize.FASTOCTREE)
    # The nearest of so few colours is not quite that of the paper.
    colours, paper = drawn.getpalette() or [], 3 * int(drawn.getpixel((0, 0)) or 0)  # type: ignore[arg-type]
    drawn.putpalette([*colours[:paper], 255, 255, 255, *colours[paper + 3 :]])
    drawn.save(buffer, "png", compress_level=4)
    return buffer.getvalue()


def rendered(figure: Figure, kind: str, dpi: int = 200, *, tight: bool = False) -> bytes:
    """The figure as "png" or "svg" bytes; `tight` grows the picture to hold what stands outside."""
    buffer = io.BytesIO()
    (FigureCanvasSVG if kind == "svg" else FigureCanvasAgg)(figure)
    settings: dict[Any, Any] = {"svg.fonttype": "none", "svg.hashsalt": "diagnostic", "hatch.linewidth": 0.4}
    more: dict[str, Any] = {"bbox_inches": "tight", "facecolor": "white"} if tight else {}
    metadata = {"Date": None} if kind == "svg" else None
    speed: dict[str, Any] = {} if kind == "svg" else {"pil_kwargs": {"compress_level": 4}}
    with _SETTINGS, rc_context(settings):
        figure.savefig(buffer, format=kind, dpi=dpi, metadata=metadata, **more, **speed)
    return buffer.getvalue()

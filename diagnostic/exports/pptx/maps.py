"""Maps as pictures, with a text alternative."""

from __future__ import annotations

import io

from pptx.util import Cm

from diagnostic import french, story
from diagnostic.exports import picture
from diagnostic.exports.pptx.page import Box, Canvas
from diagnostic.exports.style import COLOURS, contrast

READABLE = 4.5


def draw_map(on: Canvas, block: story.Map, box: Box) -> None:
    x, y, w, h = box
    figure = on.maps(block, w, h, 1.25 * on.page.type) if on.maps is not None else None
    if figure is None:
        return
    if contrast(COLOURS["ink"], on.page.colours["paper"]) < READABLE:
        # The words of a map are dark: on a dark slide it needs its own paper.
        figure.patch.set(facecolor="white", alpha=1.0)
    image = picture.rendered(figure, "png", 200)
    shape = on.slide.shapes.add_picture(io.BytesIO(image), Cm(x), Cm(y), Cm(w), Cm(h))
    shape._element.nvPicPr.cNvPr.set("descr", french.office(block.alt))
    shape.name = "Carte"

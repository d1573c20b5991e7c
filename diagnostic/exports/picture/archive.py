"""Every chart and map with what makes it citable, in one zip."""

from __future__ import annotations

import io
import textwrap
import zipfile
from collections.abc import Sequence

from matplotlib.figure import Figure

from diagnostic import french, story
from diagnostic.exports.picture.canvas import FONT, rendered
from diagnostic.exports.picture.charts import draw_chart
from diagnostic.exports.picture.maps import draw_map
from diagnostic.report import Report
from diagnostic.story import Section
from diagnostic.warehouse import Database


def framed(figure: Figure, report: Report, section: Section, caption: str) -> Figure:
    """The picture with what makes it citable: the title of its section and its own above, source, vintage and date
    below."""

    def write(x: float, y: float, text: str, size: float, **style) -> None:
        figure.text(x, y, french.office(text), fontsize=size, family=FONT, **style)

    # An empty last line leaves the caption its place.
    write(0.005, 0.995, f"{textwrap.fill(section.title, 100)}\n ", 10, fontweight="bold", va="bottom")
    write(0.005, 0.995, caption, 8, va="bottom")
    mark = f"{story.FICTIONAL} " if report.context.fictional else ""
    line = f"{mark}{french.name(report.territory)} · {section.below} · géographie : {report.context.geography} · {report.context.date}"
    write(0.005, -0.01, textwrap.fill(line, 130), 7, va="top")
    return figure


def pictures(
    report: Report, db: Database | None, kind: str = "png", extra: Sequence[Section] = ()
) -> dict[str, bytes]:
    """Every chart and map of the report: file name without extension -> bytes, 300 dpi for a PNG."""
    found: dict[str, bytes] = {}
    for section in story.sections(report, extra, db):
        for i, block in enumerate(section.blocks):
            figure = None
            if isinstance(block, story.Chart):
                figure = draw_chart(block)
            elif isinstance(block, story.Map) and db is not None:
                figure = draw_map(block, report, db)
            if figure is not None and isinstance(block, story.Chart | story.Map):
                framed(figure, report, section, block.caption)
                found[f"{section.id}-{i + 1}"] = rendered(figure, kind, 300, tight=True)
    return found


def archive(report: Report, db: Database | None = None, *, extra: Sequence[Section] = ()) -> bytes:
    """Every chart and map of the report as PNG and SVG, in a zip."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as target:
        for kind in ("png", "svg"):
            for name, data in pictures(report, db, kind, extra).items():
                target.writestr(f"{kind}/{name}.{kind}", data)
    return buffer.getvalue()

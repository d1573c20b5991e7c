"""The numbers behind a chart, as a table."""

from __future__ import annotations

from diagnostic import french
from diagnostic.story.blocks import Chart, Clustered, Lines, Ranked, Stacked, Strips


def as_table(
    block: Chart,
) -> tuple[tuple[str, ...], list[tuple[str, ...]], tuple[float, ...], tuple[int, ...]]:
    """Header, rows, widths and numeric columns of the numbers behind a chart."""
    if isinstance(block, Stacked):
        # A whole that is told nowhere has no column: its parts are of another year than the published rate.
        whole = any(total is not None for *_, total in block.rows)
        header = ("Territoire", *block.series, *(("Ensemble",) if whole else ()))
        rows = [
            (label, *(french.number(v, 1) for v in values), *((french.number(total, 1),) if whole else ()))
            for label, values, total in block.rows
        ]
    elif isinstance(block, Clustered):
        header = ("Sujet", *block.series)
        rows = [(label, *(french.number(v, block.decimals) for v in values)) for label, values in block.rows]
    elif isinstance(block, Ranked):
        header = ("Territoire", "Valeur")
        rows = [(name, french.number(value, block.decimals)) for name, value, _ in block.rows]
    elif isinstance(block, Strips):
        header = ("Indicateur", "Valeur", block.reference or "Référence", "Rang")
        rows = [
            (
                strip.label,
                french.number(strip.own, strip.decimals),
                french.number(strip.reference, strip.decimals),
                strip.rank,
            )
            for strip in block.rows
        ]
    elif isinstance(block, Lines):
        header = ("Année", *(line.name or "Nombre" for line in block.series))
        years = sorted({year for line in block.series for year, _ in line.points})
        rows = [
            (str(y), *(french.number(dict(line.points).get(y), block.decimals) for line in block.series))
            for y in years
        ]
    else:
        header = ("Commune", block.x_title, block.y_title)
        rows = [(name, french.number(x, 1), french.number(y, 1)) for name, x, y, _ in block.points]
    share = 0.6 / (len(header) - 1)
    return header, rows, (0.4, *([share] * (len(header) - 1))), tuple(range(1, len(header)))

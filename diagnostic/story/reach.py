"""Places within reach, neighbours included."""

from __future__ import annotations

from diagnostic import french, reading
from diagnostic.indicators import BY_ID
from diagnostic.report import Report
from diagnostic.story.blocks import MOST_ROWS, Section, Table
from diagnostic.story.figures import source_line
from diagnostic.story.words import known


def reach_section(report: Report) -> Section | None:
    rows = [row for row in report.access.communes if known(row.get("access")) is not None]
    if len(rows) < max(3, len(report.access.communes) / 2):
        return None
    rows = sorted(rows, key=lambda row: row["access"])[:MOST_ROWS]
    table = Table(
        "Communes où le moins de places en crèche sont à portée",
        ("Commune", "Places à portée pour 100 enfants", "Places dans la commune pour 100 enfants"),
        tuple(
            (
                french.typographic(str(r.get("name", ""))),
                french.number(r["access"], 1),
                french.number(r.get("raw"), 1),
            )
            for r in rows
        ),
        (0.4, 0.3, 0.3),
        (1, 2),
    )
    title = (
        reading.title(report.access.reading)
        if report.access.reading
        else "Les places à portée, voisins compris"
    )
    return Section(
        "acces",
        "Petite enfance · places à portée",
        title,
        ((1.0, (table,)),),
        source_line(report, ("accessibilite_eaje",), members=True),
        (BY_ID["accessibilite_eaje"].definition, BY_ID["accessibilite_eaje"].caveat),
    )

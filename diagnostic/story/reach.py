"""Places within reach, neighbours included."""

from __future__ import annotations

from diagnostic import french, reading
from diagnostic.indicators import BY_ID, REACH
from diagnostic.model import Level
from diagnostic.report import Reach, Report
from diagnostic.story.blocks import MOST_ROWS, Block, Data, Section, Table, Text
from diagnostic.story.figures import source_line, value_of, whole
from diagnostic.story.once import once
from diagnostic.story.words import known

WITHIN_REACH = REACH
OWN = 0.5
"""Share of the places within reach that come from the commune, under which it depends on the others."""


@once
def reach_section(report: Report) -> Section | None:
    """Who depends on whom; the whole list on screen, the communes with the least on a slide."""
    rows = [row for row in report.access.communes if known(row.value) is not None]
    measured = any(row.own_share is not None for row in rows)
    # Three communes of five hundred, none of whose neighbours is known, tell nothing of who depends on whom.
    if not rows or not measured and value_of(report.findings.get(WITHIN_REACH)) is None:
        return None
    indicator = BY_ID[WITHIN_REACH]
    least = sorted(rows, key=lambda row: row.value or 0.0)[:MOST_ROWS]
    every = _data(report)
    return Section(
        "acces",
        "Petite enfance · places à portée",
        _title(report, rows),
        ((1.0, (_least(least),)),),
        source_line(report, (WITHIN_REACH,), members=True, beside=(WITHIN_REACH,)),
        (report.access.reading, indicator.definition, indicator.caveat),
        on_slides=len(rows) >= max(3, len(report.access.communes) / 2),
        subtitle="Places en crèche accessibles pour 100 enfants, à côté du taux brut de la commune",
        caution="Distances à vol d’oiseau.",
        statuses=("estimé",),
        indicators=(WITHIN_REACH,),
        data=every,
        on_screen=(*_said(report), _table(every)),
    )


def _title(report: Report, rows: list[Reach]) -> str:
    """How many communes depend on their neighbours."""
    measured = [row.own_share for row in rows if row.own_share is not None]
    depend = [share for share in measured if share < OWN]
    if not measured:
        return reading.title(report.access.reading) or "Les places accessibles, voisins compris"
    if report.territory.level is Level.COMMUNE:
        whose = "des communes voisines" if depend else "de la commune même"
        return f"Les places en crèche à la portée des enfants {french.of(report.territory)} viennent surtout {whose}"
    if not depend:
        return "Chaque commune tire d’elle-même la plupart de ses places"
    noun = french.plural(len(depend), "commune", "communes")
    verb = french.verb(len(depend), "dépend", "dépendent")
    count = french.in_words(len(depend), feminine=True, capital=True)
    return f"{count} {noun} sur {len(measured)} {verb} surtout de leurs voisines"


def _said(report: Report) -> tuple[Block, ...]:
    """The reading, then what a place counts for by distance."""
    said = [report.access.reading]
    bands = report.access.bands
    if bands:
        parts = [f"{french.number(weight, 2)} jusqu’à {french.number(km)} km" for km, weight in bands[1:]]
        said.append(
            f"Une place compte entière jusqu’à {french.number(bands[0][0])} km du centre de la commune, puis pour "
            f"{french.listing(parts)}, et plus au-delà ; elle est partagée entre les enfants qui peuvent s’y rendre."
        )
    return tuple(Text((("", text, False),)) for text in said if text)


def _least(rows: list[Reach]) -> Table:
    return Table(
        "Communes où le moins de places en crèche sont à portée",
        ("Commune", "Places à portée pour 100 enfants", "Places dans la commune pour 100 enfants"),
        tuple(
            (
                str(row.name),
                french.number(row.value, 1),
                french.number(row.raw, 1),
            )
            for row in rows
        ),
        (0.4, 0.3, 0.3),
        (1, 2),
    )


def _data(report: Report) -> Data:
    """One row a commune: raw rate, places within reach, who serves it."""
    return Data(
        (
            "Commune",
            "Enfants de moins de 3 ans",
            "Places en crèche",
            "Taux brut",
            "Places accessibles pour 100",
            "Part venant de la commune (%)",
            "Première commune d’accueil",
        ),
        tuple(
            (
                french.typographic(row.name),
                whole(row.children),
                whole(row.places),
                row.raw,
                row.value,
                None if row.own_share is None else row.own_share * 100,
                french.typographic(row.main_supplier_name or ""),
            )
            for row in report.access.communes
        ),
    )


def _table(data: Data) -> Table:
    decimals = (0, 0, 0, 1, 1, 0, 0)
    rows = tuple(
        tuple(
            cell if isinstance(cell, str) else french.number(cell, places)
            for cell, places in zip(row, decimals, strict=True)
        )
        for row in data.rows
    )
    return Table("", data.header, rows, (0.2, 0.12, 0.12, 0.12, 0.14, 0.12, 0.18), (1, 2, 3, 4, 5))

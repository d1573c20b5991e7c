"""Priority districts and inequalities."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from diagnostic import french, reading
from diagnostic.report import Report
from diagnostic.story.blocks import MOST_ROWS, Block, Scatter, Section, Table
from diagnostic.story.figures import compared, exact_of, notes_of, source_line, value_of
from diagnostic.story.words import known


def districts_section(report: Report) -> Section | None:
    count = value_of(report.findings.get("nombre_qpv"))
    districts = report.qpv.districts
    if not districts:
        return None
    blocks = _poverty_scatter(report)
    table = _district_table(districts)
    columns = ((0.5, blocks), (0.5, (table,))) if blocks else ((1.0, (table,)),)
    number = french.quantity(
        count if count is not None else len(districts), "quartier prioritaire", "quartiers prioritaires"
    )
    title = (
        reading.title(report.qpv.reading) if report.qpv.reading else f"{number} {french.at(report.territory)}"
    )
    return Section(
        "quartiers",
        "Quartiers prioritaires et inégalités",
        title,
        columns,
        source_line(report, _drawn(bool(blocks)), members=True),
        (report.qpv.reading, *notes_of(report, ("nombre_qpv", "part_population_qpv", "equipements_en_qpv"))),
    )


def _drawn(scatter: bool) -> tuple[str, ...]:
    """The indicators of the section: those of the two axes where they are drawn."""
    districts = ("nombre_qpv", "equipements_en_qpv")
    return (*districts, "taux_pauvrete", "taux_couverture") if scatter else districts


def _district_table(districts: Sequence[dict]) -> Table:
    """The first districts; the two counts are there only when one of them is known."""
    counts = [(_count_of(d["inside"]), _count_of(d["near"])) for d in districts]
    counted = any(count != french.UNKNOWN for pair in counts for count in pair)
    rows = [
        (
            french.typographic(d["name"]),
            french.typographic(", ".join(d["communes"])),
            *(pair if counted else ()),
        )
        for d, pair in zip(districts, counts, strict=True)
    ]
    if len(rows) > MOST_ROWS:
        more = len(rows) - MOST_ROWS + 1
        rows = [
            *rows[: MOST_ROWS - 1],
            (f"{more} autres", "voir le classeur Excel", *(("", "") if counted else ())),
        ]
    header = ("Quartier", "Commune", *(("Services dedans", "À 500 m") if counted else ()))
    widths = (0.4, 0.28, 0.18, 0.14) if counted else (0.55, 0.45)
    return Table(
        "Quartiers prioritaires et équipements aux familles",
        header,
        tuple(rows),
        widths,
        (2, 3) if counted else (),
    )


def _count_of(found: Mapping | None) -> str:
    """The sum over the types of facilities; unknown as soon as one of them is."""
    values = [known(value) for value in (found or {}).values()]
    return french.UNKNOWN if None in values or not values else french.number(sum(values))


def _poverty_scatter(report: Report) -> tuple[Block, ...]:
    points = []
    for member in report.members:
        x, y = (exact_of(member.findings.get(n)) for n in ("taux_pauvrete", "taux_couverture"))
        if x is not None and y is not None:
            inside = value_of(member.findings.get("nombre_qpv"))
            points.append((french.name(member.territory), x, y, inside is not None and inside > 0))
    if len(points) < 5:
        return ()
    beside = [(n, v) for n, v in compared(report.findings["taux_couverture"], report) if v is not None]
    return (
        Scatter(
            "Pauvreté et accueil, en violet les communes avec quartier prioritaire",
            "Taux de pauvreté (%)",
            "Places pour 100 enfants de moins de 3 ans",
            tuple(points),
            beside[0] if beside else None,
        ),
    )

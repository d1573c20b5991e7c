"""Births and children to come."""

from __future__ import annotations

from diagnostic import french, reading
from diagnostic.report import Report
from diagnostic.story.blocks import Line, Lines, Section
from diagnostic.story.figures import source_line
from diagnostic.story.words import known

SCENARIOS = {"constant": "Stable", "trend": "Tendance", "low": "Basse"}


def outlook_section(report: Report) -> Section | None:
    births = next((s for s in report.births if s.key == report.territory.key), None)
    columns: list = []
    if births is not None:
        points = tuple(
            (y, v) for y, v in zip(births.years, births.values, strict=True) if known(v) is not None
        )
        if len(points) >= 3:
            columns.append(Lines("Naissances par an", (Line("", points, "territory"),)))
    scenarios = _scenarios(report)
    if scenarios:
        columns.append(Lines("Enfants de moins de 3 ans, trois scénarios", scenarios))
    if not columns:
        return None
    title = (
        reading.title(report.outlook.reading) if report.outlook.reading else "Les naissances du territoire"
    )
    width = 1 / len(columns)
    return Section(
        "perspectives",
        "Perspectives",
        title,
        tuple((width, (block,)) for block in columns),
        f"{source_line(report, ('naissances', 'enfants_moins_3'))}. Scénarios, non prévisions.",
        (
            report.outlook.reading,
            "Les scénarios prolongent les naissances ; ils ne prévoient pas les déménagements.",
        ),
    )


def _scenarios(report: Report) -> tuple[Line, ...]:
    found: dict[str, list[tuple[int, float]]] = {}
    for row in report.outlook.children:
        value = known(row.get("children"))
        if row.get("band", "moins_3") == "moins_3" and value is not None and row.get("year") is not None:
            found.setdefault(str(row.get("scenario")), []).append((int(row["year"]), value))
    roles = {"constant": "muted", "trend": "modes_am", "low": "attention"}
    lines = [
        Line(
            SCENARIOS.get(name, french.capitalised(name)),
            tuple(sorted(points)),
            roles.get(name, "territory"),
            name in roles,
        )
        for name, points in found.items()
        if len(points) >= 2
    ]
    # The longest first: LibreOffice loses a first series shorter than the next ones.
    return tuple(sorted(lines, key=lambda line: -len(line.points)))

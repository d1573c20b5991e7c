"""Access to rights: the distance to a France services."""

from __future__ import annotations

from diagnostic import french
from diagnostic.indicators import BY_ID
from diagnostic.model import Finding
from diagnostic.report import Report
from diagnostic.story.blocks import Card, Cards, Ranked, Section, Text
from diagnostic.story.figures import amount, compared, notes_of, source_line, status_text, value_of


def rights_section(report: Report) -> Section | None:
    finding = report.findings.get("distance_france_services")
    if finding is None:
        return None
    indicator = BY_ID["distance_france_services"]
    rows = sorted(
        (
            (french.name(m.territory), value_of(m.findings.get(indicator.id)))
            for m in report.members
            if value_of(m.findings.get(indicator.id)) is not None
        ),
        key=lambda row: -row[1],
    )
    if value_of(finding) is None and not rows:
        return None
    beside = [f"{n} : {french.number(v, 1)} km" for n, v in compared(finding, report) if v is not None]
    dates = _dates(report, finding)
    cards = [
        Card(
            amount(finding, indicator) + (f"{french.NBSP}km" if value_of(finding) is not None else ""),
            "en moyenne",
            "Distance de l’habitant moyen à une France services, à vol d’oiseau",
            " ; ".join((*beside, dates) if dates else beside)
            or status_text(finding, indicator, report.territory),
        )
    ]
    columns: tuple = ((1.0, (Cards(tuple(cards)),)),)
    if len(rows) >= 3:
        far = tuple((n, v, False) for n, v in rows[:10])
        columns = (
            (0.5, (Cards(tuple(cards)), Text((("Lecture", indicator.caveat, False),)))),
            (0.5, (Ranked("Communes les plus éloignées, en km", far, (), 1),)),
        )
    title = f"{french.capitalised(french.at(report.territory))}, une France services est en moyenne à {amount(finding, indicator)}{french.NBSP}km"
    if value_of(finding) is None:
        title = "La distance aux France services n’est pas connue partout"
    return Section(
        "droits",
        "Accès aux droits et inclusion numérique",
        french.typographic(title),
        columns,
        source_line(report, (indicator.id,), members=True),
        notes_of(report, (indicator.id,)),
        on_slides=len(columns) > 1,
    )


def _dates(report: Report, finding: Finding) -> str:
    """The date of the list and that of the inhabitants who weigh the mean: they are not the same."""
    listed = next(
        (line.vintage for line in report.sources if line.id == "france_services" and line.vintage), ""
    )
    if not listed or value_of(finding) is None:
        return ""
    people = f", population de {finding.denominator_year}" if finding.denominator_year else ""
    return f"liste des France services de {listed}{people}"

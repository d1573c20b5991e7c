"""Where the territory stands among those of its level."""

from __future__ import annotations

from diagnostic import french
from diagnostic.exports.content.figures import compared, notes_of, source_line, value_of
from diagnostic.exports.content.shape import Section, Strip, Strips
from diagnostic.exports.content.words import called, known, with_article
from diagnostic.indicators import BY_ID
from diagnostic.report import Report

STRIPS = (
    "taux_couverture",
    "places_100",
    "places_eaje_100",
    "places_am_100",
    "acces_alsh",
    "niveau_vie_median",
)


def standing_section(report: Report) -> Section | None:
    rows, drawn = [], []
    for name in STRIPS:
        finding = report.findings.get(name)
        if finding is None or finding.position is None or value_of(finding) is None:
            continue
        indicator, position = BY_ID[name], finding.position
        if len(position.values) < 3 or position.minimum == position.maximum:
            continue
        beside = compared(finding, report)
        drawn.append(name)
        rows.append(
            Strip(
                f"{indicator.short} {finding.year or ''}".strip(),
                indicator.unit,
                finding.value,
                tuple(v for v in position.values if known(v) is not None),
                beside[-1][1] if beside else None,
                indicator.decimals,
                f"{french.ordinal(position.rank)} sur {position.of}",
            )
        )
    if not rows:
        return None
    rows = rows[:5]
    first = drawn[0]
    finding = report.findings[first]
    siblings = report.siblings_label or "territoires de même niveau"
    title = (
        f"{french.subject(report.territory, long=True)} : {french.ordinal(finding.position.rank)} sur "
        f"{finding.position.of} pour {with_article(BY_ID[first].short)}"
    )
    names = [n for n in STRIPS if n in report.findings]
    beside = compared(finding, report)
    return Section(
        "position",
        "Petite enfance · position",
        french.typographic(title),
        (
            (
                1.0,
                (
                    Strips(
                        f"Chaque point est un territoire : {siblings}",
                        tuple(rows),
                        called(report.territory),
                        siblings,
                        beside[-1][0] if beside else "",
                    ),
                ),
            ),
        ),
        source_line(report, names),
        (f"Rang 1 : la valeur la plus haute. Comparaison avec : {siblings}.", *notes_of(report, names)),
        on_slides=len(rows) > 1,
    )

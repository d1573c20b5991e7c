"""The sheets of the figures: those of the territory, those of its members, every value with its parts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from diagnostic import french, reading, story
from diagnostic.exports import table
from diagnostic.exports.xlsx.book import Sheet
from diagnostic.exports.xlsx.columns import AtMost, Cell, Column
from diagnostic.indicators import INDICATORS
from diagnostic.model import FRANCE, Finding, Indicator, Status, Territory
from diagnostic.report import Report
from diagnostic.story import Section


def cell_of(finding: Finding | None) -> Cell:
    """The value that may be said; "at most" when the producer says no more; None when it is unknown."""
    value = story.value_of(finding)
    return AtMost(value) if value is not None and finding and finding.status is Status.BOUNDED else value


def decimals_of(indicator: Indicator) -> int:
    return min(indicator.decimals, 2)


def _around(report: Report) -> list[Territory]:
    """The territories that hold this one and that some figure is known for, the nearest first."""
    known = {
        item.key
        for finding in report.findings.values()
        for item in finding.comparators
        if item.status.known and item.value is not None
    }
    places = list(report.context.parents)
    if FRANCE.key not in {place.key for place in places}:
        places.append(FRANCE)
    return [place for place in places if place.key in known and place.key != report.territory.key]


def _beside_columns(around: Sequence[Territory]) -> list[Column]:
    """A column for the value of each, one for its year: two values of different years stand nowhere in silence."""
    names = [french.name(place) for place in around]
    columns = []
    for place, name in zip(around, names, strict=True):
        told = f"{name} ({place.level.label})" if names.count(name) > 1 else name
        columns += [Column(told, 14, "any"), Column(f"{told} : année", 10, "year")]
    return columns


def _beside_cells(finding: Finding, around: Sequence[Territory]) -> list[Cell]:
    cells: list[Cell] = []
    for place in around:
        one = next((item for item in finding.comparators if item.key == place.key), None)
        told = one is not None and one.status.known and one.value is not None
        cells += [one.value, one.year] if told and one is not None else [None, None]
    return cells


def summary(report: Report, told: Section | None) -> Sheet:
    around = _around(report)
    columns = (
        Column("Indicateur", 44, "strong"),
        Column("Valeur", 12, "any"),
        Column("Unité", 34),
        Column("Année", 8, "year"),
        Column("Statut", 14),
        Column("Référence", 24),
        Column("Valeur de la référence", 14, "any"),
        Column("Année de la référence", 12, "year"),
        Column("Écart", 10, "any"),
        Column("Comparaison", 16),
        Column("Manque", 10, 0),
        *_beside_columns(around),
        Column("Raison, quand la valeur est inconnue", 60),
    )
    rows: list[list[Cell]] = []
    found = [
        (indicator, report.findings[indicator.id])
        for indicator in INDICATORS
        if indicator.id in report.findings
    ]
    for indicator, finding in sorted(found, key=lambda pair: story.value_of(pair[1]) is None):
        beside = report.against(indicator.id)
        known = story.value_of(finding) is not None
        rows.append(
            [
                indicator.label,
                cell_of(finding),
                indicator.unit,
                finding.year if known else None,
                reading.status_word(finding, indicator),
                beside.name if beside and beside.value is not None else "",
                beside.value if beside else None,
                beside.year if beside and beside.value is not None else None,
                story.known(finding.gap) if known else None,
                (finding.word or "") if known else "",
                story.known(finding.missing) if known else None,
                *_beside_cells(finding, around),
                reading.reason(finding, indicator, report.territory),
            ]
        )
    messages = (block for block in told.on_screen if isinstance(block, story.Messages)) if told else ()
    lines = tuple((sentence, detail) for block in messages for _, sentence, detail, _ in block.items)
    note = "Cellule vide : valeur inconnue, jamais zéro. L’écart et le manque se lisent sur la même année, sinon ils restent vides."
    return Sheet("Synthèse", french.name(report.territory), note, columns, rows, lines, of="essentiel")


def members(report: Report) -> Sheet:
    """One row a member, a value and a status an indicator; the territories that hold them under the table."""
    known = [
        indicator
        for indicator in INDICATORS
        if any(story.value_of(member.findings.get(indicator.id)) is not None for member in report.members)
    ]
    columns = [Column("Nom", 34, "strong"), Column("Code", 11)]
    for indicator in known:
        columns += [
            Column(f"{indicator.label} ({indicator.unit})", 16, decimals_of(indicator)),
            Column(f"{indicator.label} : statut", 16),
        ]
    rows = [_wide(member.territory, member.findings, known) for member in report.members]
    beside = [_wide(report.territory, report.findings, known)]
    places = {item.key: item for item in report.context.parents}
    for key in dict.fromkeys(
        item.key for finding in report.findings.values() for item in finding.comparators
    ):
        if key in places and key != report.territory.key:
            beside.append(_wide_beside(report, key, places[key], known))
    name = french.capitalised(report.members[0].territory.level.plural)
    title = f"{name} {french.of(report.territory)}"
    note = "Une valeur et son statut par indicateur. Cellule vide : inconnue, jamais zéro. Une médiane et un taux publié ne s’additionnent pas."
    return Sheet(name, title, note, tuple(columns), rows, beneath=("Repères", beside), of="communes")


def _wide(
    territory: Territory, findings: Mapping[str, Finding], indicators: Sequence[Indicator]
) -> list[Cell]:
    row: list[Cell] = [french.name(territory), territory.code]
    for indicator in indicators:
        finding = findings.get(indicator.id)
        if finding is None:
            row += [None, ""]
            continue
        year = f", {finding.year}" if finding.year and story.value_of(finding) is not None else ""
        row += [cell_of(finding), reading.status_word(finding, indicator) + year]
    return row


def _wide_beside(report: Report, key: str, place: Territory, indicators: Sequence[Indicator]) -> list[Cell]:
    row: list[Cell] = [french.name(place), place.code]
    for indicator in indicators:
        finding = report.findings.get(indicator.id)
        found = next((item for item in finding.comparators if item.key == key), None) if finding else None
        if found is None or not found.status.known or found.value is None:
            row += [None, ""]
        else:
            row += [found.value, str(found.year or "")]
    return row


def values(report: Report) -> Sheet:
    columns = (
        Column("Territoire", 30, "strong"),
        Column("Indicateur", 44),
        Column("Code", 11),
        Column("Niveau", 16),
        Column("Thème", 24),
        Column("Valeur", 12, 2),
        Column("Unité", 38),
        Column("Statut", 18),
        Column("Numérateur", 13, 0),
        Column("Dénominateur", 13, 0),
        Column("Année", 10, "year"),
        Column("Manque", 10, 0),
        Column("Comparaison", 18),
        Column("Référence", 26),
        Column("Valeur de la référence", 12, 2),
        Column("Année de la référence", 11, "year"),
        Column("Raison, quand la valeur est inconnue", 60),
    )
    rows: list[list[Cell]] = [_long(row) for row in table.rows(report)]
    note = "Cellule vide : valeur inconnue, jamais zéro. Numérateur et dénominateur permettent de refaire la division."
    return Sheet("Toutes les valeurs", "Toutes les valeurs et leurs parts", note, columns, rows)


def _long(row: table.Row) -> list[Cell]:
    bounded = row.value is not None and row.status == "au plus"
    return [
        french.name(row.territory),
        row.indicator.label,
        row.territory.code,
        row.territory.level.label,
        story.theme_of(row.indicator),
        AtMost(row.value) if bounded and row.value is not None else row.value,
        row.indicator.unit,
        row.status,
        row.numerator,
        row.denominator,
        row.year,
        row.missing,
        row.word,
        row.against.name if row.against is not None else None,
        row.against.value if row.against is not None else None,
        row.against.year if row.against is not None else None,
        row.reason,
    ]

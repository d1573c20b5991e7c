"""Services to families, young people and social life."""

from __future__ import annotations

from collections.abc import Iterable

from diagnostic import french
from diagnostic.indicators import BY_ID
from diagnostic.report import Report
from diagnostic.story.blocks import Section, Table, Text
from diagnostic.story.figures import amount, compared, notes_of, source_line, value_of
from diagnostic.story.words import known


def families_section(report: Report) -> Section | None:
    names = [
        n
        for n in ("enfants_par_rpe", "enfants_par_laep", "habitants_par_centre_social", "part_monoparentales")
        if n in report.findings
    ]
    rows = list(_service_rows(report))
    if not rows:
        return None
    rows.sort(key=lambda row: row[1] == french.UNKNOWN)
    table = Table(
        "Services aux familles, jeunesse et vie sociale",
        ("Service", "Nombre", "Rapporté au besoin", "Lecture"),
        tuple(rows[:9]),
        (0.25, 0.1, 0.23, 0.42),
        (1,),
    )
    young = _youth(report)
    names = [*names, "jeunes_12_25"]
    main = next((n for n in names if value_of(report.findings[n]) is not None), None)
    unknown = sum(row[1] == french.UNKNOWN for row in rows)
    title = "Familles, jeunesse et vie sociale : les services recensés"
    if main is not None:
        finding, indicator = report.findings[main], BY_ID[main]
        title = f"{indicator.label} : {amount(finding, indicator, indicator.unit[0] if indicator.unit[0] in '%€' else '')}"
    if unknown:
        title += (
            f" ; {french.quantity(unknown, 'service reste', 'services restent')} à documenter avec la Caf"
        )
    return Section(
        "familles",
        "Familles, jeunesse et vie sociale",
        french.typographic(title),
        ((0.74, (table,)), (0.26, (young,))) if young is not None else ((1.0, (table,)),),
        f"{'« — » : valeur inconnue, jamais nulle. ' if unknown else ''}{source_line(report, names)}",
        notes_of(report, names),
    )


def _service_rows(report: Report) -> Iterable[tuple[str, ...]]:
    """Label, count, one for how many, then the year or why it is unknown."""
    for service in report.services:
        count, ratio = known(service["count"]), known(service["ratio"])
        per = french.UNKNOWN
        if ratio is not None:
            unit = service["ratio_unit"] or ""
            per = f"{french.number(ratio, 0 if ratio >= 20 else 1)} {unit}".strip()
        note = service["reason"] or (f"recensés en {service['year']}" if service["year"] else "")
        yield (
            french.capitalised(french.typographic(service["label"])),
            french.number(count),
            french.typographic(per),
            french.typographic(note),
        )


def _youth(report: Report) -> Text | None:
    """How many young people, against the references, and how many aged 12 to 17 are to come."""
    finding = report.findings.get("jeunes_12_25")
    items = []
    if finding is not None and value_of(finding) is not None:
        year = f" en {finding.year}" if finding.year else ""
        beside = "".join(
            f" {name} : {french.number(value)}."
            for name, value in compared(finding, report)
            if value is not None
        )
        said = f"{french.quantity(finding.value, 'jeune', 'jeunes')} de 12 à 25 ans{year}."
        items.append(("Jeunesse", f"{said}{beside}", False))
    ahead = _teenagers(report)
    if ahead is not None:
        (first, start), (last, end) = ahead
        items.append(
            (
                f"12 à 17 ans d’ici {last}",
                f"{french.number(start)} en {first}, {french.number(end)} en {last} si chacun grandit sur place "
                f"({french.signed(end - start)}).",
                end > start,
            )
        )
    if not items:
        return None
    items.append(
        (
            "À compléter",
            "Accueils de jeunes, missions locales, promeneurs du net : à demander à la Caf.",
            False,
        )
    )
    return Text(tuple((french.typographic(a), french.typographic(b), c) for a, b, c in items))


def _teenagers(report: Report) -> tuple[tuple[int, float], tuple[int, float]] | None:
    """The first and the last known year of the 12 to 17, who are born already: no scenario changes them much."""
    rows = sorted(
        (row["year"], row["children"])
        for row in report.outlook.children
        if row["band"] == "12_17" and row["scenario"] == "trend" and known(row["children"]) is not None
    )
    return (rows[0], rows[-1]) if len(rows) >= 2 else None

"""Services to families, young people and social life."""

from __future__ import annotations

from collections.abc import Iterable

from diagnostic import french
from diagnostic.exports.content.figures import notes_of, source_line, value_of
from diagnostic.exports.content.shape import Section, Table
from diagnostic.exports.content.words import known
from diagnostic.indicators import BY_ID
from diagnostic.report import Report


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
        (0.3, 0.1, 0.28, 0.32),
        (1,),
    )
    main = next((n for n in names if value_of(report.findings[n]) is not None), None)
    unknown = sum(row[1] == french.UNKNOWN for row in rows)
    title = "Familles, jeunesse et vie sociale : les services recensés"
    if main is not None:
        finding, indicator = report.findings[main], BY_ID[main]
        title = f"{indicator.label} : {french.number(finding.value, indicator.decimals)}"
    if unknown:
        title += (
            f" ; {french.quantity(unknown, 'service reste', 'services restent')} à documenter avec la Caf"
        )
    return Section(
        "familles",
        "Familles, jeunesse et vie sociale",
        french.typographic(title),
        ((1.0, (table,)),),
        f"{source_line(report, names)}. « — » : valeur inconnue, jamais nulle.",
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

"""A report on the terminal: the whole of it as French text, or as the JSON that other programs read."""

from __future__ import annotations

import dataclasses
import math
import textwrap
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from diagnostic import french, reading
from diagnostic.indicators import BY_ID, FACILITY_LABELS, INDICATORS
from diagnostic.model import THEMES, Comparator, Finding, Indicator, Reference
from diagnostic.report import Report
from diagnostic.story.words import plural_members

WIDTH = 100

Others = Sequence[Reference]
"""References beyond those of the report, with their values by indicator."""


# --- JSON ----------------------------------------------------------------------------------------


def document(report: Report, others: Others = ()) -> dict[str, Any]:
    """`{"territory": …, "indicators": [...], …}`: every declared indicator, then each section of the report.

    Unknown is None, whatever was left in a masked value. `others` add their values to the comparators.
    """
    from diagnostic.report import as_dict

    sections = as_dict(dataclasses.replace(report, reference=None))
    for name in ("territory", "findings", "reference", "asked"):
        sections.pop(name, None)
    territory, reference = report.territory, report.reference
    return plain(
        {
            "territory": {"level": territory.level, "code": territory.code, "name": territory.name},
            "reference": report.beside,
            "reference_key": reference.key if reference is not None else None,
            "reference_label": reference.the if reference is not None else "",
            "indicators": [entry(indicator, report, others) for indicator in INDICATORS],
            **sections,
        }
    )


def entry(indicator: Indicator, report: Report, others: Others) -> dict[str, Any]:
    """One indicator as the JSON gives it; an indicator without a finding is unknown, not absent."""
    finding = report.findings.get(indicator.id)
    head = {"id": indicator.id, "label": indicator.label, "unit": indicator.unit}
    if finding is None:
        empty = ("value", "numerator", "denominator", "vintage", "gap", "missing")
        return (
            head
            | dict.fromkeys(empty)
            | {
                "status": "missing",
                "source": [],
                "comparators": {},
                "comparators_years": {},
                "reading": "",
            }
        )
    return head | {
        "value": reading.known_value(finding),
        "numerator": finding.numerator if finding.status.known else None,
        "denominator": finding.denominator if finding.status.known else None,
        "status": finding.status,
        "vintage": finding.year,
        "source": list(finding.sources),
        "comparators": {c.key: known(c) for c in comparators(finding, others)},
        "comparators_years": {c.key: c.year for c in comparators(finding, others)},
        "gap": finding.gap,
        "missing": finding.missing,
        "reading": finding.reading,
    }


def comparators(finding: Finding, others: Others) -> list[Comparator]:
    """The finding's own comparators, then the same indicator in `others`, each once."""
    found = {comparator.key: comparator for comparator in finding.comparators}
    for other in others:
        if finding.indicator in other.values:
            found.setdefault(other.key, other.values[finding.indicator])
    return list(found.values())


def known(comparator: Comparator) -> float | None:
    return comparator.value if comparator.status.known else None


def plain(value: Any) -> Any:
    """The same as dicts, lists, texts and finite numbers: what JSON holds."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {f.name: plain(getattr(value, f.name)) for f in dataclasses.fields(value)}
    if isinstance(value, dict):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [plain(item) for item in value]
    if isinstance(value, str):
        return str(value)
    if value is None or isinstance(value, bool | int):
        return value
    number = float(value)
    return number if math.isfinite(number) else None


# --- French text ---------------------------------------------------------------------------------


def written(report: Report, others: Others = ()) -> str:
    """Everything that the report says, in sections that may be read one by one in a terminal."""
    parts = [
        _head(report),
        _section("À retenir", _messages(report)),
        *_themes(report, others),
        _section("Accueil des moins de 3 ans, par mode", _coverage(report)),
        _section("Accueils de loisirs", _alsh(report)),
        _section("Quartiers prioritaires", _quarters(report)),
        _section("Accessibilité des crèches", _access(report)),
        _section("Équipements et services", _services(report)),
        _section("Perspectives", _outlook(report)),
        _section("Priorités à débattre", _priorities(report)),
        _section("Dispositifs qui répondent à un écart", _levers(report)),
        _section("Obligations légales", _duties(report)),
        _section("Territoires semblables", _peers(report)),
        _section(french.capitalised(plural_members(report)), _members(report)),
        _section("Ce que les données ne disent pas", _unknown(report)),
        _section("Sources", _sources(report)),
        _section("Notes", (line for note in report.notes for line in _item(note))),
    ]
    return "\n\n".join(part for part in parts if part)


def _section(title: str, lines: Iterable[str]) -> str:
    body = "\n".join(lines)
    return f"{title}\n{'─' * len(title)}\n{body}" if body else ""


def _paragraph(text: str, indent: str = "") -> Iterator[str]:
    if text:
        yield textwrap.fill(
            text,
            WIDTH,
            initial_indent=indent,
            subsequent_indent=indent,
            break_long_words=False,
            break_on_hyphens=False,
        )


def _item(text: str) -> Iterator[str]:
    if text:
        yield textwrap.fill(
            text,
            WIDTH,
            initial_indent="• ",
            subsequent_indent="  ",
            break_long_words=False,
            break_on_hyphens=False,
        )


def _head(report: Report) -> str:
    territory, context = report.territory, report.context
    who = [territory.level.label]
    if context.communes > 1:
        who.append(french.quantity(context.communes, "commune", "communes"))
    if context.population is not None:
        year = f" ({context.population_year})" if context.population_year else ""
        who.append(french.quantity(context.population, "habitant", "habitants") + year)
    lines = [f"{french.name(territory, long=True)} — {territory.key}", ", ".join(who)]
    if context.fictional:
        lines.append("Territoire fictif : aucun chiffre n’est réel.")
    if report.against("taux_couverture") is not None:
        lines.append(french.typographic(f"Référence : {report.compared_with}"))
    return "\n".join([*lines, "", *_paragraph(report.headline)])


def _messages(report: Report) -> Iterator[str]:
    for message in report.messages:
        yield from _item(message.sentence)
        yield from _paragraph(message.detail, "  ")


def _themes(report: Report, others: Others) -> Iterator[str]:
    for theme, title in THEMES.items():
        lines = [
            line
            for indicator in INDICATORS
            if indicator.theme == theme and indicator.id in report.findings
            for line in _finding(indicator, report, others)
        ]
        yield _section(title, lines)


def _finding(indicator: Indicator, report: Report, others: Others) -> Iterator[str]:
    finding = report.findings[indicator.id]
    year = f", {finding.year}" if finding.year else ""
    yield f"{indicator.label}{year} ({reading.status_word(finding, indicator)})"
    yield from _paragraph(finding.reading or reading.figure(finding, indicator), "  ")
    compared = [
        f"{french.typographic(c.name)} {reading.beside(c, finding, indicator)}"
        for c in comparators(finding, others)
    ]
    if compared:
        yield from _paragraph("; ".join(compared).replace("; ", f"{french.NBSP}; "), "  ")
    yield from _paragraph(finding.caution, "  ")


def _coverage(report: Report) -> Iterator[str]:
    yield from _paragraph(report.coverage.reading)
    for bar in report.coverage.bars:
        year = f" ({bar.year})" if bar.year else ""
        yield f"{french.typographic(bar.title)}{year} : {french.number(bar.total, 1)} places pour 100 enfants"
        for mode in bar.modes:
            yield f"  {mode.label:42}{french.number(mode.rate, 1):>8}{french.number(mode.places):>12}"
    yield from _paragraph(report.coverage.source_line)


def _alsh(report: Report) -> Iterator[str]:
    yield from _paragraph(report.alsh.reading)
    for commune in report.alsh.without:
        children = french.quantity(commune["children"], "enfant", "enfants")
        near = f", le plus proche à {_km(commune['nearest_km'])}" if commune["nearest_km"] is not None else ""
        yield from _item(f"{commune['name']} : {children} sans accueil de loisirs dans la commune{near}")
    others = report.alsh.communes_without - len(report.alsh.without)
    if others:
        noun = french.quantity(others, "autre commune", "autres communes")
        yield from _item(f"{noun} sans accueil de loisirs, qui {french.verb(others, 'a', 'ont')} moins d’enfants")


def _quarters(report: Report) -> Iterator[str]:
    yield from _paragraph(report.qpv.reading)
    for quarter in report.qpv.districts:
        absent = [FACILITY_LABELS[stat][0] for stat in quarter["missing"]]
        where = "ni dedans ni à 500 m" if quarter["located"] else "rien dans la commune"
        said = f" : {where}, {french.listing(absent)}" if absent else ""
        yield from _item(
            french.typographic(f"{quarter['name']} ({french.listing(quarter['communes'])}){said}")
        )


def _access(report: Report) -> Iterator[str]:
    yield from _paragraph(report.access.reading)
    for nearest in report.access.nearest:
        if nearest["mean_km"] is not None:
            yield from _item(f"{nearest['label']} : {_km(nearest['mean_km'])} en moyenne pour un habitant")


def _services(report: Report) -> Iterator[str]:
    for service in report.services:
        count = french.number(service["count"])
        year = f" ({service['year']})" if service["year"] else ""
        reason = f", {service['reason']}" if service["count"] is None and service["reason"] else ""
        yield from _item(french.typographic(f"{service['label']} : {count}{year}{reason}"))


def _outlook(report: Report) -> Iterator[str]:
    yield from _paragraph(report.outlook.reading)
    for row in report.outlook.children:
        yield from _item(
            f"{row['label']}, {row['year']} : {french.quantity(row['children'], 'enfant', 'enfants')} "
            f"({row['band_label']})"
        )
    for row in report.outlook.error:
        if row["error"] is not None:
            yield from _item(
                f"{row['label']}, à {row['horizon']} ans : erreur moyenne de {french.percent(row['error'], 1)} "
                "quand on rejoue le passé"
            )


def _levers(report: Report) -> Iterator[str]:
    for lever in report.levers:
        if lever["need"] == "gap":
            yield from _item(f"{lever['dispositif']} : {lever['reason']}")


def _duties(report: Report) -> Iterator[str]:
    yield from _paragraph(report.duties_reading)
    for duty in report.duties:
        yield from _item(f"{duty['sentence']} ({duty['article']})")


def _members(report: Report) -> Iterator[str]:
    """Three figures a member, in columns: those that a meeting asks first."""
    if not report.members:
        return
    columns = [BY_ID[name] for name in ("population", "taux_couverture", "acces_alsh")]
    yield f"{'':44}" + "".join(f"{indicator.short:>{len(indicator.short) + 3}}" for indicator in columns)
    for member in report.members:
        cells = "".join(
            f"{_cell(member.findings.get(indicator.id), indicator):>{len(indicator.short) + 3}}"
            for indicator in columns
        )
        yield f"{french.name(member.territory)[:42]:44}{cells}"


def _cell(finding: Finding | None, indicator: Indicator) -> str:
    return french.number(reading.known_value(finding) if finding else None, indicator.decimals)


def _unknown(report: Report) -> Iterator[str]:
    for row in report.unknown:
        whom = f" Auprès de : {row['whom']}." if row["whom"] else ""
        yield from _item(french.typographic(f"{row['label']} : {row['reason']}{whom}"))


def _km(distance: float) -> str:
    return f"{french.number(distance, 1)}{french.NBSP}km"


def _priorities(report: Report) -> Iterator[str]:
    for priority in report.priorities:
        yield from _paragraph(f"{priority.order}. {priority.sentence}")
        yield from _paragraph(priority.reason, "   ")


def _peers(report: Report) -> Iterator[str]:
    for peer in report.peers:
        yield from _item(f"{french.name(peer.territory)} ({peer.territory.key}) : {peer.why}")


def _sources(report: Report) -> Iterator[str]:
    for source in report.sources:
        named = ", ".join(filter(None, (source.title, source.producer, source.vintage)))
        yield from _item(french.typographic(f"{named} ; {source.licence} ; {source.page}"))

"""A report on the terminal: the whole of it as French text, or as the JSON that other programs read."""

from __future__ import annotations

import dataclasses
import math
import textwrap
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from diagnostic import french, reading, story
from diagnostic.indicators import INDICATORS
from diagnostic.model import THEMES, Comparator, Finding, Indicator, Reference
from diagnostic.report import Report
from diagnostic.story import Printed, Section
from diagnostic.warehouse import Database

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
    if isinstance(value, Mapping):
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


def written(report: Report, others: Others = (), db: Database | None = None) -> str:
    """Everything that the report says, in sections that may be read one by one in a terminal.

    The story's sections, then every indicator with what it is compared with, then the notes.
    """
    parts = [
        _head(report),
        *(_part(section.kicker, _section(section)) for section in story.sections(report, db=db)),
        *_themes(report, others),
        _part("Notes", (line for note in report.notes for line in _item(note))),
    ]
    return "\n\n".join(part for part in parts if part)


def _part(title: str, lines: Iterable[str]) -> str:
    body = "\n".join(lines)
    return f"{title}\n{'─' * len(title)}\n{body}" if body else ""


def _wrapped(text: str, first: str, then: str) -> Iterator[str]:
    if text:
        yield textwrap.fill(
            text,
            WIDTH,
            initial_indent=first,
            subsequent_indent=then,
            break_long_words=False,
            break_on_hyphens=False,
        )


def _paragraph(text: str, indent: str = "") -> Iterator[str]:
    return _wrapped(text, indent, indent)


def _item(text: str) -> Iterator[str]:
    return _wrapped(text, "• ", "  ")


def _head(report: Report) -> str:
    told = story.cover(report)
    lines = [f"{told.title} — {report.territory.key}", *told.lines, *told.small, told.notice]
    body = (line for text in lines for line in _paragraph(text))
    return "\n".join([*body, "", *_paragraph(report.headline)])


# --- Sections ------------------------------------------------------------------------------------


def _section(section: Section) -> Iterator[str]:
    """Title, what is drawn as text, then the source and the caution."""
    yield from _paragraph(section.title)
    yield from _paragraph(section.subtitle)
    for block in section.blocks:
        yield from _block(block)
    yield from _paragraph(section.below)


def _block(block: Printed) -> Iterator[str]:
    """A block as text; a map says nothing that its own section does not."""
    if isinstance(block, story.Cards):
        for card in block.items:
            yield from _item(f"{card.figure} {card.unit}")
            yield from _paragraph(f"{card.sentence}. {card.detail}", "  ")
    elif isinstance(block, story.Text):
        for heading, text, _ in block.items:
            yield from _item(f"{heading} : {text}" if heading else text)
    elif isinstance(block, story.Table):
        yield from _table(block.caption, block.header, block.rows, block.numeric)
    elif not isinstance(block, story.Map):
        header, rows, _, numeric = story.as_table(block)
        yield from _table(block.caption, header, rows, numeric)


def _table(
    caption: str, header: Sequence[str], rows: Sequence[Sequence[str]], numeric: Sequence[int]
) -> Iterator[str]:
    """Columns as wide as their longest cell; a table that does not fit is one item a row, headed by its first cell."""
    yield ""
    yield from _paragraph(caption)
    lines = [tuple(header), *map(tuple, rows)] if any(header) else list(map(tuple, rows))
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    if sum(widths) + 2 * len(widths) <= WIDTH:
        for line in lines:
            cells = (
                f"{cell:>{width}}" if number in numeric else f"{cell:{width}}"
                for number, (cell, width) in enumerate(zip(line, widths, strict=True))
            )
            yield f"  {'  '.join(cells)}".rstrip()
    else:
        for first, *rest in rows:
            named = (f"{name} : {cell}" for name, cell in zip(header[1:], rest, strict=True) if cell)
            yield from _item(first)
            yield from _paragraph(french.typographic(" ; ".join(named)), "  ")
    yield ""


# --- Every indicator -----------------------------------------------------------------------------


def _themes(report: Report, others: Others) -> Iterator[str]:
    for theme, title in THEMES.items():
        lines = [
            line
            for indicator in INDICATORS
            if indicator.theme == theme and indicator.id in report.findings
            for line in _finding(indicator, report, others)
        ]
        yield _part(f"{title} : les indicateurs", lines)


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
        yield from _paragraph(f"{french.NBSP}; ".join(compared), "  ")
    yield from _paragraph(finding.caution, "  ")

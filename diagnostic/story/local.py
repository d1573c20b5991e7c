"""The collectivity's own figures, one section a theme: beside the open ones, never a hidden value."""

from __future__ import annotations

from collections.abc import Sequence

from diagnostic import french, reading
from diagnostic.model import THEMES
from diagnostic.report import LocalFigure, Report
from diagnostic.report import local as figures
from diagnostic.report import local_words as words
from diagnostic.story.blocks import MOST_ROWS, Ranked, Section, Table
from diagnostic.story.ladder import looked_at_first
from diagnostic.story.once import once

MOST_BARS, MOST_COLUMNS = 24, 5
"""Members in a chart of a slide, and indicators side by side in a table of members."""


@once
def local_sections(report: Report) -> tuple[Section, ...]:
    """One section a theme that some file of the session feeds; none for a report of open data only."""
    found = [(theme, figures.own(report, theme)) for theme in THEMES]
    return tuple(_section(report, theme, ones) for theme, ones in found if ones)


def local_facts(report: Report) -> tuple[tuple[str, str], ...]:
    """What a file states of the local data it holds."""
    if not report.local:
        return ()
    said = " ".join(filter(None, (words.files(report.local), words.secrecy(report, report.local))))
    return (("Données locales", said),)


def _section(report: Report, theme: str, found: Sequence[LocalFigure]) -> Section:
    first, rest = found[:MOST_ROWS], found[MOST_ROWS:]
    chart = _ranking(report, found)
    table = _table(report, "Donnée locale et donnée ouverte", first)
    return Section(
        f"local_{theme}",
        f"{THEMES[theme]}, donnée locale",
        words.title(found),
        ((0.58, (table,)), (0.42, (chart,))) if chart is not None else ((1.0, (table,)),),
        " ".join(filter(None, (words.files(found), words.secrecy(report, found)))),
        tuple(_note(one) for one in found),
        more=(*((_table(report, "Suite", rest),) if rest else ()), *_members(report, found)),
    )


def _ranking(report: Report, found: Sequence[LocalFigure]) -> Ranked | None:
    """The members on the first rate that three of them at least know."""
    members = words.as_members(report, found)
    for one in found:
        values = [
            (french.name(m.territory), reading.known_value(m.findings[one.indicator.id])) for m in members
        ]
        rows = sorted(
            ((name, value) for name, value in values if value is not None),
            key=lambda row: looked_at_first(row[1], one.indicator),
        )
        if one.indicator.denominator is not None and len(rows) >= 3:
            references = tuple(
                (french.typographic(c.name), c.value, False)
                for c in one.finding.comparators
                if c.key == one.finding.reference and c.value is not None
            )
            caption = f"{one.indicator.label}, {one.indicator.unit}"
            if len(rows) > MOST_BARS:
                half = MOST_BARS // 2
                rows = [*rows[:half], *rows[-half:]]
                first, last = ("bas", "hauts") if rows[0][1] < rows[-1][1] else ("hauts", "bas")
                caption += f" ; les {half} plus {first} et les {half} plus {last}"
            bars = tuple((name, value, False) for name, value in rows)
            return Ranked(caption, bars, references, one.indicator.decimals)
    return None


def _table(report: Report, caption: str, found: Sequence[LocalFigure]) -> Table:
    """Columns that would be empty are left out."""
    against = report.beside.key if report.beside is not None else ""
    above = {c.key: c.name for one in found for c in one.finding.comparators}
    columns = [
        ("Indicateur", 0.34, [_labelled(one) for one in found]),
        ("Donnée locale", 0.16, [words.said(one.finding, one.indicator, unit=False) for one in found]),
        (above.get(against, ""), 0.14, [_above(one, against) for one in found]),
        ("Donnée ouverte", 0.16, [words.beside(one) for one in found]),
        ("Écart, ou raison", 0.3, [one.difference or one.finding.reason for one in found]),
    ]
    kept = [column for column in columns if any(column[2])]
    total = sum(width for _, width, _ in kept)
    header = tuple(french.typographic(name) for name, _, _ in kept)
    rows = tuple(
        tuple(map(french.typographic, row)) for row in zip(*(cells for *_, cells in kept), strict=True)
    )
    right = tuple(
        place for place, name in enumerate(header) if name not in ("Indicateur", "Écart, ou raison")
    )
    return Table(caption, header, rows, tuple(width / total for _, width, _ in kept), right)


def _labelled(one: LocalFigure) -> str:
    unit = f" ({one.indicator.unit})" if one.indicator.denominator is not None else ""
    return f"{one.indicator.label}{unit}"


def _above(one: LocalFigure, key: str) -> str:
    value = next((c.value for c in one.finding.comparators if c.key == key), None)
    return "" if value is None else french.number(value, one.indicator.decimals)


def _note(one: LocalFigure) -> str:
    said = words.parts(one) or one.finding.reason
    return f"{one.indicator.label} : {words.said(one.finding, one.indicator)}" + (
        f" ({said})" if said else ""
    )


def _members(report: Report, found: Sequence[LocalFigure]) -> tuple[Table, ...]:
    """The members, a few indicators a table."""
    members = words.as_members(report, found)
    if not members:
        return ()
    tables = []
    for start in range(0, len(found), MOST_COLUMNS):
        group = found[start : start + MOST_COLUMNS]
        rows = tuple(
            (
                french.name(member.territory),
                *(words.said(member.findings[one.indicator.id], one.indicator, unit=False) for one in group),
            )
            for member in members
        )
        header = (
            "Territoire",
            *(french.typographic(_labelled(one)) for one in group),
        )
        share = 0.7 / len(group)
        tables.append(
            Table(
                "Donnée locale par territoire",
                header,
                rows,
                (0.3, *(share for _ in group)),
                tuple(range(1, len(group) + 1)),
            )
        )
    return tuple(tables)

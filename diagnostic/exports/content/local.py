"""The collectivity's own figures, one section a theme: beside the open ones, never a hidden value."""

from __future__ import annotations

from collections.abc import Sequence

from diagnostic import french
from diagnostic.exports.content.shape import MOST_ROWS, Section, Table
from diagnostic.model import THEMES
from diagnostic.report import LocalFigure, Report
from diagnostic.report import local as figures
from diagnostic.report import local_words as words

MOST_COLUMNS = 4
"""Indicators side by side in a table of members."""


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
    return Section(
        f"local_{theme}",
        f"{THEMES[theme]}, donnée locale",
        french.typographic(words.title(found)),
        ((1.0, (_table("Donnée locale et donnée ouverte", first),)),),
        french.typographic(" ".join(filter(None, (words.files(found), words.secrecy(report, found))))),
        tuple(french.typographic(_note(one)) for one in found),
        more=(*((_table("Suite", rest),) if rest else ()), *_members(report, found)),
    )


def _table(caption: str, found: Sequence[LocalFigure]) -> Table:
    rows = tuple(
        (
            french.typographic(one.indicator.label),
            words.said(one.finding, one.indicator, unit=False),
            french.typographic(one.indicator.unit),
            words.beside(one) or "aucune",
            french.typographic(one.difference or one.finding.reason),
        )
        for one in found
    )
    header = ("Indicateur", "Donnée locale", "Unité", "Donnée ouverte", "Écart, ou raison")
    return Table(caption, header, rows, (0.27, 0.13, 0.22, 0.13, 0.25), (1, 3))


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
            *(french.typographic(f"{one.indicator.label} ({one.indicator.unit})") for one in group),
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

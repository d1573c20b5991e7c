"""The figures of the session's files on a theme page: beside the open ones, with file, date and secrecy."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from diagnostic import french
from diagnostic.charts import ranking
from diagnostic.model import THEMES
from diagnostic.report import LocalFigure, Member, Report
from diagnostic.report import local as figures
from diagnostic.report import local_words as words
from diagnostic.story.ladder import ladder
from diagnostic.ui import blocks, components, state, tables, takeaway

FEWEST = 3
"""Members with a known value under which a ranking says nothing."""


def show(report: Report, *themes: str) -> None:
    """Every local figure of these themes, then its ranking among the members; nothing without a file."""
    for theme in themes:
        brief(report, theme)
        _ranking(report, figures.own(report, theme), theme)


def brief(report: Report, theme: str) -> None:
    """The local figures of a theme, without the members; nothing without a file."""
    found = figures.own(report, theme)
    if found:
        components.section(
            f"{THEMES[theme]} · {words.BADGE}",
            words.title(found),
            f"{dated(found)} La donnée ouverte reste à côté.",
        )
        tables.table(table(found))
        components.source_line([words.BADGE], words.files(found), words.secrecy(report, found))


def options(report: Report, open_ones: dict[str, str]) -> dict[str, str]:
    """The indicators of a map: the open ones, then those that this session's files bring here."""
    return open_ones | {
        one.indicator.id: f"{one.indicator.label} ({words.BADGE})" for one in figures.own(report)
    }


def dated(found: Sequence[LocalFigure]) -> str:
    """Which years the files speak of."""
    years = sorted({one.finding.year for one in found if one.finding.year})
    when = f", {french.span(years[0], years[-1])}" if years else ""
    return f"D’après les fichiers déposés{when}."


def table(found: Sequence[LocalFigure]) -> pd.DataFrame:
    """One row a figure: local value and its parts, open value, difference in words, what is to be known."""
    above = next((one.finding.comparators for one in found if one.finding.comparators), ())
    rows = []
    for one in found:
        row = {
            "Indicateur": one.indicator.label,
            "Donnée locale": words.said(one.finding, one.indicator),
            "Calcul": words.parts(one),
            "Donnée ouverte": words.beside(one),
            "Écart": one.difference,
        }
        values = {item.key: item.value for item in one.finding.comparators}
        for item in above:
            value = values.get(item.key)
            row[french.typographic(item.name)] = (
                "" if value is None else french.number(value, one.indicator.decimals)
            )
        row["À savoir"] = " ".join(filter(None, (one.finding.reason, one.indicator.caveat)))
        rows.append(row)
    frame = pd.DataFrame(rows)
    return frame.loc[:, [name for name in frame if name == "Donnée locale" or (frame[name] != "").any()]]


def members_table(members: Sequence[Member], found: Sequence[LocalFigure]) -> pd.DataFrame:
    """One row a member, one column a local indicator; a hidden or unknown value is said in words."""
    return pd.DataFrame(
        [
            {
                "Territoire": french.name(member.territory),
                "Code": member.territory.code,
                **{
                    f"{one.indicator.label} ({one.indicator.unit})": words.said(
                        member.findings[one.indicator.id], one.indicator, unit=False
                    )
                    for one in found
                },
            }
            for member in members
        ]
    )


def _ranking(report: Report, found: Sequence[LocalFigure], theme: str) -> None:
    members = words.as_members(report, found)
    ladders = {one.indicator.id: ladder(members, one.indicator, _line(one)) for one in found}
    drawn = {id: built for id, built in ladders.items() if len(built[0].rows) >= FEWEST}
    if not drawn:
        return
    rates_first = sorted(found, key=lambda one: one.indicator.denominator is None)
    labels = {one.indicator.id: one.indicator.label for one in rates_first if one.indicator.id in drawn}
    chosen = next(iter(labels))
    if len(labels) > 1:
        chosen = blocks.pick("Indicateur local", labels, f"indicateur_local_{theme}")
    one = next(one for one in found if one.indicator.id == chosen)
    block, left_out = drawn[chosen]
    message = words.ranked(one, members)
    components.block(f"{THEMES[theme]} · {words.BADGE}", message, dated([one]))
    takeaway.chart(
        ranking.ranked(block, state.theme()),
        members_table(members, found),
        takeaway.Caption(
            message,
            subtitle=dated([one]),
            statuses=[words.BADGE],
            source=words.files([one]),
            caution=_left_out(left_out, len(members) - len(block.rows) - left_out),
        ),
        key=f"local_{theme}_{chosen}",
        report=report,
    )


def _line(one: LocalFigure) -> tuple[tuple[str, float, bool], ...]:
    """The reference across the ranking, when the file covers it."""
    found = one.finding.beside
    if found is None or found.value is None:
        return ()
    return ((french.typographic(found.name), found.value, True),)


def _left_out(undrawn: int, unknown: int) -> str:
    more = f"Et {french.number(undrawn)} autres, dans les données." if undrawn else ""
    noun = french.quantity(unknown, "territoire", "territoires")
    return " ".join(filter(None, (more, f"{noun} sans valeur à montrer." if unknown else "")))

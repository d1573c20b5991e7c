"""The figures of the session's files on a theme page: beside the open ones, with file, date and secrecy."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
import streamlit as st

from diagnostic import charts, french, reading
from diagnostic.model import THEMES
from diagnostic.report import LocalFigure, Member, Report
from diagnostic.report import local as figures
from diagnostic.ui import components, state

BADGE = "donnée locale"
FEWEST = 3
"""Members with a known value under which a ranking says nothing."""


def show(report: Report, *themes: str) -> None:
    """Every local figure of these themes, then its ranking among the members; nothing without a file."""
    found = [one for theme in themes for one in figures.own(report, theme)]
    if not found:
        return
    components.section(
        f"{' · '.join(THEMES[theme] for theme in themes)} · donnée locale", title(found), subtitle(found)
    )
    components.table(table(found))
    components.source_line([BADGE], source(found), notes(report, found))
    _ranking(report, found, themes[0])


def options(report: Report, open_ones: dict[str, str]) -> dict[str, str]:
    """The indicators of a map: the open ones, then those that this session's files bring here."""
    return open_ones | {
        one.indicator.id: f"{one.indicator.label} (donnée locale)" for one in figures.own(report)
    }


def title(found: Sequence[LocalFigure]) -> str:
    """The first known figure as a sentence."""
    first = next((one for one in found if one.finding.value is not None), None)
    if first is None:
        return "Vos fichiers ne donnent pas encore de valeur sur ce territoire"
    said = reading.figure(first.finding, first.indicator)
    apart = f", {first.difference.rstrip('.')}" if first.difference[:1].isdigit() else ""
    return f"{first.indicator.label} : {said}{apart}"


def subtitle(found: Sequence[LocalFigure]) -> str:
    """Which years the files speak of."""
    years = sorted({one.finding.year for one in found if one.finding.year})
    when = f", {french.span(years[0], years[-1])}" if years else ""
    return f"D’après les fichiers déposés dans votre session{when}. La donnée ouverte reste à côté."


def table(found: Sequence[LocalFigure]) -> pd.DataFrame:
    """One row a figure: local value and its parts, open value, difference in words, what is to be known."""
    above = next((one.finding.comparators for one in found if one.finding.comparators), ())
    rows = []
    for one in found:
        row = {
            "Indicateur": one.indicator.label,
            "Donnée locale": said(one),
            "Calcul": parts(one),
            "Donnée ouverte": beside(one),
            "Écart": one.difference,
        }
        for item in above:
            value = next((c.value for c in one.finding.comparators if c.key == item.key), None)
            row[french.typographic(item.name)] = (
                "" if value is None else french.number(value, one.indicator.decimals)
            )
        row["À savoir"] = " ".join(filter(None, (_reason(one), one.indicator.caveat)))
        rows.append(row)
    frame = pd.DataFrame(rows)
    return frame.loc[:, [name for name in frame if name == "Donnée locale" or (frame[name] != "").any()]]


def said(one: LocalFigure) -> str:
    """The value with its unit, or the word that stands in its place."""
    if one.finding.value is not None:
        return reading.figure(one.finding, one.indicator)
    return {"secret": "secret statistique", "not_applicable": "sans objet"}.get(one.finding.status, "inconnu")


def parts(one: LocalFigure) -> str:
    """ "612 places (2025) ÷ 2 410 enfants (2022)"; empty where there is nothing to divide or a part is hidden."""
    finding, indicator = one.finding, one.indicator
    if finding.value is None or finding.denominator is None:
        return ""
    words = [
        f"{french.number(value)} {label}" + (f" ({year})" if year else "")
        for value, label, year in (
            (finding.numerator, indicator.numerator_label, finding.numerator_year),
            (finding.denominator, indicator.denominator_label, finding.denominator_year),
        )
    ]
    return " ÷ ".join(words)


def beside(one: LocalFigure) -> str:
    """The open value and its year."""
    if one.open_value is None:
        return ""
    value = french.number(one.open_value, one.indicator.decimals)
    return f"{value} ({one.open_year})" if one.open_year else value


def source(found: Sequence[LocalFigure]) -> str:
    """ "Fichiers : caf.xlsx, reçu le 24 novembre 2026 ; …" """
    files = dict.fromkeys(f"{one.origin}, reçu le {one.received}" for one in found)
    return f"{french.plural(len(files), 'Fichier', 'Fichiers')} : {' ; '.join(files)}."


def notes(report: Report, found: Sequence[LocalFigure]) -> str:
    """What secrecy hides, when it hides something of the themes shown."""
    ids = {one.indicator.id for one in found}
    touched = any(one.indicator.id in ids and one.finding.status == "secret" for one in report.local)
    return " ".join(report.local_notes) if touched else ""


def _reason(one: LocalFigure) -> str:
    return "" if one.finding.value is not None else one.finding.reason


def as_members(report: Report, found: Sequence[LocalFigure]) -> tuple[Member, ...]:
    """The members of the report with their local findings, as rankings and tables take them."""
    ids = {one.indicator.id for one in found}
    by_place: dict[str, dict] = {}
    for one in report.local:
        if one.indicator.id in ids:
            by_place.setdefault(one.territory.key, {})[one.indicator.id] = one.finding
    return tuple(
        Member(member.territory, by_place[member.territory.key])
        for member in report.members
        if member.territory.key in by_place and member.territory.key != report.territory.key
    )


def members_table(members: Sequence[Member], found: Sequence[LocalFigure]) -> pd.DataFrame:
    """One row a member, one column a local indicator; a hidden or unknown value is said in words."""
    rows = []
    for member in members:
        row = {"Territoire": french.name(member.territory), "Code": member.territory.code}
        for one in found:
            finding = member.findings[one.indicator.id]
            value = reading.known_value(finding)
            row[f"{one.indicator.label} ({one.indicator.unit})"] = (
                french.number(value, one.indicator.decimals)
                if value is not None
                else {"secret": "secret statistique", "not_applicable": "sans objet"}.get(
                    finding.status, "inconnu"
                )
            )
        rows.append(row)
    return pd.DataFrame(rows)


def _ranking(report: Report, found: Sequence[LocalFigure], theme: str) -> None:
    members = as_members(report, found)
    ladders = {one.indicator.id: charts.rungs(members, one.indicator) for one in found}
    drawn = {id: ladder for id, ladder in ladders.items() if len(ladder) >= FEWEST}
    if not drawn:
        return
    options = {one.indicator.id: one.indicator.label for one in found if one.indicator.id in drawn}
    chosen = next(iter(options))
    if len(options) > 1:
        chosen = st.selectbox(
            "Indicateur local", list(options), format_func=options.get, key=f"indicateur_local_{theme}"
        )
    one = next(one for one in found if one.indicator.id == chosen)
    ladder, left_out = charts.shortened(drawn[chosen])
    reference = next((c for c in one.finding.comparators if c.key == one.finding.reference), None)
    hidden = len(members) - len(drawn[chosen])
    without = (
        f"{french.quantity(hidden, 'territoire', 'territoires')} sans valeur à montrer." if hidden else ""
    )
    more = f"Et {french.number(left_out)} autres, dans les données." if left_out else ""
    components.chart(
        charts.ranked(
            ladder,
            reference.value if reference is not None else None,
            french.typographic(reference.name) if reference is not None else "",
            one.indicator.decimals,
            state.theme(),
        ),
        key=f"local_{theme}_{chosen}",
        alt=title([one]),
        data=members_table(members, found),
        statuses=[BADGE],
        source=source([one]),
        caution=" ".join(filter(None, (more, without))),
        report=report,
    )

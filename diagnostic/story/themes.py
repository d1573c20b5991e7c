"""The eight themes of a CTG, figures for each; housing and disability, that have no other chapter."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from diagnostic import french, reading
from diagnostic.indicators import BY_ID, CTG_THEMES
from diagnostic.report import Report
from diagnostic.story.blocks import Data, KeyFigures, Section, Table
from diagnostic.story.figures import (
    amount,
    named,
    notes_of,
    reference_head,
    reference_names,
    section_of,
    source_line,
    status_text,
    statuses,
    value_of,
    yes_or_no,
)
from diagnostic.story.keyfigures import of_indicators
from diagnostic.story.once import once
from diagnostic.story.words import called, inside, labelled, tabled

HOUSING, DISABILITY = CTG_THEMES["Logement"], CTG_THEMES["Handicap"]


def known_of(report: Report, theme: str) -> list[str]:
    """The indicators of a theme whose figure is known here."""
    return [name for name in CTG_THEMES[theme] if value_of(report.findings.get(name)) is not None]


@once
def themes_section(report: Report) -> Section | None:
    """One figure for each theme where there is little room, all of them on screen; slides and documents have a chapter on
    each."""
    found = {theme: known_of(report, theme) for theme in CTG_THEMES}
    told = [theme for theme, names in found.items() if names]
    if not told:
        return None
    count = french.in_words(len(told), feminine=False, capital=True)
    verb = french.plural(
        len(told), "thème de la convention a ses chiffres", "thèmes de la convention ont leurs chiffres"
    )
    warned = [name for names in found.values() for name in names if _warns(report, name)]
    asking = french.quantity(len(warned), "chiffre demande attention", "chiffres demandent attention")
    title = reading.held(
        f"{count} {verb}{where}{f' ; {asking}' if warned else ''}"
        for where in (f" {french.at(report.territory)}", "")
    )
    names = [name for theme in told for name in found[theme]]
    return Section(
        "themes",
        "Les huit thèmes de la convention",
        title,
        ((1.0, (_brief(report, found),)),),
        source_line(report, names),
        notes_of(report, [found[theme][0] for theme in told]),
        more=(_whole(report, found),),
        on_slides=False,
        subtitle="Un chiffre par thème, à côté de la référence",
        caution=_silent(report, [theme for theme in CTG_THEMES if not found[theme]]),
        statuses=statuses(report, found[told[0]][0]),
        indicators=tuple(names),
        data=_data(report, found),
        on_screen=(_whole(report, found),),
    )


@once
def housing_section(report: Report) -> Section | None:
    """Crowded homes, social tenants, housing benefit, empty dwellings."""
    return _subject(report, "logement", "Logement et cadre de vie", HOUSING)


@once
def disability_section(report: Report) -> Section | None:
    """How far the nearest service is, children with an allowance, children for one service."""
    return _subject(report, "handicap", "Handicap", DISABILITY)


def _subject(report: Report, id: str, kicker: str, names: Sequence[str]) -> Section | None:
    names = [name for name in names if name in report.findings]
    if all(value_of(report.findings[name]) is None for name in names):
        return None
    told = section_of(report, id, kicker, names)
    return replace(told, on_screen=(KeyFigures(of_indicators(report, names)),))


def _silent(report: Report, themes: Sequence[str]) -> str:
    """The themes without a figure on one line, and who knows."""
    asked: dict[str, list[str]] = {}
    for theme in themes:
        rows = (row.whom for row in report.unknown if row.indicator in CTG_THEMES[theme])
        asked.setdefault(next(rows, ""), []).append(theme.lower())
    said = [french.listing(names) + (f" ({inside(whom)})" if whom else "") for whom, names in asked.items()]
    return french.typographic(
        f"Ce que nous ne savons pas, et qui le sait : {' ; '.join(said)}." if said else ""
    )


def _warns(report: Report, name: str) -> bool:
    return reading.is_attention(report.findings[name].word, BY_ID[name].direction)


def _cells(report: Report, name: str, references: Sequence[str]) -> tuple[str, ...]:
    """Label, value with its unit, the reference, vintage and status."""
    finding, indicator = report.findings[name], BY_ID[name]
    against = report.against(name)
    beside = next(
        (one for one in finding.comparators if against is not None and one.key == against.key), None
    )
    label, said, status = yes_or_no(report, name) or (
        labelled(indicator),
        amount(finding, indicator),
        status_text(finding, indicator, report.territory),
    )
    return label, said, named(against, references, reading.beside(beside, finding, indicator)), status


def _brief(report: Report, found: dict[str, list[str]]) -> Table:
    """One row a theme that has figures: what demands attention first, else the first one known; the caution names
    the others."""
    told = {
        theme: [next((one for one in names if _warns(report, one)), names[0])]
        for theme, names in found.items()
        if names
    }
    return _table(report, "", told)


def _whole(report: Report, found: dict[str, list[str]]) -> Table:
    return _table(report, "Les chiffres de chaque thème", found)


def _table(report: Report, caption: str, told: dict[str, list[str]]) -> Table:
    references = reference_names(report, (name for names in told.values() for name in names))
    rows = tuple(
        (theme if name == names[0] else "", *_cells(report, name, references))
        for theme, names in told.items()
        for name in names
    )
    header = (
        "Thème",
        "Indicateur",
        french.capitalised(called(report.territory)),
        reference_head(references),
    )
    if all(row[3] in ("", french.UNKNOWN) for row in rows):
        alone = tuple((*row[:3], row[4]) for row in rows)
        return Table(caption, (*header[:3], "Millésime, statut"), alone, (0.2, 0.41, 0.14, 0.25), (2,))
    return Table(caption, (*header, "Millésime, statut"), rows, (0.17, 0.36, 0.12, 0.12, 0.23), (2, 3))


def _data(report: Report, found: dict[str, list[str]]) -> Data:
    rows = []
    for theme, names in found.items():
        for name in names:
            finding, indicator = report.findings[name], BY_ID[name]
            against = report.against(name)
            reference = against.value if against is not None else None
            values = (tabled(value, indicator) for value in (value_of(finding), reference))
            rows.append((theme, indicator.label, indicator.unit, *values, finding.year))
    return Data(("Thème", "Indicateur", "Unité", "Valeur", "Référence", "Année"), tuple(rows))

"""Indicators that no subject tells yet: one that is declared is shown, whatever its theme."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from diagnostic import reading
from diagnostic.indicators import (
    BRIEF,
    BY_ID,
    CTG_THEMES,
    DISTRICTS,
    FAMILY_RATIOS,
    FROM_DEPARTEMENT,
    HOUSEHOLDS,
    INDICATORS,
    KEY_FIGURES,
    LEISURE,
    PORTRAIT,
    STRIPS,
    YOUNG,
)
from diagnostic.model import THEMES, Level
from diagnostic.report import Report
from diagnostic.story.ages import INCOMES
from diagnostic.story.blocks import Facts, KeyFigures, Section
from diagnostic.story.figures import amount, section_of, value_of
from diagnostic.story.keyfigures import of_indicators
from diagnostic.story.need import CHILDREN, NEED, SHARE, WOMEN
from diagnostic.story.once import once
from diagnostic.story.reach import WITHIN_REACH
from diagnostic.story.rights import DISTANCE
from diagnostic.story.themes import DISABILITY, HOUSING

TOLD = frozenset(
    (
        *(*PORTRAIT, *BRIEF, *STRIPS, *KEY_FIGURES),
        *(*LEISURE, *YOUNG, *HOUSEHOLDS, *FAMILY_RATIOS, *DISTRICTS),
        *(WITHIN_REACH, DISTANCE, NEED, SHARE, CHILDREN, *WOMEN),
        *(*HOUSING, *DISABILITY, *INCOMES),
    )
)
"""Indicators that have a subject."""
THEMED = frozenset(name for names in CTG_THEMES.values() for name in names)
"""Those that the chapter of the eight themes tells in a file."""


@once
def further_section(report: Report, *themes: str) -> Section | None:
    """The other indicators of these themes (of all by default); the title is the first that is known."""
    names = [
        one.id
        for one in INDICATORS
        if one.id not in (TOLD if themes else TOLD | THEMED)
        and one.id in report.findings
        and not (
            one.id in FROM_DEPARTEMENT
            and report.territory.level in (Level.COMMUNE, Level.EPCI, Level.PERIMETRE)
        )
        and (not themes or one.theme in themes)
    ]
    if not names:
        return None
    subtitle = ", ".join(dict.fromkeys(THEMES[one.theme] for one in INDICATORS if one.id in names))
    section = section_of(report, "-".join(("autres", *themes)), "Autres repères", names, subtitle)
    return replace(section, on_screen=(_on_screen(report, names),))


def _on_screen(report: Report, names: Sequence[str]) -> KeyFigures | Facts:
    """Cards; small figures where all that is known is that there is none, which the title has said."""
    found = [(report.findings[name], BY_ID[name]) for name in names]
    known = [value for finding, _ in found if (value := value_of(finding)) is not None]
    if not known or any(known):
        return KeyFigures(of_indicators(report, names))
    return Facts(tuple((one.short, amount(f, one), reading.status_word(f, one)) for f, one in found))

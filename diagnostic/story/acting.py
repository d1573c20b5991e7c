"""Priorities to debate and the levers that answer them."""

from __future__ import annotations

from diagnostic import french
from diagnostic.indicators import BY_ID
from diagnostic.report import Report
from diagnostic.story.blocks import Section, Table, Text
from diagnostic.story.figures import source_line
from diagnostic.story.words import shortened

MOST_ON_SCREEN = 5


def priorities_section(report: Report) -> Section | None:
    if not report.priorities:
        return None
    rows = tuple(
        (
            str(p.order),
            BY_ID[p.indicator].short if p.indicator in BY_ID else p.indicator,
            french.typographic(p.sentence),
            french.typographic(french.capitalised(p.reason)),
        )
        for p in report.priorities[:6]
    )
    table = Table(
        "Priorités à débattre", ("", "Sujet", "Constat", "Pourquoi ici"), rows, (0.04, 0.22, 0.46, 0.28)
    )
    count = len(report.priorities)
    title = f"{french.quantity(count, 'écart ressort', 'écarts ressortent')} : à débattre, non une décision"
    return Section(
        "priorites",
        "Priorités",
        french.typographic(title),
        ((1.0, (table,)),),
        source_line(report, [p.indicator for p in report.priorities]),
        tuple(f"{p.order}. {p.sentence} {p.reason}" for p in report.priorities),
        on_screen=(
            Text(
                tuple(
                    (f"{p.order}. {BY_ID[p.indicator].short}", french.typographic(p.sentence), False)
                    for p in report.priorities[:MOST_ON_SCREEN]
                )
            ),
        ),
    )


def levers_section(report: Report) -> Section | None:
    called_ = [lever for lever in report.levers if lever["need"] == "gap"]
    asked = [lever for lever in report.levers if lever["need"] == "question"]
    if not called_ and not asked:
        return None
    rows = tuple(
        (
            french.typographic(lever["dispositif"]),
            french.typographic(shortened(lever["reason"], 150)),
            french.typographic(shortened(_brings(lever), 150)),
        )
        for lever in (called_ or asked)[:6]
    )
    table = Table("Leviers", ("Dispositif", "Pourquoi", "Ce qu’il apporte"), rows, (0.24, 0.38, 0.38))
    parts = []
    if called_:
        parts.append(f"{french.quantity(len(called_), 'levier répond', 'leviers répondent')} à un écart")
    if asked:
        parts.append(
            f"{french.quantity(len(asked), 'levier pose', 'leviers posent') if not called_ else french.quantity(len(asked), 'pose', 'posent')} une question à trancher"
        )
    every = tuple(
        f"{lever['dispositif']} : {lever['reason']} {_brings(lever)}" for lever in (*called_, *asked)
    )
    return Section(
        "leviers",
        "Leviers",
        french.typographic(", ".join(parts)),
        ((1.0, (table,)),),
        "Montants datés du vademecum et de ses sources : à confirmer avec la Caf avant toute décision.",
        every,
    )


def _brings(lever: dict) -> str:
    return " ; ".join(lever["amounts"][:2]) or french.UNKNOWN

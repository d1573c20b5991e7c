"""The bilan of a convention at the end of a year, its evaluation at the end of it all, in the words of a committee.

What was promised, done, changed in figures, what to decide; then, axis by axis, what the convention has come to. A
value that moved is never said to be the work of an action.
"""

from __future__ import annotations

from diagnostic import french
from diagnostic import plan as plans
from diagnostic.plan import Plan
from diagnostic.report import Report
from diagnostic.story.about import FICTIONAL, facts
from diagnostic.story.bilan_done import (
    axes_part,
    curves_part,
    essential_part,
    ground_part,
    money_part,
    promised_part,
    results_part,
)
from diagnostic.story.bilan_next import deciding_part, evaluation_part, following_part, to_be_decided
from diagnostic.story.bilan_parts import ended
from diagnostic.story.blocks import Cover, Section
from diagnostic.story.figures import source_line
from diagnostic.story.followup import observed_in
from diagnostic.story.words import day, shortened, written_day
from diagnostic.warehouse import Database

MOST_SHOWN = 5
"""Rows of a table on a slide: the document has them all."""


def bilan_cover(report: Report, plan: Plan, year: int) -> Cover:
    """What opens the bilan of a year, or the evaluation when the convention ends with it."""
    context, territory = report.context, report.territory
    name, period = french.name(territory), french.span(plan.first_year, plan.last_year)
    what = "Évaluation" if ended(plan, year) else f"Bilan {year}"
    fictional = context.fictional
    own = (
        ("Document", f"{what} de la convention, {_until(year, context.date)}"),
        ("Plan d’actions", f"{plan.title}, {period}"),
        ("Édité le", written_day(context.date)),
    )
    told = {label for label, _ in own} | {"Date"}
    rest = [(label, text) for label, text in facts(report) if label not in told]
    footer = f"{shortened(name, 80)} · {what.lower()} de la convention {period}"
    return Cover(
        title=french.capitalised(french.name(territory, long=True)),
        document=french.typographic(f"{what} de la convention territoriale globale : {name}")[:250],
        lines=(f"{what} de la convention territoriale globale", f"{period} · {_until(year, context.date)}"),
        small=(plan.title, f"Édité le {written_day(context.date)}"),
        notice=FICTIONAL if fictional else "",
        footer=f"Territoire fictif · {footer}" if fictional else footer,
        facts=tuple((label, text) for label, text in (*own, *rest)),
    )


def _until(year: int, date: str) -> str:
    """Up to when: the end of the year, or the day of the document where the year is not over."""
    today = day(date)
    if today is not None and today.year <= year:
        return f"arrêté au {french.date_long(today)}"
    return f"arrêté au 31 décembre {year}"


def bilan_sections(
    report: Report, plan: Plan, db: Database, year: int, *, slides: bool = False
) -> tuple[Section, ...]:
    """The bilan of a plan at the end of a year; with `slides`, tables are cut to what a committee reads.

    Nothing of a plan without a fiche.
    """
    if not plan.fiches:
        return ()
    ground = plans.on_ground(plan, db)
    plan = ground.plan
    followed = plans.follow(plan, observed_in(db), until=year)
    axes = plans.axes_bilan(plan, followed, year)
    decisions = to_be_decided(plan, axes, followed, year)
    most = MOST_SHOWN if slides else None
    ours = tuple(dict.fromkeys(one.indicator for one in followed if one.indicator))
    source = source_line(report, ours) if ours else ""
    made = (
        essential_part(plan, axes, followed, decisions, year),
        None if slides and ended(plan, year) else axes_part(axes, year),
        promised_part(axes, year, most),
        results_part(followed, source, most),
        curves_part(followed, source),
        money_part(plan, axes, year, most),
        ground_part(ground, followed),
        evaluation_part(plan, axes) if ended(plan, year) else None,
        deciding_part(decisions, most),
        following_part(plan, followed) if ended(plan, year) else None,
    )
    return tuple(section for section in made if section is not None)

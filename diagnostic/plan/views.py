"""A plan over its years, and what an adviser would point at before it is signed."""

from __future__ import annotations

from dataclasses import dataclass

from diagnostic import french
from diagnostic.plan.model import CTG_YEARS, Plan


@dataclass(frozen=True, slots=True)
class CalendarRow:
    """A fiche over the years: what is done in each, empty where nothing is."""

    axe: str
    fiche: str
    title: str
    state: str
    steps: dict[int, tuple[str, ...]]


def calendar(plan: Plan) -> tuple[CalendarRow, ...]:
    """One row per fiche, in the order of the plan, over its years and any other that a step names."""
    named = {step.year for fiche in plan.fiches for step in fiche.steps}
    years = sorted({*plan.years, *named})
    return tuple(
        CalendarRow(
            axe.title,
            fiche.id,
            fiche.title,
            str(fiche.state),
            {year: tuple(step.action for step in fiche.steps if step.year == year) for year in years},
        )
        for axe in plan.axes
        for fiche in axe.fiches
    )


def remarks(plan: Plan) -> tuple[str, ...]:
    """What an adviser would point at before signing; empty when there is nothing to say."""
    found = []
    if len(plan.years) not in CTG_YEARS:
        length = french.quantity(len(plan.years), "an", "ans")
        found.append(f"Le plan dure {length} ; une Ctg en compte quatre ou cinq.")
    if not plan.governance.copil:
        found.append("Le comité de pilotage n’est pas composé.")
    for fiche in plan.fiches:
        outside = {line.year for line in fiche.budget} | {step.year for step in fiche.steps}
        outside -= set(plan.years)
        if outside:
            years = french.listing([str(year) for year in sorted(outside)])
            found.append(f"« {fiche.title} » : {years} hors de la période du plan.")
        found += [
            f"« {fiche.title} » : la cible de « {result.label} » n’est pas datée après son départ."
            for result in fiche.results
            if (result.target_year or plan.last_year) <= (result.start_year or plan.first_year)
            and result.target is not None
        ]
        for blank, what in (
            (not fiche.elected_lead and not fiche.technical_lead, "pilote"),
            (not fiche.results, "indicateur de résultat"),
            (not fiche.budget, "budget"),
        ):
            if blank:
                found.append(f"« {fiche.title} » n’a pas de {what}.")
    return tuple(french.typographic(text) for text in found)

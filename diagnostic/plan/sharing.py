"""What a diagnosis shared with partners adds to a plan: their contributions, and the stakes that people retain."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from diagnostic.directory import plain
from diagnostic.local.contributions import Form, Quadrant, organisation
from diagnostic.model import DiagnosticError
from diagnostic.plan.editing import edit_plan
from diagnostic.plan.model import Contribution, Plan, Stake

MOST = 5
"""Stakes of a theme: beyond five nothing is ranked any more."""
LONGEST_TITLE = 200


@dataclass(frozen=True, slots=True)
class Gathered:
    """What one or several organisations say in the same words: `wording` as it is shown, `origins` in order."""

    theme: str
    quadrant: Quadrant
    wording: str
    origins: tuple[str, ...]


def contribute(plan: Plan, form: Form, day: str) -> Plan:
    """The plan with the lines of a form, received on a day.

    The same line of the same organisation is not kept twice: a form brought again adds what is new in it.
    """
    who = organisation(form.organisation)
    held = {(one.origin, one.theme, one.quadrant, one.text) for one in plan.contributions}
    fresh = dict.fromkeys(
        Contribution(line.theme, line.quadrant, line.text, who, day)
        for line in form.lines
        if (who, line.theme, line.quadrant, line.text) not in held
    )
    return edit_plan(plan, contributions=(*plan.contributions, *fresh))


def forget_organisation(plan: Plan, origin: str) -> Plan:
    """The plan without the lines of an organisation."""
    return edit_plan(plan, contributions=tuple(one for one in plan.contributions if one.origin != origin))


def gathered(contributions: Iterable[Contribution]) -> tuple[Gathered, ...]:
    """The lines kept, those of the same words together, the most shared first; no line is lost."""
    groups: dict[tuple, list[Contribution]] = {}
    for one in contributions:
        if one.kept:
            groups.setdefault((one.theme, one.quadrant, plain(one.shown)), []).append(one)
    found = [
        Gathered(theme, quadrant, group[0].shown, tuple(dict.fromkeys(one.origin for one in group)))
        for (theme, quadrant, _), group in groups.items()
    ]
    return tuple(sorted(found, key=lambda one: -len(one.origins)))


def organisations(contributions: Iterable[Contribution]) -> tuple[str, ...]:
    """Who contributed, each once."""
    return tuple(dict.fromkeys(one.origin for one in contributions))


# --- Stakes --------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Gap:
    """A gap of the diagnosis, as a stake may be drawn from it: its rank among them, its sentence, why it stands there."""

    indicator: str
    theme: str
    title: str
    sentence: str
    reason: str


def proposed_stakes(
    gaps: Sequence[Gap], plan: Plan, levers: Mapping[str, tuple[str, ...]]
) -> tuple[Stake, ...]:
    """Up to five stakes a theme, in the order of themes that have most to say, each with its reason.

    The gaps of the figures come first, in their order; then the weaknesses, threats and proposals that most
    organisations share. `levers` are those that an indicator calls. What the plan already retains is not proposed.
    """
    voices = [
        one for one in gathered(plan.contributions) if one.quadrant in (Quadrant.WEAKNESS, Quadrant.THREAT)
    ]
    known = {indicator for one in plan.stakes for indicator in one.indicators}
    titles = {plain(one.title) for one in plan.stakes}
    themes = dict.fromkeys((*(gap.theme for gap in gaps), *(one.theme for one in voices)))
    found = []
    for theme in themes:
        of_gaps = [_from_gap(gap, plan, levers, voices) for gap in gaps if gap.theme == theme]
        of_voices = [_from_voices(one) for one in voices if one.theme == theme]
        room = MOST - sum(one.theme == theme for one in plan.stakes)
        fresh = [
            one
            for one in (*of_gaps, *of_voices)
            if plain(one.title) not in titles and not known & set(one.indicators)
        ]
        found += fresh[: max(room, 0)]
    return tuple(found)


def _from_gap(
    gap: Gap, plan: Plan, levers: Mapping[str, tuple[str, ...]], voices: Sequence[Gathered]
) -> Stake:
    who = dict.fromkeys(origin for one in voices if one.theme == gap.theme for origin in one.origins)
    count = len(who)
    heard = (
        f" {count} {'organisations disent' if count > 1 else 'organisation dit'} aussi un manque ou un risque sur ce thème."
        if count
        else ""
    )
    fiches = tuple(
        fiche.id
        for fiche in plan.fiches
        if any(result.indicator == gap.indicator for result in fiche.results)
    )
    return Stake(
        "",
        gap.title,
        gap.theme,
        f"{gap.sentence} {gap.reason}{heard}".strip(),
        (gap.indicator,),
        levers.get(gap.indicator, ()),
        fiches,
    )


def _from_voices(one: Gathered) -> Stake:
    count = len(one.origins)
    who = ", ".join(one.origins)
    said = f"Dit par {count} organisations : {who}." if count > 1 else f"Dit par une organisation : {who}."
    return Stake("", one.wording[:LONGEST_TITLE], one.theme, said)


def retain(plan: Plan, stakes: Iterable[Stake]) -> Plan:
    """The plan with these stakes after its own, under new ids; a theme keeps five at most."""
    serial, held = plan.serial, list(plan.stakes)
    for stake in stakes:
        if sum(one.theme == stake.theme for one in held) >= MOST:
            raise DiagnosticError(
                f"Ce thème a déjà {MOST} enjeux : retirez-en un d’abord, au-delà plus rien n’est hiérarchisé."
            )
        serial += 1
        held.append(replace(stake, id=f"E{serial}"))
    return replace(plan, stakes=tuple(held), serial=serial)


def edit_stake(plan: Plan, stake_id: str, **changes: Any) -> Plan:
    """Change the title, the reason or what a stake is tied to."""
    unknown = set(changes) - {"title", "reason", "indicators", "levers", "fiches"}
    if unknown:
        raise DiagnosticError(f"Le champ « {min(unknown)} » n’existe pas ou ne se change pas.")
    _stake(plan, stake_id)
    made = tuple(replace(one, **changes) if one.id == stake_id else one for one in plan.stakes)
    return replace(plan, stakes=made)


def move_stake(plan: Plan, stake_id: str, step: int) -> Plan:
    """Put a stake so many places further (before, with a negative step), clamped to the ends."""
    stake = _stake(plan, stake_id)
    others = [one for one in plan.stakes if one is not stake]
    others.insert(min(max(plan.stakes.index(stake) + step, 0), len(others)), stake)
    return replace(plan, stakes=tuple(others))


def remove_stake(plan: Plan, stake_id: str) -> Plan:
    """Take a stake out; the fiches that it is tied to stay."""
    gone = _stake(plan, stake_id)
    return replace(plan, stakes=tuple(one for one in plan.stakes if one is not gone))


def _stake(plan: Plan, stake_id: str) -> Stake:
    for one in plan.stakes:
        if one.id == stake_id:
            return one
    raise DiagnosticError(f"L’enjeu {stake_id} n’est plus dans le plan. Rechargez la page.")

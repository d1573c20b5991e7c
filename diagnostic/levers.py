"""Which dispositif answers which gap of a territory, by the rule of its row, each with its reason.

Every lever of `data/reference/levers.csv` comes back, under one of the four `Need`s: nothing of the vademecum is hidden.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from diagnostic import french, reference
from diagnostic.indicators import BY_ID, rounded_children
from diagnostic.model import RATIO_CUTS, TIMES_FROM, Finding, Indicator, Status, fact_of
from diagnostic.reference import Amount, Fact, Lever, Trigger


class Need(StrEnum):
    """Why a lever is shown: a gap calls it, a question decides, it frames the work, or nothing calls it."""

    GAP = "gap"
    QUESTION = "question"
    FRAME = "frame"
    NOT_CALLED = "not_called"


@dataclass(frozen=True, slots=True)
class Match:
    """A lever before a territory: why, in a French sentence, and the indicators that say so."""

    lever: Lever
    need: Need
    reason: str
    indicators: tuple[str, ...]


MARKED = RATIO_CUTS[1]
"""Smaller ÷ larger of value and reference under which a gap calls a lever: more than 15 %, as `gaps.priorities`."""
HALF = 0.5
"""Share of a facility that people must fill for its absence to be a lack: under it, they share that of others."""

_ORDER = (Need.GAP, Need.QUESTION, Need.FRAME, Need.NOT_CALLED)


def match(findings: Iterable[Finding], priorities: Sequence[str] = ()) -> tuple[Match, ...]:
    """Every lever once: called by a gap first, then questions, frames, and those that nothing calls.

    `priorities` lists indicator ids, most pressing first: the levers that answer them come in that
    order. Within equals, the order of the table.
    """
    known = {finding.indicator: finding for finding in findings}
    urgency = {indicator: rank for rank, indicator in enumerate(priorities)}
    found = [_match(lever, known) for lever in reference.levers()]

    def order(item: Match) -> tuple[int, int]:
        ranks = [urgency.get(indicator, len(urgency)) for indicator in item.indicators]
        return _ORDER.index(item.need), min(ranks, default=len(urgency))

    return tuple(sorted(found, key=order))


def what_it_brings(lever: str, *, year: int) -> tuple[str, ...]:
    """One French phrase per scale of the lever in force in `year`, with its year and the reservation.

    A doubtful amount is never shown; an unknown one is said to be asked for.
    """
    return tuple(
        french.typographic(f"{row.label} : {said(row)} ({row.caption})")
        for row in amounts_in_force(lever, year=year)
    )


def amounts_in_force(lever: str, *, year: int) -> tuple[Amount, ...]:
    """The rows of the scales of a lever that hold in `year`, the doubtful ones left out."""
    scales = dict.fromkeys(row.scale for row in reference.amounts_of(lever))
    return tuple(row for name in scales for row in reference.scale(name, year) if row.certainty != "douteux")


def said(row: Amount) -> str:
    """ "de 7 400 à 26 000 € par place"."""
    decimals = max(
        (-int(value.as_tuple().exponent) for value in (row.minimum, row.maximum) if value is not None),
        default=0,
    )
    low, high = (french.number(value, decimals) for value in (row.minimum, row.maximum))
    if row.minimum is None and row.maximum is None:
        return "montant à demander"
    if row.minimum is None:
        return f"jusqu’à {high} {row.unit}"
    if row.minimum == row.maximum:
        return f"{low} {row.unit}"
    return f"de {low} à {high} {row.unit}" if row.maximum is not None else f"à partir de {low} {row.unit}"


def _match(lever: Lever, known: Mapping[str, Finding]) -> Match:
    rule = lever.rule
    if rule.frame:
        return Match(lever, Need.FRAME, french.typographic(rule.frame), ())
    shown = [(trigger, _shows(trigger, known.get(trigger.indicator))) for trigger in rule.triggers]
    conditions = [_shows(trigger, known.get(trigger.indicator)) for trigger in rule.only_if]
    fired = [trigger for trigger, answer in shown if answer]
    if False in conditions:
        return Match(lever, Need.NOT_CALLED, "Sans objet ici.", ())
    if fired and None not in conditions:
        told: dict[str, str] = {}
        for trigger in fired:
            told.setdefault(trigger.indicator, _because(trigger, known[trigger.indicator]))
        return Match(lever, Need.GAP, " ".join(told.values()), tuple(told))
    unknown = None in conditions or any(answer is None for _, answer in shown)
    if rule.question and (unknown or not shown):
        return Match(lever, Need.QUESTION, french.typographic(f"À demander : {rule.question}"), ())
    reason = (
        french.typographic("Aucun écart de plus de 15 % sur les indicateurs de ce levier.")
        if shown
        else "Dispositif terminé, pour mémoire."
    )
    return Match(lever, Need.NOT_CALLED, reason, tuple(dict.fromkeys(t.indicator for t in rule.triggers)))


_ANSWERS: dict[Fact, Callable[[Finding], bool | None]] = {
    Fact.BELOW: lambda finding: _marked(finding, lambda value, reference: value < MARKED * reference),
    Fact.BELOW_FRANCE: lambda finding: _below_france(finding),
    Fact.ABOVE: lambda finding: _marked(finding, lambda value, reference: reference < MARKED * value),
    Fact.ABSENT: lambda finding: None if finding.denominator is None else _is_due(finding),
    Fact.NONE: lambda finding: _value(finding, lambda value: value == 0),
    Fact.SOME: lambda finding: _value(finding, lambda value: value > 0),
}


def _shows(trigger: Trigger, finding: Finding | None) -> bool | None:
    """Whether the fact holds; None when the figure is unknown."""
    if finding is None:
        return None
    # Without a facility the ratio has no value, hence no gap, and that very absence is known.
    if trigger.fact in (Fact.BELOW, Fact.ABOVE) and finding.denominator == 0:
        return False
    return _ANSWERS[trigger.fact](finding)


def _marked(finding: Finding, test: Callable[[float, float], bool]) -> bool | None:
    """The test on value and reference, as the gap holds them: both of one year."""
    if finding.gap is None or finding.value is None:
        return None
    return test(finding.value, finding.value - finding.gap)


def _is_due(finding: Finding) -> bool:
    """Whether there is no facility, and people enough to fill half of one at the reference: a village lacks none of its
    own."""
    base, people = finding.beside, finding.numerator
    if finding.denominator or base is None or base.value is None or people is None:
        return finding.denominator == 0
    return people >= HALF * base.value


def _below_france(finding: Finding) -> bool | None:
    france = finding.national
    return None if finding.value is None or france is None else finding.value < MARKED * france


def _value(finding: Finding, test: Callable[[float], bool]) -> bool | None:
    return test(finding.value) if finding.value is not None and finding.status.known else None


def _because(trigger: Trigger, finding: Finding) -> str:
    """The reason in a French sentence, with the figure, its year and the reference."""
    declared = BY_ID[trigger.indicator]
    value = _number(finding.value, finding, declared)
    year = f" ({finding.year})" if finding.year is not None else ""
    if trigger.fact is Fact.ABSENT:
        sentence = f"Nombre {french.of_text(declared.denominator_label)} : 0{year}."
    elif trigger.fact in (Fact.NONE, Fact.SOME):
        sentence = f"{declared.label} : {value}{year}."
    else:
        about = "environ " * (finding.status is Status.ESTIMATED and finding.value not in (0.0, 100.0))
        fact = french.capitalised(fact_of(finding, declared))
        said = fact or f"{declared.label} : {about}{value} {declared.unit}{year}"
        sentence = f"{said}, {_against(trigger, finding, declared)}"
        short = trigger.fact is not Fact.BELOW_FRANCE and not fact
        if short and finding.missing is not None and finding.missing > 0 and declared.missing_noun:
            exact = not declared.published and finding.status is Status.OK
            sentence += f" ; {french.short_of(finding.missing, *declared.missing_noun, exact=exact)}"
        sentence += "."
    return french.typographic(sentence)


def _number(value: float | None, finding: Finding, declared: Indicator) -> str:
    shown = rounded_children(value, finding.status, declared)
    # What is « environ » thirty is no « 30,0 ».
    whole = finding.status is Status.ESTIMATED and french.rounded(shown, declared.decimals) == french.rounded(
        shown
    )
    return french.number(shown, 0 if whole else declared.decimals)


def _against(trigger: Trigger, finding: Finding, declared: Indicator) -> str:
    """ "26 % en dessous de la référence (60,9, France)", on the very numbers that called the lever."""
    france, decimals = finding.national, declared.decimals
    if trigger.fact is Fact.BELOW_FRANCE and france is not None and finding.value is not None:
        share = french.percent((1 - finding.value / france) * 100)
        return f"{share} en dessous de la moyenne nationale ({french.number(france, decimals)})"
    below = trigger.fact is Fact.BELOW
    side = "en dessous de" if below else "au-dessus de"
    if declared.unit == "km":
        side = "plus près que" if below else "plus loin que"
    name = finding.beside.name if finding.beside is not None else ""
    if finding.value is None or finding.gap is None:
        return f"{side} la référence"
    goal = finding.value - finding.gap
    if fact_of(finding, declared):
        *_, elsewhere = declared.fact or ("",)
        return f"quand {_number(goal, finding, declared)} {declared.unit} {elsewhere} ({name})"
    if finding.gap_year not in (None, finding.year):
        # Two vintages: the gap is that of another year than the value, and says so.
        named = f" ({name})" if name else ""
        return f"{side} la référence{named}, écart de {french.number(abs(finding.gap), decimals)} en {finding.gap_year}"
    share = f"{french.percent(abs(finding.gap) / goal * 100)} " if goal > 0 else ""
    if declared.unit.startswith("%"):
        # A share is compared in points, as every page does.
        share = f"{french.quantity(abs(finding.gap), 'point', 'points', decimals)} "
    elif goal > 0 and finding.value / goal >= TIMES_FROM:
        share, side = f"{french.number(finding.value / goal, 1)} ", "fois"
    told = _number(goal, finding, declared) + (f"{french.NBSP}km" if declared.unit == "km" else "")
    return f"{share}{side} la référence ({', '.join(filter(None, (told, name)))})"

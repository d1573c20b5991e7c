"""From findings to fiches, and back: what a fiche starts from, and what has changed since."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from diagnostic import french, reference
from diagnostic.indicators import BY_ID
from diagnostic.levers import Match
from diagnostic.model import Finding, Indicator
from diagnostic.plan.model import Fiche, Figure, Plan, Result


def figure(finding: Finding) -> Figure:
    """The finding as a figure to quote: its value today, unknown kept unknown."""
    unit = BY_ID[finding.indicator].unit
    return Figure(finding.indicator, finding.territory, finding.value, unit, finding.year)


def draft_fiche(finding: Finding, matches: Sequence[Match] = ()) -> Fiche:
    """A fiche begun from a gap: its constat, the indicator to follow towards the reference, the levers.

    To be given to `add_fiche`, which names it.
    """
    declared = BY_ID[finding.indicator]
    goal = finding.beside.value if finding.beside is not None else None
    result = Result(
        declared.label,
        declared.unit,
        _as_printed(finding.value, declared),
        finding.year,
        _as_printed(goal, declared),
        None,
        finding.indicator,
        finding.territory,
        formula=formula_of(declared),
    )
    theme = declared.theme if declared.theme in reference.LEVER_THEMES else reference.GOUVERNANCE
    answers = tuple(item.lever.id for item in matches if finding.indicator in item.indicators)
    return Fiche(
        "",
        declared.short,
        theme,
        finding.reading,
        (figure(finding),),
        results=(result,),
        levers=answers,
    )


def formula_of(declared: Indicator) -> str:
    """How an indicator is reckoned, in the names of its parts: another formula is another indicator."""
    parts = f"{declared.numerator} / {declared.denominator}" if declared.denominator else declared.numerator
    return parts if declared.per == 1 else f"{parts} × {declared.per:g}"


def _as_printed(value: float | None, declared: Indicator) -> float | None:
    """A value to be typed over: with the decimals that the reader sees."""
    printed = french.rounded(value, declared.decimals)
    return None if printed is None else float(printed)


@dataclass(frozen=True, slots=True)
class Change:
    """A figure of a fiche whose value today is no longer the one written; None is unknown.

    `printed_*` are the values as the reader sees them, `moved` the difference with its unit where it is a
    share (« en hausse de 1,8 point »), empty where one side is unknown.
    """

    fiche: str
    title: str
    indicator: str
    label: str
    unit: str
    before: float | None
    before_year: int | None
    after: float | None
    after_year: int | None
    printed_before: str
    printed_after: str
    moved: str
    sentence: str


def compare_with(plan: Plan, findings: Iterable[Finding]) -> tuple[Change, ...]:
    """The quoted figures and starting values that today's findings no longer confirm, as printed.

    A figure whose indicator is not among the findings of its own territory is left alone. What a fiche
    says twice, in its constat and as a start, is told once.
    """
    today = {(finding.indicator, finding.territory): finding for finding in findings}
    changes: dict[tuple, Change] = {}
    for fiche in plan.fiches:
        for written in (*fiche.figures, *_started(fiche)):
            finding = today.get((written.indicator, written.territory))
            if finding is not None and (change := _change(fiche, written, finding)) is not None:
                changes.setdefault((fiche.id, written.indicator, change.printed_before, written.year), change)
    return tuple(changes.values())


def _started(fiche: Fiche) -> Iterable[Figure]:
    for result in fiche.results:
        if result.indicator:
            yield Figure(result.indicator, result.territory, result.start, result.unit, result.start_year)


def _change(fiche: Fiche, written: Figure, finding: Finding) -> Change | None:
    declared = BY_ID.get(written.indicator)
    if declared is None:
        return None
    before, after = (
        "inconnu" if value is None else french.number(value, declared.decimals)
        for value in (written.value, finding.value)
    )
    if before == after:
        return None
    then = f" {declared.unit}" if written.value is not None else ""
    then += f" ({written.year})" if written.year is not None and written.value is not None else ""
    now = f" ({finding.year})" if finding.year is not None and finding.value is not None else ""
    moved = _moved(written.value, finding.value, declared)
    end = f" ({moved})" if moved else ""
    said = (
        f"{declared.label} : {before}{then} dans la fiche « {fiche.title} », {after}{now} aujourd’hui{end}."
    )
    return Change(
        fiche.id,
        fiche.title,
        written.indicator,
        declared.label,
        declared.unit,
        written.value,
        written.year,
        finding.value,
        finding.year,
        before,
        after,
        moved,
        french.typographic(said),
    )


def _moved(before: float | None, after: float | None, declared: Indicator) -> str:
    """ "en hausse de 1,8 point": how far a figure has moved, in points for a share; nothing where one side
    is unknown."""
    if before is None or after is None:
        return ""
    change, places = abs(after - before), declared.decimals
    said = (
        french.quantity(change, "point", "points", places)
        if declared.unit.startswith("%")
        else french.number(change, places)
    )
    return f"en {'hausse' if after > before else 'baisse'} de {said}"

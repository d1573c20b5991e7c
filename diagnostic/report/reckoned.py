"""A local figure reckoned: the cells of a deposited file over, or under, what the open data count."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from diagnostic import french, gaps, reading
from diagnostic.indicators import INDICATORS
from diagnostic.local.indicators import COMMUNES
from diagnostic.model import RATIO_HIDDEN_BELOW, Finding, Indicator, Status, Territory

if TYPE_CHECKING:
    from diagnostic.local.plan import Cell, Plan

Findings = Mapping[str, Finding]
PEOPLE = frozenset(
    {"population", "enfants_moins_3", "enfants_3_11", "enfants_moins_6", "jeunes_12_25", "caf_allocataires"}
)
"""Denominators that count people: a rate over too few of them says nothing."""


@dataclass(frozen=True, slots=True)
class _Part:
    """One part of a figure; `open` when it is an open stat, `least` when it may be greater."""

    value: float | None
    status: Status
    year: int | None
    open: bool = False
    least: bool = False


def finding_of(
    plan: Plan, indicator: Indicator, place: Territory, findings: Findings, communes: Sequence[str]
) -> Finding:
    """A local indicator on one territory; `findings` are its open ones, `communes` its codes."""
    cell = _covering(plan, indicator, place, communes)
    top = _part(plan, indicator.numerator, place, findings, communes)
    bottom = (
        None
        if indicator.denominator is None
        else _part(plan, indicator.denominator, place, findings, communes)
    )
    value, status, reason = _divided(indicator, top, bottom, cell)
    found = Finding(
        indicator=indicator.id,
        territory=place.key,
        value=value,
        status=status,
        year=plan.deposit.year,
        numerator=top.value,
        denominator=bottom.value if bottom is not None else None,
        numerator_year=top.year,
        denominator_year=bottom.year if bottom is not None else None,
        sources=indicator.sources,
        covered=cell.known / cell.communes if cell.communes else None,
        reason=reason,
        caution=plan.deposit.badge,
    )
    if value is None or not (top.least or (bottom is not None and bottom.least)):
        return found
    return _bounded(found, indicator, top.least, bottom is not None and bottom.least)


def _bounded(found: Finding, indicator: Indicator, more_above: bool, more_below: bool) -> Finding:
    """The figure of a list that may lack something: a bound and no value, so that nothing ranks or compares it."""
    unknown = replace(
        found, value=None, status=Status.MISSING, numerator=None, denominator=None, reason=_NOT_WHOLE
    )
    if more_above and more_below:
        return replace(unknown, reason=f"{_NOT_WHOLE} La part n’est pas connue.")
    if more_below:
        return replace(unknown, high=found.value)
    # "Au moins 0,0" says nothing.
    return replace(unknown, low=found.value if french.rounded(found.value, indicator.decimals) else None)


def _covering(plan: Plan, indicator: Indicator, place: Territory, communes: Sequence[str]) -> Cell:
    """The local part of the figure: the numerator where the file brings it, else the denominator."""
    stat = indicator.numerator if plan.holds(indicator.numerator) else str(indicator.denominator)
    return plan.cell(stat, place.level, place.code, communes)


def _part(plan: Plan, stat: str, place: Territory, findings: Findings, communes: Sequence[str]) -> _Part:
    if stat == COMMUNES:
        return _Part(float(len(communes)), Status.OK, plan.deposit.year, open=True)
    if plan.holds(stat):
        cell = plan.cell(stat, place.level, place.code, communes)
        return _Part(cell.value, cell.status, plan.deposit.year, least=cell.least)
    value, year = open_part(findings, stat)
    return _Part(value, Status.OK if value is not None else Status.MISSING, year, open=True)


def open_part(findings: Findings, stat: str) -> tuple[float | None, int | None]:
    """The open value of a stat and its year, read from whichever finding rests on it."""
    for item in INDICATORS:
        finding = findings.get(item.id)
        if finding is None or item.published:
            continue
        if item.numerator == stat and item.denominator is None:
            value, year = reading.known_value(finding), finding.year
        elif item.denominator == stat:
            value, year = finding.denominator, finding.denominator_year
        elif item.numerator == stat:
            value, year = finding.numerator, finding.numerator_year
        else:
            continue
        if value is not None:
            return float(value), year
    return None, None


def _divided(
    indicator: Indicator, top: _Part, bottom: _Part | None, cell: Cell
) -> tuple[float | None, Status, str]:
    """Value, status and, when there is none, the reason."""
    parts = [top] if bottom is None else [top, bottom]
    for part in parts:
        if part.status is Status.SECRET:
            return None, Status.SECRET, _SECRET
    for part in parts:
        if part.value is None and part.open:
            label = indicator.denominator_label if part is bottom else indicator.numerator_label
            return None, Status.MISSING, f"L’effectif n’est pas connu ici : {label}."
        if part.value is None:
            return None, Status.MISSING, _lacking(cell)
    if bottom is None:
        return top.value, Status.OK, ""
    if bottom.value is None or top.value is None:
        return None, Status.MISSING, _lacking(cell)
    if bottom.value == 0:
        return (
            None,
            Status.NOT_APPLICABLE,
            f"La liste ne compte ici rien à diviser : 0 {indicator.denominator_label}.",
        )
    if indicator.denominator in PEOPLE and bottom.value < RATIO_HIDDEN_BELOW:
        few = french.number(RATIO_HIDDEN_BELOW)
        return (
            None,
            Status.NOT_APPLICABLE,
            f"Moins de {few} {indicator.denominator_label} : le rapport n’est pas calculé.",
        )
    return float(gaps.ratio(top.value, bottom.value, indicator.per)), Status.OK, ""


_SECRET = (
    "Masqué : l’effectif est trop petit, ou le montrer permettrait d’en retrouver un autre par différence."
)


_NOT_WHOLE = "La liste n’est pas déclarée complète ici : il peut y en avoir d’autres."


def _lacking(cell: Cell) -> str:
    missing = cell.communes - cell.known
    if not missing:
        return "Sur ce territoire, une cellule du fichier est vide ou masquée, ou une ligne a été laissée de côté."
    if cell.communes == 1:
        return "Cette commune n’est pas dans le fichier déposé."
    noun = french.quantity(missing, "commune", "communes")
    verb = french.verb(missing, "manque", "manquent")
    return f"{noun} sur {french.number(cell.communes)} {verb} dans le fichier déposé : la somme n’est pas connue."


def spread(
    plan: Plan,
    indicator: Indicator,
    findings: Mapping[str, Findings],
    places: Sequence[Territory],
    communes: Callable[[Territory], Sequence[str]],
) -> dict[str, Finding]:
    """A local indicator on any territories, by code; `findings` are their open ones, by key."""
    return {
        place.code: finding_of(plan, indicator, place, findings.get(place.key, {}), communes(place))
        for place in places
    }


def resting_on(indicator: Indicator) -> list[str]:
    """The open indicators that give the open part of a local one."""
    parts = {indicator.numerator, indicator.denominator} - {None}
    return [
        item.id for item in INDICATORS if not item.published and {item.numerator, item.denominator} & parts
    ]

"""Readings of a plan: budget, calendar, figures that changed, completeness for the law."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from diagnostic import french, reference
from diagnostic.indicators import INDICATORS
from diagnostic.levers import Match
from diagnostic.model import Finding, Indicator
from diagnostic.plan.model import CTG_YEARS, INVESTMENT, RUNNING, BudgetLine, Fiche, Figure, Plan, Result
from diagnostic.reference import SchemaItem
from diagnostic.simulation import Funding

ZERO = Decimal(0)
_INDICATORS = {indicator.id: indicator for indicator in INDICATORS}


def cents(amounts: Iterable[Decimal]) -> int:
    """2 when an amount has cents, else 0: amounts shown together are shown alike, so that they add up."""
    return 2 if any(amount != amount.to_integral_value() for amount in amounts) else 0


def ends(lines: Iterable[BudgetLine]) -> tuple[Decimal, Decimal]:
    """What the lines come to with aids at their low end, then at their high end."""
    found = tuple(lines)
    return sum((line.amount for line in found), ZERO), sum((line.best for line in found), ZERO)


def only_aid(lines: Iterable[BudgetLine]) -> bool:
    """Whether nothing but aids is there: their sum is no cost."""
    found = tuple(lines)
    return bool(found) and all(line.aid for line in found)


def total_text(lines: Iterable[BudgetLine], places: int | None = None) -> str:
    """ "600 000 €", "de 148 000 à 520 000 € d’aide": the sum of the lines; empty without a line."""
    found = tuple(lines)
    if not found:
        return ""
    low, high = ends(found)
    said = french.euros_between(low, high, cents((low, high)) if places is None else places)
    return f"{said} d’aide" if only_aid(found) else said


# --- Budget and calendar -------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Budget:
    """Euros by year and funder. `years` holds the plan's years and any other that a line names."""

    years: tuple[int, ...]
    funders: tuple[str, ...]
    cells: dict[tuple[int, str], Decimal]
    total: Decimal

    def amount(self, year: int, funder: str) -> Decimal:
        """The sum of the lines of that year and funder; zero when the plan has none."""
        return self.cells.get((year, funder), ZERO)

    def by_year(self, year: int) -> Decimal:
        return sum((self.amount(year, funder) for funder in self.funders), ZERO)

    def by_funder(self, funder: str) -> Decimal:
        return sum((self.amount(year, funder) for year in self.years), ZERO)


def budget(plan: Plan, *, nature: str | None = None, at_best: bool = False) -> Budget:
    """The budget of the whole plan, or of one nature (« investissement », « fonctionnement »).

    Aids are at their low end, or `at_best` at their high one.
    """
    return budget_of(plan.fiches, plan.years, nature=nature, at_best=at_best)


def budget_of(
    fiches: Iterable[Fiche], years: Iterable[int] = (), *, nature: str | None = None, at_best: bool = False
) -> Budget:
    """The budget of some fiches, with the columns of `years` at least."""
    lines = [line for fiche in fiches for line in fiche.budget if nature in (None, line.nature)]
    cells: dict[tuple[int, str], Decimal] = {}
    for line in lines:
        key = line.year, line.funder
        cells[key] = cells.get(key, ZERO) + (line.best if at_best else line.amount)
    return Budget(
        tuple(sorted({*years, *(line.year for line in lines)})),
        tuple(dict.fromkeys(line.funder for line in lines)),
        cells,
        ends(lines)[at_best],
    )


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
        for blank, what in (
            (not fiche.elected_lead and not fiche.technical_lead, "pilote"),
            (not fiche.results, "indicateur de résultat"),
            (not fiche.budget, "budget"),
        ):
            if blank:
                found.append(f"« {fiche.title} » n’a pas de {what}.")
    return tuple(french.typographic(text) for text in found)


# --- From findings to fiches, and back -----------------------------------------------------------


def figure(finding: Finding) -> Figure:
    """The finding as a figure to quote: its value today, unknown kept unknown."""
    unit = _INDICATORS[finding.indicator].unit
    return Figure(finding.indicator, finding.territory, finding.value, unit, finding.year)


def draft_fiche(finding: Finding, matches: Sequence[Match] = ()) -> Fiche:
    """A fiche begun from a gap: its constat, the indicator to follow towards the reference, the levers.

    To be given to `add_fiche`, which names it.
    """
    declared = _INDICATORS[finding.indicator]
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
    declared = _INDICATORS.get(written.indicator)
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


# --- Legal completeness --------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Completeness:
    """An item of article D. 214-10-1 CASF: what fills it, or how to fill it.

    `missing` names the indicators of the item that today's data do not give.
    """

    item: SchemaItem
    content: tuple[str, ...]
    missing: tuple[str, ...]

    @property
    def filled(self) -> bool:
        return bool(self.content)

    @property
    def sentences(self) -> tuple[str, ...]:
        """What fills the item, one sentence each, then what its data lack; the hint where it is blank."""
        if not self.filled:
            return (self.hint,)
        said = [text if text.endswith((".", "!", "?")) else f"{text}." for text in self.content]
        if self.missing:
            said.append(french.typographic(f"Données absentes : {french.listing(self.missing)}."))
        return tuple(said)

    @property
    def hint(self) -> str:
        """What to do; empty when the item is filled."""
        return "" if self.filled else self.item.hint


def schema_completeness(plan: Plan, findings: Iterable[Finding]) -> tuple[Completeness, ...]:
    """Each item of the article, filled from the findings and from the fiches of petite enfance, or blank."""
    known = {finding.indicator: finding for finding in findings if finding.value is not None}
    fiches = [fiche for fiche in plan.fiches if fiche.theme == "petite_enfance" or fiche.schema]
    return tuple(_completeness(item, known, fiches) for item in reference.schema_items())


def _completeness(item: SchemaItem, known: dict[str, Finding], fiches: Sequence[Fiche]) -> Completeness:
    told = [known[indicator] for indicator in item.findings if indicator in known]
    content = [finding.reading if finding.reading else _plain(finding) for finding in told]
    for fiche in fiches:
        if item.id in fiche.schema:
            content.append(f"Fiche « {fiche.title} »")
        elif item.plan in _PARTS and (text := _PARTS[item.plan](fiche)):
            content.append(f"Fiche « {fiche.title} » : {text}")
    missing = [_INDICATORS[indicator].short for indicator in item.findings if indicator not in known]
    return Completeness(item, tuple(french.typographic(text) for text in content), tuple(missing))


def _plain(finding: Finding) -> str:
    declared = _INDICATORS[finding.indicator]
    return f"{declared.label} : {french.number(finding.value, declared.decimals)} {declared.unit}"


def _named(fiche: Fiche, levers: frozenset[str]) -> str:
    return french.listing([reference.lever(one).dispositif for one in fiche.levers if one in levers])


# Levers that answer an item of the article by what they are for.
_DIFFICULTIES = frozenset({"D11", "D12"})
_QUALITY = frozenset({"D16", "D17", "D19"})


# What a fiche of petite enfance gives to an item without being marked for it.
_PARTS: dict[str, Callable[[Fiche], str]] = {
    "zones": lambda fiche: (
        french.quantity(len(fiche.communes), "commune visée", "communes visées") if fiche.communes else ""
    ),
    "objective": lambda fiche: fiche.objective,
    "difficultes": lambda fiche: _named(fiche, _DIFFICULTIES),
    "qualite": lambda fiche: _named(fiche, _QUALITY),
    "investissements": lambda fiche: total_text(line for line in fiche.budget if line.nature == INVESTMENT),
    "budget": lambda fiche: " ; ".join(filter(None, (total_text(fiche.budget), fiche.means))),
    "calendar": lambda fiche: french.listing(sorted({str(step.year) for step in fiche.steps})),
    "indicators": lambda fiche: french.listing([r.label for r in fiche.results if r.target is not None]),
}


def without_cost(plan: Plan) -> int:
    """How many fiches have aids for a budget and nothing else: what they cost is not known."""
    return sum(only_aid(fiche.budget) for fiche in plan.fiches)


def funded_by_one(plan: Plan) -> int:
    """How many fiches have a budget and a single funder: their cost is not all there."""
    return sum(len({line.funder for line in fiche.budget}) == 1 for fiche in plan.fiches)


# --- From the simulator --------------------------------------------------------------------------


def budget_lines(funding: Funding, *, works: int, opening: int, last_year: int) -> tuple[BudgetLine, ...]:
    """The budget of a simulated project: aids from their low end to their high one, the remainder against them.

    Investment in the year of the `works`, running costs each year from `opening` to `last_year`. Where
    the cost is known the lines of a year add up to it at both ends; where it is not, the remainder is left out,
    and so is an aid whose scale is unknown.
    """
    investment = _lines(funding, INVESTMENT, works)
    running = [line for year in range(opening, last_year + 1) for line in _lines(funding, RUNNING, year)]
    return (*investment, *running)


def _lines(funding: Funding, nature: str, year: int) -> list[BudgetLine]:
    balance = funding.investment if nature == INVESTMENT else funding.running
    parts = [
        (line.label, "Caf", line.low, line.high, line.amount)
        for line in funding.lines
        if line.nature == nature and line.low is not None
    ]
    parts.append(("Participations des familles", "Familles", balance.families, None, None))
    if balance.cost is not None and balance.remainder_high is not None:
        at_best = max(balance.cost - balance.families - balance.aid_high, ZERO)
        parts.append(("Reste à financer", "Collectivité", balance.remainder_high, at_best, None))
    return [
        BudgetLine(label, funder, year, amount, nature, row or "", None if best == amount else best)
        for label, funder, amount, best, row in parts
        if amount > 0 or (best is not None and best > 0)
    ]

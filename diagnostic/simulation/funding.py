"""What the Caf may bring to a project: ranges, each with its rule, its year and its row of the scales.

Money is `Decimal`, `None` where no source read gives the scale. Orders of magnitude « à confirmer avec
votre conseiller Caf », never a right.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import ROUND_DOWN, ROUND_HALF_UP, Decimal

from diagnostic import french, reference
from diagnostic.model import DiagnosticError
from diagnostic.reference import Amount
from diagnostic.simulation.projects import AlshProject, CrecheProject, Project, RpeProject, YouthProject

CENT = Decimal("0.01")
ZERO = Decimal(0)
INVESTMENT = "investissement"
RUNNING = "fonctionnement"


@dataclass(frozen=True, slots=True)
class Line:
    """One financing line in euros, from `low` to `high`; both None when no source gives the scale.

    `nature` is "investissement" (once) or "fonctionnement" (a year). `amount` is the row of
    amounts.csv, None when no row of that year gives it.
    """

    label: str
    nature: str
    low: Decimal | None
    high: Decimal | None
    rule: str
    year: int | None
    amount: str | None

    @property
    def text(self) -> str:
        """The line as a sentence part: label, range, year and reservation."""
        when = f"barème {self.year}, {reference.CONFIRM}" if self.year else reference.CONFIRM
        return f"{self.label} : {range_text(self.low, self.high)} ({when})"


@dataclass(frozen=True, slots=True)
class Balance:
    """Cost, aids and remainder of one nature. Every total is the exact sum of the known lines.

    `complete` is False when a line is unknown: the aids are then a lower bound, `remainder_high` an
    upper one and `remainder_low` None. Both are None when the cost is unknown. The remainder is what
    collectivité and manager still have to find (families too when their fees are not typed).
    """

    cost: Decimal | None
    aid_low: Decimal
    aid_high: Decimal
    families: Decimal
    remainder_low: Decimal | None
    remainder_high: Decimal | None
    complete: bool


@dataclass(frozen=True, slots=True)
class Funding:
    """The financing of one project: its lines, what it cannot have with the reason, and what it might
    `also` ask for, not counted because it depends on decisions that the simulator does not know."""

    project: Project
    lines: tuple[Line, ...]
    excluded: tuple[str, ...]
    also: tuple[str, ...]
    investment: Balance
    running: Balance


def range_text(low: Decimal | None, high: Decimal | None) -> str:
    """« de 2 600 à 3 600 € », one amount when both ends meet, words when unknown."""
    if low is None or high is None:
        return "montant inconnu"
    return french.euros_between(low, high)


def fund(project: Project, *, year: int) -> Funding:
    """What the Caf may bring to a project under the scales in force in `year`.

    Rules enforced: investment aid ≤ 80 % of the eligible cost and ≤ the ceiling per place; the aids of a
    year never exceed its cost less the families' fees; a crèche without the Psu takes no bonus either;
    bonus mixité and handicap on all places, bonus territoire on new places under a Ctg only.
    """
    if isinstance(project, CrecheProject):
        lines, excluded = _creche_lines(project, year)
        investment_cost = _times(project.investment_cost, project.places)
        running_cost, families = _times(project.running_cost, project.places), project.family_fees
    else:
        lines, excluded = _other_lines(project, year), []
        investment_cost = ZERO if isinstance(project, YouthProject) else project.investment_cost
        running_cost, families = project.running_cost, None
    room = None if running_cost is None else max(running_cost - _known(families), ZERO)
    investment, running = _nature(lines, INVESTMENT), _capped(_nature(lines, RUNNING), room)
    return Funding(
        project,
        (*investment, *running),
        tuple(excluded),
        _also(project, year),
        _balance(investment, investment_cost, None),
        _balance(running, running_cost, families),
    )


def fund_all(projects: Iterable[Project], *, year: int) -> tuple[tuple[Funding, ...], Balance, Balance]:
    """Fund each project; then the balances of investment and running over all of them."""
    fundings = tuple(fund(project, year=year) for project in projects)
    return (
        fundings,
        _sum_balances([funding.investment for funding in fundings]),
        _sum_balances([funding.running for funding in fundings]),
    )


def _creche_lines(project: CrecheProject, year: int) -> tuple[list[Line], list[str]]:
    lines, excluded = [_creche_investment(project, year)], []
    if not project.psu:
        of = "Micro-crèche financée par le CMG (Paje)" if project.micro else "Crèche sans Psu"
        excluded.append(f"{of} : ni Psu, ni bonus mixité, handicap ou territoire.")
        if project.micro:
            excluded.append("Le CMG est versé aux familles, non au gestionnaire : il n’est pas compté ici.")
        return lines, excluded
    lines.append(_psu(project, year))
    lines.append(_mixite(project, year))
    lines.append(_handicap(project, year))
    if project.ctg:
        lines.append(_territoire(project, year))
    else:
        excluded.append("Bonus territoire : réservé aux places créées dans le cadre d’une Ctg.")
    return lines, excluded


# Later aids that hang on a vote, on employers or on a trajectory of the whole territory.
_OPTIONAL = ("attractivite_public", "attractivite_prive", "trajectoire", "territoire_employeur")


def _also(project: Project, year: int) -> tuple[str, ...]:
    if not (isinstance(project, CrecheProject) and project.psu):
        return ()
    rows = [row for name in _OPTIONAL for row in reference.scale(name, year)]
    return tuple(
        french.typographic(
            f"{row.label} : {range_text(row.minimum, row.maximum)} {row.unit.removeprefix('€ ')}, {row.basis} "
            f"({row.caption})"
        )
        for row in rows
    )


def _creche_investment(project: CrecheProject, year: int) -> Line:
    ceiling, share = _row("piaje_place", year), _row("piaje_part", year)
    low, high = (_known(side) * project.places for side in (ceiling.minimum, ceiling.maximum))
    rule = (
        f"{french.quantity(project.places, 'place', 'places')}, plafond par place "
        f"{range_text(ceiling.minimum, ceiling.maximum)}"
    )
    if project.investment_cost is None:
        rule += " ; coût non saisi, la limite de 80 % n’est pas appliquée"
    else:
        share_of_cost = project.investment_cost * project.places * _known(share.maximum) / 100
        # Rounded down: half up would let the aid pass the share by half a cent.
        limit = share_of_cost.quantize(CENT, rounding=ROUND_DOWN)
        low, high = min(low, limit), min(high, limit)
        rule += f" ; au plus {french.percent(share.maximum)} du coût, soit {french.euros(limit)}"
    if not project.psu:
        low = ZERO
        rule += " ; éligibilité à vérifier sans Psu"
    return Line("Aide à l’investissement (Piaje)", INVESTMENT, low, high, rule, ceiling.year, ceiling.id)


def _psu(project: CrecheProject, year: int) -> Line:
    row = _row("psu_part", year)
    rule = f"{french.percent(row.minimum)} du coût des places nouvelles, part moyenne nationale"
    value = None
    if project.running_cost is None:
        rule += " ; saisissez le coût annuel d’une place"
    else:
        value = cents(project.running_cost * project.places * _known(row.minimum) / 100)
    return Line("Prestation de service unique (Psu)", RUNNING, value, value, rule, row.year, row.id)


def _mixite(project: CrecheProject, year: int) -> Line:
    places, row, label = project.places, _row("mixite", year), "Bonus mixité sociale"
    on = f"sur {_every(places)}"
    if project.mean_fee is not None:
        step = mixite_step(project.mean_fee, year)
        per_place = _known(step.minimum) if step else ZERO
        rule = f"{french.euros(per_place)} par place {on} ; participation moyenne de {french.euros(project.mean_fee, 2)} par heure"
        used = step if step else row
        return Line(label, RUNNING, per_place * places, per_place * places, rule, used.year, used.id)
    if project.low_income_share == 0:
        return Line(label, RUNNING, ZERO, ZERO, "aucune famille à faibles ressources", row.year, row.id)
    rule = (
        f"de 0 € à {french.euros(row.maximum)} par place {on} ; dépend de la participation moyenne des "
        "familles, à saisir"
    )
    if project.low_income_share is not None:
        share = french.percent(100 * project.low_income_share, decimals=1)
        rule += f" ; à espérer avec {share} de familles à faibles ressources"
    return Line(label, RUNNING, ZERO, _known(row.maximum) * places, rule, row.year, row.id)


def mixite_step(mean_fee: Decimal, year: int) -> Amount | None:
    """The step of the bonus mixité for a mean hourly fee in euros; None above the last one.

    Steps are closed on the right: a fee of 0.75 € is in the highest one.
    """
    steps = sorted(reference.scale("mixite_tranche", year), key=lambda row: _known(row.threshold_maximum))
    return next((row for row in steps if mean_fee <= _known(row.threshold_maximum)), None)


def _handicap(project: CrecheProject, year: int) -> Line:
    places, row, label = project.places, _row("handicap", year), "Bonus inclusion handicap"
    if project.disabled_children is False:
        return Line(
            label, RUNNING, ZERO, ZERO, "versé dès le premier enfant concerné : aucun", row.year, row.id
        )
    rule = (
        f"jusqu’à {french.euros(row.maximum)} par place sur {_every(places)}, "
        "dès le premier enfant concerné ; dépend de leur part"
    )
    if project.disabled_children:
        rule += ", à préciser avec la Caf : un enfant est inscrit"
    return Line(
        label, RUNNING, _known(row.minimum) * places, _known(row.maximum) * places, rule, row.year, row.id
    )


def _every(places: int) -> str:
    """The bonus is paid on every place of the crèche; the project's own stand here."""
    counted = french.quantity(places, "place nouvelle", "places nouvelles")
    return f"{counted} (la crèche le reçoit sur toutes ses places)"


def _territoire(project: CrecheProject, year: int) -> Line:
    row, label = _row("territoire_nouvelle", year), "Bonus territoire"
    low, high = _known(row.minimum), _known(row.maximum)
    typed = project.territory_bonus
    on = f"par place sur {french.quantity(project.places, 'place nouvelle', 'places nouvelles')}"
    if typed is not None:
        if not low <= typed <= high:
            raise DiagnosticError(
                f"Le bonus territoire va {range_text(low, high)} par place : corrigez le montant saisi."
            )
        low = high = typed
        rule = f"{french.euros(typed)} {on}, montant saisi"
    elif project.qpv:
        rule = f"{range_text(low, high)} {on}, quartier prioritaire"
    else:
        high = low
        rule = (
            f"forfait de {french.euros(low)} {on} ; relevé selon le potentiel financier et le niveau de "
            "vie, seuils non publiés : saisissez le montant que votre Caf vous indique"
        )
    return Line(label, RUNNING, low * project.places, high * project.places, rule, row.year, row.id)


def _other_lines(project: RpeProject | AlshProject | YouthProject, year: int) -> list[Line]:
    if isinstance(project, RpeProject):
        return _rpe_lines(project, year)
    if isinstance(project, AlshProject):
        return _alsh_lines(project, year)
    row = _row("jeunes_poste", year)
    value = _known(row.minimum) * project.posts
    rule = (
        f"{french.euros(row.minimum)} par poste en moyenne nationale, pour "
        f"{french.quantity(project.posts, 'poste', 'postes')}"
    )
    return [Line("Prestation de service Jeunes", RUNNING, value, value, rule, row.year, row.id)]


def _rpe_lines(project: RpeProject, year: int) -> list[Line]:
    row = _row("rpe_investissement", year)
    high, rule = _known(row.maximum), f"jusqu’à {french.euros(row.maximum)} par projet"
    if project.investment_cost is not None:
        high = min(high, project.investment_cost)
        rule += ", sans dépasser le coût"
    raised = reference.scale("rpe_investissement_releve", year)
    if raised:
        rule += f" ; niveau relevé en {raised[0].year}, montant absent des barèmes lus"
    lines = [Line("Aide à l’investissement du relais", INVESTMENT, ZERO, high, rule, row.year, row.id)]
    lines.append(_unknown("Prestation de service du relais", RUNNING, _row("rpe_fonctionnement", year)))
    if project.reinforced:
        row = _row("rpe_missions", year)
        lines.append(
            Line("Missions renforcées", RUNNING, row.minimum, row.maximum, row.basis, row.year, row.id)
        )
    return lines


def _alsh_lines(project: AlshProject, year: int) -> list[Line]:
    # A Plan mercredi hour is a périscolaire hour first; its majoration comes on top.
    school = project.hours_school + project.wednesday_hours
    parts = (
        ("Ps Alsh périscolaire", "alsh_peri", school),
        ("Ps Alsh extrascolaire", "alsh_extra", project.hours_holidays),
        ("Complément inclusif", "alsh_inclusif", project.inclusive_hours),
        ("Majoration Plan mercredi", "mercredi", project.wednesday_hours),
    )
    lines = [_hours(label, name, hours, year) for label, name, hours in parts if hours]
    if project.investment_cost is not None and project.investment_cost > 0:
        lines.append(_unknown("Aide à l’investissement", INVESTMENT, _row("alsh_investissement", year)))
    return lines


def _hours(label: str, name: str, hours: int, year: int) -> Line:
    rows = reference.scale(name, year)
    row = rows[0] if rows else None
    if row is None or row.minimum is None or row.maximum is None:
        return _unknown(label, RUNNING, row)
    rule = f"{french.quantity(hours, 'heure', 'heures')} × {french.euros(row.minimum, 2)}"
    low, high = cents(row.minimum * hours), cents(row.maximum * hours)
    return Line(label, RUNNING, low, high, rule, row.year, row.id)


def _unknown(label: str, nature: str, row: Amount | None) -> Line:
    year, identifier = (None, None) if row is None else (row.year, row.id)
    return Line(label, nature, None, None, "montant absent des barèmes lus", year, identifier)


def cents(value: Decimal) -> Decimal:
    """Euros rounded to the cent, half up."""
    return value.quantize(CENT, rounding=ROUND_HALF_UP)


def _row(name: str, year: int) -> Amount:
    rows = reference.scale(name, year)
    if not rows:
        raise DiagnosticError(f"Aucun barème « {name} » avant {year}. Choisissez une année plus récente.")
    return rows[0]


def _nature(lines: Sequence[Line], nature: str) -> tuple[Line, ...]:
    return tuple(line for line in lines if line.nature == nature)


def _capped(lines: Sequence[Line], room: Decimal | None) -> tuple[Line, ...]:
    """The lines in order, each cut so that their sum never exceeds `room`; unchanged without a room."""
    if room is None:
        return tuple(lines)
    left_low = left_high = room
    capped = []
    for line in lines:
        if line.low is not None and line.high is not None:
            high = min(line.high, left_high)
            # A line whose predecessors may take all the room may bring nothing.
            low = min(line.low, left_low, high)
            left_low, left_high = left_low - low, left_high - high
            if (low, high) != (line.low, line.high):
                rule = f"{line.rule} ; ramené au coût restant"
                line = Line(line.label, line.nature, low, high, rule, line.year, line.amount)
        capped.append(line)
    return tuple(capped)


def _balance(lines: Sequence[Line], cost: Decimal | None, families: Decimal | None) -> Balance:
    aid_low = sum((line.low for line in lines if line.low is not None), ZERO)
    aid_high = sum((line.high for line in lines if line.high is not None), ZERO)
    paid = _known(families)
    complete = all(line.low is not None for line in lines)
    return Balance(
        cost,
        aid_low,
        aid_high,
        paid,
        max(cost - paid - aid_high, ZERO) if cost is not None and complete else None,
        max(cost - paid - aid_low, ZERO) if cost is not None else None,
        complete,
    )


def _sum_balances(balances: Sequence[Balance]) -> Balance:
    def total(values: Iterable[Decimal | None]) -> Decimal | None:
        """The sum, None as soon as one part is unknown."""
        parts = list(values)
        known = [part for part in parts if part is not None]
        return sum(known, ZERO) if len(known) == len(parts) else None

    return Balance(
        total(balance.cost for balance in balances),
        sum((balance.aid_low for balance in balances), ZERO),
        sum((balance.aid_high for balance in balances), ZERO),
        sum((balance.families for balance in balances), ZERO),
        total(balance.remainder_low for balance in balances),
        total(balance.remainder_high for balance in balances),
        all(balance.complete for balance in balances),
    )


def _times(cost: Decimal | None, places: int) -> Decimal | None:
    return None if cost is None else cost * places


def _known(value: Decimal | None) -> Decimal:
    """An amount that the rule at hand treats as absent, hence zero, when nobody gave it."""
    return ZERO if value is None else value

"""What a user may simulate: a crèche, a micro-crèche, a relais, an accueil de loisirs, youth workers."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from diagnostic.model import DiagnosticError

MOST_MICRO = 12
"""Places of a micro-crèche at most: above, it is a crèche."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CrecheProject:
    """Create a crèche of `places` places in `commune`, or extend one by `places`; `micro` when it is a micro-crèche.

    Without the `psu` it takes no bonus either: a micro-crèche whose families receive the CMG. `mean_fee` is the mean hourly fee of its families (€), which decides the bonus mixité;
    `low_income_share` (0 to 1) only says whether that bonus can be hoped for. `disabled_children` says
    whether a child with a disability is enrolled, None when unknown. `territory_bonus` is the amount per
    place told by the Caf. Costs are yearly (`running_cost`) or once (`investment_cost`), per new place.
    `family_fees` is the yearly sum paid by families for the new places.
    """

    name: str
    commune: str
    places: int
    micro: bool = False
    psu: bool = True
    qpv: bool = False
    ctg: bool = True
    mean_fee: Decimal | None = None
    low_income_share: float | None = None
    disabled_children: bool | None = None
    territory_bonus: Decimal | None = None
    investment_cost: Decimal | None = None
    running_cost: Decimal | None = None
    family_fees: Decimal | None = None

    def __post_init__(self) -> None:
        whole(self.places, "le nombre de places", least=1)
        if self.micro and self.places > MOST_MICRO:
            raise DiagnosticError(
                f"Une micro-crèche a {MOST_MICRO} places au plus : réduisez leur nombre, ou choisissez une crèche."
            )
        for amount, what in (
            (self.mean_fee, "la participation horaire des familles"),
            (self.territory_bonus, "le bonus territoire"),
            (self.investment_cost, "le coût d’investissement par place"),
            (self.running_cost, "le coût de fonctionnement par place"),
            (self.family_fees, "les participations des familles"),
        ):
            money(amount, what)
        if self.low_income_share is not None and not 0 <= self.low_income_share <= 1:
            raise DiagnosticError("La part de familles à faibles ressources va de 0 à 100 %. Corrigez-la.")


@dataclass(frozen=True, slots=True, kw_only=True)
class RpeProject:
    """Open a relais petite enfance; `reinforced` when it takes a mission renforcée."""

    name: str
    commune: str
    reinforced: bool = False
    investment_cost: Decimal | None = None
    running_cost: Decimal | None = None

    def __post_init__(self) -> None:
        money(self.investment_cost, "le coût d’investissement")
        money(self.running_cost, "le coût annuel")


@dataclass(frozen=True, slots=True, kw_only=True)
class AlshProject:
    """Open or extend an accueil de loisirs: yearly hours of attendance by time.

    `wednesday_hours` are the new hours of a Plan mercredi, `inclusive_hours` those of children with a
    disability, already counted among the others. `opens` is True when the commune had no ALSH.
    """

    name: str
    commune: str
    hours_school: int = 0
    hours_holidays: int = 0
    wednesday_hours: int = 0
    inclusive_hours: int = 0
    opens: bool = True
    investment_cost: Decimal | None = None
    running_cost: Decimal | None = None

    def __post_init__(self) -> None:
        for hours in (self.hours_school, self.hours_holidays, self.wednesday_hours, self.inclusive_hours):
            whole(hours, "le nombre d’heures")
        if self.inclusive_hours > self.hours_school + self.hours_holidays + self.wednesday_hours:
            raise DiagnosticError("Les heures inclusives dépassent le total des heures. Corrigez-les.")
        money(self.investment_cost, "le coût d’investissement")
        money(self.running_cost, "le coût annuel")


@dataclass(frozen=True, slots=True, kw_only=True)
class YouthProject:
    """Fund `posts` qualified youth workers (Ps Jeunes) at a yearly `running_cost` for all of them."""

    name: str
    commune: str
    posts: int
    running_cost: Decimal | None = None

    def __post_init__(self) -> None:
        whole(self.posts, "le nombre de postes", least=1)
        money(self.running_cost, "le coût annuel")


Project = CrecheProject | RpeProject | AlshProject | YouthProject


def whole(value: int, what: str, *, least: int = 0) -> None:
    """Refuse, in French, what is not a whole number of at least `least`."""
    if isinstance(value, bool) or not isinstance(value, int) or value < least:
        raise DiagnosticError(f"Pour {what}, saisissez un nombre entier, au moins {least}.")


def money(value: Decimal | None, what: str) -> None:
    """Refuse, in French, what is neither unknown (None) nor a sum in euros."""
    if value is not None and not (isinstance(value, Decimal) and value.is_finite() and value >= 0):
        raise DiagnosticError(f"Pour {what}, saisissez un montant en euros, positif ou nul.")

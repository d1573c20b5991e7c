"""Legal duties of the service public de la petite enfance (SPPE), as the law counts inhabitants.

Thresholds are strict (« plus de 3 500 habitants ») and read on the legal population in force (PMUN),
never on the census detail. Where the competence is transferred, the communes that transferred it are
counted together: `in_force` of each duty and its article come from `data/reference/duties.csv`.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Mapping
from dataclasses import dataclass

from diagnostic import french, reference
from diagnostic.reference import Duty


@dataclass(frozen=True, slots=True)
class Population:
    """Legal population counted by the law, `known` over the communes whose figure is known.

    `unknown` lists the codes of the others: `known` is then a lower bound.
    """

    known: int
    unknown: tuple[str, ...] = ()

    def exceeds(self, threshold: int | None) -> bool | None:
        """Whether the population is over `threshold`, strictly; None when the unknown part decides."""
        if threshold is None or self.known > threshold:
            return True
        return None if self.unknown else False


@dataclass(frozen=True, slots=True)
class DutyStatus:
    """A duty seen from one authority: does it bind, is it in force, do the data show it met.

    `binds` and `met` are None when unknown; `met` is also None where the duty does not bind.
    """

    duty: Duty
    binds: bool | None
    in_force: bool
    met: bool | None
    sentence: str


def counted_population(pmun: Mapping[str, float | None]) -> Population:
    """Add up the legal populations of the communes; a missing one (None, NaN) is told, never zero."""
    known = {code: value for code, value in pmun.items() if value is not None and math.isfinite(value)}
    unknown = tuple(sorted(set(pmun) - set(known)))
    # Without any commune nothing is known, and nothing known is not « no inhabitant ».
    return Population(int(sum(known.values())), unknown if pmun else ("aucune commune",))


def legal_duties(
    pmun: Mapping[str, float | None],
    *,
    on: dt.date,
    rpe_present: bool | None = None,
) -> tuple[DutyStatus, ...]:
    """The duties of one authority on the day `on`, in the order of the law.

    `pmun` holds the one commune that organises, or the communes that transferred the competence.
    `rpe_present` is None when unknown; the other duties cannot be read in data, except the census of needs, which a
    diagnosis such as this one serves (still `met=None`).
    """
    population = counted_population(pmun)
    return tuple(
        _status(duty, population, on, rpe_present if duty.evidence == "rpe" else None)
        for duty in reference.duties()
    )


def _status(duty: Duty, population: Population, on: dt.date, evidence: bool | None) -> DutyStatus:
    binds = population.exceeds(duty.population_over)
    in_force = on >= duty.in_force
    met = evidence if binds else None
    return DutyStatus(duty, binds, in_force, met, _sentence(duty, population, binds, in_force, met))


def _sentence(
    duty: Duty, population: Population, binds: bool | None, in_force: bool, met: bool | None
) -> str:
    counted = french.quantity(population.known, "habitant", "habitants")
    since = f"{'depuis' if in_force else 'à partir'} {_date(duty.in_force, in_force)}"
    law = f"article {duty.article} du CASF"
    if binds is None:
        return french.typographic(
            f"{duty.duty} : population légale incomplète, seuil de {french.number(duty.population_over)} "
            f"habitants non vérifiable ({law}). Chargez les populations légales."
        )
    if not binds:
        return french.typographic(
            f"{duty.duty} : pas d’obligation, la loi vise plus de {french.number(duty.population_over)} "
            f"habitants et {counted} {french.verb(population.known, 'est compté', 'sont comptés')} ({law})."
        )
    proof = {
        True: "Les données montrent que c’est fait.",
        False: "Les données ne montrent rien de tel : à vérifier.",
        None: "Les données ne permettent pas de le vérifier.",
    }[met]
    return french.typographic(f"{duty.duty} : obligation {since} ({law}). {proof}")


def _date(day: dt.date, in_force: bool) -> str:
    return f"le {french.date_long(day)}" if in_force else f"du {french.date_long(day)}"

"""The duties of the law on early childhood, and on whom they fall."""

from __future__ import annotations

import datetime as dt

from diagnostic import duties as law
from diagnostic import french, reference
from diagnostic.model import Level
from diagnostic.report import data
from diagnostic.report.shape import (
    DutyHere,
)
from diagnostic.report.subject import Subject


def duties(subject: Subject, on: dt.date) -> tuple[tuple[DutyHere, ...], str]:
    """The duties of the service public de la petite enfance, and the sentence that says on whom they fall."""
    if subject.territory.level not in (Level.COMMUNE, Level.EPCI, Level.PERIMETRE):
        return (
            (),
            "Les obligations du service public de la petite enfance pèsent sur les communes ou leur intercommunalité.",
        )
    if not subject.communes["city"].all():
        return (
            (),
            "Les obligations du service public de la petite enfance pèsent sur la ville, non sur ses arrondissements.",
        )
    frame = subject.communes
    people = {code: data.known(value) for code, value in frame.rows("code", "population")}
    relay = data.total(frame["rpe"])
    limit = next(duty.population_over for duty in reference.duties() if duty.evidence == "rpe")
    large = {
        code for code, count in people.items() if count is not None and limit is not None and count > limit
    }
    without = [
        name for code, name, count in frame.rows("code", "name", "rpe") if count == 0 and code in large
    ]
    # A relay somewhere does not say that each large commune has its own, or shares it.
    unsure = relay is None or (relay > 0 and bool(without))
    found = law.legal_duties(people, on=on, rpe_present=None if unsure or relay is None else relay > 0)
    rows = tuple(
        DutyHere(
            id=status.duty.id,
            duty=status.duty.duty,
            summary=status.duty.summary,
            article=status.duty.article,
            source=status.duty.source,
            threshold=status.duty.population_over,
            in_force_on=status.duty.in_force.isoformat(),
            binds=status.binds,
            in_force=status.in_force,
            met=status.met,
            sentence=status.sentence,
            proof=status.duty.proof,
        )
        for status in found
    )
    reading = _duties_reading(subject, people)
    if len(people) > 1 and without:
        reading = french.typographic(
            f"{reading} Plus de {french.number(limit)} habitants et aucun relais petite enfance recensé : "
            f"{french.listing(without)}. À vérifier, un relais peut être partagé."
        )
    return rows, reading


def _duties_reading(subject: Subject, people: dict[str, float | None]) -> str:
    known = [value for value in people.values() if value is not None]
    if subject.territory.level is Level.COMMUNE:
        if not known:
            return (
                "La population légale n’est pas chargée : les seuils de la loi ne peuvent pas être vérifiés."
            )
        said = french.quantity(known[0], "habitant", "habitants")
        return french.typographic(
            f"{french.subject(subject.territory)} compte {said} (population légale) : la commune est l’autorité "
            "organisatrice, sauf si elle a transféré la compétence à son intercommunalité."
        )
    over, most = (sum(value > limit for value in known) for limit in (3_500, 10_000))
    return french.typographic(
        f"Si la compétence est transférée, les obligations se lisent sur la population de toutes les communes. Sinon, "
        f"{_over(over, 'commune')} 3\u202f500 habitants et {_over(most, '')} 10\u202f000."
    )


def _over(count: int, noun: str) -> str:
    """ "aucune commune ne dépasse", "une commune dépasse", "12 communes dépassent"."""
    who = f"{french.in_words(count, feminine=True)} {french.plural(count, noun, noun and f'{noun}s')}".strip()
    return f"{who} ne dépasse" if not count else f"{who} {french.verb(count, 'dépasse', 'dépassent')}"

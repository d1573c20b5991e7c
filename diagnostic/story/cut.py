"""What is told of each part of a large commune, IRIS or priority district: one finding a figure, masks kept."""

from __future__ import annotations

from collections.abc import Iterator

from diagnostic.model import Below, Finding, Indicator, Status
from diagnostic.report import Report
from diagnostic.story.below import iris_of
from diagnostic.story.iris_people import people_of
from diagnostic.story.quarters import quarters_of
from diagnostic.story.words import known, percent_of
from diagnostic.warehouse import Database

_SOURCES = {Below.IRIS: "caf_iris", Below.QPV: "caf_quartiers"}
_APART = {
    "quotient": "qf_quartiers",
    "habitants": "qpv_habitants",
    "moins_3": "rp_iris",
    "part_moins_3": "rp_iris",
}
"""What another file tells of a part than the one that masks its recipients, for its own year."""
_NOBODY = "Le fichier n’y compte personne : il n’y a rien à partager."
_MASKED = "Masqué par le producteur, et ce n’est pas zéro."
UNTOLD = "Le fichier chargé ne le dit pas."


def _share(id: str, label: str, short: str, of: str = "allocataires", decimals: int = 0) -> Indicator:
    return Indicator(
        f"sous_{id}",
        label,
        short,
        "quartiers",
        f"% des {of}",
        id,
        denominator=of,
        per=100,
        decimals=decimals,
    )


def _count(id: str, label: str, unit: str) -> Indicator:
    return Indicator(f"sous_{id}", label, label, "quartiers", unit, id, published=True, decimals=0)


FIGURES: dict[str, Indicator] = {
    "moins_3": _count("moins_3", "Enfants de moins de 3 ans", "enfants"),
    "part_moins_3": _share("part_moins_3", "Enfants de moins de 3 ans parmi les habitants", "Moins de 3 ans", "habitants", 1),
    "enfants_0_2": _count("enfants_0_2", "Enfants de 0 à 2 ans des allocataires", "enfants"),
    "enfants_3_5": _count("enfants_3_5", "Enfants de 3 à 5 ans des allocataires", "enfants"),
    "rsa": _share("rsa", "Allocataires qui ont le RSA", "RSA"),
    "monoparents": _share("monoparents", "Familles monoparentales parmi les allocataires", "Monoparents"),
    "quotient": _share(
        "quotient", "Foyers allocataires dont le quotient est sous 800 €", "Quotient sous 800 €", "foyers"
    ),
    "allocataires": _count("allocataires", "Allocataires de la Caf", "allocataires"),
    "habitants": _count("habitants", "Habitants", "habitants"),
}  # fmt: skip
"""What may be drawn, by the word of the address; a map opens on the first that is known, children before all."""


def told(db: Database, report: Report, kind: Below) -> dict[str, dict[str, Finding]]:
    """What is told of each part, by its code and by the name of the figure, each for the year of its file."""
    if kind is Below.IRIS:
        iris, year = iris_of(report, db)
        found = {
            one.code: {
                name: _finding(kind, name, part, one.households, year, hidden=one.note != "0")
                for name, part in _parts(one.households, one.under_3, one.from_3_to_5, one.lone, one.rsa)
            }
            for one in iris
        }
        people, census = people_of(report, db)
        for one in people:
            found.setdefault(one.code, {}).update(
                (name, _finding(kind, name, one.under_3, one.everyone, census, hidden=False))
                for name in ("moins_3", "part_moins_3")
            )
        return found
    quarters, year = quarters_of(report, db)
    return {
        one.code: {
            name: _finding(kind, name, part, one.recipients, year, hidden=one.masked)
            for name, part in _parts(one.recipients, one.under_3, one.from_3_to_5, one.lone, one.rsa)
        }
        | {
            # Where the households are counted and some are not, a class of quotients is masked.
            "quotient": _finding(
                kind, "quotient", one.poor, one.households, one.low_year, hidden=one.households is not None
            ),
            "habitants": _finding(kind, "habitants", one.people, None, one.people_year, hidden=False),
        }
        for one in quarters
    }


def _parts(
    households: float | None,
    under_3: float | None,
    from_3_to_5: float | None,
    lone: float | None,
    rsa: float | None,
) -> Iterator[tuple[str, float | None]]:
    yield "allocataires", households
    yield "enfants_0_2", under_3
    yield "enfants_3_5", from_3_to_5
    yield "monoparents", lone
    yield "rsa", rsa


def _finding(
    kind: Below, name: str, part: float | None, whole: float | None, year: int | None, *, hidden: bool
) -> Finding:
    """`hidden`: whether the producer masks what it does not tell."""
    indicator = FIGURES[name]
    part, shared = known(part), indicator.denominator is not None
    value = percent_of(part, known(whole)) if shared else part
    nobody = shared and value is None and whole == 0
    if value is not None:
        status, reason = Status.OK, ""
    elif nobody:
        status, reason = Status.NOT_APPLICABLE, _NOBODY
    elif hidden:
        status, reason = Status.SECRET, _MASKED
    else:
        status, reason = Status.MISSING, UNTOLD
    return Finding(
        indicator.id,
        kind.value,
        value,
        status,
        year,
        numerator=part,
        denominator=whole if shared else None,
        sources=(_APART.get(name, _SOURCES[kind]),),
        reason=reason,
    )

"""What is told of each part of a large commune, IRIS or priority district: one finding a figure, masks kept."""

from __future__ import annotations

from collections.abc import Mapping

from diagnostic.model import Below, Finding, Indicator, Status
from diagnostic.report import Report
from diagnostic.story.below import iris_of
from diagnostic.story.quarters import quarters_of
from diagnostic.warehouse import Database

_SOURCES = {Below.IRIS: "caf_iris", Below.QPV: "caf_quartiers"}
_APART = {"quotient": "qf_quartiers", "habitants": "qpv_habitants"}
"""What another file tells of a district than the one that masks its recipients."""
_MASKED = "Masqué par le producteur, et ce n’est pas zéro."
UNTOLD = "Le fichier chargé ne le dit pas."


def _share(id: str, label: str, short: str) -> Indicator:
    return Indicator(
        f"sous_{id}",
        label,
        short,
        "quartiers",
        "% des allocataires",
        id,
        denominator="allocataires",
        per=100,
        decimals=0,
    )


def _count(id: str, label: str, unit: str) -> Indicator:
    return Indicator(f"sous_{id}", label, label, "quartiers", unit, id, published=True, decimals=0)


FIGURES: dict[str, Indicator] = {
    "rsa": _share("rsa", "Allocataires qui ont le RSA", "RSA"),
    "monoparents": _share("monoparents", "Familles monoparentales parmi les allocataires", "Monoparents"),
    "quotient": Indicator(
        "sous_quotient", "Foyers allocataires dont le quotient est sous 800 €", "Quotient sous 800 €", "quartiers",
        "% des foyers", "quotient", per=100, decimals=0,
    ),
    "enfants_0_2": _count("enfants_0_2", "Enfants de 0 à 2 ans des allocataires", "enfants"),
    "enfants_3_5": _count("enfants_3_5", "Enfants de 3 à 5 ans des allocataires", "enfants"),
    "allocataires": _count("allocataires", "Allocataires de la Caf", "allocataires"),
    "habitants": _count("habitants", "Habitants", "habitants"),
}  # fmt: skip
"""What may be drawn, by the word of the address."""


def told(db: Database, report: Report, kind: Below) -> tuple[dict[str, dict[str, Finding]], int | None]:
    """What is told of each part, by its code and by the name of the figure, and the year of the file."""
    if kind is Below.IRIS:
        iris, year = iris_of(report, db)
        counts = {
            one.code: (
                {
                    "allocataires": one.households,
                    "enfants_0_2": one.under_3,
                    "enfants_3_5": one.from_3_to_5,
                    "monoparents": one.lone,
                    "rsa": one.rsa,
                },
                one.note != "0",
            )
            for one in iris
        }
    else:
        quarters, year = quarters_of(report, db)
        counts = {
            one.code: (
                {
                    "allocataires": one.recipients,
                    "enfants_0_2": one.under_3,
                    "enfants_3_5": one.from_3_to_5,
                    "monoparents": one.lone,
                    "rsa": one.rsa,
                    "quotient": one.low,
                    "habitants": one.people,
                },
                one.masked,
            )
            for one in quarters
        }
    return {
        code: {name: _finding(kind, name, values, masked, year) for name in values}
        for code, (values, masked) in counts.items()
    }, year


def _finding(
    kind: Below, name: str, values: Mapping[str, float | None], masked: bool, year: int | None
) -> Finding:
    indicator = FIGURES[name]
    part, whole = values[name], values["allocataires"]
    value = part
    if indicator.denominator is not None:
        value = 100 * part / whole if part is not None and whole else None
    hidden = masked and name not in _APART
    status = Status.OK if value is not None else Status.SECRET if hidden else Status.MISSING
    return Finding(
        indicator.id,
        kind.value,
        value,
        status,
        year if name not in _APART else None,
        numerator=part,
        denominator=whole if indicator.denominator is not None else None,
        sources=(_APART.get(name, _SOURCES[kind]),),
        reason="" if value is not None else _MASKED if hidden else UNTOLD,
    )

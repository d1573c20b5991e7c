"""What every part of a bilan is made of: its section, its source, its cells, its tables cut for a slide."""

from __future__ import annotations

from collections.abc import Sequence

from diagnostic import french
from diagnostic.plan import Plan
from diagnostic.story.blocks import Printed, Section
from diagnostic.story.words import shortened

SOURCE = "Source : le plan d’actions de la convention, tenu par ses signataires."
NO_CAUSE = "Un indicateur qui a bougé ne dit pas que l’action en est la cause."
UNTYPED = "Un montant engagé que personne n’a saisi est inconnu, non nul."
MOST_CELL, MOST_ON_SLIDE = 150, 76


def ended(plan: Plan, year: int) -> bool:
    """Whether the bilan of that year is the last one."""
    return year >= plan.last_year


_KICKERS = {
    "bilan_essentiel": "L’essentiel",
    "bilan_axes": "Les axes",
    "bilan_promesses": "Promis et fait",
    "bilan_resultats": "Ce qui a changé",
    "bilan_courbes": "Les trajectoires",
    "bilan_argent": "L’argent",
    "bilan_mesure": "Ce qui rend comparable",
    "bilan_evaluation": "Évaluation",
    "bilan_decider": "À décider",
    "bilan_suite": "La convention suivante",
}
"""What stands over each section, in their order."""


def bilan_part(
    name: str,
    title: str,
    blocks: Sequence[tuple[float, Sequence[Printed]]],
    source: str = SOURCE,
    caution: str = "",
    notes: Sequence[str] = (),
) -> Section:
    return Section(
        name,
        _KICKERS[name],
        title,
        tuple((share, tuple(column)) for share, column in blocks),
        source,
        tuple(french.typographic(note) for note in notes) or (french.typographic(title),),
        caution=caution,
    )


def with_the_plan(source: str) -> str:
    return f"{source.rstrip('.')} ; plan d’actions de la convention." if source else SOURCE


def cut_for(
    rows: Sequence[tuple[str, ...]], most: int | None, what: str
) -> tuple[tuple[tuple[str, ...], ...], str]:
    """The first rows with what a slide has room for, and how many the document has besides."""
    if most is None:
        return tuple(rows), ""
    kept = tuple(tuple(shortened(cell, MOST_ON_SLIDE) for cell in row) for row in rows[:most])
    if len(rows) <= most:
        return kept, ""
    left = len(rows) - most
    return kept, f"{french.quantity(left, f'autre {what}', f'autres {what}s')} dans le document."


def cells(*texts: str) -> tuple[str, ...]:
    return tuple(shortened(french.typographic(" ".join(text.split())), MOST_CELL) for text in texts)

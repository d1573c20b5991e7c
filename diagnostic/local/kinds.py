"""Which template a structure belongs to, by the words of its type: crèche, relais, accueil de loisirs…"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

import pandas as pd

from diagnostic.directory import plain

OTHER = "autre"
"""A type that is named, of no template: rows to be left out, and told."""

PERSONS = "assistantes_maternelles"
SPOKEN = 0.5
"""Share of the filled cells of a column named « Type » that must name a known type."""
SPOKEN_ELSEWHERE = 0.8
LONGEST = 200

WORDS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("rpe", ("relais petite enfance", "rpe", "ram", "rampe", "ripe", "relais assistantes maternelles",
             "relais d assistantes maternelles", "relais assistants maternels", "relais parents enfants assistants maternels")),
    ("laep", ("laep", "lieu d accueil enfants parents", "lieu d accueil enfant parent", "lieu d accueil parents enfants")),
    (OTHER, ("mam", "maison d assistantes maternelles", "maison d assistants maternels", "mere enfant",
             "pmi", "protection maternelle et infantile", "ludotheque")),
    (PERSONS, ("assistante maternelle", "assistant maternel", "assistantes maternelles", "assistants maternels", "assmat")),
    ("eaje", ("multi accueil", "mac", "multiaccueil", "multi accueils", "creche", "creches", "micro creche", "micro creches", "halte garderie",
              "haltes garderies", "halte jeux", "jardin d enfants", "jardin d eveil", "eaje", "accueil collectif du jeune enfant",
              "etablissement d accueil du jeune enfant", "etablissements d accueil du jeune enfant")),
    ("alsh", ("alsh", "accueil de loisirs", "centre de loisirs", "accueil periscolaire", "clsh", "accueil collectif de mineurs", "acm")),
    ("clas", ("clas", "accompagnement a la scolarite", "contrat local d accompagnement a la scolarite")),
    ("centres_sociaux", ("centre social", "centres sociaux", "centre socioculturel", "centre socio culturel")),
    ("evs", ("evs", "espace de vie sociale", "espaces de vie sociale")),
    ("jeunesse", ("espace jeunes", "espace jeune", "accueil jeunes", "accueil de jeunes", "point jeunes", "local jeunes", "maison des jeunes", "mjc")),
)  # fmt: skip
"""The words that name each template."""
_TITLES = frozenset({"type", "types", "categorie", "nature", "mode", "libelle type"})


@dataclass(frozen=True, slots=True)
class Typed:
    """The column that names the type of each row, and the template of each of its values (OTHER for none)."""

    header: str
    kinds: Mapping[str, str]

    def rows(self, rows: pd.DataFrame, template: str) -> pd.DataFrame:
        """The rows of one template."""
        return rows[rows[self.header].map(self.kinds) == template]

    def counts(self, rows: pd.DataFrame) -> Counter[str]:
        """Rows of each template, the most numerous first."""
        return Counter(rows[self.header].map(self.kinds).to_list())


@lru_cache(maxsize=4096)
def kind_of(text: str) -> str:
    """The template of a type as it is written; empty when its words name none."""
    words = f" {plain(text[:LONGEST])} "
    for template, names in WORDS:
        if any(f" {name} " in words for name in names):
            return template
    return ""


def only_kind(text: str) -> str:
    """The template that a title names, where it names one alone; empty otherwise."""
    words = f" {plain(text[:LONGEST])} "
    named = {template for template, names in WORDS if any(f" {name} " in words for name in names)}
    return next(iter(named - {OTHER}), "") if len(named) == 1 else ""


def typed(rows: pd.DataFrame) -> Typed | None:
    """The column of types, when the file has one: its title and its values say so."""
    for header in rows.columns:
        words = set(plain(header).split())
        if words & _TITLES and (found := _read(rows, header, SPOKEN)):
            return found
    return None


def spoken(rows: pd.DataFrame) -> str:
    """The template that nearly all the cells of some column name, where no column is a type; empty when none does."""
    for header in rows.columns:
        found = _read(rows, header, SPOKEN_ELSEWHERE)
        if found is not None:
            named = found.counts(rows)
            named.pop(OTHER, None)
            if len(named) == 1:
                return next(iter(named))
    return ""


def _read(rows: pd.DataFrame, header: str, enough: float) -> Typed | None:
    values: Sequence[str] = rows[header].to_list()
    counts = Counter(values)
    filled = sum(count for value, count in counts.items() if value)
    kinds = {value: kind_of(value) for value in counts}
    named = sum(count for value, count in counts.items() if kinds[value])
    if not filled or named < enough * filled:
        return None
    return Typed(header, {value: kind or OTHER for value, kind in kinds.items()})

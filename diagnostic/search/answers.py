"""What a search answers: a territory, how it was read, and the line that tells it from its homonyms."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from diagnostic import french, gazetteer, territories
from diagnostic.model import Level, Territory
from diagnostic.warehouse.database import Database

OPTIONS = 50
"""How many answers a search gives, unless the caller says otherwise."""


@dataclass(frozen=True)
class Answer:
    """A territory, and how the text was read where that is not its name."""

    territory: Territory
    reading: str = ""


def place(db: Database, territory: Territory) -> str:
    """What tells a territory from its homonyms: « commune, Gironde (33) »."""
    kind = territories.kind(db, territory).partition(",")[0]
    kind = kind[:1].lower() + kind[1:]
    above = gazetteer.index(db).find(Level.DEPARTEMENT, territory.departement or "")
    if above is None or territory.level not in (Level.COMMUNE, Level.EPCI):
        return f"{kind} ({territory.code})" if territory.level is Level.DEPARTEMENT else kind
    return f"{kind}, {french.name(above)} ({above.code})"


def lines(db: Database, answers: Iterable[Answer]) -> dict[str, str]:
    """Key of each answer -> its line: « Lormont, commune, Gironde (33) · code postal 33310 »; homonyms of one
    département have their code."""
    said = {
        answer.territory.key: f"{french.name(answer.territory)}, {place(db, answer.territory)}"
        for answer in answers
    }
    twice = Counter(said.values())
    return {
        key: line
        + (f", {key.partition(':')[2]}" if twice[line] > 1 else "")
        + (f" · {answer.reading}" if answer.reading else "")
        for (key, line), answer in zip(said.items(), each_once(answers), strict=True)
    }


def called(db: Database, places: Sequence[str]) -> list[Territory]:
    """The territories of « commune:33063 », « france:F »…, asked of the base at once."""
    keys = [(level, code) for level, _, code in (place.partition(":") for place in places)]
    known = gazetteer.index(db).territories
    known.want(keys)
    return [known[key] for key in keys]


def each_once(found: Iterable[Answer]) -> list[Answer]:
    kept: dict[str, Answer] = {}
    for answer in found:
        kept.setdefault(answer.territory.key, answer)
    return list(kept.values())

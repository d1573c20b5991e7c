"""Names as a search compares them: exact, begun, held, their words in any order, or alike."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate

from rapidfuzz import fuzz, process

from diagnostic.model import Level
from diagnostic.search.answers import OPTIONS
from diagnostic.warehouse import searched
from diagnostic.warehouse.database import Database
from diagnostic.warehouse.memory import shared

CLOSE = 78
"""Likeness, of 100, from which a name is what a person may have meant by another spelling."""
GRADES = 6
"""How many ways a name can answer a search, from exact to every word somewhere."""
MOST_CANDIDATES = 4_000
"""Names looked at one by one for a text: a letter or two are in nearly all of them."""
_SHORTEST = 4
"""Letters below which everything is like everything."""
SMALL = frozenset(("de", "du", "des", "d", "la", "le", "les", "l", "et", "en", "a", "au", "aux", "sur"))
_DEPARTEMENT = re.compile(r"\d\d|2[ab]|97\d")
_CORSE = "2A 2B"
"""The two départements of the postcodes in 20."""
_ARTICLE = re.compile(r"^(le|la|les|l) ")


class _Lines:
    """Texts one below the other, so that one pass in C finds those that hold a text: a loop over 45,000 of them at each
    keystroke is what a person would feel."""

    def __init__(self, texts: Sequence[str]) -> None:
        self.text = "\n" + "\n".join(texts)
        self.starts = list(accumulate((len(one) + 1 for one in texts), initial=1))

    def holding(self, wanted: str) -> set[int]:
        """Numbers of the texts that hold `wanted`; with "\n" before it, of those that begin with it."""
        starts = self.starts
        return {
            bisect_right(starts, found.end() - 1) - 1 for found in re.finditer(re.escape(wanted), self.text)
        }


@dataclass(frozen=True)
class Names:
    """Everything that a text is compared with, in the order in which equals are shown, by number."""

    folded: Sequence[str]
    places: Sequence[str]
    """Level and code of what it leads to: « commune:33063 », « france:F »."""
    departements: Sequence[str]
    people: Sequence[str]
    own: Sequence[str]
    """« 1 » for the name of today."""
    readings: Sequence[str]

    @cached_property
    def together(self) -> list[str]:
        """The names without their spaces."""
        return "\n".join(self.folded).replace(" ", "").split("\n")

    @cached_property
    def by_name(self) -> _Lines:
        return _Lines(self.folded)

    @cached_property
    def by_letters(self) -> _Lines:
        return _Lines(self.together)

    @cached_property
    def today(self) -> list[int]:
        """The names of today: one for each territory."""
        return [number for number, own in enumerate(self.own) if own == "1"]

    @cached_property
    def codes(self) -> list[str]:
        """Codes of the territories, in the order of `today`."""
        return [self.places[number].partition(":")[2].lower() for number in self.today]

    @cached_property
    def by_code(self) -> _Lines:
        return _Lines(self.codes)

    @cached_property
    def of_departements(self) -> dict[str, str]:
        """Name of each département as compared -> its code."""
        found = [
            (self.places[number].partition(":")[2], self.folded[number])
            for number in self.today
            if self.places[number].startswith(Level.DEPARTEMENT)
        ]
        # The longest first: « haute marne » ends by « marne » too.
        longest = sorted(found, key=lambda one: (-len(one[1]), one))
        return {name: code for code, name in longest} | {"corse": _CORSE}

    def begins(self, wanted: str) -> bool:
        """True when a word of a name begins this text, which then is a name or the beginning of one."""
        return bool(self.by_name.holding(f"\n{wanted}") or self.by_name.holding(f" {wanted}"))

    def coded(self, digits: str) -> list[tuple[str, str]]:
        """Codes that begin with these characters and their places, in the order of their territories."""
        found = sorted(self.by_code.holding(f"\n{digits}"))
        return [(self.codes[number], self.places[self.today[number]]) for number in found]

    def candidates(self, wanted: str, words: Sequence[str], squeezed: str) -> list[int]:
        """Numbers of the entries that hold every word, or the letters without spaces; where they are too many, those
        alone of which a word begins so."""
        if len(wanted) >= _SHORTEST - 1:
            every = set.intersection(*map(self.by_name.holding, words))
            found = every | self.by_letters.holding(squeezed)
            if len(found) <= MOST_CANDIDATES:
                return sorted(found)
        return sorted(self.by_name.holding(f"\n{wanted}") | self.by_name.holding(f" {wanted}"))


@shared(3)
def names_of(db: Database) -> Names:
    # As one text: forty thousand rows cost more to hand over than to read.
    [(found,)] = db.rows(
        "select string_agg(concat_ws(chr(9), folded, level || ':' || code, departement, coalesce(people::varchar, ''), "
        "own::integer::varchar, reading), chr(10) order by number) from searched"
    )
    lines = [line.split("\t") for line in found.split("\n")]
    return Names(*zip(*lines, strict=True))


# Names


def split(names: Names, wanted: str) -> tuple[str, str, str]:
    """The name, the département and the postcode of « merignac 33 », « 33310 lormont », « saint denis reunion »."""
    words = wanted.split()
    if len(words) < 2:
        return wanted, "", ""
    for at in (-1, 0):
        word = words[at]
        rest = " ".join(words[:-1] if at else words[1:])
        if len(word) == 5 and word.isdecimal():
            above = word[:3] if word.startswith("97") else word[:2]
            return rest, _CORSE if above == "20" else above, word
        if _DEPARTEMENT.fullmatch(word) and word.upper() in names.of_departements.values():
            return rest, word.upper(), ""
    for end in (True, False):
        for whole, code in names.of_departements.items():
            for name in (whole, _ARTICLE.sub("", whole)):
                # Châlons-sur-Marne is a name to its end.
                if end and wanted.endswith(f" {name}") and not wanted.endswith(f" sur {name}"):
                    return wanted.removesuffix(name).strip(), code, ""
                if not end and wanted.startswith(f"{name} "):
                    return wanted.removeprefix(name).strip(), code, ""
    return wanted, "", ""


def larger(names: Names, one: int, other: int) -> bool:
    people, others = (float(names.people[number] or 0) for number in (one, other))
    return people > 10 * others


def graded(names: Names, wanted: str, where: str, held: Sequence[str]) -> list[tuple[int, int]]:
    """Numbers of the entries that answer, with their grade: 0 exact, 1 begins, 2 a word begins, 3 holds, 4 every word
    begins one of its words, 5 the same letters without spaces."""
    words = [word for word in wanted.split() if word not in SMALL] or wanted.split()
    squeezed = wanted.replace(" ", "")
    others = len(wanted) >= _SHORTEST - 1
    found: list[list[int]] = [[] for _ in range(2 * GRADES)]
    for number in names.candidates(wanted, words, squeezed):
        own = names.own[number] == "1"
        if not (own or others):
            continue
        if where and not _inside(names, number, where, held):
            continue
        grade = _grade(wanted, words, squeezed, names.folded[number], names.together[number])
        if grade is not None:
            # Another name of a territory comes after the names of the same grade.
            same = found[2 * grade + (not own)]
            if len(same) < 2 * OPTIONS:
                same.append(number)
    exact, former = found[0], found[1]
    exact.sort(key=lambda number: names.folded[number] != wanted)
    quarter = former and names.readings[former[0]].startswith(searched.QUARTER)
    if exact and former and not quarter and larger(names, former[0], exact[0]):
        # « Évry » is the town of 66,000 before its homonym of 400, whatever the one is called today.
        former.insert(1, exact.pop(0))
        exact.insert(0, former.pop(0))
    begun = found[2]
    if former and not exact and begun and larger(names, begun[0], former[0]):
        # « Boulogne » is the town of 120,000 before the village that once bore that name alone.
        exact.insert(0, begun.pop(0))
    return [(rank // 2, number) for rank, same in enumerate(found) for number in same]


def _grade(wanted: str, words: list[str], squeezed: str, folded: str, together: str) -> int | None:
    # "Mans" is a whole name for who forgets the article.
    if folded == wanted or (wanted in folded and _ARTICLE.sub("", folded) == wanted):
        return 0
    if folded.startswith(wanted):
        return 1
    padded = f" {folded}"
    if f" {wanted}" in padded:
        return 2
    if wanted in folded:
        return 3
    if (len(words) > 1 or words[0] != wanted) and all(f" {word}" in padded for word in words):
        # « pays de loire » is all that Pays de la Loire says.
        return 0 if words == [word for word in folded.split() if word not in SMALL] else 4
    if len(squeezed) >= _SHORTEST and together.startswith(squeezed):
        return 2 if together == squeezed else 4
    return 5 if len(words) > 1 and all(len(word) > 1 and word in folded for word in words) else None


def _inside(names: Names, number: int, where: str, held: Sequence[str]) -> bool:
    level, _, code = names.places[number].partition(":")
    if held and level == Level.COMMUNE:
        return code in held
    return names.departements[number] in where.split()


def shortened(names: Names, wanted: str, where: str) -> list[tuple[int, int]]:
    """Names of which some words are written with a few of their letters: « clermont fd »."""
    words = [word for word in wanted.split() if word not in SMALL]
    longest = max(words, key=len, default="")
    if len(words) < 2 or len(longest) < _SHORTEST or min(map(len, words)) < 2:
        return []
    letters = re.compile(" ".join("[a-z0-9]*".join(word) + "[a-z0-9]*" for word in words))
    found = []
    for number in sorted(names.by_name.holding(longest)):
        if where and not _inside(names, number, where, ()):
            continue
        if letters.fullmatch(" ".join(word for word in names.folded[number].split() if word not in SMALL)):
            found.append((5, number))
    return found


def like(names: Names, wanted: str, where: str) -> list[tuple[int, int]]:
    """Names that a fault of typing may hide, the most like first; of two as like, the most populated."""
    if len(wanted) < _SHORTEST:
        return []
    found = process.extract(wanted, names.folded, scorer=fuzz.ratio, score_cutoff=CLOSE, limit=None)
    entries = [
        (score, number) for _, score, number in found if not where or _inside(names, number, where, ())
    ]
    # Of two as like, Malakoff is the town before the quarter of a city.
    entries.sort(
        key=lambda one: (-round(one[0] / 3), names.readings[one[1]].startswith(searched.QUARTER), one[1])
    )
    return [(6, number) for _, number in entries]

"""Which territory a person means: names with faults of typing, postcodes, former communes, districts, links.

An answer says how it was read where that is not its name: « code postal 33310 », « code Insee 33310 »,
« aujourd’hui Saint-Denis ». The names of a database are read once; 37,000 territories answer in a few milliseconds.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate

from rapidfuzz import fuzz, process

from diagnostic import french, territories
from diagnostic.model import DiagnosticError, Level, Territory
from diagnostic.warehouse import searched
from diagnostic.warehouse.database import Database
from diagnostic.warehouse.memory import shared

OPTIONS = 50
"""How many answers a search gives, unless the caller says otherwise."""
MOST_LETTERS = 120
"""No name is longer, with its kind and its département: more is a text."""
CLOSE = 78
"""Likeness, of 100, from which a name is what a person may have meant by another spelling."""
GRADES = 6
"""How many ways a name can answer a search, from exact to every word somewhere."""
MOST_CANDIDATES = 4_000
"""Names looked at one by one for a text: a letter or two are in nearly all of them."""
_SHORTEST = 4
"""Letters below which everything is like everything."""

_SMALL = frozenset(("de", "du", "des", "d", "la", "le", "les", "l", "et", "en", "a", "au", "aux", "sur"))
_CODE = re.compile(r"\d[0-9ab]?\d{0,7}|f\d+[a-z0-9]*")
_DEPARTEMENT = re.compile(r"\d\d|2[ab]|97\d")
_CORSE = "2A 2B"
"""The two départements of the postcodes in 20."""
_ARTICLE = re.compile(r"^(le|la|les|l) ")
_LINK = re.compile(
    r"(?:commune|epci|departement|region|perimetre)(?::|%3a)[0-9a-z+%]+|\bfrance\b", re.IGNORECASE
)
_QUARTER = re.compile(r"qn\d{3}[0-9a-z]*")
_LEAD = re.compile(
    r"(?:l[ae]s? )?(?P<kind>mairie|ville|village|commune|departement|dept|dpt|dep|region|cc|ca|cu|cdc|metropole|"
    r"interco(?:mmunalite)?|epci|"
    r"(?:n |numero )?(?:siren|siret)|(?:code )?insee|code postal|cp)(?: (?:de la|de l|des|du|de|d))? (?P<rest>.+)"
)
"""Words that say what the rest is: « département 33 », « mairie de Bordeaux », « SIREN 243300316 »."""
_KIND_LEVELS = {
    "mairie": Level.COMMUNE, "ville": Level.COMMUNE, "village": Level.COMMUNE, "commune": Level.COMMUNE,
    "departement": Level.DEPARTEMENT, "dept": Level.DEPARTEMENT, "dpt": Level.DEPARTEMENT, "dep": Level.DEPARTEMENT,
    "region": Level.REGION, "cc": Level.EPCI, "ca": Level.EPCI, "cu": Level.EPCI, "cdc": Level.EPCI,
    "metropole": Level.EPCI, "interco": Level.EPCI, "intercommunalite": Level.EPCI, "epci": Level.EPCI,
}  # fmt: skip
_CITIES = {
    "paris": ("75056", "751", 20, "750"),
    "lyon": ("69123", "6938", 9, "6900"),
    "marseille": ("13055", "132", 16, "130"),
}
_ROMAN = ("i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix", "x", "xi", "xii", "xiii", "xiv", "xv", "xvi", "xvii",
          "xviii", "xix", "xx")  # fmt: skip
_ORDINALS = ("premier", "deuxieme", "troisieme", "quatrieme", "cinquieme", "sixieme", "septieme", "huitieme", "neuvieme",
             "dixieme", "onzieme", "douzieme", "treizieme", "quatorzieme", "quinzieme", "seizieme", "dix septieme",
             "dix huitieme", "dix neuvieme", "vingtieme")  # fmt: skip
_NUMBER = re.compile(r"\b0?(\d{1,2}) ?(?:ers?|eres?|e|emes?|iemes?|nd|nde)?\b")
_ARRONDISSEMENT = re.compile(r"\b(?:arrondissements?|arrdt|arrt|arr|ardt)\b")


@dataclass(frozen=True)
class Answer:
    """A territory, and how the text was read where that is not its name."""

    territory: Territory
    reading: str = ""


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
class _Names:
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
        return {name: code for code, name in sorted(found)} | {"corse": _CORSE}

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


def find(db: Database, text: str, limit: int = OPTIONS) -> list[Answer]:
    """What `text` may mean, best first, each territory once, at most `limit`; nothing for a blank text.

    A link key, a SIREN, a postcode, a code, a district, an arrondissement come before names; a name is exact, then
    begins with the text, then holds it, then holds its words in any order, then is like it.
    """
    wanted = searched.wanted(text[:MOST_LETTERS])
    if not wanted:
        return []
    found = _once([*_by_link(db, text[:MOST_LETTERS]), *_by_code(db, wanted), *_arrondissements(db, wanted)])
    lead = _LEAD.fullmatch(wanted)
    if not found and lead and not _names(db).begins(wanted):
        return _led(db, lead["kind"], lead["rest"], limit)
    if not (found and wanted.replace(" ", "").isdecimal()):
        found += _by_name(db, wanted, found, limit)
    return found[:limit]


def _led(db: Database, kind: str, rest: str, limit: int) -> list[Answer]:
    """What follows a word of `_LEAD`: what is of its kind first; the intercommunalité of the commune that is named where none
    bears its name."""
    found = find(db, rest, limit)
    word = "code Insee" if kind.endswith("insee") else None
    level = _KIND_LEVELS.get(kind)
    if found and level is Level.EPCI and not any(one.territory.level is level for one in found):
        first = found[0].territory
        held = territories.index(db).find(Level.EPCI, first.epci or "")
        if held is not None:
            return [Answer(held, f"intercommunalité {french.of(first)}"), *found][:limit]
    return sorted(
        found,
        key=lambda one: not (one.reading.startswith(word) if word else level in (None, one.territory.level)),
    )


def search(db: Database, text: str, limit: int = OPTIONS) -> list[Territory]:
    """The territories of `find`."""
    return [answer.territory for answer in find(db, text, limit)]


def place(db: Database, territory: Territory) -> str:
    """What tells a territory from its homonyms: « commune, Gironde (33) »."""
    kind = territories.kind(db, territory).partition(",")[0]
    kind = kind[:1].lower() + kind[1:]
    above = territories.index(db).find(Level.DEPARTEMENT, territory.departement or "")
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
        for (key, line), answer in zip(said.items(), _once(answers), strict=True)
    }


# What is compared


@shared(3)
def _names(db: Database) -> _Names:
    # As one text: forty thousand rows cost more to hand over than to read.
    [(found,)] = db.rows(
        "select string_agg(concat_ws(chr(9), folded, level || ':' || code, departement, coalesce(people::varchar, ''), "
        "own::integer::varchar, reading), chr(10) order by number) from searched"
    )
    lines = [line.split("\t") for line in found.split("\n")]
    return _Names(*zip(*lines, strict=True))


def warm(db: Database) -> None:
    """Read what a search compares with, before the first visitor types."""
    territories.index(db).read()
    lines(db, find(db, "saint"))


def _postcodes(db: Database, start: str) -> dict[str, tuple[str, ...]]:
    """Postcodes that begin so -> codes of their communes, the most populated first; empty where the file of La Poste is
    not loaded."""
    if not start:
        return {}
    found: dict[str, list[str]] = {}
    for postcode, commune in db.rows(
        "select distinct postcode, commune from postcode where starts_with(postcode, ?) order by postcode, commune",
        start,
    ):
        found.setdefault(postcode, []).append(commune)
    size = territories.index(db).population
    size.want((Level.COMMUNE, code) for held in found.values() for code in held)
    return {
        postcode: tuple(sorted(held, key=lambda code: -size.get((Level.COMMUNE, code), -1.0)))
        for postcode, held in found.items()
    }


# Codes


def _by_link(db: Database, text: str) -> list[Answer]:
    """A key as links hold it, alone or inside an address."""
    if ":" not in text and "%3" not in text.lower():
        return []
    match = _LINK.search(text)
    if match is None:
        return []
    level, _, code = (
        match[0]
        .replace("%3A", ":")
        .replace("%3a", ":")
        .replace("%2B", "+")
        .replace("%2b", "+")
        .partition(":")
    )
    try:
        return [Answer(territories.get(db, f"{level.lower()}:{code.upper()}" if code else level.lower()))]
    except DiagnosticError:
        return []


def _by_code(db: Database, wanted: str) -> list[Answer]:
    """Postcodes first as postcodes, then Insee codes, SIREN, départements and régions; the beginning of one too."""
    known = territories.index(db)
    digits = wanted.replace(" ", "")
    if digits.isdecimal() and len(digits) in (9, 14):
        # A SIRET is a SIREN and the five figures of an establishment.
        found = known.find(Level.EPCI, digits[:9])
        return [Answer(found, f"SIREN {digits[:9]}")] if found else []
    if _QUARTER.fullmatch(wanted) or not _CODE.fullmatch(digits) or (digits != wanted and len(digits) != 5):
        return []
    found = _by_postcode(db, digits)
    old = known.find(Level.COMMUNE, digits.upper())
    if old is not None and old.code.lower() != digits:
        found.append(Answer(old, f"ancien code Insee {digits.upper()}"))
    coded = _names(db).coded(digits)
    exact = _called(db, [place for code, place in coded if code == digits])
    # Of a number that is both, a person means the département before the région.
    exact.sort(key=lambda item: item.level is Level.REGION)
    found += [Answer(item, _code_reading(item)) for item in exact]
    if len(digits) > 1:
        begun = [place for code, place in coded if code != digits and not place.startswith(Level.EPCI)]
        found += [Answer(item, _code_reading(item)) for item in _called(db, begun[:OPTIONS])]
    return found


def _called(db: Database, places: Sequence[str]) -> list[Territory]:
    """The territories of « commune:33063 », « france:F »…, asked of the base at once."""
    keys = [(level, code) for level, _, code in (place.partition(":") for place in places)]
    known = territories.index(db).territories
    known.want(keys)
    return [known[key] for key in keys]


def _code_reading(item: Territory) -> str:
    words = {Level.COMMUNE: "code Insee", Level.REGION: "code de région"}
    return f"{words[item.level]} {item.code}" if item.level in words else ""


def _by_postcode(db: Database, digits: str) -> list[Answer]:
    known = territories.index(db)
    if len(digits) not in (4, 5) or not digits[:4].isdecimal():
        return []
    held = _postcodes(db, digits)
    known.territories.want((Level.COMMUNE, code) for codes in held.values() for code in codes)
    if len(digits) == 4:
        codes = [code for postcode in sorted(held) for code in held[postcode]]
        return [Answer(known.territories[Level.COMMUNE, code], "début de code postal") for code in dict.fromkeys(codes)
                if (Level.COMMUNE, code) in known.territories]  # fmt: skip
    if not digits.isdecimal():
        return []
    codes = list(held.get(digits) or _district_of_postcode(digits))
    found = [
        known.territories[Level.COMMUNE, code] for code in codes if (Level.COMMUNE, code) in known.territories
    ]
    if found:
        return [Answer(item, f"code postal {digits}") for item in found]
    if (Level.COMMUNE, digits) in known.territories:
        return []
    above = known.find(Level.DEPARTEMENT, digits[:3] if digits.startswith("97") else digits[:2])
    return [Answer(above, f"département du code postal {digits}")] if above else []


def _district_of_postcode(digits: str) -> tuple[str, ...]:
    """75011, 69003, 13008 name an arrondissement without any file; 75116 is the sixteenth."""
    if digits == "75116":
        return ("75116",)
    for _, codes, most, head in _CITIES.values():
        number = digits.removeprefix(head)
        if digits.startswith(head) and number.isdecimal() and 1 <= int(number) <= most:
            return (codes + str(int(number)).zfill(5 - len(codes)),)
    return ()


def _arrondissements(db: Database, wanted: str) -> list[Answer]:
    """« paris 11ème », « XIe arrondissement de Paris », « Marseille 8 », « lyon troisième »."""
    city = next((name for name in _CITIES if re.search(rf"\b{name}\b", wanted)), None)
    if city is None:
        return []
    rest = _ARRONDISSEMENT.sub(" ", re.sub(rf"\b{city}\b", " ", wanted))
    rest = " ".join(word for word in rest.split() if word not in _SMALL)
    _, codes, most, _ = _CITIES[city]
    bare = re.sub(r"(?:eme|e|er)$", "", rest)
    if match := _NUMBER.fullmatch(rest):
        number = int(match[1])
    elif rest in _ORDINALS:
        number = _ORDINALS.index(rest) + 1
    elif bare in _ROMAN:
        number = _ROMAN.index(bare) + 1
    else:
        return []
    found = territories.index(db).find(Level.COMMUNE, codes + str(number).zfill(5 - len(codes)))
    return [Answer(found)] if found and 1 <= number <= most else []


# Names


def _split(names: _Names, wanted: str) -> tuple[str, str, str]:
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


def _by_name(db: Database, wanted: str, before: Sequence[Answer], limit: int) -> list[Answer]:
    """The territories named so that are not among those found `before`, at most `limit`."""
    names = _names(db)
    kept = dict.fromkeys(f"{one.territory.level}:{one.territory.code}" for one in before)
    readings = {}
    for number in _numbers(db, names, wanted, before):
        if names.places[number] not in kept:
            kept[names.places[number]] = readings[names.places[number]] = names.readings[number]
        if len(readings) >= limit:
            break
    return [Answer(*one) for one in zip(_called(db, list(readings)), readings.values(), strict=True)]


def _numbers(db: Database, names: _Names, wanted: str, before: Sequence[Answer]) -> list[int]:
    found = _graded(names, wanted, "", ())
    bare, where, postcode = _split(names, wanted)
    if where:
        held = _postcodes(db, postcode).get(postcode) or _district_of_postcode(postcode)
        # The whole text may be a name (« Aix-en-Provence »), else its end says where.
        inside = (
            _graded(names, bare, where, held) or _shortened(names, bare, where) or _alike(names, bare, where)
        )
        # « 75015 paris » is that arrondissement before the département of the same name.
        inside.sort(key=lambda one: bool(held) and names.places[one[1]].partition(":")[2] not in held)
        found = [*(found if found and found[0][0] == 0 else ()), *inside, *found]
    elif not before and not (found and found[0][0] == 0) and len(found) < OPTIONS:
        short = [] if found else _shortened(names, wanted, "")
        alike = _alike(names, wanted, "")
        # « toulouze » begins Toulouzette and is one letter away from Toulouse; « île de ré » ends a name as it is.
        whole = found and f" {wanted} " in f" {names.folded[found[0][1]]} "
        first = (
            alike[:1] if found and not whole and alike and _larger(names, alike[0][1], found[0][1]) else []
        )
        found = [*first, *found, *short, *(alike if not found or found[0][0] >= 3 else ())]
    return [number for _, number in found]


def _larger(names: _Names, one: int, other: int) -> bool:
    people, others = (float(names.people[number] or 0) for number in (one, other))
    return people > 10 * others


def _graded(names: _Names, wanted: str, where: str, held: Sequence[str]) -> list[tuple[int, int]]:
    """Numbers of the entries that answer, with their grade: 0 exact, 1 begins, 2 a word begins, 3 holds, 4 every word
    begins one of its words, 5 the same letters without spaces."""
    words = [word for word in wanted.split() if word not in _SMALL] or wanted.split()
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
    if exact and former and not quarter and _larger(names, former[0], exact[0]):
        # « Évry » is the town of 66,000 before its homonym of 400, whatever the one is called today.
        former.insert(1, exact.pop(0))
        exact.insert(0, former.pop(0))
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
        return 0 if words == [word for word in folded.split() if word not in _SMALL] else 4
    if len(squeezed) >= _SHORTEST and together.startswith(squeezed):
        return 2 if together == squeezed else 4
    return 5 if len(words) > 1 and all(len(word) > 1 and word in folded for word in words) else None


def _inside(names: _Names, number: int, where: str, held: Sequence[str]) -> bool:
    level, _, code = names.places[number].partition(":")
    if held and level == Level.COMMUNE:
        return code in held
    return names.departements[number] in where.split()


def _shortened(names: _Names, wanted: str, where: str) -> list[tuple[int, int]]:
    """Names of which some words are written with a few of their letters: « clermont fd »."""
    words = [word for word in wanted.split() if word not in _SMALL]
    longest = max(words, key=len, default="")
    if len(words) < 2 or len(longest) < _SHORTEST or min(map(len, words)) < 2:
        return []
    letters = re.compile(" ".join("[a-z0-9]*".join(word) + "[a-z0-9]*" for word in words))
    found = []
    for number in sorted(names.by_name.holding(longest)):
        if where and not _inside(names, number, where, ()):
            continue
        if letters.fullmatch(" ".join(word for word in names.folded[number].split() if word not in _SMALL)):
            found.append((5, number))
    return found


def _alike(names: _Names, wanted: str, where: str) -> list[tuple[int, int]]:
    """Names that a fault of typing may hide, the most like first; of two as like, the most populated."""
    if len(wanted) < _SHORTEST:
        return []
    found = process.extract(wanted, names.folded, scorer=fuzz.ratio, score_cutoff=CLOSE, limit=None)
    entries = [
        (score, number) for _, score, number in found if not where or _inside(names, number, where, ())
    ]
    entries.sort(key=lambda one: (-round(one[0] / 3), one[1]))
    return [(6, number) for _, number in entries]


def _once(found: Iterable[Answer]) -> list[Answer]:
    kept: dict[str, Answer] = {}
    for answer in found:
        kept.setdefault(answer.territory.key, answer)
    return list(kept.values())

"""Which territory a person means: names with faults of typing, postcodes, former communes, districts, links.

An answer says how it was read where that is not its name: « code postal 33310 », « code Insee 33310 »,
« aujourd’hui Saint-Denis ». The index of a database is read once; 37,000 territories answer in a few milliseconds.
"""

from __future__ import annotations

import functools
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from rapidfuzz import fuzz, process

from diagnostic import french, territories
from diagnostic.model import DiagnosticError, Level, Territory
from diagnostic.territories import fold, fold_all
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

_LEVEL_ORDER = (Level.COMMUNE, Level.EPCI, Level.DEPARTEMENT, Level.REGION, Level.FRANCE)
_KINDS = (
    (r"\b(?:communaute d ?agglomeration|agglomeration|agglo)\b", "ca"),
    (r"\b(?:communaute de communes|com ?com)\b", "cc"),
    (r"\bcommunaute urbaine\b", "cu"),
    (r"\bcedex(?: \d{1,2})?$", ""),
)
_SMALL = frozenset(("de", "du", "des", "d", "la", "le", "les", "l", "et", "en", "a", "au", "aux", "sur"))
_CODE = re.compile(r"\d[0-9ab]?\d{0,7}|f\d+[a-z0-9]*")
_DEPARTEMENT = re.compile(r"\d\d|2[ab]|97\d")
_ARTICLE = re.compile(r"^(le|la|les|l) ")
_LINK = re.compile(
    r"(?:commune|epci|departement|region|perimetre)(?::|%3a)[0-9a-z+%]+|\bfrance\b", re.IGNORECASE
)
_QUARTER = re.compile(r"qn\d{3}[0-9a-z]*")
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

# Région (Insee code) -> what people still call it, or a part of it.
ACRONYMS = {
    "11": ("idf",), "24": ("cvl", "centre"), "27": ("bfc",), "28": ("haute normandie", "basse normandie"),
    "32": ("hdf", "nord pas de calais", "picardie"), "44": ("ge", "alsace", "lorraine", "champagne ardenne"),
    "52": ("pdl", "pdll"), "53": ("bzh",), "75": ("na", "naq", "aquitaine", "limousin", "poitou charentes"),
    "76": ("occ", "midi pyrenees", "languedoc roussillon"), "84": ("ara", "aura"), "93": ("paca", "region sud"),
}  # fmt: skip
# EPCI (SIREN) -> the name that it goes by.
BY_NAMES = {"200046977": ("grand lyon",)}
# Établissements publics territoriaux of the Métropole du Grand Paris: no file that is loaded counts by them.
GRAND_PARIS = "200054781"
EPT = (
    "Vallée Sud Grand Paris", "Grand Paris Seine Ouest", "Paris Ouest La Défense", "Boucle Nord de Seine", "Plaine Commune",
    "Paris Terres d’Envol", "Est Ensemble", "Grand Paris Grand Est", "Paris Est Marne et Bois", "Grand-Orly Seine Bièvre",
    "Grand Paris Sud Est Avenir",
)  # fmt: skip


@dataclass(frozen=True)
class Answer:
    """A territory, and how the text was read where that is not its name."""

    territory: Territory
    reading: str = ""


@dataclass(frozen=True)
class _Lines:
    """Texts one below the other, so that one pass in C finds those that hold a text: a loop over 45,000 of them at each
    keystroke is what a person would feel."""

    text: str
    starts: np.ndarray

    @classmethod
    def of(cls, texts: Iterable[str]) -> _Lines:
        kept = list(texts)
        lengths = np.fromiter((len(one) + 1 for one in kept), dtype=np.int64, count=len(kept))
        return cls("\n" + "\n".join(kept), np.cumsum(lengths) - lengths + 1)

    def holding(self, wanted: str) -> np.ndarray:
        """Numbers of the texts that hold `wanted`, in order; with "\n" before it, of those that begin with it."""
        places = [match.end() - 1 for match in re.finditer(re.escape(wanted), self.text)]
        return np.unique(np.searchsorted(self.starts, np.array(places, dtype=np.int64), side="right") - 1)


@dataclass(frozen=True)
class _Names:
    """Everything that a text is compared with, in the order in which equals are shown."""

    entries: tuple[tuple[str, str, Answer, bool], ...]
    """Folded name, the same without spaces, what it leads to, whether it is the name of today."""
    codes: tuple[tuple[str, Territory], ...]
    folded: tuple[str, ...]
    departements: dict[str, str]
    by_name: _Lines
    by_letters: _Lines
    by_code: _Lines

    def coded(self, digits: str) -> list[tuple[str, Territory]]:
        """Codes that begin with these characters, in the order of their territories."""
        return [self.codes[number] for number in self.by_code.holding(f"\n{digits}")]

    def candidates(self, wanted: str, words: Sequence[str], squeezed: str) -> list[int]:
        """Numbers of the entries that hold every word, or the letters without spaces; where they are too many, those
        alone of which a word begins so."""
        if len(wanted) >= _SHORTEST - 1:
            every = functools.reduce(np.intersect1d, map(self.by_name.holding, words))
            found = np.union1d(every, self.by_letters.holding(squeezed))
            if len(found) <= MOST_CANDIDATES:
                return found.tolist()
        begun = np.union1d(self.by_name.holding(f"\n{wanted}"), self.by_name.holding(f" {wanted}"))
        return begun.tolist()


def find(db: Database, text: str, limit: int = OPTIONS) -> list[Answer]:
    """What `text` may mean, best first, each territory once, at most `limit`; nothing for a blank text.

    A link key, a SIREN, a postcode, a code, a district, an arrondissement come before names; a name is exact, then
    begins with the text, then holds it, then holds its words in any order, then is like it.
    """
    wanted = _wanted(text[:MOST_LETTERS])
    if not wanted:
        return []
    found = [*_by_link(db, text[:MOST_LETTERS]), *_by_code(db, wanted), *_arrondissements(db, wanted)]
    if not (found and wanted.replace(" ", "").isdecimal()):
        found += _by_name(db, wanted, found)
    return _once(found)[:limit]


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


def _wanted(text: str) -> str:
    wanted = fold(text)
    for pattern, kind in _KINDS:
        wanted = re.sub(pattern, kind, wanted)
    return wanted.strip()


@shared(3)
def _names(db: Database) -> _Names:
    known = territories.index(db)
    ordered = sorted(known.territories.values(), key=lambda one: _weight(one, known.population))
    rank = {(item.level, item.code): number for number, item in enumerate(ordered)}
    called = fold_all([item.name for item in ordered])
    found = [
        (_wanted(item.name) if item.level is Level.EPCI else name, Answer(item), True)
        for item, name in zip(ordered, called, strict=True)
    ]
    own = {(item.level, item.code): name for item, name in zip(ordered, called, strict=True)}
    for level, others in ((Level.REGION, ACRONYMS), (Level.EPCI, BY_NAMES)):
        for code, words in others.items():
            meant = known.territories.get((level, code))
            if meant is not None:
                found += [(word, Answer(meant), False) for word in words]
    grand_paris = known.territories.get((Level.EPCI, GRAND_PARIS))
    if grand_paris is not None:
        found += [
            (
                _wanted(name),
                Answer(
                    grand_paris,
                    f"{name}, établissement public territorial, n’est pas couvert : voici sa métropole",
                ),
                False,
            )
            for name in EPT
        ]
    former = _former(db)
    for (name, commune), folded in zip(former, fold_all([name for name, _ in former]), strict=True):
        today = known.territories.get((Level.COMMUNE, commune))
        if today is not None and folded != own[Level.COMMUNE, commune]:
            found.append((folded, Answer(today, f"{name}, aujourd’hui {french.name(today)}"), False))
    for code, name, commune in db.rows(
        "select qpv.code, qpv.name, min(qpv_commune.commune) from qpv join qpv_commune on qpv_commune.qpv = qpv.code "
        "where qpv.name is not null group by all order by qpv.code"
    ):
        today = known.territories.get((Level.COMMUNE, commune))
        if today is not None:
            found.append((fold(name), Answer(today, f"quartier prioritaire {name}"), False))
            found.append((code.lower(), Answer(today, f"quartier prioritaire {name} ({code})"), False))
    found.sort(key=lambda one: 2 * rank[one[1].territory.level, one[1].territory.code] + (not one[2]))
    entries = tuple((name, name.replace(" ", ""), answer, own) for name, answer, own in found if name)
    departements = {}
    for (level, code), item in known.territories.items():
        if level == Level.DEPARTEMENT:
            departements[fold(item.name)] = code
    codes = tuple((item.code.lower(), item) for item in ordered)
    return _Names(
        entries,
        codes,
        tuple(name for name, *_ in entries),
        departements,
        _Lines.of(name for name, *_ in entries),
        _Lines.of(together for _, together, *_ in entries),
        _Lines.of(code for code, _ in codes),
    )


def warm(db: Database) -> None:
    """Read what a search compares with, before the first visitor types."""
    postcodes(db)
    lines(db, find(db, "saint"))


def _former(db: Database) -> list[tuple[str, str]]:
    """Names of former communes and former names, each with the commune of today."""
    if not _has(db, "former"):
        return []
    return db.rows("select distinct name, commune from former where name is not null order by name, commune")


def _weight(item: Territory, size: dict[tuple[str, str], float]) -> tuple:
    """Order of equals: the most populated first, then the larger level, then the code."""
    return -size.get((item.level, item.code), -1.0), -_LEVEL_ORDER.index(item.level), item.code


@shared(3)
def postcodes(db: Database) -> dict[str, tuple[str, ...]]:
    """Postcode -> codes of its communes, the most populated first; empty where the file of La Poste is not loaded."""
    if not _has(db, "postcode"):
        return {}
    size = territories.index(db).population
    found: dict[str, list[str]] = {}
    for postcode, commune in db.rows(
        "select distinct postcode, commune from postcode order by postcode, commune"
    ):
        found.setdefault(postcode, []).append(commune)
    return {
        postcode: tuple(sorted(held, key=lambda code: -size.get((Level.COMMUNE, code), -1.0)))
        for postcode, held in found.items()
    }


def _has(db: Database, table: str) -> bool:
    return bool(db.rows("select 1 from information_schema.tables where table_name = ?", table))


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
    if digits.isdecimal() and len(digits) == 9:
        found = known.find(Level.EPCI, digits)
        return [Answer(found, f"SIREN {digits}")] if found else []
    if _QUARTER.fullmatch(wanted) or not _CODE.fullmatch(digits) or (digits != wanted and len(digits) != 5):
        return []
    found = _by_postcode(db, digits)
    old = known.find(Level.COMMUNE, digits.upper())
    if old is not None and old.code.lower() != digits:
        found.append(Answer(old, f"ancien code Insee {digits.upper()}"))
    coded = _names(db).coded(digits)
    exact = [item for code, item in coded if code == digits]
    # Of a number that is both, a person means the département before the région.
    exact.sort(key=lambda item: item.level is Level.REGION)
    found += [Answer(item, _code_reading(item)) for item in exact]
    if len(digits) > 1:
        found += [
            Answer(item, _code_reading(item))
            for code, item in coded
            if code != digits and item.level is not Level.EPCI
        ][:OPTIONS]
    return found


def _code_reading(item: Territory) -> str:
    words = {Level.COMMUNE: "code Insee", Level.REGION: "code de région"}
    return f"{words[item.level]} {item.code}" if item.level in words else ""


def _by_postcode(db: Database, digits: str) -> list[Answer]:
    known, held = territories.index(db), postcodes(db)
    if len(digits) == 4 and held:
        codes = [code for postcode in sorted(held) if postcode.startswith(digits) for code in held[postcode]]
        return [Answer(known.territories[Level.COMMUNE, code], "début de code postal") for code in dict.fromkeys(codes)
                if (Level.COMMUNE, code) in known.territories]  # fmt: skip
    if len(digits) != 5 or not digits.isdecimal():
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
            return rest, word[:3] if word.startswith("97") else word[:2], word
        if _DEPARTEMENT.fullmatch(word) and word.upper() in names.departements.values():
            return rest, word.upper(), ""
    for name, code in names.departements.items():
        if wanted.endswith(f" {name}") and len(wanted) > len(name) + 1:
            return wanted[: -len(name) - 1], code, ""
        if wanted.endswith(f" {_ARTICLE.sub('', name)}"):
            return wanted[: -len(_ARTICLE.sub("", name)) - 1], code, ""
    return wanted, "", ""


def _by_name(db: Database, wanted: str, before: Sequence[Answer]) -> list[Answer]:
    names = _names(db)
    found = _graded(names, wanted, "", ())
    bare, where, postcode = _split(names, wanted)
    if where:
        held = postcodes(db).get(postcode, ()) if postcode else ()
        # The whole text may be a name (« Aix-en-Provence »), else its end says where.
        inside = _graded(names, bare, where, held) or _alike(names, bare, where)
        found = [*(found if found and found[0][0] == 0 else ()), *inside, *found]
    elif not before and not (found and found[0][0] == 0) and len(found) < OPTIONS:
        alike = _alike(names, wanted, "")
        # « toulouze » begins Toulouzette and is one letter away from Toulouse.
        first = alike[:1] if found and alike and _larger(db, alike[0][1], found[0][1]) else []
        found = [*first, *found, *(alike if not found or found[0][0] >= 3 else ())]
    return [answer for _, answer in found]


def _larger(db: Database, one: Answer, other: Answer) -> bool:
    size = territories.index(db).population
    people, others = (size.get((item.territory.level, item.territory.code), 0.0) for item in (one, other))
    return people > 10 * others


def _graded(names: _Names, wanted: str, where: str, held: Sequence[str]) -> list[tuple[int, Answer]]:
    """Entries that answer, with their grade: 0 exact, 1 begins, 2 a word begins, 3 holds, 4 every word begins one of its
    words, 5 the same letters without spaces."""
    words = [word for word in wanted.split() if word not in _SMALL] or wanted.split()
    squeezed = wanted.replace(" ", "")
    others = len(wanted) >= _SHORTEST - 1
    found: list[list[Answer]] = [[] for _ in range(2 * GRADES)]
    for number in names.candidates(wanted, words, squeezed):
        folded, together, answer, own = names.entries[number]
        if not (own or others):
            continue
        if where and not _inside(answer.territory, where, held):
            continue
        grade = _grade(wanted, words, squeezed, folded, together)
        if grade is not None:
            # Another name of a territory comes after the names of the same grade.
            same = found[2 * grade + (not own)]
            if len(same) < 2 * OPTIONS:
                same.append(answer)
    return [(rank // 2, answer) for rank, same in enumerate(found) for answer in same]


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
        return 4
    if len(squeezed) >= _SHORTEST and together.startswith(squeezed):
        return 2 if together == squeezed else 4
    return 5 if len(words) > 1 and all(word in folded for word in words) else None


def _inside(territory: Territory, where: str, held: Sequence[str]) -> bool:
    if held and territory.level is Level.COMMUNE:
        return territory.code in held
    return territory.departement == where


def _alike(names: _Names, wanted: str, where: str) -> list[tuple[int, Answer]]:
    """Names that a fault of typing may hide, the most like first; of two as like, the most populated."""
    if len(wanted) < _SHORTEST:
        return []
    found = process.extract(wanted, names.folded, scorer=fuzz.ratio, score_cutoff=CLOSE, limit=None)
    entries = [(score, number) for _, score, number in found]
    if where:
        entries = [
            (score, number)
            for score, number in entries
            if _inside(names.entries[number][2].territory, where, ())
        ]
    entries.sort(key=lambda one: (-round(one[0] / 3), one[1]))
    return [(6, names.entries[number][2]) for _, number in entries]


def _once(found: Iterable[Answer]) -> list[Answer]:
    kept: dict[str, Answer] = {}
    for answer in found:
        kept.setdefault(answer.territory.key, answer)
    return list(kept.values())

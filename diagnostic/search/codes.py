"""What is no name: keys of links, codes, SIREN and SIRET, postcodes, districts, arrondissements."""

from __future__ import annotations

import re

from diagnostic import gazetteer, territories
from diagnostic.model import DiagnosticError, Level, Territory
from diagnostic.search.answers import OPTIONS, Answer, called
from diagnostic.search.names import SMALL, names_of
from diagnostic.warehouse.database import Database

_CODE = re.compile(r"\d[0-9ab]?\d{0,7}|f\d+[a-z0-9]*")
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


def postcodes(db: Database, start: str) -> dict[str, tuple[str, ...]]:
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
    size = gazetteer.index(db).population
    size.want((Level.COMMUNE, code) for held in found.values() for code in held)
    return {
        postcode: tuple(sorted(held, key=lambda code: -size.get((Level.COMMUNE, code), -1.0)))
        for postcode, held in found.items()
    }


def from_link(db: Database, text: str) -> list[Answer]:
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


def from_code(db: Database, wanted: str) -> list[Answer]:
    """Postcodes first as postcodes, then Insee codes, SIREN, départements and régions; the beginning of one too."""
    known = gazetteer.index(db)
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
    if len(digits) == 1:
        # « 1 » for who writes the Ain without its zero.
        first = known.find(Level.DEPARTEMENT, f"0{digits}")
        found += [Answer(first)] if first else []
    coded = names_of(db).coded(digits)
    exact = called(db, [place for code, place in coded if code == digits])
    # Of a number that is both, a person means the département before the région.
    exact.sort(key=lambda item: item.level is Level.REGION)
    found += [Answer(item, _code_reading(item)) for item in exact]
    if len(digits) > 1:
        begun = [place for code, place in coded if code != digits and not place.startswith(Level.EPCI)]
        found += [Answer(item, _code_reading(item)) for item in called(db, begun[:OPTIONS])]
    return found


def _code_reading(item: Territory) -> str:
    words = {Level.COMMUNE: "code Insee", Level.REGION: "code de région"}
    return f"{words[item.level]} {item.code}" if item.level in words else ""


def _by_postcode(db: Database, digits: str) -> list[Answer]:
    known = gazetteer.index(db)
    if len(digits) not in (4, 5) or not digits[:4].isdecimal():
        return []
    held = postcodes(db, digits)
    known.territories.want((Level.COMMUNE, code) for codes in held.values() for code in codes)
    if len(digits) == 4:
        codes = [code for postcode in sorted(held) for code in held[postcode]]
        return [Answer(known.territories[Level.COMMUNE, code], "début de code postal") for code in dict.fromkeys(codes)
                if (Level.COMMUNE, code) in known.territories]  # fmt: skip
    if not digits.isdecimal():
        return []
    codes = list(held.get(digits) or district_of_postcode(digits))
    found = [
        known.territories[Level.COMMUNE, code] for code in codes if (Level.COMMUNE, code) in known.territories
    ]
    if found:
        return [Answer(item, f"code postal {digits}") for item in found]
    if (Level.COMMUNE, digits) in known.territories:
        return []
    above = known.find(Level.DEPARTEMENT, digits[:3] if digits.startswith("97") else digits[:2])
    return [Answer(above, f"département du code postal {digits}")] if above else []


def district_of_postcode(digits: str) -> tuple[str, ...]:
    """75011, 69003, 13008 name an arrondissement without any file; 75116 is the sixteenth."""
    if digits == "75116":
        return ("75116",)
    for _, codes, most, head in _CITIES.values():
        number = digits.removeprefix(head)
        if digits.startswith(head) and number.isdecimal() and 1 <= int(number) <= most:
            return (codes + str(int(number)).zfill(5 - len(codes)),)
    return ()


def from_arrondissement(db: Database, wanted: str) -> list[Answer]:
    """« paris 11ème », « XIe arrondissement de Paris », « Marseille 8 », « lyon troisième »."""
    city = next((name for name in _CITIES if re.search(rf"\b{name}\b", wanted)), None)
    if city is None:
        return []
    rest = _ARRONDISSEMENT.sub(" ", re.sub(rf"\b{city}\b", " ", wanted))
    rest = " ".join(word for word in rest.split() if word not in SMALL)
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
    found = gazetteer.index(db).find(Level.COMMUNE, codes + str(number).zfill(5 - len(codes)))
    return [Answer(found)] if found and 1 <= number <= most else []

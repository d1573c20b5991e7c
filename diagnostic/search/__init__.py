"""Which territory a person means: names with faults of typing, postcodes, former communes, districts, links.

An answer says how it was read where that is not its name: « code postal 33310 », « code Insee 33310 »,
« aujourd’hui Saint-Denis ». The names of a database are read once; 37,000 territories answer in a few milliseconds.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from diagnostic import french, gazetteer, territories
from diagnostic.model import Level, Territory
from diagnostic.search.answers import OPTIONS, Answer, called, each_once, lines, place
from diagnostic.search.codes import district_of_postcode, from_arrondissement, from_code, from_link, postcodes
from diagnostic.search.names import Names, graded, larger, like, names_of, shortened, split
from diagnostic.warehouse import searched
from diagnostic.warehouse.database import Database

MOST_LETTERS = 120
"""No name is longer, with its kind and its département: more is a text."""
_LEAD = re.compile(
    r"(?:l[ae]s? )?(?P<kind>mairie|ville|village|commune|departement|dept|dpt|dep|region|cc|ca|cu|cdc|metropole|"
    r"interco(?:mmunalite)?|epci|"
    r"conseil departemental|prefecture|caf|msa|cd(?=\d)|cd(?= )|"
    r"(?:n |numero )?(?:siren|siret)|(?:code )?insee|code postal|cp)(?: (?:de la|de l|des|du|de|d))?(?: |(?<=cd))(?P<rest>.+)"
)
"""Words that say what the rest is: « département 33 », « mairie de Bordeaux », « SIREN 243300316 », « Caf de la Gironde »."""
_TAIL = re.compile(r"(?P<rest>.+) (?P<kind>ville|mairie|commune|ca|cc|interco(?:mmunalite)?)")
"""The same after it: « Bordeaux ville », « Nantes agglo »."""
_KIND_LEVELS = {
    "mairie": Level.COMMUNE, "ville": Level.COMMUNE, "village": Level.COMMUNE, "commune": Level.COMMUNE,
    "departement": Level.DEPARTEMENT, "dept": Level.DEPARTEMENT, "dpt": Level.DEPARTEMENT, "dep": Level.DEPARTEMENT,
    "region": Level.REGION, "cc": Level.EPCI, "ca": Level.EPCI, "cu": Level.EPCI, "cdc": Level.EPCI,
    "metropole": Level.EPCI, "interco": Level.EPCI, "intercommunalite": Level.EPCI, "epci": Level.EPCI,
    "conseil departemental": Level.DEPARTEMENT, "cd": Level.DEPARTEMENT, "prefecture": Level.DEPARTEMENT,
    "caf": Level.DEPARTEMENT, "msa": Level.DEPARTEMENT,
}  # fmt: skip


def find(db: Database, text: str, limit: int = OPTIONS) -> list[Answer]:
    """What `text` may mean, best first, each territory once, at most `limit`; nothing for a blank text.

    A link key, a SIREN, a postcode, a code, a district, an arrondissement come before names; a name is exact, then
    begins with the text, then holds it, then holds its words in any order, then is like it.
    """
    wanted = searched.wanted(text[:MOST_LETTERS])
    if not wanted:
        return []
    found = each_once(
        [*from_link(db, text[:MOST_LETTERS]), *from_code(db, wanted), *from_arrondissement(db, wanted)]
    )
    elided = wanted.removeprefix("l ")
    if elided != wanted and elided in names_of(db).of_departements:
        return _led(db, "departement", elided, limit)
    lead = _LEAD.fullmatch(wanted) or _TAIL.fullmatch(wanted)
    if not found and lead and not names_of(db).begins(wanted):
        return _led(db, lead["kind"], lead["rest"], limit)
    if not (found and wanted.replace(" ", "").isdecimal()):
        found += _by_name(db, wanted, found, limit)
    return found[:limit]


def _led(db: Database, kind: str, rest: str, limit: int) -> list[Answer]:
    """What follows a word of `_LEAD`: what is of its kind first; the intercommunalité of the commune that is named where none
    bears its name."""
    found = find(db, rest)
    word = "code Insee" if kind.endswith("insee") else None
    level = _KIND_LEVELS.get(kind)
    if found and level is Level.EPCI and not any(one.territory.level is level for one in found):
        first = found[0].territory
        held = gazetteer.index(db).find(Level.EPCI, first.epci or "")
        if held is not None:
            return [Answer(held, f"intercommunalité {french.of(first)}"), *found][:limit]
    return sorted(
        found,
        key=lambda one: not (one.reading.startswith(word) if word else level in (None, one.territory.level)),
    )[:limit]


def warm(db: Database) -> None:
    """Read what a search compares with, before the first visitor types."""
    gazetteer.index(db).read()
    lines(db, find(db, "saint"))


def _by_name(db: Database, wanted: str, before: Sequence[Answer], limit: int) -> list[Answer]:
    """The territories named so that are not among those found `before`, at most `limit`."""
    names = names_of(db)
    kept = dict.fromkeys(f"{one.territory.level}:{one.territory.code}" for one in before)
    readings = {}
    for number in _numbers(db, names, wanted, before):
        if names.places[number] not in kept:
            kept[names.places[number]] = readings[names.places[number]] = names.readings[number]
        if len(readings) >= limit:
            break
    return [Answer(*one) for one in zip(called(db, list(readings)), readings.values(), strict=True)]


def _numbers(db: Database, names: Names, wanted: str, before: Sequence[Answer]) -> list[int]:
    found = graded(names, wanted, "", ())
    bare, where, postcode = split(names, wanted)
    if where:
        held = postcodes(db, postcode).get(postcode) or district_of_postcode(postcode)
        # The whole text may be a name (« Aix-en-Provence »), else its end says where.
        inside = graded(names, bare, where, held) or shortened(names, bare, where) or like(names, bare, where)
        # « 75015 paris » is that arrondissement before the département of the same name.
        inside.sort(key=lambda one: bool(held) and names.places[one[1]].partition(":")[2] not in held)
        found = [*(found if found and found[0][0] == 0 else ()), *inside, *found]
    elif not before and not (found and found[0][0] == 0) and len(found) < OPTIONS:
        short = [] if found else shortened(names, wanted, "")
        alike = like(names, wanted, "")
        # « toulouze » begins Toulouzette and is one letter away from Toulouse; « île de ré » ends a name as it is.
        whole = found and f" {wanted} " in f" {names.folded[found[0][1]]} "
        first = alike[:1] if found and not whole and alike and larger(names, alike[0][1], found[0][1]) else []
        found = [*first, *found, *short, *(alike if not found or found[0][0] >= 3 else ())]
    return [number for _, number in found]

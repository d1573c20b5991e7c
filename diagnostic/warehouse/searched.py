"""What a search compares with: every name that leads to a territory, in the order in which equals are shown.

A build writes them into the table `searched`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

from diagnostic import french
from diagnostic.directory.folding import fold, fold_all
from diagnostic.model import Level, Territory

_LEVELS = (Level.COMMUNE, Level.EPCI, Level.DEPARTEMENT, Level.REGION, Level.FRANCE)
_KINDS = (
    (r"\b(?:communaute d ?agglomeration|agglomeration|agglo)\b", "ca"),
    (r"\b(?:communaute de communes|com ?com)\b", "cc"),
    (r"\bcommunaute urbaine\b", "cu"),
    (r"\bcedex\b(?: \d{1,2}\b)?", ""),
    (r"(?<=[a-z] )(?:s s|ss)(?= [a-z])", "sous"),
    (r"(?<=[a-z] )s(?= [a-z])", "sur"),
    (r"^france (?:entiere|metropolitaine)$", "france"),
    (r"^ile de la (?=reunion$|martinique$|guadeloupe$)", ""),
)

# Région (Insee code) -> what people still call it, or a part of it.
ACRONYMS = {
    "11": ("idf", "region parisienne"), "24": ("cvl", "centre"), "27": ("bfc", "bourgogne", "franche comte"), "28": ("haute normandie", "basse normandie"),
    "32": ("hdf", "nord pas de calais", "picardie"), "44": ("ge", "alsace", "lorraine", "champagne ardenne"),
    "52": ("pdl", "pdll"), "53": ("bzh",), "75": ("na", "naq", "aquitaine", "limousin", "poitou charentes"),
    "76": ("occ", "midi pyrenees", "languedoc roussillon"), "84": ("ara", "aura", "auvergne", "rhone alpes"), "93": ("paca", "region sud"),
}  # fmt: skip
# EPCI (SIREN) -> the name that it goes by.
BY_NAMES = {
    "200046977": ("grand lyon",), "200093201": ("mel",), "200054781": ("mgp",), "200054807": ("amp", "amp metropole"),
    "243300316": ("cub",), "248300543": ("tpm",), "200070092": ("cali",), "200058782": ("sqy",),
}  # fmt: skip
# Établissements publics territoriaux of the Métropole du Grand Paris: no file that is loaded counts by them.
GRAND_PARIS = "200054781"
EPT = (
    "Vallée Sud Grand Paris", "Grand Paris Seine Ouest", "Paris Ouest La Défense", "Boucle Nord de Seine", "Plaine Commune",
    "Paris Terres d’Envol", "Est Ensemble", "Grand Paris Grand Est", "Paris Est Marne et Bois", "Grand-Orly Seine Bièvre",
    "Grand Paris Sud Est Avenir",
)  # fmt: skip

# A name out of a quoted cell may hold one; names are handed over as lines of cells.
_LINE_END = re.compile(r"[\t\r\n]+")

QUARTER = "quartier prioritaire"

Ask = Callable[[str], list[tuple]]
Entry = tuple[str, str, str, str, float | None, bool, str]
"""Name as compared, level, code, département, inhabitants, whether it is the name of today, how it is read where not."""

COLUMNS = ("folded", "level", "code", "departement", "people", "own", "reading")
_PEOPLE = (
    "select level, code, value from total where stat = 'population' and value is not null "
    "qualify row_number() over (partition by level, code order by year desc) = 1"
)


def wanted(text: str) -> str:
    """A text as names are compared, the kind of an intercommunality shortened."""
    found = fold(text)
    for pattern, kind in _KINDS:
        found = re.sub(pattern, kind, found)
    return " ".join(found.split())


def entries(ask: Ask) -> list[Entry]:
    """Every name, the most populated territory first, its name of today before its others."""
    size = {(level, code): value for level, code, value in ask(_PEOPLE)}
    rows = ask("select level, code, name, coalesce(tncc, 0), departement from territory")
    # Of one name over the same people, a person means the smallest: the commune of Paris, the département of La Réunion.
    rows.sort(key=lambda row: (-size.get(row[:2], -1.0), _LEVELS.index(row[0]), row[1]))
    rank = {row[:2]: number for number, row in enumerate(rows)}
    own = dict(zip(rank, fold_all([row[2] for row in rows]), strict=True))
    found = [
        (number, wanted(row[2]) if row[0] == Level.EPCI else own[row[:2]], "")
        for number, row in enumerate(rows)
    ]
    others = [
        (rank[place], name, reading)
        for place, name, reading in _others(ask, rows, rank, own)
        if place in rank
    ]
    # Of one territory its name of today comes first, then the others in the order in which they are found.
    every = [(at, False, name, reading) for at, name, reading in found]
    every += [(at, True, name, reading) for at, name, reading in others]
    every.sort(key=lambda one: one[:2])
    return [
        (
            name,
            *rows[at][:2],
            rows[at][4] or "",
            size.get(rows[at][:2]),
            not other,
            _LINE_END.sub(" ", reading),
        )
        for at, other, name, reading in every
        if name
    ]


def _others(
    ask: Ask, rows: list[tuple], rank: dict[tuple[str, str], int], own: dict[tuple[str, str], str]
) -> Iterable[tuple[tuple[str, str], str, str]]:
    """Acronyms, parts of an agglomeration, former communes, districts: place, name as compared, how it is read."""
    for level, others in ((Level.REGION, ACRONYMS), (Level.EPCI, BY_NAMES)):
        for code, words in others.items():
            yield from (((level.value, code), word, "") for word in words)
    for name in EPT:
        reading = f"{name}, établissement public territorial, n’est pas couvert : voici sa métropole"
        yield (Level.EPCI.value, GRAND_PARIS), wanted(name), reading
    former = _former(ask)
    for (name, commune), folded in zip(former, fold_all([name for name, _ in former]), strict=True):
        place = (Level.COMMUNE.value, commune)
        if place in rank and folded != own[place]:
            _, code, today, tncc, _ = rows[rank[place]]
            now = french.name(Territory(Level.COMMUNE, code, today, int(tncc)))
            yield place, folded, f"{name}, aujourd’hui {now}"
    for code, name, commune in ask(
        "select qpv.code, qpv.name, min(qpv_commune.commune) from qpv join qpv_commune on qpv_commune.qpv = qpv.code "
        "where qpv.name is not null group by all order by qpv.code"
    ):
        yield (Level.COMMUNE.value, commune), fold(name), f"{QUARTER} {name}"
        yield (Level.COMMUNE.value, commune), code.lower(), f"{QUARTER} {name} ({code})"


def _former(ask: Ask) -> list[tuple[str, str]]:
    """Names of former communes and former names, each with the commune of today."""
    return ask("select distinct name, commune from former where name is not null order by name, commune")

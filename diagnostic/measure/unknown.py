"""Why a value is not known, and what a reader must know of one that is."""

from __future__ import annotations

import math
from collections import defaultdict

from diagnostic import french, gazetteer, sources, territories
from diagnostic.indicators import BY_IRIS, FACILITY_LABELS, FROM_DEPARTEMENT, OFFICIAL, PUBLISHED_PLACES
from diagnostic.measure.lacking import FEW
from diagnostic.measure.rows import Figure
from diagnostic.model import Apart, Indicator, Level, Status, Territory
from diagnostic.warehouse.database import Database
from diagnostic.warehouse.memory import shared

SMALL_COMMUNE = 10_000
"""Inhabitants up to which the Cnaf leaves a commune out of its files by mode."""


@shared(4)
def spoken(db: Database) -> dict[str, frozenset[str]]:
    """Levels at which each indicator has a known value somewhere."""
    found: dict[str, set[str]] = defaultdict(set)
    for indicator, level in db.rows("select * from told_figures"):
        found[indicator].add(level)
    return {indicator: frozenset(levels) for indicator, levels in found.items()}


@shared(4)
def silenced(db: Database) -> dict[str, str]:
    """Why an indicator has no value anywhere, as the build says it."""
    return dict(db.rows("select indicator, reason from silenced"))


_SMALL_COMMUNES = (
    "Les fichiers chargés donnent le taux des communes de plus de 10\u202f000 habitants ; celui des autres est dans le "
    "fichier TAUXCOUV de la Cnaf, qui n’est pas chargé."
)


def absent(db: Database, indicator: Indicator, place: Territory) -> tuple[Status, str]:
    """Why the table `figure` has no row for a territory."""
    level = place.level
    levels = spoken(db).get(indicator.id, frozenset())
    if not levels:
        absent = Status.NOT_LOADED if set(indicator.sources) - _loaded(db) else Status.MISSING
        return absent, silenced(db).get(indicator.id) or _never(db, indicator)
    of_cnaf = indicator.numerator in PUBLISHED_PLACES or indicator.id.startswith(OFFICIAL)
    if of_cnaf and level is Level.COMMUNE and level not in levels and not _is_small(db, place):
        return Status.NOT_LOADED, "Le fichier des communes de la Cnaf n’est pas chargé."
    if indicator.numerator in PUBLISHED_PLACES and level in (Level.COMMUNE, Level.PERIMETRE):
        who = _unpublished(db, place) if level is Level.COMMUNE else "de toutes ces communes"
        return Status.NOT_PUBLISHED, f"La Cnaf ne publie pas les places {who}."
    if indicator.numerator == "enfants_aeeh" and level is Level.COMMUNE:
        return Status.NOT_PUBLISHED, "La Cnaf ne publie pas l’AEEH par commune."
    if indicator.numerator in BY_IRIS and level is Level.COMMUNE:
        return (
            Status.NOT_PUBLISHED,
            "Publié par Iris : seules les communes qui en ont, les plus grandes, ont cette valeur.",
        )
    if indicator.id in FROM_DEPARTEMENT and level not in levels:
        return Status.NOT_PUBLISHED, "Cette valeur est publiée pour les départements et au-dessus."
    if not indicator.published:
        return Status.MISSING, "Les données chargées ne couvrent pas ce territoire."
    if level is Level.PERIMETRE:
        told = "Cette valeur est publiée pour des territoires administratifs, pas pour un périmètre choisi."
        return Status.NOT_PUBLISHED, told
    if level == Level.COMMUNE and indicator.id.startswith(OFFICIAL):
        if indicator.id != OFFICIAL:
            return (
                Status.NOT_PUBLISHED,
                f"La Cnaf ne publie pas le taux par mode d’accueil {_unpublished(db, place)}.",
            )
        if _is_small(db, place) and "tauxcouv" not in _loaded(db):
            return Status.NOT_LOADED, _SMALL_COMMUNES
        by_district = place.code in gazetteer.index(db).city.values()
        return Status.NOT_PUBLISHED, (
            "La Cnaf ne publie pas le taux de la ville, mais par arrondissement." if by_district else ""
        )
    if level not in levels:
        plural = f"les {level.label}s" if level is not Level.FRANCE else "la France"
        return Status.NOT_LOADED, f"Les fichiers chargés ne donnent pas cette valeur pour {plural}."
    return Status.NOT_PUBLISHED, "Le producteur ne publie pas cette valeur pour ce territoire."


def _is_small(db: Database, place: Territory) -> bool:
    """Whether the Cnaf leaves the commune out of the files that it calls those of communes."""
    return (territories.population(db, place)[0] or 0.0) <= SMALL_COMMUNE


def _unpublished(db: Database, place: Territory) -> str:
    """The communes that the Cnaf leaves out, as the place is one: small, a city of arrondissements, or this one."""
    if place.code in gazetteer.index(db).city.values():
        return "de la ville, mais par arrondissement"
    if territories.population(db, place)[0] is not None and _is_small(db, place):
        return "des communes de 10\u202f000 habitants ou moins"
    return french.of(place)


@shared(4)
def _loaded(db: Database) -> frozenset[str]:
    return frozenset(name for (name,) in db.rows("select distinct id from source"))


def _never(db: Database, indicator: Indicator) -> str:
    """No territory has a value: the file is not there, or does not hold it."""
    loaded = _loaded(db)
    titles = [sources.BY_ID[one].title for one in indicator.sources if one in sources.BY_ID]
    if loaded & set(indicator.sources) or not titles:
        return "Les fichiers chargés n’en donnent aucune valeur."
    return f"Source non chargée : {titles[0]}."


def reason_of(db: Database, indicator: Indicator, row: Figure, status: Status) -> str:
    if row.denominator == 0 and indicator.denominator:
        return none_counted(indicator)
    if row.note and status is Status.MISSING:
        return row.note if row.note.endswith(".") else f"{row.note}."
    if row.covered == 0 and status is Status.MISSING:
        return silenced(db).get(indicator.id) or "Aucune commune du territoire n’a de valeur connue."
    if row.covered is not None and row.covered < 1 and status is Status.MISSING:
        share = french.percent(math.floor(row.covered * 100))
        return f"Les données ne couvrent que {share} du territoire."
    if status is Status.MISSING and not row.note and indicator.published:
        return "Les fichiers chargés ne donnent pas cette valeur pour ce territoire."
    return row.note if row.note else ""


def none_counted(indicator: Indicator) -> str:
    """ "Aucun relais petite enfance recensé.", "Aucune famille avec enfants recensée." """
    stat = indicator.denominator or ""
    if stat in FACILITY_LABELS:
        return french.typographic(f"Aucun {FACILITY_LABELS[stat][0]} recensé.")
    label = indicator.denominator_label.split(" (")[0]
    first, _, rest = label.partition(" ")
    singular = f"{first.removesuffix('s')} {rest.replace('principales', 'principale')}".strip()
    feminine = first.startswith(("famille", "femme", "classe", "résidence"))
    return french.typographic(
        f"{french.in_words(0, feminine=feminine, capital=True)} {singular} recensé{'e' * feminine}."
    )


TWO_DATES = "Les deux parties du calcul n’ont pas la même date : "
"""How the caution begins of a ratio whose parts are of two years."""


def caution(indicator: Indicator, row: Figure, apart: Apart | None) -> str:
    told = []
    if apart is Apart.FEW:
        told.append(f"Moins de {FEW} personnes : une de plus ou de moins change tout, rien n’est comparé.")
    if apart is Apart.ROUNDED:
        told.append(
            "Compte arrondi à cinq : l’arrondi suffirait à changer la comparaison, rien n’est comparé."
        )
    known = row.value is not None and bool(indicator.denominator)
    if known and row.numerator_year is not None and row.denominator_year is not None:
        dated, other = row.numerator_year, row.denominator_year
        if indicator.dated_by == "denominator":
            dated, other = other, dated
        if abs(dated + indicator.offset - other) > indicator.lag:
            told.append(
                f"{TWO_DATES}{indicator.numerator_label} en {row.numerator_year}, {indicator.denominator_label} en "
                f"{row.denominator_year}."
            )
    if row.note:
        told.append(row.note if row.note.endswith(".") else f"{row.note}.")
    elif row.covered is not None and row.covered < 1 and row.value is not None:
        told.append(f"Couvre {french.percent(math.floor(row.covered * 1000) / 10, 1)} du territoire.")
    return french.typographic(french.capitalised(" ".join(told))) if told else ""

"""Territories: get one by its key, its parents, members and siblings, and perimeters of one's own."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from diagnostic import french
from diagnostic.directory.folding import fold
from diagnostic.gazetteer import index, of_level
from diagnostic.model import FRANCE, DiagnosticError, Level, Territory, parse_key
from diagnostic.warehouse.database import Database

KINDS = {
    "CC": "Communauté de communes",
    "CA": "Communauté d’agglomération",
    "CU": "Communauté urbaine",
    "METRO": "Métropole",
    "METLYON": "Métropole de Lyon",
    "MET69": "Métropole de Lyon",
}

_ORDER = (Level.FRANCE, Level.REGION, Level.DEPARTEMENT, Level.EPCI, Level.COMMUNE)


# One territory


def get(db: Database, key: str, *, name: str | None = None) -> Territory:
    """The territory of that key; `name` is what the user calls a perimeter of one's own.

    Raises DiagnosticError (code 2) when the key is malformed or the loaded data do not hold it.
    """
    try:
        level, code = parse_key(key)
    except DiagnosticError:
        offered = _offered(db, key)
        if not offered:
            raise
        raise DiagnosticError(f"« {key} » n’est pas un territoire. {offered}", code=2) from None
    if level is Level.PERIMETRE:
        return _perimeter(db, code.split("+"), name)
    found = index(db).find(level, code)
    if found is None:
        raise DiagnosticError(
            f"Le territoire « {key} » n’existe pas dans les données chargées. "
            f"{_offered(db, key) or 'Cherchez-le par son nom ou son code.'}",
            code=2,
        )
    return found


def meant(db: Database, key: str) -> tuple[Territory, ...]:
    """The territories that a key which names none may stand for: those of its code at any level, and of its code with
    the zero that a spreadsheet took away."""
    code = key.rpartition(":")[2].strip().upper()
    codes = (code, f"0{code}") if code.isdecimal() else (code,)
    levels = (Level.COMMUNE, Level.EPCI, Level.DEPARTEMENT, Level.REGION)
    found = (index(db).find(level, one) for one in codes for level in levels)
    return tuple(dict.fromkeys(place for place in found if place is not None))


def _offered(db: Database, key: str) -> str:
    """ "Vouliez-vous dire commune:33328 (Pomerol) ?"; empty where nothing is meant."""
    places = [f"{place.key} ({french.name(place)})" for place in meant(db, key)]
    return f"Vouliez-vous dire {' ou '.join(places)} ?" if places else ""


def _perimeter(db: Database, codes: Sequence[str], name: str | None) -> Territory:
    known = index(db)
    parts: dict[str, Territory] = {}
    known.territories.want((Level.COMMUNE, code) for code in codes)
    for code in filter(None, codes):
        part = known.find(Level.COMMUNE, code)
        if part is None:
            raise DiagnosticError(
                f"La commune « {code} » du périmètre n’existe pas dans les données chargées. "
                f"{_offered(db, code) or 'Retirez-la ou cherchez-la par son nom.'}",
                code=2,
            )
        parts[part.code] = part
    for part in parts.values():
        if known.city.get(part.code) in parts:
            raise DiagnosticError(
                f"Le périmètre contient une ville et l’un de ses arrondissements ({part.name}) : "
                "gardez l’un ou l’autre, ils ne s’additionnent pas.",
                code=2,
            )
    if not parts:
        raise DiagnosticError("Le périmètre est vide : choisissez au moins une commune.", code=2)
    communes = tuple(parts.values())
    return Territory(
        Level.PERIMETRE,
        "+".join(parts),
        name or _names(communes),
        epci=_only({item.epci for item in communes}),
        departement=_most([item.departement for item in communes]),
        region=_most([item.region for item in communes]),
        communes=tuple(parts),
    )


def _names(communes: Sequence[Territory]) -> str:
    shown = [item.name for item in communes[:3]]
    more = len(communes) - len(shown)
    return ", ".join(shown) + (
        f" et {more} autre{'s' if more > 1 else ''} commune{'s' if more > 1 else ''}" if more else ""
    )


def _only(values: set) -> str | None:
    return next(iter(values)) if len(values) == 1 else None


def _most(values: Sequence[str | None]) -> str | None:
    known = Counter(value for value in values if value)
    return min(known, key=lambda value: (-known[value], value)) if known else None


# Around a territory


def parents(db: Database, territory: Territory) -> tuple[Territory, ...]:
    """The territories that contain this one, the smallest first, France last.

    A perimeter has the EPCI, département and région that hold all of its communes. An EPCI over several
    départements is given the one where most of its people live.
    """
    known = index(db)
    if territory.level is Level.FRANCE:
        return ()
    codes = {
        Level.EPCI: territory.epci,
        Level.DEPARTEMENT: territory.departement,
        Level.REGION: territory.region,
    }
    if territory.level is Level.PERIMETRE:
        communes = [known.territories[Level.COMMUNE, code] for code in territory.communes]
        codes = {
            Level.EPCI: _only({item.epci for item in communes}),
            Level.DEPARTEMENT: _only({item.departement for item in communes}),
            Level.REGION: _only({item.region for item in communes}),
        }
    rank = _ORDER.index(territory.level) if territory.level in _ORDER else len(_ORDER)
    above = [
        known.territories.get((level, code))
        for level, code in codes.items()
        if code and _ORDER.index(level) < rank
    ]
    found = [item for item in above if item is not None]
    city = known.city.get(territory.code) if territory.level is Level.COMMUNE else None
    if city:
        found.insert(0, known.territories[Level.COMMUNE, city])
    return (*found, known.territories[Level.FRANCE, FRANCE.code])


def larger(db: Database, territory: Territory) -> tuple[Territory, ...]:
    """The parents that hold other communes too: Paris the commune is not compared with Paris the département."""
    return tuple(place for place in parents(db, territory) if not same(db, place, territory))


def same(db: Database, one: Territory, other: Territory) -> bool:
    """Whether two territories hold the same communes."""
    return _size(db, one) == _size(db, other) and set(communes(db, one)) == set(communes(db, other))


def _size(db: Database, territory: Territory) -> int:
    if territory.level in (Level.COMMUNE, Level.PERIMETRE):
        return len(communes(db, territory))
    return index(db).sizes.get((territory.level, territory.code), 0)


def members(db: Database, territory: Territory) -> tuple[Territory, ...]:
    """Communes of an EPCI or perimeter, the commune itself, EPCI of a département and those that reach into it
    (`spans` says which), départements of a région, régions of France; by name."""
    known = index(db)
    level, code = territory.level, territory.code
    if level is Level.COMMUNE:
        return (territory,)
    if level is not Level.FRANCE:
        known.territories.want((Level.COMMUNE, one) for one in communes(db, territory))
    if level is Level.PERIMETRE:
        found = [known.territories[Level.COMMUNE, one] for one in territory.communes]
    elif level is Level.EPCI:
        found = [known.territories[Level.COMMUNE, one] for one in known.communes.get((level, code), ())]
    elif level is Level.DEPARTEMENT:
        reaching = {
            known.territories[Level.COMMUNE, one].epci for one in known.communes.get((level, code), ())
        }
        found = [item for item in of_level(db, Level.EPCI) if item.code in reaching]
    elif level is Level.REGION:
        found = [item for item in of_level(db, Level.DEPARTEMENT) if item.region == code]
    else:
        found = of_level(db, Level.REGION)
    return tuple(sorted(found, key=lambda item: (fold(item.name), item.code)))


def siblings(db: Database, territory: Territory) -> tuple[Territory, ...]:
    """Territories of the same level under the same parent, this one included; the EPCI of its
    département for a perimeter; nothing for France. By name."""
    known = index(db)
    if territory.level is Level.COMMUNE:
        city = known.city.get(territory.code)
        if city:
            found = [known.territories[Level.COMMUNE, code] for code, of in known.city.items() if of == city]
            return tuple(sorted(found, key=lambda item: item.code))
        if territory.epci and (Level.EPCI, territory.epci) in known.territories:
            return members(db, known.territories[Level.EPCI, territory.epci])
        codes = known.communes.get((Level.DEPARTEMENT, territory.departement or ""), ())
        known.territories.want((Level.COMMUNE, code) for code in codes)
        return tuple(known.territories[Level.COMMUNE, code] for code in codes)
    if territory.level in (Level.EPCI, Level.PERIMETRE):
        found = known.territories.get((Level.DEPARTEMENT, territory.departement or ""))
        return members(db, found) if found else ()
    if territory.level is Level.DEPARTEMENT:
        found = known.territories.get((Level.REGION, territory.region or ""))
        return members(db, found) if found else (territory,)
    return members(db, FRANCE) if territory.level is Level.REGION else ()


def communes(db: Database, territory: Territory) -> tuple[str, ...]:
    """Codes of the communes of a territory; the city, never its arrondissements, for larger levels."""
    known = index(db)
    if territory.level is Level.PERIMETRE:
        return territory.communes
    if territory.level is Level.COMMUNE:
        return (territory.code,)
    return known.communes.get((territory.level, territory.code), ())


def spans(db: Database, territory: Territory) -> dict[str, float]:
    """The départements into which a territory reaches, the most populated part first, with the share (0 to 1) of its
    people in each; shares of its communes where a population is unknown."""
    known = index(db)
    codes = communes(db, territory)
    for asked in (known.territories, known.population):
        asked.want((Level.COMMUNE, code) for code in codes)
    people = [known.population.get((Level.COMMUNE, code)) for code in codes]
    weights = [1.0] * len(codes) if any(count is None for count in people) else people
    found: Counter[str] = Counter()
    for code, weight in zip(codes, weights, strict=True):
        home = known.territories[Level.COMMUNE, code].departement
        if home:
            found[home] += weight
    whole = sum(found.values())
    return {code: weight / whole if whole else 0.0 for code, weight in found.most_common()}


def population(db: Database, territory: Territory) -> tuple[float | None, int | None]:
    """Latest legal population and its year; unknown for a perimeter when a commune's is."""
    known = index(db)
    if territory.level is not Level.PERIMETRE:
        key = (territory.level, territory.code)
        return known.population.get(key), known.population_year.get(key)
    keys = [(Level.COMMUNE, code) for code in territory.communes]
    known.population.want(keys)
    known.population_year.want(keys)
    if any(key not in known.population for key in keys):
        return None, None
    years = {known.population_year[key] for key in keys}
    return sum(known.population[key] for key in keys), years.pop() if len(years) == 1 else None


def description(db: Database, territory: Territory) -> str:
    """ "Métropole, 28 communes, 843 425 habitants en 2023": what stands under the name."""
    parts = [kind(db, territory)]
    if territory.level is not Level.COMMUNE:
        parts.append(french.quantity(_size(db, territory), "commune", "communes"))
    people, year = population(db, territory)
    if people is not None:
        when = f" en {year}" if year is not None else ""
        parts.append(french.quantity(people, "habitant", "habitants") + when)
    if territory.level is Level.EPCI and len(spans(db, territory)) > 1:
        parts.append("s’étend sur plusieurs départements")
    return ", ".join(parts)


def kind(db: Database, territory: Territory) -> str:
    """ "Métropole", "Commune, Bordeaux Métropole": what a territory is."""
    known = index(db)
    if territory.level is Level.EPCI:
        return KINDS.get(territory.kind, "Intercommunalité")
    if territory.level is Level.COMMUNE:
        if territory.code in known.city:
            return "Arrondissement municipal"
        above = known.territories.get((Level.EPCI, territory.epci or ""))
        return "Commune" if above is None else f"Commune, {above.name}"
    return {
        Level.DEPARTEMENT: "Département",
        Level.REGION: "Région",
        Level.FRANCE: "Pays",
        Level.PERIMETRE: "Périmètre choisi",
    }[territory.level]

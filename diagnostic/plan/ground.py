"""A plan on the geography of today: communes that merged, an intercommunalité that changed, carried and said."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

from diagnostic import french, gazetteer, territories
from diagnostic.model import DiagnosticError, Level, Territory
from diagnostic.plan.model import Fiche, Plan
from diagnostic.warehouse import Database

SAME = "Le territoire compte les mêmes communes qu’au départ du plan"
UNTOLD = (
    "Le plan ne dit pas de quelles communes le territoire était fait à son départ : un changement de périmètre ne se "
    "verrait pas ici."
)

FOLLOWED = "n’existe plus dans la géographie chargée : ses communes d’alors sont suivies ensemble, comme un périmètre."
LOST = (
    "n’existe plus dans la géographie chargée, et le plan ne dit pas de quelles communes ce territoire était fait : ses "
    "indicateurs ne peuvent pas être suivis."
)


@dataclass(frozen=True, slots=True)
class Ground:
    """`plan` as it is read today, `sentences` what has changed since it was signed, none where nothing has."""

    plan: Plan
    sentences: tuple[str, ...]
    told: bool


def on_ground(plan: Plan, db: Database) -> Ground:
    """The plan with its communes and its territory as they are today.

    A commune that merged is followed by the one that holds it. A territory that the data no longer hold becomes the
    perimeter of its communes of then; without them the plan is left as it is, and says so.
    """
    known = gazetteer.index(db)

    def today(code: str) -> str:
        found = known.find(Level.COMMUNE, code)
        return found.code if found is not None else code

    sentences = [
        _merged(db, code, known.find(Level.COMMUNE, code))
        for code in plan.perimeter
        if (Level.COMMUNE, code) not in known.territories
    ]
    carried = tuple(dict.fromkeys(map(today, plan.perimeter)))
    place = _place(db, plan.territory)
    if place is not None:
        sentences += _moved(db, place, carried) if plan.perimeter else [UNTOLD]
    elif plan.perimeter:
        held = [code for code in carried if (Level.COMMUNE, code) in known.territories]
        place = _place(db, f"perimetre:{'+'.join(held)}") if held else None
        if place is not None:
            sentences.insert(0, f"{french.capitalised(plan.territory_name)} {FOLLOWED}")
    else:
        sentences.insert(0, f"{french.capitalised(plan.territory_name)} {LOST}")
    key = place.key if place is not None else plan.territory
    return Ground(
        _carried(plan, key, today),
        tuple(french.typographic(one) for one in sentences),
        bool(plan.perimeter),
    )


def _moved(db: Database, place: Territory, carried: Collection[str]) -> list[str]:
    """The communes that joined or left the territory since the signature, said."""
    now = set(territories.communes(db, place))
    joined, left = sorted(now - set(carried)), sorted(set(carried) - now)
    since = "le territoire depuis le départ du plan"
    return [
        f"{_names(db, codes)} {french.plural(len(codes), one, many)} {since} : les valeurs d’aujourd’hui sont celles du "
        "périmètre d’aujourd’hui, celles du départ sont celles d’alors."
        for codes, one, many in ((joined, "a rejoint", "ont rejoint"), (left, "a quitté", "ont quitté"))
        if codes
    ]


def _carried(plan: Plan, key: str, today) -> Plan:
    def fiche_today(fiche: Fiche) -> Fiche:
        communes = tuple(dict.fromkeys(map(today, fiche.communes)))
        results = tuple(
            replace(one, territory=key) if one.territory == plan.territory else one for one in fiche.results
        )
        same = communes == fiche.communes and results == fiche.results
        return fiche if same else replace(fiche, communes=communes, results=results)

    axes = tuple(replace(axe, fiches=tuple(map(fiche_today, axe.fiches))) for axe in plan.axes)
    return replace(plan, territory=key, axes=axes)


def _place(db: Database, key: str) -> Territory | None:
    try:
        return territories.get(db, key)
    except DiagnosticError:
        return None


def _merged(db: Database, code: str, now: Territory | None) -> str:
    rows = db.rows("select name from former where code = ?", code)
    name = rows[0][0] if rows else f"La commune {code}"
    if now is None:
        return f"{name} n’est plus dans la géographie chargée, et rien ne dit ce qu’elle est devenue."
    return f"{name} fait aujourd’hui partie de {french.name(now)} (commune nouvelle) : elle est suivie avec elle."


def _names(db: Database, codes: Sequence[str]) -> str:
    known = gazetteer.index(db)
    names = [
        french.name(found) if (found := known.find(Level.COMMUNE, code)) is not None else code
        for code in codes
    ]
    return french.listing(names)

"""The messages on access: the nearest crèche and relay of a small commune, leisure centres in it and around."""

from __future__ import annotations

from collections.abc import Sequence

from diagnostic import french
from diagnostic.indicators import FACILITY_LABELS, FRANCE_SERVICES, INHABITANTS, LEISURE_IN_COMMUNE, RELAYS
from diagnostic.model import Status
from diagnostic.report.compared import counted, is_small, older_between, set_against
from diagnostic.report.shape import Message, Nearest, NearestPlace
from diagnostic.report.subject import Subject

NEARER = {"eaje": "la crèche", "rpe": "le relais petite enfance"}
TO = {
    "eaje": "à la crèche la plus proche",
    "rpe": "au relais petite enfance le plus proche",
    "alsh": "à l’accueil de loisirs le plus proche",
}


def on_access(subject: Subject, bad: set[str], nearest: Sequence[Nearest]) -> list[Message]:
    people = subject.findings[INHABITANTS].value
    if is_small(subject.territory, people):
        near = [message for message in (_early(subject, nearest), _leisure(subject, nearest)) if message]
        # Where no list places the services of the commune, the distance to the nearest France services is known.
        known = not near and subject.findings[FRANCE_SERVICES].status.known
        return [set_against(subject, FRANCE_SERVICES, bad)] if known else near
    order = (RELAYS, LEISURE_IN_COMMUNE, FRANCE_SERVICES)
    spoken = [name for name in order if subject.findings[name].status.known]
    # What is short of its reference is chosen first, then the order of the subjects.
    return [set_against(subject, name, bad) for name in sorted(spoken, key=lambda name: name not in bad)[:2]]


def place_of(nearest: Sequence[Nearest], stat: str, code: str) -> NearestPlace | None:
    """The nearest facility of a commune; None where no file tells how many it has nor how far one is."""
    row = next((row for row in nearest if row.stat == stat), None)
    found = next((one for one in row.by_commune if one.code == code), None) if row else None
    return found if found is not None and (found.count or found.km is not None) else None


def whereabouts(found: NearestPlace) -> str:
    """ "à Sauveterre-de-Guyenne, à 6,2 km"."""
    far = f"à {kilometres(found)}"
    return f"{found.where}, {far}" if found.where else far


def kilometres(found: NearestPlace) -> str:
    """ "1,4 km": as every card and table prints it."""
    return f"{french.number(found.km, 1)}{french.NBSP}km"


def _early(subject: Subject, nearest: Sequence[Nearest]) -> Message | None:
    """The crèche and the relais: in the commune, or the nearest ones of the list."""
    found = {
        stat: place
        for stat in NEARER
        if (place := place_of(nearest, stat, subject.territory.code)) is not None
    }
    if not found:
        return None
    here = [stat for stat, place in found.items() if place.count]
    away = [stat for stat in found if stat not in here]
    said = []
    if here:
        counts = [french.quantity(found[stat].count, *FACILITY_LABELS[stat]) for stat in here]
        said.append(f"{french.listing(counts)} dans la commune")
    if len(away) == 2 and whereabouts(found[away[0]]) == whereabouts(found[away[1]]):
        said.append(
            f"la crèche et le relais petite enfance recensés les plus proches sont {whereabouts(found[away[0]])}"
        )
    else:
        said += [
            f"{NEARER[stat]} {_listed(stat)} {_closest(stat)} est {whereabouts(found[stat])}" for stat in away
        ]
    shown = away[:1] or here[:1]
    figure, unit = _figure(found[shown[0]], shown[0])
    year = subject.findings[RELAYS].year
    return Message(
        french.typographic(f"{french.capitalised(' ; '.join(said))}."),
        french.typographic(
            " · ".join(filter(None, ("À vol d’oiseau", str(year) if year else "", "calculé")))
        ),
        RELAYS,
        Status.OK.value,
        None,
        kind="Crèche et relais",
        figure=figure,
        unit=unit,
    )


def _listed(stat: str) -> str:
    """Of the list: another may stand nearer that it leaves out."""
    return "recensée" if NEARER[stat].startswith("la ") else "recensé"


def _closest(stat: str) -> str:
    return "la plus proche" if NEARER.get(stat, "").startswith("la ") else "le plus proche"


def _figure(found: NearestPlace, stat: str) -> tuple[str, str]:
    if found.count:
        return french.number(
            found.count
        ), f"{french.plural(found.count, *FACILITY_LABELS[stat])} dans la commune"
    # As the sentence beside it says it.
    return kilometres(found), f"jusqu’{TO[stat]}"


def _leisure(subject: Subject, nearest: Sequence[Nearest]) -> Message | None:
    found = place_of(nearest, "alsh", subject.territory.code)
    if found is None:
        return None
    finding = subject.findings[LEISURE_IN_COMMUNE]
    children = finding.denominator
    exact = finding.status is not Status.ESTIMATED
    people = "" if children is None else f", pour {counted(children, 'enfants de 3 à 11 ans', exact=exact)}"
    if children is not None and not exact:
        people += older_between(subject, children)
    if found.count:
        sentence = f"{french.quantity(found.count, *FACILITY_LABELS['alsh'])} dans la commune{people}."
    else:
        sentence = f"L’accueil de loisirs le plus proche est {whereabouts(found)}{people}."
    year = "" if finding.year is None else str(finding.year)
    figure, unit = _figure(found, "alsh")
    return Message(
        french.typographic(sentence),
        french.typographic(
            " · ".join(filter(None, ("À vol d’oiseau" if not found.count else "", year, "calculé")))
        ),
        LEISURE_IN_COMMUNE,
        finding.status.value,
        None,
        kind="Loisirs",
        figure=figure,
        unit=unit,
    )

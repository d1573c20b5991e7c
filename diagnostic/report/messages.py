"""The key messages: five kinds, in the same order for every territory, the whole before its parts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from diagnostic import french, reading
from diagnostic.indicators import (
    BIRTHS,
    BY_ID,
    CHILDREN,
    DISTRICT_COUNT,
    INCOME,
    INHABITANTS,
    LEISURE_IN_COMMUNE,
    OFFICIAL,
    OLDER_CHILDREN,
    POVERTY,
)
from diagnostic.measure import is_count
from diagnostic.model import ENOUGH_PEOPLE, Level, Status
from diagnostic.report import data
from diagnostic.report.compared import set_against
from diagnostic.report.distances import on_access
from diagnostic.report.offer import on_supply, why_it_differs
from diagnostic.report.shape import Coverage, Member, Message, Nearest, Priority, Qpv
from diagnostic.report.subject import Subject

MOST = 5
FEWEST = 3
ORDER = (
    "Accueil",
    "Pourquoi",
    "Naissances",
    "Pauvreté",
    "Quartiers",
    "Revenus",
    "Population",
    "Crèche et relais",
    "France services",
    "Relais",
    "Loisirs",
    "Enfants",
)
"""The kinds of messages in the order of every territory: the whole, its parts, then what is official before what is
reckoned on children told by births."""
YEARLY_BIRTHS = 50
"""Under that many births a year, five years are read against the five before."""
SPAN = 5


def messages(
    subject: Subject,
    first: Sequence[Priority],
    cover: Coverage,
    districts: Qpv,
    nearest: Sequence[Nearest],
    members: Sequence[Member],
    epci: Member | None,
) -> tuple[Message, ...]:
    """The supply, why it differs, births, poverty or districts, then access: those that are known, five at most, in `ORDER`."""
    bad = {item.indicator for item in first}
    told = [
        on_supply(subject, bad, epci, nearest, members),
        why_it_differs(subject, cover),
        _births(subject),
        _poorest(members) or _districts(subject, districts),
        *on_access(subject, bad, nearest),
    ]
    found = [message for message in told if message is not None][:MOST]
    # Without a verdict, the first message is the title itself.
    fewest = FEWEST + (subject.findings[OFFICIAL].word is None)
    for name in (LEISURE_IN_COMMUNE, INCOME, CHILDREN, OLDER_CHILDREN, INHABITANTS):
        one = subject.findings[name]
        speaks = one.word is not None or (is_count(BY_ID[name]) and one.status.known)
        if len(found) < fewest and name not in {message.indicator for message in found} and speaks:
            found.append(set_against(subject, name, bad))
    return tuple(sorted(found, key=lambda message: ORDER.index(message.kind)))


# Births


def _births(subject: Subject) -> Message | None:
    born = {
        year: value for year, value in data.births(subject.db, subject.territory).items() if value is not None
    }
    if len(born) < 2:
        return None
    last = max(born)
    where = french.capitalised(french.at(subject.territory))
    if of_few(born):
        return _births_of_years(born, last, where, _word(subject, BIRTHS))
    abroad = " · celles hors de France n’y sont pas" * (
        subject.territory.code in data.born_abroad(subject.db)
    )
    first = last - SPAN if last - SPAN in born else min(born)
    said = reading.evolution((first, born[first]), (last, born[last]), "naissance", "naissances")
    return Message(
        french.typographic(f"{where}, on compte {said}."),
        french.typographic(f"Naissances domiciliées, {first} à {last}{abroad} · {_word(subject, BIRTHS)}"),
        BIRTHS,
        Status.OK.value,
        None,
        kind="Naissances",
    )


def of_few(born: Mapping[int, float]) -> bool:
    """Whether the births of a year are too few to be held against those of another: they are read over five years."""
    return born[max(born)] < YEARLY_BIRTHS


def births_of_years(born: Mapping[int, float], last: int) -> tuple[float, str, str]:
    """How many births in five years, those years, and the five before them; the last year alone where one of the five is
    unknown."""
    now, before = (
        [born[year] for year in range(end - SPAN + 1, end + 1) if year in born] for end in (last, last - SPAN)
    )
    if len(now) < SPAN:
        return born[last], f"en {last}", ""
    years = f"de {last - 2 * SPAN + 1} à {last - SPAN}"
    then = f", contre {french.number(sum(before))} {years}" if sum(now) or sum(before) else f", ni {years}"
    return sum(now), f"de {last - SPAN + 1} à {last}", then if len(before) == SPAN else ""


def _births_of_years(born: Mapping[int, float], last: int, where: str, word: str) -> Message:
    """In counts: a year of a few births says nothing."""
    count, when, then = births_of_years(born, last)
    said = (
        f"{french.quantity(count, 'naissance', 'naissances')} {when}{then}"
        if count
        else f"aucune naissance {when}{then}"
    )
    only = f"{french.number(born[last])} en {last} : lues sur cinq ans, une année n’a pas de sens ici"
    detail = f"{only} · {word}"
    return Message(
        french.typographic(f"{where}, on {'' if count else 'ne '}compte {said}."),
        french.typographic(detail),
        BIRTHS,
        Status.OK.value,
        None,
        kind="Naissances",
        figure=french.number(count),
        unit=f"{french.plural(count, 'naissance', 'naissances')} {when}",
    )


def _word(subject: Subject, name: str) -> str:
    """The status of a figure, as its card says it."""
    return reading.status_word(subject.findings[name], BY_ID[name])


# Poverty and districts


def _poorest(members: Sequence[Member]) -> Message | None:
    """The two poorest communes, said only where they are also the two least covered."""
    rows = []
    for member in members:
        if member.territory.level is not Level.COMMUNE:
            continue
        poor, rate, children = (member.findings[name] for name in (POVERTY, OFFICIAL, CHILDREN))
        known = poor.status.known and poor.status is not Status.BOUNDED and rate.status.known
        if known and children.value is not None and children.value >= ENOUGH_PEOPLE:
            rows.append((poor.value or 0.0, rate.value or 0.0, member.territory, poor.year, rate.year))
    years = {(row[3], row[4]) for row in rows}
    if len(rows) < 2 * 2 or len(years) != 1:
        return None
    poorest, least = sorted(rows, key=lambda row: -row[0])[:2], sorted(rows, key=lambda row: row[1])[:2]
    if {row[2].key for row in poorest} != {row[2].key for row in least}:
        return None
    names = french.listing([french.name(row[2]) for row in poorest])
    rates = " et ".join(french.number(row[0], 0) for row in poorest)
    places = " et ".join(french.number(row[1], 1) for row in poorest)
    poverty, coverage = next(iter(years))
    return Message(
        french.typographic(f"{names}, les plus pauvres, sont aussi les moins couvertes."),
        french.typographic(
            f"{rates} % de pauvreté en {poverty} ; {places} places pour 100 enfants en {coverage}. "
            f"Communes de {ENOUGH_PEOPLE} enfants ou plus · officiel"
        ),
        POVERTY,
        Status.OK.value,
        False,
        kind="Pauvreté",
        figure="2",
        unit="communes, les plus pauvres et les moins couvertes",
    )


def _districts(subject: Subject, districts: Qpv) -> Message | None:
    """How many districts, their names when they are few, and what they lack most."""
    count = subject.findings[DISTRICT_COUNT].value
    if not count:
        return None
    names = [french.typographic(str(row.name)) for row in districts.districts]
    said = french.quantity(count, "quartier prioritaire", "quartiers prioritaires")
    listed = f" : {french.listing(names)}" if 0 < len(names) <= 4 else ""
    lacking = districts.reading.partition(". ")[2].rstrip(".")
    year = subject.findings[DISTRICT_COUNT].year
    detail = " · ".join(
        filter(None, (lacking, f"Géographie {year}" if year else "", _word(subject, DISTRICT_COUNT)))
    )
    return Message(
        french.typographic(f"{french.capitalised(french.at(subject.territory))}, on compte {said}{listed}."),
        french.typographic(detail),
        DISTRICT_COUNT,
        Status.OK.value,
        None,
        kind="Quartiers",
    )

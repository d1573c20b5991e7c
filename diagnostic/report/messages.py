"""The key messages: five kinds, in the same order for every territory, the whole before its parts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from diagnostic import french, reading
from diagnostic.indicators import (
    BIRTHS,
    BY_ID,
    CHILDMINDERS,
    CHILDREN,
    COMPUTED,
    CRECHES,
    DISTRICT_COUNT,
    FACILITY_LABELS,
    FRANCE_SERVICES,
    INCOME,
    INHABITANTS,
    LEISURE_IN_COMMUNE,
    OFFICIAL,
    OLDER_CHILDREN,
    POVERTY,
    RELAYS,
)
from diagnostic.measure import NEAR, SMALL_COMMUNE, Figure, births_error, children_near, is_count
from diagnostic.model import (
    ENOUGH_PEOPLE,
    FRANCE,
    RATIO_WORDS,
    Direction,
    Finding,
    Level,
    Status,
    Territory,
    ratio_word,
)
from diagnostic.report import data
from diagnostic.report.shape import Coverage, Member, Message, ModeGap, Nearest, NearestPlace, Priority, Qpv
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
NEAR_POINTS = 1.5
"""Points of difference on one mode under which it is the same."""
FEWEST_PLACES = 2
"""Places that the gap of a small commune must be worth: under that, a verdict on it means nothing."""
RATES = (OFFICIAL, COMPUTED)
_OFFICIAL_MODE = f"{OFFICIAL}_eaje"
ITS_EPCI = "dans l’intercommunalité"
NEARER = {"eaje": "la crèche", "rpe": "le relais petite enfance"}
TO = {
    "eaje": "à la crèche la plus proche",
    "rpe": "au relais petite enfance le plus proche",
    "alsh": "à l’accueil de loisirs le plus proche",
}

_MODES = {"eaje": "en crèche", "am": "chez les assistantes maternelles"}
_MODE_INDICATORS = {"eaje": CRECHES, "am": CHILDMINDERS}


def is_small(territory: Territory, people: float | None) -> bool:
    """Whether the territory is a commune whose places by mode nobody publishes."""
    return territory.level is Level.COMMUNE and people is not None and people <= SMALL_COMMUNE


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
        _supply(subject, bad, epci, nearest, members),
        _why(subject, cover),
        _births(subject),
        _poorest(members) or _districts(subject, districts),
        *_access(subject, bad, nearest),
    ]
    found = [message for message in told if message is not None][:MOST]
    # Without a verdict, the first message is the title itself.
    fewest = FEWEST + (subject.findings[OFFICIAL].word is None)
    for name in (LEISURE_IN_COMMUNE, INCOME, CHILDREN, OLDER_CHILDREN, INHABITANTS):
        one = subject.findings[name]
        speaks = one.word is not None or (is_count(BY_ID[name]) and one.status.known)
        if len(found) < fewest and name not in {message.indicator for message in found} and speaks:
            found.append(_against(subject, name, bad))
    return tuple(sorted(found, key=lambda message: ORDER.index(message.kind)))


# Supply


def _supply(
    subject: Subject,
    bad: set[str],
    epci: Member | None,
    nearest: Sequence[Nearest],
    members: Sequence[Member],
) -> Message | None:
    """The official rate of the territory, failing that the one of its EPCI, failing that the places reckoned, failing that
    what is known in part."""
    own = subject.findings[OFFICIAL]
    if own.status.known:
        return _against(subject, OFFICIAL, bad, _of_epci(subject, epci))
    if epci is not None and epci.findings[OFFICIAL].status.known:
        finding, indicator = epci.findings[OFFICIAL], BY_ID[OFFICIAL]
        sentence = _said_of_epci(subject, epci.territory, finding)
        why = reading.reason(own, indicator, subject.territory).rstrip(".")
        detail = (
            f"Taux de l’intercommunalité, {finding.year} · {why} · {reading.status_word(finding, indicator)}"
        )
        return Message(
            sentence,
            french.typographic(detail),
            OFFICIAL,
            own.status.value,
            _good(finding, bad),
            kind="Accueil",
            figure=french.number(finding.value, indicator.decimals),
            unit="places pour 100 enfants de moins de 3 ans, dans l’intercommunalité",
        )
    if subject.findings[COMPUTED].status.known:
        return _against(subject, COMPUTED, bad)
    if is_small(subject.territory, subject.findings[INHABITANTS].value):
        # The nearest crèche has its own message.
        return None
    return supply_in_part(subject, nearest, members)


def supply_in_part(subject: Subject, nearest: Sequence[Nearest], members: Sequence[Member]) -> Message | None:
    """Where the whole has no rate: how its members compare, failing that the crèches recorded, failing that the rate of
    the reference."""
    own, indicator, against = subject.findings[OFFICIAL], BY_ID[OFFICIAL], subject.against(OFFICIAL)
    unpublished, withheld = own.status is Status.NOT_PUBLISHED, reading.withheld(own)
    unknown = f"Taux {'non publié' if unpublished else 'non montré' if withheld else 'inconnu'}"
    words = [member.findings[OFFICIAL].word for member in members]
    compared = [word for word in words if word is not None]
    below = sum(word in RATIO_WORDS[:2] for word in compared)
    counts = [place.count for row in nearest if row.stat == "eaje" for place in row.by_commune]
    figure, unit, seen = "", "", ""
    if compared and against is not None:
        level = members[0].territory.level
        drawn = sum(member.findings[OFFICIAL].status.known for member in members)
        said = reading.members(words, against, indicator.direction, drawn=drawn, level=level)
        said = f"{said[:1].lower()}{said[1:]}"
        figure = french.number(below or len(compared))
        unit = f"sur {len(compared)} comparées, nettement en dessous" if below else "comparées"
        unit = f"{french.plural(below or len(compared), level.label, level.plural)} {unit}"
        unit = unit if level.feminine else unit.replace("comparées", "comparés")
    elif counts and None not in counts:
        count = sum(one or 0 for one in counts)
        noun = french.plural(count, *FACILITY_LABELS["eaje"])
        said = f"{french.in_words(0, feminine=True) if not count else french.number(count)} {noun} {french.plural(count, 'recensée', 'recensées')}"
        figure, unit = french.number(count), f"{noun} {french.plural(count, 'recensée', 'recensées')}"
        seen = "crèches de la Base permanente des équipements"
    elif against is not None and against.value is not None:
        said = f"{french.number(against.value, indicator.decimals)} places pour 100 enfants {against.at}{against.when(own.year)}"
    else:
        return None
    detail = (
        reading.reason(own, indicator, subject.territory).rstrip("."),
        seen,
        reading.status_word(own, indicator),
    )
    return Message(
        french.typographic(f"{unknown} ; {said}."),
        french.typographic(" · ".join(filter(None, detail))),
        OFFICIAL,
        own.status.value,
        False if figure and below else None,
        kind="Accueil",
        figure=figure,
        unit=french.typographic(unit),
    )


def _said_of_epci(subject: Subject, epci: Territory, finding: Finding) -> str:
    """ "Dans la CC du Pays Foyen, 96,4 places pour 100 enfants de moins de 3 ans, contre 66,2 en Gironde et 59,4 en France.":
    with the nearest reference alone, without the age, without its name, where a title holds no more."""
    both, near = _references(subject, OFFICIAL), _references(subject, OFFICIAL)[:1]
    here = french.at(epci)
    said = [
        french.typographic(
            f"{french.capitalised(where)}, {french.uncapitalised(reading.brief(finding, BY_ID[OFFICIAL], of))}"
        )
        for where, of in ((here, both), (here, near), (ITS_EPCI, near), (ITS_EPCI, []))
    ]
    # The unit beside the figure says the age.
    forms = (said[0], said[1], _ageless(said[1]), _ageless(said[2]), said[3])
    return f"{reading.held(one.removesuffix('.') for one in forms)}."


def _ageless(text: str) -> str:
    return text.replace(french.typographic(" de moins de 3 ans"), "")


def _of_epci(subject: Subject, epci: Member | None) -> str:
    """ "intercommunalité : 44,7", beside the rate of a commune; the same year or nothing."""
    if epci is None or epci.territory.key == subject.territory.key:
        return ""
    finding, own = epci.findings[OFFICIAL], subject.findings[OFFICIAL]
    against = subject.against(OFFICIAL)
    shown = against is not None and against.key == epci.territory.key
    if not finding.status.known or finding.year != own.year or shown:
        return ""
    return f"intercommunalité : {french.number(finding.value, BY_ID[OFFICIAL].decimals)}"


def _references(subject: Subject, name: str):
    against = subject.against(name)
    places = (against,) if against is not None and against.key == FRANCE.key else (against, FRANCE)
    return [one for one in places if one is not None]


def _against(subject: Subject, name: str, bad: set[str], more: str = "") -> Message:
    """The figure against its references on one line; what is missing and the parts of it below."""
    finding, indicator = subject.findings[name], BY_ID[name]
    sentence = reading.brief(finding, indicator, _references(subject, name)) or finding.reading
    return Message(
        sentence,
        _detail(subject, finding, more),
        name,
        finding.status.value,
        _good(finding, bad),
        kind=BY_ID[name].kind,
    )


def _good(finding: Finding, bad: set[str]) -> bool | None:
    """True on the right side of the reference, False on the wrong one, None between or without one."""
    direction = BY_ID[finding.indicator].direction
    if finding.indicator in bad or reading.is_attention(finding.word, direction):
        return False
    best = {Direction.MORE_IS_BETTER: RATIO_WORDS[-2:], Direction.LESS_IS_BETTER: RATIO_WORDS[:2]}
    return True if finding.word in best.get(direction, ()) else None


def _detail(subject: Subject, finding: Finding, more: str = "") -> str:
    """What is missing, the parts of the figure, its year and its status, on one line."""
    indicator = BY_ID[finding.indicator]
    parts = []
    if finding.missing is not None and finding.missing >= 0.5 and indicator.missing_noun:
        exact = finding.status is Status.OK and not indicator.published
        parts.append(french.short_of(finding.missing, *indicator.missing_noun, exact=exact))
    parts += [more] if more else []
    if finding.numerator is not None and finding.denominator is not None and indicator.missing_noun:
        stat = indicator.denominator or ""
        exact = is_exact(finding, stat)
        below = counted(finding.denominator, indicator.denominator_label, exact=exact)
        if indicator.denominator == OLDER_CHILDREN and not exact:
            below += _older_between(subject, finding.denominator)
        if stat in FACILITY_LABELS:
            below = french.quantity(finding.denominator, *FACILITY_LABELS[stat])
        if finding.numerator != finding.denominator:
            exact = is_exact(finding, indicator.numerator)
            above = counted(finding.numerator, indicator.numerator_label, exact=exact)
            parts.append(f"{above} pour {below}")
    few = sensitivity(subject, finding)
    parts += [few] if few else []
    parts.append(f"{indicator.short}, {finding.year}" if finding.year is not None else indicator.short)
    parts.append(reading.status_word(finding, indicator))
    return french.capitalised(french.typographic(" · ".join(parts)))


def sensitivity(subject: Subject, finding: Finding) -> str:
    """ "26 enfants en 2022, ceux du taux (17 en 2024) : une place de plus ou de moins change le taux de 3,8 points", of a
    published rate under a hundred children; empty elsewhere."""
    if finding.indicator != OFFICIAL or not finding.status.known:
        return ""
    rows = subject.histories[subject.territory.key].get(CHILDREN, [])
    children, year = near(rows, finding.year)
    if children is None or not 0 < children < ENOUGH_PEOPLE:
        return ""
    points = french.quantity(100 / children, "point", "points", 1)
    exact = subject.findings[CHILDREN].status is not Status.ESTIMATED
    many = french.reckoned(children, "enfant", "enfants", exact=exact)
    return f"{french.capitalised(many)}{of_its_year(subject, children, year)} : une place de plus ou de moins change le taux de {points}"


def of_its_year(subject: Subject, children: float, year: int | None) -> str:
    """ " en 2022, ceux du taux (environ 17 en 2024)": why the children of a rate are not as many as those of today, whom
    other lines of the page count."""
    now = subject.findings[CHILDREN]
    exact = now.status is not Status.ESTIMATED
    then = french.reckoned(children, "enfant", "enfants", exact=exact)
    today = french.reckoned(now.value, "enfant", "enfants", exact=exact) if now.value is not None else then
    why = f", ceux du taux ({today.partition('enfant')[0].rstrip()} en {now.year})" if today != then else ""
    return f" en {year}{why}"


def near(rows: Sequence[Figure], year: int | None) -> tuple[float | None, int | None]:
    """The children of the 1 January after `year`, or of the nearest one known, and that year."""
    found = children_near(rows, year)
    if found is None or year is None:
        return None, None
    years = (row.year for row in rows if row.value == found and row.year is not None)
    return found, min(years, key=lambda one: abs(one - year - 1))


def _older_between(subject: Subject, count: float) -> str:
    """ " (entre 1 700 et 3 000)": the limits of the children of 3 to 11 counted by births."""
    low, high = births_error(subject.territory.level, OLDER_CHILDREN, count)
    bounds = [french.number(french.two_figures(count * (1 + side / 100))) for side in (low, high)]
    return f" (entre {bounds[0]} et {bounds[1]})" if french.rounded(count) else ""


def is_exact(finding: Finding, stat: str) -> bool:
    """Whether a part of a figure was counted one by one: children of an estimated figure are told by births."""
    return finding.status is not Status.ESTIMATED or not stat.startswith("enfants")


def counted(number: float, plural: str, *, exact: bool = True) -> str:
    """ "1 enfant de 3 à 11 ans", "28 687 enfants de moins de 3 ans"; "environ 29 000 enfants" when not `exact`."""
    first, _, rest = plural.partition(" ")
    if not exact and not french.rounded(number):
        # Nobody was born there; of those who came since, nothing is known.
        return f"aucun {first.removesuffix('s')} {rest} d’après les naissances"
    return f"{french.reckoned(number, first.removesuffix('s'), first, exact=exact)} {rest}".rstrip()


# Why


def modes_said(rows: Mapping[str, ModeGap]) -> str:
    """The two main modes against those of the reference, in points: what is near it is no retreat."""
    said = {mode: french.signed(row.contribution, 1) for mode, row in rows.items()}
    words = {mode: _side(row) for mode, row in rows.items()}
    which = {"moins": "en retrait", "plus": "mieux fournis"}.get(words["eaje"])
    if which and words["eaje"] == words["am"]:
        return (
            f"Les deux modes sont {which} : {', '.join(f'{said[mode]} {_MODES[mode]}' for mode in _MODES)}."
        )
    low, high = sorted(rows, key=lambda mode: rows[mode].contribution)
    # Of two on one side, the one that differs most is said first.
    first, second = (high, low) if rows[low].contribution >= 0 else (low, high)
    return (
        f"{french.capitalised(words[first])} de places {_MODES[first]} ({said[first]}), "
        f"{words[second]} {_MODES[second]} ({said[second]})."
    )


def _side(row: ModeGap) -> str:
    """ "moins", "presque autant", "plus": autant where few points part the two rates, presque where they are near."""
    if abs(row.contribution) < NEAR_POINTS:
        return "autant"
    if ratio_word(row.local, row.beside) == NEAR:
        return "presque autant" if row.contribution < 0 else "un peu plus"
    return "plus" if row.contribution > 0 else "moins"


def _why(subject: Subject, cover: Coverage) -> Message | None:
    """The gap of the two main modes; nothing where the parts would tell another verdict than the whole."""
    parts = {row.mode: row.contribution for row in cover.gap_by_mode if row.mode in _MODES}
    parts = {mode: value for mode, value in parts.items() if abs(value) >= 0.05}
    # Without a published rate, the error of births may turn over what the parts say together.
    if not subject.findings[OFFICIAL].status.known and subject.findings[COMPUTED].stands_apart:
        return None
    # A goal or the peers measure the whole only: the modes are those of the territory beside.
    against, of_whole = (
        subject.against(_OFFICIAL_MODE if cover.official else CRECHES),
        subject.against(OFFICIAL),
    )
    if len(parts) < 2 or against is None or not cover.bars:
        return None
    same = of_whole is not None and of_whole.key == against.key
    whole = subject.findings[OFFICIAL].gap if same else None
    told = sum(row.contribution for row in cover.gap_by_mode)
    if whole is not None and whole * told < 0:
        return None
    sentence = modes_said({row.mode: row for row in cover.gap_by_mode if row.mode in parts})
    bar = cover.bars[0]
    word = "officiel" if cover.official else "estimé"
    apart = (
        ""
        if cover.official
        else " · deux mesures, deux années : ces écarts ne s’additionnent pas au taux officiel"
    )
    # The two modes and the others add up to the gap of the published rate.
    others = told - sum(parts.values())
    if cover.official and abs(others) >= 0.05:
        apart = f" · autres modes : {french.signed(others, 1)}"
    detail = f"Places pour 100 enfants, écart avec {against.the}, {bar.year}{apart} · {word}"
    worst = min(parts, key=lambda mode: parts[mode])
    return Message(
        french.typographic(sentence),
        french.typographic(detail),
        _MODE_INDICATORS[worst],
        Status.OK.value if cover.official else Status.ESTIMATED.value,
        None,
        kind="Pourquoi",
    )


# Births


def _births(subject: Subject) -> Message | None:
    born = {
        year: value for year, value in data.births(subject.db, subject.territory).items() if value is not None
    }
    if len(born) < 2:
        return None
    last = max(born)
    where = french.capitalised(french.at(subject.territory))
    if born[last] < YEARLY_BIRTHS:
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


# Access


def _access(subject: Subject, bad: set[str], nearest: Sequence[Nearest]) -> list[Message]:
    people = subject.findings[INHABITANTS].value
    if is_small(subject.territory, people):
        near = [message for message in (_early(subject, nearest), _leisure(subject, nearest)) if message]
        # Where no list places the services of the commune, the distance to the nearest France services is known.
        known = not near and subject.findings[FRANCE_SERVICES].status.known
        return [_against(subject, FRANCE_SERVICES, bad)] if known else near
    order = (RELAYS, LEISURE_IN_COMMUNE, FRANCE_SERVICES)
    spoken = [name for name in order if subject.findings[name].status.known]
    # What is short of its reference is chosen first, then the order of the subjects.
    return [_against(subject, name, bad) for name in sorted(spoken, key=lambda name: name not in bad)[:2]]


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
        people += _older_between(subject, children)
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


# Headline


def headline(
    subject: Subject,
    told: Sequence[Message],
    members: Sequence[Member],
    epci: Member | None,
    floor: float | None,
) -> str:
    """What the whole page says, as a title: where under-threes stand, then the members below, the share of the
    places that lack, or the EPCI beside.

    `floor` is the rate of France where it tells more than the reference. Members are counted on the same figure as the
    whole. Without one to compare, the first message.
    """
    finding = next((subject.findings[name] for name in RATES if subject.findings[name].word), None)
    against = subject.against(finding.indicator) if finding else None
    if finding is None or against is None or finding.value is None:
        return reading.title(told[0].sentence) if told else french.name(subject.territory)
    than = f"de celle {against.of}" if against.territory is not None else against.of
    text = f"{_OFFER} est {finding.word} {than}"
    if floor is not None:
        return title_of(f"{text}, mais {ratio_word(finding.value, floor)} de celle de la France")
    short = finding.word in RATIO_WORDS[:2]
    if is_small(subject.territory, subject.findings[INHABITANTS].value):
        text += _too_few(subject, finding) or _beside_epci(finding, epci)
    elif subject.territory.level is Level.COMMUNE and short and finding.gap is not None:
        # Against the reference of the year of the gap, whatever its newest value.
        text += f" : il manque {_share(-finding.gap / (finding.value - finding.gap))}"
    below = sum(member.findings[finding.indicator].word in RATIO_WORDS[:2] for member in members)
    of_communes = subject.territory.level in (Level.EPCI, Level.PERIMETRE)
    if below and of_communes and not short:
        known = sum(member.findings[finding.indicator].word is not None for member in members)
        noun, verb = french.plural(below, "commune", "communes"), french.verb(below, "reste", "restent")
        of = f" sur {known}" if known > below else ""
        text += f", mais {french.in_words(below, feminine=True)} {noun}{of} {verb} en dessous"
    return title_of(text)


_OFFER = "L’offre d’accueil des moins de 3 ans"


def title_of(text: str) -> str:
    """The verdict in the most words that a title holds."""
    named = (text, *(text.replace(_OFFER, offer) for offer in ("L’offre d’accueil", "L’offre")))
    shorter = named[-1].replace("de celle d", "d").replace("comme celle de ", "comme ")
    shortest = shorter.replace("territoires semblables", "semblables").replace(
        " restent en dessous", " en dessous"
    )
    return reading.held(map(french.typographic, (*named, shorter, shortest)))


def _too_few(subject: Subject, finding: Finding) -> str:
    children = children_near(subject.histories[subject.territory.key].get(CHILDREN, []), finding.year)
    if finding.gap is None or children is None or finding.word == "proche":
        return ""
    few = abs(finding.gap) * children / 100 < FEWEST_PLACES
    return ", mais sur trop peu d’enfants pour conclure" if few else ""


def _beside_epci(finding: Finding, epci: Member | None) -> str:
    other = epci.findings[finding.indicator] if epci is not None else None
    if other is None or other.value is None or other.year != finding.year:
        return ""
    word = ratio_word(finding.value, other.value)
    if word == "proche":
        return ", comme celle de son intercommunalité"
    if word == finding.word:
        return " et de celle de son intercommunalité"
    return f", et {word} de celle de son intercommunalité" if word else ""


def _share(lacking: float) -> str:
    """ "plus d’une place sur trois": the share of the places of the reference that lack."""
    count = next((number for number in (2, 3, 4, 5, 6) if lacking >= 1 / number), 7)
    return f"plus d’une place sur {french.in_words(count)}"

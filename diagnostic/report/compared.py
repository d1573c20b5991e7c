"""What a message says of one figure: where it stands against the reference, of which year, and how sure that is."""

from __future__ import annotations

from collections.abc import Sequence

from diagnostic import french, reading
from diagnostic.indicators import BY_ID, CHILDREN, FACILITY_LABELS, OFFICIAL, OLDER_CHILDREN
from diagnostic.measure import SMALL_COMMUNE, Figure, births_error, children_near
from diagnostic.model import ENOUGH_PEOPLE, FRANCE, RATIO_WORDS, Direction, Finding, Level, Status, Territory
from diagnostic.report.shape import Message
from diagnostic.report.subject import Subject


def is_small(territory: Territory, people: float | None) -> bool:
    """Whether the territory is a commune whose places by mode nobody publishes."""
    return territory.level is Level.COMMUNE and people is not None and people <= SMALL_COMMUNE


def references(subject: Subject, name: str):
    against = subject.against(name)
    places = (against,) if against is not None and against.key == FRANCE.key else (against, FRANCE)
    return [one for one in places if one is not None]


def set_against(subject: Subject, name: str, bad: set[str], more: str = "") -> Message:
    """The figure against its references on one line; what is missing and the parts of it below."""
    finding, indicator = subject.findings[name], BY_ID[name]
    sentence = reading.brief(finding, indicator, references(subject, name)) or finding.reading
    return Message(
        sentence,
        _detail(subject, finding, more),
        name,
        finding.status.value,
        good(finding, bad),
        kind=BY_ID[name].kind,
    )


def good(finding: Finding, bad: set[str]) -> bool | None:
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
        told = french.short_of(finding.missing, *indicator.missing_noun, exact=exact)
        # Above its reference, a territory lacks them in its parts only.
        where = reading.reach(finding, indicator, "", "").rstrip()
        parts.append(f"{told} {where}" if where.startswith("dans") else told)
    parts += [more] if more else []
    if finding.numerator is not None and finding.denominator is not None and indicator.missing_noun:
        stat = indicator.denominator or ""
        exact = is_exact(finding, stat)
        below = counted(finding.denominator, indicator.denominator_label, exact=exact)
        if indicator.denominator == OLDER_CHILDREN and not exact:
            below += older_between(subject, finding.denominator)
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


def older_between(subject: Subject, count: float) -> str:
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

"""A figure beside its reference, a ranking beside its line, a number beside that of another year: how far, in words."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from diagnostic import french, gaps
from diagnostic.indicators import OFFICIAL, rounded_children
from diagnostic.model import (
    RATIO_WORDS,
    TIMES_FROM,
    Comparator,
    Direction,
    Finding,
    Indicator,
    Level,
    Named,
    Status,
    Territory,
    parse_key,
    ratio_word,
)
from diagnostic.reading.figures import UNKNOWN_WORDS, decimals_of, finite, known_value, unknown_status

# Under this count, an evolution is said in units: two per cent of 54 births are one child.
SMALL_COUNT = 100


def is_attention(word: str | None, direction: Direction) -> bool:
    """Whether the word is bad news: below where more is better, above where less is better."""
    if direction is Direction.MORE_IS_BETTER:
        return word in RATIO_WORDS[:2]
    if direction is Direction.LESS_IS_BETTER:
        return word in RATIO_WORDS[-2:]
    return False


_DISTANCES = dict(
    zip(RATIO_WORDS, ("bien plus près", "plus près", "proche", "plus loin", "bien plus loin"), strict=True)
)


def ratio_said(word: str, indicator: Indicator) -> str:
    """The ratio word as it is printed: a distance is nearer or farther, not below or above."""
    return _DISTANCES.get(word, word) if indicator.unit == "km" else word


def comparison(finding: Finding, indicator: Indicator, reference: Territory | Named) -> str:
    """ "7,9 points de moins que la Gironde : en dessous", or why the two cannot be compared.

    `reference` is among the comparators of the finding. Empty when the value is unknown, when the territory is its own
    reference, and for plain counts, which do not compare across scales.
    """
    compared = compare(finding, indicator, reference)
    if compared is None:
        return ""
    if not compared.text:
        return french.typographic(
            f"comparaison impossible avec {names_of(reference).the} : {compared.obstacle}"
        )
    word = f" : {ratio_said(compared.word, indicator)}" if compared.word else ""
    return french.typographic(compared.text + word)


def reach(finding: Finding, indicator: Indicator, the: str, of: str) -> str:
    """What the missing units of a territory are for: « pour atteindre la Gironde », « dans les communes nettement en
    dessous de la Gironde » where its parts lack more than its own gap, since others of them are above."""
    level, _ = parse_key(finding.territory)
    value, gap, children = finding.value, finding.gap, finding.people
    if indicator.id != OFFICIAL or level is Level.COMMUNE or value is None or gap is None or children is None:
        return f"pour atteindre {the}"
    own, missing = float(gaps.missing_units(value, value - gap, children)), finding.missing or 0.0
    if missing <= own or french.about(missing) == french.about(own):
        return f"pour atteindre {the}"
    parts = "communes" if level in (Level.EPCI, Level.PERIMETRE) else "territoires"
    return f"dans les {parts} nettement en dessous {of}"


def beside(comparator: Comparator | None, finding: Finding, indicator: Indicator) -> str:
    """ "66,2", "66,2 (2019)" beside a value of another year, "—" when unknown: what stands next to a figure."""
    value = finite(comparator.value) if comparator is not None and comparator.status.known else None
    if comparator is None or value is None:
        return french.UNKNOWN
    other = comparator.year not in (None, finding.year)
    return printed_beside(comparator, indicator) + (f"{french.NBSP}({comparator.year})" if other else "")


@dataclass(frozen=True, slots=True)
class _Comparison:
    """A difference in words, or (`text` empty) the obstacle to it.

    `gap` is None when nothing separates the two values, so that nothing is missing.
    """

    text: str
    word: str | None = None
    gap: float | None = None
    obstacle: str = ""


MOST_OFF = 0.1
"""Of the reference: a gap whose value may be off by more is said without how far it is."""
_WHOLE_POINTS = re.compile(rf",0(?={french.NBSP}points?\b)")


def compare(
    finding: Finding, indicator: Indicator, reference: Territory | Named, *, long: bool = False
) -> _Comparison | None:
    value = known_value(finding)
    is_count = indicator.denominator is None and not indicator.published
    comparator, names = comparator_of(finding, reference), names_of(reference, long=long)
    if value is None or is_count or comparator is None or comparator.key == finding.territory:
        return None
    base = finite(comparator.value) if comparator.status.known else None
    if base is None:
        return _Comparison("", obstacle=UNKNOWN_WORDS[unknown_status(comparator.status)])
    chosen = finding.reference == comparator.key
    declared = finite(finding.gap) if chosen else None
    if declared is None:
        # What `measure` does not compare is not compared here: two years, too few people, a second verdict.
        if comparator.year not in (None, finding.year):
            return _Comparison("", obstacle=f"la valeur connue est de {comparator.year}")
        if chosen:
            return None
    gap = value - base if declared is None else declared
    if comparator.status is Status.BOUNDED or (finding.status is Status.BOUNDED and gap >= 0):
        return _Comparison("", obstacle="l’une des deux valeurs n’est connue que par son maximum")
    low, high = finite(finding.low), finite(finding.high)
    if low is not None and high is not None and low <= base <= high:
        return _Comparison(f"sans écart établi avec {names.the}", gap=None)
    error = finding.rounding
    word = finding.word if chosen and finding.word else ratio_word(value, base, error)
    if error and (word is None or abs(gap) <= error):
        return _Comparison(f"sans écart établi avec {names.the}", gap=None)
    note = _vintage_note(finding, comparator, declared is not None)
    missing = finite(finding.missing) if chosen else None
    if missing is not None and 0 < missing < 0.5:
        return _Comparison(names.level, gap=None)
    far = error <= MOST_OFF * base
    text = _difference(gap, base, indicator, names) if far else f"{_more(gap)} {names.than}"
    if text == names.level:
        return _Comparison(text + note, word, gap=None)
    if text[0].isdigit() and finding.status is Status.BOUNDED:
        text = f"au moins {text}"
    elif text[0].isdigit() and {finding.status, comparator.status} & {Status.ESTIMATED, Status.ROUNDED}:
        # What is « environ » three points is no « 3,0 ».
        text = f"environ {_WHOLE_POINTS.sub('', text)}"
    return _Comparison(text + note, word, gap)


def _difference(gap: float, base: float, indicator: Indicator, names: _Names) -> str:
    """The gap in points for rates out of 100, else in percent of the reference."""
    if _in_points(indicator):
        if french.rounded(gap, indicator.decimals) == 0:
            return names.level
        return (
            f"{french.quantity(abs(gap), 'point', 'points', indicator.decimals)} de {_more(gap)} {names.than}"
        )
    if base <= 0:
        return names.level if gap == 0 else f"{_more(gap)} {names.than}"
    change = gap / base
    if french.rounded(change * 100) in (0, None):
        return names.level
    if 1 + change >= TIMES_FROM:
        return f"{french.number(1 + change, 1)} fois la valeur {names.of}"
    return f"{french.percent(abs(change) * 100)} de {_more(gap)} {names.than}"


def _vintage_note(finding: Finding, comparator: Comparator, declared: bool) -> str:
    """Says the year of the difference when it is not that of the value."""
    if declared:
        if finding.gap_year is not None and finding.year is not None and finding.gap_year != finding.year:
            return f" (écart de {finding.gap_year})"
        return ""
    if comparator.year is not None and finding.year is not None and comparator.year != finding.year:
        return f" (valeur de {comparator.year})"
    return ""


def evolution(
    before: tuple[int, float | None], now: tuple[int, float | None], singular: str, plural: str
) -> str:
    """ "8 796 naissances en 2023, 8 % de moins qu’en 2018": no capital, no full stop.

    `before` and `now` are a year and its value. In units, not in percent, when one of the two is under a hundred. An unknown
    end is said unknown.
    """
    (start_year, first), (end_year, last) = before, now
    start, end = finite(first), finite(last)
    if end is None:
        return f"{plural} en {end_year} : nombre inconnu".replace(" :", "\u00a0:")
    said = f"{french.quantity(end, singular, plural)} en {end_year}"
    if start is None:
        return f"{said} (nombre de {start_year} inconnu)"
    change = end - start
    if french.rounded(change) == 0:
        return f"{said}, autant qu’en {start_year}"
    if min(start, end) < SMALL_COUNT:
        difference = french.number(abs(change))
    elif end / start >= TIMES_FROM:
        return f"{said}, {french.number(end / start, 1)} fois le nombre de {start_year}"
    elif french.rounded(change / start * 100) == 0:
        return f"{said}, presque autant qu’en {start_year}"
    else:
        difference = french.percent(abs(change) / start * 100)
    return f"{said}, {difference} de {_more(change)} qu’en {start_year}"


def members(
    words: Sequence[str | None],
    reference: Territory | Named,
    direction: Direction,
    drawn: int = 0,
    level: Level = Level.COMMUNE,
) -> str:
    """The message of a ranking or a map: "Huit communes sur 19 sont nettement en dessous de la Gironde".

    Those near the reference are on one side of the line that is drawn too: the sentence counts the others, and says
    « nettement ». Of the `drawn` members, those too small to be compared are not counted: it says so. `words` is the ratio
    word of each member, None where unknown. Says the bad news first (below where more is better, above where less is),
    then the good, else that all are close. No full stop.
    """
    known, names = [word for word in words if word is not None], names_of(reference)
    one, feminine = level.label, level.feminine
    e, the = "e" * feminine, "La" if feminine else "Le"
    if not known:
        return french.typographic(f"Aucun{e} {one} n’a de valeur à comparer avec {names.the}")
    below, above = (sum(word in side for word in known) for side in (RATIO_WORDS[:2], RATIO_WORDS[-2:]))
    sides = [(below, "nettement en dessous"), (above, "nettement au-dessus")]
    if direction is Direction.LESS_IS_BETTER:
        sides.reverse()
    for count, side in sides:
        if count and len(known) == 1:
            kind = "comparable" if drawn > 1 else f"connu{e}"
            return french.typographic(f"{the} seul{e} {one} {kind} est {side} {names.of}")
        if count:
            noun = french.plural(count, one, level.plural)
            verb = french.verb(count, "est", "sont")
            compared = french.plural(len(known), " comparable", " comparables") if drawn > len(known) else ""
            who = f"{french.in_words(count, feminine=feminine, capital=True)} {noun} sur {len(known)}"
            if count == len(known):
                who = f"Les {french.in_words(count, feminine=feminine)} {noun}"
            return french.typographic(f"{who}{compared} {verb} {side} {names.of}")
    if len(known) == 1:
        of_it = f"L’{one}" if french.elides(one) else f"{the} {one}"
        return french.typographic(f"{of_it} connu{e} est proche {names.of}")
    return french.typographic(f"Les {len(known)} {level.plural} sont proches {names.of}")


def printed_beside(comparator: Comparator, indicator: Indicator) -> str:
    """The number of a reference, rounded as that of a territory is."""
    shown = rounded_children(comparator.value, comparator.status, indicator)
    return french.number(shown, decimals_of(shown, comparator.status, indicator))


def _in_points(indicator: Indicator) -> bool:
    return indicator.unit.startswith("%") or " pour 100 " in f"{indicator.unit} "


def comparator_of(finding: Finding, reference: Territory | Named | None) -> Comparator | None:
    if reference is None:
        return None
    return next((one for one in finding.comparators if one.key == reference.key), None)


def is_short(gap: float | None, direction: Direction) -> bool:
    """Whether the gap leaves something to add: below where more is better, above where less is."""
    if gap is None or direction is Direction.NEUTRAL:
        return False
    return gap < 0 if direction is Direction.MORE_IS_BETTER else gap > 0


def _more(change: float) -> str:
    return "plus" if change > 0 else "moins"


@dataclass(frozen=True, slots=True)
class _Names:
    """The reference as a sentence needs it: "la Gironde", "que la Gironde", "de la Gironde"."""

    the: str
    than: str
    of: str
    at: str

    @property
    def level(self) -> str:
        return f"au même niveau {self.than}"


def names_of(reference: Territory | Named, *, long: bool = False) -> _Names:
    if isinstance(reference, Named) and (reference.territory is None or not long):
        return _Names(reference.the, reference.than, reference.of, reference.at)
    place = reference if isinstance(reference, Territory) else reference.territory
    assert place is not None
    return _Names(
        french.the(place, long=long),
        french.than_territory(place, long=long),
        french.of(place, long=long),
        french.at(place, long=long),
    )

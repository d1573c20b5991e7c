"""One French sentence per figure: what it is, where it stands, what is missing, how sure it is.

Pure functions of a Finding, its Indicator and the names. What is unknown is said with its reason and
never printed as a number, even when a masked value was left in the Finding. Nothing here is typed by
hand for one territory: titles, text alternatives and key messages all come from these rules.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from diagnostic import french
from diagnostic.indicators import BIRTHS, INHABITANTS, OFFICIAL, rounded_children
from diagnostic.model import (
    RATIO_WORDS,
    Comparator,
    Direction,
    Finding,
    Indicator,
    Level,
    Named,
    ReferenceKind,
    Status,
    Territory,
    ratio_word,
)

NOT_AVAILABLE = "Non disponible"
UNCOMPARED = "La comparaison avec"
"""How the sentence begins that says why a figure stands beside no reference."""

# Beyond three times the reference, a percentage no longer speaks.
TIMES_FROM = 3.0
# Under this start, an evolution is said in units: a percentage of 12 births is noise.
SMALL_COUNT = 30
# One unit more or less moves the rate by a point from there down.
SMALL_DENOMINATOR = 100

UNKNOWN_WORDS: dict[Status, str] = {
    Status.SECRET: "valeur couverte par le secret statistique",
    Status.NOT_PUBLISHED: "valeur non publiée",
    Status.MISSING: "valeur inconnue",
    Status.NOT_LOADED: "source non chargée",
    Status.NOT_APPLICABLE: "sans objet",
}
_REASONS: dict[Status, str] = {
    Status.SECRET: "Le producteur la masque parce qu’elle porte sur trop peu de personnes ou de ménages.",
    Status.NOT_PUBLISHED: "Le producteur ne publie pas cette valeur à cette échelle.",
    Status.MISSING: "Les données nécessaires ne sont pas chargées ou sont incomplètes ici.",
    Status.NOT_LOADED: "Le fichier qui donne cette valeur n’est pas chargé : voir la page Données.",
    Status.NOT_APPLICABLE: "Cet indicateur ne s’applique pas à ce territoire.",
}
_CNAF_COMMUNE = "La Cnaf ne publie pas de taux pour cette commune."
_CNAF_MODES = (
    "La Cnaf ne publie pas le taux par mode d’accueil des communes de 10\u202f000 habitants ou moins."
)
_MASKED_IRIS = "Un Iris au moins est masqué par le producteur : la somme ne peut pas être faite."

# Article of the labels that open with a singular noun.
_ARTICLES = {
    "Accessibilité": "l’",
    "Distance": "la ",
    "Niveau": "le ",
    "Nombre": "le ",
    "Part": "la ",
    "Population": "la ",
    "Revenu": "le ",
    "Taux": "le ",
}
_FEMININE = frozenset(
    {"commune", "crèche", "école", "famille", "femme", "naissance", "personne", "place", "structure"}
)
_SAME_IN_THE_SINGULAR = frozenset({"fois", "mois", "relais", "accès", "plus", "moins"})
# What follows these words does not agree with the noun before them.
_STOPS = frozenset(
    {"au", "aux", "chez", "dans", "de", "des", "du", "en", "par", "parmi", "pour", "à", "dont"}
)
_PEOPLE = frozenset({"enfant", "jeune", "habitant", "famille", "personne"})


# --- Words ---------------------------------------------------------------------------------------


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


def status_word(finding: Finding, indicator: Indicator) -> str:
    """The status as screens print it: "officiel", "calculé", "donnée locale", "estimé", "arrondi", "au plus", …"""
    if finding.status is Status.OK and any(source.startswith("local_") for source in finding.sources):
        return "donnée locale"
    if finding.status is Status.OK:
        return "officiel" if indicator.published or _as_counted(finding) else "calculé"
    return STATUS_WORDS[finding.status]


def _as_counted(finding: Finding) -> bool:
    """Whether the count of one commune is the producer's own: that of several is their sum."""
    return finding.indicator in (INHABITANTS, BIRTHS) and finding.territory.startswith(Level.COMMUNE)


STATUS_WORDS: dict[str, str] = {
    Status.ESTIMATED: "estimé",
    Status.ROUNDED: "arrondi",
    Status.BOUNDED: "au plus",
    Status.SECRET: "secret statistique",
    Status.NOT_PUBLISHED: "non publié",
    Status.MISSING: "inconnu",
    Status.NOT_LOADED: "non chargé",
    Status.NOT_APPLICABLE: "sans objet",
}
"""The word of each status but that of a figure taken or reckoned as it is."""


# --- The figure ----------------------------------------------------------------------------------


def known_value(finding: Finding) -> float | None:
    """The value when its status lets it be said, else None: a masked value left in place is not read."""
    return _finite(finding.value) if finding.status.known else None


def printable(value: float, finding: Finding, indicator: Indicator) -> float:
    """The value as it is printed: children reckoned from births, or so many of them for a facility, to two significant
    figures; all else as it is."""
    told_by_births = indicator.denominator is not None or finding.low is not None
    shown = rounded_children(value, finding.status, indicator) if told_by_births else value
    return value if shown is None else shown


def decimals_of(value: float | None, status: Status, indicator: Indicator) -> int:
    """Decimals of the value as it is printed: what its producer rounds has none from ten up, where they say nothing."""
    rough = status is Status.ROUNDED and value is not None and abs(value) >= 10
    return 0 if rough else indicator.decimals


def _printed_beside(comparator: Comparator, indicator: Indicator) -> str:
    """The number of a reference, rounded as that of a territory is."""
    shown = rounded_children(comparator.value, comparator.status, indicator)
    return french.number(shown, decimals_of(shown, comparator.status, indicator))


def printed(finding: Finding, indicator: Indicator) -> str:
    """The number of `figure`, without its unit nor its « environ »; "" when the value is unknown."""
    value = known_value(finding)
    if value is None:
        return ""
    shown = printable(value, finding, indicator)
    return french.number(shown, _decimals(shown, indicator, indicator.unit, finding.status))


def figure(finding: Finding, indicator: Indicator) -> str:
    """ "74,8 places pour 100 enfants de moins de 3 ans", "environ 12 €", "5 % ou moins des habitants".

    "Non disponible" when the value is unknown.
    """
    value = known_value(finding)
    if value is None:
        return NOT_AVAILABLE
    value = printable(value, finding, indicator)
    return french.typographic(
        _hedged(_amount(value, indicator, indicator.unit, finding.status), finding.status)
    )


def unit(finding: Finding, indicator: Indicator) -> str:
    """The unit beside the number: "quartiers", "quartier" after one."""
    value = known_value(finding)
    if value is None or french.is_many(value, indicator.decimals):
        return indicator.unit
    return _singular(indicator.unit)


def reason(finding: Finding, indicator: Indicator, territory: Territory) -> str:
    """Why the value is unknown, as one sentence; an empty text when it is known."""
    if known_value(finding) is not None:
        return ""
    if finding.reason.strip():
        return french.typographic(french.capitalised(_full_stop(finding.reason.strip())))
    status = _unknown_status(finding.status)
    of_cnaf = indicator.published and indicator.id.startswith(OFFICIAL)
    if status is Status.NOT_PUBLISHED and of_cnaf and territory.level is Level.COMMUNE:
        return _CNAF_COMMUNE if indicator.id == OFFICIAL else _CNAF_MODES
    if status is Status.SECRET and "caf_iris" in finding.sources:
        return _MASKED_IRIS
    return _REASONS[status]


def sensitivity(finding: Finding, indicator: Indicator) -> str:
    """ "Une place de plus ou de moins change le taux de 2,3 points." below 100 children, else empty.

    per ÷ denominator, on the figure of the territory itself.
    """
    denominator = _finite(finding.denominator)
    if indicator.per != 100 or indicator.missing_noun is None or known_value(finding) is None:
        return ""
    if finding.status is Status.BOUNDED:
        return ""
    if denominator is None or not 0 < denominator < SMALL_DENOMINATOR:
        return ""
    noun = indicator.missing_noun[0]
    one = french.capitalised(f"{french.in_words(1, feminine=_is_feminine(noun))} {noun}")
    points = french.quantity(indicator.per / denominator, "point", "points", 1)
    return f"{one} de plus ou de moins change le taux de {points}."


# --- Against a reference -------------------------------------------------------------------------


def comparison(finding: Finding, indicator: Indicator, reference: Territory | Named) -> str:
    """ "7,9 points de moins que la Gironde : en dessous", or why the two cannot be compared.

    `reference` is among the comparators of the finding. Empty when the value is unknown, when the territory is its own
    reference, and for plain counts, which do not compare across scales.
    """
    compared = _compare(finding, indicator, reference)
    if compared is None:
        return ""
    if not compared.text:
        return french.typographic(
            f"comparaison impossible avec {_names(reference).the} : {compared.obstacle}"
        )
    word = f" : {ratio_said(compared.word, indicator)}" if compared.word else ""
    return french.typographic(compared.text + word)


def beside(comparator: Comparator | None, finding: Finding, indicator: Indicator) -> str:
    """ "66,2", "66,2 (2019)" beside a value of another year, "—" when unknown: what stands next to a figure."""
    value = _finite(comparator.value) if comparator is not None and comparator.status.known else None
    if comparator is None or value is None:
        return french.UNKNOWN
    other = comparator.year not in (None, finding.year)
    return _printed_beside(comparator, indicator) + (f"{french.NBSP}({comparator.year})" if other else "")


@dataclass(frozen=True, slots=True)
class _Comparison:
    """A difference in words, or (`text` empty) the obstacle to it.

    `gap` is None when nothing separates the two values, so that nothing is missing.
    """

    text: str
    word: str | None = None
    gap: float | None = None
    obstacle: str = ""


_WHOLE_POINTS = re.compile(rf",0(?={french.NBSP}points?\b)")


def _compare(
    finding: Finding, indicator: Indicator, reference: Territory | Named, *, long: bool = False
) -> _Comparison | None:
    value = known_value(finding)
    is_count = indicator.denominator is None and not indicator.published
    comparator, names = _comparator(finding, reference), _names(reference, long=long)
    if value is None or is_count or comparator is None or comparator.key == finding.territory:
        return None
    base = _finite(comparator.value) if comparator.status.known else None
    if base is None:
        return _Comparison("", obstacle=UNKNOWN_WORDS[_unknown_status(comparator.status)])
    chosen = finding.reference == comparator.key
    declared = _finite(finding.gap) if chosen else None
    if declared is None:
        # What `measure` does not compare is not compared here: two years, too few people, a second verdict.
        if comparator.year not in (None, finding.year):
            return _Comparison("", obstacle=f"la valeur connue est de {comparator.year}")
        if chosen:
            return None
    gap = value - base if declared is None else declared
    if comparator.status is Status.BOUNDED or (finding.status is Status.BOUNDED and gap >= 0):
        return _Comparison("", obstacle="l’une des deux valeurs n’est connue que par son maximum")
    low, high = _finite(finding.low), _finite(finding.high)
    if low is not None and high is not None and low <= base <= high:
        return _Comparison(f"sans écart établi avec {names.the}", gap=None)
    word = finding.word if chosen and finding.word else ratio_word(value, base)
    note = _vintage_note(finding, comparator, declared is not None)
    missing = _finite(finding.missing) if chosen else None
    if missing is not None and 0 < missing < 0.5:
        return _Comparison(names.level, gap=None)
    text = _difference(gap, base, indicator, names)
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


# --- The sentence --------------------------------------------------------------------------------


def sentence(
    finding: Finding,
    indicator: Indicator,
    territory: Territory,
    reference: Territory | Named | None = None,
    *,
    missing_between: tuple[float, float] | None = None,
    long: bool = False,
) -> str:
    """Value, unit, year, difference with the reference, units missing, how sure; or why it is unknown.

    One to three sentences with their full stops; `long` spells out CC and CA; `missing_between` is the
    interval of the missing units, where numbers are small. The caution is left to the source line.
    """
    value = known_value(finding)
    if value is None:
        return french.typographic(_unknown_sentence(finding, indicator, territory, reference, long=long))
    compared = None if reference is None else _compare(finding, indicator, reference, long=long)
    difference = ""
    if compared and compared.text:
        difference = f", {compared.text}" if compared.gap is None else f", soit {compared.text}"
    parts = [_statement(value, finding, indicator, territory, long=long) + difference + "."]
    if reference is not None and compared and compared.obstacle:
        against = _names(reference, long=long).the
        parts.append(f"{UNCOMPARED} {against} est impossible : {compared.obstacle}.")
    if compared and _is_short(compared.gap, indicator.direction):
        parts.append(_missing_sentence(finding, indicator, reference, missing_between))
    parts.append(sensitivity(finding, indicator))
    return french.typographic(" ".join(part for part in parts if part))


def brief(finding: Finding, indicator: Indicator, references: Sequence[Territory | Named]) -> str:
    """ "68,9 places pour 100 enfants de moins de 3 ans, contre 66,2 en Gironde et 59,4 en France."

    One line for a key message: the value, then the references of the same year, or goals, that are known. "" when
    the value is unknown. A plain count is not set against the count of a larger territory.
    """
    value = known_value(finding)
    if value is None:
        return ""
    label, first = _lowered(indicator.label), indicator.label.split(" ")[0].rstrip(",")
    if first.lower() == indicator.unit.split(" ")[0].lower():
        shown = printable(value, finding, indicator)
        said = _counted(shown, finding.status, indicator, label).removeprefix("on compte ")
        said += _interval(finding, indicator) if shown != value and finding.low is not None else ""
    elif indicator.id == OFFICIAL:
        said = figure(finding, indicator)
    else:
        said = f"{indicator.short} : {figure(finding, indicator)}"
    goals = {
        place.key for place in references if isinstance(place, Named) and place.kind is ReferenceKind.GOAL
    }
    known = {
        comparator.key: _printed_beside(comparator, indicator)
        for comparator in finding.comparators
        if comparator.status.known
        and comparator.value is not None
        and (comparator.year == finding.year or comparator.key in goals)
    }
    against = []
    if (indicator.denominator is not None or indicator.published) and not finding.stands_apart:
        against = [
            f"{known[place.key]} {_names(place).at}"
            for place in references
            if place.key in known and place.key != finding.territory
        ]
    versus = f", contre {french.listing(against)}" if against else ""
    return french.typographic(f"{french.capitalised(said)}{versus}.")


def title(text: str) -> str:
    """The first sentence of `text` as a title: a capital, no full stop at its end."""
    first = text.strip().split(". ")[0]
    return french.typographic(french.capitalised(first.removesuffix(".")))


def evolution(
    before: tuple[int, float | None],
    now: tuple[int, float | None],
    singular: str,
    plural: str,
    *,
    decimals: int = 0,
) -> str:
    """ "8 796 naissances en 2023, 8 % de moins qu’en 2018": no capital, no full stop.

    `before` and `now` are a year and its value. In units, not in percent, when the start is under 30. An unknown
    end is said unknown.
    """
    (start_year, first), (end_year, last) = before, now
    start, end = _finite(first), _finite(last)
    if end is None:
        return f"{plural} en {end_year} : nombre inconnu".replace(" :", "\u00a0:")
    said = f"{french.quantity(end, singular, plural, decimals)} en {end_year}"
    if start is None:
        return f"{said} (nombre de {start_year} inconnu)"
    change = end - start
    if french.rounded(change, decimals) == 0:
        return f"{said}, autant qu’en {start_year}"
    if start < SMALL_COUNT:
        difference = french.number(abs(change), decimals)
    elif end / start >= TIMES_FROM:
        return f"{said}, {french.number(end / start, 1)} fois le nombre de {start_year}"
    elif french.rounded(change / start * 100) == 0:
        return f"{said}, presque autant qu’en {start_year}"
    else:
        difference = french.percent(abs(change) / start * 100)
    return f"{said}, {difference} de {_more(change)} qu’en {start_year}"


def priority(reasons: Sequence[Mapping[str, Any]]) -> str:
    """Why a gap comes first: "écart très marqué, 1 200 enfants concernés, estimation de fiabilité C".

    `reasons` is what `gaps.priorities` returns, in the order in which they decided. No full stop.
    """
    return ", ".join(part for part in map(_reason_of_priority, reasons) if part)


def _reason_of_priority(reason: Mapping[str, Any]) -> str:
    if reason["kind"] == "severity":
        return "écart très marqué" if reason["severity"] >= 2 else "écart marqué"
    if reason["kind"] == "children":
        children = _finite(reason["children"])
        if children is None:
            return "nombre d’enfants concernés inconnu"
        return french.reckoned(children, "enfant concerné", "enfants concernés", exact=False)
    return f"estimation de fiabilité {reason['grade']}" if reason["grade"] else ""


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
    known, names = [word for word in words if word is not None], _names(reference)
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
            who = french.in_words(count, feminine=feminine, capital=True)
            noun = french.plural(count, one, level.plural)
            verb = french.verb(count, "est", "sont")
            compared = french.plural(len(known), " comparable", " comparables") if drawn > len(known) else ""
            return french.typographic(f"{who} {noun} sur {len(known)}{compared} {verb} {side} {names.of}")
    if len(known) == 1:
        of_it = f"L’{one}" if french.elides(one) else f"{the} {one}"
        return french.typographic(f"{of_it} connu{e} est proche {names.of}")
    return french.typographic(f"Les {len(known)} {level.plural} sont proches {names.of}")


# --- Parts of a sentence -------------------------------------------------------------------------


def _statement(
    value: float, finding: Finding, indicator: Indicator, territory: Territory, *, long: bool
) -> str:
    """Where, what, how much, when: the article of the label decides the turn of phrase."""
    where = french.capitalised(french.at(territory, long=long))
    label, first = _lowered(indicator.label), indicator.label.split(" ")[0].rstrip(",")
    value = printable(value, finding, indicator)
    said = _hedged(_amount(value, indicator, indicator.unit, finding.status), finding.status)
    when = _when(finding.year) + _interval(finding, indicator)
    if first in _ARTICLES:
        comma = "," if "," in label else ""
        be = f"est d’{said}" if french.elides(said) else f"est de {said}"
        if first == "Population" and indicator.unit.startswith("%"):
            be = f"représente {said}"
        return f"{where}, {_ARTICLES[first]}{label}{comma} {be}{when}"
    if indicator.unit.startswith("%") and first.endswith("s"):
        return f"{where}, les {label.split(',')[0]} représentent {said}{when}"
    if first.lower() == indicator.unit.split(" ")[0].lower():
        return f"{where}, {_counted(value, finding.status, indicator, label)}{when}"
    return f"{indicator.label} {french.at(territory, long=long)} : {said}{when}"


def _counted(value: float, status: Status, indicator: Indicator, label: str) -> str:
    """ "on compte 24,3 places en crèche pour 100 enfants": the label stands for the head of the unit."""
    per = indicator.unit.partition(" pour ")[2]
    noun = label + (("," if "," in label else "") + f" pour {per}" if per else "")
    # Nobody was born there; of the children who came since, births tell nothing.
    by_births = status is Status.ESTIMATED and indicator.denominator is None and not per
    nothing = french.rounded(value, 9) == 0 and (status is Status.OK or by_births) and indicator.decimals == 0
    if nothing:
        singular = _singular(noun)
        none = french.in_words(0, feminine=_is_feminine(singular.split(" ")[0]))
        return f"on ne compte {none} {singular}{' d’après les naissances' * by_births}"
    return f"on compte {_hedged(_amount(value, indicator, noun, status), status)}"


def _unknown_sentence(
    finding: Finding,
    indicator: Indicator,
    territory: Territory,
    reference: Territory | Named | None,
    *,
    long: bool,
) -> str:
    status = _unknown_status(finding.status)
    where = french.the(territory, long=long)
    text = (
        f"{indicator.label} : {UNKNOWN_WORDS[status]} pour {where}. {reason(finding, indicator, territory)}"
    )
    comparator = _comparator(finding, reference)
    base = _finite(comparator.value) if comparator and comparator.status.known else None
    is_count = indicator.denominator is None and not indicator.published
    if reference is None or base is None or is_count or comparator is None:
        return text
    if comparator.key == finding.territory:
        return text
    said = _hedged(_amount(base, indicator, indicator.unit, comparator.status), comparator.status)
    return f"{text} Repère, {_names(reference, long=long).the} : {said}{_when(comparator.year)}."


def _missing_sentence(
    finding: Finding,
    indicator: Indicator,
    reference: Territory | Named | None,
    between: tuple[float, float] | None,
) -> str:
    """ "Il manque environ 286 places pour atteindre ce niveau."; nothing under half a unit."""
    missing, comparator = _finite(finding.missing), _comparator(finding, reference)
    if missing is None or missing < 0.5 or indicator.missing_noun is None or comparator is None:
        return ""
    if finding.reference != comparator.key or finding.status is Status.BOUNDED:
        return ""
    singular, plural = indicator.missing_noun
    # A published rate gives no numerator: the units are reckoned on another count of children.
    exact = not indicator.published and finding.status is Status.OK
    units = french.lacking(missing, singular, plural, exact=exact)
    bounds = [french.number(_finite(bound)) for bound in between or ()]
    if bounds and french.UNKNOWN not in bounds:
        units += f" (entre {bounds[0]} et {bounds[1]})"
    if singular in _PEOPLE:
        return f"L’écart représente {units}."
    return f"Il manque {units} pour atteindre ce niveau."


def _amount(value: float, indicator: Indicator, unit: str, status: Status) -> str:
    """Number and unit, never parted; the unit agrees with the number as printed."""
    decimals = _decimals(value, indicator, unit, status)
    said = french.number(value, decimals)
    if not unit:
        return said
    if unit.startswith("%"):
        return f"{said}{french.THIN}{unit}"
    return f"{said}{french.NBSP}{unit if french.is_many(value, decimals) else _singular(unit)}"


def _decimals(value: float, indicator: Indicator, unit: str, status: Status) -> int:
    exact = status is Status.BOUNDED or unit.startswith("%") and value in (0.0, 100.0)
    # What is « environ » thirty is no « 30,0 ».
    about = status in (Status.ESTIMATED, Status.ROUNDED)
    whole = french.rounded(value, indicator.decimals) == french.rounded(value)
    sure = (exact and float(value).is_integer()) or (about and whole)
    return 0 if sure else decimals_of(value, status, indicator)


def _hedged(amount: str, status: Status) -> str:
    if status in (Status.ESTIMATED, Status.ROUNDED):
        # All of the children or none of them: nothing is about it.
        sure = re.match(rf"(?:100|0){french.THIN}%|0{french.NBSP}", amount)
        return amount if sure else f"environ {amount}"
    if status is not Status.BOUNDED:
        return amount
    return amount.replace("%", "% ou moins", 1) if "%" in amount else f"au plus {amount}"


def _interval(finding: Finding, indicator: Indicator) -> str:
    """ " (entre 12,0 et 31,2, estimation de fiabilité C)"; what makes the value uncertain."""
    grade = f" de fiabilité {finding.grade}" if finding.grade else ""
    low, high = _finite(finding.low), _finite(finding.high)
    if finding.status is Status.ESTIMATED:
        if low is None or high is None or low == high:
            return f" (estimation{grade})"
        bounds = (printable(bound, finding, indicator) for bound in (low, high))
        between = [french.number(bound, indicator.decimals) for bound in bounds]
        if between[0] == between[1]:
            return f" (estimation{grade})"
        return f" (entre {between[0]} et {between[1]}, estimation{grade})"
    return " (valeur arrondie)" if finding.status is Status.ROUNDED else ""


def _singular(noun: str) -> str:
    """The noun phrase in the singular, up to the first preposition, "situés" included beyond it."""
    words = noun.split(" ")
    agrees = True
    for index, word in enumerate(words):
        agrees = agrees and word.lower() not in _STOPS and not word.startswith("d’")
        if word == "situés" or (agrees and word not in _SAME_IN_THE_SINGULAR):
            words[index] = _singular_word(word)
    return " ".join(words)


def _singular_word(word: str) -> str:
    if word.endswith("iaux"):
        return word.removesuffix("aux") + "al"
    if word.endswith("eux"):
        return word.removesuffix("x")
    return word.removesuffix("s")


def _in_points(indicator: Indicator) -> bool:
    return indicator.unit.startswith("%") or " pour 100 " in f"{indicator.unit} "


def _comparator(finding: Finding, reference: Territory | Named | None) -> Comparator | None:
    if reference is None:
        return None
    return next((one for one in finding.comparators if one.key == reference.key), None)


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


def _names(reference: Territory | Named, *, long: bool = False) -> _Names:
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


def missing_units(findings: Iterable[Finding | None]) -> list[int]:
    """Units missing as a line of a table writes them, one number for each finding that lacks at least one.

    Their sum is the total under these lines; the sum of the exact values may differ by one.
    """
    exact = (_finite(finding.missing) for finding in findings if finding is not None)
    whole = (french.rounded(value) for value in exact if value is not None and value >= 0.5)
    return [int(value) for value in whole if value is not None]


def _is_short(gap: float | None, direction: Direction) -> bool:
    """Whether the gap leaves something to add: below where more is better, above where less is."""
    if gap is None or direction is Direction.NEUTRAL:
        return False
    return gap < 0 if direction is Direction.MORE_IS_BETTER else gap > 0


def _unknown_status(status: Status) -> Status:
    """A value that should be known and is not there is missing."""
    return Status.MISSING if status.known else status


def _more(change: float) -> str:
    return "plus" if change > 0 else "moins"


def _when(year: int | None) -> str:
    return "" if year is None else f" en {year}"


def _lowered(label: str) -> str:
    """The label inside a sentence; an acronym keeps its capitals."""
    return label if label[1:2].isupper() else label[:1].lower() + label[1:]


def _full_stop(text: str) -> str:
    return text if text.endswith((".", "…", "!", "?")) else f"{text}."


def _is_feminine(noun: str) -> bool:
    return noun.split(" ")[0] in _FEMININE


def _finite(value: float | None) -> float | None:
    """The value as a float, None when it is None, NaN, infinite or a missing value of pandas."""
    try:
        number = float(value)  # type: ignore[arg-type]
    except (TypeError, ValueError):
        return None
    return number if math.isfinite(number) else None

"""A figure as it is printed: its number, its unit, the word of its status, why it is unknown, how sure it is.

A masked value left in a Finding is never read.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable

from diagnostic import french
from diagnostic.indicators import BIRTHS, INHABITANTS, OFFICIAL, rounded_children
from diagnostic.model import Finding, Indicator, Level, Status, Territory

NOT_AVAILABLE = "Non disponible"
WITHHELD = "cette valeur n’est pas montrée."
"""How the reason ends that the build gives for a published value that others contradict."""
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
_CNAF_COMMUNES = "La Cnaf ne publie pas de taux pour ces communes."
_CNAF_MODES = (
    "La Cnaf ne publie pas le taux par mode d’accueil des communes de 10\u202f000 habitants ou moins."
)
_MASKED_IRIS = "Un Iris au moins est masqué par le producteur : la somme ne peut pas être faite."
_FEMININE = frozenset(
    {"commune", "crèche", "école", "famille", "femme", "naissance", "personne", "place", "structure"}
)
_SAME_IN_THE_SINGULAR = frozenset({"fois", "mois", "relais", "accès", "plus", "moins"})
# What follows these words does not agree with the noun before them.
_STOPS = frozenset(
    {"au", "aux", "chez", "dans", "de", "des", "du", "en", "par", "parmi", "pour", "à", "dont"}
)
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


def known_value(finding: Finding) -> float | None:
    """The value when its status lets it be said, else None: a masked value left in place is not read."""
    return finite(finding.value) if finding.status.known else None


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
        hedged(amount_of(value, indicator, indicator.unit, finding.status), finding.status)
    )


def withheld(finding: Finding) -> str:
    """Why a value that its producer publishes is not shown; empty of every other figure."""
    if finding.value is not None or not finding.reason.endswith(WITHHELD):
        return ""
    return finding.reason.removesuffix(WITHHELD).rstrip(f" :{french.NBSP}")


def unit(finding: Finding, indicator: Indicator) -> str:
    """The unit beside the number: "quartiers", "quartier" after one."""
    value = known_value(finding)
    if value is None or french.is_many(value, indicator.decimals):
        return indicator.unit
    return in_singular(indicator.unit)


def reason(finding: Finding, indicator: Indicator, territory: Territory, *, several: bool = False) -> str:
    """Why the value is unknown, as one sentence, of `several` like `territory`; an empty text when it is known."""
    if known_value(finding) is not None:
        return ""
    if finding.reason.strip():
        return french.typographic(french.capitalised(_full_stop(finding.reason.strip())))
    status = unknown_status(finding.status)
    of_cnaf = indicator.published and indicator.id.startswith(OFFICIAL)
    if status is Status.NOT_PUBLISHED and of_cnaf and territory.level is Level.COMMUNE:
        whole = _CNAF_COMMUNES if several else _CNAF_COMMUNE
        return whole if indicator.id == OFFICIAL else _CNAF_MODES
    if status is Status.SECRET and "caf_iris" in finding.sources:
        return _MASKED_IRIS
    return _REASONS[status]


def sensitivity(finding: Finding, indicator: Indicator) -> str:
    """ "Une place de plus ou de moins change le taux de 2,3 points." below 100 children, else empty.

    per ÷ denominator, on the figure of the territory itself.
    """
    denominator = finite(finding.denominator)
    if indicator.per != 100 or indicator.missing_noun is None or known_value(finding) is None:
        return ""
    if finding.status is Status.BOUNDED:
        return ""
    if denominator is None or not 0 < denominator < SMALL_DENOMINATOR:
        return ""
    noun = indicator.missing_noun[0]
    one = french.capitalised(f"{french.in_words(1, feminine=is_feminine(noun))} {noun}")
    points = french.quantity(indicator.per / denominator, "point", "points", 1)
    return f"{one} de plus ou de moins change le taux de {points}."


def missing_units(findings: Iterable[Finding | None]) -> list[int]:
    """Units missing as a line of a table writes them, one number for each finding that lacks at least one.

    Their sum is the total under these lines; the sum of the exact values may differ by one.
    """
    exact = (finite(finding.missing) for finding in findings if finding is not None)
    whole = (french.rounded(value) for value in exact if value is not None and value >= 0.5)
    return [int(value) for value in whole if value is not None]


def amount_of(value: float, indicator: Indicator, unit: str, status: Status) -> str:
    """Number and unit, never parted; the unit agrees with the number as printed."""
    decimals = _decimals(value, indicator, unit, status)
    said = french.number(value, decimals)
    if not unit:
        return said
    if unit.startswith("%"):
        return f"{said}{french.THIN}{unit}"
    return f"{said}{french.NBSP}{unit if french.is_many(value, decimals) else in_singular(unit)}"


def _decimals(value: float, indicator: Indicator, unit: str, status: Status) -> int:
    exact = status is Status.BOUNDED or unit.startswith("%") and value in (0.0, 100.0)
    # What is « environ » thirty is no « 30,0 ».
    about = status in (Status.ESTIMATED, Status.ROUNDED)
    whole = french.rounded(value, indicator.decimals) == french.rounded(value)
    sure = (exact and float(value).is_integer()) or (about and whole)
    return 0 if sure else decimals_of(value, status, indicator)


def hedged(amount: str, status: Status) -> str:
    if status in (Status.ESTIMATED, Status.ROUNDED):
        # All of the children or none of them: nothing is about it.
        sure = re.match(rf"(?:100|0){french.THIN}%|0{french.NBSP}", amount)
        return amount if sure else f"environ {amount}"
    if status is not Status.BOUNDED:
        return amount
    return amount.replace("%", "% ou moins", 1) if "%" in amount else f"au plus {amount}"


def dated(finding: Finding, indicator: Indicator) -> str:
    """ "2020", "2020 (habitants de 2023)" of a rate whose people are not of the year that it is said to be of; empty
    without a year."""
    if finding.year is None:
        return ""
    people = finding.denominator_year
    same = people in (None, finding.year, finding.year + indicator.offset)
    if same or indicator.dated_by != "numerator" or " pour " not in indicator.unit:
        return str(finding.year)
    return f"{finding.year} ({indicator.denominator_label.split(' ')[0]} de {people})"


def interval_of(finding: Finding, indicator: Indicator) -> str:
    """ " (entre 12,0 et 31,2, estimation de fiabilité C)"; what makes the value uncertain."""
    grade = f" de fiabilité {finding.grade}" if finding.grade else ""
    low, high = finite(finding.low), finite(finding.high)
    if finding.status is Status.ESTIMATED:
        if low is None or high is None or low == high:
            return f" (estimation{grade})"
        bounds = (printable(bound, finding, indicator) for bound in (low, high))
        between = [french.number(bound, indicator.decimals) for bound in bounds]
        if between[0] == between[1]:
            return f" (estimation{grade})"
        return f" (entre {between[0]} et {between[1]}, estimation{grade})"
    return " (valeur arrondie)" if finding.status is Status.ROUNDED else ""


def in_singular(noun: str) -> str:
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


def unknown_status(status: Status) -> Status:
    """A value that should be known and is not there is missing."""
    return Status.MISSING if status.known else status


def _full_stop(text: str) -> str:
    return text if text.endswith((".", "…", "!", "?")) else f"{text}."


def is_feminine(noun: str) -> bool:
    return noun.split(" ")[0] in _FEMININE


def finite(value: float | None) -> float | None:
    """The value as a float, None when it is None, NaN, infinite or a missing value of pandas."""
    try:
        number = float(value)  # type: ignore[arg-type]
    except (TypeError, ValueError):
        return None
    return number if math.isfinite(number) else None

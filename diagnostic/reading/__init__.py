"""One French sentence per figure: what it is, where it stands, what is missing, how sure it is.

Pure functions of a Finding, its Indicator and the names. What is unknown is said with its reason and
never printed as a number, even when a masked value was left in the Finding. Nothing here is typed by
hand for one territory: titles, text alternatives and key messages all come from these rules.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from diagnostic import french
from diagnostic.indicators import OFFICIAL
from diagnostic.model import Finding, Indicator, Named, ReferenceKind, Status, Territory, fact_of
from diagnostic.reading.comparing import (
    SMALL_COUNT,
    beside,
    comparator_of,
    compare,
    comparison,
    evolution,
    is_attention,
    is_short,
    members,
    names_of,
    printed_beside,
    ratio_said,
    reach,
)
from diagnostic.reading.figures import (
    NOT_AVAILABLE,
    STATUS_WORDS,
    UNKNOWN_WORDS,
    amount_of,
    dated,
    decimals_of,
    figure,
    finite,
    hedged,
    in_singular,
    interval_of,
    is_feminine,
    known_value,
    missing_units,
    printable,
    printed,
    reason,
    sensitivity,
    status_word,
    unit,
    unknown_status,
    withheld,
)

UNCOMPARED = "La comparaison avec"
"""How the sentence begins that says why a figure stands beside no reference."""
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
    if fact := fact_of(finding, indicator):
        said = f"{french.capitalised(french.at(territory, long=long))}, {fact}."
        return french.typographic(f"{said} {_elsewhere(finding, indicator, reference, long=long)}".rstrip())
    compared = None if reference is None else compare(finding, indicator, reference, long=long)
    difference = ""
    if compared and compared.text:
        difference = f", {compared.text}" if compared.gap is None else f", soit {compared.text}"
    parts = [_statement(value, finding, indicator, territory, long=long) + difference + "."]
    if reference is not None and compared and compared.obstacle:
        against = names_of(reference, long=long).the
        parts.append(f"{UNCOMPARED} {against} est impossible : {compared.obstacle}.")
    if compared and is_short(compared.gap, indicator.direction):
        parts.append(_missing_sentence(finding, indicator, reference, missing_between))
    parts.append(sensitivity(finding, indicator))
    return french.typographic(" ".join(part for part in parts if part))


def brief(finding: Finding, indicator: Indicator, references: Sequence[Territory | Named]) -> str:
    """ "68,9 places pour 100 enfants de moins de 3 ans, contre 66,2 en Gironde et 59,4 en France."

    One line for a key message: the value, then the references of the same year, or goals, that are known. "" when
    the value is unknown, or a fact. A plain count is not set against the count of a larger territory.
    """
    value = known_value(finding)
    if value is None or fact_of(finding, indicator):
        return ""
    label, first = french.uncapitalised(indicator.label), indicator.label.split(" ")[0].rstrip(",")
    if first.lower() == indicator.unit.split(" ")[0].lower():
        shown = printable(value, finding, indicator)
        said = _counted(shown, finding.status, indicator, label).removeprefix("on compte ")
        said += interval_of(finding, indicator) if shown != value and finding.low is not None else ""
    elif indicator.id == OFFICIAL:
        said = figure(finding, indicator)
    else:
        said = f"{indicator.short} : {figure(finding, indicator)}"
    goals = {
        place.key for place in references if isinstance(place, Named) and place.kind is ReferenceKind.GOAL
    }
    known = {
        comparator.key: printed_beside(comparator, indicator)
        for comparator in finding.comparators
        if comparator.status.known
        and comparator.value is not None
        and (comparator.year == finding.year or comparator.key in goals)
    }
    against = []
    if (indicator.denominator is not None or indicator.published) and not finding.stands_apart:
        against = [
            f"{known[place.key]} {names_of(place).at}"
            for place in references
            if place.key in known and place.key != finding.territory
        ]
    versus = f", contre {french.listing(against)}" if against else ""
    return french.typographic(f"{french.capitalised(said)}{versus}.")


def title(text: str) -> str:
    """The first sentence of `text` as a title: a capital, no full stop at its end."""
    first = text.strip().split(". ")[0]
    return french.typographic(french.capitalised(first.removesuffix(".")))


LONG_TITLE = 95
"""Characters of a title on two lines of a slide, which people read from the end of a room."""


def held(titles: Iterable[str]) -> str:
    """The first title that two lines of a slide hold, else the last: the fullest comes first, and what it is compared with
    is called shorter before it is left out."""
    every = [said for title in titles for said in (title, _LEVEL.sub(r"\1", title))]
    return next((one for one in every if len(one) <= LONG_TITLE), every[-1])


_LEVEL = re.compile(
    "(?:(?<=médiane des )territoires (?=semblables)|((?<=objectif de )[0-9,]+.places) pour.100.enfants)"
)
"""What a title leaves of « la médiane des territoires semblables » and of « l’objectif de 60 places pour 100 enfants »."""


def priority(reasons: Sequence[Mapping[str, Any]]) -> str:
    """Why a gap comes first: "écart très marqué, 1 200 enfants concernés, estimation de fiabilité C".

    `reasons` is what `gaps.priorities` returns, in the order in which they decided. No full stop.
    """
    return ", ".join(part for part in map(_reason_of_priority, reasons) if part)


def _reason_of_priority(reason: Mapping[str, Any]) -> str:
    if reason["kind"] == "severity":
        return "écart très marqué" if reason["severity"] >= 2 else "écart marqué"
    if reason["kind"] == "children":
        children = finite(reason["children"])
        if children is None:
            return "nombre d’enfants concernés inconnu"
        return french.reckoned(children, "enfant concerné", "enfants concernés", exact=False)
    return f"estimation de fiabilité {reason['grade']}" if reason["grade"] else ""


def _elsewhere(
    finding: Finding, indicator: Indicator, reference: Territory | Named | None, *, long: bool
) -> str:
    """ "En Gironde, 92,5 % des enfants de 3 à 11 ans en ont un dans leur commune."; "" without a value of that year."""
    other = comparator_of(finding, reference)
    if reference is None or other is None or other.value is None or indicator.fact is None:
        return ""
    if not other.status.known or other.year not in (None, finding.year):
        return ""
    share = amount_of(other.value, indicator, indicator.unit, other.status)
    return f"{french.capitalised(names_of(reference, long=long).at)}, {share} {indicator.fact[2]}."


def _statement(
    value: float, finding: Finding, indicator: Indicator, territory: Territory, *, long: bool
) -> str:
    """Where, what, how much, when: the article of the label decides the turn of phrase."""
    where = french.capitalised(french.at(territory, long=long))
    label, first = french.uncapitalised(indicator.label), indicator.label.split(" ")[0].rstrip(",")
    value = printable(value, finding, indicator)
    said = hedged(amount_of(value, indicator, indicator.unit, finding.status), finding.status)
    when = (_when(dated(finding, indicator)) + interval_of(finding, indicator)).replace(") (", ", ")
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
        singular = in_singular(noun)
        none = french.in_words(0, feminine=is_feminine(singular.split(" ")[0]))
        return f"on ne compte {none} {singular}{' d’après les naissances' * by_births}"
    return f"on compte {hedged(amount_of(value, indicator, noun, status), status)}"


def _unknown_sentence(
    finding: Finding,
    indicator: Indicator,
    territory: Territory,
    reference: Territory | Named | None,
    *,
    long: bool,
) -> str:
    status = unknown_status(finding.status)
    where = french.the(territory, long=long)
    text = (
        f"{indicator.label} : {UNKNOWN_WORDS[status]} pour {where}. {reason(finding, indicator, territory)}"
    )
    comparator = comparator_of(finding, reference)
    base = finite(comparator.value) if comparator and comparator.status.known else None
    is_count = indicator.denominator is None and not indicator.published
    if reference is None or base is None or is_count or comparator is None:
        return text
    if comparator.key == finding.territory:
        return text
    said = hedged(amount_of(base, indicator, indicator.unit, comparator.status), comparator.status)
    return f"{text} Repère, {names_of(reference, long=long).the} : {said}{_when(comparator.year)}."


def _missing_sentence(
    finding: Finding,
    indicator: Indicator,
    reference: Territory | Named | None,
    between: tuple[float, float] | None,
) -> str:
    """ "Il manque environ 286 places pour atteindre ce niveau."; nothing under half a unit."""
    missing, comparator = finite(finding.missing), comparator_of(finding, reference)
    if missing is None or missing < 0.5 or indicator.missing_noun is None or comparator is None:
        return ""
    if finding.reference != comparator.key or finding.status is Status.BOUNDED:
        return ""
    singular, plural = indicator.missing_noun
    # A published rate gives no numerator: the units are reckoned on another count of children.
    exact = not indicator.published and finding.status is Status.OK
    units = french.lacking(missing, singular, plural, exact=exact)
    bounds = [french.number(finite(bound)) for bound in between or ()]
    if bounds and french.UNKNOWN not in bounds:
        units += f" (entre {bounds[0]} et {bounds[1]})"
    if singular in french.PEOPLE:
        return f"L’écart représente {units}."
    return f"Il manque {units} {reach(finding, indicator, 'ce niveau', 'de ce niveau')}."


def _when(year: int | str | None) -> str:
    return f" en {year}" if year else ""

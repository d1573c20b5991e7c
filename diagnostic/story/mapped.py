"""What a map says: which places stand out, its unit and year, where its values come from, what is not known."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from diagnostic import french, reading
from diagnostic.model import ENOUGH_PEOPLE, Direction, Finding, Level, Territory, ratio_word

if TYPE_CHECKING:
    # Drawing needs libraries that saying does not.
    from diagnostic.maps import Sheet

NAMED = 3
"""Places that the title names; beyond, it counts them."""
NAMED_PEOPLE = 30
"""People under whom a commune is not named in a title for its rate."""


def title(of: Sheet) -> str:
    """Which places stand out against the reference, or the range of the values when none does."""
    indicator = of.indicator
    known = _known(of)
    if not known:
        return french.typographic(f"{indicator.short} : aucune valeur connue {french.at(of.scope)}")
    marked = [one for one in known if reading.is_attention(one[1].word, indicator.direction)]
    if marked and of.against is not None and isinstance(of.level, Level):
        less = indicator.direction is Direction.LESS_IS_BETTER
        small = any(found.people is not None and found.people < NAMED_PEOPLE for _, found, _ in marked)
        if len(marked) > NAMED or small:
            words = [finding.word for _, finding, _ in known]
            return reading.members(words, of.against, indicator.direction, len(known), of.level)
        worst = sorted(marked, key=lambda one: one[2], reverse=less)
        who = french.listing([french.name(item) for item, _, _ in worst])
        verb = french.verb(len(marked), "est", "sont")
        return french.typographic(
            f"{who} {verb} nettement {'au-dessus' if less else 'en dessous'} {of.against.of}"
        )
    # The ends that the lines of the key figures have too: a rate of forty children is no extreme of a whole EPCI.
    known = [one for one in known if not one[1].of_few_people] or known
    low, high = (pick(known, key=lambda one: one[2]) for pick in (min, max))
    (least, lowest), (most, highest) = (
        (reading.printed(finding, indicator), french.name(item)) for item, finding, _ in (low, high)
    )
    if low[2] == high[2]:
        return french.typographic(f"{indicator.short} : {most}")
    if any(_unsure(end, known) for end in (low, high)):
        return french.typographic(f"{indicator.short} : de {least} à {most}")
    return french.typographic(f"{indicator.short} : de {least} ({lowest}) à {most} ({highest})")


def _unsure(end: tuple[Territory, Finding, float], known: list[tuple[Territory, Finding, float]]) -> bool:
    """Whether the rounding of a count may put another place at that end."""
    _, finding, value = end
    return any(
        abs(value - other) <= finding.rounding + found.rounding
        for _, found, other in known
        if found is not finding and (finding.rounding or found.rounding)
    )


def _known(of: Sheet) -> list[tuple[Territory, Finding, float]]:
    return [
        (item, finding, value)
        for item, finding in _drawn(of)
        if (value := reading.known_value(finding)) is not None
    ]


def unnamed(of: Sheet) -> str:
    """That the colours reach beyond the ends that the title names, which are those of many people."""
    known = _known(of)
    values = [value for _, finding, value in known if not finding.of_few_people]
    inside = not values or all(min(values) <= value <= max(values) for _, _, value in known)
    if inside or f"{french.NBSP}: de " not in title(of) or not title(of).endswith(")"):
        return ""
    return french.typographic(
        f"Le titre nomme les extrêmes de {ENOUGH_PEOPLE} personnes ou plus ; les couleurs vont au-delà."
    )


def milder(of: Sheet) -> str:
    """That a colour is nearer to the reference than the value that it covers, where the rounding of a count allows no more."""
    reference = of.against.value if of.against is not None else None
    # Classes of the value itself have no word.
    if not of.colouring.classes[0].word or not any(
        one.rounding and one.word not in (None, ratio_word(one.value, reference)) for one in _valued(of)
    ):
        return ""
    return french.typographic(
        "Comptes arrondis à cinq : la couleur est celle que l’arrondi ne change pas, plus près de la référence que la valeur."
    )


def subtitle(of: Sheet) -> str:
    """What the map draws, its unit, its year."""
    label, unit = of.indicator.label, of.indicator.unit
    said = "" if unit.casefold() in label.casefold() else f", {unit}"
    return f"{label}{said}{_when(of)}"


def statuses(of: Sheet) -> tuple[str, ...]:
    """The words of the statuses of the known values; those of the unknown ones where none is known."""
    found = _valued(of) or list(of.findings.values())
    return tuple(dict.fromkeys(reading.status_word(item, of.indicator) for item in found)) or ("inconnu",)


def source(of: Sheet, named: Mapping[str, str], deposit: str = "", contours: str = "Etalab, IGN.") -> str:
    """The source line: `named` is producer and title of each source by id, `deposit` the file of the visitor's own that is
    drawn, `contours` says whose outlines they are."""
    used = {source for item in _valued(of) for source in item.sources}
    files = dict.fromkeys(name for id, name in named.items() if id in used)
    line = f"Source : {' ; '.join(files)}{_when(of)}." if files else "Source : voir la page Données."
    return french.typographic(f"{f'{deposit}.' if deposit else line} Contours : {contours}")


def caution(of: Sheet) -> str:
    """How many places have no value, and why most of them have none."""
    known = sum(reading.known_value(item) is not None for item in of.findings.values())
    without = len(of.units) - known
    if not without:
        return " ".join(filter(None, (milder(of), unnamed(of))))
    reasons = [
        reading.reason(finding, of.indicator, item, several=without > 1)
        for item, finding in _drawn(of)
        if reading.known_value(finding) is None
    ]
    why = max(set(reasons), key=reasons.count) if reasons else ""
    level = of.level if isinstance(of.level, Level) else Level.PERIMETRE
    noun = "territoire" if level is Level.PERIMETRE else level.label
    hatched = f"hachuré{'e' * level.feminine}{'s' * (without > 1)}"
    count = french.opening(without, noun, noun + "s", feminine=level.feminine)
    return " ".join(filter(None, (f"{count} sans valeur connue, {hatched}.", why, milder(of), unnamed(of))))


def _drawn(of: Sheet) -> list[tuple[Territory, Finding]]:
    return [(item, of.findings[item.code]) for item in of.units if item.code in of.findings]


def _valued(of: Sheet) -> list[Finding]:
    return [item for item in of.findings.values() if item.value is not None]


def _when(of: Sheet) -> str:
    years = sorted({item.year for item in _valued(of) if item.year})
    return f", {french.span(years[0], years[-1])}" if years else ""

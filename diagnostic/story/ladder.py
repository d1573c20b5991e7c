"""Members in the order of an indicator, what deserves a look first, with what each lacks."""

from __future__ import annotations

from collections.abc import Sequence

from diagnostic import french, reading
from diagnostic.model import Direction, Finding, Indicator
from diagnostic.report import Member
from diagnostic.story.blocks import Ranked
from diagnostic.story.figures import exact_of

ENDS = 10
"""Members drawn at each end of a long ranking."""
References = tuple[tuple[str, float, bool], ...]


def looked_at_first(value: float, indicator: Indicator) -> float:
    """The key of an order that begins with what deserves a look: the lowest where more is better, else the highest."""
    return value if indicator.direction is Direction.MORE_IS_BETTER else -value


def ladder(
    members: Sequence[Member],
    indicator: Indicator,
    references: References = (),
    own: str = "",
    *,
    everyone: bool = False,
) -> tuple[Ranked, int]:
    """The members with a known value, those of both ends when they are many (unless `everyone`), with the one whose key
    is `own`; how many of them are left out. A value of too few people is compared with nothing: beside
    the others it would stand on the good side of the line."""
    found = [(member.territory, member.findings.get(indicator.id)) for member in members]
    rows = sorted(
        (
            (place, finding, value)
            for place, finding in found
            if finding
            and (value := exact_of(finding)) is not None
            and (place.key == own or not finding.of_too_few)
        ),
        key=lambda row: (looked_at_first(row[2], indicator), french.name(row[0])),
    )
    middle = [row for row in rows[ENDS:-ENDS] if row[0].key == own]
    kept = [*rows[:ENDS], *middle, *rows[-ENDS:]] if len(rows) > 3 * ENDS and not everyone else rows
    name = next((french.name(row[0]) for row in kept if row[0].key == own), "")
    bars = tuple(
        (french.name(place), value, reading.is_attention(finding.word, indicator.direction))
        for place, finding, value in kept
    )
    asides = tuple(_lacks(finding, indicator) for _, finding, _ in kept) if references else ()
    drawn = Ranked("", bars, references, indicator.decimals, asides, indicator.unit, name)
    return drawn, len(rows) - len(kept)


def _lacks(finding: Finding, indicator: Indicator) -> str:
    """ "−120 places", rounded as in a sentence, across the line of the reference, of those that count in the missing places of the whole."""
    if not reading.missing_units([finding]) or not indicator.missing_noun:
        return ""
    if not reading.is_attention(finding.word, indicator.direction):
        return ""
    sign = "+" if indicator.direction is Direction.LESS_IS_BETTER else french.MINUS
    count = french.about(finding.missing or 0.0) if indicator.missing_noun[0] == "place" else finding.missing
    if count is None:
        return f"moins de{french.NBSP}20"
    return f"{sign}{french.quantity(count, *indicator.missing_noun)}"

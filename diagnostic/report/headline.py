"""The sentence that opens the diagnosis of a territory: its supply, or why nothing is said of it."""

from __future__ import annotations

import re
from collections.abc import Sequence

from diagnostic import french, reading
from diagnostic.indicators import CHILDREN, COMPUTED, INHABITANTS, OFFICIAL
from diagnostic.measure import children_near
from diagnostic.model import RATIO_WORDS, Finding, Level, ratio_word
from diagnostic.report.compared import is_small
from diagnostic.report.shape import Member, Message
from diagnostic.report.subject import Subject

FEWEST_PLACES = 2
"""Places that the gap of a small commune must be worth: under that, a verdict on it means nothing."""
RATES = (OFFICIAL, COMPUTED)


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
    of = _COUNTED.get(subject.territory.level, "")
    if below and of and not short:
        known = sum(member.findings[finding.indicator].word is not None for member in members)
        noun, verb = french.plural(below, of, f"{of}s"), french.verb(below, "reste", "restent")
        whole = f" sur {known}" if known > below else ""
        text += f", mais {french.in_words(below, feminine=True)} {noun}{whole} {verb} en dessous"
    return title_of(text)


_OFFER = "L’offre d’accueil des moins de 3 ans"
_COUNTED = {Level.EPCI: "commune", Level.PERIMETRE: "commune", Level.DEPARTEMENT: "intercommunalité"}
"""Level -> its members, where a title counts those below."""


def title_of(text: str) -> str:
    """The verdict in the most words that a title holds."""
    named = (text, *(text.replace(_OFFER, offer) for offer in ("L’offre d’accueil", "L’offre")))
    shorter = named[-1].replace("de celle d", "d").replace("comme celle de ", "comme ")
    shortest = re.sub(" restent? en dessous", " en dessous", shorter)
    bare = shortest.replace("L’offre est ", "Offre ")
    return reading.held(map(french.typographic, (*named, shorter, shortest, bare)))


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

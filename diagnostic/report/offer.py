"""The message on the supply of early childhood, and why it differs from the reference: which modes make the gap."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from diagnostic import french, reading
from diagnostic.indicators import (
    BY_ID,
    CHILDMINDERS,
    COMPUTED,
    CRECHES,
    FACILITY_LABELS,
    INHABITANTS,
    OFFICIAL,
)
from diagnostic.measure import NEAR
from diagnostic.model import RATIO_WORDS, Finding, Status, Territory, ratio_word
from diagnostic.report.compared import good, is_small, references, set_against
from diagnostic.report.shape import Coverage, Member, Message, ModeGap, Nearest
from diagnostic.report.subject import Subject

NEAR_POINTS = 1.5
"""Points of difference on one mode under which it is the same."""
_OFFICIAL_MODE = f"{OFFICIAL}_eaje"
ITS_EPCI = "dans l’intercommunalité"
_MODES = {"eaje": "en crèche", "am": "chez les assistantes maternelles"}
_MODE_INDICATORS = {"eaje": CRECHES, "am": CHILDMINDERS}


def on_supply(
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
        few = _of_few(own, epci)
        told = set_against(subject, OFFICIAL, bad, "" if few else _of_epci(subject, epci))
        return replace(told, sentence=few) if few else told
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
            good(finding, bad),
            kind="Accueil",
            figure=french.number(finding.value, indicator.decimals),
            unit="places pour 100 enfants de moins de 3 ans, dans l’intercommunalité",
        )
    if subject.findings[COMPUTED].status.known:
        return set_against(subject, COMPUTED, bad)
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
        agreed = french.plural(len(compared), "comparée", "comparées")
        unit = f"sur {len(compared)} {agreed}, nettement en dessous" if below else agreed
        unit = f"{french.plural(below or len(compared), level.label, level.plural)} {unit}"
        unit = unit if level.feminine else unit.replace("comparée", "comparé")
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
        f"{reading.held([french.typographic(f'{unknown} ; {said}')])}.",
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
    both, near = references(subject, OFFICIAL), references(subject, OFFICIAL)[:1]
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


def _of_few(own: Finding, epci: Member | None) -> str:
    """ "101,1 places pour 100 enfants, contre 50,5 dans l’intercommunalité : trop peu d’enfants.": of a commune of so few
    children that no reference judges it, the rate that it belongs to; "" elsewhere."""
    theirs = epci.findings[OFFICIAL] if epci is not None and epci.territory.key != own.territory else None
    if not own.of_too_few or theirs is None or not theirs.status.known or theirs.year != own.year:
        return ""
    indicator = BY_ID[OFFICIAL]
    said, beside = (french.number(one.value, indicator.decimals) for one in (own, theirs))
    return french.typographic(
        f"{said} places pour 100 enfants, contre {beside} {ITS_EPCI} : trop peu d’enfants."
    )


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


def why_it_differs(subject: Subject, cover: Coverage) -> Message | None:
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

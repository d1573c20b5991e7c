"""What comes first: priorities, key messages, levers; what is not known, and which sources speak."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import numpy as np
import pandas as pd

from diagnostic import french, gaps, levers, reading
from diagnostic.indicators import BY_ID, FACILITY_LABELS, INDICATORS
from diagnostic.measure import CHILDREN, MODES, OFFICIAL, children_near, is_count, none_counted
from diagnostic.model import FRANCE, RATIO_WORDS, Direction, Finding, Level, Status, ratio_word
from diagnostic.report import data
from diagnostic.report.shape import Member, Message, Priority, SourceLine
from diagnostic.report.subject import Subject

MOST_MESSAGES = 5
MOST_BAD = 3
SEVERITIES = {1: "marqué", 2: "très marqué"}

# Said twice, the same gap would count twice: the first known of each group speaks.
_SAME_GAP = (("taux_couverture", "places_100"),)
_GOOD_FIRST = (
    "taux_couverture",
    "places_100",
    "places_eaje_100",
    "acces_alsh",
    "accessibilite_eaje",
    "enfants_par_rpe",
)
_CAF = "Votre conseiller développement de la Caf"
_WHOM = {
    "taux_couverture": _CAF,
    "nbpla_pe": _CAF,
    "txcouv_pe": _CAF,
    "bpe": "La Caf ou la collectivité, qui connaissent leurs équipements",
    "qpv_population": "L’ANCT ou la préfecture",
    "qpv_liste": "L’ANCT ou la préfecture",
    "france_services": "La préfecture, qui labellise France services",
}
_INSEE = "L’Insee : chargez le fichier depuis la page Données"


def priorities(subject: Subject) -> tuple[Priority, ...]:
    """Unfavourable gaps of more than 15 %, the gravest first, with the reasons that decided."""
    rows = []
    for indicator in INDICATORS:
        finding = subject.findings[indicator.id]
        due = _none_where_one_is_due(finding)
        if due is not None:
            # No facility is the worst case, not one that has no ratio.
            rows.append(
                {
                    "indicator": indicator.id,
                    "value": np.inf,
                    "reference": due,
                    "direction": indicator.direction,
                    "children": _children(subject, finding),
                    "grade": None,
                }
            )
            continue
        if finding.value is None or finding.gap is None:
            continue
        if indicator.id in MODES or _doubled(subject, indicator.id):
            continue
        floor = national_floor(finding)
        rows.append(
            {
                "indicator": indicator.id,
                "value": finding.value,
                "reference": finding.value - finding.gap if floor is None else floor,
                "direction": indicator.direction,
                "children": _children(subject, finding),
                "grade": finding.grade,
            }
        )
    if not rows:
        return ()
    ordered = gaps.priorities(pd.DataFrame(rows))
    return tuple(
        Priority(
            order=int(row["order"]),
            indicator=row["indicator"],
            severity=SEVERITIES[int(row["severity"])],
            children=_known(row["children"]),
            grade=row["grade"],
            sentence=_said(subject, row["indicator"]),
            reason=french.capitalised(reading.priority(row["reasons"])) + ".",
        )
        for row in ordered.to_dict("records")
    )


def national_floor(finding: Finding) -> float | None:
    """The rate of France of the same year, where the territory is clearly below it and not below its own reference:
    the near reference alone would call the supply of Cayenne plentiful. None elsewhere."""
    if finding.indicator != OFFICIAL or finding.value is None or finding.word in RATIO_WORDS[:2]:
        return None
    france = next((item for item in finding.comparators if item.key == FRANCE.key), None)
    if france is None or france.value is None or france.year != finding.year:
        return None
    if finding.reference == FRANCE.key:
        return None
    word = ratio_word(finding.value, france.value)
    return france.value if word is not None and word in RATIO_WORDS[:2] else None


def _none_where_one_is_due(finding: Finding) -> float | None:
    """The reference's people per facility, where the territory has none and as many people as one serves there."""
    base = finding.beside
    if finding.denominator != 0 or finding.numerator is None or base is None or base.value is None:
        return None
    less = BY_ID[finding.indicator].direction is Direction.LESS_IS_BETTER and base.year in (None, finding.year)
    return base.value if less and base.status.known and finding.numerator >= base.value > 0 else None


def _said(subject: Subject, name: str) -> str:
    """The sentence of a priority, against France where that is what makes it one."""
    finding = subject.findings[name]
    due = _none_where_one_is_due(finding)
    if due is not None and finding.numerator is not None:
        indicator, against = BY_ID[name], subject.against(name)
        beside = f", contre un pour {french.number(due)} {against.at}" if against is not None else ""
        return french.typographic(
            f"{french.capitalised(french.at(subject.territory))}, {none_counted(indicator).lower().removesuffix('.')} pour "
            f"{_counted(finding.numerator, indicator.numerator_label)}{beside}."
        )
    if national_floor(finding) is None:
        return finding.reading
    return reading.sentence(finding, BY_ID[name], subject.territory, FRANCE)


def _doubled(subject: Subject, name: str) -> bool:
    return any(name in others and subject.findings[first].gap is not None for first, *others in _SAME_GAP)


def _children(subject: Subject, finding: Finding) -> float:
    """Children whom the gap concerns; unknown for the figures that count no child."""
    indicator = BY_ID[finding.indicator]
    if indicator.id.startswith("taux_couverture"):
        count = children_near(subject.histories[subject.territory.key].get(CHILDREN, []), finding.year)
    elif (indicator.denominator or "").startswith("enfants"):
        count = finding.denominator
    elif indicator.numerator.startswith("enfants"):
        count = finding.numerator
    else:
        count = None
    return np.nan if count is None else count


# Messages


def messages(subject: Subject, first: tuple[Priority, ...], coverage: str) -> tuple[Message, ...]:
    """Three to five sentences: the coverage of under-threes, the gravest gaps, the good news, the births.

    `coverage` is the sentence of the section, which gives a small commune the rate of its EPCI.
    """
    told = [_message(subject, item.indicator, False) for item in first[:MOST_BAD]]
    said = {message.indicator for message in told}
    good = [name for name in _good(subject) if name not in said]
    rate = next((name for name in _SAME_GAP[0] if subject.findings[name].status.known), None)
    if rate is not None and rate not in said:
        told.insert(0, _message(subject, rate, True if rate in good else None))
    elif rate is None and subject.territory.level in (Level.COMMUNE, Level.PERIMETRE) and subject.epci:
        # What a small commune can read of its coverage is the rate of its EPCI.
        detail = "Taux de l’intercommunalité, officiel"
        told.insert(0, Message(coverage, detail, "taux_couverture", Status.NOT_PUBLISHED.value, None))
    births = _births(subject)
    room = MOST_MESSAGES - (births is not None)
    more = [name for name in good if name != rate][: max(1, 3 - len(told))]
    told = told[: room - 1 if more else room] + [_message(subject, name, True) for name in more][:2]
    told = told[:room] + ([births] if births is not None else [])
    said = {message.indicator for message in told}
    for name in ("taux_couverture", "acces_alsh", "niveau_vie_median", "enfants_moins_3", "population"):
        speaks = subject.findings[name].word is not None or is_count(BY_ID[name])
        if len(told) < 3 and name not in said and speaks:
            told.append(_message(subject, name, None))
    return tuple(told)


def headline(subject: Subject, told: tuple[Message, ...], words: Sequence[str | None]) -> str:
    """What the whole page says, as a title: where under-threes stand, and how many members stay below.

    `words` are the members' ratio words on the same rate. Without a rate to compare, the first message.
    """
    finding = next((subject.findings[name] for name in _SAME_GAP[0] if subject.findings[name].word), None)
    against = subject.against(finding.indicator) if finding else None
    if finding is None or against is None:
        return reading.title(told[0].sentence) if told else french.name(subject.territory)
    than = f"de celle {against.of}" if against.territory is not None else against.of
    text = f"L’offre d’accueil des moins de 3 ans est {finding.word} {than}"
    floor = national_floor(finding)
    if floor is not None:
        return french.typographic(f"{text}, mais {ratio_word(finding.value, floor)} de celle de la France")
    below = sum(word in RATIO_WORDS[:2] for word in words)
    of_communes = subject.territory.level in (Level.EPCI, Level.PERIMETRE)
    if below and of_communes and finding.word not in RATIO_WORDS[:2]:
        noun = french.plural(below, "commune reste", "communes restent")
        text += f", mais {french.in_words(below, feminine=True)} {noun} en dessous"
    return french.typographic(text)


def _message(subject: Subject, name: str, good: bool | None) -> Message:
    """The figure against its references on one line; what is missing and the parts of it below."""
    finding, indicator = subject.findings[name], BY_ID[name]
    against = subject.against(name)
    places = (against,) if against is not None and against.key == FRANCE.key else (against, FRANCE)
    sentence = (
        reading.brief(finding, indicator, [one for one in places if one is not None]) or finding.reading
    )
    return Message(sentence, _detail(finding), name, finding.status.value, good)


def _detail(finding: Finding) -> str:
    """What is missing, the parts of the figure, its year and its status, on one line."""
    indicator = BY_ID[finding.indicator]
    parts = []
    if finding.missing is not None and finding.missing >= 0.5 and indicator.missing_noun:
        exact = finding.status is Status.OK and not indicator.published
        lacking = french.lacking(finding.missing, *indicator.missing_noun, exact=exact)
        people = indicator.missing_noun[0] in ("enfant", "habitant")
        parts.append(f"écart {french.of_text(lacking)}" if people else f"il manque {lacking}")
    if finding.numerator is not None and finding.denominator is not None and indicator.missing_noun:
        stat = indicator.denominator or ""
        below = _counted(finding.denominator, indicator.denominator_label)
        if stat in FACILITY_LABELS:
            below = french.quantity(finding.denominator, *FACILITY_LABELS[stat])
        parts.append(f"{_counted(finding.numerator, indicator.numerator_label)} pour {below}")
    parts.append(f"{indicator.short}, {finding.year}" if finding.year is not None else indicator.short)
    parts.append(reading.status_word(finding, indicator))
    return french.capitalised(french.typographic(" · ".join(parts)))


def _counted(number: float, plural: str) -> str:
    """ "1 enfant de 3 à 11 ans", "28 687 enfants de moins de 3 ans"."""
    first, _, rest = plural.partition(" ")
    noun = first if abs(number) >= 1.5 else first.removesuffix("s")
    return f"{french.number(number)} {noun} {rest}".rstrip()


def _good(subject: Subject) -> list[str]:
    """Indicators on the right side of the reference: what families use first, the most marked first."""
    found = []
    for rank, name in enumerate(dict.fromkeys((*_GOOD_FIRST, *(item.id for item in INDICATORS)))):
        finding, direction = subject.findings[name], BY_ID[name].direction
        if (
            finding.gap is None
            or finding.word is None
            or direction is Direction.NEUTRAL
            or _doubled(subject, name)
        ):
            continue
        up = finding.gap if direction is Direction.MORE_IS_BETTER else -finding.gap
        marked = finding.word in (
            RATIO_WORDS[-2:] if direction is Direction.MORE_IS_BETTER else RATIO_WORDS[:2]
        )
        if up > 0 or (finding.missing is not None and finding.missing == 0 and up >= 0):
            found.append((name not in _GOOD_FIRST, not marked, rank, name))
    return [name for *_, name in sorted(found)]


def _births(subject: Subject) -> Message | None:
    born = {
        year: value for year, value in data.births(subject.db, subject.territory).items() if value is not None
    }
    if len(born) < 2:
        return None
    last = max(born)
    first = last - 5 if last - 5 in born else min(born)
    said = reading.evolution(born[first], born[last], first, last, "naissance", "naissances")
    text = french.typographic(f"{french.capitalised(french.at(subject.territory))}, on compte {said}.")
    return Message(text, f"Naissances domiciliées, {first} à {last}", "naissances", "ok", None)


# Levers


def lever_rows(subject: Subject, first: tuple[Priority, ...], year: int) -> tuple[dict, ...]:
    """Every lever of the vademecum with why it is shown, and what it may bring."""
    matches = levers.match(subject.findings.values(), [item.indicator for item in first])
    return tuple(
        {
            "id": match.lever.id,
            "dispositif": match.lever.dispositif,
            "theme": match.lever.theme,
            "themes": (match.lever.theme, *match.lever.other_themes),
            "need": match.need.value,
            "reason": match.reason,
            "indicators": match.indicators,
            "amounts": _amounts(match.lever.id, year),
            "description": match.lever.description,
            "beneficiaires": match.lever.beneficiaires,
            "condition": match.lever.condition,
            "besoin": match.lever.besoin,
            "evolution": match.lever.evolution,
            "evolution_source": match.lever.evolution_source,
            "contact": match.lever.contact,
            "source": match.lever.source,
        }
        for match in matches
    )


@lru_cache(maxsize=256)
def _amounts(lever: str, year: int) -> tuple[str, ...]:
    return levers.what_it_brings(lever, year=year)


# Sources and what is unknown


def sources(subject: Subject, members: Sequence[Member] = ()) -> tuple[SourceLine, ...]:
    """The loaded files behind the figures of the report, those of its `members` and of what it is compared with
    included, one line for each source and vintage."""
    spoken = {
        name
        for finding in subject.findings.values()
        for name in (*finding.sources, *_beside(subject, finding))
    }
    spoken |= {
        name
        for member in members
        for finding in member.findings.values()
        if reading.known_value(finding) is not None
        for name in finding.sources
    }
    spoken |= {"cog_communes", "epci_dgcl", "epci_insee", "contours_communes", "qpv_communes", "qpv_contours"}
    found: dict[tuple[str, str], SourceLine] = {}
    for name, title, producer, vintage, geography, licence, page in data.source_rows(subject.db):
        if name in spoken:
            line = SourceLine(
                name, title, producer, vintage or "", geography or "", licence or "", page or ""
            )
            found.setdefault((name, line.vintage), line)
    return tuple(found.values())


def _beside(subject: Subject, finding: Finding) -> set[str]:
    """The sources of the values that a finding is compared with."""
    found: set[str] = set()
    for item in finding.comparators:
        if item.value is not None:
            rows = subject.histories.get(item.key, {}).get(finding.indicator, [])
            spoken = next(
                (row.sources for row in rows if row.year == item.year and row.value is not None), None
            )
            found.update(filter(None, (spoken or "").split(",")))
    return found


def unknown(subject: Subject) -> tuple[dict, ...]:
    """The indicators without a value, why, and whom to ask."""
    rows = []
    for indicator in INDICATORS:
        finding = subject.findings[indicator.id]
        if finding.status.known or finding.status is Status.NOT_APPLICABLE:
            continue
        source = indicator.sources[0] if indicator.sources else ""
        rows.append(
            {
                "indicator": indicator.id,
                "label": indicator.label,
                "reason": reading.reason(finding, indicator, subject.territory),
                "whom": _WHOM.get(source, _INSEE),
            }
        )
    return tuple(rows)


def notes(subject: Subject) -> tuple[str, ...]:
    """What a reader must know before quoting a figure."""
    told = []
    if subject.db.fictional:
        told.append("Territoire fictif : les lieux et les chiffres sont inventés.")
    if any(finding.status is Status.ESTIMATED for finding in subject.findings.values()):
        told.append(
            "Les valeurs estimées reposent sur des enfants comptés par les naissances, ou sur des distances à vol d’oiseau."
        )
    if (
        subject.territory.level is Level.COMMUNE
        and len(subject.parents)
        and subject.parents[0].level is Level.COMMUNE
    ):
        told.append("Un arrondissement ne s’ajoute pas à sa ville.")
    if subject.territory.level is Level.PERIMETRE:
        told.append(
            "Un périmètre choisi additionne ses communes ; les taux et médianes publiés ne s’additionnent pas."
        )
    told += [finding.caution for finding in subject.findings.values() if finding.caution]
    return tuple(french.typographic(text) for text in dict.fromkeys(told))


def _known(value) -> float | None:
    number = float(value)
    return number if np.isfinite(number) else None

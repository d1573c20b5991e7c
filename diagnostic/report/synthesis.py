"""What comes first: priorities and levers; what is not known, and which sources speak."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

import numpy as np

from diagnostic import french, gaps, levers, measure, reading
from diagnostic.indicators import BY_ID, CHILDREN, COMPUTED, INDICATORS, MODES, NEED, OFFICIAL
from diagnostic.measure import TWO_DATES, children_near, none_counted
from diagnostic.model import FRANCE, RATIO_WORDS, Direction, Finding, Level, Status, ratio_word
from diagnostic.report import data
from diagnostic.report.compared import counted, near, of_its_year
from diagnostic.report.shape import LeverHere, Member, Priority, SourceLine, Unknown
from diagnostic.report.subject import Subject
from diagnostic.sources import SOURCES

# Said twice, the same gap would count twice: the first known of each group speaks.
_SAME_GAP = ((OFFICIAL, COMPUTED, NEED),)
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
_PRODUCERS = {source.id: source.producer for source in SOURCES}
TO_LOAD = ", fichier à charger depuis la page Données"
"""What follows the producer of a file that would tell."""
NOBODY = "Personne, à cause du secret statistique"


def _whom(source: str, status: Status) -> str:
    """Who has what a source would tell: a person where one answers, else the producer of the file to load. What is masked
    has no other file."""
    if status is Status.SECRET:
        return NOBODY
    producer = _PRODUCERS.get(source, "")
    if status is Status.NOT_PUBLISHED and "Cnaf" in producer:
        return _WHOM.get(source, _CAF)
    return _WHOM.get(source) or f"{producer or 'Producteur'}{TO_LOAD}"


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
                # The gravity that holds whatever the rounding of a count hides.
                "value": finding.value - math.copysign(finding.rounding, finding.gap),
                "reference": finding.value - finding.gap if floor is None else floor,
                "direction": indicator.direction,
                "children": _children(subject, finding),
                "grade": finding.grade,
            }
        )
    return tuple(
        Priority(
            order=row["order"],
            indicator=row["indicator"],
            children=row["children"],
            grade=row["grade"],
            sentence=_said(subject, row["indicator"]),
            reason=french.capitalised(reading.priority(row["reasons"])) + _of_the_rate(subject, row) + ".",
        )
        for row in gaps.priorities(rows)
    )


def _of_the_rate(subject: Subject, row: Mapping[str, Any]) -> str:
    """Which children a published rate concerns, where those of today are not as many; empty for other figures."""
    count, finding = row["children"], subject.findings[row["indicator"]]
    if finding.indicator != OFFICIAL or count is None:
        return ""
    _, year = near(subject.histories[subject.territory.key].get(CHILDREN, []), finding.year)
    said = of_its_year(subject, count, year)
    return said if "(" in said else ""


def national_floor(finding: Finding) -> float | None:
    """The rate of France of the same year, where the territory is clearly below it and not below its own reference:
    the near reference alone would call the supply of Cayenne plentiful. None elsewhere."""
    if finding.indicator != OFFICIAL or finding.value is None or finding.word in RATIO_WORDS[:2]:
        return None
    if finding.reference == FRANCE.key:
        return None
    return finding.national if ratio_word(finding.value, finding.national) in RATIO_WORDS[:2] else None


def _none_where_one_is_due(finding: Finding) -> float | None:
    """The reference's people per facility, where the territory has none and as many people as one serves there."""
    base = finding.beside
    if finding.denominator != 0 or finding.numerator is None or base is None or base.value is None:
        return None
    less = BY_ID[finding.indicator].direction is Direction.LESS_IS_BETTER and base.year in (
        None,
        finding.year,
    )
    return base.value if less and base.status.known and finding.numerator >= base.value > 0 else None


def _said(subject: Subject, name: str) -> str:
    """The sentence of a priority, against France where that is what makes it one."""
    finding = subject.findings[name]
    due = _none_where_one_is_due(finding)
    if due is not None and finding.numerator is not None:
        indicator, against = BY_ID[name], subject.against(name)
        when = f" en {finding.year}" if finding.year else ""
        beside = f", contre un pour {french.number(due)} {against.at}" if against is not None else ""
        return french.typographic(
            f"{french.capitalised(french.at(subject.territory))}, {none_counted(indicator).lower().removesuffix('.')}{when} pour "
            f"{counted(finding.numerator, indicator.numerator_label, exact=finding.status is not Status.ESTIMATED)}{beside}."
        )
    if national_floor(finding) is None:
        return finding.reading
    return reading.sentence(finding, BY_ID[name], subject.territory, FRANCE)


def _doubled(subject: Subject, name: str) -> bool:
    return any(name in others and subject.findings[first].gap is not None for first, *others in _SAME_GAP)


def _children(subject: Subject, finding: Finding) -> float:
    """Children whom the gap concerns; unknown for the figures that count no child."""
    indicator = BY_ID[finding.indicator]
    if indicator.id.startswith(OFFICIAL):
        count = children_near(subject.histories[subject.territory.key].get(CHILDREN, []), finding.year)
    elif (indicator.denominator or "").startswith("enfants"):
        count = finding.denominator
    elif indicator.numerator.startswith("enfants"):
        count = finding.numerator
    else:
        count = None
    return np.nan if count is None else count


# Levers


def lever_rows(subject: Subject, first: tuple[Priority, ...], year: int) -> tuple[LeverHere, ...]:
    """Every lever of the vademecum with why it is shown, and what it may bring."""
    matches = levers.match(subject.findings.values(), [item.indicator for item in first])
    return tuple(
        LeverHere(
            id=match.lever.id,
            dispositif=match.lever.dispositif,
            theme=match.lever.theme,
            themes=(match.lever.theme, *match.lever.other_themes),
            need=match.need.value,
            reason=match.reason,
            indicators=match.indicators,
            amounts=_amounts(match.lever.id, year),
            description=match.lever.description,
            beneficiaires=match.lever.beneficiaires,
            condition=match.lever.condition,
            besoin=match.lever.besoin,
            evolution=match.lever.change,
            evolution_source=match.lever.evolution_source,
            contact=match.lever.contact,
            source=match.lever.source,
        )
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
    spoken |= measure.sources(subject.db, [member.territory for member in members])
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


def unknown(subject: Subject) -> tuple[Unknown, ...]:
    """The indicators without a value, why, and whom to ask."""
    rows = []
    for indicator in INDICATORS:
        finding = subject.findings[indicator.id]
        if finding.status.known or finding.status is Status.NOT_APPLICABLE:
            continue
        source = indicator.sources[0] if indicator.sources else ""
        rows.append(
            Unknown(
                indicator=indicator.id,
                label=indicator.label,
                reason=reading.reason(finding, indicator, subject.territory),
                whom=_whom(source, finding.status),
            )
        )
    return tuple(rows)


GROUNDS = ("Couvre ", "France ", "Périmètre ")
"""How begin the cautions that say which ground a figure is of."""
MOST_NAMED = 4
"""Figures that a caution names."""


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
    told += told_together([finding for finding in subject.findings.values() if finding.caution])
    return tuple(french.typographic(text) for text in dict.fromkeys(told))


def told_together(findings: Sequence[Finding]) -> list[str]:
    """Their cautions, those that say nothing but two dates in one sentence, at the place of the first: what several share
    is said once."""
    start = french.typographic(TWO_DATES)
    dated = [one for one in findings if one.caution.startswith(start) and ". " not in one.caution]
    parts = [
        (
            f"{indicator.numerator_label} en {one.numerator_year}",
            f"{indicator.denominator_label} en {one.denominator_year}",
        )
        for one in dated
        for indicator in (BY_ID[one.indicator],)
    ]
    times = Counter(part for both in parts for part in both)
    shared: dict[str, dict[str, None]] = {}
    for both in parts:
        common, other = sorted(both, key=lambda part: -times[part])
        shared.setdefault(common, {})[other] = None
    together = (
        start
        + " ; ".join(f"{common}, mais {french.listing(list(others))}" for common, others in shared.items())
        + "."
    )
    return [together if one in dated else _of_what(one.caution, findings) for one in findings]


def _of_what(caution: str, findings: Sequence[Finding]) -> str:
    """A caution that tells a ground and no subject, with the figures that it is said of: « France métropolitaine » alone,
    below « France entière hors Mayotte », said it of all."""
    if not caution.startswith(GROUNDS):
        return caution
    names = [french.uncapitalised(BY_ID[one.indicator].short) for one in findings if one.caution == caution]
    more = (
        [french.quantity(len(names) - MOST_NAMED, "autre", "autres")] if len(names) > MOST_NAMED + 1 else []
    )
    return (
        f"{caution.removesuffix('.')} : {french.listing([*(names[:MOST_NAMED] if more else names), *more])}."
    )

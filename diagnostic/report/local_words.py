"""How a local figure is said, the same on screens and in files: value, parts, open value, files, secrecy."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from diagnostic import french, reading
from diagnostic.model import Finding, Indicator, Status
from diagnostic.report.shape import LocalFigure, Member, Report

BADGE = "donnée locale"
_WORDS = {"secret": "secret statistique", "not_applicable": "sans objet"}


def title(found: Sequence[LocalFigure]) -> str:
    """The first known rate as a sentence, else the first known count."""
    known = [one for one in found if one.finding.value is not None]
    first = next((one for one in known if one.indicator.denominator is not None), None) or next(
        iter(known), None
    )
    bounded = next((one for one in found if bound(one.finding) is not None), None)
    if first is None and bounded is not None:
        return f"{bounded.indicator.label} : {said(bounded.finding, bounded.indicator)}"
    if first is None:
        return "Les fichiers déposés ne donnent pas encore de valeur sur ce territoire"
    if first.indicator.denominator is None:
        number = french.number(first.finding.value, first.indicator.decimals)
        return f"{first.indicator.label} : {number} {french.at(first.territory)}"
    apart = f", {first.difference.rstrip('.')}" if first.difference[:1].isdigit() else ""
    return f"{first.indicator.label} : {reading.figure(first.finding, first.indicator)}{apart}"


def said(finding: Finding, indicator: Indicator, *, unit: bool = True) -> str:
    """The value, or the word that stands in its place."""
    value = reading.known_value(finding)
    least = bound(finding)
    if value is None and least is not None:
        of = replace(finding, value=least, status=Status.OK)
        side = "au moins" if finding.low is not None else "au plus"
        return f"{side} {said(of, indicator, unit=unit)}"
    if value is None:
        return _WORDS.get(finding.status, "inconnu")
    return reading.figure(finding, indicator) if unit else french.number(value, indicator.decimals)


def bound(finding: Finding) -> float | None:
    """What a list that is not said complete tells of an unknown value: a least, or a most."""
    if reading.known_value(finding) is not None:
        return None
    return finding.low if finding.low is not None else finding.high


def ranked(one: LocalFigure, members: Sequence[Member]) -> str:
    """ "Places en crèche : de 4,3 (Lormont) à 31,2 (Bègles) places pour 100 enfants de moins de 3 ans" """
    indicator = one.indicator
    values = [(reading.known_value(m.findings[indicator.id]), french.name(m.territory)) for m in members]
    known = sorted((value, name) for value, name in values if value is not None)
    if not known:
        return title([one])
    ends = [f"{french.number(value, indicator.decimals)} ({name})" for value, name in (known[0], known[-1])]
    if french.rounded(known[0][0], indicator.decimals) == french.rounded(known[-1][0], indicator.decimals):
        return f"{indicator.label} : la même valeur partout, {ends[0].partition(' (')[0]} {indicator.unit}"
    return f"{indicator.label} : de {ends[0]} à {ends[1]} {indicator.unit}"


def parts(one: LocalFigure) -> str:
    """ "612 places (2025) ÷ 2 410 enfants (2022)"; empty where nothing is divided or a part is hidden."""
    finding, indicator = one.finding, one.indicator
    top, bottom = finding.numerator, finding.denominator
    if finding.value is None or top is None or bottom is None:
        return ""
    words = [
        f"{french.number(value, 0 if value.is_integer() else 1)} {label}" + (f" ({year})" if year else "")
        for value, label, year in (
            (float(top), indicator.numerator_label, finding.numerator_year),
            (float(bottom), indicator.denominator_label, finding.denominator_year),
        )
    ]
    return " ÷ ".join(words)


def beside(one: LocalFigure) -> str:
    """The open value and its year; empty when nothing open compares."""
    if one.open_value is None:
        return ""
    value = french.number(one.open_value, one.indicator.decimals)
    return f"{value} ({one.open_year})" if one.open_year else value


def files(found: Iterable[LocalFigure]) -> str:
    """ "Fichiers : caf.xlsx, reçu le 24 novembre 2026 ; …" """
    names = dict.fromkeys(f"{one.origin}, reçu le {one.received}" for one in found)
    return f"{french.plural(len(names), 'Fichier', 'Fichiers')} : {' ; '.join(names)}."


def secrecy(report: Report, found: Iterable[LocalFigure]) -> str:
    """What is hidden and why, when something is hidden among these figures or those of the members."""
    ids = {one.indicator.id for one in found}
    touched = any(one.indicator.id in ids and one.finding.status == "secret" for one in report.local)
    return " ".join(report.local_notes) if touched else ""


def as_members(report: Report, found: Iterable[LocalFigure]) -> tuple[Member, ...]:
    """The members of the report with these local findings, as rankings and tables take members."""
    ids = {one.indicator.id for one in found}
    by_place: dict[str, dict[str, Finding]] = {}
    for one in report.local:
        if one.indicator.id in ids:
            by_place.setdefault(one.territory.key, {})[one.indicator.id] = one.finding
    return tuple(
        Member(member.territory, by_place[member.territory.key])
        for member in report.members
        if member.territory.key in by_place and member.territory.key != report.territory.key
    )

"""How a local figure is said, the same on screens and in files: value, parts, open value, files, secrecy."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from diagnostic import french, reading
from diagnostic.model import Finding, Indicator
from diagnostic.report.shape import LocalFigure, Member, Report

BADGE = "donnée locale"
_WORDS = {"secret": "secret statistique", "not_applicable": "sans objet"}


def title(found: Sequence[LocalFigure]) -> str:
    """The first known rate as a sentence, else the first known count."""
    known = [one for one in found if one.finding.value is not None]
    first = next((one for one in known if one.indicator.denominator is not None), None) or next(
        iter(known), None
    )
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
    if value is None:
        return _WORDS.get(finding.status, "inconnu")
    return reading.figure(finding, indicator) if unit else french.number(value, indicator.decimals)


def parts(one: LocalFigure) -> str:
    """ "612 places (2025) ÷ 2 410 enfants (2022)"; empty where nothing is divided or a part is hidden."""
    finding, indicator = one.finding, one.indicator
    if finding.value is None or finding.denominator is None:
        return ""
    words = [
        f"{french.number(value, 0 if float(value).is_integer() else 1)} {label}"
        + (f" ({year})" if year else "")
        for value, label, year in (
            (finding.numerator, indicator.numerator_label, finding.numerator_year),
            (finding.denominator, indicator.denominator_label, finding.denominator_year),
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

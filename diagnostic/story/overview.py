"""The key messages and the portrait."""

from __future__ import annotations

from diagnostic import french, reading
from diagnostic.indicators import BY_ID
from diagnostic.model import Finding, Indicator
from diagnostic.report import Report
from diagnostic.story.blocks import Card, Cards, Facts, Section
from diagnostic.story.figures import amount, figures_table, notes_of, source_line, statuses, value_of

PORTRAIT = (
    "population",
    "naissances",
    "enfants_moins_3",
    "enfants_3_11",
    "jeunes_12_25",
    "niveau_vie_median",
    "taux_pauvrete",
    "part_monoparentales",
)

BRIEF = ("population", "enfants_moins_3", "enfants_3_11", "naissances", "nombre_qpv", "equipements_en_qpv")


def essentiel_section(report: Report) -> Section | None:
    cards = tuple(_message_card(report, message) for message in report.messages[:4])
    if not cards:
        return None
    names = [message.indicator for message in report.messages if message.indicator]
    return Section(
        "essentiel",
        "L’essentiel",
        reading.title(report.headline),
        ((1.0, (Cards(cards),)),),
        source_line(report, names),
        notes_of(report, names),
    )


def _message_card(report: Report, message) -> Card:
    indicator = BY_ID.get(message.indicator or "")
    finding = report.findings.get(message.indicator or "")
    figure, unit = french.UNKNOWN, ""
    if indicator is not None:
        figure, unit = amount(finding, indicator), indicator.unit
        if unit[:1] in "%€" and figure != french.UNKNOWN:
            figure, unit = amount(finding, indicator, unit[0]), unit[2:]
        if figure == french.UNKNOWN:
            unit = indicator.short.lower() if not indicator.short[:2].isupper() else indicator.short
    return Card(
        figure, unit, _said(report, message, indicator, finding), message.detail, alert=message.good is False
    )


def _said(report: Report, message, indicator: Indicator | None, finding: Finding | None) -> str:
    """The figure stands beside: only the comparison is left to say, else the whole sentence."""
    against = report.against(indicator.id) if indicator is not None else None
    if indicator is None or value_of(finding) is None or against is None:
        return reading.title(message.sentence)
    compared_ = reading.comparison(finding, indicator, against)
    if not compared_ or "impossible" in compared_ or " : " not in compared_.replace(french.NBSP, " "):
        return reading.title(message.sentence)
    return french.typographic(
        f"{indicator.short} : {compared_.replace(french.NBSP + ':', ',')}".removesuffix(".")
    )


def portrait_section(report: Report) -> Section | None:
    every = [name for name in PORTRAIT if name in report.findings]
    names = [name for name in every if value_of(report.findings[name]) is not None]
    if not names:
        return None
    unknown = [BY_ID[name].short for name in every if name not in names]
    population = report.findings.get("population")
    births = report.findings.get("naissances")
    title = f"{french.subject(report.territory, long=True)}"
    verb = "comptent" if french.is_plural(report.territory) else "compte"
    parts = []
    if value_of(population) is not None:
        parts.append(f"{verb} {french.quantity(population.value, 'habitant', 'habitants')}")
    if value_of(births) is not None:
        parts.append(f"{french.quantity(births.value, 'naissance', 'naissances')} en {births.year}")
    title = f"{title} {' ; '.join(parts)}" if value_of(population) is not None else f"{title} : portrait"
    return Section(
        "portrait",
        "Portrait",
        french.typographic(title),
        ((1.0, (figures_table(report, names, "Le territoire et ses repères"),)),),
        source_line(report, names),
        notes_of(report, names),
        subtitle="Le territoire en bref",
        caution=french.typographic(f"Non connus ici : {' ; '.join(unknown)}.") if unknown else "",
        statuses=statuses(report, "population"),
        indicators=tuple(names),
        on_screen=(Facts(tuple(_brief(report, name) for name in BRIEF if name in report.findings)),),
    )


def _brief(report: Report, name: str) -> tuple[str, str, str]:
    """A count with its year and its status."""
    finding, indicator = report.findings[name], BY_ID[name]
    value = value_of(finding)
    year = f" ({finding.year})" if finding.year and value is not None else ""
    printed = reading.NOT_AVAILABLE if value is None else french.number(value, indicator.decimals)
    return f"{indicator.short}{year}", printed, reading.status_word(finding, indicator)

"""Key figures as they are printed: what is known of the territory, failing that of its EPCI, failing that nothing.

A small commune has few published figures. Its list is made of what is known: the rate, the places of its EPCI under
the name of the EPCI, and access as a fact (« Oui », or how far). A figure that neither has leaves its place to the next.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from diagnostic import french, reading
from diagnostic.indicators import (
    BIRTHS,
    BY_ID,
    CHILDMINDERS,
    COMPUTED,
    CRECHES,
    DISTRICT_COUNT,
    FACILITY_LABELS,
    FIRST_NEXT,
    FIRST_OF_EPCI,
    FIRST_OF_SMALL,
    FIRST_OF_TOWN,
    FRANCE_SERVICES,
    LEISURE_IN_COMMUNE,
    LEISURE_NEAR,
    OFFICIAL,
    RELAYS,
)
from diagnostic.model import ENOUGH_PEOPLE, Finding, Indicator, Level, Status
from diagnostic.report import Message, Report
from diagnostic.report.compared import counted, is_small
from diagnostic.report.distances import place_of, whereabouts
from diagnostic.report.messages import births_of_years, of_few
from diagnostic.story.blocks import KeyFigure
from diagnostic.story.track import track

MOST, MOST_CARDS = 6, 4
FACTS = {
    "acces_alsh": ("alsh", "Accueil de loisirs, 3 à 11 ans"),
    "enfants_par_rpe": ("rpe", "Relais petite enfance"),
    "distance_france_services": ("france_services", "France services"),
}
"""Figures that a commune reads as a fact: the facility, and the label."""
_EPCI_ONLY = (OFFICIAL, CRECHES, CHILDMINDERS)


def is_small_commune(report: Report) -> bool:
    """Whether the territory is a commune of 10,000 inhabitants or fewer."""
    return is_small(report.territory, report.context.population)


def chosen(report: Report) -> tuple[KeyFigure, ...]:
    """The six figures of the first page, each known, or as many as are."""
    small = is_small_commune(report)
    town = report.territory.level is Level.COMMUNE
    wanted = FIRST_OF_SMALL if small else FIRST_OF_TOWN if town else FIRST_OF_EPCI
    names, above = (*wanted, *FIRST_NEXT), frozenset(one.indicator for one in told_above(report))
    found = [figure for name in names if (figure := _known(report, name, small, name in above)) is not None]
    return tuple(found[:MOST])


def told_above(report: Report) -> list[Message]:
    """The messages of the first page: those that its title does not say already."""
    return [one for one in report.messages if reading.title(one.sentence) != report.headline][:MOST_CARDS]


def of_indicators(report: Report, names: Sequence[str]) -> tuple[KeyFigure, ...]:
    """The figures asked, those that are unknown with their reason. A share of the children near a leisure centre is, of one
    village, all or nothing: where the nearest stands is told instead."""
    small = is_small_commune(report)
    return tuple(
        _known(report, name, small) or _unknown(report, name)
        for name in names
        if name in report.findings and not (small and name == LEISURE_NEAR)
    )


def _known(report: Report, name: str, small: bool, said: bool = False) -> KeyFigure | None:
    """`said`: whether a message above tells for how many children the figure is, and what the EPCI has."""
    finding = report.findings.get(name)
    if finding is None:
        return None
    if small and name in FACTS:
        return _fact(report, finding, said)
    if reading.known_value(finding) is not None:
        return (
            _districts(report, finding) if name == DISTRICT_COUNT else _measured(report, finding, small, said)
        )
    if report.epci is not None and name in _EPCI_ONLY:
        return _borrowed(report, report.epci.findings[name], finding)
    return None


def _unknown(report: Report, name: str) -> KeyFigure:
    finding, indicator = report.findings[name], BY_ID[name]
    apart = finding.status is Status.NOT_APPLICABLE
    why = reading.reason(finding, indicator, report.territory)
    return KeyFigure(
        name,
        indicator.label,
        "Sans objet" if apart else "",
        comparison=why if apart else "",
        local="" if apart else why,
        status=reading.status_word(finding, indicator),
    )


def _measured(report: Report, finding: Finding, small: bool, said: bool) -> KeyFigure:
    """The territory's own value, what it is against its reference, its place among the others."""
    indicator = BY_ID[finding.indicator]
    figure, unit = number_and_unit(finding, indicator)
    if finding.indicator == BIRTHS and (told := _few_births(report)):
        figure, unit = told
    beside, word = _comparison(report, finding)
    others = report.epci.findings[indicator.id] if small and report.epci is not None else finding
    return KeyFigure(
        indicator.id,
        indicator.label,
        figure,
        unit,
        comparison=beside,
        word=word,
        warn=reading.is_attention(finding.word, indicator.direction),
        track=track(report, finding, others),
        status=reading.status_word(finding, indicator),
        source=". ".join(filter(None, (_source(report, finding), "" if said else _few(report, finding)))),
    )


def _few_births(report: Report) -> tuple[str, str] | None:
    """The births of five years and their unit, where one year of them means nothing."""
    born = report.born
    if not born or not of_few(born):
        return None
    count, when, _ = births_of_years(born, max(born))
    return french.number(count), f"{french.plural(count, 'naissance', 'naissances')} {when}"


def _few(report: Report, finding: Finding) -> str:
    """Under a hundred children, what one place changes."""
    message = next((one for one in report.messages if one.indicator == finding.indicator), None)
    if finding.indicator != OFFICIAL or message is None:
        return ""
    part = next((part for part in message.detail.split(" · ") if "change le taux" in part), "")
    return f"{part}." if part else ""


def _borrowed(report: Report, theirs: Finding, own: Finding) -> KeyFigure | None:
    """The value of the EPCI under its name, and beside it what is known of the commune."""
    indicator = BY_ID[own.indicator]
    if reading.known_value(theirs) is None or report.epci is None:
        return None
    figure, unit = number_and_unit(theirs, indicator)
    said, word = _comparison(report, theirs)
    where = french.name(report.territory)
    why = reading.reason(own, indicator, report.territory)
    local = f"{where} : {why[:1].lower() + why[1:] if not why.startswith('La Cnaf') else why}"
    if own.indicator == CRECHES:
        local = f"{local} {_creche(report)}".rstrip()
    return KeyFigure(
        indicator.id,
        indicator.label,
        figure,
        unit,
        who=french.name(report.epci.territory),
        comparison=said,
        word=word,
        warn=reading.is_attention(theirs.word, indicator.direction),
        track=track(report, theirs, theirs, ring=french.name(report.epci.territory)),
        local=local,
        status=reading.status_word(theirs, indicator),
        source=_source(report, theirs),
    )


def _creche(report: Report) -> str:
    found = place_of(report.access.nearest, "eaje", report.territory.code)
    if found is None:
        return ""
    if found.count:
        return f"{french.quantity(found.count, *FACILITY_LABELS['eaje'])} dans la commune."
    return f"Aucune crèche recensée dans la commune ; la plus proche est {whereabouts(found)}."


def _fact(report: Report, finding: Finding, said: bool) -> KeyFigure | None:
    """Access of a commune: what it has, else how far the nearest one is."""
    stat, label = FACTS[finding.indicator]
    found = place_of(report.access.nearest, stat, report.territory.code)
    if found is None:
        return None
    noun = FACILITY_LABELS[stat]
    people = "" if said or stat == "france_services" else _people(finding)
    if found.count:
        figure = "Oui"
        told = f"{french.quantity(found.count, *noun)} dans la commune{people}"
    elif found.km is None:
        return None
    else:
        figure = f"{french.number(found.km, 1)}{french.NBSP}km" if stat != "alsh" else "Non"
        near = whereabouts(found)
        told = f"Le plus proche est {near}{people}" if stat == "alsh" else f"Le plus proche est {found.where}"
    told, word, warn = (french.typographic(told), "", False)
    if stat == "france_services":
        told = f"La plus proche est {found.where}" if not found.count else told
        word = reading.ratio_said(finding.word, BY_ID[finding.indicator]) if finding.word else ""
        warn = reading.is_attention(finding.word, BY_ID[finding.indicator].direction)
    return KeyFigure(
        finding.indicator,
        label,
        figure,
        "",
        comparison=f"{told} : {word}{_than(report, finding)}" if word else told,
        word="",
        warn=warn,
        status="calculé",
        source=" ".join(
            filter(
                None,
                (f"{_source(report, finding)}, à vol d’oiseau.", "" if said else of_the_epci(report, stat)),
            )
        ),
    )


def _than(report: Report, finding: Finding) -> str:
    """ "que la moyenne en Gironde, 4,9 km", "de la médiane des territoires semblables, 5,2 km": what the distance of a commune
    is held against."""
    against, near = report.against(finding.indicator), finding.word == "proche"
    if against is None or against.value is None:
        return ""
    whom = f"{'de' if near else 'que'} la moyenne {against.at}"
    if against.territory is None:
        whom = against.of if near else against.than
    indicator = BY_ID[finding.indicator]
    value = f"{french.number(against.value, indicator.decimals)}{french.NBSP}{indicator.unit}"
    return f" {whom}, {value}{against.when(finding.year)}"


def _people(finding: Finding) -> str:
    indicator = BY_ID[finding.indicator]
    label = (
        indicator.denominator_label if finding.indicator == LEISURE_IN_COMMUNE else indicator.numerator_label
    )
    count = finding.denominator if finding.indicator == LEISURE_IN_COMMUNE else finding.numerator
    if count is None:
        return ""
    return f", pour {counted(count, label, exact=finding.status is not Status.ESTIMATED)}"


def of_the_epci(report: Report, stat: str) -> str:
    """What the EPCI of a commune has of a type of facility, in a sentence; empty where it is unknown."""
    if report.epci is None:
        return ""
    finding = report.epci.findings[{"alsh": LEISURE_IN_COMMUNE, "rpe": RELAYS}.get(stat, FRANCE_SERVICES)]
    if reading.known_value(finding) is None:
        return ""
    if stat == "alsh":
        share = french.percent(finding.value)
        return f"Dans l’intercommunalité, {share} des enfants de 3 à 11 ans ont un accueil de loisirs dans leur commune."
    if stat == "rpe" and finding.denominator and finding.numerator is not None:
        relays = french.quantity(finding.denominator, *FACILITY_LABELS["rpe"])
        exact = finding.status is not Status.ESTIMATED
        children = french.reckoned(finding.numerator, "enfant", "enfants", exact=exact)
        return f"L’intercommunalité a {relays} pour {children} de moins de 3 ans."
    return (
        f"En moyenne dans l’intercommunalité : {french.number(finding.value, 1)}{french.NBSP}km."
        if stat != "rpe"
        else ""
    )


def _districts(report: Report, finding: Finding) -> KeyFigure:
    """How many districts, and their names while they are few."""
    indicator = BY_ID[finding.indicator]
    names = [french.typographic(str(row.name)) for row in report.qpv.districts]
    count = finding.value or 0
    return KeyFigure(
        indicator.id,
        "Quartiers prioritaires",
        french.number(count) if count else "Aucun",
        french.plural(count, "quartier", "quartiers") if count else "",
        comparison=french.listing(names) if 0 < len(names) <= 4 else "",
        status=reading.status_word(finding, indicator),
        source=f"{_source(report, finding)}.",
    )


def _comparison(report: Report, finding: Finding) -> tuple[str, str]:
    """The difference in words, and the word at its end that stands in bold."""
    against = report.against(finding.indicator)
    if against is None or not finding.word:
        return "", ""
    said = french.capitalised(reading.comparison(finding, BY_ID[finding.indicator], against))
    return said, reading.ratio_said(finding.word, BY_ID[finding.indicator])


def number_and_unit(finding: Finding, indicator: Indicator) -> tuple[str, str]:
    """("68,9", "places pour 100 enfants"), ("28 %", "des habitants"), ("5 %", "ou moins des habitants"): what is
    large, and what follows."""
    value, unit = reading.known_value(finding), reading.unit(finding, indicator)
    bounded = finding.status is Status.BOUNDED and value is not None
    whole = unit.startswith("%") and (value in (0.0, 100.0) or (bounded and value == round(value or 0.0)))
    shown = value if value is None else reading.printable(value, finding, indicator)
    number = french.number(shown, 0 if whole else reading.decimals_of(shown, finding.status, indicator))
    for sign, space in (("%", french.THIN), ("€", french.NBSP), ("km", french.NBSP)):
        if unit.startswith(sign):
            number, unit = f"{number}{space}{sign}", unit.removeprefix(sign).strip()
    first = indicator.label.split(" ")[0].lower()
    if unit.startswith(f"{first} pour "):
        unit = unit.removeprefix(first).strip()
    if bounded:
        unit = f"ou moins {unit}".strip()
    return number, french.typographic(unit)


def _source(report: Report, finding: Finding) -> str:
    producers = dict.fromkeys(item.producer for item in report.sources if item.id in finding.sources)
    return ", ".join(
        filter(None, ("\u202f; ".join(producers), reading.dated(finding, BY_ID[finding.indicator])))
    )


def enough_people(report: Report) -> str:
    """Which communes count beside one another: those of fewer people have no mark, however low or high their figure."""
    return f" sur {ENOUGH_PEOPLE} personnes ou plus" if report.territory.level is Level.COMMUNE else ""


def legend_of(report: Report) -> str:
    """What the marks of the lines are."""
    who = french.the(report.territory)
    small = is_small_commune(report)
    if small and report.epci is not None:
        ring = f" Anneau : {french.the(report.epci.territory)}, où la commune n’a pas de valeur publiée."
        holder = next((item for item in report.context.parents if item.level is Level.DEPARTEMENT), None)
        ticks = f" Traits gris : les intercommunalités {french.of(holder)}." if holder is not None else ""
    else:
        ring = ""
        drawn = any(item.track and item.track.others for item in chosen(report))
        enough = f", là où le chiffre porte{told}" if (told := enough_people(report)) else ""
        ticks = (
            f" Traits gris : les {report.siblings_label}{enough}." if report.siblings_label and drawn else ""
        )
    reference = report.against(OFFICIAL)
    bar = (
        f" Trait noir : {reference.the}, là où le chiffre est connu ; trait fin : les autres repères."
        if reference is not None
        else ""
    )
    return french.typographic(f"Rond plein : {who}.{ring}{ticks}{bar}")


def silent(report: Report) -> Mapping[str, list[str]]:
    """What is known neither here nor at the EPCI, by whom to ask: the indicators."""
    shown = {figure.indicator for figure in chosen(report)}
    found: dict[str, list[str]] = {}
    for row in report.unknown:
        if row.indicator in BY_ID and row.indicator not in (*shown, COMPUTED):
            found.setdefault(row.whom, []).append(row.indicator)
    return found

"""The gap to the reference, in places and on a map."""

from __future__ import annotations

import re
from dataclasses import replace
from math import ceil

from diagnostic import french, reading
from diagnostic.indicators import BY_ID, CHILDREN, DISTRICT_COUNT
from diagnostic.model import ENOUGH_PEOPLE, Apart, Finding, Indicator, Level
from diagnostic.report import Member, Report
from diagnostic.story.blocks import Data, Map, Printed, Ranked, Section, Text
from diagnostic.story.country import (
    HIGHEST,
    LOWEST,
    MOST_SHORT,
    by_departement,
    of_the_country,
    said_of_the_country,
)
from diagnostic.story.figures import compared, ends_of, map_alt, source_line, statuses, value_of
from diagnostic.story.ladder import References, ladder
from diagnostic.story.missing import (
    HUNDRED,
    PARTS,
    elsewhere_in,
    is_summed,
    missing_table,
    of_places,
    said_places,
)
from diagnostic.story.once import once
from diagnostic.story.shortage import (
    Short,
    added,
    among,
    compared_members,
    concentrated,
    short_members,
    whole,
)
from diagnostic.story.words import LEVELS, against, counted_noun, known, plural_members
from diagnostic.warehouse import Database

FEWEST_BARS = 3
"""Members compared from which a slide draws no others."""
MOST_SPOKEN = 5
"""Members that a sentence names."""


@once
def gap_section(report: Report, db: Database | None = None) -> Section | None:
    """Where places are missing; `db` tells the year of the children counted."""
    name = of_places(report)
    if name is None:
        return None
    indicator, short = BY_ID[name], short_members(report, name)
    beside = compared(report.findings[name], report) if name in report.findings else []
    reference = next(((label, value) for label, value in beside if value is not None), None)
    year = _year(report, name)
    apart = by_departement(report, name, year, db)
    chart = Map(
        f"{indicator.short}{f', {year}' if year else ''} : écart à la référence",
        "ratio",
        map_alt(report, indicator, reference),
        name,
        {m.territory.code: value_of(m.findings.get(name)) for m in report.members},
        reference,
        apart=frozenset(one.territory.code for one in compared_members(report, name)[1]),
    )
    drawn, left_out = ladder(_shown(report, name), indicator, _line(report, name))
    lacking = missing_table(report, db)
    side = (lacking,) if lacking is not None else _nobody_short(report, name)
    how = f"(référence − valeur) ÷ {HUNDRED} × enfants de moins de 3 ans de l’année du taux ; 0 si la référence est atteinte"
    if is_summed(report, indicator):
        how = f"{PARTS[report.member_level]} nettement sous la référence, là où leur taux est connu"
    return Section(
        "ecart",
        "Petite enfance · places manquantes",
        said_of_the_country(report, name, apart) if apart else _said(report, short, name),
        ((0.58, (chart,)), (0.42, side)) if side else ((1.0, (chart,)),),
        source_line(report, [name, DISTRICT_COUNT], members=True, beside=[CHILDREN] if short else []),
        (
            f"Places manquantes = {how}. Une place peut servir plusieurs enfants.",
            *(
                f"{french.name(t)} : {french.number(f.value, 1)} ; il manque {french.about_quantity(f.missing, 'place', 'places')}"
                for t, f in short
                if f.missing is not None
            ),
        ),
        on_slides=len(report.members) > 1,
        subtitle=_subtitle(report, indicator, year),
        caution=_caution_of_the_country(report, name) if apart else _caution(report, name),
        statuses=statuses(report, name, members=True),
        indicators=(name,),
        data=_data(report, indicator),
        on_screen=(drawn, *_left_out(report, name, drawn, left_out)),
        on_slide=of_the_country(report, name, chart, apart)
        if apart
        else _on_one_slide(report, name, chart, side),
        spoken=_lowest(short, reference),
    )


def _year(report: Report, name: str) -> int | None:
    """The year of the rates that are drawn."""
    return next((f.year for _, f in short_members(report, name)), None) or report.findings[name].year


def _subtitle(report: Report, indicator: Indicator, year: int | None, of: str = "") -> str:
    """What is drawn, of when, by what, in which order; `of` names the territory where it is not that of the page."""
    by = " ".join(filter(None, (counted_noun(plural_members(report), 1), of)))
    return f"{indicator.label}{f', {year}' if year else ''}, par {by}, du plus bas au plus haut"


def _lowest(short: Short, reference: tuple[str, float] | None) -> str:
    """ "Les taux les plus bas : Lormont (42,1) et Cenon (44,0), contre 66,2 (Gironde)." """
    if len(short) < 2 or reference is None:
        return ""
    lowest = sorted(((found.value, french.name(place)) for place, found in short if found.value is not None))[
        :MOST_SPOKEN
    ]
    named = french.listing([f"{name} ({french.number(value, 1)})" for value, name in lowest])
    return f"Les valeurs les plus basses : {named}, contre {french.number(reference[1], 1)} ({reference[0]})."


def _on_one_slide(
    report: Report, name: str, chart: Map, beside: tuple[Printed, ...]
) -> tuple[tuple[float, tuple[Printed, ...]], ...]:
    """The members from the lowest to the highest, the map, the missing places, side by side; the map and what documents have
    `beside` it where fewer than three members have a value to rank."""
    indicator = BY_ID[name]
    alike, _ = compared_members(report, name)
    drawn = alike if len(alike) >= FEWEST_BARS else _shown(report, name)
    every, _ = ladder(drawn, indicator, _line(report, name), everyone=True)
    if len({value for _, value, _ in every.rows}) < 3:
        return ((0.46, (chart,)), (0.54, beside)) if beside else ()
    rows, caption = every.rows, f"{french.capitalised(indicator.unit)}"
    if len(rows) > HIGHEST + LOWEST:
        rows = (*rows[:LOWEST], *rows[-HIGHEST:])
        caption += f" : les {french.in_words(LOWEST)} plus bas, les {french.in_words(HIGHEST)} plus hauts"
    bars = Ranked(caption, rows, every.references, indicator.decimals, unit=indicator.unit)
    told = said_places(report, name, _named(report, name))
    side = (told,) if told is not None else _nobody_short(report, name)
    return ((0.33, (bars,)), (0.38, (chart,)), (0.29, side)) if side else ((0.4, (bars,)), (0.6, (chart,)))


def _named(report: Report, name: str) -> int:
    """How many members the table of a slide names: as many as its lines hold beside a map."""
    short = short_members(report, name)
    lines = 5 if elsewhere_in(report, name, short) else 2
    for count, (place, _) in enumerate(short[:MOST_SHORT]):
        # A slide writes the shorter of a name and of what its parentheses say.
        lines += ceil(min(map(len, french.name(place).removesuffix(")").split(" ("))) / ONE_LINE)
        if lines > MOST_LINES:
            # One more takes the line that would count it.
            return count + (len(short) == count + 1)
    return MOST_SHORT + (len(short) == MOST_SHORT + 1)


ONE_LINE, MOST_LINES = 17, 11
"""Characters of a name on one line of the table beside a map, and lines that it holds."""


def _caution_of_the_country(report: Report, name: str) -> str:
    """Of how many régions nothing is known: départements are drawn in their place."""
    without = sum(value_of(member.findings.get(name)) is None for member in report.members)
    if not without:
        return _caution(report, name)
    return french.typographic(
        f"{french.quantity(without, 'région', 'régions')} sur {french.number(len(report.members))} "
        f"{french.verb(without, 'n’a', 'n’ont')} pas de taux connu : les départements sont montrés."
    )


def _line(report: Report, name: str) -> References:
    """The reference across the ranking, with its year when the members are of another one; of the country, which is compared
    with nothing above it, its own value."""
    against, own = report.against(name), value_of(report.findings.get(name))
    if report.territory.level is Level.FRANCE and own is not None:
        return ((french.name(report.territory), own, True),)
    if against is None or against.value is None:
        return ()
    found = (member.findings.get(name) for member in report.members)
    years = {finding.year for finding in found if finding is not None and value_of(finding) is not None}
    year = against.year if against.year in years or not years else max(filter(None, years), default=None)
    return ((f"{against.name}{against.when(year)}", against.value, True),)


def _left_out(report: Report, name: str, drawn: Ranked, count: int) -> tuple[Printed, ...]:
    """What the drawing leaves out, with the places that lack there."""
    said = []
    if count:
        shown = {row[0] for row in drawn.rows}
        places = added([row for row in short_members(report, name) if french.name(row[0]) not in shown])
        lack = f" : il y manque {french.about_quantity(places, 'place', 'places')}" if places else ""
        said.append(f"Et {french.quantity(count, 'autre', 'autres')}, dans les données{lack}.")
    return (Text((("", " ".join(said), False),)),) if said else ()


def _caution(report: Report, name: str) -> str:
    """What is an estimate, and how many members have no known value."""
    parts = []
    if any(reading.missing_units([m.findings[name]]) for m in report.members if name in m.findings):
        of_parts = " ; seuls comptent ceux qui sont nettement sous la référence"
        if not whole(report, name)[1]:
            of_parts = (
                f" ; celui {_of_level(report)} compte aussi les membres trop petits, proches ou inconnus"
                if elsewhere_in(report, name, short_members(report, name))
                else f" ; celui {_of_level(report)} est compté sur son propre taux"
                + (
                    ", où d’autres membres compensent"
                    if added(short_members(report, name)) > whole(report, name)[0]
                    else ""
                )
            )
        parts.append(f"Les manques sont des estimations{of_parts if len(report.members) > 1 else ''}.")
    many = plural_members(report)
    one, feminine = counted_noun(many, 1), bool(report.member_level) and Level(report.member_level).feminine
    of_them = ("e", "es") if feminine else ("", "s")
    _, alone = compared_members(report, name)
    if alone:
        noun = french.opening(len(alone), one, many, feminine=feminine)
        few = all(member.findings[name].cause is Apart.FEW for member in alone)
        why = "trop peu d’enfants" if few else "trop peu d’enfants, ou des enfants trop mal connus,"
        parts.append(
            f"{noun} {french.verb(len(alone), 'a', 'ont')} {why} pour être comparé{of_them[len(alone) > 1]}."
        )
    small = len(report.members) - len(_shown(report, name))
    if small:
        noun = french.quantity(small, "commune", "communes")
        of = f"de moins de {ENOUGH_PEOPLE} enfants {french.verb(small, 'n’est pas classée', 'ne sont pas classées')}"
        parts.append(f"{noun} {of}.")
    without = sum(value_of(member.findings.get(name)) is None for member in report.members)
    if without:
        noun = french.opening(without, one, many, feminine=feminine)
        parts.append(f"{noun} {french.verb(without, 'n’a', 'n’ont')} pas de valeur connue.")
    return french.typographic(" ".join(parts))


def _data(report: Report, indicator: Indicator) -> Data:
    """Every member, the unknown ones with their reason."""
    found = [(m.territory, m.findings[indicator.id]) for m in report.members if indicator.id in m.findings]
    plural = indicator.missing_noun[1] if indicator.missing_noun else "unités"
    return Data(
        (
            "Territoire",
            "Code",
            indicator.short,
            "Année",
            "Par rapport à la référence",
            f"Manque ({plural})",
            "Statut",
            "Motif",
        ),
        tuple(
            (
                french.name(place),
                place.code,
                value_of(finding),
                finding.year,
                finding.word or "",
                _counted_missing(report, finding, indicator),
                reading.status_word(finding, indicator),
                reading.reason(finding, indicator, place),
            )
            for place, finding in found
        ),
    )


def _counted_missing(report: Report, finding: Finding, indicator: Indicator) -> float | None:
    """The missing units of a member that count in those of the whole, as the lines of the table write them."""
    if len(report.members) > 1 and not reading.is_attention(finding.word, indicator.direction):
        return None
    whole_ = french.rounded(finding.missing)
    return None if whole_ is None else float(whole_)


def _said(report: Report, short: Short, name: str) -> str:
    """How many places are missing, and where; nobody below is said only where something was compared."""
    if all(known(m.findings[name].missing) is None for m in report.members if name in m.findings):
        apart = {one.cause for m in report.members if (one := m.findings.get(name)) and one.stands_apart}
        if apart:
            return _apart(report, name, few=apart == {Apart.FEW})
        return _uncompared(report, name)
    total, summed = whole(report, name)
    compared_with = report.against(name)
    # France is compared with nothing above it: its parts are compared with France.
    the = compared_with.the if compared_with is not None else french.the(report.territory)
    if not summed and total >= 0.5:
        return _on_its_own_rate(report, total, the)
    if not short and len(report.members) == 1:
        where = french.at(report.members[0].territory)
        return french.typographic(
            f"Aucune place ne manque {where} pour atteindre le niveau {against(report, name)}"
        )
    if not short:
        who = "Aucune commune connue" if report.member_level == "commune" else "Aucun territoire connu"
        return reading.held(
            (french.typographic(f"{who} n’est nettement sous le niveau {against(report, name)}"),)
        )
    among_them = f"{_places(total)} dans {among(report, short, name, digits=len(short) > 1)}"
    most = concentrated(report, short) if len(short) > 3 else ()
    part, there = french.about(added(most)) if most else None, [french.at(place) for place, _ in most]
    # What they would reach is said before who lacks them: of another reference it is another number.
    leveled, titles = (
        [f"{among_them} pour atteindre {the}", f"{_places(total)} pour atteindre {the}"],
        [among_them],
    )
    found = report.findings.get(name)
    if found is not None and found.gap is not None and found.gap >= 0:
        # The whole has reached it: only some of its members have not.
        who = french.quantity(len(short), counted_noun(plural_members(report), 1), plural_members(report))
        verb = french.verb(len(short), "manque", "manquent")
        lacking = french.of_text(french.about_quantity(total, "place", "places"))
        leveled[1] = (
            f"En dessous {compared_with.of if compared_with is not None else french.of(report.territory)}, {who} {verb} {lacking}"
        )
    if len(report.members) > 1 and any(one.of_few_people for _, one in (short if len(short) <= 3 else most)):
        # A rate of fewer than a hundred children names nobody in a title.
        titles = [*leveled, *titles]
    elif len(short) <= 3:
        named = f"{_places(total)} {french.listing([french.at(t) for t, _ in short])}"
        # Of one commune or arrondissement nothing is « la seule commune connue ».
        alone = [f"{_places(total)} pour atteindre {the}", named]
        titles = [
            f"{named} pour atteindre {the}",
            *(alone if len(report.members) == 1 else (*leveled, *titles)),
        ]
    else:
        them = f", dont {french.number(part)} {french.listing(there)}" if part else ""
        titles = [*(f"{said}{them}" for said in leveled if them), *leveled, *titles]
    return reading.held(map(french.typographic, titles))


def _on_its_own_rate(report: Report, total: float, the: str) -> str:
    """Places missing to a territory by its own rate, where its members do not tell them; `the`: what it is compared with."""
    goal, where = f"pour atteindre {the}", french.at(report.territory)
    own = f"comptées sur le taux {_of_level(report)}"
    told = (
        f"{where} {goal}, {own}",
        f"{where} {goal}, d’après son taux",
        f"{goal}, {own}",
        f"{goal}, au taux {_of_level(report)}",
        goal,
    )
    return reading.held(french.typographic(f"{_places(total)} {said}") for said in told)


def _of_level(report: Report) -> str:
    """ "de l’intercommunalité": on the pages of a commune, « le territoire » would be the commune."""
    return french.of_text(LEVELS.get(report.territory.level, "le territoire"))


def _places(count: float) -> str:
    """ "Environ 680 places manquent"."""
    return f"{french.capitalised(french.about_quantity(count, 'place', 'places'))} manquent"


def _uncompared(report: Report, name: str) -> str:
    """The range of the members where nothing is known to hold them against."""
    indicator = BY_ID[name]
    values = {value_of(m.findings.get(name)) for m in _shown(report, name)} - {None}
    if len(values) < 2:
        return french.typographic(
            f"{indicator.short} : le niveau {against(report, name)} n’est pas connu, l’écart non plus"
        )
    return french.typographic(f"{indicator.short} : {ends_of(_shown(report, name), indicator)}")


def _shown(report: Report, name: str) -> tuple[Member, ...]:
    """The members that are ranked: where no level holds them against one another, a rate of few people would be an end."""
    findings = [found for one in report.members if (found := one.findings.get(name)) is not None]
    if any(known(one.missing) is not None or one.stands_apart for one in findings):
        return report.members
    return tuple(m for m in report.members if not m.findings[name].of_few_people) or report.members


def _apart(report: Report, name: str, *, few: bool) -> str:
    """What is said where both values are known and their gap says nothing: of too `few` children, or of children told by
    births, whose error turns it over."""
    beside, found = report.against(name), report.findings.get(name)
    if found is None or found.value is None or beside is None or beside.value is None:
        return (
            "Trop peu d’enfants dans chaque commune pour compter ce qui manque"
            if few
            else "Trop peu d’enfants, ou des enfants trop mal connus, pour compter ce qui manque"
        )
    own, other = reading.figure(found, BY_ID[name]), french.number(beside.value, BY_ID[name].decimals)
    why = "trop peu d’enfants" if few else "les enfants, comptés par les naissances, sont trop mal connus"
    said = french.typographic(french.capitalised(f"{own}, contre {other} {beside.at} : {why} pour conclure"))
    shorter = re.sub(" de moins de 3.ans", "", said)
    # The subtitle has the unit.
    shortest = re.sub(" pour 100.enfants", "", shorter).replace(
        "les enfants, comptés par les naissances, sont", "enfants"
    )
    titles = (one for text in (shorter, shortest) for one in (text, text.removesuffix(" pour conclure")))
    return reading.held((said, *titles))


@once
def around_section(report: Report, of_epci: Report | None) -> Section | None:
    """Of a commune: where places are missing around it, in the communes of its EPCI, whose report is `of_epci`; its
    own section where there is no such report."""
    if of_epci is None or len(of_epci.members) < 2:
        return gap_section(report)
    told, name = gap_section(of_epci), of_places(of_epci)
    if told is None or name is None:
        return gap_section(report)
    drawn, left_out = ladder(
        _shown(of_epci, name), BY_ID[name], _line(of_epci, name), own=report.territory.key
    )
    return replace(
        told,
        id="autour",
        kicker=f"Autour {french.of(report.territory)}",
        subtitle=_subtitle(of_epci, BY_ID[name], _year(of_epci, name), french.of(of_epci.territory)),
        on_screen=(*_own_lack(report), drawn, *_left_out(of_epci, name, drawn, left_out)),
    )


def _own_lack(report: Report) -> tuple[Text, ...]:
    """What the commune itself lacks, before its neighbours; nothing where it lacks none or its rate is unknown."""
    finding, beside = report.findings.get("taux_couverture"), report.against("taux_couverture")
    if finding is None or beside is None or not reading.missing_units([finding]) or finding.missing is None:
        return ()
    places = french.about_quantity(finding.missing, "place", "places")
    said = f"Il manque {places} {french.at(report.territory)}"
    when = f", au taux de {finding.year}" if finding.year else ""
    return (Text(((said, f"pour atteindre {beside.the}{when}.", True),)),)


def _nobody_short(report: Report, name: str) -> tuple[Printed, ...]:
    """Where nobody is below, that the hatched members do not say so; nothing where every value is known."""
    if all(value_of(member.findings.get(name)) is not None for member in report.members):
        return ()
    unknown = "Les valeurs inconnues sont hachurées : elles ne disent pas que tout va bien."
    return (Text((("Lecture", unknown, False),)),)

"""The gap to the reference, in places and on a map."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from diagnostic import french, reading
from diagnostic.gaps import CLEARLY_BELOW
from diagnostic.indicators import BY_ID, CHILDREN, DISTRICT_COUNT, GAP_INDICATORS
from diagnostic.measure import Figure, children_near, history
from diagnostic.model import ENOUGH_PEOPLE, Apart, Finding, Indicator, Level
from diagnostic.report import Member, Report, data
from diagnostic.report.messages import near
from diagnostic.story.blocks import MOST_ROWS, Data, Map, Printed, Ranked, Section, Table, Text
from diagnostic.story.figures import compared, ends_of, map_alt, source_line, statuses, value_of
from diagnostic.story.ladder import References, ladder
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
from diagnostic.story.words import against, counted_noun, known, plural_members
from diagnostic.warehouse import Database

FEWEST_BARS = 3
"""Members compared from which a slide draws no others."""
HIGHEST, LOWEST, MOST_SHORT = 6, 8, 7
"""Bars at each end of a slide, and members of its table."""
ELSEWHERE = "Ailleurs : trop peu d’enfants, ou taux proche ou inconnu"
"""Where the places lie that the territory lacks and that no member tells."""
HUNDRED = 100
"""Every rate of places is for a hundred children."""
PARTS = {
    "epci": "celles des communes",
    "departement": "celles des intercommunalités",
    "region": "celles des départements",
}
"""What the missing places of a member on a published rate are the sum of, by level."""


MOST_SPOKEN = 5
"""Members that a sentence names."""


@once
def gap_section(report: Report, db: Database | None = None) -> Section | None:
    """Where places are missing; `db` tells the year of the children counted."""
    name = _indicator(report)
    if name is None:
        return None
    indicator, short = BY_ID[name], short_members(report, name)
    beside = compared(report.findings[name], report) if name in report.findings else []
    reference = next(((label, value) for label, value in beside if value is not None), None)
    year = _year(report, name)
    apart = _by_departement(report, name, year, db)
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
    how = f"(référence − valeur) ÷ {HUNDRED} × enfants de moins de 3 ans de l’année du taux ; 0 si la référence est atteinte"
    if _summed(report, indicator):
        how = f"{PARTS[report.member_level]} nettement sous la référence, là où leur taux est connu"
    return Section(
        "ecart",
        "Petite enfance · places manquantes",
        _said_of_the_country(report, name, apart) if apart else _said(report, short, name),
        ((0.58, (chart,)), (0.42, (missing_table(report, db) or _nobody_short(),))),
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
        on_slide=_of_the_country(report, name, chart, apart) if apart else _on_one_slide(report, name, chart),
        spoken=_lowest(short, reference),
    )


def _lowest(short: Short, reference: tuple[str, float] | None) -> str:
    """ "Les taux les plus bas : Lormont (42,1) et Cenon (44,0), contre 66,2 (Gironde)." """
    if len(short) < 2 or reference is None:
        return ""
    lowest = sorted(((found.value, french.name(place)) for place, found in short if found.value is not None))[
        :MOST_SPOKEN
    ]
    named = french.listing([f"{name} ({french.number(value, 1)})" for value, name in lowest])
    return f"Les valeurs les plus basses : {named}, contre {french.number(reference[1], 1)} ({reference[0]})."


def _on_one_slide(report: Report, name: str, chart: Map) -> tuple[tuple[float, tuple[Printed, ...]], ...]:
    """The members from the lowest to the highest, the map, the missing places, side by side; empty where fewer than
    three members have a value to rank."""
    indicator, short = BY_ID[name], short_members(report, name)
    alike, _ = compared_members(report, name)
    drawn = alike if len(alike) >= FEWEST_BARS else _shown(report, name)
    every, _ = ladder(drawn, indicator, _line(report, name), everyone=True)
    if len({value for _, value, _ in every.rows}) < 3:
        return ()
    rows, caption = every.rows, f"{french.capitalised(indicator.unit)}"
    if len(rows) > HIGHEST + LOWEST:
        rows = (*rows[:LOWEST], *rows[-HIGHEST:])
        caption += f" : les {french.in_words(LOWEST)} plus bas, les {french.in_words(HIGHEST)} plus hauts"
    bars = Ranked(
        french.typographic(caption), rows, every.references, indicator.decimals, unit=indicator.unit
    )
    side: Printed = _nobody_short()
    if short:
        named = short[:MOST_SHORT]
        lines = [(french.name(place), _about(added([(place, found)]))) for place, found in named]
        if others := short[MOST_SHORT:]:
            noun = plural_members(report) if len(others) > 1 else counted_noun(plural_members(report), 1)
            lines.append(
                (
                    f"{len(others)} {'autres' if len(others) > 1 else 'autre'} {noun}",
                    _about(added(others)),
                )
            )
        total, made_up = whole(report, name)
        elsewhere = _elsewhere(report, name, short)
        if elsewhere:
            lines.append((ELSEWHERE, _about(elsewhere)))
        summed = len(lines) > 1 and bool(made_up or elsewhere)
        if summed:
            lines.append(("Ensemble", _about(total)))
        side = Table(
            "Places manquantes",
            (french.capitalised(counted_noun(plural_members(report), 1)), "Places, environ"),
            tuple(lines),
            (0.62, 0.38),
            (1,),
            total=summed,
        )
    return ((0.34, (bars,)), (0.4, (chart,)), (0.26, (side,)))


def _by_departement(
    report: Report, name: str, year: int | None, db: Database | None
) -> dict[str, tuple[str, float]]:
    """For the country, the départements where most régions have no value; empty elsewhere."""
    if db is None or report.territory.level is not Level.FRANCE:
        return {}
    return data.values_of(db, "departement", name, year)


def _said_of_the_country(report: Report, name: str, found: dict[str, tuple[str, float]]) -> str:
    """How many départements are clearly below the country, and the lowest."""
    own = value_of(report.findings.get(name)) or 0.0
    below = sorted((value, place) for place, value in found.values() if value < CLEARLY_BELOW * own)
    if not below:
        return french.typographic(
            f"Aucun des {len(found)} départements connus n’est nettement sous le niveau {french.of(report.territory)}"
        )
    count = french.in_words(len(below), capital=True)
    noun = french.plural(len(below), "département", "départements")
    verb = french.verb(len(below), "est", "sont")
    value, place = below[0]
    said = f"{count} {noun} sur {len(found)} {verb} nettement en dessous {french.of(report.territory)}"
    low = french.number(value, BY_ID[name].decimals)
    return reading.held(
        french.typographic(f"{said} ; le plus bas : {place}, {lowest}")
        for lowest in (f"{low} places pour 100 enfants", low)
    )


def _caution_of_the_country(report: Report, name: str) -> str:
    """Of how many régions nothing is known: départements are drawn in their place."""
    without = sum(value_of(member.findings.get(name)) is None for member in report.members)
    if not without:
        return _caution(report, name)
    return french.typographic(
        f"{french.quantity(without, 'région', 'régions')} sur {french.number(len(report.members))} "
        f"{french.verb(without, 'n’a', 'n’ont')} pas de taux connu : les départements sont montrés."
    )


def _of_the_country(
    report: Report, name: str, chart: Map, found: dict[str, tuple[str, float]]
) -> tuple[tuple[float, tuple[Printed, ...]], ...]:
    """The départements at both ends and their map against the country."""
    indicator, own = BY_ID[name], value_of(report.findings.get(name))
    if own is None:
        return ()
    line = ((french.name(report.territory), own, True),)
    rows = sorted(
        ((french.typographic(place), value, value < CLEARLY_BELOW * own) for place, value in found.values()),
        key=lambda row: row[1],
    )
    rows = [*rows[:LOWEST], *rows[-HIGHEST:]] if len(rows) > HIGHEST + LOWEST else rows
    bars = Ranked(
        f"Départements : les {french.in_words(LOWEST)} plus bas, les {french.in_words(HIGHEST)} plus hauts",
        tuple(rows),
        line,
        indicator.decimals,
        unit=indicator.unit,
    )
    values: dict[str, float | None] = {code: value for code, (_, value) in found.items()}
    drawn = replace(
        chart,
        level="departement",
        apart=frozenset(),
        reference=line[0][:2],
        values=values,
        alt=french.typographic(
            f"Carte : {indicator.label} par département, {len(values)} valeurs, de {french.number(rows[0][1], 1)} "
            f"({rows[0][0]}) à {french.number(rows[-1][1], 1)} ({rows[-1][0]})."
        ),
    )
    return ((0.4, (bars,)), (0.6, (drawn,)))


def _about(places: float) -> str:
    """ "280", "moins de 20": rounded, as a sentence says it."""
    return french.about_quantity(places, "", "").removeprefix("environ").strip()


def _summed(report: Report, indicator: Indicator) -> bool:
    """Whether what a member lacks is the sum of what its own parts lack, which no formula on its rate gives."""
    return indicator.published and report.member_level in PARTS


def _line(report: Report, name: str) -> References:
    """The reference across the ranking, with its year when the members are of another one."""
    against = report.against(name)
    if against is None or against.value is None:
        return ()
    found = (member.findings.get(name) for member in report.members)
    years = {finding.year for finding in found if finding is not None and value_of(finding) is not None}
    year = against.year if against.year in years or not years else max(filter(None, years), default=None)
    return ((f"{against.name}{against.when(year)}", against.value, True),)


def _year(report: Report, name: str) -> int | None:
    """The year of the rates that are drawn."""
    return next((f.year for _, f in short_members(report, name)), None) or report.findings[name].year


def _subtitle(report: Report, indicator: Indicator, year: int | None, of: str = "") -> str:
    """What is drawn, of when, by what, in which order; `of` names the territory where it is not that of the page."""
    by = " ".join(filter(None, (counted_noun(plural_members(report), 1), of)))
    return f"{indicator.label}{f', {year}' if year else ''}, par {by}, du plus bas au plus haut"


def _left_out(report: Report, name: str, drawn: Ranked, count: int) -> tuple[Printed, ...]:
    """What the drawing leaves out, with the places that lack there."""
    said = []
    if count:
        shown = {row[0] for row in drawn.rows}
        places = added([row for row in short_members(report, name) if french.name(row[0]) not in shown])
        lack = f" : il y manque {french.about_quantity(places, 'place', 'places')}" if places else ""
        said.append(f"Et {french.quantity(count, 'autre', 'autres')}, dans les données{lack}.")
    return (Text((("", french.typographic(" ".join(said)), False),)),) if said else ()


def _caution(report: Report, name: str) -> str:
    """What is an estimate, and how many members have no known value."""
    parts = []
    if any(reading.missing_units([m.findings[name]]) for m in report.members if name in m.findings):
        of_parts = " ; seuls comptent ceux qui sont nettement sous la référence"
        if not whole(report, name)[1]:
            of_parts = (
                " ; celui du territoire compte aussi les membres trop petits, proches ou inconnus"
                if _elsewhere(report, name, short_members(report, name))
                else " ; celui du territoire est compté sur son propre taux, où d’autres membres compensent"
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


def _indicator(report: Report) -> str | None:
    """The first indicator that some member knows."""
    known_to = (
        n for n in GAP_INDICATORS if any(value_of(m.findings.get(n)) is not None for m in report.members)
    )
    return next(known_to, None)


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
        goal, where = f"pour atteindre {the}", french.at(report.territory)
        own = "comptées sur le taux du territoire"
        told = (f"{where} {goal}, {own}", f"{where} {goal}, d’après son taux", f"{goal}, {own}", goal)
        return reading.held(french.typographic(f"{_places(total)} {said}") for said in told)
    if not short and len(report.members) == 1:
        where = french.at(report.members[0].territory)
        return french.typographic(
            f"Aucune place ne manque {where} pour atteindre le niveau {against(report, name)}"
        )
    if not short:
        who = "Aucune commune connue" if report.member_level == "commune" else "Aucun territoire connu"
        return french.typographic(f"{who} n’est nettement sous le niveau {against(report, name)}")
    among_them = f"{_places(total)} dans {among(report, short, name, digits=True)}"
    most = concentrated(report, short) if len(short) > 3 else ()
    part, there = french.about(added(most)) if most else None, [french.at(place) for place, _ in most]
    titles = [f"{among_them} pour atteindre {the}", among_them]
    if len(short) <= 3:
        named = f"{_places(total)} {french.listing([french.at(t) for t, _ in short])}"
        titles = [f"{named} pour atteindre {the}", named, *titles]
    elif part:
        # Who lacks them says more than what they would reach, which the drawing names.
        them = f", dont {french.number(part)} {french.listing(there)}"
        titles = [*(f"{said}{them}" for said in titles), *titles]
    return reading.held(map(french.typographic, titles))


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
    return reading.held((said, said.replace(" de moins de 3\u00a0ans", "").replace(" de moins de 3 ans", "")))


@once
def around_section(report: Report, of_epci: Report | None) -> Section | None:
    """Of a commune: where places are missing around it, in the communes of its EPCI, whose report is `of_epci`; its
    own section where there is no such report."""
    if of_epci is None or len(of_epci.members) < 2:
        return gap_section(report)
    told, name = gap_section(of_epci), _indicator(of_epci)
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


def members_unknown(report: Report, of_epci: Report | None) -> tuple[str, str]:
    """How many of the members that `around_section` ranks have no known value, then which, by reason; empty without any."""
    held = of_epci if of_epci is not None and len(of_epci.members) > 1 else report
    name = _indicator(held)
    found = (
        [(one.territory, one.findings[name]) for one in held.members if name in one.findings] if name else []
    )
    silent = [(place, finding) for place, finding in found if value_of(finding) is None]
    if name is None or not silent:
        return "", ""
    named: dict[str, list[str]] = {}
    for place, finding in silent:
        why = reading.reason(finding, BY_ID[name], place, several=len(silent) > 1)
        named.setdefault(why, []).append(french.name(place))
    many, feminine = plural_members(held), bool(held.member_level) and Level(held.member_level).feminine
    told = " ".join(f"{french.listing(names)}. {why}" for why, names in named.items())
    return (
        f"{french.opening(len(silent), counted_noun(many, 1), many, feminine=feminine)} sans valeur connue",
        french.typographic(told),
    )


def _own_lack(report: Report) -> tuple[Text, ...]:
    """What the commune itself lacks, before its neighbours; nothing where it lacks none or its rate is unknown."""
    finding, beside = report.findings.get("taux_couverture"), report.against("taux_couverture")
    if finding is None or beside is None or not reading.missing_units([finding]) or finding.missing is None:
        return ()
    places = french.about_quantity(finding.missing, "place", "places")
    said = f"Il manque {places} {french.at(report.territory)}"
    when = f", au taux de {finding.year}" if finding.year else ""
    return (
        Text(((french.typographic(said), french.typographic(f"pour atteindre {beside.the}{when}."), True),)),
    )


def _nobody_short() -> Text:
    unknown = "Les valeurs inconnues sont hachurées : elles ne disent pas que tout va bien."
    return Text((("Lecture", french.typographic(unknown), False),))


def missing_table(report: Report, db: Database | None = None, most: int = MOST_ROWS) -> Table | None:
    """The members below the reference: value, children counted, places; the `most` first, the others in one line.

    The total is that of the territory, and says so where the lines, rounded one by one, add up to another; where the
    lines are a part of it, one more tells what lies elsewhere; no total where they lack more than the whole. None when
    nobody is below.
    """
    name = _indicator(report)
    short = short_members(report, name) if name is not None else ()
    if name is None or not short:
        return None
    indicator = BY_ID[name]
    summed = _summed(report, indicator)
    counted, heading = _counted(short, indicator, db, summed)
    rows = [
        (
            french.name(t),
            french.number(value_of(f), indicator.decimals),
            french.number(children),
            french.number(f.missing),
        )
        for (t, f), children in zip(short[:most], counted, strict=False)
    ]
    if others := short[most:]:
        noun = f"autres {plural_members(report)}" if len(others) > 1 else "autre"
        rows.append((f"{len(others)} {noun}", "", "", french.number(added(others))))
    total, made_up = whole(report, name)
    elsewhere = _elsewhere(report, name, short)
    if elsewhere:
        rows.append((ELSEWHERE, "", "", french.number(elsewhere)))
    if made_up or elsewhere:
        label = (
            "Ensemble" if added(short) + elsewhere == french.rounded(total) else "Ensemble (lignes arrondies)"
        )
        rows.append((label, "", "", french.number(total)))
    return Table(
        french.typographic(f"Places manquantes : {PARTS[report.member_level]} nettement sous la référence")
        if summed
        else _formula(short, indicator),
        (french.capitalised(counted_noun(plural_members(report), 1)), "Taux", heading, "Places manquantes"),
        tuple(rows),
        (0.4, 0.16, 0.2, 0.24),
        (1, 2, 3),
        total=bool(made_up or elsewhere),
    )


def _elsewhere(report: Report, name: str, short: Short) -> int:
    """The places that the territory lacks beyond those of the members named; 0 where they make it up, or lack more."""
    total, made_up = whole(report, name)
    return 0 if made_up else max(0, round(total) - added(short))


def _formula(short: Short, indicator: Indicator) -> str:
    """How each line is computed, where all are held against the same value of the same year."""
    reached = {
        french.number(f.value - f.gap, indicator.decimals)
        for _, f in short
        if f.value is not None and f.gap is not None
    }
    if len(reached) != 1 or any(f.gap_year != f.year for _, f in short):
        return "Places manquantes"
    return french.typographic(f"Places manquantes = ({reached.pop()} − taux) ÷ {HUNDRED} × enfants")


def _counted(
    short: Short, indicator: Indicator, db: Database | None, summed: bool
) -> tuple[list[float | None], str]:
    """The children on whom each line is counted (those of the member where its parts are), and the heading of their
    column with their year."""
    histories = history(db, [place for place, _ in short]) if db is not None else {}
    rows = [(f, histories.get(t.key, {}).get(CHILDREN, [])) for t, f in short]
    pairs = [near(found, f.year) if summed else _children(f, indicator, found) for f, found in rows]
    years = {year for _, year in pairs}
    year = years.pop() if len(years) == 1 else None
    return [children for children, _ in pairs], f"Enfants {year}" if year else "Enfants comptés"


def _children(
    finding: Finding, indicator: Indicator, rows: Sequence[Figure]
) -> tuple[float | None, int | None]:
    """Children and their year: those of the rate, or for a published rate those on whom its places were counted."""
    if not indicator.published:
        return finding.denominator, finding.denominator_year
    if not finding.gap or finding.missing is None:
        return None, None
    counted, told = finding.missing / -finding.gap * HUNDRED, children_near(rows, finding.year)
    if told is None or abs(told - counted) > 0.5:
        # Rate and places of one year imply the children of the 1 January after it.
        return counted, None if finding.year is None else finding.year + 1
    return near(rows, finding.year)

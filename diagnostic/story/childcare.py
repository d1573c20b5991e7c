"""Under-threes: what is offered, by mode of care."""

from __future__ import annotations

from collections.abc import Sequence

from diagnostic import french, reading
from diagnostic.indicators import CHILDMINDERS, COMPUTED, CRECHES, OFFICIAL
from diagnostic.reading import held
from diagnostic.report import Mode, ModeBar, Report
from diagnostic.report.childcare import drawn_bars, share_of_places
from diagnostic.story.blocks import Clustered, Data, Printed, Section, Stacked, Table, Text
from diagnostic.story.figures import compared, source_line, sources_of, value_of
from diagnostic.story.once import once
from diagnostic.story.words import called, in_its_level, known

ROLES = {
    "eaje": "territory",
    "eaje_psu": "territory",
    "eaje_hors_psu": "eaje_hors_psu",
    "am": "modes_am",
    "assistantes_maternelles": "modes_am",
    "ecole": "other",
    "gad": "domicile",
    "domicile": "domicile",
}
IN = {
    "eaje": "en crèche",
    "am": "chez les assistantes maternelles",
    "ecole": "à l’école à 2 ans",
    "gad": "à domicile",
}
SOME_POINTS = 1.0
"""Below one point, two rates are said alike."""
NOUNS = {"eaje": "crèches", "am": "assistantes maternelles"}
IN_A_MODE = {
    "Crèches": "places en crèche",
    "Assistantes maternelles": "chez les assistantes maternelles",
    "Autres modes": "par d’autres modes",
}
"""Mode of a chart -> its places, in a sentence."""
KNOWN = ("ok", "estimated", "rounded", "bounded")


@once
def offer_section(report: Report) -> Section | None:
    """Places by mode, beside the territories around: those of the territory, or of the first that publishes them."""
    bars = [
        bar
        for bar in drawn_bars(report.coverage.bars)
        if any(known(mode.rate) is not None for mode in bar.modes)
    ]
    if len(bars) < 2 and not any(bar.key == report.territory.key for bar in bars):
        return None
    chart = _chart(report, bars)
    why = _why(report)
    notes = [
        f"{french.typographic(bar.title)} : "
        + " ; ".join(_mode_note(mode) for mode in bar.modes if mode.status in KNOWN)
        for bar in bars
    ]
    year = f", {bars[0].year}" if bars[0].year else ""
    return Section(
        "offre",
        "Petite enfance · offre par mode d’accueil",
        _offer_title(report, bars),
        ((0.6, (chart,)), (0.4, why)) if why else ((1.0, (chart,)),),
        _source(report, bars),
        tuple(notes) + tuple(filter(None, (report.coverage.reading,))),
        subtitle=f"Places pour 100 enfants de moins de 3 ans, par mode d’accueil{year}",
        caution=_rest_line(bars),
        statuses=_statuses(report),
        indicators=_drawn(report),
        data=_data(report, bars),
        on_screen=(chart,),
        on_slide=((0.62, (_side_by_side(report, bars),)), (0.38, _beside_the_bars(report, bars))),
        spoken=_spoken(_side_by_side(report, bars), bars[0].year),
    )


def _drawn(report: Report) -> tuple[str, ...]:
    """The indicators of the modes, as they are published or reckoned."""
    if report.coverage.official:
        return (f"{OFFICIAL}_eaje", f"{OFFICIAL}_am", OFFICIAL)
    return (CRECHES, CHILDMINDERS, COMPUTED)


def _spoken(drawn: Clustered, year: int | None) -> str:
    """ "En 2020, pour 100 enfants de moins de 3 ans (Bordeaux Métropole) : 28,7 places en crèche, contre 23,9 (Gironde)
    et 21,6 (France) ; …"."""
    parts = []
    for label, (own, *others) in drawn.rows:
        if own is None:
            continue
        beside = [
            f"{french.number(value, 1)} ({name})"
            for name, value in zip(drawn.series[1:], others, strict=True)
            if value is not None
        ]
        versus = f", contre {french.listing(beside)}" if beside else ""
        parts.append(f"{french.number(own, 1)} {IN_A_MODE.get(label, f'pour « {label} »')}{versus}")
    when = f"En {year}, pour" if year else "Pour"
    return f"{when} 100 enfants de moins de 3 ans ({drawn.series[0]}) : {' ; '.join(parts)}." if parts else ""


def _side_by_side(report: Report, bars: Sequence[ModeBar]) -> Clustered:
    """Mode by mode, the territory, its reference and France: three bars at most."""
    keys = dict.fromkeys((bars[0].key, _key(report), "france"))
    drawn = [bar for key in keys for bar in bars if bar.key == key and bar.year == bars[0].year]
    rates = [
        {mode.mode: known(mode.rate) for mode in bar.modes if mode.status in KNOWN or mode.mode == "autres"}
        for bar in drawn
    ]
    modes = [
        (mode, label)
        for mode, label in {one.mode: one.label for bar in drawn for one in bar.modes}.items()
        if any(found.get(mode) is not None for found in rates)
    ]
    word = "" if report.coverage.official else ", calculé"
    year = f", {bars[0].year}{word}" if bars[0].year else ""
    return Clustered(
        f"Places pour 100 enfants de moins de 3 ans, par mode{year}",
        tuple(_bar_name(report, bar) for bar in drawn),
        tuple(_role(report, bar) for bar in drawn),
        tuple((label.partition(" (")[0], tuple(found.get(mode) for found in rates)) for mode, label in modes),
    )


def _role(report: Report, bar: ModeBar) -> str:
    """The colour of a bar side by side: blue is the territory, or its intercommunalité that speaks for it, never what it is
    compared with."""
    if bar.key == report.territory.key:
        return "territory"
    return "ink" if bar.key == _key(report) else "other" if bar.key == "france" else "territory"


def _beside_the_bars(report: Report, bars: Sequence[ModeBar]) -> tuple[Printed, ...]:
    """The official rates, then the shares of the places: two measures, never summed."""
    found: list[Printed] = []
    own = next((m for m in (report.epci,) if m is not None and m.territory.key == bars[0].key), None)
    findings = report.findings if bars[0].key == report.territory.key or own is None else own.findings
    rate = findings.get(OFFICIAL)
    if rate is not None and (value := value_of(rate)) is not None:
        rows = [(bars[0].title, value), *((n, v) for n, v in compared(rate, report) if v is not None)]
        mine = report.findings.get(OFFICIAL)
        if (
            mine is not None
            and mine.territory != rate.territory
            and (here := value_of(mine)) is not None
            and mine.year == rate.year
        ):
            rows.insert(0, (french.name(report.territory), here))
        year = f", {rate.year}" if rate.year else ""
        found.append(
            Table(
                f"Taux officiel, tous modes{year}",
                ("", "Places pour 100 enfants"),
                tuple((name, french.number(number, 1)) for name, number in rows),
                (0.62, 0.38),
                (1,),
            )
        )
    other = next((bar for bar in bars[1:] if bar.key == _key(report) and bar.year == bars[0].year), None)
    place = report.beside
    # Places of another territory are never said as those of this one.
    speaks = next((p for p in report.context.parents if p.key == bars[0].key), None)
    whose = f"{french.at(speaks)}, " if speaks is not None else ""
    items: list[tuple[str, str, bool]] = []
    for mode, where in (("eaje", "en crèche"), ("am", "chez une assistante maternelle")):
        share = share_of_places(bars[0], mode)
        if share is None:
            continue
        theirs = share_of_places(other, mode) if other is not None else None
        beside = (
            f", contre {french.percent(theirs)} {french.at(place)}" if theirs is not None and place else ""
        )
        text = french.capitalised(f"{whose}{french.percent(share)} des places sont {where}{beside}.")
        items.append(("" if items else "Comment l’offre est faite", french.typographic(text), False))
    asked = "À demander à la Caf : l’âge des assistantes maternelles et les départs prévus."
    items.append(("Ce que les chiffres ne disent pas", french.typographic(asked), False))
    return (*found, Text(tuple(items)))


def _chart(report: Report, bars: Sequence[ModeBar]) -> Stacked:
    modes = list({mode.mode: mode.label for bar in bars for mode in bar.modes}.items())
    rows = []
    for bar in bars:
        rates = {mode.mode: known(mode.rate) for mode in bar.modes if mode.status in KNOWN}
        # A sum of places of another year would pass for the official rate.
        total = known(bar.total) if report.coverage.official else None
        rows.append((_bar_name(report, bar), tuple(rates.get(mode) for mode, _ in modes), total))
    drawn = [i for i in range(len(modes)) if any(row[1][i] is not None for row in rows)]
    year = next((bar.year for bar in bars if bar.year), None)
    return Stacked(
        "Places pour 100 enfants de moins de 3 ans, par mode" + (f", {year}" if year else ""),
        tuple(modes[i][1].partition(" (")[0] for i in drawn),
        tuple(ROLES.get(modes[i][0], "other") for i in drawn),
        tuple((label, tuple(values[i] for i in drawn), total) for label, values, total in rows),
        own=bars[0].key == report.territory.key,
    )


def _bar_name(report: Report, bar: ModeBar) -> str:
    """The name of a bar: that of its level where it is too long, never a cut one."""
    place = next((one for one in (report.territory, *report.context.parents) if one.key == bar.key), None)
    return french.capitalised(called(place)) if place is not None else french.typographic(bar.title)


def _data(report: Report, bars: Sequence[ModeBar]) -> Data:
    """One row a territory and mode."""
    return Data(
        ("Territoire", "Année", "Mode d’accueil", "Places", "Places pour 100 enfants", "Statut"),
        tuple(
            (
                bar.title,
                bar.year,
                mode.label,
                known(mode.places),
                known(mode.rate),
                reading.STATUS_WORDS.get(mode.status, _exact(report)),
            )
            for bar in bars
            for mode in bar.modes
        ),
    )


def _exact(report: Report) -> str:
    """The word of a rate that nothing weakens."""
    return "officiel" if report.coverage.official else "calculé"


def _statuses(report: Report) -> tuple[str, ...]:
    """Status words of the rates drawn."""
    ok = _exact(report)
    found = {
        mode.status for bar in report.coverage.bars for mode in bar.modes if known(mode.rate) is not None
    }
    return tuple(reading.STATUS_WORDS.get(status, ok) for status in sorted(found)) or ("inconnu",)


def _source(report: Report, bars: Sequence[ModeBar]) -> str:
    """Where the bars drawn come from: those of the territory, or those of the territories around it."""
    if bars[0].key == report.territory.key:
        files = source_line(report, _drawn(report))
        return french.typographic(" ".join(filter(None, (report.coverage.source_line, files))))
    return french.typographic(
        f"{sources_of(report, (COMPUTED,))} Calcul du diagnostic, qui ne se compare pas au taux officiel d’une autre année."
    )


def _rest_line(bars: Sequence[ModeBar]) -> str:
    """What stands behind the last segment, too long for a legend."""
    label = next((mode.label for bar in bars for mode in bar.modes if mode.mode == "autres"), "")
    return f"{label.replace(' (', ' : ').removesuffix(')')}, par différence avec le total." if label else ""


def _why(report: Report) -> tuple[Printed, ...]:
    """The gap to the reference mode by mode, then what changed since the vintage before."""
    found: list[Printed] = []
    rows = report.coverage.gap_by_mode
    if rows:
        total, whole = sum(row.contribution for row in rows), not _is_beside_official(report)
        against = report.against("taux_couverture_eaje" if report.coverage.official else CRECHES)
        found.append(
            Table(
                f"D’où vient l’écart avec {against.the if against is not None else 'la référence'}, en points",
                ("Mode", "Ici", "Référence", "Écart"),
                (
                    *(
                        (
                            row.label,
                            french.number(row.local, 1),
                            french.number(row.beside, 1),
                            french.signed(row.contribution, 1),
                        )
                        for row in rows
                    ),
                    # Beside an official rate of another year, a sum of modes would be a second verdict.
                    *((("Ensemble", "", "", french.signed(total, 1)),) if whole else ()),
                ),
                (0.43, 0.17, 0.22, 0.18),
                (1, 2, 3),
                total=whole,
            )
        )
    change = report.coverage.change
    if change is not None:
        ends = dict.fromkeys(french.number(rate, 1) for rate in (change.from_rate, change.to_rate))
        rates = f"de {' à '.join(ends)}" if len(ends) > 1 else f"toujours {next(iter(ends))}"
        found.append(
            Text(
                (
                    (
                        f"De {change.from_year} à {change.to_year} : {rates} places pour 100 enfants",
                        change.reading,
                        change.total <= -0.5,
                    ),
                )
            )
        )
    return tuple(found)


def _mode_note(mode: Mode) -> str:
    said = f"{mode.label} {french.number(mode.rate, 1)} pour 100 enfants"
    places = known(mode.places)
    return said if places is None else f"{said} ({french.quantity(places, 'place', 'places')})"


def _offer_title(report: Report, bars: Sequence[ModeBar]) -> str:
    """The rate beside that of the reference, then where the territory has more and less of it.

    Names the territory only when the bar is its own: for a small commune it is its intercommunalité's.
    """
    first = bars[0]
    if known(first.total) is None:
        where = french.capitalised(french.at(report.territory, long=True))
        partly = "L’offre d’accueil n’est connue qu’en partie"
        return held((reading.title(report.coverage.reading or f"{where}, {partly.lower()}"), partly))
    places = {place.key: place for place in (report.territory, *report.context.parents)}
    where = french.at(places[first.key]) if first.key in places else f"({first.title})"
    if first.key == report.territory.key and (why := _distinguished(report)):
        return why
    if _apart(report, first):
        # The official rate alone gives the verdict: the parts, of another year, are not compared as a whole.
        beside = f", à côté de celles {french.of(report.beside)}" if report.beside is not None else ""
        said = f"les places par mode{f' en {first.year}' if first.year else ''}{beside}"
        found = _more_and_less(report, bars)
        titles = [f"{french.capitalised(where)}, {said}{found}", french.capitalised(f"{said}{found}")]
        if found and report.beside is not None:
            than = french.than_territory(report.beside)
            when = f" en {first.year}" if first.year else ""
            titles.append(f"{french.capitalised(found.removeprefix(' : '))} {than}{when}")
        return held(map(french.typographic, titles))
    rate = f"{french.number(first.total, 1)} places pour 100 enfants de moins de 3 ans"
    beside = _beside(report, bars)
    if first.key != report.territory.key:
        shares = [(share, mode) for mode in NOUNS if (share := share_of_places(first, mode)) is not None]
        own = report.findings[OFFICIAL if report.coverage.official else COMPUTED]
        unknown = f"Offre {'non montrée' if reading.withheld(own) else 'non diffusée'}"
        if value_of(report.findings.get(OFFICIAL)) is not None:
            # The whole is published, and said: its modes are not.
            unknown = "Modes d’accueil non diffusés"
        if not shares:
            return french.typographic(f"{unknown} pour {french.the(report.territory)}")
        share, mode = max(shares)
        near = in_its_level(places[first.key]) if first.key in places else where
        made = f"{french.percent(share)} des places"
        return held(
            french.typographic(title)
            for title in (
                f"{unknown} pour {french.the(report.territory)} ; {where}, {made} sont {IN[mode]}",
                f"{unknown} ; {where}, {made} {IN[mode]}",
                f"{unknown} ; {near}, {made} {IN[mode]}",
                f"{unknown.replace(' d’accueil', '')} ; {near}, {made} {IN[mode]}",
            )
        )
    told = f"{rate}{beside}{_more_and_less(report, bars)}"
    return held(map(french.typographic, (f"{french.capitalised(where)}, {told}", told, f"{rate}{beside}")))


def _distinguished(report: Report) -> str:
    """What makes the supply differ from that of the reference, mode by mode; empty where nothing is compared."""
    gaps = {row.mode: known(row.contribution) for row in report.coverage.gap_by_mode}
    found = [(mode, gaps[mode]) for mode in NOUNS if gaps.get(mode) is not None]
    against = report.against("taux_couverture_eaje" if report.coverage.official else CRECHES)
    if len(found) < len(NOUNS) or against is None:
        return ""
    told = [(mode, gap) for mode, gap in found if gap is not None and abs(gap) >= SOME_POINTS]
    whole = f"{french.capitalised(french.at(report.territory))}, "
    if not told:
        return french.typographic(f"{whole}une offre composée comme celle {against.of}")
    said = [
        f"{'plus' if gap > 0 else 'moins'} {french.of_text(NOUNS[mode])} ({french.signed(gap, 1)})"
        for mode, gap in told
    ]
    if len({gap > 0 for _, gap in told}) > 1:
        first = french.capitalised(", ".join(said))
        whole_ = f"{first} : voilà ce qui distingue {french.the(report.territory)} {against.of}"
        return held(map(french.typographic, (whole_, f"{first} {against.than}")))
    both = f"{' et '.join(said)} {against.than}"
    more = said[0].partition(" ")[0]
    once_ = both.replace(f" et {more} ", " et ")
    return held(map(french.typographic, (f"{whole}{both}", *map(french.capitalised, (both, once_)))))


def _apart(report: Report, first: ModeBar) -> bool:
    """Whether the bars are reckoned while an official rate of the territory speaks."""
    return first.key == report.territory.key and _is_beside_official(report)


def _is_beside_official(report: Report) -> bool:
    official = report.findings.get(OFFICIAL)
    return not report.coverage.official and official is not None and official.status.known


def _beside(report: Report, bars: Sequence[ModeBar]) -> str:
    """The total of the reference, of the same year; of the next bar without one."""
    first = bars[0]
    others = [bar for bar in bars[1:] if known(bar.total) is not None and bar.year == first.year]
    other = next((bar for bar in others if bar.key == _key(report)), next(iter(others), None))
    if other is None:
        return ""
    places = {place.key: place for place in (*report.context.parents, *filter(None, (report.beside,)))}
    name = french.at(places[other.key]) if other.key in places else f": {other.title}"
    return f", contre {french.number(other.total, 1)} {name}"


def _key(report: Report) -> str:
    return report.beside.key if report.beside is not None else ""


def _more_and_less(report: Report, bars: Sequence[ModeBar]) -> str:
    """The mode of the largest advantage and that of the largest lag over the reference, beyond a point."""
    own, other = bars[0], next((bar for bar in bars[1:] if bar.key == _key(report)), None)
    if other is None or other.year != own.year:
        return ""
    theirs = {mode.mode: known(mode.rate) for mode in other.modes}
    gaps = {
        mode.mode: here - there
        for mode in own.modes
        if mode.mode in IN
        and (here := known(mode.rate)) is not None
        and (there := theirs.get(mode.mode)) is not None
    }
    if not gaps:
        return ""
    best, worst = max(gaps, key=gaps.__getitem__), min(gaps, key=gaps.__getitem__)
    more = f"plus {IN[best]}" if gaps[best] >= SOME_POINTS else ""
    less = f"moins {IN[worst]}" if gaps[worst] <= -SOME_POINTS else ""
    said = ", ".join(filter(None, (more, less)))
    return f" : {said}" if said else ""

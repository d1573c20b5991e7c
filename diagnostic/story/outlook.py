"""Children to come, and the places that they ask for."""

from __future__ import annotations

from diagnostic import french, reading
from diagnostic.indicators import BIRTHS, BY_ID, CHILDREN, COMPUTED, OFFICIAL
from diagnostic.projection import FEWEST_BIRTHS
from diagnostic.report import TREND, YOUNG, PlacesAhead, Report
from diagnostic.report.outlook import SCENARIO_LABELS, children_said, than
from diagnostic.story.blocks import Data, Line, Lines, Printed, Section, Table, Text
from diagnostic.story.figures import source_line, value_of, whole
from diagnostic.story.once import once
from diagnostic.story.stake import under_threes

ROLES = {"constant": "muted", "trend": "territory", "low": "attention"}


@once
def outlook_section(report: Report) -> Section | None:
    """Children under three by scenario, then the places to add to keep the rate and to reach the reference."""
    lines = _scenarios(report)
    if not lines:
        births = report.findings.get(BIRTHS)
        value = value_of(births)
        if births is None or value is None or value >= FEWEST_BIRTHS:
            return None
        return _too_few(report, value, births.year)
    band = _band(report)
    bounds = " ; en fond, où sont tombés les cas passés" * bool(band)
    drawn = Lines(f"Enfants de moins de 3 ans, trois scénarios{french.typographic(bounds)}", lines, band=band)
    words = _words(report)
    said, anchor = (
        tuple(Text((("", text, False),)) for text in (one,) if text)
        for one in (report.outlook.reading, report.outlook.anchor)
    )
    return Section(
        "perspectives",
        "Perspectives",
        _title(report),
        ((0.56, (drawn,)), (0.44, (words,))) if words is not None else ((1.0, (drawn,)),),
        source_line(report, (BIRTHS, CHILDREN)),
        (
            report.outlook.reading,
            "Les scénarios prolongent les naissances ; ils ne prévoient pas les déménagements.",
        ),
        subtitle=f"Enfants de moins de 3 ans, par scénario{_error(report)}",
        caution=f"Scénarios, non prévisions. {_caution(report)}".strip(),
        statuses=("estimé",),
        indicators=(CHILDREN,),
        data=_data(report),
        more=anchor,
        on_screen=(*said, drawn, *((words,) if words is not None else ()), *anchor),
        on_slide=_on_one_slide(report),
        spoken=report.outlook.reading,
    )


def _on_one_slide(report: Report) -> tuple[tuple[float, tuple[Printed, ...]], ...]:
    """One curve from the first children known to the last year of the trend, with its band, then what it changes."""
    ahead = under_threes(report)
    if len(ahead) < 2:
        return ()
    past = _past(report, ahead[0])
    band = _band(report)
    series = [Line("", tuple(past), "territory", end=_dated(past[-1]))] if len(past) > 1 else []
    series.append(Line("", tuple(ahead), "territory", dash=True, end=_dated(ahead[-1])))
    curve = Lines(
        "Enfants de moins de 3 ans au 1ᵉʳ janvier", tuple(series), band=band if len(band) > 1 else ()
    )
    return ((0.66, (curve,)), (0.34, (_changes(report),)))


def _past(report: Report, first: tuple[int, float]) -> list[tuple[int, float]]:
    """Children under three of each 1 January: the births of the three years before, up to the first year of the trend;
    empty where they are not what the trend starts from."""
    born = report.born
    found = [
        (year, sum(born[year - back] for back in (1, 2, 3)))
        for year in range(min(born, default=0) + 3, first[0] + 1)
        if all(year - back in born for back in (1, 2, 3))
    ]
    return found if found and found[-1][0] == first[0] and abs(found[-1][1] / first[1] - 1) < 0.01 else []


def _dated(point: tuple[int, float]) -> str:
    return f"{children_said(point[1])} en {point[0]}"


def _changes(report: Report) -> Text:
    """What the trend asks of the places, what lacks today whatever comes, and what the other scenarios suppose."""
    last = _last(report)
    trend = next((r for r in report.outlook.places if r.year == last and r.scenario == TREND), None)
    finding = report.findings.get(OFFICIAL)
    items: list[tuple[str, str, bool]] = []
    if trend is not None and trend.keep is not None and finding is not None:
        places = needed_words(trend.keep)
        rate = f"{french.number(finding.value, 1)} places pour 100 enfants"
        items.append(
            (
                french.capitalised(f"{places} à ajouter"),
                f"pour garder en {last} le taux de {finding.year} : {rate}.",
                False,
            )
        )
    short = sum(reading.missing_units([finding])) if finding is not None else 0
    if short:
        places = french.about_quantity(short, "place", "places")
        against = report.against(OFFICIAL)
        reach = (
            reading.reach(finding, BY_ID[OFFICIAL], against.the, against.of)
            if against is not None and finding is not None
            else ""
        )
        when = f"au taux de {finding.year}" if finding is not None and finding.year else ""
        text = ", ".join(filter(None, (reach, when)))
        items.append((french.capitalised(f"{places} manquent"), f"{french.capitalised(text)}.", True))
    others = [
        f"{SCENARIO_LABELS[name].lower()} : {children_said(children)}"
        for name, children in _in(report, last).items()
        if name != TREND
    ]
    if others:
        items.append(
            (f"Autres hypothèses pour {last}", f"Naissances, hypothèse {' ; '.join(others)} enfants.", False)
        )
    items.append(
        (
            "Ce que la courbe suppose",
            "Les naissances suivent leur tendance ; les déménagements ne sont pas comptés.",
            False,
        )
    )
    return Text(tuple((a, b, c) for a, b, c in items))


def _too_few(report: Report, births: float, year: int | None) -> Section:
    """Where one birth more changes the curve, no curve: why, and where to look."""
    said = (
        f"Sous {FEWEST_BIRTHS} naissances par an, une famille qui arrive ou qui part change toute la courbe. "
        "Regardez les perspectives de l’intercommunalité, et les permis de construire de la commune."
    )
    when = f" en {year}" if year else ""
    return Section(
        "perspectives",
        "Perspectives",
        (
            f"Trop peu de naissances {french.at(report.territory)} pour prolonger une tendance : "
            f"{french.number(births)}{when}"
        ),
        ((1.0, (Text((("", said, False),)),)),),
        source_line(report, (BIRTHS,)),
        (said,),
        on_slides=False,
        indicators=(BIRTHS,),
    )


def _last(report: Report) -> int:
    """The last year of any scenario."""
    return max(points[-1][0] for points in report.outlook.curves(YOUNG).values())


def _in(report: Report, year: int) -> dict[str, float]:
    """The children of that year, by scenario."""
    curves = report.outlook.curves(YOUNG)
    return {name: dict(points)[year] for name, points in curves.items() if year in dict(points)}


def _title(report: Report) -> str:
    """How many children under three to come by the trend, against those of its first year, between which bounds."""
    ahead = under_threes(report)
    if len(ahead) < 2:
        last = _last(report)
        found = sorted(_in(report, last).values())
        return f"De {children_said(found[0])} à {children_said(found[-1])} enfants de moins de 3 ans en {last}, selon le scénario"
    (first, start), (last, end) = ahead[0], ahead[-1]
    bounds = next((sides for year, *sides in _band(report) if year == last), None)
    said = f"Environ {children_said(end)} {french.plural(end, 'enfant', 'enfants')}"
    young, then = f"{said} de moins de 3 ans en {last}", f", {than(end, start)} {first}"
    if bounds is None:
        return f"{young}{then}"
    low, high = map(children_said, bounds)
    return reading.held(
        (
            f"{young}{then} : entre {low} et {high}",
            f"{young} ({low} à {high}){then}",
            f"{young} : entre {low} et {high}",
        )
    )


def _error(report: Report) -> str:
    """The band of the past around the trend at its longest: the range of the scenarios does not hold it."""
    row = max(report.outlook.error, key=lambda item: item.horizon, default=None)
    if row is None:
        return ""
    years = french.quantity(row.horizon, "an", "ans")
    low, high = (f"{french.signed(side)}{french.THIN}%" for side in (row.low, row.high))
    return f". Marge de la méthode à {years} : de {low} à {high} autour de la tendance, {french.percent(row.held)} des cas passés"


def _scenarios(report: Report) -> tuple[Line, ...]:
    lines = [
        Line(SCENARIO_LABELS[name], tuple(points), ROLES[name], dash=True, end=children_said(points[-1][1]))
        for name, points in report.outlook.curves(YOUNG).items()
        if len(points) >= 2
    ]
    # The longest first: LibreOffice loses a first series shorter than the next ones.
    return tuple(sorted(lines, key=lambda line: (-len(line.points), line.role != "territory")))


def _band(report: Report) -> tuple[tuple[int, float, float], ...]:
    """Where those who came lay around the trend, year by year."""
    return tuple(
        (row.year, row.low, row.high)
        for row in report.outlook.children
        if row.scenario == TREND and row.band == YOUNG and row.low is not None and row.high is not None
    )


def _supply_year(report: Report) -> int | None:
    """The year of the official rate that the outlook starts from."""
    finding = report.findings.get(OFFICIAL)
    return finding.year if finding is not None else None


def _keep_head(report: Report) -> str:
    year = _supply_year(report)
    return f"Pour garder le taux de {year}" if year else "Pour garder le dernier taux connu"


def _reach_head(report: Report) -> str:
    against = report.against(OFFICIAL)
    return french.typographic(f"Pour atteindre {against.the}" if against is not None else "Pour la référence")


def _caution(report: Report) -> str:
    """What the count of places supposes, or why no place is counted."""
    year = _supply_year(report)
    if not year or not report.outlook.places:
        finding = report.findings[OFFICIAL]
        why = reading.reason(finding, BY_ID[OFFICIAL], report.territory)
        return f"Les places à ajouter ne sont pas comptées. {why or 'Le nombre d’enfants n’est pas connu.'}"
    return (
        f"Le calcul part du taux officiel de {year} et suppose ses places toujours ouvertes : il ne dit rien de celles "
        "qui ont fermé ou ouvert depuis."
    )


def _data(report: Report) -> Data:
    """First and last year of each scenario: children, places to keep the rate, places to reach the reference."""
    needed = {(row.scenario, row.year): row for row in report.outlook.places}
    curves = report.outlook.curves(YOUNG)
    ends = {min(points[0][0] for points in curves.values()), _last(report)}
    rows = [
        (
            SCENARIO_LABELS[name],
            str(year),
            whole(french.two_figures(children)),
            *map(whole, map(_added, _asked(needed.get((name, year))))),
        )
        for name, points in curves.items()
        for year, children in points
        if year in ends
    ]
    return Data(
        (
            "Scénario",
            "Année",
            "Enfants de moins de 3 ans",
            f"{_keep_head(report)} : places à ajouter",
            f"{_reach_head(report)} : places à ajouter",
        ),
        tuple(rows),
    )


def _words(report: Report) -> Table | None:
    """The last year of each scenario, with what it asks for in words: places to add or none; None where no published rate
    tells them."""
    last = _last(report)
    needed = {row.scenario: row for row in report.outlook.places if row.year == last}
    if not needed:
        return None
    # Without a reference there is nothing to reach, for want of no data.
    reached = report.against(COMPUTED) is not None and any(row.reach is not None for row in needed.values())
    rows = [
        (
            SCENARIO_LABELS[name],
            children_said(children),
            *map(needed_words, _asked(needed.get(name))[: 1 + reached]),
        )
        for name, children in _in(report, last).items()
    ]
    heads = ["Scénario", f"Enfants de moins de 3 ans en {last}", _keep_head(report)]
    heads += [_reach_head(report)] if reached else []
    return Table("Places à ajouter", tuple(heads), tuple(rows), (0.2, 0.22, 0.29, 0.29)[: len(heads)], (1,))


def _asked(places: PlacesAhead | None) -> tuple[float | None, float | None]:
    """Places to keep the rate, then to reach the reference."""
    return (None, None) if places is None else (places.keep, places.reach)


def _added(places: float | None) -> float | None:
    """Places to add, none when there are enough: closed places are not counted, so a surplus is not known."""
    return None if places is None else max(places, 0.0)


def needed_words(places: float | None) -> str:
    """Places to add, in words."""
    if places is None:
        return "inconnu"
    if french.rounded(max(places, 0.0)) == 0:
        return "aucune place"
    return french.about_quantity(places, "place", "places")

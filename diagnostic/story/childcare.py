"""Under-threes: what is offered, by mode of care."""

from __future__ import annotations

from collections.abc import Sequence

from diagnostic import french, reading
from diagnostic.model import Status
from diagnostic.report import Mode, ModeBar, Report
from diagnostic.report.childcare import drawn_bars
from diagnostic.story.blocks import Data, Printed, Section, Stacked, Table, Text
from diagnostic.story.figures import source_line
from diagnostic.story.words import LONG_NAME, known, shortened

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
STATUS_WORDS: dict[str, str] = {
    Status.ESTIMATED: "estimé",
    Status.ROUNDED: "arrondi",
    Status.BOUNDED: "au plus",
    Status.SECRET: "secret statistique",
}
KNOWN = ("ok", "estimated", "rounded", "bounded")


def offer_section(report: Report) -> Section | None:
    """Places by mode, beside the territories around: those of the territory, or of the first that publishes them."""
    bars = [
        bar
        for bar in drawn_bars(report.coverage.bars)
        if any(known(mode.rate) is not None for mode in bar.modes)
    ]
    if len(bars) < 2 and not any(bar.key == report.territory.key for bar in bars):
        return None
    chart = _chart(bars)
    why = _why(report)
    notes = [
        f"{bar.title} : " + " ; ".join(_mode_note(mode) for mode in bar.modes if mode.status in KNOWN)
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
        caution=french.typographic(_rest_line(bars)),
        statuses=_statuses(report),
        indicators=("places_eaje_100", "places_am_100", "places_100"),
        data=_data(bars),
        on_screen=(chart,),
    )


def _chart(bars: Sequence[ModeBar]) -> Stacked:
    modes = list({mode.mode: mode.label for bar in bars for mode in bar.modes}.items())
    rows = []
    for bar in bars:
        rates = {mode.mode: known(mode.rate) for mode in bar.modes if mode.status in KNOWN}
        title = shortened(bar.title, LONG_NAME)
        rows.append(
            (french.typographic(title), tuple(rates.get(mode) for mode, _ in modes), known(bar.total))
        )
    drawn = [i for i in range(len(modes)) if any(row[1][i] is not None for row in rows)]
    year = next((bar.year for bar in bars if bar.year), None)
    return Stacked(
        "Places pour 100 enfants de moins de 3 ans, par mode" + (f", {year}" if year else ""),
        tuple(modes[i][1].partition(" (")[0] for i in drawn),
        tuple(ROLES.get(modes[i][0], "other") for i in drawn),
        tuple((label, tuple(values[i] for i in drawn), total) for label, values, total in rows),
    )


def _data(bars: Sequence[ModeBar]) -> Data:
    """One row a territory and mode."""
    return Data(
        ("Territoire", "Année", "Mode d’accueil", "Places", "Places pour 100 enfants", "Statut"),
        tuple(
            (bar.title, bar.year, mode.label, known(mode.places), known(mode.rate), mode.status)
            for bar in bars
            for mode in bar.modes
        ),
    )


def _statuses(report: Report) -> tuple[str, ...]:
    """Status words of the rates drawn."""
    ok = "officiel" if report.coverage.official else "calculé"
    found = {
        mode.status for bar in report.coverage.bars for mode in bar.modes if known(mode.rate) is not None
    }
    return tuple(STATUS_WORDS.get(status, ok) for status in sorted(found)) or ("non publié",)


def _source(report: Report, bars: Sequence[ModeBar]) -> str:
    """Where the bars drawn come from: those of the territory, or those of the territories around it."""
    if bars[0].key == report.territory.key:
        children = "" if report.coverage.official else source_line(report, ("places_100",))
        return french.typographic(" ".join(filter(None, (report.coverage.source_line, children))))
    return french.typographic(
        f"Places publiées par la Cnaf ({bars[0].year}), rapportées aux enfants de moins de 3 ans : calcul du "
        "diagnostic, qui ne se compare pas au taux officiel d’une autre année."
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
        total = sum(row["contribution"] for row in rows)
        against = report.against("taux_couverture_eaje" if report.coverage.official else "places_eaje_100")
        found.append(
            Table(
                f"D’où vient l’écart avec {against.the if against is not None else 'la référence'}, en points",
                ("Mode", "Ici", "Référence", "Écart"),
                (
                    *(
                        (
                            row["label"],
                            french.number(row["local"], 1),
                            french.number(row["reference"], 1),
                            french.signed(row["contribution"], 1),
                        )
                        for row in rows
                    ),
                    ("Ensemble", "", "", french.signed(total, 1)),
                ),
                (0.43, 0.17, 0.22, 0.18),
                (1, 2, 3),
                total=True,
            )
        )
    change = report.coverage.change
    if change is not None:
        rates = " à ".join(french.number(change[name], 1) for name in ("from_rate", "to_rate"))
        found.append(
            Text(
                (
                    (
                        f"Depuis {change['from_year']} : de {rates} places pour 100 enfants",
                        french.typographic(change["reading"]),
                        change["total"] <= -0.5,
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
        return reading.title(
            report.coverage.reading or f"{where}, l’offre d’accueil n’est connue qu’en partie"
        )
    places = {place.key: place for place in (report.territory, *report.context.parents)}
    where = french.at(places[first.key]) if first.key in places else f"({first.title})"
    if _apart(report, first):
        # The official rate alone gives the verdict: the parts, of another year, are not compared as a whole.
        beside = f", à côté de celles {french.of(report.beside)}" if report.beside is not None else ""
        said = f"les places par mode{f' en {first.year}' if first.year else ''}{beside}"
        return french.typographic(f"{french.capitalised(where)}, {said}{_more_and_less(report, bars)}")
    rate = f"{french.number(first.total, 1)} places pour 100 enfants de moins de 3 ans"
    beside = _beside(report, bars)
    if first.key != report.territory.key:
        return french.typographic(
            f"Offre non diffusée pour {french.the(report.territory)} ; {where}, {rate}{beside}"
        )
    return french.typographic(f"{french.capitalised(where)}, {rate}{beside}{_more_and_less(report, bars)}")


def _apart(report: Report, first: ModeBar) -> bool:
    """Whether the bars are reckoned while an official rate of the territory speaks."""
    official = report.findings.get("taux_couverture")
    return (
        not report.coverage.official
        and first.key == report.territory.key
        and official is not None
        and official.status.known
    )


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

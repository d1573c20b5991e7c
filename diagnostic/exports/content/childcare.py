"""Under-threes: what is offered, by mode of care."""

from __future__ import annotations

from diagnostic import french, reading
from diagnostic.exports.content.shape import Section, Stacked
from diagnostic.exports.content.words import LONG_NAME, known
from diagnostic.report import Report

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
KNOWN = ("ok", "estimated", "rounded", "bounded")


def offer_section(report: Report) -> Section | None:
    bars = [bar for bar in report.coverage.bars if any(known(mode.rate) is not None for mode in bar.modes)]
    if len(bars) < 2 and not any(bar.key == report.territory.key for bar in bars):
        return None
    modes = list({mode.mode: mode.label for bar in bars for mode in bar.modes}.items())
    rows = []
    for bar in bars:
        rates = {mode.mode: known(mode.rate) for mode in bar.modes if mode.status in KNOWN}
        title = bar.title if len(bar.title) <= LONG_NAME else "Le territoire"
        rows.append(
            (french.typographic(title), tuple(rates.get(mode) for mode, _ in modes), known(bar.total))
        )
    drawn = [i for i in range(len(modes)) if any(row[1][i] is not None for row in rows)]
    rows = [(label, tuple(values[i] for i in drawn), total) for label, values, total in rows]
    year = next((bar.year for bar in bars if bar.year), None)
    caption = "Places pour 100 enfants de moins de 3 ans, par mode" + (f", {year}" if year else "")
    chart = Stacked(
        caption,
        tuple(modes[i][1] for i in drawn),
        tuple(ROLES.get(modes[i][0], "other") for i in drawn),
        tuple(rows),
    )
    notes = [
        f"{bar.title} : " + " ; ".join(_mode_note(mode) for mode in bar.modes if mode.status in KNOWN)
        for bar in bars
    ]
    return Section(
        "offre",
        "Petite enfance · offre par mode d’accueil",
        _offre_title(report, bars),
        ((1.0, (chart,)),),
        report.coverage.source_line,
        tuple(notes) + tuple(filter(None, (report.coverage.reading,))),
    )


def _mode_note(mode) -> str:
    said = f"{mode.label} {french.number(mode.rate, 1)} pour 100 enfants"
    places = known(mode.places)
    return said if places is None else f"{said} ({french.quantity(places, 'place', 'places')})"


def _offre_title(report: Report, bars) -> str:
    """Names the territory only when the bar is its own: for a small commune it is its intercommunalité's."""
    first = bars[0]
    mine = first.key == report.territory.key
    where = french.capitalised(french.at(report.territory, long=True))
    if known(first.total) is None:
        return reading.title(
            report.coverage.reading or f"{where}, l’offre d’accueil n’est connue qu’en partie"
        )
    rate = f"{french.number(first.total, 1)} places pour 100 enfants de moins de 3 ans"
    if not mine:
        return french.typographic(
            f"Offre non diffusée pour {french.the(report.territory)} ; {first.title} : {rate}"
        )
    other = next((bar for bar in bars[1:] if known(bar.total) is not None), None)
    beside = f", contre {french.number(other.total, 1)} : {other.title}" if other else ""
    return french.typographic(f"{where}, {rate}{beside}")

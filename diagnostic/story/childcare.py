"""Under-threes: what is offered, by mode of care."""

from __future__ import annotations

from diagnostic import french, reading
from diagnostic.report import Mode, Report
from diagnostic.report.childcare import drawn_bars
from diagnostic.story.blocks import MOST_ROWS, Block, Section, Stacked, Table, Text
from diagnostic.story.figures import source_line
from diagnostic.story.words import LONG_NAME, known

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
MOST_ESTIMATES = 40
KNOWN = ("ok", "estimated", "rounded", "bounded")


def offer_section(report: Report) -> Section | None:
    bars = [
        bar
        for bar in drawn_bars(report.coverage.bars)
        if any(known(mode.rate) is not None for mode in bar.modes)
    ]
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
        tuple(modes[i][1].partition(" (")[0] for i in drawn),
        tuple(ROLES.get(modes[i][0], "other") for i in drawn),
        tuple(rows),
    )
    why = _why(report)
    notes = [
        f"{bar.title} : " + " ; ".join(_mode_note(mode) for mode in bar.modes if mode.status in KNOWN)
        for bar in bars
    ]
    return Section(
        "offre",
        "Petite enfance · offre par mode d’accueil",
        _offre_title(report, bars),
        ((0.6, (chart,)), (0.4, why)) if why else ((1.0, (chart,)),),
        french.typographic(
            " ".join(filter(None, (_rest_line(modes), report.coverage.source_line, _children_line(report))))
        ),
        tuple(notes) + tuple(filter(None, (report.coverage.reading,))),
    )


def _rest_line(modes: list[tuple[str, str]]) -> str:
    """What stands behind the last segment, too long for a legend."""
    label = dict(modes).get("autres", "")
    return f"{label.replace(' (', ' : ').removesuffix(')')}, par différence avec le total." if label else ""


def _children_line(report: Report) -> str:
    """The published places have their source in the report; the children they are divided by have theirs here."""
    return "" if report.coverage.official else f"{source_line(report, ('enfants_moins_3',))}."


def _why(report: Report) -> tuple[Block, ...]:
    """The gap to the reference mode by mode, then what changed since the vintage before."""
    found: list[Block] = []
    rows = report.coverage.gap_by_mode
    if rows:
        total = sum(row["contribution"] for row in rows)
        against = report.against("taux_couverture_eaje" if report.coverage.official else "places_eaje_100")
        found.append(
            Table(
                f"D’où vient l’écart avec {against.the}, en points",
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
    places = {place.key: place for place in (*report.context.parents, *filter(None, (report.beside,)))}
    beside = ""
    if other is not None:
        name = french.at(places[other.key]) if other.key in places else f": {other.title}"
        beside = f", contre {french.number(other.total, 1)} {name}"
    return french.typographic(f"{where}, {rate}{beside}")


def estimates_section(report: Report) -> Section | None:
    """Communes without a published rate: their places drawn towards the EPCI's, with interval and grade."""
    rows = sorted(report.coverage.estimates, key=lambda row: (row["grade"], -row["children"]))
    if len(report.members) < 2 or not rows:
        return None
    first, rest = rows[:MOST_ROWS], rows[MOST_ROWS:MOST_ESTIMATES]
    firm = sum(row["grade"] in ("A", "B") for row in rows)
    named = french.quantity(len(rows), "petite commune estimée", "petites communes estimées")
    title = f"{named} faute de taux publié : {firm} de fiabilité A ou B, les autres à lire avec prudence"
    if firm == len(rows):
        title = f"{named} faute de taux publié, toutes de fiabilité A ou B"
    elif not firm:
        title = f"{named} faute de taux publié, aucune assez sûre pour être classée"
    beyond = len(rows) - MOST_ESTIMATES
    more = (_estimates_table("Suite des estimations", rest),) if rest else ()
    return Section(
        "estimations",
        "Petite enfance · petites communes",
        french.typographic(title),
        ((1.0, (_estimates_table("Places en crèche pour 100 enfants de moins de 3 ans", first),)),),
        french.typographic(
            "Estimation du diagnostic, rapprochée du taux de l’intercommunalité : intervalle à 95 %, fiabilité de A à D."
            + (f" {beyond} autres communes sont dans le classeur Excel." if beyond > 0 else "")
        ),
        (
            "Moins une commune a d’enfants, plus son taux brut tient au hasard et plus l’estimation suit l’intercommunalité.",
        ),
        more=more,
        on_slides=not report.coverage.official,
    )


def _estimates_table(caption: str, rows) -> Table:
    return Table(
        caption,
        ("Commune", "Enfants", "Places", "Taux brut", "Estimation", "Intervalle", "Fiabilité"),
        tuple(
            (
                french.typographic(row["name"]),
                french.number(row["children"]),
                french.number(row["places"]),
                french.number(row["rate"], 1),
                french.number(row["estimate"], 1),
                f"{french.number(row['low'], 1)} à {french.number(row['high'], 1)}",
                row["grade"],
            )
            for row in rows
        ),
        (0.28, 0.11, 0.1, 0.13, 0.14, 0.14, 0.1),
        (1, 2, 3, 4, 5, 6),
    )

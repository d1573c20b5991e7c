"""The sheets of a subject: the numbers behind what the other files draw."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from diagnostic import french, projection, reading, story
from diagnostic.directory.folding import fold
from diagnostic.exports.style import COLOURS
from diagnostic.exports.xlsx.book import HEADER_ROW, Book, Sheet
from diagnostic.exports.xlsx.columns import Cell, Column
from diagnostic.exports.xlsx.figures import cell_of, decimals_of
from diagnostic.indicators import BIRTHS, BY_ID, CRECHES, FACILITY_LABELS
from diagnostic.model import Level, Status
from diagnostic.report import Report, Series
from diagnostic.story import Section, listing
from diagnostic.story.districts import people_label
from diagnostic.story.peers import peer_values
from diagnostic.warehouse import Database

METHODS = {
    projection.BIRTHS: "Naissances, suivies d’année en année",
    projection.COHORTS: "Recensement vieilli par générations, et naissances",
}
"""How children to come are counted, in words."""
FEWEST_POINTS = 3
"""Known years under which no curve is drawn."""


def modes(report: Report) -> Sheet:
    """Places of each mode, with the rate reckoned in the sheet from the places and the children of the row, and the gap to
    the reference from the two rates."""
    against = report.against("taux_couverture_eaje" if report.coverage.official else CRECHES)
    beside = f"Places pour 100 enfants : {against.name if against is not None else 'référence'}"
    gaps = {gap.mode: gap for gap in report.coverage.gap_by_mode}
    columns = (
        Column("Territoire", 30, "strong"),
        Column("Mode d’accueil", 34),
        Column("Année des places", 10, "year"),
        Column("Places", 12, 0),
        Column("Enfants de moins de 3 ans", 14, 0),
        Column("Places pour 100 enfants", 14, 1, "{Places}/{Enfants de moins de 3 ans}*100"),
        Column(beside, 16, 1),
        Column("Écart, en points", 10, 1, f"{{Places pour 100 enfants}}-{{{beside}}}"),
        Column("Statut", 16),
    )
    rows: list[list[Cell]] = []
    for bar in report.coverage.bars:
        own = bar is report.coverage.bars[0]
        for mode in bar.modes:
            gap = gaps.get(mode.mode) if own and mode.rate is not None else None
            children = mode.places / mode.rate * 100 if mode.places and mode.rate else None
            status = Status(mode.status)
            rows.append(
                [
                    french.typographic(bar.title),
                    mode.label,
                    bar.year,
                    mode.places,
                    children,
                    mode.rate,
                    gap.beside if gap is not None else None,
                    gap.contribution if gap is not None and gap.beside is not None else None,
                    reading.STATUS_WORDS[status]
                    if not status.known
                    else "officiel"
                    if report.coverage.official
                    else "calculé",
                ]
            )
    note = "Ces parts composent l’offre ; le taux officiel est d’une autre année et d’une autre mesure."
    if report.coverage.official:
        note = "Les enfants sont ceux que les places et les taux publiés supposent ensemble."
    return Sheet("Accueil par mode", "Places par mode d’accueil", note, columns, rows, of="offre")


def structures(report: Report, db: Database) -> Iterator[Sheet]:
    """Those that the chapter counts, in the open lists and in the session's own files; then those that it leaves out."""
    if report.territory.level not in listing.ONE_BY_ONE:
        return
    yield replace(_listed(report, db, "Structures", listing.FAMILIES), of="liste_structures")
    if section := listing.listing_section(report, db, listing.SCHOOLS):
        sheet = _listed(report, db, "Écoles, collèges, lycées", listing.SCHOOLS)
        yield replace(sheet, title=section.title, source=section.below)


def _listed(report: Report, db: Database, name: str, stats: Sequence[str]) -> Sheet:
    columns = (
        Column("Commune", 30, "strong"),
        Column("Code", 10),
        Column("Structure", 34),
        Column("Nom", 44),
        Column("Places", 10, 0),
        Column("Adresse", 44),
        Column("Quartier prioritaire", 16),
        Column("Longitude", 12, 5),
        Column("Latitude", 12, 5),
        Column("Année", 8, "year"),
        Column("Source", 60),
    )
    rows: list[list[Cell]] = [
        [
            one.commune,
            one.code,
            one.type,
            None if one.name == listing.NAMELESS else one.name,
            one.capacity,
            one.address,
            one.qpv,
            one.lon,
            one.lat,
            one.year,
            " ; ".join(listing.sources_of_list([one])),
        ]
        for one in sorted(listing.structures(report, db, stats), key=lambda one: fold(one.commune))
    ]
    note = "Cellule vide : non publié ; pour un quartier prioritaire, aussi en dehors de tout quartier."
    return Sheet(name, "", note, columns, rows)


def estimates(report: Report) -> Sheet:
    columns = (
        Column("Commune", 34, "strong"),
        Column("Code", 11),
        Column("Enfants de moins de 3 ans", 14, 0),
        Column("Places en crèche", 12, 0),
        Column("Crèches pour 100 enfants", 12, 1),
        Column("Estimation", 12, 1),
        Column("Borne basse", 12, 1),
        Column("Borne haute", 12, 1),
        Column("Fiabilité", 10),
    )
    rows: list[list[Cell]] = [
        [row.name, row.code, row.children, row.places, row.rate, row.estimate, row.low, row.high, row.grade]
        for row in report.coverage.estimates
    ]
    title = "Estimations des communes sans taux publié"
    return Sheet("Estimations", title, "", columns, rows, of="estimations")


def births(report: Report) -> Sheet:
    series = [one for one in report.births if any(story.known(value) is not None for value in one.values)]
    years = sorted({year for one in series for year in one.years})
    columns = (Column("Année", 10, "year"), *(Column(one.name, 24, 0) for one in _named(series)))
    by_year = [dict(zip(one.years, one.values, strict=True)) for one in series]
    rows: list[list[Cell]] = [
        [year, *(story.known(values.get(year)) for values in by_year)] for year in years
    ]

    def chart(book: Book, sheet) -> None:
        if series and series[0].key == report.territory.key:
            _births_chart(book, sheet, series[0], rows)

    return Sheet(
        "Naissances",
        "Naissances domiciliées par an",
        "Cellule vide : inconnu.",
        columns,
        rows,
        finish=chart,
        of=BIRTHS,
    )


def _named(series: Sequence[Series]) -> list[Series]:
    """The series, those of the same name told apart by their level: a table has no two equal headings."""
    names = [one.name for one in series]
    return [
        replace(one, name=f"{one.name} ({Level(one.key.split(':')[0]).label})")
        if names.count(one.name) > 1
        else one
        for one in series
    ]


def _births_chart(book: Book, sheet, own: Series, rows: Sequence[Sequence[Cell]]) -> None:
    """The curve of the territory, from its first to its last known year; a year unknown in between is a gap."""
    known = [number for number, row in enumerate(rows) if row[1] is not None]
    if len(known) < FEWEST_POINTS:
        return
    first, last = HEADER_ROW + 1 + known[0], HEADER_ROW + 1 + known[-1]
    colour = f"#{COLOURS['territory']}"
    chart = book.file.add_chart({"type": "line"})
    only_last = [{"delete": True}] * (last - first)
    chart.add_series(
        {
            "name": ["Naissances", HEADER_ROW, 1],
            "categories": ["Naissances", first, 0, last, 0],
            "values": ["Naissances", first, 1, last, 1],
            "line": {"color": colour, "width": 2.5},
            "data_labels": {"value": True, "custom": only_last, "font": {"bold": True, "color": colour}},
        }
    )
    chart.show_blanks_as("gap")
    chart.set_legend({"none": True})
    chart.set_title({"name": french.office(f"Naissances : {own.name}"), "name_font": {"size": 12}})
    chart.set_x_axis({"interval_unit": 3, "major_tick_mark": "none"})
    grid = {"visible": True, "line": {"color": f"#{COLOURS['rule']}"}}
    chart.set_y_axis({"min": 0, "line": {"none": True}, "major_gridlines": grid})
    chart.set_size({"width": 620, "height": 320})
    told = f"Courbe des naissances de {rows[known[0]][0]} à {rows[known[-1]][0]}"
    sheet.insert_chart(HEADER_ROW, len(rows[0]) + 1, chart, {"description": told})


def outlook(report: Report) -> Sheet:
    columns = (
        Column("Scénario", 30, "strong"),
        Column("Année", 10, "year"),
        Column("Âges", 24),
        Column("Enfants", 12, 0),
        Column("Borne basse", 12, 0),
        Column("Borne haute", 12, 0),
        Column("Méthode", 40),
    )
    rows: list[list[Cell]] = [
        [
            row.label,
            row.year,
            row.band_label,
            story.known(row.children),
            row.low,
            row.high,
            METHODS[row.method],
        ]
        for row in report.outlook.children
    ]
    lines = tuple(
        (
            french.typographic(
                f"Marge à {row.horizon} ans : de {french.signed(row.low, 1)} à {french.signed(row.high, 1)} %"
            ),
            french.typographic(
                f"{row.label}, {french.percent(row.held)} des {french.quantity(row.cases, 'cas rejoué', 'cas rejoués')} ; "
                f"erreur moyenne : {french.percent(row.error, 1)}"
            ),
        )
        for row in report.outlook.error
        if row.error is not None
    )
    title = "Enfants à venir, par scénario"
    return Sheet("Perspectives", title, "", columns, rows, lines, of="perspectives")


def districts(report: Report) -> Sheet:
    stats = list(dict.fromkeys(stat for district in report.qpv.districts for stat in district.inside))
    people = people_label(report.qpv.districts)
    columns = [Column("Quartier", 40, "strong"), Column("Code", 12), Column("Communes", 34)]
    columns += [Column(people, 16, 0)] if people else []
    for stat in stats:
        label = french.capitalised(FACILITY_LABELS[stat][1]) if stat in FACILITY_LABELS else stat
        columns += [Column(f"{label} : dedans", 16, 0), Column(f"{label} : à 500 m", 16, 0)]
    rows: list[list[Cell]] = []
    for district in report.qpv.districts:
        row: list[Cell] = [district.name, district.code, ", ".join(district.communes)]
        row += [story.known(district.population)] if people else []
        for stat in stats:
            row += [
                story.known(district.inside.get(stat)),
                story.known(district.near.get(stat)),
            ]
        rows.append(row)
    title = "Quartiers prioritaires et équipements"
    return Sheet("Quartiers prioritaires", title, "", tuple(columns), rows, of="quartiers")


_NAMES = {"Quartier": 40, "Nom": 40, "Code": 12, "IRIS": 12, "Note du producteur": 14}
"""Columns of text of what is told below the commune, and their widths."""


def below(told: Mapping[str, Section]) -> Iterator[Sheet]:
    """What is told of each priority district and of each IRIS: what its section holds."""
    for id, name in (
        ("quartiers_allocataires", "Allocataires des QPV"),
        ("iris_enfants", "Enfants par IRIS"),
        ("iris", "Allocataires par IRIS"),
    ):
        section = told.get(id)
        if section is None or section.data is None:
            continue
        columns = tuple(
            Column(head, _NAMES[head]) if head in _NAMES else Column(head, 16, 0)
            for head in section.data.header
        )
        note = "Cellule vide : masqué ou non publié, ce n’est pas zéro."
        yield Sheet(name, "", note, columns, [list(row) for row in section.data.rows], of=id)


def peers(report: Report, db: Database | None) -> Sheet:
    """The similar territories, with their values of the year of the territory's own, which stands first."""
    values = peer_values(report, db) if db is not None else {}
    told = {name: BY_ID[name] for name in values}
    columns = (
        Column("Territoire", 40, "strong"),
        Column("Code", 12),
        *(
            Column(f"{one.short}, {report.findings[name].year or ''} ({one.unit})", 16, decimals_of(one))
            for name, one in told.items()
        ),
        Column("Ce qui les rapproche", 110),
    )
    own: list[Cell] = [french.name(report.territory), report.territory.code]
    own += [cell_of(report.findings[name]) for name in told]
    rows: list[list[Cell]] = [[*own, ""]] if report.peers else []
    for peer in report.peers:
        known = [values[name].get(peer.territory.key) for name in told]
        rows.append([french.name(peer.territory), peer.territory.code, *known, peer.why])
    note = f"La première ligne est {french.the(report.territory)}."
    return Sheet("Semblables", "Territoires semblables", note, columns, rows, of="semblables")

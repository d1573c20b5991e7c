"""What stands in each sheet of the workbook: columns and rows, from a Report.

A sheet of a subject stands under the title and the source of its section: it says nothing of its own but how its cells
are read.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date

from diagnostic import french, levers, reading, story, territories
from diagnostic.exports import table
from diagnostic.exports.style import COLOURS
from diagnostic.exports.xlsx.book import HEADER_ROW, AtMost, Book, Cell, Column, Sheet
from diagnostic.indicators import BIRTHS, BY_ID, FACILITY_LABELS, INDICATORS
from diagnostic.model import FRANCE, Finding, Indicator, Level, Status, Territory
from diagnostic.report import Report, Series
from diagnostic.report import data as facts
from diagnostic.story import Section
from diagnostic.story.districts import people_label
from diagnostic.story.peers import peer_values
from diagnostic.warehouse import Database

SMALL = (Level.COMMUNE, Level.EPCI, Level.PERIMETRE, Level.DEPARTEMENT)
"""Levels whose structures are listed one by one: beyond, a sheet would hold a country's."""
FEWEST_POINTS = 3
"""Known years under which no curve is drawn."""


def before(report: Report, db: Database | None, told: Mapping[str, Section]) -> list[Sheet]:
    """The sheets before those that others add, without those that would be empty; `told` are the sections by id."""
    found = [
        _findings(told.values()),
        _summary(report, told.get("essentiel")),
        *([_members(report)] if len(report.members) > 1 else []),
        _modes(report),
        *([_structures(report, db)] if db is not None and report.territory.level in SMALL else []),
        _births(report),
        _outlook(report),
        _estimates(report),
        _districts(report),
        _peers(report, db),
        _duties(report),
        _priorities(report),
        _levers(report),
        _unknown(report),
    ]
    return [sheet.under(told) for sheet in found if sheet.rows]


def after(report: Report, told: Mapping[str, Section]) -> list[Sheet]:
    """Every value with its parts, the sources, the dictionary."""
    return [_values(report), _sources(report).under(told), _dictionary()]


# Cells


def _cell(finding: Finding | None, indicator: Indicator) -> Cell:
    """The value that may be said; "at most" when the producer says no more; None when it is unknown."""
    value = story.value_of(finding)
    return AtMost(value) if value is not None and finding and finding.status is Status.BOUNDED else value


def _decimals(indicator: Indicator) -> int:
    return min(indicator.decimals, 2)


def _name(territory: Territory) -> str:
    return french.name(territory)


# What is said


def _findings(told: Iterable[Section]) -> Sheet:
    """One row a chapter: the sentence that every medium says, its unit, its source, its reserve."""
    columns = (
        Column("Chapitre", 34, "strong"),
        Column("Constat", 80, "wrap"),
        Column("Lecture", 60, "wrap"),
        Column("Source", 80, "wrap"),
        Column("À savoir", 60, "wrap"),
    )
    rows: list[list[Cell]] = [[one.kicker, one.title, one.subtitle, one.source, one.caution] for one in told]
    note = (
        "Les mêmes phrases et les mêmes sources qu’à l’écran, dans le diaporama, le PDF et le document Word."
    )
    return Sheet("Constats", "Ce que dit le diagnostic, chapitre par chapitre", note, columns, rows)


# The territory


def _around(report: Report) -> list[Territory]:
    """The territories that hold this one and that some figure is known for, the nearest first."""
    known = {
        item.key
        for finding in report.findings.values()
        for item in finding.comparators
        if item.status.known and item.value is not None
    }
    places = list(report.context.parents)
    if FRANCE.key not in {place.key for place in places}:
        places.append(FRANCE)
    return [place for place in places if place.key in known and place.key != report.territory.key]


def _beside_columns(around: Sequence[Territory]) -> list[Column]:
    """A column for the value of each, one for its year: two values of different years stand nowhere in silence."""
    names = [_name(place) for place in around]
    columns = []
    for place, name in zip(around, names, strict=True):
        told = f"{name} ({place.level.label})" if names.count(name) > 1 else name
        columns += [Column(told, 14, 1), Column(f"{told} : année", 10, "year")]
    return columns


def _beside_cells(finding: Finding, around: Sequence[Territory]) -> list[Cell]:
    cells: list[Cell] = []
    for place in around:
        one = next((item for item in finding.comparators if item.key == place.key), None)
        told = one is not None and one.status.known and one.value is not None
        cells += [one.value, one.year] if told and one is not None else [None, None]
    return cells


def _summary(report: Report, told: Section | None) -> Sheet:
    around = _around(report)
    columns = (
        Column("Indicateur", 44, "strong"),
        Column("Valeur", 12, 1),
        Column("Unité", 34),
        Column("Année", 8, "year"),
        Column("Statut", 14),
        Column("Référence", 24),
        Column("Valeur de la référence", 14, 1),
        Column("Année de la référence", 12, "year"),
        Column("Écart", 10, 1),
        Column("Comparaison", 16),
        Column("Manque", 10, 0),
        *_beside_columns(around),
        Column("Raison, quand la valeur est inconnue", 60),
    )
    rows: list[list[Cell]] = []
    found = [
        (indicator, report.findings[indicator.id])
        for indicator in INDICATORS
        if indicator.id in report.findings
    ]
    for indicator, finding in sorted(found, key=lambda pair: story.value_of(pair[1]) is None):
        beside = report.against(indicator.id)
        known = story.value_of(finding) is not None
        rows.append(
            [
                indicator.label,
                _cell(finding, indicator),
                indicator.unit,
                finding.year if known else None,
                reading.status_word(finding, indicator),
                beside.name if beside and beside.value is not None else "",
                beside.value if beside else None,
                beside.year if beside and beside.value is not None else None,
                story.known(finding.gap) if known else None,
                (finding.word or "") if known else "",
                story.known(finding.missing) if known else None,
                *_beside_cells(finding, around),
                reading.reason(finding, indicator, report.territory),
            ]
        )
    messages = (block for block in told.on_screen if isinstance(block, story.Messages)) if told else ()
    lines = tuple((sentence, detail) for block in messages for _, sentence, detail, _ in block.items)
    note = "Cellule vide : valeur inconnue, jamais zéro. L’écart et le manque se lisent sur la même année, sinon ils restent vides."
    return Sheet("Synthèse", _name(report.territory), note, columns, rows, lines, of="essentiel")


# The members


def _members(report: Report) -> Sheet:
    """One row a member, a value and a status an indicator; the territories that hold them under the table."""
    known = [
        indicator
        for indicator in INDICATORS
        if any(story.value_of(member.findings.get(indicator.id)) is not None for member in report.members)
    ]
    columns = [Column("Nom", 34, "strong"), Column("Code", 11)]
    for indicator in known:
        columns += [
            Column(f"{indicator.label} ({indicator.unit})", 16, _decimals(indicator)),
            Column(f"{indicator.label} : statut", 16),
        ]
    rows = [_wide(member.territory, member.findings, known) for member in report.members]
    beside = [_wide(report.territory, report.findings, known)]
    places = {item.key: item for item in report.context.parents}
    for key in dict.fromkeys(
        item.key for finding in report.findings.values() for item in finding.comparators
    ):
        if key in places and key != report.territory.key:
            beside.append(_wide_beside(report, key, places[key], known))
    name = french.capitalised(report.members[0].territory.level.plural)
    title = f"{name} {french.of(report.territory)}"
    note = "Une valeur et son statut par indicateur. Cellule vide : inconnue, jamais zéro. Une médiane et un taux publié ne s’additionnent pas."
    return Sheet(name, title, note, tuple(columns), rows, beneath=("Repères", beside), of="communes")


def _wide(territory: Territory, findings: dict[str, Finding], indicators: Sequence[Indicator]) -> list[Cell]:
    row: list[Cell] = [_name(territory), territory.code]
    for indicator in indicators:
        finding = findings.get(indicator.id)
        if finding is None:
            row += [None, ""]
            continue
        year = f", {finding.year}" if finding.year and story.value_of(finding) is not None else ""
        row += [_cell(finding, indicator), reading.status_word(finding, indicator) + year]
    return row


def _wide_beside(report: Report, key: str, place: Territory, indicators: Sequence[Indicator]) -> list[Cell]:
    row: list[Cell] = [_name(place), place.code]
    for indicator in indicators:
        finding = report.findings.get(indicator.id)
        found = next((item for item in finding.comparators if item.key == key), None) if finding else None
        if found is None or not found.status.known or found.value is None:
            row += [None, ""]
        else:
            row += [found.value, str(found.year or "")]
    return row


# Childcare


def _modes(report: Report) -> Sheet:
    """Places of each mode, with the rate reckoned in the sheet from the places and the children of the row."""
    columns = (
        Column("Territoire", 30, "strong"),
        Column("Mode d’accueil", 34),
        Column("Année des places", 10, "year"),
        Column("Places", 12, 0),
        Column("Enfants de moins de 3 ans", 14, 0),
        Column("Places pour 100 enfants", 14, 1, "{Places}/{Enfants de moins de 3 ans}*100"),
        Column("Statut", 16),
    )
    rows: list[list[Cell]] = []
    for bar in report.coverage.bars:
        for mode in bar.modes:
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


def _structures(report: Report, db: Database | None) -> Sheet:
    assert db is not None
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
    )
    names = _commune_names(report, db)
    found = facts.facilities(db)
    found = found[found["commune"].isin(names)].sort_values(["commune", "stat", "name"])
    # An unknown year or capacity is the NA of pandas there, which no arithmetic takes.
    found = found.astype(dict.fromkeys(("capacity", "lon", "lat", "year"), "float64"))
    rows: list[list[Cell]] = [
        [
            names[one.commune],
            one.commune,
            french.capitalised(FACILITY_LABELS.get(one.stat, (one.stat,))[0]),
            one.name or "",
            story.known(one.capacity),
            one.address or "",
            one.qpv or "",
            story.known(one.lon),
            story.known(one.lat),
            int(one.year) if story.known(one.year) is not None else None,
        ]
        for one in found.itertuples()
    ]
    note = "Places : cellule vide quand le fichier ne les dit pas."
    title = f"Structures {french.of(report.territory)}"
    return Sheet("Structures", title, note, columns, rows, of="liste_structures")


def _commune_names(report: Report, db: Database) -> dict[str, str]:
    """The communes of the territory, by code."""
    known = territories.index(db).territories
    return {
        code: french.name(known[Level.COMMUNE, code]) for code in territories.communes(db, report.territory)
    }


def _estimates(report: Report) -> Sheet:
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


# Series


def _births(report: Report) -> Sheet:
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


def _outlook(report: Report) -> Sheet:
    columns = (
        Column("Scénario", 30, "strong"),
        Column("Année", 10, "year"),
        Column("Âges", 24),
        Column("Enfants", 12, 0),
        Column("Méthode", 40),
    )
    rows: list[list[Cell]] = [
        [row.label, row.year, row.band_label, story.known(row.children), row.method]
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


# Districts, peers, duties


def _districts(report: Report) -> Sheet:
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


def _peers(report: Report, db: Database | None) -> Sheet:
    """The similar territories, with their values of the year of the territory's own, which stands first."""
    values = peer_values(report, db) if db is not None else {}
    told = {name: BY_ID[name] for name in values}
    columns = (
        Column("Territoire", 40, "strong"),
        Column("Code", 12),
        *(
            Column(f"{one.short}, {report.findings[name].year or ''} ({one.unit})", 16, _decimals(one))
            for name, one in told.items()
        ),
        Column("Ce qui les rapproche", 110),
    )
    own: list[Cell] = [_name(report.territory), report.territory.code]
    own += [_cell(report.findings[name], one) for name, one in told.items()]
    rows: list[list[Cell]] = [[*own, ""]] if report.peers else []
    for peer in report.peers:
        known = [values[name].get(peer.territory.key) for name in told]
        rows.append([_name(peer.territory), peer.territory.code, *known, peer.why])
    note = f"La première ligne est {french.the(report.territory)}."
    return Sheet("Semblables", "Territoires semblables", note, columns, rows, of="semblables")


def _duties(report: Report) -> Sheet:
    columns = (
        Column("Obligation", 60, "strong"),
        Column("Article", 34),
        Column("Au-dessus de (habitants)", 30),
        Column("S’applique ici", 16),
        Column("Ce qu’il en est", 90),
    )
    rows: list[list[Cell]] = [
        [
            duty.duty,
            duty.article,
            str(duty.threshold or ""),
            {True: "oui", False: "non", None: "à vérifier"}[duty.binds],
            duty.sentence,
        ]
        for duty in report.duties
    ]
    return Sheet("Obligations", "Obligations", "", columns, rows, of="obligations")


# What follows


def _priorities(report: Report) -> Sheet:
    columns = (
        Column("Ordre", 8, 0),
        Column("Sujet", 40, "strong"),
        Column("Constat", 90),
        Column("Pourquoi ici", 60),
        Column("Enfants concernés", 14, 0),
    )
    rows: list[list[Cell]] = [
        [
            one.order,
            BY_ID[one.indicator].label if one.indicator in BY_ID else one.indicator,
            one.sentence,
            one.reason,
            story.known(one.children),
        ]
        for one in report.priorities
    ]
    note = "L’ordre est proposé ; il se discute."
    return Sheet("Enjeux", "Écarts à débattre", note, columns, rows, of="priorites")


def _levers(report: Report) -> Sheet:
    columns = (
        Column("Dispositif", 50, "strong"),
        Column("Pourquoi ici", 60),
        Column("Aide", 44),
        Column("Montant bas", 14, 2),
        Column("Montant haut", 14, 2),
        Column("Unité", 24),
        Column("Année du barème", 10, "year"),
        Column("Source", 44),
        Column("À qui demander", 34),
    )
    year = _year(report)
    rows: list[list[Cell]] = []
    for lever in report.levers:
        if lever.need not in ("gap", "question"):
            continue
        scales = levers.amounts_in_force(lever.id, year=year)
        for amount in scales or (None,):
            rows.append(
                [
                    lever.dispositif,
                    lever.reason,
                    amount.label if amount else "",
                    float(amount.minimum) if amount and amount.minimum is not None else None,
                    float(amount.maximum) if amount and amount.maximum is not None else None,
                    amount.unit if amount else "",
                    amount.year if amount else None,
                    amount.source if amount else lever.source,
                    lever.contact,
                ]
            )
    return Sheet("Leviers", "Aides qui répondent aux écarts", "", columns, rows, of="leviers")


def _year(report: Report) -> int:
    found = story.day(report.context.date)
    return (found or date.today()).year


def _unknown(report: Report) -> Sheet:
    columns = (
        Column("Ce qui n’est pas connu", 50, "strong"),
        Column("Pourquoi", 90),
        Column("À qui demander", 44),
    )
    rows: list[list[Cell]] = [[row.label, row.reason, row.whom] for row in report.unknown]
    title = "Ce que les données ouvertes ne disent pas ici"
    return Sheet("À savoir", title, "", columns, rows, of="inconnu")


# Every value, sources, dictionary


def _values(report: Report) -> Sheet:
    columns = (
        Column("Territoire", 30, "strong"),
        Column("Indicateur", 44),
        Column("Code", 11),
        Column("Niveau", 16),
        Column("Thème", 24),
        Column("Valeur", 12, 2),
        Column("Unité", 38),
        Column("Statut", 18),
        Column("Numérateur", 13, 0),
        Column("Dénominateur", 13, 0),
        Column("Année", 10, "year"),
        Column("Manque", 10, 0),
        Column("Comparaison", 18),
        Column("Référence", 26),
        Column("Valeur de la référence", 12, 2),
        Column("Année de la référence", 11, "year"),
        Column("Raison, quand la valeur est inconnue", 60),
    )
    rows: list[list[Cell]] = [_long(row) for row in table.rows(report)]
    note = "Cellule vide : valeur inconnue, jamais zéro. Numérateur et dénominateur permettent de refaire la division."
    return Sheet("Toutes les valeurs", "Toutes les valeurs et leurs parts", note, columns, rows)


def _long(row: table.Row) -> list[Cell]:
    bounded = row.value is not None and row.status == "au plus"
    return [
        _name(row.territory),
        row.indicator.label,
        row.territory.code,
        row.territory.level.label,
        story.theme_of(row.indicator),
        AtMost(row.value) if bounded and row.value is not None else row.value,
        row.indicator.unit,
        row.status,
        row.numerator,
        row.denominator,
        row.year,
        row.missing,
        row.word,
        row.against.name if row.against is not None else None,
        row.against.value if row.against is not None else None,
        row.against.year if row.against is not None else None,
        row.reason,
    ]


def _sources(report: Report) -> Sheet:
    columns = (
        Column("Source", 60, "strong"),
        Column("Producteur", 24),
        Column("Millésime", 16),
        Column("Géographie", 18),
        Column("Licence", 24),
        Column("Page", 60),
    )
    rows: list[list[Cell]] = [
        [one.title, one.producer, one.vintage, one.geography, one.licence, one.page] for one in report.sources
    ]
    notes = [_note(note, len(columns)) for note in _unique(report.notes)]
    beneath = ("Avant de citer un chiffre", notes)
    return Sheet("Sources et secret", "", "", columns, rows, beneath=beneath, of="sources")


def _note(text: str, width: int) -> list[Cell]:
    return [text, *[""] * (width - 1)]


def _unique(texts: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(texts))


def _dictionary() -> Sheet:
    columns = (
        Column("Indicateur", 50, "strong"),
        Column("Identifiant", 26),
        Column("Unité", 38),
        Column("Numérateur", 40),
        Column("Dénominateur", 34),
        Column("Définition", 90, "wrap"),
        Column("Limite", 90, "wrap"),
    )
    rows: list[list[Cell]] = [
        [i.label, i.id, i.unit, i.numerator_label, i.denominator_label, i.definition, i.caveat]
        for i in INDICATORS
    ]
    return Sheet(
        "Dictionnaire",
        "Dictionnaire des indicateurs",
        "Chaque indicateur, ses deux parts, sa définition et sa limite.",
        columns,
        rows,
    )

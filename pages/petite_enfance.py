"""Petite enfance: modes against the references, missing places, map, births, accessibility, who depends on
whom, outlook, reliability."""

from diagnostic import charts
from diagnostic.ui import components, early, frame, local_block, state

report = frame.open_page("petite_enfance")
theme = frame.theme()

components.section("Petite enfance · offre par mode", *early.modes_title(report))
bars = early.bars(report)
if bars:
    components.legend(charts.modes_legend(bars), of="modes")
    components.chart(
        charts.modes(bars, theme),
        key="modes",
        alt=report.coverage.reading,
        title=early.modes_title(report)[0],
        subtitle=early.modes_title(report)[1],
        data=charts.modes_table(bars),
        statuses=early.modes_statuses(report),
        source=early.modes_source(report),
        report=report,
        ids=["places_eaje_100", "places_am_100", "places_100"],
    )
else:
    components.unknown(report, "places_100")

local_block.show(report, "petite_enfance")

grid = components.columns()
with grid.container():
    indicator = frame.map_indicator(report)
    ladder, left_out = early.ladder(report, indicator)
    components.block("Places manquantes", *early.members_title(report, indicator))
    if ladder:
        components.chart(
            charts.ranked(ladder, *(early.reference_line(report, indicator) or (None, "")), 1, theme),
            key="classement",
            alt=early.members_title(report, indicator)[0],
            subtitle=early.members_title(report, indicator)[1],
            data=early.members_table(report, indicator),
            statuses=early.statuses(report, indicator),
            source=components.sources_of(report, [indicator]),
            caution=early.members_caution(report, indicator, left_out),
            report=report,
            ids=[indicator],
        )
    else:
        components.unknown(report, "taux_couverture")
with grid.container():
    head = components.slot()
    found = components.map_view(report, indicator, key="petite_enfance", height=520)
    if found:
        with head:
            components.block("Carte", found.message, components.map_subtitle(found))
        components.map_source(report, found, key="petite_enfance")

components.section("Naissances", *early.births_title(report))
if report.births:
    components.ends(early.births_ends(report))
    components.chart(
        charts.births(report.births, theme, reference=early.reference_key(report)),
        key="naissances",
        alt=early.births_title(report)[0],
        subtitle=early.births_title(report)[1],
        data=charts.series_table(report.births, "Naissances"),
        statuses=early.statuses(report, "naissances", members=False),
        source=components.sources_of(report, ["naissances"]),
        report=report,
        ids=["naissances"],
    )

components.section("Accès réel", *early.access_title(report))
access = early.access_table(report)
if early.access_known(report):
    state.segmented("portee", "Distance au-delà de laquelle une crèche ne compte plus", frame.REACHES)
components.note(report.access.reading)
if early.access_known(report):
    components.note(early.access_bands(report))
    components.table(access, limit=30)
    components.source_line(
        ["estimé"], components.sources_of(report, ["accessibilite_eaje"]), "Distances à vol d’oiseau."
    )
    components.actions("accessibilite", access, report=report, ids=["accessibilite_eaje"])

components.section("Perspectives", *early.outlook_title(report))
components.note(report.outlook.reading)
outlook = early.outlook_table(report)
if len(outlook):
    components.ends(early.outlook_ends(report))
    components.chart(
        charts.lines(early.outlook_lines(report), theme),
        key="perspectives",
        alt=early.outlook_title(report)[0],
        subtitle=early.outlook_title(report)[1],
        data=outlook,
        statuses=["estimé"],
        source=components.sources_of(report, ["naissances", "enfants_moins_3"]),
        report=report,
        ids=["enfants_moins_3"],
    )
    components.table(early.outlook_words(report))
    components.note(early.outlook_caution(report))

estimates = early.estimates_table(report)
if len(estimates):
    components.section("Fiabilité", *early.estimates_title(report))
    components.table(estimates, limit=30)
    components.source_line(
        ["estimé"], report.coverage.source_line, "A : très fiable ; D : ordre de grandeur."
    )
    components.actions("fiabilite", estimates, report=report, ids=["places_100"])

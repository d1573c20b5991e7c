"""Quartiers prioritaires: the QPV one by one, inside, within 500 m and outside, what is missing."""

from diagnostic.ui import components, districts, frame, services

PAGE = {"title": "Quartiers prioritaires", "group": "Diagnostic", "order": 6}

report = frame.open_page("quartiers")
components.section(
    "Quartiers prioritaires",
    components.short(districts.message(report), report),
    "Géographie 2024 ; un quartier à cheval sur deux communes compte une fois",
)
components.facts(services.figures(report, districts.COUNTS))
components.key_figures(report, ["part_population_qpv"])
if report.qpv.districts:
    components.section(
        "Un par un",
        "Les équipements aux familles, quartier par quartier",
        "Dans le quartier, puis à moins de 500 mètres",
    )
    components.table(districts.table(report))
    components.note(districts.located_sentence(report))
    components.actions("quartiers", districts.table(report), report=report, ids=districts.INDICATORS)
    components.section(
        "Ce qui manque",
        districts.missing_message(report),
        "Nombre de quartiers sans équipement, et équipements hors des quartiers",
    )
    components.table(districts.missing_table(report))
    components.source_line(
        ["calculé"], components.sources_of(report, districts.INDICATORS), districts.located_sentence(report)
    )
    components.actions("manques_quartiers", districts.missing_table(report))
else:
    components.note("Rien à détailler quartier par quartier sur ce territoire.")

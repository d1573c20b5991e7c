"""Enfance et jeunesse: access to leisure centres, children without, schools without, 12-25."""

from diagnostic.ui import children, components, drawing, frame, local_block, services, state

PAGE = {"title": "Enfance et jeunesse", "group": "Diagnostic", "order": 3}

report = frame.open_page("enfance_jeunesse")
components.section(
    "Enfance et jeunesse",
    children.message(report),
    "Accueils de loisirs sans hébergement, enfants de 3 à 11 ans",
)
if children.known(report):
    state.slider("rayon", "Rayon autour d’un accueil de loisirs, en kilomètres", 1, 20)
    components.facts(children.facts(report))
    components.note(report.alsh.reading)
    components.source_line(
        [fact[2] for fact in children.facts(report)],
        components.sources_of(report, ["acces_alsh", "enfants_3_11"]),
        "Distances à vol d’oiseau depuis le centre des communes ; ni les places, ni les horaires, ni les tarifs.",
    )
    without = children.without_table(report)
    components.section(
        "Enfants sans accueil", children.without_message(report), children.without_subtitle(report)
    )
    if len(without):
        components.chart(
            drawing.bars(children.without_bars(report), theme=frame.theme(), unit="enfants de 3 à 11 ans"),
            key="enfants_sans_accueil",
            alt=children.without_message(report),
            subtitle=children.without_subtitle(report),
            data=without,
            statuses=[fact[2] for fact in children.facts(report)[:1]],
            source=components.sources_of(report, ["acces_alsh_5km", "enfants_3_11"]),
            report=report,
            ids=["acces_alsh", "acces_alsh_5km"],
        )
    schools = children.schools_table(report)
    components.section(
        "Écoles",
        children.schools_message(report),
        "Communes ayant une école et aucun accueil de loisirs recensé",
    )
    if len(schools):
        components.table(schools, limit=15)
        components.actions("ecoles_sans_accueil", schools, report=report)
else:
    components.unknown(report, "acces_alsh")
local_block.show(report, "enfance_jeunesse")
components.section("Repères", "Les enfants et les jeunes du territoire", "Accès, effectifs et équipements")
components.key_figures(report, children.INDICATORS)
components.facts(
    services.figures(report, children.COUNTS)
    + services.counted(frame.database(), report.territory, children.EQUIPMENT)
)
components.page_links(["petite_enfance", "carte", "agir"])

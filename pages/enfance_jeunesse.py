"""Enfance et jeunesse: access to leisure centres, children without, schools without, 12-25."""

from diagnostic.ui import children, components, drawing, frame, services, state

report = frame.open_page("enfance_jeunesse")
components.section("Enfance et jeunesse · accueil de loisirs", children.message(report))
state.slider("rayon", "Rayon autour d’un accueil de loisirs (km)", 1, 20)
if children.known(report):
    components.facts(children.facts(report))
    components.source_line(
        [fact[2] for fact in children.facts(report)],
        components.sources_of(report, ["acces_alsh", "enfants_3_11"]),
        "Distances à vol d’oiseau depuis le centre des communes ; ni les places, ni les horaires, ni les tarifs.",
    )
    without = children.without_table(report)
    components.section(
        "Enfants sans accès", children.without_message(report), "Enfants de 3 à 11 ans, par commune"
    )
    if len(without):
        components.chart(
            drawing.bars(children.without_bars(report), theme=frame.theme(), unit="enfants de 3 à 11 ans"),
            key="enfants_sans_acces",
            alt=children.without_message(report),
            data=without,
            statuses=["estimé"],
            source=components.sources_of(report, ["acces_alsh_5km", "enfants_3_11"]),
            report=report,
            ids=["acces_alsh_5km"],
        )
        components.table(without)
else:
    components.unknown(report, "acces_alsh")
components.section(
    "Écoles", children.schools_message(report), "Communes ayant une école et aucun accueil de loisirs recensé"
)
if len(children.schools_table(report)):
    components.table(children.schools_table(report))
    components.actions("ecoles_sans_accueil", children.schools_table(report))
elif not children.schools_known(report):
    components.note("Les écoles du territoire ne sont pas chargées : la liste est inconnue, non vide.")
components.section(
    "Repères", "Enfants et jeunes du territoire", "De 3 à 25 ans, et l’accès aux accueils de loisirs"
)
components.key_figures(report, children.INDICATORS)
components.section("Équipements", "Collèges, lycées et accueils de loisirs recensés")
components.facts(services.facts(report, ["alsh", "ecoles", "colleges", "lycees"]))

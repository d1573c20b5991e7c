"""Synthèse: who we are, the key messages, the key figures, a small map, legal duties, and the way on."""

from diagnostic.ui import components, frame, local_block

PAGE = {"title": "Synthèse", "group": "Diagnostic", "order": 1}

report = frame.open_page("synthese")
components.headline(report)
components.messages(report)

components.section("Chiffres clés", *components.key_title(report))
components.key_figures(report, frame.KEY_FIGURES)

local_block.brief(report, "portrait")

grid = components.columns()
with grid.container():
    head = components.slot()
    found = components.map_view(report, frame.map_indicator(report), key="synthese", height=430)
    if found:
        with head:
            components.block("Carte", found.message, components.map_subtitle(found))
        components.map_source(report, found, key="synthese")
with grid.container():
    components.brief(report)
    components.duties(report)
    components.block("Poursuivre", "Comprendre, thème par thème")
    components.page_links(
        ["petite_enfance", "enfance_jeunesse", "familles", "acces_droits", "quartiers", "carte"],
        frame.WAYS_ON,
    )

"""Synthèse: who we are, the key messages, the key figures, a small map, legal duties, and the way on."""

from diagnostic import story
from diagnostic.ui import components, frame, local_block, render

PAGE = {"title": "Synthèse", "group": "Diagnostic", "order": 1}

report = frame.open_page("synthese")
render.messages(report)
render.section(report, story.standing_section(report))
local_block.brief(report, "portrait")

grid = components.columns()
with grid.container():
    render.map_of(report, frame.map_indicator(report), key="synthese", height=430)
with grid.container():
    render.section(report, story.portrait_section(report), small=True)
    render.section(report, story.duties_section(report), small=True)
    components.block("Poursuivre", "Comprendre, thème par thème")
    components.page_links(
        ["petite_enfance", "enfance_jeunesse", "familles", "acces_droits", "quartiers", "carte"],
        frame.WAYS_ON,
    )

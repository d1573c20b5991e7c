"""Synthèse: the key messages, the key figures, a small map, what to debate, legal duties, what is not known."""

from diagnostic import story
from diagnostic.ui import asked, components, frame, local_block, render

PAGE = {"title": "Synthèse", "group": "Diagnostic", "order": 1}

report = frame.open_page("synthese")
render.signing(report)
render.section(report, story.essentiel_section(report))
render.section(report, story.figures_section(report))
render.section(report, story.further_section(report, "portrait"))
local_block.brief(report, "portrait")

grid = components.columns()
with grid.container():
    render.small_map(report, asked.map_indicator(report), key="synthese", height=430)
    render.not_known(report)
with grid.container():
    render.section(report, story.portrait_section(report), small=True)
    if not story.is_small_commune(report):
        render.section(report, story.priorities_section(report), small=True)
    render.section(report, story.duties_section(report), small=True)
render.folded(report, story.themes_section(report), "Les chiffres de chaque thème")
render.folded(report, story.ages_section(report, asked.database()), "Âges, familles et revenus")
components.section("Agir et emporter", "Comprendre, thème par thème, puis décider")
components.page_links([*frame.WAYS_ON, "agir", "exports"], frame.WAYS_ON)

"""Enfance et jeunesse: access to leisure centres, children without, schools without, 12-25."""

from functools import partial

from diagnostic import story
from diagnostic.indicators import LEISURE_IN_COMMUNE
from diagnostic.ui import asked, components, frame, local_block, render, state

PAGE = {"title": "Enfance et jeunesse", "group": "Diagnostic", "order": 3}

report = frame.open_page("enfance_jeunesse")
radius = partial(state.slider, "rayon", "Rayon autour d’un accueil de loisirs, en kilomètres", 1, 20)
render.section(report, story.leisure_section(report), unknown=LEISURE_IN_COMMUNE, controls=radius)
render.section(report, story.without_section(report))
render.section(report, story.schools_section(report))
local_block.show(report, "enfance_jeunesse")
render.section(report, story.youth_section(report, asked.database()))
render.section(report, story.further_section(report, "enfance_jeunesse"))
render.section(report, story.listing_section(report, asked.database(), story.BY_THEME["enfance_jeunesse"]))
components.page_links(["petite_enfance", "carte", "agir"])

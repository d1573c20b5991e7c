"""Familles, parentalité et vie sociale: families, LAEP, centres sociaux, EVS, CLAS, and what nobody publishes."""

from diagnostic import story
from diagnostic.ui import asked, components, frame, local_block, render

PAGE = {"title": "Familles", "group": "Diagnostic", "order": 4}

report = frame.open_page("familles")
render.section(report, story.households_section(report))
render.section(report, story.families_section(report))
render.section(report, story.further_section(report, "parentalite", "vie_sociale"))
local_block.show(report, "parentalite", "vie_sociale")
render.section(report, story.unknown_section(report, ("parentalite", "vie_sociale")))
render.section(report, story.listing_section(report, asked.database(), story.BY_THEME["familles"]))
components.page_links(["logement_handicap", "mes_donnees", "agir", "convention"])

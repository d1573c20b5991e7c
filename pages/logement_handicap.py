"""Logement et handicap: housing, housing benefit, disabled children, services for them, and what nobody publishes."""

from diagnostic import story
from diagnostic.ui import asked, components, frame, local_block, render

PAGE = {"title": "Logement et handicap", "group": "Diagnostic", "order": 6}

report = frame.open_page("logement_handicap")
render.section(report, story.housing_section(report))
render.section(report, story.disability_section(report))
render.section(report, story.further_section(report, "logement", "handicap"))
local_block.show(report, "logement", "handicap")
render.section(report, story.unknown_section(report, ("logement", "handicap")))
render.section(report, story.listing_section(report, asked.database(), story.BY_THEME["handicap"]))
components.page_links(["mes_donnees", "agir", "convention"])

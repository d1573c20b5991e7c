"""Accès aux droits: France services, distances, population beyond."""

from diagnostic import story
from diagnostic.ui import asked, frame, render

PAGE = {"title": "Accès aux droits", "group": "Diagnostic", "order": 5}

report = frame.open_page("acces_droits")
render.section(report, story.rights_section(report, asked.database()))
render.section(report, story.far_section(report, asked.database()))
render.section(report, story.further_section(report, "acces_droits"))
render.section(report, story.unknown_section(report, ("acces_droits",)))
render.section(report, story.listing_section(report, asked.database(), story.BY_THEME["acces_droits"]))

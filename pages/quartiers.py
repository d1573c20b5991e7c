"""Quartiers prioritaires: the QPV one by one, inside, within 500 m and outside, what is missing."""

from diagnostic import story
from diagnostic.indicators import DISTRICT_COUNT
from diagnostic.ui import asked, frame, render

PAGE = {"title": "Quartiers prioritaires", "group": "Diagnostic", "order": 7}

report = frame.open_page("quartiers")
render.section(report, story.districts_section(report, asked.database()), unknown=DISTRICT_COUNT)
render.section(report, story.lacking_section(report))
render.section(report, story.further_section(report, "quartiers"))
render.section(report, story.quarters_section(report, asked.database()))
render.section(report, story.iris_people_section(report, asked.database()))
render.section(report, story.below_section(report, asked.database()))

"""Petite enfance: modes against the references, the need, missing places, map, births, accessibility, who depends on
whom, outlook, reliability."""

from functools import partial

from diagnostic import story
from diagnostic.indicators import BIRTHS, CHILDREN, COMPUTED, OFFICIAL, REACH
from diagnostic.ui import asked, components, frame, local_block, render, state

PAGE = {"title": "Petite enfance", "group": "Diagnostic", "order": 2}

report = frame.open_page("petite_enfance")

render.section(report, story.offer_section(report), unknown=COMPUTED)
render.section(report, story.need_section(report))
local_block.show(report, "petite_enfance")

grid = components.columns()
with grid.container():
    of_epci = asked.report_of_epci(report)
    render.section(report, story.around_section(report, of_epci), unknown=OFFICIAL, small=True)
    components.folded(*story.members_unknown(report, of_epci))
with grid.container():
    render.map_of(report, asked.map_indicator(report), key="petite_enfance", height=520)

render.section(report, story.births_section(report), unknown=BIRTHS)

beyond = partial(
    state.segmented, "portee", "Distance au-delà de laquelle une crèche ne compte plus", asked.REACHES
)
render.section(report, story.reach_section(report), unknown=REACH, controls=beyond)
render.section(report, story.outlook_section(report), unknown=CHILDREN)
render.section(report, story.estimates_section(report))
render.section(report, story.further_section(report, "petite_enfance"))
render.section(report, story.listing_section(report, asked.database(), story.BY_THEME["petite_enfance"]))

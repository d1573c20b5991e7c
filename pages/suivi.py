"""Suivi: since the plan began, what moved, what did not, what became of the actions, the money engaged."""

import datetime

from diagnostic.story import followup
from diagnostic.ui import asked, components, following, frame, plan_keeping

PAGE = {"title": "Suivi", "group": "Agir", "order": 4}

report = frame.open_page("suivi")
components.section(
    "Suivi",
    followup.message(plan_keeping.current(report), datetime.date.today().year),
    "Résultats, actions et budget du plan ouvert pour ce territoire",
)
following.page(report, asked.database())

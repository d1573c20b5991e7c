"""Suivi: since the signature, what moved, what did not, what became of the actions, the money engaged."""

from diagnostic.ui import asked, components, following, frame

PAGE = {"title": "Suivi", "group": "Agir", "order": 4}

report = frame.open_page("suivi")
components.section(
    "Suivi",
    "Depuis la signature, ce qui a bougé",
    "Résultats, actions et budget du plan ouvert pour ce territoire",
)
following.page(report, asked.database())

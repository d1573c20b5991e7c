"""Diagnostic partagé: what partners contribute, the four lists of figures and partners, the stakes people retain."""

from diagnostic.ui import components, frame, plan_keeping, sharing

PAGE = {"title": "Diagnostic partagé", "group": "Agir", "order": 2}

report = frame.open_page("diagnostic_partage")
plan = plan_keeping.shown(report)
components.section(
    "Contributions",
    sharing.message(plan),
    "Services, associations, Caf, Msa, élus : une ligne par idée, par thème",
)
sharing.contributions(report, plan)
components.section(
    "Constats", "Ce que disent les chiffres et les partenaires", "Chaque ligne garde son origine"
)
sharing.lists(report, plan)
components.section(
    "Enjeux",
    sharing.stakes_message(plan),
    "Proposés par règle, avec la raison ; retenus, modifiés et ordonnés par les personnes",
)
sharing.stakes(report, plan)
plan_keeping.settle(report)

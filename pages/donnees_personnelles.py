"""Données personnelles: what is kept of a visitor, why, for how long, and their rights."""

from diagnostic.notices import legal
from diagnostic.ui import blocks, components, frame, identity

PAGE = {"title": "Données personnelles"}

frame.open_plain(
    "donnees_personnelles",
    "Données personnelles",
    "Ce qui est gardé, pourquoi, combien de temps ; vos droits.",
)
components.section("Ce qui est gardé", "Le moins possible, pour le seul usage que vous en faites")
blocks.definitions(legal.held(by_name=identity.configured()))
components.section("Vos droits", "À qui écrire, et ce que vous pouvez demander")
blocks.definitions(legal.your_rights())
components.page_links(["mentions_legales"])

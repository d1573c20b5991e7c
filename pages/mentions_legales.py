"""Mentions légales: who publishes the tool, who hosts it, what its figures are worth."""

from diagnostic.notices import legal
from diagnostic.ui import blocks, components, frame

PAGE = {"title": "Mentions légales"}

frame.open_plain("mentions_legales", "Mentions légales", "Qui publie cet outil, qui l’héberge.")
components.section("Qui répond de cet outil", "L’éditeur, l’hébergeur et ce que valent les chiffres")
if not legal.complete():
    components.state(
        "L’exploitant ne s’est pas encore nommé",
        "Avant d’ouvrir l’outil au public, il donne son nom et son contact (voir docs/operate.md).",
    )
blocks.definitions(legal.notices())
components.page_links(["donnees_personnelles"])

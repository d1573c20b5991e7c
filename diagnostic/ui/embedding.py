"""What to paste in the page of a town so that it shows one chart or map of the diagnosis."""

from __future__ import annotations

import os
from html import escape
from urllib.parse import urlsplit

import streamlit as st

from diagnostic import french
from diagnostic.api import embeds
from diagnostic.report import Report
from diagnostic.serving import defence
from diagnostic.ui import blocks, components, state
from diagnostic.warehouse import Database

_HEIGHT = 620


def panel(report: Report, db: Database) -> None:
    """A choice among the charts and maps, and the line of HTML that shows it elsewhere."""
    with st.expander("Intégrer un graphique dans un site internet"):
        sections = {one.id: one for one in embeds.choices(report, db)}
        named = {id: french.typographic(f"{one.kicker} : {one.title}") for id, one in sections.items()}
        chosen = blocks.pick("Graphique ou carte", named, "integrer")
        if chosen is None:
            components.note("Aucun graphique pour ce territoire.")
            return
        here = urlsplit(st.context.url or "")
        address = f"{here.scheme}://{here.netloc}{state.base()}" + embeds.address(
            sections[chosen], report.territory.key, state.get("reference") or None
        )
        st.code(
            f'<iframe src="{escape(address)}" title="{escape(sections[chosen].title)}" width="100%" '
            f'height="{_HEIGHT}" style="border:0" loading="lazy"></iframe>',
            language=None,
            wrap_lines=True,
        )
        components.note(
            "Données ouvertes seulement, sans vos fichiers ; le graphique suit les mises à jour de la base."
        )
        if not os.environ.get(defence.FRAMES, "").split():
            components.note(
                "L’exploitant de cet outil doit d’abord nommer votre site "
                f"({defence.FRAMES}) : sans cela, le navigateur refuse de montrer le cadre."
            )

"""Plan du site: every page, under its group."""

import streamlit as st

from diagnostic.ui import components, frame, home, pages

PAGE = {"title": "Plan du site"}

frame.open_plain(
    "plan_du_site", "Plan du site", "Toutes les pages ; le territoire choisi vous suit de l’une à l’autre."
)
for group in (*pages.GROUPS, None):
    heads = {"": ("Accueil", "Commencer"), None: ("L’outil", "À propos de l’outil")}
    components.section(*(heads[group] if group in heads else (group, home.COLUMNS[group][0])))
    for entry in pages.of_group(group):
        if entry.name != "presentation":
            st.page_link(entry.link, label=entry.title)

"""Plan du site: every page, under its group."""

import streamlit as st

from diagnostic.ui import components, frame, pages

PAGE = {"title": "Plan du site"}

frame.open_plain(
    "plan_du_site", "Plan du site", "Toutes les pages ; le territoire choisi vous suit de l’une à l’autre."
)
for group in (*pages.GROUPS, None):
    components.section("Pages", {"": "Commencer", None: "À propos de l’outil"}.get(group, group))
    for entry in pages.of_group(group):
        if entry.name != "presentation":
            st.page_link(entry.link, label=entry.title)

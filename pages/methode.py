"""Méthode: every indicator from its declaration, and the terms of the field."""

import streamlit as st

from diagnostic.story import method
from diagnostic.ui import blocks, components, frame, tables

PAGE = {"title": "Méthode et sources", "group": "Emporter", "order": 3}

frame.open_plain(
    "methode", "Méthode", "Chaque indicateur, sa formule, ses sources et ses limites ; les mots du métier."
)
components.section("Aide", "Du code postal à la convention, en cinq gestes")
for sentence in method.HELP:
    components.note(sentence)
components.section("Principes", "Additionner d’abord, diviser une seule fois, dire ce qu’on ne sait pas")
for sentence in method.PRINCIPLES:
    components.note(sentence)
for theme, indicators in method.by_theme().items():
    components.section("Indicateurs", theme)
    for indicator in indicators:
        with st.expander(indicator.label, key=f"indicateur_{indicator.id}"):
            blocks.definitions(method.facts(indicator))
components.section("Erreurs mesurées", "De combien les projections et les estimations se trompent")
for said, label, errors in method.ERRORS:
    components.note(said)
    with st.expander(label):
        tables.table(errors())
components.section("Glossaire", "Les mots du métier")
sought = st.text_input(
    "Chercher un mot", type="search", placeholder="Laep, schéma, secret…", key="mot", bind="query-params"
)
blocks.definitions(method.as_pairs(method.search_terms(sought)))

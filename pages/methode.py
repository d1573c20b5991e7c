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
components.note(
    "Projection : la tendance des naissances rejouée sur chaque année passée. Selon la taille et le nombre d’années, l’écart "
    "entre ce qui était projeté et ce qui est venu ; entre parenthèses, la part des cas passés qui y sont."
)
with components.details("Les écarts des projections, taille par taille"):
    tables.table(method.outlook_errors())
components.note(
    "Estimation d’une commune sans taux publié : ses crèches et les autres modes de son intercommunalité, essayée sur des "
    "communes dont le taux est connu. Rien n’est estimé pour une taille absente de ce tableau."
)
with components.details("Les écarts des estimations, taille par taille"):
    tables.table(method.estimate_errors())
components.note(
    "Enfants de moins de 3 ans comptés par les naissances : ce qu’il faut ajouter pour trouver ceux sur lesquels la Cnaf "
    "compte son taux. À côté d’une frontière, les naissances hors de France manquent : là où la Caf connaît un cinquième "
    "d’enfants de plus, son compte est suivi et rien n’est projeté."
)
with components.details("Ce qu’il faut ajouter, taille par taille"):
    tables.table(method.children_errors())
components.section("Glossaire", "Les mots du métier")
sought = st.text_input(
    "Chercher un mot", type="search", placeholder="Laep, schéma, secret…", key="mot", bind="query-params"
)
blocks.definitions(method.as_pairs(method.search_terms(sought)))

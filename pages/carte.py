"""Carte: any indicator, at any scale, with facilities and priority districts; a click opens the panel of the place."""

import streamlit as st

from diagnostic.model import Level
from diagnostic.story import mapped
from diagnostic.ui import asked, below, components, frame, local_block, map_panel, map_view, mapping, state

PAGE = {"title": "Carte", "group": "Comparer", "order": 2}

report = frame.open_page("carte")
head = st.container()
cuts = below.kinds(asked.database(), report)
kind = below.chosen(cuts)
with components.settings("carte"):
    if kind is not None:
        indicator = state.select("donnee", "Donnée", below.figures(asked.database(), report, kind))
    else:
        indicator = state.select(
            "indicateur", "Indicateur", local_block.options(report, asked.indicator_options())
        )
    scales = mapping.scales(asked.database(), report.territory) | cuts
    scale = state.segmented("echelle", "Échelle", scales)
    level, colour, scope = Level.COMMUNE, "", report.territory
    if kind is None:
        level = Level(scale)
        colour = state.segmented(
            "couleur", "Couleur", mapping.colours(asked.database(), report, indicator, level)
        )
        scope = mapping.scope_of(asked.database(), report.territory, level)
    layers = mapping.layers(asked.database().key, scope.key, scale)
    shown = state.pills("afficher", "Afficher", layers)
shading = mapping.Shading(colour)
if colour == "classes":
    with components.settings("classes"):
        method = state.segmented("methode", "Méthode", asked.METHODS)
        if method == "bornes":
            typed = map_view.typed_limits(*mapping.typed_example(asked.database(), report, indicator, level))
            shading = mapping.Shading(colour, method, limits=typed)
        else:
            shading = mapping.Shading(colour, method, state.slider("classes", "Nombre de classes", 2, 5))

with st.container(key="plan", horizontal=True, gap="large"):
    with st.container(key="plan_carte"):
        if kind is not None:
            found = below.view(asked.database(), report, kind, indicator)
        else:
            found = map_view.found_of(report, indicator, level, shading)
        if found:
            map_view.show(
                report.territory,
                found,
                key="carte",
                height=620,
                layers=map_view.Layers(
                    labels="noms" in shown,
                    stats=mapping.facilities_among(shown),
                    quarters="qpv" in shown,
                    background=next((name for name in shown if name in ("ign", "osm")), ""),
                ),
                opening=map_view.Opening(map_panel.toggle, beside=True) if kind is None else None,
            )
    if found and kind is None:
        map_panel.show(found)
if found:
    with head:
        components.section("Carte", found.message, mapped.subtitle(found))
    map_view.source(report, found, key="carte")

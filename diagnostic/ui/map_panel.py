"""What a click on the page Carte opens: the place, its figure beside the reference, its services, the way to its pages."""

from __future__ import annotations

from html import escape

import streamlit as st

from diagnostic import french, reading, story
from diagnostic.markup import text
from diagnostic.model import DiagnosticError, Level, Territory
from diagnostic.ui import asked, components, mapping, state


def toggle(level: Level, code: str) -> None:
    """Open the panel of a place, or close it when it is the one that is open; for callbacks only."""
    state.put(commune="" if state.get("commune") == code else code)


def show(found: mapping.View) -> None:
    """The panel of the place that the address names, where the map draws it."""
    code = state.get("commune")
    place = next((item for item in found.units if item.code == code), None)
    if place is None:
        return
    with st.container(key="panneau"):
        st.html(_said(found, place))
        _services(place)
        if st.button("Ouvrir sa Synthèse", key=f"synthese_{code}", type="primary", width="stretch"):
            state.leave("synthese", territoire=place.key, nom="", commune="")
        if st.button("Comparer", key=f"comparer_{code}", width="stretch"):
            beside = state.SEPARATOR.join(dict.fromkeys([*state.many("avec"), place.key]))
            state.leave("comparer", avec=beside, commune="")
        st.button("Fermer", key="fermer_panneau", type="tertiary", on_click=state.put, kwargs={"commune": ""})


def _said(found: mapping.View, place: Territory) -> str:
    """Name, value of the table, comparison in words, status; the reason where the value is unknown."""
    finding, indicator = found.findings.get(place.code), found.indicator
    name = f'<h3 class="msg">{text(french.name(place))}</h3><p class="sub">{text(indicator.label)}</p>'
    if finding is None or reading.known_value(finding) is None:
        why = reading.reason(finding, indicator, place) if finding else "Donnée non chargée."
        return f'{name}<p class="na">{reading.NOT_AVAILABLE}</p><p class="note">{text(why)}</p>'
    figure, unit = story.number_and_unit(finding, indicator)
    compared = ""
    if found.against is not None and finding.word:
        compared = french.capitalised(reading.comparison(finding, indicator, found.against))
    elif finding.caution:
        compared = finding.caution
    warn = " warn" if reading.is_attention(finding.word, indicator.direction) else ""
    below = f'<p class="cmp{warn}">{text(compared)}</p>' if compared else ""
    status = components.status_html(reading.status_word(finding, indicator))
    year = f" {finding.year}" if finding.year else ""
    return (
        f'{name}<p class="fig"><b>{escape(figure)}</b> <span>{text(unit)}</span></p>{below}'
        f'<p class="src">{status}{year}</p>'
    )


def _services(place: Territory) -> None:
    """Its four services: how many, or the nearest of a commune."""
    try:
        of_place = asked.report_of(place.key)
    except DiagnosticError:
        return
    rows = "".join(
        f"<dt>{text(label)}</dt><dd>{text(said)}</dd>" for label, said in story.services_of(of_place)
    )
    if rows:
        st.html(f'<dl class="services">{rows}</dl>')

"""The screens of the presentation: each a message and its chart, with the comparison and the cause beside it.

A screen is a section of the story, drawn in HTML: bars in rem and in shares of the window, so that everything grows
with the projector and fills it. Keys are in `presenting.js`.
"""

from __future__ import annotations

from dataclasses import dataclass

import streamlit as st

from diagnostic import french, story
from diagnostic.report import Report
from diagnostic.story import Section
from diagnostic.ui import components, frame, mapping, pages, screens, state
from diagnostic.ui.components import text

MOST = 10
"""Screens: beyond, a committee no longer listens."""
_STYLE = (
    "<style>html{font-size:clamp(16px,min(1.5vw,2.6vh),40px)!important}"
    "[data-testid=stHeader],[data-testid=stSidebar]{display:none!important}"
    ".stMainBlockContainer{max-width:none;padding:1rem 4vw 4rem;min-height:100vh}</style>"
)


@dataclass(frozen=True)
class Screen:
    """Theme, message, unit and reference, what is drawn left and right (HTML, each with its share of the width), a
    map at the right, where it comes from."""

    eyebrow: str
    message: str
    subtitle: str
    parts: tuple[tuple[float, str], ...]
    source: str
    map_of: str = ""


def show(report: Report) -> None:
    """Draw the chosen screen and the way to the others."""
    st.html(_STYLE)
    found = _screens(report)
    number = _number(len(found))
    screen = found[number - 1]
    below = f'<p class="then">{text(screen.subtitle)}</p>' if screen.subtitle else ""
    head = f'<p class="eyebrow">{text(screen.eyebrow)}</p><h1>{text(screen.message)}</h1>{below}'
    whole = min((share for share, _ in screen.parts), default=1.0)
    shares = " ".join(f"minmax(0,{share / whole:.2f}fr)" for share, _ in screen.parts)
    body = "".join(f'<div class="part">{html}</div>' for _, html in screen.parts)
    st.html(
        f'<section class="screen">{head}</section>'
        if screen.map_of
        else f'<section class="screen whole">{head}<div class="parts" style="grid-template-columns:{shares}">{body}</div></section>'
    )
    if screen.map_of:
        left, right = st.columns(2, gap="large")
        with left:
            st.html(f'<section class="parts beside">{body}</section>')
        with right, st.container(key="carte_presentation"):
            components.map_view(report, screen.map_of, key="presentation", height=430, opens=False)
    _foot(report, screen, number, len(found))


def _number(count: int) -> int:
    wanted = state.get("ecran")
    return min(max(int(wanted), 1), count) if wanted.isdecimal() else 1


def _foot(report: Report, screen: Screen, number: int, count: int) -> None:
    with st.container(key="pied_presentation", horizontal=True, vertical_alignment="center"):
        where = french.name(report.territory)
        fictional = " · Territoire fictif" if report.context.fictional else ""
        st.html(f'<p class="src">{text(" · ".join(filter(None, (where, screen.source))) + fictional)}</p>')
        if number == 1:
            st.html(
                '<button type="button" class="take" data-plein-ecran>Plein écran</button>', width="content"
            )
        if st.button("Quitter", type="tertiary", key="quitter"):
            st.switch_page(pages.named(_back()).path, query_params={})
        ways = {"premier": ("Premier", 1), "precedent": ("Précédent", number - 1)}
        _ways(ways, number == 1)
        st.html(f'<p class="count">{number} / {count}</p>', width="content")
        _ways({"suivant": ("Suivant", number + 1), "dernier": ("Dernier", count)}, number == count)


def _ways(ways: dict[str, tuple[str, int]], end: bool) -> None:
    for key, (label, to) in ways.items():
        st.button(label, key=key, disabled=end, on_click=state.put, kwargs={"ecran": to})


def _back() -> str:
    """The page that the presentation was opened from."""
    known = {entry.name for entry in pages.existing() if entry.name != "presentation"}
    wanted = st.session_state.get("revenir", "")
    return wanted if wanted in known else "synthese"


# --- Screens ----------------------------------------------------------------------------------------


def _screens(report: Report) -> list[Screen]:
    db = frame.database()
    found = [
        _first(report),
        _of(story.offer_section(report)),
        _of(story.births_section(report)),
        _members(report),
        _of(story.districts_section(report)),
        _of(story.leisure_section(report)),
        _of(story.families_section(report)) or _of(story.rights_section(report, db)),
        _of(story.duties_section(report)),
        _of(story.priorities_section(report)),
        _of(story.levers_section(report)),
    ]
    return [screen for screen in found if screen is not None][:MOST]


def _first(report: Report) -> Screen | None:
    """The name, its size, and the key messages."""
    told = story.essentiel_section(report)
    context = report.context
    size = (
        [] if context.population is None else [french.quantity(context.population, "habitant", "habitants")]
    )
    if context.communes > 1:
        size.append(f"{french.number(context.communes)}{french.NBSP}communes")
    subtitle = " · ".join(size)
    if told is None:
        return Screen(
            "Diagnostic de territoire",
            french.name(report.territory, long=True),
            subtitle,
            (),
            context.geography,
        )
    return Screen(
        f"{french.name(report.territory, long=True)} · diagnostic pour la convention territoriale globale",
        told.title,
        subtitle,
        _parts(told),
        told.source,
    )


def _parts(section: Section) -> tuple[tuple[float, str], ...]:
    """The columns of a section that a screen can draw, with their shares of the width."""
    made = ((share, "".join(screens.drawn(block) for block in blocks)) for share, blocks in section.columns)
    return tuple((share, html) for share, html in made if html)


def _of(section: Section | None) -> Screen | None:
    """A section on its own screen; None when nothing of it can be drawn here."""
    if section is None or not (parts := _parts(section)):
        return None
    return Screen(section.kicker, section.title, section.subtitle, parts, section.below)


def _members(report: Report) -> Screen | None:
    """Those that lack most and what they lack, beside the map; nothing for a commune alone."""
    section = story.gap_section(report)
    if section is None or len(report.members) < 2:
        return None
    ranked = next((block for block in section.on_screen if isinstance(block, story.Ranked)), None)
    if ranked is None:
        return _of(section)
    indicator = frame.map_indicator(report)
    drawable = mapping.view(frame.database(), report, indicator) is not None
    return Screen(
        section.kicker,
        section.title,
        section.subtitle,
        ((1.0, screens.drawn(ranked)),),
        section.below,
        map_of=indicator if drawable else "",
    )

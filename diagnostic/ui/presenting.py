"""The screens of the presentation: HTML in rem, so that everything grows with the projector."""

from __future__ import annotations

from dataclasses import dataclass, replace

import streamlit as st

from diagnostic import french, reading, story
from diagnostic.indicators import BY_ID
from diagnostic.report import Report
from diagnostic.story import Section
from diagnostic.story.figures import amount
from diagnostic.ui import components, frame, mapping, pages, render, state
from diagnostic.ui.components import text
from diagnostic.ui.method import GLOSSARY_THEMES

MEMBERS = 8
"""Most bars on a screen: a room reads no more."""

_STYLE = (
    "<style>html{font-size:clamp(18px,1.5vw,40px)!important}"
    "[data-testid=stHeader],[data-testid=stSidebar]{display:none!important}"
    ".stMainBlockContainer{max-width:none;padding:1.25rem 4vw 4.5rem;min-height:100vh}</style>"
)


@dataclass(frozen=True)
class Screen:
    """One screen: theme, message, what is said as HTML, then a map or a chart, where it comes from."""

    eyebrow: str
    message: str
    body: str
    source: str
    map_of: str = ""
    chart: story.Block | None = None


def show(report: Report) -> None:
    """Draw the chosen screen and the way to the others."""
    st.html(_STYLE)
    screens = _screens(report)
    number = _number(len(screens))
    screen = screens[number - 1]
    st.html(
        f'<section class="screen"><p class="eyebrow">{text(screen.eyebrow)}</p><h1>{text(screen.message)}</h1>'
        f"{screen.body}</section>"
    )
    if screen.chart is not None:
        with st.container(key="dessin_presentation"):
            render.large(screen.chart, key="presentation", alt=screen.message)
    if screen.map_of:
        with st.container(key="carte_presentation"):
            components.map_view(report, screen.map_of, key="presentation", height=560, opens=False)
    _foot(report, screen, number, len(screens))


def _number(count: int) -> int:
    wanted = state.get("ecran")
    return min(max(int(wanted), 1), count) if wanted.isdecimal() else 1


def _foot(report: Report, screen: Screen, number: int, count: int) -> None:
    with st.container(key="pied_presentation", horizontal=True, vertical_alignment="center"):
        where = french.name(report.territory)
        fictional = " · Territoire fictif" if report.context.fictional else ""
        st.html(f'<p class="src">{text(" · ".join(filter(None, (where, screen.source))) + fictional)}</p>')
        if st.button("Quitter", shortcut="Esc", type="tertiary", key="quitter"):
            st.switch_page(pages.named("synthese").path, query_params={})
        st.button(
            "Précédent", shortcut="Left", key="precedent", disabled=number == 1, on_click=state.put,
            kwargs={"ecran": number - 1},
        )  # fmt: skip
        st.html(f'<p class="count">{number} / {count}</p>', width="content")
        st.button(
            "Suivant", shortcut="Right", key="suivant", disabled=number == count, on_click=state.put,
            kwargs={"ecran": number + 1},
        )  # fmt: skip


# --- Screens ----------------------------------------------------------------------------------------


def _screens(report: Report) -> list[Screen]:
    found = [
        _title(report),
        *_messages(report),
        _told(story.offer_section(report), story.Stacked),
        _members(report),
        _map(report),
        _told(story.births_section(report), story.Lines),
        _duties(report),
        _levers(report),
    ]
    return [screen for screen in found if screen is not None]


def _title(report: Report) -> Screen:
    context = report.context
    facts = []
    if context.population is not None:
        facts.append((french.number(context.population), "habitants"))
    facts.append((french.number(context.communes), french.plural(context.communes, "commune", "communes")))
    if context.qpv is not None:
        facts.append(
            (
                french.number(context.qpv),
                french.plural(context.qpv, "quartier prioritaire", "quartiers prioritaires"),
            )
        )
    cells = "".join(f"<div><b>{text(figure)}</b><span>{text(words)}</span></div>" for figure, words in facts)
    return Screen(
        "Diagnostic territorial, convention territoriale globale",
        french.name(report.territory, long=True),
        f'<div class="big">{cells}</div>',
        context.geography.capitalize(),
    )


def _messages(report: Report) -> list[Screen]:
    screens = []
    for item in report.messages:
        if item.indicator is None or item.indicator not in report.findings:
            continue
        finding, indicator = report.findings[item.indicator], BY_ID[item.indicator]
        value = reading.known_value(finding)
        if value is None:
            continue
        first, _, rest = item.sentence.partition(". ")
        body = (
            f'<div class="big"><div><b>{text(amount(finding, indicator))}</b>'
            f"<span>{text(indicator.unit)}</span></div></div><p class='then'>{text(rest)}</p>"
        )
        eyebrow = frame.theme_label(indicator)
        screens.append(Screen(eyebrow, first.rstrip("."), body, item.detail))
    return screens


def _told(section: Section | None, block: type) -> Screen | None:
    """A section on its own screen, with the first chart of that kind."""
    if section is None:
        return None
    drawn = next((one for one in (section.on_screen or section.blocks) if isinstance(one, block)), None)
    if drawn is None:
        return None
    return Screen(
        section.kicker,
        section.title,
        f'<p class="then">{text(section.subtitle)}</p>',
        section.below,
        chart=drawn,
    )


def _members(report: Report) -> Screen | None:
    """Those that lack most, the first of them first."""
    section = story.gap_section(report)
    if section is None:
        return None
    drawn = next(block for block in section.on_screen if isinstance(block, story.Ranked))
    lacking = [number for number, aside in enumerate(drawn.asides) if aside][-MEMBERS:][::-1]
    if not lacking or not drawn.references:
        return None
    kept = replace(
        drawn,
        rows=tuple(drawn.rows[number] for number in lacking),
        asides=tuple(drawn.asides[number] for number in lacking),
    )
    said = f'<p class="then">{text(section.subtitle)}</p>'
    return Screen(section.kicker, section.title, said, section.below, chart=kept)


def _map(report: Report) -> Screen | None:
    indicator = frame.map_indicator(report)
    found = mapping.view(frame.database(), report, indicator)
    if found is None:
        return None
    return Screen("Carte", found.message, "", f"{BY_ID[indicator].label}. Contours : Etalab, IGN", indicator)


def _levers(report: Report) -> Screen | None:
    """The schemes that a gap calls for, as many as a room reads."""
    section = story.levers_section(report)
    called = [row for row in report.levers if row["need"] == "gap"]
    if section is None or not called:
        return None
    cells = "".join(
        f"<li>{text(row['dispositif'])} <small>{text(GLOSSARY_THEMES.get(row['theme'], ''))}</small></li>"
        for row in called[:MEMBERS]
    )
    rest = len(called) - MEMBERS
    more = f'<p class="then">Et {french.number(rest)} autres, page Agir.</p>' if rest > 0 else ""
    return Screen(section.kicker, section.title, f'<ul class="lines">{cells}</ul>{more}', section.below)


def _duties(report: Report) -> Screen | None:
    section = story.duties_section(report)
    rows = [item for item in report.duties if item.get("binds")]
    if section is None or not rows:
        return None
    cells = "".join(
        f"<li>{text(str(item['duty']))} <small>{text(str(item['article']))}</small></li>" for item in rows
    )
    return Screen(section.kicker, section.title, f'<ul class="lines">{cells}</ul>', section.below)

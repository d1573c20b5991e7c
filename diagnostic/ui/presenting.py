"""The screens of the presentation: HTML in rem, so that everything grows with the projector."""

from __future__ import annotations

import base64
from dataclasses import dataclass

import streamlit as st

from diagnostic import charts, design, french, reading
from diagnostic.indicators import BY_ID
from diagnostic.report import Report
from diagnostic.ui import components, early, frame, mapping, pages, state
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
    """One screen: theme, message, what is drawn as HTML, where it comes from."""

    eyebrow: str
    message: str
    body: str
    source: str
    map_of: str = ""


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
            home = next(entry for entry in pages.existing() if entry.name == "synthese")
            st.switch_page(home.path, query_params={})
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
        _modes(report),
        _members(report),
        _map(report),
        _births(report),
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
        first, _, rest = components.short(item.sentence, report).partition(". ")
        body = (
            f'<div class="big"><div><b>{text(french.number(value, indicator.decimals))}</b>'
            f"<span>{text(indicator.unit)}</span></div></div><p class='then'>{text(rest)}</p>"
        )
        eyebrow = frame.theme_label(indicator)
        screens.append(Screen(eyebrow, first.rstrip("."), body, item.detail))
    return screens


def _modes(report: Report) -> Screen | None:
    bars = early.bars(report)
    totals = [bar.total for bar in bars if bar.total]
    if not totals:
        return None
    rows = ""
    for number, bar in enumerate(bars):
        parts = "".join(
            f'<i style="width:{mode.rate / max(totals) * 100:.2f}%;background:{colour};'
            f'color:{colour.replace("--mode-", "--mode-ink-")}">{french.number(mode.rate, 1) if mode.rate > 3 else ""}</i>'
            for mode, colour in _coloured(bar)
        )
        bold = " class=me" if number == 0 else ""
        rows += f"<li{bold}><span>{text(bar.title)} <b>{french.number(bar.total, 1)}</b></span><div>{parts}</div></li>"
    legend = "".join(
        f'<li><i style="background:{colour}"></i>{text(words)}</li>'
        for colour, words in charts.modes_legend(bars)
    )
    message, subtitle = early.modes_title(report)
    body = (
        f'<p class="then">{text(subtitle)}</p><ul class="legend">{legend}</ul><ul class="hbars">{rows}</ul>'
    )
    return Screen("Petite enfance", message, body, early.modes_source(report))


def _coloured(bar) -> list[tuple]:
    return [
        (mode, charts.modes_legend([bar])[number][0])
        for number, mode in enumerate(bar.modes)
        if mode.rate is not None
    ]


def _members(report: Report) -> Screen | None:
    indicator = frame.map_indicator(report)
    ladder = [rung for rung in charts.rungs(report.members, BY_ID[indicator]) if rung.aside][-MEMBERS:][::-1]
    line = early.reference_line(report, indicator)
    if not ladder or line is None or not line[0]:
        return None
    base, name = line
    rows = "".join(
        f'<li class="{"bad" if rung.marked else ""}"><span>{text(rung.name)}</span>'
        f'<div><i style="width:{min(rung.value / base, 1) * 100:.2f}%">{french.number(rung.value, 1)}</i></div>'
        f"<em>{text(rung.aside)}</em></li>"
        for rung in ladder
    )
    said = f"{name} : {french.number(base, 1)} (bout de la piste)"
    body = f'<p class="then">{text(said)}</p><ul class="hbars three">{rows}</ul>'
    message, subtitle = early.members_title(report, indicator)
    return Screen("Petite enfance", message, body, subtitle)


def _map(report: Report) -> Screen | None:
    indicator = frame.map_indicator(report)
    found = mapping.view(frame.database(), report, indicator)
    if found is None:
        return None
    return Screen("Carte", found.message, "", f"{BY_ID[indicator].label}. Contours : Etalab, IGN", indicator)


def _births(report: Report) -> Screen | None:
    """Births with 100 at the start: the lines as a picture that stretches, the names as text beside their ends."""
    found = [(one, charts.indexed(one)) for one in report.births]
    found = [(one, points) for one, points in found if len(points) > 1]
    if not found:
        return None
    palette = design.palette(state.theme())
    values = [value for _, points in found for _, value in points]
    low, high = min(values) - 2, max(values) + 2
    start = min(points[0][0] for _, points in found)
    end = max(points[-1][0] for _, points in found)

    def across(year: int) -> float:
        return (year - start) / (end - start) * 1000

    def down(value: float) -> float:
        return (high - value) / (high - low) * 400

    own = early.reference_key(report)
    looks = [charts.line_look(number, one.key == own, palette) for number, (one, _) in enumerate(found)]
    drawn = "".join(
        _line([(across(year), down(value)) for year, value in points], *look)
        for (_, points), look in reversed(list(zip(found, looks, strict=True)))
    )
    level = f'<line x1="0" x2="1000" y1="{down(100):.1f}" y2="{down(100):.1f}" stroke="{palette["rule"]}"/>'
    picture = (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1000 400" preserveAspectRatio="none">'
        f"{level}{drawn}</svg>"
    )
    places = charts.apart([points[-1][1] for _, points in found], (high - low) * 1.3)
    names = "".join(
        f'<span style="top:{down(place) / 4:.1f}%;color:{colour}">{text(one.name)} <b>{_change(points)}</b></span>'
        for (one, points), (colour, _, _), place in zip(found, looks, places, strict=True)
    )
    message, subtitle = early.births_title(report)
    source = base64.b64encode(picture.encode()).decode()
    body = (
        f'<p class="then">{text(subtitle)}</p><div class="curve"><div><img alt="{text(message)}" '
        f'src="data:image/svg+xml;base64,{source}"><i style="top:{down(100) / 4:.1f}%">100</i></div>'
        f'<div class="names">{names}</div></div><p class="years"><span>{start}</span><span>{end}</span></p>'
    )
    return Screen("Naissances", message, body, components.sources_of(report, ["naissances"]))


def _line(points: list[tuple[float, float]], colour: str, width: float, dash: str) -> str:
    dashed = ' stroke-dasharray="6 5"' if dash == "dot" else ""
    path = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
    return (
        f'<polyline fill="none" stroke="{colour}" stroke-width="{width * 1.6:g}" '
        f'vector-effect="non-scaling-stroke"{dashed} points="{path}"/>'
    )


def _change(points: list[tuple[int, float]]) -> str:
    return text(f"{french.signed(points[-1][1] - 100)}{french.THIN}%")


def _levers(report: Report) -> Screen | None:
    """The schemes that a gap calls for, as many as a room reads."""
    called = [row for row in report.levers if row["need"] == "gap"]
    if not called:
        return None
    count = french.in_words(len(called), capital=True)
    verb = french.plural(len(called), "dispositif répond", "dispositifs répondent")
    cells = "".join(
        f"<li>{text(row['dispositif'])} <small>{text(GLOSSARY_THEMES.get(row['theme'], ''))}</small></li>"
        for row in called[:MEMBERS]
    )
    rest = len(called) - MEMBERS
    more = f'<p class="then">Et {french.number(rest)} autres, page Agir.</p>' if rest > 0 else ""
    return Screen(
        "Leviers",
        f"{count} {verb} aux écarts constatés",
        f'<ul class="lines">{cells}</ul>{more}',
        "Vademecum de la Caf ; conditions et montants page Agir",
    )


def _duties(report: Report) -> Screen | None:
    rows = [item for item in report.duties if item.get("binds")]
    if not rows:
        return None
    cells = "".join(
        f"<li>{text(str(item['duty']))} <small>{text(str(item['article']))}</small></li>" for item in rows
    )
    return Screen(
        "Obligations",
        components.duties_message(report),
        f'<ul class="lines">{cells}</ul>',
        "Code de l’action sociale et des familles",
    )

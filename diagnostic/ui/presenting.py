"""The screens of the presentation: each a message and its chart, with the comparison and the cause beside it.

A screen is a section of the story, drawn in HTML: bars in rem and in shares of the window, so that everything grows
with the projector and fills it. Keys are in `presenting.js`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

import streamlit as st

from diagnostic import french, measure, reading, screens, story
from diagnostic.indicators import BY_ID, CRECHES, OFFICIAL, POVERTY
from diagnostic.markup import text
from diagnostic.report import Report
from diagnostic.story import Section
from diagnostic.story.figures import sources_of
from diagnostic.ui import asked, map_view, mapping, pages, state

LONG_TITLE, SHORT_TITLE = 105, 62
"""Letters of a message that two lines hold in a smaller type only, and of one that a line holds."""
SIMILAR = 4
"""Similar territories beside the rate."""
RATE, PARTS_RATE = OFFICIAL, CRECHES
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
    of: Report | None = None
    """Whose members the map draws, where it is not the territory of the presentation."""


def show(report: Report) -> None:
    """Draw the chosen screen and the way to the others."""
    st.html(_STYLE)
    found = _screens(report)
    number = _number(len(found))
    screen = found[number - 1]
    below = f'<p class="then">{text(screen.subtitle)}</p>' if screen.subtitle else ""
    head = f'<p class="eyebrow">{text(screen.eyebrow)}</p><h1>{text(french.unbroken(screen.message))}</h1>{below}'
    whole = min((share for share, _ in screen.parts), default=1.0)
    shares = " ".join(f"minmax(0,{share / whole:.2f}fr)" for share, _ in screen.parts)
    body = "".join(f'<div class="part">{html}</div>' for _, html in screen.parts)
    long = " long" if len(screen.message) > LONG_TITLE else ""
    st.html(
        f'<section class="screen{long}">{head}</section>'
        if screen.map_of
        else f'<section class="screen whole{long}">{head}<div class="parts" style="grid-template-columns:{shares}">{body}</div></section>'
    )
    if screen.map_of:
        left, right = st.columns(2, gap="large")
        with left:
            st.html(f'<section class="parts beside">{body}</section>')
        with right, st.container(key="carte_presentation"):
            of = screen.of or report
            drawn = map_view.found_of(of, screen.map_of)
            if drawn:
                map_view.show(of.territory, drawn, key="presentation", height=430, opening=None)
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
        first = {"ecran": 1}
        if st.button("Quitter", type="tertiary", key="quitter", on_click=state.put, kwargs=first):
            st.switch_page(pages.named(_back()).link, query_params={})
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
    db = asked.database()
    found = [
        _first(report),
        _offer(report),
        _births(report),
        _members(report),
        _poverty(report),
        _leisure(report),
        _services(report)
        or _filled(story.families_section(report))
        or _filled(story.rights_section(report, db)),
        _of(story.duties_section(report)),
        _of(story.priorities_section(report), on_page=True),
    ]
    return [*(screen for screen in found if screen is not None), *_levers(report)]


def _levers(report: Report) -> list[Screen]:
    """The aids, on more screens where one has no room for them all: what is asked for is seen whole."""
    section = _on_slide(story.levers_section(report))
    if section is None:
        return []
    [(share, blocks)] = section.columns
    tables = [block for block in blocks if isinstance(block, story.Table)]
    sheets = screens.sheets(tables[0], _room(section)) if tables == list(blocks) else ()
    if len(sheets) < 2:
        return [screen for screen in (_of(section),) if screen is not None]
    made = []
    for number, one in enumerate(sheets, 1):
        kicker = f"{section.kicker} ({number} sur {len(sheets)})"
        # What is said of all the aids stands under the last of them.
        source, caution = ("", section.caution) if number == len(sheets) else (section.source, "")
        columns = ((share, (one,)),)
        made.append(_of(replace(section, kicker=kicker, columns=columns, source=source, caution=caution)))
    return [screen for screen in made if screen is not None]


def _first(report: Report) -> Screen | None:
    """The name, its size, and the key messages."""
    told = story.essentiel_section(report)
    context = report.context
    size = (
        [] if context.population is None else [french.quantity(context.population, "habitant", "habitants")]
    )
    if context.communes > 1:
        size.append(f"{french.number(context.communes)}{french.NBSP}communes")
    if context.qpv:
        size.append(french.quantity(context.qpv, "quartier prioritaire", "quartiers prioritaires"))
    subtitle = " · ".join(size)
    if told is None:
        return Screen(
            "Diagnostic de territoire",
            french.capitalised(french.name(report.territory, long=True)),
            subtitle,
            (),
            context.geography,
        )
    return Screen(
        f"{french.capitalised(french.name(report.territory, long=True))} · diagnostic pour la convention territoriale globale",
        told.title,
        subtitle,
        _parts(told, subtitle),
        _in_short(told.source),
    )


def _room(section: Section) -> float:
    """The height that the columns of a section have, in that which a title of two lines and a line under it leave."""
    return screens.room(lines=1 if len(section.title) <= SHORT_TITLE else 2, under=bool(section.subtitle))


def _parts(section: Section, above: str, *, on_page: bool = False) -> tuple[tuple[float, str], ...]:
    """The columns of a section that a screen can draw under the line `above`, with their shares of the width; what the
    page draws in their place when `on_page`."""
    columns: Sequence[tuple[float, Sequence[story.Block]]] = section.columns
    if on_page:
        columns = ((1.0, section.on_screen),)
    made = (
        (
            share,
            "".join(
                screens.drawn(_shorter(block, above), state.theme(), share, _room(section) / len(blocks))
                for block in blocks
            ),
        )
        for share, blocks in columns
    )
    return tuple((share, html) for share, html in made if html)


def _shorter(block: story.Block, above: str) -> story.Block:
    """The block without a caption that the line under the title says already."""
    if isinstance(block, story.Stacked | story.Lines | story.Ranked | story.Table) and screens.said_already(
        block.caption, above
    ):
        return replace(block, caption="")
    return block


def _of(section: Section | None, *, on_page: bool = False) -> Screen | None:
    """A section on its own screen, as files draw it or as the page does; None when nothing of it can be drawn here."""
    if section is None:
        return None
    parts = _parts(section, f"{section.kicker} {section.subtitle}", on_page=on_page)
    if not parts:
        return None
    return Screen(section.kicker, section.title, section.subtitle, parts, _foot_of(section))


def _foot_of(section: Section) -> str:
    """The line under a section, as a room reads it."""
    return " ".join(filter(None, (_in_short(section.source), section.caution)))


def _in_short(source: str) -> str:
    """« Sources : Insee 2023-2024 ; Cnaf 2021. »: who published and of when. The titles of the files are on the pages."""
    listed = re.search(r"(Sources?)\s: (.*)\.$", source)
    if listed is None:
        return source
    years: dict[str, set[int]] = {}
    for one in re.split(r"\s; ", listed[2]):
        found = {int(year) for year in re.findall(r"\b(?:19|20)\d\d\b", one)}
        years.setdefault(one.partition(",")[0], set()).update(found)
    said = [
        f"{who} {french.span(min(when), max(when)) if when else ''}".strip() for who, when in years.items()
    ]
    return french.typographic(f"{source[: listed.start()]}{listed[1]} : {' ; '.join(said)}.")


def _on_slide(section: Section | None) -> Section | None:
    """The section with what a slide draws in its place: fewer words in more columns."""
    if section is None or not section.on_slide:
        return section
    columns = tuple(
        (share, tuple(block for block in blocks if not isinstance(block, story.Steps)))
        for share, blocks in section.on_slide
    )
    return replace(section, columns=columns)


def _poverty(report: Report) -> Screen | None:
    """Poverty against childcare where it is proven, else the priority districts, else poverty all the same."""
    told = story.poverty_section(report)
    proven = any(one.indicator == POVERTY for one in report.messages)
    if report.context.qpv and not proven:
        districts = _on_slide(story.districts_section(report))
        return _of(districts) if districts is not None and districts.on_slides else None
    return _of(_on_slide(told))


def _offer(report: Report) -> Screen | None:
    """The rate beside those of others, and by which modes it differs; the modes alone where there is no rate."""
    section = story.offer_section(report)
    rates, why = _rates(report), report.coverage.gap_by_mode
    message = next((one for one in report.messages if one.indicator == RATE), None)
    if rates is None or message is None:
        return _of(section)
    # The first screen may say the same already.
    title = section.title if section is not None and report.headline in message.sentence else message.sentence
    beside = report.against(PARTS_RATE)
    parts = [(0.55, screens.drawn(rates, state.theme()))]
    if why and beside is not None:
        when = next((f" ({one.year})" for one in report.coverage.bars if one.year), "")
        heading = f"Pourquoi : écart avec {beside.the} par mode, places pour 100 enfants{when}"
        parts.append((0.45, screens.gaps(heading, [(row.label, row.contribution) for row in why])))
    elif section is not None:
        parts += [(0.45, html) for _, html in _parts(section, "")[:1]]
    year = report.findings[RATE].year
    subtitle = f"Taux de couverture officiel{f' de {year}' if year else ''}"
    measures = [RATE]
    if len(parts) > 1:
        subtitle += " ; les parts par mode sont d’une autre mesure et ne s’y additionnent pas"
        measures.append(PARTS_RATE)
    return Screen(
        "Accueil des moins de 3 ans",
        french.typographic(title.rstrip(".")),
        subtitle,
        tuple(parts),
        french.typographic(
            " ".join(
                filter(None, (_in_short(sources_of(report, measures)), section.caution if section else ""))
            )
        ),
    )


def _rates(report: Report) -> story.Ranked | None:
    """The official rate of the territory, its EPCI, its reference, France and similar territories, of one year."""
    finding, indicator = report.findings[RATE], BY_ID[RATE]
    own = reading.known_value(finding)
    if own is None:
        return None
    places = [report.epci.territory] if report.epci is not None else []
    peers = [peer.territory for peer in report.peers[:SIMILAR]]
    places += peers
    measured = measure.measure(asked.database(), places, [RATE]) if places else {}
    found = {french.name(report.territory): own}
    against = report.against(RATE)
    for one in finding.comparators:
        if one.status.known and one.value is not None and one.year in (None, finding.year):
            found.setdefault(french.typographic(one.name), one.value)
    for place in places:
        theirs = measured[place.key][RATE]
        value = reading.known_value(theirs)
        if value is not None and theirs.year == finding.year:
            found.setdefault(french.name(place), value)
    if len(found) < 3:
        return None
    rows = sorted(((name, value, False) for name, value in found.items()), key=lambda row: -row[1])
    line = (
        ((against.name, against.value, False),) if against is not None and against.value is not None else ()
    )
    caption = f"Places pour 100 enfants de moins de 3 ans{f', {finding.year}' if finding.year else ''}"
    similar = sum(french.name(place) in found for place in peers)
    if similar:
        caption += f", avec {french.quantity(similar, 'territoire semblable', 'territoires semblables')}"
    return story.Ranked(caption, tuple(rows), line, indicator.decimals, own=french.name(report.territory))


def _births(report: Report) -> Screen | None:
    """Births, and the children to come where there are enough births to prolong them."""
    told, ahead = _of(story.births_section(report)), story.outlook_section(report)
    to_come = _parts(ahead, "")[:1] if ahead is not None and ahead.on_slides else ()
    if told is None or not to_come:
        return told
    heading = f'<p class="dit"><b>{text(ahead.title)}</b></p>' if ahead is not None else ""
    return replace(
        told,
        eyebrow="Naissances et perspectives",
        subtitle="Naissances domiciliées ; enfants à venir selon trois scénarios",
        parts=((0.5, told.parts[0][1]), (0.5, heading + to_come[0][1])),
        source=f"{told.source} Scénarios, non prévisions.",
    )


def _leisure(report: Report) -> Screen | None:
    """Who has a leisure centre and, at its right, what a slide draws beside its map: where there is none, or for how many."""
    section = story.leisure_section(report)
    told = _of(section)
    if section is None or told is None or len(told.parts) > 1:
        return told
    blocks = [
        block
        for _, blocks in section.on_slide
        for block in blocks
        if isinstance(block, story.Cards | story.Table | story.Text)
    ]
    beside = "".join(screens.drawn(block, state.theme(), 0.5, 1 / len(blocks)) for block in blocks)
    return replace(told, parts=((0.5, told.parts[0][1]), (0.5, beside))) if beside else told


def _filled(section: Section | None) -> Screen | None:
    """The section, where it fills a slide: a table of one line leaves a room before an empty screen."""
    return _of(section) if section is not None and section.on_slides else None


def _services(report: Report) -> Screen | None:
    """Of a small commune, its four services or the nearest ones: a table of zeros says nothing."""
    told = story.nearby_section(report) if story.is_small_commune(report) else None
    if told is None:
        return None
    found = story.services_of(report)
    subtitle = "Dans la commune, sinon le plus proche, à vol d’oiseau"
    return Screen(told.kicker, told.title, subtitle, ((1.0, screens.pairs(found)),), _foot_of(told))


def _members(report: Report) -> Screen | None:
    """Those that lack most and what they lack, beside the map; for a commune, those of its EPCI."""
    nearby = asked.report_of_epci(report)
    section, of = story.around_section(report, nearby), nearby or report
    if section is None or len(of.members) < 2:
        return None
    ranked = next((block for block in section.on_screen if isinstance(block, story.Ranked)), None)
    if ranked is None:
        return _of(section)
    indicator = asked.map_indicator(of)
    drawable = mapping.view(asked.database(), of, indicator) is not None
    return Screen(
        section.kicker,
        section.title,
        section.subtitle,
        ((1.0, screens.drawn(ranked, state.theme())),),
        _foot_of(section),
        map_of=indicator if drawable else "",
        of=of,
    )

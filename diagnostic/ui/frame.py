"""What surrounds every page: database, report, header, footer, and the guard that speaks French.

A page begins with `report = frame.open_page("synthese")` and draws with `components`.
"""

from __future__ import annotations

import base64
import contextlib
import logging
from collections.abc import Callable
from functools import lru_cache
from html import escape
from pathlib import Path
from urllib.parse import quote

import streamlit as st

from diagnostic import french, territories
from diagnostic.model import DiagnosticError, Level, Territory
from diagnostic.notices import accessibility
from diagnostic.report import Report
from diagnostic.ui import asked, components, home, observing, pages, picker, state
from diagnostic.warehouse.database import Database

_log = logging.getLogger(__name__)
WAYS_ON = {
    "petite_enfance": "Petite enfance : places, manques, naissances",
    "enfance_jeunesse": "Enfance et jeunesse : accès aux accueils de loisirs",
    "familles": "Familles : parentalité et vie sociale",
    "acces_droits": "Accès aux droits : France services, distances",
    "logement_handicap": "Logement et handicap : aides, logements, services",
    "quartiers": "Quartiers prioritaires : équipements et manques",
    "carte": "Carte : tous les indicateurs",
}
_HERE = Path(__file__).resolve().parent
ICON = str(_HERE / "icon.svg")
TITLE = "Diagnostic CTG"


def logo() -> str:
    """The mark for the current theme, as an address that holds it."""
    return _mark(state.theme())


@lru_cache
def _mark(theme: str) -> str:
    drawn = (_HERE / f"logo-{theme}.svg").read_bytes()
    return f"data:image/svg+xml;base64,{base64.b64encode(drawn).decode()}"


# A page prints on white: what is drawn for a dark page is turned over, and so are the colours of its legend.
_DARK_PRINT = (
    "@media print{.stPlotlyChart,iframe,.legend i,.strips i{filter:invert(1) hue-rotate(180deg)}"
    ".legend i,.strips i{color-scheme:dark}}"
)


def style() -> None:
    """Send what the style sheet of all pages lacks: the theme that the page is drawn in; once a run."""
    theme = state.theme()
    st.html(f"<style>:root{{--dessine:{theme}}}{_DARK_PRINT if theme == 'dark' else ''}</style>")


def around(entry: pages.PageEntry) -> None:
    """What stands above a page: its name in the tab, its group marked in the bar, the pages of the group."""
    st.set_page_config(page_title=TITLE if entry.name == pages.HOME else f"{entry.title} · {TITLE}")
    st.session_state["sections"] = []
    st.session_state["inconnus"], st.session_state["inconnus_dits"] = {}, set()
    if entry.hidden:
        return
    # The bar marks the open menu only; the page stands in the k-th of its groups.
    nth = f"[data-testid=stTopNav] .rc-overflow-item:nth-child({pages.GROUPS.index(entry.group) + 1})"
    st.html(
        f"<style>{nth} :is([data-testid=stTopNavSection],[data-testid=stTopNavLink])"
        "{box-shadow:inset 0 -3px var(--territory);border-radius:0}"
        f"{nth} p{{font-weight:600}}</style>"
    )
    if entry.name == pages.HOME:
        return
    with st.container(key="rubrique", horizontal=True):
        for other in pages.of_group(entry.group):
            with st.container(key=f"{'ici' if other == entry else 'page'}_{other.name}", width="content"):
                st.page_link(other.link, label=other.title)


def apply_pending() -> None:
    """Take the choices that a page could not write itself because their texts were already drawn."""
    for name, value in st.session_state.pop("a_ouvrir", {}).items():
        st.session_state[name] = value


# --- A page -----------------------------------------------------------------------------------------


def open_page(name: str) -> Report:
    """Draw the strip and the header of the page `name` and return the report; stops with a French state
    when there is no database or no such territory."""
    st.session_state["page"] = name
    state.check()
    base = asked.database()
    if not state.get("territoire"):
        _strip(base)
        home.choose(base)
        close_page()
        st.stop()
    found = _report_or_stop(base, close=True)
    picker.remember(found.territory)
    _strip(base)
    _header(base, found)
    _say_rejected()
    return found


def _report_or_stop(base: Database, *, close: bool) -> Report:
    """The report of the page; where its link names no territory, stops with why, those it may mean, and a search, between
    strip and footer when they are to `close` it."""
    try:
        return asked.current_report()
    except DiagnosticError as error:
        _drop_bad_reference()
        why = str(error)
    if close:
        _strip(base)
    st.html(_head("Ce lien ne mène à aucun diagnostic", french.typographic(why)))
    for key, line in picker.meant(base, state.get("territoire")).items():
        where = f"?territoire={quote(key)}"
        st.html(f'<p><a href="{escape(where)}" target="_self">{escape(french.typographic(line))}</a></p>')
    with st.container(key="entete"):
        picker.picker(base, None)
    if close:
        close_page()
    st.stop()


def _drop_bad_reference() -> None:
    """When the reference alone is at fault, forget it, say so and begin again."""
    wanted = state.get("reference")
    if not wanted:
        return
    name = state.get("nom")
    try:
        asked.report_kept(
            asked.database().key,
            state.get("territoire"),
            name,
            "",
            asked.radius(),
            float(state.get("portee")),
        )
    except DiagnosticError:
        return
    state.reject("reference", wanted)
    st.rerun()


def _say_rejected() -> None:
    """Say once which parts of the link meant nothing."""
    rejected = st.session_state.pop("rejets", {})
    if rejected:
        said = french.listing([f"{state.WORDS[name]} « {value} »" for name, value in rejected.items()])
        components.state(
            "Une partie de ce lien n’a pas été comprise",
            f"Valeur inconnue : {said}. La valeur habituelle est montrée à la place.",
        )


def open_bare(name: str) -> Report:
    """The report for a page without strip, header or footer; stops with a French state as `open_page` does."""
    st.session_state["page"] = name
    state.check()
    if not state.get("territoire"):
        st.switch_page(pages.named(pages.HOME).link)
    return _report_or_stop(asked.database(), close=False)


def open_home() -> Database:
    """The database for the home page, under the strip of the fictional territory."""
    st.session_state["page"] = pages.HOME
    base = asked.database()
    _strip(base)
    return base


def open_plain(name: str, title: str, context: str = "") -> None:
    """Draw the top of a page that needs no territory (Données, Méthode): strip and title. Never fails for
    want of a database."""
    st.session_state["page"] = name
    with contextlib.suppress(DiagnosticError):
        _strip(asked.database())
    st.html(_head(title, context))
    _keep_room()


def _head(title: str, context: str) -> str:
    return f'<header class="top"><h1>{escape(title)}</h1><p class="ctx">{escape(context)}</p></header>'


def _strip(base: Database) -> None:
    if base.fictional:
        st.html(
            '<aside class="strip"><b>Territoire fictif.</b> Ces chiffres servent à découvrir l’outil. '
            "Pour un département réel, voir la page Données.</aside>"
        )


def _header(base: Database, found: Report) -> None:
    with st.container(key="entete", horizontal=True, vertical_alignment="bottom", gap="large"):
        with st.container(key="identite"):
            st.html(_identity(base, found))
        with st.container(key="outils", horizontal=True, vertical_alignment="bottom"):
            with st.container(key="outil_territoire"):
                picker.picker(base, found.territory)
            with st.container(key="outil_reference"):
                state.select("reference", "Comparer à", asked.reference_options(found))
            with st.container(key="outil_presenter"):
                first = {"ecran": 1}
                if st.button(
                    "Présenter",
                    icon=":material/slideshow:",
                    key="presenter",
                    on_click=state.put,
                    kwargs=first,
                ):
                    st.session_state["revenir"] = st.session_state["page"]
                    st.switch_page(pages.named("presentation").link, query_params={})
            st.html('<button type="button" class="take" data-lien>Copier le lien</button>', width="content")
    _keep_room()


def _identity(base: Database, found: Report) -> str:
    territory, context = found.territory, found.context
    kind = territories.description(base, territory).partition(",")[0]
    code = _coded(territory) if territory.level not in (Level.FRANCE, Level.PERIMETRE) else ""
    parts = []
    if context.population is not None:
        year = f" ({context.population_year})" if context.population_year else ""
        parts.append(f"<b>{french.number(context.population)}</b> habitants{year}")
    if territory.level is not Level.COMMUNE:
        noun = french.plural(context.communes, "commune", "communes")
        parts.append(f"<b>{french.number(context.communes)}</b> {noun}")
    # Of a commune, its EPCI and its département: the line stays one.
    shown = context.within[:2] if territory.level is Level.COMMUNE else context.within
    # Paris and La Réunion are parts of territories of their name.
    parts += [escape(name) for name in shown if name != french.name(territory)]
    line = " · ".join(f"<span>{part}</span>" for part in parts)
    eyebrow = escape(" · ".join(filter(None, (kind, code))))
    return (
        f'<header class="top" data-compare="{_against(found)}"><p class="eyebrow">{eyebrow}</p>'
        f"<h1>{escape(french.name(territory))}</h1>"
        f'<p class="ctx">{line}</p></header>'
    )


def _against(found: Report) -> str:
    """Whom the page is compared with, for the head of a printed one."""
    return escape(f"Comparé à : {found.compared_with}") if found.reference is not None else ""


def _coded(territory: Territory) -> str:
    """The code of a territory, said for what it is where it could pass for a quantity: « Siren 200 044 394 »."""
    code = territory.code
    return (
        f"Siren{french.NBSP}{code[:3]}{french.THIN}{code[3:6]}{french.THIN}{code[6:]}"
        if territory.level is Level.EPCI
        else code
    )


_LONG: set[str] = set()
"""The pages that had a summary when they were drawn last, for whomever: its room is kept, and what is read does not move."""


def _keep_room() -> None:
    with st.container(key="sommaire"):
        st.session_state["sommaire"] = place = st.empty()
        if st.session_state["page"] in _LONG:
            place.html('<p class="sommaire" aria-hidden="true">&nbsp;</p>')


def _summary() -> None:
    """« Sur cette page » under the header of a page of three sections or more."""
    place, found = st.session_state.pop("sommaire", None), st.session_state.get("sections", [])
    if place is None:
        return
    if len(found) < 3:
        _LONG.discard(st.session_state["page"])
        place.empty()
        return
    _LONG.add(st.session_state["page"])
    links = "".join(f'<a href="#{name}" target="_self">{escape(words)}</a>' for name, words in found)
    place.html(f'<nav class="sommaire" aria-label="Sur cette page"><b>Sur cette page :</b>{links}</nav>')


def close_page() -> None:
    """Draw the footer, and the summary at the head of a long page; called by the guard after each page."""
    if st.session_state.get("page") == "presentation":
        return
    components.unknown_line()
    _summary()
    try:
        base = asked.database()
    except DiagnosticError:
        return
    licences = " ; ".join(f"{licence}&nbsp;: {escape(names)}" for licence, names in _producers(base.key))
    geography = f"<span>Géographie au 1<sup>er</sup> janvier {escape(base.meta('geography') or '—')}</span>"
    with st.container(key="pied", horizontal=True, vertical_alignment="center"):
        st.html(
            '<footer class="foot"><span>Diagnostic CTG</span>'
            f"{geography}<span>Données ouvertes, {licences}</span></footer>"
        )
        if st.session_state.get("page") != "accessibilite":
            st.page_link(pages.named("accessibilite").link, label=accessibility.link_label())
        query = f"?territoire={quote(state.get('territoire'))}" if state.get("territoire") else ""
        for words, anchor in (("Aide", "aide"), ("Glossaire", "glossaire")):
            where = f"{state.base()}/methode{query}#sec-{anchor}"
            st.html(f'<a class="pied" href="{escape(where)}" target="_self">{words}</a>', width="content")
        for name in ("plan_du_site", "methode", "mentions_legales", "donnees_personnelles"):
            if st.session_state.get("page") != name:
                st.page_link(pages.named(name).link, label=pages.named(name).title)


@st.cache_data(max_entries=4, show_spinner=False)
def _producers(version: str) -> list[tuple[str, str]]:
    """Each licence with the producers who publish under it, the most usual licence first."""
    rows = asked.database().rows(
        "select licence, string_agg(distinct producer, ',') from source group by licence order by count(*) desc, licence"
    )
    return [
        (escape(licence), ", ".join(sorted({name.strip() for name in producers.split(",")})))
        for licence, producers in rows
    ]


def guarded(run: Callable[[], None]) -> None:
    """Run a page; an exception becomes a French state and a line in the log, never a traceback."""
    try:
        run()
    except DiagnosticError as error:
        components.state("Le diagnostic ne peut pas s’afficher", str(error))
    except Exception:
        page = str(st.session_state.get("page"))
        _log.exception("page %s", page)
        observing.figures().failed(page)
        components.state(
            "Cette page n’a pas pu s’afficher",
            "L’incident est noté dans le journal du serveur. Rechargez la page ; s’il revient, reconstruisez la base : "
            "python -m diagnostic build.",
        )
    close_page()

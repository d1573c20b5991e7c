"""Search a territory as one types, among all of them, or compose a perimeter of one's own."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from html import escape
from urllib.parse import quote

import streamlit as st

from diagnostic import french, gazetteer, territories
from diagnostic import search as searching
from diagnostic.directory import plain, resolve
from diagnostic.model import DiagnosticError, Level, Territory
from diagnostic.ui import blocks, state
from diagnostic.warehouse import names
from diagnostic.warehouse.database import Database

RECENT = 8
"""How many territories seen in this session are offered before anything is typed."""
SHOWN = 12
"""Answers drawn as buttons: more are a reason to type one more letter."""
MOST_ASKED = 20
"""Names of a perimeter that are asked about at a time."""
_TYPED = "perimetre_tape"


def picker(database: Database, territory: Territory | None) -> None:
    """The control "Territoire": its face says where we are, its panel searches."""
    st.html('<span class="label">Territoire</span>')
    _panel(database, territory)


def remember(territory: Territory) -> None:
    """Put a territory first among the recent ones of the session."""
    seen = [key for key in st.session_state.get("recents", []) if key != territory.key]
    st.session_state["recents"] = [territory.key, *seen][:RECENT]


@st.fragment(key="recherche_territoire")
def _panel(database: Database, territory: Territory | None) -> None:
    """The panel; closed, it holds the field that waits for the first letter, and nothing else."""

    def chosen(key: str) -> None:
        state.put(territoire=key, nom="")

    face, current = (french.name(territory), territory.key) if territory else ("Chercher un territoire", "")
    # The key changes with the territory: the panel closes once a choice is made.
    key = f"ouvrir_territoire_{re.sub(r'[^A-Za-z0-9]', '', current)[:40] or 'aucun'}"
    with st.popover(blocks.as_label(face), width="stretch", key=key, on_change="rerun") as panel:
        search(database, "territoire", chosen, recent(database, current) if panel.open else ())
        if panel.open:
            with st.expander("Mon périmètre…", key="mon_perimetre"):
                perimeter(database)


@st.fragment(key="recherche_ailleurs")
def search_apart(database: Database, name: str, choose: Callable[[str], None]) -> None:
    """`search` for a panel of its own: a keystroke reruns the panel alone."""
    search(database, name, choose)


def search(
    database: Database,
    name: str,
    choose: Callable[[str], None] | None,
    recent: Sequence[Territory] = (),
    page: str = "",
) -> None:
    """A search as one types and what is found, one button each, `recent` before anything is typed. Enter opens the
    first. `choose` is called with the key of the choice, else each answer leads to `page`; `name` tells several searches
    of a page apart."""
    with st.container(key=f"trouve_{name}", gap="small"):
        with st.container(key=f"cherche_{name}"):
            # A field of its own after each choice: emptied while its panel is closed, a browser would send the old words again.
            turn = st.session_state.get(f"choix_faits_{name}", 0)
            text = st.text_input(
                "Chercher un territoire", type="search", live="200ms", key=f"recherche_{name}_{turn}",
                placeholder="Nom, code postal ou code Insee", label_visibility="collapsed",
            ).strip()  # fmt: skip
        found = searching.find(database, text) if text else [searching.Answer(item) for item in recent]
        lines = searching.lines(database, found[:SHOWN])
        _count(text, len(found))

        def chosen(key: str) -> None:
            if choose is not None:
                choose(key)
            st.session_state[f"choix_faits_{name}"] = turn + 1
            # A change inside a fragment reruns the fragment alone: the address would change, not the page.
            st.rerun()

        for number, (key, line) in enumerate(lines.items()):
            with st.container(key=f"reponse_{name}_{number}"):
                if page:
                    # A link of the application's own: followed from a run that a keystroke began, Streamlit's
                    # would change the page and leave its address.
                    where = f"{state.base()}/{page}?territoire={quote(key)}"
                    st.html(
                        f'<a href="{escape(where)}" target="_self">{escape(french.typographic(line))}</a>'
                    )
                    continue
                st.button(
                    blocks.as_label(line), key=f"choisir_{name}_{number}", type="tertiary", width="stretch",
                    on_click=chosen, args=(key,),
                )  # fmt: skip


def _count(text: str, count: int) -> None:
    """How many answers there are, read aloud, or what to try when there is none; marked with what was typed."""
    if not text:
        said = "Reprendre" if count else ""
    elif not count:
        said = f"Aucun territoire pour « {text} ». Essayez le code postal."
    else:
        said = f"{french.number(count)} {french.plural(count, 'résultat', 'résultats')}"
        said += f", les {SHOWN} premiers : précisez le nom ou le département" if count > SHOWN else ""
    st.html(f'<p class="note" data-pour="{escape(text)}">{escape(french.typographic(said))}</p>')


def meant(database: Database, key: str) -> dict[str, str]:
    """Key -> line of the territories that a link to nothing may mean."""
    return searching.lines(database, [searching.Answer(place) for place in territories.meant(database, key)])


def recent(database: Database, current: str) -> list[Territory]:
    keys = [key for key in st.session_state.get("recents", []) if key != current]
    found = []
    for key in keys:
        try:
            found.append(territories.get(database, key))
        except DiagnosticError:
            continue
    return found


def perimeter(database: Database) -> None:
    """A list of communes, by code or name, becomes `perimetre:…` in the address, with its name."""
    with st.form("perimetre", border=False):
        name = st.text_input("Nom du périmètre", state.get("nom"), placeholder="Rive droite", max_chars=80)
        listed = st.text_area(
            "Communes, une par ligne (nom ou code)",
            _communes_open(database),
            placeholder="Cenon\nLormont\n33167",
        )
        sent = st.form_submit_button("Voir ce périmètre")
    if sent:
        st.session_state[_TYPED] = (name.strip(), listed)
    if _TYPED not in st.session_state:
        return
    name, listed = st.session_state[_TYPED]
    answers = _homonyms(database, listed)
    if answers is None:
        return
    try:
        key = perimeter_key(database, listed, answers)
    except DiagnosticError as error:
        st.html(f'<p class="note warn">{escape(str(error))}</p>')
        return
    finally:
        del st.session_state[_TYPED]
    st.session_state["a_ouvrir"] = {"territoire": key, "nom": name}
    st.rerun()


def _homonyms(database: Database, listed: str) -> dict[str, str] | None:
    """What a person answers of the names that several communes bear, one click each; None while one is unanswered."""
    known = names.directory(database)
    answers: dict[str, str] = {}
    asked = {
        plain(line): (line, found)
        for line, found in resolve(known, _lines(listed))
        if found.commune is None and found.candidates
    }
    for text, (line, found) in list(asked.items())[:MOST_ASKED]:
        chosen = st.radio(
            blocks.as_label(f"« {line} » : quelle commune ?"),
            found.candidates,
            index=None,
            format_func=lambda code: blocks.as_label(known.shown(code)),
            key=f"homonyme_{text}",
        )
        if chosen:
            answers[text] = chosen
    return answers if len(answers) == len(list(asked)[:MOST_ASKED]) else None


def _lines(listed: str) -> list[str]:
    return [part.strip() for part in re.split(r"[\n,;]", listed) if part.strip()]


def _communes_open(database: Database) -> str:
    """The communes of the perimeter that is open, one a line, to be changed; a name that others bear is a code."""
    level, _, codes = state.get("territoire").partition(":")
    if level != Level.PERIMETRE or not codes:
        return ""
    known = gazetteer.index(database).territories
    named = [known.get((Level.COMMUNE, code)) for code in codes.replace(" ", "+").split("+")]
    borne = Counter(place.name for (at, _), place in known.items() if at is Level.COMMUNE)
    return "\n".join(
        place.name if borne[place.name] == 1 else place.code for place in named if place is not None
    )


def perimeter_key(database: Database, listed: str, answers: Mapping[str, str] | None = None) -> str:
    """`perimetre:33119+33249` from communes one a line or between commas; DiagnosticError names the unknown and the homonyms."""
    codes = []
    for line, found in resolve(names.directory(database), _lines(listed), answers=answers):
        if found.commune is None:
            raise DiagnosticError(f"« {line} » : {found.why} Donnez son code Insee.", code=2)
        codes.append(found.commune)
    if not codes:
        raise DiagnosticError("Le périmètre est vide : donnez au moins une commune.", code=2)
    return "perimetre:" + "+".join(dict.fromkeys(codes))

"""Search a territory as one types, among all of them, or compose a perimeter of one's own."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

import streamlit as st

from diagnostic import french, territories
from diagnostic.directory import resolve
from diagnostic.model import DiagnosticError, Level, Territory
from diagnostic.ui import state
from diagnostic.warehouse import names
from diagnostic.warehouse.database import Database

RECENT = 8
"""How many territories seen in this session are offered before anything is typed."""


def picker(database: Database, territory: Territory | None) -> None:
    """The control "Territoire": its face says where we are, its panel searches."""
    face = french.name(territory) if territory else "Chercher un territoire"
    st.html('<span class="label">Territoire</span>')
    # The key changes with the territory: the panel closes once a choice is made.
    key = f"ouvrir_territoire_{re.sub(r'[^A-Za-z0-9]', '', territory.key)[:40] if territory else 'aucun'}"
    with st.popover(face, width="stretch", key=key):
        _search(database, territory.key if territory else "")


def remember(territory: Territory) -> None:
    """Put a territory first among the recent ones of the session."""
    seen = [key for key in st.session_state.get("recents", []) if key != territory.key]
    st.session_state["recents"] = [territory.key, *seen][:RECENT]


@st.fragment(key="recherche_territoire")
def _search(database: Database, current: str) -> None:
    def chosen(key: str) -> None:
        state.put(territoire=key, nom="")

    search(database, current, chosen, _recent(database, current))
    with st.expander("Mon périmètre…"):
        _perimeter(database)


@st.fragment(key="recherche_ailleurs")
def search_apart(database: Database, name: str, choose: Callable[[str], None]) -> None:
    """`search` for a panel of its own: a keystroke reruns the panel alone."""
    search(database, name, choose)


def search(
    database: Database, name: str, choose: Callable[[str], None], recent: Sequence[Territory] = ()
) -> None:
    """A search as one types and the list of what is found, `recent` before anything is typed. `choose` is called
    with the key of the choice; `name` tells several searches of a page apart."""
    text = st.text_input(
        "Chercher un territoire", type="search", live="200ms", key=f"recherche_{name}", placeholder="Nom ou code",
        label_visibility="collapsed",
    )  # fmt: skip
    found = territories.search(database, text) if text else recent
    options = {item.key: _line(database, item) for item in found}
    if text and not options:
        st.html('<p class="note">Aucun territoire de ce nom ou de ce code dans les données chargées.</p>')
    elif options:
        label = (
            f"{len(options)} {french.plural(len(options), 'résultat', 'résultats')}"
            if text
            else "Vus récemment"
        )

        def chosen() -> None:
            choose(st.session_state[f"resultat_{name}"])
            st.session_state[f"recherche_{name}"] = ""
            # A change inside a fragment reruns the fragment alone: the address would change, not the page.
            st.rerun()

        st.radio(
            label,
            list(options),
            index=None,
            format_func=lambda key: options[key],
            key=f"resultat_{name}",
            on_change=chosen,
        )


def _line(database: Database, territory: Territory) -> str:
    kind = territories.description(database, territory).partition(",")[0].lower()
    code = "" if territory.level in (Level.FRANCE, Level.PERIMETRE) else f" ({territory.code})"
    return f"{french.name(territory)}, {kind}{code}"


def _recent(database: Database, current: str) -> list[Territory]:
    keys = [key for key in st.session_state.get("recents", []) if key != current]
    found = []
    for key in keys:
        try:
            found.append(territories.get(database, key))
        except DiagnosticError:
            continue
    return found


def _perimeter(database: Database) -> None:
    """A list of communes, by code or name, becomes `perimetre:…` in the address, with its name."""
    with st.form("perimetre", border=False):
        name = st.text_input("Nom du périmètre", placeholder="Rive droite", max_chars=80)
        listed = st.text_area("Communes, une par ligne (nom ou code)", placeholder="Cenon\nLormont\n33167")
        sent = st.form_submit_button("Voir ce périmètre")
    if not sent:
        return
    try:
        key = perimeter_key(database, listed)
    except DiagnosticError as error:
        st.html(f'<p class="note warn">{error}</p>')
        return
    st.session_state["a_ouvrir"] = {"territoire": key, "nom": name.strip()}
    st.rerun()


def perimeter_key(database: Database, listed: str) -> str:
    """`perimetre:33119+33249` from communes one a line or between commas; DiagnosticError names the unknown and the homonyms."""
    typed = filter(None, (part.strip() for part in re.split(r"[\n,;]", listed)))
    codes = []
    for line, found in resolve(names.directory(database), typed):
        if found.commune is None:
            raise DiagnosticError(f"« {line} » : {found.why} Donnez son code Insee.", code=2)
        codes.append(found.commune)
    if not codes:
        raise DiagnosticError("Le périmètre est vide : donnez au moins une commune.", code=2)
    return "perimetre:" + "+".join(dict.fromkeys(codes))

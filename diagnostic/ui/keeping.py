"""What a visitor is working on, kept through a reload, a closed browser, a restart of the server.

The key is a cookie that the server gives at random and no script reads: it stands in no address, so that
a link sent to somebody never opens the sender's work. Without a cookie, work lasts as long as the session.
"""

from __future__ import annotations

import logging
import re
import secrets
from collections.abc import Callable
from typing import Any

import streamlit as st

from diagnostic import drafts
from diagnostic.model import DiagnosticError

COOKIE = "ctg_brouillon"
_SHAPE = re.compile(r"[A-Za-z0-9_-]{22}")
_OWN, _ASIDE = "visiteur", "illisible"
_log = logging.getLogger(__name__)


def new_key() -> str:
    """128 bits at random: nobody guesses another's."""
    return secrets.token_urlsafe(16)


def is_key(text: object) -> bool:
    """Whether a cookie has the shape of those that the server gives."""
    return isinstance(text, str) and _SHAPE.fullmatch(text) is not None


@st.cache_resource(show_spinner=False)
def store() -> drafts.Store:
    """Where the work of visitors is kept; DiagnosticError when it cannot be opened."""
    return drafts.open_store()


@st.cache_resource(show_spinner=False)
def _passing() -> drafts.Store:
    return drafts.SqliteStore(drafts.MEMORY, days=1, most_bytes=64_000_000)


def _visitor() -> tuple[drafts.Store, str]:
    """Where the work of this visitor is kept, and under which key."""
    cookie = st.context.cookies.get(COOKIE)
    if cookie is not None and is_key(cookie):
        return store(), cookie
    return _passing(), st.session_state.setdefault(_OWN, new_key())


def get(what: str, territory: str) -> Any | None:
    """What this visitor has under way in a territory; None when nothing is."""
    kept, key = _visitor()
    return _read(what, kept.get(key, what, territory))


def update(what: str, territory: str, change: Callable[[Any | None], Any]) -> tuple[Any | None, Any]:
    """Replace what is under way by `change` of it, whoever has written since it was shown; was, is.

    A DiagnosticError that `change` raises leaves everything as it was.
    """
    kept, key = _visitor()
    write = drafts.CONTENTS[what].write

    def changed(text: str | None) -> str:
        before = _read(what, text)
        if before is None and text is not None:
            # Written by another edition of the tool: set aside rather than written over.
            aside.append(text)
        return write(change(before))

    aside: list[str] = []
    before, after = kept.update(key, what, territory, changed)
    if aside:
        kept.update(key, f"{what}.{_ASIDE}", territory, lambda _: aside[-1])
    return _read(what, before), _read(what, after)


def title(label: str, key: str, territory: str, **rest: Any) -> None:
    """A title that a button beside it will take: typed, it is kept like the rest until it is."""
    if key not in st.session_state:
        st.session_state[key] = (get(drafts.TITLES, territory) or {}).get(key, "")
    st.text_input(label, key=key, on_change=_hold_title, args=(key, territory), **rest)


def taken(key: str, territory: str) -> None:
    """Empty the field of a title that has become something; for callbacks."""
    st.session_state[key] = ""
    _hold_title(key, territory)


def _hold_title(key: str, territory: str) -> None:
    held = get(drafts.TITLES, territory) or {}
    if held.get(key, "") != st.session_state[key]:
        update(
            drafts.TITLES,
            territory,
            lambda now: {
                name: one for name, one in ((now or {}) | {key: st.session_state[key]}).items() if one
            },
        )


def _read(what: str, text: str | None) -> Any | None:
    try:
        return None if text is None else drafts.CONTENTS[what].read(text)
    except DiagnosticError as error:
        _log.warning("a draft that does not read (%s): %s", what, error)
        return None

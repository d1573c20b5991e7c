"""What a visitor is working on, kept through a change of page and a reload of the tab.

In the memory of the server only, the latest first to stay; what matters is saved to the user's own file.
The key is a cookie that the server gives at random and no script reads: it stands in no address, so that
a link sent to somebody never opens the sender's work.
"""

from __future__ import annotations

import re
import secrets
import threading
from collections import OrderedDict
from typing import Any

import streamlit as st

COOKIE = "ctg_brouillon"
MOST_BYTES = 64_000_000
_SHAPE = re.compile(r"[A-Za-z0-9_-]{22}")
_OWN = "visiteur"


def new_key() -> str:
    """128 bits at random: nobody guesses another's."""
    return secrets.token_urlsafe(16)


class Drafts:
    """Values by key, the `most` latest, and no more than `most_bytes` by the weight told of each."""

    def __init__(self, most: int = 400, most_bytes: int = MOST_BYTES) -> None:
        self._most, self._most_bytes, self._bytes = most, most_bytes, 0
        self._held: OrderedDict[tuple[str, ...], tuple[Any, int]] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, *key: str) -> Any | None:
        """What was put under that key; None when nothing was, or when it has left."""
        with self._lock:
            return self._held.get(key, (None, 0))[0]

    def put(self, *key: str, value: Any, weight: int = 0) -> None:
        """Keep a value, never changed afterwards; the oldest ones leave when there are too many."""
        with self._lock:
            self._bytes += weight - self._held.pop(key, (None, 0))[1]
            self._held[key] = value, weight
            while len(self._held) > self._most or (self._bytes > self._most_bytes and len(self._held) > 1):
                self._bytes -= self._held.popitem(last=False)[1][1]


@st.cache_resource(show_spinner=False)
def _drafts() -> Drafts:
    return Drafts()


def visitor() -> str:
    """The key of this visitor: the cookie's where there is one, else that of the session alone."""
    cookie = str(st.context.cookies.get(COOKIE, ""))
    return cookie if _SHAPE.fullmatch(cookie) else st.session_state.setdefault(_OWN, new_key())


def get(what: str, territory: str) -> Any | None:
    """What this visitor has under way in a territory; None when nothing is."""
    return _drafts().get(visitor(), what, territory)


def put(what: str, territory: str, value: Any, *, weight: int = 1_000) -> None:
    """Keep what this visitor has under way; `weight` in bytes or so."""
    _drafts().put(visitor(), what, territory, value=value, weight=weight)

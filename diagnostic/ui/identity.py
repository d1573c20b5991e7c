"""Who is there: login by OpenID Connect, when the operator names a provider, and what the operator lets them do.

Streamlit's `st.login` speaks with the provider (Authlib). Open data need no login; what the private folder holds does.
"""

from __future__ import annotations

import os
import secrets
from pathlib import Path
from typing import Any

import streamlit as st
from streamlit import config

from diagnostic import territories
from diagnostic.local import rights
from diagnostic.local.rights import Entry, Person
from diagnostic.model import DiagnosticError, Level
from diagnostic.warehouse.database import Database

PROVIDER, CLIENT, SECRET, BACK = (
    "DIAGNOSTIC_OIDC",
    "DIAGNOSTIC_OIDC_CLIENT",
    "DIAGNOSTIC_OIDC_SECRET",
    "DIAGNOSTIC_OIDC_RETOUR",
)
SCOPES, GROUPS, ROLES = "DIAGNOSTIC_OIDC_PORTEES", "DIAGNOSTIC_OIDC_GROUPES", "DIAGNOSTIC_ROLES"
"""Scopes asked of the provider; the claim that holds the groups; the file of the roles."""


def _setting(name: str, otherwise: str = "") -> str:
    return os.environ.get(name, "").strip() or otherwise


def configured() -> bool:
    """Whether the operator has named a provider of identities."""
    return bool(_setting(PROVIDER))


def settings() -> dict[str, dict] | None:
    """What `st.App` is told of the provider; None without one, SystemExit when something is missing."""
    if not configured():
        return None
    missing = [name for name in (CLIENT, SECRET, BACK, ROLES) if not _setting(name)]
    if missing:
        raise SystemExit(f"{PROVIDER} demande aussi : {', '.join(missing)}.")
    try:
        rights.read(Path(_setting(ROLES)))
    except DiagnosticError as error:
        raise SystemExit(str(error)) from error
    return {
        "auth": {
            "redirect_uri": _setting(BACK),
            # The same for all replicas when the operator gives one, else until this process stops.
            "cookie_secret": config.get_option("server.cookieSecret") or secrets.token_hex(32),
            "client_id": _setting(CLIENT),
            "client_secret": _setting(SECRET),
            "server_metadata_url": _setting(PROVIDER),
            "client_kwargs": {"scope": _setting(SCOPES, "openid email profile")},
        }
    }


@st.cache_data(max_entries=4, show_spinner=False)
def _entries(path: str, changed: int) -> tuple[Entry, ...]:
    return rights.read(Path(path))


def entries() -> tuple[Entry, ...]:
    """The roles as they stand: a line taken out of the file holds from the next click on."""
    path = _setting(ROLES)
    try:
        changed = Path(path).stat().st_mtime_ns
    except OSError:
        changed = 0
    return _entries(path, changed)


def email() -> str:
    """The address that the provider vouches for; "" when nobody is logged in."""
    if not configured():
        return ""
    said = st.user.to_dict()
    if not said.get("is_logged_in") or said.get("email_verified") is False:
        return ""
    return str(said.get("email") or "").strip().casefold()


def person() -> Person | None:
    """Who is logged in, with their role; None for a stranger and for whom the operator does not know."""
    address = email()
    if not address:
        return None
    groups: Any = st.user.to_dict().get(_setting(GROUPS, "groups")) or ()
    return rights.person(
        entries(), address, (groups,) if isinstance(groups, str) else tuple(map(str, groups))
    )


def communes(who: Person, db: Database) -> frozenset[str] | None:
    """The communes of a person's territories; None when they hold everywhere."""
    if who.territories is None:
        return None
    found: set[str] = set()
    for key in who.territories:
        territory = territories.get(db, key)
        if territory.level is Level.FRANCE:
            return None
        found.update(territories.communes(db, territory))
    return frozenset(found)

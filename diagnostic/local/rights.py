"""Who may do what with the deposits that are kept: a role and territories for each person, from the operator's file.

The file is TOML, one `[[personne]]` each: `courriel`, or `groupe` as the provider of identities names it; `role` among
lecteur, contributeur and administrateur; `territoires`, keys such as "epci:243300316", all when absent.
"""

from __future__ import annotations

import enum
import tomllib
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

from diagnostic.model import DiagnosticError


class Role(enum.StrEnum):
    """What a person may do, the most powerful last."""

    READER = "lecteur"
    CONTRIBUTOR = "contributeur"
    ADMINISTRATOR = "administrateur"


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody whom the provider of identities has named and the operator knows.

    `territories` are keys; None holds everywhere.
    """

    email: str
    role: Role
    territories: tuple[str, ...] | None = None

    @property
    def may_keep(self) -> bool:
        """Whether what this person brings is kept for the others."""
        return self.role is not Role.READER

    def may_change(self, owner: str) -> bool:
        """Whether this person may replace or erase what `owner` has brought."""
        return self.role is Role.ADMINISTRATOR or (self.may_keep and bool(owner) and owner == self.email)


@dataclass(frozen=True, slots=True)
class Entry:
    """One `[[personne]]` of the file."""

    role: Role
    email: str = ""
    group: str = ""
    territories: tuple[str, ...] | None = None


def read(path: Path) -> tuple[Entry, ...]:
    """The entries of the operator's file; DiagnosticError, with what to write, when one says something amiss."""
    try:
        content = tomllib.loads(path.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise DiagnosticError(
            f"Le fichier des rôles « {path.name} » ne se lit pas : vérifiez son chemin et sa forme (TOML)."
        ) from error
    try:
        return tuple(_entry(one) for one in content["personne"])
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise DiagnosticError(
            f"Le fichier des rôles « {path.name} » : donnez à chaque [[personne]] un courriel ou un groupe, et un rôle "
            "parmi lecteur, contributeur, administrateur."
        ) from error


def _entry(said: dict) -> Entry:
    email, group = said.get("courriel", "").strip().casefold(), said.get("groupe", "").strip()
    if bool(email) == bool(group):
        raise ValueError("courriel or groupe")
    held = said.get("territoires")
    return Entry(Role(said["role"]), email, group, None if held is None else tuple(map(str, held)))


def person(entries: Collection[Entry], email: str, groups: Collection[str] = ()) -> Person | None:
    """The person of this address; an entry of their own before those of their groups, of which the most powerful.

    None when the operator does not know them.
    """
    email = email.strip().casefold()
    own = [entry for entry in entries if email and entry.email == email]
    shared = [entry for entry in entries if entry.group and entry.group in groups]
    order = list(Role)
    for entry in own or sorted(shared, key=lambda entry: order.index(entry.role), reverse=True):
        return Person(email, entry.role, entry.territories)
    return None

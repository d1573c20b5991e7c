"""The names that a database knows: communes of today, old ones, arrondissements, postcodes."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import TYPE_CHECKING

from diagnostic.directory.names import (
    in_full,
    plain_all,
)

# A search reads names without it.
if TYPE_CHECKING:
    import pandas as pd


class Directory:
    """Read once for a database and shared: it changes with nobody's answers.

    `communes`: code, name, departement of today. `former`: code, name and the `commune` of today that holds it,
    for the communes of the past and for the past names of those of today. `arrondissements`: code, commune.
    `postcodes`: postcode -> communes, where the database knows them. `above`: names of the territories that hold
    several communes: a row of theirs is the sum of others. `iris`: code, commune, where the database knows them.
    """

    def __init__(
        self,
        communes: pd.DataFrame,
        former: pd.DataFrame | None = None,
        arrondissements: Mapping[str, str] | None = None,
        postcodes: Mapping[str, Collection[str]] | None = None,
        above: Collection[str] = (),
        iris: Mapping[str, str] | None = None,
    ) -> None:
        self.name = dict(zip(communes["code"], communes["name"], strict=True))
        self.departement = dict(zip(communes["code"], communes["departement"], strict=True))
        keys = map(in_full, plain_all(list(self.name.values())))
        self.key = dict(zip(self.name, keys, strict=True))
        self.by_name: dict[str, list[str]] = {}
        for code, key in self.key.items():
            self.by_name.setdefault(key, []).append(code)
        self.postcodes = {code: frozenset(held) for code, held in (postcodes or {}).items()}
        self.above = frozenset(map(in_full, plain_all(list(above))))
        self.city = dict(arrondissements or {})
        self.parts: dict[str, set[str]] = {}
        """Commune -> what it is the whole of: its arrondissements, its Iris."""
        for code, commune in {**self.city, **(iris or {})}.items():
            self.parts.setdefault(commune, set()).add(code)
        self.former: dict[str, dict[str, str]] = {}
        """Old code -> {old name as compared: commune of today}."""
        self.former_by_name: dict[str, dict[str, str]] = {}
        """Old name as compared -> {old code: commune of today}."""
        self.former_name: dict[str, str] = {}
        if former is not None:
            keys = map(in_full, plain_all(former["name"].to_list()))
            for code, name, commune, key in zip(
                former["code"], former["name"], former["commune"], keys, strict=True
            ):
                if commune in self.name and key != self.key.get(code):
                    self.former.setdefault(code, {})[key] = commune
                    self.former_by_name.setdefault(key, {})[code] = commune
                    self.former_name.setdefault(code, name)

    def shown(self, code: str) -> str:
        """ "Castillon-de-Castets (33, code 33106)": never a name without its département."""
        return f"{self.name[code]} ({self.departement[code]}, code {code})"

    def listed(self, codes: Sequence[str]) -> str:
        """The first of these communes, each with its département."""
        return ", ".join(map(self.shown, codes[:6])) + ("…" if len(codes) > 6 else "")

"""Which commune a row speaks of: by code, lost zeros repaired, else by name; when in doubt, ask."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from functools import lru_cache

import pandas as pd

from diagnostic.local.reading import plain, plain_all

OK, REPAIRED, QUESTION, REFUSED = "accepté", "réparé", "à préciser", "refusé"
ARTICLES = {"le", "la", "les", "l"}
SHORT_FORMS = {
    "st": "saint",
    "ste": "sainte",
    "sts": "saints",
    "stes": "saintes",
    "s": "sur",
    "ss": "sous",
    "lez": "les",
}
SUGGESTED_NAMES = 50

_CEDEX = re.compile(r"\s*cedex.*$|\s*\(?\b(2[ab]|\d{2,3})\)?$", re.IGNORECASE)
_DEPARTEMENT = re.compile(r"\(?\b(2[abAB]|\d{2,3})\)?\s*$")


@dataclass(frozen=True, slots=True)
class Match:
    """What one row's code and name mean. `why` is a French sentence when the outcome is not OK."""

    outcome: str
    commune: str | None = None
    why: str = ""
    candidates: tuple[str, ...] = ()


def commune_name(text: str) -> str:
    """A name as it is compared: no accent, no hyphen, no article in front or behind, Saint in full."""
    return _in_full(plain(text))


def _in_full(words_of_name: str) -> str:
    words = [SHORT_FORMS.get(word, word) for word in words_of_name.split()]
    if len(words) > 1 and words[0] in ARTICLES:
        words = words[1:]
    if len(words) > 1 and words[-1] in ARTICLES:
        words = words[:-1]
    return " ".join(words)


@lru_cache(maxsize=2)
def _keys(names: tuple[str, ...]) -> tuple[str, ...]:
    """The names of a directory as they are compared: public, and the same at every validation."""
    return tuple(map(_in_full, plain_all(list(names))))


class Directory:
    """The communes of the current COG, by code and by name. `communes`: code, name, departement.

    `within` is the user's perimeter: a name that is unique there is not asked about. `answers` are
    the user's own: plain name -> code.
    """

    def __init__(
        self, communes: pd.DataFrame, within: Collection[str] = (), answers: Mapping[str, str] | None = None
    ) -> None:
        self.name = dict(zip(communes["code"], communes["name"], strict=True))
        self.departement = dict(zip(communes["code"], communes["departement"], strict=True))
        self.within = frozenset(within)
        self.near = {self.departement[code] for code in self.within if code in self.departement}
        self.answers = dict(answers or {})
        names = _keys(tuple(self.name.values()))
        self.key = dict(zip(self.name, names, strict=True))
        self.typed: dict[str, str] = {}
        self.by_name: dict[str, list[str]] = {}
        for code, key in self.key.items():
            self.by_name.setdefault(key, []).append(code)
        self.suggested = 0

    def prepare(self, names: Collection[str]) -> None:
        """Read many names at once, before `match` is called on each."""
        names = list(set(names) - self.typed.keys())
        self.typed.update(zip(names, map(_in_full, plain_all(names)), strict=True))

    def _key(self, name: str) -> str:
        return self.typed[name] if name in self.typed else commune_name(name)

    def match(self, code: str, name: str) -> Match:
        """The commune of a row; `code` or `name` may be empty, not both."""
        if code:
            found, how = self._by_code(code)
            if found is not None:
                return self._checked(found, how, name)
            if not name:
                return Match(REFUSED, why=how)
        if name:
            return self._by_name(name)
        return Match(REFUSED, why="Ni code ni nom de commune : remplissez l’un des deux.")

    def _by_code(self, code: str) -> tuple[str | None, str]:
        text = code.upper().replace(" ", "").removesuffix(".0")
        if text in self.name:
            return text, ""
        padded = text.zfill(5)
        if len(text) == 4 and padded in self.name:
            return padded, f"Le zéro perdu en tête du code a été remis : {padded}."
        if re.fullmatch(r"\d{5}", text) and text[2:] != "000":
            return (
                None,
                "Ce code n’est pas celui d’une commune actuelle : vérifiez qu’il ne s’agit pas d’un code postal ou d’une ancienne commune.",
            )
        return (
            None,
            "Ce code n’est pas celui d’une commune : écrivez le code Insee à 5 caractères, par exemple 01004.",
        )

    def _checked(self, found: str, how: str, name: str) -> Match:
        """A code that contradicts the name is asked about: it may be a postal code."""
        if name and name != self.name[found]:
            key = self._key(name)
            if key != self.key[found] and key in self.by_name:
                named = self._choose(self.by_name[key])
                if found not in named:
                    return Match(
                        QUESTION,
                        why=f"Le code {found} est celui de {self.name[found]}, le nom dit {name} : choisissez.",
                        candidates=(found, *named),
                    )
        return Match(REPAIRED, found, how) if how else Match(OK, found)

    def _by_name(self, name: str) -> Match:
        answer = self.answers.get(plain(name))
        if answer in self.name:
            return Match(OK, answer)
        codes, departement = self.by_name.get(self._key(name), []), None
        if not codes and (end := _DEPARTEMENT.search(name)):
            departement = end[1].upper()
            codes = self.by_name.get(commune_name(name[: end.start()]), [])
            codes = [code for code in codes if self.departement[code] == departement] or codes
        if not codes:
            codes = self.by_name.get(commune_name(_CEDEX.sub("", name)), [])
        if not codes:
            return Match(REFUSED, why=self._unknown(name))
        chosen = self._choose(codes)
        if len(chosen) == 1:
            code = chosen[0]
            return Match(REPAIRED, code, f"Le nom a été reconnu : {self.name[code]} ({code}).")
        shown = ", ".join(f"{self.name[code]} ({code})" for code in chosen[:6]) + (
            "…" if len(chosen) > 6 else ""
        )
        return Match(
            QUESTION,
            why=f"Plusieurs communes portent ce nom : {shown}. Choisissez.",
            candidates=tuple(chosen),
        )

    def _choose(self, codes: list[str]) -> list[str]:
        """Those of the perimeter, else those of its départements, else all."""
        return (
            [code for code in codes if code in self.within]
            or [code for code in codes if self.departement[code] in self.near]
            or codes
        )

    def _unknown(self, name: str) -> str:
        sentence = "Aucune commune ne porte ce nom : écrivez son nom officiel ou son code Insee."
        if self.suggested >= SUGGESTED_NAMES or not self.within:
            return sentence
        self.suggested += 1
        local = {self.key[code]: self.name[code] for code in self.within if code in self.key}
        close = get_close_matches(commune_name(name), local, n=2, cutoff=0.75)
        return f"{sentence} Peut-être : {' ou '.join(local[key] for key in close)} ?" if close else sentence

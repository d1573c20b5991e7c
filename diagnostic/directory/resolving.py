"""What a code, a name, a postcode mean for one person: one commune, a repair, a question, a refusal."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches

from diagnostic.directory.communes import Directory
from diagnostic.directory.names import (
    CEDEX,
    CITIES,
    CODE_FIRST,
    CODE_LAST,
    DEPARTEMENT_LAST,
    KIND_OF_ABOVE,
    ORDINAL,
    POSTCODE_FIRST,
    commune_name,
    departement_of,
    plain,
    same_place,
    spellings,
)

OK, REPAIRED, QUESTION, REFUSED = "accepté", "réparé", "à préciser", "refusé"
SUGGESTED_NAMES = 50
LONGEST_NAME = 120
"""No name of a commune is longer, with its postcode and its département: more is a text."""
_NOWHERE = re.compile(r"9{5}|0{5}|[XZ]{5}|(\d\d|2[AB]|97\d)(999|XXX|9[89])")
_SUM = re.compile(
    r"(?:sous )?tota(?:l|ux)(?: .*)?|.* total|s t(?: .*)?|(?:autres|toutes les) communes|hors departement"
)
_ABOVE = re.compile(r"\d\d|2[AB]|97\d|2\d{8}")
"""Codes of a département, a région, an intercommunalité."""
_IRIS = re.compile(r"[0-9][0-9AB][0-9]{7}")
_CODE = re.compile(r"\d[\dAB]\d{3}")
_SEVERAL = re.compile(r"[,;/\n]| \+ ")


@dataclass(frozen=True, slots=True)
class Match:
    """What one row's code and name mean. `why` is a French sentence when the outcome is not OK.

    `part`: the code or name of a part of the commune, to be added up with the others. `nowhere`: the row
    stands for people of no commune (99999, XXXXX, or neither code nor name).
    """

    outcome: str
    commune: str | None = None
    why: str = ""
    candidates: tuple[str, ...] = ()
    part: str = ""
    nowhere: bool = False


class Resolver:
    """A directory read for one person: `within` is the territory in hand, which settles a name that is unique
    there; `answers` are the person's own: plain name -> code. `postal`: five figures alone may be a postcode too."""

    def __init__(
        self,
        directory: Directory,
        within: Collection[str] = (),
        answers: Mapping[str, str] | None = None,
        *,
        postal: bool = False,
    ) -> None:
        self.postal = postal
        self.directory = directory
        self.within = frozenset(within)
        self.near = {directory.departement[code] for code in self.within if code in directory.departement}
        self.answers = dict(answers or {})
        self.suggested = 0

    def match(self, code: str, name: str, postcode: str = "") -> Match:
        """The commune of a row; any may be empty, not all."""
        name = " ".join(name.split())
        answer = self.answers.get(plain(name or code))
        if answer in self.directory.name:
            return Match(OK, answer)
        if not name and (both := CODE_FIRST.fullmatch(code.strip())):
            # « 33063 - Bordeaux » in one cell.
            code, name = both.groups()
        code = code.upper().replace(" ", "").removesuffix(".0")
        postcode = postcode.replace(" ", "").removesuffix(".0").zfill(5) if postcode.strip() else ""
        if len(name) > LONGEST_NAME:
            return Match(REFUSED, why="Ce texte est trop long pour un nom de commune : corrigez la cellule.")
        bare = name.upper().replace(" ", "")
        if not code and (city := self._arrondissement_postcode(bare)):
            return self._postcode_or_code(bare, city)
        if not code and bare and (_CODE.fullmatch(bare) or self._is_code(bare)):
            if (self.postal or not self._is_code(bare)) and (held := self.directory.postcodes.get(bare)):
                return self._code_or_postcode(bare, held)
            code, name = bare, ""
        if _NOWHERE.fullmatch(code) and code not in self.directory.name:
            return Match(
                REFUSED, why=f"{code} n’est pas une commune : personnes sans commune connue.", nowhere=True
            )
        if self._is_above(code, name):
            why = f"{name or code} n’est pas une commune : écrivez celle de la structure, ou retirez une ligne qui en additionne."
            return Match(REFUSED, why=why, nowhere=True)
        if not code and (both := CODE_LAST.fullmatch(name)):
            last = both[2].upper()
            if self._is_code(last):
                name, code = both[1], last
            elif last.isdecimal():
                name, postcode = both[1], postcode or last
        if code:
            return self._by_code(code, name)
        if name:
            return self._by_name(name, postcode)
        if postcode:
            return self._postcode_alone(postcode)
        return Match(REFUSED, why="Ni code ni nom de commune : remplissez l’un des deux.", nowhere=True)

    def _is_above(self, code: str, name: str) -> bool:
        """Whether a row is that of a département, a région, an intercommunalité, a sum: « Gironde », « S/T CC du Val »."""
        known = self.directory
        if code:
            return bool(_ABOVE.fullmatch(code)) and not self._is_code(code.zfill(5))
        key = commune_name(name)
        if key not in known.by_name and _SUM.fullmatch(plain(name)):
            return True
        bare = KIND_OF_ABOVE.sub("", plain(name))
        homonyms = known.by_name.get(key, ())
        # A total « Vienne » is no figure of the town of another département.
        here = any(
            not self.within or self.near & {known.departement[code]} or code in known.city.values()
            for code in homonyms
        )
        return not here and (key in known.above or (not homonyms and bare != plain(name)))

    # By code

    def _by_code(self, text: str, name: str) -> Match:
        known, part, how = self.directory, "", ""
        if len(text) == 8 and text.isdecimal():
            text = text.zfill(9)
        if _IRIS.fullmatch(text):
            part, text = text, text[:5]
            how = f"Code Iris : compté avec sa commune, {text}."
        if len(text) == 4 and text.isdecimal() and self._is_code(text.zfill(5)):
            text = text.zfill(5)
            how = how or f"Le zéro perdu en tête du code a été remis : {text}."
        if text in known.city:
            how, part = f"Arrondissement : additionné à {known.name[known.city[text]]}.", part or text
            return Match(REPAIRED, known.city[text], how, part=part)
        if not name and text not in known.name and (city := self._arrondissement_postcode(text)):
            return city
        if text in known.name:
            return self._checked(text, how, name, part)
        if text in known.former:
            return self._carried(text, name, part)
        return self._unknown_code(text, name)

    def _is_code(self, text: str) -> bool:
        return text in self.directory.name or text in self.directory.former or text in self.directory.city

    def _checked(self, found: str, how: str, name: str, part: str) -> Match:
        """A code that contradicts the name is asked about: it may be a postcode."""
        known = self.directory
        if name and name != known.name[found]:
            meant = self._named(name)
            # The past name of the same commune is no contradiction.
            if meant and found not in meant and found not in self._carried_names(name):
                return Match(
                    QUESTION,
                    why=f"Le code {found} est celui de {known.shown(found)}, le nom dit {name} : choisissez.",
                    candidates=(found, *meant),
                )
        return Match(REPAIRED if how else OK, found, how, part=part)

    def _named(self, name: str) -> list[str]:
        """Communes of today that a name may mean, its postcode, département and arrondissement taken off."""
        for form in spellings(name):
            if codes := self.directory.by_name.get(form):
                return codes
        return []

    def _carried_names(self, name: str) -> frozenset[str]:
        forms = spellings(name)
        return frozenset(
            commune for form in forms for commune in self.directory.former_by_name.get(form, {}).values()
        )

    def _carried(self, text: str, name: str, part: str) -> Match:
        """An old code goes to the commune of today that the movements name, never to a homonym of its name."""
        known = self.directory
        names = known.former[text]
        targets = list(dict.fromkeys(names.values()))
        forms = spellings(name) if name else []
        if len(targets) == 1:
            here = same_place(known.departement[targets[0]], text)
            # A postcode may be the dead code of a commune of elsewhere: alone, it is asked about.
            agrees = (
                here if not name else any(form in names or form == known.key[targets[0]] for form in forms)
            )
            if agrees:
                how = f"Ancienne commune {known.former_name[text]} ({text}) : comptée avec {known.shown(targets[0])}."
                return Match(REPAIRED, targets[0], how, part=part or text)
        meant = self._named(name) if name else []
        return Match(
            QUESTION,
            why=f"Le code {text} est celui d’une ancienne commune, {known.former_name[text]}, le nom dit "
            f"{name or 'rien'} : choisissez.",
            candidates=tuple(dict.fromkeys([*targets, *meant])),
        )

    def _unknown_code(self, text: str, name: str) -> Match:
        if _CODE.fullmatch(text):
            why = "Ce code n’est pas celui d’une commune actuelle : vérifiez qu’il ne s’agit pas d’un code postal ou d’une ancienne commune."
            if name:
                return self._by_name(name, text)
        else:
            why = "Ce code n’est pas celui d’une commune : écrivez le code Insee à 5 caractères, par exemple 01004."
        found = self._arrondissement_postcode(text)
        if found:
            return found
        if name and not _CODE.fullmatch(text):
            named = self._by_name(name, "")
            if named.commune or named.candidates:
                return Match(
                    QUESTION,
                    why=f"{why} Le nom dit {name} : confirmez.",
                    candidates=named.candidates or tuple(filter(None, [named.commune])),
                )
        return Match(REFUSED, why=why)

    # By name

    def _by_name(self, name: str, postcode: str) -> Match:
        known = self.directory
        if first := POSTCODE_FIRST.fullmatch(name):
            postcode, name = postcode or first[1], first[2]
        exact = known.by_name.get(commune_name(name), [])
        old = known.former_by_name.get(commune_name(name), {})
        if not exact and not old:
            if city := self._arrondissement(name):
                return city
            if cedex := CEDEX.fullmatch(plain(name)):
                name = cedex[1]
                exact, old = self._communes(name)
        departement = ""
        if not exact and not old and (last := DEPARTEMENT_LAST.fullmatch(name.strip())):
            departement = last[2].upper()
            exact, old = self._communes(last[1])
        if not exact and not old:
            if postcode and (found := self._arrondissement_postcode(postcode)):
                return found
            if _SEVERAL.search(name):
                return Match(
                    REFUSED,
                    why="Plusieurs communes dans une cellule : écrivez une ligne par commune, ou celle du siège.",
                )
            return Match(REFUSED, why=self._unknown(name))
        meant = list(dict.fromkeys([*exact, *old.values()]))
        if postcode:
            return self._located(name, meant, exact, old, postcode)
        if departement:
            return self._in_departement(name, meant, exact, old, departement)
        return self._settled(name, meant, exact, old)

    def _communes(self, name: str) -> tuple[list[str], dict[str, str]]:
        key = commune_name(name)
        return self.directory.by_name.get(key, []), self.directory.former_by_name.get(key, {})

    def _settled(self, name: str, meant: list[str], exact: list[str], old: dict[str, str]) -> Match:
        chosen = self._choose(meant)
        if len(chosen) == 1:
            return self._named_one(chosen[0], exact, old)
        return self._ask(chosen)

    def _named_one(self, code: str, exact: Collection[str], old: dict[str, str]) -> Match:
        known = self.directory
        if code in exact:
            return Match(REPAIRED, code, f"Le nom a été reconnu : {known.name[code]} ({code}).")
        held = [was for was, now in old.items() if now == code]
        before = min(held, key=lambda was: departement_of(was) != known.departement[code])
        how = f"Ancienne commune {known.former_name[before]} ({before}) : comptée avec {known.shown(code)}."
        return Match(REPAIRED, code, how, part=before)

    def _located(
        self, name: str, meant: list[str], exact: Collection[str], old: dict[str, str], postcode: str
    ) -> Match:
        """Postcode and town together; a postcode of elsewhere is asked about."""
        known = self.directory
        if held := known.postcodes.get(postcode):
            there = [code for code in meant if code in held]
        else:
            there = [code for code in meant if same_place(known.departement[code], postcode)]
        if len(there) == 1:
            return self._named_one(there[0], exact, old)
        if len(there) > 1:
            return self._ask(there)
        return Match(
            QUESTION,
            why=f"{postcode} n’est pas un code de {known.listed(meant)} : confirmez la commune.",
            candidates=tuple(meant),
        )

    def _in_departement(
        self, name: str, meant: list[str], exact: Collection[str], old: dict[str, str], departement: str
    ) -> Match:
        known = self.directory
        there = [
            code
            for code in meant
            if known.departement[code] == departement
            or (
                departement == "20"
                and known.departement[code][:1] == "2"
                and not known.departement[code].isdecimal()
            )
        ]
        if len(there) == 1:
            return self._named_one(there[0], exact, old)
        if there:
            return self._ask(there)
        return Match(
            QUESTION,
            why=f"Aucune commune de ce nom dans le département {departement} : {known.listed(meant)}. Choisissez, ou corrigez la cellule.",
            candidates=tuple(meant),
        )

    def _ask(self, codes: Sequence[str]) -> Match:
        return Match(
            QUESTION,
            why=f"Plusieurs communes portent ce nom : {self.directory.listed(codes)}. Choisissez.",
            candidates=tuple(codes),
        )

    def _choose(self, codes: list[str]) -> list[str]:
        """Those of the territory in hand, else those of its départements, else all."""
        return (
            [code for code in codes if code in self.within]
            or [code for code in codes if self.directory.departement[code] in self.near]
            or codes
        )

    # Arrondissements

    def _postcode_or_code(self, text: str, city: Match) -> Match:
        """13001 typed for a name: the first arrondissement of Marseille, or the code of Aix-en-Provence?"""
        if text not in self.directory.name or city.commune is None:
            return city
        return Match(
            QUESTION,
            why=f"{text} est le code Insee de {self.directory.shown(text)} et un code postal de {self.directory.name[city.commune]} : "
            "choisissez.",
            candidates=(text, city.commune),
        )

    def _arrondissement(self, name: str) -> Match | None:
        """ "PARIS 11", "Paris 1er Arrondissement", "LYON 03": added to the city."""
        found = ORDINAL.fullmatch(plain(name))
        return self._of_city(found[1], int(found[2])) if found else None

    def _arrondissement_postcode(self, postcode: str) -> Match | None:
        """75011, 69003, 13016: added to the city; 75116 is the sixteenth too."""
        if len(postcode) == 5 and postcode.isdecimal():
            for city, (departement, count) in CITIES.items():
                rank = 16 if postcode == "75116" else int(postcode[2:])
                if postcode.startswith(departement) and 1 <= rank <= count:
                    return self._of_city(city, rank)
        return None

    def _of_city(self, city: str, rank: int) -> Match | None:
        known = self.directory
        departement, count = CITIES.get(city, ("", 0))
        codes = [code for code in known.by_name.get(city, ()) if known.departement[code] == departement]
        if not codes or not 1 <= rank <= count:
            return None
        how = f"Arrondissement {rank} : additionné à {known.name[codes[0]]} ({codes[0]})."
        return Match(REPAIRED, codes[0], how, part=f"{city} {rank}")

    def _code_or_postcode(self, text: str, held: Collection[str]) -> Match:
        """33310 alone: the postcode of Lormont, or the Insee code of Origne?"""
        known = self.directory
        if not self._is_code(text):
            return self._postcode_alone(text)
        found = self._by_code(text, "")
        meant = tuple(dict.fromkeys([*filter(None, (found.commune, *found.candidates)), *sorted(held)]))
        if len(meant) == 1:
            return found
        return Match(
            QUESTION,
            why=f"{text} est un code Insee et un code postal : {known.listed(meant)}. Choisissez.",
            candidates=meant,
        )

    def _postcode_alone(self, postcode: str) -> Match:
        if found := self._arrondissement_postcode(postcode):
            return found
        held = sorted(self.directory.postcodes.get(postcode, ()))
        if len(held) == 1:
            code = held[0]
            return Match(
                REPAIRED,
                code,
                f"Le code postal {postcode} n’a qu’une commune : {self.directory.shown(code)}.",
            )
        why = (
            f"Le code postal {postcode} ne dit pas à lui seul la commune : ajoutez son nom ou son code Insee."
        )
        return Match(QUESTION if held else REFUSED, why=why, candidates=tuple(held))

    def _unknown(self, name: str) -> str:
        sentence = "Aucune commune ne porte ce nom : écrivez son nom officiel ou son code Insee."
        if self.suggested >= SUGGESTED_NAMES or not self.within:
            return sentence
        self.suggested += 1
        known = self.directory
        local = {known.key[code]: known.name[code] for code in self.within if code in known.key}
        close = get_close_matches(commune_name(name), local, n=2, cutoff=0.75)
        return f"{sentence} Peut-être : {' ou '.join(local[key] for key in close)} ?" if close else sentence


def resolve(
    directory: Directory,
    texts: Iterable[str],
    answers: Mapping[str, str] | None = None,
) -> list[tuple[str, Match]]:
    """Each text, a name, a code or a postcode, with what it means: for a perimeter typed by hand."""
    resolver = Resolver(directory, answers=answers, postal=True)
    return [(text, resolver.match("", text)) for text in texts]

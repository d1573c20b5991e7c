"""The nouns of geography: levels, territories and their keys; the error that a user reads."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum


class DiagnosticError(Exception):
    """A refusal that a user can act on: one French sentence, what to do included.

    `code` is the exit code of the command line: 1 when the data are at fault, 2 when the call is.
    """

    def __init__(self, sentence: str, *, code: int = 1) -> None:
        super().__init__(sentence)
        self.code = code


class Level(StrEnum):
    """Scales of territory, from the smallest to the largest, and perimeters of one's own."""

    COMMUNE = "commune"
    EPCI = "epci"
    DEPARTEMENT = "departement"
    REGION = "region"
    FRANCE = "france"
    PERIMETRE = "perimetre"

    @property
    def label(self) -> str:
        return {
            Level.COMMUNE: "commune",
            Level.EPCI: "intercommunalité",
            Level.DEPARTEMENT: "département",
            Level.REGION: "région",
            Level.FRANCE: "France",
            Level.PERIMETRE: "périmètre",
        }[self]

    @property
    def plural(self) -> str:
        return f"{self.label}s"

    @property
    def feminine(self) -> bool:
        return self not in (Level.DEPARTEMENT, Level.PERIMETRE)


class Below(StrEnum):
    """What a large commune is cut into: a scale of its map, never one of a sum."""

    IRIS = "iris"
    QPV = "qpv"


@dataclass(frozen=True, slots=True)
class Territory:
    """A place, keyed by `(level, code)` and never by `code` alone: `75` is Paris and a region.

    `tncc` is INSEE's article code (0 none, 1 vowel, 2 Le, 3 La, 4 Les, 5 L', 6 Aux, 7 Las, 8 Los).
    `kind` is the nature of an EPCI (CC, CA, CU, METRO, METLYON, …), else empty.
    `communes` is filled for a perimeter of one's own only.
    """

    level: Level
    code: str
    name: str
    tncc: int = 0
    kind: str = ""
    epci: str | None = None
    departement: str | None = None
    region: str | None = None
    communes: tuple[str, ...] = ()

    @property
    def key(self) -> str:
        """What stands in a URL and on the command line: `epci:243300316`, `france`."""
        return "france" if self.level is Level.FRANCE else f"{self.level}:{self.code}"

    @property
    def fictional(self) -> bool:
        """True when the territory lies in an invented département."""
        return is_fictional(self.departement or self.code)


FRANCE = Territory(Level.FRANCE, "F", "France", tncc=3)
_KEY = re.compile(r"(?P<level>[a-z]+)(?::(?P<code>[0-9a-z+]+))?", re.IGNORECASE | re.ASCII)


def parse_key(text: str) -> tuple[Level, str]:
    """Read `commune:33063`, `france` or `perimetre:33063+33281`; raise DiagnosticError otherwise.

    A "+" typed in an address arrives as a space; capitals are no difference: `departement:2a`.
    """
    match = _KEY.fullmatch(text.strip().replace(" ", "+"))
    level = match["level"].lower() if match else ""
    code = (match["code"] or "").upper() if match else ""
    if level == "france" and not code:
        return Level.FRANCE, FRANCE.code
    if level in set(Level) - {Level.FRANCE} and code and ("+" not in code or level == "perimetre"):
        return Level(level), code
    raise DiagnosticError(
        f"« {text} » n’est pas un territoire. Écrivez par exemple commune:33063, epci:243300316, "
        "departement:33, region:75, france ou perimetre:33063+33281.",
        code=2,
    )


def is_fictional(departement: str) -> bool:
    """Invented départements begin with a letter (`F1`); no real one does, Corsica included."""
    return departement[:1].isalpha()

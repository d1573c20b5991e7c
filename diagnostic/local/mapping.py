"""Which template a file is and which column is which: recognised on evidence, asked when in doubt, kept as JSON.

Figures in a heading (ages, bounds of a quotient familial) match exactly or not at all; a year in a heading is the
year of the file or is asked; what matches only in words, and what two columns answer as well, is asked.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace
from difflib import SequenceMatcher
from functools import lru_cache

from diagnostic.directory import plain
from diagnostic.local.templates import TEMPLATES, Column, Template
from diagnostic.model import DiagnosticError

VERSION = 1
ALIKE = 0.88
SHORT = 5
EXACT, INSIDE, RESEMBLING = 100, 40, 20

OWN_WORDS, SHARED_WORDS, DOUBTFUL_WORDS, TYPES, PERSONS = 3.0, 1.0, 0.5, 4.0, 3.0
"""What each piece of evidence counts for: a heading of one template only, a heading of several, a heading that
resembles, a column of types, rows that are persons."""
ENOUGH = 3.0
"""The score under which a file resembles no template."""
CLEARLY = 1.0
"""By how much the best template must lead the next one, else the person is asked."""

MAX_JSON = 200_000
LONGEST_HEADING = 300
UNREADABLE = (
    "Ce fichier de correspondances ne se lit pas. Choisissez un fichier enregistré depuis cette page."
)

_NEUTRAL = frozenset(
    {"nombre", "nb", "nbre", "de", "des", "d", "du", "la", "le", "les", "l", "en", "par", "au", "a"}
)
_ELSE = frozenset(
    {
        "dont", "taux", "part", "pourcentage", "pct", "proportion", "ratio", "evolution", "variation", "ecart", "rang", "prix", "cout", "montant", "tarif", "moyenne", "mediane",
        "indice", "demandees", "demandes", "occupees", "vacantes", "supprimees", "telephone", "tel", "mail", "courriel",
    }
)  # fmt: skip
"""Words that make a heading say something else than what its other words say."""
_FIGURES = re.compile(r"\d+")
_YEAR = re.compile(r"(?:19[89]\d|20[0-4]\d)")
_AGES = re.compile(r"(\d+) ?a ?(\d+)")
_THOUSANDS = re.compile(r"\b([1-9]) (\d{3})\b")
_PLUS = re.compile(r"(\d) ?\+")
_FROM = re.compile(r"(?:≥|>=) ?(\d+)")
_BELOW = re.compile(r"< ?(\d)")


@dataclass(frozen=True, slots=True)
class Mapping:
    """`columns`: template column id -> header of the file. `answers`: commune name as typed -> code.

    `template` is None while nothing tells which one fits. `threshold` is the secrecy threshold of this file when
    it differs from its rule. `everywhere`: the commune of every row, when no column says it. `persons`: each row is
    one assistante maternelle, to be counted. `period`: what is kept of the column that tells several years.
    `doubts`: columns matched in words only, `ties`: columns that several headings answer as well; both to be asked.
    """

    template: str | None
    columns: dict[str, str] = field(default_factory=dict)
    answers: dict[str, str] = field(default_factory=dict)
    threshold: float | None = None
    everywhere: str | None = None
    persons: bool = False
    period: str | None = None
    doubts: frozenset[str] = frozenset()
    ties: dict[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def chosen(self) -> Template:
        """The template; DiagnosticError while none is chosen."""
        if self.template is None:
            raise DiagnosticError("Choisissez d’abord ce que contient le fichier.")
        return TEMPLATES[self.template]

    def with_column(self, id: str, header: str | None) -> Mapping:
        """The mapping with one column chosen by hand; None leaves the column out."""
        self.chosen.column(id)
        columns = {key: value for key, value in self.columns.items() if key != id and value != header}
        return replace(
            self,
            columns=columns | ({id: header} if header is not None else {}),
            doubts=self.doubts - {id},
            ties={key: value for key, value in self.ties.items() if key != id},
        )

    def with_answer(self, typed: str, code: str) -> Mapping:
        """The mapping that remembers which commune a name means."""
        return replace(self, answers=self.answers | {plain(typed): code})

    @property
    def certain(self) -> bool:
        """Whether nothing of it waits for a person's word."""
        return self.template is not None and not self.doubts and not self.ties

    def missing(self) -> list[str]:
        """Labels of what the template needs and the mapping lacks; empty when it can be used."""
        if self.template is None:
            return ["le modèle de ce fichier"]
        template = TEMPLATES[self.template]
        lacking = [c.label for c in template.columns if c.required and c.id not in self.columns]
        if not self.everywhere and not {"code_commune", "commune"} & self.columns.keys():
            lacking.insert(0, "Code commune ou Commune")
        return lacking

    def to_json(self) -> str:
        content = {
            "version": VERSION,
            "template": self.template,
            "columns": self.columns,
            "answers": self.answers,
            "threshold": self.threshold,
            "everywhere": self.everywhere,
            "persons": self.persons,
            "period": self.period,
        }
        return json.dumps(content, ensure_ascii=False, indent=2)


def from_json(text: str | bytes) -> Mapping:
    """Read what `to_json` wrote; DiagnosticError when it is anything else."""
    try:
        if len(text) > MAX_JSON:
            raise ValueError
        content = json.loads(text)
        mapping = Mapping(
            template=content["template"],
            columns=_texts(content["columns"]),
            answers=_texts(content["answers"]),
            threshold=None if content["threshold"] is None else float(content["threshold"]),
            everywhere=_text(content.get("everywhere")),
            persons=content.get("persons") is True,
            period=_text(content.get("period")),
        )
        ids = {column.id for column in mapping.chosen.columns}
        if content["version"] != VERSION or not set(mapping.columns) <= ids:
            raise ValueError
    except (ValueError, KeyError, TypeError, RecursionError, AttributeError):
        raise DiagnosticError(UNREADABLE) from None
    return mapping


def _texts(content: dict) -> dict[str, str]:
    if not all(isinstance(key, str) and isinstance(value, str) for key, value in content.items()):
        raise ValueError
    return dict(content)


def _text(content: object) -> str | None:
    if content is not None and not isinstance(content, str):
        raise ValueError
    return content or None


@dataclass(frozen=True, slots=True)
class Ranked:
    """How well a template fits: the score of its evidence and the mapping it would have."""

    template: str
    score: float
    mapping: Mapping


def rank(
    headers: Sequence[str], *, year: int | None = None, kind: str = "", persons: bool = False
) -> list[Ranked]:
    """Every template with its score, the best first.

    `kind` is the template that the types of the rows name, `persons` whether each row is a person, `year` that
    of the file: it chooses between columns of several years.
    """
    found = []
    for template in TEMPLATES.values():
        mapping = _assign(template, headers, year)
        score = sum(
            _worth(header) if _likeness(template.column(id), header) >= EXACT else DOUBTFUL_WORDS
            for id, header in mapping.columns.items()
            if not template.column(id).kind.place
        )
        score += sum(_worth(each[0]) for each in mapping.ties.values())
        if kind == template.id:
            score += TYPES
        if persons and template.id == "assistantes_maternelles" and "places" in mapping.columns:
            score += PERSONS
            mapping = of_persons(mapping)
        found.append(Ranked(template.id, score, mapping))
    return sorted(found, key=lambda one: -one.score)


def guess(
    headers: Sequence[str],
    *,
    template: str | None = None,
    year: int | None = None,
    kind: str = "",
    persons: bool = False,
) -> Mapping:
    """The template and the columns that the evidence tells; no template when none scores `ENOUGH`, or when two
    are as likely. With `template`, its columns alone. Never raises."""
    ranked = rank(headers, year=year, kind=kind, persons=persons)
    if template is not None:
        return next(one.mapping for one in ranked if one.template == template)
    best, second = ranked[:2]
    if best.score < ENOUGH or best.score - second.score < CLEARLY:
        return Mapping(None)
    return best.mapping


def of_persons(mapping: Mapping) -> Mapping:
    """The mapping of a file whose rows are persons, for a person to say so."""
    return replace(mapping, persons=True, doubts=mapping.doubts | {"assistantes"})


def known_names() -> frozenset[str]:
    """Every header that a template knows: helps `open_table` to find the header line."""
    return frozenset(plain(name) for t in TEMPLATES.values() for c in t.columns for name in _spelt(c))


def years_of(headers: Collection[str]) -> list[int]:
    """The years that these headings bear."""
    return sorted({int(year) for header in headers for year in _YEAR.findall(header)})


def _assign(template: Template, headers: Sequence[str], year: int | None) -> Mapping:
    """Best pairs first; each header and each column serves once; equals are left to be asked."""
    best: list[tuple[int, int, str, list[str]]] = []
    for order, column in enumerate(template.columns):
        points = {header: _likeness(column, header) for header in headers}
        most = max(points.values(), default=0)
        if most:
            best.append((-most, order, column.id, [h for h, point in points.items() if point == most]))
    columns: dict[str, str] = {}
    doubts, ties = set(), {}
    for less, _, id, tied in sorted(best):
        left = [header for header in tied if header not in columns.values()]
        if len(left) > 1 and year is not None:
            of_year = [header for header in left if years_of([header]) == [year]]
            left = of_year if len(of_year) == 1 else left
        if len(left) > 1:
            ties[id] = tuple(left)
        elif left:
            columns[id] = left[0]
            said = years_of(left)
            if -less < EXACT or (said and year is not None and said != [year]):
                doubts.add(id)
    return Mapping(template.id, columns, doubts=frozenset(doubts), ties=ties)


def _worth(header: str) -> float:
    words = _words(header)
    return SHARED_WORDS if len(_speakers().get(words, ())) != 1 else OWN_WORDS


@lru_cache(maxsize=1)
def _speakers() -> dict[tuple[str, ...], frozenset[str]]:
    """Which templates know a heading, its neutral words left out."""
    found: dict[tuple[str, ...], set[str]] = {}
    for template in TEMPLATES.values():
        for column in template.columns:
            for name in _spelt(column):
                found.setdefault(_words(name), set()).add(template.id)
    return {words: frozenset(ids) for words, ids in found.items()}


def _spelt(column: Column) -> tuple[str, ...]:
    return (column.label, column.id, *column.synonyms)


@lru_cache(maxsize=2048)
def _title(heading: str) -> str:
    """A heading as it is compared: « QF 1200 + » and « 1 200 et plus », « 0a2 » and « 0 à 2 » read alike; no year."""
    text = _FROM.sub(r" \1 et plus", heading[:LONGEST_HEADING]).replace("%", " pourcentage ")
    text = _BELOW.sub(r" moins de \1", _PLUS.sub(r"\1 et plus", text))
    text = _AGES.sub(r"\1 \2", plain(text))
    return " ".join(_YEAR.sub("", _THOUSANDS.sub(r"\1\2", text)).split())


@lru_cache(maxsize=2048)
def _words(heading: str) -> tuple[str, ...]:
    """The words that count, in the singular."""
    return tuple(_singular(word) for word in _title(heading).split() if word not in _NEUTRAL)


def _singular(word: str) -> str:
    return word[:-1] if len(word) > 3 and word.endswith("s") else word


@lru_cache(maxsize=4096)
def _figures(words: str) -> tuple[str, ...]:
    return tuple(_FIGURES.findall(words))


def _likeness(column: Column, header: str) -> int:
    """0 when they have nothing to do, or when one figure differs; EXACT when all the words that count are the
    same; else the longer the words they share, the more, and it is for a person to say."""
    title = _title(header)
    # Under a group of columns, what the last line says is the heading: « Places – Mercredi ».
    last = _title(header.rsplit(" – ", 1)[-1])
    if not title or _is_postcode(title) != (column.id == "code_postal"):
        return 0
    if set(title.split()) & _ELSE:
        return EXACT if any(title == _title(name) for name in _spelt(column)) else 0
    points, figures = 0, _figures(title)
    for name in _spelt(column):
        spelt = _title(name)
        if title == spelt:
            return EXACT
        same = figures == _figures(spelt)
        if last == spelt and last != title:
            points = max(points, EXACT if same else EXACT - 1)
        if not same:
            continue
        words = _words(name)
        if words == _words(header) and len("".join(words)) > 3:
            return EXACT
        if len(spelt) >= SHORT and f" {spelt} " in f" {title} ":
            points = max(points, INSIDE + min(len(spelt), EXACT - INSIDE - 2))
        elif len(title) >= SHORT and _alike(title, spelt):
            points = max(points, RESEMBLING)
    return points


def _is_postcode(title: str) -> bool:
    words = title.split()
    return "postal" in words or "cp" in words or "codepostal" in words


def _alike(title: str, name: str) -> bool:
    # What the first of the three would say, before the tables of a matcher are made: most pairs stop here.
    if 2 * min(len(title), len(name)) < ALIKE * (len(title) + len(name)):
        return False
    matcher = SequenceMatcher(None, title, name)
    return matcher.quick_ratio() >= ALIKE and matcher.ratio() >= ALIKE

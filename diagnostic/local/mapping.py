"""Which column of a file is which column of a template: guessed, corrected by hand, kept as JSON."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from difflib import SequenceMatcher

from diagnostic.directory import plain
from diagnostic.local.templates import TEMPLATES, Column, Kind, Template
from diagnostic.model import DiagnosticError

VERSION = 1
ALIKE = 0.88
SHORT = 5
EXACT, INSIDE, RESEMBLING = 100, 40, 20
MAX_JSON = 200_000
UNREADABLE = (
    "Ce fichier de correspondances ne se lit pas. Choisissez un fichier enregistré depuis cette page."
)


@dataclass(frozen=True, slots=True)
class Mapping:
    """`columns`: template column id -> header of the file. `answers`: commune name as typed -> code.

    `threshold` is the secrecy threshold of this file when it differs from its rule.
    """

    template: str
    columns: dict[str, str] = field(default_factory=dict)
    answers: dict[str, str] = field(default_factory=dict)
    threshold: float | None = None

    def with_column(self, id: str, header: str | None) -> Mapping:
        """The mapping with one column chosen by hand; None leaves the column out."""
        TEMPLATES[self.template].column(id)
        columns = {key: value for key, value in self.columns.items() if key != id and value != header}
        return replace(self, columns=columns | ({id: header} if header is not None else {}))

    def with_answer(self, typed: str, code: str) -> Mapping:
        """The mapping that remembers which commune a name means."""
        return replace(self, answers=self.answers | {plain(typed): code})

    def missing(self) -> list[str]:
        """Labels of what the template needs and the mapping lacks; empty when it can be used."""
        template = TEMPLATES[self.template]
        lacking = [c.label for c in template.columns if c.required and c.id not in self.columns]
        if not {"code_commune", "commune"} & self.columns.keys():
            lacking.insert(0, "Code commune ou Commune")
        return lacking

    def to_json(self) -> str:
        content = {
            "version": VERSION,
            "template": self.template,
            "columns": self.columns,
            "answers": self.answers,
            "threshold": self.threshold,
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
        )
        ids = {column.id for column in TEMPLATES[mapping.template].columns}
        if content["version"] != VERSION or not set(mapping.columns) <= ids:
            raise ValueError
    except (ValueError, KeyError, TypeError, RecursionError, AttributeError):
        raise DiagnosticError(UNREADABLE) from None
    return mapping


def _texts(content: dict) -> dict[str, str]:
    if not all(isinstance(key, str) and isinstance(value, str) for key, value in content.items()):
        raise ValueError
    return dict(content)


def guess(headers: Sequence[str], *, template: str | None = None, hint: str = "") -> Mapping:
    """The most likely template and columns for these headers.

    `hint` is the file or sheet name, which settles lists that look alike (LAEP, EVS). Never raises:
    a poor guess is a mapping whose `missing()` is not empty.
    """
    wanted = [TEMPLATES[template]] if template else list(TEMPLATES.values())
    guesses = [(*_rate(candidate, headers, plain(hint)), candidate) for candidate in wanted]
    _, columns, best = max(guesses, key=lambda item: item[0])
    return Mapping(best.id, columns)


def known_names() -> frozenset[str]:
    """Every header that a template knows: helps `open_table` to find the header line."""
    return frozenset(name for t in TEMPLATES.values() for c in t.columns for name in _names(c))


def _rate(
    template: Template, headers: Sequence[str], hint: str
) -> tuple[tuple[float, float], dict[str, str]]:
    columns = _assign(template, headers)
    place = {Kind.COMMUNE_CODE, Kind.COMMUNE_NAME}
    own = [column for column in template.columns if column.kind not in place]
    found = [column for column in own if column.id in columns]
    points = sum(_likeness(column, columns[column.id]) for column in found)
    lacking = sum(column.required and column.id not in columns for column in own)
    named = {*plain(template.id).split(), *plain(template.title).split()} - {
        "par",
        "et",
        "de",
        "d",
        "commune",
        "la",
    }
    hinted = len(named & set(hint.split())) * EXACT
    share = len(found) / len(own) if own else 0.0
    return (points + hinted - 2 * EXACT * lacking, share), columns


def _assign(template: Template, headers: Sequence[str]) -> dict[str, str]:
    """Best pairs first; each header and each column serves once."""
    pairs = [
        (_likeness(column, header), -place, -order, column.id, header)
        for order, column in enumerate(template.columns)
        for place, header in enumerate(headers)
    ]
    columns: dict[str, str] = {}
    for points, _, _, id, header in sorted(pairs, reverse=True):
        if points and id not in columns and header not in columns.values():
            columns[id] = header
    return columns


def _names(column: Column) -> list[str]:
    return [plain(name) for name in (column.label, column.id, *column.synonyms)]


def _likeness(column: Column, header: str) -> int:
    """0 when they have nothing to do; the longer the words they share, the more."""
    title = plain(header)
    if not title:
        return 0
    names = _names(column)
    if title in names:
        return EXACT
    inside = [len(name) for name in names if len(name) >= SHORT and f" {name} " in f" {title} "]
    if inside:
        return INSIDE + min(max(inside), EXACT - INSIDE - 1)
    return RESEMBLING if len(title) >= SHORT and any(_alike(title, name) for name in names) else 0


def _alike(title: str, name: str) -> bool:
    matcher = SequenceMatcher(None, title, name)
    return matcher.real_quick_ratio() >= ALIKE and matcher.quick_ratio() >= ALIKE and matcher.ratio() >= ALIKE

"""The pages: each is one file, whose title, group and order stand in it and are read without running it.

A page begins, after its docstring, with a literal `PAGE = {"title": "Carte", "group": "Comparer", "order": 2}`.
Without a group it is reached by a link or a button, and the bar does not show it.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import streamlit as st

FOLDER = Path(__file__).resolve().parents[2] / "pages"
HOME = "accueil"
GROUPS = ("", "Diagnostic", "Comparer", "Agir", "Emporter")
"""The groups of the bar in their order; the first holds the home page alone."""


@dataclass(frozen=True, slots=True)
class PageEntry:
    """A page: `name` is the stem of its file and its address."""

    name: str
    title: str
    group: str | None
    order: float

    @property
    def path(self) -> Path:
        return FOLDER / f"{self.name}.py"

    @property
    def hidden(self) -> bool:
        return self.group is None

    @property
    def link(self) -> st.Page:
        """The page for `st.page_link` and `st.switch_page`."""
        return _page(self)

    @property
    def address(self) -> str:
        """Where it is served, below the path of the application."""
        return "" if self.name == HOME else self.name


def declared(path: Path) -> PageEntry:
    """What the file of a page says of it; RuntimeError, with what to write, when it says it amiss."""
    values = [
        node.value
        for node in ast.parse(path.read_text("utf-8")).body
        if isinstance(node, ast.Assign) and [getattr(one, "id", "") for one in node.targets] == ["PAGE"]
    ]
    try:
        found = ast.literal_eval(values[0])
        entry = PageEntry(path.stem, str(found["title"]), found.get("group"), float(found.get("order", 0)))
    except (IndexError, ValueError, KeyError, AttributeError) as error:
        raise RuntimeError(
            f'{path.name}: write PAGE = {{"title": "…", "group": "…", "order": 1}} after its docstring'
        ) from error
    if entry.group is not None and entry.group not in GROUPS:
        raise RuntimeError(f"{path.name}: the group {entry.group!r} is none of {GROUPS}")
    return entry


@lru_cache
def _page(entry: PageEntry) -> st.Page:
    """Made once, in a run: it asks the disk for every folder above its file."""
    return st.Page(
        entry.path,
        title=entry.title,
        url_path=entry.name,
        default=entry.name == HOME,
        visibility="hidden" if entry.hidden else "visible",
    )


@lru_cache
def existing() -> tuple[PageEntry, ...]:
    """The pages in the order of the bar, the hidden ones last."""
    found = [declared(path) for path in sorted(FOLDER.glob("*.py"))]
    place = {group: number for number, group in enumerate((*GROUPS, None))}
    return tuple(sorted(found, key=lambda entry: (place[entry.group], entry.order, entry.name)))


def named(name: str) -> PageEntry:
    """The page of that name; StopIteration when there is no such file."""
    return next(entry for entry in existing() if entry.name == name)


def of_group(group: str | None) -> tuple[PageEntry, ...]:
    """The pages of a group of the bar, in order."""
    return tuple(entry for entry in existing() if entry.group == group)

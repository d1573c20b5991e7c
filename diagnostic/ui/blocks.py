"""Blocks of the pages that prepare a convention: definitions, notices kept over a rerun, checked actions."""

from __future__ import annotations

import mimetypes
import re
from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache
from typing import Any, TypeVar

import streamlit as st

from diagnostic.markup import prose, text
from diagnostic.model import DiagnosticError
from diagnostic.ui import components

T = TypeVar("T")


def definitions(pairs: Iterable[tuple[str, str]], *, keep: bool = True) -> None:
    """Terms and what is said of them, written once for whoever reads them, unless one visitor says it."""
    told = tuple(pairs)
    if told:
        st.html((_defined if keep else _defined.__wrapped__)(told))
    else:
        components.note("Aucun mot ne répond à cette recherche.")


@lru_cache(maxsize=500)
def _defined(pairs: tuple[tuple[str, str], ...]) -> str:
    cells = "".join(f"<dt>{text(term)}</dt><dd>{prose(said)}</dd>" for term, said in pairs)
    return f'<section class="formula"><dl>{cells}</dl></section>'


def items(sentences: Iterable[str]) -> None:
    """Sentences one under the other."""
    for sentence in sentences:
        components.note(sentence)


_MARKS = re.compile(r"([\\`*_{}\[\]<>()#+\-.!|~$:&])")
# Addresses, emoji and icons are looked for again once the marks are read: something that does not show parts them.
_JOINS = re.compile(r"(?<=:)(?=\S)|(?<=www)(?=\.)|(?<=@)(?=\S)|(?<=-)(?=[->])|(?<=<)(?=-)", re.I)


def as_label(text: str) -> str:
    """Text from a link, a file, a cell or the data where Streamlit reads Markdown (labels, toasts, popovers, help):
    every mark said as it is, nothing a link, a picture or an icon."""
    return _MARKS.sub(r"\\\1", _JOINS.sub("\u2060", re.sub(r"[\r\n\t]+", " ", text)))


def attempt(action: Callable[[], T], title: str = "Cette saisie est à corriger") -> T | None:
    """The result of `action`, or None after saying in French why it was refused."""
    try:
        return action()
    except DiagnosticError as error:
        components.state(title, str(error))
        return None


def tell(sentence: str) -> None:
    """Keep a sentence for the next run; for callbacks."""
    st.session_state["annonce"] = sentence


def told() -> None:
    """Say once what a callback has kept, here and over the page: the click may be far from here."""
    sentence = st.session_state.pop("annonce", "")
    if sentence:
        st.toast(as_label(sentence), duration="long")
        components.state(sentence, "", action=False)


def download(
    label: str, data: Any, name: str, key: str, *, quiet: bool = False, advice: str | None = None
) -> None:
    """A file to take away under `name`, given or made at the click, which draws no page again."""
    st.download_button(
        label, data=data, file_name=name, mime=mimetypes.guess_type(name)[0], on_click="ignore", key=key, help=advice,
        icon=":material/download:", type="tertiary" if quiet else "secondary",
    )  # fmt: skip


def pick(label: str, options: Mapping[T, str], key: str | None = None, **rest: Any) -> Any:
    """A choice among what `options` name."""
    return st.selectbox(label, list(options), format_func=options.__getitem__, key=key, **rest)


# Sizes and counts that Streamlit writes in English.
_UPLOADER = """<style>
[data-testid=stFileChipName]+div,[data-testid=stFileChips]>button{display:none}
</style>"""


def uploader(label: str, key: str, *, several: bool = False):
    """A file uploader in French, of one file or of several; what `st.file_uploader` returns. Any file comes in: what reads
    it says better than an extension why it is refused."""
    st.html(_UPLOADER)
    return st.file_uploader(label, key=key, accept_multiple_files=several)

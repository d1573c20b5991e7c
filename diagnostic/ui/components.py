"""The blocks that pages are made of: titles that say the message, figures, charts, tables, states.

A page never writes HTML: every text given here is plain text, escaped on its way out.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

import streamlit as st

from diagnostic import french, indicators
from diagnostic.directory.folding import fold
from diagnostic.markup import prose, text
from diagnostic.report import Report
from diagnostic.ui import pages
from diagnostic.ui import state as choices
from diagnostic.ui.tables import TITLE

_SHAPES = {
    "officiel": "full",
    "calculé": "half",
    "estimé": "empty",
    "arrondi": "empty",
    "au plus": "empty",
    "secret statistique": "hatched",
}


# --- Titles -----------------------------------------------------------------------------------------


def section(eyebrow: str, message: str, subtitle: str = "") -> None:
    """A section of the page: rule, theme, the message as `h2`, then what is drawn, unit and year. The summary at the
    head of the page leads to it by its theme."""
    st.html(_title("h2", eyebrow, message, subtitle, _listed(eyebrow)))


def block(
    eyebrow: str, message: str, subtitle: str = "", *, answers: bool = False, folded: bool = False
) -> None:
    """The same, smaller, for a cell of `columns`; `answers` when an action of the visitor gave it, `folded` where it is not
    seen at first: the summary does not lead to it."""
    listed = _listed(eyebrow) if eyebrow and not folded else ""
    st.html(_title("h3", eyebrow, message, subtitle, listed, answers=answers))


def _listed(eyebrow: str) -> str:
    """The anchor of a section, put on the summary of the page; empty for a theme that is there already."""
    name = "sec-" + re.sub(r"[^a-z0-9]+", "-", fold(eyebrow)).strip("-")
    listed = st.session_state.setdefault("sections", [])
    if any(known == name for known, _ in listed):
        return ""
    # « Petite enfance · places manquantes » on a page that bears the first half.
    listed.append((name, french.capitalised(eyebrow.rpartition(" · ")[2])))
    return name


def _title(
    tag: str, eyebrow: str, message: str, subtitle: str, name: str = "", *, answers: bool = False
) -> str:
    st.session_state[TITLE] = message
    below = f'<p class="sub">{text(subtitle)}</p>' if subtitle else ""
    anchor = (f' id="{name}"' if name else "") + (" data-resultat" if answers else "")
    above = f'<p class="eyebrow">{text(eyebrow)}</p>' if eyebrow else ""
    return (
        f'<div class="sec {tag}"{anchor}>{above}'
        f'<{tag} class="msg">{text(french.unbroken(message))}</{tag}>{below}</div>'
    )


def columns(minimum: int = 420):
    """A grid that falls to one column by itself; each cell is `with grid.container():`."""
    return st.grid(min_column_width=minimum, gap=("medium", "large"))


# --- Small parts ------------------------------------------------------------------------------------


def status_html(word: str) -> str:
    """The status: a square and its word; the word is the information."""
    shape = _SHAPES.get(word, "dash")
    return f'<span class="status"><i class="sq {shape}"></i>{text(word)}</span>'


def source_line(words: Iterable[str], line: str, caution: str = "") -> None:
    """Statuses, « Source : … », then the caution that matters."""
    marks = " ".join(status_html(word) for word in dict.fromkeys(words))
    after = f" {prose(caution)}" if caution else ""
    st.html(f'<p class="src">{marks} <span>{text(line)}{after}</span></p>')


def note(sentence: str) -> None:
    """A sentence in the text size, for a reading or a limit."""
    if sentence:
        st.html(f'<p class="note">{prose(sentence)}</p>')


def folded(label: str, sentence: str) -> None:
    """A sentence that few ask for, under a line that says what it holds; nothing when it is empty."""
    if sentence:
        with st.expander(label):
            note(sentence)


def answer(sentence: str) -> None:
    """What an action of the visitor gave: said aloud, and brought into view."""
    st.html(f'<p class="note" data-resultat>{text(sentence)}</p>')


def state(title: str, sentence: str, *, action: bool = True) -> None:
    """What happened and what to do; `action` marks with the attention colour that something is to be done."""
    st.html(
        f'<div class="state {"act" if action else ""}"><h3>{text(title)}</h3><p>{prose(sentence)}</p></div>'
    )


def unknown(report: Report, id: str) -> None:
    """Keep a figure that is not known for the line at the end of the page: an empty section says nothing more."""
    row = next((row for row in report.unknown if row.indicator == id), None)
    st.session_state.setdefault("inconnus", {})[id] = row.whom if row is not None else ""


def said_unknown(ids: Iterable[str]) -> None:
    """The page says elsewhere that these indicators are not known: the line at its end does not say it again."""
    st.session_state.setdefault("inconnus_dits", set()).update(ids)


def unknown_line() -> None:
    """What the sections of the page could not tell, and who can, in one line; called once, at its end."""
    elsewhere: set[str] = st.session_state.pop("inconnus_dits", set())
    kept: dict[str, str] = st.session_state.pop("inconnus", {})
    found: dict[str, list[str]] = {}
    for id, whom in kept.items():
        if id not in elsewhere:
            found.setdefault(whom, []).append(indicators.BY_ID[id].label)
    if not found:
        return
    lines = "".join(
        f"<li>{text(french.capitalised(french.listing(labels)))}<br><small>{text(whom or 'La source n’est pas chargée')}</small></li>"
        for whom, labels in found.items()
    )
    st.html(
        f'<section class="lacunes"><p><b>Ce que nous ne savons pas, et qui le sait</b></p><ul>{lines}</ul></section>'
    )


def legend(items: Sequence[tuple[str, str]], *, of: str = "", narrow: bool = False) -> None:
    """Names beside their colours: `items` are (CSS colour, words), `of` the key of the chart they explain; on `narrow` screens
    alone, what elsewhere stands at the ends of lines."""
    cells = "".join(f'<li><i style="background:{color}"></i>{text(words)}</li>' for color, words in items)
    named = f' data-legend="graphique_{of}"' if of else ""
    st.html(f'<ul class="legend{" narrow" if narrow else ""}"{named}>{cells}</ul>')


def facts(items: Sequence[tuple[str, str, str]]) -> None:
    """Small figures: (label, figure as printed, status word); those that are not known, in one line after the others."""
    silent = [
        f"{label} ({word})" if word != "inconnu" else label
        for label, figure, word in items
        if figure == "inconnu"
    ]
    items = [one for one in items if one[1] != "inconnu"]
    cells = "".join(
        f"<div><dt>{text(label)}</dt><dd>{text(figure)}</dd><dd class='st'>{status_html(word)}</dd></div>"
        for label, figure, word in items
    )
    left = f'<p class="src">{text(f"Non connu ici : {french.listing(silent)}.")}</p>' if silent else ""
    if items or silent:
        st.html((f'<dl class="facts">{cells}</dl>' if items else "") + left)


def page_links(names: Sequence[str], words: dict[str, str] | None = None) -> None:
    """Links to other pages, those that exist; `words` replaces the title of a page."""
    with st.container(key="suite"):
        for entry in pages.existing():
            if entry.name in names:
                label = (words or {}).get(entry.name, entry.title)
                st.page_link(entry.link, label=label, icon=":material/arrow_forward:")


def strip_note(sentence: str, label: str, key: str) -> None:
    """A sentence on the whole width, with the button that opens the territory it speaks of."""
    with st.container(key="signature", horizontal=True, vertical_alignment="center"):
        st.html(f"<p>{text(sentence)}</p>")
        st.button(label, key="ouvrir_epci", type="tertiary", on_click=choices.put, kwargs={"territoire": key})


def messages(items: Sequence[tuple[str, str, str, str]]) -> None:
    """The key messages side by side: kind, sentence, detail, status."""
    cells = "".join(
        f'<article><p class="eyebrow">{text(kind)}</p><p class="key">{text(sentence)}</p>'
        f'<p class="sub">{text(detail)} {status_html(word) if word in _SHAPES else ""}</p></article>'
        for kind, sentence, detail, word in items
    )
    with st.container(key="messages"):
        st.html(f'<div class="msgs">{cells}</div>')


# --- Parts of pages ---------------------------------------------------------------------------------


def settings(name: str):
    """A row of controls that wraps."""
    return st.container(key=f"reglages_{name}", horizontal=True, gap="medium", vertical_alignment="bottom")

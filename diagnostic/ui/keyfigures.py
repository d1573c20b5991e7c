"""Key figures in HTML: value, comparison, position among the others, status and source."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from html import escape

import streamlit as st

from diagnostic.markup import text
from diagnostic.story import KeyFigure, Track, terms
from diagnostic.ui.components import status_html

_TRACK = 300
_CHARACTER = 6.4


def key_figures(items: Sequence[KeyFigure]) -> None:
    """Key figures three, two or one in a row."""
    st.html(f'<div class="kfs">{"".join(key_figure_html(item) for item in items)}</div>')


def key_figure_html(item: KeyFigure) -> str:
    """One key figure: label, value, comparison in words, position among the others, status and source. The value of
    another territory stands under its name, in ink, beside a ring."""
    source = f'<p class="src">{status_html(item.status)} <span>{text(item.source)}</span></p>'
    label = terms.heading(item.label)
    who = ring = aside = ""
    if item.who:
        who = f'<p class="who"><span class="aloud">Valeur de l’intercommunalité : </span>{text(item.who)}</p>'
        ring = '<i class="ring" aria-hidden="true"></i>'
        aside = (
            f'<p class="aside"><i class="hatch" aria-hidden="true"></i><span>{text(item.local)}</span></p>'
        )
    compared = ""
    if item.comparison:
        compared = f'<p class="cmp{" warn" if item.warn else ""}">{_bold_end(text(item.comparison), text(item.word))}</p>'
    bar = position_bar(item.track) if item.track is not None else ""
    return (
        f'<article class="kf{" theirs" if item.who else ""}">{label}{who}<p class="fig">{ring}<b>{text(item.figure)}</b> '
        f"<span>{text(item.unit)}</span></p>{compared}{bar}{aside}{source}</article>"
    )


def _bold_end(sentence: str, word: str) -> str:
    """The ratio word at the end of a comparison in bold."""
    return f"{sentence.removesuffix(word)}<b>{word}</b>" if word and sentence.endswith(word) else sentence


def position_bar(drawn: Track) -> str:
    """Where the value stands among the others, with the references."""

    def at(number: float) -> float:
        return round((number - drawn.low) / (drawn.high - drawn.low) * 100, 2)

    ticks = "".join(f'<i class="t" style="left:{at(number)}%"></i>' for number in drawn.others)
    lines = "".join(
        f'<i class="{"r me" if chosen else "r"}" style="left:{at(value)}%"></i>'
        for _, _, value, chosen in drawn.marks
    )
    above, also = _reference_labels(drawn, at)
    others = f'<p class="also">Aussi&nbsp;: {escape(" · ".join(also))}</p>' if also else ""
    first, last = (
        f"<span>{escape(figure)}<small>{text(name)}</small></span>"
        for figure, name in (drawn.first, drawn.last)
    )
    foot = middle = ""
    if drawn.middle is not None:
        place = at(drawn.middle[0])
        foot = f'<i class="m" style="left:{place}%"></i>'
        # Never over the figures of the two ends.
        middle = f'<span class="mid" style="left:{min(max(place, 30), 70)}%">{escape(drawn.middle[1])}</span>'
    you = "you ring" if drawn.ring else "you"
    return (
        f'<div class="pos" role="img" aria-label="{escape(drawn.spoken)}"><div class="up">{above}</div>'
        f'<div class="track">{ticks}{foot}{lines}<i class="{you}" style="left:{at(drawn.value)}%"></i></div>'
        f'<div class="ends">{first}{middle}{last}</div></div>{others}'
    )


def _reference_labels(drawn: Track, at: Callable[[float], float]) -> tuple[str, list[str]]:
    """Labels over the track, the chosen one low and bold, one other high; the rest go below."""
    others = [mark for mark in drawn.marks if not mark[3]]
    html, stem = "", None
    if others:
        name, figure, value, _ = others[0]
        label, stem = f"{name} {figure}", at(value)
        html += f'<i class="stem" style="left:{stem}%"></i>'
        html += f'<span class="high" style="{_anchor(stem, label)}">{escape(label)}</span>'
    for name, figure, value, chosen in drawn.marks:
        if chosen:
            label, place = f"{name} {figure}", at(value)
            html += f'<span class="low" style="{_beside(place, label, stem)}">{escape(label)}</span>'
    # Who holds an end of the track is named there.
    ends = (drawn.first[1], drawn.last[1])
    return html, [f"{name} {figure}" for name, figure, _, _ in others[1:] if name not in ends]


def _half(label: str) -> float:
    """Half the width of a label, in hundredths of the track."""
    return len(label) * _CHARACTER / 2 / _TRACK * 100


def _beside(place: float, label: str, stem: float | None) -> str:
    """Centre the chosen label, or let it end or start at its own line when the other's stem would cross it."""
    width = 2 * _half(label)
    fits = place >= width or place + width <= 100
    if stem is None or abs(stem - place) > width / 2 or not fits:
        return _anchor(place, label)
    if stem >= place and place >= width:
        return f"right:{100 - place:.2f}%;padding-right:.375rem"
    return (
        f"left:{place}%;padding-left:.375rem"
        if place + width <= 100
        else f"right:{100 - place:.2f}%;padding-right:.375rem"
    )


def _anchor(place: float, label: str) -> str:
    """Centre a label on its mark, held inside the track."""
    half = _half(label)
    if place < half:
        return "left:0"
    if place > 100 - half:
        return "right:0"
    return f"left:{place}%;transform:translateX(-50%)"

"""Sections of the story on screen: title, blocks, source line, and what a reader may take away or open.

A page opens, draws its controls, then calls `render.section(report, …)`. Nothing is said here: every word comes
from the section.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import _lru_cache_wrapper, lru_cache, partial
from typing import TypeVar

import pandas as pd
import plotly.graph_objects as go
import streamlit as st

from diagnostic import charts, french, story
from diagnostic.charts import ranking, series
from diagnostic.indicators import CHILDREN
from diagnostic.report import Report
from diagnostic.story import Data, Section, mapped
from diagnostic.ui import components, keyfigures, map_view, state, tables, takeaway

T = TypeVar("T")

WHO_KNOWS = "Que charger, à qui demander"
FEW_UNKNOWN = 2
"""Unknown figures that a page lists in the open; more of them would be longer than what it knows."""


def section(
    report: Report,
    told: Section | None,
    *,
    unknown: str = "",
    small: bool = False,
    controls: Callable[[], object] | None = None,
) -> None:
    """One section of the page; when the report has nothing to tell, the indicator `unknown` goes to the line at its end.

    `small` is for a cell of a grid; `controls`, what one chooses for this section, stand under its title.
    """
    if told is None:
        if unknown:
            components.unknown(report, unknown)
        return
    if told.on_screen and all(isinstance(block, story.KeyFigures) for block in told.on_screen):
        figures = [
            item for block in told.on_screen if isinstance(block, story.KeyFigures) for item in block.items
        ]
        if not any(item.figure for item in figures):
            _left(report, figures)
            return
    if told.id == "inconnu":
        labels = {row[0] for block in told.blocks if isinstance(block, story.Table) for row in block.rows}
        components.said_unknown(
            row.indicator for row in report.unknown if french.typographic(row.label) in labels
        )
        if len(labels) > FEW_UNKNOWN:
            folded(report, told, WHO_KNOWS)
            return
    head = components.block if small else components.section
    head(told.kicker, told.title, told.subtitle)
    if controls is not None:
        controls()
    body(report, told)


def folded(report: Report, told: Section | None, label: str) -> None:
    """A section of which the page says the message, and on demand the rest: a first page is read, and printed, at once."""
    if told is None:
        return
    components.section(told.kicker, told.title, told.subtitle)
    with st.expander(label):
        body(report, told)


def not_known(report: Report) -> None:
    """What is known neither here nor at the EPCI: how much it is, and on demand each with who knows it."""
    told = story.silent_section(report)
    if told is None:
        return
    components.said_unknown(id for ids in story.silent(report).values() for id in ids)
    components.block(told.kicker, told.title)
    with st.expander(WHO_KNOWS):
        body(report, told)


def signing(report: Report) -> None:
    """For a commune, that the convention is signed first by its EPCI, with the way to it."""
    told = story.signing(report)
    if told is not None:
        sentence, key = told
        components.strip_note(sentence, "Ouvrir l’intercommunalité", key)


def body(report: Report, told: Section) -> None:
    """The blocks of a section, its source line and its actions, without its title."""
    blocks = told.on_screen or told.blocks
    drawn = ""
    for number, block in enumerate(blocks):
        key = f"{told.id}_{number}" if number else told.id
        if _draw(report, told, block, key) and not drawn:
            drawn = f"graphique_{key}"
    if told.below:
        components.source_line(told.statuses, told.source, told.caution)
    if told.data is None:
        return
    words = french.capitalised(", ".join(told.statuses))
    under = french.typographic(". ".join(filter(None, (words, told.below))))
    around = takeaway.Around(told.title, told.subtitle, under, drawn)
    takeaway.actions(told.id, partial(frame, told.data), around, report=report, ids=told.indicators)


def frame(data: Data) -> pd.DataFrame:
    """The numbers of a section as the table that is shown and taken away."""
    return pd.DataFrame(data.rows, columns=list(data.header))


def _draw(report: Report, told: Section, block: story.Block, key: str) -> bool:
    """Draw one block; whether it is a chart, that has a picture."""
    keep = not report.of_one_visit
    if isinstance(block, story.Stacked | story.Lines | story.Ranked):
        figure = _kept(drawn, keep)(block, state.theme())
        legend(block, key)
        alt = _kept(_aloud, keep)(f"{told.title}. {told.subtitle}".strip(), told.data)
        st.plotly_chart(figure, key=f"graphique_{key}", config=charts.CONFIG, alt=alt, theme=None)
        return True
    if isinstance(block, story.Table):
        own = french.name(report.territory)
        tables.cells(block.header, block.rows, caption=block.caption, own=own, keep=keep)
    elif isinstance(block, story.Grid):
        own, data = french.name(report.territory), block.data
        tables.cells(data.header, data.rows, caption=block.caption, own=own, keep=keep)
    elif isinstance(block, story.Text):
        for heading, text, _ in block.items:
            components.note(" : ".join(filter(None, (heading, text))))
    elif isinstance(block, story.Facts):
        components.facts(block.items)
    elif isinstance(block, story.KeyFigures):
        if shown := [item for item in block.items if item.figure]:
            keyfigures.key_figures(shown)
        _left(report, [item for item in block.items if not item.figure])
    elif isinstance(block, story.Messages):
        components.messages(block.items)
    return False


@lru_cache(maxsize=512)
def _aloud(said: str, data: Data | None) -> str:
    """The alternative of a chart, with its values where the section has them."""
    said = french.typographic(said)
    return said if data is None else takeaway.aloud(said, data.header, data.rows)


def _left(report: Report, figures: Sequence[story.KeyFigure]) -> None:
    """Leave figures that are not known to the line at the end of the page."""
    for item in figures:
        components.unknown(report, item.indicator)


def _kept(make: _lru_cache_wrapper[T], keep: bool) -> Callable[..., T]:
    """`make`, which keeps what it made for all who read the same; without keeping for one visitor's own files."""
    return make if keep else make.__wrapped__


@lru_cache(maxsize=256)
def drawn(block: story.Stacked | story.Lines | story.Ranked, theme: str) -> go.Figure:
    """The chart of a block, not to be changed: built once for everybody who reads the same figures."""
    if isinstance(block, story.Stacked):
        return charts.stacked(block, theme)
    if isinstance(block, story.Lines):
        return series.lines(block, theme)
    return ranking.ranked(block, theme)


def legend(block: story.Block, key: str) -> None:
    """What its colours are, above a chart; of curves, the names that a narrow screen has no room for at their ends."""
    if isinstance(block, story.Stacked):
        components.legend(charts.stacked_legend(block), of=key)
    elif isinstance(block, story.Lines):
        components.legend(series.lines_ends(block), narrow=True)


SERVICES = ("eaje", "rpe", "alsh", "france_services")
"""What the map of a small commune places: a rate of one commune draws nothing."""


def small_map(report: Report, indicator: str, *, key: str, height: int) -> None:
    """The map of the first page: the members, or for a small commune the children around it and the services."""
    small = story.is_small_commune(report)
    map_of(report, CHILDREN if small else indicator, key=key, height=height, services=small)


def map_of(report: Report, indicator: str, *, key: str, height: int, services: bool = False) -> None:
    """The small map of an indicator, or of the `services` over it, with its message, its source and its actions."""
    head = st.container()
    found = map_view.found_of(report, indicator)
    if found is None:
        return
    layers = (
        map_view.Layers(stats=SERVICES, beyond=story.service_places(report)) if services else map_view.NAMES
    )
    map_view.show(report.territory, found, key=key, height=height, layers=layers)
    eyebrow, message = (
        ("Où sont les services", story.services_around(report)) if services else ("Carte", found.message)
    )
    with head:
        components.block(eyebrow, message, mapped.subtitle(found))
    map_view.source(report, found, key=key)

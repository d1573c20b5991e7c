"""Tables of the pages and the files that they become: read aloud, sorted, searched, turned page by page, opened by a
spreadsheet in French."""

from __future__ import annotations

import csv as csv_lines
import io
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import pandas as pd
import streamlit as st

from diagnostic import french
from diagnostic.directory.folding import fold
from diagnostic.markup import prose, text

PAGE = 25
"""Rows of a page of a long table."""
LONG = 30
"""Rows over which a table has a search and pages."""
TITLE = "titre_courant"
"""Where the titles that a page draws are kept: a table without a caption is named by the last one."""


FEWEST = 4
"""Rows that make an order: three may stand so by chance."""
LONG_HEAD = 24
"""Characters of a head over which its column is not as narrow as its figures."""
SENTENCE = 40
"""Characters over which a cell is a sentence, that a narrow column cuts into a ribbon."""


@dataclass(frozen=True)
class _Column:
    """What the cells of a column are: figures, years; `worded` in a table of sentences, whose cells repeat the name of their
    column where rows are read one below the other."""

    name: str
    right: bool
    years: bool
    worded: bool


def table(
    data: pd.DataFrame, *, decimals: int = 1, limit: int = 400, caption: str = "", own: str = ""
) -> None:
    """A table in HTML: prints, wraps, is read aloud; unknown is « — ». The row whose first cell is `own` comes first.
    Longer than `limit`: the CSV has all."""
    st.html(table_html(data, decimals=decimals, limit=limit, caption=caption, title=_title(), own=own))


def folded(label: str, data: pd.DataFrame, *, limit: int = 400) -> None:
    """A table that few ask for, under a line that says what it holds; nothing when it has no row."""
    if len(data):
        with st.expander(label):
            table(data, limit=limit)


def cells(
    header: Sequence[str], rows: Sequence[Sequence[object]], *, caption: str, own: str, keep: bool = True
) -> None:
    """`table` of cells that never change, as a section holds them: written once for whoever reads them, unless they come
    from one visitor's files."""
    # True is 1 for who keeps by value, and is not printed as it is.
    same = not any(isinstance(cell, bool) for row in rows for cell in row)
    write = _written if keep and same else _written.__wrapped__
    st.html(write(tuple(header), tuple(rows), caption, _title(), own))


@lru_cache(maxsize=512)
def _written(header: tuple[str, ...], rows: tuple[tuple, ...], caption: str, title: str, own: str) -> str:
    data = pd.DataFrame(rows, columns=list(header))
    return table_html(data, decimals=1, limit=400, caption=caption, title=title, own=own)


def _title() -> str:
    return str(st.session_state.get(TITLE, ""))


def table_html(data: pd.DataFrame, *, decimals: int, limit: int, caption: str, title: str, own: str) -> str:
    """The HTML of `table`, that `title` names when it has no caption: what is done with it in the browser is in
    tables.js."""
    data, silent = _told(data)
    if silent and len(data.columns) == 1:
        return f'<p class="note">{text(f"Inconnu : {french.listing(silent)}.")}</p>'
    right = [_numeric(data[name]) for name in data.columns]
    years = [_is_year(data[name]) for name in data.columns]
    rows = list(data.itertuples(index=False, name=None))
    others = [row for row in rows if not own or row[0] != own]
    rows = [row for row in rows if own and row[0] == own] + others
    wordy = _wordy(rows, len(right))
    # Roles are written where a narrow screen draws the table as a list: browsers take a table for one by its display.
    spoken_head = ' role="columnheader"' if wordy else ""
    heads = "".join(
        f"<th scope='col'{_classed(str(name), number)}{spoken_head}>"
        f"<button type='button'>{text(str(name))}</button></th>"
        for name, number in zip(data.columns, right, strict=True)
    )
    shown = rows[:limit]
    long = len(shown) > LONG
    columns = [
        _Column(str(name), number, year, wordy)
        for name, number, year in zip(data.columns, right, years, strict=True)
    ]
    body = "".join(
        _row(row, columns, decimals, own=bool(own) and row[0] == own, hidden=long and number >= PAGE)
        for number, row in enumerate(shown)
    )
    rest = len(rows) - len(shown)
    more = (
        f'<p class="note">Et {french.quantity(rest, "autre ligne", "autres lignes")}, dans le fichier à télécharger.</p>'
        if rest > 0
        else ""
    )
    if silent:
        more += f'<p class="note">{text(f"Inconnu à chaque ligne : {french.listing(silent)}.")}</p>'
    named = caption or title
    spoken = (
        f'<caption><span class="{"" if caption else "aloud"}">{text(named)}</span>'
        f'<span class="ordre">{text(order_said(data.columns, others, right, years))}</span></caption>'
    )
    opening = '<table class="data mots" role="table">' if wordy else '<table class="data">'
    row = '<tr role="row">' if wordy else "<tr>"
    return (
        f'<div class="tableau">{_tools(len(shown)) if long else ""}<div class="tablewrap" data-nom="{text(named)}">'
        f"{opening}{spoken}<thead>{row}{heads}</tr></thead><tbody>{body}</tbody></table></div>{more}</div>"
    )


def _classed(head: str, number: bool) -> str:
    """The classes of a head: a figure stands at the right, a long head has the room to be read in a few lines."""
    classes = " ".join(word for word, so in (("n", number), ("long", len(head) > LONG_HEAD)) if so)
    return f' class="{classes}"' if classes else ""


def order_said(
    names: Sequence[object], rows: Sequence[Sequence[object]], right: Sequence[bool], years: Sequence[bool]
) -> str:
    """« Du plus bas au plus haut : Taux » of rows that stand so, the unknown last; "" of rows in another order, or too few
    to have one."""
    if len(rows) < FEWEST or (years and (years[0] or str(names[0]).startswith("Année"))):
        return ""
    for place, name in enumerate(names):
        if not right[place] or years[place]:
            continue
        values = [_number(row[place]) for row in rows]
        known = [value for value in values if value is not None]
        if len(set(known)) < 3 or len(known) * 2 < len(rows) or None in values[: len(known)]:
            continue
        if known == sorted(known):
            return f"Du plus bas au plus haut : {name}"
        if known == sorted(known, reverse=True):
            return f"Du plus haut au plus bas : {name}"
    heads = [fold(str(row[0])) for row in rows]
    return f"De A à Z : {names[0]}" if heads == sorted(heads) and len(set(heads)) > 1 else ""


def _number(value: object) -> float | None:
    """The figure of a cell, printed or not; None when it holds none."""
    if isinstance(value, str):
        found = FIGURE.fullmatch(value)
        return float(value.translate(_PRINTED).rstrip("%€").replace(",", ".")) if found else None
    if value is None or pd.isna(value):
        return None
    return float(value) if isinstance(value, int | float) else None


def _wordy(rows: Sequence[Sequence[object]], width: int) -> bool:
    """Whether a table holds sentences: on a narrow screen its rows are read one below the other."""
    longest = sorted(max((len(str(row[place])) for row in rows), default=0) for place in range(width))
    return width > 2 and (longest[-1] > 1.5 * SENTENCE or longest[-2] > SENTENCE)


def _told(data: pd.DataFrame) -> tuple[pd.DataFrame, list[str]]:
    """The columns that tell something of some row, and the names of those that are unknown for each."""
    empty = [
        name
        for name in data.columns[1:]
        if len(data) and all(pd.isna(value) or value in _UNKNOWN_WORDS for value in data[name])
    ]
    return data.drop(columns=empty), [
        str(name) for name in empty if any(pd.isna(value) or value for value in data[name])
    ]


def _tools(count: int) -> str:
    """Search and pages of a long table."""
    return (
        '<div class="chercher"><label>Chercher dans le tableau <input type="search" autocomplete="off"></label>'
        f'<span class="compte" role="status">1 à {PAGE} sur {french.number(count)} lignes</span>'
        '<button type="button" class="take" data-page="-1" disabled>Lignes précédentes</button>'
        '<button type="button" class="take" data-page="1">Lignes suivantes</button></div>'
    )


def _row(row: Sequence[object], columns: Sequence[_Column], decimals: int, *, own: bool, hidden: bool) -> str:
    cells = "".join(
        _cell(
            str(int(value)) if one.years and isinstance(value, int | float) and pd.notna(value) else value,
            decimals,
            one,
            first=place == 0,
        )
        for place, (value, one) in enumerate(zip(row, columns, strict=True))
    )
    role = ' role="row"' if columns[0].worded else ""
    return f"<tr{role}{' class=own' if own else ''}{' hidden' if hidden else ''}>{cells}</tr>"


# Not « 0103 », which is a code.
FIGURE = re.compile(rf"[{french.MINUS}+-]?(?!0\d)\d[\d{french.THIN},]*([{french.NBSP}{french.THIN} ]?[%€])?")


def _numeric(column: pd.Series) -> bool:
    """Whether a column holds figures: numbers, or figures already printed beside words for the unknown ones."""
    if not pd.api.types.is_string_dtype(column):
        return True
    figures = [value for value in column if isinstance(value, str) and FIGURE.fullmatch(value)]
    words = {value for value in column if isinstance(value, str)} - set(figures)
    return (
        bool(figures) and words <= _UNKNOWN_WORDS and str(column.name) not in ("Code", "Ancien code", "Année")
    )


_UNKNOWN_WORDS = {
    "", "inconnu", "non publié", "non chargé", "secret statistique", "sans objet", french.UNKNOWN
}  # fmt: skip


def _is_year(column: pd.Series) -> bool:
    """Whether a column of numbers holds years, which have no thousands."""
    named = str(column.name).lower().startswith(("année", "millésime"))
    return named and pd.api.types.is_numeric_dtype(column)


def _cell(value: object, decimals: int, column: _Column, *, first: bool) -> str:
    known, figure = True, column.right
    if isinstance(value, str):
        said = prose(value)
    elif isinstance(value, bool):
        figure, said = False, "oui" if value else "non"
    elif value is None or pd.isna(value):
        known, figure, said = False, True, french.UNKNOWN
    elif isinstance(value, int | float):
        figure, said = True, french.number(value, 0 if float(value).is_integer() else decimals)
    else:
        figure, said = False, text(str(value))
    kind = " class=n" if figure else ""
    if first and known and not column.right and isinstance(value, str):
        return f"<th scope='row'{' role=rowheader' if column.worded else ''}>{said}</th>"
    if not column.worded:
        return f"<td{kind}>{said}</td>"
    return f'<td{kind} role="cell" data-tete="{text(column.name)}">{said}</td>'


# --- Taken away -----------------------------------------------------------------------------------------


def csv(data: pd.DataFrame, about: Sequence[tuple[str, str]] = ()) -> bytes:
    """The table as a spreadsheet in French opens it: semicolons, decimal comma, two decimals at most, unknown left
    empty. `about` are lines above the table: what it is, where it comes from, against whom. Text that a spreadsheet
    would run as a formula is quoted by an apostrophe."""
    lines = io.StringIO()
    writer = csv_lines.writer(lines, delimiter=";", lineterminator="\n")
    for name, words in about:
        if words:
            writer.writerow((_typed(name), _typed(words)))
    if about:
        writer.writerow(())
    writer.writerow([_typed(str(name)) for name in data.columns])
    for row in data.itertuples(index=False, name=None):
        writer.writerow([_typed(value) for value in row])
    return lines.getvalue().encode("utf-8-sig")


_PRINTED = str.maketrans({french.THIN: None, french.NBSP: None, " ": None, french.MINUS: "-"})


def _typed(value: object) -> str:
    """A value as a spreadsheet in French reads it: « 11,9 », 2021, nothing for the unknown."""
    if isinstance(value, str):
        if not value.strip() or value == french.UNKNOWN:
            return ""
        if FIGURE.fullmatch(value):
            return value.translate(_PRINTED)
        said = french.typographic(value) if "'" in value else value
        return f"'{said}" if value.startswith(_FORMULAS) else said
    if isinstance(value, bool):
        return "oui" if value else "non"
    if value is None or pd.isna(value):
        return ""
    if isinstance(value, int | float):
        said = f"{value:.2f}".rstrip("0").rstrip(".") if isinstance(value, float) else str(value)
        return "0" if said == "-0" else said.replace(".", ",")
    return str(value)


_FORMULAS = ("=", "+", "-", "@", "\t", "\r")

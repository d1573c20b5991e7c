"""What a reader takes away from a drawing or opens under it: its data, CSV, pictures, formula and source."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from html import escape

import pandas as pd
import plotly.graph_objects as go
import streamlit as st

from diagnostic import charts, french, indicators, reading
from diagnostic.markup import text
from diagnostic.model import Level
from diagnostic.report import Report
from diagnostic.ui import blocks, components
from diagnostic.ui.tables import csv, table
from diagnostic.warehouse.database import open_database


@dataclass(frozen=True)
class Caption:
    """What is said of a chart: its title, which is its message; unit and year; how sure, from where, with what reserve."""

    title: str
    subtitle: str = ""
    statuses: Sequence[str] = ()
    source: str = ""
    caution: str = ""


def chart(
    figure: go.Figure,
    data: pd.DataFrame,
    caption: Caption,
    *,
    key: str,
    report: Report | None = None,
    ids: Sequence[str] = (),
) -> None:
    """A plotly figure, its source line and its actions (data, CSV, pictures, formula). `key` names files too; `data` is
    the table behind it, headings in French, unknown left as None or NaN: it is said aloud with the title."""
    rows = list(data.itertuples(index=False, name=None))
    spoken = aloud(french.typographic(caption.title), list(data.columns), rows)
    st.plotly_chart(figure, key=f"graphique_{key}", config=charts.CONFIG, alt=spoken, theme=None)
    components.source_line(caption.statuses, caption.source, caption.caution)
    words = ", ".join(dict.fromkeys(caption.statuses))
    below = french.typographic(f"{french.capitalised(words)}. {caption.source} {caption.caution}")
    around = Around(caption.title, caption.subtitle, below, f"graphique_{key}")
    actions(key, data, around, report=report, ids=ids)


MOST_ALOUD = 12
"""Rows of a chart that are said aloud: beyond, one reads the table."""


def aloud(message: str, header: Sequence[object], rows: Sequence[Sequence[object]]) -> str:
    """The alternative of a chart: its message, then its values; the first rows of a long one, and where the rest is."""
    lines = [
        ", ".join(_said(name, value) for name, value in zip(header, row, strict=True))
        for row in rows[:MOST_ALOUD]
    ]
    rest = "" if len(rows) <= MOST_ALOUD else " ; la suite est dans les données"
    return french.typographic(
        f"{message.rstrip('.')}. Valeurs : {' ; '.join(lines)}{rest}." if lines else message
    )


def _said(name: object, value: object) -> str:
    """« Targon » or « taux 11,9 »: a number is said with the head of its column."""
    if isinstance(value, str):
        return value
    if value is None or pd.isna(value):
        return f"{name} inconnu"
    if not isinstance(value, int | float):
        return f"{name} {value}"
    year = str(name).startswith("Année")
    return f"{name} {value if year else french.number(value, 0 if float(value).is_integer() else 1)}"


@dataclass(frozen=True)
class Around:
    """What stands around what is taken away: title, sub-title, source; `of` is the key of the drawing, if there is
    one to take away as a picture."""

    title: str
    subtitle: str = ""
    source: str = ""
    of: str = ""


def _picture_buttons(picture: Around, name: str) -> str:
    """PNG and SVG of a drawing; made by the browser itself (picture.js)."""
    facts = {
        "of": picture.of,
        "name": name,
        "title": french.typographic(picture.title),
        "sub": french.typographic(picture.subtitle),
        "source": french.typographic(picture.source),
    }
    data = " ".join(f'data-{key}="{escape(value)}"' for key, value in facts.items())
    return "".join(
        f'<button type="button" class="take" data-image="{kind}" {data} '
        f'aria-label="Télécharger l’image ({kind.upper()})">{kind.upper()}</button>'
        for kind in ("png", "svg")
    )


def actions(
    key: str,
    data: pd.DataFrame | Callable[[], pd.DataFrame],
    around: Around,
    *,
    report: Report | None = None,
    ids: Sequence[str] = (),
) -> None:
    """« Voir les données », « Télécharger (CSV) », PNG and SVG of a drawing, « Formule et source » under a chart, a map
    or a table. `data` is given, or made when it is asked for."""

    def taken() -> pd.DataFrame:
        return data() if callable(data) else data

    with st.container(key=f"actions_{key}", horizontal=True, gap="small", vertical_alignment="center"):
        if st.button("Voir les données", key=f"voir_{key}", type="tertiary", icon=":material/table:"):
            _data_dialog(taken(), around.title, french.name(report.territory) if report else "")
        blocks.download(
            "Télécharger (CSV)",
            lambda: csv(taken(), about(taken(), around, report, ids)),
            f"{file_name(key, report)}.csv",
            f"csv_{key}",
            quiet=True,
        )
        if around.of:
            st.html(_picture_buttons(around, file_name(key, report)), width="content")
        if not (report and ids):
            return
        if st.button("Formule et source", key=f"formule_{key}", type="tertiary", icon=":material/info:"):
            _formula_dialog(report, tuple(ids))


_IN_HEADS = "en tête de chaque colonne"


def about(
    data: pd.DataFrame, around: Around, report: Report | None, ids: Sequence[str]
) -> list[tuple[str, str]]:
    """The lines above a table taken away: what it is, of when, from whom, against whom."""
    units = dict.fromkeys(indicators.BY_ID[id].unit for id in ids if id in indicators.BY_ID)
    compared = report is not None and report.reference is not None
    lines = [
        ("Titre", around.title),
        ("Lecture", around.subtitle),
        ("Territoire", french.name(report.territory) if report else ""),
        ("Référence", report.compared_with if report and compared else "aucune"),
        ("Unité", " ; ".join(units) or _IN_HEADS),
        ("Année", _years(data, report, ids) or _IN_HEADS),
        ("Source", around.source or "Diagnostic CTG."),
    ]
    if report.context.fictional if report else open_database().fictional:
        lines.append(("Attention", "Territoire fictif : aucun chiffre n’est réel."))
    return [(name, french.typographic(said)) for name, said in lines]


def _years(data: pd.DataFrame, report: Report | None, ids: Sequence[str]) -> str:
    """« 2019-2021 »: years of the rows, else of the figures."""
    listed = data["Année"] if "Année" in data.columns else ()
    years = {int(year) for year in listed if str(year).isdecimal()}
    found = [report.findings[id] for id in ids if id in report.findings] if report else []
    years = years or {one.year for one in found if one.year is not None and one.value is not None}
    return french.span(min(years), max(years)) if years else ""


@st.dialog("Données", width="large")
def _data_dialog(data: pd.DataFrame, title: str, own: str) -> None:
    table(data, caption=title, own=own)


@st.dialog("Formule et source", width="large")
def _formula_dialog(report: Report, ids: tuple[str, ...]) -> None:
    for id in ids:
        if id in report.findings:
            st.html(formula_html(report, id))


def formula_html(report: Report, id: str) -> str:
    """Definition, formula with its numbers, sources and vintages, caveat of one indicator."""
    finding, indicator = report.findings[id], indicators.BY_ID[id]
    rows = [("Définition", indicator.definition), ("Valeur", reading.figure(finding, indicator))]
    if indicator.denominator:
        per = "" if indicator.per == 1 else f" × {french.number(indicator.per)}"
        rows.append(("Formule", f"{indicator.numerator_label} ÷ {indicator.denominator_label}{per}"))
        for label, part, year in (
            (indicator.numerator_label, finding.numerator, finding.numerator_year),
            (indicator.denominator_label, finding.denominator, finding.denominator_year),
        ):
            rows.append((french.capitalised(label), french.number(part) + (f" ({year})" if year else "")))
    elif indicator.published:
        rows.append(("Formule", "Valeur publiée par le producteur, reprise telle quelle."))
    rows.append(("Statut", reading.status_word(finding, indicator)))
    for item in report.sources:
        if item.id in finding.sources:
            rows.append(("Source", f"{item.producer}, {item.title}, {item.vintage}. {item.licence}."))
    rows += [("À savoir", part) for part in (indicator.caveat, finding.caution, finding.reason) if part]
    cells = "".join(f"<dt>{text(label)}</dt><dd>{text(value)}</dd>" for label, value in rows)
    return f'<section class="formula"><h3>{text(indicator.label)}</h3><dl>{cells}</dl></section>'


def file_name(key: str, report: Report | None) -> str:
    """ctg_<what>_<territory>, plain letters."""
    where = report.territory.key if report else ""
    if report and report.territory.level is Level.PERIMETRE:
        where = "perimetre"
    return re.sub(r"[^A-Za-z0-9]+", "_", f"ctg_{key}_{where}").strip("_")

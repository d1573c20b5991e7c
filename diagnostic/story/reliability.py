"""How far the figures of small communes can be trusted."""

from __future__ import annotations

from diagnostic import french
from diagnostic.indicators import COMPUTED
from diagnostic.report import Report
from diagnostic.story.blocks import MOST_ROWS, Data, Section, Table
from diagnostic.story.figures import source_line, whole
from diagnostic.story.once import once

MOST_ESTIMATES = 40


@once
def estimates_section(report: Report) -> Section | None:
    """Communes without a published rate: their own crèches and the other modes of the EPCI, with interval and grade."""
    rows = sorted(report.coverage.estimates, key=lambda row: (row.grade, -row.children))
    if len(report.members) < 2 or not rows:
        return None
    first, rest = rows[:MOST_ROWS], rows[MOST_ROWS:MOST_ESTIMATES]
    firm = sum(row.grade in ("A", "B") for row in rows)
    named = french.quantity(len(rows), "petite commune estimée", "petites communes estimées")
    title = f"{named} faute de taux publié : {firm} de fiabilité A ou B, les autres à lire avec prudence"
    if firm == len(rows):
        title = f"{named} faute de taux publié, toutes de fiabilité A ou B"
    elif not firm:
        title = f"{named} faute de taux publié, aucune assez sûre pour être classée"
    beyond = len(rows) - MOST_ESTIMATES
    left = f" ; {beyond} autres communes sont dans le classeur Excel" if beyond > 0 else ""
    more = (_estimates_table(f"Suite des estimations{left}", rest),) if rest else ()
    return Section(
        "estimations",
        "Petite enfance · petites communes",
        title,
        ((1.0, (_estimates_table("Places pour 100 enfants de moins de 3 ans", first),)),),
        (
            "Estimation du diagnostic : les crèches de la commune, les autres modes de son intercommunalité ; intervalle mesuré sur "
            "des communes de même taille. A : très fiable ; D : ordre de grandeur. "
            f"{source_line(report, (COMPUTED,), beside=(COMPUTED,))}".rstrip()
        ),
        (
            "Les assistantes maternelles, l’école et la garde à domicile de la commune sont supposées celles de son intercommunalité.",
        ),
        more=more,
        on_slides=not report.coverage.official,
        subtitle="Places pour 100 enfants : les crèches de la commune, les autres modes de son intercommunalité",
        statuses=("estimé",),
        indicators=(COMPUTED,),
        data=_data(rows),
        on_screen=(_estimates_table("", rows),),
    )


def _data(rows) -> Data:
    """Every commune, by its name."""
    return Data(
        (
            "Commune",
            "Enfants de moins de 3 ans",
            "Crèches",
            "Estimation",
            "Au moins",
            "Au plus",
            "Fiabilité",
        ),
        tuple(
            (
                french.typographic(row.name),
                whole(row.children),
                row.rate,
                row.estimate,
                row.low,
                row.high,
                row.grade or "",
            )
            for row in rows
        ),
    )


def _estimates_table(caption: str, rows) -> Table:
    return Table(
        caption,
        ("Commune", "Enfants", "Places", "Crèches", "Estimation", "Intervalle", "Fiabilité"),
        tuple(
            (
                row.name,
                french.number(row.children),
                french.number(row.places),
                french.number(row.rate, 1),
                french.number(row.estimate, 1),
                f"{french.number(row.low, 1)} à {french.number(row.high, 1)}",
                row.grade,
            )
            for row in rows
        ),
        (0.28, 0.11, 0.1, 0.13, 0.14, 0.14, 0.1),
        (1, 2, 3, 4, 5, 6),
    )

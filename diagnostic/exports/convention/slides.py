"""The plan as sections: slides of its own, or chapters that join those of the diagnosis."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

from diagnostic import french
from diagnostic import plan as plans
from diagnostic.exports import pptx
from diagnostic.plan import Axe, Budget, Fiche, Plan
from diagnostic.story import Printed, Section, Stacked, Table, shortened
from diagnostic.story import convention as words
from diagnostic.story.blocks import MOST_ROWS
from diagnostic.story.convention import Dossier
from diagnostic.story.sharing import shared_sections

KICKERS = {
    "fiches": "Plan d’actions, fiches",
    "budget": "Plan d’actions, budget",
    "calendrier": "Plan d’actions, calendrier",
    "gouvernance": "Plan d’actions, gouvernance",
    "schema": "Plan d’actions, schéma",
}
MOST_FICHES = 40
"""Fiches with a slide of their own: beyond, nobody shows them; the document has them all."""
MOST_TEXT, MOST_CELL, MOST_FUNDERS = 260, 90, 6
_UNITS = (
    (Decimal(10_000_000), Decimal(1_000_000), "millions d’euros"),
    (Decimal(10_000), Decimal(1_000), "milliers d’euros"),
)


def build(of: Dossier) -> bytes:
    """The slides of the plan alone as the bytes of a .pptx file."""
    return pptx.compose(words.cover(of), (*sections(of), *fiches(of)))


def sections(of: Dossier) -> tuple[Section, ...]:
    """The whole plan in a few slides: fiches, budget, calendar, governance, what the law asks. Given as
    `extra` to an export of the diagnosis, they join it."""
    plan, shared = of.plan, shared_sections(of.report, of.plan)
    if not plan.fiches:
        return (*shared, *(() if shared and not plan.axes else _governance(of)))
    return (*shared, *_overview(of), *_budget(of), *_calendar(of), *_governance(of), *_schema(of))


def fiches(of: Dossier) -> tuple[Section, ...]:
    """A slide for each fiche action, the first ones of an endless plan."""
    numbered = [
        (rank, place, axe, fiche)
        for rank, axe in enumerate(of.plan.axes, 1)
        for place, fiche in enumerate(axe.fiches, 1)
    ]
    return tuple(_fiche(of, *one) for one in numbered[:MOST_FICHES])


def _short(text: str, most: int) -> str:
    """One paragraph of at most `most` characters."""
    return shortened(" ".join(words.plain(text).split()), most)


def _cells(table: Table, most: int = MOST_CELL) -> Table:
    """The same table with texts that a slide can hold."""
    rows = tuple(tuple(_short(cell, most) for cell in row) for row in table.rows)
    return Table(words.plain(table.caption), table.header, rows, table.widths, table.numeric, table.total)


def _pages(table: Table, most: int = MOST_ROWS) -> list[Table]:
    """The table in pieces of `most` rows at most."""
    rows = table.rows
    return [
        Table(
            table.caption,
            table.header,
            rows[start : start + most],
            table.widths,
            table.numeric,
            table.total and start + most >= len(rows),
        )
        for start in range(0, len(rows), most)
    ]


def _section(
    name: str, kicker: str, title: str, columns: Sequence[tuple[float, Sequence[Printed]]], of: Dossier
) -> Section:
    said = tuple((share, tuple(blocks)) for share, blocks in columns)
    return Section(
        id=name,
        kicker=words.plain(kicker),
        title=_short(title, 180),
        columns=said,
        source=words.plain(f"Plan d’actions, {words.period(of.plan)}. {words.CONFIRM}"),
        notes=(words.plain(of.plan.title),),
    )


def _of_pages(rank: int, count: int) -> str:
    return f" ({rank}/{count})" if count > 1 else ""


def _overview(of: Dossier) -> list[Section]:
    pages = _pages(_cells(words.overview(of.plan)))
    title = f"{words.size(of.plan)}, {words.period(of.plan)}"
    return [
        _section(
            f"plan_fiches_{rank}",
            KICKERS["fiches"],
            title + _of_pages(rank, len(pages)),
            ((1.0, (page,)),),
            of,
        )
        for rank, page in enumerate(pages, 1)
    ]


def _budget(of: Dossier) -> list[Section]:
    whole = plans.budget(of.plan)
    if not whole.funders:
        return []
    tables = words.budget(of.plan)
    title = _first_funder(of.plan, whole)
    natures = " ; ".join(f"{label.lower()} : {amount}" for label, amount in words.natures(of.plan))
    note = ", aides au plus bas de leur barème" if any(line.aid for line in words.lines_of(of.plan)) else ""
    made = _section("plan_budget", KICKERS["budget"], title, ((1.0, (stacked(whole, note),)),), of)
    tables_made = [
        _section(
            f"plan_budget_{rank}",
            KICKERS["budget"],
            f"{french.capitalised(natures)}" + _of_pages(rank, len(tables)),
            ((1.0, (_cells(table),)),),
            of,
        )
        for rank, table in enumerate(tables, 1)
    ]
    return [made, *tables_made]


def _first_funder(plan: Plan, whole: Budget) -> str:
    """Who brings most, of how much; aids alone are no budget."""
    lines = words.lines_of(plan)
    if plans.only_aid(lines):
        return f"{plans.total_text(lines)}, {words.no_cost(plan)}"
    funder = max(whole.funders, key=whole.by_funder)
    said = plans.total_text(line for line in lines if line.funder == funder)
    return f"Premier financeur, {funder} : {said}, sur un total {_of(plans.total_text(lines))}"


def _of(total: str) -> str:
    return f"allant {total}" if total.startswith("de ") else f"de {total}"


def stacked(whole: Budget, note: str = "") -> Stacked:
    """Years as bars, funders as parts; those who bring least are counted together beyond the colours."""
    most = len(words.ROLES)
    ordered = sorted(whole.funders, key=whole.by_funder, reverse=True)
    alone, others = (ordered, []) if len(ordered) <= most else (ordered[: most - 1], ordered[most - 1 :])
    years = [year for year in whole.years if whole.by_year(year) or len(whole.years) <= words.MOST_YEARS]
    top = max((whole.by_year(year) for year in years), default=Decimal(0))
    unit, word = next(((unit, word) for least, unit, word in _UNITS if top >= least), (Decimal(1), "euros"))

    def part(amount: Decimal) -> float | None:
        return float(amount / unit) if amount else None

    rows = tuple(
        (
            str(year),
            (
                *(part(whole.amount(year, funder)) for funder in alone),
                *(
                    [part(sum((whole.amount(year, funder) for funder in others), Decimal(0)))]
                    if others
                    else []
                ),
            ),
            part(whole.by_year(year)),
        )
        for year in years
    )
    series = (*(words.plain(funder) for funder in alone), *(["Autres"] if others else []))
    return Stacked(
        f"Budget par année et par financeur, en {word}{note}", series, words.ROLES[: len(series)], rows
    )


def _calendar(of: Dossier) -> list[Section]:
    pages = [page for table in words.calendar(of.plan) for page in _pages(_cells(table, 55), 6)]
    made = [
        _section(
            f"plan_calendrier_{rank}",
            KICKERS["calendrier"],
            f"Calendrier {words.period(of.plan)}" + _of_pages(rank, len(pages)),
            ((1.0, (page,)),),
            of,
        )
        for rank, page in enumerate(pages, 1)
    ]
    if made and (left := words.undated(of.plan)):
        made[-1] = replace(made[-1], notes=(*made[-1].notes, words.plain(left)))
    return made


def _governance(of: Dossier) -> tuple[Section, ...]:
    rows = tuple(
        (label, _short(", ".join(lines), MOST_TEXT) or words.BLANK)
        for label, lines in words.governance(of.plan)
    )
    table = Table("Gouvernance", ("Instance", "Composition et rythme"), rows, (0.3, 0.7))
    return (
        _section(
            "plan_gouvernance",
            KICKERS["gouvernance"],
            "Gouvernance : qui décide, qui prépare, qui évalue",
            ((1.0, (table,)),),
            of,
        ),
    )


def _schema(of: Dossier) -> list[Section]:
    items = words.schema(of)
    pages = _pages(_cells(words.schema_table(of), 120), 6)
    return [
        _section(
            f"plan_schema_{rank}",
            KICKERS["schema"],
            f"Schéma pluriannuel (art. D. 214-10-1) : {words.schema_message(items)}"
            + _of_pages(rank, len(pages)),
            ((1.0, (page,)),),
            of,
        )
        for rank, page in enumerate(pages, 1)
    ]


_ON_SLIDE = ("Constat", "Objectif", "Public", "Territoire", "Actions", "Partenaires", "Calendrier", "Moyens")


def _fiche(of: Dossier, rank: int, place: int, axe: Axe, fiche: Fiche) -> Section:
    said = dict(words.fiche_rows(of, axe, fiche))
    lead = ", ".join(filter(None, (fiche.elected_lead, fiche.technical_lead)))
    rows = [(label, _short(" ; ".join(said[label]), MOST_TEXT) or words.BLANK) for label in _ON_SLIDE]
    rows.insert(5, ("Pilotes", _short(lead, MOST_TEXT) or words.BLANK))
    left = Table(f"Fiche {rank}.{place}", ("Rubrique", "Contenu"), tuple(rows), (0.2, 0.8))
    right: list[Printed] = [table for table in (_results(fiche), _funders(fiche)) if table is not None]
    columns: list[tuple[float, Sequence[Printed]]] = [(0.62 if right else 1.0, [left])]
    columns += [(0.38, right)] if right else []
    kicker = f"Fiche {rank}.{place} · {_short(axe.title, 60)} · {fiche.state}"
    return _section(f"fiche_{fiche.id}", kicker, fiche.title, columns, of)


def _results(fiche: Fiche) -> Table | None:
    full = words.fiche_results(fiche)
    if full is None:
        return None
    rows = tuple((_short(label, 60), start, target) for label, _, start, target in full.rows[:4])
    return Table("Indicateurs", ("Indicateur", "Départ", "Cible"), rows, (0.5, 0.25, 0.25), (1, 2))


def _funders(fiche: Fiche) -> Table | None:
    """The budget of a fiche by funder: its lines are in the document."""
    funders = plans.budget_of([fiche]).funders
    if not funders:
        return None
    places = words.cents(fiche.budget)
    groups: list[tuple[str, tuple[str, ...]]] = [
        (_short(funder, 30), (funder,)) for funder in funders[:MOST_FUNDERS]
    ]
    groups += [("Autres", funders[MOST_FUNDERS:])] if len(funders) > MOST_FUNDERS else []
    groups.append(("Total des aides" if plans.only_aid(fiche.budget) else "Total", funders))
    said = tuple(
        (label, plans.total_text((line for line in fiche.budget if line.funder in of), places))
        for label, of in groups
    )
    return Table("Budget", ("Financeur", "Montant"), said, (0.5, 0.5), (1,), total=True)

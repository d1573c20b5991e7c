"""What the page Convention needs: a plan begun from the diagnosis, read as tables, kept while one works."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal, InvalidOperation

import pandas as pd

from diagnostic import french, reference
from diagnostic import plan as plans
from diagnostic.model import DiagnosticError, Finding, Territory
from diagnostic.plan import BudgetLine, Fiche, Plan, Result, Step
from diagnostic.reference import LEVER_THEMES, Lever
from diagnostic.simulation import CrecheProject, Funding, Project, RpeProject

YEARS = 5
_LINE = re.compile(r"\s*(\d{4})\s*[:;,-]\s*(.+)")


def begin(territory: Territory, year: int, perimeter: tuple[str, ...] = ()) -> Plan:
    """An empty plan of five years for the territory, which is made of the communes of `perimeter`."""
    name = french.name(territory)
    title = f"Convention territoriale globale, {name}"[:200]
    return Plan(title, territory.key, name, year, year + YEARS - 1, perimeter=perimeter)


def add_from_gap(plan: Plan, axe_id: str | None, finding: Finding, matches: Iterable) -> Plan:
    """A fiche begun from a gap, in the axis named or in that of its theme."""
    draft = plans.draft_fiche(finding, tuple(matches))
    if axe_id is None:
        plan, axe_id = _axe_of_theme(plan, draft.theme)
    return plans.add_fiche(plan, axe_id, draft)


def add_from_lever(plan: Plan, lever: Lever, reason: str) -> Plan:
    """A fiche begun from a dispositif, and why it is shown, in the axis of its theme."""
    plan, axe_id = _axe_of_theme(plan, lever.theme)
    draft = Fiche("", lever.dispositif, lever.theme, constat=reason, levers=(lever.id,))
    return plans.add_fiche(plan, axe_id, draft)


def theme_of(fiche: Fiche, changes: Mapping, themes: Mapping[str, str]) -> str:
    """The theme of a fiche as it is edited: that of its first lever when it had none, unless one chose another."""
    wanted = changes["theme"]
    if wanted != fiche.theme or fiche.levers or not changes["levers"]:
        return wanted
    return themes.get(changes["levers"][0], wanted)


def _axe_of_theme(plan: Plan, theme: str) -> tuple[Plan, str]:
    """The plan and its axis named after a theme, added where there is none."""
    title = LEVER_THEMES[theme]
    axe = next((axe.id for axe in plan.axes if axe.title == title), None)
    if axe is None:
        plan = plans.add_axe(plan, title)
        axe = plan.axes[-1].id
    return plan, axe


def lines(text: str) -> tuple[str, ...]:
    """One item a line, blanks left out."""
    return tuple(line.strip() for line in text.splitlines() if line.strip())


def steps(text: str) -> tuple[Step, ...]:
    """« 2027 : ouvrir le relais » a line; DiagnosticError names the line to mend."""
    found = []
    for line in lines(text):
        match = _LINE.fullmatch(line)
        if match is None:
            raise DiagnosticError(
                f"« {line} » : écrivez l’année puis l’action, par exemple « 2027 : ouvrir le relais »."
            )
        found.append(Step(int(match[1]), match[2]))
    return tuple(found)


def steps_text(found: Iterable[Step]) -> str:
    return "\n".join(f"{step.year} : {step.action}" for step in found)


AT_BEST = "Si aides au plus haut (€)"
"""The other end of a line, blank where there is one amount."""
BUDGET_COLUMNS = ("Objet", "Financeur", "Année", "Montant (€)", "Nature", AT_BEST)


def budget_frame(found: Iterable[BudgetLine]) -> pd.DataFrame:
    """The lines of a fiche as an editable table."""
    rows = [
        (line.label, line.funder, line.year, float(line.amount), line.nature, _number(line.at_best))
        for line in found
    ]
    return pd.DataFrame(rows, columns=list(BUDGET_COLUMNS))


def budget_lines(frame: pd.DataFrame, before: Iterable[BudgetLine] = ()) -> tuple[BudgetLine, ...]:
    """The edited table as lines; a row without object nor amount is dropped, a half-filled one refused.

    A line that has not changed keeps the row of the scale it comes from.
    """
    rows = {(line.label, line.funder, line.year, line.amount, line.nature): line.amount_id for line in before}
    found = []
    for row in frame[list(BUDGET_COLUMNS)].itertuples(index=False):
        label, funder, year, amount, nature, best = row
        if _blank(label) and _blank(amount):
            continue
        if any(_blank(cell) for cell in row[:-1]):
            raise DiagnosticError(
                "Une ligne du budget est incomplète : remplissez l’objet, le financeur, l’année, le montant et la nature."
            )
        key = (str(label), str(funder), int(year), _cents(amount), str(nature))
        at_best = None if _blank(best) or _cents(best) == key[3] else _cents(best)
        found.append(BudgetLine(*key, amount_id=rows.get(key, ""), at_best=at_best))
    return tuple(found)


def _number(amount: Decimal | None) -> float | None:
    return None if amount is None else float(amount)


def unfinished(frame: pd.DataFrame) -> pd.Series:
    """Which rows of an edited budget are begun and not complete: those that are not kept yet."""
    blank = frame[list(BUDGET_COLUMNS[:-1])].map(_blank)
    begun = ~blank[["Objet", "Montant (€)"]].all(axis=1)
    return begun & blank.any(axis=1)


def results_frame(found: Iterable[Result]) -> pd.DataFrame:
    """The result indicators of a fiche as an editable table."""
    rows = [(r.label, r.unit, r.start, r.start_year, r.target, r.target_year) for r in found]
    return pd.DataFrame(
        rows, columns=["Indicateur", "Unité", "Départ", "Année de départ", "Cible", "Année cible"]
    )


def results(frame: pd.DataFrame, before: Iterable[Result]) -> tuple[Result, ...]:
    """The edited table as result indicators; each keeps its link to the diagnosis and what was typed of it, under
    another name too. A row added under the name of another is a second target of the same indicator."""
    before = tuple(before)
    held = list(before)
    rows = [row for row in frame.itertuples(index=False) if not _blank(row[0])]
    # Rows that kept their name choose first: a name given anew takes what is left.
    links: dict[int, Result] = {}
    for same in (_same_row, _same_name, _same_figures):
        for rank, row in enumerate(rows):
            link = None if rank in links else next((one for one in held if same(one, row)), None)
            if link is not None:
                links[rank] = link
                held.remove(link)
    found = []
    for rank, (label, unit, start, start_year, target, target_year) in enumerate(rows):
        link = links.get(rank) or next((one for one in before if _same_name(one, (label,))), None)
        found.append(
            Result(
                str(label),
                "" if _blank(unit) else str(unit),
                None if _blank(start) else float(start),
                None if _blank(start_year) else int(start_year),
                None if _blank(target) else float(target),
                None if _blank(target_year) else int(target_year),
                link.indicator if link else "",
                link.territory if link else "",
                link.readings if link else (),
                link.formula if link else "",
                link.signed if link else None,
            )
        )
    return tuple(found)


def _same_name(result: Result, row: Sequence) -> bool:
    return result.label == row[0]


def _same_figures(result: Result, row: Sequence) -> bool:
    """Whether a row holds the figures of a result, one at least, whatever its name."""
    held = (result.start, result.start_year, result.target, result.target_year)
    return any(value is not None for value in held) and held == tuple(
        None if _blank(cell) else cell for cell in row[2:]
    )


def _same_row(result: Result, row: Sequence) -> bool:
    return _same_name(result, row) and _same_figures(result, row)


def calendar_table(plan: Plan) -> pd.DataFrame:
    """One row per fiche, one column per year."""
    rows = [
        {"Axe": row.axe, "Fiche": row.title, "État": row.state}
        | {str(year): " ; ".join(done) for year, done in row.steps.items()}
        for row in plans.calendar(plan)
    ]
    return pd.DataFrame(rows)


def budget_table(plan: Plan) -> pd.DataFrame:
    """One row per funder, one column per year, in euros; totals equal to the sum of the lines, the other end of
    the ranges beside them where there is one."""
    whole, best = plans.budget(plan), plans.budget(plan, at_best=True)
    ranged = best.cells != whole.cells
    rows = [
        {"Financeur": funder}
        | {f"{year} (€)": float(whole.amount(year, funder)) for year in whole.years}
        | {"Total (€)": float(whole.by_funder(funder))}
        | ({AT_BEST: float(best.by_funder(funder))} if ranged else {})
        for funder in whole.funders
    ]
    if rows:
        rows.append(
            {"Financeur": "Total"}
            | {f"{year} (€)": float(whole.by_year(year)) for year in whole.years}
            | {"Total (€)": float(whole.total)}
            | ({AT_BEST: float(best.total)} if ranged else {})
        )
    return pd.DataFrame(rows)


def changes_table(changes: Iterable[plans.Change]) -> pd.DataFrame:
    """The figures that have changed since a plan was written: fiche, figure, then, now, by how much."""
    rows = [
        {
            "Fiche": change.title,
            "Chiffre": f"{change.label}, {change.unit}",
            "Dans le plan": _dated(change.printed_before, change.before_year),
            "Aujourd’hui": _dated(change.printed_after, change.after_year),
            "Évolution": change.moved or "inconnue",
        }
        for change in changes
    ]
    return pd.DataFrame(rows)


def _dated(value: str, year: int | None) -> str:
    return value if year is None else f"{value} ({year})"


def completeness_table(plan: Plan, findings: Mapping[str, Finding]) -> pd.DataFrame:
    """Each item of article D. 214-10-1, what fills it or how to fill it."""
    rows = [
        {
            "Rubrique": item.item.item,
            "État": "proposée, à relire" if item.filled else "à\u00a0remplir",
            "Contenu": " ".join(item.sentences),
        }
        for item in plans.schema_completeness(plan, findings.values())
    ]
    return pd.DataFrame(rows)


def _blank(cell: object) -> bool:
    # pandas' own missing value refuses to be compared with anything: it is asked for first.
    return cell is None or cell is pd.NA or cell is pd.NaT or cell == "" or cell != cell


def _cents(amount: object) -> Decimal:
    try:
        return Decimal(str(amount)).quantize(Decimal("0.01"))
    except InvalidOperation as error:
        raise DiagnosticError(f"« {amount} » n’est pas un montant en euros. Corrigez le budget.") from error


def budget_message(plan: Plan) -> str:
    """The total of the plan, as a title."""
    lines = [line for fiche in plan.fiches for line in fiche.budget]
    if not any(plans.ends(lines)):
        return "Aucun montant saisi pour l’instant"
    said = french.capitalised(plans.total_text(lines))
    unknown = plans.without_cost(plan)
    if unknown:
        return (
            f"{said} sur la durée du plan ; coût inconnu pour {french.quantity(unknown, 'fiche', 'fiches')}"
        )
    alone = plans.funded_by_one(plan)
    if not alone:
        return f"{said} sur la durée du plan"
    return f"{said} sur la durée du plan ; {french.quantity(alone, 'fiche n’a', 'fiches n’ont')} qu’un financeur saisi"


def completeness_message(plan: Plan, findings: Mapping[str, Finding]) -> str:
    """How many items of the article are filled, as a title."""
    items = plans.schema_completeness(plan, findings.values())
    filled = sum(item.filled for item in items)
    return (
        f"{french.quantity(filled, 'rubrique', 'rubriques')} sur {french.number(len(items))} "
        f"{french.verb(filled, 'a', 'ont')} un contenu proposé par le diagnostic ou le plan, à relire"
    )


def add_project(plan: Plan, funding: Funding) -> Plan:
    """A fiche for a simulated project in the axis of its theme: works the first year, open the next one."""
    young = isinstance(funding.project, CrecheProject | RpeProject)
    theme = "petite_enfance" if young else "enfance_jeunesse"
    plan, axe = _axe_of_theme(plan, theme)
    opening = min(plan.first_year + 1, plan.last_year)
    budget = plans.budget_lines(funding, works=plan.first_year, opening=opening, last_year=plan.last_year)
    draft = Fiche(
        "",
        funding.project.name,
        theme,
        objective=_aim(funding.project),
        communes=(funding.project.commune,),
        steps=(Step(plan.first_year, "Préparer et financer le projet"), Step(opening, "Ouvrir le service")),
        budget=budget,
        levers=_levers_of(funding),
    )
    return plans.add_fiche(plan, axe, draft)


def _aim(project: Project) -> str:
    if isinstance(project, CrecheProject):
        of = "micro-crèche" if project.micro else "crèche"
        return f"Créer {french.quantity(project.places, f'place de {of}', f'places de {of}')}."
    return ""


def _levers_of(funding: Funding) -> tuple[str, ...]:
    """The dispositifs whose scales the financing of a project uses."""
    levers = {row.id: row.lever for row in reference.amounts()}
    return tuple(dict.fromkeys(levers[line.amount] for line in funding.lines if line.amount in levers))

"""What the files of an action plan say, whatever the file: tables and fields as text, from a Plan.

Every text is cleaned of what no Office file may hold. Money is the exact sum of the lines, printed with
its cents as soon as one of them has some. Nothing is invented: a blank field says that it is to fill.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from diagnostic import french, gazetteer, reference
from diagnostic import plan as plans
from diagnostic.indicators import BY_ID
from diagnostic.model import Level
from diagnostic.plan import Axe, BudgetLine, Fiche, Figure, Plan, Result
from diagnostic.report import Report
from diagnostic.story.about import FICTIONAL, facts
from diagnostic.story.blocks import Cover, Table
from diagnostic.story.words import written_day
from diagnostic.warehouse import Database

BLANK = "À compléter"
ARTICLE = "Article D. 214-10-1 du code de l’action sociale et des familles"
CONFIRM = f"Montants {reference.CONFIRM}."
MOST_YEARS = 6
ROLES = ("territory", "modes_am", "eaje_hors_psu", "other", "domicile", "qpv", "muted")
"""Colours of the funders in a chart, in their order."""
LONGEST = 20_000
"""Characters of a text: a cell of a workbook holds 32,767."""


@dataclass(frozen=True)
class Dossier:
    """A plan with the diagnosis it stands on; `communes` names the INSEE codes that its fiches quote."""

    plan: Plan
    report: Report
    communes: Mapping[str, str] = field(default_factory=dict)

    @property
    def fictional(self) -> bool:
        return self.report.context.fictional


def dossier(plan: Plan, report: Report, db: Database | None = None) -> Dossier:
    """The plan beside today's diagnosis of its territory; without `db` communes keep their codes."""
    codes = {code for fiche in plan.fiches for code in fiche.communes}
    known = gazetteer.index(db).territories if db is not None and codes else {}
    names = {
        code: french.name(known[Level.COMMUNE, code]) for code in codes if (Level.COMMUNE, code) in known
    }
    return Dossier(plan, report, names)


def plain(text: str) -> str:
    """The text as an Office file may hold it: typographic, without control characters, cut where endless."""
    clean = french.office(text.replace("\r\n", "\n").replace("\r", "\n"))
    if len(clean) > LONGEST:
        clean = f"{clean[: LONGEST - 1]}…"
    return french.office(french.typographic(clean))


# --- The whole plan ------------------------------------------------------------------------------


def period(plan: Plan) -> str:
    """ "2027-2031", or the year when there is but one."""
    return french.span(plan.first_year, plan.last_year)


def size(plan: Plan) -> str:
    """ "3 axes et 6 fiches action, 2 947 202 €": the budget only when a line gives it, aids alone called so."""
    axes = french.quantity(len(plan.axes), "axe", "axes")
    fiches = french.quantity(len(plan.fiches), "fiche action", "fiches action")
    return ", ".join(filter(None, (f"{axes} et {fiches}", plans.total_text(lines_of(plan)), no_cost(plan))))


def lines_of(plan: Plan) -> tuple[BudgetLine, ...]:
    """The lines of every fiche."""
    return tuple(line for fiche in plan.fiches for line in fiche.budget)


def no_cost(plan: Plan) -> str:
    """ "coût inconnu pour deux fiches": the fiches whose budget holds nothing but aids; empty without one."""
    alone = plans.without_cost(plan)
    return f"coût inconnu pour {french.quantity(alone, 'fiche', 'fiches')}" if alone else ""


def head(of: Dossier) -> tuple[tuple[str, str], ...]:
    """What, where, when, how much."""
    plan, report = of.plan, of.report
    rows = [
        ("Territoire", french.capitalised(french.name(report.territory, long=True))),
        ("Période", period(plan)),
        ("Plan d’actions", size(plan)),
        ("Édité le", written_day(report.context.date)),
    ]
    if of.fictional:
        rows.insert(0, ("Attention", FICTIONAL))
    return tuple(rows)


def cover(of: Dossier) -> Cover:
    """What opens the document and the slides."""
    plan, report = of.plan, of.report
    name = french.name(report.territory)
    mark = "Territoire fictif · " if of.fictional else ""
    own = head(of)
    told = {label for label, _ in own} | {"Date"}
    rest = [(label, text) for label, text in facts(report) if label not in told]
    return Cover(
        title=plain(plan.title),
        document=plain(f"Plan d’actions : {plan.title}")[:250],
        lines=("Plan d’actions de la convention territoriale globale", f"{period(plan)} · {size(plan)}"),
        small=(
            french.capitalised(french.name(report.territory, long=True)),
            f"Édité le {written_day(report.context.date)}",
        ),
        notice=FICTIONAL if of.fictional else "",
        footer=plain(f"{mark}{name if len(name) <= 80 else f'{name[:79]}…'} · plan d’actions {period(plan)}"),
        facts=tuple((label, plain(text)) for label, text in (*own, *rest)),
    )


def axe_title(rank: int, axe: Axe) -> str:
    """ "Axe 1. Accueillir"."""
    return f"Axe {rank}. {axe.title}"


def governance(plan: Plan) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Who decides, who prepares, how often, who coordinates and how one evaluates."""
    held = plan.governance
    return (
        ("Comité de pilotage", held.copil),
        ("Rythme du comité de pilotage", _one(held.copil_rhythm)),
        ("Comité technique", held.cotech),
        ("Rythme du comité technique", _one(held.cotech_rhythm)),
        ("Coordination", _one(held.coordination)),
        ("Évaluation", _one(held.evaluation)),
    )


def _one(text: str) -> tuple[str, ...]:
    return (text,) if text.strip() else ()


def overview(plan: Plan) -> Table:
    """One row per fiche: axis, title, who leads, state, budget."""
    lines = lines_of(plan)
    places = cents(lines)
    rows = [
        (
            f"{rank}. {axe.title}" if place == 1 else "",
            f"{rank}.{place}. {fiche.title}",
            ", ".join(filter(None, (fiche.elected_lead, fiche.technical_lead))) or BLANK,
            str(fiche.state),
            plans.total_text(fiche.budget, places) or BLANK,
        )
        for rank, axe in enumerate(plan.axes, 1)
        for place, fiche in enumerate(axe.fiches, 1)
    ]
    if rows and lines:
        rows.append(("Total", "", "", "", plans.total_text(lines, places)))
    header = ("Axe", "Fiche action", "Pilotes", "État", "Budget")
    return Table(
        "Les fiches action", header, tuple(rows), (0.22, 0.34, 0.18, 0.11, 0.15), (4,), total=bool(lines)
    )


def signatories(of: Dossier) -> tuple[str, ...]:
    """Who signs as a rule: the collectivité, the Caf, then the other public funders of the plan."""
    public = {"État": "l’État", "Département": "le Département", "MSA": "la MSA"}
    funders = plans.budget(of.plan).funders
    others = [said for name, said in public.items() if name in funders]
    return (french.the(of.report.territory, long=True), "la Caisse d’allocations familiales", *others)


# --- A fiche -------------------------------------------------------------------------------------


def fiche_rows(of: Dossier, axe: Axe, fiche: Fiche) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Every field of a fiche but its budget and its indicators: label, lines; no line where it is blank."""
    return (
        ("Axe", _one(axe.title)),
        ("Thème", (reference.LEVER_THEMES[fiche.theme],)),
        ("État d’avancement", (french.capitalised(str(fiche.state)),)),
        ("Constat", _one(fiche.constat)),
        ("Chiffres du constat", tuple(figure_text(one) for one in fiche.figures)),
        ("Objectif", _one(fiche.objective)),
        ("Public", _one(fiche.public)),
        ("Territoire", where(of, fiche)),
        ("Actions", fiche.actions),
        ("Élu référent", _one(fiche.elected_lead)),
        ("Pilote technique", _one(fiche.technical_lead)),
        ("Partenaires", fiche.partners),
        ("Calendrier", tuple(f"{step.year} : {step.action}" for step in fiche.steps)),
        ("Moyens", _one(fiche.means)),
        ("Dispositifs mobilisés", lever_names(fiche)),
        ("Rubriques du schéma pluriannuel", schema_names(fiche)),
    )


def where(of: Dossier, fiche: Fiche) -> tuple[str, ...]:
    """Places in words, then the communes by name."""
    named = [of.communes.get(code, f"commune {code}") for code in fiche.communes]
    return (*_one(fiche.territory), *_one(french.listing(named)))


def lever_names(fiche: Fiche) -> tuple[str, ...]:
    """The dispositifs of a fiche; one that the table no longer knows keeps its number."""
    known = {lever.id: lever.dispositif for lever in reference.levers()}
    return tuple(known.get(lever, lever) for lever in fiche.levers)


def schema_names(fiche: Fiche) -> tuple[str, ...]:
    """The items of the article that a fiche answers."""
    known = {item.id: f"{item.rank}. {item.item}" for item in reference.schema_items()}
    return tuple(known.get(item, item) for item in fiche.schema)


def figure_text(figure: Figure) -> str:
    """ "Taux de couverture : 45,2 places pour 100 enfants (2023)"; unknown is said so."""
    declared = BY_ID.get(figure.indicator)
    label = declared.label if declared else figure.indicator
    year = f" ({figure.year})" if figure.year is not None else ""
    if figure.value is None:
        return f"{label} : inconnu{year}"
    return f"{label} : {french.number(figure.value, decimals_of(figure.indicator, figure.value))} {figure.unit}{year}"


def value_text(result: Result, value: float | None, year: int | None) -> str:
    """A value of a result indicator with its year, "—" when unknown."""
    said = french.number(value, decimals_of(result.indicator, value))
    return said if value is None or year is None else f"{said} ({year})"


def decimals_of(indicator: str, value: float | None) -> int:
    """How many decimals a reader sees of a value of that indicator (one of ours, or "" for a typed one)."""
    if indicator in BY_ID:
        return BY_ID[indicator].decimals
    return 0 if value is None or float(value).is_integer() else 1


def fiche_budget(fiche: Fiche) -> Table | None:
    """The lines of a fiche and their sum; None without a line."""
    if not fiche.budget:
        return None
    places = cents(fiche.budget)
    rows = [
        (line.label, line.funder, str(line.year), line.nature, plans.total_text([line], places))
        for line in fiche.budget
    ]
    total = "Total des aides, coût inconnu" if plans.only_aid(fiche.budget) else "Total"
    rows.append((total, "", "", "", plans.total_text(fiche.budget, places)))
    header = ("Objet", "Financeur", "Année", "Nature", "Montant")
    return Table("Budget", header, tuple(rows), (0.4, 0.17, 0.09, 0.17, 0.17), (4,), total=True)


def fiche_results(fiche: Fiche) -> Table | None:
    """The result indicators of a fiche: start and target; None without one."""
    if not fiche.results:
        return None
    rows = tuple(
        (
            result.label,
            result.unit,
            value_text(result, result.start, result.start_year),
            value_text(result, result.target, result.target_year) if result.target is not None else BLANK,
        )
        for result in fiche.results
    )
    header = ("Indicateur de résultat", "Unité", "Départ", "Cible")
    return Table("Indicateurs de résultat", header, rows, (0.38, 0.3, 0.16, 0.16), (2, 3))


# --- Calendar and budget -------------------------------------------------------------------------


def year_groups(years: Sequence[int], most: int = MOST_YEARS) -> tuple[tuple[int, ...], ...]:
    """The years in even groups that fit the width of a page."""
    count = max(1, -(-len(years) // most))
    size = -(-len(years) // count) if years else 1
    return tuple(tuple(years[start : start + size]) for start in range(0, len(years), size))


def calendar(plan: Plan) -> tuple[Table, ...]:
    """Fiches over the years, those that have a step in them; a long plan takes several tables."""
    rows = plans.calendar(plan)
    years = sorted({year for row in rows for year in row.steps}) if rows else []
    tables = []
    for group in year_groups(years):
        share = 0.7 / len(group)
        dated = [row for row in rows if any(row.steps[year] for year in group)]
        if dated:
            tables.append(
                Table(
                    f"Calendrier, {french.span(group[0], group[-1])}",
                    ("Fiche action", *(str(year) for year in group)),
                    tuple((row.title, *(" ; ".join(row.steps[year]) for year in group)) for row in dated),
                    (0.3, *[share] * len(group)),
                )
            )
    return tuple(tables)


def undated(plan: Plan) -> str:
    """The fiches that no year of the calendar has, named; "" where each has its steps."""
    without = [row.title for row in plans.calendar(plan) if not any(row.steps.values())]
    return f"Étapes à dater : {' ; '.join(without)}." if without else ""


def budget(plan: Plan) -> tuple[Table, ...]:
    """Euros by funder and year, with totals; a long plan takes several tables, the last with the total."""
    whole, best = plans.budget(plan), plans.budget(plan, at_best=True)
    if not whole.funders:
        return ()
    places = cents(lines_of(plan))
    groups = year_groups(whole.years, MOST_YEARS - 1)
    tables = []
    for group in groups:
        last = group is groups[-1]
        rows = [
            (
                funder,
                *(_cell(whole.amount(year, funder), best.amount(year, funder), places) for year in group),
            )
            + (
                (french.euros_between(whole.by_funder(funder), best.by_funder(funder), places),)
                if last
                else ()
            )
            for funder in whole.funders
        ]
        sums = (french.euros_between(whole.by_year(year), best.by_year(year), places) for year in group)
        every = (french.euros_between(whole.total, best.total, places),) if last else ()
        rows.append(("Total des aides" if plans.only_aid(lines_of(plan)) else "Total", *sums, *every))
        count = len(group) + last
        tables.append(
            Table(
                f"Budget par financeur, {french.span(group[0], group[-1])}",
                ("Financeur", *(str(year) for year in group), *(("Total",) if last else ())),
                tuple(rows),
                (0.2, *[0.8 / count] * count),
                tuple(range(1, count + 1)),
                total=True,
            )
        )
    return tuple(tables)


def _cell(low: Decimal, high: Decimal, places: int) -> str:
    """A funder who brings nothing in a year leaves the cell empty: it is a plan's zero, not an unknown."""
    return french.euros_between(low, high, places) if low or high else ""


def cents(lines: Iterable[BudgetLine]) -> int:
    """Decimals of the amounts of these lines, shown together."""
    return plans.cents(amount for line in lines for amount in (line.amount, line.best))


def natures(plan: Plan) -> tuple[tuple[str, str], ...]:
    """The budget by nature: each with the sum of its lines, "0 €" without one."""
    return tuple(
        (
            french.capitalised(nature),
            plans.total_text(line for line in lines_of(plan) if line.nature == nature) or french.euros(0),
        )
        for nature in plans.NATURES
    )


# --- The law, the sources ------------------------------------------------------------------------


def schema(of: Dossier) -> tuple[plans.Completeness, ...]:
    """Each item of article D. 214-10-1, filled or blank."""
    return plans.schema_completeness(of.plan, of.report.findings.values())


def schema_message(items: Sequence[plans.Completeness]) -> str:
    """How many items are filled."""
    filled = sum(item.filled for item in items)
    return (
        f"{french.quantity(filled, 'rubrique', 'rubriques')} sur {french.number(len(items))} "
        f"{french.verb(filled, 'a', 'ont')} un contenu proposé, à relire"
    )


def schema_table(of: Dossier) -> Table:
    """The items with what fills them, or what to do."""
    rows = tuple(
        (
            f"{item.item.rank}. {item.item.item}",
            "proposée, à relire" if item.filled else "à remplir",
            "\n".join(item.sentences),
        )
        for item in schema(of)
    )
    return Table("Schéma pluriannuel", ("Rubrique", "État", "Contenu"), rows, (0.3, 0.12, 0.58))


def scale_rows(lines: Iterable[BudgetLine]) -> tuple[tuple[str, str, str, str], ...]:
    """The rows of the aid scales behind the lines: label, amount's unit, year, source."""
    known = {row.id: row for row in reference.amounts()}
    used = dict.fromkeys(line.amount_id for line in lines if line.amount_id in known)
    return tuple((known[id].label, known[id].unit, str(known[id].year), known[id].source) for id in used)


def sources(of: Dossier) -> tuple[tuple[str, str, str, str], ...]:
    """Everything that the plan rests on: kind, title, year, producer or reference."""
    quoted = {figure.indicator for fiche in of.plan.fiches for figure in fiche.figures}
    quoted |= {result.indicator for fiche in of.plan.fiches for result in fiche.results}
    asked = {id for item in reference.schema_items() for id in item.findings}
    ids = {
        source
        for name in (quoted | asked) & set(of.report.findings)
        for source in of.report.findings[name].sources
    }
    data = [
        ("Données", line.title, line.vintage, line.producer) for line in of.report.sources if line.id in ids
    ]
    lines = lines_of(of.plan)
    scales = [("Barème", label, year, source) for label, _, year, source in scale_rows(lines)]
    law = [("Loi", ARTICLE, "2025", "Décret n° 2025-253 du 20 mars 2025")]
    return tuple(dict.fromkeys((*data, *scales, *law)))

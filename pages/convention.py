"""Convention: axes and fiches composed from the gaps, calendar, budget, legal completeness, files to keep."""

from diagnostic.plan import composing
from diagnostic.story import projects as acting
from diagnostic.ui import (
    asked,
    components,
    frame,
    plan_fiches,
    plan_keeping,
    plan_panel,
    render,
    tables,
    takeaway,
)

PAGE = {"title": "Convention", "group": "Agir", "order": 3}

report = frame.open_page("convention")
db = asked.database()
plan = plan_keeping.shown(report)
render.signing(report)
components.section(
    "Convention", plan_panel.message(plan), "Des écarts aux actions : axes, fiches, calendrier, budget"
)
plan_panel.file_controls(report, plan)
components.section(
    "Depuis le diagnostic",
    "Commencer une fiche à partir d’un écart",
    "Le constat et l’indicateur de résultat sont repris du diagnostic",
)
plan_panel.from_gaps(report, plan)
components.section("Plan d’actions", "Axes et fiches", "Chaque fiche s’ouvre et se modifie")
plan_fiches.axes(report, plan, acting.communes_of(db, report.territory))
plan = plan_keeping.shown(report)
if plan.fiches:
    components.section("Calendrier", "Ce qui se fait chaque année")
    tables.table(composing.calendar_table(plan))
    components.section(
        "Budget",
        composing.budget_message(plan),
        "Par financeur et par année ; montants à confirmer avec votre conseiller Caf",
    )
    if len(composing.budget_table(plan)):
        tables.table(composing.budget_table(plan), decimals=2)
        around = takeaway.Around(
            composing.budget_message(plan), "Par financeur et par année", "Source : plan d’actions en cours."
        )
        takeaway.actions("budget", composing.budget_table(plan), around, report=report)
components.section("Gouvernance", "Qui décide, qui prépare, qui évalue")
plan_panel.governance(plan)
components.section(
    "Schéma pluriannuel",
    composing.completeness_message(plan, report.findings),
    "Article D. 214-10-1 du code de l’action sociale et des familles ; une fiche remplit aussi la rubrique qu’elle coche",
)
tables.table(composing.completeness_table(plan, report.findings))
if plan.axes:
    components.section(
        "Emporter", "Le plan, prêt à relire et à signer", "Préparé au moment du clic, avec ses sources"
    )
    plan_panel.files(report, plan, db)
plan_keeping.settle(report)

"""The files of a plan: whole, typed, adding up, and fit for any text."""

from __future__ import annotations

import io
import re
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import docx
import openpyxl
import pptx
import pytest

from diagnostic import exports, reference, report
from diagnostic import plan as plans
from diagnostic.exports import convention
from diagnostic.exports.convention import slides
from diagnostic.plan import BudgetLine, Fiche, Figure, Governance, Plan, Result, Stake, Step
from diagnostic.story import convention as words
from diagnostic.warehouse import open_database

PLACE = "epci:999001002"
SHEETS = ["Plan", "Fiches", "Calendrier", "Budget", "Budget par année", "Indicateurs", "Schéma", "Sources"]
TRICKS = (
    "=1+1",
    "+33 5 56",
    "-une action",
    "@tous",
    "\x0bonglet\x00",
    "a\ud800b",
    "collé\x0bde Word\ufffe",
    "<b>gras</b>",
    "x" * 40_000,
)
NEVER = re.compile(r"\b(nan|None|NaT|inf)\b")


@pytest.fixture(scope="module")
def diagnosis(demo_db: Path):
    return report.build(open_database(demo_db), PLACE)


@pytest.fixture(scope="module")
def empty(diagnosis):
    return convention.dossier(Plan("Ctg 2027-2030", PLACE, "CA", 2027, 2030), diagnosis)


def fiche(number: int = 0, **options) -> Fiche:
    return Fiche(
        **(
            {
                "id": "",
                "title": f"Ouvrir une crèche {number}",
                "constat": "Trop peu de places",
                "figures": (Figure("taux_couverture", PLACE, None, "places", None),),
                "objective": "Rejoindre le département",
                "communes": ("F1001", "99999"),
                "actions": ("Étude", "Travaux"),
                "elected_lead": "Mme Dupont",
                "steps": (Step(2027, "Étude"), Step(2029, "Ouverture")),
                "budget": (
                    BudgetLine("Piaje", "Caf", 2028, Decimal(340_000), "investissement", "piaje_place_2024"),
                    BudgetLine("Reste", "Collectivité", 2028, Decimal("260000.50"), "investissement"),
                    BudgetLine("Psu", "Caf", 2029, Decimal("118400.25")),
                ),
                "results": (Result("Places", "places", None, None, 60.5, 2030),),
                "levers": ("D14",),
                "schema": ("metiers",),
            }
            | options
        )
    )


def plan_of(count: int, **options) -> Plan:
    plan = plans.add_axe(
        Plan("Ctg 2027-2030", PLACE, "CA", 2027, 2030), "Accueillir", stake="Un accueil pour tous"
    )
    for number in range(count):
        plan = plans.add_fiche(plan, plan.axes[0].id, fiche(number, **options))
    return replace(plan, governance=Governance(copil=("Le maire", "La Caf")))


def document_text(data: bytes) -> str:
    made = docx.Document(io.BytesIO(data))
    cells = [cell.text for table in made.tables for cell in table._cells]
    return "\n".join([*(paragraph.text for paragraph in made.paragraphs), *cells])


def slides_text(data: bytes) -> str:
    said = []
    for slide in pptx.Presentation(io.BytesIO(data)).slides:
        for shape in slide.shapes:
            if shape.has_text_frame:
                said.append(shape.text_frame.text)
            if shape.has_table:
                said += [cell.text for row in shape.table.rows for cell in row.cells]
    return "\n".join(said)


def book(data: bytes):
    return openpyxl.load_workbook(io.BytesIO(data))


def cells_of(sheet) -> list:
    return [cell for row in sheet.iter_rows() for cell in row if cell.value is not None]


def plain(text: str) -> str:
    return re.sub(r"[\u00a0\u202f]", " ", text)


# --- Everything is there ---------------------------------------------------------------------------


def test_the_document_holds_every_field_of_a_fiche(diagnosis, demo_db):
    of = convention.dossier(plan_of(1), diagnosis, open_database(demo_db))
    text = plain(document_text(convention.build(of, "docx")))
    for label, _ in words.fiche_rows(of, of.plan.axes[0], of.plan.fiches[0])[1:]:
        assert label in text
    for said in (
        "Axe 1. Accueillir",
        "Un accueil pour tous",
        "Fiche 1.1. Ouvrir une crèche 0",
        "Trop peu de places",
        "2027 : Étude",
        "Mme Dupont",
        "Le maire",
        "260 000,50 €",
        "718 400,75 €",  # 340 000 + 260 000,50 + 118 400,25
        "4 b. Emplois et compétences",
        "commune 99999",
        "Pour la Caisse d’allocations familiales",
    ):
        assert said in text, said
    assert "commune F1001" not in text  # the database names it


def test_every_item_of_the_law_is_in_each_file_filled_or_to_fill(empty, diagnosis):
    of = convention.dossier(plan_of(1), diagnosis)
    for dossier in (empty, of):
        text = plain(document_text(convention.build(dossier, "docx")))
        sheet = book(convention.build(dossier, "xlsx"))["Schéma"]
        rows = [row for row in sheet.iter_rows(min_row=5, values_only=True) if row[0]]
        assert len(rows) == len(reference.schema_items())
        for item in reference.schema_items():
            assert f"{item.rank}. {item.item}" in text
        assert all(state in ("proposée, à relire", "à remplir") and content for _, state, content in rows)
    filled = {item.item.id for item in words.schema(of) if item.filled}
    assert {"maintien", "metiers", "investissements", "couts", "calendrier", "evaluation", "zones"} <= filled


def test_the_workbook_has_its_sheets_and_its_sources(diagnosis):
    made = book(convention.build(convention.dossier(plan_of(2), diagnosis), "xlsx"))
    assert made.sheetnames == SHEETS
    said = " ".join(str(cell.value) for cell in cells_of(made["Sources"]))
    row = next(row for row in reference.amounts() if row.id == "piaje_place_2024")
    assert row.label in said and str(row.year) in said and "D. 214-10-1" in said


def test_the_deck_has_a_native_chart_and_native_tables_and_no_picture(diagnosis):
    made = pptx.Presentation(io.BytesIO(convention.build(convention.dossier(plan_of(2), diagnosis), "pptx")))
    shapes = [shape for slide in made.slides for shape in slide.shapes]
    (chart,) = (shape.chart for shape in shapes if shape.has_chart)
    by_name = {series.name: tuple(series.values) for series in chart.plots[0].series}
    years = list(chart.plots[0].categories)
    # In thousands of euros: two fiches of 340 000 € in 2028 and 118 400,25 € in 2029.
    assert by_name["Caf"][years.index("2028")] == 2 * 340
    assert by_name["Caf"][years.index("2029")] == pytest.approx(2 * 118.40025)
    assert sum(shape.has_table for shape in shapes) >= 5
    assert not any(shape.shape_type == 13 for shape in shapes)


def test_the_plan_joins_the_deck_of_the_diagnosis(diagnosis):
    of = convention.dossier(plan_of(1), diagnosis)
    alone = slides_text(exports.export(diagnosis, "pptx"))
    joined = slides_text(exports.export(diagnosis, "pptx", extra=convention.sections(of)))
    assert "Ouvrir une crèche 0" in joined and "Ouvrir une crèche 0" not in alone
    assert "Premier financeur, Caf" in joined


# --- Money -----------------------------------------------------------------------------------------


def test_the_budget_of_the_workbook_is_typed_and_its_totals_are_sums_of_its_lines(diagnosis):
    data = convention.build(convention.dossier(plan_of(3), diagnosis), "xlsx")
    lines, formulas = book(data)["Budget"], cells_of(book(data)["Budget"])
    amounts = [cell.value for cell in lines["G"][4:] if isinstance(cell.value, int | float)]
    assert sorted(amounts) == sorted(3 * [340_000, 260_000.5, 118_400.25])
    assert [cell.value for cell in formulas if str(cell.value).startswith("=")] == [
        "=SUM($G$5:$G$13)",
        "=SUM($H$5:$H$13)",
    ]
    shown = openpyxl.load_workbook(io.BytesIO(data), data_only=True)
    total = 3 * (Decimal(340_000) + Decimal("260000.50") + Decimal("118400.25"))
    assert shown["Budget"]["G15"].value == float(total)
    by_year = shown["Budget par année"]
    rows = {row[0]: row[1:] for row in by_year.iter_rows(min_row=5, max_row=7, values_only=True)}
    assert rows["Caf"] == (0, 3 * 340_000, 3 * 118_400.25, 0, 3 * (340_000 + 118_400.25))
    assert rows["Total"][-1] == float(total)


def test_an_aid_whose_cost_is_unknown_is_a_range_of_aid_in_every_file(diagnosis):
    """A crèche of 20 places in a quartier prioritaire: 148 000 to 520 000 € of aid were « 356 000 € »."""
    aid = BudgetLine(
        "Piaje", "Caf", 2028, Decimal(148_000), "investissement", "piaje_place_2024", Decimal(520_000)
    )
    of = convention.dossier(plan_of(1, budget=(aid,)), diagnosis)
    said = "de 148 000 à 520 000 € d’aide"
    text, shown = (
        plain(document_text(convention.build(of, "docx"))),
        plain(slides_text(convention.build(of, "pptx"))),
    )
    assert said in text and said in shown
    assert "Total des aides, coût inconnu" in text and "coût inconnu pour 1 fiche" in text
    assert not re.search(r"(?i)(coût|budget|total)( de| :)? (148|520|334|356) 000", text + shown)
    lines = book(convention.build(of, "xlsx"))["Budget"]
    assert (lines["G5"].value, lines["H5"].value) == (148_000, 520_000)


def test_a_known_cost_is_one_number_whatever_its_aids(diagnosis):
    aid = BudgetLine(
        "Piaje", "Caf", 2028, Decimal(148_000), "investissement", "piaje_place_2024", Decimal(520_000)
    )
    rest = BudgetLine("Reste", "Collectivité", 2028, Decimal(452_000), "investissement", "", Decimal(80_000))
    (table,) = words.budget(plan_of(1, budget=(aid, rest)))
    assert [plain(row[2]) for row in table.rows] == [
        "de 148 000 à 520 000 €",
        "de 80 000 à 452 000 €",
        "600 000 €",
    ]
    assert plain(words.size(plan_of(1, budget=(aid, rest)))).endswith(", 600 000 €")


def test_printed_amounts_have_their_cents_as_soon_as_one_has_some(diagnosis):
    (table,) = words.budget(plan_of(1))
    assert [plain(cell) for cell in table.rows[-1][1:]] == [
        "0,00 €",
        "600 000,50 €",
        "118 400,25 €",
        "0,00 €",
        "718 400,75 €",
    ]


def test_small_funders_are_counted_together_and_nothing_is_lost():
    lines = tuple(BudgetLine("x", f"Financeur {i}", 2028, Decimal(100_000 * (i + 1))) for i in range(12))
    whole = plans.budget(plan_of(1, budget=lines))
    chart = slides.stacked(whole)
    assert len(chart.series) == len(chart.roles) == len(words.ROLES) and chart.series[-1] == "Autres"
    parts = [value for _, values, _ in chart.rows for value in values if value is not None]
    assert sum(parts) == pytest.approx(float(whole.total) / 1_000)


# --- Any plan --------------------------------------------------------------------------------------


@pytest.mark.parametrize("format", list(convention.FORMATS))
@pytest.mark.parametrize("count", [0, 100])
def test_a_plan_of_no_fiche_and_of_a_hundred_are_written(diagnosis, count, format):
    of = convention.dossier(plan_of(count), diagnosis)
    data = convention.build(of, format)
    if format == "docx":
        text = document_text(data)
    elif format == "pptx":
        text = slides_text(data)
    else:
        text = "\n".join(str(cell.value) for sheet in book(data) for cell in cells_of(sheet))
    assert not NEVER.search(text)
    assert "Territoire fictif" in text


@pytest.mark.parametrize("trick", TRICKS)
def test_no_text_breaks_a_file_or_becomes_a_formula(diagnosis, trick):
    plan = plan_of(
        1,
        title=trick,
        objective=trick,
        actions=(trick,),
        public=trick,
        steps=(Step(2027, trick),),
        budget=(BudgetLine(trick, trick, 2027, Decimal(1)),),
        results=(Result(trick, trick, 1.0, 2020, 2.0, 2030),),
    )
    stake = Stake("E1", trick, "petite_enfance", trick, fiches=(plan.axes[0].fiches[0].id,))
    plan = replace(plan, title=trick, governance=Governance(copil=(trick,)), stakes=(stake,))
    of = convention.dossier(plan, diagnosis)
    for format in ("docx", "pptx"):
        assert convention.build(of, format)
    made = book(convention.build(of, "xlsx"))
    formulas = [cell for sheet in made for cell in cells_of(sheet) if cell.data_type == "f"]
    assert all(cell.value.startswith(("=SUM(", "=SUMPRODUCT(")) for cell in formulas)
    assert made["Fiches"]["A5"].data_type == "s"
    said = made["Fiches"]["A5"].value
    assert said and said[:4] == words.plain(trick)[:4] and len(said) <= 32_767


def test_a_plan_over_many_years_takes_several_tables_and_loses_none():
    plan = plans.edit_plan(plan_of(1), last_year=2040)
    tables = words.budget(plan)
    years = [year for table in tables for year in table.header if year.isdecimal()]
    assert years == [str(year) for year in range(2027, 2041)]
    assert all(len(table.header) <= words.MOST_YEARS + 1 for table in tables)


def test_a_fiche_without_a_date_has_no_empty_row_in_the_calendar_and_is_named_below(diagnosis):
    plan = plan_of(1)
    plan = plans.add_fiche(plan, plan.axes[0].id, fiche(1, steps=()))
    (table,) = words.calendar(plan)
    assert [row[0] for row in table.rows] == ["Ouvrir une crèche 0"] and all(
        any(row[1:]) for row in table.rows
    )
    text = plain(document_text(convention.build(convention.dossier(plan, diagnosis), "docx")))
    assert "Étapes à dater : Ouvrir une crèche 1." in text
    assert words.calendar(plan_of(2, steps=())) == () and words.undated(plan_of(2)) == ""
    # Over ten years, a step of the last ones leaves no row in the table of the first.
    late = plans.edit_plan(plan_of(1, steps=(Step(2040, "Bilan"),)), last_year=2040)
    assert [[any(row[1:]) for row in made.rows] for made in words.calendar(late)] == [[True]]

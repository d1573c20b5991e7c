"""The action plan: composed, kept in a file, compared with today, held against the law."""

from __future__ import annotations

import json
from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from diagnostic import plan as plans
from diagnostic import reference
from diagnostic.levers import match
from diagnostic.model import Comparator, DiagnosticError, Finding, Status
from diagnostic.plan import BudgetLine, Fiche, Figure, Governance, Plan, Result, State, Step
from diagnostic.simulation import CrecheProject, fund

PLACE = "epci:200000001"


def empty():
    return Plan("Ctg 2027-2030", PLACE, "CC du Val", 2027, 2030)


def creche_fiche(**options):
    return Fiche(
        **(
            {
                "id": "",
                "title": "Ouvrir une crèche de 20 places",
                "objective": "Rejoindre la couverture nationale",
                "communes": ("01004", "2A004"),
                "steps": (Step(2027, "Étude"), Step(2028, "Travaux")),
                "budget": (
                    BudgetLine("Aide à l’investissement", "Caf", 2028, Decimal(340_000), "investissement"),
                    BudgetLine(
                        "Reste à financer", "Collectivité", 2028, Decimal("260000.50"), "investissement"
                    ),
                    BudgetLine("Psu", "Caf", 2029, Decimal(118_400)),
                ),
                "results": (
                    Result("Taux de couverture", "places", 45.2, 2023, 60.9, 2030, "taux_couverture", PLACE),
                ),
                "figures": (Figure("taux_couverture", PLACE, 45.2, "places", 2023),),
            }
            | options
        )
    )


def composed():
    """Two axes; the first holds the crèche and a Laep, the second a youth worker."""
    plan = plans.add_axe(plans.add_axe(empty(), "Accueillir"), "Grandir")
    first, second = (axe.id for axe in plan.axes)
    plan = plans.add_fiche(plan, first, creche_fiche())
    plan = plans.add_fiche(plan, first, Fiche("", "Ouvrir un Laep", "parentalite"))
    return plans.add_fiche(plan, second, "Recruter un animateur")


def titles(plan):
    return [[fiche.title for fiche in axe.fiches] for axe in plan.axes]


def coverage(value, **options):
    status = Status.OK if value is not None else Status.MISSING
    return Finding("taux_couverture", PLACE, value, status, 2024, **options)


# --- Composing -----------------------------------------------------------------------------------


def test_fiches_stand_in_their_axes_in_the_order_they_were_added():
    assert titles(composed()) == [
        ["Ouvrir une crèche de 20 places", "Ouvrir un Laep"],
        ["Recruter un animateur"],
    ]


def test_an_operation_leaves_the_plan_it_was_given():
    plan = composed()
    before = plans.to_json(plan)
    identifier = plan.fiches[0].id
    plans.edit_fiche(plan, identifier, title="Autre")
    plans.remove_fiche(plan, identifier)
    plans.remove_axe(plan, plan.axes[0].id)
    assert plans.to_json(plan) == before


def test_a_fiche_is_edited_duplicated_moved_and_removed():
    plan = composed()
    creche_id, laep_id, _ = (fiche.id for fiche in plan.fiches)
    plan = plans.edit_fiche(plan, laep_id, title="Laep itinérant", state=State.STARTED)
    plan = plans.duplicate_fiche(plan, laep_id)
    assert titles(plan)[0][1:] == ["Laep itinérant", "Laep itinérant (copie)"]
    plan = plans.move_fiche(plan, laep_id, position=0)
    assert titles(plan)[0][0] == "Laep itinérant"
    plan = plans.move_fiche(plan, creche_id, position=99, axe_id=plan.axes[1].id)
    assert titles(plan)[1] == ["Recruter un animateur", "Ouvrir une crèche de 20 places"]
    plan = plans.remove_fiche(plan, laep_id)
    assert titles(plan)[0] == ["Laep itinérant (copie)"]


def test_an_axis_is_renamed_moved_and_removed_with_its_fiches():
    plan = composed()
    second = plan.axes[1].id
    plan = plans.move_axe(plans.edit_axe(plan, second, title="Jeunesse"), second, 0)
    assert [axe.title for axe in plan.axes] == ["Jeunesse", "Accueillir"]
    assert titles(plans.remove_axe(plan, second)) == [["Ouvrir une crèche de 20 places", "Ouvrir un Laep"]]


def test_an_id_is_never_given_twice():
    plan = composed()
    last = plan.fiches[-1].id
    plan = plans.add_fiche(plans.remove_fiche(plan, last), plan.axes[0].id, "Nouvelle")
    assert last not in {fiche.id for fiche in plan.fiches}


@pytest.mark.parametrize(
    "wrong",
    [
        lambda plan: plans.edit_fiche(plan, "F99", title="x"),
        lambda plan: plans.add_fiche(plan, "A99", "x"),
        lambda plan: plans.edit_fiche(plan, plan.fiches[0].id, id="F1"),
        lambda plan: plans.edit_fiche(plan, plan.fiches[0].id, couleur="rouge"),
        lambda plan: plans.edit_fiche(plan, plan.fiches[0].id, theme="astronomie"),
        lambda plan: plans.edit_plan(plan, last_year=2020),
        lambda plan: BudgetLine("Psu", "Caf", 2028, Decimal("NaN")),
        lambda plan: BudgetLine("Psu", "Caf", 2028, Decimal("0.001")),
        lambda plan: BudgetLine("Psu", "Caf", 2028, Decimal(-1)),
        lambda plan: BudgetLine("Psu", "Caf", 2028, 12.5),
        lambda plan: Step(28, "Étude"),
        lambda plan: Result("Places", start_year=-1),
        lambda plan: Result("Places", start_year=0),
        lambda plan: Result("Places", target_year=20260),
        lambda plan: Figure("taux", plan.territory, 12.0, "%", 26),
        lambda plan: plans.Passage("0026-11-25", State.DONE),
    ],
)
def test_what_makes_no_sense_is_refused_in_a_sentence(wrong):
    with pytest.raises(DiagnosticError):
        wrong(composed())


def test_half_a_character_is_refused_with_its_place():
    text = plans.to_json(composed()).replace("Étude", "\\ud800tude")
    with pytest.raises(DiagnosticError, match=r"steps\[1\].action : un caractère est illisible"):
        plans.from_json(text)


def test_a_file_heavier_than_any_plan_is_refused_before_it_is_read():
    with pytest.raises(DiagnosticError, match="Mo"):
        plans.from_json(" " * (plans.HEAVIEST + 1))


# --- Budget and calendar -------------------------------------------------------------------------


def test_the_budget_adds_up_by_year_and_by_funder():
    budget = plans.budget(composed())
    assert budget.amount(2028, "Caf") == 340_000 and budget.amount(2030, "Caf") == 0
    assert budget.by_year(2028) == 340_000 + Decimal("260000.50")
    assert budget.by_funder("Caf") == 340_000 + 118_400
    assert budget.total == 340_000 + Decimal("260000.50") + 118_400
    assert budget.years == (2027, 2028, 2029, 2030)


def test_investment_and_running_costs_are_told_apart():
    plan = composed()
    parts = [plans.budget(plan, nature=nature).total for nature in plans.NATURES]
    assert parts == [340_000 + Decimal("260000.50"), 118_400]


def test_an_empty_plan_has_an_empty_budget_and_calendar():
    budget = plans.budget(empty())
    assert (budget.total, budget.funders, budget.years) == (0, (), (2027, 2028, 2029, 2030))
    assert plans.calendar(empty()) == () and plans.compare_with(empty(), [coverage(50.0)]) == ()
    assert plans.from_json(plans.to_json(empty())) == empty()


def test_a_target_dated_before_its_start_is_pointed_at():
    late = Result("Places", "", 10.0, 2029, 20.0, 2028)
    plan = plans.edit_fiche(composed(), composed().fiches[0].id, results=(late,))
    said = [remark for remark in plans.remarks(plan) if "n’est pas datée après son départ" in remark]
    assert len(said) == 1 and "Places" in said[0]
    dated = plans.edit_fiche(plan, plan.fiches[0].id, results=(replace(late, target_year=2030),))
    assert not any("n’est pas datée après son départ" in remark for remark in plans.remarks(dated))


def test_the_calendar_shows_each_step_in_its_year():
    row = plans.calendar(composed())[0]
    assert row.steps == {2027: ("Étude",), 2028: ("Travaux",), 2029: (), 2030: ()}


def test_a_step_out_of_the_plan_is_shown_and_pointed_at():
    plan = composed()
    plan = plans.edit_fiche(plan, plan.fiches[0].id, steps=(Step(2033, "Bilan"),))
    assert plans.calendar(plan)[0].steps[2033] == ("Bilan",)
    assert any("2033" in remark for remark in plans.remarks(plan))


def test_a_plan_of_six_years_is_pointed_at():
    assert any("6\u00a0ans" in remark for remark in plans.remarks(plans.edit_plan(empty(), last_year=2032)))
    complete = plans.edit_plan(empty(), governance=Governance(copil=("Caf", "EPCI")))
    assert plans.remarks(complete) == ()


def test_a_hundred_fiches_are_held_and_kept():
    plan = plans.add_axe(empty(), "Accueillir")
    for number in range(100):
        plan = plans.add_fiche(plan, plan.axes[0].id, creche_fiche(title=f"Action {number}"))
    assert len(plan.fiches) == len({fiche.id for fiche in plan.fiches}) == 100
    assert plans.budget(plan).total == 100 * (340_000 + Decimal("260000.50") + 118_400)
    assert plans.from_json(plans.to_json(plan)) == plan


def test_a_simulated_project_becomes_a_budget_that_adds_up_to_its_cost_at_both_ends_of_the_aids():
    project = CrecheProject(
        name="Crèche",
        commune="01004",
        places=20,
        qpv=True,
        investment_cost=Decimal(30_000),
        running_cost=Decimal(16_000),
        family_fees=Decimal(50_000),
    )
    lines = plans.budget_lines(fund(project, year=2025), works=2028, opening=2029, last_year=2030)
    budget = plans.budget_of([creche_fiche(budget=lines)])
    assert budget.by_year(2028) == 20 * 30_000
    assert budget.by_year(2029) == budget.by_year(2030) == 20 * 16_000
    assert budget.amount(2028, "Caf") == 20 * 7_400
    assert budget.amount(2029, "Caf") == 20 * (Decimal("0.37") * 16_000 + 2_600)
    best = plans.budget_of([creche_fiche(budget=lines)], at_best=True)
    assert best.by_year(2028) == 20 * 30_000 and best.by_year(2029) == 20 * 16_000
    assert best.amount(2028, "Caf") > budget.amount(2028, "Caf")
    assert best.amount(2028, "Collectivité") < budget.amount(2028, "Collectivité")
    assert plans.total_text(lines) == "1\u202f240\u202f000\u00a0€"


def test_an_unknown_cost_gives_no_remainder_to_the_budget():
    lines = plans.budget_lines(
        fund(CrecheProject(name="Crèche", commune="01004", places=20), year=2025),
        works=2028,
        opening=2029,
        last_year=2029,
    )
    assert {line.funder for line in lines} == {"Caf"}
    assert plans.only_aid(lines)
    works = [line for line in lines if line.year == 2028]
    assert plans.ends(works) == (148_000, 520_000)
    assert plans.total_text(works) == "de 148\u202f000 à 520\u202f000\u00a0€ d’aide"
    plan = composed()
    plan = plans.edit_fiche(plan, plan.fiches[0].id, budget=tuple(works))
    assert plans.without_cost(plan) == 1


# --- The file ------------------------------------------------------------------------------------


def test_a_saved_plan_reopens_as_it_was_and_reads_as_text():
    text = plans.to_json(composed())
    assert plans.from_json(text) == composed()
    assert plans.from_json(("\ufeff" + text).encode()) == composed()
    assert '"Ouvrir une crèche de 20 places"' in text and '"260000.50"' in text


def test_a_file_of_before_the_ranges_of_aids_opens():
    content = json.loads(plans.to_json(composed()))
    for line in (line for fiche in _fiches(content) for line in fiche["budget"]):
        del line["at_best"]
    assert plans.from_json(json.dumps(content | {"version": 1})) == composed()
    for line in (line for fiche in _fiches(content) for line in fiche["budget"]):
        del line["amount"]
    with pytest.raises(DiagnosticError, match="amount : ce champ manque"):
        plans.from_json(json.dumps(content | {"version": 1}))


def _fiches(content):
    return [fiche for axe in content["plan"]["axes"] for fiche in axe["fiches"]]


def test_a_newer_file_is_refused():
    content = json.loads(plans.to_json(composed())) | {"version": plans.VERSION + 1}
    with pytest.raises(DiagnosticError, match="plus récente"):
        plans.from_json(json.dumps(content))


@pytest.mark.parametrize("text", ["", "bonjour", "[]", "{}", "null", '{"format": "autre"}', "[" * 100_000])
def test_another_file_is_refused(text):
    with pytest.raises(DiagnosticError):
        plans.from_json(text)


@pytest.mark.parametrize("sent", [b"", b"%PDF-1.7 contrat", "Un compte rendu"])
def test_what_never_was_a_plan_is_not_said_damaged(sent):
    with pytest.raises(DiagnosticError, match="n’est pas un plan d’actions"):
        plans.from_json(sent)


def test_a_binary_file_is_refused():
    with pytest.raises(DiagnosticError, match="UTF-8"):
        plans.from_json(b"PK\x03\x04\xff\xfe")


@pytest.mark.parametrize(
    ("found", "put"),
    [
        ('"amount": "118400"', '"amount": "beaucoup"'),
        ('"amount": "118400"', '"amount": "-5"'),
        ('"amount": "118400"', '"amount": 118400'),
        ('"amount": "118400"', '"amount": "NaN"'),
        ('"state": "à engager"', '"state": "perdue"'),
        ('"first_year": 2027', '"first_year": true'),
        ('"first_year": 2027', '"first_year": 2031'),
        ('"first_year": 2027,', ""),
        ('"first_year": 2027,', '"first_year": 2027, "first_year": 2028,'),
        ('"first_year": 2027,', '"first_year": 2027, "couleur": "rouge",'),
        ('"start": 45.2', '"start": NaN'),
        ('"start": 45.2', '"start": 1e999'),
        ('"theme": "parentalite"', '"theme": "astronomie"'),
        ('"nature": "fonctionnement"', '"nature": "prêt"'),
        ('"serial": 5', '"serial": 1'),
        (f'"version": {plans.VERSION}', f'"version": "{plans.VERSION}"'),
    ],
)
def test_a_damaged_file_is_refused_whole(found, put):
    text = plans.to_json(composed())
    assert found in text
    with pytest.raises(DiagnosticError, match="endommagé"):
        plans.from_json(text.replace(found, put, 1))


@settings(max_examples=40)
@given(st.integers(0, 4_000))
def test_a_cut_file_is_never_half_loaded(length):
    text = plans.to_json(composed()).rstrip()
    with pytest.raises(DiagnosticError):
        plans.from_json(text[: min(length, len(text) - 1)])


texts = st.text(max_size=12)
numbers = st.none() | st.floats(allow_nan=False, allow_infinity=False)
years = st.integers(2000, 2100)
some = {"max_size": 2}
fiches = st.builds(
    Fiche,
    id=st.just(""),
    title=texts,
    theme=st.sampled_from(list(reference.LEVER_THEMES)),
    constat=texts,
    figures=st.lists(st.builds(Figure, texts, texts, numbers, texts, st.none() | years), **some).map(tuple),
    communes=st.lists(st.sampled_from(["01004", "2A004", "97411"]), **some).map(tuple),
    actions=st.lists(texts, **some).map(tuple),
    partners=st.lists(texts, **some).map(tuple),
    steps=st.lists(st.builds(Step, years, texts), **some).map(tuple),
    budget=st.lists(
        st.builds(
            BudgetLine,
            texts,
            texts,
            years,
            st.decimals(0, 10**9, places=2),
            st.sampled_from(plans.NATURES),
            st.just(""),
            st.none() | st.decimals(0, 10**9, places=2),
        ),
        **some,
    ).map(tuple),
    results=st.lists(st.builds(Result, texts, texts, numbers, st.none() | years, numbers), **some).map(tuple),
    state=st.sampled_from(State),
)


@st.composite
def any_plan(draw):
    plan = empty()
    for title in draw(st.lists(texts, max_size=3)):
        plan = plans.add_axe(plan, title)
        for fiche in draw(st.lists(fiches, max_size=3)):
            plan = plans.add_fiche(plan, plan.axes[-1].id, fiche)
    return plan


@settings(max_examples=60, deadline=None)
@given(any_plan())
def test_whatever_is_saved_reopens_equal(plan):
    assert plans.from_json(plans.to_json(plan)) == plan


@settings(max_examples=60, deadline=None)
@given(any_plan())
def test_every_total_of_the_budget_is_the_sum_of_its_lines(plan):
    budget = plans.budget(plan)
    lines = sum((line.amount for fiche in plan.fiches for line in fiche.budget), Decimal(0))
    assert budget.total == lines
    assert sum((budget.by_year(year) for year in budget.years), Decimal(0)) == lines
    assert sum((budget.by_funder(funder) for funder in budget.funders), Decimal(0)) == lines


@settings(max_examples=60, deadline=None)
@given(any_plan(), st.integers(-3, 9), st.integers(0, 30))
def test_moving_loses_no_fiche(plan, position, which):
    if plan.fiches:
        chosen = plan.fiches[which % len(plan.fiches)]
        goal = plan.axes[which % len(plan.axes)].id
        moved = plans.move_fiche(plan, chosen.id, position=position, axe_id=goal)
        assert sorted(fiche.id for fiche in moved.fiches) == sorted(fiche.id for fiche in plan.fiches)
        assert moved.axe_of(chosen.id).id == goal and moved.fiche(chosen.id) == chosen


# --- Against today's data ------------------------------------------------------------------------


def test_a_figure_that_changed_is_told_once_with_both_values():
    (change,) = plans.compare_with(composed(), [coverage(47.1)])
    assert (change.before, change.after, change.after_year) == (45.2, 47.1, 2024)
    assert "45,2 places pour 100 enfants de moins de 3 ans (2023)" in change.sentence
    assert "47,1 (2024) aujourd’hui (en hausse de 1,9)" in change.sentence  # 47,1 − 45,2


def test_a_figure_that_reads_the_same_is_not_a_change():
    assert plans.compare_with(composed(), [coverage(45.21)]) == ()


def test_a_figure_now_unknown_is_a_change():
    (change,) = plans.compare_with(composed(), [coverage(None)])
    assert change.after is None and "inconnu aujourd’hui" in change.sentence


def test_another_territory_says_nothing_of_the_figure():
    assert plans.compare_with(composed(), [replace(coverage(47.1), territory="france")]) == ()


def test_a_fiche_begins_from_a_gap_with_its_levers():
    france = Comparator("france", "France", 60.9, 2023, Status.OK)
    finding = coverage(
        45.2,
        gap=-15.7,
        missing=34.0,
        comparators=(france,),
        reference="france",
        reading="Il manque 34 places.",
    )
    draft = plans.draft_fiche(finding, match([finding]))
    assert draft.theme == "petite_enfance" and draft.constat == "Il manque 34 places."
    assert (draft.results[0].start, draft.results[0].target) == (45.2, 60.9)
    assert {"D10", "D13"} <= set(draft.levers)


# --- The law -------------------------------------------------------------------------------------


def completeness(plan, *findings):
    return {row.item.id: row for row in plans.schema_completeness(plan, findings)}


def test_an_empty_plan_leaves_every_item_of_the_article_blank_with_what_to_do():
    rows = completeness(empty())
    assert list(rows) == [item.id for item in reference.schema_items()] and len(rows) == 11
    assert not any(row.filled for row in rows.values()) and all(row.hint for row in rows.values())


def test_findings_fill_the_inventory_and_the_needs():
    rows = completeness(empty(), coverage(45.2), Finding("naissances", PLACE, 210.0, Status.OK, 2024))
    assert rows["offre"].filled and rows["besoins"].filled and not rows["zones"].filled
    assert rows["besoins"].missing


def test_an_unknown_finding_fills_nothing():
    assert not completeness(empty(), coverage(None))["offre"].filled


def test_a_fiche_fills_the_orientations_it_holds_and_no_other():
    rows = completeness(composed())
    filled = {name for name, row in rows.items() if row.filled}
    assert filled == {"zones", "maintien", "investissements", "couts", "calendrier", "evaluation"}


def test_a_fiche_marked_for_an_item_fills_it():
    plan = composed()
    plan = plans.edit_fiche(plan, plan.fiches[1].id, schema=("qualite", "metiers", "difficultes"))
    rows = completeness(plan)
    assert all(rows[name].filled for name in ("qualite", "metiers", "difficultes"))

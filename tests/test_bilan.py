"""The bilan of a convention: promised, done, changed, to decide; its evaluation, the one that follows, its geography."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest
from click.testing import CliRunner
from openxml_audit import OpenXmlValidator
from pptx import Presentation

from diagnostic import gazetteer, measure, territories
from diagnostic import plan as plans
from diagnostic.commands import cli
from diagnostic.exports import bilan
from diagnostic.model import DiagnosticError
from diagnostic.plan import BudgetLine, Engaged, Fiche, Observed, Pace, Plan, Reading, Result, State, Step
from diagnostic.report import build
from diagnostic.story.bilan import bilan_sections
from diagnostic.story.followup import observed_in

KEY = "epci:999001001"


def plain(text: str) -> str:
    return text.replace("\u00a0", " ").replace("\u202f", " ")


@pytest.fixture(scope="module")
def report(demo):
    return build(demo, KEY)


@pytest.fixture(scope="module")
def signed(demo):
    """Signed for 2022-2026 on an EPCI of the fictional territory, lived since: two axes, five actions."""
    place = territories.get(demo, KEY)
    rows = {row.year: row.value for row in measure.history(demo, [place])[KEY]["taux_couverture"]}
    made = Plan("Ctg 2022-2026", KEY, place.name, 2022, 2026, perimeter=territories.communes(demo, place))
    made = plans.add_axe(plans.add_axe(made, "Accueillir"), "Accompagner")
    first, second = (axe.id for axe in made.axes)
    rate = Result(
        "Taux de couverture", "places", rows[2021], 2021, rows[2021] + 20, 2026, "taux_couverture", KEY
    )
    families = Result("Familles reçues", "familles", 0.0, 2022, 100.0, 2026)
    psu = (BudgetLine("Psu", "Caf", 2023, Decimal(1_000)), BudgetLine("Psu", "Caf", 2025, Decimal(500)))
    for axe, fiche in (
        (first, Fiche("", "Ouvrir une crèche", results=(rate,), steps=(Step(2023, "Ouvrir"),), budget=psu)),
        (first, Fiche("", "Former", steps=(Step(2022, "Premier cycle"),))),
        (first, Fiche("", "Informer")),
        (
            second,
            Fiche("", "Ouvrir un Laep", "parentalite", results=(families,), steps=(Step(2023, "Ouvrir"),)),
        ),
        (second, Fiche("", "Ouvrir un café", "parentalite")),
    ):
        made = plans.add_fiche(made, axe, fiche)
    ids = {fiche.title: fiche.id for fiche in made.fiches}
    made = plans.set_state(made, ids["Former"], State.DONE, "2023-06-30")
    made = plans.set_state(made, ids["Informer"], State.DROPPED, "2023-09-01")
    made = plans.set_state(made, ids["Ouvrir un Laep"], State.STARTED, "2023-02-01")
    made = plans.set_state(made, ids["Ouvrir un Laep"], State.DONE, "2024-02-01")
    made = plans.engage(made, ids["Ouvrir une crèche"], Engaged(2023, Decimal(800), "2023-12-31", "M. Roy"))
    return plans.add_reading(
        made, ids["Ouvrir un Laep"], "Familles reçues", Reading(2023, 80.0, "2024-01-10", "Centre social")
    )


def states(plan, year):
    return {one.fiche.title: one.state for one in plans.promises(plan, year)}


def test_a_bilan_tells_the_state_of_the_end_of_its_year_not_that_of_today(signed):
    assert states(signed, 2022) == dict.fromkeys(
        ("Ouvrir une crèche", "Former", "Informer", "Ouvrir un Laep", "Ouvrir un café"), State.PLANNED
    )
    then = states(signed, 2023)
    assert (then["Former"], then["Ouvrir un Laep"]) == (State.DONE, State.STARTED)
    assert states(signed, 2024)["Ouvrir un Laep"] is State.DONE


def test_what_was_due_and_is_not_begun_is_behind_and_what_was_not_due_is_not(signed):
    behind = {one.fiche.title for one in plans.promises(signed, 2023) if one.behind}
    assert behind == {"Ouvrir une crèche"}


def test_the_money_of_an_axis_runs_to_the_year_and_an_amount_that_nobody_typed_is_unknown(signed):
    first, second = plans.axes_bilan(signed, (), 2023)
    assert sum(line.amount for line in first.planned) == 1_000
    assert (first.engaged, sum(line.amount for line in first.beside)) == (800, 1_000)
    assert second.engaged is None


def told(report, plan, demo, year, **options):
    return {section.id: section for section in bilan_sections(report, plan, demo, year, **options)}


def test_the_bilan_says_what_was_promised_done_changed_and_to_decide(report, signed, demo):
    found = told(report, signed, demo, 2023)
    assert list(found) == [
        "bilan_essentiel", "bilan_axes", "bilan_promesses", "bilan_resultats", "bilan_courbes", "bilan_argent",
        "bilan_mesure", "bilan_decider",
    ]  # fmt: skip
    assert plain(found["bilan_essentiel"].title) == (
        "À la fin de 2023, sur 5 actions, 1 réalisée, 1 en cours, 2 à engager et 1 abandonnée ; "
        "1 indicateur en retard sur 2 mesurables"
    )
    assert (
        plain(found["bilan_promesses"].title)
        == "1 action promise n’est pas engagée et 1 action est abandonnée"
    )
    # 80 families where 100 × (2023 - 2022) / (2026 - 2022) = 25 were expected.
    rows = {row[0]: row for row in found["bilan_resultats"].blocks[0].rows}
    assert [plain(cell) for cell in rows["Familles reçues, familles"][2:]] == [
        "80,0 (2023)", "25,0", "100,0 (2026)", "En avance",
    ]  # fmt: skip
    assert plain(found["bilan_argent"].title) == (
        "Engagé : 800 € ; prévu par les mêmes fiches, les mêmes années : 1 000 €"
    )
    subjects = [plain(row[1]) for row in found["bilan_decider"].blocks[0].rows]
    assert (
        subjects
        == ["Taux de couverture", "Ouvrir une crèche", "Informer", "Montants engagés"][: len(subjects)]
    )
    assert "ne dit pas que l’action en est la cause" in found["bilan_resultats"].caution


def test_the_last_year_is_an_evaluation_by_axis_that_opens_the_next_one(report, signed, demo):
    found = told(report, signed, demo, 2026)
    assert {"bilan_evaluation", "bilan_suite"} <= set(found)
    rows = [tuple(map(plain, row)) for row in found["bilan_evaluation"].blocks[0].rows]
    assert [(row[0], row[1], row[3]) for row in rows] == [
        ("Accueillir", "1 sur 3", "800 € pour 1 000 € de prévu"),
        ("Accompagner", "1 sur 2", "engagé inconnu"),
    ]
    assert found["bilan_decider"].blocks[0].rows[-1][3].startswith("Ouvrir la suivante")


@pytest.mark.parametrize("year", [2023, 2026])
def test_both_files_are_sound_and_the_slides_are_six_to_ten(report, signed, demo, year, tmp_path):
    for format in bilan.FORMATS:
        path = tmp_path / bilan.filename(report, signed, year, format)
        path.write_bytes(bilan.build(report, signed, demo, year, format))
        assert [error.description for error in OpenXmlValidator().validate(path).errors] == []
    assert 6 <= len(Presentation(str(next(tmp_path.glob("*.pptx")))).slides) <= 10


def test_forty_long_actions_still_hold_in_ten_slides_and_the_document_has_them_all(
    report, signed, demo, tmp_path
):
    long = (
        "Développer et diversifier l’accueil du jeune enfant en horaires atypiques dans toutes les communes, "
    )
    many = replace(signed, perimeter=signed.perimeter[1:])
    for rank in range(40):
        result = Result(f"{long}{rank}", "enfants", 0.0, 2022, 40.0, 2026)
        fiche = Fiche("", f"{long}{rank}", steps=(Step(2022, long), Step(2023, long)), results=(result,))
        many = plans.add_fiche(many, many.axes[rank % 2].id, fiche)
    path = tmp_path / "bilan.pptx"
    path.write_bytes(bilan.build(report, many, demo, 2026, "pptx"))
    assert len(Presentation(str(path)).slides) <= 10
    assert len(told(report, many, demo, 2026)["bilan_promesses"].blocks[0].rows) == 45
    cut = told(report, many, demo, 2026, slides=True)["bilan_promesses"]
    assert f"{45 - len(cut.blocks[0].rows)} autres actions dans le document" in plain(cut.caution)


# --- Small numbers, definitions, geography --------------------------------------------------------


def test_a_value_of_few_people_is_written_with_what_one_of_them_makes_of_it():
    result = Result("Taux", "places", 40.0, 2021, 60.0, 2025, "taux_couverture", KEY)
    made = plans.add_axe(Plan("Ctg", KEY, "CC", 2021, 2025), "A")
    made = plans.add_fiche(made, made.axes[0].id, Fiche("", "F", results=(result,)))
    (found,) = plans.follow(made, lambda _: [Observed(2023, 47.0, step=100 / 25)])
    assert found.interval == (47 - 4, 47 + 4) and found.pace is Pace.ON_TIME
    (sure,) = plans.follow(made, lambda _: [Observed(2023, 47.0, step=100 / 2_500)])
    assert sure.interval is None and sure.pace is Pace.LATE


def test_an_indicator_that_is_no_longer_reckoned_the_same_way_is_said():
    result = Result("Taux", "", 40.0, 2021, 60.0, 2025, "taux_couverture", KEY, formula="autre_chose")
    made = plans.add_axe(Plan("Ctg", KEY, "CC", 2021, 2025), "A")
    made = plans.add_fiche(made, made.axes[0].id, Fiche("", "F", results=(result,)))
    (found,) = plans.follow(
        made, lambda _: [Observed(2021, 40.0, sources="a"), Observed(2023, 50.0, sources="b")]
    )
    assert "n’est plus calculé comme au départ du plan" in found.cautions[0]
    assert "ne viennent pas des mêmes fichiers" in found.cautions[1]


def test_a_start_that_reads_otherwise_today_is_carried_and_the_one_of_the_signature_stays_written():
    result = Result("Taux", "", 40.0, 2021, 60.0, 2025, "taux_couverture", KEY, formula="autre_chose")
    made = plans.add_axe(Plan("Ctg", KEY, "CC", 2021, 2025), "A")
    made = plans.add_fiche(made, made.axes[0].id, Fiche("", "F", results=(result,)))

    def told(plan):
        return plans.follow(plan, lambda _: [Observed(2021, 44.0), Observed(2023, 50.0)])

    (before,) = told(made)
    assert (before.start, before.revised, before.expected) == (40.0, 44.0, 40 + (60 - 40) / 2)
    carried = plans.restart(made, told(made))
    (after,) = told(carried)
    assert (after.start, after.revised, after.expected) == (44.0, None, 44 + (60 - 44) / 2)
    assert after.cautions == (
        "Départ repris : 40,0 au départ du plan, 44,0 sur le territoire et selon la définition d’aujourd’hui.",
    )
    assert plans.from_json(plans.to_json(carried)) == carried
    # Taken again, the start of the signature is still the first one; the next convention begins afresh.
    again = plans.restart(carried, [replace(after, revised=45.0)])
    assert again.fiches[0].results[0].signed == 40.0
    assert plans.next_plan(again, told(again)).fiches[0].results[0].signed is None


def test_the_start_of_a_typed_result_is_carried_too_and_two_results_of_one_name_start_each_where_they_do():
    typed = Reading(2025, 12.0, "2026-01-05", "Mairie")
    results = (
        Result("Familles", "", 10.0, 2025, 20.0, 2028, readings=(typed,)),
        Result("Familles", "", 11.0, 2024, 30.0, 2030, readings=(typed,)),
    )
    made = plans.add_axe(Plan("Ctg", KEY, "CC", 2025, 2028), "A")
    made = plans.add_fiche(made, made.axes[0].id, Fiche("", "F", results=results))
    carried = plans.restart(made, plans.follow(made, lambda result: plans.typed(result.readings)))
    first, second = carried.fiches[0].results
    assert (first.start, first.signed) == (12.0, 10.0)
    assert second == results[1]


def test_the_same_communes_are_said_to_be_the_same_and_an_old_plan_that_notes_none_says_so(signed, demo):
    assert plans.on_ground(signed, demo).sentences == ()
    assert plans.on_ground(signed, demo).plan == signed
    (said,) = plans.on_ground(replace(signed, perimeter=()), demo).sentences
    assert "ne dit pas de quelles communes" in said


def test_a_commune_that_came_and_one_that_left_are_named(signed, demo):
    gone = signed.perimeter[0]
    elsewhere = next(
        code
        for code in territories.communes(demo, territories.get(demo, "epci:999001002"))
        if code not in signed.perimeter
    )
    moved = replace(signed, perimeter=(*signed.perimeter[1:], elsewhere))
    joined, left = plans.on_ground(moved, demo).sentences
    known = gazetteer.index(demo).territories
    assert known["commune", gone].name in joined and "a rejoint" in joined
    assert known["commune", elsewhere].name in left and "a quitté" in left


def test_a_merged_commune_is_followed_with_the_one_that_holds_it(signed, demo):
    rows = demo.rows(
        "select old, new from carried where old not in (select code from territory where level = 'commune') "
        "and new in (select code from territory where level = 'commune')"
    )
    old, new = rows[0]
    fiche = replace(signed.fiches[0], communes=(old,))
    axes = (replace(signed.axes[0], fiches=(fiche, *signed.axes[0].fiches[1:])), signed.axes[1])
    ground = plans.on_ground(replace(signed, axes=axes, perimeter=(*signed.perimeter, old)), demo)
    assert ground.plan.fiches[0].communes == (new,)
    assert any("commune nouvelle" in said for said in ground.sentences)


def test_an_intercommunalite_that_is_no_more_is_followed_as_its_communes(signed, demo):
    gone = replace(signed, territory="epci:200999999", territory_name="CC d’autrefois")
    ground = plans.on_ground(gone, demo)
    assert ground.plan.territory.startswith("perimetre:")
    assert "n’existe plus" in ground.sentences[0]
    unknown = plans.on_ground(replace(gone, perimeter=()), demo)
    assert unknown.plan.territory == gone.territory and "ne peuvent pas être suivis" in unknown.sentences[0]


# --- The one that follows, the files --------------------------------------------------------------


def test_the_next_convention_keeps_the_place_and_starts_where_this_one_ended(signed, demo):
    followed = plans.follow(signed, observed_in(demo))
    after = plans.next_plan(signed, followed)
    assert (after.first_year, after.last_year, after.title) == (2027, 2031, "Ctg 2027-2031")
    assert (after.territory, after.perimeter) == (signed.territory, signed.perimeter)
    assert [fiche.title for fiche in after.fiches] == ["Ouvrir une crèche", "Ouvrir un café", plans.CARRIED]
    results = {result.label: result for fiche in after.fiches for result in fiche.results}
    assert (results["Familles reçues"].start, results["Familles reçues"].start_year) == (80.0, 2023)
    last = next(one for one in followed if one.label == "Taux de couverture").last
    assert (results["Taux de couverture"].start, results["Taux de couverture"].start_year) == (
        last.value,
        last.year,
    )
    assert all(one.target is None and not one.readings for one in results.values())
    assert not any(fiche.budget or fiche.engaged or fiche.passages for fiche in after.fiches)
    assert plans.from_json(plans.to_json(after)) == after


@pytest.mark.parametrize("version", [1, 2])
def test_a_plan_of_an_earlier_version_opens_and_is_saved_in_this_one(version):
    text = (Path(__file__).parent / "data" / f"plan_v{version}.ctg.json").read_bytes()
    assert f'"version": {version}'.encode() in text
    old = plans.from_json(text)
    assert (old.perimeter, old.contributions, old.stakes) == ((), (), ())
    assert len(old.fiches) == 2 and bool(old.fiches[0].passages) is (version == 2)
    saved = plans.to_json(old)
    assert f'"version": {plans.VERSION}' in saved and plans.from_json(saved) == old


def test_a_plan_of_the_present_version_opens_and_is_saved_as_it_was():
    folder = Path(__file__).parent / "data"
    text = (folder / f"plan_v{plans.VERSION}.ctg.json").read_text("utf-8")
    made = plans.from_json(text)
    assert made.documents.order and made.documents.chapters and made.documents.meeting.stage
    # The version before had no choice of chapters; all the rest is the same.
    before = plans.from_json((folder / f"plan_v{plans.VERSION - 1}.ctg.json").read_text("utf-8"))
    assert replace(before, documents=made.documents) == made
    assert made.perimeter and made.contributions and made.stakes and made.aside
    assert made.fiches[0].results[0].signed is not None and made.fiches[0].engaged
    assert plans.to_json(made) == text


def test_the_command_writes_both_files_and_refuses_a_year_out_of_the_plan(signed, demo_db, tmp_path):
    path = tmp_path / "plan.ctg.json"
    path.write_text(plans.to_json(signed), "utf-8")
    call = ["bilan", str(path), "--out", str(tmp_path / "dist"), "--db", str(demo_db), "--annee"]
    done = CliRunner().invoke(cli, [*call, "2023"])
    assert done.exit_code == 0, done.output
    assert sorted(one.suffix for one in (tmp_path / "dist").iterdir()) == [".docx", ".pptx"]
    refused = CliRunner().invoke(cli, [*call, "2020"])
    assert isinstance(refused.exception, DiagnosticError) and "2022" in str(refused.exception)

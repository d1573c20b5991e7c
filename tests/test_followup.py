"""A plan as it is lived: results on their way, states with their days, money engaged, files of before."""

from __future__ import annotations

import json
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from diagnostic import drafts, measure, territories
from diagnostic import plan as plans
from diagnostic.indicators import BY_ID
from diagnostic.measure import Figure
from diagnostic.model import DiagnosticError
from diagnostic.plan import BudgetLine, Engaged, Fiche, Observed, Pace, Passage, Plan, Reading, Result, State
from diagnostic.report import build
from diagnostic.story.followup import followup_sections, message
from diagnostic.ui import keeping
from diagnostic.warehouse import open_database

ROOT = Path(__file__).resolve().parents[1]
VISITOR = "a" * 22
PLACE = "epci:200000001"
COVERAGE = Result("Taux de couverture", "places", 40.0, 2021, 60.0, 2025, "taux_couverture", PLACE)
FAMILIES = Result("Familles reçues", "familles", 0.0, 2021, 60.0, 2025)


def plan(*results, **options):
    """Signed for 2021-2025: one axis, one fiche."""
    made = plans.add_axe(Plan("Ctg", PLACE, "CC du Val", 2021, 2025), "Accueillir")
    return plans.add_fiche(made, made.axes[0].id, Fiche("", "Ouvrir une crèche", results=results, **options))


def followed(result, *observed):
    (found,) = plans.follow(plan(result), lambda _: observed)
    return found


# --- Results -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "word"),
    [
        (53.0, Pace.AHEAD),
        (52.0, Pace.ON_TIME),
        (50.0, Pace.ON_TIME),
        (48.0, Pace.ON_TIME),
        (47.0, Pace.LATE),
        (40.0, Pace.LATE),
    ],
)
def test_halfway_the_line_is_halfway_and_a_tenth_of_the_way_is_on_time(value, word):
    found = followed(COVERAGE, Observed(2023, value))
    assert found.expected == 40 + (60 - 40) * (2023 - 2021) / (2025 - 2021) == 50
    assert found.margin == (60 - 40) / 10
    assert found.pace is word


def test_a_result_that_is_to_fall_is_ahead_when_it_is_below_its_line():
    poverty = replace(COVERAGE, start=20.0, target=10.0)
    assert followed(poverty, Observed(2023, 13.0)).pace is Pace.AHEAD
    assert followed(poverty, Observed(2023, 17.0)).pace is Pace.LATE


def test_past_the_year_of_the_target_the_target_itself_is_expected():
    found = followed(COVERAGE, Observed(2027, 61.0))
    assert (found.expected, found.pace) == (60, Pace.ON_TIME)


@pytest.mark.parametrize(
    ("result", "observed", "reason"),
    [
        (COVERAGE, (), "postérieure à 2021"),
        (COVERAGE, (Observed(2020, 39.0), Observed(2021, 40.0)), "postérieure à 2021"),
        (replace(COVERAGE, start=None), (Observed(2023, 50.0),), "départ inconnue"),
        (replace(COVERAGE, target=None), (Observed(2023, 50.0),), "aucune cible"),
        (replace(COVERAGE, target=40.0), (Observed(2023, 50.0),), "égale au départ"),
        (replace(COVERAGE, target_year=2021), (Observed(2023, 50.0),), "datée"),
        (COVERAGE, (Observed(2023, 50.0, few=True),), "moins de 20 personnes"),
    ],
)
def test_what_cannot_be_measured_yet_says_why_and_expects_nothing(result, observed, reason):
    found = followed(result, *observed)
    assert found.pace is Pace.UNKNOWN and reason in found.reason
    assert found.expected is None


def test_a_start_left_blank_is_the_vintage_of_the_year_of_signature_or_the_newest_before_it():
    blank = replace(COVERAGE, start=None, start_year=None)
    found = followed(blank, Observed(2019, 38.0), Observed(2020, 39.0), Observed(2022, 44.0))
    assert (found.start, found.start_year) == (39.0, 2020)
    assert [one.year for one in found.observed] == [2022]
    assert found.expected == 39 + (60 - 39) * (2022 - 2020) / (2025 - 2020)


def test_a_start_that_the_producer_has_revised_stays_as_signed_and_is_said():
    found = followed(COVERAGE, Observed(2021, 41.5), Observed(2023, 50.0))
    assert found.start == 40.0
    assert "40,0 dans le plan, se lit 41,5 aujourd’hui" in found.cautions[0]


def test_where_one_person_counts_for_more_than_a_tenth_of_the_way_no_delay_is_concluded_from_one():
    # 100 / 25 children = 4 places for one child: 47 may be 51.
    found = followed(COVERAGE, Observed(2023, 47.0, step=100 / 25))
    assert (found.margin, found.pace) == (4, Pace.ON_TIME)
    assert "de 43,0 à 51,0" in found.cautions[0]
    assert followed(COVERAGE, Observed(2023, 45.0, step=100 / 25)).pace is Pace.LATE


def test_a_value_that_reads_the_same_has_not_moved_and_an_unknown_one_is_neither():
    assert followed(COVERAGE, Observed(2023, 40.04)).moved is False
    assert followed(COVERAGE, Observed(2023, 40.1)).moved is True
    assert followed(COVERAGE).moved is None


def figure(year, value, status="ok", note=None):
    return Figure(
        "epci", "200000001", "part_x", year, value, None, 25.0, year, year, status, None, None, note
    )


def test_only_exact_published_values_are_observed_each_with_its_vintage():
    indicator = next(one for one in BY_ID.values() if one.denominator and one.per == 100)
    rows = [
        figure(2024, 5.0, "bounded"),
        figure(2023, 44.0, note="champ élargi"),
        figure(2022, None, "secret"),
        figure(2021, 40.0),
    ]
    found = plans.measured(rows, indicator, lambda row: row.denominator)
    assert [(one.year, one.value, one.step, one.few) for one in found] == [
        (2021, 40.0, 100 / 25, False),
        (2023, 44.0, 100 / 25, False),
    ]
    assert found[1].caution == "champ élargi"
    assert all(one.few for one in plans.measured(rows, indicator, lambda row: 19.0))


def test_of_two_values_typed_for_one_year_the_last_stands_and_both_are_kept():
    made = plan(FAMILIES)
    made = plans.add_reading(made, "F2", "Familles reçues", Reading(2022, 10.0, "2023-01-10", "Mme Ferrand"))
    made = plans.add_reading(made, "F2", "Familles reçues", Reading(2022, 12.0, "2023-02-01", "M. Roy"))
    (result,) = made.fiches[0].results
    assert len(result.readings) == 2
    (seen,) = plans.typed(result.readings)
    assert (seen.value, seen.origin) == (12.0, "saisi par M. Roy le 2023-02-01")


def test_a_value_is_typed_for_an_indicator_of_the_territorys_own_only_and_signed():
    with pytest.raises(DiagnosticError, match="à saisir"):
        plans.add_reading(
            plan(COVERAGE), "F2", "Taux de couverture", Reading(2022, 10.0, "2023-01-10", "Mme Ferrand")
        )
    with pytest.raises(DiagnosticError, match="signée"):
        Reading(2022, 10.0, "2023-01-10", " ")
    with pytest.raises(DiagnosticError, match="date"):
        Reading(2022, 10.0, "10/01/2023", "Mme Ferrand")


# --- Actions -------------------------------------------------------------------------------------


def test_an_action_keeps_the_day_of_each_state_it_came_to():
    made = plans.set_state(plan(), "F2", State.STARTED, "2022-03-01")
    made = plans.set_state(made, "F2", State.STARTED, "2022-09-01")
    made = plans.set_state(made, "F2", State.DONE, "2023-09-01")
    (fiche,) = made.fiches
    assert fiche.state is State.DONE
    assert fiche.passages == (Passage("2022-03-01", State.STARTED), Passage("2023-09-01", State.DONE))
    with pytest.raises(DiagnosticError, match="déjà changé d’état"):
        plans.set_state(made, "F2", State.DROPPED, "2023-08-31")


def test_a_copy_of_a_fiche_has_not_lived():
    made = plan(FAMILIES, engaged=(Engaged(2022, Decimal(10), "2022-12-31", "Caf"),))
    made = plans.add_reading(made, "F2", "Familles reçues", Reading(2022, 1.0, "2023-01-10", "Caf"))
    made = plans.duplicate_fiche(plans.set_state(made, "F2", State.DONE, "2023-09-01"), "F2")
    first, copy = made.fiches
    assert first.passages and first.engaged and first.results[0].readings
    assert (copy.passages, copy.engaged, copy.results[0].readings) == ((), (), ())


# --- Money ---------------------------------------------------------------------------------------


def planned(row):
    return sum(line.amount for line in row.planned)


def test_engaged_money_is_compared_with_what_the_same_fiches_planned_and_unknown_is_not_zero():
    made = plan(
        budget=(BudgetLine("Psu", "Caf", 2022, Decimal(100)), BudgetLine("Ville", "Ville", 2022, Decimal(50)))
    )
    axe = made.axes[0].id
    made = plans.add_fiche(made, axe, Fiche("", "Rpe", budget=(BudgetLine("Rpe", "Caf", 2022, Decimal(70)),)))
    made = plans.add_fiche(
        made, axe, Fiche("", "Laep", budget=(BudgetLine("Laep", "Caf", 2023, Decimal(30)),))
    )
    made = plans.engage(made, "F2", Engaged(2022, Decimal(90), "2022-12-31", "M. Roy"))
    made = plans.engage(made, "F2", Engaged(2022, Decimal("120.50"), "2023-03-01", "M. Roy"))
    first, second = plans.money(made)
    assert (first.year, planned(first), first.fiches, first.known) == (2022, 100 + 50 + 70, 2, 1)
    assert (first.engaged, sum(line.amount for line in first.beside)) == (Decimal("120.50"), 100 + 50)
    assert (second.year, planned(second), second.engaged, second.known) == (2023, 30, None, 0)


# --- The file ------------------------------------------------------------------------------------


def test_a_plan_saved_before_the_follow_up_opens_and_is_saved_again():
    text = (Path(__file__).parent / "data" / "plan_v1.ctg.json").read_text("utf-8")
    assert json.loads(text)["version"] == 1
    old = plans.from_json(text)
    assert [fiche.title for fiche in old.fiches] == ["Ouvrir une crèche de 20 places", "Ouvrir un Laep"]
    assert (old.fiches[0].state, old.fiches[0].passages, old.fiches[0].engaged) == (State.STARTED, (), ())
    assert old.fiches[1].results[0].readings == ()
    assert plans.from_json(plans.to_json(old)) == old


def test_what_was_lived_is_saved_as_text_and_reopens():
    made = plan(FAMILIES, engaged=(Engaged(2022, Decimal("120.50"), "2023-03-01", "M. Roy"),))
    made = plans.add_reading(made, "F2", "Familles reçues", Reading(2022, 12.0, "2023-02-01", "M. Roy"))
    made = plans.set_state(made, "F2", State.STARTED, "2022-03-01")
    assert '"2023-02-01"' in plans.to_json(made) and '"120.50"' in plans.to_json(made)
    assert plans.from_json(plans.to_json(made)) == made


# --- The page ------------------------------------------------------------------------------------


def signed_in_2021(db):
    """A plan on an EPCI of the fictional territory, whose coverage was to move half as much, as much, twice as
    much as it has moved since 2021, and that follows a figure of its own."""
    key = "epci:" + db.rows("select min(code) from territory where level = 'epci'")[0][0]
    place = territories.get(db, key)
    rows = {
        row.year: row.value
        for row in measure.history(db, [place])[key]["taux_couverture"]
        if row.value is not None
    }
    last = max(rows)
    share = (last - 2021) / (2025 - 2021)
    moved = rows[last] - rows[2021]
    assert abs(moved) > 1 and 0 < share <= 1
    ours = [
        Result(
            label,
            "places",
            rows[2021],
            2021,
            rows[2021] + times * moved / share,
            2025,
            "taux_couverture",
            key,
        )
        for label, times in (("Modeste", 0.5), ("Juste", 1), ("Ambitieuse", 2))
    ]
    made = plans.add_axe(Plan("Ctg 2021-2025", key, place.name, 2021, 2025), "Accueillir")
    budget = (BudgetLine("Psu", "Caf", 2022, Decimal(1_000)),)
    return plans.add_fiche(
        made, made.axes[0].id, Fiche("", "Ouvrir une crèche", results=(*ours, FAMILIES), budget=budget)
    )


@pytest.fixture
def opened(demo_db, tmp_path, monkeypatch):
    """Opens the page of a territory, for a visitor who has opened that plan or none."""
    kept = drafts.SqliteStore(tmp_path / "b.sqlite")
    monkeypatch.setenv("DIAGNOSTIC_DB", str(demo_db))
    monkeypatch.setattr(keeping, "_visitor", lambda: (kept, VISITOR))

    def page(territory, plan=None):
        if plan is not None:
            keeping.update(drafts.PLAN, territory, lambda _: plan)
        at = AppTest.from_file(ROOT / "diagnostic/ui/main.py", default_timeout=60)
        at.query_params["territoire"] = territory
        at.switch_page(str(ROOT / "pages" / "suivi.py"))
        return at.run()

    return page


def said(at):
    assert not at.exception
    return (
        " ".join(block.proto.body for block in at.get("html")).replace("\u00a0", " ").replace("\u202f", " ")
    )


def test_the_sections_tell_each_result_by_its_own_line(demo_db):
    db = open_database(demo_db)
    made = signed_in_2021(db)
    results, actions, money = followup_sections(build(db, made.territory), made, db)
    assert results.title.replace("\u00a0", " ") == (
        "Sur 4 indicateurs de résultat : 1 en avance, 1 dans les temps, 1 en retard et 1 pas encore mesurable"
    )
    assert "Cnaf, Taux de couverture" in results.source
    assert {row[0] for row in results.data.rows} == {"Ouvrir une crèche"}
    assert actions.title.replace("\u00a0", " ") == "Sur 1 action : 1 à engager"
    assert "aucun montant engagé n’est saisi" in money.title
    assert money.data.rows[0][3] == "—"
    assert followup_sections(build(db, made.territory), plans.remove_fiche(made, "F2"), db) == ()


def test_without_a_plan_the_page_asks_for_a_signed_one(demo_db, opened):
    text = said(opened(signed_in_2021(open_database(demo_db)).territory))
    assert "Ouvrez un plan signé" in text and "indicateurs de résultat" not in text


def test_the_page_tells_what_moved_and_notes_what_is_typed_in_it(demo_db, opened):
    made = signed_in_2021(open_database(demo_db))
    at = opened(made.territory, made)
    text = said(at)
    assert "1 en avance, 1 dans les temps, 1 en retard et 1 pas encore mesurable" in text
    assert "Ce qui a bougé" in text and "aucun montant engagé n’est saisi" in text
    at.selectbox(key="suivi_etat").set_value("réalisée")
    submitted(at, "etat_suivi")
    at.text_input(key="suivi_montant").set_value("1 200,50 €")
    at.text_input(key="suivi_auteur_engage").set_value("M. Roy")
    at.number_input(key="suivi_annee_engage").set_value(2022)
    submitted(at, "engage_suivi")
    at.number_input(key="suivi_valeur").set_value(30.0)
    at.number_input(key="suivi_annee_valeur").set_value(2023)
    at.text_input(key="suivi_auteur_valeur").set_value("Mme Ferrand")
    submitted(at, "valeur_suivi")
    text = said(at)
    assert "Sur 1 action : 1 réalisée" in text
    assert "Engagé : 1 200,50 €" in text and "1 000 €" in text
    assert "1 en avance, 2 dans les temps et 1 en retard" in text  # 30 = 60 × (2023 - 2021) / (2025 - 2021)
    (fiche,) = keeping.get(drafts.PLAN, made.territory).fiches
    assert fiche.results[3].readings[0].author == "Mme Ferrand"


def test_the_page_takes_again_a_start_that_reads_otherwise_today(demo_db, opened):
    made = signed_in_2021(open_database(demo_db))
    modest, *others = made.fiches[0].results
    made = plans.edit_fiche(made, "F2", results=(replace(modest, start=modest.start - 1), *others))
    at = opened(made.territory, made)
    assert "dans le plan, se lit" in said(at)
    at.button(key="reprendre_departs_oui").click().run()
    assert "Départ repris" in said(at) and "reprendre_departs_oui" not in [one.key for one in at.button]
    (fiche,) = keeping.get(drafts.PLAN, made.territory).fiches
    assert (fiche.results[0].signed, fiche.results[1].signed) == (modest.start - 1, None)
    assert round(fiche.results[0].start, 1) == round(modest.start, 1)


def test_a_value_that_nobody_signs_is_refused_and_said(demo_db, opened):
    made = signed_in_2021(open_database(demo_db))
    at = opened(made.territory, made)
    at.number_input(key="suivi_valeur").set_value(30.0)
    submitted(at, "valeur_suivi")
    assert "Une valeur saisie est signée" in said(at)
    assert keeping.get(drafts.PLAN, made.territory) == made


def submitted(at, form):
    next(button for button in at.button if form in (button.form_id, button.proto.form_id)).click().run()
    assert not at.exception


def test_a_convention_to_come_has_no_signature_behind_it():
    """Composed in 2026 for 2027: nothing has moved since."""
    plan = plans.add_axe(Plan("Ctg", "epci:1", "EPCI", 2027, 2031), "Axe")
    made = plans.add_fiche(plan, plan.axes[0].id, Fiche("", "Ouvrir"))
    assert message(made, 2026).startswith("La convention commence en 2027")
    assert message(made, 2027) == "Depuis le départ du plan, ce qui a bougé"

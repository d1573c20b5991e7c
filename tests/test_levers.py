"""Which levers answer which gaps, and what to ask where no figure can tell."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import docx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from streamlit import cache_resource as st_cache
from streamlit.testing.v1 import AppTest

from diagnostic import gaps, reference, story
from diagnostic.exports import docx as word
from diagnostic.indicators import INDICATORS
from diagnostic.levers import Need, match, what_it_brings
from diagnostic.model import Apart, Comparator, DiagnosticError, Direction, Finding, Status
from diagnostic.reference import Fact, Trigger
from diagnostic.report import build
from diagnostic.report.synthesis import national_floor
from diagnostic.story.projects import by_gap
from diagnostic.warehouse.database import open_database

ROOT = Path(__file__).resolve().parents[1]

FRANCE = Comparator("france", "France", 60.9, 2023, Status.OK)


def finding(indicator, value=None, **options):
    status = Status.OK if value is not None else Status.MISSING
    return Finding(
        **(
            {
                "indicator": indicator,
                "territory": "epci:200000001",
                "value": value,
                "status": status,
                "year": 2023,
            }
            | options
        )
    )


def called(*findings, priorities=()):
    return {item.lever.id: item for item in match(findings, priorities) if item.need is Need.GAP}


LOW_COVERAGE = finding(
    "taux_couverture", 45.2, gap=45.2 - 60.9, missing=34.0, comparators=(FRANCE,), reference="france"
)


def test_every_lever_comes_back_once():
    identifiers = [lever.id for lever in reference.levers()]
    assert sorted(item.lever.id for item in match([])) == sorted(identifiers)


@pytest.mark.parametrize("lever", reference.levers(), ids=lambda lever: lever.id)
def test_a_row_says_when_its_lever_is_shown(lever):
    """A rule with its question, a question alone, a frame, or nothing for a scheme that has ended."""
    rule = lever.rule
    declared = {indicator.id for indicator in INDICATORS}
    assert {trigger.indicator for trigger in (*rule.triggers, *rule.only_if)} <= declared
    assert bool(rule.frame) + bool(rule.question) == (lever.id != "D15")
    assert rule.question or not rule.triggers


def test_a_rule_is_read_as_it_is_written():
    rule = reference.lever("D52").rule
    assert rule.triggers == (Trigger("equipements_en_qpv", Fact.NONE),)
    assert rule.only_if == (Trigger("nombre_qpv", Fact.SOME),)
    assert [trigger.fact for trigger in reference.lever("D13").rule.triggers] == [
        Fact.BELOW,
        Fact.BELOW,
        Fact.BELOW_FRANCE,
    ]


def table(tmp_path, regle, question="Qui le porte ?", cadre=""):
    """The table with one more row, first, that says so."""
    path = tmp_path / "levers.csv"
    with (reference.REFERENCE / "levers.csv").open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    new = rows[0] | {"id": "D99", "dispositif": "Ludobus des hameaux", "theme": "enfance_jeunesse"}
    new |= {"regle": regle, "question": question, "cadre": cadre}
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, list(new))
        writer.writeheader()
        writer.writerows([new, *rows])
    return path


@pytest.mark.parametrize(
    ("regle", "said"),
    [
        ("acces_alhs en dessous de la référence", "« acces_alhs » n’existe pas"),
        ("acces_alsh trop bas", "« trop bas » ne se lit pas"),
        ("acces_alsh nul si nombre_qpv", "ne se lit pas"),
        ("acces_alsh nul ou ", "n’existe pas"),
    ],
)
def test_a_rule_that_cannot_be_read_names_its_row(tmp_path, regle, said):
    with pytest.raises(DiagnosticError, match=f"levers.csv, ligne 2 .*{said}"):
        reference.read_levers(table(tmp_path, regle))


def test_a_frame_has_no_rule(tmp_path):
    with pytest.raises(DiagnosticError, match="un levier de cadre n’a ni règle ni question"):
        reference.read_levers(table(tmp_path, "nombre_qpv nul", "", "Toujours."))


def test_a_new_row_is_matched_then_shown_on_agir_and_in_the_documents(tmp_path, demo_db, monkeypatch):
    added = reference.read_levers(table(tmp_path, "acces_alsh en dessous de la référence"))
    monkeypatch.setattr(reference, "levers", lambda: added)
    monkeypatch.setenv("DIAGNOSTIC_DB", str(demo_db))
    base = open_database(demo_db)
    code = next(
        code
        for (code,) in base.rows("select code from territory where level = 'epci' order by code")
        if any(item.indicator == "acces_alsh" for item in build(base, f"epci:{code}").priorities)
    )
    report = build(base, f"epci:{code}")
    (row,) = (row for row in report.levers if row.id == "D99")
    assert (row.need, row.indicators) == ("gap", ("acces_alsh",)) and row.reason
    section = story.levers_section(report)
    assert "Ludobus des hameaux" in [line[0] for line in section.blocks[0].rows]
    words = docx.Document(io.BytesIO(word.build(report, base)))
    cells = [cell.text for drawn in words.tables for line in drawn.rows for cell in line.cells]
    assert "Ludobus des hameaux" in cells
    st_cache.clear()
    app = AppTest.from_file(str(ROOT / "diagnostic/ui/main.py"), default_timeout=60)
    app.query_params["territoire"] = f"epci:{code}"
    app.switch_page(str(ROOT / "pages" / "agir.py")).run()
    st_cache.clear()
    assert not app.exception
    shown = [item.label for item in app.expander] + [item.proto.body for item in app.get("html")]
    assert any("Ludobus des hameaux" in text for text in shown)


def test_low_coverage_calls_the_money_for_places_and_says_why():
    found = called(LOW_COVERAGE)
    assert {"D10", "D13", "D14"} <= set(found)
    # (60,9 − 45,2) ÷ 60,9 = 26 %
    for words in (
        "45,2",
        "26\u202f% en dessous de la référence (60,9, France)",
        "environ 30",
        "places",
        "2023",
    ):
        assert words in found["D13"].reason


def test_what_is_several_times_the_reference_is_said_so_as_every_page_says_it():
    """« 433 % plus loin » beside « 5,3 fois la valeur de la France »."""
    for far, words in (
        (16.0, "5,3 fois la référence (3,0\u00a0km, France)"),
        (6.0, "100\u202f% plus loin que"),
    ):
        beside = Comparator("france", "France", 3.0, 2023, Status.OK)
        one = finding(
            "distance_france_services",
            far,
            gap=far - 3.0,
            comparators=(beside,),
            reference="france",
        )
        assert words in called(one)["D72"].reason


def test_a_lever_for_territories_under_the_national_mean_tests_the_national_rate():
    """Cayenne: 16.1 places, above Guyane and far below France."""
    near = Comparator("departement:973", "Guyane", 11.3, 2023, Status.OK)
    cayenne = finding("taux_couverture", 16.1, gap=4.8, comparators=(near, FRANCE), reference=near.key)
    found = called(cayenne)
    assert "74\u202f% en dessous de la moyenne nationale (60,9)" in found["D14"].reason
    assert {"D10", "D13"} <= set(found)
    # Below its département, yet above France: the lever of the national mean is not called.
    high = Comparator("departement:49", "Maine-et-Loire", 80.0, 2023, Status.OK)
    below = finding("taux_couverture", 62.0, gap=-18.0, comparators=(high, FRANCE), reference=high.key)
    assert "D13" in called(below) and "D14" not in called(below)


def test_a_figure_of_too_few_people_calls_no_lever_by_the_national_mean_either():
    few = finding("taux_couverture", 12.5, comparators=(FRANCE,), reference="france", apart=Apart.FEW)
    assert "D14" in called(replace(few, apart=None))
    assert not {"D10", "D13", "D14"} & set(called(few))
    near = Comparator("departement:29", "Finistère", 12.0, 2023, Status.OK)
    beside = replace(few, comparators=(near, FRANCE), reference=near.key)
    assert national_floor(replace(beside, apart=None)) == 60.9 and national_floor(beside) is None


def test_levers_of_one_reason_stand_together_and_no_other_under_it():
    """A reason of one gap heads those that begin with it; another reason on the same figure is not theirs."""
    one, more, other = (
        SimpleNamespace(reason=reason, indicators=("taux_couverture",))
        for reason in (
            "27 % sous la Gironde.",
            "27 % sous la Gironde. 12 % sous elle.",
            "19 % sous la France.",
        )
    )
    assert by_gap([more, other, one]) == {one.reason: [more, one], other.reason: [other]}


def test_about_twenty_eight_percent_has_no_decimal():
    low = finding("acces_alsh", 28.0, gap=-64.5, reference="france", comparators=(FRANCE,), status=Status.ESTIMATED)  # fmt: skip
    said = [one.reason for one in called(low).values() if "acces_alsh" in one.indicators]
    assert said and all("environ 28\u202f%" in one or "environ 28 %" in one for one in said)


def test_people_do_not_lack():
    low = finding("acces_alsh", 61.0, gap=-31.0, missing=628.0, reference="france", comparators=(FRANCE,), status=Status.ESTIMATED)  # fmt: skip
    said = [one.reason for one in called(low).values() if "acces_alsh" in one.indicators]
    assert said and all("écart d’environ 630\u00a0enfants" in one and "manque" not in one for one in said)


def test_coverage_above_the_reference_calls_no_money_for_places():
    high = finding("taux_couverture", 70.0, gap=70.0 - 60.9, missing=0.0, reference="france")
    assert not {"D10", "D13", "D14"} & set(called(high))


def ratio_to(reference, value, indicator="taux_couverture"):
    return finding(indicator, value, gap=value - reference, reference="france", comparators=(FRANCE,))


def test_a_lever_is_called_by_the_gaps_that_make_a_priority_and_by_no_smaller_one():
    assert "D13" in called(ratio_to(60.0, 0.84 * 60.0))
    assert "D13" not in called(ratio_to(60.0, 0.87 * 60.0))
    # Where less is better the ratio is turned over: 85 ÷ 101 is under 0.85, 85 ÷ 99 is not.
    assert "D72" in called(ratio_to(8.5, 10.1, "distance_france_services"))
    assert "D72" not in called(ratio_to(8.5, 9.9, "distance_france_services"))


def test_a_lever_and_a_priority_agree_on_every_gap():
    for value in (0.0, 30.0, 50.9, 51.1, 60.0, 75.0):
        gap = {
            "indicator": "taux_couverture",
            "value": value,
            "reference": 60.9,
            "direction": Direction.MORE_IS_BETTER,
            "children": 100.0,
            "grade": None,
        }
        assert ("D13" in called(ratio_to(60.9, value))) == bool(gaps.priorities([gap]))


def test_a_gap_under_the_threshold_is_said_to_be_so():
    found = {
        item.lever.id: item for item in match([ratio_to(60.0, 58.0), ratio_to(60.0, 58.0, "places_100")])
    }
    assert found["D13"].need is Need.NOT_CALLED
    every = [ratio_to(10.0, 9.9, one) for one in ("enfants_par_rpe", "places_am_100")]
    quiet = {item.lever.id: item for item in match(every)}["D19"]
    assert quiet.need is Need.NOT_CALLED and "15\u202f%" in quiet.reason


def test_a_gap_of_an_older_vintage_names_its_year():
    old = finding(
        "taux_couverture", 45.2, gap=40.0 - 60.9, gap_year=2021, comparators=(FRANCE,), reference="france"
    )
    assert "écart de 20,9 en 2021" in called(old)["D13"].reason


def test_a_territory_without_a_relais_is_told_so_although_the_ratio_has_no_value():
    none = finding("enfants_par_rpe", None, status=Status.NOT_APPLICABLE, numerator=800.0, denominator=0.0)
    assert called(none)["D18"].reason.startswith("Nombre de relais petite enfance\u00a0: 0")


def test_an_unknown_number_of_relais_is_a_question_and_not_an_absence():
    found = {item.lever.id: item for item in match([finding("enfants_par_rpe")])}
    assert found["D18"].need is Need.QUESTION and found["D18"].reason.endswith("?")


def test_a_lever_called_by_children_told_by_births_says_about():
    gironde = Comparator("departement:33", "Gironde", 577.6, 2023, Status.ESTIMATED)
    told = finding(
        "enfants_par_rpe", 919.3, status=Status.ESTIMATED, gap=919.3 - 577.6, missing=18.0, word="très au-dessus",
        comparators=(gironde,), reference=gironde.key,
    )  # fmt: skip
    reason = next(one.reason for one in called(told).values()).replace("\u00a0", " ")
    assert "environ 920 enfants par relais (2023)" in reason and "(580, Gironde)" in reason


def test_a_priority_district_calls_the_bonus_mixite():
    assert "D11" in called(finding("nombre_qpv", 2.0))
    assert "D11" not in called(finding("nombre_qpv", 0.0))


def test_an_empty_priority_district_calls_dedicated_places():
    district, empty = finding("nombre_qpv", 1.0), finding("equipements_en_qpv", 0.0)
    assert "D52" in called(district, empty)
    assert "D52" not in called(district, finding("equipements_en_qpv", 3.0))


def test_a_territory_without_any_priority_district_is_not_called_to_equip_one():
    found = {
        item.lever.id: item
        for item in match([finding("nombre_qpv", 0.0), finding("equipements_en_qpv", 0.0)])
    }
    assert found["D52"].need is Need.NOT_CALLED
    unsure = {item.lever.id: item for item in match([finding("equipements_en_qpv", 0.0)])}
    assert unsure["D52"].need is Need.QUESTION


def test_a_masked_value_is_never_taken_for_zero():
    masked = finding("equipements_en_qpv", None, status=Status.SECRET)
    assert "D52" not in called(finding("nombre_qpv", 1.0), masked)


def of_theme(theme: str) -> list:
    return [item for item in match([]) if theme in (item.lever.theme, *item.lever.other_themes)]


def test_without_any_figure_every_theme_still_has_something_to_say():
    for theme in reference.LEVER_THEMES:
        assert any(item.need in (Need.QUESTION, Need.FRAME) and item.reason for item in of_theme(theme))


@pytest.mark.parametrize("theme", ["handicap", "logement", "acces_droits"])
def test_a_theme_without_indicator_asks_its_question(theme):
    items = [item for item in of_theme(theme) if item.need is Need.QUESTION]
    assert items and all(item.reason.startswith("À demander") for item in items)


def test_the_ended_plan_rebond_is_never_proposed():
    found = {item.lever.id: item for item in match([LOW_COVERAGE])}
    assert found["D15"].need is Need.NOT_CALLED and "terminé" in found["D15"].reason


def test_what_presses_most_comes_first():
    far = finding("distance_france_services", 18.0, gap=6.0, reference="france")
    first = match([LOW_COVERAGE, far], ["distance_france_services", "taux_couverture"])[0]
    assert first.indicators == ("distance_france_services",)
    called = [item.lever.id for item in match([far]) if item.indicators == ("distance_france_services",)]
    assert called == ["D72", "D73", "D76"]


def test_an_amount_is_shown_with_its_year_and_the_reservation():
    (bonus,) = (text for text in what_it_brings("D11", year=2022) if "tranche" not in text)
    assert "300" in bonus and "2 100".replace(" ", "\u202f") in bonus
    assert "barème 2022, à confirmer avec votre conseiller Caf" in bonus


def test_a_doubtful_amount_is_never_shown():
    texts = what_it_brings("D36", year=2025)
    assert len(texts) == 1 and "91,47" in texts[0] and "200" not in texts[0]


def test_an_ended_scale_is_no_longer_shown():
    parts = [text for text in what_it_brings("D14", year=2022) if "gros œuvre" in text]
    assert len(parts) == 1
    assert not any("gros œuvre" in text for text in what_it_brings("D14", year=2025))


def test_an_unknown_amount_is_to_be_asked_for():
    assert "montant à demander" in what_it_brings("D60", year=2025)[0]


facts = st.builds(
    finding,
    st.sampled_from([indicator.id for indicator in INDICATORS]),
    st.none() | st.floats(0, 1e6),
    gap=st.none() | st.floats(-1e6, 1e6),
    missing=st.none() | st.floats(0, 1e5),
    denominator=st.none() | st.floats(0, 1e6),
)


@given(st.lists(facts, max_size=12))
def test_a_reason_never_prints_an_unknown(findings):
    matches = match(findings)
    assert len(matches) == 45
    for item in matches:
        assert item.reason and "None" not in item.reason and "nan" not in item.reason.lower().split()


@given(st.lists(facts, max_size=12))
def test_a_gap_names_the_indicator_that_shows_it(findings):
    known = {f.indicator for f in findings}
    triggers = {lever.id: {t.indicator for t in lever.rule.triggers} for lever in reference.levers()}
    for item in match(findings):
        if item.need is Need.GAP:
            assert item.indicators and set(item.indicators) <= known & triggers[item.lever.id]


def test_every_kind_of_fact_is_used_by_a_rule():
    assert {
        trigger.fact for lever in reference.levers() for trigger in lever.rule.triggers + lever.rule.only_if
    } == set(Fact)

"""Gaps: each expected value is arithmetic that a reader can redo."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.backtest import holdout_interval
from diagnostic import gaps
from diagnostic.model import Direction

short = settings(max_examples=50, deadline=None)

counts = st.integers(min_value=0, max_value=5000)
children = st.integers(min_value=1, max_value=20_000)


def test_a_commune_ten_points_under_its_reference_misses_ten_places_per_hundred_children():
    assert gaps.missing_units(50.0, 60.0, 300) == (60 - 50) / 100 * 300


def test_a_commune_above_its_reference_misses_nothing():
    assert gaps.missing_units(70.0, 60.0, 300) == 0


def test_what_is_missing_is_unknown_when_a_part_is_and_never_zero():
    found = gaps.missing_units([None, 50, 50], [60, np.nan, 60], [300, 300, None])
    assert np.isnan(found).all()
    assert np.isnan(gaps.missing_units(pd.array([pd.NA, 50.0], dtype="Float64"), 60, 100)[0])


def test_a_commune_without_children_misses_no_place_and_has_no_rate():
    assert np.isnan(gaps.ratio(5, 0))
    assert gaps.missing_units(50.0, 60.0, 0) == 0


@short
@given(places=counts, children=children, reference=st.floats(min_value=0, max_value=200))
def test_adding_the_missing_places_closes_the_gap(places, children, reference):
    rate = gaps.ratio(places, children, 100)
    missing = gaps.missing_units(rate, reference, children)
    filled = gaps.ratio(places + missing, children, 100)
    assert filled == pytest.approx(max(reference, float(rate)), rel=1e-9, abs=1e-9)


def test_the_position_names_the_lowest_and_the_highest():
    found = gaps.position([50, 20, None, 80], ["Ajaccio", "Bastia", "Corte", "Calvi"], 0)
    assert (found.rank, found.of) == (2, 3)
    assert (found.minimum, found.minimum_name) == (20, "Bastia")
    assert (found.maximum, found.maximum_name) == (80, "Calvi")
    assert found.median == 50
    assert found.values == (20, 50, 80)


def test_an_unknown_value_has_no_position():
    assert gaps.position([None, 20], ["Ajaccio", "Bastia"], 0) is None
    assert gaps.position([], [], 0) is None


def by_mode(local: gaps.Supply, reference: gaps.Supply) -> dict[str, float]:
    return {row.mode: row.contribution for row in gaps.gap_by_mode(local, reference)}


def test_the_modes_explain_the_whole_gap():
    local, reference = {"eaje": 30.0, "am": 90.0}, {"eaje": 235.0, "am": 319.0}
    found = by_mode(gaps.Supply(local, 200), gaps.Supply(reference, 1000))
    assert found["eaje"] == pytest.approx(30 / 200 * 100 - 235 / 1000 * 100)
    assert found["am"] == pytest.approx(90 / 200 * 100 - 319 / 1000 * 100)
    assert sum(found.values()) == pytest.approx((30 + 90) / 200 * 100 - (235 + 319) / 1000 * 100)


def test_modes_that_nobody_publishes_are_what_the_total_leaves():
    local, reference = {"eaje": 30.0, "ecole": None}, {"eaje": 235.0, "ecole": 33.0}
    found = by_mode(gaps.Supply(local, 200, 130), gaps.Supply(reference, 1000, 609))
    assert np.isnan(found.pop("ecole"))
    assert found[gaps.OTHER_MODES] == pytest.approx((130 - 30) / 200 * 100 - (609 - 235) / 1000 * 100)
    assert sum(found.values()) == pytest.approx(130 / 200 * 100 - 609 / 1000 * 100)


def test_a_mode_that_only_one_side_knows_is_no_mode_of_the_other():
    found = by_mode(gaps.Supply({"eaje": 30.0}, 200), gaps.Supply({"am": 319.0}, 1000))
    assert list(found) == ["eaje", "am"] and all(map(np.isnan, found.values()))
    assert np.isnan(by_mode(gaps.Supply({"eaje": 30.0}, 0), gaps.Supply({"eaje": 30.0}, 100))["eaje"])


@short
@given(local=st.lists(counts, min_size=4, max_size=4), other=st.lists(counts, min_size=4, max_size=4))
def test_contributions_of_the_modes_add_up_to_the_gap(local, other):
    modes = ["eaje", "am", "ecole", "domicile"]
    found = by_mode(
        gaps.Supply(dict(zip(modes, local, strict=True)), 700),
        gaps.Supply(dict(zip(modes, other, strict=True)), 900),
    )
    assert sum(found.values()) == pytest.approx(sum(local) / 7 - sum(other) / 9, abs=1e-9)


def test_a_rate_that_rises_with_the_same_places_rises_by_fewer_children_alone():
    change = gaps.das_gupta(60, 100, 60, 80)
    assert change.places == 0
    assert change.children == pytest.approx(60 / 80 * 100 - 60 / 100 * 100)


def test_both_effects_follow_das_gupta():
    change = gaps.das_gupta(60, 100, 66, 80)
    assert change.places == pytest.approx((66 - 60) * (1 / 100 + 1 / 80) / 2 * 100)
    assert change.children == pytest.approx((1 / 80 - 1 / 100) * (60 + 66) / 2 * 100)


@short
@given(places0=counts, children0=children, places1=counts, children1=children)
def test_fewer_children_and_fewer_places_add_up_to_the_change(places0, children0, places1, children1):
    change = gaps.das_gupta(places0, children0, places1, children1)
    whole = places1 / children1 * 100 - places0 / children0 * 100
    assert change.total == pytest.approx(whole, rel=1e-9, abs=1e-7)
    assert change.places + change.children == pytest.approx(whole, rel=1e-9, abs=1e-7)


def test_a_year_without_children_leaves_the_change_unknown():
    change = gaps.das_gupta([60, 60], [0, 100], [60, None], [80, 80])
    assert np.isnan(change.total).all() and np.isnan(change.places).all()


def test_an_estimate_is_its_own_creches_and_the_other_modes_of_its_epci():
    found = gaps.estimate_from_own_places([0, 10, None], [50, 40, 30], 60.0, 22.0)
    assert list(found[:2]) == [60 - 22, 10 / 40 * 100 + 60 - 22] and np.isnan(found[2])
    assert list(gaps.estimate_from_own_places([5], [50], 20.0, 22.0)) == [10.0]


def test_a_held_out_interval_holds_what_it_has_not_seen():
    errors = np.random.default_rng(1).normal(0, 10, 2_000)
    low, high, held = holdout_interval(errors, tails=(0.025, 0.975))
    assert low == pytest.approx(-19.6, abs=1.5) and high == pytest.approx(19.6, abs=1.5)
    assert held == pytest.approx(0.95, abs=0.01)
    assert np.isnan(holdout_interval([3.0], tails=(0.025, 0.975))).all()


def test_a_member_counts_where_it_is_clearly_below_and_a_surplus_serves_the_children_to_come():
    found = gaps.clearly_below([50, 59, 90, None, 0.85 * 66], 66.0)
    assert list(found) == [True, False, False, False, False]
    # 10 places lack today; 100 children more ask for 60 at the reference.
    assert gaps.missing_later(10, 60, 50, 100, 200) == pytest.approx(10 + 60)
    # 70 for 60 on 100 children: ten places to spare serve the first of them.
    assert gaps.missing_later(0, 60, 70, 100, 200) == pytest.approx(60 - 10)
    assert gaps.missing_later(10, 60, 50, 100, 0) == 0
    assert np.isnan(gaps.missing_later(10, 60, 50, float("nan"), 200))


def test_the_grade_falls_with_the_number_of_children():
    found = gaps.reliability([400, 399, 149, 49, 5], [60] * 5, [61] * 5)
    assert list(found) == ["A", "B", "C", "D", "D"]


def test_the_grade_falls_with_the_width_of_the_interval():
    half = np.array([7, 8, 11, 16])
    assert list(gaps.reliability([1000] * 4, 60 - half, 60 + half)) == ["A", "B", "C", "D"]


def test_nothing_known_has_no_grade():
    assert list(gaps.reliability([None, 500], [50, None], [60, None])) == [None, None]


def _gap(indicator, value, reference, children=100, grade="A", direction=Direction.MORE_IS_BETTER):
    return locals()


def _column(rows, name):
    return [row[name] for row in rows]


def test_the_gravest_gap_comes_first_then_the_most_children_then_the_surest():
    found = gaps.priorities(
        [
            _gap("grave_peu", 20, 50, children=40),
            _gap("modere_beaucoup", 40, 50, children=6000),
            _gap("grave_beaucoup_incertain", 20, 50, children=6000, grade="D"),
            _gap("grave_beaucoup_sur", 22, 50, children=5500, grade="A"),
        ]
    )
    assert _column(found, "indicator") == [
        "grave_beaucoup_sur",
        "grave_beaucoup_incertain",
        "grave_peu",
        "modere_beaucoup",
    ]
    assert _column(found, "order") == [1, 2, 3, 4]


def test_each_priority_gives_its_reasons_as_data():
    found = gaps.priorities([_gap("taux", 20.0, 50.0, children=250, grade="B")])
    assert found[0]["reasons"] == (
        {"kind": "severity", "severity": 2, "ratio": 20 / 50},
        {"kind": "children", "children": 250, "step": 2},
        {"kind": "reliability", "grade": "B"},
    )


def test_where_less_is_better_the_higher_value_is_the_gap():
    found = gaps.priorities(
        [
            _gap("pauvrete", 30, 15, direction=Direction.LESS_IS_BETTER),
            _gap("basse", 10, 15, direction=Direction.LESS_IS_BETTER),
            _gap("population", 10, 50, direction=Direction.NEUTRAL),
        ]
    )
    assert _column(found, "indicator") == ["pauvrete"]
    assert found[0]["ratio"] == 15 / 30


def test_good_news_close_values_and_unknown_ones_are_no_priority():
    rows = [_gap("mieux", 60, 50), _gap("proche", 45, 50), _gap("inconnu", None, 50), _gap("nul", 3, 0)]
    assert gaps.priorities(rows) == gaps.priorities([]) == []
    assert gaps.priorities([_gap("pas un nombre", np.nan, 50)]) == []


def test_none_where_some_are_due_is_the_gravest_gap_and_has_no_ratio_of_its_own():
    (found,) = gaps.priorities([_gap("sans", np.inf, 900, direction=Direction.LESS_IS_BETTER)])
    assert (found["ratio"], found["severity"]) == (0.0, 2)


def test_an_official_figure_without_grade_ranks_as_a_sure_one_and_unknown_children_come_last():
    found = gaps.priorities(
        [
            _gap("d", 20, 50, grade="D"),
            _gap("officiel", 20, 50, grade=None),
            _gap("sans", 20, 50, children=None),
        ]
    )
    assert _column(found, "indicator") == ["officiel", "d", "sans"]
    assert found[0]["reasons"][2] == {"kind": "reliability", "grade": None}
    assert found[2]["reasons"][1] == {"kind": "children", "children": None, "step": None}


@short
@given(seed=st.integers(0, 500))
def test_the_order_of_priorities_does_not_depend_on_the_order_of_rows(seed):
    random = np.random.default_rng(0)
    rows = [
        _gap(f"i{n:02}", random.integers(1, 60), 50, random.integers(10, 9000), random.choice(list("ABCD")))
        for n in range(20)
    ]
    shuffled = [rows[n] for n in np.random.default_rng(seed).permutation(len(rows))]
    assert _column(gaps.priorities(shuffled), "indicator") == _column(gaps.priorities(rows), "indicator")


def test_no_input_is_changed():
    row = _gap("taux", 20, 50)
    before = dict(row)
    gaps.priorities([row])
    assert row == before

"""Children to come: tables small enough to redo by hand."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.backtest import backtest
from diagnostic import projection
from diagnostic.model import DiagnosticError
from diagnostic.projection import AGES, Births, Census

short = settings(max_examples=40, deadline=None)


def _births(*rows, first=2010) -> Births:
    return projection.births(np.array(rows, dtype=float), first)


def _projected(known: Births, years, **named) -> pd.DataFrame:
    """The children projected, one row a territory, scenario, year and band."""
    found = projection.project_children(known, years, **named)
    rows = [
        (territory, *told, children, found.method)
        for told, line in zip(found.told, found.children, strict=True)
        for territory, children in enumerate(line)
    ]
    return pd.DataFrame(rows, columns=["territory", "scenario", "year", "band", "children", "method"])


def _children(found: pd.DataFrame, scenario: str, year: int, band: str, territory: int = 0) -> float:
    kept = found.query(
        "scenario == @scenario and year == @year and band == @band and territory == @territory"
    )
    return float(kept["children"].item())


def _steady(size: float, year: int, territories: int = 1) -> Census:
    return Census(year, np.full((territories, AGES), float(size)))


def test_children_under_three_are_the_births_of_the_three_years_before():
    known = _births([90, 91, 92, 93, 94, 95, 96, 97])
    found = _projected(known, [2018])
    assert _children(found, "constant", 2018, "moins_3") == 95 + 96 + 97
    assert set(found["method"]) == {projection.BIRTHS}


def test_with_constant_births_every_future_year_has_the_mean_of_the_last_three():
    known = _births([90, 91, 92, 93, 94, 95, 96, 97])
    found = _projected(known, [2019, 2021])
    mean = (95 + 96 + 97) / 3
    assert _children(found, "constant", 2019, "moins_3") == pytest.approx(96 + 97 + mean)
    assert _children(found, "constant", 2021, "moins_3") == pytest.approx(3 * mean)


def test_births_that_fall_three_percent_a_year_go_on_falling_three_percent_a_year():
    known = _births([1000 * 0.97**n for n in range(8)])
    assert projection.yearly_change(known) == pytest.approx([-0.03])
    future = projection.birth_scenarios(known, 2020)["trend"]
    assert future.counts[0] == pytest.approx([1000 * 0.97**n for n in range(11)], rel=2e-3)


def test_the_low_scenario_loses_one_point_a_year_more_than_the_trend():
    known = _births([1000 * 0.97**n for n in range(8)])
    future = projection.birth_scenarios(known, 2019)["low"].counts[0]
    assert future[-1] / future[-2] == pytest.approx(1 - 0.03 - 0.01)


def test_a_trend_is_bounded():
    known = _births([1000 * 0.8**n for n in range(8)], [100 * 1.3**n for n in range(8)])
    assert list(projection.yearly_change(known)) == [-0.05, 0.05]


def test_a_village_takes_the_trend_of_its_epci():
    village, town = [3, 9, 2, 8, 1, 0], [1000 * 1.02**n for n in range(6)]
    change = projection.yearly_change(_births(village, town), ["epci", "epci"])
    assert change[0] == pytest.approx(0.02, abs=0.002)
    assert change[1] == pytest.approx(0.02)


def test_an_epci_too_small_takes_the_trend_of_all():
    small, town = [3, 9, 2, 8, 1, 0], [1000 * 1.02**n for n in range(6)]
    change = projection.yearly_change(_births(small, town), ["vallee", "ville"])
    assert change[0] == pytest.approx(0.02, abs=0.002)


def test_villages_without_births_have_no_trend_and_no_children():
    known = _births([0] * 8)
    found = _projected(known, [2019, 2021])
    assert (found.query("band == 'moins_3'")["children"] == 0).all()


def test_an_unknown_year_of_births_leaves_the_future_unknown_and_not_at_zero():
    known = projection.births(pd.DataFrame([[90, 91, 92, 93, 94, None, 96, 97], [90] * 8]), 2010)
    found = _projected(known, [2020])
    assert np.isnan(_children(found, "constant", 2020, "moins_3", 0))
    assert _children(found, "constant", 2020, "moins_3", 1) == 270


def test_older_children_need_older_births():
    known = _births([90] * 16, first=2010)
    found = _projected(known, [2026])
    assert _children(found, "constant", 2026, "3_11") == 9 * 90
    assert np.isnan(_children(found, "constant", 2026, "12_17"))


def test_the_cohort_ratio_is_who_is_left_of_those_who_were_younger():
    earlier = Census(2016, np.arange(100, 100 + AGES, dtype=float)[None, :])
    later = Census(2021, np.full((1, AGES), 90.0))
    found = projection.cohort_ratios(earlier, later)
    assert np.isnan(found[0, :5]).all()
    assert found[0, 5] == 90 / 100
    assert found[0, 17] == 90 / 112


def test_an_empty_cohort_has_no_ratio():
    found = projection.cohort_ratios(_steady(0, 2016), _steady(10, 2021))
    assert np.isnan(found).all()


def test_where_nothing_moves_the_census_just_grows_older():
    earlier, later = _steady(200, 2016), _steady(200, 2021)
    known = _births([200] * 14)
    found = _projected(known, [2024, 2027], earlier=earlier, later=later)
    assert _children(found, "constant", 2027, "moins_3") == pytest.approx(3 * 200)
    assert _children(found, "constant", 2027, "3_11") == pytest.approx(9 * 200)
    assert _children(found, "constant", 2024, "12_17") == pytest.approx(6 * 200)
    assert set(found["method"]) == {projection.COHORTS}


def test_a_territory_that_gains_two_percent_of_each_cohort_a_year_goes_on_gaining():
    growth = 1.02
    earlier = Census(2016, 200 * growth ** np.arange(AGES)[None, :])
    later = Census(2021, 200 * growth ** np.arange(AGES)[None, :])
    known = _births([200] * 14)
    found = _projected(known, [2023], earlier=earlier, later=later)
    assert _children(found, "constant", 2023, "3_11") == pytest.approx(
        sum(200 * growth**a for a in range(3, 12))
    )
    assert _children(found, "constant", 2023, "moins_3") == pytest.approx(
        sum(200 * growth**a for a in range(3))
    )


def test_known_births_after_the_census_are_used_before_any_scenario():
    earlier, later = _steady(200, 2016), _steady(200, 2021)
    known = _births([200] * 11 + [170, 160, 150])
    found = _projected(known, [2024], earlier=earlier, later=later)
    for scenario in projection.SCENARIOS:
        assert _children(found, scenario, 2024, "moins_3") == pytest.approx(170 + 160 + 150)


def test_children_kept_from_births_are_those_seen_at_the_census():
    earlier, later = _steady(200, 2016), _steady(200, 2021)
    known = _births([200] * 10 + [250, 240, 240, 240])
    found = _projected(known, [2024], earlier=earlier, later=later)
    assert _children(found, "constant", 2024, "moins_3") == pytest.approx(3 * 240 * 200 / 250)


def test_a_village_takes_the_cohort_ratios_of_its_epci():
    village = np.array([[0, 5, 1, 0, 9] + [2] * 13], dtype=float)
    earlier = Census(2016, np.vstack((village, np.full((1, AGES), 500.0))))
    later = Census(2021, np.vstack((village, np.full((1, AGES), 500.0))))
    known = _births([2] * 14, [500] * 14)
    found = _projected(known, [2022], earlier=earlier, later=later, groups=["e", "e"])
    assert _children(found, "constant", 2022, "3_11", 0) == pytest.approx(village[0, 2:11].sum(), rel=0.02)


def test_one_census_alone_or_in_the_wrong_order_is_refused():
    known = _births([200] * 14)
    with pytest.raises(DiagnosticError, match="deux recensements"):
        _projected(known, [2024], later=_steady(200, 2021))
    with pytest.raises(DiagnosticError, match="plus ancien en premier"):
        _projected(known, [2024], earlier=_steady(1, 2021), later=_steady(1, 2016))


def test_a_year_before_the_census_missing_births_or_too_few_years_are_refused():
    known = _births([200] * 14)
    with pytest.raises(DiagnosticError, match="avant le recensement de 2021"):
        _projected(known, [2020], earlier=_steady(1, 2016), later=_steady(1, 2021))
    with pytest.raises(DiagnosticError, match="naissances de 2008"):
        _projected(known, [2024], earlier=_steady(1, 2005), later=_steady(1, 2009))
    with pytest.raises(DiagnosticError, match="6 années"):
        _projected(_births([200] * 5), [2024])
    with pytest.raises(DiagnosticError, match="négatif"):
        _births([-1, 2])


def test_no_territory_and_no_year_make_an_empty_table():
    empty = Births(2010, np.empty((0, 10)))
    assert _projected(empty, [2022]).empty
    assert _projected(_births([200] * 14), []).empty


@short
@given(
    rows=st.lists(st.lists(st.integers(0, 4000), min_size=10, max_size=10), min_size=1, max_size=8),
    seed=st.integers(0, 99),
)
def test_low_is_never_above_the_others_nothing_is_infinite_and_order_does_not_matter(rows, seed):
    counts = np.array(rows, dtype=float)
    groups = np.arange(len(rows)) % 2
    found = _projected(_births(*rows), [2021, 2026], groups=groups)
    table = found.query("band == 'moins_3'").pivot(
        index=["territory", "year"], columns="scenario", values="children"
    )
    assert np.isfinite(table.to_numpy()).all() and (table.to_numpy() >= 0).all()
    assert (table["low"] <= table[["constant", "trend"]].min(axis=1) + 1e-9).all()
    order = np.random.default_rng(seed).permutation(len(rows))
    shuffled = projection.birth_scenarios(Births(2010, counts[order]), 2025, groups[order])
    straight = projection.birth_scenarios(Births(2010, counts), 2025, groups)
    for name in projection.SCENARIOS:
        assert shuffled[name].counts == pytest.approx(straight[name].counts[order])


@short
@given(
    earlier=st.lists(st.integers(0, 400), min_size=AGES, max_size=AGES),
    later=st.lists(st.integers(0, 400), min_size=AGES, max_size=AGES),
)
def test_cohorts_with_holes_never_give_an_infinite_or_negative_number(earlier, later):
    found = _projected(
        _births([50] * 14),
        [2022, 2027, 2032],
        earlier=Census(2016, np.array([earlier], float)),
        later=Census(2021, np.array([later], float)),
    )
    assert np.isfinite(found["children"]).all() and (found["children"] >= 0).all()


def test_the_back_test_of_steady_births_finds_no_error():
    found = backtest(_births([200] * 12)).query("scenario != 'low'")
    assert list(found["error"]) == [0] * 6
    assert list(found["horizon"]) == [1, 1, 2, 2, 3, 3]


def test_the_back_test_compares_what_was_foreseen_with_what_came():
    known = _births([100] * 6 + [90])
    found = backtest(known, horizons=[1]).set_index("scenario")
    assert found["cases"]["constant"] == 1
    assert found["error"]["constant"] == pytest.approx((300 - 290) / 290 * 100)
    assert found["error"]["low"] == pytest.approx((200 + 100 * 0.99**2 - 290) / 290 * 100)


def test_a_back_test_without_enough_history_or_children_has_no_case():
    short = backtest(_births([200] * 6))
    assert (short["cases"] == 0).all() and short["error"].isna().all()
    assert (backtest(_births([0] * 12))["cases"] == 0).all()


REAL = Path(__file__).parents[2] / "shared" / "real" / "naissances" / "DS_ETAT_CIVIL_NAIS_COMMUNES_data.csv"


@pytest.mark.real
def test_births_by_departement_were_foreseen_a_year_ahead_to_three_percent():
    if not REAL.exists():
        pytest.skip("the real births are not here")
    rows = pd.read_csv(REAL, sep=";", dtype=str, usecols=["GEO", "GEO_OBJECT", "TIME_PERIOD", "OBS_VALUE"])
    rows = rows[rows["GEO_OBJECT"] == "COM"].assign(births=lambda kept: pd.to_numeric(kept["OBS_VALUE"]))
    table = rows.pivot(index="GEO", columns="TIME_PERIOD", values="births").dropna()
    table = table.groupby(table.index.str[:2]).sum()
    found = backtest(projection.births(table, int(table.columns[0]))).set_index(["scenario", "horizon"])
    assert found["error"]["trend", 1] < 3
    assert found["error"]["trend", 1] < found["error"]["trend", 2] < found["error"]["trend", 3]
    assert found["error"]["trend", 3] < found["error"]["constant", 3]

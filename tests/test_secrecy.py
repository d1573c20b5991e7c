"""Statistical secrecy, attacked the way a curious reader would: by sums, differences and programs."""

from __future__ import annotations

import itertools
from dataclasses import replace
from datetime import date

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from benchmarks import attack as attack_by
from benchmarks.optimum import SECONDARY_BOUND, least
from diagnostic.local.plan import beside, same_facts, settle
from diagnostic.local.store import Deposit, together
from diagnostic.local.templates import TEMPLATES
from diagnostic.model import DiagnosticError, Status
from diagnostic.secrecy import (
    RULES,
    Relation,
    hide,
    note,
    primary,
    protect,
    secondary,
)

CAF = RULES["caf_extrait"]
SLOW = settings(max_examples=80, deadline=None, suppress_health_check=list(HealthCheck))


def cells(values: dict[str, float], threshold: float = 5) -> pd.DataFrame:
    frame = pd.DataFrame({"key": list(values), "value": list(values.values())})
    frame["masked"] = (frame["value"] > 0) & (frame["value"] < threshold)
    frame["protection"] = np.where(frame["masked"], threshold, 1.0)
    return frame


def attack(frame: pd.DataFrame, relations: list[Relation], hidden: set) -> dict:
    """Everything a reader can deduce: the least and the greatest value of each hidden cell."""
    keys = list(frame["key"])
    sums = np.zeros((len(relations), len(keys)))
    for row, relation in enumerate(relations):
        for part, factor in zip(relation.parts, relation.coefficients or itertools.repeat(1.0), strict=False):
            sums[row, keys.index(part)] += factor
        if relation.total is not None:
            sums[row, keys.index(relation.total)] -= 1
    value = frame["value"].to_numpy(float)
    shown = sums @ value
    bounds = [(0, None) if key in hidden else (v, v) for key, v in zip(keys, value, strict=True)]
    found = {}
    for key in hidden:
        aim = np.array([float(key == other) for other in keys])
        low = linprog(aim, A_eq=sums, b_eq=shown, bounds=bounds)
        high = linprog(-aim, A_eq=sums, b_eq=shown, bounds=bounds)
        found[key] = (low.fun, np.inf if high.status == 3 else -high.fun)
    return found


def masked_after(frame: pd.DataFrame, relations: list[Relation]) -> set:
    return set(frame.loc[frame["masked"], "key"]) | set(secondary(frame, relations).added)


def assert_nothing_can_be_found(frame: pd.DataFrame, relations: list[Relation]) -> None:
    need = frame.set_index("key")["protection"]
    for key, (low, high) in attack(frame, relations, masked_after(frame, relations)).items():
        assert high - low >= need[key] - 1e-5, (key, low, high)


# --- what is too small to be shown


def test_a_commune_of_4_allocataires_is_hidden_and_one_of_5_is_not():
    frame = pd.DataFrame({"value": [4, 5, 0, None]})
    assert primary(frame, CAF).tolist() == [True, False, False, False]


def test_a_zero_in_a_rounded_file_may_hide_4_families_and_is_hidden():
    frame = pd.DataFrame({"value": [0.0, 5.0]})
    assert primary(frame, RULES["caf_arrondi"]).tolist() == [True, False]
    assert RULES["caf_arrondi"].shown == "moins de 5"


def test_ten_households_are_hidden_by_filosofi_and_eleven_are_not():
    assert primary(pd.DataFrame({"value": [10, 11]}), RULES["filosofi"]).tolist() == [True, False]


def test_a_rate_over_19_children_is_hidden():
    frame = pd.DataFrame({"value": [50.0, 50.0, 50.0], "denominator": [19, 20, 100]})
    assert primary(frame, CAF).tolist() == [True, False, False]


def test_a_rate_whose_numerator_is_small_is_hidden_since_its_denominator_would_give_it_back():
    frame = pd.DataFrame({"value": [4 / 400 * 100], "numerator": [4], "denominator": [400]})
    assert primary(frame, CAF).tolist() == [True]


def test_what_the_source_masked_stays_masked():
    frame = pd.DataFrame({"value": [None], "status": [Status.SECRET]})
    assert primary(frame, CAF).tolist() == [True]


def test_the_threshold_of_one_file_can_be_raised_and_never_abolished():
    assert primary(pd.DataFrame({"value": [9]}), CAF.at(10)).tolist() == [True]
    with pytest.raises(DiagnosticError, match="au moins 1"):
        CAF.at(0)


def test_a_hidden_row_keeps_no_figure_and_the_table_it_came_from_is_not_changed():
    frame = pd.DataFrame({"value": [3.0, 40.0], "numerator": [3.0, 40.0], "denominator": [100.0, 100.0]})
    shown = hide(frame, primary(frame, CAF))
    assert shown[["value", "numerator"]].isna().all(axis=1).tolist() == [True, False]
    assert shown["status"].tolist() == [Status.SECRET, Status.OK]
    assert frame["value"].tolist() == [3.0, 40.0]


def test_the_note_counts_what_is_hidden_and_never_how_many_for_which_reason():
    text = note(12, CAF, shown=1200)
    assert "12\u00a0valeurs masquées sur 1\u202f200" in text
    assert "moins de 5 allocataires" in text and "par différence" in text
    assert "9" not in text.replace("12", "") and note(0, CAF) == ""


# --- what else must be hidden


def test_one_hidden_commune_hides_the_smallest_other_one_so_that_the_total_does_not_give_it_away():
    frame = cells({"a": 3, "b": 40, "c": 12, "epci": 3 + 40 + 12})
    assert secondary(frame, [Relation("epci", ("a", "b", "c"))]).added == ("c",)


def test_two_hidden_communes_with_one_allocataire_each_are_not_enough():
    frame = cells({"a": 1, "b": 1, "c": 30, "epci": 1 + 1 + 30})
    assert secondary(frame, [Relation("epci", ("a", "b", "c"))]).added == ("c",)


def test_two_hidden_communes_of_2_add_up_to_less_than_5_and_need_a_third():
    frame = cells({"a": 2, "b": 2, "c": 30, "epci": 2 + 2 + 30})
    assert secondary(frame, [Relation("epci", ("a", "b", "c"))]).added == ("c",)


def test_two_cells_that_lean_on_the_same_one_do_not_lend_its_room_twice():
    frame = cells({"i": 3, "j": 10, "k": 10, "c": 1, "t": 3 + 10 + 10, "u": 10 + 10 - 1})
    frame["masked"] = frame["key"].isin(["i", "j", "k", "c"])
    frame["protection"] = np.where(frame["key"] == "i", 5.0, 0.0)
    relations = [Relation("t", ("i", "j", "k")), Relation("u", ("j", "k", "c"), (1.0, 1.0, -1.0))]
    assert_nothing_can_be_found(frame, relations)


def test_an_epci_of_one_commune_hides_its_own_total_and_another_epci():
    frame = cells({"a": 3, "b": 20, "e1": 3, "e2": 20, "dep": 23})
    relations = [Relation("e1", ("a",)), Relation("e2", ("b",)), Relation("dep", ("e1", "e2"))]
    hidden = masked_after(frame, relations)
    assert {"a", "e1"} < hidden
    assert_nothing_can_be_found(frame, relations)


def test_nothing_is_hidden_where_nothing_is_small():
    frame = cells({"a": 30, "b": 40, "epci": 70})
    assert secondary(frame, [Relation("epci", ("a", "b"))]).added == ()


def test_a_sum_already_printed_that_gives_a_commune_away_is_reported():
    frame = cells({"a": 3})
    answer = secondary(frame, [Relation(None, ("a",))])
    assert answer.exposed == ("a",) and not answer.safe


def test_a_coefficient_other_than_one_is_understood():
    frame = cells({"a": 3, "b": 30, "t": 2 * 3 + 30})
    relations = [Relation("t", ("a", "b"), (2.0, 1.0))]
    assert_nothing_can_be_found(frame, relations)


@st.composite
def tables(draw, largest: int = 4):
    """Rows, columns and a grand total, as communes by age bands; half of the cells are small."""
    rows, columns = draw(st.integers(2, largest)), draw(st.integers(2, largest))
    small = st.one_of(st.integers(0, 8), st.integers(5, 80))
    inside = np.array(draw(st.lists(small, min_size=rows * columns, max_size=rows * columns)))
    inside = inside.reshape(rows, columns)
    values = {f"{i}.{j}": inside[i, j] for i in range(rows) for j in range(columns)}
    values |= {f"row{i}": inside[i].sum() for i in range(rows)}
    values |= {f"col{j}": inside[:, j].sum() for j in range(columns)}
    values["all"] = inside.sum()
    relations = [Relation(f"row{i}", tuple(f"{i}.{j}" for j in range(columns))) for i in range(rows)]
    relations += [Relation(f"col{j}", tuple(f"{i}.{j}" for i in range(rows))) for j in range(columns)]
    relations += [
        Relation("all", tuple(f"row{i}" for i in range(rows))),
        Relation("all", tuple(f"col{j}" for j in range(columns))),
    ]
    return cells({key: float(value) for key, value in values.items()}), relations


@st.composite
def territories(draw):
    """Communes of small counts in EPCI in one département, and a perimeter drawn at random."""
    count = draw(st.integers(2, 9))
    codes = [f"01{place:03d}" for place in range(count)]
    epci = draw(st.lists(st.integers(0, 2), min_size=count, max_size=count))
    values = draw(st.lists(st.integers(0, 30), min_size=count, max_size=count))
    picked = draw(st.lists(st.booleans(), min_size=count, max_size=count))
    stats = pd.DataFrame({"code": codes, "stat": "aeeh", "year": 2024, "value": np.array(values, float)})
    rows = [("epci", f"E{e}", code) for e, code in zip(epci, codes, strict=True)]
    rows += [("departement", "01", code) for code in codes]
    rows += [("perimetre", "P", code) for code, taken in zip(codes, picked, strict=True) if taken]
    return stats, pd.DataFrame(rows, columns=["level", "code", "commune"])


@SLOW
@given(tables())
def test_no_hidden_cell_of_a_table_can_be_found_from_its_rows_columns_and_total(table):
    assert_nothing_can_be_found(*table)


@settings(SLOW, max_examples=25)
@given(tables(largest=3))
def test_the_cells_hidden_are_at_most_the_stated_multiple_of_the_fewest_possible(table):
    frame, relations = table
    fewest = least(frame, relations)
    assert len(fewest) <= len(secondary(frame, relations).added) <= SECONDARY_BOUND * len(fewest)


def test_a_cell_hidden_on_the_way_and_no_longer_needed_is_shown_again():
    inside = np.array([[4, 5, 1], [15, 2, 23], [33, 1, 38]])
    values = {f"{i}.{j}": float(inside[i, j]) for i in range(3) for j in range(3)}
    values |= {f"row{i}": float(inside[i].sum()) for i in range(3)}
    values |= {f"col{j}": float(inside[:, j].sum()) for j in range(3)}
    relations = [Relation(f"row{i}", tuple(f"{i}.{j}" for j in range(3))) for i in range(3)]
    relations += [Relation(f"col{j}", tuple(f"{i}.{j}" for i in range(3))) for j in range(3)]
    frame = cells(values)
    assert len(secondary(frame, relations).added) == len(least(frame, relations)) == 3
    assert_nothing_can_be_found(frame, relations)


@SLOW
@given(territories())
def test_no_hidden_commune_can_be_found_from_epci_departement_and_a_perimeter(territory):
    stats, membership = territory
    shown = protect(stats, membership, CAF).frame
    codes = sorted(stats["code"])
    hidden = shown[(shown["level"] == "commune") & (shown["status"] == Status.SECRET)]["code"].tolist()
    sums = shown[(shown["level"] != "commune") & shown["value"].notna()]
    table = pd.DataFrame({"key": codes, "value": stats.set_index("code")["value"][codes].to_numpy()})
    members = membership.groupby(["level", "code"])["commune"].agg(tuple)
    relations = [Relation(None, members[key]) for key in zip(sums["level"], sums["code"], strict=True)]
    for code, (low, high) in attack(table, relations, set(hidden)).items():
        small = 0 < table.set_index("key")["value"][code] < CAF.threshold
        assert high - low >= (CAF.threshold if small else 1) - 1e-5


@SLOW
@given(territories())
def test_what_is_shown_is_the_true_figure_and_the_true_total(territory):
    stats, membership = territory
    shown = protect(stats, membership, CAF).frame
    value = stats.set_index("code")["value"]
    for row in shown[shown["status"] != Status.SECRET].itertuples():
        if row.level == "commune":
            assert row.value == value[row.code]
        else:
            inside = membership[(membership["level"] == row.level) & (membership["code"] == row.code)]
            assert row.value == value[inside["commune"]].sum()
    assert shown.loc[shown["status"] == Status.SECRET, "value"].isna().all()


def test_a_departement_with_an_unknown_commune_has_an_unknown_total():
    stats = pd.DataFrame({"code": ["01004", "2A004"], "stat": "aeeh", "year": 2024, "value": [12.0, None]})
    membership = pd.DataFrame({"level": "epci", "code": "E", "commune": ["01004", "2A004"]})
    shown = protect(stats, membership, CAF).frame.set_index("level")
    assert pd.isna(shown.loc["epci", "value"]) and shown.loc["epci", "status"] == Status.MISSING


def test_a_departement_with_a_commune_without_a_row_has_an_unknown_total_and_hides_nothing_more():
    stats = pd.DataFrame({"code": ["a", "b"], "stat": "s", "year": 2024, "value": [3.0, 40.0]})
    membership = pd.DataFrame({"level": "epci", "code": "E", "commune": ["a", "b", "c"]})
    answer = protect(stats, membership, CAF)
    assert answer.frame.set_index(["level", "code"])["value"].isna().to_dict() == {
        ("commune", "a"): True,
        ("commune", "b"): False,
        ("epci", "E"): True,
    }
    assert (answer.primary, answer.secondary, answer.safe) == (1, 0, True)


def test_the_figure_that_the_producer_publishes_for_the_epci_takes_the_place_of_our_sum():
    stats = pd.DataFrame(
        [("commune", "a", 3.0), ("commune", "b", 40.0), ("commune", "c", 50.0), ("epci", "E", 95.0)],
        columns=["level", "code", "value"],
    ).assign(stat="s", year=2024)
    membership = pd.DataFrame({"level": "epci", "code": "E", "commune": ["a", "b", "c"]})
    shown = protect(stats, membership, CAF).frame.set_index(["level", "code"])["value"]
    assert shown["epci", "E"] == 95 and shown.isna().sum() == 2


def test_the_total_of_an_age_table_does_not_give_back_the_small_band():
    stats = pd.DataFrame(
        {"code": "97411", "stat": ["a", "b", "c", "t"], "year": 2024, "value": [3.0, 9, 20, 3 + 9 + 20]}
    )
    membership = pd.DataFrame(columns=["level", "code", "commune"])
    shown = protect(stats, membership, CAF, tables=[Relation("t", ("a", "b", "c"))]).frame
    assert shown.set_index("stat")["value"].isna().to_dict() == {"a": True, "b": True, "c": False, "t": False}


def test_the_composition_of_last_year_does_not_give_a_commune_away():
    stats = pd.DataFrame({"code": ["a", "b", "c"], "stat": "s", "year": 2024, "value": [3.0, 40.0, 50.0]})
    membership = pd.DataFrame(
        [("epci_2024", "E", code) for code in "abc"] + [("epci_2025", "E", code) for code in "bc"],
        columns=["level", "code", "commune"],
    )
    shown = protect(stats, membership, CAF).frame.set_index(["level", "code"])["value"]
    assert not (pd.notna(shown["epci_2024", "E"]) and pd.notna(shown["epci_2025", "E"]))


# --- one who knows that zeros are printed


def test_a_hidden_count_is_known_to_be_at_least_one():
    frame = cells({"a": 1, "b": 4, "c": 0, "d": 30, "t": 35})
    relations = [Relation("t", ("a", "b", "c", "d"))]
    assert secondary(frame, relations).added == ()
    # From 1 each, a and b leave 3 between them: fewer than the 5 that protect them, and a zero hides nothing.
    answer = secondary(frame.assign(least=1.0), relations)
    assert answer.added == ("d",)


def test_five_counts_of_one_are_not_found_by_difference():
    values = [1.0] * 5 + [30.0] * 3
    codes = [f"33{place:03d}" for place in range(len(values))]
    stats = pd.DataFrame({"code": codes, "stat": "aeeh", "year": 2024, "value": values})
    membership = pd.DataFrame({"level": "epci", "code": "E", "commune": codes})
    shown = protect(stats, membership, CAF).frame.set_index(["level", "code"])["value"]
    assert shown["commune"].isna().sum() > 5 or pd.isna(shown["epci", "E"])


@pytest.mark.parametrize("seed", range(10))
def test_no_simulated_deposit_of_an_epci_gives_a_count_away(seed):
    brought, members = attack_by.deposit(seed)
    plan = settle(brought, members)
    assert plan.safe and attack_by.broken(plan) == (0, 0)


@pytest.mark.parametrize("seed", range(4))
def test_a_deposit_that_replaces_another_is_protected_with_what_was_shown_of_it(seed):
    whole, members = attack_by.deposit(seed)
    codes = sorted(set(whole.facts["commune"]))
    part = replace(whole, facts=whole.facts[whole.facts["commune"].isin(codes[1:])].reset_index(drop=True))
    for first, second in ((whole, part), (part, whole)):
        before = settle(first, members)
        after = settle(second, members, before)
        if after.safe:
            assert attack_by.broken(after, before) == attack_by.broken(before, after) == (0, 0)


@pytest.mark.parametrize("seed", range(4))
def test_a_third_deposit_is_protected_with_what_both_others_showed_or_refused(seed):
    whole, members = attack_by.deposit(seed)
    codes = sorted(set(whole.facts["commune"]))

    def without(gone: set[str]) -> Deposit:
        return replace(whole, facts=whole.facts[~whole.facts["commune"].isin(gone)].reset_index(drop=True))

    chain = (without({codes[0]}), without({codes[-1]}), whole)
    for order in (chain, chain[::-1]):
        first = settle(order[0], members)
        second = settle(order[1], members, first)
        third = settle(order[2], members, second)
        if second.safe and third.safe:
            assert third.before == (second, first)
            assert attack_by.broken(third, second, first) == attack_by.broken(first, second, third) == (0, 0)


@pytest.mark.parametrize("seed", [2, 16, 23])
def test_a_file_beside_another_tells_no_more_than_each_alone(seed):
    whole, members = attack_by.deposit(seed)
    codes = sorted(set(whole.facts["commune"]))
    parts = [
        replace(whole, facts=whole.facts[whole.facts["commune"].isin(some)].reset_index(drop=True))
        for some in (codes[: len(codes) // 2], codes[len(codes) // 2 :])
    ]
    alone = [settle(part, members) for part in parts]
    # Settled again as one table, what each hid would be found by who saw it alone.
    assert attack_by.broken(settle(together(parts), members), alone[0])[0] > 0
    both = beside(alone, together(parts))
    assert attack_by.broken(both, *alone) == (0, 0)
    for stat in both.free:
        cell = both.cell(stat, "epci", attack_by.EPCI, codes)
        ends = [one.cell(stat, "", "", sorted(one.free[stat])).value for one in alone]
        assert cell.value == (None if None in ends else sum(ends))
        assert cell.value in (None, sum(both.free[stat].values()))


def test_a_total_shown_before_a_count_changed_does_not_give_the_others_away():
    """18 in all, 9 of them in one commune, told once: the other two have 9 between them, which is then not told again."""
    codes = ("01001", "01002", "01003", "01004")
    members = {("epci", "E"): frozenset(codes[:3]), ("departement", "01"): frozenset(codes)}

    def extract(values: dict[str, float]) -> Deposit:
        facts = pd.DataFrame(
            {"commune": list(values), "stat": "caf_aeeh", "year": 2024, "value": values.values()}
        )
        facts = facts.assign(status=Status.OK, source="local_caf")
        return Deposit("caf", "caf.csv", date(2026, 1, 2), 2024, facts, TEMPLATES["caf"].rule)

    first = settle(extract(dict(zip(codes, (9.0, 4.0, 5.0, 40.0), strict=True))), members)
    assert (
        first.cells["epci", "E", "caf_aeeh"][0] == 18
        and first.cells["commune", "01002", "caf_aeeh"][0] is None
    )
    again = settle(extract(dict(zip(codes, (10.0, 4.0, 5.0, 40.0), strict=True))), members, first)
    assert again.safe and again.cells["epci", "E", "caf_aeeh"][0] == 19
    # A commune is left out: no sum of today holds what is left of the former one.
    assert not settle(extract({"01001": 10.0, "01002": 4.0, "01004": 40.0}), members, first).safe


def test_a_total_that_the_open_data_publish_cannot_be_hidden():
    values = {"01001": 13.0, "01002": 4.0, "01003": 50.0}
    facts = pd.DataFrame(
        {"commune": list(values), "stat": "am_places", "year": 2020, "value": values.values()}
    )
    facts = facts.assign(status=Status.OK, source="local_assistantes_maternelles")
    rule = TEMPLATES["assistantes_maternelles"].rule
    brought = Deposit("assistantes_maternelles", "am.csv", date(2026, 1, 2), 2020, facts, rule)
    members = {("epci", "E"): frozenset(values)}
    known = {("epci", "E", "am_places"): 67.0}
    shown = settle(brought, members, None, known)
    assert shown.safe and shown.cells["epci", "E", "am_places"][0] == 67.0
    assert sum(shown.cells["commune", code, "am_places"][0] is None for code in values) >= 2
    # Where the open data say the commune that would have hidden it, the small one is found by difference.
    told = known | {("commune", "01001", "am_places"): 13.0, ("commune", "01003", "am_places"): 50.0}
    assert not settle(brought, members, None, told).safe
    # A figure that is not the same as ours tells nothing of it.
    assert settle(brought, members, None, {("epci", "E", "am_places"): 70.0}).safe


def test_the_same_counts_under_another_year_are_one_deposit():
    brought, _ = attack_by.deposit(1)
    again = replace(brought, year=2023, facts=brought.facts.assign(year=2023))
    other = replace(brought, year=2023, facts=brought.facts.assign(value=brought.facts["value"] * 2 + 3))
    assert same_facts(brought, again) and not same_facts(brought, other)


def test_places_without_the_number_of_persons_are_hidden_as_if_it_were_small():
    codes = ["33281", "33039", "33004", "33063"]
    facts = pd.DataFrame({"commune": codes, "stat": "am_places", "value": [490.0, 185.0, 4.0, 13.0]})
    facts = facts.assign(year=2024, status=Status.OK, source="local_assistantes_maternelles")
    rule = TEMPLATES["assistantes_maternelles"].rule
    brought = Deposit("assistantes_maternelles", "am.csv", date(2026, 1, 2), 2024, facts, rule)
    shown = settle(brought, {("epci", "E"): codes}).cells
    # Two persons may offer 12 places, never 13.
    assert shown["commune", "33004", "am_places"] == (None, Status.SECRET)
    assert shown["commune", "33281", "am_places"][0] == 490

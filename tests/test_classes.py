"""Map classes: hand-made cases, then the same as mapclassify on larger ones."""

import numpy as np
import pytest

from diagnostic import classes
from diagnostic.classes import Method, classify
from diagnostic.model import DiagnosticError


def test_four_quantiles_of_eight_values_hold_two_each():
    found = classify([1, 2, 3, 4, 5, 6, 7, 8], Method.QUANTILES, 4)
    assert list(found.index) == [0, 0, 1, 1, 2, 2, 3, 3]
    assert found.count == 4


def test_equal_classes_cut_the_range_in_equal_parts():
    found = classify([0, 10, 40, 100], Method.EQUAL, 5)
    assert list(found.bounds) == [0, 25, 50, 75, 100]
    assert list(found.index) == [0, 0, 1, 3]


def test_natural_breaks_fall_in_the_gaps():
    found = classify([1, 2, 3, 50, 51, 52, 99, 100], Method.NATURAL, 3)
    assert list(found.bounds) == [1, 3, 52, 100]
    assert list(found.index) == [0, 0, 0, 1, 1, 1, 2, 2]


@pytest.mark.parametrize("method", Method)
def test_an_unknown_value_has_no_class(method):
    found = classify([1, None, 3, np.nan, 8, 9, 12], method, 3)
    assert [found.index[1], found.index[3]] == [classes.UNKNOWN] * 2
    assert found.index.max() == 2


@pytest.mark.parametrize("method", Method)
def test_two_different_values_make_two_classes_and_one_makes_one(method):
    two = classify([4, 9, 4, 9], method, 5)
    assert (two.count, list(two.index)) == (2, [0, 1, 0, 1])
    one = classify([7.0], method, 5)
    assert (list(one.bounds), list(one.index)) == ([7, 7], [0])


@pytest.mark.parametrize("method", Method)
def test_nothing_known_makes_no_class(method):
    assert classify([], method).count == 0
    found = classify([None, None], method)
    assert (found.count, list(found.index)) == (0, [classes.UNKNOWN] * 2)


def test_many_zeros_make_a_class_of_their_own():
    found = classify([0] * 60 + list(range(1, 41)), Method.QUANTILES, 5)
    assert set(found.index[:60]) == {0}
    assert (found.index[60:] > 0).all()


def test_typed_bounds_put_a_bound_in_the_class_under_it_and_outsiders_at_the_ends():
    found = classes.typed([0, 20, 40, 41, 200, None], [10, 20, 40, 100])
    assert list(found.index) == [0, 0, 1, 2, 2, -1]


@pytest.mark.parametrize("bounds", [[], [5], [1, 1, 2], [3, 2], [1, None], list(range(12))])
def test_bounds_that_do_not_rise_are_refused(bounds):
    with pytest.raises(DiagnosticError, match="bornes"):
        classes.typed([1, 2], bounds)


@pytest.mark.parametrize("k", [0, 10])
def test_too_few_or_too_many_classes_are_refused(k):
    with pytest.raises(DiagnosticError, match="1 à 9"):
        classify([1, 2], Method.EQUAL, k)


@pytest.mark.parametrize(
    ("method", "reference"),
    [
        (Method.QUANTILES, "Quantiles"),
        (Method.EQUAL, "EqualInterval"),
        (Method.NATURAL, "FisherJenks"),
    ],
)
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_bounds_and_classes_are_those_of_mapclassify(method, reference, seed):
    mapclassify = pytest.importorskip("mapclassify")
    values = np.random.default_rng(seed).gamma(3, 20, 250)
    with np.errstate(all="ignore"):
        expected = getattr(mapclassify, reference)(values, k=5)
    found = classify(values, method, 5)
    assert found.bounds[1:] == pytest.approx(expected.bins)
    assert list(found.index) == list(expected.yb)


def test_natural_breaks_of_a_sample_are_almost_as_good_as_those_of_all_values():
    import jenkspy

    values = np.random.default_rng(5).gamma(3, 20, 6_000)
    found = classify(values, Method.NATURAL, 5)
    best = np.array(jenkspy.jenks_breaks(values, n_classes=5))

    def within(index):
        return sum(((values[index == c] - values[index == c].mean()) ** 2).sum() for c in range(5))

    assert within(found.index) <= 1.002 * within(np.searchsorted(best[1:-1], values))


@pytest.mark.parametrize("method", Method)
def test_classes_do_not_depend_on_the_order_of_the_communes(method):
    values = np.random.default_rng(8).gamma(3, 20, 500)
    order = np.random.default_rng(9).permutation(500)
    first, second = classify(values, method), classify(values[order], method)
    assert list(first.bounds) == list(second.bounds)
    assert list(first.index[order]) == list(second.index)

"""Legal duties of the service public de la petite enfance."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from diagnostic.duties import counted_population, legal_duties

TODAY = dt.date(2026, 11, 23)


def binding(pmun, **options):
    return {status.duty.id: status.binds for status in legal_duties(pmun, on=TODAY, **options)}


@pytest.mark.parametrize(
    ("population", "expected"),
    [
        (1, {"recenser", "informer"}),
        (3_500, {"recenser", "informer"}),
        (3_501, {"recenser", "informer", "planifier", "qualite"}),
        (10_000, {"recenser", "informer", "planifier", "qualite"}),
        (10_001, {"recenser", "informer", "planifier", "qualite", "schema", "rpe"}),
    ],
)
def test_a_threshold_binds_above_it_and_not_at_it(population, expected):
    assert {duty for duty, binds in binding({"01004": population}).items() if binds} == expected


def test_communes_that_transferred_the_competence_are_counted_together():
    communes = {"01004": 6_000, "2A004": 4_000, "97411": 1}
    assert counted_population(communes).known == 6_000 + 4_000 + 1
    assert binding(communes)["rpe"] is True
    assert binding({"01004": communes["01004"]})["rpe"] is False


def test_an_unknown_population_is_not_an_exemption():
    assert binding({"01004": None})["planifier"] is None
    assert binding({"01004": float("nan")})["planifier"] is None
    assert binding({"01004": None})["recenser"] is True
    assert binding({})["rpe"] is None


def test_a_known_part_above_the_threshold_is_enough():
    assert binding({"01004": 10_001, "2A004": None})["rpe"] is True


@pytest.mark.parametrize("present", [True, False, None])
def test_a_relais_seen_in_the_data_is_told_as_it_is(present):
    status = legal_duties({"01004": 12_000}, on=TODAY, rpe_present=present)[-1]
    assert (status.duty.id, status.met) == ("rpe", present)
    assert ("montrent que" in status.sentence) == (present is True)


def test_a_small_commune_is_never_said_to_fail_a_duty_it_has_not():
    status = legal_duties({"01004": 800}, on=TODAY, rpe_present=False)[-1]
    assert status.met is None and "pas d’obligation" in status.sentence


def test_the_relais_was_not_yet_due_in_2025():
    statuses = {s.duty.id: s for s in legal_duties({"01004": 12_000}, on=dt.date(2025, 12, 31))}
    assert statuses["schema"].in_force and not statuses["rpe"].in_force
    assert "à partir du 1ᵉʳ" in statuses["rpe"].sentence


def test_every_duty_quotes_its_article():
    for status in legal_duties({"01004": None}, on=TODAY):
        assert "L. 214-1-3" in status.sentence and "None" not in status.sentence


@given(st.integers(0, 200_000), st.integers(0, 200_000))
def test_more_inhabitants_never_lift_a_duty(first, second):
    low, high = sorted((first, second))
    before, after = binding({"01004": low}), binding({"01004": high})
    assert all(after[duty] for duty, binds in before.items() if binds)

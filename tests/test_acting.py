"""What the page Agir starts from: the coverage that the Cnaf publishes, not another one."""

from __future__ import annotations

import pytest

from diagnostic import report, territories
from diagnostic.simulation import ground as ground_of
from diagnostic.simulation import simulate
from diagnostic.story import projects as acting
from diagnostic.warehouse import open_database

METROPOLE = "epci:243300316"


@pytest.fixture(scope="module")
def real(real_db):
    return open_database(real_db)


def ground(real, key):
    return ground_of.ground(real, territories.get(real, key))


def test_before_any_project_each_town_has_its_published_coverage(real):
    """Bordeaux 74.8, Lormont 42.1: what the rest of the product shows."""
    communes = ground(real, METROPOLE).communes
    rate = communes["places"] / communes["children"] * 100
    assert rate["33063"] == pytest.approx(74.8) and rate["33249"] == pytest.approx(42.1)


def test_before_any_project_the_territory_has_its_published_coverage(real):
    found = ground(real, METROPOLE)
    assert found.whole_places / found.communes["children"].sum() * 100 == pytest.approx(68.9)


def test_towns_all_above_the_reference_are_proposed_no_place(real):
    """Bordeaux, Mérignac and Pessac are at 74.8, 71.9 and 71.4 for 66.2 in Gironde."""
    key = "perimetre:33063+33281+33318"
    target = acting.coverage_target(report.build(real, key))
    assert target == pytest.approx(66.2)
    found = simulate(ground(real, key).communes, [], target=target, year=2025)
    assert (found.communes["missing_before"] == 0).all()


def test_a_published_rate_that_would_double_the_children_moves_none(real):
    """Aix-Marseille: its published places are hidden, so nothing is set on them."""
    found = ground(real, "epci:200054807")
    assert found.whole_places is None and found.communes["children"].notna().any()

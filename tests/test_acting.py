"""What the page Agir starts from: the coverage that the Cnaf publishes, not another one."""

from __future__ import annotations

import pytest

from diagnostic import measure, report, territories
from diagnostic.simulation import CrecheProject, Whole, simulate
from diagnostic.simulation import ground as ground_of
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
    found = ground(real, key)
    simulated = simulate(found.communes, [], target=target, year=2025)
    assert (simulated.communes["missing_before"] == 0).all() and found.lacking(target) == 0


@pytest.mark.parametrize("key", [METROPOLE, "commune:33249", "epci:200069599", "departement:973"])
def test_the_page_begins_with_the_missing_places_that_every_page_says(real, key):
    told, found = report.build(real, key), ground(real, key)
    target = acting.coverage_target(told)
    total = simulate(
        found.communes,
        [],
        target=target,
        year=2025,
        whole=Whole(found.whole_places, found.lacking(target)),
    ).total
    rate = told.findings["taux_couverture"]
    assert total.missing_before == pytest.approx(rate.missing) and rate.missing > 20
    assert total.coverage_before == pytest.approx(rate.value)


def test_places_added_where_none_lacks_leave_the_missing_places_as_they_are(real):
    """Bordeaux (74.8) is above the Gironde, Lormont (42.1) lacks 276 places: twenty there are twenty fewer to find."""
    found = ground(real, METROPOLE)
    for commune, after in (("33063", 678.326), ("33249", 658.326)):
        total = simulate(
            found.communes,
            [CrecheProject(name="Crèche", commune=commune, places=20)],
            target=66.2,
            year=2025,
            whole=Whole(missing=found.lacking(66.2)),
        ).total
        assert total.missing_after == pytest.approx(after)


def test_an_epci_whose_published_places_are_hidden_stands_on_its_rate(real):
    """Aix-Marseille: 94 places published, hidden; its rate tells its places."""
    found, place = ground(real, "epci:200054807"), territories.get(real, "epci:200054807")
    rate = measure.measure(real, [place], ["taux_couverture"])[place.key]["taux_couverture"]
    assert found.whole_places / found.communes["children"].sum() * 100 == pytest.approx(rate.value)

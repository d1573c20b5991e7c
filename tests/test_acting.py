"""What the page Agir starts from: the coverage that the Cnaf publishes, not another one."""

from __future__ import annotations

import pandas as pd
import pytest

from benchmarks import bench_sweep as sweep
from diagnostic import french, measure, report, territories
from diagnostic.simulation import CrecheProject, RpeProject, Whole, fund_all, simulate
from diagnostic.simulation import ground as ground_of
from diagnostic.story import outcomes, scenarios, siting
from diagnostic.story import projects as acting

METROPOLE = "epci:243300316"


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


# --- Where to begin ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "key",
    [METROPOLE, "commune:33249", "epci:200069599", "epci:200058519", "epci:200072106", "departement:15"],
)
def test_no_proposal_of_a_real_territory_gives_more_places_than_its_children_fill(real, key):
    assert sweep.proposals(real, report.build(real, key)) == []


def test_all_that_is_proposed_to_a_territory_is_the_one_number_of_its_missing_places(real):
    """Bordeaux Métropole lacks 678 places in four communes; those near the Gironde lack none that are counted."""
    given = ground_of.first(ground(real, METROPOLE), 2000, 66.2)
    assert given.before == pytest.approx(678.326) and len(given.by_commune) == 4
    # What is left is less than half of the smallest crèche in each of the four.
    assert 0 <= given.after < 4 * 12 * ground_of.USEFUL
    fall = french.about_quantity(given.before - given.after, "place", "places")
    assert f"d’{fall} le manque" in siting.allocation_message(given, None)


def test_no_crèche_is_proposed_for_one_place_and_what_is_not_shared_is_said(real):
    """Est de la Somme: 23 places lack in two communes; 60 asked are not 60 proposed, and 41 communes are accounted for."""
    here = ground(real, "epci:200070985")
    given = ground_of.first(here, 60, 66.9)
    shared = sum(package.places for package in given.packages)
    assert all(package.gain >= ground_of.USEFUL * package.places for package in given.packages)
    assert shared == 2 * 12 and given.left == 60 - shared
    assert siting.allocation_message(given, None).startswith("24\u00a0places sur les 60 demandées")
    assert siting.unshared(given).startswith("36\u00a0places ne sont pas proposées")
    without = int((~here.communes["rated"].astype(bool)).sum())
    assert len(given.unknown) + len(given.childless) == without
    found = report.build(real, "epci:200070985")
    assert "Taux de couverture" in siting.where_source(here, found)
    assert "Naissances domiciliées" in siting.where_source(here, found)


def test_a_few_communes_of_many_make_no_ranking(real):
    """2 communes of 18 have a rate in the Pays de Sommières, 22 of 49 in the Rurales de l’Entre-Deux-Mers."""
    few, some = ground(real, "epci:243000296"), ground(real, "epci:200069599")
    assert not ground_of.rankable(few) and ground_of.rankable(some)
    assert "2\u00a0communes sur 18" in siting.where_sentence(few)
    said = siting.where_sentence(some)
    assert (
        said.startswith("Le taux publié n’est connu que de 22\u00a0communes sur 49")
        and "rien des autres" in said
    )
    assert "taux publié" in siting.where_sentence(ground(real, METROPOLE))


def test_a_town_without_a_published_rate_is_said_to_lack_no_number_of_places(real):
    """Marseille has rates by arrondissement only: the places of 2020 and the births of 2021 make no shortage."""
    found = ground(real, "commune:13055")
    total = simulate(found.communes, [], target=48.5, year=2025, whole=found.whole(48.5)).total
    assert total.missing_before != total.missing_before
    assert {label: said for label, said, _ in outcomes.total_facts(total)}["Places manquantes"] == "inconnu"
    assert not ground_of.rankable(found) and "par le taux publié" not in siting.ground_sentence(found)


def test_what_paris_is_to_reach_is_a_published_rate(real):
    """No rate is published for the Île-de-France: that of France, 59.4, not one reckoned on births."""
    told = report.build(real, "commune:75056")
    assert acting.coverage_target(told) == pytest.approx(59.4) and not acting.of_reference(told)


def test_what_is_reckoned_is_said_about(real):
    found = ground(real, METROPOLE)
    project = CrecheProject(name="Crèche", commune="33249", places=30)
    relais = RpeProject(name="Relais", commune="33249")
    done = simulate(found.communes, [project, relais], target=66.2, year=2025, whole=found.whole(66.2))
    facts = {label: said for label, said, _ in outcomes.total_facts(done.total)}
    assert facts["Places manquantes"] == "environ 680 → 650"
    assert facts["Places pour 100 enfants"].startswith("environ 68,9 → ")
    ((_, said, _),) = outcomes.service_facts(done.services)
    # 28,637 children for 30 relais, then for 31.
    assert said == "environ 950 → 920"
    table = outcomes.effects_table(done.communes, False)
    assert table["Manque avant, environ"].tolist()[0] == 280


def test_the_table_of_a_simulation_lacks_no_place_where_the_whole_says_that_it_is_unknown(real):
    """Gornac has 15 children: too few for its 1.2 places to be compared with a reference."""
    found = ground(real, "commune:33189")
    project = CrecheProject(name="Micro-crèche", commune="33189", places=10)
    done = simulate(found.communes, [project], target=66.2, year=2025, whole=found.whole(66.2))
    assert {label: said for label, said, _ in outcomes.total_facts(done.total)}[
        "Places manquantes"
    ] == "inconnu"
    line = outcomes.effects_table(done.communes, False).iloc[0]
    assert (
        line["Places après"] == 10
        and pd.isna(line["Manque avant, environ"])
        and pd.isna(line["Manque après, environ"])
    )


def test_aids_of_which_one_is_unknown_are_said_at_least_in_french():
    project = CrecheProject(name="Micro-crèche", commune="33189", places=10)
    said = dict(row[:2] for row in outcomes.balance_facts(*fund_all([project], year=2025)[1:]))
    assert " ".join(said["Fonctionnement, par an : aides"].split()) == "au moins 26 000 à 60 000 €"
    assert " ".join(said["Investissement : aides"].split()) == "de 74 000 à 260 000 €"


def test_without_scenarios_of_births_nothing_hangs_on_them(real):
    """Gornac alone: 1.2 places for 100 children, whatever is born."""
    rows = pd.DataFrame([{"scenario": "Sans projet", "births": scenarios.NOW, "coverage": 1.2, "added": 0}])
    assert scenarios.against(rows, 66.2) == "Sans projet : 1,2 ; objectif : 66,2"
    more = pd.concat([rows, rows.assign(births="low", coverage=2.0)])
    assert (
        scenarios.against(more, 66.2) == "Sans projet : de 1,2 à 2,0, selon les naissances ; objectif : 66,2"
    )

"""The reference is a noun: it has a name, a value, a year, and says which indicators it measures."""

from __future__ import annotations

import datetime as dt

import pytest

from diagnostic import measure, report, territories
from diagnostic.model import DiagnosticError, ReferenceKind

pytestmark = pytest.mark.real

DAY = dt.date(2026, 11, 23)
METROPOLE = "epci:243300316"


def test_a_goal_measures_the_coverage_and_a_territory_speaks_for_the_rest(real):
    found = report.build(real, METROPOLE, reference="objectif:70", on=DAY)
    goal, other = found.against("taux_couverture"), found.against("acces_alsh")
    assert (goal.kind, goal.value, goal.year) == (ReferenceKind.GOAL, 70.0, None)
    assert goal.the == "l’objectif de 70 places pour 100 enfants" and goal.of.startswith("de l’objectif")
    assert (other.kind, other.key, other.at) == (ReferenceKind.TERRITORY, "departement:33", "en Gironde")


@pytest.mark.parametrize("wanted", [None, "france", "pairs", "objectif:70", "epci:200069581"])
def test_each_finding_is_held_against_the_reference_that_the_report_names(real, wanted):
    found = report.build(real, METROPOLE, reference=wanted, on=DAY)
    for name, finding in found.findings.items():
        against = found.against(name)
        beside = {one.key: one for one in finding.comparators}
        assert finding.reference == against.key, name
        assert (against.value, against.year) == (beside[against.key].value, beside[against.key].year), name


def test_an_objective_of_seventy_never_lends_its_value_to_the_gironde(real):
    usual = report.build(real, METROPOLE, on=DAY).against("taux_couverture")
    typed = report.build(real, METROPOLE, reference="objectif:70", on=DAY).against("taux_couverture")
    assert (usual.name, usual.value) == ("Gironde", 66.2)
    assert (typed.name, typed.value) == ("Objectif", 70.0)


@pytest.mark.parametrize(
    ("wanted", "said"), [(None, "Gironde"), ("pairs", "semblables"), ("objectif:70", "objectif")]
)
def test_each_word_for_the_reference_says_which_it_is(real, wanted, said):
    against = report.build(real, METROPOLE, reference=wanted, on=DAY).against("taux_couverture")
    words = (against.name, against.the, against.of, against.at, against.than)
    assert [one for one in words if said.casefold() not in one.casefold()] == []


def test_a_value_of_another_year_says_its_year(real):
    found = report.build(real, METROPOLE, on=DAY)
    against = found.against("taux_couverture")
    assert against.when(against.year) == ""
    assert against.when(against.year + 1) == f" ({against.year})"
    goal = report.build(real, METROPOLE, reference="objectif:70", on=DAY).against("taux_couverture")
    assert goal.when(2021) == ""


def test_a_parent_of_the_very_same_communes_is_no_reference(real):
    paris = report.build(real, "commune:75056", reference="departement:75", on=DAY)
    assert paris.against("taux_pauvrete").key == "region:11"
    beside = {one.key for finding in paris.findings.values() for one in finding.comparators}
    assert "departement:75" not in beside and "france" in beside
    assert "departement:75" not in {bar.key for bar in paris.coverage.bars}
    assert "departement:75" not in {series.key for series in paris.births}


def test_a_perimeter_that_is_its_epci_is_held_against_the_departement(real):
    communes = territories.communes(real, territories.get(real, "epci:200069581"))
    whole = territories.get(real, f"perimetre:{'+'.join(reversed(communes))}")
    assert measure.default_reference(real, whole).key == "departement:33"
    assert "epci:200069581" not in {place.key for place in territories.larger(real, whole)}


def test_france_is_compared_with_nobody_until_a_goal_is_typed(real):
    alone = report.build(real, "france", on=DAY)
    assert alone.reference is None and alone.against("taux_couverture") is None
    aimed = report.build(real, "france", reference="objectif:80", on=DAY)
    assert aimed.against("taux_couverture").value == 80.0
    with pytest.raises(DiagnosticError, match="semblables"):
        report.build(real, "france", reference="pairs", on=DAY)

"""Finding a territory, and who stands above, below and beside it. Real geography, and the fictional one."""

from __future__ import annotations

import pytest

from diagnostic import territories
from diagnostic.directory.folding import fold
from diagnostic.model import DiagnosticError, Level
from diagnostic.warehouse.memory import Asked


def keys(found):
    return [place.key for place in found]


def test_a_name_is_the_same_with_or_without_accents_hyphens_and_apostrophes():
    assert fold("L'Haÿ-les-Roses") == fold("l’hay les roses") == "l hay les roses"
    assert fold("St-Étienne") == fold("Saint Etienne") == "saint etienne"
    assert fold("Ste-Foy") == "sainte foy"
    assert fold("Le Sœur") == "le soeur"


def test_a_commune_lies_in_its_epci_departement_and_region(real):
    above = territories.parents(real, territories.get(real, "commune:33063"))
    assert keys(above) == ["epci:243300316", "departement:33", "region:75", "france"]


def test_an_arrondissement_lies_in_its_city_and_is_no_member_of_the_epci(real):
    place = territories.get(real, "commune:75101")
    assert keys(territories.parents(real, place))[0] == "commune:75056"
    epci = territories.get(real, f"epci:{place.epci}")
    members = keys(territories.members(real, epci))
    assert "commune:75056" in members and "commune:75101" not in members
    assert len(territories.siblings(real, place)) == 20


def test_the_members_of_each_level_are_of_the_level_below(real):
    levels = {
        "epci:243300316": {Level.COMMUNE},
        "departement:33": {Level.EPCI},
        "region:75": {Level.DEPARTEMENT},
        "france": {Level.REGION},
        "commune:33063": {Level.COMMUNE},
    }
    for key, level in levels.items():
        assert {place.level for place in territories.members(real, territories.get(real, key))} == level
    assert len(territories.members(real, territories.get(real, "epci:243300316"))) == 28
    assert len(territories.members(real, territories.get(real, "france"))) == 18


def test_the_siblings_hold_the_territory_itself(real):
    for key in ("commune:33063", "epci:243300316", "departement:33", "region:75", "commune:2A004"):
        place = territories.get(real, key)
        assert place.key in keys(territories.siblings(real, place))
    assert territories.siblings(real, territories.get(real, "france")) == ()


def test_a_perimeter_is_named_after_its_communes_or_as_the_user_says(real):
    place = territories.get(real, "perimetre:33063+33281")
    assert (place.level, place.name) == (Level.PERIMETRE, "Bordeaux, Mérignac")
    assert place.communes == ("33063", "33281")
    assert territories.get(real, "perimetre:33063+33281", name="Plaine ouest").name == "Plaine ouest"
    assert keys(territories.members(real, place)) == ["commune:33063", "commune:33281"]
    assert territories.get(real, place.key) == place


def test_a_perimeter_over_two_epci_has_no_epci_above_it(real):
    place = territories.get(real, "perimetre:33063+33555")
    assert keys(territories.parents(real, place)) == ["departement:33", "region:75", "france"]


@pytest.mark.parametrize(
    ("key", "word"),
    [
        ("commune:99999", "n’existe pas dans les données chargées"),
        ("epci:000000000", "Cherchez-le par son nom ou son code."),
        ("village:33063", "n’est pas un territoire"),
        ("perimetre:33063+99999", "99999"),
        ("perimetre:+", "vide"),
        ("perimetre:75056+75101", "ne s’additionnent pas"),
    ],
)
def test_a_territory_that_does_not_exist_is_refused_with_what_to_do(real, key, word):
    with pytest.raises(DiagnosticError, match=word) as refusal:
        territories.get(real, key)
    assert refusal.value.code == 2


@pytest.mark.parametrize(
    ("key", "offered"),
    [
        ("commune:1004", "commune:01004 (Ambérieu-en-Bugey)"),
        ("33328", "commune:33328 (Pomerol)"),
        ("epci:33328", "commune:33328 (Pomerol)"),
        ("perimetre:1004+33063", "commune:01004 (Ambérieu-en-Bugey)"),
        ("33", "departement:33 (Gironde)"),
    ],
)
def test_a_key_that_names_nothing_offers_what_it_may_mean(real, key, offered):
    with pytest.raises(DiagnosticError) as refusal:
        territories.get(real, key)
    assert f"Vouliez-vous dire {offered}" in str(refusal.value)


def test_capitals_make_no_difference_in_a_key(real):
    for key, name in (("departement:2a", "Corse-du-Sud"), ("COMMUNE:2a004", "Ajaccio")):
        assert territories.get(real, key).name == name


def test_a_merged_commune_is_found_under_the_one_that_holds_it_today(demo):
    old, new = demo.rows("select old, new from carried where kind is not null limit 1")[0]
    assert territories.get(demo, f"commune:{old}").code == new


def test_a_description_says_nature_size_and_population(demo):
    place = territories.get(demo, "epci:999001001")
    said = territories.description(demo, place)
    assert "33\u00a0communes" in said and "252\u202f615\u00a0habitants en 2023" in said


def test_the_population_of_a_perimeter_is_the_sum_of_its_communes(demo):
    one, other = (territories.get(demo, f"commune:{code}") for code in ("F1001", "F1002"))
    both = territories.get(demo, "perimetre:F1001+F1002")
    people = [territories.population(demo, place)[0] for place in (one, other)]
    assert territories.population(demo, both)[0] == people[0] + people[1]


def test_what_is_asked_often_is_read_whole():
    """A command asks of a few keys, a server of all; what no table holds is absent either way."""
    asked: list[int] = []

    def some(keys):
        asked.extend(keys)
        return {key: -key for key in keys if key < 1000}

    read = Asked(some, lambda: {key: -key for key in range(1000)})
    assert (read[3], read.get(5000), 7 in read, 5000 in read) == (-3, None, True, False)
    read.want(range(10, 14))
    assert asked == [3, 5000, 7, 10, 11, 12, 13]
    assert [read[key] for key in range(100, 900)] == [-key for key in range(100, 900)]
    assert len(asked) < 70
    assert len(read) == 1000

"""No figure of any territory breaks the rules: a sample here, all 36,000 in `benchmarks/bench_sweep.py`."""

from __future__ import annotations

from dataclasses import replace

import pytest

from benchmarks import bench_sweep as sweep
from diagnostic import french, measure, reading, report, territories
from diagnostic.indicators import BY_ID
from diagnostic.model import Direction, Level, Status
from diagnostic.report import quarters
from diagnostic.story.figures import formula

EPCI = "epci:999001001"


def test_no_figure_of_the_fictional_territory_breaks_a_rule(demo):
    assert sweep.short_totals(demo) == []
    assert {rule: found for rule, found in sweep.swept(demo, sweep.every(demo)).items() if found} == {}


@pytest.mark.real
def test_no_figure_of_a_sample_of_france_breaks_a_rule(real):
    assert sweep.short_totals(real) == []
    places = sweep.sampled(sweep.every(real), 150)
    assert {rule: found for rule, found in sweep.swept(real, places).items() if found} == {}


@pytest.mark.parametrize("level", [Level.COMMUNE, Level.EPCI, Level.DEPARTEMENT])
def test_headline_priorities_messages_and_outlook_say_one_thing(demo, level):
    places = [place for place in sweep.every(demo) if place.level is level]
    for place in sweep.sampled(places, 3):
        assert sweep.contradictions(report.build(demo, place.key)) == [], place.key


def test_no_sentence_of_the_fictional_territories_is_badly_said(demo):
    for place in sweep.sampled(sweep.every(demo), 6):
        for text in sweep.every_text(demo, report.build(demo, place.key)):
            assert not sweep.badly_said(text), (place.key, sweep.badly_said(text), text)


def test_every_figure_of_the_fictional_territories_has_its_source_and_its_year(demo):
    for place in sweep.sampled(sweep.every(demo), 3):
        assert sweep.unsourced(demo, report.build(demo, place.key)) == [], place.key


@pytest.mark.real
@pytest.mark.parametrize("key", ["commune:2A240", "epci:200070985", "commune:75056"])
def test_every_figure_of_three_real_places_has_its_source_and_its_year(real, key):
    """A village of 104, an EPCI over two départements, Paris."""
    assert sweep.unsourced(real, report.build(real, key)) == []


def test_what_no_sentence_may_hold_is_found():
    for text in ("il y a 1 communes", "environ 100 % des enfants", "276 places manquent à 1 commune", "0,2 place de plus",
                 "373 quartiers sur 1493", "Cnaf, 2021. environ 26 enfants", "mais quatre communes restent en dessous", "267 communes n’ont pas d’accueil", "environ 1850 enfants", "valeur None", "voir epci:243300316", "Sinon, 0 commune dépasse", "la place de le voir",
                 "1 rubriques sur 11", "0 places", "environ 30,0 foyers", "logement (insee : chargez", "CC de l'Est de la Somme", "Gestionnaires d’crèches", "par rapport à le Finistère", "il manque environ 630 enfants", "25,3 enfants de moins de 3 ans",
                 "Carte : taux, 1 valeurs connues sur 1", "y vivent, d’abord à Le Havre", "900 habitants ÷ 1 centres sociaux", "commune sur 1 comparées"):  # fmt: skip
        assert sweep.badly_said(text), text
    for text in (
        "373 quartiers sur 1\u202f493",
        "de 2019 à 2023",
        "21 communes",
        "0,9 place pour 100 enfants",
        "une commune",
        "environ 10 %",
        "1 commune",
        "3 à 11 ans",
        "1 France services",
        "1 bis place de l’Église",
        "900 habitants ÷ 1 (centres sociaux)",
        "il reste 1 relais",
        "25,3 enfants bénéficiaires pour 1\u202f000 habitants",
    ):
        assert not sweep.badly_said(text), text


def test_a_formula_gives_the_figure_that_it_explains(demo):
    """Of a few people of the census, weighted, parts without decimals would say « 48 % = 0 ÷ 1 »."""
    place, indicator = territories.get(demo, EPCI), BY_ID["part_monoparentales"]
    found = replace(
        measure.measure(demo, [place])[EPCI][indicator.id], value=36.5, numerator=146, denominator=400
    )
    assert " = 146 " in formula(found, indicator, place) and " ÷ 400 " in formula(found, indicator, place)
    few = replace(found, numerator=1.46, denominator=4.0)
    assert "36,5" in formula(few, indicator, place) and "÷" not in formula(few, indicator, place)
    one = formula(replace(found, value=25.0, numerator=1.0, denominator=4.0), indicator, place)
    assert " = 1 (familles monoparentales) ÷ 4 familles" in one.replace("\u00a0", " ")


@pytest.mark.real
@pytest.mark.parametrize(
    "key",
    [
        "epci:243300316",
        "epci:200069599",
        "commune:33249",
        "commune:97302",
        "commune:13055",
        "epci:247000714",
        "departement:15",
    ],
)
def test_the_reports_of_awkward_places_say_one_thing_and_well(real, key):
    found = report.build(real, key)
    assert sweep.contradictions(found) == []
    assert [text for text in sweep.every_text(real, found) if sweep.badly_said(text)] == []


def test_the_missing_places_of_a_territory_are_one_number(demo):
    """Finding, members, priorities, levers, outlook: the same shortage, said with the same rounding."""
    found = report.build(demo, EPCI)
    place = territories.get(demo, EPCI)
    rate = found.findings["taux_couverture"]
    lacking = measure.shortage(demo, place, rate.value - rate.gap, rate.year)
    assert rate.missing == lacking.total > 20
    said = french.about_quantity(lacking.total, "place", "places")
    assert said in rate.reading
    told = [
        message.detail + message.sentence
        for message in found.messages
        if message.indicator == "taux_couverture"
    ]
    assert told and all(said in text for text in told)
    reasons = [
        row.reason
        for row in found.levers
        if "il manque" in row.reason and "taux_couverture" in row.indicators
    ]
    assert all(said in reason for reason in reasons)
    assert not any(
        finding.missing
        for name, finding in found.findings.items()
        if name.startswith(("places_", "accessibilite", "taux_couverture_"))
    )


@pytest.mark.real
def test_cayenne_is_told_above_guyane_and_far_below_france(real):
    found = report.build(real, "commune:97302")
    assert "mais très en dessous de celle de la France" in found.headline
    assert found.priorities[0].indicator == "taux_couverture"
    assert {row.id for row in found.levers if row.need == "gap"} >= {"D10", "D13", "D14"}


@pytest.mark.real
def test_a_mode_is_never_a_priority_where_the_whole_is_above(real):
    """Paris: above France, and ten thousand places of assistantes maternelles were called missing."""
    found = report.build(real, "commune:75056", reference="france")
    assert found.findings["taux_couverture"].gap > 0
    assert not {"places_am_100", "places_eaje_100", "places_100"} & {
        item.indicator for item in found.priorities
    }


@pytest.mark.real
def test_an_epci_without_a_laep_ranks_before_one_that_lacks_one(real):
    """Entre-Deux-Mers: no lieu d’accueil enfants-parents, where the Gironde has one for so many children."""
    without = [
        place
        for place in territories.members(real, territories.get(real, "departement:33"))
        if (
            one := measure.measure(real, [place], ["enfants_par_laep"])[place.key]["enfants_par_laep"]
        ).denominator
        == 0
        and one.numerator is not None
        and any(
            item.key == one.reference and item.value and one.numerator >= item.value
            for item in one.comparators
        )
    ]
    for place in without[:3]:
        found = report.build(real, place.key)
        row = next(item for item in found.priorities if item.indicator == "enfants_par_laep")
        assert row.severity == "très marqué" and "recensé" in row.sentence


@pytest.mark.real
def test_a_large_city_is_not_told_to_be_a_small_commune(real):
    marseille = measure.measure(real, [territories.get(real, "commune:13055")], ["taux_couverture"])
    reason = marseille["commune:13055"]["taux_couverture"].reason
    assert "10\u202f000" not in reason and "arrondissement" in reason


@pytest.mark.real
def test_what_is_not_loaded_is_not_said_unpublished(real):
    """No census by age among the real files: the 12 to 25 are not loaded, which no producer is told to withhold."""
    place = territories.get(real, "commune:33063")
    finding = measure.measure(real, [place], ["jeunes_12_25"])[place.key]["jeunes_12_25"]
    assert finding.status is Status.NOT_LOADED
    assert reading.status_word(finding, BY_ID["jeunes_12_25"]) == "non chargé"


def test_a_part_of_the_districts_is_said_of_how_many_and_all_of_them_as_all():
    assert (
        quarters._in_districts(373, 1493, 1103) == "Dans au moins 373 quartiers prioritaires sur 1\u202f493"
    )
    assert quarters._in_districts(3, 3, 0) == "Dans les trois quartiers prioritaires"
    assert quarters._in_districts(1, 1, 0) == "Dans le quartier prioritaire"


def test_one_commune_that_compares_is_said_as_one():
    place = territories.Territory(Level.DEPARTEMENT, "70", "Haute-Saône", tncc=3)
    said = reading.members(["au-dessus"], place, Direction.MORE_IS_BETTER, drawn=14)
    assert said == "La seule commune comparable est nettement au-dessus de la Haute-Saône"

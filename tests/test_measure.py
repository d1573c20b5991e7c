"""Figures with their comparators: recomputed in plain Python from the tables, and held to what is published."""

from __future__ import annotations

import math
import shutil
from dataclasses import replace

import duckdb
import pytest

from diagnostic import french, gazetteer, measure, reading, report, story, territories
from diagnostic.indicators import BY_ID, INDICATORS
from diagnostic.measure.gap import error_that_turns
from diagnostic.measure.rows import Figure
from diagnostic.measure.unknown import caution
from diagnostic.model import (
    Apart,
    Comparator,
    DiagnosticError,
    Direction,
    Finding,
    Level,
    Status,
    Territory,
    ratio_word,
)
from diagnostic.report import synthesis
from diagnostic.warehouse import open_database

EPCI = "epci:999001001"


def of(db, key, *ids, **options):
    return measure.measure(db, [territories.get(db, key)], ids or None, **options)[key]


def test_a_count_is_the_sum_of_the_communes(demo):
    finding = of(demo, EPCI, "naissances")["naissances"]
    communes = territories.communes(demo, territories.get(demo, EPCI))
    births = dict(
        demo.rows("select commune, value from stat where stat = 'naissances' and year = ?", finding.year)
    )
    assert finding.value == sum(births[code] for code in communes)


def test_a_rate_is_the_sum_of_the_parts_divided_once(demo):
    finding = of(demo, EPCI, "places_eaje_100")["places_eaje_100"]
    assert finding.value == pytest.approx(finding.numerator / finding.denominator * 100, abs=1e-9)
    communes = territories.communes(demo, territories.get(demo, EPCI))
    children = dict(
        demo.rows(
            "select commune, value from stat where stat = 'enfants_moins_3' and year = ?",
            finding.denominator_year,
        )
    )
    assert finding.denominator == pytest.approx(sum(children[code] for code in communes))


def test_what_the_cnaf_publishes_comes_out_unchanged(real):
    for key, rate in (
        ("epci:243300316", 68.9),
        ("departement:33", 66.2),
        ("commune:33063", 74.8),
        ("france", 59.4),
    ):
        finding = of(real, key, "taux_couverture")["taux_couverture"]
        assert (finding.value, finding.year, finding.status) == (rate, 2021, Status.OK)


def test_a_small_commune_has_its_own_official_rate_and_shows_that_of_its_epci(real):
    finding = of(real, "commune:33555", "taux_couverture")["taux_couverture"]
    assert (finding.value, finding.year, finding.status) == (90.4, 2021, Status.OK)
    assert finding.comparators[0].key == "epci:243301504" and finding.comparators[0].value == 71.3


def test_a_village_without_published_rate_shows_that_of_its_epci(real):
    finding = of(real, "commune:33016", "taux_couverture")["taux_couverture"]
    assert (finding.value, finding.status) == (None, Status.NOT_PUBLISHED)
    assert finding.comparators[0].key == "epci:243301397" and finding.comparators[0].value == 62.0


def test_the_gap_is_taken_on_a_vintage_that_both_have(demo):
    for finding in of(demo, EPCI).values():
        if finding.gap is None or finding.gap_year != finding.year:
            continue
        base = next(item for item in finding.comparators if item.key == finding.reference)
        assert base.year == finding.year
        assert finding.gap == pytest.approx(finding.value - base.value)


def test_medians_of_two_vintages_are_shown_but_not_subtracted(real):
    finding = of(real, "commune:33063", "niveau_vie_median")["niveau_vie_median"]
    base = next(item for item in finding.comparators if item.key == finding.reference)
    assert (finding.year, base.year) == (2021, 2019)
    assert finding.gap is None and finding.word is None


def test_adding_the_missing_places_closes_the_gap(demo):
    finding = of(demo, EPCI, "taux_couverture")["taux_couverture"]
    base = next(item for item in finding.comparators if item.key == finding.reference)
    place = territories.get(demo, EPCI)
    children = measure.rated(demo, "epci")[place.code][finding.year].children
    assert finding.missing > 0
    assert finding.value + finding.missing / children * 100 == pytest.approx(base.value)


def test_what_the_supply_is_made_of_is_neither_short_nor_a_second_verdict(demo):
    found = of(
        demo, EPCI, "taux_couverture", "places_100", "places_eaje_100", "places_am_100", "accessibilite_eaje"
    )
    assert found["taux_couverture"].word is not None
    for name in ("places_100", "places_eaje_100", "places_am_100"):
        assert found[name].value is not None
        assert found[name].gap is None and found[name].word is None and found[name].missing is None
    assert found["accessibilite_eaje"].missing is None


def test_the_missing_places_of_a_published_rate_are_counted_on_the_children_of_that_time(demo):
    """Rate and places are those of one year: they imply the children, which no count of births replaces."""
    found = of(demo, EPCI, "taux_couverture", "places_100")
    rate, places = found["taux_couverture"], found["places_100"]
    assert places.numerator_year == rate.year
    assert rate.missing == pytest.approx(-rate.gap / 100 * (places.numerator / rate.value * 100))


def test_the_missing_relays_are_whole_relays(demo):
    finding = of(demo, EPCI, "enfants_par_rpe")["enfants_par_rpe"]
    base = next(item for item in finding.comparators if item.key == finding.reference)
    assert finding.missing == math.ceil(finding.numerator / base.value - finding.denominator)
    assert finding.numerator / (finding.denominator + finding.missing) <= base.value


def test_a_commune_without_relay_has_no_ratio_and_says_why(demo):
    place = next(
        item
        for item in territories.members(demo, territories.get(demo, EPCI))
        if of(demo, item.key, "enfants_par_rpe")["enfants_par_rpe"].denominator == 0
    )
    finding = of(demo, place.key, "enfants_par_rpe")["enfants_par_rpe"]
    assert (finding.value, finding.status) == (None, Status.NOT_APPLICABLE)
    assert finding.reason == "Aucun relais petite enfance recensé."


def test_a_village_lacks_no_relay_of_its_own(demo):
    """A tenth of the children that a relay serves elsewhere is no relay to add."""
    lacking = {}
    for place in territories.members(demo, territories.get(demo, EPCI)):
        finding = of(demo, place.key, "enfants_par_rpe")["enfants_par_rpe"]
        base = next((one for one in finding.comparators if one.key == finding.reference), None)
        if base is not None and base.value and finding.numerator and finding.denominator == 0:
            lacking[finding.numerator / base.value] = finding.missing
    assert {share for share, missing in lacking.items() if missing} == {one for one in lacking if one >= 0.5}
    assert any(share < 0.5 for share in lacking)


def test_plain_counts_are_never_compared_across_scales(demo):
    for name in ("population", "naissances", "enfants_moins_3", "nombre_qpv"):
        finding = of(demo, EPCI, name)[name]
        assert finding.gap is None and finding.word is None and finding.missing is None


def test_the_parts_of_a_perimeter_add_up_to_it(demo):
    epci = territories.get(demo, EPCI)
    key = f"perimetre:{'+'.join(territories.communes(demo, epci))}"
    whole, apart = of(demo, EPCI), of(demo, key)
    given = {stat for (stat,) in demo.rows("select distinct stat from published where level = 'epci'")}
    compared = 0
    for indicator in INDICATORS:
        # The need divides the official rate, which no perimeter has.
        if indicator.id == "couverture_besoin":
            continue
        # What is published for a level prevails over the sum of its communes.
        if not indicator.published and not {indicator.numerator, indicator.denominator} & given:
            assert apart[indicator.id].value == pytest.approx(whole[indicator.id].value), indicator.id
            assert apart[indicator.id].status == whole[indicator.id].status, indicator.id
            compared += 1
    assert compared > 10


def test_a_median_is_never_made_for_a_perimeter(demo):
    found = of(demo, "perimetre:F1001+F1002")
    for name in ("niveau_vie_median", "taux_pauvrete", "taux_couverture"):
        assert (found[name].value, found[name].status) == (None, Status.NOT_PUBLISHED)


def test_the_places_of_two_large_communes_add_up(real):
    one, other, both = (
        of(real, key, "places_100")["places_100"]
        for key in ("commune:33063", "commune:33281", "perimetre:33063+33281")
    )
    assert both.numerator == one.numerator + other.numerator
    assert both.denominator == one.denominator + other.denominator


def test_an_indicator_without_its_source_says_which_one(real):
    finding = of(real, "epci:243300316", "jeunes_12_25")["jeunes_12_25"]
    assert finding.status is Status.NOT_LOADED and finding.reason.startswith("Source absente")


def test_unknown_is_never_zero_and_every_unknown_has_its_reason(real, demo):
    for db, keys in ((real, ("commune:75101", "commune:2A004", "commune:97411", "france")), (demo, (EPCI,))):
        for key in keys:
            place = territories.get(db, key)
            for finding in measure.measure(db, [place])[key].values():
                indicator = BY_ID[finding.indicator]
                assert (finding.value is None) == (not finding.status.known), (key, finding.indicator)
                if finding.value is None:
                    assert reading.reason(finding, indicator, place), (key, finding.indicator)
                    assert finding.gap is None and finding.word is None


def test_the_word_is_the_one_that_every_screen_uses(demo):
    for finding in of(demo, "epci:999001002").values():
        if finding.gap is not None:
            assert finding.word == ratio_word(finding.value, finding.value - finding.gap)


def test_the_sources_of_territories_are_those_of_their_known_findings(real, demo):
    for db, key in ((demo, "epci:999001002"), (real, "epci:243300316"), (real, "commune:33328")):
        places = territories.members(db, territories.get(db, key)) or [territories.get(db, key)]
        told = {
            name
            for findings in measure.measure(db, places).values()
            for finding in findings.values()
            if reading.known_value(finding) is not None
            for name in finding.sources
        }
        assert told and measure.sources(db, places) == told


def test_a_typed_goal_takes_the_place_of_the_reference(demo):
    goal = Comparator("objectif:70", "l’objectif", 70.0, None, Status.OK)
    finding = of(demo, EPCI, "taux_couverture", targets={"taux_couverture": goal})["taux_couverture"]
    assert finding.reference == "objectif:70"
    assert finding.gap == pytest.approx(finding.value - 70)


def test_paris_is_compared_with_its_region_since_the_departement_is_the_city(real):
    assert measure.default_reference(real, territories.get(real, "commune:75056")).key == "region:11"
    assert measure.default_reference(real, territories.get(real, "commune:33063")).key == "departement:33"
    # No file gives the rate of Nouvelle-Aquitaine.
    assert measure.default_reference(real, territories.get(real, "departement:33")).key == "france"
    assert measure.default_reference(real, territories.get(real, "france")) is None


def test_an_indicator_that_does_not_exist_is_refused(demo):
    with pytest.raises(DiagnosticError, match="n’existe pas"):
        of(demo, EPCI, "bonheur")


def test_less_is_better_only_where_it_is_declared():
    less = {indicator.id for indicator in INDICATORS if indicator.direction is Direction.LESS_IS_BETTER}
    assert {"enfants_par_rpe", "enfants_par_laep", "taux_pauvrete", "distance_france_services"} <= less


def test_a_share_of_one_child_is_compared_with_nothing(real):
    finding = of(real, "commune:33064", "acces_alsh")["acces_alsh"]
    assert finding.denominator < measure.FEW
    assert (finding.gap, finding.word, finding.missing) == (None, None, None)
    assert "Moins de 20 personnes" in finding.caution
    assert of(real, "epci:243300316", "acces_alsh")["acces_alsh"].word is not None


def test_places_missing_are_counted_once_where_the_rate_is_published(real):
    """Bordeaux Métropole: 68.9 published for 66.2 in Gironde, 65.5 reckoned for 68.1: one answer, not two."""
    for key in ("epci:243300316", "perimetre:33063+33281+33522"):
        assert of(real, key, "places_100")["places_100"].missing is None
    both = of(real, "epci:243300316", "taux_couverture", "places_am_100")
    found = measure.shortage(real, territories.get(real, "epci:243300316"), 66.2, 2021)
    assert both["taux_couverture"].missing == found.total == sum(row.missing for row in found.below)
    assert [row.code for row in found.below][:3] == ["33249", "33119", "33039"]
    assert [french.about(row.missing) for row in found.below][:3] == [280, 250, 130]
    assert both["places_am_100"].missing is None


def test_no_intercommunalite_lacks_fewer_places_than_its_own_gap(real):
    """CC du Réolais, 48.2 for 66.2: its communes large enough to be compared lack 50 places, its 603 children 108."""
    place, gironde = territories.get(real, "epci:200044394"), territories.get(real, "departement:33")
    found = measure.measure(real, [place], ["taux_couverture"], reference=gironde)[place.key]
    rate = found["taux_couverture"]
    assert rate.missing == pytest.approx(-rate.gap / 100 * rate.people) and french.about(rate.missing) == 110
    # The table says where, as far as it is known, and adds up to the number said.
    rows = story.missing_table(report.build(real, "epci:200044394"), real).rows
    counts = [int(row[-1]) for row in rows]
    assert rows[-2][0].startswith("Ailleurs") and sum(counts[:-1]) == counts[-1] == 109
    # Where others are above, the communes below lack more than the whole.
    metropole = territories.get(real, "epci:243300316")
    own = measure.rated(real, "epci")["243300316"][2021]
    assert measure.shortage(real, metropole, own.rate, 2021).total > 0


@pytest.mark.parametrize("key", ["commune:97304", "commune:33236", "commune:2A041"])
def test_a_commune_that_has_its_france_services_is_not_said_far_from_one(real, key):
    """Kourou has one; its centre, in the forest, lies 27 km from that of another commune."""
    told = report.build(real, key)
    found = told.findings["distance_france_services"]
    assert found.value > 5 and found.gap is None and found.word is None and found.cause is Apart.HERE
    assert not [one.id for one in told.levers if one.need == "gap" and found.indicator in one.indicators]
    section = next(one for one in story.sections(told, db=real) if one.id == "droits")
    assert section.title.startswith("1\u00a0France services ")


def test_the_distance_of_a_city_is_said_of_its_arrondissements(real):
    section = next(
        one for one in story.sections(report.build(real, "commune:13055"), db=real) if one.id == "droits"
    )
    assert "du centre de chaque arrondissement" in str(section.columns)


def test_no_facility_is_due_by_a_reference_of_another_year():
    """3,000 children and no place where the Gironde has one for 2,500: said of one year, never across two."""
    of_its_year = Finding(
        "enfants_par_laep",
        "epci:999001001",
        None,
        Status.NOT_APPLICABLE,
        year=2024,
        numerator=3_000.0,
        denominator=0.0,
        comparators=(Comparator("departement:33", "Gironde", 2_500.0, 2024, Status.OK),),
        reference="departement:33",
    )
    older = replace(
        of_its_year, comparators=(Comparator("departement:33", "Gironde", 2_500.0, 2021, Status.OK),)
    )
    assert synthesis._none_where_one_is_due(of_its_year) == 2_500.0
    assert synthesis._none_where_one_is_due(older) is None


@pytest.fixture(scope="module")
def without_all_communes(demo_db, tmp_path_factory):
    """The fictional database as it is before the file of the rates of all communes is loaded."""
    path = tmp_path_factory.mktemp("some") / "demo.duckdb"
    shutil.copy(demo_db, path)
    with duckdb.connect(str(path)) as con:
        con.execute("delete from source where id = 'tauxcouv'")
        con.execute("delete from figure where sources = 'tauxcouv' and level = 'commune'")
        con.execute("delete from published where source = 'tauxcouv' and level = 'commune'")
    return open_database(path)


def test_the_cnaf_is_said_to_withhold_a_rate_only_where_its_file_is_loaded(demo, without_all_communes):
    small = next(
        item.key
        for item in gazetteer.index(demo).territories.values()
        if str(item.level) == "commune"
        and (territories.population(demo, item)[0] or 0) <= 10_000
        and of(demo, item.key, "taux_couverture")["taux_couverture"].status is Status.NOT_PUBLISHED
    )
    there, absent = (report.build(db, small) for db in (demo, without_all_communes))
    assert there.findings["taux_couverture"].status is Status.NOT_PUBLISHED
    assert "Cnaf ne publie pas" in there.coverage.reading
    assert absent.findings["taux_couverture"].status is Status.NOT_LOADED
    assert "ne publie pas" not in absent.coverage.reading and "n’est pas chargé" in absent.coverage.reading
    large = next(
        f"commune:{code}"
        for (code,) in demo.rows(
            "select code from figure where level = 'commune' and sources like 'txcouv_pe%' limit 1"
        )
    )
    assert of(without_all_communes, large, "taux_couverture")["taux_couverture"].value is not None


def test_the_rate_of_the_departements_speaks_for_a_region_that_publishes_none(demo_db):
    db = open_database(demo_db)
    region = territories.get(db, "region:F1")
    assert measure._rated(db, region, {region.key: {}})
    town = territories.get(db, "commune:F1001")
    assert not measure._rated(db, town, {town.key: {}})


@pytest.mark.parametrize(
    ("households", "gap", "apart"),
    [
        (5.0, 12.0, Apart.ROUNDED),  # 15 to 45 beside 18
        (5.0, -16.0, Apart.ROUNDED),  # beside 46, of which 45 is near
        (5.0, -31.0, None),  # beside 61
        (40.0, 12.0, None),
        (40.0, 1.0, None),
    ],
)
def test_a_count_rounded_to_five_is_compared_where_its_rounding_turns_nothing_over(households, gap, apart):
    place = Territory(Level.COMMUNE, "33112", "Caumont")
    value = 30.0
    row = Figure(
        "commune", "33112", "foyers_rsa_1000", 2024, value, households, households / value * 1000,
        2024, 2023, "rounded", None, 1.0, None,
    )  # fmt: skip
    assert error_that_turns(place, BY_ID["foyers_rsa_1000"], row, gap) is apart
    counted = row._replace(status="ok")
    assert error_that_turns(place, BY_ID["foyers_rsa_1000"], counted, gap) is None
    assert ("arrondi à cinq" in caution(BY_ID["foyers_rsa_1000"], row, apart)) == (apart is not None)

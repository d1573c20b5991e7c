"""Figures where the territory is awkward: EPCI over several départements, Paris, Lyon and Marseille, Mayotte."""

from __future__ import annotations

import json
import re
import shutil
import zipfile
from dataclasses import replace

import pytest

from diagnostic import french, measure, reading, reference, report, story, territories, warehouse
from diagnostic.indicators import BY_ID
from diagnostic.model import Comparator, Finding, Level, Status, Territory
from diagnostic.report import data
from diagnostic.warehouse import open_database


@pytest.fixture(scope="module")
def real(real_db):
    return open_database(real_db)


def of(db, key, *ids, **options):
    return measure.measure(db, [territories.get(db, key)], ids or None, **options)[key]


# --- EPCI over several départements --------------------------------------------------------------


@pytest.mark.real
@pytest.mark.parametrize("code", ["200070985", "200069730", "247000714", "200068765", "200069672"])
def test_places_of_one_part_of_an_epci_are_not_shown_as_those_of_the_whole(real, code):
    finding = of(real, f"epci:{code}", "places_100")["places_100"]
    assert finding.value is None and finding.missing is None and finding.status is Status.MISSING
    assert "n’est pas montrée" in finding.reason
    assert not data.places_by_mode(real, territories.get(real, f"epci:{code}"))


@pytest.mark.real
def test_no_total_of_places_is_smaller_than_that_of_its_communes(real):
    short = real.rows(
        """
        with parts as (
            select membership.level, membership.code, total.stat, total.year, sum(total.value) as value
            from total
            join membership on membership.commune = total.code and membership.level <> 'commune'
            join territory on territory.level = 'commune' and territory.code = total.code and territory.parent is null
            where total.level = 'commune' and total.stat in ('places_total', 'places_eaje', 'places_am')
            group by all
        )
        select level, code, stat, total.value, parts.value
        from total join parts using (level, code, stat, year)
        where total.value < parts.value
        """
    )
    assert short == []


@pytest.mark.real
def test_no_territory_larger_than_a_commune_offers_no_place_at_all(real):
    assert (
        real.rows(
            "select level, code from total where level <> 'commune' and stat = 'places_total' and value = 0"
        )
        == []
    )


@pytest.mark.real
def test_the_rate_of_paris_is_not_that_of_the_metropole_du_grand_paris(real):
    """73.3 stands under the code of the Métropole, whose 57,992 places are those of Paris."""
    metropole = territories.get(real, "epci:200054781")
    finding = of(real, metropole.key, "taux_couverture")["taux_couverture"]
    assert finding.value is None and "celui d’un seul" in finding.reason
    assert measure.default_reference(real, metropole).key == "region:11"
    assert "s’étend sur plusieurs départements" in territories.description(real, metropole)


@pytest.mark.real
def test_an_epci_over_several_departements_is_listed_by_each_and_lives_where_most_of_its_people_do(real):
    """CA Roissy Pays de France lies in the Val-d’Oise and in Seine-et-Marne."""
    roissy = territories.get(real, "epci:200055655")
    assert roissy.departement == "95"
    shares = territories.spans(real, roissy)
    assert list(shares) == ["95", "77"] and shares["95"] > 0.5 and sum(shares.values()) == pytest.approx(1)
    for code in shares:
        assert roissy in territories.members(real, territories.get(real, f"departement:{code}"))


# --- Paris, Lyon, Marseille ----------------------------------------------------------------------


@pytest.mark.real
@pytest.mark.parametrize("code", ["13201", "75118", "69389"])
def test_an_arrondissement_whose_quartiers_are_listed_under_its_city_has_an_unknown_number(real, code):
    finding = of(real, f"commune:{code}", "nombre_qpv")["nombre_qpv"]
    assert finding.value is None and "pas par arrondissement" in finding.reason


@pytest.mark.real
def test_places_of_the_arrondissements_add_up_to_the_city(real):
    for city, places in (("13055", 16), ("69123", 9)):
        parts = [code for code, of_city in territories.index(real).city.items() if of_city == city]
        assert len(parts) == places
        sums = [data.places_by_mode(real, territories.get(real, f"commune:{one}"))[2020] for one in parts]
        whole = data.places_by_mode(real, territories.get(real, f"commune:{city}"))[2020]
        assert whole["places_total"] == sum(one["places_total"] for one in sums)


@pytest.mark.real
def test_a_city_of_arrondissements_is_as_far_as_these_are(real):
    """Marseille: 2.05 km from the arrondissements, 0.9 km from the one centre of the city."""
    finding = of(real, "commune:13055", "distance_france_services")["distance_france_services"]
    assert finding.value == pytest.approx(2.05, abs=0.01)
    rows = data.communes(real).index.get_indexer(["13055"])
    assert data.near(real, "france_services").km[rows][0] == pytest.approx(finding.value, abs=1e-6)


# --- Sums with a small part unknown ---------------------------------------------------------------


@pytest.mark.real
@pytest.mark.parametrize("code", ["60", "15", "85"])
def test_a_departement_keeps_its_distance_when_a_commune_of_few_people_has_none(real, code):
    finding = of(real, f"departement:{code}", "distance_france_services")["distance_france_services"]
    assert finding.value is not None and 0.99 <= finding.covered < 1
    assert "99" in finding.caution


@pytest.mark.real
def test_mayotte_is_in_neither_part_of_a_rate_of_france_published_without_it(real):
    finding = of(real, "france", "places_100")["places_100"]
    children = real.rows(
        "select sum(value) from stat join membership on membership.level = 'france' and membership.commune = stat.commune "
        "where stat.stat = 'enfants_moins_3' and stat.year = ? and not starts_with(stat.commune, '976')",
        finding.denominator_year,
    )[0][0]
    assert finding.denominator == pytest.approx(children)


def test_what_a_list_measures_has_the_year_of_the_list(real_db, demo_db):
    for path in (real_db, demo_db):
        db = open_database(path)
        for stat, numerator in (
            ("france_services", "habitants_km_france_services"),
            ("alsh", "enfants_3_11_commune_alsh"),
        ):
            listed = db.rows("select max(year) from stat where stat = ?", stat)[0][0]
            assert db.rows("select distinct year from stat where stat = ?", numerator) == [(listed,)]


# --- Crèches that the list has not -----------------------------------------------------------------


@pytest.fixture(scope="module")
def unlisted(demo_db, demo_raw, tmp_path_factory):
    """The fictional territory whose list of facilities has lost the crèches of a town that the Cnaf gives places."""
    known = open_database(demo_db)
    ((code, places),) = known.rows(
        """
        select published.code, max_by(value, year) from published
        join territory on territory.level = 'commune' and territory.code = published.code
        where published.level = 'commune' and stat = 'places_eaje' and value > 0 and parent is null
        group by published.code order by published.code limit 1
        """
    )
    raw = tmp_path_factory.mktemp("unlisted") / "raw"
    shutil.copytree(demo_raw, raw)
    for path in raw.glob("BPE*.zip"):
        with zipfile.ZipFile(path) as archive:
            (name,) = (one for one in archive.namelist() if one.startswith("BPE"))
            lines = archive.read(name).decode("utf-8").splitlines(keepends=True)
        kept = [line for line in lines if not (f";{code};" in line and re.search(r"\bD50[29]\b", line))]
        assert len(kept) < len(lines)
        path.unlink()
        (raw / name).write_text("".join(kept), "utf-8")
    db = raw.parent / "unlisted.duckdb"
    warehouse.build([raw], db)
    return open_database(db), code, places


def test_crèches_that_the_cnaf_counts_and_the_list_has_not_are_to_be_verified(unlisted):
    db, code, places = unlisted
    assert data.unlisted_creches(db) == {code}
    assert dict(
        db.rows("select stat, value from stat where commune = ? and stat in ('eaje', 'eaje_places')", code)
    ) == {
        "eaje": None,
        "eaje_places": places,
    }
    found = report.build(db, f"commune:{code}")
    (row,) = found.access.communes
    assert row["places"] == places and row["raw"] > 0
    assert "aucune crèche recensée" in found.access.reading and "à vérifier" in found.access.reading
    assert next(item for item in found.access.nearest if item["stat"] == "eaje")["mean_km"] is None


def test_no_sentence_says_that_a_territory_has_no_crèche(unlisted):
    db, _, _ = unlisted
    denied = re.compile(r"n[’'](a|ont) (pas|aucune?) (de )?crèche")
    for key in [place.key for place in territories.index(db).territories.values()][::12]:
        found = report.build(db, key)
        said = json.dumps(
            [report.as_dict(found), [repr(section) for section in story.sections(found)]], ensure_ascii=False
        )
        assert not denied.search(said), key


# --- Children counted by births ---------------------------------------------------------------------


def test_children_counted_by_births_have_limits_that_hold_nine_territories_out_of_ten():
    rows = reference.children_errors()
    assert {row.level for row in rows} == {"commune", "epci", "departement"}
    for row in rows:
        assert row.low < 0 < row.high and row.covered >= 89.5 and row.cases >= 30, row


@pytest.mark.real
def test_children_counted_by_births_are_said_to_two_figures_between_their_limits(real):
    finding = of(real, "epci:243300316", "enfants_moins_3")["enfants_moins_3"]
    assert finding.low < finding.value < finding.high
    said = reading.sentence(finding, BY_ID["enfants_moins_3"], territories.get(real, "epci:243300316"))
    numbers = [french.number(french.two_figures(one)) for one in (finding.value, finding.low, finding.high)]
    assert f"environ {numbers[0]}" in said and f"entre {numbers[1]} et {numbers[2]}" in said


def test_under_twenty_people_no_reference_stands_beside_the_figure():
    few = Finding(
        "taux_couverture",
        "commune:F1001",
        80.0,
        Status.OK,
        year=2021,
        comparators=(Comparator("departement:F1", "Fictif", 66.2, 2021, Status.OK),),
        reference="departement:F1",
    )
    place = Territory(Level.DEPARTEMENT, "F1", "Fictif")
    assert "contre" not in reading.brief(few, BY_ID["taux_couverture"], [place])
    compared = replace(few, gap=80.0 - 66.2, gap_year=2021, word="au-dessus")
    assert "contre 66,2" in reading.brief(compared, BY_ID["taux_couverture"], [place])


# --- What the vademecum holds ------------------------------------------------------------------------


def test_the_levers_hold_what_the_vademecum_says():
    said = {
        "D01": "rééquilibrage territorial",
        "D05": "maisons de service au public",
        "D30": "situation de handicap",
        "D33": "planmercredi.education.gouv.fr",
        "D50": "point d’information Caf",
        "D51": "D508",
        "D61": "Charte nationale du Clas",
        "D72": "point d’information Caf",
        "D74": "médiation numérique",
        "D75": "chatbot",
    }
    for lever, words in said.items():
        row = reference.lever(lever)
        text = f"{row.dispositif} {row.description} {row.condition} {row.evolution} {row.contact}"
        assert words in text, (lever, words)
    assert "Cinq missions" in reference.lever("D50").description
    assert "Ateliers numériques" in reference.lever("D74").description
    assert "Senacs" in reference.lever("D50").contact

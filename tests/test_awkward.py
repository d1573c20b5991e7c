"""Figures where the territory is awkward: EPCI over several départements, Paris, Lyon and Marseille, Mayotte."""

from __future__ import annotations

import datetime
import json
import re
import shutil
import zipfile
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from types import SimpleNamespace

import pytest

from benchmarks import bench_sweep as sweep
from diagnostic import (
    french,
    gazetteer,
    maps,
    measure,
    plan,
    reading,
    reference,
    report,
    story,
    territories,
    warehouse,
)
from diagnostic.indicators import BY_ID
from diagnostic.model import Apart, Comparator, Finding, Level, Status, Territory
from diagnostic.report import cockpit, data
from diagnostic.story.blocks import Stacked
from diagnostic.story.numbers import as_table
from diagnostic.warehouse import Database, open_database


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
def test_a_rate_that_is_published_and_not_shown_is_not_said_unpublished(real):
    """Pays Foyen, over the Gironde and the Dordogne: the Cnaf gives 96.4, which is not that of its communes."""
    found = report.build(real, "epci:243301371")
    told = [
        text
        for text in sweep.every_text(real, found)
        if re.search("non diffusé|aucun taux publié|ni taux", text)
    ]
    assert not told
    assert story.offer_section(found).title.startswith("Offre non montrée")
    assert "s’écarte de celui de ses communes" in story.outlook_section(found).caution
    rows = [row for row in cockpit.rows(real, territories.get(real, "departement:33")) if row.territory.key == "epci:243301371"]  # fmt: skip
    (line,) = story.cockpit_lines(rows, {}, datetime.date(2026, 11, 27))
    assert line.alert == "inconnu" and "taux non montré, l’intercommunalité s’étend" in line.reason


@pytest.mark.real
@pytest.mark.parametrize(
    "code, title",
    [
        ("29036", "Aucune France services recensée à Collorec ; 6 services"),
        ("33328", "Aucun des quatre types de services comptés ici n’est recensé à Pomerol ; 3 inconnus"),
    ],
)
def test_what_is_not_counted_is_not_said_to_be_none(real, code, title):
    said = story.families_section(report.build(real, f"commune:{code}")).title
    assert re.sub("[\u00a0\u202f]", " ", said).startswith(title)


@pytest.mark.real
def test_eight_children_call_no_lever(real):
    """Collorec: too few children for a rank, hence for a gap to act on."""
    found = report.build(real, "commune:29036")
    assert found.findings["taux_couverture"].of_too_few
    assert not [one.id for one in found.levers if one.need == "gap" and "taux_couverture" in one.indicators]


@pytest.mark.real
def test_a_gap_that_is_near_is_no_weakness_and_a_range_around_today_no_threat(real):
    """Réolais: 39.0 places with assistantes maternelles for 40.7; 620 children in 2030 for 600, between 460 and 810."""
    found = report.build(real, "epci:200044394")
    weak = [one.text for one in story.proposed(found)]
    assert not [one for one in weak if one.startswith("Assistantes maternelles") or "plus d’enfants" in one]
    assert [one for one in weak if one.startswith("Crèches")]
    why = next(one.sentence for one in found.messages if one.kind == "Pourquoi")
    assert "en retrait" not in why and "presque autant chez les assistantes maternelles" in why


@pytest.mark.real
def test_one_level_of_places_is_told_of_one_territory(real):
    """Réolais: the published rate (48.2, 2021) speaks of the whole, not the places computed on those of 2020 as well."""
    found = report.build(real, "epci:200044394")
    known = found.findings.values()
    said = " ".join(plan.schema_completeness(SimpleNamespace(fiches=()), known)[0].sentences)
    assert "48,2" in said and "tous modes" in said and "ne se compare pas au taux officiel" in said
    assert "60,9" not in said
    ranked = [row.label for row in story.standing_section(found).columns[0][1][0].rows]
    assert ranked[0].startswith("Taux de couverture") and not [one for one in ranked if "tous modes" in one]
    # Without a published rate, the computed places are the whole.
    unrated = [one for one in known if one.indicator != "taux_couverture"]
    assert "60,9" in " ".join(plan.schema_completeness(SimpleNamespace(fiches=()), unrated)[0].sentences)


def _titles(real, key: str, **options) -> dict[str, str]:
    found = report.build(real, key, **options)
    return {
        one.id: one.title.replace("\u00a0", " ").replace("\u202f", " ")
        for one in story.sections(found, (), real)
    }


@pytest.mark.real
@pytest.mark.parametrize(("key", "reference"), [("epci:200067106", None), ("epci:200040111", "pairs")])
def test_a_territory_that_has_reached_the_reference_does_not_lack_places_to_reach_it(real, key, reference):
    """Pays Basque: 62.6 for 62.0 in the département; sixteen of its communes lack 260 places."""
    title = _titles(real, key, reference=reference)["ecart"]
    assert " places manquent dans " in title or "pour atteindre" not in title


@pytest.mark.real
def test_an_arrondissement_is_not_the_only_commune_known(real):
    assert "commune" not in _titles(real, "commune:13203")["ecart"]


@pytest.mark.real
def test_children_of_a_year_are_as_many_in_the_outlook_as_in_the_portrait(real):
    """Pays Basque: 8,000 in 2024 with those of Hendaye, whom births do not tell; the outlook began at 7,900."""
    found = report.build(real, "epci:200067106")
    first = next(
        row for row in found.outlook.children if row.band == report.YOUNG and row.scenario == report.TREND
    )
    assert (first.year, first.children) == (2024, pytest.approx(found.findings["enfants_moins_3"].value))
    assert "contre 8 000 en 2024" in _titles(real, "epci:200067106")["perspectives"]


@pytest.mark.real
def test_the_ends_of_a_few_are_not_said_those_of_all(real):
    """France: 4 régions out of 18 have a published rate, from 11.3 to 53.4; the country has 59.4."""
    assert _titles(real, "france")["communes"].endswith("parmi 4 régions connues sur 18")
    camargue = _titles(real, "epci:243000650")["communes"]
    assert camargue.startswith("Taux de couverture inconnu par commune ; naissances")


@pytest.mark.real
def test_nobody_far_is_said_in_words_and_a_whole_told_nowhere_has_no_column(real):
    assert _titles(real, "epci:249500109")["eloignes"].startswith("Aucun habitant ne vit à plus de 5 km")
    found = report.build(real, "commune:57433")
    offer = next(one for one in story.sections(found, (), real) if one.id == "offre")
    drawn = next(block for block in offer.blocks if isinstance(block, Stacked))
    header, rows, widths, _ = as_table(drawn)
    assert "Ensemble" not in header and {len(row) for row in rows} == {len(header)} == {len(widths)}


@pytest.mark.real
def test_a_share_is_held_against_the_reference_in_points_by_the_levers_too(real):
    found = report.build(real, "commune:2B096", reference="pairs")
    told = [one.reason for one in found.levers if "Taux de pauvreté" in one.reason]
    assert told and all("4,0\u00a0points au-dessus de la référence" in one for one in told)


@pytest.mark.real
def test_the_ends_of_a_line_are_rounded_as_its_figure_is(real):
    found = report.build(real, "epci:200044394")
    (card,) = (
        one for one in story.figures_section(found).on_screen[0].items if one.indicator == "enfants_par_rpe"
    )
    assert (card.figure, card.track.first[0], card.track.last[0]) == ("200", "200", "1\u202f500")
    # The territory is not one of the others.
    assert f"{len(card.track.others) - 1}\u00a0autres territoires" in card.track.spoken


@pytest.mark.real
def test_a_village_reads_its_births_over_five_years(real):
    cards = story.figures_section(report.build(real, "commune:29036")).on_screen[0].items
    (card,) = (one for one in cards if one.indicator == "naissances")
    assert (card.figure, card.unit) == ("18", "naissances de 2019 à 2023")


def test_an_epci_over_two_departements_names_both_under_its_title(real):
    assert report.build(real, "epci:200070985").context.within == ("Somme et Aisne", "Hauts-de-France")
    assert report.build(real, "epci:243300316").context.within == ("Gironde", "Nouvelle-Aquitaine")


@pytest.mark.parametrize(
    ("code", "other", "shared", "unknown"),
    [
        ("76095", "76108", (2012, 2013), (2011,)),
        ("14666", "14712", (2008, 2013), ()),
        ("62847", "62119", (), (2008, 2009)),
        ("27676", "", (), (2008, 2023)),
    ],
    ids=["Bihorel", "Sannerville", "Verquigneul", "Les Trois Lacs"],
)
def test_zeros_of_births_that_no_chance_explains_are_shared_or_unknown(real, code, other, shared, unknown):
    def births(commune: str) -> dict[int, tuple]:
        sql = "select year, value, status from stat where stat = 'naissances' and commune = ?"
        return {year: (value, status) for year, value, status in real.rows(sql, commune)}

    for year in shared:
        assert births(code)[year][0] > 5 and births(code)[year][1] == births(other)[year][1] == "estimated"
    for year in unknown:
        assert births(code).get(year, (None, ""))[0] is None


@pytest.mark.real
@pytest.mark.parametrize("code", ["13201", "75118", "69389"])
def test_an_arrondissement_whose_quartiers_are_listed_under_its_city_has_an_unknown_number(real, code):
    finding = of(real, f"commune:{code}", "nombre_qpv")["nombre_qpv"]
    assert finding.value is None and "pas par arrondissement" in finding.reason


@pytest.mark.real
def test_places_of_the_arrondissements_add_up_to_the_city(real):
    for city, places in (("13055", 16), ("69123", 9)):
        parts = [code for code, of_city in gazetteer.index(real).city.items() if of_city == city]
        assert len(parts) == places
        sums = [data.places_by_mode(real, territories.get(real, f"commune:{one}"))[2020] for one in parts]
        whole = data.places_by_mode(real, territories.get(real, f"commune:{city}"))[2020]
        assert whole["places_total"] == sum(one["places_total"] for one in sums)


@pytest.mark.real
def test_a_city_of_arrondissements_is_as_far_as_these_are(real):
    """Marseille: 2.05 km from the arrondissements, 0.9 km from the one centre of the city."""
    finding = of(real, "commune:13055", "distance_france_services")["distance_france_services"]
    assert finding.value == pytest.approx(2.05, abs=0.01)
    assert data.near(real, "france_services", ("13055",)).km[0] == pytest.approx(finding.value, abs=1e-6)


@pytest.mark.real
def test_marseille_counts_no_quartier_without_what_the_list_does_not_place(real):
    """13 France services stand in Marseille: « 41 quartiers sur 41 n’en ont pas » was said beside them."""
    found = report.build(real, "commune:13055")
    assert next(row.count for row in found.services if row.stat == "france_services") >= 13
    assert "41 quartiers prioritaires" in found.qpv.reading.replace("\u00a0", " ")
    assert "n’est recensé" not in found.qpv.reading
    assert found.findings["equipements_en_qpv"].value is None
    # The computed rate of the city lies below, and the error of births turns it over: nothing is said of it.
    assert "en dessous" not in found.headline


@pytest.mark.real
@pytest.mark.parametrize(
    ("code", "born", "known"), [("06083", 293, 754), ("06012", 101, 249), ("64260", 310, 368)]
)
def test_towns_beside_a_border_count_the_children_that_the_caf_knows(real, code, born, known):
    """Menton had 325 children under 3 by births, for some 840."""
    rows = dict(
        real.rows("select year, value from stat where commune = ? and stat = 'enfants_moins_3'", code)
    )
    assert rows[2021] == pytest.approx(known) and known > born
    finding = of(real, f"commune:{code}", "enfants_moins_3")["enfants_moins_3"]
    assert finding.value == pytest.approx(rows[finding.year]) and f"{born}\u00a0: celles" in finding.caution


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


# --- A fictional twin of the awkward places --------------------------------------------------------------

SPANNING, CITY, BORDER, HIDDEN = "999001003", "F1033", "F1004", "999002001"
"""The EPCI over both départements, the town of three arrondissements, the town that is put beside a border, the EPCI whose
crèches the list loses."""


@dataclass(frozen=True)
class Twin:
    """The fictional territory where it is made as awkward as the real ones, and what was done to it."""

    db: Database
    unlisted: str
    places: float
    silent: str


def _lines(path: Path, change: Callable[[list[str]], list[str]]) -> None:
    """The rows of a file of `;` changed, its header left."""
    head, *rows = path.read_text("utf-8-sig").splitlines()
    changed = [";".join(change(row.split(";"))) for row in rows]
    path.write_text("\n".join([head, *changed]) + "\n", "utf-8")


def _unzipped(path: Path, keep: Callable[[str], bool]) -> None:
    """An archive of one file put down as that file, without the rows that `keep` refuses."""
    with zipfile.ZipFile(path) as archive:
        name = max(archive.namelist(), key=lambda one: archive.getinfo(one).file_size)
        lines = archive.read(name).decode("utf-8").splitlines(keepends=True)
    kept = [line for line in lines if keep(line)]
    assert len(kept) < len(lines)
    path.unlink()
    (path.parent / name).write_text("".join(kept), "utf-8")


@pytest.fixture(scope="module")
def twin(demo_db, demo_raw, tmp_path_factory) -> Twin:
    """No census by age, so that births tell the children; no crèche listed in a town that the Cnaf gives places, nor in
    an EPCI to which it gives some; half of the places of the EPCI over two départements; a town whose Caf knows four times its births; quartiers of the town
    of arrondissements listed for all of it; the births of the smallest commune lost; twice the rate for France."""
    known = open_database(demo_db)
    ((unlisted, places),) = known.rows(
        """
        select published.code, max_by(value, year) from published
        join territory on territory.level = 'commune' and territory.code = published.code
        where published.level = 'commune' and stat = 'places_eaje' and value > 0 and parent is null
            and published.code not in (?, ?)
        group by published.code order by published.code limit 1
        """,
        CITY,
        BORDER,
    )
    ((silent,),) = known.rows(
        "select commune from stat where stat = 'population' and commune not in (select commune from elsewhere) "
        "and commune in (select commune from stat where stat = 'naissances' group by commune having count(value) > 9) "
        "group by commune order by max(value), commune limit 1"
    )
    raw = tmp_path_factory.mktemp("twin") / "raw"
    shutil.copytree(demo_raw, raw)
    for path in (
        *raw.glob("*AGESEX*"),
        *raw.glob("TD_POP1B*"),
        raw / "QP2024.zip",
    ):
        path.unlink()
    lost = {
        unlisted,
        *(code for (code,) in known.rows("select commune from membership where code = ?", HIDDEN)),
    }
    for path in raw.glob("BPE*.zip"):
        _unzipped(
            path, lambda line: not (re.search(r"\bD50[29]\b", line) and lost.intersection(line.split(";")))
        )
    for path in raw.glob("DS_ETAT_CIVIL*.zip"):
        _unzipped(path, lambda line: f'"{silent}"' not in line)
    for path in raw.glob("nbpla_pe_epci*"):
        _lines(
            path, lambda row: [*row[:3], *(str(int(n) // 2) for n in row[3:])] if row[1] == SPANNING else row
        )
    for path in raw.glob("txcouv_pe_nat*"):
        _lines(path, lambda row: [*row[:-1], f"{float(row[-1]) * 2:.1f}"])
    path = raw / "data_CAF_2020_IRIS.csv"
    _lines(
        path,
        lambda row: [row[0], "0", *("250" for _ in row[2:])] if row[0].startswith(BORDER) else row,
    )
    path = raw / "listeqp2024-cog2024.csv"
    path.write_text(path.read_text("utf-8-sig").replace("F1054", CITY), "utf-8")
    db = raw.parent / "twin.duckdb"
    warehouse.build([raw], db)
    return Twin(open_database(db), unlisted, places, silent)


def test_half_of_the_places_of_a_fictional_epci_are_not_shown_as_all(twin):
    finding = of(twin.db, f"epci:{SPANNING}", "places_100")["places_100"]
    assert finding.value is None and "n’est pas montrée" in finding.reason
    assert not data.places_by_mode(twin.db, territories.get(twin.db, f"epci:{SPANNING}"))


def test_a_fictional_arrondissement_whose_quartiers_are_listed_for_the_town_has_an_unknown_number(twin):
    finding = of(twin.db, "commune:F1902", "nombre_qpv")["nombre_qpv"]
    assert finding.value is None and "pas par arrondissement" in finding.reason
    assert of(twin.db, f"commune:{CITY}", "nombre_qpv")["nombre_qpv"].value == 1


def test_children_of_a_town_beside_a_border_are_those_that_the_caf_knows(twin):
    rows = dict(
        twin.db.rows("select year, value from stat where commune = ? and stat = 'enfants_moins_3'", BORDER)
    )
    caf = twin.db.rows("select sum(enfants_0_2) from iris where commune = ?", BORDER)[0][0]
    assert rows[2021] == pytest.approx(caf) and data.born_abroad(twin.db) == {BORDER}
    found = report.build(twin.db, f"commune:{BORDER}")
    births, children = found.findings["naissances"], found.findings["enfants_moins_3"]
    assert "hors de France" in births.caution and "suit celui de la Caf" in children.caution
    assert not found.outlook.children and "hors de France" in found.outlook.reading
    assert any("hors de France" in one.detail for one in found.messages if one.kind == "Naissances")


def test_a_commune_of_few_people_without_births_does_not_silence_its_departement(twin):
    place = territories.get(twin.db, f"commune:{twin.silent}")
    assert of(twin.db, place.key, "naissances")["naissances"].value is None
    finding = of(twin.db, f"departement:{place.departement}", "naissances")["naissances"]
    assert finding.value is not None and 0.99 <= finding.covered < 1 and "Couvre 99" in finding.caution


def test_without_a_rate_of_the_région_a_departement_is_compared_with_france(demo_db, monkeypatch):
    db, rated = open_database(demo_db), measure.rated
    place = territories.get(db, "departement:F1")
    assert measure.default_reference(db, place).key.startswith("region:")
    monkeypatch.setattr(measure, "rated", lambda db, level: {} if level == "region" else rated(db, level))
    assert measure.default_reference(db, place).key == "france"
    # A commune keeps the département above it.
    assert measure.default_reference(db, territories.get(db, "commune:F1001")).key == "departement:F1"


def test_a_town_above_its_departement_and_far_below_france_is_told_both(twin):
    both = [
        place
        for place in territories.members(twin.db, territories.get(twin.db, "epci:999001001"))
        if (rate := of(twin.db, place.key, "taux_couverture")["taux_couverture"]).word
        in ("au-dessus", "très au-dessus")
        and measure.ratio_word(rate.value, rate.comparators[-1].value) in ("en dessous", "très en dessous")
    ]
    assert both
    found = report.build(twin.db, both[0].key)
    assert "mais" in found.headline and found.headline.endswith("de la France")
    assert found.priorities[0].indicator == "taux_couverture"


def test_children_told_by_births_are_said_rounded_everywhere(twin):
    """No count of children to the unit in a sentence, from a hundred up: « environ 1 300 », never « 1 321 »."""
    said = re.compile(
        r"(\d[\d ]*\d) (?:enfants?|3-11 ans)\b(?! (?:nés|par|pour|de moins de \d ans (?:par|chez)))"
    )
    places = [f"commune:{BORDER}", "epci:999001001", "departement:F1"]
    for key in places:
        found = report.build(twin.db, key)
        sentences = [text for one in found.messages for text in (one.sentence, one.detail)]
        sentences += [one.title for one in story.sections(found, db=twin.db)] + [
            found.alsh.reading,
            found.headline,
        ]
        for sentence in sentences:
            for count in said.findall(re.sub("[\u00a0\u202f]", " ", sentence)):
                number = float(count.replace(" ", ""))
                assert number == french.two_figures(number) or number < 100, (key, sentence)


# --- Crèches that the list has not -----------------------------------------------------------------


def test_crèches_that_the_cnaf_counts_and_the_list_has_not_are_to_be_verified(twin):
    db, code, places = twin.db, twin.unlisted, twin.places
    hidden = {one for (one,) in db.rows("select commune from membership where code = ?", HIDDEN)}
    assert data.unlisted_creches(db) - hidden == {code}
    assert dict(
        db.rows("select stat, value from stat where commune = ? and stat in ('eaje', 'eaje_places')", code)
    ) == {
        "eaje": None,
        "eaje_places": places,
    }
    found = report.build(db, f"commune:{code}")
    (row,) = found.access.communes
    assert row.places == places and row.raw > 0
    assert "aucune crèche recensée" in found.access.reading and "à vérifier" in found.access.reading
    assert next(item for item in found.access.nearest if item.stat == "eaje").mean_km is None


def test_an_epci_with_places_at_the_cnaf_and_no_crèche_listed_knows_of_none_of_its_communes_what_it_has(twin):
    """100 places for the EPCI, none in the list of its 33 communes: no commune reads 0, the EPCI is to be verified."""
    db = twin.db
    communes = {one for (one,) in db.rows("select commune from membership where code = ?", HIDDEN)}
    assert len(communes) > 20 and communes <= data.unlisted_creches(db)
    rows = db.rows(
        "select value from stat where stat in ('eaje', 'eaje_places') and commune in (select unnest(?::varchar[]))",
        sorted(communes),
    )
    assert rows and {value for (value,) in rows} == {None}
    found = report.build(db, f"epci:{HIDDEN}")
    assert "aucune crèche recensée, des places selon la Cnaf ; à vérifier" in re.sub(
        "[\u00a0\u202f]", " ", found.access.reading
    )
    assert next(item for item in found.access.nearest if item.stat == "eaje").mean_km is None
    near = report.build(db, f"commune:{sorted(communes)[0]}")
    assert not any("crèche recensée la plus proche" in one.sentence for one in near.messages)


def test_no_sentence_says_that_a_territory_has_no_crèche(twin):
    db = twin.db
    denied = re.compile(r"n[’'](a|ont) (pas|aucune?) (de )?crèche")
    for key in [place.key for place in gazetteer.index(db).territories.values()][::12]:
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
        assert row.low < 0 < row.high and 90 <= row.covered <= 97 and row.cases >= 30, row


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


@pytest.mark.real
def test_marseille_has_children_enough_and_too_badly_known(real):
    """40.1 places reckoned on 37,000 children for 48.1: « trop peu d’enfants » was said of them."""
    found = report.build(real, "commune:13055")
    assert found.findings["places_100"].apart is Apart.BIRTHS and not found.findings["places_100"].of_too_few
    title = re.sub("[\u00a0\u202f]", " ", story.gap_section(found).title)
    assert title == "Environ 40,1 places, contre 48,1 dans les Bouches-du-Rhône : enfants trop mal connus"
    assert len(title) <= reading.LONG_TITLE
    assert "Pourquoi" not in {one.kind for one in found.messages}


def test_why_a_known_value_has_no_colour_is_that_of_the_data(demo_db):
    """The modes of a rated territory are held against nothing: not for want of children."""
    db = open_database(demo_db)
    places = territories.members(db, territories.get(db, "departement:F1"))
    found = measure.measure(db, places, ["places_eaje_100"])
    rows = {place.code: found[place.key]["places_eaje_100"] for place in places}
    assert {one.apart for one in rows.values() if one.stands_apart} == {Apart.COMPOSED}
    drawn = maps.by_ratio(rows, BY_ID["places_eaje_100"], 20.0, "la référence")
    assert drawn.apart == "sans comparaison"

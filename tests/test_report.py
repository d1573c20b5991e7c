"""The whole report: every section of every kind of territory, plain data, nothing unknown printed as a number."""

from __future__ import annotations

import datetime as dt
import json
import re
from dataclasses import replace

import numpy as np
import pytest

from diagnostic import french, gazetteer, reference, report, story, territories
from diagnostic.indicators import BY_ID
from diagnostic.measure import TWO_DATES
from diagnostic.model import DiagnosticError, Finding, Level, Status, Territory
from diagnostic.report import data
from diagnostic.report.messages import _poorest
from diagnostic.report.offer import modes_said
from diagnostic.report.shape import ModeGap
from diagnostic.report.synthesis import told_together
from diagnostic.story import districts
from diagnostic.warehouse import open_database
from diagnostic.warehouse.columns import Columns

EPCI = "epci:999001001"
DAY = dt.date(2026, 11, 23)
REAL = (
    "epci:243300316",
    "commune:33063",
    "commune:33555",
    "commune:75056",
    "commune:75101",
    "commune:2A004",
    "commune:97411",
    "commune:55039",
    "perimetre:33063+33281",
    "departement:33",
    "region:75",
)
FICTIONAL = (
    EPCI,
    "epci:999001002",
    "commune:F1001",
    "perimetre:F1001+F1002",
    "departement:F1",
    "region:F1",
    "france",
)


@pytest.fixture(scope="module")
def of_demo(demo):
    return {key: report.build(demo, key, on=DAY) for key in FICTIONAL}


@pytest.fixture(scope="module")
def of_real(real):
    return {key: report.build(real, key, on=DAY) for key in REAL}


def check_texts(value) -> None:
    """No text of the report prints an unknown as a number."""
    if isinstance(value, dict):
        for item in value.values():
            check_texts(item)
    elif isinstance(value, list):
        for item in value:
            check_texts(item)
    elif isinstance(value, str):
        assert not re.search(r"\b(nan|None|NaT|inf)\b", value), value


@pytest.mark.parametrize("key", FICTIONAL)
def test_a_report_of_the_fictional_territory_is_plain_data(of_demo, key):
    plain = report.as_dict(of_demo[key])
    assert json.loads(json.dumps(plain, allow_nan=False)) == plain
    check_texts(plain)


@pytest.mark.parametrize("key", REAL)
def test_a_report_of_a_real_territory_is_plain_data(of_real, key):
    plain = report.as_dict(of_real[key])
    assert json.loads(json.dumps(plain, allow_nan=False)) == plain
    check_texts(plain)


def test_three_to_five_messages_and_a_headline_whatever_the_territory(of_demo, of_real):
    for one in (*of_demo.values(), *of_real.values()):
        assert 3 <= len(one.messages) <= 5, one.territory.key
        assert one.headline and not one.headline.endswith(".")
        sentences = [message.sentence for message in one.messages]
        assert len(set(sentences)) == len(sentences)


def test_every_finding_of_the_territory_is_said_in_a_sentence(of_demo, of_real):
    for one in (*of_demo.values(), *of_real.values()):
        for finding in one.findings.values():
            assert finding.reading.endswith("."), (one.territory.key, finding.indicator)


def test_the_priorities_are_the_marked_gaps_in_order(of_demo):
    one = of_demo[EPCI]
    assert [item.order for item in one.priorities] == list(range(1, len(one.priorities) + 1))
    for item in one.priorities:
        finding = one.findings[item.indicator]
        assert finding.gap is not None and finding.word not in (None, "proche")


def test_the_contributions_of_the_modes_add_up_to_the_gap(of_demo):
    one = of_demo[EPCI]
    assert one.coverage.official
    parts = sum(row.contribution for row in one.coverage.gap_by_mode)
    # The producer rounds each rate to a tenth.
    assert parts == pytest.approx(one.findings["taux_couverture"].gap, abs=0.25)


def test_the_effects_of_places_and_children_add_up_to_the_change(of_demo):
    change = of_demo[EPCI].coverage.change
    assert change.places + change.children == pytest.approx(change.to_rate - change.from_rate)


def test_the_effect_of_children_is_told_between_two_counts_of_them(of_demo):
    # The census of 2021 serves the years up to 2020, that of 2023 the others: of 2022 and 2023 it would say « 0,0 point ».
    change = of_demo[EPCI].coverage.change
    assert (change.from_year, change.to_year) == (2020, 2023)
    assert change.reading.endswith("par le nombre d’enfants (comptés en 2021 et en 2023).")


def test_figures_of_two_dates_are_told_in_one_note_with_what_they_share_once(of_demo):
    findings = of_demo[EPCI].findings
    dated = [
        replace(
            findings[name],
            numerator_year=2023,
            denominator_year=2021,
            caution=french.typographic(
                f"{TWO_DATES}{BY_ID[name].numerator_label} en 2023, {BY_ID[name].denominator_label} en 2021."
            ),
        )
        for name in ("places_100", "places_eaje_100")
    ]
    other = replace(findings["taux_couverture"], caution="Couvre 90 % du territoire.")
    together, again, apart = told_together([*dated, other])
    assert (
        together
        == again
        == french.typographic(
            "Les deux parties du calcul n’ont pas la même date : enfants de moins de 3 ans en 2021, mais places d’accueil, "
            "tous modes en 2023 et places en crèche en 2023."
        )
    )
    assert apart == "Couvre 90 % du territoire : taux de couverture."
    grounds = [
        replace(findings[name], caution=said)
        for name, said in (
            ("taux_couverture", "France entière hors Mayotte."),
            ("niveau_vie_median", "France métropolitaine."),
            ("taux_pauvrete", "Périmètre d’avant la fusion de communes."),
            *((name, "Couvre 99 % du territoire.") for name in findings if name.startswith("foyers")),
        )
    ]
    first, second, merged, third, *_ = told_together(grounds)
    assert merged == "Périmètre d’avant la fusion de communes : pauvreté."
    assert first == "France entière hors Mayotte : taux de couverture."
    assert second == "France métropolitaine : niveau de vie."
    assert third.count(",") == 3 and re.search(r" et \d+\sautres\.$", third)


def test_an_estimate_is_at_least_its_own_creches_within_a_measured_interval(of_demo):
    rows = of_demo["epci:999001002"].coverage.estimates
    assert rows
    measured = [row.children_from for row in reference.estimate_errors() if 90 <= row.covered <= 97]
    for row in rows:
        assert row.rate <= row.low <= row.estimate <= row.high and row.grade in "ABCD"
        assert row.rate == pytest.approx(row.places / row.children * 100)
        # No interval was measured on communes that small: no figure.
        assert row.children >= min(measured)


def test_children_with_and_without_a_leisure_centre_are_all_the_children(of_demo):
    for key in (EPCI, "epci:999001002"):
        alsh = of_demo[key].alsh
        without = sum(row.children for row in alsh.without)
        assert alsh.with_access + without == pytest.approx(alsh.children)
        assert alsh.with_access <= alsh.within_radius <= alsh.children


def test_a_list_that_stops_before_the_last_commune_still_counts_them_all(demo, monkeypatch):
    whole = report.build(demo, "departement:F1", on=DAY).alsh
    monkeypatch.setattr("diagnostic.report.leisure.MOST_LISTED", 2)
    cut = report.build(demo, "departement:F1", on=DAY)
    assert len(whole.without) == cut.alsh.communes_without > len(cut.alsh.without) == 2
    assert cut.alsh.children_without == pytest.approx(sum(row.children for row in whole.without))
    assert cut.alsh.communes_with_school == len(whole.schools_without)
    assert cut.alsh.schools_alone == sum(row.schools for row in whole.schools_without)
    leisure = story.leisure_section(cut).columns[0][1][0].items[2]
    assert leisure.figure == french.number(cut.alsh.communes_without)
    named = story.without_section(cut)
    assert french.quantity(cut.alsh.communes_without, "commune", "communes") in named.title
    assert named.caution.endswith(f"sur {french.number(cut.alsh.communes_without)}.")


def test_the_modes_are_held_against_the_territory_though_a_goal_measures_the_whole(demo):
    told = report.build(demo, EPCI, reference="objectif:70", on=DAY).messages
    why = next(message for message in told if message.kind == "Pourquoi")
    assert french.the(territories.get(demo, "departement:F1")) in why.detail and "objectif" not in why.detail


def test_the_poorest_are_communes_and_said_of_no_larger_member():
    def known(place: Territory, name: str, value: float) -> Finding:
        return Finding(name, place.key, value, Status.OK, 2021)

    def rows(level: Level) -> list[report.Member]:
        found = []
        for number in range(5):
            place = Territory(level, f"F100{number}", f"Lieu {number}")
            values = {
                "taux_pauvrete": 30.0 - number,
                "taux_couverture": 20.0 + number,
                "enfants_moins_3": 150.0,
            }
            found.append(
                report.Member(place, {name: known(place, name, one) for name, one in values.items()})
            )
        return found

    assert "Lieu 0 et Lieu 1" in _poorest(rows(Level.COMMUNE)).sentence
    assert _poorest(rows(Level.EPCI)) is None


def test_a_wider_radius_never_leaves_more_children_out(demo):
    reached = [
        report.build(demo, "departement:F1", radius_km=km, on=DAY).alsh.within_radius for km in (1, 5, 20)
    ]
    assert reached == sorted(reached)


def test_a_facility_at_the_centre_of_its_commune_is_not_said_absent_from_its_district(demo, monkeypatch):
    around, places = data.facilities_around, data.districts(demo)

    def of(row, stat) -> list[str]:
        found = data.facilities_of(demo, places[row.code].communes)
        return [city for city, kind in found.rows("city", "stat") if kind == stat]

    row, stat = next(
        (row, stat)
        for row in report.build(demo, EPCI, on=DAY).qpv.districts
        for stat in row.missing
        if of(row, stat)
    )
    cities = set(of(row, stat))

    def at_the_centre(*asked) -> Columns:
        found = around(*asked)
        here = [city in cities and kind == stat for city, kind in found.rows("city", "stat")]
        return Columns({**found.held, "at_centre": found["at_centre"] | np.array(here, dtype=bool)})

    monkeypatch.setattr(data, "facilities_around", at_the_centre)
    found = report.build(demo, EPCI, on=DAY).qpv
    again = next(one for one in found.districts if one.code == row.code)
    assert row.inside[stat] == 0 and again.inside[stat] is None
    assert stat not in again.missing


def test_a_district_over_two_communes_counts_once(demo, of_demo):
    qpv = of_demo[EPCI].qpv
    codes = [row.code for row in qpv.districts]
    assert len(codes) == len(set(codes)) == of_demo[EPCI].context.qpv
    assert any(len(row.communes) == 2 for row in qpv.districts)
    assert qpv.located_by == "polygon"


def test_the_people_of_each_district_stand_in_its_table_with_their_year(of_demo):
    qpv = of_demo[EPCI].qpv
    section = story.districts_section(of_demo[EPCI])
    column = section.data.header.index("Habitants (2022)")
    shown = {row[1]: row[column] for row in section.data.rows}
    assert shown == {row.code: french.number(row.population) for row in qpv.districts}
    everyone = sum(row.population for row in qpv.districts)
    largest = max(qpv.districts, key=lambda row: row.population)
    note = " ".join(section.notes)
    assert french.number(everyone) in note and french.typographic(largest.name) in note and "en 2022" in note


def test_a_commune_without_a_district_is_told_the_nearest_and_whose_it_is(demo):
    held = {commune for (commune,) in demo.rows("select commune from qpv_commune")}
    place = next(
        one
        for (level, code), one in sorted(gazetteer.index(demo).territories.items())
        if level == Level.COMMUNE and code not in held
    )
    told = districts.nearest(demo, place)
    assert re.fullmatch(
        r"Le quartier prioritaire le plus proche est .+ \(.+, C.+\), à \d+ km à vol d’oiseau\.", told
    )
    section = story.districts_section(report.build(demo, place.key), demo)
    assert section.title.startswith("Aucun quartier prioritaire") and section.on_screen[-1].items[0][
        1
    ] == french.typographic(told)


def test_an_intercommunalite_without_a_district_is_told_the_nearest_to_one_of_its_communes(demo):
    held = {
        epci
        for (epci,) in demo.rows("select distinct epci from qpv_commune join territory on code = commune")
    }
    place = next(
        one
        for (level, code), one in sorted(gazetteer.index(demo).territories.items())
        if level == Level.EPCI and code not in held
    )
    told = districts.nearest(demo, place)
    far, own = re.search(r"à (\d+) km à vol d’oiseau (d.+)\.$", told).groups()
    communes = territories.members(demo, place)
    assert own in {french.of(one) for one in communes}
    each = [districts.nearest(demo, one) for one in communes]
    assert int(far) == min(int(re.search(r"à (\d+) km", one)[1]) for one in each)
    page = story.districts_section(report.build(demo, place.key), demo)
    assert page.on_screen == (story.Text((("", french.typographic(told), False),)),)


def test_districts_without_a_service_are_counted_by_service(of_demo):
    qpv = of_demo[EPCI].qpv
    for stat, count in qpv.missing_by_type.items():
        assert count == sum(row.inside[stat] + row.near[stat] == 0 for row in qpv.districts)


def test_the_facilities_inside_are_those_of_the_producer_table(demo, of_demo):
    inside = sum(row.inside["alsh"] for row in of_demo[EPCI].qpv.districts)
    assert inside == demo.rows("select count(*) from facility where stat = 'alsh' and qpv is not null")[0][0]


def test_a_wider_catchment_shares_the_same_places_among_more_children(demo):
    usual, wide = (report.build(demo, EPCI, reach_km=km).access for km in (15.0, 30.0))
    assert usual.bands == ((5.0, 1.0), (10.0, 0.68), (15.0, 0.22))
    assert wide.bands == ((10.0, 1.0), (20.0, 0.68), (30.0, 0.22))

    def spread(access):
        values = [row.value for row in access.communes if row.value is not None]
        return max(values) - min(values)

    assert spread(wide) < spread(usual)


def test_accessibility_says_who_serves_whom(of_demo):
    rows = of_demo[EPCI].access.communes
    assert len(rows) == 33
    for row in rows:
        assert row.value is None or row.value >= row.floor - 1e-9
        assert row.own_share is None or 0 <= row.own_share <= 1


def test_the_outlook_starts_after_the_last_known_year_and_lasts_six_years(of_demo):
    outlook = of_demo[EPCI].outlook
    years = sorted({row.year for row in outlook.children})
    assert years == list(range(years[0], years[0] + 7))
    assert {row.scenario for row in outlook.children} == {"low", "constant", "trend"}
    for row in outlook.error:
        assert row.error >= 0 and row.cases > 0


def test_places_to_keep_today_s_rate_follow_the_children(of_demo):
    one = of_demo[EPCI]
    finding = one.findings["taux_couverture"]
    places = one.findings["places_100"].numerator
    for row in one.outlook.places:
        # Places and rate of one year: the children of today are places ÷ rate.
        assert row.keep == pytest.approx(finding.value / 100 * row.children - places)
        assert row.reach >= 0


def test_the_band_of_the_outlook_held_nine_past_cases_out_of_ten():
    rows = reference.outlook_errors()
    assert {row.level for row in rows} == {"commune", "epci"} and {row.horizon for row in rows} == set(
        range(1, 7)
    )
    for row in rows:
        assert row.low < 0 and row.held >= 90, (row.level, row.size_from, row.horizon)


def test_the_error_of_the_outlook_is_that_of_territories_of_its_size_at_its_horizon(of_demo, of_real):
    for one, size in ((of_demo[EPCI], None), (of_real["epci:243300316"], 3000.0)):
        trend = [row for row in one.outlook.children if row.scenario == "trend" and row.band == "moins_3"]
        bands = {row.horizon: (row.low, row.high) for row in one.outlook.error}
        assert sorted(bands) == list(range(1, 7))
        for ahead, row in enumerate(trend):
            low, high = bands[ahead] if ahead else (0.0, 0.0)
            assert row.low == pytest.approx(row.children * (1 + low / 100))
            assert row.high == pytest.approx(row.children * (1 + high / 100))
        if size:
            table = {
                row.horizon: (row.low, row.high)
                for row in reference.outlook_errors()
                if (row.level, row.size_from) == ("epci", size)
            }
            widths = {horizon: high - low for horizon, (low, high) in bands.items()}
            assert bands == table and widths[6] > widths[3] > widths[1]
        assert "à 6 ans" in one.outlook.reading and "environ" in one.outlook.reading
        drawn = next(block for block in story.outlook_section(one).blocks if isinstance(block, story.Lines))
        assert drawn.band == tuple((row.year, row.low, row.high) for row in trend)


def test_nothing_is_projected_where_few_are_born(demo):
    small = next(
        item
        for item in territories.members(demo, territories.get(demo, EPCI))
        if 0 < (data.births(demo, item).get(max(data.births(demo, item))) or 0) < 30
    )
    found = report.build(demo, small.key, on=DAY).outlook
    assert found.children == () and found.places == () and "Moins de 50 naissances" in found.reading


def test_a_peer_may_be_dropped_and_says_why_it_is_one(demo, of_demo):
    peers = of_demo[EPCI].peers
    assert all(peer.why for peer in peers) and of_demo[EPCI].peers_variables
    fewer = report.build(demo, EPCI, peers_drop=(peers[0].territory.code,), on=DAY).peers
    assert peers[0].territory.code not in {peer.territory.code for peer in fewer}


def test_the_reference_may_be_a_territory_the_peers_or_a_goal(demo):
    other = report.build(demo, EPCI, reference="epci:999001002", on=DAY)
    assert other.findings["taux_couverture"].reference == "epci:999001002"
    near = report.build(demo, EPCI, reference="pairs", on=DAY)
    assert near.findings["taux_couverture"].reference == "pairs" and "semblables" in near.reference.the
    goal = report.build(demo, EPCI, reference="objectif:70", on=DAY)
    finding = goal.findings["taux_couverture"]
    assert finding.gap == pytest.approx(finding.value - 70)
    assert "l’objectif" in finding.reading


@pytest.mark.parametrize("wanted", ["objectif:beaucoup", "objectif:-3", "epci:000000000", "n'importe quoi"])
def test_a_reference_that_means_nothing_is_refused(demo, wanted):
    with pytest.raises(DiagnosticError):
        report.build(demo, EPCI, reference=wanted, on=DAY)


def test_the_law_counts_all_the_inhabitants_of_the_epci(of_demo):
    one = of_demo[EPCI]
    relay = next(row for row in one.duties if row.id == "relais" or "relais" in row.duty.lower())
    assert relay.binds is True and relay.threshold == 10_000
    assert relay.met is True


def test_what_is_unknown_is_listed_with_whom_to_ask(of_real):
    one = of_real["epci:243300316"]
    unknown = {row.indicator: row for row in one.unknown}
    for name, finding in one.findings.items():
        if name in unknown:
            assert not finding.status.known
            assert unknown[name].reason and unknown[name].whom
    assert "jeunes_12_25" in unknown


def test_a_small_commune_reads_the_rate_of_its_epci(real):
    one = report.build(real, "commune:33103", on=DAY)
    assert one.findings["taux_couverture"].status is Status.NOT_PUBLISHED
    assert "44,7" in one.coverage.reading and "Entre-Deux-Mers" in one.coverage.reading
    first = one.messages[0]
    assert first.indicator == "taux_couverture" and first.figure == "44,7"
    assert first.sentence.startswith("Dans la CC Rurales de l’Entre-Deux-Mers, 44,7")


def test_a_commune_without_children_has_a_report_without_a_rate(of_real):
    one = of_real["commune:55039"]
    assert one.findings["places_eaje_100"].value is None
    assert one.members[0].territory == one.territory


def test_an_arrondissement_stands_among_those_of_its_city(of_real):
    one = of_real["commune:75101"]
    assert one.siblings_label == "arrondissements de Paris"
    assert one.findings["niveau_vie_median"].position.of == 20


def test_every_level_says_who_its_members_are(of_demo, of_real):
    assert of_demo["departement:F1"].member_level == Level.EPCI
    assert of_real["region:75"].member_level == Level.DEPARTEMENT
    assert {member.territory.key for member in of_demo["perimetre:F1001+F1002"].members} == {
        "commune:F1001",
        "commune:F1002",
    }


def test_the_fictional_territory_says_that_it_is_one(of_demo, of_real):
    assert all(one.context.fictional and "fictif" in one.notes[0] for one in of_demo.values())
    assert not any(one.context.fictional for one in of_real.values())


def test_every_source_line_names_its_producer_and_licence(of_demo, of_real):
    for one in (*of_demo.values(), *of_real.values()):
        assert one.sources
        for line in one.sources:
            assert line.producer and line.licence


def test_the_same_question_gives_the_same_report(demo, of_demo):
    again = report.as_dict(report.build(demo, EPCI, on=DAY))
    assert again == report.as_dict(of_demo[EPCI])


def test_the_levers_called_by_a_gap_name_an_indicator_of_the_report(of_demo):
    rows = of_demo[EPCI].levers
    assert len(rows) == 45
    called = [row for row in rows if row.need == "gap"]
    assert called and all(row.reason and set(row.indicators) <= set(of_demo[EPCI].findings) for row in called)


def test_a_perimeter_of_all_the_communes_is_the_epci(demo, of_demo):
    codes = territories.communes(demo, territories.get(demo, EPCI))
    one = report.build(demo, f"perimetre:{'+'.join(codes)}", on=DAY)
    whole = of_demo[EPCI]
    assert one.alsh.children == pytest.approx(whole.alsh.children)
    assert [row.code for row in one.access.communes] == [row.code for row in whole.access.communes]
    assert one.births[0].values == whole.births[0].values


def test_no_distance_is_given_where_no_file_counts_the_facilities(of_real):
    # The located file of the real folder covers the Gironde alone.
    far = {row.stat: row.mean_km for row in of_real["commune:2A004"].access.nearest}
    assert far["eaje"] is None and far["alsh"] is None
    assert far["france_services"] < 10
    near = {row.stat: row.mean_km for row in of_real["epci:243300316"].access.nearest}
    assert near["eaje"] < 10


def test_an_estimate_rests_on_places_that_are_known(of_real):
    """The list of the Gironde gives no capacity: only a commune where it counts no crèche has a known number of places."""
    found = {row.code: row for row in of_real["epci:243300316"].coverage.estimates}
    assert set(found) <= {"33273"}


def test_the_law_binds_the_city_and_not_its_arrondissements(of_real):
    assert of_real["commune:75056"].duties
    assert (
        of_real["commune:75101"].duties == () and "arrondissements" in of_real["commune:75101"].duties_reading
    )


def test_a_small_commune_reads_its_estimate_with_interval_and_grade(demo, of_demo):
    row = of_demo["epci:999001002"].coverage.estimates[0]
    one = report.build(demo, f"commune:{row.code}", on=DAY)
    assert one.coverage.estimates[0].estimate == pytest.approx(row.estimate)
    low, high = map(french.number, (one.coverage.estimates[0].low, one.coverage.estimates[0].high))
    assert f"entre {low} et {high}" in one.coverage.reading


def test_the_producer_of_an_absent_file_is_its_own(demo_db):
    """Households of the Caf were to be asked of Insee."""
    from diagnostic.indicators import BY_ID
    from diagnostic.model import Status
    from diagnostic.report.synthesis import NOBODY, TO_LOAD, _whom
    from diagnostic.sources import SOURCES

    assert _whom("caf_iris", Status.NOT_LOADED) == f"Insee, Cnaf{TO_LOAD}"
    assert _whom("filosofi_communes", Status.MISSING) == f"Insee{TO_LOAD}"
    # What is masked has no other file, and what the Cnaf does not publish is asked of the Caf.
    assert _whom("filosofi_communes", Status.SECRET) == NOBODY
    assert _whom("caf_iris", Status.NOT_PUBLISHED) == "Votre conseiller développement de la Caf"
    producers = {source.id: source.producer for source in SOURCES}
    for row in report.build(open_database(demo_db), "commune:F1001").unknown:
        source = next(iter(BY_ID[row.indicator].sources), "")
        assert TO_LOAD not in row.whom or row.whom == f"{producers[source]}{TO_LOAD}"


def test_a_mode_near_the_reference_is_no_retreat():
    def said(creches: float, childminders: float) -> str:
        return modes_said(
            {
                "eaje": ModeGap("eaje", "", 12.0 + creches, 12.0, creches),
                "am": ModeGap("am", "", 40.0 + childminders, 40.0, childminders),
            }
        )

    minus = french.MINUS
    assert (
        said(-0.1, -24.0)
        == f"Moins de places chez les assistantes maternelles ({minus}24,0), autant en crèche ({minus}0,1)."
    )
    assert (
        said(-5.0, -24.0)
        == f"Les deux modes sont en retrait : {minus}5,0 en crèche, {minus}24,0 chez les assistantes maternelles."
    )
    assert said(2.3, 8.6).startswith("Les deux modes sont mieux fournis")
    assert (
        said(0.6, 8.6) == "Plus de places chez les assistantes maternelles (+8,6), autant en crèche (+0,6)."
    )
    # 38.3 for 40 is within the cut: near, though 1.7 points below.
    assert said(-6.5, -1.7).endswith(
        f"({minus}6,5), presque autant chez les assistantes maternelles ({minus}1,7)."
    )
    assert (
        said(-12.0, 0.6)
        == f"Moins de places en crèche ({minus}12,0), autant chez les assistantes maternelles (+0,6)."
    )

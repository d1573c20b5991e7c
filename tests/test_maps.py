"""Maps: outlines inside and around, unknown hatched and never coloured, classes in words, text escaped."""

from __future__ import annotations

import itertools
import json
from dataclasses import replace
from pathlib import Path

import pytest
from xstatic.pkg import leaflet

from diagnostic import classes, design, french, gazetteer, maps, measure, reading, report, story, territories
from diagnostic.exports import picture
from diagnostic.indicators import BY_ID, INDICATORS, rounded_children
from diagnostic.model import (
    Against,
    Comparator,
    DiagnosticError,
    Finding,
    Level,
    ReferenceKind,
    Status,
    Territory,
    ratio_word,
)
from diagnostic.story import beside, listing, mapped, ranking
from diagnostic.story.words import tabled
from diagnostic.ui import mapping
from diagnostic.warehouse.database import Database, open_database

RATE = BY_ID["taux_couverture"]
RELAYS = BY_ID["enfants_par_rpe"]


@pytest.fixture(scope="module")
def epci(demo: Database) -> Territory:
    known = gazetteer.index(demo)
    return next(item for (level, _), item in known.territories.items() if level == "epci")


def finding(value: float | None, indicator=RATE, status: Status = Status.OK) -> Finding:
    return Finding(indicator.id, "commune:x", value, status if value is not None else Status.NOT_PUBLISHED)


def outlines(demo: Database, level: str, scope: str) -> list[dict]:
    return json.loads(maps.outlines_json(demo, level, scope))["features"]


def codes(features: list[dict], where: str) -> set[str]:
    return {one["properties"]["code"] for one in features if one["properties"]["ou"] == where}


def test_the_communes_of_an_epci_are_inside_and_its_neighbours_around(
    demo: Database, epci: Territory
) -> None:
    features = outlines(demo, "commune", epci.key)
    inside = set(territories.communes(demo, epci))
    assert codes(features, "in") == inside
    assert codes(features, "outline") == {epci.code}
    assert codes(features, "out") and not codes(features, "out") & inside


def test_outlines_carry_no_figure(demo: Database, epci: Territory) -> None:
    kept = {tuple(sorted(one["properties"])) for one in outlines(demo, "commune", epci.key)}
    assert kept == {("code", "nom", "ou")}


def test_an_unknown_scale_or_place_is_refused(demo: Database) -> None:
    with pytest.raises(DiagnosticError):
        maps.outlines_json(demo, "iris", "france")
    with pytest.raises(DiagnosticError):
        maps.outlines_json(demo, "commune", "epci:000")


def test_a_value_far_below_the_reference_has_the_first_class_and_the_unknown_none() -> None:
    found = {"a": finding(0.5 * 60), "b": finding(60.0), "c": finding(None), "d": finding(1.5 * 60)}
    colouring = maps.by_ratio(found, RATE, 60.0, "la Gironde")
    assert colouring.index == {"a": 0, "b": 2, "c": maps.UNKNOWN, "d": 4}


@pytest.mark.parametrize(
    "reference, said",
    [("le Finistère", "au Finistère"), ("les Landes (2019)", "aux Landes (2019)"), ("la Gironde", "à la Gironde"),
     ("Le Mans", "au Mans"), ("l’objectif", "à l’objectif"), ("Léognan", "à Léognan")],
)  # fmt: skip
def test_the_legend_names_the_reference_as_french_does(reference: str, said: str) -> None:
    assert f"par rapport {said} (" in maps.by_ratio({"a": finding(60.0)}, RATE, 50.0, reference).title


def test_the_legend_prints_the_cuts_in_the_unit() -> None:
    colouring = maps.by_ratio({"a": finding(60.0)}, RATE, 50.0, "la Gironde")
    assert [one.bounds for one in colouring.classes] == [
        "moins de 30,0",  # 0.60 × 50
        "30,0 à 42,5",  # 0.85 × 50
        "42,5 à 57,5",  # 1.15 × 50
        "57,5 à 70,0",  # 1.40 × 50
        "70,0 et plus",
    ]


def test_brown_is_above_where_more_is_worse() -> None:
    more = maps.by_ratio({"a": finding(1.0)}, RATE, 1.0, "x").classes
    less = maps.by_ratio({"a": finding(1.0, RELAYS)}, RELAYS, 1.0, "x").classes
    assert [one.light for one in more] == list(design.palette("light").ratio)
    assert [one.light for one in less] == list(reversed(design.palette("light").ratio))


def test_a_masked_value_left_in_place_is_not_coloured() -> None:
    masked = Finding(RATE.id, "commune:x", 12.0, Status.SECRET)
    assert maps.by_ratio({"a": masked}, RATE, 60.0, "x").index == {"a": maps.UNKNOWN}


def test_a_rate_of_too_few_people_has_no_colour_and_no_figure_on_the_map(
    demo: Database, epci: Territory
) -> None:
    beside = Comparator("departement:33", "Gironde", 60.0, 2021, Status.OK)
    kept = replace(
        finding(30.0), year=2021, comparators=(beside,), reference=beside.key, caution="Moins de 20."
    )
    # Both values of one year are known and nothing was compared: the children are too few.
    few, enough = kept, replace(kept, gap=-30.0, gap_year=2021)
    old = replace(kept, comparators=(replace(beside, year=2019),))
    assert few.of_too_few and not enough.of_too_few and not old.of_too_few
    index = maps.by_ratio({"a": few, "b": enough, "c": old}, RATE, 60.0, "la Gironde").index
    assert index == {"a": maps.SMALL, "b": 0, "c": 0}
    place = territories.get(demo, f"commune:{territories.communes(demo, epci)[0]}")
    picture = drawn(demo, place, {place.code: few})
    assert f'"{place.code}":[{maps.SMALL}' in picture and "Moins de 20." in picture


def drawn(demo: Database, place: Territory, found: dict[str, Finding]) -> str:
    colouring = maps.by_ratio(found, RATE, 60.0, "x")
    sheet = maps.Sheet(Level.COMMUNE, place, (place,), found, RATE, colouring, (0.0, 44.0, 1.0, 45.0))
    picture = maps.draw(sheet, maps.Frame("/outil", "v1", "light"), maps.Words(), maps.Above())
    return picture.get_root().render()


def test_a_map_asks_only_its_own_server(demo: Database) -> None:
    place = Territory(Level.COMMUNE, "01004", "Ambérieu")
    page = drawn(demo, place, {"01004": finding(50.0)})
    assert "/outil/geo/v1/commune/commune%3A01004.json" in page
    assert f"/outil/leaflet/{leaflet.VERSION}/leaflet.js" in page
    assert "https://" not in page


def test_the_map_of_a_village_holds_each_service_that_its_title_names(demo: Database) -> None:
    """« France services à Santa-Maria-Siché » stood over the map of another intercommunalité."""
    told = report.build(demo, "commune:F1009")
    inside = set(territories.communes(demo, told.epci.territory))
    frame = maps.bounds(demo, Level.COMMUNE, sorted(inside))
    away = maps.away(
        demo, told.territory, sorted(inside), story.service_places(told), ("eaje", "rpe", "alsh")
    )
    beyond = {(stat, commune) for stat, commune in story.service_places(told) if commune not in inside}
    assert len(away) == len(beyond) >= 2 and not maps.away(demo, told.territory, sorted(inside), [], ())
    title = story.services_around(told)
    assert all(one.commune in title and one.point.label in title.lower() for one in away)
    west, south, east, north = maps.holding(frame, [one.point for one in away])
    assert (west, south, east, north) != frame and maps.holding(frame, []) == frame
    for point in (one.point for one in away):
        assert west <= point.lon <= east and south <= point.lat <= north


def test_a_masked_value_is_nowhere_in_the_map(demo: Database) -> None:
    place = Territory(Level.COMMUNE, "01004", "Ambérieu")
    page = drawn(demo, place, {"01004": Finding(RATE.id, "commune:01004", 12.3456, Status.SECRET)})
    assert "12.3456" not in page
    assert "12,3" not in page


def test_a_name_that_closes_the_script_does_not(demo: Database) -> None:
    place = Territory(Level.COMMUNE, "01004", "</script><img src=x onerror=alert(1)>")
    assert "</script><img" not in drawn(demo, place, {"01004": finding(50.0)})


def test_a_long_name_stands_on_two_lines() -> None:
    assert maps._lines("Saint-Médard-en-Jalles") == ["Saint-Médard-", "en-Jalles"]
    assert maps._lines("Bordeaux") == ["Bordeaux"]


def test_the_end_classes_say_that_they_hold_what_lies_beyond_the_typed_bounds() -> None:
    findings = {code: finding(value) for code, value in (("a", 10.0), ("b", 30.0), ("c", 90.0))}
    found = maps.by_class(findings, RATE, classes.Method.QUANTILES, 5, (20.0, 40.0, 60.0))
    assert [one.bounds for one in found.classes] == ["40,0 et moins", "plus de 40,0"]
    assert found.index == {"a": 0, "b": 0, "c": 1}


@pytest.mark.parametrize("typed", ["", "20", "20 40", "60 40 20", "20 40 vingt", "1 2 3 4 5 6 7", "0 1 inf"])
def test_bounds_that_are_not_bounds_are_refused_in_french(typed: str) -> None:
    with pytest.raises(DiagnosticError, match="de la plus petite à la plus grande"):
        maps.typed_limits(typed)
    assert maps.typed_limits("20 ; 40;62,5") == (20.0, 40.0, 62.5)


def test_types_of_facilities_are_told_apart(demo: Database, epci: Territory) -> None:
    found = maps.points(demo, territories.communes(demo, epci), ["eaje", "alsh"])
    assert {(one.label, one.look) for one in found} == {("crèche", 0), ("accueil de loisirs", 1)}


def said_of(values: dict[str, float | None], level: Level = Level.COMMUNE) -> maps.Sheet:
    """A map of places against Gironde at 60; one of 7 is of too few people to be compared."""
    places = tuple(Territory(level, str(at), name) for at, name in enumerate(values))
    found = {
        place.code: replace(finding(values[place.name]), year=2021, word=ratio_word(values[place.name], 60.0))
        for place in places
    }
    found = {code: replace(one, word=None) if one.value == 7.0 else one for code, one in found.items()}
    gironde = Against(
        kind=ReferenceKind.TERRITORY, key="departement:33", name="Gironde", the="la Gironde", of="de la Gironde",
        at="en Gironde", than="que la Gironde", territory=None, value=60.0, year=2021, status=Status.OK,
    )  # fmt: skip
    colouring = maps.by_ratio(found, RATE, 60.0, "la Gironde")
    return maps.Sheet(level, places[0], places, found, RATE, colouring, (0.0, 0.0, 1.0, 1.0), gironde)


def test_colours_that_reach_beyond_the_ends_of_a_title_say_so() -> None:
    near = {"Cenon": 60.0, "Lormont": 58.0, "Bègles": 64.0}
    few = said_of(near)
    found = {
        code: replace(one, people=26.0 if one.value == 64.0 else 900.0) for code, one in few.findings.items()
    }
    drawn = replace(few, findings=found)
    assert mapped.title(drawn).endswith("de 58,0 (Lormont) à 60,0 (Cenon)")
    assert mapped.caution(drawn) == (
        "Le titre nomme les extrêmes de 100 personnes ou plus\u202f; les couleurs vont au-delà."
    )
    every = {code: replace(one, people=900.0) for code, one in few.findings.items()}
    assert mapped.caution(replace(few, findings=every)) == ""


def test_the_title_of_a_map_names_few_places_counts_many_and_compares_none_of_too_few_people() -> None:
    few = said_of({"Cenon": 30.0, "Lormont": 20.0, "Bègles": 60.0, "Léognan": None})
    assert mapped.title(few) == "Lormont et Cenon sont nettement en dessous de la Gironde"
    assert mapped.caution(few).startswith("Une commune sans valeur connue, hachurée.")
    assert mapped.caution(said_of({"Cenon": 30.0, "Bègles": None, "Léognan": None})) == (
        "2\u00a0communes sans valeur connue, hachurées. La Cnaf ne publie pas de taux pour ces communes."
    )
    found = {code: replace(one, people=26.0) for code, one in few.findings.items()}
    assert mapped.title(replace(few, findings=found)).startswith("Deux communes sur 3")
    many = dict.fromkeys("ABCD", 20.0) | {"E": 60.0, "F": 7.0}
    # Four of five that are compared; the sixth is drawn and compared with nothing.
    assert (
        mapped.title(said_of(many))
        == "Quatre communes sur 5 comparables sont nettement en dessous de la Gironde"
    )
    assert mapped.title(said_of(many, Level.DEPARTEMENT)).startswith("Quatre départements sur 5")
    close = said_of({"Cenon": 58.0, "Lormont": 61.5})
    assert mapped.title(close) == "Taux de couverture\u00a0: de 58,0 (Cenon) à 61,5 (Lormont)"
    assert mapped.subtitle(close).endswith(", 2021")


def test_a_map_cites_the_files_of_what_it_draws_and_says_where_they_are_not_told() -> None:
    drawn = said_of({"Cenon": 30.0, "Lormont": 20.0})
    assert "voir la page Données" in mapped.source(drawn, {"txcouv_pe": "Cnaf, Taux"})
    cited = replace(
        drawn, findings={c: replace(f, sources=("txcouv_pe",)) for c, f in drawn.findings.items()}
    )
    assert mapped.source(cited, {"txcouv_pe": "Cnaf, Taux"}).startswith("Source\u00a0: Cnaf, Taux, 2021.")


def test_a_map_prints_each_figure_as_the_other_pages_do(
    demo: Database, demo_db: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DIAGNOSTIC_DB", str(demo_db))
    # 919 children a relais beside « environ 920 » was one polygon with two figures.
    whole, seen = report.build(demo, "departement:F1"), 0
    for indicator, level in itertools.product(INDICATORS, (Level.EPCI, Level.COMMUNE)):
        drawn = mapping.view(demo, whole, indicator.id, level=level)
        assert drawn is not None
        if drawn.against is not None and drawn.by_distance:
            base = rounded_children(drawn.against.value, drawn.against.status, indicator)
            assert f"({french.number(base, indicator.decimals)})" in drawn.colouring.title
        known = {
            code: found for code, found in drawn.findings.items() if reading.known_value(found) is not None
        }
        about = {code: replace(found, value=919.0, status=Status.ESTIMATED) for code, found in known.items()}
        for sheet in (drawn, replace(drawn, findings={**drawn.findings, **about})):
            table = sheet.table().set_index("Code")[indicator.short]
            for item in sheet.units:
                if item.code not in known:
                    continue
                finding = sheet.findings[item.code]
                value = finding.value
                assert value is not None
                _, _, printed, said, *_ = maps._unit(item, sheet, 0)
                told = reading.printable(value, finding, indicator)
                assert printed in ("", reading.printed(finding, indicator)), (indicator.id, printed)
                assert reading.printed(finding, indicator) in said and table[item.code] == tabled(
                    told, indicator
                )
                seen += told != value
    assert seen, "no figure is rounded: nothing is held"


def test_the_comparison_ranks_what_it_prints(demo: Database) -> None:
    whole = report.build(demo, "departement:F1")
    places = tuple(member.territory for member in whole.members)
    choice = beside.Choice(places, measure.history(demo, places))
    compared = choice.compared(RELAYS)
    known = [one for one in compared if one.value is not None]
    table = beside.table(choice, [RELAYS]).set_index("Territoire").iloc[:, 0]
    assert known
    for one in known:
        assert table[one.name] == french.number(one.value, RELAYS.decimals)
    drawn = {name: value for name, value, _ in ranking.bars(compared, whole, RELAYS).rows}
    assert drawn == {one.name: one.value for one in known}


@pytest.mark.real
def test_a_map_and_the_ranking_beside_it_name_the_same_ends(
    real_db: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # « De 18,2 (Marnes-la-Coquette) » stood beside « de 18,3 (Le Blanc-Mesnil) »: a rate of few people is no end.
    monkeypatch.setenv("DIAGNOSTIC_DB", str(real_db))
    real = open_database(real_db)
    whole = report.build(real, "epci:200054781")
    told, drawn = story.gap_section(whole), mapping.view(real, whole, "taux_couverture")
    assert told is not None and drawn is not None and mapped.title(drawn) == told.title
    (ranked,) = (block for block in told.on_screen if isinstance(block, story.Ranked))
    ends = [french.number(value, 1) for _, value, _ in (ranked.rows[-1], ranked.rows[0])]
    assert all(f"{end} (" in told.title for end in ends)
    few = [one for one in whole.members if one.findings["taux_couverture"].of_few_people]
    assert few and "ne sont pas classées" in told.caution


def test_structures_are_named_alike_in_a_list_and_on_a_map(demo_db):
    db = open_database(demo_db)
    told = report.build(db, "commune:F1033")
    listed = [one for one in listing.structures(told, db) if one.name != listing.NAMELESS]
    drawn = maps.points(db, ["F1033"], listing.FAMILIES)
    assert drawn and {one.name for one in drawn} <= {one.name for one in listed}
    assert listed and not any(one.name.isupper() and " " in one.name for one in listed)


def test_the_facilities_of_a_city_are_drawn_though_they_stand_under_its_arrondissements(demo_db):
    """« 0 lieu situé » stood beside « 5 accueils de loisirs », and its crèches were on no map of a file."""
    db = open_database(demo_db)
    codes = [code for (code,) in db.rows("select code from territory where parent = 'F1033'")]
    counted = dict(
        db.rows(
            "select stat, count(*) from facility where list_contains(?, commune) and lon is not null group by stat",
            [*codes, "F1033"],
        )
    )
    told = report.build(db, "commune:F1033")
    drawing = picture.maps_of(told, db)
    dots = drawing.layers(story.Map("", "dots", "", stat="alsh"))
    assert dots is not None and len(dots.places) == counted["alsh"] > 0
    assert len(maps.points(db, ["F1033"], ["eaje"])) == counted["eaje"] > 0

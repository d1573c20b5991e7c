"""A title says what is drawn under it: a sample here, sixty real territories in `benchmarks/bench_titles.py`."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace

import pytest

from benchmarks import bench_titles as titles
from diagnostic import french, reading, report, story
from diagnostic.model import RATIO_WORDS, Status
from diagnostic.report import headline, offer
from diagnostic.story import missing, shortage
from diagnostic.story.outlook import outlook_section
from diagnostic.story.words import ranked
from diagnostic.warehouse import open_database

KEYS = ("epci:999001001", "epci:999001002", "departement:F1", "france", "commune:F1001")


@pytest.mark.parametrize("key", KEYS)
def test_no_title_contradicts_what_is_drawn_under_it(demo_db, key):
    db = open_database(demo_db)
    told = story.sections(report.build(db, key), db=db)
    assert [reason for section in told for reason in titles.contradictions(section)] == []


@pytest.mark.parametrize("key", KEYS)
def test_a_title_holds_on_two_lines_of_a_slide(demo_db, key):
    db = open_database(demo_db)
    assert titles.too_long(story.sections(report.build(db, key), db=db)) == []


@pytest.mark.parametrize(
    "key",
    (
        "epci:243300316",
        "epci:246500573",
        "departement:33",
        "commune:33103",
        "perimetre:33349+33028+33030+33007",
    ),
)
@pytest.mark.parametrize("reference", (None, "pairs", "objectif:60"))
def test_a_title_of_a_real_territory_holds_on_two_lines_of_a_slide(real, key, reference):
    if reference == "pairs" and key.startswith("perimetre"):
        pytest.skip("a perimeter has no peers")
    told = story.sections(report.build(real, key, reference=reference), db=real)
    assert titles.too_long(told) == []


@pytest.mark.parametrize("reference", ("pairs", "objectif:60"))
def test_a_title_calls_its_level_shorter_before_it_leaves_it_out(real, reference):
    """« Environ 540 places manquent dans 6 intercommunalités » did not say to reach what."""
    told = report.build(real, "departement:33", reference=reference)
    (title,) = (one.title for one in story.sections(told, db=real) if one.id == "ecart")
    level = {"pairs": "la médiane des semblables", "objectif:60": "l’objectif de 60 places"}[reference]
    assert level in title.replace("\u00a0", " ") and len(title) <= reading.LONG_TITLE
    whole = "Sous la médiane des territoires semblables"
    assert reading.held((whole, "Court")) == whole


def test_the_fullest_title_that_holds_is_told_and_a_verdict_loses_no_commune_below():
    assert reading.held(("a" * 96, "b" * 95, "c")) == "b" * 95
    assert reading.held(("a" * 96, "b" * 97)) == "b" * 97
    long = "L’offre d’accueil des moins de 3 ans est très au-dessus de celle des Pyrénées-Atlantiques"
    said = headline.title_of(f"{long}, mais seize communes sur 42 restent en dessous")
    assert len(said) <= reading.LONG_TITLE and "seize communes sur 42" in said and "Pyrénées" in said


def test_an_intercommunalite_whose_rate_is_unknown_reads_how_its_communes_compare(demo_db):
    """Where the producer publishes no rate of the whole, the first message says what is known of its parts."""
    db = open_database(demo_db)
    told = report.build(db, "epci:999001001")
    unknown = replace(told.findings["taux_couverture"], value=None, word=None, status=Status.NOT_PUBLISHED)
    subject = SimpleNamespace(
        territory=told.territory,
        findings=told.findings | {"taux_couverture": unknown},
        against=told.against,
    )
    words = [member.findings["taux_couverture"].word for member in told.members]
    below, compared = sum(word in RATIO_WORDS[:2] for word in words), sum(word is not None for word in words)
    assert compared and below
    said = offer.supply_in_part(subject, told.access.nearest, told.members)
    assert said.kind == "Accueil" and said.figure == str(below) and f"sur {compared}" in said.unit
    assert said.sentence.startswith("Taux non publié") and "nettement en dessous" in said.sentence
    alone = offer.supply_in_part(subject, (), ())
    assert alone.figure == "" and "pour 100 enfants" in alone.sentence


def test_a_title_that_counts_wrong_is_found():
    bars = story.Ranked("Taux", (("A", 70.0, False), ("B", 30.0, True), ("C", 20.0, True)), (), 1)
    title = "Deux communes sur 3 sont nettement en dessous de la Gironde : de 20,0 à C à 70,0 à A"
    section = story.Section("communes", "", title, ((1.0, (bars,)),), "", ())
    assert titles.contradictions(section) == []
    assert titles.contradictions(replace(section, title=title.replace("Deux", "Une")))
    assert titles.contradictions(replace(section, title=title.replace("70,0", "71,0")))


def test_the_last_with_all_those_that_share_its_place_is_said_last():
    assert ranked(3, (9.0, 8.0, *(0.0,) * 18), 0.0) == "dernier ex æquo sur 20"
    assert ranked(1, (9.0, 8.0), 9.0, feminine=True) == "1ʳᵉ sur 2"
    assert ranked(2, (9.0, 0.0, 0.0), 0.0, feminine=True) == "dernière ex æquo sur 3"
    assert ranked(1, (9.0, 9.0, 1.0), 9.0).endswith(" ex æquo sur 3") and "dernier" not in ranked(
        1, (9.0, 9.0, 1.0), 9.0
    )


def test_modes_that_nobody_publishes_are_not_said_to_be_a_supply_that_is_unknown(real):
    """Collorec: 25.6 places published, then « offre non diffusée » and a table of official rates without it."""
    told = report.build(real, "commune:29036")
    (section,) = (one for one in story.sections(told, db=real) if one.id == "offre")
    assert section.title.startswith("Modes non diffusés") and len(section.title) <= reading.LONG_TITLE
    rates = next(block for block in section.on_slide[-1][1] if isinstance(block, story.Table))
    assert rates.rows[0] == ("Collorec", "25,6")


@pytest.mark.parametrize("key", ("epci:999001001", "epci:999001002", "departement:F1"))
def test_missing_places_that_lines_do_not_make_up_are_said_so_under_them(demo_db, key):
    """380, 40, 40 and 30 stood under « environ 300 places manquent »."""
    db = open_database(demo_db)
    told = report.build(db, key)
    total, of_parts = shortage.whole(told)
    (section,) = (one for one in story.sections(told, db=db) if one.id == "ecart")
    lists = [block for _, blocks in section.on_slide for block in blocks if isinstance(block, story.Table)]
    lists += [block for block in section.blocks if isinstance(block, story.Table)]
    short = shortage.short_members(told)
    for table in lists:
        if not of_parts and shortage.added(short) > total >= 0.5:
            assert table.rows[-1][0] == missing.OWN_RATE and table.total
    assert lists or not short


def test_a_territory_above_its_reference_lacks_places_in_its_parts_only(real):
    told = report.build(real, "departement:33")
    detail = next(one.detail for one in told.messages if one.indicator == "taux_couverture")
    assert "dans les territoires nettement en dessous" in detail.replace("\u00a0", " ")


def test_the_title_of_the_outlook_always_says_of_which_children(demo_db):
    """« Environ 1 900 000 enfants en 2030 » left out « de moins de 3 ans »."""
    found = report.build(open_database(demo_db), "epci:999001001")
    for times in (1, 10, 1_000, 10_000):
        rows = tuple(
            replace(
                row,
                **{
                    name: getattr(row, name) and getattr(row, name) * times
                    for name in ("children", "low", "high")
                },
            )
            for row in found.outlook.children
        )
        told = outlook_section(replace(found, outlook=replace(found.outlook, children=rows)))
        assert "de moins de 3 ans" in french.unbroken(told.title).replace("\u00a0", " ")
        assert len(told.title) <= reading.LONG_TITLE

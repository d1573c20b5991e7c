"""A title says what is drawn under it: a sample here, sixty real territories in `benchmarks/bench_titles.py`."""

from __future__ import annotations

from dataclasses import replace

import pytest

from benchmarks import bench_titles as titles
from diagnostic import report, story
from diagnostic.story.words import ranked
from diagnostic.warehouse import open_database

KEYS = ("epci:999001001", "epci:999001002", "departement:F1", "france", "commune:F1001")


@pytest.mark.parametrize("key", KEYS)
def test_no_title_contradicts_what_is_drawn_under_it(demo_db, key):
    db = open_database(demo_db)
    told = story.sections(report.build(db, key), db=db)
    assert [reason for section in told for reason in titles.contradictions(section)] == []


def test_a_title_that_counts_wrong_is_found():
    bars = story.Ranked("Taux", (("A", 70.0, False), ("B", 30.0, True), ("C", 20.0, True)), (), 1)
    title = "Deux communes sur 3 sont nettement en dessous de la Gironde : de 20,0 à C à 70,0 à A"
    section = story.Section("communes", "", title, ((1.0, (bars,)),), "", ())
    assert titles.contradictions(section) == []
    assert titles.contradictions(replace(section, title=title.replace("Deux", "Une")))
    assert titles.contradictions(replace(section, title=title.replace("70,0", "71,0")))


def test_the_last_with_all_those_that_share_its_place_is_said_last():
    assert ranked(3, (9.0, 8.0, *(0.0,) * 18), 0.0) == "dernier ex æquo sur 20"
    assert ranked(1, (9.0, 9.0, 1.0), 9.0).endswith(" ex æquo sur 3") and "dernier" not in ranked(
        1, (9.0, 9.0, 1.0), 9.0
    )

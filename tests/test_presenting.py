"""The presentation: ten screens at most, each with something drawn beside its message."""

from __future__ import annotations

import re

import pytest

from diagnostic import report, story
from diagnostic.ui import presenting, screens
from diagnostic.warehouse import open_database


@pytest.fixture(scope="module")
def base(demo_db, tmp_path_factory):
    patch = pytest.MonkeyPatch()
    patch.setenv("DIAGNOSTIC_DB", str(demo_db))
    yield open_database(demo_db)
    patch.undo()


@pytest.mark.parametrize("key", ["epci:999001001", "commune:F1001"])
def test_each_screen_has_a_message_and_what_proves_it(base, key):
    found = presenting._screens(report.build(base, key))
    assert 5 <= len(found) <= presenting.MOST
    assert len({screen.message for screen in found}) == len(found)
    for screen in found:
        assert screen.message and not screen.message.endswith(".")
        assert all(html for _, html in screen.parts) and screen.parts
        # An unknown is never drawn as a number.
        assert not re.search(r"\b(nan|None)\b", "".join(html for _, html in screen.parts))


def test_bars_start_at_zero_and_a_room_reads_eight():
    rows = tuple((f"C{number}", float(number), number % 2 == 0) for number in range(1, 21))
    html = screens.drawn(story.Ranked("Taux", rows, (("Gironde", 10.0, True),), 1))
    assert html.count("<li") == screens.ROWS and "Gironde 10,0" in html
    # The first eight, 1 to 8, against a scale that ends at the reference and two hundredths: 5 ÷ 10,2.
    assert f"width:{5 / 10.2 * 100:.2f}%" in html


def test_a_line_that_does_not_start_at_zero_says_so():
    def picture(*values: float) -> str:
        points = tuple((2018 + at, value) for at, value in enumerate(values))
        return screens.drawn(story.Lines("Naissances", (story.Line("", points, "territory"),)))

    assert "ne part pas de zéro" in picture(90.0, 100.0)
    assert "ne part pas de zéro" not in picture(10.0, 100.0)


def test_a_curve_has_its_levels_its_years_and_its_whole_name():
    points = tuple((2018 + at, float(value)) for at, value in enumerate((20, 60, 100)))
    name = "CC de la Haute Somme (Combles - Péronne - Roisel)"
    html = screens.drawn(story.Lines("Enfants", (story.Line(name, points, "territory"),)))
    words = re.findall(r'<span class="(\w)\w*"[^>]*>([^<]+)<', html)
    assert [said for kind, said in words if kind == "y"] == ["0", "20", "40", "60", "80", "100"]
    assert [said for kind, said in words if kind == "x"] == ["2018", "2019", "2020"]
    assert [said for kind, said in words if kind == "e"] == [f"{name} 100"]


def test_labels_at_the_ends_of_curves_do_not_cover_each_other_and_stay_beside_them():
    middles = screens._without_cover([90.0, 91.0, 98.0], [10.0, 20.0, 10.0])
    # The last one ends half a line under the chart, at 105; the others, 10 and 20 high, stand on it.
    assert middles == [70.0, 85.0, 100.0]


def test_a_part_of_a_bar_bears_its_figure_where_it_has_room():
    html = screens.drawn(
        story.Stacked("", ("Crèches", "Autres"), ("territory", "other"), (("Ici", (47.5, 1.5), None),))
    )
    assert "<b>47,5</b>" in html and "1,5<" not in html


def test_a_screen_does_not_say_twice_what_stands_under_its_title():
    above = "Places pour 100 enfants de moins de 3 ans, par mode d’accueil, 2020"
    assert screens.said_already("Places pour 100 enfants de moins de 3 ans, par mode, 2020", above)
    assert not screens.said_already("Naissances par an, Paris", above) and not screens.said_already("", above)

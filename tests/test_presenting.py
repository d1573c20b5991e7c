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
    rows = tuple((f"C{number}", float(number), number % 2 == 0) for number in range(20, 0, -1))
    html = screens.drawn(story.Ranked("Taux", rows, (("Gironde", 10.0, True),), 1))
    assert html.count("<li") == screens.ROWS and "Gironde 10,0" in html
    # The eight lowest, 1 to 8, against a scale that ends at the reference and two hundredths: 5 ÷ 10,2.
    assert f"width:{5 / 10.2 * 100:.2f}%" in html


def test_a_line_that_does_not_start_at_zero_says_so():
    import base64

    def picture(*values: float) -> str:
        points = tuple((2018 + at, value) for at, value in enumerate(values))
        html = screens._lines(story.Lines("Naissances", (story.Line("", points, "territory"),)))
        return base64.b64decode(html.partition("base64,")[2].partition('"')[0]).decode()

    assert "ne part pas de zéro" in picture(90.0, 100.0)
    assert "ne part pas de zéro" not in picture(10.0, 100.0)

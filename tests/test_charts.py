"""Charts say what the figures say: order, marks, labels, unknown left out, names escaped."""

from __future__ import annotations

import io
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest
from matplotlib.text import Text
from pptx import Presentation

from diagnostic import charts, design, french, screens
from diagnostic.charts import crossed, ranking, series
from diagnostic.charts.spans import Span, spans
from diagnostic.exports import picture, pptx
from diagnostic.indicators import BY_ID
from diagnostic.model import Direction, Finding, Level, Status, Territory
from diagnostic.report import Member, Series
from diagnostic.story import beside
from diagnostic.story.births import indexed
from diagnostic.story.blocks import Cover, Line, Lines, Ranked, Section, Stacked
from diagnostic.story.ladder import ladder

ROOT = Path(__file__).resolve().parents[1]
RATE = BY_ID["taux_couverture"]


def member(name: str, value: float | None, word: str | None = "proche", missing: float | None = 0) -> Member:
    status = Status.OK if value is not None else Status.NOT_PUBLISHED
    finding = Finding(RATE.id, f"commune:{name}", value, status, 2021, word=word, missing=missing)
    return Member(Territory(Level.COMMUNE, name, name), {RATE.id: finding})


def bar(name: str, *rates: float | None) -> tuple[str, tuple[float | None, ...], float]:
    return name, rates, sum(rate for rate in rates if rate is not None)


def stacked(*rows: tuple[str, tuple[float | None, ...], float]) -> Stacked:
    return Stacked("", ("Crèches", "Assistantes maternelles"), ("territory", "modes_am"), rows)


def test_what_deserves_a_look_comes_first_and_the_unknown_member_is_not_ranked() -> None:
    members = [member("C", 70.0), member("B", None), member("A", 40.0)]
    # Few places deserve a look; so do many children for one relais.
    for direction, order in ((Direction.MORE_IS_BETTER, ["A", "C"]), (Direction.LESS_IS_BETTER, ["C", "A"])):
        drawn, _ = ladder(members, replace(RATE, direction=direction))
        assert [name for name, _, _ in drawn.rows] == order


def test_a_member_far_below_the_reference_is_marked_and_says_what_it_lacks() -> None:
    drawn, _ = ladder([member("Cenon", 44.0, "en dessous", 259.0)], RATE, (("Gironde", 66.2, True),))
    assert drawn.rows == (("Cenon", 44.0, True),)
    # Rounded as the sentences above it are: « environ 260 places ».
    assert drawn.asides == (f"{french.MINUS}260{french.NBSP}places",)
    few, _ = ladder([member("Ambès", 56.3, "en dessous", 9.0)], RATE, (("Gironde", 66.2, True),))
    assert few.asides == (f"moins de{french.NBSP}20",)


def test_a_long_ranking_keeps_its_two_ends_and_counts_the_rest() -> None:
    drawn, left_out = ladder([member(f"C{n:02}", float(n)) for n in range(40)], RATE)
    assert left_out == 40 - 2 * 10
    assert [value for _, value, _ in drawn.rows] == [
        *map(float, range(10)),
        *map(float, range(30, 40)),
    ]


def test_thirty_members_are_all_drawn() -> None:
    drawn, left_out = ladder([member(f"C{n:02}", float(n)) for n in range(30)], RATE)
    assert (len(drawn.rows), left_out) == (30, 0)


def test_an_unknown_mode_is_not_drawn_as_zero() -> None:
    drawn = charts.stacked(stacked(bar("A", 30.0, 20.0), bar("B", 10.0, None)), "light")
    assert [list(trace.x) for trace in drawn.data] == [[30.0, 10.0], [20.0, None]]
    assert list(drawn.data[1].text) == ["20,0", ""]


def test_the_territory_of_a_stacked_bar_is_bold_and_carries_its_total() -> None:
    drawn = charts.stacked(stacked(bar("Ici", 30.0, 20.0), bar("Gironde", 10.0, 5.0)), "light")
    assert list(drawn.data[0].y) == ["<b>Ici 50,0</b>", "Gironde <b>15,0</b>"]


def test_a_name_that_is_html_is_escaped() -> None:
    rows = (("<b>x</b>", 1.0, False), ("y", 2.0, False))
    drawn = ranking.ranked(Ranked("", rows, (("<i>", 1.5, True),), 1), "light")
    assert "&lt;b&gt;x" in drawn.layout.yaxis.ticktext[0]
    assert "<i>" not in drawn.layout.annotations[0].text


def test_births_start_at_100_whatever_their_number() -> None:
    series = Series("k", "Ici", (2013, 2014, 2015), (None, 200.0, 150.0))
    assert indexed(series) == [(2014, 100.0), (2015, 150 / 200 * 100)]


def test_births_that_start_at_zero_have_no_index() -> None:
    assert indexed(Series("k", "Ici", (2013, 2014), (0.0, 3.0))) == []


def test_labels_at_the_ends_of_lines_do_not_cover_each_other() -> None:
    apart = sorted(series.apart([90.0, 90.1, 90.2, 104.0], 14.0, [1, 1, 1, 1]))
    assert (
        min(above - below for below, above in zip(apart, apart[1:], strict=False))
        >= 14.0 * series.LABEL_SHARE - 1e-9
    )


def test_names_at_the_ends_of_lines_take_their_own_room_whatever_the_width() -> None:
    """At 768 pixels they took a third of the years; now the years take all but the pixels of a name."""
    long = Line("CC Rurales de l’Entre-Deux-Mers", ((2008, 100.0), (2023, 82.0)), "territory", end="−18 %")
    drawn = series.lines(Lines("", (long,)), "light").layout
    (label,) = drawn.annotations
    assert tuple(drawn.xaxis.range) == (2008, 2023) and drawn.margin.r == series.ROOM
    lines = label.text.removeprefix("<b>").removesuffix("</b>").split("<br>")
    # Some 7 pixels a bold letter of 13.
    assert label.xshift + 7 * max(map(len, lines)) <= series.ROOM + label.xshift
    assert f"calc(100% + {series.ROOM - 20}px)" in (ROOT / "diagnostic/ui/style.css").read_text("utf-8")


@pytest.mark.parametrize("theme", design.THEMES)
def test_text_is_legible_on_its_ground(theme: str) -> None:
    palette = design.palette(theme)
    for role in ("text", "muted", "territory", "attention", "other", "qpv"):
        assert contrast(palette[role], palette["bg"]) >= 4.5, role
    for mode, fill in palette.modes.items():
        assert contrast(palette.modes_ink[mode], fill) >= 4.5, mode


def contrast(one: str, two: str) -> float:
    """WCAG 2: (lighter + 0.05) ÷ (darker + 0.05) of the relative luminances."""
    light, dark = sorted((luminance(one), luminance(two)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def test_what_the_browser_is_sent_of_a_chart_is_copied_out_once() -> None:
    drawn = charts.stacked(stacked(bar("Ici", 1.0, 2.0)), "light")
    sent = drawn.to_dict()
    assert drawn.to_dict() is sent
    assert type(drawn).__mro__[1].to_dict(drawn) == sent


def test_a_name_of_one_long_word_is_folded_at_its_hyphens() -> None:
    name = "Sainte-Philberte-de-Gralvempierre"
    assert charts.folded(name, ranking.NAME).replace("<br>", "") == name
    assert [line for line in charts.folded(name, ranking.NAME).split("<br>") if not line.endswith("-")] == [
        "Gralvempierre"
    ]
    assert charts.folded("CC Rurales de l’Entre-Deux-Mers et de la Dordogne", ranking.NAME).endswith(
        "Dordogne"
    )


def test_names_on_a_scatter_cover_neither_each_other_nor_a_mark_on_a_telephone() -> None:
    rows = [
        ("Pomerol", 8.0, 45.0, True, False),
        ("Libourne", 5.0, 63.0, False, False),
        ("Saint-Quentin-de-Baron", 14.0, 61.0, False, False),
        ("Targon", 21.0, 33.0, False, False),
        ("Branne", 26.0, 23.0, False, False),
    ]
    points = pd.DataFrame(rows, columns=["name", "x", "y", "own", "few"])
    drawn = crossed.scatter(
        points, theme="light", x_title="", y_title="", decimals=(1, 1), named=beside.named(points)
    )
    across, up = drawn.layout.xaxis.range, drawn.layout.yaxis.range
    shares = {"left": 1.0, "center": 0.5, "right": 0.0}
    # Of a drawing 300 pixels wide and 360 high, in letters of 6 pixels and lines of 17.
    boxes = {}
    for trace in drawn.data:
        for name, place, x, y in zip(trace.text, trace.textposition, trace.x, trace.y, strict=True):
            left = (x - across[0]) / (across[1] - across[0]) * 300
            top = (up[1] - y) / (up[1] - up[0]) * 360 - 8 + {"t": -13, "m": 0, "b": 13}[place[0]]
            wide = 6 * len(name) if name else 0
            boxes[name or (x, y)] = (
                left - wide * shares[place.partition(" ")[2]],
                top,
                wide,
                17 * bool(name),
            )
    assert {"Pomerol", "Libourne"} <= set(boxes)
    for one, (left, top, wide, high) in boxes.items():
        for other, (at, middle, width, height) in boxes.items():
            apart = left >= at + width or at >= left + wide or top >= middle + height or middle >= top + high
            assert one == other or apart, (one, other)


def test_the_name_of_a_line_that_stops_early_stands_where_it_stops_if_no_other_passes_there() -> None:
    hoped = Line("attendu", ((2022, 0.0), (2026, 100.0)), "muted", dash=True)

    def where(reached: float) -> float:
        own = Line("Familles", ((2022, 0.0), (2023, reached)), "territory")
        (label,) = [
            one
            for one in series.lines(Lines("", (hoped, own)), "light").layout.annotations
            if "Familles" in one.text
        ]
        return label.x

    # The other line goes from 25 to 55 over the room of the name.
    assert where(80.0) == 2023 and where(50.0) == 2026


@pytest.mark.parametrize(("values", "whole"), [((10.0, 22.0), True), ((18.0, 22.0), False)])
def test_a_curve_is_read_from_zero_or_says_that_it_is_not_in_every_medium(values, whole):
    block = Lines("Naissances", (Line("", tuple(enumerate(values, 2022)), "territory"),))
    section = Section("naissances", "Naissances", "Des naissances", ((1.0, (block,)),), "", ())
    cover = Cover("", "", ("",), (), "", "", ())
    deck = Presentation(io.BytesIO(pptx.compose(cover, [section])))
    said = {
        "screen": series.lines(block, "light").layout.title.text or "",
        "projector": screens.drawn(block, "light"),
        "picture": " ".join(words.get_text() for words in picture.draw_chart(block).findobj(Text)),
        "slide": " ".join(one.text_frame.text for one in deck.slides[1].shapes if one.has_text_frame),
    }
    assert {medium: design.NOT_FROM_ZERO in words for medium, words in said.items()} == dict.fromkeys(
        said, not whole
    )
    assert (block.heights[0] == 0) == whole == series.lines(block, "light").layout.yaxis.zeroline


def test_the_line_of_the_target_crosses_no_number_of_a_scenario():
    """A goal just under the end of a line, just over it, and far from both."""
    rows = [Span(name, values, ("circle", "circle"), ("", "")) for name, values in (("A", (67.9, 80.0)), ("B", (40.0, 66.9)), ("C", (45.0, 52.0)))]  # fmt: skip
    drawn = spans(rows, "light", target=("objectif 67,2", 67.2))
    assert [list(trace.textposition) for trace in drawn.data] == [
        ["top right", "middle right"], ["middle left", "top left"], ["middle left", "middle right"],
    ]  # fmt: skip

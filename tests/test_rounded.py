"""Counts that their producer rounds to five: no word, no distance and no rank that the rounding could change."""

from __future__ import annotations

import random
import re
from dataclasses import replace
from types import SimpleNamespace

import pytest

from diagnostic import gazetteer, maps, report
from diagnostic.indicators import BY_ID
from diagnostic.model import RATIO_WORDS, Apart, Level, Status, ratio_class, ratio_word, rounding_of
from diagnostic.story import beside, mapped, ranking
from diagnostic.warehouse.database import open_database

WORTH = 2.4
"""Households that a count of five may hide, either way."""
NEAR = RATIO_WORDS.index("proche")


def true_rates(finding) -> list[float]:
    """The rates that the territory may have, its count being what it was before it was rounded."""
    counts = [finding.numerator + step / 10 for step in range(-24, 25, 4)]
    return [finding.value * count / finding.numerator for count in counts]


def milder(word: str, other: int) -> bool:
    """Whether a rate of the class `other` is at least as far from the reference as the word says, on its side."""
    said = RATIO_WORDS.index(word)
    return other == NEAR if said == NEAR else other <= said if said < NEAR else other >= said


@pytest.fixture(scope="module")
def rounded(demo_db):
    """Every rounded finding of a few communes taken at random, with its indicator."""
    db = open_database(demo_db)
    places = [place for place in gazetteer.index(db).territories.values() if place.level is Level.COMMUNE]
    random.Random(14).shuffle(places)
    found = []
    for place in places[:15]:
        for one in report.build(db, place.key).findings.values():
            if one.status is Status.ROUNDED:
                found.append((place, one, BY_ID[one.indicator]))
    assert len(found) > 50 and any(one.apart is Apart.ROUNDED for _, one, _ in found)
    return db, found


def test_no_count_behind_a_word_of_a_rounded_figure_belies_it(rounded):
    _, found = rounded
    told = [one for _, one, _ in found if one.word is not None and one.beside is not None]
    assert len(told) > 15
    wrong = [
        (one.territory, one.indicator, one.numerator, one.word)
        for one in told
        for rate in true_rates(one)
        if not milder(one.word, ratio_class(rate, one.value - one.gap))
    ]
    assert not wrong, wrong[:5]


def test_a_distance_said_of_a_rounded_figure_is_right_within_ten_points(rounded):
    """« environ 52 % de moins » of five households may be 34 or 72: then it is less, and no more is said."""
    _, found = rounded
    said = 0
    for _, one, _ in found:
        if one.gap is None or one.beside is None or one.beside.value is None:
            continue
        reference = one.value - one.gap
        percent = re.search(r"environ (\d+)\W%\W+de (plus|moins)", one.reading)
        if percent:
            said += 1
            far = {abs(rate / reference - 1) * 100 for rate in (min(true_rates(one)), max(true_rates(one)))}
            assert max(abs(int(percent[1]) - end) for end in far) <= 10.5, (one.reading, one.numerator)
    assert said > 5


def test_a_rank_of_rounded_counts_holds_every_order_that_they_may_hide(rounded):
    db, _ = rounded
    indicator = BY_ID["foyers_rsa_1000"]
    draw = random.Random(14)
    sure = unsure = 0
    for _ in range(200):
        counts = [draw.choice(range(5, 200, 5)) for _ in range(8)]
        rows = tuple(
            beside.Compared(
                f"commune:{rank:05}", f"Commune {rank}", rank == 0, float(count), Status.ROUNDED, 1_000.0,
                rounding_of(float(count), float(count), "rounded"),
            )
            for rank, count in enumerate(counts)
        )  # fmt: skip
        title = ranking.message(rows, indicator)
        ends = [int(one) for one in re.findall(r"(\d+)(?:re|er|e|ᵉ|ᵉʳ|ʳᵉ)", title)]
        exact = [count + draw.uniform(-WORTH, WORTH) for count in counts]
        true = 1 + sum(one > exact[0] for one in exact)
        assert ends and ends[0] <= true <= ends[-1], (title, counts)
        sure, unsure = sure + (len(ends) == 1), unsure + (len(ends) == 2)
    assert sure > 20 and unsure > 20


def test_ends_that_rounding_may_exchange_are_not_named(rounded):
    """5 and 5 households: neither commune is the one that has the fewest."""
    _, found = rounded
    one = next(one for _, one, _ in found if one.indicator == "foyers_rsa_1000" and one.numerator >= 10)
    other = replace(one, territory="commune:F1002", value=one.value * 1.02, numerator=one.numerator * 1.02)
    place = next(place for place, finding, _ in found if finding is one)
    pair = [(place, one, one.value), (place, other, other.value)]
    assert mapped._unsure(pair[0], pair)
    assert not mapped._unsure(
        pair[0], [pair[0], (place, replace(other, value=10 * one.value), 10 * one.value)]
    )


def test_an_end_of_a_ranking_is_named_where_no_rounding_may_put_another_there():
    def row(name, value, error, own=False):
        return beside.Compared(f"commune:{name}", name, own, value, Status.ROUNDED, 1_000.0, error)

    indicator = BY_ID["foyers_rsa_1000"]
    page = row("Ici", None, 0.0, own=True)
    far, near = row("Loin", 90.0, 5.0), row("Près", 84.0, 5.0)
    assert ranking.message((page, far, row("Bas", 20.0, 5.0)), indicator).endswith("Loin a la plus haute")
    assert "plus haute" not in ranking.message((page, far, near), indicator)
    assert "arrondis à cinq" in ranking.rank_note((page, far, near), indicator)
    # Exact beside one that is not: the exact one may be the second.
    assert "plus haute" not in ranking.message(
        (page, replace(far, rounding=0.0), replace(near, value=88.0)), indicator
    )


def test_a_map_says_that_its_colours_are_milder_than_rounded_values(rounded):
    """Ten households, 12 for a thousand beside 24, are coloured « en dessous » above a legend that says 14 to 20."""
    _, found = rounded
    place, one, indicator = next(
        row for row in found if row[1].word is None and row[1].apart is Apart.ROUNDED
    )
    five = replace(one, value=16.0, numerator=5.0, gap=-8.0, word=None)
    word = ratio_word(five.value, 24.0, five.rounding)
    assert word is None and ratio_word(12.0, 24.0) == "très en dessous"
    ten = replace(
        five, value=12.0, numerator=10.0, word=ratio_word(12.0, 24.0, rounding_of(12.0, 10.0, "rounded"))
    )
    assert ten.word == "en dessous"
    coloured = maps.by_ratio({"a": ten, "b": five}, indicator, 24.0, "la Gironde")
    assert coloured.index == {"a": RATIO_WORDS.index("en dessous"), "b": maps.SMALL}
    sheet = SimpleNamespace(
        against=SimpleNamespace(value=24.0), colouring=coloured, findings={"a": ten}, units=(place,)
    )
    assert "arrondis à cinq" in mapped.milder(sheet)
    plain = SimpleNamespace(**{**vars(sheet), "findings": {"a": replace(ten, word="très en dessous")}})
    assert mapped.milder(plain) == ""

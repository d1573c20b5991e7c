"""The sentences: each figure says what it is, against whom, what is missing and how sure it is."""

from __future__ import annotations

import math
import re
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from diagnostic import reading, report
from diagnostic.indicators import BY_ID, INDICATORS
from diagnostic.model import (
    FRANCE,
    RATIO_WORDS,
    Comparator,
    Direction,
    Finding,
    Level,
    Status,
    Territory,
    ratio_word,
)
from diagnostic.report import references
from diagnostic.story import afom

BORDEAUX = Territory(Level.COMMUNE, "33063", "Bordeaux")
BOULIAC = Territory(Level.COMMUNE, "33065", "Bouliac")
LE_MANS = Territory(Level.COMMUNE, "72181", "Le Mans", tncc=2)
METROPOLE = Territory(Level.EPCI, "243300316", "Bordeaux Métropole", kind="METRO")
FOYEN = Territory(Level.EPCI, "200069581", "CC du Pays Foyen", kind="CC")
GIRONDE = Territory(Level.DEPARTEMENT, "33", "Gironde", tncc=3)
GOAL = references.goal_named(80.0)
RATE = BY_ID["taux_couverture"]
PLACES = BY_ID["places_100"]


def comparator(territory: Territory, value, year=2021, status=Status.OK) -> Comparator:
    return Comparator(territory.key, territory.name, value, year, status)


def finding(territory: Territory, value, *, against: Comparator | None = None, **details) -> Finding:
    given_details = {"indicator": RATE.id, "territory": territory.key, "status": Status.OK, "year": 2021}
    if against is not None:
        given_details |= {"comparators": (against,), "reference": against.key}
        if value is not None and against.value is not None and against.year == given_details["year"]:
            given_details |= {"gap": value - against.value, "gap_year": against.year}
    return Finding(value=value, **(given_details | details))


def plain(text: str) -> str:
    """The sentence with ordinary spaces, so that the expected text can be read."""
    return text.replace("\u00a0", " ").replace("\u202f", " ")


def test_a_rate_names_the_year_of_its_people_where_it_is_another():
    old = Finding("foyers_logement_1000", "commune:33243", 137.4, Status.OK, year=2020, numerator_year=2020, denominator_year=2023)  # fmt: skip
    assert reading.dated(old, BY_ID[old.indicator]) == "2020 (habitants de 2023)"
    assert reading.dated(replace(old, denominator_year=2020), BY_ID[old.indicator]) == "2020"
    # The children of the 1 January after are those of the places; a distance is no rate.
    places = replace(old, indicator="places_100", denominator_year=2021)
    far = replace(old, indicator="distance_france_services")
    assert [reading.dated(one, BY_ID[one.indicator]) for one in (places, far)] == ["2020", "2020"]
    said = reading.sentence(old, BY_ID[old.indicator], Territory(Level.COMMUNE, "33243", "Libourne"))
    assert "en 2020 (habitants de 2023)" in said
    # What makes it uncertain stands in the same brackets.
    rounded = replace(old, status=Status.ROUNDED)
    said = reading.sentence(rounded, BY_ID[old.indicator], Territory(Level.COMMUNE, "33243", "Libourne"))
    assert "en 2020 (habitants de 2023, valeur arrondie)" in said


def test_a_rate_says_its_value_its_gap_and_the_missing_places():
    below = finding(METROPOLE, 58.3, against=comparator(GIRONDE, 66.2), gap=58.3 - 66.2, missing=2134.4)
    assert plain(reading.sentence(below, RATE, METROPOLE, GIRONDE)) == (
        "Dans Bordeaux Métropole, le taux de couverture, tous modes d’accueil, est de 58,3 places pour 100 enfants "
        "de moins de 3 ans en 2021, soit 7,9 points de moins que la Gironde. Il manque environ 2 100 places pour "
        "atteindre ce niveau."
    )
    assert plain(reading.comparison(below, RATE, GIRONDE)) == "7,9 points de moins que la Gironde : proche"


def test_good_news_asks_for_no_place():
    # 12 places reckoned on another vintage do not contradict the published gap.
    above = finding(BORDEAUX, 74.8, against=comparator(GIRONDE, 66.2), gap=74.8 - 66.2, missing=12)
    text = plain(reading.sentence(above, RATE, BORDEAUX, GIRONDE))
    assert text.endswith("en 2021, soit 8,6 points de plus que la Gironde.")
    assert "manque" not in text


def test_no_child_at_all_is_not_said_about():
    children = {
        "indicator": "enfants_moins_3",
        "status": Status.ESTIMATED,
        "low": 0.0,
        "high": 0.0,
        "year": 2024,
    }
    none = finding(BOULIAC, 0.0, **children)
    said = (
        "À Bouliac, on ne compte aucun enfant de moins de 3 ans d’après les naissances en 2024 (estimation)."
    )
    assert plain(reading.sentence(none, BY_ID["enfants_moins_3"], BOULIAC)) == said


def test_children_per_relais_are_compared_in_percent():
    rpe = BY_ID["enfants_par_rpe"]
    more = finding(LE_MANS, 477, against=comparator(FRANCE, 300))
    assert plain(reading.comparison(more, rpe, FRANCE)) == "59 % de plus que la France : très au-dessus"
    assert plain(reading.comparison(replace(more, value=960.0, gap=660.0), rpe, FRANCE)).startswith(
        "3,2 fois la valeur de la France"
    )
    short = replace(more, missing=2.2, gap=477 - 300)
    assert plain(reading.sentence(short, rpe, LE_MANS, FRANCE)).endswith(
        "soit 59 % de plus que la France. Il manque 2 relais pour atteindre ce niveau."
    )
    assert plain(reading.sentence(more, rpe, LE_MANS)) == (
        "Au Mans, on compte 477 enfants de moins de 3 ans par relais petite enfance en 2021."
    )


@pytest.mark.parametrize(
    ("value", "reference", "word"),
    [
        (59.9, 100, "très en dessous"),
        (60, 100, "en dessous"),
        (84.9, 100, "en dessous"),
        (85, 100, "proche"),
        (69, 60, "proche"),
        (115.1, 100, "au-dessus"),
        (140, 100, "au-dessus"),
        (140.1, 100, "très au-dessus"),
        (0, 100, "très en dessous"),
        (None, 100, None),
        (50, None, None),
        (50, 0, None),
        (math.nan, 100, None),
    ],
)
def test_the_word_comes_from_the_ratio_to_the_reference(value, reference, word):
    assert ratio_word(value, reference) == word


def test_bad_news_is_below_for_places_and_above_for_children_per_relais():
    def attention(direction):
        return [reading.is_attention(word, direction) for word in (*RATIO_WORDS, None)]

    assert attention(Direction.MORE_IS_BETTER) == [True, True, False, False, False, False]
    assert attention(Direction.LESS_IS_BETTER) == [False, False, False, True, True, False]
    assert attention(Direction.NEUTRAL) == [False] * 6


def test_a_small_commune_is_told_why_it_has_no_rate_and_what_its_intercommunalite_has():
    unpublished = finding(BOULIAC, None, against=comparator(METROPOLE, 68.9), status=Status.NOT_PUBLISHED)
    assert plain(reading.sentence(unpublished, RATE, BOULIAC, METROPOLE)) == (
        "Taux de couverture, tous modes d’accueil : valeur non publiée pour Bouliac. La Cnaf ne publie pas de "
        "taux pour cette commune. Repère, Bordeaux Métropole : 68,9 places pour 100 enfants de "
        "moins de 3 ans en 2021."
    )
    assert reading.comparison(unpublished, RATE, METROPOLE) == ""
    assert reading.figure(unpublished, RATE) == "Non disponible"


def test_each_kind_of_unknown_has_its_own_reason():
    unknown = [status for status in Status if not status.known]
    reasons = {reading.reason(finding(BOULIAC, None, status=status), RATE, BOULIAC) for status in unknown}
    assert len(reasons) == len(unknown) == 5
    told = finding(BOULIAC, None, status=Status.MISSING, reason="le fichier des naissances manque")
    assert reading.reason(told, RATE, BOULIAC) == "Le fichier des naissances manque."


def test_a_masked_value_left_in_the_data_is_not_printed():
    masked = finding(BOULIAC, 77.7, status=Status.SECRET, numerator=7, denominator=9)
    assert not re.search("77|7,7", reading.sentence(masked, PLACES, BOULIAC))


def test_an_estimate_says_its_interval_and_its_grade():
    estimate = finding(BOULIAC, 21.4, status=Status.ESTIMATED, low=12.0, high=31.2, grade="C")
    assert plain(reading.sentence(estimate, PLACES, BOULIAC)) == (
        "À Bouliac, on compte environ 21,4 places d’accueil, tous modes, pour 100 enfants de moins de 3 ans en 2021 "
        "(entre 12,0 et 31,2, estimation de fiabilité C)."
    )


def test_a_reference_inside_the_interval_is_no_established_gap():
    estimate = finding(
        BOULIAC,
        21.4,
        against=comparator(GIRONDE, 30.0),
        status=Status.ESTIMATED,
        low=12,
        high=31.2,
        missing=9,
    )
    assert plain(reading.comparison(estimate, PLACES, GIRONDE)) == "sans écart établi avec la Gironde"
    assert "manque" not in reading.sentence(estimate, PLACES, BOULIAC, GIRONDE)


def test_a_reference_outside_the_interval_is_a_gap_said_about():
    estimate = finding(
        BOULIAC,
        21.4,
        against=comparator(GIRONDE, 50.0),
        status=Status.ESTIMATED,
        low=12,
        high=31.2,
        missing=9,
    )
    # 21.4 - 50 = -28.6
    assert plain(reading.comparison(estimate, PLACES, GIRONDE)) == (
        "environ 28,6 points de moins que la Gironde : très en dessous"
    )
    assert "Il manque moins de 20 places" in plain(reading.sentence(estimate, PLACES, BOULIAC, GIRONDE))


def test_nothing_missing_is_not_printed_as_zero_places():
    reached = finding(BOULIAC, 49.0, against=comparator(GIRONDE, 50.0), gap=-1.0, missing=0)
    assert "manque" not in reading.sentence(reached, PLACES, BOULIAC, GIRONDE)


@pytest.mark.parametrize(
    ("territory", "missing", "people", "said"),
    [
        (METROPOLE, 79.0, 1000.0, "Il manque environ 80 places pour atteindre ce niveau."),
        (
            METROPOLE,
            560.0,
            1000.0,
            "Il manque environ 560 places dans les communes nettement en dessous de ce niveau.",
        ),
        (
            GIRONDE,
            560.0,
            1000.0,
            "Il manque environ 560 places dans les territoires nettement en dessous de ce niveau.",
        ),
        (BORDEAUX, 560.0, 1000.0, "Il manque environ 560 places pour atteindre ce niveau."),
    ],
)
def test_places_that_parts_lack_are_not_said_to_bring_the_whole_to_its_reference(
    territory, missing, people, said
):
    """79 places bring 1,000 children from 58.3 to 66.2; where communes lack 560, others are above."""
    short = finding(territory, 58.3, against=comparator(FRANCE, 66.2), missing=missing, people=people)
    assert plain(reading.sentence(short, RATE, territory, FRANCE)).endswith(said)


def test_a_poverty_rate_of_5_reads_5_percent_or_less():
    poverty = BY_ID["taux_pauvrete"]
    bounded = finding(BOULIAC, 5.0, against=comparator(GIRONDE, 12.7), status=Status.BOUNDED)
    assert plain(reading.sentence(bounded, poverty, BOULIAC, GIRONDE)) == (
        "À Bouliac, le taux de pauvreté est de 5 % ou moins des habitants en 2021, soit au moins 7,7 points de moins "
        "que la Gironde."
    )
    above = replace(bounded, comparators=(comparator(GIRONDE, 4.0),), gap=1.0)
    assert plain(reading.comparison(above, poverty, GIRONDE)).startswith(
        "comparaison impossible avec la Gironde : "
    )


def test_missing_places_carry_their_interval_where_numbers_are_small():
    few = finding(BOULIAC, 50.0, against=comparator(GIRONDE, 66.2), missing=7.0)
    text = plain(reading.sentence(few, PLACES, BOULIAC, GIRONDE, missing_between=(2.0, 11.6)))
    assert text.endswith("Il manque 7 places (entre 2 et 12) pour atteindre ce niveau.")


def test_a_priority_says_its_reasons_in_their_order():
    reasons = (
        {"kind": "severity", "severity": 2, "ratio": 0.55},
        {"kind": "children", "children": 1200.0, "step": 2},
        {"kind": "reliability", "grade": "C"},
    )
    assert plain(reading.priority(reasons)) == (
        "écart très marqué, environ 1 200 enfants concernés, estimation de fiabilité C"
    )
    unsure = (
        {"kind": "severity", "severity": 1, "ratio": 0.8},
        {"kind": "children", "children": None, "step": None},
    )
    assert reading.priority((*unsure, {"kind": "reliability", "grade": None})) == (
        "écart marqué, nombre d’enfants concernés inconnu"
    )


def test_one_place_weighs_much_where_children_are_few():
    small = finding(BOULIAC, 50.0, numerator=21.5, denominator=43)
    # 100 / 43 = 2.33
    assert plain(reading.sensitivity(small, PLACES)) == (
        "Une place de plus ou de moins change le taux de 2,3 points."
    )
    assert reading.sensitivity(replace(small, denominator=430), PLACES) == ""
    assert reading.sensitivity(replace(small, denominator=0), PLACES) == ""


def test_a_gap_under_half_a_place_is_no_gap():
    hair = finding(BOULIAC, 49.0, against=comparator(GIRONDE, 50.0), gap=-1.0, missing=0.43)
    text = plain(reading.sentence(hair, PLACES, BOULIAC, GIRONDE))
    assert text.endswith("en 2021, au même niveau que la Gironde.")


def test_two_vintages_are_never_compared_in_silence():
    late = finding(BORDEAUX, 74.8, against=comparator(GIRONDE, 66.2, year=2020))
    assert plain(reading.comparison(late, RATE, GIRONDE)) == (
        "comparaison impossible avec la Gironde : la valeur connue est de 2020"
    )
    aligned = replace(late, gap=7.0, gap_year=2020)
    assert "7,0 points de plus que la Gironde (écart de 2020)" in plain(
        reading.comparison(aligned, RATE, GIRONDE)
    )


def test_an_unknown_reference_is_said_and_not_taken_for_zero():
    alone = finding(BORDEAUX, 74.8, against=comparator(GIRONDE, None, status=Status.SECRET))
    assert plain(reading.comparison(alone, RATE, GIRONDE)) == (
        "comparaison impossible avec la Gironde : valeur couverte par le secret statistique"
    )
    assert plain(reading.sentence(alone, RATE, BORDEAUX, GIRONDE)).endswith(
        "La comparaison avec la Gironde est impossible : valeur couverte par le secret statistique."
    )


def test_counts_are_not_compared_across_scales_and_nothing_is_its_own_reference():
    births = finding(BORDEAUX, 2858, against=comparator(GIRONDE, 15000))
    assert reading.comparison(births, BY_ID["naissances"], GIRONDE) == ""
    own = finding(GIRONDE, 66.2, against=comparator(GIRONDE, 66.2))
    assert reading.comparison(own, RATE, GIRONDE) == ""


def test_a_target_is_named_by_its_words():
    target = Comparator(GOAL.key, GOAL.name, 80.0, None, Status.OK)
    aimed = finding(BORDEAUX, 74.8, against=target, gap=74.8 - 80, missing=412)
    assert (
        plain(reading.comparison(aimed, RATE, GOAL))
        == "5,2 points de moins que l’objectif de 80 places pour 100 enfants : proche"
    )


def test_none_counted_is_a_sentence_and_not_a_zero():
    none = finding(BOULIAC, 0.0, year=2024)
    assert reading.sentence(none, BY_ID["nombre_qpv"], BOULIAC) == (
        "À Bouliac, on ne compte aucun quartier prioritaire de la politique de la ville en 2024."
    )
    assert reading.sentence(none, BY_ID["naissances"], BOULIAC) == (
        "À Bouliac, on ne compte aucune naissance domiciliée en 2024."
    )
    one = replace(none, value=1.0)
    assert "1 équipement aux familles situé en quartier prioritaire" in plain(
        reading.sentence(one, BY_ID["equipements_en_qpv"], BOULIAC)
    )


def test_a_title_spells_the_intercommunalite_out_and_has_no_full_stop():
    rate = finding(FOYEN, 96.4)
    titled = reading.title(reading.sentence(rate, RATE, FOYEN, long=True))
    assert titled.startswith("Dans la communauté de communes du Pays Foyen, le taux")
    assert titled.endswith("en 2021")
    small = finding(BOULIAC, 50.0, against=comparator(FOYEN, 96.4))
    assert "46,4 points de moins que la communauté de communes du Pays Foyen" in plain(
        reading.sentence(small, RATE, BOULIAC, FOYEN, long=True)
    )


def test_an_evolution_says_more_or_fewer_since_when():
    def births(start, end):
        return plain(reading.evolution((2018, start), (2023, end), "naissance", "naissances"))

    # 8,796 / 9,561 = 0.92
    assert births(9561, 8796) == "8 796 naissances en 2023, 8 % de moins qu’en 2018"
    assert births(3, 1) == "1 naissance en 2023, 2 de moins qu’en 2018"
    assert births(100, 320) == "320 naissances en 2023, 3,2 fois le nombre de 2018"
    # No percentage of a count under a hundred: one child is two per cent of 54.
    assert births(53, 54) == "54 naissances en 2023, 1 de plus qu’en 2018"
    assert births(101, 99) == "99 naissances en 2023, 2 de moins qu’en 2018"
    assert births(0, 4) == "4 naissances en 2023, 4 de plus qu’en 2018"
    assert births(12, 12) == "12 naissances en 2023, autant qu’en 2018"
    assert births(1000, 1001) == "1 001 naissances en 2023, presque autant qu’en 2018"
    assert births(None, 12) == "12 naissances en 2023 (nombre de 2018 inconnu)"
    assert births(12, math.nan) == "naissances en 2023 : nombre inconnu"


def test_a_ranking_of_communes_says_the_bad_news_then_the_good_then_that_all_are_close():
    below, close, above = RATIO_WORDS[1], RATIO_WORDS[2], RATIO_WORDS[3]

    def message(words, direction=Direction.MORE_IS_BETTER):
        return plain(reading.members(words, GIRONDE, direction))

    assert (
        message([below] * 8 + [close] * 11) == "Huit communes sur 19 sont nettement en dessous de la Gironde"
    )
    assert message([above, below, None]) == "Une commune sur 2 est nettement en dessous de la Gironde"
    assert (
        message([above, below], Direction.LESS_IS_BETTER)
        == "Une commune sur 2 est nettement au-dessus de la Gironde"
    )
    assert message([close] * 19 + [None]) == "Les 19 communes sont proches de la Gironde"
    assert message([None]) == "Aucune commune n’a de valeur à comparer avec la Gironde"


NUMBERS = st.one_of(
    st.none(),
    st.floats(allow_nan=True, allow_infinity=True),
    st.floats(min_value=0, max_value=200),
    st.integers(0, 3).map(float),
)
YEARS = st.one_of(st.none(), st.integers(2008, 2026))
PLACES_NAMED = (
    BORDEAUX,
    LE_MANS,
    METROPOLE,
    FOYEN,
    GIRONDE,
    FRANCE,
    Territory(Level.COMMUNE, "93001", "Aubervilliers", tncc=1),
    Territory(Level.COMMUNE, "91692", "Les Ulis", tncc=4),
    Territory(Level.COMMUNE, "75112", "Paris 12e Arrondissement"),
    Territory(Level.DEPARTEMENT, "40", "Landes", tncc=4),
    Territory(Level.DEPARTEMENT, "974", "La Réunion"),
    Territory(Level.REGION, "94", "Corse"),
    Territory(Level.PERIMETRE, "33063+33281", "Rive droite"),
)
NEVER = re.compile(
    r"nan\b|None|\binf\b|  |\bde Le\b|\bà Le\b|\bde Les\b|\bà Les\b|\b(?:de|que) A|\bde les?\b|\bà les?\b"
    r"|'|\.\.|[ \u00a0\u202f][.,]| \d+e\d|−0,0\b|\( | \)|<NA>"
)


@given(
    indicator=st.sampled_from(INDICATORS),
    territory=st.sampled_from(PLACES_NAMED),
    reference=st.sampled_from((*PLACES_NAMED, references.PEERS_NAMED, GOAL)),
    statuses=st.tuples(st.sampled_from(Status), st.sampled_from(Status)),
    values=st.tuples(NUMBERS, NUMBERS, NUMBERS, NUMBERS, NUMBERS, NUMBERS, NUMBERS),
    years=st.tuples(YEARS, YEARS, YEARS),
    grade=st.sampled_from((None, "A", "D")),
    long=st.booleans(),
)
def test_any_figure_whatever_its_status_gives_a_clean_sentence(
    indicator, territory, reference, statuses, values, years, grade, long
):
    value, base, gap, missing, low, high, denominator = values
    key = reference.key
    said = Finding(
        indicator=indicator.id,
        territory=territory.key,
        value=value,
        status=statuses[0],
        year=years[0],
        denominator=denominator,
        comparators=(Comparator(key, "x", base, years[1], statuses[1]),),
        reference=key,
        gap=gap,
        gap_year=years[2],
        missing=missing,
        low=low,
        high=high,
        grade=grade,
    )
    text = reading.sentence(said, indicator, territory, reference, long=long)
    assert text[0].isupper()
    assert text.endswith(".")
    texts = (text, reading.comparison(said, indicator, reference), reading.title(text))
    texts += (reading.figure(said, indicator), reading.sensitivity(said, indicator))
    for printed in texts:
        assert not NEVER.search(printed), printed
        assert "environ environ" not in printed
    assert not reading.title(text).endswith(".")
    known = said.status.known and value is not None and math.isfinite(value)
    assert known == (reading.reason(said, indicator, territory) == "")
    assert known or ("valeur" in text or "sans objet" in text)


@given(NUMBERS, NUMBERS)
def test_any_evolution_is_clean(start, end):
    text = reading.evolution((2018, start), (2023, end), "naissance", "naissances")
    assert not NEVER.search(text), text


@given(
    st.lists(st.sampled_from((*RATIO_WORDS, None)), max_size=12),
    st.sampled_from(PLACES_NAMED),
    st.sampled_from(Direction),
)
def test_any_ranking_of_communes_gives_a_clean_title(words, reference, direction):
    text = reading.members(words, reference, direction)
    assert not NEVER.search(text), text
    assert text[0].isupper() or text[0].isdigit()
    assert not text.endswith(".")


def test_a_key_message_sets_the_rate_against_the_references_of_the_same_year_only():
    rate = finding(METROPOLE, 68.9, against=comparator(GIRONDE, 66.2))
    rate = replace(rate, comparators=(*rate.comparators, comparator(FRANCE, 59.4)))
    assert plain(reading.brief(rate, RATE, (GIRONDE, FRANCE))) == (
        "68,9 places pour 100 enfants de moins de 3 ans, contre 66,2 en Gironde et 59,4 en France."
    )
    other_year = replace(rate, comparators=(comparator(GIRONDE, 66.2, year=2019),))
    assert (
        plain(reading.brief(other_year, RATE, (GIRONDE,)))
        == "68,9 places pour 100 enfants de moins de 3 ans."
    )


def test_a_key_message_names_what_it_counts_and_is_silent_on_the_unknown():
    relais = BY_ID["enfants_par_rpe"]
    counted = finding(METROPOLE, 919.3, against=comparator(GIRONDE, 577.6), indicator=relais.id)
    assert plain(reading.brief(counted, relais, (GIRONDE,))) == (
        "919 enfants de moins de 3 ans par relais petite enfance, contre 578 en Gironde."
    )
    assert reading.brief(finding(METROPOLE, None, status=Status.MISSING), RATE, (GIRONDE,)) == ""


def test_children_of_a_relais_are_said_about_where_births_tell_them():
    relais = BY_ID["enfants_par_rpe"]
    against = replace(comparator(GIRONDE, 577.6), status=Status.ESTIMATED)
    told = finding(METROPOLE, 919.3, against=against, indicator=relais.id, status=Status.ESTIMATED)
    assert plain(reading.brief(told, relais, (GIRONDE,))) == (
        "Environ 920 enfants de moins de 3 ans par relais petite enfance, contre 580 en Gironde."
    )
    assert plain(reading.figure(told, relais)) == "environ 920 enfants par relais"


@pytest.mark.real
def test_a_share_of_one_commune_that_is_all_or_nothing_is_a_fact(real):
    for code, said in (("33328", "au moins un accueil"), ("33098", "aucun accueil")):
        told = report.build(real, f"commune:{code}")
        sentence = told.findings["acces_alsh"].reading
        assert said in sentence and not re.search(r"\b(0|100)\s%", sentence)
        assert (
            sentence.endswith("en ont un dans leur commune.")
            and "En Gironde, 92,5\u202f% des enfants" in sentence
        )
        assert not [one for one in told.messages if re.search(r"\b(0|100)\s% des enfants", one.sentence)]
    shared = report.build(real, "epci:243300316").findings["acces_alsh"].reading
    assert "des enfants de 3 à 11 ans en 2024" in shared


@pytest.mark.real
def test_what_calls_a_lever_or_founds_a_stake_says_the_same_fact(real):
    told = report.build(real, "commune:33008")
    said = [*(one.reason for one in told.levers), *(one.text for one in afom.proposed(told))]
    assert sum("ucun accueil de loisirs n’est recensé en 2024" in one for one in said) >= 2
    assert not [
        one for one in said if re.search(r"\b(0|100)\s% des enfants|accueil de loisirs : (0|100)\s%", one)
    ]

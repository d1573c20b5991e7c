"""Of a small commune the first page says what is known, whose it is, and nothing that is not."""

from __future__ import annotations

import random
import re
from dataclasses import replace

import pytest

from benchmarks import bench_sweep as sweep
from diagnostic import french, gazetteer, reading, report, story
from diagnostic.model import ENOUGH_PEOPLE, Level
from diagnostic.story.keyfigures import of_indicators
from diagnostic.story.stake import births_moved
from diagnostic.warehouse import open_database

# Words of a territory of many communes, on a page that speaks of one.
FOR_ONE = re.compile(r"\b(1|0)\scommunes?\b|\ble\sterritoire\b|distance\smoyenne|100,0\s%", re.IGNORECASE)


def small(db, most: float) -> list[str]:
    """Keys of the communes of `most` inhabitants or fewer, some at least."""
    known = gazetteer.index(db)
    found = [
        f"commune:{code}"
        for (level, code), people in known.population.items()
        if level == Level.COMMUNE and 0 < people <= most and (Level.COMMUNE, code) in known.territories
    ]
    assert found
    return sorted(found)


def printed(found: report.Report) -> list[str]:
    """Every text of the first page and of the sections of the files."""
    texts = [found.headline, *(f"{one.sentence} {one.detail}" for one in found.messages)]
    for item in (story.figures_section(found), *story.sections(found)):
        texts += strings(item) if item is not None else []
    return texts


def strings(value: object) -> list[str]:
    if isinstance(value, str):
        return [value]
    if isinstance(value, tuple):
        return [text for one in value for text in strings(one)]
    if hasattr(value, "__dataclass_fields__"):
        return [text for name in value.__dataclass_fields__ for text in strings(getattr(value, name))]
    return []


def check(found: report.Report) -> None:
    where = found.territory.key
    figures = story.figures_section(found).on_screen[0].items
    own = [item for item in figures if not item.who]
    assert len(figures) >= 3 and all(item.figure for item in figures), where
    assert len(own) >= 3 or any(item.who for item in figures), where
    for item in figures:
        if item.who:
            # The value is the EPCI's, under its name; the commune's stays unknown.
            assert item.who != found.territory.name and item.local.startswith(found.territory.name[:3])
            assert found.findings[item.indicator].value is None
            assert found.epci.findings[item.indicator].value is not None
    rate, held = found.findings["taux_couverture"], found.epci
    if rate.status.known or (held is not None and held.findings["taux_couverture"].status.known):
        assert found.messages[0].indicator == "taux_couverture", where
    assert len(story.essentiel_section(found).on_screen[0].items) >= 3, where
    # A message and the figure below it do not say the same of the EPCI, nor of how few children it is.
    cards = " ".join(f"{item.comparison} {item.source}" for item in figures)
    told = [part for one in story.essentiel_section(found).on_screen[0].items for part in one[2].split(". ")]
    assert [part for part in told if len(part) > 30 and part.rstrip(".") in cards] == [], where
    wrong = [text for text in printed(found) if FOR_ONE.search(text)]
    assert wrong == [], (where, wrong[:3])


def test_every_small_commune_of_the_fictional_territory_has_three_known_figures(demo):
    for key in small(demo, 1_000):
        check(report.build(demo, key))


def test_the_pages_of_one_commune_tell_facts_and_what_is_around_it(demo):
    """No rate over one place, no chart of one bar, and the missing places are those of the communes of its EPCI."""
    for key in small(demo, 1_000)[:8]:
        found = report.build(demo, key)
        assert story.without_section(found) is None and story.schools_section(found) is None
        access = story.leisure_section(found)
        assert access is None or not re.search(r"\b(0|100)(,0)?\s%", access.title), access.title
        births = story.births_section(found)
        if births is not None and "contre" in births.title:
            # Five years against the five before, and the same sums drawn.
            series = dict(zip(found.births[0].years, found.births[0].values, strict=True))
            last = max(year for year, value in series.items() if value is not None)
            total = sum(series[year] for year in range(last - 4, last + 1))
            assert births.title.startswith(f"{total:.0f}\u00a0naissance")
            drawn = births.on_screen[0].series[0].points
            assert drawn[-1] == (last, total)
            # No stake is made of the change of one year that the title does not tell.
            assert births_moved(found) is None
        if found.epci is None:
            continue
        around = story.around_section(found, report.build(demo, found.epci.territory.key))
        assert around is not None and around.kicker.startswith("Autour d")
        assert len(around.on_screen[0].rows) > 1


@pytest.mark.real
def test_thirty_communes_of_france_under_a_thousand_inhabitants_have_three_known_figures(real):
    for key in random.Random(14).sample(small(real, 1_000), 30):
        check(report.build(real, key))


@pytest.mark.real
@pytest.mark.parametrize("key", ["commune:33175", "commune:33001", "commune:33249"])
def test_no_figure_of_the_first_page_is_unknown(real, key):
    figures = story.figures_section(report.build(real, key)).on_screen[0].items
    assert len(figures) == 6 and all(item.figure for item in figures)


@pytest.mark.real
def test_frontenac_reads_its_rate_the_places_of_its_epci_and_its_services(real):
    found = report.build(real, "commune:33175")
    items = {item.indicator: item for item in story.figures_section(found).on_screen[0].items}
    assert items["taux_couverture"].figure == "45,1" and not items["taux_couverture"].who
    creches = items["places_eaje_100"]
    assert (
        creches.figure == "11,9" and creches.who == "CC Rurales de l’Entre-Deux-Mers" and creches.track.ring
    )
    assert creches.track.value == found.epci.findings["places_eaje_100"].value
    assert "Sauveterre-de-Guyenne" in creches.local
    assert items["acces_alsh"].figure == "Oui"
    births = next(one for one in found.messages if one.kind == "Naissances")
    # 10 + 7 + 9 + 9 + 8 births from 2019 to 2023, 10 + 4 + 10 + 6 + 4 before.
    assert "43\u00a0naissances de 2019 à 2023, contre 34 de 2014 à 2018" in births.sentence
    assert story.signing(found)[1] == "epci:200069599"


@pytest.mark.real
def test_the_kinds_of_messages_come_in_one_order(real):
    for key in (
        "epci:243300316",
        "epci:200069599",
        "epci:200054781",
        "epci:200069730",
        "commune:33249",
        "commune:06083",
        "commune:97302",
        "commune:75056",
        "commune:33175",
        "departement:33",
        "departement:976",
    ):
        found = report.build(real, key)
        assert sweep.disordered(found) == [], key
        known = found.findings["taux_couverture"].value is not None
        assert found.messages[0].kind == "Accueil" or not known, key


def test_what_is_short_is_chosen_first_and_said_in_the_order_of_all(demo_db):
    """Relais and loisirs come in one order whichever of them is short, after what no estimate of children moves."""
    db = open_database(demo_db)
    for place in sweep.sampled(sweep.every(db), 12):
        assert sweep.disordered(report.build(db, place.key)) == [], place.key


@pytest.mark.real
def test_a_part_that_tells_another_verdict_than_the_whole_is_not_said(real):
    """Bordeaux Métropole is above the Gironde by the official rate, below it by the places reckoned."""
    found = report.build(real, "epci:243300316")
    assert found.findings["taux_couverture"].gap > 0
    assert sum(row.contribution for row in found.coverage.gap_by_mode) < 0
    assert "Pourquoi" not in {one.kind for one in found.messages}


@pytest.mark.real
def test_the_ends_of_a_line_hold_all_that_is_drawn_on_it(real):
    for key in ("epci:243300316", "commune:33249", "commune:33175", "commune:2A004"):
        for item in story.figures_section(report.build(real, key)).on_screen[0].items:
            if item.track is None:
                continue
            drawn = [item.track.value, *item.track.others, *(mark[2] for mark in item.track.marks)]
            assert item.track.low == min(drawn) and item.track.high == max(drawn), (key, item.indicator)
            assert item.track.first[0] != item.track.last[0]


def test_a_distance_is_nearer_or_farther_and_all_the_children_are_not_about_all():
    from diagnostic.indicators import BY_ID

    assert reading.ratio_said("très en dessous", BY_ID["distance_france_services"]) == "bien plus près"
    assert reading.ratio_said("en dessous", BY_ID["taux_couverture"]) == "en dessous"


def test_the_members_without_a_value_are_named_with_why_and_counted_as_the_drawing_counts_them(demo_db):
    found = report.build(open_database(demo_db), "epci:999001001")
    silent = [one.territory.name for one in found.members if one.findings["taux_couverture"].value is None]
    label, told = story.members_unknown(found, None)
    assert label == f"{len(silent)}\u00a0communes sans valeur connue" and len(silent) > 1
    assert told.count(",") == len(silent) - 2 and told.endswith(
        "La Cnaf ne publie pas de taux pour ces communes."
    )
    town = next(one.territory.key for one in found.members)
    assert story.members_unknown(report.build(open_database(demo_db), town), found) == (label, told)
    assert story.members_unknown(replace(found, members=found.members[:0]), None) == ("", "")


def test_the_lines_of_a_town_say_whom_they_leave_out(real):
    # Of the CA du Libournais thirteen communes lie lower than Libourne, each of fewer than a hundred children.
    found = report.build(real, "commune:33243")
    drawn = found.findings["taux_couverture"]
    rates = [
        one.findings["taux_couverture"] for one in report.build(real, f"epci:{found.territory.epci}").members
    ]
    lower = [rate for rate in rates if rate.value is not None and rate.value < drawn.value]
    assert drawn.position.minimum == drawn.value and len(lower) >= 10
    assert all(rate.denominator is None or rate.denominator < ENOUGH_PEOPLE for rate in lower)
    assert "personnes ou plus" in story.figures_section(found).subtitle
    assert "personnes ou plus" not in story.figures_section(report.build(real, "epci:243300316")).subtitle


@pytest.mark.parametrize("reference", [None, "pairs"])
def test_a_distance_says_what_it_is_held_against_and_its_value(demo_db, reference):
    db = open_database(demo_db)
    said = []
    for (code,) in db.rows("select code from territory where level = 'commune' order by code limit 12"):
        found = report.build(db, f"commune:{code}", reference=reference)
        figures = of_indicators(found, ("distance_france_services",))
        said += [
            one.comparison for one in figures if re.search("plus proche|dans la commune", one.comparison)
        ]
    assert said and all(re.search(r"(moyenne|médiane) .*, \d+,\d\u00a0km", one) for one in said), said
    assert not any("la référence" in one for one in said)


@pytest.mark.parametrize("key", ["epci:243301215", "epci:243301355", "epci:242900629", "epci:200069599"])
def test_the_missing_places_of_an_epci_name_no_commune_of_fewer_than_thirty_children(real, key):
    """Haux and Loupes have some twenty children each: one place more or less turns their rate round."""
    found = report.build(real, key)
    few = {
        french.name(one.territory)
        for one in found.members
        if (people := one.findings["taux_couverture"].people) is not None and people < 30
    }
    title = next(one.title for one in story.sections(found) if one.id == "ecart")
    assert few and not [name for name in few if french.typographic(name) in title], title
    assert not FOR_ONE.search(title)


def test_a_rate_of_too_few_children_is_said_beside_that_of_the_intercommunalite(real):
    """Of Gornac, fifteen children: no verdict, but the rate of those with whom it signs."""
    found = report.build(real, "commune:33189")
    own, theirs = (one.findings["taux_couverture"] for one in (found, found.epci))
    assert own.of_too_few and own.word is None
    said = [french.number(one.value, 1) for one in (own, theirs)]
    assert found.headline == french.typographic(
        f"{said[0]} places pour 100 enfants, contre {said[1]} dans l’intercommunalité : trop peu d’enfants"
    )
    # Said once: the title is the message, which no card repeats.
    assert "places pour 100" not in str(story.essentiel_section(found).on_screen[0].items)


@pytest.mark.real
def test_births_under_a_hundred_are_counted_in_stakes_as_in_the_summary(real):
    told = report.build(real, "perimetre:33349+33028+33030+33007")
    said = repr(story.sections(told, db=real)).replace("\\xa0", " ")
    assert "76 naissances en 2023, 20 de plus qu’en 2018" in said
    assert not re.search(r"aissances : [+−]\d", said)

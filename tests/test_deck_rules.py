"""What the plan of a deck asks of the slides of six real places: which are there, in which order, what they may say."""

from __future__ import annotations

import io
import re
from typing import NamedTuple

import pytest
from pptx import Presentation
from pptx.oxml.ns import qn
from pptx.slide import Slide

from diagnostic import french, report, story
from diagnostic.exports import pptx
from diagnostic.exports.pptx.order import PARTS, told_to
from diagnostic.plan.documents import Committee, Documents
from diagnostic.report import TREND, YOUNG
from diagnostic.story.blocks import Scatter, Section

pytestmark = pytest.mark.real

ALWAYS = ("enjeux", "inconnu", "leviers", "atelier", "calendrier_ctg", "glossaire", "sources")
TOLD = {
    # A metropolis: all but the young, whose ages are not loaded.
    "epci:243300316": (
        "essentiel", "portrait", "position", "offre", "ecart", "structures", "pauvrete", "alsh", "familles", "droits",
        "perspectives", "obligations", *ALWAYS, "annexe_membres",
    ),
    # No district, fewer than five communes of which both poverty and coverage are known.
    "epci:200069599": (
        "essentiel", "portrait", "position", "offre", "ecart", "structures", "alsh", "familles", "droits",
        "perspectives", "obligations", *ALWAYS, "annexe_membres",
    ),
    # A commune: what stands around it in the place of its members, and no list of them.
    "commune:33249": (
        "essentiel", "portrait", "position", "offre", "services_autour", "alsh", "familles", "perspectives",
        "obligations", *ALWAYS,
    ),
    # Under fifty births a year: they are read over five years, and no curve goes on.
    "commune:33175": (
        "essentiel", "portrait", "offre", "services_autour", "alsh", "familles", "naissances", "obligations", *ALWAYS,
    ),
    # No duty is that of a département; over sixty communes have structures.
    "departement:33": (
        "essentiel", "portrait", "position", "offre", "ecart", "quartiers", "alsh", "familles", "droits", "perspectives",
        *ALWAYS, "annexe_membres",
    ),
    # Nothing above France to have a rank in.
    "france": ("essentiel", "portrait", "offre", "ecart", "droits", "perspectives", *ALWAYS, "annexe_membres"),
}  # fmt: skip
SHORT = ("essentiel", "offre", "ecart", "services_autour", "perspectives", "obligations", "enjeux", "leviers")
SMALL_NAMED = ("droits", "services_autour", "annexe_membres", "position")
"""Chapters whose title may name a commune of few children: it says a distance, or is about that commune."""


class Told(NamedTuple):
    """A deck and what it was made of."""

    report: report.Report
    sections: tuple[Section, ...]
    slides: list[Slide]


@pytest.fixture(scope="module")
def decks(real) -> dict[str, Told]:
    found = {}
    for key in TOLD:
        one = report.build(real, key)
        slides = list(Presentation(io.BytesIO(pptx.build(one, real))).slides)
        found[key] = Told(one, told_to(one, story.sections(one, (), real)), slides)
    return found


def titles(deck: Told) -> list[str]:
    return [slide.shapes.title.text_frame.text for slide in deck.slides]


def said(slide: Slide) -> str:
    return "\n".join(node.text or "" for node in slide._element.iter(qn("a:t")))


@pytest.mark.parametrize("key", TOLD)
def test_a_deck_has_the_slides_of_its_plan_in_its_order(decks, key):
    told = [section.id for section in decks[key].sections]
    assert tuple(told) == TOLD[key]
    ranks = [name for _, names in PARTS for name in names]
    assert sorted(told, key=ranks.index) == told


@pytest.mark.parametrize("key", TOLD)
def test_a_short_deck_has_those_of_the_eight_that_its_place_has(decks, key):
    one = decks[key].report
    short = told_to(one, story.sections(one), Documents(Committee(short=True)))
    assert [section.id for section in short] == [name for name in SHORT if name in TOLD[key]]


@pytest.mark.parametrize("key", TOLD)
def test_every_title_is_a_line_of_the_outline_and_holds_in_ninety_five_characters(decks, key):
    for slide, title in zip(decks[key].slides, titles(decks[key]), strict=True):
        assert title and len(title.partition(" (1 sur")[0]) <= 95
        assert sum(shape.is_placeholder and shape.placeholder_format.idx == 0 for shape in slide.shapes) == 1
        boxes = [shape for shape in slide.shapes if shape.has_text_frame and not shape.is_placeholder]
        assert title not in [box.text_frame.text for box in boxes]


@pytest.mark.parametrize("key", TOLD)
def test_no_slide_says_that_a_commune_has_no_creche_nor_cuts_a_name(decks, key):
    """The list of facilities holds none, and a rate of 72.9 was published where it holds none."""
    for slide in decks[key].slides:
        text = said(slide) + slide.notes_slide.notes_text_frame.text
        assert not re.search(r"n[’'](a|ont) (pas|aucune?) (de )?crèche", text)
        assert "…" not in said(slide) and "[ " not in said(slide)


@pytest.mark.parametrize("key", TOLD)
def test_a_commune_of_under_a_hundred_children_is_in_no_title_but_its_own(decks, key):
    deck = decks[key]
    few = {
        french.name(member.territory)
        for member in deck.report.members
        if (rate := member.findings.get("taux_couverture")) is not None and rate.of_few_people
    } - {french.name(deck.report.territory)}
    for section in deck.sections:
        if section.id not in SMALL_NAMED:
            assert not [name for name in few if re.search(rf"\b{re.escape(name)}\b", section.title)], (
                section.title
            )


def test_a_rate_reckoned_from_places_is_no_verdict_and_says_its_year(decks):
    """65.5 places by mode in 2020 stand beside 68.9 published for 2021."""
    deck = decks["epci:243300316"]
    reckoned = french.number(deck.report.findings["places_100"].value, 1)
    assert reckoned == "65,5" and not [title for title in titles(deck) if reckoned in title]
    for slide in deck.slides:
        for line in slide.notes_slide.notes_text_frame.text.splitlines():
            assert reckoned not in line or "2020" in line, line


@pytest.mark.parametrize("key", ("epci:243300316", "commune:33249", "departement:33", "france"))
def test_the_bounds_of_a_curve_are_those_of_its_title_its_notes_and_its_alternative(decks, key):
    deck = decks[key]
    slide = deck.slides[[one.id for one in deck.sections].index("perspectives") + 1]
    ahead = [row for row in deck.report.outlook.children if row.scenario == TREND and row.band == YOUNG]
    last = max(ahead, key=lambda row: row.year)
    told = [
        slide.shapes.title.text_frame.text,
        slide.notes_slide.notes_text_frame.text,
        next(one.get("descr") for one in slide._element.iter() if "Graphique" in str(one.get("descr"))),
    ]
    for value in (last.children, last.low, last.high):
        assert all(french.office(french.number(french.two_figures(value))) in text for text in told)


def test_what_was_not_given_of_the_meeting_is_listed_in_the_notes_of_the_first_slide(decks):
    notes = decks["commune:33249"].slides[0].notes_slide.notes_text_frame.text
    assert "Non renseigné : instance, date" in notes.replace("\u00a0", " ") and "Référence" in notes


def test_the_communes_that_a_title_names_are_named_on_its_scatter_above_its_axis(decks):
    deck = decks["epci:243300316"]
    section = next(one for one in deck.sections if one.id == "pauvrete")
    [scatter] = [
        block
        for _, column in section.on_slide or section.columns
        for block in column
        if isinstance(block, Scatter)
    ]
    slide = deck.slides[[one.id for one in deck.sections].index("pauvrete") + 1]
    [chart] = [shape for shape in slide.shapes if shape.has_chart]
    # The plot ends at 81 % of the chart.
    foot = chart.top + 0.81 * chart.height
    labels = {shape.text_frame.text: shape for shape in slide.shapes if shape.has_text_frame}
    named = [name for name in scatter.named if name in labels]
    assert {name for name in scatter.named if name in section.title} <= set(named) and len(named) >= 4
    assert all(labels[name].top + labels[name].height <= foot for name in named)
    assert min(y for _, _, y, _ in scatter.points) > chart.chart.value_axis.minimum_scale

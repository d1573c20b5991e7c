"""What an adviser sees of a slide before reading it: where axes end, colours, sizes, names; and what a report says twice."""

from __future__ import annotations

import io
import re
from dataclasses import replace

import pytest
import shapely
from pptx import Presentation
from pptx.oxml.ns import qn

from diagnostic import french, report, story
from diagnostic.exports import pptx
from diagnostic.exports.picture import locator, maps_of
from diagnostic.exports.pptx.charts import Axes
from diagnostic.exports.pptx.curves import LABEL, _clear_of
from diagnostic.exports.pptx.dots import _off_the_axis
from diagnostic.exports.pptx.fitting import alone_in, pieces
from diagnostic.exports.pptx.master import SOURCE
from diagnostic.exports.pptx.page import Box, Page
from diagnostic.exports.pptx.shorter import clauses_that_hold, items_that_hold, rows_that_hold
from diagnostic.exports.pptx.tables import READ
from diagnostic.plan.documents import Committee, Documents
from diagnostic.story.blocks import Line, Lines, Map, Section, Table
from diagnostic.story.childcare import _role, _why
from diagnostic.story.scale import nice_step, years_below
from diagnostic.story.written import Written, document

KEYS = ("epci:999001001", "commune:F1001", "commune:F1033", "departement:F1", "france")
EPCI = KEYS[0]


@pytest.fixture(scope="module")
def reports(demo):
    return {key: report.build(demo, key) for key in KEYS}


@pytest.fixture(scope="module")
def short(demo, reports):
    """The decks of a short meeting."""
    return {key: short_deck(demo, one) for key, one in reports.items()}


def short_deck(db, one):
    asked = Documents(Committee(short=True))
    return Presentation(io.BytesIO(pptx.build(one, db, documents=asked))).slides


def tables(slide):
    return [shape.table for shape in slide.shapes if shape.has_table]


def sizes(table) -> set[float]:
    """Points of the rows of a table, its heads left out."""
    rows = list(table.rows)[1:]
    paragraphs = (p for row in rows for cell in row.cells for p in cell.text_frame.paragraphs)
    return {run.font.size.pt for p in paragraphs for run in p.runs}


@pytest.mark.parametrize(
    ("first", "last", "most"), [(2011, 2030, 8), (2012, 2023, 9), (2011, 2032, 7), (2008, 2023, 4)]
)
def test_the_last_year_of_a_curve_is_written_below_it(first, last, most):
    years = years_below(first, last, most)
    assert years[-1] == last and years[0] <= first < years[1] and 3 < len(years) <= most
    assert len({b - a for a, b in zip(years, years[1:], strict=False)}) == 1


def test_an_axis_is_parted_by_round_numbers():
    """A pyramid read 6 250, 12 500, 18 750."""
    assert [nice_step(whole) for whole in (25000, 500, 20000, 60)] == [5000, 100, 5000, 20]


def test_the_lowest_mark_of_a_scatter_stands_off_its_axis():
    assert _off_the_axis([41.5, 94.5])[0] < 40 and _off_the_axis([45.0, 94.5])[0] == 40
    assert _off_the_axis([0.4, 30.0])[0] == 0


def test_the_axis_of_every_curve_of_a_deck_ends_with_it(demo, reports):
    seen = 0
    for slide in Presentation(io.BytesIO(pptx.build(reports[EPCI], demo))).slides:
        charts = [one.target_part.chart for one in slide.part.rels.values() if one.reltype.endswith("/chart")]
        for chart in charts:
            if "LINES" not in str(chart.chart_type):
                continue
            axis = chart.category_axis
            last = max(int(float(x.text)) for x in chart._chartSpace.xpath(".//c:xVal//c:v"))
            assert axis.maximum_scale == last
            assert (axis.maximum_scale - axis.minimum_scale) % axis.major_unit == 0
            seen += 1
    assert seen


@pytest.mark.parametrize(
    "course", [(510, 490, 500, 545, 540, 480, 450), (510, 520, 530, 540), (510, 500, 490, 480)]
)
def test_what_is_said_of_a_point_stands_on_no_curve(course):
    points = tuple((2011 + at, float(value)) for at, value in enumerate(course))
    block = Lines("", (Line("", points, "territory"),))
    axes = Axes(Box(0, 0, 20, 10), (0, 0, 1, 1), (2011, 2011 + 3 * len(course)), (200.0, 600.0))
    place = _clear_of(block, axes, points[0], 2.4)
    within = [axes.at(*one)[1] for one in points if place.x - 0.1 <= axes.at(*one)[0] <= place.x + 2.4]
    assert within and all(not place.y < high < place.y + LABEL for high in within)


def test_blue_is_the_territory_and_never_what_it_is_compared_with(reports):
    own = reports[EPCI]
    bars = {bar.key: bar for bar in own.coverage.bars}
    assert _role(own, bars[EPCI]) == "territory"
    assert _role(own, bars[own.beside.key]) == "ink" and _role(own, bars["france"]) == "other"


def test_places_of_another_territory_are_said_as_its_own(reports):
    """Of a commune without places by mode, its intercommunalité speaks, and says so."""
    own = reports["commune:F1033"]
    told = next(one for one in story.sections(own) if one.id == "offre")
    first = own.coverage.bars[0] if own.coverage.bars[0].modes else own.coverage.bars[1]
    shares = [
        text for _, column in told.on_slide for block in column if isinstance(block, story.Text)
        for _, text, _ in block.items if "des places sont" in text
    ]  # fmt: skip
    assert shares
    place = next((one for one in own.context.parents if one.key == first.key), None)
    own_bar = told.on_slide[0][1][0].series[0]
    other = [one for one in own.context.parents if french.name(one) == own_bar]
    for text in shares:
        assert not other or text.startswith(french.capitalised(french.at(other[0]))), (text, place)


def test_a_sum_of_modes_is_no_second_verdict_beside_an_official_rate(reports):
    """Places by mode reckoned of another year add up to another gap than that of the official rate."""
    of_modes = reports[EPCI]
    reckoned = replace(of_modes, coverage=replace(of_modes.coverage, official=False))
    heads = [{row[0] for row in _why(one)[0].rows} for one in (of_modes, reckoned)]
    assert [("Ensemble" in one, "Crèches" in str(one)) for one in heads] == [(True, True), (False, True)]


REAL = (
    "epci:243300316", "epci:200044394", "commune:33249", "commune:33175", "departement:974", "departement:66",
    "perimetre:33349+33028+33030+33007", "commune:75056", "commune:29080",
)  # fmt: skip
"""A metropolis, a rural EPCI, a town, villages, départements of long names, a perimeter, Paris."""


@pytest.mark.parametrize("key", KEYS)
def test_nothing_of_a_short_meeting_is_under_fourteen_points(short, key):
    assert_read_from_afar(short[key])


@pytest.mark.real
@pytest.mark.parametrize("key", REAL)
def test_nothing_of_a_short_meeting_on_a_real_territory_is_under_fourteen_points(real, key):
    assert_read_from_afar(short_deck(real, report.build(real, key)))


@pytest.mark.real
def test_members_known_by_their_initials_are_all_named_beside_the_map(real):
    told = next(one for one in story.sections(report.build(real, "departement:974")) if one.id == "ecart")
    [table] = [block for _, column in told.on_slide for block in column if isinstance(block, Table)]
    assert len(table.rows) == 5 + 1 and table.rows[-1][0].startswith("Ensemble")


def assert_read_from_afar(slides):
    """Fourteen points for all that is read, ten for a source and the foot, eleven for what a ranking of bars writes beside
    its bars, twelve for the names of a map."""
    for number, slide in enumerate(slides, 1):
        least: dict[str, float] = {}
        for run in slide._element.iter(qn("a:r")):
            part = part_of_slide(run)
            least[part] = min(least.get(part, 99.0), points_of(run, slide))
        for relation in slide.part.rels.values():
            if relation.reltype.endswith("/chart"):
                chart = relation.target_part._element
                part = "ranking" if ranks(chart) else "text"
                for style in chart.iter(qn("a:defRPr")):
                    least[part] = min(least.get(part, 99.0), float(style.get("sz")) / 100)
        wanted = {"text": 14, "source": 10, "foot": 10, "ranking": 11, "map": 12}
        assert all(points >= wanted[part] for part, points in least.items()), (number, least)


def part_of_slide(run) -> str:
    """What a run belongs to: the text of the slide, its source, its foot, a map."""
    for node in run.iterancestors(qn("p:sp")):
        place = node.find(f".//{qn('p:ph')}")
        if place is not None:
            foot = place.get("type") in ("ftr", "sldNum")
            return "foot" if foot else "source" if place.get("idx") == str(SOURCE) else "text"
        group = node.getparent().find(f"{qn('p:nvGrpSpPr')}/{qn('p:cNvPr')}")
        name = group.get("name") if group is not None else ""
        return {"Carte": "map", "Graphique et références": "ranking"}.get(name, "text")
    return "text"


def ranks(chart) -> bool:
    """Whether a chart is a ranking: one series of bars, a label in each."""
    return chart.find(f".//{qn('c:barChart')}") is not None and len(list(chart.iter(qn("c:ser")))) == 1


def points_of(run, slide) -> float:
    """Points of a run: its own, else those of its paragraph, of its place in the layout, of its kind in the master."""
    own = run.find(qn("a:rPr"))
    if own is not None and own.get("sz"):
        return float(own.get("sz")) / 100
    place = next(run.iterancestors(qn("p:sp"))).find(f".//{qn('p:ph')}")
    layout = next(
        one._element for one in slide.slide_layout.placeholders
        if (place.get("idx") and str(one.placeholder_format.idx) == place.get("idx"))
        or one._element.find(f".//{qn('p:ph')}").get("type") == place.get("type")
    )  # fmt: skip
    return float(next(layout.iter(qn("a:defRPr"))).get("sz")) / 100


def rows_of(*groups: tuple[str, int]) -> tuple[tuple[str, ...], ...]:
    """Rows under headings: `("1. Stake", 3)` has three."""
    return tuple(
        (head if at == 0 else "", f"Aid {head} {at}", "Montant")
        for head, count in groups
        for at in range(count)
    )


def test_rows_that_do_not_hold_leave_the_longest_group_first_and_are_counted():
    table = Table("", ("Enjeu", "Aide", "Montant"), rows_of(("1", 4), ("2", 2), ("3", 1)), (0.3, 0.4, 0.3))
    kept, gone = rows_that_hold(table, lambda one: len(one.rows) <= 5)
    assert [row[1] for row in kept.rows[:-1]] == ["Aid 1 0", "Aid 1 1", "Aid 2 0", "Aid 3 0"]
    assert kept.rows[-1] == ("", "Et 3\u00a0autres aides, dans les notes", "")
    assert [one.split(" · ")[0] for one in gone] == ["Aid 1 2", "Aid 1 3", "Aid 2 1"]
    assert rows_that_hold(table, lambda one: True) == (table, [])


def test_a_clause_that_does_not_hold_goes_whole_and_the_slide_stays():
    said = (
        "Naissances\u00a0: −8\u00a0% de 2018 à 2023\u00a0; environ 25\u00a0000 enfants en 2030 (diapo\u00a05)"
    )
    first, rest = clauses_that_hold(said, lambda one: len(one) < 50)
    assert first == "Naissances\u00a0: −8\u00a0% de 2018 à 2023 (diapo\u00a05)"
    assert rest == "environ 25\u00a0000 enfants en 2030"


def test_lines_of_a_list_that_do_not_hold_are_counted_and_headed_ones_go_to_the_notes():
    lines = (("Faiblesses", "a", False), ("", "b", False), ("", "c", False), ("", "d", False))
    kept, gone = items_that_hold(lines, lambda one: len(one) <= 3)
    assert kept == (*lines[:2], ("", "Et deux autres, dans les notes.", False)) and gone == ["c", "d"]
    headed = (("Comment", "a", False), ("Ce qui manque", "b", False))
    assert items_that_hold(headed, lambda one: len(one) == 1) == (headed[:1], ["b"])


@pytest.mark.parametrize("key", KEYS)
def test_every_stake_is_on_the_slide_of_aids_or_below_it(reports, key):
    told = next((one for one in story.sections(reports[key]) if one.id == "leviers"), None)
    if told is None or not story.stakes(reports[key]) or told.title.startswith("Aucun"):
        return
    [table] = [block for _, column in told.on_slide for block in column]
    said = " ".join((told.caution, *(row[0] for row in table.rows)))
    for number, stake in enumerate(story.stakes(reports[key]), 1):
        assert f"{number}. {french.typographic(stake.title)}" in said
    assert len({row[1] for row in table.rows} - {"Aides citées ci-dessus"}) == len(
        [row for row in table.rows if row[1] != "Aides citées ci-dessus"]
    )


def annex(count: int) -> Section:
    rows = tuple((f"Saint-Martin-du-Bois-{at}", *["1\u00a0234"] * 7) for at in range(count))
    head = ("Commune", "Population", "Naissances", "Moins de 3 ans", "Taux de couverture", "Accueil de loisirs à 5 km",
        "Distance à France services", "Niveau de vie")  # fmt: skip
    table = Table("", head, rows, (0.24, *[0.76 / 7] * 7), tuple(range(1, 8)))
    return Section(
        "annexe_membres", "Annexe", "Annexe : les communes, une par une", ((1.0, (table,)),), "", ()
    )


def test_an_annex_has_twenty_four_rows_on_a_slide():
    assert [len(pieces(annex(count), Page())) for count in (24, 25, 48, 49)] == [1, 2, 2, 3]
    assert alone_in(annex(24), Page()) >= READ


@pytest.mark.parametrize("id", ("sources", "members"))
@pytest.mark.parametrize("count", (13, 25, 31, 40))
def test_a_long_table_is_cut_evenly_and_its_last_slide_is_not_left_with_a_row(id, count):
    """31 sources stood on three slides, 15, 15 and 1."""
    long = (
        "Foyers allocataires par prestation, intercommunalités et départements, par commune et par année" * 2
    )
    rows = tuple((long if at % 7 == 3 else f"Source {at}", "Insee", "2023", "Licence") for at in range(count))
    table = Table("Sources", ("Source", "Producteur", "Millésime", "Licence"), rows, (0.42, 0.16, 0.18, 0.24))
    cut = pieces(Section(id, "K", "Des sources", ((1.0, (table,)),), "", ()), Page())
    counts = [len(block.rows) for part in cut for block in part.blocks if isinstance(block, Table)]
    counts = [len(part.on_slide[0][1][0].rows) for part in cut] if len(cut) > 1 else counts
    assert sum(counts) == count and max(counts) - min(counts) <= 5


def test_a_table_that_goes_on_keeps_its_size(demo, reports):
    slides = Presentation(io.BytesIO(pptx.build(reports[EPCI], demo))).slides
    groups: dict[str, set[float]] = {}
    for slide in slides:
        title = slide.shapes.title.text_frame.text
        if re.search(r"\(\d+ sur \d+\)$", title) and len(tables(slide)) == 1:
            groups.setdefault(title.rpartition(" (")[0], set()).update(sizes(tables(slide)[0]))
    assert groups and all(len(one) == 1 for one in groups.values()), groups


def test_a_territory_that_fills_its_departement_lies_in_its_region(monkeypatch, demo, reports):
    square = shapely.box(0, 45, 1, 46)
    outlines = {"departement": square, "region": shapely.box(-2, 44, 3, 48)}
    asked = []

    def drawn(db, level, codes):
        asked.append(level)
        return [locator.Shape(codes[0], "X", outlines.get(level, square), 1)]

    monkeypatch.setattr(locator, "polygons", drawn)
    found = locator.situated(reports["commune:F1033"], demo)
    assert asked[-1] == "region" and len(found.around) == 1
    assert found.around[0].geometry.area > 2 * found.found[0].geometry.area


def test_the_map_of_a_commune_among_its_neighbours_bears_its_own_name(demo, reports):
    own = reports["commune:F1033"]
    told = next(one for one in story.sections(own, db=demo) if one.id == "services_autour")
    where = next(block for _, column in told.on_slide for block in column if isinstance(block, Map))
    figure = maps_of(own, demo)(where, 8.0, 8.0, 1.0)
    assert french.name(own.territory) in {text.get_text().replace("\n", " ") for text in figure.texts} | {
        text.get_text().replace("\n", " ") for axes in figure.axes for text in axes.texts
    }


@pytest.mark.parametrize("key", KEYS)
def test_a_report_says_a_sentence_once_even_without_its_place(demo, reports, key):
    one = reports[key]
    told = [w for part in document(one, story.sections(one, (), demo)) for w in part.sections]
    found: dict[str, int] = {}
    for written in told:
        for sentence in re.split(r"(?<=\.) (?=[A-ZÀÉ])", written.told):
            said = re.sub("^(Dans|À|En|Aux|Au) [^,]+, ", "", sentence).lower().removesuffix(".")
            found[said] = found.get(said, 0) + 1
    assert [said for said, times in found.items() if times > 1 and len(said) > 40] == []


def test_what_a_brief_section_says_is_not_said_twice():
    section = Section("x", "K", "Environ 69 enfants de 3 à 11 ans à Pomerol en 2024", (), "", ())
    again = "À Pomerol, on compte environ 69 enfants de 3 à 11 ans en 2024 (entre 50 et 90)."
    assert Written(section, again, "").told == again
    other = "Ils étaient 80 en 2014."
    assert Written(section, other, "").told == f"{section.title}. {other}"
    drawn = replace(section, columns=((1.0, (story.Text((("", "x", False),)),)),))
    assert Written(drawn, other, "").told == other


def test_no_commune_with_a_structure_is_left_out_of_the_slides(demo, reports):
    own = reports[EPCI]
    told = next(one for one in story.sections(own, db=demo) if one.id == "structures")
    every = next(block for _, column in told.columns for block in column if isinstance(block, Table))
    shown = {
        row[0]
        for _, column in told.on_slide
        for block in column
        if isinstance(block, Table)
        for row in block.rows
    }
    beside = [at for at, head in enumerate(every.header) if head in told.on_slide[0][1][0].header[2:]]
    some = {row[0] for row in every.rows if any(row[at] not in ("0", french.UNKNOWN) for at in beside)}
    drawn = {
        row.cells[0].text_frame.text
        for slide in Presentation(io.BytesIO(pptx.build(own, demo))).slides
        if slide.shapes.title.text_frame.text.startswith(told.title.partition(" ;")[0][:20])
        for table in tables(slide)
        for row in table.rows
    }
    assert len(some) > 28 and some <= shown and {french.office(name) for name in some} <= drawn

"""The deck of a committee, rule by rule, over a sample of territories: reopened as PowerPoint would."""

from __future__ import annotations

import io
import re
import zipfile
from dataclasses import replace
from types import SimpleNamespace

import openpyxl
import pytest
from pptx import Presentation
from pptx.util import Cm

from diagnostic import french, reference, report, story
from diagnostic.exports import pptx
from diagnostic.exports.pptx.order import INSTEAD, told_to
from diagnostic.exports.pptx.page import Page
from diagnostic.exports.pptx.tables import _widened
from diagnostic.indicators import OFFICIAL
from diagnostic.model import Finding, Level, Status, Territory
from diagnostic.plan.documents import Committee, Documents
from diagnostic.report import Member, Series
from diagnostic.report.shape import ChildrenAhead
from diagnostic.story.births import births_section
from diagnostic.story.districts import MOST_NAMED, districts_section
from diagnostic.story.districts import _by_commune as by_commune
from diagnostic.story.gap import gap_section
from diagnostic.story.members import members_section
from diagnostic.story.outlook import outlook_section
from diagnostic.story.overview import services_around
from diagnostic.story.poverty import Point
from diagnostic.story.poverty import _title as poverty_title
from diagnostic.story.shortage import among, short_members
from diagnostic.story.stake import MOST_STAKES

KEYS = ("epci:999001001", "commune:F1001", "departement:F1", "france")
A = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
P = "{http://schemas.openxmlformats.org/presentationml/2006/main}"


@pytest.fixture(scope="module")
def reports(demo):
    return {key: report.build(demo, key) for key in KEYS}


@pytest.fixture(scope="module")
def files(demo, reports):
    return {key: pptx.build(one, demo) for key, one in reports.items()}


@pytest.fixture(scope="module")
def decks(files):
    return {key: Presentation(io.BytesIO(data)).slides for key, data in files.items()}


def texts(slide) -> list[str]:
    """Every paragraph of a slide, those of its groups and tables included."""
    return ["".join(node.text or "" for node in p.iter(f"{A}t")) for p in slide._element.iter(f"{A}p")]


def groups(slide, name: str):
    return [
        one
        for one in slide._element.iter(f"{P}grpSp")
        if one.find(f"{P}nvGrpSpPr/{P}cNvPr").get("name") == name
    ]


@pytest.mark.parametrize("key", KEYS)
def test_nothing_on_a_slide_is_cut_nor_left_to_fill(decks, key):
    for slide in decks[key]:
        for text in texts(slide):
            assert not text.rstrip().endswith("…"), text
            assert "Cliquez" not in text and "[" not in text, text


@pytest.mark.parametrize("key", KEYS)
def test_every_colour_of_a_slide_and_of_its_charts_follows_the_theme(files, key):
    with zipfile.ZipFile(io.BytesIO(files[key])) as archive:
        for name in archive.namelist():
            if re.match(r"ppt/(slides|charts)/[^/]+\.xml", name):
                assert b"srgbClr" not in archive.read(name), name


@pytest.mark.parametrize("key", KEYS)
def test_what_is_unknown_is_no_number_of_a_chart(files, key):
    with zipfile.ZipFile(io.BytesIO(files[key])) as archive:
        books = [archive.read(name) for name in archive.namelist() if name.endswith(".xlsx")]
    assert books
    for book in books:
        rows = list(openpyxl.load_workbook(io.BytesIO(book)).active.iter_rows(values_only=True))
        for row in rows:
            assert not {"—", "-", "inconnu"} & set(row), row
    with zipfile.ZipFile(io.BytesIO(files[key])) as archive:
        charts = [
            archive.read(name).decode() for name in archive.namelist() if name.startswith("ppt/charts/chart")
        ]
    for chart in charts:
        for cache in re.findall(r"<c:numCache>(.*?)</c:numCache>", chart):
            assert all(float(value) == float(value) for value in re.findall(r"<c:v>(.*?)</c:v>", cache))


def test_a_map_is_shapes_that_bear_the_name_and_the_value_of_their_commune(decks, reports):
    key = "epci:999001001"
    slide = next(one for one in decks[key] if groups(one, "Carte") and groups(one, "Légende"))
    found = {
        node.get("name"): node.get("descr")
        for group in groups(slide, "Carte")
        for node in group.iter(f"{P}cNvPr")
        if node.get("descr")
    }
    for member in reports[key].members:
        name = french.name(member.territory)
        assert name in found
        value = story.value_of(member.findings.get("taux_couverture"))
        assert found[name].endswith("inconnu") == (value is None), found[name]
    sizes = [
        int(run.get("sz"))
        for group in (*groups(slide, "Carte"), *groups(slide, "Légende"))
        for run in group.iter(f"{A}rPr")
    ]
    assert min(sizes) >= 1200, "words of a map are read from the end of a table"


@pytest.mark.parametrize("key", KEYS)
def test_only_a_source_and_what_stands_at_the_foot_are_under_eleven_points(decks, key):
    for slide in decks[key]:
        feet = {shape._element for shape in slide.placeholders if shape.placeholder_format.idx}
        for run in slide._element.iter(f"{A}rPr"):
            size = int(run.get("sz") or 1800)
            assert size >= 1100 or (size >= 1000 and feet & set(run.iterancestors())), run.getparent()[1].text


def test_the_map_of_a_commune_has_its_neighbours_and_where_services_are(decks, reports, demo):
    told = reports["commune:F1001"]
    slide = next(
        one for one in decks["commune:F1001"] if one.shapes.title.text == french.office(services_around(told))
    )
    (drawn,) = groups(slide, "Carte")
    named = {node.get("descr") for node in drawn.iter(f"{P}cNvPr") if node.get("descr")}
    around = {french.name(one.territory) for one in report.build(demo, told.epci.territory.key).members}
    assert french.name(told.territory) in named and len(named & around) > 1
    assert groups(slide, "Légende")


def test_a_commune_of_too_few_children_is_neither_below_nor_among_those_compared(reports):
    told = reports["epci:999001001"]
    short = short_members(told)
    of = [one for one in told.members if story.value_of(one.findings[OFFICIAL]) is not None]
    lacking = {place.key for place, _ in short}
    alone = next(
        one for one in of if one.territory.key not in lacking and not one.findings[OFFICIAL].stands_apart
    )
    apart = replace(alone.findings[OFFICIAL], gap=None, missing=None, word=None)
    assert apart.stands_apart
    few = replace(alone, findings={**alone.findings, OFFICIAL: apart})
    told = replace(told, members=tuple(few if one is alone else one for one in told.members))
    count = french.in_words(len(short), feminine=True)
    compared = french.in_words(sum(not one.findings[OFFICIAL].stands_apart for one in of) - 1, feminine=True)
    assert among(told, short) == f"{count} communes sur {compared} comparées"
    section = gap_section(told)
    assert "trop peu d’enfants pour être comparé" in section.caution
    (bars,) = section.on_slide[0][1]
    assert french.name(alone.territory) not in {name for name, _, _ in bars.rows}


def test_births_of_the_territory_above_have_their_source(reports):
    told = reports["commune:F1001"]
    unknown = Finding("naissances", told.territory.key, None, Status.MISSING)
    above = tuple(one for one in told.births if one.key != told.territory.key)
    section = births_section(replace(told, births=above, findings={**told.findings, "naissances": unknown}))
    assert "Naissances domiciliées" in section.source


def test_a_median_that_is_the_value_of_one_is_seen_beside_it(files):
    with zipfile.ZipFile(io.BytesIO(files["commune:F1001"])) as archive:
        charts = [archive.read(one).decode() for one in archive.namelist() if "charts/chart" in one]
    heights = {
        name: re.findall(r"<c:yVal>.*?<c:v>([\d.]+)</c:v>", series, re.S)
        for chart in charts
        for series in re.findall(r"<c:ser>.*?</c:ser>", chart, re.S)
        for name in re.findall(r"<c:tx>.*?<c:v>(Référence|Territoire)</c:v>", series, re.S)
    }
    assert heights["Référence"] != heights["Territoire"]


def test_a_drawing_says_its_values_and_its_source_is_read_after_it(decks):
    for slide in decks["epci:999001001"]:
        frames = list(slide._element.iter(f"{P}graphicFrame"))
        for frame in frames:
            assert re.search(r"\d|ligne", frame.find(f"{P}nvGraphicFramePr/{P}cNvPr").get("descr"))
        kinds = [p.placeholder_format.idx for p in slide.placeholders]
        assert kinds[:1] == [0], "the title is read first"


def test_one_slide_tells_what_documents_tell_in_several(reports, demo):
    every = story.sections(reports["epci:999001001"], db=demo)
    ids = [one.id for one in told_to(reports["epci:999001001"], every)]
    assert len(ids) == len(set(ids))
    for one, others in INSTEAD.items():
        if one in ids and next(s for s in every if s.id == one).on_slide:
            assert not set(others) & set(ids)


def test_the_annex_has_a_page_on_each_commune_when_it_is_asked_for(reports, demo):
    asked = Documents(Committee(sheets=True))
    told = told_to(reports["epci:999001001"], (), asked)
    sheets = [one for one in told if one.id.startswith("fiche_")]
    names = sorted(french.name(member.territory) for member in reports["epci:999001001"].members)
    assert [one.title.split("\u00a0:")[0] for one in sheets] == names
    assert told_to(reports["commune:F1001"], (), asked) == tuple(
        one for one in told_to(reports["commune:F1001"], (), asked) if not one.id.startswith("fiche_")
    )
    assert not any("—" in row[1] for one in sheets for row in one.columns[0][1][0].rows)


@pytest.mark.parametrize("key", KEYS)
def test_three_to_five_stakes_each_with_its_figure(reports, key):
    found = story.stakes(reports[key])
    assert len(found) <= MOST_STAKES and len({one.title for one in found}) == len(found)
    assert all(re.search(r"\d|deux|trois|quatre", one.figure) for one in found)


def test_a_stake_names_the_slide_that_tells_its_figure(decks):
    titles = [slide.shapes.title.text_frame.text for slide in decks["epci:999001001"]]
    slide = next(one for one in decks["epci:999001001"] if " enjeux" in one.shapes.title.text_frame.text)
    found = re.findall(r"\(diapo\s(\d+)\)", " ".join(texts(slide)))
    assert found and all(
        1 < int(number) < titles.index(slide.shapes.title.text_frame.text) + 1 for number in found
    )


def test_the_amount_of_an_aid_on_a_slide_is_that_of_its_scale_with_its_year(reports, demo):
    told = next(one for one in story.sections(reports["epci:999001001"], db=demo) if one.id == "leviers")
    [table] = [block for _, column in told.on_slide for block in column]
    known = {french.typographic(one.dispositif): one.id for one in reports["epci:999001001"].levers}
    checked = 0
    for _, aid, amount, _ in table.rows:
        said = re.search(r"(\d[\d\s]*(?:,\d+)?) \S+(?: [^()]+)? \((\d{4})\)$", re.sub(r"\s", " ", amount))
        if said is None:
            assert amount == "À demander à la Caf" or aid not in known, amount
            continue
        rows = [row for row in reference.amounts_of(known[aid]) if row.year == int(said[2])]
        told = float(re.sub(r"\s", "", said[1]).replace(",", "."))
        assert told in {float(end) for row in rows for end in (row.minimum, row.maximum) if end is not None}
        checked += 1
    assert checked


def test_steps_are_drawn_along_a_line_and_the_present_one_is_filled(reports, demo):
    told = Documents(Committee("Comité de pilotage", stage="Enjeux", question="Que retenir ?"))
    made = pptx.build(reports["epci:999001001"], demo, documents=told)
    slide = Presentation(io.BytesIO(made)).slides[1]
    dots = [shape for shape in slide.shapes if shape.name.startswith("Oval")]
    largest = max(dots, key=lambda shape: shape.width)
    assert len(dots) == 6 and dots.index(largest) == 2
    assert "Enjeux · aujourd’hui" in texts(slide) and "Que retenir\u00a0?" in texts(slide)


def test_a_line_that_an_organisation_wrote_stands_first_with_its_name(reports):
    line = story.AfomLine(story.Quadrant.STRENGTH, "Un relais itinérant", "Association Les Petits Pas")
    told = story.afom_section(reports["epci:999001001"], (line,))
    strengths = next(
        block for _, column in told.on_slide for block in column if block.items[0][0] == "Atouts"
    )
    assert strengths.items[0][1] == "Un relais itinérant (Association Les Petits Pas)"


def births(count: int) -> Member:
    place = Territory(Level.COMMUNE, f"F{count:04}", f"Commune {count}", departement="F1")
    return Member(place, {"naissances": Finding("naissances", place.key, float(count), Status.OK, 2023)})


def test_births_are_ranked_from_five_a_year_only(reports):
    few = replace(reports["epci:999001001"], members=tuple(births(count) for count in (1, 2, 3, 4)))
    assert members_section(few) is None
    some = replace(few, members=tuple(births(count) for count in (2, 5, 6, 7)))
    assert [row[1] for row in members_section(some).blocks[0].rows] == [7.0, 6.0, 5.0]


def test_two_panels_of_one_ranking_share_their_scale(reports):
    many = replace(reports["epci:999001001"], members=tuple(births(count) for count in range(5, 45)))
    high, low = (block for block in members_section(many).blocks if isinstance(block, story.Ranked))
    assert high.top == low.top == high.rows[0][1]


def poor(name: str, poverty: float, rate: float) -> Point:
    return Point(Territory(Level.COMMUNE, name, name), poverty, rate, 0.0, True)


def test_poverty_and_care_are_tied_only_where_the_two_poorest_are_the_two_least_covered():
    tied = [
        poor("Aa", 30, 40),
        poor("Bb", 28, 42),
        poor("Cc", 15, 60),
        poor("Dd", 12, 61),
        poor("Ee", 10, 70),
    ]
    assert poverty_title(tied) == "Aa et Bb, les plus pauvres, sont aussi les moins couvertes"
    loose = [poor("Aa", 30, 65), *tied[1:]]
    # Ranks 5 4 3 2 1 of poverty, 4 1 2 3 5 of places: 1 − 6 × (1 + 9 + 1 + 1 + 16) ÷ 120 = −0.4.
    assert poverty_title(loose).startswith("L’accueil ne suit pas la pauvreté : Aa (30")
    # The same two, where all the others have fewer places as they are poorer: they are an exception.
    going = [*(poor(f"Z{at}", 27 - at, 43 + at) for at in range(20)), poor("Aa", 30, 65), poor("Bb", 28, 42)]
    assert poverty_title(going).startswith("De 8 à 30")
    # Four communes prove nothing.
    assert poverty_title(loose[:4]).startswith("De 12 à 30")


def test_a_few_districts_stand_as_columns_with_all_that_is_known_of_them(reports):
    """One row of four words left the slide empty."""
    whole = reports["epci:999001001"]
    assert len(whole.qpv.districts) > 3
    for count in (1, 2, 3):
        few = replace(whole, qpv=replace(whole.qpv, districts=whole.qpv.districts[:count]))
        told = districts_section(few)
        assert told is not None and told.on_slides
        ((_, (table,)),) = told.on_slide
        assert len(table.header) == 1 + count and len(table.rows) >= 5
        assert ("Manque" in [row[0] for row in table.rows]) and "Code" not in [row[0] for row in table.rows]
        bare = tuple(
            replace(one, inside={}, near={}, missing=(), population=None) for one in few.qpv.districts
        )
        silent = districts_section(replace(few, qpv=replace(few.qpv, districts=bare)))
        assert silent is not None and not silent.on_slides


def test_the_curve_of_the_children_starts_from_births_and_ends_between_its_bounds(reports):
    whole = reports["epci:999001001"]
    years = tuple(range(2008, 2024))
    born = Series(whole.territory.key, "X", years, (100.0,) * len(years))
    rows = [
        ChildrenAhead(
            scenario=name, label=name, year=year, band="moins_3", band_label="", children=300.0 - 10 * (year - 2024),
            low=290.0 - 20 * (year - 2024), high=310.0, method="births",
        )
        for name in ("trend", "constant") for year in range(2024, 2031)
    ]  # fmt: skip
    ahead_of_it = replace(whole.outlook, children=tuple(rows), places=())
    told = outlook_section(replace(whole, births=(born,), outlook=ahead_of_it))
    curve = told.on_slide[0][1][0]
    past, ahead = curve.series
    # Children of 1 January 2011 are those born in 2008, 2009 and 2010.
    assert past.points[0] == (2011, 300.0) and past.points[-1] == ahead.points[0] == (2024, 300.0)
    assert curve.band[-1] == (2030, 290.0 - 120, 310.0) and ahead.points[-1] == (2030, 240.0)
    said = told.title.replace("\u00a0", " ")
    assert said == "Environ 240 enfants de moins de 3 ans en 2030, contre 300 en 2024 : entre 170 et 310"


def test_a_page_of_any_width_holds_its_slides(demo, reports, tmp_path):
    deck = Presentation()
    deck.slide_width, deck.slide_height = Cm(25.4), Cm(19.05)
    deck.save(str(tmp_path / "modele.pptx"))
    given = pptx.build(reports["epci:999001001"], demo, template=tmp_path / "modele.pptx")
    made = Presentation(io.BytesIO(given))
    for slide in made.slides:
        for shape in slide.shapes:
            assert shape.left >= -Cm(0.3) and shape.left + shape.width <= made.slide_width + Cm(0.8), (
                shape.name
            )


def test_the_young_have_a_slide_whose_bars_add_up_to_its_title(reports, demo):
    told = story.youth_section(reports["epci:999001001"], demo)
    bars = next(b for _, column in told.on_slide for b in column if isinstance(b, story.Clustered))
    young = sum(values[0] for label, values in bars.rows if int(label.split()[0]) >= 12)
    assert told.on_slides
    assert re.sub(r"\s", "", f"{french.number(young)} jeunes de 12 à 25 ans") in re.sub(r"\s", "", told.title)
    assert "jeunes" in {one.id for one in told_to(reports["epci:999001001"], (told,))}
    assert not story.youth_section(reports["epci:999001001"]).on_slides, "nothing to draw without the census"


def test_who_knows_is_told_on_one_slide_and_counts_every_information(reports, demo):
    told = next(one for one in story.sections(reports["commune:F1001"], db=demo) if one.id == "inconnu")
    [table] = [block for _, column in told.on_slide for block in column]
    whole = len(told.columns[0][1][0].rows)
    assert re.match(rf"{whole}\s", told.title) and sum(int(row[1]) for row in table.rows) == whole
    *held, (_, count, producers) = table.rows
    assert sum(map(int, re.findall(r"\((\d+)\)", producers))) == int(count), (
        "files that are open to all, by producer"
    )
    for _, count, names in held:
        left = re.search(r"et (\d+) autres, listées", names)
        named = len(re.split(r"\s; ", names)) - bool(left)
        assert named + int(left[1] if left else 0) == int(count)


def test_a_column_takes_the_room_that_its_longest_word_lacks():
    table = story.Table(
        "", ("Indicateur", "L’intercommunalité"), (("Un texte qui a la place", "12"),), (0.88, 0.12)
    )
    wide = _widened(table, 30.67, Page())
    assert wide.widths[1] > 0.12 * 30.67 and sum(wide.widths) == pytest.approx(30.67)
    assert _widened(replace(table, header=("Indicateur", "Gironde")), 30.67, Page()).widths == table.widths


def test_the_four_lists_have_their_place_even_where_figures_say_nothing(reports):
    told = story.afom_section(reports["france"])
    heads = [
        block.items[0][0] for _, column in told.on_slide for block in column if isinstance(block, story.Text)
    ]
    assert heads == ["Atouts", "Opportunités", "Faiblesses", "Menaces"]
    assert not any(
        "Rien ne ressort" in item[1]
        for block in told.blocks
        if isinstance(block, story.Text)
        for item in block.items
    )


def test_many_districts_are_told_by_commune_and_those_of_one_commune_by_name():
    def districts(*places: tuple[str, int]) -> list:
        return [
            SimpleNamespace(communes=(where,), name=f"{where} {number}")
            for where, count in places
            for number in range(count)
        ]

    ((_, (table,)),) = by_commune(districts(("Saint-Paul", 2), ("Saint-Denis", 9)))
    assert [row[:2] for row in table.rows] == [("Saint-Denis", "9"), ("Saint-Paul", "2")]
    assert table.rows[0][2].endswith(f"et {9 - MOST_NAMED} autres")
    columns = by_commune(districts(("Paris", 21)))
    assert sum(len(table.rows) for _, (table,) in columns) == 21
    assert by_commune(districts(("Paris", 3))) == ()


def test_a_title_of_services_counts_those_of_which_none_is_listed(reports):
    told = next(one for one in story.sections(reports["commune:F1001"]) if one.id == "familles")
    none = sum(row.count == 0 for row in reports["commune:F1001"].services)
    assert none == 6
    assert (
        re.sub(r"\s", " ", told.title)
        == "1 France services ; des six autres types de services, aucun n’est recensé"
    )

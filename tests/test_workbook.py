"""The workbook: reopened by others, recalculated by LibreOffice, held against the report it comes from."""

from __future__ import annotations

import io
import re
import shutil
import subprocess
import zipfile
from dataclasses import replace

import openpyxl
import pytest

from diagnostic import exports, story, territories
from diagnostic.exports.xlsx.book import BANDS_FROM, HEADER_ROW, Book, Sheet
from diagnostic.exports.xlsx.columns import Column
from diagnostic.exports.xlsx.subjects import METHODS
from diagnostic.indicators import BY_ID, STRIPS
from diagnostic.report import Report, Series, build
from diagnostic.story import listing
from diagnostic.warehouse import Database, open_database
from tests.test_exports import valbois

TOP = HEADER_ROW + 1


def workbook(report: Report, db=None):
    return openpyxl.load_workbook(io.BytesIO(exports.export(report, "xlsx", db)))


def table(sheet) -> list[dict]:
    """The rows of the only table of a sheet, by heading."""
    (one,) = sheet.tables.values()
    head, *rows = sheet[one.ref]
    return [dict(zip((cell.value for cell in head), row, strict=True)) for row in rows]


def test_numbers_are_numbers_codes_are_text_and_the_unknown_is_an_empty_cell_with_its_reason():
    rows = {
        row["Territoire"].value: row
        for row in table(workbook(valbois())["Toutes les valeurs"])
        if row["Indicateur"].value.startswith("Taux de couverture")
    }
    assert rows["Doulon"]["Valeur"].value == 38.4
    assert rows["Essart"]["Valeur"].value is None
    assert rows["Essart"]["Raison, quand la valeur est inconnue"].value
    assert rows["Doulon"]["Code"].data_type == "s"


def test_what_lies_below_a_town_has_its_sheets_with_masks_as_empty_cells(demo):
    [(town,)] = demo.rows("select commune from iris group by commune order by count(*) desc, commune limit 1")
    report = build(demo, f"commune:{town}")
    book = workbook(report, demo)
    for name, section in (
        ("Allocataires des QPV", story.quarters_section(report, demo)),
        ("Enfants par IRIS", story.iris_people_section(report, demo)),
        ("Allocataires par IRIS", story.below_section(report, demo)),
    ):
        rows = table(book[name])
        assert [tuple(rows[0])] == [section.data.header] and len(rows) == len(section.data.rows)
        assert [[cell.value for cell in row.values()] for row in rows] == [
            list(row) for row in section.data.rows
        ]
    assert any(row["Allocataires"].value is None for row in table(book["Allocataires par IRIS"]))
    village = demo.rows(
        "select code from territory where level = 'commune' and code not in (select commune from iris) limit 1"
    )
    assert not {"Enfants par IRIS", "Allocataires par IRIS"} & set(
        workbook(build(demo, f"commune:{village[0][0]}"), demo).sheetnames
    )


@pytest.mark.parametrize("key", ["", "commune", "departement"])
def test_no_text_stands_in_a_column_of_numbers_and_none_is_the_unknown_of_a_frame(key, demo_db):
    db = open_database(demo_db)
    book = workbook(_first(db, key), db) if key else workbook(valbois())
    for sheet in book:
        texts = {str(cell.value).strip().lower() for row in sheet for cell in row if cell.value is not None}
        assert not texts & {"nan", "none", "<na>", "nat", "null", "inf", "-inf"}, sheet.title
        for one in sheet.tables.values():
            _, *rows = sheet[one.ref]
            for column in zip(*rows, strict=True):
                kinds = {cell.data_type for cell in column if cell.value is not None}
                assert kinds <= {"n"} or kinds <= {"s"} or kinds <= {"f"}, (sheet.title, kinds)


def test_each_sheet_is_a_table_under_a_header_that_stays_in_view_and_is_printed_again():
    book = workbook(valbois())
    assert {"Lisez-moi", "Synthèse", "Communes", "Toutes les valeurs", "Dictionnaire"} <= set(book.sheetnames)
    for sheet in book.worksheets[1:]:
        assert len(sheet.tables) == 1 and sheet.freeze_panes and sheet.print_title_rows, sheet.title
        assert sheet.page_setup.fitToHeight == 0 and sheet.sheet_properties.pageSetUpPr.fitToPage
    readme = book["Lisez-moi"]
    assert readme.page_setup.fitToHeight != 0 and readme.sheet_properties.pageSetUpPr.fitToPage
    assert any("Territoire fictif" in str(cell.value) for cell in readme["B"])


def test_no_row_hides_the_end_of_its_texts_and_a_wide_table_takes_several_pages_of_print(demo_db):
    """Sentences of two lines lay over those of the next row, and 56 columns were printed on the width of one page."""
    db = open_database(demo_db)
    book = workbook(_first(db, "epci"), db)
    for name in ("Constats", "À savoir"):
        sheet = book[name]
        rows = [row for row in sheet.iter_rows(min_row=5) if any(str(cell.value or "")[60:] for cell in row)]
        assert rows, name
        for row in rows:
            lines = max(
                len(str(cell.value or "")) / (1.1 * sheet.column_dimensions[cell.column_letter].width)
                for cell in row
                if cell.alignment.wrap_text
            )
            assert lines <= 1 or sheet.row_dimensions[row[0].row].height >= 13 * lines, (name, row[0].value)
    # What stands above the table is cut by no edge of the page that bears it.
    for sheet in book.worksheets[1:]:
        merged = {str(one).split(":")[0]: one for one in sheet.merged_cells.ranges}
        (area,) = sheet.print_area if isinstance(sheet.print_area, list) else [sheet.print_area]
        last = sheet[area.split("!")[-1].replace("$", "")][0][-1].column
        for at in ("A2", "A3"):
            text = str(sheet[at].value or "")
            held = merged[at].max_col if at in merged else last
            room = sum(
                sheet.column_dimensions[openpyxl.utils.get_column_letter(one)].width or 9
                for one in range(1, held + 1)
            )
            lines = (sheet.row_dimensions[int(at[1:])].height or 15) // 13
            assert len(text) <= 1.2 * room * max(lines, 1), (sheet.title, at)
    assert book["Communes"].page_setup.fitToWidth > 1 and book["Communes"].print_title_cols == "$A:$A"
    summary = {row["Indicateur"].value: row["Valeur"] for row in table(book["Synthèse"])}
    assert summary["Population municipale"].number_format == "#,##0"
    assert summary["Taux de couverture, tous modes d’accueil"].number_format == "#,##0.0"


def test_a_sheet_of_members_gives_a_value_and_a_status_and_keeps_the_larger_territories_apart():
    sheet = workbook(valbois())["Communes"]
    rows = table(sheet)
    rate = next(head for head in rows[0] if head.startswith("Taux de couverture") and "statut" not in head)
    status = next(head for head in rows[0] if head.startswith("Taux de couverture") and "statut" in head)
    found = {row["Nom"].value: (row[rate].value, row[status].value) for row in rows}
    assert found["Doulon"] == (38.4, "officiel, 2023")
    assert found["Essart"] == (None, "secret statistique")
    assert "CC du Valbois" not in found
    (one,) = sheet.tables.values()
    below = [sheet.cell(row, 1).value for row in range(sheet[one.ref][-1][0].row + 1, sheet.max_row + 1)]
    assert below[:2] == [None, "Repères"] and "CC du Valbois" in below


def test_a_name_that_begins_like_a_formula_stays_text():
    report = valbois()
    odd = replace(report.members[0], territory=replace(report.members[0].territory, name="=1+1"))
    report = replace(report, members=(odd, *report.members[1:]))
    cells = [
        cell
        for sheet in workbook(report)
        for row in sheet.iter_rows()
        for cell in row
        if cell.value == "=1+1"
    ]
    assert cells and all(cell.data_type == "s" for cell in cells)


def test_the_curve_of_births_ends_at_the_last_known_year_and_draws_no_unknown():
    report = valbois()
    years = tuple(range(2015, 2024))
    values = (None, 40.0, 41.0, None, 38.0, 36.0, 35.0, None, None)
    series = Series(report.territory.key, report.territory.name, years, values)
    sheet = workbook(replace(report, births=(series,)))["Naissances"]
    (chart,) = sheet._charts
    assert chart.series[0].val.numRef.f == f"Naissances!$B${TOP + 2}:$B${TOP + 7}"
    drawn = [cell[0].value for cell in sheet[f"B{TOP + 2}:B{TOP + 7}"]]
    assert drawn == [40, 41, None, 38, 36, 35]
    assert chart.display_blanks == "gap"


def test_the_sheet_of_structures_holds_those_that_the_chapter_counts_and_schools_stand_apart(demo_db):
    db = open_database(demo_db)
    report = _first(db, "epci")
    book = workbook(report, db)
    found = table(book["Structures"])
    assert len(found) == len(listing.structures(report, db))
    named = [(row["Code"].value, row["Structure"].value, row["Nom"].value) for row in found]
    assert {code for code, _, _ in named} <= set(territories.communes(db, report.territory))
    assert {
        row["Source"].value.split(" (")[0] for row in found if row["Structure"].value == "France services"
    } <= {"ANCT, Liste des structures France services"}
    schools = table(book["Écoles, collèges, lycées"])
    assert {row["Structure"].value for row in schools} <= {"École", "Collège", "Lycée"}
    assert len(schools) == len(listing.structures(report, db, listing.SCHOOLS)) > 0


def test_similar_territories_stand_with_the_value_of_the_year_of_one_s_own(demo_db):
    db = open_database(demo_db)
    report = build(db, "epci:999001001")
    own, *others = table(workbook(report, db)["Semblables"])
    assert own["Territoire"].value.endswith(report.territory.name.split(" ", 1)[1])
    assert [row["Code"].value for row in others] == [peer.territory.code for peer in report.peers]
    indicator = BY_ID[STRIPS[0]]
    heading = next(head for head in own if head.startswith(indicator.short))
    year = report.findings[indicator.id].year
    assert str(year) in heading
    for row in others:
        kept = db.rows(
            "select value from figure where level = 'epci' and code = ? and indicator = ? and year = ?",
            row["Code"].value, indicator.id, year,
        )  # fmt: skip
        assert row[heading].value == (pytest.approx(kept[0][0]) if kept else None)


def _first(db: Database, level: str) -> Report:
    code = db.rows("select min(code) from territory where level = ?", level)[0][0]
    return build(db, f"{level}:{code}")


@pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice is not installed")
def test_what_is_reckoned_in_a_cell_is_what_we_had_found(tmp_path, demo):
    """The values that we wrote are taken away, or a program would show them without reckoning."""
    report = build(demo, "epci:999001001")
    made = exports.export(report, "xlsx", demo)
    path, wrote = tmp_path / "classeur.xlsx", openpyxl.load_workbook(io.BytesIO(made), data_only=True)
    with zipfile.ZipFile(io.BytesIO(made)) as old, zipfile.ZipFile(path, "w") as new:
        for name in old.namelist():
            new.writestr(name, re.sub(rb"(</f>)<v>[^<]*</v>", rb"\1", old.read(name)))
    subprocess.run(
        ["soffice", f"-env:UserInstallation=file://{tmp_path}/profile", "--headless", "--convert-to", "xlsx", "--outdir", tmp_path / "out", path],
        check=True, capture_output=True, timeout=120,
    )  # fmt: skip
    found = openpyxl.load_workbook(tmp_path / "out" / "classeur.xlsx", data_only=True)
    formulas = [
        (sheet.title, cell.coordinate)
        for sheet in workbook(report, demo)
        for row in sheet.iter_rows()
        for cell in row
        if cell.data_type == "f"
    ]
    assert len(formulas) > 12 and {title for title, _ in formulas} == {"Accueil par mode"}
    for title, at in formulas:
        assert found[title][at].value == pytest.approx(wrote[title][at].value, rel=1e-9), (title, at)
    gaps = {gap.label: gap.contribution for gap in report.coverage.gap_by_mode}
    told = {
        row["Mode d’accueil"].value: row["Écart, en points"].value
        for row in table(wrote["Accueil par mode"])
        if row["Écart, en points"].value is not None
    }
    assert told and told == {name: pytest.approx(gaps[name]) for name in told}


def test_the_outlook_of_the_workbook_has_its_bounds_and_its_method_in_words(demo):
    rows = table(workbook(build(demo, "epci:999001001"), demo)["Perspectives"])
    assert {row["Méthode"].value for row in rows} <= set(METHODS.values())
    bounded = [row for row in rows if row["Borne basse"].value is not None]
    assert bounded
    assert all(
        row["Borne basse"].value <= row["Enfants"].value <= row["Borne haute"].value for row in bounded
    )


def test_a_long_table_is_told_apart_by_bands_and_writes_no_cell_for_what_is_unknown():
    book = Book(story.cover(valbois()))
    rows: list[list] = [["Valbois", None, ""], *(["Doulon", 1.5, "lu"] for _ in range(BANDS_FROM))]
    columns = (Column("Commune", 20, "strong"), Column("Valeur", 10, 1), Column("Lecture", 20))
    book.table(Sheet("Long", "Un long tableau", "", columns, rows))
    book.table(Sheet("Court", "Un tableau", "", columns, rows[:2]))
    made = openpyxl.load_workbook(io.BytesIO(book.bytes()))
    long, short = made["Long"], made["Court"]
    assert [next(iter(sheet.tables.values())).tableStyleInfo.showRowStripes for sheet in (long, short)] == [
        True,
        False,
    ]
    assert long.cell(TOP + 1, 2).value is None
    assert long.cell(TOP + 2, 2).value == 1.5
    assert [sheet.cell(TOP + 1, 2).has_style for sheet in (long, short)] == [False, True]
    assert long.cell(TOP + 2, 2).border.bottom.style is None
    assert short.cell(TOP + 2, 2).border.bottom.style is not None

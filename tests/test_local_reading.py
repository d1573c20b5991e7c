"""Opening a file nobody has checked: what advisers bring, and what attackers send."""

from __future__ import annotations

import io
import subprocess
import sys
import zipfile

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks import hostile
from benchmarks.hostile import archive, text
from diagnostic.directory import plain
from diagnostic.local import worker
from diagnostic.local.blank import as_csv, as_xlsx
from diagnostic.local.mapping import known_names
from diagnostic.local.reading import letter, open_table, refuse_size, shape
from diagnostic.local.templates import TEMPLATES
from diagnostic.local.worker import limits, sheet
from diagnostic.local.worker.archive import inflate, open_archive
from diagnostic.model import DiagnosticError
from diagnostic.report import depositing


def workbook(rows: list[list], merged: tuple[str, ...] = ()) -> bytes:
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    for cells in merged:
        book.active.merge_cells(cells)
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


# --- what advisers bring


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "latin-1", "utf-16", "utf-16-le"])
@pytest.mark.parametrize("separator", [";", ",", "\t", "|"])
def test_a_list_keeps_its_accents_whatever_the_encoding_and_the_separator(encoding, separator):
    lines = ["Code commune|Commune|Places", "01004|Ambérieu-en-Bugey|24", "2A004|Été-sur-Mer|12"]
    table = open_table("\r\n".join(lines).replace("|", separator).encode(encoding))
    assert list(table.rows.columns) == ["Code commune", "Commune", "Places"]
    assert table.rows.loc[3].tolist() == ["2A004", "Été-sur-Mer", "12"]


@pytest.mark.parametrize("make", [as_csv, as_xlsx])
@pytest.mark.parametrize("id", TEMPLATES)
def test_every_template_comes_back_as_it_left(id, make):
    template = TEMPLATES[id]
    table = open_table(make(template), known=known_names())
    assert list(table.rows.columns) == [column.label for column in template.columns]
    examples = [column.example.replace(",", ".") for column in template.columns]
    assert [cell.replace(",", ".") for cell in table.rows.iloc[0]] == examples


def test_titles_above_blank_lines_and_the_total_are_left_out_and_said():
    table = open_table(
        "Accueils de loisirs 2024;;\n;;\nCommune;Places;\nLe Tourne;12;\n;;\nCréon;30;\nTotal;42;\n".encode()
    )
    assert table.rows["Commune"].tolist() == ["Le Tourne", "Créon"]
    assert table.rows.index.tolist() == [4, 6]
    assert any("titre" in note for note in table.notes)
    assert any("ligne 7 est un total" in note for note in table.notes)


def test_an_ensemble_scolaire_is_not_a_total():
    table = open_table(b"Nom;Places\nEnsemble scolaire Saint-Joseph;12\nEnsemble des communes;12\n")
    assert table.rows["Nom"].tolist() == ["Ensemble scolaire Saint-Joseph"]


def test_merged_headers_on_two_lines_become_one_name_a_column():
    table = open_table(
        workbook(
            [
                ["ALSH du territoire", None, None, None],
                ["Commune", "Places", None, None],
                [None, "Périscolaire", "Mercredi", "Été"],
                ["Créon", 10, 20, 30],
            ],
            ("A1:D1", "B2:D2", "A2:A3"),
        )
    )
    assert list(table.rows.columns) == [
        "Commune",
        "Places – Périscolaire",
        "Places – Mercredi",
        "Places – Été",
    ]
    assert table.rows.iloc[0].tolist() == ["Créon", "10", "20", "30"]


def test_two_header_lines_of_a_csv_are_joined_too():
    table = open_table("Commune;Places;;\n;Périscolaire;Mercredi;Été\nCréon;10;20;30\n".encode())
    assert list(table.rows.columns)[1:] == ["Places – Périscolaire", "Places – Mercredi", "Places – Été"]


def test_empty_columns_at_the_end_are_ignored_however_many():
    table = open_table(("Commune;Places" + ";" * 1000 + "\nCréon;10" + ";" * 1000).encode())
    assert list(table.rows.columns) == ["Commune", "Places"]


def test_a_code_protected_for_excel_loses_its_armour():
    assert open_table(b'Code;Places\n="01004";3\n').rows.iloc[0].tolist() == ["01004", "3"]


def test_excel_whole_numbers_dates_and_ticks_are_read_as_a_person_sees_them():
    from datetime import date

    table = open_table(workbook([["Nom", "Places", "Ouverture", "PSU"], ["A", 12.0, date(2025, 9, 1), True]]))
    assert table.rows.iloc[0].tolist() == ["A", "12", "2025-09-01", "oui"]


def test_a_decimal_of_a_workbook_is_no_thousand():
    table = open_table(
        workbook([["Commune", "Places"], ["Créon", 45.125], ["Sadirac", 0.267], ["Créon", "45.125"]])
    )
    assert table.rows["Places"].tolist() == ["45,125", "0,267", "45.125"]


@pytest.mark.parametrize(
    "rows",
    [
        '01004;1,5;"Les Loups;x\n01053;2;Les Ours;y\n01007;1;Les Chats;z\n',
        '01004;1,5;"Les Loups;x\n01053;2;"Les Ours;y\n01007;1;Les Chats;z\n',
        '01004;1,5;"Les Loups;x\n01053;2;Les Ours;y\n01007;1;"Les Chats;z\n',
    ],
)
def test_a_quotation_mark_that_swallows_lines_refuses_the_file(rows):
    with pytest.raises(DiagnosticError, match="La ligne 2 .* guillemet"):
        open_table(f"Code commune;ETP;Nom;Gestionnaire\n{rows}".encode())
    whole = '01004;1,5;"Les Loups\nannexe; bis";x\n01053;2;"Les ""Ours""";y\n'
    assert len(open_table(f"Code commune;ETP;Nom;Gestionnaire\n{whole}".encode()).rows) == 2


def test_a_second_table_below_with_other_columns_is_not_read_under_the_first_titles():
    head = "Code commune;Commune;Allocataires;AEEH\n01004;Ambérieu;300;12\n"
    known = ("Code commune", "Commune", "Allocataires", "AEEH")
    with pytest.raises(DiagnosticError, match="La ligne 3 commence un autre tableau"):
        open_table(
            f"{head}Code commune;Commune;AEEH;Allocataires\n01053;Bourg;12;3000\n".encode(), known=known
        )
    again = open_table(
        f"{head}Code commune;Commune;Allocataires;AEEH\n01053;Bourg;3000;12\n".encode(), known=known
    )
    assert again.rows["AEEH"].tolist() == ["12", "12"]
    # A structure that the commune runs is no title.
    table = open_table(
        b"Commune;Nom;Gestionnaire\nBourg;A;Commune\nBourg;B;Association\n",
        known=("Commune", "Nom", "Association"),
    )
    assert len(table.rows) == 2


def test_a_subtotal_named_in_another_column_is_no_structure():
    rows = "Bourg;Crèche;A;30\nBourg;Crèche;Total Bourg;30\nBourg;;Sous-total;30\nBourg;Crèche;Totalement Nous;12\n"
    table = open_table(f"Commune;Type;Nom;Places\n{rows}".encode())
    assert table.rows["Nom"].tolist() == ["A", "Totalement Nous"]
    assert "2 lignes de total ne sont pas reprises (lignes 3, 4)." in table.notes


def test_the_sheet_can_be_chosen_and_the_fullest_is_read_first():
    book = openpyxl.Workbook()
    book.active.title = "Notice"
    book.active.append(["Lisez", "moi"])
    data = book.create_sheet("Données")
    for row in (["Commune", "Places"], ["Créon", 10], ["Le Tourne", 12]):
        data.append(row)
    target = io.BytesIO()
    book.save(target)
    table = open_table(target.getvalue())
    assert table.sheet == "Données" and table.others == ("Notice",)


def test_columns_are_named_as_a_spreadsheet_does():
    assert [letter(place) for place in (0, 25, 26, 701, 702)] == ["A", "Z", "AA", "ZZ", "AAA"]


def test_names_are_compared_without_accents_nor_punctuation():
    assert plain("  L’Œuvre – d'Été (n° 2) ") == "l oeuvre d ete n 2"


@settings(max_examples=100, deadline=None)
@given(
    st.lists(
        st.lists(st.text("abcéàç ", min_size=1, max_size=6).filter(str.strip), min_size=3, max_size=3),
        min_size=1,
        max_size=8,
    )
)
def test_no_row_is_lost_or_invented(rows):
    rows = [[cell.strip() for cell in row] for row in rows]
    table = shape([["Code", "Commune", "Places"], *[[*row[:2], "1"] for row in rows]])
    assert table.rows.to_numpy().tolist() == [[*row[:2], "1"] for row in rows]


# --- what attackers send


@pytest.mark.parametrize("name", hostile.REFUSED)
def test_a_hostile_file_is_refused_with_one_french_sentence(name):
    data = hostile.REFUSED[name]()
    with pytest.raises(DiagnosticError) as refusal:
        open_table(data)
    sentence = str(refusal.value)
    assert sentence.endswith(".") and len(sentence) < 250 and "Traceback" not in sentence


HEAVY = ("29 MB of a list", "20,000 names that resemble no commune", "299 columns")
"""Left to `python -m benchmarks hostile`, which sends every file and every link to a server where somebody else works."""


@pytest.mark.parametrize("name", [name for name in hostile.ODD if name not in HEAVY])
def test_an_odd_file_is_read_as_text_or_refused_and_recognised_without_harm(name):
    data = hostile.ODD[name]()
    try:
        upload = depositing.read("fichier.csv", data, "1")
    except DiagnosticError as refusal:
        assert str(refusal).endswith(".") and hostile.SECRET not in str(refusal)
        return
    assert all(
        isinstance(cell, str) and len(cell) <= limits.MAX_CELL_TEXT
        for cell in upload.table.rows.to_numpy().ravel()
    )
    assert not any(character in name for name in upload.table.rows for character in "\x00\n")


def test_a_document_type_alone_is_refused():
    allowed = open_table(archive(hostile.OUTSIDE.partition(">")[2]))
    assert allowed.rows.iloc[0].tolist() == ["a", "3"]
    with pytest.raises(DiagnosticError, match="volume anormal"):
        open_table(archive(hostile.OUTSIDE))


def test_too_many_columns_are_counted_before_a_table_is_made_of_them():
    with pytest.raises(DiagnosticError, match="300 colonnes"):
        open_table(hostile.REFUSED["16,384 filled columns in a CSV"]())


def test_inflating_stops_as_soon_as_the_whole_file_has_given_too_much():
    budget = limits.Budget()
    budget.inflated = limits.MAX_INFLATED - 10
    with pytest.raises(limits.Refused, match="volume anormal"):
        list(inflate(open_archive(archive("0" * 11)), "xl/worksheets/sheet1.xml", budget))


def test_a_file_of_two_gigabytes_is_refused_by_its_size_alone():
    with pytest.raises(DiagnosticError, match="30 Mo"):
        refuse_size(2_000_000_000)


def test_a_formula_is_text_in_a_csv_and_its_last_value_in_a_workbook():
    table = open_table(b"Nom;Places\n=cmd|'/C calc'!A0;3\n+33 1;4\n@SUM(A1);5\n-x;6\n")
    assert table.rows["Nom"].tolist() == ["=cmd|'/C calc'!A0", "+33 1", "@SUM(A1)", "-x"]
    sheet = (
        f"<worksheet><sheetData><row>{text('A1', 'Nom')}{text('B1', 'Places')}</row>"
        f"<row>{text('A2', 'a')}<c r='B2'><f>1+1</f><v>2</v></c></row></sheetData></worksheet>"
    )
    table = open_table(archive(sheet))
    assert table.rows.iloc[0].tolist() == ["a", "2"]
    assert any("formules" in note for note in table.notes)


def test_a_script_in_a_name_stays_plain_text():
    assert (
        open_table(b"Nom;Places\n<script>alert(1)</script>;3\n").rows.iloc[0, 0]
        == "<script>alert(1)</script>"
    )


def test_links_to_other_workbooks_are_ignored_and_said():
    sheet = (
        f"<worksheet><sheetData><row>{text('A1', 'Nom')}{text('B1', 'Places')}</row>"
        f"<row>{text('A2', 'a')}<c r='B2'><v>2</v></c></row></sheetData></worksheet>"
    )
    table = open_table(archive(sheet, **{"xl/externalLinks/externalLink1.xml": "<x/>"}))
    assert any("liens" in note for note in table.notes)


def test_the_content_decides_not_the_name():
    assert open_table(workbook([["Nom", "Places"], ["a", 3]])).encoding == ""
    assert open_table(b"Nom;Places\na;3\n").encoding == "utf-8-sig"


def test_the_process_that_reads_cannot_write_a_file_nor_take_more_memory_than_allowed():
    probe = (
        "import sys, tempfile; sys.path.insert(0, sys.argv[1]); import worker; worker.confine()\n"
        "try:\n    bytearray(worker.MEMORY_BYTES)\n    print('memory')\nexcept MemoryError:\n    print('refused')\n"
        "import signal; signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "try:\n    f = tempfile.TemporaryFile(); f.write(b'x' * 10); f.flush(); print('disk')\n"
        "except OSError:\n    print('refused')\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", probe, worker.HOME], capture_output=True, text=True, check=False
    )
    assert done.stdout.split() == ["refused", "refused"]


# --- the two ways of reading a sheet give the same rows

CELLS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(10**6), 10**9),
    st.floats(allow_nan=False, allow_infinity=False, width=32),
    st.dates(),
    st.text(st.characters(codec="utf-8", exclude_categories=["C"]), max_size=12).filter(
        lambda t: t[:1] != "="
    ),
    st.sampled_from(["a & b", "<b>", "=1+1", "l’été", "01004", "1 234,5", '"', "&amp;"]),
)


def both_ways(data: bytes) -> tuple[dict, dict]:
    """What the worker answers by the pattern, then tag by tag."""
    quick = worker.read(data)
    plain_bytes, sheet.PLAIN_BYTES = sheet.PLAIN_BYTES, -1
    try:
        return quick, worker.read(data)
    finally:
        sheet.PLAIN_BYTES = plain_bytes


@settings(max_examples=60, deadline=None)
@given(st.lists(st.lists(CELLS, min_size=1, max_size=6), min_size=1, max_size=8))
def test_a_workbook_reads_the_same_by_the_pattern_and_tag_by_tag(rows):
    quick, slow = both_ways(workbook([["Commune"], *rows], merged=("B1:C1",)))
    assert quick == slow


@pytest.mark.parametrize(
    "sheet",
    [
        hostile.cells('<c r="A1" t="inlineStr"><is><t>a</t></is></c>', '<c r="C1"><f>1+1</f><v>2</v></c>', '<c r="D1"><f>1</f></c>'),
        hostile.cells('<c r="A1" t="str"><v>a &amp; &#233; &#x27;</v></c>', '<c t="b" r="B1"><v>1</v></c>'),
        hostile.cells('<!-- <c r="A1"><v>9</v></c> --><c r="A1"><v>1</v></c>'),
        hostile.cells("<c><v>1</v></c>", '<c r="B1"><v>1.50</v></c>', '<c r="A2" t="e"><v>#N/A</v></c>'),
        hostile.cells('<c r="A1"><v><![CDATA[12]]></v></c>', '<c r="B1" s="1"><v>45000</v></c>'),
        "<x:worksheet xmlns:x='y'><x:sheetData><x:row><x:c r='A1'><x:v>7</x:v></x:c></x:row></x:sheetData></x:worksheet>",
    ],
)  # fmt: skip
def test_what_the_pattern_does_not_cover_is_read_tag_by_tag(sheet):
    quick, slow = both_ways(archive(sheet))
    assert quick == slow and quick["sheets"][0]["rows"]


def zipped(**members: str) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        for name, content in members.items():
            archive.writestr(name.replace("__", "/").replace("_x", "."), content)
    return target.getvalue()


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"\xd0\xcf\x11\xe0" + b"\x00" * 600, "ancien classeur Excel"),
        (b"%PDF-1.7 ...", "un tableau ne s’y lit pas"),
        (rb"{\rtf1\ansi Commune;Places}", "traitement de texte"),
        (zipped(word__document_xxml="<a/>"), "traitement de texte"),
        (zipped(mimetype="application/vnd.oasis.opendocument.text"), "traitement de texte"),
        (zipped(mimetype="application/vnd.oasis.opendocument.spreadsheet"), "classeur OpenDocument"),
        (zipped(Index__Document_xiwa="x"), "exportez-le au format CSV"),
        (zipped(liste_xcsv="a;b"), "Décompressez-la"),
    ],
)
def test_a_file_of_another_kind_is_told_what_it_is_and_what_to_do(data: bytes, sentence: str):
    with pytest.raises(DiagnosticError, match=sentence):
        open_table(data)


def test_the_sheet_of_the_year_of_the_file_is_opened_and_a_sheet_says_its_year():
    book = openpyxl.Workbook()
    for year, rows in ((2023, 3), (2024, 2)):
        sheet = book.create_sheet(str(year))
        for row in [["Commune", "Allocataires"], *([f"Commune {n}", 100 + n] for n in range(rows))]:
            sheet.append(row)
    target = io.BytesIO()
    book.save(target)
    data = target.getvalue()
    assert depositing.read("caf_2024.xlsx", data, "a").table.sheet == "2024"
    fullest = depositing.read("caf.xlsx", data, "a")
    assert (fullest.table.sheet, fullest.year) == ("2023", 2023)
    assert depositing.read("caf_2024.xlsx", data, "a", sheet="2023").year == 2023
    titled = "Extrait Caf au 31/12/2022;\nCommune;Allocataires\nBordeaux;12\nCenon;13\n"
    assert depositing.read("caf.csv", titled.encode(), "a").year == 2022

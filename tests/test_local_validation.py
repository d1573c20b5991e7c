"""Judging a local file: whose column, which commune, which value, and what to tell the person."""

from __future__ import annotations

import io

import openpyxl
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from diagnostic.directory import (
    OK,
    QUESTION,
    REFUSED,
    REPAIRED,
    Directory,
    Resolver,
    commune_name,
    plain,
    plain_all,
)
from diagnostic.local.blank import as_csv
from diagnostic.local.cells import read_date, read_number
from diagnostic.local.mapping import Mapping, from_json, guess, known_names
from diagnostic.local.reading import Table, open_table
from diagnostic.local.recognition import recognise
from diagnostic.local.templates import TEMPLATES
from diagnostic.local.validation import annotated, validate
from diagnostic.model import DiagnosticError
from diagnostic.secrecy import RULES

COMMUNES = pd.DataFrame(
    [
        ("01004", "Ambérieu-en-Bugey", "01"),
        ("2A004", "Ajaccio", "2A"),
        ("97411", "Saint-Denis", "974"),
        ("93066", "Saint-Denis", "93"),
        ("33140", "Créon", "33"),
        ("33519", "Le Tourne", "33"),
        ("76351", "Le Havre", "76"),
        ("33200", "Frontenac", "33"),
    ],
    columns=["code", "name", "departement"],
)


def judge(content: str, *, within=(), template=None, **changes):
    table = open_table(content.encode(), known=known_names())
    mapping = guess(list(table.rows.columns), template=template)
    for name, value in changes.get("answers", {}).items():
        mapping = mapping.with_answer(name, value)
    return table, validate(table, mapping, Directory(COMMUNES), within=within)


# --- whose column


def test_every_template_recognises_its_own_headers():
    for template in TEMPLATES.values():
        found = recognise(open_table(as_csv(template), known=known_names()))
        assert len(found.parts) == 1
        mapping = found.parts[0].mapping
        assert mapping.template == template.id and mapping.certain
        assert mapping.columns == {column.id: column.label for column in template.columns}


def test_real_life_headers_are_recognised():
    headers = ["INSEE", "Nom de la commune", "Nb allocataires", "Enf 0-2", "3-5 ans", "Monoparents", "AEEH"]
    mapping = guess(headers)
    assert mapping.template == "caf"
    assert mapping.columns == {
        "code_commune": "INSEE",
        "commune": "Nom de la commune",
        "allocataires": "Nb allocataires",
        "enfants_0_2": "Enf 0-2",
        "enfants_3_5": "3-5 ans",
        "monoparentales": "Monoparents",
        "aeeh": "AEEH",
    }


def test_grouped_headers_are_recognised_by_the_words_they_hold():
    mapping = guess(["Commune", "Structure", "Places – Périscolaire", "Places – Mercredi", "Places – Été"])
    assert mapping.template == "alsh"
    assert mapping.columns["places_mercredi"] == "Places – Mercredi"


def test_lists_that_look_alike_are_asked_about():
    assert guess(["Commune", "Nom", "Gestionnaire"]).template is None
    assert guess(["Commune", "Nom", "Places"]).template is None


def test_a_mapping_is_kept_and_read_again():
    mapping = Mapping("alsh", {"commune": "Ville"}, {"saint denis": "97411"}, 10.0)
    assert from_json(mapping.to_json()) == mapping


@pytest.mark.parametrize(
    "text", ["", "{", "[]", '{"version": 9}', '{"template": 3}', "[" * 5000, "x" * 300_000]
)
def test_a_mapping_that_is_something_else_is_refused(text):
    with pytest.raises(DiagnosticError, match="correspondances"):
        from_json(text)


def test_a_column_chosen_by_hand_serves_once():
    mapping = Mapping("alsh", {"places_mercredi": "B"}).with_column("places_ete", "B")
    assert mapping.columns == {"places_ete": "B"}
    assert mapping.with_column("places_ete", None).columns == {}


def test_a_mapping_without_a_needed_column_says_which():
    table = open_table(b"Commune;Nom\nCr\xc3\xa9on;a\n")
    with pytest.raises(DiagnosticError, match="Places"):
        validate(table, Mapping("eaje", {"commune": "Commune"}), Directory(COMMUNES))
    with pytest.raises(DiagnosticError, match="Ville"):
        validate(table, Mapping("laep", {"commune": "Ville"}), Directory(COMMUNES))


# --- which commune


@pytest.mark.parametrize(
    "code, name, outcome, commune",
    [
        ("01004", "", OK, "01004"),
        ("2a004", "", OK, "2A004"),
        ("1004", "", REPAIRED, "01004"),
        ("1004.0", "", REPAIRED, "01004"),
        ("99999", "", REFUSED, None),
        ("", "AMBERIEU EN BUGEY", REPAIRED, "01004"),
        ("", "Havre (Le)", REPAIRED, "76351"),
        ("", "St Denis (93)", REPAIRED, "93066"),
        ("", "St-Denis", QUESTION, None),
        ("", "Créon Cedex 2", REPAIRED, "33140"),
        ("", "Atlantide", REFUSED, None),
        ("", "", REFUSED, None),
        ("33000", "Créon", REPAIRED, "33140"),
        ("33200", "Créon", QUESTION, None),
    ],
)
def test_a_commune_is_recognised_repaired_asked_or_refused(code, name, outcome, commune):
    match = Resolver(Directory(COMMUNES)).match(code, name)
    assert (match.outcome, match.commune) == (outcome, commune)


def test_a_name_borne_twice_is_settled_by_the_territory_of_the_user():
    assert Resolver(Directory(COMMUNES), within=["97411"]).match("", "Saint-Denis").commune == "97411"


@pytest.mark.parametrize(
    ("code", "name"),
    [
        ("", "Gironde"),
        ("", "Département de la Gironde"),
        ("", "Vienne"),
        ("", "CC du Bazadais"),
        ("", "S/T CC du Val"),
        ("", "Total général"),
        ("", "Gironde (total)"),
        ("33", "Gironde"),
        ("974", "La Réunion"),
        ("243300316", "Bordeaux Métropole"),
    ],
)
def test_a_row_that_sums_others_is_no_commune_whatever_commune_bears_its_name(code, name):
    communes = [("33187", "Gironde-sur-Dropt", "33"), ("38544", "Vienne", "38"), ("33063", "Bordeaux", "33")]
    directory = Directory(
        pd.DataFrame(communes, columns=["code", "name", "departement"]),
        pd.DataFrame([("33187", "Gironde", "33187")], columns=["code", "name", "commune"]),
        above=("Gironde", "Vienne", "CC du Bazadais", "Bordeaux Métropole"),
    )
    assert Resolver(directory, ["33063"]).match(code, name).nowhere
    assert Resolver(directory, ["38544"]).match("", "Vienne").commune == "38544"


@pytest.mark.parametrize(
    ("code", "name"),
    [("", "Créon (33140)"), ("33140 - Créon", ""), ("", "Créon (33670)"), ("", "33140 Créon")],
)
def test_a_code_and_a_name_in_one_cell_are_the_commune(code, name):
    assert Resolver(Directory(COMMUNES)).match(code, name).commune == "33140"


def test_an_answer_given_once_is_remembered():
    assert (
        Resolver(Directory(COMMUNES), answers={"st denis": "93066"}).match("", "St Denis").commune == "93066"
    )


def test_a_misspelt_commune_of_the_territory_is_suggested_not_assumed():
    match = Resolver(Directory(COMMUNES), within=["33140", "33519"]).match("", "Créonn")
    assert match.outcome == REFUSED and "Créon" in match.why


def test_names_are_compared_with_saint_in_full_and_without_article():
    assert commune_name("St-Médard-s/-Ille") == commune_name("Saint Medard sur Ille")
    assert commune_name("L'Haÿ-les-Roses") == "hay les roses"


@given(st.lists(st.text("aÉœ’-St \n\u202f\u2028(", max_size=8), max_size=6))
def test_many_names_read_at_once_are_read_as_one_by_one(names):
    assert plain_all(names) == [plain(name) for name in names]


# --- which value


@pytest.mark.parametrize(
    "text, value",
    [
        ("12", 12), ("12,0", 12), ("1 234", 1234), ("1\u202f234", 1234), ("1\u00a0234", 1234),
        ("1.234", 1234), ("1.234.567", 1234567), ("1,234.0", 1234), ("0", 0), ("1'234", 1234),
    ],
)  # fmt: skip
def test_a_whole_number_is_read_however_it_is_spaced(text, value):
    assert read_number(text, whole=True).value == value


def test_decimals_are_read_with_a_comma_or_a_point():
    assert read_number("1 234,5", whole=False).value == 1234.5
    assert read_number("1.234", whole=False).value == 1.234


def test_a_table_that_counts_structures_by_commune_is_no_list_of_one_each():
    with pytest.raises(DiagnosticError, match="compte les structures"):
        judge("Code Insee;Nombre d'EAJE;Nombre de places\n01004;30;1200\n33140;4;120\n", template="eaje")
    _, listed = judge("Code Insee;Nom;Nombre de places\n01004;EAJE A;20\n01004;EAJE B;30\n", template="eaje")
    assert listed.complete and len(listed.rows) == 2


def test_a_comma_before_three_figures_is_asked_in_a_whole_number():
    read = read_number("2,000", whole=True)
    assert read.outcome == REFUSED and "2 ou 2" in read.mend and read.value is None
    assert read_number("2,000", whole=False).value == 2 and read_number("30,0", whole=True).value == 30


@pytest.mark.parametrize(
    "text",
    [
        "1,234",
        "-3",
        "douze",
        "=1+1",
        "1e9",
        "12 ou 13",
        "١٢",
        "9999999999",
        "nan",
        "inf",
        "10 15",
        "12 34 5",
        "1234 567",
        "12'30",
        "0.267",
        "0.125",
    ],  # fmt: skip
)
def test_what_is_not_a_whole_number_is_refused_with_what_to_do(text):
    cell = read_number(text, whole=True)
    assert cell.value is None and cell.outcome == REFUSED and cell.mend.endswith(".")


@settings(max_examples=300, deadline=None)
@given(st.integers(0, 99_999_999), st.sampled_from([" ", "\u00a0", "\u202f", "", "'"]))
def test_any_count_survives_its_thousands_separator(value, separator):
    assert read_number(f"{value:,}".replace(",", separator), whole=True).value == value


@pytest.mark.parametrize(
    ("column", "open_there", "shut_there"),
    [
        ("Statut", "Ouvert", "Fermé"),
        ("En activité", "oui", "non"),
        ("Date de fermeture", "", "31/08/2024"),
        ("Date de fermeture", "31/08/2030", "31/08/2024"),
        ("Date d’ouverture", "01/09/2020", "01/09/2030"),
    ],
)
def test_a_structure_that_is_closed_or_not_open_yet_is_not_counted_and_told(column, open_there, shut_there):
    rows = [["01004", "A", "30", open_there], ["01004", "B", "40", shut_there]]
    table = Table(
        pd.DataFrame(rows, columns=["Code commune", "Nom", "Places", column], index=[2, 3]),
        ("A", "B", "C", "D"),
    )
    mapping = guess(list(table.rows.columns), template="eaje")
    judged = validate(table, mapping, Directory(COMMUNES), year=2025)
    assert judged.rows["places"].tolist() == [30] and (judged.left, judged.complete) == (1, True)
    assert judged.doubtful == frozenset()
    assert any("structure fermée, ou pas encore ouverte" in note and column in note for note in judged.notes)


@pytest.mark.parametrize(("year", "places"), [(2023, [30, 40]), (2024, [30]), (None, [30, 40])])
def test_a_structure_counts_in_the_years_before_it_closed_whenever_the_file_is_read(year, places):
    rows = [["01004", "A", "30", ""], ["01004", "B", "40", "31/08/2024"]]
    table = Table(
        pd.DataFrame(rows, columns=["Code commune", "Nom", "Places", "Date de fermeture"], index=[2, 3]),
        ("A", "B", "C", "D"),
    )
    mapping = guess(list(table.rows.columns), template="eaje")
    assert validate(table, mapping, Directory(COMMUNES), year=year).rows["places"].tolist() == places


def test_a_structure_written_twice_is_counted_once_and_two_without_a_name_are_two():
    table = Table(
        pd.DataFrame([["01004", "A", "30"], ["01004", "A", "30"], ["01004", "", "9"], ["01004", "", "9"]],
                     columns=["Code commune", "Nom", "Places"], index=[2, 3, 4, 5]),
        ("A", "B", "C"),
    )  # fmt: skip
    judged = validate(table, guess(list(table.rows.columns), template="eaje"), Directory(COMMUNES))
    assert judged.rows["places"].tolist() == [30, 9, 9]
    assert any("ligne répétée mot pour mot (ligne 3)" in note for note in judged.notes)


def test_a_date_that_does_not_exist_is_refused():
    assert read_date("31/12/2027").value == "2027-12-31"
    assert read_date("2027-12-31 00:00:00").value == "2027-12-31"
    assert read_date("31/02/2027").outcome == REFUSED


# --- the whole file


def test_each_line_is_counted_once_and_the_refusal_says_where_and_how():
    _, result = judge(
        "Code Insee;Places ;Nom\n01004;12;a\n1004;13;b\n33140;douze;c\n99999;x;d\n", template="eaje"
    )
    assert (result.accepted, result.repaired, result.refused, result.asked) == (1, 1, 2, 0)
    assert result.rows["commune"].tolist() == ["01004", "01004"]
    assert result.summary == "1\u00a0ligne acceptée, 1 réparée, 2 refusées."
    issue = next(issue for issue in result.issues if issue.value == "douze")
    assert (issue.line, issue.column, issue.letter) == (4, "Places", "B")
    assert "nombre" in issue.expected and issue.mend


def test_an_unknown_is_not_zero_and_a_masked_number_is_not_unknown():
    _, result = judge("Code Insee;Allocataires;AEEH\n01004;12;\n2A004;40;s\n33140;<5;0\n")
    assert result.rows["aeeh"].isna().tolist() == [True, True, False]
    assert result.hidden["aeeh"].tolist() == [False, True, False]
    assert result.hidden["allocataires"].tolist() == [False, False, True]


def test_a_required_cell_left_empty_refuses_its_line():
    _, result = judge("Code Insee;Allocataires;AEEH\n01004;;3\n")
    assert result.refused == 1 and result.rows.empty


def test_a_commune_given_twice_in_an_extract_is_refused_on_both_lines():
    _, result = judge("Code Insee;Allocataires;AEEH\n01004;10;3\n1004;11;3\n33140;5;1\n")
    assert result.refused == 2 and result.rows["commune"].tolist() == ["33140"]


def test_an_ambiguous_name_is_asked_once_for_all_its_lines():
    content = "Commune;Structure;Mercredi\nSaint-Denis;a;10\nSaint-Denis;b;12\n"
    _, result = judge(content)
    assert result.asked == 2 and len(result.questions) == 1
    assert result.questions[0].candidates == ("97411", "93066") and result.questions[0].lines == (2, 3)
    _, settled = judge(content, answers={"Saint-Denis": "97411"})
    assert settled.rows["commune"].tolist() == ["97411", "97411"] and settled.complete


def test_columns_that_are_not_taken_are_named():
    _, result = judge("Commune;Mercredi;Été;Téléphone\nCréon;10;12;0556\n")
    assert any("Téléphone" in note for note in result.notes)


def test_the_annotated_file_holds_every_cell_as_text_and_a_comment_where_to_mend():
    table, result = judge("Code Insee;Places;Nom\n01004;douze;=1+1\n33140;12;b\n", template="eaje")
    book = openpyxl.load_workbook(io.BytesIO(annotated(table, result)))
    sheet = book.active
    assert sheet["D2"].value == "=1+1" and sheet["D2"].data_type == "s"
    assert "nombre" in sheet["C2"].comment.text and sheet["C3"].comment is None
    assert "Places" in sheet["E2"].value


def test_the_examples_of_the_templates_are_valid():
    for template in TEMPLATES.values():
        table = open_table(as_csv(template), known=known_names())
        result = validate(table, guess(list(table.rows.columns), template=template.id), Directory(COMMUNES))
        assert result.complete and len(result.rows) == 1, (template.id, result.issues)


def test_templates_name_columns_and_rules_that_exist_and_stats_that_are_unique():
    stats = [fact.stat for template in TEMPLATES.values() for fact in template.facts]
    assert len(set(stats)) == len(stats)
    for template in TEMPLATES.values():
        ids = {column.id for column in template.columns}
        needed = {fact.column for fact in template.facts} | {f.where[0] for f in template.facts if f.where}
        assert needed - {None} <= ids
        assert template.rule is None or template.rule in RULES


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.sampled_from(["01004", "1004", "33140", "99999", ""]),
            st.sampled_from(["3", "0", "x", "", "s"]),
        ),
        min_size=1,
        max_size=12,
    )
)
def test_no_line_is_taken_in_half_or_counted_twice(lines):
    from diagnostic.local.reading import shape

    table = shape([["Code commune", "Nom", "Places"], *[[code, "n", places] for code, places in lines]])
    result = validate(table, guess(list(table.rows.columns), template="eaje"), Directory(COMMUNES))
    assert result.accepted + result.repaired + result.refused + result.asked + result.left == len(lines)
    assert len(result.rows) == result.accepted + result.repaired
    refused = {issue.line for issue in result.issues if issue.outcome == REFUSED}
    assert refused.isdisjoint(result.rows.index)
    assert result.rows["commune"].notna().all()

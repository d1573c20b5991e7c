"""What advisers bring: which template, which column, which year, whose rows; nothing guessed across a number.

The files of `../shared/cases` are read when they are there; those written here are of the same kinds.
"""

from __future__ import annotations

from datetime import date
from functools import lru_cache
from pathlib import Path

import pandas as pd
import pytest

from benchmarks import attack
from diagnostic.directory import Directory
from diagnostic.local.mapping import Mapping, guess, known_names
from diagnostic.local.plan import settle
from diagnostic.local.reading import open_table
from diagnostic.local.recognition import (
    PERSONAL,
    Part,
    Recognised,
    anonymous,
    as_template,
    recognise,
    understood,
    without_contacts,
)
from diagnostic.local.store import deposit
from diagnostic.local.validation import Validation, validate
from diagnostic.model import DiagnosticError, Status
from diagnostic.report.depositing import year_of

SHARED = Path(__file__).resolve().parents[2] / "shared"
CASES = SHARED / "cases"
needs_cases = pytest.mark.skipif(not CASES.is_dir(), reason="the cases stand beside the project")

COMMUNES = Directory(
    pd.DataFrame(
        [
            ("33063", "Bordeaux", "33"),
            ("33281", "Mérignac", "33"),
            ("16216", "Mérignac", "16"),
            ("33039", "Bègles", "33"),
            ("33119", "Cenon", "33"),
            ("75056", "Paris", "75"),
            ("01004", "Ambérieu-en-Bugey", "01"),
        ],
        columns=["code", "name", "departement"],
    ),
    arrondissements={f"751{n:02d}": "75056" for n in range(1, 21)},
)
AROUND = ("33063", "33281", "33039", "33119")


def found(content: str | bytes, name: str = "fichier.csv", period: str | None = None) -> Recognised:
    data = content if isinstance(content, bytes) else content.encode()
    table = anonymous(open_table(data, known=known_names()))
    year = year_of(name, None)
    return recognise(table, year=year_of(period, year) if period else year, period=period)


def judged(part: Part, directory: Directory = COMMUNES, **changes) -> Validation:
    mapping = part.mapping
    for id, header in changes.get("columns", {}).items():
        mapping = mapping.with_column(id, header)
    if changes.get("everywhere"):
        mapping = Mapping(mapping.template, mapping.columns, everywhere=changes["everywhere"])
    return validate(part.table, mapping, directory, within=changes.get("within", AROUND))


def sums(validation: Validation, column: str) -> dict[str, float]:
    return validation.rows.groupby("commune")[column].sum().to_dict()


# --- figures in a heading


@pytest.mark.parametrize(
    ("heading", "column"),
    [
        ("QF 0-399", "qf_moins_400"),
        ("QF < 400", "qf_moins_400"),
        ("QF moins de 400 €", "qf_moins_400"),
        ("QF 400-699", None),
        ("QF 400 à 799", "qf_400_799"),
        ("QF 1200+", "qf_1200_plus"),
        ("QF 1 200 et plus", "qf_1200_plus"),
        ("QF ≥ 1200", "qf_1200_plus"),
        ("QF 1000-1199", None),
        ("ENF_15_17", None),
        ("Enfants de 12 à 17 ans", "enfants_12_17"),
        ("ENF_6_10", None),
        ("0a2 ans", "enfants_0_2"),
        ("AEEH_0A2", None),
        ("A", None),
        ("AM", None),
    ],
)
def test_figures_in_a_heading_match_exactly_or_not_at_all(heading: str, column: str | None):
    mapping = guess(["Code commune", "Allocataires", heading], template="caf")
    assert {id for id, header in mapping.columns.items() if header == heading} == ({column} - {None})


def test_what_matches_only_in_words_is_asked():
    mapping = guess(["Commune", "Nombre total de places agréées PMI", "PSU"], template="eaje")
    assert mapping.columns["places"] == "Nombre total de places agréées PMI"
    assert "places" in mapping.doubts and not mapping.certain


@pytest.mark.parametrize(
    "heading",
    [
        "Places demandées",
        "dont places AVIP",
        "Taux de places PSU",
        "Prix par place",
        "Places (%)",
        "Places – %",
        "Pct places",
    ],
)
def test_a_word_that_changes_the_meaning_matches_nothing(heading: str):
    assert "places" not in guess(["Commune", heading], template="eaje").columns


# --- columns and rows of several years


def test_columns_that_differ_by_their_year_are_asked_about_without_the_year_of_the_file():
    text = "Commune;Nombre AM 2022;Nombre AM 2023;Places AM 2022;Places AM 2023\nBègles;60;55;200;185\n"
    asked = found(text).parts[0].mapping
    assert asked.template == "assistantes_maternelles"
    assert asked.ties["places"] == ("Places AM 2022", "Places AM 2023") and not asked.certain
    known = found(text, "am_2023.csv").parts[0].mapping
    assert known.columns["places"] == "Places AM 2023" and known.columns["assistantes"] == "Nombre AM 2023"


def test_a_heading_of_another_year_than_the_file_is_asked_about():
    mapping = found("Commune;Allocataires 2022\nBègles;60\n", "caf_2024.csv").parts[0].mapping
    assert mapping.columns["allocataires"] == "Allocataires 2022" and "allocataires" in mapping.doubts


def test_rows_of_several_years_are_asked_about_and_one_is_kept():
    text = "Année;Code commune;Allocataires;AEEH\n2023;33063;50;9\n2024;33063;60;8\n2024;33039;70;7\n"
    assert found(text).periods == ("2024", "2023")
    chosen = found(text, period="2024")
    assert sums(judged(chosen.parts[0]), "allocataires") == {"33063": 60, "33039": 70}
    assert "1\u00a0ligne d’une autre année" in chosen.notes[0]


# --- the template, on evidence


def test_the_name_of_a_file_tells_no_template():
    text = "Commune;Ecole;Classes;Effectif\nBègles;A;3;60\n"
    for name in ("eaje_2025.csv", "alsh.csv", "extrait caf 2024.csv"):
        assert found(text, name).parts[0].mapping.template is None


def test_two_templates_as_likely_are_asked_about():
    one = found("Commune;Nom;Places\nBègles;A;20\n", "eaje_2025.csv")
    assert one.parts[0].mapping.template is None and set(one.likely[:2]) == {"eaje", "jeunesse"}


def test_the_types_of_the_rows_feed_several_templates():
    whole = found(
        "Nom;Type de structure;Commune;Capacité\n"
        "A;Crèche collective;Bègles;30\nB;Micro-crèche;Cenon;10\nC;RAM;Bègles;\nD;LAEP;Cenon;\n"
        "E;Assistante maternelle;Cenon;4 enfants\nF;Maison d’assistantes maternelles;Cenon;12\n"
    )
    by = {part.mapping.template: judged(part) for part in whole.parts}
    assert sums(by["eaje"], "places") == {"33039": 30, "33119": 10}
    assert len(by["rpe"].rows) == len(by["laep"].rows) == 1
    assert sums(by["assistantes_maternelles"], "assistantes") == {"33119": 1}
    assert any("Maison d’assistantes maternelles" in note for note in whole.notes)


def test_the_words_of_the_structures_tell_the_template_where_no_column_does():
    one = found("Nom;Commune;Places\nMulti-accueil A;Bègles;20\nMicro-crèche B;Cenon;10\n").parts[0]
    assert one.mapping.template == "eaje"


def test_rows_of_persons_are_counted_and_their_names_are_gone_at_once():
    text = "Nom;Prénom;Adresse;Tél;Commune;Capacité;Fin agrément\nDupont;Zoé;1 rue;05;Bègles;4;2027\nDurand;Léa;2 rue;05;Bègles;3;2026\n"
    table = anonymous(open_table(text.encode(), known=known_names()))
    assert not {"Nom", "Prénom", "Adresse", "Tél"} & set(table.rows)
    assert "Dupont" not in table.rows.to_csv() and any("effacés" in note for note in table.notes)
    part = recognise(table).parts[0]
    assert part.mapping.persons and not part.mapping.certain
    validation = judged(part)
    assert sums(validation, "assistantes") == {"33039": 2} and sums(validation, "places") == {"33039": 4 + 3}


def test_the_name_of_a_person_goes_from_a_list_of_several_types():
    text = "Nom;Type;Commune;Capacité\nLa Ruche;Crèche;Bègles;30\nDupont Zoé;Assistante maternelle;Bègles;4\n"
    table = anonymous(open_table(text.encode(), known=known_names()))
    assert "Dupont" not in table.rows.to_csv() and "La Ruche" in table.rows.to_csv()


# --- where the rows are


def test_a_file_without_a_commune_is_said_once_to_be_all_of_one():
    part = found("Nom;Nombre de places;PSU\nA;20;oui\nB;10;non\n").parts[0]
    assert part.mapping.missing() == ["Code commune ou Commune"]
    assert sums(judged(part, everywhere="33039"), "places") == {"33039": 30}


def test_iris_are_cut_to_their_commune_and_added_up():
    one = found("CODGEO;Allocataires;ENF_3_5\n330630101;10;1\n330630102;12;\n330390101;7;2\n").parts[0]
    validation = judged(one)
    assert sums(validation, "allocataires") == {"33063": 22, "33039": 7} and validation.complete


def test_a_commune_that_stands_by_a_part_of_its_iris_is_told():
    names = pd.DataFrame(
        [("33063", "Bordeaux", "33"), ("33039", "Bègles", "33")], columns=["code", "name", "departement"]
    )
    iris = {"330630101": "33063", "330630102": "33063", "330390101": "33039"}
    lines = "CODGEO;Allocataires;ENF_3_5\n330630101;10;1\n330390101;7;2\n"
    notes = judged(found(lines).parts[0], Directory(names, iris=iris)).notes
    [told] = [note for note in notes if "absents du fichier" in note]
    assert "Bordeaux (33, code 33063), 1 sur 2." in told and "Bègles" not in told
    whole = judged(found(f"{lines}330630102;12;\n").parts[0], Directory(names, iris=iris)).notes
    assert not any("absents du fichier" in note for note in whole)


def test_an_iris_beside_its_commune_whole_is_refused():
    validation = judged(found("CODGEO;Allocataires;AEEH\n330630101;10;1\n33063;22;1\n").parts[0])
    assert validation.refused == 2


def test_arrondissements_are_added_to_their_city():
    part = as_template(open_table(b"Arrondissement;Nom;Places\n75001;A;40\nParis 12e;B;30\n"), "eaje")
    assert sums(judged(part), "places") == {"75056": 70}


def test_people_of_no_commune_are_left_out_and_told():
    text = "Code commune;Commune;Allocataires\n33063;Bordeaux;60\n99999;ETRANGER;12\nXXXXX;INCONNUE;3\n;;9\n"
    validation = judged(found(text).parts[0])
    assert (validation.accepted, validation.left, validation.complete) == (1, 3, True)
    assert any("« 99999 »" in note and "« XXXXX »" in note and "vide" in note for note in validation.notes)


def test_a_list_never_drops_a_structure_whose_commune_is_blank():
    validation = judged(found("Commune;Nom;Nombre de places agréées\nBègles;A;20\n;B;10\n").parts[0])
    assert validation.refused == 1 and not validation.complete


# --- cells


def test_one_bad_byte_keeps_the_rest_and_its_line_is_told():
    data = "Commune;Nom;Places\nBègles;A;10\nMérignac;B;12\n".encode() + "Cenon;Crèche;5\n".encode("cp1252")
    table = open_table(data, known=known_names())
    assert table.rows["Commune"].tolist() == ["Bègles", "Mérignac", "Cenon"]
    assert table.rows["Nom"].tolist()[-1] == "Crèche" and any("ligne 4" in note for note in table.notes)


def test_headings_between_the_rows_and_notes_below_them_are_left_out_and_told():
    text = "Structure;Commune;Agrément;PSU\nCOMMUNE DE BEGLES;;;\nA;Bègles;24 places;oui\n* source : PMI;;;\n"
    table = open_table(text.encode(), known=known_names())
    assert table.rows["Structure"].tolist() == ["A"]
    assert any("intertitre" in note for note in table.notes)
    assert sums(judged(recognise(table).parts[0]), "places") == {"33039": 24}


@pytest.mark.parametrize("value", ["12 %", "20 à 25", "15 / 18", "40 (2026)"])
def test_what_is_not_one_number_is_refused(value: str):
    text = f"Commune;Nom;Nombre de places agréées\nBègles;A;{value}\n"
    assert judged(found(text).parts[0]).refused == 1


def test_what_was_understood_shows_the_first_values_and_what_is_not_sure():
    table = understood(found("Commune;Allocataires 2022\nBègles;60\n", "caf_2024.csv").parts[0])
    row = table.set_index("Donnée").loc["Allocataires"]
    assert (row["Colonne du fichier"], row["Premières valeurs"]) == ("Allocataires 2022 (B)", "60")
    assert row["Reconnue"] == "à vérifier"


def test_a_file_of_blanks_costs_nothing():
    row = "a" + " " * 1_900 + ";3"
    table = open_table("\n".join(["Commune;Places EVS", *[row] * 300]).encode(), known=known_names())
    assert recognise(table).parts[0].mapping.template is None


# --- the cases met in public


@lru_cache(maxsize=1)
def france() -> Directory:
    """The communes of 2026 and their movements, as the database holds them."""
    cog = SHARED / "real" / "cog"
    communes = pd.read_csv(cog / "v_commune_2026.csv", dtype=str, keep_default_na=False)
    moves = pd.read_csv(cog / "v_mvt_commune_2026.csv", dtype=str, keep_default_na=False).sort_values(
        "DATE_EFF"
    )
    moves = moves[(moves["TYPECOM_AV"] == "COM") & (moves["TYPECOM_AP"] == "COM")]
    today = communes[communes["TYPECOM"] == "COM"]
    now = set(today["COM"])
    last = moves[moves["COM_AV"] != moves["COM_AP"]].groupby("COM_AV")["COM_AP"].last().to_dict()

    def carried(code: str) -> str:
        for _ in range(20):
            if code in now:
                return code
            code = last.get(code, "")
        return ""

    former = moves[["COM_AV", "LIBELLE_AV"]].drop_duplicates().set_axis(["code", "name"], axis=1)
    former = former.assign(commune=former["code"].map(carried))
    city = communes[communes["TYPECOM"] == "ARM"]
    return Directory(
        today[["COM", "LIBELLE", "DEP"]].set_axis(["code", "name", "departement"], axis=1),
        former,
        dict(zip(city["COM"], city["COMPARENT"], strict=True)),
    )


def case(name: str, template: str | None = None, **changes) -> dict[str, Validation]:
    """A file of the cases, judged by each template it feeds; `template` is what a person answers."""
    folder = "files" if name.startswith(("creches_", "ctg_")) else "deposits"
    whole = found((CASES / folder / name).read_bytes(), name, changes.pop("period", None))
    parts = whole.parts
    if template is not None:
        assert parts[0].mapping.template is None
        table = parts[0].table
        parts = (as_template(table, template, year=year_of(name, None)),)
    gironde = {code for code in france().name if code.startswith("33")}
    changes.setdefault("within", gironde)
    return {part.mapping.template: judged(part, france(), **changes) for part in parts}


def unfit(name: str) -> bool:
    whole = found((CASES / "deposits" / name).read_bytes(), name)
    return whole.parts[0].mapping.template is None


@needs_cases
def test_the_classes_of_a_caf_extract_are_never_taken_for_others():
    [caf] = case("caf_qf_2024.csv").values()
    assert sums(caf, "qf_moins_400")["33063"] / sums(caf, "allocataires")["33063"] == 0.15
    assert "qf_400_799" not in caf.rows and "qf_800_1199" not in caf.rows and caf.complete


@needs_cases
def test_the_year_of_the_file_chooses_its_column():
    [eaje] = case("eaje_2025.csv", "eaje").values()
    assert sums(eaje, "places") == {"33281": 25}
    asked = found((CASES / "deposits" / "am_par_commune.csv").read_bytes(), "am_par_commune.csv")
    assert asked.parts[0].mapping.ties["places"] == ("Places AM 2023", "Places AM 2024")


@needs_cases
def test_the_column_of_types_is_read():
    merignac = case("merignac_petite_enfance_2024.csv")
    assert sums(merignac["eaje"], "places") == {"33281": 140} and len(merignac["eaje"].rows) == 2
    assert len(merignac["rpe"].rows) == len(merignac["laep"].rows) == 1 and len(merignac) == 3
    mon = case("monenfant_export_2025.csv")
    assert sums(mon["eaje"], "places") == {"33281": 40, "33039": 12}
    assert sums(mon["assistantes_maternelles"], "places") == {"33063": 4} and len(mon["rpe"].rows) == 1
    [hauts] = case("hauts_de_seine_eaje_2024.csv").values()
    assert sums(hauts, "places") == {"92025": 72, "92062": 40} and hauts.template.id == "eaje"
    seine = {code for code in france().name if code.startswith("93")}
    [cd93] = case("eaje_cd93_l93.csv", within=seine).values()
    assert sums(cd93, "places") == {"93001": 60, "93066": 66, "93055": 10, "93031": 20}


@needs_cases
@pytest.mark.parametrize(
    "name", ["fr-en-ips_ecoles_2022.csv", "effectifs_scolaires_2025.csv", "s_ben_com_f_33.csv"]
)
def test_a_file_that_fits_no_template_is_asked_about(name: str):
    assert unfit(name)


@needs_cases
def test_a_file_without_headings_is_refused_with_what_to_do():
    with pytest.raises(DiagnosticError, match="ligne de titres"):
        open_table((CASES / "deposits" / "etalab-cs1100507-stock.csv").read_bytes(), known=known_names())


@needs_cases
def test_persons_of_two_towns_are_counted():
    [am] = case("assistantes_maternelles_2025.csv").values()
    assert sums(am, "assistantes") == {"33281": 2, "33039": 2}
    assert sums(am, "places") == {"33281": 7, "33039": 6}


@needs_cases
def test_a_list_of_one_town_asks_which():
    [nantes] = case("nantes_creches_2025.csv", everywhere="44109").values()
    assert sums(nantes, "places") == {"44109": 75 + 20 + 48 + 10}


@needs_cases
@pytest.mark.parametrize("name", ["eaje_paris_2025.csv", "eaje_paris2_2025.csv"])
def test_paris_is_summed(name: str):
    [paris] = case(name, "eaje").values()
    assert sums(paris, "places") == {"75056": 130} and paris.complete


@needs_cases
def test_old_communes_go_where_the_movements_say():
    [merged] = case("merged_homonyms.csv", "eaje").values()
    assert sums(merged, "places") == {"02589": 10, "16186": 12, "24172": 8}
    [old] = case("creches_anciennes_communes.csv", "eaje").values()
    assert sums(old, "places") == {"93066": 20, "85001": 5, "01033": 4, "2A004": 5}


@needs_cases
def test_iris_of_a_departement_are_summed_once_a_column_is_said():
    [caf] = case("data_CAF_2020_IRIS_33.csv", columns={"allocataires": "A"}).values()
    assert "enfants_12_17" not in caf.rows
    raw = pd.read_csv(CASES / "deposits" / "data_CAF_2020_IRIS_33.csv", sep=";", dtype=str)
    bordeaux = raw[raw["CODGEO"].str.startswith("33063")]["A"].astype(float).sum()
    assert sums(caf, "allocataires")["33063"] == bordeaux and not caf.asked


@needs_cases
def test_postcode_and_town_give_the_commune():
    [eaje] = case("eaje_code_postal_commune.csv").values()
    assert sums(eaje, "places") == {"33281": 40, "33039": 12} and eaje.complete


@needs_cases
def test_a_departement_that_contradicts_the_name_is_asked():
    [eaje] = case("creches_nom_avec_departement_ou_arrondissement.csv", "eaje").values()
    assert sums(eaje, "places") == {"75056": 10, "69123": 5, "33063": 4}
    assert {question.typed for question in eaje.questions} == {"Bordeaux (40)", "Lormont 64"}


@needs_cases
def test_technical_rows_are_left_out_and_told():
    [aeeh] = case("AEEHCom2014.csv").values()
    assert sums(aeeh, "aeeh") == {"33063": 800, "33281": 250} and aeeh.left == 2 and aeeh.complete
    [ndur] = case("s_ben_com_f_ndur_2024.csv").values()
    assert sums(ndur, "allocataires") == {"33063": 62000, "33281": 14500} and ndur.left == 1
    # 33006 is no code of Ambès.
    assert [question.typed for question in ndur.questions] == ["AMBES"]


@needs_cases
def test_a_workbook_with_headings_on_two_lines_is_read():
    [eaje] = case("cc_pays_x_eaje_2024.xlsx").values()
    assert sums(eaje, "places") == {"33281": 36}
    assert {issue.value for issue in eaje.issues if issue.outcome == "refusé"} == {
        "20 à 25",
        "15 / 18",
        "40 (2026)",
        "-",
    }


@needs_cases
def test_the_calendar_of_1904_is_read():
    [ctg] = case("ctg_classeur_calendrier_1904.xlsx").values()
    assert ctg.rows["fin"].tolist() == ["2027-12-31"]


@needs_cases
def test_a_byte_of_windows_and_blank_names():
    [eaje] = case("creches_utf8_un_octet_windows.csv", "eaje").values()
    assert sums(eaje, "places") == {"33039": 10, "33281": 12, "33119": 5}
    assert unfit("redos_blank_names.csv")


@needs_cases
def test_counts_of_one_and_places_of_few_persons_are_hidden_in_the_cases():
    [am] = case("am_places_seules_2024.csv").values()
    [caf] = case("secrecy_ones.csv").values()
    for validation in (am, caf):
        brought = deposit(validation, origin="cas.csv", year=2024, received=date(2026, 1, 2))
        communes = sorted(set(brought.facts["commune"]))
        plan = settle(brought, {("epci", "E"): communes})
        hidden = {cell for cell, (_, status) in plan.cells.items() if status is Status.SECRET}
        small = {
            ("commune", code, stat)
            for stat, values in plan.free.items()
            for code, value in values.items()
            if value in (1, 4)
        }
        assert small and small <= hidden and attack.broken(plan) == (0, 0)


def test_every_file_of_the_cases_has_its_right_answer_here():
    assert not CASES.exists() or all(
        one.name in Path(__file__).read_text("utf-8") for one in (CASES / "deposits").iterdir()
    )


# --- Personal data


def test_columns_that_reach_a_person_are_dropped_and_named():
    table = open_table(
        "Code commune;Nom de la crèche;Responsable;À joindre;Places\n"
        "F1001;Les Lilas;Mme Durand;06 12 34 56 78;20\nF1002;Les Roses;M. Petit;+33 6 12 34 56 79;30\n".encode()
    )
    left = without_contacts(table)
    assert list(left.rows.columns) == ["Code commune", "Nom de la crèche", "Places"]
    assert left.notes[-1].startswith(PERSONAL)
    assert "« Responsable », « À joindre »" in left.notes[-1]
    assert "Durand" not in repr(left.rows.to_csv())


def test_numbers_codes_and_names_of_places_are_no_personal_data():
    table = open_table(
        b"Code commune;Commune;Nom;Siren;Places\nF1001;Ville;Les Lilas;243300316;20\nF1002;Bourg;Les Roses;200069995;30\n"
    )
    assert without_contacts(table) is table


@pytest.mark.parametrize(
    "title",
    [
        "Crèches au 1er janvier 2025",
        "Crèches au 1er janvier 2025;;",
        "Crèches; au 1er janvier 2025",
        "Crèches, Bordeaux, 2025",
        "Crèches, Bordeaux\n\nau 1er janvier, 2025",
    ],
)
@pytest.mark.parametrize("columns", ["Insee;Nom;Places", "Commune;Places"])
def test_a_csv_with_a_title_above_short_columns_is_read_and_the_title_says_what_it_lists(title, columns):
    row = "33063;Les Loups;20" if columns.startswith("Insee") else "Bordeaux;20"
    [part] = found(f"{title}\n{columns}\n{row}\n").parts
    assert list(part.table.rows.columns) == columns.split(";")
    assert part.mapping.template == "eaje" and part.mapping.columns["places"] == "Places"


def test_a_title_that_names_two_kinds_says_none():
    [part] = found("Crèches et relais petite enfance\nInsee;Nom;Places\n33063;Les Loups;20\n").parts
    assert part.mapping.template is None


def test_decimals_and_a_comma_in_the_title_do_not_cut_a_file_of_semicolons():
    [part] = found("RPE, 2025\nCommune, nom;ETP\nBordeaux;1,5\nCenon;0,5\nBègles;2,5\n").parts
    assert len(part.table.rows.columns) == 2 and part.table.rows["ETP"].to_list() == ["1,5", "0,5", "2,5"]

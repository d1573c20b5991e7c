"""The reference tables: nothing of the vademecum is missing, nothing doubtful is told as a fact."""

from __future__ import annotations

import csv
import re
from decimal import Decimal
from functools import cache
from pathlib import Path
from types import SimpleNamespace

import pytest

from diagnostic import REFERENCE, reference
from diagnostic.model import DiagnosticError
from diagnostic.reference.table import CERTAINTIES

SHARED = Path(__file__).resolve().parents[2] / "shared"
SEEDS = sorted((SHARED / "seeds").glob("*.txt")) if SHARED.is_dir() else []
needs_vademecum = pytest.mark.skipif(not SEEDS, reason="the vademecum's text is not beside the repository")

DISPOSITIFS = (
    [f"D0{n}" for n in range(1, 6)]
    + [f"D{n}" for n in range(10, 22)]
    + [f"D{n}" for n in range(30, 40)]
    + [f"D{n}" for n in range(50, 54)]
    + [f"D{n}" for n in range(60, 65)]
    + [f"D{n}" for n in range(70, 77)]
    + ["D80", "D90"]
)

# Every figure of the dossier's inventory, F01 to F44, with the values that the vademecum prints.
FIGURES = {
    "F01": ["76"],
    "F02": ["1824"],
    "F03": ["101"],
    "F04": ["13600000"],
    "F05": ["33070000"],
    "F06": ["13980000"],
    "F07": ["4", "5"],
    "F08": ["61"],
    "F09": ["2013"],
    "F10": ["4500000", "2200000"],
    "F11": ["152000"],
    "F12": ["80"],
    "F13": ["17000"],
    "F14": ["4"],
    "F15": ["2022"],
    "F16": ["37"],
    "F17": ["0.2"],
    "F18": ["300", "2100"],
    "F19": ["2", "75000", "4"],
    "F20": ["1300"],
    "F21": ["2600"],
    "F22": ["3600"],
    "F23": ["250000"],
    "F24": ["0.75"],
    "F25": ["421000", "3700000000"],
    "F26": ["25"],
    "F27": ["200000", "20"],
    "F28": ["30"],
    "F29": ["3204"],
    "F30": ["5"],
    "F31": ["27000"],
    "F32": ["86", "12"],
    "F33": ["1200000000"],
    "F34": ["2018"],
    "F35": ["12", "25", "2020-01-01"],
    "F36": ["1000", "90000", "23900000"],
    "F37": ["91.47"],
    "F38": ["690000", "300"],
    "F39": ["2310", "63800", "72000", "33800", "96", "77"],
    "F40": ["1400", "7940", "2.8", "1800", "31900"],
    "F41": ["6", "1734", "462"],
    "F42": ["4300", "1455", "167000", "126800"],
    "F43": ["2019", "5000000"],
    "F44": ["2020-002"],
}

# Numbers of the text that say nothing of the field: page numbers of the table of contents, the
# address, « 1er », and the two years that only date another figure, kept in its column `date`.
NOT_FIGURES = {"4", "6", "8", "10", "12", "14", "32", "75685", "1", "2015", "2020", "2021"}


def numbers(text: str) -> set[str]:
    """Every number of a French text, thousands joined, words of magnitude applied, as plain text."""
    joined = re.sub(r"(?<=\d)[\s   ](?=\d{3}(?!\d))", "", text)
    found = set()
    pattern = r"(\d+(?:,\d+)?)(?:\s*(millions?|milliards?|Md)\b)?"
    for value, magnitude in re.findall(pattern, joined):
        scale = {"m": 10**6, "M": 10**9}.get(magnitude[:1], 1) if magnitude else 1
        scale = 10**9 if magnitude.startswith("milliard") else scale
        found.add(f"{(Decimal(value.replace(',', '.')) * scale).normalize():f}")
    return found


def test_every_dispositif_of_the_vademecum_is_in_the_table():
    assert [lever.id for lever in reference.levers()] == DISPOSITIFS
    assert len(DISPOSITIFS) == 45


def test_a_lever_says_what_it_is_who_may_ask_and_whom_to_call():
    for lever in reference.levers():
        for words in (
            lever.description,
            lever.beneficiaires,
            lever.condition,
            lever.besoin,
            lever.contact,
            lever.source,
        ):
            assert words.strip(), lever.id


def test_every_theme_of_a_convention_has_a_lever():
    assert {lever.theme for lever in reference.levers()} == set(reference.LEVER_THEMES)


@cache
def printed_figures() -> list[SimpleNamespace]:
    """Every figure that the vademecum prints, doubtful ones marked."""
    with (REFERENCE / "vademecum_figures.csv").open(encoding="utf-8", newline="") as stream:
        return [SimpleNamespace(**row) for row in csv.DictReader(stream)]


def test_each_figure_of_the_vademecum_has_its_own_name_and_says_how_sure_it_is():
    names = [row.id for row in printed_figures()]
    assert all(names) and len(set(names)) == len(names)
    assert {row.certainty for row in printed_figures()} <= set(CERTAINTIES)


@pytest.mark.parametrize("figure", FIGURES)
def test_a_figure_of_the_vademecum_is_in_the_table_with_its_value(figure):
    rows = [row.value for row in printed_figures() if row.figure == figure]
    assert rows == FIGURES[figure]


def test_a_figure_names_a_lever_that_exists():
    known = set(DISPOSITIFS) | {""}
    assert {row.lever for row in printed_figures()} <= known


@needs_vademecum
def test_every_number_of_the_vademecum_text_is_a_figure_or_a_known_exception():
    text = "\n".join(path.read_text(encoding="utf-8") for path in SEEDS)
    in_table = set()
    for row in printed_figures():
        in_table |= numbers(row.value.replace(".", ",")) | numbers(row.date)
    assert numbers(text) - in_table - NOT_FIGURES == set()


@needs_vademecum
def test_the_dossier_and_the_table_list_the_same_dispositifs():
    with (SHARED / "dispositifs.csv").open(encoding="utf-8") as stream:
        assert [row["id"] for row in csv.DictReader(stream)] == DISPOSITIFS


@needs_vademecum
def test_descriptions_are_in_our_own_words():
    text = re.sub(r"\s+", " ", "\n".join(path.read_text(encoding="utf-8") for path in SEEDS))
    plain = str.maketrans({"\u202f": " ", "\u00a0": " "})
    typed = [
        getattr(lever, field).translate(plain)
        for lever in reference.levers()
        for field in ("description", "beneficiaires", "condition", "besoin", "evolution")
    ]
    typed += [f"{row.basis} {row.note}" for row in reference.amounts()]
    typed += [row.label for row in printed_figures()]
    for own in typed:
        words = own.rstrip(".").split()
        for start in range(len(words) - 8):
            assert " ".join(words[start : start + 9]) not in text, own


@pytest.mark.parametrize(
    "figure", ["F10b", "F19a", "F19b", "F22", "F32a", "F39c", "F39d", "F40a", "F40b", "F40c"]
)
def test_a_trap_of_the_vademecum_is_doubtful_and_says_why(figure):
    row = next(row for row in printed_figures() if row.id == figure)
    assert row.certainty == "douteux" and row.note


def test_a_change_that_is_not_sure_says_so_and_one_that_is_does_not():
    assert reference.lever("D36").change.endswith("200\u00a0€ (à confirmer avec votre conseiller Caf).")
    assert reference.lever("D14").change == reference.lever("D14").evolution


def test_a_lever_is_printed_with_french_typography():
    assert "26\u202f000\u00a0€" in reference.lever("D14").evolution


def test_the_scale_of_2022_and_the_later_one_both_stand():
    assert [(row.minimum, row.maximum) for row in reference.scale("piaje_place", 2022)] == [(7400, 17000)]
    assert [(row.minimum, row.maximum) for row in reference.scale("piaje_place", 2025)] == [(7400, 26000)]
    assert reference.scale("alsh_peri", 2022) == ()


def amount(identifier: str) -> reference.Amount:
    return next(row for row in reference.amounts() if row.id == identifier)


def test_the_parts_of_the_old_ceiling_add_up_to_it():
    names = ("socle", "gros_oeuvre", "hqe", "rattrapage", "potentiel")
    parts = [amount(f"piaje_{name}_2018").maximum for name in names]
    assert sum(parts) == 7400 + 1000 + 700 + 1800 + 6100 == amount("piaje_place_2022").maximum


@pytest.mark.parametrize(
    ("figure", "row", "side"),
    [
        ("F12", "piaje_part_2022", "maximum"),
        ("F13", "piaje_place_2022", "maximum"),
        ("F16", "psu_part_2022", "minimum"),
        ("F18a", "mixite_2022", "minimum"),
        ("F18b", "mixite_2022", "maximum"),
        ("F20", "handicap_2022", "maximum"),
        ("F21", "territoire_nouvelle_2022", "minimum"),
        ("F22", "territoire_nouvelle_2022", "maximum"),
        ("F23", "rpe_investissement_2022", "maximum"),
        ("F37", "bafa_2022", "minimum"),
    ],
)
def test_every_amount_of_the_vademecum_is_in_the_scales_of_2022(figure, row, side):
    printed = next(entry.value for entry in printed_figures() if entry.id == figure)
    found = amount(row)
    assert getattr(found, side) == Decimal(printed) and found.year == 2022


def test_an_unknown_threshold_stays_empty():
    for row in reference.scale("territoire_seuil", 2025):
        assert row.minimum is row.maximum is row.threshold_maximum is None


def test_every_amount_has_a_year_a_source_and_the_reservation():
    for row in reference.amounts():
        assert 2015 <= row.year <= 2026 and row.source
        assert str(row.year) in row.caption and "à confirmer avec votre conseiller Caf" in row.caption


def test_the_parts_of_national_coverage_add_up():
    value = {row.id: row.value for row in reference.references()}
    parts = ("psu", "hors_psu", "am", "ecole", "gad")
    assert sum(value[f"couverture_2023_{part}"] for part in parts) == value["couverture_2023"]
    assert value["couverture_2023_eaje"] == Decimal("19.9") + Decimal("3.6")


@pytest.mark.parametrize(
    ("identifier", "expected"),
    [
        ("enfants_par_laep_vademecum", 4_500_000 / 1_734),
        ("enfants_par_rpe", 2_200_000 / 3_204),
        ("habitants_par_centre_social", 67_500_000 / 2_310),
        ("habitants_par_evs", 67_500_000 / 1_400),
        ("places_psu_100", 100 * 421_000 / 2_200_000),
        ("cout_caf_place", 3_700_000_000 / 421_000),
        ("jeunes_par_poste", 90_000 / 1_000),
        ("cout_poste_jeunes", 23_900_000 / 1_000),
        ("enfants_par_clas", 167_000 / 4_300),
        ("bonus_cumul_max", 2_100 + 1_300 + 3_600),
    ],
)
def test_a_derived_reference_is_its_arithmetic(identifier, expected):
    row = next(one for one in reference.references() if one.id == identifier)
    assert row.derived and float(row.value) == pytest.approx(expected, rel=5e-3)


def test_a_broken_table_names_its_line(tmp_path):
    lines = (reference.REFERENCE / "amounts.csv").read_text(encoding="utf-8").splitlines()
    lines[3] = lines[3].replace("D10", "D99")
    path = tmp_path / "amounts.csv"
    path.write_text("\n".join(lines), encoding="utf-8")
    with pytest.raises(DiagnosticError, match="amounts.csv, ligne 4 .* D99"):
        reference.read_amounts(path, set(DISPOSITIFS))


def test_a_truncated_line_is_refused(tmp_path):
    lines = (reference.REFERENCE / "levers.csv").read_text(encoding="utf-8").splitlines()
    path = tmp_path / "levers.csv"
    path.write_text("\n".join([lines[0], lines[1][:40]]), encoding="utf-8")
    with pytest.raises(DiagnosticError, match="colonnes"):
        reference.read_levers(path)


def test_a_missing_table_is_told(tmp_path):
    with pytest.raises(DiagnosticError, match="levers.csv manque"):
        reference.read_levers(tmp_path / "levers.csv")


def test_an_unknown_row_is_told():
    with pytest.raises(DiagnosticError, match="D77"):
        reference.lever("D77")
    with pytest.raises(DiagnosticError, match="inconnu"):
        reference.scale("inconnu", 2022)


def test_what_is_measured_by_hold_out_is_printed_as_the_page_methode_reads_it():
    """benchmarks/README.md and Méthode hold the errors of one run: those of the files that the reports read."""
    readme = (Path(__file__).parents[1] / "benchmarks" / "README.md").read_text("utf-8").splitlines()
    rows = {
        tuple(cell.strip() for cell in line.strip("|").split("|")) for line in readme if line.startswith("| ")
    }
    outlook = {(row.level, row.size_from): {} for row in reference.outlook_errors()}
    for row in reference.outlook_errors():
        outlook[row.level, row.size_from][row.horizon] = row
    for (level, size), by in outlook.items():
        bands = [f"{by[years].low:+.0f} to {by[years].high:+.0f}" for years in (1, 3, 6)]
        last = by[6]
        assert (
            level,
            f"{size:g} and more",
            *bands,
            f"{last.held:.1f}",
            f"{last.error:g}",
            f"{last.cases:g}",
        ) in rows
    for row in reference.estimate_errors():
        assert (
            f"{row.children_from:g} and more",
            f"{row.low:+.1f} to {row.high:+.1f}",
            f"{row.covered:.1f} %",
            f"{row.cases:g}",
        ) in rows
    for row in reference.children_errors():
        held = f"{row.covered:.1f} %"
        assert any(
            cells[:3:2] == (row.level, f"{row.low:+.1f} to {row.high:+.1f}") and held in cells
            for cells in rows
        )

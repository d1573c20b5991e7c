"""The operator's own files: a private folder between sessions, a folder `local/` of a build."""

from __future__ import annotations

import os
import shutil
import stat
from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from diagnostic import report, territories, warehouse
from diagnostic.local import private
from diagnostic.local.store import Deposit, LocalData
from diagnostic.model import DiagnosticError, Status
from diagnostic.report import local as figures
from diagnostic.warehouse import local_files, open_database

DAY = date(2026, 1, 2)


def extract(value: float = 1234.0) -> Deposit:
    facts = pd.DataFrame(
        [
            ("01004", "caf_aeeh", 2024, value, Status.OK, "local_caf"),
            ("2A004", "caf_aeeh", 2024, None, Status.SECRET, "local_caf"),
        ],
        columns=["commune", "stat", "year", "value", "status", "source"],
    )
    return Deposit("caf", "caf.xlsx", DAY, 2024, facts, "caf_extrait", 10.0, ("01004", "2A004"))


# --- the private folder


def test_without_the_operators_word_there_is_no_folder(monkeypatch):
    monkeypatch.delenv(private.VARIABLE, raising=False)
    assert private.folder() is None


def test_the_folder_is_made_for_its_owner_alone_and_its_files_too(tmp_path, monkeypatch):
    monkeypatch.setenv(private.VARIABLE, str(tmp_path / "prive"))
    kept = private.folder()
    private.save(extract(), kept)
    assert stat.S_IMODE(kept.stat().st_mode) == 0o700
    assert [stat.S_IMODE(path.stat().st_mode) for path in kept.iterdir()] == [0o600]


def test_a_folder_that_others_may_enter_is_refused_with_what_to_do(tmp_path, monkeypatch):
    (tmp_path / "ouvert").mkdir(mode=0o755)
    monkeypatch.setenv(private.VARIABLE, str(tmp_path / "ouvert"))
    with pytest.raises(DiagnosticError, match="chmod 700"):
        private.folder()


def test_what_was_kept_comes_back_with_its_zeros_its_secrets_and_its_threshold(tmp_path):
    private.save(extract(), tmp_path)
    [back] = private.load(tmp_path).deposits
    assert (back.template, back.origin, back.received, back.year) == ("caf", "caf.xlsx", DAY, 2024)
    assert (back.rule, back.threshold, back.perimeter) == ("caf_extrait", 10.0, ("01004", "2A004"))
    assert back.facts["commune"].tolist() == ["01004", "2A004"]
    assert back.facts["value"].fillna(-1).tolist() == [1234.0, -1]
    assert back.facts["status"].tolist() == [Status.OK, Status.SECRET]


def test_a_newer_file_of_the_same_year_takes_the_place_of_the_former(tmp_path):
    private.save(extract(10.0), tmp_path)
    private.save(extract(20.0), tmp_path)
    [back] = private.load(tmp_path).deposits
    assert back.facts["value"].iloc[0] == 20.0


def test_a_damaged_file_is_left_aside_and_forgetting_removes_ours_only(tmp_path):
    private.save(extract(), tmp_path)
    (tmp_path / "caf_2020.donnees.json").write_text('{"template": "caf"')
    (tmp_path / "notes.txt").write_text("à garder")
    assert len(private.load(tmp_path).deposits) == 1
    private.erase(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["notes.txt"]


def test_the_same_figures_brought_again_keep_their_first_perimeter():
    wider = Deposit("caf", "caf.xlsx", DAY, 2024, extract().facts, "caf_extrait", 10.0, ("01004",))
    [held] = LocalData().merge(extract()).merge(wider).deposits
    assert held.perimeter == ("01004", "2A004")


# --- the files of a build


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory, demo_raw: Path, demo_db: Path):
    """A build with one good list, one that says it is complete, one wrong line, one without year."""
    raw = tmp_path_factory.mktemp("avec") / "raw"
    shutil.copytree(demo_raw, raw)
    own = raw / "local"
    own.mkdir()
    codes = territories.index(open_database(demo_db)).communes["departement", "F1"]
    counts = "\n".join(f"{code};{20 + n};{n % 9}" for n, code in enumerate(codes))
    (own / "caf_2024.csv").write_text(f"Code commune;Allocataires;AEEH\n{counts}\n")
    (own / "alsh_2025_complet-departement-F1.csv").write_text(
        f"Code commune;Nom;Mercredi\n{codes[0]};A;30\n{codes[1]};B;45\n"
    )
    (own / "eaje_2025.csv").write_text(f"Code commune;Nom;Places\n{codes[0]};A;à venir\n")
    (own / "laep.csv").write_text(f"Code commune;Nom\n{codes[0]};A\n")
    target = raw.parent / "avec.duckdb"
    return warehouse.build([raw], target), open_database(target)


def test_a_build_takes_the_territorys_own_lists_and_names_them(built):
    made, _ = built
    own = {
        loaded.file: (loaded.source, loaded.vintage)
        for loaded in made.loaded
        if loaded.source.startswith("local_")
    }
    assert own == {
        "caf_2024.csv": ("local_caf", "2024"),
        "alsh_2025_complet-departement-F1.csv": ("local_alsh", "2025"),
    }


def test_a_build_refuses_a_list_with_a_wrong_line_and_one_without_a_year(built):
    reasons = {refused.file: refused.reason for refused in built[0].refused}
    assert "Ligne 2, colonne « Places », lu « à venir »" in reasons["eaje_2025.csv"]
    assert "alsh_2025.csv" in reasons["laep.csv"]


def test_a_database_that_holds_exact_counts_is_readable_by_its_owner_only(built):
    assert stat.S_IMODE(os.stat(built[1].path).st_mode) == 0o600


def test_the_report_of_a_build_shows_local_figures_and_hides_the_small_ones(built):
    db = built[1]
    plain = report.build(db, "departement:F1", on=DAY)
    found = figures.with_built(plain, db)
    assert plain.local == ()
    places = next(one for one in figures.own(found) if one.indicator.id == "local_alsh_mercredi_100")
    assert places.finding.numerator == 30 + 45
    assert places.finding.caution.startswith("Donnée locale · alsh_2025")
    communes = territories.index(db).communes["departement", "F1"]
    plan = next(one for one in figures.built(db) if one.deposit.template == "caf")
    small = [code for n, code in enumerate(communes) if 0 < n % 9 < 5]
    assert {plan.cell("caf_aeeh", "commune", code, (code,)).status for code in small} == {Status.SECRET}


def test_a_database_built_without_them_holds_none(demo_db):
    assert local_files.deposits(open_database(demo_db)) == ()


def test_only_a_folder_below_the_raw_one_is_local(tmp_path):
    raw = tmp_path / "local" / "raw"
    assert not local_files.is_local(raw / "BPE24.csv", [raw])
    assert local_files.is_local(raw / "Local" / "alsh_2025.csv", [raw])

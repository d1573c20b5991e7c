"""The command line: what it prints, and one French sentence with the right exit code for each mistake."""

from __future__ import annotations

import json
import os
import re
import resource
import subprocess
import sys
from pathlib import Path

import pytest

from diagnostic import ROOT, exports
from diagnostic.__main__ import main
from diagnostic.commands import cli
from diagnostic.demo import write_demo
from diagnostic.indicators import INDICATORS


@pytest.fixture
def run(capsys, demo_db, monkeypatch):
    """Run one command on the fictional database; give its exit code, output and errors."""
    monkeypatch.setenv("DIAGNOSTIC_DB", str(demo_db))

    def call(*arguments: object) -> tuple[int, str, str]:
        code = main([str(argument) for argument in arguments])
        printed = capsys.readouterr()
        return code, printed.out, printed.err

    return call


@pytest.fixture(scope="module")
def village(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("village")
    write_demo(folder, communes=3, seed=5)
    return folder


def one_sentence(error: str) -> str:
    """The error, once checked: one line, closed by a full stop, without a trace of Python."""
    text = error.strip()
    assert text and "\n" not in text and text.endswith("."), error
    assert not any(word in text for word in ("Traceback", "Error", "Errno", "None", "Invalid", "No such"))
    return text


def process(*arguments: object, **options: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "diagnostic", *map(str, arguments)],
        cwd=ROOT,
        text=True,
        stderr=subprocess.PIPE,
        check=False,
        **options,
    )


def loaded(db: Path, *arguments: str) -> set[str]:
    """The modules that a command loads, run as a person runs it, and what it prints is not empty."""
    told = subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "diagnostic", *arguments, "--db", str(db)],
        cwd=ROOT,
        text=True,
        capture_output=True,
        check=True,
    )
    assert told.stdout.strip()
    return {line.rpartition("|")[2].strip() for line in told.stderr.splitlines()}


# --- Mistakes ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "code", "word"),
    [
        (["montre"], 2, "montre"),
        (["--version"], 2, "--version"),
        (["show"], 2, "TERRITOIRE"),
        (["show", "france", "encore"], 2, "de trop"),
        (["show", "france", "--couleur"], 2, "--couleur"),
        (["show", "Bordeaux"], 2, "Bordeaux"),
        (["show", "commune:"], 2, "commune:33063"),
        (["show", "commune:99999"], 2, "99999"),
        (["show", "epci:000000000"], 2, "000000000"),
        (["show", "perimetre:F1001+99999"], 2, "99999"),
        (["show", "france", "--compare", "commune:99999"], 2, "99999"),
        (["search", "zzzzzz"], 1, "zzzzzz"),
        (["demo", "--communes", "beaucoup"], 2, "--communes"),
        (["demo", "--communes"], 2, "--communes"),
        (["demo", "--communes", "0"], 2, "35"),
        (["demo", "--communes", "36000"], 2, "35"),
        (["demo", "--seed", "-1"], 2, "--seed"),
        (["fetch", "--only", "insee"], 2, "insee"),
        (["export", "france", "--format", "odt"], 2, "odt"),
        (["export", "france", "--format", ","], 2, "pptx"),
        (["export", "france", "--template", "absent.pptx"], 2, "absent.pptx"),
        (["export", "epci-de:99"], 2, "99"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else None,
)
def test_a_mistaken_call_gives_one_sentence_and_its_code(run, tmp_path, arguments, code, word):
    if arguments[0] in ("demo", "fetch", "export"):
        arguments = [*arguments, "--out", tmp_path]
        if arguments[1] == "--communes" and len(arguments) == 4:
            arguments = arguments[:2]
    given, printed, error = run(*arguments)
    assert (given, printed) == (code, "")
    assert word in one_sentence(error)


@pytest.mark.parametrize("command", [["check"], ["search", "a"], ["show", "france"], ["export", "france"]])
def test_without_a_database_each_command_says_how_to_build_one(run, tmp_path, command):
    code, _, error = run(*command, "--db", tmp_path / "absente.duckdb")
    assert code == 1
    assert "absente.duckdb" in one_sentence(error) and "build" in error


@pytest.mark.parametrize("content", [b"", b"ceci n'est pas une base" * 200])
def test_a_file_that_is_no_database_is_said_to_be_none(run, tmp_path, content):
    (tmp_path / "fausse.duckdb").write_bytes(content)
    code, _, error = run("check", "--db", tmp_path / "fausse.duckdb")
    assert code == 1
    assert "fausse.duckdb" in one_sentence(error)


def test_a_folder_that_is_not_there_or_is_a_file_cannot_be_built_from(run, tmp_path):
    (tmp_path / "fichier").write_text("")
    for folder in (tmp_path / "absent", tmp_path / "fichier"):
        code, _, error = run("build", "--raw", folder, "--db", tmp_path / "a.duckdb")
        assert code in (1, 2)
        assert folder.name in one_sentence(error)


def test_a_database_that_cannot_be_written_is_said_in_french_and_a_folder_before_anything_is_read(
    run, tmp_path, village
):
    code, printed, error = run("build", "--raw", village, "--db", tmp_path)
    assert code == 2 and printed == "" and "est un dossier" in error and "--db" in error
    (tmp_path / "fichier").write_text("x")
    code, _, error = run("build", "--raw", village, "--db", tmp_path / "fichier" / "base.duckdb")
    assert code == 1 and "un fichier porte ce nom" in error and "exists" not in error


def test_a_folder_of_unknown_layouts_builds_nothing_and_says_why(run, tmp_path):
    raw = tmp_path / "raw"
    raw.mkdir()
    (raw / "ventes.csv").write_text("produit;prix\ncafé;12\n", "utf-8")
    code, _, error = run("build", "--raw", raw, "--db", tmp_path / "a.duckdb")
    assert code == 1
    one_sentence(error)
    assert not (tmp_path / "a.duckdb").exists()


def test_an_output_folder_that_is_a_file_is_said_to_be_one(run, tmp_path):
    (tmp_path / "fichier").write_text("")
    for command in (["demo"], ["fetch", "--only", "densite"], ["export", "france"]):
        code, _, error = run(*command, "--out", tmp_path / "fichier")
        assert code in (1, 2)
        assert "fichier" in one_sentence(error)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full on this system")
def test_a_full_disk_behind_the_output_gives_one_sentence(demo_db):
    with Path("/dev/full").open("w") as full:
        result = process("check", "--db", demo_db, stdout=full)
    assert result.returncode == 1
    assert "le disque est plein" in one_sentence(result.stderr)


@pytest.mark.parametrize("command", ["demo", "build"])
def test_a_disk_that_takes_no_more_leaves_one_sentence_and_no_half_database(tmp_path, village, command):
    def smallest_disk() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))

    db = tmp_path / "a.duckdb"
    arguments = (
        ["demo", "--out", tmp_path / "raw"] if command == "demo" else ["build", "--raw", village, "--db", db]
    )
    result = process(*arguments, stdout=subprocess.PIPE, preexec_fn=smallest_disk)
    assert result.returncode == 1
    one_sentence(result.stderr.splitlines()[-1])
    assert "Traceback" not in result.stderr
    assert not db.exists()


def test_a_reader_that_stops_early_is_no_error(demo_db):
    reading, writing = os.pipe()
    os.close(reading)
    result = process("check", "--db", demo_db, stdout=writing)
    os.close(writing)
    assert "Traceback" not in result.stderr and "Exception" not in result.stderr


# --- Commands that succeed -----------------------------------------------------------------------


def test_help_is_french_and_names_every_command(run):
    code, printed, _ = run("--help")
    assert code == 0
    for name in ("demo", "data", "fetch", "build", "news", "check", "search", "show", "export", "bilan"):
        assert f"  {name}" in printed
        _, text, _ = run(name, "--help")
        assert "Usage :" in text and "Affiche cette aide" in text
        assert "Show this message" not in text
    _, text, _ = run("export", "--help")
    assert set(exports.FORMATS) <= set(re.findall(r"\w+", text))
    assert set(cli.commands) == {
        "demo",
        "data",
        "fetch",
        "build",
        "news",
        "check",
        "search",
        "show",
        "export",
        "bilan",
    }


def test_a_village_is_written_then_built_then_read(run, tmp_path):
    raw, db = tmp_path / "raw", tmp_path / "base" / "village.duckdb"
    assert run("demo", "--out", raw, "--communes", 2)[0] == 0
    code, printed, _ = run("build", "--raw", raw, "--db", db)
    assert code == 0
    assert "naissances" in printed and str(db) in printed
    code, printed, _ = run("check", "--db", db)
    assert code == 0
    assert "territoire fictif" in printed and "Population municipale" in printed


def test_the_build_names_each_file_it_could_not_use_and_the_indicators_that_stay_silent(
    run, tmp_path, village
):
    raw = tmp_path / "raw"
    raw.mkdir()
    for path in village.iterdir():
        if "naissances" not in path.name.lower() and "NAIS" not in path.name:
            (raw / path.name).symlink_to(path)
    (raw / "ventes.csv").write_text("produit;prix\ncafé;12\n", "utf-8")
    code, printed, _ = run("build", "--raw", raw, "--db", tmp_path / "a.duckdb")
    assert code == 0
    assert "ventes.csv : colonnes inconnues" in printed
    assert "Naissances domiciliées : " in printed.split("sans données")[1]


def test_search_gives_the_key_to_copy(run):
    code, printed, _ = run("search", "france", "--json")
    assert code == 0
    assert (
        json.loads(printed)[0].items()
        >= {"key": "france", "level": "france", "code": "F", "name": "France"}.items()
    )
    code, printed, _ = run("search", "F1001")
    assert code == 0 and "commune:F1001" in printed


def test_a_search_waits_for_no_library_of_figures(demo_db):
    known = loaded(demo_db, "search", "france")
    assert "duckdb" in known
    assert not known & {
        "pandas",
        "numpy",
        "pyarrow",
        "shapely",
        "scipy",
        "diagnostic.report",
        "diagnostic.story",
    }


# --- The report ----------------------------------------------------------------------------------


@pytest.fixture
def epci(run) -> str:
    from diagnostic.warehouse import open_database

    return "epci:" + open_database().rows("select min(code) from territory where level = 'epci'")[0][0]


def test_show_prints_the_whole_report_in_french(run, epci):
    code, printed, error = run("show", epci)
    assert (code, error) == (0, "")
    assert "Territoire fictif" in printed
    for indicator in INDICATORS:
        assert indicator.label in printed
    for title in ("L’essentiel", "Priorités", "Sources", "Perspectives"):
        assert title in printed
    assert not re.search(r"\b(None|nan|inf)\b|\{|not_published", printed)


def test_a_diagnosis_on_the_terminal_waits_neither_for_frames_nor_for_what_makes_a_plan(demo_db, epci):
    for place in (epci, "france", "commune:F1001", "perimetre:F1001+F1002"):
        known = loaded(demo_db, "show", place)
        assert "diagnostic.story" in known
        late = (
            "pandas",
            "pyarrow",
            "diagnostic.plan",
            "diagnostic.simulation",
            "diagnostic.local.worker",
            "diagnostic.exports",
        )
        assert {name for name in known if name.startswith(late)} == set()


def test_show_json_gives_every_indicator_with_the_declared_keys(run, epci):
    code, printed, _ = run("show", epci, "--json", "--compare", "france")
    assert code == 0
    document = json.loads(printed)
    assert document["territory"] == {"level": "epci", "code": epci[5:], "name": document["territory"]["name"]}
    assert [entry["id"] for entry in document["indicators"]] == [indicator.id for indicator in INDICATORS]
    keys = {
        *("id", "label", "unit", "value", "numerator", "denominator", "status", "vintage"),
        *("source", "comparators", "comparators_years", "gap", "missing", "reading"),
    }
    for entry in document["indicators"]:
        assert set(entry) == keys
        assert "france" in entry["comparators"]
        if entry["status"] in ("secret", "not_published", "missing", "not_applicable"):
            assert entry["value"] is None
    assert {"coverage", "alsh", "qpv", "outlook", "priorities", "levers", "sources"} <= set(document)


def test_a_commune_without_a_published_rate_has_null_and_not_zero(run):
    from diagnostic.warehouse import open_database

    [(small,)] = open_database().rows(
        "select code from total where level = 'commune' and stat = 'population' order by value limit 1"
    )
    _, printed, _ = run("show", f"commune:{small}", "--json")
    [rate] = [entry for entry in json.loads(printed)["indicators"] if entry["id"] == "taux_couverture"]
    assert (rate["value"], rate["status"]) == (None, "not_published")


def test_a_perimeter_of_ones_own_is_shown_too(run):
    code, printed, _ = run("show", "perimetre:F1001+F1002", "--json")
    assert code == 0
    document = json.loads(printed)
    parts = [json.loads(run("show", f"commune:{c}", "--json")[1]) for c in ("F1001", "F1002")]
    population = [d["indicators"][0]["value"] for d in (document, *parts)]
    assert population[0] == population[1] + population[2]


# --- Documents -----------------------------------------------------------------------------------


def test_one_unknown_territory_does_not_stop_the_others_and_a_second_run_keeps_what_is_done(
    run, tmp_path, epci
):
    code, printed, error = run("export", epci, "commune:99999", "--format", "xlsx", "--out", tmp_path)
    assert code == 2
    [made] = tmp_path.iterdir()
    assert made.suffix == ".xlsx" and str(made) in printed
    assert "99999" in error
    before = made.stat().st_mtime_ns
    code, printed, _ = run("export", epci, "--format", "xlsx", "--out", tmp_path)
    assert code == 0
    assert "déjà fait" in printed and made.stat().st_mtime_ns == before

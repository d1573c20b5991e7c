"""The arrangement of the project: what imports what, what stands at the top, what never gets committed."""

from __future__ import annotations

import ast
import importlib
import os
import re
import subprocess
import sys
import tomllib
from functools import cache
from pathlib import Path

import pytest

import diagnostic
from diagnostic.sources import SOURCES

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = ROOT / "diagnostic"
CODE = sorted(PACKAGE.rglob("*.py"))
BELOW_THE_INTERFACE = [path for path in CODE if PACKAGE / "ui" not in path.parents]

# The home of a person or a machine's own tree; `/tmp` and `/usr/bin` exist everywhere.
MACHINE_PATH = re.compile(r"(?<![\w.:/-])/(?:home|root|Users|work|mnt|workspace)/\w|\b[A-Z]:\\\\?Users")
TEXT = {".py", ".sql", ".md", ".toml", ".txt", ".csv", ".css", ".json", ".yml", ".yaml", ".cfg", ""}


@cache
def imports(path: Path) -> tuple[ast.Import | ast.ImportFrom, ...]:
    """Every import of the file, at the top or inside a function; each file is read once."""
    nodes = ast.walk(ast.parse(path.read_text("utf-8")))
    return tuple(node for node in nodes if isinstance(node, ast.Import | ast.ImportFrom))


def imported(path: Path) -> set[str]:
    """Every module that the file names in an import."""
    found: set[str] = set()
    for node in imports(path):
        if isinstance(node, ast.Import):
            found.update(alias.name for alias in node.names)
        elif node.module:
            found.add(node.module)
    return found


def tracked() -> list[Path]:
    try:
        listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("not a git checkout: nothing tells which files are tracked")
    paths = [ROOT / name for name in listed.stdout.decode().split("\0") if name]
    return [path for path in paths if path.is_file()]


@pytest.mark.parametrize("path", BELOW_THE_INTERFACE, ids=lambda path: str(path.relative_to(ROOT)))
def test_only_the_interface_knows_streamlit(path):
    roots = {module.split(".")[0] for module in imported(path)}
    assert not roots & {"streamlit", "streamlit_folium"}


def test_the_package_imports_neither_pages_nor_launcher_nor_tests():
    outside = {"pages", "dashboard", "tests", "benchmarks"}
    offenders = {str(p.relative_to(ROOT)): imported(p) & outside for p in CODE if imported(p) & outside}
    assert offenders == {}


def test_imports_point_downwards_only_and_every_module_has_its_layer():
    from importlinter.cli import EXIT_STATUS_SUCCESS, lint_imports

    assert lint_imports(config_filename=str(ROOT / ".importlinter"), no_cache=True) == EXIT_STATUS_SUCCESS


def test_an_upward_import_is_caught(tmp_path):
    package = tmp_path / "diagnostic"
    package.mkdir()
    for name in ("__init__", "model", "sources"):
        (package / f"{name}.py").write_text("")
    (package / "model.py").write_text("from diagnostic import sources\n")
    (tmp_path / ".importlinter").write_text((ROOT / ".importlinter").read_text("utf-8"))
    check = "from importlinter.cli import lint_imports; raise SystemExit(lint_imports(no_cache=True))"
    result = subprocess.run(
        [sys.executable, "-c", check], cwd=tmp_path, capture_output=True, text=True, env={"PATH": os.defpath}
    )
    assert result.returncode == 1
    assert "diagnostic.model -> diagnostic.sources" in result.stdout


def test_no_tracked_file_names_a_path_of_one_machine():
    offenders = [
        f"{path.relative_to(ROOT)}:{number}: {line.strip()}"
        for path in tracked()
        if path.suffix in TEXT and path != Path(__file__).resolve()
        for number, line in enumerate(path.read_text("utf-8").splitlines(), 1)
        if MACHINE_PATH.search(line)
    ]
    assert offenders == []


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ('open("/home/anne/ctg/data.csv")', True),
        ("/root/projet", True),
        (r"C:\Users\anne", True),
        ('executable_path="/usr/bin/chromium"', False),
        ("https://producteur.example/home/page", False),
        ("diagnostic/home/page", False),
    ],
)
def test_a_path_of_one_machine_is_recognised(line, found):
    assert bool(MACHINE_PATH.search(line)) is found


@pytest.mark.parametrize(
    "name",
    [
        "dashboard.py",
        "pages",
        "data",
        "diagnostic",
        "tests",
        "requirements.txt",
        "README.md",
        "Makefile",
        ".ci/run",
    ],
)
def test_the_top_level_is_as_given(name):
    assert (ROOT / name).exists()


def test_no_download_database_or_generated_file_is_tracked():
    kept_out = (ROOT / "data" / "raw", ROOT / "data" / "demo", ROOT / "data" / "private")
    offenders = [p for p in tracked() if p.suffix == ".duckdb" or set(kept_out) & set(p.parents)]
    assert offenders == []


@pytest.mark.parametrize("name", ["requirements.txt", "requirements-dev.txt"])
def test_every_requirement_is_pinned_and_says_what_it_earns(name):
    lines = [line for line in (ROOT / name).read_text("utf-8").splitlines() if line and line[0] != "#"]
    assert lines
    assert [line for line in lines if not re.fullmatch(r"[\w.-]+==[\w.]+ +# \S.+", line)] == []


MODULES = {
    "python-pptx": "pptx",
    "python-docx": "docx",
    "pillow": "PIL",
    "fonttools": "fontTools",
    "XStatic-Leaflet": "xstatic",
}
"""Requirement -> the module that it brings, where its name does not tell."""
BROUGHT_FOR_OTHERS = {"uvicorn", "uvloop", "pyarrow", "Jinja2", "Authlib", "httpx"}
"""Pinned for another library, which imports them itself."""


def test_the_application_imports_each_requirement_that_it_installs() -> None:
    lines = (ROOT / "requirements.txt").read_text("utf-8").splitlines()
    asked = {line.partition("==")[0] for line in lines if line and line[0] != "#"} - BROUGHT_FOR_OTHERS
    roots = {module.split(".")[0] for path in CODE for module in imported(path)}
    assert {name for name in asked if MODULES.get(name, name.replace("-", "_").lower()) not in roots} == set()


def test_the_package_carries_its_tables_its_command_and_its_requirements() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    module, _, function = project["project"]["scripts"]["diagnostic"].partition(":")
    assert callable(getattr(importlib.import_module(module), function))
    hatch = project["tool"]["hatch"]
    assert hatch["metadata"]["hooks"]["requirements_txt"]["files"] == ["requirements.txt"]
    ((tables, _),) = hatch["build"]["targets"]["wheel"]["force-include"].items()
    assert ROOT / tables == diagnostic.REFERENCE and (diagnostic.REFERENCE / "levers.csv").is_file()


@pytest.mark.parametrize("page", ["README.md", "CONTRIBUTING.md", "docs/architecture.md"])
def test_the_files_that_a_page_for_contributors_names_exist(page: str) -> None:
    text = (ROOT / page).read_text("utf-8")
    named = re.findall(r"`((?:diagnostic|data/reference|docs|\.ci|tests)/[\w./-]+)`", text)
    assert named and not [path for path in named if not (ROOT / path).exists()]


def test_the_hosted_checks_run_what_a_bare_machine_runs() -> None:
    assert "run: .ci/run" in (ROOT / ".github" / "workflows" / "ci.yml").read_text("utf-8")
    assert re.search(r"^\t\$\(PY\) -m mypy & checked=", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE)


def test_a_commit_is_checked_as_the_suite_begins() -> None:
    makefile = (
        (ROOT / "Makefile")
        .read_text("utf-8")
        .replace("$(VENV)", ".venv")
        .replace("$(PY)", ".venv/bin/python")
    )
    recipe = re.search(r"^test:.*\n((?:\t.+\n)+)", makefile, re.MULTILINE)[1]
    quick = {
        line.strip().removesuffix(" .") for line in re.split(r" & .*|\n", recipe) if "pytest" not in line
    }
    hooks = (ROOT / ".pre-commit-config.yaml").read_text("utf-8")
    run = re.findall(r"entry: ([^,]+),", hooks)
    assert len(run) >= 4 and set(run) == {line for line in quick if line.startswith(".venv")}


def test_a_source_is_one_entry_and_one_query() -> None:
    queries = {path.stem for path in (PACKAGE / "sql" / "sources").glob("*.sql")}
    assert queries == {source.id for source in SOURCES}


def named(module: str) -> Path | None:
    """The file of a module of ours; None for anything else."""
    path = ROOT / module.replace(".", "/")
    found = [one for one in (path.with_suffix(".py"), path / "__init__.py") if one.is_file()]
    return found[0] if found and path.is_relative_to(PACKAGE) else None


def test_a_function_is_read_on_one_screen() -> None:
    long = [
        f"{path.relative_to(ROOT)}: {node.name}"
        for path in PACKAGE.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.FunctionDef) and node.end_lineno - node.lineno + 1 >= 60
    ]
    assert long == []


def test_no_circle_of_imports_runs_between_files() -> None:
    above = {
        path: {found for module in imported(path) | parts(path) if (found := named(module))} - {path}
        for path in CODE
        if path.name != "__init__.py"
    }
    while free := {path for path, below in above.items() if not below & above.keys()}:
        above = {path: below for path, below in above.items() if path not in free}
    assert sorted(str(path.relative_to(ROOT)) for path in above) == []


def test_the_fictional_base_is_rebuilt_when_any_code_that_makes_it_changed() -> None:
    makefile = (ROOT / "Makefile").read_text("utf-8")
    listed = re.search(
        r"^DEMO_CODE := \$\(wildcard \$\(addprefix diagnostic/,(.+)\)\)$", makefile, re.MULTILINE
    )
    watched = {path for pattern in listed[1].split() for path in PACKAGE.glob(pattern)}
    made_by, left = set(), [PACKAGE / "warehouse" / "builder.py", *(PACKAGE / "demo").glob("*.py")]
    while left:
        path = left.pop()
        if path not in made_by:
            made_by.add(path)
            left += [found for module in imported(path) if (found := named(module))]
            left += [found for module in parts(path) if (found := named(module))]
    assert len(made_by) > 30 and made_by | set((PACKAGE / "sql").rglob("*.sql")) <= watched


def parts(path: Path) -> set[str]:
    """Modules taken by name from their package: `from diagnostic import french`."""
    return {
        f"{node.module}.{alias.name}"
        for node in imports(path)
        if isinstance(node, ast.ImportFrom) and node.module
        for alias in node.names
    }

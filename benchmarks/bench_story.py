"""How much of the project says the same thing once: read from the source, no database needed."""

from __future__ import annotations

import ast
import re
import tokenize
from collections.abc import Iterator
from pathlib import Path

from benchmarks.harness import Result

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = ROOT / "diagnostic"
FILES = sorted([*PACKAGE.rglob("*.py"), *(ROOT / "pages").glob("*.py")])
DECLARATIONS = ("indicators.py", "levers.py", "duties.py", "sources.py")
REFERENCE = re.compile(r"\.(reference|reference_label)\b")
MOST_PARAMETERS, MOST_LINES = 6, 60


def results() -> Iterator[Result]:
    """One row a measure of « one story »."""
    from diagnostic.indicators import BY_ID
    from diagnostic.story import BUILDERS

    yield Result(
        "subjects written once, for every medium", len(BUILDERS), "subjects", "", "tests/test_story.py"
    )
    names = _files(lambda path: _reads_reference(path))
    yield Result(
        "lines that read `reference` outside it", sum(names.values()), "lines", "< 10", f"{len(names)} files"
    )
    ids = _files(lambda path: _ids(path, set(BY_ID)))
    yield Result("indicator ids outside declarations", sum(ids.values()), "ids", "< 150", f"{len(ids)} files")
    lines = sum(_lines(path) for path in (PACKAGE / "ui").glob("*.py") if not _knows_streamlit(path))
    yield Result("lines of ui/ that know no Streamlit", lines, "lines", "< 700")
    yield Result(
        "drawings of a stacked bar",
        _stacked(),
        "drawings",
        "3",
        "plotly, matplotlib, native",
    )
    functions = [node for path in FILES for node in _functions(path)]
    wide = sum(_parameters(node) > MOST_PARAMETERS for node in functions)
    long = sum(node.end_lineno - node.lineno + 1 >= MOST_LINES for node in functions if node.end_lineno)
    yield Result("functions of more than 6 parameters", wide, "functions", "< 8")
    yield Result("functions of 60 lines or more", long, "functions", "0")
    yield Result("lines of Python in diagnostic/", sum(map(_lines, PACKAGE.rglob("*.py"))), "lines")


def _files(count) -> dict[Path, int]:
    return {path: found for path in FILES if (found := count(path))}


def _lines(path: Path) -> int:
    return len(path.read_text("utf-8").splitlines())


def _reads_reference(path: Path) -> int:
    """Lines that read the reference of a report or of a finding above the floor that makes it."""
    above = ("ui", "story", "exports", "pages", "commands")
    if not any(part in path.parts for part in above) and path.name != "text.py":
        return 0
    code = re.sub(r'"""[\s\S]*?"""|#.*', "", path.read_text("utf-8"))
    # The module of that name, the field of a block and that of a row are other things.
    other = ("from diagnostic.reference", "block.reference", "strip.reference", "service.reference")
    return sum(
        bool(REFERENCE.search(line)) and not any(one in line for one in other) for line in code.splitlines()
    )


def _ids(path: Path, known: set[str]) -> int:
    """Texts that are the id of an indicator, outside the declarations."""
    if path.name in DECLARATIONS or "demo" in path.parts or "warehouse" in path.parts:
        return 0
    with path.open("rb") as stream:
        return sum(
            token.type == tokenize.STRING and token.string.strip("\"'") in known
            for token in tokenize.tokenize(stream.readline)
        )


def _knows_streamlit(path: Path) -> bool:
    return re.search(r"^(import|from) streamlit", path.read_text("utf-8"), re.MULTILINE) is not None


def _stacked() -> int:
    """Functions that draw parts one after the other in a bar."""
    marks = (
        'barmode="stack"',
        "BAR_STACKED",
        "(at, at + value)",
        "place(dx: at",
    )
    texts = [
        path.read_text("utf-8") for path in [*FILES, *PACKAGE.rglob("*.typ")] if "plan" not in path.parts
    ]
    return sum(any(mark in text for text in texts) for mark in marks)


def _functions(path: Path) -> list[ast.FunctionDef]:
    tree = ast.parse(path.read_text("utf-8"))
    return [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)]


def _parameters(node: ast.FunctionDef) -> int:
    return len(node.args.args) + len(node.args.kwonlyargs) + len(node.args.posonlyargs)

"""Nothing is written that nothing reads: functions, methods, classes, fields, and names that a package offers."""

from __future__ import annotations

from pathlib import Path

from vulture import Vulture

ROOT = Path(__file__).resolve().parents[1]
BY_OTHERS = {
    "PAGE": "the navigation reads it from the text of the page",
    "__getattr__": "Python asks it",
    "_": "registered for a kind of block",
    "do_GET": "the server calls it",
    "log_message": "the server calls it",
    "convert": "the command line calls it",
    "prefix": "the command line gives it",
    "formatter_class": "the command line reads it",
    "context_class": "the command line reads it",
    "command_class": "the command line reads it",
    "demo": "a command",
    "bilan": "a command",
    "csv_archive": "named in the formats of exports",
    "main_supplier": "`show --json` gives it",
    "main_share": "`show --json` gives it",
    "supplier_outside": "`show --json` gives it",
    "kept_share": "`show --json` gives it",
    "mean_km": "`show --json` gives it",
    "vademecum_figures": "the tests hold the amounts against what the vademecum prints",
    "derived": "the tests reckon the value again",
    "confirmed": "the tests hold the address against the notes",
}
"""What is read without being named in the code, each with its reader."""


def unused(*paths: Path) -> list[str]:
    """What no code of these folders names again; members of an enumeration are read by their value."""
    found = Vulture(ignore_names=list(BY_OTHERS))
    found.scavenge([str(path) for path in paths])
    # An attribute that is only set is one of another library's object.
    kinds = ("function", "method", "class", "property", "variable", "import")
    return [
        f"{item.filename.relative_to(ROOT) if item.filename.is_relative_to(ROOT) else item.filename.name}: {item.name}"
        for item in found.get_unused_code(min_confidence=60)
        if item.typ in kinds and not (item.typ == "variable" and item.name.isupper() and _indented(item))
    ]


def _indented(item) -> bool:
    return item.filename.read_text("utf-8").splitlines()[item.first_lineno - 1].startswith(" ")


def test_everything_written_is_read_somewhere():
    assert unused(*(ROOT / name for name in ("diagnostic", "pages", "benchmarks", "dashboard.py"))) == []


def test_a_function_and_a_field_that_nothing_reads_are_seen(tmp_path):
    (tmp_path / "made.py").write_text(
        "class A:\n    kept: int\n    lost: int\n\ndef alone(): ...\nprint(A.kept)\n"
    )
    assert {line.split(": ")[1] for line in unused(tmp_path)} == {"lost", "alone"}

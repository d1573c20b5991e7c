"""Nothing is written that nothing reads: functions, methods, classes, fields, and names that a package offers."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

from vulture import Vulture

from diagnostic.exports import FORMATS

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
    "filtered_state": "Streamlit reads it for each text",
    "command_class": "the command line reads it",
    "demo": "a command",
    "bilan": "a command",
    "csv_archive": "named in the formats of exports",
    "main_supplier": "`show --json` gives it",
    "main_share": "`show --json` gives it",
    "supplier_outside": "`show --json` gives it",
    "kept_share": "`show --json` gives it",
    "mean_km": "`show --json` gives it",
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


ASKED_BY_NAME = {of.rpartition(":")[2] for _, _, of in FORMATS.values()}
"""What the table of the formats of exports names."""


def modules(*folders: Path) -> dict[str, ast.Module]:
    found = {}
    for path in (
        path for folder in folders for path in ([folder] if folder.is_file() else folder.rglob("*.py"))
    ):
        name = ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
        found[name] = ast.parse(path.read_text("utf-8"))
    return found


class Asked:
    """The top-level names of modules that other modules, or another of their own functions, ask."""

    def __init__(self, trees: dict[str, ast.Module]) -> None:
        self.trees, self.found = trees, set[tuple[str, str]]()
        self.own = {
            name: {node.name for node in tree.body if isinstance(node, ast.FunctionDef | ast.ClassDef)}
            for name, tree in trees.items()
        }
        self.taken = {name: dict(self._taken(tree)) for name, tree in trees.items()}
        for name, tree in trees.items():
            for node in tree.body:
                self._read(name, node, getattr(node, "name", ""))

    def _taken(self, tree: ast.Module) -> Iterator[tuple[str, tuple[str, str]]]:
        """Name in the file -> module and name that it stands for; the name is empty for a module."""
        for node in ast.walk(tree):
            if isinstance(node, ast.ImportFrom) and node.module:
                for alias in node.names:
                    whole = f"{node.module}.{alias.name}"
                    yield (
                        alias.asname or alias.name,
                        (whole, "") if whole in self.trees else (node.module, alias.name),
                    )

    def _said(self, module: str, name: str) -> tuple[str, str] | None:
        if name in self.own.get(module, ()):
            return module, name
        there = self.taken.get(module, {}).get(name)
        return there if there is None or not there[1] else self._said(*there)

    def _read(self, module: str, within: ast.AST, own: str) -> None:
        for node in ast.walk(within):
            if isinstance(node, ast.Name) and (said := self._said(module, node.id)) and said != (module, own):
                self.found.add(said)
            elif isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
                there = self._said(module, node.value.id)
                if there is not None and not there[1] and (said := self._said(there[0], node.attr)):
                    self.found.add(said)


def test_a_function_of_a_module_is_asked_by_the_code_not_only_by_a_test_or_by_its_name_elsewhere():
    trees = modules(*(ROOT / name for name in ("diagnostic", "pages", "benchmarks")), ROOT / "dashboard.py")
    asked = Asked(trees).found
    left = {
        f"{module}.{node.name}"
        for module, tree in trees.items()
        if module.startswith("diagnostic") and ".worker" not in module
        for node in tree.body
        if isinstance(node, ast.FunctionDef) and not node.decorator_list and (module, node.name) not in asked
    }
    named = ASKED_BY_NAME | {"__getattr__"}
    assert {one for one in left if one.rpartition(".")[2] not in named} == set()


def test_a_function_whose_name_another_one_bears_is_not_taken_for_asked():
    made = ast.parse("def lost(): ...\n\ndef kept(): ...\n\ndef again(): again()\n")
    other = ast.parse("from a import kept\nfrom elsewhere import lost, again\nkept(), lost(), again()\n")
    assert Asked({"a": made, "b": other}).found == {("a", "kept")}

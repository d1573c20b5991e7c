"""Territorial diagnosis that grounds a Convention territoriale globale (CTG)."""

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent
_IN_TREE = (_PACKAGE.parent / "pyproject.toml").is_file()

ROOT = _PACKAGE.parent if _IN_TREE else Path.cwd()
"""Where relative paths start: the project's root, or where the installed command is called."""

REFERENCE = (_PACKAGE.parent if _IN_TREE else _PACKAGE) / "data" / "reference"
"""The small committed tables."""

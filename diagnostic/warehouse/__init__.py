"""One DuckDB file from whatever official files are there, built whole or not at all; opened read-only."""

from __future__ import annotations

from typing import TYPE_CHECKING

from diagnostic.warehouse.database import Database, open_database

if TYPE_CHECKING:
    from diagnostic.warehouse.builder import build
    from diagnostic.warehouse.outcome import BuildReport, Loaded, Refused


def __getattr__(name: str) -> object:
    """Reading needs none of the libraries that building does: they are imported when they are used."""
    if name in ("BuildReport", "Loaded", "Refused", "build"):
        import importlib

        module = "builder" if name == "build" else "outcome"
        found = getattr(importlib.import_module(f"diagnostic.warehouse.{module}"), name)
        globals()[name] = found
        return found
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")

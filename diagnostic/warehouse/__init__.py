"""One DuckDB file from whatever official files are there, built whole or not at all; opened read-only."""

from diagnostic.warehouse.build import BuildReport, Loaded, Refused, build
from diagnostic.warehouse.database import SCHEMA_VERSION, Database, default_path, open_database

__all__ = [
    "SCHEMA_VERSION",
    "BuildReport",
    "Database",
    "Loaded",
    "Refused",
    "build",
    "default_path",
    "open_database",
]

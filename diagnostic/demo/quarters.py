"""Quartiers prioritaires (QPV 2024): where they are, who lives there, and ANCT's and INSEE's files about them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from pyproj import Transformer

from diagnostic.demo import names
from diagnostic.demo.files import geojson, table, write_archive, write_lines
from diagnostic.demo.people import People
from diagnostic.demo.places import Places
from diagnostic.demo.shapes import CENTRE_LATITUDE, KM_PER_DEGREE, SPACING, blob

CITY_FROM = 40_000
TOWN_FROM = 12_000
POOR_TOWN = -0.2
PER_QUARTER = 16_000
MOST = 8
RADIUS = 0.06 * SPACING
WGS84, LAMBERT_93 = "urn:ogc:def:crs:OGC:1.3:CRS84", "urn:ogc:def:crs:EPSG::2154"


@dataclass(frozen=True)
class Quarter:
    """One QPV: its communes (two when it lies astride a border) and the people it houses in each."""

    code: str
    name: str
    ring: np.ndarray
    communes: tuple[int, ...]
    people: tuple[int, ...]


def draw_quarters(places: Places, people: People, rng) -> list[Quarter]:
    """Quarters of the cities and of the poorer towns; one more astride each city's longest inner border."""
    size, wealth = people.municipal, places.wealth
    hosts = np.flatnonzero((size >= CITY_FROM) | ((size >= TOWN_FROM) & (wealth < POOR_TOWN))).tolist()
    across = _across(places, [c for c in hosts if size[c] >= CITY_FROM])
    quarters: list[Quarter] = []
    number = dict.fromkeys(range(len(places.departements)), 0)
    labels = names.roots(800, rng)

    def add(ring: np.ndarray, communes: tuple[int, ...], inhabitants: tuple[int, ...]) -> None:
        departement = int(places.departement[communes[0]])
        number[departement] += 1
        letter = places.departements[departement].code
        code = f"QN0{letter}{number[departement]:02d}M"
        label = ("Les {}", "Cité {}", "{} - Le Stade", "Plateau {}")[len(quarters) % 4]
        quarters.append(
            Quarter(code, label.format(labels[len(quarters) % 800].title()), ring, communes, inhabitants)
        )

    for host in hosts:
        count = min(MOST, max(1, int(size[host]) // PER_QUARTER))
        share = float(np.clip(0.11 * np.exp(-0.5 * wealth[host]), 0.05, 0.22)) / count
        for ring in _inside(places, host, count, rng):
            add(ring, (host,), (int(size[host] * share * rng.uniform(0.7, 1.3)),))
        if host in across:
            other, lon, lat, length = across[host]
            ring = blob(lon, lat, min(RADIUS, 0.3 * length), rng)
            add(ring, (host, other), (int(min(1_400, size[host] * 0.03)), int(min(900, size[other] * 0.12))))
    return quarters


def _inside(places: Places, host: int, count: int, rng) -> list[np.ndarray]:
    lon, lat = places.mosaic.centres[host]
    squeeze = np.cos(np.radians(CENTRE_LATITUDE))
    turn = rng.uniform(0, 2 * np.pi)
    angles = turn + np.arange(count) * 2 * np.pi / count
    away = 0.19 * SPACING / KM_PER_DEGREE
    return [
        blob(lon + away * np.cos(a) / squeeze, lat + away * np.sin(a), RADIUS, rng) for a in angles.tolist()
    ]


def _across(places: Places, cities: list[int]) -> dict[int, tuple[int, float, float, float]]:
    """For each city, its longest border with a commune of its own EPCI: neighbour, middle, kilometres."""
    best: dict[int, tuple[int, float, float, float]] = {}
    for a, b, lon, lat, length in places.mosaic.neighbours:
        for city, other in ((a, b), (b, a)):
            inner = city in cities and places.epci[city] == places.epci[other] and other not in cities
            if inner and length > best.get(city, (0, 0, 0, 0))[3]:
                best[city] = (other, lon, lat, length)
    return best


def _identity(places: Places, quarter: Quarter) -> list[str]:
    seat = quarter.communes[0]
    region = places.regions[places.region[seat]]
    departement = places.departements[places.departement[seat]]
    return [quarter.code, quarter.name, region.code, region.name, departement.code, departement.name]


def write_quarters(out: Path, places: Places, quarters: list[Quarter]) -> list[Path]:
    """The ANCT list (BOM, CRLF, empty columns, codes protected from Excel) and the archive of polygons, which holds them
    twice: in degrees and in Lambert-93."""
    columns = [
        "code_qp",
        "lib_qp",
        "insee_reg",
        "lib_reg",
        "insee_dep",
        "lib_dep",
        "insee_com",
        "lib_com",
        "siren_epci",
        "lib_epci",
    ]
    rows, features = [], []
    for quarter in quarters:
        head = _identity(places, quarter)
        epci = places.epcis[places.epci[quarter.communes[0]]]
        codes = [places.codes[c] for c in quarter.communes]
        labels = [places.names[c] for c in quarter.communes]
        protected = '"=""' + ";".join(codes) + '"""'
        label = f'"{";".join(labels)}"' if len(labels) > 1 else labels[0]
        rows.append(";".join([*head, protected, label, epci.code, epci.name]) + ";;;")
        values = [*head, ", ".join(codes), ", ".join(labels), epci.code, epci.name]
        features.append(
            {
                "type": "Feature",
                "properties": dict(zip(columns, values, strict=True)),
                "geometry": {"type": "MultiPolygon", "coordinates": [[quarter.ring.tolist()]]},
            }
        )
    to_metres = Transformer.from_crs(4326, 2154, always_xy=True).transform
    metres = []
    for feature, quarter in zip(features, quarters, strict=True):
        ring = np.round(np.column_stack(to_metres(*quarter.ring.T)), 3).tolist()
        metres.append({**feature, "geometry": {"type": "MultiPolygon", "coordinates": [[ring]]}})
    return [
        write_lines(out / "listeqp2024-cog2024.csv", ";".join(columns) + ";;;", rows, end="\r\n", bom=True),
        write_archive(
            out / "QP2024.zip",
            geojson("GEOJSON/QP2024_France_Hexagonale_Outre_Mer_WGS84.geojson", features, WGS84),
            geojson("GEOJSON/QP2024_France_hexagonale_LB93.geojson", metres, LAMBERT_93),
        ),
    ]


def write_quarter_people(out: Path, places: Places, people: People, quarters: list[Quarter]) -> list[Path]:
    """Inhabitants in 2022 of the communes that hold a QPV, those of them who live inside one, and those of each QPV.

    INSEE's pages 8210602 and 8742545 hold these tables. The first columns of the second are those that other readers of
    it name; those of the first could not be seen, so they are assumed.
    """
    inside: dict[int, int] = {}
    for quarter in quarters:
        for commune, inhabitants in zip(quarter.communes, quarter.people, strict=True):
            inside[commune] = inside.get(commune, 0) + inhabitants
    earlier = places.today(people.earlier.sum(axis=(1, 2)))
    between = np.round((earlier + people.municipal) / 2).astype(int)
    rows = (f"{places.codes[c]};{places.names[c]};{between[c]};{n}" for c, n in sorted(inside.items()))
    each = [
        f"{quarter.code};{quarter.name};{','.join(places.codes[c] for c in quarter.communes)};{sum(quarter.people)}"
        for quarter in quarters
    ]
    stem = "estimations-demographiques_2022_QPV2024"
    return [
        write_lines(out / "pop_reference_communales_QPV24.csv", "CODGEO;LIBGEO;PMUN_2022;POP_QPV_2022", rows),
        write_archive(
            out / f"{stem}_csv.zip",
            table(f"{stem}.csv", "codeQPV;libQPV;listeDEPCOM;popMuniQPV", each),
            table(
                f"meta_{stem}.csv", "COD_VAR;LIB_VAR;COD_MOD;LIB_MOD", ["popMuniQPV;Population municipale;;"]
            ),
        ),
    ]

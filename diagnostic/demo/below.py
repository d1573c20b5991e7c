"""CNAF's, INSEE's and IGN's files below the commune: recipients by IRIS and by quartier prioritaire, low quotients in these,
residents and outlines of IRIS."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import shapely

from diagnostic.demo.benefits import QUOTIENTS
from diagnostic.demo.files import geojson, table, write_archive, write_lines
from diagnostic.demo.people import NEWER, People
from diagnostic.demo.places import Places
from diagnostic.demo.quarters import Quarter

IRIS_FROM = 10_000
PEOPLE_OF_AN_IRIS = 2_600
YEAR = 2020
# Of a hundred people: recipients, persons covered, and so on; the order is the file's.
COLUMNS = {
    "A": 0.21, "PERCOU": 0.5, "AI": 0.09, "AM": 0.028, "ACSSENF": 0.011, "ACAVENF": 0.075, "AC3ENF": 0.02,
    "ENF": 0.2, "ENF_2": 0.032, "ENF_3_5": 0.034, "ENF_6_10": 0.055, "ENF_11_14": 0.042, "ENF_15_17": 0.028,
    "ENF_18_24": 0.018, "A_ETUD": 0.01, "A_NETUD_24": 0.015, "AAL": 0.1, "AAPL": 0.055, "AAAH": 0.016, "APPA": 0.07,
    "ARSAS": 0.03,
}  # fmt: skip
POOR = ("AM", "AAL", "AAPL", "APPA", "ARSAS")
MASKED_NOTES = (2, 3, 4, 5)


def write_iris(out: Path, places: Places, people: People, rng) -> Path:
    """data_CAF_2020_IRIS: a NOTE that is not 0 leaves all the counts of the row empty."""

    def rows() -> Iterator[str]:
        for i in np.flatnonzero(people.municipal >= IRIS_FROM).tolist():
            count = _pieces(int(people.municipal[i]))
            sizes = rng.multinomial(int(people.municipal[i]), rng.dirichlet(np.full(count, 8.0)))
            pull = np.exp(-0.4 * places.wealth[i] + rng.normal(0, 0.35, count))
            for number, size in enumerate(sizes.tolist()):
                head = f"{places.codes[i]}{101 + number:04d}"
                if size < 700 or number % 17 == 16:
                    yield f"{head};{MASKED_NOTES[number % 4]}{';' * len(COLUMNS)}"
                    continue
                shares = [share * (pull[number] if name in POOR else 1.0) for name, share in COLUMNS.items()]
                yield f"{head};0;{';'.join(str(int(size * min(share, 0.9))) for share in shares)}"

    return write_lines(out / f"data_CAF_{YEAR}_IRIS.csv", f"CODGEO;NOTE;{';'.join(COLUMNS)}", rows())


# First and last age of each band of the base by IRIS, in the file's order.
BANDS = {
    "POP": (0, None), "POP0002": (0, 2), "POP0305": (3, 5), "POP0610": (6, 10), "POP1117": (11, 17), "POP1824": (18, 24),
    "POP2539": (25, 39), "POP4054": (40, 54), "POP5564": (55, 64), "POP6579": (65, 79), "POP80P": (80, None),
    "POP0014": (0, 14), "POP1529": (15, 29), "POP3044": (30, 44), "POP4559": (45, 59), "POP6074": (60, 74), "POP75P": (75, None),
    "POP0019": (0, 19), "POP2064": (20, 64), "POP65P": (65, None),
}  # fmt: skip


def write_iris_people(out: Path, places: Places, people: People, rng) -> Path:
    """base-ic-evol-struct-pop: residents by age of each IRIS of `write_iris`, and of each commune that is not cut."""

    def rows() -> Iterator[str]:
        for i, ages in enumerate(people.newer.sum(axis=1)):
            if people.municipal[i] < IRIS_FROM:
                yield line(f"{places.codes[i]}0000", places.codes[i], "Z", ages)
                continue
            grown = rng.dirichlet(np.full(_pieces(int(people.municipal[i])), 8.0))
            young = grown * np.exp(rng.normal(0, 0.25, len(grown)))
            for number, shares in enumerate(zip(young / young.sum(), grown, strict=True)):
                own = ages * np.repeat(shares, (18, len(ages) - 18))
                yield line(
                    f"{places.codes[i]}{101 + number:04d}", places.codes[i], "HAD"[number % 7 // 5], own
                )

    def line(code: str, commune: str, kind: str, ages: np.ndarray) -> str:
        bands = (ages[first : None if last is None else last + 1].sum() for first, last in BANDS.values())
        return (
            f"{code};{commune};{kind};{1 + (kind == 'Z') * 4};{';'.join(f'{value:.9g}' for value in bands)}"
        )

    stem = f"base-ic-evol-struct-pop-{NEWER}"
    names = [f"P{NEWER % 100}_{name}" for name in BANDS]
    return write_archive(
        out / f"{stem}_csv.zip",
        table(f"{stem}.CSV", ";".join(("IRIS", "COM", "TYP_IRIS", "LAB_IRIS", *names)), rows()),
        table(
            f"meta_{stem}.CSV",
            "COD_VAR;LIB_VAR;LIB_VAR_LONG;COD_MOD;LIB_MOD;TYPE_VAR;LONG_VAR;THEME;SOURCE",
            [
                f"{name};Population {name[8:]};Population {name[8:]};;;NUM;;Population;RP {NEWER}"
                for name in names
            ],
        ),
    )


def write_iris_outlines(out: Path, places: Places, people: People, rng) -> Path:
    """The first page of IGN's service on the outlines of IRIS: those of `write_iris`, cut around random points, and one commune
    that is not cut."""
    polygons = places.mosaic.polygons()
    features: list[dict] = []

    def add(i: int, number: str, name: str, kind: str, shape: shapely.Geometry) -> None:
        code = f"{places.codes[i]}{number}"
        told = {
            "cleabs": f"IRIS____{len(features):016d}",
            "code_insee": places.codes[i],
            "nom_commune": places.names[i],
        }
        told |= {"iris": number, "code_iris": code, "nom_iris": name, "type_iris": kind}
        outline = shapely.geometry.mapping(shapely.transform(shape, lambda points: np.round(points, 6)))
        features.append(
            {"type": "Feature", "id": f"contours_iris.{len(features) + 1}", "geometry": outline,
             "geometry_name": "geometrie", "properties": told}
        )  # fmt: skip

    cut = np.flatnonzero(people.municipal >= IRIS_FROM).tolist()
    for i in cut:
        for number, cell in enumerate(_cells(polygons[i], _pieces(int(people.municipal[i])), rng)):
            add(i, f"{101 + number:04d}", f"Quartier {number + 1}", "HAD"[number % 7 // 5], cell)
    for i in np.flatnonzero(people.municipal < IRIS_FROM).tolist()[:1] if cut else ():
        add(i, "0000", places.names[i], "Z", polygons[i])
    path = out / "contours_iris_2026_1.geojson"
    path.write_bytes(b"".join(geojson(path.name, features, "urn:ogc:def:crs:EPSG::4326").blocks))
    return path


def _cells(polygon: shapely.Polygon, count: int, rng) -> list[shapely.Geometry]:
    """A polygon cut into `count` pieces that share their borders."""
    west, south, east, north = polygon.bounds
    points: list[shapely.Point] = []
    while len(points) < count:
        point = shapely.Point(rng.uniform(west, east), rng.uniform(south, north))
        points += [point] * polygon.contains(point)
    found = shapely.voronoi_polygons(shapely.MultiPoint(points), extend_to=polygon)
    return [cell.intersection(polygon) for cell in found.geoms]


def _pieces(inhabitants: int) -> int:
    return max(2, inhabitants // PEOPLE_OF_AN_IRIS)


def write_quarter_quotients(out: Path, places: Places, quarters: Sequence[Quarter], rng) -> Path:
    """ndur_s_qf_400_qpv_f: households of each quartier by class of family quotient, rounded down to 5."""

    def rows() -> Iterator[str]:
        weights = np.array(list(QUOTIENTS.values())) * np.array([3.0, 2.0, 1, 1, 0.6, 0.4, 0.1, 1])
        for quarter in quarters:
            for commune, inhabitants in zip(quarter.communes, quarter.people, strict=True):
                counts = rng.multinomial(int(inhabitants * 0.3), weights / weights.sum())
                for label, count in zip(QUOTIENTS, counts.tolist(), strict=True):
                    code, name = places.codes[commune], quarter.name.upper()
                    yield f"2024-12;{code};{places.names[commune]};{name};{label};{count // 5 * 5};{int(count * 2.6) // 5 * 5}"

    header = "dtreffre;numcomdo;nomcom;nomqpv;qf_400;indfoy_ndur;indnbp_ndur"
    return write_lines(out / "ndur_s_qf_400_qpv_f.csv", header, rows(), end="\r\n", bom=True)


def write_quarter_recipients(out: Path, quarters: Sequence[Quarter], rng) -> Path:
    """data_CAF_2023_QP: recipients of each quartier; those of the smallest are masked. The columns are those of the quartiers of 2015."""

    smallest = min((sum(quarter.people) for quarter in quarters), default=0)

    def rows() -> Iterator[str]:
        for quarter in quarters:
            size = int(sum(quarter.people))
            if size < 1_000 or size == smallest:
                yield f"{quarter.code};{MASKED_NOTES[size % 4]}{';' * len(COLUMNS)}"
                continue
            pull = rng.uniform(1.2, 2.2)
            counts = (
                int(size * min(share * (pull if name in POOR else 1.1), 0.9))
                for name, share in COLUMNS.items()
            )
            yield f"{quarter.code};0;{';'.join(map(str, counts))}"

    return write_lines(out / "data_CAF_2023_QP.csv", f"CODGEO;NOTE_CNAF;{';'.join(COLUMNS)}", rows())

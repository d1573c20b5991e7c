"""Files damaged in every way that we know of: none gives a wrong figure, none a traceback.

`MUTATIONS=10000 python -m benchmarks mutations` tries that many; each is a small file of a declared layout with
known values, changed once, loaded as a build loads it, and its figures held against those of the file unchanged.
"""

from __future__ import annotations

import csv
import io
import json
import os
import random
import tempfile
import time
import zipfile
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pyproj
import shapely

from benchmarks.harness import Result
from diagnostic.warehouse import placing, shapes
from diagnostic.warehouse.builder import _Builder

COMMUNES = {f"01{n:03d}": (5.1 + 0.03 * (n % 10), 46.0 + 0.03 * (n // 10)) for n in range(1, 41)}
EPCI = "240100883"
FACTS = ("stat_all", "published_all", "age_all", "facility_raw", "qpv_shape", "qpv_raw", "shape")
CLEARED = (
    *FACTS,
    "facility_located",
    "facility_count",
    "density_raw",
    "elsewhere_raw",
    "qpv_people",
    "source",
)
# What a position may differ by (degrees) once turned from one system to another.
NEAR = 1e-3


def results() -> Iterator[Result]:
    wanted = int(os.environ.get("MUTATIONS", "1000"))
    start = time.perf_counter()
    tried, outcome = Counter(), Counter()
    wrong: list[str] = []
    with tempfile.TemporaryDirectory() as folder:
        bench = _Bench(Path(folder))
        rng = random.Random(33)
        for number in range(wanted):
            name, kind, answer = bench.attempt(rng, number)
            tried[kind] += 1
            outcome[kind, answer] += 1
            if answer not in ("same", "fewer", "refused"):
                wrong.append(f"{name} {kind}: {answer}")
        bench.builder.con.close()
    for kind in sorted(tried):
        yield Result(
            kind,
            tried[kind],
            "files",
            "",
            f"{outcome[kind, 'same']} read the same, {outcome[kind, 'fewer']} with some unknown, "
            f"{outcome[kind, 'refused']} refused",
        )
    yield Result("wrong figures or tracebacks", len(wrong), "files", "0", "; ".join(wrong[:5]))
    yield Result("time for one file", (time.perf_counter() - start) / wanted * 1000, "ms")


# --- files of known values -------------------------------------------------------------------------


def _csv(header: str, rows: list[list[object]]) -> str:
    return "\n".join([header, *(";".join(map(str, row)) for row in rows)]) + "\n"


def _square(lon: float, lat: float, half: float) -> dict:
    ring = [
        [lon - half, lat - half],
        [lon + half, lat - half],
        [lon + half, lat + half],
        [lon - half, lat + half],
    ]
    return {"type": "Polygon", "coordinates": [[*ring, ring[0]]]}


def _collection(features: list[tuple[dict, dict]]) -> str:
    return json.dumps(
        {
            "type": "FeatureCollection",
            "features": [{"type": "Feature", "properties": p, "geometry": g} for p, g in features],
        }
    )


def files() -> dict[str, str]:
    """One small file per layout, by name."""
    codes = list(COMMUNES)
    return {
        "naissances_2022.csv": _csv(
            "GEO;GEO_OBJECT;EC_MEASURE;OBS_STATUS;TIME_PERIOD;OBS_VALUE",
            [[c, "COM", "LVB", "A", y, 100 + n + y % 10] for n, c in enumerate(codes) for y in (2021, 2022)],
        ),
        "donnees_communes_2023.csv": _csv(
            "DEP;CODCOM;COM;Commune;PMUN;PCAP;PTOT",
            [["01", c[2:], c, f"Village {n}", 500 + n, 5, 505 + n] for n, c in enumerate(codes)],
        ),
        "cc_filosofi_2021_COM.csv": _csv(
            "CODGEO;NBMENFISC21;MED21;TP6021",
            [[c, 300 + n, f"{21000 + n},5", f"{10 + n},0"] for n, c in enumerate(codes)],
        ),
        "TAUXCOUV2021.csv": _csv(
            "NUM_COM;NOM_COM;NUM_EPCI;NOM_EPCI;NUMZEMPL;NOMZEMPL;tauxcouv_com;tauxcouv_epci;tauxcouv_dep;tauxcouv_reg;tauxcouv_fe",
            [
                [c, f"Village {n}", EPCI, "CC", "", "", f"{40 + n},1", "71,2", "64,5", "ND", "59,4"]
                for n, c in enumerate(codes)
            ],
        ),
        "txcouv_pe_com.csv": _csv(
            "annee;numcom;nomcom;numepci;nomepci;numdep;nomdep;txcouv_eaje_com;txcouv_am_ind_com;txcouv_com",
            [[2022, c, "X", EPCI, "CC", "01", "Ain", 20 + n, 30, 51 + n] for n, c in enumerate(codes)],
        ),
        "TD_POP1B_2021.csv": _csv(
            "NIVGEO;CODGEO;LIBGEO;SEXE;AGED100;NB",
            [
                ["COM", c, "X", s, f"{a:03d}", f"{n + a + s}.5"]
                for n, c in enumerate(codes[:12])
                for s in (1, 2)
                for a in range(4)
            ],
        ),
        "BPE25.csv": _csv(
            "AN;NOMRS;DEPCOM;DEP;TYPEQU;CAPACITE;LAMBERT_X;LAMBERT_Y;LONGITUDE;LATITUDE;EPSG;QP2024",
            [
                [2025, f"Crèche {n}", c, "01", "D502", 20 + n, "", "", lon, lat, 2154, "_Z"]
                for n, (c, (lon, lat)) in enumerate(COMMUNES.items())
            ],
        ),
        "liste-fs-2025.csv": _csv(
            "id_fs;lib_fs;insee_com;latitude;longitude",
            [[n, f"FS {n}", c, lat, lon] for n, (c, (lon, lat)) in enumerate(COMMUNES.items())],
        ),
        "QP2024.geojson": _collection(
            [
                (
                    {"code_qp": f"QN001{n:02d}M", "lib_qp": f"Q {n}", "insee_com": c},
                    _square(*COMMUNES[c], 0.004),
                )
                for n, c in enumerate(codes[:9])
            ]
        ),
        "communes.geojson": _outlines(),
    }


def _outlines() -> str:
    return _collection(
        [
            ({"code": c, "nom": c, "departement": "01", "region": "84"}, _square(*place, 0.014))
            for c, place in COMMUNES.items()
        ]
    )


# --- ways to damage them ---------------------------------------------------------------------------

Mutation = Callable[[str, random.Random], str | bytes | None]


def _table(text: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(text), delimiter=";"))


def _write(rows: list[list[str]], separator: str = ";") -> str:
    out = io.StringIO()
    csv.writer(out, delimiter=separator, lineterminator="\n").writerows(rows)
    return out.getvalue()


def _on_rows(change: Callable[[list[list[str]], random.Random], list[list[str]] | None]) -> Mutation:
    def mutate(text: str, rng: random.Random) -> str | None:
        if text.startswith("{"):
            return None
        rows = change(_table(text), rng)
        return None if rows is None else _write(rows)

    return mutate


def _on_map(change: Callable[[dict, random.Random], None]) -> Mutation:
    def mutate(text: str, rng: random.Random) -> str | None:
        if not text.startswith("{"):
            return None
        content = json.loads(text)
        change(content, rng)
        return json.dumps(content)

    return mutate


def _added(rows: list[list[str]], rng: random.Random) -> list[list[str]]:
    at = rng.randrange(len(rows[0]) + 1)
    name = rng.choice(["COMP", "FOO", "", "DEPP", "NB_EQUIP", "TOTAL", "region", "OBS_COMMENT"])
    return [
        [*row[:at], name if n == 0 else rng.choice(["", "1", "x"]), *row[at:]] for n, row in enumerate(rows)
    ]


def _dropped(rows: list[list[str]], rng: random.Random) -> list[list[str]]:
    at = rng.randrange(len(rows[0]))
    return [row[:at] + row[at + 1 :] for row in rows]


def _shuffled(rows: list[list[str]], rng: random.Random) -> list[list[str]]:
    order = rng.sample(range(len(rows[0])), len(rows[0]))
    return [[row[i] for i in order] for row in rows]


def _zeros(rows: list[list[str]], rng: random.Random) -> list[list[str]]:
    few = rng.random() < 0.5
    hit = {rng.randrange(1, len(rows))} if few else set(range(1, len(rows)))
    return [
        [cell.lstrip("0") or "0" if n in hit and len(cell) in (2, 5) else cell for cell in row]
        for n, row in enumerate(rows)
    ]


def _doubled(rows: list[list[str]], rng: random.Random) -> list[list[str]]:
    return [*rows, *rng.sample(rows[1:], rng.randrange(1, 6))]


def _contradicted(rows: list[list[str]], rng: random.Random) -> list[list[str]] | None:
    if "TYPEQU" in rows[0]:
        # A second crèche of the same name is a second crèche: facilities have no key.
        return None
    row = list(rng.choice(rows[1:]))
    row[-1] = "7777"
    return [*rows, row]


def _blank_lines(rows: list[list[str]], rng: random.Random) -> list[list[str]]:
    return [[]] * rng.randrange(3) + rows + [[""] * len(rows[0])] * rng.randrange(1, 4)


def _odd_cell(rows: list[list[str]], rng: random.Random) -> list[list[str]]:
    row, at = rng.randrange(1, len(rows)), rng.randrange(len(rows[0]))
    rows[row][at] = rng.choice(["", "abc", "#REF!", "NaN", "1e999", "99999999999999", "n/d"])
    return rows


def _cut(text: str, rng: random.Random) -> str | None:
    if text.startswith("{"):
        return text[: rng.randrange(1, len(text) - 1)]
    lines = text.splitlines(keepends=True)
    last = rng.randrange(1, len(lines))
    # Cut before the last separator: a number shortened at the very end cannot be told from another.
    return "".join(lines[:last]) + lines[last][: rng.randrange(0, lines[last].rfind(";") + 1)]


def _metres(content: dict, rng: random.Random, declared: bool) -> None:
    turn = pyproj.Transformer.from_crs(4326, 2154, always_xy=True)
    for feature in content["features"]:
        shape = shapely.from_geojson(json.dumps(feature["geometry"]))
        moved = shapely.transform(
            shape, lambda points: np.column_stack(turn.transform(points[:, 0], points[:, 1]))
        )
        feature["geometry"] = json.loads(shapely.to_geojson(moved))
    if declared:
        content["crs"] = {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::2154"}}


def _keys(content: dict, rng: random.Random) -> None:
    for feature in rng.sample(content["features"], len(content["features"]) // 2):
        for key in rng.sample(list(feature["properties"]), 1):
            if key in ("region", "nom"):
                del feature["properties"][key]


def _swapped_map(content: dict, rng: random.Random) -> None:
    for feature in content["features"]:
        feature["geometry"]["coordinates"] = [
            [[y, x] for x, y in ring] for ring in feature["geometry"]["coordinates"]
        ]


def _wrong_crs(content: dict, rng: random.Random) -> None:
    content["crs"] = {
        "type": "name",
        "properties": {"name": rng.choice(["EPSG:2154", "EPSG:5490", "EPSG:99999"])},
    }


def _empty_shapes(content: dict, rng: random.Random) -> None:
    for feature in rng.sample(content["features"], 3):
        feature["geometry"] = rng.choice(
            [
                None,
                {"type": "Polygon", "coordinates": []},
                {"type": "Polygon", "coordinates": [[[5, 46], [5, 46]]]},
            ]
        )


def _places(rows: list[list[str]], rng: random.Random) -> list[list[str]] | None:
    """Swapped, null, or in metres, where the table has positions."""
    header = [name.lower() for name in rows[0]]
    if "longitude" not in header:
        return None
    x, y = header.index("longitude"), header.index("latitude")
    turn = pyproj.Transformer.from_crs(4326, 2154, always_xy=True)
    how = rng.choice(["swapped", "null", "blank", "metres", "afar"])
    for row in rng.sample(rows[1:], rng.randrange(1, len(rows))):
        lon, lat = row[x], row[y]
        if how == "metres":
            east, north = turn.transform(float(lon), float(lat))
            row[x], row[y] = f"{east:.2f}", f"{north:.2f}"
        else:
            row[x], row[y] = {"swapped": (lat, lon), "null": ("0", "0"), "blank": ("", "")}.get(
                how, ("2.35", "48.85")
            )
    return rows


MUTATIONS: dict[str, Mutation] = {
    "member renamed": lambda text, rng: text,
    "column added": _on_rows(_added),
    "column dropped": _on_rows(_dropped),
    "columns in another order": _on_rows(_shuffled),
    "leading zeros lost": _on_rows(_zeros),
    "rows doubled": _on_rows(_doubled),
    "row contradicted": _on_rows(_contradicted),
    "blank lines": _on_rows(_blank_lines),
    "one odd cell": _on_rows(_odd_cell),
    "cut short": _cut,
    "Windows encoding": lambda text, rng: text.encode("cp1252"),
    "byte order mark": lambda text, rng: b"\xef\xbb\xbf" + text.encode(),
    "UTF-16": lambda text, rng: None if text.startswith("{") else text.encode("utf-16"),
    "positions moved": _on_rows(_places),
    "map in Lambert-93, declared": _on_map(lambda content, rng: _metres(content, rng, True)),
    "map in Lambert-93, undeclared": _on_map(lambda content, rng: _metres(content, rng, False)),
    "map with keys left out": _on_map(_keys),
    "map with swapped axes": _on_map(_swapped_map),
    "map under a wrong system": _on_map(_wrong_crs),
    "map with empty shapes": _on_map(_empty_shapes),
}


class _Bench:
    """A geography of forty communes, in which one damaged file after the other is loaded and forgotten."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.base = folder, files()
        ground = folder / "ground"
        ground.mkdir()
        (ground / "v_commune_2026.csv").write_text(
            "TYPECOM,COM,REG,DEP,TNCC,NCC,LIBELLE,COMPARENT\n"
            + "".join(f"COM,{c},84,01,0,{c},Village {c},\n" for c in COMMUNES)
        )
        (ground / "v_departement_2026.csv").write_text(
            "DEP,REG,CHEFLIEU,TNCC,NCC,LIBELLE\n01,84,01004,0,AIN,Ain\n"
        )
        (ground / "v_region_2026.csv").write_text("REG,CHEFLIEU,TNCC,NCC,LIBELLE\n84,01004,0,ARA,Auvergne\n")
        (ground / "epci.csv").write_text(
            "CODGEO;LIBGEO;EPCI;LIBEPCI;DEP;REG\n" + "".join(f"{c};X;{EPCI};CC;01;84\n" for c in COMMUNES)
        )
        work = folder / "work"
        work.mkdir()
        self.builder = _Builder(folder / "bench.duckdb", work, lambda _: None)
        self.builder._prepare()
        for candidate, layout in self.builder._recognise([ground]):
            self.builder._load(candidate, layout)
        self.builder._territories()
        outlines = folder / "communes.geojson"
        outlines.write_text(_outlines())
        for candidate, layout in self.builder._recognise([outlines]):
            self.builder._load(candidate, layout)
        shapes.build_geometry(self.builder.con)
        self.centres = {
            code: (lon, lat)
            for code, lon, lat in self.builder.con.execute(
                "select code, lon, lat from territory where level = 'commune'"
            ).fetchall()
        }
        self._clear()
        self.truth = {
            name: self._facts(name, text.encode(), packed=False) for name, text in self.base.items()
        }

    def attempt(self, rng: random.Random, number: int) -> tuple[str, str, str]:
        """The file damaged, how, and what came of it."""
        while True:
            name, kind = rng.choice(list(self.base)), rng.choice(list(MUTATIONS))
            changed = MUTATIONS[kind](self.base[name], rng)
            if changed is not None:
                break
        content = changed if isinstance(changed, bytes) else changed.encode()
        packed = kind == "member renamed" or rng.random() < 0.3
        try:
            found = self._facts(name, content, packed=packed)
        except Exception as error:  # what is counted here
            return name, kind, f"{type(error).__name__}: {str(error)[:120]}"
        if not found:
            return name, kind, "refused"
        truth = self.truth[name]
        for key, value in found.items():
            if value is None or key not in truth and isinstance(value, int) is False and key[0] == "place":
                continue
            if not self._agrees(key, value, truth.get(key)):
                return name, kind, f"wrong {key} {value} for {truth.get(key)}"
        return name, kind, "same" if found == truth else "fewer"

    def _agrees(self, key: tuple, value: object, expected: object) -> bool:
        if key[0] != "place":
            return value == expected
        spots = [expected, self.centres.get(key[1])]
        return any(
            spot is not None and abs(spot[0] - value[0]) < NEAR and abs(spot[1] - value[1]) < NEAR
            for spot in spots
        )

    def _facts(self, name: str, content: bytes, *, packed: bool) -> dict[tuple, object]:
        """What the loader understands of a file; empty when it refuses it."""
        path = self.folder / name
        if packed:
            path = path.with_suffix(".zip")
            with zipfile.ZipFile(path, "w") as archive:
                archive.writestr(f"donnees/{Path(name).stem}_2{Path(name).suffix}", content)
        else:
            path.write_bytes(content)
        con = self.builder.con
        try:
            for candidate, layout in self.builder._recognise([path]):
                self.builder._load(candidate, layout)
            placing.project(con)
            placing.hold(con)
            found: dict[tuple, object] = {}
            for row in con.execute("select commune, stat, year, value from stat_all").fetchall():
                found["stat", *row[:3]] = row[3]
            for row in con.execute("select level, code, stat, year, value from published_all").fetchall():
                found["published", *row[:4]] = row[4]
            for row in con.execute("select commune, year, age, value from age_all").fetchall():
                found["age", *row[:3]] = row[3]
            for commune, label, lon, lat in con.execute(
                "select commune, coalesce(name, ''), lon, lat from facility_raw"
            ).fetchall():
                found["place", commune, label] = None if lon is None else (lon, lat)
            for commune, count in con.execute(
                "select commune, count(*) from facility_raw group by commune"
            ).fetchall():
                found["facilities", commune] = count
            for table, code in (("qpv_shape", "qpv"), ("shape", "code")):
                for key, wkb in con.execute(f"select {code}, geometry from {table}").fetchall():
                    centre = None if wkb is None else shapely.centroid(shapely.from_wkb(bytes(wkb)))
                    found["place", key, table] = (
                        None if centre is None or centre.is_empty else (centre.x, centre.y)
                    )
            return found
        finally:
            self._clear()
            path.unlink()

    def _clear(self) -> None:
        for table in CLEARED:
            self.builder.con.execute(f"delete from {table}")
        self.builder.ledger.marks.clear()
        self.builder.loaded.clear()
        self.builder.refused.clear()
        self.builder.remarks.clear()

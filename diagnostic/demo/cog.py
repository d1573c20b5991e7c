"""INSEE's geography files (COG, EPCI composition, legal populations), the density grid, and Etalab's outlines."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import shapely

from diagnostic.demo import names
from diagnostic.demo.files import write_geojson, write_lines
from diagnostic.demo.places import DENSITY, Places

CRLF = "\r\n"


def write_cog(out: Path, places: Places) -> list[Path]:
    """Communes, départements, régions and movements in INSEE's 2026 layout (comma, no quotes, CRLF)."""
    return [
        write_lines(
            out / "v_commune_2026.csv",
            "TYPECOM,COM,REG,DEP,CTCD,ARR,TNCC,NCC,NCCENR,LIBELLE,CAN,COMPARENT",
            _communes(places),
            end=CRLF,
        ),
        write_lines(
            out / "v_departement_2026.csv",
            "DEP,REG,CHEFLIEU,TNCC,NCC,NCCENR,LIBELLE",
            (
                f"{a.code},{places.regions[a.parent].code},{places.codes[a.seat]},{a.tncc},"
                f"{names.plain(a.name)},{a.name},{a.name}"
                for a in places.departements
            ),
            end=CRLF,
        ),
        write_lines(
            out / "v_region_2026.csv",
            "REG,CHEFLIEU,TNCC,NCC,NCCENR,LIBELLE",
            (
                f"{a.code},{places.codes[a.seat]},{a.tncc},{names.plain(a.name)},{a.name},{a.name}"
                for a in places.regions
            ),
            end=CRLF,
        ),
        write_lines(
            out / "v_mvt_commune_2026.csv",
            "MOD,DATE_EFF,TYPECOM_AV,COM_AV,TNCC_AV,NCC_AV,NCCENR_AV,LIBELLE_AV,"
            "TYPECOM_AP,COM_AP,TNCC_AP,NCC_AP,NCCENR_AP,LIBELLE_AP",
            _movements(places),
            end=CRLF,
        ),
    ]


def _name_cells(name: str, tncc: int) -> str:
    bare = names.bare(name, tncc)
    return f"{tncc},{names.plain(bare)},{bare},{name}"


def _communes(places: Places) -> Iterator[str]:
    letters = [a.code for a in places.departements]
    for i, code in enumerate(places.codes):
        d = letters[places.departement[i]]
        region = places.regions[places.region[i]].code
        cells = _name_cells(places.names[i], places.tncc[i])
        yield f"COM,{code},{region},{d},{d}D,{d}{1 + i % 3},{cells},{d}{1 + i % 19:02d},"
    for former in places.former:
        parent = places.codes[former.into]
        yield f"COMD,{parent},,,,,{_name_cells(former.kept_name, former.kept_tncc)},,{parent}"
        yield f"COMD,{former.code},,,,,{_name_cells(former.name, former.tncc)},,{parent}"


def _movements(places: Places) -> Iterator[str]:
    """Each merger (MOD 32, commune nouvelle), then a renaming (10) and an old split (21) where there is room.

    The split is dated before every file of the set: nothing is to be carried along it.
    """
    for former in places.former:
        into = (
            f"{places.codes[former.into]},{_name_cells(places.names[former.into], places.tncc[former.into])}"
        )
        kept = f"{places.codes[former.into]},{_name_cells(former.kept_name, former.kept_tncc)}"
        gone = f"{former.code},{_name_cells(former.name, former.tncc)}"
        yield f"32,2025-01-01,COM,{kept},COM,{into}"
        yield f"32,2025-01-01,COM,{kept},COMD,{kept}"
        yield f"32,2025-01-01,COM,{gone},COM,{into}"
        yield f"32,2025-01-01,COM,{gone},COMD,{gone}"
    still = [i for i in range(len(places)) if i not in {f.into for f in places.former}]
    if len(still) < 3:
        return
    first, second = still[0], still[1]
    cells = [f"{places.codes[i]},{_name_cells(places.names[i], places.tncc[i])}" for i in still[:3]]
    old = names.bare(places.names[first], places.tncc[first])
    yield (
        f"10,2024-01-01,COM,{places.codes[first]},0,{names.plain(old)} ANCIEN,{old}-Ancien,{old}-Ancien,"
        f"COM,{cells[0]}"
    )
    yield f"21,2013-01-01,COM,{cells[1]},COM,{cells[1]}"
    yield f"21,2013-01-01,COM,{places.codes[second]},{cells[1].split(',', 1)[1]},COM,{cells[2]}"


def write_composition(out: Path, places: Places) -> Path:
    """INSEE's composition of EPCI at 1 January 2026; `ZZZZZZZZZ` for a commune outside any EPCI."""
    rows = []
    for i, code in enumerate(places.codes):
        epci = places.epcis[places.epci[i]] if places.epci[i] >= 0 else None
        siren, name = (epci.code, epci.name) if epci else ("ZZZZZZZZZ", "Sans objet")
        departement = places.departements[places.departement[i]].code
        region = places.regions[places.region[i]].code
        rows.append(f"{code};{places.names[i]};{siren};{name};{departement};{region}")
    return write_lines(out / "epci_composition_2026.csv", "CODGEO;LIBGEO;EPCI;LIBEPCI;DEP;REG", rows)


def write_populations(out: Path, places: Places, municipal: np.ndarray) -> Path:
    """Populations légales; `municipal` is PMUN, the sum of the newest census by age, rounded."""
    rows = []
    for i, code in enumerate(places.codes):
        apart = int(municipal[i]) // 70
        region = places.regions[places.region[i]]
        departement = places.departements[places.departement[i]].code
        rows.append(
            f"{region.code};{region.name};{departement};{1 + i % 3};{1 + i % 19:02d};{code[-3:]};{code};"
            f"{places.names[i]};{municipal[i]};{apart};{municipal[i] + apart}"
        )
    return write_lines(
        out / "donnees_communes.csv",
        "REG;Région;DEP;CODARR;CODCAN;CODCOM;COM;Commune;PMUN;PCAP;PTOT",
        rows,
        end=CRLF,
    )


def write_density(out: Path, places: Places) -> Path:
    """Density grid in seven levels, as ANCT re-publishes it (comma, BOM)."""
    rows = (
        f"{c},{n},{DENSITY[level]}"
        for c, n, level in zip(places.codes, places.names, places.density.tolist(), strict=True)
    )
    return write_lines(out / "densite.csv", "insee_com,lib_com,niveau_densite", rows, bom=True)


def write_outlines(out: Path, places: Places) -> list[Path]:
    """Outlines with Etalab's properties; areas are dissolved communes, borders shared to the last digit."""
    polygons = places.mosaic.polygons()
    communes = (
        _feature(
            ring.tolist(),
            code=code,
            nom=name,
            departement=places.departements[d].code,
            region=places.regions[r].code,
            commune=None,
            plm=None,
            epci=places.epcis[e].code if e >= 0 else None,
        )
        for code, name, d, r, e, ring in zip(
            places.codes,
            places.names,
            places.departement,
            places.region,
            places.epci,
            places.mosaic.rings,
            strict=True,
        )
    )
    areas = {
        "epci": ({"code": a.code, "nom": a.name, "geometry": a.members} for a in places.epcis),
        "departements": (
            {"code": a.code, "nom": a.name, "region": places.regions[a.parent].code, "geometry": a.members}
            for a in places.departements
        ),
        "regions": ({"code": a.code, "nom": a.name, "geometry": a.members} for a in places.regions),
    }
    paths = [write_geojson(out / "communes-1000m.geojson", communes)]
    for name, rows in areas.items():
        features = []
        for row in rows:
            shape = shapely.coverage_union_all(polygons[row.pop("geometry")])
            features.append(
                {"type": "Feature", "properties": row, "geometry": shapely.geometry.mapping(shape)}
            )
        paths.append(write_geojson(out / f"{name}-1000m.geojson", features))
    return paths


def _feature(ring: list, **properties) -> dict:
    geometry = {"type": "Polygon", "coordinates": [ring]}
    return {"type": "Feature", "properties": properties, "geometry": geometry}

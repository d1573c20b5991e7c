"""INSEE's geography files (COG, EPCI composition, legal populations), the density grid, and Etalab's outlines."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import shapely

from diagnostic.demo import names
from diagnostic.demo.files import table, workbook, write_archive, write_geojson, write_lines
from diagnostic.demo.places import DENSITY, MERGED_SHARE, RESTORED_ON, Places, split

CRLF = "\r\n"
LARGE_TOWN = 40_000


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
        for part in places.arrondissements.get(i, ()):
            named = _name_cells(part.name, places.tncc[i] if places.tncc[i] < 2 else 0)
            yield f"ARM,{part.code},{region},{d},{d}D,{d}{1 + i % 3},{named},{d}{1 + i % 19:02d},{code}"
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
    if places.restored:
        host, again = places.restored.held_by, places.restored.commune
        held, back = (
            f"{places.codes[i]},{_name_cells(places.names[i], places.tncc[i])}" for i in (host, again)
        )
        yield f"21,{RESTORED_ON}-01-01,COM,{held},COM,{held}"
        yield f"21,{RESTORED_ON}-01-01,COM,{held},COM,{back}"
        yield f"21,{RESTORED_ON}-01-01,COMD,{back},COM,{back}"
    taken = {f.into for f in places.former} | set(places.arrondissements)
    if places.restored:
        taken |= {places.restored.commune, places.restored.held_by}
    still = [i for i in range(len(places)) if i not in taken]
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
    """INSEE's composition of EPCI at 1 January 2026: a workbook in an archive, the nature of an EPCI in its first sheet.

    `ZZZZZZZZZ` stands for a commune outside any EPCI.
    """
    title = "Intercommunalité - Métropole au 01/01/2026"
    groups: list[tuple[object, ...]] = [
        (title,),
        ("Liste des EPCI",),
        ("Source : Insee, Code officiel géographique",),
        (),
        ("Établissement public", "Libellé", "Nature", "Nombre de communes"),
        ("EPCI", "LIBEPCI", "NATURE_EPCI", "NB_COM"),
        *((epci.code, epci.name, nature(epci.name), len(epci.members)) for epci in places.epcis),
    ]
    rows: list[tuple[object, ...]] = [
        (title,),
        ("Composition communale",),
        ("Source : Insee",),
        (),
        ("Code géographique", "Libellé géographique", "EPCI", "Libellé", "Département", "Région"),
        ("CODGEO", "LIBGEO", "EPCI", "LIBEPCI", "DEP", "REG"),
    ]
    for i, code in enumerate(places.codes):
        epci = places.epcis[places.epci[i]] if places.epci[i] >= 0 else None
        siren, name = (epci.code, epci.name) if epci else ("ZZZZZZZZZ", "Sans objet")
        departement = places.departements[places.departement[i]].code
        region = places.regions[places.region[i]].code
        rows.append((code, places.names[i], siren, name, departement, region))
    sheets = {"EPCI": groups, "Composition_communale": rows}
    return write_archive(out / "epci_au_01-01-2026.zip", workbook("EPCI_au_01-01-2026.xlsx", sheets))


def nature(name: str) -> str:
    """The nature of an EPCI as INSEE writes it: CC, CA, CU or ME."""
    return name[:2] if name[:3] in ("CC ", "CA ", "CU ") else "ME"


def write_populations(out: Path, places: Places, municipal: np.ndarray) -> Path:
    """Populations légales, the seven members of INSEE's archive; `municipal` is PMUN, the newest census rounded.

    A town with arrondissements stands by them alone. Delegated communes have the columns of the communes, and the
    commune that holds them, where they are counted already.
    """
    apart = municipal // 70

    def above(areas, head) -> list[str]:
        return [
            f"{head(a)};{municipal[a.members].sum()};{(municipal + apart)[a.members].sum()}" for a in areas
        ]

    first = places.departements[0]
    around = places.regions[first.parent]
    within = f"{around.code};{around.name};{first.code}"
    members = {
        "arrondissements": (
            "REG;Région;DEP;CODARR;Arrondissement;NBCOM;PMUN;PTOT",
            above([first], lambda a: f"{within};1;{a.name};{len(a.members)}"),
        ),
        "cantons": (
            "REG;Région;DEP;CODCAN;Canton;NBCOM;PMUN;PTOT",
            above([first], lambda a: f"{within};01;{a.name};{len(a.members)}"),
        ),
        "collectivites": (
            "REG;DEP;CODCOM;COM;Commune;PMUN;PCAP;PTOT",
            [";977;001;97701;Saint-Barthélemy;10585;50;10635"],
        ),
        "communes": (
            "REG;Région;DEP;CODARR;CODCAN;CODCOM;COM;Commune;PMUN;PCAP;PTOT",
            _counted_communes(places, municipal, apart),
        ),
        "communes_deleguees": (
            "DEPP;CODCOMP;COMP;Commune pôle;DEP;CODCOM;COM;Commune;PMUN;PCAP;PTOT",
            _delegated_communes(places, municipal),
        ),
        "departements": (
            "REG;Région;DEP;Département;NBARR;NBCAN;NBCOM;PMUN;PTOT",
            above(
                places.departements,
                lambda a: (
                    f"{places.regions[a.parent].code};{places.regions[a.parent].name};{a.code};{a.name};3;19;"
                    f"{len(a.members)}"
                ),
            ),
        ),
        "regions": (
            "REG;Région;NBARR;NBCAN;NBCOM;PMUN;PTOT",
            above(places.regions, lambda a: f"{a.code};{a.name};3;19;{len(a.members)}"),
        ),
    }
    return write_archive(
        out / "ensemble.zip",
        *(table(f"donnees_{name}.csv", header, lines, end=CRLF) for name, (header, lines) in members.items()),
    )


def _counted_communes(places: Places, municipal: np.ndarray, apart: np.ndarray) -> Iterator[str]:
    """One line a commune, or an arrondissement; `apart` are those counted apart (PCAP)."""
    for i, code in enumerate(places.codes):
        region = places.regions[places.region[i]]
        departement = places.departements[places.departement[i]].code
        head = f"{region.code};{region.name};{departement};{1 + i % 3};{1 + i % 19:02d}"
        parts = places.arrondissements.get(i, [])
        if not parts:
            yield (
                f"{head};{code[-3:]};{code};{places.names[i]};"
                f"{municipal[i]};{apart[i]};{municipal[i] + apart[i]}"
            )
        for part, people in zip(parts, split(int(municipal[i]), parts), strict=True):
            yield f"{head};{part.code[-3:]};{part.code};{part.name};{people};{people // 70};{people + people // 70}"


def _delegated_communes(places: Places, municipal: np.ndarray) -> Iterator[str]:
    """The two halves of each commune that merged."""
    for former in places.former:
        whole = int(municipal[former.into])
        departement = places.departements[places.departement[former.into]].code
        parent = places.codes[former.into]
        gone = round(whole * MERGED_SHARE)
        for code, name, people in (
            (parent, former.kept_name, whole - gone),
            (former.code, former.name, gone),
        ):
            yield (
                f"{departement};{parent[-3:]};{parent};{places.names[former.into]};{departement};{code[-3:]};{code};"
                f"{name};{people};{people // 70};{people + people // 70}"
            )


def write_density(out: Path, places: Places) -> Path:
    """INSEE's density grid in seven levels: a workbook whose header is on the fifth line."""
    rows: list[tuple[object, ...]] = [
        ("Grille de densité à 7 niveaux au 1er janvier 2024",),
        ("Source : Insee",),
        (),
        ("Code commune", "Libellé", "Degré", "Libellé"),
        ("CODGEO", "LIBGEO", "DENS", "LIBDENS"),
        *(
            (code, name, level + 1, DENSITY[level])
            for code, name, level in zip(places.codes, places.names, places.density.tolist(), strict=True)
        ),
    ]
    path = out / "grille_densite_7_niveaux_2024.xlsx"
    path.write_bytes(b"".join(workbook(path.name, {"Grille_Densite": rows}).blocks))
    return path


def write_postcodes(out: Path, places: Places) -> Path:
    """La Poste's postcodes: neighbours in the list share one, a large commune has two, an arrondissement its own.

    They begin with 99, as no real one does.
    """
    rows = []
    for i, code in enumerate(places.codes):
        label = names.plain(places.names[i])
        position = "{1},{0}".format(*np.round(places.mosaic.centres[i], 6).tolist())
        parts = places.arrondissements.get(i, [])
        for part in parts:
            rows.append(f"{part.code};{names.plain(part.name)};99{part.code[-3:]};;{label};{position}")
        if parts:
            continue
        rows.append(f"{code};{label};99{i // 4 * 10 % 900:03d};;{label};{position}")
        if places.size[i] > LARGE_TOWN:
            rows.append(f"{code};{label};99{i // 4 * 10 % 900 + 1:03d};LE BOURG;{label};{position}")
    header = "Code_commune_INSEE;Nom_commune;Code_postal;Ligne_5;Libellé_d_acheminement;coordonnees_gps"
    return write_lines(out / "laposte_hexasmal.csv", header, rows)


def write_outlines(out: Path, places: Places) -> list[Path]:
    """Outlines with Etalab's properties; areas are dissolved communes, borders shared to the last digit."""
    polygons = places.mosaic.polygons()
    areas: dict[str, Iterable[dict[str, Any]]] = {
        "epci": ({"code": a.code, "nom": a.name, "geometry": a.members} for a in places.epcis),
        "departements": (
            {"code": a.code, "nom": a.name, "region": places.regions[a.parent].code, "geometry": a.members}
            for a in places.departements
        ),
        "regions": ({"code": a.code, "nom": a.name, "geometry": a.members} for a in places.regions),
    }
    paths = [write_geojson(out / "communes-100m.geojson.gz", _commune_features(places))]
    for name, rows in areas.items():
        features = []
        for row in rows:
            shape = shapely.coverage_union_all(polygons[row.pop("geometry")])
            features.append(
                {"type": "Feature", "properties": row, "geometry": shapely.geometry.mapping(shape)}
            )
        paths.append(write_geojson(out / f"{name}-100m.geojson.gz", features))
    return paths


def _commune_features(places: Places) -> Iterator[dict]:
    """A key is left out where it says nothing: `epci` outside any EPCI, `plm` but on a town with arrondissements,
    `commune` but on an arrondissement."""
    for i, ring in enumerate(places.mosaic.rings):
        area = {
            "departement": places.departements[places.departement[i]].code,
            "region": places.regions[places.region[i]].code,
        }
        parts = places.arrondissements.get(i, [])
        told: dict[str, object] = {"code": places.codes[i], "nom": places.names[i], **area}
        if parts:
            told["plm"] = True
        if places.epci[i] >= 0:
            told["epci"] = places.epcis[places.epci[i]].code
        yield _feature(ring.tolist(), **told)
        for part, slice_ in zip(parts, _slices(ring, places.mosaic.centres[i], len(parts)), strict=True):
            yield _feature(slice_, code=part.code, nom=part.name, **area, commune=places.codes[i])


def _slices(ring: np.ndarray, centre: np.ndarray, count: int) -> list[list]:
    """The polygon cut from its centre into slices of about as many corners each; none when none is wanted."""
    if not count:
        return []
    corners = ring[:-1].tolist()
    cuts = [len(corners) * k // count for k in range(count + 1)]
    middle = np.round(centre, 5).tolist()
    return [
        [middle, *(corners[j % len(corners)] for j in range(a, b + 1)), middle]
        for a, b in zip(cuts, cuts[1:], strict=False)
    ]


def _feature(ring: list, **properties) -> dict:
    geometry = {"type": "Polygon", "coordinates": [ring]}
    return {"type": "Feature", "properties": properties, "geometry": geometry}

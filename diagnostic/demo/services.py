"""Facilities and their places on the map (BPE), and the list of France services."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import shapely
from pyproj import Transformer

from diagnostic.demo import names
from diagnostic.demo.childcare import Childcare
from diagnostic.demo.files import melodi, table, write_archive, write_lines
from diagnostic.demo.people import People
from diagnostic.demo.places import Places
from diagnostic.demo.quarters import Quarter
from diagnostic.demo.shapes import scatter

LARGE = 5_000
FACILITIES_PER_COMMUNE = 80
CRECHE, MICRO_CRECHE, TOWN_HALL, FRANCE_SERVICES = "D502", "D509", "A129", "A128"

# Type, name, number for 1,000 inhabitants, inhabitants from which a commune is likely to have it.
TYPES = (
    ("A128", "FRANCE SERVICES", 0.042, 1_200),
    ("A129", "MAIRIE", 0.0, 1),
    ("A206", "BUREAU DE POSTE", 0.10, 2_500),
    ("A501", "COIFFURE", 1.30, 700),
    ("A504", "RESTAURANT", 2.20, 400),
    ("B105", "SUPERMARCHE", 0.16, 3_000),
    ("B207", "BOULANGERIE PATISSERIE", 0.62, 800),
    ("C107", "ECOLE MATERNELLE", 0.19, 2_000),
    ("C108", "ECOLE PRIMAIRE", 0.34, 450),
    ("C109", "ECOLE ELEMENTAIRE", 0.21, 1_800),
    ("C201", "COLLEGE", 0.105, 3_500),
    ("C301", "LYCEE GENERAL", 0.036, 9_000),
    ("C302", "LYCEE PROFESSIONNEL", 0.022, 9_000),
    ("C303", "LYCEE AGRICOLE", 0.009, 4_000),
    ("D106", "URGENCES", 0.009, 15_000),
    ("D265", "MEDECIN GENERALISTE", 0.85, 1_500),
    ("D281", "INFIRMIER", 1.30, 800),
    ("D307", "PHARMACIE", 0.31, 1_800),
    ("D502", "MULTI-ACCUEIL", 0.0, 1),
    ("D503", "LIEU D'ACCUEIL ENFANTS-PARENTS", 0.030, 4_500),
    ("D504", "RELAIS PETITE ENFANCE", 0.055, 3_000),
    ("D505", "ACCUEIL DE LOISIRS", 0.55, 1_300),
    ("D506", "CENTRE SOCIAL", 0.036, 6_000),
    ("D507", "MEDIATION FAMILIALE", 0.008, 12_000),
    ("D508", "ESPACE DE VIE SOCIALE", 0.020, 2_500),
    ("D509", "MICRO-CRECHE", 0.0, 1),
    ("D601", "ENFANTS HANDICAPES HEBERGEMENT", 0.018, 5_000),
    ("D602", "SESSAD", 0.033, 6_000),
    ("F101", "PISCINE", 0.06, 5_000),
    ("F121", "GYMNASE", 0.27, 1_500),
    ("F303", "CINEMA", 0.03, 7_000),
    ("F307", "BIBLIOTHEQUE", 0.22, 700),
)  # fmt: skip
COMMON = (
    ("A401", "MACON", 1.6, 200), ("A402", "PLATRIER PEINTRE", 1.8, 250), ("A403", "MENUISIER", 1.7, 250),
    ("A404", "PLOMBIER", 1.5, 300), ("A405", "ELECTRICIEN", 1.6, 300), ("A507", "INSTITUT DE BEAUTE", 1.2, 900),
    ("A301", "REPARATION AUTOMOBILE", 1.5, 400), ("A302", "TAXI", 0.7, 500), ("A503", "AGENCE IMMOBILIERE", 1.3, 1_500),
    ("B302", "MAGASIN DE VETEMENTS", 0.9, 3_000), ("B201", "SUPERETTE", 0.4, 600), ("B204", "BOUCHERIE", 0.35, 1_200),
    ("D277", "CHIRURGIEN-DENTISTE", 0.6, 2_000), ("D279", "MASSEUR-KINESITHERAPEUTE", 1.2, 1_300),
    ("F111", "PLATEAU DE SPORT", 0.7, 300), ("F113", "TERRAIN DE GRANDS JEUX", 0.6, 300), ("F102", "BOULODROME", 0.5, 200),
    ("E107", "ARRET DE CAR", 4.0, 100), ("G104", "CAMPING", 0.3, 100), ("F203", "BOUCLE DE RANDONNEE", 0.4, 60),
)  # fmt: skip
NICKNAMES = ("LES LUCIOLES", "LE PETIT PRINCE", "ARC-EN-CIEL", "LES COQUELICOTS", "LA FARANDOLE", "JEAN MOULIN",
             "LES TILLEULS", "LA RIBAMBELLE", "LES MESANGES", "DU PARC", "LES PETITS PAS", "LE VERGER")  # fmt: skip

STREETS = ("DU MOULIN", "DES ECOLES", "DE LA FONTAINE", "DU STADE", "DE LA MAIRIE")
ADDRESS = "AN;NOMRS;CNOMRS;NUMVOIE;INDREP;TYPVOIE;LIBVOIE;CADR"
FEATURES = (
    "SIRET;STATUT_DIFFUSION;CANTINE;INTERNAT;RPI;EP;CL_PGE;SECT;ACCES_AIRE_PRATIQUE;ACCES_LIBRE;ACCES_SANITAIRE;"
    "ACCES_VESTIAIRE;CAPACITE_D_ACCUEIL;PRES_DOUCHE;PRES_SANITAIRE;SAISONNIER;COUVERT;ECLAIRE;CATEGORIE;MULTIPLEXE;"
    "STRUCTURE_EXERCICE;SPECIALITE;ACCUEIL;ITINERANCE;MODE_GESTION;SSTYPHEB;TYPE;IMPLANTATION_STATION"
)
COUNTS = (
    "NBEQUIDENT;INDIC_NBEQUIDENT;NBSALLES;INDIC_NBSALLES;NBLIEUX;INDIC_NBLIEUX;NB_PDC;INDIC_NB_PDC;NB_JOURS_OUVERT;"
    "INDIC_NB_JOURS_OUVERT"
)
HEADER = (
    f"{ADDRESS};CODPOS;DEPCOM;DEP;REG;LIBCOM;DOM;SDOM;TYPEQU;{FEATURES};CAPACITE;INDIC_CAPA;{COUNTS};"
    "LAMBERT_X;LAMBERT_Y;LONGITUDE;LATITUDE;QUALITE_XY;EPSG;QUALITE_GEOLOC;TR_DIST_PRECISION;"
    "DCIRIS;QUALI_IRIS;IRISEE;QP2024;QUALI_QP2024;QVA;QUALI_QVA;ZUS;QUALI_ZUS;EPCI;UU2020;BV2022;AAV2020;DENS3;DENS7"
)


@dataclass(frozen=True)
class Facilities:
    """One row per facility, by commune then type: `types` holds (code, name), `capacity` is 0 where it does
    not apply and -1 where unknown, `points` are degrees (NaN where unknown), `quarter` -1 outside a QPV."""

    types: list[tuple[str, str]]
    commune: np.ndarray
    type: np.ndarray
    capacity: np.ndarray
    points: np.ndarray
    quarter: np.ndarray

    def of(self, code: str) -> np.ndarray:
        """Rows of one type."""
        return np.flatnonzero(self.type == [c for c, _ in self.types].index(code))


def equip(places: Places, people: People, care: Childcare, quarters: list[Quarter], rng) -> Facilities:
    """Draw facilities: common types for all, and up to 80 a commune above LARGE communes."""
    catalogue = TYPES + (_bulk(places) if len(places) > LARGE else ())
    types = [(code, name) for code, name, _, _ in catalogue]
    number = {code: i for i, (code, _) in enumerate(types)}
    counts = rng.poisson(_expected(catalogue, people.municipal))
    counts[:, number[TOWN_HALL]] = 1
    for code, centres in ((CRECHE, care.centres), (MICRO_CRECHE, care.micro)):
        counts[:, number[code]] = np.bincount(centres[:, 0], minlength=len(places))
    commune = np.repeat(np.arange(len(places)), counts.sum(axis=1))
    kind = np.repeat(np.tile(np.arange(len(types)), len(places)), counts.ravel())
    capacity = np.zeros(len(commune), dtype=int)
    for code, centres in ((CRECHE, care.centres), (MICRO_CRECHE, care.micro)):
        rows = np.flatnonzero(kind == number[code])
        capacity[rows] = np.where(rng.random(len(rows)) < 0.03, -1, centres[:, 1])
    points = scatter(places.mosaic, commune, rng)
    points = np.round(_move_into_quarters(points, commune, kind, number, quarters, rng), 6)
    quarter = _locate(points, commune, quarters)
    lost = rng.random(len(commune)) < 0.004
    points[lost], quarter[lost] = np.nan, -1
    return Facilities(types, commune, kind, capacity, points, quarter)


def _bulk(places: Places) -> tuple:
    """Shops and craftsmen, scaled so that the whole is expected to reach FACILITIES_PER_COMMUNE."""
    usual = _expected(TYPES, places.size).sum() + len(places)
    scale = (FACILITIES_PER_COMMUNE * len(places) - usual) / _expected(COMMON, places.size).sum()
    return tuple((code, name, rate * scale, start) for code, name, rate, start in COMMON)


def _expected(catalogue: tuple, inhabitants: np.ndarray) -> np.ndarray:
    """Facilities expected by commune and type: the rate, cut down in communes too small for the type."""
    rate = np.array([rate for _, _, rate, _ in catalogue])
    start = np.array([start for *_, start in catalogue])
    people = np.maximum(inhabitants, 1)[:, None]
    return people / 1000 * rate / (1 + (start / people) ** 2)


def _move_into_quarters(points, commune, kind, number, quarters, rng) -> np.ndarray:
    """Some public services stand inside a QPV of their commune; social ones more often."""
    social = np.isin(
        kind, [number[c] for c in ("D503", "D506", "D508", "D505", "D502", "C107", "C109", "A128")]
    )
    chance = np.where(social, 0.30, 0.08)
    draw, side = rng.random(len(commune)), rng.integers(0, 1 << 30, len(commune))
    for host, own in _by_commune(quarters).items():
        start, end = np.searchsorted(commune, [host, host + 1])
        rows = np.arange(start, end)[draw[start:end] < chance[start:end]]
        for row in rows.tolist():
            ring = quarters[own[side[row] % len(own)]].ring
            centre = ring[:-1].mean(axis=0)
            points[row] = centre + (ring[side[row] // 97 % 11] - centre) * (side[row] % 89) / 120
    return points


def _by_commune(quarters: list[Quarter]) -> dict[int, list[int]]:
    """For each commune, its QPV that lie wholly in it."""
    own: dict[int, list[int]] = {}
    for q, quarter in enumerate(quarters):
        if len(quarter.communes) == 1:
            own.setdefault(quarter.communes[0], []).append(q)
    return own


def _locate(points, commune, quarters: list[Quarter]) -> np.ndarray:
    """Position of the QPV that holds each point, -1 outside."""
    where = np.full(len(commune), -1)
    for q, quarter in enumerate(quarters):
        shape = shapely.polygons(quarter.ring)
        for host in quarter.communes:
            start, end = np.searchsorted(commune, [host, host + 1])
            inside = shapely.contains_xy(shape, points[start:end, 0], points[start:end, 1])
            where[start:end][inside] = q
    return where


def write_located(
    out: Path, places: Places, facilities: Facilities, quarters: list[Quarter], year: int
) -> Path:
    """BPE<yy>: 2025 as drawn; 2024 with micro-crèches counted as D502 and one facility in fifty not yet open."""
    rows = _located_rows(places, facilities, quarters, year)
    stem = f"BPE{year % 100}"
    return write_archive(out / f"{stem}.zip", table(f"{stem}.csv", HEADER, rows))


def _located_rows(places, facilities, quarters, year: int) -> Iterator[str]:
    earlier = year == 2024
    before = [_before_capacity(code, name, year, earlier) for code, name in facilities.types]
    address, zone, area = _commune_cells(places)
    capacity = np.where(facilities.capacity < 0, "_U", facilities.capacity.astype(str))
    capacity[facilities.capacity == 0] = "_Z"
    easting, northing = Transformer.from_crs(4326, 2154, always_xy=True).transform(*facilities.points.T)
    counts = ";".join("_Z" for _ in COUNTS.split(";"))
    inside = [f"{q.code};1;_Z;_Z;_Z;_Z" for q in quarters] + ["_Z;1;_Z;_Z;_Z;_Z"]
    columns = (
        facilities.commune, facilities.type, capacity, np.round(easting, 2), np.round(northing, 2),
        facilities.points[:, 0], facilities.points[:, 1], facilities.quarter,
    )  # fmt: skip
    steps = ["A;2154;11"] * 22 + ["B;2154;12"] * 4 + ["B;2154;21"] * 2 + ["M;2154;33"]
    for i, (c, t, places_cell, x, y, lon, lat, q) in enumerate(
        zip(*(v.tolist() for v in columns), strict=True)
    ):
        if earlier and i % 50 == 49:
            continue
        start, name, end = before[t]
        indicator = "_Z" if places_cell == "_Z" else "1"
        where = f"{x};{y};{lon};{lat};{steps[i % len(steps)]};_Z" if x - x == 0 else ";;;;_U;_U;_U;_U"
        zoning = inside[q] if x - x == 0 else "_U;_U;_Z;_Z;_Z;_Z"
        yield (
            f"{start}{name[i % len(name)]}{address[c][i % len(address[c])]}{end}{places_cell};{indicator};{counts};{where};"
            f"{zone[c]}{zoning};{area[c]}"
        )


def _before_capacity(code: str, name: str, year: int, earlier: bool) -> tuple[str, list[str], str]:
    """The fixed cells of a type: before its name, its names in turn, and from DOM to the capacity."""
    shown = CRECHE if earlier and code == MICRO_CRECHE else code
    named = code[0] == "C" or code[:2] == "D5"
    labels = [f"{name} {nick}" for nick in NICKNAMES] if named else [name]
    # CNOMRS, NUMVOIE, INDREP, TYPVOIE, LIBVOIE, CADR: shops have none here.
    blank = ";" * ADDRESS.count(";")
    sector = {"SECT": "PU", "CANTINE": "1"} if code[0] == "C" else {}
    features = ";".join(sector.get(column, "_Z") for column in FEATURES.split(";"))
    streets = [f";;{3 * i + 1};;RUE;{street};;" for i, street in enumerate(STREETS)] if named else [blank]
    addressed = [label + streets[i % len(streets)] for i, label in enumerate(labels)]
    return f"{year};", addressed, f"{code[0]};{code[:2]};{shown};{features};"


def _commune_cells(places: Places) -> tuple[list[list[str]], list[str], list[str]]:
    """What every facility of a commune repeats: CODPOS to LIBCOM (of each arrondissement in turn), the IRIS cells, the
    areas."""
    address, zone, area = [], [], []
    for i, code in enumerate(places.codes):
        departement = places.departements[places.departement[i]].code
        region = places.regions[places.region[i]].code
        epci = places.epcis[places.epci[i]].code if places.epci[i] >= 0 else "ZZZZZZZZZ"
        density = int(places.density[i])
        coarse = 1 if density == 0 else 2 if density <= 3 else 3
        parts = [(part.code, part.name) for part in places.arrondissements.get(i, ())]
        address.append(
            [
                f"{departement}{i % 900:03d};{shown};{departement};{region};{name};"
                for shown, name in parts or [(code, places.names[i])]
            ]
        )
        zone.append(f"{code}0000;1;1;")
        area.append(f"{epci};_Z;{code};_Z;{coarse};{density + 1}")
    return address, zone, area


def write_counts(out: Path, places: Places, facilities: Facilities) -> Path:
    """DS_BPE: counts by type, sub-domain, domain and in all, for communes and every level above."""
    codes = [code for code, _ in facilities.types]
    flat = facilities.commune * len(codes) + facilities.type
    by_type = np.bincount(flat, minlength=len(places) * len(codes)).reshape(len(places), len(codes))
    labels = [(code[0], code[:2], code) for code in codes]
    groups = sorted({(d, s, "_T") for d, s, _ in labels} | {(d, "_T", "_T") for d, _, _ in labels})
    groups.append(("_T", "_T", "_T"))
    belongs = np.array([[all(g in ("_T", p) for g, p in zip(group, label, strict=True)) for group in groups]
                        for label in labels])  # fmt: skip
    table = np.column_stack([by_type, by_type @ belongs])
    cells = [f"{';'.join(label)};FACILITIES;0;NR;A;2025" for label in [*labels, *groups]]

    def rows() -> Iterator[str]:
        for code, line in zip(places.codes, table, strict=True):
            present = np.flatnonzero(line)
            for j, value in zip(present.tolist(), line[present].tolist(), strict=True):
                yield f"{code};COM;{cells[j]};{value}"
        for level, code, members in places.levels():
            for cell, value in zip(cells, table[members].sum(axis=0).tolist(), strict=True):
                if value:
                    yield f"{code};{level};{cell};{value}"

    header = (
        "GEO;GEO_OBJECT;FACILITY_DOM;FACILITY_SDOM;FACILITY_TYPE;BPE_MEASURE;UNIT_MULT;UNIT_MEASURE;"
        "OBS_STATUS;TIME_PERIOD;OBS_VALUE"
    )
    return write_archive(out / "DS_BPE_CSV_FR.zip", *melodi("DS_BPE_2025", header, rows()))


FRANCE_SERVICES_COLUMNS = (
    "id_fs,insee_dep,lib_fs,adresse,complement_adresse,insee_com,code_postal,lib_com,latitude,longitude,mail,telephone,"
    "h_lundi,h_mardi,h_mercredi,h_jeudi,h_vendredi,h_samedi,prise_rdv,commentaire,type_fs,format_fs,groupe_fs,"
    "labellisation_fs"
)


def write_france_services(out: Path, places: Places, facilities: Facilities) -> Path:
    """ANCT's list, every text quoted: the France services of the BPE that have a position."""
    rows = []
    for number, row in enumerate(facilities.of(FRANCE_SERVICES).tolist(), start=1):
        lon, lat = facilities.points[row].tolist()
        if lon != lon:
            continue
        c = int(facilities.commune[row])
        departement = places.departements[places.departement[c]].code
        hours = '"09:00 - 12:00 / 13:30 - 17:00"'
        mobile = number % 11 == 5
        form = "Bus_équivalent" if mobile else "Fixe"
        rows.append(
            f'"{number}","{departement}","France services {names.of_commune(places.names[c], places.tncc[c])}","{number % 60 + 1} Place de la Mairie",,'
            f'"{places.codes[c]}","{departement}{c % 900:03d}","{places.names[c]}",{lat},{lon},,,'
            f'{hours},{hours},{hours},{hours},"09:00 - 12:00",,"{"Oui" if number % 3 == 0 else "Non"}",,'
            f'"{"Antenne" if number % 17 == 9 else "Principal"}","{form}",,"Espace labellisé 01/0{1 + number % 9}/2022"'
        )
    header = ",".join(f'"{column}"' for column in FRANCE_SERVICES_COLUMNS.split(","))
    return write_lines(out / "liste-france-services.csv", header, rows)

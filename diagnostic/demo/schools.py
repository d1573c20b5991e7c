"""The national education's files: pupils of each school, and where it is; the DGCL's and the ANCT's on what communes can pay."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np

from diagnostic.demo.files import workbook, write_lines
from diagnostic.demo.people import People
from diagnostic.demo.places import RURAL, Places

YEARS = (2023, 2024, 2025)
PUPILS_OF_A_SCHOOL, PUPILS_OF_A_CLASS, SMALLEST = 130, 22, 18
KEYS = "ABCDEFGHJKLMNPRSTUVWXYZ"


def write_schools(out: Path, places: Places, people: People, rng) -> list[Path]:
    """fr-en-ecoles-effectifs-nb_classes and fr-en-annuaire-education.

    A hamlet has no school; the commune of the first file is a name, its postcode that of the town beside as often as not.
    """
    children = people.newer[:, :, 3:11].sum(axis=(1, 2)) * 0.97
    count = np.where(children < SMALLEST, 0, np.maximum(1, np.round(children / PUPILS_OF_A_SCHOOL))).astype(
        int
    )
    schools: list[tuple[str, int, float]] = []
    for i, number in enumerate(count.tolist()):
        for share in rng.dirichlet(np.full(number, 20.0)) if number else ():
            serial = len(schools)
            departement = places.departements[places.departement[i]].code
            uai = f"0{departement}{serial % 10000:04d}{KEYS[serial % len(KEYS)]}"
            schools.append((uai, i, children[i] * share))

    def pupils() -> Iterator[str]:
        for year in YEARS:
            for uai, i, size in schools:
                held = int(size * 0.985 ** (year - YEARS[0]))
                classes = max(1, round(held / PUPILS_OF_A_CLASS))
                name, postcode = places.names[i].upper(), f"{places.codes[i][:2]}{i % 900:03d}"
                yield f"{year};{name};{uai};ECOLE PRIMAIRE;PUBLIC;{classes};{held};{postcode}"

    def directory() -> Iterator[str]:
        for uai, i, _ in schools:
            parts = places.arrondissements.get(i, [])
            code = parts[hash_of(uai) % len(parts)].code if parts else places.codes[i]
            yield f"{uai};Ecole primaire;Ecole;{code};{places.names[i]}"

    return [
        write_lines(
            out / "fr-en-ecoles-effectifs-nb_classes.csv",
            "rentree_scolaire;commune;numero_ecole;denomination_principale;secteur;nombre_total_classes;"
            "nombre_total_eleves;code_postal",
            pupils(),
            bom=True,
        ),
        write_lines(
            out / "fr-en-annuaire-education.csv",
            "identifiant_de_l_etablissement;nom_etablissement;type_etablissement;code_commune;nom_commune",
            directory(),
            bom=True,
        ),
    ]


def hash_of(text: str) -> int:
    """The same number for the same text on every machine."""
    return sum(map(ord, text))


def write_finances(out: Path, places: Places, people: People) -> Path:
    """criteres_repartition_2024: people and potential of each commune, as the DGCL names its columns."""

    def rows() -> Iterator[str]:
        for i, code in enumerate(places.codes):
            potential = 900 * np.exp(0.18 * places.wealth[i]) * (1.25 if places.size[i] > 10_000 else 1.0)
            yield f"{code};{places.names[i]};{int(people.municipal[i])};{potential:.6f}"

    header = (
        "Informations générales - Code INSEE de la commune;Informations générales - Nom de la commune;"
        "Informations générales - Population INSEE Année N ;"
        "Potentiel fiscal et financier des communes - Potentiel financier par habitant"
    )
    return write_lines(out / "criteres_repartition_2024.csv", header, rows())


def write_rural_zone(out: Path, places: Places) -> Path:
    """Liste communes FRR: the rural communes where living standards are low, one at least; one of them classed in part."""
    rural = (places.kind == RURAL) & (places.wealth < np.median(places.wealth))
    poor = np.flatnonzero(rural).tolist() or [len(places) - 1]
    levels = ("FRR socle", "FRR+", "FRR bénéficiaire")
    rows = [
        (places.codes[i], places.names[i], levels[rank % 3] if rank else "FRR partiellement classée")
        for rank, i in enumerate(poor)
    ]
    header = ("Code_insee", "Commune", "Classement FRR et FRR+ au 10 juillet 2025")
    path = out / "Liste communes FRR_juillet2025.xlsx"
    path.write_bytes(b"".join(workbook(path.name, {"Feuil1": [header, *rows]}).blocks))
    return path

"""A fictional territory: files in the producers' own layouts about an island that does not exist.

`write_demo` draws one set of people, places and services, and writes it as INSEE, CNAF, ANCT and Etalab
would publish it, secret and unpublished values included. Nothing marks the set as invented except its
codes: départements, régions and communes begin with a letter (`F1`, `F1001`), EPCI with 999.

What holds what (g = older geography, before the merger of 1 January 2025; t = today's):

| file | content | geography |
|---|---|---|
| v_commune_2026, v_departement_2026, v_region_2026, v_mvt_commune_2026 .csv | COG and movements (merger, renaming, restored commune, old split) | t |
| epci_au_01-01-2026.zip | a workbook: list of EPCI with their nature, composition | t |
| ensemble.zip | populations légales, seven members: PMUN = the 2023 census by age, summed and rounded | t |
| grille_densite_7_niveaux_2024.xlsx | density grid, header on the fifth line | t |
| laposte_hexasmal.csv | postcodes | t |
| TD_POP1B_2021_csv.zip | census 2021: commune, sex, single year of age, every age present; a dictionary beside it | g |
| DS_RP_TD_POPULATION_AGESEX_PRINC_2023_CSV_FR.zip | census 2023, the same and every level above | t |
| DS_ETAT_CIVIL_NAIS_COMMUNES_2025_CSV_FR.zip | births 2008 to 2024 | g |
| base-cc-coupl-fam-men-2021_csv.zip, DS_RP_FAMILLE_COMP_2023_CSV_FR.zip | families; the first with the overseas collectivities apart | g, t |
| cc_filosofi_2020_COM.csv, cc_filosofi_2021_COM.csv | incomes of communes, `s` where secret | g |
| base-cc-filosofi-2021-geo2025_csv.zip | incomes at every level (France is `FM`), in Melodi's layout | g |
| BPE25.zip, BPE24.zip | located facilities; micro-crèches are D509 in 2025, D502 in 2024 | t |
| DS_BPE_CSV_FR.zip | counts of BPE25 | t |
| nbpla_pe_{com,epci,dep,reg,nat}.csv, txcouv_pe_….csv | CNAF places and rates 2022-2023; `…_hist.csv`: 2017-2022, 2022 before its revision | t |
| TAUXCOUV2021.csv | CNAF, overall rate of every commune, `ND` for some | t |
| s_ben_com_f.csv, s_ben_{epci_f,dep,nat}.csv | CNAF recipients, December 2020 to 2024 | g, t for 2024 |
| ndur_s_qf_400_com_f.csv | CNAF recipients by family quotient, December 2024 | t |
| DS_RP_TD_FAMILLE_AGEENF_COMP, DS_RP_LOGEMENT_PRINC, DS_RP_LOGEMENT_COMP, DS_RP_EMPLOI_LR_PRINC, DS_RP_ACTIVITE_PRINC (_2023_CSV_FR.zip) | census 2023: parents at work, dwellings, crowding, work, part time | t |
| data_CAF_2020_IRIS.csv, data_CAF_2023_QP.csv, ndur_s_qf_400_qpv_f.csv | recipients by IRIS, by QPV, by quotient in QPV | t |
| base-ic-evol-struct-pop-2023_csv.zip | census 2023: residents by age of each IRIS | t |
| contours_iris_2026_1.geojson | outlines of the same IRIS, and of one commune that is not cut, as IGN's service answers | t |
| fr-en-ecoles-effectifs-nb_classes.csv, fr-en-annuaire-education.csv | pupils of each school; where it is | t |
| criteres_repartition_2024.csv | DGCL, potentiel financier of communes | t |
| Liste communes FRR_juillet2025.xlsx | ANCT, communes classed France ruralités revitalisation, no other | t |
| salaries-des-particuliers-employeurs-en-{2023,2024}.csv | Urssaf, childminders paid by parents, by département | t |
| DS_ESTIMATION_POPULATION_CSV_FR.zip | people by band of five years to 2026, départements and above | t |
| listeqp2024-cog2024.csv, QP2024.zip | QPV: the list; polygons in degrees and again in Lambert-93 | t |
| pop_reference_communales_QPV24.csv | inhabitants of QPV by commune (only communes that hold one) | t |
| estimations-demographiques_2022_QPV2024_csv.zip | inhabitants of each QPV | t |
| liste-france-services.csv | France services | t |
| {communes,epci,departements,regions}-100m.geojson.gz | outlines, shared borders equal to the last digit, keys left out where they say nothing | t |

From 100 communes on, the set holds two départements and an EPCI over both, a town with three arrondissements, a
commune restored in 2025, one outside any EPCI, postcodes that communes share. Archives, member names, headers, quoting
and extra members are the producers'.

Identities that a reader may check: children under 3 (census 2021 and 2023) with CNAF's places give CNAF's
rates of the same years, rounded to 0.1; a level's places are the sum of its communes' (the `XX` rows
belong to none); crèche capacities of BPE25 add up to CNAF's 2023 places where all are known.

Above 5,000 communes the older BPE24 and the newer census (Melodi) are left out, for size; TD_POP1B then
holds 202 rows a commune and BPE25 about 80. The same (communes, seed) gives the same bytes.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

from diagnostic.demo import (
    below,
    benefits,
    census,
    childcare,
    cog,
    files,
    incomes,
    needs,
    people,
    places,
    quarters,
    schools,
    services,
)
from diagnostic.model import DiagnosticError

MOST_COMMUNES = 35_000
SMALL_SETS_ONLY = ("DS_RP_TD_POPULATION_AGESEX_PRINC_2023_CSV_FR.zip", "BPE24.zip")


def write_demo(out: Path, *, communes: int = 120, seed: int = 33) -> list[Path]:
    """Write the fictional files into `out` and return their paths, in the order written.

    `communes` goes from 1 to 35,000, else DiagnosticError. Files of the same name are replaced. A file that
    would hold no row is not written: a village has no QPV and no commune above 10,000 inhabitants.
    """
    _checked(communes)
    streams = iter(np.random.default_rng(seed).spawn(21))
    land = places.settle(communes, next(streams))
    crowd = people.populate(land, next(streams))
    care = childcare.offer_childcare(land, crowd, next(streams))
    qpv = quarters.draw_quarters(land, crowd, next(streams))
    facilities = services.equip(land, crowd, care, qpv, next(streams))
    earnings = incomes.earn(land, crowd.earlier, next(streams))
    older = people.families(crowd.earlier, land.wealth[land.unit_of], next(streams))
    newer = people.families(crowd.newer, land.wealth, next(streams))
    recipients = benefits.draw_recipients(land, crowd, next(streams))
    small = communes <= services.LARGE
    _leave_earlier(out)
    written = [
        *cog.write_cog(out, land),
        cog.write_composition(out, land),
        cog.write_populations(out, land, crowd.municipal),
        cog.write_density(out, land),
        cog.write_postcodes(out, land),
        *cog.write_outlines(out, land),
        census.write_ages_long(out, land, crowd),
        *([census.write_ages_melodi(out, land, crowd)] if small else []),
        census.write_births(out, land, crowd),
        census.write_families_wide(out, land, older, crowd.earlier),
        census.write_families_melodi(out, land, newer),
        *(incomes.write_filosofi_wide(out, land, earnings, year) for year in incomes.YEARS),
        incomes.write_filosofi_melodi(out, land, earnings),
        services.write_located(out, land, facilities, qpv, 2025),
        *([services.write_located(out, land, facilities, qpv, 2024)] if small else []),
        services.write_counts(out, land, facilities),
        *childcare.write_coverage(out, land, crowd, care),
        childcare.write_overall(out, land, crowd, care),
        *benefits.write_recipients(out, land, recipients),
        benefits.write_quotients(out, land, recipients),
        needs.write_parents(out, land, crowd, next(streams)),
        *needs.write_dwellings(out, land, crowd, next(streams)),
        needs.write_activity(out, land, crowd, next(streams)),
        below.write_iris(out, land, crowd, next(streams)),
        below.write_quarter_quotients(out, land, qpv, next(streams)),
        *schools.write_schools(out, land, crowd, next(streams)),
        schools.write_finances(out, land, crowd),
        schools.write_rural_zone(out, land),
        below.write_quarter_recipients(out, qpv, next(streams)),
        *needs.write_employers(out, land, crowd, next(streams)),
        needs.write_estimates(out, land, crowd, next(streams)),
        needs.write_work(out, land, crowd, next(streams)),
        *quarters.write_quarters(out, land, qpv),
        *quarters.write_quarter_people(out, land, crowd, qpv),
        services.write_france_services(out, land, facilities),
        below.write_iris_outlines(out, land, crowd, next(streams)),
        below.write_iris_people(out, land, crowd, next(streams)),
    ]
    return files.drop_empty(written)


def _leave_earlier(out: Path) -> None:
    """Take away what only a small territory has, and an earlier one may have left."""
    for name in SMALL_SETS_ONLY:
        (out / name).unlink(missing_ok=True)


def _checked(communes: int) -> None:
    if not 1 <= communes <= MOST_COMMUNES:
        raise DiagnosticError(
            f"Le territoire fictif compte de 1 à 35 000 communes : {communes} ne convient pas. "
            "Choisissez un nombre dans ces bornes.",
            code=2,
        )

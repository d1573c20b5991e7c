"""SOURCES: every file we read, as its producer publishes it. One entry, one query of the same name.

An address that no public code confirms has no `confirmed`. Files that are known by name and not read, since nobody who reads
them in public names their columns: the Cnaf's families by type and by kind of CMG (`s_sitfam_com_f`, `ndurcmg_s_sitfam_com_f`) and
`prepare_s_tx_com_f`, whose households `s_ben_com_f` counts without the detail; Insee's schooling of the districts of 2024 (page
8994242, EDUC_2024_2025_QP24). The columns of `pop_reference_communales_QPV24.csv`, of `pop_QPV24.csv` and of the recipients by
district (page 8682381) were seen by nobody either: the patterns admit what their twins bear, and refuse the rest by name.
"""

from __future__ import annotations

from typing import Any

from diagnostic.indicators import FACILITY_STATS
from diagnostic.model import Catalogue, Column, Source, Vintage

_INSEE = "Insee"
_CNAF = "Cnaf"


def _text(name: str, *patterns: str, required: bool = True, words: str = "") -> Column:
    return Column(name, patterns or (name,), "text", required, words=words)


def _number(name: str, *patterns: str, required: bool = True) -> Column:
    return Column(name, patterns or (name,), "number", required)


def _code(name: str, kind: str, *patterns: str, required: bool = True, blank: bool = False) -> Column:
    return Column(name, patterns or (name,), kind, required, blank)


def _dimension(name: str, *patterns: str, required: bool = True, words: str = "") -> Column:
    """A code of a table in which a part without a row is none: under another code, a row would be lost unseen."""
    return Column(name, patterns or (name,), "dimension", required, words=words)


_CODES = r"(?!NULL)[A-Z][A-Z_0-9]*"
_SAID = r"(?!NULL|\d{10})_?[A-Z0-9][A-Z_0-9]*"
"""What a code of a dimension looks like, `_T`, `Y_LT2`, `212_222`: which ones there are is the producer's to say."""


def _melodi(*dimensions: str) -> tuple[Column, ...]:
    """Columns that every Melodi file shares, with its own dimensions: a row under an odd code is left out, and told."""
    return (
        _code("GEO", "area"),
        _dimension("GEO_OBJECT", words=_CODES),
        *(_dimension(name, words="_T|[MF]" if name == "SEX" else _SAID) for name in dimensions),
        _text("OBS_STATUS", required=False, words="[A-Z]?"),
        _text("CONF_STATUS", required=False, words="[A-Z]?"),
        _text("TIME_PERIOD"),
        _number("OBS_VALUE"),
    )


def _file(year: int, url: str, *, catalogue: Catalogue | None = None, confirmed: bool = False) -> Vintage:
    """A file that keeps the name that its address gives it."""
    return Vintage(year, url, url.rpartition("/")[2], catalogue, confirmed)


def _insee(year: int, page: int, file: str, *, name: str = "", confirmed: bool = False) -> Vintage:
    """A file of a page of insee.fr, kept under its own name where no other is better."""
    url = f"https://www.insee.fr/fr/statistiques/fichier/{page}/{file}"
    return Vintage(year, url, name or file, confirmed=confirmed)


def _melodi_vintage(dataset: str, year: int, file: str = "", *, confirmed: bool = False) -> Vintage:
    """A Melodi product, by default named for its year; the catalogue names the newest of the same form, whatever its
    year."""
    file = file or f"{dataset}_{year}_CSV_FR"
    return Vintage(
        year,
        f"https://api.insee.fr/melodi/file/{dataset}/{file}",
        f"{file}.zip",
        catalogue=Catalogue(
            "melodi",
            f"https://api.insee.fr/melodi/catalog/{dataset}",
            rf"/{dataset}(_(?P<yyyy>20\d\d))?_CSV_FR$",
        ),
        confirmed=confirmed,
    )


def _table_of_melodi(id: str, title: str, dataset: str, dimensions: tuple[str, ...], **more: Any) -> Source:
    """A table of Melodi: one row a territory, a year and a code of each of its dimensions."""
    page = f"https://catalogue-donnees.insee.fr/fr/catalogue/recherche/{dataset}"
    key = ("GEO_OBJECT", "GEO", *dimensions, "TIME_PERIOD")
    usual: dict[str, Any] = {"columns": _melodi(*dimensions), "vintages": (_melodi_vintage(dataset, 2023),)}
    return Source(id, title, _INSEE, page, key=key, year_column="TIME_PERIOD", **(usual | more))


def _outlines(
    id: str, what: str, file: str, columns: tuple[Column, ...], unless: tuple[str, ...] = ()
) -> Source:
    """The outlines of a level, by the code of its first column."""
    base = "https://etalab-datasets.geo.data.gouv.fr/contours-administratifs/2026/geojson"
    return Source(
        id=id,
        title=f"Contours administratifs, {what}",
        producer="Etalab, IGN",
        page="https://www.data.gouv.fr/fr/datasets/contours-administratifs/",
        format="geojson",
        columns=columns,
        unless=unless,
        key=(columns[0].name,),
        stage=3,
        vintages=(_file(2026, f"{base}/{file}.geojson.gz", confirmed=True),),
    )


def _data_gouv(slug: str, file: str) -> Catalogue:
    return Catalogue("data.gouv", f"https://www.data.gouv.fr/api/1/datasets/{slug}/", file)


def _opendatasoft(dataset: str) -> Catalogue:
    return Catalogue("opendatasoft", f"https://data.caf.fr/api/explore/v2.1/catalog/datasets/{dataset}")


_CNAF_CODE = Column(
    "code",
    (
        r"numcom|num[ée]ro commune",
        r"numepci|num[ée]ro epci",
        r"numdep|num[ée]ro d[ée]partement",
        r"numregi|numreg|num[ée]ro r[ée]gion",
        r"national",
    ),
)
_CNAF_LEVELS = (
    ("numcom", "commune"),
    ("numéro commune", "commune"),
    ("numepci", "epci"),
    ("numéro epci", "epci"),
    ("numdep", "departement"),
    ("numéro département", "departement"),
    ("numregi", "region"),
    ("numreg", "region"),
    ("numéro région", "region"),
    ("national", "france"),
)
_DWELLING = ("OCS", "L_STAY", "TDW", "CARS", "RP_MEASURE", "CARPARK", "NOR", "TSH", "BUILD_END", "NRG_SRC")
# The layer and its properties are those that public readers of the service name; the filter and the pages of 5,000 that it
# serves at once are not confirmed. Communes that are not cut have one IRIS, 0000, and are not asked for.
_IRIS_OUTLINES = (
    "https://data.geopf.fr/wfs/ows?SERVICE=WFS&VERSION=2.0.0&REQUEST=GetFeature"
    "&TYPENAMES=STATISTICALUNITS.IRIS:contours_iris&OUTPUTFORMAT=application/json&SRSNAME=EPSG:4326"
    "&CQL_FILTER=code_iris%20NOT%20LIKE%20%27%250000%27&SORTBY=code_iris&COUNT=5000&STARTINDEX="
)
_NATURES = "C[ACU]|MET?[A-Z0-9]*"
_CLASSES = r"(?i)moins de \d+ euros|entre \d+ et \d+ euros|\d+ euros (?:et|ou) plus|.*(?:connu|renseign).*"
_CNAF_CURE = "Téléchargez de nouveau l’export CSV depuis data.caf.fr, sans l’ouvrir dans un tableur."


def _benefits(*names: str, required: bool = False) -> tuple[Column, ...]:
    """Households paid each benefit."""
    return tuple(_number(name, rf"indfoy_{name}", required=required) for name in names)


def _cnaf(dataset: str) -> tuple[Vintage, ...]:
    base = "https://data.caf.fr/api/explore/v2.1/catalog/datasets"
    return tuple(
        Vintage(
            year,
            f"{base}/{dataset}_{grain}{past}/exports/csv?delimiter=%3B",
            f"{dataset}_{grain}{past}.csv",
            catalogue=_opendatasoft(f"{dataset}_{grain}{past}"),
        )
        for year, past in ((2023, ""), (2021, "_hist"))
        for grain in ("nat", "reg", "dep", "epci", "com")
    )


SOURCES: tuple[Source, ...] = (
    Source(
        id="cog_communes",
        title="Code officiel géographique, communes",
        producer=_INSEE,
        page="https://www.insee.fr/fr/information/2560452",
        columns=(
            _text("TYPECOM"),
            _code("COM", "commune"),
            _code("REG", "region", blank=True),
            _code("DEP", "departement", blank=True),
            _text("TNCC"),
            _text("NCC"),
            _text("LIBELLE"),
            _code("COMPARENT", "commune", blank=True),
        ),
        key=("TYPECOM", "COM"),
        stage=1,
        vintages=(_insee(2026, 8740222, "v_commune_2026.csv"),),
    ),
    Source(
        id="cog_departements",
        title="Code officiel géographique, départements",
        producer=_INSEE,
        page="https://www.insee.fr/fr/information/2560452",
        columns=(
            _code("DEP", "departement"),
            _code("REG", "region"),
            _code("CHEFLIEU", "commune"),
            _text("TNCC"),
            _text("NCC"),
            _text("LIBELLE"),
        ),
        key=("DEP",),
        stage=1,
        vintages=(_insee(2026, 8740222, "v_departement_2026.csv"),),
    ),
    Source(
        id="cog_regions",
        title="Code officiel géographique, régions",
        producer=_INSEE,
        page="https://www.insee.fr/fr/information/2560452",
        columns=(
            _code("REG", "region"),
            _code("CHEFLIEU", "commune"),
            _text("TNCC"),
            _text("NCC"),
            _text("LIBELLE"),
        ),
        unless=("DEP",),
        key=("REG",),
        stage=1,
        vintages=(_insee(2026, 8740222, "v_region_2026.csv"),),
    ),
    Source(
        id="cog_mouvements",
        title="Code officiel géographique, mouvements de communes",
        producer=_INSEE,
        page="https://www.insee.fr/fr/information/2560452",
        columns=(
            _text("MOD", words=r"\d{2}"),
            _text("DATE_EFF", words=r"\d{4}-\d{2}-\d{2}.*"),
            _text("TYPECOM_AV"),
            _code("COM_AV", "commune", blank=True),
            _text("LIBELLE_AV"),
            _text("TYPECOM_AP"),
            _code("COM_AP", "commune", blank=True),
            _text("LIBELLE_AP"),
        ),
        stage=1,
        vintages=(_insee(2026, 8740222, "v_mvt_commune_2026.csv"),),
    ),
    Source(
        id="epci_dgcl",
        title="Composition communale des intercommunalités à fiscalité propre",
        producer="DGCL",
        page="https://www.collectivites-locales.gouv.fr/institutions/liste-et-composition-des-epci-fiscalite-propre",
        columns=(
            _code("EPCI", "epci", r"siren"),
            _text("LIBEPCI", r"raison_sociale"),
            _text("NATURE", r"nature_juridique", words=_NATURES),
            _code("COM", "commune", r"insee"),
            _number("PMUN", r"pmun_(?P<yyyy>\d{4})"),
        ),
        key=("COM",),
        stage=1,
        vintages=(
            _file(
                2026,
                "https://www.collectivites-locales.gouv.fr/files/files/Etudes-et-statistiques/DESL/2026/EPCI/epcicom2026.xlsx",
                confirmed=True,
            ),
        ),
    ),
    Source(
        id="epci_insee",
        title="Composition communale des EPCI",
        producer=_INSEE,
        page="https://www.insee.fr/fr/information/2510634",
        columns=(
            _code("COM", "commune", r"CODGEO|COM"),
            _text("LIBGEO"),
            _code("EPCI", "epci"),
            _text("LIBEPCI"),
            _code("DEP", "departement"),
            _code("REG", "region"),
        ),
        key=("COM",),
        stage=1,
        vintages=(_insee(2026, 2510634, "epci_au_01-01-2026.zip", confirmed=True),),
    ),
    Source(
        id="epci_natures",
        title="Liste des EPCI et leur nature",
        producer=_INSEE,
        page="https://www.insee.fr/fr/information/2510634",
        columns=(
            _code("EPCI", "epci"),
            _text("LIBEPCI"),
            _text("NATURE", r"NATURE_EPCI|NATURE", words=_NATURES),
            _number("NB_COM"),
        ),
        key=("EPCI",),
        stage=1,
    ),
    Source(
        id="populations_legales",
        title="Populations légales des communes",
        producer=_INSEE,
        page="https://www.insee.fr/fr/statistiques/8680726",
        columns=(
            _code("DEP", "departement"),
            _code("COM", "commune"),
            _number("PMUN", r"PMUN(?P<yy>\d{2})?"),
            _number("PCAP", r"PCAP(?:\d{2})?"),
            _number("PTOT", r"PTOT(?:\d{2})?"),
            _text("Commune", r"Commune|LIBELLE"),
        ),
        # The delegated communes stand in the same columns, under the commune that holds them.
        unless=("DEPP", "CODCOMP", "COMP"),
        key=("COM",),
        year_lag=2,
        vintages=(_insee(2023, 8680726, "ensemble.zip", name="populations_legales_2023.zip"),),
        serves=("population",),
    ),
    Source(
        id="codes_postaux",
        title="Codes postaux des communes",
        producer="La Poste",
        page="https://datanova.laposte.fr/datasets/laposte-hexasmal",
        columns=(
            _code("COM", "commune", r"#?code_commune_insee"),
            _code("POSTCODE", "postcode", r"code_postal"),
            _text("LABEL", r"libell.{1,3}_d_acheminement"),
        ),
        stage=1,
        restores_zeros=True,
        vintages=(
            Vintage(
                2026,
                "https://datanova.laposte.fr/data-fair/api/v1/datasets/laposte-hexasmal/raw",
                "laposte_hexasmal.csv",
                confirmed=True,
            ),
        ),
    ),
    Source(
        id="densite",
        title="Grille communale de densité à sept niveaux",
        producer="Insee, ANCT",
        page="https://www.insee.fr/fr/information/6439600",
        columns=(
            _code("COM", "commune", r"insee_com|CODGEO"),
            _text(
                "NIVEAU",
                r"niveau_densite|LIBDENS7?",
                words=r"(?i)(grands centres urbains|centres urbains|ceintures urbaines|petites villes|bourgs ruraux|rural ).*",
            ),
        ),
        key=("COM",),
        vintages=(
            _insee(2025, 8571524, "fichier_diffusion_2025.xlsx", confirmed=True),
            _insee(2024, 6439600, "grille_densite_7_niveaux_2024.xlsx", confirmed=True),
        ),
    ),
    Source(
        id="td_pop1b",
        title="Population par sexe et âge détaillé (POP1B)",
        producer=_INSEE,
        page="https://www.insee.fr/fr/statistiques/8202264",
        columns=(
            _dimension("NIVGEO", words=_CODES),
            _code("COM", "commune", r"CODGEO"),
            _dimension("SEXE", words="[12]"),
            _dimension("AGE", r"AGED100", words=r"\d{1,3}"),
            _number("NB"),
        ),
        key=("COM", "SEXE", "AGE"),
        absent_is_zero=True,
        vintages=(_insee(2021, 8202264, "TD_POP1B_2021_csv.zip"),),
        serves=("enfants_moins_3", "enfants_3_11", "jeunes_12_25"),
        heavy=True,
    ),
    _table_of_melodi(
        "rp_agesex",
        "Recensement, population par sexe et âge (Melodi)",
        "DS_RP_TD_POPULATION_AGESEX_PRINC",
        ("AGE", "SEX", "RP_MEASURE"),
        columns=(
            *_melodi(),
            _dimension("AGE", words=r"_T|Y_?[A-Z0-9]+"),
            _dimension("SEX", words="_T|[MF]"),
            _dimension("RP_MEASURE", words=_CODES),
        ),
        unless=("PCS", "EMPSTA_ENQ", "EDUC", "TFN"),
        absent_is_zero=True,
        serves=("enfants_moins_3", "enfants_3_11", "jeunes_12_25"),
        heavy=True,
    ),
    _table_of_melodi(
        "naissances",
        "Naissances domiciliées par commune",
        "DS_ETAT_CIVIL_NAIS_COMMUNES",
        ("EC_MEASURE",),
        vintages=(_melodi_vintage("DS_ETAT_CIVIL_NAIS_COMMUNES", 2025, confirmed=True),),
        serves=("naissances", "enfants_moins_3", "enfants_3_11"),
    ),
    _table_of_melodi(
        "rp_familles",
        "Recensement, composition des familles (Melodi)",
        "DS_RP_FAMILLE_COMP",
        ("TFN", "NCH", "RP_MEASURE"),
        unless=("AGE",),
        serves=("part_monoparentales",),
        heavy=True,
    ),
    Source(
        id="rp_coupl_fam_men",
        title="Recensement, couples, familles, ménages (base communale)",
        producer=_INSEE,
        page="https://www.insee.fr/fr/statistiques/8205182",
        columns=(
            _code("COM", "commune", "CODGEO"),
            _number("FAM", r"C(?P<yy>\d{2})_FAM"),
            _number("COUPAENF", r"C\d{2}_COUPAENF"),
            _number("FAMMONO", r"C\d{2}_FAMMONO"),
        ),
        key=("COM",),
        missing=("", "s", "S", "nd"),
        vintages=(
            _insee(2022, 8582452, "base-cc-coupl-fam-men-2022_csv.zip"),
            _insee(2021, 8205182, "base-cc-coupl-fam-men-2021_csv.zip"),
        ),
        serves=("part_monoparentales",),
    ),
    Source(
        id="filosofi_communes",
        title="Revenus et pauvreté des ménages (Filosofi), communes",
        producer=_INSEE,
        page="https://www.insee.fr/fr/statistiques/7756729",
        columns=(
            _code("COM", "commune", "CODGEO"),
            _number("MENAGES", r"NBMENFISC(?P<yy>\d{2})"),
            _number("MED", r"MED\d{2}"),
            _number("TP60", r"TP60\d{2}"),
            _number("D1", r"D1\d{2}", required=False),
            _number("D9", r"D9\d{2}", required=False),
        ),
        key=("COM",),
        missing=("", "s", "nd", "ns", "so"),
        rate="TP60",
        serves=("niveau_vie_median", "taux_pauvrete"),
    ),
    Source(
        id="filosofi_niveaux",
        title="Revenus disponibles (Filosofi), tous niveaux",
        producer=_INSEE,
        page="https://www.insee.fr/fr/statistiques/6036907",
        columns=(
            _code("CODGEO", "place"),
            _text("LIBGEO"),
            _number("MENAGES", r"NBMEN(?P<yy>\d{2})"),
            _number("MED", r"Q2\d{2}"),
            _number("D1", r"D1\d{2}"),
            _number("D9", r"D9\d{2}", required=False),
        ),
        key=("CODGEO",),
        missing=("", "s", "nd"),
        vintages=(_insee(2019, 6036907, "indic-struct-distrib-revenu-2019-SUPRA_csv.zip"),),
        serves=("niveau_vie_median",),
    ),
    _table_of_melodi(
        "filosofi_melodi",
        "Niveau de vie et pauvreté (Filosofi, Melodi)",
        "DS_FILOSOFI_CC",
        ("FILOSOFI_MEASURE", "UNIT_MEASURE"),
        missing=("", "s", "nd"),
        rate="case when FILOSOFI_MEASURE = 'PR_MD60' then OBS_VALUE end",
        vintages=(
            _melodi_vintage("DS_FILOSOFI_CC", 2023),
            _insee(2021, 7756729, "base-cc-filosofi-2021-geo2025_csv.zip", confirmed=True),
        ),
        serves=("niveau_vie_median", "taux_pauvrete"),
    ),
    Source(
        id="bpe",
        title="Base permanente des équipements, équipements localisés",
        producer=_INSEE,
        page="https://www.insee.fr/fr/statistiques/8217525",
        columns=(
            _text("AN"),
            _code("COM", "commune", "DEPCOM"),
            _code("DEP", "departement"),
            _text("TYPEQU", words=r"[A-Z]\d{3}"),
            _text("NOM", "NOMRS", required=False),
            *(
                _text(name, required=False)
                for name in (
                    "NUMVOIE",
                    "INDREP",
                    "TYPVOIE",
                    "LIBVOIE",
                    "CODPOS",
                    "LIBCOM",
                    "STATUT_DIFFUSION",
                )
            ),
            _number("CAPACITE", required=False),
            _number("LAMBERT_X", required=False),
            _number("LAMBERT_Y", required=False),
            _number("LONGITUDE", required=False),
            _number("LATITUDE", required=False),
            _text("EPSG", required=False),
            _text("QUALITE_XY", required=False),
            _text("QUALITE_GEOLOC", required=False),
            _text("QP2024", required=False),
            _text("QUALI_QP2024", required=False),
        ),
        unless=("NB_EQUIP",),
        missing=("", "_U", "_Z"),
        absent_is_zero=True,
        # Of thirty facilities, one is of a type that is counted or shown.
        in_full=("TYPEQU", frozenset(FACILITY_STATS)),
        year_column="AN",
        vintages=(_insee(2025, 8217525, "BPE25.zip"),),
        serves=("acces_alsh", "enfants_par_laep", "enfants_par_rpe", "habitants_par_centre_social"),
        heavy=True,
    ),
    Source(
        id="bpe_melodi",
        title="Base permanente des équipements, nombre par territoire (Melodi)",
        producer=_INSEE,
        page="https://www.insee.fr/fr/statistiques/8217527",
        columns=_melodi("FACILITY_DOM", "FACILITY_SDOM", "FACILITY_TYPE", "BPE_MEASURE"),
        key=("GEO_OBJECT", "GEO", "FACILITY_DOM", "FACILITY_SDOM", "FACILITY_TYPE", "TIME_PERIOD"),
        absent_is_zero=True,
        year_column="TIME_PERIOD",
        vintages=(_melodi_vintage("DS_BPE", 2025, "DS_BPE_CSV_FR"),),
        serves=("acces_alsh", "enfants_par_laep", "enfants_par_rpe", "habitants_par_centre_social"),
        heavy=True,
    ),
    Source(
        id="nbpla_pe",
        title="Places offertes aux enfants de moins de 3 ans, par mode d’accueil",
        producer=_CNAF,
        page="https://data.caf.fr/explore/dataset/nbpla_pe_com",
        columns=(
            _text("annee", r"annee|date r[ée]f[ée]rence"),
            _CNAF_CODE,
            _number("psu", r"pl_psu(_col)?_(com|epci|dep|reg|nat)", required=False),
            _number("hors_psu", r"pl_hors_psu(_col)?_(com|epci|dep|reg|nat)", required=False),
            _number("eaje", r"pl_eaje_(com|epci|dep|reg|nat)"),
            _number("ecole", r"pl_prescol_(com|epci|dep|reg|nat)", required=False),
            _number("am", r"pl_am(_ind)?_(com|epci|dep|reg|nat)"),
            _number("gad", r"pl_gad(_ind)?_(com|epci|dep|reg|nat)", required=False),
            _number("total", r"tot_offre_(com|epci|dep|reg|nat)"),
        ),
        key=("annee", "code"),
        missing=("", "ND", "nd"),
        levels=_CNAF_LEVELS,
        vintages=_cnaf("nbpla_pe"),
        serves=("places_100", "places_eaje_100", "places_am_100"),
        cure=_CNAF_CURE,
    ),
    Source(
        id="txcouv_pe",
        title="Taux de couverture de l’accueil du jeune enfant",
        producer=_CNAF,
        page="https://data.caf.fr/explore/dataset/txcouv_pe_com",
        columns=(
            _text("annee", r"annee|date r[ée]f[ée]rence"),
            _CNAF_CODE,
            _number("psu", r"txcouv_psu(_col)?_(com|epci|dep|reg|nat)", required=False),
            _number("hors_psu", r"txcouv_hors_psu(_col)?_(com|epci|dep|reg|nat)", required=False),
            _number(
                "eaje", r"txcouv_eaje_(com|epci|dep|reg|nat)|taux de couv eaje - ensemble", required=False
            ),
            _number("ecole", r"txcouv_prescol_(com|epci|dep|reg|nat)", required=False),
            _number(
                "am",
                r"txcouv_am(_ind)?_(com|epci|dep|reg|nat)|taux de couv assistantes maternelles",
                required=False,
            ),
            _number("gad", r"txcouv_gad(_ind)?_(com|epci|dep|reg|nat)", required=False),
            _number("total", r"txcouv_(com|epci|dep|reg|nat)|taux de couv global"),
        ),
        key=("annee", "code"),
        missing=("", "ND", "nd"),
        rate="total",
        levels=_CNAF_LEVELS,
        vintages=_cnaf("txcouv_pe"),
        serves=("taux_couverture",),
        cure=_CNAF_CURE,
    ),
    Source(
        id="tauxcouv",
        title="Taux de couverture global de toutes les communes",
        producer=_CNAF,
        page="https://data.caf.fr",
        columns=(
            _code("COM", "commune", r"NUM_COM"),
            _code("EPCI", "epci", r"NUM_EPCI", blank=True),
            _number("tx_com", r"tauxcouv_comm?"),
            _number("tx_epci", r"tauxcouv_epci"),
            _number("tx_dep", r"tauxcouv_dep"),
            _number("tx_fe", r"tauxcouv_(fe|nat)"),
        ),
        key=("COM",),
        missing=("", "ND", "nd"),
        rate="tx_com",
        serves=("taux_couverture",),
        cure=_CNAF_CURE,
    ),
    _table_of_melodi(
        "rp_enfants_parents",
        "Recensement, enfants selon l’emploi de leurs parents (Melodi)",
        "DS_RP_TD_FAMILLE_AGEENF_COMP",
        ("TFN", "AGE", "RP_MEASURE", "CIVIL_STATUS", "NATIONALITY_TYPE", "PCS"),
        columns=(
            *_melodi(),
            *(_dimension(name, words=_SAID) for name in ("TFN", "AGE")),
            *(
                _dimension(name, required=False, words=_SAID)
                for name in ("RP_MEASURE", "CIVIL_STATUS", "NATIONALITY_TYPE", "PCS")
            ),
        ),
        unless=("NCH", "EMPSTA_ENQ"),
        needs_every_row=True,
        serves=("part_parents_actifs", "enfants_parents_actifs", "couverture_besoin"),
        heavy=True,
    ),
    _table_of_melodi(
        "rp_logement",
        "Recensement, logements (Melodi)",
        "DS_RP_LOGEMENT_PRINC",
        _DWELLING,
        serves=("part_locataires_sociaux", "part_logements_vacants"),
        heavy=True,
    ),
    _table_of_melodi(
        "rp_peuplement",
        "Recensement, peuplement des logements (Melodi)",
        "DS_RP_LOGEMENT_COMP",
        ("OCS", "OCC_IND", "RP_MEASURE"),
        serves=("part_suroccupation",),
        heavy=True,
    ),
    _table_of_melodi(
        "rp_emploi",
        "Recensement, activité et chômage (Melodi)",
        "DS_RP_EMPLOI_LR_PRINC",
        ("SEX", "EMPSTA_ENQ", "AGE", "EDUC", "RP_MEASURE"),
        serves=("part_jeunes_sans_emploi_ni_etudes", "taux_chomage_jeunes", "taux_emploi_femmes"),
        heavy=True,
    ),
    _table_of_melodi(
        "rp_activite",
        "Recensement, caractéristiques de l’emploi (Melodi)",
        "DS_RP_ACTIVITE_PRINC",
        ("SEX", "EMPSTA_ENQ", "AGE", "EMPFORM", "WKTIME", "RP_MEASURE"),
        serves=("part_femmes_temps_partiel",),
        heavy=True,
    ),
    Source(
        id="s_ben_larger",
        title="Foyers allocataires par prestation, intercommunalités et départements",
        producer=_CNAF,
        page="https://data.caf.fr/explore/dataset/s_ben_epci_f",
        columns=(
            _text("date", r"dtreffre"),
            Column("code", (r"numepci", r"numdep"), blank=True),
            *_benefits("ndur", "asf", "ndural", "rsa", "ppa", "cmg", "prepare", "aah"),
            _number("aeeh", r"indben_aeeh", required=False),
        ),
        unless=("numcomdo", "qf_400"),
        missing=("", "ND", "nd"),
        levels=_CNAF_LEVELS,
        vintages=tuple(
            Vintage(
                2024,
                f"https://data.caf.fr/api/explore/v2.1/catalog/datasets/{name}/exports/csv?delimiter=%3B",
                f"{name}.csv",
                catalogue=_opendatasoft(name),
            )
            for name in ("s_ben_epci_f", "s_ben_dep")
        ),
        serves=("foyers_rsa_1000", "foyers_ppa_1000", "enfants_aeeh_1000"),
        cure=_CNAF_CURE,
    ),
    Source(
        id="s_ben_nat",
        title="Foyers allocataires par prestation, France",
        producer=_CNAF,
        page="https://data.caf.fr/explore/dataset/s_ben_nat",
        columns=(
            _text("date", r"dtreffre"),
            *_benefits("ndur", "asf", "ndural", "rsa", "ppa", "cmg", "prepare", "aah"),
            _number("aeeh", r"indben_aeeh", required=False),
        ),
        unless=("numcomdo", "numepci", "numdep", "numregi", "qf_400"),
        key=("date",),
        missing=("", "ND", "nd"),
        vintages=(
            Vintage(
                2024,
                "https://data.caf.fr/api/explore/v2.1/catalog/datasets/s_ben_nat/exports/csv?delimiter=%3B",
                "s_ben_nat.csv",
                catalogue=_opendatasoft("s_ben_nat"),
            ),
        ),
        serves=("foyers_rsa_1000", "foyers_ppa_1000", "enfants_aeeh_1000"),
        cure=_CNAF_CURE,
    ),
    Source(
        id="s_ben_com_f",
        title="Foyers allocataires par prestation et par commune",
        producer=_CNAF,
        page="https://data.caf.fr/explore/dataset/s_ben_com_f",
        columns=(
            _text("date", r"dtreffre"),
            _code("code", "commune", r"numcomdo", blank=True),
            *_benefits("rsa", "ppa", required=True),
            *_benefits("ndur", "asf", "ndural", "cmg", "prepare"),
        ),
        unless=("qf_400",),
        key=("date", "code"),
        missing=("", "ND", "nd"),
        vintages=(
            Vintage(
                2024,
                "https://data.caf.fr/api/explore/v2.1/catalog/datasets/s_ben_com_f/exports/csv?delimiter=%3B",
                "s_ben_com_f.csv",
                catalogue=_opendatasoft("s_ben_com_f"),
            ),
        ),
        serves=("foyers_rsa_1000", "foyers_ppa_1000"),
        cure=_CNAF_CURE,
    ),
    Source(
        id="qf_communes",
        title="Foyers allocataires par quotient familial et par commune",
        producer=_CNAF,
        page="https://data.caf.fr/explore/dataset/ndur_s_qf_400_com_f",
        columns=(
            _text("date", r"dtreffre"),
            _code("code", "commune", r"numcomdo", blank=True),
            _text("class", r"qf_400", words=_CLASSES),
            _number("foyers", r"indfoy_ndur"),
        ),
        unless=("nomqpv",),
        key=("date", "code", "class"),
        missing=("", "ND", "nd"),
        vintages=(
            Vintage(
                2024,
                "https://data.caf.fr/api/explore/v2.1/catalog/datasets/ndur_s_qf_400_com_f/exports/csv?delimiter=%3B",
                "ndur_s_qf_400_com_f.csv",
                catalogue=_opendatasoft("ndur_s_qf_400_com_f"),
            ),
        ),
        serves=("part_foyers_qf_bas",),
        cure=_CNAF_CURE,
    ),
    Source(
        id="qf_quartiers",
        title="Foyers allocataires par quotient familial, quartiers prioritaires",
        producer=_CNAF,
        page="https://data.caf.fr/explore/dataset/ndur_s_qf_400_qpv_f",
        columns=(
            _text("date", r"dtreffre"),
            _code("code", "commune", r"numcomdo", blank=True),
            _text("QUARTIER", r"nomqpv"),
            _text("class", r"qf_400", words=_CLASSES),
            _number("foyers", r"indfoy_ndur"),
        ),
        key=("date", "code", "QUARTIER", "class"),
        missing=("", "ND", "nd"),
        vintages=(
            Vintage(
                2024,
                "https://data.caf.fr/api/explore/v2.1/catalog/datasets/ndur_s_qf_400_qpv_f/exports/csv?delimiter=%3B",
                "ndur_s_qf_400_qpv_f.csv",
                catalogue=_opendatasoft("ndur_s_qf_400_qpv_f"),
            ),
        ),
        cure=_CNAF_CURE,
    ),
    Source(
        id="caf_iris",
        title="Allocataires des Caf par IRIS",
        producer="Insee, Cnaf",
        page="https://www.insee.fr/fr/statistiques/5649278",
        columns=(
            _code("IRIS", "iris", "CODGEO"),
            _text("NOTE"),
            *(_number(name) for name in ("A", "PERCOU", "AM", "ENF_2", "ENF_3_5", "ARSAS")),
            *(_number(name, required=False) for name in ("ACAVENF", "AAL", "AAAH", "APPA")),
        ),
        unless=("POP_MUN", "NOTE_CNAF"),
        key=("IRIS",),
    ),
    Source(
        id="rp_iris",
        title="Population par âge et par IRIS (recensement)",
        producer=_INSEE,
        page="https://www.insee.fr/fr/statistiques/8647014",
        columns=(
            _code("IRIS", "iris"),
            _number("POP", r"P(?P<yy>\d\d)_POP"),
            *(
                _number(f"POP{ages}", rf"P(?P<yy>\d\d)_POP{ages}")
                for ages in ("0002", "0305", "0610", "1117")
            ),
        ),
        key=("IRIS",),
        vintages=(_insee(2022, 8647014, "base-ic-evol-struct-pop-2022_csv.zip"),),
    ),
    Source(
        id="contours_iris",
        title="Contours… IRIS",
        producer="Insee, IGN",
        page="https://geoservices.ign.fr/contoursiris",
        format="geojson",
        columns=(
            _code("IRIS", "iris", r"code_iris"),
            _text("NOM", r"nom_iris"),
            _code("COM", "commune", r"code_insee|insee_com"),
        ),
        key=("IRIS",),
        stage=3,
        vintages=tuple(
            Vintage(2026, f"{_IRIS_OUTLINES}{start}", f"contours_iris_2026_{page}.geojson")
            for page, start in enumerate(range(0, 20_000, 5_000), 1)
        ),
        heavy=True,
        cure="Téléchargez de nouveau les contours depuis le service WFS de l’IGN.",
    ),
    Source(
        id="caf_quartiers",
        title="Allocataires des Caf par quartier prioritaire",
        producer="Insee, Cnaf",
        page="https://www.insee.fr/fr/statistiques/8682381",
        columns=(
            # The file on the quartiers of 2024 could not be seen: the columns are those of the file on those of 2015.
            _code("QPV", "qpv", r"CODGEO|code_qp|QP|QPV|QP2024|code_qpv"),
            _text("NOTE", "NOTE_CNAF"),
            *(_number(name) for name in ("A", "PERCOU", "AM", "ENF_2", "ENF_3_5")),
            _number("ARSAS", required=False),
        ),
        unless=("POP_MUN", "TX_F"),
        key=("QPV",),
        vintages=(_insee(2024, 8682381, "beneficiaires_CAF_31-12-2024_QP24.zip"),),
    ),
    Source(
        id="dgcl_criteres",
        title="Critères de répartition des dotations, communes",
        producer="DGCL",
        page="https://www.dotations-dgcl.interieur.gouv.fr/consultation/criteres_repartition.php",
        columns=(
            _code("COM", "commune", r"Informations générales - Code INSEE de la commune"),
            _number("POP", r"Informations générales - Population INSEE Année N ?"),
            _number(
                "PFI",
                r"Potentiel fiscal et financier des communes - Potentiel financier par habitant",
            ),
        ),
        key=("COM",),
        missing=("", "nd", "ND"),
        serves=("potentiel_financier",),
    ),
    Source(
        id="frr",
        title="Communes classées France ruralités revitalisation",
        producer="ANCT",
        page="https://agence-cohesion-territoires.gouv.fr",
        columns=(
            _code("COM", "commune", r"Code_insee|Code insee|CODGEO"),
            _text(
                "classement",
                r"Classement FRR et FRR\+ au \d{1,2}(er)? \S+ (?P<yyyy>20\d\d)",
                r"Classement FRR.*",
                words=r"(?i)\s*(z?frr|zrr).*|\s*non .*",
            ),
        ),
        key=("COM",),
        needs_every_row=True,
    ),
    Source(
        id="urssaf_particuliers",
        title="Salariés des particuliers employeurs",
        producer="Urssaf",
        page="https://open.urssaf.fr/explore/dataset/salaries-des-particuliers-employeurs-en-2024/",
        licence="Licence ODbL 1.0",
        columns=(
            _text("category", r"code_categorie_d_emploi|Code cat[ée]gorie d['’]emploi"),
            _code("code", "departement", r"code_departement|Code d[ée]partement", blank=True),
            _number("salaries", r"nombre_de_salaries|Nombre de salari[ée]s"),
            _number("heures", r"nombre_d_heures_declarees|Nombre d['’]heures d[ée]clar[ée]es"),
            _number("masse", r"masse_salariale_nette|Masse salariale nette"),
        ),
        key=("category", "code"),
        missing=("", "nca"),
        vintages=(
            Vintage(
                2024,
                "https://open.urssaf.fr/api/explore/v2.1/catalog/datasets/salaries-des-particuliers-employeurs-en-2024/"
                "exports/csv?delimiter=%3B",
                "salaries-des-particuliers-employeurs-en-2024.csv",
            ),
        ),
        serves=("assistantes_maternelles", "heures_par_assistante", "salaire_horaire_assistantes"),
        cure="Téléchargez de nouveau l’export CSV depuis open.urssaf.fr, sans l’ouvrir dans un tableur.",
    ),
    Source(
        id="estimations_population",
        title="Estimations de population par département et par âge (Melodi)",
        producer=_INSEE,
        page="https://catalogue-donnees.insee.fr/fr/catalogue/recherche/DS_ESTIMATION_POPULATION",
        columns=_melodi("EP_MEASURE", "AGE", "SEX"),
        key=("GEO", "GEO_OBJECT", "EP_MEASURE", "AGE", "SEX", "TIME_PERIOD"),
        vintages=(_melodi_vintage("DS_ESTIMATION_POPULATION", 2026, "DS_ESTIMATION_POPULATION_CSV_FR"),),
        serves=("enfants_moins_5_estimes",),
    ),
    Source(
        id="ecoles_effectifs",
        title="Effectifs d’élèves par école",
        producer="Éducation nationale",
        page="https://data.education.gouv.fr/explore/dataset/fr-en-ecoles-effectifs-nb_classes",
        columns=(
            _text("annee", r"rentree_scolaire"),
            _code("UAI", "uai", r"numero_ecole"),
            _number("ELEVES", r"nombre_total_eleves"),
            _number("CLASSES", r"nombre_total_classes"),
        ),
        key=("annee", "UAI"),
        missing=("", "ND"),
        vintages=(
            Vintage(
                2025,
                "https://data.education.gouv.fr/api/explore/v2.1/catalog/datasets/fr-en-ecoles-effectifs-nb_classes/exports/csv?delimiter=%3B",
                "fr-en-ecoles-effectifs-nb_classes.csv",
            ),
        ),
        serves=("eleves_ecoles", "eleves_par_classe"),
    ),
    Source(
        id="annuaire_ecoles",
        title="Annuaire de l’éducation",
        producer="Éducation nationale",
        page="https://data.education.gouv.fr/explore/dataset/fr-en-annuaire-education",
        columns=(
            _code("UAI", "uai", r"identifiant_de_l_etablissement"),
            _code("COM", "commune", r"code_commune", blank=True),
        ),
        vintages=(
            Vintage(
                2025,
                "https://data.education.gouv.fr/api/explore/v2.1/catalog/datasets/fr-en-annuaire-education/exports/csv?delimiter=%3B",
                "fr-en-annuaire-education.csv",
            ),
        ),
        serves=("eleves_ecoles", "eleves_par_classe"),
        heavy=True,
    ),
    Source(
        id="qpv_liste",
        title="Quartiers prioritaires 2024, liste",
        producer="ANCT",
        page="https://www.data.gouv.fr/fr/datasets/quartiers-prioritaires-de-la-politique-de-la-ville-qpv/",
        columns=(
            _code("QPV", "qpv", r"code_qp"),
            _text("NOM", r"lib_qp"),
            _code("COM", "communes", r"insee_com"),
            _code("DEP", "departement", r"insee_dep"),
        ),
        key=("QPV",),
        absent_is_zero=True,
        vintages=(
            _file(
                2024,
                "https://static.data.gouv.fr/resources/quartiers-prioritaires-de-la-politique-de-la-ville-qpv/20260116-110350/listeqp2024-cog2024.csv",
                catalogue=_data_gouv(
                    "quartiers-prioritaires-de-la-politique-de-la-ville-qpv", r"listeqp2024.*\.csv$"
                ),
                confirmed=True,
            ),
        ),
        serves=("nombre_qpv",),
    ),
    Source(
        id="qpv_communes",
        title="Communes et leurs quartiers prioritaires 2024",
        producer="ANCT",
        page="https://www.data.gouv.fr/fr/datasets/quartiers-prioritaires-de-la-politique-de-la-ville-qpv/",
        format="geojson",
        points=True,
        columns=(
            _code("COM", "communes", r"insee_com"),
            _text("LIBCOM", r"lib_com"),
            _dimension("QPV", r"code_qp", words=r"Q[NF]\w{6,7}(?:\s*[,;]\s*Q[NF]\w{6,7})*"),
            _text("NOM", r"lib_qp"),
        ),
        absent_is_zero=True,
        serves=("nombre_qpv",),
    ),
    Source(
        id="qpv_contours",
        title="Quartiers prioritaires 2024, périmètres",
        producer="ANCT",
        page="https://www.data.gouv.fr/fr/datasets/quartiers-prioritaires-de-la-politique-de-la-ville-qpv/",
        format="geojson",
        columns=(
            _code("QPV", "qpv", r"code_qp|identifian|code_quartier"),
            _text("NOM", r"lib_qp|libelle|nom_qp"),
            _code("COM", "communes", r"insee_com|code_insee", required=False, blank=True),
        ),
        key=("QPV",),
        vintages=(
            Vintage(
                2024,
                "https://www.data.gouv.fr/api/1/datasets/r/942d4ee8-8142-4556-8ea1-335537ce1119",
                "QP2024.zip",
                confirmed=True,
                catalogue=_data_gouv(
                    "quartiers-prioritaires-de-la-politique-de-la-ville-qpv",
                    r"942d4ee8-8142-4556-8ea1-335537ce1119|QP2024.*\.zip$",
                ),
            ),
        ),
        serves=("nombre_qpv", "equipements_en_qpv"),
    ),
    Source(
        id="qpv_population",
        title="Populations communales vivant dans les quartiers prioritaires",
        producer=_INSEE,
        page="https://www.insee.fr/fr/statistiques/8210602",
        columns=(
            _code("COM", "commune", r"CODGEO|COM|DEPCOM|code_commune|insee_com"),
            _number("PMUN", r"PMUN_?(?P<yyyy>\d{4})?|PMUN_?(?P<yy>\d{2})"),
            _number("POPQPV", r"POP_?QPV_?(\d{2}|\d{4})?|PMUN_?QPV?_?(\d{2}|\d{4})?"),
        ),
        unless=("PCAP", "PTOT"),
        key=("COM",),
        missing=("", "s", "nd"),
        absent_is_zero=True,
        vintages=(_insee(2021, 8210602, "pop_reference_communales_QPV24.csv"),),
        serves=("part_population_qpv",),
    ),
    Source(
        id="qpv_habitants",
        title="Population de chaque quartier prioritaire",
        producer=_INSEE,
        page="https://www.insee.fr/fr/statistiques/8210600",
        columns=(
            # Neither file could be seen: the spellings are those of the estimates of 2015, of the list of 2024 and of
            # what others read in the estimates for the districts of 2024 (codeQPV, popMuniQPV).
            _code("QPV", "qpv", r"CODGEO|code_?qp|QP|QPV|QP2024|code_?qpv"),
            _number(
                "POPQPV",
                r"popMuniQPV|POP_?(QPV?)?_?(?P<yyyy>\d{4})|POP_?(QPV?)?_?(?P<yy>\d{2})|PMUN_?(QPV?)?_?(\d{2}|\d{4})?|POP(ULATION)?|POP_MUN",
            ),
        ),
        unless=("COM", "DEPCOM", "code_commune", "insee_com", "PCAP", "PTOT", "TYPEQU", "TP60", "MED"),
        key=("QPV",),
        missing=("", "s", "nd"),
        vintages=(
            _insee(2021, 8210600, "pop_QPV24.csv"),
            _insee(2022, 8742545, "estimations-demographiques_2022_QPV2024_csv.zip"),
        ),
    ),
    Source(
        id="france_services",
        title="Liste des structures France services",
        producer="ANCT",
        page="https://www.data.gouv.fr/fr/datasets/liste-des-structures-france-services/",
        columns=(
            Column("id", (r"id_fs",), blank=True),
            _text("NOM", r"lib_fs"),
            _text("STREET", r"adresse", required=False),
            _text("CODPOS", r"code_postal", required=False),
            _text("LIBCOM", r"lib_com", required=False),
            _code("COM", "commune", r"insee_com"),
            _number("LATITUDE", r"latitude", required=False),
            _number("LONGITUDE", r"longitude", required=False),
            _text("FORMAT", r"format_fs", required=False),
            _text("LABEL", r"labellisation_fs", required=False),
        ),
        key=("id",),
        absent_is_zero=True,
        vintages=(
            Vintage(
                2026,
                "https://www.data.gouv.fr/fr/datasets/r/afc3f97f-0ef5-429b-bf16-7b7876d27cd4",
                "liste-france-services.csv",
                catalogue=_data_gouv(
                    "liste-des-structures-france-services", r"liste[-_ ]f(rance[-_ ]services|s)\b.*\.csv$"
                ),
            ),
        ),
        serves=("distance_france_services",),
    ),
    _outlines(
        "contours_communes",
        "communes",
        "communes-100m",
        (
            _code("COM", "commune", r"code"),
            _text("nom"),
            _code("DEP", "departement", r"departement"),
        ),
    ),
    _outlines(
        "contours_epci",
        "EPCI",
        "epci-100m",
        (_code("EPCI", "epci", r"code"), _text("nom")),
        unless=("region", "departement", "epci", "plm", "commune"),
    ),
    _outlines(
        "contours_departements",
        "départements",
        "departements-100m",
        (_code("DEP", "departement", r"code"), _text("nom"), _code("REG", "region", r"region")),
        unless=("departement", "epci", "plm", "commune"),
    ),
    _outlines(
        "contours_regions",
        "régions",
        "regions-100m",
        (_code("REG", "region", r"code"), _text("nom")),
        unless=("region", "departement", "epci", "plm", "commune"),
    ),
)

BY_ID: dict[str, Source] = {source.id: source for source in SOURCES}

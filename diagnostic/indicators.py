"""INDICATORS: every number we publish. STATS: the parts they are made of. Declared, never coded.

A stat is additive over communes (people, births, places, facilities). Those of PUBLISHED_PLACES, and the rates and
medians of a producer, are read at each level as published.
"""

from __future__ import annotations

from typing import Any

from diagnostic.french import two_figures
from diagnostic.model import Direction, Indicator, Status

MORE, LESS = Direction.MORE_IS_BETTER, Direction.LESS_IS_BETTER

# First age, last age included.
AGE_BANDS: dict[str, tuple[int, int]] = {
    "enfants_moins_3": (0, 2),
    "enfants_moins_6": (0, 5),
    "enfants_3_5": (3, 5),
    "enfants_3_11": (3, 11),
    "jeunes_12_17": (12, 17),
    "jeunes_12_25": (12, 25),
    "enfants_moins_20": (0, 19),
    "population_65_plus": (65, 120),
    "population_recensement": (0, 120),
}

# Bands that births can stand in for where no census by age is loaded: children of age a on
# 1 January Y were born in Y − 1 − a. No migration is reckoned.
BANDS_FROM_BIRTHS = ("enfants_moins_3", "enfants_3_5", "enfants_moins_6", "enfants_3_11")

# BPE type (nomenclature 2023 to 2025) or list -> the stat that counts it.
FACILITY_STATS: dict[str, str] = {
    "D502": "eaje",
    "D509": "eaje",
    "D503": "laep",
    "D504": "rpe",
    "D505": "alsh",
    "D506": "centres_sociaux",
    "D507": "mediation_familiale",
    "D508": "evs",
    "FS": "france_services",
    "C107": "ecoles",
    "C108": "ecoles",
    "C109": "ecoles",
    "C201": "colleges",
    "C301": "lycees",
    "C302": "lycees",
    "C303": "lycees",
    "D601": "etablissements_handicap",
    "D602": "services_handicap",
}

FACILITY_LABELS: dict[str, tuple[str, str]] = {
    "eaje": ("crèche", "crèches"),
    "laep": ("lieu d’accueil enfants-parents", "lieux d’accueil enfants-parents"),
    "rpe": ("relais petite enfance", "relais petite enfance"),
    "alsh": ("accueil de loisirs", "accueils de loisirs"),
    "centres_sociaux": ("centre social", "centres sociaux"),
    "mediation_familiale": ("service de médiation familiale", "services de médiation familiale"),
    "evs": ("espace de vie sociale", "espaces de vie sociale"),
    "france_services": ("France services", "France services"),
    "ecoles": ("école", "écoles"),
    "colleges": ("collège", "collèges"),
    "lycees": ("lycée", "lycées"),
    "services_handicap": ("service pour enfants handicapés", "services pour enfants handicapés"),
    "etablissements_handicap": (
        "établissement pour enfants handicapés",
        "établissements pour enfants handicapés",
    ),
}

# Types counted by « équipements en QPV ».
FEMININE = ("eaje", "france_services")
"""Facilities that one calls « une »."""
QPV_FACILITIES = ("eaje", "alsh", "laep", "rpe", "centres_sociaux", "france_services")

# Read at each level as published; for a perimeter of one's own, summed where every commune is known.
PUBLISHED_PLACES = (
    "places_total",
    "places_eaje",
    "places_eaje_psu",
    "places_eaje_hors_psu",
    "places_am",
    "places_ecole",
    "places_gad",
)

# Radius of the declared indicator; screens let the user choose another.
ALSH_RADIUS_KM = 5.0

_UNDER_3 = "enfants de moins de 3 ans"
# Indicators that a sentence, a page or a rule names for what they are to it.

OFFICIAL, COMPUTED = "taux_couverture", "places_100"
"""One question, two answers: the published rate, and published places over children reckoned from births."""

CRECHES, CHILDMINDERS = "places_eaje_100", "places_am_100"
MODES = (CRECHES, CHILDMINDERS)
"""What the supply is made of: a mode is never short on its own."""

REACH = "accessibilite_eaje"
"""The crèche places that a child can reach, shared with those who reach them too."""

NEED = "couverture_besoin"
"""The published rate, for the children whose parents work."""

INHABITANTS, BIRTHS, CHILDREN, OLDER_CHILDREN, YOUTH = (
    "population",
    "naissances",
    "enfants_moins_3",
    "enfants_3_11",
    "jeunes_12_25",
)
"""Who lives there; the missing places of a published rate are counted on CHILDREN."""

LEISURE_IN_COMMUNE, LEISURE_NEAR = "acces_alsh", "acces_alsh_5km"
"""Older children whose own commune has a leisure centre, or who have one within the radius."""

POVERTY, INCOME = "taux_pauvrete", "niveau_vie_median"
DISTRICT_COUNT = "nombre_qpv"
RELAYS, FRANCE_SERVICES = "enfants_par_rpe", "distance_france_services"
"""Services that a commune lacks without having to: children for one relay, how far the nearest house is."""

_PLACES = "places pour 100 enfants de moins de 3 ans"
_ESTIMATE = (
    "Là où le recensement par âge n’est pas chargé, les enfants sont comptés par les naissances des années "
    "précédentes, sans les déménagements : le résultat est dit estimé."
)


def _places(id: str, label: str, short: str, numerator: str, noun: str, **more: Any) -> Indicator:
    """Places of one mode per 100 children under 3 (Onape's definition of the coverage rate)."""
    return Indicator(
        id=id,
        label=label,
        short=short,
        noun=f"les {noun}",
        theme="petite_enfance",
        unit=_PLACES,
        numerator=numerator,
        denominator="enfants_moins_3",
        per=100,
        direction=MORE,
        offset=1,
        numerator_label=noun,
        denominator_label=_UNDER_3,
        missing_noun=("place", "places"),
        definition=(
            f"{label} : nombre de places au 31 décembre, rapporté aux enfants de moins de 3 ans qui y résident au "
            "1er janvier suivant. Peut dépasser 100."
        ),
        caveat="Calcul du diagnostic : ne se compare pas au taux officiel d’une autre année. " + _ESTIMATE,
        sources=("nbpla_pe", "rp_agesex", "td_pop1b", "naissances"),
        **more,
    )


def _official_rate(id: str, label: str, short: str, **more: Any) -> Indicator:
    """Coverage rate as the Cnaf publishes it, all modes or one."""
    return Indicator(
        id=id,
        label=label,
        short=short,
        noun="le taux de couverture",
        theme="petite_enfance",
        unit=_PLACES,
        numerator=id,
        direction=MORE,
        published=True,
        missing_noun=("place", "places"),
        definition=(
            f"{label}, publié par la Cnaf : capacité théorique d’accueil pour 100 enfants de moins de 3 ans "
            "résidents. Peut dépasser 100."
        ),
        caveat=(
            "La Cnaf publie le taux global de la plupart des communes, et ses modes d’accueil pour celles de plus de "
            "10 000 habitants ; celui d’une petite commune porte sur peu d’enfants. L’échelle de raisonnement est "
            "l’intercommunalité."
        ),
        sources=("txcouv_pe", "tauxcouv") if id == "taux_couverture" else ("txcouv_pe",),
        **more,
    )


def _distance(stat: str, label: str, short: str, noun: str, theme: str) -> Indicator:
    """Kilometres from the centre of the commune to the nearest place that the BPE locates, mean of the inhabitants."""
    return Indicator(
        id=f"distance_{stat}",
        label=label,
        short=short,
        noun=noun,
        theme=theme,
        unit="km",
        numerator=f"habitants_km_{stat}",
        denominator="population",
        lag=3,
        numerator_label="habitants × kilomètres",
        denominator_label="habitants",
        definition="Distance à vol d’oiseau du centre de la commune au lieu le plus proche, moyenne des habitants.",
        caveat=(
            "À vol d’oiseau : le trajet par la route est plus long. Près d’un département dont la base n’est pas chargée, "
            "c’est un maximum."
        ),
        sources=("bpe", "populations_legales"),
    )


def _per_facility(**declared: Any) -> Indicator:
    """People for one facility: the fewer the better, dated by the facilities, of a census three years apart at most."""
    return Indicator(direction=LESS, decimals=0, lag=3, dated_by="denominator", **declared)


_CAF_COUNT = (
    "Effectifs de la Caf arrondis à 5, sans la MSA : moins de 5 foyers est inconnu. Décembre de l’année."
)

_URSSAF = (
    "Publié pour les départements et au-dessus. Parents employeurs seulement : ni les crèches familiales, ni les maisons "
    "d’assistantes maternelles salariées."
)

INDICATORS: tuple[Indicator, ...] = (
    Indicator(
        id="population",
        kind="Population",
        label="Population municipale",
        short="Population",
        noun="la population",
        theme="portrait",
        unit="habitants",
        numerator="population",
        decimals=0,
        definition="Population municipale légale, authentifiée chaque année par décret.",
        caveat="Les arrondissements de Paris, Lyon et Marseille ne s’ajoutent pas à la ville.",
        sources=("populations_legales",),
    ),
    Indicator(
        id="naissances",
        label="Naissances domiciliées",
        short="Naissances",
        noun="les naissances",
        theme="portrait",
        unit="naissances",
        numerator="naissances",
        decimals=0,
        definition="Naissances vivantes de l’année, comptées au domicile de la mère.",
        caveat="Dans une petite commune, une naissance de plus ou de moins change beaucoup l’évolution.",
        sources=("naissances",),
    ),
    Indicator(
        id="enfants_moins_3",
        kind="Enfants",
        label="Enfants de moins de 3 ans",
        short="Moins de 3 ans",
        noun="les enfants de moins de 3 ans",
        theme="portrait",
        unit="enfants",
        numerator="enfants_moins_3",
        decimals=0,
        definition="Enfants de 0, 1 et 2 ans au 1er janvier.",
        caveat=_ESTIMATE,
        sources=("rp_agesex", "td_pop1b", "naissances"),
    ),
    Indicator(
        id="enfants_3_11",
        kind="Enfants",
        label="Enfants de 3 à 11 ans",
        short="3 à 11 ans",
        noun="les enfants de 3 à 11 ans",
        theme="portrait",
        unit="enfants",
        numerator="enfants_3_11",
        decimals=0,
        definition="Enfants de 3 à 11 ans révolus au 1er janvier.",
        caveat=_ESTIMATE,
        sources=("rp_agesex", "td_pop1b", "naissances"),
    ),
    Indicator(
        id="jeunes_12_25",
        label="Jeunes de 12 à 25 ans",
        short="12 à 25 ans",
        noun="les jeunes de 12 à 25 ans",
        theme="portrait",
        unit="jeunes",
        numerator="jeunes_12_25",
        decimals=0,
        definition="Jeunes de 12 à 25 ans révolus, public de la prestation de service Jeunes.",
        caveat="Les étudiants sont recensés là où ils vivent en semaine.",
        sources=("rp_agesex", "td_pop1b"),
    ),
    _official_rate(
        "taux_couverture",
        "Taux de couverture, tous modes d’accueil",
        "Taux de couverture",
        kind="Accueil",
        asks=("Créer des places d’accueil du jeune enfant", "ecart"),
    ),
    _places(
        "places_100",
        "Places d’accueil, tous modes",
        "Tous modes",
        "places_total",
        "places d’accueil, tous modes",
        kind="Accueil",
        asks=("Créer des places d’accueil du jeune enfant", "offre"),
    ),
    _places(
        "places_eaje_100",
        "Places en crèche",
        "Crèches",
        "places_eaje",
        "places en crèche",
        asks=("Créer des places en crèche", "offre"),
    ),
    _places(
        "places_am_100",
        "Places chez les assistantes maternelles",
        "Assistantes maternelles",
        "places_am",
        "places chez les assistantes maternelles",
    ),
    Indicator(
        id="accessibilite_eaje",
        asks=("Rapprocher les crèches des familles", "acces"),
        label="Accessibilité des places en crèche",
        short="Accessibilité des crèches",
        noun="l’accessibilité des crèches",
        theme="petite_enfance",
        unit="places accessibles pour 100 enfants de moins de 3 ans",
        numerator="enfants_places_accessibles",
        denominator="enfants_moins_3",
        per=100,
        direction=MORE,
        lag=3,
        numerator_label="places accessibles aux enfants du territoire",
        denominator_label=_UNDER_3,
        missing_noun=("place", "places"),
        definition=(
            "Places en crèche de la commune et des communes voisines, partagées entre les enfants qui peuvent y "
            "venir et pondérées par la distance entre les centres des communes (méthode E2SFCA : 1 jusqu’à 5 km, "
            "0,68 jusqu’à 10 km, 0,22 jusqu’à 15 km)."
        ),
        caveat=(
            "Distances à vol d’oiseau entre centres des communes. Une crèche de capacité inconnue compte pour la médiane "
            "de son département si neuf sur dix y sont connues ; sinon l’accessibilité est inconnue à sa portée."
        ),
        sources=("bpe", "rp_agesex", "td_pop1b", "naissances"),
    ),
    _per_facility(
        id="enfants_par_rpe",
        kind="Relais",
        asks=("Renforcer les relais petite enfance", "familles"),
        label="Enfants de moins de 3 ans par relais petite enfance",
        short="Enfants par relais",
        noun="le nombre d’enfants par relais",
        theme="petite_enfance",
        unit="enfants par relais",
        numerator="enfants_moins_3",
        denominator="rpe",
        numerator_label=_UNDER_3,
        denominator_label="relais petite enfance",
        missing_noun=("relais", "relais"),
        definition="Enfants de moins de 3 ans rapportés aux relais petite enfance de la Base permanente des équipements.",
        caveat=(
            "Un relais peut être itinérant ou servir plusieurs communes ; la base compte des lieux, pas des animatrices. "
            + _ESTIMATE
        ),
        sources=("bpe", "bpe_melodi", "rp_agesex", "td_pop1b", "naissances"),
    ),
    Indicator(
        id="acces_alsh",
        fact=(
            "au moins un accueil de loisirs est recensé",
            "aucun accueil de loisirs n’est recensé",
            "en ont un dans leur commune",
        ),
        kind="Loisirs",
        asks=("Rapprocher les accueils de loisirs", "alsh"),
        label="Enfants de 3 à 11 ans dont la commune a un accueil de loisirs",
        short="Accès à un accueil de loisirs",
        noun="l’accès à un accueil de loisirs",
        theme="enfance_jeunesse",
        unit="% des enfants de 3 à 11 ans",
        numerator="enfants_3_11_commune_alsh",
        denominator="enfants_3_11",
        per=100,
        direction=MORE,
        lag=3,
        numerator_label="enfants de 3 à 11 ans vivant dans une commune dotée d’un accueil de loisirs",
        denominator_label="enfants de 3 à 11 ans",
        missing_noun=("enfant", "enfants"),
        definition=(
            "Part des enfants de 3 à 11 ans qui vivent dans une commune où la Base permanente des équipements compte "
            "au moins un accueil de loisirs sans hébergement (D505)."
        ),
        caveat=(
            "Approximation de l’accès : ni les places, ni les horaires, ni les tarifs. Ne se compare pas aux 86 % "
            "publiés par la Cnaf, dont la méthode n’est pas connue. " + _ESTIMATE
        ),
        sources=("bpe", "bpe_melodi", "rp_agesex", "td_pop1b", "naissances"),
    ),
    Indicator(
        id="acces_alsh_5km",
        fact=(
            "un accueil de loisirs se trouve à moins de 5 km",
            "aucun accueil de loisirs ne se trouve à moins de 5 km",
            "en ont un aussi près",
        ),
        asks=("Rapprocher les accueils de loisirs", "alsh"),
        label="Enfants de 3 à 11 ans à moins de 5 km d’un accueil de loisirs",
        short="Accueil de loisirs à 5 km",
        noun="l’accès à un accueil de loisirs à moins de 5 km",
        theme="enfance_jeunesse",
        unit="% des enfants de 3 à 11 ans",
        numerator="enfants_3_11_alsh_5km",
        denominator="enfants_3_11",
        per=100,
        direction=MORE,
        lag=3,
        numerator_label="enfants de 3 à 11 ans à moins de 5 km d’un accueil de loisirs",
        denominator_label="enfants de 3 à 11 ans",
        missing_noun=("enfant", "enfants"),
        definition=(
            "Part des enfants de 3 à 11 ans dont la commune a un accueil de loisirs, ou dont le centre de la commune "
            "est à moins de 5 km à vol d’oiseau d’un accueil de loisirs."
        ),
        caveat="Distances à vol d’oiseau depuis le centre de la commune. " + _ESTIMATE,
        sources=("bpe", "rp_agesex", "td_pop1b", "naissances"),
    ),
    Indicator(
        id="nombre_qpv",
        label="Quartiers prioritaires de la politique de la ville",
        short="Quartiers prioritaires",
        noun="le nombre de quartiers prioritaires",
        theme="quartiers",
        unit="quartiers",
        numerator="nombre_qpv",
        decimals=0,
        definition="Quartiers prioritaires 2024 situés ici, en tout ou en partie. Un quartier à cheval sur deux communes compte une fois.",
        caveat="Géographie 2024 : ne se compare pas aux quartiers de 2015.",
        sources=("qpv_liste", "qpv_communes"),
    ),
    Indicator(
        id="part_population_qpv",
        asks=("Aller vers les familles des quartiers prioritaires", "quartiers"),
        label="Population vivant en quartier prioritaire",
        short="Population en quartier prioritaire",
        noun="la part de la population en quartier prioritaire",
        theme="quartiers",
        unit="% des habitants",
        numerator="population_qpv",
        denominator="population_qpv_base",
        per=100,
        lag=0,
        numerator_label="habitants des quartiers prioritaires",
        denominator_label="habitants",
        definition="Population municipale des quartiers prioritaires 2024 rapportée à celle du territoire, même année.",
        caveat=(
            "Numérateur et dénominateur viennent du même fichier de l’Insee ; une commune sans quartier y entre avec sa "
            "population légale de l’année la plus proche."
        ),
        sources=("qpv_population",),
    ),
    Indicator(
        id="equipements_en_qpv",
        asks=("Équiper les quartiers prioritaires", "quartiers"),
        label="Équipements aux familles situés en quartier prioritaire",
        short="Équipements en quartier prioritaire",
        noun="les équipements en quartier prioritaire",
        theme="quartiers",
        unit="équipements",
        numerator="equipements_en_qpv",
        direction=MORE,
        decimals=0,
        definition=(
            "Crèches, accueils de loisirs, lieux d’accueil enfants-parents, relais petite enfance, centres sociaux et "
            "France services situés dans un quartier prioritaire 2024."
        ),
        caveat="Par le périmètre du quartier quand il est chargé, sinon par la colonne du producteur.",
        sources=("bpe", "france_services", "qpv_contours"),
    ),
    Indicator(
        id="niveau_vie_median",
        kind="Revenus",
        asks=("Adapter l’offre aux revenus des familles", "pauvrete"),
        label="Niveau de vie médian",
        short="Niveau de vie",
        noun="le niveau de vie médian",
        theme="portrait",
        unit="€ par an",
        numerator="niveau_vie_median",
        direction=MORE,
        decimals=0,
        published=True,
        lag=0,
        definition="Revenu disponible par unité de consommation : la moitié des habitants vit au-dessus, l’autre au-dessous.",
        caveat="Une médiane ne s’additionne pas et ne se moyenne pas : chaque niveau est celui publié par l’Insee.",
        sources=("filosofi_melodi", "filosofi_communes", "filosofi_niveaux"),
    ),
    Indicator(
        id="taux_pauvrete",
        asks=("Adapter l’offre aux familles les plus modestes", "pauvrete"),
        label="Taux de pauvreté",
        short="Pauvreté",
        noun="le taux de pauvreté",
        theme="portrait",
        unit="% des habitants",
        numerator="taux_pauvrete",
        direction=LESS,
        published=True,
        lag=0,
        definition="Part des habitants dont le niveau de vie est inférieur à 60 % de la médiane nationale.",
        caveat="L’Insee n’affiche pas de valeur sous 5 % : 5 se lit « 5 % ou moins ».",
        sources=("filosofi_melodi", "filosofi_communes"),
    ),
    Indicator(
        id="potentiel_financier",
        label="Potentiel financier par habitant",
        short="Potentiel financier",
        noun="le potentiel financier par habitant",
        theme="portrait",
        unit="€ par habitant",
        numerator="potentiel_financier",
        denominator="potentiel_financier_habitants",
        decimals=0,
        numerator_label="potentiel financier, en euros",
        denominator_label="habitants",
        definition=(
            "Ce que les impôts d’une commune aux taux moyens, et ses dotations, lui rapporteraient, par habitant : un "
            "critère du bonus territoire et des aides à l’investissement de la Caf."
        ),
        caveat=(
            "Au-dessus de la commune, moyenne des communes pondérée par leurs habitants. Les seuils du bonus territoire ne "
            "sont pas publiés : demandez-les à la Caf."
        ),
        sources=("dgcl_criteres",),
    ),
    *(
        Indicator(
            id=f"niveau_vie_{decile}",
            label=label,
            short=short,
            noun=f"le {short[:1].lower()}{short[1:]}",
            theme="portrait",
            unit="€ par an",
            numerator=f"niveau_vie_{decile}",
            decimals=0,
            published=True,
            lag=0,
            definition=definition,
            caveat="Un décile ne s’additionne pas et ne se moyenne pas : chaque niveau est celui publié par l’Insee.",
            sources=("filosofi_melodi", "filosofi_communes", "filosofi_niveaux"),
        )
        for decile, label, short, definition in (
            (
                "d1",
                "Niveau de vie du dixième le plus modeste",
                "Niveau de vie des plus modestes",
                "Premier décile : un habitant sur dix a un niveau de vie inférieur.",
            ),
            (
                "d9",
                "Niveau de vie du dixième le plus aisé",
                "Niveau de vie des plus aisés",
                "Neuvième décile : un habitant sur dix a un niveau de vie supérieur.",
            ),
        )
    ),
    Indicator(
        id="part_monoparentales",
        asks=("Soutenir les familles monoparentales", "familles"),
        label="Familles monoparentales, parmi les familles avec enfants",
        short="Familles monoparentales",
        noun="la part des familles monoparentales",
        theme="parentalite",
        unit="% des familles avec enfants",
        numerator="familles_monoparentales",
        denominator="familles_avec_enfants",
        per=100,
        lag=0,
        numerator_label="familles monoparentales",
        denominator_label="familles avec enfants (couples avec enfants et familles monoparentales)",
        definition="Familles monoparentales rapportées aux familles avec enfants, recensement, exploitation complémentaire.",
        caveat="Sondage : fragile sous 2 000 habitants. D’autres publications divisent par toutes les familles.",
        sources=("rp_familles", "rp_coupl_fam_men"),
    ),
    _per_facility(
        id="enfants_par_laep",
        asks=("Ouvrir des lieux d’accueil enfants-parents", "familles"),
        label="Enfants de moins de 6 ans par lieu d’accueil enfants-parents",
        short="Enfants par lieu d’accueil enfants-parents",
        noun="le nombre d’enfants par lieu d’accueil enfants-parents",
        theme="parentalite",
        unit="enfants par lieu",
        numerator="enfants_moins_6",
        denominator="laep",
        numerator_label="enfants de moins de 6 ans",
        denominator_label="lieux d’accueil enfants-parents",
        missing_noun=("lieu", "lieux"),
        definition="Enfants de moins de 6 ans rapportés aux lieux d’accueil enfants-parents de la Base permanente des équipements.",
        caveat="Repère de la Cnaf fin 2021 : un lieu pour 2 500 enfants de moins de 6 ans. " + _ESTIMATE,
        sources=("bpe", "bpe_melodi", "rp_agesex", "td_pop1b", "naissances"),
    ),
    _per_facility(
        id="habitants_par_centre_social",
        asks=("Développer l’animation de la vie sociale", "familles"),
        label="Habitants par centre social",
        short="Habitants par centre social",
        noun="le nombre d’habitants par centre social",
        theme="vie_sociale",
        unit="habitants par centre social",
        numerator="population",
        denominator="centres_sociaux",
        numerator_label="habitants",
        denominator_label="centres sociaux",
        missing_noun=("centre social", "centres sociaux"),
        definition="Population municipale rapportée aux centres sociaux de la Base permanente des équipements (D506).",
        caveat="Un type absent du fichier chargé est inconnu, non nul. Les espaces de vie sociale se comptent à part.",
        sources=("bpe", "bpe_melodi", "populations_legales"),
    ),
    Indicator(
        id="distance_france_services",
        kind="France services",
        asks=("Rapprocher l’accès aux droits", "droits"),
        label="Distance à la structure France services la plus proche",
        short="Distance à France services",
        noun="la distance à France services",
        theme="acces_droits",
        unit="km",
        numerator="habitants_km_france_services",
        denominator="population",
        direction=LESS,
        lag=3,
        numerator_label="habitants × kilomètres",
        denominator_label="habitants",
        definition="Distance à vol d’oiseau du centre de la commune à la structure la plus proche, moyenne des habitants.",
        caveat="À vol d’oiseau : le trajet par la route est plus long. Les horaires ne sont pas comptés.",
        sources=("france_services", "populations_legales"),
    ),
    Indicator(
        id="couverture_besoin",
        label="Places d’accueil selon le besoin",
        short="Places selon le besoin",
        noun="le nombre de places pour 100 enfants dont les parents travaillent",
        theme="petite_enfance",
        unit="places pour 100 enfants de moins de 3 ans dont les parents travaillent",
        numerator="taux_couverture",
        denominator="part_parents_actifs",
        per=100,
        direction=MORE,
        lag=3,
        numerator_label="places pour 100 enfants de moins de 3 ans (taux officiel)",
        denominator_label="enfants de moins de 3 ans sur 100 dont les parents travaillent",
        definition=(
            "Taux de couverture officiel, divisé par la part des enfants de moins de 3 ans dont les parents (les deux, ou "
            "le seul) travaillent. C’est un second regard : le taux officiel vient d’abord."
        ),
        caveat=(
            "Estimation. Le recensement porte sur cinq années ; des places servent aussi à des enfants dont un parent ne "
            "travaille pas, ou d’une autre commune. Peut dépasser 100."
        ),
        sources=("txcouv_pe", "tauxcouv", "rp_enfants_parents"),
    ),
    Indicator(
        id="part_parents_actifs",
        label="Enfants de moins de 3 ans dont les parents travaillent, parmi les moins de 3 ans",
        short="Parents qui travaillent",
        noun="la part des enfants dont les parents travaillent",
        theme="petite_enfance",
        unit="% des enfants de moins de 3 ans",
        numerator="rp_enfants_moins_3_actifs",
        denominator="rp_enfants_moins_3",
        per=100,
        numerator_label="enfants de moins de 3 ans dont les parents travaillent",
        denominator_label="enfants de moins de 3 ans vivant avec leurs parents",
        definition=(
            "Enfants dont les deux parents, ou le seul, ont un emploi, recensement, exploitation complémentaire : les "
            "moins de 2 ans, et un quart des 2 à 5 ans."
        ),
        caveat="Sondage sur cinq années : fragile sous 2 000 habitants. Les parents au chômage n’y sont pas comptés.",
        sources=("rp_enfants_parents",),
    ),
    Indicator(
        id="enfants_parents_actifs",
        label="Enfants de moins de 3 ans dont les parents travaillent",
        short="Enfants de parents qui travaillent",
        noun="les enfants dont les parents travaillent",
        theme="petite_enfance",
        unit="enfants",
        numerator="rp_enfants_moins_3_actifs",
        decimals=0,
        definition=(
            "Enfants de moins de 3 ans dont les deux parents, ou le seul, ont un emploi : les moins de 2 ans, et un quart "
            "des 2 à 5 ans, recensement, exploitation complémentaire."
        ),
        caveat="Sondage sur cinq années : un ordre de grandeur dans une petite commune.",
        sources=("rp_enfants_parents",),
    ),
    Indicator(
        id="taux_emploi_femmes",
        label="Taux d’emploi des femmes de 15 à 64 ans",
        short="Emploi des femmes",
        noun="le taux d’emploi des femmes",
        theme="petite_enfance",
        unit="% des femmes de 15 à 64 ans",
        numerator="rp_femmes_en_emploi",
        denominator="rp_femmes_15_64",
        per=100,
        numerator_label="femmes de 15 à 64 ans ayant un emploi",
        denominator_label="femmes de 15 à 64 ans",
        definition="Femmes de 15 à 64 ans ayant un emploi, rapportées à celles de cet âge, au sens du recensement.",
        caveat="Le recensement porte sur cinq années.",
        sources=("rp_emploi",),
    ),
    Indicator(
        id="part_femmes_temps_partiel",
        label="Femmes à temps partiel, parmi celles qui ont un emploi",
        short="Femmes à temps partiel",
        noun="la part des femmes à temps partiel",
        theme="petite_enfance",
        unit="% des femmes ayant un emploi",
        numerator="rp_femmes_temps_partiel",
        denominator="rp_femmes_occupees",
        per=100,
        numerator_label="femmes travaillant à temps partiel",
        denominator_label="femmes ayant un emploi",
        definition="Femmes de 15 ans ou plus travaillant à temps partiel, rapportées à celles qui ont un emploi, au sens du "
        "recensement.",
        caveat="Le recensement porte sur cinq années, et ne dit pas si le temps partiel est choisi.",
        sources=("rp_activite",),
    ),
    *(
        Indicator(
            id=f"foyers_{benefit}_100",
            label=f"Foyers {label}",
            short=short,
            noun=f"les foyers {label}",
            theme="petite_enfance",
            unit=f"foyers pour 100 enfants de moins de {age} ans",
            numerator=f"foyers_{benefit}",
            denominator=f"enfants_moins_{age}",
            per=100,
            numerator_label=f"foyers {label} en décembre",
            denominator_label=f"enfants de moins de {age} ans",
            definition=f"{definition} Foyers, en décembre, rapportés aux enfants de moins de {age} ans.",
            caveat=_CAF_COUNT + " " + _ESTIMATE,
            sources=("s_ben_com_f", "s_ben_larger", "s_ben_nat", "rp_agesex", "td_pop1b", "naissances"),
        )
        for benefit, label, short, age, definition in (
            (
                "cmg",
                "aidés pour un mode de garde (CMG)",
                "Complément mode de garde",
                6,
                "Complément de libre choix du mode de garde : une assistante maternelle, une garde à domicile ou une "
                "micro-crèche payée par la famille.",
            ),
            (
                "prepare",
                "dont un parent garde l’enfant (PreParE)",
                "Congé parental indemnisé",
                3,
                "Prestation partagée d’éducation de l’enfant : un parent réduit ou cesse son travail.",
            ),
        )
    ),
    Indicator(
        id="assistantes_maternelles",
        label="Assistantes maternelles employées par des particuliers",
        short="Assistantes maternelles en activité",
        noun="les assistantes maternelles en activité",
        theme="petite_enfance",
        unit="assistantes maternelles",
        numerator="paje_am_salaries",
        decimals=0,
        definition="Assistantes maternelles déclarées au moins une fois dans l’année par des parents (Pajemploi).",
        caveat=_URSSAF,
        sources=("urssaf_particuliers",),
    ),
    Indicator(
        id="heures_par_assistante",
        label="Heures d’accueil déclarées par assistante maternelle",
        short="Heures par assistante maternelle",
        noun="le nombre d’heures par assistante maternelle",
        theme="petite_enfance",
        unit="heures par an et par assistante maternelle",
        numerator="paje_am_heures",
        denominator="paje_am_salaries",
        decimals=0,
        numerator_label="heures d’accueil déclarées dans l’année",
        denominator_label="assistantes maternelles déclarées dans l’année",
        definition="Heures déclarées dans l’année (une heure par enfant accueilli), rapportées aux assistantes maternelles.",
        caveat=_URSSAF,
        sources=("urssaf_particuliers",),
    ),
    Indicator(
        id="salaire_horaire_assistantes",
        label="Salaire net par heure d’accueil des assistantes maternelles",
        short="Salaire horaire net d’une assistante maternelle",
        noun="le salaire horaire des assistantes maternelles",
        theme="petite_enfance",
        unit="€ nets par heure et par enfant",
        numerator="paje_am_masse",
        denominator="paje_am_heures",
        decimals=2,
        numerator_label="salaires nets déclarés dans l’année, en euros",
        denominator_label="heures d’accueil déclarées",
        definition="Salaires nets déclarés dans l’année, rapportés aux heures déclarées (une heure par enfant accueilli).",
        caveat=_URSSAF,
        sources=("urssaf_particuliers",),
    ),
    Indicator(
        id="enfants_moins_5_estimes",
        label="Enfants de moins de 5 ans estimés par l’Insee",
        short="Moins de 5 ans, estimation",
        noun="les enfants de moins de 5 ans estimés",
        theme="portrait",
        unit="enfants",
        numerator="estimation_moins_5",
        decimals=0,
        definition=(
            "Enfants de moins de 5 ans au 1er janvier, que l’Insee estime chaque année avec les naissances, les décès et les "
            "déménagements : plus récent que le recensement."
        ),
        caveat=(
            "Publié pour les départements et au-dessus ; les trois dernières années sont provisoires. Ce rythme n’est pas ramené "
            "aux intercommunalités ni aux communes : rejoué sur les naissances de 2008 à 2025, il s’y trompe en trois ans de 2 % "
            "(6 000 enfants de moins de 3 ans et plus) à 7 % (150 à 600) pour une intercommunalité, de 16 % pour une commune de 30 "
            "à 150, quand leurs propres naissances sont connues."
        ),
        sources=("estimations_population",),
    ),
    Indicator(
        id="communes_frr",
        label="Classements en zone FRR",
        short="Classement FRR",
        noun="le nombre de classements en FRR",
        theme="portrait",
        unit="classements",
        numerator="communes_frr",
        decimals=0,
        definition=(
            "Un classement par commune de la liste France ruralités revitalisation (FRR), FRR+ comprises ; une commune classée "
            "en partie, ou maintenue, compte."
        ),
        caveat=(
            "Le classement ouvre des exonérations et majore des aides : demandez à la Caf s’il compte pour le bonus "
            "territoire. Communes de l’année de la liste."
        ),
        sources=("frr",),
    ),
    Indicator(
        id="eleves_ecoles",
        label="Élèves des écoles du premier degré",
        short="Élèves des écoles",
        noun="les élèves des écoles",
        theme="enfance_jeunesse",
        unit="élèves",
        numerator="eleves_ecoles",
        decimals=0,
        definition="Élèves inscrits dans les écoles maternelles et élémentaires de la commune, publiques et privées, à la rentrée.",
        caveat="Comptés à l’école, non au domicile. Le besoin d’accueil autour de l’école se lit là où sont les écoles.",
        sources=("ecoles_effectifs", "annuaire_ecoles"),
    ),
    Indicator(
        id="eleves_par_classe",
        label="Nombre d’élèves par classe",
        short="Élèves par classe",
        noun="le nombre d’élèves par classe",
        theme="enfance_jeunesse",
        unit="élèves par classe",
        numerator="eleves_ecoles",
        denominator="classes_ecoles",
        numerator_label="élèves des écoles",
        denominator_label="classes",
        definition="Élèves des écoles maternelles et élémentaires, rapportés à leurs classes, à la rentrée.",
        caveat="Une classe à plusieurs niveaux compte pour une. Les écoles privées sont comprises.",
        sources=("ecoles_effectifs", "annuaire_ecoles"),
    ),
    Indicator(
        id="part_jeunes_sans_emploi_ni_etudes",
        asks=("Aller vers les jeunes sans emploi ni études", "themes"),
        label="Jeunes de 15 à 24 ans sans emploi ni études",
        short="Ni emploi ni études",
        noun="la part des jeunes sans emploi ni études",
        theme="enfance_jeunesse",
        unit="% des jeunes de 15 à 24 ans",
        numerator="rp_jeunes_sans_emploi_ni_etudes",
        denominator="rp_jeunes_15_24",
        per=100,
        direction=LESS,
        numerator_label="jeunes de 15 à 24 ans au chômage, au foyer ou inactifs, hors élèves et étudiants",
        denominator_label="jeunes de 15 à 24 ans",
        definition=(
            "Jeunes de 15 à 24 ans qui se déclarent chômeurs, au foyer ou autres inactifs au recensement, ni en emploi, "
            "ni élèves ou étudiants, rapportés aux jeunes de cet âge."
        ),
        caveat="Au sens du recensement, sur cinq années. Les étudiants sont recensés là où ils vivent en semaine.",
        sources=("rp_emploi",),
    ),
    Indicator(
        id="taux_chomage_jeunes",
        asks=("Aller vers les jeunes sans emploi ni études", "themes"),
        label="Taux de chômage des 15 à 24 ans",
        short="Chômage des jeunes",
        noun="le taux de chômage des jeunes",
        theme="enfance_jeunesse",
        unit="% des actifs de 15 à 24 ans",
        numerator="rp_jeunes_chomeurs",
        denominator="rp_jeunes_actifs",
        per=100,
        direction=LESS,
        numerator_label="jeunes de 15 à 24 ans au chômage",
        denominator_label="jeunes de 15 à 24 ans en emploi ou au chômage",
        definition="Chômeurs de 15 à 24 ans au sens du recensement, rapportés aux actifs de cet âge.",
        caveat="Au sens du recensement, plus large que celui du Bureau international du travail.",
        sources=("rp_emploi",),
    ),
    Indicator(
        id="part_monoparents_allocataires",
        label="Parents seuls, parmi les allocataires avec enfants",
        short="Parents seuls, allocataires",
        noun="la part des parents seuls parmi les allocataires avec enfants",
        theme="parentalite",
        unit="% des allocataires avec enfants",
        numerator="allocataires_monoparents",
        denominator="allocataires_familles",
        per=100,
        numerator_label="allocataires parents seuls",
        denominator_label="allocataires avec enfants, seuls ou en couple",
        definition="Allocataires de la Caf qui élèvent seuls un enfant, parmi ceux qui en ont : la somme des IRIS de la commune.",
        caveat=(
            "Communes découpées en IRIS seulement ; inconnu dès qu’un IRIS est masqué. Allocataires de la Caf, sans la MSA."
        ),
        sources=("caf_iris",),
    ),
    Indicator(
        id="foyers_asf_100",
        label="Foyers aidés par l’allocation de soutien familial",
        short="Allocation de soutien familial",
        noun="les foyers aidés par l’allocation de soutien familial",
        theme="parentalite",
        unit="foyers pour 100 familles monoparentales",
        numerator="foyers_asf",
        denominator="familles_monoparentales",
        per=100,
        numerator_label="foyers percevant l’allocation de soutien familial en décembre",
        denominator_label="familles monoparentales",
        definition=(
            "Foyers percevant l’allocation de soutien familial (un parent élève seul un enfant sans l’aide de l’autre), "
            "en décembre, rapportés aux familles monoparentales du recensement."
        ),
        caveat=_CAF_COUNT,
        sources=("s_ben_com_f", "s_ben_larger", "s_ben_nat", "rp_familles", "rp_coupl_fam_men"),
    ),
    _distance(
        "mediation_familiale",
        "Distance au service de médiation familiale le plus proche",
        "Distance à la médiation familiale",
        "la distance à la médiation familiale",
        "parentalite",
    ),
    _per_facility(
        id="habitants_par_evs",
        asks=("Soutenir les espaces de vie sociale", "familles"),
        label="Habitants par espace de vie sociale",
        short="Habitants par espace de vie sociale",
        noun="le nombre d’habitants par espace de vie sociale",
        theme="vie_sociale",
        unit="habitants par espace de vie sociale",
        numerator="population",
        denominator="evs",
        numerator_label="habitants",
        denominator_label="espaces de vie sociale",
        missing_noun=("espace de vie sociale", "espaces de vie sociale"),
        definition="Population municipale rapportée aux espaces de vie sociale de la Base permanente des équipements (D508).",
        caveat="La base (D508) peut en oublier : la liste des agréments de la Caf fait foi.",
        sources=("bpe", "bpe_melodi", "populations_legales"),
    ),
    _distance(
        "centres_sociaux",
        "Distance au centre social le plus proche",
        "Distance au centre social",
        "la distance au centre social",
        "vie_sociale",
    ),
    *(
        Indicator(
            id=f"foyers_{benefit}_1000",
            label=f"Foyers {label}",
            short=short,
            noun=f"les foyers {label}",
            theme="acces_droits",
            unit="foyers pour 1 000 habitants",
            numerator=f"foyers_{benefit}",
            denominator="population",
            per=1000,
            numerator_label=f"foyers {label} en décembre",
            denominator_label="habitants",
            definition=f"Foyers {label}, en décembre, rapportés à la population municipale.",
            caveat=_CAF_COUNT,
            sources=("s_ben_com_f", "s_ben_larger", "s_ben_nat", "populations_legales"),
        )
        for benefit, label, short in (
            ("rsa", "allocataires du revenu de solidarité active", "RSA"),
            ("ppa", "allocataires de la prime d’activité", "Prime d’activité"),
        )
    ),
    Indicator(
        id="part_foyers_qf_bas",
        asks=("Informer les foyers modestes de leurs droits", "themes"),
        label="Foyers allocataires au quotient familial inférieur à 800 €, parmi les allocataires",
        short="Quotient familial sous 800 €",
        noun="la part des foyers au quotient familial inférieur à 800 €",
        theme="acces_droits",
        unit="% des foyers allocataires",
        numerator="foyers_qf_bas",
        denominator="foyers_allocataires",
        per=100,
        direction=LESS,
        numerator_label="foyers allocataires au quotient familial inférieur à 800 € par mois",
        denominator_label="foyers allocataires d’au moins une prestation",
        definition="Foyers allocataires de la Caf dont le quotient familial est inférieur à 800 € par mois, parmi tous.",
        caveat=f"Les foyers au quotient inconnu comptent parmi les allocataires. {_CAF_COUNT}",
        sources=("qf_communes", "s_ben_com_f"),
    ),
    Indicator(
        id="part_locataires_sociaux",
        label="Locataires du parc social, parmi les ménages",
        short="Locataires du parc social",
        noun="la part des locataires du parc social",
        theme="logement",
        unit="% des résidences principales",
        numerator="rp_residences_sociales",
        denominator="rp_residences",
        per=100,
        numerator_label="résidences principales louées vides dans le parc social",
        denominator_label="résidences principales",
        definition="Résidences principales louées vides à un bailleur social, parmi les résidences principales.",
        caveat="Selon la déclaration des ménages au recensement, sur cinq années.",
        sources=("rp_logement",),
    ),
    Indicator(
        id="part_suroccupation",
        asks=("Aider les familles mal logées", "logement"),
        label="Logements suroccupés, parmi les résidences principales",
        short="Logements suroccupés",
        noun="la part des logements suroccupés",
        theme="logement",
        unit="% des résidences principales",
        numerator="rp_residences_suroccupees",
        denominator="rp_residences_peuplement",
        per=100,
        direction=LESS,
        numerator_label="résidences principales auxquelles il manque au moins une pièce",
        denominator_label="résidences principales dont le peuplement est connu",
        definition=(
            "Résidences principales en suroccupation modérée ou accentuée selon l’Insee, recensement, exploitation "
            "complémentaire."
        ),
        caveat="Sondage sur cinq années : fragile sous 2 000 habitants.",
        sources=("rp_peuplement",),
    ),
    Indicator(
        id="part_logements_vacants",
        label="Logements vacants, parmi les logements",
        short="Logements vacants",
        noun="la part des logements vacants",
        theme="logement",
        unit="% des logements",
        numerator="rp_logements_vacants",
        denominator="rp_logements",
        per=100,
        numerator_label="logements vacants",
        denominator_label="logements",
        definition="Logements inoccupés au recensement (à vendre, à louer, en attente, gardés vides), parmi les logements.",
        caveat="Le recensement porte sur cinq années ; il ne dit ni l’état ni la durée de la vacance.",
        sources=("rp_logement",),
    ),
    Indicator(
        id="foyers_logement_1000",
        label="Foyers bénéficiaires d’une aide au logement",
        short="Aides au logement",
        noun="les foyers bénéficiaires d’une aide au logement",
        theme="logement",
        unit="foyers pour 1 000 habitants",
        numerator="foyers_logement",
        denominator="population",
        per=1000,
        numerator_label="foyers percevant l’APL, l’ALF ou l’ALS en décembre",
        denominator_label="habitants",
        definition="Foyers percevant une aide au logement (APL, ALF, ALS), en décembre, rapportés à la population municipale.",
        caveat=_CAF_COUNT,
        sources=("s_ben_com_f", "s_ben_larger", "s_ben_nat", "caf_iris", "populations_legales"),
    ),
    _distance(
        "services_handicap",
        "Distance au service pour enfants handicapés le plus proche",
        "Distance à un service handicap",
        "la distance à un service pour enfants handicapés",
        "handicap",
    ),
    *(
        _per_facility(
            id=f"enfants_par_{stat}",
            asks=("Rapprocher les services pour enfants handicapés", "handicap"),
            label=f"Enfants de moins de 20 ans par {noun[0]}",
            short=short,
            noun=f"le nombre d’enfants par {noun[0]}",
            theme="handicap",
            unit=f"enfants par {noun[0].partition(' ')[0]}",
            numerator="enfants_moins_20",
            denominator=stat,
            numerator_label="enfants et jeunes de moins de 20 ans",
            denominator_label=noun[1],
            missing_noun=noun,
            definition=f"Habitants de moins de 20 ans rapportés aux {noun[1]} ({what}) de la Base permanente des équipements.",
            caveat="La base compte des lieux, ni leurs places ni leur liste d’attente ; un service couvre plusieurs communes.",
            sources=("bpe", "bpe_melodi", "rp_agesex", "td_pop1b"),
        )
        for stat, short, what, noun in (
            (
                "services_handicap",
                "Enfants par service handicap",
                "D602 : services à domicile ou ambulatoires",
                FACILITY_LABELS["services_handicap"],
            ),
            (
                "etablissements_handicap",
                "Enfants par établissement handicap",
                "D601 : hébergement",
                FACILITY_LABELS["etablissements_handicap"],
            ),
        )
    ),
    Indicator(
        id="foyers_aah_1000",
        label="Foyers bénéficiaires de l’allocation aux adultes handicapés",
        short="Allocation aux adultes handicapés",
        noun="les foyers bénéficiaires de l’AAH",
        theme="handicap",
        unit="foyers pour 1 000 habitants",
        numerator="foyers_aah",
        denominator="population",
        per=1000,
        numerator_label="foyers percevant l’AAH en décembre",
        denominator_label="habitants",
        definition="Foyers percevant l’allocation aux adultes handicapés (AAH) en décembre, rapportés à la population municipale.",
        caveat=(
            "Par commune : la somme des IRIS de celles qui en ont, inconnue dès qu’un IRIS est masqué. Allocataires de la Caf, "
            "sans la MSA."
        ),
        sources=("s_ben_larger", "s_ben_nat", "caf_iris", "populations_legales"),
    ),
    Indicator(
        id="enfants_aeeh_1000",
        label="Enfants bénéficiaires de l’allocation d’éducation de l’enfant handicapé",
        short="Enfants avec AEEH",
        noun="les enfants bénéficiaires de l’AEEH",
        theme="handicap",
        unit="enfants pour 1 000 habitants de moins de 20 ans",
        numerator="enfants_aeeh",
        denominator="enfants_moins_20",
        per=1000,
        numerator_label="bénéficiaires de l’AEEH en décembre",
        denominator_label="habitants de moins de 20 ans",
        definition=(
            "Enfants ouvrant droit à l’allocation d’éducation de l’enfant handicapé (AEEH) en décembre, rapportés aux "
            "habitants de moins de 20 ans."
        ),
        caveat="La Cnaf ne la publie pas par commune. " + _CAF_COUNT,
        sources=("s_ben_larger", "s_ben_nat", "rp_agesex", "td_pop1b"),
    ),
)

# Shown beside the declared indicators where the producer gives the detail by mode.
MODE_RATES: tuple[Indicator, ...] = tuple(
    _official_rate(f"taux_couverture_{mode}", f"Taux de couverture, {label}", short)
    for mode, label, short in (
        ("eaje", "crèches", "Crèches"),
        ("eaje_psu", "crèches financées par la PSU", "Crèches PSU"),
        ("eaje_hors_psu", "crèches hors PSU", "Crèches hors PSU"),
        ("am", "assistantes maternelles", "Assistantes maternelles"),
        ("ecole", "école à 2 ans", "École à 2 ans"),
        ("gad", "garde à domicile", "Garde à domicile"),
    )
)

# The eight themes of a CTG and the figures that tell each, the first first.
CTG_THEMES: dict[str, tuple[str, ...]] = {
    "Petite enfance": (
        "taux_couverture",
        "couverture_besoin",
        "part_parents_actifs",
        "accessibilite_eaje",
        "foyers_cmg_100",
        "foyers_prepare_100",
    ),
    "Enfance": ("acces_alsh", "acces_alsh_5km", "enfants_3_11", "eleves_ecoles", "eleves_par_classe"),
    "Jeunesse": ("part_jeunes_sans_emploi_ni_etudes", "taux_chomage_jeunes", "jeunes_12_25"),
    "Parentalité": (
        "part_monoparentales",
        "foyers_asf_100",
        "distance_mediation_familiale",
        "enfants_par_laep",
        "part_monoparents_allocataires",
    ),
    "Animation de la vie sociale": (
        "distance_centres_sociaux",
        "habitants_par_centre_social",
        "habitants_par_evs",
    ),
    "Accès aux droits": (
        "distance_france_services",
        "part_foyers_qf_bas",
        "foyers_rsa_1000",
        "foyers_ppa_1000",
    ),
    "Logement": (
        "part_suroccupation",
        "part_locataires_sociaux",
        "foyers_logement_1000",
        "part_logements_vacants",
    ),
    "Handicap": (
        "distance_services_handicap",
        "enfants_aeeh_1000",
        "foyers_aah_1000",
        "enfants_par_services_handicap",
        "enfants_par_etablissements_handicap",
    ),
}

FROM_DEPARTEMENT = (
    "assistantes_maternelles",
    "heures_par_assistante",
    "salaire_horaire_assistantes",
    "enfants_moins_5_estimes",
)
"""What its producer publishes for départements and above only."""
BY_IRIS = ("foyers_aah", "allocataires_monoparents")
"""Counts that a commune adds up from its IRIS, where it has some."""

BY_ID: dict[str, Indicator] = {indicator.id: indicator for indicator in INDICATORS + MODE_RATES}

# Which indicators a subject tells, in its order.

PORTRAIT = (
    "population",
    "naissances",
    "enfants_moins_3",
    "enfants_3_11",
    "jeunes_12_25",
    "niveau_vie_median",
    "taux_pauvrete",
    "part_monoparentales",
)
"""Who lives here."""
BRIEF = ("population", "enfants_moins_3", "enfants_3_11", "naissances", "nombre_qpv", "equipements_en_qpv")
"""The portrait on half a slide."""
FIRST_OF_EPCI = (
    "taux_couverture",
    "places_eaje_100",
    "places_am_100",
    "acces_alsh",
    "enfants_par_rpe",
    "nombre_qpv",
)
"""The six figures of the first page, for an EPCI or above."""
FIRST_OF_TOWN = (
    "taux_couverture",
    "places_eaje_100",
    "places_am_100",
    "taux_pauvrete",
    "enfants_par_rpe",
    "nombre_qpv",
)
"""Those of a town."""
FIRST_OF_SMALL = (
    "taux_couverture",
    "places_eaje_100",
    "places_am_100",
    "acces_alsh",
    "enfants_par_rpe",
    "distance_france_services",
)
"""Those of a small commune."""
FIRST_NEXT = (
    "niveau_vie_median",
    "naissances",
    "enfants_moins_3",
    "enfants_par_laep",
    "enfants_3_11",
    "population",
)
"""What takes the place of a figure that is known neither here nor at the FIRST_OF_EPCI."""
STRIPS = (
    "taux_couverture",
    "places_100",
    "places_eaje_100",
    "places_am_100",
    "acces_alsh",
    "niveau_vie_median",
)
"""Where a territory stands among those of its level."""
KEY_FIGURES = (
    "taux_couverture",
    "places_eaje_100",
    "places_am_100",
    "acces_alsh",
    "enfants_par_rpe",
    "part_population_qpv",
)
"""The figures that a position is written for."""
FAMILY_RATIOS = ("enfants_par_rpe", "enfants_par_laep", "habitants_par_centre_social", "part_monoparentales")
"""Services to families, each for how many."""
HOUSEHOLDS = (
    "part_monoparentales",
    "taux_pauvrete",
    "niveau_vie_median",
    "enfants_par_laep",
    "habitants_par_centre_social",
)
"""Families and incomes; the first known gives the title."""
DISTRICTS = ("nombre_qpv", "part_population_qpv", "equipements_en_qpv")
"""Priority districts: how many, who lives there, what is there."""
LEISURE = ("acces_alsh", "acces_alsh_5km")
"""Leisure centres: in the commune, then within reach."""
YOUNG = ("enfants_3_11", "jeunes_12_25")
"""Children and young people beyond three."""
BY_MEMBER = (
    "population",
    "naissances",
    "enfants_moins_3",
    "taux_couverture",
    "acces_alsh_5km",
    "distance_france_services",
    "niveau_vie_median",
    "taux_pauvrete",
    DISTRICT_COUNT,
)
"""One line a member, in the annex."""
RANKED_FIRST = ("taux_couverture", "places_100", "places_eaje_100", "accessibilite_eaje", "naissances")
"""What members are ranked by: the first that one of them knows."""
GAP_INDICATORS = ("taux_couverture", "places_100", "places_eaje_100")
"""What places are counted by, the official rate first."""
AFOM = (
    "taux_couverture",
    "enfants_par_rpe",
    "acces_alsh",
    "enfants_par_laep",
    "habitants_par_centre_social",
    "distance_france_services",
    "niveau_vie_median",
    "taux_pauvrete",
    "part_monoparentales",
)
"""Strengths and weaknesses, in their order."""
CONTEXT = ("niveau_vie_median", "taux_pauvrete", "part_monoparentales")
"""What a territory lives with rather than what it offers: a threat, not a weakness."""
OF_QPV = ("part_population_qpv", "equipements_en_qpv")
"""There is no such thing where there is no quartier prioritaire."""
GOAL_INDICATORS = ("taux_couverture", "places_100")
"""A goal is a coverage of the under-threes: it measures nothing else."""
PEER_FIGURES = ("population", "enfants_moins_3", "niveau_vie_median", "part_monoparentales", "places_am_100")
"""What similar territories are looked for by."""


def rounded_children(value: float | None, status: Status, indicator: Indicator) -> float | None:
    """Children reckoned from births, or so many of them for a facility, to two significant figures; all else as it is."""
    counts = indicator.unit.partition(" ")[0] == "enfants" and indicator.per == 1
    return two_figures(value) if counts and status is Status.ESTIMATED and value is not None else value

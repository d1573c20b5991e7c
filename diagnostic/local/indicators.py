"""The figures that a file of the territory can feed, declared once, beside the open figure of each.

A part that the file brings is one of its stats; another is an open stat of the same geography.
"""

from __future__ import annotations

from dataclasses import dataclass

from diagnostic.model import Direction, Indicator

MORE, LESS, NEUTRAL = Direction.MORE_IS_BETTER, Direction.LESS_IS_BETTER, Direction.NEUTRAL
COMMUNES = "communes"
"""A part that is neither in the file nor in the open data: how many communes the territory has."""


@dataclass(frozen=True, slots=True)
class LocalIndicator:
    """An indicator fed by one template. `beside` is the open indicator that measures the same thing or
    nearly, `counts` the open stat that counts the same places; empty when nothing open compares."""

    indicator: Indicator
    template: str
    beside: str = ""
    counts: str = ""


_YOUNG = ("enfants_moins_3", "enfants de moins de 3 ans")
_CHILDREN = ("enfants_3_11", "enfants de 3 à 11 ans")
_PERIODS = {
    "periscolaire": "le matin, le soir et à midi",
    "mercredi": "le mercredi",
    "petites_vacances": "aux petites vacances",
    "ete": "l’été",
}
_QF = {
    "qf_moins_400": "de moins de 400 €",
    "qf_400_799": "de 400 à 799 €",
    "qf_800_1199": "de 800 à 1 199 €",
    "qf_1200_plus": "de 1 200 € et plus",
}
_COMPETENCES = {
    "petite_enfance": ("petite enfance", "petite_enfance"),
    "enfance": ("enfance", "enfance_jeunesse"),
    "jeunesse": ("jeunesse", "enfance_jeunesse"),
    "parentalite": ("parentalité", "parentalite"),
    "vie_sociale": ("animation de la vie sociale", "vie_sociale"),
}


def _places(
    id: str,
    label: str,
    template: str,
    stat: str,
    base: tuple[str, str],
    theme: str,
    *,
    counted: str = "places",
    direction: Direction = MORE,
    beside: str = "",
    counts: str = "",
    caveat: str = "",
) -> LocalIndicator:
    indicator = Indicator(
        id=f"local_{id}",
        label=label,
        short=label,
        theme=theme,
        unit=f"{counted} pour 100 {base[1]}",
        numerator=stat,
        denominator=base[0],
        per=100,
        direction=direction,
        numerator_label=counted,
        denominator_label=base[1],
        definition=f"{label} : {counted} de la liste déposée, pour 100 {base[1]}.",
        caveat=caveat,
        sources=(f"local_{template}",),
    )
    return LocalIndicator(indicator, template, beside, counts)


def _people(
    id: str,
    label: str,
    template: str,
    people: tuple[str, str],
    stat: str,
    one: str,
    theme: str,
    *,
    beside: str = "",
    counts: str = "",
    direction: Direction = LESS,
) -> LocalIndicator:
    indicator = Indicator(
        id=f"local_{id}",
        label=label,
        short=label,
        theme=theme,
        unit=f"{people[1].split(' ')[0]} par {one}",
        numerator=people[0],
        denominator=stat,
        direction=direction,
        decimals=0,
        numerator_label=people[1],
        denominator_label=one,
        definition=f"{people[1].capitalize()} du territoire, divisés par ce que compte la liste déposée.",
        sources=(f"local_{template}",),
    )
    return LocalIndicator(indicator, template, beside, counts)


def _share(
    id: str,
    label: str,
    template: str,
    stat: str,
    whole: tuple[str, str],
    theme: str,
    *,
    counted: str,
    beside: str = "",
    caveat: str = "",
) -> LocalIndicator:
    indicator = Indicator(
        id=f"local_{id}",
        label=label,
        short=label,
        theme=theme,
        unit=f"% des {whole[1]}",
        numerator=stat,
        denominator=whole[0],
        per=100,
        numerator_label=counted,
        denominator_label=whole[1],
        definition=f"{label}, sur l’ensemble des {whole[1]}.",
        caveat=caveat,
        sources=(f"local_{template}",),
    )
    return LocalIndicator(indicator, template, beside)


def _count(
    id: str, label: str, template: str, stat: str, unit: str, theme: str, *, counts: str = ""
) -> LocalIndicator:
    indicator = Indicator(
        id=f"local_{id}",
        label=label,
        short=label,
        theme=theme,
        unit=unit,
        numerator=stat,
        decimals=0,
        numerator_label=unit,
        definition=f"{label}, comme le fichier déposé les compte.",
        sources=(f"local_{template}",),
    )
    return LocalIndicator(indicator, template, counts=counts)


LOCAL_INDICATORS: tuple[LocalIndicator, ...] = (
    _places(
        "places_eaje_100", "Places en crèche", "eaje", "eaje_places", _YOUNG, "petite_enfance",
        beside="places_eaje_100", counts="places_eaje",
        caveat="La liste du territoire compte les crèches que le fichier ouvert ne connaît pas encore.",
    ),
    _share(
        "part_eaje_psu", "Places en crèche financées par la PSU", "eaje", "eaje_places_psu",
        ("eaje_places", "places en crèche"), "petite_enfance", counted="places",
    ),
    _share(
        "part_micro_creches", "Places en micro-crèche", "eaje", "eaje_places_micro_creche",
        ("eaje_places", "places en crèche"), "petite_enfance", counted="places",
    ),
    _places(
        "places_am_100", "Places chez les assistantes maternelles", "assistantes_maternelles", "am_places", _YOUNG,
        "petite_enfance", beside="places_am_100", counts="places_am",
        caveat="Une place agréée n’est pas toujours occupée ni proposée.",
    ),
    _people(
        "enfants_par_rpe", "Enfants de moins de 3 ans par relais petite enfance", "rpe", _YOUNG, "rpe_structures",
        "relais", "petite_enfance", beside="enfants_par_rpe", counts="rpe",
    ),
    _people(
        "enfants_par_etp_rpe", "Enfants de moins de 3 ans par ETP d’animation des relais", "rpe", _YOUNG, "rpe_etp",
        "ETP", "petite_enfance",
    ),
    _places(
        "attente_100", "Enfants en liste d’attente", "listes_attente", "attente_enfants", _YOUNG, "petite_enfance",
        counted="enfants en attente", direction=LESS,
        caveat="Une famille inscrite sur plusieurs listes est comptée plusieurs fois.",
    ),
    *(
        _places(
            f"alsh_{period}_100", f"Places en accueil de loisirs, {when}", "alsh", f"alsh_places_{period}", _CHILDREN,
            "enfance_jeunesse",
        )
        for period, when in _PERIODS.items()
    ),
    _count("alsh", "Accueils de loisirs", "alsh", "alsh_structures", "accueils", "enfance_jeunesse", counts="alsh"),
    _places(
        "jeunesse_100", "Places des structures jeunesse", "jeunesse", "jeunesse_places",
        ("jeunes_12_25", "jeunes de 12 à 25 ans"), "enfance_jeunesse",
    ),
    _count("jeunesse", "Structures jeunesse", "jeunesse", "jeunesse_structures", "structures", "enfance_jeunesse"),
    _people(
        "enfants_par_laep", "Enfants de moins de 6 ans par lieu d’accueil enfants-parents", "laep",
        ("enfants_moins_6", "enfants de moins de 6 ans"), "laep_structures", "lieu", "parentalite",
        beside="enfants_par_laep", counts="laep",
    ),
    _count("clas", "Porteurs d’un CLAS", "clas", "clas_structures", "porteurs", "parentalite"),
    _count("clas_enfants", "Enfants accompagnés par un CLAS", "clas", "clas_enfants", "enfants", "parentalite"),
    _people(
        "habitants_par_centre_social", "Habitants par centre social", "centres_sociaux", ("population", "habitants"),
        "centres_sociaux_structures", "centre social", "vie_sociale", beside="habitants_par_centre_social",
        counts="centres_sociaux",
    ),
    _people(
        "habitants_par_evs", "Habitants par espace de vie sociale", "evs", ("population", "habitants"),
        "evs_structures", "espace de vie sociale", "vie_sociale", counts="evs",
    ),
    _count("allocataires", "Allocataires", "caf", "caf_allocataires", "allocataires", "portrait"),
    *(
        _share(
            f"part_{id}", f"Allocataires au quotient familial {words}", "caf", f"caf_{id}",
            ("caf_allocataires", "allocataires"), "portrait", counted="allocataires",
        )
        for id, words in _QF.items()
    ),
    _share(
        "part_monoparentales", "Familles monoparentales, parmi les allocataires", "caf", "caf_monoparentales",
        ("caf_allocataires", "allocataires"), "parentalite", counted="familles monoparentales",
        caveat="Parmi les allocataires, et non parmi toutes les familles avec enfants.",
    ),
    _count("aeeh", "Enfants bénéficiaires de l’AEEH", "caf", "caf_aeeh", "enfants", "handicap"),
    _share(
        "part_ctg", "Communes couvertes par une CTG", "ctg", "ctg_signee", (COMMUNES, "communes"), "portrait",
        counted="communes",
    ),
    *(
        _share(
            f"part_competence_{id}", f"Communes qui exercent la compétence {words}", "competences",
            f"competence_{id}", (COMMUNES, "communes"), theme,
            counted="communes",
        )
        for id, (words, theme) in _COMPETENCES.items()
    ),
)  # fmt: skip

LOCAL_BY_ID: dict[str, LocalIndicator] = {item.indicator.id: item for item in LOCAL_INDICATORS}

"""The figures that a file of the territory can feed, declared once, beside the open figure of each.

A part that the file brings is one of its stats; another is an open stat of the same geography.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from diagnostic.model import Direction, Indicator

MORE, LESS = Direction.MORE_IS_BETTER, Direction.LESS_IS_BETTER
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


@dataclass(frozen=True, slots=True)
class Told:
    """What a list of the territory tells: its id and words, the template of the list, the theme; the indicator of open
    data that stands `beside` it, the facilities that it `counts` too, a caveat."""

    id: str
    label: str
    template: str
    theme: str
    beside: str = ""
    counts: str = ""
    caveat: str = ""

    def indicator(self, **fields: Any) -> LocalIndicator:
        """The declared indicator, with what divides it and how it is written."""
        indicator = Indicator(
            id=f"local_{self.id}",
            label=self.label,
            short=self.label,
            theme=self.theme,
            caveat=self.caveat,
            sources=(f"local_{self.template}",),
            **fields,
        )
        return LocalIndicator(indicator, self.template, self.beside, self.counts)


def _places(
    told: Told, stat: str, base: tuple[str, str], *, counted: str = "places", direction: Direction = MORE
) -> LocalIndicator:
    return told.indicator(
        unit=f"{counted} pour 100 {base[1]}",
        numerator=stat,
        denominator=base[0],
        per=100,
        direction=direction,
        numerator_label=counted,
        denominator_label=base[1],
        definition=f"{told.label} : {counted} de la liste déposée, pour 100 {base[1]}.",
    )


def _people(told: Told, people: tuple[str, str], stat: str, one: str) -> LocalIndicator:
    return told.indicator(
        unit=f"{people[1].split(' ')[0]} par {one}",
        numerator=people[0],
        denominator=stat,
        direction=LESS,
        decimals=0,
        numerator_label=people[1],
        denominator_label=one,
        definition=f"{people[1].capitalize()} du territoire, divisés par ce que compte la liste déposée.",
    )


def _share(told: Told, stat: str, whole: tuple[str, str], *, counted: str) -> LocalIndicator:
    return told.indicator(
        unit=f"% des {whole[1]}",
        numerator=stat,
        denominator=whole[0],
        per=100,
        numerator_label=counted,
        denominator_label=whole[1],
        definition=f"{told.label}, sur l’ensemble des {whole[1]}.",
    )


def _count(told: Told, stat: str, unit: str) -> LocalIndicator:
    return told.indicator(
        unit=unit,
        numerator=stat,
        decimals=0,
        numerator_label=unit,
        definition=f"{told.label}, comme le fichier déposé les compte.",
    )


LOCAL_INDICATORS: tuple[LocalIndicator, ...] = (
    _places(
        Told(
            "places_eaje_100",
            "Places en crèche",
            "eaje",
            "petite_enfance",
            beside="places_eaje_100",
            counts="places_eaje",
            caveat="La liste du territoire compte les crèches que le fichier ouvert ne connaît pas encore.",
        ),
        "eaje_places",
        _YOUNG,
    ),
    _share(
        Told("part_eaje_psu", "Places en crèche financées par la PSU", "eaje", "petite_enfance"),
        "eaje_places_psu",
        ("eaje_places", "places en crèche"),
        counted="places",
    ),
    _share(
        Told("part_micro_creches", "Places en micro-crèche", "eaje", "petite_enfance"),
        "eaje_places_micro_creche",
        ("eaje_places", "places en crèche"),
        counted="places",
    ),
    _places(
        Told(
            "places_am_100",
            "Places chez les assistantes maternelles",
            "assistantes_maternelles",
            "petite_enfance",
            beside="places_am_100",
            counts="places_am",
            caveat="Une place agréée n’est pas toujours occupée ni proposée.",
        ),
        "am_places",
        _YOUNG,
    ),
    _people(
        Told(
            "enfants_par_rpe",
            "Enfants de moins de 3 ans par relais petite enfance",
            "rpe",
            "petite_enfance",
            beside="enfants_par_rpe",
            counts="rpe",
        ),
        _YOUNG,
        "rpe_structures",
        "relais",
    ),
    _people(
        Told(
            "enfants_par_etp_rpe",
            "Enfants de moins de 3 ans par ETP d’animation des relais",
            "rpe",
            "petite_enfance",
        ),
        _YOUNG,
        "rpe_etp",
        "ETP",
    ),
    _places(
        Told(
            "attente_100",
            "Enfants en liste d’attente",
            "listes_attente",
            "petite_enfance",
            caveat="Une famille inscrite sur plusieurs listes est comptée plusieurs fois.",
        ),
        "attente_enfants",
        _YOUNG,
        counted="enfants en attente",
        direction=LESS,
    ),
    *(
        _places(
            Told(f"alsh_{period}_100", f"Places en accueil de loisirs, {when}", "alsh", "enfance_jeunesse"),
            f"alsh_places_{period}",
            _CHILDREN,
        )
        for period, when in _PERIODS.items()
    ),
    _count(
        Told("alsh", "Accueils de loisirs", "alsh", "enfance_jeunesse", counts="alsh"),
        "alsh_structures",
        "accueils",
    ),
    _places(
        Told("jeunesse_100", "Places des structures jeunesse", "jeunesse", "enfance_jeunesse"),
        "jeunesse_places",
        ("jeunes_12_25", "jeunes de 12 à 25 ans"),
    ),
    _count(
        Told("jeunesse", "Structures jeunesse", "jeunesse", "enfance_jeunesse"),
        "jeunesse_structures",
        "structures",
    ),
    _people(
        Told(
            "enfants_par_laep",
            "Enfants de moins de 6 ans par lieu d’accueil enfants-parents",
            "laep",
            "parentalite",
            beside="enfants_par_laep",
            counts="laep",
        ),
        ("enfants_moins_6", "enfants de moins de 6 ans"),
        "laep_structures",
        "lieu",
    ),
    _count(Told("clas", "Porteurs d’un CLAS", "clas", "parentalite"), "clas_structures", "porteurs"),
    _count(
        Told("clas_enfants", "Enfants accompagnés par un CLAS", "clas", "parentalite"),
        "clas_enfants",
        "enfants",
    ),
    _people(
        Told(
            "habitants_par_centre_social",
            "Habitants par centre social",
            "centres_sociaux",
            "vie_sociale",
            beside="habitants_par_centre_social",
            counts="centres_sociaux",
        ),
        ("population", "habitants"),
        "centres_sociaux_structures",
        "centre social",
    ),
    _people(
        Told("habitants_par_evs", "Habitants par espace de vie sociale", "evs", "vie_sociale", counts="evs"),
        ("population", "habitants"),
        "evs_structures",
        "espace de vie sociale",
    ),
    _count(Told("allocataires", "Allocataires", "caf", "portrait"), "caf_allocataires", "allocataires"),
    *(
        _share(
            Told(f"part_{id}", f"Allocataires au quotient familial {words}", "caf", "portrait"),
            f"caf_{id}",
            ("caf_allocataires", "allocataires"),
            counted="allocataires",
        )
        for id, words in _QF.items()
    ),
    _share(
        Told(
            "part_monoparentales",
            "Familles monoparentales, parmi les allocataires",
            "caf",
            "parentalite",
            caveat="Parmi les allocataires, et non parmi toutes les familles avec enfants.",
        ),
        "caf_monoparentales",
        ("caf_allocataires", "allocataires"),
        counted="familles monoparentales",
    ),
    _count(Told("aeeh", "Enfants bénéficiaires de l’AEEH", "caf", "handicap"), "caf_aeeh", "enfants"),
    _share(
        Told("part_ctg", "Communes couvertes par une CTG", "ctg", "portrait"),
        "ctg_signee",
        (COMMUNES, "communes"),
        counted="communes",
    ),
    *(
        _share(
            Told(
                f"part_competence_{id}", f"Communes qui exercent la compétence {words}", "competences", theme
            ),
            f"competence_{id}",
            (COMMUNES, "communes"),
            counted="communes",
        )
        for id, (words, theme) in _COMPETENCES.items()
    ),
)

LOCAL_BY_ID: dict[str, LocalIndicator] = {item.indicator.id: item for item in LOCAL_INDICATORS}

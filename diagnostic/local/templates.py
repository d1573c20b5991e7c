"""The files we offer to fill in: one declaration per template, nothing else to add.

A template is a list of columns and a list of facts: what its rows count for, commune by commune.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum

PLACES_OF_ONE = 6.0
"""The most children whom one assistante maternelle looks after at once (code de l’action sociale et des familles, L. 421-4: four
by her approval, six with the exceptions)."""


class Kind(StrEnum):
    """What a cell of a column may hold."""

    COMMUNE_CODE = "code_commune"
    EPCI_CODE = "code_epci"
    COMMUNE_NAME = "nom_commune"
    POSTCODE = "code_postal"
    TEXT = "texte"
    COUNT = "entier"
    NUMBER = "nombre"
    YES_NO = "oui_non"
    YEAR = "annee"
    DATE = "date"

    @property
    def expected(self) -> str:
        """What the cell must hold, in French, to follow « attendu : »."""
        return {
            Kind.COMMUNE_CODE: "un code Insee de 5 caractères, par exemple 01004 ou 2A004",
            Kind.EPCI_CODE: "un numéro Siren de 9 chiffres, par exemple 200000001",
            Kind.COMMUNE_NAME: "le nom d’une commune",
            Kind.POSTCODE: "un code postal de 5 chiffres",
            Kind.TEXT: "un texte",
            Kind.COUNT: "un nombre entier positif ou nul",
            Kind.NUMBER: "un nombre positif ou nul",
            Kind.YES_NO: "oui ou non",
            Kind.YEAR: "une année, par exemple 2025",
            Kind.DATE: "une date, par exemple 31/12/2027",
        }[self]

    @property
    def numeric(self) -> bool:
        return self in (Kind.COUNT, Kind.NUMBER)

    @property
    def place(self) -> bool:
        """Whether the column says where a row is."""
        return self in (Kind.COMMUNE_CODE, Kind.COMMUNE_NAME, Kind.POSTCODE)


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a template: `label` is its header, `synonyms` other headers met in real files."""

    id: str
    label: str
    kind: Kind
    required: bool = False
    help: str = ""
    synonyms: tuple[str, ...] = ()
    example: str = ""


@dataclass(frozen=True, slots=True)
class Fact:
    """A stat per commune: the sum of `column` over the rows, or their number when it is None.

    `where` keeps the rows whose yes-or-no column has this answer: ("psu", "oui"). `public` counts
    structures, which no rule of secrecy hides. `units` is the stat that counts who stands behind this
    one: places are hidden where the assistantes maternelles who offer them are too few, or may be, `each` being
    the most that one of them offers.
    """

    stat: str
    label: str
    column: str | None = None
    where: tuple[str, str] | None = None
    public: bool = False
    units: str = ""
    each: float = 0.0


@dataclass(frozen=True, slots=True)
class Template:
    """A file to fill in. `rule` names the rule of secrecy of its counts (`secrecy.RULES`), None when public.

    `one_row_per_commune`: a commune that stands twice is refused; otherwise a row is a structure,
    and a commune without a row has none when the list is said complete. `sums`: stats that add up to
    another one, so that a hidden class is not found by difference with the total. `capacity`: the columns that say how many a
    structure takes, the largest counts; None where a row is no structure whose name may be shown.
    """

    id: str
    title: str
    columns: tuple[Column, ...]
    facts: tuple[Fact, ...]
    one_row_per_commune: bool = False
    rule: str | None = None
    sums: tuple[tuple[str, tuple[str, ...]], ...] = ()
    capacity: tuple[str, ...] | None = None

    @property
    def source(self) -> str:
        return f"local_{self.id}"

    def column(self, id: str) -> Column:
        return next(column for column in self.columns if column.id == id)


CODE = Column(
    "code_commune",
    "Code commune",
    Kind.COMMUNE_CODE,
    help="Code Insee à 5 caractères, pas le code postal. Facultatif si le nom est donné.",
    synonyms=(
        "code insee", "insee", "codgeo", "depcom", "com", "numcom", "num com", "numcomdo", "code geo",
        "numero commune", "code insee commune", "code commune insee", "insee commune", "code_insee", "cog", "iris", "code iris",
    ),
    example="01004",
)  # fmt: skip
NAME = Column(
    "commune",
    "Commune",
    Kind.COMMUNE_NAME,
    help="Nom de la commune. Facultatif si le code est donné.",
    synonyms=(
        "nom commune", "nom de la commune", "libelle commune", "libgeo", "ville", "nomcom", "nom com",
        "lib com", "libcom", "commune d implantation", "ville d implantation", "commune de residence", "localite", "communes",
        "arrondissement", "nom de commune", "commune libelle",
    ),
    example="Ambérieu-en-Bugey",
)  # fmt: skip
POSTCODE = Column(
    "code_postal",
    "Code postal",
    Kind.POSTCODE,
    help="Facultatif : avec le nom, il dit laquelle de deux communes homonymes.",
    synonyms=("cp", "code postal de la commune", "code post", "codepostal", "code postal commune"),
    example="01500",
)
WHERE = (CODE, NAME, POSTCODE)
TYPE = Column(
    "type",
    "Type",
    Kind.TEXT,
    help="Ce qu’est la structure : un fichier qui en mêle plusieurs nourrit plusieurs modèles.",
    synonyms=(
        "type d accueil",
        "type de structure",
        "type d etablissement",
        "type d equipement",
        "categorie",
        "nature",
    ),
)
STRUCTURE = Column(
    "nom",
    "Nom",
    Kind.TEXT,
    help="Nom de la structure.",
    synonyms=(
        "nom de la structure", "structure", "nom structure", "etablissement", "nom de l etablissement", "nom etablissement",
        "equipement", "denomination", "nom du lieu", "raison sociale",
    ),
    example="Les Petits Loups",
)  # fmt: skip
MANAGER = Column(
    "gestionnaire",
    "Gestionnaire",
    Kind.TEXT,
    synonyms=("organisme gestionnaire", "porteur", "organisateur", "association", "nom gestionnaire"),
    example="Commune",
)


def _count(
    id: str, label: str, *synonyms: str, required: bool = False, help: str = "", example: str = "24"
) -> Column:
    return Column(id, label, Kind.COUNT, required, help, synonyms, example)


def _yes_no(id: str, label: str, *synonyms: str, help: str = "Oui ou non.") -> Column:
    return Column(id, label, Kind.YES_NO, False, help, synonyms, "oui")


def _list(
    id: str,
    title: str,
    label: str,
    kind: str,
    *extra: Column,
    facts: tuple[Fact, ...] = (),
    rule: str | None = None,
) -> Template:
    """A list of structures, one a row, that always counts them; `kind` is the type that its rows bear."""
    public = {fact.column for fact in facts if fact.column is not None} if rule is None else set()
    return Template(
        id,
        title,
        (*WHERE, replace(TYPE, example=kind), STRUCTURE, MANAGER, *extra),
        (Fact(f"{id}_structures", label, public=True), *facts),
        rule=rule,
        capacity=tuple(
            column.id for column in extra if column.id in public and column.id.startswith("places")
        ),
    )


_ALSH_PLACES = (
    _count("places_periscolaire", "Places périscolaire", "periscolaire", "places peri", "capacite periscolaire",
           "nb places periscolaire", help="Places déclarées le matin, le soir et à la pause méridienne."),
    _count("places_mercredi", "Places mercredi", "mercredi", "mercredis", "capacite mercredi", "nb places mercredi"),
    _count("places_petites_vacances", "Places petites vacances", "petites vacances", "vacances",
           "places vacances", "capacite petites vacances", "nb places petites vacances"),
    _count("places_ete", "Places été", "ete", "grandes vacances", "vacances d ete", "capacite ete", "nb places ete"),
)  # fmt: skip
_CAF_COUNTS: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    ("allocataires", "Allocataires", ("nombre d allocataires", "nb allocataires", "foyers allocataires", "indfoy ndur", "alloc")),
    ("enfants_0_2", "Enfants de 0 à 2 ans", ("enfants 0 2 ans", "0 2 ans", "enfants moins de 3 ans", "enf 0 2", "enfants 0 2")),
    ("enfants_3_5", "Enfants de 3 à 5 ans", ("enfants 3 5 ans", "3 5 ans", "enf 3 5", "enfants 3 5")),
    ("enfants_6_11", "Enfants de 6 à 11 ans", ("enfants 6 11 ans", "6 11 ans", "enf 6 11", "enfants 6 11")),
    ("enfants_12_17", "Enfants de 12 à 17 ans", ("enfants 12 17 ans", "12 17 ans", "enf 12 17", "enfants 12 17")),
    ("qf_moins_400", "Quotient familial de moins de 400 €", ("qf moins de 400", "moins de 400 euros", "moins de 400", "qf inf 400", "0 399", "qf 0 399")),
    ("qf_400_799", "Quotient familial de 400 à 799 €", ("qf 400 799", "entre 400 et 799 euros", "qf de 400 a 799", "400 799", "400 a 799")),
    ("qf_800_1199", "Quotient familial de 800 à 1 199 €", ("qf 800 1199", "entre 800 et 1199 euros", "qf de 800 a 1199", "800 1199", "800 a 1199")),
    ("qf_1200_plus", "Quotient familial de 1 200 € et plus", ("qf 1200 et plus", "1200 euros ou plus", "1200 et plus", "qf sup 1200")),
    ("aeeh", "Enfants bénéficiaires de l’AEEH", ("aeeh", "beneficiaires aeeh", "enfants aeeh", "nb enfant aeeh", "nb aeeh")),
    ("monoparentales", "Familles monoparentales", ("monoparentales", "monoparents", "nb monoparents", "foyers monoparentaux")),
)  # fmt: skip
_COMPETENCES: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    ("petite_enfance", "petite enfance", ("petite enfance",)),
    ("enfance", "enfance", ("enfance", "periscolaire", "alsh")),
    ("jeunesse", "jeunesse", ("jeunesse",)),
    ("parentalite", "parentalité", ("parentalite",)),
    ("vie_sociale", "animation de la vie sociale", ("vie sociale", "animation de la vie sociale", "avs")),
)
TEMPLATES: dict[str, Template] = {
    template.id: template
    for template in (
        _list(
            "alsh",
            "Accueils de loisirs (ALSH)",
            "Accueils de loisirs",
            "Accueil de loisirs",
            Column("age_min", "Âge minimum", Kind.COUNT, False, "En années révolues.", ("age min", "a partir de", "age mini"), "3"),
            Column("age_max", "Âge maximum", Kind.COUNT, False, "En années révolues.", ("age max", "jusqu a", "age maxi"), "11"),
            *_ALSH_PLACES,
            facts=tuple(Fact(f"alsh_{c.id}", f"ALSH : {c.label.lower()}", c.id) for c in _ALSH_PLACES),
        ),
        _list(
            "eaje",
            "Crèches et autres EAJE",
            "Établissements d’accueil du jeune enfant",
            "Multi-accueil",
            _count("places", "Places", "nombre de places", "nb places", "capacite", "capacite d accueil", "agrement", "places agreees", "nombre de places agreees", "capacite agreee", required=True),
            _yes_no("psu", "PSU", "financement psu", "prestation de service unique", help="Oui si la crèche reçoit la PSU."),
            _yes_no("micro_creche", "Micro-crèche", "micro creche", "micro creche paje"),
            Column("ouverture", "Date d’ouverture", Kind.DATE, False, "Pour une place nouvelle ou à venir.", ("ouverture", "date ouverture", "ouvert le"), "01/09/2025"),
            facts=(
                Fact("eaje_places", "Places en EAJE", "places"),
                Fact("eaje_places_psu", "Places en EAJE financées par la PSU", "places", ("psu", "oui")),
                Fact("eaje_places_hors_psu", "Places en EAJE hors PSU", "places", ("psu", "non")),
                Fact("eaje_places_micro_creche", "Places en micro-crèche", "places", ("micro_creche", "oui")),
            ),
        ),
        Template(
            "assistantes_maternelles",
            "Assistantes maternelles par commune",
            (
                *WHERE,
                _count("assistantes", "Assistantes maternelles", "nombre d assistantes maternelles", "nb am", "nombre am", "am actives", "assmat", "assistants maternels"),
                _count("places", "Places", "nombre de places", "nb places", "places am", "nombre places am", "capacite", "capacite d accueil", "agrement", required=True),
            ),
            (Fact("am_actives", "Assistantes maternelles", "assistantes"), Fact("am_places", "Places chez les assistantes maternelles", "places", units="am_actives", each=PLACES_OF_ONE)),
            one_row_per_commune=True,
            rule="etablissements",
        ),
        _list(
            "rpe",
            "Relais petite enfance (RPE)",
            "Relais petite enfance",
            "Relais petite enfance",
            Column("etp", "ETP d’animation", Kind.NUMBER, False, "Équivalents temps plein.", ("etp", "etp animateur", "etp animation"), "1,5"),
            facts=(Fact("rpe_etp", "ETP d’animation des relais petite enfance", "etp"),),
        ),
        _list(
            "laep",
            "Lieux d’accueil enfants-parents (LAEP)",
            "Lieux d’accueil enfants-parents",
            "Lieu d’accueil enfants-parents",
            Column("heures", "Heures d’ouverture par semaine", Kind.NUMBER, False, "", ("heures", "heures par semaine", "heures d ouverture"), "6"),
            facts=(Fact("laep_heures", "Heures hebdomadaires d’ouverture des LAEP", "heures"),),
        ),
        _list("evs", "Espaces de vie sociale (EVS)", "Espaces de vie sociale", "Espace de vie sociale"),
        _list(
            "clas",
            "Accompagnement à la scolarité (CLAS)",
            "Porteurs d’un CLAS",
            "CLAS",
            _count("enfants", "Enfants accompagnés", "enfants", "nombre d enfants", "nb enfants"),
            facts=(Fact("clas_enfants", "Enfants accompagnés par un CLAS", "enfants"),),
            rule="saisie",
        ),
        _list("centres_sociaux", "Centres sociaux", "Centres sociaux", "Centre social"),
        _list(
            "jeunesse",
            "Structures pour les jeunes",
            "Structures jeunesse",
            "Espace jeunes",
            _count("places", "Places", "nombre de places", "nb places", "capacite"),
            Column("postes_ps_jeunes", "Postes PS jeunes", Kind.NUMBER, False, "Postes d’animateurs cofinancés.", ("ps jeunes", "postes"), "1"),
            facts=(
                Fact("jeunesse_places", "Places des structures jeunesse", "places"),
                Fact("jeunesse_postes", "Postes cofinancés par la PS jeunes", "postes_ps_jeunes"),
            ),
        ),
        Template(
            "caf",
            "Extrait de la Caf par commune",
            (*WHERE, *(_count(id, label, *names, required=id == "allocataires", example="120") for id, label, names in _CAF_COUNTS)),
            tuple(Fact(f"caf_{id}", label, id) for id, label, _ in _CAF_COUNTS),
            one_row_per_commune=True,
            rule="caf_extrait",
            sums=(("caf_allocataires", tuple(f"caf_{id}" for id, _, _ in _CAF_COUNTS if id.startswith("qf_"))),),
        ),
        Template(
            "listes_attente",
            "Listes d’attente",
            (
                *WHERE,
                STRUCTURE,
                _count("demandes", "Enfants en attente", "enfants en attente", "demandes", "demandes en attente", "liste d attente", "nombre de demandes", "en attente", required=True),
            ),
            (Fact("attente_enfants", "Enfants en liste d’attente", "demandes"),),
            rule="saisie",
        ),
        Template(
            "ctg",
            "Conventions territoriales globales",
            (
                *WHERE,
                Column("ctg_signee", "CTG signée", Kind.YES_NO, True, "Oui ou non.", ("ctg", "signee", "convention signee", "ctg signee"), "oui"),
                Column("fin", "Fin de la convention", Kind.DATE, False, "Date d’échéance.", ("date de fin", "echeance", "fin ctg"), "31/12/2027"),
            ),
            (Fact("ctg_signee", "Communes couvertes par une CTG", None, ("ctg_signee", "oui")),),
            one_row_per_commune=True,
        ),
        Template(
            "competences",
            "Compétences exercées",
            (
                *WHERE,
                *(_yes_no(f"competence_{id}", f"Compétence {label}", *names) for id, label, names in _COMPETENCES),
            ),
            tuple(
                Fact(f"competence_{id}", f"Communes qui exercent la compétence {label}", None, (f"competence_{id}", "oui"))
                for id, label, _ in _COMPETENCES
            ),
            one_row_per_commune=True,
        ),
    )
}  # fmt: skip
CTG_UNDERWAY = Template(
    "ctg_en_cours",
    "Ctg en cours",
    (
        Column("siren", "Siren", Kind.EPCI_CODE, False, "Siren de l’intercommunalité. Facultatif si le nom est donné.",
               ("siren epci", "code epci", "epci", "code siren", "numero siren"), "200000001"),
        Column("nom", "Intercommunalité", Kind.TEXT, False, "Nom de l’intercommunalité, tel qu’affiché ici.",
               ("nom epci", "nom de l epci", "libelle epci", "collectivite", "territoire"), "CC du Val"),
        Column("etat", "État", Kind.TEXT, True, "En cours, en préparation, échue ou aucune.",
               ("etat de la ctg", "ctg", "statut", "etat ctg"), "en cours"),
        Column("debut", "Début", Kind.DATE, False, "Date de signature, ou année.",
               ("date de debut", "signature", "date de signature", "signee le"), "01/01/2024"),
        Column("fin", "Fin", Kind.DATE, False, "Date d’échéance, ou année.",
               ("date de fin", "echeance", "fin ctg", "fin de la convention"), "31/12/2028"),
    ),
    (),
)  # fmt: skip
"""The conventions of a département, a row an intercommunalité: read by `conventions.py`, not among the templates whose
rows are communes."""

"""What a committee is told around the figures: why it meets, what it is asked, what comes next, what words mean."""

from __future__ import annotations

from dataclasses import replace

from diagnostic import french
from diagnostic.directory.folding import fold
from diagnostic.indicators import (
    BY_ID,
    BY_MEMBER,
)
from diagnostic.plan.documents import STAGES, Committee
from diagnostic.report import Report
from diagnostic.story.blocks import Section, Slide, Steps, Table, Text
from diagnostic.story.figures import amount, source_line, value_of
from diagnostic.story.once import once
from diagnostic.story.stake import stakes
from diagnostic.story.words import plural_members

MOST_QUESTIONS = 3
CALENDAR = (
    ("Lancement", "Mois 1", "Comité de pilotage : élus, Caf", "Le périmètre, le calendrier, qui pilote"),
    ("Diagnostic", "Mois 1 à 3", "Comité technique, services et partenaires", "Ce que disent les chiffres et le terrain"),
    ("Enjeux", "Mois 4", "Comité de pilotage", "Les trois à cinq enjeux retenus"),
    ("Plan d’action", "Mois 5 à 7", "Groupes de travail par thème", "Les actions, leurs pilotes, leurs budgets"),
    ("Signature", "Mois 9", "Conseils délibérants, Caf", "La convention et son plan d’action"),
    ("Suivi", "Chaque année", "Comité de pilotage", "Ce qui avance, ce qui se corrige"),
)  # fmt: skip
TOLD = (
    "1. Le diagnostic en quelques chiffres",
    "2. Les enjeux à débattre",
    "3. Les leviers : qui finance, qui décide",
    "4. La suite et le calendrier",
)
"""What a meeting goes through."""
BODIES = (
    ("Comité de pilotage", "Élus, Caf, MSA, département", "Deux fois par an", "Les enjeux, le plan d’action"),
    ("Comité technique", "Services, conseiller Caf, partenaires", "Tous les deux mois", "Ce qui est proposé au pilotage"),
    ("Groupes de travail", "Professionnels, associations, familles", "Selon le thème", "Les fiches action"),
)  # fmt: skip
"""Who meets, how often, to decide what: a usual form, to adapt."""
GLOSSARY = (
    ("Ctg", "Convention territoriale globale, signée entre la Caf et la collectivité."),
    ("Taux de couverture", "Places d’accueil, tous modes formels, pour 100 enfants de moins de 3 ans."),
    ("Eaje", "Établissement d’accueil du jeune enfant : crèche, micro-crèche, jardin d’enfants."),
    ("Psu", "Prestation de service unique : l’aide de la Caf au fonctionnement des crèches."),
    ("Rpe", "Relais petite enfance : informe les parents, accompagne les assistantes maternelles."),
    ("Laep", "Lieu d’accueil enfants-parents."),
    ("Alsh", "Accueil de loisirs sans hébergement."),
    ("Clas", "Contrat local d’accompagnement à la scolarité."),
    ("QPV", "Quartier prioritaire de la politique de la ville."),
    ("Sdsf", "Schéma départemental des services aux familles."),
    ("BPE", "Base permanente des équipements, de l’Insee."),
)


def where_section(told: Committee) -> Section | None:
    """Where the convention stands and what is asked today; None when nothing of it was given."""
    if not (told.stage or told.question):
        return None
    asked = told.question or "Ce que le comité est appelé à dire aujourd’hui"
    columns: list[tuple[float, tuple[Slide, ...]]] = []
    if told.stage in STAGES:
        at = STAGES.index(told.stage)
        words = ["fait"] * at + ["aujourd’hui"] + ["à venir"] * (len(STAGES) - at - 1)
        items = tuple((name, word, "") for name, word in zip(STAGES, words, strict=True))
        columns.append((0.38, (Steps("Les étapes de la convention", items, at),)))
    beside: list[Slide] = []
    if told.question:
        beside.append(Text((("La question posée", told.question, True),), framed=True))
    period = (("Période de la convention", told.period, False),) if told.period else ()
    agenda = tuple(("" if number else "Ordre du jour", one, False) for number, one in enumerate(TOLD))
    beside.append(Text((*period, *agenda)))
    columns.append((0.62, tuple(beside)))
    return Section(
        "etape",
        "Où en est-on",
        f"{told.instance} : {asked}" if told.instance else asked,
        (),
        "",
        (
            "La Caf et la collectivité signent ensemble la convention : le comité de pilotage retient les enjeux.",
        ),
        on_slide=tuple(columns),
    )


def workshop_section(report: Report, told: Committee) -> Section | None:
    """A question for each of the first stakes, to tick, with room to write; None when nothing stands out."""
    first = stakes(report)[:MOST_QUESTIONS]
    if not first:
        return None
    table = Table(
        "Questions d’atelier",
        ("Question", "Ce qui la fonde", "Réponse", "À écrire"),
        tuple(
            (
                f"{one.title} : faut-il en faire un enjeu de la Ctg ?",
                french.capitalised(one.figure),
                "☐ oui   ☐ non   ☐ à instruire",
                "",
            )
            for one in first
        ),
        (0.31, 0.23, 0.26, 0.2),
    )
    count = french.in_words(len(first), feminine=True)
    who = french.capitalised(told.instance or "le comité")
    return Section(
        "atelier",
        "Questions d’atelier",
        f"{who} : {count} {french.plural(len(first), 'question', 'questions')} à trancher",
        ((1.0, (table,)),),
        "Questions proposées d’après les chiffres : à reformuler par le comité.",
        ("Compter vingt minutes par question : cinq pour lire, dix pour débattre, cinq pour conclure.",),
    )


def calendar_section(told: Committee) -> Section:
    """From the diagnosis to the signature: a proposal, and says so."""
    table = Table(
        "Calendrier et gouvernance",
        ("Étape", "Quand", "Qui", "Ce qui s’y décide"),
        CALENDAR,
        (0.2, 0.18, 0.3, 0.32),
    )
    bodies = Table(
        "Qui se réunit, qui décide",
        ("Instance", "Qui", "Quand", "Décide"),
        BODIES,
        (0.19, 0.31, 0.21, 0.29),
    )
    steps = tuple(
        (name, when, f"{who} : {decides[:1].lower()}{decides[1:]}") for name, when, who, decides in CALENDAR
    )
    title = "Du diagnostic à la signature : neuf mois, proposition à débattre"
    if told.period:
        title = f"Une convention pour {told.period} : du diagnostic à la signature, neuf mois"
    return Section(
        "calendrier_ctg",
        "Calendrier et gouvernance",
        title,
        ((0.54, (table,)), (0.46, (bodies,))),
        "Calendrier proposé, à fixer entre la collectivité et la Caf.",
        ("Proposition type : la durée dépend du périmètre et des délibérations.",),
        on_slide=((0.54, (Steps("Les étapes", steps),)), (0.46, (bodies,))),
    )


def glossary_section(told: Committee) -> Section:
    """Whom to write to, and what words mean."""
    table = Table("Les mots", ("Mot", "Ce qu’il veut dire"), GLOSSARY, (0.25, 0.75))
    contacts = tuple(("", french.typographic(line), False) for line in told.contacts)
    columns = (
        ((0.68, (table,)), (0.32, (Text((("Contacts", "", False), *contacts)),)))
        if contacts
        else ((1.0, (table,)),)
    )
    title = "Qui contacter, et ce que veulent dire les mots" if contacts else "Ce que veulent dire les mots"
    return Section(
        "glossaire", "Contacts et glossaire" if contacts else "Glossaire", title, columns, "", (title,)
    )


@once
def annex_section(report: Report) -> Section | None:
    """Every member with its figures; None for a single commune."""
    if len(report.members) < 2:
        return None
    names = [
        name
        for name in BY_MEMBER
        if any(value_of(member.findings.get(name)) is not None for member in report.members)
    ]
    if not names:
        return None
    noun = plural_members(report)
    rows = tuple(
        (
            french.name(member.territory),
            *(amount(member.findings.get(name), BY_ID[name]) for name in names),
        )
        for member in sorted(report.members, key=lambda member: fold(french.name(member.territory)))
    )
    header = (french.capitalised(noun.removesuffix("s")), *(BY_ID[name].short for name in names))
    share = 0.72 / len(names)
    table = Table(
        f"Les {noun}", header, rows, (0.28, *(share for _ in names)), tuple(range(1, len(names) + 1))
    )
    return Section(
        "annexe_membres",
        "Annexe",
        f"Annexe : {french.number(len(rows))} {noun}, {'un par un' if noun == 'départements' else 'une par une'}",
        ((1.0, (table,)),),
        source_line(report, names, members=True),
        ("« — » veut dire inconnu, jamais zéro.",),
        caution="« — » : valeur inconnue.",
        # A slide has room for the names on one line each, and for the headings on two.
        on_slide=((1.0, (replace(table, widths=(0.24, *(0.76 / len(names) for _ in names))),)),),
    )

"""What a committee is told around the figures: why it meets, what it is asked, what comes next, what words mean."""

from __future__ import annotations

from diagnostic import french, reading
from diagnostic.indicators import (
    BIRTHS,
    BY_ID,
    BY_MEMBER,
    CHILDREN,
    CRECHES,
    DISTRICT_COUNT,
    FRANCE_SERVICES,
    INCOME,
    INHABITANTS,
    LEISURE_NEAR,
    OFFICIAL,
    OLDER_CHILDREN,
    POVERTY,
    rounded_children,
)
from diagnostic.model import Against, DiagnosticError, Finding, Indicator, Status
from diagnostic.plan.documents import STAGES, Committee
from diagnostic.report import Member, Report
from diagnostic.report.messages import counted
from diagnostic.story.afom import stakes
from diagnostic.story.blocks import Printed, Section, Table, Text
from diagnostic.story.figures import amount, source_line, value_of
from diagnostic.story.words import labelled, plural_members

MOST_QUESTIONS = 3
ON_A_SHEET = (
    INHABITANTS,
    BIRTHS,
    CHILDREN,
    OLDER_CHILDREN,
    OFFICIAL,
    CRECHES,
    LEISURE_NEAR,
    FRANCE_SERVICES,
    INCOME,
    POVERTY,
    DISTRICT_COUNT,
)
MOST_SHEETS = 60
CALENDAR = (
    ("Lancement", "Mois 1", "Comité de pilotage : élus, Caf", "Le périmètre, le calendrier, qui pilote"),
    ("Diagnostic", "Mois 1 à 3", "Comité technique, services et partenaires", "Ce que disent les chiffres et le terrain"),
    ("Enjeux", "Mois 4", "Comité de pilotage", "Les trois à cinq enjeux retenus"),
    ("Plan d’action", "Mois 5 à 7", "Groupes de travail par thème", "Les actions, leurs pilotes, leurs budgets"),
    ("Signature", "Mois 9", "Conseils délibérants, Caf", "La convention et son plan d’action"),
    ("Suivi", "Chaque année", "Comité de pilotage", "Ce qui avance, ce qui se corrige"),
)  # fmt: skip
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
    columns: list[tuple[float, tuple[Printed, ...]]] = []
    if told.stage in STAGES:
        at = STAGES.index(told.stage)
        words = ["fait"] * at + ["aujourd’hui"] + ["à venir"] * (len(STAGES) - at - 1)
        table = Table(
            "Les étapes de la convention",
            ("Étape", "Où en est-on"),
            tuple(zip(STAGES, words, strict=True)),
            (0.6, 0.4),
        )
        columns.append((0.5, (table,)))
    items = [("Question posée", told.question, True)] if told.question else []
    if told.period:
        items.append(("Période de la convention", told.period, False))
    items.append(
        (
            "Ordre du jour",
            "Le diagnostic en quelques chiffres ; les enjeux à débattre ; les leviers ; la suite.",
            False,
        )
    )
    columns.append((0.5, (Text(tuple((a, french.typographic(b), c) for a, b, c in items)),)))
    return Section(
        "etape",
        "Où en est-on",
        french.typographic(f"{told.instance} : {asked}" if told.instance else asked),
        tuple(columns),
        "",
        (
            "La Caf et la collectivité signent ensemble la convention : le comité de pilotage retient les enjeux.",
        ),
    )


def workshop_section(report: Report, told: Committee) -> Section | None:
    """A question for each of the first stakes, to tick, with room to write; None when nothing stands out."""
    first = stakes(report)[:MOST_QUESTIONS]
    if not first:
        return None
    who = told.instance or "le comité"
    table = Table(
        "Questions d’atelier",
        ("Question", "Ce qui la fonde", "Réponse", "À écrire"),
        tuple(
            (
                french.typographic(f"{one.title} : faut-il en faire un enjeu de la Ctg ?"),
                french.typographic(french.capitalised(one.figure)),
                "☐ oui   ☐ non   ☐ à instruire",
                "",
            )
            for one in first
        ),
        (0.31, 0.23, 0.26, 0.2),
    )
    count = french.in_words(len(first), feminine=True, capital=True)
    return Section(
        "atelier",
        "Questions d’atelier",
        french.typographic(
            f"{count} {french.plural(len(first), 'question', 'questions')} pour {who[:1].lower()}{who[1:]}"
        ),
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
    title = "Du diagnostic à la signature : neuf mois, proposition à débattre"
    if told.period:
        title = f"Une convention pour {told.period} : du diagnostic à la signature, neuf mois"
    return Section(
        "calendrier_ctg",
        "Calendrier et gouvernance",
        french.typographic(title),
        ((0.54, (table,)), (0.46, (bodies,))),
        "Calendrier proposé, à fixer entre la collectivité et la Caf.",
        ("Proposition type : la durée dépend du périmètre et des délibérations.",),
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
        for member in sorted(report.members, key=lambda member: french.name(member.territory))
    )
    header = (french.capitalised(noun.removesuffix("s")), *(BY_ID[name].short for name in names))
    share = 0.72 / len(names)
    table = Table(
        f"Les {noun}", header, rows, (0.28, *(share for _ in names)), tuple(range(1, len(names) + 1))
    )
    return Section(
        "annexe_membres",
        "Annexe",
        french.typographic(f"Annexe : {french.number(len(rows))} {noun}, une par une"),
        ((1.0, (table,)),),
        source_line(report, names, members=True),
        ("« — » veut dire inconnu, jamais zéro.",),
        caution="« — » : valeur inconnue.",
    )


def sheet_sections(report: Report) -> tuple[Section, ...]:
    """A page on each member, by name: its figures beside the reference, known ones only; none for a single commune."""
    if not 2 <= len(report.members) <= MOST_SHEETS:
        return ()
    members = sorted(report.members, key=lambda member: french.name(member.territory))
    return tuple(
        sheet for number, member in enumerate(members, 1) if (sheet := _sheet(report, member, number))
    )


def sheets(report: Report) -> tuple[tuple[Section, tuple[str, ...]], ...]:
    """Each page with the questions that its commune alone can answer: that of the territory itself where it has no
    members. DiagnosticError where there is no page to make."""
    alone = _sheet(report, Member(report.territory, report.findings), 1) if len(report.members) < 2 else None
    made = (alone,) if alone is not None else sheet_sections(report)
    if not made:
        raise DiagnosticError(
            f"Pas de fiche par commune ici : au-delà de {MOST_SHEETS} territoires, demandez-les "
            "intercommunalité par intercommunalité."
        )
    return tuple((one, VERIFIED) for one in made)


VERIFIED = (
    "Ces équipements sont-ils toujours ouverts, et avec combien de places ?",
    "Combien de familles attendent une place, et pour quels horaires ?",
    "Quels projets de logement ou d’équipement changeront le nombre d’enfants ?",
)
"""What no open file says of a commune."""


def _sheet(report: Report, member: Member, number: int) -> Section | None:
    known = [name for name in ON_A_SHEET if value_of(member.findings.get(name)) is not None]
    if not known:
        return None
    rows = []
    for name in known:
        finding, indicator, against = member.findings[name], BY_ID[name], report.against(name)
        measured = indicator.denominator is not None or indicator.published
        beside = _reached(finding, indicator, against) if measured else ""
        year = f" ({finding.year})" if finding.year else ""
        sign = indicator.unit[:1] if indicator.unit[:1] in "%€" else ""
        rows.append(
            (
                f"{labelled(indicator)}{year}",
                amount(finding, indicator, sign),
                beside,
                _word(finding, indicator),
            )
        )
    name = french.name(member.territory)
    unknown = [BY_ID[one].short for one in ON_A_SHEET if one not in known and one in member.findings]
    head = french.capitalised(report.compared_with) if report.reference is not None else "Référence"
    return Section(
        f"fiche_{number}",
        "Annexe",
        french.typographic(f"{name} : {_first(member)}"),
        (
            (
                1.0,
                (
                    Table(
                        f"Fiche : {name}",
                        ("Indicateur", name, head, "Lecture"),
                        tuple(rows),
                        (0.46, 0.16, 0.18, 0.2),
                        (1, 2),
                    ),
                ),
            ),
        ),
        source_line(report, known, members=True),
        (f"Fiche {french.of(member.territory)}.",),
        caution=french.typographic(f"Non connus ici : {' ; '.join(unknown)}.") if unknown else "",
        spoken=" ".join(
            reading.sentence(member.findings[one], BY_ID[one], member.territory, report.against(one))
            for one in (OFFICIAL, BIRTHS)
            if one in known
        ),
    )


def _first(member: Member) -> str:
    """What the page opens on: inhabitants and children, or the one that is known."""
    said = []
    for name, many in ((INHABITANTS, "habitants"), (CHILDREN, "enfants de moins de 3 ans")):
        finding = member.findings.get(name)
        if finding is not None and (value := value_of(finding)) is not None:
            said.append(counted(value, many, exact=finding.status is not Status.ESTIMATED))
    return " ; ".join(said) or "ce qui est connu"


def _reached(finding: Finding, indicator: Indicator, against: Against | None) -> str:
    """The value of the reference of the same year; the dash where it has none."""
    if against is None or against.value is None:
        return french.UNKNOWN
    reached = rounded_children(against.value, against.status, indicator)
    return f"{french.number(reached, indicator.decimals)}{against.when(finding.year)}"


def _word(finding: Finding, indicator: Indicator) -> str:
    return reading.ratio_said(finding.word, indicator) if finding.word else ""

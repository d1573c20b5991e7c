"""What a file states of itself, and the section of its sources."""

from __future__ import annotations

from typing import TYPE_CHECKING

from diagnostic import french
from diagnostic.indicators import CHILDREN
from diagnostic.model import Status
from diagnostic.report import Report
from diagnostic.report.compared import counted
from diagnostic.story.blocks import Cover, Map, Section, Table
from diagnostic.story.figures import value_of
from diagnostic.story.local import local_facts
from diagnostic.story.once import once
from diagnostic.story.words import written_day

if TYPE_CHECKING:
    from diagnostic.plan.documents import Committee

FICTIONAL = "Territoire fictif : les lieux et les chiffres sont inventés."
SECRECY = (
    "Les valeurs que le producteur ne diffuse pas, ou couvertes par le secret, ne sont écrites dans aucune partie "
    "de ce fichier ; une valeur bornée est donnée comme « au plus »."
)


def cover(report: Report, meeting: Committee | None = None) -> Cover:
    """The first page of a diagnosis: for a meeting, its instance and its day in place of that of the diagnosis, the period
    of the convention and who wrote it; what was not given takes no place."""
    context, territory = report.context, report.territory
    occasion, period, authors = (
        (meeting.occasion, meeting.period, meeting.authors) if meeting is not None else ("", "", "")
    )
    name = french.capitalised(french.name(territory, long=True))
    size = [f"{french.number(context.communes)}{french.NBSP}communes"] if context.communes > 1 else []
    if context.population is not None:
        year = f" ({context.population_year})" if context.population_year else ""
        size.append(french.quantity(context.population, "habitant", "habitants") + year)
    young = report.findings.get(CHILDREN)
    if young is not None and (children := value_of(young)) is not None:
        year = f" ({young.year})" if young.year else ""
        size.append(
            counted(children, "enfants de moins de 3 ans", exact=young.status is not Status.ESTIMATED) + year
        )
    # La Réunion is in La Réunion, Paris in Paris.
    size += [place for place in context.within[:2] if place != french.name(territory)]
    producers = ", ".join(_producers(report))
    footer = f"{french.name(territory)} · diagnostic du {written_day(context.date)}"
    return Cover(
        title=name,
        document=f"Diagnostic de territoire : {french.name(territory, long=True)}",
        lines=(
            french.typographic("Diagnostic partagé : l’accueil et les services aux familles"),
            occasion or written_day(context.date),
            *([f"Période de la convention : {period}"] if period else ()),
        ),
        small=(
            " · ".join(size),
            f"Données ouvertes : {producers}" if producers else "",
            f"Géographie des communes : {context.geography}."
            + (f" Comparé avec : {report.compared_with}." if report.compared_with != french.UNKNOWN else ""),
            *([authors] if authors else ()),
        ),
        notice=FICTIONAL if context.fictional else "",
        footer=f"Territoire fictif · {footer}" if context.fictional else footer,
        facts=facts(report),
        situation=Map("", "locator", f"Situation {french.of(territory)}"),
        kicker="Convention territoriale globale",
    )


def facts(report: Report) -> tuple[tuple[str, str], ...]:
    """What every file says of itself: `(label, text)`."""
    context, territory = report.context, report.territory
    producers = _producers(report)
    licences = dict.fromkeys(source.licence for source in report.sources)
    rows = [
        ("Territoire", f"{french.name(territory, long=True)} (code {territory.code})"),
        ("Niveau", territory.level.label),
        (
            "Périmètre",
            french.quantity(context.communes, "commune", "communes")
            if context.communes != 1
            else "la commune",
        ),
        ("Référence", report.compared_with),
        ("Géographie des communes", context.geography),
        ("Date", context.date),
        ("Millésimes", ", ".join(sorted({s.vintage for s in report.sources if s.vintage})) or french.UNKNOWN),
        ("Producteurs", ", ".join(producers) or french.UNKNOWN),
        ("Licences", ", ".join(licences) or french.UNKNOWN),
        ("Secret statistique", SECRECY),
        ("Valeur inconnue", "« — » veut dire inconnu, jamais zéro ; la raison est écrite à côté."),
        *local_facts(report),
    ]
    if context.fictional:
        rows.insert(0, ("Attention", FICTIONAL))
    return tuple((label, french.typographic(str(text))) for label, text in rows)


TOLD_BEFORE = ("Attention", "Millésimes", "Producteurs", "Secret statistique")
"""Facts that the first page of a document, or its chapter of sources, has said."""


def last_words(report: Report) -> tuple[str, ...]:
    """What a document states of itself at its end, then what a reader must know before quoting a figure."""
    kept = (f"{label} : {said.rstrip('.')}." for label, said in facts(report) if label not in TOLD_BEFORE)
    return (
        french.typographic(" ".join(kept)),
        *(note for note in report.notes if note != french.typographic(FICTIONAL)),
    )


@once
def sources_section(report: Report) -> Section:
    vintages: dict[tuple[str, str, str], list[str]] = {}
    for s in report.sources:
        vintages.setdefault((s.title, s.producer, s.licence), []).extend(filter(None, (s.vintage,)))
    rows = tuple(
        (french.typographic(title), producer, ", ".join(dict.fromkeys(years)) or french.UNKNOWN, licence)
        for (title, producer, licence), years in vintages.items()
    )
    header = ("Source", "Producteur", "Millésime", "Licence")
    table = Table("Sources", header, rows, (0.42, 0.16, 0.18, 0.24))
    notes = tuple(f"{label} : {text}" for label, text in facts(report))
    return Section(
        "sources",
        "Sources et méthode",
        f"{french.quantity(len(rows), 'source ouverte', 'sources ouvertes')} ; une valeur inconnue reste inconnue",
        ((1.0, (table,)),),
        f"{SECRECY} Géographie : {report.context.geography}.",
        notes + tuple(report.notes),
    )


def _producers(report: Report) -> list[str]:
    """Who makes the files of the report, each once: some are made by two."""
    return list(dict.fromkeys(name for source in report.sources for name in source.producer.split(", ")))

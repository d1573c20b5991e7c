"""Services counted on the territory, and what nobody publishes."""

from __future__ import annotations

from collections.abc import Sequence

from diagnostic import french, reading
from diagnostic.indicators import BY_ID, FACILITY_LABELS, LEISURE_IN_COMMUNE, LEISURE_NEAR, YOUNG
from diagnostic.model import Status
from diagnostic.report import Report, Service
from diagnostic.report.compared import counted
from diagnostic.report.local import latest
from diagnostic.report.synthesis import NOBODY, TO_LOAD
from diagnostic.story.ages import censuses
from diagnostic.story.blocks import Clustered, Facts, KeyFigures, Printed, Section, Table
from diagnostic.story.figures import (
    figures_table,
    files_counting,
    notes_of,
    printed,
    said,
    source_line,
    statuses,
    value_of,
)
from diagnostic.story.keyfigures import of_indicators
from diagnostic.story.once import once
from diagnostic.story.words import called, known, missing_said
from diagnostic.warehouse import Database

# No open file counts them by commune: whom to ask.
NOT_PUBLISHED = (
    ("Clas", "Accompagnement à la scolarité : aucun fichier ouvert ne le compte par commune.", "Demandez la liste des porteurs à la Caf."),
    ("Espaces de vie sociale", "La Base permanente des équipements les recense (D508), sans garantie d’être complète.", "Demandez la liste des agréments à la Caf."),
    ("Réaap", "Actions d’appui aux parents : financées par appel à projets, sans liste ouverte.", "Demandez les projets retenus à la Caf."),
)  # fmt: skip
AGES = ((3, 5), (6, 11), (12, 14), (15, 17), (18, 21), (22, 25))
FEW = 50
"""Young people under which a change in percent says nothing."""
NOT_LOADED = "Fichiers ouverts, non chargés ici"
CAF = "Votre conseiller développement de la Caf"
MOST_NAMED = 6
"""Informations named on a slide for one who knows them."""
EQUIPMENT = ("alsh", "ecoles", "colleges", "lycees")


def counts(report: Report, stats: Sequence[str]) -> Facts:
    """Label, count and status of services; unknown is said, never zero."""
    rows = [row for stat in stats for row in report.services if row.stat == stat]
    return Facts(tuple((french.capitalised(row.label), said(row.count), _word(row)) for row in rows))


def _word(row: Service) -> str:
    if known(row.count) is None:
        return "inconnu"
    return "estimé" if row.status == "estimated" else "officiel"


@once
def youth_section(report: Report, db: Database | None = None) -> Section | None:
    """How many children and young people, and the places made for them that lists locate."""
    found = [name for name in YOUNG if value_of(report.findings.get(name)) is not None]
    if not found:
        return None
    nouns = {YOUNG[0]: "enfants de 3 à 11 ans", YOUNG[1]: "jeunes de 12 à 25 ans"}
    parts = [
        counted(value, nouns[name], exact=report.findings[name].status is not Status.ESTIMATED)
        for name in found
        if (value := report.findings[name].value) is not None
    ]
    held = censuses(report, db) if db is not None else {}
    years = {report.findings[name].year for name in found}
    when = f" en {years.pop()}" if len(years) == 1 and None not in years else ""
    people, moved = french.capitalised(french.listing(parts)), _moved(held)
    title = reading.held(
        (f"{people} {french.at(report.territory)}{when}{moved}", f"{people}{when}{moved}", f"{people}{when}")
    )
    facts = tuple(
        (_dated(report, name), said(printed(report, name)), statuses(report, name)[0]) for name in YOUNG
    )
    access = tuple(name for name in (LEISURE_IN_COMMUNE, LEISURE_NEAR) if name in report.findings)
    return Section(
        "jeunes",
        "Enfance et jeunesse · repères",
        title,
        ((1.0, (figures_table(report, (*access, *YOUNG), "Enfants et jeunes"),)),),
        source_line(report, (*access, *YOUNG), files=files_counting(_located(report, db))),
        notes_of(report, YOUNG),
        on_slides=bool(held),
        subtitle="Accès, effectifs et équipements",
        statuses=statuses(report, found[0]),
        indicators=YOUNG,
        on_screen=(
            KeyFigures(of_indicators(report, access)),
            Facts(facts + (_listed(report, db) if db is not None else ())),
        ),
        on_slide=_on_slide(report, db, held) if db is not None and held else (),
    )


def _young_of(ages: dict[int, float]) -> float:
    return sum(ages.get(age, 0.0) for age in range(12, 26))


def _moved(held: dict[int, dict[int, float]]) -> str:
    """How the 12 to 25 have moved over five years or a little more; nothing where they are few."""
    if not held:
        return ""
    last, *earlier = held
    first = next((year for year in earlier if last - year >= 5), None)
    if first is None or min(_young_of(held[first]), _young_of(held[last])) < FEW:
        return ""
    change = 100 * (_young_of(held[last]) / _young_of(held[first]) - 1)
    return f" ; de 12 à 25 ans, {french.signed(change)} % de {first} à {last}"


def _on_slide(
    report: Report, db: Database, held: dict[int, dict[int, float]]
) -> tuple[tuple[float, tuple[Printed, ...]], ...]:
    """Bars by age of the newest census, and the places that lists locate."""
    year, ages = next(iter(held.items()))
    bars = tuple(
        (f"{first} à {last} ans", (sum(ages.get(age, 0.0) for age in range(first, last + 1)),))
        for first, last in AGES
    )
    name = french.capitalised(called(report.territory))
    drawn = Clustered(f"Enfants et jeunes par âge, {year}", (name,), ("territory",), bars, 0)
    listed = tuple((label, count) for label, count, word in _listed(report, db) if word == "officiel")
    if not listed:
        return ((1.0, (drawn,)),)
    table = Table("Lieux recensés", ("Lieu", "Nombre"), listed, (0.7, 0.3), (1,))
    return ((0.62, (drawn,)), (0.38, (table,)))


def _dated(report: Report, name: str) -> str:
    finding = report.findings.get(name)
    return BY_ID[name].short + (f" ({finding.year})" if finding and finding.year else "")


def _located(report: Report, db: Database | None) -> list[str]:
    """The facilities whose number a list tells."""
    return (
        []
        if db is None
        else [stat for stat in EQUIPMENT if latest(db, report.territory, stat)[0] is not None]
    )


def _listed(report: Report, db: Database) -> tuple[tuple[str, str, str], ...]:
    """Facilities straight from the lists that locate them."""
    rows = []
    for stat in EQUIPMENT:
        value, year = latest(db, report.territory, stat)
        label = french.capitalised(FACILITY_LABELS[stat][1])
        found = value is not None
        rows.append(
            (f"{label} ({year})" if found else label, said(value), "officiel" if found else "inconnu")
        )
    return tuple(rows)


@once
def unknown_section(report: Report, themes: Sequence[str] = ()) -> Section | None:
    """What is not known in these themes (in all of them by default), why, and whom to ask."""
    rows = [
        (row.label, row.reason, row.whom)
        for row in report.unknown
        if row.indicator in BY_ID and (not themes or BY_ID[row.indicator].theme in themes)
    ]
    if not themes or {"parentalite", "vie_sociale"} & set(themes):
        rows += NOT_PUBLISHED
    if not rows:
        return None
    table = Table(
        "Ce qui n’est pas connu",
        ("Information", "Pourquoi elle manque", "À qui la demander"),
        tuple(tuple(map(french.typographic, row)) for row in rows),
        (0.26, 0.44, 0.3),
    )
    return Section(
        "inconnu",
        "Ce qui n’est pas connu",
        _missing(rows),
        ((1.0, (table,)),),
        "",
        (),
        on_slides=False,
        caution="Une liste reçue de la Caf ou d’une commune se dépose dans la page Mes données.",
        on_screen=(Table("", table.header, table.rows, table.widths),),
        on_slide=((1.0, (_by_whom(rows),)),),
    )


def _missing(rows: Sequence[tuple[str, str, str]]) -> str:
    """How much is not known, and how much of it someone may give: nobody gives what is kept secret."""
    said, asked = missing_said(len(rows))
    secret = sum(whom.startswith(NOBODY) for _, _, whom in rows)
    if secret == len(rows):
        return f"{said}, à cause du secret statistique"
    if secret:
        left = len(rows) - secret
        return f"{said} : {french.number(left)} {french.verb(left, 'peut', 'peuvent')} s’obtenir"
    return f"{said} : {asked}"


def _by_whom(rows: Sequence[tuple[str, str, str]]) -> Table:
    """Who knows, and what: on slides nobody reads thirty lines; those that are left out are counted."""
    asked: dict[str, list[str]] = {}
    open_: dict[str, list[str]] = {}
    for label, _, whom in rows:
        producer, loaded, _ = whom.partition(TO_LOAD)
        if loaded or not whom:
            open_.setdefault(producer, []).append(label)
        else:
            held = CAF if "Caf" in whom and not whom.startswith("La Caf") else whom.rstrip(".")
            asked.setdefault(held, []).append(label)
    told = []
    for whom, labels in sorted(asked.items(), key=lambda one: -len(one[1])):
        shown = labels if len(labels) <= MOST_NAMED + 1 else labels[:MOST_NAMED]
        left = len(labels) - len(shown)
        more = f" ; et {french.number(left)} autres, listées dans le classeur" if left else ""
        told.append(
            tuple(map(french.typographic, (whom, french.number(len(labels)), " ; ".join(shown) + more)))
        )
    if open_:
        count = sum(map(len, open_.values()))
        named = " ; ".join(
            f"{who or 'autres'} ({french.number(len(labels))})"
            for who, labels in sorted(open_.items(), key=lambda one: -len(one[1]))
        )
        told.append(tuple(map(french.typographic, (NOT_LOADED, french.number(count), named))))
    return Table(
        "Ce qui n’est pas connu",
        ("À qui le demander", "Combien", "Quelles informations"),
        tuple(told),
        (0.3, 0.1, 0.6),
        (1,),
    )

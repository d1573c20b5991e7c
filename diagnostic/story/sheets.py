"""A page on each commune: its figures by theme beside the reference, its services and the nearest of the others, where it
lies, what the law asks of it, what it alone can tell."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from diagnostic import french, reading
from diagnostic.indicators import (
    BIRTHS,
    BY_ID,
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
from diagnostic.model import DiagnosticError, Finding, Indicator, Level, Status
from diagnostic.report import Member, Report
from diagnostic.report.compared import counted
from diagnostic.story.blocks import Map, Printed, Section, Table, Text
from diagnostic.story.figures import amount, source_line, value_of
from diagnostic.story.nearby import nearby_table
from diagnostic.story.words import labelled

BLOCKS = (
    ("Enfants", (INHABITANTS, BIRTHS, CHILDREN, OLDER_CHILDREN)),
    ("Accueil", (OFFICIAL, CRECHES)),
    ("Loisirs et droits", (LEISURE_NEAR, FRANCE_SERVICES)),
    ("Argent et quartiers", (INCOME, POVERTY, DISTRICT_COUNT)),
)
"""What a page tells, by theme."""
ON_A_SHEET = tuple(name for _, names in BLOCKS for name in names)
MOST_SHEETS = 60
VERIFIED = (
    "Ces équipements sont-ils toujours ouverts, et avec combien de places ?",
    "Combien de familles attendent une place, et pour quels horaires ?",
    "Quels projets de logement ou d’équipement changeront le nombre d’enfants ?",
)
"""What no open file says of a commune."""


BESIDE = (0.62, 0.38)
"""Shares of a page for the table of services and the map at its right."""


def with_its_map(blocks: Sequence[Printed]) -> Iterator[tuple[Printed, Map | None]]:
    """The blocks of a page, each with the map that stands beside it: that of the services; a map that no table goes
    with stands alone."""
    at = next((number for number, block in enumerate(blocks) if isinstance(block, Map)), None)
    where = blocks[at] if at is not None and at > 1 else None
    for number, block in enumerate(blocks):
        if number + 1 == at and isinstance(where, Map):
            yield block, where
        elif number != at or where is None:
            yield block, None


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


def _sheet(report: Report, member: Member, number: int) -> Section | None:
    known = [name for name in ON_A_SHEET if value_of(member.findings.get(name)) is not None]
    if not known:
        return None
    place, name = member.territory, french.name(member.territory)
    unknown = [BY_ID[one].short for one in ON_A_SHEET if one not in known and one in member.findings]
    services = nearby_table(report, place) if place.level is Level.COMMUNE else None
    around = _around(report, member)
    figures = _figures(member, around, [LEISURE_NEAR] if services is not None else [])
    where = Map("", "locator", _situation(report, member), at=place.code)
    duties = _duties(report, member)
    beside: tuple[Printed, ...] = (where, *((services,) if services is not None else ()))
    return Section(
        f"fiche_{number}",
        "Annexe",
        f"{name} : {_first(member)}",
        ((1.0, (replace(figures, caption=""), *reversed(beside), *duties)),),
        source_line(
            report, known, members=True, files=around.findings[OFFICIAL].sources if around is not None else ()
        ),
        (f"Fiche {french.of(place)}.", *(text for block in duties for _, text, _ in block.items)),
        caution=f"Non connus ici : {' ; '.join(unknown)}." if unknown else "",
        spoken=" ".join(
            reading.sentence(of.findings[one], BY_ID[one], of.territory, report.against(one))
            for one, of in ((OFFICIAL, around or member), (BIRTHS, member))
            if value_of(of.findings.get(one)) is not None
        ),
        on_slide=((0.58, (figures,)), (0.42, beside)),
    )


def _around(report: Report, member: Member) -> Member | None:
    """The intercommunalité of a commune whose rate nobody publishes, where its own is known."""
    whole = Member(report.territory, report.findings)
    of = whole if report.territory.level is Level.EPCI else report.epci
    if member.territory.level is not Level.COMMUNE or value_of(member.findings.get(OFFICIAL)) is not None:
        return None
    return of if of is not None and value_of(of.findings.get(OFFICIAL)) is not None else None


def _figures(member: Member, around: Member | None, left: Sequence[str]) -> Table:
    """The known figures, block by block, each beside the reference that it is held against: that of the intercommunalité
    `around` where the commune has none, but those that the services beside tell better."""
    rows, held = [], ""
    for block, names in BLOCKS:
        head = block
        for name in (one for one in names if one not in left):
            of = around if around is not None and name == OFFICIAL else member
            finding, indicator = of.findings.get(name), BY_ID[name]
            if finding is None or value_of(finding) is None:
                continue
            beside = finding.beside
            held = held or (beside.name if beside is not None and beside.key != of.territory.key else "")
            whose = f", {french.name(of.territory)}" if of is not member else ""
            year = f" ({finding.year})" if finding.year else ""
            rows.append(
                (
                    head,
                    f"{labelled(indicator)}{whose}{year}",
                    amount(finding, indicator),
                    _reached(finding, indicator),
                    reading.ratio_said(finding.word, indicator) if finding.word else "",
                )
            )
            head = ""
    name = french.name(member.territory)
    return Table(
        f"Fiche : {name}",
        ("", "Indicateur", name, french.capitalised(held) or "Référence", "Lecture"),
        tuple(rows),
        (0.15, 0.45, 0.13, 0.13, 0.14),
        (2, 3),
    )


def _reached(finding: Finding, indicator: Indicator) -> str:
    """The value of the reference, for what is measured and not merely counted, with its year where it is another."""
    beside = finding.beside
    measured = indicator.denominator is not None or indicator.published
    if not measured or beside is None or beside.value is None or not beside.status.known:
        return ""
    year = f" ({beside.year})" if beside.year not in (None, finding.year) else ""
    return (
        f"{french.number(rounded_children(beside.value, beside.status, indicator), indicator.decimals)}{year}"
    )


def _situation(report: Report, member: Member) -> str:
    within = f" dans {french.the(report.territory)}" if member.territory.key != report.territory.key else ""
    return french.typographic(f"Situation {french.of(member.territory)}{within}")


def _duties(report: Report, member: Member) -> tuple[Text, ...]:
    """What the law asks of a commune of that size, on one line, and what it asks from more inhabitants only."""
    people = value_of(member.findings.get(INHABITANTS))
    if member.territory.level is not Level.COMMUNE or people is None or not report.duties:
        return ()
    lines = [
        [duty for duty in report.duties if (duty.threshold is None or people > duty.threshold) is here]
        for here in (True, False)
    ]
    told = [
        (head, french.typographic(f"{' ; '.join(duty.duty for duty in duties)}."), False)
        for head, duties in zip(
            (
                "Ce que la loi lui demande, ou à son intercommunalité",
                "Ce que la loi demande aux communes plus peuplées seulement",
            ),
            lines,
            strict=True,
        )
        if duties
    ]
    return (Text(tuple(told)),)


def _first(member: Member) -> str:
    """What the page opens on: inhabitants and children, or the one that is known."""
    said = []
    for name, many in ((INHABITANTS, "habitants"), (CHILDREN, "enfants de moins de 3 ans")):
        finding = member.findings.get(name)
        if finding is not None and (value := value_of(finding)) is not None:
            said.append(counted(value, many, exact=finding.status is not Status.ESTIMATED))
    return " ; ".join(said) or "ce qui est connu"

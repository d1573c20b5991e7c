"""The need: places for the children whose parents work, a second look after the official rate."""

from __future__ import annotations

from dataclasses import dataclass

from diagnostic import french, reading
from diagnostic.indicators import BY_ID, NEED, OFFICIAL, POVERTY
from diagnostic.report import Report
from diagnostic.story.blocks import MOST_ROWS, Block, Data, KeyFigures, Printed, Section, Table, Text
from diagnostic.story.figures import exact_of, figures_table, notes_of, source_line, statuses, value_of
from diagnostic.story.keyfigures import of_indicators
from diagnostic.story.once import once

SHARE, CHILDREN = "part_parents_actifs", "enfants_parents_actifs"
WOMEN = ("taux_emploi_femmes", "part_femmes_temps_partiel")
LOW_INCOME = (POVERTY, "part_foyers_qf_bas")
"""Beside the need, those whom the bonus mixité sociale is for."""
ON_SLIDE = 7
"""Members in the table of a slide."""
FEWEST = 3
"""Members that must be known by both rates for one to move in the order of the other."""


@dataclass(frozen=True)
class Rank:
    """A member by its official rate and by the need, with its place in both orders: 1 is the most places."""

    name: str
    official: float
    need: float
    before: int
    after: int

    @property
    def moved(self) -> int:
        """Places gained in the order of the need; negative when lost."""
        return self.before - self.after


def ranks(report: Report) -> tuple[Rank, ...]:
    """The members whose two rates are of one year, from the fewest places for the need."""
    known = []
    for member in report.members:
        official, need = member.findings.get(OFFICIAL), member.findings.get(NEED)
        # The order of a few children is noise.
        if official is None or need is None or official.year != need.year or need.word is None:
            continue
        rate, other = exact_of(official), exact_of(need)
        if rate is not None and other is not None:
            known.append((french.name(member.territory), rate, other))
    rates, needs = [row[1] for row in known], [row[2] for row in known]
    found = [
        Rank(name, rate, need, 1 + sum(one > rate for one in rates), 1 + sum(one > need for one in needs))
        for name, rate, need in known
    ]
    return tuple(sorted(found, key=lambda one: (one.need, one.name)))


@once
def need_section(report: Report) -> Section | None:
    """The children whose parents work, the places for a hundred of them, and the order of the members that it changes."""
    names = [
        name for name in (OFFICIAL, NEED, SHARE, CHILDREN, *WOMEN, *LOW_INCOME) if name in report.findings
    ]
    told = next((name for name in (NEED, SHARE) if value_of(report.findings.get(name)) is not None), None)
    if told is None:
        return None
    order = ranks(report)
    figures = figures_table(report, names, "L’offre, puis le besoin")
    table = _table(order[: MOST_ROWS - 1]) if len(order) >= FEWEST else None
    limits = Text((("À savoir", BY_ID[NEED].caveat, False),))
    screen: tuple[Block, ...] = (
        KeyFigures(of_indicators(report, [name for name in names if name != OFFICIAL])),
        *((_table(order),) if table is not None else ()),
    )
    return Section(
        "besoin",
        "Petite enfance · le besoin",
        _title(report, told),
        ((0.6, (figures,)), (0.4, (table,))) if table is not None else ((1.0, (figures,)),),
        source_line(report, names, members=table is not None),
        notes_of(report, names),
        more=(*((_table(order),) if len(order) >= MOST_ROWS else ()), limits),
        subtitle="Second regard, après le taux officiel : les enfants dont les parents, les deux ou le seul, travaillent",
        caution="Estimation : le recensement porte sur cinq années, et des places servent aussi à d’autres enfants.",
        statuses=statuses(report, told),
        indicators=(NEED, SHARE, CHILDREN),
        data=_data(order) if table is not None else None,
        on_screen=screen,
        on_slide=_on_slide(report, names, order),
        spoken=_mover(order),
    )


def _title(report: Report, told: str) -> str:
    finding, beside = report.findings[told], report.against(told)
    said = reading.brief(finding, BY_ID[told], [beside] if beside is not None else [])
    whole = reading.title(said or finding.reading)
    short = whole.replace(" d’accueil selon le besoin", "")
    return reading.held((whole, short, short.partition(", contre")[0]))


def _on_slide(
    report: Report, names: list[str], order: tuple[Rank, ...]
) -> tuple[tuple[float, tuple[Printed, ...]], ...]:
    """The need and what tells it beside the members with the fewest places, in a type that is read from afar."""
    told = [name for name in names if name not in LOW_INCOME]
    figures = figures_table(report, told, "L’offre, puis le besoin")
    if len(order) < FEWEST:
        return ((1.0, (figures,)),)
    return ((0.56, (figures,)), (0.44, (_table(order[:ON_SLIDE]),)))


def _mover(order: tuple[Rank, ...]) -> str:
    """ "Selon le besoin, Valbois gagne 9 rangs.": the member whose place changes most."""
    movers = [one for one in order if one.moved]
    if len(order) < FEWEST or not movers:
        return ""
    most = max(movers, key=lambda one: (abs(one.moved), one.name))
    way = "gagne" if most.moved > 0 else "perd"
    places = french.quantity(abs(most.moved), "rang", "rangs")
    return french.typographic(f"Selon le besoin, {most.name} {way} {places}.")


def _table(order: tuple[Rank, ...]) -> Table:
    return Table(
        "Ce que le besoin change dans l’ordre des communes, de la moins pourvue à la mieux pourvue",
        ("Territoire", "Selon le besoin", "Son rang", "Taux officiel", "Rang officiel"),
        tuple(
            (
                one.name,
                french.number(one.need, 1),
                str(one.after),
                french.number(one.official, 1),
                str(one.before),
            )
            for one in order
        ),
        (0.36, 0.2, 0.12, 0.2, 0.12),
        (1, 2, 3, 4),
    )


def _data(order: tuple[Rank, ...]) -> Data:
    return Data(
        ("Territoire", "Places pour 100 enfants dont les parents travaillent", "Rang selon le besoin",
         "Taux de couverture officiel", "Rang selon le taux officiel"),
        tuple((one.name, one.need, one.after, one.official, one.before) for one in order),
    )  # fmt: skip

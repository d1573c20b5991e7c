"""Who resembles the territory, and where it stands among them."""

from __future__ import annotations

from itertools import islice
from statistics import median

from diagnostic import french, reading
from diagnostic.indicators import BY_ID, PEER_FIGURES, STRIPS
from diagnostic.measure import in_years
from diagnostic.model import Status
from diagnostic.report import Report
from diagnostic.story.blocks import Section, Strip, Strips, Table
from diagnostic.story.figures import source_line, value_of
from diagnostic.story.once import once
from diagnostic.story.words import beside, called, ceiling_of, dated, listed, ranked
from diagnostic.warehouse import Database

FEWEST, MOST = 3, 5


@once
def peers_section(report: Report, db: Database | None) -> Section | None:
    """The peers on the same vintage as the territory; without `db`, only who they are and why."""
    if len(report.peers) < FEWEST:
        return None
    placed = _strips(report, db) if db is not None else {}
    strips = tuple(placed.values())
    names = [beside(peer.territory, report.territory) for peer in report.peers]
    table = Table(
        "Territoires semblables, du plus proche au moins proche",
        ("Territoire", "Ce qui les rapproche"),
        tuple(zip(names, (peer.why for peer in report.peers), strict=True)),
        (0.3, 0.7),
    )
    title = f"{len(names)} territoires semblables : {listed(names, 3)}"
    if strips:
        first = next(iter(placed))
        said = f"{strips[0].rank} avec ses territoires semblables pour {dated(BY_ID[first], report.findings[first])}"
        name = french.capitalised(called(report.territory))
        short = f"{strips[0].rank} avec ses territoires semblables pour {BY_ID[first].noun}"
        title = reading.held((f"{name} : {said}", *map(french.capitalised, (said, short))))
    drawn = Strips(
        "Rang parmi les territoires semblables, un point chacun ; le trait est leur médiane",
        strips,
        called(report.territory),
        "territoires semblables",
        "médiane des semblables",
    )
    return Section(
        "semblables",
        "Territoires semblables",
        title,
        ((1.0, (drawn,)),) if strips else ((1.0, (table,)),),
        (
            f"{source_line(report, (*(placed or STRIPS), *PEER_FIGURES))} Semblables par : "
            f"{' ; '.join(report.peers_variables)}.".lstrip()
        ),
        (
            f"Semblables : {french.listing(names)}.",
            f"Semblables par : {french.listing(report.peers_variables)}.",
            "Rang 1 : la valeur la plus haute.",
        ),
        more=(table,) if strips else (),
        on_slides=len(strips) > 1,
    )


def peer_values(report: Report, db: Database) -> dict[str, dict[str, float]]:
    """By indicator that the territory knows: the value of each peer, by key, for the year of the territory's own."""
    known = {
        name: report.findings[name] for name in STRIPS if value_of(report.findings.get(name)) is not None
    }
    places = [peer.territory for peer in report.peers]
    found = in_years(db, places, {name: one.year for name, one in known.items()})
    return {
        name: {
            place.key: row.value
            for place in places
            if (row := rows.get(place.key)) is not None and row.value is not None and Status(row.status).known
        }
        for name, rows in found.items()
    }


def _strips(report: Report, db: Database) -> dict[str, Strip]:
    """At most `MOST`, by indicator: each indicator that three peers know for the year of the territory's own value."""
    strips: dict[str, Strip] = {}
    for name, known in peer_values(report, db).items():
        own, indicator, others = value_of(report.findings[name]), BY_ID[name], list(known.values())
        year = report.findings[name].year
        if own is None or report.findings[name].of_few_people:
            continue
        if len(others) < FEWEST or min(*others, own) == max(*others, own):
            continue
        rank = 1 + sum(value > own for value in others)
        strips[name] = Strip(
            f"{indicator.short} {year or ''}".strip(),
            f"{indicator.unit}, {reading.status_word(report.findings[name], indicator)}",
            own,
            tuple(others),
            median(others),
            indicator.decimals,
            ranked(rank, [*others, own], own),
            ceiling_of(indicator),
        )
    return dict(islice(strips.items(), MOST))

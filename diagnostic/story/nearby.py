"""Around a commune: which services it has, and where the nearest of the others are."""

from __future__ import annotations

from diagnostic import french
from diagnostic.indicators import FACILITY_LABELS, FRANCE_SERVICES, LEISURE_IN_COMMUNE, RELAYS
from diagnostic.model import Level, Territory
from diagnostic.report import NearestPlace, Report
from diagnostic.report.distances import place_of
from diagnostic.story.blocks import Map, Section, Table
from diagnostic.story.figures import source_line
from diagnostic.story.once import once
from diagnostic.story.overview import services_around

TOLD = ("eaje", "rpe", "alsh", "laep", "france_services", "centres_sociaux", "mediation_familiale")
FEWEST = 2
HERE = "dans la commune"
SOURCES = (RELAYS, LEISURE_IN_COMMUNE, FRANCE_SERVICES)


@once
def nearby_section(report: Report) -> Section | None:
    """One row a service that a file locates; None for what is no commune, and under two services."""
    if report.territory.level is not Level.COMMUNE:
        return None
    table = nearby_table(report, report.territory)
    if table is None:
        return None
    where = Map(
        "",
        "locator",
        f"Services {french.of(report.territory)} et des communes qu’elle touche",
        at=report.territory.code,
    )
    return Section(
        "services_autour",
        f"Autour {french.of(report.territory)}",
        services_around(report),
        ((1.0, (table,)),),
        source_line(report, SOURCES),
        ("Distances à vol d’oiseau depuis le centre de la commune : le trajet par la route est plus long.",),
        caution="Un service recensé ailleurs par un autre fichier n’est pas connu ici.",
        statuses=("calculé",),
        on_slide=((0.68, (table,)), (0.32, (where,))),
    )


def nearby_table(report: Report, commune: Territory) -> Table | None:
    """Its services, and the nearest of those that it lacks; None under two that a file locates."""
    found = {stat: place_of(report.access.nearest, stat, commune.code) for stat in TOLD}
    rows = tuple(_row(stat, place) for stat, place in found.items() if place is not None)
    if len(rows) < FEWEST:
        return None
    return Table(
        f"Services aux familles, {french.at(commune)} et autour",
        ("Service", "Dans la commune", "Le plus proche", "À vol d’oiseau"),
        rows,
        (0.34, 0.18, 0.3, 0.18),
        (1, 3),
    )


def _row(stat: str, place: NearestPlace) -> tuple[str, str, str, str]:
    label = french.capitalised(FACILITY_LABELS[stat][1])
    if place.count:
        return label, french.number(place.count), HERE, ""
    count = "" if place.count is None else french.number(place.count)
    far = "" if place.km is None else f"{french.number(place.km, 1)}{french.NBSP}km"
    return label, count, french.typographic(place.where or "inconnu"), far

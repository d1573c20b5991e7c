"""Access to rights: the distance to a France services, and who lives far from one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from diagnostic import french, gazetteer, reading, territories
from diagnostic.indicators import BY_ID, FACILITY_LABELS, FRANCE_SERVICES, INHABITANTS
from diagnostic.model import Finding, Level
from diagnostic.report import NearestPlace, Report, data
from diagnostic.story.blocks import Card, Cards, Data, Facts, KeyFigures, Ranked, Section
from diagnostic.story.figures import amount, compared, notes_of, source_line, status_text, value_of
from diagnostic.story.keyfigures import of_indicators
from diagnostic.story.once import once
from diagnostic.story.services import counts
from diagnostic.warehouse import Database

DISTANCE = FRANCE_SERVICES
MOST_BARS = 15
STAT = "france_services"
FAR_KM = (5, 10, 20)
"""Distances beyond which the inhabitants are counted, as the crow flies."""
MOST_NAMED = 2_000
"""Communes beyond which the farthest one says nothing of the territory: in a country, an island."""


@dataclass(frozen=True)
class Near:
    """The nearest place of one type: what each commune's centre is from it."""

    farthest: str
    farthest_km: float | None
    by_commune: tuple[NearestPlace, ...]


def nearest(report: Report, db: Database | None, stat: str = STAT) -> Near | None:
    """The row of the report for that type, or the same for a territory too large for the report to list its
    communes; None when no file locates any."""
    row = next((row for row in report.access.nearest if row.stat == stat), None)
    if row is not None and row.by_commune:
        return Near(row.farthest or "", row.farthest_km, row.by_commune)
    return _of_communes(db, report, stat) if db is not None else None


def _of_communes(db: Database, report: Report, stat: str) -> Near | None:
    codes = territories.communes(db, report.territory)
    found = data.near(db, stat, codes)
    if found is None or not codes:
        return None
    frame, km = data.counts(db, codes), found.km
    # A facility of the commune itself is near, wherever the centre of the commune lies.
    km = np.where((frame[stat].astype(float) > 0) & np.isnan(km), 0.0, km)
    if np.isnan(km).all():
        return None
    names = frame["name"].tolist()
    rows = tuple(
        NearestPlace(code, name, None if np.isnan(far) else far, place)
        for code, name, far, place in zip(codes, names, km.tolist(), found.name, strict=True)
    )
    last = int(np.nanargmax(km))
    return Near(names[last], float(km[last]), rows)


def population(db: Database, near: Near | None) -> Mapping[str, float]:
    """Inhabitants of each commune measured, by code; a commune whose number is unknown is left out."""
    if near is None:
        return {}
    found = data.counts(db, tuple(row.code for row in near.by_commune))
    people = ((code, data.known(count)) for code, count in found.rows("code", "population"))
    return {code: count for code, count in people if count is not None}


def beyond(near: Near, people: Mapping[str, float]) -> list[tuple[int, float | None, int]]:
    """For each distance: inhabitants beyond it (None when a commune's are unknown) and communes."""
    answer = []
    for limit in FAR_KM:
        far = [row.code for row in near.by_commune if row.km is not None and row.km > limit]
        known = [people[code] for code in far if code in people]
        answer.append((limit, sum(known) if len(known) == len(far) else None, len(far)))
    return answer


@once
def rights_section(report: Report, db: Database | None = None) -> Section | None:
    """How far the mean inhabitant is, and the farthest communes; `db` lists those of a large territory."""
    finding, indicator = report.findings.get(DISTANCE), BY_ID[DISTANCE]
    near = nearest(report, db)
    if finding is None or (value_of(finding) is None and near is None):
        return None
    rows = _farthest(near)
    beside = [f"{n} : {french.number(v, 1)} km" for n, v in compared(finding, report) if v is not None]
    dates = _dates(report, finding)
    alone = report.territory.level is Level.COMMUNE
    centre = "du centre de la commune" if alone else "en moyenne"
    if alone and db is not None and report.territory.code in gazetteer.index(db).city.values():
        centre = "en moyenne, du centre de chaque arrondissement"
    card = Card(
        amount(finding, indicator) + (f"{french.NBSP}km" if value_of(finding) is not None else ""),
        centre,
        "Distance à la France services la plus proche, à vol d’oiseau"
        if alone
        else "Distance moyenne des habitants à la France services la plus proche, à vol d’oiseau",
        french.capitalised(" ; ".join((*beside, dates) if dates else beside))
        or status_text(finding, indicator, report.territory),
    )
    drawn = Ranked("Communes les plus éloignées, en km", tuple(rows[:MOST_BARS]), (), 1, unit="km")
    columns: tuple = ((1.0, (Cards((card,)),)),)
    if len(rows) >= 3:
        short = Ranked(drawn.caption, drawn.rows[:10], (), 1, unit="km")
        columns = ((0.42, (Cards((card,)),)), (0.58, (short,)))
    people = population(db, near) if db is not None else {}
    return Section(
        "droits",
        "Accès aux droits et inclusion numérique",
        _title(report, finding, near),
        columns,
        source_line(report, (DISTANCE,), members=True),
        notes_of(report, (DISTANCE,)),
        on_slides=len(columns) > 1,
        subtitle="Distance à vol d’oiseau du centre de la commune, en kilomètres",
        caution=indicator.caveat,
        statuses=("calculé",),
        indicators=(DISTANCE,),
        data=_data(near, people) if near is not None else None,
        on_screen=(
            *((drawn,) if len(rows) > 1 else ()),
            KeyFigures(of_indicators(report, (DISTANCE,))),
            counts(report, (STAT,)),
        ),
    )


def _farthest(near: Near | None) -> list[tuple[str, float, bool]]:
    """The communes from the farthest, no more than are drawn: a country has 35,000."""
    rows = near.by_commune if near else ()
    far = [(row.km, row.name) for row in rows if row.km is not None]
    first = sorted(far, key=lambda one: -one[0])[:MOST_BARS]
    return [(french.typographic(name), km, False) for km, name in first]


def _title(report: Report, finding: Finding, near: Near | None) -> str:
    """The mean, then the farthest commune where there are several and not too many to tell one from another."""
    if near is not None and len(near.by_commune) == 1 and near.farthest_km is not None:
        own = next((one.count for one in report.services if one.stat == STAT), None)
        if own:
            return f"{french.quantity(own, *FACILITY_LABELS[STAT])} {french.at(report.territory)}"
        km = french.quantity(near.farthest_km, "kilomètre", "kilomètres", 1)
        return f"La structure France services la plus proche est à {km} du centre de la commune"
    said = "La distance moyenne aux France services n’est pas connue"
    if value_of(finding) is not None:
        said = f"Une France services est en moyenne à {amount(finding, BY_ID[DISTANCE])}{french.NBSP}km"
    if near is None or near.farthest_km is None or len(near.by_commune) > MOST_NAMED:
        return said
    far = f"{said} ; jusqu’à {french.number(near.farthest_km, 1)}{french.NBSP}km"
    return reading.held((f"{far} pour {french.typographic(near.farthest)}", f"{far} selon la commune"))


def _data(near: Near, people: Mapping[str, float]) -> Data:
    """Communes, the farthest first."""
    rows = sorted(near.by_commune, key=lambda row: -1.0 if row.km is None else row.km, reverse=True)
    return Data(
        ("Commune", "Distance (km)", "Structure la plus proche", "Habitants"),
        tuple((row.name, row.km, row.place or "inconnue", people.get(row.code)) for row in rows),
    )


@once
def far_section(report: Report, db: Database | None = None) -> Section | None:
    """How many inhabitants live in communes whose centre is beyond each distance."""
    near = nearest(report, db)
    if near is None or db is None or report.territory.level is Level.COMMUNE:
        # Of one commune, all live beyond or none: its distance says it.
        return None
    found = beyond(near, population(db, near))
    items = tuple(
        (
            f"À plus de {limit} km",
            "inconnu" if number is None else french.quantity(number, "habitant", "habitants"),
            "calculé" if number is not None else "inconnu",
        )
        for limit, number, _ in found
    )
    limit, number, _ = found[0]
    who = "Un nombre inconnu d’habitants vit"
    if number is not None:
        who = (
            french.quantity(number, "habitant vit", "habitants vivent") if number else "Aucun habitant ne vit"
        )
    left = unmeasured(near)
    return Section(
        "eloignes",
        "Accès aux droits · population éloignée",
        f"{who} à plus de {limit} km d’une structure France services",
        (
            (
                1.0,
                (
                    Cards(
                        tuple(
                            Card(
                                figure.rpartition(french.NBSP)[0] or figure,
                                figure.rpartition(french.NBSP)[2],
                                label,
                                "Habitants des communes dont le centre est au-delà",
                            )
                            for label, figure, _ in items
                        )
                    ),
                ),
            ),
        ),
        source_line(report, (DISTANCE, INHABITANTS)),
        (),
        on_slides=False,
        subtitle="Habitants des communes dont le centre est au-delà",
        caution=left,
        statuses=("calculé",),
        on_screen=(Facts(items),),
    )


def unmeasured(near: Near) -> str:
    """How many communes are left out of the counts for want of a distance; empty when none is."""
    count = sum(row.km is None for row in near.by_commune)
    if not count:
        return ""
    noun = french.quantity(count, "commune", "communes")
    verb = french.verb(count, "n’est pas comptée", "ne sont pas comptées")
    return (
        f"{noun} {verb} ici : leur distance est inconnue."
        if count > 1
        else f"{noun} {verb} ici : sa distance est inconnue."
    )


def _dates(report: Report, finding: Finding) -> str:
    """The date of the list and that of the inhabitants who weigh the mean: they are not the same."""
    listed = next(
        (line.vintage for line in report.sources if line.id == "france_services" and line.vintage), ""
    )
    if not listed or value_of(finding) is None:
        return ""
    people = f", population de {finding.denominator_year}" if finding.denominator_year else ""
    return f"liste des France services de {listed}{people}"

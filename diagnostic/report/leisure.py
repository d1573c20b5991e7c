"""Leisure centres: who has one, in the commune or near, and the communes without."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np

from diagnostic import french, gaps, gazetteer
from diagnostic.access import children_within
from diagnostic.indicators import (
    LEISURE_IN_COMMUNE,
    OLDER_CHILDREN,
)
from diagnostic.model import Level, Status
from diagnostic.report import data
from diagnostic.report.shape import (
    Alsh,
    LeisurePlaces,
    SchoolsAlone,
    WithoutLeisure,
)
from diagnostic.report.subject import Subject

MOST_LISTED = 300
"""Communes listed by name, those with most children first; `Alsh` counts all of them."""


def alsh(subject: Subject, radius_km: float) -> Alsh:
    """Children 3 to 11 with a leisure centre in their commune or within the radius, and the communes without."""
    frame = subject.communes
    located = data.near(subject.db, "alsh", subject.codes)
    km = located.km if located is not None else np.full(len(frame), np.nan)
    nearest = located.commune if located is not None else np.full(len(frame), None)
    children, count = frame["enfants_3_11"].astype(float), frame["alsh"].astype(float)
    own = count > 0
    reading = subject.findings[LEISURE_IN_COMMUNE].reading
    if np.isnan(count).all() or np.isnan(children).all():
        return Alsh(radius_km, data.total(children), None, None, (), (), None, reading)
    covered = ~np.isnan(count)
    here = children_within(children, own, covered)
    around = children_within(children, own | (km <= radius_km), covered & ~np.isnan(km))
    table = _without(subject, covered & ~own, children, km, nearest)
    with_school = [(row, schools) for row, schools in table if schools > 0]
    known = here.communes_unknown == 0
    return Alsh(
        radius_km=radius_km,
        children=data.total(children),
        with_access=here.within if known else None,
        within_radius=around.within if around.communes_unknown == 0 else None,
        without=tuple(
            replace(row, beyond=None if row.nearest_km is None else row.nearest_km > radius_km)
            for row, _ in table[:MOST_LISTED]
        ),
        schools_without=tuple(
            SchoolsAlone(code=row.code, name=row.name, schools=schools, children=row.children)
            for row, schools in with_school[:MOST_LISTED]
        ),
        places=_alsh_places(subject),
        reading=_alsh_reading(subject, [row for row, _ in table], int(covered.sum()), reading),
        communes_known=int(covered.sum()),
        communes_without=len(table),
        children_without=data.total(_children([row for row, _ in table])) if table else 0.0,
        communes_with_school=len(with_school),
        schools_alone=float(sum(schools for _, schools in with_school)),
    )


def _alsh_places(subject: Subject) -> LeisurePlaces | None:
    found = data.facilities_of(subject.db, subject.codes)
    places = data.total(found.take(found["stat"] == "alsh")["capacity"].astype(float))
    children = data.total(subject.communes["enfants_3_11"].astype(float))
    if places is None or children is None:
        return None
    return LeisurePlaces(
        places=places,
        children=children,
        value=data.known(gaps.ratio(places, children, 100.0)),
        year=data.years(subject.db).get("alsh"),
    )


def _alsh_reading(subject: Subject, table: list[WithoutLeisure], known: int, reading: str) -> str:
    with_children = [row for row in table if row.children]
    if not with_children or subject.territory.level is Level.COMMUNE:
        return reading
    exact = subject.findings[OLDER_CHILDREN].status is not Status.ESTIMATED
    total = french.reckoned(float(_children(with_children).sum()), "enfant", "enfants", exact=exact)
    count = french.in_words(len(with_children), feminine=True, capital=True)
    noun = french.plural(len(with_children), "commune", "communes")
    verb = french.verb(len(with_children), "n’a", "n’ont")
    first = french.typographic(with_children[0].name)
    more = f"{count} {noun} sur {french.number(known)} {verb} pas d’accueil de loisirs : {total} de 3 à 11 ans y vivent, d’abord {french.to_text(first)}."
    return french.typographic(f"{reading} {more}")


def _without(
    subject: Subject, which: np.ndarray, children: np.ndarray, km: np.ndarray, nearest: np.ndarray
) -> list[tuple[WithoutLeisure, float]]:
    """The communes without any, those with most children first, each with its schools."""
    known = gazetteer.index(subject.db).territories
    known.want((Level.COMMUNE, code) for code in nearest[which].tolist() if code is not None)
    frame = subject.communes
    columns = (frame["code"], frame["name"], children, km, nearest, frame["ecoles"].astype(float))
    rows = [
        (
            WithoutLeisure(
                code=code,
                name=name,
                children=data.known(count),
                nearest_km=data.known(far),
                nearest=known[Level.COMMUNE, there].name if (Level.COMMUNE, there) in known else None,
                beyond=None,
            ),
            schools,
        )
        for code, name, count, far, there, schools in zip(
            *(column[which].tolist() for column in columns), strict=True
        )
    ]
    return sorted(
        rows,
        key=lambda row: (
            row[0].children is None,
            0.0 if row[0].children is None else -row[0].children,
            row[0].name,
        ),
    )


def _children(rows: list[WithoutLeisure]) -> np.ndarray:
    return np.array([math.nan if row.children is None else row.children for row in rows])

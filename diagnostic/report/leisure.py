"""Leisure centres: who has one, in the commune or near, and the communes without."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from diagnostic import french, gaps
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
    children, count = frame["enfants_3_11"], frame["alsh"]
    own = (count > 0).to_numpy()
    reading = subject.findings[LEISURE_IN_COMMUNE].reading
    if count.isna().all() or children.isna().all():
        return Alsh(radius_km, data.total(children), None, None, (), (), None, reading)
    covered = count.notna().to_numpy()
    here = children_within(children, own, covered)
    around = children_within(children, own | (km <= radius_km), covered & ~np.isnan(km))
    names = data.communes(subject.db)["name"].reindex(pd.Index(nearest, dtype=object))
    table = pd.DataFrame(
        {
            "code": frame.index,
            "name": frame["name"].to_numpy(),
            "children": children.to_numpy(),
            "schools": frame["ecoles"].to_numpy(),
            "nearest_km": km,
            "nearest": [name if isinstance(name, str) else None for name in names.tolist()],
        }
    )[covered & ~own].sort_values(["children", "name"], ascending=[False, True])
    far = (table["nearest_km"] > radius_km).astype(object).where(table["nearest_km"].notna(), None)
    with_school = table[table["schools"] > 0]
    known = here.communes_unknown == 0
    return Alsh(
        radius_km=radius_km,
        children=data.total(children),
        with_access=here.within if known else None,
        within_radius=around.within if around.communes_unknown == 0 else None,
        without=tuple(
            WithoutLeisure(**row)
            for row in _rows(table.drop(columns="schools").assign(beyond=far).head(MOST_LISTED))
        ),
        schools_without=tuple(
            SchoolsAlone(**row)
            for row in _rows(with_school[["code", "name", "schools", "children"]].head(MOST_LISTED))
        ),
        places=_alsh_places(subject),
        reading=_alsh_reading(subject, table, int(covered.sum()), reading),
        communes_known=int(covered.sum()),
        communes_without=len(table),
        children_without=data.total(table["children"]) if len(table) else 0.0,
        communes_with_school=len(with_school),
        schools_alone=float(with_school["schools"].sum()),
    )


def _alsh_places(subject: Subject) -> LeisurePlaces | None:
    found = data.facilities_of(subject.db, subject.codes)
    found = found[found["stat"] == "alsh"]
    children = data.total(subject.communes["enfants_3_11"])
    if found.empty or found["capacity"].isna().any() or children is None:
        return None
    places = float(found["capacity"].sum())
    return LeisurePlaces(
        places=places,
        children=children,
        value=data.known(gaps.ratio(places, children, 100.0)),
        year=data.years(subject.db).get("alsh"),
    )


def _alsh_reading(subject: Subject, table: pd.DataFrame, known: int, reading: str) -> str:
    with_children = table[table["children"] > 0]
    if with_children.empty or subject.territory.level is Level.COMMUNE:
        return reading
    exact = subject.findings[OLDER_CHILDREN].status is not Status.ESTIMATED
    total = french.reckoned(float(with_children["children"].sum()), "enfant", "enfants", exact=exact)
    count = french.in_words(len(with_children), feminine=True, capital=True)
    noun = french.plural(len(with_children), "commune", "communes")
    verb = french.verb(len(with_children), "n’a", "n’ont")
    first = french.typographic(with_children["name"].iat[0])
    more = f"{count} {noun} sur {french.number(known)} {verb} pas d’accueil de loisirs : {total} de 3 à 11 ans y vivent, d’abord à {first}."
    return french.typographic(f"{reading} {more}")


def _rows(frame: pd.DataFrame) -> tuple[dict[str, Any], ...]:
    return tuple(
        {
            name: None if value is None or (isinstance(value, float) and np.isnan(value)) else value
            for name, value in row.items()
        }
        for row in frame.to_dict("records")
    )

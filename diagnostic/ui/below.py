"""The map of what a large commune is cut into: IRIS or priority districts, by what the Caf tells of each, masks kept."""

from __future__ import annotations

from collections.abc import Mapping

from diagnostic import classes, french, maps
from diagnostic.model import Below, Finding, Level, Status, Territory
from diagnostic.report import Report
from diagnostic.story.below import short_names
from diagnostic.story.cut import FIGURES, UNTOLD, told
from diagnostic.ui import mapping, state
from diagnostic.warehouse.database import Database

KINDS = {Below.IRIS: "IRIS", Below.QPV: "Quartiers prioritaires"}
_OUTLINES = {Below.IRIS: "Insee, IGN (Contours… IRIS{}), Etalab", Below.QPV: "ANCT{}, Etalab, IGN"}
"""Whose outlines they are, before and after their year."""
_FILES = {Below.IRIS: "contours_iris", Below.QPV: "qpv_contours"}


def kinds(db: Database, report: Report) -> dict[str, str]:
    """The scales below the commune that this territory has outlines and figures of: word of the address -> words."""
    return {kind.value: words for kind, words in KINDS.items() if figures(db, report, kind)}


def chosen(offered: Mapping[str, str]) -> Below | None:
    """The scale below the commune that the address names, where it is offered."""
    scale = state.get("echelle")
    return Below(scale) if scale in offered and scale in set(Below) else None


def figures(db: Database, report: Report, kind: Below) -> dict[str, str]:
    """What the map of that kind can show here: word of the address -> label."""
    if report.territory.level is not Level.COMMUNE or not maps.areas(db, kind, report.territory.code):
        return {}
    known = told(db, report, kind)
    return {
        name: indicator.label
        for name, indicator in FIGURES.items()
        if any(found.value is not None for one in known.values() if (found := one.get(name)))
    }


def view(db: Database, report: Report, kind: Below, name: str) -> mapping.View:
    """The map of one figure over the IRIS or the districts of the commune; hatched where nothing is published."""
    drawn = maps.areas(db, kind, report.territory.code)
    known = told(db, report, kind)
    indicator = FIGURES[name]
    names = short_names(one.code for one in drawn) if kind is Below.IRIS else {}
    units = tuple(Territory(Level.COMMUNE, one.code, _named(one, names)) for one in drawn)
    untold = Finding(indicator.id, "", None, Status.MISSING, reason=UNTOLD)
    findings = {one.code: known.get(one.code, {}).get(name, untold) for one in drawn}
    boxes = [one.box for one in drawn]
    frame = (
        min(box[0] for box in boxes), min(box[1] for box in boxes), max(box[2] for box in boxes), max(box[3] for box in boxes),
    )  # fmt: skip
    colouring = maps.by_class(findings, indicator, classes.Method.QUANTILES, maps.MOST_CLASSES)
    year = max((one.year for one in findings.values() if one.year), default=None)
    without = len(set(known) - {one.code for one in drawn})
    left = (
        " "
        + french.plural(without, "Une autre du fichier n’a pas de contour : elle n’est pas dessinée.",
                        f"{french.number(without)} autres du fichier n’ont pas de contour : elles ne sont pas dessinées.")
        if without
        else ""
    )  # fmt: skip
    return mapping.View(
        kind, report.territory, units, findings, indicator, colouring, frame, None, {},
        contours=f"{_contours(db, kind, year)}.{left}",
    )  # fmt: skip


def _named(area: maps.Area, names: Mapping[str, str]) -> str:
    """`names`: the numbers of the IRIS; none of a district."""
    return f"{area.name}, IRIS {names[area.code]}" if area.code in names else area.name


def _contours(db: Database, kind: Below, year: int | None) -> str:
    """Whose outlines and of which year, and the year of the figures where it is another: the two are matched by code alone."""
    rows = db.rows("select max(vintage) from source where id = ? and vintage <> ''", _FILES[kind])
    drawn = rows[0][0] if rows else None
    told = _OUTLINES[kind].format(f", {drawn}" if drawn else "")
    if kind is Below.IRIS and drawn and year and str(year) != drawn:
        told += f" ; chiffres de {year}, placés par le code de l’IRIS, dont le contour a pu changer"
    return told

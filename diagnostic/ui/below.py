"""The map of what a large commune is cut into: IRIS or priority districts, by what the Caf tells of each, masks kept."""

from __future__ import annotations

from collections.abc import Mapping

from diagnostic import classes, french, maps
from diagnostic.model import Below, Finding, Level, Status, Territory
from diagnostic.report import Report
from diagnostic.story.cut import FIGURES, UNTOLD, told
from diagnostic.ui import mapping, state
from diagnostic.warehouse.database import Database

KINDS = {Below.IRIS: "IRIS", Below.QPV: "Quartiers prioritaires"}
_OUTLINES = {Below.IRIS: "Insee, IGN (Contours… IRIS), Etalab", Below.QPV: "ANCT, Etalab, IGN"}


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
    known, _ = told(db, report, kind)
    return {
        name: indicator.label
        for name, indicator in FIGURES.items()
        if any(found.value is not None for one in known.values() if (found := one.get(name)))
    }


def view(db: Database, report: Report, kind: Below, name: str) -> mapping.View:
    """The map of one figure over the IRIS or the districts of the commune; hatched where nothing is published."""
    drawn = maps.areas(db, kind, report.territory.code)
    known, _ = told(db, report, kind)
    indicator = FIGURES[name]
    units = tuple(Territory(Level.COMMUNE, one.code, _named(kind, one)) for one in drawn)
    untold = Finding(indicator.id, "", None, Status.MISSING, reason=UNTOLD)
    findings = {one.code: known.get(one.code, {}).get(name, untold) for one in drawn}
    boxes = [one.box for one in drawn]
    frame = (
        min(box[0] for box in boxes), min(box[1] for box in boxes), max(box[2] for box in boxes), max(box[3] for box in boxes),
    )  # fmt: skip
    colouring = maps.by_class(findings, indicator, classes.Method.QUANTILES, maps.MOST_CLASSES)
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
        contours=f"{_OUTLINES[kind]}.{left}",
    )  # fmt: skip


def _named(kind: Below, area: maps.Area) -> str:
    return f"{area.name}, IRIS {area.code[5:]}" if kind is Below.IRIS else area.name

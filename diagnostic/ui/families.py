"""What the page Familles shows: which figures, which places, and the sentence above them."""

from __future__ import annotations

from diagnostic import french, reading
from diagnostic.report import Report
from diagnostic.ui.services import rows_of

INDICATORS = (
    "part_monoparentales",
    "taux_pauvrete",
    "niveau_vie_median",
    "enfants_par_laep",
    "habitants_par_centre_social",
)
RATIOS = ("enfants_par_laep", "habitants_par_centre_social", "part_monoparentales")
STATS = ("laep", "centres_sociaux", "evs", "mediation_familiale", "services_handicap")


def message(report: Report) -> str:
    """The first of the figures that says something, as a title."""
    for id in INDICATORS:
        finding = report.findings.get(id)
        if finding is not None and reading.known_value(finding) is not None and finding.reading:
            return reading.title(finding.reading)
    return "Les données sur les familles ne sont pas chargées pour ce territoire"


def places_message(report: Report) -> str:
    """How many of the types of places are counted here, and how many are unknown."""
    rows = rows_of(report, STATS)
    known = [row for row in rows if row["count"] is not None]
    if not known:
        return "Aucun de ces lieux n’est dans les données chargées"
    parts = [f"{french.number(row['count'])} {row['label'].lower()}" for row in known[:3]]
    return french.capitalised(french.listing(parts))

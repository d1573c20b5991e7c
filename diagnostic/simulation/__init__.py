"""Simulate projects: what they do to a territory, what the Caf may bring, where to begin."""

from diagnostic.simulation.effects import (
    Accessibility,
    ServiceEffect,
    Simulation,
    Total,
    Whole,
    by_commune,
    compare,
    simulate,
)
from diagnostic.simulation.funding import (
    INVESTMENT,
    RUNNING,
    Balance,
    Funding,
    Line,
    fund,
    fund_all,
    range_text,
)
from diagnostic.simulation.projects import (
    AlshProject,
    CrecheProject,
    Project,
    RpeProject,
    YouthProject,
)
from diagnostic.simulation.where import (
    PACKAGES,
    Allocation,
    Package,
    catchment,
    priority_weights,
    shortfall,
    where_first,
)

__all__ = [
    "INVESTMENT",
    "PACKAGES",
    "RUNNING",
    "Accessibility",
    "Allocation",
    "AlshProject",
    "Balance",
    "CrecheProject",
    "Funding",
    "Line",
    "Package",
    "Project",
    "RpeProject",
    "ServiceEffect",
    "Simulation",
    "Total",
    "Whole",
    "YouthProject",
    "by_commune",
    "catchment",
    "compare",
    "fund",
    "fund_all",
    "priority_weights",
    "range_text",
    "shortfall",
    "simulate",
    "where_first",
]

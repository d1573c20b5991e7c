"""Simulate projects: what they do to a territory, what the Caf may bring, where to begin."""

from diagnostic.simulation.effects import (
    ServiceEffect,
    Whole,
    by_commune,
    compare,
    simulate,
)
from diagnostic.simulation.funding import (
    INVESTMENT,
    RUNNING,
    Funding,
    fund,
    fund_all,
    range_text,
)
from diagnostic.simulation.projects import (
    MOST_MICRO,
    AlshProject,
    CrecheProject,
    Project,
    RpeProject,
    YouthProject,
)
from diagnostic.simulation.where import (
    catchment,
    priority_weights,
    shortfall,
    where_first,
)

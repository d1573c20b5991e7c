"""Statistical secrecy: what is hidden, what else must be so that nobody finds it, and the note that says it."""

from diagnostic.secrecy.linear import Relation, ranges
from diagnostic.secrecy.rules import RULES, Rule, fragile, hide, note, primary
from diagnostic.secrecy.suppression import SECONDARY_BOUND, Protection, secondary
from diagnostic.secrecy.territories import Ledger, Protected, protect, protect_queries

__all__ = [
    "RULES",
    "SECONDARY_BOUND",
    "Ledger",
    "Protected",
    "Protection",
    "Relation",
    "Rule",
    "fragile",
    "hide",
    "note",
    "primary",
    "protect",
    "protect_queries",
    "ranges",
    "secondary",
]

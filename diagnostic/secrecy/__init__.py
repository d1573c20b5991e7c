"""Statistical secrecy: what is hidden, what else must be so that nobody finds it, and the note that says it."""

from diagnostic.secrecy.linear import Relation
from diagnostic.secrecy.rules import RULES, Rule, hide, note, primary
from diagnostic.secrecy.suppression import SECONDARY_BOUND, secondary
from diagnostic.secrecy.territories import protect, summed

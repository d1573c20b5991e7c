"""Statistical secrecy: what is hidden, what else must be so that nobody finds it, and the note that says it."""

from diagnostic.secrecy.linear import Relation
from diagnostic.secrecy.rules import RULES, Rule, hide, note, primary
from diagnostic.secrecy.suppression import secondary
from diagnostic.secrecy.territories import protect, with_sums

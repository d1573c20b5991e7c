"""The action plan of a convention: composed, read, kept in one file."""

from diagnostic.local.contributions import Quadrant
from diagnostic.plan.accounts import (
    ZERO,
    Budget,
    budget,
    budget_lines,
    budget_of,
    cents,
    ends,
    funded_by_one,
    only_aid,
    total_text,
    without_cost,
)
from diagnostic.plan.bilan import CARRIED, AxeBilan, Promise, axes_bilan, next_plan, promises
from diagnostic.plan.completeness import Completeness, schema_completeness
from diagnostic.plan.documents import Documents
from diagnostic.plan.editing import (
    add_axe,
    add_fiche,
    duplicate_fiche,
    edit_axe,
    edit_fiche,
    edit_plan,
    move_axe,
    move_fiche,
    remove_axe,
    remove_fiche,
)
from diagnostic.plan.figures import Change, compare_with, draft_fiche
from diagnostic.plan.file import HEAVIEST, VERSION, decode, encode, from_json, to_json
from diagnostic.plan.followup import (
    Followed,
    Money,
    Observed,
    Pace,
    add_reading,
    engage,
    follow,
    measured,
    money,
    passed,
    restart,
    set_state,
    typed,
)
from diagnostic.plan.ground import SAME, Ground, on_ground
from diagnostic.plan.merging import merged
from diagnostic.plan.model import (
    FUNDERS,
    NATURES,
    RUNNING,
    Axe,
    BudgetLine,
    Contribution,
    Engaged,
    Fiche,
    Figure,
    Governance,
    Passage,
    Plan,
    Reading,
    Result,
    Stake,
    State,
    Step,
)
from diagnostic.plan.sharing import (
    Gap,
    contribute,
    edit_stake,
    forget_organisation,
    gathered,
    move_stake,
    organisations,
    proposed_stakes,
    remove_stake,
    retain,
)
from diagnostic.plan.views import calendar, remarks

"""Work under way, kept outside the process: what a visitor types outlives a restart, a replica, a browser."""

from diagnostic.drafts.contents import CONTENTS, CONVENTIONS, PLAN, PROJECTS, SCENARIOS, TITLES
from diagnostic.drafts.store import (
    MEMORY,
    RedisStore,
    SqliteStore,
    Store,
    days,
    open_store,
)

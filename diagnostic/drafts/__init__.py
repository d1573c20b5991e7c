"""Work under way, kept outside the process: what a visitor types outlives a restart, a replica, a browser."""

from diagnostic.drafts.contents import CONTENTS, PLAN, PROJECTS, SCENARIOS
from diagnostic.drafts.store import (
    DAYS,
    MEMORY,
    RedisStore,
    SqliteStore,
    Store,
    days,
    open_store,
)

__all__ = [
    "CONTENTS",
    "DAYS",
    "MEMORY",
    "PLAN",
    "PROJECTS",
    "SCENARIOS",
    "RedisStore",
    "SqliteStore",
    "Store",
    "days",
    "open_store",
]

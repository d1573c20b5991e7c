"""The files of this session: held in its memory, settled once under secrecy, joined to a copy of its report."""

from __future__ import annotations

import streamlit as st

from diagnostic import territories
from diagnostic.local.plan import Plan, plan
from diagnostic.local.store import Deposit, LocalData
from diagnostic.report import Report
from diagnostic.report.local import attach
from diagnostic.warehouse.database import Database

_LOCAL, _PLANS, _JOINED = "donnees_locales", "plans_locaux", "rapport_local"


def local() -> LocalData:
    """The data of this session."""
    return st.session_state.setdefault(_LOCAL, LocalData())


def add(deposit: Deposit) -> None:
    """Keep one more file for this session."""
    st.session_state[_LOCAL] = local().merge(deposit)


def forget(template: str | None = None) -> None:
    """Forget the files of a template, or all of them, with everything made of them."""
    st.session_state[_LOCAL] = local().forget(template)
    for name in (_PLANS, _JOINED, "documents"):
        st.session_state.pop(name, None)


def plans(db: Database) -> tuple[Plan, ...]:
    """What may be shown of each file of this session; settled on the first call after a file came or went."""
    held = local().deposits
    version, made = st.session_state.get(_PLANS, (None, ()))
    kept = {id(one.deposit): one for one in made} if version == db.key else {}
    if version != db.key or list(map(id, (one.deposit for one in made))) != list(map(id, held)):
        members = territories.index(db).communes
        made = tuple(kept.get(id(deposit)) or plan(deposit, members) for deposit in held)
        st.session_state[_PLANS] = (db.key, made)
    return made


def joined(report: Report, db: Database) -> Report:
    """The report with the figures of this session's files; the same object when there are none."""
    if not local().deposits:
        return report
    settled = plans(db)
    before = st.session_state.get(_JOINED)
    if before is None or before[0] is not report or before[1] is not settled:
        before = (report, settled, attach(report, settled, lambda place: territories.communes(db, place)))
        st.session_state[_JOINED] = before
    return before[2]

"""The files of this session: held in its memory, settled once under secrecy, joined to a copy of its report.

Nothing reaches the disk unless the operator has named a private folder (`diagnostic.local.private`).
"""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Sequence
from pathlib import Path

import streamlit as st

from diagnostic import territories
from diagnostic.local import private
from diagnostic.local.plan import Plan, same_facts, settle
from diagnostic.local.store import Deposit, LocalData
from diagnostic.model import DiagnosticError
from diagnostic.report import Report
from diagnostic.report import local as figures
from diagnostic.warehouse.database import Database
from diagnostic.warehouse.memory import Shelf

REPLACED = (
    "Ce qui a déjà été montré du fichier remplacé permettrait de retrouver des effectifs trop petits de celui-ci. Oubliez d’abord "
    "l’ancien fichier, ou déposez les mêmes communes."
)
_SHELF, _SETTLING = Shelf(32), threading.RLock()
_LOCAL, _PLANS, _JOINED = "donnees_locales", "plans_locaux", "rapport_local"


def local() -> LocalData:
    """The data of this session; it starts with what the private folder holds, when there is one."""
    if _LOCAL not in st.session_state:
        kept = _folder()
        st.session_state[_LOCAL] = LocalData() if kept is None else private.load(kept)
    return st.session_state[_LOCAL]


def add(brought: Sequence[Deposit], db: Database) -> None:
    """Keep the deposits of one file for this session, all or none, and in the private folder when there is one.

    DiagnosticError when a deposit holds the counts of another year, or when what was shown of the one that it
    replaces would give its small counts away.
    """
    data, before = local(), {(one.deposit.template, one.deposit.year): one for one in plans(db)}
    made = []
    for deposit in brought:
        _refuse_twin(data, deposit)
        data = data.merge(deposit)
        kept_one = data.deposits[-1]
        settled = _settled(db, kept_one, before.get((kept_one.template, kept_one.year)))
        if not settled.safe:
            raise DiagnosticError(REPLACED)
        made.append(settled)
    others = tuple(one for one in st.session_state[_PLANS][1] if one.deposit in data.deposits)
    st.session_state[_LOCAL] = data
    st.session_state[_PLANS] = (db.key, (*others, *made))
    st.session_state.pop("documents", None)
    kept = _folder()
    if kept is not None:
        for deposit in data.deposits[-len(brought) :]:
            private.save(deposit, kept)


def _refuse_twin(data: LocalData, deposit: Deposit) -> None:
    """Refuse the same counts under another year: two ways of hiding them would tell them."""
    if deposit.rule is None:
        return
    for held in data.deposits:
        if held.template == deposit.template and held.year != deposit.year and same_facts(held, deposit):
            raise DiagnosticError(
                f"Ces chiffres sont déjà déposés pour l’année {held.year} (« {held.origin} ») : vérifiez l’année, ou oubliez "
                "d’abord ce fichier."
            )


def _settled(db: Database, deposit: Deposit, before: Plan | None = None) -> Plan:
    """What may be shown of a deposit, settled once. Those of the private folder are settled once for all visitors."""
    members = territories.index(db).communes
    if before is not None or _folder() is None:
        return settle(deposit, members, before)
    key = f"{db.key} {deposit.digest}"
    with _SETTLING:
        return _SHELF.get(key) or _SHELF.keep(key, settle(deposit, members))


def forget() -> None:
    """Forget the files of this session, with everything made of them, and empty the private folder."""
    for name in (_PLANS, _JOINED, "documents"):
        st.session_state.pop(name, None)
    st.session_state[_LOCAL] = LocalData()
    kept = _folder()
    if kept is not None:
        private.erase(kept)
        _SHELF.clear()


def _folder() -> Path | None:
    """The private folder; None too when it cannot be used, which `where` says."""
    with contextlib.suppress(DiagnosticError):
        return private.folder()
    return None


def where() -> str:
    """Where what is brought goes, in a sentence."""
    memory = "Ils restent dans votre session, en mémoire, et disparaissent avec elle"
    try:
        kept = private.folder()
    except DiagnosticError as refusal:
        return f"{memory}. {refusal}"
    if kept is None:
        return f"{memory} ; rien n’est écrit sur le serveur"
    return (
        "Ils sont gardés dans le dossier privé de cette installation, que son propriétaire seul peut lire, et montrés à "
        "toutes les personnes qui ouvrent l’application, jusqu’à « Tout oublier »"
    )


def plans(db: Database) -> tuple[Plan, ...]:
    """What may be shown of each file: those of the build, then those of this session, which take their place.

    Settled on the first call after a file came or went.
    """
    held = local().deposits
    version, made = st.session_state.get(_PLANS, (None, ()))
    if version != db.key or list(map(id, (one.deposit for one in made))) != list(map(id, held)):
        kept = {id(one.deposit): one for one in made} if version == db.key else {}
        with st.spinner("Le secret statistique de vos fichiers est en cours de calcul…"):
            made = tuple(kept.get(id(deposit)) or _settled(db, deposit) for deposit in held)
        st.session_state[_PLANS] = (db.key, made)
    mine = {(one.deposit.template, one.deposit.year) for one in made}
    given = (one for one in figures.built(db) if (one.deposit.template, one.deposit.year) not in mine)
    return (*given, *made)


def joined(report: Report, db: Database) -> Report:
    """The report with the figures of these files; the same object when there are none."""
    settled = plans(db)
    if not settled:
        return report
    before = st.session_state.get(_JOINED)
    if before is None or before[0] is not report or list(map(id, before[1])) != list(map(id, settled)):
        before = (report, settled, figures.joined(report, settled, db))
        st.session_state[_JOINED] = before
    return before[2]

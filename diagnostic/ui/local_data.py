"""The files of this session: held in its memory, settled once under secrecy, joined to a copy of its report.

Nothing reaches the disk unless the operator has named a private folder (`diagnostic.local.private`) and a provider of
identities (`ui.identity`): what contributors bring is then kept there, for the people of the operator's roles whose
territories hold all the communes of the deposit.
"""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Collection, Sequence
from pathlib import Path

import streamlit as st

from diagnostic import french, gazetteer
from diagnostic.local import private
from diagnostic.local.plan import Plan, beside, same_facts, settle
from diagnostic.local.private import Kept
from diagnostic.local.rights import Person, Role
from diagnostic.local.store import Deposit, LocalData, together
from diagnostic.model import DiagnosticError
from diagnostic.report import Report
from diagnostic.report import local as figures
from diagnostic.ui import identity
from diagnostic.warehouse.database import Database, open_database
from diagnostic.warehouse.memory import Shelf

REPLACED = (
    "Ce qui a déjà été montré du fichier remplacé permettrait de retrouver des effectifs trop petits de celui-ci. Oubliez d’abord "
    "l’ancien fichier, ou déposez les mêmes communes."
)
PUBLISHED = (
    "Les totaux que les données ouvertes publient pour la même année permettraient de retrouver des effectifs trop petits de ce "
    "fichier : ne gardez que les communes où ils sont assez nombreux."
)
LOGIN = (
    "Le dossier privé de cette installation demande une connexion, que son exploitant n’a pas réglée : rien n’y est ni lu "
    "ni gardé."
)
_SHELF, _SETTLING = Shelf(128), threading.RLock()
_LOCAL, _SHARED, _MERGED = "donnees_locales", "donnees_partagees", "donnees_jointes"
_PLANS, _JOINED = "plans_locaux", "rapport_local"


def local() -> LocalData:
    """The data that speak here: those of the private folder that this person may see, then those of this session,
    which take their place."""
    return _merged()[0]


def owners() -> dict[tuple[str, int], str]:
    """Who brought the deposits of the folder that speak here, by template and year."""
    return _merged()[1]


def _merged() -> tuple[LocalData, dict[tuple[str, int], str]]:
    own, others = st.session_state.setdefault(_LOCAL, LocalData()), shared()
    before = st.session_state.get(_MERGED)
    if before is None or before[0] is not own or before[1] is not others:
        groups: dict[tuple[str, int], list[Kept]] = {}
        for kept in others:
            groups.setdefault((kept.deposit.template, kept.deposit.year), []).append(kept)
        data = LocalData(tuple(together([kept.deposit for kept in group]) for group in groups.values()))
        mine = {(one.template, one.year) for one in own.deposits}
        who = {
            key: french.listing(sorted({kept.owner or "un inconnu" for kept in group}))
            for key, group in groups.items()
            if key not in mine
        }
        for deposit in own.deposits:
            data = data.merge(deposit)
        before = st.session_state[_MERGED] = (own, others, (data, who))
    return before[2]


def shared() -> tuple[Kept, ...]:
    """The deposits of the private folder that this person may see; read again when one came or went."""
    place = _place()
    if place is None:
        return ()
    kept, who = place
    stamp = (who, private.signature(kept), open_database().key)
    before = st.session_state.get(_SHARED)
    if before is None or before[0] != stamp:
        inside = identity.communes(who, open_database())
        found = tuple(
            one
            for one in private.held(kept)
            # Whole or not at all: a part of a deposit would tell the rest by its totals.
            if inside is None or inside >= set(one.deposit.facts["commune"])
        )
        before = st.session_state[_SHARED] = (stamp, found)
    return before[1]


def _place() -> tuple[Path, Person] | None:
    """The private folder and who is there; None without the one or the other."""
    kept, who = _folder(), identity.person()
    return None if kept is None or who is None else (kept, who)


def former(template: str, year: int, communes: Collection[str]) -> tuple[Kept, ...]:
    """The deposits of the folder that this one would replace, whoever may see them: those of the same template and
    year that speak of one of these communes."""
    place = _place()
    if place is None or not place[1].may_keep:
        return ()
    return tuple(one for one in private.held(place[0]) if one.speaks(template, year, communes))


def erasable() -> tuple[Kept, ...]:
    """The deposits of the folder that this person may erase."""
    place = _place()
    return () if place is None else tuple(one for one in shared() if place[1].may_change(one.owner))


def erase(deposit: Deposit) -> None:
    """Set a deposit of the folder aside; DiagnosticError unless this person may."""
    place = _place()
    if place is not None:
        private.erase(deposit, *place)
        st.session_state.pop("documents", None)


def exported(territory: str) -> None:
    """Write in the journal that documents with the figures of the folder were prepared."""
    place = _place()
    if place is not None and shared():
        private.note(*place, "exporté", about=territory)


def journal() -> tuple[dict[str, str], ...]:
    """The lines of the journal, for an administrator."""
    place = _place()
    return () if place is None or place[1].role is not Role.ADMINISTRATOR else private.journal(place[0])


def add(brought: Sequence[Deposit], db: Database, *, replacing: bool = False) -> None:
    """Keep the deposits of one file for this session, all or none, and in the private folder for who may.

    DiagnosticError when a deposit holds the counts of another year, when what was shown of the one that it
    replaces would give its small counts away, or when it would replace one of the folder without `replacing` or right.
    """
    data, before = local(), {(one.deposit.template, one.deposit.year): one for one in plans(db)}
    place = _place()
    keeping = place is not None and place[1].may_keep
    taken, made = [], []
    for deposit in brought:
        _refuse_twin(data, deposit)
        if keeping:
            held = former(deposit.template, deposit.year, deposit.facts["commune"])
            # The same figures brought again keep their first perimeter.
            deposit = LocalData(tuple(one.deposit for one in held[:1])).merge(deposit).deposits[-1]
            settled = _settled(db, deposit)
        else:
            deposit = data.merge(deposit).deposits[-1]
            settled = _settled(db, deposit, before.get((deposit.template, deposit.year)))
        if not settled.safe:
            raise DiagnosticError(REPLACED if settled.before else PUBLISHED)
        data = data.merge(deposit)
        taken.append(deposit)
        made.append(settled)
    own: LocalData = st.session_state[_LOCAL]
    if keeping:
        # From now on they come from the folder, hidden as they were settled here.
        _keep(taken, db, replacing)
        st.session_state[_LOCAL] = _without(own, taken)
    else:
        st.session_state[_LOCAL] = LocalData((*_without(own, taken).deposits, *taken))
        _, known, plans_ = st.session_state[_PLANS]
        st.session_state[_PLANS] = (db.key, (*known, *taken), (*plans_, *made))
    st.session_state.pop("documents", None)


def _without(data: LocalData, taken: Sequence[Deposit]) -> LocalData:
    gone = {(one.template, one.year) for one in taken}
    return LocalData(tuple(one for one in data.deposits if (one.template, one.year) not in gone))


def _keep(taken: Sequence[Deposit], db: Database, replacing: bool) -> None:
    """Write the deposits in the private folder, all or none of them; DiagnosticError unless this person may."""
    place = _place()
    if place is None:
        return
    kept, who = place
    inside = identity.communes(who, db)
    for deposit in taken:
        if inside is not None and not inside >= set(deposit.facts["commune"]):
            raise DiagnosticError(
                "Ce fichier parle de communes hors de vos territoires : retirez-les, ou demandez à l’administrateur."
            )
    for deposit in taken:
        for one in former(deposit.template, deposit.year, deposit.facts["commune"]):
            if not who.may_change(one.owner):
                raise DiagnosticError(
                    f"{private.said(one)} ne peut être remplacé que par qui l’a déposé, ou par un administrateur."
                )
    for deposit in taken:
        private.save(deposit, kept, who, replacing=replacing)


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
    """What may be shown of a deposit, settled once. Those of the private folder are settled once for all visitors, each
    by itself, with those that came before it there, so that every replica hides the same cells."""
    if deposit.parts:
        return beside([_settled(db, part) for part in deposit.parts], deposit)
    members, kept = gazetteer.index(db).communes, _folder()
    if kept is None or before is not None:
        return settle(deposit, members, before, figures.published(db, deposit))
    given = (one.deposit for one in figures.built(db))
    same = (one for one in given if (one.template, one.year) == (deposit.template, deposit.year))
    chain = (*private.earlier(kept, deposit), *same)
    key = " ".join((db.key, *(one.digest for one in (deposit, *chain))))
    with _SETTLING:
        kept_plan = _SHELF.get(key)
        if kept_plan is not None:
            return kept_plan
        plan: Plan | None = None
        for one in reversed(chain):
            plan = settle(one, members, plan, figures.published(db, one))
        return _SHELF.keep(key, settle(deposit, members, plan, figures.published(db, deposit)))


def forget() -> None:
    """Forget the files of this session, with everything made of them; what the folder keeps is erased one by one."""
    for name in (_PLANS, _JOINED, _SHARED, _MERGED, "documents"):
        st.session_state.pop(name, None)
    st.session_state[_LOCAL] = LocalData()
    # Texts of the files may be among those kept as they were last typeset.
    french.typographic.cache_clear()


def _folder() -> Path | None:
    """The private folder; None too when it cannot be used, which `where` says."""
    if not identity.configured():
        return None
    with contextlib.suppress(DiagnosticError):
        return private.folder()
    return None


def where() -> str:
    """Where what is brought goes, in a sentence."""
    memory = "Ils restent dans votre session, en mémoire, et disparaissent avec elle"
    try:
        named = private.folder()
    except DiagnosticError as refusal:
        return f"{memory}. {refusal}"
    if named is None:
        return f"{memory} ; rien n’est écrit sur le serveur"
    if not identity.configured():
        return f"{memory}. {LOGIN}"
    who = identity.person()
    if who is None or not who.may_keep:
        return f"{memory} ; rien n’est écrit sur le serveur"
    return (
        "Ils sont gardés à votre nom dans le dossier privé de cette installation et montrés aux personnes que l’exploitant a "
        f"désignées pour ces communes ; un fichier remplacé ou effacé reste {french.quantity(private.days(), 'jour', 'jours')} "
        "de côté, puis disparaît"
    )


def plans(db: Database) -> tuple[Plan, ...]:
    """What may be shown of each file: those of the build, then those of this session, which take their place.

    Settled on the first call after a file came or went.
    """
    held = local().deposits
    version, known, made = st.session_state.get(_PLANS, (None, (), ()))
    if version != db.key or list(map(id, known)) != list(map(id, held)):
        kept = dict(zip(map(id, known), made, strict=True)) if version == db.key else {}
        with st.spinner("Le secret statistique de vos fichiers est en cours de calcul…"):
            made = tuple(kept.get(id(deposit)) or _settled(db, deposit) for deposit in held)
        st.session_state[_PLANS] = (db.key, held, made)
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

"""The local data of one session: facts per commune, kept in memory, forgotten on request.

Nothing here opens a file. The object is immutable: a page keeps it in its own session and replaces it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import NamedTuple

import pandas as pd

from diagnostic.local.bearing import NOT_HERE, speaks_of
from diagnostic.local.naming import of_structure
from diagnostic.local.templates import TEMPLATES, Fact
from diagnostic.local.validation import Validation
from diagnostic.model import DiagnosticError, Status

STATS = ["commune", "stat", "year", "value", "status", "source"]


class Structure(NamedTuple):
    """An establishment that a list names: its name is public, and so is what it takes. `places` is None when the list does
    not tell it, `name` empty when it may be a person's."""

    commune: str
    name: str
    places: float | None


@dataclass(frozen=True, slots=True, repr=False)
class Deposit:
    """What one file brought: where it comes from, when, under which rule of secrecy.

    `facts` has the columns of the `stat` table, one row per commune and stat; status BOUNDED says that the
    list may lack some of what it counts there, so that the value is the least possible. `threshold` overrides
    the threshold of `rule` when the file's agreement sets another. `perimeter`: the communes of the
    perimeter of one's own in hand when the file came, whose sums are protected with the others. `structures`: those that
    a list names one by one. `parts`: the deposits that this one holds side by side.
    """

    template: str
    origin: str
    received: date
    year: int
    facts: pd.DataFrame
    rule: str | None = None
    threshold: float | None = None
    perimeter: tuple[str, ...] = ()
    structures: tuple[Structure, ...] = ()
    parts: tuple[Deposit, ...] = ()

    def __repr__(self) -> str:
        """No value: a representation ends up in logs."""
        return f"Deposit({self.template}, {self.year}, {len(self.facts)} facts)"

    @property
    def digest(self) -> str:
        """What tells these facts from others: the same for two readings of one file kept on disk."""
        said = f"{self.template} {self.year} {self.threshold} {self.perimeter}"
        facts = self.facts.astype({"status": str}).to_csv(index=False)
        return hashlib.sha256(f"{said}\n{facts}".encode()).hexdigest()

    @property
    def badge(self) -> str:
        """What stands beside a figure made of it: origin and date."""
        return f"Donnée locale · {self.origin} · {self.received:%d/%m/%Y}"


def together(deposits: Sequence[Deposit]) -> Deposit:
    """Deposits of one template and year as one: each that speaks of no commune of those before it. What may be shown of
    it is what may be shown of its `parts`."""
    parts: list[Deposit] = []
    for one in deposits:
        if all(set(one.facts["commune"]).isdisjoint(other.facts["commune"]) for other in parts):
            parts.append(one)
    if len(parts) == 1:
        return parts[0]
    return replace(
        parts[0],
        origin=", ".join(one.origin for one in parts),
        received=max(one.received for one in parts),
        facts=pd.concat([one.facts for one in parts], ignore_index=True),
        structures=tuple(structure for one in parts for structure in one.structures),
        parts=tuple(parts),
    )


@dataclass(frozen=True, slots=True, repr=False)
class LocalData:
    """All the files of one session, one per template and year: the last one replaces the former."""

    deposits: tuple[Deposit, ...] = ()

    def __repr__(self) -> str:
        """No value: a representation ends up in logs."""
        return f"LocalData({len(self.deposits)} files)"

    def merge(self, deposit: Deposit) -> LocalData:
        """With this file too; it replaces the one of the same template and year.

        The same figures brought again keep their first perimeter: two perimeters of the same figures
        would tell the difference between them.
        """
        held = next(
            (d for d in self.deposits if (d.template, d.year) == (deposit.template, deposit.year)), None
        )
        if held is not None and held.facts.equals(deposit.facts):
            deposit = replace(deposit, perimeter=held.perimeter)
        return replace(
            self,
            deposits=(
                *(d for d in self.deposits if (d.template, d.year) != (deposit.template, deposit.year)),
                deposit,
            ),
        )


def deposit(
    validation: Validation,
    *,
    origin: str,
    year: int,
    received: date,
    complete_within: Collection[str] = (),
    partial: bool = False,
) -> Deposit:
    """The facts of a validated file.

    `complete_within`: communes for which the list holds every structure, so that one without a row
    has zero; a list that names none of them is refused. Elsewhere that one stays unknown, and what the list counts is a
    least (BOUNDED). A sum with
    an unknown part is unknown, one with a masked part is secret, and so is unknown the commune of a row of
    a list left out; when nothing tells that commune, the list is complete nowhere. `partial` says that the person agreed to leave out the refused rows: without it,
    a file with refused or unsettled rows is refused whole, as DiagnosticError.
    """
    template = validation.template
    if not validation.complete and not partial:
        raise DiagnosticError(
            "Des lignes de ce fichier sont refusées ou à préciser : corrigez-les, ou confirmez que vous les laissez de côté."
        )
    if validation.rows.empty:
        raise DiagnosticError(
            "Aucune ligne de ce fichier n’est utilisable : corrigez les lignes refusées puis déposez-le de nouveau."
        )
    listed = not template.one_row_per_commune
    if listed and complete_within and not speaks_of(validation, complete_within):
        raise DiagnosticError(NOT_HERE)
    whole = frozenset(complete_within) - validation.doubtful if listed else frozenset()
    if None in validation.doubtful:
        whole = frozenset()
    frames = [_facts(validation, fact, whole) for fact in template.facts if _possible(validation, fact)]
    facts = pd.concat(frames, ignore_index=True).assign(year=year, source=template.source)[STATS]
    if listed:
        facts = _least(facts, whole, validation.doubtful)
    structures = tuple(_structures(validation))
    return Deposit(
        template.id, origin, received, year, facts, template.rule, validation.threshold, structures=structures
    )


def _structures(validation: Validation) -> Iterator[Structure]:
    """The structures that a list names, in its order; nothing of a file whose rows are no establishments."""
    rows, template = validation.rows, validation.template
    if template.capacity is None or "nom" not in rows:
        return
    told = [column for column in template.capacity if column in rows]
    places = (
        rows[told].where(~validation.hidden[told]).max(axis=1) if told else pd.Series(None, index=rows.index)
    )
    for commune, name, held in zip(rows["commune"], rows["nom"], places, strict=True):
        text = of_structure(name) if isinstance(name, str) else ""
        yield Structure(commune, text, None if pd.isna(held) else float(held))


def _possible(validation: Validation, fact: Fact) -> bool:
    """Whether the file has the columns that the fact needs."""
    needed = {fact.column, fact.where[0] if fact.where else None} - {None}
    return needed <= set(validation.rows.columns)


def _facts(validation: Validation, fact: Fact, whole: frozenset[str]) -> pd.DataFrame:
    """One stat: commune, stat, value, status."""
    rows = pd.DataFrame({"commune": validation.rows["commune"], "value": 1.0, "hidden": False})
    if fact.column is not None:
        rows["value"] = validation.rows[fact.column].astype(float)
        rows["hidden"] = validation.hidden[fact.column]
    if fact.where is not None:
        answer = validation.rows[fact.where[0]]
        # A row that does not say which kind it is makes its commune unknown; another kind counts zero.
        rows["value"] = (
            rows["value"].where(answer.notna()).mask(answer.notna() & (answer != fact.where[1]), 0.0)
        )
        rows["hidden"] &= answer == fact.where[1]
    groups = rows.groupby("commune", sort=True)
    facts = groups["value"].sum().mask(groups["value"].count() < groups.size()).to_frame()
    facts["status"] = Status.OK
    facts.loc[facts["value"].isna(), "status"] = Status.MISSING
    facts.loc[groups["hidden"].any(), "status"] = Status.SECRET
    absent = sorted(whole - set(facts.index))
    if absent:
        facts = pd.concat([facts, pd.DataFrame({"value": 0.0, "status": Status.OK}, index=absent)])
    return facts.rename_axis("commune").reset_index().assign(stat=fact.stat)


def _least(facts: pd.DataFrame, whole: Collection[str], doubtful: frozenset[str | None]) -> pd.DataFrame:
    """The facts of a list where it may lack something: a least, or unknown in a doubtful commune."""
    counted = (facts["status"] == Status.OK) & ~facts["commune"].isin(whole)
    # At least zero says nothing.
    unknown = facts["commune"].isin(doubtful - {None}) | (counted & (facts["value"] == 0))
    unknown &= facts["status"] != Status.SECRET
    status = facts["status"].astype(object).mask(counted, Status.BOUNDED).mask(unknown, Status.MISSING)
    return facts.assign(value=facts["value"].mask(unknown), status=status)


def labels() -> dict[str, str]:
    """French label of every stat that a local file can bring."""
    return {fact.stat: fact.label for template in TEMPLATES.values() for fact in template.facts}

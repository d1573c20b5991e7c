"""What may be shown of a deposit, settled once for the whole file and never for one territory at a time.

Communes, EPCI, départements, régions, France and the file's own extent are protected together; any
other perimeter says only what can already be computed from them. So no order of questions and no pair of
perimeters tells more than the first table did.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from diagnostic.local.store import Deposit
from diagnostic.local.templates import TEMPLATES, Fact
from diagnostic.model import Indicator, Status
from diagnostic.secrecy import RULES, Relation, Rule, protect, with_sums
from diagnostic.secrecy import note as said

Place = tuple[str, str]
LOCAL_STATS = frozenset(fact.stat for template in TEMPLATES.values() for fact in template.facts)
LARGE, HALF = 20, 0.5
"""Counts that two years seldom share by chance, and the share of them that makes two deposits one."""
OWN = "fichier"
"""Level of the sums over the whole file and over the perimeter in hand when it was received."""


@dataclass(frozen=True, slots=True)
class Cell:
    """A value that may be shown, or why there is none. `known` of the `communes` have a row in the file.

    `least`: the list may lack something there, so that the value is the least possible.
    """

    value: float | None
    status: Status
    known: int
    communes: int
    least: bool = False


@dataclass(frozen=True, slots=True, repr=False)
class Plan:
    """The deposit as it may be read: cells by place and stat, hidden values already gone.

    `free` holds the true values of the communes, which only `cell` reads, to add up what may be added.
    `least` holds the communes where a list may lack something, by stat. `safe` is False when what was shown of
    the same facts before, or is published of them, gives away what must be hidden now. `before`: the plans that this
    one replaced, the newest first.
    """

    deposit: Deposit
    cells: Mapping[tuple[str, str, str], tuple[float | None, Status]]
    members: Mapping[Place, frozenset[str]]
    free: Mapping[str, Mapping[str, float]]
    note: str
    primary: int
    secondary: int
    least: Mapping[str, frozenset[str]]
    safe: bool = True
    before: tuple[Plan, ...] = ()

    def __repr__(self) -> str:
        """No value: a representation ends up in logs."""
        return f"Plan({self.deposit.template}, {self.deposit.year})"

    def covers(self, commune: str) -> bool:
        """Whether the file has a row for this commune."""
        return any(("commune", commune, stat) in self.cells for stat in self.free)

    def holds(self, stat: str) -> bool:
        """Whether the file brings this stat."""
        return stat in self.free

    def speaks_of(self, indicator: Indicator) -> bool:
        """Whether the file brings every local part of an indicator."""
        parts = {indicator.numerator, indicator.denominator} & LOCAL_STATS
        return bool(parts) and parts <= self.free.keys()

    def cell(self, stat: str, level: str, code: str, communes: Sequence[str]) -> Cell:
        """What is said of `stat` on a territory, given with its communes."""
        found = [self.cells.get(("commune", commune, stat)) for commune in communes]
        rows = [row for row in found if row is not None]
        known, size = len(rows), len(communes)
        least = not self.least.get(stat, frozenset()).isdisjoint(communes)
        settled = self.cells.get((level, code, stat))
        if settled is not None and (settled[0] is not None or settled[1] is not Status.MISSING):
            return Cell(*settled, known, size, least)
        if not communes or known < size:
            return Cell(None, Status.MISSING, known, size)
        statuses = {row[1] for row in rows}
        if statuses <= {Status.OK}:
            return Cell(
                float(sum(value for value, _ in rows if value is not None)), Status.OK, known, size, least
            )
        if Status.MISSING in statuses:
            return Cell(None, Status.MISSING, known, size)
        true = self.free.get(stat, {})
        if set(communes) <= true.keys() and self._told_already(stat, frozenset(communes)):
            return Cell(float(sum(true[commune] for commune in communes)), Status.OK, known, size, least)
        return Cell(None, Status.SECRET, known, size)

    def _told_already(self, stat: str, communes: frozenset[str]) -> bool:
        """Whether the sum over these communes follows from the sums shown: it is a combination of them."""
        hidden = {code for code in communes if self.cells["commune", code, stat][1] is Status.SECRET}
        shown = [
            inside
            for place, inside in self.members.items()
            if inside & hidden and self.cells.get((*place, stat), (None, None))[0] is not None
        ]
        if not shown:
            return False
        reached = sorted(
            code
            for code in frozenset().union(*shown)
            if self.cells.get(("commune", code, stat), (None, None))[1] is Status.SECRET
        )
        sums = np.array([[code in inside for inside in shown] for code in reached], dtype=float)
        wanted = np.array([code in hidden for code in reached], dtype=float)
        weights, *_ = np.linalg.lstsq(sums, wanted, rcond=None)
        return bool(np.abs(sums @ weights - wanted).max() < 1e-9) and hidden <= set(reached)


def _within(deposit: Deposit, members: Mapping[Place, Collection[str]]) -> dict[Place, frozenset[str]]:
    """The places that the file covers whole, with their communes; its own extent and its perimeter among them."""
    held = frozenset(deposit.facts["commune"])
    inside = {place: frozenset(codes) for place, codes in members.items()}
    inside = {place: codes for place, codes in inside.items() if codes and codes <= held}
    for code, communes in (("tout", held), ("périmètre", frozenset(deposit.perimeter))):
        if communes and communes <= held and communes not in inside.values():
            inside[OWN, code] = communes
    return inside


def _membership(inside: Mapping[Place, frozenset[str]]) -> pd.DataFrame:
    rows = [(level, code, commune) for (level, code), codes in inside.items() for commune in sorted(codes)]
    return pd.DataFrame(rows, columns=["level", "code", "commune"])


def _cells(frame: pd.DataFrame) -> dict[tuple[str, str, str], tuple[float | None, Status]]:
    return {
        (level, code, stat): (None if pd.isna(value) else float(value), Status(status))
        for level, code, stat, value, status in zip(
            frame["level"], frame["code"], frame["stat"], frame["value"], frame["status"], strict=True
        )
    }


def _free(stats: pd.DataFrame) -> dict[str, dict[str, float]]:
    """The values of the file, by stat and commune: what a perimeter adds up where that tells nothing more."""
    free: dict[str, dict[str, float]] = {stat: {} for stat in stats["stat"].unique()}
    for code, stat, value in zip(stats["code"], stats["stat"], stats["value"], strict=True):
        if pd.notna(value):
            free[stat][code] = float(value)
    return free


def settle(
    deposit: Deposit,
    members: Mapping[Place, Collection[str]],
    before: Plan | None = None,
    published: Mapping[tuple[str, str, str], float] | None = None,
) -> Plan:
    """Settle what may be shown of `deposit`; `members`: (level, code) -> communes, every upper level.

    A level that the file does not cover whole is left out: its sum is unknown. `before` is what was shown of a
    deposit that this one replaces, and of those that it had replaced itself: the facts that are the same are protected
    together, as one who has seen them all would attack them. `published`: (level, code, stat) -> what the open data
    say of the same year; where it is our sum, the reader has it whatever is hidden here.
    """
    held = frozenset(deposit.facts["commune"])
    former = () if before is None else (before, *before.before)
    inside = _within(deposit, members)
    own_places = frozenset(inside)
    for number, one in enumerate(former):
        for rank, (place, codes) in enumerate(one.members.items()):
            if codes not in inside.values():
                inside[f"avant_{place[0]}", f"{place[1]}_{number}_{rank}"] = codes
    membership = _membership(inside)
    frames, note, counts, is_safe = [], "", (0, 0), True
    same: Collection[tuple[str, str]] = ()
    rule = rule_of(deposit)
    stats = deposit.facts.rename(columns={"commune": "code"})[["code", "stat", "year", "value", "status"]]
    bounded = stats["status"] == Status.BOUNDED
    least = stats[bounded].groupby("stat")["code"].agg(frozenset).to_dict()
    # A least is a count like another for secrecy.
    stats = stats.assign(status=stats["status"].astype(object).mask(bounded, Status.OK))
    facts = {fact.stat: fact for fact in TEMPLATES[deposit.template].facts}
    open_to_all = stats["stat"].map(lambda stat: rule is None or facts[stat].public)
    if open_to_all.any():
        frames.append(with_sums(stats[open_to_all].assign(level="commune"), membership))  # No person there.
    if rule is not None and not open_to_all.all():
        guarded, same, told = _with_before(stats[~open_to_all], former, inside)
        told |= _published(guarded, inside, published or {})
        safe = protect(
            guarded,
            membership,
            rule,
            tables=[Relation(total, parts) for total, parts in TEMPLATES[deposit.template].sums],
            units=_units(facts, set(stats["stat"])),
            told=told,
        )
        frame = safe.frame
        mine = frame["level"].eq("commune") & frame["code"].isin(held)
        mine |= np.array([place in own_places for place in zip(frame["level"], frame["code"], strict=True)])
        frames.append(frame[mine])
        hidden = int((frame.loc[mine, "status"] == Status.SECRET).sum())
        note, counts, is_safe = (
            said(hidden, rule, shown=int(mine.sum())),
            (safe.primary, safe.secondary),
            safe.safe,
        )
    frame = pd.concat(frames, ignore_index=True)
    inside = {place: codes for place, codes in inside.items() if place in own_places}
    plan = Plan(deposit, _cells(frame), inside, _free(stats), note, *counts, least, is_safe, former)
    return replace(plan, safe=is_safe and all(_tells_no_more(one, plan, same) for one in former))


def beside(plans: Sequence[Plan], deposit: Deposit) -> Plan:
    """What may be shown of `deposit`, whose parts were settled each by itself: what they say, sums that follow from it,
    and no more. So whoever saw one of them before another came, or went, learns nothing of what either hides."""
    cells: dict[tuple[str, str, str], tuple[float | None, Status]] = {}
    members: dict[Place, frozenset[str]] = {}
    free: dict[str, dict[str, float]] = {}
    least: dict[str, frozenset[str]] = {}
    for rank, one in enumerate(plans):
        # Each file has an extent of its own.
        named = {place: (place[0], f"{place[1]}_{rank}") for place in one.members if place[0] == OWN}
        members |= {named.get(place, place): codes for place, codes in one.members.items()}
        cells |= {
            (*named.get((level, code), (level, code)), stat): cell
            for (level, code, stat), cell in one.cells.items()
        }
        for stat, values in one.free.items():
            free.setdefault(stat, {}).update(values)
        for stat, codes in one.least.items():
            least[stat] = least.get(stat, frozenset()) | codes
    return Plan(
        deposit,
        cells,
        members,
        free,
        " ".join(dict.fromkeys(filter(None, (one.note for one in plans)))),
        sum(one.primary for one in plans),
        sum(one.secondary for one in plans),
        least,
        all(one.safe for one in plans),
        tuple(former for one in plans for former in one.before),
    )


def _with_before(
    stats: pd.DataFrame, former: Sequence[Plan], inside: Mapping[Place, frozenset[str]]
) -> tuple[pd.DataFrame, frozenset[tuple[str, str]], dict[tuple, bool]]:
    """The facts of a deposit with those of the ones it replaces that it lacks; those that no file has changed; and which
    cells were seen, True when their value was. A cell whose value is no longer the same is another fact.
    """
    if not former:
        return stats, frozenset(), {}
    year, wanted = former[0].deposit.year, set(stats["stat"])
    known = {
        (code, stat): value
        for code, stat, value in zip(stats["code"], stats["stat"], stats["value"], strict=True)
    }
    new, changed = frozenset(known), set()
    for one in former:
        for stat, values in one.free.items():
            for code, value in values.items() if stat in wanted else ():
                if known.setdefault((code, stat), value) != value:
                    changed.add((code, stat))
    same = frozenset(known) - changed
    place_of = {codes: place for place, codes in inside.items()}
    told: dict[tuple, bool] = {}
    for one in former:
        for (level, code, stat), (shown, status) in one.cells.items():
            communes = one.members.get((level, code), frozenset((code,)))
            seen = shown is not None or status is Status.SECRET
            if seen and stat in wanted and all((commune, stat) in same for commune in communes):
                place = (level, code) if level == "commune" else place_of[communes]
                told[*place, stat, year] = told.get((*place, stat, year), False) or shown is not None
    lacking = [
        (code, stat, year, value, Status.OK)
        for (code, stat), value in known.items()
        if (code, stat) not in new
    ]
    extra = pd.DataFrame(lacking, columns=["code", "stat", "year", "value", "status"])
    return (pd.concat([stats, extra], ignore_index=True) if lacking else stats), same, told


def _published(
    stats: pd.DataFrame,
    inside: Mapping[Place, frozenset[str]],
    published: Mapping[tuple[str, str, str], float],
) -> dict[tuple, bool]:
    """The sums of a deposit that the open data say too."""
    values = stats.set_index(["code", "stat"])["value"]
    found = {}
    for (level, code, stat), value in published.items():
        communes = inside.get((level, code), frozenset((code,)) if level == "commune" else frozenset())
        parts = [values.get((commune, stat), np.nan) for commune in communes]
        if parts and sum(parts) == value:
            found[level, code, stat, int(stats["year"].iloc[0])] = True
    return found


def _tells_no_more(one: Plan, plan: Plan, same: Collection[tuple[str, str]]) -> bool:
    """Whether a sum that `one` showed, less its counts that have changed since, tells nothing of those that have not
    which `plan` does not tell itself."""

    def shown(source: Plan, place: Place, stat: str) -> bool:
        return source.cells.get((*place, stat), (None, None))[0] is not None

    def secret(source: Plan, place: Place, stat: str) -> bool:
        return source.cells.get((*place, stat), (None, None))[1] is Status.SECRET

    for place, codes in one.members.items():
        for stat in one.free:
            changed = {code for code in codes if (code, stat) not in same}
            hidden = {code for code in codes - changed if secret(one, ("commune", code), stat)}
            seen = all(shown(one, ("commune", code), stat) for code in changed)
            if changed and hidden and seen and shown(one, place, stat):
                still = all(secret(plan, ("commune", code), stat) for code in hidden)
                if not (still and plan._told_already(stat, frozenset(hidden))):
                    return False
    places = {
        **one.members,
        **{("commune", code): frozenset((code,)) for values in one.free.values() for code in values},
    }
    for total, classes in TEMPLATES[one.deposit.template].sums:
        for place, codes in places.items():
            changed_stats = {
                stat for stat in (total, *classes) if any((code, stat) not in same for code in codes)
            }
            hidden_stats = {
                stat for stat in classes if stat not in changed_stats and secret(one, place, stat)
            }
            seen = all(shown(one, place, stat) for stat in changed_stats | {total})
            if (
                changed_stats
                and hidden_stats
                and seen
                and not all(shown(plan, place, stat) for stat in changed_stats | {total})
            ):
                return False
    return True


def same_facts(one: Deposit, other: Deposit) -> bool:
    """Whether two deposits of a template, of different years, hold the same counts: most of those that chance
    would not make equal."""
    keys = ["commune", "stat"]
    both = one.facts.merge(other.facts, on=keys, suffixes=("", "_other")).dropna(
        subset=["value", "value_other"]
    )
    both = both[both["value"] > 0]
    large = both[both["value"] >= LARGE]
    judged = large if len(large) else both
    return bool(len(judged)) and float((judged["value"] == judged["value_other"]).mean()) > HALF


def rule_of(deposit: Deposit) -> Rule | None:
    """The rule of secrecy of a deposit, at the threshold its agreement sets."""
    if deposit.rule is None:
        return None
    rule = RULES[deposit.rule]
    return rule.at(deposit.threshold) if deposit.threshold is not None else rule


def _units(facts: Mapping[str, Fact], stats: Collection[str]) -> dict[str, tuple[str, float]]:
    return {stat: (fact.units, fact.each) for stat, fact in facts.items() if stat in stats and fact.units}

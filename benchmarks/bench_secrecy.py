"""How long a département takes to be made safe, and how many cells that costs."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import numpy as np
import pandas as pd

from benchmarks import attack
from benchmarks.harness import Result, milliseconds
from benchmarks.optimum import SECONDARY_BOUND, least
from diagnostic.local.plan import settle
from diagnostic.local.store import Deposit
from diagnostic.local.templates import TEMPLATES
from diagnostic.model import Status
from diagnostic.secrecy import RULES, Relation, protect, secondary

COMMUNES, INDICATORS, EPCI, DEPOSITS = 500, 20, 18, 1_000


def departement(seed: int = 33) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Counts of a département with many small communes, and its EPCI and département."""
    random = np.random.default_rng(seed)
    codes = np.array([f"33{place:03d}" for place in range(COMMUNES)])
    size = np.exp(random.normal(5.5, 1.3, COMMUNES))
    stats = pd.concat(
        pd.DataFrame(
            {
                "code": codes,
                "stat": f"s{n}",
                "year": 2024,
                "value": random.poisson(size * share).astype(float),
            }
        )
        for n, share in enumerate(random.uniform(0.005, 0.2, INDICATORS))
    )
    groups = [f"E{place}" for place in random.integers(0, EPCI, COMMUNES)]
    membership = pd.concat(
        [
            pd.DataFrame({"level": "epci", "code": groups, "commune": codes}),
            pd.DataFrame({"level": "departement", "code": "33", "commune": codes}),
        ]
    )
    return stats.reset_index(drop=True), membership


def extract() -> tuple[Deposit, dict[tuple[str, str], list[str]]]:
    """A Caf extract of the same communes, whose classes add up to the allocataires."""
    random = np.random.default_rng(33)
    _, membership = departement()
    codes = membership.loc[membership["level"] == "departement", "commune"].to_numpy()
    size = np.exp(random.normal(4.5, 1.3, COMMUNES))
    (total, classes), *_ = TEMPLATES["caf"].sums
    table = {
        stat: random.poisson(size * share)
        for stat, share in zip(classes, (0.3, 0.3, 0.25, 0.15), strict=True)
    }
    table[total] = sum(table.values())
    table["caf_aeeh"] = random.poisson(size * 0.05)
    rows = [pd.DataFrame({"commune": codes, "stat": stat, "value": found}) for stat, found in table.items()]
    facts = pd.concat(rows, ignore_index=True).astype({"value": float})
    facts = facts.assign(year=2024, status=Status.OK, source="local_caf")
    members = membership.groupby(["level", "code"])["commune"].agg(list).to_dict()
    return Deposit("caf", "caf.xlsx", date(2026, 1, 2), 2024, facts, "caf_extrait"), members


def small_table(seed: int) -> tuple[pd.DataFrame, list[Relation]]:
    random = np.random.default_rng(seed)
    inside = np.where(
        random.random((4, 4)) < 0.2, random.integers(1, 5, (4, 4)), random.integers(5, 60, (4, 4))
    )
    values = {(i, j): inside[i, j] for i in range(4) for j in range(4)}
    values |= {(i, "t"): inside[i].sum() for i in range(4)} | {("t", j): inside[:, j].sum() for j in range(4)}
    frame = pd.DataFrame({"key": list(values), "value": [float(v) for v in values.values()]})
    frame["masked"] = frame["value"].between(1, 4)
    frame["protection"] = np.where(frame["masked"], 5.0, 1.0)
    relations = [Relation((i, "t"), tuple((i, j) for j in range(4))) for i in range(4)]
    relations += [Relation(("t", j), tuple((i, j) for i in range(4))) for j in range(4)]
    return frame, relations


def results() -> Iterator[Result]:
    stats, membership = departement()
    rule = RULES["caf_extrait"]
    safe = protect(stats, membership, rule)
    yield Result(
        "département of 500 communes × 20 indicators",
        milliseconds(lambda: protect(stats, membership, rule)),
        "ms",
        "< 1000",
        f"{safe.primary} primary and {safe.secondary} secondary cells of {len(safe.frame)}",
    )
    perimeter = membership[membership["code"] == "33"].iloc[100:300].assign(level="perimetre", code="P")
    wider = pd.concat([membership, perimeter])
    yield Result(
        "the same with a perimeter that cuts across the EPCI",
        milliseconds(lambda: protect(stats, wider, rule), repeat=3),
        "ms",
        "< 1000",
        f"safe: {protect(stats, wider, rule).safe}",
    )
    counts, everyone = extract()
    plan = settle(counts, everyone)
    yield Result(
        "a deposit of a département: Caf extract with its classes, every level",
        milliseconds(lambda: settle(counts, everyone), repeat=3),
        "ms",
        "",
        f"{plan.primary} primary and {plan.secondary} secondary cells of {len(plan.cells)}",
    )
    exact = narrow = cells = 0
    for seed in range(DEPOSITS):
        plan = settle(*attack.deposit(seed))
        found, close = attack.broken(plan)
        exact, narrow, cells = exact + found, narrow + close, cells + len(attack.hidden(plan))
    told = f"{cells:,} hidden cells, by linear programs that know a hidden count is at least 1"
    yield Result(f"{DEPOSITS:,} deposits of one EPCI: values found exactly", exact, "", "0", told)
    yield Result("ranges narrower than the protection stated", narrow, "", "0", "")
    ratios = []
    for seed in range(30):
        frame, relations = small_table(seed)
        fewest = least(frame, relations)
        if fewest:
            ratios.append(len(secondary(frame, relations).added) / len(fewest))
    yield Result(
        "cells hidden ÷ the fewest possible, worst of 4 × 4 tables",
        max(ratios),
        "",
        f"≤ {SECONDARY_BOUND:g}",
        f"mean {np.mean(ratios):.3f} over {len(ratios)} tables, optimum by milp",
    )

"""How long a département takes to be made safe, and how many cells that costs."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from benchmarks.harness import Result, milliseconds
from diagnostic.secrecy import RULES, SECONDARY_BOUND, Relation, protect, secondary
from diagnostic.secrecy.optimum import least

COMMUNES, INDICATORS, EPCI = 500, 20, 18


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

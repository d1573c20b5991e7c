"""Communes of fewer than 1,000 inhabitants taken at random on the real files: what their first page knows.

`COMMUNES=2000 python -m benchmarks small` takes more than the 300 of the start.
"""

from __future__ import annotations

import os
import random
from collections.abc import Iterator

from benchmarks import databases
from benchmarks.harness import Result

SMALL, SAMPLE, FEWEST = 1_000, 300, 3


def results() -> Iterator[Result]:
    from diagnostic import gazetteer, report, story
    from diagnostic.model import Level
    from diagnostic.warehouse import open_database

    path = databases.real()
    if path is None:
        return
    db = open_database(path)
    known = sorted(
        code
        for (level, code), people in gazetteer.index(db).population.items()
        if level == Level.COMMUNE and 0 < people < SMALL
    )
    count = min(int(os.environ.get("COMMUNES", SAMPLE)), len(known))
    figures, messages, own, dead = [], [], [], 0
    for code in random.Random(14).sample(known, count):
        found = report.build(db, f"commune:{code}")
        told, essentials = story.figures_section(found), story.essentiel_section(found)
        items = [item for block in told.on_screen for item in block.items] if told is not None else []
        figures.append(sum(bool(item.figure) for item in items))
        own.append(sum(bool(item.figure) and not item.who for item in items))
        messages.append(len(essentials.on_screen[0].items) if essentials is not None else 0)
        sections = (told, essentials, story.portrait_section(found), story.duties_section(found))
        dead += any(section is None or not (section.on_screen or section.blocks) for section in sections)
    note = f"{count} of {len(known):,} communes under {SMALL:,} inhabitants"
    yield Result(
        "communes with fewer than three known key figures",
        sum(one < FEWEST for one in figures),
        "",
        "0",
        note,
    )
    yield Result(
        "communes with fewer than three of their own",
        sum(one < FEWEST for one in own),
        "",
        "",
        "the others read their EPCI's",
    )
    yield Result(
        "communes with fewer than three key messages", sum(one < FEWEST for one in messages), "", "0"
    )
    yield Result("communes with a section without anything in it", dead, "", "0")

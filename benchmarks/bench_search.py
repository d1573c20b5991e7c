"""Each keystroke of what people type, on the names of the whole country: processor time of the server between two keys."""

from __future__ import annotations

import statistics
import time
from collections.abc import Iterator

from benchmarks import databases
from benchmarks.harness import Result

TYPED = (
    "Bordeaux", "bordaux", "toulouze", "saint denis", "Saint-Étienne-du-Rouvray", "Mérignac 33", "Bordeaux (33)",
    "33310 Lormont", "33760", "communauté d'agglomération du Libournais", "CC Pays Foyen", "agglo du Libournais", "lhay",
    "243 300 316", "commune:33063", "Paris 11ème", "PACA", "Pierrefitte-sur-Seine", "Annecy-le-Vieux", "QN03303M",
    "Plaine Commune", "porte de benauge", "la veuve marne", "xqzw vrtk", "saint saint saint", "de la",
)  # fmt: skip


def results() -> Iterator[Result]:
    from diagnostic import gazetteer, search
    from diagnostic.warehouse import open_database

    path = databases.real() or databases.france()
    db = open_database(path)
    began = time.process_time()
    search.warm(db)
    yield Result("index, once at the start of the server", (time.process_time() - began) * 1000, "ms")
    times = []
    for text in TYPED:
        for end in range(1, len(text) + 1):
            began = time.process_time()
            search.lines(db, search.find(db, text[:end])[:12])
            times.append(((time.process_time() - began) * 1000, text[:end]))
    spent = sorted(one for one, _ in times)
    note = f"{len(times)} keystrokes on {len(gazetteer.index(db).territories)} territories"
    yield Result("a keystroke, median", statistics.median(spent), "ms", "< 50", note)
    yield Result("a keystroke, 95 of 100", spent[int(len(spent) * 0.95)], "ms", "< 50")
    worst = max(times)
    yield Result("a keystroke, worst", worst[0], "ms", "< 50", f"« {worst[1]} »")

"""How long the table of a département takes: measures, missing places, alerts of all its intercommunalités."""

from __future__ import annotations

import datetime
from collections.abc import Iterator

from benchmarks import databases
from benchmarks.harness import Result, milliseconds


def results() -> Iterator[Result]:
    from diagnostic import story, territories
    from diagnostic.report import cockpit
    from diagnostic.warehouse import open_database

    path = databases.real() or databases.france()
    db = open_database(path)
    homes = db.rows(
        "select departement, count(*) from territory where level = 'epci' group by departement "
        "order by abs(count(*) - 30), departement limit 1"
    )
    [(code, count)] = homes
    place = territories.get(db, f"departement:{code}")

    def table() -> None:
        told = story.cockpit_lines(cockpit.rows(db, place), {}, datetime.date.today())
        assert len(story.cockpit_table(told)) == count

    first = milliseconds(table, repeat=1)
    yield Result(f"{count} intercommunalités, first time", first, "ms", "< 1000 ms", f"département {code}")
    yield Result(f"{count} intercommunalités, again", milliseconds(table), "ms", "< 1000 ms", "median of 5")

"""Download the declared files into a folder, politely, and say what became of each.

`pooch` gives the digests; it cannot resume a partial file, so that the transfer itself streams through
`requests`, pooch's own dependency, into a `.part` file which takes its final name only once it is whole
and of the declared kind. Beside each file, `<name>.provenance.json` keeps its address, date, size and
digest. A process killed at any moment leaves `.part` files only, which the next run resumes.
"""

from __future__ import annotations

import errno
import time
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from diagnostic import french, network
from diagnostic.fetch.items import (
    PROVENANCE,
    Item,
    Outcome,
    Progress,
    Refused,
    Run,
    State,
    chosen,
    newest,
)
from diagnostic.fetch.kinds import intact
from diagnostic.fetch.transfer import download
from diagnostic.model import DiagnosticError, Source


def fetch(
    sources: Iterable[Source],
    out: Path,
    *,
    only: Sequence[str] = (),
    progress: Progress | None = None,
    wait: Callable[[float], object] = time.sleep,
    clock: Callable[[], float] = time.monotonic,
) -> list[Outcome]:
    """Bring the newest file of every vintage of `sources` into `out`; one outcome per file, in the order declared.

    `only` keeps the sources with these ids. The newest is what the producer's catalogue says, else the declared address.
    A file already there and intact is kept, without a request where there is no catalogue. One file's failure never
    stops the others.
    `wait` receives the seconds to pause before a new attempt. Raises DiagnosticError for an unknown id
    (code 2) and for a folder that cannot be written.
    """
    kept = chosen(list(sources), only)
    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise DiagnosticError(
            f"Le dossier « {out} » ne peut pas être créé ({french.because(error)}) : choisissez-en un autre avec --out."
        ) from error
    with network.open_line(wait, clock) as line:
        run = Run(line, progress or (lambda *_: None))
        return [
            _settle(Item(source, vintage, vintage.url, out / vintage.filename), run)
            for source in kept
            for vintage in source.vintages
        ]


def _settle(item: Item, run: Run) -> Outcome:
    try:
        if item.vintage.catalogue is not None:
            item = newest(item, run.line)
        if intact(item):
            return item.outcome(State.KEPT)
        item.path.parent.mkdir(parents=True, exist_ok=True)
        return item.outcome(download(item, run))
    except Refused as refusal:
        return item.outcome(State.REFUSED, str(refusal))
    except OSError as error:
        return item.outcome(State.REFUSED, _disk_sentence(item, error))


def _disk_sentence(item: Item, error: OSError) -> str:
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return (
            f"{item.name} : le disque est plein ; libérez de la place sur « {item.path.parent} », puis relancez "
            "la commande, qui reprendra où elle s’est arrêtée."
        )
    return (
        f"{item.name} : l’écriture de « {item.path} » a échoué ({french.because(error)}) ; vérifiez les droits "
        "sur ce dossier ou choisissez-en un autre avec --out."
    )

"""What the operator sees from outside: a journal, figures for Prometheus, readiness. No word of a visitor.

Neither address, cookie nor territory is written: a line says a page, a time, and what went wrong.
"""

from __future__ import annotations

import asyncio
import contextlib
import datetime
import json
import logging
import os
import signal
import threading
import time
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import AsyncIterator, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import FrameType

import streamlit as st
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.RootContainer_pb2 import RootContainer
from streamlit.runtime import Runtime

from diagnostic import drafts, french
from diagnostic.model import DiagnosticError
from diagnostic.ui import keeping, warming
from diagnostic.warehouse.database import Database, open_database

METRICS, JOURNAL, MONTHS = "DIAGNOSTIC_METRIQUES", "DIAGNOSTIC_JOURNAL", "DIAGNOSTIC_MOIS"
OLD_AFTER = 15
"""Months: a yearly edition, and three of grace."""
_BOUNDS = (0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
_log = logging.getLogger(__name__)


# --- Figures -------------------------------------------------------------------------------------------


class Figures:
    """Answers counted by page and by time; safe across threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._buckets: dict[str, Counter[int]] = {}
        self._seconds: dict[str, float] = defaultdict(float)
        self._faults: Counter[str] = Counter()

    def answered(self, page: str, seconds: float) -> None:
        with self._lock:
            self._buckets.setdefault(page, Counter())[bisect_left(_BOUNDS, seconds)] += 1
            self._seconds[page] += seconds

    def failed(self, page: str) -> None:
        with self._lock:
            self._faults[page] += 1

    def lines(self) -> Iterator[str]:
        """In the text format of Prometheus."""
        with self._lock:
            buckets = {page: Counter(counts) for page, counts in self._buckets.items()}
            seconds, faults = dict(self._seconds), dict(self._faults)
        yield "# HELP ctg_reponse_secondes Time to draw a page, in seconds."
        yield "# TYPE ctg_reponse_secondes histogram"
        for page, counts in sorted(buckets.items()):
            for rank, bound in enumerate((*_BOUNDS, "+Inf")):
                total = sum(counts[lower] for lower in range(rank + 1))
                yield f'ctg_reponse_secondes_bucket{{page="{page}",le="{bound}"}} {total}'
            yield f'ctg_reponse_secondes_sum{{page="{page}"}} {seconds[page]:.6f}'
            yield f'ctg_reponse_secondes_count{{page="{page}"}} {sum(counts.values())}'
        yield "# HELP ctg_incidents_total Pages that could not be drawn."
        yield "# TYPE ctg_incidents_total counter"
        yield from (f'ctg_incidents_total{{page="{page}"}} {count}' for page, count in sorted(faults.items()))


@st.cache_resource(show_spinner=False)
def figures() -> Figures:
    """The figures of this process: one for all its sessions."""
    return Figures()


@contextlib.contextmanager
def timed() -> Iterator[None]:
    """Count the answer that the block draws."""
    start = time.perf_counter()
    try:
        yield
    finally:
        seconds, page = time.perf_counter() - start, str(st.session_state.get("page") or "accueil")
        figures().answered(page, seconds)
        _log.info("réponse", extra={"page": page, "ms": round(seconds * 1000)})


def exposition() -> str:
    """Everything that Prometheus reads."""
    gauges = [("ctg_memoire_octets", "Resident memory, in bytes.", _memory())]
    if Runtime.exists():
        sessions = Runtime.instance()._session_mgr.num_active_sessions()
        gauges.append(("ctg_sessions", "Open sessions.", sessions))
    with contextlib.suppress(DiagnosticError):
        database = open_database()
        gauges.append(
            ("ctg_cache_territoires", "Territories whose figures are in memory.", len(database.shelf))
        )
        age = months_old(database)
        if age is not None:
            gauges.append(("ctg_base_mois", "Age of the database, in months.", age))
    lines = [
        line
        for name, said, value in gauges
        for line in (f"# HELP {name} {said}", f"# TYPE {name} gauge", f"{name} {value}")
    ]
    return "\n".join([*lines, *figures().lines()]) + "\n"


def _memory() -> int:
    try:
        pages = int(Path("/proc/self/statm").read_text().split()[1])
    except OSError:
        return 0
    return pages * os.sysconf("SC_PAGE_SIZE")


class _Exposed(BaseHTTPRequestHandler):
    """Answers /metrics and nothing else."""

    def do_GET(self) -> None:
        found = self.path.split("?")[0] == "/metrics"
        body = exposition().encode() if found else b""
        self.send_response(200 if found else 404)
        self.send_header("Content-Type", "text/plain; version=0.0.4; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *arguments: object) -> None:
        """Who asks is nobody's business."""


@contextlib.contextmanager
def exposed() -> Iterator[None]:
    """Serve the figures on the operator's `host:port` or port of this machine, when one is named."""
    said = os.environ.get(METRICS, "").strip()
    if not said:
        yield
        return
    host, _, port = said.rpartition(":")
    try:
        server = ThreadingHTTPServer((host or "127.0.0.1", int(port)), _Exposed)
    except (OSError, ValueError) as error:
        raise SystemExit(
            f"{METRICS} nomme une adresse libre, par exemple 127.0.0.1:9101 : corrigez « {said} »."
        ) from error
    threading.Thread(target=server.serve_forever, name="metrics", daemon=True).start()
    try:
        yield
    finally:
        server.shutdown()
        server.server_close()


# --- Journal -------------------------------------------------------------------------------------------


class Lines(logging.Formatter):
    """One JSON object a line: when, how grave, what; page and time of an answer; the trace of an incident."""

    def format(self, record: logging.LogRecord) -> str:
        when = datetime.datetime.fromtimestamp(record.created, datetime.UTC)
        line = {
            "quand": when.isoformat(timespec="milliseconds"),
            "niveau": record.levelname.lower(),
            "origine": record.name,
            "message": record.getMessage(),
        }
        line |= {name: getattr(record, name) for name in ("page", "ms") if hasattr(record, name)}
        if record.exc_info:
            line["trace"] = self.formatException(record.exc_info)
        return json.dumps(line, ensure_ascii=False)


def keep_journal() -> None:
    """Write the journal as JSON on standard error, when `DIAGNOSTIC_JOURNAL=json` asks for it."""
    if os.environ.get(JOURNAL, "").strip() != "json":
        return
    handler = logging.StreamHandler()
    handler.setFormatter(Lines())
    ours = logging.getLogger("diagnostic")
    ours.handlers, ours.propagate = [handler], False
    ours.setLevel(logging.INFO)


# --- Life of the process -------------------------------------------------------------------------------

_stopping = threading.Event()


@contextlib.asynccontextmanager
async def lifespan(app: object) -> AsyncIterator[None]:
    """The life of a server: journal, figures, readiness, and what is read before the first visitor."""
    keep_journal()
    _told_of_stop()
    with exposed():
        async with warming.lifespan(app):
            yield


STOPPING = "Ce serveur s’arrête pour une mise à jour : votre page revient seule dans un instant, avec ce que vous avez tapé."
_TIME_TO_TELL = 1.0
"""Seconds between the word to the visitors and the end of their sessions."""


def _told_of_stop() -> None:
    """From the signal to stop on, the server is no longer ready, so that a proxy sends nobody new to it; those who are
    here are told. A second signal stops at once."""
    if threading.current_thread() is not threading.main_thread():
        return
    usual = signal.getsignal(signal.SIGTERM)

    def stop(number: int, frame: FrameType | None) -> None:
        again = _stopping.is_set()
        _stopping.set()
        _log.info("arrêt demandé")
        if not callable(usual):
            return
        try:
            loop = asyncio.get_running_loop()
        except RuntimeError:
            loop = None
        if again or loop is None:
            usual(number, frame)
            return
        loop.call_soon_threadsafe(tell_of_stop)
        loop.call_later(_TIME_TO_TELL, usual, number, frame)

    signal.signal(signal.SIGTERM, stop)


def tell_of_stop() -> int:
    """Show every open session that the server stops; how many were told."""
    if not Runtime.exists():
        return 0
    message = ForwardMsg()
    message.metadata.delta_path.extend((RootContainer.EVENT, 0))
    message.delta.new_element.toast.body = STOPPING
    message.delta.new_element.toast.icon = ":material/restart_alt:"
    sessions = Runtime.instance()._session_mgr.list_active_sessions()
    for one in sessions:
        one.session._enqueue_forward_msg(message)
    return len(sessions)


async def ready(request: Request) -> Response:
    """200 when a visitor may be sent here: a database, drafts that can be kept, no stop under way; else 503."""
    try:
        if _stopping.is_set():
            raise DiagnosticError("Ce serveur s’arrête.")
        await run_in_threadpool(open_database)
        await run_in_threadpool(lambda: keeping.store().get("", drafts.PLAN, ""))
    except DiagnosticError as error:
        return JSONResponse({"etat": "indisponible", "erreur": str(error)}, status_code=503)
    return JSONResponse({"etat": "prêt"}, headers={"Cache-Control": "no-store"})


# --- Age of the data -----------------------------------------------------------------------------------


def months_old(database: Database) -> int | None:
    """Whole months since the database was built; None when it does not say, or is invented."""
    built = (database.meta("built_at") or "")[:10]
    if database.fictional or not built:
        return None
    then, today = datetime.date.fromisoformat(built), datetime.date.today()
    return (today.year - then.year) * 12 + today.month - then.month - (today.day < then.day)


def banner() -> None:
    """Say over the page that the database is old: newer figures are likely published."""
    # A component of Streamlit that is imported outside a page is never served: the maps would be empty.
    from diagnostic.ui import components

    try:
        age = months_old(open_database())
    except DiagnosticError:
        return
    said = os.environ.get(MONTHS, "").strip()
    limit = int(said) if said.isdecimal() else OLD_AFTER
    if age is not None and age >= limit:
        components.state(
            f"Données chargées il y a {french.quantity(age, 'mois', 'mois')}",
            "Des chiffres plus récents sont sans doute publiés : demandez à l’exploitant de mettre la base à jour.",
            action=False,
        )

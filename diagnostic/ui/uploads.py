"""Files on their way in: in memory only, no more than a visit and the machine may hold, freed with the visit.

Streamlit spools what exceeds a megabyte to the disk, sets no bound to what a visit holds, and keeps the files of a
visit that is over until another one happens to be opened.
"""

from __future__ import annotations

import asyncio
import gc
import os
import re
from collections import Counter
from typing import cast

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers
from starlette.formparsers import MultiPartParser
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send
from streamlit import config
from streamlit.runtime import Runtime
from streamlit.runtime.memory_uploaded_file_manager import MemoryUploadedFileManager
from streamlit.runtime.scriptrunner import get_script_run_ctx

from diagnostic.local.worker import MAX_BYTES
from diagnostic.ui.state import base

TOTAL = "DIAGNOSTIC_ENVOIS_MO"
"""Megabytes of files that all visits together may hold."""
PER_VISIT = 2 * MAX_BYTES
_USUAL_TOTAL, _MEGABYTE = 300, 1_000_000
# What the envelope of a form adds to its file.
_ENVELOPE = 64 * 1024
_ADDRESS = re.compile(r"/_stcore/upload_file/([^/]+)/[^/]+")
_GRACE = 5


def total() -> int:
    """Octets that all visits together may hold."""
    said = os.environ.get(TOTAL, "").strip()
    return (int(said) if said.isdecimal() else _USUAL_TOTAL) * _MEGABYTE


class Uploads:
    """Around the application: refuses a file that is too heavy for the visit or for the machine, before it is read."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._coming: Counter[str] = Counter()
        self._sweeps: set[asyncio.Task] = set()
        # Whole in memory: what is bounded here needs no disk.
        MultiPartParser.spool_max_size = MAX_BYTES + _ENVELOPE

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        path = scope.get("path", "").removeprefix(base())
        if scope["type"] == "websocket" and path == "/_stcore/stream":
            try:
                await self._app(scope, receive, send)
            finally:
                task = asyncio.create_task(_sweep_later())
                self._sweeps.add(task)
                task.add_done_callback(self._sweeps.discard)
            return
        found = _ADDRESS.fullmatch(path) if scope["type"] == "http" and scope["method"] == "PUT" else None
        if found is None:
            await self._app(scope, receive, send)
            return
        visit, length = found[1], Headers(scope=scope).get("content-length", "")
        refusal = self._refusal(visit, length)
        if refusal is not None:
            await refusal(scope, receive, send)
            return
        self._coming[visit] += int(length)
        try:
            await self._app(scope, receive, send)
        finally:
            self._coming[visit] -= int(length)
            self._coming += Counter()

    def _refusal(self, visit: str, length: str) -> ASGIApp | None:
        if not length.isdecimal():
            return PlainTextResponse("La taille du fichier n’est pas dite.", status_code=411)
        if int(length) > MAX_BYTES + _ENVELOPE:
            return PlainTextResponse("Ce fichier est trop lourd.", status_code=413)
        held = weights()
        if held[visit] + self._coming[visit] + int(length) > PER_VISIT + _ENVELOPE:
            return PlainTextResponse(
                "Cette visite tient déjà trop de fichiers : oubliez-en.", status_code=413
            )
        if held.total() + self._coming.total() + int(length) > total():
            return PlainTextResponse("Trop de fichiers en même temps : réessayez plus tard.", status_code=503)
        return None


def _files() -> MemoryUploadedFileManager:
    """The files of all visits, which Streamlit keeps in memory."""
    return cast(MemoryUploadedFileManager, Runtime.instance().uploaded_file_mgr)


def weights() -> Counter[str]:
    """Octets of raw files held for each visit."""
    if not Runtime.exists():
        return Counter()
    held = _files().file_storage
    return Counter(
        {visit: sum(len(one.data) for one in files.values()) for visit, files in list(held.items())}
    )


def free(file: str | None = None) -> None:
    """Free a raw file of the visit under way, or all of them."""
    context = get_script_run_ctx()
    if context is None or not Runtime.exists():
        return
    files = _files()
    if file is None:
        files.remove_session_files(context.session_id)
    else:
        files.remove_file(context.session_id, file)


async def _sweep_later() -> None:
    """Free the files of visits that are over, once their browser can no longer come back to them."""
    await asyncio.sleep(config.get_option("server.disconnectedSessionTTL") + _GRACE)
    if sweep():
        # What was made of the files is held by cycles, which nothing else would undo for long.
        await run_in_threadpool(gc.collect)


def sweep() -> int:
    """Free the raw files of the visits that are over; how many visits had some."""
    if not Runtime.exists():
        return 0
    runtime = Runtime.instance()
    alive = {one.session.id for one in runtime._session_mgr.list_sessions()}
    over = [visit for visit in weights() if visit not in alive]
    for visit in over:
        runtime.uploaded_file_mgr.remove_session_files(visit)
    return len(over)

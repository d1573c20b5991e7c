"""Fifteen visits that each send two files of 22 MB: what the server's memory takes, and what is left once they are gone."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import time
from collections.abc import Iterator

from benchmarks.bench_hostile import Attacker
from benchmarks.bench_load import _memory, _wait
from benchmarks.databases import ROOT, france, real
from benchmarks.harness import Result
from diagnostic.ui import uploads
from tests.proxying import port_of_ones_own

VISITS, FILES, WEIGHT = 15, 2, 22_500_000
SOON = 10
"""Seconds that a closed visit may come back in, here: the server's own setting is longer."""


async def _visits(url: str, pid: int) -> tuple[int, float]:
    """How many files were taken in, and the memory while all of them are held."""
    import websockets

    crowd = [Attacker(url) for _ in range(VISITS)]
    address = url.replace("http", "ws", 1) + "/_stcore/stream"
    for one in crowd:
        await asyncio.to_thread(one.http, "GET", "/_stcore/health")
        one.socket = await websockets.connect(
            address, subprotocols=["streamlit"], origin=url, max_size=None, compression=None
        )
        one.query = "territoire=france"
        await one.ask()
    before, body = _memory(pid), b"a;b\n" * (WEIGHT // 4)
    for one in crowd:
        for number in range(FILES):
            await asyncio.to_thread(one.put, f"f{number}.csv", body)
    held = _memory(pid) - before
    for one in crowd:
        await one.socket.close()
    return sum(one.sent for one in crowd), held


def results() -> Iterator[Result]:
    port = port_of_ones_own()
    server = subprocess.Popen(
        [sys.executable, "-m", "streamlit", "run", "dashboard.py", "--server.port", str(port)]
        + ["--server.fileWatcherType", "none", "--server.headless", "true"]
        + [f"--server.disconnectedSessionTTL={SOON}"],
        cwd=ROOT,
        env={**os.environ, "DIAGNOSTIC_DB": str(real() or france())},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        url = f"http://127.0.0.1:{port}"
        _wait(url)
        time.sleep(5)
        early = _memory(server.pid)
        taken, held = asyncio.run(_visits(url, server.pid))
        most = uploads.total() / 1_000_000
        note = f"{taken} of {VISITS * FILES} files of {WEIGHT / 1_000_000:g} MB taken in, the others refused with the reason"
        yield Result("memory of the files of all visits", held, "MB", f"< {most:g}", note)
        time.sleep(2 * SOON + 10)
        yield Result(
            "memory left once they are gone",
            _memory(server.pid) - early,
            "MB",
            "",
            "sessions and pages included",
        )
    finally:
        server.terminate()
        server.wait(20)

"""Twenty people clicking every three seconds on one process, over websockets, France-size database.

LOAD_SECONDS sets the length (60 by default), LOAD_USERS the number of people, LOAD_FIRST for how many seconds they click
before they are counted (15).
"""

from __future__ import annotations

import asyncio
import os
import random
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

from benchmarks.databases import france
from benchmarks.harness import Result

ROOT = Path(__file__).resolve().parents[1]
# Every EPCI of five départements of the fictional country.
TERRITORIES = [f"epci:999{home:03d}{number:03d}" for home in range(1, 6) for number in range(1, 13)]


class Person:
    """One session: opens a page, then turns pages or changes territory by a new address."""

    def __init__(self, url: str, seed: int) -> None:
        self.url, self.random = url, random.Random(seed)
        self.pages: dict[str, str] = {}
        self.page, self.query = "", f"territoire={self.random.choice(TERRITORIES)}"
        self.times: list[float] = []
        self.faults: list[str] = []

    async def live(self, until: float) -> None:
        import websockets

        address = self.url.replace("http", "ws", 1) + "/_stcore/stream"
        async with websockets.connect(
            address, subprotocols=["streamlit"], origin=self.url, max_size=None, compression=None
        ) as socket_:
            self.socket = socket_
            await self.rerun()
            self.times.clear()
            while time.time() < until:
                await asyncio.sleep(self.random.uniform(2, 4))
                if self.random.random() < 0.3:
                    self.query = f"territoire={self.random.choice(TERRITORIES)}"
                self.page = self.random.choice(list(self.pages.values()) or [self.page])
                await self.rerun()

    async def rerun(self) -> None:
        from streamlit.proto.BackMsg_pb2 import BackMsg
        from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

        message = BackMsg()
        message.rerun_script.query_string = self.query
        message.rerun_script.page_script_hash = self.page
        start = time.perf_counter()
        await self.socket.send(message.SerializeToString())
        while True:
            answer = ForwardMsg.FromString(await asyncio.wait_for(self.socket.recv(), 60))
            kind = answer.WhichOneof("type")
            if kind == "delta" and answer.delta.new_element.WhichOneof("type") == "exception":
                self.faults.append(answer.delta.new_element.exception.message)
            elif kind == "delta" and "ne mène à aucun diagnostic" in answer.delta.new_element.html.body:
                self.faults.append(f"no diagnosis: {self.query}")
            elif kind == "navigation":
                self.pages = {
                    page.url_pathname: page.page_script_hash for page in answer.navigation.app_pages
                }
            elif kind == "script_finished" and answer.script_finished != ForwardMsg.FINISHED_EARLY_FOR_RERUN:
                self.times.append((time.perf_counter() - start) * 1000)
                return


def results() -> Iterator[Result]:
    seconds = float(os.environ.get("LOAD_SECONDS", "60"))
    people = int(os.environ.get("LOAD_USERS", "20"))
    first = float(os.environ.get("LOAD_FIRST", "15"))
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    server = subprocess.Popen(
        [sys.executable, "-m", "streamlit", "run", "dashboard.py", "--server.port", str(port)]
        + ["--server.fileWatcherType", "none", "--server.headless", "true"],
        cwd=ROOT,
        env={**os.environ, "DIAGNOSTIC_DB": str(france())},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        url = f"http://127.0.0.1:{port}"
        _wait(url)
        crowd = [Person(url, seed) for seed in range(people)]
        asyncio.run(_crowd(crowd, time.time() + first))
        early = _memory(server.pid)
        for person in crowd:
            person.times.clear()
        before = _processor(server.pid)
        held = asyncio.run(_watched(crowd, time.time() + seconds, server.pid))
        spent = _processor(server.pid) - before
        times = sorted(value for person in crowd for value in person.times)
        faults = [fault for person in crowd for fault in person.faults]
        note = f"{len(times)} answers, {people} people, {seconds:.0f} s"
        yield Result("median answer", times[len(times) // 2], "ms", "", note)
        yield Result("95th percentile", times[int(0.95 * (len(times) - 1))], "ms", "< 1000")
        yield Result("worst answer", times[-1], "ms")
        yield Result(
            "processor an answer", 1000 * spent / len(times), "ms", "", "holds on a busy machine too"
        )
        yield Result("exceptions", len(faults), "", "0", faults[0][:80] if faults else "")
        yield Result("memory after warm-up", early, "MB")
        for number, size in enumerate(held, 1):
            yield Result(f"memory after {10 * number} minutes more", size, "MB", "flat after the first")
        yield Result("memory at the end", _memory(server.pid), "MB", "< 1500")
    finally:
        server.terminate()


async def _crowd(crowd: list[Person], until: float) -> None:
    await asyncio.gather(*(person.live(until) for person in crowd))


async def _watched(crowd: list[Person], until: float, pid: int) -> list[float]:
    """The crowd, and what the server holds every ten minutes."""
    held: list[float] = []

    async def watch() -> None:
        while True:
            await asyncio.sleep(600)
            held.append(_memory(pid))

    watching = asyncio.create_task(watch())
    await _crowd(crowd, until)
    watching.cancel()
    return held


def _wait(url: str) -> None:
    for _ in range(120):
        try:
            urllib.request.urlopen(f"{url}/_stcore/health", timeout=2)
            return
        except OSError:
            time.sleep(0.5)
    raise RuntimeError("the server did not start")


def _memory(pid: int) -> float:
    status = Path(f"/proc/{pid}/status").read_text()
    return next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmRSS")) / 1024


def _processor(pid: int) -> float:
    """Seconds of processor that the process has taken."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

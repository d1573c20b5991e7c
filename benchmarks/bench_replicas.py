"""People on two replicas behind the nginx of deploy/: one replica killed, then the data swapped under them.

LOAD_SECONDS sets the length (60 by default), LOAD_USERS the number of people (60). A page that names a territory of
one edition beside the geography of the other counts as mixed.
"""

from __future__ import annotations

import asyncio
import os
import random
import shutil
import signal
import ssl
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import duckdb

from benchmarks.databases import france
from benchmarks.harness import Result
from tests.proxying import port_of_ones_own, proxy

ROOT = Path(__file__).resolve().parents[1]
MOST_TERRITORIES = 60
MARK = " édition deux"
NAMELESS = {
    "", "donnees", "methode", "accessibilite", "donnees_personnelles", "mentions_legales", "plan_du_site",
}  # fmt: skip
"""Pages that name no territory."""


class Person:
    """A session that a browser would keep: when its replica goes, it opens another where it was."""

    def __init__(self, url: str, territories: list[str], seed: int) -> None:
        self.url, self.territories, self.random = url, territories, random.Random(seed)
        self.cookie = f"{seed:022d}"
        self.pages: dict[str, str] = {}
        self.page, self.query = "", f"territoire={self.random.choice(territories)}"
        self.times: list[float] = []
        self.moved, self.lost, self.faults = 0, 0, 0
        self.mixed: list[str] = []

    async def live(self, until: float) -> None:
        import websockets

        trusted = ssl._create_unverified_context()
        while time.time() < until:
            try:
                async with websockets.connect(
                    self.url.replace("http", "ws", 1) + "/_stcore/stream",
                    subprotocols=["streamlit"], origin=self.url, max_size=None, compression=None, ssl=trusted,
                    additional_headers={"Cookie": f"ctg_brouillon={self.cookie}"},
                ) as link:  # fmt: skip
                    await self.rerun(link, first=True)
                    while time.time() < until:
                        await asyncio.sleep(self.random.uniform(2, 4))
                        if self.random.random() < 0.3:
                            self.query = f"territoire={self.random.choice(self.territories)}"
                        self.page = self.random.choice(list(self.pages.values()))
                        await self.rerun(link)
                    return
            except websockets.ConnectionClosed:
                self.moved += 1
            except (OSError, websockets.InvalidStatus, TimeoutError):
                self.lost += 1
                await asyncio.sleep(1)

    async def rerun(self, link, first: bool = False) -> None:
        from streamlit.proto.BackMsg_pb2 import BackMsg
        from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

        message = BackMsg()
        message.rerun_script.query_string = self.query
        message.rerun_script.page_script_hash = self.page
        start, said = time.perf_counter(), ""
        await link.send(message.SerializeToString())
        while True:
            answer = ForwardMsg.FromString(await asyncio.wait_for(link.recv(), 60))
            kind = answer.WhichOneof("type")
            if kind == "delta":
                element = answer.delta.new_element
                self.faults += element.WhichOneof("type") == "exception"
                said += element.html.body
            elif kind == "navigation":
                self.pages = {one.url_pathname: one.page_script_hash for one in answer.navigation.app_pages}
            elif kind == "script_finished" and answer.script_finished != ForwardMsg.FINISHED_EARLY_FOR_RERUN:
                break
        if not first:
            self.times.append((time.perf_counter() - start) * 1000)
        self.faults += "pas pu s’afficher" in said or "ne peut pas s’afficher" in said
        name = next((path for path, page in self.pages.items() if page == self.page), "")
        if "janvier" in said and name not in NAMELESS and (MARK in said) != ("janvier 2099" in said):
            self.mixed.append(name)


def results() -> Iterator[Result]:
    seconds = float(os.environ.get("LOAD_SECONDS", "60"))
    people = int(os.environ.get("LOAD_USERS", "60"))
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        served, second = folder / "d.duckdb", folder / "second.duckdb"
        database = france()
        if database is None:
            return
        shutil.copy(database, served)
        with duckdb.connect(str(served), read_only=True) as db:
            codes = db.execute(
                "select code from territory where level = 'epci' order by code limit ?", [MOST_TERRITORIES]
            )
            territories = [f"epci:{code}" for (code,) in codes.fetchall()]
        _second_edition(served, second)
        replicas = [_replica(served, folder / "b.sqlite") for _ in range(2)]
        for server, _ in replicas:
            stack.callback(server.kill)
        for _, address in replicas:
            _wait(address)
        url = stack.enter_context(proxy(folder, [address for _, address in replicas]))
        crowd = [Person(url, territories, seed) for seed in range(people)]
        yield from _told("two replicas", crowd, seconds)
        second.replace(served)
        yield from _told("two replicas, data swapped", crowd, seconds / 2)
        mixed = [name for one in crowd for name in one.mixed]
        yield Result("pages that mix two editions", len(mixed), "", "0", ", ".join(sorted(set(mixed))))
        victim = replicas[0][0]
        yield from _told("one of them killed", crowd, seconds / 2, lambda: victim.send_signal(signal.SIGKILL))
        yield Result("sessions opened again elsewhere", sum(one.moved for one in crowd), "")
        yield Result("openings that failed", sum(one.lost for one in crowd), "", "0")
        yield Result("pages in error", sum(one.faults for one in crowd), "", "0")


def _told(name: str, crowd: list[Person], seconds: float, event=None) -> Iterator[Result]:
    async def lived() -> None:
        if event is not None:
            asyncio.get_running_loop().call_later(seconds / 4, event)
        await asyncio.gather(*(one.live(time.time() + seconds) for one in crowd))

    for one in crowd:
        one.times.clear()
    asyncio.run(lived())
    times = sorted(value for one in crowd for value in one.times)
    note = f"{len(times)} answers, {len(crowd)} people, {seconds:.0f} s"
    yield Result(f"{name}: median", times[len(times) // 2], "ms", "", note)
    yield Result(f"{name}: 95 %", times[int(0.95 * (len(times) - 1))], "ms", "< 1000")


def _second_edition(first: Path, second: Path) -> None:
    """The same data with another name on each EPCI and another geography: a mixed page shows."""
    shutil.copy(first, second)
    with duckdb.connect(str(second)) as db:
        db.execute("update territory set name = name || ? where level = 'epci'", [MARK])
        db.execute("update meta set value = '2099' where name = 'geography'")


def _replica(database: Path, drafts: Path) -> tuple[subprocess.Popen, str]:
    port = port_of_ones_own()
    server = subprocess.Popen(
        [sys.executable, "-m", "streamlit", "run", "dashboard.py", "--server.port", str(port)],
        cwd=ROOT,
        env={**os.environ, "DIAGNOSTIC_DB": str(database), "DIAGNOSTIC_BROUILLONS": str(drafts)}
        | {"STREAMLIT_SERVER_COOKIE_SECRET": "le même pour tous"},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )  # fmt: skip
    return server, f"http://127.0.0.1:{port}"


def _wait(address: str) -> None:
    for _ in range(600):
        try:
            urllib.request.urlopen(f"{address}/readyz", timeout=5).close()
            return
        except OSError:
            time.sleep(0.2)
    raise RuntimeError("the server did not start")

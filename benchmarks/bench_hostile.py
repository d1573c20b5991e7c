"""Hostile files and links on one server, while somebody else works there: what they lose, and what stays behind.

A neighbour turns pages all the time; an attacker sends every file of `benchmarks/hostile.py` to the page of deposits and
opens every link. The server has a temporary folder, a home and a log of its own, looked at afterwards.
"""

from __future__ import annotations

import asyncio
import http.client
import os
import re
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

from benchmarks import hostile
from benchmarks.bench_load import Person, _memory, _wait
from benchmarks.databases import ROOT, france, real
from benchmarks.harness import Result
from tests.proxying import port_of_ones_own

PLACES = ("departement:33", "epci:243300316", "commune:33063", "france")
CALM_SECONDS = 20
PATIENCE = 240
"""Seconds after which an answer is taken for lost."""


class Neighbour(Person):
    """Somebody who turns a page as soon as the last one came."""

    def __init__(self, url: str) -> None:
        super().__init__(url, 1)
        self.query = f"territoire={PLACES[0]}"

    async def live(self, until: float) -> None:
        await super().live(until)

    async def work(self, stop: asyncio.Event) -> list[float]:
        """Milliseconds of each answer until told to stop."""
        self.times = []
        while not stop.is_set():
            self.page = self.random.choice(list(self.pages.values()))
            self.query = f"territoire={self.random.choice(PLACES)}"
            await self.rerun()
            await asyncio.sleep(0.2)
        return self.times


class Attacker(Person):
    """Somebody who sends files as the page does, and opens links."""

    def __init__(self, url: str) -> None:
        super().__init__(url, 2)
        self.session, self.place, self.sent, self.answers = "", "", 0, []
        self.cookie = ""

    def http(self, method: str, path: str, body: bytes = b"", **headers: str) -> int:
        connection = http.client.HTTPConnection(urlsplit(self.url).netloc, timeout=60)
        try:
            connection.request(method, path, body or None, {"Origin": self.url, **headers})
            answer = connection.getresponse()
            answer.read()
            if found := re.search(r"_streamlit_xsrf=([^;]+)", answer.headers.get("Set-Cookie", "")):
                self.cookie = found[1]
            return answer.status
        except (OSError, http.client.HTTPException, ValueError):
            return 0
        finally:
            connection.close()

    def put(self, name: str, data: bytes) -> str:
        """Send a file as the uploader does; its number."""
        file, mark = str(uuid.uuid4()), uuid.uuid4().hex
        said = name.replace("\r", "%0D").replace("\n", "%0A").replace('"', "%22")
        body = (
            f'--{mark}\r\nContent-Disposition: form-data; name="{file}"; filename="{said}"\r\nContent-Type: text/csv\r\n\r\n'.encode()
            + data
            + f"\r\n--{mark}--\r\n".encode()
        )
        status = self.http(
            "PUT",
            f"/_stcore/upload_file/{self.session}/{file}",
            body,
            **{
                "Content-Type": f"multipart/form-data; boundary={mark}",
                "Cookie": f"_streamlit_xsrf={self.cookie}",
                "X-Xsrftoken": self.cookie,
            },
        )
        self.sent += status == 204
        return file

    async def ask(self, upload: tuple[str, str, int] | None = None) -> None:
        """Run the page, with a file in its uploader or without."""
        from streamlit.proto.BackMsg_pb2 import BackMsg
        from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

        message = BackMsg()
        message.rerun_script.query_string = self.query
        message.rerun_script.page_script_hash = self.page
        if upload is not None:
            held = message.rerun_script.widget_states.widgets.add()
            held.id = self.place
            file, name, size = upload
            told = held.file_uploader_state_value.uploaded_file_info.add()
            told.file_id = told.file_urls.file_id = file
            told.name, told.size = name, size
            told.file_urls.upload_url = told.file_urls.delete_url = (
                f"/_stcore/upload_file/{self.session}/{file}"
            )
        await self.socket.send(message.SerializeToString())
        while True:
            answer = ForwardMsg.FromString(await asyncio.wait_for(self.socket.recv(), PATIENCE))
            kind = answer.WhichOneof("type")
            if kind == "new_session":
                self.session = answer.new_session.initialize.session_id or self.session
            elif kind == "navigation":
                self.pages = {
                    page.url_pathname: page.page_script_hash for page in answer.navigation.app_pages
                }
            elif kind == "delta":
                element = answer.delta.new_element
                if element.WhichOneof("type") == "exception":
                    self.faults.append(element.exception.message)
                elif element.file_uploader.label == "Votre fichier":
                    self.place = element.file_uploader.id
            elif kind == "script_finished" and answer.script_finished != ForwardMsg.FINISHED_EARLY_FOR_RERUN:
                return

    async def attack(self) -> list[tuple[str, float]]:
        """Every file, then every link: what each took, in milliseconds."""
        import websockets

        spent: list[tuple[str, float]] = []
        address = self.url.replace("http", "ws", 1) + "/_stcore/stream"
        await asyncio.to_thread(self.http, "GET", "/_stcore/health")
        async with websockets.connect(
            address,
            subprotocols=["streamlit"],
            origin=self.url,
            max_size=None,
            compression=None,
            ping_interval=None,
        ) as self.socket:
            self.query = "territoire=france"
            await self.ask()
            self.page = self.pages["mes_donnees"]
            await self.ask()
            for number, (what, made) in enumerate(hostile.FILES.items()):
                data = await asyncio.to_thread(made)
                name = hostile.NAMES[number] if number < len(hostile.NAMES) else f"fichier_{number}.csv"
                start = time.perf_counter()
                file = await asyncio.to_thread(self.put, name, data)
                await self.ask((file, name, len(data)))
                spent.append((what, (time.perf_counter() - start) * 1000))
            for page, query in hostile.PAGE_LINKS:
                start = time.perf_counter()
                self.page, self.query = self.pages[page], query
                await self.ask()
                spent.append((f"{page}?{query[:40]}", (time.perf_counter() - start) * 1000))
            for path in hostile.PATHS:
                start = time.perf_counter()
                status = await asyncio.to_thread(self.http, "GET", path.replace(" ", "%20"))
                if status >= 500:
                    self.faults.append(f"{status}: {path[:60]}")
                spent.append((path[:40], (time.perf_counter() - start) * 1000))
        return spent


async def _run(url: str) -> tuple[list[float], list[float], list[tuple[str, float]], Attacker, list[str]]:
    import websockets

    neighbour, attacker = Neighbour(url), Attacker(url)
    address = url.replace("http", "ws", 1) + "/_stcore/stream"
    async with websockets.connect(
        address, subprotocols=["streamlit"], origin=url, max_size=None, compression=None, ping_interval=None
    ) as neighbour.socket:
        await neighbour.rerun()
        for place in PLACES:
            for page in list(neighbour.pages.values()):
                neighbour.page, neighbour.query = page, f"territoire={place}"
                await neighbour.rerun()
        stop = asyncio.Event()
        calm = asyncio.create_task(neighbour.work(stop))
        await asyncio.sleep(CALM_SECONDS)
        stop.set()
        before = list(await calm)
        stop = asyncio.Event()
        beside = asyncio.create_task(neighbour.work(stop))
        spent = await attacker.attack()
        stop.set()
        return before, list(await beside), spent, attacker, neighbour.faults


def _traces(folder: Path) -> list[str]:
    """What the server wrote of the files: a file of its own folders, or a word of them in its log."""
    word = hostile.SECRET.encode()
    return [str(path.name) for path in folder.rglob("*") if path.is_file() and word in path.read_bytes()]


def results() -> Iterator[Result]:
    path = real() or france()
    with tempfile.TemporaryDirectory() as own:
        folder = Path(own)
        log = folder / "journal.log"
        port = port_of_ones_own()
        with log.open("w") as written:
            server = subprocess.Popen(
                [sys.executable, "-B", "-m", "streamlit", "run", "dashboard.py", "--server.port", str(port)]
                + ["--server.fileWatcherType", "none", "--server.headless", "true"],
                cwd=ROOT,
                env={
                    **os.environ,
                    "DIAGNOSTIC_DB": str(path),
                    "DIAGNOSTIC_BROUILLONS": str(folder / "brouillons.sqlite"),
                    "TMPDIR": own,
                    "HOME": own,
                },
                stdout=written,
                stderr=subprocess.STDOUT,
            )
        try:
            url = f"http://127.0.0.1:{port}"
            _wait(url)
            before, beside, spent, attacker, faults = asyncio.run(_run(url))
            memory = _memory(server.pid)
            slowest = max(spent, key=lambda one: one[1])
            note = f"{len(beside)} answers; worst of {len(before)} in calm: {max(before):,.0f} ms"
            yield Result(
                "what the neighbour lost at worst", (max(beside) - max(before)) / 1000, "s", "< 1", note
            )
            yield Result(
                "files and links",
                len(spent),
                "",
                "",
                f"{attacker.sent} files taken in, the others refused before",
            )
            yield Result("slowest of them", slowest[1] / 1000, "s", "< 10", slowest[0])
            errors = [*attacker.faults, *faults]
            yield Result(
                "exceptions shown, answers of 500", len(errors), "", "0", errors[0][:90] if errors else ""
            )
            yield Result("memory afterwards", memory, "MB")
        finally:
            server.terminate()
            server.wait(20)
        found = _traces(folder)
        yield Result("traces on the disk and in the log", len(found), "", "0", ", ".join(found)[:90])

"""A hundred kills of a server while a plan is composed: how many words are found again. DRAFT_KILLS sets the number."""

from __future__ import annotations

import asyncio
import os
import random
import signal
import socket
import subprocess
import sys
import tempfile
import urllib.request
from collections.abc import Iterator
from pathlib import Path

from benchmarks.databases import real
from benchmarks.harness import Result
from diagnostic import drafts

ROOT = Path(__file__).resolve().parents[1]
SHOWN = 40
"""Words that stand in the field at once: it holds 500 characters."""
PLACE, VISITOR = "epci:243300316", "K" * 22


def results() -> Iterator[Result]:
    database = real()
    if database is None:
        return
    kills = int(os.environ.get("DRAFT_KILLS", "100"))
    chance = random.Random(17)
    with tempfile.TemporaryDirectory() as folder:
        store = Path(folder) / "brouillons.sqlite"
        typed, lost = 0, 0
        for _ in range(kills):
            said = asyncio.run(_composed(database, store, chance.uniform(0.2, 3.0), typed))
            kept = drafts.SqliteStore(store).get(VISITOR, drafts.PLAN, PLACE) or ""
            # Every word that the server had answered for must be there.
            lost += sum(f"mot{rank} " not in kept for rank in range(max(typed, said - SHOWN), said))
            typed = said
        yield Result("words answered for", typed, "", "", f"{kills} kills")
        yield Result("words lost", lost, "", "0")


async def _composed(database: Path, store: Path, seconds: float, first: int) -> int:
    """Type a word more in « Coordination » again and again until the server is killed; how many were answered."""
    import websockets
    from streamlit.proto.BackMsg_pb2 import BackMsg
    from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
    from streamlit.proto.WidgetStates_pb2 import WidgetState

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    server = subprocess.Popen(
        [sys.executable, "-m", "streamlit", "run", "dashboard.py", f"--server.port={port}"],
        cwd=ROOT,
        env={**os.environ, "DIAGNOSTIC_DB": str(database), "DIAGNOSTIC_BROUILLONS": str(store)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    done = first
    try:
        url = f"http://127.0.0.1:{port}"
        for _ in range(300):
            try:
                urllib.request.urlopen(f"{url}/healthz", timeout=5).close()
                break
            except OSError:
                await asyncio.sleep(0.2)
        async with websockets.connect(
            f"ws://127.0.0.1:{port}/_stcore/stream",
            subprotocols=["streamlit"],
            origin=url,
            max_size=None,
            additional_headers={"Cookie": f"ctg_brouillon={VISITOR}"},
        ) as link:
            field, pages, page = None, {}, ""

            async def rerun(text: str | None) -> None:
                nonlocal field, pages
                message = BackMsg()
                message.rerun_script.query_string = f"territoire={PLACE}"
                message.rerun_script.page_script_hash = page
                if text is not None:
                    message.rerun_script.widget_states.widgets.append(
                        WidgetState(id=field.id, string_value=text)
                    )
                await link.send(message.SerializeToString())
                while True:
                    answer = ForwardMsg.FromString(await asyncio.wait_for(link.recv(), 60))
                    kind = answer.WhichOneof("type")
                    if kind == "navigation":
                        pages = {
                            one.url_pathname: one.page_script_hash for one in answer.navigation.app_pages
                        }
                    elif kind == "delta" and answer.delta.new_element.WhichOneof("type") == "text_input":
                        found = answer.delta.new_element.text_input
                        field = found if found.label == "Coordination" else field
                    elif (
                        kind == "script_finished"
                        and answer.script_finished != ForwardMsg.FINISHED_EARLY_FOR_RERUN
                    ):
                        return

            await rerun(None)
            page = pages["convention"]
            await rerun(None)
            asyncio.get_running_loop().call_later(seconds, os.kill, server.pid, signal.SIGKILL)
            while True:
                words = "".join(f"mot{rank} " for rank in range(max(first, done - SHOWN), done + 1))
                await rerun(words)
                done += 1
    except (OSError, websockets.ConnectionClosed, TimeoutError):
        return done
    finally:
        server.kill()
        server.wait()

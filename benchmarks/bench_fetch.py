"""What a large archive costs to download: memory and time, from a server on loopback that cuts it every 300 MB."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import threading
import zipfile
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from benchmarks.harness import Result

SIZE = 2_000_000_000
CUT_EVERY = 300_000_000
PIECE = 1 << 20
FETCH = """
import json, resource, sys, time
from pathlib import Path
from diagnostic.fetch import fetch
from diagnostic.model import Source, Vintage
def peak():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
source = Source("lourd", "Fichier lourd", "Insee", "https://producteur.example", (),
                vintages=(Vintage(2025, sys.argv[1], "lourd.zip"),))
before, start = peak(), time.perf_counter()
(outcome,) = fetch([source], Path(sys.argv[2]), wait=lambda _: None)
print(json.dumps({"state": outcome.state, "seconds": time.perf_counter() - start, "size": outcome.size,
                  "before": before, "peak": peak()}))
"""


def results() -> Iterator[Result]:
    with tempfile.TemporaryDirectory() as folder:
        archive = Path(folder) / "served.zip"
        with (
            zipfile.ZipFile(archive, "w", zipfile.ZIP_STORED) as made,
            made.open("lourd.csv", "w", force_zip64=True) as out,
        ):
            for _ in range(SIZE // PIECE):
                out.write(b"0;" * (PIECE // 2))
        server, cuts = _serve(archive)
        address = f"http://127.0.0.1:{server.server_port}/lourd.zip"
        command = [sys.executable, "-c", FETCH, address, str(Path(folder) / "raw")]
        told = json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout)
        server.shutdown()
        assert told["size"] == archive.stat().st_size, told
    note = f"{told['size'] / 1e9:.2f} GB, cut {len(cuts)} times, {told['state']}"
    yield Result("memory beyond the imports", told["peak"] - told["before"], "MB", "< 30 MB", note)
    yield Result("download, check included", told["seconds"], "s", "", note)


def _serve(archive: Path) -> tuple[ThreadingHTTPServer, list[int]]:
    size, cuts = archive.stat().st_size, []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked = self.headers.get("Range", "")
            start = int(asked.removeprefix("bytes=").removesuffix("-")) if asked else 0
            self.send_response(206 if asked else 200)
            self.send_header("Content-Length", str(size - start))
            if asked:
                self.send_header("Content-Range", f"bytes {start}-{size - 1}/{size}")
            self.end_headers()
            left = min(CUT_EVERY, size - start)
            if start + left < size:
                cuts.append(start + left)
            with archive.open("rb") as file:
                file.seek(start)
                while left > 0 and (piece := file.read(min(PIECE, left))):
                    self.wfile.write(piece)
                    left -= len(piece)

        def log_message(self, *_: object) -> None:
            """Keep the table clean."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    return server, cuts

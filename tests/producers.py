"""Servers on loopback that stand for the producers: slow, cutting, refusing, or in true layout."""

from __future__ import annotations

import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from diagnostic.model import Source, Vintage

Answer = Callable[[BaseHTTPRequestHandler], None]


class Producer:
    """A web server whose answers to each path are scripted; the last answer serves all later requests."""

    def __init__(self) -> None:
        self.answers: dict[str, list[Answer]] = {}
        self.ranges: dict[str, list[str | None]] = {}
        self.gate = threading.Event()
        self.asked = 0
        self.always: Answer | None = None
        producer = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                producer.asked += 1
                if producer.always is not None:
                    producer.always(self)
                    self.close_connection = True
                    return
                producer.ranges.setdefault(self.path, []).append(self.headers.get("Range"))
                script = producer.answers.get(self.path, [status(404)])
                (script.pop(0) if len(script) > 1 else script[0])(self)
                self.close_connection = True

            do_CONNECT = do_GET

            def log_message(self, *_: object) -> None:
                """Keep the test output quiet."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        # A client that refuses what it reads hangs up: no news for the test output.
        self.server.handle_error = lambda *_: None
        self.address = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, args=(0.01,), daemon=True).start()

    def refuse_everything(self, code: int) -> None:
        """Answer this status to every request, those for other hosts included."""
        self.always = status(code)

    def source(self, name: str, *answers: Answer, **vintage: object) -> Source:
        """Declare a file served at `/name` with these answers."""
        self.answers[f"/{name}"] = list(answers)
        return declared(name, f"{self.address}/{name}", **vintage)


def declared(name: str, url: str, **vintage: object) -> Source:
    return Source(
        id=name.split(".")[0],
        title="Naissances",
        producer="Insee",
        page="https://producteur.example/naissances",
        columns=(),
        vintages=(Vintage(year=2023, url=url, filename=name, **vintage),),
    )


def head(to: BaseHTTPRequestHandler, code: int, length: int | None, **headers: str) -> None:
    to.send_response(code)
    to.send_header("Connection", "close")
    if length is not None:
        to.send_header("Content-Length", str(length))
    for name, value in headers.items():
        to.send_header(name.replace("_", "-"), value)
    to.end_headers()


def status(code: int, **headers: str) -> Answer:
    def answer(to: BaseHTTPRequestHandler) -> None:
        head(to, code, 0, **headers)

    return answer


def whole(body: bytes, *, announced: int | None = None, ranges: bool = True, **headers: str) -> Answer:
    """Serve the body, or the part that `Range` asks for; `announced` lies about its length."""

    def answer(to: BaseHTTPRequestHandler) -> None:
        asked = to.headers.get("Range") if ranges else None
        if asked is None:
            head(to, 200, announced or len(body), **headers)
            to.wfile.write(body)
            return
        start = int(asked.removeprefix("bytes=").removesuffix("-"))
        head(
            to, 206, len(body) - start, Content_Range=f"bytes {start}-{len(body) - 1}/{len(body)}", **headers
        )
        to.wfile.write(body[start:])

    return answer


def cut(body: bytes, sent: int, **headers: str) -> Answer:
    """Announce the whole body and hang up after `sent` bytes."""

    def answer(to: BaseHTTPRequestHandler) -> None:
        head(to, 200, len(body), **headers)
        to.wfile.write(body[:sent])

    return answer


def stalled(body: bytes, sent: int, gate: threading.Event, **headers: str) -> Answer:
    """Send `sent` bytes, then nothing until the gate opens."""

    def answer(to: BaseHTTPRequestHandler) -> None:
        head(to, 200, len(body), **headers)
        to.wfile.write(body[:sent])
        gate.wait(30)

    return answer

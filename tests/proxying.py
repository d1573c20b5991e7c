"""The proxy of deploy/, started as it is written, in front of replicas of one's own."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

DEPLOY = Path(__file__).resolve().parents[1] / "deploy"


def port_of_ones_own() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextmanager
def proxy(folder: Path, replicas: list[str]) -> Iterator[str]:
    """The nginx of deploy/, its ports, addresses and certificates alone replaced; gives its address."""
    found = shutil.which("nginx") or shutil.which("/usr/sbin/nginx")
    if found is None:
        pytest.skip("no nginx here: sudo apt-get install nginx-light")
    plain, secure = port_of_ones_own(), port_of_ones_own()
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=127.0.0.1"]
        + ["-keyout", folder / "privkey.pem", "-out", folder / "fullchain.pem"],
        check=True,
        capture_output=True,
    )
    text = (DEPLOY / "nginx.conf").read_text("utf-8")
    for old, new in (
        ("/tmp/", f"{folder}/"),
        ("/etc/nginx/certificats", str(folder)),
        ("/dev/stdout", str(folder / "access.log")),
        ("listen 80;", f"listen 127.0.0.1:{plain};"),
        ("listen 443", f"listen 127.0.0.1:{secure}"),
        *((f"replique{rank}:8501", one.split("//")[1]) for rank, one in enumerate(replicas, 1)),
    ):
        assert old in text, old
        text = text.replace(old, new)
    (folder / "nginx.conf").write_text(text)
    server = subprocess.Popen(
        [
            found,
            "-c",
            folder / "nginx.conf",
            "-p",
            folder,
            "-g",
            "daemon off;" + (" user root;" if os.geteuid() == 0 else ""),
        ]
    )
    try:
        for _ in range(100):
            with socket.socket() as client:
                if client.connect_ex(("127.0.0.1", secure)) == 0:
                    break
            assert server.poll() is None
            time.sleep(0.05)
        yield f"https://127.0.0.1:{secure}"
    finally:
        server.terminate()
        server.wait(10)

"""Firefox driven over WebDriver BiDi, the protocol that it speaks by itself: no driver to install beside Debian's firefox-esr."""

from __future__ import annotations

import json
import re
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from websockets.sync.client import ClientConnection, connect

PATIENCE = 60.0
_LISTENING = re.compile(r"WebDriver BiDi listening on (ws://\S+)")


class Firefox:
    """One tab. Clicks and keys are those of the browser, not events made up in the page."""

    def __init__(self, wire: ClientConnection, taken: Path) -> None:
        self._wire, self._last, self._taken = wire, 0, taken
        self.ask("session.new", capabilities={})
        self._tab = self.ask("browsingContext.getTree")["contexts"][0]["context"]

    def ask(self, method: str, **parameters: Any) -> dict:
        """The answer to a command; AssertionError with what Firefox says of a refused one."""
        self._last += 1
        self._wire.send(json.dumps({"id": self._last, "method": method, "params": parameters}))
        while True:
            answer = json.loads(self._wire.recv(timeout=PATIENCE))
            if answer.get("id") == self._last:
                assert answer["type"] == "success", f"{method}: {answer.get('message')}"
                return answer["result"]

    def size(self, width: int, height: int) -> None:
        self.ask(
            "browsingContext.setViewport", context=self._tab, viewport={"width": width, "height": height}
        )

    def goto(self, url: str) -> None:
        """Leave the page that is there, which may still be moving, and begin to load another."""
        for _ in range(5):
            try:
                self.ask("browsingContext.navigate", context=self._tab, url="about:blank", wait="complete")
                break
            except AssertionError as refused:
                # The page has begun to load another one by itself.
                if "NS_BINDING_ABORTED" not in str(refused):
                    raise
        self.ask("browsingContext.navigate", context=self._tab, url=url, wait="none")

    def evaluate(self, script: str) -> Any:
        """What the body of a function gives in the page, through JSON."""
        found = self.ask(
            "script.evaluate",
            expression=f"JSON.stringify((() => {{ {script} }})() ?? null)",
            target={"context": self._tab},
            awaitPromise=True,
        )
        assert found["type"] == "success", found["exceptionDetails"]["text"]
        return json.loads(found["result"]["value"])

    def until(self, script: str) -> Any:
        """Ask again until the page gives something true."""
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            found = self.evaluate(script)
            if found:
                return found
            time.sleep(0.1)
        raise AssertionError(f"never true in Firefox: {script}")

    def click(self, x: float, y: float, pointer: str = "mouse") -> None:
        """Move there, press, release; `pointer` is « mouse » or « touch »."""
        moves = [
            {"type": "pointerMove", "x": round(x) - 3, "y": round(y)},
            {"type": "pointerMove", "x": round(x), "y": round(y), "duration": 50},
            {"type": "pointerDown", "button": 0},
            {"type": "pause", "duration": 40},
            {"type": "pointerUp", "button": 0},
        ]
        self.ask(
            "input.performActions",
            context=self._tab,
            actions=[
                {
                    "type": "pointer",
                    "id": pointer,
                    "parameters": {"pointerType": pointer},
                    "actions": moves[1:] if pointer == "touch" else moves,
                }
            ],
        )

    def press(self, selector: str) -> None:
        """Click in the middle of the first element of that kind that is drawn, once it is there and still."""
        found = f"[...document.querySelectorAll({json.dumps(selector)})].find(e => e.checkVisibility() && e.offsetWidth)"
        middle = f"const e = {found}; if (!e) return null; e.scrollIntoView({{ block: 'center' }}); const r = e.getBoundingClientRect(); return [r.x + r.width / 2, r.y + r.height / 2];"
        before, at = None, self.until(middle)
        while at != before:
            time.sleep(0.2)
            before, at = at, self.until(middle)
        self.click(*at)

    def taken(self, pattern: str) -> Path:
        """The file of that name that was downloaded, once it is whole."""
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            found = [one for one in self._taken.glob(pattern) if one.stat().st_size]
            if found and not list(self._taken.glob("*.part")):
                return found[0]
            time.sleep(0.1)
        raise AssertionError(f"never downloaded in Firefox: {pattern}")

    def type(self, text: str) -> None:
        """Press and release each key of the text in turn."""
        keys = [{"type": kind, "value": letter} for letter in text for kind in ("keyDown", "keyUp")]
        self.ask(
            "input.performActions",
            context=self._tab,
            actions=[{"type": "key", "id": "keys", "actions": keys}],
        )


@contextmanager
def firefox(executable: str, folder: Path) -> Iterator[Firefox]:
    """A Firefox without a window for the time of the block: its profile, its log and what it downloads (« pris ») are below
    `folder`."""
    profile, log = folder / "profile", folder / "firefox.log"
    (folder / "pris").mkdir(parents=True)
    profile.mkdir(parents=True)
    (profile / "user.js").write_text(
        'user_pref("app.update.enabled", false);\nuser_pref("browser.shell.checkDefaultBrowser", false);\n'
        'user_pref("datareporting.policy.dataSubmissionEnabled", false);\n'
        f'user_pref("browser.download.folderList", 2);\nuser_pref("browser.download.dir", "{folder / "pris"}");\n'
        'user_pref("browser.download.always_ask_before_handling_new_types", false);\n'
        'user_pref("network.captive-portal-service.enabled", false);\nuser_pref("intl.accept_languages", "fr");\n'
    )
    with log.open("w") as written:
        browser = subprocess.Popen(
            [executable, "--headless", "--no-remote", "--remote-debugging-port=0", "--profile", str(profile)],
            stdout=written,
            stderr=subprocess.STDOUT,
        )
        try:
            with connect(f"{_address(log, browser)}/session", max_size=None, open_timeout=PATIENCE) as wire:
                yield Firefox(wire, folder / "pris")
        finally:
            browser.terminate()
            browser.wait(20)


def _address(log: Path, browser: subprocess.Popen) -> str:
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        found = _LISTENING.search(log.read_text(errors="replace"))
        if found:
            return found[1]
        assert browser.poll() is None, f"Firefox stopped: {log.read_text(errors='replace')[-1000:]}"
        time.sleep(0.1)
    raise AssertionError("Firefox does not answer")

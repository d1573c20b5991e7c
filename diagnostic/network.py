"""Ask the producers' servers, politely: one agent, a pace for each host, and each failure named for what it is."""

from __future__ import annotations

import email.utils
import os
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from urllib.parse import urlsplit

import requests
from requests.exceptions import InvalidSchema, InvalidURL, MissingSchema, TooManyRedirects

TIMEOUT = (10.0, 60.0)
PASSING = frozenset({408, 425, 429, 500, 502, 503, 504})
# The setting of a network whose producers refuse every name but one of their own.
AGENT = "DIAGNOSTIC_AGENT"
OWN_AGENT = "diagnostic-ctg"
# insee.fr answers 403 to the agents of programs; the one retry says what it is, in a browser's form.
BROWSER_AGENT = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0 diagnostic-ctg"
# Calls that a host takes in a number of seconds: Melodi answers 429 beyond.
RATES: dict[str, tuple[int, float]] = {"api.insee.fr": (30, 60.0)}
A_MINUTE = 60.0


class Refused(Exception):
    """It cannot be had now; the message is a French cause, without its end."""


class Passing(Exception):
    """A failure that a new attempt may mend, after `pause` seconds when the server asks for it.

    `silence` tells why the host gives no answer at all, empty when it gave one.
    """

    def __init__(self, sentence: str, *, pause: float | None = None, silence: str = "") -> None:
        super().__init__(sentence)
        self.pause = pause
        self.silence = silence


@dataclass(slots=True)
class Line:
    """What the requests of one run share.

    `silent` hosts, with the cause, are not asked again; under an empty name, no host is: the network itself is
    at fault. `agents` holds the hosts that want a browser.
    """

    session: requests.Session
    wait: Callable[[float], object] = time.sleep
    clock: Callable[[], float] = time.monotonic
    silent: dict[str, str] = field(default_factory=dict)
    agents: dict[str, str] = field(default_factory=dict)
    calls: dict[str, deque[float]] = field(default_factory=dict)

    def why_silent(self, url: str) -> str:
        """The cause for which this address is not asked again; empty when it may be."""
        return self.silent.get("", "") or self.silent.get(urlsplit(url).netloc, "")

    def ask(
        self, url: str, headers: dict[str, str] | None = None, *, method: str = "GET"
    ) -> requests.Response:
        """The answer to a request, its body still to be read; a 403 is asked once more as a browser.

        Raise Refused for what no new attempt mends, Passing for the rest. An answer of any status is returned.
        """
        host = urlsplit(url).netloc
        response = self._send(method, url, headers, host)
        if response.status_code == 403 and host not in self.agents and AGENT not in os.environ:
            response.close()
            self.agents[host] = BROWSER_AGENT
            response = self._send(method, url, headers, host)
        if response.status_code == 407:
            response.close()
            raise self._network(_asks_who())
        return response

    def _send(self, method: str, url: str, headers: dict[str, str] | None, host: str) -> requests.Response:
        self._keep_pace(host)
        named = {"User-Agent": self.agents[host]} if host in self.agents else {}
        try:
            return self.session.request(
                method, url, headers={**(headers or {}), **named}, stream=True, timeout=TIMEOUT
            )
        except (InvalidSchema, InvalidURL, MissingSchema) as error:
            raise Refused(f"« {url} » n’est pas une adresse web") from error
        except TooManyRedirects as error:
            raise Refused(f"« {host} » renvoie sans fin d’une adresse à l’autre") from error
        except requests.exceptions.ProxyError as error:
            if "407" in str(error):
                raise self._network(_asks_who()) from error
            cause = _proxy_is_silent()
            raise Passing(cause, silence=cause) from error
        except requests.RequestException as error:
            cause = _silence(host, error)
            raise Passing(cause, silence=cause) from error

    def _network(self, cause: str) -> Refused:
        self.silent[""] = cause
        return Refused(cause)

    def hush(self, url: str, cause: str) -> None:
        """Ask this host no more in this run: it gave no answer, however often it was asked."""
        self.silent["" if cause == _proxy_is_silent() else urlsplit(url).netloc] = cause

    def _keep_pace(self, host: str) -> None:
        """Wait until the host takes one more call."""
        if host not in RATES:
            return
        most, seconds = RATES[host]
        recent = self.calls.setdefault(host, deque())
        while recent and self.clock() - recent[0] >= seconds:
            recent.popleft()
        if len(recent) >= most:
            self.wait(max(0.0, seconds - (self.clock() - recent[0])))
            recent.popleft()
        recent.append(self.clock())


@contextmanager
def open_line(
    wait: Callable[[float], object] = time.sleep, clock: Callable[[], float] = time.monotonic
) -> Iterator[Line]:
    """A line for one run."""
    with requests.Session() as session:
        session.headers.update(
            {"User-Agent": os.environ.get(AGENT) or OWN_AGENT, "Accept-Encoding": "identity"}
        )
        yield Line(session, wait, clock)


def retry_after(response: requests.Response) -> float | None:
    """Seconds that the server asks to wait; a minute for a 429 that says nothing; else None.

    `Retry-After` holds seconds or a date.
    """
    header = response.headers.get("Retry-After", "").strip()
    if header.isdigit():
        return float(header)
    try:
        moment = email.utils.parsedate_to_datetime(header)
        return max(0.0, (moment - datetime.now(UTC)).total_seconds())
    except ValueError:
        return A_MINUTE if response.status_code == 429 else None


def _asks_who() -> str:
    return (
        "le mandataire (proxy) de votre réseau demande un identifiant (réponse 407) ; indiquez-le dans la variable "
        "HTTPS_PROXY, sous la forme http://identifiant:motdepasse@adresse:port"
    )


def _proxy_is_silent() -> str:
    return (
        "le mandataire (proxy) indiqué par la variable HTTPS_PROXY ne répond pas ; corrigez cette variable, ou effacez-la "
        "si votre réseau n’en a pas"
    )


def _silence(host: str, error: requests.RequestException) -> str:
    if isinstance(error, requests.exceptions.SSLError):
        # Networks of administrations often look into TLS with a certificate of their own.
        return (
            f"la connexion sécurisée à « {host} » échoue ; indiquez le certificat de votre réseau dans la variable "
            "REQUESTS_CA_BUNDLE"
        )
    return f"« {host} » ne répond pas ; vérifiez la connexion à internet"

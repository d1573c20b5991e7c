"""Two people who log in by OpenID Connect, against a provider on loopback: each sees what is theirs to see, and no more."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from diagnostic import gazetteer
from diagnostic.local import private
from diagnostic.local.rights import Person, Role
from diagnostic.local.store import Deposit
from diagnostic.model import Status
from diagnostic.ui import identity
from diagnostic.warehouse import open_database
from tests import provider
from tests.browsing import dashboard, settled, watched

ROOT = Path(__file__).resolve().parents[1]
ALICE, BRUNO = provider.PEOPLE


def test_a_provider_without_its_other_settings_stops_the_start(monkeypatch):
    monkeypatch.delenv(identity.PROVIDER, raising=False)
    assert identity.settings() is None
    monkeypatch.setenv(identity.PROVIDER, "https://op.example/.well-known/openid-configuration")
    with pytest.raises(SystemExit, match="DIAGNOSTIC_ROLES"):
        identity.settings()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextmanager
def identities(folder: Path, back: str) -> Iterator[str]:
    """The address of the provider's own description; it runs for the time of the block."""
    port = free_port()
    server = subprocess.Popen(
        [sys.executable, str(ROOT / "tests" / "provider.py"), str(port), str(folder), back],
        stdout=(folder / "op.log").open("w"),
        stderr=subprocess.STDOUT,
    )
    described = f"http://127.0.0.1:{port}/o/.well-known/openid-configuration"
    try:
        for _ in range(300):
            try:
                with urllib.request.urlopen(described, timeout=5):
                    break
            except OSError:
                assert server.poll() is None, (folder / "op.log").read_text()
                time.sleep(0.2)
        else:
            pytest.fail("the provider does not answer")
        yield described
    finally:
        server.terminate()
        server.wait(20)


def logged_in(another, url: str, who: str):
    """A visitor who has gone through the provider, on the page of the deposits."""
    tab = another()
    tab.goto(f"{url}/mes_donnees?territoire=france")
    settled(tab)
    tab.get_by_role("button", name="Se connecter").click()
    tab.fill("#id_username", who.partition("@")[0])
    tab.fill("#id_password", provider.PASSWORD)
    tab.get_by_role("button", name="Entrer").click()
    tab.wait_for_url(f"{url}/**")
    tab.wait_for_selector("footer.foot")
    tab.goto(f"{url}/mes_donnees?territoire=france")
    settled(tab)
    tab.get_by_text(f"Connecté : {who}").first.wait_for()
    return tab


@pytest.mark.browser
def test_through_two_replicas_each_sees_what_is_theirs_and_nobody_destroys_the_others(
    demo_db, tmp_path, chromium
):
    known = gazetteer.index(open_database(demo_db)).communes
    epci = min(code for level, code in known if level == "epci")
    folder, roles = tmp_path / "prive", tmp_path / "roles.toml"
    folder.mkdir(mode=0o700)
    roles.write_text(
        f'[[personne]]\ncourriel = "{ALICE}"\nrole = "contributeur"\nterritoires = ["epci:{epci}"]\n'
        f'[[personne]]\ncourriel = "{BRUNO}"\nrole = "contributeur"\n'
    )
    facts = pd.DataFrame(
        [(code, "alsh_structures", 2025, 2.0, Status.OK, "local_alsh") for code in known["epci", epci]],
        columns=["commune", "stat", "year", "value", "status", "source"],
    )
    mine = Deposit("alsh", "liste d’Alice.csv", date(2026, 1, 2), 2025, facts)
    private.save(mine, folder, Person(ALICE, Role.CONTRIBUTOR))
    ports = free_port(), free_port()
    # Two replicas on one folder: each person comes through their own.
    url, other = (f"http://127.0.0.1:{port}" for port in ports)
    with identities(tmp_path, f"{url}/oauth2callback {other}/oauth2callback") as described:
        settings = {
            "DIAGNOSTIC_DB": str(demo_db),
            "DIAGNOSTIC_DONNEES_PRIVEES": str(folder),
            identity.PROVIDER: described,
            identity.CLIENT: provider.CLIENT,
            identity.SECRET: provider.SECRET,
            identity.ROLES: str(roles),
        }
        with (
            dashboard(
                tmp_path / "log", settings | {identity.BACK: f"{url}/oauth2callback"}, port=ports[0]
            ) as address,
            dashboard(
                tmp_path / "log2", settings | {identity.BACK: f"{other}/oauth2callback"}, port=ports[1]
            ) as second,
            watched(chromium) as another,
        ):
            assert (address, second) == (url, other)
            stranger = another()
            stranger.goto(f"{url}/mes_donnees?territoire=france")
            settled(stranger)
            assert "liste d’Alice" not in stranger.content()

            bruno = logged_in(another, url, BRUNO)
            assert "liste d’Alice.csv" in bruno.content()
            assert f"partagé par {ALICE}" in bruno.content()
            assert bruno.get_by_role("button", name="Effacer").count() == 0

            alice = logged_in(another, other, ALICE)
            alice.get_by_role("button", name="Effacer « liste d’Alice.csv »").click()
            alice.get_by_role("button", name="Effacer pour tous").click()
            alice.get_by_text("est effacé du dossier partagé").first.wait_for()
            settled(alice)
            # The other sees it gone at the next page, without logging in again.
            bruno.goto(f"{url}/mes_donnees?territoire=france")
            settled(bruno)
            assert "liste d’Alice.csv" not in bruno.content()

            # Whom the operator takes out of the roles sees nothing more.
            roles.write_text(f'[[personne]]\ncourriel = "{ALICE}"\nrole = "lecteur"\n')
            bruno.reload()
            settled(bruno)
            assert "sans rôle ici" in bruno.content()
    assert private.held(folder) == ()
    assert len(list((folder / "anciens").iterdir())) == 1
    lines = [json.loads(line) for line in (folder / private.JOURNAL).read_text().splitlines()]
    assert [(line["qui"], line["quoi"]) for line in lines] == [(ALICE, "déposé"), (ALICE, "effacé")]
    assert os.stat(folder / private.JOURNAL).st_mode & 0o077 == 0

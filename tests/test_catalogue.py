"""The newest file by the producer's catalogue, the refusals named for what they are, and what is new at the producers."""

from __future__ import annotations

import json
import socket
from dataclasses import replace
from pathlib import Path

import pytest
from producers import Producer, declared, head, status, whole

from diagnostic import catalogue, network
from diagnostic.fetch import Outcome, State, fetch
from diagnostic.model import Catalogue, Column, Source
from diagnostic.news import news
from diagnostic.sources import SOURCES
from diagnostic.warehouse import open_database

CSV = b"CODGEO;LIBGEO;NB\r\n01004;Amb\xc3\xa9rieu-en-Bugey;12\r\n"
NEWER = CSV.replace(b";12", b";13")
MELODI_FILE = r"/DS_NAIS(_(?P<yyyy>20\d\d))?_CSV_FR$"


class Clock:
    """A clock that only waiting moves."""

    def __init__(self) -> None:
        self.now, self.waited = 0.0, []

    def __call__(self) -> float:
        return self.now

    def wait(self, seconds: float) -> None:
        self.waited.append(seconds)
        self.now += seconds


@pytest.fixture(autouse=True)
def direct(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("NO_PROXY", "no_proxy"):
        monkeypatch.setenv(name, "127.0.0.1")
    monkeypatch.delenv(network.AGENT, raising=False)


@pytest.fixture
def producer():
    served = Producer()
    yield served
    served.server.shutdown()
    served.server.server_close()


def tell(document: object, code: int = 200):
    body = json.dumps(document).encode() if document is not None else b"<html>"
    return whole(body) if code == 200 else status(code)


def with_catalogue(
    producer: Producer, kind: str, document: object, *answers, file: str = MELODI_FILE
) -> Source:
    """A source of 2023 whose declared address serves CSV and whose catalogue answers `document`."""
    source = producer.source("DS_NAIS_2023_CSV_FR.csv", *(answers or [whole(CSV)]))
    producer.answers["/catalog"] = [tell(document) if not callable(document) else document]
    told = Catalogue(kind, f"{producer.address}/catalog", file)
    return replace(source, vintages=(replace(source.vintages[0], catalogue=told),))


def one(source: Source, out: Path, clock: Clock | None = None) -> Outcome:
    clock = clock or Clock()
    (outcome,) = fetch([source], out, wait=clock.wait, clock=clock)
    return outcome


def melodi(producer: Producer, *years: int | None, modified: str = "2026-01-15T09:00:00") -> dict:
    """Melodi's description of a dataset: one CSV product a year and others of other forms."""
    names = [f"DS_NAIS_{year}_CSV_FR" if year else "DS_NAIS_CSV_FR" for year in years]
    return {
        "identifier": "DS_NAIS",
        "modified": modified,
        "product": [
            {"id": name, "accessURL": f"{producer.address}/file/{name}", "modified": modified, "byteSize": 58}
            for name in [*names, "DS_NAIS_2026_XLSX_FR"]
        ],
    }


def test_melodi_names_a_newer_year_which_stands_beside_the_declared_one(producer, tmp_path):
    source = with_catalogue(producer, "melodi", melodi(producer, 2023, 2025, 2024))
    producer.answers["/file/DS_NAIS_2025_CSV_FR"] = [whole(NEWER)]
    outcome = one(source, tmp_path)
    assert (outcome.state, outcome.year, outcome.remark) == (State.DOWNLOADED, 2025, "")
    assert outcome.path.name == "DS_NAIS_2025_CSV_FR.csv"
    assert outcome.path.read_bytes() == NEWER
    assert "/DS_NAIS_2023_CSV_FR.csv" not in producer.ranges
    assert one(source, tmp_path).state is State.KEPT
    assert len(producer.ranges["/file/DS_NAIS_2025_CSV_FR"]) == 1


def test_a_catalogue_that_no_longer_answers_leaves_what_it_brought_in_place(producer, tmp_path):
    source = with_catalogue(producer, "melodi", melodi(producer, 2025))
    producer.answers["/file/DS_NAIS_2025_CSV_FR"] = [whole(NEWER)]
    one(source, tmp_path)
    producer.answers["/catalog"] = [status(404)]
    outcome = one(source, tmp_path)
    assert (outcome.state, outcome.path.name) == (State.KEPT, "DS_NAIS_2025_CSV_FR.csv")
    assert "/DS_NAIS_2023_CSV_FR.csv" not in producer.ranges


@pytest.mark.parametrize(
    ("document", "cause"),
    [
        (status(404), "ne répond pas (réponse 404)"),
        (whole(b"<html>"), "a changé de forme"),
        (whole(b'{"products": []}'), "a changé de forme"),
        (whole(b'{"product": "aucun"}'), "a changé de forme"),
        (whole(b'{"product": []}'), "ne cite plus ce fichier"),
        (status(503), "indisponible (réponse 503)"),
    ],
)
def test_without_an_answer_of_the_catalogue_the_declared_address_serves(producer, tmp_path, document, cause):
    outcome = one(with_catalogue(producer, "melodi", document), tmp_path)
    assert outcome.state is State.DOWNLOADED
    assert outcome.path.name == "DS_NAIS_2023_CSV_FR.csv"
    assert cause in outcome.remark and "adresse déclarée" in outcome.remark


def test_data_gouv_gives_the_newest_resource_that_is_ours_under_the_declared_name(producer, tmp_path):
    def resource(name: str, moment: str) -> dict:
        return {"title": name, "url": f"{producer.address}/r/{name}", "latest": "", "last_modified": moment}

    document = {
        "resources": [
            resource("liste-fs-20250801.csv", "2025-08-01T06:00:00+00:00"),
            resource("liste-fs-20260803.csv", "2026-08-03T06:00:00+00:00"),
            resource("notice.pdf", "2026-09-01T06:00:00+00:00"),
        ]
    }
    source = with_catalogue(producer, "data.gouv", document, file=r"liste-fs.*\.csv$")
    producer.answers["/r/liste-fs-20260803.csv"] = [whole(NEWER)]
    outcome = one(source, tmp_path)
    assert outcome.path.name == "DS_NAIS_2023_CSV_FR.csv"
    assert outcome.path.read_bytes() == NEWER
    assert outcome.url.endswith("/r/liste-fs-20260803.csv")


def test_an_opendatasoft_file_is_taken_again_once_its_producer_has_processed_it_again(producer, tmp_path):
    def described(moment: str) -> dict:
        return {"metas": {"default": {"modified": "2024-01-01", "data_processed": moment}}, "fields": []}

    source = with_catalogue(
        producer, "opendatasoft", described("2026-01-10T00:00:00"), whole(CSV), whole(NEWER)
    )
    assert one(source, tmp_path).state is State.DOWNLOADED
    assert one(source, tmp_path).state is State.KEPT
    producer.answers["/catalog"] = [tell(described("2026-02-10T00:00:00"))]
    again = one(source, tmp_path)
    assert again.state is State.DOWNLOADED
    assert again.path.read_bytes() == NEWER


def test_a_catalogue_is_asked_again_after_the_wait_that_it_asks_for(producer, tmp_path):
    source = with_catalogue(producer, "melodi", melodi(producer, 2025))
    producer.answers["/catalog"] = [status(429, Retry_After="17"), status(429), *producer.answers["/catalog"]]
    producer.answers["/file/DS_NAIS_2025_CSV_FR"] = [whole(NEWER)]
    clock = Clock()
    assert one(source, tmp_path, clock).year == 2025
    assert clock.waited == [17.0, 60.0], "a 429 that says nothing is a minute"


def test_no_more_than_thirty_calls_a_minute_are_made_to_a_host_that_asks_for_it(producer, monkeypatch):
    host = producer.address.removeprefix("http://")
    monkeypatch.setitem(network.RATES, host, (30, 60.0))
    producer.answers["/n.csv"] = [status(404)]
    clock = Clock()
    with network.open_line(clock.wait, clock) as line:
        for _ in range(60):
            line.ask(f"{producer.address}/n.csv").close()
            clock.now += 1.0
    assert sum(clock.waited) == pytest.approx(30.0), "thirty calls in thirty seconds, then half a minute"
    assert len(producer.ranges["/n.csv"]) == 60
    assert network.RATES["api.insee.fr"] == (30, 60.0)


def wary(body: bytes, agents: list[str]):
    """Refuse what does not look like a browser."""

    def answer(to) -> None:
        agents.append(to.headers["User-Agent"])
        if "Mozilla/5.0" in to.headers["User-Agent"]:
            whole(body)(to)
        else:
            head(to, 403, 0)

    return answer


def test_a_server_that_refuses_our_agent_is_asked_once_more_as_a_browser(producer, tmp_path):
    agents: list[str] = []
    outcomes = fetch(
        [producer.source("n.csv", wary(CSV, agents)), producer.source("m.csv", wary(CSV, agents))], tmp_path
    )
    assert [outcome.state for outcome in outcomes] == [State.DOWNLOADED] * 2
    assert agents == [network.OWN_AGENT, network.BROWSER_AGENT, network.BROWSER_AGENT]


def test_a_403_to_both_agents_says_so_with_the_setting(producer, tmp_path):
    outcome = one(producer.source("n.csv", status(403)), tmp_path)
    assert outcome.state is State.REFUSED
    assert "réponse 403" in outcome.reason and network.AGENT in outcome.reason
    assert len(producer.ranges["/n.csv"]) == 2


def test_the_agent_is_a_setting(producer, tmp_path, monkeypatch):
    monkeypatch.setenv(network.AGENT, "Mozilla/5.0 (agent de la commune)")
    agents: list[str] = []
    assert one(producer.source("n.csv", wary(CSV, agents)), tmp_path).state is State.DOWNLOADED
    assert agents == ["Mozilla/5.0 (agent de la commune)"]


def test_addresses_that_lead_to_one_another_without_end_are_named(producer, tmp_path):
    source = producer.source("n.csv", status(302, Location="/m.csv"))
    producer.answers["/m.csv"] = [status(302, Location="/n.csv")]
    outcome = one(source, tmp_path)
    assert outcome.state is State.REFUSED
    assert "renvoie sans fin d’une adresse à l’autre" in outcome.reason


def through(monkeypatch: pytest.MonkeyPatch, proxy: str) -> None:
    for name in ("NO_PROXY", "no_proxy"):
        monkeypatch.setenv(name, "")
    for name in ("HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "https_proxy"):
        monkeypatch.setenv(name, proxy)


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_a_proxy_that_asks_who_we_are_is_told_once_for_all_the_files(producer, tmp_path, monkeypatch, scheme):
    through(monkeypatch, producer.address)
    producer.refuse_everything(407)
    sources = [declared(name, f"{scheme}://{name}.example/n.csv") for name in ("a.csv", "b.csv")]
    outcomes = fetch(sources, tmp_path, wait=pytest.fail)
    assert all("demande un identifiant (réponse 407)" in outcome.reason for outcome in outcomes)
    assert producer.asked == 1


def test_a_proxy_that_is_not_there_is_named_and_not_waited_for_at_each_host(tmp_path, monkeypatch):
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    through(monkeypatch, f"http://127.0.0.1:{port}")
    clock = Clock()
    sources = [declared(name, f"https://{name}.example/n.csv") for name in ("a.csv", "b.csv")]
    outcomes = fetch(sources, tmp_path, wait=clock.wait, clock=clock)
    assert all("mandataire (proxy)" in outcome.reason for outcome in outcomes)
    assert all("HTTPS_PROXY" in outcome.reason for outcome in outcomes)
    assert len(clock.waited) == 4, "the attempts of the first file only"


def told(db: Path, raw: Path, *sources: Source):
    clock = Clock()
    return news(open_database(db), raw, sources, wait=clock.wait, clock=clock)


def births() -> Source:
    return next(source for source in SOURCES if source.id == "naissances")


def test_news_tell_a_newer_vintage_of_what_is_loaded(producer, demo_db, tmp_path):
    source = replace(with_catalogue(producer, "melodi", melodi(producer, 2031)), id="naissances")
    producer.answers["/file/DS_NAIS_2031_CSV_FR"] = [whole(CSV)]
    (found,) = told(demo_db, tmp_path, source)
    assert "millésime 2031 paru" in found.newer
    assert (found.trouble, found.breaks) == ("", ())
    producer.answers["/catalog"] = [tell(melodi(producer, 2015))]
    producer.answers["/file/DS_NAIS_2015_CSV_FR"] = [whole(CSV)]
    (found,) = told(demo_db, tmp_path, source)
    assert found.newer == ""


def test_news_tell_a_file_republished_since_its_download(producer, demo_db, tmp_path):
    source = replace(with_catalogue(producer, "melodi", melodi(producer, None)), id="naissances")
    producer.answers["/file/DS_NAIS_CSV_FR"] = [whole(CSV)]
    one(source, tmp_path)
    assert told(demo_db, tmp_path, source)[0].newer == ""
    producer.answers["/catalog"] = [tell(melodi(producer, None, modified="2026-06-02T09:00:00"))]
    assert "republié le 2026-06-02" in told(demo_db, tmp_path, source)[0].newer


def test_news_tell_what_a_page_that_is_gone_would_break(producer, demo_db, tmp_path):
    source = replace(producer.source("n.csv", status(404)), id="naissances", serves=births().serves)
    (found,) = told(demo_db, tmp_path, source)
    assert "n’existe plus (réponse 404)" in found.trouble
    assert "Naissances" in found.breaks[0]
    outlines = replace(producer.source("c.csv", whole(b"<html>", Content_Type="text/html")), stage=3)
    (found,) = told(demo_db, tmp_path, outlines)
    assert "une page web" in found.trouble
    assert found.breaks == ("les cartes et les distances",)


def test_news_tell_a_column_that_is_no_longer_in_the_file(producer, demo_db, tmp_path):
    document = {
        "metas": {"default": {"modified": "2026-01-01"}},
        "fields": [{"name": "annee"}, {"name": "numcom"}],
    }
    source = with_catalogue(producer, "opendatasoft", document)
    columns = (Column("annee", (r"annee",)), Column("total", (r"txcouv_com",), "number"))
    (found,) = told(demo_db, tmp_path, replace(source, columns=columns))
    assert found.trouble == "colonnes disparues du fichier : total"


def test_every_declared_catalogue_is_of_a_kind_that_is_read():
    kinds = {v.catalogue.kind for source in SOURCES for v in source.vintages if v.catalogue}
    assert kinds <= set(catalogue._READERS)

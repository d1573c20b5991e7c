"""What other programs read: true figures, nothing that is masked, refusals in a sentence, no surprise."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import lxml.html
import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from starlette.applications import Starlette
from starlette.testclient import TestClient

from diagnostic import api, measure, reading, report, story, territories
from diagnostic.api import embeds, limits
from diagnostic.warehouse import Database

PATH = "/outil/api/v1"


@pytest.fixture(scope="module")
def epci(demo: Database) -> str:
    return "epci:" + demo.rows("select min(code) from territory where level = 'epci'")[0][0]


@pytest.fixture
def client(demo_db: Path, monkeypatch: pytest.MonkeyPatch) -> TestClient:
    monkeypatch.setenv("DIAGNOSTIC_DB", str(demo_db))
    monkeypatch.setenv(limits.RATE, "100000")
    return TestClient(Starlette(routes=api.routes("/outil")))


def test_a_territory_says_what_holds_it_and_what_it_holds(
    client: TestClient, demo: Database, epci: str
) -> None:
    found = client.get(f"{PATH}/territoires/{epci}").json()
    assert found["territoire"]["cle"] == epci
    assert found["dans"][-1]["cle"] == "france"
    expected = [one.key for one in territories.members(demo, territories.get(demo, epci))]
    assert [one["cle"] for one in found["membres"]] == expected


def test_every_figure_is_the_one_of_the_pages_and_unknown_is_null(
    client: TestClient, demo: Database, epci: str
) -> None:
    place = territories.get(demo, epci)
    findings = measure.measure(demo, [place])[epci]
    rows = client.get(f"{PATH}/donnees", params={"territoire": epci}).json()["donnees"]
    assert [row["indicateur"] for row in rows] == list(findings)
    for row in rows:
        value = reading.known_value(findings[row["indicateur"]])
        assert row["valeur"] == value
        if value is None:
            assert (row["numerateur"], row["denominateur"]) == (None, None)


def test_what_a_producer_masks_is_masked_with_its_parts(client: TestClient, demo: Database) -> None:
    codes = demo.rows(
        "select distinct code from figure where level = 'commune' and status = 'secret' limit 5"
    )
    assert codes
    keys = ",".join(f"commune:{code}" for (code,) in codes)
    rows = client.get(f"{PATH}/donnees", params={"territoire": keys}).json()["donnees"]
    masked = [row for row in rows if row["statut"].startswith("secret")]
    assert masked
    assert all(
        row[name] is None for row in masked for name in ("valeur", "numerateur", "denominateur", "manque")
    )


def test_the_csv_says_the_same_and_its_description_names_its_columns(client: TestClient, epci: str) -> None:
    query = {"territoire": f"{epci},france", "indicateur": "population"}
    text = client.get(f"{PATH}/donnees", params=query | {"format": "csv"})
    assert text.headers["content-type"] == "text/csv; charset=utf-8"
    rows = list(csv.DictReader(io.StringIO(text.text), delimiter=";"))
    plain = client.get(f"{PATH}/donnees", params=query).json()["donnees"]
    assert [float(row["valeur"]) for row in rows] == [row["valeur"] for row in plain]
    said = client.get(f"{PATH}/donnees", params=query | {"format": "csvw"}).json()
    assert [column["name"] for column in said["tableSchema"]["columns"]] == list(rows[0])
    assert client.get(said["url"]).text == text.text


def test_an_answer_that_has_not_changed_is_not_sent_again(client: TestClient, epci: str) -> None:
    first = client.get(f"{PATH}/donnees", params={"territoire": epci})
    again = client.get(
        f"{PATH}/donnees", params={"territoire": epci}, headers={"if-none-match": first.headers["etag"]}
    )
    assert (again.status_code, again.content) == (304, b"")
    other = client.get(f"{PATH}/donnees", params={"territoire": "france"})
    assert other.headers["etag"] != first.headers["etag"]


def test_the_licences_are_those_of_the_figures_given(client):
    asked = {"territoire": "france", "indicateur": "assistantes_maternelles"}
    assert client.get(f"{PATH}/donnees", params=asked).json()["licence"] == "Licence ODbL 1.0"
    asked["indicateur"] = "population"
    assert client.get(f"{PATH}/donnees", params=asked).json()["licence"] == "Licence Ouverte 2.0"


@pytest.mark.parametrize(
    ("path", "code"),
    [
        ("/territoires/epci:000000000", 404),
        ("/territoires/perimetre:01001+01002", 400),
        ("/territoires/bonjour", 400),
        ("/donnees", 400),
        ("/donnees?territoire=france&indicateur=autre", 400),
        ("/donnees?territoire=france&format=xml", 400),
        ("/donnees?territoire=france&territoire=france", 400),
        ("/donnees?territoire=france&autre=1", 400),
        ("/donnees?territoire=" + ",".join(f"commune:{rank:05d}" for rank in range(51)), 400),
        ("/indicateurs?theme=autre", 400),
    ],
)
def test_what_is_asked_amiss_is_refused_in_a_french_sentence(
    client: TestClient, path: str, code: int
) -> None:
    answer = client.get(PATH + path)
    assert answer.status_code == code
    assert answer.json()["erreur"]


def test_a_catalogue_finds_the_data_their_licence_and_their_sources(
    client: TestClient, demo: Database
) -> None:
    found = client.get(f"{PATH}/catalogue.jsonld").json()
    data = found["dcat:dataset"]
    assert "fictif" in data["dct:description"]
    titles = {title for (title,) in demo.rows("select title from source")}
    assert {source["dct:title"] for source in data["dct:source"]} == titles
    said = api.schema_org(demo, "/outil")
    for address in [one["dcat:accessURL"]["@id"] for one in data["dcat:distribution"]] + [
        one["contentUrl"] for one in said["distribution"]
    ]:
        assert client.get(address).status_code == 200
    described = client.get(found["dcat:service"]["dcat:endpointDescription"]["@id"]).json()
    assert described["openapi"] == "3.1.0"


def test_an_address_that_asks_too_often_waits(demo_db: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rate = limits.Rate(2)
    assert [rate.wait("a", 0.0) for _ in range(2)] == [0.0, 0.0]
    assert rate.wait("a", 0.0) == 30.0  # two a minute: one every 30 s
    assert rate.wait("b", 0.0) == 0.0
    assert rate.wait("a", 30.0) == 0.0
    monkeypatch.setenv("DIAGNOSTIC_DB", str(demo_db))
    monkeypatch.setenv(limits.RATE, "1")
    client = TestClient(Starlette(routes=api.routes("")))
    assert client.get("/api/v1/indicateurs").status_code == 200
    refused = client.get("/api/v1/indicateurs")
    assert refused.status_code == 429
    assert 1 <= int(refused.headers["retry-after"]) <= 61


def test_another_site_may_read_only_when_the_operator_has_named_it(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = {"origin": "https://www.ville.example"}
    header = "access-control-allow-origin"
    assert header not in client.get(f"{PATH}/indicateurs", headers=asked).headers
    monkeypatch.setenv(limits.ORIGINS, "https://autre.example https://www.ville.example")
    assert client.get(f"{PATH}/indicateurs", headers=asked).headers[header] == asked["origin"]
    monkeypatch.setenv(limits.ORIGINS, "*")
    assert client.options(f"{PATH}/indicateurs", headers=asked).headers[header] == "*"


@pytest.mark.parametrize("path", ["/territoires/{cle}", "/indicateurs", "/donnees"])
def test_the_description_keeps_its_word_whatever_is_asked(client: TestClient, path: str) -> None:
    """A few dozen requests that a machine invents from the description, right and wrong."""
    schema = schemathesis.openapi.from_asgi(f"{PATH}/openapi.json", client.app)
    operation = schema[path]["GET"]

    @given(case=operation.as_strategy())
    @settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck), database=None)
    def holds(case) -> None:
        case.call_and_validate()

    holds()


def test_a_chart_stands_alone_with_its_title_its_values_and_its_source(
    client: TestClient, demo: Database, epci: str
) -> None:
    told = embeds.choices(report.build(demo, epci), demo)
    assert {type(embeds.drawable(one)) for one in told} >= {story.Stacked, story.Lines, story.Map}
    for one in told:
        answer = client.get("/outil" + embeds.address(one, epci, None))
        assert answer.status_code == 200, one.id
        page = lxml.html.fromstring(answer.text)
        assert page.findtext(".//h1") == one.title
        assert page.find(".//figure/svg") is not None and page.find(".//details") is not None
        assert one.source in page.text_content() and story.FICTIONAL in page.text_content()
        assert not page.xpath("//script | //link | //img[starts-with(@src, 'http')]")
        again = client.get(answer.url, headers={"If-None-Match": answer.headers["etag"]})
        assert again.status_code == 304


@pytest.mark.parametrize(
    ("address", "code"),
    [
        ("/integrer/offre", 400),
        ("/integrer/nulle?territoire=france", 404),
        ("/integrer/offre?territoire=commune:00000", 404),
        ("/integrer/offre?territoire=<script>alert(1)</script>", 404),
        ("/integrer/offre?territoire=france&reference=nulle", 404),
        ("/integrer/offre?territoire=france&autre=1", 400),
    ],
)
def test_a_chart_that_does_not_exist_is_refused_in_words(client: TestClient, address: str, code: int) -> None:
    answer = client.get("/outil" + address)
    assert answer.status_code == code
    assert set(answer.json()) == {"erreur"}

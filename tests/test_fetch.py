"""Downloads against a server on loopback that is slow, cuts off, answers errors, or serves something else."""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import re
import shutil
import socket
import subprocess
import sys
import threading
import zipfile
from collections import namedtuple
from pathlib import Path

import pytest
from producers import Producer, cut, declared, stalled, status, whole

from diagnostic import network
from diagnostic.fetch import Outcome, State, fetch
from diagnostic.model import DiagnosticError, Source
from diagnostic.sources import SOURCES

CSV = b"CODGEO;LIBGEO;NB\r\n" + b"01004;Amb\xc3\xa9rieu-en-Bugey;12\r\n" * 20_000
HALF = len(CSV) // 2
HTML = b"<!DOCTYPE html><html lang='fr'><title>Maintenance</title></html>"
PAST = "Mon, 02 Jan 2023 08:00:00 GMT"
FUTURE = "Tue, 02 Jan 2125 08:00:00 GMT"


@pytest.fixture
def producer(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    served = Producer()
    yield served
    served.gate.set()
    served.server.shutdown()
    served.server.server_close()


def one(source: Source, out: Path, **options) -> Outcome:
    options.setdefault("wait", lambda _: None)
    (outcome,) = fetch([source], out, **options)
    return outcome


def names(out: Path) -> list[str]:
    return sorted(path.name for path in out.iterdir())


def zipped(body: bytes) -> bytes:
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_STORED) as file:
        file.writestr("naissances.csv", body)
    return archive.getvalue()


def test_a_file_arrives_whole_with_its_provenance_beside_it(producer, tmp_path):
    outcome = one(producer.source("n.csv", whole(CSV)), tmp_path)
    assert (outcome.state, outcome.size, outcome.reason) == (State.DOWNLOADED, len(CSV), "")
    assert (tmp_path / "n.csv").read_bytes() == CSV
    provenance = json.loads((tmp_path / "n.csv.provenance.json").read_text("utf-8"))
    assert provenance["url"] == f"{producer.address}/n.csv"
    assert provenance["size"] == len(CSV)
    assert provenance["sha256"] == hashlib.sha256(CSV).hexdigest()
    assert provenance["downloaded_at"].endswith("+00:00")
    assert names(tmp_path) == ["n.csv", "n.csv.provenance.json"]


def test_an_intact_file_is_kept_without_asking_the_server(producer, tmp_path):
    source = producer.source("n.csv", whole(CSV))
    one(source, tmp_path)
    assert one(source, tmp_path).state is State.KEPT
    assert producer.ranges["/n.csv"] == [None]


@pytest.mark.parametrize("damaged", [CSV[:-1], CSV[:-1] + b"X"], ids=["shortened", "altered"])
def test_a_file_damaged_on_disk_is_downloaded_again(producer, tmp_path, damaged):
    source = producer.source("n.csv", whole(CSV))
    one(source, tmp_path)
    (tmp_path / "n.csv").write_bytes(damaged)
    assert one(source, tmp_path).state is State.DOWNLOADED
    assert (tmp_path / "n.csv").read_bytes() == CSV


def test_a_file_put_there_by_hand_is_kept_and_a_web_page_saved_by_hand_is_not(producer, tmp_path):
    source = producer.source("n.csv", whole(CSV))
    (tmp_path / "n.csv").write_bytes(b"CODGEO;NB\n2A004;7\n")
    assert one(source, tmp_path).state is State.KEPT
    (tmp_path / "n.csv").write_bytes(HTML)
    assert one(source, tmp_path).state is State.DOWNLOADED


def test_a_new_address_for_the_same_file_name_is_downloaded(producer, tmp_path):
    one(producer.source("n.csv", whole(CSV)), tmp_path)
    producer.answers["/bis"] = [whole(CSV + b"97411;Saint-Denis;3\r\n")]
    moved = one(declared("n.csv", f"{producer.address}/bis"), tmp_path)
    assert (moved.state, moved.size) == (State.DOWNLOADED, len(CSV) + len(b"97411;Saint-Denis;3\r\n"))


def test_a_transfer_cut_midway_resumes_where_it_stopped(producer, tmp_path):
    source = producer.source("n.csv", cut(CSV, HALF, ETag='"a"'), whole(CSV, ETag='"a"'))
    outcome = one(source, tmp_path)
    assert outcome.state is State.RESUMED
    assert producer.ranges["/n.csv"] == [None, f"bytes={HALF}-"]
    assert (tmp_path / "n.csv").read_bytes() == CSV


def test_a_file_republished_between_two_attempts_is_never_stitched_together(producer, tmp_path):
    other = CSV.replace(b";12\r\n", b";13\r\n")
    source = producer.source("n.csv", cut(CSV, HALF, ETag='"a"'), whole(other, ETag='"b"'))
    assert one(source, tmp_path).state is State.DOWNLOADED
    assert (tmp_path / "n.csv").read_bytes() == other


@pytest.mark.parametrize(("published", "state"), [(PAST, State.RESUMED), (FUTURE, State.DOWNLOADED)])
def test_a_part_left_by_an_earlier_run_serves_only_if_the_file_is_older(producer, tmp_path, published, state):
    (tmp_path / "n.csv.part").write_bytes(CSV[:HALF])
    outcome = one(producer.source("n.csv", whole(CSV, Last_Modified=published)), tmp_path)
    assert outcome.state is state
    assert (tmp_path / "n.csv").read_bytes() == CSV
    assert producer.ranges["/n.csv"][0] == f"bytes={HALF}-"


def test_an_archive_resumes_on_the_strength_of_its_own_check_sums(producer, tmp_path):
    body = zipped(CSV)
    outcome = one(producer.source("n.zip", cut(body, HALF), whole(body)), tmp_path)
    assert outcome.state is State.RESUMED
    assert (tmp_path / "n.zip").read_bytes() == body


def test_an_archive_stitched_from_two_editions_is_downloaded_afresh(producer, tmp_path):
    old, new = zipped(CSV), zipped(CSV.replace(b";12\r\n", b";13\r\n"))
    assert one(producer.source("n.zip", cut(old, HALF), whole(new)), tmp_path).state is State.DOWNLOADED
    assert (tmp_path / "n.zip").read_bytes() == new


@pytest.mark.parametrize(("name", "kept"), [("n.csv", CSV), ("n.csv.gz", gzip.compress(CSV, mtime=0))])
def test_a_compressed_answer_is_a_table_or_stays_the_compressed_file_that_was_asked(
    producer, tmp_path, name, kept
):
    body = gzip.compress(CSV, mtime=0)
    source = producer.source(
        name, cut(body, 999, Content_Encoding="gzip"), whole(body, ranges=False, Content_Encoding="gzip")
    )
    assert one(source, tmp_path).state is State.DOWNLOADED
    assert (tmp_path / name).read_bytes() == kept


def test_a_secure_connection_that_fails_speaks_of_the_certificate(producer, tmp_path):
    secure = producer.address.replace("http:", "https:")
    outcome = one(declared("n.csv", f"{secure}/n.csv"), tmp_path)
    assert outcome.state is State.REFUSED
    assert "REQUESTS_CA_BUNDLE" in outcome.reason


def test_a_server_that_cannot_resume_serves_the_whole_file_again(producer, tmp_path):
    source = producer.source("n.csv", cut(CSV, HALF), whole(CSV, ranges=False))
    assert one(source, tmp_path).state is State.DOWNLOADED
    assert (tmp_path / "n.csv").read_bytes() == CSV


def test_a_part_longer_than_the_file_is_thrown_away(producer, tmp_path):
    (tmp_path / "n.csv.part").write_bytes(CSV + CSV)
    source = producer.source("n.csv", status(416, Content_Range=f"bytes */{len(CSV)}"), whole(CSV))
    assert one(source, tmp_path).state is State.DOWNLOADED
    assert producer.ranges["/n.csv"] == [f"bytes={2 * len(CSV)}-", None]


def test_a_server_that_falls_silent_midway_is_asked_again(producer, tmp_path, monkeypatch):
    monkeypatch.setattr(network, "TIMEOUT", (2.0, 0.2))
    source = producer.source(
        "n.csv", stalled(CSV, HALF, producer.gate, Last_Modified=PAST), whole(CSV, Last_Modified=PAST)
    )
    assert one(source, tmp_path).state is State.RESUMED
    assert (tmp_path / "n.csv").read_bytes() == CSV


def test_a_killed_download_leaves_only_its_part_and_the_next_run_resumes_it(producer, tmp_path):
    source = producer.source(
        "n.csv", stalled(CSV, HALF, producer.gate, Last_Modified=PAST), whole(CSV, Last_Modified=PAST)
    )
    program = (
        "import sys; from pathlib import Path; from diagnostic.fetch import fetch\n"
        "from diagnostic.model import Source, Vintage\n"
        f"vintage = Vintage(year=2023, url={source.vintages[0].url!r}, filename='n.csv')\n"
        "source = Source(id='n', title='N', producer='P', page='p', columns=(), vintages=(vintage,))\n"
        "fetch([source], Path(sys.argv[1]), progress=lambda _, done, __: done and print(done, flush=True))\n"
    )
    root = Path(__file__).resolve().parents[1]
    with subprocess.Popen(
        [sys.executable, "-c", program, str(tmp_path)], cwd=root, stdout=subprocess.PIPE, text=True
    ) as process:
        on_disk = int(process.stdout.readline())
        process.kill()
    assert names(tmp_path) == ["n.csv.part"]
    left = (tmp_path / "n.csv.part").stat().st_size
    assert on_disk <= left <= HALF
    assert one(source, tmp_path).state is State.RESUMED
    assert producer.ranges["/n.csv"] == [None, f"bytes={left}-"]
    assert (tmp_path / "n.csv").read_bytes() == CSV


def test_progress_counts_up_to_the_announced_size(producer, tmp_path):
    seen: list[tuple[str, int, int | None]] = []
    one(producer.source("n.csv", whole(CSV)), tmp_path, progress=lambda *step: seen.append(step))
    assert seen[0] == ("n.csv", 0, len(CSV))
    assert seen[-1] == ("n.csv", len(CSV), len(CSV))
    assert [done for _, done, _ in seen] == sorted(done for _, done, _ in seen)


def test_an_unavailable_server_is_asked_again_after_growing_pauses(producer, tmp_path):
    pauses: list[float] = []
    source = producer.source("n.csv", status(503), status(502), whole(CSV))
    assert one(source, tmp_path, wait=pauses.append).state is State.DOWNLOADED
    assert pauses == [1, 1 * 2]


def test_a_server_that_asks_for_seven_seconds_gets_them(producer, tmp_path):
    pauses: list[float] = []
    source = producer.source("n.csv", status(429, Retry_After="7"), whole(CSV))
    assert one(source, tmp_path, wait=pauses.append).state is State.DOWNLOADED
    assert pauses == [7]


@pytest.mark.parametrize("later", ["3600", FUTURE])
def test_a_server_that_asks_for_an_hour_is_left_alone(producer, tmp_path, later):
    outcome = one(producer.source("n.csv", status(503, Retry_After=later)), tmp_path, wait=pytest.fail)
    assert outcome.state is State.REFUSED
    assert "relancez la commande plus tard" in outcome.reason
    assert producer.ranges["/n.csv"] == [None]


def test_attempts_are_bounded(producer, tmp_path):
    pauses: list[float] = []
    outcome = one(producer.source("n.csv", status(503)), tmp_path, wait=pauses.append)
    assert outcome.state is State.REFUSED
    assert "réponse 503" in outcome.reason
    assert len(producer.ranges["/n.csv"]) == 5
    assert pauses == [1, 2, 4, 8]
    assert names(tmp_path) == []


def test_a_vanished_address_says_what_to_do_and_the_others_go_on(producer, tmp_path):
    gone = producer.source("gone.csv", status(404))
    good = producer.source("n.csv", whole(CSV))
    first, second = fetch([gone, good], tmp_path, wait=pytest.fail)
    assert (first.state, second.state) == (State.REFUSED, State.DOWNLOADED)
    for said in (f"{producer.address}/gone.csv", "n’existe plus", gone.page, str(tmp_path)):
        assert said in first.reason
    assert names(tmp_path) == ["n.csv", "n.csv.provenance.json"]


@pytest.mark.parametrize(
    ("name", "body", "kind", "said"),
    [
        ("n.csv", HTML, "text/csv", "une page web"),
        ("n.csv", b"CODGEO;NB", "text/html; charset=utf-8", "une page web"),
        ("n.zip", HTML, "application/zip", "une page web"),
        ("n.zip", CSV, "application/zip", "pas au format .zip"),
        ("n.xlsx", CSV, "application/zip", "pas au format .xlsx"),
        ("n.csv.gz", CSV, "text/csv", "pas au format .gz"),
        ("n.geojson", CSV, "application/json", "pas du JSON"),
        ("n.csv", b'{"error": "dataset not found"}', "text/csv", "un message d’erreur"),
        ("n.csv", zipped(CSV), "text/csv", "pas un tableau"),
        ("n.csv", b"<?xml version='1.0'?><Error/>", "text/csv", "pas un tableau"),
        ("n.csv", b"", "text/csv", "un fichier vide"),
        ("n.zip", zipped(CSV)[:-30], "application/zip", "une archive incomplète"),
        ("n.zip", zipped(CSV).replace(b";12\r\n", b";13\r\n", 1), "application/zip", "une archive abîmée"),
    ],
)
def test_what_is_not_the_declared_kind_of_file_is_refused(producer, tmp_path, name, body, kind, said):
    outcome = one(producer.source(name, whole(body, Content_Type=kind)), tmp_path)
    assert outcome.state is State.REFUSED
    assert said in outcome.reason
    assert outcome.reason.endswith(".")
    assert names(tmp_path) == []


@pytest.mark.parametrize(
    ("name", "body"), [("n.zip", zipped(CSV)), ("n.geojson", b'\xef\xbb\xbf{"type": 1}')]
)
def test_official_archives_and_polygons_are_accepted(producer, tmp_path, name, body):
    assert one(producer.source(name, whole(body)), tmp_path).state is State.DOWNLOADED


def test_a_file_shorter_than_announced_is_never_taken_for_whole(producer, tmp_path):
    source = producer.source("n.csv", whole(CSV, announced=len(CSV) + 10, ranges=False))
    outcome = one(source, tmp_path)
    assert outcome.state is State.REFUSED
    assert "s’interrompt" in outcome.reason
    assert names(tmp_path) == ["n.csv.part"]


def test_without_a_network_one_sentence_says_so_and_the_host_is_not_asked_again(producer, tmp_path):
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        nowhere = f"http://127.0.0.1:{closed.getsockname()[1]}"
    pauses: list[float] = []
    sources = [declared(f"{letter}.csv", f"{nowhere}/{letter}") for letter in "ab"]
    outcomes = fetch(sources, tmp_path, wait=pauses.append)
    assert [outcome.state for outcome in outcomes] == [State.REFUSED, State.REFUSED]
    assert all("vérifiez la connexion à internet" in outcome.reason for outcome in outcomes)
    assert len(pauses) == 5 - 1
    assert names(tmp_path) == []


def test_a_file_larger_than_the_free_space_is_refused_before_it_fills_the_disk(
    producer, tmp_path, monkeypatch
):
    usage = namedtuple("usage", "total used free")
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage(len(CSV), 1, len(CSV) - 1))
    outcome = one(producer.source("n.csv", whole(CSV)), tmp_path)
    assert outcome.state is State.REFUSED
    assert "le disque est plein" in outcome.reason
    assert names(tmp_path) == []


@pytest.mark.skipif(
    not Path("/dev/full").exists(), reason="/dev/full, le disque toujours plein, est absent ici"
)
def test_a_disk_that_fills_up_midway_gives_a_sentence(producer, tmp_path):
    (tmp_path / "n.csv.part").symlink_to("/dev/full")
    outcome = one(producer.source("n.csv", whole(CSV)), tmp_path)
    assert outcome.state is State.REFUSED
    assert "le disque est plein" in outcome.reason
    assert not (tmp_path / "n.csv").exists()


def test_two_commands_never_write_the_same_file_together(producer, tmp_path):
    source = producer.source("n.csv", stalled(CSV, HALF, producer.gate), whole(CSV))
    writing = threading.Event()
    outcomes: list[Outcome] = []
    first = threading.Thread(
        target=lambda: outcomes.append(one(source, tmp_path, progress=lambda *_: writing.set()))
    )
    first.start()
    assert writing.wait(10)
    second = one(source, tmp_path)
    producer.gate.set()
    first.join(10)
    assert "déjà en cours" in second.reason
    assert outcomes[0].state is not State.REFUSED
    assert (tmp_path / "n.csv").read_bytes() == CSV


def test_only_the_named_sources_are_downloaded(producer, tmp_path):
    sources = [producer.source("a.csv", whole(CSV)), producer.source("b.csv", whole(CSV))]
    assert [outcome.source for outcome in fetch(sources, tmp_path, only=["b"])] == ["b"]
    with pytest.raises(
        DiagnosticError, match="« c » n’est pas une source : choisissez parmi a, b"
    ) as refusal:
        fetch(sources, tmp_path, only=["c"])
    assert refusal.value.code == 2


def test_a_folder_that_cannot_be_created_gives_a_sentence(tmp_path):
    (tmp_path / "raw").write_text("un fichier, pas un dossier")
    with pytest.raises(DiagnosticError, match="ne peut pas être créé"):
        fetch([], tmp_path / "raw" / "insee")


@pytest.mark.parametrize("url", ["ftp://producteur.example/n.csv", "producteur.example/n.csv", "http://"])
def test_an_address_that_is_not_a_web_address_is_refused(tmp_path, url):
    assert "pas une adresse web" in one(declared("n.csv", url), tmp_path, wait=pytest.fail).reason


def test_no_two_declared_files_share_a_name_and_every_address_is_secure():
    vintages = [vintage for source in SOURCES for vintage in source.vintages]
    filenames = [vintage.filename for vintage in vintages]
    assert sorted(filenames) == sorted(set(filenames))
    assert [vintage.url for vintage in vintages if not vintage.url.startswith("https://")] == []
    # A file name leads nowhere but into the folder of downloads, and never looks unfinished.
    assert [
        name for name in filenames if Path(name).name != name or name.endswith((".part", ".provenance.json"))
    ] == []


def test_a_declared_catalogue_is_secure_and_would_list_the_declared_file():
    declared_ones = [v for source in SOURCES for v in source.vintages if v.catalogue is not None]
    assert {v.catalogue.kind for v in declared_ones} == {"melodi", "data.gouv", "opendatasoft"}
    for vintage in declared_ones:
        assert vintage.catalogue.url.startswith("https://")
        if vintage.catalogue.kind != "data.gouv":
            assert re.search(vintage.catalogue.file, vintage.url), vintage.url

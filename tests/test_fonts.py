"""The small fonts write what the whole ones write: every sign of our texts and names, every icon, as wide."""

from __future__ import annotations

import base64
import io
import json
from pathlib import Path

import pytest
from fontTools.ttLib import TTFont
from starlette.applications import Starlette
from starlette.responses import Response
from starlette.routing import Route
from starlette.testclient import TestClient

from diagnostic import ROOT
from diagnostic.serving import delivery, fonts
from diagnostic.warehouse import open_database


@pytest.fixture(scope="module")
def made() -> dict[str, bytes]:
    return {name: base64.b64decode(text) for name, text in json.loads(fonts._made()).items()}


def signs_of(body: bytes) -> dict[int, str]:
    return TTFont(io.BytesIO(body)).getBestCmap()


def test_the_three_fonts_lose_most_of_their_weight(made: dict[str, bytes]) -> None:
    assert len(made) == 3
    whole = sum((fonts._MEDIA / name).stat().st_size for name in made)
    assert sum(map(len, made.values())) < whole / 5


def test_every_sign_of_our_texts_and_of_the_names_is_there_and_as_wide(
    made: dict[str, bytes], demo_db: Path
) -> None:
    names = "".join(name for (name,) in open_database(demo_db).rows("select name from territory"))
    texts = "".join(path.read_text("utf-8") for path in (ROOT / "diagnostic").rglob("*.py"))
    for name, body in made.items():
        if name.startswith(fonts._ICONS):
            continue
        small, whole = TTFont(io.BytesIO(body)), TTFont(fonts._MEDIA / name)
        has, had = small.getBestCmap(), whole.getBestCmap()
        written = {ord(sign) for sign in names + texts + "L’Haÿ-les-Roses Œ œ ŷ − ≥ ½"} & set(had)
        assert written <= set(has), [chr(sign) for sign in written - set(has)]
        if name.startswith("SourceSans"):
            assert {sign: small["hmtx"][has[sign]][0] for sign in written} == {
                sign: whole["hmtx"][had[sign]][0] for sign in written
            }


def test_every_icon_that_a_page_names_is_drawn(made: dict[str, bytes]) -> None:
    body = next(body for name, body in made.items() if name.startswith(fonts._ICONS))
    font = TTFont(io.BytesIO(body))
    letters = {glyph: chr(code) for code, glyph in font.getBestCmap().items()}
    drawn = {
        "".join(letters[glyph] for glyph in (first, *one.Component))
        for lookup in font["GSUB"].table.LookupList.Lookup
        for table in lookup.SubTable
        for first, found in getattr(table, "ExtSubTable", table).ligatures.items()
        for one in found
    }
    ours = {
        name
        for folder in (ROOT / "pages", ROOT / "diagnostic")
        for path in folder.rglob("*.py")
        for name in fonts._ICON.findall(path.read_text("utf-8"))
    }
    assert ours and ours <= drawn
    assert {"keyboard_arrow_down", "close", "check", "search"} <= drawn


def test_the_small_one_is_sent_when_it_is_there(monkeypatch: pytest.MonkeyPatch) -> None:
    app = Starlette(
        routes=[Route("/{path:path}", lambda request: Response(b"whole", media_type="font/woff2"))]
    )
    client = TestClient(delivery.Delivery(app))
    address = "/static/media/SourceSansVF-Upright.ttf.BsWL4Kly.woff2"
    before = client.get(address)
    monkeypatch.setitem(fonts.small, address.rpartition("/")[2], (b"small", "d1"))
    after = client.get(address)
    assert (before.content, after.content) == (b"whole", b"small")
    assert after.headers["etag"] == 'W/"d1"' and before.headers["etag"] != after.headers["etag"]

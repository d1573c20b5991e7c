"""Every table of every page, on screen and taken away: French heads, years that are years, unknown left empty, and in the
file what it is, of when, from whom and against whom."""

from __future__ import annotations

import csv
import io
import re
from pathlib import Path

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from diagnostic.ui import pages

ROOT = Path(__file__).resolve().parents[1]
TERRITORIES = ("epci:999001002", "commune:F1002", "departement:F1")
# Words of the code, that no reader is to meet.
CODE = re.compile(
    r"\b(ok|estimated|computed|official|missing|masked|secret_stat|not_published|not_loaded|bounded|rounded|nan|None|NaT|"
    r"true|false|value|year|name|status|level|code_insee)\b"
)
CELLS = re.compile(r"<(th|td)[^>]*>(.*?)</\1>", re.S)


def drawn(
    monkeypatch: pytest.MonkeyPatch, demo_db: Path, page: str, territory: str
) -> tuple[str, dict[str, bytes]]:
    """The HTML of a page, and each CSV that it offers, by name."""
    offered: dict[str, bytes] = {}
    button = st.download_button

    def kept(label, data, **rest):
        # A model to fill has its head alone.
        if rest.get("mime") == "text/csv" and not rest["file_name"].startswith("modele_"):
            offered[rest["file_name"]] = data() if callable(data) else data
        return button(label, data=b"", **rest)

    monkeypatch.setattr(st, "download_button", kept)
    monkeypatch.setenv("DIAGNOSTIC_DB", str(demo_db))
    app = AppTest.from_file(ROOT / "diagnostic" / "ui" / "main.py", default_timeout=60)
    app.query_params["territoire"] = territory
    app.switch_page(str(ROOT / "pages" / f"{page}.py"))
    app.run()
    assert not app.exception
    return "\n".join(item.proto.body for item in app.get("html")), offered


def plain(html: str) -> str:
    return re.sub(r"<[^>]+>", "", html).strip()


@pytest.mark.parametrize("page", [entry.name for entry in pages.existing()])
def test_the_tables_of_a_page_and_their_files_are_french_and_say_what_they_are(
    page: str, demo_db: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for territory in TERRITORIES:
        html, offered = drawn(monkeypatch, demo_db, page, territory)
        for table in re.findall(r'<table class="data">.*?</table>', html, re.S):
            assert "<caption" in table and "scope='col'" in table
            for _, cell in CELLS.findall(table):
                assert not CODE.fullmatch(plain(cell)), (page, plain(cell))
            heads = [plain(cell) for cell in re.findall(r"<th scope='col'.*?</th>", table, re.S)]
            rows = [
                CELLS.findall(row)
                for row in re.findall(r"<tr[ >].*?</tr>", table.partition("<tbody>")[2], re.S)
            ]
            for place, head in enumerate(heads):
                assert not CODE.search(head) and head and head != "'", (page, head)
                if re.match(r"(Année|Millésime)s?\b", head):
                    assert not [row for row in rows if re.search(r"\d\s\d{3}$", plain(row[place][1]))], (
                        page,
                        head,
                    )
        for name, body in offered.items():
            said_whole(name, body)


def said_whole(name: str, body: bytes) -> None:
    assert body.startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(io.StringIO(body.decode("utf-8-sig")), delimiter=";"))
    blank = rows.index([])
    about = dict(rows[:blank])
    assert {"Titre", "Référence", "Unité", "Année", "Source", "Attention"} <= set(about), (name, list(about))
    assert "fictif" in about["Attention"]
    head, *lines = rows[blank + 1 :]
    assert lines, name
    for title in head:
        assert title and not CODE.search(title), (name, title)
    for line in lines:
        assert len(line) == len(head)
        for title, cell in zip(head, line, strict=True):
            assert cell.strip() == cell and cell not in ("'", "—", "nan", "None"), (name, title, cell)
            assert not CODE.fullmatch(cell), (name, title, cell)
            # A spreadsheet in French reads it as a number: comma, two decimals at most, no space of thousands.
            if (
                re.fullmatch(r"[-+\d\s.,%]+", cell)
                and re.search(r"\d", cell)
                and not title.startswith(("Code", "Millésime"))
            ):
                assert re.fullmatch(r"[-+]?\d+(,\d{1,2})?%?", cell), (name, title, cell)

"""What a visitor does, in headless Chromium: search, choose, turn pages, click the map, reopen the link, take a
table away, carry a diagnosis to a saved convention. Fails on any console error, page error, refused address or request to the outside."""

from __future__ import annotations

import base64
import io
import re
from collections.abc import Iterator
from pathlib import Path

import docx
import openpyxl
import pptx
import pytest
from browsing import dashboard, newcomer, settled, watched

pytestmark = pytest.mark.browser

HOME = "/outil/ctg"
EPCI = "territoire=epci:999001002"


@pytest.fixture(scope="module")
def address(demo_db: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The dashboard of the fictional territory, behind a base path."""
    log = tmp_path_factory.mktemp("server") / "log"
    with dashboard(log, {"DIAGNOSTIC_DB": str(demo_db)}, base=HOME) as url:
        yield url


@pytest.fixture(scope="module")
def tab(chromium: str, address: str) -> Iterator:
    """One browser for the whole file: it takes longer to open than a page, and leaves before the server stops."""
    with watched(chromium) as another:
        yield another()


@pytest.fixture
def page(tab):
    """A visitor of one test, who has never come before."""
    newcomer(tab)
    return tab


def title(page) -> str:
    return page.locator("header.top h1").inner_text()


def wait_for_another_title(page, before: str) -> None:
    page.wait_for_function(
        "before => { const h = document.querySelector('header.top h1'); return h && h.innerText !== before }",
        arg=before,
    )
    settled(page)


def test_a_visitor_searches_a_place_turns_the_page_and_comes_back_by_the_link(page, address: str) -> None:
    page.goto(f"{address}/synthese?{EPCI}")
    settled(page)
    assert page.evaluate("document.documentElement.lang") == "fr"
    first = title(page)

    page.locator(".st-key-outil_territoire [data-testid=stPopover] button").first.click()
    page.locator("[data-testid=stPopoverBody]").get_by_placeholder("Nom, code postal").fill("sa")
    page.locator("[data-testid=stPopoverBody] [class*=st-key-reponse_] button").first.click()
    wait_for_another_title(page, first)
    chosen = title(page)
    assert "territoire=" in page.url

    page.locator("[data-testid=stTopNavSection]", has_text="Comparer").click()
    page.locator("[data-testid=stTopNavDropdownLink]", has_text="Carte").click()
    page.wait_for_url("**/carte?**")
    settled(page)
    assert title(page) == chosen

    link = page.url
    page.goto("about:blank")
    page.goto(link)
    settled(page)
    assert title(page) == chosen


def test_a_table_is_taken_away_as_a_spreadsheet_in_french(page, address: str) -> None:
    page.goto(f"{address}/carte?{EPCI}")
    settled(page)
    with page.expect_download() as waiting:
        page.get_by_role("button", name="Télécharger (CSV)").first.click()
    lines = Path(waiting.value.path()).read_text("utf-8-sig").splitlines()
    head = next(number for number, line in enumerate(lines) if line.startswith("Territoire;Code;"))
    assert 0 < head < len(lines) - 1, "what the table is stands above its head, its rows below"


def plan_says(page, words: str) -> None:
    page.get_by_text(words).first.wait_for()
    settled(page)


def taken(page, label: str) -> Path:
    with page.expect_download() as waiting:
        page.get_by_role("button", name=label, exact=True).click()
    return Path(waiting.value.path())


def test_an_adviser_carries_a_diagnosis_to_a_saved_convention_and_reopens_it(page, address: str) -> None:
    page.goto(f"{address}/?territoire=epci:999001002")
    settled(page)
    page.locator("[data-testid=stTopNavSection]", has_text="Agir").click()
    page.locator("[data-testid=stTopNavDropdownLink]", has_text="Convention").click()
    page.wait_for_url("**/convention?**")
    plan_says(page, "Le plan d’actions est à composer")

    # Three gaps of three themes, then two fiches of one's own: three axes, five fiches.
    gaps = page.locator("[class*=st-key-ecart_]")
    for rank, said in enumerate(
        (
            "1 axe et 1 fiche action",
            "2 axes et 2 fiches action",
            "3 axes et 3 fiches action",
        )
    ):
        gaps.nth(rank).get_by_role("button").first.click()
        plan_says(page, said)
    for said in ("3 axes et 4 fiches action", "3 axes et 5 fiches action"):
        page.get_by_label("Nouvelle fiche").first.fill("Ouvrir un lieu d’accueil")
        page.locator("[class*=st-key-ajouter_fiche_] button").first.click()
        plan_says(page, said)

    page.locator("[class*=st-key-volet_] summary").first.click()
    page.get_by_label("Objectif").first.fill("=Deux lieux de plus")
    page.get_by_label("Calendrier, une étape par ligne").first.fill("2027 : ouvrir le lieu")
    page.get_by_label("Calendrier, une étape par ligne").first.blur()
    page.locator("table.data td", has_text="ouvrir le lieu").first.wait_for()

    # Nothing is lost on a page change or a reload, and nothing of it stands in the address.
    page.locator("[data-testid=stTopNavSection]", has_text="Diagnostic").click()
    page.locator("[data-testid=stTopNavDropdownLink]", has_text="Synthèse").click()
    page.wait_for_url(lambda url: "convention" not in url)
    settled(page)
    page.reload()
    page.goto(f"{address}/convention?territoire=epci:999001002")
    plan_says(page, "3 axes et 5 fiches action")
    assert "brouillon" not in page.url

    document = docx.Document(str(taken(page, "Plan (Word)")))
    cells = {cell.text for table in document.tables for row in table.rows for cell in row.cells}
    assert {"=Deux lieux de plus", "2027\u00a0: ouvrir le lieu"} <= cells
    book = openpyxl.load_workbook(io.BytesIO(taken(page, "Plan et budget (Excel)").read_bytes()))
    fiches = book["Fiches"]
    assert len([row for row in fiches.iter_rows(min_row=5, max_col=1, values_only=True) if row[0]]) == 5
    aim = next(cell for row in fiches.iter_rows() for cell in row if cell.value == "=Deux lieux de plus")
    assert aim.data_type == "s"
    slides = pptx.Presentation(str(taken(page, "Plan (diaporama)"))).slides
    assert len([slide for slide in slides if "Ouvrir un lieu" in slide.shapes.title.text]) == 2
    saved = taken(page, "Enregistrer le plan").read_bytes()

    # Who has not the cookie has not the draft, and opens the file.
    page.context.clear_cookies()
    page.goto(f"{address}/convention?territoire=epci:999001002")
    plan_says(page, "Le plan d’actions est à composer")
    page.get_by_role("button", name="Ouvrir un plan").click()
    page.locator("[data-testid=stPopoverBody] input[type=file]").set_input_files(
        {"name": "plan.json", "mimeType": "application/json", "buffer": saved}
    )
    page.get_by_role("button", name="Ouvrir ce plan").click()
    plan_says(page, "3 axes et 5 fiches action")
    assert taken(page, "Enregistrer le plan").read_bytes() == saved


# --- What every page owes -----------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["", "petite_enfance"])
def test_the_keyboard_shows_where_it_is_and_nothing_overflows_sideways(page, address: str, name: str) -> None:
    page.goto(f"{address}/{name}?{EPCI}" if name else f"{address}/")
    settled(page)
    for _ in range(12 if name else 0):
        page.keyboard.press("Tab")
        shown = page.evaluate(
            "() => { const e = document.activeElement, s = getComputedStyle(e); return e !== document.body && "
            "(s.outlineStyle !== 'none' || s.boxShadow !== 'none' || e.matches('input,[role=combobox]')) }"
        )
        assert shown, page.evaluate("document.activeElement.outerHTML.slice(0, 200)")
    for width in (1280, 390):
        page.set_viewport_size({"width": width, "height": 900})
        # Charts follow the width with a delay of theirs.
        page.wait_for_function(
            "width => document.querySelector('[data-testid=stMain]').scrollWidth <= width", arg=width
        )


def test_each_chart_and_map_is_taken_away_as_a_picture_with_its_title_and_source(page, address: str) -> None:
    page.goto(f"{address}/petite_enfance?{EPCI}")
    settled(page)
    page.frame_locator("iframe").first.locator("body[data-ready]").wait_for(state="attached")
    page.wait_for_function("() => document.querySelectorAll('.stPlotlyChart .main-svg').length > 0")
    drawings = page.locator(".stPlotlyChart, [class*=st-key-cadre_] iframe").count()
    for kind in ("png", "svg"):
        buttons = page.locator(f"button[data-image={kind}]")
        assert buttons.count() == drawings
        for button in buttons.all():
            with page.expect_download() as waiting:
                button.click()
            body = Path(waiting.value.path()).read_bytes()
            if kind == "png":
                assert body.startswith(b"\x89PNG")
                assert int.from_bytes(body[16:20]) >= 1000
            else:
                text = body.decode()
                assert button.get_attribute("data-title").split()[0] in text
                assert "Source" in text


def test_the_background_map_is_asked_for_only_once_it_is_turned_on(page, address: str) -> None:
    asked = []
    pixel = base64.b64decode(
        "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
    )
    page.route(
        "https://data.geopf.fr/**",
        lambda route: (asked.append(route.request.url), route.fulfill(body=pixel, content_type="image/png")),
    )
    page.goto(f"{address}/carte?{EPCI}")
    settled(page)
    page.frame_locator("iframe").first.locator("body[data-ready]").wait_for(state="attached")
    assert asked == []
    page.background = "data.geopf.fr"
    page.get_by_role("button", name="Fond de carte IGN (en ligne)").click()
    page.frame_locator("iframe").first.locator("img.leaflet-tile-loaded").first.wait_for(state="attached")
    assert asked
    assert "© IGN" in page.frame_locator("iframe").first.locator(".leaflet-control-attribution").inner_text()


def test_a_page_prints_whole_on_a_few_sheets_with_its_head_and_its_words_explained(
    page, address: str, tmp_path: Path
) -> None:
    page.goto(f"{address}/synthese?{EPCI}")
    settled(page)
    page.frame_locator("iframe").first.locator("body[data-ready]").wait_for(state="attached")
    page.pdf(path=tmp_path / "synthese.pdf", format="A4", prefer_css_page_size=True, print_background=True)
    sheets = (tmp_path / "synthese.pdf").read_bytes().count(b"/Type /Page\n")
    assert 2 <= sheets <= 4
    zoom = float(page.evaluate("document.documentElement.style.getPropertyValue('--print-zoom')"))
    wide = float(
        page.evaluate("parseFloat(document.documentElement.style.getPropertyValue('--print-width'))")
    )
    assert zoom * wide == pytest.approx(687)
    # What paper adds is gone once it is printed.
    assert page.locator(".imprime").count() == 0
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    head, words = (
        page.locator(".imprime").first.text_content().replace("\u00a0", " "),
        page.locator("ul.imprime li").all_text_contents(),
    )
    assert head.startswith("Comparé à : ") and EPCI in head and "imprimé le " in head
    assert [one.partition("\u00a0:")[0] for one in words[:3]] == ["officiel", "calculé", "estimé"]
    assert len(words) == len(set(words)) > 3


def test_a_territory_found_by_search_joins_the_comparison_and_its_link(page, address: str) -> None:
    page.goto(f"{address}/comparer?{EPCI}")
    settled(page)
    page.get_by_role("button", name="Chercher ailleurs").click()
    page.locator("[data-testid=stPopoverBody]").get_by_placeholder("Nom, code postal").fill("f1005")
    page.locator("[data-testid=stPopoverBody] [class*=st-key-reponse_] button").first.click()
    page.wait_for_url(re.compile("avec=commune(:|%3A)F1005"))
    settled(page)
    assert page.locator("table.data").first.is_visible()

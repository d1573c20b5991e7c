"""What axe does not measure, measured in the browser: rings, imposed colours, narrow screens, spaced text, print, what is said
aloud, what a key does."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator

import pytest
from browsing import PATIENCE, UNCHANGED, at_rest, turn, watched
from PIL import Image
from playwright.sync_api import expect

from diagnostic.ui import pages

pytestmark = pytest.mark.browser

EPCI = "territoire=epci:999001002"
# Contrast of two colours as CSS computes them, after WCAG; the ground of an element is that of its nearest opaque ancestor, seen
# through what is laid over it.
CONTRAST = """
  const light = (c) => { const [r, g, b] = c.match(/[\\d.]+/g).map(Number).map((v) => (v /= 255) <= .03928 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4); return .2126 * r + .7152 * g + .0722 * b; };
  const contrast = (a, b) => { const [x, y] = [light(a), light(b)].sort((p, q) => q - p); return (x + .05) / (y + .05); };
  const ground = (e) => {
    const over = [];
    for (let n = e; n && (over.at(-1)?.[3] ?? 0) < 1; n = n.parentElement) over.push([...getComputedStyle(n).backgroundColor.match(/[\\d.]+/g).map(Number), 1].slice(0, 4));
    return `rgb(${over.reduceRight((under, [r, g, b, a]) => [r, g, b].map((v, at) => v * a + under[at] * (1 - a)), [255, 255, 255]).join(', ')})`;
  };
"""
# The ring of what has the focus, wherever it is drawn: on it, or on what stands for a hidden control.
RING = f"""() => {{ {CONTRAST}
  const e = document.activeElement;
  if (!e || e === document.body) return null;
  const near = [e, ...[...document.querySelectorAll('[data-testid=stCheckbox] label>div, [data-testid=stSlider] [data-rac], [data-testid=stFileUploaderDropzone]')].filter((n) => n.closest('label, [data-testid=stSlider], section')?.contains(e) || n.contains(e))];
  const rings = near.map((n) => [n, getComputedStyle(n)]).filter(([, s]) => s.outlineStyle === 'solid' && parseFloat(s.outlineWidth) >= 2);
  return rings.length ? Math.max(...rings.map(([n, s]) => contrast(s.outlineColor, ground(n.parentElement)))) : 0;
}}"""


@pytest.fixture(scope="module")
def tab(chromium: str, address: str) -> Iterator:
    with watched(chromium) as another:
        yield another()


@pytest.fixture
def page(tab) -> Iterator:
    """The one visitor of the file, put back as they came."""
    tab.set_viewport_size({"width": 1280, "height": 1000})
    tab.emulate_media(color_scheme="light", forced_colors="none", reduced_motion="reduce", media="screen")
    yield tab


def opened(page, address: str, name: str, query: str = EPCI) -> None:
    page.goto(f"{address}/" if name == pages.HOME else f"{address}/{name}?{query}")
    at_rest(page)


# --- Seen ------------------------------------------------------------------------------------------------


def test_the_ring_of_the_focus_is_seen_in_fields_switches_sliders_panels_and_dialogues(
    page, address: str
) -> None:
    faint = {}

    def check(selector: str) -> None:
        page.locator(selector).first.focus()
        # A key before, so that the browser shows the ring.
        page.keyboard.press("Shift")
        ring = None
        for _ in range(60):
            # The theme is put on as the page comes: what is measured is what stays.
            ring = page.evaluate(RING)
            if ring is not None and ring >= 3:
                return
            page.wait_for_timeout(100)
        faint[theme, selector] = ring

    opened(page, address, "agir")
    for theme in ("light", "dark"):
        turn(page, theme)
        page.keyboard.press("Tab")
        for selector in (
            "[data-testid=stCheckbox] input", "[data-testid=stForm] [data-testid=stTextInputField]:visible", "[data-testid=stNumberInputField]",
            "[data-testid=stSelectbox] input", "[data-testid=stFormSubmitButton] button", "[data-testid=stExpander] summary",
        ):  # fmt: skip
            check(selector)
    for theme in ("light", "dark"):
        opened(page, address, "enfance_jeunesse")
        turn(page, theme)
        page.keyboard.press("Tab")
        check("[data-testid=stSlider] input")
        check("table.data th button")
        check("button.terme:not([tabindex='-1'])")
        page.get_by_role("button", name="Voir les données").first.press("Enter")
        page.locator("[data-testid=stDialog] table.data").wait_for()
        check("[data-testid=stDialog] table.data th button")
        check("[data-testid=stDialog] button[aria-label=Fermer]")
        page.keyboard.press("Escape")
        page.locator(".st-key-outil_territoire [data-testid=stPopover] button").first.press("Enter")
        page.locator("[data-testid=stPopoverBody] input[type=search]").wait_for()
        check("[data-testid=stPopoverBody] input[type=search]")
        check("[data-testid=stPopoverBody] summary")
        page.keyboard.press("Escape")
    assert faint == {}


def test_the_first_button_is_read_in_the_dark(page, address: str) -> None:
    page.emulate_media(color_scheme="dark")
    opened(page, address, "exports")
    script = f"e => {{ {CONTRAST} return contrast(getComputedStyle(e.querySelector('p') || e).color, ground(e)); }}"
    assert page.locator("[data-testid^=stBaseButton-primary]").first.evaluate(script) >= 4.5


def test_imposed_colours_keep_legends_bars_and_switches(page, address: str) -> None:
    page.emulate_media(forced_colors="active")
    opened(page, address, "petite_enfance")
    legend = page.evaluate(
        "[...document.querySelectorAll('.legend:not(.narrow) i, .strips i:not(.hatch)')].map(e => getComputedStyle(e).backgroundColor)"
    )
    assert len(set(legend)) > 5
    page.wait_for_function("() => document.querySelectorAll('.stPlotlyChart .main-svg').length > 0")
    told = page.evaluate(
        f"() => {{ {CONTRAST} const e = document.querySelector('.stPlotlyChart'), t = e.querySelector('.ytick text, .xtick text'); return contrast(getComputedStyle(t).fill, ground(e)); }}"
    )
    assert told >= 4.5
    opened(page, address, "synthese")
    marks = page.evaluate(
        "[...document.querySelectorAll('.pos .track')].map(e => [getComputedStyle(e).backgroundColor, getComputedStyle(e.querySelector('.you')).backgroundColor])"
    )
    assert marks and all(ground != mark for ground, mark in marks)
    opened(page, address, "agir")
    page.locator("[data-testid=stCheckbox]").first.wait_for()
    switches = page.evaluate(
        "[...document.querySelectorAll('[data-testid=stCheckbox]')].map(e => [e.querySelector('input').checked, getComputedStyle(e.querySelector('label>div')).backgroundColor, getComputedStyle(e.querySelector('label>div>div')).backgroundColor])"
    )
    assert {on for on, _, _ in switches} == {True, False}
    assert all(track != thumb for _, track, thumb in switches)
    assert len({track for _, track, _ in switches}) == 2


def test_nothing_moves_for_who_asks_for_calm_and_the_fields_that_hold_the_choices_never_show(
    page, address: str
) -> None:
    # A tab of its own: what looks at every frame would slow the pages that follow.
    seen = page.context.new_page()
    seen.set_default_timeout(PATIENCE)
    seen.emulate_media(color_scheme="light", reduced_motion="reduce")
    seen.add_init_script(
        "window.vus = 0; (function look() { for (const e of document.querySelectorAll('.st-key-etat')) if (e.offsetHeight && getComputedStyle(e).visibility !== 'hidden') window.vus++; requestAnimationFrame(look); })()"
    )
    opened(seen, address, "synthese")
    seen.wait_for_function("() => document.querySelectorAll('.st-key-etat input').length > 5")
    assert seen.evaluate("window.vus") == 0
    longest = "Math.max(...[...document.querySelectorAll('*')].flatMap(e => { const s = getComputedStyle(e); return [s.transitionDuration, s.animationDuration].flatMap(d => d.split(',')).map(d => parseFloat(d) * (d.trim().endsWith('ms') ? .001 : 1)); }))"
    assert seen.evaluate(longest) <= 0.001
    seen.emulate_media(reduced_motion="no-preference")
    assert seen.evaluate(longest) > 0.01
    seen.close()


def test_charts_and_maps_follow_the_theme_that_turns_and_a_dark_page_prints_on_white(
    page, address: str
) -> None:
    opened(page, address, "petite_enfance")
    # Letters of a chart, ground of a map; nothing while one of them is drawn.
    drawn = """(() => {
      const chart = document.querySelector('.stPlotlyChart :is(.ytick, .xtick) text'), map = document.querySelector('[class*=st-key-cadre_] iframe')?.contentDocument?.body;
      return chart && map?.dataset.ready ? [getComputedStyle(chart).fill, getComputedStyle(map).backgroundColor] : null;
    })()"""
    light = page.wait_for_function(f"() => {drawn}", polling=250).json_value()
    page.emulate_media(color_scheme="dark")
    page.wait_for_function(f"light => {drawn}?.every((one, at) => one !== light[at])", arg=light, polling=250)
    turn(page, "dark")

    # Printed, its colours are those of its legend.
    page.wait_for_function("() => document.querySelectorAll('.stPlotlyChart .barlayer path').length > 3")
    page.emulate_media(color_scheme="dark", media="print", reduced_motion="reduce")
    page.wait_for_function(UNCHANGED, polling=250)

    def colour(x: float, y: float) -> tuple[int, ...]:
        return Image.open(io.BytesIO(page.screenshot())).convert("RGB").getpixel((int(x), int(y)))

    def middle(script: str) -> tuple[int, ...]:
        page.evaluate(f"{script}.scrollIntoView({{ block: 'center' }})")
        box = page.evaluate(
            f"(r => [r.x + r.width / 2, r.y + r.height * .12 + 1])({script}.getBoundingClientRect())"
        )
        return colour(*box)

    legend = middle("document.querySelector('.legend[data-legend] i')")
    widest = "[...document.querySelector('.stPlotlyChart .barlayer .trace').querySelectorAll('.point path')].sort((a, b) => b.getBoundingClientRect().width - a.getBoundingClientRect().width)[0]"
    bar = middle(widest)
    assert max(abs(one - other) for one, other in zip(legend, bar, strict=True)) <= 3
    assert legend != (255, 255, 255)
    head = page.evaluate(
        f"() => {{ {CONTRAST} const e = document.querySelector('.sec .msg'); return [ground(e), contrast(getComputedStyle(e).color, ground(e))]; }}"
    )
    assert head[0] == "rgb(255, 255, 255)" and head[1] >= 7


# --- Said ------------------------------------------------------------------------------------------------


def test_the_page_its_answers_and_its_results_are_said_and_come_into_view(page, address: str) -> None:
    opened(page, address, "agir")
    page.locator(".st-key-rubrique a", has_text="Convention").click()
    page.wait_for_url("**/convention?**")
    at_rest(page)
    assert page.locator(".voix").inner_text() == "Convention · Diagnostic CTG"
    # An empty « Ajouter » says why, aloud and on screen.
    page.locator("[class*=st-key-ajouter_axe] button").click()
    page.get_by_text("Rien n’est ajouté").first.wait_for()
    page.wait_for_function(
        "() => document.querySelector('.voix').textContent.startsWith('Rien n’est ajouté')"
    )
    opened(page, address, "agir")
    page.get_by_role("button", name="Ajouter ce projet").click()
    page.wait_for_function(
        "() => /places? pour 100 enfants|place/.test(document.querySelector('.voix').textContent)"
    )
    page.wait_for_function(
        "() => { const r = document.querySelector('[data-resultat]').getBoundingClientRect(); return r.top >= 0 && r.bottom <= innerHeight; }"
    )


def test_a_button_that_stands_ten_times_on_a_page_says_of_what(page, address: str) -> None:
    opened(page, address, "petite_enfance")
    page.wait_for_function("() => document.querySelector('[class*=st-key-csv_] button[aria-label]')")
    names = page.evaluate(
        "[...document.querySelectorAll('[class*=st-key-actions_] button')].map(e => e.getAttribute('aria-label') || e.textContent)"
    )
    assert len(names) > 12 and len(set(names)) == len(names)
    assert all(re.match(r"[^:]+ : \S", one) for one in names), names
    assert page.get_by_role("button", name="Télécharger (CSV) : Naissances").count() == 1


def test_a_long_table_is_searched_turned_sorted_and_reached_by_keyboard(page, address: str) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    opened(page, address, "accessibilite")
    page.get_by_text("Chaque critère, et ce qu’il en est").click()
    table = page.locator(".tableau:has(.chercher)")
    table.locator(".compte").wait_for()
    shown = table.locator("tbody tr:not([hidden])")
    assert shown.count() == 25 and table.locator(".compte").inner_text() == "1 à 25 sur 106 lignes"
    table.get_by_role("button", name="Lignes suivantes").click()
    assert table.locator(".compte").inner_text() == "26 à 50 sur 106 lignes"
    table.get_by_label("Chercher dans le tableau").fill("tableaux")
    assert 2 <= shown.count() < 25 and all("tableau" in one.lower() for one in shown.all_inner_texts())
    # Sorted as numbers are: 10.2 after 2.1.
    table.get_by_label("Chercher dans le tableau").fill("")
    table.locator("th button").first.click()
    assert shown.first.inner_text().startswith("1.1")
    assert table.locator("tbody [scope=row]").count() == 106 and table.locator("caption").count() == 1
    opened(page, address, "comparer")
    wrap = page.locator(".tablewrap").first
    page.wait_for_function("() => document.querySelector('.tablewrap').tabIndex === 0")
    assert wrap.get_attribute("role") == "region" and wrap.get_attribute("aria-label").startswith(
        "Tableau : "
    )
    wrap.evaluate("e => { e.scrollLeft = 200 }")
    assert wrap.locator("tbody th").first.bounding_box()["x"] < 40


def test_the_territory_of_the_page_stays_first_in_a_sorted_table(page, address: str) -> None:
    opened(page, address, "comparer")
    own, first = page.locator("header.top h1").inner_text(), page.locator("table.data").first
    for _ in range(2):
        first.locator("th button").nth(1).click()
        assert first.locator("tbody tr").first.locator("th").inner_text() == own


def test_a_word_opens_its_meaning_with_one_tap_and_leads_to_the_glossary(page, address: str) -> None:
    opened(page, address, "synthese")
    word = page.locator(".src button.terme", has_text="officiel").first
    word.press("Enter")
    told = page.locator(".explique").first
    assert (
        told.inner_text().replace("\u00a0", " ").startswith("officiel : publié tel quel par le producteur.")
    )
    assert word.get_attribute("aria-expanded") == "true"
    word.press("Enter")
    assert page.locator(".explique").count() == 0
    # Of each word, one Tab stop; what is folded away has its own.
    stops = page.evaluate(
        "[...document.querySelectorAll('.stApp button.terme:not([tabindex=\"-1\"])')]"
        ".filter(e => e.checkVisibility() && !e.closest('[data-testid=stExpanderDetails]')).map(e => e.dataset.terme)"
    )
    assert stops and len(set(stops)) == len(stops)
    opened(page, address, "agir")
    page.locator("[data-testid=stExpander] summary").first.click()
    page.locator("[data-testid=stExpanderDetails] button.terme").first.click()
    page.locator(".explique a").first.click()
    page.wait_for_url("**/methode?**mot=**")
    page.wait_for_function("() => document.querySelector('[aria-label=\"Chercher un mot\"]')?.value")
    at_rest(page)
    sought = page.get_by_label("Chercher un mot").input_value()
    assert page.locator(".formula dt", has_text=sought).count() >= 1


# --- Pressed ---------------------------------------------------------------------------------------------


def test_one_press_adds_one_project(page, address: str) -> None:
    opened(page, address, "agir")
    before = page.locator("[class*=st-key-projet_]").count()
    button = page.get_by_role("button", name="Ajouter ce projet")
    button.focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Enter")
    page.locator("[class*=st-key-projet_]").nth(before).wait_for()
    at_rest(page)
    page.wait_for_timeout(800)
    at_rest(page)
    assert page.locator("[class*=st-key-projet_]").count() == before + 1


def test_a_decimal_comma_is_understood(page, address: str) -> None:
    opened(page, address, "agir")
    field = page.get_by_role("textbox", name="Places à atteindre pour 100 enfants de moins de 3 ans")
    expect(field).to_have_value(re.compile(r"^\d+,\d$"), timeout=PATIENCE)
    field.fill("59,5")
    field.press("Enter")
    at_rest(page)
    assert field.input_value() == "59,5" and page.get_by_text("Donnez un nombre de places").count() == 0
    field.fill("dix")
    field.press("Enter")
    page.get_by_text("Donnez un nombre de places pour 100 enfants").first.wait_for()
    # In an English browser too, and in the tables that one edits, which ask the browser.
    english = page.context.browser.new_context(locale="en-US")
    other = english.new_page()
    other.goto(f"{address}/plan_du_site", wait_until="commit")
    written = "[new Intl.NumberFormat().format(1.5), Intl.NumberFormat().format(1.5), navigator.languages[0]]"
    assert other.evaluate(written) == ["1,5", "1,5", "fr-FR"]
    english.close()

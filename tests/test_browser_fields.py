"""What is typed in any field is kept however the field is left: by Enter, by Tab, by a click elsewhere or on a button, at the
pace of a hand that waits for nothing; and it is there after a reload."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from browsing import at_rest, watched

pytestmark = pytest.mark.browser

EPCI = "territoire=epci:999001002"
FIELDS = "[data-testid=stMain] :is([data-testid=stTextInput] input, [data-testid=stTextArea] textarea)"
NAMED = f"""() => [...document.querySelectorAll("{FIELDS}")].filter(e => e.checkVisibility() && !e.disabled)
    .map(e => e.getAttribute('aria-label'))"""


@pytest.fixture
def page(chromium: str, address: str) -> Iterator:
    with watched(chromium) as another:
        yield another()


def at_first(page) -> None:
    """Enter: the end of a saisie of one line, and of many with the key Ctrl."""
    page.keyboard.press(
        "Control+Enter" if page.evaluate("document.activeElement.tagName === 'TEXTAREA'") else "Enter"
    )


def by_tab(page) -> None:
    page.keyboard.press("Tab")


def by_a_click(page) -> None:
    page.mouse.click(4, 500)


LEFT = (by_tab, at_first, by_a_click)


def opened(page, address: str, name: str) -> None:
    page.goto(f"{address}/{name}?{EPCI}")
    at_rest(page)


def unfold(page, *keys: str) -> None:
    for key in keys:
        fold = page.locator(f"[class*=st-key-{key}] details").first
        if fold.get_attribute("open") is None:
            fold.locator("summary").click()
            fold.locator(":is(input, textarea, button)").first.wait_for()
            at_rest(page)


def type_everywhere(page, sample: dict[str, str]) -> dict[str, str]:
    """Something in every field that is there, each left in one of the ways, in turn; what was typed, by name."""
    names = list(dict.fromkeys(page.evaluate(NAMED)))
    typed = {}
    for rank, name in enumerate(names):
        field = page.get_by_label(name, exact=True).first
        field.click()
        page.keyboard.press("Control+a")
        typed[name] = sample.get(name, f"Mot {rank}")
        page.keyboard.type(typed[name])
        LEFT[rank % len(LEFT)](page)
    at_rest(page)
    return typed


def held(page, names: dict[str, str]) -> dict[str, str]:
    return {name: page.get_by_label(name, exact=True).first.input_value() for name in names}


def test_what_is_typed_for_the_documents_is_kept_and_a_button_pressed_at_once_takes_it(
    page, address: str
) -> None:
    opened(page, address, "exports")
    unfold(page, "volet_reunion")
    typed = type_everywhere(page, {})
    # The cover is named after the meeting: its own title is written once that is known, with both folds open.
    unfold(page, "volet_chapitres")
    typed |= type_everywhere(page, typed)
    assert {"Instance", "Date", "Question posée aux élus", "Contacts, un par ligne", "Titre"} <= typed.keys()
    page.get_by_label("Auteurs").fill("Le service enfance")
    # A chapter that goes down and up again is the first one after a reload.
    for step in ("Descendre", "Monter"):
        page.get_by_role("button", name=step).click()
        at_rest(page)
    page.reload()
    at_rest(page)
    unfold(page, "volet_reunion", "volet_chapitres")
    assert held(page, typed) == typed | {"Auteurs": "Le service enfance"}


def test_what_is_typed_in_a_plan_is_kept_and_so_is_a_title_that_waits_for_its_button(
    page, address: str
) -> None:
    opened(page, address, "convention")
    page.locator("[class*=st-key-ecart_] button").first.click()
    page.get_by_text("1 axe et 1 fiche action").first.wait_for()
    unfold(page, "volet_")
    steps = "Calendrier, une étape par ligne"
    typed = type_everywhere(page, {steps: "2027 : ouvrir le relais"})
    assert {"Nouvel axe", "Nouvelle fiche", "Objectif", "Coordination", steps} <= typed.keys()
    page.reload()
    at_rest(page)
    unfold(page, "volet_")
    assert held(page, typed) == typed
    page.locator("[class*=st-key-ajouter_axe] button").click()
    page.get_by_text("2 axes et 1 fiche action").first.wait_for()
    page.reload()
    at_rest(page)
    assert page.get_by_label("Nouvel axe").input_value() == ""


def test_what_is_typed_of_a_project_is_kept_until_it_is_sent(page, address: str) -> None:
    opened(page, address, "agir")
    page.get_by_text("Préciser les bonus et les participations").click()
    page.get_by_label("Participations des familles (€ par an)").wait_for()
    numbers = {name: "2100" for name in page.evaluate(NAMED) if "€" in name}
    typed = type_everywhere(
        page,
        numbers
        | {
            "Part de familles à faibles ressources (%)": "35",
            "Participation moyenne des familles (€ par heure)": "0,70",
            "Bonus territoire indiqué par la Caf (€ par place)": "3000",
            "Places à atteindre pour 100 enfants de moins de 3 ans": "59,6",
            "Places de crèche accessibles à viser, pour 100 enfants": "21,3",
        },
    )
    assert held(page, typed) == typed
    page.get_by_label("Nom du projet").fill("Les lutins")
    page.get_by_role("button", name="Ajouter ce projet").click()
    page.get_by_text("Les lutins, ").first.wait_for()
    page.get_by_label("Nom du scénario").fill("Au centre")
    page.get_by_role("button", name="Garder ces projets comme scénario").click()
    page.get_by_text("Au centre : 1 projet").first.wait_for()

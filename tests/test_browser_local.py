"""A file of one's own, in headless Chromium: brought, mapped by hand, refused, seen by nobody else, left nowhere.

Fails on any console error, page error, refused address or request to the outside.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from browsing import settled, watched

from diagnostic import gazetteer
from diagnostic.warehouse import open_database

pytestmark = pytest.mark.browser

MARK = "Grenouillère"
PLACES = 4567


@pytest.fixture(scope="module")
def visitors(chromium: str, address: str) -> Iterator:
    """Opens as many visitors as asked; it needs the server so as to leave before the server stops."""
    with watched(chromium) as another:
        yield another


def send(page, name: str, data: bytes) -> None:
    chooser = page.locator("[data-testid=stFileUploader] input[type=file]").first
    chooser.set_input_files({"name": name, "mimeType": "text/csv", "buffer": data})


def choose(page, label: str, option: str) -> None:
    """Pick an option of a select box by its label, as a keyboard does."""
    box = page.get_by_role("combobox", name=label).first
    box.click()
    box.fill(option)
    page.get_by_role("option", name=option, exact=True).first.click()
    settled(page)


@pytest.fixture(scope="module")
def town(demo_db: Path) -> tuple[str, str]:
    """The code of an EPCI and a list of its leisure centres, with columns that no template knows."""
    communes = gazetteer.index(open_database(demo_db)).communes
    code = min(code for level, code in communes if level == "epci")
    lines = [
        f"{commune};{MARK} {n};{PLACES if n == 0 else 10}" for n, commune in enumerate(communes["epci", code])
    ]
    return code, "\n".join(["Zone;Qui;Combien", *lines])


def brought(another, address: str, town: tuple[str, str]):
    """A visitor who brings the list and says which column is which."""
    page = another()
    page.goto(f"{address}/mes_donnees?territoire=epci:{town[0]}")
    settled(page)
    send(page, "liste alsh.csv", town[1].encode("cp1252"))
    page.get_by_text("Ce fichier ne ressemble à aucun modèle").first.wait_for()
    choose(page, "Ce fichier est", "Accueils de loisirs (ALSH)")
    page.get_by_text("Indiquez encore une colonne").first.wait_for()
    page.get_by_text("Il manque : Code commune ou Commune").first.wait_for()
    choose(page, "Code commune", "Zone")
    page.get_by_text("lignes acceptées").first.wait_for()
    choose(page, "Places mercredi", "Combien")
    page.get_by_text("La liste est complète").click()
    settled(page)
    page.get_by_role("button", name="Utiliser ces données").click()
    page.get_by_text("est pris en compte").first.wait_for()
    settled(page)
    return page


def everything(folder: Path) -> dict[Path, bytes]:
    """What is written there; libraries keep their list of fonts in the cache of the home."""
    kept = (path for path in folder.rglob("*") if path.is_file() and ".cache" not in path.parts)
    return {path: path.read_bytes() for path in kept}


def test_a_list_mapped_by_hand_speaks_for_its_visitor_alone_and_leaves_nothing_behind(
    visitors, address: str, town: tuple[str, str], home: Path
) -> None:
    before = set(everything(home))
    mine, theirs = brought(visitors, address, town), visitors()
    mine.locator("[data-testid=stTopNavSection]", has_text="Diagnostic").click()
    mine.locator("[data-testid=stTopNavDropdownLink]", has_text="Enfance et jeunesse").click()
    mine.get_by_text("Enfance et jeunesse · donnée locale").first.wait_for()
    settled(mine)
    count = len(town[1].splitlines()) - 1
    total = f"{PLACES + 10 * (count - 1):,}".replace(",", "\u202f")
    said = mine.locator("table.data", has_text="le mercredi").first.inner_text()
    assert f"{total} places" in said.replace("\u00a0", " ")
    assert "liste" not in mine.url and MARK not in mine.url

    theirs.goto(mine.url)
    settled(theirs)
    assert theirs.locator("h2").count() > 1
    shown = theirs.locator("body").inner_text()
    assert "donnée locale" not in shown and total not in shown

    written = everything(home)
    assert set(written) - before <= {home / "log"}
    for words in (MARK.encode(), str(PLACES).encode(), total.encode(), b"liste alsh"):
        assert [path for path, data in written.items() if words in data] == []

    mine.go_back()
    mine.get_by_role("button", name="Tout oublier").click()
    mine.get_by_text("Données oubliées").first.wait_for()
    settled(mine)
    assert "liste alsh.csv" not in mine.content()


def test_a_wrong_line_is_shown_with_its_place_and_nothing_is_taken_until_it_is_left_aside(
    visitors, address: str, town: tuple[str, str]
) -> None:
    page = visitors()
    page.goto(f"{address}/mes_donnees?territoire=epci:{town[0]}")
    settled(page)
    code = town[1].splitlines()[1].split(";")[0]
    send(page, "eaje.csv", f"Code commune;Nom;Places\n{code};A;20\n{code};<b>B</b>;à venir\n".encode())
    page.get_by_text("Ce fichier ne ressemble à aucun modèle").first.wait_for()
    choose(page, "Ce fichier est", "Crèches et autres EAJE")
    page.get_by_text("1 ligne acceptée, 1 refusée.").first.wait_for()
    row = page.locator("table.data tr", has_text="à venir").last.inner_text()
    assert row.startswith("3") and "Places (C)" in row and "Ce n’est pas un nombre" in row
    page.get_by_role("button", name="Utiliser ces données").click()
    page.get_by_text("Ces données ne sont pas encore utilisables").first.wait_for()
    with page.expect_download() as waiting:
        page.get_by_role("button", name="Télécharger le fichier annoté").click()
    assert waiting.value.suggested_filename == "a_corriger.xlsx"
    page.get_by_text("Laisser de côté les lignes refusées").click()
    settled(page)
    page.get_by_role("button", name="Utiliser ces données").click()
    page.get_by_text("est pris en compte").first.wait_for()


def test_a_list_of_several_types_feeds_several_templates_and_shows_what_it_understood(
    visitors, address: str, town: tuple[str, str]
) -> None:
    page = visitors()
    page.goto(f"{address}/mes_donnees?territoire=epci:{town[0]}")
    settled(page)
    code = town[1].splitlines()[1].split(";")[0]
    lines = [
        "Nom;Type;Code commune;Capacité 2023;Capacité 2024",
        f"A;Multi-accueil;{code};20;24",
        f"B;Relais petite enfance;{code};;",
        f"Zoé Martin;Assistante maternelle;{code};4;4",
        f"D;Ludothèque;{code};;",
    ]
    send(page, "petite_enfance.csv", "\n".join(lines).encode())
    page.get_by_text("1 ligne d’un autre type : « Ludothèque », non reprises.").first.wait_for()
    choose(page, "Des colonnes ne diffèrent que par leur année", "2024")
    page.get_by_text("Crèches et autres EAJE : 1 ligne acceptée.").first.wait_for()
    page.get_by_text("Relais petite enfance (RPE) : 1 ligne acceptée.").first.wait_for()
    understood = page.locator("table.data", has_text="Premières valeurs")
    assert "Capacité 2024 (E)" in understood.first.inner_text() and "24" in understood.first.inner_text()
    assert "Zoé Martin" not in page.content()
    page.get_by_role("button", name="Utiliser ces données").click()
    page.get_by_text("est pris en compte").first.wait_for()
    settled(page)
    assert page.locator("table.data tr", has_text="petite_enfance.csv").count() == 3


def test_a_list_of_one_town_asks_which_and_a_file_of_several_years_asks_the_year(
    visitors, address: str, town: tuple[str, str]
) -> None:
    page = visitors()
    page.goto(f"{address}/mes_donnees?territoire=epci:{town[0]}")
    settled(page)
    code = town[1].splitlines()[1].split(";")[0]
    send(page, "creches.csv", b"Ann\xc3\xa9e;Nom;Places;PSU\n2023;A;10;oui\n2024;A;20;oui\n2024;B;12;non\n")
    choose(page, "Ce fichier dit plusieurs années", "2024")
    page.get_by_text("1 ligne d’une autre année que 2024 : non reprises.").first.wait_for()
    box = page.get_by_role("textbox", name="Toutes les lignes sont à…")
    box.fill(code)
    box.press("Enter")
    page.get_by_text("2 lignes acceptées.").first.wait_for()


REFUSED = {
    b"%PDF-1.4 ...": "Ce fichier est un PDF",
    b"PK\x05\x06" + b"\x00" * 18: "Ce fichier est une archive, pas un tableau",
    b"<html><script>alert(1)</script></html>": "Ce fichier est une page web",
}


def test_what_is_no_table_is_refused_in_one_sentence(visitors, address: str, town: tuple[str, str]) -> None:
    page = visitors()
    page.goto(f"{address}/mes_donnees?territoire=epci:{town[0]}")
    settled(page)
    for data, sentence in REFUSED.items():
        send(page, "tableau.csv", data)
        page.get_by_text(sentence).first.wait_for()
        assert page.get_by_role("button", name="Utiliser ces données").count() == 0

"""Forms: what is empty says why, a comma is a comma, a theme follows its lever, a perimeter reopened shows its communes."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from diagnostic import reference
from diagnostic.model import DiagnosticError
from diagnostic.plan import Fiche, composing
from diagnostic.story import projects as acting

ROOT = Path(__file__).resolve().parents[1]
EPCI = "epci:999001002"


def opened(page: str, demo_db: Path, monkeypatch: pytest.MonkeyPatch, **query: str) -> AppTest:
    monkeypatch.setenv("DIAGNOSTIC_DB", str(demo_db))
    app = AppTest.from_file(ROOT / "diagnostic" / "ui" / "main.py", default_timeout=60)
    for name, value in query.items():
        app.query_params[name] = value
    app.switch_page(str(ROOT / "pages" / f"{page}.py"))
    return app.run()


def said(app: AppTest) -> str:
    assert not app.exception
    return re.sub(r"[\u00a0\u202f]", " ", "\n".join(item.proto.body for item in app.get("html")))


def test_an_empty_add_says_why_and_adds_nothing(demo_db: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    app = opened("convention", demo_db, monkeypatch, territoire=EPCI)
    app.button(key="ajouter_axe").click()
    app.run()
    assert "Rien n’est ajouté : tapez d’abord un titre." in said(app) and "à composer" in said(app)
    app.text_input(key=f"titre_axe_{EPCI}").set_value("Petite enfance")
    app.button(key="ajouter_axe").click()
    app.run()
    assert "1 axe" in said(app) and "Rien n’est ajouté" not in said(app)
    assert app.text_input(key=f"titre_axe_{EPCI}").value == ""


def test_a_number_is_read_with_its_comma_and_its_point() -> None:
    assert acting.places_wanted("59,6") == acting.places_wanted(" 59.6 ") == 59.6
    for wrong in ("", "beaucoup", "-1", "301", "nan"):
        with pytest.raises(DiagnosticError, match="par exemple 59,6"):
            acting.places_wanted(wrong)


def test_the_theme_of_a_fiche_follows_its_first_lever_unless_one_chose_it() -> None:
    themes = {lever.id: lever.theme for lever in reference.levers()}
    first, theme = next((id, theme) for id, theme in themes.items() if theme != Fiche("F1", "x").theme)
    fiche = Fiche("F1", "Un relais")
    assert composing.theme_of(fiche, {"theme": fiche.theme, "levers": (first,)}, themes) == theme
    assert composing.theme_of(fiche, {"theme": "logement", "levers": (first,)}, themes) == "logement"
    assert composing.theme_of(fiche, {"theme": fiche.theme, "levers": ()}, themes) == fiche.theme


def test_a_perimeter_reopened_shows_its_name_and_its_communes(
    demo_db: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = opened("synthese", demo_db, monkeypatch, territoire="perimetre:F1001+F1002", nom="Rive droite")
    # Closed, the panel holds the field of its search alone.
    assert not [one for one in app.text_area if one.label.startswith("Communes, une par ligne")]
    app.session_state["ouvrir_territoire_perimetreF1001F1002"] = True
    app.run()
    name = next(one for one in app.text_input if one.label == "Nom du périmètre")
    listed = next(one for one in app.text_area if one.label.startswith("Communes, une par ligne"))
    assert name.value == "Rive droite" and len(listed.value.splitlines()) == 2


def test_the_levers_are_folded_and_their_titles_alone_are_seen(
    demo_db: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = opened("agir", demo_db, monkeypatch, territoire=EPCI)
    begun = [one for one in app.button if (one.key or "").startswith("fiche_levier_")]
    folds = [one for one in app.expander if not one.proto.expanded]
    assert len(begun) >= 20 and 3 <= len(folds) < 14
    inside = [button for fold in folds for button in fold.button]
    assert {one.key for one in begun} <= {one.key for one in inside}


def test_the_names_of_curves_stand_above_them_on_a_telephone_on_the_page_that_compares_too(
    demo_db: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = opened("comparer", demo_db, monkeypatch, territoire="epci:999001001")
    [names] = [one.proto.body for one in app.get("html") if "legend narrow" in one.proto.body]
    assert "CA du Val-de-Trélovaine" in names


def test_a_village_is_first_proposed_a_micro_creche_and_a_town_a_creche(
    demo_db: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A place for four children: three for the twelve of a village, more than a micro-crèche may have in an EPCI."""
    for key, kind in (("commune:F1005", "Micro-crèche"), (EPCI, "Crèche")):
        app = opened("agir", demo_db, monkeypatch, territoire=key)
        assert app.selectbox(key=f"type_projet_{key}").value == kind
        assert "Aides comptées chaque année" in said(app)
    # The plan of a commune says first who signs.
    assert "signe d’abord" in said(opened("convention", demo_db, monkeypatch, territoire="commune:F1005"))

"""The page of deposits and the perimeter typed by hand, used as a person does: what is in doubt is asked, one click settles it."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from benchmarks import attack
from diagnostic import gazetteer
from diagnostic.directory import Directory
from diagnostic.local import private
from diagnostic.local.plan import settle
from diagnostic.local.rights import Person, Role
from diagnostic.ui import identity, local_data
from diagnostic.warehouse import names, open_database
from tests.test_forms import opened, said

FRANCE = "france"


@pytest.fixture
def homonyms(demo_db: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[str, list[str]]:
    """A name that two communes bear, and their codes: the fictional territory has none by itself."""
    known = names.directory(open_database(demo_db))
    codes = sorted(known.name)[:2]
    communes = pd.DataFrame(
        {
            "code": list(known.name),
            "name": list(known.name.values()),
            "departement": list(known.departement.values()),
        }
    )
    communes.loc[communes["code"] == codes[1], "name"] = known.name[codes[0]]
    twice = Directory(communes)
    monkeypatch.setattr(names, "directory", lambda _: twice)
    return known.name[codes[0]], codes


def brought(app: AppTest, name: str, content: str) -> AppTest:
    [place] = [one for one in app.file_uploader if one.label == "Votre fichier"]
    place.set_value((name, content.encode(), "text/csv"))
    return app.run()


def asked(app: AppTest, typed: str):
    return next(one for one in app.selectbox if one.label.startswith(f"« {typed} »"))


def test_a_commune_of_two_homonyms_is_asked_about_and_settled_by_a_click(homonyms, demo_db, monkeypatch):
    name, codes = homonyms
    app = opened("mes_donnees", demo_db, monkeypatch, territoire=FRANCE)
    app = brought(
        app, "rpe_2025.csv", f"Commune;Type;Nom;ETP d’animation\n{name};Relais petite enfance;Les Loups;2\n"
    )
    assert "1 à préciser" in said(app)
    question = asked(app, name)
    assert question.value is None and len(question.options) == len(codes)
    chosen = codes[1]
    question.select_index(next(n for n, shown in enumerate(question.options) if chosen in shown))
    app = app.run()
    assert "1 ligne acceptée" in said(app) and "à préciser" not in said(app)
    app.button(key="utiliser").click()
    app = app.run()
    [deposit] = app.session_state["donnees_locales"].deposits
    assert set(deposit.facts["commune"]) == {chosen}


def test_a_deposit_of_the_folder_is_replaced_only_by_who_says_so(demo_db, tmp_path, monkeypatch):
    monkeypatch.setenv(private.VARIABLE, str(tmp_path / "prive"))
    monkeypatch.setattr(identity, "configured", lambda: True)
    monkeypatch.setattr(identity, "email", lambda: "alice@ville.example")
    monkeypatch.setattr(identity, "person", lambda: Person("alice@ville.example", Role.CONTRIBUTOR))
    db = open_database(demo_db)
    code = next(code for level, code in gazetteer.index(db).territories if level == "commune")
    app = opened("mes_donnees", demo_db, monkeypatch, territoire=f"commune:{code}")

    def used(name: str, etp: int) -> AppTest:
        again = brought(
            app,
            name,
            f"Code commune;Type;Nom;ETP d’animation\n{code};Relais petite enfance;Les Loups;{etp}\n",
        )
        again.button(key="utiliser").click()
        return again.run()

    app = used("premier_2025.csv", 1)
    [kept] = private.held(private.folder())
    app = used("second_2025.csv", 2)
    assert "confirmez que vous le remplacez" in said(app)
    assert private.held(private.folder())[0].deposit.digest == kept.deposit.digest
    confirmed = next(box for box in app.checkbox if box.label.startswith("Remplacer"))
    confirmed.check()
    app.button(key="utiliser").click()
    app = app.run()
    [now] = private.held(private.folder())
    assert now.deposit.origin == "second_2025.csv" and "second_2025.csv" in said(app)
    assert [line["quoi"] for line in private.journal(private.folder())] == ["remplacé", "déposé"]


def test_two_replicas_hide_the_same_cells_of_a_deposit_that_replaced_another(demo_db, tmp_path, monkeypatch):
    monkeypatch.setenv("DIAGNOSTIC_DB", str(demo_db))
    monkeypatch.setenv(private.VARIABLE, str(tmp_path / "prive"))
    monkeypatch.setattr(identity, "configured", lambda: True)
    monkeypatch.setattr(identity, "person", lambda: Person("admin@ville.example", Role.ADMINISTRATOR))
    monkeypatch.setattr(local_data.st, "session_state", {})
    db = open_database(demo_db)
    known = gazetteer.index(db).communes
    epci = min((code for level, code in known if level == "epci"), key=lambda code: -len(known["epci", code]))
    codes = known["epci", epci]
    whole, _ = attack.deposit(1)
    whole = replace(
        whole,
        facts=whole.facts[whole.facts["commune"].isin(sorted(set(whole.facts["commune"]))[: len(codes)])],
    )
    named = dict(zip(sorted(set(whole.facts["commune"])), codes, strict=False))
    whole = replace(
        whole, facts=whole.facts.assign(commune=whole.facts["commune"].map(named)).reset_index(drop=True)
    )
    gone = min(named.values())
    part = replace(whole, facts=whole.facts[whole.facts["commune"] != gone].reset_index(drop=True))
    local_data.add([whole], db)
    local_data.add([part], db, replacing=True)
    [here] = local_data.plans(db)
    assert attack.hidden(here)
    # Another replica has nothing in memory: it reads the folder, and what was set aside there.
    local_data._SHELF.clear()
    monkeypatch.setattr(local_data.st, "session_state", {})
    [there] = local_data.plans(db)
    assert there.cells == here.cells and [len(one.deposit.facts) for one in there.before] == [
        len(whole.facts)
    ]
    assert attack.broken(there, there.before[0]) == (0, 0)


def test_a_name_of_a_perimeter_that_several_bear_is_settled_by_a_click(homonyms, demo_db, monkeypatch):
    name, codes = homonyms
    other = next(code for code, said in names.directory(open_database(demo_db)).name.items() if said != name)
    app = opened("synthese", demo_db, monkeypatch, territoire=FRANCE)
    app.session_state[f"ouvrir_territoire_{FRANCE}"] = True
    app = app.run()
    [listed] = [area for area in app.text_area if area.label.startswith("Communes, une par ligne")]
    listed.set_value(f"{name}\n{other}")
    next(button for button in app.button if button.label == "Voir ce périmètre").click()
    app = app.run()
    [question] = [one for one in app.radio if one.label.startswith(f"« {name} »")]
    assert question.value is None and len(question.options) == len(codes)
    question.set_value(codes[-1])
    app = app.run()
    assert app.query_params["territoire"] in (
        [f"perimetre:{codes[-1]}+{other}"],
        f"perimetre:{codes[-1]}+{other}",
    )


# --- a file of elsewhere


@pytest.fixture
def two_epcis(demo_db: Path) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Two EPCI of several communes, with their communes."""
    known = gazetteer.index(open_database(demo_db)).communes
    found = sorted((code, communes) for (level, code), communes in known.items() if level == "epci")
    return tuple(one for one in found if len(one[1]) > 2)[:2]


def listing_of(*communes: str) -> str:
    rows = "".join(f"{code};Relais petite enfance;R{rank};{rank + 1}\n" for rank, code in enumerate(communes))
    return f"Code commune;Type;Nom;ETP d’animation\n{rows}"


def whole(app: AppTest):
    return [box for box in app.checkbox if box.label.startswith("La liste est complète")]


def test_a_file_of_elsewhere_is_told_so_and_can_be_complete_here_for_no_one(two_epcis, demo_db, monkeypatch):
    (here, _), (_, there) = two_epcis
    app = opened("mes_donnees", demo_db, monkeypatch, territoire=f"epci:{here}")
    app = brought(app, "rpe_2025.csv", listing_of(there[0]))
    assert "1 ligne concerne une commune hors du territoire" in said(app)
    assert "Ce fichier ne dit rien du territoire." in said(app) and not whole(app)
    app.button(key="utiliser").click()
    app = app.run()
    [deposit] = app.session_state["donnees_locales"].deposits
    assert set(deposit.facts["commune"]) == {there[0]}
    assert "mais ne dit rien de ce territoire" in said(app)
    assert "Ce fichier ne dit rien des communes de ce territoire." in said(app)


def test_a_list_is_complete_where_it_was_said_to_be_and_nowhere_else(two_epcis, demo_db, monkeypatch):
    (here, ours), (there, theirs) = two_epcis
    app = opened("mes_donnees", demo_db, monkeypatch, territoire=f"epci:{here}")
    app = brought(app, "rpe_2025.csv", listing_of(ours[0], theirs[0]))
    [box] = whole(app)
    box.check()
    app = app.run()
    # Another territory is opened before the file is used: nobody has said anything of that one.
    app.text_input(key="territoire").set_value(f"epci:{there}")
    app = app.run()
    assert [one.value for one in whole(app)] == [False]
    app.text_input(key="territoire").set_value(f"epci:{here}")
    app = app.run()
    if not whole(app)[0].value:
        whole(app)[0].check()
        app = app.run()
    app.button(key="utiliser").click()
    app = app.run()
    assert "Sur cette page" in said(app) and not re.search(r">\d\d/\d\d/\d{4}</a>", said(app))
    [deposit] = app.session_state["donnees_locales"].deposits
    zeros = deposit.facts[deposit.facts["value"] == 0]
    assert set(zeros["commune"]) == set(ours) - {ours[0]}
    db = open_database(demo_db)
    plan = settle(deposit, gazetteer.index(db).communes)
    of_theirs = plan.cell("rpe_structures", "epci", there, theirs)
    assert (
        of_theirs.value is None
        and plan.cell("rpe_structures", "commune", theirs[1], theirs[1:2]).value is None
    )
    level, code, codes = next(
        (level, code, codes)
        for (level, code), codes in gazetteer.index(db).communes.items()
        if level == "region" and set(ours) <= set(codes)
    )
    assert plan.cell("rpe_structures", level, code, codes).value is None


def test_an_old_workbook_is_told_what_to_do_in_french(demo_db, monkeypatch):
    app = opened("mes_donnees", demo_db, monkeypatch, territoire=FRANCE)
    [place] = [one for one in app.file_uploader if one.label == "Votre fichier"]
    place.set_value(("creches.xls", b"\xd0\xcf\x11\xe0" + b"\x00" * 600, "application/vnd.ms-excel"))
    assert "ancien classeur Excel (.xls)" in said(app.run())

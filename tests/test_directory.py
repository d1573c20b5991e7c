"""One directory of names for deposits, perimeters and links: a code, a name, a postcode, and what is asked."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from diagnostic.directory import OK, QUESTION, REFUSED, REPAIRED, Directory, Resolver, resolve
from diagnostic.model import DiagnosticError
from diagnostic.ui.picker import perimeter_key
from diagnostic.warehouse import names, open_database

COMMUNES = pd.DataFrame(
    [
        ("02589", "Pargny-et-Filain", "02"),
        ("70234", "Filain", "70"),
        ("16186", "Lignières-Ambleville", "16"),
        ("95011", "Ambleville", "95"),
        ("75056", "Paris", "75"),
        ("69123", "Lyon", "69"),
        ("33063", "Bordeaux", "33"),
        ("33249", "Lormont", "33"),
        ("33281", "Mérignac", "33"),
        ("16216", "Mérignac", "16"),
        ("33039", "Bègles", "33"),
        ("33130", "Coubeyrac", "33"),
        ("01004", "Ambérieu-en-Bugey", "01"),
        ("2A004", "Ajaccio", "2A"),
        ("51108", "Châlons-en-Champagne", "51"),
    ],
    columns=["code", "name", "departement"],
)
FORMER = pd.DataFrame(
    [
        ("02311", "Filain", "02589"),
        ("16010", "Ambleville", "16186"),
        ("51108", "Châlons-sur-Marne", "51108"),
        ("20004", "Ajaccio", "2A004"),
    ],
    columns=["code", "name", "commune"],
)
CITY = {"75101": "75056", "75120": "75056", "69383": "69123"}
DIRECTORY = Directory(COMMUNES, FORMER, CITY)


@pytest.mark.parametrize(
    ("code", "name", "postcode", "outcome", "commune"),
    [
        # An old commune goes where the movements say, never to a homonym of its name.
        ("02311", "Filain", "", REPAIRED, "02589"),
        ("16010", "AMBLEVILLE", "", REPAIRED, "16186"),
        ("20004", "Ajaccio", "", REPAIRED, "2A004"),
        ("02311", "Bordeaux", "", QUESTION, None),
        ("", "Filain", "", QUESTION, None),
        ("", "Châlons-sur-Marne", "", REPAIRED, "51108"),
        ("51108", "Châlons-sur-Marne", "", OK, "51108"),
        # Arrondissements are added to their city.
        ("75101", "", "", REPAIRED, "75056"),
        ("75120", "Paris 20e Arrondissement", "", REPAIRED, "75056"),
        ("", "PARIS 11", "", REPAIRED, "75056"),
        ("", "Paris 12e", "", REPAIRED, "75056"),
        ("", "Paris 1er Arrondissement", "", REPAIRED, "75056"),
        ("", "LYON 03", "", REPAIRED, "69123"),
        ("", "75020", "", REPAIRED, "75056"),
        ("", "LYON 12", "", QUESTION, None),
        # A département or a postcode that contradicts the name is asked about.
        ("", "Bordeaux (40)", "", QUESTION, None),
        ("", "Lormont 64", "", QUESTION, None),
        ("", "Bordeaux (33)", "", REPAIRED, "33063"),
        ("", "33000 Bordeaux", "", REPAIRED, "33063"),
        ("", "MERIGNAC", "33700", REPAIRED, "33281"),
        ("", "BEGLES CEDEX", "33130", REPAIRED, "33039"),
        ("", "Bègles", "64000", QUESTION, None),
        ("33130", "BEGLES", "", QUESTION, None),
        ("", "Mérignac", "", QUESTION, None),
        # A part of a commune is cut to its commune.
        ("330630101", "", "", REPAIRED, "33063"),
        ("010040101", "", "", REPAIRED, "01004"),
        ("10040101", "", "", REPAIRED, "01004"),
        # People of no commune, and what is no commune.
        ("99999", "RESIDENT A L'ETRANGER", "", REFUSED, None),
        ("XXXXX", "COMMUNE INCONNUE", "", REFUSED, None),
        ("", "", "", REFUSED, None),
        ("", "Mérignac, Bègles", "", REFUSED, None),
        ("", "a" * 100_000, "", REFUSED, None),
    ],
)  # fmt: skip
def test_a_commune_is_recognised_or_asked(code, name, postcode, outcome, commune):
    found = Resolver(DIRECTORY).match(code, name, postcode)
    assert (found.outcome, found.commune) == (outcome, commune)
    assert found.outcome == OK or found.why


def test_the_choices_offered_hold_the_old_commune_too_and_say_the_departement():
    asked = Resolver(DIRECTORY).match("", "Filain")
    assert asked.candidates == ("70234", "02589")
    assert "Filain (70, code 70234)" in asked.why and "(02, code 02589)" in asked.why


def test_only_people_of_no_commune_stand_nowhere():
    asked = [Resolver(DIRECTORY).match(code, "").nowhere for code in ("99999", "XXXXX", "33999", "", "33063")]
    assert asked == [True, True, True, True, False]


def test_a_homonym_is_settled_by_the_territory_in_hand_and_by_an_answer():
    assert Resolver(DIRECTORY, within=["33063"]).match("", "Mérignac").commune == "33281"
    assert Resolver(DIRECTORY, answers={"merignac": "16216"}).match("", "Mérignac").commune == "16216"


def test_a_blank_name_of_any_length_costs_nothing():
    blank = Resolver(DIRECTORY).match("", "a" + " " * 600_000)
    assert blank.outcome == REFUSED


def test_every_old_commune_of_the_fictional_territory_goes_where_the_movements_say(demo_db: Path):
    db = open_database(demo_db)
    resolver = Resolver(names.directory(db))
    for code, name, commune in db.rows(
        "select code, name, commune from former where code not in (select code from territory)"
    ):
        assert resolver.match(code, name).commune == commune


def test_a_perimeter_typed_by_hand_never_takes_a_homonym(demo_db: Path):
    db = open_database(demo_db)
    codes = [code for (code,) in db.rows("select code from territory where level = 'commune' limit 2")]
    assert perimeter_key(db, "\n".join(codes)) == "perimetre:" + "+".join(codes)
    twice = db.rows(
        "select name from territory where level = 'commune' and parent is null group by name having count(*) > 1"
    )
    for (name,) in twice[:3]:
        with pytest.raises(DiagnosticError, match="Plusieurs communes"):
            perimeter_key(db, name)
    with pytest.raises(DiagnosticError, match="Aucune commune"):
        perimeter_key(db, "Atlantide")


def test_five_figures_alone_are_asked_about_where_they_are_a_code_and_a_postcode():
    """33130 is the code of Coubeyrac and the postcode of Bègles; 33700 is no code: the postcode of Mérignac alone."""
    held = {"33130": {"33039"}, "33700": {"33281"}, "33310": {"33249"}, "33560": {"33063", "33249"}}
    directory = Directory(COMMUNES, FORMER, CITY, held)
    typed = dict(resolve(directory, ["33130", "33700", "33063", "33560", "33310 Lormont", "Lormont 33560"]))
    assert typed["33130"].outcome == QUESTION and set(typed["33130"].candidates) == {"33130", "33039"}
    assert typed["33700"].commune == "33281" and "code postal" in typed["33700"].why
    assert typed["33063"].commune == "33063" and typed["33310 Lormont"].commune == "33249"
    assert typed["33560"].outcome == QUESTION and typed["33560"].candidates == ("33063", "33249")
    # In a file whose codes are all those of communes, a code is a code.
    assert Resolver(directory).match("", "33130").commune == "33130"
    assert Resolver(directory, answers={"33130": "33039"}, postal=True).match("", "33130").commune == "33039"


def test_the_directory_of_a_database_knows_its_postcodes(demo_db: Path):
    db = open_database(demo_db)
    held = names.directory(db).postcodes
    rows = db.rows("select postcode, commune from postcode")
    assert rows and all(commune in held[postcode] for postcode, commune in rows)

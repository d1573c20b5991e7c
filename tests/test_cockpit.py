"""Mon département: every intercommunalité in one table, its convention, its alert and why."""

from __future__ import annotations

import datetime
import io
import zipfile
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from diagnostic import drafts, exports, french, gazetteer, story, territories
from diagnostic.exports import exporting
from diagnostic.local import conventions
from diagnostic.local.blank import as_csv
from diagnostic.local.conventions import Convention
from diagnostic.local.schema import schema
from diagnostic.local.templates import CTG_UNDERWAY
from diagnostic.model import DiagnosticError, Finding, Level, Status, Territory
from diagnostic.report import cockpit
from diagnostic.story.cockpit import Alert
from diagnostic.ui import keeping
from diagnostic.warehouse import open_database

ROOT = Path(__file__).resolve().parents[1]
TODAY = datetime.date(2026, 11, 26)
NAMES = {"200000001": "CC du Val", "200000002": "CC des Monts", "200000003": "CC de la Côte"}


def row(code="200000001", rate=50.0, word="proche", load="proche", missing=0.0):
    def one(id, value, said=None):
        status = Status.OK if value is not None else Status.MISSING
        return Finding(id, f"epci:{code}", value, status, 2023, word=said)

    findings = {id: one(id, 1.0) for id in cockpit.COLUMNS}
    findings |= {
        "taux_couverture": one("taux_couverture", rate, word if rate is not None else None),
        "enfants_par_rpe": one("enfants_par_rpe", 300.0, load),
    }
    return cockpit.Row(Territory(Level.EPCI, code, NAMES[code]), findings, missing)


@pytest.mark.parametrize(
    ("state", "last", "word", "alert", "why"),
    [
        ("en cours", "2026-12-31", "proche", Alert.URGENT, "finit le 31 décembre 2026"),
        ("en cours", "2025-12-31", "proche", Alert.URGENT, "échue"),
        ("échue", "", "proche", Alert.URGENT, "échue"),
        ("en cours", "2028-06-30", "proche", Alert.WATCH, "finit le 30 juin 2028"),
        ("en cours", "2029-12-31", "proche", Alert.NONE, "rien de marqué"),
        ("en cours", "2029-12-31", "en dessous", Alert.WATCH, "en dessous du département"),
        ("aucune", "", "en dessous", Alert.URGENT, "aucune convention"),
        ("aucune", "", "proche", Alert.WATCH, "aucune convention"),
        ("en préparation", "", "proche", Alert.WATCH, "préparation"),
    ],
)
def test_the_alert_says_why(state, last, word, alert, why):
    (line,) = story.cockpit_lines(
        [row(word=word)], {"200000001": Convention("200000001", state, "", last)}, TODAY
    )
    assert line.alert is alert
    assert why in line.reason.replace("\u00a0", " ").lower()


def test_a_relay_that_serves_many_more_children_is_to_watch_and_one_nobody_knows_is_unknown():
    (loaded,) = story.cockpit_lines([row(load="au-dessus")], {}, TODAY)
    assert loaded.alert is Alert.WATCH and "elais plus chargés" in loaded.reason
    (silent,) = story.cockpit_lines([row(rate=None)], {}, TODAY)
    assert silent.alert is Alert.UNKNOWN and story.cockpit.OF_COMMUNES not in silent.reason
    # Places that lack beside a rate that is not shown are those of some communes, and say so.
    (told,) = story.cockpit_lines([row(rate=None, missing=60.0)], {}, TODAY)
    assert french.typographic(story.cockpit.OF_COMMUNES) in french.typographic(told.reason)


def test_the_table_is_sorted_by_any_column_and_what_is_unknown_comes_last():
    rows = [
        row("200000001", 40.0, missing=50.0),
        row("200000002", None, missing=None),
        row("200000003", 30.0, missing=5.0),
    ]
    lines = story.cockpit_lines(rows, {}, TODAY)

    def names(by):
        return [one.name for one in story.cockpit_sorted(lines, by)]

    assert names("taux_couverture") == ["CC de la Côte", "CC du Val", "CC des Monts"]
    assert names("manque") == ["CC du Val", "CC de la Côte", "CC des Monts"]
    told = {line["Intercommunalité"]: line for line in story.cockpit_table(lines)}
    assert told["CC du Val"]["Places manquantes"].replace("\u202f", " ") == "environ 50"
    assert told["CC des Monts"]["Places manquantes"] == "—"
    assert told["CC de la Côte"]["Places manquantes"] == "moins de 20"
    assert told["CC des Monts"]["Taux de couverture, 2023"] == "inconnu"
    # No convention was brought: no column says so line by line.
    assert not {"Ctg", "Fin"} & set(told["CC du Val"])
    brought = {"200000001": Convention("200000001", "en cours", "2024-01-01", "2028-12-31")}
    assert story.cockpit_table(story.cockpit_lines(rows, brought, TODAY))[0].keys() >= {"Ctg", "Fin"}


def test_the_conventions_of_a_file_are_read_by_siren_or_by_name_and_what_cannot_be_is_told():
    data = (
        "Siren;Intercommunalité;État;Début;Fin\n"
        "200000001;;en cours;01/01/2024;31/12/2028\n"
        ";CC des Monts;Signée;2023;2027\n"
        ";CC d’ailleurs;en cours;;\n"
        "200000003;;peut-être;;\n"
    ).encode()
    found = conventions.read(data, NAMES)
    assert found.rows == (
        Convention("200000001", "en cours", "2024-01-01", "2028-12-31"),
        Convention("200000002", "en cours", "2023-01-01", "2027-12-31"),
    )
    assert len(found.left) == 2 and "inconnue ici" in found.left[0] and "non reconnu" in found.left[1]
    with pytest.raises(DiagnosticError, match="modèle"):
        conventions.read(b"Commune;Places\nFresnes;3\n", NAMES)


def test_the_template_is_read_back_and_its_schema_names_each_column():
    (one,) = conventions.read(as_csv(CTG_UNDERWAY), NAMES).rows
    assert one == Convention("200000001", "en cours", "2024-01-01", "2028-12-31")
    fields = {field["name"]: field for field in schema(CTG_UNDERWAY)["fields"]}
    assert (
        fields["Siren"]["constraints"]["pattern"] == r"^\d{9}$" and fields["État"]["constraints"]["required"]
    )


def test_conventions_are_kept_as_text_and_read_back():
    rows = (Convention("200000001", "en cours", "2024-01-01", "2028-12-31"),)
    content = drafts.CONTENTS[drafts.CONVENTIONS]
    assert content.read(content.write(rows)) == rows
    with pytest.raises(DiagnosticError):
        content.read("{}")


def test_every_intercommunalite_of_the_departement_has_its_row(demo_db):
    db = open_database(demo_db)
    place = territories.get(db, "departement:F1")
    rows = cockpit.rows(db, place)
    assert (
        len(rows)
        == db.rows("select count(*) from territory where level = 'epci' and departement = 'F1'")[0][0]
    )
    assert all(set(one.findings) == set(cockpit.COLUMNS) for one in rows)
    every = gazetteer.index(db).territories.values()
    town = next(item for item in every if item.level is Level.COMMUNE and item.departement == "F1")
    assert cockpit.departement_of(db, town) == place
    assert cockpit.departement_of(db, territories.get(db, "france")) is None


def test_the_adviser_brings_the_conventions_reads_the_alerts_and_takes_a_deck_of_each(
    demo_db, tmp_path, monkeypatch
):
    kept = drafts.SqliteStore(tmp_path / "b.sqlite")
    monkeypatch.setenv("DIAGNOSTIC_DB", str(demo_db))
    monkeypatch.setattr(keeping, "_visitor", lambda: (kept, "a" * 22))
    shares = []

    def made(report, name, *_):
        return f"{name} {report.territory.key}".encode()

    monkeypatch.setattr(exports, "export", made)
    prepare = exporting.prepare

    def heard(*given, progress, **more):
        return prepare(*given, progress=lambda *said: (shares.append(said[0]), progress(*said)), **more)

    monkeypatch.setattr(exporting, "prepare", heard)
    at = AppTest.from_file(ROOT / "diagnostic/ui/main.py", default_timeout=60)
    at.query_params["territoire"] = "epci:999001002"
    at.switch_page(str(ROOT / "pages" / "mon_departement.py"))
    at.run()
    assert not at.exception

    def text():
        return " ".join(block.proto.body for block in at.get("html")).replace("\u00a0", " ")

    assert "aucune convention n’est déposée" in text() and "Places selon le besoin, 20" in text()
    listed = "Siren;État;Début;Fin\n999001001;échue;2020;2024\n999001003;en cours;2025;2099\n".encode()
    at.file_uploader[0].set_value(("ctg.csv", listed, "text/csv")).run()
    at.button(key="garder_ctg").click().run()
    assert not at.exception
    assert "3 intercommunalités : 1 urgente" in text() and "Convention échue" in text()
    assert "31 décembre 2099" in text() and "non déposé" in text()
    assert len(keeping.get(drafts.CONVENTIONS, "departement:F1")) == 2
    at.multiselect(key="choix_departement_F1").set_value(["epci:999001001", "epci:999001002"]).run()
    at.button(key="preparer_diaporamas").click().run()
    assert not at.exception and shares == [0.0, 0.5, 1.0]
    (ready,) = at.session_state["diaporamas_departement"][1:]
    with zipfile.ZipFile(io.BytesIO(ready.data)) as archive:
        found = {archive.read(name).decode() for name in archive.namelist()}
    assert found == {"pptx epci:999001001", "pptx epci:999001002"}
    # The map of the département opens on the département, not on the territory of the visit.
    at.button(key="carte_departement").click().run()
    assert at.session_state["page"] == "carte" and at.session_state["territoire"] == "departement:F1"

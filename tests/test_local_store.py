"""The local data of one session: what a file adds up to, whose it is, and how it is forgotten."""

from __future__ import annotations

import builtins
import os
import socket
from datetime import date

import pandas as pd
import pytest

from diagnostic.directory import Directory
from diagnostic.local import bearing
from diagnostic.local.mapping import guess
from diagnostic.local.reading import shape
from diagnostic.local.store import STATS, LocalData, Structure, deposit, labels
from diagnostic.local.templates import TEMPLATES
from diagnostic.local.validation import validate
from diagnostic.model import DiagnosticError, Status

COMMUNES = pd.DataFrame(
    [("33140", "Créon", "33"), ("33519", "Le Tourne", "33"), ("01004", "Ambérieu-en-Bugey", "01")],
    columns=["code", "name", "departement"],
)
DAY = date(2025, 3, 14)


def bring(template: str, *rows: list[str], header: list[str], **options):
    table = shape([header, *rows])
    result = validate(table, guess(header, template=template), Directory(COMMUNES))
    return deposit(result, origin="Caf 33", year=2024, received=DAY, **options)


def fact(brought, stat: str, commune: str) -> tuple[float | None, str]:
    facts = brought.facts[(brought.facts["stat"] == stat) & (brought.facts["commune"] == commune)]
    assert len(facts) == 1
    value = facts["value"].iloc[0]
    return (None if pd.isna(value) else value), facts["status"].iloc[0]


def alsh(*rows: list[str], **options):
    return bring("alsh", *rows, header=["Code commune", "Nom", "Mercredi", "Été"], **options)


def test_the_places_of_two_alsh_of_a_commune_are_added():
    brought = alsh(["33140", "a", "10", "5"], ["33140", "b", "20", "7"], complete_within=["33140"])
    assert fact(brought, "alsh_places_mercredi", "33140") == (10 + 20, Status.OK)
    assert fact(brought, "alsh_structures", "33140") == (2, Status.OK)


def test_an_alsh_that_does_not_say_its_places_makes_those_of_its_commune_unknown():
    brought = alsh(["33140", "a", "10", "5"], ["33140", "b", "", "7"], complete_within=["33140"])
    assert fact(brought, "alsh_places_mercredi", "33140") == (None, Status.MISSING)
    assert fact(brought, "alsh_places_ete", "33140") == (5 + 7, Status.OK)


def test_a_commune_without_a_row_has_no_place_only_where_the_list_is_complete():
    brought = alsh(["33140", "a", "10", "5"], complete_within=["33140", "33519"])
    assert fact(brought, "alsh_places_mercredi", "33519") == (0, Status.OK)
    assert "01004" not in set(brought.facts["commune"])


def test_a_list_that_names_no_commune_of_a_territory_is_complete_there_for_no_one():
    with pytest.raises(DiagnosticError, match="Aucune ligne de ce fichier ne concerne"):
        alsh(["01004", "a", "10", "5"], complete_within=["33140", "33519"])
    said = alsh(["01004", "a", "10", "5"], ["33140", "b", "9", "2"], complete_within=["33140", "33519"])
    assert fact(said, "alsh_structures", "33519") == (0, Status.OK)
    assert fact(said, "alsh_structures", "01004") == (1, Status.BOUNDED)


def test_a_list_tells_how_many_of_its_rows_are_elsewhere_and_where():
    table = shape([["Code commune", "Nom"], ["33140", "a"], ["01004", "b"], ["01004", "c"]])
    judged = validate(table, guess(["Code commune", "Nom"], template="alsh"), Directory(COMMUNES))
    known = Directory(COMMUNES)
    elsewhere = (
        "2\u00a0lignes concernent une commune hors du territoire : Ambérieu-en-Bugey (01, code 01004)."
    )
    assert bearing.outside([judged], ["33140"], known) == elsewhere
    assert (
        bearing.outside([judged], ["33519"], known)
        == "3\u00a0lignes concernent 2 communes hors du territoire : Créon (33, code 33140) et Ambérieu-en-Bugey (01, code "
        "01004). Ce fichier ne dit rien du territoire."
    )
    assert bearing.outside([judged], ["33140", "01004"], known) == ""


def test_a_list_that_is_not_said_complete_tells_a_least_and_never_a_least_of_zero():
    header = ["Code commune", "Nom", "Places", "PSU"]
    brought = bring("eaje", ["33140", "a", "20", "non"], ["33519", "b", "9", "oui"], header=header)
    assert fact(brought, "eaje_places", "33140") == (20, Status.BOUNDED)
    assert fact(brought, "eaje_places_psu", "33140") == (None, Status.MISSING)


def test_a_commune_with_a_row_left_out_is_unknown_even_where_the_list_is_complete():
    rows = ["33140", "a", "10", "5"], ["33140", "b", "à venir", "5"], ["33519", "c", "8", "4"]
    brought = alsh(*rows, partial=True, complete_within=["33140", "33519"])
    assert fact(brought, "alsh_places_mercredi", "33140") == (None, Status.MISSING)
    assert fact(brought, "alsh_structures", "33140") == (None, Status.MISSING)
    assert fact(brought, "alsh_places_mercredi", "33519") == (8, Status.OK)


def test_a_commune_whose_only_row_is_left_out_does_not_count_zero():
    rows = ["33140", "a", "10", "5"], ["33519", "b", "à venir", "5"]
    brought = alsh(*rows, partial=True, complete_within=["33140", "33519"])
    assert "33519" not in set(brought.facts["commune"])


def test_a_row_left_out_of_which_nothing_tells_the_commune_leaves_no_list_complete():
    rows = ["33140", "a", "10", "5"], ["99999", "b", "7", "5"]
    brought = alsh(*rows, partial=True, complete_within=["33140", "33519"])
    assert fact(brought, "alsh_places_mercredi", "33140") == (10, Status.BOUNDED)
    assert "33519" not in set(brought.facts["commune"])


def test_a_column_that_the_file_lacks_brings_no_stat():
    assert "alsh_places_periscolaire" not in set(alsh(["33140", "a", "10", "5"]).facts["stat"])


def test_psu_places_are_told_apart_and_unknown_when_the_file_does_not_say():
    header = ["Code commune", "Nom", "Places", "PSU"]
    brought = bring(
        "eaje",
        ["33140", "a", "20", "oui"],
        ["33140", "b", "10", "non"],
        ["33519", "c", "9", ""],
        header=header,
        complete_within=["33140", "33519"],
    )
    assert fact(brought, "eaje_places", "33140") == (20 + 10, Status.OK)
    assert fact(brought, "eaje_places_psu", "33140") == (20 + 0, Status.OK)
    assert fact(brought, "eaje_places_hors_psu", "33140") == (0 + 10, Status.OK)
    assert fact(brought, "eaje_places_psu", "33519") == (None, Status.MISSING)


def test_a_masked_number_of_the_caf_stays_secret():
    brought = bring("caf", ["33140", "120", "s"], header=["Code commune", "Allocataires", "AEEH"])
    assert fact(brought, "caf_aeeh", "33140") == (None, Status.SECRET)
    assert brought.rule == "caf_extrait"


def test_a_file_with_a_refused_line_is_taken_only_when_the_person_says_so():
    with pytest.raises(DiagnosticError, match="confirmez"):
        alsh(["33140", "a", "10", "5"], ["99999", "b", "1", "1"])
    assert fact(
        alsh(["33140", "a", "10", "5"], ["99999", "b", "1", "1"], partial=True), "alsh_structures", "33140"
    )


def test_a_file_without_any_usable_line_is_refused():
    with pytest.raises(DiagnosticError, match="Aucune ligne"):
        alsh(["99999", "b", "1", "1"], partial=True)


def test_a_list_keeps_its_structures_by_name_and_never_a_person():
    brought = alsh(["33140", "Les Loups", "10", "25"], ["33519", "Mme Durand", "8", ""])
    # The largest of what it declares is what it takes.
    assert brought.structures == (Structure("33140", "Les Loups", 25.0), Structure("33519", "", 8.0))
    queue = bring(
        "listes_attente", ["33140", "Les Loups", "12"], header=["Code commune", "Nom", "Enfants en attente"]
    )
    childminders = bring(
        "assistantes_maternelles",
        ["33140", "12", "30"],
        header=["Code commune", "Assistantes maternelles", "Places"],
    )
    assert queue.structures == childminders.structures == ()


def test_the_table_of_facts_has_the_shape_of_stat_and_says_it_is_local():
    stats = alsh(["33140", "a", "10", "5"]).facts
    assert stats.columns.tolist() == STATS
    assert not stats.duplicated(["commune", "stat", "year"]).any()
    assert set(stats["source"]) == {"local_alsh"} and set(stats["year"]) == {2024}
    assert set(stats["stat"]) <= set(labels())


def test_a_newer_file_replaces_the_former_of_the_same_kind_and_year():
    data = LocalData().merge(alsh(["33140", "a", "10", "5"])).merge(alsh(["33140", "a", "99", "5"]))
    assert len(data.deposits) == 1
    assert fact(data.deposits[0], "alsh_places_mercredi", "33140") == (99, Status.BOUNDED)


def test_what_one_person_brings_is_never_seen_by_another():
    mine, theirs = LocalData(), LocalData()
    mine = mine.merge(alsh(["33140", "a", "10", "5"]))
    assert theirs.deposits == () and len(mine.deposits) == 1


def test_the_badge_names_the_origin_and_the_date_and_a_log_shows_no_figure():
    data = LocalData().merge(alsh(["33140", "a", "10", "5"]))
    assert data.deposits[0].badge == "Donnée locale · Caf 33 · 14/03/2025"
    assert "33140" not in repr(data)


def test_nothing_is_written_anywhere_while_a_file_becomes_facts(monkeypatch):
    def forbidden(*args, **kwargs):
        raise AssertionError("touched the disk or the network")

    monkeypatch.setattr(builtins, "open", forbidden)
    monkeypatch.setattr(os, "open", forbidden)
    monkeypatch.setattr(socket, "socket", forbidden)
    data = LocalData().merge(alsh(["33140", "a", "10", "5"]))
    assert len(data.deposits[0].facts)


def test_every_stat_has_a_french_label():
    assert len(labels()) == sum(len(template.facts) for template in TEMPLATES.values())
    assert all(label and label[0].isupper() for label in labels().values())

"""The operator's own files: a private folder between sessions, a folder `local/` of a build."""

from __future__ import annotations

import json
import os
import shutil
import stat
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pandas as pd
import pytest

from diagnostic import gazetteer, report, warehouse
from diagnostic.local import private, rights
from diagnostic.local.rights import Person, Role
from diagnostic.local.store import Deposit, LocalData, Structure
from diagnostic.model import DiagnosticError, Status
from diagnostic.report import local as figures
from diagnostic.ui import identity, local_data
from diagnostic.warehouse import local_files, names, open_database

DAY = date(2026, 1, 2)
ALICE, BRUNO = (Person(f"{name}@ville.example", Role.CONTRIBUTOR) for name in ("alice", "bruno"))


def extract(value: float = 1234.0) -> Deposit:
    facts = pd.DataFrame(
        [
            ("01004", "caf_aeeh", 2024, value, Status.OK, "local_caf"),
            ("2A004", "caf_aeeh", 2024, None, Status.SECRET, "local_caf"),
        ],
        columns=["commune", "stat", "year", "value", "status", "source"],
    )
    return Deposit("caf", "caf.xlsx", DAY, 2024, facts, "caf_extrait", 10.0, ("01004", "2A004"))


# --- the private folder


def test_without_the_operators_word_there_is_no_folder(monkeypatch):
    monkeypatch.delenv(private.VARIABLE, raising=False)
    assert private.folder() is None


def test_the_folder_is_made_for_its_owner_alone_and_its_files_too(tmp_path, monkeypatch):
    monkeypatch.setenv(private.VARIABLE, str(tmp_path / "prive"))
    kept = private.folder()
    private.save(extract(), kept, ALICE)
    assert stat.S_IMODE(kept.stat().st_mode) == 0o700
    assert {stat.S_IMODE(path.stat().st_mode) for path in kept.iterdir()} == {0o600}


def test_a_folder_that_others_may_enter_is_refused_with_what_to_do(tmp_path, monkeypatch):
    (tmp_path / "ouvert").mkdir(mode=0o755)
    monkeypatch.setenv(private.VARIABLE, str(tmp_path / "ouvert"))
    with pytest.raises(DiagnosticError, match="chmod 700"):
        private.folder()


def test_what_was_kept_comes_back_with_its_zeros_its_secrets_and_its_threshold(tmp_path):
    private.save(extract(), tmp_path, ALICE)
    [kept] = private.held(tmp_path)
    back = kept.deposit
    assert (kept.owner, kept.when.date()) == (ALICE.email, datetime.now(UTC).date())
    assert (back.template, back.origin, back.received, back.year) == ("caf", "caf.xlsx", DAY, 2024)
    assert (back.rule, back.threshold, back.perimeter) == ("caf_extrait", 10.0, ("01004", "2A004"))
    assert back.facts["commune"].tolist() == ["01004", "2A004"]
    assert back.facts["value"].fillna(-1).tolist() == [1234.0, -1]
    assert back.facts["status"].tolist() == [Status.OK, Status.SECRET]


def test_a_deposit_is_replaced_by_its_owner_who_confirms_and_the_former_stays_aside(tmp_path):
    private.save(extract(10.0), tmp_path, ALICE)
    with pytest.raises(DiagnosticError, match="confirmez que vous le remplacez"):
        private.save(extract(20.0), tmp_path, ALICE)
    private.save(extract(20.0), tmp_path, ALICE, replacing=True)
    [kept] = private.held(tmp_path)
    assert kept.deposit.facts["value"].iloc[0] == 20.0
    [former] = (tmp_path / "anciens").iterdir()
    assert json.loads(former.read_text())["facts"][0][2] == 10.0
    assert [line["quoi"] for line in private.journal(tmp_path)] == ["remplacé", "déposé"]


def test_another_contributor_neither_replaces_nor_erases_it(tmp_path):
    private.save(extract(10.0), tmp_path, ALICE)
    with pytest.raises(DiagnosticError, match="par qui l’a déposé, ou par un administrateur"):
        private.save(extract(20.0), tmp_path, BRUNO, replacing=True)
    with pytest.raises(DiagnosticError, match="par qui l’a déposé, ou par un administrateur"):
        private.erase(extract(10.0), tmp_path, BRUNO)
    [kept] = private.held(tmp_path)
    assert (kept.owner, kept.deposit.facts["value"].iloc[0]) == (ALICE.email, 10.0)
    assert [line["qui"] for line in private.journal(tmp_path)] == [ALICE.email]


def test_a_reader_deposits_nothing_and_an_administrator_erases_anything(tmp_path):
    with pytest.raises(DiagnosticError, match="pas d’y déposer"):
        private.save(extract(), tmp_path, Person("l@ville.example", Role.READER))
    private.save(extract(), tmp_path, ALICE)
    private.erase(extract(), tmp_path, Person("chef@ville.example", Role.ADMINISTRATOR))
    assert private.held(tmp_path) == ()
    newest = private.journal(tmp_path)[0]
    assert (newest["qui"], newest["quoi"], newest["objet"]) == ("chef@ville.example", "effacé", "caf 2024")


def test_what_was_set_aside_leaves_after_its_days(tmp_path, monkeypatch):
    private.save(extract(), tmp_path, ALICE)
    private.erase(extract(), tmp_path, ALICE)
    monkeypatch.setenv(private.DAYS, "30")
    private.held(tmp_path)
    [former] = (tmp_path / "anciens").iterdir()
    old = (datetime.now(UTC) - timedelta(days=31)).strftime("%Y%m%dT%H%M%S%f")
    former.rename(former.with_name(f"caf_2024_{old}.donnees.json"))
    private.held(tmp_path)
    assert list((tmp_path / "anciens").iterdir()) == []


REPLICA = """
import contextlib, sys
from dataclasses import replace
from pathlib import Path
from diagnostic.local import private
from diagnostic.local.rights import Person, Role
from diagnostic.model import DiagnosticError
from tests.test_local_private import extract
folder, name, turns = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])
who = Person(f"{name}@ville.example", Role.CONTRIBUTOR)
own = {"alice": 2024, "bruno": 2023}
refused = 0
for turn in range(turns):
    private.save(replace(extract(100.0 + turn), year=own[name]), folder, who, replacing=True)
    other = replace(extract(1.0), year=next(year for one, year in own.items() if one != name))
    try:
        private.save(other, folder, who, replacing=True)
    except DiagnosticError:
        refused += 1
    # Whatever another writes meanwhile, each finds both deposits, whole, and each is somebody's.
    found = {kept.owner.partition("@")[0]: kept.deposit for kept in private.held(folder)}
    assert {owner: one.year for owner, one in found.items()} == own, found
    assert all(one.facts["value"].iloc[0] >= 100.0 for one in found.values())
    for owner, one in found.items():
        with contextlib.suppress(DiagnosticError):
            if owner != name:
                private.erase(one, folder, who)
print(refused)
"""


def test_two_people_on_two_replicas_each_neither_replace_nor_erase_what_is_the_others(tmp_path):
    private.save(replace(extract(100.0), year=2024), tmp_path, ALICE)
    private.save(replace(extract(100.0), year=2023), tmp_path, BRUNO)
    turns, names = 12, ("alice", "bruno", "alice", "bruno")
    replicas = [
        subprocess.Popen(
            [sys.executable, "-c", REPLICA, str(tmp_path), name, str(turns)],
            cwd=Path(__file__).resolve().parents[1],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for name in names
    ]
    said = [replica.communicate() for replica in replicas]
    assert [out.strip() for out, _ in said] == [str(turns)] * len(names), [err[-1500:] for _, err in said]
    kept = {one.owner: one.deposit for one in private.held(tmp_path)}
    assert {owner: one.year for owner, one in kept.items()} == {ALICE.email: 2024, BRUNO.email: 2023}
    assert {one.facts["value"].iloc[0] for one in kept.values()} == {100.0 + turns - 1}
    # Each replacement is told, by who made it, and what it replaced stands aside.
    told = private.journal(tmp_path)
    assert len(told) == 2 + turns * len(names)
    assert all((line["qui"] == ALICE.email) == line["objet"].endswith("2024") for line in told)
    assert len(list((tmp_path / "anciens").iterdir())) == turns * len(names)


def test_a_deposit_is_settled_with_all_that_came_before_of_its_communes_and_of_theirs(tmp_path):
    def of(*communes: str) -> Deposit:
        one = extract(float(len(communes)))
        return replace(one, facts=pd.concat([one.facts[:1].assign(commune=code) for code in communes]))

    first, second, apart, last = of("01001", "01002"), of("01002", "01003"), of("01009"), of("01001")
    for one in (first, second, apart, last):
        private.save(one, tmp_path, ALICE, replacing=True)
    told = [[tuple(one.facts["commune"]) for one in private.earlier(tmp_path, one)] for one in (last, second)]
    assert told == [[("01002", "01003"), ("01001", "01002")], [("01001", "01002")]]
    # Not yet there: everything came before it.
    assert [tuple(one.facts["commune"]) for one in private.earlier(tmp_path, of("01009", "01010"))] == [
        ("01009",)
    ]


def test_a_deposit_of_before_owners_is_an_administrators(tmp_path):
    private.save(extract(), tmp_path, ALICE)
    [written] = tmp_path.glob("*.donnees.json")
    content = json.loads(written.read_text())
    del content["owner"], content["deposited"]
    written.unlink()
    (tmp_path / "caf_2024.donnees.json").write_text(json.dumps(content | {"version": 1}))
    with pytest.raises(DiagnosticError, match="administrateur"):
        private.erase(extract(), tmp_path, ALICE)
    private.erase(extract(), tmp_path, Person("chef@ville.example", Role.ADMINISTRATOR))
    assert private.held(tmp_path) == ()


def test_a_damaged_file_is_left_aside_and_other_files_are_not_touched(tmp_path):
    private.save(extract(), tmp_path, ALICE)
    (tmp_path / "caf_2020.donnees.json").write_text('{"template": "caf"')
    (tmp_path / "notes.txt").write_text("à garder")
    assert len(private.held(tmp_path)) == 1
    private.erase(extract(), tmp_path, ALICE)
    assert (tmp_path / "notes.txt").read_text() == "à garder"


# --- roles


def test_a_role_is_a_persons_own_before_that_of_a_group(tmp_path):
    path = tmp_path / "roles.toml"
    path.write_text(
        '[[personne]]\ncourriel = "Alice@Ville.example"\nrole = "lecteur"\n'
        '[[personne]]\ngroupe = "ctg"\nrole = "contributeur"\nterritoires = ["departement:33"]\n'
        '[[personne]]\ngroupe = "chefs"\nrole = "administrateur"\n'
    )
    entries = rights.read(path)
    assert rights.person(entries, "alice@ville.example", ["chefs"]).role is Role.READER
    assert rights.person(entries, "b@caf.example", ["ctg"]).territories == ("departement:33",)
    assert rights.person(entries, "c@caf.example", ["ctg", "chefs"]).role is Role.ADMINISTRATOR
    assert rights.person(entries, "d@caf.example", ["autre"]) is None
    assert rights.person(entries, "") is None


@pytest.mark.parametrize(
    "said",
    [
        '[[personne]]\nrole = "lecteur"',
        '[[personne]]\ncourriel = "a@b"\nrole = "maire"',
        '[[personne]]\ncourriel = "a@b"',
        "personne = 3",
        "rien = 1",
        "[[",
    ],
)
def test_a_file_of_roles_that_says_something_amiss_is_refused(said, tmp_path):
    (tmp_path / "roles.toml").write_text(said)
    with pytest.raises(DiagnosticError, match="roles.toml"):
        rights.read(tmp_path / "roles.toml")


# --- what a session does with the folder


@pytest.fixture
def session(tmp_path, demo_db, monkeypatch):
    """The private folder, the communes of an EPCI, and a way to become somebody with an empty session."""
    monkeypatch.setenv("DIAGNOSTIC_DB", str(demo_db))
    monkeypatch.setenv(private.VARIABLE, str(tmp_path / "prive"))
    monkeypatch.setenv(identity.PROVIDER, "https://op.example")
    known = gazetteer.index(open_database(demo_db)).communes
    epci = min(code for level, code in known if level == "epci")

    def become(who: Person | None) -> None:
        monkeypatch.setattr(local_data.st, "session_state", {})
        monkeypatch.setattr(identity, "person", lambda: who)

    return become, known["epci", epci], f"epci:{epci}"


def listed(communes, value: float = 40.0) -> Deposit:
    facts = pd.DataFrame(
        [(code, "alsh_structures", 2025, value, Status.OK, "local_alsh") for code in communes],
        columns=["commune", "stat", "year", "value", "status", "source"],
    )
    return Deposit(
        "alsh",
        "liste.csv",
        DAY,
        2025,
        facts,
        structures=(
            Structure(communes[0], "Les Petits Loups", 24.0),
            Structure(communes[0], "DUPONT Julie", 4.0),
        ),
    )


def test_what_a_contributor_brings_is_seen_by_those_whose_territories_hold_it(session, demo_db):
    become, communes, epci = session
    db = open_database(demo_db)
    become(Person("alice@ville.example", Role.CONTRIBUTOR, (epci,)))
    local_data.add([listed(communes)], db)
    (kept,) = local_data.local().deposits
    # A file kept by a former edition may name a person.
    assert kept.structures == (
        Structure(communes[0], "Les Petits Loups", 24.0),
        Structure(communes[0], "", 4.0),
    )
    for who, seen in (
        (Person("l@caf.example", Role.READER), 1),
        (Person("l@caf.example", Role.READER, (epci,)), 1),
        # One commune of several: the whole deposit would tell it, so none of it is shown.
        (Person("m@ville.example", Role.READER, (f"commune:{communes[0]}",)), 0),
        (None, 0),
    ):
        become(who)
        assert len(local_data.local().deposits) == seen, who
        assert len(local_data.plans(db)) == seen


def test_a_contributor_replaces_their_own_only_and_keeps_to_their_territories(session, demo_db):
    become, communes, epci = session
    db = open_database(demo_db)
    become(Person("alice@ville.example", Role.CONTRIBUTOR))
    local_data.add([listed(communes)], db)
    become(Person("bruno@caf.example", Role.CONTRIBUTOR))
    with pytest.raises(DiagnosticError, match="alice@ville.example"):
        local_data.add([listed(communes, 50.0)], db, replacing=True)
    become(Person("carla@ville.example", Role.CONTRIBUTOR, (f"commune:{communes[0]}",)))
    with pytest.raises(DiagnosticError, match="hors de vos territoires"):
        local_data.add([listed(communes, 50.0)], db)
    become(Person("alice@ville.example", Role.CONTRIBUTOR))
    local_data.add([listed(communes, 60.0)], db, replacing=True)
    [held] = local_data.local().deposits
    assert held.facts["value"].tolist() == [60.0] * len(communes)


def test_two_territories_keep_the_same_kind_of_file_side_by_side(session, demo_db):
    become, communes, epci = session
    db = open_database(demo_db)
    here, there = (
        Person("alice@ville.example", Role.CONTRIBUTOR),
        Person("bruno@caf.example", Role.CONTRIBUTOR),
    )
    become(here)
    local_data.add([listed(communes[:2], 40.0)], db)
    become(there)
    local_data.add([listed(communes[2:], 50.0)], db)
    for who in (here, there, Person("l@caf.example", Role.READER, (epci,))):
        become(who)
        [held] = local_data.local().deposits
        assert held.facts["value"].sum() == 40.0 * 2 + 50.0 * (len(communes) - 2)
        assert local_data.owners() == {("alsh", 2025): "alice@ville.example et bruno@caf.example"}
        assert len(local_data.plans(db)) == 1
        mine = [kept.owner for kept in local_data.erasable()]
        assert mine == ([who.email] if who.may_keep else [])
    become(there)
    local_data.erase(local_data.erasable()[0].deposit)
    [left] = local_data.local().deposits
    assert left.facts["commune"].tolist() == list(communes[:2])


def test_what_a_file_hides_does_not_change_when_another_comes_beside_it(session, demo_db):
    become, communes, epci = session
    db = open_database(demo_db)
    reader = Person("l@caf.example", Role.READER, (epci,))
    half = len(communes) // 2
    seen = []
    for who, some in (("alice", communes[:half]), ("bruno", communes[half:])):
        become(Person(f"{who}@caf.example", Role.CONTRIBUTOR))
        counts = [float(3 + 7 * place % 40) for place in range(len(some))]
        facts = pd.DataFrame({"commune": some, "stat": "caf_aeeh", "year": 2024, "value": counts})
        facts = facts.assign(status=Status.OK, source="local_caf")
        local_data.add([Deposit("caf", f"{who}.csv", DAY, 2024, facts, "caf_extrait")], db)
        become(reader)
        [plan] = local_data.plans(db)
        seen.append({code: plan.cells["commune", code, "caf_aeeh"] for code in communes[:half]})
    assert seen[0] == seen[1]
    assert {status for _, status in seen[0].values()} == {Status.OK, Status.SECRET}
    # Neither file is whole over the intercommunalité: its sum follows from theirs.
    assert plan.cell("caf_aeeh", *epci.split(":"), communes).value == sum(plan.free["caf_aeeh"].values())


def test_a_stranger_and_a_reader_keep_what_they_bring_in_their_session_alone(session, demo_db):
    become, communes, _ = session
    db = open_database(demo_db)
    for who in (None, Person("l@caf.example", Role.READER)):
        become(who)
        local_data.add([listed(communes)], db)
        assert len(local_data.local().deposits) == 1
        assert private.held(private.folder()) == ()
        local_data.forget()
        assert local_data.local().deposits == ()


def test_without_a_provider_of_identities_the_folder_is_neither_read_nor_written(
    session, demo_db, monkeypatch
):
    become, communes, _ = session
    become(Person("alice@ville.example", Role.CONTRIBUTOR))
    monkeypatch.delenv(identity.PROVIDER)
    local_data.add([listed(communes)], open_database(demo_db))
    assert private.held(private.folder()) == ()
    assert "demande une connexion" in local_data.where()


def test_the_same_figures_brought_again_keep_their_first_perimeter():
    wider = Deposit("caf", "caf.xlsx", DAY, 2024, extract().facts, "caf_extrait", 10.0, ("01004",))
    [held] = LocalData().merge(extract()).merge(wider).deposits
    assert held.perimeter == ("01004", "2A004")


# --- the files of a build


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory, demo_raw: Path, demo_db: Path):
    """A build with one good list, one that says it is complete, one wrong line, one without year."""
    raw = tmp_path_factory.mktemp("avec") / "raw"
    shutil.copytree(demo_raw, raw)
    own = raw / "local"
    own.mkdir()
    codes = gazetteer.index(open_database(demo_db)).communes["departement", "F1"]
    away = next(code for code in names.directory(open_database(demo_db)).name if code not in codes)
    counts = "\n".join(f"{code};{20 + n};{n % 9}" for n, code in enumerate(codes))
    (own / "caf_2024.csv").write_text(f"Code commune;Allocataires;AEEH\n{counts}\n")
    (own / "alsh_2025_complet-departement-F1.csv").write_text(
        f"Code commune;Nom;Mercredi\n{codes[0]};A;30\n{codes[1]};B;45\n"
    )
    (own / "eaje_2025.csv").write_text(f"Code commune;Nom;Places\n{codes[0]};A;à venir\n")
    (own / "rpe_2025_complet-departement-F1.csv").write_text(f"Code commune;Nom\n{away};Les Loups\n")
    (own / "evs_2025_complet-departement-F1.csv").write_text(
        f"Code commune;Nom\n{codes[0]};Les Loups\n{away};La Ruche\n"
    )
    (own / "caf_2024_bis.csv").write_text(f"Code commune;Allocataires;AEEH\n{codes[0]};500;90\n")
    (own / "laep.csv").write_text(f"Code commune;Nom\n{codes[0]};A\n")
    target = raw.parent / "avec.duckdb"
    return warehouse.build([raw], target), open_database(target)


def test_a_build_takes_the_territorys_own_lists_and_names_them(built):
    made, _ = built
    own = {
        loaded.file: (loaded.source, loaded.vintage)
        for loaded in made.loaded
        if loaded.source.startswith("local_")
    }
    assert own == {
        "caf_2024.csv": ("local_caf", "2024"),
        "alsh_2025_complet-departement-F1.csv": ("local_alsh", "2025"),
        "evs_2025_complet-departement-F1.csv": ("local_evs", "2025"),
    }


def test_a_build_refuses_a_list_with_a_wrong_line_and_one_without_a_year(built):
    reasons = {refused.file: refused.reason for refused in built[0].refused}
    assert "Ligne 2, colonne « Places », lu « à venir »" in reasons["eaje_2025.csv"]
    assert "alsh_2025.csv" in reasons["laep.csv"]
    # Its commune would have counted twice.
    assert "« caf_2024.csv » porte déjà ces chiffres pour 2024" in reasons["caf_2024_bis.csv"]


def test_a_build_counts_no_zero_of_a_list_of_elsewhere_and_tells_the_rows_that_are(built):
    made, db = built
    reasons = {refused.file: refused.reason for refused in made.refused}
    assert "ne concerne une commune du territoire" in reasons["rpe_2025_complet-departement-F1.csv"]
    found = figures.with_built(report.build(db, "departement:F1", on=DAY), db)
    assert not [one for one in found.local if "rpe" in one.indicator.id]
    [told] = [remark.sentence for remark in made.remarks if remark.file.startswith("evs_2025")]
    assert told.startswith("1\u00a0ligne concerne une commune hors du territoire : ")


def test_a_database_that_holds_exact_counts_is_readable_by_its_owner_only(built):
    assert stat.S_IMODE(os.stat(built[1].path).st_mode) == 0o600


def test_the_report_of_a_build_shows_local_figures_and_hides_the_small_ones(built):
    db = built[1]
    plain = report.build(db, "departement:F1", on=DAY)
    found = figures.with_built(plain, db)
    assert plain.local == ()
    places = next(one for one in figures.own(found) if one.indicator.id == "local_alsh_mercredi_100")
    assert places.finding.numerator == 30 + 45
    assert places.finding.caution.startswith("Donnée locale · alsh_2025")
    communes = gazetteer.index(db).communes["departement", "F1"]
    plan = next(one for one in figures.built(db) if one.deposit.template == "caf")
    small = [code for n, code in enumerate(communes) if 0 < n % 9 < 5]
    assert {plan.cell("caf_aeeh", "commune", code, (code,)).status for code in small} == {Status.SECRET}


def test_a_database_built_without_them_holds_none(demo_db):
    assert local_files.deposits(open_database(demo_db)) == ()


def test_only_a_folder_below_the_raw_one_is_local(tmp_path):
    raw = tmp_path / "local" / "raw"
    assert not local_files.is_local(raw / "BPE24.csv", [raw])
    assert local_files.is_local(raw / "Local" / "alsh_2025.csv", [raw])

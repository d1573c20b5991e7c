"""The files that leave the product, attacked: every number is read back, and masked ones are looked for.

Two attacks. One gathers what all the files of a territory, of its members, of its département and of perimeters
of one's own say, and asks linear programs what remains possible for each masked count. The
other makes the same files from a second set of counts that differs only where they are masked: each part
of each file must be the same, or something of what is masked can be read there.
"""

from __future__ import annotations

import csv
import datetime
import io
import itertools
import re
import zipfile
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy.optimize import linprog
from scipy.sparse import lil_array
from streamlit.testing.v1 import AppTest

from diagnostic import exports, gazetteer, report, territories
from diagnostic.exports import FORMATS
from diagnostic.local.plan import Plan, settle
from diagnostic.local.store import Deposit, LocalData
from diagnostic.local.templates import TEMPLATES
from diagnostic.model import Level, Status
from diagnostic.report import Report, as_dict
from diagnostic.report.local import attach
from diagnostic.warehouse import Database

ROOT = Path(__file__).resolve().parents[1]
DAY = datetime.date(2026, 1, 2)
SMALL = 5
STATS = {
    "local_aeeh": "caf_aeeh",
    "local_allocataires": "caf_allocataires",
    "local_part_monoparentales": "caf_monoparentales",
    "local_part_qf_moins_400": "caf_qf_moins_400",
    "local_part_qf_400_799": "caf_qf_400_799",
    "local_part_qf_800_1199": "caf_qf_800_1199",
    "local_part_qf_1200_plus": "caf_qf_1200_plus",
}
LIGHT = ("csv", "xlsx", "geojson", "note")
BY_MEMBER = ("fiches", "fiches_word")
"""A page a commune: those whose counts differ, and some others, say as much as all."""
CLASSES = [stat for stat in STATS.values() if "qf" in stat]


def counts(demo: Database, year: int) -> pd.DataFrame:
    """An invented extract of the Caf: classes that add up to the allocataires, many counts under 5."""
    random = np.random.default_rng(year)
    known = gazetteer.index(demo)
    codes = known.communes[Level.FRANCE, "F"]
    size = np.exp(random.normal(2.6, 1.0, len(codes)))
    table = {
        stat: random.poisson(size * share)
        for stat, share in zip(CLASSES, (0.3, 0.3, 0.25, 0.15), strict=True)
    }
    table["caf_allocataires"] = sum(table.values())
    table["caf_aeeh"] = random.poisson(size * 0.3)
    table["caf_monoparentales"] = random.poisson(size * 0.4)
    frames = [pd.DataFrame({"commune": codes, "stat": stat, "value": found}) for stat, found in table.items()]
    facts = pd.concat(frames, ignore_index=True)
    return facts.assign(year=year, value=facts["value"].astype(float), status=Status.OK, source="local_caf")


def settled(demo: Database, facts: pd.DataFrame) -> Plan:
    year = int(facts["year"].iloc[0])
    deposit = Deposit("caf", "caf.xlsx", DAY, year, facts, TEMPLATES["caf"].rule)
    return settle(deposit, gazetteer.index(demo).communes)


@cache
def open_report(demo: Database, key: str) -> Report:
    return report.build(demo, key, on=DAY)


def told(demo: Database, key: str, one: Plan) -> Report:
    return attach(open_report(demo, key), [one], lambda place: territories.communes(demo, place))


@pytest.fixture(scope="module")
def code(demo: Database) -> str:
    """The EPCI with the fewest communes: the fewer a sum has, the more each tells of the others."""
    known = gazetteer.index(demo).communes
    return min(
        (code for level, code in known if level == "epci" and len(known["epci", code]) >= 6),
        key=lambda code: len(known["epci", code]),
    )


def keys(demo: Database, code: str) -> list[str]:
    """The territory, some of its members, its département, and perimeters that differ by one commune."""
    known = gazetteer.index(demo)
    communes = known.communes["epci", code]
    # The files of the EPCI already hold each commune: those of a few must say no more.
    departement = known.territories["epci", code].departement
    outside = [c for c in known.communes["departement", departement] if c not in communes][:2]
    perimeters = [communes[1:], communes[:-1], communes[:3], [*communes, *outside], [*communes[2:], *outside]]
    return [
        f"epci:{code}",
        f"departement:{departement}",
        "france",
        *(f"commune:{one}" for one in communes[:6]),
        *(f"perimetre:{'+'.join(part)}" for part in perimeters),
    ]


# --- the first attack: what remains possible


def read_back(data: bytes) -> Iterator[dict[str, str]]:
    """The rows of the CSV of an export."""
    archive = zipfile.ZipFile(io.BytesIO(data))
    name = next(name for name in archive.namelist() if name.endswith(".csv"))
    yield from csv.DictReader(io.StringIO(archive.read(name).decode("utf-8-sig")), delimiter=";")


def learned(demo: Database, one: Plan, wanted: Sequence[str]) -> dict[tuple[frozenset[str], str], float]:
    """Every sum over communes that the files give: (communes, stat) -> value."""
    found: dict[tuple[frozenset[str], str], float] = {}
    known = gazetteer.index(demo)
    levels = {level.label: level for level in Level}
    for key in wanted:
        made = told(demo, key, one)
        for row in read_back(exports.export(made, "csv", demo)):
            if row["indicateur"] not in STATS:
                continue
            level = levels[row["niveau"]]
            if level is Level.PERIMETRE:
                communes = made.territory.communes
            elif level is Level.COMMUNE:
                communes = (row["code"],)
            else:
                communes = known.communes[level, row["code"]]
            stat = STATS[row["indicateur"]]
            if row["indicateur"] in ("local_aeeh", "local_allocataires"):
                parts = {stat: row["valeur"]}
            else:
                parts = {stat: row["numerateur"], "caf_allocataires": row["denominateur"]}
            for part, text in parts.items():
                if text:
                    found[frozenset(communes), part] = float(text)
    return found


class Attacker:
    """One who knows these sums, and that the classes of a commune add up to its allocataires."""

    def __init__(self, cells: list[tuple[str, str]], known: dict) -> None:
        self.cells = cells
        place = {cell: n for n, cell in enumerate(cells)}
        sums = [
            ([place[c, stat] for c in communes], 1.0, value)
            for (communes, stat), value in known.items()
            if all((c, stat) in place for c in communes)
        ]
        sums += [
            (
                [place[c, s] for s in (*CLASSES, "caf_allocataires")],
                np.array([1.0] * len(CLASSES) + [-1.0]),
                0.0,
            )
            for c in {commune for commune, _ in cells}
        ]
        self.table = lil_array((len(sums), len(cells)))
        for row, (columns, factors, _) in enumerate(sums):
            self.table[row, columns] = factors
        self.table, self.right = self.table.tocsr(), [value for *_, value in sums]

    def range(self, aim: tuple[str, str]) -> tuple[float, float]:
        """The least and the greatest value that a cell may have."""
        cost = np.array([float(cell == aim) for cell in self.cells])
        low = linprog(cost, A_eq=self.table, b_eq=self.right, method="highs")
        high = linprog(-cost, A_eq=self.table, b_eq=self.right, method="highs")
        assert low.status == 0
        return low.fun, np.inf if high.status == 3 else -high.fun


def test_no_masked_count_is_found_from_all_the_files_of_a_territory_and_its_perimeters(
    demo: Database, code: str
) -> None:
    facts = counts(demo, 2024)
    one = settled(demo, facts)
    known = learned(demo, one, keys(demo, code))
    true = facts.set_index(["commune", "stat"])["value"]
    assert len(known) > 40
    assert all(value == sum(true[c, stat] for c in communes) for (communes, stat), value in known.items())
    cells = [(c, stat) for c in gazetteer.index(demo).communes[Level.FRANCE, "F"] for stat in STATS.values()]
    communes = gazetteer.index(demo).communes["epci", code]
    small = [(c, stat) for c in communes for stat in STATS.values() if 0 < true[c, stat] < SMALL]
    assert len(small) > 5
    attacker = Attacker(cells, known)
    for commune, stat in small:
        assert (frozenset([commune]), stat) not in known
        low, high = attacker.range((commune, stat))
        assert low - 1e-6 <= true[commune, stat] <= high + 1e-6
        assert high - low >= SMALL - 1e-6, (commune, stat, low, high)


# --- the second attack: another truth behind the same masks


def another_truth(demo: Database, facts: pd.DataFrame, one: Plan, code: str) -> pd.DataFrame:
    """The same counts but for two masked ones of the EPCI, one more here and one less there."""
    masked = [
        c
        for c in gazetteer.index(demo).communes["epci", code]
        if one.cells["commune", c, "caf_aeeh"][1] is Status.SECRET
    ]
    value = facts[facts["stat"] == "caf_aeeh"].set_index("commune")["value"]
    for less, more in itertools.permutations(masked, 2):
        if not (2 <= value[less] < SMALL and 1 <= value[more] < SMALL - 1):
            continue
        changed = facts.copy()
        for commune, step in ((less, -1.0), (more, 1.0)):
            changed.loc[(changed["commune"] == commune) & (changed["stat"] == "caf_aeeh"), "value"] += step
        if settled(demo, changed).cells == one.cells:
            return changed
    raise AssertionError("no second set of counts hides behind the same masks: the table is not protected")


def members(data: bytes, path: str = "") -> Iterator[tuple[str, bytes]]:
    """Every part of a file, those of the files inside it too; what only dates a file is left out."""
    if not data.startswith(b"PK"):
        yield (
            path,
            re.sub(
                rb"(CreationDate|ModDate|/ID|xmp:\w+Date|xmpMM:\w+ID|modified|created)[^\n]{0,200}", b"", data
            ),
        )
        return
    archive = zipfile.ZipFile(io.BytesIO(data))
    for name in archive.namelist():
        if name != "docProps/core.xml":
            yield from members(archive.read(name), f"{path}/{name}")


@pytest.fixture(scope="module")
def two_truths(demo: Database, code: str) -> tuple[Plan, Plan]:
    """Two sets of counts, settled apart, that differ only where they are masked in the EPCI."""
    facts = counts(demo, 2024)
    one = settled(demo, facts)
    return one, settled(demo, another_truth(demo, facts, one, code))


@pytest.mark.parametrize("format", FORMATS)
def test_no_part_of_a_file_depends_on_what_is_masked(
    demo: Database, code: str, two_truths, format: str
) -> None:
    communes = gazetteer.index(demo).communes["epci", code]
    counted = [one.deposit.facts.set_index(["commune", "stat"])["value"] for one in two_truths]
    differ = [commune for commune, _ in counted[0].index[counted[0] != counted[1]]]
    assert len(differ) == 2 and {*differ} <= {*communes}
    wanted = [f"epci:{code}"]
    if format in LIGHT:
        wanted.append(f"perimetre:{'+'.join(communes[1:])}")
    elif format in BY_MEMBER:
        wanted = [f"perimetre:{'+'.join(sorted({*differ, *communes[:4]}))}"]
    for key in wanted:
        first, second = (
            dict(members(exports.export(told(demo, key, one), format, demo))) for one in two_truths
        )
        assert first.keys() == second.keys()
        assert [name for name in first if first[name] != second[name]] == []


def test_the_json_of_a_report_does_not_depend_on_what_is_masked(
    demo: Database, code: str, two_truths
) -> None:
    first, second = (as_dict(told(demo, f"epci:{code}", one)) for one in two_truths)
    assert first == second and first["local"]


@pytest.mark.parametrize("page", ["synthese", "familles", "mes_donnees", "carte"])
def test_no_tooltip_chart_or_map_of_a_page_depends_on_what_is_masked(
    demo_db: Path, code: str, two_truths, page: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DIAGNOSTIC_DB", str(demo_db))
    sent = []
    for one in two_truths:
        at = AppTest.from_file(ROOT / "diagnostic/ui/main.py", default_timeout=60)
        at.query_params["territoire"] = f"epci:{code}"
        at.query_params["indicateur"] = "local_aeeh"
        at.session_state["donnees_locales"] = LocalData((one.deposit,))
        at.switch_page(str(ROOT / "pages" / f"{page}.py"))
        at.run()
        assert not at.exception
        sent.append(_everything(at))
    assert "caf.xlsx" in sent[0] or page == "carte"
    assert sent[0] == sent[1]


def _everything(at: AppTest) -> str:
    """All that the server sends to the browser, names drawn at random aside."""
    text = "\n".join(str(block.proto) for block in at.main if hasattr(block, "proto"))
    return re.sub(r"[0-9a-f]{32,}|map_div_\w+", "", text)

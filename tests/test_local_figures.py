"""The figures of one's own files beside the open ones: what they divide, what stays unknown, what stays hidden."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pandas as pd
import pytest

from diagnostic import french, gazetteer, reading, report
from diagnostic.exports.table import rows
from diagnostic.local.indicators import LOCAL_INDICATORS
from diagnostic.local.plan import Plan, settle
from diagnostic.local.store import Deposit, labels
from diagnostic.local.templates import TEMPLATES
from diagnostic.model import THEMES, Level, Status
from diagnostic.report import LocalFigure, Report, depositing
from diagnostic.report import local as figures
from diagnostic.report import local_words as words
from diagnostic.story.blocks import Ranked
from diagnostic.story.ladder import ladder
from diagnostic.story.local import local_sections
from diagnostic.warehouse import Database

DAY = date(2026, 1, 2)


@pytest.fixture(scope="module")
def code(demo: Database) -> str:
    """An EPCI of the fictional département."""
    return min(code for level, code in gazetteer.index(demo).communes if level == Level.EPCI)


def brought(template: str, year: int, values: dict[tuple[str, str], float], **more) -> Deposit:
    """A deposit that says (commune, stat) -> value."""
    rows = [(commune, stat, year, value, Status.OK) for (commune, stat), value in values.items()]
    facts = pd.DataFrame(rows, columns=["commune", "stat", "year", "value", "status"])
    return Deposit(
        template,
        f"{template}.xlsx",
        DAY,
        year,
        facts.assign(source=f"local_{template}"),
        TEMPLATES[template].rule,
        **more,
    )


def told(demo: Database, key: str, *deposits: Deposit) -> tuple[Report, dict[str, LocalFigure]]:
    members = gazetteer.index(demo).communes
    made = figures.joined(report.build(demo, key, on=DAY), [settle(one, members) for one in deposits], demo)
    return made, {one.indicator.id: one for one in figures.own(made)}


def communes(demo: Database, code: str) -> tuple[str, ...]:
    return gazetteer.index(demo).communes[Level.EPCI, code]


def extract(demo: Database, code: str, aeeh: list[float], **more) -> Deposit:
    """A Caf extract of the first communes of an EPCI: 100 allocataires each, and these AEEH."""
    held = communes(demo, code)[: len(aeeh)]
    values = {(c, "caf_allocataires"): 100.0 for c in held} | {
        (c, "caf_aeeh"): n for c, n in zip(held, aeeh, strict=True)
    }
    return brought("caf", 2024, values, **more)


# --- what a figure is


def test_every_local_indicator_rests_on_a_template_and_stands_in_a_theme():
    for item in LOCAL_INDICATORS:
        parts = {item.indicator.numerator, item.indicator.denominator} & set(labels())
        facts = {fact.stat for fact in TEMPLATES[item.template].facts}
        assert parts and parts <= facts and item.indicator.theme in THEMES


def test_places_on_wednesdays_are_counted_for_100_children_of_the_same_communes(demo: Database, code: str):
    held = communes(demo, code)
    made, own = told(
        demo, f"epci:{code}", brought("alsh", 2025, {(c, "alsh_places_mercredi"): 12.0 for c in held})
    )
    children = made.findings["enfants_3_11"]
    found = own["local_alsh_mercredi_100"]
    assert found.finding.numerator == 12 * len(held)
    assert found.finding.value == pytest.approx(100 * 12 * len(held) / children.value)
    assert (found.finding.year, found.finding.denominator_year) == (2025, children.year)
    assert (found.origin, found.received) == ("alsh.xlsx", "2\u00a0janvier\u00a02026")
    assert found.finding.caution == "Donnée locale · alsh.xlsx · 02/01/2026"


def test_a_commune_absent_from_the_file_makes_the_sum_unknown_and_never_smaller(demo: Database, code: str):
    held = communes(demo, code)
    _, own = told(
        demo, f"epci:{code}", brought("alsh", 2025, {(c, "alsh_places_ete"): 12.0 for c in held[1:]})
    )
    found = own["local_alsh_ete_100"].finding
    assert (found.value, found.status, found.numerator) == (None, Status.MISSING, None)
    assert found.covered == pytest.approx((len(held) - 1) / len(held))
    assert found.reason.startswith("1\u00a0commune sur")


def test_the_open_value_stays_beside_and_the_difference_is_said_in_words(demo: Database, code: str):
    open_one = report.build(demo, f"epci:{code}", on=DAY).findings["places_eaje_100"]
    held = communes(demo, code)
    values = dict.fromkeys(((c, "eaje_places") for c in held), 0.0)
    values[held[0], "eaje_places"] = open_one.numerator + 30
    _, own = told(demo, f"epci:{code}", brought("eaje", 2025, values))
    found = own["local_places_eaje_100"]
    assert (found.open_value, found.open_year) == (open_one.value, open_one.year)
    more = 100 * (open_one.numerator + 30) / own["local_places_eaje_100"].finding.denominator - open_one.value
    assert found.difference.startswith(f"{more:.1f}".replace(".", ","))
    assert found.difference.endswith("de plus que la donnée ouverte, soit 30 places.")


def test_a_town_without_a_relay_has_no_ratio_and_says_why(demo: Database, code: str):
    _, own = told(
        demo, f"epci:{code}", brought("rpe", 2025, {(c, "rpe_structures"): 0.0 for c in communes(demo, code)})
    )
    found = own["local_enfants_par_rpe"].finding
    assert (found.value, found.status) == (None, Status.NOT_APPLICABLE)
    assert "0 relais" in found.reason.replace("\u00a0", " ")


def test_a_rate_over_fewer_than_twenty_allocataires_is_not_reckoned(demo: Database, code: str):
    held = communes(demo, code)
    values = {(c, "caf_allocataires"): 19.0 for c in held[:1]} | {
        (c, "caf_monoparentales"): 6.0 for c in held[:1]
    }
    _, own = told(demo, f"commune:{held[0]}", brought("caf", 2024, values))
    found = own["local_part_monoparentales"].finding
    assert (found.value, found.status) == (None, Status.NOT_APPLICABLE)
    assert "Moins de 20 allocataires" in found.reason.replace("\u00a0", " ").replace("\u202f", " ")


def test_the_last_year_of_a_template_speaks(demo: Database, code: str):
    held = communes(demo, code)
    old, new = (
        brought("clas", year, {(c, "clas_structures"): float(year - 2020) for c in held})
        for year in (2023, 2025)
    )
    _, own = told(demo, f"epci:{code}", new, old)
    assert own["local_clas"].finding.value == 5 * len(held)


def test_a_shared_report_is_left_as_it_was(demo: Database, code: str):
    open_one = report.build(demo, f"epci:{code}", on=DAY)
    plan = settle(extract(demo, code, [30.0, 40.0]), gazetteer.index(demo).communes)
    joined = figures.joined(open_one, [plan], demo)
    assert open_one.local == () and joined.local and joined.findings is open_one.findings
    assert "30" not in repr(plan) and "30" not in repr(plan.deposit)


# --- a list that is not said complete


def not_whole(deposit: Deposit, *communes: str) -> Deposit:
    """The same list, which may lack something in these communes, or everywhere."""
    touched = deposit.facts["commune"].isin(communes or set(deposit.facts["commune"]))
    status = deposit.facts["status"].astype(object).mask(touched, Status.BOUNDED)
    return replace(deposit, facts=deposit.facts.assign(status=status))


def test_places_of_a_list_that_is_not_said_complete_are_a_least_and_nothing_compares_them(
    demo: Database, code: str
):
    held = communes(demo, code)
    whole = brought("eaje", 2025, {(c, "eaje_places"): 60.0 for c in held})
    _, exact = told(demo, f"commune:{held[0]}", whole)
    made, own = told(demo, f"commune:{held[0]}", not_whole(whole))
    found = own["local_places_eaje_100"]
    assert reading.known_value(found.finding) is None and found.finding.numerator is None
    assert (found.finding.gap, found.finding.word, found.difference) == (None, None, "")
    assert found.finding.low == exact["local_places_eaje_100"].finding.value
    said = words.said(exact["local_places_eaje_100"].finding, found.indicator)
    assert words.said(found.finding, found.indicator) == f"au moins {said}"
    assert words.title([found]) == f"Places en crèche : au moins {said}"
    assert "n’est pas déclarée complète" in found.finding.reason
    assert {one.value for one in rows(made) if one.indicator.id == found.indicator.id} == {None}


def test_a_share_of_a_list_that_is_not_said_complete_is_unknown(demo: Database, code: str):
    held = communes(demo, code)
    values = {(held[0], "eaje_places"): 60.0, (held[0], "eaje_places_psu"): 30.0}
    _, own = told(demo, f"commune:{held[0]}", not_whole(brought("eaje", 2025, values)))
    found = own["local_part_eaje_psu"]
    assert (found.finding.value, found.finding.low, found.finding.high) == (None, None, None)
    assert words.said(found.finding, found.indicator) == "inconnu"


def test_children_for_each_listed_relay_are_a_most_when_the_list_may_lack_one(demo: Database, code: str):
    held = communes(demo, code)
    deposit = brought("rpe", 2025, {(c, "rpe_structures"): 1.0 for c in held})
    _, own = told(demo, f"epci:{code}", not_whole(deposit, held[0]))
    found = own["local_enfants_par_rpe"]
    assert words.said(found.finding, found.indicator).startswith("au plus ")
    assert found.finding.value is None and found.finding.low is None


def test_a_least_is_out_of_the_ranking_of_the_screen_and_of_the_files(demo: Database, code: str):
    deposit = brought("eaje", 2025, {(c, "eaje_places"): 60.0 for c in communes(demo, code)})

    def seen_in(deposit: Deposit) -> tuple:
        made, own = told(demo, f"epci:{code}", deposit)
        found = [own["local_places_eaje_100"]]
        members = words.as_members(made, found)
        (section,) = local_sections(made)
        blocks = [block for _, column in section.columns for block in column]
        drawn = next(block for block in blocks if isinstance(block, Ranked))
        table = next(block for block in section.more if block.caption == "Donnée locale par territoire")
        said = {name: value for name, value, *_ in table.rows}
        return ladder(members, found[0].indicator)[0].rows, drawn.rows, said, words.ranked(found[0], members)

    rows, bars, said, title = seen_in(deposit)
    first, second = (name for name, *_ in rows[:2])
    last = rows[-1][0]
    of = {french.name(gazetteer.index(demo).find(Level.COMMUNE, c)): c for c in communes(demo, code)}
    least_rows, least_bars, least_said, least_title = seen_in(not_whole(deposit, of[first]))
    assert [name for name, *_ in least_rows[:9]] == [name for name, *_ in rows[1:10]]
    assert first in {name for name, *_ in bars} and first not in {name for name, *_ in least_bars}
    assert least_said[first] == f"au moins {said[first]}" and least_said[second] == said[second]
    assert title.startswith("Places en crèche : de ") and first in title and last in title
    assert first not in least_title and second in least_title


def test_a_count_of_a_list_that_is_not_said_complete_is_said_at_least_on_the_page_of_files(
    demo: Database, code: str
):
    held = communes(demo, code)
    plan = settle(
        not_whole(brought("eaje", 2025, {(c, "eaje_places"): 60.0 for c in held}), held[0]),
        gazetteer.index(demo).communes,
    )
    shown = depositing.shown(demo, plan, gazetteer.index(demo).find(Level.EPCI, code))
    by_commune = shown.by_commune.set_index("Code").iloc[:, 1]
    assert by_commune[held[0]] == "au moins 60" and by_commune[held[1]] == "60"
    total = french.number(60 * len(held))
    assert shown.totals["Donnée locale"].tolist() == [f"au moins {total}"]


# --- what secrecy leaves of it


def seen(plan: Plan, *places: tuple[str, ...]) -> list[float | None]:
    return [plan.cell("caf_aeeh", "perimetre", "+".join(place), place).value for place in places]


def test_a_perimeter_says_only_what_the_first_table_said_whatever_the_order(demo: Database, code: str):
    held = communes(demo, code)
    assert len(held) >= 5
    aeeh = [3.0, 4.0, *(20.0 + n for n in range(len(held) - 2))]
    plan = settle(extract(demo, code, aeeh), gazetteer.index(demo).communes)
    total, without = seen(plan, held, held[1:])
    assert total == sum(aeeh)
    # The whole less the perimeter would be the 3 of the first commune.
    assert without is None
    assert seen(plan, held[2:]) == [sum(aeeh[2:])]
    assert seen(plan, held[1:], held) == [None, sum(aeeh)]


def test_the_perimeter_in_hand_when_the_file_came_is_protected_with_the_rest_and_shown(
    demo: Database, code: str
):
    held = communes(demo, code)
    aeeh = [3.0, *(20.0 + n for n in range(len(held) - 1))]
    members = gazetteer.index(demo).communes
    # The second commune covers for the first in their EPCI: this perimeter parts them.
    asked = (held[0], *held[2:4])
    assert seen(settle(extract(demo, code, aeeh), members), asked) == [None]
    plan = settle(extract(demo, code, aeeh, perimeter=asked), members)
    assert seen(plan, held, asked) == [sum(aeeh), aeeh[0] + aeeh[2] + aeeh[3]]
    hidden = [c for c in asked if plan.cells["commune", c, "caf_aeeh"][1] is Status.SECRET]
    assert held[0] in hidden and len(hidden) >= 2


def test_a_masked_cell_of_the_producer_makes_the_sum_secret_and_never_smaller(demo: Database, code: str):
    held = communes(demo, code)
    deposit = extract(demo, code, [30.0] * len(held))
    row = deposit.facts.index[(deposit.facts["commune"] == held[0]) & (deposit.facts["stat"] == "caf_aeeh")]
    deposit.facts.loc[row, ["value", "status"]] = [None, Status.SECRET]
    _, own = told(demo, f"epci:{code}", deposit)
    assert (own["local_aeeh"].finding.value, own["local_aeeh"].finding.status) == (None, Status.SECRET)
    assert words.said(own["local_aeeh"].finding, own["local_aeeh"].indicator) == "secret statistique"


def test_the_places_of_too_few_assistantes_maternelles_are_hidden_with_them(demo: Database, code: str):
    held = communes(demo, code)
    values = {(c, "am_actives"): 10.0 for c in held} | {(c, "am_places"): 35.0 for c in held}
    values |= {(held[0], "am_actives"): 2.0, (held[0], "am_places"): 8.0}
    plan = settle(brought("assistantes_maternelles", 2025, values), gazetteer.index(demo).communes)
    assert plan.cell("am_places", Level.COMMUNE, held[0], held[:1]).status is Status.SECRET
    assert plan.cell("am_places", Level.EPCI, code, held).value == 8 + 35 * (len(held) - 1)


def test_a_class_cannot_be_found_as_what_the_others_leave_of_the_total(demo: Database, code: str):
    held = communes(demo, code)
    stats = [fact.stat for fact in TEMPLATES["caf"].facts if "qf" in fact.stat]
    values = {(c, stat): 40.0 for c in held for stat in stats}
    values |= {(held[0], stats[0]): 2.0}
    values |= {(c, "caf_allocataires"): sum(values[c, stat] for stat in stats) for c in held}
    plan = settle(brought("caf", 2024, values), gazetteer.index(demo).communes)
    hidden = [
        stat
        for stat in ("caf_allocataires", *stats)
        if plan.cells["commune", held[0], stat][1] is Status.SECRET
    ]
    assert stats[0] in hidden and len(hidden) >= 2

"""Tables: what a spreadsheet in French opens, what sorts, what is a year and not a number."""

from __future__ import annotations

import re
from dataclasses import replace

import pandas as pd

from diagnostic import report as reports
from diagnostic import story, territories
from diagnostic.charts import crossed
from diagnostic.indicators import INDICATORS, MODE_RATES
from diagnostic.model import Level, Status, Territory
from diagnostic.story import beside, crossing, method, ranking, terms
from diagnostic.ui import comparing, components, render, tables
from diagnostic.warehouse import open_database


def test_a_table_taken_away_opens_in_a_spreadsheet_in_french():
    data = pd.DataFrame(
        {"Commune": ["Targon", "", "=1+1"], "Année": [2020, 2021, 2022], "Taux": [11.904761, None, 100.0]}
    )
    said = tables.csv(data, [("Source", "Cnaf, 2021"), ("Attention", "")]).decode("utf-8-sig")
    assert said.splitlines() == [
        "Source;Cnaf, 2021",
        "",
        "Commune;Année;Taux",
        "Targon;2020;11,9",
        ";2021;",
        "'=1+1;2022;100",
    ]
    assert tables.csv(data).startswith(b"\xef\xbb\xbf")


def test_two_decimals_at_most_and_no_sign_on_zero():
    data = pd.DataFrame({"x": [0.126, -0.001, -2.5, 3.0]})
    assert tables.csv(data).decode("utf-8-sig").splitlines() == ["x", "0,13", "0", "-2,5", "3"]


def test_a_year_has_no_thousands(monkeypatch):
    printed: list[str] = []
    monkeypatch.setattr(components.st, "html", printed.append)
    tables.table(pd.DataFrame({"Année": [2020, 2021], "Habitants": [2020, None]}))
    assert ">2020<" in printed[0] and ">2\u202f020<" in printed[0] and ">—<" in printed[0]
    # Each head is a button that sorts its column.
    assert printed[0].count("<th scope='col'") == printed[0].count("<button type='button'>") == 2


class Named:
    """A report of which only the name is asked."""

    beside = None

    def __init__(self, name: str) -> None:
        self.territory = Territory(Level.COMMUNE, "33328", name)


def places(*values: float | None) -> tuple[beside.Compared, ...]:
    return tuple(
        beside.Compared(
            f"commune:{number:05}", str(number), number == 0, value, Status.OK if value else Status.MISSING
        )
        for number, value in enumerate(values)
    )


def test_a_column_unknown_on_every_row_is_said_once_below():
    data = pd.DataFrame({"Lieu": ["A", "B"], "Places": ["—", "inconnu"], "Note": ["", ""], "Nés": [1, None]})
    shown = tables.table_html(data, decimals=1, limit=400, caption="", title="", own="")
    assert re.findall(r"<button type='button'>(.*?)</button>", shown) == ["Lieu", "Nés"]
    assert shown.count("Inconnu à chaque ligne\u00a0: Places.") == 1 and "Note" not in shown
    # Names beside nothing make no table.
    nothing = tables.table_html(data[["Lieu", "Places"]], decimals=1, limit=400, caption="", title="", own="")
    assert nothing == '<p class="note">Inconnu\u00a0: Places.</p>'


def test_one_bar_is_no_ranking():
    assert not ranking.enough(places(12.0, None, None))
    assert ranking.enough(places(12.0, 14.0, None))


def test_a_rate_of_few_people_is_drawn_and_has_no_rank():
    rate = beside.BY_ID["taux_couverture"]
    found = (
        beside.Compared("commune:33328", "Pomerol", True, 105.4, Status.OK, 27.0),
        beside.Compared("commune:33243", "Libourne", False, 55.1, Status.OK, 800.0),
        beside.Compared("commune:33138", "Coutras", False, 60.4, Status.OK, 240.0),
    )
    assert ranking.message(found, rate) == "Pomerol : 105,4, sur 27\u00a0enfants : trop peu pour un rang"
    assert len(ranking.bars(found, Named("Pomerol"), rate).rows) == 3
    assert ranking.rank_note(found, rate).startswith(
        "Une commune de moins de 100\u00a0enfants est dessinée sans rang"
    )
    libourne = tuple(replace(one, own=one.name == "Libourne") for one in found)
    # Three are drawn: the title says which two it ranks.
    said = "Libourne : 2ᵉ sur 2 communes d’au moins 100\u00a0enfants"
    assert ranking.message(libourne, rate) == said
    assert ranking.message(libourne, rate, whole=False) == f"{said} montrées"
    assert ranking.message(libourne[1:], rate) == "Libourne : 2ᵉ sur 2 communes"


def test_two_territories_of_one_name_are_both_compared():
    places = tuple(
        Territory(Level.COMMUNE, code, "Chaumont", departement=code[:2])
        for code in ("33328", "89093", "18060")
    )
    choice = beside.Choice(places, {place.key: {} for place in places})
    assert list(choice.names.values()) == ["Chaumont", "Chaumont (89)", "Chaumont (18)"]


def test_what_its_producer_rounds_is_compared_in_whole_numbers():
    rate = beside.BY_ID["foyers_rsa_1000"]
    one = beside.Compared("commune:33328", "Pomerol", True, 32.9, Status.ROUNDED, 608.0)
    assert beside.printed_text(one, rate) == "33"
    assert ranking.bars((one,), Named("Pomerol"), rate).decimals == 0


def test_two_incomes_a_euro_apart_are_not_drawn_far_apart():
    low, high = crossed._range(pd.Series([22_640.5, 22_641.0]))
    assert high - low >= 2_264
    low, high = crossed._range(pd.Series([10.0, 60.0]))
    assert low < 10 and high > 60 and high - low < 60


def test_comparer_opens_on_what_three_territories_have():
    own = Territory(Level.COMMUNE, "33175", "Frontenac")
    others = [Territory(Level.COMMUNE, code, code) for code in ("33176", "33177")]
    figure = type("Row", (), {"year": 2021, "value": 20_000.0, "numerator": None, "status": "ok"})
    known = {"niveau_vie_median": [figure]}
    choice = beside.Choice((own, *others), {place.key: known for place in (own, *others)})
    assert list(beside.indicator_options(choice)) == ["niveau_vie_median"]
    assert beside.asked("taux_couverture", beside.indicator_options(choice)).id == "niveau_vie_median"
    # All three have the same income: nothing to cross it with.
    assert crossing.other_options(choice, beside.BY_ID["niveau_vie_median"]) == {}


def test_two_figures_are_crossed_where_as_many_have_both_as_could():
    """Five regions of eighteen had the official rate, and the page opened on their five points."""
    places = [Territory(Level.REGION, f"{number:02}", f"Région {number}") for number in range(18)]

    def row(value):
        return type("Row", (), {"year": 2021, "value": value, "status": "ok", "numerator": None})

    known = {
        place.key: {
            "places_100": [row(50.0 + number)],
            "niveau_vie_median": [row(20_000.0 + number)],
            **({"taux_couverture": [row(40.0 + number)]} if number < 5 else {}),
        }
        for number, place in enumerate(places)
    }
    choice = beside.Choice(tuple(places), known)
    options = crossing.other_options(choice, beside.BY_ID["places_100"])
    assert crossing.crossed_with(options, "taux_couverture").id == "niveau_vie_median"
    assert "taux_couverture" not in options


def test_a_share_of_the_children_of_one_commune_is_a_yes_or_a_no_and_ranks_nothing():
    own = Territory(Level.COMMUNE, "33175", "Frontenac")
    others = [Territory(Level.COMMUNE, "33176", "Gabarnac"), Territory(Level.COMMUNE, "33177", "Gajac")]
    epci = Territory(Level.EPCI, "200069599", "Rurales")
    row = type("Row", (), {"year": 2024, "numerator": None, "status": "ok"})

    def with_share(value: float) -> dict:
        figure = row()
        figure.value = value
        return {"acces_alsh": [figure]}

    places = (own, *others, epci)
    shares = (0.0, 100.0, 100.0, 54.2)
    choice = beside.Choice(
        places, {place.key: with_share(share) for place, share in zip(places, shares, strict=True)}
    )
    indicator = beside.BY_ID["acces_alsh"]
    assert beside._known(choice, indicator) == {"epci:200069599"}
    shown = beside.table(choice, [indicator])
    assert list(shown.iloc[:, 1]) == ["non", "oui", "oui", "54,2\u202f%"]


def test_comparer_opens_a_commune_on_those_of_its_epci_and_says_whom_it_leaves_out(demo_db, monkeypatch):
    db = open_database(demo_db)
    found = reports.build(db, "commune:F1005")
    monkeypatch.setattr(comparing.state, "many", lambda name: [])
    assert comparing.with_neighbours(found) and not comparing.with_peers(found)
    choice = comparing.choose(db, found, peers=False, neighbours=True, added=["commune:XXXXX"])
    members = {place.key for place in territories.members(db, found.epci.territory)}
    assert members <= {place.key for place in choice.places} and choice.own == "commune:F1005"
    assert "«\u00a0commune:XXXXX\u00a0»" in beside.left_out_sentence(choice)
    monkeypatch.setattr(comparing, "MOST", 5)
    short = comparing.choose(db, found, peers=False, neighbours=True, added=[])
    # The commune, its reference, its EPCI and the others: five are kept.
    assert len(short.places) == 5 and short.left_out == len(choice.places) - 5
    assert f"{short.left_out}\u00a0territoires ne sont pas montrés" in beside.left_out_sentence(short)


def test_a_term_is_underlined_and_explained_where_it_stands():
    html = terms.heading("Places en crèche")
    assert "<u>crèche</u>" in html and "Établissement d’accueil du jeune enfant (EAJE)." in html
    # The acronym stands in the explanation, never in the title.
    assert "EAJE" not in html.partition("</summary>")[0]
    assert terms.heading("Population & co") == "<h3>Population &amp; co</h3>"
    known = {one.term for one in method.glossary()}
    assert [one.term for one in method.glossary() if len(one.definition) > 160] == []
    assert set(terms.WORDS.values()) <= known


def test_no_title_nor_label_holds_an_acronym_of_a_service():
    for indicator in INDICATORS + MODE_RATES:
        assert not re.search(
            r"\b(EAJE|LAEP|RPE|ALSH)\b", f"{indicator.label} {indicator.short} {indicator.unit}"
        )


def test_a_table_says_the_order_of_its_rows_when_they_have_one():
    names, right, years = ("Commune", "Taux"), (False, True), (False, False)
    rising = [("D", 1.5), ("A", "12,0"), ("C", "1\u202f200"), ("B", None)]
    assert tables.order_said(names, rising, right, years) == "Du plus bas au plus haut : Taux"
    falling = [("D", 9), ("A", 3), ("C", 2), ("B", "non publié")]
    assert tables.order_said(names, falling, right, years) == "Du plus haut au plus bas : Taux"
    # An unknown among the known, three rows, a series of years: no order is said.
    assert tables.order_said(names, [("D", 1), ("A", None), ("C", 2), ("B", 3)], right, years) == ""
    assert tables.order_said(names, rising[:3], right, years) == ""
    by_year = [(2020, 1.0), (2021, 2.0), (2022, 3.0), (2023, 4.0)]
    assert tables.order_said(("Année", "Taux"), by_year, (True, True), (True, False)) == ""
    listed = [("Ambès", 3), ("Évry", 1), ("Floirac", 2), ("Targon", 1)]
    assert tables.order_said(names, listed, right, years) == "De A à Z : Commune"


def test_the_order_is_that_of_the_others_where_the_own_row_comes_first():
    data = pd.DataFrame({"Commune": ["A", "B", "Ici", "C", "D"], "Taux": [1.0, 2.0, 2.5, 3.0, None]})
    shown = tables.table_html(data, decimals=1, limit=400, caption="Taux", title="", own="Ici")
    assert '<span class="ordre">Du plus bas au plus haut\u00a0: Taux</span>' in shown
    assert shown.index("Ici</th>") < shown.index("A</th>")


def test_sentences_are_read_one_below_the_other_on_a_narrow_screen_and_stay_a_table_aloud():
    long = "Le fichier n’a pas été chargé, et la Caf le publie chaque année."
    data = pd.DataFrame(
        [("Places", long, long + " ")], columns=["Information", "Pourquoi", "À qui la demander"]
    )
    shown = tables.table_html(data, decimals=1, limit=400, caption="", title="", own="")
    assert 'class="data mots" role="table"' in shown and 'data-tete="À qui la demander"' in shown
    assert shown.count("role=rowheader") == 1 and shown.count('role="cell"') == 2
    # Names and figures stay a table, which scrolls sideways.
    figures = tables.table_html(
        pd.DataFrame([("Targon", 1.5, 2)], columns=["Commune", "Taux", "Places"]),
        decimals=1,
        limit=400,
        caption="",
        title="",
        own="",
    )
    assert "mots" not in figures and "role=" not in figures


def test_what_is_drawn_of_the_files_of_one_visitor_is_kept_for_nobody(demo_db) -> None:
    report = reports.build(open_database(demo_db), "epci:999001002")
    told = next(section for section in story.sections(report) if section.data is not None)
    table = story.Table("", ("Nom",), (("Une crèche",), ("Une autre",)), (1.0,))
    lines = story.Lines("", (story.Line("Ici", ((2020, 1.0), (2021, 2.0)), "territory"),), 0)
    told = replace(told, on_screen=(table, lines))
    kept = (render.drawn, render._aloud, tables._written)
    for one in kept:
        one.cache_clear()
    own = replace(report, local_notes=("Un fichier de ce visiteur",))
    assert own.of_one_visit and not report.of_one_visit
    render.body(own, told)
    assert [one.cache_info().currsize for one in kept] == [0, 0, 0]
    render.body(report, told)
    assert [one.cache_info().currsize for one in kept] == [1, 1, 1]


def test_a_code_that_begins_with_a_zero_is_the_head_of_its_row_and_no_figure() -> None:
    data = pd.DataFrame({"IRIS": ["0103", "0105"], "Allocataires": ["1\u202f405", "830"]})
    drawn = tables.table_html(data, decimals=1, limit=400, caption="", title="", own="")
    assert "<th scope='row'>0103</th>" in drawn and "<td class=n>830</td>" in drawn
    assert "0103;1405" in tables.csv(data).decode("utf-8-sig")

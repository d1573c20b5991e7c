"""The presentation: ten screens at most, each with something drawn beside its message."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from diagnostic import french, report, screens, story
from diagnostic.charts.crossed import beside_dots
from diagnostic.screens import plotted
from diagnostic.ui import presenting
from diagnostic.warehouse import open_database


@pytest.fixture(scope="module")
def base(demo_db, tmp_path_factory):
    patch = pytest.MonkeyPatch()
    patch.setenv("DIAGNOSTIC_DB", str(demo_db))
    yield open_database(demo_db)
    patch.undo()


@pytest.mark.parametrize("key", ["epci:999001001", "commune:F1001"])
def test_each_screen_has_a_message_and_what_proves_it(base, key):
    found = presenting._screens(report.build(base, key))
    assert 5 <= len(found) <= 11
    assert len({(screen.eyebrow, screen.message) for screen in found}) == len(found)
    for screen in found:
        assert screen.message and not screen.message.endswith(".")
        assert all(html for _, html in screen.parts) and screen.parts
        # An unknown is never drawn as a number.
        assert not re.search(r"\b(nan|None)\b", "".join(html for _, html in screen.parts))


def test_places_missing_in_the_country_are_held_against_the_country(base):
    told = report.build(base, "france")
    [drawn, *_] = story.around_section(told, None).on_screen
    assert drawn.references == (("France", told.findings["taux_couverture"].value, True),)


def test_a_commune_whose_every_value_is_known_reads_nothing_of_hatched_ones(base):
    section = story.around_section(report.build(base, "commune:F1001"), None)
    assert "hachur" not in repr(section.blocks) and [share for share, _ in section.columns] == [1.0]


def test_a_distance_stands_once_in_the_table_of_services(base):
    for key in ("france", "departement:F1", "epci:999001001"):
        section = story.families_section(report.build(base, key))
        [services] = [block for block in section.blocks if isinstance(block, story.Table)]
        far = [row for row in services.rows if row[2].endswith("km")]
        assert far and all(row[-1].split() != row[2].split() for row in far), key


def test_a_room_reads_who_published_and_of_when():
    said = french.typographic(
        "Sources : Insee, Naissances domiciliées par commune 2023 et 2024, Populations 2021 ; Cnaf, Taux 2021."
    )
    assert presenting._in_short(said) == french.typographic("Sources : Insee 2021-2024 ; Cnaf 2021.")
    after = french.typographic(
        "Places publiées en 2020. Sources : Insee, Populations 2021 ; Insee, Naissances 2023."
    )
    assert presenting._in_short(after) == french.typographic(
        "Places publiées en 2020. Sources : Insee 2021-2023."
    )
    assert presenting._in_short("À confirmer avec la Caf.") == "À confirmer avec la Caf."


def test_aids_that_one_screen_cannot_hold_stand_whole_on_several():
    long = (
        "Aide à l’investissement, de 16 000 à 26 000\u00a0€ par place selon le potentiel du territoire (2026)"
    )
    rows = tuple((f"{number}. Enjeu" if number % 3 == 0 else "", "Aide", long, long) for number in range(8))
    whole = story.Table("", ("Enjeu", "Aide", "Montant", "Qui"), rows, (0.2, 0.2, 0.3, 0.3))
    first, second = screens.sheets(whole, 1.0)
    # The stake of the row that comes first again is said again.
    assert first.rows == rows[:4] and second.rows == (("3. Enjeu", *rows[4][1:]), *rows[5:])
    assert "de plus" in screens.drawn(whole, "light")
    assert not any("de plus" in screens.drawn(one, "light") for one in (first, second))
    assert screens.sheets(first, 1.0) == (first,)


def test_bars_start_at_zero_and_a_room_reads_eight():
    rows = tuple((f"C{number}", float(number), number % 2 == 0) for number in range(1, 21))
    html = screens.drawn(story.Ranked("Taux", rows, (("Gironde", 10.0, True),), 1), "light")
    assert html.count("<li") == screens.ROWS and "Gironde 10,0" in html
    # The first eight, 1 to 8, against a scale that ends at the reference and two hundredths: 5 ÷ 10,2.
    assert f"width:{5 / 10.2 * 100:.2f}%" in html


def test_a_line_that_does_not_start_at_zero_says_so():
    def picture(*values: float) -> str:
        points = tuple((2018 + at, value) for at, value in enumerate(values))
        return screens.drawn(story.Lines("Naissances", (story.Line("", points, "territory"),)), "light")

    assert "ne part pas de zéro" in picture(90.0, 100.0)
    assert "ne part pas de zéro" not in picture(10.0, 100.0)


def test_a_curve_has_its_levels_its_years_and_its_whole_name():
    points = tuple((2018 + at, float(value)) for at, value in enumerate((20, 60, 100)))
    name = "CC de la Haute Somme (Combles - Péronne - Roisel)"
    html = screens.drawn(story.Lines("Enfants", (story.Line(name, points, "territory"),)), "light")
    words = re.findall(r'<span class="(\w)\w*"[^>]*>([^<]+)<', html)
    assert [said for kind, said in words if kind == "y"] == ["0", "20", "40", "60", "80", "100"]
    assert [said for kind, said in words if kind == "x"] == ["2018", "2019", "2020"]
    assert [said for kind, said in words if kind == "e"] == [f"{name} 100"]


def test_labels_at_the_ends_of_curves_do_not_cover_each_other_and_stay_beside_them():
    middles = plotted.without_cover([90.0, 91.0, 98.0], [10.0, 20.0, 10.0])
    # The last one ends half a line under the chart, at 105; the others, 10 and 20 high, stand on it.
    assert middles == [70.0, 85.0, 100.0]


def test_parts_begin_at_the_same_place_on_one_scale_each_with_its_figure():
    rows = (("Ici", (47.5, 1.5), 49.0), ("Gironde", (30.0, None), None))
    html = screens.drawn(story.Stacked("", ("Crèches", "Autres"), ("territory", "other"), rows), "light")
    ours, theirs = html.split("<li")[2:]
    assert 'class="mine"' in ours and 'class="mine"' not in theirs
    assert re.findall(r"<small>(.*?)</small>", ours) == ["Crèches", "Autres"] and "Ici <b>49,0</b>" in ours
    for row, said, widths in (
        (ours, ["47,5", "1,5"], ["100.00", "3.16"]),
        (theirs, ["30,0", french.UNKNOWN], ["63.16", "0.00"]),
    ):
        assert (
            re.findall(r'class="val">(.*?)<', row) == said and re.findall(r"width:([\d.]+)%", row) == widths
        )


def test_a_screen_does_not_say_twice_what_stands_under_its_title():
    above = "Places pour 100 enfants de moins de 3 ans, par mode d’accueil, 2020"
    assert screens.said_already("Places pour 100 enfants de moins de 3 ans, par mode, 2020", above)
    assert not screens.said_already("Naissances par an, Paris", above) and not screens.said_already("", above)


def test_a_table_counts_all_that_it_leaves_not_the_rows_of_a_file():
    rows = (*((f"Commune {number}", "12") for number in range(20)), ("30 autres communes", ""))
    html = screens.drawn(story.Table("", ("Commune", "Enfants"), rows, (0.7, 0.3), left=30), "light")
    named = html.count("<tr>") - 1
    assert 0 < named < 20 and f"Et {50 - named} de plus" in html and "autres communes" not in html


def test_a_cell_says_its_column_where_cells_stand_one_below_the_other():
    heads = ("Service", "Nombre", "Qui demande ; accord : Caf, à confirmer")
    drawn = screens._table(story.Table("", heads, (("Relais", "5", "La Caf"),), (0.4, 0.2, 0.4)), 1.0, 1.0)
    assert 'data-tete="Nombre"' in drawn and drawn.count("data-tete") == 2


def test_a_cell_and_a_sentence_are_whole_where_there_is_room():
    long = (
        "Le taux de couverture est de 44,7 places pour 100 enfants, soit 21,5 points de moins que la Gironde."
    )
    table = screens.drawn(story.Table("", ("Pourquoi", "Combien"), ((long, "90"),) * 4, (0.6, 0.4)), "light")
    assert table.count("de moins que la Gironde.") == 4 and "…" not in table
    said = f"{long} Il manque environ 90 places pour atteindre ce niveau."
    assert "ce niveau." in screens.drawn(
        story.Text((("1. Taux", said, False), ("2. Accès", said, False))), "light"
    )
    # Where the room is short, it ends with a sentence.
    short = screens.drawn(story.Text((("", f"{said} " * 20, False),)), "light", 0.3)
    assert short.endswith(".</p></div>") and "…" not in short


def test_the_parts_of_one_bar_alone_are_held_against_each_other():
    one = story.Stacked(
        "2020", ("Crèches", "Autres"), ("territory", "other"), (("France", (21.6, 5.3), None),)
    )
    html = screens.drawn(one, "light")
    assert html.count("<li") == 2 and "21,6" in html and "5,3" in html


def test_names_beside_dots_cover_no_other_name_and_no_other_dot():
    spots = {"Cenon": (92.0, 92.0), "Lormont": (92.0, 96.0), "Bègles": (36.0, 70.0), "Sans nom": (40.0, 70.0)}
    placed = beside_dots(spots, ("Cenon", "Lormont", "Bègles"), 1.7, 7.0, forced=2)
    assert list(placed) == ["Cenon", "Lormont", "Bègles"]
    assert (placed["Cenon"][2], placed["Lormont"][2]) == ("right", "left")
    # The dot at its right leaves the left to this one.
    assert placed["Bègles"] == (36.0, 70.0, "left")


def test_a_long_name_beside_a_dot_takes_two_lines_and_stands_on_no_axis():
    spots = {
        "CC Rurales de l’Entre-Deux-Mers": (20.0, 50.0),
        "Voisine": (24.0, 51.0),
        "L’Estuaire": (15.0, 98.0),
    }
    placed = beside_dots(spots, tuple(spots), 2.6, 7.0, forced=1, fold=18)
    # Above or under its neighbour, which a line of 31 letters would cross.
    end, middle, _ = placed["CC Rurales de l’Entre-Deux-Mers"]
    assert end == 20.0 and abs(middle - 51.0) > 7.0 * 4 / 3 / 2
    # A name across the bottom axis is left out, or stands over it.
    assert "L’Estuaire" not in placed or placed["L’Estuaire"][1] + 7.0 / 2 <= 100


def test_a_number_stays_on_the_line_of_what_it_counts():
    assert french.unbroken("100 enfants de moins de 3 ans, 66,2 en Gironde") == (
        "100\u00a0enfants de moins de 3\u00a0ans, 66,2\u00a0en Gironde"
    )


def test_a_cell_is_not_cut_where_a_smaller_type_holds_it_whole():
    whole = "2. Aller vers les familles des quartiers prioritaires"
    one = story.Table(
        "", ("Enjeu", "Aide", "Montant", "Qui"), ((whole, "a", "b", "c"),), (0.22, 0.25, 0.27, 0.26)
    )
    assert whole in screens.drawn(one, "light").replace("\u00a0", " ")


def test_a_heading_of_several_lines_takes_its_room_too():
    def size(heading: str) -> float:
        html = screens.drawn(
            story.Text(((heading, "Une phrase assez longue pour tenir sur trois lignes. " * 3, False),)),
            "light",
            0.4,
        )
        return float(re.search(r"font-size:([\d.]+)rem", html)[1])

    assert size("De 2022 à 2023 : de 60,1 à 59,6 places pour 100 enfants de moins de 3 ans " * 2) < size(
        "Places"
    )


def test_a_table_of_one_line_is_no_screen(base):
    """Where one service of seven is counted, a room would see « France services, 0 » on an empty wall."""
    section = story.families_section(report.build(base, "epci:999001001"))
    assert presenting._filled(section) is not None
    assert presenting._filled(replace(section, on_slides=False)) is None


def test_a_number_stands_whole_in_a_narrow_column():
    """−18,8 lost its last figure at the edge of its column: the type is smaller until it holds."""
    rows = tuple((name, "25,5", "21,6", gap) for name, gap in (("Crèches", "+3,9"), ("Autres", "−18,8"), ("Ensemble", "−17,1")))  # fmt: skip
    wide, narrow = (
        float(re.search(r"font-size:([\d.]+)rem", screens.drawn(story.Table("", ("Mode", "Ici", "Référence", "Écart"), rows, (0.43, 0.16, 0.21, last)), "light", 0.38))[1])
        for last in (0.3, 0.15)
    )  # fmt: skip
    assert narrow < wide

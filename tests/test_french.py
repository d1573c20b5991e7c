"""French in sentences: every département and region of the COG was read one by one."""

from __future__ import annotations

import datetime
import math
from decimal import Decimal

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from diagnostic import french
from diagnostic.model import FRANCE, Level, Territory

# code, name in the COG, TNCC, with its article, where, of what
DEPARTEMENTS = (
    ("01", "Ain", 5, "l’Ain", "dans l’Ain", "de l’Ain"),
    ("02", "Aisne", 5, "l’Aisne", "dans l’Aisne", "de l’Aisne"),
    ("03", "Allier", 5, "l’Allier", "dans l’Allier", "de l’Allier"),
    (
        "04",
        "Alpes-de-Haute-Provence",
        4,
        "les Alpes-de-Haute-Provence",
        "dans les Alpes-de-Haute-Provence",
        "des Alpes-de-Haute-Provence",
    ),
    ("05", "Hautes-Alpes", 4, "les Hautes-Alpes", "dans les Hautes-Alpes", "des Hautes-Alpes"),
    ("06", "Alpes-Maritimes", 4, "les Alpes-Maritimes", "dans les Alpes-Maritimes", "des Alpes-Maritimes"),
    ("07", "Ardèche", 5, "l’Ardèche", "dans l’Ardèche", "de l’Ardèche"),
    ("08", "Ardennes", 4, "les Ardennes", "dans les Ardennes", "des Ardennes"),
    ("09", "Ariège", 5, "l’Ariège", "dans l’Ariège", "de l’Ariège"),
    ("10", "Aube", 5, "l’Aube", "dans l’Aube", "de l’Aube"),
    ("11", "Aude", 5, "l’Aude", "dans l’Aude", "de l’Aude"),
    ("12", "Aveyron", 5, "l’Aveyron", "dans l’Aveyron", "de l’Aveyron"),
    (
        "13",
        "Bouches-du-Rhône",
        4,
        "les Bouches-du-Rhône",
        "dans les Bouches-du-Rhône",
        "des Bouches-du-Rhône",
    ),
    ("14", "Calvados", 2, "le Calvados", "dans le Calvados", "du Calvados"),
    ("15", "Cantal", 2, "le Cantal", "dans le Cantal", "du Cantal"),
    ("16", "Charente", 3, "la Charente", "en Charente", "de la Charente"),
    ("17", "Charente-Maritime", 3, "la Charente-Maritime", "en Charente-Maritime", "de la Charente-Maritime"),
    ("18", "Cher", 2, "le Cher", "dans le Cher", "du Cher"),
    ("19", "Corrèze", 3, "la Corrèze", "en Corrèze", "de la Corrèze"),
    ("21", "Côte-d'Or", 3, "la Côte-d’Or", "en Côte-d’Or", "de la Côte-d’Or"),
    ("22", "Côtes-d'Armor", 4, "les Côtes-d’Armor", "dans les Côtes-d’Armor", "des Côtes-d’Armor"),
    ("23", "Creuse", 3, "la Creuse", "dans la Creuse", "de la Creuse"),
    ("24", "Dordogne", 3, "la Dordogne", "en Dordogne", "de la Dordogne"),
    ("25", "Doubs", 2, "le Doubs", "dans le Doubs", "du Doubs"),
    ("26", "Drôme", 3, "la Drôme", "dans la Drôme", "de la Drôme"),
    ("27", "Eure", 5, "l’Eure", "dans l’Eure", "de l’Eure"),
    ("28", "Eure-et-Loir", 1, "l’Eure-et-Loir", "en Eure-et-Loir", "de l’Eure-et-Loir"),
    ("29", "Finistère", 2, "le Finistère", "dans le Finistère", "du Finistère"),
    ("2A", "Corse-du-Sud", 3, "la Corse-du-Sud", "en Corse-du-Sud", "de la Corse-du-Sud"),
    ("2B", "Haute-Corse", 3, "la Haute-Corse", "en Haute-Corse", "de la Haute-Corse"),
    ("30", "Gard", 2, "le Gard", "dans le Gard", "du Gard"),
    ("31", "Haute-Garonne", 3, "la Haute-Garonne", "en Haute-Garonne", "de la Haute-Garonne"),
    ("32", "Gers", 2, "le Gers", "dans le Gers", "du Gers"),
    ("33", "Gironde", 3, "la Gironde", "en Gironde", "de la Gironde"),
    ("34", "Hérault", 5, "l’Hérault", "dans l’Hérault", "de l’Hérault"),
    ("35", "Ille-et-Vilaine", 1, "l’Ille-et-Vilaine", "en Ille-et-Vilaine", "de l’Ille-et-Vilaine"),
    ("36", "Indre", 5, "l’Indre", "dans l’Indre", "de l’Indre"),
    ("37", "Indre-et-Loire", 1, "l’Indre-et-Loire", "en Indre-et-Loire", "de l’Indre-et-Loire"),
    ("38", "Isère", 5, "l’Isère", "dans l’Isère", "de l’Isère"),
    ("39", "Jura", 2, "le Jura", "dans le Jura", "du Jura"),
    ("40", "Landes", 4, "les Landes", "dans les Landes", "des Landes"),
    ("41", "Loir-et-Cher", 2, "le Loir-et-Cher", "en Loir-et-Cher", "du Loir-et-Cher"),
    ("42", "Loire", 3, "la Loire", "dans la Loire", "de la Loire"),
    ("43", "Haute-Loire", 3, "la Haute-Loire", "en Haute-Loire", "de la Haute-Loire"),
    ("44", "Loire-Atlantique", 3, "la Loire-Atlantique", "en Loire-Atlantique", "de la Loire-Atlantique"),
    ("45", "Loiret", 2, "le Loiret", "dans le Loiret", "du Loiret"),
    ("46", "Lot", 2, "le Lot", "dans le Lot", "du Lot"),
    ("47", "Lot-et-Garonne", 2, "le Lot-et-Garonne", "en Lot-et-Garonne", "du Lot-et-Garonne"),
    ("48", "Lozère", 3, "la Lozère", "en Lozère", "de la Lozère"),
    ("49", "Maine-et-Loire", 0, "le Maine-et-Loire", "en Maine-et-Loire", "du Maine-et-Loire"),
    ("50", "Manche", 3, "la Manche", "dans la Manche", "de la Manche"),
    ("51", "Marne", 3, "la Marne", "dans la Marne", "de la Marne"),
    ("52", "Haute-Marne", 3, "la Haute-Marne", "en Haute-Marne", "de la Haute-Marne"),
    ("53", "Mayenne", 3, "la Mayenne", "en Mayenne", "de la Mayenne"),
    (
        "54",
        "Meurthe-et-Moselle",
        0,
        "la Meurthe-et-Moselle",
        "en Meurthe-et-Moselle",
        "de la Meurthe-et-Moselle",
    ),
    ("55", "Meuse", 3, "la Meuse", "dans la Meuse", "de la Meuse"),
    ("56", "Morbihan", 2, "le Morbihan", "dans le Morbihan", "du Morbihan"),
    ("57", "Moselle", 3, "la Moselle", "en Moselle", "de la Moselle"),
    ("58", "Nièvre", 3, "la Nièvre", "dans la Nièvre", "de la Nièvre"),
    ("59", "Nord", 2, "le Nord", "dans le Nord", "du Nord"),
    ("60", "Oise", 5, "l’Oise", "dans l’Oise", "de l’Oise"),
    ("61", "Orne", 5, "l’Orne", "dans l’Orne", "de l’Orne"),
    ("62", "Pas-de-Calais", 2, "le Pas-de-Calais", "dans le Pas-de-Calais", "du Pas-de-Calais"),
    ("63", "Puy-de-Dôme", 2, "le Puy-de-Dôme", "dans le Puy-de-Dôme", "du Puy-de-Dôme"),
    (
        "64",
        "Pyrénées-Atlantiques",
        4,
        "les Pyrénées-Atlantiques",
        "dans les Pyrénées-Atlantiques",
        "des Pyrénées-Atlantiques",
    ),
    ("65", "Hautes-Pyrénées", 4, "les Hautes-Pyrénées", "dans les Hautes-Pyrénées", "des Hautes-Pyrénées"),
    (
        "66",
        "Pyrénées-Orientales",
        4,
        "les Pyrénées-Orientales",
        "dans les Pyrénées-Orientales",
        "des Pyrénées-Orientales",
    ),
    ("67", "Bas-Rhin", 2, "le Bas-Rhin", "dans le Bas-Rhin", "du Bas-Rhin"),
    ("68", "Haut-Rhin", 2, "le Haut-Rhin", "dans le Haut-Rhin", "du Haut-Rhin"),
    ("69", "Rhône", 2, "le Rhône", "dans le Rhône", "du Rhône"),
    ("70", "Haute-Saône", 3, "la Haute-Saône", "en Haute-Saône", "de la Haute-Saône"),
    ("71", "Saône-et-Loire", 0, "la Saône-et-Loire", "en Saône-et-Loire", "de la Saône-et-Loire"),
    ("72", "Sarthe", 3, "la Sarthe", "dans la Sarthe", "de la Sarthe"),
    ("73", "Savoie", 3, "la Savoie", "en Savoie", "de la Savoie"),
    ("74", "Haute-Savoie", 3, "la Haute-Savoie", "en Haute-Savoie", "de la Haute-Savoie"),
    ("75", "Paris", 0, "Paris", "à Paris", "de Paris"),
    ("76", "Seine-Maritime", 3, "la Seine-Maritime", "en Seine-Maritime", "de la Seine-Maritime"),
    ("77", "Seine-et-Marne", 0, "la Seine-et-Marne", "en Seine-et-Marne", "de la Seine-et-Marne"),
    ("78", "Yvelines", 4, "les Yvelines", "dans les Yvelines", "des Yvelines"),
    ("79", "Deux-Sèvres", 4, "les Deux-Sèvres", "dans les Deux-Sèvres", "des Deux-Sèvres"),
    ("80", "Somme", 3, "la Somme", "dans la Somme", "de la Somme"),
    ("81", "Tarn", 2, "le Tarn", "dans le Tarn", "du Tarn"),
    ("82", "Tarn-et-Garonne", 2, "le Tarn-et-Garonne", "en Tarn-et-Garonne", "du Tarn-et-Garonne"),
    ("83", "Var", 2, "le Var", "dans le Var", "du Var"),
    ("84", "Vaucluse", 2, "le Vaucluse", "dans le Vaucluse", "du Vaucluse"),
    ("85", "Vendée", 3, "la Vendée", "en Vendée", "de la Vendée"),
    ("86", "Vienne", 3, "la Vienne", "dans la Vienne", "de la Vienne"),
    ("87", "Haute-Vienne", 3, "la Haute-Vienne", "en Haute-Vienne", "de la Haute-Vienne"),
    ("88", "Vosges", 4, "les Vosges", "dans les Vosges", "des Vosges"),
    ("89", "Yonne", 5, "l’Yonne", "dans l’Yonne", "de l’Yonne"),
    (
        "90",
        "Territoire de Belfort",
        2,
        "le Territoire de Belfort",
        "dans le Territoire de Belfort",
        "du Territoire de Belfort",
    ),
    ("91", "Essonne", 5, "l’Essonne", "dans l’Essonne", "de l’Essonne"),
    ("92", "Hauts-de-Seine", 4, "les Hauts-de-Seine", "dans les Hauts-de-Seine", "des Hauts-de-Seine"),
    ("93", "Seine-Saint-Denis", 3, "la Seine-Saint-Denis", "en Seine-Saint-Denis", "de la Seine-Saint-Denis"),
    ("94", "Val-de-Marne", 2, "le Val-de-Marne", "dans le Val-de-Marne", "du Val-de-Marne"),
    ("95", "Val-d'Oise", 2, "le Val-d’Oise", "dans le Val-d’Oise", "du Val-d’Oise"),
    ("971", "Guadeloupe", 3, "la Guadeloupe", "en Guadeloupe", "de la Guadeloupe"),
    ("972", "Martinique", 3, "la Martinique", "en Martinique", "de la Martinique"),
    ("973", "Guyane", 3, "la Guyane", "en Guyane", "de la Guyane"),
    ("974", "La Réunion", 0, "La Réunion", "à La Réunion", "de La Réunion"),
    ("976", "Mayotte", 0, "Mayotte", "à Mayotte", "de Mayotte"),
)

REGIONS = (
    ("01", "Guadeloupe", 3, "la Guadeloupe", "en Guadeloupe", "de la Guadeloupe"),
    ("02", "Martinique", 3, "la Martinique", "en Martinique", "de la Martinique"),
    ("03", "Guyane", 3, "la Guyane", "en Guyane", "de la Guyane"),
    ("04", "La Réunion", 0, "La Réunion", "à La Réunion", "de La Réunion"),
    ("06", "Mayotte", 0, "Mayotte", "à Mayotte", "de Mayotte"),
    ("11", "Île-de-France", 1, "l’Île-de-France", "en Île-de-France", "de l’Île-de-France"),
    (
        "24",
        "Centre-Val de Loire",
        2,
        "le Centre-Val de Loire",
        "en Centre-Val de Loire",
        "du Centre-Val de Loire",
    ),
    (
        "27",
        "Bourgogne-Franche-Comté",
        0,
        "la Bourgogne-Franche-Comté",
        "en Bourgogne-Franche-Comté",
        "de la Bourgogne-Franche-Comté",
    ),
    ("28", "Normandie", 0, "la Normandie", "en Normandie", "de la Normandie"),
    ("32", "Hauts-de-France", 4, "les Hauts-de-France", "dans les Hauts-de-France", "des Hauts-de-France"),
    ("44", "Grand Est", 2, "le Grand Est", "dans le Grand Est", "du Grand Est"),
    (
        "52",
        "Pays de la Loire",
        4,
        "les Pays de la Loire",
        "dans les Pays de la Loire",
        "des Pays de la Loire",
    ),
    ("53", "Bretagne", 0, "la Bretagne", "en Bretagne", "de la Bretagne"),
    (
        "75",
        "Nouvelle-Aquitaine",
        3,
        "la Nouvelle-Aquitaine",
        "en Nouvelle-Aquitaine",
        "de la Nouvelle-Aquitaine",
    ),
    ("76", "Occitanie", 1, "l’Occitanie", "en Occitanie", "de l’Occitanie"),
    (
        "84",
        "Auvergne-Rhône-Alpes",
        1,
        "Auvergne-Rhône-Alpes",
        "en Auvergne-Rhône-Alpes",
        "d’Auvergne-Rhône-Alpes",
    ),
    (
        "93",
        "Provence-Alpes-Côte d'Azur",
        0,
        "Provence-Alpes-Côte d’Azur",
        "en Provence-Alpes-Côte d’Azur",
        "de Provence-Alpes-Côte d’Azur",
    ),
    ("94", "Corse", 0, "la Corse", "en Corse", "de la Corse"),
)

# name in the COG, TNCC, where, of what, than what
COMMUNES = (
    ("Bordeaux", 0, "à Bordeaux", "de Bordeaux", "que Bordeaux"),
    ("Le Mans", 2, "au Mans", "du Mans", "que Le Mans"),
    ("Les Ulis", 4, "aux Ulis", "des Ulis", "que Les Ulis"),
    ("La Rochelle", 3, "à La Rochelle", "de La Rochelle", "que La Rochelle"),
    (
        "L'Abergement-Clémenciat",
        5,
        "à L’Abergement-Clémenciat",
        "de L’Abergement-Clémenciat",
        "que L’Abergement-Clémenciat",
    ),
    ("Aux Marais", 6, "à Aux Marais", "d’Aux Marais", "qu’Aux Marais"),
    ("Los Masos", 8, "à Los Masos", "de Los Masos", "que Los Masos"),
    ("Arcachon", 1, "à Arcachon", "d’Arcachon", "qu’Arcachon"),
    ("Évry-Courcouronnes", 1, "à Évry-Courcouronnes", "d’Évry-Courcouronnes", "qu’Évry-Courcouronnes"),
    ("Œuilly", 1, "à Œuilly", "d’Œuilly", "qu’Œuilly"),
    ("Hendaye", 1, "à Hendaye", "d’Hendaye", "qu’Hendaye"),
    ("Honfleur", 0, "à Honfleur", "de Honfleur", "que Honfleur"),
    ("Hautefort", 1, "à Hautefort", "de Hautefort", "que Hautefort"),
    ("Yvetot", 1, "à Yvetot", "d’Yvetot", "qu’Yvetot"),
    ("Yutz", 1, "à Yutz", "de Yutz", "que Yutz"),
    ("Y", 1, "à Y", "d’Y", "qu’Y"),
    ("Villenave-d'Ornon", 0, "à Villenave-d’Ornon", "de Villenave-d’Ornon", "que Villenave-d’Ornon"),
    (
        "Paris 12e Arrondissement",
        0,
        "dans le 12ᵉ arrondissement de Paris",
        "du 12ᵉ arrondissement de Paris",
        "que le 12ᵉ arrondissement de Paris",
    ),
)

# name in the list of EPCI, where, of what, spelt out
EPCI = (
    (
        "CC du Pays Foyen",
        "dans la CC du Pays Foyen",
        "de la CC du Pays Foyen",
        "la communauté de communes du Pays Foyen",
    ),
    ("CU d'Alençon", "dans la CU d’Alençon", "de la CU d’Alençon", "la communauté urbaine d’Alençon"),
    (
        "CC Coeur d'Yvelines",
        "dans la CC Cœur d’Yvelines",
        "de la CC Cœur d’Yvelines",
        "la communauté de communes Cœur d’Yvelines",
    ),
    ("CA d'Épinal", "dans la CA d’Épinal", "de la CA d’Épinal", "la communauté d’agglomération d’Épinal"),
    ("Bordeaux Métropole", "dans Bordeaux Métropole", "de Bordeaux Métropole", "Bordeaux Métropole"),
    ("Orléans Métropole", "dans Orléans Métropole", "d’Orléans Métropole", "Orléans Métropole"),
    (
        "Métropole du Grand Paris",
        "dans la Métropole du Grand Paris",
        "de la Métropole du Grand Paris",
        "la Métropole du Grand Paris",
    ),
    (
        "Eurométropole de Strasbourg",
        "dans l’Eurométropole de Strasbourg",
        "de l’Eurométropole de Strasbourg",
        "l’Eurométropole de Strasbourg",
    ),
)


def territory(level: Level, name: str, tncc: int = 0) -> Territory:
    return Territory(level, "1", name, tncc=tncc)


@pytest.mark.parametrize(
    ("value", "decimals", "expected"),
    [
        (1234.5, 1, "1\u202f234,5"),
        (1234567, 0, "1\u202f234\u202f567"),
        (-2, 1, "−2,0"),
        (0.125, 2, "0,13"),
        (2.5, 0, "3"),
        (-2.5, 0, "−3"),
        (2.675, 2, "2,68"),
        (-0.04, 1, "0,0"),
        (0, 0, "0"),
        (Decimal("999.995"), 2, "1\u202f000,00"),
        (None, 1, "—"),
        (math.nan, 1, "—"),
        (math.inf, 0, "—"),
        (pd.NA, 0, "—"),
        (Decimal("NaN"), 0, "—"),
    ],
)
def test_a_number_has_its_comma_its_spaces_and_is_rounded_half_up(value, decimals, expected):
    assert french.number(value, decimals) == expected


@given(st.floats(allow_nan=False, allow_infinity=False), st.integers(0, 3))
def test_a_number_read_back_is_within_half_of_its_last_decimal(value, decimals):
    text = french.number(value, decimals)
    read = Decimal(text.replace("\u202f", "").replace(",", ".").replace("−", "-"))
    assert abs(read - Decimal(repr(value))) <= Decimal("0.5") * Decimal(10) ** -decimals
    assert not text.startswith("−0") or read != 0


def test_a_figure_rounded_to_nothing_has_no_minus_sign():
    assert str(french.rounded(-0.04, 1)) == "0.0"


def test_a_change_carries_its_sign_and_zero_carries_none():
    assert [french.signed(value, 1) for value in (1.4, -2, 0, 0.04, None)] == [
        "+1,4",
        "−2,0",
        "0,0",
        "0,0",
        "—",
    ]


def test_percent_and_euros_keep_their_sign_on_the_same_line():
    assert french.percent(12.5, 1) == "12,5\u202f%"
    assert french.percent(None) == "—"
    assert french.euros(Decimal(23450)) == "23\u202f450\u00a0€"
    assert french.euros(None) == "—"


def test_the_french_plural_starts_at_two():
    assert [french.quantity(n, "place", "places") for n in (0, 1, 2, 1234)] == [
        "0\u00a0place",
        "1\u00a0place",
        "2\u00a0places",
        "1\u202f234\u00a0places",
    ]
    assert french.quantity(1.5, "place", "places", 1) == "1,5\u00a0place"
    assert french.quantity(-1.96, "point", "points", 1) == "−2,0\u00a0points"
    assert french.quantity(None, "place", "places") == "—"
    assert french.plural(1, "commune", "communes") == "commune"
    assert french.verb(1, "compte", "comptent") == "compte"
    assert french.verb(12, "compte", "comptent") == "comptent"


def test_small_numbers_are_written_in_words_and_ordinals_with_superior_letters():
    assert [french.in_words(n, feminine=True) for n in (0, 1, 3, 9, 10)] == [
        "aucune",
        "une",
        "trois",
        "neuf",
        "10",
    ]
    assert french.in_words(8, capital=True) == "Huit"
    assert [french.ordinal(1), french.ordinal(1, feminine=True), french.ordinal(2)] == ["1ᵉʳ", "1ʳᵉ", "2ᵉ"]


def test_dates_spans_and_lists_read_as_french():
    assert french.date_long(datetime.date(2026, 11, 23)) == "23\u00a0novembre\u00a02026"
    assert french.date_long(datetime.date(2025, 1, 1)) == "1ᵉʳ\u00a0janvier\u00a02025"
    assert french.span(2013, 2023) == "2013-2023"
    assert french.span(2023, 2023) == "2023"
    assert [french.listing(["A", "B", "C"][:n]) for n in range(4)] == ["", "A", "A et B", "A, B et C"]


@pytest.mark.parametrize(
    ("typed", "printed"),
    [
        ("L'Haÿ-les-Roses", "L’Haÿ-les-Roses"),
        ("CC Coeur d'Essonne", "CC Cœur d’Essonne"),
        ("CC des Villes Soeurs", "CC des Villes Sœurs"),
        ("main-d'oeuvre", "main-d’œuvre"),
        ("Goetzenbruck et Moëlan", "Goetzenbruck et Moëlan"),
        ('dit "QPV"', "dit «\u00a0QPV\u00a0»"),
        ("« Rive droite »", "«\u00a0Rive droite\u00a0»"),
        ("Taux : 12 % ; et après ?", "Taux\u00a0: 12\u202f% ; et après\u202f?".replace(" ;", "\u202f;")),
        ("12%", "12\u202f%"),
        ("23 450 €", "23 450\u00a0€"),
        ("commune:33063 à 12:30, https://insee.fr/a?b=c", "commune:33063 à 12:30, https://insee.fr/a?b=c"),
        ("Attendez...", "Attendez…"),
        ("1er janvier, 2e rang", "1ᵉʳ janvier, 2ᵉ rang"),
        ("ECLA  (Espace)", "ECLA (Espace)"),
        ("CA de Blois ''Agglopolys''", "CA de Blois «\u00a0Agglopolys\u00a0»"),
    ],
)
def test_typed_text_becomes_printed_text(typed, printed):
    assert french.typographic(typed) == printed


@given(st.text(alphabet="aeo12rCŒœ '’\"«»:;!?%€.…-()\u00a0\u202f\n", max_size=40))
def test_typography_applied_twice_changes_nothing_more(text):
    once = french.typographic(text)
    assert french.typographic(once) == once


def test_office_files_hold_no_character_that_their_fonts_lack():
    assert french.office("1\u202f234 %, 1ᵉʳ, 1ʳᵉ") == "1\u00a0234 %, 1er, 1re"


@pytest.mark.parametrize(("level", "rows"), [(Level.DEPARTEMENT, DEPARTEMENTS), (Level.REGION, REGIONS)])
def test_every_departement_and_region_is_said_as_a_reader_says_it(level, rows):
    assert len(rows) == {Level.DEPARTEMENT: 101, Level.REGION: 18}[level]
    for code, name, tncc, the, at, of in rows:
        place = Territory(level, code, name, tncc=tncc)
        assert (french.the(place), french.at(place), french.of(place)) == (the, at, of)


@pytest.mark.parametrize(("name", "tncc", "at", "of", "than"), COMMUNES)
def test_a_commune_contracts_and_elides(name, tncc, at, of, than):
    place = territory(Level.COMMUNE, name, tncc)
    assert (french.at(place), french.of(place), french.than_territory(place)) == (at, of, than)


@pytest.mark.parametrize(("name", "at", "of", "spelt"), EPCI)
def test_an_intercommunalite_is_an_area_with_its_article(name, at, of, spelt):
    place = territory(Level.EPCI, name)
    assert (french.at(place), french.of(place), french.the(place, long=True)) == (at, of, spelt)


def test_france_and_a_perimeter_of_ones_own():
    assert (french.the(FRANCE), french.at(FRANCE), french.of(FRANCE)) == (
        "la France",
        "en France",
        "de la France",
    )
    own = territory(Level.PERIMETRE, "Rive droite")
    quoted = "«\u00a0Rive droite\u00a0»"
    assert (french.the(own), french.at(own), french.of(own)) == (quoted, f"dans {quoted}", f"de {quoted}")


def test_a_fictional_departement_follows_the_same_rules():
    assert french.at(Territory(Level.DEPARTEMENT, "F1", "Valombre", tncc=3)) == "en Valombre"
    assert french.at(Territory(Level.DEPARTEMENT, "F1", "Haut-Val", tncc=2)) == "dans le Haut-Val"


def test_a_sentence_opens_with_a_capital_and_agrees_with_its_subject():
    landes = territory(Level.DEPARTEMENT, "Landes", 4)
    assert french.subject(landes) == "Les Landes"
    assert french.is_plural(landes)
    assert not french.is_plural(territory(Level.COMMUNE, "Les Ulis", 4))
    assert french.than("en 2018") == "qu’en 2018"


def test_the_name_of_a_place_is_written_as_french_does_whatever_its_file_does():
    written = {
        "Les Courbes De L'Albarine": "Les Courbes de l’Albarine",
        "CITÉ DU STADE": "Cité du Stade",
        "la côte": "La Côte",
        "Cité Thiers - Cité Du Rivage": "Cité Thiers - Cité du Rivage",
        "Trappes La Boissière": "Trappes La Boissière",
        "SAINT-MARC XII": "Saint-Marc XII",
        "Îlot A": "Îlot A",
        "QN03016M": "QN03016M",
    }
    assert {name: french.place_name(name) for name in written} == written


def test_the_name_of_a_structure_loses_the_capitals_of_its_file_and_gets_no_accent_that_nobody_knows():
    written = {
        "CRECHE LES PETITS LOUPS": "Crèche Les Petits Loups",
        "LIEU D'ACCUEIL ENFANTS-PARENTS LE PETIT PRINCE": "Lieu d’accueil enfants-parents Le Petit Prince",
        "EAJE LES P'TITS LOUPS": "EAJE Les P’tits Loups",
        "ECOLE MATERNELLE JEAN DE LA FONTAINE": "École maternelle Jean de la Fontaine",
        "MULTI-ACCUEIL DU PARC": "Multi-accueil du Parc",
        "CLSH L ESCALE": "CLSH L’Escale",
        "MJC LES MESANGES": "MJC Les Mesanges",
        'CRECHE "LES PETITS"': 'Crèche "Les Petits"',
        "12 BIS RUE DE LA MAIRIE": "12 bis rue de la Mairie",
        "France services de Lassigny": "France services de Lassigny",
    }
    assert {name: french.structure_name(name) for name in written} == written


def test_a_count_in_words_is_that_of_the_whole_number_in_tables():
    counts = [step / 10 for step in range(150, 30_000)]
    assert all(french.about(count) == french.about(float(french.rounded(count))) for count in counts)
    assert [french.about(count) for count in (994.6, 995, 994.4, 19.5, 19.4, 1_049.4)] == [
        1_000, 1_000, 990, 20, None, 1_000,
    ]  # fmt: skip

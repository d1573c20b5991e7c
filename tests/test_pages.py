"""Each theme page opens on the fictional and on the real data, cold and warm, and says what it does not know."""

from __future__ import annotations

import datetime
import io
import re
import zipfile
from decimal import Decimal
from pathlib import Path

import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from diagnostic import gazetteer, markup, report, story
from diagnostic.charts import ranking
from diagnostic.exports import exporting
from diagnostic.indicators import BY_ID, INDICATORS
from diagnostic.local import mapping as mappings
from diagnostic.local.plan import settle
from diagnostic.local.store import deposit
from diagnostic.local.validation import validate
from diagnostic.model import DiagnosticError, Level, Territory
from diagnostic.plan import BudgetLine, Reading, Result, composing
from diagnostic.report import depositing
from diagnostic.story import method
from diagnostic.story import projects as acting
from diagnostic.ui import loading
from diagnostic.warehouse import names, open_database

ROOT = Path(__file__).resolve().parents[1]
PAGES = (
    "enfance_jeunesse",
    "familles",
    "acces_droits",
    "logement_handicap",
    "quartiers",
    "comparer",
    "donnees",
    "methode",
    "agir",
    "mon_departement",
    "diagnostic_partage",
    "convention",
    "suivi",
    "mes_donnees",
    "exports",
)
GUARDED = ("n’a pas pu s’afficher", "ne peut pas s’afficher", "n’est pas dans les données chargées")
BORDEAUX = "epci:243300316"


def app(db: Path, monkeypatch: pytest.MonkeyPatch, page: str, **query: str) -> AppTest:
    """A page opened by a link, before any other."""
    monkeypatch.setenv("DIAGNOSTIC_DB", str(db))
    at = AppTest.from_file(ROOT / "diagnostic/ui/main.py", default_timeout=60)
    for name, value in ({"territoire": "epci:999001002"} | query).items():
        at.query_params[name] = value
    at.switch_page(str(ROOT / "pages" / f"{page}.py"))
    return at.run()


def said(at: AppTest) -> str:
    """Every text that the page shows, without marks."""
    assert not at.exception
    text = " ".join(re.sub(r"<[^>]+>", " ", block.proto.body) for block in at.get("html"))
    return re.sub(r"[\s\u00a0\u202f]+", " ", text)


@pytest.mark.parametrize("page", PAGES)
def test_a_cold_link_to_each_page_shows_it_and_a_second_look_too(
    page: str, demo_db: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    at = app(demo_db, monkeypatch, page)
    first = said(at)
    assert not any(words in first for words in GUARDED)
    assert said(at.run()) == first


@pytest.mark.real
@pytest.mark.parametrize("page", PAGES)
def test_each_page_opens_on_bordeaux_metropole(
    page: str, real_db: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = said(app(real_db, monkeypatch, page, territoire=BORDEAUX))
    assert not any(words in text for words in GUARDED)
    assert not re.search(r"\b(nan|None|NaT|inf)\b", text)


@pytest.mark.parametrize("territory", ["commune:F1001", "departement:F1", "france", "perimetre:F1001+F1005"])
@pytest.mark.parametrize(
    "page",
    [
        "enfance_jeunesse",
        "acces_droits",
        "quartiers",
        "comparer",
        "agir",
        "convention",
        "suivi",
        "mon_departement",
        "diagnostic_partage",
    ],
)
def test_each_level_and_a_perimeter_of_ones_own_have_their_page(
    page: str, territory: str, demo_db: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = said(app(demo_db, monkeypatch, page, territoire=territory))
    assert not any(words in text for words in GUARDED)


@pytest.mark.real
def test_an_unknown_number_of_centres_sociaux_is_said_unknown_and_never_zero(
    real_db: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = said(app(real_db, monkeypatch, "familles", territoire=BORDEAUX))
    assert re.search(r"Non comptés ici : [^.]*Centres sociaux", text)
    assert "Centres sociaux 0" not in text


@pytest.mark.real
@pytest.mark.parametrize("territory", ["departement:33", "region:75", "france"])
def test_who_lives_far_from_france_services_is_counted_in_large_territories_too(
    territory: str, real_db: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = said(app(real_db, monkeypatch, "acces_droits", territoire=territory))
    counts = [
        int(re.search(rf"À plus de {km} km ([\d ]+) habitants calculé", text)[1].replace(" ", ""))
        for km in (5, 10, 20)
    ]
    assert counts == sorted(counts, reverse=True) and counts[2] > 0
    assert "n’est pas chargée" not in text
    assert "inconnu" not in text.replace("distance est inconnue", "")


@pytest.mark.real
def test_a_link_whose_plus_signs_became_spaces_opens_the_same_perimeter(
    real_db: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The address of a form writes a space as « + »: the browser gives it back so.
    whole, spaced = (
        said(app(real_db, monkeypatch, "synthese", territoire=key))
        for key in ("perimetre:33063+33281", "perimetre:33063 33281")
    )
    assert not any(words in spaced for words in GUARDED)
    assert "2 communes" in spaced and spaced == whole


@pytest.mark.real
def test_a_rank_counts_the_territories_of_one_level_and_says_what_the_distance_is(
    real_db: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = said(app(real_db, monkeypatch, "comparer", territoire=BORDEAUX))
    # Fifteen peers and itself, picked from all of France; the Gironde is drawn and not ranked.
    assert re.search(rf"Bordeaux Métropole : \d+ᵉ sur {15 + 1} intercommunalités montrées", text)
    assert "dessinés comme repères, hors classement" in text
    assert "Écart (sans unité)" in text


@pytest.mark.real
def test_every_duty_that_is_counted_is_also_told(real_db: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    of_epci = said(app(real_db, monkeypatch, "synthese", territoire=BORDEAUX))
    assert "Six obligations légales" in of_epci
    assert of_epci.count(" : obligation depuis") == 6
    of_village = said(app(real_db, monkeypatch, "synthese", territoire="commune:33064"))
    assert "Deux obligations légales" in of_village
    assert of_village.count(" : obligation depuis") == 2
    assert "sans obligation ici : « Planifier" in of_village


@pytest.mark.real
def test_a_count_of_a_commune_has_no_reference_line(real_db: Path) -> None:
    village = report.build(open_database(real_db), "commune:33064")
    assert village.findings["enfants_moins_3"].reference is not None
    assert story.gap_section(village) is None


@pytest.mark.real
def test_bordeaux_metropole_has_twenty_three_quarters_each_counted_once(
    real_db: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = said(app(real_db, monkeypatch, "quartiers", territoire=BORDEAUX))
    codes = re.findall(r"QN\d{5}[A-Z]", text)
    assert len(codes) == len(set(codes)) == 23


@pytest.mark.real
@pytest.mark.parametrize("page", ["synthese", "familles", "acces_droits", "logement_handicap"])
def test_what_is_not_known_is_told_once_on_a_page(
    page: str, real_db: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    at = app(real_db, monkeypatch, page, territoire="commune:33175")
    bodies = [block.proto.body for block in at.get("html")]
    line = " ".join(body for body in bodies if "lacunes" in body)
    found = report.build(open_database(real_db), "commune:33175")
    listed = {row.indicator for row in found.unknown if f">{markup.text(row.label)}</th>" in " ".join(bodies)}
    if page == "synthese":
        listed |= {name for names in story.silent(found).values() for name in names}
    assert listed and [name for name in listed if markup.text(BY_ID[name].label) in line] == []


def test_a_wider_radius_in_the_link_leaves_no_more_children_beyond(
    demo_db: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def beyond(radius: str) -> int:
        text = said(app(demo_db, monkeypatch, "enfance_jeunesse", territoire="departement:F1", rayon=radius))
        return int(re.search(r"Au-delà ([\d ]+?) (?:calculé|estimé)", text)[1].replace(" ", ""))

    assert beyond("15") <= beyond("3")
    assert beyond("1") > 0


def test_loading_from_the_screen_is_off_unless_the_operator_allows_it(
    demo_db: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv(loading.LOADING, raising=False)
    closed = app(demo_db, monkeypatch, "donnees")
    assert "désactivé" in said(closed)
    assert not [button for button in closed.button if button.label == loading.START]
    monkeypatch.setenv(loading.LOADING, "1")
    opened = app(demo_db, monkeypatch, "donnees")
    assert [button for button in opened.button if button.label == loading.START]


def test_the_long_tables_of_a_page_about_data_are_folded_under_what_they_hold(
    demo_db: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = app(demo_db, monkeypatch, "donnees")
    folded = [fold.label for fold in page.expander]
    assert "Source par source : millésimes, lignes lues et écartées" in folded
    assert "Question par question" in folded and not any(fold.proto.expanded for fold in page.expander)
    assert "Les écarts des projections, taille par taille" in [
        fold.label for fold in app(demo_db, monkeypatch, "methode").expander
    ]


@pytest.mark.parametrize("page", ["mes_donnees", "exports", "convention", "suivi"])
def test_no_file_is_refused_by_its_extension_before_it_is_read(
    demo_db: Path, monkeypatch: pytest.MonkeyPatch, page: str
) -> None:
    places = app(demo_db, monkeypatch, page).file_uploader
    assert places and not any(place.proto.type for place in places), [place.label for place in places]


def test_the_territories_without_a_value_are_a_line_that_opens_under_the_ranking(
    demo_db: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = app(demo_db, monkeypatch, "comparer", territoire="commune:F1001")
    [fold] = [one for one in page.expander if "sans valeur connue" in one.label]
    told = " ".join(one.value for one in fold.get("html") or fold.markdown)
    assert "Cnaf" in told
    assert "Sans valeur cette année-là" not in said(page)


def test_without_a_database_the_page_says_what_to_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    text = said(app(tmp_path / "absente.duckdb", monkeypatch, "familles"))
    assert "Aucune base de données" in text
    assert "python -m diagnostic build" in text


# --- Méthode -------------------------------------------------------------------------------------------


def test_every_declared_indicator_has_its_definition_formula_and_source() -> None:
    shown = [indicator for indicators in method.by_theme().values() for indicator in indicators]
    assert {indicator.id for indicator in shown} == set(BY_ID)
    for indicator in INDICATORS:
        labels = [label for label, _ in method.facts(indicator)]
        assert {"Définition", "Formule", "Sources"} <= set(labels), indicator.id


def test_the_glossary_explains_each_acronym_once_and_finds_it() -> None:
    terms = [term.term for term in method.glossary()]
    assert len(terms) == len(set(terms))
    assert {"QPV", "Laep", "Psu", "EPCI", "Ctg"} <= set(terms)
    assert [term.term for term in method.search_terms("laep")][0] == "Laep"
    assert method.search_terms("zzz") == ()


# --- Agir ----------------------------------------------------------------------------------------------


def test_a_creche_added_in_the_page_raises_the_coverage_of_the_territory(
    demo_db: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    at = app(demo_db, monkeypatch, "agir")
    button = next(button for button in at.button if button.label == "Ajouter ce projet")
    text = said(button.click().run())
    before, after = re.search(r"1 projet : de ([\d,]+) à environ ([\d,]+) places", text).groups()
    assert float(after.replace(",", ".")) > float(before.replace(",", "."))
    assert "à confirmer avec votre conseiller Caf" in text


def test_a_simulated_project_becomes_a_fiche_of_the_plan_with_its_budget(
    demo_db: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    at = app(demo_db, monkeypatch, "agir")
    next(button for button in at.button if button.label == "Ajouter ce projet").click().run()
    next(button for button in at.button if button.label == "Reporter dans le plan d’actions").click().run()
    at.switch_page(str(ROOT / "pages" / "convention.py"))
    text = said(at.run())
    assert "1 axe et 1 fiche action" in text
    assert re.search(r"De [\d\s]+ à [\d\s]+€ d’aide sur la durée du plan\s; coût inconnu pour 1\sfiche", text)


def test_an_amount_typed_in_french_is_read_and_words_are_refused() -> None:
    assert acting.sum_in_euros("16 000,50 €", "le coût") == acting.sum_in_euros("16000.50", "le coût")
    assert acting.sum_in_euros("", "le coût") is None
    with pytest.raises(DiagnosticError, match="montant en euros"):
        acting.sum_in_euros("beaucoup", "le coût")


# --- Convention ----------------------------------------------------------------------------------------


def test_a_fiche_begun_from_a_gap_is_kept_when_the_page_changes(
    demo_db: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    at = app(demo_db, monkeypatch, "convention")
    next(button for button in at.button if button.label == "Commencer une fiche").click().run()
    assert "1 axe et 1 fiche action" in said(at)
    at.switch_page(str(ROOT / "pages" / "methode.py")).run()
    at.switch_page(str(ROOT / "pages" / "convention.py")).run()
    assert "1 axe et 1 fiche action" in said(at)


def test_a_plan_under_way_is_never_found_by_another_session(
    demo_db: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    at = app(demo_db, monkeypatch, "convention")
    next(button for button in at.button if button.label == "Commencer une fiche").click().run()
    assert "brouillon" not in at.query_params
    assert "1 axe et 1 fiche action" not in said(app(demo_db, monkeypatch, "convention"))


def test_a_half_filled_budget_line_is_refused_and_an_empty_one_dropped() -> None:
    whole = ["Travaux", "Caf", 2027, 1000.5, "investissement", None]
    empty = [None, None, None, None, None, None]
    half = ["Travaux", "Caf", 2027, None, "investissement", None]
    columns = list(composing.BUDGET_COLUMNS)
    lines = composing.budget_lines(pd.DataFrame([whole, empty], columns=columns))
    assert [str(line.amount) for line in lines] == ["1000.50"]
    with pytest.raises(DiagnosticError, match="incomplète"):
        composing.budget_lines(pd.DataFrame([half], columns=columns))
    every = pd.DataFrame([whole, empty, half], columns=columns)
    assert list(composing.unfinished(every)) == [False, False, True]


def test_the_range_of_an_aid_outlives_the_table_where_it_is_edited() -> None:
    lines = (
        BudgetLine(
            "Piaje", "Caf", 2027, Decimal(148_000), "investissement", "piaje_place_2024", Decimal(520_000)
        ),
        BudgetLine("Reste", "Collectivité", 2027, Decimal(40_000), "investissement"),
    )
    types = {"Année": "Int64", "Montant (€)": "Float64", composing.AT_BEST: "Float64"}
    assert composing.budget_lines(composing.budget_frame(lines).astype(types), lines) == lines


def test_a_result_named_anew_keeps_what_was_typed_of_it() -> None:
    typed = (Reading(2026, 18.0, "2027-01-05", "Mairie"),)
    kept = (
        Result("Familles", "familles", 12.0, 2025, 40.0, 2030, readings=typed),
        Result("Taux", "%", 12.5, 2023, 20.0, 2030, "taux_couverture", "epci:1"),
    )
    types = {"Départ": "Float64", "Année de départ": "Int64", "Cible": "Float64", "Année cible": "Int64"}
    frame = composing.results_frame(kept).astype(types)
    frame["Indicateur"] = ["Familles accompagnées", "Taux"]
    named, rate = composing.results(frame, kept)
    assert (named.label, named.readings) == ("Familles accompagnées", typed)
    assert rate == kept[1]
    # A second target of the same indicator, and the first row taken out.
    frame.loc[2] = ["Taux", "%", 12.5, 2023, 25.0, 2032]
    later = composing.results(frame.iloc[1:], kept)
    assert [(one.target, one.indicator) for one in later] == [
        (20.0, "taux_couverture"),
        (25.0, "taux_couverture"),
    ]


def test_a_year_left_empty_in_a_table_is_unknown_and_never_breaks_the_fiche() -> None:
    kept = (
        Result("Familles", "familles", None, None, 40.0, None),
        Result("Taux", "%", 12.5, 2023, None, 2030),
    )
    types = {"Départ": "Float64", "Année de départ": "Int64", "Cible": "Float64", "Année cible": "Int64"}
    # Such is the table that the editor gives back: pandas' missing values, not None.
    assert composing.results(composing.results_frame(kept).astype(types), kept) == kept
    empty = composing.budget_frame(()).astype({"Année": "Int64", "Montant (€)": "Float64"})
    empty.loc[0] = [None, None, pd.NA, pd.NA, None, None]
    assert composing.budget_lines(empty) == ()


def test_a_calendar_line_without_a_year_is_refused_with_an_example() -> None:
    assert [step.year for step in composing.steps("2027 : ouvrir\n2028 - évaluer")] == [2027, 2028]
    with pytest.raises(DiagnosticError, match="2027 : ouvrir le relais"):
        composing.steps("ouvrir bientôt")


# --- Mes données ---------------------------------------------------------------------------------------


def test_a_small_count_of_a_caf_extract_is_hidden_in_its_commune_and_in_the_total(demo_db: Path) -> None:
    db = open_database(demo_db)
    codes = [
        code for (code,) in db.rows("select commune from membership where level = 'epci' order by 1 limit 3")
    ]
    text = "Code commune;Allocataires;AEEH\n" + "\n".join(
        f"{code};{total};{aeeh}"
        for code, total, aeeh in zip(codes, (200, 300, 400), (3, 40, 50), strict=True)
    )
    upload = depositing.read("caf.csv", text.encode(), "essai")
    upload = depositing.with_template(upload, "caf")
    validation = validate(upload.parts[0].table, upload.parts[0].mapping, names.directory(db), within=codes)
    held = deposit(validation, origin="caf.csv", year=2024, received=datetime.date(2026, 1, 2))
    own = Territory(Level.PERIMETRE, "+".join(codes), "Essai", communes=tuple(codes))
    shown = depositing.shown(db, settle(held, gazetteer.index(db).communes), own)
    column = "Enfants bénéficiaires de l’AEEH"
    by_commune, total = shown.by_commune[column], shown.totals.set_index("Donnée")["Donnée locale"][column]
    assert "3" not in list(by_commune)
    # 3 = total − 40 − 50: two cells at least must be hidden, or the third is found by difference.
    assert [*by_commune, total].count("secret statistique") >= 2
    assert shown.note


def test_the_data_of_one_session_are_not_seen_by_another(
    demo_db: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, other = (app(demo_db, monkeypatch, "mes_donnees") for _ in range(2))
    assert one.session_state["donnees_locales"] is not other.session_state["donnees_locales"]
    assert "Aucun fichier déposé dans cette session" in said(other)


def test_a_mapping_corrected_by_hand_is_used(demo_db: Path) -> None:
    upload = depositing.read("liste.csv", b"INSEE;Qui;Combien\nF1001;La Ruche;24\n", "essai")
    upload = depositing.with_template(upload, "eaje")
    mapping = upload.parts[0].mapping.with_column("places", "Combien").with_column("code_commune", "INSEE")
    assert isinstance(mapping, mappings.Mapping)
    assert depositing.with_mapping(upload, mapping).lacking == ()


def test_the_name_of_a_file_goes_into_exports_without_its_control_characters() -> None:
    upload = depositing.read("liste\x0b\x00 2024" + "x" * 500 + ".csv", b"INSEE;Places\nF1001;24\n", "essai")
    assert upload.name.startswith("liste 2024x") and len(upload.name) == depositing.LONGEST_NAME
    assert depositing.year_of("caf_2024.xlsx", 2020) == 2024
    assert depositing.year_of("caf.xlsx", 2020) == 2020


# --- Exports and charts --------------------------------------------------------------------------------


def test_a_document_that_fails_does_not_cost_the_others(demo_db: Path) -> None:
    from diagnostic import report

    db = open_database(demo_db)
    told = report.build(db, "departement:F1")
    shares = []

    def make(_: object, name: str, __: object) -> bytes:
        if name == "pdf":
            raise DiagnosticError("Pas de police. Installez-la.")
        return name.encode()

    prepared = exporting.prepare(
        told,
        ["pptx", "pdf", "xlsx"],
        db,
        progress=lambda share, _: shares.append(share),
        maker=exporting.Maker(make, lambda *_: "0"),
    )
    names = zipfile.ZipFile(io.BytesIO(prepared.data)).namelist()
    assert [name.rsplit(".", 1)[1] for name in names] == ["pptx", "xlsx"]
    assert prepared.failed == ((exporting.LABELS["pdf"], "Pas de police. Installez-la."),)
    assert shares == [0 / 3, 1 / 3, 2 / 3, 1.0]


def test_a_name_with_tags_is_shown_as_text_in_a_chart() -> None:
    figure = ranking.ranked(story.Ranked("", (("<b onclick=x>Ville</b>", 3.0, False),), (), 0), "light")
    assert "<b onclick" not in figure.to_json()
    assert "&lt;b onclick" in figure.layout.yaxis.ticktext[0]


def test_a_list_is_cited_with_its_own_year(real_db):
    """The France services list is of 2024, the inhabitants that weigh the distance of 2023."""
    from diagnostic import report
    from diagnostic.story.figures import sources_of

    found = report.build(open_database(real_db), "epci:243300316")
    said = sources_of(found, ["distance_france_services"])
    assert "France services 2024" in said and "Populations légales des communes 2023" in said

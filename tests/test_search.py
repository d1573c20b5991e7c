"""What people type and the territory that they mean, on real names."""

from __future__ import annotations

import pytest

from diagnostic import search
from diagnostic.model import Level
from diagnostic.search import codes, names
from diagnostic.warehouse import searched

# As in La Poste's file: two communes share a postcode, one postcode is another commune's Insee code.
POSTCODES = {
    "33310": ("33249",),
    "33000": ("33063",),
    "44000": ("44109",),
    "33760": ("33175", "33052"),
    "75011": ("75111",),
}


@pytest.fixture
def with_postcodes(real, monkeypatch):
    def begun(_db, start):
        return {one: held for one, held in POSTCODES.items() if start and one.startswith(start)}

    for module in (search, codes):
        monkeypatch.setattr(module, "postcodes", begun)
    return real


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("Bordeaux Métropole", "epci:243300316"),
        ("métropole de Bordeaux", "epci:243300316"),
        ("Bordeaux", "commune:33063"),
        ("bordaux", "commune:33063"),
        ("merinac", "commune:33281"),
        ("toulouze", "commune:31555"),
        ("st etienne", "commune:42218"),
        ("lhay", "commune:94038"),
        ("mans", "commune:72181"),
        ("saint jean dangely", "commune:17347"),
        ("Mérignac 33", "commune:33281"),
        ("Bordeaux (33)", "commune:33063"),
        ("33310 Lormont", "commune:33249"),
        ("Lormont (33310)", "commune:33249"),
        ("Bordeaux cedex", "commune:33063"),
        ("saint-denis réunion", "commune:97411"),
        ("Saint-Denis 93", "commune:93066"),
        ("communauté d'agglomération du Libournais", "epci:200070092"),
        ("agglo du Libournais", "epci:200070092"),
        ("agglo libourne", "epci:200070092"),
        ("interco de Pomerol", "epci:200070092"),
        ("CC Pays Foyen", "epci:243301371"),
        ("Grand Lyon", "epci:200046977"),
        ("243 300 316", "epci:243300316"),
        ("commune:33063", "commune:33063"),
        ("https://exemple.fr/synthese?territoire=commune%3A33063&avec=x", "commune:33063"),
        ("Paris 11ème", "commune:75111"),
        ("paris XI", "commune:75111"),
        ("11e arrondissement de Paris", "commune:75111"),
        ("lyon troisième", "commune:69383"),
        ("Marseille 8", "commune:13208"),
        ("75011", "commune:75111"),
        ("69003", "commune:69383"),
        ("75116", "commune:75116"),
        ("PACA", "region:93"),
        ("idf", "region:11"),
        ("Pierrefitte-sur-Seine", "commune:93066"),
        ("Annecy-le-Vieux", "commune:74010"),
        ("gironde", "departement:33"),
        ("33", "departement:33"),
        ("75", "departement:75"),
        ("2a", "departement:2A"),
        ("2a004", "commune:2A004"),
        ("97411", "commune:97411"),
        ("01004", "commune:01004"),
        ("Est Ensemble", "epci:200054781"),
        # What stands before the name, and what it says of it.
        ("département 33", "departement:33"),
        ("departement de la gironde", "departement:33"),
        ("région bretagne", "region:53"),
        ("mairie de Bordeaux", "commune:33063"),
        ("Ville d'Avray", "commune:92077"),
        ("SIREN : 243 300 316", "epci:243300316"),
        ("24330031600011", "epci:243300316"),
        ("code Insee 33310", "commune:33310"),
        ("CC Bassin d'Arcachon Nord", "epci:243301504"),
        ("france entière", "france"),
        # The département on either side, the two of Corsica, a postcode of an arrondissement.
        ("Gard Nîmes", "commune:30189"),
        ("Gironde, Saint-Émilion", "commune:33394"),
        ("Corte corse", "commune:2B096"),
        ("20137 Porto Vecchio", "commune:2A247"),
        ("75015 Paris", "commune:75115"),
        ("Tulle cedex 19012", "commune:19272"),
        ("Châlons sur Marne", "commune:51108"),
        # Words written short, names said whole.
        ("Clermont-Fd", "commune:63113"),
        ("Villefranche s/ Saône", "commune:69264"),
        ("Fontenay s/s Bois", "commune:94033"),
        ("Île de Ré", "epci:241700459"),
        ("pays de loire", "region:52"),
        # A town that took a longer name before its homonym of a few hundred people.
        ("Évry", "commune:91228"),
        ("St Ouen", "commune:93070"),
        ("Charleville", "commune:08105"),
        ("MEL", "epci:200093201"),
        ("franche comté", "region:27"),
        # The kind after the name, an institution for the place that it covers.
        ("bordeaux ville", "commune:33063"),
        ("Nantes agglo", "epci:244400404"),
        ("Sainte-Foy-la-Grande interco", "epci:243301371"),
        ("caf 33", "departement:33"),
        ("Caf de la Gironde", "departement:33"),
        ("CD33", "departement:33"),
        ("conseil départemental de la Gironde", "departement:33"),
        ("l’Ain", "departement:01"),
        ("région parisienne", "region:11"),
        ("France métropolitaine", "france"),
        ("île de la Réunion", "departement:974"),
        # Territories of one name; a town before what once bore the beginning of its name.
        ("Paris", "commune:75056"),
        ("La Réunion", "departement:974"),
        ("boulogne", "commune:92012"),
        # A département whose name ends by that of another; a town before a quarter as like; the zero of a number left out.
        ("Frémécourt Val-d'Oise", "commune:95254"),
        ("Saint-Broingt-les-Fosses Haute-Marne", "commune:52446"),
        ("malakof", "commune:92046"),
        ("1", "departement:01"),
        ("châlons", "commune:51108"),
    ],
)
def test_the_territory_that_one_means_comes_first(real, text, first):
    assert search.find(real, text)[0].territory.key == first


def test_a_district_of_a_city_does_not_come_before_a_commune_of_its_name():
    two = names.Names(
        folded=("saint sauveur", "saint sauveur"),
        places=("commune:59350", "commune:21572"),
        departements=("59", "21"),
        people=("236000", "250"),
        own=("0", "1"),
        readings=("quartier prioritaire Saint-Sauveur", ""),
    )
    assert [number for _, number in names.graded(two, "saint sauveur", "", ())] == [1, 0]


def test_a_postcode_is_read_as_a_postcode_and_the_insee_code_stands_below_with_its_word(with_postcodes):
    found = search.find(with_postcodes, "33310")
    assert [(one.territory.name, one.reading) for one in found] == [
        ("Lormont", "code postal 33310"),
        ("Origne", "code Insee 33310"),
    ]
    assert search.find(with_postcodes, "44000")[0].territory.key == "commune:44109"
    assert {one.territory.code for one in search.find(with_postcodes, "33760")[:2]} == {"33175", "33052"}


def test_a_postcode_of_no_known_commune_leads_to_its_departement(with_postcodes):
    assert [one.territory.key for one in search.find(with_postcodes, "44999")] == ["departement:44"]


def test_a_district_is_found_by_its_code_and_by_its_name_and_says_so(real):
    code, name = real.rows("select code, name from qpv where code = 'QN03303M'")[0]
    by_code, by_name = search.find(real, code)[0], search.find(real, name)
    assert by_code.reading.startswith("quartier prioritaire") and code in by_code.reading
    assert by_code.territory in [one.territory for one in by_name]


def test_a_former_commune_says_what_holds_it_today(real):
    found = search.find(real, "Pierrefitte-sur-Seine")[0]
    assert (
        search.lines(real, [found])[found.territory.key]
        == "Saint-Denis, commune, Seine-Saint-Denis (93) · Pierrefitte-sur-Seine, aujourd’hui Saint-Denis"
    )


def test_homonyms_are_told_apart_by_their_departement_the_most_populated_first(real):
    found = [one for one in search.find(real, "saint-denis") if one.territory.level is Level.COMMUNE]
    said = list(search.lines(real, found).values())
    assert said[:2] == [
        "Saint-Denis, commune, La Réunion (974)",
        "Saint-Denis, commune, Seine-Saint-Denis (93)",
    ]
    assert len(set(said)) == len(said)


def test_an_ept_of_the_grand_paris_is_said_not_covered(real):
    assert "n’est pas couvert" in search.find(real, "Plaine Commune")[0].reading


def test_a_search_gives_at_most_fifty_answers_and_none_for_nothing(real):
    assert len(search.find(real, "saint")) == 50
    for text in ("  ", "zzzzzz", "'; drop table territory", "x" * 5_000):
        assert search.find(real, text) == []


def test_a_name_that_holds_the_end_of_a_line_breaks_no_search():
    def ask(sql: str) -> list[tuple]:
        if "from territory" in sql:
            return [("commune", "33063", "Bordeaux", 0, "33")]
        if "from former" in sql:
            return [("Ancien\nBourg\tNord", "33063")]
        return [("qn03301m", "Les\r\nAubiers", "33063")] if "from qpv" in sql else []

    found = searched.entries(ask)
    assert {"ancien bourg nord", "les aubiers"} <= {one[0] for one in found}
    assert not [one for one in found if any(set(str(cell)) & set("\t\r\n") for cell in one)]

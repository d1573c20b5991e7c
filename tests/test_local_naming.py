"""A name in a list is kept when it is surely a structure's: where it may be a person's, nothing is."""

from __future__ import annotations

import pytest

from diagnostic.local.naming import of_structure


@pytest.mark.parametrize(
    "name",
    [
        "Les Petits Loups", "LES LUCIOLES", "Les 5 Continents", "La Ruche", "L’Île aux Enfants", "L’Hirondelle", "Le Petit Prince",
        "Le Jardin des Lutins", "La Maison des Galopins", "Pomme d’Api", "Arc-en-ciel", "1, 2, 3 Soleil", "Au Pays des Merveilles",
        "MAM Les Loupiots", "Multi-accueil Petite Enfance Bellevue", "Micro Crèche l’ilôt Rêves", "Crèche associative Fluffy",
        "ALSH de Bègles", "Espace Jeunes", "Relais petite enfance du Val", "Maison de l’enfance", "MJC", "Centre social Le Phare",
        # A public place bears the name of whom it honours.
        "Crèche Simone Veil", "MULTI-ACCUEIL JEAN MOULIN", "Groupe scolaire Jules Ferry", "École Docteur Roux",
    ],
)  # fmt: skip
def test_the_name_of_a_structure_is_kept_as_it_is_written(name):
    assert of_structure(name) == name


@pytest.mark.parametrize(
    "name",
    [
        "DUPONT Julie", "Julie Dupont", "julie dupont", "Dupont", "DURAND", "Grand", "Moulin", "J. Dupont", "Julie D.",
        "Martin Jean-Pierre", "Petit Julie", "Rose Petit", "Lucas Merle", "Jean Moulin", "Ben Ali Fatima", "O’Connor", "de Villiers",
        "M Durand", "M. Petit", "Mme Durand", "Mlle Roy", "Mmes Roy et Petit", "Crèche de Mme Dupont", "Dr Martin",
        "Docteur Martin", "Prof. Leroy", "Maître Blanc", "Maison Dr Martin", "Cabinet Dr Roux", "Maison Dupont", "Chez Julie",
        "Garderie Durand", "MAM Julie Dupont", "Nounou Julie", "Assistante maternelle Dupont", "Assmat Durand",
        "Accueil familial Dupont", "Crèche DUPONT Julie", "La maman Julie Dupont", "Les Dupont", "Le Gall", "Le Gall Julie",
        "LE GOFF Marie", "Sylvie LE ROUX", "La Rocca", "La Fontaine", "L’Hostis", "L’Hermitte", "julie@exemple.fr", "06 12 34 56 78",
        "", "  ", "a",
    ],
)  # fmt: skip
def test_what_may_be_a_person_s_name_is_not_kept(name):
    assert of_structure(name) == ""

"""What the page Méthode says: every indicator from its declaration, and the terms of the field."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import lru_cache

import pandas as pd

from diagnostic import french, reference
from diagnostic.indicators import INDICATORS, MODE_RATES
from diagnostic.model import THEMES, DiagnosticError, Direction, Indicator
from diagnostic.reference import LEVER_THEMES, REFERENCE
from diagnostic.sources import SOURCES

GLOSSARY_THEMES = THEMES | LEVER_THEMES
_DIRECTIONS = {
    Direction.MORE_IS_BETTER: "Plus la valeur est haute, mieux c’est.",
    Direction.LESS_IS_BETTER: "Plus la valeur est basse, mieux c’est.",
    Direction.NEUTRAL: "Ni bon ni mauvais en soi : à lire avec le contexte.",
}


HELP = (
    "1. Choisir : tapez un nom, un code postal ou un code Insee sur la page Accueil ou sous « Territoire » ; la touche Entrée "
    "ouvre la première réponse.",
    "2. Lire : la Synthèse dit l’essentiel ; chaque thème détaille. Un mot souligné s’explique d’un clic. Officiel : publié tel "
    "quel par le producteur ; calculé : une division faite ici ; estimé : repose sur une hypothèse, dite dans la formule.",
    "3. Comparer : « Comparer à » change la référence de toutes les pages ; la page Communes et voisins met côte à côte, la carte "
    "ouvre une commune d’un clic.",
    "4. Décider : la page Aides et simulateur relie chaque écart aux aides de la Caf ; la page Convention compose les fiches.",
    "5. Emporter : « Présenter » pour la salle (flèches, Page suivante, Échap pour revenir), Exports pour les fichiers, « Copier le "
    "lien » pour retrouver la même vue.",
)
"""What a first visitor does, in order."""
PRINCIPLES = (
    "Une donnée inconnue n’est jamais un zéro. Un total se tait dès que les communes inconnues comptent plus de 1 % des "
    "habitants, et dit sinon la part qu’il couvre.",
    "Les places manquantes sont un seul nombre : pour une commune, son écart au taux officiel ; pour un territoire, la somme "
    "de ses membres à moins de 0,85 fois la référence, ou son propre écart s’il est plus grand : des communes trop petites ou "
    "sans taux connu en portent alors une part. Elles se comptent sur les enfants du 1er janvier qui suit le taux et se disent "
    "arrondies.",
    "Un taux de territoire est la somme des numérateurs divisée par la somme des dénominateurs ; on ne moyenne jamais des taux.",
    "Une valeur publiée par un producteur (taux de couverture, niveau de vie, pauvreté) est reprise telle quelle à chaque échelle.",
    "Les mots « très en dessous », « en dessous », « proche », « au-dessus » et « très au-dessus » disent le rapport à la "
    "référence : moins de 0,60, moins de 0,85, jusqu’à 1,15, jusqu’à 1,40, au-delà.",
    "Chaque chiffre porte son statut : officiel (tel que publié), calculé (par le diagnostic, sur des données officielles), "
    "estimé, secret statistique, non publié (par le producteur) ou non chargé (ici).",
)


@dataclass(frozen=True, slots=True)
class Term:
    """A term of the field: its full name (empty when it is not an acronym) and what it means."""

    term: str
    full: str
    theme: str
    definition: str


@lru_cache
def glossary() -> tuple[Term, ...]:
    """The terms of `data/reference/glossary.csv`, in its order; DiagnosticError when it is broken."""
    path = REFERENCE / "glossary.csv"
    if not path.is_file():
        raise DiagnosticError("Le fichier glossary.csv manque dans data/reference. Restaurez-le.")
    with path.open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    for line, row in enumerate(rows, 2):
        if None in row or None in row.values() or row["theme"] not in GLOSSARY_THEMES:
            raise DiagnosticError(
                f"glossary.csv, ligne {line} : colonne ou thème faux. Corrigez cette ligne."
            )
    return tuple(
        Term(
            **{name: french.typographic(text) for name, text in row.items() if name != "theme"},
            theme=row["theme"],
        )
        for row in rows
    )


@lru_cache
def outlook_errors() -> pd.DataFrame:
    """The band around the children projected, in %, and the share of past cases that it holds, by size of territory and
    years ahead."""
    rows: dict[tuple[str, float], dict[str, str]] = {}
    for row in reference.outlook_errors():
        who = "communes" if row.level == "commune" else "intercommunalités"
        size = french.typographic(
            f"{who.capitalize()}, {french.number(row.size_from)} naissances par an et plus"
        )
        line = rows.setdefault((row.level, row.size_from), {"Territoires": size})
        band = f"{french.signed(row.low)} à {french.signed(row.high)}{french.THIN}%"
        line[f"à {french.quantity(row.horizon, 'an', 'ans')}"] = f"{band} ({french.percent(row.held)})"
    return pd.DataFrame(rows.values())


@lru_cache
def estimate_errors() -> pd.DataFrame:
    """The interval of the estimate of a commune without a rate, and the share of held-out communes that it holds."""
    return pd.DataFrame(
        {
            "Enfants de moins de 3 ans": f"{french.number(row.children_from)} et plus",
            "Intervalle (points)": f"de {french.signed(row.low, 1)} à {french.signed(row.high, 1)}",
            "Communes dans l’intervalle": french.percent(row.covered, 1),
            "Communes essayées": french.number(row.cases),
        }
        for row in reference.estimate_errors()
    )


@lru_cache
def children_errors() -> pd.DataFrame:
    """What to add to the children under 3 counted by births, and the share of held-out territories that it holds."""
    who = {"commune": "Communes", "epci": "Intercommunalités", "departement": "Départements"}
    rows = reference.children_errors()
    # The first line of a level ends where its next one begins.
    upto = {row.level: row.children_from for row in reversed(rows) if row.children_from}

    def sizes(level: str, least: float) -> str:
        if least:
            return f", {french.number(least)} enfants et plus par les naissances"
        return f", moins de {french.number(upto[level])} enfants" if level in upto else ", toutes tailles"

    return pd.DataFrame(
        {
            "Territoires": french.typographic(f"{who[row.level]}{sizes(row.level, row.children_from)}"),
            "À ajouter": f"de {french.signed(row.low, 1)} à {french.signed(row.high, 1)}{french.THIN}%",
            "Territoires dans l’intervalle": french.percent(row.covered, 1),
            "Territoires essayés": french.number(row.cases),
        }
        for row in rows
    )


def search_terms(text: str) -> tuple[Term, ...]:
    """The terms whose name, full name or definition holds `text`; all of them when it is empty."""
    sought = french.typographic(text.strip()).casefold()
    return tuple(t for t in glossary() if sought in f"{t.term} {t.full} {t.definition}".casefold())


def by_theme() -> dict[str, tuple[Indicator, ...]]:
    """Every declared indicator under the label of its theme, themes without any left out."""
    found = {
        label: tuple(i for i in INDICATORS + MODE_RATES if i.theme == theme)
        for theme, label in THEMES.items()
    }
    return {label: indicators for label, indicators in found.items() if indicators}


def formula(indicator: Indicator) -> str:
    """The formula in words: « places en crèche ÷ enfants de moins de 3 ans × 100 »."""
    if indicator.published:
        return "Valeur lue telle que le producteur la publie à chaque échelle ; jamais recalculée, jamais moyennée."
    if indicator.denominator is None:
        return "Somme des communes du territoire ; inconnue dès qu’une commune est inconnue."
    per = f" × {french.number(indicator.per)}" if indicator.per != 1 else ""
    ratio = f"{indicator.numerator_label or indicator.numerator} ÷ {indicator.denominator_label or indicator.denominator}{per}"
    return french.typographic(
        f"{french.capitalised(ratio)}. Chaque terme est d’abord additionné, puis divisé une seule fois."
    )


def facts(indicator: Indicator) -> list[tuple[str, str]]:
    """Label and text of everything declared for an indicator, empty entries left out."""
    known = {source.id: source for source in SOURCES}
    named = [f"{known[i].producer}, {known[i].title}" if i in known else i for i in indicator.sources]
    pairs = [
        ("Définition", indicator.definition),
        ("Formule", formula(indicator)),
        ("Unité", indicator.unit),
        ("Lecture", _DIRECTIONS[indicator.direction]),
        ("Sources", " ; ".join(named)),
        ("Précaution", indicator.caveat),
    ]
    return [(label, french.typographic(text)) for label, text in pairs if text]


def as_pairs(terms: tuple[Term, ...]) -> list[tuple[str, str]]:
    """Term with its full name, and its definition."""
    return [(f"{t.term} ({t.full})" if t.full else t.term, t.definition) for t in terms]


ERRORS = (
    (
        "Projection : la tendance des naissances rejouée sur chaque année passée. Selon la taille et le nombre d’années, l’écart "
        "entre ce qui était projeté et ce qui est venu ; entre parenthèses, la part des cas passés qui y sont.",
        "Les écarts des projections, taille par taille",
        outlook_errors,
    ),
    (
        "Estimation d’une commune sans taux publié : ses crèches et les autres modes de son intercommunalité, essayée sur des "
        "communes dont le taux est connu. Rien n’est estimé pour une taille absente de ce tableau.",
        "Les écarts des estimations, taille par taille",
        estimate_errors,
    ),
    (
        "Enfants de moins de 3 ans comptés par les naissances : ce qu’il faut ajouter pour trouver ceux sur lesquels la Cnaf "
        "compte son taux. À côté d’une frontière, les naissances hors de France manquent : là où la Caf connaît un cinquième "
        "d’enfants de plus, son compte est suivi et rien n’est projeté.",
        "Ce qu’il faut ajouter, taille par taille",
        children_errors,
    ),
)
"""What is said of each measured error, the name of its table and the table."""

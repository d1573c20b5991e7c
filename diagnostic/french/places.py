"""Territories in a sentence: « la Gironde », « en Gironde », « du Mans », « que la CC du Pays Foyen »."""

from __future__ import annotations

import re

from diagnostic.french.numbers import ordinal
from diagnostic.french.writing import NBSP, capitalised, elides, of_text, than, typographic
from diagnostic.model import Level, Territory

# Names that take no article at all although they are départements or regions.
_WITHOUT_ARTICLE = frozenset(
    {"Paris", "Mayotte", "La Réunion", "Provence-Alpes-Côte d’Azur", "Auvergne-Rhône-Alpes"}
)
_AT = frozenset({"Paris", "Mayotte", "La Réunion"})
# Feminine rivers and places of one word, said with "dans la" ("en Loire" means nothing to a reader).
_IN_THE = frozenset(
    {"Creuse", "Drôme", "Loire", "Manche", "Marne", "Meuse", "Nièvre", "Sarthe", "Somme", "Vienne"}
)
# The region's own usage; the COG gives it a masculine article.
_IN = frozenset({"Centre-Val de Loire"})
_MASCULINE = frozenset({"Maine-et-Loire"})
_KINDS = {
    "CC": "communauté de communes",
    "CA": "communauté d’agglomération",
    "CU": "communauté urbaine",
}
_FEMININE_EPCI = (*_KINDS, "Communauté", "communauté", "Métropole", "métropole")
_ELIDED_EPCI = ("Eurométropole", "Agglomération", "Intercommunalité")
_ARRONDISSEMENT = re.compile(r"(Paris|Lyon|Marseille) (\d{1,2})(?:er|e|ᵉʳ|ᵉ)? [Aa]rrondissement")
# INSEE gives these the code of a vowel; the h is that of the word (haut, hérisson, houx), or usage says "de".
_ASPIRATE = re.compile(r"Haut|Hérisson\b|Houx\b|Yutz\b|Yenne\b")


def name(territory: Territory, *, long: bool = False) -> str:
    """The name with its typography; `long` spells out CC, CA and CU, for titles."""
    text = typographic(territory.name.strip())
    if territory.level is Level.COMMUNE:
        match = _ARRONDISSEMENT.fullmatch(text)
        return f"{match[1]} {ordinal(int(match[2]))} arrondissement" if match else text
    if territory.level is Level.EPCI and long:
        short, _, rest = text.partition(" ")
        return f"{_KINDS[short]} {rest}" if short in _KINDS and rest else text
    if territory.level is Level.PERIMETRE and "«" not in text:
        return f"«{NBSP}{text}{NBSP}»"
    return text


def the(territory: Territory, *, long: bool = False) -> str:
    """The territory with its article: "la Gironde", "l’Ain", "Le Mans", "la CC du Pays Foyen", "Paris"."""
    text = name(territory, long=long)
    article = _article(territory, text)
    return article + (_arrondissement(text) or text)


def at(territory: Territory, *, long: bool = False) -> str:
    """Where: "à Bordeaux", "au Mans", "en Gironde", "dans l’Ain", "dans la CC du Pays Foyen".

    An EPCI and a perimeter are areas, hence "dans", also before a bare name ("dans Bordeaux Métropole").
    For a département: "en" before feminine names and names joined by "et", "dans" otherwise.
    """
    text = name(territory, long=long)
    if territory.level is Level.COMMUNE:
        return _commune_at(text)
    if territory.level in (Level.EPCI, Level.PERIMETRE):
        return f"dans {the(territory, long=long)}"
    if text in _AT:
        return f"à {text}"
    if _takes_en(territory, text):
        return f"en {text}"
    return f"dans {the(territory, long=long)}"


def of(territory: Territory, *, long: bool = False) -> str:
    """ "de Bordeaux", "du Mans", "d’Arcachon", "de la Gironde", "de la Bretagne", "de Bordeaux Métropole".

    A département or région keeps its article, which every turn of phrase accepts ("en dessous de la Bretagne").

    A commune elides when INSEE's code says vowel (1), which settles h ("d’Hendaye", "de Honfleur").
    """
    text = name(territory, long=long)
    if territory.level is Level.COMMUNE and not _arrondissement(text):
        if _mute(territory, text):
            return f"d’{text}"
        return f"de {text}" if text[:1] in "HY" else of_text(text)
    return of_text(the(territory, long=long))


def than_territory(territory: Territory, *, long: bool = False) -> str:
    """ "que la Gironde", "qu’Hendaye", "que Le Mans"."""
    text = the(territory, long=long)
    return f"qu’{text}" if territory.level is Level.COMMUNE and _mute(territory, text) else than(text)


def subject(territory: Territory, *, long: bool = False) -> str:
    """`the` with a capital, to open a sentence: "La Gironde", "L’Ain", "Bordeaux"."""
    return capitalised(the(territory, long=long))


def is_plural(territory: Territory) -> bool:
    """Whether the verb takes the plural: "les Landes comptent", but "Les Ulis compte" (a town)."""
    return territory.level in (Level.DEPARTEMENT, Level.REGION) and territory.tncc == 4


def _arrondissement(text: str) -> str:
    match = re.fullmatch(r"(\w+) (\d+ᵉʳ?) arrondissement", text)
    return f"{match[2]} arrondissement de {match[1]}" if match else ""


def _article(territory: Territory, text: str) -> str:
    """The article and what follows it ("la ", "l’"), or nothing."""
    if territory.level is Level.COMMUNE:
        return "le " if _arrondissement(text) else ""
    if territory.level is Level.EPCI:
        if text.startswith(_ELIDED_EPCI):
            return "l’"
        return "la " if text.split(" ")[0] in _FEMININE_EPCI else ""
    if territory.level is Level.PERIMETRE or text in _WITHOUT_ARTICLE:
        return ""
    if territory.tncc in (2, 3, 4, 5):
        return {2: "le ", 3: "la ", 4: "les ", 5: "l’"}[territory.tncc]
    if text in _MASCULINE:
        return "le "
    return "l’" if elides(text) else "la "


def _commune_at(text: str) -> str:
    if _arrondissement(text):
        return f"dans le {_arrondissement(text)}"
    if text.startswith("Le "):
        return f"au {text[3:]}"
    if text.startswith("Les "):
        return f"aux {text[4:]}"
    return f"à {text}"


def _takes_en(territory: Territory, text: str) -> bool:
    if territory.tncc == 3:
        return text not in _IN_THE or territory.level is Level.REGION
    if territory.tncc == 2:
        return text in _IN or "-et-" in text
    return territory.tncc in (0, 1)


def _mute(territory: Territory, text: str) -> bool:
    """Whether "de" elides before this commune."""
    if text.startswith(("L’", "Le ", "La ", "Les ")) or _ASPIRATE.match(text):
        return False
    if text[:1] in "HY":
        return territory.tncc == 1
    return elides(text)

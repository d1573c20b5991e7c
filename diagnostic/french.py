"""French as it is printed: numbers, plurals, dates, typography, territory names in a sentence.

Unknown (None, NaN, infinity, a missing value of pandas) is printed "—", never 0. A thousand is cut
by U+202F, a number and its noun are joined by U+00A0; `office` turns both into what Office fonts hold.
"""

from __future__ import annotations

import datetime
import math
import re
from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Context, Decimal
from functools import lru_cache
from typing import Any

from diagnostic.model import Level, Territory

THIN = "\u202f"
NBSP = "\u00a0"
MINUS = "\u2212"
UNKNOWN = "—"

MONTHS = (
    "janvier",
    "février",
    "mars",
    "avril",
    "mai",
    "juin",
    "juillet",
    "août",
    "septembre",
    "octobre",
    "novembre",
    "décembre",
)
WORDS = ("", "", "deux", "trois", "quatre", "cinq", "six", "sept", "huit", "neuf")

# A float of 1e308 has 309 digits before the comma: the default 28 would refuse it.
_WIDE = Context(prec=400)


# --- Numbers -------------------------------------------------------------------------------------


def rounded(value: Any, decimals: int = 0) -> Decimal | None:
    """`value` rounded half away from zero on its decimal writing (0.125 gives 0.13), or None when unknown.

    Never "-0". `value` is an int, a float, a Decimal, a numpy number, None or a pandas missing value.
    """
    if isinstance(value, Decimal):
        exact = value
    elif isinstance(value, int):
        exact = Decimal(value)
    else:
        try:
            as_float = float(value)
        except (TypeError, ValueError):
            return None
        exact = Decimal(repr(as_float)) if math.isfinite(as_float) else Decimal("NaN")
    if not exact.is_finite():
        return None
    result = exact.quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_HALF_UP, context=_WIDE)
    return abs(result) if result == 0 else result


def number(value: Any, decimals: int = 0, *, thin: str = THIN) -> str:
    """ "1 234,5" with `thin` between thousands, a comma and U+2212; "—" when unknown."""
    amount = rounded(value, decimals)
    if amount is None:
        return UNKNOWN
    digits = f"{abs(amount):,.{decimals}f}".replace(",", thin).replace(".", ",")
    return f"{MINUS}{digits}" if amount < 0 else digits


def signed(value: Any, decimals: int = 0, *, thin: str = THIN) -> str:
    """Like `number` with a sign: "+1,4", "−2,0"; zero has none."""
    amount = rounded(value, decimals)
    plus = "+" if amount is not None and amount > 0 else ""
    return plus + number(value, decimals, thin=thin)


def percent(value: Any, decimals: int = 0) -> str:
    """ "12,5 %" for 12.5 (already in hundredths); "—" when unknown; all or none need no decimal: "100 %"."""
    whole = value == 0 or rounded(value, decimals) == 100
    text = number(value, 0 if whole else decimals)
    return text if text == UNKNOWN else f"{text}{THIN}%"


def euros(amount: Any, decimals: int = 0) -> str:
    """ "23 450 €"; "—" when unknown."""
    text = number(amount, decimals)
    return text if text == UNKNOWN else f"{text}{NBSP}€"


def euros_between(low: Any, high: Any, decimals: int = 0) -> str:
    """ "de 148 000 à 520 000 €", lower end first; one amount where both ends are printed alike."""
    first, last = sorted((low, high))
    if number(first, decimals) == number(last, decimals):
        return euros(first, decimals)
    return f"de {number(first, decimals)} à {euros(last, decimals)}"


def is_many(value: Any, decimals: int = 0) -> bool:
    """Whether a noun takes the plural: French plural starts at 2, on the figure as printed."""
    amount = rounded(value, decimals)
    return amount is not None and abs(amount) >= 2


def plural(n: Any, singular: str, plural: str) -> str:
    """The noun alone: `plural` from 2 on, and when `n` is unknown."""
    return plural if rounded(n) is None or is_many(n, 9) else singular


def verb(n: Any, singular: str, plural: str) -> str:
    """The verb or adjective that agrees with `n`: verb(12, "compte", "comptent")."""
    return plural if is_many(n, 9) else singular


def quantity(n: Any, singular: str, plural: str, decimals: int = 0) -> str:
    """ "1 place", "12 places", "0 place", "1,5 place": number and noun never part; "—" when unknown."""
    if rounded(n) is None:
        return UNKNOWN
    return f"{number(n, decimals)}{NBSP}{plural if is_many(n, decimals) else singular}"


def about(count: float) -> float | None:
    """The count as it is said where it is reckoned on an estimate: to 10 from 20 up, to 100 from 1,000; None below 20."""
    exact = rounded(count)
    if exact is None or exact < 20:
        return None
    step = 100 if exact >= 1_000 else 10
    whole = rounded(float(exact) / step)
    return None if whole is None else float(whole * step)


def two_figures(count: float) -> float:
    """The count to two significant figures, as what is reckoned on an estimate is said: 28 687 is 29 000."""
    if not math.isfinite(count) or abs(count) < 100:
        return float(count)
    step = 10.0 ** (math.floor(math.log10(abs(count))) - 1)
    return float(rounded(count / step) or 0) * step


def about_quantity(count: float, singular: str, plural: str) -> str:
    """ "environ 280 places", "moins de 20 places"."""
    said = about(count)
    return (
        f"moins de{NBSP}20{NBSP}{plural}" if said is None else f"environ {quantity(said, singular, plural)}"
    )


def reckoned(count: Any, singular: str, plural: str, *, exact: bool) -> str:
    """ "1 321 enfants" where each was counted, "environ 1 300 enfants" where births or another estimate tell them."""
    if exact or not rounded(count):
        return quantity(count, singular, plural)
    return f"environ {quantity(two_figures(float(count)), singular, plural)}"


def lacking(count: float, singular: str, plural: str, *, exact: bool) -> str:
    """Units that lack: exact, or "environ 3 relais", and for places rounded as `about` does."""
    if exact:
        return quantity(count, singular, plural)
    if singular == "place":
        return about_quantity(count, singular, plural)
    return reckoned(count, singular, plural, exact=False)


def in_words(n: int, *, feminine: bool = False, capital: bool = False) -> str:
    """ "aucune", "une", "trois" up to nine, then digits, as a sentence writes them."""
    if n == 0:
        text = "aucune" if feminine else "aucun"
    elif n == 1:
        text = "une" if feminine else "un"
    else:
        text = WORDS[n] if 1 < n < len(WORDS) else number(n)
    return capitalised(text) if capital else text


def ordinal(n: int, *, feminine: bool = False) -> str:
    """ "1ᵉʳ", "1ʳᵉ", "2ᵉ" with superior letters; `office` brings them back to the line."""
    if n == 1:
        return "1ʳᵉ" if feminine else "1ᵉʳ"
    return f"{number(n)}ᵉ"


# --- Dates and lists -----------------------------------------------------------------------------


def date_long(day: datetime.date) -> str:
    """ "23 novembre 2026", "1ᵉʳ janvier 2025"."""
    number_of_day = ordinal(1) if day.day == 1 else str(day.day)
    return f"{number_of_day}{NBSP}{MONTHS[day.month - 1]}{NBSP}{day.year}"


def span(first: int, last: int) -> str:
    """ "2013-2023", or "2023" alone when both ends meet."""
    return str(first) if first == last else f"{first}-{last}"


def listing(items: Sequence[str]) -> str:
    """ "A, B et C"; an empty text for an empty list."""
    if len(items) < 2:
        return "".join(items)
    return f"{', '.join(items[:-1])} et {items[-1]}"


# --- Typography ----------------------------------------------------------------------------------

_SPACES = "[ \u00a0\u202f]"
_LIGATURE = re.compile(
    r"\b(?:c(?=oeurs?\b)|ch(?=oeurs?\b)|s(?=oeurs?\b)|b(?=oeufs?\b)|n(?=oeuds?\b)|v(?=oeux?\b)|m(?=oeurs\b)"
    r"|man(?=oeuvres?\b)|(?=oeuvres?\b|oeufs?\b|oeil\b))(oe)",
    re.IGNORECASE,
)
# The characters without which a rule finds nothing, the rule, what it writes.
_RULES: tuple[tuple[frozenset[str], re.Pattern[str], str], ...] = tuple(
    (frozenset(needed), re.compile(pattern), replacement)
    for needed, pattern, replacement in (
        (".", r"\.{3,}", "…"),
        ("'", r"''([^'\n]+)''", r"«\1»"),
        ("'", r"(?<=[^\W\d_])'", "’"),
        ('"', r'"([^"\n]*)"', r"«\1»"),
        ("«\"'", rf"«{_SPACES}*", f"«{NBSP}"),
        ("»\"'", rf"{_SPACES}*»", f"{NBSP}»"),
        (";!?", rf"{_SPACES}+([;!?])", rf"{THIN}\1"),
        (";!?", r"(?<=[\w)])([;!?])(?=\s|$|[;!?…)])", rf"{THIN}\1"),
        (":", rf"{_SPACES}+:", f"{NBSP}:"),
        (":", r"(?<=[\w)]):(?=\s|$)", f"{NBSP}:"),
        ("%", rf"(?<=\d){_SPACES}*%(?!\w)", f"{THIN}%"),
        ("€", rf"(?<=\d){_SPACES}*€", f"{NBSP}€"),
        ("1", r"\b1er\b", "1ᵉʳ"),
        ("1", r"\b1re\b", "1ʳᵉ"),
        ("0123456789", r"\b(\d{1,2})e\b", r"\1ᵉ"),
        (" ", r" {2,}", " "),
    )
)


@lru_cache(maxsize=8192)
def typographic(text: str) -> str:
    """Plain French text with its apostrophes, no-break spaces, guillemets, œ, … and superior ordinals.

    Applying it twice changes nothing. Not for HTML or code: straight quotes become guillemets.
    """
    characters = frozenset(text)
    for needed, pattern, replacement in _RULES:
        if not needed.isdisjoint(characters):
            text = pattern.sub(replacement, text)
    return _LIGATURE.sub(_with_ligature, text) if "oe" in text.lower() else text


def _with_ligature(match: re.Match[str]) -> str:
    start = match.group(0)[: -len(match.group(1))]
    return start + ("Œ" if match.group(1)[0] == "O" else "œ")


@lru_cache(maxsize=8192)
def office(text: str) -> str:
    """The same text for Office files: Liberation Sans and some Arial lack U+202F and superior letters. A table is measured
    at several sizes, and its words come again from row to row."""
    return text.translate(_OFFICE)


_OFFICE = str.maketrans({THIN: NBSP, "ᵉ": "e", "ʳ": "r"})


def capitalised(text: str) -> str:
    """The text with a capital at its start, the rest untouched ("à Bordeaux" gives "À Bordeaux")."""
    return text[:1].upper() + text[1:]


_ARTICLES = frozenset(("l", "la", "le", "les"))
_JOINING = frozenset(("à", "au", "aux", "d", "de", "des", "du", "en", "et", "lès", "ou", "sur"))
_NAME_WORD = re.compile(r"[^\W_]+")


def place_name(name: str) -> str:
    """The name of a place as French writes it, whatever its file does: « Les Courbes De L'Albarine », « CITÉ DU STADE » and
    « la côte » are « Les Courbes de l’Albarine », « Cité du Stade », « La Côte ». An article that no small word precedes
    may be part of a name (« Trappes La Boissière »), and stands as it is."""
    written = name.strip().replace("'", "’")
    shouted = written.isupper() and len(written) > 3
    quiet = written.islower()

    def word(found: re.Match[str]) -> str:
        said, low = found[0], found[0].lower()
        if any(letter.isdigit() for letter in said):
            return said
        before = written[: found.start()].rstrip(" ")
        first = not before or before[-1] in "-–/(,:;" and written[found.start() - 1] in " /("
        previous = re.search(r"([^\W_]+)[’ ]*$", before)
        joined = shouted or (previous is not None and previous[1].lower() in _JOINING | _ARTICLES)
        # « Z.A.C. D », « Îlot A »: a letter that nothing follows is no preposition.
        alone = len(low) == 1 and low != "à" and written[found.end() : found.end() + 1] != "’"
        if not first and not alone and (low in _JOINING or (low in _ARTICLES and joined)):
            return low
        if (shouted and not re.fullmatch(r"[IVX]+", said)) or quiet:
            return low[:1].upper() + low[1:]
        return said[:1].upper() + said[1:] if first else said

    return _NAME_WORD.sub(word, written)


def elides(text: str) -> bool:
    """Whether "de" and "que" lose their e before `text`: a vowel, œ, or y before a consonant.

    An initial h is taken as aspirate: names that say otherwise carry INSEE's article code.
    """
    first, second = text[:1].lower(), text[1:2].lower()
    if first == "y":
        return second not in set("aeiouéèêëïôûœ")
    return first != "" and first in "aàâäæeéèêëiîïoôöœuùûü"


def than(text: str) -> str:
    """ "que la Gironde", "qu’Aubervilliers", "qu’en 2018"."""
    return f"qu’{text}" if elides(text) else f"que {text}"


def of_text(text: str) -> str:
    """ "de" before any group of words: "du Mans", "des Landes", "d’Aubervilliers", "de la médiane"."""
    for article, contracted in (("le ", "du "), ("Le ", "du "), ("les ", "des "), ("Les ", "des ")):
        if text.startswith(article):
            return contracted + text.removeprefix(article)
    return f"d’{text}" if elides(text) else f"de {text}"


# --- Territories in a sentence -------------------------------------------------------------------

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

"""Text as French writes it: spaces, guillemets, ligatures, capitals, elisions."""

from __future__ import annotations

import errno
import re
from collections.abc import Sequence
from functools import lru_cache

THIN = "\u202f"
NBSP = "\u00a0"
UNKNOWN = "—"
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


# Office files are XML, which has no place for control characters: a title pasted from Word may hold one.
_NO_XML = (*range(0x09), 0x0B, 0x0C, *range(0x0E, 0x20), 0x7F, *range(0xD800, 0xE000), 0xFFFE, 0xFFFF)
_OFFICE = str.maketrans({THIN: NBSP, "ᵉ": "e", "ʳ": "r"} | dict.fromkeys(_NO_XML, ""))


_COUNTED = re.compile(r"(?<=\d) (?=[^\W\d])|(?<=\d à) (?=\d)")


def unbroken(text: str) -> str:
    """A title whose numbers stay on the line of what they count: « 3 ans » is not cut in two."""
    return _COUNTED.sub(NBSP, text)


def capitalised(text: str) -> str:
    """The text with a capital at its start, the rest untouched ("à Bordeaux" gives "À Bordeaux")."""
    return text[:1].upper() + text[1:]


def listing(items: Sequence[str]) -> str:
    """ "A, B et C"; an empty text for an empty list."""
    if len(items) < 2:
        return "".join(items)
    return f"{', '.join(items[:-1])} et {items[-1]}"


def uncapitalised(text: str) -> str:
    """The text as it is written inside a sentence: "Niveau de vie" gives "niveau de vie", an acronym is untouched."""
    return text if text[1:2].isupper() else text[:1].lower() + text[1:]


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
        first = not before or before[-1] in '-–/(,:;"«' and written[found.start() - 1] in ' /("«'
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


_SORT_WORDS = (
    "accueil accueils assistantes assistants centre collectif collective collège crèche école élémentaire enfance enfants "
    "espace familial familiale garderie général halte intercommunal intercommunale jeunes jeunesse lieu loisirs lycée maison "
    "maternelle maternelles maternels médiation micro multi municipal municipale parental parentale parents périscolaire "
    "petite polyvalent primaire privée professionnel relais service services social sociale vie "
    "allée avenue bis boulevard chemin cours impasse lotissement place quai route rue square ter"
)
_SORTS = {word.translate(str.maketrans("éè", "ee")): word for word in _SORT_WORDS.split()}
"""Words that say of what sort a structure or a way is, as they are written; what follows them is its own name."""
_OFFICES = (
    "ADAPEI ADMR AFC ALSH APAJH APEI CAF CAMSP CCAS CIAS CLAE CLAS CLSH EAJE EHPAD ESAT EVS IME ITEP LAEP MAM MSA MSAP OGEC "
    "PAEJ PEP PIJ PMI RAM RAPE RPE RPI SESSAD SIVOM SIVOS SIVU UDAF UFCV"
)
_INITIALS = frozenset(_OFFICES.split())


@lru_cache(maxsize=16_384)
def structure_name(name: str) -> str:
    """The name of a structure, or its address, without the capitals of its file: « CRECHE LES PETITS LOUPS » is « Crèche Les
    Petits Loups ». Accents come back on the words that say its sort only: nobody knows those of a name."""
    written = re.sub(r"\b([DL]) (?=[AEIOUYH])", "\\1’", name.strip().replace("'", "’"))
    if not written.isupper() or len(written) <= 3:
        return written
    cut = 0
    for found in _NAME_WORD.finditer(written):
        low = found[0].lower()
        if low in _SORTS or low.isdigit() or _initials(found[0]):
            cut = found.end()
        elif low not in _JOINING | _ARTICLES:
            break
    sort = _NAME_WORD.sub(lambda found: _SORTS.get(found[0].lower(), found[0].lower()), written[:cut])
    own = place_name(written[cut:])
    if sort and (first := _NAME_WORD.match(own)) and first[0].lower() in _JOINING:
        own = uncapitalised(own)
    gap = written[cut : cut + len(written[cut:]) - len(written[cut:].lstrip())]
    made = capitalised(f"{sort}{gap}{own}").replace("P’T", "P’t")
    # Letters change, never places: initials are where they were.
    return _NAME_WORD.sub(
        lambda found: said if _initials(said := written[found.start() : found.end()]) else found[0], made
    )


def _initials(word: str) -> bool:
    return word in _INITIALS or bool(re.fullmatch("(?!ST|DR)[B-DF-HJ-NP-TV-XZ]{2,4}", word))


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


def to_text(text: str) -> str:
    """ "à" before any group of words: "au Mans", "aux Landes", "à la médiane"."""
    for article, contracted in (("le ", "au "), ("les ", "aux ")):
        if text[: len(article)].lower() == article:
            return contracted + text[len(article) :]
    return f"à {text}"


def of_text(text: str) -> str:
    """ "de" before any group of words: "du Mans", "des Landes", "d’Aubervilliers", "de la médiane"."""
    for article, contracted in (("le ", "du "), ("Le ", "du "), ("les ", "des "), ("Les ", "des ")):
        if text.startswith(article):
            return contracted + text.removeprefix(article)
    return f"d’{text}" if elides(text) else f"de {text}"


def because(error: OSError) -> str:
    """The cause of a system error in French; the system's own words for a rare one."""
    return {
        errno.ENOENT: "il n’existe pas",
        errno.ENOTDIR: "ce n’est pas un dossier",
        errno.EISDIR: "c’est un dossier",
        errno.EEXIST: "un fichier porte ce nom",
        errno.EACCES: "les droits manquent",
        errno.EPERM: "les droits manquent",
        errno.EROFS: "le disque est en lecture seule",
        errno.ENOSPC: "le disque est plein",
        errno.EDQUOT: "le quota est atteint",
        errno.EFBIG: "la taille permise est dépassée",
    }.get(error.errno or 0, error.strerror or type(error).__name__)

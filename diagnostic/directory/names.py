"""How a name of commune is written, and compared: no accent, no article, without its postcode or its cedex."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

ARTICLES = {"le", "la", "les", "l"}
SHORT_FORMS = {
    "st": "saint",
    "ste": "sainte",
    "sts": "saints",
    "stes": "saintes",
    "s": "sur",
    "ss": "sous",
    "lez": "les",
}
CITIES = {"paris": ("75", 20), "lyon": ("69", 9), "marseille": ("13", 16)}
"""The cities with arrondissements: département and how many."""
_WORD = re.compile(r"[^a-z0-9]+")
_WORD_IN_LINE = re.compile(r"[^a-z0-9\n]+")
_MARKS = (
    ("’", " "),
    ("‘", " "),
    ("–", " "),
    ("—", " "),
    ("‑", " "),
    ("œ", "oe"),
    ("Œ", "OE"),
    ("æ", "ae"),
    ("Æ", "AE"),
)
POSTCODE_FIRST = re.compile(r"(\d{5}) (\D.*)")
CODE_FIRST = re.compile(r"(\d[\dAB]\d{3})[ –—-]+(\D.*)", re.IGNORECASE)
CODE_LAST = re.compile(r"(\D.*?) *[(–—-] *(\d[\dAB]\d{3})\)?", re.IGNORECASE)
KIND_OF_ABOVE = re.compile(
    r"^(?:departement|region|cc|ca|cu|communaute (?:de communes|d agglomeration|urbaine)|metropole)"
    r"(?: (?:de la|de l|des|du|de|d))? "
)
DEPARTEMENT_LAST = re.compile(r"(.*\D) \(?(2[AB]|97\d|\d{2})\)?", re.IGNORECASE)
ORDINAL = re.compile(r"(.+?) (\d{1,2})(?: ?(?:er|e|eme|ieme|nd))?(?: (?:arrondissement|arr|ardt))?")
CEDEX = re.compile(r"(.+?) cedex(?: \d{1,2})?")


def plain(text: str) -> str:
    """Lower case, no accent, one space between words: how names are compared."""
    return _WORD.sub(" ", _ascii(text)).strip()


def plain_all(texts: Sequence[str]) -> list[str]:
    """`plain` of each text, done on all of them at once: ten times faster on 35,000 names."""
    whole = "\n".join(text.replace("\n", " ").replace("\r", " ") for text in texts)
    return [words.strip() for words in _WORD_IN_LINE.sub(" ", _ascii(whole)).split("\n")] if texts else []


def _ascii(text: str) -> str:
    if not text.isascii():
        for mark, letters in _MARKS:
            text = text.replace(mark, letters)
        text = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode("ascii")
    return text.lower()


def commune_name(text: str) -> str:
    """A name as it is compared: no accent, no hyphen, no article in front or behind, Saint in full."""
    return in_full(plain(text))


def in_full(words_of_name: str) -> str:
    words = [SHORT_FORMS.get(word, word) for word in words_of_name.split()]
    if len(words) > 1 and words[0] in ARTICLES:
        words = words[1:]
    if len(words) > 1 and words[-1] in ARTICLES:
        words = words[:-1]
    return " ".join(words)


def spellings(name: str) -> list[str]:
    """The name as compared: whole, then without its postcode, its département, its cedex."""
    found: list[str] = [commune_name(name)]
    if first := POSTCODE_FIRST.fullmatch(name):
        found.append(commune_name(first[2]))
    if last := DEPARTEMENT_LAST.fullmatch(name.strip()):
        found.append(commune_name(last[1]))
    if cedex := CEDEX.fullmatch(plain(name)):
        found.append(commune_name(cedex[1]))
    if (ordinal := ORDINAL.fullmatch(plain(name))) and ordinal[1] in CITIES:
        found.append(ordinal[1])
    return found


def departement_of(code: str) -> str:
    """The département that the code of a commune or a postcode opens with: 33, 2A, 974."""
    return code[:3] if code.startswith(("97", "98")) else code[:2]


def same_place(departement: str, postcode: str) -> bool:
    """Whether a postcode is of the département; Corsica's open with 20."""
    return departement_of(postcode) == departement or (
        departement in ("2A", "2B") and postcode.startswith("20")
    )

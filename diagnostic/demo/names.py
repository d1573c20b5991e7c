"""Invented names that sound French and that no real place bears.

A name is built around a root of two or three syllables; no root is a word of a real commune's name, so no
name that holds one can be real.
"""

from __future__ import annotations

import unicodedata

import numpy as np

FIRST = (
    "Orse", "Velmo", "Thauva", "Quéla", "Briso", "Foulde", "Ambrio", "Sorva", "Guéle", "Marzi",
    "Éfra", "Nivro", "Oulda", "Palzo", "Rému", "Tarve", "Ulma", "Vaudre", "Yza", "Chanvo",
    "Dréva", "Jourse", "Lurva", "Âprego", "Îlbra", "Cloze", "Fréla", "Gralve", "Hauze", "Izarde",
    "Kervo", "Malgue", "Nourva", "Pruvo", "Salvra", "Trélo", "Virva", "Beldra", "Corzo", "Ézelo",
)  # fmt: skip
MIDDLE = ("", "bri", "da", "gno", "la", "mi", "nau", "ro", "si", "ta", "vi", "ze", "lou", "re", "che", "du")
LAST = (
    "ssonne", "lvières", "rnac", "zelles", "nville", "mbry", "ngues", "rval", "nthoux", "cquerie",
    "gnolles", "vrette", "ssart", "lcourt", "mpierre", "nteuil", "zan", "rdeau", "vaine", "lbières",
)  # fmt: skip

RIVERS = ("Ourlaise", "Vézande", "Thévronne", "Brimaude", "Sorvette", "Élouse", "Drançonne", "Nizelle")
SAINTS = ("Orvain", "Thélian", "Maurvé", "Quentelin", "Éloyan", "Brévelin", "Gaudelin", "Yzarn")
SAINTES = ("Orvaine", "Thélie", "Mauricette", "Ézéline", "Philberte")

LONGEST = "Saint-Quentelin-de-la-Combe-sous-les-Tours-d'{root}-et-de-l'Ermitage-le-Vieux"

VOWELS = "AEIOUYH"


def plain(name: str) -> str:
    """The name as INSEE's NCC column writes it: capitals, no accent, hyphens and apostrophes as spaces."""
    decomposed = unicodedata.normalize("NFD", name.replace("œ", "oe").replace("Œ", "Oe"))
    letters = "".join(c for c in decomposed if not unicodedata.combining(c))
    return letters.replace("-", " ").replace("'", " ").upper()


def starts_with_vowel(name: str) -> bool:
    return plain(name)[0] in VOWELS


def of(name: str) -> str:
    """`de Velmor`, `d'Orsenne`: the name after its preposition, for a name without an article."""
    return f"d'{name}" if starts_with_vowel(name) else f"de {name}"


def of_river(name: str) -> str:
    """`de la Vézande`, `de l'Ourlaise`."""
    return f"de l'{name}" if starts_with_vowel(name) else f"de la {name}"


def of_commune(libelle: str, tncc: int) -> str:
    """`du Mans`, `de la Rochelle`, `d'Orsenne`: a commune's name after its preposition."""
    contracted = {2: "du ", 3: "de la ", 4: "des ", 5: "de l'"}
    return contracted[tncc] + bare(libelle, tncc) if tncc in contracted else of(libelle)


def roots(count: int, rng: np.random.Generator) -> list[str]:
    """`count` different roots, the short ones first; never more than there are combinations (12,800)."""
    short = len(FIRST) * len(LAST)
    picks = np.concatenate([rng.permutation(short), short + rng.permutation(short * (len(MIDDLE) - 1))])
    return [
        FIRST[p % len(FIRST)] + MIDDLE[p // short] + LAST[p // len(FIRST) % len(LAST)]
        for p in picks[:count].tolist()
    ]


ARTICLES = {2: "Le ", 3: "La ", 4: "Les ", 5: "L'", 0: "", 1: ""}


def bare(libelle: str, tncc: int) -> str:
    """The name without its article, INSEE's NCCENR."""
    return libelle[len(ARTICLES[tncc]) :]


def _dress(root: str, other: str, pattern: int, pick: int) -> tuple[str, int]:
    """One root in one of the shapes that French commune names take, with its article code."""
    vowel = starts_with_vowel(root)
    river = RIVERS[pick % len(RIVERS)]
    match pattern:
        case 0:
            name = f"Saint-{SAINTS[pick % len(SAINTS)]}-{of(root).replace(' ', '-')}"
        case 1:
            name = f"Sainte-{SAINTES[pick % len(SAINTES)]}-{of(root).replace(' ', '-')}"
        case 2:
            name = f"{root}-sur-{river}"
        case 3:
            return (f"L'{root}", 5) if vowel else (f"La {root}", 3)
        case 4:
            return (f"L'{root}-sur-{river}", 5) if vowel else (f"Le {root}-sur-{river}", 2)
        case 5:
            return f"Les {root}", 4
        case 6:
            name = f"{root}-lès-{other}"
        case 7:
            name = f"{root}-{('le-Haut', 'en-Val', 'la-Chapelle', 'aux-Bois', 'le-Petit')[pick % 5]}"
        case _:
            name = root
    return name, 1 if starts_with_vowel(name) else 0


def commune_names(count: int, rng: np.random.Generator) -> list[tuple[str, int]]:
    """`count` different (libellé, TNCC); the last one is very long when there are at least ten."""
    base = roots(count, rng)
    rounds = [base[i % len(base)] for i in range(count)]
    patterns = rng.choice(12, size=count, p=[0.1, 0.05, 0.14, 0.06, 0.03, 0.03, 0.05, 0.1, *[0.11] * 4])
    picks = rng.integers(0, 1000, size=count)
    seen: set[str] = set()
    names = []
    for i, root in enumerate(rounds):
        other = base[(i * 7 + 3) % len(base)]
        pattern, pick = int(patterns[i]), int(picks[i])
        name, tncc = _dress(root, other, pattern, pick)
        while plain(name) in seen:
            pattern, pick = (pattern + 1) % 9, pick + 1
            name, tncc = _dress(root, other, pattern, pick)
        seen.add(plain(name))
        names.append((name, tncc))
    if count >= 10:
        vowel_root = next(r for r in base if starts_with_vowel(r))
        names[-1] = (LONGEST.format(root=vowel_root), 0)
    return names

"""Words explained where they stand: the term underlined, one tap opens its definition on a line under it."""

from __future__ import annotations

import json
from functools import lru_cache
from html import escape

from diagnostic import french
from diagnostic.story.method import glossary

# Plain word of a label -> term of the glossary.
WORDS = {
    "crèche": "EAJE",
    "assistantes maternelles": "Assistante maternelle",
    "relais petite enfance": "Rpe",
    "Relais petite enfance": "Rpe",
    "lieu d’accueil enfants-parents": "Laep",
    "accueil de loisirs": "Alsh",
    "Accueil de loisirs": "Alsh",
    "Quartiers prioritaires": "QPV",
    "quartier prioritaire": "QPV",
    "centre social": "Centre social",
    "France services": "France services",
    "Niveau de vie": "Niveau de vie",
}

# Word of a status, as `reading.status_word` says it -> what it means.
STATUSES = {
    "officiel": "publié tel quel par le producteur",
    "calculé": "division ou somme faite ici, de parts officielles",
    "estimé": "repose sur une hypothèse, dite dans la formule",
    "arrondi": "le producteur l’a arrondi avant de le publier",
    "au plus": "le producteur n’a publié qu’un maximum",
    "secret statistique": "trop peu de personnes ou de ménages pour être publié",
    "non publié": "le producteur ne donne pas ce chiffre ici",
    "non chargé": "le fichier qui le donne n’est pas dans cette base",
    "inconnu": "une partie manque : ce n’est pas zéro",
    "sans objet": "la question ne se pose pas ici",
    "donnée locale": "lue dans un fichier que vous avez déposé",
}
# Acronyms that stand in texts, each in the ways it is written -> term of the glossary.
ACRONYMS = {
    "AEEH": ("AEEH",),
    "Alsh": ("ALSH", "Alsh"),
    "BPE": ("BPE",),
    "Clas": ("CLAS", "Clas"),
    "CMG": ("CMG",),
    "Cnaf": ("Cnaf",),
    "COG": ("COG",),
    "Copil": ("Copil",),
    "Cotech": ("Cotech",),
    "Ctg": ("CTG", "Ctg"),
    "EAJE": ("EAJE", "Eaje"),
    "EPCI": ("EPCI",),
    "Evs": ("EVS", "Evs"),
    "Filosofi": ("Filosofi",),
    "IRIS": ("IRIS",),
    "Laep": ("LAEP", "Laep"),
    "MSA": ("MSA",),
    "Onape": ("Onape",),
    "Ps Jeunes": ("Ps Jeunes", "PS Jeunes"),
    "Psu": ("PSU", "Psu"),
    "QPV": ("QPV",),
    "Rpe": ("RPE", "Rpe"),
    "SDSF": ("SDSF",),
    "SPPE": ("SPPE",),
    "ZRR": ("ZRR",),
}


def meaning(term: str) -> str:
    """What the glossary says of a term, for the help of a control, whose label cannot be tapped."""
    found = next(one for one in glossary() if one.term == term)
    return f"{found.full}. {found.definition}" if found.full else found.definition


@lru_cache
def explained() -> str:
    """What words.js needs, as JSON: word as written, what is said of it, what the glossary is asked, whether it is
    looked for in texts (a status stands in its own mark)."""
    said = [
        (written, f"{written} : {meaning(term)}", term, True)
        for term, ways in ACRONYMS.items()
        for written in ways
    ]
    said += [(word, f"{word} : {meaning}.", "Statut", False) for word, meaning in STATUSES.items()]
    listed = [(word, french.typographic(meaning), sought, free) for word, meaning, sought, free in said]
    return json.dumps(listed, ensure_ascii=False).replace("<", "\\u003c")


def heading(label: str) -> str:
    """The label as `h3`, its first known term underlined and explained; HTML, escaped."""
    said = escape(french.typographic(label))
    found = next((word for word in WORDS if word in label), None)
    term = next((one for one in glossary() if found and one.term == WORDS[found]), None)
    if found is None or term is None:
        return f"<h3>{said}</h3>"
    word = escape(found)
    full = f"{escape(term.full)} ({escape(term.term)}). " if term.full else ""
    marked = said.replace(word, f"<u>{word}</u>", 1)
    return f'<details class="mot"><summary><h3>{marked}</h3></summary><p>{full}{escape(term.definition)}</p></details>'

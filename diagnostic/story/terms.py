"""Words explained where they stand: the term underlined, one tap opens its definition on a line under it."""

from __future__ import annotations

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

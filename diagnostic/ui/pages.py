"""The pages, declared once: file, title, and whether the bar shows them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

FOLDER = Path(__file__).resolve().parents[2] / "pages"


@dataclass(frozen=True, slots=True)
class PageEntry:
    """A page: `name` is the stem of its file and its address; a page without a file is left out."""

    name: str
    title: str
    section: str = ""
    hidden: bool = False

    @property
    def path(self) -> Path:
        return FOLDER / f"{self.name}.py"


ALL = (
    PageEntry("synthese", "Synthèse"),
    PageEntry("petite_enfance", "Petite enfance"),
    PageEntry("enfance_jeunesse", "Enfance et jeunesse"),
    PageEntry("familles", "Familles"),
    PageEntry("acces_droits", "Accès aux droits"),
    PageEntry("quartiers", "Quartiers prioritaires"),
    PageEntry("carte", "Carte"),
    PageEntry("comparer", "Comparer"),
    PageEntry("donnees", "Données"),
    PageEntry("methode", "Méthode"),
    PageEntry("agir", "Agir", "Préparer"),
    PageEntry("convention", "Convention", "Préparer"),
    PageEntry("exports", "Exports", "Préparer"),
    PageEntry("mes_donnees", "Mes données", "Préparer"),
    PageEntry("presentation", "Présentation", hidden=True),
)


@lru_cache
def existing() -> tuple[PageEntry, ...]:
    """The declared pages that have a file."""
    return tuple(entry for entry in ALL if entry.path.exists())

"""What people chose for the documents: the meeting they are made for, the chapters they keep, their own words."""

from __future__ import annotations

from dataclasses import dataclass, field

from diagnostic import french
from diagnostic.model import DiagnosticError

STAGES = ("Lancement", "Diagnostic", "Enjeux", "Plan d’action", "Signature", "Suivi")
EVERYWHERE, ON_SLIDES, IN_REPORTS, NOWHERE = "partout", "diaporama", "rapports", "nulle part"
PLACES = ("", EVERYWHERE, ON_SLIDES, IN_REPORTS, NOWHERE)
"""Where a chapter stands; "" leaves it where the diagnosis has it."""
MOST_TITLE, MOST_PARAGRAPH = 200, 500
"""Characters: two lines of a slide, and a paragraph above what it draws."""


@dataclass(frozen=True)
class Committee:
    """What whoever presents gives before the deck; what is empty takes no place.

    `stage` is one of `STAGES`; `contacts` are lines of text; `logos` pictures, two at most, that no file keeps;
    `short` asks for the eight slides of a short meeting, `sheets` for a page on each commune in the annex.
    """

    instance: str = ""
    day: str = ""
    period: str = ""
    stage: str = ""
    question: str = ""
    contacts: tuple[str, ...] = ()
    authors: str = ""
    short: bool = False
    sheets: bool = False
    logos: tuple[bytes, ...] = field(default=(), metadata={"kept": False})

    def __post_init__(self) -> None:
        if self.stage and self.stage not in STAGES:
            raise DiagnosticError(
                f"« {self.stage} » n’est pas une étape de la convention : choisissez parmi {', '.join(STAGES)}."
            )

    @property
    def occasion(self) -> str:
        """ "Comité de pilotage, 3 décembre 2026"."""
        return ", ".join(filter(None, (self.instance, self.day)))

    @property
    def empty(self) -> tuple[str, ...]:
        """The names of what was not given."""
        fields = (
            ("instance", self.instance),
            ("date", self.day),
            ("auteurs", self.authors),
            ("période de la Ctg", self.period),
            ("étape", self.stage),
            ("question posée", self.question),
            ("contacts", self.contacts),
            ("logos", self.logos),
        )
        return tuple(name for name, value in fields if not value)


@dataclass(frozen=True)
class Chapter:
    """What people made of one chapter: where it stands, a title and a paragraph of their own.

    `said` is the title of the diagnosis that theirs was written over: once the diagnosis says something else, theirs
    may tell a figure that is no longer, and is not used.
    """

    id: str
    where: str = ""
    title: str = ""
    paragraph: str = ""
    said: str = ""

    def __post_init__(self) -> None:
        if self.where not in PLACES:
            raise DiagnosticError(f"« {self.where} » n’est pas une place d’un chapitre.")
        # Files of an earlier edition hold titles without their no-break spaces.
        object.__setattr__(self, "said", french.typographic(self.said))

    @property
    def untouched(self) -> bool:
        return not (self.where or self.title or self.paragraph)


@dataclass(frozen=True)
class Documents:
    """The meeting, the order of the chapters (that of each document while it is empty), what each became."""

    meeting: Committee = Committee()
    order: tuple[str, ...] = ()
    chapters: tuple[Chapter, ...] = ()

    def chapter(self, id: str) -> Chapter:
        """What people made of a chapter; nothing yet, when they did not touch it."""
        return next((one for one in self.chapters if one.id == id), Chapter(id))

    def with_chapter(self, changed: Chapter) -> Documents:
        """The same with one chapter changed; one that is as the diagnosis has it is noted no more."""
        others = tuple(one for one in self.chapters if one.id != changed.id)
        return Documents(self.meeting, self.order, others if changed.untouched else (*others, changed))

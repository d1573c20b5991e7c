"""The form of a partner: what it is made of, and what a filled one says, line by line.

A workbook or a Word document is read in the confined process of `worker`; here are only texts. A line keeps the
organisation that wrote it, never a person: telephones and mails are taken out.
"""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from diagnostic.directory import plain
from diagnostic.local.reading import cells
from diagnostic.local.worker.limits import MAX_CELL_TEXT
from diagnostic.model import DiagnosticError
from diagnostic.reference import LEVER_THEMES


class Quadrant(StrEnum):
    """What a partner says of a theme."""

    STRENGTH = "force"
    WEAKNESS = "faiblesse"
    OPPORTUNITY = "opportunité"
    THREAT = "menace"
    PROPOSAL = "proposition"


HEADINGS: dict[Quadrant, str] = {
    Quadrant.STRENGTH: "Forces",
    Quadrant.WEAKNESS: "Faiblesses",
    Quadrant.OPPORTUNITY: "Opportunités",
    Quadrant.THREAT: "Menaces",
    Quadrant.PROPOSAL: "Propositions",
}
ASKED: dict[Quadrant, str] = {
    Quadrant.STRENGTH: "Ce qui marche ici et qu’il faut garder",
    Quadrant.WEAKNESS: "Ce qui manque ou ne marche pas",
    Quadrant.OPPORTUNITY: "Ce qui, autour, peut aider",
    Quadrant.THREAT: "Ce qui, autour, peut empêcher",
    Quadrant.PROPOSAL: "Ce que vous proposez de faire",
}
ORGANISATION = "Organisation"
COLUMNS = ("Thème", "Rubrique", "Contribution")
TITLE = "Contribution au diagnostic partagé"
INTRODUCTION = (
    "Une ligne par idée. Écrivez au nom de votre organisation, sans nommer de personne ni de famille.",
    "Déposez ensuite ce fichier sur la page « Mes données », ou rendez-le à qui prépare la convention.",
)
LINES = 60
"""Lines of the workbook to fill."""
NOT_A_PERSON = (
    "La contribution est celle d’une organisation, non d’une personne : indiquez par exemple « Centre social », « Msa » "
    "ou « Commune de… »."
)
TAKEN_OUT = "[coordonnées retirées]"

_QUADRANTS: dict[str, Quadrant] = {
    word: quadrant
    for quadrant, words in {
        Quadrant.STRENGTH: ("force", "forces", "atout", "atouts", "point fort", "points forts"),
        Quadrant.WEAKNESS: ("faiblesse", "faiblesses", "point faible", "points faibles", "manque", "manques"),
        Quadrant.OPPORTUNITY: ("opportunite", "opportunites"),
        Quadrant.THREAT: ("menace", "menaces", "risque", "risques"),
        Quadrant.PROPOSAL: ("proposition", "propositions", "idee", "idees"),
    }.items()
    for word in words
}
_THEMES: dict[str, str] = {plain(label): id for id, label in LEVER_THEMES.items()} | {
    plain(id.replace("_", " ")): id for id in LEVER_THEMES
}
_OWN_WORDS = frozenset(map(plain, (TITLE, *INTRODUCTION, NOT_A_PERSON)))
_CONTACT = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+|(?<!\d)(?:\+33\s?|0)[1-9](?:[\s.-]?\d{2}){4}(?!\d)")
_PERSON = re.compile(r"(m|mr|mme|mlle|monsieur|madame|mademoiselle|dr|docteur)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Said:
    """One line of a form."""

    theme: str
    quadrant: Quadrant
    text: str


@dataclass(frozen=True, slots=True)
class Form:
    """A filled form: `organisation` is empty when it does not say it; `left` are the lines that could not be placed,
    each with the reason, so that none is lost in silence."""

    organisation: str
    lines: tuple[Said, ...]
    left: tuple[str, ...] = ()


def organisation(text: str) -> str:
    """The name of an organisation as it is kept; DiagnosticError where it is blank or names a person."""
    name = " ".join(_CONTACT.sub("", text).split())[:120]
    if not name or _PERSON.match(name):
        raise DiagnosticError(NOT_A_PERSON)
    return name


def without_contacts(text: str) -> str:
    """The text without telephones and mails."""
    return _CONTACT.sub(TAKEN_OUT, " ".join(text.split()))


def read(data: bytes, *, tick: Callable[[], None] = lambda: None) -> Form:
    """The form held by the bytes of an Excel or Word file; DiagnosticError when it is none, or empty."""
    return understood([row for sheet in cells(data, word=True, tick=tick) for row in sheet])


def understood(rows: Sequence[Sequence[str]]) -> Form:
    """What rows of cells say, whatever the file: lines of three columns, or a table a theme with a row a heading."""
    name, theme = "", ""
    lines: list[Said] = []
    left: list[str] = []
    for row in rows:
        filled = [cell.strip() for cell in row if cell.strip()]
        if not filled:
            continue
        first, rest = filled[0], filled[1:]
        if plain(first.partition(":")[0]) == plain(ORGANISATION):
            name = name or " ".join((first.partition(":")[2], *rest)).strip()
        elif [plain(cell) for cell in filled[:2]] == [plain(COLUMNS[0]), plain(COLUMNS[1])]:
            continue
        elif plain(first) in _THEMES:
            theme = _THEMES[plain(first)]
            if rest:
                _placed(theme, rest, lines, left)
        else:
            _placed(theme, filled, lines, left)
    if not lines and not left:
        raise DiagnosticError(
            "Ce formulaire est vide : aucune force, faiblesse, opportunité, menace ou proposition n’y est écrite."
        )
    if not lines:
        raise DiagnosticError(
            "Ce fichier n’est pas un formulaire de contribution : aucun thème ni aucune rubrique n’y est reconnu. "
            "Partez du modèle à remplir."
        )
    return Form(name, tuple(lines), tuple(left))


def _placed(theme: str, row: Sequence[str], lines: list[Said], left: list[str]) -> None:
    """A heading and its texts, one line each, or what could not be placed."""
    quadrant = _QUADRANTS.get(plain(row[0].splitlines()[0]))
    if quadrant is None:
        said = without_contacts(" ".join(row))
        if plain(said) not in _OWN_WORDS:
            left.append(
                f"« {said[:200]} » : {'rubrique non reconnue' if len(row) > 1 else 'hors des rubriques'}"
            )
        return
    for text in row[1:]:
        said = without_contacts(text)
        if not theme:
            left.append(f"« {said[:200]} » : thème non reconnu")
        else:
            lines.append(Said(theme, quadrant, said))
            if len(text) >= MAX_CELL_TEXT:
                left.append(f"« {said[:60]}… » : coupée à {MAX_CELL_TEXT} caractères")


def as_xlsx(perimeter: str = "") -> bytes:
    """The form as a workbook: the organisation, then a line a contribution, theme and heading from lists."""
    import xlsxwriter

    target = io.BytesIO()
    book = xlsxwriter.Workbook(target, {"in_memory": True})
    sheet = book.add_worksheet("Contribution")
    bold = book.add_format({"bold": True, "valign": "top"})
    head = book.add_format({"bold": True, "bottom": 1, "valign": "top"})
    text = book.add_format({"num_format": "@", "text_wrap": True, "valign": "top"})
    blank = book.add_format({"num_format": "@", "bottom": 4})
    for place, width in enumerate((32, 18, 90)):
        sheet.set_column(place, place, width, text)
    sheet.write_string(0, 0, ORGANISATION, bold)
    sheet.merge_range(0, 1, 0, 2, "", blank)
    sheet.write_comment(0, 1, NOT_A_PERSON)
    for place, label in enumerate(COLUMNS):
        sheet.write_string(2, place, label, head)
    for source, place in (([*LEVER_THEMES.values()], 0), ([str(one) for one in Quadrant], 1)):
        sheet.data_validation(3, place, 2 + LINES, place, {"validate": "list", "source": source})
    sheet.write_comment(2, 1, "\n".join(f"{HEADINGS[one]} : {ASKED[one]}" for one in Quadrant))
    sheet.freeze_panes(3, 0)
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.set_header(f"&LContribution au diagnostic partagé{f', {perimeter}' if perimeter else ''}")
    book.close()
    return target.getvalue()

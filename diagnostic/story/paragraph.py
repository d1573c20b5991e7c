"""The paragraph that opens a subject of a document: its figures, and what its drawings show."""

from __future__ import annotations

import re
from collections.abc import Sequence

from diagnostic import french
from diagnostic.indicators import CHILDMINDERS, COMPUTED, CRECHES
from diagnostic.reading import UNCOMPARED
from diagnostic.report import Report
from diagnostic.story.blocks import Lines, Ranked, Scatter, Section, Strips
from diagnostic.story.figures import value_of
from diagnostic.story.sharing import lever_names
from diagnostic.story.stake import Stake

BY_MODE = (COMPUTED, CRECHES, CHILDMINDERS)
"""Rates of another year and another measure than the official one: told by their drawing, never held against anything."""
SENTENCE = re.compile(r"(?<=\.) (?=[A-ZÀÉ])")
SUMMARIES = ("themes",)
"""Sections that gather the figures of others, which say them."""
FEWEST_RANKED = 3
FIGURES_SAID = 2
"""Sentences of figures in a paragraph: the table has the others."""
MOST_WORDS = 120


def opening_paragraph(report: Report, section: Section, found: Sequence[Stake], said: set[str]) -> str:
    """Figure and year, what the drawing shows, what it opens: as many sentences as `MOST_WORDS` hold."""
    told = [section.spoken] if section.spoken else figures_said(report, section, said)
    told += [PRESENTED[section.id]] if section.id in PRESENTED else []
    if not section.blocks:
        told = [section.spoken]
    told.append("" if section.spoken else _drawn(section))
    told += [_opening(stake) for stake in found if stake.chapter == section.id][:1]
    kept: list[str] = []
    for sentence in (_new(french.typographic(one), section.title, said) for one in told if one):
        words = sum(len(one.split()) for one in (*kept, sentence))
        if sentence and (not kept or words <= MOST_WORDS):
            kept.append(_continued(sentence, kept))
            said.update((sentence, *map(bare, SENTENCE.split(sentence))))
    return " ".join(kept)


PRESENTED = {
    "themes": "Chaque thème de la convention est ouvert par le chiffre qui le dit le mieux ; les chapitres suivants les "
    "reprennent un à un.",
    "semblables": "Des territoires de même profil ne sont pas un objectif : ils disent ce qui se fait ailleurs.",
    "services_autour": "Un service d’une commune voisine sert aussi les habitants d’ici ; le trajet par la route est plus long "
    "que la distance écrite.",
    "structures": "Un équipement recensé peut avoir fermé, un autre ouvert, depuis la date du fichier : la liste se vérifie "
    "avec chaque commune.",
    "obligations": "Ces obligations reviennent à la commune, ou à l’intercommunalité qui exerce la compétence ; ce que les "
    "données ne montrent pas se vérifie sur place.",
    "enjeux": "Ces lignes et ces enjeux sont proposés par les chiffres ou écrits par les partenaires ; le comité les garde, "
    "les corrige ou les retire.",
    "priorites": "L’ordre est proposé d’après l’ampleur des écarts et les enfants concernés ; il se discute.",
    "leviers": "Ces aides répondent aux écarts du diagnostic ; leurs montants, datés, sont à confirmer avec la Caf avant toute "
    "décision.",
    "inconnu": "Aucun fichier ouvert chargé ici ne donne ces informations ; chacune se demande à qui la tient, pendant le "
    "diagnostic partagé.",
    "calendrier_ctg": "La collectivité et la Caf fixent ensemble ce calendrier, selon le périmètre et les délibérations.",
}
"""Section -> what opens a table that needs to be presented."""


def figures_said(report: Report, section: Section, said: set[str]) -> list[str]:
    """The sentences of the first known figures of the section that were not told yet."""
    readings = [
        report.findings[name].reading
        for name in section.indicators
        if section.id not in SUMMARIES
        and name in report.findings
        and name not in BY_MODE
        and value_of(report.findings[name]) is not None
    ]
    ranked = any(isinstance(block, Strips) for block in section.blocks)
    return [one for one in readings if one and one not in said][: 1 if ranked else FIGURES_SAID]


def _new(text: str, title: str, said: set[str]) -> str:
    """The sentences of a text that neither the title nor the document said before; why a figure compares with nothing
    goes with the figure."""
    kept: list[str] = []
    gone = False
    for one in SENTENCE.split(text):
        gone = bare(one) in (*said, bare(title)) or (gone and one.startswith(UNCOMPARED))
        kept += [] if gone else [one]
    return " ".join(kept)


def bare(sentence: str) -> str:
    """A sentence without the place that it opens with, which titles and what follows leave out."""
    return re.sub(r"^(?:À|Au|Aux|Dans|En|Sur) [^,]*, ", "", sentence).removesuffix(".").lower()


def said_in(text: str) -> set[str]:
    """What a text says, whatever the order; its short words say nothing."""
    return {word for word in re.findall(r"\w+", text.lower()) if len(word) > 2 or word.isdigit()}


def _continued(sentence: str, before: Sequence[str]) -> str:
    """A sentence after another one that names the same place: it does not name it again."""
    place, comma, rest = sentence.partition(", ")
    again = bool(before and comma) and before[0].startswith(f"{place}, ")
    return french.capitalised(rest) if again else sentence


def together(sentences: Sequence[str]) -> str:
    """Sentences in a row: the place that the first one names is not named again."""
    kept: list[str] = []
    for one in sentences:
        kept.append(_continued(one, kept))
    return " ".join(kept)


def _opening(stake: Stake) -> str:
    named = lever_names(stake.levers[:2])
    aid = f" Parmi les aides de la Caf qui y répondent : {french.listing(named)}." if named else ""
    return f"D’où un enjeu à débattre : {french.uncapitalised(stake.title)}.{aid}"


def _drawn(section: Section) -> str:
    """What the drawing of a section shows, in a sentence; empty for what is read as it is."""
    for block in section.blocks:
        if isinstance(block, Ranked):
            bars = [one for one in section.blocks if isinstance(one, Ranked)]
            return _range(bars)
        if isinstance(block, Strips):
            return ranks_said(block)
        if isinstance(block, Lines):
            return _course(block)
        if isinstance(block, Scatter):
            return _spread(block)
    return ""


def _range(drawn: Sequence[Ranked]) -> str:
    rows = [row for block in drawn for row in block.rows]
    if len(rows) < FEWEST_RANKED:
        return ""
    ends = (min(rows, key=lambda row: row[1]), max(rows, key=lambda row: row[1]))
    said = " à ".join(f"{french.number(value, drawn[0].decimals)} ({name})" for name, value, _ in ends)
    return f"Les valeurs vont de {said}."


def ranks_said(block: Strips) -> str:
    others = [f"{row.rank} pour « {french.uncapitalised(row.label)} »" for row in block.rows[1:]]
    return f"Ses autres rangs : {' ; '.join(others)}." if others else ""


def _spread(block: Scatter) -> str:
    """Both ends of each axis, with who holds them."""
    told = []
    for title, at in ((block.x_title, 1), (block.y_title, 2)):
        ends = (min(block.points, key=lambda one: one[at]), max(block.points, key=lambda one: one[at]))
        said = " à ".join(f"{french.number(one[at], 1)} ({one[0]})" for one in ends)
        told.append(f"{title} : de {said}")
    return f"{' ; '.join(told)}." if len(block.points) > 1 else ""


def _course(block: Lines) -> str:
    line = block.series[0]
    if len(line.points) < 2:
        return ""
    (first, start), (last, end) = line.points[0], line.points[-1]
    before, after = (french.number(value, block.decimals) for value in (start, end))
    return f"{block.caption} : {before} en {first}, {after} en {last}."

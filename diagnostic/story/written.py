"""The sections as a written document tells them: chapters, and in each section a paragraph before what is drawn.

The paragraph is made of what the section is about: the sentence of each of its figures, what its drawing shows, the stake
that it founds, what is unknown. A sentence said once is not said again further on. Rows without any value leave the
tables and are named in one closing sentence. A chapter that another one tells leaves, and one that a document need not
draw is told in its sentence: a report is read in ten minutes, the workbook and the screens have the rest.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from diagnostic import french
from diagnostic.model import Level
from diagnostic.plan.documents import Documents
from diagnostic.report import Report
from diagnostic.story.blocks import Lines, Map, Printed, Ranked, Section, Steps, Strips, Table
from diagnostic.story.chosen import FIXED, asked, compose
from diagnostic.story.committee import annex_section, calendar_section, glossary_section
from diagnostic.story.figures import sources_together
from diagnostic.story.nearby import HERE
from diagnostic.story.paragraph import (
    SENTENCE,
    SUMMARIES,
    bare,
    figures_said,
    opening_paragraph,
    ranks_said,
    said_in,
    together,
)
from diagnostic.story.stake import Stake, stakes
from diagnostic.story.words import AGENDA

MORE = "Accès aux droits, quartiers, cadre de vie"
"""Where the figures that no section of their own tells are gathered."""
CHAPTERS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("L’essentiel en une page", ("essentiel", AGENDA)),
    ("Portrait", ("portrait", "ages", "themes")),
    (
        "Accueil des moins de 3 ans",
        (
            "position",
            "semblables",
            "offre",
            "besoin",
            "communes",
            "ecart",
            "services_autour",
            "structures",
            "estimations",
            "acces",
            "naissances",
            "perspectives",
        ),
    ),
    ("Enfance et jeunesse", ("alsh", "alsh_sans", "ecoles", "jeunes")),
    ("Parentalité et vie sociale", ("familles", "menages")),
    (
        MORE,
        (
            "pauvrete",
            "quartiers",
            "quartiers_allocataires",
            "manques_quartiers",
            "iris_enfants",
            "iris",
            "droits",
            "eloignes",
            "logement",
            "handicap",
        ),
    ),
    ("Ce que demande la loi", ("obligations",)),
    ("Du constat aux enjeux", ("enjeux", "priorites")),
    ("Leviers", ("leviers",)),
    ("Ce qui reste à savoir", ("inconnu",)),
    ("Gouvernance et calendrier", ("calendrier_ctg",)),
)
"""Chapter of a document -> its sections, in the order of a diagnosis; what others add stands before the annexes."""
OTHERS = "Plan d’actions et données locales"
ANNEXES = "Annexes"
IN_ANNEX = ("annexe_membres", "liste_structures", "glossaire", "sources")
PEERS, AGES, AROUND = "semblables", "ages", "services_autour"
STRUCTURES, NO_STRUCTURE = "structures", (french.UNKNOWN, "0", "")
LISTED = "liste_structures"
"""Structures one by one, up to a département."""
BY_INDICATOR = ("Indicateur", "Thème", "Service", "Équipement")
"""How the headings of tables begin whose lines are indicators: one without a value is named below the table."""
MOST_ROWS = 60
"""Lines of a table in a document: the workbook has all."""
MOST_BARS = 14
"""Bars of a ranking in a document."""
ELSEWHERE = {"communes": "ecart", "naissances": "perspectives", "priorites": "enjeux", "alsh_sans": "alsh"}
"""Chapter -> the one that tells it too, drawn: a document says it once."""
IN_A_SENTENCE = (
    "eloignes",
    "estimations",
    "acces",
    "ecoles",
    "menages",
    "manques_quartiers",
    "logement",
    "handicap",
)
"""Chapters whose title says what a document needs of them."""
IN_A_SENTENCE_OF_A_COMMUNE = (
    "ages",
    "quartiers_allocataires",
    "position",
    "quartiers",
    "besoin",
    "ecart",
    "naissances",
    "alsh",
    "jeunes",
    "iris_enfants",
    "iris",
    "droits",
    "sources",
)
"""The same in the report of a commune, four to six pages long."""
DRAWN_ONLY = ("offre", "perspectives")
NOT_OF_A_COMMUNE = ("semblables", "estimations", "acces", "eloignes", "glossaire")
ON_ONE = ("besoin", "ecart", "leviers", "inconnu")
"""Chapters whose slide tells on one page what would take two: a document draws the same."""
_CHAPTER = {name: title for title, names in CHAPTERS for name in names} | dict.fromkeys(IN_ANNEX, ANNEXES)


@dataclass(frozen=True)
class Written:
    """A section of a document: `paragraph` stands under its title, `closing` under its blocks, then `below`, its source and
    its caution, which sentences that follow one another say once, after the last of them."""

    section: Section
    paragraph: str
    closing: str
    below: str = ""

    @property
    def brief(self) -> bool:
        """Whether the title says all there is: no heading of its own is worth it."""
        return not self.section.blocks

    @property
    def told(self) -> str:
        """What it says in words: its paragraph; of a brief one its title before, unless the first two sentences have every
        word of it."""
        title, first = self.section.title, " ".join(SENTENCE.split(self.paragraph)[:2])
        if not self.brief or said_in(title) <= said_in(first):
            return self.paragraph
        return " ".join(filter(None, (f"{title}.", self.paragraph)))


@dataclass(frozen=True)
class Part:
    """A chapter: its title and its sections."""

    title: str
    sections: tuple[Written, ...]


def apart(sections: Sequence[Section]) -> tuple[Part, ...]:
    """Any sections, each a chapter of its own."""
    return tuple(Part(section.kicker, (Written(section, "", "", section.below),)) for section in sections)


def document(
    report: Report, sections: Sequence[Section], documents: Documents | None = None
) -> tuple[Part, ...]:
    """The chapters of a document from the sections of the diagnosis, as people composed them: in their order, chapter by
    chapter, where they chose one. The glossary and the list of members join, and the calendar where a convention is
    signed: not for a single commune."""
    meeting = (documents or Documents()).meeting
    there = {section.id for section in sections}
    joined = (
        None if report.territory.level is Level.COMMUNE else calendar_section(meeting),
        annex_section(report),
        glossary_section(meeting),
    )
    wide = report.territory.level in (Level.REGION, Level.FRANCE)
    told = [section for section in sections if not (wide and section.id == LISTED)]
    told += [one for one in joined if one is not None and one.id not in there]
    told = _told_once(report, told, documents or Documents())
    every = compose(sorted(told, key=_rank), documents)
    titles = dict.fromkeys(_chapter(section) for section in every)
    ordered = [*(title for title in titles if title != ANNEXES), ANNEXES]
    said: set[str] = set()
    found = stakes(report)
    made = {
        title: _sourced(
            report,
            [_written(report, section, found, said) for section in every if _chapter(section) == title],
        )
        for title in ordered
    }
    return tuple(Part(title, within) for title, within in made.items() if within)


def is_short(report: Report) -> bool:
    """Whether a document is that of a commune: a few pages, whose contents name the chapters only."""
    return report.territory.level is Level.COMMUNE


def _told_once(report: Report, sections: Sequence[Section], documents: Documents) -> list[Section]:
    """The chapters that a document tells, but those that another one tells, some in a sentence; all that people asked
    for, or wrote in, stand whole."""
    drawn = {one.id for one in sections if any(isinstance(block, Lines) for block in one.blocks)}
    drawn |= {one.id for one in sections if one.on_slide}
    short = is_short(report)
    brief = (*IN_A_SENTENCE, *(IN_A_SENTENCE_OF_A_COMMUNE if short else ()))
    left = (*SUMMARIES, *(NOT_OF_A_COMMUNE if short else ()))
    cited = " ".join(one.source for one in sections if one.id != FIXED and one.id not in left)
    kept = []
    for one in sections:
        chapter = documents.chapter(one.id)
        wanted = asked(one, documents, slides=False) or chapter.title or chapter.paragraph
        if not wanted:
            if one.id in left or ELSEWHERE.get(one.id) in drawn or _is_empty(one):
                continue
            if short and one.id == AROUND:
                one = _missing_here(one)
            elif one.id in brief or _is_one_line(one):
                one = replace(one, columns=(), more=(), spoken=_spoken(report, one, cited))
            elif one.id in ON_ONE and one.on_slide:
                one = replace(one, columns=_printed(one), more=())
            elif one.id == AGES:
                # The pyramid and the families; what follows is in the workbook.
                one = replace(one, more=())
            elif one.id == PEERS and any(isinstance(block, Strips) for block in one.blocks):
                # Their names and the ranks: the same figures are drawn once, among the neighbours.
                one = replace(one, columns=(), more=(), spoken=" ".join((one.notes[0], _spoken(report, one))))
        kept.append(one)
    return kept


def _spoken(report: Report, section: Section, cited: str = "") -> str:
    """The sentences of a chapter that is not drawn: those of its figures, its ranks, or the lines of its table; of the
    sources, those that are not `cited` under a chapter."""
    if section.id == FIXED:
        named: dict[str, list[str]] = {}
        for title, producer, years, _ in (
            row for block in section.blocks if isinstance(block, Table) for row in block.rows
        ):
            if title not in cited:
                named.setdefault(producer, []).append(
                    title if years == french.UNKNOWN else f"{title} ({years})"
                )
        others = " ".join(f"{producer} : {' ; '.join(titles)}." for producer, titles in named.items())
        return f"Outre celles que nomment les chapitres, {others}" if others else ""
    ranks = [ranks_said(block) for block in section.blocks if isinstance(block, Strips)]
    return section.spoken or together((*figures_said(report, section, set()), *filter(None, ranks)))


def _printed(section: Section) -> tuple[tuple[float, tuple[Printed, ...]], ...]:
    """What a document draws of a slide."""
    return tuple(
        (share, tuple(block for block in blocks if not isinstance(block, Steps)))
        for share, blocks in section.on_slide
    )


def _is_empty(section: Section) -> bool:
    """Figures that nothing is known of: the chapter of what is unknown names them."""
    tables = [block for block in section.blocks if isinstance(block, Table)]
    return (
        section.id.startswith("autres")
        and len(tables) == len(section.blocks)
        and all(_blank(table, row) for table in tables for row in table.rows)
    )


def _is_one_line(section: Section) -> bool:
    """Whether other figures are a single one: its sentence is the title."""
    rows = [len(block.rows) if isinstance(block, Table) else 2 for block in section.blocks]
    return section.id.startswith("autres") and sum(rows) == 1


def _missing_here(section: Section) -> Section:
    """What a town that has most services tells of those around: the ones that it lacks, the others being counted further
    on."""

    def kept(block: Printed) -> Printed | None:
        if not isinstance(block, Table):
            return block
        lacking = tuple(row for row in block.rows if row[2] != HERE)
        left = lacking if 2 * len(lacking) < len(block.rows) else block.rows
        return replace(block, rows=left) if left else None

    columns = tuple(
        (share, tuple(one for block in blocks if (one := kept(block)) is not None))
        for share, blocks in section.columns
    )
    return replace(section, columns=columns)


def _sourced(report: Report, written: Sequence[Written]) -> tuple[Written, ...]:
    """Sentences that follow one another say their sources once, after the last of them."""
    made: list[Written] = []
    waiting: list[Section] = []
    for one, following in zip(written, (*written[1:], None), strict=True):
        below = one.section.below
        if one.brief:
            waiting.append(one.section)
            below = ""
            if following is None or not following.brief:
                sources = sources_together(report, [told.source for told in waiting if told.source])
                cautions = dict.fromkeys(told.caution for told in waiting if told.caution)
                below, waiting = " ".join((*sources, *cautions)), []
        made.append(replace(one, below=below))
    return tuple(made)


def _chapter(section: Section) -> str:
    return MORE if section.id.startswith("autres") else _CHAPTER.get(section.id, OTHERS)


def _lighter(report: Report, section: Section) -> Section:
    """The section of a small place: a commune needs no map of its own ground, nor the lines of what a drawing shows."""
    if report.territory.level is not Level.COMMUNE:
        return section

    def kept(block: Printed) -> bool:
        if isinstance(block, Table):
            return section.id not in DRAWN_ONLY
        return not isinstance(block, Map) or block.kind == "locator"

    columns = tuple((share, tuple(filter(kept, blocks))) for share, blocks in section.columns)
    return replace(section, columns=columns, more=tuple(filter(kept, section.more)))


def _rank(section: Section) -> int:
    order = [*(name for _, names in CHAPTERS for name in names), "", *IN_ANNEX]
    if section.id.startswith("autres"):
        return order.index("handicap")
    return order.index(section.id if section.id in order else "")


def _written(report: Report, section: Section, found: Sequence[Stake], said: set[str]) -> Written:
    kept, closing = _known(_lighter(report, section))
    paragraph = opening_paragraph(report, kept, found, said)
    said.add(bare(section.title))
    return Written(kept, paragraph, "" if _says_it(section) else closing)


def _says_it(section: Section) -> bool:
    return section.caution.startswith(("Non connus ici", "Sans chiffre ouvert"))


# What is known


def _known(section: Section) -> tuple[Section, str]:
    """The section without what says nothing or says it twice: lines of indicators without any value, whose names come
    back in a sentence, as do communes without any structure; a table held in another one or without any value, a map whose
    most values are unknown; tables and rankings no longer than a document bears."""
    left: list[str] = []
    bare: list[str] = []

    def shown(block: Printed) -> Printed | None:
        if isinstance(block, Ranked):
            # Without its last bars a pyramid would have no children.
            return block if section.id == AGES else _fewer(block)
        if not isinstance(block, Table):
            return block
        if section.id == STRUCTURES and len(block.rows) > MOST_BARS:
            some = tuple(row for row in block.rows if any(cell not in NO_STRUCTURE for cell in row[2:]))
            bare.extend(row[0] for row in block.rows if row not in some)
            block = replace(block, rows=some)
        if block.header and block.header[0] in BY_INDICATOR:
            kept = tuple(row for row in block.rows if not _blank(block, row))
            left.extend(row[0] for row in block.rows if row not in kept)
            block = replace(block, rows=kept)
        return _shorter(block) if block.rows else None

    def held(blocks: Sequence[Printed]) -> tuple[Printed, ...]:
        return tuple(one for block in blocks if not hidden(block) and (one := shown(block)) is not None)

    def hidden(block: Printed) -> bool:
        if isinstance(block, Map):
            known = sum(value is not None for value in block.values.values())
            return block.kind == "ratio" and (known < 2 or 2 * known < len(block.values))
        if not isinstance(block, Table):
            return False
        if section.id == LISTED and len(block.rows) == 1 and len(block.header) == 2:
            # One count: the title says it.
            return True
        valued = {row for row in block.rows if not _blank(block, row)}
        others = (one for one in section.blocks if isinstance(one, Table) and one is not block)
        named = bool(block.header) and block.header[0] in BY_INDICATOR
        return not (valued or named) or (bool(valued) and any(valued < set(one.rows) for one in others))

    columns = tuple((share, held(blocks)) for share, blocks in section.columns)
    made = replace(section, columns=columns, more=held(section.more))
    without = f"Sans aucune de ces structures recensée : {' ; '.join(bare)}." if bare else ""
    return made, french.typographic(without) or _closing(tuple(dict.fromkeys(left)))


def _blank(table: Table, row: Sequence[str]) -> bool:
    return bool(table.numeric) and all(row[at] in (french.UNKNOWN, "inconnu", "") for at in table.numeric)


def _fewer(bars: Ranked) -> Ranked:
    """The first bars of an endless ranking, which says so."""
    if len(bars.rows) <= MOST_BARS + 1:
        return bars
    caption = french.typographic(
        f"{bars.caption} : {MOST_BARS} sur {len(bars.rows)}, les autres dans le classeur"
    )
    return replace(bars, caption=caption, rows=bars.rows[:MOST_BARS], asides=bars.asides[:MOST_BARS])


def _shorter(table: Table) -> Table:
    """The first lines of an endless table, and how many are left to the workbook."""
    over = len(table.rows) - MOST_ROWS
    if over <= 1:
        return table
    left = (f"{french.number(over + 1)} autres : voir le classeur", *[""] * (len(table.header) - 1))
    return replace(table, rows=(*table.rows[: MOST_ROWS - 1], left), total=False)


def _closing(unknown: Sequence[str]) -> str:
    return french.typographic(f"Ne sont pas connus ici : {' ; '.join(unknown)}.") if unknown else ""

"""What a deck, a document and a note say, whatever the file: sections made of blocks, from a Report.

Every number of a block has passed through its status: a masked or unknown value is None here already,
so that no renderer can write it. A section without data is not returned.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from diagnostic.exports.content.about import FICTIONAL, SECRECY, cover, facts, sources_section
from diagnostic.exports.content.acting import levers_section, priorities_section
from diagnostic.exports.content.childcare import offer_section
from diagnostic.exports.content.districts import districts_section
from diagnostic.exports.content.families import families_section
from diagnostic.exports.content.figures import value_of
from diagnostic.exports.content.gap import gap_section
from diagnostic.exports.content.leisure import leisure_section
from diagnostic.exports.content.local import local_sections
from diagnostic.exports.content.members import members_section
from diagnostic.exports.content.outlook import outlook_section
from diagnostic.exports.content.overview import essentiel_section, portrait_section
from diagnostic.exports.content.reach import reach_section
from diagnostic.exports.content.rights import rights_section
from diagnostic.exports.content.shape import (
    Block,
    Card,
    Cards,
    Cover,
    Line,
    Lines,
    Map,
    Ranked,
    Scatter,
    Section,
    Stacked,
    Strip,
    Strips,
    Table,
    Text,
)
from diagnostic.exports.content.standing import standing_section
from diagnostic.exports.content.words import called, day, known, shortened, written_day
from diagnostic.report import Report

__all__ = [
    "FICTIONAL",
    "SECRECY",
    "Block",
    "Card",
    "Cards",
    "Cover",
    "Line",
    "Lines",
    "Map",
    "Ranked",
    "Scatter",
    "Section",
    "Stacked",
    "Strip",
    "Strips",
    "Table",
    "Text",
    "called",
    "cover",
    "day",
    "facts",
    "known",
    "local_sections",
    "sections",
    "shortened",
    "value_of",
    "written_day",
]

BUILDERS: tuple[Callable[[Report], Section | None], ...] = (
    essentiel_section,
    portrait_section,
    offer_section,
    standing_section,
    members_section,
    gap_section,
    reach_section,
    leisure_section,
    families_section,
    districts_section,
    rights_section,
    outlook_section,
    priorities_section,
    levers_section,
)
"""The chapters in the order of a CTG diagnosis; the sources come last, after what others add."""


def sections(report: Report, extra: Sequence[Section] = ()) -> tuple[Section, ...]:
    """The chapters that have their data, those of local data, `extra` (those of a plan), then the sources."""
    made = (build(report) for build in BUILDERS)
    own = local_sections(report)
    return (*(section for section in made if section is not None), *own, *extra, sources_section(report))

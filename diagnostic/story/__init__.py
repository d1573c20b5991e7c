"""What is said of a territory, once, whatever the medium: sections made of blocks, from a Report.

How a section is written. A subject is a module with a function `(report) -> Section | None`, listed in `BUILDERS`
below; None when the report has no data for it. Its `title` is a sentence with its figure, true of what is drawn;
`subtitle` says unit, year and against whom; `source` and `caution` stand below. Title, source and caution are the
same in every medium. Blocks (`blocks.py`) are frozen dataclasses of texts and numbers: a masked or unknown value is
None there already, so that no renderer can write it. Only `Report.against` names a reference.

How it is rendered. Slides draw `on_slide` where one page tells what documents tell on several, else `columns`;
documents draw `columns`, then `more`; the screen draws `on_screen` where it has room for more than the columns, and
gives `data`, the formulas of `indicators` and the picture. A block has one drawing a library: plotly in `charts/`
(`ui/render.py`), matplotlib in `exports/picture` (PDF, Word, archive), native in `exports/pptx`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from diagnostic.report import Report
from diagnostic.story.about import FICTIONAL, cover, facts, last_words, sources_section
from diagnostic.story.acting import levers_section, priorities_section
from diagnostic.story.afom import AfomLine, Quadrant, afom_section, proposed
from diagnostic.story.ages import ages_section
from diagnostic.story.below import below_section
from diagnostic.story.births import births_section
from diagnostic.story.blocks import (
    Block,
    Card,
    Cards,
    Chart,
    Clustered,
    Cover,
    Data,
    Facts,
    Grid,
    KeyFigure,
    KeyFigures,
    Line,
    Lines,
    Map,
    Messages,
    Printed,
    Ranked,
    Scatter,
    Section,
    Slide,
    Stacked,
    Steps,
    Strip,
    Strips,
    Table,
    Text,
    Track,
)
from diagnostic.story.childcare import offer_section
from diagnostic.story.cockpit import RULE as COCKPIT_RULE
from diagnostic.story.cockpit import cockpit_title
from diagnostic.story.cockpit import lines as cockpit_lines
from diagnostic.story.cockpit import orders as cockpit_orders
from diagnostic.story.cockpit import sorted_by as cockpit_sorted
from diagnostic.story.cockpit import table as cockpit_table
from diagnostic.story.districts import districts_section, lacking_section
from diagnostic.story.duties import duties_section
from diagnostic.story.families import families_section, households_section
from diagnostic.story.figures import value_of
from diagnostic.story.further import further_section
from diagnostic.story.gap import around_section, gap_section
from diagnostic.story.iris_people import iris_people_section
from diagnostic.story.keyfigures import is_small_commune, number_and_unit, silent
from diagnostic.story.leisure import leisure_section, schools_section, without_section
from diagnostic.story.listing import BY_THEME, listing_section
from diagnostic.story.local import local_sections
from diagnostic.story.members import members_section
from diagnostic.story.missing import members_unknown, missing_table, of_places, said_places
from diagnostic.story.nearby import nearby_section
from diagnostic.story.need import need_section
from diagnostic.story.numbers import as_table
from diagnostic.story.outlook import outlook_section
from diagnostic.story.overview import (
    essentiel_section,
    portrait_section,
    service_places,
    services_around,
    services_of,
    signing,
    silent_section,
)
from diagnostic.story.peers import peers_section
from diagnostic.story.poverty import poverty_section
from diagnostic.story.quarters import quarters_section
from diagnostic.story.reach import reach_section
from diagnostic.story.reliability import estimates_section
from diagnostic.story.rights import far_section, rights_section
from diagnostic.story.services import unknown_section, youth_section
from diagnostic.story.sheets import BESIDE, sheet_sections, sheets, with_its_map
from diagnostic.story.stake import stakes
from diagnostic.story.standing import figures_section, standing_section
from diagnostic.story.structures import structures_section
from diagnostic.story.themes import disability_section, housing_section, themes_section
from diagnostic.story.words import AGENDA, day, known, shortened, theme_of, written_day
from diagnostic.warehouse import Database

BUILDERS: tuple[Callable[..., Section | None], ...] = (
    essentiel_section,
    portrait_section,
    ages_section,
    themes_section,
    offer_section,
    need_section,
    standing_section,
    peers_section,
    members_section,
    gap_section,
    nearby_section,
    structures_section,
    estimates_section,
    reach_section,
    leisure_section,
    without_section,
    schools_section,
    youth_section,
    families_section,
    households_section,
    poverty_section,
    districts_section,
    lacking_section,
    quarters_section,
    iris_people_section,
    below_section,
    rights_section,
    far_section,
    housing_section,
    disability_section,
    further_section,
    births_section,
    outlook_section,
    duties_section,
    priorities_section,
    afom_section,
    levers_section,
    listing_section,
    unknown_section,
)
"""The chapters in the order of a CTG diagnosis; the sources come last, after what others add."""
FROM_DATABASE = (
    portrait_section,
    standing_section,
    peers_section,
    gap_section,
    structures_section,
    youth_section,
    rights_section,
    far_section,
    listing_section,
    ages_section,
    below_section,
    iris_people_section,
    quarters_section,
)
"""Chapters that say more with the database: values of other territories, of other years."""
MOST_SLIDES = 20
"""Slides of the diagnosis after the title: beyond, a committee no longer listens."""
FIRST_TO_LEAVE = ("estimations", "semblables", "acces", "droits", "besoin")
"""Chapters that leave the slides when there are too many, and stay in the documents."""


def sections(
    report: Report, extra: Sequence[Section] = (), db: Database | None = None
) -> tuple[Section, ...]:
    """The chapters that have their data, those of local data, `extra` (those of a plan), then the sources.

    With `db`, the similar territories are placed beside the territory. A chapter of `extra` takes the place of the one
    of its id; an agenda stands after the first chapter.
    """
    given = {section.id: section for section in extra}
    told = (build(report, db) if build in FROM_DATABASE else build(report) for build in BUILDERS)
    made = [given.pop(section.id, section) for section in told if section is not None]
    if AGENDA in given:
        made.insert(1, given.pop(AGENDA))
    return (*_held(made), *local_sections(report), *given.values(), sources_section(report))


def _held(made: Sequence[Section]) -> list[Section]:
    """The sections, with no more on slides than a committee hears; the sources count as one."""
    shown = sum(section.on_slides for section in made) + 1
    leaving = []
    for name in FIRST_TO_LEAVE:
        if shown <= MOST_SLIDES:
            break
        if any(section.id == name and section.on_slides for section in made):
            leaving.append(name)
            shown -= 1
    return [replace(section, on_slides=False) if section.id in leaving else section for section in made]

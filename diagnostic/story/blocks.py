"""The shape of what a file says: sections made of blocks, whatever the format."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field

from diagnostic import design
from diagnostic.story.scale import nice_range
from diagnostic.story.typeset import Typeset, printed

MOST_ROWS = 9
"""Rows of a table that a slide holds."""


@dataclass(frozen=True)
class Card(Typeset):
    """One figure in large type, what it counts, the sentence it proves and a line of detail; `chapter` is the one that
    tells it, whose slide a deck names."""

    figure: str
    unit: str
    sentence: str
    detail: str
    alert: bool = False
    chapter: str = ""


@dataclass(frozen=True)
class Cards(Typeset):
    items: tuple[Card, ...]


@dataclass(frozen=True)
class Table(Typeset):
    """`widths` are shares of the width; `numeric` are the columns aligned right; `total` makes the last row strong; `left`
    counts what the last row says in one line, when it names no more."""

    caption: str
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    widths: tuple[float, ...]
    numeric: tuple[int, ...] = ()
    total: bool = False
    left: int = 0


@dataclass(frozen=True)
class Stacked(Typeset):
    """Stacked bars: one row a territory, one value a series; None is not drawn. The first row is the territory's `own`, or
    that of what stands in for it."""

    caption: str
    series: tuple[str, ...]
    roles: tuple[str, ...]
    rows: tuple[tuple[str, tuple[float | None, ...], float | None], ...]
    own: bool = True


@dataclass(frozen=True)
class Clustered(Typeset):
    """On slides, bars side by side: one row a subject, one bar a series; None is not drawn. `merged` draws them on one line, for
    series that never meet: the ages of children and those of the others."""

    caption: str
    series: tuple[str, ...]
    roles: tuple[str, ...]
    rows: tuple[tuple[str, tuple[float | None, ...]], ...]
    decimals: int = 1
    merged: bool = False


@dataclass(frozen=True)
class Ranked(Typeset):
    """Bars in the order of the story, what deserves a look first, with reference lines `(label, value, attention)`.

    `asides` are what stands across the line, one a row: "−12 places"; `own` is the name that stands out, `beside` that of
    the reference where it is a row; `top` the end of an axis that several drawings share.
    """

    caption: str
    rows: tuple[tuple[str, float, bool], ...]
    references: tuple[tuple[str, float, bool], ...]
    decimals: int
    asides: tuple[str, ...] = ()
    unit: str = ""
    own: str = ""
    top: float = 0.0
    beside: str = ""


@dataclass(frozen=True)
class Strip(Typeset):
    """One indicator: `others` as dots, `reference` as a tick, the axis no further than `ceiling`."""

    label: str
    unit: str
    own: float
    others: tuple[float, ...]
    reference: float | None
    decimals: int
    rank: str
    ceiling: float = math.inf

    @property
    def axis(self) -> tuple[float, float, float]:
        """A round minimum, maximum and step that hold every value."""
        every = [*self.others, self.own, *([] if self.reference is None else [self.reference])]
        low, high, step = nice_range(min(every), max(every))
        return low, min(high, self.ceiling), step


@dataclass(frozen=True)
class Strips(Typeset):
    """One line of dots an indicator: the siblings, the territory, the reference as a tick."""

    caption: str
    rows: tuple[Strip, ...]
    own: str
    others: str
    reference: str


@dataclass(frozen=True)
class Line(Typeset):
    """A yearly series; `end` is what stands after its name at its last point, the last value by default."""

    name: str
    points: tuple[tuple[int, float], ...]
    role: str
    dash: bool = False
    end: str = ""


@dataclass(frozen=True)
class Lines(Typeset):
    """Yearly series; only the last point of each is labelled. `band` is `(year, low, high)`, filled behind them; its
    ends are printed."""

    caption: str
    series: tuple[Line, ...]
    decimals: int = 0
    band: tuple[tuple[int, float, float], ...] = ()

    @property
    def heights(self) -> tuple[float, float, float]:
        """Both ends of the upright axis, round, and its step."""
        values = [value for line in self.series for _, value in line.points]
        values += [side for _, *sides in self.band for side in sides]
        low, _, step = nice_range(0.0 if design.from_zero(values) else min(values), max(values))
        return low, math.ceil(max(values) / step - 1e-9) * step, step


@dataclass(frozen=True)
class Scatter(Typeset):
    """Points `(name, x, y, highlighted)` with the reference on the y axis. `named` are the points that the message
    names, labelled first; `medians` cross the drawing, on the x then on the y axis."""

    caption: str
    x_title: str
    y_title: str
    points: tuple[tuple[str, float, float, bool], ...]
    reference: tuple[str, float] | None
    named: tuple[str, ...] = ()
    medians: tuple[float, float] | None = None


@dataclass(frozen=True)
class Map(Typeset):
    """A map of the members: `kind` is "ratio" (values against `reference`), "dots" (facilities) or "locator".

    `level` draws every territory of that level instead of the members; `at` is the code of the member that a locator
    situates among the others, the territory itself by default. `apart` are the codes of members whose value is held
    against nothing: they have no colour.
    """

    caption: str
    kind: str
    alt: str
    indicator: str = ""
    values: Mapping[str, float | None] = field(default_factory=dict)
    reference: tuple[str, float] | None = None
    stat: str = ""
    level: str = ""
    at: str = ""
    apart: frozenset[str] = frozenset()

    def coloured(self, code: str) -> float | None:
        """The value that a colour tells; None where it is unknown or held against nothing."""
        return None if code in self.apart else self.values.get(code)


@dataclass(frozen=True)
class Text(Typeset):
    """Paragraphs under short headings: `(heading, text, attention)`; on a slide, `framed` ones stand in large type."""

    items: tuple[tuple[str, str, bool], ...]
    framed: bool = False


@dataclass(frozen=True)
class Steps(Typeset):
    """On slides, what follows one another along a line: `(name, when, what is said of it)` a step. `at` is the number of
    the present one, None where no step is."""

    caption: str
    items: tuple[tuple[str, str, str], ...]
    at: int | None = None


@dataclass(frozen=True)
class Facts(Typeset):
    """Small figures `(label, figure as printed, status word)`: on screen, where cards would shout."""

    items: tuple[tuple[str, str, str], ...]


@dataclass(frozen=True)
class Track(Typeset):
    """Where a value stands on one line: `others` as ticks, `marks` are `(name, figure, value, chosen)`.

    `low` and `high` are the least and the most of all that is drawn; `first` and `last` print them, each with the
    name of the one that holds it; `middle` is the median of the others and how it is printed. `spoken` says the whole
    aloud; `ring` is True when the value is another territory's.
    """

    value: float
    others: tuple[float, ...]
    marks: tuple[tuple[str, str, float, bool], ...]
    low: float
    high: float
    first: tuple[str, str]
    last: tuple[str, str]
    spoken: str
    ring: bool = False
    middle: tuple[float, str] | None = None


@dataclass(frozen=True)
class KeyFigure(Typeset):
    """One figure in large type: `figure` is empty when it is unknown, and `local` says why.

    `who` names the territory whose value it is when it is not that of the page; `local` is then what is known of
    the territory itself. `comparison` ends with `word`, in bold; `warn` when it is bad news.
    """

    indicator: str
    label: str
    figure: str
    unit: str = ""
    who: str = ""
    comparison: str = ""
    word: str = ""
    warn: bool = False
    track: Track | None = None
    local: str = ""
    status: str = ""
    source: str = ""


@dataclass(frozen=True)
class KeyFigures(Typeset):
    """Figures with their comparison, their position among the others, their status and their source."""

    items: tuple[KeyFigure, ...]


@dataclass(frozen=True)
class Messages(Typeset):
    """Key messages side by side: `(kind, sentence, detail, status word)`."""

    items: tuple[tuple[str, str, str, str], ...]


@dataclass(frozen=True)
class Data:
    """The numbers behind what is drawn: a heading a column, unknown left None. Names come from files: their apostrophes are
    those of print."""

    header: tuple[str, ...]
    rows: tuple[tuple[str | float | None, ...], ...]

    def __post_init__(self) -> None:
        rows = tuple(
            printed(row) if any(isinstance(cell, str) and "'" in cell for cell in row) else row
            for row in self.rows
        )
        object.__setattr__(self, "rows", rows)


@dataclass(frozen=True)
class Grid(Typeset):
    """The numbers themselves, on screen only, where a reader sorts them."""

    caption: str
    data: Data


Chart = Stacked | Clustered | Ranked | Strips | Lines | Scatter
"""What has numbers behind a drawing."""
Printed = Chart | Cards | Table | Map | Text
"""What every medium draws."""
Slide = Printed | Steps
"""What a slide draws."""
Block = Printed | Facts | KeyFigures | Messages | Grid
"""What a screen draws."""


def _begins(block: Printed, other: Printed) -> bool:
    return (
        isinstance(block, Table)
        and isinstance(other, Table)
        and block.header == other.header
        and len(block.rows) < len(other.rows)
        and other.rows[: len(block.rows)] == block.rows
    )


@dataclass(frozen=True)
class Section(Typeset):
    """One subject: `title` is a sentence with its figure, `subtitle` the unit, the year and against whom, `columns`
    are `(share of the width, blocks)`, left to right; `source` then `caution` stand below. Whatever the medium,
    title, source and caution are these.

    Hints of medium. `on_slides`: whether it is worth a slide; `on_slide`: what a slide draws in place of the columns,
    when it tells on one page what documents tell on several; `more`: blocks for which a slide has no room, that
    documents have; `on_screen`: what the screen draws in place of the columns, when it has room for more or may
    be asked. `added` is a paragraph that people wrote, between the title and the blocks, in files; `spoken` opens the one
    that a document makes, where the sentences of `indicators` would say less. `notes` stand under the slide.
    `statuses` are the words of the figures drawn, `indicators` those
    whose formula a reader may open, `data` the numbers that he may take away.
    """

    id: str
    kicker: str
    title: str
    columns: tuple[tuple[float, tuple[Printed, ...]], ...]
    source: str
    notes: tuple[str, ...]
    more: tuple[Printed, ...] = ()
    on_slides: bool = True
    subtitle: str = ""
    caution: str = ""
    statuses: tuple[str, ...] = ()
    indicators: tuple[str, ...] = ()
    data: Data | None = None
    on_screen: tuple[Block, ...] = ()
    on_slide: tuple[tuple[float, tuple[Slide, ...]], ...] = ()
    added: str = ""
    spoken: str = ""

    @property
    def blocks(self) -> tuple[Printed, ...]:
        """Every block in the order of reading; a table that is the beginning of a longer one is left to it."""
        every = (*(block for _, blocks in self.columns for block in blocks), *self.more)
        return tuple(block for block in every if not any(_begins(block, other) for other in every))

    @property
    def below(self) -> str:
        """What stands under the blocks in every file: the source, then the caution."""
        return " ".join(filter(None, (self.source, self.caution)))


@dataclass(frozen=True)
class Cover(Typeset):
    """What opens a file and what it states of itself.

    `title` is the name in large type, `kicker` what the file is for, `lines` what it is and its date, `small` the size of
    the place and who speaks; `notice` is "" unless the territory is fictional. `document` names the file in its properties,
    `footer` stands on every page, `facts` are `(label, text)`.
    """

    title: str
    document: str
    lines: tuple[str, ...]
    small: tuple[str, ...]
    notice: str
    footer: str
    facts: tuple[tuple[str, str], ...]
    situation: Map | None = None
    kicker: str = ""

    @property
    def about(self) -> str:
        """What the file is for, and what it is, on one line."""
        return " · ".join(filter(None, (self.kicker, *self.lines[:1])))

"""From the figures to the stakes: strengths, weaknesses, openings and threats that figures propose, beside the stakes to
debate. What partners and people write joins them here, each line with its origin."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from diagnostic import french, reading
from diagnostic.indicators import (
    AFOM,
    BIRTHS,
    BY_ID,
    CHILDREN,
    CONTEXT,
    DISTRICT_COUNT,
    LEISURE_IN_COMMUNE,
    OFFICIAL,
)
from diagnostic.measure import NEAR
from diagnostic.model import RATIO_WORDS, Direction, Finding, Indicator, ratio_word
from diagnostic.report import LeverHere, Report
from diagnostic.report.synthesis import national_floor
from diagnostic.story.blocks import Card, Cards, Section, Text
from diagnostic.story.figures import source_line, value_of
from diagnostic.story.once import once
from diagnostic.story.shortage import among, whole
from diagnostic.story.stake import (
    MOVED,
    Stake,
    against_said,
    births_moved,
    lacking,
    mode_beside,
    mode_figure,
    of_the_rate,
    stakes,
    sure_of_more,
    under_threes,
    year_said,
)
from diagnostic.story.words import known, shortened


class Quadrant(StrEnum):
    """The four lists, in the order in which they are read."""

    STRENGTH = "Atouts"
    WEAKNESS = "Faiblesses"
    OPENING = "Opportunités"
    THREAT = "Menaces"


@dataclass(frozen=True)
class AfomLine:
    """One line of the four lists: `origin` is the organisation that wrote it, empty when a figure proposes it; `indicators`
    are those of its figures."""

    quadrant: Quadrant
    text: str
    origin: str = ""
    indicators: tuple[str, ...] = ()


MOST_LINES = 4
"""Lines of one list on a slide; documents have all."""
FEWEST_LINES = 4
"""Lines under which four lists are not worth a slide without stakes."""
NOTHING = "Rien ne ressort des chiffres : le comité en décide."
LONGEST, LONGEST_ON_SLIDE = 84, 150
"""Characters of one line that the tables of aids propose, and of any on a slide."""


def proposed(report: Report) -> tuple[AfomLine, ...]:
    """The lines that figures propose, the first of each list first."""
    lines = [*_offer_lines(report), *_compared_lines(report), *_context_lines(report)]
    return tuple(replace(one, text=french.typographic(one.text)) for one in lines)


@once
def afom_section(
    report: Report,
    added: Sequence[AfomLine] = (),
    *,
    aside: Sequence[str] = (),
    retained: Sequence[Stake] = (),
) -> Section | None:
    """Four lists and the stakes beside them; None when figures say nothing and nobody wrote anything.

    `added` are the lines of partners, told in turn with those of figures; `aside` the texts of figures that people took
    out; `retained` the stakes that people hold, in their order, in the place of those that figures propose.
    """
    ours = [one for one in proposed(report) if one.text not in aside]
    first = tuple(retained) or stakes(report)
    if not (added or ours):
        return None
    lists = {
        quadrant: _in_turn(
            [one for one in added if one.quadrant is quadrant],
            [one for one in ours if one.quadrant is quadrant],
        )
        for quadrant in Quadrant
        if any(one.quadrant is quadrant for one in (*added, *ours))
    }
    every = tuple(_list(quadrant, found) for quadrant, found in lists.items())
    cards = Cards(tuple(_card(number, stake) for number, stake in enumerate(first, 1)))
    columns = tuple(
        (
            0.26,
            tuple(
                _list(one, lists.get(one, (AfomLine(one, NOTHING),))[:MOST_LINES], LONGEST_ON_SLIDE)
                for one in pair
            ),
        )
        for pair in ((Quadrant.STRENGTH, Quadrant.OPENING), (Quadrant.WEAKNESS, Quadrant.THREAT))
    )
    names = [one.indicator for one in first if one.indicator]
    return Section(
        "enjeux",
        "Synthèse · du constat aux enjeux",
        _title(first),
        ((1.0, (*every, *((cards,) if first else ()))),),
        _sources(report, [*names, *(name for one in ours for name in one.indicators)]),
        (
            "Chaque ligne est proposée par les chiffres ou écrite par un partenaire ; le comité la garde, la corrige ou "
            "la retire.",
            "Ordre des enjeux : celui que les partenaires ont retenu."
            if retained
            else "Ordre des enjeux : les places qui manquent, puis les écarts les plus marqués et les plus d’enfants "
            "concernés, puis ce qui vient.",
            *(f"{one.title} : {one.figure}" for one in first),
        ),
        on_slides=bool(first) or len(added) + len(ours) >= FEWEST_LINES,
        caution="À débattre en comité, non une décision.",
        indicators=tuple(dict.fromkeys(names)),
        on_slide=(*columns, *(((0.48, (cards,)),) if first else ())),
    )


def _sources(report: Report, names: Sequence[str]) -> str:
    """The files of every figure of the lists and of the stakes: places that lack are counted on the members and their
    children, what comes on births."""
    counted = OFFICIAL in names and bool(lacking(report))
    children = (CHILDREN,) if counted else ()
    return source_line(report, names, members=(OFFICIAL,) if counted else (), beside=children)


def _in_turn(added: Sequence[AfomLine], ours: Sequence[AfomLine]) -> tuple[AfomLine, ...]:
    """One of partners, one of figures, and so on: the first ones, that a slide has room for, are of both."""
    both = [one for pair in zip(added, ours, strict=False) for one in pair]
    common = min(len(added), len(ours))
    return (*both, *added[common:], *ours[common:])


def _title(first: Sequence[Stake]) -> str:
    if len(first) < 2:
        return "Ce qui mérite un débat"
    count = french.in_words(len(first))
    both = f"{first[0].title}, {first[1].title[:1].lower()}{first[1].title[1:]} : {count} enjeux"
    alone = f"{first[0].title} : {count} enjeux à débattre"
    return reading.held((f"{both} à débattre", both, f"{alone}, celui-ci d’abord", alone))


def _list(quadrant: Quadrant, lines: Sequence[AfomLine], most: int | None = None) -> Text:
    """The lines under the name of their list, each with its origin; `most` is what a line may hold."""
    bad = quadrant in (Quadrant.WEAKNESS, Quadrant.THREAT)

    def said(one: AfomLine) -> str:
        text = one.text if most is None else shortened(one.text, most)
        return f"{text} ({one.origin})" if one.origin else text

    items = [("" if number else str(quadrant), said(one), bad) for number, one in enumerate(lines)]
    return Text(tuple(items))


def _card(number: int, stake: Stake) -> Card:
    figure = french.typographic(french.capitalised(stake.figure))
    return Card(str(number), "", stake.title, figure, chapter=stake.chapter)


def _offer_lines(report: Report) -> list[AfomLine]:
    """The modes of care beside the reference, and the members that lack places."""
    lines = []
    for row in report.coverage.gap_by_mode:
        gap = known(row.contribution)
        if gap is None or abs(gap) < 1 or row.mode not in ("eaje", "am"):
            continue
        if ratio_word(row.local, row.beside) == NEAR:
            continue
        quadrant = Quadrant.STRENGTH if gap > 0 else Quadrant.WEAKNESS
        name = mode_figure(report, row.mode)
        lines.append(AfomLine(quadrant, f"{row.label} : {mode_beside(report, row, name)}", "", (name,)))
    short = lacking(report)
    if short:
        who = french.capitalised(among(report, short))
        total, made_up = whole(report)
        places = french.about_quantity(total, "place", "places")
        joint = " : " if made_up else " ; en tout, "
        said = f"{who} nettement {_under(report)}{joint}{places} manquent{of_the_rate(short)}"
        lines.append(AfomLine(Quadrant.WEAKNESS, said, "", (OFFICIAL,)))
    if (
        not report.alsh.communes_without
        and report.alsh.with_access is not None
        and report.context.communes > 1
    ):
        said = f"Un accueil de loisirs recensé dans chaque commune{year_said(report, LEISURE_IN_COMMUNE)}"
        lines.append(AfomLine(Quadrant.STRENGTH, said, "", (LEISURE_IN_COMMUNE,)))
    elif report.alsh.communes_without and report.alsh.with_access is not None and report.context.communes > 1:
        left = french.quantity(report.alsh.communes_without, "commune", "communes")
        of = french.number(report.alsh.communes_known)
        said = f"{left} sur {of} sans accueil de loisirs recensé{year_said(report, LEISURE_IN_COMMUNE)}"
        lines.append(AfomLine(Quadrant.WEAKNESS, said, "", (LEISURE_IN_COMMUNE,)))
    return lines


def _under(report: Report) -> str:
    against = report.against(OFFICIAL)
    return f"en dessous {against.of}" if against is not None else "en dessous"


def _compared_lines(report: Report) -> list[AfomLine]:
    """Each figure against its reference, where it stands clearly on one side."""
    lines = []
    for name in AFOM:
        finding, indicator = report.findings.get(name), BY_ID[name]
        side = _side(finding, indicator)
        if finding is None or side is None:
            continue
        if name in CONTEXT:
            quadrant = Quadrant.OPENING if side else Quadrant.THREAT
        else:
            quadrant = Quadrant.STRENGTH if side and national_floor(finding) is None else Quadrant.WEAKNESS
        lines.append(AfomLine(quadrant, against_said(report, finding, indicator), "", (name,)))
    # A rate near its reference and not under it is what the territory can count on, but clearly below France.
    rate = report.findings.get(OFFICIAL)
    if rate is not None and rate.word == "proche" and rate.gap is not None and rate.gap >= 0:
        quadrant = Quadrant.STRENGTH if national_floor(rate) is None else Quadrant.WEAKNESS
        lines.insert(0, AfomLine(quadrant, against_said(report, rate, BY_ID[OFFICIAL]), "", (OFFICIAL,)))
    return lines


def _side(finding: Finding | None, indicator: Indicator) -> bool | None:
    """True where the finding is clearly on the good side of its reference, False on the bad one."""
    if (
        value_of(finding) is None
        or finding is None
        or finding.word not in RATIO_WORDS
        or finding.word == "proche"
    ):
        return None
    above = RATIO_WORDS.index(finding.word) > RATIO_WORDS.index("proche")
    if indicator.direction is Direction.NEUTRAL:
        return None
    return above == (indicator.direction is Direction.MORE_IS_BETTER)


def _context_lines(report: Report) -> list[AfomLine]:
    """Births, districts, duties and what the reference tables say has changed."""
    lines = []
    moved = births_moved(report)
    if moved is not None and abs(moved[0]) >= MOVED:
        change, said = moved
        quadrant = Quadrant.THREAT if change > 0 and lacking(report) else Quadrant.OPENING
        lines.append(AfomLine(quadrant, said, "", (BIRTHS,)))
    count = value_of(report.findings.get(DISTRICT_COUNT))
    if count:
        said = french.quantity(count, "quartier prioritaire", "quartiers prioritaires")
        said += year_said(report, DISTRICT_COUNT)
        lines.append(AfomLine(Quadrant.THREAT, said, "", (DISTRICT_COUNT,)))
    if any(duty.binds and duty.in_force for duty in report.duties):
        since = min(duty.in_force_on[:4] for duty in report.duties if duty.binds and duty.in_force)
        lines.append(AfomLine(Quadrant.OPENING, f"Service public de la petite enfance, depuis {since}"))
    raised = next((_raised(lever) for lever in report.levers if lever.need == "gap" and _raised(lever)), "")
    if raised:
        lines.append(AfomLine(Quadrant.OPENING, raised))
    rows = under_threes(report)
    if rows:
        (_, start), (year, end) = rows[0], rows[-1]
        fewer = end - start
        if fewer > 0 and sure_of_more(report, start, year) and lacking(report):
            more = french.about(fewer)
            said = (
                f"Environ {french.number(more)} enfants de moins de 3 ans de plus en {year} qu’en {rows[0][0]}"
                if more
                else f"Un peu plus d’enfants de moins de 3 ans en {year} qu’en {rows[0][0]}"
            )
            lines.append(AfomLine(Quadrant.THREAT, said, "", (BIRTHS,)))
    return lines


def _raised(lever: LeverHere) -> str:
    """The clause that says an aid was raised; empty when none does."""
    clauses = [part.strip().rstrip(".") for part in str(lever.evolution or "").split(" ; ")]
    return next((french.capitalised(one) for one in clauses if "relevé" in one and len(one) <= LONGEST), "")

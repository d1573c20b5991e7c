"""From the figures to the stakes: strengths, weaknesses, openings and threats that figures propose, then three to five
stakes to debate. What partners and people write joins them here, each line with its origin."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from diagnostic import french, reading, reference
from diagnostic.indicators import (
    AFOM,
    BIRTHS,
    BY_ID,
    CHILDMINDERS,
    CHILDREN,
    CONTEXT,
    CRECHES,
    DISTRICT_COUNT,
    LEISURE_IN_COMMUNE,
    OFFICIAL,
    rounded_children,
)
from diagnostic.measure import NEAR
from diagnostic.model import RATIO_WORDS, Direction, Finding, Indicator, Level, ratio_word
from diagnostic.report import TREND, YOUNG, LeverHere, ModeGap, Report
from diagnostic.report.outlook import children_said
from diagnostic.report.synthesis import national_floor
from diagnostic.story.blocks import Card, Cards, Section, Text
from diagnostic.story.figures import amount, source_line, value_of
from diagnostic.story.once import once
from diagnostic.story.shortage import Short, added, among, concentrated, short_members, whole
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


@dataclass(frozen=True)
class Stake:
    """A stake to debate: what it asks, the figure that founds it, its indicator and the chapter that tells it.

    `levers` are the ids of the aids that answer it.
    """

    title: str
    figure: str
    indicator: str
    chapter: str
    levers: tuple[str, ...] = ()


MOST_LINES = 4
"""Lines of one list on a slide; documents have all."""
FEWEST_LINES = 4
"""Lines under which four lists are not worth a slide without stakes."""
MOST_STAKES = 5
SHORT_OF = 3.0
"""Points of places for a hundred children from which a mode is a subject of its own."""
MOVED = 5.0
"""Percent of the births over five years from which they are a subject."""
NOTHING = "Rien ne ressort des chiffres : le comité en décide."
LONGEST, LONGEST_ON_SLIDE = 84, 130
"""Characters of one line that the tables of aids propose, and of any on a slide."""
LONGEST_STAKE = 65
"""Characters of a stake that names where places lack: with how many stakes there are, one title holds it."""


def proposed(report: Report) -> tuple[AfomLine, ...]:
    """The lines that figures propose, the first of each list first."""
    lines = [*_offer_lines(report), *_compared_lines(report), *_context_lines(report)]
    return tuple(replace(one, text=french.typographic(one.text)) for one in lines)


def stakes(report: Report) -> tuple[Stake, ...]:
    """Three to five stakes, the places that lack first, then the gaps in their order, then what is to come."""
    found = [*_places_stake(report), *_modes_stake(report), *_gap_stakes(report), *_coming_stakes(report)]
    kept: dict[str, Stake] = {}
    for one in found:
        if one.title not in kept and all(one.indicator != other.indicator for other in kept.values()):
            kept[one.title] = one
    return tuple(list(kept.values())[:MOST_STAKES])


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
            0.29,
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
        french.typographic(_title(first)),
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
        on_slides=len(first) > 1 or len(added) + len(ours) >= FEWEST_LINES,
        caution="À débattre en comité, non une décision.",
        indicators=tuple(dict.fromkeys(names)),
        on_slide=(*columns, *(((0.42, (cards,)),) if first else ())),
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
    return Card(str(number), "", french.typographic(stake.title), figure, chapter=stake.chapter)


# The four lists


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
        name = _mode(report, row.mode)
        lines.append(AfomLine(quadrant, f"{row.label} : {_beside(report, row, name)}", "", (name,)))
    short = lacking(report)
    if short:
        who = french.capitalised(among(report, short))
        total, made_up = whole(report)
        places = french.about_quantity(total, "place", "places")
        joint = " : " if made_up else " ; "
        said = f"{who} nettement {_under(report)}{joint}{places} manquent{_of_the_rate(short)}"
        lines.append(AfomLine(Quadrant.WEAKNESS, said, "", (OFFICIAL,)))
    if (
        not report.alsh.communes_without
        and report.alsh.with_access is not None
        and report.context.communes > 1
    ):
        said = f"Un accueil de loisirs recensé dans chaque commune{_when(report, LEISURE_IN_COMMUNE)}"
        lines.append(AfomLine(Quadrant.STRENGTH, said, "", (LEISURE_IN_COMMUNE,)))
    elif report.alsh.communes_without and report.alsh.with_access is not None and report.context.communes > 1:
        left = french.quantity(report.alsh.communes_without, "commune", "communes")
        of = french.number(report.alsh.communes_known)
        said = f"{left} sur {of} sans accueil de loisirs recensé{_when(report, LEISURE_IN_COMMUNE)}"
        lines.append(AfomLine(Quadrant.WEAKNESS, said, "", (LEISURE_IN_COMMUNE,)))
    return lines


def _mode(report: Report, mode: str) -> str:
    """The indicator of a mode of care, published or reckoned."""
    return f"{OFFICIAL}_{mode}" if report.coverage.official else {"eaje": CRECHES, "am": CHILDMINDERS}[mode]


def _beside(report: Report, row: ModeGap, name: str) -> str:
    """ "4,5 places pour 100 enfants en 2020 (Île-de-France : 17,2)"."""
    bar, against = report.coverage.bars[0], report.against(name)
    year = f" en {bar.year}" if bar.year else ""
    beside = f" ({against.name} : {french.number(row.beside, 1)})" if against is not None else ""
    return f"{french.number(row.local, 1)} places pour 100 enfants{year}{beside}"


def _under(report: Report) -> str:
    against = report.against(OFFICIAL)
    return f"en dessous {against.of}" if against is not None else "en dessous"


def _of_the_rate(short: Short) -> str:
    """The year of the rate on which places that lack are counted."""
    years = {found.year for _, found in short if found.year}
    return f", au taux de {max(years)}" if years else ""


def _when(report: Report, name: str) -> str:
    finding = report.findings.get(name)
    return f" ({finding.year})" if finding is not None and finding.year else ""


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
    # A rate near its reference, and known, is what the territory can count on, but clearly below France.
    rate = report.findings.get(OFFICIAL)
    if value_of(rate) is not None and rate is not None and rate.word == "proche":
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


def against_said(report: Report, finding: Finding, indicator: Indicator) -> str:
    """ "Enfants par relais : 920 en 2024 (Gironde : 580)"; France too, where it is what makes the figure a stake."""
    unit = indicator.unit[:1] if indicator.unit[:1] in "%€" else "km" if indicator.unit == "km" else ""
    said = f"{indicator.short} : {amount(finding, indicator, unit)}"
    said += f" en {finding.year}" if finding.year and value_of(finding) is not None else ""
    against = report.against(indicator.id)
    if against is None or against.value is None or finding.gap is None:
        return said
    reached = rounded_children((finding.value or 0.0) - finding.gap, finding.status, indicator)
    beside = f"{against.name} : {french.number(reached, indicator.decimals)}"
    if finding.gap_year not in (None, finding.year):
        return f"{said} ({reading.comparison(finding, indicator, against).partition(' : ')[0]})"
    floor = national_floor(finding)
    beside += f" ; France : {french.number(floor, indicator.decimals)}" if floor is not None else ""
    return f"{said} ({beside})"


def _context_lines(report: Report) -> list[AfomLine]:
    """Births, districts, duties and what the reference tables say has changed."""
    lines = []
    moved = births_moved(report)
    if moved is not None and abs(moved[0]) >= MOVED:
        change, first, last = moved
        quadrant = Quadrant.THREAT if change > 0 and lacking(report) else Quadrant.OPENING
        said = f"Naissances : {french.signed(change)} % de {first} à {last}"
        lines.append(AfomLine(quadrant, said, "", (BIRTHS,)))
    count = value_of(report.findings.get(DISTRICT_COUNT))
    if count:
        said = french.quantity(count, "quartier prioritaire", "quartiers prioritaires")
        said += _when(report, DISTRICT_COUNT)
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


def sure_of_more(report: Report, start: float, year: int) -> bool:
    """Whether the whole range of the trend of the under-threes lies above those of its start."""
    last = (
        row for row in report.outlook.children if (row.scenario, row.band, row.year) == (TREND, YOUNG, year)
    )
    return any(row.low is None or row.low > start for row in last)


def _raised(lever: LeverHere) -> str:
    """The clause that says an aid was raised; empty when none does."""
    clauses = [part.strip().rstrip(".") for part in str(lever.evolution or "").split(" ; ")]
    return next((french.capitalised(one) for one in clauses if "relevé" in one and len(one) <= LONGEST), "")


# The stakes


def _places_stake(report: Report) -> list[Stake]:
    """Where places lack: the communes that hold most of them, or the territory itself where it is short as a whole."""
    short, finding = lacking(report), report.findings.get(OFFICIAL)
    title, said = "", []
    if short:
        title = "Créer des places là où elles manquent"
        where = concentrated(report, short)
        missing, made_up = whole(report)
        total = french.about_quantity(missing, "place", "places")
        verb = french.verb(french.about(missing) or 2, "manque", "manquent")
        when = _of_the_rate(short)
        said = [f"{total} {verb} dans {among(report, short)}{when}" if made_up else f"{total} {verb}{when}"]
        if where:
            named = f"Rééquilibrer l’accueil vers {french.listing([french.the(place) for place, _ in where])}"
            there = "là"
            if len(named) <= LONGEST_STAKE:
                title = named
            else:
                there = french.listing([french.at(place) for place, _ in where])
            part = french.about(added(where))
            said = [
                f"{total} {verb}"
                + (f", dont {french.number(part)} {there}" if part and len(short) > 1 else "")
                + when
            ]
    elif finding is not None and reading.missing_units([finding]):
        title = f"Créer des places d’accueil {french.at(report.territory)}"
        places = french.about_quantity(sum(reading.missing_units([finding])), "place", "places")
        said = [f"{places} manquent"]
    own = finding is not None and finding.word in RATIO_WORDS[:2]
    if not title or (not short and not own):
        return []
    if own and finding is not None:
        # Short as a whole: the rate says more than the few members that publish theirs.
        title = (
            title if report.territory.level is Level.COMMUNE else "Créer des places d’accueil du jeune enfant"
        )
        said = [against_said(report, finding, BY_ID[OFFICIAL]), *said]
    figure = " ; ".join(said)
    return [Stake(title, figure, OFFICIAL, "ecart", answering(report, OFFICIAL) or for_places(report))]


def _modes_stake(report: Report) -> list[Stake]:
    """Assistantes maternelles clearly rarer than in the reference: those there are leave first."""
    rate = report.findings.get(OFFICIAL)
    if rate is not None and rate.word in RATIO_WORDS[3:]:
        # More places than the reference in all: fewer of one kind is how they are made up, not a lack.
        return []
    for row in report.coverage.gap_by_mode:
        gap = known(row.contribution)
        near = ratio_word(row.local, row.beside) == NEAR
        if row.mode == "am" and gap is not None and gap <= -SHORT_OF and not near:
            name = _mode(report, row.mode)
            return [
                Stake(
                    "Garder les assistantes maternelles",
                    _beside(report, row, name),
                    name,
                    "offre",
                    answering(report, CHILDMINDERS),
                )
            ]
    return []


def _gap_stakes(report: Report) -> list[Stake]:
    """One for each gap of the priorities."""
    found = []
    for one in report.priorities:
        title, chapter = BY_ID[one.indicator].asks
        finding = report.findings.get(one.indicator)
        if not title or finding is None or (one.indicator == OFFICIAL and lacking(report)):
            continue
        found.append(
            Stake(
                title,
                against_said(report, finding, BY_ID[one.indicator])
                if value_of(finding) is not None
                else reading.title(one.sentence),
                one.indicator,
                chapter,
                answering(report, one.indicator),
            )
        )
    return found


def _coming_stakes(report: Report) -> list[Stake]:
    """Births that move, then priority districts."""
    found = []
    moved, rows = births_moved(report), under_threes(report)
    if moved is not None and abs(moved[0]) >= MOVED:
        change, first, last = moved
        figure = f"Naissances : {french.signed(change)} % de {first} à {last}"
        if rows:
            year, children = rows[-1]
            figure += (
                f" ; environ {children_said(children)} enfants de moins de 3 ans en {year} selon la tendance"
            )
        found.append(Stake("Ajuster l’offre aux naissances", figure, BIRTHS, "perspectives"))
    count = value_of(report.findings.get(DISTRICT_COUNT))
    if count:
        said = french.quantity(count, "quartier prioritaire", "quartiers prioritaires")
        said += _when(report, DISTRICT_COUNT)
        title = "Aller vers les familles des quartiers prioritaires"
        found.append(Stake(title, said, DISTRICT_COUNT, "quartiers", answering(report, DISTRICT_COUNT)))
    return found


def lacking(report: Report) -> Short:
    """The members that lack places, of a territory that has several. Of the country, only where half of the régions are
    known: those that publish are not where it lacks most."""
    known_ = sum(value_of(one.findings.get(OFFICIAL)) is not None for one in report.members)
    if report.territory.level is Level.FRANCE and 2 * known_ < len(report.members):
        return ()
    return short_members(report) if len(report.members) > 1 else ()


def for_places(report: Report) -> tuple[str, ...]:
    """The aids for new places, which members that lack some may ask for although the whole is near its reference."""
    if not lacking(report):
        return ()
    known_ = {lever.id for lever in report.levers}
    return tuple(
        lever.id
        for lever in reference.levers()
        if lever.id in known_ and any(trigger.indicator == OFFICIAL for trigger in lever.rule.triggers)
    )


def answering(report: Report, indicator: str) -> tuple[str, ...]:
    """The aids that a gap of this indicator calls."""
    return tuple(lever.id for lever in report.levers if lever.need == "gap" and indicator in lever.indicators)


def births_moved(report: Report, over: int = 5) -> tuple[float, int, int] | None:
    """The change of the births over the last years known, in percent, with both years; None where they are few."""
    own = next((one for one in report.births if one.key == report.territory.key), None)
    if own is None:
        return None
    points = [(y, v) for y, v in zip(own.years, own.values, strict=True) if v is not None]
    if not points:
        return None
    last, now = points[-1]
    before = dict(points).get(last - over)
    if not before or min(before, now) < 20:
        return None
    return (now / before - 1) * 100, last - over, last


def under_threes(report: Report) -> list[tuple[int, float]]:
    """The trend of the children under three, year by year; empty where nothing is projected."""
    return report.outlook.curves(YOUNG).get(TREND, [])

"""Three to five stakes to debate, each with the figure that founds it and the aids that answer it."""

from __future__ import annotations

from dataclasses import dataclass

from diagnostic import french, reading, reference
from diagnostic.indicators import (
    BIRTHS,
    BY_ID,
    CHILDMINDERS,
    CRECHES,
    DISTRICT_COUNT,
    OFFICIAL,
    rounded_children,
)
from diagnostic.measure import NEAR
from diagnostic.model import RATIO_WORDS, Finding, Indicator, Level, fact_of, ratio_word
from diagnostic.report import TREND, YOUNG, ModeGap, Report
from diagnostic.report.messages import SPAN, YEARLY_BIRTHS
from diagnostic.report.outlook import children_said
from diagnostic.report.synthesis import national_floor
from diagnostic.story.figures import amount, value_of
from diagnostic.story.shortage import Short, added, among, concentrated, short_members, whole
from diagnostic.story.words import known


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


MOST_STAKES = 5
SHORT_OF = 3.0
"""Points of places for a hundred children from which a mode is a subject of its own."""
MOVED = 5.0
"""Percent of the births over five years from which they are a subject."""
LONGEST_STAKE = 65
"""Characters of a stake that names where places lack: with how many stakes there are, one title holds it."""


def stakes(report: Report) -> tuple[Stake, ...]:
    """Three to five stakes, the places that lack first, then the gaps in their order, then what is to come."""
    found = [*_places_stake(report), *_modes_stake(report), *_gap_stakes(report), *_coming_stakes(report)]
    kept: dict[str, Stake] = {}
    for one in found:
        if one.title not in kept and all(one.indicator != other.indicator for other in kept.values()):
            kept[one.title] = one
    return tuple(list(kept.values())[:MOST_STAKES])


def mode_figure(report: Report, mode: str) -> str:
    """The indicator of a mode of care, published or reckoned."""
    return f"{OFFICIAL}_{mode}" if report.coverage.official else {"eaje": CRECHES, "am": CHILDMINDERS}[mode]


def mode_beside(report: Report, row: ModeGap, name: str) -> str:
    """ "4,5 places pour 100 enfants en 2020 (Île-de-France : 17,2)"."""
    bar, against = report.coverage.bars[0], report.against(name)
    year = f" en {bar.year}" if bar.year else ""
    beside = f" ({against.name} : {french.number(row.beside, 1)})" if against is not None else ""
    return f"{french.number(row.local, 1)} places pour 100 enfants{year}{beside}"


def of_the_rate(short: Short) -> str:
    """The year of the rate on which places that lack are counted."""
    years = {found.year for _, found in short if found.year}
    return f", au taux de {max(years)}" if years else ""


def year_said(report: Report, name: str) -> str:
    finding = report.findings.get(name)
    return f" ({finding.year})" if finding is not None and finding.year else ""


def against_said(report: Report, finding: Finding, indicator: Indicator) -> str:
    """ "Enfants par relais : 920 en 2024 (Gironde : 580)"; France too, where it is what makes the figure a stake."""
    unit = indicator.unit[:1] if indicator.unit[:1] in "%€" else "km" if indicator.unit == "km" else ""
    said = french.capitalised(fact_of(finding, indicator))
    if not said:
        said = f"{indicator.short} : {amount(finding, indicator, unit)}"
        said += f" en {finding.year}" if finding.year and value_of(finding) is not None else ""
        unit = ""
    against = report.against(indicator.id)
    if against is None or against.value is None or finding.gap is None:
        return said
    reached = rounded_children((finding.value or 0.0) - finding.gap, finding.status, indicator)
    beside = f"{against.name} : {french.number(reached, indicator.decimals)}{f' {unit}' if unit else ''}"
    if finding.gap_year not in (None, finding.year):
        return f"{said} ({reading.comparison(finding, indicator, against).partition(' : ')[0]})"
    floor = national_floor(finding)
    beside += f" ; France : {french.number(floor, indicator.decimals)}" if floor is not None else ""
    return f"{said} ({beside})"


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
        when = of_the_rate(short)
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
            name = mode_figure(report, row.mode)
            return [
                Stake(
                    "Garder les assistantes maternelles",
                    mode_beside(report, row, name),
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
        _, figure = moved
        if rows:
            year, children = rows[-1]
            figure += (
                f" ; environ {children_said(children)} enfants de moins de 3 ans en {year} selon la tendance"
            )
        found.append(Stake("Ajuster l’offre aux naissances", figure, BIRTHS, "perspectives"))
    count = value_of(report.findings.get(DISTRICT_COUNT))
    if count:
        said = french.quantity(count, "quartier prioritaire", "quartiers prioritaires")
        said += year_said(report, DISTRICT_COUNT)
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


def births_moved(report: Report) -> tuple[float, str] | None:
    """The change of the births over the last five years known, in percent, and how it is said; None where they are few: a
    year against another would make a stake of what the summary reads over five."""
    born = report.born
    last = max(born, default=0)
    before = born.get(last - SPAN)
    if not before or min(before, born[last]) < YEARLY_BIRTHS:
        return None
    change = (born[last] / before - 1) * 100
    if min(before, born[last]) < reading.SMALL_COUNT:
        ends = ((last - SPAN, before), (last, born[last]))
        return change, french.capitalised(reading.evolution(*ends, "naissance", "naissances"))
    return change, f"Naissances : {french.signed(change)} % de {last - SPAN} à {last}"


def sure_of_more(report: Report, start: float, year: int) -> bool:
    """Whether the whole range of the trend of the under-threes lies above those of its start."""
    last = (
        row for row in report.outlook.children if (row.scenario, row.band, row.year) == (TREND, YOUNG, year)
    )
    return any(row.low is None or row.low > start for row in last)


def under_threes(report: Report) -> list[tuple[int, float]]:
    """The trend of the children under three, year by year; empty where nothing is projected."""
    return report.outlook.curves(YOUNG).get(TREND, [])

"""Priorities to debate and the levers that answer them."""

from __future__ import annotations

import datetime
import re
from collections.abc import Sequence
from dataclasses import replace

from diagnostic import french, levers, reading
from diagnostic.indicators import BY_ID, OFFICIAL
from diagnostic.model import Level, Territory
from diagnostic.reference import Amount
from diagnostic.report import LeverHere, Report
from diagnostic.story.blocks import Section, Table, Text
from diagnostic.story.figures import source_line
from diagnostic.story.once import once
from diagnostic.story.shortage import added, short_members
from diagnostic.story.stake import Stake, stakes
from diagnostic.story.words import day

MOST_QUESTIONS = 6
"""Levers shown where no gap calls any."""
TO_CONFIRM = ", à confirmer avec votre conseiller Caf"
"""Said once, in the heading of the column."""

SHORTER = (
    ("établissements d’accueil du jeune enfant", "crèches"),
    ("Eaje soutenus", "Crèches soutenues"),
    ("Eaje financés", "Crèches financées"),
)
"""Words of those who may ask, as a slide has room for them."""
TO_ASK, TO_BE_ASKED = "montant à demander", "À demander à la Caf"
EACH = "€ par place"
"""Unit of what building a place brings."""
MILLION, FEWEST_PLACES = 1_000_000, 20
MOST_ON_SCREEN = 5


@once
def priorities_section(report: Report) -> Section | None:
    if not report.priorities:
        return None
    rows = tuple(
        (
            str(p.order),
            BY_ID[p.indicator].short if p.indicator in BY_ID else p.indicator,
            french.typographic(p.sentence),
            french.typographic(french.capitalised(p.reason)),
        )
        for p in report.priorities
    )
    table = Table(
        "Priorités à débattre", ("", "Sujet", "Constat", "Pourquoi ici"), rows, (0.04, 0.22, 0.46, 0.28)
    )
    count = len(report.priorities)
    title = f"{french.in_words(count, capital=True)} {french.plural(count, 'écart ressort', 'écarts ressortent')} : à débattre, non une décision"
    return Section(
        "priorites",
        "Priorités",
        title,
        ((1.0, (table,)),),
        source_line(report, [p.indicator for p in report.priorities]),
        tuple(f"{p.order}. {p.sentence} {p.reason}" for p in report.priorities),
        on_screen=(
            Text(
                tuple(
                    (f"{p.order}. {BY_ID[p.indicator].short}", p.sentence, False)
                    for p in report.priorities[:MOST_ON_SCREEN]
                )
            ),
        ),
    )


@once
def levers_section(report: Report) -> Section | None:
    found = stakes(report)
    called_ = _called(report, found)
    names = {lever.id for lever in called_}
    asked = [lever for lever in report.levers if lever.need == "question" and lever.id not in names]
    if not called_ and not asked:
        return None
    rows = tuple(
        (
            french.typographic(lever.dispositif),
            french.typographic(lever.reason),
            french.typographic(_brings(lever)),
            french.typographic(lever.beneficiaires.removesuffix(".")),
        )
        for lever in called_ or asked[:MOST_QUESTIONS]
    )
    header = ("Dispositif", "Pourquoi ici", "Montant, à confirmer", "Qui peut demander")
    table = Table("Leviers", header, rows, (0.21, 0.33, 0.27, 0.19))
    title = _title(report, found, called_)
    if not called_:
        title = f"Aucun écart n’appelle d’aide ; {french.quantity(len(rows), 'question', 'questions')} à trancher d’abord"
    others = len(asked) if called_ else len(asked) - len(rows)
    more = (
        f"{french.quantity(others, 'autre levier dépend', 'autres leviers dépendent')} d’une réponse locale."
        if others
        else ""
    )
    every = tuple(f"{lever.dispositif} : {lever.reason} {_brings(lever)}" for lever in (*called_, *asked))
    return Section(
        "leviers",
        "Leviers",
        title,
        ((1.0, (table,)),),
        "Montants datés du vademecum et de ses sources : à confirmer avec la Caf avant toute décision.",
        every,
        caution=" ".join(filter(None, (_unanswered(found) if called_ else "", more))),
        on_slide=(
            (
                1.0,
                (
                    _by_stake(found, called_, _year(report))
                    if called_
                    else _in_few_words(table, asked, report),
                ),
            ),
        ),
    )


def _called(report: Report, found: Sequence[Stake]) -> list[LeverHere]:
    """The aids that a gap calls, and those of a stake that no gap of the whole territory calls, with the figure that
    founds it."""
    gaps = [lever for lever in report.levers if lever.need == "gap"]
    there = {lever.id for lever in gaps}
    why = {name: stake for stake in reversed(found) for name in stake.levers if name not in there}
    more = [
        replace(lever, reason=f"{french.capitalised(why[lever.id].figure)}.")
        for lever in report.levers
        if lever.id in why
    ]
    return [*more, *gaps]


def _title(report: Report, found: Sequence[Stake], called: Sequence[LeverHere]) -> str:
    """How many stakes and aids; where places lack, what building them may bring."""
    aids = french.in_words(len(called), feminine=True)
    if not found:
        return f"{french.capitalised(aids)} {french.plural(len(called), 'aide répond', 'aides répondent')} à un écart"
    stakes_ = french.in_words(len(found), capital=True)
    said = f"{stakes_} {french.plural(len(found), 'enjeu', 'enjeux')}, {aids} {french.plural(len(called), 'aide', 'aides')}"
    built = _building(report, found)
    return reading.held((said + built, (said + built).removesuffix(" à l’investissement"), said))


def _building(report: Report, found: Sequence[Stake]) -> str:
    """ " : pour 280 places à Lormont, de 2,1 à 7,3 M€ d’aide à l’investissement"; empty where no place lacks or no scale
    says an amount for each."""
    stake = next((one for one in found if one.indicator == OFFICIAL), None)
    where = _where(report)
    if stake is None or where is None:
        return ""
    place, count = where
    scales = (_for_each(name, _year(report)) for name in stake.levers)
    row = next((one for one in scales if one is not None), None)
    if row is None or row.minimum is None or row.maximum is None:
        return ""
    low, high = (float(side) * count for side in (row.minimum, row.maximum))
    millions = high >= MILLION
    ends = [
        french.number(side / MILLION, 1) if millions else french.number(round(side, -3))
        for side in (low, high)
    ]
    unit = "M€" if millions else "€"
    return f" : pour {french.number(count)} places {french.at(place)}, de {ends[0]} à {ends[1]} {unit} d’aide à l’investissement"


def _for_each(lever: str, year: int) -> Amount | None:
    """What an aid brings for each place, where its scale says from what to what."""
    return next(
        (
            one
            for one in levers.amounts_in_force(lever, year=year)
            if one.unit == EACH and one.minimum and one.maximum and one.maximum > one.minimum
        ),
        None,
    )


def _year(report: Report) -> int:
    """The year whose scales hold."""
    return (day(report.context.date) or datetime.date.today()).year


def _where(report: Report) -> tuple[Territory, float] | None:
    """The commune that lacks most places, and how many, rounded as everywhere; None under twenty, and where it has too few
    children to be named."""
    if report.territory.level not in (Level.COMMUNE, Level.EPCI, Level.PERIMETRE):
        return None
    first = next(iter(short_members(report)), None)
    if (
        first is None
        or (len(report.members) > 1 and first[1].of_few_people)
        or (count := french.about(added([first]))) is None
        or count < FEWEST_PLACES
    ):
        return None
    return first[0], count


def _by_stake(found: Sequence[Stake], called: Sequence[LeverHere], year: int) -> Table:
    """Each aid under the stake that it answers, with its amount and who asks; a stake that none answers has no row."""
    left = {lever.id: lever for lever in called}
    rows: list[tuple[str, ...]] = []
    for number, stake in enumerate(found, 1):
        # That of the title first, those of an unknown amount last.
        own = sorted(
            (name for name in stake.levers if name in left),
            key=lambda name: (_for_each(name, year) is None, _first_amount(left[name], year) == TO_BE_ASKED),
        )
        if not own and stake.levers:
            rows.append((french.typographic(f"{number}. {stake.title}"), "Aides citées ci-dessus", "", ""))
        for name in own:
            lever = left.pop(name)
            head = (
                f"{number}. {stake.title}" if not any(row[0].startswith(f"{number}.") for row in rows) else ""
            )
            rows.append((french.typographic(head), *_aid(lever, year)))
    rows += [
        ("Autres écarts" if not number else "", *_aid(lever, year))
        for number, lever in enumerate(left.values())
    ]
    return Table(
        "Aides et enjeux",
        ("Enjeu", "Aide", "Montant, à confirmer", "Qui demande ; accord : Caf, à confirmer"),
        tuple(rows),
        (0.22, 0.25, 0.27, 0.26),
    )


def _in_few_words(table: Table, asked: Sequence[LeverHere], report: Report) -> Table:
    """The levers that a question alone calls, as a slide has room for them."""
    rows = tuple(
        (name, why, *_aid(lever, _year(report))[1:])
        for (name, why, *_), lever in zip(table.rows, asked, strict=False)
    )
    return replace(table, rows=rows)


def _unanswered(found: Sequence[Stake]) -> str:
    """The stakes that no aid answers, by their number and their name."""
    alone = [f"{number}. {stake.title}" for number, stake in enumerate(found, 1) if not stake.levers]
    return (
        f"Sans aide du barème qui y réponde directement, à voir avec la Caf : {' ; '.join(alone)}."
        if alone
        else ""
    )


def _aid(lever: LeverHere, year: int) -> tuple[str, str, str]:
    """The aid, its first amount (for a place, where one is) with its year, who asks: in as few words as a slide has."""
    asks = re.split(r"\s; ", lever.beneficiaires.removesuffix("."))[0]
    for long, short in SHORTER:
        asks = asks.replace(f"d’{long}", french.of_text(short)).replace(long, short)
    return (
        french.typographic(lever.dispositif),
        french.typographic(_first_amount(lever, year)),
        french.typographic(asks),
    )


def _first_amount(lever: LeverHere, year: int) -> str:
    rows = levers.amounts_in_force(lever.id, year=year)
    known = [row for row in rows if row.minimum is not None or row.maximum is not None]
    # The whole range of an aid before the steps that make it.
    first = sorted(known, key=lambda one: one.threshold_maximum is not None)[:2]
    row = min(first, key=lambda one: "par place" not in one.unit, default=None)
    if row is None:
        return TO_BE_ASKED
    own = _own_words(row.label, lever.dispositif)
    return f"{own}{' : ' if own else ''}{levers.said(row)} ({row.year})"


def _own_words(label: str, dispositif: str) -> str:
    """What the label of an amount says that the name of its aid does not."""
    head, _, tail = label.partition(", ")
    said = tail if tail and _says(dispositif, head) else label
    return "" if _says(dispositif, said) else said


def _says(dispositif: str, words: str) -> bool:
    known = re.findall(r"\w+", dispositif.lower())
    return all(
        any(one.startswith(word.removesuffix("s")) for one in known)
        for word in re.findall(r"\w+", words.lower())
        if len(word) > 2
    )


def _brings(lever: LeverHere) -> str:
    return " ; ".join(_amounts(lever))


def _amounts(lever: LeverHere) -> list[str]:
    """Its first amounts, those that are known before those to ask for."""
    first = sorted(lever.amounts, key=lambda one: TO_ASK in one)[:2]
    return [one.replace(TO_CONFIRM, "") for one in first] or [TO_BE_ASKED]

"""Priorities to debate and the levers that answer them."""

from __future__ import annotations

from collections.abc import Sequence

from diagnostic import french
from diagnostic.indicators import BY_ID
from diagnostic.report import LeverHere, Report
from diagnostic.story.afom import stakes
from diagnostic.story.blocks import Section, Table, Text
from diagnostic.story.figures import source_line

MOST_QUESTIONS = 6
"""Levers shown where no gap calls any."""
TO_CONFIRM = ", à confirmer avec votre conseiller Caf"
"""Said once, in the heading of the column."""

MOST_ON_SCREEN = 5


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
    title = f"{french.quantity(count, 'écart ressort', 'écarts ressortent')} : à débattre, non une décision"
    return Section(
        "priorites",
        "Priorités",
        french.typographic(title),
        ((1.0, (table,)),),
        source_line(report, [p.indicator for p in report.priorities]),
        tuple(f"{p.order}. {p.sentence} {p.reason}" for p in report.priorities),
        on_screen=(
            Text(
                tuple(
                    (f"{p.order}. {BY_ID[p.indicator].short}", french.typographic(p.sentence), False)
                    for p in report.priorities[:MOST_ON_SCREEN]
                )
            ),
        ),
    )


def levers_section(report: Report) -> Section | None:
    called_ = [lever for lever in report.levers if lever.need == "gap"]
    asked = [lever for lever in report.levers if lever.need == "question"]
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
    title = f"{french.quantity(len(called_), 'levier répond', 'leviers répondent')} à un écart"
    if not called_:
        title = f"Aucun écart n’appelle de levier ; {french.quantity(len(rows), 'question', 'questions')} à trancher d’abord"
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
        french.typographic(title),
        ((1.0, (table,)),),
        "Montants datés du vademecum et de ses sources : à confirmer avec la Caf avant toute décision.",
        every,
        caution=french.typographic(more),
        on_slide=((1.0, (_by_stake(report, called_),)),) if called_ else (),
    )


def _by_stake(report: Report, called: Sequence[LeverHere]) -> Table:
    """Each aid under the stake that it answers, with its amount, who asks and who grants."""
    left = {lever.id: lever for lever in called}
    rows: list[tuple[str, ...]] = []
    for number, stake in enumerate(stakes(report), 1):
        own = [name for name in stake.levers if name in left]
        if not own:
            why = "Aides citées ci-dessus" if stake.levers else "Aucune aide du barème n’y répond directement"
            title = french.typographic(f"{number}. {stake.title}")
            rows.append((title, why, "", "" if stake.levers else "À voir avec la Caf"))
        for name in own:
            lever = left.pop(name)
            head = (
                f"{number}. {stake.title}" if not any(row[0].startswith(f"{number}.") for row in rows) else ""
            )
            rows.append((french.typographic(head), *_aid(lever)))
    rows += [
        ("Autres écarts" if not number else "", *_aid(lever)) for number, lever in enumerate(left.values())
    ]
    return Table(
        "Aides et enjeux",
        ("Enjeu", "Aide", "Montant, à confirmer", "Qui demande, qui accorde"),
        tuple(rows),
        (0.24, 0.24, 0.28, 0.24),
    )


def _aid(lever: LeverHere) -> tuple[str, str, str]:
    asks = lever.beneficiaires.removesuffix(".")
    return (
        french.typographic(lever.dispositif),
        french.typographic(_brings(lever)),
        french.typographic(f"Demande : {asks[:1].lower()}{asks[1:]}. Accord : Caf, à confirmer"),
    )


def _brings(lever: LeverHere) -> str:
    return " ; ".join(lever.amounts[:2]).replace(TO_CONFIRM, "") or "À demander à la Caf"

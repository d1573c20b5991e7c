"""A convention under way: what moved since the signature, what became of the actions, the money engaged."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import Decimal

from diagnostic import french, measure, territories
from diagnostic import plan as plans
from diagnostic.indicators import BY_ID
from diagnostic.model import DiagnosticError
from diagnostic.plan import Followed, Observed, Pace, Plan, Result, State
from diagnostic.report import Report
from diagnostic.story.blocks import Data, Line, Lines, Section, Table, Text
from diagnostic.story.figures import source_line
from diagnostic.story.words import written_day
from diagnostic.warehouse import Database

MOST_CHARTS = 3
ORDER = (State.DONE, State.STARTED, State.PLANNED, State.DROPPED)
LINE = (
    "Attendu : la ligne droite du départ à la cible. Dans les temps : à un dixième du chemin près, ou à une personne près "
    "si elle compte davantage. Un choix de l’outil, non une règle."
)


def followup_sections(report: Report, plan: Plan, db: Database) -> tuple[Section, ...]:
    """The results, the actions and the money of a plan; nothing of a plan without a fiche."""
    if not plan.fiches:
        return ()
    followed = plans.follow(plans.on_ground(plan, db).plan, observed_in(db))
    return tuple(
        told for told in (_results(report, plan, followed), _actions(plan), _money(plan)) if told is not None
    )


def observed_in(db: Database) -> Callable[[Result], tuple[Observed, ...]]:
    """What is known of a result: the published vintages of one of ours, what was typed of the others."""

    def observed(result: Result) -> tuple[Observed, ...]:
        indicator = BY_ID.get(result.indicator)
        if indicator is None:
            return plans.typed(result.readings)
        try:
            place = territories.get(db, result.territory)
        except DiagnosticError:
            return ()
        rows = measure.history(db, [place])[place.key].get(indicator.id, [])
        return plans.measured(rows, indicator, lambda row: measure.people(db, indicator, row))

    return observed


# --- Results -------------------------------------------------------------------------------------


def _results(report: Report, plan: Plan, followed: Sequence[Followed]) -> Section | None:
    if not followed:
        return None
    rows = tuple(
        (
            french.typographic(one.title),
            french.typographic(", ".join(filter(None, (one.label, one.unit)))),
            dated(one, one.start, one.start_year),
            last_value(one),
            printed(one, one.expected),
            dated(one, one.target, one.target_year),
            french.capitalised(str(one.pace)),
            french.capitalised(french.typographic(one.reason)),
        )
        for one in followed
    )
    table = Table(
        "Chaque indicateur de résultat sur son chemin",
        ("Fiche", "Indicateur", "Départ", "Dernière valeur", "Attendu alors", "Cible", "Lecture", "Raison"),
        rows,
        (0.18, 0.2, 0.1, 0.11, 0.09, 0.1, 0.1, 0.12),
        (2, 3, 4, 5),
    )
    moves = Text(tuple((head, said, False) for head, said in _moves(followed) if said))
    charts = tuple(followup_chart(one) for one in followed if one.expected is not None)[:MOST_CHARTS]
    ours = tuple(dict.fromkeys(one.indicator for one in followed if one.indicator in BY_ID))
    cautions = [f"{one.label} : {caution}" for one in followed for caution in one.cautions]
    return Section(
        "suivi_resultats",
        "Suivi · résultats",
        _title(followed),
        ((1.0, (table,)),),
        source_line(report, ours),
        tuple(f"{row[1]} : {row[6].lower()}{f' ({row[7].lower()})' if row[7] else ''}." for row in rows),
        more=(moves, *charts),
        on_slides=False,
        subtitle=f"Convention de {french.span(plan.first_year, plan.last_year)} ; départ : la valeur écrite dans le plan",
        caution=" ".join((*cautions, LINE)),
        indicators=ours,
        data=Data(
            ("Fiche", "Indicateur", "Unité", "Année", "Valeur", "Origine"),
            tuple(
                (
                    one.title,
                    one.label,
                    one.unit,
                    str(seen.year),
                    seen.value,
                    seen.origin or "données publiées",
                )
                for one in followed
                for seen in one.observed
            ),
        ),
        on_screen=(moves, table, *charts),
    )


def message(plan: Plan, year: int) -> str:
    """What the follow-up of a plan tells in `year`, as a title: nobody says when a plan was signed, and one to come has nothing behind
    it."""
    if plan.fiches and plan.first_year > year:
        return f"La convention commence en {plan.first_year} : d’où partira chaque résultat"
    return "Depuis le départ du plan, ce qui a bougé"


def _title(followed: Sequence[Followed]) -> str:
    """ "Sur 4 indicateurs de résultat : 1 en avance, 2 en retard, 1 pas encore mesurable"."""
    total = french.quantity(len(followed), "indicateur de résultat", "indicateurs de résultat")
    return f"Sur {total} : {paces_said(followed)}"


def paces_said(followed: Sequence[Followed]) -> str:
    """ "1 en avance, 2 en retard et 1 pas encore mesurable"."""
    counts = {pace: sum(one.pace is pace for one in followed) for pace in Pace}
    said = [
        f"{french.number(count)} {french.plural(count, str(pace), _plural(pace))}"
        for pace, count in counts.items()
        if count
    ]
    return french.listing(said)


def _plural(pace: Pace) -> str:
    return f"{pace}s" if pace is Pace.UNKNOWN else str(pace)


def _moves(followed: Sequence[Followed]) -> tuple[tuple[str, str], ...]:
    """What moved, what did not, what nobody knows yet."""
    moved = [
        f"{one.label}, de {dated(one, one.start, one.start_year)} à {dated(one, one.last.value, one.last.year)}"
        for one in followed
        if one.moved and one.last
    ]
    still = [
        f"{one.label} ({dated(one, one.start, one.start_year)})" for one in followed if one.moved is False
    ]
    unknown = [one.label for one in followed if one.moved is None]
    return (
        ("Ce qui a bougé", " ; ".join(moved)),
        ("Ce qui n’a pas bougé", " ; ".join(still)),
        ("Ce qu’on ne sait pas encore", " ; ".join(unknown)),
    )


def followup_chart(one: Followed) -> Lines:
    begun, start, target, last = one.start_year, one.start, one.target, one.last
    assert begun is not None and start is not None and target is not None and last is not None
    name = BY_ID[one.indicator].short if one.indicator in BY_ID else one.label
    points = ((begun, start), *((seen.year, seen.value) for seen in one.observed))
    length = one.target_year - begun
    way = tuple(
        (begun + past, start + (target - start) * min(past / length, 1.0))
        for past in range(max(one.target_year, last.year) - begun + 1)
    )
    return Lines(
        f"{one.label}, {one.unit} : {last_value(one)}",
        (
            Line("attendu, cible", way, "muted", dash=True, end=dated(one, target, one.target_year)),
            Line(name, points, "territory", end=dated(one, last.value, last.year)),
        ),
        one.decimals,
    )


def last_value(one: Followed) -> str:
    """ "47,0 (2023), entre 43,0 et 51,0": the last value, with its interval where one person counts for much."""
    if one.last is None:
        return french.UNKNOWN
    said = dated(one, one.last.value, one.last.year)
    if one.interval is None:
        return said
    low, high = one.interval
    return f"{said}, entre {printed(one, low)} et {printed(one, high)}"


def printed(one: Followed, value: float | None) -> str:
    """A value with the decimals of its indicator; "—" when unknown."""
    return french.number(value, one.decimals)


def dated(one: Followed, value: float | None, year: int | None) -> str:
    """ "52,9 (2020)"; "—" when unknown."""
    said = printed(one, value)
    return said if value is None or year is None else f"{said} ({year})"


# --- Actions -------------------------------------------------------------------------------------


def _actions(plan: Plan) -> Section:
    header = ("Axe", "Action", "État", "Depuis le", "Ce qui est noté")
    rows = tuple(
        (
            french.typographic(axe.title),
            french.typographic(fiche.title),
            french.capitalised(str(fiche.state)),
            written_day(fiche.passages[-1].day) if fiche.passages else "non noté",
            " ; ".join(f"{passage.state}, {written_day(passage.day)}" for passage in fiche.passages),
        )
        for axe in plan.axes
        for fiche in axe.fiches
    )
    return Section(
        "suivi_actions",
        "Suivi · actions",
        french.capitalised(states_said([fiche.state for fiche in plan.fiches])),
        ((1.0, (Table("", header, rows, (0.2, 0.3, 0.12, 0.16, 0.22)),)),),
        "Source : le plan d’actions ouvert ici.",
        (),
        on_slides=False,
        data=Data(header, rows),
    )


def agreed(state: State, count: int) -> str:
    """The state of so many actions: those that end in « e » take the plural."""
    return french.plural(count, str(state), f"{state}s" if str(state).endswith("ée") else str(state))


def states_said(states: Sequence[State], then: str = " :") -> str:
    """ "sur 12 actions : 3 réalisées et 9 à engager"."""
    said = [
        f"{french.number(states.count(state))} {agreed(state, states.count(state))}"
        for state in ORDER
        if state in states
    ]
    return f"sur {french.quantity(len(states), 'action', 'actions')}{then} {french.listing(said)}"


# --- Money ---------------------------------------------------------------------------------------


def money_row(row: plans.Money) -> tuple[str, ...]:
    """An axis and a year: what was planned, engaged, what the same fiches had planned, and how many have said."""
    return (
        french.typographic(row.axe),
        str(row.year),
        plans.total_text(row.planned) or "rien",
        euros(row.engaged),
        (plans.total_text(row.beside) or "rien") if row.engaged is not None else french.UNKNOWN,
        f"{row.known} sur {row.fiches}",
    )


def _money(plan: Plan) -> Section | None:
    rows = plans.money(plan)
    if not rows:
        return None
    known = [row for row in rows if row.engaged is not None]
    header = ("Axe", "Année", "Prévu", "Engagé", "Prévu par ces mêmes fiches", "Fiches renseignées")
    told = tuple(map(money_row, rows))
    planned = [line for row in rows for line in row.planned]
    if known:
        engaged = sum((row.engaged for row in known if row.engaged is not None), plans.ZERO)
        beside = plans.total_text([line for row in known for line in row.beside]) or "rien"
        title = f"Engagé : {euros(engaged)} ; prévu par les mêmes fiches, les mêmes années : {beside}"
    else:
        title = f"Prévu : {plans.total_text(planned)} ; aucun montant engagé n’est saisi"
    return Section(
        "suivi_budget",
        "Suivi · budget",
        title,
        ((1.0, (Table("", header, told, (0.26, 0.1, 0.18, 0.14, 0.2, 0.12), (2, 3, 4)),)),),
        "Source : le plan d’actions ouvert ici.",
        (),
        on_slides=False,
        subtitle="Euros, par axe et par année",
        caution="Un montant engagé que personne n’a saisi est inconnu, non nul.",
        data=Data(header, told),
    )


def euros(amount: Decimal | None) -> str:
    """An amount as it is; "—" when nobody has typed it."""
    return french.euros(amount, plans.cents([amount]) if amount is not None else 0)

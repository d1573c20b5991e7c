"""The bilan of what was done: axes, promises, results, money, and what makes them comparable."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

from diagnostic import french
from diagnostic import plan as plans
from diagnostic.plan import AxeBilan, Followed, Ground, Pace, Plan, Promise, State
from diagnostic.story.bilan_parts import NO_CAUSE, UNTYPED, bilan_part, cells, cut_for, with_the_plan
from diagnostic.story.blocks import Card, Cards, Section, Table, Text
from diagnostic.story.followup import (
    LINE,
    ORDER,
    agreed,
    dated,
    euros,
    followup_chart,
    last_value,
    money_row,
    paces_said,
    printed,
    states_said,
)
from diagnostic.story.words import shortened, written_day

MOST_CHARTS = 3


# --- In four figures -----------------------------------------------------------------------------


def essential_part(
    plan: Plan, axes: Sequence[AxeBilan], followed: Sequence[Followed], decisions: Sequence[tuple], year: int
) -> Section:
    every = [one for axe in axes for one in axe.promises]
    done = sum(one.state is State.DONE for one in every)
    states = states_said([one.state for one in every], ",")
    title = f"À la fin de {year}, {states}"
    if followed:
        title += f" ; {_readable(followed)}"
    good = sum(one.pace in (Pace.AHEAD, Pace.ON_TIME) for one in followed)
    read = sum(one.pace is not Pace.UNKNOWN for one in followed)
    engaged, beside = _sums(axes)
    cards = [
        Card(
            f"{done} sur {len(every)}",
            french.plural(done, "action réalisée", "actions réalisées"),
            french.capitalised(states),
            f"{french.quantity(sum(one.behind for one in every), 'action promise n’est pas engagée', 'actions promises ne sont pas engagées')}",
            any(one.behind for one in every),
        ),
        Card(
            f"{good} sur {read}" if read else french.UNKNOWN,
            "indicateurs lisibles au rythme prévu",
            french.capitalised(paces_said(followed))
            if followed
            else "Aucun indicateur de résultat n’est écrit",
            NO_CAUSE,
            any(one.pace is Pace.LATE for one in followed),
        ),
        Card(
            euros(engaged),
            f"engagés de {plan.first_year} à {year}",
            f"Prévu par les mêmes fiches, les mêmes années : {beside}"
            if engaged is not None
            else "Aucun montant engagé n’est saisi",
            UNTYPED,
        ),
        Card(
            french.number(len(decisions)),
            french.plural(len(decisions), "point à décider", "points à décider"),
            f"{shortened(decisions[0][0], 60)} : {decisions[0][2]}"
            if decisions
            else "Rien n’appelle de décision dans le plan",
            "La liste est proposée par règle ; le comité la change.",
        ),
    ]
    typed = tuple(
        Card(
            one.figure,
            one.unit,
            one.sentence,
            one.detail,
            one.alert,
        )
        for one in cards
    )
    return bilan_part("bilan_essentiel", title, ((1.0, (Cards(typed),)),))


def _readable(followed: Sequence[Followed]) -> str:
    read = [one for one in followed if one.pace is not Pace.UNKNOWN]
    total = french.quantity(len(followed), "indicateur", "indicateurs")
    if not read:
        return f"aucun résultat encore mesurable sur {total}"
    late = sum(one.pace is Pace.LATE for one in read)
    return f"{french.quantity(late, 'indicateur', 'indicateurs')} en retard sur {french.number(len(read))} {french.plural(len(read), 'mesurable', 'mesurables')}"


def _sums(axes: Sequence[AxeBilan]) -> tuple[Decimal | None, str]:
    """Euros engaged, None when nobody typed any, and what the same fiches planned for the same years."""
    known = [axe.engaged for axe in axes if axe.engaged is not None]
    beside = plans.total_text(line for axe in axes for line in axe.beside) or "rien"
    return (sum(known, plans.ZERO) if known else None), beside


# --- Promised, done ------------------------------------------------------------------------------


def axes_part(axes: Sequence[AxeBilan], year: int) -> Section | None:
    told = [axe for axe in axes if axe.promises]
    if not told:
        return None
    states = [state for state in ORDER if any(axe.count(state) for axe in told)]
    rows = tuple(
        cells(
            axe.axe,
            *(french.number(axe.count(state)) for state in states),
            french.number(len(axe.promises)),
            paces_said(axe.results) if axe.results else "aucun indicateur",
        )
        for axe in told
    )
    header = ("Axe", *(french.capitalised(agreed(state, 2)) for state in states), "Actions", "Résultats")
    widths = (0.3, *[0.44 / (len(states) + 1)] * (len(states) + 1), 0.26)
    ahead = max(told, key=lambda axe: axe.count(State.DONE) / len(axe.promises))
    title = (
        f"« {shortened(ahead.axe, 60)} » est l’axe le plus avancé : "
        f"{french.quantity(ahead.count(State.DONE), 'action réalisée', 'actions réalisées')} sur {len(ahead.promises)}"
        if ahead.count(State.DONE) and len(told) > 1
        else f"{french.quantity(len(told), 'axe', 'axes')} : où en sont les actions à la fin de {year}"
    )
    table = Table("Actions et résultats par axe", header, rows, widths, tuple(range(1, len(states) + 2)))
    return bilan_part("bilan_axes", title, ((1.0, (table,)),))


def promised_part(axes: Sequence[AxeBilan], year: int, most: int | None) -> Section:
    every = sorted(
        (one for axe in axes for one in axe.promises),
        key=lambda one: (not one.behind, one.state is State.DONE) if most is not None else (),
    )
    rows = [
        cells(
            one.axe,
            one.fiche.title,
            " ; ".join(one.due) or f"Rien n’est daté avant {year + 1}",
            french.capitalised(str(one.state)) + (f", {written_day(one.since)}" if one.since else ""),
            _remark(one),
        )
        for one in every
    ]
    kept, left = cut_for(rows, most, "action")
    behind = sum(one.behind for one in every)
    dropped = sum(one.state is State.DROPPED for one in every)
    said = [
        f"{french.quantity(count, one, many)}"
        for count, one, many in (
            (behind, "action promise n’est pas engagée", "actions promises ne sont pas engagées"),
            (dropped, "action est abandonnée", "actions sont abandonnées"),
        )
        if count
    ]
    title = (
        french.capitalised(french.listing(said)) if said else "Tout ce qui était promis est engagé ou réalisé"
    )
    header = ("Axe", "Action", f"Promis jusqu’à fin {year}", "Fait", "À noter")
    table = Table("Promis et fait", header, kept, (0.16, 0.24, 0.27, 0.17, 0.16))
    return bilan_part(
        "bilan_promesses",
        title,
        ((1.0, (table,)),),
        caution=left,
        notes=[f"{row[1]} : {row[3]}. {row[2]}." for row in rows],
    )


def _remark(one: Promise) -> str:
    if one.behind:
        return "Promis, non engagé"
    if not one.dated and one.state is not State.PLANNED:
        return "Date de cet état non notée"
    return ""


# --- Changed in figures --------------------------------------------------------------------------


def results_part(followed: Sequence[Followed], source: str, most: int | None) -> Section | None:
    if not followed:
        return None
    order = {pace: rank for rank, pace in enumerate((Pace.LATE, Pace.AHEAD, Pace.ON_TIME, Pace.UNKNOWN))}
    shown = sorted(followed, key=lambda one: order[one.pace]) if most is not None else list(followed)
    rows = [
        cells(
            ", ".join(filter(None, (one.label, one.unit))),
            dated(one, one.start, one.start_year),
            last_value(one),
            printed(one, one.expected),
            dated(one, one.target, one.target_year),
            french.capitalised(str(one.pace)) + (f" : {one.reason}" if one.reason else ""),
        )
        for one in shown
    ]
    kept, left = cut_for(rows, most, "indicateur")
    table = Table(
        "Les indicateurs de résultat",
        ("Indicateur", "Départ", "Dernière valeur", "Attendu alors", "Cible", "Lecture"),
        kept,
        (0.3, 0.12, 0.17, 0.1, 0.12, 0.19),
        (1, 2, 3, 4),
    )
    title = f"Sur {french.quantity(len(followed), 'indicateur de résultat', 'indicateurs de résultat')} : {paces_said(followed)}"
    cautions = [f"{one.label} : {caution}" for one in shown for caution in one.cautions]
    return bilan_part(
        "bilan_resultats",
        title,
        ((1.0, (table,)),),
        with_the_plan(source),
        " ".join((NO_CAUSE, left, LINE)).replace("  ", " "),
        [*(f"{row[0]} : {row[2]}, {row[5].lower()}." for row in rows), *cautions],
    )


def curves_part(followed: Sequence[Followed], source: str) -> Section | None:
    drawn = [one for one in followed if one.expected is not None][:MOST_CHARTS]
    if not drawn:
        return None
    first = drawn[0]
    title = f"{first.label} : {dated(first, first.start, first.start_year)} au départ, {last_value(first)}, {first.pace}"
    return bilan_part(
        "bilan_courbes",
        title,
        tuple((1.0, (followup_chart(one),)) for one in drawn),
        with_the_plan(source),
        NO_CAUSE,
    )


# --- Money ---------------------------------------------------------------------------------------


def money_part(plan: Plan, axes: Sequence[AxeBilan], year: int, most: int | None) -> Section | None:
    told = [axe for axe in axes if axe.planned or axe.engaged is not None]
    if not told:
        return None
    header = ("Axe", "Année", "Prévu", "Engagé", "Prévu par ces mêmes fiches", "Fiches et années saisies")
    every = [row for row in plans.money(plan) if row.year <= year]
    if most is None:
        rows = [cells(*money_row(row)) for row in every]
    else:
        rows = [
            cells(
                axe.axe,
                french.span(plan.first_year, min(year, plan.last_year)),
                plans.total_text(axe.planned) or "rien",
                euros(axe.engaged),
                (plans.total_text(axe.beside) or "rien") if axe.engaged is not None else french.UNKNOWN,
                _known_of([row for row in every if row.axe == axe.axe]),
            )
            for axe in told
        ]
    kept, left = cut_for(rows, most, "axe")
    engaged, beside = _sums(axes)
    planned = plans.total_text(line for axe in told for line in axe.planned) or "rien"
    title = (
        f"Engagé : {euros(engaged)} ; prévu par les mêmes fiches, les mêmes années : {beside}"
        if engaged is not None
        else f"Prévu jusqu’à fin {year} : {planned} ; aucun montant engagé n’est saisi"
    )
    table = Table("Engagé et prévu, en euros", header, kept, (0.25, 0.1, 0.17, 0.14, 0.18, 0.16), (2, 3, 4))
    return bilan_part("bilan_argent", title, ((1.0, (table,)),), caution=f"{UNTYPED} {left}".strip())


def _known_of(rows: Sequence[plans.Money]) -> str:
    return f"{sum(row.known for row in rows)} sur {sum(row.fiches for row in rows)}"


# --- What moved under the figures ----------------------------------------------------------------


def ground_part(ground: Ground, followed: Sequence[Followed]) -> Section:
    cautions = [f"{one.label} : {caution}" for one in followed for caution in one.cautions]
    place = list(ground.sentences) or [f"{plans.SAME}."]
    items = [("Le territoire", " ".join(place), bool(ground.sentences) and ground.told)]
    if cautions:
        items.append(("Les mesures", " ".join(cautions), False))
    else:
        items.append(
            ("Les mesures", "Aucun indicateur n’a changé de définition ni de valeur de départ.", False)
        )
    moved = bool(ground.sentences) and ground.told
    title = (
        "Le territoire n’est plus celui du départ du plan : à lire avant de comparer"
        if moved
        else "Mêmes communes qu’au départ du plan"
        if ground.told
        else "Le périmètre du départ du plan n’est pas noté"
    )
    if cautions:
        title += f" ; {french.quantity(len(cautions), 'mesure appelle une précaution', 'mesures appellent une précaution')}"
    text = Text(tuple((head, said, alert) for head, said, alert in items))
    made = bilan_part("bilan_mesure", title, ((1.0, (text,)),))
    return replace(made, on_slides=moved or bool(cautions))

"""The bilan of what comes next: the evaluation, what the committee decides, the convention that follows."""

from __future__ import annotations

from collections.abc import Sequence

from diagnostic import french
from diagnostic import plan as plans
from diagnostic.plan import AxeBilan, Followed, Pace, Plan, State
from diagnostic.story.bilan_parts import NO_CAUSE, bilan_part, cells, cut_for, ended
from diagnostic.story.blocks import Section, Table, Text
from diagnostic.story.followup import euros, last_value, paces_said, printed


def evaluation_part(plan: Plan, axes: Sequence[AxeBilan]) -> Section:
    rows = tuple(
        cells(
            axe.axe,
            f"{axe.count(State.DONE)} sur {len(axe.promises)}",
            paces_said(axe.results) if axe.results else "aucun indicateur",
            f"{euros(axe.engaged)} pour {plans.total_text(axe.beside) or 'rien'} de prévu"
            if axe.engaged is not None
            else "engagé inconnu",
            _judged(axe),
        )
        for axe in axes
    )
    kept = [axe for axe in axes if _judged(axe) == KEPT]
    title = (
        f"Évaluation {french.span(plan.first_year, plan.last_year)} : "
        f"{french.quantity(len(kept), 'axe a tenu ses promesses', 'axes ont tenu leurs promesses')} sur {len(axes)}"
    )
    table = Table(
        "Évaluation par axe",
        ("Axe", "Actions réalisées", "Résultats", "Argent", "Lecture proposée"),
        rows,
        (0.22, 0.12, 0.26, 0.2, 0.2),
    )
    return bilan_part(
        "bilan_evaluation",
        title,
        ((1.0, (table,)),),
        caution=f"{NO_CAUSE} La lecture est proposée par règle : actions réalisées, puis résultats.",
    )


KEPT = "Promesses tenues"


def _judged(axe: AxeBilan) -> str:
    """What the plan alone allows to say of an axis: its actions first, its results if they are readable."""
    total, done = len(axe.promises), axe.count(State.DONE)
    if not total:
        return "Axe sans action"
    late, good = axe.paces(Pace.LATE), axe.paces(Pace.AHEAD) + axe.paces(Pace.ON_TIME)
    if done < total:
        return "Actions non menées à terme" if done * 2 < total else "Actions menées pour l’essentiel"
    if late and not good:
        return "Actions menées, résultats non atteints"
    if late:
        return "Actions menées, résultats partagés"
    return KEPT if good else "Actions menées, résultats non mesurables"


def to_be_decided(
    plan: Plan, axes: Sequence[AxeBilan], followed: Sequence[Followed], year: int
) -> tuple[tuple[str, str, str], ...]:
    """What the plan calls to decide: subject, why, the decision to take; by rule, the most pressing first."""
    found = [
        (
            one.label,
            f"En retard : {last_value(one)} pour {printed(one, one.expected)} attendu",
            "renforcer l’action, revoir la cible ou la date",
        )
        for one in followed
        if one.pace is Pace.LATE
    ]
    every = [one for axe in axes for one in axe.promises]
    found += [
        (one.fiche.title, f"Promis, non engagé : {' ; '.join(one.due)}", "engager, reporter ou abandonner")
        for one in every
        if one.behind
    ]
    found += [
        (one.fiche.title, "Action abandonnée", "redire ce que devient son objectif et son budget")
        for one in every
        if one.state is State.DROPPED
    ]
    silent = [
        one for one in followed if one.pace is Pace.UNKNOWN and one.target is not None and one.last is None
    ]
    if silent:
        names = french.listing([one.label for one in silent[:3]])
        more = f" et {french.quantity(len(silent) - 3, 'autre', 'autres')}" if len(silent) > 3 else ""
        found.append(
            (f"{names}{more}", "Aucune valeur depuis le départ du plan", "dire qui mesure, et quand")
        )
    blank = [one.label for one in followed if one.target is None]
    if blank:
        found.append((french.listing(blank[:3]), "Aucune cible n’est écrite", "fixer une cible et son année"))
    if any(axe.planned and axe.engaged is None for axe in axes):
        found.append(("Montants engagés", "Non saisis pour un axe au moins", "dire qui les saisit, et quand"))
    if ended(plan, year):
        found.append(
            (
                "La suite",
                f"La convention finit en {plan.last_year}",
                "ouvrir la suivante, et sur quels enjeux",
            )
        )
    elif year == plan.last_year - 1:
        found.append(
            (
                "La suite",
                f"La convention finit en {plan.last_year}, dans un an",
                "lancer l’évaluation et le diagnostic suivant",
            )
        )
    return tuple(found)


def deciding_part(decisions: Sequence[tuple[str, str, str]], most: int | None) -> Section:
    rows = [
        cells(str(rank), subject, why, french.capitalised(what))
        for rank, (subject, why, what) in enumerate(decisions, 1)
    ]
    if not rows:
        text = Text(
            (
                (
                    "Rien à trancher",
                    "Le plan ne fait ressortir ni retard, ni abandon, ni mesure manquante.",
                    False,
                ),
            )
        )
        return bilan_part("bilan_decider", "Rien dans le plan n’appelle de décision", ((1.0, (text,)),))
    kept, left = cut_for(rows, most, "point")
    count = len(rows)
    title = f"{french.quantity(count, 'point à décider', 'points à décider')} par le comité de pilotage"
    table = Table("À décider", ("", "Sujet", "Pourquoi", "Décision à prendre"), kept, (0.04, 0.3, 0.34, 0.32))
    return bilan_part(
        "bilan_decider", title, ((1.0, (table,)),),
        caution=f"Liste proposée par règle, à changer en comité. {left}".strip(),
    )  # fmt: skip


def following_part(plan: Plan, followed: Sequence[Followed]) -> Section:
    after = plans.next_plan(plan, followed)
    carried = sum(len(fiche.results) for fiche in after.fiches)
    going = [fiche.title for fiche in after.fiches if fiche.title != plans.CARRIED]
    period = french.span(after.first_year, after.last_year)
    items = (
        ("Le même territoire", f"{plan.territory_name}, {period}, les mêmes axes.", False),
        (
            "Ce qui continue",
            f"{french.listing(going[:6])}{'…' if len(going) > 6 else ''}."
            if going
            else "Aucune action ne reste ouverte.",
            False,
        ),
        (
            "Les points de départ",
            f"{french.quantity(carried, 'résultat repart', 'résultats repartent')} de la dernière valeur connue ; les cibles "
            "sont à écrire.",
            False,
        ),
    )
    return bilan_part(
        "bilan_suite",
        f"La convention {period} s’ouvre sur {french.quantity(carried, 'point de départ mesuré', 'points de départ mesurés')}",
        ((1.0, (Text(tuple((head, said, alert) for head, said, alert in items)),)),),
    )

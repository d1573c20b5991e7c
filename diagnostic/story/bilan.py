"""The bilan of a convention at the end of a year, its evaluation at the end of it all, in the words of a committee.

What was promised, done, changed in figures, what to decide; then, axis by axis, what the convention has come to. A
value that moved is never said to be the work of an action.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

from diagnostic import french
from diagnostic import plan as plans
from diagnostic.plan import AxeBilan, Followed, Ground, Pace, Plan, Promise, State
from diagnostic.report import Report
from diagnostic.story.about import FICTIONAL, facts
from diagnostic.story.blocks import Card, Cards, Cover, Printed, Section, Table, Text
from diagnostic.story.figures import source_line
from diagnostic.story.followup import (
    LINE,
    ORDER,
    agreed,
    dated,
    euros,
    followup_chart,
    last_value,
    money_row,
    observed_in,
    paces_said,
    printed,
    states_said,
)
from diagnostic.story.words import day, shortened, written_day
from diagnostic.warehouse import Database

SOURCE = "Source : le plan d’actions de la convention, tenu par ses signataires."
NO_CAUSE = "Un indicateur qui a bougé ne dit pas que l’action en est la cause."
UNTYPED = "Un montant engagé que personne n’a saisi est inconnu, non nul."
MOST_SHOWN = 5
"""Rows of a table on a slide: the document has them all."""
MOST_CHARTS = 3
MOST_CELL, MOST_ON_SLIDE = 150, 76


def bilan_cover(report: Report, plan: Plan, year: int) -> Cover:
    """What opens the bilan of a year, or the evaluation when the convention ends with it."""
    context, territory = report.context, report.territory
    name, period = french.name(territory), french.span(plan.first_year, plan.last_year)
    what = "Évaluation" if ended(plan, year) else f"Bilan {year}"
    fictional = context.fictional
    own = (
        ("Document", f"{what} de la convention, {_until(year, context.date)}"),
        ("Plan d’actions", f"{plan.title}, {period}"),
        ("Édité le", written_day(context.date)),
    )
    told = {label for label, _ in own} | {"Date"}
    rest = [(label, text) for label, text in facts(report) if label not in told]
    footer = f"{shortened(name, 80)} · {what.lower()} de la convention {period}"
    return Cover(
        title=french.capitalised(french.name(territory, long=True)),
        document=french.typographic(f"{what} de la convention territoriale globale : {name}")[:250],
        lines=(f"{what} de la convention territoriale globale", f"{period} · {_until(year, context.date)}"),
        small=(plan.title, f"Édité le {written_day(context.date)}"),
        notice=FICTIONAL if fictional else "",
        footer=f"Territoire fictif · {footer}" if fictional else footer,
        facts=tuple((label, french.typographic(text)) for label, text in (*own, *rest)),
    )


def _until(year: int, date: str) -> str:
    """Up to when: the end of the year, or the day of the document where the year is not over."""
    today = day(date)
    if today is not None and today.year <= year:
        return f"arrêté au {french.date_long(today)}"
    return f"arrêté au 31 décembre {year}"


def ended(plan: Plan, year: int) -> bool:
    """Whether the bilan of that year is the last one."""
    return year >= plan.last_year


def bilan_sections(
    report: Report, plan: Plan, db: Database, year: int, *, slides: bool = False
) -> tuple[Section, ...]:
    """The bilan of a plan at the end of a year; with `slides`, tables are cut to what a committee reads.

    Nothing of a plan without a fiche.
    """
    if not plan.fiches:
        return ()
    ground = plans.on_ground(plan, db)
    plan = ground.plan
    followed = plans.follow(plan, observed_in(db), until=year)
    axes = plans.axes_bilan(plan, followed, year)
    decisions = _decisions(plan, axes, followed, year)
    most = MOST_SHOWN if slides else None
    ours = tuple(dict.fromkeys(one.indicator for one in followed if one.indicator))
    source = source_line(report, ours) if ours else ""
    made = (
        _essential(plan, axes, followed, decisions, year),
        None if slides and ended(plan, year) else _axes(axes, year),
        _promised(axes, year, most),
        _results(followed, source, most),
        _curves(followed, source),
        _money(plan, axes, year, most),
        _ground(ground, followed),
        _evaluation(plan, axes) if ended(plan, year) else None,
        _to_decide(decisions, most),
        _following(plan, followed) if ended(plan, year) else None,
    )
    return tuple(section for section in made if section is not None)


_KICKERS = {
    "bilan_essentiel": "L’essentiel",
    "bilan_axes": "Les axes",
    "bilan_promesses": "Promis et fait",
    "bilan_resultats": "Ce qui a changé",
    "bilan_courbes": "Les trajectoires",
    "bilan_argent": "L’argent",
    "bilan_mesure": "Ce qui rend comparable",
    "bilan_evaluation": "Évaluation",
    "bilan_decider": "À décider",
    "bilan_suite": "La convention suivante",
}
"""What stands over each section, in their order."""


def _section(
    name: str,
    title: str,
    blocks: Sequence[tuple[float, Sequence[Printed]]],
    source: str = SOURCE,
    caution: str = "",
    notes: Sequence[str] = (),
) -> Section:
    return Section(
        name,
        _KICKERS[name],
        french.typographic(title),
        tuple((share, tuple(column)) for share, column in blocks),
        french.typographic(source),
        tuple(french.typographic(note) for note in notes) or (french.typographic(title),),
        caution=french.typographic(caution),
    )


def _with_the_plan(source: str) -> str:
    return f"{source.rstrip('.')} ; plan d’actions de la convention." if source else SOURCE


def _cut(
    rows: Sequence[tuple[str, ...]], most: int | None, what: str
) -> tuple[tuple[tuple[str, ...], ...], str]:
    """The first rows with what a slide has room for, and how many the document has besides."""
    if most is None:
        return tuple(rows), ""
    kept = tuple(tuple(shortened(cell, MOST_ON_SLIDE) for cell in row) for row in rows[:most])
    if len(rows) <= most:
        return kept, ""
    left = len(rows) - most
    return kept, f"{french.quantity(left, f'autre {what}', f'autres {what}s')} dans le document."


def _cells(*texts: str) -> tuple[str, ...]:
    return tuple(shortened(french.typographic(" ".join(text.split())), MOST_CELL) for text in texts)


# --- In four figures -----------------------------------------------------------------------------


def _essential(
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
            french.typographic(one.figure),
            french.typographic(one.unit),
            french.typographic(one.sentence),
            french.typographic(one.detail),
            one.alert,
        )
        for one in cards
    )
    return _section("bilan_essentiel", title, ((1.0, (Cards(typed),)),))


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


def _axes(axes: Sequence[AxeBilan], year: int) -> Section | None:
    told = [axe for axe in axes if axe.promises]
    if not told:
        return None
    states = [state for state in ORDER if any(axe.count(state) for axe in told)]
    rows = tuple(
        _cells(
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
    return _section("bilan_axes", title, ((1.0, (table,)),))


def _promised(axes: Sequence[AxeBilan], year: int, most: int | None) -> Section:
    every = sorted(
        (one for axe in axes for one in axe.promises),
        key=lambda one: (not one.behind, one.state is State.DONE) if most is not None else (),
    )
    rows = [
        _cells(
            one.axe,
            one.fiche.title,
            " ; ".join(one.due) or f"Rien n’est daté avant {year + 1}",
            french.capitalised(str(one.state)) + (f", {written_day(one.since)}" if one.since else ""),
            _remark(one),
        )
        for one in every
    ]
    kept, left = _cut(rows, most, "action")
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
    return _section(
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


def _results(followed: Sequence[Followed], source: str, most: int | None) -> Section | None:
    if not followed:
        return None
    order = {pace: rank for rank, pace in enumerate((Pace.LATE, Pace.AHEAD, Pace.ON_TIME, Pace.UNKNOWN))}
    shown = sorted(followed, key=lambda one: order[one.pace]) if most is not None else list(followed)
    rows = [
        _cells(
            ", ".join(filter(None, (one.label, one.unit))),
            dated(one, one.start, one.start_year),
            last_value(one),
            printed(one, one.expected),
            dated(one, one.target, one.target_year),
            french.capitalised(str(one.pace)) + (f" : {one.reason}" if one.reason else ""),
        )
        for one in shown
    ]
    kept, left = _cut(rows, most, "indicateur")
    table = Table(
        "Les indicateurs de résultat",
        ("Indicateur", "Départ", "Dernière valeur", "Attendu alors", "Cible", "Lecture"),
        kept,
        (0.3, 0.12, 0.17, 0.1, 0.12, 0.19),
        (1, 2, 3, 4),
    )
    title = f"Sur {french.quantity(len(followed), 'indicateur de résultat', 'indicateurs de résultat')} : {paces_said(followed)}"
    cautions = [f"{one.label} : {caution}" for one in shown for caution in one.cautions]
    return _section(
        "bilan_resultats",
        title,
        ((1.0, (table,)),),
        _with_the_plan(source),
        " ".join((NO_CAUSE, left, LINE)).replace("  ", " "),
        [*(f"{row[0]} : {row[2]}, {row[5].lower()}." for row in rows), *cautions],
    )


def _curves(followed: Sequence[Followed], source: str) -> Section | None:
    drawn = [one for one in followed if one.expected is not None][:MOST_CHARTS]
    if not drawn:
        return None
    first = drawn[0]
    title = f"{first.label} : {dated(first, first.start, first.start_year)} au départ, {last_value(first)}, {first.pace}"
    return _section(
        "bilan_courbes",
        title,
        tuple((1.0, (followup_chart(one),)) for one in drawn),
        _with_the_plan(source),
        NO_CAUSE,
    )


# --- Money ---------------------------------------------------------------------------------------


def _money(plan: Plan, axes: Sequence[AxeBilan], year: int, most: int | None) -> Section | None:
    told = [axe for axe in axes if axe.planned or axe.engaged is not None]
    if not told:
        return None
    header = ("Axe", "Année", "Prévu", "Engagé", "Prévu par ces mêmes fiches", "Fiches et années saisies")
    every = [row for row in plans.money(plan) if row.year <= year]
    if most is None:
        rows = [_cells(*money_row(row)) for row in every]
    else:
        rows = [
            _cells(
                axe.axe,
                french.span(plan.first_year, min(year, plan.last_year)),
                plans.total_text(axe.planned) or "rien",
                euros(axe.engaged),
                (plans.total_text(axe.beside) or "rien") if axe.engaged is not None else french.UNKNOWN,
                _known_of([row for row in every if row.axe == axe.axe]),
            )
            for axe in told
        ]
    kept, left = _cut(rows, most, "axe")
    engaged, beside = _sums(axes)
    planned = plans.total_text(line for axe in told for line in axe.planned) or "rien"
    title = (
        f"Engagé : {euros(engaged)} ; prévu par les mêmes fiches, les mêmes années : {beside}"
        if engaged is not None
        else f"Prévu jusqu’à fin {year} : {planned} ; aucun montant engagé n’est saisi"
    )
    table = Table("Engagé et prévu, en euros", header, kept, (0.25, 0.1, 0.17, 0.14, 0.18, 0.16), (2, 3, 4))
    return _section("bilan_argent", title, ((1.0, (table,)),), caution=f"{UNTYPED} {left}".strip())


def _known_of(rows: Sequence[plans.Money]) -> str:
    return f"{sum(row.known for row in rows)} sur {sum(row.fiches for row in rows)}"


# --- What moved under the figures ----------------------------------------------------------------


def _ground(ground: Ground, followed: Sequence[Followed]) -> Section:
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
        "Le territoire n’est plus celui de la signature : à lire avant de comparer"
        if moved
        else "Mêmes communes qu’à la signature"
        if ground.told
        else "Le périmètre de la signature n’est pas noté"
    )
    if cautions:
        title += f" ; {french.quantity(len(cautions), 'mesure appelle une précaution', 'mesures appellent une précaution')}"
    text = Text(tuple((head, french.typographic(said), alert) for head, said, alert in items))
    made = _section("bilan_mesure", title, ((1.0, (text,)),))
    return replace(made, on_slides=moved or bool(cautions))


# --- Evaluation, decisions, what follows ----------------------------------------------------------


def _evaluation(plan: Plan, axes: Sequence[AxeBilan]) -> Section:
    rows = tuple(
        _cells(
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
    return _section(
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


def _decisions(
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
        found.append((f"{names}{more}", "Aucune valeur depuis la signature", "dire qui mesure, et quand"))
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


def _to_decide(decisions: Sequence[tuple[str, str, str]], most: int | None) -> Section:
    rows = [
        _cells(str(rank), subject, why, french.capitalised(what))
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
        return _section("bilan_decider", "Rien dans le plan n’appelle de décision", ((1.0, (text,)),))
    kept, left = _cut(rows, most, "point")
    count = len(rows)
    title = f"{french.quantity(count, 'point à décider', 'points à décider')} par le comité de pilotage"
    table = Table("À décider", ("", "Sujet", "Pourquoi", "Décision à prendre"), kept, (0.04, 0.3, 0.34, 0.32))
    return _section(
        "bilan_decider", title, ((1.0, (table,)),),
        caution=f"Liste proposée par règle, à changer en comité. {left}".strip(),
    )  # fmt: skip


def _following(plan: Plan, followed: Sequence[Followed]) -> Section:
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
    return _section(
        "bilan_suite",
        f"La convention {period} s’ouvre sur {french.quantity(carried, 'point de départ mesuré', 'points de départ mesurés')}",
        ((1.0, (Text(tuple((head, french.typographic(said), alert) for head, said, alert in items)),)),),
    )

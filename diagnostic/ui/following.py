"""The controls of the page Suivi: open a signed plan, note what is lived, take the bilan, open the plan that follows."""

from __future__ import annotations

import datetime
from functools import partial

import streamlit as st

from diagnostic import french, territories
from diagnostic import plan as plans
from diagnostic.exports import bilan
from diagnostic.model import Level
from diagnostic.plan import Engaged, Fiche, Plan, Reading, State
from diagnostic.report import Report
from diagnostic.story import projects as acting
from diagnostic.story.bilan_parts import ended
from diagnostic.story.followup import followup_sections, observed_in
from diagnostic.ui import blocks, components, plan_keeping, plan_panel, render
from diagnostic.warehouse import Database


def page(report: Report, db: Database) -> None:
    """What became of the plan of the territory, or how to open one."""
    plan = plan_keeping.current(report)
    blocks.told()
    told = followup_sections(report, plan, db)
    if not told:
        components.state(
            "Ouvrez un plan signé",
            "Le suivi se lit dans le fichier du plan : ses résultats, ses actions, son budget. Choisissez-le ci-dessous, "
            "ou composez-en un sur la page Convention.",
        )
        plan_panel.opening(plan)
        return
    components.note(f"{plan.title}, {french.span(plan.first_year, plan.last_year)}")
    with st.container(horizontal=True, vertical_alignment="bottom", key="actions_suivi"):
        plan_panel.saving(report, plan)
        plan_panel.opening(plan)
        _state(plan)
        _engaged(plan)
        _reading(plan)
        _restart(plan, db)
    for sentence in plans.on_ground(plan, db).sentences:
        components.note(sentence)
    for one in told:
        render.section(report, one)
    _bilan(report, plan, db)


def _bilan(report: Report, plan: Plan, db: Database) -> None:
    """The bilan of a year as Word and slides, made on a click; once the convention ends, the one that follows."""
    years = [year for year in plan.years if year <= datetime.date.today().year]
    if not years:
        return
    components.section(
        "Bilan",
        "Le bilan d’une année, prêt à présenter",
        "Promis, fait, changé en chiffres, à décider ; la dernière année, l’évaluation par axe",
    )
    with st.container(horizontal=True, vertical_alignment="bottom", key="fichiers_bilan"):
        year = st.selectbox(
            "Année du bilan",
            years,
            index=len(years) - 1,
            key=f"annee_bilan_{plan.territory}_{plan.first_year}",
        )
        for name, label in bilan.FORMATS.items():
            said = label.replace("Bilan", "Évaluation") if ended(plan, year) else label
            made = partial(bilan.build, report, plan, db, year, name)
            blocks.download(said, made, bilan.filename(report, plan, year, name), f"bilan_{name}")
    if datetime.date.today().year >= plan.last_year - 1:
        _following(report, plan, db)


def _following(report: Report, plan: Plan, db: Database) -> None:
    """Open the plan that follows, in the place of this one, which is to be saved first."""
    first = plan.last_year + 1
    with st.popover("Ouvrir la CTG suivante", icon=":material/event_repeat:", key="ctg_suivante"):
        components.note(
            f"Même territoire, {french.span(first, first + len(plan.years) - 1)} : les actions non terminées continuent, les "
            "résultats repartent de leur dernière valeur connue, les cibles sont à écrire. Le plan ouvert est remplacé : "
            "enregistrez-le d’abord."
        )
        st.button("Ouvrir la suivante", key="ouvrir_suivante", on_click=_open_next, args=(report, plan, db))


def _open_next(report: Report, plan: Plan, db: Database) -> None:
    place = report.territory
    perimeter = territories.communes(db, place) if place.level in (Level.EPCI, Level.PERIMETRE) else ()

    def following(now: Plan) -> Plan:
        return plans.next_plan(now, plans.follow(now, observed_in(db)), perimeter)

    plan_keeping.change(
        plan, following, "La convention suivante est ouverte : retrouvez-la sur la page Convention."
    )


def _state(plan: Plan) -> None:
    """The state that an action has come to, and since when."""
    with st.popover("Noter un état"), st.form("etat_suivi", border=False):
        fiche = _fiche(plan.fiches, "etat")
        state = st.selectbox("État", [str(one) for one in State], key="suivi_etat")
        day = _day("Depuis le", "etat")
        if st.form_submit_button("Noter"):
            _keep(plan, lambda now: plans.set_state(now, fiche, State(state), day.isoformat()), "État noté.")


def _engaged(plan: Plan) -> None:
    """Euros engaged by an action in a year; typed again, the amount replaces the one before."""
    with st.popover("Noter un montant engagé"), st.form("engage_suivi", border=False):
        fiche = _fiche(plan.fiches, "engage")
        year = st.number_input("Année", 2000, 2100, plan.first_year, key="suivi_annee_engage")
        typed = st.text_input("Montant engagé dans l’année (€)", max_chars=30, key="suivi_montant")
        author = _author("engage")
        if st.form_submit_button("Noter"):
            amount = blocks.attempt(lambda: acting.sum_in_euros(typed, "le montant engagé"))
            if amount is None:
                components.note("Saisissez un montant ; 0 se saisit aussi.")
            else:
                _keep(
                    plan,
                    lambda now: plans.engage(now, fiche, Engaged(int(year), amount, _today(), author)),
                    "Montant noté.",
                )


def _reading(plan: Plan) -> None:
    """A value of an indicator of the territory's own; the others fill themselves."""
    own = [(fiche, result.label) for fiche in plan.fiches for result in fiche.results if not result.indicator]
    if not own:
        return
    with st.popover("Noter une valeur"), st.form("valeur_suivi", border=False):
        labels = {rank: f"{label} · {fiche.title}" for rank, (fiche, label) in enumerate(own)}
        rank = blocks.pick("Indicateur", labels, "suivi_indicateur")
        year = st.number_input("Année", 2000, 2100, plan.first_year, key="suivi_annee_valeur")
        value = st.number_input("Valeur", value=None, key="suivi_valeur")
        author = _author("valeur")
        if st.form_submit_button("Noter"):
            if value is None:
                components.note("Saisissez une valeur ; 0 se saisit aussi.")
            else:
                fiche, label = own[rank]
                _keep(
                    plan,
                    lambda now: plans.add_reading(
                        now, fiche.id, label, Reading(int(year), float(value), _today(), author)
                    ),
                    "Valeur notée.",
                )


def _restart(plan: Plan, db: Database) -> None:
    """The starts that read otherwise today, to be taken again; the value of the signature stays written beside."""

    def followed(now: Plan) -> tuple[plans.Followed, ...]:
        return plans.follow(plans.on_ground(now, db).plan, observed_in(db))

    revised = [one for one in followed(plan) if one.revised is not None]
    if not revised:
        return
    with st.popover("Reprendre les départs", key="reprendre_departs"):
        components.note(
            "Le territoire, la définition ou la publication a changé depuis le départ du plan : ces valeurs se lisent autrement "
            "aujourd’hui. Les reprendre rend comparable ; la première valeur reste écrite à côté."
        )
        blocks.items(
            f"{one.label} : {french.number(one.start, one.decimals)} dans le plan, "
            f"{french.number(one.revised, one.decimals)} aujourd’hui ({one.start_year})"
            for one in revised
        )
        st.button(
            "Reprendre",
            key="reprendre_departs_oui",
            on_click=plan_keeping.change,
            args=(plan, lambda now: plans.restart(now, followed(now)), "Départs repris."),
        )


def _keep(plan: Plan, make, said: str) -> None:
    """Keep what the form says and draw the page again, or say why it is refused."""
    plan_keeping.change(plan, make, said)
    st.rerun()


def _fiche(fiches: tuple[Fiche, ...], of: str) -> str:
    titles = {fiche.id: fiche.title for fiche in fiches}
    return blocks.pick("Action", titles, f"suivi_fiche_{of}")


def _author(of: str) -> str:
    return st.text_input("Saisi par", max_chars=100, key=f"suivi_auteur_{of}")


def _day(label: str, of: str) -> datetime.date:
    return st.date_input(label, datetime.date.today(), format="DD/MM/YYYY", key=f"suivi_jour_{of}")


def _today() -> str:
    return datetime.date.today().isoformat()

"""The controls of the page Diagnostic partagé, and of the forms that Mes données takes back."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import replace
from functools import partial

import pandas as pd
import streamlit as st

from diagnostic import french, reference, story
from diagnostic import plan as plans
from diagnostic.exports import form
from diagnostic.indicators import BY_ID
from diagnostic.local import contributions as forms
from diagnostic.plan import Plan, Quadrant, Stake
from diagnostic.report import Report
from diagnostic.story.sharing import counted, lever_names, proposed_stakes, shared_afom, stake_figure
from diagnostic.ui import blocks, components, plan_keeping, state, tables, takeaway

_TURN, _READ = "formulaires_faits", "formulaires_lus"
MOST_FORMS = 30
KEPT = "Gardée"


def message(plan: Plan) -> str:
    """How many lines of how many organisations, as a title."""
    return counted(plan) if plan.contributions else "Aucune contribution n’est encore reprise"


# --- Forms ---------------------------------------------------------------------------------------


def contributions(report: Report, plan: Plan) -> None:
    """The forms to send, those that came back organisation by organisation."""
    blocks.told()
    empty_forms(report)
    components.page_links(["mes_donnees"], {"mes_donnees": "Reprendre des formulaires remplis"})
    if not plan.contributions:
        return
    tables.table(_by_organisation(plan))
    with st.popover("Retirer une organisation", key="retirer_organisation"):
        names = plans.organisations(plan.contributions)
        who = st.selectbox("Organisation", names, key="organisation_a_retirer")
        st.button("Retirer ses lignes", key="retirer_organisation_oui", on_click=_forget, args=(plan, who))


def _forget(plan: Plan, who: str) -> None:
    plan_keeping.change(
        plan,
        lambda now: plans.forget_organisation(now, who),
        "Lignes retirées ; « Annuler », sur la page Convention, les rend.",
    )


def empty_forms(report: Report) -> None:
    """The form to fill, as a workbook and as a document for a workshop."""
    with st.container(horizontal=True, key="formulaires_vides"):
        for label, suffix, make in (
            ("Formulaire (Excel)", "xlsx", partial(forms.as_xlsx, french.name(report.territory))),
            ("Formulaire d’atelier (Word)", "docx", partial(form.as_docx, report.territory)),
        ):
            name = f"{takeaway.file_name('contribution', report)}.{suffix}"
            blocks.download(label, make, name, f"formulaire_{suffix}")


def _by_organisation(plan: Plan) -> pd.DataFrame:
    rows = []
    for who in plans.organisations(plan.contributions):
        lines = [one for one in plan.contributions if one.origin == who]
        counts = {
            heading: sum(one.quadrant is quadrant for one in lines)
            for quadrant, heading in forms.HEADINGS.items()
        }
        last = max(one.day for one in lines)
        rows.append(
            {"Organisation": who, **counts, "Ensemble": len(lines), "Reçu le": story.written_day(last)}
        )
    return pd.DataFrame(rows)


def bring(report: Report) -> None:
    """Take filled forms back: each is read apart, joins the plan of the territory, and says what it could not place."""
    plan = plan_keeping.current(report)
    empty_forms(report)
    sent = blocks.uploader(
        "Formulaires remplis (Excel ou Word)", f"formulaires_{st.session_state.get(_TURN, 0)}", several=True
    )
    if not sent:
        st.session_state.pop(_READ, None)
        return
    read = [
        (one.name, blocks.attempt(partial(_read, one), f"« {one.name} » est refusé"))
        for one in sent[:MOST_FORMS]
    ]
    if len(sent) > MOST_FORMS:
        components.note(
            f"{MOST_FORMS} formulaires à la fois : les suivants sont laissés de côté, reprenez-les ensuite."
        )
    ready = []
    for rank, (name, found) in enumerate(read):
        if isinstance(found, forms.Form):
            origin = _told(rank, name, found)
            if origin:
                ready.append((found, origin))
    if not ready:
        return
    count = french.quantity(sum(len(one.lines) for one, _ in ready), "contribution", "contributions")
    st.button(
        f"Reprendre {count}", type="primary", key="reprendre_formulaires", on_click=_keep, args=(plan, ready)
    )


def _read(sent) -> forms.Form:
    """The form, read once for one sending."""
    held = st.session_state.setdefault(_READ, {})
    if sent.file_id not in held:
        held[sent.file_id] = forms.read(sent.getvalue())
    return held[sent.file_id]


def _told(rank: int, name: str, found: forms.Form) -> str:
    """What a form says, and the organisation that it comes from: its own, else typed here; empty while unknown."""
    count = french.quantity(len(found.lines), "contribution", "contributions")
    components.note(f"{name} : {count}, {found.organisation or 'organisation non indiquée'}.")
    if found.left:
        with st.expander(
            f"{french.quantity(len(found.left), 'ligne à placer', 'lignes à placer')} dans {blocks.as_label(name)}",
            key=f"lignes_laissees_{rank}",
        ):
            blocks.items(found.left)
    given = found.organisation
    typed = blocks.attempt(lambda: forms.organisation(given)) if given else None
    if typed is None:
        given = st.text_input(
            f"Organisation de {blocks.as_label(name)}", max_chars=120, key=f"organisation_{rank}"
        )
        typed = blocks.attempt(lambda: forms.organisation(given)) if given.strip() else None
    return str(typed or "")


def _keep(plan: Plan, ready: Sequence[tuple[forms.Form, str]]) -> None:
    today = datetime.date.today().isoformat()

    def grown(now: Plan) -> Plan:
        for found, origin in ready:
            now = plans.contribute(now, replace(found, organisation=origin), today)
        return now

    plan_keeping.change(plan, grown, "Contributions reprises : retrouvez-les sur la page Diagnostic partagé.")
    st.session_state[_TURN] = st.session_state.get(_TURN, 0) + 1


# --- The four lists ------------------------------------------------------------------------------


def lists(report: Report, plan: Plan) -> None:
    """Every line of partners to reword, to move or to leave out; those of figures to leave out; then the lists."""
    if plan.contributions:
        _edit_lines(plan)
    _edit_figures(report, plan)
    told = shared_afom(report, plan)
    if told is None:
        return
    with components.columns(420) as grid:
        for one in told.blocks:
            if isinstance(one, story.Text):
                with grid.container():
                    components.block("", one.items[0][0])
                    blocks.items(text for _, text, _ in one.items)
    components.source_line((), told.source, told.caution)


def _edit_lines(plan: Plan) -> None:
    with st.expander("Modifier les lignes des partenaires", key="volet_contributions"):
        components.note(
            "Le texte reçu est gardé à côté de celui que vous écrivez ; l’organisation ne se change pas."
        )
        themes, quadrants = reference.LEVER_THEMES, [str(one) for one in Quadrant]
        frame = pd.DataFrame(
            [
                {
                    "Thème": themes[one.theme],
                    "Rubrique": str(one.quadrant),
                    "Texte": one.shown,
                    "Organisation": one.origin,
                    KEPT: one.kept,
                }
                for one in plan.contributions
            ]
        )
        edited = st.data_editor(
            frame,
            hide_index=True,
            num_rows="fixed",
            disabled=["Organisation"],
            key=plan_keeping.key_of(plan, f"contributions_{len(plan.contributions)}"),
            column_config={
                "Thème": st.column_config.SelectboxColumn(options=list(themes.values()), required=True),
                "Rubrique": st.column_config.SelectboxColumn(options=quadrants, required=True),
                "Texte": st.column_config.TextColumn(max_chars=2_000, width="large", required=True),
            },
        )
        if st.button("Appliquer les modifications", key="appliquer_contributions"):
            _typed(plan, edited)


def _typed(plan: Plan, edited: pd.DataFrame) -> None:
    """Lay what the table says over the lines that it was drawn from; those that came since stay."""
    ids = {label: id for id, label in reference.LEVER_THEMES.items()}
    changed = {
        one: replace(
            one,
            theme=ids[row["Thème"]],
            quadrant=Quadrant(row["Rubrique"]),
            wording="" if (text := str(row["Texte"]).strip()) in ("", one.text) else text,
            kept=bool(row[KEPT]),
        )
        for one, row in zip(plan.contributions, edited.to_dict("records"), strict=True)
    }
    plan_keeping.change(
        plan,
        lambda now: plans.edit_plan(
            now, contributions=tuple(changed.get(one, one) for one in now.contributions)
        ),
        "Lignes modifiées.",
    )
    st.rerun()


def _edit_figures(report: Report, plan: Plan) -> None:
    proposed = [one.text for one in story.proposed(report)]
    if not proposed:
        return
    with st.expander("Lignes proposées par les chiffres", key="volet_chiffres"):
        kept = st.pills(
            "Lignes à garder",
            proposed,
            selection_mode="multi",
            default=[text for text in proposed if text not in plan.aside],
            format_func=blocks.as_label,
            key=plan_keeping.key_of(plan, f"afom_chiffres_{len(plan.aside)}"),
        )
        aside = tuple(text for text in proposed if text not in kept)
        if st.button("Appliquer", key="appliquer_afom") and aside != plan.aside:
            plan_keeping.change(plan, lambda now: plans.edit_plan(now, aside=aside), "Constats modifiés.")
            st.rerun()


# --- Stakes --------------------------------------------------------------------------------------


def stakes_message(plan: Plan) -> str:
    """How many stakes are retained, as a title."""
    if not plan.stakes:
        return "Aucun enjeu n’est encore retenu"
    count = french.quantity(len(plan.stakes), "enjeu retenu", "enjeux retenus")
    return f"{count}, dans l’ordre du diaporama, de la note et de la convention"


def stakes(report: Report, plan: Plan) -> None:
    """The stakes retained in their order, each with what it is tied to; then those that are proposed, by theme."""
    for rank, one in enumerate(plan.stakes):
        _stake(report, plan, one, rank)
    _new(plan)
    proposed = proposed_stakes(report, plan)
    if not proposed:
        components.note("Rien d’autre n’est proposé par les chiffres ni par les contributions.")
    for theme in dict.fromkeys(one.theme for one in proposed):
        of_theme = [one for one in proposed if one.theme == theme]
        components.block("Enjeux proposés", reference.LEVER_THEMES[theme])
        for rank, one in enumerate(of_theme):
            with st.container(key=f"enjeu_propose_{theme}_{rank}", gap="small"):
                components.note(f"{one.title}. {one.reason}")
                st.button(
                    "Retenir cet enjeu",
                    key=f"retenir_{theme}_{rank}",
                    type="tertiary",
                    icon=":material/add:",
                    on_click=plan_keeping.change,
                    args=(plan, lambda now, one=one: plans.retain(now, [one])),
                )


def _stake(report: Report, plan: Plan, one: Stake, rank: int) -> None:
    components.block("", f"{rank + 1}. {one.title}", one.reason)
    facts = [("Thème", reference.LEVER_THEMES[one.theme])]
    if one.indicators:
        facts.append(("Chiffre", stake_figure(report, one)))
    if one.levers:
        facts.append(("Leviers", french.listing(lever_names(one.levers))))
    titles = {fiche.id: fiche.title for fiche in plan.fiches}
    tied = [titles[id] for id in one.fiches if id in titles]
    facts.append(("Fiches action", french.listing(tied) if tied else "À écrire sur la page Convention"))
    blocks.definitions(facts, keep=False)
    with st.container(horizontal=True, vertical_alignment="center", key=f"actions_enjeu_{one.id}"):
        plan_keeping.moves(
            plan,
            f"enjeu_{one.id}",
            rank,
            len(plan.stakes),
            lambda now, at: plans.move_stake(now, one.id, at - rank),
        )
        plan_keeping.button(
            plan, "Retirer", f"retirer_enjeu_{one.id}", lambda now: plans.remove_stake(now, one.id)
        )
        mapped = next((id for id in one.indicators[:1] if id in BY_ID), None)
        if mapped and st.button("Sa carte", key=f"carte_enjeu_{one.id}", type="tertiary"):
            state.leave("carte", indicateur=mapped)
        _edit(plan, one, titles)


def _edit(plan: Plan, one: Stake, titles: dict[str, str]) -> None:
    with (
        st.popover("Modifier", key=plan_keeping.key_of(plan, f"modifier_{one.id}"), type="tertiary"),
        st.form(f"enjeu_{one.id}", border=False),
    ):
        title = st.text_input("Titre", one.title, max_chars=200)
        reason = st.text_area("Pourquoi", one.reason, max_chars=2_000)
        fiches = st.multiselect(
            "Fiches action",
            list(titles),
            default=[id for id in one.fiches if id in titles],
            format_func=titles.__getitem__,
            placeholder="Choisir",
        )
        if st.form_submit_button("Appliquer"):
            asked = {"title": title.strip() or one.title, "reason": reason.strip(), "fiches": tuple(fiches)}
            plan_keeping.change(plan, lambda now: plans.edit_stake(now, one.id, **asked))
            st.rerun()


def _new(plan: Plan) -> None:
    with (
        st.popover("Ajouter un enjeu", key=plan_keeping.key_of(plan, "nouvel_enjeu")),
        st.form("nouvel_enjeu", border=False),
    ):
        theme = blocks.pick("Thème", reference.LEVER_THEMES)
        title = st.text_input("Titre", max_chars=200)
        reason = st.text_area("Pourquoi", max_chars=2_000)
        if st.form_submit_button("Ajouter"):
            if not title.strip():
                components.note("Rien n’est ajouté : tapez d’abord un titre.")
                return
            made = Stake("", title.strip(), str(theme), reason.strip())
            plan_keeping.change(plan, lambda now: plans.retain(now, [made]), "Enjeu ajouté.")
            st.rerun()

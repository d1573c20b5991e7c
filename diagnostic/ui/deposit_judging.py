"""The rows of a file on its way in: judged, mended or left out, and taken under terms that a person agrees to."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import TypeVar

import streamlit as st

from diagnostic import french
from diagnostic.local import bearing, private
from diagnostic.local.store import deposit
from diagnostic.local.validation import Validation, annotated, validate
from diagnostic.report import Report, depositing
from diagnostic.secrecy import RULES
from diagnostic.ui import blocks, components, local_data, tables, uploads
from diagnostic.warehouse import Database, names

UPLOAD, JUDGED, TURN = "fichier_en_cours", "fichier_juge", "depots_faits"
T = TypeVar("T")


def another_file() -> None:
    """Empty the place of the next file: a new key is the only way to empty an uploader."""
    done = st.session_state.pop(UPLOAD, None)
    if done is not None:
        uploads.free(done.sent)
    st.session_state.pop(JUDGED, None)
    st.session_state[TURN] = st.session_state.get(TURN, 0) + 1


def waiting(words: str, work: Callable[[Callable[[], None]], T]) -> T:
    """Do some work that may be long: what the person does meanwhile (another file, another page) stops it."""
    place = st.empty()

    def tick() -> None:
        place.html(f'<p class="note">{words}</p>')

    try:
        return work(tick)
    finally:
        place.empty()


def validated(current: depositing.Upload, report: Report, db: Database) -> tuple[Validation, ...] | None:
    """The judgement of each part, made once: a rerun reads it again."""
    asked = (
        db.key,
        report.territory.key,
        current.digest,
        current.found.period,
        tuple(part.mapping.to_json() for part in current.parts),
        year := _year(current),
    )
    held_before, found = st.session_state.get(JUDGED, (None, None))
    if held_before != asked:
        within, directory = depositing.within(db, report.territory), names.directory(db)
        found = blocks.attempt(
            lambda: waiting(
                "Vérification des lignes…",
                lambda tick: tuple(
                    validate(part.table, part.mapping, directory, within=within, tick=tick, year=year)
                    for part in current.parts
                ),
            ),
            "Ce fichier ne peut pas être lu ainsi",
        )
        st.session_state[JUDGED] = (asked, found)
    return found


def _year_key(current: depositing.Upload) -> str:
    return f"annee_{current.digest}_{current.year}"


def _year_said(current: depositing.Upload) -> int:
    """The year that the file says, else last year."""
    return current.year or datetime.date.today().year - 1


def _year(current: depositing.Upload) -> int:
    """The year of the data: the one that the person wrote, else the one said."""
    return int(st.session_state.get(_year_key(current), _year_said(current)))


def judge(current: depositing.Upload, judged: Sequence[Validation], report: Report, db: Database) -> None:
    inside = depositing.within(db, report.territory)
    for rank, validation in enumerate(judged):
        _said(current, rank, validation, db)
    if away := bearing.outside(judged, inside, names.directory(db)):
        components.note(away)
    year = st.number_input(
        "Année des données",
        1990,
        2100,
        _year_said(current),
        key=_year_key(current),
    )
    thresholds = [_threshold(current, validation) for validation in judged]
    listed = [one for one in judged if not one.template.one_row_per_commune]
    # Asked again for another territory: a list is complete where it was said to be.
    whole = any(bearing.speaks_of(one, inside) for one in listed) and st.checkbox(
        blocks.as_label(
            f"La liste est complète {french.at(report.territory)} : une commune sans ligne n’y en a pas"
        ),
        key=f"liste_complete_{current.digest}_{report.territory.key}",
        help="Sans cette case, chaque valeur se dit « au moins » et n’est ni classée ni comparée.",
    )
    partial = not all(one.complete for one in judged) and st.checkbox(
        "Laisser de côté les lignes refusées ou à préciser", key=f"laisser_lignes_{current.digest}"
    )
    checked = current.certain or st.checkbox(
        "J’ai vérifié les correspondances : celles qui ne sont pas sûres sont justes",
        key=f"verifie_{current.digest}",
    )
    within = inside if whole else ()
    former = [
        kept
        for one in judged
        for kept in local_data.former(one.template.id, int(year), {*one.rows["commune"], *within})
    ]
    replacing = bool(former) and st.checkbox(
        blocks.as_label(f"Remplacer {french.listing([private.said(one).rstrip(',') for one in former])}"),
        key=f"remplacer_{current.digest}_{year}",
        help="L’ancien reste de côté quelques jours ; le remplacement est noté au journal.",
    )
    if st.button("Utiliser ces données", key="utiliser"):
        if not checked:
            components.state(
                "Vérifiez d’abord les correspondances",
                "Des colonnes n’ont été reconnues qu’à leurs mots, ou se ressemblent : regardez « Ce que nous avons compris ».",
            )
            return
        terms = Terms(tuple(thresholds), int(year), bool(whole), bool(partial), replacing)
        _use(current, judged, terms, report, db)


@dataclass(frozen=True)
class Terms:
    """What a person agreed to when they deposit a file: the number under which each of its parts is hidden, the year,
    whether the list is whole, whether refused lines are left out, whether it takes the place of a former one."""

    thresholds: tuple[float | None, ...]
    year: int
    whole: bool
    partial: bool
    replacing: bool


def _use(
    current: depositing.Upload, judged: Sequence[Validation], terms: Terms, report: Report, db: Database
) -> None:
    """Take the whole file, or nothing of it."""

    inside = depositing.within(db, report.territory)

    def taken() -> bool:
        brought = [
            depositing.of_the_region(
                db,
                deposit(
                    replace(validation, threshold=threshold),
                    origin=current.name,
                    year=terms.year,
                    received=datetime.date.today(),
                    complete_within=inside if terms.whole and bearing.speaks_of(validation, inside) else (),
                    partial=terms.partial,
                ),
                report.territory,
            )
            for validation, threshold in zip(judged, terms.thresholds, strict=True)
        ]
        perimeter = report.territory.communes
        local_data.add([replace(one, perimeter=perimeter) for one in brought], db, replacing=terms.replacing)
        return True

    if blocks.attempt(taken, "Ces données ne sont pas encore utilisables"):
        another_file()
        here = any(bearing.speaks_of(one, inside) for one in judged)
        where = "ici et dans les pages de thème" if here else "mais ne dit rien de ce territoire"
        blocks.tell(f"« {current.name} » est pris en compte, {where}.")
        st.rerun()


def _said(current: depositing.Upload, rank: int, validation: Validation, db: Database) -> None:
    """The judgement of one part: counts, questions, what to mend."""
    title = f"{validation.template.title} : " if len(current.parts) > 1 else ""
    components.state(
        f"{title}{validation.summary}", " ".join(validation.notes), action=not validation.complete
    )
    _questions(current, rank, validation, db)
    if not validation.issues:
        return
    grave, mended = depositing.issues_table(validation), depositing.repairs_table(validation)
    if len(grave):
        tables.table(grave, limit=60)
    if len(mended):
        with st.expander(depositing.repairs_title(validation), key=f"reparations_{rank}"):
            tables.table(mended, limit=60)
    made = partial(annotated, current.parts[rank].table, validation)
    blocks.download(
        "Télécharger le fichier annoté", made, "a_corriger.xlsx", f"fichier_annote_{rank}", quiet=True
    )


def _threshold(current: depositing.Upload, validation: Validation) -> float | None:
    """The number under which a count is hidden, where the file counts people: its agreement may set another."""
    rule = RULES.get(validation.template.rule or "")
    if rule is None:
        return None
    return float(
        st.number_input(
            f"Seuil de secret du fichier ({rule.units})",
            int(rule.threshold),
            100,
            int(
                max(rule.threshold, rule.threshold if validation.threshold is None else validation.threshold)
            ),
            key=f"seuil_{current.digest}_{validation.template.id}",
            help=f"Règle : {rule.origin}. Relevez le seuil si la convention de transmission en fixe un plus haut.",
        )
    )


def _questions(current: depositing.Upload, rank: int, validation: Validation, db: Database) -> None:
    """Communes that the file does not settle: one choice each."""
    answers = {}
    for place, (typed, why, candidates) in enumerate(depositing.questions(validation, db)[:20]):
        label, key = (
            blocks.as_label(f"« {typed} » : {why}"),
            f"commune_{current.digest}_{rank}_{place}_{typed[:40]}",
        )
        chosen = blocks.pick(label, candidates, key, index=None, placeholder="Choisir la commune")
        if chosen:
            answers[typed] = chosen
    if answers:
        mapping = current.parts[rank].mapping
        answered = depositing.merge_answers(mapping, answers)
        if answered != mapping:
            st.session_state[UPLOAD] = depositing.with_mapping(current, answered, rank)
            st.rerun()

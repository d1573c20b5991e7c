"""The controls of the page Mes données. What is read here stays in the session of the one who brought it."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

import pandas as pd
import streamlit as st

from diagnostic import french
from diagnostic.directory import resolve
from diagnostic.local import bearing, private, recognition
from diagnostic.local import mapping as mappings
from diagnostic.local.reading import refuse_size
from diagnostic.local.schema import as_json
from diagnostic.local.store import Deposit, deposit
from diagnostic.local.templates import TEMPLATES, as_csv, as_xlsx
from diagnostic.local.validation import Validation, annotated, validate
from diagnostic.model import DiagnosticError
from diagnostic.report import Report, depositing
from diagnostic.secrecy import RULES
from diagnostic.ui import blocks, components, identity, local_data, tables, takeaway, uploads
from diagnostic.warehouse import Database, names

_UPLOAD, _JUDGED, _TURN = "fichier_en_cours", "fichier_juge", "depots_faits"
NONE = "Aucune colonne"
MIXED = "Plusieurs modèles, d’après le type de chaque ligne"
T = TypeVar("T")
_TITLES = {id: template.title for id, template in TEMPLATES.items()}


def _forget() -> None:
    local_data.forget()
    _another_file()
    uploads.free()
    blocks.tell("Données oubliées.")


def _another_file() -> None:
    """Empty the place of the next file: a new key is the only way to empty an uploader."""
    done = st.session_state.pop(_UPLOAD, None)
    if done is not None:
        uploads.free(done.sent)
    st.session_state.pop(_JUDGED, None)
    st.session_state[_TURN] = st.session_state.get(_TURN, 0) + 1


def held(db: Database) -> None:
    """What speaks, where it comes from, and the way to forget it."""
    blocks.told()
    speaking = [settled.deposit for settled in local_data.plans(db)]
    if not speaking:
        components.note("Aucun fichier déposé dans cette session.")
        return
    mine, owners = local_data.local().deposits, local_data.owners()
    tables.table(depositing.held(speaking, mine, owners))
    if any((one.template, one.year) not in owners for one in mine):
        st.button("Tout oublier", key="tout_oublier", icon=":material/delete:", on_click=_forget)
    for rank, kept in enumerate(local_data.erasable()):
        label = f"Effacer « {kept.deposit.origin} »"
        with st.popover(blocks.as_label(label), icon=":material/delete:", key=f"effacer_{rank}"):
            components.note(
                f"{private.said(kept)} ne sera plus montré à personne. Il reste "
                f"{french.quantity(private.days(), 'jour', 'jours')} de côté ; l’effacement est noté au journal."
            )
            st.button("Effacer pour tous", key=f"effacer_oui_{rank}", on_click=_erase, args=(kept.deposit,))


def account() -> None:
    """Who is logged in, the way in and out; nothing without a provider of identities."""
    if not identity.configured():
        return
    address, who = identity.email(), identity.person()
    if not address:
        components.note(
            "Les fichiers partagés se voient une fois connecté ; les données ouvertes, sans connexion."
        )
        st.button("Se connecter", key="se_connecter", icon=":material/login:", on_click=st.login)
        return
    role = f"{who.role}" if who else "sans rôle ici : demandez à l’exploitant de vous en donner un"
    components.note(f"Connecté : {address}, {role}.")
    st.button("Se déconnecter", key="se_deconnecter", type="tertiary", on_click=st.logout)
    lines = local_data.journal()
    if lines:
        with st.expander("Journal des dépôts", key="journal_depots"):
            words = {"quand": "Quand", "qui": "Qui", "role": "Rôle", "quoi": "Quoi", "objet": "Objet"}
            tables.table(pd.DataFrame(lines[:200]).rename(columns=words), limit=60)


def _erase(gone: Deposit) -> None:
    try:
        local_data.erase(gone)
    except DiagnosticError as error:
        blocks.tell(str(error))
        return
    blocks.tell(f"« {gone.origin} » est effacé du dossier partagé.")


def templates() -> None:
    """Choose a template and download it empty."""
    id = st.selectbox("Modèle", list(_TITLES), format_func=_TITLES.__getitem__, key="modele_a_remplir")
    with st.container(horizontal=True, key="actions_modele"):
        for label, make, suffix in (("Excel", as_xlsx, "xlsx"), ("CSV", as_csv, "csv")):
            st.download_button(
                f"Télécharger le modèle ({label})",
                data=make(TEMPLATES[id]),
                file_name=f"modele_{id}.{suffix}",
                on_click="ignore",
                icon=":material/download:",
                type="tertiary",
                key=f"modele_{suffix}",
            )
        st.download_button(
            "Schéma (Table Schema)",
            data=as_json(TEMPLATES[id]),
            file_name=f"schema_{id}.json",
            on_click="ignore",
            icon=":material/download:",
            type="tertiary",
            key="modele_schema",
            help="Pour vérifier un fichier avant de le déposer, avec Validata ou frictionless.",
        )
    columns = [
        {
            "Colonne": column.label,
            "Obligatoire": column.required,
            "Attendu": column.kind.expected,
            "Précision": column.help,
        }
        for column in TEMPLATES[id].columns
    ]
    with st.expander("Colonnes de ce modèle", key="colonnes_modele"):
        tables.table(pd.DataFrame(columns))


def upload(report: Report, db: Database) -> None:
    """Send a file, say which column is which, mend or accept, use it."""
    turn = st.session_state.get(_TURN, 0)
    sent = blocks.uploader("Votre fichier", None, f"fichier_depose_{turn}")
    if sent is None:
        st.session_state.pop(_UPLOAD, None)
        st.session_state.pop(_JUDGED, None)
        return
    held_upload = st.session_state.get(_UPLOAD)
    if held_upload is None or held_upload.sent != sent.file_id:
        refused = blocks.attempt(lambda: _allowed(sent.size), "Ce fichier est refusé")
        read = refused and blocks.attempt(
            lambda: _waiting(
                "Lecture du fichier…",
                lambda tick: depositing.read(sent.name, sent.getvalue(), sent.file_id, tick=tick),
            ),
            "Ce fichier est refusé",
        )
        if not read:
            return
        st.session_state[_UPLOAD] = read
    chosen = _sheet(st.session_state[_UPLOAD], sent)
    if chosen is None:
        return
    current = _recognised(chosen)
    st.session_state[_UPLOAD] = current
    if current is None or not _settled(current):
        return
    current = _columns(_place(current, db))
    st.session_state[_UPLOAD] = current
    if current.lacking:
        components.state("Indiquez encore une colonne", f"Il manque : {', '.join(current.lacking)}.")
        return
    judged = _validated(current, report, db)
    if judged is not None:
        _judged(current, judged, report, db)


def _allowed(size: int) -> bool:
    """True; a file too large raises."""
    refuse_size(size)
    return True


def _waiting(words: str, work: Callable[[Callable[[], None]], T]) -> T:
    """Do some work that may be long: what the person does meanwhile (another file, another page) stops it."""
    place = st.empty()

    def tick() -> None:
        place.html(f'<p class="note">{words}</p>')

    try:
        return work(tick)
    finally:
        place.empty()


def _sheet(current: depositing.Upload, sent) -> depositing.Upload | None:
    """The sheet to read, when the workbook has several; None when the chosen one holds no table."""
    if len(current.sheets) < 2:
        return current
    names_ = sorted(current.sheets)
    chosen = st.selectbox(
        "Feuille", names_, index=names_.index(current.sheets[0]), key=f"feuille_{current.sent}"
    )
    if chosen == current.table.sheet:
        return current
    return blocks.attempt(
        lambda: depositing.read(sent.name, sent.getvalue(), sent.file_id, chosen), "Cette feuille est refusée"
    )


def _recognised(current: depositing.Upload) -> depositing.Upload:
    """Which template it is, which year of the rows and of the columns: recognised, else asked."""
    if current.found.periods:
        period = st.selectbox(
            "Ce fichier dit plusieurs années : laquelle reprendre ?",
            current.found.periods,
            index=None,
            placeholder="Choisir l’année",
            key=f"periode_{current.digest}",
        )
        if period is not None and period != current.found.period:
            current = depositing.with_period(current, period)
    for note in current.table.notes:
        if note.startswith(recognition.PERSONAL):
            components.state(
                "Ce fichier contient des données personnelles",
                f"{note.removeprefix(recognition.PERSONAL)} Aucun chiffre n’en a besoin : déposez-le sans elles la prochaine fois.",
            )
    by_rows = len(current.found.parts) > 1
    known = current.found.parts[0].mapping.template
    likely = [*current.found.likely, *(id for id in TEMPLATES if id not in current.found.likely)]
    options = [MIXED, *likely] if by_rows else likely
    if not by_rows and known is None:
        components.state(
            recognition.NO_TEMPLATE, "Choisissez celui qui lui convient, ou partez d’un modèle à remplir."
        )
    for note in current.found.notes:
        components.note(note)
    chosen = st.selectbox(
        "Ce fichier est",
        options,
        index=0 if by_rows else None if known is None else options.index(known),
        format_func=lambda id: MIXED if id == MIXED else _TITLES[id],
        placeholder="Choisir le modèle",
        key=f"modele_de_{current.digest}_{current.found.period}",
    )
    wanted = None if chosen in (MIXED, known) else chosen
    if wanted != current.chosen:
        current = depositing.with_template(current, wanted)
    if years := depositing.column_years(current):
        year = st.selectbox(
            "Des colonnes ne diffèrent que par leur année : laquelle reprendre ?",
            years,
            index=None,
            placeholder="Choisir l’année",
            key=f"annee_colonnes_{current.digest}_{chosen}",
        )
        if year is not None and year != current.year:
            current = depositing.with_year(current, year)
    return current


def _settled(current: depositing.Upload) -> bool:
    """Whether the template and the year are known."""
    if current.found.periods and current.found.period is None:
        return False
    return all(part.mapping.template is not None for part in current.parts)


def _place(current: depositing.Upload, db: Database) -> depositing.Upload:
    """The commune of all the rows, asked once when no column says it."""
    placed = [{"code_commune", "commune"} & part.mapping.columns.keys() for part in current.parts]
    if all(placed):
        return depositing.everywhere(current, None)
    typed = st.text_input(
        "Toutes les lignes sont à… (nom ou code Insee de la commune)",
        key=f"partout_{current.digest}",
        help="Ce fichier n’a pas de colonne de commune, ou elle n’est pas reconnue : indiquez-la plus bas.",
    )
    if not typed.strip():
        return depositing.everywhere(current, None)
    [(_, found)] = resolve(names.directory(db), [typed])
    components.note(found.why or names.directory(db).shown(found.commune))
    return depositing.everywhere(current, found.commune)


def _columns(current: depositing.Upload) -> depositing.Upload:
    """Columns as recognised, corrected by hand; a mapping kept from another day can be reused."""
    for rank, part in enumerate(current.parts):
        template = part.mapping.chosen.id
        if len(current.parts) > 1:
            components.block("D’après le type de chaque ligne", _TITLES[template])
        with st.expander(
            f"Correspondance des colonnes : {_TITLES[template]}",
            expanded=bool(part.mapping.missing()) or not part.mapping.certain,
            key=f"correspondance_{rank}",
        ):
            if len(current.parts) == 1:
                current = _reuse(current)
            current = _matched(current, rank)
        components.block("Ce que nous avons compris", "Premières valeurs de chaque colonne")
        tables.table(recognition.understood(current.parts[rank]))
    return current


def _matched(current: depositing.Upload, rank: int) -> depositing.Upload:
    part = current.parts[rank]
    template = part.mapping.chosen.id
    headers = [NONE, *part.table.rows.columns]
    for column in TEMPLATES[template].columns:
        mapping = current.parts[rank].mapping
        now = mapping.columns.get(column.id, NONE)
        doubt = " : à vérifier" if column.id in mapping.doubts else ""
        if column.id in mapping.ties:
            doubt = " : plusieurs colonnes possibles, choisissez"
        chosen = st.selectbox(
            f"{column.label}{' (obligatoire)' if column.required else ''}{doubt}",
            headers,
            index=headers.index(now) if now in headers else 0,
            key=f"colonne_{current.digest}_{template}_{column.id}_{current.year}",
            help=column.help or None,
        )
        if chosen != now:
            header = None if chosen == NONE else chosen
            current = depositing.with_mapping(current, mapping.with_column(column.id, header), rank)
    st.download_button(
        "Garder cette correspondance",
        data=current.parts[rank].mapping.to_json(),
        file_name=f"correspondance_{template}.json",
        on_click="ignore",
        type="tertiary",
        key=f"garder_correspondance_{rank}",
    )
    return current


def _reuse(current: depositing.Upload) -> depositing.Upload:
    kept = blocks.uploader("Reprendre une correspondance gardée", ["json"], "correspondance_deposee")
    if kept is None or st.session_state.get("correspondance_reprise") == kept.file_id:
        return current
    found = blocks.attempt(lambda: mappings.from_json(kept.getvalue()), "Cette correspondance est refusée")
    if found is None:
        return current
    st.session_state["correspondance_reprise"] = kept.file_id
    return depositing.with_mapping(current, found)


def _validated(current: depositing.Upload, report: Report, db: Database) -> tuple[Validation, ...] | None:
    """The judgement of each part, made once: a rerun reads it again."""
    asked = (
        db.key,
        report.territory.key,
        current.digest,
        current.found.period,
        tuple(part.mapping.to_json() for part in current.parts),
    )
    held_before, found = st.session_state.get(_JUDGED, (None, None))
    if held_before != asked:
        within, directory = depositing.within(db, report.territory), names.directory(db)
        found = blocks.attempt(
            lambda: _waiting(
                "Vérification des lignes…",
                lambda tick: tuple(
                    validate(part.table, part.mapping, directory, within=within, tick=tick)
                    for part in current.parts
                ),
            ),
            "Ce fichier ne peut pas être lu ainsi",
        )
        st.session_state[_JUDGED] = (asked, found)
    return found


def _judged(current: depositing.Upload, judged: Sequence[Validation], report: Report, db: Database) -> None:
    inside = depositing.within(db, report.territory)
    for rank, validation in enumerate(judged):
        _said(current, rank, validation, db)
    if away := bearing.outside(judged, inside, names.directory(db)):
        components.note(away)
    year = st.number_input(
        "Année des données",
        1990,
        2100,
        current.year or datetime.date.today().year - 1,
        key=f"annee_{current.digest}_{current.year}",
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
                    perimeter=report.territory.communes,
                ),
                report.territory,
            )
            for validation, threshold in zip(judged, terms.thresholds, strict=True)
        ]
        local_data.add(brought, db, replacing=terms.replacing)
        return True

    if blocks.attempt(taken, "Ces données ne sont pas encore utilisables"):
        _another_file()
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
    st.download_button(
        "Télécharger le fichier annoté",
        data=lambda: annotated(current.parts[rank].table, validation),
        file_name="a_corriger.xlsx",
        on_click="ignore",
        icon=":material/download:",
        type="tertiary",
        key=f"fichier_annote_{rank}",
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
        chosen = st.selectbox(
            blocks.as_label(f"« {typed} » : {why}"),
            list(candidates),
            index=None,
            format_func=candidates.__getitem__,
            placeholder="Choisir la commune",
            key=f"commune_{current.digest}_{rank}_{place}_{typed[:40]}",
        )
        if chosen:
            answers[typed] = chosen
    if answers:
        mapping = current.parts[rank].mapping
        answered = depositing.merge_answers(mapping, answers)
        if answered != mapping:
            st.session_state[_UPLOAD] = depositing.with_mapping(current, answered, rank)
            st.rerun()


def figures_message(db: Database) -> str:
    """How many files speak, as a title."""
    count = len(local_data.plans(db))
    if not count:
        return "Vos chiffres apparaîtront ici"
    return f"{french.quantity(count, 'fichier', 'fichiers')} à côté des données ouvertes"


def figures(report: Report, db: Database) -> None:
    """The figures of each file on this territory, under secrecy."""
    for rank, settled in enumerate(local_data.plans(db)):
        found = depositing.shown(db, settled, report.territory)
        components.block("Donnée locale", found.title, found.badge.removeprefix("Donnée locale · "))
        if found.totals.empty and found.by_commune.empty:
            components.note("Ce fichier ne dit rien des communes de ce territoire.")
            continue
        tables.table(found.totals)
        components.note(found.note)
        with st.expander("Par commune", key=f"par_commune_{rank}"):
            tables.table(found.by_commune, limit=60)
        takeaway.actions(
            f"local_{settled.deposit.template}_{settled.deposit.year}",
            found.by_commune,
            takeaway.Around(found.title, found.note, f"{found.badge}."),
            report=report,
        )

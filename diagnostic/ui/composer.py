"""The meeting that the documents are made for, and their chapters: chosen, ordered, put in one's own words.

What is typed goes at once into the plan of the territory, which a browser finds again and a file keeps. Two tabs may
write: each field lays its own change over what is there.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import streamlit as st

from diagnostic import exports, french, story
from diagnostic import plan as plans
from diagnostic.exports import logos, picture
from diagnostic.exports.pptx import order, preview
from diagnostic.plan import composing
from diagnostic.plan.documents import (
    EVERYWHERE,
    IN_REPORTS,
    MOST_PARAGRAPH,
    MOST_TITLE,
    NOWHERE,
    ON_SLIDES,
    STAGES,
    Chapter,
    Documents,
)
from diagnostic.report import Report
from diagnostic.story import Section
from diagnostic.story.chosen import FIXED, compose, outdated
from diagnostic.ui import blocks, components, plan_keeping
from diagnostic.warehouse import Database

_SEEN, _EPOCH, _LOGOS = "documents_vus", "epoque_documents", "logos_du_comite"
MEETING, CHAPTERS = "reunion_dit", "chapitre_dit"
WHERE = {
    EVERYWHERE: "Diaporama et rapports",
    ON_SLIDES: "Diaporama seulement",
    IN_REPORTS: "Rapports seulement",
    NOWHERE: "Nulle part",
}
_SMALL, _LARGE = 48, 96
"""Dots per inch of a slide among all, and of one that is looked at alone."""
_WORDS = {(True, True): "diaporama et rapports", (True, False): "diaporama", (False, True): "rapports"}


def documents_of(report: Report) -> Documents:
    """What this visitor chose for the documents of a territory, with the logos given during the visit."""
    held = plan_keeping.current(report).documents
    given = st.session_state.get(_LOGOS, {}).get(report.territory.key, ())
    return replace(held, meeting=replace(held.meeting, logos=given)) if given else held


# --- Fields that two tabs may write ------------------------------------------------------------------------


def _key(report: Report, *parts: str) -> str:
    epoch = st.session_state.setdefault(_EPOCH, secrets.token_hex(4))
    return "_".join((*parts, report.territory.key, epoch))


def _shown(report: Report, part: str) -> Documents:
    """What the fields of a part were drawn from: what differs from it was typed here."""
    seen = st.session_state.setdefault(_SEEN, {})
    place = part, report.territory.key
    # Fields that are not on screen hold nothing typed.
    if place not in seen or not any(str(key).startswith(f"{part}_") for key in st.session_state):
        seen[place] = plan_keeping.current(report).documents
    return seen[place]


def _keep(report: Report, part: str, change: Callable[[Documents], Documents]) -> None:
    """Keep a change made here over what is there, whoever has written since."""
    expected = change(_shown(report, part))
    plan_keeping.keep(
        plan_keeping.current(report), lambda now: plans.edit_plan(now, documents=change(now.documents))
    )
    after = plan_keeping.current(report).documents
    st.session_state[_SEEN] = {(part, report.territory.key): after}
    if after != expected:
        # Another tab had written: the fields are drawn again, with its words.
        st.session_state[_EPOCH] = secrets.token_hex(4)


# --- The meeting -------------------------------------------------------------------------------------------


def meeting(report: Report) -> None:
    """What is said of the meeting; each field is kept as soon as it is left, none is asked for."""
    with st.expander(
        "La réunion : instance, date, question posée", key="volet_reunion", on_change="rerun"
    ) as one:
        if one.open:
            _meeting_fields(report)
    told = documents_of(report).meeting
    said = [told.occasion, told.authors, told.period, told.stage, told.question, *told.contacts]
    said += [french.quantity(len(told.logos), "logo", "logos")] if told.logos else []
    said += ["diaporama court"] if told.short else []
    said += ["une page par commune en annexe"] if told.sheets else []
    if any(said):
        listed = " ; ".join(filter(None, said))
        components.note(f"Les documents diront : {listed}{'' if listed[-1] in '?!.…' else '.'}")


def _stage(held: str, key: str) -> str:
    stages = {"": "Non précisé"} | {one: one for one in STAGES}
    return blocks.pick("Où en est la convention", stages, key, index=list(stages).index(held))


def _meeting_fields(report: Report) -> None:
    held = _shown(report, MEETING).meeting

    def key(name: str) -> str:
        return _key(report, MEETING, name)

    def short(label: str, name: str, example: str) -> str:
        text = getattr(held, name)
        return st.text_input(label, text, max_chars=120, placeholder=example, key=key(name)).strip()

    with components.columns(420) as grid:
        with grid.container():
            instance = short("Instance", "instance", "Comité de pilotage, comité technique, conseil…")
            day = short("Date", "day", "3 décembre 2026")
            authors = short("Auteurs", "authors", "Service enfance et Caf")
            period = short("Période de la convention", "period", "2027-2031")
            stage = _stage(held.stage, key("etape"))
        with grid.container():
            question = st.text_area(
                "Question posée aux élus",
                held.question,
                max_chars=MOST_TITLE,
                placeholder="Quels enjeux retenir pour la convention ?",
                key=key("question"),
            ).strip()
            contacts = st.text_area(
                "Contacts, un par ligne",
                "\n".join(held.contacts),
                max_chars=1_000,
                placeholder="Nom, fonction, courriel",
                key=key("contacts"),
            )
            is_short = st.toggle("Diaporama court : huit diapositives", held.short, key=key("court"))
            sheets = st.toggle("Une page par commune en annexe", held.sheets, key=key("fiches"))
            _logos(report)
    typed: dict[str, Any] = {
        "instance": instance,
        "day": day,
        "authors": authors,
        "period": period,
        "stage": stage,
        "question": question,
        "contacts": composing.lines(contacts),
        "short": is_short,
        "sheets": sheets,
    }
    changed = {name: value for name, value in typed.items() if value != getattr(held, name)}
    if changed:
        _keep(report, MEETING, lambda now: replace(now, meeting=replace(now.meeting, **changed)))
        st.rerun()


def _logos(report: Report) -> None:
    """Two pictures at most, for this visit: no draft and no file keeps them."""
    sent = blocks.uploader(
        "Logos (PNG ou JPEG, deux au plus, 2 Mo chacun)", _key(report, "logos"), several=True
    )
    kept = st.session_state.setdefault(_LOGOS, {})
    if sent:
        read = blocks.attempt(
            lambda: logos.checked([one.getvalue() for one in sent]), "Ces logos ne peuvent pas servir"
        )
        if read is not None:
            kept[report.territory.key] = read
    elif kept.get(report.territory.key):
        st.button(
            "Retirer les logos", key="retirer_logos", on_click=kept.pop, args=(report.territory.key, None)
        )


# --- The chapters ------------------------------------------------------------------------------------------


def chapters(report: Report, db: Database, made: Sequence[Section]) -> None:
    """What the documents say, chapter by chapter: where, in which order, in whose words; each slide as a picture."""
    documents = documents_of(report)
    told = order.told_to(report, made, documents)
    slides, written = ({one.id for one in found} for found in (told, compose(made, documents)))
    count = french.quantity(1 + len(told), "diapositive", "diapositives")
    for section in outdated(order.every(report, made, documents), documents):
        _outdated(report, section, documents)
    # Named alike whatever is typed: a fold of another name is another fold, closed under the hand that types.
    with st.expander("Choisir et ordonner les chapitres", key="volet_chapitres", on_change="rerun") as one:
        if one.open:
            components.note(f"{count}, {french.quantity(len(written), 'chapitre', 'chapitres')}.")
            every = order.every(report, made, documents)
            places = {
                section.id: _WORDS.get((section.id in slides, section.id in written), "nulle part")
                for section in every
            }
            _list(every, places, documents)
            _chapter(report, db, every, places, made)


def _list(every: Sequence[Section], places: dict[str, str], documents: Documents) -> None:
    st.markdown(
        "\n".join(
            f"{rank}. **{blocks.as_label(section.kicker)}** : "
            f"{blocks.as_label(_title(section, documents))} *({places[section.id]})*"
            for rank, section in enumerate(every, 1)
        )
    )


def _title(section: Section, documents: Documents) -> str:
    [written] = compose((section,), replace(documents, order=(), chapters=_words(documents, section)))
    return written.title


def _words(documents: Documents, section: Section) -> tuple[Chapter, ...]:
    """What people wrote of a chapter, wherever it stands."""
    return (replace(documents.chapter(section.id), where=""),)


def _chapter(
    report: Report, db: Database, every: Sequence[Section], places: dict[str, str], made: Sequence[Section]
) -> None:
    """The fields of one chapter beside the picture of its slide."""
    by_id = {section.id: section for section in every}
    named = {id: f"{rank}. {one.kicker} ({places[id]})" for rank, (id, one) in enumerate(by_id.items(), 1)}
    chosen = blocks.pick("Chapitre à modifier", named, _key(report, CHAPTERS, "choix"))
    section = by_id[chosen]
    with components.columns(420) as grid:
        with grid.container():
            if chosen == FIXED:
                components.note(
                    "Les sources restent à la fin de chaque document : leurs licences le demandent."
                )
            else:
                _moves(report, list(by_id), chosen)
                _fields(report, section, in_reports=any(one.id == chosen for one in made))
            _resets(report)
        with grid.container():
            _picture_of(report, db, section)


def _moves(report: Report, ids: list[str], chosen: str) -> None:
    rank = ids.index(chosen)
    last = len(ids) - (2 if FIXED in ids and ids[-1] == FIXED else 1)
    with st.container(horizontal=True):
        for words, step, ended in (("Monter", -1, rank == 0), ("Descendre", 1, rank >= last)):
            st.button(
                words,
                key=_key(report, CHAPTERS, words.lower()),
                disabled=ended,
                on_click=_moved,
                args=(report, ids, chosen, step),
            )


def _moved(report: Report, ids: list[str], chosen: str, step: int) -> None:
    rank = ids.index(chosen)
    made = [id for id in ids if id != chosen]
    made.insert(max(rank + step, 0), chosen)
    _keep(report, CHAPTERS, lambda now: replace(now, order=tuple(made)))


def _fields(report: Report, section: Section, *, in_reports: bool) -> None:
    held = _shown(report, CHAPTERS).chapter(section.id)
    allowed = list(WHERE) if in_reports else [ON_SLIDES, NOWHERE]
    options = {"": "Comme proposé par le diagnostic"} | {one: WHERE[one] for one in allowed}

    def key(name: str) -> str:
        return _key(report, CHAPTERS, name, section.id)

    shown = list(options).index(held.where) if held.where in options else 0
    where = blocks.pick("Où le montrer", options, key("ou"), index=shown)
    title = st.text_input(
        "Titre",
        held.title or section.title,
        max_chars=max(MOST_TITLE, len(section.title)),
        help="Vide, ou tel que le diagnostic le dit, il suit les chiffres. Le vôtre n’est repris que tant que ces "
        "chiffres ne changent pas.",
        # Another title of the diagnosis is another field: it is no word of the visitor's.
        key=_key(
            report, CHAPTERS, "titre", section.id, hashlib.sha256(section.title.encode()).hexdigest()[:8]
        ),
    ).strip()
    paragraph = st.text_area(
        "Paragraphe à ajouter",
        held.paragraph,
        max_chars=MOST_PARAGRAPH,
        placeholder="Ce que le territoire sait, et que les chiffres ne disent pas",
        key=key("texte"),
    ).strip()
    own = "" if title == section.title else title
    said = held.said if own == held.title else section.title
    typed = Chapter(section.id, where, own, paragraph, said if own else "")
    if typed != held:
        _keep(report, CHAPTERS, lambda now: now.with_chapter(_laid(held, now.chapter(section.id), typed)))
        st.rerun()


def _laid(base: Chapter, now: Chapter, typed: Chapter) -> Chapter:
    """What was typed over `base`, laid over what is there."""
    laid, _ = plans.merged(
        base, now, {name: getattr(typed, name) for name in ("where", "title", "paragraph", "said")}
    )
    return replace(now, **laid)


def _resets(report: Report) -> None:
    documents = _shown(report, CHAPTERS)
    with st.container(horizontal=True):
        for words, name, change, nothing in (
            ("Revenir à l’ordre proposé", "ordre", lambda now: replace(now, order=()), not documents.order),
            (
                "Reprendre tout du diagnostic",
                "tout",
                lambda now: Documents(now.meeting),
                not (documents.order or documents.chapters),
            ),
        ):
            st.button(
                words,
                key=_key(report, CHAPTERS, name),
                type="tertiary",
                disabled=nothing,
                on_click=_reset,
                args=(report, change),
            )


def _reset(report: Report, change: Callable[[Documents], Documents]) -> None:
    _keep(report, CHAPTERS, change)
    st.session_state[_EPOCH] = secrets.token_hex(4)


def _outdated(report: Report, section: Section, documents: Documents) -> None:
    """A title of one's own over a figure that has changed: said, and taken again on a click."""
    mine = documents.chapter(section.id)
    components.state(
        f"{section.kicker} : le diagnostic a changé depuis que vous avez écrit ce titre",
        f"Le vôtre, « {mine.title} », n’est pas repris. Le diagnostic dit : « {section.title} ».",
    )
    st.button(
        "Garder mon titre",
        key=_key(report, "garder_titre", section.id),
        on_click=_keep,
        args=(
            report,
            CHAPTERS,
            lambda now: now.with_chapter(replace(now.chapter(section.id), said=section.title)),
        ),
    )


# --- Pictures ----------------------------------------------------------------------------------------------


def _picture_of(report: Report, db: Database, section: Section) -> None:
    """The slide of one chapter, as it would be, whether it is shown or not."""
    documents = documents_of(report)
    written = compose((section,), replace(documents, order=(), chapters=_words(documents, section)))
    found = _pictures(report, db, written, documents, cover=False)
    for number, one in enumerate(found[:2], 1):
        more = f", {number} sur {len(found)}" if len(found) > 1 else ""
        words = f"La diapositive{more}"
        st.image(one.picture, caption=words, width="stretch", alt=f"{words} : {section.title}")


def slides(report: Report, db: Database, made: Sequence[Section]) -> None:
    """Every slide as a picture, in order."""
    documents = documents_of(report)
    told = order.told_to(report, made, documents)
    kickers = {one.id: one.kicker for one in told}
    found = _pictures(report, db, told, documents, cover=True)
    with components.columns(300) as grid:
        for number, one in enumerate(found, 1):
            with grid.container():
                words = kickers.get(one.section, "Ouverture")
                st.image(
                    one.picture,
                    caption=f"{number}. {words}",
                    width="stretch",
                    alt=f"Diapositive {number} : {words}",
                )


def _pictures(
    report: Report, db: Database, told: Sequence[Section], documents: Documents, *, cover: bool
) -> list[preview.Slide]:
    made_of = repr((exports.digest(report, db, "pptx", documents=documents), told, cover))
    return _drawn(hashlib.sha256(made_of.encode()).hexdigest(), report, db, told, documents.meeting, cover)


@st.cache_data(max_entries=60, show_spinner="Dessin des diapositives…")
def _drawn(key: str, _report, _db, _told, _meeting, _cover: bool) -> list[preview.Slide]:
    opening = story.cover(_report) if _cover else None
    maps = picture.maps_of(_report, _db)
    return preview.slides(opening, _told, maps, _meeting, ppi=_SMALL if _cover else _LARGE)

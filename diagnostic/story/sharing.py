"""A diagnosis shared with partners: what they wrote beside what figures propose, and the stakes that people retain.

The stakes are the spine of what is shown: the agenda of the slides, the questions of the note, a chapter of the
convention; each with its figure, the chapter that tells it, its levers and its fiches.
"""

from __future__ import annotations

from collections.abc import Sequence

from diagnostic import french, reference
from diagnostic import plan as plans
from diagnostic.directory import plain
from diagnostic.indicators import BY_ID
from diagnostic.plan import Gap, Plan
from diagnostic.plan import Quadrant as Said
from diagnostic.plan import Stake as Retained
from diagnostic.report import Report
from diagnostic.story import afom
from diagnostic.story.afom import AfomLine, Quadrant, afom_section
from diagnostic.story.blocks import Data, Section, Table
from diagnostic.story.figures import source_line, value_of
from diagnostic.story.stake import Stake, against_said, answering, stakes
from diagnostic.story.words import AGENDA, listed, shortened

LISTS: dict[Said, Quadrant] = {
    Said.STRENGTH: Quadrant.STRENGTH,
    Said.WEAKNESS: Quadrant.WEAKNESS,
    Said.OPPORTUNITY: Quadrant.OPENING,
    Said.THREAT: Quadrant.THREAT,
}
_THEMES = {"naissances": "petite_enfance", "portrait": "acces_droits", "quartiers": "vie_sociale"}
MOST_CELL = 140


# --- AFOM ----------------------------------------------------------------------------------------


def shared_lines(plan: Plan) -> tuple[AfomLine, ...]:
    """The lines of partners, those of the same words together with all their organisations whatever the theme, the most
    shared first."""
    origins: dict[tuple[Said, str], dict[str, None]] = {}
    wordings: dict[tuple[Said, str], str] = {}
    for one in plans.gathered(plan.contributions):
        if one.quadrant in LISTS:
            key = one.quadrant, plain(one.wording)
            wordings.setdefault(key, one.wording)
            origins.setdefault(key, {}).update(dict.fromkeys(one.origins))
    order = sorted(wordings, key=lambda key: -len(origins[key]))
    return tuple(
        AfomLine(LISTS[key[0]], french.typographic(wordings[key]), listed(list(origins[key]), 3))
        for key in order
    )


def shared_afom(report: Report, plan: Plan) -> Section | None:
    """The four lists of figures and partners, with the stakes retained."""
    return afom_section(
        report,
        shared_lines(plan),
        aside=plan.aside,
        retained=tuple(_as_told(report, one) for one in plan.stakes),
    )


def counted(plan: Plan) -> str:
    """ "60 contributions de 8 organisations": what was received, whatever became of it."""
    lines = french.quantity(len(plan.contributions), "contribution", "contributions")
    who = french.quantity(len(plans.organisations(plan.contributions)), "organisation", "organisations")
    return f"{lines} de {who}"


def contributions_section(plan: Plan) -> Section | None:
    """Every line kept, by theme, with who wrote it; for documents. None without a contribution."""
    if not plan.contributions:
        return None
    order = list(reference.LEVER_THEMES)
    kept = sorted(
        plans.gathered(plan.contributions),
        key=lambda one: (order.index(one.theme), list(Said).index(one.quadrant)),
    )
    rows = tuple(
        tuple(
            map(
                french.typographic,
                (
                    reference.LEVER_THEMES[one.theme],
                    french.capitalised(str(one.quadrant)),
                    one.wording,
                    french.listing(one.origins),
                ),
            )
        )
        for one in kept
    )
    aside = sum(not one.kept for one in plan.contributions)
    said = (
        f"{french.quantity(aside, 'contribution non reprise', 'contributions non reprises')}. "
        if aside
        else ""
    )
    header = ("Thème", "Rubrique", "Contribution", "Organisation")
    return Section(
        "contributions",
        "Ce que disent les partenaires",
        counted(plan),
        ((1.0, (Table("Contributions", header, rows, (0.18, 0.13, 0.47, 0.22)),)),),
        "Source : formulaires remplis par les organisations.",
        tuple(f"{who}." for who in plans.organisations(plan.contributions)),
        on_slides=False,
        caution=f"{said}Chaque ligne est celle d’une organisation, non d’une personne.",
        data=Data(header, rows),
    )


# --- Stakes --------------------------------------------------------------------------------------


def theme_of_stake(indicator: str) -> str:
    """The theme of a convention to which a gap of this indicator belongs."""
    theme = BY_ID[indicator].theme if indicator in BY_ID else reference.GOUVERNANCE
    theme = _THEMES.get(indicator, _THEMES.get(theme, theme))
    return theme if theme in reference.LEVER_THEMES else reference.GOUVERNANCE


def proposed_stakes(report: Report, plan: Plan) -> tuple[Retained, ...]:
    """The stakes that figures and contributions propose and that the plan does not retain yet, with their reason."""
    reasons = {one.indicator: one for one in report.priorities}
    gaps = [
        Gap(
            one.indicator,
            theme_of_stake(one.indicator),
            one.title,
            f"{french.capitalised(one.figure.rstrip('.'))}.",
            reasons[one.indicator].reason if one.indicator in reasons else "",
        )
        for one in stakes(report)
    ]
    told = {gap.indicator for gap in gaps}
    gaps += [
        Gap(
            one.indicator,
            theme_of_stake(one.indicator),
            BY_ID[one.indicator].asks[0] or BY_ID[one.indicator].short,
            one.sentence,
            one.reason,
        )
        for one in report.priorities
        if one.indicator not in told and one.indicator in BY_ID
    ]
    levers = {gap.indicator: answering(report, gap.indicator) for gap in gaps}
    return plans.proposed_stakes(gaps, plan, levers)


def stake_figure(report: Report, stake: Retained) -> str:
    """What the figures say of it today; its reason where no figure is known."""
    told = {one.indicator: one.figure for one in stakes(report)}
    for name in stake.indicators:
        if name in told:
            return french.capitalised(told[name])
    for name in stake.indicators:
        finding = report.findings.get(name)
        if finding is not None and name in BY_ID and value_of(finding) is not None:
            return against_said(report, finding, BY_ID[name])
    return shortened(stake.reason, MOST_CELL)


def _as_told(report: Report, one: Retained) -> Stake:
    indicator = one.indicators[0] if one.indicators else ""
    return Stake(
        shortened(one.title, afom.LONGEST), stake_figure(report, one), indicator, chapter_of(one), one.levers
    )


def chapter_of(stake: Retained) -> str:
    """The chapter that tells a stake; empty when none does."""
    told = (_CHAPTER.get(name) or BY_ID[name].asks[1] for name in stake.indicators if name in BY_ID)
    return next(filter(None, told), "")


_CHAPTER = {
    "naissances": "perspectives",
    "nombre_qpv": "quartiers",
    "places_am_100": "offre",
    "taux_couverture_am": "offre",
}
"""The chapter of what is a stake without being a gap."""
CHAPTERS = {
    "perspectives": "Ce qui vient",
    "ecart": "Où manquent les places",
    "offre": "L’offre d’accueil",
    "acces": "L’accès aux crèches",
    "familles": "Familles et services",
    "alsh": "Accueils de loisirs",
    "droits": "Accès aux droits",
    "quartiers": "Quartiers prioritaires",
    "pauvrete": "Revenus et pauvreté",
}


def lever_names(ids: Sequence[str]) -> list[str]:
    """The dispositifs of these ids; one that the table no longer knows keeps its number."""
    known = {lever.id: lever.dispositif for lever in reference.levers()}
    return [known.get(one, one) for one in ids]


def fiche_titles(plan: Plan, stake: Retained) -> list[str]:
    """The fiches tied to a stake that are still in the plan."""
    return [fiche.title for fiche in plan.fiches if fiche.id in stake.fiches]


def agenda_section(report: Report, plan: Plan) -> Section | None:
    """The stakes retained, in their order, as the agenda of what follows; None when people retained none."""
    if not plan.stakes:
        return None
    rows = tuple(
        tuple(
            shortened(french.typographic(text), MOST_CELL)
            for text in (
                str(rank),
                one.title,
                stake_figure(report, one),
                CHAPTERS.get(chapter_of(one), "—"),
                listed(fiche_titles(plan, one), 2) or "À écrire",
            )
        )
        for rank, one in enumerate(plan.stakes, 1)
    )
    count = french.quantity(len(rows), "enjeu", "enjeux")
    names = tuple(dict.fromkeys(name for one in plan.stakes for name in one.indicators if name in BY_ID))
    table = Table(
        "Enjeux", ("", "Enjeu", "Chiffre", "Chapitre", "Fiches action"), rows, (0.04, 0.31, 0.3, 0.14, 0.21)
    )
    return Section(
        AGENDA,
        "Ordre du jour",
        f"{count} à traiter, {french.plural(len(rows), 'retenu', 'retenus')} par les partenaires",
        ((1.0, (table,)),),
        " ; ".join(
            filter(None, (source_line(report, names).rstrip("."), "contributions des organisations."))
        ),
        tuple(f"{one.title} : {stake_figure(report, one)}" for one in plan.stakes),
        indicators=names,
    )


def stakes_table(report: Report, plan: Plan) -> Table | None:
    """The stakes in the convention: theme, stake, why, levers, fiches; None without one."""
    if not plan.stakes:
        return None
    rows = tuple(
        tuple(
            map(
                french.typographic,
                (
                    f"{rank}. {one.title}",
                    reference.LEVER_THEMES[one.theme],
                    one.reason or stake_figure(report, one),
                    listed(lever_names(one.levers), 4) or "—",
                    listed(fiche_titles(plan, one), 4) or "À écrire",
                ),
            )
        )
        for rank, one in enumerate(plan.stakes, 1)
    )
    header = ("Enjeu", "Thème", "Pourquoi", "Leviers", "Fiches action")
    return Table("Les enjeux retenus", header, rows, (0.22, 0.13, 0.3, 0.18, 0.17))


def shared_sections(report: Report, plan: Plan) -> tuple[Section, ...]:
    """What a shared diagnosis adds to an export: the agenda, the four lists, every contribution; nothing of a plan that
    has neither contributions nor stakes."""
    if not (plan.contributions or plan.stakes or plan.aside):
        return ()
    made = (agenda_section(report, plan), shared_afom(report, plan), contributions_section(plan))
    return tuple(one for one in made if one is not None)

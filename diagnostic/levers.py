"""Which dispositif answers which gap of a territory, by declared rules, each with its reason.

A rule names a lever, the facts that call for it and the question to ask where no figure can tell.
Every lever of the table comes back, under one of the four `Need`s: nothing of the vademecum is hidden.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from diagnostic import french, reference
from diagnostic.indicators import INDICATORS
from diagnostic.model import FRANCE, RATIO_CUTS, Finding, Indicator, Status
from diagnostic.reference import Amount, Lever


class Fact(StrEnum):
    """What a figure must show for a rule to call its lever."""

    BELOW = "below"
    BELOW_FRANCE = "below_france"
    ABOVE = "above"
    ABSENT = "absent"
    NONE = "none"
    SOME = "some"


class Need(StrEnum):
    """Why a lever is shown: a gap calls it, a question decides, it frames the work, or nothing calls it."""

    GAP = "gap"
    QUESTION = "question"
    FRAME = "frame"
    NOT_CALLED = "not_called"


@dataclass(frozen=True, slots=True)
class Trigger:
    """One fact on one indicator. BELOW_FRANCE reads the ratio to the rate of France of the same year. BELOW and ABOVE read the ratio to the chosen reference, with the threshold
    of the priorities (`MARKED`); ABSENT a known denominator of zero (no facility); NONE and SOME a known
    value of zero, or above."""

    indicator: str
    fact: Fact


@dataclass(frozen=True, slots=True)
class Rule:
    """`triggers`: any one calls the lever, provided that all of `only_if` hold. `question`: asked when none does and one is unknown, or when
    there is none. `frame`: the standing reason of a lever that accompanies every convention."""

    lever: str
    triggers: tuple[Trigger, ...] = ()
    question: str = ""
    frame: str = ""
    only_if: tuple[Trigger, ...] = ()


@dataclass(frozen=True, slots=True)
class Match:
    """A lever before a territory: why, in a French sentence, and the indicators that say so."""

    lever: Lever
    need: Need
    reason: str
    indicators: tuple[str, ...]


def _below(*indicators: str) -> tuple[Trigger, ...]:
    return tuple(Trigger(indicator, Fact.BELOW) for indicator in indicators)


def _above(*indicators: str) -> tuple[Trigger, ...]:
    return tuple(Trigger(indicator, Fact.ABOVE) for indicator in indicators)


def _per_facility(indicator: str) -> tuple[Trigger, ...]:
    return Trigger(indicator, Fact.ABSENT), Trigger(indicator, Fact.ABOVE)


_COVERAGE = _below("taux_couverture", "places_100")
# The lever's own text says "en dessous de la moyenne nationale".
_NATIONAL = (Trigger("taux_couverture", Fact.BELOW_FRANCE),)
_POOR = _above("taux_pauvrete")
_LONE = _above("part_monoparentales")
_QPV = (Trigger("nombre_qpv", Fact.SOME),)
_ALSH = _below("acces_alsh", "acces_alsh_5km")
_SERVICES = _above("distance_france_services")

MARKED = RATIO_CUTS[1]
"""Smaller ÷ larger of value and reference under which a gap calls a lever: more than 15 %, as `gaps.priorities`."""

RULES: tuple[Rule, ...] = (
    Rule(
        "D01",
        frame="La convention porte le plan d’actions : vérifiez sa date de fin et les communes signataires.",
    ),
    Rule("D02", frame="Premier contact pour chaque action, avant de retenir un montant."),
    Rule("D03", question="Le schéma départemental classe-t-il le territoire en zone prioritaire ?"),
    Rule("D04", question="Reste-t-il un besoin d’investissement que la Caf ne peut couvrir ?"),
    Rule(
        "D05", question="La MSA, France Travail, l’ARS et France services sont-ils associés à la démarche ?"
    ),
    Rule(
        "D10",
        (*_COVERAGE, *_NATIONAL),
        "Combien de places de crèche appliquent la Psu ?",
    ),
    Rule(
        "D11",
        (*_QPV, *_POOR, *_LONE),
        "Quelle part des familles accueillies en crèche a de faibles ressources ?",
    ),
    Rule(
        "D12",
        question="Combien d’enfants en situation de handicap les crèches accueillent-elles, et combien en attente ?",
    ),
    Rule("D13", (*_COVERAGE, *_NATIONAL), "Des places nouvelles sont-elles prévues dans la Ctg ?"),
    Rule("D14", _NATIONAL, "Un projet de crèche est-il à l’étude, et sur quel terrain ?"),
    Rule("D15"),
    Rule("D16", question="Quelles crèches sont à rénover ou à équiper ?"),
    Rule(
        "D17",
        question="Une crèche connaît-elle des difficultés financières, de recrutement ou d’occupation ?",
    ),
    Rule("D18", _per_facility("enfants_par_rpe"), "Le territoire a-t-il un relais petite enfance ?"),
    Rule(
        "D19",
        _above("enfants_par_rpe"),
        "Combien d’assistantes maternelles en activité par animateur du relais ?",
    ),
    Rule(
        "D20", question="Les modes d’accueil du territoire tiennent-ils leur fiche à jour sur monenfant.fr ?"
    ),
    Rule(
        "D21",
        question="Quels besoins d’horaires décalés, d’urgence ou d’insertion les familles expriment-elles ?",
    ),
    Rule(
        "D30", _ALSH, "Quels temps l’accueil de loisirs couvre-t-il : soir, mercredi, petites vacances, été ?"
    ),
    Rule("D31", _ALSH, "Des locaux d’accueil de loisirs sont-ils à rénover ou à ouvrir ?"),
    Rule("D32", question="Combien d’enfants en situation de handicap fréquentent les accueils de loisirs ?"),
    Rule("D33", question="Un accueil fonctionne-t-il le mercredi, avec un Plan mercredi signé ?"),
    Rule("D34", question="Combien d’animateurs qualifiés suivent les 12-25 ans, et où se retrouvent-ils ?"),
    Rule("D35", question="Des jeunes portent-ils un projet sans financement ?"),
    Rule("D36", question="Combien de candidats au Bafa les accueils de loisirs forment-ils chaque année ?"),
    Rule("D37", question="Les accueils de loisirs manquent-ils d’animateurs diplômés ?"),
    Rule("D38", question="Des professionnels accompagnent-ils les jeunes sur les réseaux en ligne ?"),
    Rule("D39", _POOR, "Combien de familles ne partent pas en vacances ou demandent un soutien scolaire ?"),
    Rule(
        "D50",
        _per_facility("habitants_par_centre_social"),
        "Un projet de centre social est-il porté localement ?",
    ),
    Rule(
        "D51",
        (Trigger("habitants_par_centre_social", Fact.ABSENT),),
        "Combien d’espaces de vie sociale, et dans quelles communes ?",
    ),
    Rule(
        "D52",
        (Trigger("equipements_en_qpv", Fact.NONE),),
        "Quels lieux de parentalité et de vie sociale dans le quartier prioritaire ?",
        only_if=_QPV,
    ),
    Rule("D53", question="Comment les habitants sont-ils associés aux décisions et à l’entraide ?"),
    Rule(
        "D60",
        _per_facility("enfants_par_laep"),
        "Où jouent et se rencontrent parents et enfants de moins de 6 ans ?",
    ),
    Rule("D61", (*_QPV, *_POOR), "Quels élèves l’accompagnement à la scolarité devrait-il toucher ?"),
    Rule(
        "D62",
        _LONE,
        "Les familles touchées par une séparation ou un deuil rencontrent-elles un travailleur social ?",
    ),
    Rule("D63", _LONE, "Les parents séparés connaissent-ils l’intermédiation des pensions ?"),
    Rule(
        "D64",
        _LONE,
        "La médiation familiale et l’aide à domicile sont-elles proposées à moins d’une demi-heure ?",
    ),
    Rule("D70", _POOR, "Quels droits les habitants ne demandent-ils pas ?"),
    Rule("D71", question="Les agents d’accueil proposent-ils la simulation des droits ?"),
    Rule("D72", _SERVICES, "Où les allocataires trouvent-ils un accueil de la Caf ou d’un partenaire ?"),
    Rule("D73", _SERVICES, "Quelles communes sont à plus d’une demi-heure d’un lieu France services ?"),
    Rule("D74", question="Qui aide les habitants peu à l’aise avec internet, et où ?"),
    Rule("D75", frame="Outils nationaux à faire connaître dans les lieux d’accueil."),
    Rule("D76", _SERVICES, "Quels publics ne viennent à aucun guichet ?"),
    Rule(
        "D80",
        question="Quels logements sont dégradés, suroccupés ou menacés d’expulsion, selon les services sociaux ?",
    ),
    Rule("D90", question="Combien d’enfants bénéficient de l’AEEH, et où sont-ils accueillis ?"),
)

_INDICATORS = {indicator.id: indicator for indicator in INDICATORS}
_ORDER = (Need.GAP, Need.QUESTION, Need.FRAME, Need.NOT_CALLED)


def match(findings: Iterable[Finding], priorities: Sequence[str] = ()) -> tuple[Match, ...]:
    """Every lever once: called by a gap first, then questions, frames, and those that nothing calls.

    `priorities` lists indicator ids, most pressing first: the levers that answer them come in that
    order. Within equals, the order of the table.
    """
    known = {finding.indicator: finding for finding in findings}
    urgency = {indicator: rank for rank, indicator in enumerate(priorities)}
    found = [_match(rule, known) for rule in RULES]

    def order(item: Match) -> tuple[int, int]:
        ranks = [urgency.get(indicator, len(urgency)) for indicator in item.indicators]
        return _ORDER.index(item.need), min(ranks, default=len(urgency))

    return tuple(sorted(found, key=order))


def by_theme(matches: Iterable[Match]) -> dict[str, tuple[Match, ...]]:
    """The matches of each theme of a CTG and of governance; a lever also stands in its other themes."""
    found = tuple(matches)
    return {
        theme: tuple(item for item in found if theme in (item.lever.theme, *item.lever.other_themes))
        for theme in reference.LEVER_THEMES
    }


def levers_for(indicator: str, matches: Iterable[Match]) -> tuple[Match, ...]:
    """The levers that the gap of one indicator calls."""
    return tuple(item for item in matches if item.need is Need.GAP and indicator in item.indicators)


def what_it_brings(lever: str, *, year: int) -> tuple[str, ...]:
    """One French phrase per scale of the lever in force in `year`, with its year and the reservation.

    A doubtful amount is never shown; an unknown one is said to be asked for.
    """
    return tuple(
        french.typographic(f"{row.label} : {_amount(row)} ({row.caption})")
        for row in amounts_in_force(lever, year=year)
    )


def amounts_in_force(lever: str, *, year: int) -> tuple[Amount, ...]:
    """The rows of the scales of a lever that hold in `year`, the doubtful ones left out."""
    scales = dict.fromkeys(row.scale for row in reference.amounts_of(lever))
    return tuple(row for name in scales for row in reference.scale(name, year) if row.certainty != "douteux")


def _amount(row: Amount) -> str:
    decimals = max(
        (-int(value.as_tuple().exponent) for value in (row.minimum, row.maximum) if value is not None),
        default=0,
    )
    low, high = (french.number(value, decimals) for value in (row.minimum, row.maximum))
    if row.minimum is None and row.maximum is None:
        return "montant à demander"
    if row.minimum is None:
        return f"jusqu’à {high} {row.unit}"
    if row.minimum == row.maximum:
        return f"{low} {row.unit}"
    return f"de {low} à {high} {row.unit}" if row.maximum is not None else f"à partir de {low} {row.unit}"


def _match(rule: Rule, known: Mapping[str, Finding]) -> Match:
    lever = reference.lever(rule.lever)
    if rule.frame:
        return Match(lever, Need.FRAME, french.typographic(rule.frame), ())
    shown = [(trigger, _shows(trigger, known.get(trigger.indicator))) for trigger in rule.triggers]
    conditions = [_shows(trigger, known.get(trigger.indicator)) for trigger in rule.only_if]
    fired = [trigger for trigger, answer in shown if answer]
    if False in conditions:
        return Match(lever, Need.NOT_CALLED, "Le territoire n’est pas concerné.", ())
    if fired and None not in conditions:
        told: dict[str, str] = {}
        for trigger in fired:
            told.setdefault(trigger.indicator, _because(trigger, known[trigger.indicator]))
        return Match(lever, Need.GAP, " ".join(told.values()), tuple(told))
    unknown = None in conditions or any(answer is None for _, answer in shown)
    if rule.question and (unknown or not shown):
        return Match(lever, Need.QUESTION, french.typographic(f"À demander : {rule.question}"), ())
    reason = (
        french.typographic("Aucun écart de plus de 15 % sur les indicateurs de ce levier.")
        if shown
        else "Dispositif terminé, pour mémoire."
    )
    return Match(lever, Need.NOT_CALLED, reason, tuple(dict.fromkeys(t.indicator for t in rule.triggers)))


_ANSWERS: dict[Fact, Callable[[Finding], bool | None]] = {
    Fact.BELOW: lambda finding: _marked(finding, lambda value, reference: value < MARKED * reference),
    Fact.BELOW_FRANCE: lambda finding: _below_france(finding),
    Fact.ABOVE: lambda finding: _marked(finding, lambda value, reference: reference < MARKED * value),
    Fact.ABSENT: lambda finding: None if finding.denominator is None else finding.denominator == 0,
    Fact.NONE: lambda finding: _value(finding, lambda value: value == 0),
    Fact.SOME: lambda finding: _value(finding, lambda value: value > 0),
}


def _shows(trigger: Trigger, finding: Finding | None) -> bool | None:
    """Whether the fact holds; None when the figure is unknown."""
    if finding is None:
        return None
    # Without a facility the ratio has no value, hence no gap, and that very absence is known.
    if trigger.fact in (Fact.BELOW, Fact.ABOVE) and finding.denominator == 0:
        return False
    return _ANSWERS[trigger.fact](finding)


def _marked(finding: Finding, test: Callable[[float, float], bool]) -> bool | None:
    """The test on value and reference, as the gap holds them: both of one year."""
    if finding.gap is None or finding.value is None:
        return None
    return test(finding.value, finding.value - finding.gap)


def _below_france(finding: Finding) -> bool | None:
    france = _france(finding)
    return None if finding.value is None or france is None else finding.value < MARKED * france


def _france(finding: Finding) -> float | None:
    """The value of France in the year of the finding."""
    found = next((item for item in finding.comparators if item.key == FRANCE.key), None)
    return found.value if found is not None and found.year == finding.year else None


def _value(finding: Finding, test: Callable[[float], bool]) -> bool | None:
    return test(finding.value) if finding.value is not None and finding.status.known else None


def _because(trigger: Trigger, finding: Finding) -> str:
    """The reason in a French sentence, with the figure, its year and the reference."""
    declared = _INDICATORS[trigger.indicator]
    value = french.number(finding.value, declared.decimals)
    year = f" ({finding.year})" if finding.year is not None else ""
    if trigger.fact is Fact.ABSENT:
        sentence = f"Nombre {french.of_text(declared.denominator_label)} : 0{year}."
    elif trigger.fact in (Fact.NONE, Fact.SOME):
        sentence = f"{declared.label} : {value}{year}."
    else:
        sentence = f"{declared.label} : {value} {declared.unit}{year}, {_against(trigger, finding, declared)}"
        short = trigger.fact is not Fact.BELOW_FRANCE
        if short and finding.missing is not None and finding.missing > 0 and declared.missing_noun:
            exact = not declared.published and finding.status is Status.OK
            lacking = french.lacking(finding.missing, *declared.missing_noun, exact=exact)
            sentence += f" ; il manque {lacking}"
        sentence += "."
    return french.typographic(sentence)


def _against(trigger: Trigger, finding: Finding, declared: Indicator) -> str:
    """ "26 % en dessous de la référence (60,9, France)", on the very numbers that called the lever."""
    france, decimals = _france(finding), declared.decimals
    if trigger.fact is Fact.BELOW_FRANCE and france is not None and finding.value is not None:
        share = french.percent((1 - finding.value / france) * 100)
        return f"{share} en dessous de la moyenne nationale ({french.number(france, decimals)})"
    below = trigger.fact is Fact.BELOW
    side = "en dessous de" if below else "au-dessus de"
    if declared.unit == "km":
        side = "plus près que" if below else "plus loin que"
    name = finding.beside.name if finding.beside is not None else ""
    if finding.value is None or finding.gap is None:
        return f"{side} la référence"
    goal = finding.value - finding.gap
    if finding.gap_year not in (None, finding.year):
        # Two vintages: the gap is that of another year than the value, and says so.
        named = f" ({name})" if name else ""
        return f"{side} la référence{named}, écart de {french.number(abs(finding.gap), decimals)} en {finding.gap_year}"
    share = f"{french.percent(abs(finding.gap) / goal * 100)} " if goal > 0 else ""
    return f"{share}{side} la référence ({', '.join(filter(None, (french.number(goal, decimals), name)))})"

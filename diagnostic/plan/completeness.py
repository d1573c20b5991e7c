"""What article D. 214-10-1 CASF asks of a scheme, and what a plan and the findings already give it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from diagnostic import french, reference
from diagnostic.indicators import BY_ID, COMPUTED, OFFICIAL
from diagnostic.model import Finding
from diagnostic.plan.accounts import total_text
from diagnostic.plan.model import INVESTMENT, Fiche, Plan
from diagnostic.reference import SchemaItem


@dataclass(frozen=True, slots=True)
class Completeness:
    """An item of article D. 214-10-1 CASF: what fills it, or how to fill it.

    `missing` names the indicators of the item that today's data do not give.
    """

    item: SchemaItem
    content: tuple[str, ...]
    missing: tuple[str, ...]

    @property
    def filled(self) -> bool:
        return bool(self.content)

    @property
    def sentences(self) -> tuple[str, ...]:
        """What fills the item, one sentence each, then what its data lack; the hint where it is blank."""
        if not self.filled:
            return (self.hint,)
        said = [text if text.endswith((".", "!", "?")) else f"{text}." for text in self.content]
        if self.missing:
            said.append(french.typographic(f"Données absentes : {french.listing(self.missing)}."))
        return tuple(said)

    @property
    def hint(self) -> str:
        """What to do; empty when the item is filled."""
        return "" if self.filled else self.item.hint


def schema_completeness(plan: Plan, findings: Iterable[Finding]) -> tuple[Completeness, ...]:
    """Each item of the article, filled from the findings and from the fiches of petite enfance, or blank."""
    known = {finding.indicator: finding for finding in findings if finding.value is not None}
    fiches = [fiche for fiche in plan.fiches if fiche.theme == "petite_enfance" or fiche.schema]
    return tuple(_completeness(item, known, fiches) for item in reference.schema_items())


def _completeness(item: SchemaItem, known: dict[str, Finding], fiches: Sequence[Fiche]) -> Completeness:
    told = [known[indicator] for indicator in item.findings if indicator in known]
    if any(finding.indicator == OFFICIAL for finding in told):
        # The published rate speaks alone of the whole: of another year, the computed one would be a second level of it.
        told = [finding for finding in told if finding.indicator != COMPUTED]
    content = [finding.reading if finding.reading else _plain(finding) for finding in told]
    if len(told) > 1 and told[0].indicator == OFFICIAL:
        content.append(_COMPUTED_MODES)
    for fiche in fiches:
        if item.id in fiche.schema:
            content.append(f"Fiche « {fiche.title} »")
        elif item.plan in _PARTS and (text := _PARTS[item.plan](fiche)):
            content.append(f"Fiche « {fiche.title} » : {text}")
    missing = [BY_ID[indicator].short for indicator in item.findings if indicator not in known]
    return Completeness(item, tuple(french.typographic(text) for text in content), tuple(missing))


_COMPUTED_MODES = "Les places par mode sont un calcul du diagnostic, qui ne se compare pas au taux officiel d’une autre année"


def _plain(finding: Finding) -> str:
    declared = BY_ID[finding.indicator]
    return f"{declared.label} : {french.number(finding.value, declared.decimals)} {declared.unit}"


def _named(fiche: Fiche, levers: frozenset[str]) -> str:
    return french.listing([reference.lever(one).dispositif for one in fiche.levers if one in levers])


# Levers that answer an item of the article by what they are for.
_DIFFICULTIES = frozenset({"D11", "D12"})
_QUALITY = frozenset({"D16", "D17", "D19"})
# What a fiche of petite enfance gives to an item without being marked for it.
_PARTS: dict[str, Callable[[Fiche], str]] = {
    "zones": lambda fiche: (
        french.quantity(len(fiche.communes), "commune visée", "communes visées") if fiche.communes else ""
    ),
    "objective": lambda fiche: fiche.objective,
    "difficultes": lambda fiche: _named(fiche, _DIFFICULTIES),
    "qualite": lambda fiche: _named(fiche, _QUALITY),
    "investissements": lambda fiche: total_text(line for line in fiche.budget if line.nature == INVESTMENT),
    "budget": lambda fiche: " ; ".join(filter(None, (total_text(fiche.budget), fiche.means))),
    "calendar": lambda fiche: french.listing(sorted({str(step.year) for step in fiche.steps})),
    "indicators": lambda fiche: french.listing([r.label for r in fiche.results if r.target is not None]),
}

"""Which figures are too small to be shown: one declared rule per source, and the note that says so.

Frames in, Series out: nothing here changes its inputs. A rule counts statistical units
(ménages, allocataires, enfants); a ratio is also judged by its denominator.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import pandas as pd

from diagnostic.french import number, quantity, verb
from diagnostic.model import RATIO_HIDDEN_BELOW, DiagnosticError, Status

FILOSOFI_HOUSEHOLDS = 11
CAF_EXTRACT_RECIPIENTS = 5
CAF_ROUNDING = 5
HAND_TYPED_UNITS = 10
ENTERPRISES = 3


@dataclass(frozen=True, slots=True)
class Rule:
    """Below `threshold` units a count of this source is hidden.

    `units` is the French plural that the note uses, `origin` what the threshold comes from.
    `zero_hides` is True where the producer's 0 may stand for a small number: rounded files.
    A ratio whose denominator is below `ratio_hidden` is hidden.
    """

    source: str
    threshold: float
    units: str
    origin: str
    zero_hides: bool = False
    ratio_hidden: float = RATIO_HIDDEN_BELOW

    @property
    def shown(self) -> str:
        """What stands in the place of a hidden count: `moins de 5`."""
        return f"moins de {self.threshold:g}"

    def at(self, threshold: float) -> Rule:
        """The same rule with the threshold that the file's agreement sets; at least 1."""
        if not threshold >= 1:
            raise DiagnosticError(
                "Le seuil de secret doit être un nombre d’au moins 1 : saisissez par exemple 5."
            )
        return replace(self, threshold=threshold)


RULES: dict[str, Rule] = {
    rule.source: rule
    for rule in (
        Rule(
            "filosofi",
            FILOSOFI_HOUSEHOLDS,
            "ménages",
            "Insee, Filosofi : aucune donnée de revenu sous 11 ménages fiscaux",
        ),
        Rule(
            "caf_extrait",
            CAF_EXTRACT_RECIPIENTS,
            "allocataires",
            "extrait local de la Caf : moins de 5 allocataires",
        ),
        Rule(
            "caf_arrondi",
            CAF_ROUNDING,
            "allocataires",
            "data.caf.fr : effectifs arrondis au multiple de 5, un 0 publié peut cacher de 1 à 4",
            zero_hides=True,
        ),
        Rule(
            "saisie",
            HAND_TYPED_UNITS,
            "personnes",
            "liste saisie à la main : moins de 10 personnes",
        ),
        Rule(
            "etablissements",
            ENTERPRISES,
            "établissements",
            "statistique d’entreprises : moins de 3 unités",
        ),
    )
}


def primary(frame: pd.DataFrame, rule: Rule) -> pd.Series:
    """True where a row of `frame` must be hidden for its own sake.

    `frame` has `value`, and may have `status`, `numerator` and `denominator`. Without a
    denominator `value` is a count: hidden when 0 < value < threshold (0 too in a rounded file).
    With one, the row is a ratio: hidden when the denominator is below `rule.ratio_hidden` or the
    numerator is itself a small count, since both parts travel with the value. A row that the
    source masked (`Status.SECRET`) stays masked; an unknown value hides nothing.
    """
    hidden = (
        _small(frame["value"], rule) if "denominator" not in frame else pd.Series(False, index=frame.index)
    )
    if "denominator" in frame:
        denominator = frame["denominator"].astype(float)
        ratio = denominator.notna()
        hidden |= ratio & (denominator < rule.ratio_hidden)
        hidden |= ~ratio & _small(frame["value"], rule)
        if "numerator" in frame:
            hidden |= ratio & _small(frame["numerator"], rule)
    if "status" in frame:
        hidden |= frame["status"].astype(str) == Status.SECRET
    return hidden.astype(bool).rename("masked")


def hide(frame: pd.DataFrame, masked: pd.Series) -> pd.DataFrame:
    """A copy of `frame` from which the masked values are gone: every figure unknown, status SECRET.

    `value`, `numerator`, `low` and `high` are emptied; the denominator stays, it is public.
    """
    shown = frame.copy()
    for column in ("value", "numerator", "low", "high"):
        if column in shown:
            shown[column] = shown[column].astype(float).mask(masked)
    status = frame["status"] if "status" in frame else pd.Series(Status.OK, index=frame.index, dtype=object)
    shown["status"] = status.astype(object).mask(masked, Status.SECRET)
    return shown


def note(hidden: int, rule: Rule, *, shown: int | None = None) -> str:
    """What a reader is told about the hidden cells, in French; empty when nothing is hidden.

    Gives their count and the threshold, never how many are hidden for which reason: that alone would narrow
    the values. `shown` is the number of cells of the table before hiding.
    """
    if not hidden:
        return ""
    head = quantity(hidden, "valeur masquée", "valeurs masquées")
    if shown is not None:
        head += f" sur {number(shown)}"
    carry = verb(hidden, "porte", "portent")
    return (
        f"Secret statistique : {head}, parce qu’elle{'s' if hidden > 1 else ''} {carry} sur {rule.shown} {rule.units}, ou "
        f"pour qu’aucune ne se retrouve par différence avec un total (règle : {rule.origin})."
    )


def _small(value: pd.Series, rule: Rule) -> pd.Series:
    value = value.astype(float)
    return (value < rule.threshold) & ((value >= 0) if rule.zero_hides else (value > 0))

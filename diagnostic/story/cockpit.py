"""What a Caf adviser reads of a département: the alert of each intercommunalité with its reason, and their table."""

from __future__ import annotations

import datetime
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from diagnostic import french, reading
from diagnostic.indicators import BIRTHS, BY_ID, DISTRICT_COUNT, NEED, OFFICIAL, POVERTY, rounded_children
from diagnostic.model import RATIO_WORDS, Finding
from diagnostic.report.cockpit import COLUMNS, RPE_LOAD, Row
from diagnostic.story.figures import value_of
from diagnostic.story.words import written_day

if TYPE_CHECKING:
    from diagnostic.local.conventions import Convention

SOON, NEAR = 365, 730
"""Days before the end of a convention from which it is urgent, or to be prepared."""
UNTOLD = "non déposé"
OF_COMMUNES = "places manquantes : celles de ses communes dont le taux est publié"
RULE = (
    "Places manquantes : celles qu’il faudrait aux communes nettement en dessous du département pour l’atteindre, taux publié "
    "× enfants de moins de 3 ans, commune par commune (une commune mieux pourvue n’en compense pas une autre), et jamais moins "
    "qu’il n’en faudrait à l’intercommunalité entière. "
    "Urgent : convention échue ou qui finit dans l’année, ou aucune convention et un accueil nettement en dessous du "
    "département. À suivre : fin dans les deux ans, convention en préparation, accueil nettement en dessous, ou relais "
    "nettement plus chargés. Un choix de l’outil, non une règle."
)


class Alert(StrEnum):
    """How pressing an intercommunalité is, the most first."""

    URGENT = "urgent"
    WATCH = "à suivre"
    NONE = "sans alerte"
    UNKNOWN = "inconnu"


@dataclass(frozen=True, slots=True)
class Line:
    """An intercommunalité as it is read: its alert and why, its convention, its figures as printed and as sorted."""

    key: str
    name: str
    alert: Alert
    reason: str
    state: str
    end: str
    last: str
    missing: float | None
    findings: Mapping[str, Finding]

    def value(self, id: str) -> float | None:
        """The value to sort by: None when it is not known exactly."""
        return value_of(self.findings[id])


def lines(
    rows: Sequence[Row], conventions: Mapping[str, Convention], today: datetime.date
) -> tuple[Line, ...]:
    """One line a row, the most pressing first, then those that lack most places, then by name."""
    made = [_line(row, conventions.get(row.territory.code), today) for row in rows]
    rank = {alert: place for place, alert in enumerate(Alert)}
    return tuple(sorted(made, key=lambda one: (rank[one.alert], -(one.missing or 0.0), one.name)))


def _line(row: Row, convention: Convention | None, today: datetime.date) -> Line:
    alert, reasons = _alert(row, convention, today)
    if row.missing and value_of(row.findings[OFFICIAL]) is None:
        reasons.append(OF_COMMUNES)
    return Line(
        row.territory.key,
        french.name(row.territory),
        alert,
        french.capitalised(" ; ".join(reasons)),
        convention.state if convention is not None else UNTOLD,
        written_day(convention.last) if convention is not None and convention.last else french.UNKNOWN,
        convention.last if convention is not None else "",
        row.missing,
        row.findings,
    )


def _alert(row: Row, convention: Convention | None, today: datetime.date) -> tuple[Alert, list[str]]:
    rate, load = row.findings[OFFICIAL], row.findings[RPE_LOAD]
    below = rate.word in RATIO_WORDS[:2]
    loaded = reading.is_attention(load.word, BY_ID[RPE_LOAD].direction)
    urgent, watch = [], []
    if convention is not None:
        left = _days_left(convention, today)
        if convention.state == "échue" or (left is not None and left < 0):
            urgent.append("convention échue")
        elif left is not None and left <= SOON:
            urgent.append(f"la convention finit le {written_day(convention.last)}")
        elif left is not None and left <= NEAR:
            watch.append(f"la convention finit le {written_day(convention.last)}")
        if convention.state == "aucune":
            (urgent if below else watch).append("aucune convention")
        if convention.state == "en préparation":
            watch.append("convention en préparation")
    if below:
        watch.append(f"accueil {rate.word} du département")
    if loaded:
        watch.append("relais plus chargés que dans le département")
    if urgent:
        return Alert.URGENT, [*urgent, *watch]
    if watch:
        return Alert.WATCH, watch
    if convention is None and value_of(rate) is None:
        if why := reading.withheld(rate):
            return Alert.UNKNOWN, ["convention non déposée", f"taux non montré, {why[:1].lower()}{why[1:]}"]
        return Alert.UNKNOWN, ["ni convention déposée, ni taux publié"]
    silent = [] if convention is not None else ["convention non déposée"]
    return Alert.NONE, silent or ["rien de marqué"]


def _days_left(convention: Convention, today: datetime.date) -> int | None:
    if not convention.last:
        return None
    return (datetime.date.fromisoformat(convention.last) - today).days


HEADINGS = {
    OFFICIAL: "Taux de couverture",
    NEED: "Places selon le besoin",
    BIRTHS: "Naissances",
    POVERTY: "Pauvreté (%)",
    RPE_LOAD: "Enfants par relais",
    DISTRICT_COUNT: "QPV",
}
MISSING = "Places manquantes"


def sorted_by(every: Sequence[Line], by: str) -> tuple[Line, ...]:
    """The lines by a column, the highest first (the nearest end first); those that do not know it last."""
    if by == "alerte":
        return tuple(every)
    if by == "fin":
        return tuple(sorted(every, key=lambda one: (not one.last, one.last, one.name)))
    if by == "nom":
        return tuple(sorted(every, key=lambda one: one.name))

    def value(one: Line) -> float | None:
        return one.missing if by == "manque" else one.value(by)

    # The lowest rate is the most pressing; of the others, the highest.
    sign = 1 if by in (OFFICIAL, NEED) else -1
    return tuple(sorted(every, key=lambda one: (value(one) is None, sign * (value(one) or 0.0), one.name)))


def orders() -> dict[str, str]:
    """The columns that the table may be sorted by."""
    return {
        "alerte": "Alerte",
        "manque": f"{MISSING}, du plus au moins",
        OFFICIAL: "Taux de couverture, du plus bas",
        **{id: f"{HEADINGS[id]}, du plus au moins" for id in COLUMNS if id not in (OFFICIAL, NEED)},
        "fin": "Fin de la convention, la plus proche",
        "nom": "Nom",
    }


def table(every: Sequence[Line]) -> tuple[dict[str, str], ...]:
    """The lines as they are printed: the year of a column stands in its heading, beside a value where it has another;
    what is unknown says so, and is never zero. Where no convention is told, the title says it once."""
    told = any(one.state != UNTOLD for one in every)
    years = {
        id: _usual(one.findings[id].year for one in every if one.value(id) is not None) for id in COLUMNS
    }
    return tuple(
        {
            "Intercommunalité": one.name,
            "Alerte": french.capitalised(str(one.alert)).replace(" ", french.NBSP),
            "Pourquoi": one.reason,
            **({"Ctg": one.state, "Fin": one.end} if told else {}),
            MISSING: _about(one.missing),
            **{
                f"{HEADINGS[id]}, {year}" if year else HEADINGS[id]: _printed(one, id, year)
                for id, year in years.items()
            },
        }
        for one in every
    )


def _usual(years: Iterable[int | None]) -> int | None:
    """The year that most values have, the newest of those that as many have."""
    counts = Counter(year for year in years if year is not None)
    return max(counts, key=lambda year: (counts[year], year), default=None)


def _about(missing: float | None) -> str:
    """Missing places, said rounded as everywhere: « moins de 20 » under what can be said."""
    if missing is None:
        return french.UNKNOWN
    if not missing:
        return french.number(0)
    about = french.about(missing)
    return f"environ {french.number(about)}" if about else "moins de 20"


def _printed(one: Line, id: str, year: int | None) -> str:
    finding, declared = one.findings[id], BY_ID[id]
    value = value_of(finding)
    if value is None:
        return reading.status_word(finding, declared)
    said = french.number(rounded_children(value, finding.status, declared), declared.decimals)
    return said if finding.year in (year, None) else f"{said} ({finding.year})"


def cockpit_title(every: Sequence[Line], deposited: bool) -> str:
    """ "30 intercommunalités : 4 urgentes, 9 à suivre"."""
    counts = {alert: sum(one.alert is alert for one in every) for alert in Alert}
    said = [
        f"{french.number(counts[alert])} {word if counts[alert] == 1 else many}"
        for alert, word, many in (
            (Alert.URGENT, "urgente", "urgentes"),
            (Alert.WATCH, "à suivre", "à suivre"),
            (Alert.NONE, "sans alerte", "sans alerte"),
            (Alert.UNKNOWN, "inconnue", "inconnues"),
        )
        if counts[alert]
    ]
    total = french.quantity(len(every), "intercommunalité", "intercommunalités")
    end = "" if deposited else " ; aucune convention n’est déposée"
    return french.typographic(f"{total} : {french.listing(said)}{end}")

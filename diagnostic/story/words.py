"""Words that several sections share: names, dates, plurals, shortened texts."""

from __future__ import annotations

import datetime
import math
from collections.abc import Sequence

from diagnostic import french, gaps, reading
from diagnostic.model import THEMES, Finding, Indicator, Level, Territory
from diagnostic.report import Report

LONG_NAME = 30
AGENDA = "ordre_du_jour"
"""The chapter of a meeting, which stands after the first of a diagnosis."""
OPENINGS = ("La ", "Le ", "Les ", "L’", "Votre ", "Personne")


def known(value: float | None) -> float | None:
    """The number, or None for anything that is not one (None, NaN, the missing value of a frame)."""
    return None if value is None or gaps.missing(value) or not math.isfinite(value) else float(value)


def whole(value: float | None) -> float | None:
    """So many people, whole: a survey weighs each of those it asked, and nobody lives there in tenths."""
    return None if value is None else float(round(value))


def tabled(value: float | None, indicator: Indicator) -> float | None:
    """The value as a table and its file have it: a count whole, a rate with the decimals that it has."""
    return whole(value) if indicator.denominator is None and not indicator.decimals else value


def percent_of(part: float | None, whole: float | None) -> float | None:
    """How much of a hundred `part` is of `whole`; None where one of the two is unknown, or where there is nobody to share among."""
    return None if part is None or whole is None else known(float(gaps.ratio(part, whole, 100.0)))


def day(date: str) -> datetime.date | None:
    """The day of a report, written "2026-11-23" or "23 novembre 2026"; None when it is neither."""
    words = date.replace(french.NBSP, " ").split()
    try:
        if len(words) == 3:
            return datetime.date(
                int(words[2]), french.MONTHS.index(words[1]) + 1, int(words[0].rstrip("ᵉʳer"))
            )
        return datetime.date.fromisoformat(date[:10])
    except ValueError:
        return None


def written_day(date: str) -> str:
    """ "23 novembre 2026"; the text itself when it is no date."""
    found = day(date)
    return french.date_long(found) if found else date


def beside(place: Territory, own: Territory) -> str:
    """The name of a territory next to this one: a homonym says its département, or it would be taken for it."""
    name = french.name(place)
    return f"{name} ({place.departement or place.code})" if name == french.name(own) else name


def called(territory: Territory) -> str:
    """The name for headers and keys: "la commune", "l’intercommunalité" beyond 30 characters."""
    name = french.name(territory)
    return name if len(name) <= LONG_NAME else LEVELS.get(territory.level, "le périmètre")


LEVELS = {
    Level.COMMUNE: "la commune",
    Level.EPCI: "l’intercommunalité",
    Level.DEPARTEMENT: "le département",
    Level.REGION: "la région",
}


def in_its_level(territory: Territory) -> str:
    """ "dans l’intercommunalité": where, without the name."""
    return f"dans {LEVELS.get(territory.level, 'le périmètre')}"


def titled(report: Report, text: str) -> str:
    """The first sentence of a reading as a title; without its place where that is too long."""
    whole = reading.title(text)
    here = (f"{french.capitalised(french.at(report.territory, long=long))}, " for long in (True, False))
    placed = next((where for where in map(french.typographic, here) if whole.startswith(where)), "")
    return reading.held((whole, french.capitalised(whole.removeprefix(placed))))


def shortened(text: str, most: int) -> str:
    """The text cut at a word, with "…", when it is longer than `most` characters."""
    return text if len(text) <= most else f"{text[:most].rsplit(' ', 1)[0].rstrip(' ,;:')}…"


def listed(names: Sequence[str], most: int = 12, of: int | None = None) -> str:
    """ "A, B et C", or "A, B, … et 12 autres"; `of` counts the names where the list stops before the last."""
    count = len(names) if of is None else of
    if count <= most:
        return french.listing(names)
    return f"{', '.join(names[:most])} et {french.quantity(count - most, 'autre', 'autres')}"


def counted_noun(plural: str, count: int) -> str:
    return plural if count > 1 else plural.removesuffix("s")


def plural_members(report: Report) -> str:
    return Level(report.member_level).plural if report.member_level else "membres"


def theme_of(indicator: Indicator) -> str:
    return THEMES.get(indicator.theme, "Petite enfance")


def inside(text: str) -> str:
    """Who is named inside a sentence: « la Caf », « votre conseiller », but « Insee »."""
    return text[:1].lower() + text[1:] if text.startswith(OPENINGS) else text


def labelled(indicator: Indicator) -> str:
    if indicator.unit.startswith(("%", "€", "km")):
        return f"{indicator.label} ({indicator.unit.split(' des ')[0]})"
    if indicator.unit.startswith(("foyers pour", "enfants pour")):
        return f"{indicator.label}, {indicator.unit.partition(' ')[2]}"
    return indicator.label


def missing_said(count: int) -> tuple[str, str]:
    """ "39 informations manquent", "qui peut les donner"."""
    said = french.quantity(count, "information manque", "informations manquent")
    return said, f"qui peut {french.plural(count, 'la', 'les')} donner"


def ranked(rank: int, values: Sequence[float], own: float, *, feminine: bool = False) -> str:
    """ "8ᵉ sur 28", "1ᵉʳ ex æquo sur 26" where others have the same value; "dernier ex æquo sur 20" where all those
    below do: third of twenty is last when eighteen share the place. `values` hold that of the territory; `feminine`
    when those that are ranked are named after it: "1ʳᵉ sur 3" intercommunalités."""
    of, shared = len(values), sum(value == own for value in values) > 1
    if shared and own == min(values):
        return f"derni{'ère' if feminine else 'er'} ex æquo sur {of}"
    return f"{french.ordinal(rank, feminine=feminine)}{' ex æquo' if shared else ''} sur {of}"


def ceiling_of(indicator: Indicator) -> float:
    """The most that the indicator may reach: no axis goes beyond a hundred percent of the children."""
    return 100.0 if indicator.unit.startswith("%") else math.inf


def dated(indicator: Indicator, finding: Finding) -> str:
    """ "le taux de couverture en 2021", "les places d’accueil, tous modes, en 2020"."""
    comma = "," if "," in indicator.noun else ""
    return f"{indicator.noun}{comma} en {finding.year}" if finding.year else indicator.noun


def against(report: Report, indicator: str) -> str:
    """ "de la Gironde", "de la médiane des territoires semblables": what this indicator is compared with."""
    found = report.against(indicator)
    return french.of(report.territory) if found is None else found.of

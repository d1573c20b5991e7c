"""Words and tables of the page Petite enfance, from the parts of a report."""

from __future__ import annotations

import pandas as pd

from diagnostic import charts, french, reading
from diagnostic.indicators import BY_ID
from diagnostic.measure import is_count
from diagnostic.model import Status, Territory, ratio_word
from diagnostic.report import ModeBar, Report, Series
from diagnostic.report.childcare import drawn_bars

_WORDS = {
    Status.ESTIMATED: "estimé",
    Status.ROUNDED: "arrondi",
    Status.BOUNDED: "au plus",
    Status.SECRET: "secret statistique",
}
SOME_POINTS = 1.0
"""Below one point, two rates are said alike."""


# --- Modes ------------------------------------------------------------------------------------------


def bars(report: Report) -> tuple[ModeBar, ...]:
    """The bars to draw: modes that nobody publishes here are dropped, what they leave of the total is drawn apart."""
    return drawn_bars(report.coverage.bars)


def modes_title(report: Report) -> tuple[str, str]:
    """Where the territory has more and less than the reference, by mode; then unit and year."""
    bars = report.coverage.bars
    if not bars:
        return f"L’offre par mode n’est pas connue {french.at(report.territory)}", ""
    year = f", {bars[0].year}" if bars[0].year else ""
    subtitle = f"Places pour 100 enfants de moins de 3 ans, par mode d’accueil{year}"
    first = next((place for place in _places(report) if place.key == bars[0].key), report.territory)
    said = _modes_message(report, bars, first)
    if first == report.territory:
        return said, subtitle
    return said, f"{subtitle}. Elles ne sont pas publiées {french.at(report.territory)}"


def _places(report: Report) -> tuple[Territory, ...]:
    """The territory, then those that contain it."""
    return (report.territory, *report.context.parents)


def _modes_message(report: Report, bars: tuple[ModeBar, ...], first: Territory) -> str:
    """What the first bar has more and less of than the reference; the totals where it is not the territory's own
    or where the modes alone do not say the distance."""
    beside = report.beside
    more, less = _differences(report, bars) if first == report.territory else ("", "")
    than = french.than_territory(beside) if beside is not None else ""
    if more and less:
        return f"Plus de places en {more} {than}, moins en {less}"
    if more or less:
        return f"{'Plus' if more else 'Moins'} de places en {more or less} {than}"
    base = next((bar for bar in bars[1:] if beside is not None and bar.key == beside.key), None)
    if (
        beside is None
        or base is None
        or bars[0].total is None
        or base.total is None
        or base.year != bars[0].year
    ):
        return f"L’offre {french.of(first)}, mode par mode"
    if first == report.territory and ratio_word(bars[0].total, base.total) == "proche":
        return f"Une offre proche {french.of(beside)}, mode par mode"
    own, theirs = french.number(bars[0].total, 1), french.number(base.total, 1)
    where = french.capitalised(french.at(first))
    return f"{where}, {own} places pour 100 enfants, contre {theirs} {french.at(beside)}"


_IN = {
    "eaje": "crèche",
    "am": "accueil chez les assistantes maternelles",
    "ecole": "école à 2 ans",
    "gad": "garde à domicile",
}


def _differences(report: Report, bars: tuple[ModeBar, ...]) -> tuple[str, str]:
    """The mode of the largest advantage and that of the largest lag, empty when under a point."""
    key = reference_key(report)
    own, other = bars[0], next((bar for bar in bars if bar.key == key), None)
    if other is None or own is other:
        return "", ""
    theirs = {mode.mode: mode.rate for mode in other.modes}
    gaps = {
        mode.mode: mode.rate - theirs[mode.mode]
        for mode in own.modes
        if mode.rate is not None and theirs.get(mode.mode) is not None
    }
    if not gaps:
        return "", ""
    best, worst = max(gaps, key=gaps.get), min(gaps, key=gaps.get)
    return (
        _IN.get(best, best) if gaps[best] >= SOME_POINTS else "",
        _IN.get(worst, worst) if gaps[worst] <= -SOME_POINTS else "",
    )


def modes_statuses(report: Report) -> list[str]:
    """Status words of the rates drawn."""
    ok = "officiel" if report.coverage.official else "calculé"
    found = {mode.status for bar in report.coverage.bars for mode in bar.modes if mode.rate is not None}
    return [_WORDS.get(status, ok) for status in sorted(found)] or ["non publié"]


def modes_source(report: Report) -> str:
    """Where the bars drawn come from: those of the territory, or those of the territories around it."""
    bars = report.coverage.bars
    if not bars or bars[0].key == report.territory.key:
        return report.coverage.source_line
    return french.typographic(
        f"Places publiées par la Cnaf ({bars[0].year}), rapportées aux enfants de moins de 3 ans : calcul du diagnostic, "
        "qui ne se compare pas au taux officiel d’une autre année."
    )


# --- Members ----------------------------------------------------------------------------------------


def members_title(report: Report, indicator_id: str) -> tuple[str, str]:
    """How many units are missing in how many members; then what is ranked."""
    indicator = BY_ID[indicator_id]
    if is_count(indicator):
        return f"Les places qui manquent ne sont pas connues {french.at(report.territory)}", ""
    found = [member.findings.get(indicator_id) for member in report.members]
    lacking = reading.missing_units(found)
    words = [item.word for item in found if item is not None and reading.known_value(item) is not None]
    subtitle = f"{indicator.label}, par {'commune' if report.member_level == 'commune' else 'territoire'}"
    against = report.against(indicator_id)
    if lacking and against is not None and indicator.missing_noun and report.member_level == "commune":
        total = french.quantity(sum(lacking), *indicator.missing_noun)
        verb = french.verb(sum(lacking), "manque", "manquent")
        noun = french.quantity(len(lacking), "commune", "communes")
        return f"{total} {verb} à {noun} pour atteindre {against.the}", subtitle
    if report.member_level == "commune" and against is not None and any(words):
        return reading.members(words, against, indicator.direction), subtitle
    return f"{indicator.short}, territoire par territoire", subtitle


def ladder(report: Report, indicator_id: str) -> tuple[list[charts.Rung], int]:
    """The ranking to draw, cut to its ends when it is long, and how many members it leaves out. A count has none:
    a commune has fewer children than its département, and that says nothing."""
    if is_count(BY_ID[indicator_id]):
        return [], 0
    return charts.shortened(charts.rungs(report.members, BY_ID[indicator_id]))


def members_table(report: Report, indicator_id: str) -> pd.DataFrame:
    """Every member behind the ranking."""
    return charts.members_table(report.members, BY_ID[indicator_id])


def members_caution(report: Report, indicator_id: str, left_out: int) -> str:
    """What the marks mean, how many are not drawn and how many are unknown."""
    parts = []
    indicator = BY_ID[indicator_id]
    if any(rung.marked for rung in charts.rungs(report.members, indicator)):
        parts.append("Losange : moins de 0,85 fois la référence. Les manques sont des estimations.")
    if left_out:
        parts.append(f"Et {french.number(left_out)} autres, dans les données.")
    without = sum(
        1 for member in report.members
        if (found := member.findings.get(indicator_id)) is None or reading.known_value(found) is None
    )  # fmt: skip
    if without:
        verb = french.verb(without, "n’a", "n’ont")
        noun = french.plural(without, "territoire", "territoires")
        parts.append(f"{french.number(without)} {noun} {verb} pas de valeur connue.")
    return " ".join(parts)


def reference_line(report: Report, indicator_id: str) -> tuple[float, str] | None:
    """The value to draw across a ranking and its name, with its year when the members are of another one; None
    when unknown and for a count, which no larger territory measures."""
    against = report.against(indicator_id)
    if against is None or against.value is None or is_count(BY_ID[indicator_id]):
        return None
    found = (member.findings.get(indicator_id) for member in report.members)
    years = {item.year for item in found if item is not None and item.value is not None}
    year = against.year if against.year in years or not years else max(filter(None, years), default=None)
    return against.value, f"{against.name}{against.when(year)}"


def reference_key(report: Report) -> str | None:
    """The key of the territory that stands beside, None when there is none."""
    return report.beside.key if report.beside is not None else None


def statuses(report: Report, indicator_id: str, *, members: bool = True) -> list[str]:
    """Status words of an indicator in the members, or in the territory alone."""
    found = [member.findings.get(indicator_id) for member in report.members] if members else []
    found = [item for item in found or [report.findings.get(indicator_id)] if item is not None]
    words = [reading.status_word(item, BY_ID[indicator_id]) for item in found if item.value is not None]
    return list(dict.fromkeys(words)) or ["non publié"]


# --- Births, access, outlook, reliability -----------------------------------------------------------


def births_title(report: Report) -> tuple[str, str]:
    """How births move over the five years that the synthesis tells and over all the years drawn; then the same
    of the reference. Names the territory when its own births are not known."""
    known = [(one, charts.indexed(one)) for one in report.births]
    known = [(one, found) for one, found in known if len(found) > 1]
    if not known:
        return f"Les naissances ne sont pas connues {french.at(report.territory)}", ""
    series, found = known[0]
    first, last = found[0][0], found[-1][0]
    subtitle = f"Naissances domiciliées, indice 100 en {first}"
    other = next((values for one, values in known[1:] if one.key == reference_key(report)), None)
    if other is not None and report.beside is not None:
        where, change = french.at(report.beside), _change(other[-1][1] - 100)
        subtitle += f" ; {where}, {change} entre {other[0][0]} et {other[-1][0]}"
    message = _births_message(found, first, last)
    place = next((place for place in _places(report) if place.key == series.key), report.territory)
    if place != report.territory:
        message = f"{french.capitalised(french.at(place))}, {message[:1].lower()}{message[1:]}"
    return message, subtitle


RECENT_YEARS = 5
"""Years over which the synthesis tells the births."""


def _births_message(found: list[tuple[int, float]], first: int, last: int) -> str:
    values = dict(found)
    recent = last - RECENT_YEARS
    whole = values[last] - values[first]
    if recent <= first or not values.get(recent):
        if abs(whole) < 0.5:
            return f"Autant de naissances en {last} qu’en {first}"
        return f"Les naissances {_move(whole)} de {french.percent(abs(whole))} entre {first} et {last}"
    lately = (values[last] / values[recent] - 1) * 100
    if abs(lately) < 0.5:
        return f"Autant de naissances en {last} qu’en {recent} ; {_change(whole)} depuis {first}"
    message = f"Les naissances {_move(lately)} de {french.percent(abs(lately))} entre {recent} et {last}"
    if abs(whole) < 0.5:
        return f"{message}, et reviennent au niveau de {first}"
    if (lately > 0) == (whole > 0):
        return f"{message}, et de {french.percent(abs(whole))} depuis {first}"
    return f"{message}, mais {_move(whole)} de {french.percent(abs(whole))} depuis {first}"


def _move(points: float) -> str:
    return "augmentent" if points > 0 else "reculent"


def births_ends(report: Report) -> list[tuple[str, str]]:
    """Colour, name and change of each line of births."""
    found = [(one, charts.indexed(one)) for one in report.births]
    return [
        (_line_colour(number, one.key == reference_key(report)), f"{one.name} {_change(points[-1][1] - 100)}")
        for number, (one, points) in enumerate((one, points) for one, points in found if len(points) > 1)
    ]


def _line_colour(number: int, is_reference: bool) -> str:
    return "var(--territory)" if number == 0 else "var(--reference)" if is_reference else "var(--other)"


def _change(points: float) -> str:
    return f"{french.signed(points)}{french.THIN}%"


def outlook_ends(report: Report) -> list[tuple[str, str]]:
    """Colour, name and last value of each scenario."""
    lines = [line for line in outlook_lines(report) if line.values[-1] is not None]
    return [
        (_line_colour(number, False), f"{line.name} {french.number(line.values[-1])}")
        for number, line in enumerate(lines)
    ]


def access_title(report: Report) -> tuple[str, str]:
    """How many communes depend on their neighbours."""
    subtitle = "Places en crèche accessibles pour 100 enfants, à côté du taux brut de la commune"
    known = [row for row in report.access.communes if row.get("own_share") is not None]
    depend = [row for row in known if row["own_share"] < 0.5]
    if not known:
        return "Les places accessibles ne sont pas connues ici", subtitle
    if not depend:
        return "Chaque commune tire d’elle-même la plupart de ses places", subtitle
    noun = french.plural(len(depend), "commune", "communes")
    verb = french.verb(len(depend), "dépend", "dépendent")
    count = french.in_words(len(depend), feminine=True, capital=True)
    return f"{count} {noun} sur {len(known)} {verb} surtout de leurs voisines", subtitle


def access_bands(report: Report) -> str:
    """What a place counts for by distance, in a sentence."""
    bands = report.access.bands
    if not bands:
        return ""
    parts = [f"{french.number(weight, 2)} jusqu’à {french.number(km)} km" for km, weight in bands[1:]]
    return (
        f"Une place compte entière jusqu’à {french.number(bands[0][0])} km du centre de la commune, puis pour "
        f"{french.listing(parts)}, et plus au-delà ; elle est partagée entre les enfants qui peuvent s’y rendre."
    )


def _whole(value: float | None) -> float | None:
    """People and places have no decimals."""
    return None if value is None else float(french.rounded(value))


def access_known(report: Report) -> bool:
    """Whether some commune has a known number of places within reach."""
    return any(row["value"] is not None for row in report.access.communes)


def access_table(report: Report) -> pd.DataFrame:
    """One row a commune: raw rate, places within reach, who serves it."""
    rows = [
        (
            french.typographic(row["name"]),
            _whole(row["children"]),
            _whole(row["places"]),
            row["raw"],
            row["value"],
            None if row["own_share"] is None else row["own_share"] * 100,
            french.typographic(row["main_supplier_name"] or ""),
        )
        for row in report.access.communes
    ]
    heads = [
        "Commune", "Enfants de moins de 3 ans", "Places en crèche", "Taux brut", "Places accessibles pour 100",
        "Part venant de la commune (%)", "Première commune d’accueil",
    ]  # fmt: skip
    return pd.DataFrame(rows, columns=heads)


def outlook_title(report: Report) -> tuple[str, str]:
    """How many children under 3 to come, by the range of the scenarios."""
    under = [
        row for row in report.outlook.children if row["band"] == "moins_3" and row["children"] is not None
    ]
    if not under:
        return "Le nombre d’enfants à venir n’est pas projeté ici", ""
    last = max(row["year"] for row in under)
    found = sorted(row["children"] for row in under if row["year"] == last)
    subtitle = f"Enfants de moins de 3 ans, par scénario{_error(report)}"
    low, high = french.number(found[0]), french.number(found[-1])
    children = french.plural(found[-1], "enfant", "enfants")
    if low == high:
        return f"Dans tous les scénarios, {low} {children} de moins de 3 ans en {last}", subtitle
    return f"Selon le scénario, de {low} à {high} {children} de moins de 3 ans en {last}", subtitle


def _error(report: Report) -> str:
    """The error of the trend tried on the past, at its longest: the range of the scenarios does not hold it."""
    tried = [row for row in report.outlook.error if row["scenario"] == "trend" and row["error"] is not None]
    if not tried:
        return ""
    row = max(tried, key=lambda item: item["horizon"])
    years = french.quantity(row["horizon"], "an", "ans")
    return (
        f". À cela s’ajoute l’erreur de la méthode : {french.percent(row['error'], 1)} en moyenne à {years}"
    )


def supply_year(report: Report) -> int | None:
    """The year of the places that the outlook starts from."""
    finding = report.findings.get("places_100")
    return finding.numerator_year or finding.year if finding is not None else None


def _keep_head(report: Report) -> str:
    year = supply_year(report)
    return f"Pour garder le taux de {year}" if year else "Pour garder le dernier taux connu"


def outlook_caution(report: Report) -> str:
    """What the count of places supposes; empty when no place is counted."""
    year = supply_year(report)
    if not year or not any(row.get("keep") is not None for row in report.outlook.places):
        return ""
    return (
        f"Le calcul part des places comptées en {year} et les suppose toujours ouvertes : il ne dit rien de celles "
        "qui ont fermé ou ouvert depuis."
    )


def outlook_table(report: Report) -> pd.DataFrame:
    """First and last year of each scenario: children, places to keep the rate, places to reach the reference."""
    needed = {(row["scenario"], row["year"]): row for row in report.outlook.places}
    under = [row for row in report.outlook.children if row["band"] == "moins_3"]
    ends = {min(row["year"] for row in under), max(row["year"] for row in under)} if under else set()
    rows = []
    for row in under:
        if row["year"] in ends:
            place = needed.get((row["scenario"], row["year"]), {})
            added = (_whole(_added(place.get(name))) for name in ("keep", "reach"))
            rows.append((row["label"], str(row["year"]), _whole(row["children"]), *added))
    heads = [
        "Scénario",
        "Année",
        "Enfants de moins de 3 ans",
        f"{_keep_head(report)} : places à ajouter",
        f"{_reach_head(report)} : places à ajouter",
    ]
    return pd.DataFrame(rows, columns=heads)


def outlook_lines(report: Report) -> list[Series]:
    """Children under 3 by year, one line a scenario; the trend first."""
    found: dict[str, list[tuple[int, float | None]]] = {}
    for row in report.outlook.children:
        if row["band"] == "moins_3":
            found.setdefault(row["label"], []).append((row["year"], row["children"]))
    lines = [Series(name, name, *zip(*sorted(points), strict=True)) for name, points in found.items()]
    return sorted(lines, key=lambda line: not line.name.startswith("Tendance"))


def outlook_words(report: Report) -> pd.DataFrame:
    """The last year of each scenario, with what it asks for in words: places to add, none, or unknown."""
    under = [row for row in report.outlook.children if row["band"] == "moins_3"]
    last = max(row["year"] for row in under)
    needed = {row["scenario"]: row for row in report.outlook.places if row["year"] == last}
    rows = []
    for row in under:
        if row["year"] == last:
            place = needed.get(row["scenario"], {})
            rows.append(
                (row["label"], row["children"], _needed(place.get("keep")), _needed(place.get("reach")))
            )
    heads = [
        "Scénario",
        f"Enfants de moins de 3 ans en {last}",
        _keep_head(report),
        _reach_head(report),
    ]
    found = pd.DataFrame(rows, columns=heads)
    found[heads[1]] = [_whole(value) for value in found[heads[1]]]
    # Without a reference there is nothing to reach, for want of no data.
    return found if report.against("places_100") is not None else found.drop(columns=heads[3])


def _reach_head(report: Report) -> str:
    against = report.against("places_100")
    return french.typographic(f"Pour atteindre {against.the}" if against is not None else "Pour la référence")


def _added(places: float | None) -> float | None:
    """Places to add, none when there are enough: closed places are not counted, so a surplus is not known."""
    return None if places is None else max(places, 0.0)


def _needed(places: float | None) -> str:
    """Places to add, in words."""
    if places is None:
        return "inconnu"
    whole = french.rounded(_added(places))
    return f"{french.quantity(whole, 'place', 'places')} à ajouter" if whole > 0 else "aucune place à ajouter"


def estimates_title(report: Report) -> tuple[str, str]:
    """How many communes without a published rate are estimated."""
    count = len(report.coverage.estimates)
    noun = french.plural(
        count, "commune sans taux publié est estimée", "communes sans taux publié sont estimées"
    )
    return (
        f"{french.in_words(count, feminine=True, capital=True)} {noun}",
        "Places en crèche pour 100 enfants, rapprochées de l’intercommunalité, avec leur intervalle à 95 %",
    )


def estimates_table(report: Report) -> pd.DataFrame:
    """One row a commune: children, raw rate, estimate, interval, grade."""
    rows = [
        (
            french.typographic(row["name"]),
            _whole(row["children"]),
            row["rate"],
            row["estimate"],
            row["low"],
            row["high"],
            row["grade"] or "",
        )
        for row in report.coverage.estimates
    ]
    heads = [
        "Commune",
        "Enfants de moins de 3 ans",
        "Taux brut",
        "Estimation",
        "Au moins",
        "Au plus",
        "Fiabilité",
    ]
    return pd.DataFrame(rows, columns=heads)

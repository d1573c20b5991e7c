"""What a deck, a document and a note say, whatever the file: sections made of blocks, from a Report.

Every number of a block has passed through its status: a masked or unknown value is None here already,
so that no renderer can write it. A section without data is not returned.
"""

from __future__ import annotations

import datetime
import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from diagnostic import french, reading
from diagnostic.indicators import BY_ID
from diagnostic.model import THEMES, Direction, Finding, Indicator, Territory
from diagnostic.report import Report

MOST_BARS = 24
MOST_ROWS = 9
LONG_NAME = 30
SCENARIOS = {"constant": "Stable", "trend": "Tendance", "low": "Basse"}
RANKED_FIRST = ("taux_couverture", "places_100", "places_eaje_100", "accessibilite_eaje", "naissances")
STRIPS = (
    "taux_couverture",
    "places_100",
    "places_eaje_100",
    "places_am_100",
    "acces_alsh",
    "niveau_vie_median",
)


@dataclass(frozen=True)
class Card:
    """One figure in large type, what it counts, the sentence it proves and a line of detail."""

    figure: str
    unit: str
    sentence: str
    detail: str
    alert: bool = False


@dataclass(frozen=True)
class Cards:
    items: tuple[Card, ...]


@dataclass(frozen=True)
class Table:
    """`widths` are shares of the width; `numeric` are the columns aligned right; `strong` the last row."""

    caption: str
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    widths: tuple[float, ...]
    numeric: tuple[int, ...] = ()
    total: bool = False


@dataclass(frozen=True)
class Stacked:
    """Stacked bars: one row a territory (the territory first), one value a series; None is not drawn."""

    caption: str
    series: tuple[str, ...]
    roles: tuple[str, ...]
    rows: tuple[tuple[str, tuple[float | None, ...], float | None], ...]


@dataclass(frozen=True)
class Ranked:
    """Bars from the highest to the lowest, with reference lines `(label, value, attention)`."""

    caption: str
    rows: tuple[tuple[str, float, bool], ...]
    references: tuple[tuple[str, float, bool], ...]
    decimals: int


@dataclass(frozen=True)
class Strip:
    label: str
    unit: str
    own: float
    others: tuple[float, ...]
    reference: float | None
    decimals: int
    rank: str


@dataclass(frozen=True)
class Strips:
    """One line of dots an indicator: the siblings, the territory, the reference as a tick."""

    caption: str
    rows: tuple[Strip, ...]
    own: str
    others: str
    reference: str


@dataclass(frozen=True)
class Line:
    name: str
    points: tuple[tuple[int, float], ...]
    role: str
    dash: bool = False


@dataclass(frozen=True)
class Lines:
    """Yearly series; only the last point of each is labelled."""

    caption: str
    series: tuple[Line, ...]
    decimals: int = 0


@dataclass(frozen=True)
class Scatter:
    """Points `(name, x, y, highlighted)` with the reference on the y axis."""

    caption: str
    x_title: str
    y_title: str
    points: tuple[tuple[str, float, float, bool], ...]
    reference: tuple[str, float] | None


@dataclass(frozen=True)
class Map:
    """A map of the members: `kind` is "ratio" (values against `reference`), "dots" (facilities) or "locator"."""

    caption: str
    kind: str
    alt: str
    indicator: str = ""
    values: Mapping[str, float | None] = field(default_factory=dict)
    reference: tuple[str, float] | None = None
    stat: str = ""


@dataclass(frozen=True)
class Text:
    """Paragraphs under short headings: `(heading, text, attention)`."""

    items: tuple[tuple[str, str, bool], ...]


Block = Cards | Table | Stacked | Ranked | Strips | Lines | Scatter | Map | Text


@dataclass(frozen=True)
class Section:
    """A slide, or a chapter: `columns` are `(share of the width, blocks)`, from left to right."""

    id: str
    kicker: str
    title: str
    columns: tuple[tuple[float, tuple[Block, ...]], ...]
    source: str
    notes: tuple[str, ...]

    @property
    def blocks(self) -> tuple[Block, ...]:
        return tuple(block for _, blocks in self.columns for block in blocks)


# --- Words and numbers shared by the sections ------------------------------------------------------


def known(value: float | None) -> float | None:
    """The number, or None for anything that is not one (None, NaN)."""
    return None if value is None or not math.isfinite(value) else float(value)


def value_of(finding: Finding | None) -> float | None:
    """The value that may be said: None when the status forbids it."""
    return reading.known_value(finding) if finding is not None else None


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


def called(territory: Territory) -> str:
    """The name for headers and keys: "le territoire" beyond 30 characters."""
    name = french.name(territory)
    return name if len(name) <= LONG_NAME else "le territoire"


def amount(finding: Finding | None, indicator: Indicator) -> str:
    """The number alone, "—" when unknown."""
    return french.number(value_of(finding), indicator.decimals)


def status_text(finding: Finding, indicator: Indicator, territory: Territory) -> str:
    """Vintage and status when known, the reason when not."""
    if value_of(finding) is None:
        return reading.reason(finding, indicator, territory) or "Valeur inconnue."
    year = "" if finding.year is None else f"{finding.year}, "
    return year + reading.status_word(finding, indicator)


def formula(finding: Finding, indicator: Indicator, territory: Territory) -> str:
    """The number with its parts, for notes: "Crèches : 28,7 = 8 000 places ÷ 27 900 enfants × 100"."""
    value = value_of(finding)
    if value is None:
        return f"{indicator.label} : — ({status_text(finding, indicator, territory)})"
    said = f"{indicator.label} : {french.number(value, indicator.decimals)} {indicator.unit}"
    top, bottom = known(finding.numerator), known(finding.denominator)
    if indicator.denominator and top is not None and bottom is not None:
        years = [str(y) for y in (finding.numerator_year, finding.denominator_year) if y]
        said += (
            f" = {french.number(top)} {indicator.numerator_label or 'unités'} ÷ {french.number(bottom)} "
            f"{indicator.denominator_label or 'unités'}"
            + (f" × {french.number(indicator.per)}" if indicator.per != 1 else "")
            + (f" (millésimes {' et '.join(dict.fromkeys(years))})" if years else "")
        )
    return french.typographic(f"{said} [{status_text(finding, indicator, territory)}]")


def compared(finding: Finding, report: Report) -> list[tuple[str, float | None]]:
    """The chosen reference then France: `(name, value)`, without repeats and without the territory itself."""
    keys = [finding.reference, report.reference.key if report.reference else None, "france"]
    by_key = {comparator.key: comparator for comparator in finding.comparators}
    found = [by_key[key] for key in dict.fromkeys(keys) if key in by_key and key != report.territory.key]
    return [(french.typographic(c.name), known(c.value) if c.status.known else None) for c in found]


def source_line(report: Report, indicators: Iterable[str]) -> str:
    """ "Sources : Cnaf, taux de couverture (2021) ; …" for the indicators given."""
    ids = {source for name in indicators if name in BY_ID for source in _sources(report, name)}
    vintages: dict[str, dict[str, None]] = {}
    for line in report.sources:
        if line.id in ids:
            vintages.setdefault(line.producer, {})[
                f"{line.title}{f' {line.vintage}' if line.vintage else ''}"
            ] = None
    if not vintages:
        return report.coverage.source_line
    said = [f"{producer}, {', '.join(titles)}" for producer, titles in vintages.items()]
    word = "Sources" if len(said) > 1 else "Source"
    return french.typographic(f"{word} : {' ; '.join(said)}")


def _sources(report: Report, name: str) -> tuple[str, ...]:
    finding = report.findings.get(name)
    return finding.sources if finding is not None and finding.sources else BY_ID[name].sources


def _notes(report: Report, names: Iterable[str]) -> tuple[str, ...]:
    return tuple(
        formula(report.findings[name], BY_ID[name], report.territory)
        for name in names
        if name in report.findings and name in BY_ID
    )


def facts(report: Report) -> tuple[tuple[str, str], ...]:
    """What every file says of itself: `(label, text)`."""
    context, territory = report.context, report.territory
    producers = dict.fromkeys(source.producer for source in report.sources)
    licences = dict.fromkeys(source.licence for source in report.sources)
    rows = [
        ("Territoire", f"{french.name(territory, long=True)} ({territory.key})"),
        ("Niveau", territory.level.label),
        ("Périmètre", french.quantity(context.communes, "commune", "communes")),
        ("Référence", report.reference_label or french.UNKNOWN),
        ("Géographie des communes", context.geography),
        ("Date", context.date),
        ("Millésimes", ", ".join(sorted({s.vintage for s in report.sources if s.vintage})) or french.UNKNOWN),
        ("Producteurs", ", ".join(producers) or french.UNKNOWN),
        ("Licences", ", ".join(licences) or french.UNKNOWN),
        ("Secret statistique", SECRECY),
        ("Valeur inconnue", "« — » veut dire inconnu, jamais zéro ; la raison est écrite à côté."),
        ("Base", context.database),
    ]
    if context.fictional:
        rows.insert(0, ("Attention", FICTIONAL))
    return tuple((label, french.typographic(str(text))) for label, text in rows)


FICTIONAL = "Territoire fictif : les lieux et les chiffres sont inventés."
SECRECY = (
    "Les valeurs que le producteur ne diffuse pas, ou couvertes par le secret, ne sont écrites dans aucune partie "
    "de ce fichier ; une valeur bornée est donnée comme « au plus »."
)


# --- Sections ------------------------------------------------------------------------------------


def sections(report: Report) -> tuple[Section, ...]:
    """The chapters in the order of a CTG diagnosis; those without their data are absent."""
    made = (build(report) for build in BUILDERS)
    return tuple(section for section in made if section is not None)


def _essentiel(report: Report) -> Section | None:
    cards = tuple(_message_card(report, message) for message in report.messages[:4])
    if not cards:
        return None
    names = [message.indicator for message in report.messages if message.indicator]
    return Section(
        "essentiel",
        "L’essentiel",
        reading.title(report.headline),
        ((1.0, (Cards(cards),)),),
        source_line(report, names),
        _notes(report, names),
    )


def _message_card(report: Report, message) -> Card:
    indicator = BY_ID.get(message.indicator or "")
    finding = report.findings.get(message.indicator or "")
    figure, unit = french.UNKNOWN, ""
    if indicator is not None:
        figure, unit = amount(finding, indicator), indicator.unit
        if unit.startswith("%") and figure != french.UNKNOWN:
            figure, unit = f"{figure}{french.NBSP}%", unit.removeprefix("% ")
        elif unit == "€ par an" and figure != french.UNKNOWN:
            figure, unit = f"{figure}{french.NBSP}€", "par an"
        if figure == french.UNKNOWN:
            unit = indicator.short.lower() if not indicator.short[:2].isupper() else indicator.short
    return Card(
        figure, unit, _said(report, message, indicator, finding), message.detail, alert=message.good is False
    )


def _said(report: Report, message, indicator: Indicator | None, finding: Finding | None) -> str:
    """The figure stands beside: only the comparison is left to say, else the whole sentence."""
    against = report.reference or report.reference_label
    if indicator is None or value_of(finding) is None or not against:
        return reading.title(message.sentence)
    compared_ = reading.comparison(finding, indicator, against)
    if not compared_ or "impossible" in compared_ or " : " not in compared_.replace(french.NBSP, " "):
        return reading.title(message.sentence)
    return french.typographic(
        f"{indicator.short} : {compared_.replace(french.NBSP + ':', ',')}".removesuffix(".")
    )


PORTRAIT = (
    "population",
    "naissances",
    "enfants_moins_3",
    "enfants_3_11",
    "jeunes_12_25",
    "niveau_vie_median",
    "taux_pauvrete",
    "part_monoparentales",
)


def _portrait(report: Report) -> Section | None:
    names = [name for name in PORTRAIT if name in report.findings]
    if not names or all(value_of(report.findings[name]) is None for name in names):
        return None
    population = report.findings.get("population")
    births = report.findings.get("naissances")
    title = f"{french.subject(report.territory, long=True)}"
    verb = "comptent" if french.is_plural(report.territory) else "compte"
    parts = []
    if value_of(population) is not None:
        parts.append(f"{verb} {french.quantity(population.value, 'habitant', 'habitants')}")
    if value_of(births) is not None:
        parts.append(f"{french.quantity(births.value, 'naissance', 'naissances')} en {births.year}")
    title = f"{title} {' ; '.join(parts)}" if value_of(population) is not None else f"{title} : portrait"
    return Section(
        "portrait",
        "Portrait",
        french.typographic(title),
        ((1.0, (_figures_table(report, names, "Le territoire et ses repères"),)),),
        source_line(report, names),
        _notes(report, names),
    )


def _figures_table(report: Report, names: Sequence[str], caption: str) -> Table:
    """Indicators with the territory, its references, and vintage, status or reason at the end."""
    columns = list(dict.fromkeys(name for n in names for name, _ in compared(report.findings[n], report)))[:2]
    rows = []
    for name in names:
        finding, indicator = report.findings[name], BY_ID[name]
        beside = dict(compared(finding, report))
        rows.append(
            (
                _labelled(indicator),
                amount(finding, indicator),
                *(french.number(beside.get(column), indicator.decimals) for column in columns),
                status_text(finding, indicator, report.territory),
            )
        )
    return Table(
        caption,
        ("Indicateur", french.capitalised(called(report.territory)), *columns, "Millésime, statut"),
        tuple(rows),
        (0.36, 0.14, *(0.12 for _ in columns), 0.5 - 0.12 * len(columns)),
        tuple(range(1, 2 + len(columns))),
    )


def _labelled(indicator: Indicator) -> str:
    if indicator.unit.startswith(("%", "€", "km")):
        return f"{indicator.label} ({indicator.unit.split(' des ')[0]})"
    return indicator.label


ROLES = {
    "eaje": "territory",
    "eaje_psu": "territory",
    "eaje_hors_psu": "eaje_hors_psu",
    "am": "modes_am",
    "assistantes_maternelles": "modes_am",
    "ecole": "other",
    "gad": "domicile",
    "domicile": "domicile",
}


def _offre(report: Report) -> Section | None:
    bars = [bar for bar in report.coverage.bars if any(known(mode.rate) is not None for mode in bar.modes)]
    if len(bars) < 2 and not any(bar.key == report.territory.key for bar in bars):
        return None
    modes = list({mode.mode: mode.label for bar in bars for mode in bar.modes}.items())
    rows = []
    for bar in bars:
        rates = {mode.mode: known(mode.rate) for mode in bar.modes if mode.status in KNOWN}
        title = bar.title if len(bar.title) <= LONG_NAME else "Le territoire"
        rows.append(
            (french.typographic(title), tuple(rates.get(mode) for mode, _ in modes), known(bar.total))
        )
    drawn = [i for i in range(len(modes)) if any(row[1][i] is not None for row in rows)]
    rows = [(label, tuple(values[i] for i in drawn), total) for label, values, total in rows]
    year = next((bar.year for bar in bars if bar.year), None)
    caption = "Places pour 100 enfants de moins de 3 ans, par mode" + (f", {year}" if year else "")
    chart = Stacked(
        caption,
        tuple(modes[i][1] for i in drawn),
        tuple(ROLES.get(modes[i][0], "other") for i in drawn),
        tuple(rows),
    )
    notes = [
        f"{bar.title} : " + " ; ".join(_mode_note(mode) for mode in bar.modes if mode.status in KNOWN)
        for bar in bars
    ]
    return Section(
        "offre",
        "Petite enfance · offre par mode d’accueil",
        _offre_title(report, bars),
        ((1.0, (chart,)),),
        report.coverage.source_line,
        tuple(notes) + tuple(filter(None, (report.coverage.reading,))),
    )


KNOWN = ("ok", "estimated", "rounded", "bounded")


def _mode_note(mode) -> str:
    said = f"{mode.label} {french.number(mode.rate, 1)} pour 100 enfants"
    places = known(mode.places)
    return said if places is None else f"{said} ({french.quantity(places, 'place', 'places')})"


def _offre_title(report: Report, bars) -> str:
    """Names the territory only when the bar is its own: for a small commune it is its intercommunalité's."""
    first = bars[0]
    mine = first.key == report.territory.key
    where = french.capitalised(french.at(report.territory, long=True))
    if known(first.total) is None:
        return reading.title(
            report.coverage.reading or f"{where}, l’offre d’accueil n’est connue qu’en partie"
        )
    rate = f"{french.number(first.total, 1)} places pour 100 enfants de moins de 3 ans"
    if not mine:
        return french.typographic(
            f"Offre non diffusée pour {french.the(report.territory)} ; {first.title} : {rate}"
        )
    other = next((bar for bar in bars[1:] if known(bar.total) is not None), None)
    beside = f", contre {french.number(other.total, 1)} : {other.title}" if other else ""
    return french.typographic(f"{where}, {rate}{beside}")


def _position(report: Report) -> Section | None:
    rows = []
    for name in STRIPS:
        finding = report.findings.get(name)
        if finding is None or finding.position is None or value_of(finding) is None:
            continue
        indicator, position = BY_ID[name], finding.position
        if len(position.values) < 3 or position.minimum == position.maximum:
            continue
        beside = compared(finding, report)
        rows.append(
            Strip(
                f"{indicator.short} {finding.year or ''}".strip(),
                indicator.unit,
                finding.value,
                tuple(v for v in position.values if known(v) is not None),
                beside[-1][1] if beside else None,
                indicator.decimals,
                f"{french.ordinal(position.rank)} sur {position.of}",
            )
        )
    if not rows:
        return None
    rows = rows[:5]
    first = next(
        n for n in STRIPS if value_of(report.findings.get(n)) is not None and report.findings[n].position
    )
    finding = report.findings[first]
    siblings = report.siblings_label or "territoires de même niveau"
    title = (
        f"{french.subject(report.territory, long=True)} : {french.ordinal(finding.position.rank)} sur "
        f"{finding.position.of} pour {_article(BY_ID[first].short)}"
    )
    names = [n for n in STRIPS if n in report.findings]
    beside = compared(finding, report)
    return Section(
        "position",
        "Petite enfance · position",
        french.typographic(title),
        (
            (
                1.0,
                (
                    Strips(
                        f"Chaque point est un territoire : {siblings}",
                        tuple(rows),
                        called(report.territory),
                        siblings,
                        beside[-1][0] if beside else "",
                    ),
                ),
            ),
        ),
        source_line(report, names),
        (f"Rang 1 : la valeur la plus haute. Comparaison avec : {siblings}.", *_notes(report, names)),
    )


def _article(short: str) -> str:
    masculine = ("Taux", "Accès", "Niveau", "Accueil")
    lowered = short[:1].lower() + short[1:]
    if short.startswith(("Crèches", "Places", "Assistantes", "Naissances")):
        return f"les {lowered}"
    if short.startswith("Tous"):
        return "les places, tous modes"
    if french.elides(lowered):
        return f"l’{lowered}"
    return f"le {lowered}" if short.startswith(masculine) else f"la {lowered}"


def ranked_indicator(report: Report) -> str | None:
    """The first indicator that that takes at least three different known values among the members."""
    for name in RANKED_FIRST:
        values = {value_of(member.findings.get(name)) for member in report.members} - {None}
        if len(values) >= 3:
            return name
    return None


def _members(report: Report) -> Section | None:
    name = ranked_indicator(report)
    if name is None:
        return None
    indicator = BY_ID[name]
    rows = sorted(
        (
            (m.territory, m.findings[name])
            for m in report.members
            if value_of(m.findings.get(name)) is not None
        ),
        key=lambda row: -row[1].value,
    )
    bars = tuple(
        (french.name(t), f.value, reading.is_attention(f.word, indicator.direction)) for t, f in rows
    )
    references = _references(report, name)
    highest, lowest = rows[0], rows[-1]
    year = highest[1].year
    caption = french.capitalised(indicator.unit) + (f", {year}" if year else "")
    if len(bars) > MOST_BARS:
        half = MOST_BARS // 2
        charts = (
            (
                0.375,
                (
                    Ranked(
                        "Les plus fortes",
                        bars[:half],
                        references,
                        indicator.decimals,
                    ),
                ),
            ),
            (0.375, (Ranked("Les plus faibles", bars[-half:], references, indicator.decimals),)),
        )
    else:
        charts = ((0.75, (Ranked(caption, bars, references, indicator.decimals),)),)
    side = _member_side(report, name, rows)
    title = (
        f"{'Taux de couverture non diffusé ici ; ' if name == 'naissances' else ''}"
        f"{indicator.short.lower() if name == 'naissances' else indicator.short} : de {french.number(lowest[1].value, indicator.decimals)} {french.at(lowest[0])} "
        f"à {french.number(highest[1].value, indicator.decimals)} {french.at(highest[0])}"
    )
    words = [m.findings[name].word for m in report.members if name in m.findings]
    if report.reference is not None and any(words) and report.member_level == "commune":
        title = f"{reading.members(words, report.reference, indicator.direction)} : {title[:1].lower()}{title[1:]}"
        title = title if len(title) <= 125 else reading.members(words, report.reference, indicator.direction)
    return Section(
        "communes",
        f"{_theme(indicator)} · {_plural_members(report)}",
        french.typographic(title),
        (*charts, (0.25, (side,))),
        source_line(report, [name]),
        (
            indicator.definition,
            indicator.caveat,
            "La ligne de référence est un trait : si la référence change, déplacez-la à la main.",
        ),
    )


def _theme(indicator: Indicator) -> str:
    return THEMES.get(indicator.theme, "Petite enfance")


def _plural_members(report: Report) -> str:
    return {
        "commune": "communes",
        "epci": "intercommunalités",
        "departement": "départements",
        "region": "régions",
    }.get(str(report.member_level), "membres")


def _references(report: Report, name: str) -> tuple[tuple[str, float, bool], ...]:
    """The chosen reference (attention colour) and the territory itself."""
    finding = report.findings.get(name)
    if finding is None or BY_ID[name].denominator is None and not BY_ID[name].published:
        return ()
    lines = [(label, value, True) for label, value in compared(finding, report)[:1] if value is not None]
    if value_of(finding) is not None:
        lines.append((called(report.territory), finding.value, False))
    return tuple(lines)


def _member_side(report: Report, name: str, rows) -> Text:
    indicator = BY_ID[name]
    noun = _plural_members(report)
    items = []
    below = [french.name(t) for t, f in rows if reading.is_attention(f.word, indicator.direction)]
    if below:
        side = "au-dessus" if indicator.direction is Direction.LESS_IS_BETTER else "en dessous"
        items.append(
            (
                f"{len(below)} {_noun(noun, len(below))} {side} {against(report)}",
                _names(below[::-1]),
                True,
            )
        )
    hidden = [m for m in report.members if value_of(m.findings.get(name)) is None]
    if hidden:
        reasons = {
            reading.reason(m.findings[name], indicator, m.territory) for m in hidden if name in m.findings
        } - {""}
        why = sorted(reasons, key=len)[0] if reasons else "Valeur inconnue."
        items.append(
            (
                f"{len(hidden)} {_noun(noun, len(hidden))} sans valeur",
                f"{_names([french.name(m.territory) for m in hidden], 9)} : — {why}",
                False,
            )
        )
    if len(rows) > MOST_BARS:
        half = MOST_BARS // 2
        top, bottom = rows[half - 1][1].value, rows[-half][1].value
        items.append(
            (
                f"{len(rows)} {noun} connues" if noun != "départements" else f"{len(rows)} {noun} connus",
                f"Unité : {indicator.unit}. Les {len(rows) - MOST_BARS} autres sont entre {french.number(bottom, indicator.decimals)} et "
                f"{french.number(top, indicator.decimals)}. La liste entière est dans le classeur Excel.",
                False,
            )
        )
    if not items:
        items.append((f"{len(rows)} {noun}", indicator.caveat or indicator.definition, False))
    return Text(tuple((french.typographic(a), french.typographic(b), c) for a, b, c in items))


def _noun(plural: str, count: int) -> str:
    return plural if count > 1 else plural.removesuffix("s")


def against(report: Report) -> str:
    """ "de la Gironde", "de la médiane des territoires semblables"."""
    if report.reference is not None:
        return french.of(report.reference)
    return french.of_text(report.reference_label or "la référence")


def _names(names: Sequence[str], most: int = 12) -> str:
    """ "A, B et C", or "A, B, … et 12 autres"."""
    if len(names) <= most:
        return french.listing(names)
    return f"{', '.join(names[:most])} et {len(names) - most} autres"


GAP_INDICATORS = ("taux_couverture", "places_100", "places_eaje_100")


def _gap(report: Report) -> Section | None:
    name = next(
        (
            n
            for n in GAP_INDICATORS
            if sum(value_of(m.findings.get(n)) is not None for m in report.members) >= 1
        ),
        None,
    )
    if name is None or len(report.members) < 2:
        return None
    indicator = BY_ID[name]
    short = sorted(
        (
            (m.territory, m.findings[name])
            for m in report.members
            if name in m.findings and (known(m.findings[name].missing) or 0.0) >= 0.5
        ),
        key=lambda row: -row[1].missing,
    )
    beside = compared(report.findings[name], report) if name in report.findings else []
    reference = next(((label, value) for label, value in beside if value is not None), None)
    year = next((f.year for _, f in short), None) or report.findings[name].year
    chart = Map(
        f"{indicator.short}{f', {year}' if year else ''} : écart à la référence",
        "ratio",
        _map_alt(report, indicator, reference),
        name,
        {m.territory.code: value_of(m.findings.get(name)) for m in report.members},
        reference,
    )
    title, table = _gap_table(report, short, indicator)
    if all(known(m.findings[name].missing) is None for m in report.members if name in m.findings):
        # Nothing was compared: that nobody is below would be false.
        title = french.typographic(
            f"{indicator.short} : le niveau {against(report)} n’est pas connu, l’écart non plus"
        )
    return Section(
        "ecart",
        "Petite enfance · écart en places",
        title,
        ((0.58, (chart,)), (0.42, table)),
        source_line(report, [name]),
        (
            f"Places manquantes = (référence − valeur) ÷ {french.number(100)} × enfants de moins de 3 ans ; 0 si la référence "
            "est atteinte. Une place peut servir plusieurs enfants.",
            *(
                f"{french.name(t)} : {french.number(f.value, 1)} ; il manque {french.quantity(f.missing, 'place', 'places')}"
                for t, f in short
            ),
        ),
    )


def _gap_table(report: Report, short, indicator: Indicator) -> tuple[str, tuple[Block, ...]]:
    if not short:
        text = (
            f"Aucune commune connue n’est sous le niveau {against(report)}"
            if report.member_level == "commune"
            else (f"Aucun territoire connu n’est sous le niveau {against(report)}")
        )
        return french.typographic(text), (
            Text(
                (
                    (
                        "Lecture",
                        "Les valeurs inconnues sont hachurées : elles ne disent pas que tout va bien.",
                        False,
                    ),
                )
            ),
        )
    total = sum(f.missing for _, f in short)
    who = (
        french.listing([french.name(t) for t, _ in short])
        if len(short) <= 3
        else (f"{len(short)} {_plural_members(report)}")
    )
    title = f"{french.quantity(total, 'place manque', 'places manquent')} pour porter {who} au niveau {against(report)}"
    rows = [
        (
            french.name(t),
            french.number(value_of(f), indicator.decimals),
            _children(report, t),
            french.number(f.missing),
        )
        for t, f in short[:MOST_ROWS]
    ]
    others = short[MOST_ROWS:]
    if others:
        rows.append((f"{len(others)} autres", "", "", french.number(sum(f.missing for _, f in others))))
    rows.append(("Ensemble", "", "", french.number(total)))
    table = Table(
        "Places manquantes",
        (french.capitalised(_noun(_plural_members(report), 1)), "Taux", "Enfants", "Places manquantes"),
        tuple(rows),
        (0.4, 0.16, 0.2, 0.24),
        (1, 2, 3),
        total=True,
    )
    return french.typographic(title), (table,)


def _children(report: Report, territory: Territory) -> str:
    member = next(m for m in report.members if m.territory.key == territory.key)
    return french.number(value_of(member.findings.get("enfants_moins_3")))


def _map_alt(report: Report, indicator: Indicator, reference) -> str:
    """What a reader who does not see the map needs: how many, the extremes, the unknown."""
    found = [(french.name(m.territory), value_of(m.findings.get(indicator.id))) for m in report.members]
    have = sorted((v, n) for n, v in found if v is not None)
    text = f"Carte : {indicator.label}, {len(have)} valeurs connues sur {len(found)}"
    if have:
        text += (
            f", de {french.number(have[0][0], indicator.decimals)} ({have[0][1]}) à "
            f"{french.number(have[-1][0], indicator.decimals)} ({have[-1][1]})"
        )
    return french.typographic(
        text + (f". Référence, {reference[0]} : {french.number(reference[1], 1)}." if reference else ".")
    )


def _quartiers(report: Report) -> Section | None:
    count = value_of(report.findings.get("nombre_qpv"))
    districts = report.qpv.districts
    if not districts:
        return None
    blocks = _poverty_scatter(report)
    table = _district_table(districts)
    columns = ((0.5, blocks), (0.5, (table,))) if blocks else ((1.0, (table,)),)
    number = french.quantity(
        count if count is not None else len(districts), "quartier prioritaire", "quartiers prioritaires"
    )
    title = (
        reading.title(report.qpv.reading) if report.qpv.reading else f"{number} {french.at(report.territory)}"
    )
    return Section(
        "quartiers",
        "Quartiers prioritaires et inégalités",
        title,
        columns,
        source_line(report, ("nombre_qpv", "equipements_en_qpv", "taux_pauvrete")),
        (report.qpv.reading, *_notes(report, ("nombre_qpv", "part_population_qpv", "equipements_en_qpv"))),
    )


def _district_table(districts: Sequence[dict]) -> Table:
    """The first districts; the two counts are there only when one of them is known."""
    counts = [(_count_of(d["inside"]), _count_of(d["near"])) for d in districts]
    counted = any(count != french.UNKNOWN for pair in counts for count in pair)
    rows = [
        (
            french.typographic(d["name"]),
            french.typographic(", ".join(d["communes"])),
            *(pair if counted else ()),
        )
        for d, pair in zip(districts, counts, strict=True)
    ]
    if len(rows) > MOST_ROWS:
        more = len(rows) - MOST_ROWS + 1
        rows = [
            *rows[: MOST_ROWS - 1],
            (f"{more} autres", "voir le classeur Excel", *(("", "") if counted else ())),
        ]
    header = ("Quartier", "Commune", *(("Services dedans", "À 500 m") if counted else ()))
    widths = (0.4, 0.28, 0.18, 0.14) if counted else (0.55, 0.45)
    return Table(
        "Quartiers prioritaires et équipements aux familles",
        header,
        tuple(rows),
        widths,
        (2, 3) if counted else (),
    )


def _count_of(found: Mapping | None) -> str:
    """The sum over the types of facilities; unknown as soon as one of them is."""
    values = [known(value) for value in (found or {}).values()]
    return french.UNKNOWN if None in values or not values else french.number(sum(values))


def _poverty_scatter(report: Report) -> tuple[Block, ...]:
    points = []
    for member in report.members:
        x, y = (value_of(member.findings.get(n)) for n in ("taux_pauvrete", "taux_couverture"))
        if x is not None and y is not None:
            inside = value_of(member.findings.get("nombre_qpv"))
            points.append((french.name(member.territory), x, y, inside is not None and inside > 0))
    if len(points) < 5:
        return ()
    beside = [(n, v) for n, v in compared(report.findings["taux_couverture"], report) if v is not None]
    return (
        Scatter(
            "Pauvreté et accueil, en violet les communes avec quartier prioritaire",
            "Taux de pauvreté (%)",
            "Places pour 100 enfants de moins de 3 ans",
            tuple(points),
            beside[0] if beside else None,
        ),
    )


def _alsh(report: Report) -> Section | None:
    alsh, finding = report.alsh, report.findings.get("acces_alsh")
    if finding is None or (value_of(finding) is None and known(alsh.children) is None):
        return None
    indicator = BY_ID["acces_alsh"]
    share = value_of(finding)
    radius = french.number(alsh.radius_km, 0 if float(alsh.radius_km).is_integer() else 1)
    near, children = known(alsh.within_radius), known(alsh.children)
    near_share = 100 * near / children if near is not None and children else None
    without = [french.typographic(str(c.get("name", ""))) for c in alsh.without]
    cards = [
        Card(
            french.percent(share, 1),
            "des 3-11 ans",
            "Vivent dans une commune qui a un accueil de loisirs",
            status_text(finding, indicator, report.territory),
        ),
        Card(
            french.percent(near_share, 1),
            "des 3-11 ans",
            f"Vivent à moins de {radius} km d’un accueil de loisirs",
            "À vol d’oiseau depuis le centre de la commune",
        ),
    ]
    if share is not None and report.context.communes > 1:
        cards.append(
            Card(
                french.number(len(without)),
                french.plural(len(without), "commune", "communes"),
                "Sans accueil de loisirs recensé"
                if without
                else "Chaque commune connue a un accueil de loisirs",
                _names(without, 6),
                alert=bool(without),
            )
        )
    if not alsh.places:
        cards.append(
            Card(
                french.UNKNOWN,
                "places et horaires",
                "Places, tarifs et fréquentation ne sont pas publiés",
                "À demander à la Caf et aux gestionnaires",
            )
        )
    columns: tuple = ((1.0, (Cards(tuple(cards)),)),)
    if share is not None:
        alt = french.typographic(f"Carte des accueils de loisirs. {alsh.reading}")
        picture = Map("Accueils de loisirs (BPE)", "dots", alt, stat="alsh")
        columns = ((0.5, (Cards(tuple(cards)),)), (0.5, (picture,)))
    return Section(
        "alsh",
        "Enfance · accueils de loisirs",
        _alsh_title(report, share),
        columns,
        source_line(report, ("acces_alsh",)),
        (indicator.definition, indicator.caveat, *_notes(report, ("acces_alsh", "acces_alsh_5km"))),
    )


def _alsh_title(report: Report, share: float | None) -> str:
    if share is None:
        return (
            reading.title(report.alsh.reading)
            if report.alsh.reading
            else "L’accès aux accueils de loisirs n’est pas connu"
        )
    where = french.capitalised(french.at(report.territory))
    return french.typographic(
        f"{where}, {french.percent(share, 1)} des 3-11 ans vivent dans une commune qui a un accueil de loisirs"
    )


def _familles(report: Report) -> Section | None:
    names = [
        n
        for n in ("enfants_par_rpe", "enfants_par_laep", "habitants_par_centre_social", "part_monoparentales")
        if n in report.findings
    ]
    rows = list(_service_rows(report))
    if not rows:
        return None
    rows.sort(key=lambda row: row[1] == french.UNKNOWN)
    table = Table(
        "Services aux familles, jeunesse et vie sociale",
        ("Service", "Nombre", "Rapporté au besoin", "Lecture"),
        tuple(rows[:9]),
        (0.3, 0.1, 0.28, 0.32),
        (1,),
    )
    main = next((n for n in names if value_of(report.findings[n]) is not None), None)
    unknown = sum(row[1] == french.UNKNOWN for row in rows)
    title = "Familles, jeunesse et vie sociale : les services recensés"
    if main is not None:
        finding, indicator = report.findings[main], BY_ID[main]
        title = f"{indicator.label} : {french.number(finding.value, indicator.decimals)}"
    if unknown:
        title += (
            f" ; {french.quantity(unknown, 'service reste', 'services restent')} à documenter avec la Caf"
        )
    return Section(
        "familles",
        "Familles, jeunesse et vie sociale",
        french.typographic(title),
        ((1.0, (table,)),),
        f"{source_line(report, names)}. « — » : valeur inconnue, jamais nulle.",
        _notes(report, names),
    )


def _service_rows(report: Report) -> Iterable[tuple[str, ...]]:
    """Label, count, one for how many, then the year or why it is unknown."""
    for service in report.services:
        count, ratio = known(service["count"]), known(service["ratio"])
        per = french.UNKNOWN
        if ratio is not None:
            unit = service["ratio_unit"] or ""
            per = f"{french.number(ratio, 0 if ratio >= 20 else 1)} {unit}".strip()
        note = service["reason"] or (f"recensés en {service['year']}" if service["year"] else "")
        yield (
            french.capitalised(french.typographic(service["label"])),
            french.number(count),
            french.typographic(per),
            french.typographic(note),
        )


def _droits(report: Report) -> Section | None:
    finding = report.findings.get("distance_france_services")
    if finding is None:
        return None
    indicator = BY_ID["distance_france_services"]
    rows = sorted(
        (
            (french.name(m.territory), value_of(m.findings.get(indicator.id)))
            for m in report.members
            if value_of(m.findings.get(indicator.id)) is not None
        ),
        key=lambda row: -row[1],
    )
    if value_of(finding) is None and not rows:
        return None
    beside = [f"{n} : {french.number(v, 1)} km" for n, v in compared(finding, report) if v is not None]
    cards = [
        Card(
            amount(finding, indicator) + (f"{french.NBSP}km" if value_of(finding) is not None else ""),
            "en moyenne",
            "Distance de l’habitant moyen à une France services, à vol d’oiseau",
            " ; ".join(beside) or status_text(finding, indicator, report.territory),
        )
    ]
    columns: tuple = ((1.0, (Cards(tuple(cards)),)),)
    if len(rows) >= 3:
        far = tuple((n, v, False) for n, v in rows[:10])
        columns = (
            (0.5, (Cards(tuple(cards)), Text((("Lecture", indicator.caveat, False),)))),
            (0.5, (Ranked("Communes les plus éloignées, en km", far, (), 1),)),
        )
    title = f"{french.capitalised(french.at(report.territory))}, une France services est en moyenne à {amount(finding, indicator)}{french.NBSP}km"
    if value_of(finding) is None:
        title = "La distance aux France services n’est pas connue partout"
    return Section(
        "droits",
        "Accès aux droits et inclusion numérique",
        french.typographic(title),
        columns,
        source_line(report, (indicator.id,)),
        _notes(report, (indicator.id,)),
    )


def _perspectives(report: Report) -> Section | None:
    births = next((s for s in report.births if s.key == report.territory.key), None)
    columns: list = []
    if births is not None:
        points = tuple(
            (y, v) for y, v in zip(births.years, births.values, strict=True) if known(v) is not None
        )
        if len(points) >= 3:
            columns.append(Lines("Naissances par an", (Line("", points, "territory"),)))
    scenarios = _scenarios(report)
    if scenarios:
        columns.append(Lines("Enfants de moins de 3 ans, trois scénarios", scenarios))
    if not columns:
        return None
    title = (
        reading.title(report.outlook.reading) if report.outlook.reading else "Les naissances du territoire"
    )
    width = 1 / len(columns)
    return Section(
        "perspectives",
        "Perspectives",
        title,
        tuple((width, (block,)) for block in columns),
        f"{source_line(report, ('naissances', 'enfants_moins_3'))}. Scénarios, non prévisions.",
        (
            report.outlook.reading,
            "Les scénarios prolongent les naissances ; ils ne prévoient pas les déménagements.",
        ),
    )


def _scenarios(report: Report) -> tuple[Line, ...]:
    found: dict[str, list[tuple[int, float]]] = {}
    for row in report.outlook.children:
        value = known(row.get("children"))
        if row.get("band", "moins_3") == "moins_3" and value is not None and row.get("year") is not None:
            found.setdefault(str(row.get("scenario")), []).append((int(row["year"]), value))
    roles = {"constant": "muted", "trend": "modes_am", "low": "attention"}
    lines = [
        Line(
            SCENARIOS.get(name, french.capitalised(name)),
            tuple(sorted(points)),
            roles.get(name, "territory"),
            name in roles,
        )
        for name, points in found.items()
        if len(points) >= 2
    ]
    # The longest first: LibreOffice loses a first series shorter than the next ones.
    return tuple(sorted(lines, key=lambda line: -len(line.points)))


def _acces(report: Report) -> Section | None:
    rows = [row for row in report.access.communes if known(row.get("access")) is not None]
    if len(rows) < max(3, len(report.access.communes) / 2):
        return None
    rows = sorted(rows, key=lambda row: row["access"])[:MOST_ROWS]
    table = Table(
        "Communes où le moins de places en crèche sont à portée",
        ("Commune", "Places à portée pour 100 enfants", "Places dans la commune pour 100 enfants"),
        tuple(
            (
                french.typographic(str(r.get("name", ""))),
                french.number(r["access"], 1),
                french.number(r.get("raw"), 1),
            )
            for r in rows
        ),
        (0.4, 0.3, 0.3),
        (1, 2),
    )
    title = (
        reading.title(report.access.reading)
        if report.access.reading
        else "Les places à portée, voisins compris"
    )
    return Section(
        "acces",
        "Petite enfance · places à portée",
        title,
        ((1.0, (table,)),),
        source_line(report, ("accessibilite_eaje",)),
        (BY_ID["accessibilite_eaje"].definition, BY_ID["accessibilite_eaje"].caveat),
    )


def _priorites(report: Report) -> Section | None:
    if not report.priorities:
        return None
    rows = tuple(
        (
            str(p.order),
            BY_ID[p.indicator].short if p.indicator in BY_ID else p.indicator,
            french.typographic(p.sentence),
            french.typographic(french.capitalised(p.reason)),
        )
        for p in report.priorities[:6]
    )
    table = Table(
        "Priorités à débattre", ("", "Sujet", "Constat", "Pourquoi ici"), rows, (0.04, 0.22, 0.46, 0.28)
    )
    count = len(report.priorities)
    title = f"{french.quantity(count, 'écart ressort', 'écarts ressortent')} : à débattre, non une décision"
    return Section(
        "priorites",
        "Priorités",
        french.typographic(title),
        ((1.0, (table,)),),
        source_line(report, [p.indicator for p in report.priorities]),
        tuple(f"{p.order}. {p.sentence} {p.reason}" for p in report.priorities),
    )


def _leviers(report: Report) -> Section | None:
    called_ = [lever for lever in report.levers if lever["need"] == "gap"]
    asked = [lever for lever in report.levers if lever["need"] == "question"]
    if not called_ and not asked:
        return None
    rows = tuple(
        (
            french.typographic(lever["dispositif"]),
            french.typographic(shortened(lever["reason"], 150)),
            french.typographic(shortened(_brings(lever), 150)),
        )
        for lever in (called_ or asked)[:6]
    )
    table = Table("Leviers", ("Dispositif", "Pourquoi", "Ce qu’il apporte"), rows, (0.24, 0.38, 0.38))
    parts = []
    if called_:
        parts.append(f"{french.quantity(len(called_), 'levier répond', 'leviers répondent')} à un écart")
    if asked:
        parts.append(
            f"{french.quantity(len(asked), 'levier pose', 'leviers posent') if not called_ else french.quantity(len(asked), 'pose', 'posent')} une question à trancher"
        )
    every = tuple(
        f"{lever['dispositif']} : {lever['reason']} {_brings(lever)}" for lever in (*called_, *asked)
    )
    return Section(
        "leviers",
        "Leviers",
        french.typographic(", ".join(parts)),
        ((1.0, (table,)),),
        "Montants datés du vademecum et de ses sources : à confirmer avec la Caf avant toute décision.",
        every,
    )


def shortened(text: str, most: int) -> str:
    """The text cut at a word, with "…", when it is longer than `most` characters."""
    return text if len(text) <= most else f"{text[:most].rsplit(' ', 1)[0].rstrip(' ,;:')}…"


def _brings(lever: dict) -> str:
    return " ; ".join(lever["amounts"][:2]) or french.UNKNOWN


def _sources_section(report: Report) -> Section | None:
    vintages: dict[tuple[str, str, str], list[str]] = {}
    for s in report.sources:
        vintages.setdefault((s.title, s.producer, s.licence), []).extend(filter(None, (s.vintage,)))
    rows = tuple(
        (french.typographic(title), producer, ", ".join(dict.fromkeys(years)) or french.UNKNOWN, licence)
        for (title, producer, licence), years in vintages.items()
    )
    header = ("Source", "Producteur", "Millésime", "Licence")
    table = Table("Sources", header, rows, (0.46, 0.2, 0.17, 0.17))
    notes = tuple(f"{label} : {text}" for label, text in facts(report))
    return Section(
        "sources",
        "Sources et méthode",
        french.typographic(
            f"{french.quantity(len(rows), 'source ouverte et datée', 'sources ouvertes et datées')} ; une valeur inconnue reste inconnue"
        ),
        ((1.0, (table,)),),
        french.typographic(f"{SECRECY} Géographie : {report.context.geography}."),
        notes + tuple(report.notes),
    )


BUILDERS: tuple[Callable[[Report], Section | None], ...] = (
    _essentiel,
    _portrait,
    _offre,
    _position,
    _members,
    _gap,
    _acces,
    _alsh,
    _familles,
    _quartiers,
    _droits,
    _perspectives,
    _priorites,
    _leviers,
    _sources_section,
)

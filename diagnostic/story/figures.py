"""Figures as the sections write them: the number, its status, its parts, its sources, what it is compared with."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence

from diagnostic import french, reading
from diagnostic.indicators import BY_ID, LEISURE
from diagnostic.measure import FEW
from diagnostic.model import Against, Comparator, Finding, Indicator, Level, Status, Territory, fact_of
from diagnostic.report import Member, Report
from diagnostic.story.blocks import Section, Table
from diagnostic.story.words import called, known, labelled, titled


def value_of(finding: Finding | None) -> float | None:
    """The value that may be said: None when the status forbids it."""
    return reading.known_value(finding) if finding is not None else None


def printed(report: Report, name: str) -> float | None:
    """The value of an indicator as it is printed, None when it is unknown: children reckoned from births are rounded."""
    finding = report.findings.get(name)
    value = value_of(finding)
    return None if finding is None or value is None else reading.printable(value, finding, BY_ID[name])


def exact_of(finding: Finding | None) -> float | None:
    """The value that may stand on an axis: None when it is unknown or only bounded."""
    return None if finding is None or finding.status is Status.BOUNDED else value_of(finding)


def amount(finding: Finding | None, indicator: Indicator, sign: str = "") -> str:
    """The number alone, then `sign`; "5 ou moins" when it is only bounded, "—" when unknown."""
    value = value_of(finding)
    if finding is None or value is None:
        return french.UNKNOWN
    sign = f"{french.NBSP}{sign}" if sign else ""
    if finding.status is Status.BOUNDED:
        return (
            f"{french.number(value, 0 if float(value).is_integer() else indicator.decimals)}{sign} ou moins"
        )
    # All or none: « 100 % » needs no decimal to be exact.
    whole = indicator.unit.startswith("%") and value in (0.0, 100.0)
    shown = reading.printable(value, finding, indicator)
    return (
        f"{french.number(shown, 0 if whole else reading.decimals_of(shown, finding.status, indicator))}{sign}"
    )


def whole(value: float | None) -> float | None:
    """People and places have no decimals."""
    rounded = french.rounded(known(value))
    return None if rounded is None else float(rounded)


def said(value: float | None) -> str:
    """A count as small figures print it: unknown is said, never zero."""
    return "inconnu" if known(value) is None else french.number(value)


def statuses(report: Report, indicator: str, *, members: bool = False) -> tuple[str, ...]:
    """The status words of the known values of an indicator, of the territory or of its members; those of the unknown ones
    where none is known."""
    found = [member.findings.get(indicator) for member in report.members] if members else []
    given = [item for item in found or [report.findings.get(indicator)] if item is not None]
    kept = [item for item in given if value_of(item) is not None] or given
    return tuple(dict.fromkeys(reading.status_word(item, BY_ID[indicator]) for item in kept)) or ("inconnu",)


def status_text(finding: Finding, indicator: Indicator, territory: Territory) -> str:
    """Vintage and status when known, the reason when not."""
    if value_of(finding) is None:
        return reading.reason(finding, indicator, territory) or "Valeur inconnue."
    return ", ".join(
        filter(None, (reading.dated(finding, indicator), reading.status_word(finding, indicator)))
    )


def formula(finding: Finding, indicator: Indicator, territory: Territory) -> str:
    """The number with its parts, for notes: "Crèches : 28,7 = 8 000 places ÷ 27 900 enfants × 100"."""
    value = value_of(finding)
    if value is None:
        return f"{indicator.label} : — ({status_text(finding, indicator, territory)})"
    if fact := fact_of(finding, indicator):
        return french.typographic(
            f"{french.capitalised(fact)} [{status_text(finding, indicator, territory)}]"
        )
    said = f"{indicator.label} : {reading.figure(finding, indicator)}"
    top, bottom = known(finding.numerator), known(finding.denominator)
    if indicator.denominator and top is not None and bottom is not None and _whole(top) and _whole(bottom):
        years = [str(y) for y in (finding.numerator_year, finding.denominator_year) if y]
        said += (
            f" = {_part(top, indicator.numerator_label)} ÷ {_part(bottom, indicator.denominator_label)}"
            + (f" × {french.number(indicator.per)}" if indicator.per != 1 else "")
            + (f" (millésimes {' et '.join(dict.fromkeys(years))})" if years else "")
        )
    return french.typographic(f"{said} [{status_text(finding, indicator, territory)}]")


def _whole(part: float) -> bool:
    """Whether a part may be written without decimals: of a few people of the census, weighted, « 0 ÷ 1 » is no 48 %."""
    return part >= FEW or abs(part - round(part)) < 0.05


def _part(part: float, label: str) -> str:
    """ "8 000 places", and "1 (centres sociaux)": the labels are plurals."""
    said, label = french.number(part), label or "unités"
    return f"{said} {label}" if french.is_many(part) else f"{said} ({label})"


def compared(finding: Finding, report: Report) -> list[tuple[str, float | None]]:
    """The chosen reference then France: `(name, value)`, without repeats and without the territory itself. The
    name has its year where the value is of another year than that of the finding."""
    return [
        (
            french.typographic(c.name) + ("" if c.year in (None, finding.year) else f" ({c.year})"),
            known(c.value) if c.status.known else None,
        )
        for c in _beside(finding, report)
    ]


def _beside(finding: Finding, report: Report) -> list[Comparator]:
    against = report.against(finding.indicator)
    keys = [against.key if against is not None else None, "france"]
    by_key = {comparator.key: comparator for comparator in finding.comparators}
    return [by_key[key] for key in dict.fromkeys(keys) if key in by_key and key != report.territory.key]


def source_line(
    report: Report,
    indicators: Iterable[str],
    *,
    members: bool | Collection[str] = False,
    beside: Iterable[str] = (),
    files: Iterable[str] = (),
) -> str:
    """ "Sources : Cnaf, Taux de couverture 2021 ; …" for the indicators given, of the `members` too when they
    are drawn (those of some indicators only, where these are named): a producer may publish one file a level.

    A file of one year carries its own year; one of several, the year of the figure. What an unknown value would
    have come from is no source of the page. `beside` are indicators whose files serve, for another year than
    that of their own figure; `files` the sources of what is no indicator.
    """
    names = [name for name in indicators if name in BY_ID]
    found = [report.findings.get(name) for name in names]
    drawn = names if members is True else members or ()
    found += [member.findings.get(name) for member in report.members for name in drawn]
    years: dict[str, set[str]] = {}
    for finding in found:
        if finding is not None and value_of(finding) is not None:
            for source in finding.sources or BY_ID[finding.indicator].sources:
                years.setdefault(source, set()).add(str(finding.year or ""))
    for name in beside:
        for source in BY_ID[name].sources:
            years.setdefault(source, set())
    for source in files:
        years.setdefault(source, set())
    vintages: dict[str, set[str]] = {}
    for line in report.sources:
        vintages.setdefault(line.id, set()).add(line.vintage)
    said: dict[str, dict[str, str]] = {}
    for line in report.sources:
        if line.id in years:
            own = vintages[line.id] == {line.vintage} and line.vintage.isdecimal()
            when = [line.vintage] if own else sorted(filter(None, years[line.id]))
            said.setdefault(line.producer, {})[line.title] = french.listing(
                [year for year in when if year and not line.title.endswith(year)]
            )
    if not said:
        return ""
    return _sources_said(
        {
            producer: [f"{title} {when}".strip() for title, when in titles.items()]
            for producer, titles in said.items()
        }
    )


def _sources_said(titles: Mapping[str, Sequence[str]]) -> str:
    """ "Sources : Cnaf, Taux de couverture 2021 ; …" from what each producer made."""
    each = [", ".join((producer, *made)) for producer, made in titles.items()]
    return french.typographic(f"{'Sources' if len(each) > 1 else 'Source'} : {' ; '.join(each)}.")


_SENTENCES = re.compile(r"(?<=[.])\s(?=[A-ZÀ-Ý])")


def sources_together(report: Report, lines: Sequence[str]) -> tuple[str, ...]:
    """Lines of sources as one, each producer and each file once, with all its years; what they say besides follows,
    sentence by sentence."""
    files = "|".join(
        sorted({re.escape(french.typographic(one.title)) for one in report.sources}, key=len, reverse=True)
    )
    found: dict[str, dict[str, set[str]]] = {}
    others: list[str] = []
    for said in dict.fromkeys(said for line in lines for said in _SENTENCES.split(line)):
        listed = re.fullmatch(r"Sources?\s:\s(.*)\.", said)
        if listed is None:
            others.append(said)
            continue
        for one in re.split(r"\s;\s", listed[1]):
            producer, *titles = re.split(rf", (?={files})", one)
            made = found.setdefault(producer, {})
            for title in titles:
                dated = re.fullmatch(rf"({files})\s((?:\d{{4}}|,|\set|\s)+)", title)
                name, years = (dated[1], re.findall(r"\d{4}", dated[2])) if dated else (title, [])
                made.setdefault(name, set()).update(years)
    said_of = {
        producer: [f"{title} {french.listing(sorted(years))}".strip() for title, years in made.items()]
        for producer, made in found.items()
    }
    return (*([_sources_said(said_of)] if found else []), *others)


def files_counting(stats: Iterable[str]) -> set[str]:
    """The files that count and locate these facilities."""
    return {
        source
        for stat in stats
        for source in (("france_services",) if stat == "france_services" else ("bpe", "bpe_melodi"))
    }


def sources_of(report: Report, indicators: Sequence[str]) -> str:
    """The same of figures of several territories: where the one of the page has no value, the files serve the others."""
    return source_line(report, indicators, beside=indicators)


def notes_of(report: Report, names: Iterable[str]) -> tuple[str, ...]:
    return tuple(
        formula(report.findings[name], BY_ID[name], report.territory)
        for name in names
        if name in report.findings and name in BY_ID
    )


def yes_or_no(report: Report, name: str) -> tuple[str, str, str] | None:
    """Of one commune, the share of its children near a leisure centre is all or nothing: it has one, or not. The label,
    the word, the vintage and the status of what is counted; None of all else."""
    finding = report.findings.get(name)
    if name not in LEISURE or report.territory.level is not Level.COMMUNE or value_of(finding) is None:
        return None
    where = "dans la commune" if name == LEISURE[0] else "à moins de 5 km"
    label = french.typographic(f"Accueil de loisirs {where} (référence : % des enfants)")
    year = f"{finding.year}, " if finding is not None and finding.year else ""
    return label, "oui" if value_of(finding) else "non", f"{year}calculé"


def named(against: Against | None, names: Collection[str], said: str) -> str:
    """A value of the reference, with its own name where a column has several of `names`."""
    return f"{against.name}{french.NBSP}: {said}" if said and against is not None and len(names) > 1 else said


def reference_names(report: Report, indicators: Iterable[str]) -> tuple[str, ...]:
    """The names of what these indicators are compared with: peers and goals measure some, a territory the others."""
    found = (report.against(name) for name in indicators)
    return tuple(dict.fromkeys(one.name for one in found if one is not None and one.value is not None))


def reference_head(names: Sequence[str]) -> str:
    """The heading of a column of references: their name, or the word where they have several."""
    return french.typographic(french.capitalised(names[0])) if len(names) == 1 else "Référence"


def figures_table(report: Report, names: Sequence[str], caption: str) -> Table:
    """Indicators with the territory, its references, and vintage, status or reason at the end.

    A column of references is headed by their name, or where they differ (a goal measures some indicators only)
    each cell has its own.
    """
    beside = [_beside(report.findings[name], report) for name in names]
    called_ = [list(dict.fromkeys(row[at].name for row in beside if len(row) > at)) for at in (0, 1)]
    columns = [french.typographic(found[0]) if len(found) == 1 else "Référence" for found in called_ if found]
    rows = []
    for name, others in zip(names, beside, strict=True):
        finding, indicator = report.findings[name], BY_ID[name]
        cells = []
        for at in range(len(columns)):
            other = others[at] if len(others) > at else None
            own_name = (
                f"{french.typographic(other.name)}{french.NBSP}: "
                if other is not None and len(called_[at]) > 1
                else ""
            )
            cells.append(own_name + reading.beside(other, finding, indicator))
        said = yes_or_no(report, name) or (
            labelled(indicator),
            amount(finding, indicator),
            status_text(finding, indicator, report.territory),
        )
        rows.append((*said[:2], *cells, said[2]))
    return Table(
        caption,
        ("Indicateur", french.capitalised(called(report.territory)), *columns, "Millésime, statut"),
        tuple(rows),
        (0.33, 0.14, *(0.14 for _ in columns), 0.53 - 0.14 * len(columns)),
        tuple(range(1, 2 + len(columns))),
    )


def section_of(report: Report, id: str, kicker: str, names: Sequence[str], subtitle: str = "") -> Section:
    """Figures that are told one by one: titled by the first that is known, in a table with its sources. By default, the
    subtitle names those that are known."""
    known_ = [name for name in names if value_of(report.findings[name]) is not None]
    told = known_[0] if known_ else names[0]
    return Section(
        id,
        kicker,
        titled(report, report.findings[told].reading),
        ((1.0, (figures_table(report, names, kicker),)),),
        source_line(report, names),
        notes_of(report, names),
        on_slides=False,
        subtitle=subtitle or french.capitalised(" ; ".join(BY_ID[name].short for name in known_)),
        statuses=statuses(report, told),
        indicators=tuple(names),
    )


def ends_of(members: Sequence[Member], indicator: Indicator) -> str:
    """ "de 18,3 (Le Blanc-Mesnil) à 134,7 (Rungis)": the least and the most of the members; empty where no value is known."""
    found = ((one.findings.get(indicator.id), one.territory) for one in members)
    rows = sorted(
        (value, french.name(place), reading.printed(finding, indicator))
        for finding, place in found
        if finding is not None and (value := value_of(finding)) is not None
    )
    if not rows:
        return ""
    (_, lowest, least), (_, highest, most) = rows[0], rows[-1]
    return f"de {least} ({lowest}) à {most} ({highest})"


def map_alt(report: Report, indicator: Indicator, reference) -> str:
    """What a reader who does not see the map needs: how many, the extremes, the unknown."""
    have = sum(value_of(one.findings.get(indicator.id)) is not None for one in report.members)
    text = f"Carte : {indicator.label}, {have} {french.plural(have, 'valeur connue', 'valeurs connues')} sur {len(report.members)}"
    ends = ends_of(report.members, indicator)
    text += f", {ends}" if ends else ""
    return french.typographic(
        text + (f". Référence, {reference[0]} : {french.number(reference[1], 1)}." if reference else ".")
    )

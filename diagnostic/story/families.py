"""Services to families, young people and social life."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from diagnostic import french, reading
from diagnostic.indicators import (
    BIRTHS,
    BY_ID,
    FACILITY_LABELS,
    FEMININE,
    HOUSEHOLDS,
    YOUTH,
    rounded_children,
)
from diagnostic.model import Level, Status
from diagnostic.report import TEENAGERS, TREND, Report, Service
from diagnostic.story.blocks import Data, Grid, KeyFigures, Section, Table, Text
from diagnostic.story.figures import (
    compared,
    files_counting,
    named,
    notes_of,
    reference_head,
    reference_names,
    said,
    section_of,
    source_line,
    value_of,
)
from diagnostic.story.keyfigures import of_indicators
from diagnostic.story.once import once
from diagnostic.story.words import known

FEWEST_ROWS = 2
"""Services that must be known for a slide to be worth its time."""


@once
def families_section(report: Report) -> Section | None:
    """The services counted, one for how many, and how many young people there are."""
    every_row = tuple(_service_rows(report))
    if not every_row:
        return None
    rows = [row for row in every_row if row[1] != french.UNKNOWN]
    uncounted = [row[0] for row in every_row if row[1] == french.UNKNOWN]
    caution = "Un type absent du fichier chargé est inconnu, non nul."
    if uncounted:
        caution += f" Non comptés ici : {' ; '.join(uncounted)}."
    shown = [row for row in report.services if known(row.count) is not None]
    names = [row.indicator for row in shown if row.indicator and row.indicator in report.findings]
    header = ("Service", "Nombre", "Rapporté au besoin", *_reference_head(report), "Le plus proche")
    widths = (0.29, 0.1, 0.25, *((0.22,) if _reference_head(report) else ()), 0.14)
    # A column that says of no service more than the others do has no room.
    wide = len(header) if any(row[-1] for row in rows) else len(header) - 1
    cells = tuple(row[:wide] for row in rows)
    table = Table("Services aux familles, jeunesse et vie sociale", header[:wide], cells, widths[:wide], (1,))
    young = _youth(report)
    every = _data(report)
    return Section(
        "familles",
        "Familles, jeunesse et vie sociale",
        _title(report),
        (*(((0.74, (table,)),) if rows else ()), *(((0.26, (young,)),) if young is not None else ())),
        _sources(report),
        notes_of(report, [*names, YOUTH]),
        subtitle="Lieux et services recensés",
        caution=caution,
        on_slides=len(rows) >= FEWEST_ROWS and any(known(row.count) for row in report.services),
        statuses=("officiel",),
        indicators=tuple(names),
        data=every,
        on_screen=(Grid("", _counted(report, every)),) if rows else (),
    )


def _sources(report: Report) -> str:
    """The files that count what is shown, here and at the reference."""
    shown = [row for row in report.services if known(row.count) is not None]
    ratios = [row.indicator for row in shown if row.indicator and known(row.ratio) is not None]
    beside = [row.indicator for row in shown if row.indicator and known(row.reference) is not None]
    young = [YOUTH, *((BIRTHS,) if _teenagers(report) is not None else ())]
    files = files_counting(row.stat for row in shown)
    return source_line(report, [*ratios, *young], beside=beside, files=files)


def _title(report: Report) -> str:
    """How many services are at the level of the reference and which is not, else the first counts that are known."""
    if (held := _held(report)) is not None:
        return held
    counted = [row for row in report.services if known(row.count) is not None]
    unknown = len(report.services) - len(counted)
    parts = [f"{french.number(row.count)} {_noun(row)}" for row in counted if row.count][:3]
    said_ = [_none_of(report, counted)]
    if parts:
        said_ = [french.capitalised(french.listing(parts[:most])) for most in (3, 2)]
    if parts and not unknown and (others := len(counted) - sum(bool(row.count) for row in counted)) > 1:
        none = f" ; des {french.in_words(others)} autres types de services, aucun n’est recensé"
        said_ = [*(f"{one}{none}" for one in said_), *said_]
    asked = f" ; {french.quantity(unknown, 'service reste', 'services restent')} à documenter avec la Caf"
    left = f" ; {french.quantity(unknown, 'inconnu', 'inconnus')}"
    return reading.held((*(f"{said_[0]}{more}" for more in (asked, left) if unknown), *said_))


def _none_of(report: Report, counted: Sequence[Service]) -> str:
    """ "Aucune France services recensée à Collorec": of the types that are counted, none is there; of the others, nothing
    is known."""
    where = french.at(report.territory)
    if not counted:
        return f"Services aux familles non recensés {where}"
    if len(counted) > 1:
        return (
            f"Aucun des {french.in_words(len(counted))} types de services comptés ici n’est recensé {where}"
        )
    feminine = counted[0].stat in FEMININE
    none = french.in_words(0, feminine=feminine, capital=True)
    return f"{none} {FACILITY_LABELS[counted[0].stat][0]} recensé{'e' * feminine} {where}"


def _held(report: Report) -> str | None:
    """ "Deux services sur 3 sont au niveau de la Gironde ; relais petite enfance : 18 de moins"; None under two
    services compared."""
    compared_ = [
        (row, BY_ID[row.indicator], report.findings[row.indicator].word)
        for row in report.services
        if row.indicator is not None
        and row.indicator in report.findings
        and report.findings[row.indicator].word
    ]
    against = report.against(compared_[0][1].id) if compared_ else None
    if len(compared_) < FEWEST_ROWS or against is None:
        return None
    bad = [row for row, indicator, word in compared_ if reading.is_attention(word, indicator.direction)]
    good = len(compared_) - len(bad)
    verb = french.verb(good, "est", "sont")
    count = french.in_words(good, capital=True)
    said_ = f"{count} {french.plural(good, 'service', 'services')} sur {len(compared_)} {verb} au niveau {against.of}"
    if good == len(compared_):
        said_ = f"Les {french.in_words(good)} services comparés sont au niveau {against.of}"
    if not good:
        said_ = f"Aucun des {french.in_words(len(compared_))} services comparés n’est au niveau {against.of}"
    if not bad:
        there = {row.stat for row, _, _ in compared_}
        none = next((row for row in report.services if row.count == 0 and row.stat not in there), None)
        if none is None:
            return said_
        one = FACILITY_LABELS[none.stat][0]
        feminine = none.stat in FEMININE
        lacks = f"{french.in_words(0, feminine=feminine)} {one} recensé{'e' * feminine}"
        return reading.held(
            (
                f"{said_} ; {lacks}",
                f"{count} services au niveau {against.of} ; {lacks}",
                french.capitalised(lacks),
            )
        )
    labels = [row.label[:1].lower() + row.label[1:] for row in bad]
    named = french.listing([_proper(label) for label in labels])
    more = french.in_words(len(bad)) if len(bad) > 1 else "un"
    return reading.held((f"{said_} ; à renforcer : {named}", f"{said_} ; {more} à renforcer"))


def _proper(label: str) -> str:
    """A label inside a sentence: France services keeps its capital."""
    return label if not label.startswith("france") else french.capitalised(label)


def _noun(row: Service) -> str:
    one, many = FACILITY_LABELS.get(row.stat, (row.label, row.label))
    return french.plural(row.count, one, many)


def _data(report: Report) -> Data:
    """Each service: how many, for how many people here and at the reference, what is missing, how many communes without, the
    reason."""
    head = _reference_head(report)
    return Data(
        ("Service", "Nombre", "Rapporté au besoin", *head, "À ajouter", "Communes sans", "À savoir"),
        tuple(
            (
                french.capitalised(french.typographic(row.label)),
                said(row.count),
                _per(report, row, row.ratio),
                *((_there(report, row),) if head else ()),
                "" if known(row.missing) is None else french.number(row.missing),
                "" if known(row.members_without) is None else french.number(row.members_without),
                french.typographic(row.reason or ""),
            )
            for row in report.services
        ),
    )


def _counted(report: Report, every: Data) -> Data:
    """The services that are counted, without the columns that say nothing of them: those of one commune are not
    counted by commune."""
    rows = [row for row, one in zip(every.rows, report.services, strict=True) if known(one.count) is not None]
    one = report.territory.level is Level.COMMUNE
    kept = [
        place
        for place, head in enumerate(every.header)
        if any(row[place] for row in rows) and not (one and head == "Communes sans")
    ]
    return Data(
        tuple(every.header[place] for place in kept),
        tuple(tuple(row[place] for place in kept) for row in rows),
    )


@once
def households_section(report: Report) -> Section | None:
    """Families and incomes; the title is the first figure that says something."""
    names = [name for name in HOUSEHOLDS if name in report.findings]
    told = next((name for name in names if value_of(report.findings[name]) is not None), None)
    if told is None or not report.findings[told].reading:
        return None
    subject = "Familles, revenus et lieux pour les parents"
    section = section_of(report, "menages", subject, names, subject)
    cards = KeyFigures(of_indicators(report, names))
    return replace(section, kicker="Familles · repères", on_screen=(cards,))


def _references(report: Report) -> tuple[str, ...]:
    """The names of what the services are compared with."""
    return reference_names(report, (service.indicator for service in report.services if service.indicator))


def _reference_head(report: Report) -> tuple[str, ...]:
    """The heading of the column of the reference; none without one."""
    names = _references(report)
    return (reference_head(names),) if names else ()


def _service_rows(report: Report) -> Iterable[tuple[str, ...]]:
    """Label, count, one for how many here and in the reference, the mean distance to the nearest."""
    for service in report.services:
        count = known(service.count)
        near = known(service.nearest_km)
        beside = (_there(report, service),) if _reference_head(report) else ()
        need = _per(report, service, service.ratio)
        far = "" if near is None else f"{french.number(near, 1)}{french.NBSP}km"
        # What is measured by the distance to the nearest one has it said once.
        yield (
            french.capitalised(french.typographic(service.label)),
            french.number(count),
            need,
            *beside,
            "" if far.split() == need.split() else far,
        )


def _there(report: Report, service: Service) -> str:
    """One for how many at the reference."""
    against = report.against(service.indicator) if service.indicator else None
    said = _per(report, service, service.reference, against.status if against is not None else None)
    return named(against, _references(report), said)


def _per(report: Report, service: Service, ratio: float | None, status: Status | None = None) -> str:
    """ "920 enfants par relais", as rounded as everywhere else; empty where nothing is measured. `status` is that of the
    ratio, where it is not the one of the territory."""
    ratio, finding = known(ratio), report.findings.get(service.indicator or "")
    if finding is not None:
        ratio = rounded_children(ratio, status or finding.status, BY_ID[finding.indicator])
    if ratio is None:
        return ""
    return french.typographic(
        f"{french.number(ratio, 0 if ratio >= 20 else 1)} {service.ratio_unit or ''}".strip()
    )


def _youth(report: Report) -> Text | None:
    """How many young people, against the references, and how many aged 12 to 17 are to come."""
    finding = report.findings.get(YOUTH)
    items = []
    if finding is not None and value_of(finding) is not None:
        year = f" en {finding.year}" if finding.year else ""
        beside = "".join(
            f" {name} : {french.number(value)}."
            for name, value in compared(finding, report)
            if value is not None
        )
        said = f"{french.quantity(finding.value, 'jeune', 'jeunes')} de 12 à 25 ans{year}."
        items.append(("Jeunesse", f"{said}{beside}", False))
    ahead = _teenagers(report)
    if ahead is not None:
        (first, start), (last, end) = ahead
        now, then = french.two_figures(start), french.two_figures(end)
        said = "autant" if now == then else f"environ {french.number(then)}"
        items.append(
            (
                f"12 à 17 ans d’ici {last}",
                f"Environ {french.number(now)} en {first}, {said} en {last} si chacun grandit sur place.",
                then > now,
            )
        )
    if not items:
        return None
    items.append(
        (
            "À compléter",
            "Accueils de jeunes, missions locales, promeneurs du net : à demander à la Caf.",
            False,
        )
    )
    return Text(tuple((a, b, c) for a, b, c in items))


def _teenagers(report: Report) -> tuple[tuple[int, float], tuple[int, float]] | None:
    """The first and the last known year of the 12 to 17, who are born already: no scenario changes them much."""
    rows = report.outlook.curves(TEENAGERS).get(TREND, [])
    return (rows[0], rows[-1]) if len(rows) >= 2 else None

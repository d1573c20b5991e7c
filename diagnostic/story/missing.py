"""The members that lack places, one by one, with the children counted: the table under the map."""

from __future__ import annotations

from collections.abc import Sequence

from diagnostic import french, reading
from diagnostic.indicators import BY_ID, CHILDREN, GAP_INDICATORS
from diagnostic.measure import Figure, children_near, history
from diagnostic.model import Finding, Indicator, Level, Territory
from diagnostic.report import Report
from diagnostic.report.compared import near
from diagnostic.story.blocks import MOST_ROWS, Table
from diagnostic.story.figures import value_of
from diagnostic.story.shortage import (
    Short,
    added,
    short_members,
    whole,
)
from diagnostic.story.words import counted_noun, plural_members
from diagnostic.warehouse import Database

HUNDRED = 100
"""Every rate of places is for a hundred children."""
ELSEWHERE = "Ailleurs : trop peu d’enfants, ou taux proche ou inconnu"
"""Where the places lie that the territory lacks and that no member tells."""
ROUNDED = "Ensemble (lignes arrondies)"
"""Head of a total beside lines rounded one by one that add up to another."""
OWN_RATE = "Ensemble, au taux du territoire"
"""Head of a total that is not that of the lines."""
PARTS = {
    "epci": "celles des communes",
    "departement": "celles des intercommunalités",
    "region": "celles des départements",
}
"""What the missing places of a member on a published rate are the sum of, by level."""


def is_summed(report: Report, indicator: Indicator) -> bool:
    """Whether what a member lacks is the sum of what its own parts lack, which no formula on its rate gives."""
    return indicator.published and report.member_level in PARTS


def of_places(report: Report) -> str | None:
    """The first indicator that some member knows."""
    known_to = (
        n for n in GAP_INDICATORS if any(value_of(m.findings.get(n)) is not None for m in report.members)
    )
    return next(known_to, None)


def missing_table(report: Report, db: Database | None = None) -> Table | None:
    """The members below the reference: value, children counted, places; the first ones, the others in one line.

    The total is that of the territory, and says so where the lines, rounded one by one, add up to another; where the
    lines are a part of it, one more tells what lies elsewhere; no total where they lack more than the whole. None when
    nobody is below.
    """
    name = of_places(report)
    short = short_members(report, name) if name is not None else ()
    if name is None or not short:
        return None
    indicator = BY_ID[name]
    summed = is_summed(report, indicator)
    counted, heading = _counted(short, indicator, db, summed)
    rows = [
        (
            french.name(t),
            french.number(value_of(f), indicator.decimals),
            french.number(children),
            french.number(f.missing),
        )
        for (t, f), children in zip(short[:MOST_ROWS], counted, strict=False)
    ]
    if others := short[MOST_ROWS:]:
        noun = f"autres {plural_members(report)}" if len(others) > 1 else "autre"
        rows.append((f"{len(others)} {noun}", "", "", french.number(added(others))))
    total, made_up = whole(report, name)
    elsewhere = elsewhere_in(report, name, short)
    if elsewhere:
        rows.append((ELSEWHERE, "", "", french.number(elsewhere)))
    adds_up = added(short) + elsewhere == french.rounded(total)
    if label := total_said(total, len(rows), adds_up=adds_up, of_parts=made_up or elsewhere > 0):
        rows.append((label, "", "", french.number(total)))
    return Table(
        f"Places manquantes : {PARTS[report.member_level]} nettement sous la référence"
        if summed
        else _formula(short, indicator),
        (french.capitalised(counted_noun(plural_members(report), 1)), "Taux", heading, "Places manquantes"),
        tuple(rows),
        (0.4, 0.16, 0.2, 0.24),
        (1, 2, 3),
        total=bool(label),
    )


def said_places(report: Report, name: str, most: int) -> Table | None:
    """The members below the reference and the places that each lacks, as sentences say them; the `most` first, the others in
    one line. None when nobody is below."""
    short = short_members(report, name)
    if not short:
        return None
    named = short[:most]
    heads, counts = [french.name(place) for place, _ in named], [float(added([one])) for one in named]
    if others := short[most:]:
        noun = plural_members(report) if len(others) > 1 else counted_noun(plural_members(report), 1)
        heads.append(f"{len(others)} {'autres' if len(others) > 1 else 'autre'} {noun}")
        counts.append(float(added(others)))
    total, made_up = whole(report, name)
    elsewhere = elsewhere_in(report, name, short)
    if elsewhere:
        heads.append(ELSEWHERE)
        counts.append(elsewhere)
    lines = [(head, _about(count)) for head, count in zip(heads, counts, strict=True)]
    said = [french.about(count) for count in counts]
    adds_up = None in said or sum(filter(None, said)) == french.about(total)
    if label := total_said(total, len(lines), adds_up=adds_up, of_parts=made_up or elsewhere > 0):
        lines.append((label, _about(total)))
    heading = french.capitalised(counted_noun(plural_members(report), 1))
    return Table(
        "Places manquantes",
        (heading, "Places, environ"),
        tuple(lines),
        (0.62, 0.38),
        (1,),
        total=bool(label),
    )


def _about(places: float) -> str:
    """ "280", "moins de 20": rounded, as a sentence says it."""
    return french.about_quantity(places, "", "").removeprefix("environ").strip()


def total_said(total: float, lines: int, *, adds_up: bool, of_parts: bool) -> str:
    """What the last line of a table of missing places is called; the whole may lack fewer than its parts, since others
    are above: it is then counted on its own rate. Nothing under a single line that says it all."""
    if not of_parts:
        return OWN_RATE if total >= 0.5 else ""
    return ("Ensemble" if adds_up else ROUNDED) if lines > 1 else ""


def elsewhere_in(report: Report, name: str, short: Short) -> int:
    """The places that the territory lacks beyond those of the members named; 0 where they make it up, or lack more, and
    where all are named: nothing lies elsewhere."""
    total, made_up = whole(report, name)
    return 0 if made_up or len(short) == len(report.members) else max(0, round(total) - added(short))


def members_unknown(report: Report, of_epci: Report | None) -> tuple[str, str]:
    """How many of the members that `around_section` ranks have no known value, then which, by reason; empty without any."""
    held = of_epci if of_epci is not None and len(of_epci.members) > 1 else report
    name = of_places(held)
    found = (
        [(one.territory, one.findings[name]) for one in held.members if name in one.findings] if name else []
    )
    if name is None:
        return "", ""
    many, feminine = plural_members(held), bool(held.member_level) and Level(held.member_level).feminine
    return unknown_of(found, BY_ID[name], counted_noun(many, 1), many, feminine=feminine)


def unknown_of(
    found: Sequence[tuple[Territory, Finding]],
    indicator: Indicator,
    one: str,
    many: str,
    *,
    feminine: bool = False,
    when: str = "",
) -> tuple[str, str]:
    """How many of the territories have no known value, then which, by reason; "" twice without any."""
    silent = [(place, finding) for place, finding in found if value_of(finding) is None]
    if not silent:
        return "", ""
    named: dict[str, list[str]] = {}
    for place, finding in silent:
        why = reading.reason(finding, indicator, place, several=len(silent) > 1)
        named.setdefault(why, []).append(french.name(place))
    told = " ".join(f"{french.listing(names)}. {why}" for why, names in named.items())
    count = french.opening(len(silent), one, many, feminine=feminine)
    return f"{count} sans valeur connue{when}", french.typographic(told)


def _formula(short: Short, indicator: Indicator) -> str:
    """How each line is computed, where all are held against the same value of the same year."""
    reached = {
        french.number(f.value - f.gap, indicator.decimals)
        for _, f in short
        if f.value is not None and f.gap is not None
    }
    if len(reached) != 1 or any(f.gap_year != f.year for _, f in short):
        return "Places manquantes"
    return french.typographic(f"Places manquantes = ({reached.pop()} − taux) ÷ {HUNDRED} × enfants")


def _counted(
    short: Short, indicator: Indicator, db: Database | None, summed: bool
) -> tuple[list[float | None], str]:
    """The children on whom each line is counted (those of the member where its parts are), and the heading of their
    column with their year."""
    histories = history(db, [place for place, _ in short]) if db is not None else {}
    rows = [(f, histories.get(t.key, {}).get(CHILDREN, [])) for t, f in short]
    pairs = [near(found, f.year) if summed else _children(f, indicator, found) for f, found in rows]
    years = {year for _, year in pairs}
    year = years.pop() if len(years) == 1 else None
    return [children for children, _ in pairs], f"Enfants {year}" if year else "Enfants comptés"


def _children(
    finding: Finding, indicator: Indicator, rows: Sequence[Figure]
) -> tuple[float | None, int | None]:
    """Children and their year: those of the rate, or for a published rate those on whom its places were counted."""
    if not indicator.published:
        return finding.denominator, finding.denominator_year
    if not finding.gap or finding.missing is None:
        return None, None
    counted, told = finding.missing / -finding.gap * HUNDRED, children_near(rows, finding.year)
    if told is None or abs(told - counted) > 0.5:
        # Rate and places of one year imply the children of the 1 January after it.
        return counted, None if finding.year is None else finding.year + 1
    return near(rows, finding.year)

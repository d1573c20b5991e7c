"""The figures of a session's own files, beside the open ones: attached to a copy of a report, never kept.

A report is shared by every visitor and holds open data only; what `attach` returns belongs to one session.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING

from diagnostic import french, gazetteer, reading, territories
from diagnostic.indicators import BY_ID
from diagnostic.local.indicators import LOCAL_INDICATORS, LocalIndicator
from diagnostic.model import (
    Comparator,
    Finding,
    Indicator,
    Level,
    Territory,
    ratio_word,
)
from diagnostic.report.reckoned import Findings, finding_of, open_part
from diagnostic.report.shape import LocalFigure, LocalStructure, Report
from diagnostic.warehouse.database import Database

if TYPE_CHECKING:
    from diagnostic.local.plan import Plan
    from diagnostic.local.store import Deposit

# Local stat -> the open stat that counts the same thing, shown beside it.
OPEN = {
    "alsh_structures": "alsh",
    "eaje_structures": "eaje",
    "eaje_places": "places_eaje",
    "am_places": "places_am",
    "rpe_structures": "rpe",
    "laep_structures": "laep",
    "centres_sociaux_structures": "centres_sociaux",
    "evs_structures": "evs",
}
# And those that a reader may have from elsewhere, though nothing here sets them side by side.
_TOLD_ELSEWHERE = {**OPEN, "caf_aeeh": "enfants_aeeh"}


def attach(
    report: Report,
    plans: Sequence[Plan],
    communes: Callable[[Territory], Sequence[str]],
    counted: Callable[[str], tuple[float | None, int | None]] = lambda _: (None, None),
) -> Report:
    """A copy of the report with the local figures of its territory, its members and the territories above.

    `plans`: one per file, `communes` gives the commune codes of a territory, `counted` the open count of a
    stat in the report's territory and its year. The report is not changed.
    """
    newest = _newest(plans)
    above = [place for place in report.context.parents if place.key != report.territory.key]
    found: list[LocalFigure] = []
    for item in LOCAL_INDICATORS:
        plan = newest.get(item.template)
        if plan is None or not plan.speaks_of(item.indicator):
            continue
        compared = [
            Comparator(place.key, place.name, one.value, one.year, one.status)
            for place in above
            if (one := finding_of(plan, item.indicator, place, _above(report, place), communes(place))).value
            is not None
        ]
        places = [(report.territory, report.findings)]
        places += [
            (m.territory, m.findings) for m in report.members if m.territory.key != report.territory.key
        ]
        for place, findings in places:
            finding = finding_of(plan, item.indicator, place, findings, communes(place))
            finding = _compared(finding, item.indicator, compared, report)
            own_count = counted(item.counts) if item.counts and place == report.territory else (None, None)
            found.append(_figure(plan, item, place, finding, findings, own_count))
    notes = [
        note
        for plan in newest.values()
        if (note := plan.note) and any(one.origin == plan.deposit.origin for one in found)
    ]
    inside = set(communes(report.territory))
    named = tuple(
        LocalStructure(template, one.name, one.commune, one.places, plan.deposit.year, plan.deposit.badge)
        for template, plan in newest.items()
        for one in plan.deposit.structures
        if one.commune in inside
    )
    return replace(
        report, local=tuple(found), local_notes=tuple(dict.fromkeys(notes)), local_structures=named
    )


@lru_cache(maxsize=2)
def built(db: Database) -> tuple[Plan, ...]:
    """What may be shown of the files that the build was given: they are the operator's, for every visitor."""
    # What reads the files of others is loaded where there are some.
    from diagnostic.local.plan import settle
    from diagnostic.warehouse import local_files

    members = gazetteer.index(db).communes
    return tuple(
        settle(deposit, members, None, published(db, deposit)) for deposit in local_files.deposits(db)
    )


def published(db: Database, deposit: Deposit) -> dict[tuple[str, str, str], float]:
    """(level, code, stat) -> what the open data say of the counts of a deposit that secrecy guards, for the same year."""
    stats = set(deposit.facts["stat"])
    pairs = {told: stat for stat, told in _TOLD_ELSEWHERE.items() if stat in stats}
    if deposit.rule is None or not pairs:
        return {}
    rows = db.rows(
        "select level, code, stat, value from total where stat in (select unnest(?)) and year = ? and value is not null",
        list(pairs),
        deposit.year,
    )
    return {(level, code, pairs[stat]): value for level, code, stat, value in rows}


def with_built(report: Report, db: Database) -> Report:
    """The report with the figures of the files that the build was given; the same one when there are none."""
    plans = built(db)
    return joined(report, plans, db) if plans else report


def joined(report: Report, plans: Sequence[Plan], db: Database) -> Report:
    """`attach`, with the geography and the open counts of a database."""
    return attach(
        report,
        plans,
        lambda place: territories.communes(db, place),
        lambda stat: latest(db, report.territory, stat),
    )


def latest(db: Database, territory: Territory, stat: str | None) -> tuple[float | None, int | None]:
    """The latest known value of a stat on the territory and its year; None when unknown or without `stat`."""
    if stat is None:
        return None, None
    if territory.level is Level.PERIMETRE:
        rows = db.rows(
            """
            select sum(value), year
            from stat
            where stat = ? and commune in (select unnest(?)) and value is not null
            group by year
            having count(distinct commune) = ?
            order by year desc
            limit 1
            """,
            stat,
            list(territory.communes),
            len(territory.communes),
        )
    else:
        rows = db.rows(
            """
            select value, year
            from total
            where stat = ? and level = ? and code = ? and value is not null
            order by year desc
            limit 1
            """,
            stat,
            str(territory.level),
            territory.code,
        )
    return rows[0] if rows else (None, None)


def own(report: Report, theme: str | None = None) -> list[LocalFigure]:
    """The local figures of the territory itself, of one theme or of all."""
    return [
        one
        for one in report.local
        if one.territory.key == report.territory.key and theme in (None, one.indicator.theme)
    ]


def members(report: Report, indicator: str) -> list[LocalFigure]:
    """A local indicator in each member, in the order of the members."""
    return [
        one
        for one in report.local
        if one.indicator.id == indicator and one.territory.key != report.territory.key
    ]


def _newest(plans: Sequence[Plan]) -> dict[str, Plan]:
    """The last year of each template."""
    found: dict[str, Plan] = {}
    for plan in sorted(plans, key=lambda one: one.deposit.year):
        found[plan.deposit.template] = plan
    return found


def _above(report: Report, place: Territory) -> dict[str, Finding]:
    """What the report knows of a territory above: the value of each plain count, by indicator."""
    found = {}
    for name, finding in report.findings.items():
        for item in finding.comparators:
            if item.key == place.key and item.status.known:
                found[name] = Finding(name, place.key, item.value, item.status, item.year)
    return found


def _compared(
    finding: Finding, indicator: Indicator, compared: Sequence[Comparator], report: Report
) -> Finding:
    """With the same figure of the territories above, when the file covers them."""
    against = report.against(indicator.id)
    reference = against.key if against is not None else None
    chosen = next((item for item in compared if item.key == reference), None)
    if chosen is None or chosen.value is None or finding.value is None or indicator.denominator is None:
        return replace(finding, comparators=tuple(compared))
    return replace(
        finding,
        comparators=tuple(compared),
        reference=reference,
        gap=finding.value - chosen.value,
        word=ratio_word(finding.value, chosen.value),
    )


def _figure(
    plan: Plan,
    item: LocalIndicator,
    place: Territory,
    finding: Finding,
    findings: Findings,
    counted: tuple[float | None, int | None],
) -> LocalFigure:
    value, year, difference = _beside(item, finding, findings, counted)
    return LocalFigure(
        territory=place,
        indicator=item.indicator,
        finding=finding,
        origin=plan.deposit.origin,
        received=french.date_long(plan.deposit.received),
        open_value=value,
        open_year=year,
        difference=difference,
    )


def _beside(
    item: LocalIndicator, finding: Finding, findings: Findings, counted: tuple[float | None, int | None]
) -> tuple[float | None, int | None, str]:
    """The open value beside the local one, its year, and how far apart they are, in words."""
    if item.beside:
        other = findings.get(item.beside)
        value = reading.known_value(other) if other is not None else None
        if other is None or value is None:
            return None, None, ""
        return value, other.year, _difference(item, finding, value, other)
    if item.counts and item.indicator.denominator is None:
        value, year = counted if counted[0] is not None else open_part(findings, item.counts)
        return value, year, _difference(item, finding, value, None)
    return None, None, ""


def _difference(item: LocalIndicator, finding: Finding, other: float | None, beside: Finding | None) -> str:
    """ "4,2 de plus que la donnée ouverte, soit 132 places" ; empty where one of them is unknown."""
    indicator = item.indicator
    if finding.value is None or other is None:
        return ""
    if beside is not None and not _same_base(item):
        return "Champ différent : les deux valeurs ne se comparent pas."
    gap = finding.value - other
    if not french.rounded(gap, indicator.decimals):
        return "Égale à la donnée ouverte."
    side = "de plus" if gap > 0 else "de moins"
    units = ""
    if beside is not None and indicator.per == 100 and finding.numerator is not None:
        apart = None if beside.numerator is None else abs(finding.numerator - beside.numerator)
        units = f", soit {french.number(apart)} {indicator.numerator_label}" if apart else ""
    return f"{french.number(abs(gap), indicator.decimals)} {side} que la donnée ouverte{units}."


def _same_base(item: LocalIndicator) -> bool:
    """Whether the local and the open figure divide by, or share out, the same people."""
    open_one, local_one = BY_ID[item.beside], item.indicator
    base = open_one.denominator if local_one.per == 100 else open_one.numerator
    return base == (local_one.denominator if local_one.per == 100 else local_one.numerator)

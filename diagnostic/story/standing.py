"""Where the territory stands among those of its level."""

from __future__ import annotations

from diagnostic import french, reading
from diagnostic.indicators import BY_ID, CHILDREN, COMPUTED, KEY_FIGURES, OFFICIAL, STRIPS
from diagnostic.measure import in_years
from diagnostic.model import Finding, Level, Position, Status, fact_of
from diagnostic.reading import held
from diagnostic.report import Report
from diagnostic.story.blocks import KeyFigures, Ranked, Section, Strip, Strips
from diagnostic.story.figures import (
    compared,
    figures_table,
    notes_of,
    source_line,
    statuses,
    value_of,
)
from diagnostic.story.keyfigures import chosen, enough_people, is_small_commune, legend_of
from diagnostic.story.once import once
from diagnostic.story.words import beside, called, ceiling_of, dated, known, ranked
from diagnostic.warehouse import Database

FEWEST_PEERS, MOST_PEERS, FEWEST_CHILDREN = 3, 6, 20


@once
def figures_section(report: Report) -> Section | None:
    """The six figures of the first page."""
    items = chosen(report)
    if not items:
        return None
    where = french.the(report.territory)
    if is_small_commune(report) and report.epci is not None:
        title = f"Ce que l’on sait {french.of(report.territory)}, et à défaut de son intercommunalité"
    elif report.siblings_label and any(item.track and item.track.others for item in items):
        title = f"Où se situe {where} parmi les {report.siblings_label}"
    else:
        title = f"Les chiffres clés {french.of(report.territory)}"
    names = [item.indicator for item in items]
    return Section(
        "chiffres",
        "Chiffres clés",
        title,
        (),
        "",
        (),
        on_screen=(KeyFigures(items),),
        on_slides=False,
        subtitle=legend_of(report) if any(item.track for item in items) else "",
        indicators=tuple(names),
    )


@once
def standing_section(report: Report, db: Database | None = None) -> Section | None:
    """Its place among its siblings, indicator by indicator; with `db`, the peers named beside it on a slide."""
    rows, drawn = [], []
    for name in STRIPS:
        finding = report.findings.get(name)
        own = value_of(finding)
        # The published rate ranks alone: the computed one, of another year, would be a second rank of one thing.
        if name == COMPUTED and OFFICIAL in drawn:
            continue
        position = _ranked_among(finding)
        if finding is None or own is None or position is None:
            continue
        indicator = BY_ID[name]
        values = [v for v in position.values if known(v) is not None]
        drawn.append(name)
        rows.append(
            Strip(
                f"{indicator.short} {finding.year or ''}".strip(),
                f"{indicator.unit}, {reading.status_word(finding, indicator)}",
                own,
                tuple(values),
                _tick(report, name, drawn[0]),
                indicator.decimals,
                ranked(position.rank, values, own),
                ceiling_of(indicator),
            )
        )
    if not rows:
        return _alone(report)
    rows = rows[:5]
    siblings = report.siblings_label or "territoires de même niveau"
    against = report.against(drawn[0])
    strips = Strips(
        f"Rang parmi les {siblings} dont la valeur est connue{enough_people(report)}, un point par territoire",
        tuple(rows),
        called(report.territory),
        siblings,
        against.name if against is not None else "",
    )
    named = _among_peers(report, drawn[0], db)
    return Section(
        "position",
        "Chiffres clés · position",
        _title(report, drawn[0], rows[0], siblings),
        ((1.0, (strips,)),),
        source_line(report, drawn[: len(rows)]),
        (f"Rang 1 : la valeur la plus haute. Comparaison avec : {siblings}.", *notes_of(report, drawn)),
        on_slides=len(rows) > 1 and not _too_few(report),
        subtitle="Chaque trait gris est un territoire comparable ; le rond est "
        f"{french.the(report.territory)}.",
        statuses=statuses(report, drawn[0]),
        indicators=tuple(drawn[: len(rows)]),
        on_slide=((0.4, (named,)), (0.6, (strips,))) if named is not None else (),
    )


def _ranked_among(finding: Finding | None) -> Position | None:
    """Where the figure stands among others that differ; None where there are few, and of what one commune has or has not."""
    if finding is None or finding.of_few_people or fact_of(finding, BY_ID[finding.indicator]):
        return None
    among = finding.position
    return among if among and len(among.values) >= 3 and among.minimum != among.maximum else None


def _kind_of(siblings: str) -> str:
    """ "communes de l’intercommunalité", of the siblings in an intercommunalité whose name is too long for a title."""
    kind, _, _ = siblings.partition(" ")
    return f"{kind} de l’intercommunalité" if kind == Level.COMMUNE.plural else siblings


def _tick(report: Report, name: str, first: str) -> float | None:
    """The reference on one strip: None where it is not the one that is named above, that of `first`, or of another year."""
    against, named, finding = report.against(name), report.against(first), report.findings[name]
    if against is None or named is None or against.name != named.name or against.when(finding.year):
        return None
    return against.value


def _too_few(report: Report) -> bool:
    """Whether one child more would change the rank of a commune."""
    children = value_of(report.findings.get(CHILDREN))
    return report.territory.level is Level.COMMUNE and children is not None and children < FEWEST_CHILDREN


def _among_peers(report: Report, name: str, db: Database | None) -> Ranked | None:
    """The territory, what it is compared with and its nearest peers, by name, on one indicator of one year; None under
    three peers."""
    finding, indicator = report.findings[name], BY_ID[name]
    if db is None or finding.value is None or indicator.unit.startswith("€"):
        return None
    found = in_years(db, [peer.territory for peer in report.peers], {name: finding.year})[name]
    others = [
        (beside(peer.territory, report.territory), row.value, False)
        for peer in report.peers
        if (row := found.get(peer.territory.key)) is not None
        and row.value is not None
        and Status(row.status).known
    ][:MOST_PEERS]
    if len(others) < FEWEST_PEERS:
        return None
    own = french.name(report.territory)
    references = [(label, value, False) for label, value in compared(finding, report) if value is not None]
    rows = sorted([(own, finding.value, False), *references, *others], key=lambda row: -row[1])
    year = f", {finding.year}" if finding.year else ""
    caption = f"{indicator.short}{year}, à côté de territoires semblables"
    return Ranked(caption, tuple(rows), (), indicator.decimals, unit=indicator.unit, own=own)


def _title(report: Report, name: str, first: Strip, siblings: str) -> str:
    """The rank on the first figure that is drawn, in the most words that a title holds."""
    values, position = first.others, report.findings[name].position
    level = report.territory.level
    feminine = level.feminine and siblings.startswith(level.plural)
    rank = ranked(position.rank, values, first.own, feminine=feminine) if position else first.rank
    said = f"{rank} {siblings} pour {dated(BY_ID[name], report.findings[name])}"
    undated = said.rpartition(" en ")[0] if report.findings[name].year else said
    return held(
        (
            *(f"{french.subject(report.territory, long=long)} : {said}" for long in (True, False)),
            french.capitalised(said),
            *(french.capitalised(one.replace(siblings, _kind_of(siblings))) for one in (said, undated)),
        )
    )


def _alone(report: Report) -> Section | None:
    """The same figures where nothing compares with the territory."""
    names = [name for name in KEY_FIGURES if name in report.findings]
    if all(value_of(report.findings[name]) is None for name in names):
        return None
    return Section(
        "position",
        "Chiffres clés",
        f"Les chiffres clés {french.of(report.territory)}",
        ((1.0, (figures_table(report, names, "Chiffres clés"),)),),
        source_line(report, names),
        notes_of(report, names),
        on_slides=False,
        indicators=tuple(names),
    )

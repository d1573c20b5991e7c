"""The gap to the reference, in places and on a map."""

from __future__ import annotations

from diagnostic import french
from diagnostic.exports.content.figures import compared, map_alt, source_line, value_of
from diagnostic.exports.content.shape import MOST_ROWS, Block, Map, Section, Table, Text
from diagnostic.exports.content.words import against, counted_noun, known, plural_members
from diagnostic.indicators import BY_ID
from diagnostic.model import Indicator, Territory
from diagnostic.report import Report

GAP_INDICATORS = ("taux_couverture", "places_100", "places_eaje_100")


def gap_section(report: Report) -> Section | None:
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
        map_alt(report, indicator, reference),
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
        else (f"{len(short)} {plural_members(report)}")
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
        (french.capitalised(counted_noun(plural_members(report), 1)), "Taux", "Enfants", "Places manquantes"),
        tuple(rows),
        (0.4, 0.16, 0.2, 0.24),
        (1, 2, 3),
        total=True,
    )
    return french.typographic(title), (table,)


def _children(report: Report, territory: Territory) -> str:
    member = next(m for m in report.members if m.territory.key == territory.key)
    return french.number(value_of(member.findings.get("enfants_moins_3")))

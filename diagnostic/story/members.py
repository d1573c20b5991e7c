"""The members one by one, what deserves a look first."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from diagnostic import french, reading
from diagnostic.indicators import BIRTHS, BY_ID, RANKED_FIRST
from diagnostic.model import Apart, Direction, Finding, Level, Territory
from diagnostic.report import Member, Report
from diagnostic.story.blocks import Ranked, Section, Text
from diagnostic.story.figures import compared, exact_of, source_line, value_of
from diagnostic.story.ladder import looked_at_first
from diagnostic.story.once import once
from diagnostic.story.words import (
    LEVELS,
    against,
    called,
    counted_noun,
    listed,
    plural_members,
    theme_of,
)

MOST_BARS = 24
FEWEST_BARS = 3
"""Members compared from which the others, too small or of another year, are left out of the drawing."""
FEWEST_EVENTS = 5
Rows = Sequence[tuple[Territory, Finding]]


def ranked_indicator(report: Report) -> str | None:
    """The first indicator that takes at least three different known values among the members."""
    for name in RANKED_FIRST:
        values = {_ranked_on(member, name) for member in report.members} - {None}
        if len(values) >= 3:
            return name
    return None


def _ranked_on(member: Member, name: str) -> float | None:
    """The value on which a member may be ranked: none under five events, where one more changes the order."""
    value = exact_of(member.findings.get(name))
    return None if name == BIRTHS and value is not None and value < FEWEST_EVENTS else value


@once
def members_section(report: Report) -> Section | None:
    name = ranked_indicator(report)
    if name is None:
        return None
    indicator = BY_ID[name]
    known = (
        (m.territory, m.findings[name], value)
        for m in report.members
        if (value := _ranked_on(m, name)) is not None
    )
    rows = sorted(known, key=lambda row: looked_at_first(row[2], indicator))
    told = [row for row in rows if row[1].word is not None]
    drawn = told if len(told) >= FEWEST_BARS else rows
    bars = tuple(
        (
            french.name(t),
            reading.printable(value, f, indicator),
            reading.is_attention(f.word, indicator.direction),
        )
        for t, f, value in drawn
    )
    references = _references(report, name)
    lowest, highest = min(drawn, key=lambda row: row[2]), max(drawn, key=lambda row: row[2])
    year = highest[1].year
    caption = french.capitalised(indicator.unit) + (f", {year}" if year else "")
    parts = [(caption, bars)]
    if len(bars) > MOST_BARS:
        half = MOST_BARS // 2
        heads = ("Les plus faibles", "Les plus fortes")
        parts = list(
            zip(heads if lowest is drawn[0] else heads[::-1], (bars[:half], bars[-half:]), strict=True)
        )
    top = highest[2] if len(parts) > 1 else 0.0
    charts = tuple(
        (0.75 / len(parts), (Ranked(text, part, references, indicator.decimals, top=top),))
        for text, part in parts
    )
    side = _member_side(report, name, [(t, f) for t, f, _ in rows], [(t, f) for t, f, _ in drawn])
    return Section(
        "communes",
        f"{theme_of(indicator)} · {plural_members(report)}",
        reading.held(map(french.typographic, _titles(report, name, lowest, highest, len(rows)))),
        (*charts, (0.25, (side,))),
        source_line(report, [name], members=True),
        (
            indicator.definition,
            indicator.caveat,
            "La ligne de référence est un trait : si la référence change, déplacez-la à la main.",
        ),
    )


def _titles(
    report: Report,
    name: str,
    lowest: tuple[Territory, Finding, float],
    highest: tuple[Territory, Finding, float],
    count: int,
) -> tuple[str, ...]:
    """The fullest title first: how many members are below the reference, then both ends."""
    indicator = BY_ID[name]
    noun = re.sub("^(la |le |l’)", "", _the_member(report))
    opening = f"Taux de couverture inconnu par {noun} ; " if name == BIRTHS else ""
    opening += f"{indicator.short.lower() if opening else indicator.short} : de"
    low, high = (reading.printed(end[1], indicator) for end in (lowest, highest))
    unnamed = f"{opening} {low} à {high} selon {_the_member(report)}"
    title = f"{opening} {low} {french.at(lowest[0])} à {high} {french.at(highest[0])}"
    titles: tuple[str, ...] = (title, unnamed)
    if 2 * count < len(report.members):
        # Ends of a few are no ends of the whole.
        many, every = french.number(count), french.number(len(report.members))
        ending = "es" if Level(report.member_level).feminine else "s"
        titles = tuple(
            f"{said}, parmi {many} {plural_members(report)} connu{ending} sur {every}" for said in titles
        )
    words = [m.findings[name].word for m in report.members if name in m.findings]
    compared_with = report.against(name)
    if compared_with is not None and any(words) and report.member_level == "commune":
        said = reading.members(words, compared_with, indicator.direction, drawn=count)
        titles = (f"{said} : {title[:1].lower()}{title[1:]}", said)
    return titles


def _the_member(report: Report) -> str:
    """ "la commune", "l’intercommunalité": what the members are."""
    return LEVELS[Level(report.member_level)]


def _references(report: Report, name: str) -> tuple[tuple[str, float, bool], ...]:
    """The chosen reference (attention colour) and the territory itself."""
    finding = report.findings.get(name)
    if finding is None or BY_ID[name].denominator is None and not BY_ID[name].published:
        return ()
    lines = [(label, value, True) for label, value in compared(finding, report)[:1] if value is not None]
    if (own := value_of(finding)) is not None:
        lines.append((called(report.territory), own, False))
    return tuple(lines)


def _member_side(report: Report, name: str, rows: Rows, drawn: Rows) -> Text:
    indicator = BY_ID[name]
    noun = plural_members(report)
    items = []
    below = [french.name(t) for t, f in rows if reading.is_attention(f.word, indicator.direction)]
    if below:
        side = (
            "nettement au-dessus"
            if indicator.direction is Direction.LESS_IS_BETTER
            else "nettement en dessous"
        )
        items.append(
            (
                f"{len(below)} {counted_noun(noun, len(below))} {side} {against(report, name)}",
                listed(below[::-1]),
                True,
            )
        )
    apart = [(t, f) for t, f in rows if f.word is None]
    if apart and len(apart) < len(rows):
        undrawn = ", hors du dessin" if len(drawn) < len(rows) else ""
        items.append(
            (
                f"{len(apart)} {counted_noun(noun, len(apart))} sans comparaison{undrawn}",
                f"{_why_apart(apart)}.",
                False,
            )
        )
    hidden = [m for m in report.members if value_of(m.findings.get(name)) is None]
    if hidden:
        reasons = {
            reading.reason(m.findings[name], indicator, m.territory) for m in hidden if name in m.findings
        } - {""}
        why = " Ou : ".join(sorted(reasons)) or "Valeur inconnue."
        items.append(
            (
                f"{len(hidden)} {counted_noun(noun, len(hidden))} sans valeur",
                f"{listed([french.name(m.territory) for m in hidden], 9)}. {why}",
                False,
            )
        )
    if len(drawn) > MOST_BARS:
        half = MOST_BARS // 2
        top, bottom = drawn[half - 1][1].value, drawn[-half][1].value
        which = "comparé" if len(drawn) < len(rows) else "connu"
        items.append(
            (
                f"{len(drawn)} {noun} {which}{'s' if noun == 'départements' else 'es'}",
                f"Unité : {indicator.unit}. Les {len(drawn) - MOST_BARS} autres sont entre {french.number(bottom, indicator.decimals)} et "
                f"{french.number(top, indicator.decimals)}. La liste entière est dans le classeur Excel.",
                False,
            )
        )
    if not items:
        items.append((f"{len(rows)} {noun}", indicator.caveat or indicator.definition, False))
    return Text(tuple((a, b, c) for a, b, c in items))


def _why_apart(apart: Rows) -> str:
    """Why known values are compared with nothing, and how many for each cause."""
    causes = Counter(finding.cause for _, finding in apart)
    if list(causes) == [Apart.FEW]:
        return "Trop peu d’enfants : un seul change le rang"
    if len(causes) == 1:
        return french.capitalised(_CAUSES[next(iter(causes))])
    said = (f"{_CAUSES[cause]} ({causes[cause]})" for cause in _CAUSES if cause in causes)
    return french.capitalised(", ou ".join(said))


_CAUSES = {
    Apart.FEW: "trop peu d’enfants, où un seul change le rang",
    Apart.BIRTHS: "des enfants comptés par les naissances, dont l’erreur peut renverser l’écart",
    Apart.ROUNDED: "un compte arrondi à cinq, dont l’arrondi peut changer la comparaison",
    Apart.HERE: "une structure dans la commune, loin de son centre",
    Apart.COMPOSED: "un taux officiel, qui se compare seul",
    None: "la référence n’a pas de valeur de la même année",
}

"""Titles held against what is drawn under them: `python -m benchmarks.bench_titles DATABASE [HOW_MANY]`."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable
from pathlib import Path

from benchmarks.bench_sweep import every, sampled
from diagnostic import french, reading, report, story
from diagnostic.story import Section
from diagnostic.warehouse import open_database

NUMBER = r"(\d[\d\s]*(?:,\d+)?)"


def contradictions(section: Section) -> list[str]:
    """What the title of a section says that its drawing does not show; empty for a subject that is not checked."""
    check = CHECKS.get(section.id)
    said = section.title.replace("\u00a0", " ").replace("\u202f", " ")
    return [f"{section.id} : « {said} » : {reason}" for reason in (check(said, section) if check else ())]


def too_long(told: Iterable[Section]) -> list[str]:
    """The titles of slides that two lines do not hold."""
    return [
        f"{section.id} : {len(section.title)} caractères : « {section.title} »"
        for section in told
        if section.on_slides and len(section.title) > reading.LONG_TITLE
    ]


def _members(said: str, section: Section):
    bars = {name: (value, alert) for block in _of(section, story.Ranked) for name, value, alert in block.rows}
    counted = re.match(
        r"(?:Les )?(\w+) communes?(?: sur (\d+))?(?: comparables?)? (?:est|sont) nettement (.+?) d", said
    )
    if counted:
        told, shown = _whole(counted[1]), sum(alert for _, alert in bars.values())
        if "au-dessus" not in counted[3] and (shown > told or (told <= 12 and shown != told)):
            yield f"{shown} barres signalées"
    for end in re.findall(rf"(?:de|à) {NUMBER} (?:à|au|aux|en) ", said):
        if not any(abs(value - _number(end)) < 0.051 for value, _ in bars.values()):
            yield f"{end} n’est la valeur d’aucune barre"


def _rank(said: str, section: Section):
    strip = _of(section, story.Strips)[0].rows[0] if _of(section, story.Strips) else None
    ranked = re.search(r"(dernier ex æquo|(\d+)\S*(?: ex æquo)?) sur (\d+)", french.office(said))
    if strip is None or ranked is None:
        return
    values = [*strip.others, *([] if strip.own in strip.others else [strip.own])]
    if ranked[2] and int(ranked[2]) != 1 + sum(value > strip.own for value in strip.others):
        yield "un autre rang dans le dessin"
    if ranked[2] is None and strip.own != min(values):
        yield "pas le dernier du dessin"
    if ranked[2] and strip.own == min(values) and values.count(strip.own) > 1:
        yield "le dernier est dit mieux placé"


def _rows(said: str, section: Section):
    told = re.match(r"(\d+) (?:leviers?|écarts?)", said)
    tables = _of(section, story.Table)
    if told and tables and int(told[1]) != len(tables[0].rows):
        yield f"{len(tables[0].rows)} lignes"


def _aids(said: str, section: Section):
    told = re.search(r"(\w+) (?:aides?|questions?)\b", said)
    tables = _of(section, story.Table)
    if told and tables and _whole(told[1]) != len(tables[0].rows):
        yield f"{len(tables[0].rows)} lignes"
    drawn = section.on_slide[0][1][0] if section.on_slide else None
    stakes = re.match(r"(\w+) enjeux?\b", said)
    # Those that no aid answers stand below the table.
    named = (*(row[0] for row in drawn.rows), *re.split(r"\s[:;]\s", section.caution)) if drawn else ()
    if stakes and drawn and _whole(stakes[1]) != sum(bool(re.match(r"\d+\. ", one)) for one in named):
        yield "un autre nombre d’enjeux sur la diapositive"


def _outlook(said: str, section: Section):
    told = re.match(rf"Environ {NUMBER} enfants? .+? (?:contre {NUMBER} en|autant qu’en) \d+", said)
    between = re.search(rf" (?:: entre|\() ?{NUMBER} (?:et|à) {NUMBER}", said)
    drawn = next((b for b in _of(section, story.Lines) if len(b.series) < 3), None)
    if told is None or drawn is None:
        return
    ahead = drawn.series[-1].points
    bounds = drawn.band[-1][1:] if drawn.band else ()
    named = (told[1], told[2], *(between.groups() if between else ()))
    for one, value in zip(named, (ahead[-1][1], ahead[0][1], *bounds), strict=False):
        if one is not None and _number(one) != french.two_figures(value):
            yield f"{one} pour {value:.0f}"


def _gap(said: str, section: Section):
    """Places and communes of the title against the lines of the table."""
    told = re.match(rf"(?:Environ {NUMBER} places?|Moins de 20 places) manquent dans (\d+) ", said)
    tables = [block for block in section.blocks if isinstance(block, story.Table)]
    if told is None or not tables:
        return
    if not tables[0].total:
        return
    *rows, total = tables[0].rows
    others = re.match(r"(\d+) autres?", rows[-1][0])
    count = len(rows) - 1 + int(others[1]) if others else len(rows)
    if count != int(told[2]):
        yield f"{count} lignes"
    if told[1] and french.about(_number(total[-1])) != _number(told[1]):
        yield f"{total[-1]} en tout"
    part = re.search(rf"dont {NUMBER} (?:à|au|aux|en|dans) ", said)
    if part and not any(
        french.about(_number(rows[0][-1]) + (_number(rows[1][-1]) if two else 0)) == _number(part[1])
        for two in (False, True)
    ):
        yield f"{part[1]} n’est pas la somme des premières lignes"


def _stakes(said: str, section: Section):
    cards = [card for block in _of(section, story.Cards) for card in block.items]
    told = re.search(r" : (\w+) enjeux\b", said)
    if told and _whole(told[1]) != len(cards) // 2:
        yield f"{len(cards) // 2} enjeux dessinés"


def _poverty(said: str, section: Section):
    points = {name: (x, y) for block in _of(section, story.Scatter) for name, x, y, _ in block.points}
    pair = re.search(rf": (.+?) \({NUMBER} %\) a {NUMBER} places, (.+?) \({NUMBER} %\) {NUMBER}$", said)
    if pair:
        poor, rich = points[pair[1]], points[pair[4]]
        if not (poor[0] > rich[0] and poor[1] > rich[1]):
            yield "la plus pauvre n’est pas la mieux couverte des deux"
        if abs(poor[1] - _number(pair[3])) > 0.051 or abs(rich[1] - _number(pair[6])) > 0.051:
            yield "une autre valeur dans le dessin"
    tied = re.match(r"(.+) et (.+), les plus pauvres, sont aussi", said)
    if tied and not all(name in points for name in tied.groups()):
        yield "un nom absent du dessin"


def _structures(said: str, section: Section):
    told = re.match(rf"{NUMBER} crèches? recensée", said)
    table = section.columns[0][1][0]
    at = table.header.index("Crèches") if "Crèches" in table.header else None
    if told and at is not None:
        found = sum(_number(row[at]) for row in table.rows if row[at] != french.UNKNOWN)
        if found != _number(told[1]):
            yield f"{found:.0f} dans le tableau"


CHECKS = {
    "communes": _members,
    "position": _rank,
    "semblables": _rank,
    "leviers": _aids,
    "priorites": _rows,
    "perspectives": _outlook,
    "ecart": _gap,
    "enjeux": _stakes,
    "pauvrete": _poverty,
    "structures": _structures,
}


def _of(section: Section, kind: type) -> list:
    drawn = [block for _, blocks in section.on_slide for block in blocks]
    return [block for block in (*section.blocks, *drawn) if isinstance(block, kind)]


def _number(text: str) -> float:
    return float(re.sub(r"\s", "", text).replace(",", "."))


def _whole(word: str) -> int:
    spelt = [french.in_words(n, feminine=True) for n in range(10)]
    word = word.lower().removesuffix("e") if word.lower() == "une" else word.lower()
    return 1 if word == "un" else spelt.index(word) if word in spelt else int(word)


def main() -> None:
    db = open_database(Path(sys.argv[1]))
    many = int(sys.argv[2]) if len(sys.argv) > 2 else 60
    places, found, long, slides = sampled(every(db), many), [], [], 0
    for place in places:
        told = story.sections(report.build(db, place.key), db=db)
        slides += sum(section.on_slides for section in told)
        found += [f"{place.key} {reason}" for section in told for reason in contradictions(section)]
        long += [f"{place.key} {one}" for one in too_long(told)]
    print(*found, *long, sep="\n")
    print(
        f"{len(places)} territories, {len(found)} contradictions, {len(long)} of {slides} titles of slides over "
        f"{reading.LONG_TITLE} characters"
    )


if __name__ == "__main__":
    main()

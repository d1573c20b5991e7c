"""Titles held against what is drawn under them: `python -m benchmarks.bench_titles DATABASE [HOW_MANY]`."""

from __future__ import annotations

import re
import sys
from pathlib import Path

from benchmarks.bench_sweep import every, sampled
from diagnostic import french, report, story
from diagnostic.story import Section
from diagnostic.warehouse import open_database

NUMBER = r"(\d[\d\s]*(?:,\d+)?)"


def contradictions(section: Section) -> list[str]:
    """What the title of a section says that its drawing does not show; empty for a subject that is not checked."""
    check = CHECKS.get(section.id)
    said = section.title.replace("\u00a0", " ").replace("\u202f", " ")
    return [f"{section.id} : « {said} » : {reason}" for reason in (check(said, section) if check else ())]


def _members(said: str, section: Section):
    bars = {name: (value, alert) for block in _of(section, story.Ranked) for name, value, alert in block.rows}
    counted = re.match(r"(\w+) communes? sur (\d+)(?: comparables?)? (?:est|sont) nettement (.+?) d", said)
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


def _outlook(said: str, section: Section):
    drawn = _of(section, story.Lines)
    told = re.search(rf"(?:de|environ) {NUMBER}(?: à {NUMBER})? enfants?", said)
    if not drawn or told is None:
        return
    ends = [line.points[-1][1] for line in drawn[0].series]
    for one, end in zip(filter(None, told.groups()), (min(ends), max(ends)), strict=False):
        if abs(_number(one) - end) > 51:
            yield f"{one} pour {end:.0f}"


CHECKS = {
    "communes": _members,
    "position": _rank,
    "semblables": _rank,
    "leviers": _rows,
    "priorites": _rows,
    "perspectives": _outlook,
}


def _of(section: Section, kind: type) -> list:
    return [block for block in section.blocks if isinstance(block, kind)]


def _number(text: str) -> float:
    return float(text.replace(" ", "").replace(",", "."))


def _whole(word: str) -> int:
    spelt = [french.in_words(n, feminine=True) for n in range(10)]
    return spelt.index(word.lower()) if word.lower() in spelt else int(word)


def main() -> None:
    db = open_database(Path(sys.argv[1]))
    many = int(sys.argv[2]) if len(sys.argv) > 2 else 60
    places, found = sampled(every(db), many), []
    for place in places:
        for section in story.sections(report.build(db, place.key), db=db):
            found += [f"{place.key} {reason}" for reason in contradictions(section)]
    print(*found, sep="\n")
    print(f"{len(places)} territories, {len(found)} contradictions")


if __name__ == "__main__":
    main()

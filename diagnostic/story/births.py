"""Births: how they move here, and beside the reference."""

from __future__ import annotations

from diagnostic import french, reading
from diagnostic.indicators import BIRTHS
from diagnostic.report import Report, Series
from diagnostic.report.messages import SPAN, births_of_years, of_few
from diagnostic.story.blocks import Data, Line, Lines, Section
from diagnostic.story.figures import source_line, sources_of, statuses
from diagnostic.story.once import once
from diagnostic.story.words import in_its_level, known

FEWEST = 20
FEW = "De si petits nombres changent d’une année à l’autre sans qu’une tendance se dessine."
Points = list[tuple[int, float]]


@once
def births_section(report: Report) -> Section | None:
    """How births move over the five years that the synthesis tells and over all the years drawn, then beside the
    reference. Names the territory of the first line where the births of this one are not known."""
    drawn = [(one, indexed(one)) for one in report.births]
    drawn = [(one, points) for one, points in drawn if len(points) > 1]
    if not drawn:
        return None
    (series, points), beside = drawn[0], report.beside
    first = points[0][0]
    key = beside.key if beside is not None else ""
    subtitle = f"Naissances domiciliées, indice 100 en {first}"
    other = next((found for one, found in drawn[1:] if one.key == key), None)
    if other is not None and beside is not None:
        subtitle += f" ; {french.at(beside)}, {_end(other)} entre {other[0][0]} et {other[-1][0]}"
    lines = Lines(
        f"Naissances, indice 100 en {first}",
        tuple(
            Line(
                one.name,
                tuple(found),
                _role(number, one.key == key),
                number > 0 and one.key != key,
                _end(found),
            )
            for number, (one, found) in enumerate(drawn)
        ),
    )
    own = _counts(series)
    columns = ((0.5, (own,)), (0.5, (lines,))) if own is not None else ((1.0, (lines,)),)
    few, summed = _few(series), _summed(series)
    on_screen: tuple = (lines,)
    if few and own is not None:
        columns = ((1.0, (summed or own,)),)
        on_screen = (summed or own,)
        subtitle = "Naissances domiciliées" + (
            f", somme des {SPAN} années jusqu’à celle qui est lue" if summed else ""
        )
    return Section(
        BIRTHS,
        "Naissances",
        _title(report, series, points),
        columns,
        # Where those of the territory are not known, the same file tells the births drawn.
        source_line(report, (BIRTHS,)) or sources_of(report, (BIRTHS,)),
        ("Naissances domiciliées : au domicile de la mère, où que l’enfant naisse.",),
        caution=FEW if few else "",
        subtitle=subtitle,
        statuses=statuses(report, BIRTHS),
        indicators=(BIRTHS,),
        data=_data(report),
        on_screen=on_screen,
    )


def indexed(series: Series) -> Points:
    """(year, index 100 at the first known year) of the known values; empty when the first is 0 or unknown."""
    points = _known(series)
    if not points or not points[0][1]:
        return []
    return [(year, value / points[0][1] * 100) for year, value in points]


def _known(series: Series) -> Points:
    pairs = zip(series.years, series.values, strict=True)
    return [(year, value) for year, value in pairs if value is not None and known(value) is not None]


def _counts(series: Series) -> Lines | None:
    """The births of the territory as they are."""
    points = _known(series)
    name = french.typographic(series.name)
    return (
        Lines(f"Naissances par an, {name}", (Line("", tuple(points), "territory"),))
        if len(points) >= 3
        else None
    )


def _summed(series: Series) -> Lines | None:
    """The births of the five years that end in each year: of a few, a year alone says nothing."""
    found = dict(_known(series))
    points = tuple(
        (year, sum(found[one] for one in range(year - SPAN + 1, year + 1)))
        for year in found
        if all(one in found for one in range(year - SPAN + 1, year + 1))
    )
    if len(points) < 3:
        return None
    name = french.typographic(series.name)
    return Lines(f"Naissances des cinq années jusqu’à celle-ci, {name}", (Line(name, points, "territory"),))


def _data(report: Report) -> Data:
    return Data(
        ("Territoire", "Année", "Naissances"),
        tuple(
            (one.name, year, value)
            for one in report.births
            for year, value in zip(one.years, one.values, strict=True)
            if value is not None
        ),
    )


def _role(number: int, is_reference: bool) -> str:
    return "territory" if number == 0 else "ink" if is_reference else "other"


def _end(points: Points) -> str:
    return f"{french.signed(points[-1][1] - 100)}{french.THIN}%"


def _few(series: Series) -> bool:
    """Whether a percentage would make much of one child: in one of the years drawn, or in the one that the summary tells."""
    found = dict(_known(series))
    return not found or min(found.values()) < FEWEST or of_few(found)


def _title(report: Report, series: Series, points: Points) -> str:
    message, known_ = _message(dict(points), points[0][0], points[-1][0]), dict(_known(series))
    last = max(known_, default=0)
    before = last - SPAN if last - SPAN in known_ else min(known_, default=0)
    if known_ and min(known_[before], known_[last]) < reading.SMALL_COUNT:
        told = ((before, known_[before]), (last, known_[last]))
        message = french.capitalised(reading.evolution(*told, "naissance", "naissances"))
    if _few(series):
        count, when, then = births_of_years(known_, max(known_))
        births = french.quantity(count, "naissance", "naissances") if count else "Aucune naissance"
        message = f"{births} {when}{then}"
    place = next((one for one in report.context.parents if one.key == series.key), None)
    if place is None:
        return message
    said, level = f"{message[:1].lower()}{message[1:]}", french.capitalised(in_its_level(place))
    named, lately = french.capitalised(french.at(place)), said.partition(", ")[0]
    return reading.held((f"{named}, {said}", f"{named}, {lately}", f"{level}, {said}", f"{level}, {lately}"))


def _message(values: dict[int, float], first: int, last: int) -> str:
    recent = last - SPAN
    whole = values[last] - values[first]
    if recent <= first or not values.get(recent):
        if abs(whole) < 0.5:
            return f"Autant de naissances en {last} qu’en {first}"
        return f"Les naissances {_move(whole)} de {french.percent(abs(whole))} entre {first} et {last}"
    lately = (values[last] / values[recent] - 1) * 100
    if abs(lately) < 0.5:
        change = f"{french.signed(whole)}{french.THIN}%"
        return f"Autant de naissances en {last} qu’en {recent} ; {change} depuis {first}"
    message = f"Les naissances {_move(lately)} de {french.percent(abs(lately))} entre {recent} et {last}"
    if abs(whole) < 0.5:
        return f"{message}, et reviennent au niveau de {first}"
    if (lately > 0) == (whole > 0):
        return f"{message}, et de {french.percent(abs(whole))} depuis {first}"
    return f"{message}, mais {_move(whole)} de {french.percent(abs(whole))} depuis {first}"


def _move(points: float) -> str:
    return "augmentent" if points > 0 else "reculent"

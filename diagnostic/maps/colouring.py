"""The classes of a map: the distance to a reference, or the value itself."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from diagnostic import classes, design, french, reading
from diagnostic.indicators import rounded_children
from diagnostic.model import (
    RATIO_CUTS,
    RATIO_WORDS,
    DiagnosticError,
    Direction,
    Finding,
    Indicator,
    Status,
    ratio_word,
)

MOST_CLASSES = 5
"""Shades of the sequential palette: more are not told apart on a screen."""
UNKNOWN = classes.UNKNOWN
SMALL = UNKNOWN - 1
"""Place in the legend of a unit whose rate is of too few people to be held against anything."""


def typed_limits(text: str) -> tuple[float, ...]:
    """Bounds of classes as typed, « 20 ; 40 ; 62,5 » or with spaces; DiagnosticError says what is wrong."""
    words = [word for word in re.split(r"[;\s]+", text.strip()) if word]
    try:
        found = tuple(float(word.replace(",", ".")) for word in words)
    except ValueError:
        found = ()
    rising = all(low < high for low, high in zip(found, found[1:], strict=False))
    if not (3 <= len(found) <= MOST_CLASSES + 1 and rising and all(map(math.isfinite, found))):
        raise DiagnosticError(
            f"Donnez de 3 à {MOST_CLASSES + 1} bornes, de la plus petite à la plus grande, séparées par des espaces : "
            "20 40 60 80.",
            code=2,
        )
    return found


@dataclass(frozen=True)
class Class:
    """One class of the legend: its colour in each theme, a word (may be empty), its range in the unit."""

    light: str
    dark: str
    word: str
    bounds: str


@dataclass(frozen=True)
class Colouring:
    """The class of each unit by code (`UNKNOWN` where there is no value, `SMALL` where it is of too few people to be
    compared, or held against nothing for another cause: `apart` says which), and the legend in its order."""

    index: dict[str, int]
    classes: tuple[Class, ...]
    title: str
    apart: str = "effectif trop petit"


def by_ratio(
    findings: Mapping[str, Finding], indicator: Indicator, reference: float, reference_name: str,
    status: Status = Status.OK,
) -> Colouring:  # fmt: skip
    """Classes of value ÷ reference, which has `status`: the same words and colours on every map. Brown is the bad side; a
    figure of too few people has no class."""
    index = {}
    for code, finding in findings.items():
        value = reading.known_value(finding)
        word = ratio_word(value, reference, finding.rounding)
        alone = finding.stands_apart or (word is None and finding.rounding > 0)
        index[code] = (
            SMALL if value is not None and alone else UNKNOWN if word is None else RATIO_WORDS.index(word)
        )
    number = [french.number(cut * reference, indicator.decimals) for cut in RATIO_CUTS]
    ranges = (
        f"moins de {number[0]}",
        *(f"{low} à {high}" for low, high in zip(number, number[1:], strict=False)),
        f"{number[-1]} et plus",
    )
    scale = "sequential" if indicator.direction is Direction.NEUTRAL else "ratio"
    light, dark = (list(getattr(design.palette(theme), scale)) for theme in design.THEMES)
    if indicator.direction is Direction.LESS_IS_BETTER:
        light.reverse()
        dark.reverse()
    found = tuple(map(Class, light, dark, RATIO_WORDS, ranges))
    said = french.number(rounded_children(reference, status, indicator), indicator.decimals)
    few = all(findings[code].of_too_few for code, number in index.items() if number == SMALL)
    apart = "effectif trop petit" if few else "sans comparaison"
    return Colouring(
        index, found, f"{indicator.short}, par rapport {french.to_text(reference_name)} ({said})", apart
    )


def by_class(
    findings: Mapping[str, Finding], indicator: Indicator, method: classes.Method, count: int,
    limits: Sequence[float] = (),
) -> Colouring:  # fmt: skip
    """Classes of the value itself, from light (low) to dark (high); at `limits`, those of the user, when given."""
    codes = list(findings)
    values = [reading.known_value(findings[code]) for code in codes]
    cut = (
        classes.typed(values, limits)
        if limits
        else classes.classify(values, method, min(count, MOST_CLASSES))
    )
    index = dict(zip(codes, (int(one) for one in cut.index), strict=True))
    said = [french.number(bound, indicator.decimals) for bound in cut.bounds]
    ranges = [low if low == high else f"{low} à {high}" for low, high in zip(said, said[1:], strict=False)]
    known = [value for value in values if value is not None]
    # A value beyond the outer bounds that the user typed is in the end class: its words must hold it.
    if limits and known and min(known) < limits[0]:
        ranges[0] = f"{said[1]} et moins"
    if limits and known and max(known) > limits[-1]:
        ranges[-1] = f"plus de {said[-2]}"
    light, dark = (design.palette(theme).sequential for theme in design.THEMES)
    picked = _spread(cut.count, len(light))
    found = tuple(
        Class(light[shade], dark[shade], "", words) for shade, words in zip(picked, ranges, strict=True)
    )
    return Colouring(index, found, f"{indicator.short} ({indicator.unit})")


def _spread(count: int, of: int) -> list[int]:
    if count <= 1:
        return [of // 2] * count
    return [round(number * (of - 1) / (count - 1)) for number in range(count)]

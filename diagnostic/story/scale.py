"""Round axes, and labels that do not touch: the same in every drawing."""

from __future__ import annotations

import math


def nice_ceiling(value: float) -> float:
    """The first round number at or above `value`, for a fixed axis."""
    if value <= 0:
        return 1.0
    unit = 10.0 ** (len(str(int(value))) - 1) if value >= 1 else 0.1
    return next(step * unit for step in (1, 1.2, 1.5, 2, 2.5, 3, 4, 5, 6, 8, 10) if step * unit >= value)


def nice_step(whole: float) -> float:
    """What an axis from zero to `whole` is parted by: a round number, four times the most often."""
    steps = [whole / parts for parts in (4, 5, 3, 2)]
    round_ = (
        step
        for step in steps
        if round(10 * step / 10 ** math.floor(math.log10(step)), 6) in (10, 20, 25, 30, 40, 50)
    )
    return next(round_, steps[0])


def nice_range(low: float, high: float) -> tuple[float, float, float]:
    """A round minimum, maximum and step of four to seven intervals that hold both values."""
    spread = max(high - low, abs(high) * 0.02, 0.5)
    raw = spread / 5
    power = 10.0 ** math.floor(math.log10(raw))
    step = next(k * power for k in (1, 2, 5, 10) if k * power >= raw)
    return math.floor(low / step) * step, math.ceil(high / step + 1e-9) * step, step


def years_below(first: int, last: int, most: int) -> list[int]:
    """The years written under a curve, `most` at the most, the last one among them: the first may come a little before
    the curve."""
    length = last - first
    room = [step for step in range(1, length + 1) if -(-length // step) < max(most, 2)]
    several = [step for step in room if length // step > 2]

    def badness(step: int) -> tuple[int, bool, int]:
        return -length % step, step not in (1, 2, 5), step

    step = min(several or room, key=badness, default=1)
    return list(range(last - step * -(-length // step), last + 1, step))


def spread(values: list[float], apart: float) -> list[float]:
    """Heights for labels, at least `apart` from one another, as near as possible to the values."""
    order = sorted(range(len(values)), key=lambda i: values[i])
    placed = list(values)
    for below, above in zip(order, order[1:], strict=False):
        placed[above] = max(placed[above], placed[below] + apart)
    return placed

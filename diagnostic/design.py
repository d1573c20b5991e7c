"""Colours and sizes of the identity, in one place for pages, charts, maps and exports."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from diagnostic import REFERENCE

_TOKENS = REFERENCE / "design_tokens.json"
THEMES = ("light", "dark")


@dataclass(frozen=True)
class Palette:
    """The colours of one theme: `roles` by name, `ratio` from far below to far above, `sequential` from
    low to high, `modes` and `modes_ink` (the ink of the number inside) by mode of care."""

    theme: str
    roles: dict[str, str]
    ratio: tuple[str, ...]
    sequential: tuple[str, ...]
    modes: dict[str, str]
    modes_ink: dict[str, str]

    def __getitem__(self, role: str) -> str:
        return self.roles[role]


@cache
def tokens() -> dict:
    """The whole table of tokens, as committed in data/reference/design_tokens.json."""
    return json.loads(_TOKENS.read_text("utf-8"))


@cache
def palette(theme: str = "light") -> Palette:
    """The palette of "light" or "dark"; three and five modes of care are found under their own names."""
    chosen = tokens()[theme]
    return Palette(
        theme=theme,
        roles=chosen["roles"],
        ratio=tuple(chosen["ratio"]),
        sequential=tuple(chosen["sequential"]),
        modes=chosen["modes"] | chosen["modes_five"],
        modes_ink=chosen["modes_ink"] | chosen["modes_five_ink"],
    )


def css_variables() -> str:
    """The roles and scales as CSS custom properties that follow the colour scheme of the page."""
    light, dark = palette("light"), palette("dark")
    pairs = {name.replace("_", "-"): (light[name], dark[name]) for name in light.roles}
    for scale in ("ratio", "sequential"):
        both = zip(getattr(light, scale), getattr(dark, scale), strict=True)
        pairs |= {f"{scale}-{number}": pair for number, pair in enumerate(both)}
    for mode in light.modes:
        pairs[f"mode-{mode.replace('_', '-')}"] = light.modes[mode], dark.modes[mode]
    return "".join(f"--{name}:light-dark({a},{b});" for name, (a, b) in pairs.items())


NOT_FROM_ZERO = "L’échelle ne part pas de zéro"
"""What a drawing says whose values are not read from zero."""


def from_zero(values: Sequence[float]) -> bool:
    """Whether a line of these values is read from zero: when it falls by half or more."""
    return 0 <= min(values) < max(values) * 0.5

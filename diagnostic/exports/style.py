"""Colours of printed files: the light theme of the identity, with its two departures for print.

The third mode and the bars of other members are lightened so that ink labels stay readable inside.
"""

from __future__ import annotations

from diagnostic.design import palette

_LIGHT = palette("light")

COLOURS: dict[str, str] = {
    "ink": _LIGHT["text"].lstrip("#"),
    "muted": _LIGHT["muted"].lstrip("#"),
    "rule": _LIGHT["rule"].lstrip("#"),
    "ground": _LIGHT["surface"].lstrip("#"),
    "territory": _LIGHT["territory"].lstrip("#"),
    "eaje_hors_psu": _LIGHT.modes["eaje_hors_psu"].lstrip("#"),
    "modes_am": _LIGHT.modes["assistantes_maternelles"].lstrip("#"),
    "other": "A6AFB5",
    "domicile": _LIGHT.modes["domicile"].lstrip("#"),
    "attention": _LIGHT["attention"].lstrip("#"),
    "qpv": _LIGHT["qpv"].lstrip("#"),
}
WHITE_INK = frozenset({"territory", "attention", "qpv", "muted"})
RATIO = tuple(colour.lstrip("#") for colour in _LIGHT.ratio)


def ink_on(role: str) -> str:
    """The colour of a label inside a bar of this role."""
    return "FFFFFF" if role in WHITE_INK else COLOURS["ink"]


def nice_ceiling(value: float) -> float:
    """The first round number at or above `value`, for a fixed axis."""
    if value <= 0:
        return 1.0
    unit = 10.0 ** (len(str(int(value))) - 1) if value >= 1 else 0.1
    return next(step * unit for step in (1, 1.2, 1.5, 2, 2.5, 3, 4, 5, 6, 8, 10) if step * unit >= value)

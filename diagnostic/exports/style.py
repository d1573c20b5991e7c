"""Colours of printed files: the light theme of the identity, with its two departures for print.

The third mode and the bars of other members are lightened so that ink labels stay readable inside.
"""

from __future__ import annotations

from diagnostic.design import palette

_LIGHT = palette("light")

COLOURS: dict[str, str] = {
    "paper": "FFFFFF",
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
RATIO = tuple(colour.lstrip("#") for colour in _LIGHT.ratio)


def ink_on(role: str) -> str:
    """The colour of a label inside a bar of this role."""
    return ink_over(COLOURS[role])


def ink_over(colour: str) -> str:
    """White or our ink, whichever reads best over a colour."""
    return max(("FFFFFF", COLOURS["ink"]), key=lambda ink: contrast(ink, colour))


def contrast(one: str, other: str) -> float:
    """Contrast ratio of two colours (WCAG 2.2, success criterion 1.4.3): 1 to 21."""
    high, low = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def _luminance(colour: str) -> float:
    """Relative luminance of "RRGGBB" (WCAG 2.2)."""
    parts = [int(colour[i : i + 2], 16) / 255 for i in (0, 2, 4)]
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue

"""The colours of a stranger's theme, kept where they can be read on its background."""

from __future__ import annotations

from lxml import etree

from diagnostic.exports.pptx.page import A
from diagnostic.exports.style import COLOURS, contrast, ink_over

P = "http://schemas.openxmlformats.org/presentationml/2006/main"
# Only these are taken from a theme: a stranger's other accents turn text blue and alerts violet.
THEMED = {"territory": "accent1", "modes_am": "accent2", "ink": "tx1"}
TEXT, GRAPHIC = 4.5, 3.0
"""Contrast with the background: WCAG 2.2, success criteria 1.4.3 and 1.4.11."""
LEAST = {
    "ink": TEXT,
    "muted": TEXT,
    "territory": TEXT,
    "attention": TEXT,
    "qpv": TEXT,
    "modes_am": GRAPHIC,
    "eaje_hors_psu": GRAPHIC,
    "other": GRAPHIC,
}
SAID = {"territory": "la première couleur", "modes_am": "la deuxième couleur", "ink": "la couleur du texte"}
HAIRLINE, PALE = 0.18, 0.07


def palette_of(file, layout) -> tuple[dict[str, str], dict[str, str], tuple[str, ...]]:
    """Colours by role, those that follow the theme (colour -> slot), and what to say of those replaced."""
    theme = _theme(file.slide_master)
    mapped = file.slide_master._element.find(f"{{{P}}}clrMap")
    slots = dict(mapped.attrib) if mapped is not None else {}

    def colour(slot: str) -> str | None:
        return theme.get(slots.get(slot, slot))

    background = (
        _background(layout, colour) or _background(file.slide_master, colour) or colour("bg1") or "FFFFFF"
    )
    wished = {role: colour(slot) or COLOURS[role] for role, slot in THEMED.items()}
    ink = _readable(wished["ink"], background, TEXT)
    colours = {**COLOURS, **wished, "paper": background}
    colours = {
        role: _readable(value, background, LEAST[role], COLOURS[role]) if role in LEAST else value
        for role, value in colours.items()
    }
    colours |= {
        "ink": ink,
        "rule": mixed(background, ink, HAIRLINE),
        "ground": mixed(background, ink, PALE),
        "domicile": mixed(background, ink, 2 * HAIRLINE),
    }
    replaced = [SAID[role] for role in THEMED if colours[role] != wished[role]]
    remarks: tuple[str, ...] = ()
    if replaced:
        remarks = (
            f"Dans ce modèle, {' et '.join(replaced)} du thème ne se lit pas assez sur le fond : une couleur sûre "
            "la remplace.",
        )
    kept = {colours[role]: slot for role, slot in THEMED.items() if colours[role] == colour(slot)}
    return colours, kept, remarks


def _theme(master) -> dict[str, str]:
    """Slot -> colour of the theme of a master."""
    part = next(rel.target_part for rel in master.part.rels.values() if rel.reltype.endswith("/theme"))
    scheme = etree.fromstring(part.blob).find(f".//{{{A}}}clrScheme")
    found = {}
    for slot in scheme if scheme is not None else ():
        for node in slot:
            value = node.get("lastClr") or node.get("val") or ""
            if len(value) == 6:
                found[etree.QName(slot).localname] = value.upper()
    return found


def _background(holder, colour) -> str | None:
    """The plain colour behind a layout or a master; None when it has none of its own, or a picture."""
    node = holder._element.find(f"{{{P}}}cSld/{{{P}}}bg")
    if node is None:
        return None
    for fill in node.iter(f"{{{A}}}srgbClr", f"{{{A}}}schemeClr"):
        value = fill.get("val", "")
        return value.upper() if fill.tag.endswith("srgbClr") else colour(value)
    return None


def _readable(wished: str, background: str, least: float, safe: str | None = None) -> str:
    """The colour wished; drawn towards what is read when it nearly is; else the safe one, drawn likewise."""
    near = contrast(wished, background) >= GRAPHIC
    for candidate in (wished, None if near else safe):
        if candidate and contrast(candidate, background) >= least:
            return candidate
    end = ink_over(background)
    start = wished if near or safe is None else safe
    return next(
        (step for i in range(1, 11) if contrast(step := mixed(start, end, i / 10), background) >= least), end
    )


def mixed(one: str, other: str, share: float) -> str:
    """One colour with a share of another."""
    parts = zip((one[0:2], one[2:4], one[4:6]), (other[0:2], other[2:4], other[4:6]), strict=True)
    return "".join(f"{round(int(a, 16) + share * (int(b, 16) - int(a, 16))):02X}" for a, b in parts)

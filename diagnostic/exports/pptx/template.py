"""Our theme and layout, or those of a collectivity's own file, which is checked before it is used."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lxml import etree
from pptx import Presentation
from pptx.enum.shapes import PP_PLACEHOLDER
from pptx.util import Cm

from diagnostic.exports.pptx.master import ANNEX, MESSAGE, TITLE, layouts
from diagnostic.exports.pptx.page import A, Page
from diagnostic.exports.pptx.safety import refuse_unsafe
from diagnostic.exports.pptx.theme import palette_of
from diagnostic.exports.style import COLOURS
from diagnostic.model import DiagnosticError

NARROWEST, WIDEST, LOWEST = 20.0, 60.0, 12.0
"""Sides of a slide in centimetres between which the diagnosis can be laid out."""
SOURCE = 0.9
SCHEME = {
    "dk1": "ink",
    "lt1": None,
    "dk2": "muted",
    "lt2": "ground",
    "accent1": "territory",
    "accent2": "modes_am",
    "accent3": "other",
    "accent4": "attention",
    "accent5": "qpv",
    "accent6": "eaje_hors_psu",
}


DERIVED = {"paper": "bg1", "rule": "bg2:89", "domicile": "bg2:84"}
"""Roles that no slot of a theme holds: the slot they come from, then the share (%) of its light."""
SLOTS = {"dk1": "tx1", "lt1": "bg1", "dk2": "tx2", "lt2": "bg2"}
"""The colours of a theme by the names that slides call them."""


@dataclass(frozen=True)
class Template:
    """The file that the slides are written in, its layouts, its page, and the colours that follow its theme.

    `opening` is the layout of the title slide, None when the other serves; `annex` that of the annexes. `ours` when
    the layouts are our own. `remarks` are sentences for whoever gave the template.
    """

    file: Any
    layout: Any
    page: Page
    slots: Mapping[str, str]
    opening: Any | None = None
    annex: Any | None = None
    ours: bool = False
    remarks: tuple[str, ...] = ()

    @classmethod
    def own(cls) -> Template:
        """An empty presentation with our theme and our four layouts."""
        file, page = Presentation(), Page()
        file.slide_width, file.slide_height = Cm(page.width), Cm(page.height)
        write_theme(file)
        made = layouts(file, page)
        slots = {page.colours[role]: SLOTS.get(slot, slot) for slot, role in SCHEME.items() if role}
        slots |= {page.colours[role]: slot for role, slot in DERIVED.items()}
        return cls(file, made[MESSAGE], page, slots, made[TITLE], made[ANNEX], ours=True)

    @classmethod
    def of(cls, path: Path) -> Template:
        """The collectivity's own file. Raises DiagnosticError when it cannot serve."""
        file = opened(path)
        layout = plainest(file)
        colours, slots, remarks = palette_of(file, layout)
        page = page_of(file, colours)
        if page.type < 1:
            remarks = (
                *remarks,
                "Le modèle est plus étroit que le grand écran : les textes sont réduits d’autant.",
            )
        return cls(file, layout, page, slots, opening_of(file), layout, remarks=remarks)


def write_theme(file) -> None:
    """Our colours and Arial in the theme of the master."""
    part = next(
        rel.target_part for rel in file.slide_master.part.rels.values() if rel.reltype.endswith("/theme")
    )
    root = etree.fromstring(part.blob)
    scheme = root.find(f".//{{{A}}}clrScheme")
    for slot, role in SCHEME.items():
        node = scheme.find(f"{{{A}}}{slot}")
        for child in list(node):
            node.remove(child)
        etree.SubElement(node, f"{{{A}}}srgbClr", val=COLOURS[role] if role else "FFFFFF")
    for latin in root.findall(f".//{{{A}}}fontScheme//{{{A}}}latin"):
        latin.set("typeface", "Arial")
    part._blob = etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True)


def opened(template: Path):
    """The collectivity's file without its slides. Raises DiagnosticError unless it is a sane .pptx."""
    refuse_unsafe(template)
    try:
        file = Presentation(str(template))
        width, height = (file.slide_width or 0) / Cm(1), (file.slide_height or 0) / Cm(1)
    except Exception as error:
        raise DiagnosticError(
            f"« {template.name} » n’est pas un modèle PowerPoint lisible : enregistrez-le au format .pptx.",
            code=2,
        ) from error
    if not (NARROWEST <= width <= WIDEST and height >= LOWEST and width >= 1.3 * height):
        raise DiagnosticError(
            f"Les diapositives du modèle « {template.name} » ne peuvent pas porter le diagnostic : choisissez 16:9 ou "
            "4:3, en paysage, dans Création, Taille des diapositives.",
            code=2,
        )
    ids = file.slides._sldIdLst
    for slide in list(ids):
        file.part.drop_rel(slide.rId)
        ids.remove(slide)
    return file


def plainest(file):
    """The layout with a title and the fewest other placeholders. Raises DiagnosticError when none has a title."""
    titled = [
        layout
        for layout in file.slide_layouts
        if any(p.placeholder_format.type == PP_PLACEHOLDER.TITLE for p in layout.placeholders)
    ]
    if not titled:
        raise DiagnosticError(
            "Aucune disposition du modèle n’a de titre : ajoutez-en une, puis recommencez.", code=2
        )
    return min(titled, key=lambda layout: len(layout.placeholders))


def opening_of(file):
    """The layout of a title slide: a centred title; None when the file has none."""
    for layout in file.slide_layouts:
        if any(p.placeholder_format.type == PP_PLACEHOLDER.CENTER_TITLE for p in layout.placeholders):
            return layout
    return None


def page_of(file, colours: Mapping[str, str]) -> Page:
    """The page of a stranger's file: its content stands where its own "title and content" puts it."""
    ours = Page()
    width, height = file.slide_width / Cm(1), file.slide_height / Cm(1)
    across, down = width / ours.width, height / ours.height
    left, content, top, tall = ours.left * across, ours.content * across, ours.top * down, ours.tall * down
    body = _body(file)
    if (
        body is not None
        and body.width
        and body.width / Cm(1) > 0.7 * width
        and body.height / Cm(1) > 0.5 * height
    ):
        left, content = body.left / Cm(1), body.width / Cm(1)
        top = body.top / Cm(1)
        tall = body.height / Cm(1) - SOURCE * down
    return Page(
        width, height, left, content, top, tall, min(1.0, round((across + min(down, 1.0)) / 2, 2)), colours
    )


def _body(file):
    """The body of the layout that has one title and one body."""
    for layout in file.slide_layouts:
        kinds = [p.placeholder_format.type for p in layout.placeholders]
        bodies = [p for p in layout.placeholders if p.placeholder_format.idx == 1]
        if PP_PLACEHOLDER.TITLE in kinds and len(bodies) == 1:
            others = {
                PP_PLACEHOLDER.FOOTER,
                PP_PLACEHOLDER.DATE,
                PP_PLACEHOLDER.SLIDE_NUMBER,
                PP_PLACEHOLDER.TITLE,
            }
            if sum(kind not in others for kind in kinds) == 1:
                return bodies[0]
    return None


def follow_theme(root, slots: Mapping[str, str]) -> None:
    """Our first colours become those of the theme, so that a change of theme recolours text and charts."""
    for node in list(root.iter(f"{{{A}}}srgbClr")):
        slot, _, light = slots.get(node.get("val"), "").partition(":")
        if slot:
            node.tag = f"{{{A}}}schemeClr"
            node.set("val", slot)
        if light:
            node.insert(0, etree.Element(f"{{{A}}}lumMod", val=f"{light}000"))

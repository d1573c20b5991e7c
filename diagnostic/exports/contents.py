"""The contents of a Word document: a field that Word may update, whose lines bear their page already."""

from __future__ import annotations

import re

from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.text.paragraph import Paragraph

from diagnostic.exports import pages


def number(file, place: Paragraph, deepest: int, forms: pages.Forms) -> None:
    """Write the contents where they stand: a field that Word may update, whose lines bear their page already."""
    levels = {
        style.style_id: int(style.name[-1])
        for style in file.styles
        if re.fullmatch(r"Heading \d", style.name or "")
    }
    every = [one for one in file.paragraphs if one._p.style in levels]
    headings = [(one, levels[one._p.style]) for one in every if levels[one._p.style] <= deepest]
    lines = []
    for number, (heading, level) in enumerate(headings):
        line = place.insert_paragraph_before()
        line._p.style = f"toc{level}"
        if number == 0:
            _mark(line, "begin")
            _instruction(line, f'TOC \\o "1-{deepest}" \\h \\z \\u')
            _mark(line, "separate")
        name = f"_Toc{number + 1:06}"
        _bookmark(heading, name, number)
        lines.append((line, name, heading.text))
    for line, name, text in lines:
        _entry(line, name, text, "0")
    if lines:
        _mark(lines[-1][0], "end")
    place._p.getparent().remove(place._p)
    found = dict(zip((id(one._p) for one in every), pages.numbered(file, forms), strict=True))
    for (heading, _), (line, _, _) in zip(headings, lines, strict=True):
        line._p.findall(f".//{qn('w:t')}")[-1].text = str(found[id(heading._p)])


def _bookmark(paragraph, name: str, number: int) -> None:
    start, end = OxmlElement("w:bookmarkStart"), OxmlElement("w:bookmarkEnd")
    for node in (start, end):
        node.set(qn("w:id"), str(number))
    start.set(qn("w:name"), name)
    paragraph._p.insert(1 if paragraph._p.pPr is not None else 0, start)
    paragraph._p.append(end)


def _entry(line, name: str, text: str, page: str) -> None:
    """A line of the contents: a link to the heading, dots, its page."""
    link = OxmlElement("w:hyperlink")
    link.set(qn("w:anchor"), name)
    link.set(qn("w:history"), "1")
    start = len(line.runs)
    line.add_run(text)
    line.add_run().add_tab()
    field(line, f"PAGEREF {name} \\h", page)
    for run in line.runs[start:]:
        link.append(run._r)
    line._p.append(link)


def _mark(paragraph, kind: str) -> None:
    node = OxmlElement("w:fldChar")
    node.set(qn("w:fldCharType"), kind)
    paragraph.add_run()._r.append(node)


def _instruction(paragraph, code: str) -> None:
    node = OxmlElement("w:instrText")
    node.set(qn("xml:space"), "preserve")
    node.text = f" {code} "
    paragraph.add_run()._r.append(node)


def field(paragraph, code: str, value: str) -> None:
    """A field with its value written, which Word may update."""
    _mark(paragraph, "begin")
    _instruction(paragraph, code)
    _mark(paragraph, "separate")
    paragraph.add_run(value)
    _mark(paragraph, "end")

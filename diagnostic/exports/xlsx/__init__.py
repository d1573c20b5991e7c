"""The workbook: what it is, the territory, its members, its structures, its series, what follows, every value.

`book` writes, `sheets` says what stands in each sheet.
"""

from __future__ import annotations

from collections.abc import Sequence

from diagnostic import story
from diagnostic.exports.xlsx import sheets
from diagnostic.exports.xlsx.book import Book
from diagnostic.report import Report
from diagnostic.story import Cover, Section
from diagnostic.warehouse import Database


def build(report: Report, db: Database | None = None, *, extra: Sequence[Section] = ()) -> bytes:
    """The workbook of the diagnosis as the bytes of a .xlsx file; each section of `extra` has its sheet."""
    book = Book(story.cover(report))
    told = {section.id: section for section in story.sections(report, extra, db)}
    extra = (*story.local_sections(report), *extra)
    before, after = sheets.before(report, db, told), sheets.after(report, told)
    names = [*(sheet.name for sheet in before), *(book.reserve(section) for section in extra)]
    book.readme([*names, *(sheet.name for sheet in after)])
    for sheet in before:
        sheet.write(book)
    for section in extra:
        book.section(section)
    for sheet in after:
        sheet.write(book)
    return book.bytes()

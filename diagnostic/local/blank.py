"""The templates as files to fill in: a csv and a workbook with the lists that its cells choose from."""

from __future__ import annotations

import csv
import io

from diagnostic.local.templates import Kind, Template


def as_csv(template: Template) -> bytes:
    """The template with one example row, as a spreadsheet in French opens it: `;`, UTF-8 with its mark."""
    text = io.StringIO()
    writer = csv.writer(text, delimiter=";", lineterminator="\r\n")
    writer.writerow(column.label for column in template.columns)
    writer.writerow(column.example for column in template.columns)
    return text.getvalue().encode("utf-8-sig")


def as_xlsx(template: Template) -> bytes:
    """The template as a workbook: codes as text, lists for oui or non, the help as comments."""
    import xlsxwriter

    target = io.BytesIO()
    book = xlsxwriter.Workbook(target, {"in_memory": True})
    sheet = book.add_worksheet(template.title[:31].replace("/", "-"))
    head = book.add_format({"bold": True, "text_wrap": True, "valign": "top", "bottom": 1})
    text = book.add_format({"num_format": "@"})
    for place, column in enumerate(template.columns):
        sheet.set_column(
            place, place, max(12, len(column.label) * 0.8), None if column.kind.numeric else text
        )
        sheet.write_string(0, place, column.label, head)
        need = "Obligatoire. " if column.required else ""
        sheet.write_comment(0, place, f"{need}{column.help} Attendu : {column.kind.expected}.".strip())
        if column.kind.numeric:
            sheet.write_number(1, place, float(column.example.replace(",", ".")))
        else:
            sheet.write_string(1, place, column.example, text)
        if column.kind is Kind.YES_NO:
            sheet.data_validation(1, place, 5000, place, {"validate": "list", "source": ["oui", "non"]})
    sheet.freeze_panes(1, 0)
    book.close()
    return target.getvalue()

"""The Table Schema of each template (Frictionless, as schema.data.gouv.fr publishes them), to check a file before it
is brought.

The declarations of `templates.py` are the only source: what a column may hold here is what the page reads.
"""

from __future__ import annotations

import json

from diagnostic.local.templates import Column, Kind, Template

STANDARD = "https://frictionlessdata.io/schemas/table-schema.json"
VERSION = "1.0.0"

_FIELD: dict[Kind, dict] = {
    Kind.COMMUNE_CODE: {"type": "string", "constraints": {"pattern": r"^(\d{2}|2[AB]|F\d)\d{3}$"}},
    Kind.EPCI_CODE: {"type": "string", "constraints": {"pattern": r"^\d{9}$"}},
    Kind.COMMUNE_NAME: {"type": "string"},
    Kind.POSTCODE: {"type": "string", "constraints": {"pattern": r"^\d{5}$"}},
    Kind.TEXT: {"type": "string"},
    Kind.COUNT: {"type": "integer", "constraints": {"minimum": 0}},
    Kind.NUMBER: {"type": "number", "decimalChar": ",", "constraints": {"minimum": 0}},
    Kind.YES_NO: {"type": "boolean", "trueValues": ["oui"], "falseValues": ["non"]},
    Kind.YEAR: {"type": "year"},
    Kind.DATE: {"type": "date", "format": "%d/%m/%Y"},
}


def schema(template: Template) -> dict:
    """The Table Schema of a template: a field a column, named as its heading."""
    return {
        "$schema": STANDARD,
        "name": template.id.replace("_", "-"),
        "title": template.title,
        "description": _description(template),
        "version": VERSION,
        "countryCode": "FR",
        "missingValues": ["", "nd", "nc", "s"],
        "fields": [_field(column) for column in template.columns],
    }


def _description(template: Template) -> str:
    if any(column.kind is Kind.EPCI_CODE for column in template.columns):
        return "Une ligne par intercommunalité, donnée par son Siren ou par son nom."
    rows = "Une ligne par commune." if template.one_row_per_commune else "Une ligne par structure."
    return f"{rows} La commune est donnée par son code Insee ou par son nom."


def as_json(template: Template) -> str:
    """The schema as a file, `schema.json`."""
    return json.dumps(schema(template), ensure_ascii=False, indent=2)


def _field(column: Column) -> dict:
    declared = _FIELD[column.kind]
    constraints = dict(declared.get("constraints", {}))
    if column.required:
        constraints["required"] = True
    return {
        "name": column.label,
        "title": column.label,
        "description": f"{column.help} Attendu : {column.kind.expected}.".strip(),
        # frictionless reads an example with a point whatever the schema says of its comma.
        **({} if column.kind is Kind.NUMBER else {"example": column.example}),
        **declared,
        "constraints": constraints,
    }

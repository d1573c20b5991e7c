"""The OpenAPI document: what may be asked, what is answered, under which licence."""

from __future__ import annotations

from diagnostic.exports import table
from diagnostic.indicators import BY_ID
from diagnostic.model import THEMES, Level

PATH = "/api/v1"
KEY = r"^(france|(commune|epci|departement|region):[0-9A-Za-z]{1,9})$"
MOST_TERRITORIES = 50
_TEXT, _NUMBER = {"type": "string"}, {"type": ["number", "null"]}
_TYPES = {"string": {"type": ["string", "null"]}, "number": _NUMBER, "integer": {"type": ["integer", "null"]}}


def _object(**properties: dict) -> dict:
    return {"type": "object", "required": list(properties), "properties": properties}


def _answers(schema: dict, *refusals: int, csv: bool = False) -> dict:
    content = {"application/json": {"schema": schema}}
    if csv:
        content["text/csv"] = {"schema": _TEXT}
    error = {"application/json": {"schema": _object(erreur=_TEXT)}}
    words = {
        400: "Demande mal écrite",
        404: "Territoire inconnu",
        429: "Trop de demandes",
        503: "Aucune base",
    }
    return {
        "200": {"description": "La réponse", "content": content},
        "304": {"description": "Rien n’a changé depuis l’ETag envoyé"},
    } | {
        str(code): {"description": words[code], "content": error}
        for code in sorted({*refusals, 400, 429, 503})
    }


_KEY = {"name": "cle", "in": "path", "required": True, "schema": {"type": "string", "pattern": KEY}}
_THEME = {"name": "theme", "in": "query", "schema": {"enum": list(THEMES)}}
_FORM = {"name": "format", "in": "query", "schema": {"enum": ["json", "csv", "csvw"], "default": "json"}}
_SOME = {
    "name": "territoire", "in": "query", "required": True, "description": "Une clé, ou plusieurs séparées par « , »",
    "schema": {"type": "string", "pattern": KEY.replace("$", f"(,{KEY[1:-1]}){{0,{MOST_TERRITORIES - 1}}}$")},
}  # fmt: skip
_WHICH = {
    "name": "indicateur", "in": "query", "description": "Un identifiant ; tous quand il manque",
    "schema": {"enum": list(BY_ID)},
}  # fmt: skip
_TERRITORY = _object(cle=_TEXT, niveau={"enum": [level.value for level in Level]}, code=_TEXT, nom=_TEXT)
_INDICATOR = _object(
    id=_TEXT, libelle=_TEXT, unite=_TEXT, theme=_TEXT, definition=_TEXT, limite=_TEXT,
    numerateur=_TEXT, denominateur=_TEXT, sources={"type": "array", "items": _TEXT},
)  # fmt: skip


def _asked(id: str, summary: str, parameters: list[dict], answers: dict) -> dict:
    return {"get": {"operationId": id, "summary": summary, "parameters": parameters, "responses": answers}}


def openapi(base: str) -> dict:
    """The document, for an application served under the path `base`."""
    figure = _object(**{name: _TYPES[kind] for name, kind, _ in table.COLUMNS})
    territories = {"type": "array", "items": _TERRITORY}
    figures = {
        "anyOf": [
            _object(licence=_TEXT, donnees={"type": "array", "items": figure}),
            _object(**{"@context": {}, "tableSchema": {"type": "object"}}),
        ]
    }
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Diagnostic territorial CTG",
            "version": "1",
            "description": "Territoires, indicateurs et chiffres, en lecture seule. Un chiffre inconnu est null, jamais zéro ; "
            "ce qu’un producteur masque reste masqué. Ni compte ni clé ; un nombre de demandes par minute.",
            "license": {
                "name": "Licence Ouverte 2.0",
                "url": "https://www.etalab.gouv.fr/licence-ouverte-open-licence",
            },
        },
        "servers": [{"url": base + PATH}],
        "paths": {
            "/territoires/{cle}": _asked(
                "territoire",
                "Un territoire, ce qui le contient et ce qu’il contient",
                [_KEY],
                _answers(_object(territoire=_TERRITORY, dans=territories, membres=territories), 404),
            ),
            "/indicateurs": _asked(
                "indicateurs",
                "Chaque indicateur : définition, unité, limite, sources",
                [_THEME],
                _answers(_object(indicateurs={"type": "array", "items": _INDICATOR})),
            ),
            "/donnees": _asked(
                "donnees",
                "Les chiffres de territoires, en JSON, en CSV, ou la description du CSV (CSVW)",
                [_SOME, _WHICH, _FORM],
                _answers(figures, 404, csv=True),
            ),
        },
    }

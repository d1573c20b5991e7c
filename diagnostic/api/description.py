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


def openapi(base: str) -> dict:
    """The document, for an application served under the path `base`."""
    territory = _object(cle=_TEXT, niveau={"enum": [level.value for level in Level]}, code=_TEXT, nom=_TEXT)
    indicator = _object(
        id=_TEXT, libelle=_TEXT, unite=_TEXT, theme=_TEXT, definition=_TEXT, limite=_TEXT,
        numerateur=_TEXT, denominateur=_TEXT, sources={"type": "array", "items": _TEXT},
    )  # fmt: skip
    figure = _object(**{name: _TYPES[kind] for name, kind, _ in table.COLUMNS})
    key = {"name": "cle", "in": "path", "required": True, "schema": {"type": "string", "pattern": KEY}}
    form = {"name": "format", "in": "query", "schema": {"enum": ["json", "csv", "csvw"], "default": "json"}}
    some = {
        "name": "territoire", "in": "query", "required": True, "description": "Une clé, ou plusieurs séparées par « , »",
        "schema": {"type": "string", "pattern": KEY.replace("$", f"(,{KEY[1:-1]}){{0,{MOST_TERRITORIES - 1}}}$")},
    }  # fmt: skip
    which = {
        "name": "indicateur", "in": "query", "description": "Un identifiant ; tous quand il manque",
        "schema": {"enum": list(BY_ID)},
    }  # fmt: skip
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
            "/territoires/{cle}": {
                "get": {
                    "operationId": "territoire",
                    "summary": "Un territoire, ce qui le contient et ce qu’il contient",
                    "parameters": [key],
                    "responses": _answers(
                        _object(
                            territoire=territory,
                            dans={"type": "array", "items": territory},
                            membres={"type": "array", "items": territory},
                        ),
                        404,
                    ),
                }
            },
            "/indicateurs": {
                "get": {
                    "operationId": "indicateurs",
                    "summary": "Chaque indicateur : définition, unité, limite, sources",
                    "parameters": [
                        {"name": "theme", "in": "query", "schema": {"enum": list(THEMES)}},
                    ],
                    "responses": _answers(_object(indicateurs={"type": "array", "items": indicator})),
                }
            },
            "/donnees": {
                "get": {
                    "operationId": "donnees",
                    "summary": "Les chiffres de territoires, en JSON, en CSV, ou la description du CSV (CSVW)",
                    "parameters": [some, which, form],
                    "responses": _answers(
                        {
                            "anyOf": [
                                _object(licence=_TEXT, donnees={"type": "array", "items": figure}),
                                _object(**{"@context": {}, "tableSchema": {"type": "object"}}),
                            ]
                        },
                        404,
                        csv=True,
                    ),
                }
            },
        },
    }

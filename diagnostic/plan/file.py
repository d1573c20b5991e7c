"""The file that the user keeps: versioned, readable JSON, loaded whole or refused with its reason."""

from __future__ import annotations

import json
import re
import types
import typing
from dataclasses import fields, is_dataclass
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from functools import lru_cache
from typing import Any

from diagnostic.model import DiagnosticError
from diagnostic.plan.model import BudgetLine, Fiche, Plan, Result
from diagnostic.simulation import CrecheProject

FORMAT = "diagnostic-ctg/plan"
VERSION = 4
LATER: dict[type, frozenset[str]] = {
    BudgetLine: frozenset({"at_best"}),
    CrecheProject: frozenset({"micro"}),
    Fiche: frozenset({"passages", "engaged"}),
    Plan: frozenset({"perimeter", "contributions", "stakes", "aside", "documents"}),
    Result: frozenset({"readings", "formula", "signed"}),
}
"""Fields that files of an earlier version do not have: they take their default."""
# Half a character: no file in UTF-8 can hold it.
_SURROGATE = re.compile("[\ud800-\udfff]")
NO_PLAN = "Ce fichier n’est pas un plan d’actions enregistré par le diagnostic. Choisissez le bon fichier."
HEAVIEST = 5_000_000
"""Bytes: a hundred fiches full of text weigh a tenth of it."""


def to_json(plan: Plan) -> str:
    """The plan as indented JSON, in UTF-8 when written: money as text, nothing left out."""
    content = {"format": FORMAT, "version": VERSION, "plan": encode(plan)}
    return json.dumps(content, ensure_ascii=False, indent=2, allow_nan=False) + "\n"


def from_json(text: str | bytes) -> Plan:
    """Read back `to_json`. A file that is not one, is newer, damaged or heavier than any plan raises a
    DiagnosticError that says where; nothing is half loaded."""
    if len(text) > HEAVIEST:
        raise DiagnosticError(
            f"Ce fichier pèse plus de {HEAVIEST // 1_000_000} Mo : ce n’est pas un plan. Choisissez le bon fichier."
        )
    content = _parsed(text)
    if not isinstance(content, dict) or content.get("format") != FORMAT:
        raise DiagnosticError(NO_PLAN)
    version = content.get("version")
    if not isinstance(version, int) or isinstance(version, bool) or version < 1:
        raise _damaged("version", "le numéro de version manque")
    if version > VERSION:
        raise DiagnosticError(
            f"Ce plan vient d’une version plus récente du diagnostic (format {version}, ici {VERSION}). "
            "Mettez le diagnostic à jour pour l’ouvrir."
        )
    if set(content) != {"format", "version", "plan"}:
        raise _damaged("fichier", "des rubriques manquent ou sont en trop")
    return decode(Plan, content["plan"], "plan")


def _parsed(text: str | bytes) -> Any:
    try:
        plain = text.decode("utf-8-sig") if isinstance(text, bytes) else text.removeprefix("\ufeff")
        return json.loads(plain, parse_constant=_refused_constant, object_pairs_hook=_unique)
    except UnicodeDecodeError as error:
        raise DiagnosticError(
            "Ce fichier n’est pas un texte en UTF-8. Choisissez le plan enregistré par le diagnostic."
        ) from error
    except json.JSONDecodeError as error:
        if not plain.lstrip().startswith("{"):
            raise DiagnosticError(NO_PLAN) from error
        raise _damaged(f"ligne {error.lineno}", "la suite est illisible") from error
    except (RecursionError, ValueError) as error:
        raise _damaged("fichier", "son contenu est illisible") from error


def _refused_constant(name: str) -> None:
    raise _damaged(name, "ce n’est pas un nombre")


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise _damaged("fichier", "une rubrique y figure deux fois")
    return found


def encode(value: Any) -> Any:
    """A dataclass, down to its leaves, as what JSON holds; money and states as text."""
    if is_dataclass(value) and not isinstance(value, type):
        return {name: encode(getattr(value, name)) for name in _hints(type(value))}
    if isinstance(value, tuple):
        return [encode(item) for item in value]
    return str(value) if isinstance(value, Decimal | StrEnum) else value


@lru_cache
def _hints(kind: type) -> dict[str, Any]:
    """The fields that a file keeps, and their types."""
    hints = typing.get_type_hints(kind)
    return {field.name: hints[field.name] for field in fields(kind) if field.metadata.get("kept", True)}


def decode(kind: Any, data: Any, where: str) -> Any:
    """`data` read as `kind`, strictly: every field there but those of `LATER`, none unknown, each of its type."""
    if typing.get_origin(kind) is types.UnionType:
        inner = next(option for option in typing.get_args(kind) if option is not type(None))
        return None if data is None else decode(inner, data, where)
    if typing.get_origin(kind) is tuple:
        if not isinstance(data, list):
            raise _damaged(where, "une liste est attendue")
        item = typing.get_args(kind)[0]
        return tuple(decode(item, value, f"{where}[{rank}]") for rank, value in enumerate(data, 1))
    if is_dataclass(kind):
        return _decode_fields(kind, data, where)
    return _decode_scalar(kind, data, where)


def _decode_fields(kind: Any, data: Any, where: str) -> Any:
    hints = _hints(kind)
    if not isinstance(data, dict):
        raise _damaged(where, "un ensemble de champs est attendu")
    for name in sorted((set(hints) ^ set(data)) - (LATER.get(kind, frozenset()) - set(data))):
        raise _damaged(f"{where}.{name}", "ce champ manque" if name in hints else "ce champ est inconnu")
    values = {
        name: decode(hint, data[name], f"{where}.{name}") for name, hint in hints.items() if name in data
    }
    try:
        return kind(**values)
    except DiagnosticError as error:
        raise _damaged(where, str(error)) from error


def _decode_scalar(kind: Any, data: Any, where: str) -> Any:
    expected = {bool: bool, int: int, float: int | float}.get(kind, str)
    if not isinstance(data, expected) or (isinstance(data, bool) and kind is not bool):
        raise _damaged(where, "la valeur n’est pas du type attendu")
    if isinstance(data, str) and not data.isascii() and _SURROGATE.search(data):
        raise _damaged(where, "un caractère est illisible")
    try:
        return kind(data)
    except (ValueError, OverflowError, InvalidOperation) as error:
        raise _damaged(where, f"la valeur « {str(data)[:40]} » n’est pas reconnue") from error


def _damaged(where: str, why: str) -> DiagnosticError:
    return DiagnosticError(
        f"Le plan est endommagé ({where} : {why.rstrip('.')}). Rien n’a été chargé : reprenez une copie plus ancienne."
    )

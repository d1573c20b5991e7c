"""The operator's private folder: where deposits are kept between sessions, when the operator names one.

Without `DIAGNOSTIC_DONNEES_PRIVEES` nothing of a deposit ever reaches the disk. With it, one file per
template and year, that its owner alone may read, in a folder that nobody else may enter.
"""

from __future__ import annotations

import contextlib
import json
import os
import stat
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pandas as pd

from diagnostic.local.store import STATS, Deposit, LocalData
from diagnostic.local.templates import TEMPLATES
from diagnostic.model import DiagnosticError, Status

VARIABLE = "DIAGNOSTIC_DONNEES_PRIVEES"
VERSION = 1
_SUFFIX = ".donnees.json"


def folder() -> Path | None:
    """The private folder that the operator has named, made if need be; None when there is none.

    DiagnosticError when others than its owner may enter it, or when it cannot be made.
    """
    named = os.environ.get(VARIABLE, "").strip()
    if not named:
        return None
    path = Path(named)
    try:
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
        mode = path.stat().st_mode
    except OSError as error:
        raise DiagnosticError(
            f"Le dossier privé « {path.name} » ne peut pas être ouvert : vérifiez son chemin et ses droits."
        ) from error
    if os.name == "posix" and stat.S_IMODE(mode) & 0o077:
        raise DiagnosticError(
            f"Le dossier privé « {path.name} » est ouvert à d’autres que son propriétaire : fermez-le (chmod 700), "
            "puis relancez l’application."
        )
    return path


def save(deposit: Deposit, into: Path) -> None:
    """Write a deposit, whole or not at all; it replaces the one of the same template and year."""
    content = {
        "version": VERSION,
        "template": deposit.template,
        "origin": deposit.origin,
        "received": deposit.received.isoformat(),
        "year": deposit.year,
        "threshold": deposit.threshold,
        "perimeter": list(deposit.perimeter),
        "facts": [
            [commune, name, None if pd.isna(value) else value, str(status)]
            for commune, name, value, status in zip(
                *(deposit.facts[column] for column in ("commune", "stat", "value", "status")), strict=True
            )
        ],
    }
    target = into / f"{deposit.template}_{deposit.year}{_SUFFIX}"
    partial = target.with_suffix(f".{os.getpid()}.part")
    try:
        with contextlib.suppress(FileNotFoundError):
            partial.unlink()
        descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with open(descriptor, "w", encoding="utf-8") as file:
            json.dump(content, file, ensure_ascii=False)
        partial.replace(target)
    except OSError as error:
        raise DiagnosticError(
            "Ces données n’ont pas pu être gardées dans le dossier privé : vérifiez la place et les droits. "
            "Elles restent dans votre session."
        ) from error


def load(source: Path) -> LocalData:
    """Every deposit of the folder; a file that is not one of ours, or is damaged, is left aside."""
    data = LocalData()
    for deposit in _read(source):
        data = data.merge(deposit)
    return data


def erase(source: Path) -> None:
    """Remove every deposit of the folder, and nothing else."""
    for path in source.glob(f"*{_SUFFIX}"):
        path.unlink(missing_ok=True)


def _read(source: Path) -> Iterator[Deposit]:
    for path in sorted(source.glob(f"*{_SUFFIX}")):
        try:
            content = json.loads(path.read_text("utf-8"))
            template = TEMPLATES[content["template"]]
            if content["version"] != VERSION:
                continue
            facts = pd.DataFrame(content["facts"], columns=["commune", "stat", "value", "status"])
            facts = facts.assign(
                year=int(content["year"]),
                source=template.source,
                value=facts["value"].astype(float),
                status=facts["status"].map(Status),
            )
            yield Deposit(
                template.id,
                str(content["origin"]),
                date.fromisoformat(content["received"]),
                int(content["year"]),
                facts[STATS],
                template.rule,
                None if content["threshold"] is None else float(content["threshold"]),
                tuple(content["perimeter"]),
            )
        except (OSError, ValueError, KeyError, TypeError):
            continue

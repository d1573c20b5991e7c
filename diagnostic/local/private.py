"""The operator's private folder: where deposits are kept between sessions, when the operator names one.

Without `DIAGNOSTIC_DONNEES_PRIVEES` nothing of a deposit ever reaches the disk. With it, one file per template, year
and set of communes, that its owner alone may read, in a folder that nobody else may enter. Each deposit says who brought it and when;
the one that it replaces, and the one that is erased, stay aside for some days. A journal to which lines are only added
says who has deposited, exported, erased.
"""

from __future__ import annotations

import contextlib
import datetime
import fcntl
import hashlib
import json
import os
import stat
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from diagnostic import french
from diagnostic.local.naming import of_structure
from diagnostic.local.rights import Person
from diagnostic.local.store import STATS, Deposit, Structure
from diagnostic.local.templates import TEMPLATES
from diagnostic.model import DiagnosticError, Status

VARIABLE, DAYS = "DIAGNOSTIC_DONNEES_PRIVEES", "DIAGNOSTIC_ANCIENS_JOURS"
VERSION = 2
"""1 named no owner: an administrator alone may replace or erase such a deposit."""
JOURNAL = "journal.jsonl"
_SUFFIX, _ASIDE, _LOCK = ".donnees.json", "anciens", ".verrou"
_USUAL_DAYS = 30


@dataclass(frozen=True, slots=True)
class Kept:
    """A deposit of the folder, who brought it ("" when the file does not say), and when."""

    deposit: Deposit
    owner: str
    when: datetime.datetime | None

    def speaks(self, template: str, year: int, communes: Collection[str]) -> bool:
        """Whether it says the things of this template, for this year, of one of these communes."""
        same = (self.deposit.template, self.deposit.year) == (template, year)
        return same and not set(self.deposit.facts["commune"]).isdisjoint(communes)


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


def days() -> int:
    """How long what is replaced or erased stays aside."""
    said = os.environ.get(DAYS, "").strip()
    return int(said) if said.isdecimal() else _USUAL_DAYS


def held(source: Path) -> tuple[Kept, ...]:
    """Every deposit of the folder, in the order of their arrival; a file that is not one of ours, or is damaged, is left aside."""
    _forget_old(source)
    return tuple(kept for _, kept in _files(source))


def _files(source: Path) -> list[tuple[Path, Kept]]:
    found = ((path, _read(path)) for path in source.glob(f"*{_SUFFIX}"))
    return sorted(
        ((path, kept) for path, kept in found if kept is not None), key=lambda one: _arrival(one[1])
    )


def earlier(source: Path, deposit: Deposit) -> tuple[Deposit, ...]:
    """The deposits, set aside or not, that came before this one and speak of its communes, or of those of one of them, the
    newest first; the same figures once. All of them when it is not in the folder."""
    paths = [
        *source.glob(f"{deposit.template}_{deposit.year}*{_SUFFIX}"),
        *(source / _ASIDE).glob(f"{deposit.template}_{deposit.year}*{_SUFFIX}"),
    ]
    found = sorted((kept for kept in map(_read, paths) if kept is not None), key=_arrival)
    came = [rank for rank, kept in enumerate(found) if kept.deposit.digest == deposit.digest]
    before = found[: came[-1]] if came else found
    left = {one.digest: one for one in (kept.deposit for kept in reversed(before))}
    communes, reached = set(deposit.facts["commune"]), -1
    while reached != len(communes):
        reached = len(communes)
        for one in left.values():
            if not communes.isdisjoint(one.facts["commune"]):
                communes.update(one.facts["commune"])
    return tuple(one for one in left.values() if not communes.isdisjoint(one.facts["commune"]))


def _arrival(kept: Kept) -> tuple[datetime.datetime, str]:
    return kept.when or datetime.datetime.min.replace(tzinfo=datetime.UTC), kept.deposit.digest


def _when(aside: Path) -> str:
    """The moment at which a deposit was set aside, by its name."""
    return aside.name.removesuffix(_SUFFIX).rpartition("_")[2]


def _name(deposit: Deposit, communes: Collection[str]) -> str:
    """One file for a template, a year and the communes that it speaks of."""
    spoken = hashlib.sha256(" ".join(sorted(communes)).encode()).hexdigest()[:12]
    return f"{deposit.template}_{deposit.year}_{spoken}{_SUFFIX}"


def signature(source: Path) -> tuple[tuple[str, int, int], ...]:
    """Changes when a deposit comes or goes."""
    found = []
    for path in sorted(source.glob(f"*{_SUFFIX}")):
        with contextlib.suppress(OSError):
            told = path.stat()
            found.append((path.name, told.st_mtime_ns, told.st_size))
    return tuple(found)


def save(deposit: Deposit, into: Path, who: Person, *, replacing: bool = False) -> None:
    """Write a deposit, whole or not at all. It replaces those of the same template and year that speak of the same
    communes only when `replacing` says that the person knows, and may; they are then set aside. DiagnosticError else."""
    if not who.may_keep:
        raise DiagnosticError("Votre rôle permet de lire le dossier partagé, pas d’y déposer.")
    communes = set(deposit.facts["commune"])
    with _alone(into):
        former = [
            (path, kept)
            for path, kept in _files(into)
            if kept.speaks(deposit.template, deposit.year, communes)
        ]
        for _, kept in former:
            _refuse_stranger(kept, who)
        if former and not replacing:
            raise DiagnosticError(
                f"{said(former[0][1])} porte déjà ces chiffres pour {deposit.year} : confirmez que vous le remplacez."
            )
        target = into / _name(deposit, communes)
        for path, _ in former:
            # The one whose name is taken stays until then: another replica that reads meanwhile finds one of the two.
            _set_aside(path, into, os.link if path == target else os.replace)
        _write(target, _content(deposit, who))
        note(into, who, "remplacé" if former else "déposé", deposit)


def erase(deposit: Deposit, source: Path, who: Person) -> None:
    """Set a deposit of the folder aside; DiagnosticError unless the person may."""
    with _alone(source):
        for path, kept in _files(source):
            if kept.deposit.digest == deposit.digest:
                _refuse_stranger(kept, who)
                _set_aside(path, source)
                note(source, who, "effacé", deposit)


def note(into: Path, who: Person, what: str, deposit: Deposit | None = None, about: str = "") -> None:
    """Add a line to the journal: when, who, what, of which deposit or territory. No figure."""
    line = {
        "quand": datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds"),
        "qui": who.email,
        "role": str(who.role),
        "quoi": what,
        "objet": about if deposit is None else f"{deposit.template} {deposit.year}",
    }
    descriptor = os.open(into / JOURNAL, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    with open(descriptor, "ab") as file:
        file.write((json.dumps(line, ensure_ascii=False) + "\n").encode())


def journal(source: Path) -> tuple[dict[str, str], ...]:
    """The lines of the journal, the newest first."""
    try:
        lines = (source / JOURNAL).read_text("utf-8").splitlines()
    except OSError:
        return ()
    return tuple(json.loads(line) for line in reversed(lines))


def said(kept: Kept) -> str:
    """ "« caf.xlsx », déposé par a@ville.fr le 2 janvier 2026," """
    by = f" par {kept.owner}" if kept.owner else ""
    return f"« {kept.deposit.origin} », déposé{by} le {french.date_long(kept.deposit.received)},"


def _refuse_stranger(kept: Kept, who: Person) -> None:
    if not who.may_change(kept.owner):
        raise DiagnosticError(
            f"{said(kept)} ne peut être remplacé ou effacé que par qui l’a déposé, ou par un administrateur."
        )


def _content(deposit: Deposit, who: Person) -> dict:
    return {
        "version": VERSION,
        "owner": who.email,
        "deposited": datetime.datetime.now(datetime.UTC).isoformat(),
        "template": deposit.template,
        "origin": deposit.origin,
        "received": deposit.received.isoformat(),
        "year": deposit.year,
        "threshold": deposit.threshold,
        "perimeter": list(deposit.perimeter),
        "structures": [list(one) for one in deposit.structures],
        "facts": [
            [commune, name, None if pd.isna(value) else value, str(status)]
            for commune, name, value, status in zip(
                *(deposit.facts[column] for column in ("commune", "stat", "value", "status")), strict=True
            )
        ],
    }


def _write(target: Path, content: dict) -> None:
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


@contextlib.contextmanager
def _alone(source: Path) -> Iterator[None]:
    """One process changes the folder at a time, whichever replica it serves."""
    descriptor = os.open(source / _LOCK, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        _forget_old(source)
        yield
    finally:
        os.close(descriptor)


def _set_aside(path: Path, source: Path, put: Callable[[Path, Path], None] = os.replace) -> None:
    """Put a deposit in the folder of the former ones, dated."""
    aside = source / _ASIDE
    aside.mkdir(mode=0o700, exist_ok=True)
    when = datetime.datetime.now(datetime.UTC).strftime("%Y%m%dT%H%M%S%f")
    put(path, aside / f"{path.name.removesuffix(_SUFFIX)}_{when}{_SUFFIX}")


def _forget_old(source: Path) -> None:
    """Remove the former deposits whose days are over, by the date in their name."""
    limit = datetime.datetime.now(datetime.UTC) - datetime.timedelta(days=days())
    for path in (source / _ASIDE).glob(f"*{_SUFFIX}"):
        if _when(path) < limit.strftime("%Y%m%dT%H%M%S%f"):
            path.unlink(missing_ok=True)


def _read(path: Path) -> Kept | None:
    try:
        content = json.loads(path.read_text("utf-8"))
        template = TEMPLATES[content["template"]]
        if content["version"] not in (1, VERSION):
            return None
        facts = pd.DataFrame(content["facts"], columns=["commune", "stat", "value", "status"])
        facts = facts.assign(
            year=int(content["year"]),
            source=template.source,
            value=facts["value"].astype(float),
            status=facts["status"].map(Status),
        )
        deposit = Deposit(
            template.id,
            str(content["origin"]),
            datetime.date.fromisoformat(content["received"]),
            int(content["year"]),
            facts[STATS],
            template.rule,
            None if content["threshold"] is None else float(content["threshold"]),
            tuple(content["perimeter"]),
            tuple(
                Structure(str(commune), of_structure(str(name)), None if places is None else float(places))
                for commune, name, places in content.get("structures", ())
            ),
        )
        when = content.get("deposited")
        return Kept(
            deposit, str(content.get("owner", "")), datetime.datetime.fromisoformat(when) if when else None
        )
    except (OSError, ValueError, KeyError, TypeError):
        return None

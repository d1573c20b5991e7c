"""What the page Mes données needs: a file read, mapped, judged, then its figures shown under secrecy.

Nothing here keeps anything: the page holds the `LocalData` in the user's own session.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from functools import lru_cache

import pandas as pd

from diagnostic import french, gaps, territories
from diagnostic.local.communes import REPAIRED
from diagnostic.local.mapping import Mapping, guess, known_names
from diagnostic.local.reading import Table, open_table, refuse_size
from diagnostic.local.store import Deposit, LocalData, labels
from diagnostic.local.templates import TEMPLATES
from diagnostic.local.validation import Validation
from diagnostic.model import Level, Status, Territory
from diagnostic.secrecy import RULES, protect
from diagnostic.ui.services import latest
from diagnostic.warehouse import Database

ISSUES_SHOWN = 200

# Local stat -> the indicator that counts its public: places per 100 children appear once both are known.
PUBLIC = {
    "alsh_places_periscolaire": "enfants_3_11",
    "alsh_places_mercredi": "enfants_3_11",
    "alsh_places_petites_vacances": "enfants_3_11",
    "alsh_places_ete": "enfants_3_11",
    "eaje_places": "enfants_moins_3",
    "am_places": "enfants_moins_3",
}
# Local stat -> the open stat that counts the same thing, shown beside it.
OPEN = {
    "alsh_structures": "alsh",
    "eaje_structures": "eaje",
    "eaje_places": "places_eaje",
    "am_places": "places_am",
    "rpe_structures": "rpe",
    "laep_structures": "laep",
    "centres_sociaux_structures": "centres_sociaux",
    "evs_structures": "evs",
}


@dataclass(frozen=True, slots=True, repr=False)
class Upload:
    """A file of the session on its way in: its table and the mapping as it stands."""

    name: str
    digest: str
    table: Table
    mapping: Mapping


def read(name: str, data: bytes, digest: str) -> Upload:
    """Open a file and guess its template and columns; DiagnosticError when it cannot be read.

    `digest` names this sending: the same file sent twice is judged afresh.
    """
    refuse_size(len(data))
    table = open_table(data, known=known_names())
    return Upload(name, digest, table, guess(list(table.rows.columns), hint=name))


def with_template(upload: Upload, template: str) -> Upload:
    """The same file read as another template, columns guessed again."""
    mapping = guess(list(upload.table.rows.columns), template=template, hint=upload.name)
    return replace(upload, mapping=replace(mapping, answers=upload.mapping.answers))


def with_mapping(upload: Upload, mapping: Mapping) -> Upload:
    """The same file under another mapping."""
    return replace(upload, mapping=mapping)


@lru_cache(maxsize=2)
def communes(db: Database) -> pd.DataFrame:
    """The communes of the database: code, name, departement."""
    return db.frame(
        "select code, name, departement from territory where level = 'commune' and parent is null"
    )


def issues_table(validation: Validation) -> pd.DataFrame:
    """What to mend, line by line, refusals first."""
    order = sorted(validation.issues, key=lambda issue: (issue.outcome == REPAIRED, issue.line))
    return pd.DataFrame(
        [
            {
                "Ligne": issue.line,
                "Colonne": f"{issue.column} ({issue.letter})" if issue.letter else issue.column,
                "Valeur lue": issue.value,
                "Résultat": issue.outcome,
                "Attendu": issue.expected,
                "Que faire": issue.mend,
            }
            for issue in order[:ISSUES_SHOWN]
        ]
    )


def questions(validation: Validation, db: Database) -> list[tuple[str, str, dict[str, str]]]:
    """Typed name, why it is unsettled, and the communes it may mean (code -> name with its département)."""
    known = territories.index(db)
    answer = []
    for question in validation.questions:
        names = {}
        for code in question.candidates:
            place = known.find(Level.COMMUNE, code)
            names[code] = f"{french.name(place)} ({code})" if place else code
        answer.append((question.typed, question.why, names))
    return answer


@dataclass(frozen=True, slots=True)
class Shown:
    """The figures of one deposit on one territory, those that secrecy hides left out, and why."""

    badge: str
    title: str
    totals: pd.DataFrame
    by_commune: pd.DataFrame
    note: str


def shown(db: Database, deposit: Deposit, territory: Territory) -> Shown:
    """The local figures of the territory beside the open ones; small counts hidden, none to be recovered."""
    inside = territories.communes(db, territory)
    stats = deposit.facts[deposit.facts["commune"].isin(inside)].rename(columns={"commune": "code"})
    membership = pd.DataFrame({"level": "territoire", "code": "own", "commune": list(inside)})
    if deposit.rule is None:
        frame, note = _plain(stats, membership), ""
    else:
        rule = RULES[deposit.rule]
        rule = rule.at(deposit.threshold) if deposit.threshold is not None else rule
        protected = protect(stats, membership, rule)
        frame, note = protected.frame, protected.note
    title = TEMPLATES[deposit.template].title
    return Shown(deposit.badge, title, _totals(db, frame, deposit, territory), _by_commune(db, frame), note)


def held(local: LocalData) -> pd.DataFrame:
    """One row per file of the session."""
    return pd.DataFrame(
        [
            {
                "Fichier": deposit.origin,
                "Modèle": TEMPLATES[deposit.template].title,
                "Année": str(deposit.year),
                "Reçu le": french.date_long(deposit.received),
                "Communes": french.number(deposit.facts["commune"].nunique()),
            }
            for deposit in local.deposits
        ]
    )


def _plain(stats: pd.DataFrame, membership: pd.DataFrame) -> pd.DataFrame:
    """The same frame as `protect` gives, for lists that hold no person."""
    size = len(membership)
    grouped = stats.groupby(["stat", "year"])["value"]
    total = grouped.sum().where(grouped.count() == size).rename("value").reset_index()
    status = total["value"].map(lambda value: Status.MISSING if pd.isna(value) else Status.OK)
    total = total.assign(level="territoire", code="own", status=status)
    return pd.concat([stats.assign(level="commune"), total], ignore_index=True)


def _totals(db: Database, frame: pd.DataFrame, deposit: Deposit, territory: Territory) -> pd.DataFrame:
    names = labels()
    rows = []
    for row in frame[frame["level"] == "territoire"].itertuples():
        public, public_year = latest(db, territory, PUBLIC.get(row.stat))
        rate = None
        if public is not None and pd.notna(row.value):
            rate = float(gaps.ratio(row.value, public, 100))
        counted, year = latest(db, territory, OPEN.get(row.stat))
        rows.append(
            {
                "Donnée": names.get(row.stat, row.stat),
                "Donnée locale": _text(row.value, row.status),
                "Pour 100 enfants": ""
                if rate is None
                else f"{french.number(rate, 1)} (enfants {public_year})",
                "Donnée ouverte": "" if counted is None else f"{french.number(counted)} ({year})",
                "Statut": f"donnée locale, {deposit.year}",
            }
        )
    return pd.DataFrame(rows)


def _by_commune(db: Database, frame: pd.DataFrame) -> pd.DataFrame:
    names = labels()
    known = territories.index(db)
    communes_only = frame[frame["level"] == "commune"]
    texts = communes_only.assign(
        text=[_text(v, s) for v, s in zip(communes_only["value"], communes_only["status"], strict=True)]
    )
    wide = texts.pivot_table(
        index="code", columns="stat", values="text", aggfunc="first", fill_value="inconnu"
    )
    wide = wide.rename(columns=names)
    places = [known.find(Level.COMMUNE, code) for code in wide.index]
    wide.insert(0, "Commune", [french.name(place) if place else "" for place in places])
    return wide.reset_index(drop=True)


def _text(value: float | None, status: object) -> str:
    if str(status) == Status.SECRET:
        return "secret statistique"
    return "inconnu" if value is None or pd.isna(value) else french.number(value)


def merge_answers(mapping: Mapping, answers: dict[str, str]) -> Mapping:
    """The mapping with the communes chosen by the user, typed name -> code."""
    for typed, code in answers.items():
        mapping = mapping.with_answer(typed, code)
    return mapping


def within(db: Database, territory: Territory) -> Collection[str]:
    """The communes that settle an ambiguous name."""
    return territories.communes(db, territory)

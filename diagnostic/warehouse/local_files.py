"""The territory's own files given to a build: in a folder `local/` of the raw ones, judged as on the screen.

A file whose every line is not accepted is refused whole, with the first line to mend. Its counts stay exact
in the database, which only its owner may then read; what is shown of them goes through secrecy.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path

import duckdb

from diagnostic.directory import Directory
from diagnostic.local import bearing
from diagnostic.local import mapping as mappings
from diagnostic.local.reading import Table, open_table
from diagnostic.local.recognition import anonymous, as_template, recognise
from diagnostic.local.store import STATS, Deposit, Structure, deposit
from diagnostic.local.templates import TEMPLATES
from diagnostic.local.validation import REFUSED, Validation, validate
from diagnostic.model import DiagnosticError
from diagnostic.warehouse import names
from diagnostic.warehouse.database import Database

FOLDER = "local"
READ = (".csv", ".txt", ".xlsx")
UNREAD = "Ce format ne se lit pas ici : ouvrez le fichier dans votre tableur et enregistrez-le en .xlsx ou en .csv."
_YEAR = re.compile(r"(?<!\d)(20\d{2})(?!\d)")
_COMPLETE = re.compile(r"complet[-_ ](commune|epci|departement)[-_ ]([0-9A-Za-z]+)")
_TABLES = """
create table local_deposit (template varchar, origin varchar, received date, year integer, rule varchar, threshold double);
create table local_fact (template varchar, deposited integer, commune varchar, stat varchar, year integer, value double, status varchar, source varchar);
create table local_structure (template varchar, deposited integer, commune varchar, name varchar, places double);
"""


def is_local(path: Path, raw: Sequence[Path]) -> bool:
    """Whether a file found below the folders `raw` is one of the territory's own."""
    return any(
        FOLDER in {part.lower() for part in path.relative_to(folder).parts[:-1]}
        for folder in raw
        if path.is_relative_to(folder)
    )


def load(con: duckdb.DuckDBPyConnection, paths: list[Path]) -> Iterator[tuple[Path, Deposit | str, str]]:
    """Judge each file and write its facts; give it back with its deposit, or with the reason of its refusal, and with what is
    to remark of it."""
    con.execute(_TABLES)
    for path in paths:
        # What a person wrote of a file beside it is no file of figures.
        if path.suffix.lower() not in (*READ, ".json"):
            yield path, UNREAD, ""
    read = [path for path in paths if path.suffix.lower() in READ]
    if not read:
        return
    directory = names.of_build(con)
    given: dict[tuple[str, int], str] = {}
    for path in read:
        try:
            brought, remark = _read(con, path, directory)
            # Its facts would be added to those of the other, communes in both twice.
            first = given.setdefault((brought.template, brought.year), path.name)
            if first != path.name:
                raise DiagnosticError(
                    f"« {first} » porte déjà ces chiffres pour {brought.year} : réunissez les deux fichiers en un."
                )
        except DiagnosticError as refusal:
            yield path, str(refusal), ""
            continue
        con.execute(
            "insert into local_deposit values (?, ?, ?, ?, ?, ?)",
            [
                brought.template,
                brought.origin,
                brought.received,
                brought.year,
                brought.rule,
                brought.threshold,
            ],
        )
        facts = brought.facts.assign(status=brought.facts["status"].astype(str))
        con.register("brought", facts)
        con.execute(
            f"insert into local_fact select ?, ?, {', '.join(STATS)} from brought",
            [brought.template, brought.year],
        )
        con.unregister("brought")
        if brought.structures:
            con.executemany(
                "insert into local_structure values (?, ?, ?, ?, ?)",
                [(brought.template, brought.year, *one) for one in brought.structures],
            )
        yield path, brought, remark


def deposits(db: Database) -> tuple[Deposit, ...]:
    """What the build was given, as the sessions hold their own files; one file of a template and year."""
    facts = db.frame("select * from local_fact")
    found: dict[tuple[str, int], Deposit] = {}
    for template, origin, received, year, rule, threshold in db.rows("select * from local_deposit"):
        mine = facts[(facts["template"] == template) & (facts["deposited"] == year)]
        listed = "select commune, name, places from local_structure where template = ? and deposited = ? order by rowid"
        named = db.rows(listed, template, year)
        found[template, year] = Deposit(
            template, origin, received, year, mine[STATS].reset_index(drop=True), rule, threshold,
            structures=tuple(Structure(*row) for row in named),
        )  # fmt: skip
    return tuple(found.values())


def _read(con: duckdb.DuckDBPyConnection, path: Path, directory: Directory) -> tuple[Deposit, str]:
    year = _YEAR.search(path.stem)
    if year is None or len(set(_YEAR.findall(path.stem))) > 1:
        raise DiagnosticError(
            "Le nom du fichier doit porter l’année de ses données, et elle seule : renommez-le, par exemple alsh_2025.csv."
        )
    table = anonymous(open_table(path.read_bytes(), known=mappings.known_names()))
    beside = path.with_suffix(".json")
    if beside.exists():
        mapping = mappings.from_json(beside.read_bytes())
    else:
        mapping = _recognised(path, table, int(year[1]))
    validation = validate(table, mapping, directory, year=int(year[1]))
    if not validation.complete:
        raise DiagnosticError(_first_issue(validation))
    whole = _complete(con, path.stem)
    brought = deposit(
        validation,
        origin=path.name,
        year=int(year[1]),
        received=date.fromtimestamp(path.stat().st_mtime),
        complete_within=whole,
    )
    return brought, bearing.outside([validation], whole, directory) if whole else ""


def _recognised(path: Path, table: Table, year: int) -> mappings.Mapping:
    """The mapping of a file that the build reads alone: what a screen would ask is refused, with what to do.

    A name that begins with that of a template says which one it is: alsh_2025.csv.
    """
    named = next((id for id in TEMPLATES if path.stem.lower().startswith(f"{id}_")), None)
    parts = (as_template(table, named, year=year),) if named else recognise(table, year=year).parts
    mapping = parts[0].mapping
    if len(parts) > 1 or mapping.template is None:
        raise DiagnosticError(
            "Rien ne dit quel modèle suit ce fichier : donnez-lui le nom du modèle, par exemple alsh_2025.csv."
        )
    if not mapping.certain:
        asked = [
            TEMPLATES[mapping.template].column(id).label for id in sorted({*mapping.doubts, *mapping.ties})
        ]
        raise DiagnosticError(
            f"Des colonnes ne sont pas reconnues avec certitude ({', '.join(asked)}) : gardez leur correspondance depuis "
            f"la page Mes données et posez-la à côté, sous le nom {path.stem}.json."
        )
    return mapping


def _first_issue(validation: Validation) -> str:
    """ "3 lignes acceptées, 1 refusée. Ligne 4, colonne « Places » : « à venir ». Écrivez…" """
    title = TEMPLATES[validation.template.id].title
    grave = [issue for issue in validation.issues if issue.outcome == REFUSED] or [
        issue for issue in validation.issues if issue.mend
    ]
    first = grave[0]
    return (
        f"{title} : {validation.summary} Ligne {first.line}, colonne « {first.column} », lu « {first.value} », "
        f"attendu {first.expected}. {first.mend}"
    )


def _complete(con: duckdb.DuckDBPyConnection, name: str) -> tuple[str, ...]:
    """The communes for which a file named `alsh_2025_complet-epci-243300316` holds every structure."""
    said = _COMPLETE.search(name)
    if said is None:
        return ()
    rows = con.execute(
        "select commune from membership where level = ? and code = ?", [said[1], said[2].upper()]
    ).fetchall()
    if not rows:
        raise DiagnosticError(
            f"Le nom du fichier le dit complet pour {said[1]} {said[2]}, que les données chargées ne connaissent pas : "
            "corrigez le code."
        )
    return tuple(commune for (commune,) in rows)

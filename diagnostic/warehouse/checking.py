"""Hold every cell of `raw` to what its column announces: refuse a broken file, tell what was left out of it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

import duckdb
import shapely

from diagnostic import french
from diagnostic.model import Column, Source, is_fictional
from diagnostic.warehouse.database import one_row, one_value
from diagnostic.warehouse.files import Unreadable
from diagnostic.warehouse.layouts import CODE_SHAPES, LOST_ZERO, Layout
from diagnostic.warehouse.positions import in_france, on_the_island

# Years that a file may speak of: earlier or later, the column is not a year.
FIRST_YEAR, LAST_YEAR = 1960, 2100
# Of a hundred rows, how many may be odd and left out; one always may.
ODD_SHARE = 0.01
# A table of as many rows has territories enough for a code that stands once to be odd; France is one row, some facilities are rare.
FEW = 1000
_NOT_OF_ALL = ("GEO_OBJECT", "FACILITY_DOM", "FACILITY_SDOM", "FACILITY_TYPE")
# No count, euro, metre or rate of ours is as large: the cell holds something else.
ABSURD = 1e9
# Half of the rates out of a hundred of a file are above, be it a coverage or a poverty.
LOWEST_RATE = 2
# The level of a Melodi code stands in GEO_OBJECT.
AREA_KINDS = {"COM": "commune", "ARM": "commune", "EPCI": "epci", "DEP": "departement", "REG": "region"}


def check(con: duckdb.DuckDBPyConnection, layout: Layout) -> list[str]:
    """Refuse `raw` on a lost leading zero, many malformed cells or a contradiction; leave out the odd row.

    Return what was left out or merged, in French sentences.
    """
    source, told = layout.source, []
    checks = list(_checks(layout))
    # One look over the rows says which checks have something to settle.
    counts = one_row(
        con, f"select {', '.join(f'count(*) filter (where {check.odd})' for check in checks) or '0'} from raw"
    )
    for check, count in zip(checks, counts, strict=False):
        if count:
            told += check.settle(con)
    if source.rate:
        _refuse_shares(con, layout)
    told += _check_words(con, layout)
    if source.key:
        told += _check_key(con, layout)
    elif "NOM" in layout.columns:
        told += _merge_named(con, layout)
    if source.format == "geojson":
        told += _check_in_france(con, layout)
    return told


@dataclass(frozen=True)
class _Check:
    """What rows are odd, as a condition, and what is done about them: the file is refused, or sentences tell it."""

    odd: str
    settle: Callable[[duckdb.DuckDBPyConnection], list[str]]


def _checks(layout: Layout) -> Iterator[_Check]:
    """Everything that each cell of a file is held to, column by column."""
    source = layout.source
    for column in source.columns:
        if column.name not in layout.columns:
            continue
        if column.kind in CODE_SHAPES or column.kind in ("communes", "area"):
            yield from _code_checks(layout, column)
        elif column.kind == "number":
            yield _number_check(layout, column)
    if source.levels:
        yield from _level_checks(layout)
    if source.year_column or "annee" in layout.columns or "date" in layout.columns:
        yield _year_check(layout)


def sums(source: Source) -> bool:
    """Whether a row left out would make a sum wrong in silence: what has no row there counts for zero."""
    return source.absent_is_zero and any(
        column.kind == "number" and column.required for column in source.columns
    )


def _odd(con: duckdb.DuckDBPyConnection, layout: Layout, condition: str, name: str) -> tuple[int, int, str]:
    """How many rows of `raw` meet `condition`, the line of the first and its value of `name`."""
    count = one_value(con, f"select count(*) from raw where {condition}")
    if not count:
        return 0, 0, ""
    line, value = one_row(
        con,
        f'select line + 1, "{name}" from (select row_number() over () as line, * from raw) where {condition} '
        "order by line limit 1",
    )
    return count, line + layout.skip, value


def _settle(
    con: duckdb.DuckDBPyConnection,
    layout: Layout,
    condition: str,
    name: str,
    what: str,
    *,
    repair: str | None = None,
) -> list[str]:
    """Leave out the rows that meet `condition` (or empty the cell `repair`) when they are few, else refuse."""
    count, line, value = _odd(con, layout, condition, name)
    if not count:
        return []
    rows = one_value(con, "select count(*) from raw")
    shown = f"ligne {line}, colonne {layout.columns[name]}, « {value[:40]} » {what}"
    optional = any(column.name == name and not column.required for column in layout.source.columns)
    # A row is all that there is, or a sum would lack it: the file is no use.
    wrong = sums(layout.source) and not optional or layout.source.needs_every_row and repair is None
    if count >= rows or count > max(1, rows * ODD_SHARE) or wrong:
        raise Unreadable(f"{layout.source.title} : {shown}. {layout.source.cure}")
    if repair is None:
        con.execute(f"delete from raw where {condition}")
        fate = (
            french.quantity(count, "ligne laissée", "lignes laissées")
            + " de côté, le reste du fichier est chargé."
        )
    else:
        con.execute(f"update raw set \"{repair}\" = '' where {condition}")
        fate = french.quantity(count, "valeur tenue pour inconnue", "valeurs tenues pour inconnues") + "."
    return [f"{layout.source.title} : {shown}. {fate}"]


_KIND = {
    "commune": "n’est pas un code de commune",
    "departement": "n’est pas un code de département",
    "region": "n’est pas un code de région",
    "epci": "n’est pas un code EPCI (9 chiffres)",
    "postcode": "n’est pas un code postal",
    "qpv": "n’est pas un code de quartier de 2024",
    "iris": "n’est pas un code d’IRIS",
    "uai": "n’est pas un numéro d’établissement",
    "place": "n’est le code d’aucun niveau",
}


def _code_checks(layout: Layout, column: Column) -> Iterator[_Check]:
    name = column.name
    if column.kind == "area":
        for kind in dict.fromkeys(AREA_KINDS.values()):
            objects = ", ".join(f"'{o}'" for o, k in AREA_KINDS.items() if k == kind)
            yield from _shape_checks(layout, name, kind, f"GEO_OBJECT in ({objects}) and ")
        return
    markers = ", ".join(f"'{marker.lower()}'" for marker in dict.fromkeys(("", *layout.source.missing)))
    where = f'lower("{name}") not in ({markers}) and ' if column.blank else ""
    if column.kind == "place":
        # The country has the code 1.
        where = "LIBGEO not ilike 'france %' and "
    if column.kind == "communes":
        yield from _several_checks(layout, name, where)
    else:
        yield from _shape_checks(layout, name, column.kind, where)


def _shape_checks(layout: Layout, name: str, kind: str, where: str, also: str = "") -> Iterator[_Check]:
    lost = f"{where}regexp_full_match(\"{name}\", '{LOST_ZERO[kind]}')"
    # Rows of what has no place are the producer's: X, 99999.
    shape = f"{CODE_SHAPES[kind]}|X+{also}"
    if layout.source.restores_zeros:
        yield _Check(lost, lambda con: _restore_zeros(con, layout, name, lost))
        shape += f"|{LOST_ZERO[kind]}"
    else:
        yield _Check(lost, lambda con: _refuse_lost_zero(con, layout, name, lost))
    yield _odd_check(layout, f"{where}not regexp_full_match(\"{name}\", '{shape}')", name, _KIND[kind])


def _odd_check(layout: Layout, condition: str, name: str, what: str, *, repair: str | None = None) -> _Check:
    return _Check(condition, lambda con: _settle(con, layout, condition, name, what, repair=repair))


def _refuse_lost_zero(con: duckdb.DuckDBPyConnection, layout: Layout, name: str, condition: str) -> list[str]:
    count, line, value = _odd(con, layout, condition, name)
    if not count:
        return []
    raise Unreadable(
        f"{layout.source.title} : ligne {line}, colonne {layout.columns[name]}, « {value} » a perdu son zéro "
        f"initial (« 0{value} » attendu). {layout.source.cure}"
    )


def _restore_zeros(con: duckdb.DuckDBPyConnection, layout: Layout, name: str, lost: str) -> list[str]:
    count, line, value = _odd(con, layout, lost, name)
    if not count:
        return []
    con.execute(f'update raw set "{name}" = \'0\' || "{name}" where {lost}')
    return [
        f"{layout.source.title} : {french.quantity(count, 'code a perdu son zéro initial', 'codes ont perdu leur zéro initial')} "
        f"(colonne {layout.columns[name]}, ligne {line}, « {value} » pour « 0{value} »), remis."
    ]


def _several_checks(layout: Layout, name: str, where: str) -> Iterator[_Check]:
    """A cell of several codes: `33063, 33281`, or Excel's `=""13055;13070""`."""
    one = f"(?:{CODE_SHAPES['commune']})"
    bare = f"regexp_replace(\"{name}\", '[=\"\\s]', '', 'g')"
    lost = f"regexp_full_match({bare}, '(?:.*[;,])?\\d{{4}}(?:[;,].*)?')"
    yield _Check(lost, lambda con: _refuse_lost_zero(con, layout, name, lost))
    shape = f"{one}(?:[;,]{one})*"
    yield _odd_check(layout, f"{where}not regexp_full_match({bare}, '{shape}')", name, _KIND["commune"])


def _check_words(con: duckdb.DuckDBPyConnection, layout: Layout) -> list[str]:
    """What no list of words holds. A code that says of what a row speaks loses it; another word says nothing."""
    columns = [column for column in layout.source.columns if column.words and column.name in layout.columns]
    if not columns:
        return []
    told = []
    found = one_row(
        con, f"select {', '.join(f'histogram({chr(34)}{c.name}{chr(34)})' for c in columns)} from raw"
    )
    for column, words in zip(columns, found, strict=True):
        told += _told_once(con, layout, column, words or {})
        known = re.compile(column.words)
        odd = [
            word for word in words or {} if not known.fullmatch(word) and (word or column.kind == "dimension")
        ]
        if not odd:
            continue
        listed = ", ".join("'" + word.replace("'", "''") + "'" for word in odd)
        condition = f'"{column.name}" in ({listed})'
        if column.kind == "dimension":
            told += _settle(con, layout, condition, column.name, "n’est pas un code connu")
            continue
        count, line, value = _odd(con, layout, condition, column.name)
        shown = (
            f"ligne {line}, colonne {layout.columns[column.name]}, « {value[:40]} » n’est pas un mot connu"
        )
        con.execute(f"update raw set \"{column.name}\" = '' where {condition}")
        fate = french.quantity(count, "valeur tenue pour inconnue", "valeurs tenues pour inconnues")
        told.append(f"{layout.source.title} : {shown}. {fate}.")
    return told


def _told_once(
    con: duckdb.DuckDBPyConnection, layout: Layout, column: Column, words: Mapping[str, int]
) -> list[str]:
    """A code of a Melodi table that one row alone bears, where every territory has a row under each: perhaps a slip, which
    leaves a figure unknown."""
    if column.kind != "dimension" or column.name in _NOT_OF_ALL or "GEO_OBJECT" not in layout.columns:
        return []
    alone = sorted(word for word, times in words.items() if times == 1 and re.fullmatch(column.words, word))
    if sum(words.values()) < FEW or not alone:
        return []
    listed = ", ".join(f"'{word}'" for word in alone)
    count, line, value = _odd(con, layout, f'"{column.name}" in ({listed})', column.name)
    fate = "Une valeur manque" if count == 1 else f"{french.number(count)} valeurs manquent"
    return [
        f"{layout.source.title} : ligne {line}, colonne {layout.columns[column.name]}, « {value[:40]} » ne se lit que là. "
        f"{fate} si ce code est mal écrit."
    ]


def _level_checks(layout: Layout) -> Iterator[_Check]:
    """CNAF files: the code's shape follows the level; placeholder rows of X are let through, and dropped."""
    level = dict(layout.source.levels)[layout.code_header]
    if level != "france":
        yield from _shape_checks(layout, "code", level, "", also="|COM")


_WHOLE = re.compile(
    "A|AAAH|AAL|ACAVENF|AM|APPA|ARSAS|CLASSES|D1|D9|ELEVES|ENF_2|ENF_3_5|MED|MENAGES|PCAP|PERCOU|PMUN|PTOT|aah|aeeh|am|asf|cmg|eaje"
    "|ecole|foyers|gad|hors_psu|ndur|ndural|ppa|prepare|psu|rsa|salaries|total"
)
"""Counts of people, households and places, rates to a tenth, incomes of a year in euros: « 1.109 » is eleven hundred to one reader, one to another."""
_SPACE = r"[\s\x{00A0}\x{202F}]"
_SIGNED = frozenset({"longitude", "latitude", "lambert_x", "lambert_y"})


def _number_check(layout: Layout, column: Column) -> _Check:
    markers = ", ".join("'" + marker.lower() + "'" for marker in layout.source.missing)
    name = column.name
    # In this order: what is marked unknown is no number, and trying it as one costs the most.
    value = f'finite(num("{name}"))'
    # Nothing that we read is under zero but a position.
    least = f"{value} < 0" if name.lower() not in _SIGNED else "false"
    # « 10 15 » is two numbers, « 1 234 » is one.
    apart, thousands = rf"\d{_SPACE}+\d", rf"[-+]?\d{{1,3}}({_SPACE}\d{{3}})+([.,]\d+)?"
    least += (
        f' or (try_cast("{name}" as double) is null and regexp_matches("{name}", \'{apart}\') '
        f"and not regexp_full_match(\"{name}\", '{thousands}'))"
    )
    if _WHOLE.fullmatch(name):
        least += f""" or regexp_full_match("{name}", '[1-9]\\d{{0,2}}[.,]\\d{{3}}')"""
    condition = f'case when lower("{name}") not in ({markers}) then coalesce(abs({value}) >= {ABSURD} or {least}, true) else false end'
    return _odd_check(layout, condition, name, "n’est pas un nombre possible", repair=name)


def _refuse_shares(con: duckdb.DuckDBPyConnection, layout: Layout) -> None:
    """Refuse the file whose rates are shares: a spreadsheet keeps 0.717 of a cell that shows 71.7 %, and so does its CSV.

    Half of the rates known are under 2 there; no coverage and no poverty is, over the territories of a file.
    """
    value = f"nullif(finite(num({layout.source.rate})), 0)"
    (median,) = one_row(con, f"select median({value}) from raw")
    if median is None or median >= LOWEST_RATE:
        return
    raise Unreadable(
        f"{layout.source.title} : la moitié des taux sont inférieurs à {french.number(LOWEST_RATE)}. Ils sont sans doute écrits "
        f"en parts (0,717 pour 71,7 %), comme un tableur garde ses pourcentages. {layout.source.cure}"
    )


def _year_check(layout: Layout) -> _Check:
    name = layout.source.year_column or ("annee" if "annee" in layout.columns else "date")
    condition = f'coalesce(year_of("{name}"), 0) not between {FIRST_YEAR} and {LAST_YEAR}'
    return _odd_check(layout, condition, name, "n’est pas une année")


def _check_key(con: duckdb.DuckDBPyConnection, layout: Layout) -> list[str]:
    """One row per key: the same row twice is one, two rows that disagree refuse the file."""
    source = layout.source
    names = [name for name in source.key if name in layout.columns]
    key = ", ".join(f'"{name}"' for name in names)
    blanks = [column.name for column in source.columns if column.blank and column.name in names]
    kept = " and ".join([f"\"{name}\" <> ''" for name in blanks] or ["true"])
    if "code" in names:
        kept += " and not regexp_full_match(code, 'X+|')"
    # A number stands for the key: two keys of one number are told apart below.
    again = con.execute(
        f"select 1 from raw where {kept} group by hash({key}) having count(*) > 1 limit 1"
    ).fetchone()
    if again is None:
        return []
    before = one_value(con, "select count(*) from raw")
    shape = ", geometry" if source.format == "geojson" else ""
    # The first of each row is kept, in the order of the file.
    con.execute(
        f"create or replace temp table raw as select * exclude (line, nth) from (select *, row_number() over "
        f"(partition by {_all(layout)}{shape} order by line) as nth from (select row_number() over () as line, * from raw)) "
        f"where nth = 1 or not ({kept}) order by line"
    )
    twice = con.execute(
        f"select {key}, count(*) as times from raw where {kept} group by {key} having count(*) > 1 order by {key} limit 1"
    ).fetchone()
    if twice is not None:
        shown = ", ".join(f"{name} « {value} »" for name, value in zip(names, twice, strict=False))
        raise Unreadable(
            f"{source.title} : la clé {shown} apparaît {twice[-1]} fois avec des valeurs qui se contredisent, une seule "
            f"était attendue. {source.cure}"
        )
    merged = before - one_value(con, "select count(*) from raw")
    return [
        f"{source.title} : {french.quantity(merged, 'ligne répétée', 'lignes répétées')} à l’identique, "
        f"{french.plural(merged, 'comptée', 'comptées')} une fois."
    ]


def _merge_named(con: duckdb.DuckDBPyConnection, layout: Layout) -> list[str]:
    """Without a key, a named row repeated in all its columns is one."""
    told = "coalesce(\"NOM\", '') <> ''"
    row = ", ".join(f'"{name}"' for name in layout.columns)
    # Rows are looked at one by one only where a number that stands for them comes again.
    again = f"select hash({row}) as number from raw where {told} group by 1 having count(*) > 1"
    con.execute(f"create or replace temp table repeated as {again}")
    extra = (
        one_value(
            con,
            "delete from raw where rowid in (select rowid from (select rowid, row_number() over "
            f"(partition by {row} order by rowid) as nth from raw where {told} and hash({row}) in (from repeated)) where nth > 1)",
        )
        if one_value(con, "select count(*) from repeated")
        else 0
    )
    con.execute("drop table repeated")
    if not extra:
        return []
    return [
        f"{layout.source.title} : {french.quantity(extra, 'ligne répétée', 'lignes répétées')} à l’identique, "
        f"{french.plural(extra, 'comptée', 'comptées')} une fois."
    ]


def _check_in_france(con: duckdb.DuckDBPyConnection, layout: Layout) -> list[str]:
    """Shapes fall in France, or on the invented island: a few that do not are forgotten, a whole file is refused."""
    name = next(name for name in ("QPV", *layout.columns) if name in layout.columns)
    rows = con.execute(f'select rowid, "{name}", geometry from raw where geometry is not null').fetchall()
    if not rows:
        return []
    centres = shapely.centroid(shapely.from_wkb([bytes(row[2]) for row in rows]))
    # Invented EPCI begin with 999.
    astray = [
        row
        for row, centre in zip(rows, centres, strict=True)
        if not centre.is_empty
        and not (
            on_the_island(centre.x, centre.y)
            if row[1].startswith("999") or is_fictional(row[1].removeprefix("QN0").removeprefix("QN"))
            else in_france(centre.x, centre.y)
        )
    ]
    if not astray:
        return []
    shown = ", ".join(row[1] for row in astray[:4]) + ("…" if len(astray) > 4 else "")
    if 2 * len(astray) > len(rows):
        raise Unreadable(
            f"{layout.source.title} : {french.number(len(astray))} contours sur {french.number(len(rows))} tombent hors de "
            f"France ({shown}) : longitude et latitude inversées, ou autre système de coordonnées que celui qui est "
            f"déclaré. Prenez le fichier en WGS 84. {layout.source.cure}"
        )
    con.executemany("update raw set geometry = null where rowid = ?", [(row[0],) for row in astray])
    return [
        f"{layout.source.title} : {french.quantity(len(astray), 'contour', 'contours')} hors de France ({shown}), "
        f"{french.plural(len(astray), 'laissé', 'laissés')} de côté."
    ]


def _all(layout: Layout) -> str:
    return ", ".join(f'"{column.name}"' for column in layout.source.columns)

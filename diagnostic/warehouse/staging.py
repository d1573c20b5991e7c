"""Copy a recognised file into the table `raw`, as text, and refuse it whole when it is broken."""

from __future__ import annotations

import csv
from pathlib import Path

import duckdb

from diagnostic.model import Column
from diagnostic.warehouse.files import CODE_SHAPES, Candidate, Layout, Unreadable
from diagnostic.warehouse.sheets import geojson_frame, workbook_frame

# Years that a file may speak of: earlier or later, the column is not a year.
FIRST_YEAR, LAST_YEAR = 1960, 2100

MACROS = """
create or replace macro plain(x) as regexp_replace(x, '[\\s\\x{00A0}\\x{202F}]', '', 'g');
create or replace macro num(x) as coalesce(
    try_cast(x as double),
    try_cast(replace(plain(x), ',', '.') as double)
);
create or replace macro finite(x) as case when isfinite(x) then x end;
create or replace macro status_of(x) as case
    when finite(num(x)) is not null then 'ok'
    when lower(trim(x)) in ('s', 'ns', 'c') then 'secret'
    else 'not_published'
end;
create or replace macro year_of(x) as try_cast(left(x, 4) as integer);
"""


def stage(con: duckdb.DuckDBPyConnection, candidate: Candidate, layout: Layout, workspace: Path) -> int:
    """Fill `raw` (one text column per declared column, unknown optional ones null); return the rows."""
    con.execute("drop table if exists raw")
    if layout.source.format.startswith("geojson") or layout.sheet is not None:
        frame = (
            workbook_frame(candidate.path, layout)
            if layout.sheet is not None
            else geojson_frame(candidate.path, layout)
        )
        con.register("frame", frame)
        geometry = ", geometry" if "geometry" in frame else ""
        con.execute(
            f"create temp table raw as select {_projection(layout, renamed=True)}{geometry} from frame"
        )
        con.unregister("frame")
    else:
        _stage_text(con, candidate, layout, workspace)
    rows = con.execute("select count(*) from raw").fetchone()[0]
    if not rows:
        raise Unreadable(f"{layout.source.title} : aucune ligne après l’en-tête. {layout.source.cure}")
    return rows


def _projection(layout: Layout, *, renamed: bool = False) -> str:
    parts = []
    for column in layout.source.columns:
        header = layout.columns.get(column.name)
        if header is None:
            parts.append(f'null::varchar as "{column.name}"')
        else:
            origin = column.name if renamed else header
            parts.append(f'coalesce(trim("{origin.replace(chr(34), chr(34) * 2)}"), \'\') as "{column.name}"')
    return ", ".join(parts)


def _stage_text(
    con: duckdb.DuckDBPyConnection, candidate: Candidate, layout: Layout, workspace: Path
) -> None:
    path = candidate.path
    if layout.encoding != "utf-8":
        path = workspace / "transcoded.csv"
        with (
            candidate.path.open(encoding=layout.encoding, errors="replace", newline="") as old,
            path.open("w", encoding="utf-8", newline="") as new,
        ):
            while chunk := old.read(1 << 22):
                new.write(chunk)
    try:
        con.execute(
            f"create temp table raw as select {_projection(layout)} from read_csv(?, all_varchar = true, "
            f"header = true, delim = ?, quote = '\"', escape = '\"', max_line_size = 4194304)",
            [str(path), layout.separator],
        )
    except duckdb.Error as error:
        raise Unreadable(_broken_line(path, layout)) from error


def _broken_line(path: Path, layout: Layout) -> str:
    """The first line whose cells are not as many as the header's, said in French."""
    expected = len(layout.header)
    where, what = "une ligne", "guillemets ou séparateurs incohérents"
    with path.open(encoding="utf-8", errors="replace", newline="") as stream:
        reader = csv.reader(stream, delimiter=layout.separator)
        try:
            for row in reader:
                if row and len(row) != expected:
                    where, what = f"ligne {reader.line_num}", f"{len(row)} colonnes au lieu de {expected}"
                    break
        except csv.Error:
            where = f"ligne {reader.line_num}"
    return f"{layout.source.title} : {where}, {what}. Le fichier est sans doute tronqué. {layout.source.cure}"


def check(con: duckdb.DuckDBPyConnection, layout: Layout) -> None:
    """Refuse `raw` on a lost leading zero, a malformed code, a number that is none, a repeated key."""
    source = layout.source
    for column in source.columns:
        if column.name not in layout.columns:
            continue
        if column.kind in CODE_SHAPES:
            _check_codes(con, layout, column)
        elif column.kind == "number":
            _check_numbers(con, layout, column)
    if source.levels:
        _check_level_codes(con, layout)
    if source.year_column or "annee" in layout.columns or "date" in layout.columns:
        _check_years(con, layout)
    if source.key:
        _check_key(con, layout)


def _line_of(con: duckdb.DuckDBPyConnection, condition: str, column: str) -> tuple[int, str] | None:
    """First line (header is line 1) of `raw` that meets `condition`, with the value of `column`."""
    if con.execute(f"select 1 from raw where {condition} limit 1").fetchone() is None:
        return None
    return con.execute(
        f'select line + 1, "{column}" from (select row_number() over () as line, * from raw) where {condition} '
        "order by line limit 1"
    ).fetchone()


def _check_codes(con: duckdb.DuckDBPyConnection, layout: Layout, column: Column) -> None:
    shape = CODE_SHAPES[column.kind].pattern
    bad = _line_of(con, f"not regexp_full_match(\"{column.name}\", '{shape}')", column.name)
    if bad is None:
        return
    line, value = bad
    header = layout.columns[column.name]
    lost = (
        value.isdigit()
        and len(value) == {"commune": 4, "departement": 1, "region": 1, "epci": 8}[column.kind]
    )
    if lost:
        raise Unreadable(
            f"{layout.source.title} : ligne {line + layout.skip}, colonne {header}, « {value} » a perdu son zéro "
            f"initial (« 0{value} » attendu). {layout.source.cure}"
        )
    raise Unreadable(
        f"{layout.source.title} : ligne {line + layout.skip}, colonne {header}, « {value[:40]} » n’est pas un code "
        f"{'de ' if column.kind != 'epci' else ''}{_KIND[column.kind]}. {layout.source.cure}"
    )


_KIND = {"commune": "commune", "departement": "département", "region": "région", "epci": "EPCI (9 chiffres)"}


def _check_level_codes(con: duckdb.DuckDBPyConnection, layout: Layout) -> None:
    """CNAF files: the code's shape follows the level; placeholder rows of X are let through, and dropped."""
    level = dict(layout.source.levels)[layout.code_header]
    if level == "france":
        return
    shape = CODE_SHAPES[level].pattern
    bad = _line_of(con, f"not regexp_full_match(code, '{shape}|X+|COM')", "code")
    if bad is None:
        return
    line, value = bad
    lost = value.isdigit() and len(value) == {"commune": 4, "departement": 1, "region": 1, "epci": 8}[level]
    what = (
        f"a perdu son zéro initial (« 0{value} » attendu)" if lost else f"n’est pas un code de {_KIND[level]}"
    )
    raise Unreadable(f"{layout.source.title} : ligne {line}, « {value[:40]} » {what}. {layout.source.cure}")


def _check_numbers(con: duckdb.DuckDBPyConnection, layout: Layout, column: Column) -> None:
    markers = ", ".join("'" + marker.lower() + "'" for marker in layout.source.missing)
    name = column.name
    condition = f'finite(num("{name}")) is null and lower("{name}") not in ({markers})'
    bad = _line_of(con, condition, name)
    if bad is not None:
        line, value = bad
        raise Unreadable(
            f"{layout.source.title} : ligne {line + layout.skip}, colonne {layout.columns[name]}, « {value[:40]} » "
            f"n’est pas un nombre. {layout.source.cure}"
        )


def _check_years(con: duckdb.DuckDBPyConnection, layout: Layout) -> None:
    name = layout.source.year_column or ("annee" if "annee" in layout.columns else "date")
    bad = _line_of(con, f'coalesce(year_of("{name}"), 0) not between {FIRST_YEAR} and {LAST_YEAR}', name)
    if bad is not None:
        line, value = bad
        raise Unreadable(
            f"{layout.source.title} : ligne {line}, colonne {layout.columns[name]}, « {value[:40]} » n’est pas une "
            f"année. {layout.source.cure}"
        )


def _check_key(con: duckdb.DuckDBPyConnection, layout: Layout) -> None:
    names = [name for name in layout.source.key if name in layout.columns]
    key = ", ".join(f'"{name}"' for name in names)
    keep = "where not regexp_full_match(code, 'X+|')" if "code" in names else ""
    twice = con.execute(
        f"select {key}, count(*) as times from raw {keep} group by {key} having count(*) > 1 order by {key} limit 1"
    ).fetchone()
    if twice is not None:
        shown = ", ".join(f"{name} « {value} »" for name, value in zip(names, twice, strict=False))
        raise Unreadable(
            f"{layout.source.title} : la clé {shown} apparaît {twice[-1]} fois, une seule était attendue. "
            f"{layout.source.cure}"
        )

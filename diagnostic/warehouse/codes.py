"""The codes of a file against the territories of today: what matches none is told, and beyond a share refused."""

from __future__ import annotations

import duckdb

from diagnostic import french
from diagnostic.model import Source
from diagnostic.warehouse.files import Unreadable
from diagnostic.warehouse.unique import Ledger

# Beyond these shares of its codes without a territory, a file is of another geography, or damaged.
MOST_UNKNOWN = {"commune": 0.1, "epci": 0.5, "departement": 0.5, "region": 0.5}
# A handful may always be unknown: an extract, a village.
ALWAYS = 3
# Collectivités that are no département (Saint-Pierre-et-Miquelon, Polynésie…), foreign places, and codes of nowhere.
_OUTSIDE = r"97[578].*|98.*|99.*|.*X+|X+|0+|Z+"
_LEVELS = {
    "commune": "d’aucune commune connue",
    "epci": "d’aucun EPCI connu",
    "departement": "d’aucun département connu",
    "region": "d’aucune région connue",
}

# Tables that a query fills straight: what names a territory there, and which rows name one.
_STRAIGHT = (
    ("facility_raw", "'commune', commune", "true"),
    ("facility_count", "'commune', commune", "commune is not null"),
    ("density_raw", "'commune', commune", "true"),
    ("iris_shape", "'commune', commune", "true"),
    ("shape", "level, code", "true"),
)


class Elsewhere(Unreadable):
    """A file that speaks only of places that the diagnosis does not cover; it is left aside in one line."""


def follow(con: duckdb.DuckDBPyConnection, source: Source, ledger: Ledger) -> list[str]:
    """Sentences on the codes of this file that no territory has; raise Unreadable when they are many.

    Nothing is judged before the territories are known (stage 1).
    """
    if source.stage == 1:
        return []
    told = []
    written_straight = " ".join(
        f"union select {code} from {table} where rowid > {since} and {kept}"
        for table, code, kept in _STRAIGHT
        if (since := ledger.since(table)) is not None
    )
    written = con.execute(
        f"""
        with met as (
            select 'commune' as level, commune as code from stat_raw
            union
            select 'commune', commune from age_raw
            union
            select level, code from published_raw
            {written_straight}
        )

        select
            met.level,
            count(*) filter (where not regexp_full_match(met.code, ?)) as codes,
            count(*) filter (where known.code is null and not regexp_full_match(met.code, ?)) as unknown,
            list(met.code order by met.code) filter (where known.code is null and not regexp_full_match(met.code, ?)),
            count(*) as every
        from met
        left join known_code as known on known.level = met.level and known.code = met.code
        group by met.level
        order by met.level
        """,
        [_OUTSIDE] * 3,
    ).fetchall()
    if written and all(level == "commune" and codes == 0 for level, codes, *_ in written):
        raise Elsewhere("ne parle que de collectivités hors du champ du diagnostic, laissé de côté.")
    for level, codes, unknown, examples, _ in written:
        if not unknown or level not in _LEVELS:
            continue
        shown = ", ".join(examples[:4]) + ("…" if unknown > 4 else "")
        if unknown > max(ALWAYS, MOST_UNKNOWN[level] * codes):
            raise Unreadable(
                f"{source.title} : {french.number(unknown)} codes sur {french.number(codes)} ne sont ceux {_LEVELS[level]} "
                f"({shown}). Le fichier est d’une autre géographie, ou abîmé : prenez l’édition la plus récente. {source.cure}"
            )
        told.append(
            f"{source.title} : {french.quantity(unknown, 'code', 'codes')} {french.plural(unknown, 'n’est celui', 'ne sont ceux')} "
            f"{_LEVELS[level]} ({shown}), {french.plural(unknown, 'laissé', 'laissés')} de côté."
        )
    return told

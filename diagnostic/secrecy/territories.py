"""Secrecy across levels, perimeters of one's own and vintages of the geography.

The cells are communes and everything that is shown as a sum of communes. A perimeter, an EPCI of
last year's composition and a département are the same thing here: a sum over a set of communes.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from diagnostic.model import Status
from diagnostic.secrecy.linear import DEFAULT_PROTECTION, Relation
from diagnostic.secrecy.rules import Rule, hide, note, primary
from diagnostic.secrecy.suppression import secondary

Key = tuple[str, str]
PLACE = ["level", "code"]
CELL = ["stat", "year"]


@dataclass(frozen=True, slots=True)
class Protected:
    """A table that may be shown: `frame` without any hidden value, and the `note` that says why.

    `frame` has level, code, stat, year, value, status. `safe` is False when a sum that is already
    public discloses a hidden value whatever is hidden here.
    """

    frame: pd.DataFrame
    note: str
    primary: int
    secondary: int
    safe: bool


def protect(
    stats: pd.DataFrame,
    membership: pd.DataFrame,
    rule: Rule,
    *,
    tables: Iterable[Relation] = (),
    units: Mapping[str, tuple[str, float]] | None = None,
    told: Mapping[tuple, bool] | None = None,
) -> Protected:
    """Sum `stats` to every level of `membership`, hide what is small, then what would give it away.

    `stats`: code, stat, year, value and optionally status, one row per commune, stat and year; with
    a column `level`, rows of other levels are what the producer publishes there and take the place
    of our sums. `membership`: level, code, commune, any number of overlapping levels, perimeters included.
    `tables`: further sums between cells of one territory; each names stats, e.g. a total and its
    classes. Where the classes fall short of the total, what is left is a cell that nobody sees.
    `units`: stat -> the stat that counts who stands behind it, and the most that one of them brings; too few of
    them hide it too, and so does a number that too few could bring where theirs is unknown. `told`: (level, code,
    stat, year) of the cells that a reader has seen before, True when their value was shown: what was shown cannot
    be hidden any more, what was hidden stays so. A sum with an unknown part is unknown.

    The reader is taken to know that zeros are printed: what is hidden is at least 1, and a zero never is.
    """
    given = stats.assign(level="commune") if "level" not in stats else stats
    if "status" not in given:
        given = given.assign(status=np.where(given["value"].isna(), Status.MISSING, Status.OK))
    shown = with_sums(given, membership)
    shown = shown[[*PLACE, *CELL, "value", "status"]].drop_duplicates([*PLACE, *CELL], ignore_index=True)
    small = primary(shown, rule)
    for stat, (counted, most) in (units or {}).items():
        small |= _behind(shown, small, stat, counted, most * (rule.threshold - 1))
    keys = list(shown[["level", "code", *CELL]].itertuples(index=False, name=None))
    seen = [(told or {}).get(key) for key in keys]
    was_shown = np.array([one is True for one in seen], dtype=bool)
    was_hidden = np.array([one is False for one in seen], dtype=bool)
    hidden_first = small.to_numpy(bool) | was_hidden
    cells = pd.DataFrame(
        {
            "key": keys,
            "value": shown["value"].to_numpy(float),
            "masked": hidden_first,
            "weight": np.where(was_shown, np.inf, _weights(shown, membership)),
            "protection": np.where(small, rule.threshold, DEFAULT_PROTECTION),
            "least": 0.0 if rule.zero_hides else 1.0,
        }
    )
    crossed, left = _crossed(shown, tables)
    answer = secondary(
        pd.concat([cells, left]) if len(left) else cells, [*_nested(shown, membership), *crossed]
    )
    added = cells["key"].isin(set(answer.added)).to_numpy()
    return Protected(
        frame=hide(shown, pd.Series(hidden_first | added, index=shown.index)),
        note=note(int((hidden_first | added).sum()), rule, shown=len(shown)),
        primary=int(small.sum()),
        secondary=int((hidden_first | added).sum() - small.sum()),
        safe=answer.safe,
    )


def with_sums(given: pd.DataFrame, membership: pd.DataFrame) -> pd.DataFrame:
    """The rows given, then one per level, code, stat and year: unknown as soon as one commune has no known value."""
    communes = given.loc[given["level"] == "commune", ["code", *CELL, "value"]]
    joined = membership.merge(communes.rename(columns={"code": "commune"}), on="commune")
    sums = joined.groupby([*PLACE, *CELL], sort=False)["value"].agg(["sum", "count"]).reset_index()
    size = membership.groupby(PLACE).size().rename("size").reset_index()
    sums = sums.merge(size, on=PLACE, how="left")
    value = sums["sum"].mask(sums["count"] < sums["size"])
    status = np.where(value.isna(), Status.MISSING, Status.OK)
    sums = sums[[*PLACE, *CELL]].assign(value=value, status=status)
    return pd.concat([given, sums], ignore_index=True)


def _weights(shown: pd.DataFrame, membership: pd.DataFrame) -> np.ndarray:
    """Hiding a sum costs a reader more than hiding a commune: 1 + the number of its communes."""
    size = membership.groupby(["level", "code"]).size()
    keys = pd.MultiIndex.from_frame(shown[["level", "code"]])
    return 1.0 + size.reindex(keys).fillna(0).to_numpy()


def _nested(shown: pd.DataFrame, membership: pd.DataFrame) -> list[Relation]:
    """One relation per sum: over the largest sums it is made of, then over communes.

    Written over the parts that tile it, a département keeps the short rows of its EPCI. Where no
    tiling exists (perimeters that overlap) the row names the communes: the content is the same.
    """
    present = shown.loc[shown["level"] == "commune", ["code", *CELL]]
    communes_of = {cell: set(rows["code"]) for cell, rows in present.groupby(CELL, sort=False)}
    members = {key: frozenset(rows) for key, rows in membership.groupby(["level", "code"])["commune"]}
    tiling = _tilings(members)
    printed = set(shown.loc[shown["value"].notna(), [*PLACE, *CELL]].itertuples(index=False, name=None))
    relations = []
    for (stat, year), known in communes_of.items():
        for key, tiles in tiling.items():
            if (*key, stat, year) not in printed:
                # A sum that is not known is not shown: it teaches the reader nothing.
                continue
            parts = tuple(
                (*tile, stat, year) for tile in _shown_tiles(tiles, members, known, printed, (stat, year))
            )
            relations.append(Relation((*key, stat, year), parts))
    return relations


def _shown_tiles(
    tiles: Iterable[Key],
    members: Mapping[Key, frozenset[str]],
    known: set[str],
    printed: set[tuple],
    cell: tuple,
) -> list[Key]:
    """The tiles that stand in the table for this stat: a smaller sum that is unknown gives way to its communes."""
    found: list[Key] = []
    for tile in tiles:
        if tile[0] == "commune":
            found += [tile] if tile[1] in known else []
        elif (*tile, *cell) in printed:
            found.append(tile)
        else:
            found += [("commune", commune) for commune in sorted(members[tile] & known)]
    return found


def _tilings(members: Mapping[Key, frozenset[str]]) -> dict[Key, list[Key]]:
    """For each sum, disjoint smaller sums and communes that make it up exactly."""
    order = sorted(members, key=lambda key: (len(members[key]), key))
    tiles: dict[Key, list[Key]] = {}
    holders: dict[str, list[Key]] = {}
    for key in order:
        left, chosen = set(members[key]), []
        inside = sorted(
            {held for commune in left for held in holders.get(commune, ())},
            key=lambda held: (-len(members[held]), held),
        )
        for held in inside:
            if members[held] <= left:
                chosen.append(held)
                left -= members[held]
        tiles[key] = chosen + [("commune", commune) for commune in sorted(left)]
        for commune in members[key]:
            holders.setdefault(commune, []).append(key)
    return tiles


def _behind(shown: pd.DataFrame, small: pd.Series, stat: str, counted: str, few: float) -> pd.Series:
    """True for the cells of `stat` whose place and year hide `counted`, or that `few` allows where it is unknown."""
    places = shown["level"].str.cat(shown["code"], sep=":").str.cat(shown["year"].astype(str), sep=":")
    units = shown["stat"] == counted
    hidden = places.isin(set(places[small & units]))
    known = places.isin(set(places[units & shown["value"].notna()]))
    maybe = ~known & (shown["value"] > 0) & (shown["value"] <= few)
    return (shown["stat"] == stat) & (hidden | maybe)


def _crossed(shown: pd.DataFrame, tables: Iterable[Relation]) -> tuple[list[Relation], pd.DataFrame]:
    """The sums inside each territory, and the cells for what the parts leave of their total."""
    relations, left = [], []
    told = shown[shown["value"].notna() | (shown["status"].astype(str) == Status.SECRET)]
    for table in tables:
        wanted = [table.total, *table.parts]
        rows = told[told["stat"].isin(wanted)]
        wide = rows.pivot_table(index=["level", "code", "year"], columns="stat", values="value", dropna=False)
        held = rows.groupby(["level", "code", "year"])["stat"].nunique()
        factors = np.array(table.coefficients or [1.0] * len(table.parts))
        for place in held.index[held == len(wanted)]:
            values = wide.loc[place].reindex(wanted).to_numpy(float)
            rest = values[0] - values[1:] @ factors
            level, code, year = place
            parts = tuple((level, code, stat, year) for stat in table.parts)
            if rest < 0:
                # The parts overlap here: nothing is found by difference.
                continue
            coefficients = tuple(factors)
            if rest > 0:
                key = (level, code, f"reste_{table.total}", year)
                left.append((key, rest, True, np.inf, 0.0, 0.0))
                parts, coefficients = (*parts, key), (*coefficients, 1.0)
            relations.append(Relation((level, code, table.total, year), parts, coefficients))
    return relations, pd.DataFrame(left, columns=["key", "value", "masked", "weight", "protection", "least"])

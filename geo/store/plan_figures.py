"""What the blocks of a plan hold, and the sums of it over its grids."""

from collections.abc import Collection
from typing import Any

import numpy as np
import pandas as pd
import psycopg
from cachetools import LRUCache

from geo.layers import SMALL_COUNTS
from geo.load import SHOWN_CASES
from geo.store import changes, load_rules, loads
from geo.store.database import Reader

COLUMNS = ["households", "people", "merchants", "incidents", "frontage_m", "area_m2", "load"]
COUNTS = COLUMNS[:4]
NOTHING: dict[str, Any] = {"blocks": 0} | dict.fromkeys(COUNTS, 0) | dict.fromkeys(COLUMNS[4:], 0.0)

# A stroke asks for the same blocks as the one before it.
_known: LRUCache[object, pd.DataFrame] = LRUCache(8)


def block_figures(conn: psycopg.Connection, ids: Collection[int], who: Reader) -> pd.DataFrame:
    """`COLUMNS` of the blocks ``ids`` (index: id; there may be more).

    For readers who may not see small counts, a block with 1 to 4 cases counts two.
    """
    rule, full = load_rules.rule_of(conn), SMALL_COUNTS in who.rights
    revisions = changes.revisions(conn)
    made_of = tuple(revisions[source] for source in loads.SOURCES)
    database = (conn.info.host, conn.info.port, conn.info.dbname)
    key = (database, made_of, repr(rule), loads.today(conn), full)
    table = _known.get(key)
    if table is None:
        table = _known[key] = _figures(loads.of_blocks(conn, rule), full=full)
    if table.index.isin(ids).sum() != len(ids):  # of a plan of another time
        table = _figures(loads.of_blocks(conn, rule, ids=list(ids)), full=full)
    return table


def _figures(weighed: loads.Loads, *, full: bool) -> pd.DataFrame:
    told = weighed if full else loads.discreet(weighed)
    return told.blocks[COLUMNS].fillna({"incidents": SHOWN_CASES}).astype(float)


def summed(figures: pd.DataFrame, number: pd.Series) -> dict[int, dict[str, Any]]:
    """The sums of `COLUMNS`, and ``blocks``, by grid. ``number``: of each block; NaN for none."""
    held = number.dropna()
    grid = held.to_numpy(np.int64)
    sums = figures.reindex(held.index).fillna(0.0).groupby(grid).sum()
    blocks = held.groupby(grid).size()
    return {
        int(str(of)): {"blocks": int(blocks[of])}
        | {name: int(row[name]) if name in COUNTS else round(float(row[name]), 4)
           for name in COLUMNS}
        for of, row in sums.iterrows()
    }  # fmt: skip

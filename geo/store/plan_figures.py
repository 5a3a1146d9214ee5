"""What the blocks of a plan hold, and the sums of it over its grids."""

from typing import Any

import numpy as np
import pandas as pd
import psycopg
from cachetools import LRUCache

from geo.layers import SMALL_COUNTS
from geo.load import SHOWN_CASES
from geo.store import load_rules, loads, plan_ground
from geo.store.database import Reader

COLUMNS = ["households", "people", "merchants", "incidents", "frontage_m", "area_m2", "load"]
COUNTS = COLUMNS[:4]
NOTHING: dict[str, Any] = {"blocks": 0} | dict.fromkeys(COUNTS, 0) | dict.fromkeys(COLUMNS[4:], 0.0)

# A stroke asks for the same blocks as the one before it.
_known: LRUCache[object, pd.DataFrame] = LRUCache(8)


def block_figures(conn: psycopg.Connection, plan: int, who: Reader) -> pd.DataFrame:
    """`COLUMNS` of each block of a plan (index: id), by the usual rule set.

    For readers who may not see small counts, blocks with 1 to 4 cases count two each.
    """
    rule, full = load_rules.rule_of(conn), SMALL_COUNTS in who.rights
    database = (conn.info.host, conn.info.port, conn.info.dbname)
    key = (database, plan, plan_ground.revision(conn, plan, rule), full)
    table = _known.get(key)
    if table is None:
        weighed = loads.of_blocks(conn, rule, plan=plan)
        told = weighed if full else loads.discreet(weighed)
        table = told.blocks[COLUMNS].fillna({"incidents": SHOWN_CASES}).astype(float)
        _known[key] = table
    return table


def summed(figures: pd.DataFrame, number: pd.Series) -> dict[int, dict[str, Any]]:
    """The sums of `COLUMNS`, and ``blocks``, by grid. ``number``: of each block; NaN for none."""
    held = number.dropna()
    sums = figures.reindex(held.index).fillna(0.0).groupby(held.to_numpy(np.int64)).sum()
    blocks = held.groupby(held.to_numpy(np.int64)).size()
    rounded = {name: int if name in COUNTS else lambda value: round(float(value), 4)
               for name in COLUMNS}  # fmt: skip
    return {
        int(str(grid)): {"blocks": int(blocks[grid])}
        | {name: rounded[name](row[name]) for name in COLUMNS}
        for grid, row in sums.iterrows()
    }

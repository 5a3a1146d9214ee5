"""Which block is in which grid, out to a CSV file and in again as one stroke."""

from pathlib import Path
from typing import Any

import pandas as pd
import psycopg

from geo import tables
from geo.columns import UnknownColumn, plain
from geo.export import harmless
from geo.store import redrawing, strokes
from geo.store.queries import load
from geo.store.rejects import Rejects
from geo.store.strokes import By, Painted

QUERIES = load("plan_files")

BLOCK = "block block_code 街区 街区编码 街区编号 单元网格 单元网格编码"
GRID = "grid grid_code code 网格 网格编码 网格编号 网格代码 网格名称 number"


def write(conn: psycopg.Connection, plan: int, path: Path) -> int:
    """Writes block, grid, name of each block of a plan; returns how many there are.

    ``grid`` is the code, or the number of a grid that has none yet; empty for none. Raises
    `geo.store.redrawing.UnknownPlan`.
    """
    redrawing.known(conn, plan)
    found = conn.execute(QUERIES["assignment"], {"plan": plan}).fetchall()
    frame = pd.DataFrame(found, columns=["block", "grid", "name"])
    # Excel opens the file as UTF-8 only with a byte order mark.
    harmless(frame.fillna("")).to_csv(path, index=False, encoding="utf-8-sig")
    return len(frame)


def read(
    conn: psycopg.Connection, plan: int, path: Path, by: By, *, new: bool = False
) -> tuple[Painted, Rejects]:
    """Paints a draft as a CSV file says: a column of block codes and one of grids.

    Grids are found by code, number or name; with ``new``, others are added by that name. Rows that
    cannot be taken are rejected with a reason; blocks not named stay where they are. Raises
    `geo.columns.UnknownColumn`, what `geo.tables.read_csv` raises, and what
    `geo.store.strokes.paint` raises.
    """
    redrawing.hold(conn, plan, by.seen)
    frame = tables.read_csv(path).frame
    block, grid = (_column(frame, names) for names in (BLOCK, GRID))
    ids: dict[str, int] = dict(conn.execute(QUERIES["blocks"], {"plan": plan}).fetchall())
    numbers, added = _numbers(conn, plan, grid if new else None)
    reason = _reasons(block, grid, ids, numbers)
    taken = reason == ""
    moves = {
        ids[code]: numbers[name] if name else None
        for code, name in zip(block[taken], grid[taken], strict=True)
    }
    painted = strokes.paint(conn, plan, moves, by, grids=added)
    refused = frame[~taken].rename(columns={"_row": "row"})
    refused = refused.assign(id=block[~taken], reason=reason[~taken])
    return painted, Rejects(path.name, [refused])


def _column(frame: pd.DataFrame, names: str) -> pd.Series:
    of = {plain(column): column for column in reversed(list(frame.columns))}
    for name in map(plain, names.split()):
        if name in of:
            return frame[of[name]].fillna("").str.strip()
    there = ", ".join(column for column in frame.columns if column != "_row")
    raise UnknownColumn(f"the file has no column {names.split()[0]!r}; it has {there}")


def _numbers(
    conn: psycopg.Connection, plan: int, wanted: pd.Series | None
) -> tuple[dict[str, int], dict[int, Any]]:
    """The number of each grid by what it may be called, and the grids to add."""
    grids = redrawing.grids_of(conn, plan)
    numbers: dict[str, int] = {}
    for name in ("name", "number", "code"):  # what comes later wins
        numbers |= {str(grid[name]): grid["number"] for grid in grids if grid[name] is not None}
    first = strokes.next_number(conn, plan)
    new = [] if wanted is None else [n for n in wanted.unique() if n and n not in numbers]
    added = {
        first + n: {"grid_id": None, "name": name, "parent_id": None, "workers": 1, "locked": False}
        for n, name in enumerate(new)
    }
    return numbers | {grid["name"]: number for number, grid in added.items()}, added


def _reasons(
    block: pd.Series, grid: pd.Series, ids: dict[str, int], numbers: dict[str, int]
) -> pd.Series:
    """Why each row cannot be taken; '' where it can."""
    reason = pd.Series("", index=block.index)
    reason[(grid != "") & ~grid.isin(list(numbers))] = "the plan has no such grid"
    reason[block.duplicated()] = "the block stands in the file before"
    reason[~block.isin(list(ids))] = "the plan has no such block"
    return reason

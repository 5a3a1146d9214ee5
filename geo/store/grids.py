"""Imported grid shapes become plans: each block belongs to the grid that holds most of it."""

import geopandas
import numpy as np
import pandas as pd
import psycopg
import shapely
from numpy.typing import NDArray

from geo.store.blocks import read_blocks
from geo.store.database import read_setting
from geo.store.plans import NoBlocks, read_assignment, read_system, write_plan

DEFAULT_SYSTEM = "management"

# A block that lies by more than this share outside of its grid is named in the summary.
MUCH = 0.05


class TwoSystems(ValueError):
    """One file of grids names more than one grid system."""


def put_grids(
    conn: psycopg.Connection, rows: geopandas.GeoDataFrame
) -> tuple[tuple[int, int, int], list[str]]:
    """Publishes imported grids (code, name, system, geometry) as the plan in force from today.

    Returns the numbers of new, changed and unchanged grids, and notes. Shapes are not kept: a grid
    is a set of whole blocks. Raises `NoBlocks`, `TwoSystems`, and `CodesDoNotFit`.
    """
    blocks = read_blocks(conn)
    if blocks.empty:
        raise NoBlocks(
            "grids are sets of blocks, and there are none yet: `luge blocks derive` first"
        )
    system = read_system(conn, _one_system(rows))
    owner, share = _most_of_each(blocks, rows)
    inside = owner >= 0
    grid = rows.iloc[owner[inside]][["code", "name"]].assign(parent_id=None).reset_index(drop=True)
    before = read_assignment(conn, system.id)
    new = dict(
        zip(
            blocks["id"][inside].tolist(), zip(grid["code"], grid["name"], strict=True), strict=True
        )
    )
    counts = _compare(before, new, rows)
    notes = _notes(rows, owner, share)
    if before != new:
        start = read_setting(conn).day()
        made = write_plan(conn, system, blocks["id"].to_numpy()[inside], grid, start)
        notes.insert(0, f"plan {made.name}: {made.grids} grids of {made.blocks} blocks")
    return counts, notes


def _one_system(rows: geopandas.GeoDataFrame) -> str:
    named = rows["system"].dropna().unique().tolist() if "system" in rows else []
    if len(named) > 1:
        raise TwoSystems(f"the file names several grid systems ({', '.join(named)}): one file each")
    return named[0] if named else DEFAULT_SYSTEM


def _most_of_each(
    blocks: geopandas.GeoDataFrame, rows: geopandas.GeoDataFrame
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """For each block the row of the grid that holds most of it (or -1), and its share of area."""
    shapes, grounds = rows.geometry.to_numpy(), blocks.geometry.to_numpy()
    block, grid = shapely.STRtree(shapes).query(grounds, predicate="intersects")
    held = shapely.area(shapely.intersection(grounds[block], shapes[grid]))
    held /= shapely.area(grounds[block])
    best = pd.DataFrame({"block": block, "grid": grid, "share": held})
    best = best[best["share"] > 0].sort_values(["share", "grid"], ascending=[False, True])
    best = best.drop_duplicates("block").set_index("block")
    owner = np.full(len(blocks), -1, np.int64)
    share = np.zeros(len(blocks))
    owner[best.index], share[best.index] = best["grid"], best["share"]
    return owner, share


Named = dict[int, tuple[str, str]]


def _compare(before: Named, new: Named, rows: geopandas.GeoDataFrame) -> tuple[int, int, int]:
    then, now = _blocks_of(before), _blocks_of(new)
    known = {code for code, _ in then}
    same = sum(now.get(key) == members for key, members in then.items())
    added = sum(code not in known for code in rows["code"])
    return added, len(rows) - added - same, same


def _blocks_of(assignment: Named) -> dict[tuple[str, str], set[int]]:
    members: dict[tuple[str, str], set[int]] = {}
    for block, grid in assignment.items():
        members.setdefault(grid, set()).add(block)
    return members


def _notes(
    rows: geopandas.GeoDataFrame, owner: NDArray[np.int64], share: NDArray[np.float64]
) -> list[str]:
    notes = []
    cut = int(((owner >= 0) & (share < 1 - MUCH)).sum())
    if cut:
        notes.append(
            f"{cut} blocks lie by more than {MUCH:.0%} outside of the grid they were given to:"
            " derive the blocks along the grids' borders (`luge blocks derive --along FILE`)"
        )
    if (owner < 0).any():
        notes.append(f"{int((owner < 0).sum())} blocks lie in no grid of the file")
    empty = sorted(set(range(len(rows))) - set(owner.tolist()))
    if empty:
        codes = ", ".join(rows["code"].iloc[empty[:5]])
        notes.append(f"{len(empty)} grids got no block, since none lies mostly in them: {codes}")
    return notes

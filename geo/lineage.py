"""How the grids of one plan became those of the next."""

from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

NONE = -1
"""In place of a grid: the block is in none."""

Ints = npt.NDArray[np.int64]


def lineage(before: Any, after: Any, households: Any = None) -> pd.DataFrame:
    """A row for each pair of grids that share blocks, and for each that ended or began with none.

    ``before`` and ``after``: the grid (≥ 0, or `NONE`) of each block in either plan;
    ``households``: of each block (default 0). Columns from_grid, to_grid (`NONE`: none), kind,
    blocks, households; sorted by the grids. A grid that goes on keeps its number. Kinds:

    - kept: blocks that stay in a grid that goes on;
    - moved: from a grid that goes on to another that was there before;
    - split: into a new grid, from one that goes on, or that came apart;
    - merged: from a grid that ends, into one that was there before, or that was put together;
    - ended, new: a grid none of whose blocks is in any grid of the other plan.

    A grid that ends where a single new one begins on the same ground has moved; so have grids that
    came apart and were put together at once.
    """
    before, after = np.asarray(before, np.int64), np.asarray(after, np.int64)
    weight = np.zeros(len(before), np.int64) if households is None else np.asarray(households)
    blocks = pd.DataFrame({"from_grid": before, "to_grid": after, "households": weight})
    both = blocks[(before != NONE) & (after != NONE)]
    pairs = both.groupby(["from_grid", "to_grid"], as_index=False).agg(
        blocks=("households", "size"), households=("households", "sum")
    )
    pairs["kind"] = _kinds(pairs, before, after)
    rows = pd.concat([pairs, _alone(blocks, pairs, "from_grid"), _alone(blocks, pairs, "to_grid")])
    columns = ["from_grid", "to_grid", "kind", "blocks", "households"]
    return rows[columns].sort_values(columns[:2], ignore_index=True)


def _kinds(pairs: pd.DataFrame, before: Ints, after: Ints) -> Any:
    """The kind of each pair (lineage's rules, in its order)."""
    source, target = pairs["from_grid"].to_numpy(), pairs["to_grid"].to_numpy()
    goes_on, was_there = np.isin(source, after), np.isin(target, before)
    heirs = pairs.groupby("from_grid")["to_grid"].transform("size").to_numpy()
    sources = pairs.groupby("to_grid")["from_grid"].transform("size").to_numpy()
    both_new = ~goes_on & ~was_there
    return np.select(
        [
            source == target,
            (goes_on & ~was_there) | (both_new & (heirs > 1) & (sources == 1)),
            (~goes_on & was_there) | (both_new & (heirs == 1) & (sources > 1)),
        ],
        ["kept", "split", "merged"],
        "moved",
    )


def _alone(blocks: pd.DataFrame, pairs: pd.DataFrame, side: str) -> pd.DataFrame:
    """Rows of the grids of one plan that share no block with any of the other."""
    kind, other = ("ended", "to_grid") if side == "from_grid" else ("new", "from_grid")
    alone = blocks[(blocks[side] != NONE) & ~blocks[side].isin(pairs[side])]
    rows = alone.groupby(side, as_index=False).agg(
        blocks=("households", "size"), households=("households", "sum")
    )
    return rows.assign(**{other: NONE, "kind": kind})

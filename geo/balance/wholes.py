"""Blocks that stay together: those of one compound, and of one protected place."""

import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from geo.balance.posts import NOBODY, Blocks, Wish
from geo.cells import Ints, Places


def groups(count: int, place: Ints, block: Ints) -> Places:
    """One number for blocks of one place, or of places that share a block; -1 for single ones.

    Row i: ``place[i]`` lies in ``block[i]``, of ``count`` blocks.
    """
    places, node = np.unique(place, return_inverse=True)
    n = count + len(places)
    ends = coo_array((np.ones(len(block), np.int8), (block, count + node)), shape=(n, n))
    group = connected_components(ends, directed=False)[1][:count]
    alone = np.bincount(group)[group] < 2
    found: Places = np.where(alone, NOBODY, group).astype(np.int32)
    return found


def chosen(blocks: Blocks, wish: Wish) -> Wish:
    """The wish without those of the chosen blocks whose place reaches out of what was chosen."""
    if wish.within is None:
        return wish
    reaching = np.unique(blocks.together[~wish.within])
    kept = wish.within & ((blocks.together < 0) | ~np.isin(blocks.together, reaching))
    return wish._replace(within=kept)


def torn(blocks: Blocks, number: Places) -> list[tuple[int, Ints]]:
    """The places, by parent and rows, that are whole today, and in several grids by ``number``."""
    worse = (_grids_of(blocks, number) > 1) & (_grids_of(blocks, blocks.number) <= 1)
    rows = np.flatnonzero(worse & (number != NOBODY))
    found: dict[tuple[int, int], list[int]] = {}
    for row in rows.tolist():
        key = int(blocks.parent[row]), int(blocks.together[row])
        found.setdefault(key, []).append(row)
    return [(parent, np.array(own, np.int64)) for (parent, _), own in found.items()]


def _grids_of(blocks: Blocks, number: Places) -> Ints:
    """In how many grids the place of each block lies, within its parent; 0 where it is in none."""
    count = np.zeros(len(number), np.int64)
    inside = (blocks.together >= 0) & (number >= 0)
    rows = np.column_stack([blocks.parent, blocks.together, number])[inside]
    whole = np.unique(rows[:, :2], axis=0, return_inverse=True)[1].ravel()
    pairs = np.unique(np.column_stack([whole, rows[:, 2]]), axis=0)
    count[inside] = np.bincount(pairs[:, 0], minlength=1)[whole]
    return count

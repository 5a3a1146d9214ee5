"""Polygons on cells: which cells a block fills, which its edges touch, and the lists of both."""

import math

import numpy as np
from numpy.typing import NDArray

from geo.cells import Flags, Floats, Grid, Ints, Places, jit, lookup

# Shape (n, 2): a cell, and an entry of its list.
Pairs = NDArray[np.int32]

# An entry of a list of blocks is slot * 4 and these marks.
LAST, WHOLE = 1, 2

# Edges come this near to a cell (in its sides) before they count as touching it. Too many touch
# costs a test too much; what rounding can do is a thousandth of this.
_TOUCH = 1e-6


@lookup
def _span(
    x1: float, y1: float, x2: float, y2: float, low: float, high: float
) -> tuple[float, float]:
    """From which x to which x the edge runs between two heights that it reaches."""
    if y1 == y2:
        return min(x1, x2), max(x1, x2)
    slope = (x2 - x1) / (y2 - y1)
    a = x1 + slope * (min(max(low, min(y1, y2)), max(y1, y2)) - y1)
    b = x1 + slope * (min(max(high, min(y1, y2)), max(y1, y2)) - y1)
    return min(a, b), max(a, b)


@jit
def count_slabs(edges: Floats, slot: Ints, size: float, base: Ints, slabs: int) -> Ints:
    """How many edges each slab has: a slab is what one row of cells holds of one block's edges.

    The slab of a row is base[slot] + row; ``slabs`` is their number.
    """
    counts = np.zeros(slabs, np.int64)
    for k in range(len(edges)):
        first, last = _rows(edges[k, 1], edges[k, 3], size)
        for row in range(first, last + 1):
            counts[base[slot[k]] + row] += 1
    return counts


@jit
def fill_slabs(edges: Floats, slot: Ints, size: float, base: Ints, starts: Ints) -> Ints:
    """Which edges the slabs hold, one slab after the other, each from its start on."""
    held = np.empty(starts[-1], np.int64)
    at = starts.copy()
    for k in range(len(edges)):
        first, last = _rows(edges[k, 1], edges[k, 3], size)
        for row in range(first, last + 1):
            held[at[base[slot[k]] + row]] = k
            at[base[slot[k]] + row] += 1
    return held


@lookup
def _rows(y1: float, y2: float, size: float) -> tuple[int, int]:
    return math.floor(min(y1, y2) / size), math.floor(max(y1, y2) / size)


@lookup
def _touch(touched: Flags, edges: Floats, size: float, column: int, row: int) -> None:
    """Marks the cells that edges pass; cell (0, 0) is that of the column and row given."""
    pad = _TOUCH * size
    for k in range(len(edges)):
        x1, y1, x2, y2 = edges[k]
        first = math.floor((min(y1, y2) - pad) / size) - row
        last = math.floor((max(y1, y2) + pad) / size) - row
        for r in range(max(first, 0), min(last, len(touched) - 1) + 1):
            low = (row + r) * size
            left, right = _span(x1, y1, x2, y2, low - pad, low + size + pad)
            start = math.floor((left - pad) / size) - column
            stop = math.floor((right + pad) / size) - column
            for c in range(max(start, 0), min(stop, touched.shape[1] - 1) + 1):
                touched[r, c] = True


@lookup
def _is_inside(x: float, y: float, edges: Floats) -> bool:
    """Whether the middle of a cell that no edge touches lies inside: edges to its right are odd."""
    inside = False
    for k in range(len(edges)):
        x1, y1, x2, y2 = edges[k]
        if (y1 <= y) != (y2 <= y):
            inside ^= x1 + (y - y1) * ((x2 - x1) / (y2 - y1)) > x
    return inside


@jit
def _grown(pairs: Pairs, n: int) -> Pairs:
    if n < len(pairs):
        return pairs
    more = np.empty((2 * len(pairs), 2), np.int32)
    more[:n] = pairs
    return more


@jit
def _cover(
    cell: Places,
    grid: Grid,
    slot: int,
    edges: Floats,
    left: int,
    bottom: int,
    touched: Flags,
    pairs: Pairs,
    n: int,
) -> tuple[Pairs, int]:
    """Enters a block in all cells that it covers; cell (0, 0) of ``touched`` is (left, bottom)."""
    for r in range(len(touched)):
        known, inside = False, False
        for c in range(touched.shape[1]):
            at = (bottom + r - grid.row) * grid.columns + left + c - grid.column
            if not touched[r, c] and not known:
                # Cells side by side that no edge touches are all inside or all outside.
                x, y = (left + c + 0.5) * grid.size, (bottom + r + 0.5) * grid.size
                inside = _is_inside(x, y, edges)
            known = not touched[r, c]
            if known and inside and cell[at] == 0:
                cell[at] = slot + 1
            elif inside or not known:
                pairs = _grown(pairs, n)
                pairs[n, 0], pairs[n, 1] = at, slot * 4 + (WHOLE if known else 0)
                n += 1
    return pairs, n


@jit
def cover(cell: Places, grid: Grid, slots: Ints, firsts: Ints, edges: Floats) -> NDArray[np.int32]:
    """Enters blocks in all cells that they cover, wholly or in part.

    The edges of slots[i] are edges[firsts[i] : firsts[i + 1]]. A cell wholly inside a first block
    comes to hold slot + 1; what else a cell has is returned as pairs, to make lists of.
    """
    pairs, n = np.empty((1024, 2), np.int32), 0
    for i in range(len(slots)):
        own = edges[firsts[i] : firsts[i + 1]]
        left, bottom, right, top = np.inf, np.inf, -np.inf, -np.inf
        for k in range(len(own)):
            left, bottom = min(left, own[k, 0]), min(bottom, own[k, 1])
            right, top = max(right, own[k, 0]), max(top, own[k, 1])
        column, columns = _rows(left, right, grid.size)
        row, rows = _rows(bottom, top, grid.size)
        touched = np.zeros((rows - row + 1, columns - column + 1), np.bool_)
        _touch(touched, own, grid.size, column, row)
        pairs, n = _cover(cell, grid, slots[i], own, column, row, touched, pairs, n)
    return pairs[:n]


@jit
def take_apart(cell: Places, entries: Places, marked: Flags, live: Flags) -> Pairs:
    """Clears marked cells of slots no longer live; returns the pairs that want lists again."""
    pairs, n = np.empty((1024, 2), np.int32), 0
    for at in np.flatnonzero(marked):
        held = cell[at]
        if held >= 0:
            cell[at] = held if held > 0 and live[held - 1] else 0
            continue
        cell[at] = 0
        k = ~held
        while True:
            entry = entries[k]
            if live[entry >> 2] and entry & WHOLE and cell[at] == 0:
                cell[at] = (entry >> 2) + 1
            elif live[entry >> 2]:
                pairs = _grown(pairs, n)
                pairs[n, 0], pairs[n, 1] = at, entry & ~LAST
                n += 1
            if entry & LAST:
                break
            k += 1
    return pairs[:n]


@lookup
def _same(entries: Places, one: int, other: int) -> bool:
    """Whether the lists that begin at two places are the same."""
    while entries[one] == entries[other]:
        if entries[one] & LAST:
            return True
        one, other = one + 1, other + 1
    return False


@jit
def write_lists(
    cell: Places, columns: int, pairs: Pairs, order: Ints, ids: Ints, first: int
) -> Places:
    """Lists of entries in order of ids, for all cells in ``pairs``; ``first`` is their first place.

    ``order`` sorts the pairs by cell. A cell with a list holds the bitwise complement of its place.
    Cells share a list with the one before and the one below (there are ``columns`` to a row).
    """
    entries, n, k, last = np.empty(2 * len(pairs), np.int32), 0, 0, 0
    while k < len(order):
        at, start = pairs[order[k], 0], n
        if cell[at] > 0:
            entries[n] = (cell[at] - 1) * 4 + WHOLE
            n += 1
        while k < len(order) and pairs[order[k], 0] == at:
            entry, place = pairs[order[k], 1], n
            while place > start and ids[entries[place - 1] >> 2] > ids[entry >> 2]:
                entries[place] = entries[place - 1]
                place -= 1
            entries[place] = entry
            n, k = n + 1, k + 1
        entries[n - 1] |= LAST
        below = ~cell[at - columns] - first if at >= columns else -1
        if last < start and _same(entries, last, start):
            n, start = start, last
        elif below >= 0 and _same(entries, below, start):
            n, start = start, below
        last = start
        cell[at] = ~np.int32(first + start)
    return entries[:n].copy()

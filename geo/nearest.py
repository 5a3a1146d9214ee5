"""Which segments may be the nearest in a cell: the index that finds the road place of a point.

Each cell lists the edges that can be the nearest one, or tie with it, for some point of the cell: a
point reads one short list. No point of a cell is farther from its nearest edge than the cell's
farthest corner is from any one edge; so an edge of which every point of the cell is farther than
that is not listed, nor one that the distance of linking does not reach.
"""

import math
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from typing import NamedTuple

import numpy as np
import shapely
from numpy.typing import NDArray

from geo import cells
from geo.cells import Flags, Floats, Grid, Ints, Places, jit, lookup

# Segments whose distances differ by less than this many metres are equally near.
TIE_M = 1e-6

# An axis of usual length is this many cells long; there are at most so many cells per axis.
_CELLS_ALONG = 6
_CELLS_PER_AXIS = 64
_SOME_CELLS = 1 << 16

# Threads that make lists.
_BANDS = 4

# What the bounds on distances are widened by: ties, and far more than rounding can do.
_SLACK_M = 1e-5


class RoadIndex(NamedTuple):
    """The road index: plain arrays, so that processes can share it.

    ``line`` has all corners of all axes in order: x, y, metres from the start of the axis, and of
    the edge from there to the next corner the direction (two parts of a unit vector) and length.
    ``slot`` says of which axis, ``ids`` and ``live`` what is in that slot. ``cell``: 0 where no
    road is near, else the place of its list in ``entries``; an entry is edge * 2, + 1 in the last
    one of a list, in ascending order.
    """

    grid: Grid
    within_m: float
    cell: Places
    entries: Places
    line: Floats
    slot: Places
    ids: Ints
    live: Flags


def build(axes: NDArray[np.object_], ids: Ints, within_m: float) -> RoadIndex:
    """The index over axes (LineStrings, shape (n,), metric CRS) with their ids."""
    size = 1.0
    if len(axes):
        along = min(float(np.median(shapely.length(axes))) / _CELLS_ALONG, within_m)
        most = max(_CELLS_PER_AXIS * len(axes), _SOME_CELLS)
        size = cells.side_of_cells(max(along, 1.0), _reach(shapely.bounds(axes), within_m), most)
    none, first = np.empty(0, np.int32), np.zeros(1, np.int32)  # no list begins at 0
    no_ids, grid = np.empty(0, np.int64), cells.grid_over(np.empty((0, 4)), size)
    live, line = np.empty(0, np.bool_), np.empty((0, 6))
    empty = RoadIndex(grid, float(within_m), none, first, line, none, no_ids, live)
    return update(empty, axes, ids, no_ids)


def update(index: RoadIndex, axes: NDArray[np.object_], ids: Ints, gone: Ints) -> RoadIndex:
    """The index after axes have changed or come, and others have gone, by their ids.

    Only the cells within reach of what they were and what they are now are made anew.
    """
    old = np.logical_and(index.live, np.isin(index.ids, np.concatenate([ids, gone])))
    index = _with_slots(index._replace(live=np.logical_and(index.live, ~old)), axes, ids)
    new = np.greater_equal(np.arange(len(index.ids)), len(old))
    edges = np.flatnonzero(index.slot[1:] == index.slot[:-1])
    of = index.slot[edges]
    reach = _reach(_bounds(index.line, edges), index.within_m)
    grid = cells.join(index.grid, cells.grid_over(reach[new[of]], index.grid.size))
    cell = cells.spread(index.cell, index.grid, grid)
    changed = np.concatenate([old, new[len(old) :]])
    marked = cells.mark(grid, reach[changed[of]])
    near = edges[index.live[of] & _touches(grid, marked, reach)]
    index = index._replace(grid=grid, cell=cell)
    return index._replace(entries=np.concatenate([index.entries, *_lists(index, marked, near)]))


def _lists(index: RoadIndex, marked: Flags, near: Ints) -> list[Places]:
    """What to add to the entries for the marked cells; bands of rows are worked on side by side."""
    grid = index.grid
    bands = [
        (
            grid._replace(row=grid.row + low, rows=high - low),
            slice(low * grid.columns, high * grid.columns),
        )
        for low, high in pairwise(grid.rows * k // _BANDS for k in range(_BANDS + 1))
    ]

    def list_band(band: tuple[Grid, slice]) -> Places:
        part, own = band
        return list_near(part, marked[own], index.line, near, index.within_m, index.cell[own])

    with ThreadPoolExecutor(_BANDS) as pool:
        lists = list(pool.map(list_band, bands))
    first = len(index.entries)
    for (_, own), made in zip(bands, lists, strict=True):
        index.cell[own][marked[own] & (index.cell[own] > 0)] += first - 1
        first += len(made)
    return lists


def _touches(grid: Grid, marked: Flags, reach: Floats) -> Flags:
    """Which rectangles may touch the marked cells: those that touch the rectangle around them."""
    rows, columns = np.divmod(np.flatnonzero(marked), max(grid.columns, 1))
    if not len(rows):
        return np.zeros(len(reach), np.bool_)
    low = np.array([columns.min() + grid.column, rows.min() + grid.row]) * grid.size
    high = np.array([columns.max() + grid.column + 1, rows.max() + grid.row + 1]) * grid.size
    meet = (reach[:, :2] <= high) & (reach[:, 2:] >= low)
    return np.logical_and(meet[:, 0], meet[:, 1])


def _reach(bounds: Floats, within_m: float) -> Floats:
    return bounds + np.array([-1, -1, 1, 1]) * (within_m + 2 * _SLACK_M)


def _bounds(line: Floats, edges: Ints) -> Floats:
    start, end = line[edges, :2], line[edges + 1, :2]
    return np.concatenate([np.minimum(start, end), np.maximum(start, end)], axis=1)


def _with_slots(index: RoadIndex, axes: NDArray[np.object_], ids: Ints) -> RoadIndex:
    line, axis = lines_of(axes)
    return index._replace(
        line=np.concatenate([index.line, line]),
        slot=np.concatenate([index.slot, axis + np.int32(len(index.ids))]),
        ids=np.concatenate([index.ids, ids]),
        live=np.concatenate([index.live, np.ones(len(ids), np.bool_)]),
    )


def lines_of(axes: NDArray[np.object_]) -> tuple[Floats, Places]:
    """The corners of all axes, as `RoadIndex.line` has them (n, 6); and which axis each is of.

    A corner that repeats the one before is left out.
    """
    xy, axis = shapely.get_coordinates(axes, return_index=True)
    same: Flags = np.append(False, axis[1:] == axis[:-1])[: len(axis)]
    step = np.where(same[:, None], np.diff(xy, axis=0, prepend=xy[:1]), 0.0)
    length = np.sqrt(step[:, 0] * step[:, 0] + step[:, 1] * step[:, 1])
    kept = ~same | (length > 0)
    xy, same, length, axis = xy[kept], same[kept], length[kept], axis[kept]
    unit = step[kept] / np.where(length > 0, length, 1.0)[:, None]
    onward = np.roll(np.column_stack([unit, length]), -1, axis=0)
    return np.column_stack([xy, run_along(same, length), onward]), axis.astype(np.int32)


@jit
def run_along(same: Flags, length: Floats) -> Floats:
    """Metres from the start of the axis to each corner; ``same`` says whether it goes on there.

    Added up axis by axis from nought, as the database does: a difference of running totals over all
    axes would lose the last digits.
    """
    run = np.zeros(len(same))
    for k in range(1, len(same)):
        if same[k]:
            run[k] = run[k - 1] + length[k]
    return run


@lookup
def _way(
    x1: float, y1: float, x2: float, y2: float, x: float, y: float
) -> tuple[float, float, float]:
    """The way to (x, y) from the nearest point of an edge, and how long it is."""
    dx, dy = x2 - x1, y2 - y1
    t = min(max(((x - x1) * dx + (y - y1) * dy) / (dx * dx + dy * dy), 0.0), 1.0)
    dx, dy = x - (x1 + t * dx), y - (y1 + t * dy)
    return dx, dy, math.sqrt(dx * dx + dy * dy)


@lookup
def _farthest(x1: float, y1: float, x2: float, y2: float, x: float, y: float, half: float) -> float:
    """How far from an edge a point of the cell around (x, y) can be: one of its corners is."""
    return max(
        _way(x1, y1, x2, y2, x - half, y - half)[2],
        _way(x1, y1, x2, y2, x + half, y - half)[2],
        _way(x1, y1, x2, y2, x - half, y + half)[2],
        _way(x1, y1, x2, y2, x + half, y + half)[2],
    )


@lookup
def _between(low: float, high: float, size: float, first: int, count: int) -> tuple[int, int]:
    """The first of ``count`` cells in a row that reaches from low to high; one past the last."""
    stop = min(math.floor(high / size) - first + 1, count)
    return max(math.floor(low / size) - first, 0), stop


@lookup
def _walk(
    grid: Grid,
    marked: Flags,
    line: Floats,
    near: Ints,
    reach: float,
    limit: Floats,
    seen: Places,
    write: Places,
) -> None:
    """Visits each edge's marked cells within reach.

    First (``seen`` empty) it lowers ``limit`` to how far from its nearest edge a point of the cell
    can be; then it counts in ``seen`` the edges that come so near to some point of the cell; last
    it writes them to ``write`` from ``seen`` on.
    """
    half = grid.size / 2
    for e in near:
        x1, y1, x2, y2 = line[e, 0], line[e, 1], line[e + 1, 0], line[e + 1, 1]
        left, right = min(x1, x2) - reach, max(x1, x2) + reach
        left, right = _between(left, right, grid.size, grid.column, grid.columns)
        bottom, top = min(y1, y2) - reach, max(y1, y2) + reach
        bottom, top = _between(bottom, top, grid.size, grid.row, grid.rows)
        for row in range(bottom, top):
            y = (grid.row + row) * grid.size + half
            for column in range(left, right):
                at = row * grid.columns + column
                if not marked[at]:
                    continue
                x = (grid.column + column) * grid.size + half
                dx, dy, distance = _way(x1, y1, x2, y2, x, y)
                if len(seen) == 0:
                    if distance < limit[at]:
                        limit[at] = min(limit[at], _farthest(x1, y1, x2, y2, x, y, half))
                    continue
                # All of the edge lies beyond a line across the way to it: no point of the cell is
                # nearer to it than to that line.
                if distance * distance - half * (abs(dx) + abs(dy)) <= limit[at] * distance:
                    if len(write):
                        write[seen[at]] = e * 2
                    seen[at] += 1


@jit
def list_near(
    grid: Grid, marked: Flags, line: Floats, near: Ints, within_m: float, cell: Places
) -> Places:
    """Lists for the marked cells of the edges near them; ``cell`` gets their places, from 1 on."""
    reach = within_m + grid.size + _SLACK_M  # a cell's corner is less than its side from its middle
    limit = np.full(len(cell), within_m)
    seen = np.zeros(0, np.int32)
    write = np.zeros(0, np.int32)
    _walk(grid, marked, line, near, reach, limit, seen, write)
    limit += _SLACK_M
    seen = np.zeros(len(cell), np.int32)
    _walk(grid, marked, line, near, reach, limit, seen, write)
    total = 0
    for at in range(len(cell)):
        if marked[at]:
            total, seen[at] = total + seen[at], total
            cell[at] = 1 + seen[at]
    write = np.zeros(total, np.int32)
    _walk(grid, marked, line, near, reach, limit, seen, write)
    for at in range(len(cell)):  # each list now ends where the writing stopped
        if marked[at] and 1 + seen[at] > cell[at]:
            write[seen[at] - 1] |= 1
        elif marked[at]:
            cell[at] = 0
    return write


def each_alone(axes: NDArray[np.object_]) -> tuple[RoadIndex, Places]:
    """An index without cells: the list of axis i is all of its edges. And where that begins."""
    line, slot = lines_of(axes)
    edges = np.flatnonzero(slot[1:] == slot[:-1])
    last = np.append(slot[edges[1:]] != slot[edges[:-1]], True)[: len(edges)]
    entries = (edges * 2 + last).astype(np.int32)
    grid, none = cells.grid_over(np.empty((0, 4)), 1.0), np.empty(0, np.int32)
    ids = np.arange(len(axes))
    index = RoadIndex(grid, math.inf, none, entries, line, slot, ids, ids >= 0)
    return index, np.searchsorted(slot[edges], ids).astype(np.int32)

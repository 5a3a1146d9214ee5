"""Which blocks cover a cell: the index that finds the block of a point.

A cell wholly inside one block answers by itself. Any other cell lists the blocks that reach into
it in order of their ids, and a point there is tested against the edges of those blocks that run
through its row of cells: no other edge can lie beside the point.
"""

from typing import NamedTuple

import numpy as np
import shapely
from numpy.typing import NDArray

from geo import cells, raster
from geo.cells import Flags, Floats, Grid, Ints, Places

# A block of usual size is this many cells wide; there are at most so many cells per block.
_CELLS_ACROSS = 10
_CELLS_PER_BLOCK = 256
_SOME_CELLS = 1 << 16


class BlockIndex(NamedTuple):
    """The block index: plain arrays, so that processes can share it.

    Each block has a slot: its id, and a base. ``cell``: 0 where no block is, slot + 1 where one
    block covers the whole cell, else the complement of the place of its list in ``entries`` (see
    `geo.raster`). What row r of cells holds of a block's edges is slab base + r: the edges
    held[starts[slab] : starts[slab + 1]]; edge k runs from corner k to corner k + 1 in ``xy``.
    """

    grid: Grid
    cell: Places
    entries: Places
    slots: Ints
    starts: Places
    held: Places
    xy: Floats
    live: Flags
    bounds: Floats


def build(blocks: NDArray[np.object_], ids: Ints) -> BlockIndex:
    """The index over polygons (shape (n,), metric CRS) with their ids."""
    bounds = shapely.bounds(blocks[~shapely.is_empty(blocks)])
    size, most = 1.0, max(_CELLS_PER_BLOCK * len(blocks), _SOME_CELLS)
    if len(bounds):
        across = np.median((bounds[:, 2:] - bounds[:, :2]).max(axis=1))
        size = cells.side_of_cells(max(float(across) / _CELLS_ACROSS, 1.0), bounds, most)
    return update(_nothing(size), blocks, ids, np.empty(0, np.int64))


def _nothing(size: float) -> BlockIndex:
    none, start = np.empty(0, np.int32), np.zeros(1, np.int32)
    slots, xy, bounds = np.empty((0, 2), np.int64), np.empty((0, 2)), np.empty((0, 4))
    live = np.empty(0, np.bool_)
    return BlockIndex(
        cells.grid_over(bounds, size), none, none, slots, start, none, xy, live, bounds
    )


def update(index: BlockIndex, blocks: NDArray[np.object_], ids: Ints, gone: Ints) -> BlockIndex:
    """The index after blocks have changed or come, and others have gone, by their ids.

    Only the cells under what they were and what they are now are made anew.
    """
    old = index.live & np.isin(index.slots[:, 0], np.concatenate([ids, gone]))
    some = ~shapely.is_empty(blocks)
    rings = _rings(blocks[some])
    grown = _with_slots(index, ids[some], rings)._replace(
        live=np.concatenate([index.live & ~old, np.ones(some.sum(), np.bool_)])
    )
    slots = np.arange(len(index.live), len(grown.live))
    grid = cells.join(index.grid, cells.grid_over(grown.bounds[slots], index.grid.size))
    cell = cells.spread(index.cell, index.grid, grid)
    marked = cells.mark(grid, grown.bounds[np.concatenate([np.flatnonzero(old), slots])])
    kept = raster.take_apart(cell, index.entries, marked, grown.live)
    firsts = np.searchsorted(rings.block, np.arange(len(slots) + 1))
    new = raster.cover(cell, grid, slots, firsts, rings.edges)
    pairs = np.concatenate([kept, new])
    order = np.argsort(pairs[:, 0], kind="stable")
    ids = np.ascontiguousarray(grown.slots[:, 0])
    lists = raster.write_lists(cell, grid.columns, pairs, order, ids, len(index.entries))
    return grown._replace(grid=grid, cell=cell, entries=np.concatenate([index.entries, lists]))


class _Rings(NamedTuple):
    """All corners of all rings, and the edges between them: their first corner and their block."""

    xy: Floats
    edges: Floats
    corner: Ints
    block: Ints
    bounds: Floats


def _rings(blocks: NDArray[np.object_]) -> _Rings:
    parts, part_of = shapely.get_parts(blocks, return_index=True)
    rings, ring_of = shapely.get_rings(parts, return_index=True)
    xy, at = shapely.get_coordinates(rings, return_index=True)
    edges = np.concatenate([xy[:-1], xy[1:]], axis=1)
    corner = np.flatnonzero((at[1:] == at[:-1]) & (edges[:, :2] != edges[:, 2:]).any(axis=1))
    block = part_of[ring_of[at[corner]]].astype(np.int64)
    bounds = shapely.bounds(blocks).reshape(-1, 4)
    return _Rings(xy, edges[corner], corner, block, bounds)


def _with_slots(index: BlockIndex, ids: Ints, rings: _Rings) -> BlockIndex:
    """The index with slots for new blocks, not yet entered in any cell."""
    rows = np.floor(rings.bounds[:, [1, 3]] / index.grid.size).astype(np.int64)
    slabs = np.concatenate([[0], np.cumsum(rows[:, 1] - rows[:, 0] + 1)])
    base = slabs[:-1] - rows[:, 0]
    counts = raster.count_slabs(rings.edges, rings.block, index.grid.size, base, slabs[-1])
    starts = np.concatenate([[0], np.cumsum(counts)])
    held = raster.fill_slabs(rings.edges, rings.block, index.grid.size, base, starts)
    slots = np.column_stack([ids, base + len(index.starts) - 1])
    starts = (starts[1:] + len(index.held)).astype(np.int32)
    held = (rings.corner[held] + len(index.xy)).astype(np.int32)
    return index._replace(
        slots=np.concatenate([index.slots, slots]),
        starts=np.concatenate([index.starts, starts]),
        held=np.concatenate([index.held, held]),
        xy=np.concatenate([index.xy, rings.xy]),
        bounds=np.concatenate([index.bounds, rings.bounds]),
    )

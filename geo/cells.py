"""A plane cut into square cells, and what lies in which cell: the ground of the linking index.

Cells have a side of a power of two of metres and lie on multiples of it, so the cell of a point is
found without rounding, and an index can grow without its cells moving.

Functions marked `jit` are compiled. Numba keeps what it compiled beside the source and compiles
anew when that file changes, but not when another file does that it calls: compiled functions call
only those of their own module, and a test holds them to it.

Those marked `lookup` make no arrays, only read and fill those given, and so can do without counting
references to them, which otherwise takes half of the time and makes threads wait for each other.
"""

import math
from collections.abc import Callable
from typing import Any, NamedTuple, TypeVar

import numpy as np
from numba import njit
from numpy.typing import NDArray

Function = TypeVar("Function", bound=Callable[..., Any])

jit = njit(cache=True, nogil=True, error_model="numpy")
lookup: Callable[[Function], Function]
lookup = njit(cache=True, nogil=True, error_model="numpy", _nrt=False)  # type: ignore[call-overload]

Ints = NDArray[np.int64]
Places = NDArray[np.int32]
Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]


class Grid(NamedTuple):
    """The cells of a rectangle. Columns and rows are counted from the origin of the CRS.

    ``size`` in metres; ``column`` and ``row`` are those of the lowest left cell.
    """

    size: float
    column: int
    row: int
    columns: int
    rows: int


def grid_over(bounds: Floats, size: float) -> Grid:
    """The grid of cells of ``size`` m (a power of two) that holds all ``bounds`` (shape (n, 4))."""
    if not len(bounds):
        return Grid(size, 0, 0, 0, 0)
    low = np.floor(bounds[:, :2].min(axis=0) / size).astype(int).tolist()
    high = np.floor(bounds[:, 2:].max(axis=0) / size).astype(int).tolist()
    return Grid(size, low[0], low[1], high[0] - low[0] + 1, high[1] - low[1] + 1)


def side_of_cells(wanted_m: float, bounds: Floats, most: int) -> float:
    """The power of two next below ``wanted_m``; more if there would be more than ``most`` cells."""
    size = 2.0 ** math.floor(math.log2(wanted_m))
    while (grid := grid_over(bounds, size)).columns * grid.rows > most:
        size *= 2
    return size


def join(one: Grid, other: Grid) -> Grid:
    """The grid that holds the cells of both (of equal size)."""
    if not one.columns or not other.columns:
        return one if one.columns else other
    column, row = min(one.column, other.column), min(one.row, other.row)
    right = max(one.column + one.columns, other.column + other.columns)
    top = max(one.row + one.rows, other.row + other.rows)
    return Grid(one.size, column, row, right - column, top - row)


def spread(cell: Places, old: Grid, new: Grid) -> Places:
    """A copy of what the cells of ``old`` hold, laid out for ``new``, which holds ``old``."""
    laid = np.zeros((new.rows, new.columns), np.int32)
    row, column = old.row - new.row, old.column - new.column
    if old.columns:
        held = cell.reshape(old.rows, old.columns)
        laid[row : row + old.rows, column : column + old.columns] = held
    return laid.reshape(-1)


def mark(grid: Grid, bounds: Floats) -> Flags:
    """Which cells of the grid the rectangles (shape (n, 4)) touch; shape (rows * columns,)."""
    marked = np.zeros((grid.rows, grid.columns), np.bool_)
    origin = np.array([grid.column, grid.row, grid.column, grid.row])
    _mark(marked, np.floor(bounds / grid.size).astype(np.int64) - origin)
    return marked.reshape(-1)


@lookup
def _mark(marked: Flags, ranges: Ints) -> None:
    rows, columns = marked.shape
    for k in range(len(ranges)):
        for row in range(max(ranges[k, 1], 0), min(ranges[k, 3] + 1, rows)):
            for column in range(max(ranges[k, 0], 0), min(ranges[k, 2] + 1, columns)):
                marked[row, column] = True

"""Points counted by cells of H3, the hexagons that heat maps and comparisons with others use.

Cells of one resolution do not fill those of the next, so points are counted anew at each: a cell's
count is that of the points inside its own outline.
"""

from collections.abc import Iterable
from typing import Any, NamedTuple

import h3.api.numpy_int as h3
import numpy as np
import pandas as pd
import shapely
from numpy.typing import ArrayLike, NDArray

from geo.crs import Floats, transform_geometries

# Edges of about 1.4 km, 530 m, 200 m and 76 m.
RESOLUTIONS = (7, 8, 9, 10)
# Side of the squares that points are first put into: about 28 m from south to north.
SQUARE_DEG = 0.00025
# A square's number is its column times this, and its row counted from far south.
COLUMN = 2**24
AROUND = np.array([0, 1, COLUMN, COLUMN + 1])

Cells = NDArray[np.uint64]


class _Squares(NamedTuple):
    """Points by squares: corners (degrees), the four of each square, the square of each point."""

    x: Floats
    y: Floats
    corners: NDArray[np.intp]
    square_of: NDArray[np.intp]


def tally(lon: ArrayLike, lat: ArrayLike, is_open: ArrayLike) -> pd.DataFrame:
    """Points (degrees of WGS 84) counted at every resolution.

    Columns: ``resolution``, ``cell`` (the index as an integer), ``count``, and how many of these
    are ``open``; sorted by cell. Points without a place (NaN) count nowhere.
    """
    x, y = np.asarray(lon, float), np.asarray(lat, float)
    there = np.isfinite(x) & np.isfinite(y)
    opened = np.asarray(is_open, bool)[there]
    x, y = x[there], y[there]
    squares = _squares(x, y)
    if 2 * len(squares.x) > len(x):
        counts = [np.ones(len(x)), opened]
        return add(_tally(_cells(x, y, each), counts, each) for each in RESOLUTIONS)
    return add(_by_squares(squares, (x, y), opened, each) for each in RESOLUTIONS)


def add(tallies: Iterable[pd.DataFrame]) -> pd.DataFrame:
    """The sum of what `tally` gave for portions of the points."""
    together = pd.concat(list(tallies)).groupby(["resolution", "cell"], as_index=False)
    return together.sum()  # groups come sorted


def outlines(cells: ArrayLike, srid: int) -> NDArray[np.object_]:
    """The polygons of ``cells`` (integers, (n,)) in EPSG:``srid``."""
    rings = [np.array(h3.cell_to_boundary(cell))[:, ::-1] for cell in np.asarray(cells).tolist()]
    degrees = np.array([shapely.Polygon(ring) for ring in rings], object)
    return transform_geometries(degrees, "wgs84", srid)


def names(cells: ArrayLike) -> list[str]:
    """The indexes as H3 writes them, in hexadecimal."""
    return [f"{cell:x}" for cell in np.asarray(cells).tolist()]


def numbers(names: Iterable[str]) -> Cells:
    """The indexes that `names` has written."""
    return np.array([int(name, 16) for name in names], np.uint64)


def _by_squares(
    squares: _Squares, points: tuple[Floats, Floats], opened: NDArray[np.bool_], resolution: int
) -> pd.DataFrame:
    """Counts of one resolution, looking up corners of squares in place of most points.

    Where a square's four corners lie in one cell, so does all of it: cells are convex, and their
    edges, bent in degrees, stray by micrometres over so short a way. Only the points of the other
    squares are looked up one by one.
    """
    found = _cells(squares.x, squares.y, resolution)[squares.corners]
    split = (found != found[:, :1]).any(axis=1)
    alone = split[squares.square_of]
    x, y = points
    cells = np.concatenate([found[~split, 0], _cells(x[alone], y[alone], resolution)])
    counts = [
        np.concatenate([np.bincount(squares.square_of, each, len(split))[~split], each[alone]])
        for each in (np.ones(len(opened)), opened)
    ]
    return _tally(cells, counts, resolution)


def _squares(x: Floats, y: Floats) -> _Squares:
    numbers = (x // SQUARE_DEG).astype(np.int64) * COLUMN
    numbers += (y // SQUARE_DEG).astype(np.int64) + COLUMN // 2
    squares, square_of = np.unique(numbers, return_inverse=True)
    corners, corner_of = np.unique(squares[:, None] + AROUND, return_inverse=True)
    column, row = np.divmod(corners, COLUMN)
    return _Squares(
        column * SQUARE_DEG,
        (row - COLUMN // 2) * SQUARE_DEG,
        corner_of.reshape(-1, len(AROUND)),
        square_of,
    )


def _cells(x: Floats, y: Floats, resolution: int) -> Cells:
    # The library knows no arrays; see docs/decisions.md for what that costs.
    find = h3.latlng_to_cell
    found = (find(lat, lon, resolution) for lat, lon in zip(y.tolist(), x.tolist(), strict=True))
    return np.fromiter(found, np.uint64, len(x))


def _tally(cells: Cells, counts: list[NDArray[Any]], resolution: int) -> pd.DataFrame:
    """Two counts, of all and of open ones, summed by cell."""
    cell, which = np.unique(cells, return_inverse=True)
    sums = [np.bincount(which, each, len(cell)).astype(np.int64) for each in counts]
    return pd.DataFrame({"resolution": resolution, "cell": cell, "count": sums[0], "open": sums[1]})

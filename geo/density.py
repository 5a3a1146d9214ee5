"""Points counted by cells of H3, the hexagons that heat maps and comparisons with others use.

Cells of one resolution do not fill those of the next, so points are counted anew at each: a cell's
count is that of the points inside its own outline.
"""

from collections.abc import Iterable

import h3.api.numpy_int as h3
import numpy as np
import pandas as pd
import shapely
from numpy.typing import ArrayLike, NDArray

from geo.crs import transform_geometries

# Edges of about 1.4 km, 530 m, 200 m and 76 m.
RESOLUTIONS = (7, 8, 9, 10)


def tally(lon: ArrayLike, lat: ArrayLike, is_open: ArrayLike) -> pd.DataFrame:
    """Points (degrees of WGS 84) counted at every resolution.

    Columns: ``resolution``, ``cell`` (the index as an integer), ``count``, and how many of these
    are ``open``; sorted by cell. Points without a place (NaN) count nowhere.
    """
    x, y = np.asarray(lon, float), np.asarray(lat, float)
    there = np.isfinite(x) & np.isfinite(y)
    opened = np.asarray(is_open, bool)[there]
    x, y = x[there], y[there]
    return add(_tally(_cells(x, y, resolution), opened, resolution) for resolution in RESOLUTIONS)


def add(tallies: Iterable[pd.DataFrame]) -> pd.DataFrame:
    """The sum of what `tally` gave for portions of the points."""
    return (
        pd.concat(list(tallies)).groupby(["resolution", "cell"], as_index=False).sum()
    )  # groups come sorted


def outlines(cells: ArrayLike, srid: int) -> NDArray[np.object_]:
    """The polygons of ``cells`` (integers, (n,)) in EPSG:``srid``."""
    rings = [np.array(h3.cell_to_boundary(cell))[:, ::-1] for cell in np.asarray(cells).tolist()]
    degrees = np.array([shapely.Polygon(ring) for ring in rings], object)
    return transform_geometries(degrees, "wgs84", srid)


def names(cells: ArrayLike) -> list[str]:
    """The indexes as H3 writes them, in hexadecimal."""
    return [f"{cell:x}" for cell in np.asarray(cells).tolist()]


def _cells(x: NDArray[np.float64], y: NDArray[np.float64], resolution: int) -> NDArray[np.uint64]:
    # The library knows no arrays; see docs/decisions.md for what that costs.
    find = h3.latlng_to_cell
    found = (find(lat, lon, resolution) for lat, lon in zip(y.tolist(), x.tolist(), strict=True))
    return np.fromiter(found, np.uint64, len(x))


def _tally(cells: NDArray[np.uint64], opened: NDArray[np.bool_], resolution: int) -> pd.DataFrame:
    cell, which = np.unique(cells, return_inverse=True)
    return pd.DataFrame({
        "resolution": resolution,
        "cell": cell,
        "count": np.bincount(which, minlength=len(cell)),
        "open": np.bincount(which, opened, len(cell)).astype(np.int64),
    })  # fmt: skip

"""Shapes for far zooms: the polygons of a layer simplified together, so that no gap opens.

Simplifying polygons one by one moves the edge that two neighbours share in two ways. Here the edges
of a coverage are simplified, each once, and every polygon is put together from them again:
``shapely.coverage_simplify``, which removes the corners of small triangles (Visvalingam, Whyatt).
"""

import math
from typing import Any

import numpy as np
import shapely
from numpy.typing import ArrayLike, NDArray

Geometries = NDArray[np.object_]

EQUATOR_M = 40_075_016.685578488
# Tiles are drawn at this size by MapLibre, whose zooms are meant everywhere here.
TILE_PX = 512


def pixel_m(zoom: int, latitude: float) -> float:
    """Metres on the ground that one pixel shows at ``zoom`` and ``latitude`` (degrees)."""
    return EQUATOR_M * math.cos(math.radians(latitude)) / (TILE_PX * 2.0**zoom)


def generalise(shapes: ArrayLike, pixel: float, apart: ArrayLike | None = None) -> Geometries:
    """The polygons ``shapes`` (n,) as they may be drawn where a pixel shows ``pixel`` metres.

    Coordinates are metres of a metric CRS. Shapes of equal ``apart`` (n,) are one coverage; others
    do not see each other. Corners are removed whose triangle is smaller than the square of half a
    pixel; neighbours of a valid coverage keep a common edge.

    None stands for a shape too small to be seen: it and the small shapes it touches fit together
    into one pixel. A shape whose simplified form would not be valid (its layer is no coverage
    there) stays as it is.
    """
    shapes = np.asarray(shapes, object)
    groups = np.zeros(len(shapes)) if apart is None else np.asarray(apart)
    plain: Geometries = np.empty(len(shapes), object)
    for group in np.unique(groups):
        mine = groups == group
        plain[mine] = _generalise(shapes[mine], pixel)
    return plain


def _generalise(shapes: Geometries, pixel: float) -> Geometries:
    plain = np.asarray(shapely.coverage_simplify(shapes, pixel / 2), object)
    good = shapely.is_valid(plain) & ~shapely.is_empty(plain)
    plain = np.where(good, plain, shapes)
    plain[_unseen(shapes, pixel)] = None
    return plain


def _unseen(shapes: Geometries, pixel: float) -> NDArray[np.bool_]:
    """Which shapes belong to a patch of small ones that fits into a pixel.

    Small shapes beside each other would together leave a hole, so the patch is what counts.
    """
    small = _fits(shapes, pixel)
    if not small.any():
        return small
    patches = shapely.get_parts(shapely.union_all(shapes[small]))
    tree = shapely.STRtree(patches[~_fits(patches, pixel)])
    seen = tree.query(shapely.point_on_surface(shapes[small]), predicate="intersects")[0]
    unseen: NDArray[np.bool_] = small.copy()
    unseen[np.flatnonzero(small)[seen]] = False
    return unseen


def _fits(shapes: Any, pixel: float) -> NDArray[np.bool_]:
    west, south, east, north = shapely.bounds(shapes).T
    fits: NDArray[np.bool_] = np.maximum(east - west, north - south) < pixel
    return fits

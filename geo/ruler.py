"""Lengths and areas of what somebody draws on the map."""

import numpy as np
import shapely
from numpy.typing import NDArray

FEWEST_OF_A_RING = 3


def measure(xy: tuple[NDArray[np.float64], NDArray[np.float64]]) -> dict[str, object]:
    """``length_m``, ``around_m`` and ``area_m2`` of points in a metric CRS, in their order.

    ``length_m`` is the open line's. ``around_m`` and ``area_m2`` (by the shoelace formula) are
    those of the ring that closes it, and None where there is none: fewer than three points, or a
    ring that crosses itself.
    """
    points = np.column_stack(xy)
    length = float(np.hypot(*np.diff(points, axis=0).T).sum())
    found: dict[str, object] = {"length_m": length, "around_m": None, "area_m2": None}
    if len(points) < FEWEST_OF_A_RING:
        return found
    ring = shapely.Polygon(points)
    if not ring.is_valid or ring.area == 0:
        return found
    return found | {"around_m": float(ring.length), "area_m2": float(ring.area)}

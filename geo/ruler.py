"""Lengths and areas of what somebody draws on the map."""

import numpy as np
import shapely
from numpy.typing import NDArray

FEWEST_OF_A_RING = 3
# No metric CRS of the Earth has places farther from its origin.
FARTHEST_M = 1e8


class NotOnEarth(ValueError):
    """A point has no place that could be measured."""


def measure(xy: tuple[NDArray[np.float64], NDArray[np.float64]]) -> dict[str, object]:
    """``length_m``, ``around_m`` and ``area_m2`` of points in a metric CRS, in their order.

    ``length_m`` is the open line's. ``around_m`` and ``area_m2`` (by the shoelace formula) are
    those of the ring that closes it, and None where there is none: fewer than three points, or a
    ring that crosses itself. Raises `NotOnEarth`.
    """
    points = np.column_stack(xy)
    if not (np.abs(points) <= FARTHEST_M).all():
        raise NotOnEarth("a point lies beyond the Earth: are these really longitude and latitude?")
    length = float(np.hypot(*np.diff(points, axis=0).T).sum())
    found: dict[str, object] = {"length_m": length, "around_m": None, "area_m2": None}
    if len(points) < FEWEST_OF_A_RING:
        return found
    ring = shapely.Polygon(points)
    if not ring.is_valid or ring.area == 0:
        return found
    return found | {"around_m": float(ring.length), "area_m2": float(ring.area)}

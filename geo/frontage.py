"""The ground along segments: the road surface, and a frontage strip on either side.

All frames and arrays are in one metric CRS; lengths in m, areas in m².
"""

from collections.abc import Mapping
from typing import Any

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import shapely

FRONTAGE_DEPTH_M = {"road": 20.0, "lane": 8.0, "river": 20.0, "rail": 10.0}
"""Depth in m of the frontage strip by kind, measured from the edge of the road surface."""

GRID_M = 0.001
"""Strips have their corners on this grid; without it, spikes thinner than a hair upset GEOS."""

Geometries = npt.NDArray[Any]


def surfaces(segments: gpd.GeoDataFrame) -> Geometries:
    """Road polygons: the axis widened by width_m / 2, round at the ends so that roads connect."""
    half = segments["width_m"].to_numpy() / 2
    widened: Geometries = shapely.buffer(segments.geometry.to_numpy(), half, quad_segs=4)
    return widened


def frontages(
    segments: gpd.GeoDataFrame, depth_m: Mapping[str, float] = FRONTAGE_DEPTH_M
) -> gpd.GeoDataFrame:
    """Frontage strips: segment (row number), side 'L' or 'R' seen along the axis, MultiPolygon.

    A strip reaches from the edge of the road surface (half of width_m) over the depth of its kind.
    The two strips of a segment do not overlap (by more than a mm): what a hairpin has on both of
    its sides goes to L. In the crook of a hairpin or a near ring some ground may be in neither.
    """
    axis = segments.geometry.to_numpy()
    half = segments["width_m"].to_numpy() / 2
    reach = half + segments["kind"].map(depth_m).to_numpy(dtype=np.float64)
    # square caps reach past the ends of the whole, so that no hair is left to connect the sides
    surface = shapely.buffer(axis, half, quad_segs=4, cap_style="square")
    whole = shapely.buffer(axis, reach, quad_segs=4, cap_style="flat")
    beside = shapely.difference(whole, surface)
    left, right = _two_sides(axis, beside)
    knotted = ~_is_parted(axis, whole)
    left[knotted], right[knotted] = _one_sided(axis[knotted], beside[knotted], reach[knotted])
    n = np.arange(len(axis))
    table = {"segment": np.repeat(n, 2), "side": np.tile(["L", "R"], len(n))}
    strips = np.column_stack([left, right]).ravel()
    return gpd.GeoDataFrame(table, geometry=strips, crs=segments.crs)


def as_multi(shapes: Geometries) -> Geometries:
    """Polygons as MultiPolygons of one part; the others as they are."""
    single = shapely.get_type_id(shapes) == shapely.GeometryType.POLYGON
    out = shapes.copy()
    out[single] = shapely.multipolygons(shapes[single], indices=np.arange(int(single.sum())))
    return out


def _is_parted(axis: Geometries, whole: Geometries) -> npt.NDArray[np.bool_]:
    """Whether the axis parts the ground around it in two: it runs from edge to edge, no holes.

    Not so for rings, and for bends so sharp that an end lies in the ground around another stretch.
    """
    edge = shapely.boundary(whole)
    parted: npt.NDArray[np.bool_] = shapely.get_num_interior_rings(whole) == 0
    for end in (0, -1):
        parted &= shapely.distance(shapely.get_point(axis, end), edge) < GRID_M
    return parted


def _two_sides(axis: Geometries, beside: Geometries) -> tuple[Geometries, Geometries]:
    """The parts of the ground beside each axis, gathered by the side they lie on."""
    parts, index = shapely.get_parts(beside, return_index=True)
    on_left = _is_left(axis[index], shapely.point_on_surface(parts))
    left, right = (_gathered(parts[s], index[s], len(axis)) for s in (on_left, ~on_left))
    return left, right


def _one_sided(
    axis: Geometries, beside: Geometries, reach: npt.NDArray[np.float64]
) -> tuple[Geometries, Geometries]:
    """The ground beside each axis within its one-sided buffers, which stray at sharp bends."""
    buffers = (shapely.buffer(axis, d, quad_segs=4, single_sided=True) for d in (reach, -reach))
    left, right = (_polygons(shapely.intersection(beside, b, grid_size=GRID_M)) for b in buffers)
    return left, _polygons(shapely.difference(right, left, grid_size=GRID_M))


def _is_left(line: Geometries, point: Geometries) -> npt.NDArray[np.bool_]:
    """Whether each point lies left of its line, seen along it where the point is nearest."""
    at = shapely.line_locate_point(line, point)
    near = [shapely.line_interpolate_point(line, np.maximum(at + d, 0.0)) for d in (-0.05, 0.05)]
    back, front, here = (shapely.get_coordinates(g) for g in (*near, point))
    ahead, out = front - back, here - back
    left: npt.NDArray[np.bool_] = ahead[:, 0] * out[:, 1] - ahead[:, 1] * out[:, 0] > 0
    return left


def _polygons(geometry: Geometries) -> Geometries:
    """Only the polygons of each geometry, as MultiPolygons."""
    parts, index = shapely.get_parts(geometry, return_index=True)
    flat = shapely.get_type_id(parts) == shapely.GeometryType.POLYGON
    return _gathered(parts[flat], index[flat], len(geometry))


def _gathered(parts: Geometries, index: npt.NDArray[np.int64], count: int) -> Geometries:
    """Polygons put together as one MultiPolygon (perhaps empty) for each of 0 … count - 1."""
    gathered = np.full(count, shapely.MultiPolygon(), dtype=object)
    shapely.multipolygons(parts, indices=index, out=gathered)
    return gathered

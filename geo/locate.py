"""Points find their place: the block that covers them, and where they lie along which road.

The rules, the same in the database (``migrations/0006_linking.sql``):

- block: the one that covers the point; on a shared edge the lowest id;
- segment: the nearest within the distance; where several are equally near (within a micrometre)
  the lowest id;
- side: left where the cross product of the axis's direction and the way to the point is not
  negative; at a bend the mean of both directions decides;
- chainage: metres along the axis from its start; offset: metres off the axis.

All coordinates are in one metric CRS; all arrays of points have shape (n,).
"""

from typing import NamedTuple

import numpy as np
import shapely
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

# Segments whose distances differ by less than this many metres are equally near.
TIE_M = 1e-6

NOWHERE = -1


class RoadPlaces(NamedTuple):
    """Where points lie along roads; a point that is near none has segment -1, side '' and NaN."""

    segment: Ints
    side: NDArray[np.str_]
    chainage_m: Floats
    offset_m: Floats


class _Edges(NamedTuple):
    """The straight edges of all axes in order, without those of no length."""

    axis: Ints
    start: Floats
    direction: Floats
    length: Floats
    run: Floats


def find_blocks(points: NDArray[np.object_], blocks: NDArray[np.object_], ids: Ints) -> Ints:
    """The id of the block that covers each point, -1 where none does; shape (n,).

    ``blocks`` are polygons, ``ids`` their ids.
    """
    tree = shapely.STRtree(blocks)
    at, hit = tree.query(points, predicate="intersects")
    return _lowest(len(points), at, ids[hit])


def find_road_places(
    points: NDArray[np.object_], axes: NDArray[np.object_], ids: Ints, within_m: float
) -> RoadPlaces:
    """The road place of each point on the nearest of ``axes`` (LineStrings) within ``within_m``."""
    tree = shapely.STRtree(axes)
    at, hit = _as_near_as_the_nearest(tree, points, within_m)
    order = np.argsort(ids, kind="stable")
    rank = np.empty(len(ids), np.int64)
    rank[order] = np.arange(len(ids))
    best = _lowest(len(points), at, rank[hit])
    found = np.flatnonzero(best != NOWHERE)
    chosen = order[best[found]]
    xy = shapely.get_coordinates(points[found])
    side, chainage, offset = places_on(xy, axes[chosen])
    places = RoadPlaces(
        np.full(len(points), NOWHERE, np.int64),
        np.full(len(points), "", "U1"),
        np.full(len(points), np.nan),
        np.full(len(points), np.nan),
    )
    places.segment[found] = ids[chosen]
    places.side[found] = side
    places.chainage_m[found] = chainage
    places.offset_m[found] = offset
    return places


def _as_near_as_the_nearest(
    tree: shapely.STRtree, points: NDArray[np.object_], within_m: float
) -> tuple[Ints, Ints]:
    (at, _), distance = tree.query_nearest(
        points, max_distance=within_m, return_distance=True, all_matches=False
    )
    near, hit = tree.query(points[at], predicate="dwithin", distance=distance + TIE_M)
    return at[near], hit


def _lowest(n: int, at: Ints, values: Ints) -> Ints:
    """The lowest of ``values`` for each of ``n`` positions, -1 where there is none."""
    none = np.iinfo(np.int64).max
    lowest = np.full(n, none, np.int64)
    np.minimum.at(lowest, at, values)
    return np.where(lowest == none, NOWHERE, lowest)


def places_on(xy: Floats, axes: NDArray[np.object_]) -> tuple[NDArray[np.str_], Floats, Floats]:
    """Side ('L'/'R'), chainage (m) and offset (m) of point i on axis i; ``xy`` has shape (n, 2).

    Works edge by edge in the order of the arithmetic of ``place_on`` in the database, so that both
    give the same floats.
    """
    if not len(axes):
        return np.empty(0, "U1"), np.empty(0), np.empty(0)
    edges = _edges(axes)
    delta = xy[edges.axis] - edges.start
    t = delta[:, 0] * edges.direction[:, 0] + delta[:, 1] * edges.direction[:, 1]
    t = np.minimum(np.maximum(t, 0), edges.length)
    off = xy[edges.axis] - (edges.start + t[:, None] * edges.direction)
    distance = np.sqrt(off[:, 0] * off[:, 0] + off[:, 1] * off[:, 1])
    first = np.flatnonzero(np.diff(edges.axis, prepend=-1))
    least = np.minimum.reduceat(distance, first)
    nearest = _lowest(len(axes), *_where_equal(distance, least, edges.axis))
    direction = _direction_at(edges, nearest, t[nearest])
    cross = direction[:, 0] * off[nearest, 1] - direction[:, 1] * off[nearest, 0]
    return np.where(cross >= 0, "L", "R"), edges.run[nearest] + t[nearest], least


def _where_equal(distance: Floats, least: Floats, axis: Ints) -> tuple[Ints, Ints]:
    hits = np.flatnonzero(distance == least[axis])
    return axis[hits], hits


def _edges(axes: NDArray[np.object_]) -> _Edges:
    xy, of_axis = shapely.get_coordinates(axes, return_index=True)
    same = of_axis[1:] == of_axis[:-1]
    start, axis = xy[:-1][same], of_axis[:-1][same]
    vector = xy[1:][same] - start
    length = np.sqrt(vector[:, 0] * vector[:, 0] + vector[:, 1] * vector[:, 1])
    some = length > 0
    start, axis, vector, length = start[some], axis[some], vector[some], length[some]
    return _Edges(axis, start, vector / length[:, None], length, _run(axis, length))


def _run(axis: Ints, length: Floats) -> Floats:
    """Metres from the start of the axis to the start of each edge.

    Added up axis by axis from nought, as the database does: a difference of running totals over all
    axes would lose the last digits.
    """
    first = np.flatnonzero(np.diff(axis, prepend=-1))
    place = np.arange(len(axis)) - np.repeat(first, np.diff(np.append(first, len(axis))))
    run = np.zeros(len(axis))
    for step in range(1, int(place.max(initial=0)) + 1):
        here = np.flatnonzero(place == step)
        run[here] = run[here - 1] + length[here - 1]
    return run


def _direction_at(edges: _Edges, nearest: Ints, t: Floats) -> Floats:
    """Direction of the axis at the nearest point; at a bend the sum of both edges' directions."""
    direction = edges.direction[nearest].copy()
    last = len(edges.axis) - 1
    before, after = np.maximum(nearest - 1, 0), np.minimum(nearest + 1, last)
    starts = (t == 0) & (nearest > 0) & (edges.axis[before] == edges.axis[nearest])
    ends = (t == edges.length[nearest]) & (nearest < last)
    ends &= edges.axis[after] == edges.axis[nearest]
    direction[starts] += edges.direction[before[starts]]
    direction[ends] += edges.direction[after[ends]]
    return direction

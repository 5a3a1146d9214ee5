"""Isochrones: the ground that can be reached on foot from a station within some minutes.

Made from the network, never as circles: the stretches of road that are reached, to the metre,
widened by `BESIDE_M` to both sides, small gaps between them filled; what lies behind a barrier
without a reached road is taken away again. A longer time always holds a shorter one.
"""

from typing import NamedTuple

import numpy as np
import shapely
from shapely.ops import substring

from geo.cells import Floats, Ints
from geo.reach import Catchments
from geo.walking import Geometries, Paths, Spots

BESIDE_M = 40.0
"""Half of a block of usual size: what lies beside a reached road is reached."""

GAP_M2 = 20_000.0
"""Ground all round which is reached is reached too, up to two blocks of usual size."""

_CUT_M = 1.0


class Reached(NamedTuple):
    """The nodes that one station reaches, how far each is, and where the station stands."""

    node: Ints
    metres: Floats
    row: int
    chainage_m: float


def one_of(found: Catchments, stations: Spots, k: int) -> Reached:
    """What station ``k`` reaches."""
    own = slice(int(found.first[k]), int(found.first[k + 1]))
    row, chainage = int(stations.row[k]), float(stations.chainage_m[k])
    return Reached(found.node[own].astype(np.int64), found.metres[own], row, chainage)


def polygons(paths: Paths, found: Catchments, stations: Spots, limits: list[float]) -> Geometries:
    """The isochrone of each station and limit (m), shape (k, l); empty for stations off the net."""
    rows = _rows_at_nodes(paths)
    barriers = shapely.STRtree(paths.barriers)
    out = np.full((len(stations.row), len(limits)), shapely.MultiPolygon(), object)
    for k in np.flatnonzero(stations.row >= 0).tolist():
        reached, ground = one_of(found, stations, k), shapely.MultiPolygon()
        for j in np.argsort(limits, kind="stable").tolist():
            lines = _stretches(paths, rows, reached, limits[j])
            # Round ends are drawn with corners, so that a shorter stretch may stand out by some cm.
            ground = _many(shapely.union(ground, _ground(lines, paths, barriers)))
            out[k, j] = ground
    return out


def _rows_at_nodes(paths: Paths) -> tuple[Ints, Ints]:
    """Segments by the nodes at their ends: node n has those at rows[first[n] : first[n + 1]]."""
    node = paths.ends.T.reshape(-1)
    order = np.argsort(node, kind="stable")
    first = np.searchsorted(node[order], np.arange(paths.graph.nodes + 1))
    return first, order % max(len(paths.ids), 1)


def _stretches(
    paths: Paths, rows: tuple[Ints, Ints], reached: Reached, limit: float
) -> list[shapely.LineString]:
    """The stretches of road within ``limit`` m: whole segments, and parts from their ends."""
    first, at = rows
    within = reached.metres <= limit
    touched = [at[first[n] : first[n + 1]] for n in reached.node[within].tolist()]
    row = np.unique(np.concatenate([*touched, [reached.row]]).astype(np.int64))
    left = np.full(paths.graph.nodes, -1.0)
    left[reached.node[within]] = limit - reached.metres[within]
    from_start, from_end = left[paths.ends[row, 0]], left[paths.ends[row, 1]]
    length = paths.metres[row]
    whole = np.maximum(from_start, 0) + np.maximum(from_end, 0) >= length
    lines = list(paths.axes[row[whole]])
    for k in np.flatnonzero(~whole).tolist():
        axis = paths.axes[row[k]]
        if from_start[k] > 0:
            lines.append(substring(axis, 0, from_start[k]))
        if from_end[k] > 0:
            lines.append(substring(axis, length[k] - from_end[k], length[k]))
    around = max(reached.chainage_m - limit, 0), reached.chainage_m + limit
    return [*lines, substring(paths.axes[reached.row], *around)]


def _ground(
    lines: list[shapely.LineString], paths: Paths, barriers: shapely.STRtree
) -> shapely.Geometry:
    """The ground beside reached lines, on their side of barriers."""
    net = shapely.multilinestrings(lines)
    # One by one and then together: twice as fast as all lines in one buffer.
    beside = shapely.buffer(np.array(lines, object), BESIDE_M, quad_segs=4)
    ground = _filled(shapely.union_all(beside))
    near = paths.barriers[barriers.query(ground, predicate="intersects")]
    if len(near):
        cut = shapely.difference(ground, shapely.buffer(shapely.union_all(near), _CUT_M))
        parts = shapely.get_parts(cut)
        kept = parts[shapely.intersects(parts, net)]
        # Bridges were cut too: over them the parts are one again.
        ground = shapely.union_all([*kept, shapely.buffer(net, 2 * _CUT_M, quad_segs=2)])
    return ground


def _many(ground: shapely.Geometry) -> shapely.MultiPolygon:
    return shapely.multipolygons(shapely.get_parts(ground))


def _filled(ground: shapely.Geometry) -> shapely.Geometry:
    """Without holes up to `GAP_M2`."""
    parts = shapely.get_parts(ground)
    filled = []
    for part in parts:
        holes = [ring for ring in part.interiors if shapely.area(shapely.Polygon(ring)) > GAP_M2]
        filled.append(shapely.Polygon(part.exterior, holes))
    return shapely.union_all(filled)

"""Walking through the district: the network that people walk on, and how far places on it are.

People walk along roads and lanes, but not along expressways. Rivers and expressways are barriers:
they are crossed where a road or lane crosses them and nowhere else. A place is put on the network
(`snap`) at the nearest point of a road that can be got to without crossing a barrier; from there
metres are counted along the network, the way to the road is not counted. So a place on the other
bank is as far as the nearest bridge makes it.

Lines are in the district's metric CRS; how many metres a minute makes, `geo.pace` knows.
"""

from typing import NamedTuple

import geopandas
import numpy as np
import shapely
from numpy.typing import NDArray

from geo import reach
from geo.cells import Floats, Ints

WALKED = ("road", "lane")
"""Kinds of segments that are walked on."""

EXPRESSWAYS = ("motorway", "motorway_link", "trunk", "trunk_link")
"""Classes that nobody may walk along: 高速公路, 快速路 and their ramps."""

SNAP_M = 300.0
"""A place farther than this from every road is not on the network."""

TIE_M = 1e-6
_END_M = 1e-3

Geometries = NDArray[np.object_]


class Paths(NamedTuple):
    """The walking network: segments in order of their ids, and the graph of their ends.

    ``ends`` has shape (n, 2): numbers of nodes in ``graph``. ``barriers`` are axes.
    """

    graph: reach.Graph
    ids: Ints
    axes: Geometries
    metres: Floats
    ends: Ints
    barriers: Geometries


class Spots(NamedTuple):
    """Places on the network: row of the segment in `Paths` (-1: none near), metres along it from
    its start, and metres from the place to there."""

    row: Ints
    chainage_m: Floats
    offset_m: Floats


class Pairs(NamedTuple):
    """Which source reaches which target, and the metres between them; sorted by both."""

    source: Ints
    target: Ints
    metres: Floats


def build(segments: geopandas.GeoDataFrame) -> Paths:
    """The walking network of segments: id, kind, class, from_node, to_node, LineStrings (m)."""
    segments = segments.sort_values("id")
    kind, expressway = segments["kind"], segments["class"].isin(EXPRESSWAYS)
    walked = segments[kind.isin(WALKED) & ~expressway]
    barriers = segments[(kind == "river") | (kind.isin(WALKED) & expressway)]
    ends = walked[["from_node", "to_node"]].to_numpy(np.int64)
    nodes, place = np.unique(ends, return_inverse=True)
    place = place.reshape(-1, 2).astype(np.int64)
    axes = walked.geometry.to_numpy(object)
    metres = shapely.length(axes)
    graph = reach.graph(len(nodes), place[:, 0], place[:, 1], metres)
    ids = walked["id"].to_numpy(np.int64)
    return Paths(graph, ids, axes, metres, place, barriers.geometry.to_numpy(object))


def snap(paths: Paths, points: Geometries) -> Spots:
    """Where points (m) stand on the network: the nearest segment with no barrier between.

    Of segments whose distances differ by less than a micrometre the one with the lowest id.
    """
    tree, barriers = shapely.STRtree(paths.axes), shapely.STRtree(paths.barriers)
    row = np.full(len(points), -1)
    near, least = tree.query_nearest(points, max_distance=SNAP_M, return_distance=True)
    limit = np.full(len(points), -1.0)
    limit[near[0]] = least + TIE_M
    # First the nearest; where a barrier is between, whatever is near at all.
    for within in (limit, np.full(len(points), SNAP_M)):
        left = np.flatnonzero((row < 0) & (limit >= 0))
        found = tree.query(points[left], predicate="dwithin", distance=within[left])
        _put_nearest(row, points, paths.axes, left[found[0]], found[1], barriers)
    on, found = row >= 0, paths.axes[row] if len(paths.axes) else points
    chainage, offset = np.full(len(row), np.nan), np.full(len(row), np.nan)
    chainage[on] = shapely.line_locate_point(found[on], points[on])
    offset[on] = shapely.distance(found[on], points[on])
    return Spots(row, chainage, offset)


def _put_nearest(
    row: Ints, points: Geometries, axes: Geometries, at: Ints, near: Ints, barriers: shapely.STRtree
) -> None:
    """Writes for each point the nearest of the segments paired with it that can be got to."""
    ways = shapely.shortest_line(points[at], axes[near])
    blocked = barriers.query(_inner(ways), predicate="intersects")[0]
    free = np.setdiff1d(np.arange(len(at)), blocked)
    at, near, away = at[free], near[free], shapely.length(ways[free])
    least = np.full(len(points), np.inf)
    np.minimum.at(least, at, away)
    tied = away <= least[at] + TIE_M
    first = np.full(len(points), len(axes))
    np.minimum.at(first, at[tied], near[tied])
    row[at] = first[at]


def _inner(ways: Geometries) -> Geometries:
    """Ways without their ends: one that ends at a barrier, as at a crossing, does not cross it."""
    ends = [shapely.line_interpolate_point(ways, at) for at in (_END_M, -_END_M)]
    both = np.stack([shapely.get_coordinates(end) for end in ends], axis=1)
    return np.asarray(shapely.linestrings(both.reshape(-1, 2, 2)), object)


def nearest(paths: Paths, sources: Spots, targets: Spots) -> reach.Nearest:
    """The nearest source of each target and the metres; of equally near ones the lowest number."""
    found = reach.nearest(paths.graph, _seeds(paths, sources))
    source = np.full(len(targets.row), reach.NOWHERE)
    metres = np.full(len(targets.row), np.inf)
    target, node, rest = _ends(paths, targets)
    ways = [(target, found.source[node], found.metres[node] + rest), _same_row(sources, targets)]
    at, of, far = (np.concatenate(column) for column in zip(*ways, strict=True))
    order = np.lexsort((of, far, at))
    order = order[np.isfinite(far[order])]
    which, first = np.unique(at[order], return_index=True)
    source[which], metres[which] = of[order[first]], far[order[first]]
    return reach.Nearest(source, metres)


def pairs(paths: Paths, sources: Spots, targets: Spots, within_m: float) -> Pairs:
    """All targets within ``within_m`` metres of each source."""
    found = catchments(paths, sources, within_m)
    source = np.repeat(np.arange(len(sources.row)), np.diff(found.first))
    target, node, rest = _ends(paths, targets)
    order = np.argsort(node, kind="stable")
    target, rest = target[order], rest[order]
    first = np.searchsorted(node[order], np.arange(paths.graph.nodes + 1))
    entry, place = _spread(first, found.node.astype(np.int64))
    along = source[entry], target[place], found.metres[entry] + rest[place]
    own_target, own_source, own = _same_row(sources, targets)
    of, to, far = (
        np.concatenate(c) for c in zip(along, (own_source, own_target, own), strict=True)
    )
    order = np.lexsort((far, to, of))
    order = order[far[order] <= within_m]
    _, one = np.unique(of[order] * len(targets.row) + to[order], return_index=True)
    return Pairs(of[order[one]], to[order[one]], far[order[one]])


def catchments(paths: Paths, sources: Spots, within_m: float) -> reach.Catchments:
    """The nodes within ``within_m`` metres of each source."""
    return reach.catchments(paths.graph, _seeds(paths, sources), len(sources.row), within_m)


def _seeds(paths: Paths, spots: Spots) -> reach.Seeds:
    return reach.seeds(*_ends(paths, spots))


def _ends(paths: Paths, spots: Spots) -> tuple[Ints, Ints, Floats]:
    """Both ends of the segments that spots lie on: number of the spot, node, metres to there."""
    on = np.flatnonzero(spots.row >= 0)
    row, chainage = spots.row[on], spots.chainage_m[on]
    rest = np.maximum(paths.metres[row] - chainage, 0.0)
    node = np.concatenate([paths.ends[row, 0], paths.ends[row, 1]])
    return np.concatenate([on, on]), node, np.concatenate([chainage, rest])


def _same_row(sources: Spots, targets: Spots) -> tuple[Ints, Ints, Floats]:
    """Targets with a source on the same segment: target, source, metres straight along it."""
    order = np.argsort(sources.row, kind="stable")
    order = order[sources.row[order] >= 0]
    on = np.flatnonzero(targets.row >= 0)
    most = max(sources.row.max(initial=-1), targets.row.max(initial=-1))
    first = np.searchsorted(sources.row[order], np.arange(most + 2))
    entry, place = _spread(first, targets.row[on])
    target, source = on[entry], order[place]
    return target, source, np.abs(sources.chainage_m[source] - targets.chainage_m[target])


def _spread(first: Ints, of: Ints) -> tuple[Ints, Ints]:
    """For each k and each of the places first[of[k]] : first[of[k] + 1]: k and the place."""
    count = first[of + 1] - first[of]
    entry = np.repeat(np.arange(len(of)), count)
    begin = np.repeat(first[of] - np.cumsum(count) + count, count)
    return entry, begin + np.arange(len(entry))

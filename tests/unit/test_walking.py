"""Laws of walking: distances as on a network cut at every place, and no step over a barrier."""

from itertools import pairwise

import geopandas
import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse import coo_array
from scipy.sparse.csgraph import dijkstra

from geo import pace, walking

point = st.tuples(*[st.integers(-4, 4).map(lambda n: n * 50.0)] * 2)
KINDS = [("road", "residential"), ("lane", "lane"), ("river", "river"), ("road", "motorway"),
         ("road", "trunk_link"), ("rail", "rail")]  # fmt: skip


def frame(rows):
    """Segments from (id, kind, class, line), their nodes where lines end."""
    nodes = {}
    columns = {"id": [], "kind": [], "class": [], "from_node": [], "to_node": []}
    for number, (kind, sort), line in rows:
        ends = [nodes.setdefault(line[at], 7 * len(nodes) + 3) for at in (0, -1)]
        for name, value in zip(columns, (number, kind, sort, *ends), strict=True):
            columns[name].append(value)
    lines = [shapely.LineString(line) for _, _, line in rows]
    return geopandas.GeoDataFrame(columns, geometry=np.array(lines, object), crs=4549)


@st.composite
def segments(draw, kinds=tuple(KINDS)):
    lines = draw(
        st.lists(st.lists(point, min_size=2, max_size=3, unique=True), min_size=1, max_size=12)
    )
    ids = draw(st.permutations(range(1, len(lines) + 1)))
    sorts = [draw(st.sampled_from(kinds)) for _ in lines]
    return frame([(n, sort, line) for n, sort, line in zip(ids, sorts, lines, strict=True)])


def spots(draw, paths, count):
    """Places anywhere along segments, some on none."""
    row = np.array([draw(st.integers(-1, len(paths.ids) - 1)) for _ in range(count)], np.int64)
    share = [draw(st.sampled_from([0.0, 0.25, 0.3, 1.0])) for _ in range(count)]
    length = np.append(paths.metres, np.nan)[row]
    return walking.Spots(row, np.array(share) * length, np.zeros(count))


def by_cutting(paths, sources, targets):
    """Metres from sources to targets, where every place is a node of its own (by scipy)."""
    n = paths.graph.nodes
    row = np.concatenate([sources.row, targets.row])
    along = np.concatenate([sources.chainage_m, targets.chainage_m])
    edges = []
    for k, (start, end) in enumerate(paths.ends.tolist()):
        on = sorted((along[i], n + i) for i in np.flatnonzero(row == k))
        stops = [(0.0, start), *on, (paths.metres[k], end)]
        edges += [(a, b, y - x) for (x, a), (y, b) in pairwise(stops)]
    if not edges:
        return np.full((len(sources.row), len(targets.row)), np.inf)
    a, b, metres = (np.array(column) for column in zip(*edges, strict=True))
    # Of doubled edges the shortest; scipy would add them up, and takes 0 for none.
    order = np.lexsort((metres, np.maximum(a, b), np.minimum(a, b)))
    a, b, metres = np.minimum(a, b)[order], np.maximum(a, b)[order], metres[order]
    _, first = np.unique(np.column_stack([a, b]), axis=0, return_index=True)
    size = n + len(row)
    matrix = coo_array((metres[first] + 1e-9, (a[first], b[first])), shape=(size, size)).tocsr()
    found = dijkstra(matrix, directed=False, indices=n + np.arange(len(sources.row)))
    return found[:, n + len(sources.row) :]


@settings(max_examples=150)
@given(segments(), st.data())
def test_distances_are_those_of_the_network_cut_at_every_place(segments, data):
    paths = walking.build(segments)
    sources, targets = (spots(data.draw, paths, k) for k in (4, 6))
    there = by_cutting(paths, sources, targets)
    there[:, targets.row < 0] = there[sources.row < 0] = np.inf
    found = walking.nearest(paths, sources, targets)
    np.testing.assert_allclose(found.metres, there.min(axis=0), atol=1e-4)
    near = found.source >= 0
    assert (near == np.isfinite(there.min(axis=0))).all()
    at = np.flatnonzero(near)
    np.testing.assert_allclose(there[found.source[at], at], found.metres[at], atol=1e-4)
    pairs = walking.pairs(paths, sources, targets, 150.0)
    table = np.full_like(there, np.inf)
    table[pairs.source, pairs.target] = pairs.metres
    np.testing.assert_allclose(table, np.where(table <= 150, there, np.inf), atol=1e-4)
    assert (there[~np.isfinite(table)] > 150 - 1e-4).all()
    order = np.lexsort((pairs.target, pairs.source))
    assert (order == np.arange(len(order))).all()


@settings(max_examples=150)
@given(segments(), st.lists(point, min_size=1, max_size=8))
def test_a_place_goes_to_the_nearest_road_that_no_barrier_keeps_it_from(segments, places):
    paths = walking.build(segments)
    points = shapely.points([(x + 9.7, y + 4.3) for x, y in places])
    found = walking.snap(paths, points)
    walked = segments[
        segments["kind"].isin(["road", "lane"])
        & ~segments["class"].isin(["motorway", "trunk_link"])
    ].sort_values("id")
    assert paths.ids.tolist() == walked["id"].tolist()
    barriers = shapely.union_all(
        segments[
            (segments["kind"] == "river") | segments["class"].isin(["motorway", "trunk_link"])
        ].geometry.to_numpy()
    )
    for k, place in enumerate(points):
        ways = shapely.shortest_line(place, paths.axes)
        # But for their last millimetre: a road may meet a barrier at its end.
        inner = shapely.difference(ways, shapely.buffer(shapely.get_point(ways, 1), 1e-3))
        open_ = ~shapely.intersects(inner, barriers) & (shapely.length(ways) <= walking.SNAP_M)
        free = np.flatnonzero(open_)
        if not len(free):
            assert found.row[k] == -1
            continue
        away = shapely.length(ways[free])
        assert found.row[k] == free[np.flatnonzero(away <= away.min() + 1e-6)[0]]
        assert found.offset_m[k] == pytest.approx(away.min(), abs=1e-5)
        spot = shapely.line_interpolate_point(paths.axes[found.row[k]], found.chainage_m[k])
        assert shapely.distance(spot, place) == pytest.approx(away.min(), abs=1e-5)


RIVER = (1, KINDS[2], [(0.0, -500.0), (0.0, 500.0)])
WEST = (2, KINDS[0], [(-20.0, -300.0), (-20.0, 300.0)])
EAST = (3, KINDS[0], [(60.0, -300.0), (60.0, 300.0)])
NORTH = (4, KINDS[0], [(-20.0, 300.0), (60.0, 300.0)])


def test_the_other_bank_is_as_far_as_the_bridge_makes_it():
    shapes = shapely.points([(5.0, 0.0), (-5.0, 0.0)])
    paths = walking.build(frame([RIVER, WEST, EAST, NORTH]))
    east, west = (walking.snap(paths, shapes[[k]]) for k in (0, 1))
    # 25 m from the road in the west, but on the other bank
    assert paths.ids[[east.row[0], west.row[0]]].tolist() == [3, 2]
    assert walking.nearest(paths, west, east).metres.tolist() == [300 + 80 + 300]
    without = walking.build(frame([RIVER, WEST, EAST]))
    assert walking.nearest(without, west, east).metres.tolist() == [np.inf]


def test_nobody_walks_along_an_expressway_but_over_its_junction():
    road = KINDS[0]
    rows = [(1, KINDS[3], [(0.0, 0.0), (100.0, 0.0)]), (2, KINDS[3], [(100.0, 0.0), (200.0, 0.0)])]
    rows += [(3, road, [(0.0, 0.0), (0.0, 50.0)]), (4, road, [(100.0, -50.0), (100.0, 0.0)])]
    rows += [(5, road, [(100.0, 0.0), (100.0, 50.0)])]
    paths = walking.build(frame(rows))
    ends = shapely.points([(0.0, 50.0), (100.0, -50.0), (100.0, 50.0)])
    west, south, north = (walking.snap(paths, ends[[k]]) for k in range(3))
    assert walking.nearest(paths, south, north).metres.tolist() == [100.0]
    assert walking.nearest(paths, west, north).metres.tolist() == [np.inf]


def test_a_town_without_roads():
    paths = walking.build(frame([RIVER]))
    found = walking.snap(paths, shapely.points([(0.0, 0.0)]))
    assert found.row.tolist() == [-1]
    assert walking.nearest(paths, found, found).source.tolist() == [-1]
    assert len(walking.pairs(paths, found, found, 9.0).source) == 0


def test_five_minutes_are_three_hundred_metres():
    assert [pace.metres_in(m) for m in pace.MINUTES] == [300, 600, 900]
    assert pace.minutes_for(np.array([300.0, 900.0])).tolist() == [5, 15]

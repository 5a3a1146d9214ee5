"""Laws of reach along a network: the same as Dijkstra's method elsewhere, whatever the network."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse import coo_array
from scipy.sparse.csgraph import dijkstra

from geo import reach

# Whole lengths make equal ways common; others have any length, also none.
LENGTHS = st.one_of(
    st.integers(0, 4).map(float), st.floats(0, 1e5), st.sampled_from([1e-9, 1e-6, 0.25, 3e5])
)


@st.composite
def networks(draw):
    """Nodes and edges (loops and doubled ones too), sources at nodes or a way off them."""
    n = draw(st.integers(1, 12))
    node = st.integers(0, n - 1)
    edges = draw(st.lists(st.tuples(node, node, LENGTHS), max_size=30))
    count = draw(st.integers(1, 5))
    seeds = draw(st.lists(st.tuples(st.integers(0, count - 1), node, LENGTHS), max_size=8))
    return n, edges, count, seeds


def columns(rows):
    return zip(*rows, strict=True) if rows else ([], [], [])


def made(drawn):
    n, edges, count, seeds = drawn
    return reach.graph(n, *columns(edges)), reach.seeds(*columns(seeds)), count


def distances(drawn):
    """Metres from each source to each node, by scipy, over the same rounded lengths."""
    n, edges, count, seeds = drawn
    least = {}
    # Sources become nodes of their own; of doubled edges the shortest counts. A length of 0 is
    # no edge to scipy: all get the same tiny one that no sum of units can be.
    for a, b, metres in [*edges, *((n + s, at, metres) for s, at, metres in seeds)]:
        key = (min(a, b), max(a, b), a >= n)
        units = round(metres / reach.UNIT_M)
        least[key] = min(least.get(key, units), units)
    found = np.full((count, n + count), np.inf)
    for s in range(count):
        used = {k: v for k, v in least.items() if not k[2] or k[1] == n + s}
        rows = [k[0] for k in used], [k[1] for k in used]
        # Exact in doubles below 2**53.
        weights = np.array([128 * v + 1 for v in used.values()], float)
        matrix = coo_array((weights, rows), shape=(n + count, n + count)).tocsr()
        found[s] = dijkstra(matrix, directed=False, indices=n + s)
    return np.floor(found[:, :n] / 128) * reach.UNIT_M


@settings(max_examples=300)
@given(networks())
def test_nearest_is_the_least_of_all_distances_and_the_lowest_source(drawn):
    graph, seeds, _ = made(drawn)
    found = reach.nearest(graph, seeds)
    there = distances(drawn)
    assert (found.metres == there.min(axis=0)).all()
    lowest = np.where(np.isfinite(there.min(axis=0)), there.argmin(axis=0), reach.NOWHERE)
    assert (found.source == lowest).all()


@settings(max_examples=300)
@given(networks(), st.one_of(LENGTHS, st.just(-1.0), st.just(np.inf)), st.integers(1, 3))
def test_catchments_hold_just_what_is_within(drawn, within_m, threads):
    graph, seeds, count = made(drawn)
    found = reach.catchments(graph, seeds, count, within_m, threads)
    there = distances(drawn)
    limit = np.floor(within_m / reach.UNIT_M) * reach.UNIT_M
    for s in range(count):
        own = slice(found.first[s], found.first[s + 1])
        nodes = found.node[own]
        assert sorted(nodes) == np.flatnonzero(there[s] <= min(limit, reach.FARTHEST_M)).tolist()
        assert (found.metres[own] == there[s, nodes]).all()
    assert len(found.first) == count + 1


@given(st.integers(1, 400), st.integers(1, 40), st.floats(0, 400), st.integers(0, 9))
@settings(max_examples=40)
def test_a_long_road_is_as_long_as_its_parts(n, count, within_m, seed):
    """Many sources, over threads; on a line the answer is plain."""
    rng = np.random.default_rng(seed)
    at = rng.integers(0, n, count)
    graph = reach.graph(n, np.arange(n - 1), np.arange(1, n), np.full(n - 1, 1.5))
    seeds = reach.seeds(np.arange(count), at, np.zeros(count))
    away = 1.5 * abs(np.arange(n) - at[:, None])
    found = reach.nearest(graph, seeds)
    assert (found.metres == away.min(axis=0)).all()
    assert (found.source == away.argmin(axis=0)).all()
    one, four = (reach.catchments(graph, seeds, count, within_m, t) for t in (1, 4))
    assert all((a == b).all() for a, b in zip(one, four, strict=True))
    assert np.diff(one.first).tolist() == (away <= within_m).sum(axis=1).tolist()


def test_moving_the_seeds_order_changes_nothing():
    graph = reach.graph(4, [0, 1, 2], [1, 2, 3], [1.0, 1.0, 1.0])
    rows = [(1, 3, 0.0), (0, 0, 0.0), (0, 2, 7.0)]
    some = reach.nearest(graph, reach.seeds(*columns(rows)))
    other = reach.nearest(graph, reach.seeds(*columns(rows[::-1])))
    assert some.source.tolist() == other.source.tolist() == [0, 0, 1, 1]


def test_a_network_of_nothing():
    graph = reach.graph(0, [], [], [])
    none = reach.seeds([], [], [])
    assert len(reach.nearest(graph, none).source) == 0
    assert reach.catchments(graph, none, 0, 9.0).first.tolist() == [0]


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda: reach.graph(2, [0], [2], [1.0]), "nodes are 0 to 1"),
        (lambda: reach.graph(2, [0], [-1], [1.0]), "nodes are 0 to 1"),
        (lambda: reach.graph(2, [0], [1], [-1.0]), "no number"),
        (lambda: reach.graph(2, [0], [1], [np.nan]), "no number"),
        (lambda: reach.graph(2, [0], [1], [np.inf]), "no number"),
        (lambda: reach.nearest(LINE, reach.seeds([0], [5], [0.0])), "nodes are 0 to 1"),
        (lambda: reach.nearest(LINE, reach.seeds([1 << 20], [0], [0.0])), "sources"),
        (lambda: reach.catchments(LINE, reach.seeds([-1], [0], [0.0]), 1, 9.0), "sources"),
    ],
)
def test_what_is_no_graph_is_refused(make, said):
    with pytest.raises(reach.NotAGraph, match=said):
        make()


LINE = reach.graph(2, [0], [1], [1.0])

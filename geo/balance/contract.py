"""A graph made smaller: vertices that belong together become one, and plans go down again."""

from typing import NamedTuple

import numpy as np
from scipy.sparse import csr_array

from geo.balance.graph import Graph, pieces, sources
from geo.balance.moves import Given
from geo.cells import Floats, Ints, Places, lookup

SHRINK = 0.9
"""A level that keeps more than this share of its vertices is not worth having."""


class Level(NamedTuple):
    """A graph and what a search is given of it; ``above``: the vertex of each of its vertices on
    the level above, which has fewer (none on the highest).
    """

    graph: Graph
    given: Given
    above: Places | None


def contracted(graph: Graph, label: Places, count: int) -> Graph:
    """The graph of ``count`` labels; parallel edges add their weights."""
    one, other = label[sources(graph)], label[graph.to]
    proper = one != other
    ends = one[proper], other[proper]
    matrix = csr_array((graph.weight[proper], ends), shape=(count, count))
    matrix.sum_duplicates()
    return Graph(matrix.indptr.astype(np.int64), matrix.indices.astype(np.int32), matrix.data)


def summed(given: Given, label: Places, count: int) -> Given:
    """What a search is given of ``count`` labels; each has one home, and is locked as a whole."""
    home, locked = np.full(count, -1, np.int32), np.zeros(count, np.bool_)
    home[label], locked[label] = given.home, given.locked
    load = np.bincount(label, given.load, minlength=count).astype(np.float64)
    price = np.bincount(label, given.price, minlength=count).astype(np.float64)
    return Given(load, home, price, locked, given.target)


@lookup
def match(graph: Graph, side: Places, load: Floats, cap: float, order: Ints, label: Places) -> int:
    """Pairs of neighbours on one side, as close as can be, get one label; tells how many there are.

    ``order``: in which vertices choose. No pair is heavier than ``cap``.
    """
    start, to, weight = graph
    label[:] = -1
    count = 0
    for i in range(len(order)):
        v = order[i]
        if label[v] >= 0:
            continue
        best, most = -1, 0.0
        for e in range(start[v], start[v + 1]):
            w = to[e]
            if label[w] < 0 and side[w] == side[v] and w != v and load[v] + load[w] <= cap:
                close = weight[e] * weight[e] / ((load[v] + 1e-9) * (load[w] + 1e-9))
                if close > most:
                    best, most = w, close
        label[v] = count
        if best >= 0:
            label[best] = count
        count += 1
    return count


def levels(
    graph: Graph, given: Given, side: Places, least: int, rng: np.random.Generator
) -> list[Level]:
    """A graph and ever smaller ones of it, down to about ``least`` vertices; the smallest last.

    Only what has one ``side``, one home and one lock is put together.
    """
    sides = np.unique(
        np.column_stack([side, given.home, given.locked]), axis=0, return_inverse=True
    )[1]
    side = np.ascontiguousarray(sides.ravel(), np.int32)
    cap = given.load.sum() / max(least, 1) * 2
    found: list[Level] = []
    mean = max(given.load.mean(), 1e-12)
    while graph.vertices > least:
        label = np.empty(graph.vertices, np.int32)
        order = rng.permutation(graph.vertices)
        # What weighs nothing is as close as what weighs something.
        count = match(graph, side, given.load + 0.1 * mean, cap, order, label)
        if count > SHRINK * graph.vertices:
            break
        found.append(Level(graph, given, label))
        fewer = np.empty(count, np.int32)
        fewer[label] = side
        graph, given, side = contracted(graph, label, count), summed(given, label, count), fewer
    return [*found, Level(graph, given, None)]


def overlay(graph: Graph, parts: list[Places]) -> Places:
    """The pieces in which all of the parts agree, numbered."""
    both = np.unique(np.column_stack(parts), axis=0, return_inverse=True)[1]
    return pieces(graph, both.ravel().astype(np.int32))[1]


def lifted(level: Level, part: Places) -> Places:
    """The part of each vertex of the level above; each must lie in one part."""
    assert level.above is not None  # noqa: S101 - the highest level has nothing above
    up = np.empty(int(level.above.max()) + 1, np.int32)
    up[level.above] = part
    return up

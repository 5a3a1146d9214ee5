"""Who borders whom, as a plain graph; its pieces, and bridges between them."""

from typing import NamedTuple

import numpy as np
from scipy.sparse import csr_array, triu
from scipy.sparse.csgraph import connected_components
from scipy.spatial import cKDTree

from geo.cells import Floats, Ints, Places

SMALL = 300
"""Pieces of no more vertices than this look for their neighbours one vertex after another."""


class Graph(NamedTuple):
    """An undirected graph of n vertices by rows: the neighbours of v are to[start[v]:start[v + 1]].

    Every edge stands in the rows of both its ends, with the same ``weight``: what it costs when a
    border between two parts crosses it.
    """

    start: Ints
    to: Places
    weight: Floats

    @property
    def vertices(self) -> int:
        """How many vertices there are."""
        return len(self.start) - 1


def from_pairs(count: int, one: Ints, other: Ints, weight: Floats) -> Graph:
    """The graph of ``count`` vertices with edges one[i]–other[i]; parallel edges add their weights.

    Edges of a vertex with itself are left out. ``weight`` must be above 0.
    """
    proper = one != other
    a, b = one[proper], other[proper]
    ends = np.concatenate([a, b]), np.concatenate([b, a])
    matrix = csr_array((np.tile(weight[proper], 2), ends), shape=(count, count))
    matrix.sum_duplicates()
    return Graph(
        matrix.indptr.astype(np.int64),
        matrix.indices.astype(np.int32),
        matrix.data.astype(np.float64),
    )


def meeting(one: Ints, other: Ints) -> Graph:
    """The graph of lines, row i running from node one[i] to other[i]: neighbours share a node.

    At a node where d lines meet, each pair weighs 1 / (d - 1): parting one line from the others
    there costs 1, wherever it is done.
    """
    nodes, node = np.unique(np.concatenate([one, other]), return_inverse=True)
    line = np.tile(np.arange(len(one)), 2)
    touches = csr_array((np.ones(len(line)), (line, node)), shape=(len(one), len(nodes)))
    touches.sum_duplicates()
    touches.data[:] = 1.0  # a line that ends where it begins touches one node once
    share = 1.0 / np.maximum(touches.sum(axis=0) - 1, 1)
    pairs = triu(touches * share @ touches.T, k=1).tocoo()
    return from_pairs(len(one), pairs.row.astype(np.int64), pairs.col.astype(np.int64), pairs.data)


def sources(graph: Graph) -> Ints:
    """The vertex in whose row each entry of ``to`` stands."""
    return np.repeat(np.arange(graph.vertices), np.diff(graph.start))


def pieces(graph: Graph, part: Places) -> tuple[int, Places]:
    """How many connected pieces the parts are made of, and the piece of each vertex.

    A piece lies in one part. Vertices of part -1 are in none, and make pieces like any other.
    """
    one, other = sources(graph), graph.to
    n, inside = graph.vertices, part[one] == part[other]
    ends = one[inside], other[inside]
    matrix = csr_array((np.ones(len(ends[0]), np.int8), ends), shape=(n, n))
    count, piece = connected_components(matrix, directed=False)
    return int(count), piece.astype(np.int32)


def cut_of(graph: Graph, part: Places) -> float:
    """The weight of all edges between different parts."""
    return float(graph.weight[part[sources(graph)] != part[graph.to]].sum() / 2)


def bridges(graph: Graph, xy: Floats) -> tuple[Ints, Ints]:
    """The pairs of vertices that, joined, make the graph one piece: nearest to nearest.

    ``xy`` has shape (n, 2), in m. Each piece but the largest is joined with the vertex nearest to
    it, and so again until one piece is left.
    """
    found: list[tuple[int, int]] = []
    whole = np.zeros(graph.vertices, np.int32)
    count, piece = pieces(graph, whole)
    tree = cKDTree(xy) if count > 1 else None
    while count > 1:
        largest = int(np.bincount(piece).argmax())
        found += [_nearest(tree, xy, piece == p) for p in range(count) if p != largest]
        one, other = np.array(found, np.int64).T
        joined = from_pairs(graph.vertices, *_with(graph, one, other))
        count, piece = pieces(joined, whole)
    ends = np.array(found, np.int64).reshape(-1, 2)
    ends = np.unique(np.sort(ends, axis=1), axis=0)
    return ends[:, 0], ends[:, 1]


def joined(graph: Graph, one: Ints, other: Ints, weight: float) -> Graph:
    """The graph with edges one[i]–other[i] of ``weight`` besides its own."""
    a, b, own = _with(graph, one, other)
    own[len(own) - len(one) :] = weight
    return from_pairs(graph.vertices, a, b, own)


def _with(graph: Graph, one: Ints, other: Ints) -> tuple[Ints, Ints, Floats]:
    source = sources(graph)
    once = source < graph.to
    ends = np.concatenate([source[once], one]), np.concatenate([graph.to[once], other])
    return *ends, np.concatenate([graph.weight[once], np.ones(len(one))])


def _nearest(tree: cKDTree, xy: Floats, inside: np.ndarray) -> tuple[int, int]:
    """A vertex inside and the one outside that is nearest to it."""
    own = np.flatnonzero(inside)
    if len(own) <= SMALL:  # of that many and one more, at least one lies outside
        distance, near = tree.query(xy[own], k=len(own) + 1)
        distance = np.where(inside[near], np.inf, distance)
        row, column = np.unravel_index(distance.argmin(), distance.shape)
        return int(own[row]), int(near[row, column])
    rest = np.flatnonzero(~inside)
    distance, near = cKDTree(xy[rest]).query(xy[own])
    best = int(distance.argmin())
    return int(own[best]), int(rest[near[best]])

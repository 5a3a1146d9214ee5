"""How far it is along a network: the nearest source of every node, and what each source reaches.

A network is a graph of nodes 0 … n−1 whose edges have a length and can be gone both ways
(`graph`). A source lies at nodes or between them: it is one or more nodes with the metres from the
source to there (`Seeds`). Two questions are answered, both by Dijkstra's method, compiled:

- `nearest`: for every node the nearest source, and how far it is; all sources at once;
- `catchments`: for each source the nodes within a distance, over several threads.

Lengths are rounded to 2⁻²⁰ m, a micrometre: whole numbers of that add up without any rounding, in
whatever order, so equal ways are equal, and among equally near sources the lowest number wins.

Nodes wait in buckets by their distance (R. Dial, Algorithm 360, CACM 12, 1969), the newest in
front, so that one neighbourhood is worked through before the next. A heap, which jumps across the
whole network in strict order, took five times as long. A bucket is narrower than most edges; by
one that is shorter still, a node may be reached again and better.
"""

import os
from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from geo.cells import Floats, Ints, Places, lookup

NOWHERE = -1
UNIT_M = 2.0**-20
"""Lengths are whole numbers of this."""
MOST_SOURCES = 1 << 20
FARTHEST_M = 4_000_000.0
"""What is farther counts as out of reach."""

# A label is a distance (in units) and a source in one number: the lesser one is better.
_SOURCE_BITS = 20
_SOURCE = MOST_SOURCES - 1
_NO_LABEL = np.iinfo(np.int64).max
_FARTHEST = int(FARTHEST_M / UNIT_M)
# So many buckets to a mean edge, and at most so many to the longest.
_BUCKETS_AN_EDGE = 4
_MOST_BUCKETS = 1 << 16
# In no bucket; at the end of one.
_OUT, _END = -2, -1
# Fewer sources than this are not worth a thread.
_SOURCES_A_THREAD = 64


class NotAGraph(ValueError):
    """Edges or sources that do not fit together: unknown nodes, lengths that are no lengths."""


class Graph(NamedTuple):
    """A graph by its nodes: node k has the arcs first[k] : first[k + 1], each (head, length).

    Lengths are in units, also the ``mean`` and the ``longest``.
    """

    first: Ints
    arcs: Ints
    mean: int
    longest: int

    @property
    def nodes(self) -> int:
        """How many nodes there are."""
        return len(self.first) - 1


class Seeds(NamedTuple):
    """Where sources touch the network: by source (ascending), a node and the metres to it."""

    source: Ints
    node: Ints
    metres: Floats


class Nearest(NamedTuple):
    """Of every node its nearest source (-1: none can be reached) and the metres (inf: none)."""

    source: Ints
    metres: Floats


class Catchments(NamedTuple):
    """What sources reach: source k the entries first[k] : first[k + 1], in no special order."""

    first: Ints
    node: Places
    metres: Floats


class _Room(NamedTuple):
    """Where one thread works: labels of nodes, buckets as linked lists, and their fronts.

    A bucket holds labels that differ in their ``step`` lowest bits only. Buckets are used in a
    ring, long enough that labels in use at one time never share one by coming round.
    """

    step: int
    label: Ints
    link: Places
    front: Places


def graph(nodes: int, start: ArrayLike, end: ArrayLike, metres: ArrayLike) -> Graph:
    """The graph of edges from ``start`` to ``end`` (shape (m,)), so many metres long, both ways.

    Raises:
        NotAGraph: where an edge ends at no node, or a length is negative or no number.
    """
    one, other = np.asarray(start, np.int64), np.asarray(end, np.int64)
    _check_nodes(nodes, one, other)
    length = _units(metres)
    tail, head = np.concatenate([one, other]), np.concatenate([other, one])
    order = np.argsort(tail, kind="stable")
    arcs = np.column_stack([head, np.concatenate([length, length])])[order]
    mean, longest = (int(length.mean()), int(length.max())) if len(length) else (0, 0)
    return Graph(_starts(tail[order], nodes), np.ascontiguousarray(arcs), mean, longest)


def seeds(source: ArrayLike, node: ArrayLike, metres: ArrayLike) -> Seeds:
    """Seeds in order of their sources; all arrays have shape (s,)."""
    of = np.asarray(source, np.int64)
    order = np.argsort(of, kind="stable")
    at, far = np.asarray(node, np.int64), np.asarray(metres, float)
    return Seeds(of[order], at[order], far[order])


def nearest(network: Graph, sources: Seeds) -> Nearest:
    """The nearest source of every node; of equally near ones that with the lowest number.

    Raises:
        NotAGraph: where a seed lies at no node, or a source's number is `MOST_SOURCES` or above.
    """
    _check_sources(network, sources)
    far = _units(sources.metres)
    room = _room(network, far)
    _flood(network.first, network.arcs, sources.source, sources.node, far, *room)
    none = room.label == _NO_LABEL
    source = room.label & _SOURCE
    metres = np.asarray((room.label >> _SOURCE_BITS) * UNIT_M, np.float64)
    source[none], metres[none] = NOWHERE, np.inf
    return Nearest(source, metres)


def catchments(
    network: Graph, sources: Seeds, count: int, within_m: float, threads: int | None = None
) -> Catchments:
    """The nodes within ``within_m`` metres of each of ``count`` sources, and how far each is.

    ``threads`` defaults to the machine's. Raises `NotAGraph` as `nearest` does.
    """
    _check_sources(network, sources)
    first = _starts(sources.source, count)
    threads = max(min(threads or os.cpu_count() or 1, count // _SOURCES_A_THREAD), 1)
    cuts = [count * k // threads for k in range(threads + 1)]

    def part(k: int) -> tuple[Ints, Places, Floats]:
        return _reached(network, sources, first[cuts[k] : cuts[k + 1] + 1], within_m)

    with ThreadPoolExecutor(threads) as pool:
        sizes, node, metres = zip(*pool.map(part, range(threads)), strict=True)
    ends = np.cumsum(np.concatenate(sizes), dtype=np.int64)
    return Catchments(np.append(0, ends), np.concatenate(node), np.concatenate(metres))


def _reached(
    network: Graph, sources: Seeds, first: Ints, within_m: float
) -> tuple[Ints, Places, Floats]:
    """Sizes, nodes and metres of the sources whose seeds begin at ``first``, one after another."""
    far = _units(sources.metres)
    room, limit = _room(network, far), int(min(max(within_m, -1.0), FARTHEST_M) / UNIT_M)
    sizes, done = np.zeros(len(first) - 1, np.int64), 0
    # There is always room for one more source: what is filled is put away before.
    node, metres = np.empty(2 * network.nodes, np.int32), np.empty(2 * network.nodes)
    kept: list[tuple[Places, Floats]] = [(node[:0], metres[:0])]
    while done < len(sizes):
        began = done
        done = _spread(
            network.first, network.arcs, sources.node, far, first, limit, done,
            *room, node, metres, sizes,
        )  # fmt: skip
        filled = sizes[began:done].sum()
        kept.append((node[:filled].copy(), metres[:filled].copy()))
    nodes, far_m = zip(*kept, strict=True)
    return sizes, np.concatenate(nodes), np.concatenate(far_m)


def _room(network: Graph, far: Ints) -> _Room:
    """Room in which no node has a label, none waits, and all buckets are empty.

    The ring has room for the longest edge, and for seeds so ``far`` apart.
    """
    longest = max(network.longest, int(far.max(initial=0)))
    wide = max(network.mean // _BUCKETS_AN_EDGE, longest // _MOST_BUCKETS, 1).bit_length()
    ring = 1 << ((longest >> wide) + 2).bit_length()
    label = np.full(network.nodes, _NO_LABEL)
    link = np.full((network.nodes, 2), _OUT, np.int32)
    return _Room(_SOURCE_BITS + wide, label, link, np.full(ring, _END, np.int32))


def _units(metres: ArrayLike) -> Ints:
    far = np.asarray(metres, float)
    if not ((far >= 0) & (far <= FARTHEST_M)).all():
        raise NotAGraph(f"a length is no number from 0 to {FARTHEST_M:.0f} m")
    return np.rint(far / UNIT_M).astype(np.int64)


def _starts(of: Ints, count: int) -> Ints:
    return np.searchsorted(of, np.arange(count + 1)).astype(np.int64)


def _check_nodes(nodes: int, *ends: Ints) -> None:
    for end in ends:
        if len(end) and (end.min() < 0 or end.max() >= nodes):
            raise NotAGraph(f"nodes are 0 to {nodes - 1}, but {end.min()} to {end.max()} are named")


def _check_sources(network: Graph, sources: Seeds) -> None:
    _check_nodes(network.nodes, sources.node)
    if len(sources.source) and not 0 <= sources.source[0] <= sources.source[-1] < MOST_SOURCES:
        raise NotAGraph(f"sources have numbers from 0 to {MOST_SOURCES - 1}")


@lookup
def _put(link: Places, front: Places, node: int, bucket: int) -> None:
    """Puts a node into a bucket, in front of those that are in it."""
    after = front[bucket]
    link[node, 0], link[node, 1] = _END, after
    if after != _END:
        link[after, 0] = node
    front[bucket] = node


@lookup
def _take(link: Places, front: Places, node: int, bucket: int) -> None:
    """Takes a node out of its bucket."""
    before, after = link[node, 0], link[node, 1]
    if before != _END:
        link[before, 1] = after
    else:
        front[bucket] = after
    if after != _END:
        link[after, 0] = before
    link[node, 0] = _OUT


@lookup
def _lower(step: int, label: Ints, link: Places, front: Places, node: int, new: int) -> int:
    """Gives a node a better label and its bucket; how many more nodes wait then, 0 or 1."""
    ring = len(front) - 1
    old, more = label[node], 1
    label[node] = new
    if link[node, 0] != _OUT:
        if old >> step == new >> step:
            return 0
        _take(link, front, node, (old >> step) & ring)
        more = 0
    _put(link, front, node, (new >> step) & ring)
    return more


@lookup
def _flood(
    first: Ints, arcs: Ints, source: Ints, seed: Ints, seed_far: Ints,
    step: int, label: Ints, link: Places, front: Places,
) -> None:  # fmt: skip
    """Gives every node that can be reached its best label."""
    waiting, bucket, ring = 0, 0, len(front) - 1
    for s in range(len(seed)):
        new = seed_far[s] << _SOURCE_BITS | source[s]
        if new < label[seed[s]]:
            waiting += _lower(step, label, link, front, seed[s], new)
    while waiting > 0:
        node = front[bucket]
        if node == _END:
            bucket = (bucket + 1) & ring
            continue
        _take(link, front, node, bucket)
        waiting -= 1
        here = label[node]
        for arc in range(first[node], first[node + 1]):
            head, new = arcs[arc, 0], here + (arcs[arc, 1] << _SOURCE_BITS)
            if new < label[head] and new >> _SOURCE_BITS <= _FARTHEST:
                waiting += _lower(step, label, link, front, head, new)


@lookup
def _spread(
    first: Ints, arcs: Ints, seed: Ints, seed_far: Ints, starts: Ints, limit: int, done: int,
    step: int, label: Ints, link: Places, front: Places, node_out: Places, far_out: Floats,
    sizes: Ints,
) -> int:  # fmt: skip
    """Writes catchments from source ``done`` on while there is room; gives the next source.

    A node is written when it gets its first label; all labels are taken off again at the end.
    """
    filled, ring = 0, len(front) - 1
    for k in range(done, len(sizes)):
        if filled + len(label) > len(node_out):
            return k
        begin, waiting, bucket = filled, 0, 0
        for s in range(starts[k], starts[k + 1]):
            node, new = seed[s], seed_far[s] << _SOURCE_BITS
            if seed_far[s] <= limit and new < label[node]:
                if label[node] == _NO_LABEL:
                    node_out[filled] = node
                    filled += 1
                waiting += _lower(step, label, link, front, node, new)
        while waiting > 0:
            node = front[bucket]
            if node == _END:
                bucket = (bucket + 1) & ring
                continue
            _take(link, front, node, bucket)
            waiting -= 1
            here = label[node]
            for arc in range(first[node], first[node + 1]):
                head, new = arcs[arc, 0], here + (arcs[arc, 1] << _SOURCE_BITS)
                if new < label[head] and new >> _SOURCE_BITS <= limit:
                    if label[head] == _NO_LABEL:
                        node_out[filled] = head
                        filled += 1
                    waiting += _lower(step, label, link, front, head, new)
        for written in range(begin, filled):
            far_out[written] = (label[node_out[written]] >> _SOURCE_BITS) * UNIT_M
            label[node_out[written]] = _NO_LABEL
        sizes[k] = filled - begin
    return len(sizes)


def warm() -> None:
    """Compiles everything, or reads what is compiled already."""
    two = graph(2, [0], [1], [1.0])
    at = seeds([0], [0], [0.0])
    nearest(two, at)
    catchments(two, at, 1, 1.0)

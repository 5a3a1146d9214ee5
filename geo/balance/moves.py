"""The compiled search: vertices change hands, one at a time, and no part ever falls apart.

A move takes a vertex into the part of one of its neighbours. Where the neighbours that it leaves
behind no longer reach each other within their part, all but the heaviest of the pieces that it
leaves come along; so no part gains pieces.
Moves are chosen at random and kept by the rule of Metropolis (simulated annealing: Kirkpatrick,
Gelatt and Vecchi 1983) on the sum of three prices: loads outside of the band, changes of hand, and
borders.
"""

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from geo.balance.graph import Graph
from geo.cells import Flags, Floats, Ints, Places, lookup

State = NDArray[np.uint64]


class Work(NamedTuple):
    """Room to search in, for n vertices: kept so that nothing is made in the compiled loop."""

    seen: Ints
    queue: Places
    bounds: Places
    tick: Ints
    random: State


class Held(NamedTuple):
    """The parts as they stand: part of each vertex; load and number of vertices of each part."""

    part: Places
    load: Floats
    size: Ints


class Prices(NamedTuple):
    """What a search weighs, in the unit of a mean vertex changing hands.

    ``square`` and ``line`` are the price of the load outside of the band (target ± tolerance), as a
    share of the target: once squared, once as it is. ``cut`` is the price of an edge of weight 1
    between parts. ``lift`` is the price of a unit of load in each part: what lies high flows down.
    """

    tolerance: float
    square: float
    line: float
    cut: float
    lift: Floats


class Given(NamedTuple):
    """What does not change: ``load`` of each vertex, ``home`` (its part today, -1 for none), the
    ``price`` of its changing hands, whether it is ``locked``; and the ``target`` load of each part.
    """

    load: Floats
    home: Places
    price: Floats
    locked: Flags
    target: Floats


def room(count: int, seed: int) -> Work:
    """Room for ``count`` vertices; equal seeds draw equal numbers."""
    random = np.random.SeedSequence(seed).generate_state(1, np.uint64) | np.uint64(1)
    places = np.zeros(count, np.int32), np.zeros(count + 1, np.int32)
    return Work(np.zeros(count, np.int64), *places, np.zeros(1, np.int64), random)


@lookup
def _draw(random: State) -> np.uint64:
    """The next 64 random bits (xorshift64*: Vigna 2016)."""
    x = random[0]
    x ^= x >> np.uint64(12)
    x ^= x << np.uint64(25)
    x ^= x >> np.uint64(27)
    random[0] = x
    drawn: np.uint64 = x * np.uint64(2685821657736338717)
    return drawn


@lookup
def pick(random: State, count: int) -> int:
    """A random number from 0 to below ``count`` (below 2³²)."""
    return int(((_draw(random) >> np.uint64(32)) * np.uint64(count)) >> np.uint64(32))


@lookup
def fraction(random: State) -> float:
    """A random number from 0 to below 1."""
    return float(_draw(random) >> np.uint64(11)) / 9007199254740992.0


@lookup
def _off(load: float, target: float, prices: Prices) -> float:
    """The price of a part's load."""
    out = max(abs(load - target) / target - prices.tolerance, 0.0)
    return prices.square * out * out + prices.line * out


@lookup
def stays_whole(graph: Graph, part: Places, v: int, work: Work) -> bool:
    """Whether the neighbours of v in its part reach each other without v."""
    start, to, _ = graph
    own, wanted, first = part[v], 0, -1
    work.tick[0] += 2
    tick = work.tick[0]  # seen == tick - 1: to be reached; seen == tick: reached
    for e in range(start[v], start[v + 1]):
        if part[to[e]] == own:
            work.seen[to[e]] = tick - 1
            wanted, first = wanted + 1, to[e]
    if wanted <= 1:
        return True
    work.seen[v], work.seen[first], work.queue[0] = tick, tick, first
    read, written, wanted = 0, 1, wanted - 1
    while read < written:
        u = work.queue[read]
        read += 1
        for e in range(start[u], start[u + 1]):
            w = to[e]
            if part[w] == own and work.seen[w] != tick:
                if work.seen[w] == tick - 1:
                    wanted -= 1
                    if wanted == 0:
                        return True
                work.seen[w], work.queue[written] = tick, w
                written += 1
    return False


@lookup
def gather(graph: Graph, given: Given, part: Places, v: int, work: Work) -> int:
    """Puts v, and all but the heaviest of the pieces that its part has without it, into the queue.

    Those in the queue, and nobody else, are seen at this tick. Returns how many; 0 where one of
    them is locked.
    """
    start, to, _ = graph
    own, pieces, written = part[v], 0, 1
    work.tick[0] += 2
    before = work.tick[0] - 1
    work.queue[0], work.seen[v] = v, before
    heaviest, most = 0, -1.0
    for e in range(start[v], start[v + 1]):
        if part[to[e]] == own and work.seen[to[e]] != before:
            work.bounds[pieces] = written
            load, written = _flood(graph, given, part, to[e], written, work)
            if load > most:
                heaviest, most = pieces, load
            pieces += 1
    work.bounds[pieces] = written
    low, high = work.bounds[heaviest], work.bounds[heaviest + 1]
    count: int = written - (high - low)
    for i in range(high, written):
        work.queue[low + i - high] = work.queue[i]
    for i in range(count):
        if given.locked[work.queue[i]]:
            return 0
        work.seen[work.queue[i]] = before + 1
    return count


@lookup
def _flood(
    graph: Graph, given: Given, part: Places, v: int, written: int, work: Work
) -> tuple[float, int]:
    """Puts the unseen piece of v into the queue behind what is there; its load, and the new end."""
    start, to, _ = graph
    before, own, load, read = work.tick[0] - 1, part[v], 0.0, written
    work.seen[v], work.queue[written] = before, v
    written += 1
    while read < written:
        u = work.queue[read]
        read += 1
        load += given.load[u]
        for e in range(start[u], start[u + 1]):
            w = to[e]
            if part[w] == own and work.seen[w] != before:
                work.seen[w], work.queue[written] = before, w
                written += 1
    return load, written


@lookup
def alone(v: int, work: Work) -> int:
    """Puts v alone into the queue."""
    work.tick[0] += 2
    work.seen[v], work.queue[0] = work.tick[0], v
    return 1


@lookup
def rise_of(
    graph: Graph, given: Given, held: Held, prices: Prices, b: int, count: int, work: Work
) -> float:
    """What the sum rises by when those in the queue go to part b."""
    start, to, weight = graph
    part, sums, _ = held
    a, tick, load, cut, hands = part[work.queue[0]], work.tick[0], 0.0, 0.0, 0.0
    for i in range(count):
        v = work.queue[i]
        load += given.load[v]
        for e in range(start[v], start[v + 1]):
            p = part[to[e]]
            if p == b:
                cut -= weight[e]
            elif p == a and work.seen[to[e]] != tick:
                cut += weight[e]
        if given.home[v] == a:
            hands += given.price[v]
        elif given.home[v] == b:
            hands -= given.price[v]
    loads = _off(sums[a] - load, given.target[a], prices) - _off(sums[a], given.target[a], prices)
    loads += _off(sums[b] + load, given.target[b], prices) - _off(sums[b], given.target[b], prices)
    loads += load * (prices.lift[b] - prices.lift[a])
    rise: float = loads + prices.cut * cut + hands
    return rise


@lookup
def _hand_over(given: Given, held: Held, b: int, count: int, work: Work) -> None:
    part, sums, size = held
    a = part[work.queue[0]]
    for i in range(count):
        v = work.queue[i]
        part[v] = b
        sums[a], sums[b] = sums[a] - given.load[v], sums[b] + given.load[v]
    size[a], size[b] = size[a] - count, size[b] + count


@lookup
def search(
    graph: Graph, given: Given, held: Held, prices: Prices, work: Work, heat: float, tries: int
) -> int:
    """Tries so many moves at a temperature; changes ``held``. Returns how many were made."""
    start, to, _ = graph
    part, made = held.part, 0
    for _ in range(tries):
        v = pick(work.random, len(part))
        degree = start[v + 1] - start[v]
        if given.locked[v] or degree == 0:
            continue
        b = part[to[start[v] + pick(work.random, degree)]]
        if part[v] == b or held.size[part[v]] == 1:
            continue
        # Kept where it rises by less than this: the rule of Metropolis, drawn beforehand.
        bearable = -heat * math.log(1 - fraction(work.random))
        count = alone(v, work)
        if rise_of(graph, given, held, prices, b, count, work) > bearable:
            continue
        if not stays_whole(graph, part, v, work):
            count = gather(graph, given, part, v, work)
            if not count or rise_of(graph, given, held, prices, b, count, work) > bearable:
                continue
        else:
            count = alone(v, work)
        _hand_over(given, held, b, count, work)
        made += 1
    return made


@lookup
def move_along(graph: Graph, given: Given, held: Held, path: Places, b: int, work: Work) -> bool:
    """Takes the vertices of a path into part b, as long as nothing falls apart; else takes none."""
    part, sums, size = held
    for i in range(len(path)):
        v = path[i]
        a = part[v]
        if size[a] == 1 or given.locked[v] or not stays_whole(graph, part, v, work):
            return False
        part[v] = b
        sums[a], sums[b] = sums[a] - given.load[v], sums[b] + given.load[v]
        size[a], size[b] = size[a] - 1, size[b] + 1
    return True


@lookup
def grow(graph: Graph, given: Given, held: Held) -> int:
    """Gives each vertex without a part to the lightest part beside it, once; tells how many."""
    start, to, _ = graph
    part, sums, size = held
    taken = 0
    for v in range(len(part)):
        best = -1
        for e in range(start[v], start[v + 1]):
            p = part[to[e]]
            if part[v] < 0 <= p and (best < 0 or sums[p] < sums[best]):
                best = p
        if best >= 0:
            part[v] = best
            sums[best], size[best] = sums[best] + given.load[v], size[best] + 1
            taken += 1
    return taken


@lookup
def tree(graph: Graph, part: Places, root: int, order: Places, parent: Places, work: Work) -> int:
    """A random spanning tree of the root's piece: vertices in order of growth, and their parents.

    Grown like a stain: the next vertex is any one that touches it. Returns how many there are.
    """
    start, to, _ = graph
    work.tick[0] += 2
    tick, own = work.tick[0], part[root]
    work.seen[root], work.queue[0], parent[root] = tick, root, -1
    count, waiting = 0, 1
    while waiting:
        i = pick(work.random, waiting)
        v = work.queue[i]
        waiting -= 1
        work.queue[i] = work.queue[waiting]
        order[count] = v
        count += 1
        for e in range(start[v], start[v + 1]):
            w = to[e]
            if part[w] == own and work.seen[w] != tick:
                work.seen[w], parent[w], work.queue[waiting] = tick, v, w
                waiting += 1
    return count


@lookup
def branch(
    given: Given, order: Places, parent: Places, below: Floats, shares: int, mean: float
) -> tuple[int, float]:
    """The vertex of a tree whose branch comes nearest to a whole number of mean loads.

    Of 1 to ``shares`` - 1, the middle is liked best; a branch with a locked vertex is none.
    ``below`` becomes the load of each vertex's branch. Returns the vertex (-1: none) and how far
    off it is.
    """
    for i in range(len(order)):
        below[order[i]] = np.inf if given.locked[order[i]] else given.load[order[i]]
    best, least = -1, np.inf
    for i in range(len(order) - 1, 0, -1):
        v = order[i]
        below[parent[v]] += below[v]
        if below[v] < np.inf:
            whole = min(max(round(below[v] / mean), 1), shares - 1)
            off = abs(below[v] / mean - whole) + abs(whole / shares - 0.5)
            if off < least:
                best, least = v, off
    return best, least

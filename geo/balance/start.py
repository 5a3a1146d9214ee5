"""Where a search begins: today's parts made connected, and parts for those who have none."""

import heapq

import numpy as np
from scipy.sparse import csr_array
from scipy.sparse.csgraph import shortest_path

from geo.balance import moves
from geo.balance.graph import Graph, pieces, sources
from geo.balance.moves import Given, Held, Work
from geo.cells import Ints, Places

ROOTS = 12
"""How many random trees are tried for a cut."""


class NoRoom(ValueError):
    """There are more parts than vertices to give them."""


def begin(graph: Graph, given: Given, work: Work) -> Held:
    """Every vertex in a part, near its home; every part with a vertex, and whole where it can be.

    Of today's parts the heaviest piece is kept, or those with locks; what else there is goes to
    the lightest part beside it. A part that has nothing gets a branch of the heaviest one. Raises
    `NoRoom`. The graph must be connected.
    """
    held = tally(given, _kept(graph, given))
    if not held.size.any():
        held = tally(given, np.zeros(graph.vertices, np.int32))
    _grow(graph, given, held)
    _split(graph, given, held, work)
    return _join(graph, given, held, work)


def tally(given: Given, part: Places) -> Held:
    """The parts with their loads and sizes; vertices of part -1 count nowhere."""
    inside, count = part >= 0, len(given.target)
    load = np.bincount(part[inside], given.load[inside], minlength=count).astype(np.float64)
    return Held(part.copy(), load, np.bincount(part[inside], minlength=count).astype(np.int64))


def _kept(graph: Graph, given: Given) -> Places:
    """Home, without the pieces that are given up."""
    count, piece = pieces(graph, given.home)
    load = np.bincount(piece, given.load, minlength=count)
    locked = np.bincount(piece, given.locked, minlength=count) > 0
    part = np.full(count, -1, np.int32)
    part[piece] = given.home
    # By part: pieces with locks first, then the heaviest; the first of each part stays.
    order = np.lexsort((-load, ~locked, part))
    first = np.append(True, part[order][1:] != part[order][:-1])
    stays = np.zeros(count, bool)
    stays[order[first]] = True
    return np.where((stays | locked)[piece], given.home, -1).astype(np.int32)


def _grow(graph: Graph, given: Given, held: Held) -> None:
    while (held.part < 0).any() and moves.grow(graph, given, held):
        pass


def _split(graph: Graph, given: Given, held: Held, work: Work) -> None:
    """Branches of the heaviest parts for those parts that have nothing."""
    mean = held.load.sum() / len(held.load)
    heaviest = [(-load, p) for p, load in enumerate(held.load.tolist()) if held.size[p]]
    heapq.heapify(heaviest)
    members = _members(held.part)
    parent, below = np.zeros(graph.vertices, np.int32), np.zeros(graph.vertices)
    for empty in np.flatnonzero(held.size == 0).tolist():
        while heaviest:
            _, p = heapq.heappop(heaviest)
            own = members[p]
            if len(taken := _branch(graph, given, held.part, own, mean, (parent, below), work)):
                break
        else:
            raise NoRoom(f"there are {len(held.size)} parts, but not as many vertices for them")
        _give(given, held, taken, p, empty)
        members[p], members[empty] = own[held.part[own] == p], taken
        for q in (p, empty):
            heapq.heappush(heaviest, (-held.load[q], q))


def _members(part: Places) -> dict[int, Ints]:
    order = np.argsort(part, kind="stable")
    cuts = np.flatnonzero(np.diff(part[order])) + 1
    return {int(part[own[0]]): own for own in np.split(order, cuts)}


def _branch(
    graph: Graph,
    given: Given,
    part: Places,
    own: Ints,
    mean: float,
    space: tuple[Places, np.ndarray],
    work: Work,
) -> Ints:
    """The vertices of the best branch that random trees of a part have; none if there is none."""
    shares = max(2, round(given.load[own].sum() / mean))
    parent, below = space
    order, best, least = np.zeros(len(own), np.int32), own[:0], np.inf
    for turn in range(ROOTS):
        root = int(own[(turn * len(own)) // ROOTS])
        count = moves.tree(graph, part, root, order, parent, work)
        top, off = moves.branch(given, order[:count], parent, below, shares, mean)
        if off < least:
            best, least = _below(order[:count], parent, top), off
    return best


def _below(order: Places, parent: Places, top: int) -> Ints:
    """The vertices of the branch that begins at ``top``, among those of a tree in its order."""
    inside = {top}
    for v in order[order.tolist().index(top) + 1 :].tolist():
        if int(parent[v]) in inside:
            inside.add(v)
    return np.array(sorted(inside), np.int64)


def _give(given: Given, held: Held, vertices: Ints, p: int, q: int) -> None:
    load = given.load[vertices].sum()
    held.part[vertices] = q
    held.load[p] -= load
    held.load[q] += load
    held.size[p] -= len(vertices)
    held.size[q] += len(vertices)


def _join(graph: Graph, given: Given, held: Held, work: Work) -> Held:
    """Pieces of one part, which locks have left apart, joined along the shortest way there is."""
    count, piece = pieces(graph, held.part)
    if count == len(held.size):
        return held
    for p in np.flatnonzero(np.bincount(_part_of(piece, held.part), minlength=1) > 1).tolist():
        while (path := _way(graph, given, held.part, p)) is not None:
            before = held.part.copy()
            if not moves.move_along(graph, given, held, path, p, work):
                held = tally(given, before)
                break
    return held


def _part_of(piece: Places, part: Places) -> Places:
    """The part in which each piece lies."""
    of_piece = np.zeros(piece.max() + 1, np.int32)
    of_piece[piece] = part
    return of_piece


def _way(graph: Graph, given: Given, part: Places, p: int) -> Places | None:
    """The free vertices on the shortest way from one piece of a part to another; None if none."""
    own = part == p
    _, piece = pieces(graph, part)
    first = piece == piece[np.flatnonzero(own)[0]]
    if (own == first).all():
        return None
    one, other = sources(graph), graph.to
    ways = (~given.locked | own)[one] & (~given.locked | own)[other]
    # Walking on one's own ground costs next to nothing.
    cost = np.where(own[other[ways]], 1e-9, 1.0)
    n = graph.vertices
    matrix = csr_array((cost, (one[ways], other[ways])), shape=(n, n))
    root = int(np.flatnonzero(first)[0])
    distance, before = shortest_path(matrix, indices=root, return_predecessors=True)
    distance = np.where(own & ~first, distance, np.inf)
    v, path = int(distance.argmin()), []
    if not np.isfinite(distance[v]):
        return None
    while (v := int(before[v])) >= 0 and not own[v]:
        path.append(v)
    return np.array(path[::-1], np.int32)

"""The compiled search on borders: only edges between parts are drawn, however few they are.

The moves and their prices are those of `geo.balance.moves`; here a list of the edges that borders
cross is kept beside the parts, so that no try is spent on the inside of a part.
"""

import math
from typing import NamedTuple

import numpy as np

from geo.balance.graph import Graph, sources
from geo.balance.moves import (
    Given,
    Held,
    Prices,
    Work,
    alone,
    fraction,
    gather,
    pick,
    rise_of,
    stays_whole,
)
from geo.cells import Ints, Places, lookup


class Borders(NamedTuple):
    """The entries of a graph's ``to`` that lead from one part into another.

    ``source`` and ``twin``: the vertex in whose row each entry stands, and the same edge's entry in
    the other row. ``place``: where it stands in ``crossed``, or -1; ``crossing[0]`` stand there.
    """

    source: Places
    twin: Places
    place: Places
    crossed: Places
    crossing: Ints


def borders_of(graph: Graph, held: Held) -> Borders:
    """The borders of parts as they stand."""
    source, twin = frame(graph)
    return drawn(graph, held, source, twin)


def frame(graph: Graph) -> tuple[Places, Places]:
    """The source and the twin of each entry, which no move changes."""
    source = sources(graph)
    rows = np.lexsort((source, graph.to))  # entries as the rows of the other ends have them
    twin = np.empty(len(rows), np.int32)
    twin[rows] = np.arange(len(rows), dtype=np.int32)
    return source.astype(np.int32), twin


def drawn(graph: Graph, held: Held, source: Places, twin: Places) -> Borders:
    """The borders of parts as they stand, on a `frame`."""
    crossed = np.flatnonzero(held.part[source] != held.part[graph.to]).astype(np.int32)
    place = np.full(len(source), -1, np.int32)
    place[crossed] = np.arange(len(crossed), dtype=np.int32)
    room = np.zeros(len(source), np.int32)
    room[: len(crossed)] = crossed
    return Borders(source, twin, place, room, np.array([len(crossed)], np.int64))


@lookup
def _mark(borders: Borders, e: int, crosses: bool) -> None:
    _, _, place, crossed, count = borders
    at = place[e]
    if crosses and at < 0:
        place[e], crossed[count[0]] = count[0], e
        count[0] += 1
    elif not crosses and at >= 0:
        count[0] -= 1
        last = crossed[count[0]]
        crossed[at], place[last], place[e] = last, at, -1


@lookup
def _hand_over(
    graph: Graph, given: Given, held: Held, borders: Borders, b: int, count: int, work: Work
) -> None:
    part, sums, size = held
    a = part[work.queue[0]]
    for i in range(count):
        v = work.queue[i]
        part[v] = b
        sums[a], sums[b] = sums[a] - given.load[v], sums[b] + given.load[v]
    size[a], size[b] = size[a] - count, size[b] + count
    for i in range(count):
        v = work.queue[i]
        for e in range(graph.start[v], graph.start[v + 1]):
            crosses = part[graph.to[e]] != b
            _mark(borders, e, crosses)
            _mark(borders, borders.twin[e], crosses)


@lookup
def anneal(
    graph: Graph,
    given: Given,
    held: Held,
    borders: Borders,
    prices: Prices,
    work: Work,
    heat: float,
    cooling: float,
    tries: int,
) -> int:
    """Tries so many moves, ``heat`` shrinking by ``cooling`` with each; returns how many it made.

    Changes ``held`` and ``borders``.
    """
    part, made = held.part, 0
    for _ in range(tries):
        if borders.crossing[0] == 0:
            break
        heat *= cooling
        e = borders.crossed[pick(work.random, borders.crossing[0])]
        v, b = borders.source[e], part[graph.to[e]]
        if given.locked[v] or held.size[part[v]] == 1:
            continue
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
        _hand_over(graph, given, held, borders, b, count, work)
        made += 1
    return made

"""From one place on a road to another along it: what a hand draws becomes stretches of a side.

The way is the shortest along the road's own segments, so on two carriageways it keeps to the one
where it began. Ends near a junction are the junction, others are whole metres of their segment.
"""

from heapq import heappop, heappush
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from geo.stretches import Stretch

# Ends of a drawn stretch this near to a junction are the junction.
JUNCTION_M = 8.0

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


class Ways(NamedTuple):
    """Segments of a road: ``ids``, ``length_m`` of shape (n,); end ``nodes`` (n, 2)."""

    ids: Ints
    length_m: Floats
    nodes: Ints


class At(NamedTuple):
    """A place on the axis: the row of its segment, and metres from that segment's start."""

    row: int
    metres: float


class _Piece(NamedTuple):
    """Part of a segment between two stops of the way, walked along its axis or against it."""

    row: int
    start_m: float
    end_m: float


def snapped(ways: Ways, at: At) -> At:
    """The junction where one is near, else the next whole metre of the segment."""
    length = float(ways.length_m[at.row])
    near = min(JUNCTION_M, length / 2)
    if at.metres <= near:
        return At(at.row, 0.0)
    if at.metres >= length - near:
        return At(at.row, length)
    return At(at.row, float(round(at.metres)))


def joined(ways: Ways, row: int) -> NDArray[np.bool_]:
    """Which segments hang together with one, over junctions of the road itself."""
    there = np.zeros(len(ways.ids), bool)
    there[row] = True
    while True:
        more = np.asarray(np.isin(ways.nodes, ways.nodes[there]).any(axis=1))
        if (more == there).all():
            return there
        there = more


def between(ways: Ways, start: At, end: At, sides: str) -> list[Stretch]:
    """The stretches along the way from ``start`` to ``end``, none where these do not hang together.

    ``sides`` (L, R or LR) is said of the segment where the way begins; where the way meets a
    segment that points against it, left and right change places, so that it keeps to one hand.
    """
    way = [piece for piece in _way(ways, start, end) if piece.start_m != piece.end_m]
    if not way:
        return []
    first = way[0].end_m > way[0].start_m
    return [
        Stretch(int(ways.ids[one.row]), side, min(one[1:]), max(one[1:]))
        for one in way
        for side in (sides if (one.end_m > one.start_m) == first else _other(sides))
    ]


def _other(sides: str) -> str:
    return {"L": "R", "R": "L"}.get(sides, sides)


def _way(ways: Ways, start: At, end: At) -> list[_Piece]:
    """The shortest way by Dijkstra's method, as pieces in their order."""
    links = _links(ways, start, end)
    best: dict[int, float] = {_START: 0.0}
    came: dict[int, tuple[int, _Piece]] = {}
    queue = [(0.0, _START)]
    while queue:
        gone, stop = heappop(queue)
        if stop == _END:
            return _back(came)
        if gone > best[stop]:
            continue
        for next_, piece in links.get(stop, ()):
            there = gone + abs(piece.end_m - piece.start_m)
            if there < best.get(next_, np.inf):
                best[next_], came[next_] = there, (stop, piece)
                heappush(queue, (there, next_))
    return []


# Stops of the way that are no junction; junctions have numbers from 0.
_START, _END = -1, -2


def _links(ways: Ways, start: At, end: At) -> dict[int, list[tuple[int, _Piece]]]:
    """From each stop the stops that are next to it: junctions, and the two places themselves."""
    links: dict[int, list[tuple[int, _Piece]]] = {}
    for row, (a, b) in enumerate(ways.nodes.tolist()):
        stops = [(0.0, a), (float(ways.length_m[row]), b)]
        stops[1:1] = sorted(
            (at.metres, stop) for at, stop in ((start, _START), (end, _END)) if at.row == row
        )
        for (m, one), (n, other) in pairwise(stops):
            links.setdefault(one, []).append((other, _Piece(row, m, n)))
            links.setdefault(other, []).append((one, _Piece(row, n, m)))
    return links


def _back(came: dict[int, tuple[int, _Piece]]) -> list[_Piece]:
    """The way, followed back from its end."""
    way: list[_Piece] = []
    stop = _END
    while stop != _START:
        stop, piece = came[stop]
        way.append(piece)
    return way[::-1]

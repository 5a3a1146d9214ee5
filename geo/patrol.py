"""Patrols: the fixes of a walk become metres of the sides in a chief's charge that were passed.

The rules:

- A fix counts on the nearest of the chief's own segments, if it is no farther from the axis than
  half of the road's width and `BESIDE_M`; never on what others have in charge. One that its device
  holds for worse than `ACCURATE_M` is dropped.
- Two fixes, one after the other, pass what lies between them, if at most `PAUSE_S` apart and if
  somebody on foot can have come that far (`PACE_MPS`, with `SLIP_M` for what fixes err). They are
  on one segment, or on two that meet: then it is the way through their junction.
- What is passed is the side that one is on. A fix that errs by more than it is off the axis does
  not tell its side: the other fix of the two does. Two that surely are on different sides pass
  neither: somebody crossed the road.
- Of a lane, and of a road up to `NARROW_M` wide, both sides are passed: the doors over there are
  in full view, and fixes err by about as much.

No metre counts twice: the stretches of a patrol are joined where they touch. So a track may be sent
again, in any order, and in pieces that share the fix at which they were cut.

Coordinates and lengths are in m, in one metric CRS; times in seconds since 1970.
"""

from collections.abc import Iterator
from typing import Any, NamedTuple, TypeVar

import numpy as np
from numpy.typing import NDArray

from geo import locate

# The error that a device states (68 %): with more than this, the next street is as likely.
ACCURATE_M = 25.0
# Pavements lie outside of the carriageway, and fixes err by some metres.
BESIDE_M = 15.0
# A small street: two lanes, no more.
NARROW_M = 12.0
# A phone in the pocket may say nothing for so long.
PAUSE_S = 60.0
# Walking fast, or a bicycle pushed. Who drives past sees no doors.
PACE_MPS = 2.5
SLIP_M = 5.0
# Stretches with less than a micrometre between them touch.
TOUCH_M = 1e-6
# For telling sides apart in one sorted array; no segment is so long.
_APART_M = 1e6

SIDES = np.array(["L", "R"])

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
Texts = NDArray[np.str_]


class Fixes(NamedTuple):
    """Readings of a position, in any order; each array has shape (n,)."""

    x: Floats
    y: Floats
    at: Floats
    accuracy_m: Floats


class Own(NamedTuple):
    """The segments that a chief has a side of: LineStrings, ids, end nodes (n, 2), widths in m.

    ``narrow`` tells those of which both sides are passed at once.
    """

    axes: NDArray[np.object_]
    ids: Ints
    nodes: Ints
    width_m: Floats
    narrow: Flags


class Stretches(NamedTuple):
    """Metres of sides by chainage, with the time of the latest fix there; arrays of shape (n,)."""

    segment: Ints
    side: Texts
    from_m: Floats
    to_m: Floats
    at: Floats


class _Places(NamedTuple):
    """Fixes on own ground: which segment (row), where, and whether they are sure of their side."""

    row: Ints
    left: Flags
    sure: Flags
    chainage_m: Floats
    at: Floats


_Table = TypeVar("_Table", Fixes, _Places, Stretches)


def _pick(table: _Table, rows: Any) -> _Table:
    return type(table)._make(column[rows] for column in table)


def is_narrow(kind: Texts, width_m: Floats) -> Flags:
    """Whether both sides of roads of this kind and width are passed at once."""
    return np.asarray((kind == "lane") | (width_m <= NARROW_M), np.bool_)


def passed(fixes: Fixes, own: Own) -> Stretches:
    """What ``fixes`` pass of ``own`` segments, in disjoint stretches."""
    places = _places(_usable(fixes), own)
    before, after = _pick(places, slice(None, -1)), _pick(places, slice(1, None))
    both = (before.row >= 0) & (after.row >= 0) & (after.at - before.at <= PAUSE_S)
    here = both & (before.row == after.row)
    over = both & (before.row != after.row)
    parts = [
        _along(_pick(before, here), _pick(after, here), own),
        *_through(_pick(before, over), _pick(after, over), own),
    ]
    return joined(Stretches(*map(np.concatenate, zip(*parts, strict=True))))


def _usable(fixes: Fixes) -> Fixes:
    """Those exact enough, by time; of several at one time the most exact."""
    good = np.isfinite(np.column_stack(fixes)).all(axis=1) & (fixes.accuracy_m <= ACCURATE_M)
    kept = _pick(fixes, good)
    order = np.lexsort((kept.y, kept.x, kept.accuracy_m, kept.at))
    first = np.diff(kept.at[order], prepend=-np.inf) > 0
    return _pick(kept, order[first])


def _places(fixes: Fixes, own: Own) -> _Places:
    reach = float(np.max(own.width_m, initial=0.0)) / 2 + BESIDE_M
    index = locate.build(*_NO_BLOCKS, own.axes, own.ids, reach)
    found = locate.find(index, fixes.x, fixes.y).road
    order = np.argsort(own.ids)
    at = np.searchsorted(own.ids, found.segment, sorter=order)
    row = np.where(found.segment == locate.NOWHERE, -1, np.append(order, 0)[at])
    width = np.append(own.width_m, 0.0)[row]
    beside = np.nan_to_num(found.offset_m, nan=np.inf) <= width / 2 + BESIDE_M
    sure = found.offset_m >= fixes.accuracy_m
    return _Places(np.where(beside, row, -1), found.side == "L", sure, found.chainage_m, fixes.at)


_NO_BLOCKS = (np.empty(0, object), np.empty(0, np.int64))


def _along(a: _Places, b: _Places, own: Own) -> Stretches:
    """What lies between two fixes on one segment."""
    told = np.where(a.sure, a.left, b.left)
    crossed = ~own.narrow[a.row] & (a.left != b.left) & (a.sure == b.sure)
    walked = _walkable(np.abs(b.chainage_m - a.chainage_m), b.at - a.at) & ~crossed
    ends = np.sort(np.column_stack([a.chainage_m, b.chainage_m]), axis=1)
    return _on_sides(own, a.row, told, ends, b.at, walked)


def _through(a: _Places, b: _Places, own: Own) -> Iterator[Stretches]:
    """What lies between two fixes on segments that meet: from each to their junction."""
    length = np.array([axis.length for axis in own.axes])
    nodes_a, nodes_b = own.nodes[a.row], own.nodes[b.row]
    to_a, to_b = _to_ends(a, length), _to_ends(b, length)
    meet = nodes_a[:, :, None] == nodes_b[:, None, :]
    way = np.where(meet, to_a[:, :, None] + to_b[:, None, :], np.inf).reshape(-1, 4)
    shortest = np.argmin(way, axis=1)
    walked = _walkable(np.min(way, axis=1, initial=np.inf), b.at - a.at)
    for place, end in ((a, shortest // 2), (b, shortest % 2)):
        junction = np.where(end == 0, 0.0, length[place.row])
        ends = np.sort(np.column_stack([place.chainage_m, junction]), axis=1)
        yield _on_sides(own, place.row, place.left, ends, b.at, walked)


def _to_ends(place: _Places, length: Floats) -> Floats:
    """Metres from each fix to the start and to the end of its segment; shape (n, 2)."""
    return np.column_stack([place.chainage_m, length[place.row] - place.chainage_m])


def _walkable(way_m: Floats, seconds: Floats) -> Flags:
    return np.asarray(way_m <= PACE_MPS * seconds + SLIP_M, np.bool_)


def _on_sides(
    own: Own, row: Ints, left: Flags, ends: Floats, at: Floats, walked: Flags
) -> Stretches:
    """Stretches on the side told, and on the other too where the road is narrow."""
    walked = walked & (ends[:, 1] > ends[:, 0])
    rows = np.concatenate([np.flatnonzero(walked), np.flatnonzero(walked & own.narrow[row])])
    on_left = left[rows]
    on_left[np.count_nonzero(walked) :] ^= True
    side = SIDES[np.where(on_left, 0, 1)]
    return Stretches(own.ids[row[rows]], side, ends[rows, 0], ends[rows, 1], at[rows])


def joined(stretches: Stretches) -> Stretches:
    """The same metres in disjoint stretches, those that touch in one, with its latest time.

    Ordered by segment, side and chainage. Joining what was joined, with more or the same added in
    any order, gives what joining all at once gives.
    """
    by = np.lexsort((stretches.from_m, stretches.side, stretches.segment))
    if not len(by):
        return stretches
    s = _pick(stretches, by)
    other = (np.diff(s.segment, prepend=-1) != 0) | (np.append("", s.side[:-1]) != s.side)
    base = np.cumsum(other) * _APART_M
    reached = np.maximum.accumulate(base + s.to_m)
    begins = np.flatnonzero(np.append(True, (base + s.from_m)[1:] > reached[:-1] + TOUCH_M))
    to, at = np.maximum.reduceat(s.to_m, begins), np.maximum.reduceat(s.at, begins)
    return Stretches(s.segment[begins], s.side[begins], s.from_m[begins], to, at)


def within(stretches: Stretches, charge: Stretches) -> Stretches:
    """The parts of ``stretches`` that lie in ``charge`` (whose times do not matter)."""
    i, j = np.nonzero(
        (stretches.segment[:, None] == charge.segment) & (stretches.side[:, None] == charge.side)
    )
    low = np.maximum(stretches.from_m[i], charge.from_m[j])
    high = np.minimum(stretches.to_m[i], charge.to_m[j])
    some = high > low
    i = i[some]
    both = (stretches.segment[i], stretches.side[i], low[some], high[some], stretches.at[i])
    return joined(Stretches(*both))


def length_m(stretches: Stretches) -> float:
    """The metres of disjoint stretches."""
    return float(np.sum(stretches.to_m - stretches.from_m))


def latest(stretches: Stretches) -> Stretches:
    """Every metre once, with the time of the latest of ``stretches`` that hold it."""
    parts = []
    sides = sorted(set(zip(stretches.segment.tolist(), stretches.side.tolist(), strict=True)))
    for segment, side in sides:
        on = (stretches.segment == segment) & (stretches.side == side)
        from_m, to_m, at = stretches.from_m[on], stretches.to_m[on], stretches.at[on]
        cuts = np.unique(np.concatenate([from_m, to_m]))
        holds = (from_m <= cuts[:-1, None]) & (to_m >= cuts[1:, None])
        newest = np.max(np.where(holds, at, -np.inf), axis=1)
        begins = np.flatnonzero(np.append(True, newest[1:] != newest[:-1]))
        ends = np.append(begins[1:], len(newest))
        n = len(begins)
        whole = Stretches(
            np.full(n, segment), np.full(n, side), cuts[begins], cuts[ends], newest[begins]
        )
        parts.append(_pick(whole, np.isfinite(whole.at)))
    return Stretches(*map(np.concatenate, zip(*parts, strict=True))) if parts else stretches

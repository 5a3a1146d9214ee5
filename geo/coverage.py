"""Coverage of road sides: on paper (a duty exists) and lived (and it was acted on).

One denominator everywhere: the metres of side of roads and lanes, each side for itself. A metre is
covered *on paper* where somebody has a duty for it; duties that overlap count once. It is *lived*
by the newest act there (a patrol passed, a case was handled, a shop was visited), weighted by age:
2 ** (-days / `HALF_LIFE_DAYS`). So 0 <= lived <= paper <= metres of side. Acts count for the
metres, whoever did them: a handover changes nothing but names.

Points (shops, cases, doors of compounds) are covered where their side has a duty at their chainage.

Sides are numbers from 0; arrays of stretches and of points have shape (n,); metres.
"""

from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

# A change of these rules gives other numbers from the same data.
RULE = 1
# Chiefs are scored every month or two. With half of the weight gone after two weeks, an act counts
# a fifth after a month and a twentieth after two: nobody lives on the work of the period before.
HALF_LIFE_DAYS = 14.0
# A duty that nobody acted on for two half-lives (less than a quarter is left) is hollow (空壳).
HOLLOW_DAYS = 28
# Older acts weigh less than a thousandth and are not read.
FORGOTTEN_DAYS = 140
# What is seen of a side by whoever handles a case or visits a shop there: this far to both ends. A
# place of the report (`geo.reporting.spots`) is 50 m long for the same reason.
SEEN_M = 25.0
# Cases of a year, so that every season counts once.
CASES_DAYS = 365
# As in linking: what differs by less is the same place.
TIE_M = 1e-6


class Stretches(NamedTuple):
    """Parts of sides, by chainage."""

    side: Ints
    from_m: Floats
    to_m: Floats

    def where(self, chosen: NDArray[np.bool_] | Ints) -> "Stretches":
        """Some of these."""
        return Stretches(self.side[chosen], self.from_m[chosen], self.to_m[chosen])


class Acts(NamedTuple):
    """Stretches that were acted on, and how many days ago."""

    stretch: Stretches
    days: Ints


class Cover(NamedTuple):
    """Stretches with a duty: disjoint, sorted by side and chainage; ``weight`` of the newest act.

    Neighbours touch where their weights differ.
    """

    stretch: Stretches
    weight: Floats


class Points(NamedTuple):
    """Points on sides (-1: on none) and how much each is: 1, or households."""

    side: Ints
    chainage_m: Floats
    amount: Floats


class Held(NamedTuple):
    """For each point how much of it is covered on paper, and lived."""

    paper: Floats
    lived: Floats


def weight(days: Ints) -> Floats:
    """What an act counts after ``days``: 1 on its day, half after `HALF_LIFE_DAYS`."""
    return np.asarray(0.5 ** (np.asarray(days, np.float64) / HALF_LIFE_DAYS))


def around(side: Ints, chainage_m: Floats) -> Stretches:
    """What is seen of each side from a point on it."""
    return Stretches(side, chainage_m - SEEN_M, chainage_m + SEEN_M)


def join_acts(*acts: Acts) -> Acts:
    """Acts of several kinds as one."""
    stretches = [one.stretch for one in acts]
    joined = Stretches(*(np.concatenate(parts) for parts in zip(*stretches, strict=True)))
    return Acts(joined, np.concatenate([one.days for one in acts]))


def cover(duties: Stretches, acts: Acts, length_m: Floats) -> Cover:
    """What of the sides is covered, and how fresh it is.

    ``length_m`` is that of every side. Where acts overlap the newest counts.
    """
    duties, _ = _clip(duties, length_m)
    matter = _has_any(duties, len(length_m))[acts.stretch.side]
    stretch, real = _clip(acts.stretch.where(matter), length_m)
    days = acts.days[matter][real]
    at, starts, ends = _cuts(duties, stretch)
    n = len(duties.side)
    count = len(at.side)
    depth = np.cumsum(
        np.bincount(starts[:n], minlength=count) - np.bincount(ends[:n], minlength=count)
    )
    newest = _paint(starts[n:], ends[n:], weight(days), count)
    return _join(at, newest, np.flatnonzero(depth > 0))


def _clip(stretches: Stretches, length_m: Floats) -> tuple[Stretches, NDArray[np.bool_]]:
    """Stretches cut to their sides, and which of them were left."""
    side, from_m, to_m = stretches
    from_m, to_m = np.maximum(from_m, 0.0), np.minimum(to_m, length_m[side])
    real = to_m > from_m
    return Stretches(side, from_m, to_m).where(real), real


def _has_any(stretches: Stretches, n: int) -> NDArray[np.bool_]:
    there = np.zeros(n, bool)
    there[stretches.side] = True
    return there


class _Cuts(NamedTuple):
    """Places where a stretch begins or ends, each once, sorted."""

    side: Ints
    at_m: Floats


def _cuts(*stretches: Stretches) -> tuple[_Cuts, Ints, Ints]:
    """All ends, and for every stretch the numbers of its start and of its end among them."""
    side = np.concatenate([s.side for s in stretches] * 2)
    at_m = np.concatenate([s.from_m for s in stretches] + [s.to_m for s in stretches])
    # Complex numbers sort by their real part first: by side, then by place.
    key = side + 1j * at_m
    order = np.argsort(key)
    side, at_m, key = side[order], at_m[order], key[order]
    new = np.ones(len(side), bool)
    new[1:] = key[1:] != key[:-1]
    number = np.empty(len(side), np.int64)
    number[order] = np.cumsum(new) - 1
    starts, ends = number.reshape(2, -1)
    return _Cuts(side[new], at_m[new]), starts, ends


def _paint(starts: Ints, ends: Ints, weights: Floats, count: int) -> Floats:
    """The greatest weight on each piece between two cuts; 0 where there is none."""
    # The same stretch walked every day is painted once.
    order = np.lexsort((weights, ends, starts))
    starts, ends, weights = starts[order], ends[order], weights[order]
    last = np.ones(len(starts), bool)
    last[:-1] = (starts[1:] != starts[:-1]) | (ends[1:] != ends[:-1])
    starts, ends, weights = starts[last], ends[last], weights[last]
    fresh_last = np.argsort(weights, kind="stable")
    starts, ends, weights = starts[fresh_last], ends[fresh_last], weights[fresh_last]
    pieces = ends - starts
    before = np.cumsum(pieces) - pieces
    painted = np.repeat(starts - before, pieces) + np.arange(pieces.sum())
    newest = np.zeros(count)
    newest[painted] = np.repeat(weights, pieces)  # of several the last stays: the freshest
    return newest


def _join(at: _Cuts, newest: Floats, pieces: Ints) -> Cover:
    """Pieces (by the number of their first cut), joined where they touch and are equally fresh."""
    side, weights = at.side[pieces], newest[pieces]
    new = np.ones(len(pieces), bool)
    new[1:] = (
        (pieces[1:] != pieces[:-1] + 1) | (side[1:] != side[:-1]) | (weights[1:] != weights[:-1])
    )
    first = np.flatnonzero(new)
    last = np.append(first[1:], len(pieces)) - 1 if len(pieces) else first
    stretch = Stretches(side[first], at.at_m[pieces[first]], at.at_m[pieces[last] + 1])
    return Cover(stretch, weights[first])


def metres(covered: Cover, length_m: Floats) -> pd.DataFrame:
    """For every side: side_m, paper_m, lived_m, hollow_m (a duty, but no act for 28 days)."""
    (side, from_m, to_m), weights = covered
    long = to_m - from_m
    hollow = weights < weight(np.array(HOLLOW_DAYS)) * (1 + 1e-9)

    def total(values: Floats) -> Floats:
        return np.minimum(np.bincount(side, values, minlength=len(length_m)), length_m)

    return pd.DataFrame({
        "side_m": length_m,
        "paper_m": total(long),
        "lived_m": total(long * weights),
        "hollow_m": total(long * hollow),
    })  # fmt: skip


def hold(covered: Cover, points: Points) -> Held:
    """How much of each point is covered: all of it where there is a duty, and weighted by age."""
    (side, from_m, to_m), weights = covered
    if not len(side):
        return Held(*np.zeros((2, len(points.side))))
    # The last stretch that begins at or before each point, sought as in `_cuts`.
    starts, at = side + 1j * from_m, points.side + 1j * (points.chainage_m + TIE_M)
    begun = np.searchsorted(starts, at, side="right") - 1
    known, found = begun >= 0, np.maximum(begun, 0)
    known &= (side[found] == points.side) & (to_m[found] >= points.chainage_m - TIE_M)
    paper = np.where(known, points.amount, 0.0)
    return Held(paper, paper * weights[found])


def tally(covered: Cover, points: Points, block: Ints) -> pd.DataFrame:
    """Points by side and block: ``n`` (their amount), ``paper``, ``lived``, ``side``, ``block``.

    Sums are made in one order, whichever the points come in: equal points, equal sums.
    """
    order = np.lexsort((points.amount, points.chainage_m, block, points.side))
    points = Points(points.side[order], points.chainage_m[order], points.amount[order])
    block = block[order]
    held = hold(covered, points)
    new = np.ones(len(block), bool)
    new[1:] = (points.side[1:] != points.side[:-1]) | (block[1:] != block[:-1])
    group = np.cumsum(new) - 1
    sums = [np.bincount(group, values) for values in (points.amount, held.paper, held.lived)]
    found = dict(zip(("n", "paper", "lived"), sums, strict=True))
    return pd.DataFrame({"side": points.side[new], "block": block[new]} | found)


class Owned(NamedTuple):
    """Each owner's own sides, as if they were sides of their own; ``side`` is the real one."""

    owner: Ints
    side: Ints
    duties: Stretches


def owned(duties: Stretches, owner: Ints, sides: int) -> Owned:
    """Duties by ``owner`` (a chief, a role): what two have together counts for each of them."""
    pairs, number = np.unique(owner * sides + duties.side, return_inverse=True)
    return Owned(pairs // sides, pairs % sides, duties._replace(side=number))


def spread(own: Owned, side: Ints, sides: int) -> tuple[Ints, Ints]:
    """Rows on real sides (``side``, -1: on none), once for each owner of their side.

    Returns the numbers of the rows and the owned sides they come to lie on.
    """
    on_one = np.flatnonzero(side >= 0)
    order = on_one[np.argsort(side[on_one], kind="stable")]
    count = np.bincount(side[on_one], minlength=sides)
    start = np.cumsum(count) - count
    times = count[own.side]
    before = np.cumsum(times) - times
    rows = np.repeat(start[own.side] - before, times) + np.arange(times.sum())
    return order[rows], np.repeat(np.arange(len(own.side)), times)

"""Where further stations would help most: the best k of the candidate sites, for k = 1, 2, ….

Two questions of location science, both for demand (weights w at places i) and sites j:

- maximal coverage (Church and ReVelle 1974): choose k sites so that the weight within the limit of
  one of them is greatest;
- p-median (Hakimi 1964): choose k sites so that the sum of weight × distance to the nearest station
  falls most. Present stations stay; a distance above `FAR_M`, or none at all, counts as that.

Both are one integer program here: site j gives place i the gain g_ij, of which the greatest counts;
maximal coverage is the case where g_ij = w_i. First a Lagrangian bound (Cornuéjols, Fisher and
Nemhauser 1977) rules out nearly all sites: those with which no choice can gain as much as one that
is known. HiGHS solves what is left, to proven optimality or until the time is up; then the step
says so, and what the best could gain at most.
"""

import time
from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from scipy import sparse
from scipy.optimize import Bounds, LinearConstraint, milp

from geo.cells import Floats, Ints

FAR_M = 3_000.0

# Sums of weights differ by rounding only if they differ by less than this share.
_SAME = 1e-9
_PROVEN = 1e-6
# Steps of the Lagrangian bound, which cost some milliseconds each.
_ROUNDS = 400


class Gains(NamedTuple):
    """What site ``site[e]`` gives the place ``place[e]``; one row a pair, all gains above 0."""

    site: Ints
    place: Ints
    gain: Floats


class Step(NamedTuple):
    """The best ``len(sites)`` sites and what they gain together; no choice gains above ``bound``.

    ``proven``: no other choice gains more.
    """

    sites: tuple[int, ...]
    gain: float
    bound: float
    proven: bool


def coverage(pairs: Gains, weight: Floats, now_m: Floats, within_m: float) -> Gains:
    """Gains of maximal coverage: places now farther than ``within_m`` and sites within it.

    ``pairs`` has metres for gains.
    """
    e = (pairs.gain <= within_m) & (now_m[pairs.place] > within_m) & (weight[pairs.place] > 0)
    return Gains(pairs.site[e], pairs.place[e], weight[pairs.place[e]])


def median(pairs: Gains, weight: Floats, now_m: Floats) -> Gains:
    """Gains of the p-median: weight × metres that a site is nearer than what is there now."""
    nearer = np.minimum(now_m, FAR_M)[pairs.place] - pairs.gain
    e = (nearer > 0) & (weight[pairs.place] > 0)
    return Gains(pairs.site[e], pairs.place[e], (weight[pairs.place] * nearer)[e])


def curve(gains: Gains, count: int, seconds: float = 60.0) -> Iterator[Step]:
    """The best 1, 2, … ``count`` sites; fewer steps where fewer sites gain all there is to gain.

    Of equally good single sites the lowest number. ``seconds`` are for all steps together.
    """
    until = time.monotonic() + seconds
    best = gain_of(gains, tuple(np.unique(gains.site).tolist()))
    chosen: tuple[int, ...] = ()
    reached = 0.0
    for k in range(1, count + 1):
        if reached >= best * (1 - _SAME):
            return
        chosen = _one_more(gains, chosen)
        left = max(until - time.monotonic(), 0.0) / (count - k + 1)
        step = _solve(gains, k, chosen, left, best) if k > 1 else _first(gains, chosen)
        chosen, reached = step.sites, step.gain
        yield step


def gain_of(gains: Gains, sites: tuple[int, ...]) -> float:
    """What sites gain together: of each place the greatest gain that one of them gives."""
    return float(_held(gains, sites).sum())


def _held(gains: Gains, sites: tuple[int, ...]) -> Floats:
    """Of each place the greatest gain that one of the sites gives."""
    e = np.isin(gains.site, sites)
    most = np.zeros(gains.place.max(initial=-1) + 1)
    np.maximum.at(most, gains.place[e], gains.gain[e])
    return most


def _one_more(gains: Gains, chosen: tuple[int, ...]) -> tuple[int, ...]:
    """The sites and the one that adds most to them: never worse than the step before."""
    held = _held(gains, chosen)
    more = np.bincount(gains.site, np.maximum(gains.gain - held[gains.place], 0))
    return tuple(sorted({*chosen, int(more.argmax())}))


def _first(gains: Gains, chosen: tuple[int, ...]) -> Step:
    gain = gain_of(gains, chosen)
    return Step(chosen, gain, gain, proven=True)


def _solve(gains: Gains, k: int, greedy: tuple[int, ...], seconds: float, best: float) -> Step:
    """The best ``k`` sites; the best one known where time does not do to prove it."""
    until = time.monotonic() + seconds
    chosen, bound, left = _bounded(gains, k, greedy, until)
    gain, bound = gain_of(gains, chosen), min(bound, best)
    if bound > gain * (1 + _PROVEN):
        e = np.isin(gains.site, left)
        rest = Gains(gains.site[e], gains.place[e], gains.gain[e])
        solved, most = _milp(rest, k, max(until - time.monotonic(), 0.1))
        bound = max(min(bound, most), gain)
        if gain_of(gains, solved) > gain * (1 + _SAME):
            chosen, gain = solved, gain_of(gains, solved)
    return Step(chosen, gain, max(bound, gain), proven=bound <= gain * (1 + _PROVEN))


def _milp(gains: Gains, k: int, seconds: float) -> tuple[tuple[int, ...], float]:
    """The best ``k`` sites HiGHS finds in time, if any, and a bound for all choices."""
    sites, site = np.unique(gains.site, return_inverse=True)
    cost, rows, integral = _program(gains, site, len(sites), k)
    found = milp(
        -cost,
        constraints=rows,
        integrality=integral,
        bounds=Bounds(0, 1),
        options={"time_limit": seconds, "mip_rel_gap": _SAME},
    )
    dual = found.get("mip_dual_bound")
    bound = -float(dual) if dual is not None and np.isfinite(dual) else np.inf
    if found.x is None:
        return (), bound
    return tuple(sites[found.x[: len(sites)] > 0.5].tolist()), bound


def _bounded(
    gains: Gains, k: int, chosen: tuple[int, ...], until: float
) -> tuple[tuple[int, ...], float, Ints]:
    """The best choice of ``k`` sites met, a bound for all choices, and the sites of better ones.

    Each place pays a price for being served, and each site earns what its gains exceed the prices
    by: all prices and the k highest earnings are never below the best gain. Prices rise where a
    place is served twice and fall where it is not served (subgradient steps).
    """
    reached = gain_of(gains, chosen)
    price = _held(gains, chosen)
    bound, left, step, since = np.inf, np.unique(gains.site), 1.0, 0
    for _ in range(_ROUNDS):
        over = np.maximum(gains.gain - price[gains.place], 0)
        earned = np.bincount(gains.site, over)
        top = np.argsort(-earned, kind="stable")[:k]
        dual = float(price.sum() + earned[top].sum())
        since += 1
        if dual < bound * (1 - 1e-6):
            bound, since = min(dual, bound), 0
        picked = tuple(sorted(top[earned[top] > 0].tolist()))
        if (gain := gain_of(gains, picked)) > reached * (1 + _SAME):
            chosen, reached = picked, gain
        # With a site that earns less than the last of the best, no choice gains more than this.
        could = dual - np.maximum(earned[top[-1]] - earned[left], 0)
        left = left[(could >= reached * (1 - _SAME)) | np.isin(left, chosen)]
        if bound <= reached * (1 + _PROVEN) or time.monotonic() > until:
            break
        served = np.bincount(gains.place, (over > 0) & np.isin(gains.site, top), len(price))
        slope = np.where((price > 0) | (served > 1), 1 - served, 0)
        step = step / 2 if since and since % 15 == 0 else step
        price = np.maximum(price - step * (dual - reached) / max((slope**2).sum(), 1) * slope, 0)
    return chosen, bound, left


def _program(
    gains: Gains, site: Ints, sites: int, k: int
) -> tuple[Floats, list[LinearConstraint], Ints]:
    """The integer program: sites are chosen or not (x), the gains that count are shares (z).

    Gains of a place that are equal are one share, bounded by all their sites together: for maximal
    coverage one share a place.
    """
    key = np.stack([gains.place, gains.gain], axis=1)
    kinds, kind = np.unique(key, axis=0, return_inverse=True)
    place = kinds[:, 0].astype(np.int64)
    shares, places = len(kinds), int(place.max(initial=-1)) + 1
    z = np.arange(shares)
    cost = np.concatenate([np.zeros(sites), kinds[:, 1]])
    minus_x = sparse.coo_array((-np.ones(len(kind)), (kind, site)), shape=(shares, sites))
    open_ = sparse.hstack([minus_x, sparse.eye_array(shares)]).tocsr()
    at = sparse.coo_array((np.ones(shares), (place, z)), shape=(places, shares))
    once = sparse.hstack([sparse.coo_array((places, sites)), at]).tocsr()
    most = sparse.csr_array(np.concatenate([np.ones(sites), np.zeros(shares)])[None])
    rows = [
        LinearConstraint(open_, ub=0),
        LinearConstraint(once, ub=1),
        LinearConstraint(most, ub=k),
    ]
    return cost, rows, np.concatenate([np.ones(sites), np.zeros(shares)]).astype(np.int64)

"""Two tallies of the same work held against each other: how evenly it lies, and how sure that is.

Weeks are drawn anew with replacement, the same for both plans (the bootstrap: B. Efron, "Bootstrap
methods: another look at the jackknife", Annals of Statistics 7, 1979; whole weeks, because days of
a week depend on each other). The interval holds the middle 95 % of the differences drawn.
"""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from geo.rerun import Tally

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

DRAWS = 1000
MIDDLE = 95.0  # percent

Sums = dict[str, Floats]


class Change(NamedTuple):
    """A figure under two plans; ``low`` to ``high`` is where ``after`` - ``before`` may lie."""

    before: float
    after: float
    low: float
    high: float


class Span(NamedTuple):
    """What one worker has in a week under both plans, and where ``now`` - ``was`` may lie."""

    was: Floats
    now: Floats
    low: Floats
    high: Floats


class Moves(NamedTuple):
    """What becomes of grids, one entry each pair.

    ``before`` and ``after`` number the grids of the plans, -1 for none; ``cases`` and ``late`` are
    those of one worker in a week, ``apart`` (weeks, pairs) how many cases more in each week.
    """

    before: Ints
    after: Ints
    cases: Span
    late: Span
    apart: Floats


def most(values: Floats) -> Floats:
    """The greatest value of each row, by its mean; 0 where the mean is 0."""
    return _by(values.max(axis=1, initial=0.0), values)


def variation(values: Floats) -> Floats:
    """Standard deviation by mean of each row."""
    return _by(values.std(axis=1) if values.shape[1] else np.zeros(len(values)), values)


def gini(values: Floats) -> Floats:
    """The Gini coefficient of each row: 0 where all are the same, 1 - 1/n where one has all."""
    n = values.shape[1]
    ranks = 2 * np.arange(1, n + 1) - n - 1
    total = values.sum(axis=1)
    found = np.sort(values, axis=1) @ ranks / np.where(total > 0, n * total, 1.0)
    positive: Floats = np.maximum(found, 0.0)
    return positive


def _by(figure: Floats, values: Floats) -> Floats:
    mean = values.mean(axis=1) if values.shape[1] else np.zeros(len(values))
    found: Floats = np.where(mean > 0, figure / np.where(mean > 0, mean, 1.0), 0.0)
    return found


def _share(part: Floats, whole: Floats) -> Floats:
    whole = whole.sum(axis=1)
    found: Floats = part.sum(axis=1) / np.where(whole > 0, whole, 1.0)
    return found


# Each figure of sums (rows, grids) and of the share of a grid's work that one worker has.
FIGURES: dict[str, Callable[[Sums, Floats], Floats]] = {
    "cases_max_over_mean": lambda s, share: most(s["cases"] * share),
    "cases_cv": lambda s, share: variation(s["cases"] * share),
    "cases_gini": lambda s, share: gini(s["cases"] * share),
    "late_max_over_mean": lambda s, share: most(s["late"] * share),
    "visits_max_over_mean": lambda s, share: most(s["visits"] * share),
    "patrol_max_over_mean": lambda s, share: most(s["patrol_m"] * share),
    "walk_m": lambda s, share: s["walk_m"].sum(axis=1),
    "walk_max_over_mean": lambda s, share: most(s["walk_m"] * share),
    "walk_per_case_m": lambda s, share: _share(s["walk_m"], s["cases"]),
    "border_share": lambda s, share: _share(s["border"], s["cases"]),
    "busy_weeks": lambda s, share: s["busy"].sum(axis=1),
}


def figures(tally: Tally) -> dict[str, float]:
    """`FIGURES` of the whole time."""
    whole = {name: values.sum(axis=0, keepdims=True) for name, values in tally.of.items()}
    return {name: float(figure(whole, _part(tally))[0]) for name, figure in FIGURES.items()}


def weekly(tally: Tally) -> dict[str, Floats]:
    """`FIGURES` of each week."""
    return {name: figure(tally.of, _part(tally)) for name, figure in FIGURES.items()}


def changes(before: Tally, after: Tally, seed: int = 0) -> dict[str, Change]:
    """`FIGURES` under both plans with the interval of their difference."""
    drawn = draws(len(before.of["cases"]), seed)
    one, two = ((_drawn(tally, drawn), _part(tally)) for tally in (before, after))
    apart = {
        name: np.percentile(figure(*two) - figure(*one), _ends())
        for name, figure in FIGURES.items()
    }
    now, then = figures(after), figures(before)
    return {name: Change(then[name], now[name], *map(float, apart[name])) for name in FIGURES}


def moves(before: Tally, after: Tally, pairs: Ints, seed: int = 0) -> Moves:
    """What a worker's week has in each of ``pairs`` (n, 2) of grids; -1: no such grid there."""
    drawn = draws(len(before.of["cases"]), seed)
    sides = ((before, pairs[:, 0]), (after, pairs[:, 1]))
    was, now = (_each(tally, "cases", grid) for tally, grid in sides)
    late_was, late_now = (_each(tally, "late", grid) for tally, grid in sides)
    spans = _span(was, now, drawn), _span(late_was, late_now, drawn)
    return Moves(pairs[:, 0], pairs[:, 1], *spans, now - was)


def _each(tally: Tally, name: str, grid: Ints) -> Floats:
    """What one worker of each ``grid`` has in each week; 0 for -1."""
    each = tally.of[name] * _part(tally)
    found: Floats = np.column_stack([each, np.zeros(len(each))])[:, grid]
    return found


def _span(one: Floats, two: Floats, drawn: Floats) -> Span:
    weeks = max(len(one), 1)
    low, high = np.percentile(drawn @ (two - one) / weeks, _ends(), axis=0)
    return Span(one.sum(axis=0) / weeks, two.sum(axis=0) / weeks, low, high)


def draws(weeks: int, seed: int) -> Floats:
    """How often each week comes up in each of `DRAWS` samples: (DRAWS, weeks)."""
    chance = np.full(weeks, 1.0 / max(weeks, 1))
    return np.random.default_rng(seed).multinomial(weeks, chance, DRAWS).astype(float)


def pairs(before: Ints, after: Ints, weight: Floats, same: dict[int, int] | None = None) -> Ints:
    """Which grid of ``before`` goes on as which of ``after``: (n, 2), every grid once, -1 for none.

    ``before`` and ``after`` give the grid of each block (-1 none). Grids that are known to be the
    ``same`` (after → before) are; of the others those that share most ``weight``, each one once.
    """
    known = dict(same or {})
    taken = set(known.values())
    both = (before >= 0) & (after >= 0)
    keys, of = np.unique(np.column_stack([before[both], after[both]]), axis=0, return_inverse=True)
    shared = np.bincount(of.ravel(), weight[both], minlength=len(keys))
    for k in np.argsort(-shared, kind="stable"):
        old, new = map(int, keys[k])
        if new not in known and old not in taken:
            known[new] = old
            taken.add(old)
    new_ones = [(known.get(g, -1), g) for g in np.unique(after[after >= 0]).tolist()]
    ended = [(g, -1) for g in np.unique(before[before >= 0]).tolist() if g not in taken]
    return np.array([*new_ones, *ended], np.int64).reshape(-1, 2)


def eased(before: Tally, after: Tally, one: Ints, two: Ints) -> tuple[NDArray[np.bool_], ...]:
    """Which places have a worker with less to do, and which one with more.

    ``one`` and ``two`` give the grid of each place (a case, a block) under the plans.
    """
    loads = [
        np.append(tally.of["cases"].sum(axis=0) * _part(tally), np.nan)[grid]
        for tally, grid in ((before, one), (after, two))
    ]
    apart = loads[1] - loads[0]
    near = 1e-9
    return apart < -near, apart > near


def _part(tally: Tally) -> Floats:
    part: Floats = 1.0 / np.maximum(tally.workers, 1.0)
    return part


def _drawn(tally: Tally, drawn: Floats) -> Sums:
    return {name: drawn @ values for name, values in tally.of.items()}


def _ends() -> list[float]:
    rest = (100.0 - MIDDLE) / 2
    return [rest, 100.0 - rest]

"""A year's work done again under another plan: who would have had what, and how far to walk.

Cases, visits and patrols know their block, a plan knows the grid of each block: the replay is that
join and sums over weeks, without any geometry. What happened stays as it was; only whose it was
changes, so that sums over everybody do not depend on the plan.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from geo.rounds import rounds

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

BUSY = 2.0
"""A worker's week is busy with more than so many times the mean of today's plan."""

COUNTED = ("cases", "late", "border", "visits", "patrol_m", "walk_m", "busy")


class Cases(NamedTuple):
    """Cases, one entry each. ``block`` and ``across`` number the blocks from 0; -1 is none.

    ``across`` is the block on the other side of the case's road. ``day`` counts from the first day
    of the first week, ``xy`` (m, 2) is in metres.
    """

    block: Ints
    across: Ints
    day: Ints
    late: NDArray[np.bool_]
    xy: Floats


class Visits(NamedTuple):
    """Visits to shops, as `Cases`."""

    block: Ints
    day: Ints
    xy: Floats


class Passes(NamedTuple):
    """Metres of side that were patrolled; ``block`` is the home of the side."""

    block: Ints
    day: Ints
    metres: Floats


class Work(NamedTuple):
    """All that was done in so many ``weeks`` of seven days."""

    weeks: int
    cases: Cases
    visits: Visits
    passes: Passes


class Held(NamedTuple):
    """A plan: the ``grid`` (from 0; -1 none) of each block, the ``workers`` of each grid."""

    grid: Ints
    workers: Floats

    @property
    def share(self) -> Floats:
        """The part of a grid's work that one worker does; a grid without any counts as with one."""
        share: Floats = 1.0 / np.maximum(self.workers, 1.0)
        return share

    def of(self, block: Ints) -> Ints:
        """The grid of each of ``block``; -1 for -1 and for blocks that are in none."""
        return np.append(self.grid, -1)[block]


class Tally(NamedTuple):
    """What each grid had in each week: (weeks, grids), by `COUNTED`; ``outside``: what no grid had.

    ``border`` counts cases on a road whose other side belongs to another grid. ``walk_m`` is the
    way through a day's cases and visits (`geo.rounds`). ``busy`` is the number of its workers if
    the week is `BUSY`.
    """

    of: dict[str, Floats]
    workers: Floats
    outside: dict[str, float]


def tally(work: Work, held: Held, busy_at: float | None = None) -> Tally:
    """``work`` under the plan ``held``; ``busy_at``: cases of a busy week (default: by its own).

    Everybody's sums, with those of ``outside``, are the same for all plans but for walks, borders
    and busy weeks.
    """
    cases, visits, passes = work.cases, work.visits, work.passes
    grid, other = held.of(cases.block), held.of(cases.across)
    ones = np.ones(len(grid))
    border = (grid >= 0) & (other >= 0) & (other != grid)
    of, outside = {}, {}
    for name, where, day, amount in (
        ("cases", grid, cases.day, ones),
        ("late", grid, cases.day, cases.late.astype(float)),
        ("border", grid, cases.day, border.astype(float)),
        ("visits", held.of(visits.block), visits.day, np.ones(len(visits.block))),
        ("patrol_m", held.of(passes.block), passes.day, passes.metres),
    ):
        of[name], outside[name] = _by_week(work.weeks, len(held.workers), where, day, amount)
    of["walk_m"], outside["walk_m"] = _walks(work, held), 0.0
    limit = busy_limit(of["cases"], held) if busy_at is None else busy_at
    of["busy"] = np.where(of["cases"] * held.share > limit, np.maximum(held.workers, 1.0), 0.0)
    outside["busy"] = 0.0
    return Tally(of, held.workers, outside)


def busy_limit(cases: Floats, held: Held) -> float:
    """From how many cases of a worker's week on it is busy: `BUSY` times the mean of ``cases``."""
    workers = np.maximum(held.workers, 1.0).sum()
    return float(BUSY * cases.sum() / max(len(cases) * workers, 1.0))


def _by_week(weeks: int, grids: int, grid: Ints, day: Ints, amount: Floats) -> tuple[Floats, float]:
    """Sums (weeks, grids), and the sum of what lies in no grid."""
    inside = grid >= 0
    cell = (day[inside] // 7) * grids + grid[inside]
    sums = np.bincount(cell, amount[inside], minlength=weeks * grids)
    return sums.astype(float).reshape(weeks, grids), float(amount[~inside].sum())


def _walks(work: Work, held: Held) -> Floats:
    """Metres walked in each week and grid. A grid's post is the mean of the places of its work."""
    cases, visits = work.cases, work.visits
    grid = np.concatenate([held.of(cases.block), held.of(visits.block)])
    day, xy = np.concatenate([cases.day, visits.day]), np.concatenate([cases.xy, visits.xy])
    inside = grid >= 0
    grid, day, xy = grid[inside], day[inside], xy[inside]
    count = np.maximum(np.bincount(grid, minlength=len(held.workers)), 1)
    post = np.column_stack([
        np.bincount(grid, axis, minlength=len(held.workers)) / count for axis in xy.T
    ])  # fmt: skip
    keys, of = np.unique(day * len(held.workers) + grid, return_inverse=True)
    whose = keys % max(len(held.workers), 1)
    metres = rounds(of, xy, post[whose])
    weekly, _ = _by_week(
        work.weeks, len(held.workers), whose, keys // max(len(held.workers), 1), metres
    )
    return weekly

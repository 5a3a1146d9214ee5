"""What a redraw would have changed: one plan's replay held against another's, grid by grid."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from geo import fairness
from geo.fairness import Change, Moves
from geo.rerun import Held, Tally, Work, busy_limit, tally

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]


class Eased(NamedTuple):
    """How many have a worker with less to do in the new plan, and how many one with more."""

    lighter: float
    heavier: float


class Moved(NamedTuple):
    """Which blocks change hands (where they are among the blocks), and what is in them."""

    blocks: Ints
    households: float
    cases: int


class Redrawn(NamedTuple):
    """A replay under two plans: ``changes`` of figures, ``moves`` of grids, figures ``weekly``."""

    before: Tally
    after: Tally
    changes: dict[str, Change]
    moves: Moves
    weekly: tuple[dict[str, Floats], dict[str, Floats]]
    busy_at: float
    moved: Moved
    cases: Eased
    households: Eased


def redrawn(
    work: Work, plans: tuple[Held, Held], households: Floats, same: dict[int, int], seed: int = 0
) -> Redrawn:
    """``work`` under both ``plans``; ``households`` of each block; ``same``: grids that go on.

    ``same`` gives the first plan's grid for those of the second that are known to be it; the others
    go on as whom they share most cases with, or else most blocks.
    """
    one, two = plans
    before = tally(work, one)
    busy_at = busy_limit(before.of["cases"], one)
    after = tally(work, two, busy_at)
    in_block = work.cases.block[work.cases.block >= 0]
    cases = np.bincount(in_block, minlength=len(households)).astype(float)
    pairs = fairness.pairs(one.grid, two.grid, cases + 1e-3, same)
    lighter, heavier = fairness.eased(before, after, one.grid, two.grid)
    moved = moved_blocks(one.grid, two.grid, pairs)
    return Redrawn(
        before, after,
        fairness.changes(before, after, seed),
        fairness.moves(before, after, pairs, seed),
        (fairness.weekly(before), fairness.weekly(after)),
        busy_at,
        Moved(moved, float(households[moved].sum()), int(cases[moved].sum())),
        Eased(*(float(cases[which].sum()) for which in (lighter, heavier))),
        Eased(*(float(households[which].sum()) for which in (lighter, heavier))),
    )  # fmt: skip


def moved_blocks(before: Ints, after: Ints, pairs: Ints) -> Ints:
    """Which blocks are in another grid than the one that theirs goes on as (`fairness.pairs`).

    A block that is in no grid under one of the plans has moved; under both, it has not.
    """
    goes_on = np.full(int(before.max(initial=-1)) + 2, -1, np.int64)
    kept = pairs[(pairs >= 0).all(axis=1)]
    goes_on[kept[:, 0]] = kept[:, 1]
    heir = np.where(before >= 0, goes_on[before], -1)
    return np.flatnonzero((heir != after) | ((before >= 0) & (heir < 0)))

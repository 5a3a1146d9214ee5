"""Blocks that came of others: what a plan from before they were cut or joined says of them."""

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]


def held_as_before(
    blocks: Ints, held: dict[int, int], came_of: list[tuple[int, int]], weight: dict[int, float]
) -> Ints:
    """The grid of each of ``blocks`` in a plan that holds ``held`` (block → grid); -1 for none.

    A block that the plan does not know is in the grid of the blocks it came of (``came_of``: block,
    the one it came of), however many times back. Where those were in several grids, it is in the
    one with most ``weight``, the first of equals.
    """
    parents: dict[int, list[int]] = {}
    for block, before in came_of:
        parents.setdefault(block, []).append(before)
    found = [
        held[b] if b in held else _of_origins(b, held, parents, weight) for b in blocks.tolist()
    ]
    return np.array(found, np.int64)


def _of_origins(
    block: int, held: dict[int, int], parents: dict[int, list[int]], weight: dict[int, float]
) -> int:
    shares: dict[int, float] = {}
    front, seen = [block], {block}
    while front:
        before = [p for b in front for p in parents.get(b, ()) if p not in seen]
        for origin in before:
            if origin in held:
                grid = held[origin]
                shares[grid] = shares.get(grid, 0.0) + weight.get(origin, 0.0)
        seen.update(before)
        front = [origin for origin in before if origin not in held]
    return max(sorted(shares), key=lambda grid: shares[grid]) if shares else -1

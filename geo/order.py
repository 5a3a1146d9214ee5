"""Points in the order of where they lie: who links them so finds most of the index in cache.

Squares of one size cut the ground of a grid, and are taken row by row.
"""

from collections.abc import Callable, Iterable
from typing import Any

import numpy as np

from geo.cells import Floats, Grid, Places, lookup

# Calls a function on each of many, perhaps in several threads at once.
Run = Callable[[Callable[[Any], None], Iterable[Any]], object]

_POINTS_PER_SQUARE = 16
_MOST_ACROSS = 256  # the counts of so many squares fit in a core's own cache


def sort(
    x: Floats, y: Floats, grid: Grid, parts: list[slice], run: Run, out: tuple[Places, Floats]
) -> None:
    """Writes where each point comes in the order of squares, and the points in that order (n, 2).

    ``parts`` of the points are worked on by themselves. Points outside of the grid, and those with
    a coordinate that is no number, come with the first square's.
    """
    across = max(1, min(_MOST_ACROSS, int((len(x) / _POINTS_PER_SQUARE) ** 0.5)))
    side = max(grid.columns, grid.rows, 1) * grid.size / across
    left, bottom = grid.column * grid.size, grid.row * grid.size
    place, xy = out
    counts = np.zeros((len(parts), across * across), np.int32)

    def count(k: int) -> None:
        part = parts[k]
        _count(x[part], y[part], left, bottom, side, across, place[part], counts[k])

    def put(k: int) -> None:
        _put(x[parts[k]], y[parts[k]], place[parts[k]], counts[k], xy)

    run(count, range(len(parts)))
    _add_up(counts)
    run(put, range(len(parts)))


@lookup
def _count(
    x: Floats,
    y: Floats,
    left: float,
    bottom: float,
    side: float,
    across: int,
    square: Places,
    counts: Places,
) -> None:
    """The square of each point, and how many points each square has."""
    for i in range(len(x)):
        column, row = (x[i] - left) / side, (y[i] - bottom) / side
        within = (column >= 0) & (column < across) & (row >= 0) & (row < across)
        square[i] = int(row) * across + int(column) if within else 0
        counts[square[i]] += 1


@lookup
def _add_up(counts: Places) -> None:
    """Makes of the parts' counts where each part's points of a square begin."""
    total = 0
    for square in range(counts.shape[1]):
        for part in range(len(counts)):
            count = counts[part, square]
            counts[part, square] = total
            total += count


@lookup
def _put(x: Floats, y: Floats, place: Places, starts: Places, xy: Floats) -> None:
    """Puts points where those of their squares begin; ``place`` has squares, and then places."""
    for i in range(len(x)):
        k = starts[place[i]]
        starts[place[i]] += 1
        xy[k, 0], xy[k, 1] = x[i], y[i]
        place[i] = k

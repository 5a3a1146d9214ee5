"""Small counts kept from those who may not see them."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

# Counts from 1 to below this say too much of single people.
LEAST = 5


def small(counts: ArrayLike) -> NDArray[np.bool_]:
    """Which counts are small: not 0, and below 5."""
    values = np.nan_to_num(np.asarray(counts, float))
    found: NDArray[np.bool_] = (values > 0) & (values < LEAST)
    return found


def hidden(counts: ArrayLike) -> NDArray[np.bool_]:
    """Which counts of a column whose sum is known must not be shown.

    Where only one is small, its value would follow from the sum, so the next larger one goes too.
    """
    values = np.nan_to_num(np.asarray(counts, float))
    found = small(values)
    if found.sum() == 1:
        others = np.where(found | (values == 0), np.inf, values)
        if np.isfinite(others).any():
            found[int(np.argmin(others))] = True
    return found

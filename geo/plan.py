"""What a plan goes through, and how evenly its grids are loaded."""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

DRAFTS = ("draft", "submitted", "approved")
"""States in which a plan is not in force yet; only a ``draft`` can be painted."""

STEPS = {
    "draft": ("submitted",),
    "submitted": ("approved", "draft"),
    "approved": ("published", "draft"),
}
"""Where a plan can go from each state; ``draft`` sends it back."""


class WrongStep(ValueError):
    """A plan cannot go from its state to the one asked for."""


class Spread(NamedTuple):
    """How unevenly loads are spread; 0, or 1 for ``max_over_mean``, where all are equal."""

    mean: float
    max_over_mean: float
    cv: float
    gini: float


def check_step(now: str, wanted: str) -> None:
    """Raises `WrongStep` where a plan that is ``now`` cannot become ``wanted``."""
    if wanted not in STEPS.get(now, ()):
        ways = " or ".join(STEPS.get(now, ())) or "nothing else"
        raise WrongStep(f"the plan is {now} and can become {ways}, not {wanted}")


def spread(load: npt.ArrayLike) -> Spread | None:
    """The spread of loads (≥ 0); None where there is none, or all are 0.

    ``cv`` is the standard deviation over the mean; ``gini`` the mean absolute difference of all
    pairs over twice the mean.
    """
    sorted_ = np.sort(np.asarray(load, np.float64))
    n, total = len(sorted_), float(sorted_.sum())
    if not total > 0:
        return None
    mean = total / n
    rank = 2 * np.arange(1, n + 1) - n - 1
    return Spread(
        mean,
        float(sorted_[-1] / mean),
        float(sorted_.std() / mean),
        float((rank * sorted_).sum() / (n * total)),
    )

"""How fast people walk, and for how many minutes they are ready to."""

import numpy as np
from numpy.typing import NDArray

WALKING_M_S = 1.0
"""Metres a second: five minutes are 300 m, as in the five-minute circle of GB 50180-2018, fifteen
are 900 m, and its fifteen-minute circle is of 800 to 1 000 m. Old people and children walk too."""

MINUTES = (5, 10, 15)
"""The circles of daily life (生活圈)."""


def metres_in(minutes: float) -> float:
    """How far one walks in so many minutes, in m."""
    return minutes * 60 * WALKING_M_S


def minutes_for(metres: NDArray[np.float64]) -> NDArray[np.float64]:
    """How many minutes so many metres take."""
    return np.asarray(metres / (60 * WALKING_M_S), np.float64)

"""A simulated week for a proof: a roster of chiefs over real roads, and their walks with GPS noise.

Coordinates and lengths are in m, in one metric CRS; times in seconds since 1970.
"""

from typing import NamedTuple

import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from geo.patrol import Fixes

CHIEFS = 40
# One road of so many is left to nobody, and one of so many is somebody's on one side only.
LEFT_OUT, ONE_SIDE = 4, 3
# Chiefs whose number leaves these remainders by 8 never walk, or walk half of their sides.
IDLE, HALF = 0, 5
# People walk so fast, on the pavement so far off the carriageway; a fix every so many seconds.
PACE_MPS, PAVEMENT_M, EVERY_S = 1.2, 1.5, 10.0
# What a phone in a street errs by: it drifts, so that one error is much like the one before.
NOISE_M, DRIFT = 3.0, 0.8
STATED_M, LOST_M = 6.0, 60.0
# One fix of so many is a leap that its device does not trust itself.
LEAPS = 150

Floats = NDArray[np.float64]


class Side(NamedTuple):
    """A stretch to walk: its axis, the side (L or R) and the width of the road."""

    axis: shapely.LineString
    side: str
    width_m: float


def roster(roads: pd.DataFrame, start: str) -> pd.DataFrame:
    """A roster of `CHIEFS` in the words of a spreadsheet, with two rows that are wrong.

    ``roads`` has name and x, y of its middle; roads of one part of town go to one chief.
    """
    order = np.lexsort((roads["x"], np.floor(roads["y"] / 400) * 400))
    names = roads["name"].to_numpy(object)[order]
    number = np.arange(len(names))
    kept = number % LEFT_OUT != LEFT_OUT - 1
    names, number = names[kept], number[kept]
    chief = np.arange(len(names)) * CHIEFS // max(len(names), 1)
    rows = pd.DataFrame({
        "道路": names, "起": "", "止": "",
        "侧": np.where(number % ONE_SIDE == 0, "左", "双侧"),
        "路长": [f"路长{n + 1:02d}" for n in chief], "级别": "二级",
        "电话": [f"1390000{n + 1:04d}" for n in chief], "起始日期": start,
    })  # fmt: skip
    wrong = rows.iloc[[0, 1]].assign(
        道路=[f"{rows['道路'].iloc[0]}路", rows["道路"].iloc[1]], 路长=["路长01", "路长40"],
        电话=["13900000001", "13900000040"],
    )  # fmt: skip
    return pd.concat([rows, wrong], ignore_index=True)


def walks_on(chief: int, back: int) -> bool:
    """Whether a chief (from 1) walks ``back`` days ago: on five days of the week, or never."""
    return chief % 8 != IDLE and 3 <= back <= 7


def beat(chief: int, sides: list[Side]) -> list[Side]:
    """What a chief (from 1) walks of his sides: all, or the first half."""
    return sides[: (len(sides) + 1) // 2] if chief % 8 == HALF else sides


def fixes(sides: list[Side], begun: float, rng: np.random.Generator) -> Fixes:
    """What a phone says while its owner walks along sides one after the other."""
    legs: list[Floats] = []
    at, times, clock = None, [], begun
    for one in sides:
        way = _pavement(one)
        if at is not None:
            clock += float(np.hypot(*(way[0] - at))) / PACE_MPS
        legs.append(way)
        times.append(clock + EVERY_S * np.arange(len(way)))
        clock, at = float(times[-1][-1]), way[-1]
    true, when = np.concatenate(legs), np.concatenate(times)
    said = true + _drift(len(true), rng)
    stated = np.full(len(true), STATED_M)
    leaps = rng.random(len(true)) < 1 / LEAPS
    said[leaps] += rng.normal(0, LOST_M, (int(leaps.sum()), 2))
    stated[leaps] = LOST_M
    return Fixes(said[:, 0], said[:, 1], when, stated)


def _pavement(one: Side) -> Floats:
    """Places along the pavement of a side, a step of time apart."""
    off = one.width_m / 2 + PAVEMENT_M
    steps = max(2, round(one.axis.length / (PACE_MPS * EVERY_S)) + 1)
    share = np.linspace(0, 1, steps)
    here = shapely.get_coordinates(shapely.line_interpolate_point(one.axis, share, normalized=True))
    ahead = np.gradient(here, axis=0)
    ahead /= np.maximum(np.hypot(ahead[:, 0], ahead[:, 1]), 1e-9)[:, None]
    left = np.column_stack([-ahead[:, 1], ahead[:, 0]])
    return np.asarray(here + (off if one.side == "L" else -off) * left, np.float64)


def _drift(n: int, rng: np.random.Generator) -> Floats:
    """Errors of `NOISE_M` in each direction, each much like the one before."""
    step = rng.normal(0, NOISE_M * np.sqrt(1 - DRIFT**2), (n, 2))
    step[0] = rng.normal(0, NOISE_M, 2)
    error = np.empty_like(step)
    last = np.zeros(2)
    for row in range(n):
        last = DRIFT * last + step[row] if row else step[0]
        error[row] = last
    return error

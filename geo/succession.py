"""Which metres of the segments of an old network are which of a new one: told by their ground.

Axes are LineStrings in one metric CRS. Used where a network is made anew and junctions have come
or gone, so that a segment's metres may be on several others now.
"""

from typing import Any, NamedTuple

import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from geo.editing import SAME_M, Piece

APART_M = 10.0
"""An axis that lies no further away may be the same one, drawn better."""

STEP_M = 2.0
LEAST_SAMPLES = 3
LEAST_SLOPE = 0.5

Floats = NDArray[np.float64]


class Axes(NamedTuple):
    """Segments: number, axis, and a key of which only equal ones can follow each other (n,)."""

    ids: NDArray[np.int64]
    axes: NDArray[Any]
    keys: NDArray[Any]


def pieces(old: Axes, new: Axes) -> list[Piece]:
    """Pieces of all ``old`` segments that have followers among the ``new`` of their key."""
    found: list[Piece] = []
    for key in np.unique(old.keys):
        rows, mine = np.flatnonzero(new.keys == key), np.flatnonzero(old.keys == key)
        if not len(rows):
            continue
        tree = shapely.STRtree(new.axes[rows])
        for row in mine:
            found += _pieces(int(old.ids[row]), old.axes[row], new.ids[rows], tree)
    return found


def _pieces(old: int, axis: Any, ids: NDArray[np.int64], tree: Any) -> list[Piece]:
    length = float(shapely.length(axis))
    at = np.linspace(0.0, length, max(LEAST_SAMPLES, round(length / STEP_M) + 1))
    points = shapely.line_interpolate_point(axis, at)
    # Near a junction two of them are as near: what lies on both sides decides.
    middle = shapely.line_interpolate_point(axis, (at[1:] + at[:-1]) / 2)
    where, which = tree.query_nearest(middle, max_distance=APART_M, all_matches=False)
    follower = np.full(len(middle), -1)
    follower[where] = which
    bounds = np.flatnonzero(np.diff(follower)) + 1
    made = []
    for low, high in zip([0, *bounds], [*bounds, len(follower)], strict=True):
        row = int(follower[low])
        if row < 0 or (high - low < LEAST_SAMPLES and len(bounds) > 1):
            continue
        run = _run(axis, tree.geometries[row], at[low : high + 1], points[low : high + 1])
        if run is not None:
            made.append(Piece(old, int(ids[row]), *run))
    return made


def _run(axis: Any, new: Any, at: Floats, points: Any) -> tuple[Floats, Floats] | None:
    """Chainages on the old axis and the new one, from where both begin to where both end."""
    to = shapely.line_locate_point(new, points)
    back = to[-1] < to[0]
    length, new_length = float(shapely.length(axis)), float(shapely.length(new))
    ends = (new_length, 0.0) if back else (0.0, new_length)
    knots = [(a, b) for a, b in zip(at.tolist(), to.tolist(), strict=True)]
    for n, end_to in zip((0, -1), ends, strict=True):
        # The new axis ends beside the old one: there, and not where a sample lies, is the bound.
        spot = shapely.get_point(new, -1 if end_to else 0)
        beside = float(shapely.line_locate_point(axis, spot))
        if max(abs(beside - knots[n][0]), abs(end_to - knots[n][1])) <= STEP_M:
            knots[n] = (beside, end_to)
        if abs(knots[n][0] - (0.0, length)[n]) <= SAME_M:
            knots[n] = ((0.0, length)[n], knots[n][1])
    sign = -1.0 if back else 1.0
    kept = [knots[0]]
    for knot in knots[1:-1]:
        if all(_goes_on(a, b, sign) for a, b in ((kept[-1], knot), (knot, knots[-1]))):
            kept.append(knot)
    if not _goes_on(kept[-1], knots[-1], sign):
        return None
    run = np.array([*kept, knots[-1]])
    return run[:, 0], run[:, 1]


def _goes_on(a: tuple[float, float], b: tuple[float, float], sign: float) -> bool:
    along = b[0] - a[0]
    return along > SAME_M and LEAST_SLOPE <= sign * (b[1] - a[1]) / along <= 1 / LEAST_SLOPE


def lost_m(stretches: pd.DataFrame, followers: list[Piece]) -> Floats:
    """How many metres of each stretch (segment, from_m, to_m) lie on no piece."""
    from_m, to_m = (stretches[name].to_numpy(np.float64) for name in ("from_m", "to_m"))
    left: Floats = to_m - from_m
    for piece in followers:
        shared = np.minimum(to_m, piece.at[-1]) - np.maximum(from_m, piece.at[0])
        left -= np.where(stretches["segment"] == piece.old, np.maximum(shared, 0.0), 0.0)
    return left

"""Edits of segments by hand: split, join, draw anew; and where their metres lie afterwards.

Axes are LineStrings in one metric CRS; chainages in m from the axis's start. An edit gives pieces:
which metres of an old segment are which of a new one. By them everything that lies on sides
(duties, passes, …) is carried along, see `carry`.
"""

from typing import Any, NamedTuple

import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Line = Any

LEAST_PART_M = 1.0
"""No part of a split segment is shorter."""

END_M = 10.0
"""The ends of an axis drawn anew may lie so far from its junctions; they are put onto them."""

AWAY_M = 100.0
"""An axis drawn anew lies nowhere further from the old one: else it is another road."""

SAME_M = 1e-6
"""What lies no further apart is the same place."""

STEP_M = 5.0
SLOPE = (0.5, 2.0)
"""Between two places where an old and a new axis are compared, metres change by no more."""

OTHER_SIDE = {"L": "R", "R": "L"}


class CannotEdit(ValueError):
    """A segment cannot be split, joined or drawn anew like this."""


class Piece(NamedTuple):
    """Chainages ``at`` (increasing) of segment ``old`` lie at ``to`` of segment ``new``.

    In between they are interpolated. Where ``to`` falls, the segment was turned round: left is
    right.
    """

    old: int
    new: int
    at: Floats
    to: Floats


class Joined(NamedTuple):
    """A joined axis, in the direction of the one that is kept; how the other one lies in it."""

    axis: Line
    other_first: bool
    other_turned: bool


def split(axis: Line, at_m: float) -> tuple[Line, Line]:
    """The parts before and behind a chainage; raises `CannotEdit` too near to an end."""
    length = float(shapely.length(axis))
    if not LEAST_PART_M <= at_m <= length - LEAST_PART_M:
        raise CannotEdit(
            f"the segment is {length:.1f} m long: split it between {LEAST_PART_M:g} m and"
            f" {length - LEAST_PART_M:.1f} m, not at {at_m:.1f} m"
        )
    xy = shapely.get_coordinates(axis)
    run = np.append(0.0, np.cumsum(np.hypot(*np.diff(xy, axis=0).T)))
    before = np.searchsorted(run, at_m - SAME_M)
    if abs(run[before] - at_m) <= SAME_M:  # there is a vertex
        seam, rest = xy[before], xy[before + 1 :]
    else:
        share = (at_m - run[before - 1]) / (run[before] - run[before - 1])
        seam, rest = xy[before - 1] + share * (xy[before] - xy[before - 1]), xy[before:]
    return (
        shapely.linestrings(np.vstack([xy[:before], seam])),
        shapely.linestrings(np.vstack([seam, rest])),
    )


def join(kept: Line, other: Line, *, at_end: bool, from_start: bool) -> Joined:
    """One axis of two that meet: at the end of ``kept``, or its start; ``other`` from its start.

    A vertex at the seam is left out where the axis runs straight through it, so that joining the
    parts of a split segment gives back what it was.
    """
    turned = from_start != at_end
    rest = shapely.reverse(other) if turned else other
    first, second = (kept, rest) if at_end else (rest, kept)
    a, b = shapely.get_coordinates(first), shapely.get_coordinates(second)
    straight = shapely.linestrings([a[-2], b[1]])
    through = shapely.distance(straight, shapely.points(a[-1])) <= SAME_M
    xy = np.vstack([a[:-1] if through else a, b[1:]])
    return Joined(shapely.linestrings(xy), not at_end, turned)


def redraw(axis: Line, drawn: Line) -> Line:
    """A drawn line as the new axis of a segment: between its junctions, in its direction.

    Raises `CannotEdit` where it is no proper line, ends elsewhere, or lies far from the old one.
    """
    if shapely.get_type_id(drawn) != shapely.GeometryType.LINESTRING or drawn.is_empty:
        raise CannotEdit("an axis is one line of two points or more")
    start, end = shapely.get_point(axis, 0), shapely.get_point(axis, -1)
    new = shapely.reverse(drawn) if _runs_back(axis, drawn) else drawn
    apart = max(
        float(shapely.distance(shapely.get_point(new, n), at)) for n, at in ((0, start), (-1, end))
    )
    if apart > END_M:
        raise CannotEdit(
            f"the line ends {apart:.1f} m from where the segment ends; at most {END_M:g} m can be"
            " put right: draw it from junction to junction"
        )
    xy = shapely.get_coordinates(new)
    xy[0], xy[-1] = shapely.get_coordinates(start)[0], shapely.get_coordinates(end)[0]
    made = shapely.remove_repeated_points(shapely.linestrings(xy))
    if not shapely.is_simple(made) or shapely.length(made) < LEAST_PART_M:
        raise CannotEdit("the line crosses itself, or is no longer than a point")
    away = float(shapely.hausdorff_distance(axis, made, densify=0.1))
    if away > AWAY_M:
        raise CannotEdit(f"the line lies {away:.0f} m from the segment: is its datum right?")
    return made


def _runs_back(axis: Line, drawn: Line) -> bool:
    """Whether a line runs against an axis."""
    if shapely.is_closed(axis):
        return bool(shapely.is_ccw(axis) != shapely.is_ccw(shapely.linearrings(drawn.coords)))
    ends = [[shapely.get_point(line, n) for n in (0, -1)] for line in (axis, drawn)]
    along, back = (sum(map(shapely.distance, ends[0], other)) for other in (ends[1], ends[1][::-1]))
    return bool(back < along)


def pieces_of_split(old: int, length_m: float, parts: list[tuple[int, float]]) -> list[Piece]:
    """Pieces of a segment that became two: their numbers and lengths (m) in order."""
    (first, first_m), (second, second_m) = parts
    return [
        Piece(old, first, np.array([0.0, first_m]), np.array([0.0, first_m])),
        Piece(old, second, np.array([first_m, length_m]), np.array([0.0, second_m])),
    ]


def pieces_of_join(
    kept: tuple[int, float], other: tuple[int, float], joined: Joined, length_m: float
) -> list[Piece]:
    """Pieces of two segments (number, length in m) that became the one that is kept."""
    first, second = (other, kept) if joined.other_first else (kept, other)
    seam = first[1]
    pieces = []
    for (number, length), begin, end in ((first, 0.0, seam), (second, seam, length_m)):
        to = np.array([begin, end])
        if number == other[0] and joined.other_turned:
            to = to[::-1]
        pieces.append(Piece(number, kept[0], np.array([0.0, length]), to))
    return pieces


def pieces_of_redraw(segment: int, old: Line, new: Line) -> list[Piece]:
    """The piece of a segment drawn anew: places stay beside where they were.

    Every few metres the nearest place on the new axis is taken, as long as metres there are
    neither less than half nor more than twice of what they were; the ends are the ends.
    """
    length, new_length = float(shapely.length(old)), float(shapely.length(new))
    at = np.linspace(0.0, length, max(2, round(length / STEP_M) + 1))
    near = shapely.line_locate_point(new, shapely.line_interpolate_point(old, at))
    knots = [(0.0, 0.0)]
    for here, there in zip(at[1:-1].tolist(), near[1:-1].tolist(), strict=True):
        if _fits(knots[-1], (here, there)) and _fits((here, there), (length, new_length)):
            knots.append((here, there))
    knots.append((length, new_length))
    return [Piece(segment, segment, *np.array(knots).T)]


def _fits(a: tuple[float, float], b: tuple[float, float]) -> bool:
    return b[0] > a[0] and SLOPE[0] <= (b[1] - a[1]) / (b[0] - a[0]) <= SLOPE[1]


def carry(stretches: pd.DataFrame, pieces: list[Piece]) -> pd.DataFrame:
    """Stretches (segment, side, from_m, to_m, and whatever else) as they lie after an edit.

    One over a seam becomes two rows. What lies on other segments is left out.
    """
    moved = []
    for piece in pieces:
        rows = stretches[stretches["segment"] == piece.old]
        low = np.clip(rows["from_m"].to_numpy(np.float64), piece.at[0], piece.at[-1])
        high = np.clip(rows["to_m"].to_numpy(np.float64), piece.at[0], piece.at[-1])
        ends = np.sort([np.interp(m, piece.at, piece.to) for m in (low, high)], axis=0)
        turned = piece.to[-1] < piece.to[0]
        side = rows["side"].map(OTHER_SIDE) if turned else rows["side"]
        there = rows.assign(segment=piece.new, side=side, from_m=ends[0], to_m=ends[1])
        moved.append(there[high - low > SAME_M])
    return pd.concat(moved, ignore_index=True)


def merge_at(stretches: pd.DataFrame, seam_m: float, alike: list[str]) -> pd.DataFrame:
    """Stretches that end and begin at a seam as one, where they are alike in these columns.

    The one keeps what the row with the lower ``id`` says.
    """
    keys = ["segment", "side", *alike]
    ending = stretches[(stretches["to_m"] - seam_m).abs() <= SAME_M]
    begins = stretches[(stretches["from_m"] - seam_m).abs() <= SAME_M]
    pairs = ending.reset_index().merge(begins.reset_index(), on=keys, suffixes=("", "_on"))
    pairs = pairs.drop_duplicates("index").drop_duplicates("index_on")
    merged = stretches.copy()
    merged.loc[pairs["index"], "to_m"] = pairs["to_m_on"].to_numpy()
    merged.loc[pairs["index"], "id"] = pairs[["id", "id_on"]].min(axis=1).to_numpy()
    return merged.drop(index=pairs["index_on"]).reset_index(drop=True)

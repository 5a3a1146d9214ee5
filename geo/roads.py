"""Walking along a road: which way each of its segments points, and which comes after which.

A road (all segments of one name and kind) may fork, run on two carriageways or come in several
pieces. Its longest run straight on is its spine, directed west → east where the spine's ends lie
further apart in that direction, else north → south. Every segment points the way of the spine
beside it and takes its place by where its middle lies along the spine, so left stays left and
parallel carriageways are met side by side.
"""

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import shapely

from geo import chains

RAY_M = 100_000.0
"""The spine is lengthened straight on at both ends by this, for pieces of the road beyond it."""

ACROSS = 0.1
"""A segment that advances less than this share of its length along the spine lies across it."""

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
Geometries = npt.NDArray[Any]


class Order(NamedTuple):
    """For each segment: whether to turn it round, and its number along its road (from 1)."""

    turn: Flags
    seq: Ints


def order_along_roads(geometry: Geometries, nodes: Ints, road: Ints) -> Order:
    """Direct and number LineStrings (m) with end nodes (n, 2) and a road number (-1: no road)."""
    turn = _against_compass(geometry)
    measure = np.zeros(len(geometry))
    of_road = np.flatnonzero(road >= 0)
    if len(of_road):
        spine = _spines(geometry, nodes, road)[road[of_road]]
        line = geometry[of_road]
        measure[of_road] = _along(spine, line, 0.5)
        advance = _along(spine, line, 0.75) - _along(spine, line, 0.25)
        clear = np.abs(advance) > ACROSS / 2 * shapely.length(line)
        turn[of_road] = np.where(clear, advance < 0, turn[of_road])
    return Order(turn, _numbers(geometry, road, measure))


class Measures(NamedTuple):
    """Metres along its road's spine at which each segment begins and ends, 0 at the first."""

    begin: Floats
    end: Floats


def measure(geometry: Geometries, nodes: Ints) -> Measures:
    """Measure the segments of one road along its spine: LineStrings (m) with end nodes (n, 2).

    The segments are taken as they point; one that lies across the spine ends where it begins.
    """
    road = np.zeros(len(geometry), np.int64)
    spine = _spines(geometry, nodes, road)[road]
    begin, end = (shapely.line_locate_point(spine, shapely.get_point(geometry, n)) for n in (0, -1))
    first = float(np.minimum(begin, end).min())
    across = end - begin < ACROSS * shapely.length(geometry)
    middle = (begin + end) / 2
    begin, end = np.where(across, middle, begin), np.where(across, middle, end)
    return Measures(begin - first, end - first)


def _against_compass(geometry: Geometries) -> Flags:
    """Whether lines run east → west or south → north overall, or a ring runs clockwise."""
    start = shapely.get_coordinates(shapely.get_point(geometry, 0))
    end = shapely.get_coordinates(shapely.get_point(geometry, -1))
    east, north = (end - start).T
    against: Flags = np.where(np.abs(east) >= np.abs(north), east < 0, north > 0)
    ring = shapely.is_closed(geometry)
    against[ring] = ~shapely.is_ccw(geometry[ring])
    return against


def _along(spine: Geometries, line: Geometries, share: float) -> Floats:
    """Measure along the spine of the point at this share of the line's length."""
    at: Floats = shapely.line_locate_point(
        spine, shapely.line_interpolate_point(line, share, normalized=True)
    )
    return at


def _spines(geometry: Geometries, nodes: Ints, road: Ints) -> Geometries:
    """The spine of each road 0 … max(road), directed and lengthened at both ends."""
    link = chains.straight_on(geometry, nodes.ravel(), road)
    walked = chains.walk(link)
    runs = chains.join(geometry, walked)
    run_road = np.empty(len(runs), dtype=np.int64)
    run_road[walked.chain] = road
    order = np.lexsort((-shapely.length(runs).round(6), run_road))
    order = order[run_road[order] >= 0]
    _, first = np.unique(run_road[order], return_index=True)
    spine = runs[order[first]]
    spine = np.where(_against_compass(spine), shapely.reverse(spine), spine)
    return _lengthened(spine)


def _lengthened(spine: Geometries) -> Geometries:
    """Open lines with a straight ray at both ends, in the direction from start to end."""
    start = shapely.get_coordinates(shapely.get_point(spine, 0))
    end = shapely.get_coordinates(shapely.get_point(spine, -1))
    way = end - start
    open_ = np.hypot(way[:, 0], way[:, 1]) > 0
    ray = RAY_M * way[open_] / np.hypot(way[open_, 0], way[open_, 1])[:, None]
    xy, index = shapely.get_coordinates(spine[open_], return_index=True)
    n = np.arange(open_.sum())
    index = np.concatenate([n, index, n])
    order = np.argsort(index, kind="stable")
    coords = np.concatenate([start[open_] - ray, xy, end[open_] + ray])[order]
    longer = spine.copy()
    longer[open_] = shapely.linestrings(coords, indices=index[order])
    return longer


def _numbers(geometry: Geometries, road: Ints, measure: Floats) -> Ints:
    """1, 2, … within each road by measure; ties by the middle, west → east, north → south."""
    middle = shapely.get_coordinates(shapely.line_interpolate_point(geometry, 0.5, normalized=True))
    order = np.lexsort((-middle[:, 1], middle[:, 0], measure.round(3), road))
    ranked = road[order]
    seq = np.empty(len(road), dtype=np.int64)
    seq[order] = np.arange(len(road)) - np.searchsorted(ranked, ranked) + 1
    return seq

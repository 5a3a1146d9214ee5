"""Stretches of sides: metres of a segment's side, by chainage.

A stretch as people write it ('昭宜路 from 横一路 to No. 120, north side') becomes stretches of the
segments of that road. Along a road metres are counted on its spine (`geo.roads`): from its west
end, or its north end where it runs more from north to south.
"""

import re
from collections.abc import Mapping
from difflib import SequenceMatcher, get_close_matches
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from geo.columns import plain

Floats = NDArray[np.float64]

# Ends that lie so near to a junction are the junction; what is shorter is no stretch.
SNAP_M = 0.5
# Junctions with one and the same road no further apart than this are one crossing.
CROSSING_M = 80.0
# A side has a compass name where the road runs across that direction by more than 30 degrees.
LEAST_ACROSS = 0.5
# Names less alike than this (1: equal) are not suggested.
LEAST_ALIKE = 0.45

SIDES = {
    "L": "左 左侧 左边 l left",
    "R": "右 右侧 右边 r right",
    "LR": "双侧 两侧 双边 两边 全 lr both 双侧人行道",
    "odd": "单 单号 单号侧 单侧号 odd",
    "even": "双 双号 双号侧 even",
    "E": "东 东侧 东边 e east",
    "W": "西 西侧 西边 w west",
    "S": "南 南侧 南边 s south",
    "N": "北 北侧 北边 n north",
}
COMPASS = {"E": (1, 0), "W": (-1, 0), "S": (0, -1), "N": (0, 1)}
START = {plain(word) for word in ("起点", "start", "begin", "路头", "西端", "北端")}
END = {plain(word) for word in ("终点", "end", "路尾", "东端", "南端")}
METRES = re.compile(r"(?:k?(\d+)\+)?(\d+(?:\.\d+)?)\s*(?:m|米)?$", re.IGNORECASE)
DOOR = re.compile(r"(?:no\.?|#|门牌)?\s*(\d+)\s*(?:号|弄|#)?$", re.IGNORECASE)
MARKED = re.compile(r"号|弄|#|no\.?\s*\d|门牌", re.IGNORECASE)
WAYSIDE = ("口", "路口", "交叉口", "交叉路口", "junction", "crossing")


class NotUnderstood(ValueError):
    """A road, a crossing, a door or a side that nobody knows; ``field`` says which part."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field


class Stretch(NamedTuple):
    """Metres ``from_m`` to ``to_m`` of a side (L or R, seen along the axis) of a segment."""

    segment: int
    side: str
    from_m: float
    to_m: float


class Words(NamedTuple):
    """A stretch as people write it. An empty end is the road's own; an empty side is both."""

    road: str
    start: str = ""
    end: str = ""
    side: str = ""


class Road(NamedTuple):
    """A road with what its places are called by.

    Segments: ``ids``, ``length_m`` and the measures along the spine where they begin and end,
    ``begin_m`` and ``end_m`` (all of shape (n,)), ``heading`` (n, 2) unit vectors. ``crossings``:
    the measures at which roads of a name are met. Doors: number, side, measure, of shape (k,).
    """

    name: str
    ids: NDArray[np.int64]
    length_m: Floats
    begin_m: Floats
    end_m: Floats
    heading: Floats
    crossings: Mapping[str, Floats]
    door: NDArray[np.int64]
    door_side: NDArray[Any]
    door_m: Floats


def nearest_names(name: str, known: list[str]) -> list[str]:
    """Up to three of the ``known`` names that are written most like ``name``.

    Among those equally alike the ones that begin alike come first.
    """
    said, of = plain(name), {plain(one): one for one in known}
    near = get_close_matches(said, list(of), 20, LEAST_ALIKE)
    near.sort(key=lambda one: (round(-SequenceMatcher(None, one, said).ratio(), 3),
                               one[:1] != said[:1]))  # fmt: skip
    return [of[one] for one in near[:3]]


def or_like(name: str, known: list[str]) -> str:
    """The end of a sentence that suggests the nearest names, or nothing."""
    near = nearest_names(name, known)
    return f"; did you mean {' or '.join(near)}?" if near else ""


def read(road: Road, words: Words) -> list[Stretch]:
    """The stretches of a road's segments that words speak of; raises `NotUnderstood`."""
    low, high = sorted((_end(road, "from", words.start), _end(road, "to", words.end)))
    if high - low < SNAP_M:
        raise NotUnderstood("to", f"{words.start or 'the start'} and {words.end or 'the end'} are"
                            f" the same place on {road.name}")  # fmt: skip
    rows, from_m, to_m = _between(road, low, high)
    if not len(rows):
        raise NotUnderstood("from", f"{road.name} has no segment between these ends")
    sides = _sides(road, rows, words.side)
    return [
        Stretch(int(road.ids[row]), side, float(a), float(b))
        for row, a, b in zip(rows, from_m, to_m, strict=True)
        for side in sides
    ]


def _between(road: Road, low: float, high: float) -> tuple[NDArray[np.int64], Floats, Floats]:
    """Which segments lie between two measures, and from and to which of their metres."""
    span = road.end_m - road.begin_m
    along = span > SNAP_M
    middle = (road.begin_m + road.end_m) / 2
    scale = np.where(along, road.length_m / np.where(along, span, 1.0), 0.0)
    from_m = np.where(along, (np.maximum(low, road.begin_m) - road.begin_m) * scale, 0.0)
    to_m = np.where(along, (np.minimum(high, road.end_m) - road.begin_m) * scale, road.length_m)
    from_m = np.where(from_m < SNAP_M, 0.0, from_m)
    to_m = np.where(to_m > road.length_m - SNAP_M, road.length_m, to_m)
    inside = np.where(
        along,
        (np.minimum(high, road.end_m) - np.maximum(low, road.begin_m)) > SNAP_M,
        (middle >= low) & (middle <= high),
    )
    rows = np.flatnonzero(inside & (to_m > from_m))
    return rows, from_m[rows], to_m[rows]


def _end(road: Road, field: str, words: str) -> float:
    """The measure of one end of a stretch."""
    said = words.strip()
    if not said or plain(said) in START | END:
        at_start = field == "from" if not said else plain(said) in START
        measures = np.concatenate([road.begin_m, road.end_m])
        return float(measures.min() if at_start else measures.max())
    if MARKED.search(said) and (number := DOOR.match(said)):
        return _door(road, field, int(number[1]))
    if metres := METRES.match(said):
        return _metres(road, field, metres)
    return _crossing(road, field, said)


def _metres(road: Road, field: str, found: re.Match[str]) -> float:
    start, end = float(road.begin_m.min()), float(road.end_m.max())
    metres = 1000 * float(found[1] or 0) + float(found[2])
    if metres > end - start + 1:
        raise NotUnderstood(field, f"{road.name} is {end - start:.0f} m long, not {metres:.0f} m")
    return min(start + metres, end)


def _door(road: Road, field: str, number: int) -> float:
    at = road.door_m[road.door == number]
    if not len(at):
        known = np.unique(road.door)
        near = np.sort(known[np.argsort(np.abs(known - number), kind="stable")][:2])
        told = f"; the nearest known are {' and '.join(map(str, near))}" if len(near) else ""
        raise NotUnderstood(field, f"no door {number} is known on {road.name}{told}")
    return float(np.median(at))


def _crossing(road: Road, field: str, said: str) -> float:
    names = {plain(name): name for name in road.crossings}
    said_so = [plain(said), *(plain(said).removesuffix(word) for word in WAYSIDE)]
    name = next((names[word] for word in said_so if word in names), None)
    if name is None:
        known = sorted(road.crossings)
        told = or_like(said, known)
        if not told and known:
            told = f"; it meets {', '.join(known[:5])}{' …' if len(known) > 5 else ''}"
        raise NotUnderstood(field, f"{road.name} does not meet {said}{told}")
    at = road.crossings[name]
    if float(np.ptp(at)) > CROSSING_M:
        places = ", ".join(f"{m - road.begin_m.min():.0f} m" for m in np.unique(at.round()))
        raise NotUnderstood(field, f"{road.name} meets {name} at {places}: give the metres instead")
    return float((at.min() + at.max()) / 2)


def _sides(road: Road, rows: NDArray[np.int64], words: str) -> str:
    """'L', 'R' or 'LR'."""
    said = plain(words)
    meaning = {plain(word): side for side, all_ in SIDES.items() for word in all_.split()}
    side = meaning.get(said) if said else "LR"
    if side is None:
        raise NotUnderstood("side", f"{words!r} is no side: write 左, 右, 双侧, 东, 西, 南, 北,"
                            " 单号, 双号, or L, R, both, E, W, S, N, odd, even")  # fmt: skip
    if side in COMPASS:
        return _compass_side(road, rows, side)
    if side in ("odd", "even"):
        return _numbered_side(road, rows, side)
    return side


def _compass_side(road: Road, rows: NDArray[np.int64], side: str) -> str:
    ahead = (road.heading[rows] * road.length_m[rows, None]).sum(axis=0)
    ahead = ahead / max(float(np.hypot(*ahead)), 1e-9)
    left = np.array([-ahead[1], ahead[0]])
    share = float(left @ np.array(COMPASS[side]))
    if abs(share) < LEAST_ACROSS:
        other = "东/西 (E/W)" if side in "NS" else "南/北 (N/S)"
        raise NotUnderstood("side", f"{road.name} has no such side here: it has {other}")
    return "L" if share > 0 else "R"


def _numbered_side(road: Road, rows: NDArray[np.int64], side: str) -> str:
    """The side where most of the doors between the ends have odd, or even, numbers."""
    low, high = road.begin_m[rows].min(), road.end_m[rows].max()
    here = (road.door_m >= low) & (road.door_m <= high)
    here &= road.door % 2 == (1 if side == "odd" else 0)
    left = int((road.door_side[here] == "L").sum())
    right = int(here.sum()) - left
    if left == right:
        raise NotUnderstood("side", f"which side of {road.name} has the {side} numbers is not"
                            " known: write 左 or 右")  # fmt: skip
    return "L" if left > right else "R"


def without(stretches: list[Stretch], taken: list[Stretch]) -> list[Stretch]:
    """What is left of stretches where others are taken away; what is shorter than 1 cm is gone."""
    left = stretches
    for cut in taken:
        left = [part for one in left for part in _cut(one, cut)]
    return left


def _cut(one: Stretch, cut: Stretch) -> list[Stretch]:
    if one[:2] != cut[:2]:
        return [one]
    parts = (
        one._replace(to_m=min(one.to_m, cut.from_m)),
        one._replace(from_m=max(one.from_m, cut.to_m)),
    )
    return [part for part in parts if part.to_m - part.from_m > 0.01]

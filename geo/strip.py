"""A chief's segments as strips to walk along: roads in an order, each side with what is on it.

Rows come in as dictionaries, as the store reads them; what goes out is told to pages as it is.
"""

import math
from collections import defaultdict
from collections.abc import Iterable
from typing import Any, NamedTuple

from geo.patrol import NARROW_M

Row = dict[str, Any]
Side = tuple[int, str]


class Found(NamedTuple):
    """What there is on a chief's segments.

    ``segments`` have id, road_id, road, seq, kind, width_m, ``ends`` (x, y of start and end in m);
    ``charge`` has one row per duty: segment, side, role, from_m, to_m; ``doors`` segment, side and
    chainage_m; ``passed`` segment, side, from_m, to_m and at, each metre once.
    """

    segments: list[Row]
    charge: list[Row]
    doors: list[Row]
    passed: list[Row]


def assemble(found: Found) -> list[Row]:
    """Roads in walking order with their segments, sides, and what is in charge on each side."""
    charge, doors, passed = (by_side(rows) for rows in (found.charge, found.doors, found.passed))
    roads = []
    for segments in in_walking_order(found.segments):
        told = []
        for segment in segments:
            sides = [(segment["id"], side) for side in "LR"]
            told.append(
                {name: segment[name] for name in segment.keys() - {"ends", "road", "road_id"}}
                | {"narrow": segment["kind"] == "lane" or segment["width_m"] <= NARROW_M}
                | {"sides": [_side(s, charge, doors, passed) for s in sides if s in charge]}
            )
        first = segments[0]
        roads.append({"name": first["road"], "kind": first["kind"], "segments": told})
    return roads


def by_side(rows: Iterable[Row]) -> dict[Side, list[Row]]:
    """Rows by their segment and side, in their order."""
    sides: dict[Side, list[Row]] = defaultdict(list)
    for row in rows:
        sides[row["segment"], row["side"]].append(row)
    return dict(sides)


def _side(
    side: Side,
    charge: dict[Side, list[Row]],
    doors: dict[Side, list[Row]],
    passed: dict[Side, list[Row]],
) -> Row:
    duties = charge[side]
    return {
        "side": side[1],
        "roles": sorted({duty["role"] for duty in duties}),
        "charge": _union((duty["from_m"], duty["to_m"]) for duty in duties),
        "doors": [_bare(door) for door in doors.get(side, ()) if is_within(door, duties)],
        "passed": [_bare(stretch) for stretch in passed.get(side, ())],
    }


def is_within(row: Row, duties: Iterable[Row]) -> bool:
    """Whether what stands at a chainage lies in one of the ``duties`` on its side."""
    return any(duty["from_m"] <= row["chainage_m"] <= duty["to_m"] for duty in duties)


def _bare(row: Row) -> Row:
    return {name: value for name, value in row.items() if name not in ("segment", "side")}


def _union(stretches: Iterable[tuple[float, float]]) -> list[list[float]]:
    whole: list[list[float]] = []
    for start, end in sorted(stretches):
        if whole and start <= whole[-1][1]:
            whole[-1][1] = max(whole[-1][1], end)
        else:
            whole.append([start, end])
    return whole


def in_walking_order(segments: Iterable[Row]) -> list[list[Row]]:
    """Roads, each with its segments by ``seq``, one after the other as they lie nearest.

    The first road is the one that begins furthest north-west; then always the road whose nearer end
    is closest to where the last one ends. A segment of no road is a road of its own.
    """
    roads: dict[object, list[Row]] = defaultdict(list)
    for segment in sorted(segments, key=lambda s: (s["seq"] or 0, s["id"])):
        key = segment["road_id"] if segment["road_id"] is not None else ("alone", segment["id"])
        roads[key].append(segment)
    left = sorted(roads.values(), key=_north_west)
    order = left[:1]
    left = left[1:]
    while left:
        last = order[-1][-1]["ends"][2:]
        after = min(left, key=lambda road: _way_to(last, road))
        left.remove(after)
        order.append(after)
    return order


def _north_west(road: list[Row]) -> tuple[float, int]:
    x, y = road[0]["ends"][:2]
    return x - y, road[0]["id"]


def _way_to(place: list[float], road: list[Row]) -> tuple[float, int]:
    start, end = road[0]["ends"][:2], road[-1]["ends"][2:]
    return min(math.dist(place, start), math.dist(place, end)), road[0]["id"]

"""House and lane numbers: they rise along a road from west to east, odd left and even right.

A lane is numbered like the house it would be: 棠溪路128弄 opens between 棠溪路126号 and 130号.
"""

from __future__ import annotations

import re
from typing import Any

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely

METRES_PER_NUMBER = 7.0
NUMBERED_LANE = re.compile(r"(.+?[路街])\d+弄")
BRANCH = re.compile(r"(.+弄)(\d+支弄)")


def metres_before(ways: gpd.GeoDataFrame) -> npt.NDArray[np.float64]:
    """For each way the length (m) of the ways of the same name that begin further west."""
    start = shapely.get_coordinates(shapely.get_point(ways.geometry.array, 0))
    table = pd.DataFrame({"name": ways["name"], "x": start[:, 0], "length": ways.length})
    ordered = table.sort_values(["name", "x"], kind="stable")
    before = ordered.groupby("name")["length"].cumsum() - ordered["length"]
    return np.asarray(before.sort_index(), dtype=float)


def house_number(chainage_m: Any, side: Any) -> Any:
    """The number at a chainage (m) along the whole road, on the left (1) or right (−1)."""
    number = 2 * (np.asarray(chainage_m) // METRES_PER_NUMBER) + np.where(
        np.asarray(side) > 0, 1, 2
    )
    return number.astype(np.int64)


def lane_names(ways: gpd.GeoDataFrame) -> list[str]:
    """The names of all ways, numbered lanes by the place where they open on their road."""
    before = metres_before(ways)
    rows_of = {name: rows.to_numpy() for name, rows in ways.groupby("name").groups.items()}
    lines = ways.geometry.to_numpy()
    new: dict[str, str] = {}
    taken: set[tuple[str, int]] = set()
    for name, rows in rows_of.items():
        lane = NUMBERED_LANE.fullmatch(name)
        if lane:
            road = lane[1]
            number = _opening(lines, before, rows, rows_of[road])
            while (road, number) in taken:
                number += 2
            taken.add((road, number))
            new[name] = f"{road}{number}弄"
    return [_renamed(name, new) for name in ways["name"]]


def _renamed(name: str, new: dict[str, str]) -> str:
    branch = BRANCH.fullmatch(name)
    if branch and branch[1] in new:
        return new[branch[1]] + branch[2]
    return new.get(name, name)


def _opening(
    lines: npt.NDArray[np.object_],
    before: npt.NDArray[np.float64],
    lane: npt.NDArray[np.intp],
    road: npt.NDArray[np.intp],
) -> int:
    """The number at which a lane (its rows) opens on its road (its rows)."""
    ends = shapely.get_point(np.repeat(lines[lane], 2), np.tile([0, -1], len(lane)))
    away = shapely.distance(ends[:, None], lines[road][None, :]).round(2)
    end, at = np.unravel_index(int(np.argmin(away)), away.shape)
    axis = lines[road[at]]
    along = shapely.line_locate_point(axis, ends[end])
    middle = shapely.line_interpolate_point(lines[lane[end // 2]], 0.5, normalized=True)
    step = shapely.get_coordinates(
        shapely.line_interpolate_point(axis, [max(along - 1, 0), along + 1])
    )
    ahead = step[1] - step[0]
    towards = shapely.get_coordinates(middle)[0] - step[0]
    side = 1 if ahead[0] * towards[1] - ahead[1] * towards[0] > 0 else -1
    return int(house_number(before[road[at]] + along, side))

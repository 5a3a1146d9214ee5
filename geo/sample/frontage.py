"""Places along the roads of the sample: slots every few metres on both sides, and house numbers."""

from __future__ import annotations

from functools import cache

import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely

from geo.sample import numbering
from geo.sample.fabric import Floats
from geo.sample.ground import ground

Ints = npt.NDArray[np.int64]

SLOT_M = 6.0
STRETCH_M = 110.0
ASIDE_M = 6.0
RIVERSIDE = ("汀水北路", "汀水南路", "沧江路", "横塘路")


@cache
def slots() -> pd.DataFrame:
    """One row per slot: way (row of ground().ways), along (m), side (1 left, −1 right), x, y of the
    axis, nx, ny (unit vector to that side), half (half the road's width in m), stretch (number of
    the 110 m piece it lies in), community beside the road (row of names.COMMUNITIES, −1 outside).
    """
    ways = ground().ways
    usable = np.flatnonzero((ways["kind"] != "river") & (ways["level"] == 0))
    lines = ways.geometry.to_numpy()[usable]
    count = (shapely.length(lines) // SLOT_M).astype(int)
    row = np.repeat(np.arange(len(usable)), count)
    along = (np.arange(len(row)) - np.repeat(np.cumsum(count) - count, count) + 0.5) * SLOT_M
    axis, normal = axis_at(lines[row], along)
    stretch = _stretches(row, along)
    one = pd.DataFrame({"way": usable[row], "along": along, "stretch": stretch})
    one[["x", "y"]] = axis
    one["half"] = ways["width_m"].to_numpy()[one["way"]] / 2
    both = pd.concat([one.assign(side=1), one.assign(side=-1)], ignore_index=True)
    both[["nx", "ny"]] = np.vstack([normal, -normal])
    aside = both[["nx", "ny"]].to_numpy() * (both["half"].to_numpy()[:, None] + ASIDE_M)
    both["community"] = community_at(both[["x", "y"]].to_numpy() + aside)
    return both


def axis_at(lines: npt.NDArray[np.object_], along: Floats) -> tuple[Floats, Floats]:
    """Points (n, 2) on lines at a chainage (m), and unit normals (n, 2) to the left there."""
    at = shapely.get_coordinates(shapely.line_interpolate_point(lines, along))
    back = shapely.get_coordinates(shapely.line_interpolate_point(lines, np.maximum(along - 1, 0)))
    ahead = shapely.get_coordinates(shapely.line_interpolate_point(lines, along + 1))
    step = (ahead - back) / np.hypot(*(ahead - back).T)[:, None]
    return at, np.column_stack([-step[:, 1], step[:, 0]])


def community_at(xy: Floats) -> Ints:
    """The community (row of names.COMMUNITIES) of each point, −1 outside the district."""
    faces = ground().faces
    polygons = faces.groupby("community")["geometry"].agg(
        lambda parts: shapely.coverage_union_all(parts.to_numpy())
    )
    found = np.full(len(xy), -1)
    for community, polygon in polygons.items():
        shapely.prepare(polygon)
        found[shapely.intersects_xy(polygon, xy[:, 0], xy[:, 1])] = community
    return found


def house_numbers(way: Ints, along: Floats, side: Ints) -> Ints:
    """House numbers: odd on the left, even on the right, rising along the whole road."""
    before = numbering.metres_before(ground().ways)
    return np.asarray(numbering.house_number(before[way] + along, side))


def addresses(way: Ints, along: Floats, side: Ints) -> list[str]:
    """Road and house number, as 棠溪路128号."""
    names = ground().ways["name"].to_numpy()[way]
    numbers = house_numbers(way, along, side)
    return [f"{name}{number}号" for name, number in zip(names, numbers, strict=True)]


def way_weights(by_class: dict[str, float], by_zone: dict[str, float], market: float) -> Floats:
    """A weight per way from its class and zone; riversides are quiet, the market street is not."""
    ways = ground().ways
    weight = ways["class"].map(by_class).fillna(0.0) * ways["zone"].map(by_zone).fillna(1.0)
    weight = weight * np.where(ways["name"].isin(RIVERSIDE), 0.1, 1.0)
    return np.asarray(np.where(ways["market"], market, weight), dtype=float)


def _stretches(row: Ints, along: Floats) -> Ints:
    """Numbers 0, 1, … of the pieces of `STRETCH_M` of each way."""
    piece = (along // STRETCH_M).astype(np.int64)
    return np.asarray(np.unique(row * 10_000 + piece, return_inverse=True)[1])

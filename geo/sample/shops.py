"""Merchants of the sample: doors on the frontage, many in the old core, few in the fringe."""

from __future__ import annotations

from functools import cache

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geo.sample import frontage, names
from geo.sample.fabric import Floats
from geo.sample.ground import CRS, SEED, ground

MERCHANTS = 6_000
BY_CLASS = {
    "primary": 1.0,
    "secondary": 2.2,
    "tertiary": 2.6,
    "residential": 1.5,
    "living_street": 0.5,
    "lane": 0.45,
}
BY_ZONE = {"core": 4.5, "planned": 1.4, "fringe": 0.3, "park": 0.05, "works": 0.25}
MARKET = 60.0
DOOR_M = (1.0, 4.0)
"""Metres from the edge of the road surface to a door."""

CODE_SIGNS = "0123456789ABCDEFGHJKLMNPQRTUWXY"


@cache
def merchants() -> gpd.GeoDataFrame:
    """The merchants with Chinese column names, point geometry in EPSG:4549, and their slot."""
    rng = np.random.default_rng([SEED, 3])
    frame = _doors(rng)
    way, along, side = (frame[c].to_numpy() for c in ("way", "along", "side"))
    n = len(frame)
    frame["编号"] = [f"SH{k:05d}" for k in range(1, n + 1)]
    frame["类别"], frame["店名"] = _kinds_and_names(n, rng)
    code = _credit_codes(n, rng)
    frame["统一社会信用代码"] = np.where(rng.random(n) < 0.03, "", code)
    score = np.clip(rng.normal(83, 8.5, n), 35, 100).round(1)
    frame["星级"] = np.clip(np.round((score - 50) / 9 + rng.normal(0, 0.7, n)), 1, 5).astype(int)
    frame["信用分"] = score
    listed = np.where(score >= 95, "红榜", np.where(score < 66, "灰榜", ""))
    frame["红灰榜"] = listed
    frame["地址"] = frontage.addresses(way, along, side)
    frame["联系人"] = names.people_names(n, rng)
    frame["电话"] = names.phones(n, rng)
    return frame


def _doors(rng: np.random.Generator) -> gpd.GeoDataFrame:
    """Choose slots by weight, without putting two shops into one, and step back to the door."""
    slots = frontage.slots()
    weight = frontage.way_weights(BY_CLASS, BY_ZONE, MARKET)[slots["way"]]
    clumps = np.exp(1.15 * rng.standard_normal(int(slots["stretch"].max()) + 1))
    market = ground().ways["market"].to_numpy()[slots["way"]]
    weight = weight * np.where(market, 1.0, clumps[slots["stretch"]])
    with np.errstate(divide="ignore"):
        key = rng.exponential(1.0, len(slots)) / weight
    chosen = slots.iloc[np.argsort(key, kind="stable")[: 2 * MERCHANTS]].reset_index(drop=True)
    chosen["along"] += rng.uniform(-1.5, 1.5, len(chosen))
    off = chosen["half"].to_numpy() + rng.uniform(*DOOR_M, len(chosen))
    xy = _step_aside(chosen, off)
    chosen = chosen[_free(xy, chosen["way"].to_numpy())].iloc[:MERCHANTS]
    points = shapely.points(xy[chosen.index])
    frame = gpd.GeoDataFrame(chosen.reset_index(drop=True), geometry=points, crs=CRS)
    order = np.lexsort((frame["side"], frame["along"], frame["way"]))
    return frame.iloc[order].reset_index(drop=True)


def _step_aside(chosen: pd.DataFrame, off: Floats) -> Floats:
    lines = ground().ways.geometry.to_numpy()[chosen["way"]]
    axis, normal = frontage.axis_at(lines, chosen["along"].to_numpy())
    return np.asarray(axis + normal * (off * chosen["side"].to_numpy())[:, None]).round(2)


def _free(xy: Floats, way: frontage.Ints) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    """Doors within the district that stand on no road's surface and in no water."""
    ways = ground().ways
    surfaces = shapely.buffer(
        ways.geometry.to_numpy(), ways["width_m"].to_numpy() / 2 + 0.8, quad_segs=4
    )
    point, _ = shapely.STRtree(surfaces).query(shapely.points(xy), predicate="intersects")
    free = frontage.community_at(xy) >= 0
    free[point] = False
    return free


def _kinds_and_names(n: int, rng: np.random.Generator) -> tuple[list[str], list[str]]:
    kinds = list(names.CATEGORIES)
    share = np.array([names.CATEGORIES[k][0] for k in kinds])
    drawn = rng.choice(len(kinds), n, p=share / share.sum())
    first, ending = rng.integers(0, len(names.SHOP_FIRST), n), rng.integers(0, 1_000, n)
    shop = []
    for k, f, e in zip(drawn.tolist(), first.tolist(), ending.tolist(), strict=True):
        endings = names.CATEGORIES[kinds[k]][1]
        shop.append(names.SHOP_FIRST[f] + endings[e % len(endings)])
    return [kinds[k] for k in drawn], shop


def _credit_codes(n: int, rng: np.random.Generator) -> list[str]:
    """Unified social credit codes of sole traders (92) with valid check signs (GB 32100, 11714)."""
    signs = np.zeros((n, 18), dtype=int)
    signs[:, :8] = [CODE_SIGNS.index(c) for c in "92" + names.DISTRICT_CODE]
    signs[:, 8:16] = rng.integers(0, 10, (n, 8))
    check = (11 - signs[:, 8:16] @ np.array([3, 7, 9, 10, 5, 8, 4, 2]) % 11) % 11
    signs[:, 16] = np.where(check == 10, CODE_SIGNS.index("X"), check)
    weights = np.array([pow(3, k, 31) for k in range(17)])
    signs[:, 17] = (31 - signs[:, :17] @ weights % 31) % 31
    return ["".join(CODE_SIGNS[k] for k in row) for row in signs.tolist()]

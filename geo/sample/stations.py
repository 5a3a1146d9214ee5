"""Party and community service stations: 1 district, 3 street, 12 community, 30 others."""

from __future__ import annotations

from functools import cache

import geopandas as gpd
import numpy as np
import shapely

from geo.sample import frontage, names, people
from geo.sample.fabric import Floats
from geo.sample.ground import CRS, SEED, ground

# Name, tier, wished place and community.
Wish = tuple[str, str, Floats, int]

OTHERS = {"core": 10, "planned": 18, "fringe": 2}
OTHER_NAMES = ["楼宇党群服务站", "商圈党群服务站", "滨水驿站", "两新党群服务站", "暖心驿站"]
TOWARDS_CORE = 0.45
"""Stations of fringe communities lie this share of the way towards the core: far from the homes."""


@cache
def stations() -> gpd.GeoDataFrame:
    """The stations with Chinese column names, geometry in EPSG:4549."""
    rng = np.random.default_rng([SEED, 4])
    wanted = [*_official(), *_others(rng)]
    targets = np.array([at for _, _, at, _ in wanted])
    community = [c for _, _, _, c in wanted]
    slot = _nearest_slots(targets, community)
    off = slot["half"].to_numpy() + rng.uniform(3, 8, len(slot))
    xy = slot[["x", "y"]].to_numpy() + slot[["nx", "ny"]].to_numpy() * off[:, None]
    way, along, side = (slot[c].to_numpy() for c in ("way", "along", "side"))
    frame = gpd.GeoDataFrame(geometry=shapely.points(xy.round(2)), crs=CRS)
    frame["编号"] = [f"ZD{k:03d}" for k in range(1, len(frame) + 1)]
    road = ground().ways["name"].to_numpy()[way]
    frame["名称"] = [
        f"{r}{n}" if n in OTHER_NAMES else n for (n, *_), r in zip(wanted, road, strict=True)
    ]
    frame["级别"] = [tier for _, tier, *_ in wanted]
    frame["地址"] = frontage.addresses(way, along, side)
    frame["电话"] = names.phones(len(frame), rng)
    return frame


def _official() -> list[Wish]:
    """The stations that every level must have."""
    areas = people.areas().set_index("name")
    middle = {name: _middle(polygon) for name, polygon in areas["geometry"].items()}
    core = (middle["文庙社区"] + middle["渡口社区"]) / 2
    wanted = [(f"{names.DISTRICT}党群服务中心", "区级", core, 1)]
    for (_, name), host in zip(names.STREETS, ("棠溪社区", "横塘社区", "晴川社区"), strict=True):
        number = [community.name for community in names.COMMUNITIES].index(host)
        wanted.append((f"{name}党群服务中心", "街道级", (middle[host] * 2 + core) / 3, number))
    for i, community in enumerate(names.COMMUNITIES):
        far = TOWARDS_CORE if community.street == names.FRINGE else 0.08
        at = middle[community.name] + far * (core - middle[community.name])
        wanted.append((f"{community.name}党群服务站", "社区级", at, i))
    return wanted


def _others(rng: np.random.Generator) -> list[Wish]:
    """Further stations at random places of each zone, mostly where there are shops."""
    faces = ground().faces
    wanted = []
    for zone, count in OTHERS.items():
        inside = faces[(faces["zone"] == zone) & ~faces["water"]]
        chosen = inside.iloc[np.sort(rng.choice(len(inside), count, replace=False))]
        for polygon, community in zip(chosen.geometry, chosen["community"], strict=True):
            name = OTHER_NAMES[int(rng.integers(len(OTHER_NAMES)))]
            wanted.append((name, "其他", _middle(polygon), int(community)))
    return wanted


def _nearest_slots(targets: Floats, community: list[int]) -> gpd.GeoDataFrame:
    """For each target the nearest slot on a street (no lane) of its community."""
    slots = frontage.slots()
    streets = ground().ways["class"].isin(["secondary", "tertiary", "residential"]).to_numpy()
    slots = slots[streets[slots["way"]] & (slots["community"] >= 0)]
    rows = []
    for (x, y), own in zip(targets, community, strict=True):
        near = slots[slots["community"] == own]
        rows.append(near.index[np.argmin(np.hypot(near["x"] - x, near["y"] - y).round(3))])
    return slots.loc[rows].reset_index(drop=True)


def _middle(polygon: shapely.Polygon) -> Floats:
    return np.array([polygon.centroid.x, polygon.centroid.y])

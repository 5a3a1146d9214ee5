"""A year of incidents: when they happen, where, and how they are handled."""

from __future__ import annotations

from functools import cache

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geo.sample import frontage, names, people, shops
from geo.sample.case_classes import CLASSES, SOURCES, CaseClass, hour_weights
from geo.sample.fabric import Floats
from geo.sample.ground import CRS, SEED, ground

INCIDENTS = 60_000
FIRST_DAY = pd.Timestamp("2025-07-01")
END = pd.Timestamp("2026-07-01")
"""The moment the files were 'exported', Asia/Shanghai; what was not finished then is open."""
SPRING_FESTIVAL = (pd.Timestamp("2026-02-15"), pd.Timestamp("2026-02-24"))
HOT_SPOTS = 26
FAR_SHARE = 0.012
SLOW = {"芦汀社区": 1.5, "晴川社区": 1.7, "临沧社区": 1.35, "金穗社区": 1.3}
"""Handling takes longer by this factor where workers are overloaded or far away."""
WRONG_STREET = 0.012
STUCK_SHARE = 0.012


@cache
def incidents() -> gpd.GeoDataFrame:
    """The incidents with Chinese column names, in order of time, geometry in EPSG:4549."""
    rng = np.random.default_rng([SEED, 7])
    share = np.array([c.share for c in CLASSES])
    counts = np.floor(share / share.sum() * INCIDENTS).astype(int)
    counts[0] += INCIDENTS - counts.sum()
    rain = _rain(rng)
    spots = _hot_spots(rng)
    pairs = zip(CLASSES, counts.tolist(), strict=True)
    parts = [_of_class(c, n, rain, spots, rng) for c, n in pairs]
    frame = _inside(pd.concat(parts, ignore_index=True))
    frame = frame.sort_values("上报时间", kind="stable").reset_index(drop=True)
    frame = _handled(_described(frame, rng), rng)
    xy = frame[["x", "y"]].to_numpy().round(2)
    return gpd.GeoDataFrame(frame, geometry=shapely.points(xy), crs=CRS)


def _of_class(
    case: CaseClass, count: int, rain: Floats, spots: Floats, rng: np.random.Generator
) -> pd.DataFrame:
    """Times and places of the incidents of one class."""
    slots = frontage.slots()
    weight = frontage.way_weights(case.roads, case.zones, case.market)[slots["way"]]
    clumps = np.exp(0.9 * rng.standard_normal(int(slots["stretch"].max()) + 1))
    weight = weight * clumps[slots["stretch"]] * _pull(case.near) * spots
    weight[slots["community"] < 0] = 0
    chosen = slots.iloc[_draw(weight, count, rng)].reset_index(drop=True)
    off = chosen["half"].to_numpy() + rng.uniform(*case.off_m, count)
    # What lies on the road stays on its own side of the axis.
    off = np.maximum(off, 0.4)
    chosen["along"] += rng.uniform(-3, 3, count)
    chosen[["axis_x", "axis_y"]] = chosen[["x", "y"]]
    chosen["x"] += chosen["nx"] * off + rng.uniform(-2, 2, count)
    chosen["y"] += chosen["ny"] * off + rng.uniform(-2, 2, count)
    chosen["上报时间"] = _times(case, count, rain, rng)
    chosen["类别"] = case.name
    favour = 0.62 ** np.arange(len(case.subclasses))
    chosen["小类"] = rng.choice(case.subclasses, count, p=favour / favour.sum())
    chosen["来源"] = rng.choice(SOURCES, count, p=case.sources)
    chosen["limit_h"], chosen["median_h"] = case.hours
    return _some_far_from_roads(chosen, case, rng)


def _inside(frame: pd.DataFrame) -> pd.DataFrame:
    """Give each incident the community it lies in; the few outside go back beside their road."""
    xy = frame[["x", "y"]].to_numpy()
    outside = frontage.community_at(xy) < 0
    near = frame[["axis_x", "axis_y"]].to_numpy() + 2 * frame[["nx", "ny"]].to_numpy()
    xy[outside] = near[outside]
    frame[["x", "y"]] = xy
    found = frontage.community_at(xy)
    frame["community"] = np.where(found < 0, frame["community"], found)
    return frame


def _draw(weight: Floats, count: int, rng: np.random.Generator) -> frontage.Ints:
    """Rows drawn with the given weights, repeats allowed."""
    total = np.cumsum(weight)
    return np.asarray(np.searchsorted(total, rng.random(count) * total[-1], side="right"))


def _some_far_from_roads(
    chosen: pd.DataFrame, case: CaseClass, rng: np.random.Generator
) -> pd.DataFrame:
    """Move a few into the middle of large blocks, where no road is near."""
    faces = ground().faces
    large = faces[(faces.area > 60_000) & ~faces["water"]]
    if case.off_m[1] < 4:
        return chosen
    who = np.flatnonzero(rng.random(len(chosen)) < FAR_SHARE * 3)
    where = rng.integers(0, len(large), len(who))
    middle = shapely.get_coordinates(shapely.centroid(large.geometry.to_numpy()[where]))
    at = middle + rng.normal(0, 25, middle.shape)
    chosen.loc[who, ["x", "y"]] = at
    chosen.loc[who, "way"] = -1
    chosen.loc[who, "community"] = large["community"].to_numpy()[where]
    return chosen


@cache
def _pull(near: str) -> Floats:
    """A factor per slot for what draws a class: shops on the same stretch, water, compounds."""
    slots = frontage.slots()
    xy = slots[["x", "y"]].to_numpy()
    if near in ("shops", "restaurants"):
        shop = shops.merchants()
        if near == "restaurants":
            shop = shop[shop["类别"] == "餐饮"]
        count = np.bincount(shop["stretch"], minlength=int(slots["stretch"].max()) + 1)
        base = 0.6 if near == "shops" else 0.08
        return np.asarray(base + count[slots["stretch"]] * (0.25 if near == "shops" else 1.0))
    if near == "water":
        rivers = ground().ways.loc[ground().ways["kind"] == "river", "geometry"].to_numpy()
        water = shapely.simplify(shapely.union_all(rivers), 5.0)
        away = shapely.distance(shapely.points(xy), water)
        # Low ground: near water, and in two old hollows.
        low = 0.15 + np.exp(-away / 160)
        hollow = np.sin(xy[:, 0] / 530 + 1.0) * np.sin(xy[:, 1] / 610 + 2.0)
        return np.asarray(low * np.exp(2.2 * np.clip(hollow, -0.4, 1)))
    if near == "compounds":
        around = shapely.union_all(people.compounds().buffer(60).to_numpy())
        shapely.prepare(around)
        return np.asarray(0.7 + 3.0 * shapely.contains_xy(around, xy[:, 0], xy[:, 1]))
    return np.ones(len(slots))


def _hot_spots(rng: np.random.Generator) -> Floats:
    """A factor per slot that peaks around some places: a school gate, a station, a hospital."""
    slots = frontage.slots()
    xy = slots[["x", "y"]].to_numpy()
    weight = frontage.way_weights({"secondary": 1.0, "tertiary": 1.0}, {"fringe": 0.25}, 0.0)
    factor = np.ones(len(slots))
    for row in _draw(weight[slots["way"]], HOT_SPOTS, rng):
        away = np.hypot(*(xy - xy[row]).T)
        factor += rng.uniform(2, 9) * np.exp(-0.5 * (away / 75) ** 2)
    return factor


def _rain(rng: np.random.Generator) -> Floats:
    """A factor per day of the year for waterlogging: near nothing on dry days."""
    wet = rng.random(365) < 0.16
    return np.where(wet, rng.gamma(1.2, 3.0, 365), 0.04)


def _times(case: CaseClass, count: int, rain: Floats, rng: np.random.Generator) -> pd.Series:
    """Times of report: day by month, weekday, holiday and rain, hour by the class's peaks."""
    days = pd.date_range(FIRST_DAY, END, inclusive="left")
    weight = np.array(case.months)[days.month - 1] * rng.gamma(25, 1 / 25, len(days))
    weight = weight * np.where(days.day_of_week >= 5, case.weekend, 1.0)
    weight = weight * np.where((days >= SPRING_FESTIVAL[0]) & (days < SPRING_FESTIVAL[1]), 0.45, 1)
    if case.near == "water":
        weight = weight * rain
    day = _draw(weight, count, rng)
    hour = _draw(hour_weights(case.peaks), count, rng)
    seconds = day * 86_400 + hour * 3_600 + rng.integers(0, 3_600, count)
    return pd.Series(FIRST_DAY + pd.to_timedelta(seconds, "s"))


def _described(frame: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """Add numbers, addresses, descriptions and the street the source gave."""
    n = len(frame)
    way = frame["way"].to_numpy()
    on_road = way >= 0
    found = frontage.addresses(
        np.where(on_road, way, 0), frame["along"].to_numpy(), frame["side"].to_numpy()
    )
    community = np.array([c.name for c in names.COMMUNITIES])[frame["community"]]
    where = rng.choice(["", "附近", "门口", "对面"], n, p=[0.4, 0.3, 0.2, 0.1])
    road = [a + b for a, b in zip(found, where, strict=True)]
    frame["地址"] = np.where(on_road, road, community + "空地")
    frame["描述"] = frame["地址"] + "发现" + frame["小类"]
    day = frame["上报时间"].dt.strftime("%Y%m%d")
    serial = frame.groupby(day).cumcount() + 1
    frame["案件编号"] = "AJ" + day + serial.astype(str).str.zfill(4)
    number = {code: k for k, (code, _) in enumerate(names.STREETS)}
    street = np.array([number[c.street] for c in names.COMMUNITIES])[frame["community"]]
    wrong = rng.random(n) < WRONG_STREET
    street = np.where(wrong, (street + rng.integers(1, 3, n)) % len(number), street)
    frame["街道"] = np.array([name for _, name in names.STREETS])[street]
    return frame


def _by_day(handled: pd.Series, patient: pd.Series) -> pd.Series:
    """Work that can wait is not done at night: it is finished in the morning after."""
    day = handled.dt.floor("D")
    hour = (handled - day).dt.total_seconds() / 3_600
    early = pd.to_timedelta(8 + hour % 2, "h")
    morning = day + early + pd.to_timedelta((hour >= 20).astype(int), "D")
    night = patient & ((hour < 7) | (hour >= 20))
    return handled.where(~night, morning.dt.floor("s"))


def _handled(frame: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """Add deadline, handling and closing; what lies after the end of the files is still open."""
    n = len(frame)
    reported = frame["上报时间"]
    community = np.array([c.name for c in names.COMMUNITIES])[frame["community"]]
    slow = pd.Series(community).map(SLOW).fillna(1.0).to_numpy()
    night = np.where(reported.dt.hour.isin([22, 23, 0, 1, 2, 3, 4, 5]), 1.3, 1.0)
    stuck = np.where(rng.random(n) < STUCK_SHARE, 14.0, 1.0)
    taken = frame["median_h"] * slow * night * stuck * rng.lognormal(0, 0.55, n)
    frame["截止时间"] = reported + pd.to_timedelta(frame["limit_h"], "h")
    handled = (reported + pd.to_timedelta(taken * 3_600, "s")).dt.floor("s")
    handled = _by_day(handled, frame["limit_h"] >= 24)
    checking = rng.lognormal(np.log(9), 0.9, n)
    closed = (handled + pd.to_timedelta(checking * 3_600, "s")).dt.floor("s")
    void = rng.random(n) < 0.006
    frame["处置时间"] = handled.where((handled < END) & ~void)
    frame["结案时间"] = closed.where((closed < END) & ~void)
    age = (END - reported).dt.total_seconds() / 3_600 / taken
    steps = [void, closed < END, handled < END, age > 0.45, age > 0.2, age > 0.08]
    words = ["已作废", "已结案", "已处置", "处置中", "已派遣", "已立案"]
    frame["状态"] = np.select([np.asarray(s) for s in steps], words, "已上报")
    return frame

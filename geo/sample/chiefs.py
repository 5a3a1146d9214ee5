"""Road chiefs and their duties: most roads have one, those of the fringe have none."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
import pandas as pd
import shapely

from geo.sample import names, people
from geo.sample.ground import SEED, ground

Duty = tuple[str, str, str, str, str]

LEAST_M = 60.0
"""A road that lies in a street for less than this has no duty there."""
MAIN = ("primary", "secondary")
MINOR = ("tertiary", "residential")
SECOND_CHIEFS = 3
DEPARTMENTS = [
    "城管执法中队",
    "市场监督管理所",
    "绿化市容管理所",
    "派出所",
    "城市运行管理中心",
]


@cache
def chiefs() -> pd.DataFrame:
    """Chiefs: 编号, 姓名, 部门, 电话; with what they are for: role, street, community."""
    posts = [("总路长", "", -1, "区政府办公室"), ("总路长", "", -1, "区城市管理委员会")]
    for code, name in names.STREETS:
        posts += [("总路长", code, -1, f"{name}党工委")]
        posts += [("一级", code, -1, f"{name}{DEPARTMENTS[k % 5]}") for k in range(5)]
        posts += [("轮值", code, -1, f"{name}党建联盟")] * 2
    for i, community in enumerate(names.COMMUNITIES):
        if community.street != names.FRINGE or community.name == "晴川社区":
            post = ("二级", community.street, i, f"{community.name}居委会")
            posts += [post] * SECOND_CHIEFS
    frame = pd.DataFrame(posts, columns=["role", "street", "community", "部门"])
    rng = np.random.default_rng([SEED, 5])
    frame.insert(0, "编号", [f"LZ{k:03d}" for k in range(1, len(frame) + 1)])
    frame["姓名"] = names.people_names(len(frame), rng)
    frame["电话"] = names.phones(len(frame), rng)
    return frame


@cache
def duties() -> pd.DataFrame:
    """Duties: 编号 (of the chief), 道路, 街道编码, 侧, 角色, 起始日期.

    A road has at most one chief per role, street and side.
    """
    rng = np.random.default_rng([SEED, 6])
    roads = _roads_by_street()
    rows = [row for road in roads.to_dict("records") for row in _duties_of(road, rng)]
    rows += _rota(roads) + _general(roads)
    frame = pd.DataFrame(rows, columns=["编号", "道路", "街道编码", "侧", "角色"])
    day = pd.Timestamp("2024-03-01") + pd.to_timedelta(rng.integers(0, 24, len(frame)) * 30, "D")
    frame["起始日期"] = day.strftime("%Y-%m-01")
    return frame.sort_values(["编号", "道路", "侧"], kind="stable").reset_index(drop=True)


def _roads_by_street() -> pd.DataFrame:
    """Roads within streets: name, class, market, street, metres, fringe_m, main community."""
    ways = ground().ways
    ways = ways[ways["kind"] != "river"]
    areas = people.areas().set_index("name")["geometry"]
    parts = []
    for i, community in enumerate(names.COMMUNITIES):
        inside = shapely.length(
            shapely.intersection(ways.geometry.to_numpy(), areas[community.name])
        )
        part = ways[["name", "class", "market", "zone"]].assign(metres=inside)
        part["fringe_m"] = inside * (ways["zone"] == "fringe")
        parts.append(part.assign(street=community.street, community=i))
    table = pd.concat(parts)
    keys = ["name", "class", "market", "street"]
    largest = table.sort_values("metres", ascending=False, kind="stable")
    total = table.groupby(keys, as_index=False)[["metres", "fringe_m"]].sum()
    home = largest.groupby(keys, as_index=False)["community"].first()
    total = total.merge(home, on=keys)
    return total[total["metres"] > LEAST_M].reset_index(drop=True)


def _duties_of(road: dict[str, Any], rng: np.random.Generator) -> list[Duty]:
    """The duties for one road within one street."""
    name, street = road["name"], road["street"]
    if road["fringe_m"] > 0.5 * road["metres"]:
        return []
    code = f"{names.DISTRICT_CODE}{street}000"
    first = _posts("一级", street)
    if road["class"] in MAIN or road["market"]:
        return [(first[_uneven(len(first), rng)], name, code, "双侧", "一级")]
    own = _posts("二级", street, road["community"])
    if road["class"] not in MINOR or not own or rng.random() < 0.06:
        return []
    if rng.random() < 0.12:
        return [(own[0], name, code, "左", "二级"), (own[1], name, code, "右", "二级")]
    return [(own[_uneven(len(own), rng)], name, code, "双侧", "二级")]


def _rota(roads: pd.DataFrame) -> list[Duty]:
    """The market street, and elsewhere the longest minor road, has rotating chiefs on each side."""
    rows: list[Duty] = []
    for street, _ in names.STREETS:
        here = roads[(roads["street"] == street) & (roads["fringe_m"] < 0.5 * roads["metres"])]
        shown = here[here["market"] | here["class"].isin(MINOR)]
        best = shown.sort_values(["market", "metres"], ascending=False, kind="stable")
        name = best["name"].iloc[0]
        code = f"{names.DISTRICT_CODE}{street}000"
        left, right = _posts("轮值", street)
        rows += [(left, name, code, "左", "轮值"), (right, name, code, "右", "轮值")]
    return rows


def _general(roads: pd.DataFrame) -> list[Duty]:
    """General chiefs answer for the main roads over their whole length, in all streets."""
    main = roads[roads["class"] == "primary"].groupby("name")[["metres", "fringe_m"]].sum()
    covered = main.index[main["fringe_m"] < 0.8 * main["metres"]]
    posts = chiefs().loc[chiefs()["role"] == "总路长", "编号"].tolist()
    return [(posts[k % len(posts)], name, "", "双侧", "总路长") for k, name in enumerate(covered)]


@cache
def _posts(role: str, street: str, community: int = -1) -> list[str]:
    frame = chiefs()
    own = (frame["role"] == role) & (frame["street"] == street) & (frame["community"] == community)
    return list(frame.loc[own, "编号"])


def _uneven(count: int, rng: np.random.Generator) -> int:
    """A number below `count`, small ones more often: real shares are uneven."""
    weight = 0.72 ** np.arange(count)
    return int(rng.choice(count, p=weight / weight.sum()))

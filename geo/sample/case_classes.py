"""What kinds of incidents the sample has: how often, when, where, and how long they take."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from geo.sample.fabric import Floats

ROADS = {
    "primary": 1.5,
    "secondary": 1.4,
    "tertiary": 1.2,
    "residential": 0.9,
    "living_street": 0.6,
    "lane": 0.5,
}
MAIN = {"primary": 2.6, "secondary": 1.9, "tertiary": 1.0, "residential": 0.5, "living_street": 0.1}
SMALL = {"tertiary": 0.8, "residential": 1.2, "living_street": 1.5, "lane": 1.4}
LIVELY = {"core": 3.0, "planned": 1.1, "fringe": 0.22, "park": 0.3, "works": 0.4}
SPREAD = {"core": 1.5, "planned": 1.0, "fringe": 0.45, "park": 0.5, "works": 0.8}
OUTER = {"core": 0.4, "planned": 0.7, "fringe": 1.0, "park": 0.8, "works": 1.6}

# Peaks of the day: hour, width in hours, weight.
Peaks = tuple[tuple[float, float, float], ...]
DAY: Peaks = ((10.0, 2.2, 1.0), (15.5, 2.4, 0.9))
RUSH: Peaks = ((8.0, 1.1, 1.0), (18.0, 1.4, 1.1), (13.0, 3.0, 0.4))
EVENING: Peaks = ((7.5, 1.2, 0.6), (18.8, 1.7, 1.2), (12.0, 2.0, 0.4))
NIGHT: Peaks = ((21.8, 1.6, 1.5), (23.8, 1.3, 0.7), (14.0, 2.5, 0.25))
DINNER: Peaks = ((18.9, 1.3, 1.3), (12.2, 1.0, 0.7), (21.0, 1.2, 0.4))


class CaseClass(NamedTuple):
    """One class of incidents.

    `near` names what draws it besides the road: shops, restaurants, water, compounds or nothing.
    `off_m` is where it lies: metres from the road's edge (negative: on the road), from and to.
    `hours` are the deadline and the median handling time. `months` weigh January to December.
    """

    name: str
    share: float
    subclasses: tuple[str, ...]
    roads: dict[str, float]
    zones: dict[str, float]
    market: float
    near: str
    off_m: tuple[float, float]
    peaks: Peaks
    weekend: float
    months: tuple[float, ...]
    hours: tuple[float, float]
    sources: tuple[float, ...]


EVEN = (1.0,) * 12
WARM = (0.5, 0.5, 0.8, 1.0, 1.2, 1.3, 1.4, 1.4, 1.2, 1.1, 0.8, 0.6)
RAINY = (0.1, 0.1, 0.3, 0.4, 0.9, 3.2, 2.9, 3.0, 1.9, 0.4, 0.2, 0.1)
THAWS = (1.1, 1.2, 1.1, 0.9, 0.9, 1.4, 1.5, 1.4, 1.2, 0.9, 0.7, 0.8)
GROWING = (0.6, 0.5, 1.1, 1.4, 1.5, 1.2, 1.1, 1.1, 1.3, 1.3, 1.0, 0.8)
DARK = (1.5, 1.3, 1.0, 0.8, 0.7, 0.6, 0.7, 0.7, 0.9, 1.1, 1.3, 1.5)

SOURCES = ("网格巡查", "12345热线", "视频识别", "路长巡查", "公众上报")
PATROL = (0.55, 0.12, 0.12, 0.14, 0.07)
HOTLINE = (0.14, 0.66, 0.02, 0.05, 0.13)
CAMERA = (0.25, 0.15, 0.48, 0.07, 0.05)

CLASSES = [
    CaseClass(
        "占道经营", 0.17, ("流动摊贩", "店外经营", "占道洗车"),
        ROADS, LIVELY, 13.0, "shops", (-1.0, 1.5),
        EVENING, 1.25, WARM, (4, 1.4), CAMERA,
    ),
    CaseClass(
        "违法停车", 0.15, ("机动车占道", "消防通道停车", "人行道停车"),
        ROADS, SPREAD, 3.0, "", (-3.0, -0.5),
        RUSH, 0.85, EVEN, (4, 1.8), CAMERA,
    ),
    CaseClass(
        "垃圾暴露", 0.13, ("暴露垃圾", "垃圾满溢", "建筑垃圾", "大件垃圾"),
        SMALL, SPREAD, 6.0, "compounds", (0.2, 4.0),
        ((7.2, 1.5, 1.0), (16.0, 3.0, 0.8)), 1.05, WARM, (12, 4.0), PATROL,
    ),
    CaseClass(
        "共享单车乱停", 0.12, ("占用盲道", "堆积淤积", "倒伏损坏"),
        MAIN, LIVELY, 6.0, "shops", (-1.0, 2.0),
        RUSH, 0.7, GROWING, (6, 2.2), PATROL,
    ),
    CaseClass(
        "乱设广告", 0.08, ("非法小广告", "破损招牌", "擅设店招"),
        ROADS, LIVELY, 8.0, "shops", (0.5, 4.0),
        DAY, 0.5, EVEN, (24, 9.0), PATROL,
    ),
    CaseClass(
        "道路破损", 0.06, ("路面坑洞", "人行道板松动", "路缘石缺损"),
        MAIN, OUTER, 1.0, "", (-6.0, 0.5),
        DAY, 0.5, THAWS, (120, 46.0), PATROL,
    ),
    CaseClass(
        "噪声扰民", 0.07, ("餐饮娱乐噪声", "施工噪声", "广场舞噪声", "装修噪声"),
        ROADS, SPREAD, 8.0, "restaurants", (2.0, 30.0),
        NIGHT, 1.4, WARM, (3, 1.2), HOTLINE,
    ),
    CaseClass(
        "油烟扰民", 0.035, ("油烟直排", "露天烧烤"),
        ROADS, LIVELY, 11.0, "restaurants", (1.0, 9.0),
        DINNER, 1.2, WARM, (48, 20.0), HOTLINE,
    ),
    CaseClass(
        "路灯故障", 0.035, ("路灯不亮", "灯杆倾斜"),
        ROADS, OUTER, 1.0, "", (0.0, 1.5),
        ((19.5, 1.3, 1.0), (21.5, 1.2, 0.5), (6.0, 0.8, 0.3)), 0.9, DARK, (48, 15.0), PATROL,
    ),
    CaseClass(
        "井盖缺失", 0.025, ("井盖缺失", "井盖破损", "井盖移位"),
        ROADS, SPREAD, 1.0, "", (-6.0, 0.0),
        DAY, 0.7, EVEN, (2, 1.0), PATROL,
    ),
    CaseClass(
        "积水", 0.03, ("路面积水", "下水道堵塞", "污水冒溢"),
        ROADS, SPREAD, 1.0, "water", (-5.0, 0.5),
        ((8.5, 3.0, 1.0), (17.0, 3.0, 1.0)), 0.95, RAINY, (6, 3.4), HOTLINE,
    ),
    CaseClass(
        "绿化缺株", 0.04, ("绿化缺株", "树木倒伏", "占绿毁绿"),
        MAIN, OUTER, 0.3, "", (0.5, 12.0),
        DAY, 0.4, GROWING, (168, 70.0), PATROL,
    ),
    CaseClass(
        "乱堆物料", 0.055, ("跨门堆物", "楼道堆物", "占道堆物"),
        SMALL, SPREAD, 5.0, "compounds", (0.2, 5.0),
        DAY, 0.7, EVEN, (24, 8.0), PATROL,
    ),
    CaseClass(
        "施工扬尘", 0.02, ("工地扬尘", "渣土撒漏", "围挡破损"),
        MAIN, OUTER | {"fringe": 3.5}, 0.1, "", (-4.0, 18.0),
        DAY, 0.6, EVEN, (12, 5.0), CAMERA,
    ),
    CaseClass(
        "飞线充电", 0.03, ("飞线充电", "电动车进楼"),
        SMALL, SPREAD, 2.0, "compounds", (2.0, 22.0),
        ((20.0, 2.0, 1.0), (8.0, 1.5, 0.4)), 1.05, EVEN, (24, 7.0), PATROL,
    ),
]  # fmt: skip


def hour_weights(peaks: Peaks) -> Floats:
    """Weights of the 24 hours of the day from peaks on a low floor; evenings run past midnight."""
    hours = np.arange(24) + 0.5
    weight = np.full(24, 0.02)
    for hour, width, height in peaks:
        away = np.minimum(np.abs(hours - hour), 24 - np.abs(hours - hour))
        weight += height * np.exp(-0.5 * (away / width) ** 2)
    return np.asarray(weight / weight.sum())

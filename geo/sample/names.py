"""Invented names: roads, places, people and shops. None belongs to a real district."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np


class Community(NamedTuple):
    """A community as it is planned; `seed` is a point inside it (m, before the warp)."""

    name: str
    serial: str
    street: str
    seed: tuple[float, float]
    people: int
    households_per_worker: int
    compounds: int


DISTRICT_CODE = "319901"
DISTRICT = "云汀区"

STREETS = [("001", "汀口街道"), ("002", "望岫街道"), ("101", "新溟镇")]
FRINGE = "101"
"""The street that grows on the fringe."""

COMMUNITIES = [
    Community("文庙社区", "001", "001", (-480.0, 800.0), 16_400, 310, 3),
    Community("渡口社区", "002", "001", (330.0, 700.0), 15_200, 285, 3),
    Community("棠溪社区", "003", "001", (-350.0, 2250.0), 18_900, 420, 7),
    Community("鹤鸣社区", "004", "001", (1400.0, 1500.0), 17_300, 465, 7),
    Community("西浦社区", "001", "002", (-2500.0, 2300.0), 8_600, 390, 3),
    Community("茶亭社区", "002", "002", (-2100.0, 800.0), 14_800, 440, 6),
    Community("横塘社区", "003", "002", (-2300.0, -900.0), 15_900, 510, 6),
    Community("芦汀社区", "004", "002", (-250.0, -1150.0), 20_600, 1_130, 8),
    Community("稻香社区", "005", "002", (-700.0, -2700.0), 13_700, 555, 5),
    Community("金穗社区", "002", "101", (2700.0, 1700.0), 10_400, 540, 3),
    Community("晴川社区", "001", "101", (1700.0, -1300.0), 15_600, 1_310, 5),
    Community("临沧社区", "003", "101", (3050.0, -2200.0), 7_600, 585, 1),
]


def _words(text: str) -> list[str]:
    return text.split()


ROAD_FIRST = (
    "澜沐泊浔汐渚洛沁湄淇潇漪溪泓淳瀛桐梓榆槿棣柏枫樟桂蕙芷荻蘅菱荷茗葭松竹梅兰岚岱峤嵩岫"
    "崇瑞祥和宁康泰兴盛德仁义礼信景曜晨昭明"
)
ROAD_SECOND = "川源津浦湾塘泾桥亭坊园林谷原山台华阳春秋安平庆丰宜远新成鹭燕鸢麓溆墅畴"
LANE_FIRST = "铜染打豆米茶盐柴箍竹磨油酱醋针线伞扇灯笔墨石井桥祠鼓钟"
LANE_SECOND = "锡作匠市行坊店帽带篮盘桶台楼园香前后"
SURNAMES = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜"
    "叶程苏魏吕丁任沈姚卢姜崔钟谭陆汪范金石廖贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎"
    "贺顾毛郝龚邵万钱严覃武戴莫孔向汤"
)
GIVEN = (
    "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂英华玉萍红玲芬燕建国文辉力鹏宇浩凯欣怡雨"
    "泽晨梓涵子轩博思远佳琪雅婷志成海波晓东春梅家俊振兴国庆立新"
)
COMPOUND_FIRST = _words(
    """
    云汀 澜湖 景明 锦绣 翠竹 阳光 世纪 金桂 紫荆 春江 水岸 书香 枫叶 东方
    和平 幸福 建设 育才 新华 江南 绿洲 怡景 丽都 海棠 梧桐 银杏 棠溪 汀兰
    鹤鸣 云岫 安澜 芦汀 稻香 金穗 晴川 望潮 茶亭 文庙 渡口 桃源 荷塘 柳岸
    沁园 听涛 知春 半山 朗润 星河 盛和 颐和 康乐 永宁 长乐 百合 玉兰 丁香
    红旗 光明 友谊 先锋
    """
)
COMPOUND_SECOND = {
    "core": ["新村", "公寓", "大楼", "小区"],
    "planned": ["苑", "新村", "花园", "家园", "小区"],
    "fringe": ["名邸", "雅苑", "华庭", "府", "壹号院"],
}
SHOP_FIRST = _words(
    """
    老街 汀口 云岫 百味 福满 鑫源 佳惠 永和 顺兴 喜来 同庆 万家 乐购 一品
    阿婆 小李 锦绣 华丽 金剪 大众 康民 仁济 旺角 天香 兄弟 德兴 宏达 诚信
    绿叶 晨光 好运 吉祥 四季 江南 巷子里 渔家 东来 和记 荣昌 如意
    """
)
CATEGORIES: dict[str, tuple[float, list[str]]] = {
    "餐饮": (0.30, ["面馆", "小吃店", "饭店", "火锅店", "烧烤店", "早餐店", "菜馆", "奶茶店"]),
    "零售": (0.20, ["便利店", "超市", "杂货店", "烟酒店", "水果店", "文具店"]),
    "服装": (0.08, ["服饰店", "鞋店", "童装店", "布店"]),
    "美容美发": (0.09, ["理发店", "美容院", "造型工作室"]),
    "生鲜": (0.07, ["鲜肉铺", "水产店", "蔬菜店"]),
    "维修": (0.07, ["五金店", "家电维修部", "汽车维修部", "电动车行"]),
    "医药": (0.05, ["药房", "口腔诊所", "中医馆"]),
    "房产中介": (0.05, ["房产中介", "不动产门店"]),
    "教育培训": (0.04, ["书法班", "琴行", "托管班"]),
    "快递物流": (0.03, ["快递驿站", "物流部"]),
    "洗衣家政": (0.02, ["洗衣店", "家政服务部"]),
}


def road_names(count: int, rng: np.random.Generator, taken: set[str]) -> list[str]:
    """Distinct road stems of two characters, none of them taken."""
    return _pairs(ROAD_FIRST, ROAD_SECOND, count, rng, taken)


def lane_names(count: int, rng: np.random.Generator, taken: set[str]) -> list[str]:
    """Distinct stems for old lanes; trades and landmarks, as old towns have them."""
    return _pairs(LANE_FIRST, LANE_SECOND, count, rng, taken)


def _pairs(
    first: str, second: str, count: int, rng: np.random.Generator, taken: set[str]
) -> list[str]:
    every = [a + b for a in first for b in second if a != b]
    free = [name for name in dict.fromkeys(every) if name not in taken]
    if len(free) < count:
        raise ValueError(f"only {len(free)} names can be made, {count} are wanted; add characters")
    return [free[i] for i in rng.permutation(len(free))[:count]]


def people_names(count: int, rng: np.random.Generator) -> list[str]:
    """Invented personal names; surnames early in the pool are drawn more often."""
    surname = np.minimum(rng.exponential(28, count).astype(int), len(SURNAMES) - 1)
    given = rng.integers(0, len(GIVEN), (count, 2))
    short = rng.random(count) < 0.2
    return [
        SURNAMES[s] + GIVEN[a] + ("" if one or a == b else GIVEN[b])
        for s, (a, b), one in zip(surname, given.tolist(), short, strict=True)
    ]


def phones(count: int, rng: np.random.Generator) -> list[str]:
    """Phone numbers that cannot be dialled: they begin with 000."""
    return [f"000-{a:04d}{b:04d}" for a, b in rng.integers(0, 10_000, (count, 2)).tolist()]

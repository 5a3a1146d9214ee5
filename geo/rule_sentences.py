"""What a check of a plan found, as a sentence in Chinese or English."""

from collections.abc import Callable, Mapping
from typing import Any, Literal

from geo.rules import Finding

Lang = Literal["zh", "en"]
ProtectedKind = Literal["school", "hospital", "market", "estate", "heritage", "other"]
Facts = Mapping[str, Any]
Pair = tuple[str, str]

MOST_NAMED = 3

KINDS = {
    "compound": ("小区", "the compound"),
    "school": ("学校", "the school"),
    "hospital": ("医院", "the hospital"),
    "market": ("市场", "the market"),
    "estate": ("院落", "the estate"),
    "heritage": ("文物保护单位", "the heritage site"),
    "other": ("保护地块", "the protected place"),
}


def sentence(
    finding: Finding, names: Mapping[int, str], areas: Mapping[str, str], lang: Lang
) -> str:
    """What ``finding`` says; ``names`` of grids by number, of ``areas`` by code."""
    own = names.get(finding.number, "") if finding.number is not None else ""
    pair = SAY[finding.rule](finding.facts, own, _Names(names, areas))
    return pair[0 if lang == "zh" else 1]


class _Names:
    """Names of grids and areas, in lists that stop in time."""

    def __init__(self, grids: Mapping[int, str], areas: Mapping[str, str]) -> None:
        self.grids, self.areas = grids, areas

    def listed(self, words: list[str]) -> Pair:
        """``words`` with commas; the last ones only counted."""
        first, more = words[:MOST_NAMED], len(words) - MOST_NAMED
        zh, en = "、".join(first), ", ".join(first)
        return (f"{zh}等 {len(words)} 个", f"{en} and {more} more") if more > 0 else (zh, en)

    def of_grids(self, numbers: list[int]) -> Pair:
        """Names of grids."""
        return self.listed([self.grids.get(number, str(number)) for number in numbers])

    def of_areas(self, codes: list[str]) -> Pair:
        """Names of areas."""
        return self.listed([self.areas.get(code, code) for code in codes])


def _blocks(n: int) -> str:
    return "1 block" if n == 1 else f"{n:,} blocks"


def _assigned(f: Facts, own: str, names: _Names) -> Pair:
    n = f["blocks"]
    verb = "belongs" if n == 1 else "belong"
    return f"{n:,} 个街区还没有划入网格。", f"{_blocks(n)} {verb} to no grid yet."


def _contiguous(f: Facts, own: str, names: _Names) -> Pair:
    n, pieces = f["blocks"], f["pieces"]
    lie = "lies" if n == 1 else "lie"
    return (
        f"{own}不连片：分成 {pieces} 块，{n} 个街区与主体不相连。",
        f"{own} is in {pieces} pieces: {_blocks(n)} {lie} apart from the rest.",
    )


def _inside(f: Facts, own: str, names: _Names) -> Pair:
    (parent, parent_en), others = names.of_areas([f["parent"]]), names.of_areas(f["areas"])
    n = f["blocks"]
    lie = "lies" if n == 1 else "lie"
    return (
        f"{own}越出{parent}：{n} 个街区属于{others[0]}。",
        f"{own} leaves {parent_en}: {_blocks(n)} {lie} in {others[1]}.",
    )


def _cut(f: Facts, own: str, names: _Names) -> Pair:
    kind, grids = KINDS[f["kind"]], names.of_grids(f["grids"])
    return (
        f"{kind[0]}“{f['name']}”被网格线切开：分属{grids[0]}。",
        f"{kind[1].capitalize()} {f['name']} is cut: it lies in {grids[1]}.",
    )


def _codes(f: Facts, own: str, names: _Names) -> Pair:
    if f["twice"]:
        return f"编码 {f['code']} 用了不止一次。", f"The code {f['code']} is used more than once."
    return (
        f"{own}的编码 {f['code']} 不合本体系的编码规则 {f['pattern']}。",
        f"The code {f['code']} of {own} does not fit the pattern {f['pattern']} of its system.",
    )


def _over(f: Facts) -> bool:
    return f["most"] is not None and f["value"] > f["most"]


def _households(f: Facts, own: str, names: _Names) -> Pair:
    value, over = f"{round(f['value']):,}", _over(f)
    bound = f"{round(f['most' if over else 'least']):,}"
    zh, en = ("每人", " a worker") if f["workers"] > 1 else ("", "")
    return (
        f"{own}{zh}有 {value} 户，{'超过上限' if over else '不足下限'} {bound} 户。",
        f"{own} has {value} households{en}, {'more' if over else 'fewer'} than {bound}.",
    )


def _load(f: Facts, own: str, names: _Names) -> Pair:
    hours, mean = (f"{f[name] / 60:.1f}" for name in ("load", "mean"))
    times, over = f"{f['value']:.2f}", _over(f)
    bound = f"{f['most' if over else 'least']:g}"
    zh, en = ("每人", " per worker") if f["workers"] > 1 else ("", "")
    return (
        f"{own}{zh}每周负荷 {hours} 小时，是平均（{mean} 小时）的 {times} 倍，"
        f"{'超过' if over else '低于'} {bound} 倍。",
        f"{own} carries {hours} hours a week{en}, {times} times the mean ({mean} h),"
        f" {'above' if over else 'below'} {bound}.",
    )


def _area(f: Facts, own: str, names: _Names) -> Pair:
    value, over = f"{f['value'] / 10_000:.1f}", _over(f)
    bound = f"{f['most' if over else 'least'] / 10_000:g}"
    return (
        f"{own}面积 {value} 公顷，{'超过上限' if over else '不足下限'} {bound} 公顷。",
        f"{own} has {value} hectares, {'more' if over else 'less'} than {bound}.",
    )


def _enclave(f: Facts, own: str, names: _Names) -> Pair:
    zh, en = names.of_grids([f["inside"]])
    return f"{own}是飞地，四周都是{zh}。", f"{own} is an enclave: it lies wholly inside {en}."


def _compact(f: Facts, own: str, names: _Names) -> Pair:
    value, least = f"{f['value']:.2f}", f"{f['least']:g}"
    return (
        f"{own}形状狭长或曲折：紧凑度 {value}，低于 {least}。",
        f"{own} is long or winding: its compactness is {value}, below {least}.",
    )


SAY: dict[str, Callable[[Facts, str, _Names], Pair]] = {
    "assigned": _assigned,
    "contiguous": _contiguous,
    "inside_parent": _inside,
    "compound_whole": _cut,
    "protected_whole": _cut,
    "code": _codes,
    "households": _households,
    "load": _load,
    "area": _area,
    "enclave": _enclave,
    "compact": _compact,
}

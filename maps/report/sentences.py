"""Findings as sentences that a person would write."""

from collections.abc import Callable
from typing import Any

from geo.reporting.findings import Finding
from maps.report.voice import Voice

Facts = dict[str, Any]


def sentence(finding: Finding, voice: Voice) -> str:
    """What ``finding`` says, in the report's language."""
    return SAY[finding.rule](finding.facts, voice)


def _filed(facts: Facts, v: Voice) -> str:
    now, before = v.count(facts["now"]), v.count(facts["before"])
    if not facts["before"]:
        return v.either(
            f"本期立案 {now} 件，上期没有案件。", f"{now} cases were filed; none before."
        )
    percent = v.change(
        100 * (facts["now"] - facts["before"]) / facts["before"], facts["now"], facts["before"]
    )
    zh = {1: "明显上升", 0: "在正常波动之内", -1: "明显下降"}[facts["way"]]
    en = {1: "a clear rise", 0: "within chance", -1: "a clear fall"}[facts["way"]]
    return v.either(
        f"本期立案 {now} 件，上期 {before} 件（{percent}），{zh}。",
        f"{now} cases were filed, {before} in the period before ({percent}): {en}.",
    )


def _risen(zh: str, en: str) -> Callable[[Facts, Voice], str]:
    def say(facts: Facts, v: Voice) -> str:
        rows = v.join(
            [
                v.either(
                    f"{v.name(key)}（{v.count(old)} → {v.count(new)} 件）",
                    f"{v.name(key)} ({v.count(old)} → {v.count(new)})",
                )
                for key, new, old in facts["rows"]
            ]
        )
        return v.either(f"明显上升的{zh}：{rows}。", f"Clearly risen {en}: {rows}.")

    return say


def _in_time(facts: Facts, v: Voice) -> str:
    now = v.figure(facts["now"], facts["closed"], 1, "%")
    if now == "–":
        return v.either("结案太少，不计按期结案率。", "Too few cases were closed to tell a share.")
    goal = facts["goal"]
    zh = f"按期结案率 {now}，{'低于' if facts['now'] < goal else '达到'}目标 {goal:.0f}%"
    met = "below" if facts["now"] < goal else "above"
    en = f"{now} were closed in time, {met} the {goal:.0f}% aimed at"
    if abs(facts["apart"]) >= 0.05:
        points = f"{abs(facts['apart']):.1f}"
        zh += f"，比上期{'提高' if facts['apart'] > 0 else '下降'} {points} 个百分点"
        en += f"; {points} points {'more' if facts['apart'] > 0 else 'less'} than before"
    return v.either(f"{zh}。", f"{en}.")


def _late(facts: Facts, v: Voice) -> str:
    count = v.count(facts["count"])
    if count.startswith("<"):
        return v.either("有逾期未结案件，少于 5 件。", "Fewer than 5 open cases are late.")
    return v.either(
        f"逾期未结 {count} 件，最久的已超 {facts['days']:.0f} 天；其中最多的是"
        f"{facts['class']}（{v.count(facts['of_class'])} 件）。",
        f"{count} open cases are late, the latest by {facts['days']:.0f} days;"
        f" most often {facts['class']} ({v.count(facts['of_class'])}).",
    )


def _spots(facts: Facts, v: Voice) -> str:
    rows = [
        v.either(f"{where}（{count} 件，多为{kind}）", f"{where} ({count}, mostly {kind})")
        for where, count, kind in (
            (address or road, count, kind) for road, address, count, kind in facts["rows"]
        )
    ]
    return v.either(f"多发点位：{v.join(rows)}。", f"Most happened at: {v.join(rows)}.")


def _slow(facts: Facts, v: Voice) -> str:
    rows = v.join([f"{v.name(key)} {hours:.1f}" for key, hours in facts["rows"]])
    mean = f"{facts['all']:.1f}"
    return v.either(
        f"处置明显偏慢（小时，平均 {mean}）：{rows}。",
        f"Handling takes clearly longer than the mean of {mean} hours: {rows}.",
    )


def _busy_grids(facts: Facts, v: Voice) -> str:
    rows = v.join([f"{v.name(key)} {v.count(n)}" for key, n in facts["rows"]])
    mean = f"{facts['mean']:.1f}"
    return v.either(
        f"{facts['count']} 个网格的立案数超过平均值（{mean} 件）的两倍，最多：{rows}。",
        f"{facts['count']} grids have more than twice the mean of {mean} cases; most: {rows}.",
    )


def _no_chief(facts: Facts, v: Voice) -> str:
    rows = [
        v.either(
            f"{road}（路侧 {metres / 1000:.1f} 公里，本期 {v.count(cases)} 件）",
            f"{road} ({metres / 1000:.1f} km of side, {v.count(cases)} cases)",
        )
        for road, metres, cases in facts["rows"]
    ]
    share = f"{facts['share']:.0f}%"
    return v.either(
        f"{share} 的路侧没有路长；案件最多的无路长道路：{v.join(rows)}。",
        f"{share} of road sides have no chief; those with most cases: {v.join(rows)}.",
    )


def _no_duties(facts: Facts, v: Voice) -> str:
    return v.either("没有登记任何路长责任。", "No duty of a road chief is registered.")


def _crowded_grids(facts: Facts, v: Voice) -> str:
    rows = v.join([f"{v.name(key)} {n:,.0f}" for key, n in facts["rows"]])
    bound, count, of = facts["bound"], facts["count"], facts["of"]
    return v.either(
        f"{of} 个网格中有 {count} 个超过 {bound} 户，最多：{rows}。",
        f"{count} of {of} grids have more than {bound} households; most: {rows}.",
    )


def _workers(facts: Facts, v: Voice) -> str:
    rows = v.join([f"{v.name(key)} {n:,.0f}" for key, n in facts["rows"]])
    bound = facts["bound"]
    return v.either(
        f"社区工作者人均超过 {bound} 户：{rows}。",
        f"More than {bound:,} households per community worker: {rows}.",
    )


SAY: dict[str, Callable[[Facts, Voice], str]] = {
    "filed": _filed,
    "class_rose": _risen("类别", "classes"),
    "street_rose": _risen("街道", "streets"),
    "community_rose": _risen("社区", "communities"),
    "in_time": _in_time,
    "late": _late,
    "spots": _spots,
    "slow": _slow,
    "busy_grids": _busy_grids,
    "no_chief": _no_chief,
    "no_duties": _no_duties,
    "crowded_grids": _crowded_grids,
    "workers": _workers,
}

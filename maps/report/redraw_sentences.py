"""Findings on a draft as sentences that a person would write."""

from collections.abc import Callable

from geo.reporting.findings import Finding
from maps.report.redraw_tables import number, span
from maps.report.sentences import Facts
from maps.report.voice import Voice

ZH = {"good": "改善", "worse": "变差", "note": "无明显差别"}
EN = {"good": "better", "worse": "worse", "note": "no clear difference"}


def redraw_sentence(finding: Finding, voice: Voice) -> str:
    """What ``finding`` says, in the report's language."""
    return SAY.get(finding.rule, _figure)(finding, voice)


def _figure(finding: Finding, v: Voice) -> str:
    facts: Facts = finding.facts
    key, name = finding.rule, v.word(f"figure_{finding.rule}")
    was, now = number(key, facts["before"]), number(key, facts["after"])
    apart = span(number(key, facts["low"], signed=True), number(key, facts["high"], signed=True), v)
    return v.either(
        f"{name}：{was} → {now}，{ZH[finding.level]}（变化的 95% 区间 {apart}）。",
        f"{name[0].upper()}{name[1:]}: {was} → {now}, {EN[finding.level]}"
        f" (95 % interval of the change {apart}).",
    )


def _nothing_moves(finding: Finding, v: Voice) -> str:
    return v.either("新方案与现方案相同，没有街区换格。", "The draft is the same as today's plan.")


def _hard(finding: Finding, v: Voice) -> str:
    facts: Facts = finding.facts
    rows = " ".join(facts["rows"])
    return v.either(
        f"有 {facts['count']} 处不满足必须满足的规则，不能发布：{rows}",
        f"{facts['count']} rules that must hold are broken; it cannot be published: {rows}",
    )


def _outside(finding: Finding, v: Voice) -> str:
    facts: Facts = finding.facts
    count = v.count(facts["cases"])
    return v.either(
        f"有 {count} 件案件所在街区不属于任何网格。", f"{count} cases lie in blocks of no grid."
    )


def _moved(finding: Finding, v: Voice) -> str:
    facts: Facts = finding.facts
    blocks, homes = v.number(facts["blocks"]), v.number(facts["households"])
    cases, less, more = (v.count(facts[key]) for key in ("cases", "lighter", "heavier"))
    return v.either(
        f"{blocks} 个街区、{homes} 户换格，带走 {cases} 件案件；全区 {less} 件案件的网格员会更轻，"
        f"{more} 件的会更忙。",
        f"{blocks} blocks with {homes} households change hands, and {cases} cases with them; the"
        f" workers of {less} cases have less to do then, those of {more} more.",
    )


def _grids(finding: Finding, v: Voice, words: tuple[str, str]) -> str:
    facts: Facts = finding.facts
    rows = v.join([f"{name} {was:.1f} → {now:.1f}" for name, was, now in facts["rows"]])
    return v.either(
        f"{facts['count']} 个网格明显{words[0]}（每人每周案件）：{rows}。",
        f"{facts['count']} grids have clearly {words[1]} (cases of a worker's week): {rows}.",
    )


SAY: dict[str, Callable[[Finding, Voice], str]] = {
    "nothing_moves": _nothing_moves,
    "hard": _hard,
    "outside": _outside,
    "moved": _moved,
    "heavier": lambda finding, v: _grids(finding, v, ("加重", "more to do")),
    "lighter": lambda finding, v: _grids(finding, v, ("减负", "less to do")),
}

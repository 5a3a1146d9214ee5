"""The tables of a report on a draft: heads and cells as text."""

from typing import Any

import pandas as pd

from geo.fairness import Change
from geo.reporting.redraw import Redraw
from maps.report.tables import Table
from maps.report.voice import NOTHING, Voice

MOST_GRIDS, MOST_BLOCKS, MOST_LINES, MOST_CHECKS = 25, 60, 80, 20
# How a figure is told: times so much, with so many decimals.
SHOWN = {"walk_m": (1e-3, 0), "walk_per_case_m": (1.0, 0), "border_share": (100.0, 1),
         "busy_weeks": (1.0, 0), "cases_gini": (1.0, 3), "cases_cv": (1.0, 3)}  # fmt: skip
USUAL = (1.0, 2)


def tables(content: Redraw, voice: Voice) -> dict[str, Table]:
    """All tables by name."""
    return {
        "figures": _figures(content.changes, voice),
        "grids": _grids(content.grids, voice),
        "moved": _moved(content.moved, voice),
        "lineage": _lineage(content.lineage, voice),
        "checks": _checks(content.read.checks, voice),
    }


def rests(content: Redraw, voice: Voice) -> dict[str, str]:
    """What is said below tables that do not list all."""
    over = {
        "moved": (len(content.moved) - MOST_BLOCKS, "redraw_rest"),
        "checks": (len(content.read.checks) - MOST_CHECKS, "redraw_check_rest"),
        "lineage": (len(content.lineage) - MOST_LINES, "redraw_check_rest"),
    }
    return {
        name: voice.word(key, count=count) if count > 0 else ""
        for name, (count, key) in over.items()
    }


def verdict(change: Change) -> str:
    """The word for a figure of which less is better."""
    return "better" if change.high < 0 else "worse" if change.low > 0 else "same"


def number(key: str, value: float, *, signed: bool = False) -> str:
    """A figure as it is told."""
    times, digits = SHOWN.get(key, USUAL)
    return signs(f"{value * times:{'+' if signed else ''},.{digits}f}")


def signs(text: str) -> str:
    """With a minus sign that is as wide as a plus; a zero has none."""
    zero = not text.strip("+-0.,")
    return text.lstrip("+-") if zero else text.replace("-", "−")


def span(low: str, high: str, voice: Voice) -> str:
    """From ``low`` to ``high``."""
    return voice.either(f"{low} 至 {high}", f"{low} to {high}")


def _figures(changes: dict[str, Change], voice: Voice) -> Table:
    rows = [
        [voice.word(f"figure_{key}"), number(key, c.before), number(key, c.after),
         number(key, c.after - c.before, signed=True),
         span(number(key, c.low, signed=True), number(key, c.high, signed=True), voice),
         voice.word(f"redraw_{verdict(c)}")]
        for key, c in changes.items()
    ]  # fmt: skip
    heads = ["figure", "before", "after", "apart", "interval", "verdict"]
    return Table(voice.word("redraw_figures"), [voice.word(f"redraw_{h}") for h in heads], rows)


def _grids(grids: pd.DataFrame, voice: Voice) -> Table:
    shown = grids[(grids["verdict"] != "same") | (grids["was"] != grids["now"])].head(MOST_GRIDS)
    rows = [
        [str(row["name"]), _each(row, "was", voice), _each(row, "now", voice),
         _interval(row, voice),
         *(voice.count(row[f"late_{end}"]) for end in ("was", "now")),
         _interval(row, voice, "late"),
         *(voice.number(row[f"walk_m_{end}"] / 1000) for end in ("was", "now")),
         voice.word(f"redraw_{row['verdict']}")]
        for row in shown.to_dict("records")
    ]  # fmt: skip
    each = [voice.word("redraw_each_was"), voice.word("redraw_each_now")]
    heads = [voice.word("grid"), *each, voice.word("redraw_interval"),
             voice.word("redraw_late"), "→", voice.word("redraw_late_interval"),
             voice.word("redraw_walk"), "→", voice.word("redraw_verdict")]  # fmt: skip
    empty = voice.word("redraw_no_moves")
    return Table(voice.word("redraw_grids"), heads, rows, empty=empty)


def _each(row: dict[str, Any], end: str, voice: Voice, what: str = "cases") -> str:
    count = row[f"{what}_{end}"]
    return NOTHING if pd.isna(count) else voice.figure(row[end], count)


def _interval(row: dict[str, Any], voice: Voice, what: str = "cases") -> str:
    """Nothing where one of the two means may not be told."""
    if NOTHING in (_each(row, "was", voice, what), _each(row, "now", voice, what)):
        return NOTHING
    low, high = ("low", "high") if what == "cases" else ("late_low", "late_high")
    return span(signs(f"{row[low]:+.1f}"), signs(f"{row[high]:+.1f}"), voice)


def _moved(moved: pd.DataFrame, voice: Voice) -> Table:
    rows = [
        [str(row["block"]), str(row["community"]), row["from"] or NOTHING, row["to"] or NOTHING,
         voice.number(row["households"]), voice.count(row["cases"])]
        for row in moved.head(MOST_BLOCKS).to_dict("records")
    ]  # fmt: skip
    heads = ["redraw_block", "community", "redraw_from_grid", "redraw_to_grid", "households",
             "redraw_cases"]  # fmt: skip
    return Table(voice.word("redraw_moved_by"), [voice.word(h) for h in heads], rows, 4,
                 empty=voice.word("redraw_no_moves"))  # fmt: skip


def _lineage(lines: pd.DataFrame, voice: Voice) -> Table:
    rows = [
        [voice.word(f"redraw_kind_{row['kind']}"), row["from"] or NOTHING, row["to"] or NOTHING,
         voice.number(row["blocks"]), voice.number(row["households"])]
        for row in lines.head(MOST_LINES).to_dict("records")
    ]  # fmt: skip
    heads = ["redraw_kind", "redraw_from_grid", "redraw_to_grid", "redraw_blocks", "households"]
    return Table(voice.word("redraw_lineage_by"), [voice.word(h) for h in heads], rows, 3,
                 empty=voice.word("redraw_no_moves"))  # fmt: skip


def _checks(checks: list[tuple[bool, str]], voice: Voice) -> Table:
    rows = [
        [voice.word(f"redraw_check_{'hard' if hard else 'soft'}"), reason]
        for hard, reason in checks[:MOST_CHECKS]
    ]
    heads = [voice.word("redraw_check_rule"), voice.word("redraw_check_reason")]
    return Table(voice.word("redraw_checks_by"), heads, rows, 2,
                 empty=voice.word("redraw_check_none"))  # fmt: skip

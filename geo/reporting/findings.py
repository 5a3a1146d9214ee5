"""Findings: what stands at the head of a report, found by rules whose thresholds are named here.

A rule gives facts; how they are said in a language is not its matter.
"""

import math
from collections.abc import Callable, Iterator
from typing import Literal, NamedTuple

import numpy as np
import pandas as pd

from geo.reporting.loads import MOST_HOUSEHOLDS

# More than this many standard deviations of the difference of two Poisson counts is no chance.
BEYOND_CHANCE = 2.0
ROSE_PERCENT = 10.0  # and at least by this
IN_TIME_GOAL = 90.0  # percent of closed cases with a deadline
IN_TIME_POINTS = 2.0  # a smaller difference from the period before is not told
SLOW_TIMES = 1.5  # mean hours against those of all
SLOW_LEAST = 20  # cases handled, for a mean to be told
SPOT_LEAST = 5  # cases in one place
BUSY_TIMES = 2.0  # cases of a grid against the mean grid
BUSY_LEAST = 10
WORKER_HOUSEHOLDS = 1000
NAMED = 3  # how many of each are named in a sentence

Level = Literal["worse", "note", "good"]
ORDER: dict[Level, int] = {"worse": 0, "note": 1, "good": 2}


class Finding(NamedTuple):
    """What a rule found; ``facts`` are numbers and names, lists of tuples for several things."""

    rule: str
    level: Level
    facts: dict[str, object]


class Figures(NamedTuple):
    """What the rules look at, as the other rooms compute it.

    ``total`` and ``by`` are compared figures; ``late`` has class and days; ``spots``,
    ``without_chief``, ``grids`` (loads, with ``name``), ``workers`` as from their functions.
    """

    total: pd.Series
    by: dict[str, pd.DataFrame]
    late: pd.DataFrame
    spots: pd.DataFrame
    uncovered_share: float
    without_chief: pd.DataFrame
    grids: pd.DataFrame
    workers: pd.DataFrame


def findings(figures: Figures) -> list[Finding]:
    """All that the rules find: the number of cases, then the bad; else in the rules' order."""
    found = [finding for rule in RULES for finding in rule(figures)]
    return sorted(found, key=lambda f: (f.rule != "filed", ORDER[f.level]))


def rose(now: float, before: float) -> int:
    """1 where ``now`` is more than ``before`` beyond chance and by 10 % at least, -1 where less."""
    apart = now - before
    beyond = abs(apart) > BEYOND_CHANCE * math.sqrt(now + before)
    if not beyond or 100 * abs(apart) < ROSE_PERCENT * before:
        return 0
    return 1 if apart > 0 else -1


def _filed(figures: Figures) -> Iterator[Finding]:
    total = figures.total
    now, before = int(total["filed"]), int(total["filed_before"])
    levels: dict[int, Level] = {1: "worse", 0: "note", -1: "good"}
    way = rose(now, before) if before else 0
    yield Finding("filed", levels[way], {"now": now, "before": before, "way": way})


def _rose(figures: Figures) -> Iterator[Finding]:
    if not figures.total["filed_before"]:
        return  # the data begin with the period
    for what, table in figures.by.items():
        if what not in ("class", "street", "community"):
            continue
        pairs = zip(table["filed"], table["filed_before"], strict=True)
        risen = table[np.array([rose(now, before) > 0 for now, before in pairs], bool)]
        more = risen["filed"] - risen["filed_before"]
        best = risen.loc[more.sort_values(ascending=False, kind="stable").index].head(NAMED)
        rows = [(key, int(a), int(b)) for key, a, b in
                zip(best.index, best["filed"], best["filed_before"], strict=True)]  # fmt: skip
        if rows:
            yield Finding(f"{what}_rose", "worse", {"rows": rows, "of": len(risen)})


def _in_time(figures: Figures) -> Iterator[Finding]:
    now, before = (figures.total[name] for name in ("in_time", "in_time_before"))
    if math.isnan(now):
        return
    apart = 0.0 if math.isnan(before) else now - before
    worse = now < IN_TIME_GOAL or apart <= -IN_TIME_POINTS
    level: Level = "worse" if worse else "good" if apart >= IN_TIME_POINTS else "note"
    facts = {"now": now, "before": before, "goal": IN_TIME_GOAL, "apart": apart}
    yield Finding("in_time", level, {**facts, "closed": int(figures.total["closed_dated"])})


def _late(figures: Figures) -> Iterator[Finding]:
    late = figures.late
    if len(late):
        classes = late["class"].value_counts()
        facts = {"count": len(late), "days": float(late["days"].max()),
                 "class": classes.index[0], "of_class": int(classes.iloc[0])}  # fmt: skip
        yield Finding("late", "worse", facts)


def _spots(figures: Figures) -> Iterator[Finding]:
    best = figures.spots[figures.spots["count"] >= SPOT_LEAST].head(NAMED)
    if len(best):
        columns = ["road", "address", "count", "class"]
        yield Finding("spots", "note", {"rows": list(best[columns].itertuples(index=False))})


def _slow(figures: Figures) -> Iterator[Finding]:
    all_of = float(figures.total["mean_hours"])
    table = figures.by.get("community", pd.DataFrame(columns=["handled", "mean_hours"]))
    slow = table[(table["handled"] >= SLOW_LEAST) & (table["mean_hours"] > SLOW_TIMES * all_of)]
    rows = list(slow["mean_hours"].sort_values(ascending=False).head(NAMED).items())
    if rows:
        yield Finding("slow", "worse", {"rows": rows, "all": all_of})


def _no_chief(figures: Figures) -> Iterator[Finding]:
    roads = figures.without_chief.head(NAMED)
    if len(roads) and figures.uncovered_share == 100:
        yield Finding("no_duties", "note", {})
    elif len(roads):
        pairs = zip(roads.index, roads["side_m"], roads["cases"], strict=True)
        rows = [(road, float(metres), int(cases)) for road, metres, cases in pairs]
        yield Finding("no_chief", "worse", {"rows": rows, "share": figures.uncovered_share})


def _crowded_grids(figures: Figures) -> Iterator[Finding]:
    grids = figures.grids
    over = grids[grids["households"] > MOST_HOUSEHOLDS]
    best = over["households"].sort_values(ascending=False, kind="stable").head(NAMED)
    rows = [(code, float(value)) for code, value in best.items()]
    if rows:
        facts = {"rows": rows, "count": len(over), "of": len(grids), "bound": MOST_HOUSEHOLDS}
        yield Finding("crowded_grids", "note", facts)


def _busy_grids(figures: Figures) -> Iterator[Finding]:
    cases = figures.grids["incidents"]
    mean = float(cases.mean()) if len(cases) else 0.0
    busy = cases[(cases > BUSY_TIMES * mean) & (cases >= BUSY_LEAST)]
    rows = list(busy.sort_values(ascending=False, kind="stable").head(NAMED).items())
    if rows:
        facts = {"rows": rows, "count": len(busy), "mean": mean, "times": BUSY_TIMES}
        yield Finding("busy_grids", "worse", facts)


def _workers(figures: Figures) -> Iterator[Finding]:
    over = figures.workers[figures.workers["each"] > WORKER_HOUSEHOLDS]
    if len(over):
        rows = list(over["each"].head(NAMED).items())
        yield Finding("workers", "worse", {"rows": rows, "bound": WORKER_HOUSEHOLDS})


Rule = Callable[[Figures], Iterator[Finding]]
RULES: tuple[Rule, ...] = (
    _filed, _rose, _in_time, _late, _spots, _slow, _busy_grids, _no_chief, _crowded_grids,
    _workers,
)  # fmt: skip

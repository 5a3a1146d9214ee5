"""The proof of redrawing: overloaded communities evened out and published, a plan from nothing.

It publishes plans and files a case: it wants a district of its own.
"""

from datetime import date
from functools import partial
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
import psycopg

from geo.balance.posts import apportioned
from geo.reporting.content import Content, compute
from geo.reporting.periods import Period
from geo.store import cases, proposals, proposed, publishing, redrawing, reporting, reruns
from geo.store.database import read_setting, transaction
from geo.store.proposals import Asked
from geo.store.publishing import Step
from geo.store.queries import load
from geo.store.redrawing import Wish
from geo.store.reruns import Replay
from geo.store.strokes import By

QUERIES = load("redraw_proof")

SYSTEM = "management"
OVERLOADED = ("319901101002", "319901002003")
"""The two communities of the sample whose workers carry most."""
TOLERANCE = 0.1
COUNT = 16
"""Grids for Huangpu: the most that its blocks can be divided into evenly."""
TRIED = (12, 14, COUNT, 18, 20)
LAWS = ("blocks", "held", "once", "grids", "apart", "outside", "seam_m2")
"""What must be true of a published plan; each is one query of this name."""
PLANNER, HEAD = By(made_by="王规划"), "李主任"

Told = dict[str, Any]
Figures = dict[str, float]
Ground = proposed.Ground


class Tried(NamedTuple):
    """What came of asking for so many grids: how many blocks are in one, the heaviest grid by the
    mean, the least that any plan of so many could have, and what areas stay without and why.
    """

    asked: int
    held: int
    most: float
    least: float
    unsolved: list[str]


def rebalance(url: str) -> Figures:
    """Evens out the sample's `OVERLOADED` communities, from today on; what the proof's page says.

    A case is filed in a block that changes hands, and the report on a month before is made twice.
    """
    plan = _begin(url, Wish(SYSTEM, "两个社区均衡", made_by=PLANNER.made_by))
    with transaction(url) as conn:
        period = _last_month(conn)
        report = _report(conn, period)
        ground = proposed.read(conn, plan, Asked())
        found = conn.execute(QUERIES["blocks_of"], {"areas": list(OVERLOADED)})
        within = tuple(row[0] for row in found)
    made = _ask(url, plan, Asked(blocks=within, tolerance=TOLERANCE))
    with transaction(url) as conn:
        proposals.apply(conn, plan, made["id"], PLANNER)
        replay = reruns.replay(conn, reruns.Asked(plan))
        _publish(conn, plan)
        filed = _filed(conn, plan, made["changed"][0])
        after = _report(conn, period)
        laws = _laws(conn, plan)
    return {
        **laws, **_evened(ground, made), **_replayed(replay), "case.in_new_grid": filed,
        "month.cases": float(report.block_load["incidents"].sum()),
        "month.otherwise": _otherwise(report, after),
    }  # fmt: skip


def draw(url: str) -> tuple[Figures, list[Tried]]:
    """Gives Huangpu `COUNT` grids from nothing, from today on; and what other counts would give."""
    plan = _begin(url, Wish(SYSTEM, "黄浦北", empty=True, made_by=PLANNER.made_by))
    with transaction(url) as conn:
        ground = proposed.read(conn, plan, Asked("redraw"))
    made = {count: _ask(url, plan, Asked("redraw", grids=count, tolerance=TOLERANCE))
            for count in TRIED}  # fmt: skip
    with transaction(url) as conn:
        proposals.apply(conn, plan, made[COUNT]["id"], PLANNER)
        _publish(conn, plan)
        laws = _laws(conn, plan)
    return laws, [_tried(ground.blocks, count, one) for count, one in made.items()]


def _begin(url: str, wish: Wish) -> int:
    with transaction(url) as conn:
        return redrawing.make(conn, wish)


def _ask(url: str, plan: int, asked: Asked) -> Told:
    """A proposal as it was computed."""
    with transaction(url) as conn:
        id_ = proposals.make(conn, plan, asked)
    proposals.compute(partial(transaction, url), id_)
    with transaction(url) as conn:
        return proposals.read(conn, plan, id_)


def _publish(conn: psycopg.Connection, plan: int) -> None:
    for status in ("submitted", "approved"):
        publishing.take_step(conn, plan, None, Step(status, HEAD))
    today = date.fromisoformat(read_setting(conn).today())
    publishing.take_step(conn, plan, None, Step("published", HEAD, start=today))


def _laws(conn: psycopg.Connection, plan: int) -> Figures:
    """Each of `LAWS`, counted in what was published."""
    found = {name: conn.execute(QUERIES[name], {"plan": plan}).fetchone() for name in LAWS}
    return {name: float(row[0]) for name, row in found.items() if row}


def _filed(conn: psycopg.Connection, plan: int, change: list[int]) -> float:
    """1 if a case that is filed now in a block that changed hands is the new grid's."""
    block, was, now = change
    given: Told = {"plan": plan, "block": block}
    lon, lat = conn.execute(QUERIES["spot"], given).fetchone() or (0.0, 0.0)
    given["code"] = cases.file(conn, cases.Report("暴露垃圾", lon, lat), cases.By())
    (number,) = conn.execute(QUERIES["number_of_case"], given).fetchone() or (was,)
    return float(number == now)


def _last_month(conn: psycopg.Connection) -> Period:
    """The last whole month with cases."""
    until = reporting.newest(conn).replace(day=1)
    return Period((pd.Timestamp(until) - pd.DateOffset(months=1)).date(), until)


def _report(conn: psycopg.Connection, period: Period) -> Content:
    return compute(reporting.read_material(conn, period, SYSTEM), period)


def _otherwise(one: Content, two: Content) -> float:
    """How many figures of a report on units and loads are otherwise in another."""
    tables = [(one.by[unit], two.by[unit]) for unit in one.by] + [(one.load, two.load)]
    return float(sum(0 if a.equals(b) else max(len(a), len(b)) for a, b in tables))


def _evened(ground: Ground, made: Told) -> Figures:
    """The load of the heaviest grid by the mean of its community; how much load changes hands.

    ``moved.least`` is how much must: what grids have beyond the tolerance.
    """
    blocks = ground.blocks.assign(now=ground.blocks["number"])
    now = {block: number for block, _, number in made["changed"]}
    blocks["now"] = blocks["id"].map(now).fillna(blocks["number"])
    workers = {grid["number"]: grid["workers"] for grid in ground.grids}
    of_area = {area["code"]: id_ for id_, area in ground.areas.items()}
    found, least = {}, 0.0
    for code in OVERLOADED:
        own = blocks[blocks["parent"] == of_area[code]]
        sums = [own.groupby(when)["load"].sum() for when in ("number", "now")]
        each = [of / of.index.map(workers) for of in sums]
        share = own["load"].sum() / sum(workers[n] for n in sums[0].index)
        for when, values in zip(("before", "after"), each, strict=True):
            found[f"{code} most {when}"] = float(values.max() / share)
        least += float(
            (sums[0] - share * (1 + TOLERANCE) * sums[0].index.map(workers)).clip(0).sum()
        )
    return {**found, "moved.blocks": float(len(now)), "moved.least": least,
            "moved.load": made["figures"]["changed_load"]}  # fmt: skip


def _replayed(replay: Replay) -> Figures:
    """The year under both plans: with the interval of the difference."""
    changes = replay.found.changes
    return {
        **{f"{key} {part}": value
           for key in ("cases_max_over_mean", "cases_gini", "border_share")
           for part, value in changes[key]._asdict().items()},
        "busy_weeks before": changes["busy_weeks"].before,
        "busy_weeks after": changes["busy_weeks"].after,
        "replay.cases": float(len(replay.work.cases.block)),
    }  # fmt: skip


def _tried(blocks: pd.DataFrame, count: int, made: Told) -> Tried:
    load = blocks.groupby("parent")["load"]
    whole, wanted = load.sum(), apportioned(load.sum().to_numpy(), count)
    most = np.maximum(whole.to_numpy() / wanted, load.max().to_numpy()).max()
    grids = made["figures"]["grids"]
    each = [grid["load_per_worker_after"] for grid in grids]
    return Tried(
        count, len(made["changed"]), max(each) / (sum(each) / len(each)),
        float(most * count / whole.sum()),
        [f"{one['area_name']}: {one['reason']}" for one in made["figures"]["unsolved"]],
    )  # fmt: skip

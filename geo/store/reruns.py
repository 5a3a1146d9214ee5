"""Replays: a year's work read once, done again under two plans."""

from datetime import date, timedelta
from typing import Any, NamedTuple

import numpy as np
import psycopg
from numpy.typing import NDArray

from geo import fairness
from geo.redrawn import Redrawn, moved_blocks, redrawn
from geo.reporting.periods import FIRST_YEAR, LAST_YEAR, Period, PeriodUnusable, last_week
from geo.rerun import Cases, Held, Passes, Visits, Work
from geo.store.arrays import read_arrays
from geo.store.database import Setting, read_setting, rows
from geo.store.queries import load
from geo.store.redrawing import UnknownPlan

QUERIES = load("reruns")

WEEKS = 52
MOST_DAYS = 1100

Told = dict[str, Any]
Ints = NDArray[np.int64]


class NothingToCompare(ValueError):
    """There is no plan in force to hold a draft against, or the two are of different systems."""


class Plan(NamedTuple):
    """A plan over the blocks of today; ``grids``: number, grid_id, code, name, parent, workers."""

    told: Told
    grids: list[Told]
    held: Held

    @property
    def by_id(self) -> dict[int, int]:
        """Where its grids are among ``grids``, by their ids."""
        return {g["grid_id"]: k for k, g in enumerate(self.grids) if g["grid_id"] is not None}


class Ground(NamedTuple):
    """Today's blocks, by id, with their households."""

    blocks: Ints
    households: NDArray[np.float64]

    def at(self, ids: Ints) -> Ints:
        """Where blocks are among ``blocks``; -1 for those that are not."""
        if not len(self.blocks):
            return np.full(len(ids), -1, np.int64)
        at = np.searchsorted(self.blocks, ids).clip(max=len(self.blocks) - 1)
        return np.where(self.blocks[at] == ids, at, -1)


def read_ground(conn: psycopg.Connection) -> Ground:
    """The blocks of today."""
    found = read_arrays(conn, QUERIES["blocks"], {}, id="int", households="float")
    return Ground(found["id"], found["households"])  # type: ignore[arg-type]


def read_plan(conn: psycopg.Connection, id_: int, ground: Ground) -> Plan:
    """A plan of any status; raises `UnknownPlan`."""
    asked: Told = {"plan": id_, "today": read_setting(conn).today()}
    found = rows(conn, QUERIES["plan"], asked)
    if not found:
        raise UnknownPlan(f"there is no plan {id_}")
    grids = rows(conn, QUERIES["grids"], asked)
    at = {grid["number"]: k for k, grid in enumerate(grids)}
    held = np.array(conn.execute(QUERIES["held"], asked).fetchall(), np.int64).reshape(-1, 2)
    of_block = np.full(len(ground.blocks), -1, np.int64)
    where = ground.at(held[:, 0])
    of_block[where[where >= 0]] = [at[number] for number in held[where >= 0, 1].tolist()]
    workers = np.array([grid["workers"] for grid in grids], float)
    return Plan(found[0], grids, Held(of_block, workers))


def read_base(conn: psycopg.Connection, plan: Plan, ground: Ground, base: int | None) -> Plan:
    """What ``plan`` is held against: ``base``, or the plan in force today, or what it is based on.

    The plan in force is held against what it is based on, where it is on any.

    Raises `UnknownPlan`, `NothingToCompare`.
    """
    told = plan.told
    against = base or told["in_force"] or told["based_on"]
    if base is None and against == told["id"]:
        against = told["based_on"] or against
    if against is None:
        raise NothingToCompare(
            f"no plan of the grid system {told['system']} is in force: name one to hold it against"
        )
    found = read_plan(conn, against, ground)
    if found.told["system"] != told["system"]:
        raise NothingToCompare(
            f"plan {told['id']} is of the grid system {told['system']}, plan {against} of"
            f" {found.told['system']}; only plans of one system can be held against each other"
        )
    return found


def period_of(conn: psycopg.Connection, since: date | None, until: date | None) -> Period:
    """The days asked for; without both, 52 whole weeks up to the newest case.

    Without one of them, as long. Raises `PeriodUnusable`.
    """
    if any(day and not FIRST_YEAR <= day.year <= LAST_YEAR for day in (since, until)):
        raise PeriodUnusable(f"a replay lies in the years {FIRST_YEAR} to {LAST_YEAR}")
    year = timedelta(weeks=WEEKS)
    if since is None and until is None:
        setting = read_setting(conn)
        row = conn.execute(QUERIES["newest"], {"zone": setting.time_zone}).fetchone()
        until = last_week((row and row[0]) or setting.day()).until
    if until is None:
        assert since is not None  # noqa: S101 - one of them was given
        until = since + year
    since = since or until - year
    if not 0 < (until - since).days <= MOST_DAYS:
        raise PeriodUnusable(
            f"a replay is of 1 to {MOST_DAYS} days: `until` is the day after the last one"
        )
    return Period(since, until)


def read_work(conn: psycopg.Connection, period: Period, ground: Ground) -> Work:
    """What was done in ``period``; weeks count from its first day."""
    setting: Setting = read_setting(conn)
    asked: Told = {"zone": setting.time_zone, "since": period.since, "until": period.until}
    spot = {"x": "float", "y": "float"}
    where = {"block": "int", "day": "int"}
    cases: Told = read_arrays(
        conn, QUERIES["cases"], asked, **where, across="int", late="int", **spot
    )
    visits: Told = read_arrays(conn, QUERIES["visits"], asked, **where, **spot)
    passes: Told = read_arrays(conn, QUERIES["passes"], asked, **where, metres="float")
    return Work(
        -(-period.days // 7),
        Cases(ground.at(cases["block"]), ground.at(cases["across"]), cases["day"],
              cases["late"] > 0, np.column_stack([cases["x"], cases["y"]])),
        Visits(ground.at(visits["block"]), visits["day"],
               np.column_stack([visits["x"], visits["y"]])),
        Passes(ground.at(passes["block"]), passes["day"], passes["metres"]),
    )  # fmt: skip


class Asked(NamedTuple):
    """Which plan is replayed, against which (None: `read_base` says), when, with which seed."""

    plan: int
    against: int | None = None
    since: date | None = None
    until: date | None = None
    seed: int = 0


class Replay(NamedTuple):
    """Two plans and what became of a period's work under them."""

    period: Period
    ground: Ground
    before: Plan
    after: Plan
    work: Work
    found: Redrawn


def replay(conn: psycopg.Connection, asked: Asked) -> Replay:
    """A plan replayed; ``conn`` should see one moment.

    Raises `UnknownPlan`, `NothingToCompare`, `PeriodUnusable`.
    """
    ground = read_ground(conn)
    after = read_plan(conn, asked.plan, ground)
    before = read_base(conn, after, ground, asked.against)
    period = period_of(conn, asked.since, asked.until)
    work = read_work(conn, period, ground)
    held = (before.held, after.held)
    found = redrawn(work, held, ground.households, same_grids(before, after), asked.seed)
    return Replay(period, ground, before, after, work, found)


def same_grids(before: Plan, after: Plan) -> dict[int, int]:
    """Grids of ``after`` that are grids of ``before`` by their ids: where they are in each."""
    old = before.by_id
    return {k: old[id_] for id_, k in after.by_id.items() if id_ in old}


class Compared(NamedTuple):
    """Several plans over the same blocks; ``heirs``: as whose of the first each grid goes on.

    ``heirs`` has an entry for each plan: for each of its grids the first plan's, or -1. ``differ``
    are the blocks (where they are in ``ground``) that are not everywhere in the same hands.
    """

    ground: Ground
    plans: list[Plan]
    heirs: list[Ints]
    moved: list[Ints]
    differ: Ints


def compare(conn: psycopg.Connection, ids: list[int]) -> Compared:
    """Plans of one grid system, held against the first of ``ids``.

    Raises `UnknownPlan`, `NothingToCompare`.
    """
    ground = read_ground(conn)
    plans = [read_plan(conn, id_, ground) for id_ in ids]
    if len({plan.told["system"] for plan in plans}) > 1:
        raise NothingToCompare("only plans of one grid system can be held against each other")
    first, heirs, moved = plans[0], [], []
    for plan in plans:
        pairs = fairness.pairs(
            first.held.grid, plan.held.grid, ground.households + 1e-3, same_grids(first, plan)
        )
        heir = np.full(len(plan.grids), -1, np.int64)
        going_on = pairs[(pairs >= 0).all(axis=1)]
        heir[going_on[:, 1]] = going_on[:, 0]
        heirs.append(heir)
        moved.append(moved_blocks(first.held.grid, plan.held.grid, pairs))
    return Compared(ground, plans, heirs, moved, np.unique(np.concatenate(moved)))

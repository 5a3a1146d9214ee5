"""Routes of replays: a period's work under another plan, and plans held against each other."""

from datetime import timedelta
from typing import Annotated, Any

import numpy as np
from fastapi import APIRouter, HTTPException, Query, Request

from api.answers import told
from api.answers.replays import GridsTrend, PlansCompared, ReplayTold
from api.asked import WHOLE, AsOf, Day, Id, Told
from api.readers import reader
from geo.discretion import small
from geo.fairness import DRAWS, Moves, Span
from geo.rerun import Tally
from geo.store import redrawing, reruns, trends
from geo.store.database import snapshot, transaction
from geo.store.reruns import Asked, Compared, Plan, Replay

router = APIRouter(prefix="/api/plans", tags=["plans"])

MOST_PLANS = 4
Number = Annotated[int | None, Query(ge=1, le=2**31 - 1)]
Seed = Annotated[int, Query(ge=0, le=2**31 - 1, description="of the weeks that are drawn")]
PLAN = ("id", "name", "status", "system", "version")


@router.get("/{id:int}/replay", response_model=None, responses=told(ReplayTold))
def replay(
    request: Request,
    plan: Id,
    since: Annotated[Day | None, Query(alias="from", description="the first day")] = None,
    until: Annotated[Day | None, Query(alias="to", description="the day after the last")] = None,
    against: Number = None,
    seed: Seed = 0,
) -> Told:
    """A period's cases, patrols and visits under a plan, against the plan in force or another."""
    asker = reader(request)
    with snapshot(request.app.state.pool, asker) as conn:
        found = reruns.replay(conn, Asked(plan, against, since, until, seed))
    return told_replay(found, seed, "small_counts" in asker.rights)


@router.get("/compare", response_model=None, responses=told(PlansCompared))
def compare_plans(
    request: Request,
    plans: Annotated[str, Query(
        max_length=60, pattern=r"^[0-9]{1,9}(,[0-9]{1,9})+$", examples=["1,2"],
        description=f"two to {MOST_PLANS} numbers of plans of one grid system",
    )],
) -> Told:  # fmt: skip
    """Plans side by side: their measures, and the blocks that are not in the same hands."""
    ids = list(dict.fromkeys(map(int, plans.split(","))))
    if not 2 <= len(ids) <= MOST_PLANS:
        raise HTTPException(400, f"two to {MOST_PLANS} different plans can be compared")
    asker = reader(request)
    with snapshot(request.app.state.pool, asker) as conn:
        read = [redrawing.read(conn, id_, asker) for id_ in ids]
        return _compared(reruns.compare(conn, ids), read)


@router.get("/trend", response_model=None, responses=told(GridsTrend))
def read_trend(
    request: Request,
    system: Annotated[str, Query(max_length=40, pattern=WHOLE)] = "management",
    months: Annotated[int, Query(ge=1, le=120)] = trends.MONTHS,
    of: Annotated[trends.Of, Query(description="what is counted")] = "cases",
    as_of: AsOf = None,
) -> Told:
    """Cases, visits or metres by grid and month: in borders of one day, and of each day."""
    with transaction(request.app.state.pool, reader(request)) as conn:
        return trends.trend(conn, trends.Asked(system, months, of, as_of))


def told_replay(found: Replay, seed: int, sees_small: bool) -> Told:
    """A replay as it is answered; without ``sees_small``, no counts from 1 to 4."""
    made, period = found.found, found.period
    first = range(0, period.days, 7)
    return {
        "plan": _plan(found.after), "against": _plan(found.before),
        "since": period.since.isoformat(), "until": period.until.isoformat(),
        "seed": seed, "draws": DRAWS, "busy_at": made.busy_at,
        "total": _total(found, sees_small),
        "moved": made.moved._asdict() | {"blocks": len(made.moved.blocks),
                                         "cases": _count(made.moved.cases, sees_small)},
        "cases": {way: _count(n, sees_small) for way, n in made.cases._asdict().items()},
        "households": made.households._asdict(),
        "figures": [{"key": key, **change._asdict(), "verdict": _verdict(change.low, change.high)}
                    for key, change in made.changes.items()],
        "grids": _grids(found, sees_small),
        "weeks": [(period.since + timedelta(days=day)).isoformat() for day in first],
        "weeks_lighter": (made.moves.apart < 0).sum(axis=1).tolist(),
        "weeks_heavier": (made.moves.apart > 0).sum(axis=1).tolist(),
        "weekly": [{"key": key, "before": one.tolist(), "after": made.weekly[1][key].tolist()}
                   for key, one in made.weekly[0].items()],
    }  # fmt: skip


def _verdict(low: float, high: float, words: tuple[str, str] = ("better", "worse")) -> str:
    return words[0] if high < 0 else words[1] if low > 0 else "same"


def _plan(plan: Plan) -> Told:
    valid_from = plan.told["valid_from"]
    return {key: plan.told[key] for key in PLAN} | {
        "valid_from": None if valid_from is None else valid_from.isoformat()
    }


def _total(found: Replay, sees_small: bool) -> Told:
    before, after = found.found.before, found.found.after
    all_of = {name: before.of[name].sum() + before.outside[name] for name in before.of}
    return {
        **{name: int(all_of[name]) for name in ("cases", "late", "visits")},
        "patrol_m": float(all_of["patrol_m"]),
        "outside_before": _count(before.outside["cases"], sees_small),
        "outside_after": _count(after.outside["cases"], sees_small),
    }


def _grids(found: Replay, sees_small: bool) -> list[Told]:
    made = found.found
    before = _of_grids(found.before, made.before, sees_small)
    after = _of_grids(found.after, made.after, sees_small)
    moves: Moves = made.moves
    rows = []
    for k in range(len(moves.before)):
        one = before[moves.before[k]] if moves.before[k] >= 0 else None
        two = after[moves.after[k]] if moves.after[k] >= 0 else None
        ends = float(moves.cases.low[k]), float(moves.cases.high[k])
        verdict = "new" if one is None else "ended" if two is None else _verdict(
            *ends, ("lighter", "heavier"))  # fmt: skip
        shown = not any(grid and grid["cases"] is None for grid in (one, two))
        all_late = shown and not any(grid and grid["late"] is None for grid in (one, two))
        rows.append({
            "before": one, "after": two, "verdict": verdict, **_span(moves.cases, k, shown),
            "late": _span(moves.late, k, all_late),
            "weeks_lighter": int((moves.apart[:, k] < 0).sum()) if shown else None,
            "weeks_heavier": int((moves.apart[:, k] > 0).sum()) if shown else None,
        })  # fmt: skip
    return rows


def _span(span: Span, k: int, shown: bool) -> dict[str, float | None]:
    return {name: float(value[k]) if shown else None for name, value in span._asdict().items()}


def _of_grids(plan: Plan, tally: Tally, sees_small: bool) -> list[Told]:
    sums = {name: values.sum(axis=0) for name, values in tally.of.items()}
    counts = {name: _counts(sums[name], sees_small) for name in ("cases", "late", "border")}
    return [
        {
            "number": grid["number"], "id": grid["grid_id"], "code": grid["code"],
            "name": grid["name"], "parent": grid["parent"], "workers": grid["workers"],
            **{name: values[k] for name, values in counts.items()},
            "visits": int(sums["visits"][k]),
            "patrol_m": float(sums["patrol_m"][k]), "walk_m": float(sums["walk_m"][k]),
        }
        for k, grid in enumerate(plan.grids)
    ]  # fmt: skip


def _count(value: float, sees_small: bool) -> int | None:
    return _counts(np.array([value]), sees_small)[0]


def _counts(values: Any, sees_small: bool) -> list[int | None]:
    shut = np.zeros(len(values), bool) if sees_small else small(values)
    return [None if gone else int(v) for v, gone in zip(values, shut, strict=True)]


def _compared(found: Compared, read: list[Told]) -> Told:
    first = found.plans[0]
    told_plans = []
    for plan, heir, moved, whole in zip(found.plans, found.heirs, found.moved, read, strict=True):
        as_first = {grid["number"]: first.grids[heir[k]]["number"] if heir[k] >= 0 else None
                    for k, grid in enumerate(plan.grids)}  # fmt: skip
        told_plans.append({
            "plan": _plan(plan), "unassigned": whole["unassigned"], "measures": whole["measures"],
            "grids": [
                {key: grid[key] for key in ("number", "code", "name", "workers", "blocks",
                                            "households", "load", "load_per_worker")}
                | {"as_first": as_first[grid["number"]]} for grid in whole["grids"]],
            "moved_blocks": len(moved),
            "moved_households": float(found.ground.households[moved].sum()),
        })  # fmt: skip
    return {"plans": told_plans, "blocks": _differing(found)}


def _differing(found: Compared) -> Told:
    def numbers(plan: Plan) -> list[int | None]:
        own = [*(grid["number"] for grid in plan.grids), None]
        return [own[k] for k in plan.held.grid[found.differ].tolist()]

    return {"id": found.ground.blocks[found.differ].tolist(),
            "numbers": [numbers(plan) for plan in found.plans]}  # fmt: skip

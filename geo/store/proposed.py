"""What the engine is given of a draft, and what is told of its proposal."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pandas as pd
import psycopg

from geo.load import spread
from geo.progress import Say
from geo.store import load_rules, loads, plan_ground, strokes
from geo.store.database import read_setting, rows
from geo.store.queries import load
from geo.store.redrawing import UnknownSystem

if TYPE_CHECKING:  # the engine is compiled: who does not ask it does not wait for it
    from geo.balance.posts import Wish
    from geo.balance.reasons import Unsolved
    from geo.balance.redraw import Proposal
    from geo.cells import Places
    from geo.store.proposals import Asked

QUERIES = load("proposals")

METRE = {"road": 0.5, "river": 0.4, "wall": 0.6, "legal": 0.6, "lane": 0.7, "nothing": 1.0}
"""What a metre of border costs, by what it runs along."""

THREADS = min(2, os.cpu_count() or 1)
NOBODY = -1

Told = dict[str, Any]
Change = tuple[int, int | None, int | None]


class Ground(NamedTuple):
    """What a proposal is made on: blocks (id, area_id, load, told, number, together, parent),
    borders (a, b, metres, kind), grids by number, what is wished, and areas by id.

    ``told`` is the load that those are told who may not see small counts.
    """

    blocks: pd.DataFrame
    edges: pd.DataFrame
    grids: list[Told]
    wish: Wish
    areas: dict[int, Told]
    rule: Told


class Made(NamedTuple):
    """A proposal: figures, blocks changed (id, number before, after), grids changed (was, now).

    Among the figures are those ``discreet``: what is told who may not see small counts.
    """

    figures: Told
    changed: list[Change]
    grids: dict[int, tuple[Told | None, Told | None]]


def read(conn: psycopg.Connection, plan: int, asked: Asked) -> Ground:
    """What a proposal for a draft is made on.

    Raises `UnknownSystem`, `geo.balance.posts.NothingAsked`.
    """
    rule = load_rules.rule_of(conn)
    ground = plan_ground.read(conn, plan, rule)
    grids = rows(conn, QUERIES["grids_of"], {"plan": plan})
    number: dict[int, int | None] = dict(conn.execute(QUERIES["held"], {"plan": plan}).fetchall())
    blocks = pd.DataFrame(ground.blocks[["id", "area_id", "load"]])
    blocks["told"] = loads.discreet(ground.loads).blocks["load"].loc[blocks["id"]].to_numpy()
    found = blocks["id"].map(number).astype(float).fillna(NOBODY)
    blocks["number"] = found.to_numpy().astype(np.int32)
    blocks["together"] = _together(ground)
    blocks["parent"] = _parents(conn, blocks["area_id"], grids, across=ground.across)
    wish = _wish(conn, blocks, strokes.next_number(conn, plan), asked)
    ids = np.unique(blocks["parent"]).tolist()
    areas: dict[int, Told] = {
        int(str(row["id"])): row for row in rows(conn, QUERIES["areas"], {"ids": ids})
    }
    return Ground(blocks, ground.edges, grids, wish, areas,
                  {"name": rule.name, "version": rule.version})  # fmt: skip


def _together(ground: plan_ground.Ground) -> Places:
    """Which blocks the rules ask to be in one grid: those of a compound or a protected place."""
    from geo.balance.wholes import groups

    blocks, found = ground.blocks, ground.wholes
    row, place = found["block"].to_numpy(np.int64), found["place"].to_numpy(np.int64)
    if not ground.across:  # each area has its own grids
        area = blocks["area_id"].to_numpy(np.int64)[row]
        place = np.unique(np.column_stack([place, area]), axis=0, return_inverse=True)[1].ravel()
    return groups(len(blocks), place, row)


def _parents(
    conn: psycopg.Connection, area: pd.Series, grids: list[Told], *, across: bool
) -> Places:
    """The area that the grid of each block lies in: the smallest that any grid has; 0 if across."""
    if across:
        return np.zeros(len(area), np.int32)
    wanted = {grid["parent_id"] for grid in grids}
    chains: dict[int, list[int]] = dict(conn.execute(QUERIES["chains"]).fetchall())
    first = {a: next((id_ for id_ in chain if id_ in wanted), a) for a, chain in chains.items()}
    found: Places = area.map(first).to_numpy(np.int32)
    return found


def _wish(conn: psycopg.Connection, blocks: pd.DataFrame, fresh: int, asked: Asked) -> Wish:
    from geo.balance.posts import NothingAsked, Wish

    within = blocks["id"].isin(asked.blocks).to_numpy() if asked.blocks else None
    if within is not None and not within.any():
        raise NothingAsked("none of the blocks that were chosen is in the draft")
    others = tuple(_other(conn, blocks["id"], system) for system in asked.systems)
    kind: Any = asked.task
    return Wish(kind, asked.number, asked.grids, within, asked.tolerance, others, fresh)


def _other(conn: psycopg.Connection, ids: pd.Series, system: str) -> Places:
    """The grid of each block in another system's plan of today, by row numbers."""
    given = {"system": system, "day": read_setting(conn).today()}
    grid: dict[int, int] = dict(conn.execute(QUERIES["in_force"], given).fetchall())
    if not grid:
        raise UnknownSystem(f"the grid system {system!r} has no plan in force to unite with")
    found: Places = ids.map(grid).astype(float).fillna(NOBODY).to_numpy().astype(np.int32)
    return found


def propose(ground: Ground, seed: int, say: Say, stop: Callable[[], bool]) -> Made:
    """A proposal for what was read. Raises `geo.balance.posts.NothingAsked`."""
    from geo.balance import redraw
    from geo.balance.posts import Blocks, Grids

    blocks = Blocks(*_arrays(ground))
    rows_of = ground.grids
    parent = _parents_of(ground)
    grids = Grids(
        np.array([g["number"] for g in rows_of], np.int64), parent,
        np.array([g["workers"] for g in rows_of], np.float64),
        np.array([g["locked"] for g in rows_of], np.bool_),
    )  # fmt: skip
    found = redraw.propose(blocks, grids, ground.wish, seed, THREADS, say, stop)
    was, now = ground.blocks["number"].to_numpy(), found.number
    moved = np.flatnonzero(was != now)
    ids = ground.blocks["id"].to_numpy()
    changed = [(int(ids[i]), _none(was[i]), _none(now[i])) for i in moved]
    states = _states(ground, found)
    figures = _figures(ground, found, states) | {"discreet": _discreet(ground, found, states)}
    return Made(figures, changed, states)


def _none(number: int) -> int | None:
    return None if number < 0 else int(number)


def _arrays(ground: Ground) -> tuple[Any, ...]:
    """The graph of the blocks, and their columns."""
    from geo.balance.graph import from_pairs

    blocks, edges = ground.blocks, ground.edges
    cost = edges["metres"].to_numpy(float) * edges["kind"].map(METRE).to_numpy(float)
    cost = np.maximum(cost / (cost.mean() if len(cost) else 1.0), 1e-6)
    a, b = (edges[end].to_numpy(np.int64) for end in ("a", "b"))
    graph = from_pairs(len(blocks), a, b, cost)
    together = blocks["together"].to_numpy(np.int32)
    load = blocks["load"].to_numpy(np.float64)
    return graph, load, blocks["parent"].to_numpy(), blocks["number"].to_numpy(), together


def _parents_of(ground: Ground) -> Any:
    """The parent of each grid; of one that has none, that of most of its blocks."""
    most = ground.blocks.groupby("number")["parent"].agg(lambda own: own.mode().iloc[0])
    across = not ground.blocks["parent"].any()
    found = [
        0 if across else grid["parent_id"] or int(most.get(grid["number"], 0))
        for grid in ground.grids
    ]
    return np.array(found, np.int64)


def _states(ground: Ground, found: Proposal) -> dict[int, tuple[Told | None, Told | None]]:
    """Grids that come, go or have other workers, before and after."""
    known = {g["number"]: {k: v for k, v in g.items() if k != "number"} for g in ground.grids}
    states: dict[int, tuple[Told | None, Told | None]] = {}
    for number, parent, workers in found.came:
        states[number] = None, {
            "grid_id": None, "name": f"新网格 {number}", "parent_id": parent or None,
            "workers": round(workers), "locked": False,
        }  # fmt: skip
    for number in found.gone:
        states[number] = known[number], None
    for number, workers in found.workers.items():
        states[number] = known[number], known[number] | {"workers": round(workers)}
    return states


def _discreet(
    ground: Ground, found: Proposal, states: dict[int, tuple[Told | None, Told | None]]
) -> Told:
    """The figures by loads from which no small count can be told."""
    told = ground.blocks.assign(load=ground.blocks["told"])
    unsolved = [_reckoned(told["load"].to_numpy(float), one) for one in found.unsolved]
    return _figures(ground._replace(blocks=told), found._replace(unsolved=unsolved), states)


def _reckoned(load: Any, one: Unsolved) -> Unsolved:
    """A reason with how far off its blocks are by ``load`` of all blocks."""
    even = one.even * load[list(one.among)].sum()
    if "off" not in one.values or not even:
        return one
    off = abs(float(load[list(one.blocks)].sum() / even) - 1)
    return one._replace(nearest=off, values={**one.values, "off": off})


def _figures(
    ground: Ground, found: Proposal, states: dict[int, tuple[Told | None, Told | None]]
) -> Told:
    was, load = ground.blocks["number"].to_numpy(), ground.blocks["load"].to_numpy(float)
    before = {g["number"]: g["workers"] for g in ground.grids}
    after = before | {n: now["workers"] for n, (_, now) in states.items() if now}
    after = {n: w for n, w in after.items() if n not in found.gone}
    moved = (was != found.number) & (was >= 0)
    return {
        "before": _measures(ground, was, before), "after": _measures(ground, found.number, after),
        "grids": _each(load, (was, before), (found.number, after)),
        "changed_blocks": int((was != found.number).sum()),
        "changed_load": round(float(load[moved].sum()), 4), "load": round(float(load.sum()), 4),
        "came": [n for n, *_ in found.came], "gone": found.gone, "finished": found.finished,
        "rule": ground.rule,
        "unsolved": [_unsolved(ground, one) for one in found.unsolved],
    }  # fmt: skip


def _unsolved(ground: Ground, one: Unsolved) -> Told:
    """An area that stays as it is, and why, in both languages."""
    from geo.balance.reasons import sentence

    area = ground.areas.get(one.parent, {})
    zh, en = sentence(one.rule, one.values)
    return {
        "area": area.get("code"), "area_name": area.get("name"), "rule": one.rule,
        "values": dict(one.values), "reason": en, "reason_zh": zh, "nearest": one.nearest,
        "blocks": ground.blocks["id"].to_numpy()[list(one.blocks)].tolist(),
    }  # fmt: skip


def _measures(ground: Ground, number: Places, workers: dict[int, int]) -> Told:
    """How even loads per worker are, and the metres of border between grids."""
    load = ground.blocks["load"].to_numpy(float)
    each = [load[number == n].sum() / w if w else float("nan") for n, w in workers.items()]
    a, b = (number[ground.edges[end].to_numpy(np.int64)] for end in ("a", "b"))
    border = float(ground.edges["metres"].to_numpy(float)[a != b].sum())
    measured: Told = spread(each)._asdict()
    return {k: round(float(v), 6) for k, v in measured.items()} | {"border_m": round(border, 1)}


def _each(
    load: Any, before: tuple[Places, dict[int, int]], after: tuple[Places, dict[int, int]]
) -> list[Told]:
    """Grids that change: load per worker before and after."""
    found = []
    for number in sorted(before[1].keys() | after[1].keys()):
        sums = [float(load[part == number].sum()) for part, _ in (before, after)]
        if not np.array_equal(before[0] == number, after[0] == number):
            each = [None if not (w := of.get(number)) else round(s / w)
                    for s, (_, of) in zip(sums, (before, after), strict=True)]  # fmt: skip
            found.append({"number": number, "load_per_worker_before": each[0],
                          "load_per_worker_after": each[1]})  # fmt: skip
    return found

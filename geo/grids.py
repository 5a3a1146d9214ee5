"""A first plan: contiguous groups of whole blocks, of about even weight, inside each area.

Every area (or part of it that hangs together) is halved again and again. Straight lines sweep over
it in several directions until the right weight is behind them, stray parts change sides so that
both sides hang together, and the line with the evenest weights and the shortest border is taken.
Then blocks on borders are handed over where that evens out the weights. It is a start for planners
to paint on, not an optimum.
"""

from typing import Any, NamedTuple

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely

from geo.adjacency import adjacency, components, contiguous
from geo.codes import serial_order

__all__ = ["BadTarget", "BadWeight", "adjacency", "contiguous", "first_plan"]

DIRECTIONS = 12
"""Sweeps tried at each halving."""

BORDER_WORTH = 0.2
"""A border twice the shortest one counts like this share of a group's weight out of balance."""

ROUNDS = 30
"""At most so many rounds of handing over border blocks."""

ROW_M = 500.0
"""Height in m of the rows in which groups are numbered."""

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]


class BadTarget(ValueError):
    """Neither or both of target and count were given, or they are not above zero."""


class BadWeight(ValueError):
    """A block's weight is missing or negative."""


class _Graph(NamedTuple):
    """Blocks as a graph: centre (n, 2) in m, weight, neighbour pairs (m, 2), border length in m."""

    xy: Floats
    weight: Floats
    pairs: Ints
    border_m: Floats


def first_plan(
    blocks: gpd.GeoDataFrame, *, target: float | None = None, count: int | None = None
) -> Ints:
    """The group number (0, 1, …) of each block.

    ``blocks``: area (its id or code), weight (≥ 0, say households) and geometry, a valid coverage
    in a metric CRS. Groups get about ``target`` weight each, or there are ``count`` in all, shared
    out by weight with one at least for each area. A block heavier than a whole group should be
    is taken for just as heavy. A group never leaves its area, and an area in several separate
    parts gets a group at least for each part. Groups are numbered by area (sorted), then west →
    east in rows from the north. Raises BadTarget, BadWeight.
    """
    _check(blocks, target, count)
    geoms = blocks.geometry.to_numpy()
    area, _ = pd.factorize(blocks["area"], sort=True)
    pairs, border_m = adjacency(geoms)
    inside = area[pairs[:, 0]] == area[pairs[:, 1]]
    weight = blocks["weight"].to_numpy(dtype=np.float64)
    if not weight.any():
        weight = np.ones(len(blocks))
    # a block heavier than a whole group cannot be divided: it fills one, and the others stay fair
    weight = np.minimum(weight, target if target is not None else weight.sum() / (count or 1))
    centre = shapely.get_coordinates(shapely.point_on_surface(geoms))
    graph = _Graph(centre, weight, pairs[inside], border_m[inside])
    part = components(len(blocks), graph.pairs)
    wanted = _groups_wanted(
        np.bincount(part, weight).astype(np.float64), np.bincount(part), target, count
    )
    label = np.full(len(blocks), -1)
    for number, members in enumerate(_members(part)):
        label[members] = _plan_part(_subgraph(graph, members), wanted[number])
    _, label = np.unique(np.column_stack([part, label]), axis=0, return_inverse=True)
    return _numbered(label.ravel(), area, geoms)


def _check(blocks: gpd.GeoDataFrame, target: float | None, count: int | None) -> None:
    if (target is None) == (count is None):
        raise BadTarget("say either the target weight of a group or the count of groups")
    if (target if target is not None else count or 0) <= 0:
        raise BadTarget(f"target and count must be above zero, not {target or count}")
    weight = blocks["weight"].to_numpy(dtype=np.float64, na_value=np.nan)
    bad = np.flatnonzero(~(weight >= 0) | np.isinf(weight))
    if len(bad):
        raise BadWeight(
            f"{len(bad)} blocks have no proper weight (first: row {bad[0]}, {weight[bad[0]]}); "
            "weights must be numbers from 0 on"
        )


def _members(part: Ints) -> list[Ints]:
    """Row numbers in each part."""
    order = np.argsort(part, kind="stable")
    return np.split(order, np.cumsum(np.bincount(part))[:-1]) if len(part) else []


def _subgraph(graph: _Graph, members: Ints) -> _Graph:
    place = np.full(len(graph.weight), -1)
    place[members] = np.arange(len(members))
    pairs = place[graph.pairs]
    kept = (pairs >= 0).all(axis=1)
    return _Graph(graph.xy[members], graph.weight[members], pairs[kept], graph.border_m[kept])


def _groups_wanted(weight: Floats, blocks: Ints, target: float | None, count: int | None) -> Ints:
    """Groups for each part: one at least, no more than it has blocks."""
    if target is not None:
        return np.clip(np.rint(weight / target).astype(np.int64), 1, blocks)
    wanted = np.ones(len(weight), dtype=np.int64)
    for _ in range(len(weight), count or 0):
        # each further group goes where groups are heaviest now (Adams' rule of apportionment)
        heaviest = np.where(wanted < blocks, weight / wanted, -1.0).argmax()
        if wanted[heaviest] >= blocks[heaviest]:
            break
        wanted[heaviest] += 1
    return wanted


def _plan_part(graph: _Graph, groups: int) -> Ints:
    """Labels of one connected part cut into a number of groups."""
    label = np.zeros(len(graph.weight), dtype=np.int64)
    _halve(graph, np.arange(len(label)), groups, label)
    if groups > 1:
        _even_out(graph, label)
    return label


def _halve(graph: _Graph, members: Ints, groups: int, label: Ints) -> None:
    """Give the members ``groups`` labels from the first member's on, by halving again and again."""
    if groups == 1:
        return
    here = _subgraph(graph, members)
    side, first = _best_cut(here, groups)
    label[members[~side]] += first
    _halve(graph, members[side], first, label)
    _halve(graph, members[~side], groups - first, label)


def _best_cut(graph: _Graph, groups: int) -> tuple[Flags, int]:
    """One side of the best cut in two connected sides, and how many of the groups it gets."""
    first = groups // 2
    total = graph.weight.sum()
    wanted = total * first / groups
    cuts = []
    for angle in np.arange(DIRECTIONS) * 2 * np.pi / DIRECTIONS:
        side = _sweep(graph, angle, wanted, first, groups - first)
        if first <= side.sum() <= len(side) - (groups - first):
            cuts.append(side)
    if not cuts:
        return _one_off(graph), 1
    off = np.array([abs(graph.weight[side].sum() - wanted) for side in cuts])
    across = np.array([side[graph.pairs[:, 0]] != side[graph.pairs[:, 1]] for side in cuts])
    border = across @ graph.border_m
    cost = off / max(total / groups, 1e-9) + BORDER_WORTH * border / border.min()
    return cuts[int(cost.argmin())], first


def _sweep(graph: _Graph, angle: float, wanted: float, least: int, rest: int) -> Flags:
    """The blocks before a line moved in a direction until the wanted weight is behind it."""
    along = (graph.xy @ [np.cos(angle), np.sin(angle)]).round(3)
    order = np.lexsort((graph.xy[:, 1], graph.xy[:, 0], along))
    behind = np.cumsum(graph.weight[order])
    size = int(np.abs(behind - wanted).argmin()) + 1
    side = np.zeros(len(order), dtype=bool)
    side[order[: np.clip(size, least, len(order) - rest)]] = True
    # strays of this side first; then strays of the other border on this side's main part only
    for here in (True, False):
        side[_strays(graph, side == here)] = not here
    return side


def _strays(graph: _Graph, side: Flags) -> Flags:
    """Members of a side outside its heaviest connected part (of equal ones, the one with most)."""
    within = graph.pairs[side[graph.pairs].all(axis=1)]
    part = components(len(side), within)
    heft = np.bincount(part, np.where(side, graph.weight, -1.0)).round(6)
    size = np.bincount(part, side)
    main = np.lexsort((size, heft))[-1]
    stray: Flags = side & (part != main)
    return stray


def _one_off(graph: _Graph) -> Flags:
    """A single block without which the others still hang together: the last a search comes to."""
    reached = np.zeros(len(graph.weight), dtype=bool)
    wave = np.zeros(1, dtype=np.int64)
    while len(wave):
        last = wave[0]
        reached[wave] = True
        touching = graph.pairs[reached[graph.pairs].sum(axis=1) == 1]
        wave = np.unique(touching[~reached[touching]])
    side = np.zeros(len(reached), dtype=bool)
    side[last] = True
    return side


def _even_out(graph: _Graph, label: Ints) -> None:
    """Hand border blocks from heavier to lighter groups while groups stay whole (in place)."""
    load = np.bincount(label, graph.weight).astype(np.float64)
    neighbours = _neighbours(graph)
    for _ in range(ROUNDS):
        moved = 0
        for block, to in _moves(graph, label, load):
            come_from = label[block]
            gain = load[come_from] - load[to] - graph.weight[block]
            if gain > 0 and _can_move(neighbours, label, block, to):
                label[block] = to
                load[come_from] -= graph.weight[block]
                load[to] += graph.weight[block]
                moved += 1
        if not moved:
            break


def _moves(graph: _Graph, label: Ints, load: Floats) -> list[tuple[int, int]]:
    """Moves (block, to group) that would even out two groups, the best first."""
    block = graph.pairs.T.ravel()
    to = label[graph.pairs[:, ::-1].T.ravel()]
    weight = graph.weight[block]
    gain = (load[label[block]] - load[to] - weight) * weight
    useful = np.flatnonzero((label[block] != to) & (gain > 0))
    order = useful[np.lexsort((to[useful], block[useful], -gain[useful]))]
    return list(dict.fromkeys(zip(block[order].tolist(), to[order].tolist(), strict=True)))


def _neighbours(graph: _Graph) -> list[list[int]]:
    around: list[list[int]] = [[] for _ in graph.weight]
    for a, b in graph.pairs.tolist():
        around[a].append(b)
        around[b].append(a)
    return around


def _can_move(neighbours: list[list[int]], label: Ints, block: int, to: int) -> bool:
    """Whether the block borders the other group and its own hangs together without it."""
    group = label[block]
    fellows = [n for n in neighbours[block] if label[n] == group]
    if not fellows or all(label[n] != to for n in neighbours[block]):
        return False
    missing, seen, stack = set(fellows[1:]), {block, fellows[0]}, [fellows[0]]
    while missing and stack:
        for other in neighbours[stack.pop()]:
            if label[other] == group and other not in seen:
                seen.add(other)
                missing.discard(other)
                stack.append(other)
    return not missing


def _numbered(label: Ints, area: Any, geoms: npt.NDArray[Any]) -> Ints:
    """Groups numbered by area, then west → east in rows from the north."""
    size = shapely.area(geoms)
    xy = shapely.get_coordinates(shapely.centroid(geoms)) * size[:, None]
    whole = np.bincount(label, size)
    x, y = (np.bincount(label, xy[:, i]) / whole for i in (0, 1))
    group_area = np.empty(len(whole), dtype=np.int64)
    group_area[label] = area
    number = np.empty(len(whole), dtype=np.int64)
    given = 0
    for members in _members(group_area):
        order = members[serial_order(x[members], y[members], ROW_M)]
        number[order] = np.arange(given, given + len(order))
        given += len(order)
    return number[label]

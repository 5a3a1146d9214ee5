"""Laws of proposals for plans of blocks, and small plans held against the exact model."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from test_balance import pieces_of, town

from geo.balance import borders, contract, exact, moves, start, unite
from geo.balance import graph as graphs
from geo.balance.divide import Task, prepare
from geo.balance.evolve import Effort, evolve, score
from geo.balance.posts import NOBODY, Blocks, Grids, NothingAsked, Wish, apportioned, posts
from geo.balance.reasons import sentence
from geo.balance.redraw import propose
from geo.balance.wholes import groups

SHORT = Effort(plans=3, bred=4, tries=30_000)


def task_of(graph, rng, parts, tolerance, near=False):
    n = graph.vertices
    load = rng.integers(1, 10, n).astype(float)
    home = np.arange(n) * parts // n if near else np.full(n, -1)
    cut = 0.15 if near else 1.0
    return Task(
        load, home.astype(np.int32), load / load.mean(), np.zeros(n, bool), parts, tolerance, cut
    )


@st.composite
def districts(draw):
    """Blocks of two or four areas with an uneven plan of whole grids; some locked, or together."""
    rng = np.random.default_rng(draw(st.integers(0, 2**32)))
    side, each = draw(st.integers(6, 10)), draw(st.integers(1, 3))
    graph, n = town(side, rng, 0.1), side * side
    x, y = np.divmod(np.arange(n), side)
    parent = (1 + (x >= side // 2) + (2 * (y >= side // 2) if draw(st.booleans()) else 0)).astype(
        np.int32
    )
    load = rng.integers(1, 6, n).astype(float)
    number = np.zeros(n, np.int32)
    grids, first = [], 1
    for p in np.unique(parent).tolist():
        rows = np.flatnonzero(parent == p)
        own = graphs.pieces(graph, np.where(parent == p, p, NOBODY).astype(np.int32))[1][rows]
        count = len(np.unique(own))
        number[rows] = first + np.unique(own, return_inverse=True)[1]
        grids += [(first + i, p, 1.0, False) for i in range(count)]
        first += count
        for _ in range(each - 1):  # and a grid of one block
            v = next((v for v in rows if _leaves_whole(graph, number, v)), None)
            if v is not None:
                number[v] = first
                grids.append((first, p, 1.0, bool(rng.random() < 0.2)))
                first += 1
    together = np.where(rng.random(n) < 0.1, rng.integers(0, 4, n), NOBODY).astype(np.int32)
    columns = (np.array(column) for column in zip(*grids, strict=True))
    return Blocks(graph, load, parent, number, together), Grids(*columns)


def _leaves_whole(graph, number, v):
    tried = number.copy()
    tried[v] = 10_000
    before, after = (graphs.pieces(graph, part)[0] for part in (number, tried))
    return after == before + 1 and (number == number[v]).sum() > 1


def assert_lawful(blocks, grids, wish, found):
    """Every block in one grid of its area; grids whole, locked ones untouched, even or told why."""
    number = found.number
    left = {one.parent for one in found.unsolved}
    came = {n: p for n, p, _ in found.came}
    parent = dict(zip(grids.number.tolist(), grids.parent.tolist(), strict=True)) | came
    there = (set(grids.number.tolist()) | set(came)) - set(found.gone)
    assert set(number.tolist()) == there
    assert all(parent[n] == p for n, p in zip(number.tolist(), blocks.parent.tolist(), strict=True))
    assert graphs.pieces(blocks.graph, number)[0] == len(there)
    for n in grids.number[grids.locked]:
        assert ((number == n) == (blocks.number == n)).all()
    if wish.within is not None:
        assert (number == blocks.number)[~wish.within].all()
    for p in left:
        assert (number == blocks.number)[blocks.parent == p].all()


@settings(max_examples=25)
@given(districts(), st.sampled_from(["rebalance", "redraw", "add", "drop", "merge", "split"]))
def test_no_proposal_breaks_a_rule(drawn, kind):
    blocks, grids = drawn
    wish = Wish(kind, tolerance=0.2, fresh=100)
    try:
        found = propose(blocks, grids, wish)
    except NothingAsked:
        return
    assert_lawful(blocks, grids, wish, found)


@settings(max_examples=15)
@given(districts())
def test_areas_that_are_not_told_of_are_within_the_tolerance(drawn):
    blocks, grids = drawn
    found = propose(blocks, grids, Wish(tolerance=0.25))
    left = {one.parent for one in found.unsolved}
    for p in set(grids.parent.tolist()) - left:
        inside = np.where(blocks.parent == p, p, NOBODY).astype(np.int32)
        own = grids.number[(grids.parent == p) & ~grids.locked]
        free = np.isin(blocks.number, own) & (blocks.parent == p)
        apart = np.where(free, inside, NOBODY).astype(np.int32)
        piece = graphs.pieces(blocks.graph, apart)[1]
        for one in np.unique(piece[free]):
            mine = free & (piece == one)
            loads = np.array([blocks.load[mine & (found.number == n)].sum()
                              for n in np.unique(found.number[mine])])  # fmt: skip
            assert (np.abs(loads / loads.mean() - 1) <= 0.25 + 1e-6).all()


@settings(max_examples=8)
@given(districts(), st.integers(0, 3))
def test_the_same_seed_gives_the_same_proposal_on_any_threads(drawn, seed):
    blocks, grids = drawn
    wish = Wish(tolerance=0.2)
    one, other = (propose(blocks, grids, wish, seed, threads) for threads in (1, 3))
    assert (one.number == other.number).all()


def test_what_was_not_chosen_stays():
    rng = np.random.default_rng(4)
    graph, n = town(10, rng, 0.1), 100
    number = np.where(np.arange(n) < 80, 1, 2).astype(np.int32)
    blocks = Blocks(graph, np.ones(n), np.ones(n, np.int32), number, np.full(n, NOBODY, np.int32))
    grids = Grids(*(np.array(c) for c in ([1, 2], [1, 1], [1.0, 1.0], [False, False])))
    within = np.arange(n) >= 40
    found = propose(blocks, grids, Wish(tolerance=0.1, within=within))
    assert_lawful(blocks, grids, Wish(within=within), found)
    assert abs((found.number == 2).sum() - 50) <= 5


def test_stopped_at_once_it_changes_nothing():
    rng = np.random.default_rng(4)
    graph, n = town(8, rng, 0.1), 64
    number = np.where(np.arange(n) < 50, 1, 2).astype(np.int32)
    blocks = Blocks(graph, np.ones(n), np.ones(n, np.int32), number, np.full(n, NOBODY, np.int32))
    grids = Grids(*(np.array(c) for c in ([1, 2], [1, 1], [1.0, 1.0], [False, False])))
    for kind in ("rebalance", "redraw", "split"):
        found = propose(blocks, grids, Wish(kind, fresh=3), stop=lambda: True)
        assert not found.finished
        assert (found.number == number).all()
        assert found.came == []


def test_places_that_share_a_block_are_one_whole():
    place, block = np.array([7, 7, 8, 8, 9, 4]), np.array([0, 1, 1, 3, 5, 2])
    group = groups(6, place, block)
    assert group[0] == group[1] == group[3] >= 0
    assert (group[[2, 4, 5]] == NOBODY).all()


@settings(max_examples=25)
@given(districts(), st.sampled_from(["rebalance", "redraw", "add"]), st.booleans())
def test_no_proposal_takes_apart_what_belongs_together(drawn, kind, lasso):
    """Neither what touches nor what does not; however heavy; however the lasso was thrown."""
    blocks, grids = drawn
    within = np.arange(len(blocks.load)) % 10 > 2 if lasso else None
    found = propose(blocks, grids, Wish(kind, tolerance=0.2, fresh=100, within=within))
    for p in np.unique(blocks.parent):
        for group in np.unique(blocks.together[blocks.together >= 0]):
            own = (blocks.parent == p) & (blocks.together == group)
            if len(np.unique(blocks.number[own])) == 1:
                assert len(np.unique(found.number[own])) == 1


def test_blocks_that_stay_together_and_are_too_heavy_are_told_of():
    graph = graphs.from_pairs(4, np.arange(3), np.arange(1, 4), np.ones(3))
    together = np.array([NOBODY, 0, 0, NOBODY], np.int32)
    blocks = Blocks(graph, np.array([1.0, 3.0, 3.0, 1.0]), np.ones(4, np.int32),
                    np.ones(4, np.int32), together)  # fmt: skip
    of = Grids(np.array([1, 2]), np.array([1, 1]), np.ones(2), np.zeros(2, bool))
    (one,) = propose(blocks, of, Wish(tolerance=0.1)).unsolved
    assert (one.rule, one.blocks) == ("heavy", (1, 2))
    assert "2 blocks that stay together" in sentence(one.rule, one.values)[1]


@pytest.mark.parametrize(
    ("load", "grids", "rule"), [([1, 1, 8, 1], 2, "heavy"), ([1, 1], 3, "size")]
)
def test_where_there_is_no_plan_it_says_which_rule_and_where(load, grids, rule):
    n = len(load)
    graph = graphs.from_pairs(n, np.arange(n - 1), np.arange(1, n), np.ones(n - 1))
    blocks = Blocks(graph, np.array(load, float), np.ones(n, np.int32), np.ones(n, np.int32),
                    np.full(n, NOBODY, np.int32))  # fmt: skip
    ones = np.ones(grids)
    of = Grids(np.arange(1, grids + 1), ones.astype(int), ones, ones == 0)
    (one,) = propose(blocks, of, Wish(tolerance=0.1)).unsolved
    assert (one.parent, one.rule) == (1, rule)
    assert set(one.blocks) <= set(range(n))
    zh, en = sentence(one.rule, one.values)
    assert "more than the even share" in en or "free blocks for" in en
    assert "街区" in zh


def test_that_there_is_no_plan_is_proved_where_it_is_small():
    """2, 2, 3, 1 on a line: no cut leaves 4 and 4 but the one between; of 3, 2, 3 none does."""
    graph = graphs.from_pairs(3, np.arange(2), np.arange(1, 3), np.ones(2))
    blocks = Blocks(graph, np.array([3.0, 2.0, 3.0]), np.ones(3, np.int32), np.ones(3, np.int32),
                    np.full(3, NOBODY, np.int32))  # fmt: skip
    of = Grids(np.array([1, 2]), np.array([1, 1]), np.ones(2), np.zeros(2, bool))
    (one,) = propose(blocks, of, Wish(tolerance=0.1)).unsolved
    zh, en = sentence(one.rule, one.values)
    assert en.startswith("there is no plan within")
    assert "没有可行方案" in zh
    assert one.nearest == pytest.approx(0.25)


@pytest.mark.parametrize("near", [False, True])
@pytest.mark.parametrize(("side", "parts", "tolerance"), [(5, 2, 0.1), (5, 3, 0.15), (6, 3, 0.1)])
def test_small_plans_cost_what_the_exact_model_proves(side, parts, tolerance, near):
    rng = np.random.default_rng(side + parts)
    graph = town(side, rng, 0.1)
    task = task_of(graph, rng, parts, tolerance, near)
    target = prepare(graph, task).target
    best = exact.solve(graph, task, target)
    assert best.proved
    assert score(graph, task, target, best.part) == pytest.approx((0.0, best.cost))
    assert (pieces_of(graph, best.part) == 1).all()
    found = score(graph, task, target, evolve(graph, task, 0, SHORT).part)
    assert found.outside == 0
    assert best.cost - 1e-9 <= found.price <= 1.02 * best.cost + 1e-9


def test_borders_kept_beside_the_search_are_those_of_the_parts():
    rng = np.random.default_rng(3)
    graph, n, parts = town(20, rng), 400, 8
    given_ = prepare(
        graph,
        Task(rng.pareto(2, n), np.full(n, -1, np.int32), np.ones(n), np.zeros(n, bool), parts),
    )
    work = moves.room(n, 0)
    held = start.begin(graph, given_, work)
    kept = borders.borders_of(graph, held)
    prices = moves.Prices(0.05, 0.0, 100.0, 1.0, np.zeros(parts))
    assert borders.anneal(graph, given_, held, kept, prices, work, 2.0, 0.99999, 100_000) > 1000
    fresh = borders.borders_of(graph, held)
    assert set(kept.crossed[: kept.crossing[0]]) == set(fresh.crossed[: fresh.crossing[0]])
    np.testing.assert_allclose(held.load, start.tally(given_, held.part).load)
    assert (graph.to[kept.twin] == kept.source).all()


@settings(max_examples=20)
@given(st.integers(0, 2**32), st.integers(2, 12))
def test_smaller_graphs_weigh_what_the_large_one_does(seed, least):
    rng = np.random.default_rng(seed)
    graph = town(12, rng)
    given_ = prepare(graph, task_of(graph, rng, 2, 0.1))
    part = (np.arange(144) >= 72).astype(np.int32)
    made = contract.levels(graph, given_, part, least, rng)
    for below, above in pairwise(made):
        assert above.given.load.sum() == pytest.approx(below.given.load.sum())
        lifted = contract.lifted(below, part)
        assert (lifted[below.above] == part).all()
        assert graphs.cut_of(above.graph, lifted) == pytest.approx(graphs.cut_of(below.graph, part))
        part = lifted


def test_grids_are_shared_out_by_load():
    assert apportioned(np.array([10.0, 20.0, 30.0]), 6).tolist() == [1, 2, 3]
    with pytest.raises(NothingAsked, match="fewer"):
        apportioned(np.ones(3), 2)


def test_systems_that_agree_but_for_names_are_united_without_any_change():
    rng = np.random.default_rng(5)
    graph, n = town(8, rng, 0.1), 64
    number = (1 + np.arange(n) // 16).astype(np.int32)
    blocks = Blocks(graph, np.ones(n), np.ones(n, np.int32), number, np.full(n, NOBODY, np.int32))
    four = np.arange(1, 5)
    grids = Grids(four, np.ones(4, int), np.ones(4), np.zeros(4, bool))
    other = np.array([70, 30, 90, 10], np.int32)[number - 1]
    part = number - 1
    assert unite.changed(np.ones(n), part, [other, number], 4) == 0
    if (pieces_of(graph, number - 1) == 1).all():
        found = propose(blocks, grids, Wish("unite", others=(other,), tolerance=0.1))
        assert (found.number == number).all()


def test_united_systems_change_less_than_if_one_were_taken_over():
    rng = np.random.default_rng(6)
    n = 100
    graph = town(10, rng, 0.0)
    rows = np.arange(n) // 10
    first, second, third = ((1 + (at >= edge)).astype(np.int32)
                            for at, edge in ((rows, 5), (rows, 6), (rows, 6)))  # fmt: skip
    blocks = Blocks(graph, np.ones(n), np.ones(n, np.int32), first, np.full(n, NOBODY, np.int32))
    grids = Grids(np.array([1, 2]), np.ones(2, int), np.ones(2), np.zeros(2, bool))
    found = propose(blocks, grids, Wish("unite", others=(second, third), tolerance=0.25))
    systems = [first, second, third]
    assert unite.changed(blocks.load, found.number - 1, systems, 2) == 10
    assert unite.changed(blocks.load, first - 1, systems, 2) == 20


@pytest.mark.parametrize("asked", [
    Wish("split", number=9), Wish("split", number=1, grids=500), Wish("unite"), Wish("drop"),
])  # fmt: skip
def test_what_makes_no_sense_is_refused(asked):
    graph = graphs.from_pairs(3, np.arange(2), np.arange(1, 3), np.ones(2))
    blocks = Blocks(graph, np.ones(3), np.ones(3, np.int32), np.ones(3, np.int32),
                    np.full(3, NOBODY, np.int32))  # fmt: skip
    grids = Grids(np.array([1]), np.array([1]), np.ones(1), np.zeros(1, bool))
    with pytest.raises(NothingAsked):
        posts(blocks, grids, asked)

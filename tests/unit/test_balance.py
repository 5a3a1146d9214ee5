"""Laws of dividing a graph: one part each, connected, locks kept, never worse, the same again."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.balance import graph as graphs
from geo.balance import moves, start
from geo.balance.divide import LockedNowhere, NotWhole, Task, divide, objective, prepare
from geo.balance.start import NoRoom

TRIES = 20_000
SHORT = 5_000_000


def town(side, rng, torn=0.2):
    """A grid of streets without some of them, still in one piece."""
    n = side * side
    at = np.arange(n).reshape(side, side)
    pairs = np.concatenate([
        np.column_stack([at[:, :-1].ravel(), at[:, 1:].ravel()]),
        np.column_stack([at[:-1].ravel(), at[1:].ravel()]),
    ])  # fmt: skip
    kept = pairs[rng.random(len(pairs)) > torn]
    torn_apart = graphs.from_pairs(n, kept[:, 0], kept[:, 1], np.ones(len(kept)))
    xy = np.column_stack(np.divmod(np.arange(n), side)).astype(float)
    return graphs.joined(torn_apart, *graphs.bridges(torn_apart, xy), 1.0)


@st.composite
def tasks(draw):
    """A town, and something to divide in it: loads, homes that may lie in pieces, locks."""
    rng = np.random.default_rng(draw(st.integers(0, 2**32)))
    side, parts = draw(st.integers(2, 9)), draw(st.integers(1, 6))
    n = side * side
    parts = min(parts, n)
    # Some have no home; some homes are nobody's.
    home = rng.integers(-1, parts, n) if draw(st.booleans()) else np.arange(n) * parts // n
    locked = (rng.random(n) < draw(st.sampled_from([0, 0, 0.1, 0.5]))) & (home >= 0)
    # A part that lost all its ground to locks of others would have no room.
    if locked.sum() > n - parts:
        locked[:] = False
    load = rng.pareto(1.5, n) if draw(st.booleans()) else rng.integers(0, 3, n).astype(float)
    return town(side, rng), Task(load, home.astype(np.int32), np.ones(n), locked, parts)


def pieces_of(graph, part):
    """Pieces of each part."""
    _, piece = graphs.pieces(graph, part)
    pairs = np.unique(np.column_stack([part, piece]), axis=0)
    return np.bincount(pairs[:, 0])


@settings(max_examples=60)
@given(tasks(), st.integers(0, 5))
def test_every_vertex_has_one_part_and_every_part_hangs_together(drawn, seed):
    graph, task = drawn
    found = divide(graph, task, seed, TRIES)
    assert found.part.shape == task.load.shape
    assert set(found.part) == set(range(task.parts))
    pieces = pieces_of(graph, found.part)
    held = np.bincount(task.home[task.locked], minlength=task.parts)
    assert (pieces[held <= 1] == 1).all()
    # Locks alone can hold parts apart: no more pieces than locked ones have among themselves.
    assert (pieces <= np.maximum(held, 1)).all()


@settings(max_examples=40)
@given(tasks())
def test_what_is_locked_stays(drawn):
    graph, task = drawn
    found = divide(graph, task, 0, TRIES)
    assert (found.part == task.home)[task.locked].all()


@settings(max_examples=40)
@given(tasks(), st.integers(0, 5))
def test_never_worse_than_where_it_began(drawn, seed):
    graph, task = drawn
    begun = start.begin(graph, prepare(graph, task), moves.room(graph.vertices, seed))
    found = divide(graph, task, seed, TRIES)
    assert found.before == pytest.approx(objective(graph, task, begun.part))
    assert found.after == pytest.approx(objective(graph, task, found.part))
    assert found.after <= found.before
    whole_today = (task.home >= 0).all() and len(set(task.home)) == task.parts
    if whole_today and (pieces_of(graph, task.home) == 1).all():
        assert found.after <= objective(graph, task, task.home)


@settings(max_examples=20)
@given(tasks(), st.integers(0, 5))
def test_the_same_seed_gives_the_same_parts(drawn, seed):
    graph, task = drawn
    assert (divide(graph, task, seed, TRIES).part == divide(graph, task, seed, TRIES).part).all()


@settings(max_examples=20)
@given(tasks(), st.integers(0, 20))
def test_broken_off_it_gives_the_best_so_far(drawn, steps):
    graph, task = drawn
    said = []
    found = divide(graph, task, 0, TRIES, said.append, lambda: len(said) >= steps)
    assert found.finished == (len(said) < steps)
    assert found.after <= found.before
    assert set(found.part) == set(range(task.parts))


def test_the_counts_kept_beside_the_search_are_those_of_the_parts():
    rng = np.random.default_rng(3)
    graph, n, parts = town(30, rng), 900, 20
    task = Task(rng.pareto(2, n), np.full(n, -1, np.int32), np.ones(n), np.zeros(n, bool), parts)
    work = moves.room(n, 0)
    held = start.begin(graph, prepare(graph, task), work)
    prices = moves.Prices(0.05, 100.0, 100.0, 0.1, np.zeros(parts))
    made = moves.search(graph, prepare(graph, task), held, prices, work, 2.0, 300_000)
    assert made > 1000
    fresh = start.tally(prepare(graph, task), held.part)
    np.testing.assert_allclose(held.load, fresh.load)
    np.testing.assert_array_equal(held.size, fresh.size)
    assert (pieces_of(graph, held.part) == 1).all()


def test_a_city_from_nothing_is_even():
    rng = np.random.default_rng(5)
    n, parts = 40 * 40, 25
    graph = town(40, rng, torn=0.1)
    task = Task(rng.random(n), np.full(n, -1, np.int32), np.ones(n), np.zeros(n, bool), parts)
    found = divide(graph, task, 0, SHORT)
    load = np.bincount(found.part, task.load)
    assert load.max() / load.mean() <= 1.051
    assert (pieces_of(graph, found.part) == 1).all()


def test_shaken_loads_come_back_into_the_band_by_little_change():
    """Loads rise and fall by up to 15 %; at most 4 × what must move moves."""
    rng = np.random.default_rng(6)
    n, parts = 40 * 40, 16
    graph = town(40, rng, torn=0.1)
    load, nobody = np.ones(n), np.full(n, -1, np.int32)
    old = divide(graph, Task(load, nobody, np.ones(n), np.zeros(n, bool), parts, 0.02), 0, SHORT)
    region = rng.uniform(0.85, 1.15, parts)[old.part]
    shaken = load * region
    task = Task(shaken, old.part, np.ones(n), np.zeros(n, bool), parts, 0.02)
    found = divide(graph, task, 0, SHORT)
    before, after = (np.bincount(p, shaken) for p in (old.part, found.part))
    assert before.max() / before.mean() > 1.08
    assert after.max() / after.mean() <= 1.025
    must = np.maximum(before - 1.02 * before.mean(), 0).sum()
    assert shaken[found.part != old.part].sum() <= 4 * must


def test_what_cannot_be_divided_is_said():
    graph = graphs.from_pairs(3, np.array([0]), np.array([1]), np.ones(1))
    one, none = np.ones(3), np.zeros(3, bool)
    home = np.full(3, -1, np.int32)
    with pytest.raises(NotWhole):
        divide(graph, Task(one, home, one, none, 2))
    path = graphs.from_pairs(3, np.array([0, 1]), np.array([1, 2]), np.ones(2))
    with pytest.raises(NoRoom):
        divide(path, Task(one, home, one, none, 4))
    with pytest.raises(LockedNowhere, match="vertex 1"):
        divide(path, Task(one, home, one, np.array([False, True, False]), 2))


def test_bridges_join_nearest_to_nearest():
    graph = graphs.from_pairs(6, np.array([0, 2, 4]), np.array([1, 3, 5]), np.ones(3))
    xy = np.array([[0, 0], [1, 0], [3, 0], [4, 0], [4, 5], [4, 6]], float)
    one, other = graphs.bridges(graph, xy)
    assert {tuple(pair) for pair in zip(one.tolist(), other.tolist(), strict=True)} == {
        (1, 2),
        (3, 4),
    }
    whole = graphs.joined(graph, one, other, 0.5)
    assert graphs.pieces(whole, np.zeros(6, np.int32))[0] == 1
    assert graphs.cut_of(whole, np.array([0, 0, 1, 1, 2, 2], np.int32)) == 1.0


@given(st.integers(2, 8))
def test_lines_that_meet_at_a_node_are_neighbours(count):
    """A star: each line parted from all others costs 1."""
    graph = graphs.meeting(np.zeros(count, int), np.arange(1, count + 1))
    assert (np.diff(graph.start) == count - 1).all()
    alone = np.zeros(count, np.int32)
    alone[0] = 1
    assert graphs.cut_of(graph, alone) == pytest.approx(1.0)

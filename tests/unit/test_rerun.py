"""A year's work done again under another plan: sums, walks, fairness, who goes on as whom."""

from itertools import permutations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo import fairness, rerun, rounds

BLOCKS, WEEKS = 12, 6


def work(seed, cases=80):
    """Some weeks of work over a row of blocks, a few of it in no block."""
    r = np.random.default_rng(seed)

    def spots(n):
        block = r.integers(-1, BLOCKS, n)
        return block, r.integers(0, 7 * WEEKS, n), r.uniform(0, 100, (n, 2)) + block[:, None] * 100

    block, day, xy = spots(cases)
    shop, when, where = spots(cases // 4)
    side, at, _ = spots(cases // 3)
    return rerun.Work(
        WEEKS,
        rerun.Cases(block, r.integers(-1, BLOCKS, cases), day, r.random(cases) < 0.2, xy),
        rerun.Visits(shop, when, where),
        rerun.Passes(side, at, r.uniform(0, 300, cases // 3)),
    )


def plan(grids, workers=None):
    grid = np.array(grids, np.int64)
    count = int(grid.max(initial=-1)) + 1
    return rerun.Held(grid, np.ones(count) if workers is None else np.array(workers, float))


plans = st.lists(st.integers(-1, 4), min_size=BLOCKS, max_size=BLOCKS).map(plan)
seeds = st.integers(0, 50)


@given(seeds, plans, plans)
@settings(max_examples=25)
def test_what_happened_does_not_depend_on_the_plan(seed, one, two):
    done = work(seed)
    a, b = rerun.tally(done, one), rerun.tally(done, two)
    for name in ("cases", "late", "visits", "patrol_m"):
        sums = [t.of[name].sum() + t.outside[name] for t in (a, b)]
        assert sums[0] == pytest.approx(sums[1])
    assert a.of["cases"].sum() + a.outside["cases"] == len(done.cases.block)
    assert (a.of["late"] <= a.of["cases"]).all()
    assert (a.of["border"] <= a.of["cases"]).all()


@given(seeds, plans)
@settings(max_examples=15)
def test_a_plan_against_itself_changes_nothing(seed, held):
    done = work(seed)
    a = rerun.tally(done, held)
    b = rerun.tally(done, held, rerun.busy_limit(a.of["cases"], held))
    for change in fairness.changes(a, b).values():
        assert change.before == change.after
        assert (change.low, change.high) == (0, 0)
    same = {g: g for g in np.unique(held.grid[held.grid >= 0]).tolist()}
    rows = fairness.moves(a, b, fairness.pairs(held.grid, held.grid, np.ones(BLOCKS), same))
    for span in (rows.cases, rows.late):
        assert (span.was == span.now).all()
        assert not span.low.any()
        assert not span.high.any()
    assert not rows.apart.any()
    lighter, heavier = fairness.eased(a, b, held.grid, held.grid)
    assert not lighter.any()
    assert not heavier.any()


@given(seeds, plans)
@settings(max_examples=15)
def test_weeks_sum_to_the_whole(seed, held):
    done = work(seed)
    whole = rerun.tally(done, held)
    days = {name: getattr(done, name).day // 7 for name in ("cases", "visits", "passes")}

    def part(name, week):
        keep = days[name] == week
        return getattr(done, name)._make(column[keep] for column in getattr(done, name))

    limit = rerun.busy_limit(whole.of["cases"], held)
    for week in range(WEEKS):
        one = done._replace(**{name: part(name, week) for name in days})
        of = rerun.tally(one, held, limit).of
        for name in set(rerun.COUNTED) - {"walk_m"}:  # its post is that of all weeks
            assert of[name][week] == pytest.approx(whole.of[name][week])
            assert np.delete(of[name], week, axis=0).sum() == 0


def test_intervals_of_grids_hold_the_difference_of_their_weeks():
    a, b = (rerun.tally(work(1, 4000), plan(g)) for g in ([0] * 9 + [1] * 3, [0] * 6 + [1] * 6))
    found = fairness.moves(a, b, np.array([[0, 0], [1, 1], [-1, 1]]))
    for span, name in ((found.cases, "cases"), (found.late, "late")):
        assert span.was[:2] * WEEKS == pytest.approx(a.of[name].sum(axis=0))
        assert span.now[:2] * WEEKS == pytest.approx(b.of[name].sum(axis=0))
        assert (span.low <= span.now - span.was).all()
        assert (span.now - span.was <= span.high).all()
        assert span.low[0] < span.high[0] < 0 < span.low[1]
    assert found.apart.mean(axis=0) == pytest.approx(found.cases.now - found.cases.was)
    assert found.cases.was[2] == 0


def test_the_same_seed_draws_the_same():
    a, b = (rerun.tally(work(1), plan(g)) for g in ([0, 1, 2, 3] * 3, [0, 1, 2] * 4))
    assert fairness.changes(a, b, 7) == fairness.changes(a, b, 7)
    assert fairness.changes(a, b, 7) != fairness.changes(a, b, 8)


def test_the_interval_holds_the_difference_and_is_wider_for_fewer_weeks():
    a, b = (rerun.tally(work(1, 4000), plan(g)) for g in ([0] * 9 + [1] * 3, [0] * 6 + [1] * 6))
    found = fairness.changes(a, b)["cases_max_over_mean"]
    assert found.low < found.after - found.before < found.high < 0

    def few(tally):
        return tally._replace(of={name: values[:3] for name, values in tally.of.items()})

    brief = fairness.changes(few(a), few(b))["cases_max_over_mean"]
    assert brief.high - brief.low > 0


def test_borders_are_roads_whose_sides_belong_to_different_grids():
    none = rerun.Visits(np.zeros(0, int), np.zeros(0, int), np.zeros((0, 2)))
    nothing = rerun.Passes(none.block, none.day, np.zeros(0))
    cases = rerun.Cases(
        np.array([0, 0, 0, 0, 2]), np.array([1, 2, -1, 3, 0]), np.zeros(5, int),
        np.zeros(5, bool), np.zeros((5, 2)),
    )  # fmt: skip
    found = rerun.tally(rerun.Work(1, cases, none, nothing), plan([0, 0, 1, -1]))
    assert found.of["border"].tolist() == [[1, 1]]


def test_workers_share_what_their_grid_has():
    a = rerun.tally(work(2), plan([0] * 6 + [1] * 6, [1, 1]))
    b = rerun.tally(work(2), plan([0] * 6 + [1] * 6, [2, 0]))
    one, two = a.of["cases"].sum(axis=0)
    found = fairness.figures(b)["cases_max_over_mean"]
    assert found == pytest.approx(max(one / 2, two) / ((one / 2 + two) / 2))


def test_rounds_of_one_and_two_places_are_the_shortest():
    post = np.array([[0.0, 0.0], [0.0, 0.0], [5.0, 5.0]])
    places = np.array([[3.0, 4.0], [0.0, 3.0], [4.0, 0.0]])
    found = rounds.rounds(np.array([0, 1, 1]), places, post)
    assert found == pytest.approx(np.array([10, 12, 0]) * rounds.DETOUR)


@given(st.lists(st.tuples(st.integers(0, 99), st.integers(0, 99)), min_size=1, max_size=6), seeds)
@settings(max_examples=40)
def test_a_round_is_no_shorter_than_the_shortest_and_less_than_twice_as_long(places, seed):
    xy = np.array(places, float)
    order = np.random.default_rng(seed).permutation(len(xy))
    post = np.zeros((1, 2))
    found = rounds.rounds(np.zeros(len(xy), int), xy[order], post)[0] / rounds.DETOUR

    def length(way):
        stops = np.array([(0, 0), *way, (0, 0)], float)
        return np.hypot(*np.diff(stops, axis=0).T).sum()

    best = min(length(way) for way in permutations(places))
    assert best - 1e-9 <= found <= 2 * best + 1e-9


def test_no_work_is_no_walk():
    assert rounds.rounds(np.zeros(0, int), np.zeros((0, 2)), np.zeros((2, 2))).tolist() == [0, 0]


rows = st.lists(st.integers(0, 60), min_size=1, max_size=9).map(lambda v: np.array([v], float))


@given(rows, st.floats(0.1, 9))
@settings(max_examples=40)
def test_gini_is_the_mean_difference_of_all_pairs(values, scale):
    v = values[0]
    apart = np.abs(v[:, None] - v[None]).mean()
    expected = apart / (2 * v.mean()) if v.sum() else 0
    assert fairness.gini(values)[0] == pytest.approx(expected, abs=1e-12)
    assert fairness.gini(values * scale)[0] == pytest.approx(expected, abs=1e-12)
    assert 0 <= fairness.gini(values)[0] <= 1 - 1 / len(v) + 1e-12


def test_even_and_uneven_loads():
    even, one = np.ones((1, 4)), np.array([[8.0, 0, 0, 0]])
    assert (fairness.most(even)[0], fairness.variation(even)[0], fairness.gini(even)[0]) == (
        1,
        0,
        0,
    )
    assert (fairness.most(one)[0], fairness.gini(one)[0]) == (4, 0.75)


def test_who_goes_on_as_whom():
    before, after = np.array([0, 0, 0, 1, 1, 2, -1]), np.array([1, 1, 0, 0, 0, 2, 2])
    weight = np.array([1, 1, 9, 1, 1, 1, 1.0])
    found = fairness.pairs(before, after, weight)
    assert sorted(map(tuple, found.tolist())) == [(-1, 1), (0, 0), (1, -1), (2, 2)]
    known = fairness.pairs(before, after, weight, {0: 1, 1: 0})
    assert sorted(map(tuple, known.tolist())) == [(0, 1), (1, 0), (2, 2)]


@given(plans, plans)
@settings(max_examples=30)
def test_every_grid_goes_on_once_or_begins_or_ends(one, two):
    found = fairness.pairs(one.grid, two.grid, np.ones(BLOCKS))
    for column, held in ((0, one), (1, two)):
        there = found[found[:, column] >= 0, column]
        assert sorted(there) == sorted(set(held.grid[held.grid >= 0]))

"""Laws of siting: the best of all choices, as trying them all finds it."""

from itertools import combinations, pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo import siting


@st.composite
def instances(draw):
    """Metres of sites to places, weights, metres to what is there now."""
    sites, places = draw(st.integers(1, 6)), draw(st.integers(1, 7))
    metres = [[draw(st.sampled_from([0.0, 100.0, 300.0, 800.0, 2500.0, np.inf]))
               for _ in range(places)] for _ in range(sites)]  # fmt: skip
    weight = [draw(st.sampled_from([0.0, 1.0, 3.0, 10.5])) for _ in range(places)]
    now = [draw(st.sampled_from([50.0, 400.0, 2000.0, np.inf])) for _ in range(places)]
    return np.array(metres), np.array(weight), np.array(now)


def pairs(metres):
    site, place = np.nonzero(np.isfinite(metres))
    return siting.Gains(site, place, metres[site, place])


def best(sites, count, gained):
    """The greatest gain of up to ``count`` sites, all choices tried."""
    choices = [c for k in range(count + 1) for c in combinations(range(sites), k)]
    return max(gained(list(choice)) for choice in choices)


def check(steps, sites, gained):
    steps = list(steps)
    for k, step in enumerate(steps, 1):
        assert len(step.sites) <= k
        assert step.proven
        assert step.gain == pytest.approx(gained(list(step.sites)))
        assert step.gain == pytest.approx(best(sites, k, gained))
    # Where the curve ends nothing more can be gained.
    last = steps[-1].gain if steps else 0.0
    assert len(steps) == 3 or last == pytest.approx(best(sites, sites, gained))


@settings(max_examples=60)
@given(instances())
def test_maximal_coverage_is_the_best_of_all_choices(instance):
    metres, weight, now = instance

    def gained(choice):
        near = (metres[choice] <= 300).any(axis=0) if choice else np.zeros(len(weight), bool)
        return weight[near & (now > 300)].sum()

    gains = siting.coverage(pairs(metres), weight, now, 300.0)
    check(siting.curve(gains, 3), len(metres), gained)


@settings(max_examples=60)
@given(instances())
def test_the_median_is_the_best_of_all_choices(instance):
    metres, weight, now = instance
    before = np.minimum(now, siting.FAR_M)

    def gained(choice):
        after = np.minimum(before, metres[choice].min(axis=0)) if choice else before
        return (weight * (before - after)).sum()

    gains = siting.median(pairs(metres), weight, now)
    check(siting.curve(gains, 3), len(metres), gained)


def test_without_time_the_greedy_choice_and_what_could_still_be():
    rng = np.random.default_rng(3)
    metres = rng.uniform(0, 3000, (60, 200))
    gains = siting.median(pairs(metres), rng.uniform(0, 9, 200), np.full(200, np.inf))
    steps = list(siting.curve(gains, 6, seconds=0.0))
    assert [len(step.sites) for step in steps] == [1, 2, 3, 4, 5, 6]
    assert all(step.bound >= step.gain > 0 for step in steps)
    assert all(b.gain >= a.gain for a, b in pairwise(steps))

"""Laws of flows: what has to cross borders, and what it is worth."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.balance import graph as graphs
from geo.balance.divide import Task, prepare
from geo.balance.flows import needs


def row(load):
    """Parts of one vertex each, side by side, that should be even to 10 %."""
    n, at = len(load), np.arange(len(load))
    graph = graphs.from_pairs(n, at[:-1], at[1:], np.ones(n - 1))
    home = at.astype(np.int32)
    task = Task(np.asarray(load, float), home, np.ones(n), np.zeros(n, bool), n, 0.1)
    return graph, prepare(graph, task), home


def test_load_that_goes_past_a_part_crosses_two_borders():
    graph, given_, home = row([150, 100, 50])
    least, worth = needs(graph, given_, 0.1, home)
    assert least == pytest.approx(2 * 40)
    assert worth[0] - worth[2] == pytest.approx(2)


def test_where_all_are_even_nothing_flows():
    graph, given_, home = row([105, 100, 95])
    least, worth = needs(graph, given_, 0.1, home)
    assert least == 0
    assert not worth.any()


def test_a_part_without_ground_cannot_be_filled():
    graph, given_, home = row([100, 100, 100])
    least, worth = needs(graph, given_, 0.1, np.minimum(home, 1))
    assert least == np.inf
    assert not worth.any()


@settings(max_examples=40)
@given(st.lists(st.integers(1, 100), min_size=2, max_size=12))
def test_at_least_every_excess_flows_and_no_border_is_worth_more_than_one(load):
    graph, given_, home = row(load)
    least, worth = needs(graph, given_, 0.1, home)
    mean = sum(load) / len(load)
    over = np.maximum(np.array(load) - 1.1 * mean, 0).sum()
    under = np.maximum(0.9 * mean - np.array(load), 0).sum()
    assert least >= max(over, under) - 1e-6
    assert np.abs(np.diff(worth)).max() <= 1 + 1e-9

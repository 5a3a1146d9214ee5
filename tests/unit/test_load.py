"""Laws of load: sums, weights, spread, shrunken rates."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo import load
from geo.load import PARTS, QUANTITIES, Weights

AMOUNTS = st.lists(st.floats(0, 1e6), min_size=1, max_size=30)


@pytest.fixture
def vector():
    rng = np.random.default_rng(7)
    table = pd.DataFrame({name: rng.integers(0, 50, 12) for name in QUANTITIES})
    table.index = pd.Index(range(100, 112), name="id")
    return table


@pytest.fixture
def cases(vector):
    rows = [(block, kind, 3) for block in vector.index[:6] for kind in ("噪声", "积水")]
    return pd.DataFrame(rows, columns=["block", "class", "n"])


EACH = pd.Series({"噪声": 10.0, "积水": 40.0})


def test_the_load_is_the_weighted_sum(vector, cases):
    weights = Weights(2.0, 0.5, 3.0, 60.0, 4.0, 7.0, 11.0)
    parts = load.minutes(vector, cases, EACH, 10.0, weights)
    assert tuple(parts) == PARTS
    by_hand = (
        2 * vector["households"] + 0.5 * vector["people"] + 3 * vector["merchants"]
        + 60 * vector["frontage_m"] / 1000 + 4 * vector["area_m2"] / 10_000
        + 7 * vector["stations"] + 11 * vector["protected"]
    )  # fmt: skip
    by_hand += [(3 * 10 + 3 * 40) / 10] * 6 + [0.0] * 6
    np.testing.assert_allclose(parts.sum(axis=1), by_hand)


def test_sums_over_any_division_are_the_whole(vector):
    for units in (1, 2, 5, 12):
        pairs = pd.DataFrame({"block": vector.index, "unit": np.arange(12) % units})
        table = load.summed(vector, pairs)
        assert len(table) == units
        assert table["blocks"].sum() == 12
        np.testing.assert_allclose(table[list(QUANTITIES)].sum(), vector.sum())


def test_a_block_in_two_units_counts_in_both_and_one_in_none_nowhere(vector):
    pairs = pd.DataFrame({"block": [100, 100, 101, 999], "unit": [1, 2, 2, 3]})
    table = load.summed(vector, pairs)
    assert table["blocks"].to_dict() == {1: 1, 2: 2}
    assert table.loc[2, "people"] == vector.loc[[100, 101], "people"].sum()


def test_areas_have_what_lies_in_them():
    parent = pd.Series([np.nan, 1, 1, 2], index=[1, 2, 3, 4])
    inside = set(load.lies_in(parent).itertuples(index=False, name=None))
    assert inside == {(1, 1), (2, 2), (3, 3), (4, 4), (2, 1), (3, 1), (4, 2), (4, 1)}


def test_workers_are_an_areas_own_or_those_within():
    areas = pd.DataFrame(
        {"parent_id": [np.nan, 1, 1, 2, 2], "workers": [np.nan, np.nan, 5, 3, 4]},
        index=[1, 2, 3, 4, 5],
    )
    assert load.workers_of(areas).to_dict() == {1: 12, 2: 7, 3: 5, 4: 3, 5: 4}
    assert load.workers_of(areas.assign(workers=np.nan)).isna().all()


def test_a_case_weighs_as_its_class_takes_long():
    classes = pd.DataFrame(
        {"handled": [1000, 1000, 0, 1], "hours": [10.0, 30.0, np.nan, 900.0]},
        index=["short", "long", "new", "once"],
    )
    minutes = load.case_minutes(classes, Weights(case=20.0))
    assert minutes["short"] < 20 < minutes["long"]
    assert minutes["new"] == pytest.approx(20, rel=0.05)  # nothing is known: as all
    assert minutes["once"] < 40  # one case is drawn towards all
    assert minutes.between(10, 40).all()
    flat = load.case_minutes(classes, Weights(case=20.0, effort=False, cases={"long": 33.0}))
    assert flat.to_dict() == {"short": 20.0, "long": 33.0, "new": 20.0, "once": 20.0}


@given(AMOUNTS)
def test_gini_lies_between_even_and_all_with_one(values):
    n = len(values)
    assert 0 <= load.gini(values) <= 1 - 1 / n + 1e-9
    assert load.gini([3.0] * n) == pytest.approx(0, abs=1e-12)
    assert load.gini([0.0] * (n - 1) + [5.0]) == pytest.approx(1 - 1 / n)


@given(st.lists(st.integers(1, 1000), min_size=2, max_size=12))
def test_gini_is_the_mean_difference_of_two(values):
    v = np.array(values, float)
    apart = np.abs(v[:, None] - v).mean()
    assert load.gini(v) == pytest.approx(apart / (2 * v.mean()))


@given(st.lists(st.floats(1, 1e4), min_size=2, max_size=20), st.floats(0.01, 100))
def test_spread_knows_no_scale_and_giving_to_the_poorer_evens_it_out(values, by):
    one, scaled = load.spread(values), load.spread(np.array(values) * by)
    assert scaled[2:] == pytest.approx(one[2:], abs=1e-9)
    v = np.sort(values)
    given_ = (v[-1] - v[0]) / 4
    v[-1], v[0] = v[-1] - given_, v[0] + given_
    assert load.spread(v).gini <= one.gini + 1e-9
    assert load.spread(v).cv <= one.cv + 1e-9


def test_spread_of_nothing():
    for values in ([], [0.0, 0.0], [np.nan]):
        assert load.spread(values)[1:] == (0, 0, 0, 0)
    assert load.spread([1.0, np.nan, 3.0]).units == 2


@given(st.lists(st.tuples(st.integers(0, 200), st.integers(1, 5000)), min_size=2, max_size=20))
def test_shrunken_rates_lie_between_their_own_and_that_of_all(rows):
    o, n = (np.array(column, float) for column in zip(*rows, strict=True))
    mean, found = o.sum() / n.sum(), load.shrunken(o, n)
    low, high = np.minimum(o / n, mean), np.maximum(o / n, mean)
    assert ((found >= low - 1e-9) & (found <= high + 1e-9)).all()


def test_small_units_are_drawn_most():
    rng = np.random.default_rng(3)
    n = np.array([20.0] * 30 + [20_000.0] * 30)
    o = rng.poisson(n * np.tile([0.02, 0.08], 30))
    found, own = load.shrunken(o, n), o / n
    moved = np.abs(found - own) / np.maximum(np.abs(own - o.sum() / n.sum()), 1e-9)
    assert moved[:30].mean() > 5 * moved[30:].mean()
    assert np.isnan(load.shrunken([1, 0], [10, 0])[1])


def test_few_cases_cannot_be_worked_out(vector, cases):
    parts = load.minutes(vector, cases, EACH, 10.0, Weights())
    incidents = pd.Series([6] * 6 + [0] * 6, vector.index)
    assert load.discreet(parts, incidents).equals(parts)
    one, four = (
        load.discreet(parts.assign(incidents=0.38 * k), pd.Series(k, vector.index)).iloc[0]
        for k in (1, 4)
    )
    assert one["incidents"] == pytest.approx(four["incidents"])


def test_weights_are_read_and_what_is_wrong_is_said():
    found = load.weights_of({"case": 30, "cases": {"噪声": 5}, "effort": False})
    assert (found.case, found.cases, found.effort, found.household) == (30, {"噪声": 5}, False, 1)
    for bad, said in (
        ({"cas": 1}, "did you mean case"), ({"case": -1}, "from 0"), ({"case": "x"}, "number"),
        ({"case": float("nan")}, "from 0"), ({"cases": 3}, "by class"), ({"case": True}, "number"),
        ({"cases": {"a": 1e9}}, "cases: a"), ({"effort": 1}, "true or false"),
    ):  # fmt: skip
        with pytest.raises(load.BadWeights, match=said):
            load.weights_of(bad)

"""Laws of coverage: one denominator, parts sum to the whole, a handover changes only names."""

import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from geo import coverage
from geo.coverage import Acts, Points, Stretches

LENGTHS = np.array([100.0, 37.5, 260.0])

stretch = st.tuples(
    st.integers(0, len(LENGTHS) - 1), st.integers(-20, 300), st.integers(1, 200)
).map(lambda drawn: (drawn[0], float(drawn[1]), float(drawn[1] + drawn[2])))
duties = st.lists(stretch, max_size=8)
acts = st.lists(st.tuples(stretch, st.integers(0, 60)), max_size=8)
few = settings(max_examples=60)


def stretches(rows):
    side, from_m, to_m = np.array(rows, float).reshape(-1, 3).T
    return Stretches(side.astype(np.int64), from_m, to_m)


def acted(rows):
    return Acts(stretches([row for row, _ in rows]), np.array([d for _, d in rows], np.int64))


def covered(given_duties, given_acts):
    return coverage.cover(stretches(given_duties), acted(given_acts), LENGTHS)


def metres(given_duties, given_acts):
    return coverage.metres(covered(given_duties, given_acts), LENGTHS)


def by_shapes(given_duties, given_acts):
    """The same by shapely: unions of lines on an axis, newest acts first."""
    rows = []
    for side, length in enumerate(LENGTHS):
        whole = shapely.LineString([(0, 0), (length, 0)])

        def union(some, whole=whole):
            lines = [shapely.LineString([(a, 0), (b, 0)]) for a, b in some]
            return shapely.intersection(shapely.union_all(lines), whole)

        paper = union([row[1:] for row in given_duties if row[0] == side])
        left, lived, hollow = paper, 0.0, 0.0
        for (at, from_m, to_m), days in sorted(given_acts, key=lambda act: act[1]):
            if at == side:
                here = union([(from_m, to_m)])
                part = shapely.intersection(left, here).length
                lived += part * 0.5 ** (days / 14)
                hollow += part * (days >= 28)
                left = shapely.difference(left, here)
        rows.append((length, paper.length, lived, hollow + left.length))
    return pd.DataFrame(rows, columns=["side_m", "paper_m", "lived_m", "hollow_m"])


@given(duties, acts)
@few
def test_metres_are_those_of_shapes(given_duties, given_acts):
    pd.testing.assert_frame_equal(
        metres(given_duties, given_acts), by_shapes(given_duties, given_acts), atol=1e-6
    )


@given(duties, acts)
@few
def test_lived_and_hollow_are_parts_of_paper_and_paper_of_the_side(given_duties, given_acts):
    found = metres(given_duties, given_acts)
    assert (found["lived_m"] <= found["paper_m"] + 1e-9).all()
    assert (found["hollow_m"] <= found["paper_m"] + 1e-9).all()
    assert (found["paper_m"] <= found["side_m"]).all()
    assert (found >= 0).all(axis=None)


@given(duties, acts, st.randoms(use_true_random=False))
@few
def test_whose_duty_it_is_and_in_which_order_changes_nothing(given_duties, given_acts, random):
    """Names are no part of the figures: the same stretches in other hands are the same rows."""
    before = metres(given_duties, given_acts)
    random.shuffle(given_duties)
    random.shuffle(given_acts)
    # A deputy has what somebody has already.
    pd.testing.assert_frame_equal(before, metres(given_duties * 2, given_acts), check_exact=True)


@given(duties, acts, st.floats(0, 1))
@few
def test_a_stretch_handed_over_in_two_parts_is_the_same_metres(given_duties, given_acts, share):
    parts = []
    for side, from_m, to_m in given_duties:
        middle = from_m + share * (to_m - from_m)
        parts += [(side, from_m, middle), (side, middle, to_m)]
    pd.testing.assert_frame_equal(metres(given_duties, given_acts), metres(parts, given_acts))


@given(duties, acts)
@few
def test_each_side_alone_gives_its_part_of_the_whole(given_duties, given_acts):
    whole = metres(given_duties, given_acts)
    for side in range(len(LENGTHS)):
        alone = metres([row for row in given_duties if row[0] == side],
                       [act for act in given_acts if act[0][0] == side])  # fmt: skip
        pd.testing.assert_series_equal(whole.loc[side], alone.loc[side], check_exact=True)


@given(duties, acts, stretch)
@few
def test_one_more_duty_or_act_never_takes_away(given_duties, given_acts, more):
    before = metres(given_duties, given_acts)
    wider = metres([*given_duties, more], given_acts)
    livelier = metres(given_duties, [*given_acts, (more, 0)])
    assert (wider[["paper_m", "lived_m"]] >= before[["paper_m", "lived_m"]] - 1e-9).all(axis=None)
    assert (livelier["lived_m"] >= before["lived_m"] - 1e-9).all()
    assert (livelier["hollow_m"] <= before["hollow_m"] + 1e-9).all()
    assert livelier["paper_m"].equals(before["paper_m"])


chainages = st.lists(st.tuples(st.integers(-1, 2), st.integers(0, 260)), max_size=12)


@given(duties, acts, chainages)
@few
def test_points_are_covered_where_their_metre_is(given_duties, given_acts, places):
    side = np.array([s for s, _ in places], np.int64)
    at_m = np.array([min(c, LENGTHS[s]) + 0.25 for s, c in places], float)  # never on an end
    found = coverage.hold(
        covered(given_duties, given_acts), Points(side, at_m, np.full(len(side), 2.0))
    )
    for k, (s, c) in enumerate(zip(side, at_m, strict=True)):
        there = any(d[0] == s and d[1] <= c <= min(d[2], LENGTHS[s]) for d in given_duties)
        ages = [age for a, age in given_acts if a[0] == s and a[1] <= c <= a[2]]
        assert found.paper[k] == 2 * there
        fresh = 0.5 ** (min(ages) / 14) if there and ages else 0.0
        assert found.lived[k] == pytest.approx(2 * fresh)


def test_the_ends_of_a_duty_belong_to_it():
    one = covered([(0, 10.0, 100.0)], [])
    at_m = np.array([10.0, 100.0, 9.99, 100.0 + 1e-9])
    found = coverage.hold(one, Points(np.zeros(4, np.int64), at_m, np.ones(4)))
    assert found.paper.tolist() == [1, 1, 0, 1]


def test_half_of_the_weight_is_gone_after_a_half_life():
    found = metres([(0, 0.0, 100.0)], [((0, 0.0, 60.0), 14), ((0, 50.0, 100.0), 0)])
    assert found.loc[0, "lived_m"] == pytest.approx(50 / 2 + 50)
    assert found.loc[0, "hollow_m"] == 0


def test_nothing_at_all_is_nothing():
    assert metres([], []).loc[:, "paper_m":].to_numpy().sum() == 0
    empty = coverage.cover(stretches([]), acted([]), np.empty(0))
    assert len(coverage.metres(empty, np.empty(0))) == 0

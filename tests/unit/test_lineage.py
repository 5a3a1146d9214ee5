"""What became of grids: nothing is lost, and looked at backwards it is the same story."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.lineage import NONE, lineage

# What each kind is when the two plans change places; the others stay as they are.
BACKWARDS = {"split": "merged", "merged": "split", "ended": "new", "new": "ended"}

grid = st.integers(-1, 5)
blocks = st.lists(st.tuples(grid, grid, st.integers(0, 500)), min_size=1, max_size=30)


def columns(rows):
    return (np.array(part) for part in zip(*rows, strict=True))


@settings(max_examples=40)
@given(blocks)
def test_every_block_and_household_is_told_once(rows):
    before, after, households = columns(rows)
    made = lineage(before, after, households)
    pairs = made[(made["from_grid"] != NONE) & (made["to_grid"] != NONE)]
    both = (before != NONE) & (after != NONE)
    assert pairs["blocks"].sum() == both.sum()
    assert pairs["households"].sum() == households[both].sum()
    assert set(made["from_grid"]) - {NONE} == set(before) - {NONE}
    assert set(made["to_grid"]) - {NONE} == set(after) - {NONE}
    assert not made.duplicated(["from_grid", "to_grid"]).any()


@settings(max_examples=40)
@given(blocks)
def test_backwards_it_is_the_same_story(rows):
    before, after, households = columns(rows)
    there, back = lineage(before, after, households), lineage(after, before, households)
    turned = back.rename(columns={"from_grid": "to_grid", "to_grid": "from_grid"})
    turned["kind"] = turned["kind"].replace(BACKWARDS)
    order = ["from_grid", "to_grid"]
    turned = turned.sort_values(order, ignore_index=True)[there.columns.tolist()]
    pd.testing.assert_frame_equal(there, turned)


@settings(max_examples=40)
@given(blocks)
def test_a_grid_is_kept_where_it_goes_on(rows):
    before, after, _ = columns(rows)
    made = lineage(before, after)
    kept = made["kind"] == "kept"
    assert (kept == (made["from_grid"] == made["to_grid"])).all()
    assert set(lineage(before, before)["kind"]) <= {"kept"}


@pytest.mark.parametrize(
    ("before", "after", "kinds"),
    [
        ([0, 0, 1], [0, 1, 1], {(0, 0): "kept", (0, 1): "moved", (1, 1): "kept"}),
        ([0, 0], [0, 2], {(0, 0): "kept", (0, 2): "split"}),
        ([0, 0], [2, 3], {(0, 2): "split", (0, 3): "split"}),
        ([0, 1], [1, 1], {(0, 1): "merged", (1, 1): "kept"}),
        ([0, 1], [2, 2], {(0, 2): "merged", (1, 2): "merged"}),
        ([0], [2], {(0, 2): "moved"}),
        ([0, 0, 1, 1], [2, 3, 2, 3], {(a, b): "moved" for a in (0, 1) for b in (2, 3)}),
        ([0, NONE], [NONE, 1], {(0, NONE): "ended", (NONE, 1): "new"}),
    ],
    ids=["moved", "split off", "come apart", "taken in", "put together", "another code", "mixed",
         "ended and new"],
)  # fmt: skip
def test_what_each_kind_is(before, after, kinds):
    made = lineage(before, after)
    told = {(row.from_grid, row.to_grid): row.kind for row in made.itertuples()}
    assert told == kinds

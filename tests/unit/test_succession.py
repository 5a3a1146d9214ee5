"""Metres of an old network on a new one: no metre of the same ground is lost or held twice."""

from itertools import pairwise

import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from geo import editing, succession
from geo.succession import Axes, lost_m, pieces

cuts = st.lists(st.integers(2, 38).map(lambda n: n * 10.0), unique=True, max_size=4).map(sorted)
BENDS = [(0, 0), (150, 40), (260, -30), (400, 0)]
WHOLE = shapely.LineString(BENDS)


def parts(at, turned, shift=0.0):
    """The whole line cut at these chainages, some parts turned round, all shifted a little."""
    bounds = [0.0, *at, float(shapely.length(WHOLE))]
    lines = []
    for n, (a, b) in enumerate(pairwise(bounds)):
        line = shapely.ops.substring(WHOLE, a, b)
        lines.append(shapely.reverse(line) if n in turned else line)
    moved = shapely.transform(np.array(lines, object), lambda xy: np.add(xy, (0.0, shift)))
    return Axes(np.arange(1, len(lines) + 1), moved, np.full(len(lines), "road|x"))


def on_both_sides(axes):
    length = shapely.length(axes.axes)
    rows = [(i, s, 0.0, m) for i, m in zip(axes.ids, length, strict=True) for s in "LR"]
    return pd.DataFrame(rows, columns=["segment", "side", "from_m", "to_m"])


@given(cuts, cuts, st.sets(st.integers(0, 4)), st.sets(st.integers(0, 4)), st.floats(-1, 1))
def test_cut_otherwise_every_metre_finds_its_ground_once(before, after, turned, back, shift):
    old, new = parts(before, turned), parts(after, back, shift)
    found = pieces(old, new)
    held = on_both_sides(old)
    assert lost_m(held, found).max() < 0.1 + 4 * abs(shift)
    moved = editing.carry(held, found)
    metres = (moved["to_m"] - moved["from_m"]).sum()
    assert metres == pytest.approx(2 * shapely.length(WHOLE), abs=0.2 + 20 * abs(shift))
    for _, rows in moved.groupby(["segment", "side"]):
        rows = rows.sort_values("from_m")
        overlap = rows["to_m"].to_numpy()[:-1] - rows["from_m"].to_numpy()[1:]
        assert (overlap < 1e-6 + 4 * abs(shift)).all()


def test_what_lies_elsewhere_has_no_followers():
    old, new = parts([], ()), parts([], (), 40.0)
    assert pieces(old, new) == []
    assert pieces(old, new._replace(axes=old.axes, keys=np.array(["road|y"]))) == []
    assert lost_m(on_both_sides(old), []) == pytest.approx([shapely.length(WHOLE)] * 2)


def test_a_part_that_is_gone_is_told():
    old = parts([], ())
    new = parts([200.0], ())
    found = pieces(old, Axes(new.ids[:1], new.axes[:1], new.keys[:1]))
    assert lost_m(on_both_sides(old), found) == pytest.approx(
        [shapely.length(WHOLE) - 200] * 2, abs=12
    )
    assert succession.APART_M < 12
